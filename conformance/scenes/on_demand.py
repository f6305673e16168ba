"""Lists of medication made on demand (ITI-61, ITI-43), of the prescriptions in two facilities'
SS-MIX2 storages, from each party's side: who sees all, who sees some, who is excluded, and whoever
else; and what becomes of them as prescriptions come and go, and when the entry is removed.

One person known under one name at A, who joined, and under another at B, who is the same by an
operator's decision: consent covers the name it was given for (HACKING.md), so B's prescriptions are
B's alone to see."""
from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time

from lxml import etree

from lib import checks, soap
from lib.answers import Answer
from lib.casefile import Step
from lib.region import READY_WITHIN, DemoRegion
from lib.runner import Runner
from lib.scope import Scope
from scenes.ssmix2_storages import minato

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir))
from tests.samples import ssmix2  # noqa: E402  pylint: disable=wrong-import-position

A, B, C, REST = "a-hospital", "b-clinic", "c-hospital", "x-consumer"
CODES = {A: "1319951013", B: "1319952029"}
SYSTEMS = {A: "a-hospital", B: "s-clinic"}  # whose storage has that code
NUMBERS = {A: "A0000001", B: "B0000002"}
OTHER = "A0000009"
ON_DEMAND = "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248"
HL7, CDA, FHIR = {"h": "urn:hl7-org:v3"}, "text/xml", "application/fhir+json"
SECTION = 'on-demand "medication-list" {\n\tcda = "yes"\n\tfhir = "yes"\n}\n'
WHY = ("--reason", "scene")
# The drugs, by where they are prescribed.
FIRST, SECOND, THIRD, ELSEWHERE = "甲錠５ｍｇ", "乙錠１０ｍｇ", "丙錠１ｍｇ", "丁散"
INJECTED = "戊注１ｍＬ"  # ordered too (OMP-02), and in no list


def person(facility: str, number: str, birth: str = "19700401") -> ssmix2.Person:
    name = {A: "例示^太郎^^^^^L^I~レイジ^タロウ^^^^^L^P",
            B: "見本^次郎^^^^^L^I~ミホン^ジロウ^^^^^L^P"}
    return ssmix2.Person(id=number, name=name[facility], birth=birth)


