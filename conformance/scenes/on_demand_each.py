"""Prescriptions, each by itself, as HL7 v2, CDA and FHIR (section on-demand, each): what is found
and fetched from each party's side, and that a form is to everybody what its message is. It is
hidden with it, follows it from version to version, is Deprecated, replaced and removed with it, and
is nobody's to change.

The region and the person are those of the lists that are kept."""
from __future__ import annotations

import os

from lxml import etree

from lib import checks, soap
from lib.answers import Answer
from lib.region import DemoRegion
from lib.runner import Runner
from scenes.on_demand import (A, B, C, CDA, FHIR, NUMBERS, ON_DEMAND, REST, SECTION, SYSTEMS,
                              THIRD, WHY)
from scenes.on_demand_kept import MORE, OF_A, OF_B, Kept

EACH = SECTION.replace("}", '\teach = "yes"\n}')
ASSOCIATION = "urn:ihe:iti:2007:AssociationType:"
STATUS = "urn:oasis:names:tc:ebxml-regrep:StatusType:"
SCHEME = {"class": "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a",
          "type": "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983",
          "confidentiality": "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"}
PRESCRIPTION = "57833-6^2.16.840.1.113883.6.1"
RULES = f"""documents prescriptions type {PRESCRIPTION}
hide documents prescriptions confidentiality R
"""
RETENTION = f"""retention "prescriptions" {{
	type = {{"{PRESCRIPTION}"}}
	after-creation = "1y"
}}
"""
EVERYBODY = (A, SYSTEMS[B], C, REST)


def code(entry: etree._Element, what: str) -> str:
    found, = entry.xpath(f"rim:Classification[@classificationScheme='{SCHEME[what]}']"
                         "/@nodeRepresentation", namespaces=soap.NS)
    return str(found)


def unique_id(entry: etree._Element) -> str:
    return soap.text(entry, "rim:ExternalIdentifier[@identificationScheme="
                            f"'{checks.SCHEMES['entries']}']/@value") or ""


