"""A hospital's system is replaced by another, which writes the storage anew: the same orders in
other octets, then under other 発生日時. Each document is replaced by one, and going back is too."""
from __future__ import annotations

import hashlib
import os
import re
import shutil

from lib.region import DemoRegion
from lib.runner import Runner
from scenes.ssmix2_storages import ARC, HELD, Storages, found, octets_of, take_in

CODE, SYSTEM = "1319951013", "a-hospital"
DOCUMENTS = HELD[CODE][1]
TIME = re.compile(r"_(\d{17})_([^_]+_\d)$")


def written_anew(octets: bytes) -> bytes:
    """By another sender, its segments ended otherwise. Neither is within a double-byte character:
    MSH-3 is ASCII, and no octet of one is a carriage return."""
    fields = octets.split(b"|")
    fields[2] = b"NEWSYSTEM"
    text = b"|".join(fields).replace(b"\r\n", b"\r").replace(b"\n", b"\r")
    return text.rstrip(b"\r").replace(b"\r", b"\r\n") + b"\r\n"


class Epochs:
    """One storage, by path below the root: what it was, and what it is."""

    def __init__(self, running: Runner, demo: DemoRegion, folder: str) -> None:
        self.running, self.storages = running, Storages(folder)
        self.source = os.path.join(folder, "storage", CODE)
        self.root = os.path.join(demo.directory, "epochs", CODE)
        self.patients = sorted(row["local_patient_id"] for row in self.storages.rows
                               if row["facility_code"] == CODE)

    def files(self, root: str) -> list[str]:
        return [os.path.join(where, name) for where, _, names in os.walk(root) for name in names]

    def put(self, change) -> None:
        """The storage as it was, each file changed: change(path below the root, octets)."""
        shutil.rmtree(self.root, ignore_errors=True)
        for path in self.files(self.source):
            below, octets = change(os.path.relpath(path, self.source), octets_of(path))
            where = os.path.join(self.root, below)
            os.makedirs(os.path.dirname(where), exist_ok=True)
            with open(where, "wb") as file:
                file.write(octets)

    def as_it_was(self) -> None:
        self.put(lambda path, octets: (path, octets))

    def import_it(self, **wanted: int) -> None:
        status, counts, lines = take_in(self.running.target, self.root, SYSTEM)
        got = {key: counts[key] for key in wanted}
        assert (status, got) == (0, wanted), f"exit {status}, {got}, {lines[:3]}"

    def hashes(self, patient: str) -> set[str]:
        """Of what is on disk now; visits are no documents, and neither is who he is."""
        return {hashlib.sha1(octets_of(path)).hexdigest() for path in self.files(os.path.join(
            self.root, patient[:3], patient[3:6], patient)) if "/ADT-" not in path}

    def found_as_they_lie(self, before: dict[str, set[str]]) -> None:
        """Others' documents may be found beside them; of this storage nothing else."""
        for patient in self.patients:
            here = self.hashes(patient)
            seen = set(found(self.running, SYSTEM, f"{patient}^^^&{ARC}{CODE}&ISO"))
            assert here <= seen, f"{patient}: {len(here - seen)} documents are not found"
            left = seen & before[patient] - here
            assert not left, f"{patient}: {len(left)} are found that were replaced"

    def before(self) -> dict[str, set[str]]:
        return {patient: self.hashes(patient) for patient in self.patients}

    def replaced(self, change) -> None:
        self.as_it_was()
        status, counts, _ = take_in(self.running.target, self.root, SYSTEM)
        assert (status, counts["faults"]) == (0, 0), counts
        first = self.before()
        self.put(change)
        self.import_it(documents=DOCUMENTS, replaced=DOCUMENTS, withdrawn=0, restored=0, faults=0)
        self.found_as_they_lie(first)
        self.import_it(documents=0, replaced=0, withdrawn=0, restored=0, faults=0)
        second = self.before()
        self.as_it_was()
        self.import_it(documents=0, replaced=0, restored=DOCUMENTS, withdrawn=DOCUMENTS, faults=0)
        self.found_as_they_lie(second)
        self.import_it(documents=0, replaced=0, withdrawn=0, restored=0, faults=0)

    def octets(self) -> None:
        self.replaced(lambda path, octets: (path, written_anew(octets)))

    def times(self) -> None:
        """A moment later, by the new system's clock."""
        def renamed(path: str, octets: bytes) -> tuple[str, bytes]:
            later = TIME.sub(lambda m: f"_{int(m[1]) + 1:017}_{m[2]}", path)
            return later, octets
        self.replaced(renamed)


def scenes(running: Runner, folder: str, demo: DemoRegion):
    each = Epochs(running, demo, folder)
    return [("ssmix2-epochs-octets",
             "a storage written anew in other octets: each document is replaced by one, and back",
             each.octets),
            ("ssmix2-epochs-times",
             "a storage written anew at other times: each document is replaced by one, and back",
             each.times)]
