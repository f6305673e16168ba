"""Documents that a facility provides for another community (ITI-41 at the Initiating Gateway) are
sent to its gateway (ITI-80), and what that says is given back; each misbehaviour by its name."""
from __future__ import annotations

import http.client
import os
import subprocess

from lib import casefile, local, mtom, soap
from lib.casefile import Step
from lib.community_provide import Recipient
from lib.partner import Partner, Silent
from lib.region import COMMUNITIES, DemoRegion
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import TIMEOUT, tls_context

MACROS = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "cases",
                      "00-macros.case")
SETTINGS = {"workers": "2", "stop-within": "2s"}
HOME, THEIRS = "urn:oid:2.999.30", "W1^^^&2.999.30.9&ISO"
WITHIN, SOON, LARGE = 60, 2, 3 << 20
SECTION = """partner "west" {{
	url = "https://127.0.0.1:9/xcpd"
	submit-url = "{url}"
	for = {{"community"}}
	home-community-id = "urn:oid:2.999.30"
	answer-within = "{within}s"
	consent = "{consent}"
}}
system "west-gateway" {{
	title = "西地域"
	certificate = "pki/clients/west-gateway.pem"
	community = "west"
}}
"""
# What is read of it: of XDSUnavailableCommunity.
MISBEHAVIOURS = {
    "silent": "has not answered in time", "slow": "", "huge": "larger than the",
    "busy": "HTTP status 503", "unknown": "HTTP status 404", "redirects": "sends us elsewhere",
    "sender-fault": "a SOAP fault", "breaks-off": "", "babbles": "",
    "broken-envelope": "no SOAP", "anothers-answer": "to another request",
    "other-action": "not the action", "contradicts-itself": "Success, and errors",
    "has-another-status": "no RegistryResponse with a status",
}
LATE = ("silent", "slow")
# What it says: our status, and the errors with where they are.
ANSWERED = {
    "registers": ("Success", []),
    "warns": ("Success", [("XDSExtraMetadataNotSaved", HOME)]),
    "partial": ("PartialSuccess", [("XDSOddities_2031", HOME)]),
    "refuses": ("Failure", [("XDSUnknownPatientId", "patientId"), ("XDSOddities_2031", HOME),
                            ("XDSExtraMetadataNotSaved", HOME)]),
    "located": ("Failure", [("XDSRepositoryError", "d1")]),
    "gives-no-reason": ("Failure", [("XDSRepositoryError", HOME)]),
}


