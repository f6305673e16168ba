"""What an id, a date, a name, a character set must not be, put into every message of identity, in
both dialects: the answer says where it stood, the exchange is audited, and who was known is known
as before."""
from __future__ import annotations

import dataclasses
import re

from lib.casefile import Step
from lib.region import DemoRegion
from lib.runner import Failed, Runner
from lib.scope import Scope

MANY = 10_000
A = "a-hospital"
PERSON = {"family": "${kana.f}", "given": "${kana.g}", "phone": "${phone.p}"}
Expected = list[tuple[str, str]]


@dataclasses.dataclass
class Door:
    """A message with a place for an id: `{}` of its values."""
    name: str
    subject: str
    transaction: str
    values: dict[str, str]
    where: str                      # ERR-2, or a location's ending
    describes: bool = False         # it says who the patient is


def feeds() -> list[Door]:
    found = [Door(f"ITI-8 {event}", "iti8.hl7", "ITI-8",
                  {**PERSON, "event": event, "id": "{}", "domain": "${domain.a}"}, "PID^1^3^1^1",
                  True)
             for event in ("A01", "A04", "A05", "A08")]
    found += [Door(f"ITI-30 {event}", "iti30.hl7", "ITI-30",
                   {**PERSON, "event": event, "id": "{}", "domain": "${domain.a}"}, "PID^1^3^1^1",
                   event in ("A28", "A31"))
              for event in ("A28", "A31", "A29", "A03", "A11", "A12", "A13", "A23")]
    return found


def of_two() -> list[Door]:
    known, found = "${pid.a}", []
    for survivor, prior, where in (("{}", known, "PID^1^3^1^1"), (known, "{}", "MRG^1^1^1^1")):
        found.append(Door(f"ITI-8 A40 {where}", "iti8-merge.hl7", "ITI-8",
                          {"survivor": survivor, "prior": prior, "domain": "${domain.a}"}, where))
        found += [Door(f"ITI-30 {event} {where}", "iti30-prior.hl7", "ITI-30",
                       {"event": event, "id": survivor, "prior": prior, "domain": "${domain.a}"},
                       where) for event in ("A40", "A47")]
    for one, other, where in (("{}", known, "PID^1^3^1^1"), (known, "{}", "PID^2^3^1^1")):
        found += [Door(f"ITI-30 {event} {where}", "iti30-pair.hl7", "ITI-30",
                       {"event": event, "one": one, "other": other, "domain": "${domain.a}"}, where)
                  for event in ("A24", "A37")]
    return found


def questions() -> list[Door]:
    by_id = "@PID.3.1^{}~@PID.3.4.1^A-HOSPITAL"
    return [Door("ITI-9", "iti9.hl7", "ITI-9", {"id": "{}", "domain": "${domain.a}"},
                 "QPD^1^3^1^1"),
            Door("ITI-21", "iti21.hl7", "ITI-21", {"who": by_id}, "QPD^1^3^1^2"),
            Door("ITI-22", "iti21.hl7", "ITI-22", {"who": by_id, "event": "ZV1"}, "QPD^1^3^1^2")]


def in_v3() -> list[Door]:
    fed = {**PERSON, "id": "{}", "domain": "${domain.a}"}
    return [Door("ITI-44 add", "iti44.xml", "ITI-44", fed, "patient/id", True),
            Door("ITI-44 revise", "iti44.xml", "ITI-44", {**fed, "event": "02"}, "patient/id",
                 True),
            Door("ITI-44 merge into", "iti44-merge.xml", "ITI-44",
                 {"survivor": "{}", "prior": "${pid.a}", "domain": "${domain.a}"}, "patient/id"),
            Door("ITI-44 merge of", "iti44-merge.xml", "ITI-44",
                 {"survivor": "${pid.a}", "prior": "{}", "domain": "${domain.a}"},
                 "priorRegisteredRole/id"),
            Door("ITI-45", "iti45.xml", "ITI-45", {"id": "{}", "domain": "${domain.a}"},
                 "patientIdentifier/value"),
            Door("ITI-47", "iti47.xml", "ITI-47", {"id": "{}", "domain": "${domain.a}"},
                 "livingSubjectId")]


