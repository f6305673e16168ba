"""Our repository with another's registry: ITI-41 stores what that registry (ITI-42) said Success
to, and relays what it says. What such a partner may do instead, each misbehaviour by its name."""
from __future__ import annotations

import http.client
import os
import re
import threading
import time

from lxml import etree

from lib import casefile, checks, local, mtom, soap
from lib.answers import Answer
from lib.casefile import Step
from lib.message import Outgoing
from lib.partner import Partner, Silent
from lib.region import DemoRegion
from lib.registry import Registry
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import TIMEOUT, tls_context

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "elsewhere")
WORKERS = 2
SETTINGS = {"workers": str(WORKERS), "stop-within": "2s"}
WITHIN = 60  # seconds it has to answer: who does answer is in time, however busy the machine is
SOON = 2  # the same of one that does not
PATIENCE = 120  # seconds: past it something hangs
LATE = ("silent", "slow", "not-even-tls")
SECTION = """partner "their-registry" {{
	url = "{url}"
	for = {{"registry"}}
	answer-within = "{within}s"
	connections = "{connections}"
}}
"""
# How it misbehaves: what its submitter reads of it.
MISBEHAVIOURS = {
    "silent": "has not answered in time", "slow": "", "huge": "larger than the",
    "busy": "HTTP status 503", "unknown": "HTTP status 404", "redirects": "sends us elsewhere",
    "sender-fault": "a SOAP fault", "breaks-off": "",
    "babbles": "", "broken-envelope": "no SOAP", "anothers-answer": "to another request",
    "other-action": "not the action", "contradicts-itself": "Success, and errors",
    "has-another-status": "no RegistryResponse with a status",
}


