"""The audit log and its anchors: what somebody with the disk may do to
either, and that each is told.

Threat model (HACKING.md): who can write the data directory cannot cut, rewrite or put back what was
anchored; who can write the anchors cannot take one out; who has only the disk cannot make new ones.
"""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import Callable

from lib.region import DemoRegion, Target, free_ports
from lib.runner import Runner
from lib.scope import Scope
from lib.casefile import Step
from scenes.ssmix2_storages import minato

RECORDS = 3  # feeds between two states of the log


class Place:
    """A region of its own, with its anchors, started and stopped as often as is needed."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running = running
        self.demo = DemoRegion(demo.minatod, demo.minato)
        self.target = self.made()
        self.data = os.path.join(self.demo.region, "data")
        self.anchors = os.path.join(self.demo.region, "audit", "anchors")
        self.key = os.path.join(self.demo.region, "pki", "private", "audit-anchor.key")

    def made(self) -> Target:
        target = self.demo.make(free_ports(1)[0], free_ports(1)[0], settings={"anchor-every": "1h"})
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(re.sub(r'^audit-repository "[^"]*" \{\n.*?^\}\n', "", text,
                              flags=re.M | re.S))
        return target

    def configure(self, old: str, new: str) -> None:
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        assert old in text, old
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text.replace(old, new))

    def serve(self, feeds: int = 0) -> dict[str, object]:
        """Starts, takes some feeds, says what `audit verify` says, and stops: each
        stop leaves an anchor."""
        self.demo.start(self.target)
        try:
            shown = Runner(self.target, self.running.maker, self.running.grammars,
                           self.running.region)
            shown.macros = self.running.macros
            for _ in range(feeds):
                shown.do(Step("scene", "do", "", "two-records"), Scope(self.running.region))
            shown.close()
            done = minato(self.target, "audit", "verify", "--output", "json")
            said = json.loads(done.stdout)
            assert (done.returncode == 0) == said["valid"], (done.returncode, said)
        finally:
            status = self.demo.stop()
        assert status == 0, f"minatod ended with {status}: {self.demo.log()}"
        return said

    def lines(self) -> list[str]:
        with open(self.anchors, encoding="ascii") as file:
            return file.read().splitlines(keepends=True)

    def write(self, lines: list[str]) -> None:
        with open(self.anchors, "w", encoding="ascii") as file:
            file.writelines(lines)

    def altered(self) -> list[str]:
        """What the log says of alterations: each is recorded, too."""
        self.demo.start(self.target)
        done = minato(self.target, "audit", "search", "--transaction", "audit-altered",
                      "--output", "json")
        assert self.demo.stop() == 0
        return [record["description"] for record in json.loads(done.stdout or "[]")]


def told(said: dict[str, object], what: str) -> None:
    faults = [fault["what"] for fault in said["faults"]]
    assert not said["valid"] and any(what in fault for fault in faults), \
        f"{what!r} is not told: {said}"


def rolled_back(place: Place) -> None:
    place.serve(RECORDS)
    shutil.copytree(place.data, place.data + ".before")
    place.serve(RECORDS)
    shutil.rmtree(place.data)
    os.rename(place.data + ".before", place.data)
    told(place.serve(), "put back")
    assert any("put back" in text for text in place.altered()), "no alert in the audit log"
    # Still told when the log has grown past the entry that was signed.
    told(place.serve(4 * RECORDS), "another entry")


def anchors_cut(place: Place) -> None:
    place.serve(RECORDS)
    place.serve(RECORDS)
    place.write(place.lines()[:-1])
    told(place.serve(), "missing")
    assert any("taken out" in text for text in place.altered()), "no alert in the audit log"


def anchor_in_the_middle(place: Place) -> None:
    place.serve(RECORDS)
    place.serve(RECORDS)
    lines = place.lines()
    assert len(lines) > 2, lines
    place.write(lines[:1] + lines[2:])
    told(place.serve(), "missing")


def anchor_changed(place: Place) -> None:
    place.serve(RECORDS)
    lines = place.lines()
    place.write(lines[:-1]
                + [lines[-1].rstrip("\n")[:-1] + ("0" if lines[-1][-2] != "0" else "1") + "\n"])
    told(place.serve(), "not signed")


def anchor_exchanged(place: Place) -> None:
    place.serve(RECORDS)
    lines = place.lines()
    words = lines[0].split(" ")
    place.write([" ".join([*words[:2], "2" + words[2][1:], *words[3:]]), *lines[1:]])
    told(place.serve(), "does not follow")


def anchors_gone(place: Place) -> None:
    place.serve(RECORDS)
    os.remove(place.anchors)
    said = place.serve()
    assert any("taken away" in text for text in said["not_verified"]) \
        or said["anchors"]["first"] > 1, said
    assert any("taken away" in text for text in place.altered()), "no alert in the audit log"


def other_key(place: Place) -> None:
    """Whoever has the disk but not the key signs with one of his own."""
    place.serve(RECORDS)
    forged = place.key + ".forged"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", forged], check=True,
                   capture_output=True)
    os.chmod(forged, 0o600)
    place.configure("audit-anchor.key", "audit-anchor.key.forged")
    place.serve(RECORDS)
    place.configure("audit-anchor.key.forged", "audit-anchor.key")
    told(place.serve(), "not signed with the key")


def no_key(place: Place) -> None:
    place.serve(RECORDS)
    os.rename(place.key, place.key + ".away")
    done = subprocess.run([place.demo.minatod, "-t", "-c", place.demo.configuration],
                          capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "anchor-key" in done.stdout + done.stderr, done
    place.configure('\tanchor-key = "', '\t#anchor-key = "')
    told(place.serve(), "no anchor-key is configured")


def broken_off(place: Place) -> None:
    """A crash within a line of the anchors, and one between anchor and log:
    neither is an attack."""
    place.serve(RECORDS)
    lines = place.lines()
    place.write(lines + [lines[-1][:70]])
    said = place.serve(1)
    assert said["valid"], said
    said = place.serve(1)
    assert said["valid"] and any("broke off" in text for text in said["not_verified"]), said


def crashed(place: Place) -> None:
    place.serve(RECORDS)
    shutil.copytree(place.data, place.data + ".before")
    place.demo.start(place.target)
    # The start's anchor is the only one: killed after its line and before its record is one
    # of the ways this ends.
    place.demo.daemon.kill()
    place.demo.daemon.wait()
    said = place.serve(1)
    assert said["valid"], said


def in_place(place: Place) -> None:
    """The anchors are verified with the public key by anybody; and lie outside
    of the data directory."""
    said = place.serve(RECORDS)
    assert said["valid"] and said["anchors"]["count"] >= 1 and said["anchors"]["covered"] >= 1, said
    said = place.serve()
    assert said["valid"] and not [text for text in said["not_verified"]
                                  if "anchor-key" in text], said
    line = place.lines()[-1].rstrip("\n")
    text, signature = line.rsplit(" ", 1)
    files = {name: os.path.join(place.demo.directory, name)
             for name in ("public", "text", "signature")}
    subprocess.run(["openssl", "pkey", "-in", place.key, "-pubout", "-out",
                    files["public"]], check=True)
    for name, octets in (("text", text.encode()), ("signature", bytes.fromhex(signature))):
        with open(files[name], "wb") as file:
            file.write(octets)
    subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", files["public"],
                    "-in", files["text"], "-sigfile", files["signature"]], check=True,
                   capture_output=True)
    for path, ends, words in ((files["public"], 0, ""), (place.key, 1, "cannot be read"),
                              (files["text"], 1, "there is no public key in it")):
        here = f'audit {{\n\tothers-anchor-keys = "{path}" # test'
        place.configure("audit {", here)
        done = subprocess.run([place.demo.minatod, "-t", "-c", place.demo.configuration],
                              capture_output=True, text=True, check=False)
        assert (done.returncode != 0) == (ends != 0) and words in done.stdout + done.stderr, done
        place.configure(here, "audit {")
    for key in ("anchor-key", "anchors", "others-anchor-keys"):
        path = os.path.join(place.data, "here")
        shutil.copy(place.key, path)
        place.configure("audit {", f'audit {{\n\t{key} = "data/here" # test')
        done = subprocess.run([place.demo.minatod, "-t", "-c", place.demo.configuration],
                              capture_output=True, text=True, check=False)
        assert done.returncode != 0 and "below the data directory" in done.stdout \
            + done.stderr, done
        place.configure(f'audit {{\n\t{key} = "data/here" # test', "audit {")


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    def placed(show: Callable[[Place], None]) -> Callable[[], None]:
        def run() -> None:
            place = Place(running, demo)
            try:
                show(place)
            finally:
                place.demo.stop()
                place.demo.remove()
        return run
    return [
        ("anchors-in-place", "what is anchored is verified, by us and by openssl",
         placed(in_place)),
        ("anchors-rolled-back", "the whole data directory put back is told, at the start and later",
         placed(rolled_back)),
        ("anchors-cut", "the last anchors taken out", placed(anchors_cut)),
        ("anchors-middle", "an anchor taken out of the middle", placed(anchor_in_the_middle)),
        ("anchors-changed", "a signature changed", placed(anchor_changed)),
        ("anchors-exchanged", "an anchor changed before others", placed(anchor_exchanged)),
        ("anchors-gone", "the whole file taken away", placed(anchors_gone)),
        ("anchors-other-key", "anchors signed with another key", placed(other_key)),
        ("anchors-no-key", "the key gone, or no more configured", placed(no_key)),
        ("anchors-broken-off", "a crash within a line is no attack", placed(broken_off)),
        ("anchors-crash", "nor one between anchor and log", placed(crashed)),
    ]
