"""A registry alone, a cross-reference manager alone, a repository that cannot be: actors are
switched off by configuration."""
from __future__ import annotations

import json
import os
import signal
import subprocess
import time

from lib import casefile, checks
from lib.casefile import Step
from lib.region import DemoRegion, free_ports
from lib.runner import Runner
from lib.scope import Scope

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "actors")
MANAGER, REGISTRY, REPOSITORY = "cross-reference-manager", "document-registry", \
    "document-repository"
SUPPLIER, BROKER, RECIPIENT = "demographics-supplier", "notification-broker", "document-recipient"
PULL_POINT = "notification-pull-point"
RECORDS = "audit-record-repository"
DISCOVERY, RESPONDING, INITIATING = "patient-discovery", "responding-gateway", "initiating-gateway"
ALL = (MANAGER, SUPPLIER, REGISTRY, REPOSITORY, RECIPIENT, BROKER, PULL_POINT, RECORDS, DISCOVERY,
       RESPONDING, INITIATING)
# What more than its own actor it takes.
IMPORTING = {MANAGER, REGISTRY, REPOSITORY}
TAKES = {"SS-MIX2": IMPORTING, "SS-MIX2-feed": IMPORTING, "SS-MIX2-message": IMPORTING,
         "ssmix2-put": IMPORTING, "import": IMPORTING, "ITI-80": {REGISTRY, REPOSITORY}}
WITHIN = 60.0  # seconds until a reload is felt


class Place:
    """A region of its own, in which some actors are off."""

    def __init__(self, running: Runner, demo: DemoRegion, on: tuple[str, ...]) -> None:
        self.demo = DemoRegion(demo.minatod, demo.minato)
        self.target = self.demo.make(free_ports(1)[0], free_ports(1)[0], "",
                                     {key: "no" for key in ALL if key not in on})
        self.running = Runner(self.target, running.maker, running.grammars, running.region)
        self.running.macros = running.macros

    def tool(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self.target.cli, *words], capture_output=True,
                              text=True, check=False)

    def rows(self, *words: str):
        return json.loads(self.tool(*words, "--output", "json").stdout)

    def end(self) -> None:
        self.running.close()
        status = self.demo.stop() if self.demo.daemon is not None else 0
        log = self.demo.log()
        self.demo.remove()
        assert status == 0, f"minatod ended with {status}: {log}"


def told(place: Place, on: tuple[str, ...]) -> None:
    """What the operator is told of it: transactions, status, config show."""
    actors = {row["actor"]: row["on"] for row in place.rows("status")["actors"]}
    assert sorted(actors.values()) == sorted(key in on for key in ALL), actors
    for row in place.rows("transactions"):
        wanted = actors.get(row["actor"], True) and TAKES.get(row["code"], set()) <= set(on)
        assert row["served"] == wanted, row
    shown = {row["key"]: row["value"] for row in place.rows("config", "show")
             if row["section"] == "actors"}
    assert shown == {key: '"yes"' if key in on else '"no"' for key in ALL}, shown


def alone(running: Runner, demo: DemoRegion, name: str, on: tuple[str, ...]) -> None:
    place = Place(running, demo, on)
    try:
        place.demo.start(place.target)
        scope = Scope(running.region)
        for step in casefile.read(os.path.join(HERE, f"{name}.case")).cases[0].steps:
            place.running.do(step, scope)
        told(place, on)
        imported = place.tool("ssmix2", "import", place.demo.region, "--facility", "a-hospital")
        assert imported.returncode == 4 and "which is off" in imported.stderr, imported
        assert place.tool("check").returncode == 0
        blobs = [name
                 for _, _, names in os.walk(os.path.join(place.demo.region, "data", "documents"))
                 for name in names]
        assert not blobs, f"the document of a refused submission is kept: {blobs}"
    finally:
        place.end()


def repository_alone(running: Runner, demo: DemoRegion) -> None:
    """Refused, with line and remedy, by the check and at the start; a reload
    to it changes nothing."""
    place = Place(running, demo, (REPOSITORY,))
    try:
        for words in ([place.demo.minatod, "-t"], [place.demo.minatod]):
            done = subprocess.run([*words, "-c", place.demo.configuration], capture_output=True,
                                  text=True, check=False, timeout=120)
            assert done.returncode == (1 if "-t" in words else 3), done
            assert "document-repository would have no registry" in done.stderr \
                and "do: switch document-registry on" in done.stderr, done
    finally:
        place.end()


def switched(running: Runner, demo: DemoRegion) -> None:
    """Off and on again by a reload; a connection that is open stays, and a reload to what cannot
    work changes nothing."""
    place = Place(running, demo, ALL)

    def offered() -> bool:
        answer = place.running.send_soap(Step("scene", "send", "b-clinic", "iti43.xml"),
                                         Scope(running.region, objects=""))
        return checks.fault(answer, "Sender ActionNotSupported") is not None

    def reload(old: str, new: str, wanted: bool) -> None:
        with open(place.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        assert old in text, old
        with open(place.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text.replace(old, new, 1))
        place.demo.daemon.send_signal(signal.SIGHUP)
        end = time.monotonic() + WITHIN
        while offered() != wanted:
            assert time.monotonic() < end, f"{new} is not felt {WITHIN:.0f} s after the reload"

    try:
        place.demo.start(place.target)
        assert offered()
        kept = place.running.https_of("b-clinic").connection
        reload('#document-repository = "yes"', 'document-repository = "no"', False)
        told(place, tuple(key for key in ALL if key != REPOSITORY))
        reload('document-repository = "no"', 'document-repository = "yes"', True)
        assert place.running.https_of("b-clinic").connection is kept, "a connection was dropped"
        told(place, ALL)
    finally:
        place.end()


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    return [
        ("actors-registry-alone", "a Document Registry and nobody else",
         lambda: alone(running, demo, "registry-alone", (REGISTRY,))),
        ("actors-manager-alone", "a cross-reference manager and nobody else",
         lambda: alone(running, demo, "manager-alone", (MANAGER,))),
        ("actors-recipient-alone", "a Document Recipient and nobody else",
         lambda: alone(running, demo, "recipient-alone", (RECIPIENT,))),
        ("actors-repository-alone", "a repository with no registry to register with does not start",
         lambda: repository_alone(running, demo)),
        ("actors-switched", "an actor is switched off and on by a reload",
         lambda: switched(running, demo)),
    ]
