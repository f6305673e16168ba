"""Views of laboratory results, allergies and diagnoses, made on demand (ITI-61, ITI-43) of SS-MIX2
storages written in ISO-2022-JP: our own, with a person of the hand-made one beside it. What a
facility takes back is gone from the view; what is hidden from who asks is not in his."""
from __future__ import annotations

import json
import os

from lxml import etree

from lib import checks, soap
from lib.region import DemoRegion
from lib.runner import Runner
from scenes import on_demand
from scenes.on_demand import A, B, C, CDA, FHIR, HL7, NUMBERS, REST, SYSTEMS, WHY
from scenes.on_demand import minato, person, ssmix2

KINDS = ("laboratory-results", "allergies", "diagnoses")
RESOURCES = {"laboratory-results": "Observation", "allergies": "AllergyIntolerance",
             "diagnoses": "Condition"}
TYPES = {"laboratory-results": "11502-2", "allergies": "48765-2", "diagnoses": "11450-4"}
CORE = "http://jpfhir.jp/fhir/core/StructureDefinition/JP_"
PROFILES = {"laboratory-results": CORE + "Observation_LabResult",
            "allergies": CORE + "AllergyIntolerance", "diagnoses": CORE + "Condition"}
SECTIONS = "".join(f'on-demand "{kind}" {{\n\tcda = "yes"\n\tfhir = "yes"\n}}\n' for kind in KINDS)
HEAD = ("MSH|^~\\&|OWN|SEND|GATEWAY|RECEIVE|20240403090000||OUL^R22^OUL_R22|1|P|2.5||||||"
        "UNICODE UTF-8")
EDGE, EDGE_CODE, EDGE_PERSON = "e-clinic", "1319954041", "D000000501"
# 鄧 is of JIS X 0212 (ESC $ ( D), the others of 0208.
SHRIMP, NUTS, CAT, ELSEWHERE = "海老", "鄧の実", "猫の毛", "鮑"


OTHERS = "0001000101"  # of whom the generator of others wrote results and diagnoses


def tested(storage: str) -> tuple[str, bool]:
    """A patient of A's storage who has results; whether it is others' sample."""
    found = sorted({os.path.basename(os.path.dirname(os.path.dirname(where)))
                    for where, _, names in os.walk(os.path.join(storage, "1319951013"))
                    if names and os.path.basename(where) == "OML-11"})
    return (OTHERS, True) if OTHERS in found else (found[0], False)


