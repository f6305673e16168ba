"""Disaster mode (災害), scene 7 of japan.md F2: declared by one operator, approved by another, who
responds finds and reads what those living there have closed, and it ends: by one, or by itself."""
from __future__ import annotations

import datetime
import os
import re
import time

from lib import local
from lib.answers import Answer
from lib.region import DemoRegion
from lib.runner import Runner
from scenes.matching import NOBODY, Matching
from scenes.stories import A, B, C, Story, person

RULES = """
documents nevers type POLICY-NEVER^2.16.840.1.113883.6.1
never documents nevers
municipality 04202 宮城県石巻市
municipality 04205 宮城県気仙沼市 988
"""
WITHIN = 60.0  # seconds until upkeep has told of what ended, whatever the machine does beside it
WHY = ("--reason", "earthquake")


def later(seconds: int) -> str:
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


class Disasters(Matching):
    """In a region of its own; C is a facility that responds."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        super().__init__(running, demo)
        self.story = Story(running)
        self.number = "0"

    def configured_for_it(self) -> None:
        with open(os.path.join(self.demo.region, "region.policy"), "a", encoding="utf-8") as out:
            out.write(RULES)
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text, count = re.subn(rf'(?m)^(system "?{C}"? \{{)$', '\\1\n\tresponder = "yes"',
                                  conf.read(), count=1)
        assert count == 1
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)

    # What they do

    def declare(self, seconds: int = 3600) -> None:
        told = self.ask("disaster", "on", "--municipality", "04202,04205", "--until",
                        later(seconds), *WHY)
        self.number = str(told["number"])
        assert told["state"] == "proposed", told

    def approve(self) -> None:
        done = self.as_another("disaster", "approve", self.number)
        assert done.returncode == 0, done

    def state(self) -> str:
        rows = self.ask("disaster", "list")
        return next(row["state"] for row in rows if str(row["number"]) == self.number)

    def looks_for(self, system: str, who: dict[str, str], found: bool) -> Answer:
        values = {"sex": "M", "birth": who["birth"],
                  "name": f"<family>{who['family']}</family><given>{who['given']}</given>"}
        self.story.do(system, "iti47.xml", [("answer", "OK"), ("quantities", "1 1 0")] if found
                      else [("answer", "NF"), ("quantities", "0 0 0")], **values)
        return self.story.ask(system, "iti47.xml", **values)

    def documents(self, patient: str, *uids: str, system: str = C) -> None:
        self.story.do(system, "iti18.xml", [("status", "Success"), ("entries", " ".join(uids))],
                      [("+", "patient-slots")],
                      query=self.running.region.get("FindDocuments"), patient=patient)

    # What must hold

    def show(self) -> None:
        self.configured_for_it()
        self.by_two(self.declared)

    def declared(self) -> None:
        s = self.story
        there = person(s, "tanaka", street="宮城県石巻市門脇1-1", postcode="9860001")
        elsewhere = person(s, "ueda", street="仙台市青葉区1-1", postcode="9800001")
        his, hers = s.name("pid", "his"), s.name("pid", "hers")
        s.tell("B treats a man of 石巻 and a woman of 仙台; neither has joined the region.")
        s.feed(B, his, there)
        s.feed(B, hers, elsewhere)
        drugs = s.store(B, his, "drugs")
        s.store(B, hers, "others")
        never = s.scope.get("oid.never")
        s.do(B, "iti41.xml", [("status", "Success")], [
            ("+", f"set id=ss uid=${{oid.set.never}} patient={his}^^^&{s.domain(B)}&ISO"),
            ("+", f"entry id=d1 uid={never} patient={his}^^^&{s.domain(B)}&ISO "
             "type-code=POLICY-NEVER"), ("+", "member from=ss to=d1"),
            ("+", "document id=d1 text=never")])
        s.tell("He is carried to a shelter; C, who responds, asks by name and birth date: nobody.")
        self.looks_for(C, there, False)
        s.tell("An operator declares the disaster. Alone he opens nothing, nor by asking twice.")
        self.declare()
        self.looks_for(C, there, False)
        assert self.tool("disaster", "approve", self.number).returncode == 1
        assert self.state() == "proposed"
        s.tell("Another operator approves: now he is found, and his medication is read (ITI-43).")
        self.approve()
        assert self.state() == "on"
        answer = self.looks_for(C, there, True)
        found = re.search(rf'root="{self.running.region.get("domain.affinity")}" '
                          r'extension="([^"]+)"|extension="([^"]+)" root="'
                          rf'{self.running.region.get("domain.affinity")}"',
                          answer.reply.body.decode())
        assert found is not None, answer.reply.body
        patient = f"{found[1] or found[2]}^^^&{self.running.region.get('domain.affinity')}&ISO"
        self.documents(patient, drugs)
        s.gets(C, drugs, True)
        s.tell("Not what no emergency opens; not she of 仙台; and nobody but who responds.")
        s.gets(C, never, False)
        self.looks_for(C, elsewhere, False)
        self.looks_for(A, there, False)
        s.gets(A, drugs, False)
        s.tell("Each look says so in the audit log, and the start of it, too.")
        assert "Disaster mode" in self.tool("audit", "search", "--transaction", "ITI-43", "--limit",
                                            "9", "--output", "json").stdout
        assert "110127" in self.tool("audit", "search", "--transaction", "disaster-decision",
                                     "--output", "json").stdout
        s.tell("The daemon is stopped, killed and started again: it is still on.")
        self.running.close()
        assert self.demo.stop() == 0
        self.start_as(NOBODY)
        assert self.state() == "on"
        self.running.close()
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        self.start_as(NOBODY)
        assert self.state() == "on" and self.ask("status")["disasters"][0]["on"]
        s.gets(C, drugs, True)
        s.tell("One operator ends it: nobody is found any more, nothing is read.")
        assert self.tool("disaster", "off", self.number, *WHY).returncode == 0
        assert self.state() == "over" and self.ask("status")["disasters"] == []
        self.looks_for(C, there, False)
        s.gets(C, drugs, False)
        assert self.as_another("disaster", "approve", self.number).returncode == 1
        s.tell("Another one has its time, and ends by itself.")
        self.declare(3)
        self.approve()
        end = time.monotonic() + WITHIN
        while "has had its time" not in str(local.told(
                self.running.target.socket, "audit", "search", "--transaction", "disaster-ended")):
            assert time.monotonic() < end, "the end of a disaster is not recorded"
            time.sleep(0.05)
        self.looks_for(C, there, False)
        assert self.state() == "over"
        for words in (("--municipality", "04999", "--until", later(60)),
                      ("--municipality", "04202", "--until", later(-60)),
                      ("--municipality", "04202", "--until", later(40 * 86400)),
                      ("--municipality", ",", "--until", later(60))):
            assert self.tool("disaster", "on", *words, *WHY).returncode != 0, words


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    if os.geteuid() != 0:
        raise ImportError("only root can be two operators")
    return [("scene-7-disaster", "F2 7: what those of a municipality closed is open to who "
             "responds, by two operators, for a time", Disasters(running, demo).show)]
