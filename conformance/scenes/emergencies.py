"""Emergencies: what a patient closed is opened for who breaks the glass, each time is reviewed,
and the patient is told. Scene 4 of japan.md F2 goes on here: of somebody who has not joined."""
from __future__ import annotations

import json
import os
import time

from lib import casefile, local
from lib.region import DemoRegion
from lib.runner import Runner
from scenes.assertions import WITHIN, Assertions
from scenes.ssmix2_storages import minato
from scenes.stories import A, B, Story, person

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "emergencies", "emergencies.case")
ATTRIBUTE = "urn:example:emergency-reason"
SETTINGS = {"emergency-reason": ATTRIBUTE}
RULES = """
role doctor 112247003^2.16.840.1.113883.6.96
documents nevers type POLICY-NEVER^2.16.840.1.113883.6.1
emergency role doctor
never documents nevers
"""
CLERK = {"role": "4110", "role_system": "2.16.840.1.113883.2.9.6.2.7"}
WHY = {"reason": "unconscious, allergies unknown", "reason_name": ATTRIBUTE}
BESIDE = ("/", "/ </s:Header> -> ${token}</s:Header>")
# What a request lacks that would break the glass but for that.
LACKING = {
    "no reason": {"purpose": "ETREAT"},
    "a blank reason": {"purpose": "ETREAT", "reason": " ", "reason_name": ATTRIBUTE},
    "a reason elsewhere": {"purpose": "ETREAT", "reason": "why", "reason_name": "urn:example:o"},
    "no emergency": {"purpose": "TREAT", **WHY},
    "another role": {"purpose": "BTG", **WHY, **CLERK},
}


