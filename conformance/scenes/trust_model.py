"""Random histories of feeds, merges, consents and decisions against what
must hold of who sees what.

The model (trust_invariants.py) was written from the promises, without the store's code; the
histories are of trust_people.py, told by trust_telling.py. After every few steps everybody is
asked for everything. A history that shows something else is made smaller and printed with its
seed; MINATO_SEED tells it again, MINATO_HISTORIES says how many there are. Without either the same
few are told each time."""
from __future__ import annotations

import os
from typing import Callable, Iterator

from lib import checks
from lib.region import DemoRegion
from lib.runner import Runner
from lib.scope import fresh
from scenes.ssmix2_storages import minato
from scenes.trust_invariants import Record
from scenes.trust_people import FACILITIES, Histories
from scenes.trust_telling import Telling, Violated

HISTORIES, LENGTH, SEED = 6, 50, 1000
ASKED_EVERY = 5
TRIALS = 60  # of making a history smaller
CONSUMER = "x-consumer"  # sees the ids of every domain


class Asking(Telling):
    """Tells a history, and asks everybody for everything in between."""

    def __init__(self, running: Runner, steps: list[tuple]) -> None:
        super().__init__(running)
        self.steps = steps
        self.proven = {"open": 0, "linked": 0, "closed": 0, "two": 0}

    def tell(self) -> None:
        for number, step in enumerate(self.steps, 1):
            getattr(self, "tell_" + step[0])(*step[1:])
            if number % ASKED_EVERY == 0 or number == len(self.steps):
                seen = list(dict.fromkeys(self.ask()))
                if seen:
                    raise Violated(f"after step {number}: " + "\n     ".join(seen[:8]))

    def ask(self) -> Iterator[str]:
        for facility in FACILITIES:
            yield from self.everything_of(facility)
        for record in self.model.alive():
            yield from self.patient_query(record)
            yield from self.identifiers(record)

    def everything_of(self, facility: str) -> Iterator[str]:
        """GetDocuments and ITI-43 of every document there is."""
        uids = list(self.model.documents)
        if not uids:
            return
        values = ",".join(f"'{uid}'" for uid in uids)
        answer = self.query(facility, "GetDocuments",
                            [("+", f"slot name=$XDSDocumentEntryUniqueId value=\"({values})\"")],
                            **{"return": "ObjectRef"})
        refs = {str(ref) for ref in checks.nodes(answer, "//rim:ObjectRef/@id")}
        listed = {uid for uid, entry in self.entries.items() if entry in refs}
        answer = self.sent(facility, "iti43.xml",
                           [("+", f"want document={uid}") for uid in uids], {})
        fetched = {node.text
                   for node in checks.nodes(answer, "//x:DocumentResponse/x:DocumentUniqueId")}
        for uid, record in self.model.documents.items():
            for what, seen in (("GetDocuments", listed), ("ITI-43", fetched)):
                yield from self.visible(f"{facility} by {what}", facility, record, uid in seen)

    def visible(self, who: str, facility: str, record: Record, seen: bool) -> Iterator[str]:
        if record.facility == facility:
            if not seen:
                yield f"{who} does not see its own document of {record}"
        elif seen:
            if not self.model.may_be_open(record, facility):
                yield f"{who} sees a document of {record}, which nothing has opened to it"
        elif self.model.must_be_open(record, facility):
            yield f"{who} does not see a document of {record}, who has joined"
        self.proven["open"] += self.model.must_be_open(record, facility)
        self.proven["closed"] += record.facility != facility \
            and not self.model.may_be_open(record, facility)

    def patient_query(self, record: Record) -> Iterator[str]:
        """FindDocuments by its facility with its own id."""
        facility = record.facility
        listed = checks.unique_ids(self.query(facility, "FindDocuments", [("+", "patient-slots")],
                                              patient=self.cx(record)), "entries")
        for uid, other in self.model.documents.items():
            who = f"{facility} by FindDocuments of {record}"
            if uid in listed:
                if self.model.must_be_two(record, other):
                    yield f"{who} finds a document of {other}, who is somebody else"
                if other.facility != facility and not self.model.may_be_open(other, facility):
                    yield f"{who} finds a document of {other}, which nothing has opened to it"
            elif other.root is record:
                yield f"{who} does not find its own document of {other}"
            elif self.found_together(record, other, facility):
                yield f"{who} does not find a document of {other}, who is the same and has joined"

    def found_together(self, record: Record, other: Record, asker: str) -> bool:
        return self.model.must_be_linked(record, other) \
            and self.model.must_be_open(record, asker) and \
            self.model.must_be_open(other, asker)

    def identifiers(self, record: Record) -> Iterator[str]:
        """What a consumer of every domain is told by ITI-45 and ITI-9, and
        its facility by ITI-45."""
        values = {"domain": self.domains[record.facility],
                  "id": self.people.ids[record.facility, record.number]}
        for asker, subject in ((CONSUMER, "iti45.xml"), (CONSUMER, "iti9.hl7"),
                               (record.facility, "iti45.xml")):
            answer = self.sent(asker, subject, [], {**values, "objects": ""})
            told = checks.identifiers(answer)
            who = f"{asker} by {subject.split('.', 1)[0]} of {record}"
            for other in self.model.records.values():
                known = f"{self.domains[other.facility]}^" \
                    f"{self.people.ids[other.facility, other.number]}" in told
                yield from self.linked(who, asker, record, other, known)

    def linked(self, who: str, asker: str, record: Record, other: Record,
               told: bool) -> Iterator[str]:
        two = self.model.must_be_two(record, other)
        self.proven["two"] += two
        if told:
            if other is record or other.survivor:
                yield f"{who} is told {other}, the id it asked with or a subsumed one"
            elif two:
                yield f"{who} is told {other}, who is somebody else"
            for each in (record, other):
                if each.facility != asker and not self.model.may_be_open(each, asker):
                    yield f"{who} is told {other}, though nothing has opened {each}"
        elif asker == CONSUMER and not other.survivor and self.found_together(record, other, asker):
            yield f"{who} is not told {other}, who is the same and has joined"
        self.proven["linked"] += asker == CONSUMER and not other.survivor \
            and self.found_together(record, other, asker)


