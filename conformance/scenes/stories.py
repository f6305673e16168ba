"""Scenes of japan.md F2 as far as they are about who somebody is, takes part, or is read of every
day: 2 (referred back), 3 (another hospital's results), 4 (an emergency, without a card), 5
(unconscious, and taken for somebody else), 14 (a patient withdraws his consent; a facility
withdraws), 15 (one patient registered twice). Each tells what happens, line by line, as
it happens."""
from __future__ import annotations

import http.client
import json
import os
import tempfile
from typing import Callable

from lib import checks
from lib.answers import Answer
from lib.casefile import Step
from lib.region import DemoRegion
from lib.runner import Runner
from lib.scope import Scope
from scenes.ssmix2_storages import minato, take_in

A, B, C = "a-hospital", "b-clinic", "c-hospital"
CODE = "1319951013"     # of a-hospital, as its storage calls it
MESSAGE = ("MSH|^~\\&|HIS|A|GW|R|{when}||{type}|M{when}|P|2.5||||||~ISO IR87||ISO 2022-1994\r"
           "{evn}PID|1||{id}^^^^PI||{writing}^^^^^L^I~{reading}^^^^^L^P||{birth}|M|||^^^^{postcode}"
           "^JPN^H^{street}||^PRN^PH^^^^^^^^^{phone}\rPV1|1|O\r{more}")
HOME = {"street": "横浜市西区4-4", "postcode": "2200001"}
UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
CLASS, RESULTS = "$XDSDocumentEntryClassCode", "26436-6^^2.16.840.1.113883.6.1"
FROM, TO = "$XDSDocumentEntryServiceStartTimeFrom", "$XDSDocumentEntryServiceStartTimeTo"
RESULT = "OBX|1|NM|3B035000002327201^AST^JC10||24|U/L^U/L^99TEST|13-30|N|||F\r"
ORDER = "ORC|NW|K1||K1_01\rRXE||1^アムロジピン錠５ｍｇ^99TEST|1||TAB\rTQ1|1||1日3回\rRXR|PO\r"


class Story:
    """What is done and must hold; what of it there is to tell."""

    def __init__(self, running: Runner) -> None:
        self.running, self.scope = running, Scope(running.region)

    @staticmethod
    def tell(line: str) -> None:
        print(f"     {line}", flush=True)

    def name(self, kind: str, which: str) -> str:
        return self.scope.get(f"{kind}.{which}")

    def domain(self, system: str) -> str:
        return self.running.region.get(f"domain.{system[0]}")

    def do(self, system: str, subject: str, expected: list[tuple[str, str]],
           changes: list[tuple[str, str]] | None = None, **values: str) -> None:
        self.running.do(Step(subject, "send", system, subject, values, [], changes or [],
                             expected), self.scope)

    def ask(self, system: str, subject: str, changes: list[tuple[str, str]] | None = None,
            **values: str) -> Answer:
        step = Step(subject, "send", system, subject, values, changes=changes or [])
        scope = Scope(self.scope, **values)
        return self.running.send_hl7(step, scope) if subject.endswith(".hl7") \
            else self.running.send_soap(step, scope)

    def tool(self, *words: str, prints: str = "") -> None:
        self.running.do(Step(" ".join(words[:2]), "run", arguments=list(words),
                             expectations=[("exit", "0")] + [("prints", prints)] * bool(prints)),
                        self.scope)

    def rows(self, *words: str) -> list[dict]:
        done = minato(self.running.target, *words, "--output", "json")
        assert done.returncode == 0, done
        return json.loads(done.stdout)

    def feed(self, system: str, number: str, who: dict[str, str], event: str = "A28") -> None:
        subject = "iti30.hl7" if event in ("A28", "A31", "A23") else "iti8.hl7"
        self.do(system, subject, [("MSA-1", "AA")], id=number, domain=self.domain(system),
                event=event, **who)

    def join(self, system: str, number: str) -> None:
        self.tool("consent", "join", "--patient", f"{number}@{system}", "--reason", "story")

    def store(self, system: str, number: str, text: str) -> str:
        """A document of the patient, by the system's own number; its uniqueId."""
        uid, patient = self.scope.get(f"oid.{text}"), f"{number}^^^&{self.domain(system)}&ISO"
        self.do(system, "iti41.xml", [("status", "Success")], [
            ("+", f"set id=ss uid=${{oid.set.{text}}} patient={patient}"),
            ("+", f"entry id=d1 uid={uid} patient={patient}"), ("+", "member from=ss to=d1"),
            ("+", f"document id=d1 text={text}")])
        return uid

    def finds(self, system: str, number: str, *uids: str) -> None:
        """These documents, and no others, by the system's own number."""
        self.do(system, "iti18.xml", [("status", "Success"), ("entries", " ".join(uids) or "none")],
                [("+", "patient-slots")], query=self.running.region.get("FindDocuments"),
                patient=f"{number}^^^&{self.domain(system)}&ISO")

    def gets(self, system: str, uid: str, there: bool) -> None:
        answer = self.running.send_soap(
            Step("iti43.xml", "send", system, "iti43.xml", changes=[("+", f"want document={uid}")]),
            Scope(self.scope))
        got = len(checks.nodes(answer, "//x:DocumentResponse")) == 1
        assert got == there, f"{system} {'gets' if got else 'does not get'} {uid}"

    def numbers(self, system: str, number: str, asked: str, *others: str) -> None:
        """ITI-9 of a consumer of every domain: the numbers of `asked` that are this patient's."""
        ids = " ".join(f"{self.domain(asked)}^{each}" for each in others)
        self.do("x-consumer", "iti9.hl7", [("ids", ids)] if others else [("PID-3", "empty")],
                id=number, domain=self.domain(system), wanted=f"^^^&{self.domain(asked)}&ISO")


