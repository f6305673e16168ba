"""What scenes share in which the gateway tells others by itself: a region of their own whose
configuration changes, the operator's tool, and what waits in the outbox."""
from __future__ import annotations

import json
import os
import subprocess
import threading
import time
import typing

from . import local
from .region import DemoRegion
from .runner import Runner

WITHIN = 120.0  # seconds for what comes by itself: a pause after a few failures, on a busy machine
ANSWERS, SOON = 60, 2  # seconds one has to answer: who does is in time, who does not is told soon


class OutboxScene:
    """told_to: the systems that are told something."""

    told_to: tuple[str, ...] = ()

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo, self.target = running, demo, running.target
        pki = os.path.join(demo.region, "pki")
        self.server, self.ca = os.path.join(pki, "server.pem"), os.path.join(pki, "ca.pem")
        with open(demo.configuration, encoding="utf-8") as conf:
            self.bare = conf.read()

    def configure(self, text: str, between: typing.Callable[[], None] = lambda: None) -> None:
        """Started anew with that configuration, where it is another; in between nobody is told."""
        with open(self.demo.configuration, encoding="utf-8") as conf:
            if conf.read() == text:
                return
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)
        self.demo.stop()
        between()
        self.demo.start(self.target)

    def tool(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([*self.target.cli, *words], capture_output=True, text=True,
                              check=False)

    def told(self, *words: str):
        """What the tool says of it; where that is but an answer of the daemon, by its socket."""
        if local.can(*words):
            return local.told(self.target.socket, *words)
        done = self.tool(*words, "--output", "json")
        assert done.returncode == 0, f"minato {' '.join(words)}: {done.returncode} {done.stderr}"
        return json.loads(done.stdout)

    def errands(self, system: str = "x-consumer") -> list[dict]:
        listed = self.told("errand", "list", "--limit", "1000")
        return [each for each in listed if each["partner"] == system]

    def until_nobody_waits(self, systems: tuple[str, ...]) -> None:
        """That nothing is to be told to any of these any more."""
        end = time.monotonic() + WITHIN
        while seen := [each for each in self.told("errand", "list", "--limit", "1000")
                       if each["partner"] in systems]:
            assert time.monotonic() < end, seen
            threading.Event().wait(0.02)

    def until(self, holds, system: str = "x-consumer") -> list[dict]:
        end = time.monotonic() + WITHIN
        while not holds(seen := self.errands(system)):
            assert time.monotonic() < end, f"{system}: {seen}"
            threading.Event().wait(0.05)
        return seen

    def settled(self) -> None:
        for system in self.told_to:
            self.until(lambda seen: not seen, system)

    def drop_all(self) -> None:
        local.drop_all(self.target.socket)
