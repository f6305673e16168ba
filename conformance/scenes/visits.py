"""Comings and goings of SS-MIX2 storages as one list, made on demand (ITI-61, ITI-43): what began
and ended, what goes on, and what of it the source takes back."""
from __future__ import annotations

import json
import os

from lxml import etree

from lib.region import DemoRegion
from lib.runner import Runner
from scenes import on_demand
from scenes.on_demand import A, B, C, CDA, FHIR, HL7, NUMBERS, REST, SYSTEMS, WHY, person, ssmix2
from scenes.ssmix2_kinds import VISITS

SECTION = 'on-demand "visits" {\n\tcda = "yes"\n\tfhir = "yes"\n}\n'
PROFILE = "http://jpfhir.jp/fhir/core/StructureDefinition/JP_Encounter"
# What each says of itself: its own moment, by the field of its type.
MOMENTS = {"ADT-12": ("PV1", 44), "ADT-21": ("PV2", 8), "ADT-22": ("PV1", 44), "ADT-31": ("EVN", 6),
           "ADT-32": ("EVN", 6), "ADT-41": ("PV2", 8), "ADT-42": ("EVN", 6), "ADT-51": ("PV2", 9),
           "ADT-52": ("PV1", 45)}


def line(name: str, fields: dict[int, str]) -> str:
    return "|".join([name, *(fields.get(n, "") for n in range(1, max(fields) + 1))])


