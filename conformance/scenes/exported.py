"""`minato export` of a person and of a facility, taken into an empty region by `minato import`:
what is asked there is answered the same, and what was tampered with changes nothing."""
from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from typing import Callable

from lib import checks
from lib.region import DemoRegion
from lib.runner import Runner
from scenes.backup import Drill, beside
from scenes.ssmix2_storages import found, minato, retrieved


def change(directory: str, name: str, how: Callable[[bytes], bytes]) -> tuple[bytes, bytes]:
    """Its sums before and afterwards, in digits."""
    with open(os.path.join(directory, name), "r+b") as file:
        before = file.read()
        after = how(before)
        assert after != before and len(after) == len(before), (name, before)
        file.seek(0)
        file.write(after)
    before_sum, after_sum = (hashlib.sha256(text).hexdigest().encode() for text in (before, after))
    return before_sum, after_sum


class Home:
    """The person of a drill, with his documents, goes home, and into another region."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo = running, demo
        self.drill = Drill(running, demo)
        self.place = os.path.join(demo.directory, "exported")

    def patient(self) -> str:
        return self.drill.patient()

    def told(self, running: Runner) -> dict[str, object]:
        """Without the region's own ids and times."""
        documents = retrieved(running, "a-hospital", self.drill.uids)
        consent = json.loads(minato(running.target, "consent", "show", "--patient", self.patient(),
                                    "--output", "json").stdout)
        return {"forms": self.drill.forms_of(running),
                "ITI-18": found(running, "a-hospital", self.patient()),
                "ITI-43": {uid: checks.document_octets(documents, uid)
                           for uid in self.drill.uids},
                "consent": (consent["participation"], consent["excluded"],
                            [(one["action"], one["by"], one["reason"])
                             for one in consent["history"]])}

    def export(self, *whose: str) -> str:
        out = os.path.join(self.place, whose[0].lstrip("-"))
        done = minato(self.running.target, "export", *whose, out)
        assert done.returncode == 0, done.stderr
        refused = minato(self.running.target, "export", *whose, out)
        assert refused.returncode == 1 and "is there already" in refused.stderr, refused
        return out

    def tampered(self, running: Runner, directory: str) -> None:
        copy = directory + ".tampered"
        shutil.copytree(directory, copy)
        with open(os.path.join(copy, "identities.ndjson"), "ab") as lines:
            lines.write(b"{}\n")
        done = minato(running.target, "import", copy)
        assert done.returncode != 0 and "is not what SHA256SUMS says" in done.stderr, done
        assert minato(running.target, "patient", "list", "--output", "json").stdout.strip() \
            == "[]", "something was taken in"
        shutil.rmtree(copy)

    def without_form(self, running: Runner, directory: str) -> None:
        """A decision that says of its form what it is not; all sums are right."""
        copy = directory + ".formless"
        shutil.copytree(directory, copy)
        changed = change(copy, "consents.ndjson", lambda text: re.sub(
            rb'("size": ?)(\d)', lambda size: size[1] + b"%d" % (int(size[2]) % 3 + 1), text))
        changed = change(copy, "SHA256SUMS", lambda text: text.replace(*changed))
        change(copy, "manifest.json", lambda text: text.replace(*changed))
        done = minato(running.target, "import", copy)
        assert done.returncode != 0 and "the form of a decision" in done.stderr, done
        shutil.rmtree(copy)

    def show(self) -> None:
        self.drill.fill()
        person, facility = self.export("--patient", self.patient()), self.export(
            "--facility", "a-hospital")
        other, target = beside(self.demo, self.running.target)
        try:
            other.start(target)
            there = Runner(target, self.running.maker, self.running.grammars, self.running.region)
            self.tampered(there, person)
            self.without_form(there, person)
            for words in ([person, "--dry-run"], [person], [person], [facility], [facility]):
                done = minato(target, "import", *words)
                assert done.returncode == 0, (words, done.stdout, done.stderr)
            said, again = self.told(self.running), self.told(there)
            for what, value in said.items():
                assert again[what] == value, f"{what}: {again[what]!r:.300} and {value!r:.300}"
            for what in (["check"], ["audit", "verify"]):
                done = minato(target, *what)
                assert done.returncode == 0, f"minato {' '.join(what)}: {done.stdout}{done.stderr}"
            there.close()
        finally:
            status = other.stop()
            other.remove()
        shutil.rmtree(self.place)
        assert status == 0, f"the other daemon ended with {status}"


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    return [("export-imported", "what a person and a facility take home answers the same elsewhere",
             Home(running, demo).show)]
