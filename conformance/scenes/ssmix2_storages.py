"""The shared SS-MIX2 storages, imported by the operator and asked for over TLS."""
from __future__ import annotations

import csv
import glob
import hashlib
import json
import os
import shutil
import signal
import subprocess
import threading
import time

from lib import checks, soap
from lib.answers import Answer
from lib.casefile import Step
from lib.region import READY_WITHIN, DemoRegion, Target
from lib.runner import Runner
from lib.scope import Scope

ARC = "1.2.392.100495.20.3.51.1"
FACILITIES = {"1319951013": "a-hospital", "1319952029": "s-clinic", "1319953035": "c-hospital"}
EDGE = "1319954041"
# What the storages hold: people, documents.
HELD = {"1319951013": (14, 212), "1319952029": (13, 115), "1319953035": (14, 169)}
NO_DOCUMENTS = ("ADT-00",)  # who the patient is
# How a row of the edge storage's manifest begins when its file must not be taken.
REFUSED = ("quarantine", "report as malformed", "report malformed", "retry N times",
           "detect (bytes >= 0x80", "accept with warning or quarantine")
UNKNOWN_PATIENT = "there is no ADT-00 that could be taken"
# The published dummy Individual Number, which two files of the edge storage hold.
INDIVIDUAL_NUMBER = b"123456789018"


def minato(target: Target, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*target.cli, *words], capture_output=True, text=True, check=False)


def take_in(target: Target, directory: str, facility: str) -> tuple[int, dict[str, int], list[str]]:
    """Exit code, counts, and the lines about single files."""
    done = minato(target, "ssmix2", "import", directory, "--facility", facility, "--output", "json")
    return done.returncode, json.loads(done.stdout), done.stderr.splitlines()


def send(running: Runner, system: str, message: str, changes: list[tuple[str, str]],
         **values: str) -> Answer:
    return running.send_soap(Step("scene", "send", system, message, values, changes=changes),
                             Scope(running.region, **values))