class Elsewhere:
    """In a region of its own, whose repository has this registry."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo, self.target = running, demo, running.target
        pki = os.path.join(demo.region, "pki")
        self.server, self.ca = os.path.join(pki, "server.pem"), os.path.join(pki, "ca.pem")
        self.forged = os.path.join(pki, "clients", "w-forged.pem")
        self.scope = Scope(running.region)
        self.patient = f"{self.scope.get('pid.b')}^^^&{self.scope.get('domain.b')}&ISO"
        self.registry = Registry("registers", self.server, self.ca, running.grammars)
        self.elsewhere = Partner("well", self.server, self.ca)
        self.registry.elsewhere = self.elsewhere.address
        with open(demo.configuration, encoding="utf-8") as conf:
            self.bare = conf.read()
        self.configured = ""

    def registry_is(self, url: str, within: int = WITHIN, connections: int = 8) -> None:
        """The configuration names this one."""
        section = SECTION.format(url=url, within=within, connections=connections)
        if section == self.configured:
            return
        self.configured = section
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(self.bare + section)
        self.demo.stop()
        self.demo.start(self.target)

    def begin(self, manner: str, within: int = WITHIN, connections: int = 8) -> None:
        self.registry_is(self.registry.address, within, connections)
        self.registry.manner = manner

    # -- what a Document Source and a consumer do, and what the operator sees ----------------------

    def submission(self, text: str = "of theirs", octets: int = 0) -> tuple[Scope, Outgoing]:
        fresh = Scope(self.scope, patient=self.patient)
        document = f"octets={octets}" if octets else f'text="{text}"'
        parts = ("set id=ss uid=${oid.s} patient=${patient}",
                 "entry id=d1 uid=${oid.d} patient=${patient}",
                 "member from=ss to=d1", f"document id=d1 {document}")
        for part in parts:
            fresh.settle(part)
        return fresh, self.running.maker.soap("iti41.xml", fresh, [("+", part) for part in parts],
                                              f"{self.target.host}:{self.target.https_port}")

    def post(self, request: Outgoing, system: str = "b-clinic",
             traces: tuple[str, ...] = ()) -> tuple[int, bytes, str]:
        """Status, root and exchange."""
        context = tls_context(self.target.ca, self.target.certificate(system))
        connection = http.client.HTTPSConnection(self.target.host, self.target.https_port,
                                                 timeout=TIMEOUT, context=context)
        connection.putrequest("POST", request.path)
        for name, value in (("Content-Type", request.content_type),
                            ("Content-Length", str(len(request.body))),
                            *(("traceparent", trace) for trace in traces)):
            connection.putheader(name, value)
        connection.endheaders(request.body)
        reply = connection.getresponse()
        kind, body = reply.headers["Content-Type"], reply.read()
        connection.close()
        root = mtom.parse(kind, body).root.octets if kind.startswith("multipart/") else body
        return reply.status, root, reply.headers["X-Minato-Exchange"]

    def provide(self, fresh_and_request=None, octets: int = 0) -> tuple[Scope, object, str]:
        fresh, request = fresh_and_request or self.submission(octets=octets)
        _, root, exchange = self.post(request)
        return fresh, soap.parse(root), exchange

    def retrieve(self, fresh: Scope, system: str = "b-clinic") -> Answer:
        step = Step("scene", "send", system, "iti43.xml", changes=[("+", "want document=${oid.d}")])
        return self.running.send_soap(step, fresh)

    def is_there(self, fresh: Scope, system: str = "b-clinic") -> bool:
        return checks.registry_status(self.retrieve(fresh, system), "Success") is None

    def audit(self, exchange: str) -> dict[str, dict]:
        """The records of an exchange, by transaction."""
        return {record["transaction"]: record for record in local.told(
            self.target.socket, "audit", "search", "--exchange", exchange)}

    def until_told(self, *lines: str) -> None:
        """The operator's metrics say so, soon."""
        end = time.monotonic() + PATIENCE
        while not all(line in (told := self.metrics()) for line in lines):
            assert time.monotonic() < end, told
            threading.Event().wait(0.05)

    def metrics(self) -> str:
        return local.metrics(self.target.socket)

    def told_of(self, fresh: Scope) -> list[int]:
        """Outcomes of what the registry was told of it, as recorded."""
        return sorted(record["outcome"] for record in local.told(
            self.target.socket, "audit", "search", "--transaction", "ITI-42")
                      if f'"{fresh.get("oid.s")}"' in record["record"])

    # -- what is shown -----------------------------------------------------------------------------

    def stored(self) -> None:
        """Registered there and retrieved here, small and large; both sides of
        it recorded in one job."""
        self.begin("registers")
        for octets in (0, 300000):
            fresh, root, exchange = self.provide(octets=octets)
            assert root.xpath("string(//rs:RegistryResponse/@status)",
                              namespaces=soap.NS).endswith(":Success"), etree.tostring(root)
            assert self.registry.registered[-1] == fresh.get("oid.s")
            assert self.is_there(fresh), "it cannot be retrieved"
            records = self.audit(exchange)
            assert set(records) == {"ITI-41", "ITI-42"} \
                and all(record["outcome"] == 0 for record in records.values()), records
            told = records["ITI-42"]["record"]
            assert "110106" in told and fresh.get("oid.s") in told \
                and self.registry.address in told, told
        assert not self.registry.faults, self.registry.faults[:2]
        sent = soap.parse(self.registry.got[-1])
        slots = {slot.get("name"): "".join(slot.itertext()).strip()
                 for slot in sent.iterfind(".//rim:ExtrinsicObject/rim:Slot", soap.NS)}
        assert slots["repositoryUniqueId"] == self.scope.get("repository") \
            and slots["size"] == "300000", slots

    def traced(self) -> None:
        """traceparent (W3C Trace Context): passed on with a parent of ours where it is one; what
        is none, or comes twice, is as if it had not come. The log says it with the exchange."""
        self.begin("registers")
        trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
        one = f"00-{trace}-{parent}-01"
        for said, flags in (((one,), "01"), ((f"cc-{trace}-{parent}-00-more",), "00"), ((), ""),
                            ((one, one), ""), ((one.upper(),), ""), ((one + "-more",), ""),
                            ((f"00-{'0' * 32}-{parent}-01",), ""), (("\xe3\x81\x82" * 40,), ""),
                            ((one + "," + one,), "")):
            told = len(self.registry.traces)
            fresh, request = self.submission()
            self.post(request, traces=said)
            assert self.is_there(fresh), f"{said}: it was refused"
            passed = self.registry.traces[told:]
            assert len(passed) == 1, f"{said}: {passed}"
            found = re.fullmatch(rf"00-{trace}-([0-9a-f]{{16}})-{flags}", "".join(passed[0]))
            assert passed[0] == [] if not flags else found and found[1] not in (parent, "0" * 16), \
                f"{said}: {passed}"
        _, request = self.submission()
        request.body = request.body[:len(request.body) // 2]
        _, _, exchange = self.post(request, traces=(one,))
        lines = [line for line in self.demo.log(1000).splitlines() if exchange in line]
        assert len(lines) == 1 and f", exchange {exchange}, trace {trace}: " in lines[0], lines

    def relays(self) -> None:
        """Warnings under Success, errors under Failure: in the registry's words,
        and nothing is stored."""
        self.begin("warns")
        fresh, root, _ = self.provide()
        errors = root.findall(".//rs:RegistryError", soap.NS)
        assert [error.get("errorCode") for error in errors] == ["XDSExtraMetadataNotSaved"], \
            etree.tostring(root)
        assert self.is_there(fresh)
        self.begin("refuses")
        fresh, root, exchange = self.provide()
        errors = root.findall(".//rs:RegistryError", soap.NS)
        assert [error.get("errorCode") for error in errors] == [
            "XDSUnknownPatientId", "XDSOddities_2031", "XDSExtraMetadataNotSaved"]
        first = errors[0]
        assert first.get("codeContext") == f"nobody here has this id (exchange {exchange})" \
            and first.get("location") == "patientId"
        assert errors[1].get("location") == f"exchange {exchange}", errors[1].attrib
        assert not self.is_there(fresh), "what was refused is there"
        records = self.audit(exchange)
        assert {name: (record["outcome"], record["problem"]) for name, record in records.items()} \
            == {"ITI-41": (8, "registry-refused"), "ITI-42": (8, "registry-refused")}, records
        for manner in ("gives-no-reason", "empty-codes"):
            self.begin(manner)
            fresh, root, _ = self.provide()
            errors = root.findall(".//rs:RegistryError", soap.NS)
            assert [bool(error.get("errorCode") and error.get("codeContext"))
                    for error in errors] == [True], etree.tostring(root)
            assert not self.is_there(fresh)

    def no_answer(self, manner: str, words: str) -> None:
        began = time.monotonic()
        fresh, root, exchange = self.provide()
        errors = root.findall(".//rs:RegistryError", soap.NS)
        assert [error.get("errorCode") for error in errors] == ["XDSRegistryNotAvailable"], \
            f"{manner}: {etree.tostring(root)!r}"
        assert words in errors[0].get("codeContext"), f"{manner}: {errors[0].get('codeContext')}"
        assert errors[0].get("location") == f"exchange {exchange}"
        assert manner not in LATE or time.monotonic() - began < WITHIN, manner
        assert not self.is_there(fresh), f"{manner}: it is there"
        records = self.audit(exchange)
        assert set(records) == {"ITI-41", "ITI-42"} \
            and all(record["outcome"] != 0 for record in records.values()), f"{manner}: {records}"
        assert records["ITI-41"]["problem"] == "registry-not-available", records

    def misbehaviours(self) -> None:
        for manner, words in MISBEHAVIOURS.items():
            self.begin(manner, SOON if manner in LATE else WITHIN)
            self.no_answer(manner, words)
        assert not self.elsewhere.got, "a redirect was followed"
        stranger, silent = Registry("registers", self.forged, self.ca), Silent()
        for url, name, words in ((stranger.address, "wrong-certificate", "certificate"),
                                 (silent.address, "not-even-tls", ""),
                                 ("https://127.0.0.1:1/nobody", "nobody", "")):
            self.registry_is(url, SOON if name in LATE else WITHIN)
            self.no_answer(name, words)
        assert not stranger.got, "somebody nobody knows was told"
        stranger.close()
        silent.close()
        self.begin("registers")
        fresh, _, _ = self.provide()
        assert self.is_there(fresh), "it did not recover"

    def nobody_waits(self) -> None:
        """More submissions wait for a silent registry than there are workers; others
        are served meanwhile."""
        self.begin("silent", connections=3)
        waiting = [threading.Thread(target=self.provide) for _ in range(3 * WORKERS)]
        for thread in waiting:
            thread.start()
        with self.registry.changed:
            assert self.registry.changed.wait_for(lambda: self.registry.under_way == 3, PATIENCE), \
                "they do not come"
        fresh, _ = self.submission()
        for _ in range(5):
            assert not self.is_there(fresh)
        self.until_told("minato_calls_under_way 3\n", f"minato_calls_waiting {3 * WORKERS - 3}\n")
        assert self.registry.under_way == 3, \
            "it was asked by more at once than the configuration allows"
        self.registry.manner = "registers"
        self.registry.let_go.set()
        for thread in waiting:
            thread.join()
        self.registry.let_go.clear()
        assert len(self.registry.registered) >= 3 * WORKERS - 3

    def caller_left(self) -> None:
        """Who closes his connection cancels his call; the audit log tells of both."""
        self.begin("silent")
        left, (fresh, request) = self.registry.left, self.submission()
        connection = http.client.HTTPSConnection(self.target.host, self.target.https_port,
                                                 context=tls_context(
                                                     self.target.ca,
                                                     self.target.certificate("b-clinic")))
        connection.request("POST", request.path, request.body,
                           {"Content-Type": request.content_type})
        with self.registry.changed:
            assert self.registry.changed.wait_for(lambda: self.registry.under_way == 1, PATIENCE)
        connection.close()
        with self.registry.changed:
            assert self.registry.changed.wait_for(lambda: self.registry.left > left, PATIENCE), \
                "the call went on"
        assert not self.is_there(fresh)

    def stopped(self) -> None:
        """A stop waits for a silent registry no longer than stop-within, and
        nothing of it is left."""
        self.begin("silent")
        left, (fresh, request) = self.registry.left, self.submission()
        waiting = threading.Thread(target=self.fails, args=(request,))
        waiting.start()
        with self.registry.changed:
            assert self.registry.changed.wait_for(lambda: self.registry.under_way == 1, PATIENCE)
        assert self.demo.stop() == 0, self.demo.log()
        waiting.join()
        with self.registry.changed:
            assert self.registry.changed.wait_for(lambda: self.registry.left > left, PATIENCE), \
                "the call went on"
        self.demo.start(self.target)
        assert not self.is_there(fresh), "a submission nobody answered is there"

    def killed(self) -> None:
        self.begin("silent")
        fresh, request = self.submission()
        waiting = threading.Thread(target=self.fails, args=(request,))
        waiting.start()
        with self.registry.changed:
            assert self.registry.changed.wait_for(lambda: self.registry.under_way == 1, PATIENCE)
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        waiting.join()
        self.registry.manner = "registers"
        self.demo.start(self.target)
        assert not self.is_there(fresh), "a submission nobody answered is there"
        assert self.told_of(fresh) == [8], "what it was told is not in the audit log"
        _, root, _ = self.provide((fresh, request))
        assert root.xpath("string(//rs:RegistryResponse/@status)",
                          namespaces=soap.NS).endswith(":Success")
        assert self.is_there(fresh) and self.told_of(fresh) == [0, 8]

    def sent_again(self) -> None:
        """What it had registered without our hearing of it, or the source's: it says so when it
        is sent again, and that is believed of the very same submission only."""
        for lost in ("breaks-off", "silent"):
            first = self.submission()
            self.answered(lost, first, False)
            for other in ("has-some", "has-another", "has-longer"):
                self.answered(other, first, False)
            self.answered("has-it", self.submission(), False)
            records = self.answered("has-it", first, True)
            assert {name: (record["outcome"], record.get("problem"))
                    for name, record in records.items()} \
                == {"ITI-41": (0, None), "ITI-42": (8, "registry-refused")}, records
            self.answered("has-it", first, True)      # its answer was lost on the way
        first = self.submission()
        self.answered("refuses", first, False)
        self.answered("has-it", first, False)

    def answered(self, manner: str, submission: tuple[Scope, Outgoing], kept: bool) -> dict:
        """Success and kept, or neither; its records."""
        was_there = self.is_there(submission[0])
        self.begin(manner, SOON if manner in LATE else WITHIN)
        _, root, exchange = self.provide(submission)
        success = root.xpath("string(//rs:RegistryResponse/@status)",
                             namespaces=soap.NS).endswith(":Success")
        assert success == kept, f"{manner}: {etree.tostring(root)!r}"
        assert self.is_there(submission[0]) == (kept or was_there), manner
        return self.audit(exchange)

    def fails(self, request: Outgoing) -> None:
        try:
            self.post(request)
        except (OSError, http.client.HTTPException):
            pass

    def consent(self) -> None:
        self.begin("registers")
        asked = len(self.registry.got)
        scope = Scope(self.running.region)
        for step in casefile.read(os.path.join(HERE, "consent.case")).cases[0].steps:
            self.running.do(step, scope)
        assert len(self.registry.got) == asked + 2, "the registry was told of what cannot be kept"

    def across(self) -> None:
        """Whom a community's code leads to that registry could not know."""
        self.begin("registers")
        asked = len(self.registry.got)
        scope = Scope(self.running.region)
        for step in casefile.read(os.path.join(HERE, "across.case")).cases[0].steps:
            self.running.do(step, scope)
        assert len(self.registry.got) == asked, "the registry was told a code"

    def consents(self) -> None:
        """What holds of such a document would be the other registry's to say."""
        self.begin("registers")
        asked = len(self.registry.got)
        fresh = Scope(self.scope, patient=self.patient)
        parts = ("set id=ss uid=${oid.s} patient=${patient}",
                 "entry id=d1 uid=${oid.d} patient=${patient} mime=text/xml "
                 "format=urn:ihe:iti:bppc:2007 event=2.999.5.1", "member from=ss to=d1",
                 "document id=d1 type=text/xml made=bppc.xml uid=${oid.d} root=${domain.b} "
                 "extension=${pid.b}")
        for part in parts:
            fresh.settle(part)
        request = self.running.maker.soap("iti41.xml", fresh, [("+", part) for part in parts],
                                          f"{self.target.host}:{self.target.https_port}")
        _, root, _ = self.provide((fresh, request))
        errors = [error.get("errorCode") for error in root.findall(".//rs:RegistryError", soap.NS)]
        assert errors == ["XDSRegistryMetadataError"], etree.tostring(root)
        assert not self.is_there(fresh), "what was refused is there"
        assert len(self.registry.got) == asked, "the registry was asked"

    def alone(self) -> None:
        """A repository without a registry of its own starts when it has another's."""
        self.demo.stop()
        switched, self.bare = self.bare, re.sub(r'#?document-registry = ".*"',
                                                'document-registry = "no"', self.bare, count=1)
        self.configured = ""
        try:
            self.begin("registers")
            fresh, _, _ = self.provide()
            assert self.is_there(fresh)
        finally:
            self.bare, self.configured = switched, ""
            self.begin("registers")


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Elsewhere(running, demo)
    return [("elsewhere-stored", "a document is registered with another's registry, stored and "
             "retrieved; both recorded", each.stored),
            ("elsewhere-traced", "whose trace it belongs to is told on, and hostile words are not",
             each.traced),
            ("elsewhere-relays", "what that registry says is relayed in its words; what it refuses "
             "is not stored", each.relays),
            ("elsewhere-misbehaviours",
             "each misbehaviour of a registry harms its own submission only, by its name",
             each.misbehaviours),
            ("elsewhere-nobody-waits",
             "more wait for a silent registry than there are workers, and others are served",
             each.nobody_waits),
            ("elsewhere-caller-left", "who closes his connection cancels his call",
             each.caller_left),
            ("elsewhere-stopped", "a stop ends what a silent registry is asked, in order",
             each.stopped),
            ("elsewhere-killed", "killed while its registry is asked, nothing is left, and sent "
             "again it lands", each.killed),
            ("elsewhere-sent-again", "what was registered unheard is kept when it is sent again",
             each.sent_again),
            ("elsewhere-consent", "whose document it is decides who has it", each.consent),
            ("elsewhere-consents", "a document of consent is refused, for what holds of it would "
             "be that registry's to say", each.consents),
            ("elsewhere-across", "what another community provides is refused, whosever it is: that "
             "registry knows no codes", each.across),
            ("elsewhere-alone", "a repository without a registry of its own", each.alone)]