class Views(on_demand.Lists):
    def __init__(self, running: Runner, demo: DemoRegion, folder: str) -> None:
        super().__init__(running, demo)
        self.folder = folder
        self.kinds: dict[str, dict[str, str]] = {}  # kind: mimeType: uniqueId

    # What is written

    def says(self, facility: str, kind: str, order: str, when: str, *lines: str) -> str:
        event = {"ADT-61": "ADT^A60^ADT_A60", "PPR-01": "PPR^ZD1^PPR_ZD1",
                 "OML-11": ssmix2.RESULT}[kind]
        date = "20240402" if kind == "OML-11" else "-"
        path = os.path.join(self.storage, on_demand.CODES[facility], ssmix2.path(
            NUMBERS[facility], date, kind, order, when, "1"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        parts = ssmix2.segments(person(facility, NUMBERS[facility]), event, order, *lines)
        with open(path, "wb") as file:
            file.write(ssmix2.jis(ssmix2.written(parts)))
        return path

    @staticmethod
    def allergy(number: str, what: str, action: str = "A", certain: str = "") -> str:
        return (f"IAM|{number}|FA^食物アレルギー^HL70127|9{number}^{what}^99OWN|MI^軽度^HL70128|"
                f"かゆみ|{action}|{number}||||||||||{certain}".rstrip("|"))

    # What is seen

    def offered_of(self, system: str, patient: str) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        answer = self.send(system, "iti18.xml", [
            ("+", "patient-slots"),
            ("+", f"slot name=$XDSDocumentEntryType value=\"('{on_demand.ON_DEMAND}')\"")],
            query=self.running.region.get("FindDocuments"), patient=patient)
        assert checks.registry_status(answer, "Success") is None, checks.registry_errors(answer)
        kinds = {code: kind for kind, code in TYPES.items()}
        for one in checks.nodes(answer, "//rim:ExtrinsicObject"):
            code = soap.text(one, "rim:Classification[@classificationScheme="
                                  "'urn:uuid:f0306f51-975f-434e-a61c-c59651d33983']"
                                  "/@nodeRepresentation")
            unique = soap.text(one, "rim:ExternalIdentifier[@identificationScheme="
                                    f"'{checks.SCHEMES['entries']}']/@value")
            assert one.get("objectType") == on_demand.ON_DEMAND
            forms = found.setdefault(kinds[code], {})
            assert one.get("mimeType") not in forms, "one form stands twice"
            forms[one.get("mimeType")] = unique
        return found

    def document(self, system: str, kind: str, form: str) -> tuple[str, bytes]:
        self.ids = self.kinds[kind]
        return self.made(system, form)

    def view(self, system: str, kind: str) -> list[str]:
        """What both forms are about, item by item, after what any of them must have."""
        new, octets = self.document(system, kind, CDA)
        root = etree.fromstring(octets)
        assert root.xpath("string(h:id/@root)", namespaces=HL7) == new
        path = {"laboratory-results": "h:code", "diagnoses": "h:value",
                "allergies": ".//h:playingEntity/h:code"}[kind]
        entries = root.xpath("//h:section/h:entry/h:observation", namespaces=HL7)
        told = root.xpath("string(//h:section/h:text)", namespaces=HL7)
        items = []
        for entry in entries:
            code, = entry.xpath(path, namespaces=HL7)
            name = code.get("displayName") or code.xpath("string(h:originalText)", namespaces=HL7)
            assert name in told, f"{name} is not told"
            source = entry.xpath("string(h:reference/h:externalDocument/h:id/@root)",
                                 namespaces=HL7)
            assert source.startswith("2.25."), "an item without its source"
            items.append(name)
        new, octets = self.document(system, kind, FHIR)
        bundle = json.loads(octets)
        assert bundle["type"] == "document" and bundle["identifier"]["value"] == "urn:oid:" + new
        resources = [each["resource"] for each in bundle["entry"]]
        assert resources[0]["resourceType"] == "Composition"
        own = [each for each in resources if each["resourceType"] == RESOURCES[kind]]
        assert [each["code"]["text"] for each in own] == items, (own, items)
        section, = resources[0]["section"]
        urls = {each["fullUrl"]: each["resource"]["resourceType"] for each in bundle["entry"]}
        assert [urls[each["reference"]] for each in section.get("entry", [])] \
            == [RESOURCES[kind]] * len(own)
        for each in own:
            assert each["meta"]["profile"] == [PROFILES[kind]], each
            who = each["patient" if kind == "allergies" else "subject"]["reference"]
            assert urls[who] == "Patient"
        return items

    def lists(self, system: str, kind: str, items: list[str]) -> None:
        found = self.view(system, kind)
        assert found == items, f"{system} is shown {found}, not {items}"

    def refused_all(self, system: str, kind: str) -> None:
        for form in (CDA, FHIR):
            self.refused(system, self.kinds[kind][form])

    # The scenes

    def before(self) -> None:
        self.knows(A, NUMBERS[A])
        self.knows(B, NUMBERS[B], "19801212")
        self.says(A, "OML-11", "21", "20240402110000000", *ssmix2.result("21", "44"))
        self.list = self.says(A, "ADT-61", ssmix2.NO_ORDER, "20240402100000000",
                              self.allergy("1", SHRIMP), self.allergy("2", NUTS))
        self.says(A, "PPR-01", ssmix2.NO_ORDER, "20240402100000000",
                  "PRB|AD|20240402|20061593^高血圧症^MDCDX2|P1|||20240401",
                  "ORC|NW|1||||||||||D900^医師^一郎|||||01^内科^HL70069",
                  "PRB|AD|20240402|^鼾|P2|||20240401", "PRB|DE|20240402|^消した病名|P3")
        self.says(B, "ADT-61", ssmix2.NO_ORDER, "20240402100000000",
                  self.allergy("1", ELSEWHERE))
        self.import_all()
        self.tool("patient", "together", f"{NUMBERS[A]}@{A}", f"{NUMBERS[B]}@{SYSTEMS[B]}", *WHY)
        self.tool("consent", "join", "--patient", f"{NUMBERS[A]}@{A}", *WHY)
        assert not self.offered_of(A, self.own(A)), "something is offered as it is shipped"
        self.configure(SECTIONS)
        assert self.offer() == 2 * len(KINDS), "not one entry a kind and form"
        assert self.offer() == 0, "offered twice"
        self.kinds = self.offered_of(A, self.own(A))
        assert set(self.kinds) == set(KINDS), self.kinds
        assert all(set(forms) == {CDA, FHIR} for forms in self.kinds.values())

    def shown(self) -> None:
        """To who sees A's: A itself, and C, by consent; the same octets to both, each time."""
        for system in (A, C, REST):
            self.lists(system, "laboratory-results", ["例示項目"])
            self.lists(system, "allergies", [SHRIMP, NUTS])
            self.lists(system, "diagnoses", ["高血圧症", "鼾"])
        for kind in KINDS:
            for form in (CDA, FHIR):
                assert self.document(A, kind, form) == self.document(C, kind, form)
        observation, = (each["resource"] for each in json.loads(
            self.document(C, "laboratory-results", FHIR)[1])["entry"]
            if each["resource"]["resourceType"] == "Observation")
        assert observation["valueQuantity"] == {"value": 44, "unit": "U/L"}, observation
        assert observation["code"]["coding"][0] == {
            "system": "http://medis.or.jp/CodeSystem/master-JLAC10-17digits",
            "code": "3H010000002327101", "display": "例示項目"}
        assert observation["effectiveDateTime"] == "2024-04-12T10:00:00+09:00"
        for form, id_ in self.kinds["diagnoses"].items():
            assert "消した病名" not in self.tool("document", "fetch", id_), form

    def hidden(self) -> None:
        """B has its own besides; what it wrote is B's alone to see, and leaves no sign elsewhere.
        Who is excluded is told what is told of what is not there."""
        assert sorted(self.view(SYSTEMS[B], "allergies")) == sorted([SHRIMP, NUTS, ELSEWHERE])
        for form in (CDA, FHIR):
            _, octets = self.document(C, "allergies", form)
            for secret in (ELSEWHERE, NUMBERS[A], NUMBERS[B], "見本"):
                assert secret.encode() not in octets, f"C reads {secret}"
        who = ("--patient", f"{NUMBERS[A]}@{A}", *WHY)
        before = self.document(C, "allergies", CDA)
        self.tool("consent", "exclude", "--facility", C, *who)
        for kind in KINDS:
            self.refused_all(C, kind)
        self.tool("consent", "include", "--facility", C, *who)
        assert self.document(C, "allergies", CDA) == before
        self.tool("consent", "leave", *who)
        for kind in KINDS:
            for system in (A, SYSTEMS[B], C, REST):
                self.refused_all(system, kind)
        self.tool("consent", "join", *who)
        assert self.document(C, "allergies", CDA) == before

    def withdrawn(self) -> None:
        """By a line that takes it back, by a list that has it no more, by the flag of the file."""
        before = self.document(C, "allergies", FHIR)
        # A file of its own, under a number: the earlier list stays, one of it is taken back.
        path = self.says(A, "ADT-61", "31", "20240403100000000", self.allergy("2", NUTS, "D"),
                         self.allergy("3", CAT), self.allergy("4", "誤り", "A", "E"))
        self.import_all()
        self.lists(C, "allergies", [CAT, SHRIMP])
        for form in (CDA, FHIR):
            assert NUTS.encode() not in self.document(C, "allergies", form)[1]
        # That file deleted: as it was.
        os.rename(path, path[:-1] + "0")
        self.import_all()
        assert self.document(C, "allergies", FHIR) == before
        # The list replaced by one without it; then the flags of both say deleted.
        os.rename(self.list, self.list[:-1] + "2")
        newer = self.says(A, "ADT-61", ssmix2.NO_ORDER, "20240404100000000",
                          self.allergy("1", SHRIMP))
        self.import_all()
        self.lists(C, "allergies", [SHRIMP])
        os.rename(newer, newer[:-1] + "0")
        os.rename(self.list[:-1] + "2", self.list[:-1] + "0")
        self.import_all()
        self.refused_all(C, "allergies")
        self.lists(SYSTEMS[B], "allergies", [ELSEWHERE])

    def confidential(self) -> None:
        """A result whose code the region's policy hides is in the view of who submitted it, and in
        nobody else's."""
        with open(os.path.join(os.path.dirname(self.demo.configuration), "region.policy"), "a",
                  encoding="utf-8") as rules:
            rules.write("documents results type 11502-2^2.16.840.1.113883.6.1\n"
                        "hide documents results confidentiality V\n")
        self.configure(SECTIONS)
        before = {form: self.document(C, "laboratory-results", form) for form in (CDA, FHIR)}
        message = "\r".join([HEAD, person(A, NUMBERS[A]).segment(), "PV1|1|O",
                             *ssmix2.result("77", "5", more="秘")]) + "\r"
        affinity = self.running.region.get("domain.affinity")
        answer = self.send(A, "iti45.xml", [("+", f"source domain={affinity}")],
                           domain="1.2.392.100495.20.3.51.1" + on_demand.CODES[A], id=NUMBERS[A])
        regional, = [str(told).split("^")[1] for told in checks.identifiers(answer)
                     if str(told).startswith(affinity + "^")]
        patient = f"{regional}^^^&{affinity}&ISO"
        answer = self.send(A, "iti41.xml", [
            ("+", f"set id=ss uid=${{oid.set.77}} patient={patient}"),
            ("+", f"entry id=d1 uid=${{oid.rx.77}} patient={patient} "
                  f"source-patient={self.own(A)} mime=text/plain type-code=11502-2 "
                  "confidentiality=V format=SS-MIX2_1.20 "
                  "format-scheme=1.2.392.200250.2.1.100.1.2.120 created=20240403090000"),
            ("+", "member from=ss to=d1"),
            ("+", f'document id=d1 text="{message}"'.replace("\\", "\\\\"))])
        assert checks.registry_status(answer, "Success") is None, \
            [dict(each.attrib) for each in checks.registry_errors(answer)]
        assert "例示項目秘" in [name for form in (CDA, FHIR) for name in self.texts(A, form)]
        for form in (CDA, FHIR):
            assert self.document(C, "laboratory-results", form) == before[form], form

    def texts(self, system: str, form: str) -> list[str]:
        octets = self.document(system, "laboratory-results", form)[1]
        if form == FHIR:
            return [each["resource"]["code"]["text"] for each in json.loads(octets)["entry"]
                    if each["resource"]["resourceType"] == "Observation"]
        return etree.fromstring(octets).xpath("//h:observation/h:code/@displayName",
                                              namespaces=HL7)

    def samples(self) -> None:
        """Of the storages that are shared as samples: what another party's generator wrote, and the
        hand-made person, whose superseded result and deleted diagnosis are none. Of those of our
        own making the same people are offered the same, whatever it says."""
        minato(self.running.target, "ssmix2", "import", os.path.join(self.folder, "storage"),
               "--facility", A)
        number, others = tested(os.path.join(self.folder, "storage"))
        self.tool("consent", "join", "--patient", f"{number}@{A}", *WHY)
        patient = f"{number}^^^&1.2.392.100495.20.3.51.1{on_demand.CODES[A]}&ISO"
        self.kinds = self.offered_of(A, patient)
        assert "laboratory-results" in self.kinds and self.view(A, "laboratory-results"), self.kinds
        if others:
            assert set(self.kinds) == {"laboratory-results", "diagnoses"}, self.kinds
            results = self.view(A, "laboratory-results")
            assert "HbA1c(NGSP)" in results and len(results) > 5, results
            assert {"胃癌", "上腹部痛"} <= set(self.view(A, "diagnoses"))
        path = os.path.join(self.storage, EDGE_CODE, ssmix2.path(
            EDGE_PERSON, "-", "ADT-00", ssmix2.NO_ORDER, "20240401090000000", "1"))
        os.makedirs(os.path.dirname(path))
        with open(path, "wb") as file:
            file.write(ssmix2.jis(ssmix2.written(ssmix2.segments(
                person(B, EDGE_PERSON, "19601111"), ssmix2.ADT, "1"))))
        self.tool("ssmix2", "import", self.storage, "--facility", EDGE)
        minato(self.running.target, "ssmix2", "import", os.path.join(self.folder, "edge"),
               "--facility", EDGE)  # has faults, as its table says
        self.tool("consent", "join", "--patient", f"{EDGE_PERSON}@{EDGE}", *WHY)
        patient = f"{EDGE_PERSON}^^^&1.2.392.100495.20.3.51.1{EDGE_CODE}&ISO"
        self.kinds = self.offered_of(EDGE, patient)
        assert others <= (set(self.kinds) == set(KINDS)), self.kinds
        if not others:
            return
        self.lists(EDGE, "allergies", ["ペニシリン", "貝類"])
        self.lists(EDGE, "diagnoses", ["高血圧症"])
        self.lists(EDGE, "laboratory-results", ["AST(GOT)", "院内独自検査"])
        first, second = (each["resource"] for each in json.loads(
            self.document(EDGE, "laboratory-results", FHIR)[1])["entry"]
            if each["resource"]["resourceType"] == "Observation")
        assert first["status"] == "corrected" and first["valueQuantity"]["value"] == 24, first
        assert second["valueString"] == ">= 1000", second
        assert "| 縦棒 ^ 山形 & アンド \\ 円" in second["note"][0]["text"], second


def scenes(running: Runner, demo: DemoRegion, folder: str):
    each = Views(running, demo, folder)
    return [("views-offered", "an entry a kind and form, once", each.before),
            ("views-shown", "results, allergies and diagnoses as CDA and FHIR", each.shown),
            ("views-hidden", "nobody reads what he may not see", each.hidden),
            ("views-withdrawn", "a withdrawn allergy is withdrawn", each.withdrawn),
            ("views-confidential", "what the policy hides by its code is hidden in a view",
             each.confidential),
            ("views-samples", "of storages that others wrote", each.samples)]