def person(story: Story, which: str, **others: str) -> dict[str, str]:
    return {"family": story.name("kana", f"{which}.family"),
            "given": story.name("kana", f"{which}.given"), "phone": story.name("phone", which),
            "birth": "19410503", **others}


def emergency(running: Runner) -> None:
    """Scene 4."""
    s = Story(running)
    who = person(s, "yamada", street="千代田区千代田1-1", postcode="1000001")
    namesake = {**who, "phone": s.name("phone", "namesake"), "street": "大阪市北区梅田2-2",
                "postcode": "5300001"}
    mine, other, here = s.name("pid", "b"), s.name("pid", "c"), s.name("pid", "a")
    s.tell("B knows a man of that name, reading, birth date and sex; C knows a namesake.")
    s.feed(B, mine, who)
    s.feed(C, other, namesake)
    s.join(B, mine)
    s.join(C, other)
    letter, secret = s.store(B, mine, "letter"), s.store(C, other, "anothers")
    s.numbers(B, mine, C)
    s.tell("He comes to A by ambulance, conscious, without a card: name, birth date, sex.")
    said = f"@PID.5.1.1^{who['family']}~@PID.5.2^{who['given']}~@PID.7^19410503~@PID.8^M"
    s.tell("A asks by HL7 v2 (ITI-21): two candidates, each with the address and phone to ask for.")
    candidates = s.ask(A, "iti21.hl7", who=said)
    assert candidates.hl7 is not None and candidates.hl7.names().count("PID") == 2, candidates
    phones = {candidates.hl7.get(f"PID[{n}]-13.1") for n in (1, 2)}
    assert phones == {who["phone"], namesake["phone"]}, phones
    s.tell("The same by HL7 v3 (ITI-47). Nobody is chosen, and asking has linked nobody.")
    s.do(A, "iti47.xml", [("answer", "OK"), ("quantities", "2 2 0")], sex="M", birth="19410503",
         name=f"<family>{who['family']}</family><given>{who['given']}</given>")
    s.numbers(B, mine, A)
    s.numbers(B, mine, C)
    s.tell("He confirms the phone; A asks once more with it: one is left.")
    s.do(A, "iti21.hl7", [("QAK-2", "OK"), ("QAK-4", "1")], who=f"{said}~@PID.13.1^{who['phone']}")
    s.tell("A registers him as its own patient, with what he has said (ITI-8 A04).")
    s.feed(A, here, who, "A04")
    s.numbers(A, here, B, mine)
    s.numbers(A, here, C)
    s.tell("A finds his letter and reads it (ITI-18, ITI-43), and nothing of the namesake's.")
    s.finds(A, here, letter)
    s.gets(A, letter, True)
    s.finds(C, other, secret)
    s.tell("Whom A looked at stands in his trail.")
    s.tool("audit", "search", "--patient", f"{mine}@{B}", "--transaction", "ITI-21", "--output",
           "json", prints="ITI-21")


