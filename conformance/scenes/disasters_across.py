"""Disaster mode across a border (scene 7 of japan.md F2, 災害): two live regions, a disaster in the
other one, and physicians of ours, who respond to it: what they find and read of somebody who closed
it, by two operators over there and no longer than these say; both records bear the same ids."""
from __future__ import annotations

import base64
import os
import re
import shutil

from lib.region import DemoRegion, Target
from lib.runner import Runner
from scenes.borders import DOCTOR, THEIRS, Borders
from scenes.disasters import Disasters, later
from scenes.stories import Story

ISHINOMAKI, KESENNUMA = "04202", "04205"
MUNICIPALITIES = f"""
municipality {ISHINOMAKI} 宮城県石巻市
municipality {KESENNUMA} 宮城県気仙沼市 988
"""
MARKED = "Disaster mode"
WHY = ("--reason", "earthquake")
NAMED = DOCTOR.replace("<", "&lt;").replace(">", "&gt;")


class Across(Borders):
    """He lives in 石巻, and is known to both; our gateway responds over there."""

    gateway = 'responder = "yes"'
    living = {"street": "宮城県石巻市門脇1-1", "postcode": "9860001"}

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        super().__init__(running, demo)
        self.number = "0"

    def their_signer(self) -> str:
        """Their daemon has another user's rights for a while: it reads a copy of its own."""
        assert self.there is not None
        copy = os.path.join(self.there.region, "pki", "clients", "here-signer.pem")
        shutil.copy(self.signer, copy)
        rules = os.path.join(self.there.region, "region.policy")
        with open(rules, encoding="utf-8") as text:
            said = MUNICIPALITIES in text.read()
        if not said:
            with open(rules, "a", encoding="utf-8") as out:
                out.write(MUNICIPALITIES)
        return copy

    # -- what is done ------------------------------------------------------------------------------

    def declare(self, operators: Disasters, where: str) -> None:
        told = operators.ask("disaster", "on", "--municipality", where, "--until", later(3600),
                             *WHY)
        assert told["state"] == "proposed", told
        self.number = operators.number = str(told["number"])

    def ended_by_one(self, operators: Disasters) -> None:
        done = operators.tool("disaster", "off", self.number, *WHY)
        assert done.returncode == 0 and operators.state() == "over", done

    def newest(self, target: Target | None, code: str) -> str:
        return self.records(target, code)[0]

    # -- what must hold ----------------------------------------------------------------------------

    def closed(self) -> None:
        self.sees_ours(self.token(), "Success")
        given = self.read(self.token())
        assert given.status == "Failure" and given.package is not None \
            and not given.package.parts, given.shown()

    def opened(self) -> None:
        """Found and read, by the same words as ever; both records say of whom, what and by whom,
        and theirs that it was the disaster that opened it."""
        self.sees_all(self.token())
        mine, theirs = (self.newest(each, "ITI-38") for each in (self.target, self.their_target))
        assert MARKED in theirs and NAMED in mine and NAMED in theirs, (mine, theirs)
        assert self.patients(mine) == self.patients(theirs) != set(), (mine, theirs)
        given = self.read(self.token())
        assert given.status == "Success" and given.package is not None \
            and [one.octets for one in given.package.parts.values()] == [b"ours"], given.shown()
        mine, theirs = (self.newest(each, "ITI-39") for each in (self.target, self.their_target))
        assert MARKED in theirs and NAMED in mine and NAMED in theirs, (mine, theirs)
        home = base64.b64encode(THEIRS.encode()).decode()
        for record, target, cx in ((mine, self.target, self.scope.get("cx")),
                                   (theirs, self.their_target, self.their_scope.get("cx"))):
            assert self.their_document[0] in record and home in record, record
            trail = self.tool(target, "audit", "search", "--transaction", "ITI-39", "--patient", cx)
            assert record in [one["record"] for one in trail], trail

    def looked(self) -> None:
        """He is told that they looked, and nobody has to review it: it had no reason of its own."""
        looks = self.tool(self.their_target, "audit", "who-looked", "--patient",
                          self.their_scope.get("cx"))
        assert {"ITI-38", "ITI-39"} <= {one["transaction"] for one in looks
                                        if one["who"] == "こちらの地域"}, looks
        assert self.overrides("--all") == [] == self.overrides("--all", here=True)

    def show(self) -> None:
        self.begin()
        assert self.theirs is not None and self.there is not None
        Story.tell("山田健一 is known to two regions. He has left the other one's network, "
                   "where he lives.")
        self.tool(self.their_target, "consent", "leave", "--patient", self.their_scope.get("cx"),
                  "--reason", "asked to")
        self.closed()
        operators = Disasters(self.theirs, self.there)
        operators.by_two(lambda: self.declared(operators))
        Story.tell("Their daemon has been started anew: it stays over.")
        self.closed()
        self.ended()

    def declared(self, operators: Disasters) -> None:
        Story.tell("An earthquake over there. One of their operators alone opens nothing.")
        self.declare(operators, ISHINOMAKI)
        self.closed()
        assert operators.tool("disaster", "approve", self.number).returncode == 1
        self.closed()
        Story.tell("Another one agrees: our physician, to whom he was carried, reads his records.")
        operators.approve()
        self.opened()
        self.looked()
        decided = self.newest(self.their_target, "disaster-decision")
        assert re.search(r'csd-code="110127"', decided), decided
        Story.tell("It is over, by one of them: nothing is found any more, nor read.")
        self.ended_by_one(operators)
        self.closed()
        theirs = self.newest(self.their_target, "ITI-38")
        assert MARKED not in theirs and NAMED in theirs, theirs
        Story.tell("A disaster of another municipality is not his.")
        self.declare(operators, KESENNUMA)
        operators.approve()
        self.closed()
        self.ended_by_one(operators)


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    if os.geteuid() != 0:
        raise ImportError("only root can be two operators")
    return [("scene-7-across", "F2 7: physicians of another region read what those of a "
             "municipality closed, while two operators there say so", Across(running, demo).show)]