class Emergencies(Assertions):
    """In a region of its own, whose rules permit physicians to break the glass."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        super().__init__(running, demo)
        self.cases = {case.name: case for case in casefile.read(CASES).cases}
        running.macros.update(casefile.read(CASES).macros)
        self.begun = False

    def overrides(self, *words: str) -> list[dict[str, str]]:
        done = minato(self.running.target, "review", "list", *words, "--output", "json")
        found = json.loads(done.stdout)
        return found["overrides"] if isinstance(found, dict) else found

    def breaking(self, **said: str) -> str:
        return self.token(**{"purpose": "ETREAT", **WHY, **said})

    def begin(self) -> None:
        """Once, whichever scene is the first to be shown."""
        if self.begun:
            return
        self.begun = True
        with open(os.path.join(self.demo.region, "region.policy"), "a", encoding="utf-8") as out:
            out.write(RULES)
        self.believe()
        self.say(A, 'organizations = {"*"}', 'emergency = "yes"')
        self.reload()
        self.show("closed")

    def not_permitted(self) -> None:
        self.begin()
        for step, said in LACKING.items():
            self.show("as-ever", token=self.token(**said), step=step)
            assert self.overrides("--all") == [], step
        self.say(A, 'organizations = {"*"}')
        self.reload()
        self.show("as-ever", token=self.breaking(), step="a system that may not")
        assert self.overrides("--all") == []
        self.say(A, 'organizations = {"*"}', 'emergency = "yes"')
        self.reload()

    def broken(self) -> None:
        token = self.breaking()
        self.show("opened", "read", "closed-again", "explained", token=token)
        mine = [one for one in self.overrides() if one["reason"] == WHY["reason"]]
        assert len(mine) == 1 and int(mine[0]["accesses"]) == 5, mine
        self.scope.values["override"] = mine[0]["id"]
        self.scope.values["reason"] = WHY["reason"]

    def looked_at(self) -> None:
        self.show("reviewed", "told", "nobodys")
        status = json.loads(minato(self.running.target, "status", "--output", "json").stdout)
        assert status["emergencies"] == {"open": 1, "unreviewed": 0, "late": 0, "untold": 0}, \
            status["emergencies"]

    def excluded(self) -> None:
        self.show("excluded", "not-by-name", token=self.breaking())

    def records(self, transaction: str) -> list[dict[str, str]]:
        return local.told(self.running.target.socket, "audit", "search", "--transaction",
                          transaction)

    def ended(self) -> None:
        """The window passes by itself, and across a kill; then the next is another one."""
        self.set("emergency-window", "1s")
        self.set("review-within", "1s")
        self.reload()
        before = len(self.records("override-ended"))
        self.show("opened", token=self.breaking(user="dr.other"))
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        self.demo.start(self.running.target)
        last = max(self.overrides("--all"), key=lambda one: one["since"])
        assert last["who"].find("dr.other") >= 0, last
        end = time.monotonic() + WITHIN
        while len(self.records("override-ended")) == before:
            assert time.monotonic() < end, "the end of a window is not recorded"
            time.sleep(0.05)
        self.show("opened", token=self.breaking(user="dr.other"))
        assert len([one for one in self.overrides("--all") if "dr.other" in one["who"]]) == 2
        status = json.loads(minato(self.running.target, "status", "--output", "json").stdout)
        assert int(status["emergencies"]["late"]) >= 1 and "problem" in status["emergencies"], \
            status["emergencies"]

    def set(self, key: str, value: str) -> None:
        with open(self.demo.configuration, encoding="utf-8") as conf:
            lines = [line for line in conf if line.split("=")[0].strip() != key]
        at = next(i for i, line in enumerate(lines) if "emergency-reason =" in line)
        lines.insert(at, f'\t{key} = "{value}"\n')
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.writelines(lines)

    def story(self) -> None:
        """Scene 4, on from where the patient is registered at A."""
        s = Story(self.running)
        self.begin()
        who = person(s, "sato", street="千代田区千代田1-1", postcode="1000001")
        mine, here = s.name("pid", "his"), s.name("pid", "here")
        s.tell("B treats him; he has never joined the region.")
        s.feed(B, mine, who)
        letter = s.store(B, mine, "allergies")
        s.tell("He comes to A by ambulance, and says who he is; A registers him (ITI-8 A04).")
        s.feed(A, here, who, "A04")
        s.tell("By his number at A nothing is found: he has not joined.")
        s.finds(A, here)
        s.tell("He no longer answers. The physician says why, and breaks the glass.")
        patient, token = f"{here}^^^&{s.domain(A)}&ISO", self.breaking(user="dr.kyukyu")
        s.do(A, "iti18.xml", [("status", "Success"), ("entries", letter)],
             [("+", "patient-slots"), BESIDE], token=token,
             query=self.running.region.get("FindDocuments"), patient=patient)
        s.do(A, "iti43.xml", [("status", "Success"), ("document", f"{letter} allergies")],
             [("+", f"want document={letter}"), BESIDE], token=token)
        s.tell("Nobody else sees anything, and A neither without that reason.")
        s.finds(A, here)
        mine_now = [one for one in self.overrides() if "dr.kyukyu" in one["who"]]
        s.tell("The region finds it on its list, asks, and closes it; he is told by a letter.")
        assert len(mine_now) == 1, mine_now
        s.tool("review", "close", mine_now[0]["id"], "--reason", "asked the ward")
        s.tool("notice", "show", mine_now[0]["id"], prints="緊急の診療のため")
        s.tool("notice", "sent", mine_now[0]["id"], "--how", "letter of 2026-01-20")
        s.tool("audit", "search", "--patient", f"{here}@{A}", "--transaction", "override-started",
               "--output", "json", prints="override-started")


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Emergencies(running, demo)
    return [
        ("emergency-not-permitted", "who lacks one of all that it takes is answered as ever",
         each.not_permitted),
        ("emergency-broken", "who breaks the glass sees what the patient closed, and what no "
         "emergency opens is as if it did not exist", each.broken),
        ("emergency-reviewed", "each override is reviewed once, and its patient told once",
         each.looked_at),
        ("emergency-excluded", "documents and participation open, whom the patient excluded stays "
         "out, and nobody is found by name", each.excluded),
        ("emergency-ended", "a window ends by itself, a kill notwithstanding, and the next is "
         "another override", each.ended),
        ("scene-4-break-glass", "F2 4: what he has not opened is read in an emergency, with a "
         "reason, a review and a notice", each.story),
    ]
