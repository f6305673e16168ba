"""A history of trust_people.py told to a gateway, step by step, and to the model
of trust_invariants.py."""
from __future__ import annotations

from lib import checks
from lib.answers import Answer
from lib.casefile import Step
from lib.local import Local
from lib.runner import Runner
from lib.scope import Scope
from scenes.trust_invariants import Model, Record
from scenes.trust_people import FACILITIES, People

LONG_AGO = "20200101090000"


class Violated(Exception):
    """What was seen is not what must be."""


class Telling:
    """One history told to the gateway, with names of its own, and to the model: tell_KIND
    for each kind of step."""

    def __init__(self, running: Runner) -> None:
        self.running = running
        self.people, self.model = People(), Model()
        self.domains = {facility: running.region.get(f"domain.{facility[0]}")
                        for facility in FACILITIES}
        self.entries: dict[str, str] = {}  # a document's entryUUID

    def message(self, facility: str, dialect: str, more: str, values: dict[str, str],
                order: int) -> bool:
        values = {**values, "domain": self.domains[facility]}
        event, subject, changes = "A08", "iti8.hl7", []
        if dialect == "v3":
            event, subject, more = "02", "iti44.xml", \
                f'<id root="{values["domain"]}" extension="{more}"/>' if more else ""
            if order:
                changes = [("^",
                            "//v3:patientPerson/v3:addr = <v3:multipleBirthInd value=\"true\"/>"
                            f"<v3:multipleBirthOrderNumber value=\"{order}\"/>")]
        else:
            more = f"~{more}^^^&{values['domain']}&ISO" if more else ""
            values["more-pid"] = f"|||||||||||Y|{order}" if order else '|||||||||||""|""'
        answer = self.sent(facility, subject, changes, {**values, "event": event, "more-ids": more})
        return self.taken(answer)

    def sent(self, system: str, subject: str, changes: list[tuple[str, str]],
             values: dict[str, str]) -> Answer:
        step = Step("history", "send", system, subject, changes=changes)
        scope = Scope(self.running.region, **values)
        return self.running.send_hl7(step, scope) if subject.endswith(".hl7") \
            else self.running.send_soap(step, scope)

    def taken(self, answer: Answer) -> bool:
        if answer.hl7 is not None:
            return answer.hl7.get("MSA-1") == "AA"
        return checks.accept_ack(answer, "CA") is None

    def tell_feed(self, facility: str, number: int, demo, dialect: str) -> None:
        values = {**self.people.values(demo), "id": self.people.ids[facility, number]}
        record = self.model.records.get((facility, number))
        taken = self.message(facility, dialect, "", values, demo.order)
        if record and record.survivor:
            self.must(not taken, f"a feed of the subsumed {record} is taken")
        else:
            self.must(taken, f"a feed of {number}@{facility} is refused")
            self.model.fed(facility, number, demo)

    def tell_two(self, facility: str, number: int, second: int, demo, dialect: str) -> None:
        records = [self.model.records.get((facility, each)) for each in (number, second)]
        if any(record and record.survivor for record in records):
            return
        values = {**self.people.values(demo), "id": self.people.ids[facility, number]}
        self.must(self.message(facility, dialect, self.people.ids[facility, second], values,
                               demo.order), "two ids are refused")
        self.model.tied(self.model.fed(facility, number, demo),
                        self.model.fed(facility, second, demo))

    def tell_older(self, facility: str, number: int, demo, dialect: str) -> None:
        """What it says is not taken over, whatever is answered."""
        record = self.model.records.get((facility, number))
        if record and not record.survivor:
            self.message(facility, dialect, "",
                         {**self.people.values(demo), "id": self.people.ids[facility, number],
                          "now": LONG_AGO}, demo.order)

    def tell_merge(self, facility: str, prior: int, survivor: int, dialect: str) -> None:
        one, other = (self.model.records.get((facility, number)) for number in (prior, survivor))
        if not one or not other or one.root is other.root or one.survivor:
            return
        subject = "iti8-merge.hl7" if dialect == "v2" else "iti44-merge.xml"
        answer = self.sent(facility, subject, [], {"domain": self.domains[facility],
                                                   "survivor": self.people.ids[facility, survivor],
                                                   "prior": self.people.ids[facility, prior]})
        if self.taken(answer):
            self.model.merged(one, other)
        else:
            self.must(bool(other.survivor) or self.model.decided_apart(one, other),
                      f"a merge of {one} into {other} is refused")

    def operator(self, path: str, **members: str) -> bool:
        """What `minato consent` and `minato patient` ask, and whether it is done."""
        return Local(self.running.target.socket).post(path, reason="history",
                                                      **members) // 100 == 2

    def named(self, record: Record) -> str:
        return f"{self.people.ids[record.facility, record.number]}@{record.facility}"

    def consent(self, kind: str, facility: str, number: int, excluded: str = "") -> None:
        record = self.model.records.get((facility, number))
        if record and not record.survivor:
            done = self.operator("/admin/consent", action=kind, patient=self.named(record),
                                 **({"facility": excluded} if excluded else {}))
            self.must(done or not record.settled, f"consent {kind} for {record} is refused")
            if done:
                self.model.decided(kind, record, excluded)

    def tell_join(self, facility: str, number: int) -> None:
        self.consent("join", facility, number)

    def tell_leave(self, facility: str, number: int) -> None:
        self.consent("leave", facility, number)

    def tell_exclude(self, facility: str, number: int, excluded: str) -> None:
        self.consent("exclude", facility, number, excluded)

    def tell_include(self, facility: str, number: int, excluded: str) -> None:
        self.consent("include", facility, number, excluded)

    def of_two(self, kind: str, facility: str, number: int, other_facility: str,
               other_number: int) -> None:
        one, other = self.model.records.get((facility, number)), self.model.records.get(
            (other_facility, other_number))
        if one and other and one is not other and not one.survivor and not other.survivor:
            if self.operator("/admin/patient/decision", action=kind,
                             patient=self.named(one), other=self.named(other)):
                self.model.decided_of_two(kind, one, other)

    def tell_apart(self, *two) -> None:
        self.of_two("apart", *two)

    def tell_together(self, *two) -> None:
        self.of_two("together", *two)

    def tell_undo(self, *two) -> None:
        self.of_two("undo", *two)

    def tell_confirm(self, facility: str, number: int) -> None:
        record = self.model.records.get((facility, number))
        if record and not record.survivor and self.operator(
                "/admin/patient/decision", action="confirm", patient=self.named(record)):
            record.confirmed = True

    def tell_doc(self, facility: str, number: int) -> None:
        record = self.model.records.get((facility, number))
        if not record or record.survivor:
            return
        scope = Scope(self.running.region, patient=self.cx(record))
        parts = ("set id=ss uid=${oid.s} patient=${patient}",
                 "entry id=d1 uid=${oid.d} patient=${patient}",
                 "member from=ss to=d1", "document id=d1 text=history")
        for part in parts:
            scope.settle(part)
        answer = self.running.send_soap(Step("history", "send", facility, "iti41.xml",
                                             changes=[("+", part) for part in parts]), scope)
        self.must(checks.registry_status(answer, "Success") is None,
                  f"a document of {record} is refused")
        uid = scope.get("oid.d")
        self.model.documents[uid] = record
        answer = self.query(facility, "GetDocuments",
                            [("+", f"slot name=$XDSDocumentEntryUniqueId value=\"('{uid}')\"")])
        self.entries[uid] = "".join(map(str, checks.nodes(answer, "//rim:ExtrinsicObject/@id")))
        self.must(bool(self.entries[uid]),
                  f"{facility} does not see the document of {record} that it submitted")

    def cx(self, record: Record) -> str:
        return f"{self.people.ids[record.facility, record.number]}^^^" \
            f"&{self.domains[record.facility]}&ISO"

    def must(self, holds: bool, what: str) -> None:
        if not holds:
            raise Violated(what)

    def query(self, system: str, query: str, changes: list[tuple[str, str]],
              **values: str) -> Answer:
        answer = self.sent(system, "iti18.xml", changes,
                           {"query": self.running.region.get(query), **values})
        wrong = checks.registry_status(answer, "Success")
        self.must(wrong is None, f"{query} by {system}: {wrong}")
        return answer