class Visits(on_demand.Lists):
    # What is written

    def comes(self, facility: str, kind: str, moment: str, department: str = "01",
              known: str = "") -> str:
        """A coming or going of that moment, YYYYMMDDhhmm; known: when it was written down."""
        place, at = MOMENTS[kind]
        event = {2: (known or moment) + "00"} | ({at: moment} if place == "EVN" else {})
        visit = {1: "0001", 2: "O" if kind == "ADT-12" else "I", 7: ssmix2.DOCTOR, 10: department,
                 3: department + "^^^^^C" if kind == "ADT-12" else "32^302^1"}
        lines = [line("EVN", event), person(facility, NUMBERS[facility]).segment(),
                 line("PV1", visit | ({at: moment} if place == "PV1" else {}))]
        lines += [line("PV2", {at: moment})] if place == "PV2" else []
        path = os.path.join(self.storage, on_demand.CODES[facility], ssmix2.path(
            NUMBERS[facility], moment[:8], kind, ssmix2.NO_ORDER, (known or moment) + "00000", "1",
            department))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(ssmix2.jis(ssmix2.written([ssmix2.msh(VISITS[kind], "1"), *lines])))
        return path

    # What is seen

    def visits(self, system: str) -> list[tuple[str, str, str, str]]:
        """What both forms say, newest first: what it was, its state, from and until."""
        new, octets = self.made(system, CDA)
        root = etree.fromstring(octets)
        assert root.xpath("string(h:id/@root)", namespaces=HL7) == new
        entries = root.xpath("//h:section/h:entry/h:encounter", namespaces=HL7)
        told = root.xpath("//h:section/h:text//h:tbody/h:tr", namespaces=HL7)
        new, octets = self.made(system, FHIR)
        bundle = json.loads(octets)
        assert bundle["identifier"]["value"] == "urn:oid:" + new
        urls = {each["fullUrl"]: each["resource"] for each in bundle["entry"]}
        found = [each for each in urls.values() if each["resourceType"] == "Encounter"]
        assert len(found) == len(entries) == len(told), (len(found), len(entries), len(told))
        said = []
        for one, entry, row in zip(found, entries, told):
            what, period = one["type"][0]["text"], one.get("period", {})
            times = [period.get(end, "")[:16].replace("T", " ") for end in ("start", "end")]
            cda = [entry.xpath(f"string(h:effectiveTime/h:{end}/@value)", namespaces=HL7)
                   for end in ("low", "high")]
            assert [each[:12] for each in cda] \
                == [each.translate(str.maketrans("", "", "- :")) for each in times], (cda, times)
            assert entry.xpath("string(h:text)", namespaces=HL7) == what
            cells = [cell.text or "" for cell in row]
            assert [cells[2], *cells[4:6]] == [what, *times], cells
            assert urls[one["subject"]["reference"]]["resourceType"] == "Patient"
            assert one["meta"]["profile"] == [PROFILE] and one["serviceProvider"]["display"]
            if "partOf" in one:
                whole = urls[one["partOf"]["reference"]]
                inner = entry.xpath("string(h:entryRelationship/h:encounter/h:id/@root)",
                                    namespaces=HL7)
                assert whole["identifier"][0]["system"] == "urn:oid:" + inner
                what += " < " + whole["type"][0]["text"]
            said.append((what, one["status"], *times))
        return said

    def shows(self, system: str, *lines: tuple[str, str, str, str]) -> None:
        found = self.visits(system)
        assert found == list(lines), f"{system} is shown {found}, not {list(lines)}"

    # The scenes

    def before(self) -> None:
        self.knows(A, NUMBERS[A])
        self.knows(B, NUMBERS[B], "19801212")
        self.comes(A, "ADT-12", "202404020915")
        self.comes(A, "ADT-21", "202404100900", known="202404020930")
        self.plan = self.comes(A, "ADT-51", "202404200900", known="202404100930")
        self.comes(B, "ADT-12", "202404031000")
        self.import_all()
        self.tool("patient", "together", f"{NUMBERS[A]}@{A}", f"{NUMBERS[B]}@{SYSTEMS[B]}", *WHY)
        self.tool("consent", "join", "--patient", f"{NUMBERS[A]}@{A}", *WHY)
        assert not self.entries(A, self.own(A)), "something is offered as it is shipped"
        self.configure(SECTION)
        assert self.offer() == 2, "not one entry a form"
        assert self.offer() == 0, "offered twice"
        for form, entry in self.entries(A, self.own(A)).items():
            self.ids[form] = entry.xpath(
                "string(rim:ExternalIdentifier[@identificationScheme="
                "'urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab']/@value)",
                namespaces=on_demand.soap.NS)
        assert set(self.ids) == {CDA, FHIR}

    def shown(self) -> None:
        """To who sees A's; B has its own besides, and no other reads of it."""
        mine = (("退院予定", "planned", "", "2024-04-20 09:00"),
                ("入院予定", "planned", "2024-04-10 09:00", ""),
                ("外来", "unknown", "2024-04-02 09:15", ""))
        for system in (A, C, REST):
            self.shows(system, *mine)
        self.shows(SYSTEMS[B], *mine[:2], ("外来", "unknown", "2024-04-03 10:00", ""), mine[2])
        for form in (CDA, FHIR):
            assert self.made(A, form) == self.made(C, form), form
            for secret in (NUMBERS[A], NUMBERS[B], "見本"):
                assert secret.encode() not in self.made(C, form)[1], f"C reads {secret}"

    def goes_on(self) -> None:
        """What was planned is gone once it came; without its end an admission goes on."""
        visit = ("外来", "unknown", "2024-04-02 09:15", "")
        leaves = ("退院予定", "planned", "", "2024-04-20 09:00")
        self.comes(A, "ADT-22", "202404101000")
        self.comes(A, "ADT-31", "202404121000")
        self.import_all()
        self.shows(C, leaves, ("外出・外泊 < 入院", "onleave", "2024-04-12 10:00", ""),
                   ("入院", "in-progress", "2024-04-10 10:00", ""), visit)
        self.comes(A, "ADT-32", "202404131100")
        self.moved = self.comes(A, "ADT-42", "202404141000", "10")
        self.import_all()
        leave = ("外出・外泊 < 入院", "finished", "2024-04-12 10:00", "2024-04-13 11:00")
        self.shows(C, leaves, ("転科・転棟 < 入院", "in-progress", "2024-04-14 10:00", ""), leave,
                   ("入院", "in-progress", "2024-04-10 10:00", ""), visit)
        self.left = self.comes(A, "ADT-52", "202404191030")
        self.import_all()
        self.shows(C, ("転科・転棟 < 入院", "finished", "2024-04-14 10:00", "2024-04-19 10:30"),
                   leave, ("入院", "finished", "2024-04-10 10:00", "2024-04-19 10:30"), visit)

    def withdrawn(self) -> None:
        """By the flag of the file: a discharge that was none, a transfer, and all of it."""
        before = self.visits(C)
        os.rename(self.left, self.left[:-1] + "0")
        os.rename(self.moved, self.moved[:-1] + "0")
        self.import_all()
        self.shows(C, ("退院予定", "planned", "", "2024-04-20 09:00"), before[1],
                   ("入院", "in-progress", "2024-04-10 10:00", ""), before[3])
        os.rename(self.left[:-1] + "0", self.left)
        os.rename(self.moved[:-1] + "0", self.moved)
        self.import_all()
        assert self.visits(C) == before
        self.tool("consent", "exclude", "--facility", C, "--patient", f"{NUMBERS[A]}@{A}", *WHY)
        for form in (CDA, FHIR):
            self.refused(C, self.ids[form])
        self.tool("consent", "include", "--facility", C, "--patient", f"{NUMBERS[A]}@{A}", *WHY)
        for where, _, names in os.walk(os.path.join(self.storage, on_demand.CODES[A])):
            for name in names:
                if os.path.basename(where) in VISITS and name.endswith("1"):
                    os.rename(os.path.join(where, name), os.path.join(where, name[:-1] + "0"))
        self.import_all()
        for form in (CDA, FHIR):
            self.refused(C, self.ids[form])
        self.shows(SYSTEMS[B], ("外来", "unknown", "2024-04-03 10:00", ""))


def scenes(running: Runner, demo: DemoRegion):
    each = Visits(running, demo)
    return [("visits-offered", "one list a person and form, of messages of several types",
             each.before),
            ("visits-shown", "comings and goings as CDA and FHIR, to who may see them", each.shown),
            ("visits-open", "an admission goes on until its discharge comes", each.goes_on),
            ("visits-withdrawn", "what the source takes back is gone, and its end undone",
             each.withdrawn)]