def unconscious(running: Runner) -> None:
    """Scene 5."""
    s = Story(running)
    card, truth = person(s, "card"), person(s, "truth", birth="19551111", postcode="0600001",
                                            street="札幌市中央区3-3",
                                            **{"kanji-family": "本人", "kanji-given": "次郎"})
    owner, local, his, card_at_b = (s.name("pid", each) for each in
                                    ("owner", "local", "his", "card.at.b"))
    s.tell("A knows the owner of a card, as does B. B knows the man who will be brought in, too.")
    s.feed(A, owner, card)
    s.feed(B, card_at_b, card)
    s.feed(B, his, truth)
    s.join(A, owner)
    s.join(B, his)
    past = s.store(B, his, "allergy")
    owners = s.store(B, card_at_b, "owners")
    s.tell("He is brought in unconscious: A gives him a number, PID-31 = Y, and no name (ITI-8).")
    unknown = {"kanji-family": "不明", "kanji-given": "男性", "family": "フメイ",
               "given": "ダンセイ", "birth": "00000000", "phone": "", "street": "", "postcode": "",
               "more-pid": "||||||||||||||||||Y"}
    s.feed(A, local, unknown, "A04")
    s.numbers(A, local, B)
    s.tell("What is found is stored under his number; nobody else is led to it.")
    ct = s.store(A, local, "ct")
    s.finds(A, local, ct)
    s.finds(B, his, past)
    s.finds(B, card_at_b, owners)
    s.tell("A card in his pocket: A corrects the record to its owner (A08). The two are linked.")
    s.feed(A, local, {**card, "more-pid": '||||||||||||||||||""'}, "A08")
    s.numbers(A, local, A, owner)
    s.finds(B, card_at_b, ct, owners)
    s.tell("The owner telephones: he is well. A unlinks the two numbers at once (A37).")
    s.do(A, "iti30-pair.hl7", [("MSA-1", "AA"), ("audit", "ITI-30 0 system=a-hospital action=U")],
         event="A37", one=owner, other=local, domain=s.domain(A))
    s.numbers(A, local, A)
    s.tell("The documents went with the local number: under the card's owner nobody finds them.")
    s.finds(A, owner, owners)
    s.finds(B, card_at_b, owners)
    s.finds(A, local, ct)
    s.gets(B, ct, False)
    s.tell("He wakes: A feeds who he is (A08). That is somebody else than before: it rests.")
    s.feed(A, local, truth, "A08")
    s.numbers(A, local, B)
    s.tool("patient", "unsettled", "--limit", "1000", "--output", "json", prints=local)
    s.tell("The operator has asked the ward, and confirms (patient confirm): linked with B's.")
    s.tool("patient", "confirm", f"{local}@{A}", "--reason", "asked the ward")
    s.numbers(A, local, B, his)
    s.finds(A, local, past, ct)
    s.finds(B, his, past, ct)
    s.gets(B, ct, True)
    s.tell("And still nothing of it under the card's owner, who has his own and no more.")
    s.finds(B, card_at_b, owners)
    s.finds(A, owner, owners)
    s.numbers(A, owner, B, card_at_b)


