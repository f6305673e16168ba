"""An Audit Record Repository that does not take one record: it is set aside, told, tried again when
asked, and in nobody's way (gateway/audit/sending.h)."""
from __future__ import annotations

import json
import os
import re
import time
import urllib.request

from lib.casefile import Step
from lib.recorder import Recorder
from lib.region import DemoRegion, Target, free_ports
from lib.runner import Runner
from lib.scope import Scope
from scenes.ssmix2_storages import minato

WITHIN = 120.0  # three pauses (1, 2, 4 s) until a batch is looked through; past it something hangs
REFUSED = rb'csd-code="110101"'  # Audit Log Used: what `minato audit search` leaves


class Picky(Recorder):
    """Ends the connection on which a record comes that it does not like."""
    picky = True

    def frames(self, octets: bytes) -> bytes:
        before = len(self.records)
        rest = super().frames(octets)
        for at, record in enumerate(self.records[before:], before):
            if self.picky and re.search(REFUSED, record):
                del self.records[at:]
                raise OSError("not that one")
        return rest

    def has(self, words: bytes) -> bool:
        return any(re.search(words, record) for record in self.records)


class Place:
    """A region of its own, and its repository."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.demo = DemoRegion(demo.minatod, demo.minato)
        self.repository = Picky()
        self.target: Target = self.demo.make(self.repository.port, free_ports(1)[0])
        self.repository.start(os.path.join(self.demo.region, "pki", "server.pem"), self.target.ca)
        self.demo.start(self.target)
        self.running = Runner(self.target, running.maker, running.grammars, running.region)
        self.running.macros = running.macros

    def tool(self, *words: str):
        done = minato(self.target, *words, "--output", "json")
        assert done.returncode == 0, (words, done)
        return json.loads(done.stdout)

    def feed(self) -> None:
        self.running.do(Step("scene", "do", "", "two-records"), Scope(self.running.region))

    def repository_status(self) -> dict[str, object]:
        return self.tool("status")["audit"]["repositories"][0]

    def aside_metric(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.target.admin_port}/metrics") as answer:
            text = answer.read().decode()
        return int(re.search(r"^minato_audit_aside (\d+)$", text, re.M).group(1))

    def end(self) -> None:
        self.running.close()
        status = self.demo.stop()
        log = self.demo.log()
        self.repository.stop()
        self.demo.remove()
        assert status == 0, f"minatod ended with {status}: {log}"


def until(place: Place, what: str, holds) -> None:
    end = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < end, f"too late: {what}; {place.repository_status()}"
        time.sleep(0.05)


def set_aside(place: Place) -> None:
    place.feed()
    until(place, "everything is there", lambda: place.repository_status()["waiting"] == 0)
    place.tool("audit", "search", "--limit", "1")
    place.feed()
    until(place, "one is set aside", lambda: place.repository_status().get("aside") == 1)
    until(place, "the others are there", lambda: place.repository_status()["waiting"] == 0)
    rows = place.tool("audit", "aside")
    assert "does not take audit entry" in place.demo.log(100), place.demo.log(100)
    assert len(rows) == 1 and rows[0]["state"] == "aside" and rows[0]["refusals"] == 1, rows
    assert not place.repository.has(REFUSED)
    assert not place.repository.has(b'sequenceId="%d"' % rows[0]["number"])
    assert place.repository.has(b'sequenceId="%d"' % (rows[0]["number"] + 1))
    assert place.aside_metric() == 1
    # What comes later does not wait for anything.
    place.feed()
    until(place, "a later one is there", lambda: place.repository_status()["waiting"] == 0)
    assert place.tool("check")["valid"]


def tried_again(place: Place) -> None:
    number = place.tool("audit", "aside")[0]["number"]
    refused = minato(place.target, "audit", "retry", "nobody")
    assert refused.returncode != 0 and "nothing is set aside" in refused.stderr, refused
    place.repository.picky = False
    said = place.tool("audit", "retry", "conformance")
    assert said == {"repository": "conformance", "records": 1}, said
    until(place, "it is there", lambda: place.repository.has(b'sequenceId="%d"' % number))
    until(place, "nothing is aside", lambda: not place.tool("audit", "aside"))
    assert "aside" not in place.repository_status() and place.aside_metric() == 0
    until(place, "who said so is told", lambda: place.repository.has(rb'csd-code="audit-retry"'))
    assert not place.repository.judge(place.running.grammars)


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    def show() -> None:
        place = Place(running, demo)
        try:
            set_aside(place)
            tried_again(place)
        finally:
            place.end()
    return [("audit-one-refused", "a record that is not taken is set aside, and tried again", show)]
