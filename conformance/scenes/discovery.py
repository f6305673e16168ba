"""We are the Initiating Gateway of Cross-Community Patient Discovery: another community is asked
whether it knows a person (ITI-55), and what it may answer, each misbehaviour by its name."""
from __future__ import annotations

import json
import os
import subprocess
import threading

from lib import soap
from lib.community_discovery import DOMAIN, DiscoveryGateway
from lib.mllp import MllpClient
from lib.partner import Silent
from lib.region import COMMUNITIES, DemoRegion
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import tls_context

SETTINGS = {"workers": "2", "stop-within": "2s"}
WITHIN = 60  # seconds it has to answer: who does answer is in time, however busy the machine is
SOON = 2  # the same of one that does not
PATIENCE = 120  # seconds: past it something hangs
LATE = ("silent", "slow", "not-even-tls")
OURS = "2.999.1.77"
SECTION = """partner "west" {{
	url = "{url}"
	for = {{"community"}}
	home-community-id = "urn:oid:2.999.30"
	answer-within = "{within}s"
	known-for = "30min"
}}
"""
# How it misbehaves: what is made of it, and a word of why.
MISBEHAVIOURS = {
    "knows-nobody": ("unknown", ""), "wants-more": ("more wanted", "mother's maiden name"),
    "two-matches": ("several", "2 persons"), "wrong-person": ("doubtful", "not surely"),
    "too-busy": ("no answer", "ResponderBusy"), "other-home": ("no answer", "another community"),
    "other-query": ("no answer", "another query"),
    "other-message": ("no answer", "another message"),
    "other-action": ("no answer", "not the action"),
    "anothers-answer": ("no answer", "another request"),
    "nobody-and-somebody": ("no answer", "knows nobody"),
    "not-acknowledged": ("no answer", "none that is known"),
    "malformed": ("no answer", "stand there once"), "too-many": ("no answer", "more persons"),
    "my-number": ("no answer", "Individual Number"), "huge": ("no answer", "larger than"),
    "busy": ("no answer", "503"), "unknown": ("no answer", "404"),
    "redirects": ("no answer", "sends us elsewhere"), "sender-fault": ("no answer", "SOAP fault"),
    "broken-envelope": ("no answer", "no SOAP"), "breaks-off": ("no answer", ""),
    "babbles": ("no answer", ""), "silent": ("no answer", "in time"), "slow": ("no answer", ""),
}