def twice(running: Runner) -> None:
    """Scene 15."""
    s = Story(running)
    who = person(s, "twice")
    stays, goes, at_b, at_c = (s.name("pid", each) for each in ("stays", "goes", "b", "c"))
    s.tell("A has registered one man twice, by another phone; B and C each know one of the two.")
    moved = {**who, "phone": s.name("phone", "moved"), "street": "横浜市西区4-4",
             "postcode": "2200001"}
    s.feed(A, stays, who)
    s.feed(A, goes, moved)
    s.feed(B, at_b, moved)
    s.feed(C, at_c, who)
    for system, number in ((A, stays), (A, goes), (B, at_b), (C, at_c)):
        s.join(system, number)
    old, new, at_clinic = s.store(A, goes, "old"), s.store(A, stays, "new"), \
        s.store(B, at_b, "clinic")
    s.numbers(A, goes, B, at_b)
    s.numbers(A, stays, C, at_c)
    s.tell("An admission that was never one is deleted (A23): a visit, nothing of who he is.")
    s.feed(A, goes, moved, "A23")
    s.finds(A, goes, old, at_clinic)
    s.tell("A merges its two numbers (ITI-8 A40): in one step, for everybody.")
    s.do(A, "iti8-merge.hl7", [("MSA-1", "AA"), ("audit", "ITI-8 0 system=a-hospital action=D"),
                               ("audit", "ITI-8 0 system=a-hospital action=U")],
         survivor=stays, prior=goes, domain=s.domain(A))
    s.finds(A, stays, old, new, at_clinic)
    s.finds(C, at_c, old, new, at_clinic)
    s.finds(B, at_b, old, new, at_clinic)
    s.tell("By the old number nobody finds anything (ITI TF-2: 3.8.4.2.4); whose it is is known.")
    s.finds(A, goes)
    s.do(A, "iti9.hl7", [("MSA-1", "AE"), ("ERR-3.1", "204")], id=goes, domain=s.domain(A))
    s.tool("patient", "show", "--patient", f"{goes}@{A}", "--output", "json", prints=stays)
    s.tell("No other facility's record has moved: B's and C's are theirs, with their numbers.")
    s.numbers(A, stays, B, at_b)
    s.numbers(A, stays, C, at_c)
    s.tell("A's storage (SS-MIX2) files him under the number that stays; it is imported again.")
    with tempfile.TemporaryDirectory() as folder:
        file(folder, stays, "ADT-00", MESSAGE, moved, "", "ADT^A08^ADT_A01")
        file(folder, stays, "OMP-01", MESSAGE, moved, ORDER, "RDE^O11^RDE_O11")
        status, counts, lines = take_in(running.target, folder, A)
        assert status == 0, (status, counts, lines)
        status, again, lines = take_in(running.target, folder, A)
        assert status == 0, (status, again, lines)
    count = len(checks.nodes(s.ask(A, "iti18.xml", [("+", "patient-slots")],
                                   query=running.region.get("FindDocuments"),
                                   patient=f"{stays}^^^&{s.domain(A)}&ISO"),
                             "//rim:ExtrinsicObject"))
    s.tell(f"What it holds is his, once: {count} documents, where there were 3.")
    assert count == 4, count
    s.tell("The merge comes again, its answer was lost: nothing changes.")
    s.do(A, "iti8-merge.hl7", [("MSA-1", "AA")], survivor=stays, prior=goes, domain=s.domain(A))
    s.finds(A, goes)


def found(s: Story, system: str, number: str, status: str = "Approved",
          *changes: tuple[str, str]) -> set[str]:
    """What is found of that status, and by these slots."""
    answer = s.ask(system, "iti18.xml", [("+", "patient-slots"), *changes],
                   query=s.running.region.get("FindDocuments"),
                   status=f"urn:oasis:names:tc:ebxml-regrep:StatusType:{status}",
                   patient=f"{number}^^^&{s.domain(system)}&ISO")
    return {node.get("value") for node in checks.nodes(
        answer, f"//rim:ExternalIdentifier[@identificationScheme='{UNIQUE_ID}']")}


def take_in_of_a(s: Story, folder: str) -> None:
    status, counts, lines = take_in(s.running.target, folder, A)
    assert status == 0, (status, counts, lines)


def summarise(s: Story, number: str, which: str, before: str = "") -> str:
    """A's summary, in the place of an earlier one; its uniqueId."""
    patient, entry, uid = f"{number}^^^&{s.domain(A)}&ISO", s.name("uuid", which), s.name("oid",
                                                                                         which)
    replaces = [("+", f"link id=r from={entry} to={s.name('uuid', before)} "
                 "type=urn:ihe:iti:2007:AssociationType:RPLC")] if before else []
    s.do(A, "iti41.xml", [("status", "Success")], [
        ("+", f"set id=ss uid=${{oid.set.{which}}} patient={patient}"),
        ("+", f"entry id={entry} uid={uid} patient={patient}"), ("+", f"member from=ss to={entry}"),
        *replaces, ("+", f"document id={entry} text={which}")])
    return uid