# What no id is, as HL7 v2 writes it, and as XML does.
IDS = {
    "a bar": ("7\\F\\7", "7|7"), "carets": ("7\\S\\\\S\\", "7^^"),
    "a backslash": ("7\\E\\7", "7\\7"), "a zero-width space": ("7\u200b7", "7\u200b7"),
    "a lost character": ("7\ufffd7", "7\ufffd7"), "a C1 control": ("7\\XC285\\7", "7\u00857"),
    "DEL": ("7\\X7F\\7", "7\u007f7"), "a direction mark": ("7\u202e7", "7\u202e7"),
}
# Those that XML cannot write, and escape sequences that break off.
V2_ONLY = {
    "a bell": "7\\X07\\7", "a NUL": "7\\X00\\7", "an escape": "7\\X1B\\7",
    "a sequence without its end": "7\\X0", "a lone backslash": "7\\",
    "hexadecimal that is none": "7\\XG\\",
}
XML_REFUSES = {"a bell": "7&#7;7", "a NUL": "7&#0;7", "an entity": "7&amp;#7&x;7"}
DATES = ("19410231", "19411301", "00000101", "194105031", "yesterday", "*")
TO_COME = ("20991231", "209912", "2099")
PRIVATE = "\ue000"


class Scenes:
    """One region with one person at A and B, linked, whom no bad message may change."""

    def __init__(self, running: Runner) -> None:
        self.running = running
        self.scope = Scope(running.region)

    # -- the person whom nothing may change ------------------------------------------------------

    def begin(self) -> None:
        self.scope = Scope(self.running.region)
        for system, place in ((A, "a"), ("b-clinic", "b")):
            self.do(system, "iti30.hl7", {**PERSON, "id": f"${{pid.{place}}}",
                                          "domain": f"${{domain.{place}}}"}, [("MSA-1", "AA")])
        self.do("", "run", {}, [("exit", "0")], ["consent", "join", "--patient",
                                                 "${pid.a}@a-hospital", "--reason", "scene"])
        self.as_before("at first")

    def do(self, system: str, subject: str, values: dict[str, str], expected: Expected,
           arguments: list[str] | None = None, changes: list[tuple[str, str]] | None = None,
           why: str = "") -> None:
        step = Step(why or subject, "run" if subject == "run" else "send", system, subject, values,
                    arguments or [], changes or [], expected)
        self.running.do(step, self.scope)

    def as_before(self, why: str) -> None:
        self.do(A, "iti9.hl7", {"id": "${pid.a}", "domain": "${domain.a}"},
                [("MSA-1", "AA")], why=why)
        self.do("x-consumer", "iti9.hl7", {"id": "${pid.a}", "domain": "${domain.a}",
                                           "wanted": "^^^&${domain.b}&ISO"},
                [("ids", "${domain.b}^${pid.b}")], why=why)

    def each(self, doors: list[Door], sorts: dict[str, str], expected, fill=None) -> None:
        """Every sort at every door; all that is not as it must be is told at once. fill(door,
        value): the message's values, and changes of it."""
        wrong, count = [], 0
        fill = fill or (lambda door, value: ({key: text.replace("{}", value) for key, text
                                              in door.values.items()}, []))
        for door in doors:
            for name, value in sorts.items():
                values, changes = fill(door, value)
                try:
                    self.do(A, door.subject, values, expected(door), changes=changes,
                            why=f"{door.name}, {name}")
                    self.as_before(f"after {door.name}, {name}")
                except Failed as fault:
                    wrong.append(str(fault))
                count += 1
        assert not wrong, f"{len(wrong)} of {count}: " + "\n     ".join(wrong[:20])

    @staticmethod
    def with_id(door: Door, number: str, **more: str) -> dict[str, str]:
        return {**{key: text.replace("{}", number) for key, text in door.values.items()}, **more}

    @staticmethod
    def audited(door: Door) -> tuple[str, str]:
        return "audit", f"{door.transaction} 4|8 system={A}"

    # -- ids -------------------------------------------------------------------------------------

    def ids_v2(self) -> None:
        self.begin()
        sorts = {name: value for name, (value, _) in IDS.items()}
        self.each(feeds() + of_two() + questions(), {**sorts, **V2_ONLY}, lambda door: [
            ("MSA-1", "AE"), ("ERR-2", door.where), ("ERR-3.1", "102"), ("ERR-4", "E"),
            self.audited(door)])

    def ids_v3(self) -> None:
        self.begin()

        def expected(door: Door) -> Expected:
            key = "ack" if door.transaction == "ITI-44" else "answer"
            return [(key, f"{'CE' if key == 'ack' else 'AE'} 102 {door.where}"),
                    self.audited(door)]
        self.each(in_v3(), {name: value for name, (_, value) in IDS.items()}, expected)

    def xml_refuses(self) -> None:
        self.begin()
        self.each(in_v3(), XML_REFUSES, lambda door: [("fault", "Sender")], lambda door, value: (
            self.with_id(door, "MARK"), [("/", f"/ MARK -> {value}")]))

    def wildcards(self) -> None:
        """An asterisk is a character of an id: it finds who has that id, and nobody else; what
        asks how an id begins is refused, for nobody would be found."""
        self.begin()
        for value in ("${pid.a}*", "*", "%", "${pid.a}%"):
            self.do(A, "iti9.hl7", {"id": value, "domain": "${domain.a}"}, [
                ("MSA-1", "AE"), ("ERR-3.1", "204"), ("ERR-2", "QPD^1^3^1^1")])
            self.do(A, "iti45.xml", {"id": value, "domain": "${domain.a}"},
                    [("answer", "AE 204 patientIdentifier/value")])
            self.do(A, "iti8-merge.hl7", {"survivor": "${pid.a}", "prior": value,
                                          "domain": "${domain.a}"},
                    [("MSA-1", "AE"), ("ERR-3.1", "204")])
            self.do(A, "iti44-merge.xml", {"survivor": "${pid.a}", "prior": value,
                                           "domain": "${domain.a}"}, [("ack", "CE 204")])
            self.as_before(f"after {value}")
        for value in ("${pid.a}*", "*"):
            self.do(A, "iti21.hl7", {"who": f"@PID.3.1^{value}~@PID.3.4.1^A-HOSPITAL"},
                    [("MSA-1", "AE"), ("ERR-3.1", "102"), ("found", "none")])
            self.do(A, "iti47.xml", {"id": value, "domain": "${domain.a}"},
                    [("answer", "AE 102 livingSubjectId")])

    # -- dates and names -------------------------------------------------------------------------

    def dates(self) -> None:
        self.begin()
        sorts = {date: date for date in (*DATES, *TO_COME)}
        described = [door for door in feeds() if door.describes]
        self.each(described, sorts, lambda door: [
            ("MSA-1", "AE"), ("ERR-2", "PID^1^7"), ("ERR-3.1", "102"), self.audited(door)],
            lambda door, value: (self.with_id(door, "${pid.a}", birth=value), []))
        self.each([door for door in in_v3() if door.describes], sorts,
                  lambda door: [("ack", "CE 102 birthTime"), self.audited(door)],
                  lambda door, value: (self.with_id(door, "${pid.a}", birth=value), []))
        # Who tells of a visit does not say who the patient is: what he says of it is not looked at.
        self.each([door for door in feeds() if not door.describes and "A29" not in door.name],
                  sorts, lambda door: [("MSA-1", "AA")],
                  lambda door, value: (self.with_id(door, "${pid.a}", birth=value), []))
        asked = {date: date for date in DATES if date != "*"}
        self.each(questions()[1:], asked,
                  lambda door: [("MSA-1", "AE"), ("ERR-2", "QPD^1^3^2^2"), ("ERR-3.1", "102")],
                  lambda door, value: ({**door.values, "who":
                                        f"@PID.5.1.1^${{kana.f}}~@PID.7^{value}"}, []))
        self.each(in_v3()[-1:], asked, lambda door: [("answer", "AE 102 livingSubjectBirthTime")],
                  lambda door, value: ({"birth": value}, []))

    def gaiji(self) -> None:
        """A name in characters of one's own (外字) is kept as it was written, and told: nobody
        else reads it. The rest of the record links as before."""
        self.begin()
        for door in [door for door in feeds() if door.describes]:
            for written in (f"{PRIVATE}田", "\\XEE8080\\田"):
                self.do(A, door.subject,
                        self.with_id(door, "${pid.a}", **{"kanji-family": written}),
                        [("MSA-1", "AA"), ("ERR-4", "W"), ("ERR-3.1", "102"),
                         ("ERR-2", "PID^1^5^1^1")], why=f"{door.name}, {written!r}")
                self.as_before(f"after {door.name}, {written!r}")
        for door in [door for door in in_v3() if door.describes]:
            self.do(A, door.subject,
                    self.with_id(door, "${pid.a}", **{"kanji-family": f"{PRIVATE}田"}),
                    [("ack", "CA 102 name")], why=door.name)
            self.as_before(f"after {door.name}")
        self.do(A, "iti21.hl7", {"who": "@PID.5.1.1^${kana.f}~@PID.5.2^${kana.g}"},
                [("QAK-2", "OK"), ("PID-5(1).1", f"{PRIVATE}田")])
        self.do(A, "iti21.hl7", {"who": f"@PID.5.1.1^{PRIVATE}田~@PID.7^19410503"},
                [("MSA-1", "AA")])

    # -- character sets --------------------------------------------------------------------------

    def charsets(self) -> None:
        """Octets that are not what MSH-18 says: of the document's own, of none, of another."""
        self.begin()
        described = [door for door in feeds() if door.describes]
        for said, sent in (("UNICODE UTF-8", "shift_jis"), ("UNICODE UTF-8", "euc_jp"),
                           ("UNICODE UTF-8", "iso2022_jp"), ("", "shift_jis"), ("", "euc_jp"),
                           ("ASCII", "shift_jis"), ("~ISO IR87||ISO 2022-1994", "shift_jis")):
            for door in described:
                try:
                    self.do(A, door.subject, self.with_id(door, "${pid.a}", charset=sent),
                            [("MSA-1", "AE"), ("ERR-3.1", "102")],
                            changes=[("/", f"UNICODE UTF-8 -> {said}")],
                            why=f"{door.name}, {sent} said to be {said or 'nothing'}")
                except Failed as fault:
                    raise Failed(str(fault)) from fault
                self.as_before(f"after {door.name}, {sent}")
        for door in described:      # 8-bit octets that need no name: they can only be UTF-8
            self.do(A, door.subject, self.with_id(door, "${pid.a}"), [("MSA-1", "AA")],
                    changes=[("/", "UNICODE UTF-8 -> ")], why=f"{door.name}, MSH-18 empty")
            self.as_before(f"after {door.name}, MSH-18 empty")

    # -- too many --------------------------------------------------------------------------------

    def too_many(self) -> None:
        self.begin()
        more = "~" + "~".join(f"X{n}^^^&${{domain.a}}&ISO" for n in range(MANY))
        for door in feeds():
            self.do(A, door.subject, self.with_id(door, "${pid.a}", **{"more-ids": more}),
                    [("MSA-1", "AR"), ("ERR-3.1", "207")], why=door.name)
            self.as_before(f"after {door.name}")
        self.do(A, "iti9.hl7", {"id": "${pid.a}", "domain": "${domain.a}",
                                "wanted": "~".join(["^^^&${domain.b}&ISO"] * MANY)},
                [("MSA-1", "AR"), ("ERR-3.1", "207")])
        ids = "".join(f'<id root="${{domain.a}}" extension="X{n}"/>' for n in range(MANY))
        for door in in_v3()[:2]:
            self.do(A, door.subject, self.with_id(door, "${pid.a}", **{"more-ids": ids}),
                    [("safe", "yes")], why=door.name)
            self.do(A, "iti9.hl7", {"id": "X7", "domain": "${domain.a}"}, [("MSA-1", "AE")])
            self.as_before(f"after {door.name}")

    # -- what cannot be sought by ----------------------------------------------------------------

    def empty_questions(self) -> None:
        """PDQ with every field empty, or an asterisk in each: refused, never everybody."""
        self.begin()
        fields = ("PID.3.1", "PID.3.4.1", "PID.5.1.1", "PID.5.2", "PID.7", "PID.8", "PID.11.1",
                  "PID.11.3", "PID.11.5", "PID.13.1", "PID.6.1")
        for value in ("", "*", "＊", "%", '""', "?"):
            for event in ("Q22", "ZV1"):
                self.do(A, "iti21.hl7", {"who": "~".join(f"@{each}^{value}" for each in fields),
                                         "event": event},
                        [("MSA-1", "AE"), ("QAK-2", "AE"), ("found", "none")],
                        why=f"{event}, {value!r} everywhere")
            for each in fields if value not in ("%", "?") else ():     # characters like others
                self.do(A, "iti21.hl7", {"who": f"@{each}^{value}"},
                        [("QAK-2", "AE"), ("found", "none")], why=f"{value!r} in {each}")
        for value in ("", "*", "＊"):
            name = f"<family>{value}</family><given>{value}</given>"
            for values in ({"name": name}, {"name": name, "telecom": f"tel:{value}",
                                            "address": f"<city>{value}</city>",
                                            "mother": f"<family>{value}</family>"}):
                step = Step(f"ITI-47, {value!r}", "send", A, "iti47.xml", values)
                answer = self.running.send_soap(step, Scope(self.scope, **values))
                said = answer.root.xpath("string(//*[local-name()='queryResponseCode']/@code)") \
                    if answer.root is not None else ""
                assert answer.is_fault or said in ("AE", "QE"), f"{value!r}: {said}"

    # -- the same again --------------------------------------------------------------------------

    def message(self, subject: str, values: dict[str, str]) -> bytes:
        return self.running.maker.hl7(subject, Scope(self.scope, **{
            key: self.scope.fill(value) for key, value in values.items()}), [])

    def octets(self, message: bytes, count: int) -> list[str]:
        """One message or more in one piece, as they stand; so many answers."""
        client = self.running.mllp_of(A)
        client.send(message)
        found = [client.receive() for _ in range(count)]
        return [re.sub(r"[\s\S]*\rMSA\|(A[AER])\|([^|\r]*)[\s\S]*", r"\1 \2",
                       (answer or b"").decode()) for answer in found]

    def lost_answers(self) -> None:
        """Each event, sent by a connection that is gone before it is answered, and sent again: the
        second answer is AA, and all is as if it had come once."""
        known, second, new = "${pid.a}", "${pid.second}", "${pid.new}"
        two = {"domain": "${domain.a}", "one": known, "other": second}
        prior = {"domain": "${domain.a}", "id": known, "prior": second}
        moved = {**PERSON, "phone": "${phone.moved}", "street": "横浜市西区4-4"}
        sent = [(door.subject, self.with_id(door, known), known) for door in feeds()
                if "A29" not in door.name]
        sent += [("iti30-pair.hl7", {**two, "event": event}, known) for event in ("A24", "A37")]
        sent += [("iti30-prior.hl7", {**prior, "event": "A40"}, known),
                 ("iti8-merge.hl7", {"domain": "${domain.a}", "survivor": known, "prior": second},
                  known), ("iti30-prior.hl7", {**prior, "id": new, "event": "A47"}, new)]
        for subject, values, left in sent:
            self.begin()
            self.do(A, "iti30.hl7", {**moved, "id": second, "domain": "${domain.a}"},
                    [("MSA-1", "AA")])
            message = b"\x0b" + self.message(subject, values) + b"\x1c\r"
            gone = self.running.mllp_of(A)
            gone.send(message)
            gone.close()
            why = f"{subject} {values.get('event', '')}"
            answer = self.octets(message, 1)
            again = self.octets(message, 1)
            assert answer[0].startswith("AA ") and again == answer, f"{why}: {answer}, {again}"
            self.as_before(why)
            self.do(A, "iti9.hl7", {"id": left, "domain": "${domain.a}"}, [("MSA-1", "AA")],
                    why=why)
            self.running.do(Step(why, "run", arguments=[
                "patient", "show", "--patient", f"{left}@a-hospital", "--output", "json"],
                expectations=[("exit", "0")]), self.scope)

    def pipelined(self) -> None:
        """A whole history in one piece: each message is answered in its turn, and finds what those
        before it did."""
        self.begin()
        first, second, new = "${pid.first}", "${pid.second}", "${pid.new}"
        moved = {**PERSON, "phone": "${phone.moved}", "street": "横浜市西区4-4"}
        here = {"domain": "${domain.a}"}
        asked = ("iti9.hl7", {**here, "id": first, "wanted": "^^^&${domain.a}&ISO"})
        told = [("iti30-pair.hl7", {**here, "one": first, "other": second}),
                ("iti30.hl7", {**PERSON, **here, "id": first, "phone": "${phone.first}"}), asked,
                ("iti30.hl7", {**moved, **here, "id": second}), asked,
                ("iti30-prior.hl7", {**here, "id": new, "prior": second}), asked,
                ("iti30-prior.hl7", {**here, "event": "A40", "id": first, "prior": new}), asked,
                ("iti9.hl7", {**here, "id": new}),
                ("iti8.hl7", {**PERSON, **here, "id": "7\\F\\7"}), asked]
        messages = [self.message(*each) for each in told]
        names = [one.split(b"\r")[0].split(b"|")[9].decode() for one in messages]
        got = self.octets(b"".join(b"\x0b" + one + b"\x1c\r" for one in messages), len(messages))
        wanted = [f"{'AE' if n in (9, 10) else 'AA'} {name}" for n, name in enumerate(names)]
        assert got == wanted, f"{got}, not {wanted}"
        self.as_before("after all of it")


def scenes(running: Runner, _demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    show = Scenes(running)
    return [
        ("identity-ids-v2", "what no id is, in every message of HL7 v2", show.ids_v2),
        ("identity-ids-v3", "what no id is, in every message of HL7 v3", show.ids_v3),
        ("identity-ids-xml", "what XML cannot write is no message", show.xml_refuses),
        ("identity-wildcards", "an asterisk in an id finds nobody, and merges nobody",
         show.wildcards),
        ("identity-dates", "dates that cannot be, fed or asked for", show.dates),
        ("identity-gaiji", "a name in characters of one's own is kept and told", show.gaiji),
        ("identity-charsets", "octets that are not what MSH-18 says", show.charsets),
        ("identity-too-many", "ten thousand ids in one message", show.too_many),
        ("identity-empty-questions", "PDQ with every field empty or an asterisk",
         show.empty_questions),
        ("identity-lost-answers", "each event again, after an answer that was lost",
         show.lost_answers),
        ("identity-pipelined", "a history of messages in one piece", show.pipelined),
    ]
