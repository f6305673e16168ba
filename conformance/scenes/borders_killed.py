"""Two live regions, and one of them killed while a large document is on its way from there to a
consumer here (ITI-43 by ITI-39): what the consumer is told, what is left, and how it goes on."""
from __future__ import annotations

import concurrent.futures
import http.client
import os
import re
import threading
import time

from lib import local, soap
from lib.casefile import Step
from lib.region import DemoRegion, Target
from lib.relay import PATIENCE, Relay
from lib.runner import Runner
from lib.wire import TIMEOUT, tls_context
from scenes.borders import HOME, THEIRS, TOLD, Borders, Given

# More than what the kernel keeps of a connection on both its sides, and the relay between.
LARGE, UNDER_WAY = 32 << 20, 1 << 20
OF_OURSELVES = 1  # the connection over which we ask how many there are
WHOLE = bytes(index * 7 % 256 for index in range(256)) * (LARGE // 256)
AGREED = f'{TOLD}\n\tanswer-within = "120s"'
RETRIEVE = "urn:ihe:iti:2007:RetrieveDocumentSet"
WANTED = ("<x:DocumentRequest><x:HomeCommunityId>{0}</x:HomeCommunityId><x:RepositoryUniqueId>{1}"
          "</x:RepositoryUniqueId><x:DocumentUniqueId>{2}</x:DocumentUniqueId>"
          "</x:DocumentRequest>")


class Killed(Borders):
    """The other region is called through a relay, which says when it is under way."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        super().__init__(running, demo)
        self.relay: Relay | None = None
        self.large = ""

    # -- the two, and what lies there --------------------------------------------------------------

    def their_port(self) -> int:
        if self.relay is None:
            self.relay = Relay(super().their_port())
        return self.relay.port

    def agree(self, ours: str = AGREED, about_us: str = "", signs: bool = True) -> None:
        super().agree(ours, about_us, signs)

    def patient(self) -> None:
        super().patient()
        assert self.theirs is not None
        self.large = self.their_scope.get("oid.large")
        patient = self.their_scope.get("cx")
        self.theirs.do(Step("large", "send", "b-clinic", "iti41.xml", {}, [], [
            ("+", f"set id=ss uid=${{oid.set.large}} patient={patient}"),
            ("+", f"entry id=d1 uid={self.large} patient={patient}"),
            ("+", "member from=ss to=d1"), ("+", f"document id=d1 octets={LARGE}")],
            [("status", "Success")]), self.their_scope)

    # -- asking ------------------------------------------------------------------------------------

    def request(self) -> str:
        """Our document, and the large one of the other region."""
        wanted = WANTED.format(HOME, "2.999.20", self.our_document[0]) \
            + WANTED.format(THEIRS, "2.998.20", self.large)
        return soap.envelope(
            f'<x:RetrieveDocumentSetRequest xmlns:x="urn:ihe:iti:xds-b:2007">{wanted}'
            "</x:RetrieveDocumentSetRequest>", RETRIEVE, "https://minato.example/xds/repository")

    def fetch(self) -> Given:
        return self.post("/xds/repository", self.request(), "")

    def begun(self) -> concurrent.futures.Future[Given]:
        """It is asked for, and so much of it has left the other region, but surely not all."""
        assert self.relay is not None
        self.relay.hold(UNDER_WAY)
        asked = concurrent.futures.ThreadPoolExecutor(1).submit(self.fetch)
        self.relay.wait_held()
        assert not asked.done(), asked
        return asked

    def documents(self, given: Given) -> dict[str, bytes]:
        assert given.package is not None, given.shown()
        return {one.findtext("x:DocumentUniqueId", namespaces=soap.NS): given.package.octets(
            one.xpath("string(.//xop:Include/@href)", namespaces=soap.NS))
            for one in given.root.iterfind(".//x:DocumentResponse", soap.NS)}

    def all_is_given(self) -> None:
        given = self.fetch()
        assert given.status == "Success" and not given.errors, given.shown()
        assert self.documents(given) == {self.our_document[0]: b"ours", self.large: WHOLE}

    # -- what is left ------------------------------------------------------------------------------

    @staticmethod
    def metric(target: Target | None, name: str) -> int:
        assert target is not None
        found = re.search(rf"^{name} (\d+)$", local.metrics(target.socket), re.M)
        assert found, name
        return int(found[1])

    def becomes(self, target: Target | None, metric: str, value: int = 0) -> None:
        end = time.monotonic() + PATIENCE
        while (now := self.metric(target, metric)) != value:
            assert time.monotonic() < end, f"{metric} stays {now}"
            threading.Event().wait(0.05)

    def nothing_is_held(self, target: Target | None) -> None:
        self.becomes(target, "minato_answers_disk_octets")
        self.becomes(target, "minato_calls_under_way")

    @staticmethod
    def kept(demo: DemoRegion | None) -> set[str]:
        """Its files, but for those made and removed as time goes: the engine's tables and logs,
        and the log of exchanges, which is written once a second and anew beside itself."""
        assert demo is not None
        found = (os.path.relpath(os.path.join(folder, name), demo.region)
                 for folder, _, names in os.walk(demo.region) for name in names)
        return {path for path in found if not re.search(
            r"^data/(keys/|exchanges)|\.sock$|\.pid$", path)}

    def sound(self, *targets: Target | None) -> None:
        for target in targets:
            self.nothing_is_held(target)
            told = self.tool(target, "check")
            assert isinstance(told, dict) and told["valid"], told

    def of_large(self, target: Target | None) -> list[int]:
        """Outcomes of the ITI-39 that name it, the newest first."""
        found = self.tool(target, "audit", "search", "--transaction", "ITI-39")
        return [one["outcome"] for one in found if self.large in one["record"]]

    # -- what is shown -----------------------------------------------------------------------------

    def there_killed(self) -> None:
        """The region that responds: our own document comes, and for theirs there is the standard's
        error; not an octet of it is given as if it were all."""
        self.begin()
        assert self.relay is not None and self.there is not None and self.there.daemon is not None
        self.all_is_given()
        here, there = self.kept(self.demo), self.kept(self.there)
        before = self.of_large(self.their_target)
        asked = self.begun()
        self.there.daemon.kill()
        self.there.daemon.wait()
        self.relay.let_go()
        given = asked.result(PATIENCE)
        assert given.status == "PartialSuccess", given.shown()
        assert [code for code, _ in given.errors] == ["XDSRepositoryError"] \
            and given.errors[0][1].startswith(f"{self.large}: ") \
            and "came in part" in given.errors[0][1], given.shown()
        assert self.documents(given) == {self.our_document[0]: b"ours"}, given.shown()
        outcomes = {one["transaction"]: one["outcome"] for one in self.tool(
            self.target, "audit", "search", "--exchange", given.exchange)}
        assert set(outcomes) == {"ITI-38", "ITI-39", "ITI-43"} and outcomes["ITI-38"] == 0 \
            and outcomes["ITI-39"] != 0, outcomes
        assert self.demo.daemon is not None and self.demo.daemon.poll() is None
        self.sound(self.target)
        self.there.start(self.their_target)
        self.sound(self.their_target)
        left = self.kept(self.demo) ^ here, self.kept(self.there) ^ there
        assert left == (set(), set()), f"files are left: {left}"
        assert self.of_large(self.their_target) == [0, *before], "octets left without a record"
        self.all_is_given()

    def here_killed(self) -> None:
        """The region that asks: its consumer has a broken connection, the other region lets go of
        the transfer, and nothing is left here but a record that it is not known how it ended."""
        self.begin()
        assert self.relay is not None and self.demo.daemon is not None and self.theirs is not None
        self.all_is_given()
        self.theirs.close()
        here, before = self.kept(self.demo), self.of_large(self.target)
        asked, left = self.begun(), self.relay.callers_left
        assert self.metric(self.their_target, "minato_connections_open") > OF_OURSELVES
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        fault = asked.exception(PATIENCE)
        assert isinstance(fault, (OSError, http.client.HTTPException)), fault
        self.relay.wait_left(left)
        self.becomes(self.their_target, "minato_connections_open", OF_OURSELVES)
        self.relay.let_go()
        self.sound(self.their_target)
        assert self.kept(self.demo) == here, self.kept(self.demo) ^ here
        self.demo.start(self.target)
        self.sound(self.target)
        assert self.kept(self.demo) == here, self.kept(self.demo) ^ here
        assert self.of_large(self.target) == [8, *before], self.of_large(self.target)
        self.all_is_given()

    def amid_the_answer(self) -> None:
        """Killed when the consumer has the beginning: he is promised more than comes, and sees
        that."""
        self.begin()
        assert self.demo.daemon is not None
        here = self.kept(self.demo)
        connection = http.client.HTTPSConnection(
            self.target.host, self.target.https_port, timeout=TIMEOUT,
            context=tls_context(self.target.ca, self.target.certificate("a-hospital")))
        connection.request("POST", "/xds/repository", self.request().encode(),
                           {"Content-Type": "application/soap+xml; charset=UTF-8"})
        reply = connection.getresponse()
        assert int(reply.headers["Content-Length"]) > LARGE, reply.headers
        body = reply.read(UNDER_WAY)
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        try:
            body += reply.read()
        except (OSError, http.client.HTTPException):
            pass  # as it has to be
        else:
            raise AssertionError(f"{len(body)} octets were taken for the whole")
        connection.close()
        assert UNDER_WAY <= len(body) < LARGE
        self.demo.start(self.target)
        self.sound(self.target, self.their_target)
        assert self.kept(self.demo) == here, self.kept(self.demo) ^ here
        self.all_is_given()

    def ended(self) -> None:
        super().ended()
        if self.relay is not None:
            self.relay.close()


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Killed(running, demo)
    return [
        ("borders-killed-there", "the other region dies amid a large document: its error, and "
         "nothing cut short", each.there_killed),
        ("borders-killed-here", "ours dies amid it: a broken connection, nothing left, and the "
         "other one lets go", each.here_killed),
        ("borders-killed-amid-answer", "ours dies amid its own answer: the consumer sees that it "
         "is cut short", each.amid_the_answer),
        ("borders-killed-ended", "both stores are sound", each.ended),
    ]