def printed(steps: list[tuple]) -> str:
    return "\n       ".join(" ".join(str(tuple(word)) if isinstance(word, tuple) else str(word)
                                     for word in step) for step in steps)


class Trust:
    """Tells histories, and makes those smaller that show something wrong."""

    def __init__(self, running: Runner) -> None:
        self.running = running
        self.known: set[str] = set()

    def wrong(self, steps: list[tuple], proven: dict[str, int] | None = None) -> str:
        telling = Asking(self.running, steps)
        try:
            telling.tell()
            self.check()
        except Violated as fault:
            return str(fault)
        for what, count in telling.proven.items():
            if proven is not None:
                proven[what] = proven.get(what, 0) + count
        return ""

    def check(self) -> None:
        """`minato check` finds nothing that it did not find of an earlier history."""
        done = minato(self.running.target, "check")
        new = [line for line in done.stdout.splitlines()[1:] if line.strip()
               and line not in self.known]
        self.known.update(new)
        if done.returncode and new:
            raise Violated("minato check: " + "; ".join(" ".join(line.split()) for line in new))

    def smaller(self, steps: list[tuple]) -> list[tuple]:
        """Without what it does not need, within bounds."""
        trials, size = TRIALS, max(1, len(steps) // 4)
        while trials and size:
            at = 0
            while trials and at < len(steps):
                less, trials = steps[:at] + steps[at + size:], trials - 1
                if self.wrong(less):
                    steps = less
                else:
                    at += size
            size //= 2
        return steps

    def show(self) -> None:
        # What every change must pass is the same each time; whoever asks for more gets others.
        more = "MINATO_HISTORIES" in os.environ
        first = int(os.environ.get("MINATO_SEED", fresh.randrange(10**9) if more else SEED))
        count = int(os.environ.get("MINATO_HISTORIES", HISTORIES))
        proven: dict[str, int] = {}
        for seed in range(first, first + count):
            steps = Histories(seed, LENGTH).steps()
            fault = self.wrong(steps, proven)
            if fault:
                steps = self.smaller(steps)
                raise Violated(
                    f"seed {seed}: {self.wrong(steps) or fault}\n       {printed(steps)}")
        print(f"     seeds {first} to {first + count - 1}: "
              + ", ".join(f"{count} {what}" for what, count in sorted(proven.items())))
        assert count < HISTORIES \
            or all(proven.values()), f"seeds from {first} on: something was never shown: {proven}"


def scenes(running: Runner, _: DemoRegion) -> list[tuple[str, str, Callable[[], None]]]:
    """(name, what it shows, the function that fails when it is not so)."""
    return [("trust-model",
             "whatever is fed and decided, who sees what is what the persons decided",
             Trust(running).show)]
