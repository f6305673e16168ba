"""Prescriptions that facilities provide (ITI-41), the lists made of them, and the lists that are
kept as they were given (ITI TF-2: 3.43.4.2.3), from each party's side.

One person under two names, at A and at B, the same by an operator's decision; both joined. So
consent about the one name says nothing of the other, and a list of both has two sources."""
from __future__ import annotations

import json
import re

from lib import checks, soap
from lib.region import DemoRegion
from lib.runner import Runner
from scenes.on_demand import (A, B, C, CDA, CODES, FHIR, NUMBERS, REST, SECTION, SYSTEMS, WHY,
                              Lists, person)
from tests.samples import ssmix2

PERSIST = SECTION.replace("}", '\tpersist = "yes"\n}')
OF_A, OF_B, MORE = "戊錠５ｍｇ", "己錠１０ｍｇ", "庚錠２ｍｇ"
SNAPSHOT = "urn:ihe:iti:2010:AssociationType:IsSnapshotOf"
HEAD = ("MSH|^~\\&|OWN|SEND|GATEWAY|RECEIVE|20240401101500||RDE^O11^RDE_O11|1|P|2.5||||||"
        "UNICODE UTF-8")


class Kept(Lists):
    """As the other lists' region; the prescriptions come by ITI-41."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        super().__init__(running, demo)
        self.snapshots: dict[str, str] = {}  # uniqueId of what was given, by what it is of

    def provide(self, facility: str, order: str, drug: str) -> None:
        """As a clinic's system shares any document, with the codes of a prescription."""
        lines = [HEAD, person(facility, NUMBERS[facility]).segment(), "PV1|1|O",
                 *ssmix2.order(order, drug)]
        message, patient = "\r".join(lines) + "\r", self.own(facility)
        answer = self.send(SYSTEMS[facility], "iti41.xml", [
            ("+", f"set id=ss uid=${{oid.set.{order}}} patient={self.patient}"),
            ("+", f"entry id=d1 uid=${{oid.rx.{order}}} patient={self.patient} "
                  f"source-patient={patient} mime=text/plain type-code=57833-6 "
                  "format=SS-MIX2_1.20 format-scheme=1.2.392.200250.2.1.100.1.2.120 "
                  f"created=202404020900{int(order):02}"),
            ("+", "member from=ss to=d1"),
            ("+", f'document id=d1 text="{message}"'.replace("\\", "\\\\"))])
        assert checks.registry_status(answer, "Success") is None, \
            [dict(each.attrib) for each in checks.registry_errors(answer)]

    def consents(self, verb: str, facility: str, *which: str) -> None:
        self.tool("consent", verb, *which, "--patient",
                  f"{NUMBERS[facility]}@{SYSTEMS[facility]}", *WHY)

    def stable(self, system: str) -> set[str]:
        """UniqueIds of the lists the system finds as documents."""
        answer = self.send(system, "iti18.xml", [
            ("+", "patient-slots"),
            ("+", "slot name=$XDSDocumentEntryTypeCode "
                  "value=\"('56445-0^^2.16.840.1.113883.6.1')\"")],
            query=self.running.region.get("FindDocuments"), patient=self.patient)
        assert checks.registry_status(answer, "Success") is None, checks.registry_errors(answer)
        return {str(each) for each in checks.nodes(
            answer, "//rim:ExternalIdentifier[@identificationScheme="
                    f"'{checks.SCHEMES['entries']}']/@value")}

    def given(self, system: str, form: str) -> tuple[str, bytes]:
        """A list that is kept: its new uniqueId, and the octets."""
        answer = self.asked(system, self.ids[form])
        assert checks.registry_status(answer, "Success") is None, \
            [dict(each.attrib) for each in checks.registry_errors(answer)]
        response, = checks.nodes(answer, "//x:DocumentResponse")
        assert soap.text(response, "x:NewRepositoryUniqueId") \
            == self.running.region.get("repository"), "it is not kept"
        octets = checks.document_octets(answer, self.ids[form])
        assert octets
        return soap.text(response, "x:NewDocumentUniqueId") or "", octets

    def fetches(self, system: str, unique_id: str, octets: bytes) -> None:
        answer = self.asked(system, unique_id)
        assert checks.registry_status(answer, "Success") is None, f"{system} is refused"
        assert checks.document_octets(answer, unique_id) == octets
        assert not checks.nodes(answer, "//x:NewDocumentUniqueId")

    def misses(self, system: str, unique_id: str) -> None:
        """What is hidden is answered as what is not there, octet for octet but for the ids."""
        self.refused(system, unique_id)
        nobodys = unique_id[:-1] + str((int(unique_id[-1]) + 1) % 10)
        told = [[re.sub(f"{re.escape(uid)}|exchange [0-9a-f]+", "", repr(dict(each.attrib)))
                 for each in checks.registry_errors(self.asked(system, uid))]
                for uid in (unique_id, nobodys)]
        assert told[0] == told[1], told
        assert unique_id not in self.stable(system), f"{system} finds it"

    # The scenes

    def before(self) -> None:
        """The person, and nothing prescribed."""
        self.configure(SECTION)
        self.knows(A, NUMBERS[A])
        self.knows(B, NUMBERS[B], "19801212")
        self.import_all()
        self.tool("patient", "together", f"{NUMBERS[A]}@{A}", f"{NUMBERS[B]}@{SYSTEMS[B]}", *WHY)
        for facility in (A, B):
            self.consents("join", facility)
        affinity = self.running.region.get("domain.affinity")
        answer = self.send(A, "iti45.xml", [("+", f"source domain={affinity}")],
                           domain="1.2.392.100495.20.3.51.1" + CODES[A], id=NUMBERS[A])
        regional, = [str(told).split("^")[1] for told in checks.identifiers(answer)
                     if str(told).startswith(affinity + "^")]
        self.patient = f"{regional}^^^&{affinity}&ISO"

    def provided(self) -> None:
        """The list is offered with the first one, and has both, in both forms, for whoever may
        see both."""
        self.before()
        assert not self.entries(C, self.patient)
        self.provide(B, "1", OF_B)
        for form, entry in self.entries(C, self.patient).items():
            self.ids[form] = soap.text(
                entry, "rim:ExternalIdentifier[@identificationScheme="
                       f"'{checks.SCHEMES['entries']}']/@value") or ""
        assert set(self.ids) == {CDA, FHIR}, self.ids
        self.sees(C, OF_B)
        self.provide(A, "2", OF_A)
        for system in (A, SYSTEMS[B], C, REST):
            self.sees(system, OF_A, OF_B)

    def excluded(self) -> None:
        """Who is excluded from the one name has a list of the other's; from both, none."""
        both, only = self.made(C, CDA), None
        self.consents("exclude", A, "--facility", C)
        self.sees(C, OF_B)
        only = self.made(C, CDA)
        for secret in (OF_A, NUMBERS[A], "例示^太郎"):
            assert secret.encode() not in only[1], f"C reads {secret}"
        for system in (A, SYSTEMS[B], REST):
            self.sees(system, OF_A, OF_B)
        self.consents("exclude", B, "--facility", C)
        self.refused(C, self.ids[CDA])
        self.consents("include", B, "--facility", C)
        self.consents("include", A, "--facility", C)
        assert self.made(C, CDA) == both

    def kept(self) -> None:
        """With persist the same lists are kept once, and are documents for all who see both."""
        before = self.made(C, CDA)
        assert not self.stable(C), "a list was kept"
        self.misses(C, before[0])
        self.configure(PERSIST)
        for form in (CDA, FHIR):
            unique_id, octets = self.given(C, form)
            assert self.given(A, form) == (unique_id, octets), "kept twice"
            for system in (A, SYSTEMS[B], C, REST):
                self.fetches(system, unique_id, octets)
            self.snapshots[form] = unique_id
        assert self.snapshots[CDA] == before[0], "the same content is another document"
        assert self.stable(REST) == set(self.snapshots.values())
        audit = json.loads(self.tool("audit", "search", "--transaction", "ITI-42", "--patient",
                                     f"{NUMBERS[A]}@{A}", "--output", "json"))
        assert len(audit["records"] if isinstance(audit, dict) else audit) == 2, audit
        entry = checks.nodes(self.send(C, "iti18.xml", [
            ("+", f"slot name=$XDSDocumentEntryUniqueId value=\"('{before[0]}')\"")],
            query=self.running.region.get("GetDocumentsAndAssociations")),
            f"//rim:Association[@associationType='{SNAPSHOT}']/@targetObject")
        assert [str(each) for each in entry] == [self.entries(C, self.patient)[CDA].get("id")]

    def kept_and_excluded(self) -> None:
        """A snapshot of two sources is gone for who may not see either, and there again after."""
        unique_id, octets = self.given(REST, CDA)
        for facility in (A, B):
            self.consents("exclude", facility, "--facility", C)
            self.misses(C, unique_id)
            self.fetches(REST, unique_id, octets)
            self.consents("include", facility, "--facility", C)
            self.fetches(C, unique_id, octets)
        self.consents("exclude", A, "--facility", C)
        part, fewer = self.given(C, CDA)
        assert part != unique_id and OF_A.encode() not in fewer
        for system in (C, REST, SYSTEMS[B]):
            self.fetches(system, part, fewer)
        assert self.stable(C) == {part}, self.stable(C)
        self.consents("leave", B)
        for system in (A, C, REST):
            self.misses(system, unique_id)
            self.misses(system, part)
        self.consents("join", B)
        self.consents("include", A, "--facility", C)
        self.fetches(C, unique_id, octets)

    def kept_and_parted(self) -> None:
        """One person no longer: a list of both is nobody's, whoever saw it before."""
        unique_id, octets = self.given(REST, CDA)
        pair = (f"{NUMBERS[A]}@{A}", f"{NUMBERS[B]}@{SYSTEMS[B]}")
        self.tool("patient", "apart", *pair, *WHY)
        for system in (A, SYSTEMS[B], C, REST):
            self.refused(system, unique_id)
        self.tool("document", "show", unique_id)
        self.tool("patient", "together", *pair, *WHY)
        self.fetches(REST, unique_id, octets)

    def kept_and_changed(self) -> None:
        """What was given stays as it was, whatever is prescribed afterwards."""
        unique_id, octets = self.given(REST, CDA)
        self.provide(A, "3", MORE)
        later, more = self.given(REST, CDA)
        assert later != unique_id and MORE.encode() in more and MORE.encode() not in octets
        self.fetches(C, unique_id, octets)
        self.fetches(C, later, more)
        self.configure(SECTION)
        assert self.made(C, CDA) == (later, more)
        self.fetches(C, unique_id, octets)


def scenes(running: Runner, demo: DemoRegion):
    each = Kept(running, demo)
    return [("on-demand-provided", "lists are made of what was provided by ITI-41",
             each.provided),
            ("on-demand-provided-excluded", "who may see one name's has a list of that",
             each.excluded),
            ("on-demand-kept", "what was given is kept, once, and registered", each.kept),
            ("on-demand-kept-excluded", "who may not see one source does not see the snapshot",
             each.kept_and_excluded),
            ("on-demand-kept-parted", "of who are two persons it is nobody's",
             each.kept_and_parted),
            ("on-demand-kept-changed", "what was given stays as it was", each.kept_and_changed)]