def referred_back(running: Runner) -> None:
    """Scene 2."""
    s = Story(running)
    who, at_a, at_b = person(s, "back", **HOME), s.name("pid", "a"), s.name("pid", "b")
    s.tell("A discharges a patient whom B referred: a summary (ITI-41), and what its storage has.")
    s.feed(A, at_a, who)
    s.feed(B, at_b, who)
    s.join(A, at_a)
    summary = summarise(s, at_a, "summary")
    with tempfile.TemporaryDirectory() as folder:
        file(folder, at_a, "ADT-00", MESSAGE, who, "", "ADT^A08^ADT_A01")
        old = file(folder, at_a, "OMP-01", MESSAGE, who, ORDER, "RDE^O11^RDE_O11")
        take_in_of_a(s, folder)
        first = found(s, B, at_b) - {summary}
        assert len(first) == 1, first
        s.tell("B finds the summary and the prescription, by its own number, and reads both.")
        for uid in (summary, *first):
            s.gets(B, uid, True)
        s.tell("A corrects the prescription: the file before gets flag 2. The storage comes again.")
        os.rename(old, old[:-1] + "2")
        file(folder, at_a, "OMP-01", MESSAGE, who, ORDER.replace("|1||TAB", "|2||TAB"),
             "RDE^O11^RDE_O11", at="20260303101500123")
        take_in_of_a(s, folder)
    second = found(s, B, at_b) - {summary}
    s.tell("B finds the newest version alone; the one before is Deprecated, and still there.")
    assert len(second) == 1 and second != first, (first, second)
    assert found(s, B, at_b, "Deprecated") == first
    s.gets(B, *second, True)
    s.tell("A corrects the summary, too (RPLC).")
    again = summarise(s, at_a, "again", "summary")
    assert found(s, B, at_b) == {again, *second}
    assert found(s, B, at_b, "Deprecated") == {summary, *first}


def daily(running: Runner) -> None:
    """Scene 3."""
    s = Story(running)
    who, at_a, at_c = person(s, "daily", **HOME), s.name("pid", "a"), s.name("pid", "c")
    s.tell("A's storage holds a prescription, and results of the laboratory of last year.")
    s.feed(C, at_c, who)
    with tempfile.TemporaryDirectory() as folder:
        file(folder, at_a, "ADT-00", MESSAGE, who, "", "ADT^A08^ADT_A01")
        file(folder, at_a, "OMP-01", MESSAGE, who, ORDER, "RDE^O11^RDE_O11")
        file(folder, at_a, "OML-11", MESSAGE, who, RESULT, "OUL^R22^OUL_R22", "20250302",
             "20250302101500123")
        take_in_of_a(s, folder)
    s.tell("He has not joined: C, which has its own number of him, finds nothing.")
    s.finds(C, at_c)
    s.join(C, at_c)
    s.join(A, at_a)
    s.tell("He joins. C asks for results, by class and day (ITI-18), and reads them (ITI-43).")
    assert len(found(s, C, at_c)) == 2
    results = found(s, C, at_c, "Approved", ("+", f"slot name={CLASS} value=\"('{RESULTS}')\""),
                    ("+", f"slot name={FROM} value='20250101'"),
                    ("+", f"slot name={TO} value='20251231'"))
    assert len(results) == 1, results
    assert not found(s, C, at_c, "Approved", ("+", f"slot name={CLASS} value=\"('{RESULTS}')\""),
                     ("+", f"slot name={FROM} value='20260101'"))
    (uid,) = results
    s.gets(C, uid, True)
    s.tell("Who read them stands in his trail. He leaves, and what C knew of is given no more.")
    s.tool("audit", "search", "--patient", f"{at_a}@{A}", "--transaction", "ITI-43", "--output",
           "json", prints="c-hospital")
    s.tool("consent", "leave", "--patient", f"{at_a}@{A}", "--reason", "story")
    s.finds(C, at_c)
    s.gets(C, uid, False)


