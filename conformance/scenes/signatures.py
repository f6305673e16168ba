"""Signatures over documents, where the region's configuration changes between them: invalid ones
are refused, and an authority is no longer believed."""
from __future__ import annotations

import os
import re
import signal
import time

from lib import casefile
from lib.region import DemoRegion
from lib.runner import Failed, Runner
from lib.scope import Scope

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "signatures", "signatures.case")
MACROS = os.path.join(HERE, os.pardir, "cases", "00-macros.case")
FILES = os.path.join(HERE, os.pardir, os.pardir, "tests", "cases", "signature")
SETTINGS = {"signature-anchors": os.path.join(FILES, "anchors.pem")}
WITHIN = 60.0  # seconds until a reload is felt


class Signatures:
    """In a region of its own."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo = running, demo
        self.scope = Scope(running.region)
        self.cases = {case.name: case for case in casefile.read(CASES).cases}
        running.macros.update(casefile.read(MACROS).macros)
        running.macros.update(casefile.read(CASES).macros)

    def show(self, *names: str) -> None:
        try:
            for name in names:
                for step in self.cases[name].steps:
                    self.running.do(step, self.scope)
        except Failed as fault:
            raise AssertionError(str(fault)) from fault

    def reloads(self) -> int:
        with open(self.demo.log_path, encoding="utf-8", errors="replace") as log:
            return log.read().count("configuration reloaded")

    def say(self, key: str, value: str) -> None:
        """From now on."""
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        text, count = re.subn(rf'#?{key} = ".*"', f'{key} = "{value}"', text, count=1)
        assert count == 1, text
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)
        before = self.reloads()
        self.demo.daemon.send_signal(signal.SIGHUP)
        end = time.monotonic() + WITHIN
        while self.reloads() == before:
            assert time.monotonic() < end, f"{key} is not felt {WITHIN:.0f} s after the reload"
            time.sleep(0.05)

    def refused(self) -> None:
        self.show("joined", "warned")
        self.say("invalid-signatures", "refuse")
        self.show("refused", "not-kept", "unverifiable-is-kept")

    def authorities(self) -> None:
        """What was said when it came stays; what holds now is asked anew."""
        self.say("invalid-signatures", "take")
        self.show("joined", "believed")
        self.say("signature-anchors", os.path.join(FILES, "others.pem"))
        self.show("believed-no-more")
        self.say("signature-anchors", os.path.join(FILES, "anchors.pem"))
        self.say("signature-revocations", os.path.join(FILES, "revoked.pem"))
        self.show("revoked")
        self.say("signature-revocations", os.path.join(FILES, "revoked-another.pem"))
        self.show("looked-at")

    def hidden(self) -> None:
        """Nobody learns by a signature what he may not see."""
        self.say("invalid-signatures", "take")
        self.show("joined", "hidden")


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Signatures(running, demo)
    return [
        ("signatures-refused", "a region may refuse invalid signatures, and no others",
         each.refused),
        ("signatures-authorities", "an authority is taken out, a certificate is revoked: what was "
         "said stays beside what holds now", each.authorities),
        ("signatures-hidden", "a signature over another's document says nothing of it to who may "
         "not see it", each.hidden),
    ]
