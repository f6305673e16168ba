"""We are the Initiating Gateway of the Deferred Response Option (ITI TF-2: 3.55.6.2): another
community acknowledges what we ask it, and answers later, at our own door. Each answer that is none
of a question we wait for, by its name: it changes nothing, and is told so."""
from __future__ import annotations

import threading

from lib import soap
from lib.community_discovery import DOMAIN, DiscoveryGateway
from lib.mllp import MllpClient
from lib.region import DemoRegion
from lib.runner import Runner
from lib.wire import HttpClient, Reply, tls_context
from scenes.discovery import PATIENCE, SECTION, WITHIN, Discovery

SETTINGS = {"workers": "2", "stop-within": "2s"}
SOAP = "application/soap+xml; charset=UTF-8"
SYSTEM = """system "{name}-gateway" {{
	title = "{name}"
	certificate = "pki/clients/{name}-gateway.pem"
	community = "{name}"
}}
"""
# What the community makes of the question; what the operator is told of it.
ACKNOWLEDGEMENTS = {
    "not-later": "NS250", "other-message": "another message", "anothers-answer": "another request",
    "other-action": "not the action", "sender-fault": "SOAP fault", "busy": "503",
    "broken-envelope": "no SOAP", "breaks-off": "", "babbles": "",
}
# Later answers of the community that was asked which contradict the question, or themselves.
CONTRADICTIONS = ("other-query", "other-message", "nobody-and-somebody", "not-acknowledged",
                  "too-many", "my-number", "other-home")
# Those that are answers; what is made of them.
ANSWERS = {"knows-nobody": "unknown", "wants-more": "more wanted", "two-matches": "several",
           "wrong-person": "doubtful", "knows": "known"}


