"""Mixed load as a hospital makes it: one thread, which remembers what was acknowledged.

What the gateway acknowledged must be there whatever happens to it; what it did not acknowledge is
in doubt, and must after all be there whole or not at all. Each owns its persons: nobody else writes
about them, so that what it remembers is the whole truth.
"""
from __future__ import annotations

import collections
import hashlib
import os
import random
import threading
import typing

from .hospital import (DOMAINS, Document, Hospital, Messages, Person, Refused, Unwanted, fresh,
                       fresh_oid, fresh_uuid)
from .service import Service

A, B = "a-hospital", "b-clinic"
# Below it a document's octets lie among the keys, above it in a file of their own (store/blobs.h).
SMALL, LARGE = 60_000, (70_000, 300_000)
PERSONS = 6         # it speaks of so many at a time, then admits others
DOCUMENTS = 12      # and submits so many documents for one


class Killed(Exception):
    """The gateway went away in the middle of an exchange."""


def make_document(size: int) -> tuple[Document, bytes]:
    octets = os.urandom(size)
    return Document(fresh_oid(), hashlib.sha1(octets).hexdigest(), size, fresh_uuid()), octets


class Load:
    """Persons, what was acknowledged of them, and what is in doubt."""

    def __init__(self, service: Service, messages: Messages) -> None:
        self.service = service
        self.systems = {name: Hospital(service.target, name, messages) for name in DOMAINS}
        self.active: list[Person] = []
        self.all: list[Person] = []
        self.touched: dict[int, Person] = {}
        self.doubts: list[typing.Callable[[], str | None]] = []
        self.audited: collections.Counter[tuple[str, str]] = collections.Counter()
        self.faults: list[str] = []
        self.awaited: set[str] = set()  # MessageIDs whose answers go elsewhere, and were accepted
        self.acknowledged = 0

    def close(self) -> None:
        for system in self.systems.values():
            system.close()

    # -- one exchange ----------------------------------------------------------------------------

    def exchange(self, code: str, tokens: list[str], call: typing.Callable,
                 doubt: typing.Callable | None = None):
        """Makes the call; its acknowledgement is remembered, its absence is a doubt."""
        try:
            answer = call()
        except Refused as refused:
            if doubt is not None:
                self.doubts.append(doubt)
            raise Killed(code) from refused
        self.acknowledged += 1
        for token in tokens:
            self.audited[code, token] += 1
        return answer

    def work(self, stop: threading.Event) -> None:
        """Until told to stop, or until nobody answers."""
        try:
            while not stop.is_set():
                self.step()
        except Killed:
            pass
        except Exception as fault:  # pylint: disable=broad-except
            self.faults.append(f"{type(fault).__name__}: {fault}")

    def step(self) -> None:
        if len(self.active) < PERSONS:
            person = Person()
            self.active.append(person)
            self.all.append(person)
        person = random.choice(self.active)
        self.touched[id(person)] = person
        for system in DOMAINS:
            if system not in person.known:
                return self.feed(person, system)
        if not person.joined:
            return self.consent(person, "join")
        if person.affinity is None:
            return self.look_up(person)
        if len(person.documents) >= DOCUMENTS:
            self.active.remove(person)
        deeds = [(self.submit, 6), (self.replace, 2), (self.find, 3), (self.retrieve, 3),
                 (self.look_up, 3), (self.revise, 2), (self.merge, 2), (self.pair, 2),
                 (self.decide, 1)]
        if self.service.letters is not None:
            deeds.append((self.ask_elsewhere, 3))
        deed = random.choices([d for d, _ in deeds], [w for _, w in deeds])[0]
        return deed(person)

    # -- what a load does ------------------------------------------------------------------------

    def feed(self, person: Person, name: str) -> None:
        system, number = self.systems[name], person.ids[name]
        code, send = random.choice([("ITI-44", system.feed), ("ITI-8", system.feed_hl7),
                                    ("ITI-30", system.feed_managed)])

        def settle() -> str | None:
            if system.identify(number) is not None:
                person.known.add(name)
            return None

        self.exchange(code, [person.name_at(name)], lambda: send(number, person), settle)
        person.known.add(name)

    def revise(self, person: Person) -> None:
        """A new address: the links stay, because the phone does."""
        system = self.systems[A]
        self.exchange("ITI-44", [person.name_at(A)],
                      lambda: system.feed(person.ids[A], person, event="02"))

    def merge(self, person: Person) -> None:
        system, prior = self.systems[A], fresh("R")
        cx = f"{prior}^^^&{DOMAINS[A]}&ISO"
        stranger = Person()

        def settle_feed() -> str | None:
            if system.identify(prior) is not None:
                person.priors[prior] = False
            return None

        self.exchange("ITI-44", [cx], lambda: system.feed(prior, stranger), settle_feed)
        person.priors[prior] = False
        # By another number for its own record, too, nobody knows the one before.
        own, new = person.ids[A], fresh("R")
        code, send, into = random.choice([
            ("ITI-44", system.merge, own), ("ITI-8", system.merge_hl7, own),
            ("ITI-30", system.merge_managed, own), ("ITI-30", system.change_id, new)])

        def settle_merge() -> str | None:
            person.priors[prior] = system.identify(prior) is None
            return None

        self.exchange(code, [cx, f"{into}^^^&{DOMAINS[A]}&ISO"],
                      lambda: send(into, prior), settle_merge)
        person.priors[prior] = True

    def pair(self, person: Person) -> None:
        """A second number of his, linked before it is fed; then parted again, by its source or by
        the operator, or not."""
        system, own, second = self.systems[A], person.ids[A], fresh("L")
        both = [f"{number}^^^&{DOMAINS[A]}&ISO" for number in (own, second)]
        him = Person(family=person.family, given=person.given)      # moved, another phone
        self.exchange("ITI-30", both, lambda: system.link(own, second), lambda: None)

        def settle_feed() -> str | None:
            if system.identify(second) is not None:
                person.pairs[second] = True
            return None

        self.exchange("ITI-30", both[1:], lambda: system.feed_managed(second, him), settle_feed)
        person.pairs[second] = True

        def settle_parting() -> str | None:
            person.pairs[second] = system.identify(second) == person.affinity
            return None

        how = random.choice(["stays", "unlinked", "decided"])
        if how == "unlinked":
            self.exchange("ITI-30", both, lambda: system.link(own, second, "A37"), settle_parting)
        elif how == "decided":
            self.exchange("patient", [], lambda: self.ask(
                "patient", "apart", f"{own}@{A}", f"{second}@{A}", "--reason", "fault test"),
                settle_parting)
        person.pairs[second] = how == "stays"

    def ask(self, *words: str) -> None:
        """The operator's tool; without an answer it ends with 5, or in the middle with 1."""
        status, text = self.service.ask(*words)
        if status == 0:
            return
        if not self.service.alive() or status == 5 or "ended" in text \
                or "could not" in text.lower():
            raise Refused(text)
        raise Unwanted(" ".join(words[:2]), [f"exit {status}", text.strip()])

    def consent(self, person: Person, action: str) -> None:
        name = random.choice([A, B])
        words = ["consent", action, "--patient", person.name_at(name), "--reason", "fault test"]
        if action in ("exclude", "include"):
            words += ["--facility", "d-pharmacy"]
        if random.random() < 0.3:  # the rows of one with an end have more to them
            words += ["--until", "2099-01-01"]

        def settle() -> str | None:
            shown = self.service.ask_json("consent", "show", "--patient", person.name_at(A))
            person.joined, person.excluded = self.decided(shown)
            return None

        self.exchange("consent", [person.name_at(name)], lambda: self.ask(*words), settle)
        person.joined = person.joined or action == "join"
        person.excluded = action == "exclude" or person.excluded and action != "include"

    @staticmethod
    def decided(shown: dict) -> tuple[bool, bool]:
        return (shown["participation"] == "joined",
                any(each["facility"] == "d-pharmacy" for each in shown["excluded"]))

    def decide(self, person: Person) -> None:
        self.consent(person, "include" if person.excluded else "exclude")

    def look_up(self, person: Person) -> None:
        name = random.choice([A, B])
        system = self.systems[name]
        code, ask = random.choice([("ITI-45", system.identify), ("ITI-9", system.identify_hl7)])
        found = self.exchange(code, [person.name_at(name)], lambda: ask(person.ids[name]))
        if not found or person.affinity not in (None, found):
            self.faults.append(f"{code} by {name}: {found}, not {person.affinity}")
        person.affinity = found or person.affinity

    def submit(self, person: Person, replaces: Document | None = None) -> None:
        sizes = [random.randrange(1, SMALL) if random.random() < 0.75 else random.randrange(*LARGE)
                 for _ in range(1 if replaces else random.choice([1, 1, 2, 3]))]
        made, set_uid = [make_document(size) for size in sizes], fresh_oid()
        source = replaces.source if replaces else random.choice([A, B])
        system = self.systems[source]

        def keep() -> None:
            for document, _ in made:
                document.source = source
                person.documents[document.uid] = document
            if replaces:
                replaces.approved = False

        def settle() -> str | None:
            return self.settle_submission(person, [d for d, _ in made], set_uid, replaces, keep)

        self.exchange("ITI-41", [set_uid],
                      lambda: system.submit(person, made, set_uid, replaces), settle)
        keep()

    def settle_submission(self, person: Person, made: list[Document], set_uid: str,
                          replaces: Document | None, keep: typing.Callable[[], None]) -> str | None:
        """Whole or absent: its set, its entries, its associations, its octets, what it replaced."""
        system = self.systems[A]
        sets, entries, associations = system.contents(set_uid)
        octets = system.retrieve([document.uid for document in made])
        found = system.find(person, "any")
        there = sets == 1
        if there:
            keep()
        part = {"set": sets, "entries": len(entries), "associations": associations,
                "retrieved": len(octets), "found": sum(document.uid in found for document in made)}
        # Its RPLC association joins two entries, of which one is another submission's.
        whole = {"set": 1, "entries": len(made), "associations": associations,
                 "retrieved": len(made), "found": len(made)}
        wanted = whole if there else dict.fromkeys(part, 0)
        if part != wanted or there and associations < len(made):
            return f"half a submission {set_uid}: {part}"
        if replaces and replaces.uid in found and found[replaces.uid].approved == there:
            return f"submission {set_uid} is {'there' if there else 'absent'}, what it replaces " \
                "does not say so"
        return None

    def replace(self, person: Person) -> None:
        approved = [document for document in person.documents.values() if document.approved]
        if approved:
            self.submit(person, random.choice(approved))

    def find(self, person: Person) -> None:
        system = self.systems[random.choice([A, B])]
        found = self.exchange("ITI-18", [person.patient], lambda: system.find(person))
        self.faults += self.differences(person, found, approved_only=True)

    def retrieve(self, person: Person) -> None:
        if person.documents:
            document = random.choice(list(person.documents.values()))
            system = self.systems[random.choice([A, B])]
            found = self.exchange("ITI-43", [document.uid], lambda: system.retrieve([document.uid]))
            self.faults += self.wrong_octets([document], found)

    def ask_elsewhere(self, person: Person) -> None:
        """Of a system that may have its answers sent to where the letters arrive."""
        system, message_id = self.systems[B], fresh_uuid()
        address = self.service.letters.address
        if person.documents and random.random() < 0.5:
            uid = random.choice(list(person.documents))
            self.exchange("ITI-43", [uid],
                          lambda: system.retrieve_elsewhere(uid, address, message_id))
        else:
            self.exchange("ITI-18", [person.patient],
                          lambda: system.find_elsewhere(person, address, message_id))
        self.awaited.add(message_id)

    # -- what must hold --------------------------------------------------------------------------

    @staticmethod
    def differences(person: Person, found: dict[str, Document],
                    approved_only: bool = False) -> list[str]:
        wanted = {d.uid: d for d in person.documents.values() if d.approved or not approved_only}
        faults = [f"document {uid} is lost" for uid in wanted.keys() - found.keys()]
        faults += [f"document {uid} was never acknowledged" for uid in found.keys() - wanted.keys()]
        return faults + [f"document {uid}: {found[uid]}, not {wanted[uid]}"
                         for uid in wanted.keys() & found.keys() if found[uid] != wanted[uid]]

    @staticmethod
    def wrong_octets(documents: list[Document], found: dict[str, bytes]) -> list[str]:
        return [f"document {d.uid}: " + ("not retrieved" if d.uid not in found else "other octets")
                for d in documents
                if hashlib.sha1(found.get(d.uid, b"")).hexdigest() != d.octets_sha1]

    def verify_person(self, person: Person) -> list[str]:
        faults = []
        for name in sorted(person.known):
            found = self.systems[name].identify(person.ids[name])
            if found is None or person.affinity and found != person.affinity:
                faults.append(
                    f"feed of {person.ids[name]} at {name}: {found}, not {person.affinity}")
        for prior, merged in person.priors.items():
            if (self.systems[A].identify(prior) is None) != merged:
                faults.append(f"{prior} is {'still there' if merged else 'gone'}")
        for second, his in person.pairs.items():
            found = self.systems[A].identify(second)
            if found is None or (found == person.affinity) != his:
                faults.append(f"{second} is {found}, and {'' if his else 'not '}{person.affinity}")
        if person.affinity:
            faults += self.differences(person, self.systems[A].find(person, "any"))
            documents = list(person.documents.values())
            if documents:
                faults += self.wrong_octets(documents,
                                            self.systems[B].retrieve([d.uid for d in documents]))
        return faults

    def verify_consent(self, person: Person) -> list[str]:
        shown = self.service.ask_json("consent", "show", "--patient", person.name_at(A))
        seen = self.decided(shown)
        return [] if seen == (person.joined, person.excluded) \
            else [f"consent of {person.ids[A]}: {seen}"]

    def verify(self, everything: bool) -> None:
        """Doubts first; then those touched since the last time, or everybody."""
        try:
            doubts, self.doubts = self.doubts, []
            self.faults += [fault for fault in (settle() for settle in doubts) if fault]
            for person in self.all if everything else self.touched.values():
                self.faults += self.verify_person(person)
            # One process for each question: of all persons only those just decided about.
            for person in self.touched.values():
                if A in person.known and person.joined:
                    self.faults += self.verify_consent(person)
            self.touched = {}
        except Exception as fault:  # pylint: disable=broad-except
            self.faults.append(f"verifying: {type(fault).__name__}: {fault}")