def told_apart(running: Runner) -> None:
    """Insured numbers that somebody has: which are one person's, and nothing else (D6)."""
    s = Story(running)
    who, number = person(s, "insured", **HOME), s.name("pid", "a")
    one, two, other = (s.name("phone", each) for each in ("one", "two", "other"))
    s.tell("A knows a man by two insurances: he has changed his employer.")
    for event, in1 in (("A04", f"1|06|01130012|||||||12~{one}~01"),
                       ("A08", f"1|06|06980015|||||||7~{two}~02")):
        s.do(A, "iti8.hl7", [("MSA-1", "AA")], id=number, domain=s.domain(A), event=event, in1=in1,
             **who)
    old, new = f"01130012:12:{one}:01", f"06980015:7:{two}:02"
    others = [f"01130012:12:{one}:", f"01130012:12:{other}:01", f"01130012:12:{one}:02"]
    with tempfile.TemporaryDirectory() as folder:
        asked = os.path.join(folder, "numbers")

        def groups(*numbers: str) -> dict[str, int]:
            with open(asked, "w", encoding="utf-8") as file:
                file.write("\n".join(numbers) + "\n")
            rows = s.rows("insurance", "partition", asked, "--for", "nw2", "--purpose", "research")
            assert sorted(row["number"] for row in rows) == sorted(numbers), rows
            return {row["number"]: row["group"] for row in rows}

        s.tell("He has not joined: his numbers are as any that nobody has.")
        said = groups(old, new, *others)
        assert len(set(said.values())) == 5, said
        s.join(A, number)
        s.tell("He joins: both are one person's; households', others' and unknown ones are alone.")
        said = groups(old, new, *others)
        assert said[old] == said[new] and len(set(said.values())) == 4, said
        s.tell("Of who is asked alone nothing is said.")
        assert len(groups(old)) == 1
        with open(asked, "w", encoding="utf-8") as file:
            file.write("01130012:12:123456789018:01\n")
        done = minato(running.target, "insurance", "partition", asked, "--for", "nw2", "--purpose",
                      "research")
        assert done.returncode == 2 and "Individual Number" in done.stderr, done
        assert "123456789018" not in done.stderr, done
    s.tell("For whom, what for and how many stands in the log, and no number.")
    rows = s.rows("audit", "search", "--transaction", "insurance-partition")
    assert len(rows) == 4 and not any(each in row["record"] for row in rows
                                      for each in (one, two, other, "123456789018")), rows


CONSENTS = "urn:ihe:iti:bppc:2007"
LARGE = 24 << 20        # octets: more than what is on its way between two processes


def acknowledge(s: Story, number: str, which: str, policy: str, replaced: str = "") -> None:
    """B records that its patient acknowledges a policy (BPPC), in the place of an earlier one."""
    patient = f"{number}^^^&{s.domain(B)}&ISO"
    entry, uid = s.scope.get(f"uuid.{which}"), s.scope.get(f"oid.{which}")
    replaces = [("+", f"link id=r from={entry} to={replaced} "
                 "type=urn:ihe:iti:2007:AssociationType:RPLC")] if replaced else []
    s.do(B, "iti41.xml", [("status", "Success")], [
        ("+", f"set id=ss uid=${{oid.set.{which}}} patient={patient}"),
        ("+", f"entry id={entry} uid={uid} patient={patient} mime=text/xml format={CONSENTS} "
         f"event={policy}"), ("+", f"member from=ss to={entry}"), *replaces,
        ("+", f"document id={entry} type=text/xml made=bppc.xml uid={uid} policy={policy} "
         f"root={s.domain(B)} extension={number}")])


def begin_to_retrieve(s: Story, system: str, uid: str) -> http.client.HTTPResponse:
    """Asked for, and its first octets are here; the rest is not read yet."""
    running = s.running
    request = running.maker.soap("iti43.xml", s.scope, [("+", f"want document={uid}")],
                                 f"{running.target.host}:{running.target.https_port}")
    connection = http.client.HTTPSConnection(running.target.host, running.target.https_port,
                                             timeout=60, context=running.context(system))
    connection.request("POST", request.path, request.body, {"Content-Type": request.content_type})
    return connection.getresponse()