def octets_of(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


class Storages:
    """The truth: who is in patients.csv, which files lie on disk."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        with open(os.path.join(folder, "patients.csv"), encoding="utf-8") as file:
            self.rows = list(csv.DictReader(file))

    def groups(self) -> list[list[tuple[str, str]]]:
        """Registrations (code, id) that must be linked. By the exact rules: one person, written
        alike, or insured by a number of one's own: with its branch, or of the old-age scheme (39).
        By score: one person whose birth date alone was written down wrong somewhere."""
        found: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        by_number: dict[tuple[str, ...], tuple[str, ...]] = {}
        by_score: dict[tuple[str, ...], tuple[str, ...]] = {}
        for row in self.rows:
            person = row["local_patient_id"] and row["person"]
            key = (person, row["name_kana"], row["birth"], row["sex"])
            insurance = (row["insurer_no"], row["ins_symbol"], row["ins_number"],
                         row["ins_branch"])
            if row["ins_number"] and (row["ins_branch"] or row["insurer_no"].startswith("39")):
                key = by_number.setdefault((*insurance, row["birth"], row["sex"]), key)
                if person:
                    key = by_score.setdefault((person, row["name_kana"], row["sex"], *insurance),
                                              key)
            found.setdefault(key, []).append((row["facility_code"], row["local_patient_id"]))
        return list(found.values())

    def consenting(self) -> list[tuple[str, str]]:
        """One registration for each whom a decision about consent covers: of a group and a birth
        date, for a link by score carries no decision."""
        births = {(row["facility_code"], row["local_patient_id"]): row["birth"]
                  for row in self.rows}
        return list({(number, births[each]): each for number, group in enumerate(self.groups())
                     for each in group}.values())

    def files(self, code: str, patient: str) -> dict[str, str]:
        """The patient's documents by their SHA-1."""
        pattern = os.path.join(self.folder, "storage", code, patient[:3], patient[3:6], patient,
                               "*", "*", "*")
        paths = [path for path in glob.glob(pattern)
                 if os.path.basename(os.path.dirname(path)) not in NO_DOCUMENTS]
        return {hashlib.sha1(octets_of(path)).hexdigest(): path for path in paths}


def found(running: Runner, system: str, patient: str) -> dict[str, str]:
    """What a system finds of a patient: SHA-1 -> uniqueId."""
    answer = send(running, system, "iti18.xml", [("+", "patient-slots")],
                  query=running.region.get("FindDocuments"), patient=patient)
    assert checks.registry_status(answer, "Success") is None, checks.registry_status(
        answer, "Success")
    entries = {}
    for entry in checks.nodes(answer, "//rim:ExtrinsicObject"):
        unique = soap.text(
            entry,
            f"rim:ExternalIdentifier[@identificationScheme='{checks.SCHEMES['entries']}']/@value")
        entries[soap.text(entry, "rim:Slot[@name='hash']//rim:Value")] = unique
    return entries


def retrieved(running: Runner, system: str, unique_ids: list[str]) -> Answer:
    return send(running, system, "iti43.xml",
                [("+", f"want document={each}") for each in unique_ids])


def known(running: Runner, code: str, patient: str) -> set[tuple[str, str]]:
    """The ids at the three facilities that a consumer of every domain is told."""
    answer = send(running, "x-consumer", "iti45.xml", [], domain=ARC + code, id=patient)
    told = {tuple(each.split("^")) for each in checks.identifiers(answer)}
    return {(domain.removeprefix(ARC), number) for domain, number in told
            if domain.removeprefix(ARC) in FACILITIES}


class Scenes:
    """Against a region with documents = copy, as it is by default."""

    def __init__(self, running: Runner, storages: Storages, demo: DemoRegion) -> None:
        self.running, self.storages, self.demo = running, storages, demo
        self.data, self.log = os.path.join(demo.region, "data"), demo.log_path

    def import_storages(self, again: bool) -> None:
        for code, facility in FACILITIES.items():
            status, counts, lines = take_in(self.running.target,
                                            os.path.join(self.storages.folder, "storage"), facility)
            patients, documents = HELD[code]
            expected = {"patients": 0 if again else patients,
                        "documents": 0 if again else documents,
                        "unchanged": patients + documents if again else 0, "replaced": 0,
                        "withdrawn": 0, "faults": 0}
            got = {key: counts[key] for key in expected}
            assert (status, got) == (0, expected), \
                f"{facility}: exit {status}, {got}, expected {expected} {lines[:3]}"

    def unseen(self) -> None:
        for group in self.storages.groups():
            for code, patient in group:
                assert known(self.running, code, patient) <= {(code, patient)}, \
                    f"{patient}@{code} is linked before joining"
                own = self.storages.files(code, patient)
                seen = set(found(self.running, FACILITIES[code], f"{patient}^^^&{ARC}{code}&ISO"))
                assert seen <= set(own), f"{patient}@{code} sees others' documents before joining"

    def join(self) -> None:
        for code, patient in self.storages.consenting():
            done = minato(self.running.target, "consent", "join", "--patient",
                          f"{patient}^^^&{ARC}{code}&ISO", "--reason", "scene")
            assert done.returncode == 0, done.stderr

    def links(self) -> None:
        self.join()
        for group in self.storages.groups():
            for one in group:
                told = known(self.running, *one) - {one}
                assert told == set(group) - {one}, \
                    f"{one}: told {sorted(told)}, linked are {sorted(group)}"

    def documents(self) -> None:
        """Each facility of a person finds and fetches the documents of all of
        them, octet for octet."""
        delivered = 0
        for group in self.storages.groups():
            files = {digest: path for one in group
                     for digest, path in self.storages.files(*one).items()}
            for code, patient in group:
                entries = found(self.running, FACILITIES[code], f"{patient}^^^&{ARC}{code}&ISO")
                assert set(entries) == set(files), \
                    f"{patient}@{code}: {len(entries)} documents found, {len(files)} on disk"
            if not entries:
                continue
            answer = retrieved(self.running, FACILITIES[code], list(entries.values()))
            for digest, unique in entries.items():
                assert checks.document_octets(answer, unique) == octets_of(files[digest]), \
                    f"{unique} is not {files[digest]}"
                delivered += 1
        assert delivered == sum(documents for _, documents in HELD.values()), \
            f"{delivered} documents delivered"

    def elsewhere_from_now_on(self) -> None:
        """A facility's documents get another repository: what it has stays where it
        is, and is known there."""
        with open(self.demo.configuration, encoding="utf-8") as conf:
            before = conf.read()
        self.configured(before + 'repository "2.999.25" {\n\tsystems = {"c-hospital"}\n}\n')
        self.import_storages(True)
        self.documents()
        self.configured(before)     # which is refused where anything is in it

    def configured(self, text: str) -> None:
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)
        said = self.demo.log(1000).count("configuration reloaded")
        self.demo.daemon.send_signal(signal.SIGHUP)
        end = time.monotonic() + READY_WITHIN
        while self.demo.log(1000).count("configuration reloaded") == said:
            assert time.monotonic() < end and "was not reloaded" not in self.demo.log(5), \
                self.demo.log(5)
            threading.Event().wait(0.02)

    def edge(self) -> None:
        """Each file that must not be taken is told with its path and why; the exit code
        says that there are some."""
        status, counts, lines = take_in(self.running.target,
                                        os.path.join(self.storages.folder, "edge"), "e-clinic")
        faults = {}
        for line in lines:
            kind, _, rest = line.partition(": ")
            path, _, what = rest.partition(": ")
            if kind == "fault":
                faults[path.removeprefix(EDGE + "/")] = what
        assert status == 1 and counts["faults"] == len(faults), \
            f"exit {status}, {counts}, {len(faults)} told"
        assert all(what for what in faults.values()), "a fault without a reason"
        with open(os.path.join(self.storages.folder, "edge", "manifest.tsv"),
                  encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        rows = [row for row in rows if not row["path"].startswith("../")]
        for row in rows:
            refused = row["expected"].startswith(REFUSED)
            what = faults.pop(row["path"], None)
            # Three patients of the edge storage have no ADT-00 of their own there.
            right = what is not None if refused else what is None or UNKNOWN_PATIENT in what
            assert right, f"{row['path']}: {what or 'taken'}; the manifest: {row['expected']}"
        assert not faults, f"not in the manifest: {faults}"
        self.nowhere(INDIVIDUAL_NUMBER, "\n".join(lines).encode())

    def nowhere(self, secret: bytes, printed: bytes) -> None:
        assert secret not in printed and secret not in octets_of(self.log), \
            "an Individual Number was written down"
        for folder, _, names in os.walk(self.data):
            for name in names:
                path = os.path.join(folder, name)
                assert not os.path.isfile(path) or secret not in octets_of(path), \
                    f"an Individual Number lies in {path}"

    def edge_again(self) -> None:
        _, before, _ = take_in(self.running.target,
                               os.path.join(self.storages.folder, "edge"), "e-clinic")
        got = {key: before[key] for key in ("patients", "documents", "replaced", "withdrawn")}
        assert not any(got.values()), f"a second import changes {got}"


def scenes(running: Runner, folder: str, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    if not os.path.isdir(os.path.join(folder, "storage")):
        raise ImportError("the samples are not there (MINATO_SHARED)")
    each = Scenes(running, Storages(folder), demo)
    return [("ssmix2-import", "three storages become patients and documents",
             lambda: each.import_storages(False)),
            ("ssmix2-unseen",
             "before anybody joined, nobody sees another's numbers or documents", each.unseen),
            ("ssmix2-links", "whoever is written alike at two or three facilities is one person",
             each.links),
            ("ssmix2-documents", "every document is found and fetched as it lies on disk",
             each.documents),
            ("ssmix2-again", "a second import changes nothing", lambda: each.import_storages(True)),
            ("ssmix2-another-repository",
             "what was imported stays where it is when its facility's repository is another",
             each.elsewhere_from_now_on),
            ("ssmix2-edge", "what cannot be taken is told with path and reason", each.edge),
            ("ssmix2-edge-again", "a second import of what can be taken changes nothing",
             each.edge_again)]


class Referenced:
    """Against a region with documents = reference; the storage is a copy that may be changed."""

    def __init__(self, running: Runner, storages: Storages, data: str, directory: str) -> None:
        self.running, self.storages, self.data = running, storages, data
        self.code, self.copy = "1319951013", os.path.join(directory, "storage")
        self.patient, self.files = max(((row["local_patient_id"],
                                         storages.files(self.code, row["local_patient_id"]))
                                        for row in storages.rows if row["facility_code"]
                                        == self.code), key=lambda pair: len(pair[1]))
        self.own = f"{self.patient}^^^&{ARC}{self.code}&ISO"

    def moved(self, digest: str) -> str:
        return os.path.join(self.copy, os.path.relpath(
            self.files[digest], os.path.join(self.storages.folder, "storage")))

    def kept(self) -> int:
        """Octets of documents that the gateway keeps itself."""
        return sum(os.path.getsize(os.path.join(folder, name))
                   for folder, _, names in os.walk(self.data)
                   for name in names if "repository" in folder or "blob" in folder
                   or "documents" in folder)

    def show(self) -> None:
        before = self.kept()  # other scenes share the region
        shutil.copytree(os.path.join(self.storages.folder, "storage"), self.copy)
        status, counts, _ = take_in(self.running.target, self.copy, "a-hospital")
        assert (status, counts["documents"]) == (0, HELD[self.code][1]), \
            f"exit {status}, {counts['documents']} documents"
        entries = found(self.running, "a-hospital", self.own)
        assert set(entries) == set(self.files), f"{len(entries)} found, {len(self.files)} on disk"
        answer = retrieved(self.running, "a-hospital", list(entries.values()))
        for digest, unique in entries.items():
            assert checks.document_octets(answer, unique) == octets_of(self.files[digest]), \
                f"{unique} is not its file"
        copied = self.kept() - before
        assert copied <= 0, f"{copied} octets of documents were copied"

    def changed(self) -> None:
        """A file that is no longer what was registered, and one that is gone, are not delivered;
        others are. `minato check` tells of both; once they are put back all is well."""
        entries = found(self.running, "a-hospital", self.own)
        first, second, *_ = sorted(entries)
        octets = bytearray(octets_of(self.moved(first)))
        octets[len(octets) // 2] ^= 1
        self.put(first, bytes(octets))
        os.remove(self.moved(second))
        answer = retrieved(self.running, "a-hospital", list(entries.values()))
        assert checks.registry_status(answer, "PartialSuccess") is None, \
            checks.registry_status(answer, "PartialSuccess")
        for digest, unique in entries.items():
            delivered = checks.document_octets(answer, unique)
            assert (delivered is None) == (digest in (first, second)), \
                f"{unique}: {'not ' * (delivered is None)}delivered"
        told = {(error.get("errorCode"), error.get("location"))
                for error in checks.registry_errors(answer)}
        assert {code for code, _ in told} <= {"XDSRepositoryError", "XDSDocumentUniqueIdError"} \
            and len(checks.registry_errors(answer)) == 2, told
        assert minato(self.running.target, "check").returncode == 1, "minato check does not notice"
        for digest in (first, second):
            self.put(digest, octets_of(self.files[digest]))
        answer = retrieved(self.running, "a-hospital", list(entries.values()))
        assert checks.registry_status(answer, "Success") is None, checks.registry_status(
            answer, "Success")

    def put(self, digest: str, octets: bytes) -> None:
        with open(self.moved(digest), "wb") as file:
            file.write(octets)


def referenced(running: Runner, folder: str, demo: DemoRegion):
    if not os.path.isdir(os.path.join(folder, "storage")):
        return []
    each = Referenced(running, Storages(folder), os.path.join(demo.region, "data"), demo.directory)
    return [("ssmix2-reference",
             "documents stay where they lie and are fetched from there", each.show),
            ("ssmix2-reference-changed", "a referenced file that was changed is not delivered",
             each.changed)]