class Elsewhere:
    """In a region of its own, beside another."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo, self.target = running, demo, running.target
        pki = os.path.join(demo.region, "pki")
        server, ca = os.path.join(pki, "server.pem"), os.path.join(pki, "ca.pem")
        self.scope = Scope(running.region)
        self.mine = f"{self.scope.get('pid.b')}^^^&{self.scope.get('domain.b')}&ISO"
        running.macros.update(casefile.read(MACROS).macros)
        self.west = Recipient("registers", server, ca, running.grammars)
        self.redirected = Partner("well", server, ca)
        self.west.elsewhere = self.redirected.address
        with open(demo.configuration, encoding="utf-8") as conf:
            self.bare = conf.read().replace(COMMUNITIES, "")
        self.configured = ""
        self.known = False

    def begin(self, manner: str = "registers", url: str = "", consent: str = "assumed",
              within: int = 0) -> None:
        self.west.manner = manner
        text = SECTION.format(url=url or self.west.address, consent=consent,
                              within=within or (SOON if manner in LATE else WITHIN))
        if text != self.configured:
            self.configured = text
            with open(self.demo.configuration, "w", encoding="utf-8") as conf:
                conf.write(self.bare + text)
            self.demo.stop()
            self.demo.start(self.target)
        if not self.known:
            self.known = True
            self.running.do(Step("scene", "do", subject="joined"), self.scope)
            self.tool("partner", "map", "--partner", "west", "--patient", self.mine, "--id",
                      THEIRS)

    def tool(self, *words: str) -> str:
        done = subprocess.run([*self.target.cli, *words, "--reason", "conformance"],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def send(self, patient: str = "", fresh: Scope | None = None, system: str = "b-clinic"):
        """Status, errors with their locations, the answer's root, exchange, scope."""
        fresh = fresh or Scope(self.scope)
        fresh.values["whose"] = patient or self.scope.get("patient")
        parts = ("set id=ss uid=${oid.s} patient=${whose}",
                 "entry id=d1 uid=${oid.d} patient=${whose}",
                 "entry id=d2 uid=${oid.e} patient=${whose} mime=application/octet-stream",
                 "member from=ss to=d1", "member from=ss to=d2",
                 'document id=d1 text="for the west"',
                 f"document id=d2 octets={LARGE} type=application/octet-stream")
        for part in parts:
            fresh.settle(part)
        fresh.values["slot"] = HOME
        request = self.running.maker.soap("iti41.xml", fresh, [("+", part) for part in parts],
                                          f"{self.target.host}:{self.target.https_port}")
        connection = http.client.HTTPSConnection(
            self.target.host, self.target.https_port, timeout=TIMEOUT,
            context=tls_context(self.target.ca, self.target.certificate(system)))
        connection.request("POST", "/xca/initiating", request.body,
                           {"Content-Type": request.content_type})
        reply = connection.getresponse()
        kind, body = reply.headers["Content-Type"], reply.read()
        exchange = reply.headers["X-Minato-Exchange"]
        connection.close()
        assert kind.startswith("multipart/"), (kind, body[:400])
        root = soap.parse(mtom.parse(kind, body).root.octets)
        status = root.xpath("string(//rs:RegistryResponse/@status)", namespaces=soap.NS)
        errors = [(e.get("errorCode"), e.get("location"), e.get("codeContext"))
                  for e in root.iterfind(".//rs:RegistryError", soap.NS)]
        return status.rpartition(":")[2], errors, exchange, fresh

    def audit(self, exchange: str) -> dict[str, dict]:
        return {record["transaction"]: record for record in local.told(
            self.target.socket, "audit", "search", "--exchange", exchange)}

    # -- what is shown -----------------------------------------------------------------------------

    def sent(self) -> None:
        """By either id of ours; nothing of ours that names him crosses, and each octet does."""
        self.begin()
        for patient in (self.scope.get("patient"), self.mine):
            status, errors, exchange, fresh = self.send(patient)
            assert (status, errors) == ("Success", []), (status, errors)
            assert not self.west.faults, self.west.faults
            package = self.west.packages[-1]
            text = package.root.octets.decode()
            for ours in (self.scope.get("person"), self.scope.get("pid.b")):
                assert ours + "^" not in text, f"{ours} crossed: {text}"
            assert text.count("W1^^^&amp;2.999.30.9&amp;ISO") == 5, text
            assert text.count(f">{HOME}<") == 2 and "homeCommunityBlock" in text, text
            assert "repositoryUniqueId" not in text and "sourcePatientInfo" not in text, text
            assert fresh.get("oid.s") in text and fresh.get("oid.e") in text, text
            octets = sorted((part.octets for part in package.parts.values()), key=len)
            assert octets[0] == b"for the west" and len(octets[-1]) == LARGE, \
                [len(each) for each in octets]
            records = self.audit(exchange)
            assert set(records) == {"ITI-41", "ITI-80"} \
                and all(each["outcome"] == 0 for each in records.values()), records
            assert "110106" in records["ITI-80"]["record"] \
                and fresh.get("oid.s") in records["ITI-80"]["record"], records["ITI-80"]

    def answered(self) -> None:
        for manner, (said, expected) in ANSWERED.items():
            self.begin(manner)
            status, errors, exchange, _ = self.send()
            assert (status, [error[:2] for error in errors]) == (said, expected), \
                f"{manner}: {status} {errors}"
            outcome = self.audit(exchange)["ITI-80"]["outcome"]
            assert (outcome == 0) == (said != "Failure"), f"{manner}: {outcome}"

    def misbehaviours(self) -> None:
        for manner, words in MISBEHAVIOURS.items():
            self.begin(manner)
            came = len(self.west.got)
            self.unavailable(manner, words)
            assert len(self.west.got) == came + 1, f"{manner}: it was sent again"
        assert not self.redirected.got, "a redirect was followed"
        for url in ("https://127.0.0.1:1/nobody", (silent := Silent()).address):
            self.begin(url=url, within=SOON)
            self.unavailable(url, "")
        silent.close()
        self.begin()
        assert self.send()[0] == "Success", "it did not recover"

    def unavailable(self, manner: str, words: str) -> None:
        status, errors, exchange, _ = self.send()
        assert status == "Failure" and [error[:2] for error in errors] \
            == [("XDSUnavailableCommunity", HOME)], f"{manner}: {status} {errors}"
        assert words in errors[0][2], f"{manner}: {errors}"
        assert self.audit(exchange)["ITI-80"]["outcome"] != 0, manner

    def whom(self) -> None:
        """Who may not be told of is as unknown as nobody, and nothing of him is sent."""
        self.begin()
        came = len(self.west.got)
        absent = self.refused(f"nobody-{self.scope.get('pid.b')}^^^&"
                              f"{self.scope.get('domain.affinity')}&ISO")
        whom = ("--patient", self.mine)
        for undo, do in ((("include", "west-gateway"), ("exclude", "west-gateway")),
                         (("join", ""), ("leave", "")),
                         (("include", "b-clinic"), ("exclude", "b-clinic"))):
            more = [("--facility", each) if each else () for each in (do[1], undo[1])]
            self.tool("consent", do[0], *whom, *more[0])
            assert (told := self.refused(self.scope.get("patient"))) == absent, (do, told, absent)
            self.tool("consent", undo[0], *whom, *more[1])
        self.begin(consent="needed")
        self.tool("consent", "leave", *whom)
        self.tool("consent", "join", *whom)
        self.tool("partner", "unmap", "--partner", "west", *whom)
        assert self.refused(self.scope.get("patient")) == absent
        self.tool("partner", "map", "--partner", "west", *whom, "--id", THEIRS)
        self.begin()
        assert len(self.west.got) == came, "something was sent of him"
        assert self.send()[0] == "Success"

    def refused(self, patient: str) -> list[str]:
        """Without the exchange's id, which is the location."""
        status, errors, exchange, _ = self.send(patient)
        assert status == "Failure" and [error[0] for error in errors] == ["XDSUnknownPatientId"], \
            errors
        assert "ITI-80" not in self.audit(exchange), "it was sent"
        assert errors[0][1] == f"exchange {exchange}", errors
        return [context for _, _, context in errors]


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Elsewhere(running, demo)
    return [("provide-elsewhere-sent", "documents small and large are sent, of the patient as he "
             "is known there, and both sides of it recorded", each.sent),
            ("provide-elsewhere-answered", "its status, errors and warnings are given back, with "
             "their home", each.answered),
            ("provide-elsewhere-misbehaviours", "what is no answer is XDSUnavailableCommunity, and "
             "sent once", each.misbehaviours),
            ("provide-elsewhere-whom", "who is unknown there, takes no part or is hidden is as "
             "unknown as nobody", each.whom)]
