"""The extended storage beside the standardised one: summaries, letters, images and whatever else,
found by what they are and fetched as they lie on disk."""
from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys

from lib import checks, soap
from lib.region import DemoRegion
from lib.runner import Runner
from scenes.ssmix2_storages import ARC, EDGE, found, minato, octets_of, retrieved, send, take_in

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir))
from tests.samples import ssmix2  # noqa: E402  pylint: disable=wrong-import-position

CODE, SYSTEM, NUMBER, DAY = "1319951013", "a-hospital", "X0000001", "20240420"
OWN = f"{NUMBER}^^^&{ARC}{CODE}&ISO"
LOINC, SSMIX2 = "2.16.840.1.113883.6.1", "1.2.392.200250.2.1.100.1.2.120"
LARGE = 5 * 1024 * 1024  # octets: more than a message may have
MIXED = bytes(range(256))

# Folder of the type, its code in names, main file, what it holds, typeCode, mimeType.
DOCUMENTS = {
    "summary": ("^退院サマリ^^18842-5^退院時サマリー^LN", "18842-5", "main_document.xml",
                b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>', f"18842-5^^{LOINC}", "text/xml"),
    "letter": ("L_99^紹介状_他院^99ZL02^57133-1^紹介状^LN", "L_99", "main_document.pdf",
               b"%PDF-1.7\n" + MIXED * (LARGE // 256), f"57133-1^^{LOINC}", "application/pdf"),
    "photo": ("S1^創部写真^99OWN^^^", "S1", "IMG_0001.JPG", b"\xff\xd8\xff\xe0" + MIXED,
              f"EXTENDED^^{SSMIX2}", "image/jpeg"),
    "slice": ("S2^断層像^99OWN^^^", "S2", "main_document.dcm", bytes(128) + b"DICM" + MIXED,
              f"EXTENDED^^{SSMIX2}", "application/dicom"),
    "remark": ("S3^覚書^99OWN^^^", "S3", "main_document.txt", "覚書".encode(),
               f"EXTENDED^^{SSMIX2}", "text/plain"),
    "vitals": ("L-OBSERVATIONS^OBSERVATIONS^99ZL01", "L-OBSERVATIONS", "main_document.hl7",
               ssmix2.jis(ssmix2.written(ssmix2.segments(
                   ssmix2.Person(id=NUMBER), "ORU^R30^ORU_R30", "1", "OBR|1"))),
               f"EXTENDED^^{SSMIX2}", "application/hl7-v2"),
}


class Extended:
    """One person, known by the one root, with a document of each kind below the other."""

    def __init__(self, running: Runner, demo: DemoRegion, samples: str) -> None:
        self.running, self.samples = running, samples
        self.directory = os.path.join(demo.directory, "extended")

    def patient(self, code: str, number: str) -> None:
        path = os.path.join(self.directory, code, ssmix2.path(
            number, "-", "ADT-00", ssmix2.NO_ORDER, f"{DAY}080000000", "1"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(ssmix2.jis(ssmix2.written(ssmix2.segments(
                ssmix2.Person(id=number), ssmix2.ADT, "ADT-00"))))

    def folder(self, what: str, hour: int, flag: str) -> str:
        kind, code = DOCUMENTS[what][:2]
        return os.path.join(
            self.directory, CODE + "_ext", NUMBER[:3], NUMBER[3:6], NUMBER, DAY, kind,
            f"{NUMBER}_{DAY}_{code}_7_{DAY}{hour:02}0000000_01_{flag}")

    def put(self, what: str, hour: int, more: bytes = b"") -> None:
        name, octets = DOCUMENTS[what][2:4]
        folder = self.folder(what, hour, "1")
        os.makedirs(folder)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(octets + more)

    def import_it(self, **wanted: int) -> None:
        status, counts, lines = take_in(self.running.target, self.directory, SYSTEM)
        got = {key: counts[key] for key in wanted}
        assert (status, got) == (0, wanted), f"exit {status}, {got}, {lines[:3]}"

    def lying(self) -> dict[str, str]:
        """Paths of what is valid, by SHA-1."""
        return {hashlib.sha1(octets_of(os.path.join(where, name))).hexdigest():
                os.path.join(where, name)
                for where, _, names in os.walk(os.path.join(self.directory, CODE + "_ext"))
                for name in names if where.endswith("_1")}

    def of(self, code: str) -> set[tuple[str, str]]:
        """Hash and mimeType of what is found of that typeCode."""
        answer = send(self.running, SYSTEM, "iti18.xml", [
            ("+", "patient-slots"),
            ("+", f"slot name=$XDSDocumentEntryTypeCode value=\"('{code}')\"")],
            query=self.running.region.get("FindDocuments"), patient=OWN)
        assert checks.registry_status(answer, "Success") is None
        return {(soap.text(entry, "rim:Slot[@name='hash']//rim:Value"), entry.get("mimeType"))
                for entry in checks.nodes(answer, "//rim:ExtrinsicObject")}

    def found_as_they_lie(self) -> None:
        entries, lying = found(self.running, SYSTEM, OWN), self.lying()
        assert set(entries) == set(lying), f"{len(entries)} found, {len(lying)} on disk"
        answer = retrieved(self.running, SYSTEM, list(entries.values()))
        for digest, unique in entries.items():
            assert checks.document_octets(answer, unique) == octets_of(lying[digest]), \
                f"{unique} is not {lying[digest]}"

    def shared(self) -> None:
        self.patient(CODE, NUMBER)
        for what in DOCUMENTS:
            self.put(what, 9)
        self.import_it(patients=1, documents=len(DOCUMENTS), faults=0, warnings=0)
        self.found_as_they_lie()
        wanted: dict[str, set[tuple[str, str]]] = {}
        for _, _, _, octets, kind, media in DOCUMENTS.values():
            wanted.setdefault(kind, set()).add((hashlib.sha1(octets).hexdigest(), media))
        for kind, expected in wanted.items():
            assert self.of(kind) == expected, (kind, self.of(kind))
        self.import_it(patients=0, documents=0, unchanged=1 + len(DOCUMENTS), faults=0)

    def corrected(self) -> None:
        """Each is replaced by its correction, and taken back when the source deletes it."""
        for what in DOCUMENTS:
            os.rename(self.folder(what, 9, "1"), self.folder(what, 9, "2"))
            self.put(what, 10, b"\r" if what == "vitals" else b" ")
        self.import_it(documents=len(DOCUMENTS), replaced=len(DOCUMENTS), withdrawn=0, faults=0)
        self.found_as_they_lie()
        os.rename(self.folder("letter", 10, "1"), self.folder("letter", 10, "0"))
        os.rename(self.folder("letter", 9, "2"), self.folder("letter", 9, "0"))
        self.import_it(documents=0, withdrawn=1, faults=0)
        self.found_as_they_lie()

    def beside(self) -> None:
        """Images of a summary come and go with its version."""
        folder = self.folder("summary", 10, "1")
        for name in ("図1.png", "図2.png"):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(b"\x89PNG\r\n\x1a\n" + name.encode())
        self.import_it(documents=2, replaced=0, faults=0)
        self.found_as_they_lie()
        os.rename(folder, self.folder("summary", 10, "2"))
        self.put("summary", 11, b"  ")
        self.import_it(documents=1, replaced=1, withdrawn=2, faults=0)
        self.found_as_they_lie()

    def checked(self) -> None:
        """The validator reads what the import does."""
        done = minato(self.running.target, "ssmix2", "check", self.directory, "--output", "json")
        said = json.loads(done.stdout)
        assert done.returncode == 0, said
        broken = os.path.join(self.folder("photo", 12, "1"), "empty")
        os.makedirs(broken)
        done = minato(self.running.target, "ssmix2", "check", self.directory, "--output", "json")
        assert done.returncode == 1 and "document-folder" in done.stdout, done
        shutil.rmtree(os.path.dirname(broken))

    def strangers(self) -> None:
        """As others write them, a grammar each; nobody knows the patient before."""
        source = os.path.join(self.samples, "ssmix2", "edge", "ext", EDGE)
        target = os.path.join(self.directory, EDGE)
        shutil.copytree(source, target)
        status, counts, lines = take_in(self.running.target, self.directory, "e-clinic")
        assert status == 1 and counts["documents"] == 0 and counts["faults"] == 3, lines
        self.patient(EDGE, "D000000501")
        status, counts, lines = take_in(self.running.target, self.directory, "e-clinic")
        assert status == 0 and counts["documents"] == 3 and counts["faults"] == 0, lines


def scenes(running: Runner, samples: str, demo: DemoRegion):
    each = Extended(running, demo, samples)
    return [("ssmix2-extended", "documents of any kind are found by what they are, and fetched",
             each.shared),
            ("ssmix2-extended-corrected", "each is corrected and deleted by itself",
             each.corrected),
            ("ssmix2-extended-parts", "what lies beside a document comes and goes with it",
             each.beside),
            ("ssmix2-extended-checked", "a check tells what an import would not take",
             each.checked),
            ("ssmix2-extended-samples", "both published grammars of names are read",
             each.strangers)]