def withdrawn(running: Runner) -> None:
    """F2 14: consent is withdrawn by a document that replaces the one it was given by."""
    s = Story(running)
    at_a, at_b = s.name("pid", "a"), s.name("pid", "b")
    who = {"family": s.name("kana", "f"), "given": s.name("kana", "g"),
           "phone": s.name("phone", "p")}
    s.tell("A and B know him. B keeps a letter of his, and a large image.")
    s.do(A, "iti44.xml", [], id=at_a, domain=s.domain(A), **who)
    s.do(B, "iti44.xml", [], id=at_b, domain=s.domain(B), **who)
    letter, image = s.store(B, at_b, "letter"), s.scope.get("oid.image")
    s.do(B, "iti41.xml", [("status", "Success")], [
        ("+", f"set id=ss uid=${{oid.set.image}} patient={at_b}^^^&{s.domain(B)}&ISO"),
        ("+", f"entry id=d1 uid={image} patient={at_b}^^^&{s.domain(B)}&ISO"),
        ("+", "member from=ss to=d1"), ("+", f"document id=d1 octets={LARGE}")])
    s.finds(A, at_a)
    s.tell("He signs a consent at B, which sends it (BPPC): from the next request on A finds all.")
    acknowledge(s, at_b, "given", "2.999.5.1")
    s.finds(A, at_a, letter, image, s.name("oid", "given"))
    s.tell("A begins to retrieve the image. Before it has it, he withdraws, by a document.")
    answer = begin_to_retrieve(s, A, image)
    first = answer.read(1 << 16)
    acknowledge(s, at_b, "withdrawn", "2.999.5.2", replaced=s.name("uuid", "given"))
    s.tell("Success is told, and nothing is found or retrieved any more, by whatever path.")
    s.finds(A, at_a)
    for uid in (letter, image):
        s.do(A, "iti43.xml", [("status", "Failure"),
                              ("error", f"XDSDocumentUniqueIdError location={uid}")],
             [("+", f"want document={uid}")])
    s.do(A, "iti45.xml", [("ids", "none")], [("+", f"source domain={s.domain(B)}")],
         domain=s.domain(A), id=at_a)
    s.finds(B, at_b, letter, image, s.name("oid", "withdrawn"))
    s.tell("What had begun before may end: the image arrives whole.")
    whole = first + answer.read()
    expected = bytes(index * 7 % 256 for index in range(256)) * (LARGE // 256)
    assert answer.status == 200 and expected in whole, (answer.status, len(whole))
    s.tell("Whose word it was is known: each decision names its document.")
    s.tool("consent", "show", "--patient", f"{at_b}@{B}", "--output", "json",
           prints='"by_document": "' + s.name("oid", "withdrawn"))


def is_not_given(s: Story, system: str, *uids: str) -> None:
    for uid in uids:
        s.do(system, "iti43.xml", [("status", "Failure"),
                                   ("error", f"XDSDocumentUniqueIdError location={uid}")],
             [("+", f"want document={uid}")])


def facility_withdraws(running: Runner) -> None:
    """F2 14: B leaves the region, and returns."""
    s = Story(running)
    at_a, at_b = s.name("pid", "a"), s.name("pid", "b")
    who = {"family": s.name("kana", "f"), "given": s.name("kana", "g"),
           "phone": s.name("phone", "p")}
    s.tell("A and B know him, and he takes part. B keeps a letter of his, and a large image.")
    s.do(A, "iti44.xml", [], id=at_a, domain=s.domain(A), **who)
    s.do(B, "iti44.xml", [], id=at_b, domain=s.domain(B), **who)
    s.join(A, at_a)
    letter, image, own = s.store(B, at_b, "letter"), s.scope.get("oid.image"), s.store(
        A, at_a, "own")
    s.do(B, "iti41.xml", [("status", "Success")], [
        ("+", f"set id=ss uid=${{oid.set.image}} patient={at_b}^^^&{s.domain(B)}&ISO"),
        ("+", f"entry id=d1 uid={image} patient={at_b}^^^&{s.domain(B)}&ISO"),
        ("+", "member from=ss to=d1"), ("+", f"document id=d1 octets={LARGE}")])
    s.gets(A, letter, True)
    s.tell("A begins to retrieve the image. Before it has it, B withdraws from the region.")
    answer = begin_to_retrieve(s, A, image)
    first = answer.read(1 << 16)
    s.tool("facility", "withdraw", B, "--reason", "its letter of March 3", "--output", "json",
           prints='"withdrawn": true')
    s.tell("From then on B's repository answers nothing; its entries are kept, and are found.")
    is_not_given(s, A, letter, image)
    s.finds(A, at_a, letter, image, own)
    s.gets(A, own, True)
    s.tell("B can ask nothing and submit nothing.")
    s.do(B, "iti18.xml", [("fault", "Sender")], [("+", "patient-slots")],
         query=running.region.get("FindDocuments"), patient=f"{at_b}^^^&{s.domain(B)}&ISO")
    s.do(B, "iti43.xml", [("fault", "Sender")], [("+", f"want document={letter}")])
    s.do(B, "iti8.hl7", [("MSA-1", "AR")], id=at_b, domain=s.domain(B), event="A08", **who)
    s.tell("Who its patients are elsewhere stays known, and the operator has what it left.")
    s.numbers(A, at_a, B, at_b)
    s.tool("document", "verify", letter)
    s.tool("facility", "locked", "--output", "json", prints="its letter of March 3")
    s.tool("status", "--output", "json", prints='"withdrawn": true')
    s.tool("metrics", prints='minato_facility_withdrawn\\{system="b-clinic"\\} 1')
    s.tell("What had begun before may end: the image arrives whole.")
    whole = first + answer.read()
    expected = bytes(index * 7 % 256 for index in range(256)) * (LARGE // 256)
    assert answer.status == 200 and expected in whole, (answer.status, len(whole))
    s.tell("It is locked out besides; both words end by themselves.")
    s.tool("facility", "lock", B, "--reason", "a stolen key", "--output", "json",
           prints='"withdrawn": false')
    s.tool("facility", "unlock", B, "--reason", "it has a new one", "--output", "json",
           prints='"locked": true')
    is_not_given(s, A, letter)
    s.tell("B returns: all is as it was.")
    s.tool("facility", "return", B, "--reason", "its letter of May 7", "--output", "json",
           prints='"locked": false')
    s.finds(A, at_a, letter, image, own)
    s.finds(B, at_b, letter, image, own)
    for uid in (letter, image):
        s.gets(A, uid, True)
        s.gets(B, uid, True)
    s.tool("facility", "return", B, "--reason", "said again", "--output", "json",
           prints='"changed": false')
    s.tool("audit", "search", "--transaction", "facility-withdraw", "--output", "json",
           prints='"transaction": "facility-withdraw"')


def file(folder: str, number: str, kind: str, form: str, who: dict[str, str], more: str,
         message_type: str, on: str = "20260302", at: str = "20260302101500123") -> str:
    """One file of A's storage, and where it lies."""
    day = "-" if kind == "ADT-00" else on
    sequence = "999999999999999" if kind == "ADT-00" else "K1"
    condition = "-" if kind == "ADT-00" else "01"
    where = os.path.join(folder, CODE, number[:3], number[3:6], number, day, kind)
    os.makedirs(where, exist_ok=True)
    text = form.format(when="20260302101500", type=message_type, id=number, more=more,
                       evn="EVN||20260302101500\r" if kind == "ADT-00" else "",
                       writing="試験^太郎", reading=f"{who['family']}^{who['given']}",
                       birth=who["birth"], postcode=who["postcode"], street=who["street"],
                       phone=who["phone"])
    path = os.path.join(where, f"{number}_{day}_{kind}_{sequence}_{at}_{condition}_1")
    with open(path, "wb") as out:
        out.write(text.encode("iso2022_jp"))
    return path


def scenes(running: Runner, _demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    told: list[tuple[str, str, Callable[[Runner], None]]] = [
        ("scene-2-back", "F2 2: referred back, with a summary and what the storage holds; both are "
         "corrected", referred_back),
        ("scene-3-daily", "F2 3: results of another hospital, as long as he takes part", daily),
        ("scene-12-partition", "F2 12: which insured numbers are one person's, and nothing else",
         told_apart),
        ("scene-4-emergency", "F2 4: conscious, without a card: candidates, and nobody is chosen",
         emergency),
        ("scene-5-unconscious", "F2 5: unknown, taken for somebody else, apart again", unconscious),
        ("scene-14-withdrawn", "F2 14: consent is withdrawn by a document, while one is retrieved",
         withdrawn),
        ("scene-14-facility", "F2 14: a facility withdraws while a document of its is retrieved, "
         "and returns", facility_withdraws),
        ("scene-15-twice", "F2 15: registered twice at one facility, and merged", twice),
    ]
    return [(name, why, lambda show=show: show(running)) for name, why, show in told]