class Discovery:
    """In a region of its own, which knows this community."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo, self.target = running, demo, running.target
        pki = os.path.join(demo.region, "pki")
        self.server, self.ca = os.path.join(pki, "server.pem"), os.path.join(pki, "ca.pem")
        self.scope = Scope(running.region)
        self.domain = self.scope.get("domain.b")
        self.patient = f"D1^^^&{self.domain}&ISO"
        self.west = DiscoveryGateway("knows", self.server, self.ca, running.grammars)
        with open(demo.configuration, encoding="utf-8") as conf:
            self.bare = conf.read().replace(COMMUNITIES, "")
        self.configured = ""
        self.feed()

    def feed(self) -> None:
        """Whom a facility of ours knows."""
        message = "\r".join((
            "MSH|^~\\&|HIS|b-clinic|MINATO|REGION|20260115093000||ADT^A04^ADT_A01|D1|P|2.3.1||||||"
            "UNICODE UTF-8", "EVN|A04|20260115093000",
            f"PID|||D1^^^&{self.domain}&ISO||山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P||19410503|M|||"
            "青葉1-2-3^^仙台市^宮城県^980-0001||0221234567", "PV1||O", ""))
        client = MllpClient(self.target.host, self.target.mllp_port,
                            tls_context(self.target.ca, self.target.certificate("b-clinic")))
        answer = client.exchange(message.encode()).decode()
        client.close()
        assert "MSA|AA" in answer, answer
        self.told("consent", "join", "--patient", self.patient, "--reason", "asked to")

    def community_is(self, url: str, within: int = WITHIN) -> None:
        section = SECTION.format(url=url, within=within)
        if section == self.configured:
            return
        self.configured = section
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(self.bare + section)
        self.demo.stop()
        self.demo.start(self.target)

    def begin(self, manner: str) -> None:
        self.west.manner = manner
        self.community_is(self.west.address, SOON if manner in LATE else WITHIN)

    def tool(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([*self.target.cli, *words, "--output", "json"], capture_output=True,
                              text=True, check=False)

    def told(self, *words: str) -> dict:
        done = self.tool(*words)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def discover(self) -> dict:
        return self.told("partner", "discover", "--partner", "west", "--patient",
                         self.patient)[0]

    def correlations(self) -> list[dict]:
        return self.told("partner", "correlations", "--patient", self.patient)

    def ids(self) -> list[str]:
        return [one["id"] for one in self.told("partner", "show", "--patient",
                                               self.patient)["ids"]]

    def codes(self) -> list[str]:
        return [one["code"] for one in self.told("partner", "show", "--patient",
                                                 self.patient)["codes"]]

    def unmap(self) -> None:
        if self.ids():
            self.told("partner", "unmap", "--partner", "west", "--patient", self.patient,
                      "--reason", "a new scene")

    def records(self, code: str) -> list[dict]:
        """The newest first."""
        done = self.tool("audit", "search", "--transaction", code)
        return json.loads(done.stdout) if done.returncode == 0 else []

    def sound(self) -> None:
        done = self.tool("check")
        assert done.returncode == 0, done.stdout + done.stderr

    # -- what is shown -----------------------------------------------------------------------------

    def found(self) -> None:
        self.begin("knows")
        before = len(self.records("ITI-55"))
        answer = self.discover()
        assert (answer["answer"], answer["id"]) == ("known", f"w-1^^^&{DOMAIN}&ISO"), answer
        assert self.ids() == [answer["id"]] and answer["until"], answer
        kept = self.correlations()
        assert [(one["answer"], one["id"], one["holds"]) for one in kept] \
            == [("known", answer["id"], True)], kept
        assert not self.west.faults, self.west.faults[:2]
        root = soap.parse(self.west.got[-1])
        assert self.codes() == [self.west.codes[-1]], (self.codes(), self.west.codes)
        assert root.xpath("string(//v3:authorOrPerformer//v3:id/@root)", namespaces=soap.NS) == OURS
        assert not root.xpath("//*[@extension='D1']"), "a facility's id was told"
        self.discover()
        assert self.west.codes[-2] == self.west.codes[-1], "another code for the same person"
        records = self.records("ITI-55")
        assert len(records) == before + 2, records
        text = records[0]["record"]
        assert "110112" in text and "ihe:homeCommunityID" in text and records[0]["outcome"] == 0
        assert self.west.codes[-1] not in text and "UserID=\"urn:" not in text, text
        looked = self.told("audit", "who-looked", "--patient", self.patient)
        assert "ITI-55" in json.dumps(looked), looked
        self.told("partner", "discover", "--partner", "west", "--patient", self.patient,
                  "--without-code")
        assert self.west.codes[-1] == "" and not self.west.faults, self.west.codes
        self.sound()

    def misbehaviours(self) -> None:
        for manner, (said, word) in MISBEHAVIOURS.items():
            self.begin(manner)
            self.unmap()
            answer = self.discover()
            assert answer["answer"] == said and word in answer["why"] and not answer["id"], \
                f"{manner}: {answer}"
            assert self.ids() == [], f"{manner}: something was taken"
            assert (self.records("ITI-55")[0]["outcome"] != 0) == (said == "no answer"), manner
        silent = Silent()
        for url, late in ((silent.address, True), ("https://127.0.0.1:1/nobody", False)):
            self.community_is(url, SOON if late else WITHIN)
            answer = self.discover()
            assert answer["answer"] == "no answer", answer
        silent.close()
        for manner in ("duplicate", "one-is-foreign", "without-ttl", "ttl-understood"):
            self.begin(manner)
            self.unmap()
            answer = self.discover()
            assert answer["answer"] == "known" and answer["id"].startswith("w-1^"), answer
            assert ("another community" in answer["why"]) == (manner == "one-is-foreign"), answer
            assert [one["holds"] for one in self.correlations()] == [manner != "without-ttl"]
        assert not self.west.faults, self.west.faults[:2]
        self.sound()

    def together(self) -> None:
        """Of two communities one says nothing: the other's answer is there, and is kept."""
        east = DiscoveryGateway("silent", self.server, self.ca, self.running.grammars)
        self.west.manner = "knows"
        self.unmap()
        self.configured = ""
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(self.bare + SECTION.format(url=self.west.address, within=WITHIN)
                       + SECTION.format(url=east.address, within=SOON).replace(
                           '"west"', '"east"').replace("2.999.30", "2.999.31"))
        self.demo.stop()
        self.demo.start(self.target)
        answers = {one["partner"]: one for one in self.told(
            "partner", "discover", "--all", "--patient", self.patient)}
        assert answers["west"]["answer"] == "known" and answers["east"]["answer"] == "no answer", \
            answers
        assert self.ids() == [answers["west"]["id"]]
        assert east.codes[-1] != self.west.codes[-1], "two communities were told the same code"
        east.close()
        self.sound()

    def conflict(self) -> None:
        """Another id than it said before: what stands stays, and the operator decides."""
        self.begin("knows")
        self.unmap()
        self.discover()
        self.west.manner = "other-id"
        answer = self.discover()
        assert answer["answer"] == "conflict" and not answer["id"], answer
        assert self.ids() == [f"w-1^^^&{DOMAIN}&ISO"]
        waiting = self.told("partner", "conflicts", "--partner", "west")
        assert len(waiting) == 1 and waiting[0]["id"].startswith("w-2^"), waiting
        assert waiting[0]["by"] == "ITI-55", waiting
        self.told("partner", "settle", waiting[0]["number"], "--partner", "west", "--decision",
                  "replace", "--reason", "asked there")
        answer = self.discover()
        assert answer["answer"] == "known" and answer["id"].startswith("w-2^"), answer
        self.sound()

    def consent(self) -> None:
        """Who has left is nobody's to ask for; nor is what was remembered relied on."""
        self.begin("knows")
        self.unmap()
        self.discover()
        asked = len(self.west.got)
        self.told("consent", "leave", "--patient", self.patient, "--reason", "moved")
        answer = self.discover()
        assert answer["answer"] == "closed" and not answer["asked"], answer
        assert len(self.west.got) == asked, "it was asked all the same"
        assert [one["holds"] for one in self.correlations()] == [False]
        self.told("consent", "join", "--patient", self.patient, "--reason", "asked to")
        assert self.discover()["answer"] == "known"

    def killed(self) -> None:
        """While it is asked: his code is ours and stays, nothing is believed, and what it was told
        is recorded."""
        self.begin("silent")
        self.unmap()
        before = len(self.records("ITI-55"))
        waiting = threading.Thread(target=self.tool, args=(
            "partner", "discover", "--partner", "west", "--patient", self.patient))
        waiting.start()
        with self.west.changed:
            assert self.west.changed.wait_for(lambda: self.west.under_way == 1, PATIENCE)
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        waiting.join()
        self.west.manner = "knows"
        self.demo.start(self.target)
        assert self.ids() == []
        records = self.records("ITI-55")
        assert len(records) == before + 1 and records[0]["outcome"] != 0, records[:1]
        self.sound()
        code = self.codes()
        assert self.discover()["answer"] == "known" and self.codes() == code
        assert self.west.codes[-1] == code[0]

    def refused(self) -> None:
        """What cannot be asked."""
        self.begin("knows")
        asked = len(self.west.got)
        for words in (("--partner", "nobody"), ("--partner", "west", "--all"), ()):
            done = self.tool("partner", "discover", *words, "--patient", self.patient)
            assert done.returncode != 0, words
        done = self.tool("partner", "discover", "--all", "--patient", "no-such-one@b-clinic")
        assert done.returncode != 0 and len(self.west.got) == asked, done.stderr
        all_of_them = self.told("partner", "discover", "--all", "--patient", self.patient)
        assert [one["partner"] for one in all_of_them] == ["west"], all_of_them


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Discovery(running, demo)
    return [("discovery-found", "another community is asked for a person, by our code, and the id "
             "it knows him by is kept", each.found),
            ("discovery-misbehaviours", "each misbehaviour of a community by its name: nothing is "
             "taken of it", each.misbehaviours),
            ("discovery-together", "two are asked at once, each by a code of its own, and one that "
             "is silent keeps nobody's answer back", each.together),
            ("discovery-conflict", "another id than before is raised, and the operator decides",
             each.conflict),
            ("discovery-consent", "who does not take part is not asked for", each.consent),
            ("discovery-killed", "killed while it is asked: codes and correlations are sound, and "
             "what was told is recorded", each.killed),
            ("discovery-refused", "what cannot be asked is refused, and nobody is called",
             each.refused)]
