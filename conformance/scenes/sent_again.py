"""Did it land? A submission sent at once on several connections, and one whose
answer a crash cut off."""
from __future__ import annotations

import http.client
import re
import threading
import time

from lib import checks
from lib.answers import Answer
from lib.casefile import Step
from lib.message import Outgoing
from lib.region import DemoRegion
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import TIMEOUT, tls_context

SUCCESS = b"ResponseStatusType:Success"
AT_ONCE = 12
# Milliseconds from the request to the crash: before it is read, while it is
# kept, after it is answered.
CRASHES = (0, 1, 2, 3, 5, 8, 13, 40)


class SentAgain:
    """In a region of its own, whose daemon is killed."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo = running, demo
        self.scope = Scope(running.region)
        domain = self.scope.get("domain.b")
        self.patient = f"{self.scope.get('pid.b')}^^^&{domain}&ISO"
        self.fed = False

    def feed(self) -> None:
        if self.fed:
            return
        step = Step("scene", "send", "b-clinic", "iti44.xml")
        values = Scope(self.scope, domain=self.scope.get("domain.b"), id=self.scope.get("pid.b"),
                       family=self.scope.get("kana.f"), given="フタタビ", phone="0312345678")
        wrong = checks.accept_ack(self.running.send_soap(step, values), "CA")
        assert wrong is None, wrong
        self.fed = True

    def submission(self) -> tuple[Scope, Outgoing]:
        fresh = Scope(self.scope, patient=self.patient)
        parts = ("set id=ss uid=${oid.s} patient=${patient}",
                 "entry id=d1 uid=${oid.d} patient=${patient}",
                 "member from=ss to=d1", "document id=d1 text=again")
        target = self.running.target
        for part in parts:
            fresh.settle(part)
        return fresh, self.running.maker.soap("iti41.xml", fresh, [("+", part) for part in parts],
                                              f"{target.host}:{target.https_port}")

    def post(self, request: Outgoing, waits: bool = True) -> bytes | None:
        """The answer's octets; None: there was none, or it is not waited for."""
        target = self.running.target
        context = tls_context(target.ca, target.certificate("b-clinic"))
        connection = http.client.HTTPSConnection(target.host, target.https_port, timeout=TIMEOUT,
                                                 context=context)
        try:
            connection.request("POST", request.path, request.body,
                               {"Content-Type": request.content_type})
            return connection.getresponse().read() if waits else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def kept_once(self, fresh: Scope) -> None:
        step = Step("scene", "send", "b-clinic", "iti18.xml",
                    changes=[("+", "slot name=$XDSDocumentEntryUniqueId value=\"('${oid.d}')\"")])
        answer: Answer = self.running.send_soap(
            step, Scope(fresh, query=self.running.region.get("GetDocuments")))
        wrong = checks.registry_status(answer, "Success") \
            or checks.listed("entries")(answer, fresh.get("oid.d"))
        assert wrong is None, wrong

    def at_once(self) -> None:
        self.feed()
        fresh, request = self.submission()
        answers: list[bytes | None] = []
        threads = [threading.Thread(target=lambda: answers.append(self.post(request)))
                   for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        refused = [re.findall(rb'codeContext="[^"]*"', answer or b"none") for answer in answers
                   if SUCCESS not in (answer or b"")]
        assert len(answers) == AT_ONCE \
            and not refused, f"{len(refused)} of {AT_ONCE}: {refused[:2]}"
        self.kept_once(fresh)

    def crashed(self) -> None:
        self.feed()
        for milliseconds in CRASHES:
            fresh, request = self.submission()
            first = threading.Thread(target=self.post, args=(request,))
            first.start()
            time.sleep(milliseconds / 1000)  # the crash's moment is what is tried
            self.demo.daemon.kill()
            self.demo.daemon.wait()
            first.join()
            self.demo.start(self.running.target)
            answer = self.post(request)
            assert answer is not None \
                and SUCCESS in answer, f"crash after {milliseconds} ms: {answer!r}"
            self.kept_once(fresh)


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = SentAgain(running, demo)
    return [("again-at-once", "the same submission on twelve connections at once is kept once, and "
             "each is told Success", each.at_once),
            ("again-after-a-crash",
             "a submission whose answer a crash cut off, sent again, is kept once", each.crashed)]
