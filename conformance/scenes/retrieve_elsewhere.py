"""Documents of another community, fetched where our own are (ITI-43): its Responding Gateway
(ITI-39), and each of its misbehaviours by its name."""
from __future__ import annotations

import http.client
import os
import re
import subprocess
import threading
import time

from lib import casefile, local, mtom, soap
from lib.casefile import Step
from lib.community_retrieve import Community, octets_of
from lib.message import Outgoing
from lib.partner import Partner, Silent
from lib.region import COMMUNITIES, DemoRegion
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import TIMEOUT, tls_context

MACROS = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "cases",
                      "00-macros.case")
SETTINGS = {"workers": "2", "stop-within": "2s"}
HOME, EAST = "urn:oid:2.999.30", "urn:oid:2.999.40"
REPOSITORY, IN_THE_EAST = "2.999.30.1", "2.999.40.1"
WITHIN, SOON, PATIENCE = 60, 2, 120
GATEWAY = """system "west-gateway" {
	title = "west"
	certificate = "pki/clients/west-gateway.pem"
	community = "west"
}
"""
SECTION = """partner "{name}" {{
	url = "{url}"
	retrieve-url = "{url}"
	for = {{"community"}}
	home-community-id = "{home}"
	answer-within = "{within}s"
	connections = "4"
}}
"""
# Of two documents asked of it: whether the first is given, whether the last; the errors, and what
# the first of them says.
MISBEHAVIOURS = {
    # the answer as a whole
    "silent": (0, 0, ["XDSUnavailableCommunity"], "has not answered in time"),
    "stands-midway": (0, 0, ["XDSUnavailableCommunity"], "has not answered in time"),
    "slow": (0, 0, ["XDSUnavailableCommunity"], ""),
    "breaks-off": (0, 0, ["XDSUnavailableCommunity"], ""),
    "babbles": (0, 0, ["XDSUnavailableCommunity"], ""),
    "busy": (0, 0, ["XDSUnavailableCommunity"], "HTTP status 503"),
    "redirects": (0, 0, ["XDSUnavailableCommunity"], "sends us elsewhere"),
    "huge": (0, 0, ["XDSUnavailableCommunity"], "larger than"),
    "sender-fault": (0, 0, ["XDSUnavailableCommunity"], "a SOAP fault"),
    "broken-envelope": (0, 0, ["XDSUnavailableCommunity"], "no SOAP"),
    "anothers-answer": (0, 0, ["XDSUnavailableCommunity"], "to another request"),
    "other-action": (0, 0, ["XDSUnavailableCommunity"], "not the action"),
    "wrong-type": (0, 0, ["XDSUnavailableCommunity"], "no SOAP"),
    "no-boundary": (0, 0, ["XDSUnavailableCommunity"], "no SOAP"),
    "has-another-status": (0, 0, ["XDSUnavailableCommunity"], "RegistryResponse"),
    "contradicts-itself": (0, 0, ["XDSUnavailableCommunity"], "Success, and errors"),
    # the last document alone
    "broken-off": (1, 0, ["XDSRepositoryError"], "came in part"),
    "lying-length": (1, 0, ["XDSRepositoryError"], "came in part"),
    "no-end": (1, 0, ["XDSRepositoryError"], "came in part"),
    "spoilt-header": (1, 0, ["XDSRepositoryError"], "did not come"),
    "wrong-content-id": (1, 0, ["XDSRepositoryError"], "no part of its answer has"),
    "twice-content-id": (1, 0, ["XDSRepositoryError"], "two parts of its answer have"),
    "same-part": (1, 0, ["XDSRepositoryError"], "another document's as well"),
    "encoded-part": (1, 0, ["XDSRepositoryError"], "Content-Transfer-Encoding"),
    "not-base64": (1, 0, ["XDSRepositoryError"], "nor base64"),
    "no-mime-type": (1, 0, ["XDSRepositoryError"], "without a mimeType"),
    "without-home": (1, 0, ["XDSMissingHomeCommunityId"], "without HomeCommunityId"),
    "other-home": (1, 0, ["XDSRepositoryError", "XDSDocumentUniqueIdError"], "nobody asked"),
    "other-repository": (1, 0, ["XDSRepositoryError", "XDSDocumentUniqueIdError"],
                         "nobody asked"),
    "other-document": (1, 0, ["XDSRepositoryError", "XDSDocumentUniqueIdError"], "nobody asked"),
    "keeps-its-reason": (1, 0, ["XDSDocumentUniqueIdError"], "neither this document nor"),
    "has-not": (1, 0, ["XDSDocumentUniqueIdError"], "it is not here"),
    # none of them
    "refuses": (0, 0, ["XDSOddities_39", "XDSDocumentUniqueIdError", "XDSDocumentUniqueIdError"],
                "not for you"),
    "gives-no-reason": (0, 0, ["XDSDocumentUniqueIdError", "XDSDocumentUniqueIdError"], ""),
    # both
    "extra-document": (1, 1, ["XDSRepositoryError"], "nobody asked"),
    "document-twice": (1, 1, ["XDSRepositoryError"], "had given already"),
    "warns": (1, 1, ["XDSExtra"], "by the way"),
    "inline": (1, 1, [], ""),
}
LATE = ("silent", "slow", "stands-midway")