class Each(Kept):
    """As the kept lists' region; each message is offered by itself, too."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        super().__init__(running, demo)
        self.messages: dict[str, str] = {}          # uniqueId of the message, by its drug
        self.forms: dict[str, dict[str, str]] = {}  # uniqueIds of its forms, by its drug
        self.whose: dict[str, str] = {}             # submitter of each, who sees it always
        self.replacing = ""  # entryUUID of what the next message replaces

    # What is done

    def objects(self, system: str, kind: str, status: str = "Approved") -> list[etree._Element]:
        """Prescriptions that the system finds: as they are stored, or on demand."""
        answer = self.send(system, "iti18.xml", [
            ("+", f"patient-slots status={STATUS}{status}"),
            ("+", f"slot name=$XDSDocumentEntryType value=\"('{kind}')\""),
            ("+", "slot name=$XDSDocumentEntryTypeCode "
                  f"value=\"('{PRESCRIPTION.replace('^', '^^')}')\"")],
            query=self.running.region.get("FindDocuments"), patient=self.patient)
        assert checks.registry_status(answer, "Success") is None, checks.registry_errors(answer)
        return checks.nodes(answer, "//rim:ExtrinsicObject")

    def found(self, system: str, status: str = "Approved") -> set[str]:
        return {unique_id(each) for each in self.objects(system, ON_DEMAND, status)}

    def stored(self, unique: str) -> etree._Element:
        """A message, or a form, as its submitter is told of it."""
        answer = self.send(self.whose[unique], "iti18.xml", [
            ("+", f"slot name=$XDSDocumentEntryUniqueId value=\"('{unique}')\""),
            ("+", "slot name=$MetadataLevel value=2")],
            query=self.running.region.get("GetDocuments"))
        return checks.nodes(answer, "//rim:ExtrinsicObject")[-1]

    def latest(self, unique: str) -> etree._Element:
        entry = self.stored(unique)
        answer = self.send(self.whose[unique], "iti18.xml", [
            ("+", f"slot name=$XDSDocumentEntryLogicalID value=\"('{entry.get('lid')}')\""),
            ("+", "slot name=$MetadataLevel value=2")],
            query=self.running.region.get("GetDocuments"))
        versions = checks.nodes(answer, "//rim:ExtrinsicObject")
        return max(versions, key=lambda e: int(soap.text(e, "rim:VersionInfo/@versionName") or 0))

    def note(self, drug: str, message: str, system: str) -> None:
        """The forms that came with a message, by its Associations."""
        self.whose[message], self.messages[drug] = system, message
        forms = self.related(message)
        self.forms[drug] = {e.get("mimeType") or "": unique_id(e) for e in forms}
        self.whose |= {form: system for form in self.forms[drug].values()}
        assert set(self.forms[drug]) == {CDA, FHIR} and len(forms) == 2, self.forms[drug]

    def related(self, message: str) -> list[etree._Element]:
        """What is a transform of its latest version."""
        uuid = self.latest(message).get("id")
        answer = self.send(self.whose[message], "iti18.xml", [
            ("+", f"slot name=$XDSDocumentEntryEntryUUID value=\"('{uuid}')\""),
            ("+", f"slot name=$AssociationTypes value=\"('{ASSOCIATION}XFRM')\""),
            ("+", "slot name=$XDSDocumentEntryType "
                  f"value=\"('{ON_DEMAND}','${{stable}}')\""),
            ("+", "slot name=$MetadataLevel value=2")],
            query=self.running.region.get("GetRelatedDocuments"))
        assert checks.registry_status(answer, "Success") is None, checks.registry_errors(answer)
        sources = checks.nodes(answer, f"//rim:Association[@targetObject='{uuid}']/@sourceObject")
        return [e for e in checks.nodes(answer, "//rim:ExtrinsicObject") if e.get("id") in sources]

    def prescribe(self, facility: str, order: str, drug: str) -> None:
        message = self.running.region.get(f"oid.rx.{order}")
        self.provide(facility, order, drug)
        self.note(drug, message, SYSTEMS[facility])

    def update(self, system: str, unique: str, **values: str) -> Answer:
        """ITI-57: the next version of an entry, which is as it was but for the values."""
        entry = self.latest(unique)
        said = {name: soap.text(entry, f"rim:Slot[@name='{slot}']//rim:Value") or ""
                for name, slot in (("hash", "hash"), ("size", "size"),
                                   ("created", "creationTime"),
                                   ("repo", "repositoryUniqueId"),
                                   ("source-patient", "sourcePatientId"))}
        said |= {"mime": entry.get("mimeType") or "", "type": entry.get("objectType") or "",
                 "type-code": "57833-6", "format": "SS-MIX2_1.20",
                 "format-scheme": "1.2.392.200250.2.1.100.1.2.120", **values}
        if entry.get("objectType") == ON_DEMAND:
            said |= {"no-creation": "yes", "hash": "", "size": ""}
        previous = soap.text(entry, "rim:VersionInfo/@versionName")
        words = " ".join(f"{name}={value}" for name, value in said.items() if value)
        return self.send(system, "iti57.xml", [
            ("+", f"set id=ss uid=${{oid.up.{unique[-8:]}.{previous}}} patient={self.patient}"),
            ("+", f"entry id=v2 version-of={entry.get('lid')} uid={unique} "
                  f"patient={self.patient} {words}"),
            ("+", f"version from=ss to=v2 previous={previous}")])

    def stands(self, system: str, unique: str, was: str, becomes: str) -> Answer:
        return self.send(system, "iti57.xml", [
            ("+", f"set id=ss uid=${{oid.st.{unique[-8:]}.{becomes}}} patient={self.patient}"),
            ("+", f"standing from=ss to={self.latest(unique).get('id')} was={STATUS}{was} "
                  f"becomes={STATUS}{becomes}")])

    @staticmethod
    def succeeds(answer: Answer) -> None:
        assert checks.registry_status(answer, "Success") is None, \
            [dict(each.attrib) for each in checks.registry_errors(answer)]

    # What is seen

    def has(self, system: str, *drugs: str) -> None:
        """It finds these messages' forms and no others; each is of that one message alone, and all
        else is to it as what never was."""
        wanted = {form for drug in drugs for form in self.forms[drug].values()}
        assert self.found(system) == wanted, f"{system}: {self.found(system)}"
        for drug in drugs:
            for form, unique in self.forms[drug].items():
                octets = self.given_form(system, form, unique)
                assert drug.encode() in octets, f"{system} misses {drug}"
                for other in set(self.forms) - {drug}:
                    assert other.encode() not in octets, f"{system} reads {other}"
        for drug in set(self.forms) - set(drugs):
            for unique in self.forms[drug].values():
                if unique not in self.found(system, "Deprecated"):
                    self.misses(system, unique)

    def given_form(self, system: str, form: str, unique: str) -> bytes:
        answer = self.asked(system, unique)
        assert checks.registry_status(answer, "Success") is None, f"{system} is refused {unique}"
        response, = checks.nodes(answer, "//x:DocumentResponse")
        assert soap.text(response, "x:mimeType") == form
        assert not soap.text(response, "x:NewRepositoryUniqueId"), "a form is kept"
        return checks.document_octets(answer, unique) or b""

    # The scenes

    def offered(self) -> None:
        """With the message where it comes afterwards, by the command where it came before."""
        self.before()
        first = self.running.region.get("oid.rx.1")
        self.provide(B, "1", OF_B)
        assert not self.objects(REST, ON_DEMAND), "offered without each"
        self.configure(EACH)
        assert self.offer() == 2, "not one entry a form"
        assert self.offer() == 0, "offered twice"
        self.note(OF_B, first, SYSTEMS[B])
        self.prescribe(A, "2", OF_A)
        for system in EVERYBODY:
            self.has(system, OF_A, OF_B)
        message = self.stored(self.messages[OF_A])
        for form in self.objects(C, ON_DEMAND):
            assert [code(form, what) for what in SCHEME] \
                == [code(message, what) for what in SCHEME]
            assert not form.xpath("rim:Slot[@name='hash' or @name='size' or "
                                  "@name='creationTime']", namespaces=soap.NS)
        self.tool("document", "show", self.forms[OF_A][CDA])
        assert OF_A in self.tool("document", "fetch", self.forms[OF_A][CDA])

    def imported(self) -> None:
        """A storage's prescription, taken back by its file's flag, and had again."""
        path = self.prescribes(A, NUMBERS[A], "5", THIRD)
        before = self.found(REST)
        self.import_all()
        new = {unique_id(e): e.get("mimeType") for e in self.objects(REST, ON_DEMAND)
               if unique_id(e) not in before}
        assert sorted(map(str, new.values())) == sorted((CDA, FHIR)), new
        for unique, form in new.items():
            assert THIRD.encode() in self.given_form(C, str(form), unique)
        for old, flag, there in (("1", "0", False), ("0", "1", True), ("1", "0", False)):
            os.rename(path[:-1] + old, path[:-1] + flag)
            self.import_all()
            assert (new.keys() <= self.found(REST)) is there, f"flag {flag}"
            assert (new.keys() <= self.found(REST, "Deprecated")) is not there, f"flag {flag}"

    def hidden(self) -> None:
        """By its message's patient: a facility, that document for all; and one form alone."""
        self.consents("exclude", A, "--facility", C)
        self.has(C, OF_B)
        self.has(REST, OF_A, OF_B)
        self.consents("include", A, "--facility", C)
        self.consents("exclude", A, "--document", self.messages[OF_A])
        for system in (SYSTEMS[B], C, REST):
            self.has(system, OF_B)
        self.has(A, OF_A, OF_B)
        self.consents("include", A, "--document", self.messages[OF_A])
        one = self.forms[OF_A][FHIR]
        self.consents("exclude", A, "--document", one)
        self.misses(C, one)
        self.given_form(C, CDA, self.forms[OF_A][CDA])
        self.fetched(C, self.messages[OF_A])
        self.consents("include", A, "--document", one)
        self.consents("leave", A)
        self.has(C, OF_B)
        self.consents("join", A)
        self.has(C, OF_A, OF_B)

    def fetched(self, system: str, unique: str) -> None:
        answer = self.asked(system, unique)
        assert checks.registry_status(answer, "Success") is None, f"{system} is refused {unique}"

    def updated(self) -> None:
        """What A says of its message is said of both forms, and the region judges by it; of a form
        alone nobody says anything."""
        with open(os.path.join(self.demo.region, "region.policy"), "a", encoding="utf-8") as rules:
            rules.write(RULES)
        self.configure(EACH)
        message = self.messages[OF_A]
        before = {self.latest(form).get("id") for form in self.forms[OF_A].values()}
        self.has(C, OF_A, OF_B)
        self.succeeds(self.update(A, message, confidentiality="R"))
        forms = self.related(message)
        assert {unique_id(e) for e in forms} == set(self.forms[OF_A].values()), forms
        for form in forms:
            assert code(form, "confidentiality") == "R", "a form says what was"
            assert form.get("status") == STATUS + "Approved" and form.get("id") not in before
            assert soap.text(form, "rim:VersionInfo/@versionName") == "2"
        for system in (SYSTEMS[B], C, REST):
            self.has(system, OF_B)
        self.has(A, OF_A, OF_B)
        for answer in (self.update(A, self.forms[OF_A][CDA], confidentiality="N"),
                       self.stands(A, self.forms[OF_A][CDA], "Approved", "Deprecated")):
            assert checks.registry_error(answer, "XDSMetadataUpdateError", "Error") is None, \
                checks.status_line(answer)
        for system in (SYSTEMS[B], C, REST):
            self.has(system, OF_B)
        for system in (A, "v-corrector"):
            self.succeeds(self.update(system, message, confidentiality="N"))
        for system in EVERYBODY:
            self.has(system, OF_A, OF_B)

    def replaced(self) -> None:
        """Deprecated and Approved with its message; where that is replaced the new one has its
        own."""
        message, old = self.messages[OF_A], self.forms[OF_A]
        self.succeeds(self.stands(A, message, "Approved", "Deprecated"))
        self.has(C, OF_B)
        assert set(old.values()) <= self.found(C, "Deprecated")
        self.succeeds(self.stands(A, message, "Deprecated", "Approved"))
        self.has(C, OF_A, OF_B)
        self.replacing = self.latest(message).get("id") or ""
        self.prescribe(A, "6", MORE)
        self.replacing = ""
        for system in EVERYBODY:
            self.has(system, MORE, OF_B)
        assert set(old.values()) <= self.found(C, "Deprecated")

    def send(self, system: str, subject: str, changes: list[tuple[str, str]],
             **values: str) -> Answer:
        if subject == "iti41.xml" and self.replacing:
            changes = [*changes, ("+", f"link from=d1 to={self.replacing} type={ASSOCIATION}RPLC")]
        return super().send(system, subject, changes, **values)

    def removed(self) -> None:
        """No message leaves a form behind (ITI-62); a rule of retention takes all of both."""
        message = self.latest(self.messages[MORE]).get("id") or ""
        forms = [e.get("id") or "" for e in self.related(self.messages[MORE])]
        alone, whole = self.around(message), self.around(message, *forms)
        for objects, status in ((alone, "Failure"), (whole, "Success")):
            answer = self.send("v-corrector", "iti62.xml",
                               [("+", f"reference id={each}") for each in sorted(objects)])
            assert checks.registry_status(answer, status) is None, \
                [dict(each.attrib) for each in checks.registry_errors(answer)]
        for system in EVERYBODY:
            self.has(system, OF_B)
        self.configure(EACH + RETENTION)
        self.tool("retention", "run", "--rule", "prescriptions")
        for status in ("Approved", "Deprecated"):
            assert not self.found(REST, status), f"{status}: {self.found(REST, status)}"
            assert not self.objects(REST, self.running.region.get("stable"), status)
        for drug in (OF_A, OF_B, MORE):
            for unique in self.forms[drug].values():
                self.refused(SYSTEMS[B], unique)

    def around(self, *entries: str) -> set[str]:
        """Entries with their sets and Associations."""
        found = set(entries)
        for entry in entries:
            for query in ("GetSubmissionSets", "GetAssociations"):
                answer = self.send("v-corrector", "iti18.xml",
                                   [("+", f"slot name=$uuid value=\"('{entry}')\"")],
                                   query=self.running.region.get(query))
                found |= {str(each) for each in checks.nodes(
                    answer, "//rim:RegistryPackage/@id | //rim:Association/@id")}
        return found


def scenes(running: Runner, demo: DemoRegion):
    each = Each(running, demo)
    return [("on-demand-each", "one prescription is had as CDA and as FHIR", each.offered),
            ("on-demand-each-imported", "a form stands as its message does, by the file's flag",
             each.imported),
            ("on-demand-each-hidden", "who may not see the message sees no form of it",
             each.hidden),
            ("on-demand-each-updated", "a form says what its message says, and nobody else",
             each.updated),
            ("on-demand-each-replaced", "a form is Deprecated with its message", each.replaced),
            ("on-demand-each-removed", "a form is removed with its message", each.removed)]
