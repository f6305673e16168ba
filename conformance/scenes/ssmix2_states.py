"""SS-MIX2 storages and what happens to them, told line by line: storages/*.tsv,
and those strangers sent.

Columns step, where, what; `\\r` stands for CR, the text is written in ISO-2022-JP:

    put PATH CONTENT        a file
    rename OLD NEW          its flag changes
    remove PATH             it is gone
    import                  minato ssmix2 import DIR --facility a-hospital
    feed SYSTEM MESSAGE     ITI-8
    configure KEY VALUE     before the start: the file wants a region of its own
    expect PATIENT WHAT     of what must hold now, parts with `;` between:
        documents: A, D ...     their statuses by creation time; none
        documents: the same ... the last two imports ended alike
        phone: N
        check: valid            or a fault that names the file
        check: TEXT             a fault that holds this, and not the patient's number
        told: TEXT              in a fault or warning of the last import
        nowhere: DIGITS         in no file of the region, in no line printed
"""
from __future__ import annotations

import csv
import glob
import json
import os
import re

from lib.region import DemoRegion
from lib.runner import Runner
from scenes.ssmix2_storages import minato, octets_of

OWN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "storages")
INDIVIDUAL_NUMBER = "123456789018"


def rows_of(path: str) -> list[list[str]]:
    with open(path, encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [[*row, "", ""][:3] for row in rows[1:] if row]


def written(text: str) -> bytes:
    return text.replace("\\r", "\r").encode("iso2022_jp")


class Story:
    """One file, in a region that is running."""

    def __init__(self, running: Runner, demo: DemoRegion, path: str) -> None:
        self.running, self.demo, self.rows = running, demo, rows_of(path)
        self.directory = os.path.join(demo.directory,
                                      "storage-" + os.path.basename(path).removesuffix(".tsv"))
        self.told: list[str] = []
        # statuses of the last patient looked at, after each import
        self.ends: list[list[str]] = []

    def place(self, path: str) -> str:
        whole = os.path.join(self.directory, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        return whole

    def run(self) -> None:
        """Line by line; what is looked at after an import are the documents of the
        first patient expected."""
        patient = next((where for step, where, _ in self.rows if step == "expect"), "")
        for step, where, what in self.rows:
            if step == "put":
                with open(self.place(where), "wb") as file:
                    file.write(written(what))
            elif step == "rename":
                os.rename(self.place(where), self.place(what))
            elif step == "remove":
                os.remove(self.place(where))
            elif step == "import":
                self.take_in(patient)
            elif step == "feed":
                answer = self.running.mllp_of(where).exchange(written(what))
                assert b"MSA|AA" in answer, answer
            elif step == "expect":
                self.expect(where, what)
            else:
                assert step == "configure", step

    def take_in(self, patient: str) -> None:
        done = minato(self.running.target, "ssmix2", "import", self.directory, "--facility",
                      "a-hospital", "--output", "json")
        assert done.returncode in (0, 1), done.stderr
        self.told = done.stderr.splitlines()
        assert INDIVIDUAL_NUMBER not in done.stdout + done.stderr, "an Individual Number was told"
        self.ends.append(self.statuses(patient))

    def statuses(self, patient: str) -> list[str]:
        done = minato(self.running.target, "document", "list", "--patient", patient + "@a-hospital",
                      "--output", "json")
        documents = json.loads(done.stdout) if done.returncode == 0 else []
        return [each["status"] for each in sorted(documents, key=lambda one: one["created"])]

    def expect(self, patient: str, what: str) -> None:
        for part in re.split(r";\s*", what):
            why = self.fault(patient, part)
            assert why is None, f"{part}: {why}"

    def fault(self, patient: str, what: str) -> str | None:
        subject, _, wanted = what.replace("`", "").partition(": ")
        if subject.startswith("documents"):
            return self.documents(patient, wanted)
        if subject == "phone":
            shown = minato(self.running.target, "patient", "show", "--patient",
                           patient + "@a-hospital").stdout
            return None if wanted in shown else shown
        if subject in ("check", "minato check"):
            return self.check(patient, wanted)
        if subject == "told":
            return None if wanted in "\n".join(self.told) else "\n".join(self.told) or "nothing was"
        assert subject == "nowhere" or "in no file" in what, what
        return self.anywhere((wanted or INDIVIDUAL_NUMBER).encode())

    def check(self, patient: str, wanted: str) -> str | None:
        done = minato(self.running.target, "check")
        printed = done.stdout + done.stderr
        if wanted.startswith("valid"):
            return None if done.returncode == 0 \
                or ("fault" in wanted and "_OMP-01_" in printed) else printed
        return None if done.returncode == 1 and wanted in printed \
            and patient not in printed else printed

    def documents(self, patient: str, wanted: str) -> str | None:
        got = self.statuses(patient)
        if wanted.startswith("the same"):
            return None if self.ends[-1] == self.ends[-2] \
                else f"{self.ends[-2]}, then {self.ends[-1]}"
        if wanted.startswith("none"):
            told = "PID-3" not in wanted or "PID-3" in "\n".join(self.told)
            return None if not got and told else f"{got}, {self.told}"
        return None if got == wanted.split(", ") else str(got)

    def anywhere(self, digits: bytes) -> str | None:
        for folder, _, names in os.walk(self.demo.region):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path) and digits in octets_of(path):
                    return f"they are in {path}"
        return "they are in the log" if digits in octets_of(self.demo.log_path) else None


def files_of(samples: str) -> list[tuple[str, str]]:
    """(name of the scene, path): our own, and strangers' where they are."""
    own = [("ssmix2-" + os.path.basename(path).removesuffix(".tsv"), path)
           for path in sorted(glob.glob(os.path.join(OWN, "*.tsv")))]
    theirs = sorted(glob.glob(os.path.join(samples, "strangers", "9-*.tsv")))
    return own + [("ssmix2-stranger-" + os.path.basename(path).removesuffix(".tsv"), path)
                  for path in theirs]


def refers(path: str) -> bool:
    return any(row[0] == "configure" for row in rows_of(path))


def scenes(running: Runner, samples: str, demo: DemoRegion, reference: bool):
    """Those for a region that refers to documents, or those for one that copies them."""
    return [(name, "a storage ends as its files say", Story(running, demo, path).run)
            for name, path in files_of(samples) if refers(path) == reference]