class Elsewhere:
    """In a region of its own, beside two others."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo, self.target = running, demo, running.target
        pki = os.path.join(demo.region, "pki")
        self.server, self.ca = os.path.join(pki, "server.pem"), os.path.join(pki, "ca.pem")
        self.scope = Scope(running.region)
        self.patient = self.mine = f"{self.scope.get('pid.b')}^^^&{self.scope.get('domain.b')}&ISO"
        running.macros.update(casefile.read(MACROS).macros)
        self.ours = self.scope.get("home") if self.scope.find("home") else "urn:oid:2.999.10"
        self.west = Community(HOME, "gives", self.server, self.ca)
        self.east = Community(EAST, "gives", self.server, self.ca)
        self.redirected = Partner("well", self.server, self.ca)
        self.west.elsewhere = self.redirected.address
        with open(demo.configuration, encoding="utf-8") as conf:
            self.bare = conf.read().replace(COMMUNITIES, "")
        self.configured = ""
        self.local = ""
        self.west.patient = self.east.patient = "W1^^^&2.999.30.9&ISO"

    # -- the configuration -------------------------------------------------------------------------

    def communities(self, west: str = "", within: int = WITHIN, more: str = "") -> None:
        text = SECTION.format(name="west", url=west or self.west.address, home=HOME,
                              within=within) \
            + SECTION.format(name="east", url=self.east.address, home=EAST, within=WITHIN) \
            + GATEWAY + more
        if text != self.configured:
            self.configured = text
            with open(self.demo.configuration, "w", encoding="utf-8") as conf:
                conf.write(self.bare + text)
            self.demo.stop()
            self.demo.start(self.target)
        if not self.local:
            self.local = self.provide()
            for name in ("west", "east"):
                self.tool("partner", "map", "--partner", name, "--patient", self.mine, "--id",
                          self.west.patient)

    def tool(self, *words: str) -> str:
        done = subprocess.run([*self.target.cli, *words, "--reason", "conformance"],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def begin(self, manner: str) -> None:
        self.communities(within=SOON if manner in LATE else WITHIN)
        self.west.manner = manner

    # -- what consumers do -------------------------------------------------------------------------

    def post(self, request: Outgoing, system: str = "b-clinic", path: str = "",
             read: bool = True) -> tuple[str, bytes, str] | http.client.HTTPSConnection:
        """Content-Type, body and exchange."""
        connection = http.client.HTTPSConnection(
            self.target.host, self.target.https_port, timeout=TIMEOUT,
            context=tls_context(self.target.ca, self.target.certificate(system)))
        connection.request("POST", path or request.path, request.body,
                           {"Content-Type": request.content_type})
        if not read:
            return connection
        reply = connection.getresponse()
        told = reply.headers["Content-Type"], reply.read(), reply.headers["X-Minato-Exchange"]
        connection.close()
        return told

    def provide(self) -> str:
        """A document of our own; its uniqueId."""
        self.running.do(Step("scene", "do", subject="joined"), self.scope)
        fresh = Scope(self.scope, patient=self.patient)
        parts = ("set id=ss uid=${oid.s} patient=${patient}",
                 "entry id=d1 uid=${oid.d} patient=${patient}", "member from=ss to=d1",
                 'document id=d1 text="ours"')
        for part in parts:
            fresh.settle(part)
        request = self.running.maker.soap("iti41.xml", fresh, [("+", part) for part in parts],
                                          f"{self.target.host}:{self.target.https_port}")
        _, body, _ = self.post(request)
        assert b":Success" in body, body
        return fresh.get("oid.d")

    def request(self, wanted: list[tuple[str | None, str | None, str]]) -> Outgoing:
        """Home, repository, uniqueId of each."""
        lines = []
        for home, repository, unique_id in wanted:
            line = f"want document={unique_id}"
            line += f" repository={repository}" if repository else ""
            line += ' home-element=\'<x:HomeCommunityId xmlns:x="urn:ihe:iti:xds-b:2007">' \
                f"{home}</x:HomeCommunityId>'" if home else ""
            lines.append(("+", line))
        return self.running.maker.soap("iti43.xml", Scope(self.scope), lines,
                                       f"{self.target.host}:{self.target.https_port}")

    def retrieve(self, wanted, system: str = "b-clinic", path: str = ""):
        """Status, errors, documents by uniqueId in the order they came, exchange."""
        kind, body, exchange = self.post(self.request(wanted), system, path)
        if not kind.startswith("multipart/"):
            raise AssertionError(f"{kind}: {body[:400]!r}")
        package = mtom.parse(kind, body)
        root = soap.parse(package.root.octets)
        status = root.xpath("string(//rs:RegistryResponse/@status)", namespaces=soap.NS)
        errors = root.findall(".//rs:RegistryError", soap.NS)
        documents = {}
        for response in root.iterfind(".//x:DocumentResponse", soap.NS):
            href = response.xpath("string(.//xop:Include/@href)", namespaces=soap.NS)
            documents[response.findtext("x:DocumentUniqueId", namespaces=soap.NS)] = (
                package.octets(href),
                response.findtext("x:HomeCommunityId", namespaces=soap.NS))
        return status.rpartition(":")[2], errors, documents, exchange

    def audit(self, exchange: str) -> list[dict]:
        return local.told(self.target.socket, "audit", "search", "--exchange", exchange)

    def metric(self, name: str) -> int:
        said = local.metrics(self.target.socket)
        found = re.search(rf"^{name} (\d+)$", said, re.M)
        assert found, said
        return int(found[1])

    def nothing_is_held(self) -> None:
        end = time.monotonic() + PATIENCE
        while self.metric("minato_answers_disk_octets") != 0:
            assert time.monotonic() < end, "an answer's file is still held"
            threading.Event().wait(0.05)

    # -- what is shown -----------------------------------------------------------------------------

    def together(self) -> None:
        """Ours and those of two communities, in the order they were asked for."""
        self.begin("gives")
        came = len(self.west.got), len(self.east.got)
        wanted = [(HOME, REPOSITORY, "2.999.30.2.1"), (self.ours, None, self.local),
                  (EAST, IN_THE_EAST, "2.999.40.2.1"), (HOME, REPOSITORY, "2.999.30.2.2")]
        for path, first in (("", (None, None, self.local)), ("/xca/initiating", wanted[1])):
            asked = [wanted[0], first, *wanted[2:]]
            status, errors, documents, exchange = self.retrieve(asked, path=path)
            assert (status, errors) == ("Success", []), (status, [e.attrib for e in errors])
            assert list(documents) == [unique_id for _, _, unique_id in asked], list(documents)
            for home, _, unique_id in asked:
                octets, said = documents[unique_id]
                assert said == home, f"{unique_id} of {home}: it says {said}"
                assert octets == (b"ours" if unique_id == self.local else
                                  octets_of(unique_id, self.west.size)), unique_id
            records = self.audit(exchange)
            assert sorted(record["transaction"] for record in records) \
                == ["ITI-38", "ITI-38", "ITI-39", "ITI-39", "ITI-43"] \
                and all(record["outcome"] == 0 for record in records), records
            for record in records:
                text = record["record"]
                told = {"ITI-38": "110112", "ITI-39": "110107", "ITI-43": "110106"}
                assert told[record["transaction"]] in text and "omeCommunityI" in text, text
                assert record["transaction"] == "ITI-38" or "Patient Number" in text, text
            west = [r["record"] for r in records if self.west.address in r["record"]
                    and r["transaction"] == "ITI-39"]
            assert len(west) == 1 and "2.999.30.2.1" in west[0] and "2.999.30.2.2" in west[0] \
                and "2.999.40.2.1" not in west[0], west
        assert (len(self.west.got), len(self.east.got)) == (came[0] + 2, came[1] + 2), \
            "a community was asked more than once"
        assert not self.west.faults + self.east.faults, self.west.faults + self.east.faults
        self.nothing_is_held()

    def whose(self) -> None:
        """What is nobody's, and what does not say whose it is."""
        self.begin("gives")
        came = len(self.west.got)
        status, errors, documents, _ = self.retrieve(
            [("urn:oid:2.999.99", REPOSITORY, "2.999.99.1"), (None, None, self.local)])
        assert status == "PartialSuccess" and list(documents) == [self.local]
        assert [(e.get("errorCode"), e.get("location").split()[0]) for e in errors] \
            == [("XDSUnknownCommunity", "2.999.99.1")], [e.attrib for e in errors]
        status, errors, documents, _ = self.retrieve([(None, None, self.local)],
                                                     path="/xca/initiating")
        assert (status, documents) == ("Failure", {}) \
            and errors[0].get("errorCode") == "XDSMissingHomeCommunityId", \
            [e.attrib for e in errors]
        status, _, documents, _ = self.retrieve([(self.ours, None, self.local)],
                                                path="/xca/initiating")
        assert status == "Success" and list(documents) == [self.local]
        # the same twice is asked once, and given twice
        status, errors, _, _ = self.retrieve([(HOME, REPOSITORY, "2.999.30.2.1")] * 2)
        assert (status, errors) == ("Success", []) and len(self.west.got) == came + 1
        assert self.west.got[-1].count(b"2.999.30.2.1<") == 1

    def misbehaviours(self) -> None:
        for manner, (first, last, codes, words) in MISBEHAVIOURS.items():
            self.begin(manner)
            wanted = [(HOME, REPOSITORY, "2.999.30.2.1"), (None, None, self.local),
                      (HOME, REPOSITORY, "2.999.30.2.2")]
            status, errors, documents, exchange = self.retrieve(wanted)
            given = [unique_id for unique_id, is_given in
                     (("2.999.30.2.1", first), (self.local, 1), ("2.999.30.2.2", last))
                     if is_given]
            told = [error.attrib for error in errors]
            assert list(documents) == given, f"{manner}: {list(documents)}, {told}"
            assert all(octets == (b"ours" if unique_id == self.local else
                                  octets_of(unique_id, self.west.size))
                       for unique_id, (octets, _) in documents.items()), manner
            assert status == ("Success" if last else "PartialSuccess"), f"{manner}: {status}"
            assert [error.get("errorCode") for error in errors] == codes, f"{manner}: {told}"
            assert not codes or words in errors[0].get("codeContext"), f"{manner}: {told}"
            if codes == ["XDSUnavailableCommunity"]:
                assert errors[0].get("location").startswith(HOME), f"{manner}: {told}"
            elif not last and codes:
                assert any("2.999.30.2.2" in error.get("location") or HOME in
                           error.get("location") for error in errors), f"{manner}: {told}"
            records = {record["transaction"]: record for record in self.audit(exchange)}
            assert set(records) == {"ITI-38", "ITI-39", "ITI-43"}, f"{manner}: {records}"
            assert (records["ITI-39"]["outcome"] == 0) == bool(first), f"{manner}: {records}"
        assert not self.redirected.got, "a redirect was followed"
        for url in ("https://127.0.0.1:1/nobody", (silent := Silent()).address):
            self.communities(url, SOON)
            status, errors, documents, _ = self.retrieve(
                [(HOME, REPOSITORY, "2.999.30.2.1"), (EAST, IN_THE_EAST, "2.999.40.2.1")])
            assert status == "PartialSuccess" and list(documents) == ["2.999.40.2.1"] \
                and [e.get("errorCode") for e in errors] == ["XDSUnavailableCommunity"]
        silent.close()
        self.begin("gives")
        status, _, _, _ = self.retrieve([(HOME, REPOSITORY, "2.999.30.2.1")])
        assert status == "Success", "it did not recover"
        self.nothing_is_held()

    @staticmethod
    def words(error) -> str:
        """Without the document it is about, and the exchange."""
        return error.get("codeContext").partition(": ")[2].partition(" (exchange")[0]

    def of_whom(self) -> None:
        """Whose they are decides who has them: what a patient hides here is hidden there, and told
        as what is not there at all."""
        self.begin("gives")
        mine, nobodys = "2.999.30.2.1", "2.999.30.2.66"
        self.west.patients = {nobodys: "W9^^^&2.999.30.9&ISO"}
        came = len(self.west.got)
        status, errors, documents, _ = self.retrieve(
            [(HOME, REPOSITORY, mine), (HOME, REPOSITORY, nobodys)])
        assert status == "PartialSuccess" and list(documents) == [mine]
        assert [e.get("errorCode") for e in errors] == ["XDSDocumentUniqueIdError"]
        assert nobodys.encode() not in self.west.got[-1], "what nobody may have was fetched"
        absent = self.words(errors[0])
        whom = ("--patient", self.mine, "--facility", "a-hospital")
        self.tool("consent", "exclude", *whom)
        try:
            came = len(self.west.got)
            status, errors, documents, exchange = self.retrieve([(HOME, REPOSITORY, mine)],
                                                                "a-hospital")
            assert (status, documents) == ("Failure", {}) and len(self.west.got) == came
            assert [(e.get("errorCode"), self.words(e)) for e in errors] \
                == [("XDSDocumentUniqueIdError", absent)], errors[0].attrib
            assert self.retrieve([(HOME, REPOSITORY, mine)])[0] == "Success"
        finally:
            self.tool("consent", "include", *whom)
        # A community he excludes is not told that his document is read here.
        whom = ("--patient", self.mine, "--facility", "west-gateway")
        self.tool("consent", "exclude", *whom)
        try:
            came = len(self.west.got)
            status, errors, documents, _ = self.retrieve([(HOME, REPOSITORY, mine)])
            assert (status, documents) == ("Failure", {}) and len(self.west.got) == came
            assert [(e.get("errorCode"), self.words(e)) for e in errors] \
                == [("XDSDocumentUniqueIdError", absent)], errors[0].attrib
        finally:
            self.tool("consent", "include", *whom)
        self.communities(within=SOON)
        self.west.manner = "says-nothing-of-whom"
        status, errors, _, _ = self.retrieve([(HOME, REPOSITORY, mine)])
        assert status == "Failure" and [e.get("errorCode") for e in errors] \
            == ["XDSUnavailableCommunity"], [e.attrib for e in errors]
        self.west.patients = {}

    def caller_left(self) -> None:
        """Who leaves while a document comes cancels that, and nothing of it is held."""
        self.communities(within=WITHIN)
        self.west.manner, self.west.size = "stands-midway", 4 << 20
        left = self.west.left
        connection = self.post(self.request([(HOME, REPOSITORY, "2.999.30.2.1")]), read=False)
        with self.west.changed:
            assert self.west.changed.wait_for(lambda: self.west.under_way == 1, PATIENCE)
        connection.close()
        with self.west.changed:
            assert self.west.changed.wait_for(lambda: self.west.left > left, PATIENCE), \
                "the call went on"
        self.west.size = 5000
        self.nothing_is_held()

    def later(self) -> None:
        """An answer that goes elsewhere has a relayed document as well, whole."""
        mail = Partner("well", self.server, self.ca)
        bare, self.bare = self.bare, self.bare.replace(
            'system "b-clinic" {\n', 'system "b-clinic" {\n\treply-to = {"mail"}\n')
        assert self.bare != bare, "no b-clinic"
        self.communities(more=f'partner "mail" {{\n\turl = "{mail.address}"\n'
                              '\tfor = {"answers"}\n}\n')
        self.west.manner, self.west.size = "gives", 300000
        request = self.request([(HOME, REPOSITORY, "2.999.30.2.1")])
        request.body = request.body.replace(soap.ANONYMOUS.encode(), mail.address.encode())
        self.post(request)
        came = mail.wait(1, PATIENCE)
        assert came and octets_of("2.999.30.2.1", 300000) in came[0], came and came[0][:2000]
        self.nothing_is_held()
        mail.close()
        self.bare, self.west.size = bare, 5000

    def beyond_the_budget(self) -> None:
        """answers-disk is used up: that community's documents only."""
        bare, self.bare = self.bare, re.sub(r'#?\s*answers-disk = ".*"',
                                            'answers-disk = "2MiB"', self.bare, count=1)
        assert self.bare != bare, "no answers-disk to set"
        try:
            self.configured = ""
            self.begin("gives")
            self.west.size = 4 << 20
            status, errors, documents, _ = self.retrieve(
                [(HOME, REPOSITORY, "2.999.30.2.1"), (EAST, IN_THE_EAST, "2.999.40.2.1")])
            assert status == "PartialSuccess" and list(documents) == ["2.999.40.2.1"], status
            assert [e.get("errorCode") for e in errors] == ["XDSUnavailableCommunity"] \
                and "answers-disk" in errors[0].get("codeContext"), errors[0].attrib
            self.west.size = 5000
            assert self.retrieve([(HOME, REPOSITORY, "2.999.30.2.1")])[0] == "Success"
            self.nothing_is_held()
        finally:
            self.bare, self.configured, self.west.size = bare, "", 5000

    def killed(self) -> None:
        """Killed while a document comes: no file is left, and the record says it is not known."""
        self.communities(within=WITHIN)
        self.west.manner, self.west.size = "stands-midway", 4 << 20
        connection = self.post(self.request([(HOME, REPOSITORY, "2.999.30.2.9")]), read=False)
        with self.west.changed:
            assert self.west.changed.wait_for(lambda: self.west.under_way == 1, PATIENCE)
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        connection.close()
        self.west.manner, self.west.size = "gives", 5000
        data = os.path.join(self.demo.region, "data")
        assert not [name for name in os.listdir(data) if name.startswith("spool")]
        self.demo.start(self.target)
        self.nothing_is_held()
        told = [record["outcome"] for record in local.told(
                    self.target.socket, "audit", "search", "--transaction", "ITI-39")
                if "2.999.30.2.9" in record["record"]]
        assert told == [8], told

    def large(self) -> None:
        """64 MiB pass, in memory that does not grow by them. A sanitizer keeps what is freed, to
        see who uses it all the same: here little of it, or its hoard would be measured."""
        self.begin("gives")
        kept = self.demo.surroundings
        self.demo.surroundings = {**kept, "ASAN_OPTIONS": ":".join(filter(None, [
            os.environ.get("ASAN_OPTIONS"), "quarantine_size_mb=4",
            "thread_local_quarantine_size_kb=64"]))}
        assert self.demo.stop() == 0
        self.demo.start(self.target)
        self.demo.surroundings = kept
        self.west.size = 64 << 20
        self.retrieve([(EAST, IN_THE_EAST, "2.999.40.2.1")])
        with open(f"/proc/{self.demo.daemon.pid}/clear_refs", "w", encoding="ascii") as peak:
            peak.write("5")
        before = self.memory()
        status, errors, documents, _ = self.retrieve([(HOME, REPOSITORY, "2.999.30.2.1")])
        grown = self.memory("VmHWM") - before
        assert status == "Success", [e.attrib for e in errors]
        assert documents["2.999.30.2.1"][0] == octets_of("2.999.30.2.1", 64 << 20)
        assert grown <= 32 << 20, f"it grew by {grown >> 20} MiB"
        self.west.size = 5000

    def memory(self, which: str = "VmRSS") -> int:
        with open(f"/proc/{self.demo.daemon.pid}/status", encoding="ascii") as status:
            return int(re.search(rf"^{which}:\s*(\d+) kB", status.read(), re.M)[1]) << 10


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Elsewhere(running, demo)
    return [("retrieve-elsewhere-together", "ours and two communities' documents in one answer, "
             "each call and the answer recorded", each.together),
            ("retrieve-elsewhere-whose", "whose a document is: nobody's, not said, the same twice",
             each.whose),
            ("retrieve-elsewhere-misbehaviours", "each misbehaviour of a Responding Gateway harms "
             "its own documents only, by its name", each.misbehaviours),
            ("retrieve-elsewhere-of-whom", "what a patient hides here is not fetched there",
             each.of_whom),
            ("retrieve-elsewhere-caller-left", "who leaves cancels, and nothing is held",
             each.caller_left),
            ("retrieve-elsewhere-later", "a relayed document in an answer that goes elsewhere",
             each.later),
            ("retrieve-elsewhere-budget", "beyond answers-disk a community's documents fail alone",
             each.beyond_the_budget),
            ("retrieve-elsewhere-large", "64 MiB pass in little memory", each.large),
            ("retrieve-elsewhere-killed", "killed midway: no file, and a record that says so",
             each.killed)]