class Deferred(Discovery):
    """In a region of its own: west answers later, east at once."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        super().__init__(running, demo)
        self.east = DiscoveryGateway("knows", self.server, self.ca, running.grammars, "2.999.31")
        self.door = f"https://{self.target.host}:{self.target.https_port}/xcpd"
        text = SECTION.format(url=self.west.address, within=WITHIN).replace(
            "known-for", f'respond-to = "{self.door}"\n\tknown-for') \
            + SECTION.format(url=self.east.address, within=WITHIN).replace(
                '"west"', '"east"').replace("2.999.30", "2.999.31")
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(self.bare + text + "".join(SYSTEM.format(name=name)
                                                  for name in ("west", "east")))
        self.demo.stop()
        self.demo.start(self.target)

    def begin(self, manner: str = "knows") -> None:
        self.west.manner = manner
        self.unmap()

    def send(self, octets: bytes, system: str = "west-gateway") -> Reply:
        client = HttpClient(self.target.host, self.target.https_port,
                            tls_context(self.target.ca, self.target.certificate(system)))
        reply = client.request("POST", "/xcpd", {"Content-Type": SOAP}, octets)
        client.close()
        return reply

    def told_of(self, octets: bytes, system: str = "west-gateway") -> tuple[str, str]:
        """How it was acknowledged: typeCode and the detail's code."""
        root = soap.parse(self.send(octets, system).body)
        fault = self.running.grammars.fault("iti55-acknowledged", root)
        assert fault is None, fault
        return tuple(root.xpath(f"string(//v3:acknowledgement{path}/@code)", namespaces=soap.NS)
                     for path in ("/v3:typeCode", "/v3:acknowledgementDetail/v3:code"))

    def later(self, **how) -> bytes:
        return self.west.later(self.door, **how)

    def standing(self) -> list[tuple[str, bool]]:
        return [(one["answer"], one["holds"]) for one in self.correlations()
                if one["partner"] == "west"]

    def asks(self) -> dict:
        answer = self.discover()
        assert (answer["answer"], answer["id"]) == ("later", "") and answer["until"], answer
        assert ("later", True) in self.standing(), self.standing()
        return answer

    # -- what is shown -----------------------------------------------------------------------------

    def taken(self) -> None:
        self.begin()
        before = len(self.records("ITI-55"))
        self.asks()
        assert not self.west.faults, self.west.faults[:2]
        asked = self.west.got[-1].decode()
        assert 'responsePriorityCode code="D"' in asked and f'telecom value="{self.door}"' in asked
        assert self.ids() == []
        octets = self.later()
        fault = self.running.grammars.fault("iti55-asked", soap.parse(self.west.got[-1]))
        assert fault is None, fault
        assert self.told_of(octets) == ("CA", "")
        assert self.ids() == [f"w-1^^^&{DOMAIN}&ISO"] and self.standing() == [("known", True)]
        records = self.records("ITI-55")
        assert len(records) == before + 2 and records[0]["outcome"] == 0, records[:2]
        text = records[0]["record"]
        assert "w-1^^^" in text and self.west.codes[-1] not in text, text
        assert "ITI-55" in str(self.told("audit", "who-looked", "--patient", self.patient))
        # and once: a doubled answer changes nothing
        assert self.told_of(octets) == ("AE", "204")
        assert self.told_of(self.later(manner="other-id")) == ("AE", "204")
        assert self.ids() == [f"w-1^^^&{DOMAIN}&ISO"] and self.standing() == [("known", True)]
        self.sound()

    def answers(self) -> None:
        for manner, said in ANSWERS.items():
            self.begin()
            self.asks()
            assert self.told_of(self.later(manner=manner)) == ("CA", ""), manner
            assert [one[0] for one in self.standing()] == [said], f"{manner}: {self.standing()}"
            assert (self.ids() != []) == (said == "known"), manner
        self.begin()
        self.asks()
        assert self.told_of(self.later(manner="too-busy")) == ("CA", "")
        assert ("later", True) not in self.standing() and self.ids() == []
        self.sound()

    def forged(self) -> None:
        """Each of these, while it waits; then the true one is taken all the same."""
        self.begin()
        self.told("partner", "discover", "--partner", "west", "--patient", self.patient)
        first = self.later()
        self.asks()  # anew: the first is awaited no more
        before = self.standing()
        answer = self.later()
        assert self.told_of(first) == ("AE", "204"), "an answer to what was asked before"
        assert self.told_of(self.later(relates="urn:uuid:0af51c2e-6d6a-4e4f-9d0b-2f6a3a5c7d11")) \
            == ("AE", "204"), "made up"
        assert self.told_of(self.later(relates="x" * 4000)) == ("AE", "204"), "long"
        assert self.told_of(answer.replace(b"RelatesTo", b"From", 2)
                            .replace(b"<a:From>", b"<a:From><a:Address>")
                            .replace(b"</a:From>", b"</a:Address></a:From>")) == ("AE", "204")
        assert self.told_of(answer, "east-gateway") == ("AE", "204"), "another community's"
        for system in ("a-hospital", "z-stranger"):
            reply = self.send(answer, system)
            assert reply.status >= 400 or b"Fault" in reply.body, system
        for manner in CONTRADICTIONS:
            said, code = self.told_of(self.later(manner=manner))
            assert said == "AE" and code not in ("", "204"), f"{manner}: {code}"
            assert self.records("ITI-55")[0]["outcome"] != 0, manner
            assert self.standing() == before and self.ids() == [], manner
        assert b"Fault" in self.send(self.later(manner="malformed")).body
        assert self.told_of(answer) == ("CA", "")
        assert self.standing()[0] == ("known", True) and len(self.ids()) == 1
        self.sound()

    def acknowledged(self) -> None:
        """What is no acknowledgement is no answer; but who has not said no may have the
        question."""
        for manner, word in ACKNOWLEDGEMENTS.items():
            self.begin(manner)
            answer = self.discover()
            assert answer["answer"] == "no answer" and word in answer["why"], f"{manner}: {answer}"
            assert self.records("ITI-55")[0]["outcome"] != 0, manner
            said = self.told_of(self.later())
            assert said == (("AE", "204") if manner == "not-later" else ("CA", "")), manner
        self.sound()

    def feed_anew(self, street: str) -> None:
        message = "\r".join((
            "MSH|^~\\&|HIS|b-clinic|MINATO|REGION|20260115093000||ADT^A08^ADT_A01|D2|P|2.3.1||||||"
            "UNICODE UTF-8", "EVN|A08|20260115093000",
            f"PID|||D1^^^&{self.domain}&ISO||山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P||19410503|M|||"
            f"{street}^^仙台市^宮城県^980-0001||0221234567", "PV1||O", ""))
        client = MllpClient(self.target.host, self.target.mllp_port,
                            tls_context(self.target.ca, self.target.certificate("b-clinic")))
        answer = client.exchange(message.encode()).decode()
        client.close()
        assert "MSA|AA" in answer, answer

    def changed(self) -> None:
        """Who has left, or is said to be otherwise, since he was asked for: it is dropped."""
        for change in (lambda: self.feed_anew("青葉9-9-9"), self.leaves):
            self.begin()
            self.asks()
            change()
            assert ("later", False) in self.standing(), self.standing()
            assert self.told_of(self.later()) == ("CA", "")
            assert self.ids() == [] and "later" not in dict(self.standing()), self.standing()
        self.told("consent", "join", "--patient", self.patient, "--reason", "asked to")
        self.sound()

    def leaves(self) -> None:
        self.told("consent", "leave", "--patient", self.patient, "--reason", "moved")

    def conflict(self) -> None:
        self.begin()
        self.asks()
        assert self.told_of(self.later()) == ("CA", "")
        self.asks()
        assert self.told_of(self.later(manner="other-id")) == ("CA", "")
        assert self.ids() == [f"w-1^^^&{DOMAIN}&ISO"] and self.standing()[0][0] == "conflict"
        waiting = self.told("partner", "conflicts", "--partner", "west")
        assert [one["by"] for one in waiting] == ["ITI-55"], waiting
        self.told("partner", "settle", waiting[0]["number"], "--partner", "west", "--decision",
                  "keep", "--reason", "asked there")
        self.sound()

    def killed(self) -> None:
        """Between the question and its acknowledgement: what may have arrived may be answered."""
        self.begin("silent")
        waiting = threading.Thread(target=self.tool, args=(
            "partner", "discover", "--partner", "west", "--patient", self.patient))
        waiting.start()
        with self.west.changed:
            assert self.west.changed.wait_for(lambda: self.west.under_way == 1, PATIENCE)
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        waiting.join()
        self.demo.start(self.target)
        assert self.ids() == [] and ("later", True) in self.standing(), self.standing()
        assert self.told_of(self.later()) == ("CA", "")
        assert len(self.ids()) == 1
        self.sound()


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Deferred(running, demo)
    return [("deferred-taken", "what a community answers later is taken, once", each.taken),
            ("deferred-answers", "it is made of it what would have been at once", each.answers),
            ("deferred-forged", "a forged, late, foreign or contradictory answer changes nothing, "
             "and the true one is taken", each.forged),
            ("deferred-acknowledged", "what is no acknowledgement is no answer",
             each.acknowledged),
            ("deferred-changed", "of who is not the same any more nothing is taken", each.changed),
            ("deferred-conflict", "another id than before is raised", each.conflict),
            ("deferred-killed", "what was asked before a kill may be answered after it",
             each.killed)]
