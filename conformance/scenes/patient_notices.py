"""Whoever tells patients is handed, by the outbox, that somebody broke the glass: in the job of the
look, once for each override. A service that refuses, or is away, holds nobody up and loses nobody,
a kill notwithstanding; and whom it does not tell waits for a letter."""
from __future__ import annotations

import http.server
import json

from lib.outbox_scene import OutboxScene
from lib.partner import ANSWERS, Partner
from lib.region import DemoRegion
from lib.runner import Runner
from scenes import emergencies

SETTINGS = emergencies.SETTINGS
SERVICE = 'partner "letters" {{\n\turl = "{url}"\n\tfor = {{"patient-notices"}}\n}}\n'
MEMBERS = {"resourceType", "identifier", "status", "category", "subject", "recipient",
           "authoredOn", "payload", "sender"}


class Service(Partner):
    """Takes whatever it is handed, unless it behaves as lib.partner has it."""

    def __init__(self, certificate: str, ca: str) -> None:
        super().__init__("well", certificate, ca)
        self.types: list[str] = []

    def answer(self, handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        self.types.append(handler.headers["Content-Type"])
        super().answer(handler, body)

    def reply(self, _body: bytes) -> tuple[int, str | None, bytes]:
        return (201, None, b"") if self.manner == "well" else ANSWERS[self.manner]


class PatientNotices(emergencies.Emergencies, OutboxScene):
    """In a region of its own, whose rules permit physicians to break the glass."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        emergencies.Emergencies.__init__(self, running, demo)
        OutboxScene.__init__(self, running, demo)
        self.service = Service(self.server, self.ca)

    def begin(self) -> None:
        if self.begun:
            return
        super().begin()
        with open(self.demo.configuration, "a", encoding="utf-8") as conf:
            conf.write(SERVICE.format(url=self.service.address))
        self.reload()

    def look(self, who: str, manner: str = "well") -> dict:
        """Somebody breaks the glass; the override, as the operator is shown it."""
        self.begin()
        with self.service.changed:
            self.service.manner = manner
            self.service.got.clear()
        self.show("opened", token=self.breaking(user=who))
        mine = [one for one in self.told("review", "list", "--all") if who in one["who"]]
        assert len(mine) == 1, mine
        return mine[0]

    def shown(self, override: dict) -> dict:
        """The same, now: by both lists alike."""
        now = self.told("review", "show", override["id"])
        notice = self.told("notice", "show", override["id"])
        assert (now["notice"], now.get("errand")) == (notice["notice"], notice.get("errand")), now
        return now

    def outcomes(self, override: dict) -> list[int]:
        """Of what was recorded of its notice."""
        return [int(one["outcome"]) for one in self.records("patient-notice")
                if one["exchange"] == override["exchange"]]

    # -- what is shown -----------------------------------------------------------------------------

    def handed(self) -> None:
        one = self.look("dr.handed")
        said = json.loads(self.service.wait(1)[0])
        self.until(lambda seen: not seen, "letters")
        assert self.service.types == ["application/fhir+json"], self.service.types
        assert set(said) == MEMBERS and said["status"] == "active", said
        assert said["resourceType"] == "CommunicationRequest", said
        cx = one["patient"].split("^")[0]
        assert said["subject"] == said["recipient"][0] == {"type": "Patient", "identifier": {
            "system": "urn:oid:2.999.1", "value": cx}}, (said, one)
        text = json.dumps(said, ensure_ascii=False)
        assert one["id"] in said["payload"][0]["contentString"], said
        for private in (one["who"], "dr.handed", one["reason"], one.get("name") or "dr.handed"):
            assert private not in text, private
        now = self.shown(one)
        assert now["notice"] == "told" and now["told_by"] == "letters", now
        assert one["id"] not in [each["id"] for each in self.told("notice", "list")]
        assert self.outcomes(one) == [0], self.outcomes(one)
        self.show("opened", token=self.breaking(user="dr.handed"))  # again, within the window
        self.until(lambda seen: not seen, "letters")
        assert len(self.service.got) == 1, self.service.got

    def away(self) -> None:
        """It waits and is seen to; looks are answered; a kill loses nothing; doubles are known."""
        one = self.look("dr.away", "busy")
        waiting = self.until(lambda seen: seen and seen[0].get("problem"), "letters")
        first = json.loads(self.service.wait(1)[0])
        assert waiting[0]["kind"] == "patient-notice" and "503" in waiting[0]["problem"], waiting
        now = self.shown(one)
        assert (now["notice"], now["errand"]) == ("errand", waiting[0]["number"]), now
        self.show("opened", token=self.breaking(user="dr.beside"))
        assert len(self.errands("letters")) == 2, self.errands("letters")
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        with self.service.changed:
            self.service.got.clear()
            self.service.manner = "well"
        self.demo.start(self.running.target)
        self.tool("errand", "retry", str(waiting[0]["number"]))
        self.until(lambda seen: not seen, "letters")
        got = [json.loads(each) for each in self.service.got]
        names = [each["identifier"][0]["value"] for each in got]
        assert len(set(names)) == 2 and names[0] == first["identifier"][0]["value"], names
        assert [each for each in got if each["identifier"] == first["identifier"]][0] == first
        assert self.shown(one)["notice"] == "told", self.shown(one)
        outcomes = self.outcomes(one)
        assert outcomes.count(0) == 1 and len(outcomes) >= 2, outcomes

    def refused(self) -> None:
        """Set aside it is in nobody's way; dropped, the patient waits for a letter."""
        one = self.look("dr.refused", "unknown")
        aside = self.until(lambda seen: any(each["state"] == "aside" for each in seen), "letters")
        assert "404" in aside[0]["problem"], aside
        assert self.shown(one)["notice"] == "aside", self.shown(one)
        other = self.look("dr.next")
        self.service.wait(1)
        self.until(lambda seen: len(seen) == 1, "letters")
        assert self.shown(other)["notice"] == "told", self.shown(other)
        done = self.tool("errand", "drop", str(aside[0]["number"]), "--reason", "a letter instead")
        assert done.returncode == 0, done.stderr
        now = self.shown(one)
        assert now["notice"] == "letter" and "errand" not in now, now
        done = self.tool("notice", "sent", one["id"], "--how", "letter of 2026-01-20")
        assert done.returncode == 0, done.stderr
        assert self.shown(one)["notice"] == "told"

    def told_before(self) -> None:
        """Whom somebody told meanwhile is not told again."""
        one = self.look("dr.before", "busy")
        waiting = self.until(lambda seen: seen and seen[0].get("problem"), "letters")
        done = self.tool("notice", "sent", one["id"], "--how", "by telephone")
        assert done.returncode == 0, done.stderr
        with self.service.changed:
            self.service.manner = "well"
            self.service.got.clear()
        self.tool("errand", "retry", str(waiting[0]["number"]))
        self.until(lambda seen: not seen, "letters")
        assert not self.service.got, self.service.got
        assert self.shown(one)["told_how"] == "by telephone", self.shown(one)

    def nobody(self) -> None:
        """Where nobody is configured for it any more what waits is set aside; who looks then
        leaves no errand, and the patient waits for a letter."""
        one = self.look("dr.last", "busy")
        waiting = self.until(lambda seen: seen and seen[0].get("problem"), "letters")
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text.replace(SERVICE.format(url=self.service.address), ""))
        self.reload()
        self.tool("errand", "retry", str(waiting[0]["number"]))
        self.until(lambda seen: seen and seen[0]["state"] == "aside", "letters")
        assert self.shown(one)["notice"] == "aside", self.shown(one)
        none = self.look("dr.unsent")
        assert self.shown(none)["notice"] == "letter", self.shown(none)
        assert len(self.errands("letters")) == 1, self.errands("letters")


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = PatientNotices(running, demo)
    return [
        ("notice-handed", "who tells patients is handed an override once, with no more than it "
         "takes, and it is told and recorded then", each.handed),
        ("notice-away", "a service that is away holds nobody; a kill loses nothing, and what "
         "comes twice is known by its identifier", each.away),
        ("notice-refused", "what is refused is set aside, and dropped it waits for a letter",
         each.refused),
        ("notice-told-before", "whom somebody told meanwhile is not told again",
         each.told_before),
        ("notice-nobody", "where nobody is configured for it the patient waits for a letter",
         each.nobody),
    ]
