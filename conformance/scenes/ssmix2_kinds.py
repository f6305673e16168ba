"""Every data type of a standardised storage, imported by the operator and asked for at the door."""
from __future__ import annotations

import os
import sys

from lib import checks
from lib.region import DemoRegion
from lib.runner import Runner
from scenes.ssmix2_storages import found, octets_of, retrieved, send, take_in

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir))
from tests.samples import ssmix2  # noqa: E402  pylint: disable=wrong-import-position

CODE, SYSTEM, NUMBER, DAY = "1319951013", "a-hospital", "K0000001", "20240402"
OWN = f"{NUMBER}^^^&1.2.392.100495.20.3.51.1{CODE}&ISO"
CLASSES, LOINC = "2.25.286961990152863221251726743417141771436", "2.16.840.1.113883.6.1"
SSMIX2 = "1.2.392.200250.2.1.100.1.2.120"
VISITS = {"ADT-12": "ADT^A04^ADT_A01", "ADT-21": "ADT^A14^ADT_A05", "ADT-22": "ADT^A01^ADT_A01",
          "ADT-31": "ADT^A21^ADT_A21", "ADT-32": "ADT^A22^ADT_A21", "ADT-41": "ADT^A15^ADT_A15",
          "ADT-42": "ADT^A02^ADT_A02", "ADT-51": "ADT^A16^ADT_A16", "ADT-52": "ADT^A03^ADT_A03"}
# classCode: what is of it.
OF_CLASS = {
    f"57833-6^^{LOINC}": ("OMP-01",), f"26436-6^^{LOINC}": ("OML-11",),
    f"MEDICATION^^{CLASSES}": ("OMP-02", "OMP-11", "OMP-12"),
    f"PROBLEM^^{CLASSES}": ("ADT-61", "PPR-01"), f"IMAGE^^{CLASSES}": ("OMG-11", "OMG-12"),
    f"RESULT^^{CLASSES}": ("OMG-13",),
    f"OTHER^^{CLASSES}": ("ADT-01", "OMD", "OML-01", "OMG-01", "OMG-02", "OMG-03", *VISITS),
}
TYPES = sorted(kind for kinds in OF_CLASS.values() for kind in kinds)
# Those of LOINC; the others have the data type's own.
TYPE_CODES = {"OMP-01": f"57833-6^^{LOINC}", "OML-11": f"11502-2^^{LOINC}"}


class Kinds:
    """One person, who has a file of each type, of one order number."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.directory = running, os.path.join(demo.directory, "kinds")
        self.paths: dict[str, str] = {}

    def put(self, kind: str, hour: int, event: str, more: list[str]) -> str:
        date = "-" if kind in ssmix2.UNDATED else DAY
        number = ssmix2.NO_ORDER if kind.startswith("ADT") else "7"
        path = os.path.join(self.directory, CODE, ssmix2.path(
            NUMBER, date, kind, number, f"{DAY}{hour:02}0000000", "1"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(ssmix2.jis(ssmix2.written(ssmix2.segments(
                ssmix2.Person(id=NUMBER), event, f"{kind}-{hour}", *more))))
        return path

    def put_each(self, hour: int) -> None:
        said = {"OMP-01": (ssmix2.ORDER, ssmix2.order("7")),
                "OML-11": (ssmix2.RESULT, ssmix2.result("7", "10", day=DAY)),
                **{kind: (event, []) for kind, event in VISITS.items()}}
        for kind in TYPES:
            self.paths[kind] = self.put(kind, hour, *(said.get(kind) or ssmix2.contents(kind, "7")))

    def import_it(self, **wanted: int) -> None:
        status, counts, lines = take_in(self.running.target, self.directory, SYSTEM)
        got = {key: counts[key] for key in wanted}
        assert (status, got) == (0, wanted), f"exit {status}, {got}, {lines[:3]}"

    def of(self, attribute: str, code: str) -> set[str]:
        """Hashes of what is found of that code."""
        answer = send(self.running, SYSTEM, "iti18.xml", [
            ("+", "patient-slots"),
            ("+", f"slot name=$XDSDocumentEntry{attribute} value=\"('{code}')\"")],
            query=self.running.region.get("FindDocuments"), patient=OWN)
        fault = checks.registry_status(answer, "Success")
        assert fault is None, fault
        return {node.text for node in checks.nodes(
            answer, "//rim:ExtrinsicObject/rim:Slot[@name='hash']//rim:Value")}

    def found_as_they_lie(self) -> None:
        """By classCode and typeCode, and fetched octet for octet."""
        entries = found(self.running, SYSTEM, OWN)
        answer = retrieved(self.running, SYSTEM, list(entries.values()))
        digests = {octets: digest for digest, unique in entries.items()
                   for octets in [checks.document_octets(answer, unique)]}
        hashes = {kind: digests.get(octets_of(path)) for kind, path in self.paths.items()}
        assert None not in hashes.values() and len(entries) == len(TYPES), (hashes, len(entries))
        for code, kinds in OF_CLASS.items():
            assert self.of("ClassCode", code) == {hashes[kind] for kind in kinds}, code
        for kind in TYPES:
            code = TYPE_CODES.get(kind, f"{kind}^^{SSMIX2}")
            assert self.of("TypeCode", code) == {hashes[kind]}, code

    def shared(self) -> None:
        self.put("ADT-00", 8, ssmix2.ADT, [])
        self.put_each(9)
        self.import_it(patients=1, documents=len(TYPES), faults=0, warnings=0)
        self.found_as_they_lie()
        self.import_it(patients=0, documents=0, unchanged=1 + len(TYPES), faults=0)

    def corrected(self) -> None:
        """Each is replaced by its correction alone, though all have one order number; and taken
        back when the source deletes it."""
        for path in self.paths.values():
            os.rename(path, path[:-1] + "2")
        self.put_each(10)
        self.import_it(documents=len(TYPES), replaced=len(TYPES), withdrawn=0, faults=0)
        self.found_as_they_lie()
        for left, kind in zip(reversed(range(len(TYPES))), TYPES):
            os.rename(self.paths[kind], self.paths[kind][:-1] + "0")
            old = self.paths.pop(kind).replace(f"{DAY}10", f"{DAY}09")
            os.rename(old[:-1] + "2", old[:-1] + "0")
            self.import_it(withdrawn=1, restored=0, faults=0)
            entries = found(self.running, SYSTEM, OWN)
            assert len(entries) == left, f"{kind} deleted: {len(entries)} are left, not {left}"


def scenes(running: Runner, demo: DemoRegion):
    each = Kinds(running, demo)
    return [("ssmix2-kinds", "each data type is found by its codes and fetched as it lies on disk",
             each.shared),
            ("ssmix2-kinds-corrected", "each is corrected and deleted by itself", each.corrected)]