class Lists:
    """In a region of its own, whose configuration changes."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo = running, demo
        self.storage = os.path.join(demo.directory, "prescriptions")
        self.ids: dict[str, str] = {}  # mimeType: uniqueId of the entry
        self.patient = self.plain = ""

    # What is done

    def put(self, facility: str, number: str, kind: str, order: str, when: str,
            parts: list[str]) -> str:
        date = "-" if kind == "ADT-00" else "20240402"
        path = os.path.join(self.storage, CODES[facility],
                            ssmix2.path(number, date, kind, order, when, "1"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(ssmix2.jis(ssmix2.written(parts)))
        return path

    def knows(self, facility: str, number: str, birth: str = "19700401") -> None:
        self.put(facility, number, "ADT-00", ssmix2.NO_ORDER, "20240401090000000",
                 ssmix2.segments(person(facility, number, birth), ssmix2.ADT, "1"))

    def prescribes(self, facility: str, number: str, order: str, drug: str,
                   dose: str = "1", kind: str = "OMP-01") -> str:
        lines = [line.replace("99OWN|1||TAB", f"99OWN|{dose}||TAB")
                 for line in ssmix2.order(order, drug)]
        return self.put(facility, number, kind, order, f"202404020900{int(order):02}000",
                        ssmix2.segments(person(facility, number), ssmix2.ORDER, order, *lines))

    def import_all(self) -> None:
        for facility in (A, B):
            done = minato(self.running.target, "ssmix2", "import", self.storage, "--facility",
                          SYSTEMS[facility], "--output", "json")
            assert done.returncode == 0, done

    def tool(self, *words: str, exits: int = 0) -> str:
        done = minato(self.running.target, *words)
        assert done.returncode == exits, f"minato {' '.join(words)}: {done}"
        return done.stdout

    def offer(self) -> int:
        return json.loads(self.tool("document", "offer", "--output", "json"))["offered"]

    def configure(self, section: str) -> None:
        with open(self.demo.configuration, encoding="utf-8") as conf:
            self.plain = self.plain or conf.read()
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(self.plain + section)
        said = self.demo.log(1000).count("configuration reloaded")
        self.demo.daemon.send_signal(signal.SIGHUP)
        end = time.monotonic() + READY_WITHIN
        while self.demo.log(1000).count("configuration reloaded") == said:
            assert time.monotonic() < end and "was not reloaded" not in self.demo.log(5), \
                self.demo.log(5)
            threading.Event().wait(0.02)

    def send(self, system: str, subject: str, changes: list[tuple[str, str]],
             **values: str) -> Answer:
        return self.running.send_soap(Step("scene", "send", system, subject, values,
                                           changes=changes), Scope(self.running.region, **values))

    # What is seen

    def entries(self, system: str, patient: str) -> dict[str, etree._Element]:
        """On-demand entries that the system finds, by mimeType."""
        answer = self.send(system, "iti18.xml", [
            ("+", "patient-slots"),
            ("+", f"slot name=$XDSDocumentEntryType value=\"('{ON_DEMAND}')\"")],
            query=self.running.region.get("FindDocuments"), patient=patient)
        assert checks.registry_status(answer, "Success") is None, \
            [dict(each.attrib) for each in checks.registry_errors(answer)]
        found = checks.nodes(answer, "//rim:ExtrinsicObject")
        assert len({one.get("mimeType") for one in found}) == len(found), "one form stands twice"
        return {one.get("mimeType"): one for one in found}

    def asked(self, system: str, unique_id: str) -> Answer:
        return self.send(system, "iti43.xml", [("+", f"want document={unique_id}")])

    def refused(self, system: str, unique_id: str) -> None:
        answer = self.asked(system, unique_id)
        assert checks.registry_status(answer, "Failure") is None, f"{system} is answered"
        errors = [(e.get("errorCode"), e.get("location")) for e in checks.registry_errors(answer)]
        assert errors == [("XDSDocumentUniqueIdError", unique_id)], errors
        contexts = [e.get("codeContext") for e in checks.registry_errors(answer)]
        assert "no such document" in contexts[0], contexts

    def made(self, system: str, form: str) -> tuple[str, bytes]:
        """Its new uniqueId, and the octets."""
        unique_id = self.ids[form]
        answer = self.asked(system, unique_id)
        assert checks.registry_status(answer, "Success") is None, \
            f"{system}: {[dict(each.attrib) for each in checks.registry_errors(answer)]}"
        response, = checks.nodes(answer, "//x:DocumentResponse")
        new = soap.text(response, "x:NewDocumentUniqueId")
        assert new and new != unique_id, new
        assert not soap.text(response, "x:NewRepositoryUniqueId"), "nothing is persisted"
        assert soap.text(response, "x:mimeType") == form
        octets = checks.document_octets(answer, unique_id)
        assert octets, "no octets"
        return new, octets

    def drugs(self, system: str) -> tuple[set[str], int]:
        """What both forms name alike, and how many they say could not be read."""
        new, octets = self.made(system, CDA)
        root = etree.fromstring(octets)
        assert root.xpath("string(h:id/@root)", namespaces=HL7) == new
        names = root.xpath("//h:manufacturedMaterial/h:name/text()", namespaces=HL7)
        text = root.xpath("string(//h:section/h:text)", namespaces=HL7)
        new, octets = self.made(system, FHIR)
        bundle = json.loads(octets)
        assert bundle["identifier"]["value"] == "urn:oid:" + new
        named = [e["resource"]["medicationCodeableConcept"]["text"] for e in bundle["entry"]
                 if e["resource"]["resourceType"] == "MedicationRequest"]
        assert named == names, (named, names)
        told = bundle["entry"][0]["resource"]["section"][0]["text"]["div"]
        unread = [int(t.partition("ほかに ")[2].partition(" 件")[0] or 0) for t in (text, told)]
        assert unread[0] == unread[1], unread
        return set(names), unread[0]

    def sees(self, system: str, *drugs: str, unread: int = 0) -> None:
        found = self.drugs(system)
        assert found == (set(drugs), unread), f"{system} sees {found}"

    # The scenes

    def before(self) -> None:
        """Off, as it is shipped: nothing is offered, whatever is imported."""
        self.knows(A, NUMBERS[A])
        self.knows(B, NUMBERS[B], "19801212")
        self.prescribes(A, NUMBERS[A], "1", FIRST)
        self.prescribes(A, NUMBERS[A], "2", SECOND, "0.5")
        self.prescribes(A, NUMBERS[A], "8", INJECTED, kind="OMP-02")
        self.prescribes(B, NUMBERS[B], "3", ELSEWHERE)
        self.prescribes(B, NUMBERS[B], "4", "読めない薬", "一")
        self.import_all()
        self.tool("patient", "together", f"{NUMBERS[A]}@{A}", f"{NUMBERS[B]}@{SYSTEMS[B]}", *WHY)
        self.tool("consent", "join", "--patient", f"{NUMBERS[A]}@{A}", *WHY)
        assert not self.entries(A, self.own(A)), "something is offered"
        assert "on-demand" in minato(self.running.target, "document", "offer").stderr

    @staticmethod
    def own(facility: str) -> str:
        return f"{NUMBERS[facility]}^^^&1.2.392.100495.20.3.51.1{CODES[facility]}&ISO"

    def offered(self) -> None:
        """On: the command offers what was there before, once; its entries are each other's."""
        self.configure(SECTION)
        assert self.offer() == 2, "not one entry a form"
        assert self.offer() == 0, "offered twice"
        entries = self.entries(A, self.own(A))
        assert set(entries) == {CDA, FHIR}, entries
        for form, entry in entries.items():
            assert entry.get("objectType") == ON_DEMAND
            self.ids[form] = soap.text(
                entry, "rim:ExternalIdentifier[@identificationScheme="
                       f"'{checks.SCHEMES['entries']}']/@value")
            assert not entry.xpath("rim:Slot[@name='hash' or @name='size' or "
                                   "@name='creationTime']", namespaces=soap.NS)
            assert soap.text(entry, "rim:Slot[@name='repositoryUniqueId']//rim:Value") \
                == self.running.region.get("repository")
            self.tool("document", "show", self.ids[form])
            self.tool("document", "history", self.ids[form])
            made = json.loads(self.tool("document", "fetch", self.ids[form])) \
                if form == FHIR else self.tool("document", "fetch", self.ids[form])
            assert FIRST in str(made) and ELSEWHERE in str(made), "the operator is given less"
        told = self.tool("document", "list", "--patient", f"{NUMBERS[A]}@{A}")
        assert all(each in told for each in self.ids.values()), told
        affinity = self.running.region.get("domain.affinity")
        answer = self.send(A, "iti45.xml", [("+", f"source domain={affinity}")],
                           domain="1.2.392.100495.20.3.51.1" + CODES[A], id=NUMBERS[A])
        regional, = [str(told).split("^")[1] for told in checks.identifiers(answer)
                     if str(told).startswith(affinity + "^")]
        self.patient = f"{regional}^^^&{affinity}&ISO"
        assert set(self.entries(C, self.patient)) == {CDA, FHIR}, "C does not find them"
        audit = json.loads(self.tool("audit", "search", "--transaction", "ITI-61", "--patient",
                                     f"{NUMBERS[A]}@{A}", "--output", "json"))
        assert len(audit["records"] if isinstance(audit, dict) else audit) == 1, audit

    def parties(self) -> None:
        """B has all, for its own are its own; who may see A's sees those and no sign of more."""
        self.sees(SYSTEMS[B], FIRST, SECOND, ELSEWHERE, unread=1)
        for system in (A, C, REST):
            self.sees(system, FIRST, SECOND)
        for form in (CDA, FHIR):
            assert self.made(A, form) == self.made(C, form) == self.made(A, form), \
                "the same content is another document"
            mine, theirs = self.made(SYSTEMS[B], form), self.made(C, form)
            assert mine[0] != theirs[0], "other content is the same document"
            for secret in (ELSEWHERE, "読めない薬", NUMBERS[A], NUMBERS[B], "見本"):
                assert secret.encode() not in theirs[1], f"C reads {secret}"

    def consent(self) -> None:
        """Who is excluded, and who is left with nobody's leave, are told what is told of what is
        not there; who is neither is told as before."""
        who = ("--patient", f"{NUMBERS[A]}@{A}", *WHY)
        before = self.made(REST, CDA)
        self.tool("consent", "exclude", "--facility", C, *who)
        for form in (CDA, FHIR):
            self.refused(C, self.ids[form])
        assert not self.entries(C, self.patient), "C finds them"
        assert self.made(REST, CDA) == before
        self.tool("consent", "include", "--facility", C, *who)
        assert self.made(C, CDA) == before
        self.tool("consent", "leave", *who)
        for system in (A, SYSTEMS[B], C, REST):
            self.refused(system, self.ids[CDA])
        self.tool("consent", "join", *who)
        assert self.made(C, CDA) == before
        for system in (A, SYSTEMS[B], C):
            self.refused(system, self.ids[CDA] + "1")

    def changes(self) -> None:
        """A prescription more is another document; when it is withdrawn, the one before again."""
        before = self.made(C, CDA)
        path = self.prescribes(A, NUMBERS[A], "5", THIRD)
        self.import_all()
        self.sees(C, FIRST, SECOND, THIRD)
        assert self.made(C, CDA)[0] != before[0]
        os.rename(path, path[:-1] + "0")
        self.import_all()
        self.sees(C, FIRST, SECOND)
        assert self.made(C, CDA) == before

    def imported(self) -> None:
        """With the first prescription of somebody else, in its job; off again, none is made."""
        who = f"{OTHER}^^^&1.2.392.100495.20.3.51.1{CODES[A]}&ISO"
        self.knows(A, OTHER, "19991231")
        self.prescribes(A, OTHER, "9", INJECTED, kind="OMP-02")
        self.import_all()
        assert "注射オーダ" in self.tool("document", "list", "--patient", f"{OTHER}@{A}")
        self.tool("consent", "join", "--patient", f"{OTHER}@{A}", *WHY)
        assert not self.entries(A, who), "offered without a prescription"
        self.prescribes(A, OTHER, "6", THIRD)
        self.import_all()
        found = self.entries(A, who)
        assert set(found) == {CDA, FHIR}, found
        self.prescribes(A, OTHER, "7", FIRST)
        self.import_all()
        assert set(self.entries(A, who)) == {CDA, FHIR}
        assert self.offer() == 0
        kept = self.made(C, CDA)
        self.configure("")
        self.refused(C, self.ids[CDA])
        self.configure(SECTION.replace('\tfhir = "yes"\n', ""))
        self.refused(C, self.ids[FHIR])
        assert self.made(C, CDA) == kept
        self.configure(SECTION)

    def removed(self) -> None:
        """ITI-62, by who may remove others': then there is none, until it is offered again."""
        entry = self.entries(C, self.patient)[CDA].get("id")
        answer = self.send("v-corrector", "iti18.xml", [
            ("+", f"slot name=$uuid value=\"('{entry}')\"")],
            query=self.running.region.get("GetSubmissionSets"))
        objects = [entry, *checks.nodes(answer, "//rim:RegistryPackage/@id | "
                                                "//rim:Association/@id")]
        assert len(objects) == 3, objects
        for system, status in ((A, "Failure"), ("v-corrector", "Success")):
            answer = self.send(system, "iti62.xml",
                               [("+", f"reference id={each}") for each in objects])
            assert checks.registry_status(answer, status) is None, checks.registry_errors(answer)
        assert set(self.entries(C, self.patient)) == {FHIR}
        self.refused(C, self.ids[CDA])
        assert self.offer() == 1
        self.sees(C, FIRST, SECOND)


def scenes(running: Runner, demo: DemoRegion):
    each = Lists(running, demo)
    return [("on-demand-off", "as shipped nothing is made on demand", each.before),
            ("on-demand-offered", "entries for those who had prescriptions, once", each.offered),
            ("on-demand-parties", "each is given a list of what he may see", each.parties),
            ("on-demand-consent", "who may see nothing is told what is told of nothing",
             each.consent),
            ("on-demand-changes", "the same content is the same document", each.changes),
            ("on-demand-imported", "an entry comes with the first prescription", each.imported),
            ("on-demand-removed", "an entry that was removed is none", each.removed)]
