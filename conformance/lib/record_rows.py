"""What must stand in each audit record, row by row: cases/records.tsv (the transactions) and
cases/record-objects.tsv (their participant objects), held against the records delivered.

A record's row is that of its EventTypeCode, of which part is ours (the participant that has our
process id is Source, Destination, Application or neither), and, where a row names one, of the path
we were asked at. Whatever the row says of it must be so, and there may be no object of a sort the
row does not have. A row that no record met in a whole run, or not with success and with failure
where it has both, is a fault as well: nothing shows it then."""
from __future__ import annotations

import base64
import collections
import contextlib
import csv
import fnmatch
import os
import re
import tempfile
import urllib.parse
from typing import Callable, Iterator

from lxml import etree

CASES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "cases")
# Where the processes of one run leave what they met: a file each.
MET = "MINATO_RECORDS_MET"
ROLES = {"110153": "source", "110152": "destination", "110150": "application"}
ROLE_NAMES = {"110153": "Source Role ID", "110152": "Destination Role ID",
              "110150": "Application", "110151": "Application Launcher"}
EVENTS = {"110007": "Report Verification", "110100": "Application Activity",
          "110101": "Audit Log Used", "110106": "Export", "110107": "Import",
          "110110": "Patient Record", "110112": "Query", "110113": "Security Alert",
          "110114": "User Authentication"}
# UserID, ParticipantObjectID and values of details, by the names the tables give their forms.
FORMS = {
    "any": r".+",
    "url": r"(https?|mllps?)://.+",
    # wsa:ReplyTo, or what says that there is none
    "reply-to": r"(https?://.+)",
    "facility|application": r"[^|]*\|[^|]*",
    # Individual Numbers stand in no record
    "cx": r"[^^&|]+\^\^\^([^^&]*&[0-9.]+&ISO|[^^&]+)|withheld",
    "oid": r"[0-9]+(\.[0-9]+)+",
    "home": r"urn:oid:[0-9.]+",
    "uuid": r"urn:uuid:[0-9a-f-]{36}",
    "utf-8": r"UTF-8",
}
COUNTS = {"1": (1, 1), "?": (0, 1), "*": (0, None), "+": (1, None)}


def is_form(form: str, text: str) -> bool:
    return re.fullmatch(FORMS[form], text, re.DOTALL) is not None


def table(name: str) -> list[dict[str, str]]:
    """Rows by the names of their columns; '#' begins what is for the reader."""
    with open(os.path.join(CASES, name), encoding="utf-8") as text:
        lines = [line for line in text if line.strip() and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def coded(element: etree._Element | None) -> str:
    """code|system|text of a coded value."""
    return "||" if element is None else "|".join(
        element.get(key, "") for key in ("csd-code", "codeSystemName", "originalText"))


def own(root: etree._Element) -> etree._Element | None:
    """The participant that is us: the one whose process is known."""
    return next((each for each in root.findall("ActiveParticipant")
                 if each.get("AlternativeUserID")), None)


def role(participant: etree._Element | None) -> str:
    code = None if participant is None else participant.find("RoleIDCode")
    return "self" if code is None else ROLES.get(code.get("csd-code", ""), "self")


class Query:
    """What a ParticipantObjectQuery has to hold."""

    def __init__(self, octets: bytes, whole: bool) -> None:
        self.octets, self.whole = octets, whole

    def fault(self, wanted: str) -> str | None:
        if self.octets == b"withheld":
            return None
        if wanted in ("MSH", "QPD"):
            segments = [each[:4] for each in self.octets.split(b"\r") if each]
            fits = segments[:1] == [wanted.encode() + b"|"] \
                and (wanted == "MSH" or len(segments) == 1)
            return None if fits else f"the query is not {wanted}: {self.octets[:60]!r}"
        if not self.whole:
            return None
        try:
            name = etree.QName(etree.fromstring(self.octets)).localname
        except etree.XMLSyntaxError as why:
            return f"the query is no XML: {why}"
        return None if name in wanted.split("|") else f"the query is a {name}, not {wanted}"


class Kind:
    """A sort of participant object: a row of record-objects.tsv."""

    def __init__(self, row: dict[str, str]) -> None:
        self.row, self.name = row, row["kind"]

    def fits(self, found: etree._Element, code: str, title: str) -> bool:
        """Is it meant to be one of these?"""
        wanted = self.row["id-type"].replace("{code}", code).replace("{name}", title)
        return (found.get("ParticipantObjectTypeCode"),
                found.get("ParticipantObjectTypeCodeRole"),
                coded(found.find("ParticipantObjectIDTypeCode"))) \
            == (self.row["type"], self.row["role"], wanted)

    def faults(self, found: etree._Element, failed: bool) -> list[str]:
        """What could not be read is recorded as it was sent."""
        row, told = self.row, found.get("ParticipantObjectID", "")
        wrong = [] if failed or is_form(row["id"], told) else [f"ParticipantObjectID {told!r}"]
        if (found.get("ParticipantObjectDataLifeCycle") or "-") != row["cycle"]:
            wrong.append(f"life cycle {found.get('ParticipantObjectDataLifeCycle')}")
        return [f"{self.name}: {each}"
                for each in wrong + self.wrong_details(found) + self.wrong_query(found)]

    def wrong_details(self, found: etree._Element) -> list[str]:
        values = {each.get("type", ""): base64.b64decode(each.get("value", "")).decode()
                  for each in found.findall("ParticipantObjectDetail")}
        wrong, known = [], {"QueryLength", "QuerySHA-256"}
        for word in filter(None, self.row["details"].split("; ")):
            name, form = word.rsplit("=", 1)
            needed = not name.endswith("?")
            name = name.removesuffix("?")
            known.add(name)
            if name in values and not is_form(form, values[name]):
                wrong.append(f"detail {name} is {values[name]!r}")
            if needed and name not in values:
                wrong.append(f"no detail {name}")
        return wrong + [f"detail {name} is in no table" for name in values if name not in known]

    def wrong_query(self, found: etree._Element) -> list[str]:
        query = found.find("ParticipantObjectQuery")
        if (query is None) != (self.row["query"] == "-"):
            return ["a query" if query is not None else "no query"]
        if query is None:
            return []
        whole = found.find("ParticipantObjectDetail[@type='QueryLength']") is None
        fault = Query(base64.b64decode(query.text or ""), whole).fault(self.row["query"])
        return [fault] if fault else []


class Row:
    """What is demanded of the records of one transaction in one part: a row of records.tsv."""

    def __init__(self, row: dict[str, str], kinds: dict[str, Kind]) -> None:
        self.row, self.name = row, row["row"]
        self.kinds = []
        for word in [] if row["objects"] == "any:*" else row["objects"].split():
            name, count = word.rsplit(":", 1)
            self.kinds.append((kinds[name], count))

    def is_of(self, code: str, us: str, path: str) -> bool:
        return fnmatch.fnmatchcase(code or "-", self.row["code"]) and self.row["us"] in ("*", us) \
            and fnmatch.fnmatchcase(path, self.row["path"])

    def faults(self, root: etree._Element) -> list[str]:
        return self.wrong_event(root) + self.wrong_participants(root) + self.wrong_objects(root)

    def wrong_event(self, root: etree._Element) -> list[str]:
        event, row = root.find("EventIdentification"), self.row
        wrong, told = [], coded(event.find("EventID"))
        fitting = [f"{code}|DCM|{EVENTS[code]}" for code in row["event"].split(" ")]
        if told not in fitting:
            wrong.append(f"EventID {told}")
        if event.get("EventActionCode", "") not in row["action"]:
            wrong.append(f"EventActionCode {event.get('EventActionCode')}")
        kind = coded(event.find("EventTypeCode"))
        wanted = f"{row['code']}|{row['system']}|{row['name']}"
        if row["name"] != "*" and kind != wanted.replace("-||", "||"):
            wrong.append(f"EventTypeCode {kind}")
        if not root.findall("AuditSourceIdentification[@AuditSourceID]"):
            wrong.append("no AuditSourceID")
        return wrong

    def wrong_participants(self, root: etree._Element) -> list[str]:
        people = root.findall("ActiveParticipant")
        wrong = []
        if sum(each.get("UserIsRequestor") == "true" for each in people) > 1:
            wrong.append("more than one requestor")
        for each in ("source", "destination", "application"):
            if self.row[each] == "-":
                continue
            found = [one for one in people if role(one) == each]
            wrong += self.wrong_participant(each, found[0]) if len(found) == 1 \
                else [f"{len(found)} participants are {each}"]
        if self.row["source"] != "-":
            wrong += self.wrong_persons(root, [one for one in people if role(one) == "self"])
        return wrong

    def wrong_participant(self, name: str, found: etree._Element) -> list[str]:
        wrong, wanted = [], dict(word.split("=", 1) for word in self.row[name].split(" "))
        if not is_form(wanted["user"], found.get("UserID", "")):
            wrong.append(f"UserID {found.get('UserID')!r}")
        if (name == self.row["us"]) != bool(re.fullmatch("[0-9]+",
                                                         found.get("AlternativeUserID", ""))):
            wrong.append(f"AlternativeUserID {found.get('AlternativeUserID')!r}")
        if "requestor" in wanted and found.get("UserIsRequestor") != wanted["requestor"]:
            wrong.append(f"UserIsRequestor {found.get('UserIsRequestor')}")
        if found.get("NetworkAccessPointTypeCode") not in ("1", "2") \
                or not found.get("NetworkAccessPointID"):
            wrong.append("no NetworkAccessPoint")
        code = found.find("RoleIDCode")
        if coded(code) != f"{code.get('csd-code')}|DCM|{ROLE_NAMES[code.get('csd-code')]}":
            wrong.append(f"RoleIDCode {coded(code)}")
        return [f"{name}: {each}" for each in wrong]

    def wrong_persons(self, root: etree._Element, people: list[etree._Element]) -> list[str]:
        """ITI TF-2: 3.40.4.2. A purpose of use is told by an assertion, so there is a person."""
        human = self.row["human"]
        wrong = [f"person {one.get('UserID')!r} is called {one.get('UserName')!r}" for one in people
                 if not one.get("UserID") or human != "operator"
                 and not re.fullmatch(r".*<.+@.+>", one.get("UserName", ""))]
        said = root.find("EventIdentification/PurposeOfUse") is not None
        if said and not people:
            wrong.append("a purpose of use, and no human requestor")
        if people and human == "true" and people[0].get("UserIsRequestor") != human:
            wrong.append(f"human requestor: UserIsRequestor {people[0].get('UserIsRequestor')}")
        return wrong

    def wrong_objects(self, root: etree._Element) -> list[str]:
        event = root.find("EventIdentification")
        code, _, title = coded(event.find("EventTypeCode")).split("|", 2)
        failed = event.get("EventOutcomeIndicator") != "0"
        wrong, left = [], root.findall("ParticipantObjectIdentification")
        if self.row["objects"] == "any:*":
            return []
        for kind, count in self.kinds:
            fitting = [each for each in left if kind.fits(each, code, title)]
            left = [each for each in left if each not in fitting]
            least, most = COUNTS[count.removesuffix("!")]
            if failed and not count.endswith("!"):
                least = 0
            if not least <= len(fitting) <= (len(fitting) if most is None else most):
                wrong.append(f"{len(fitting)} times {kind.name}")
            wrong += [fault for each in fitting for fault in kind.faults(each, failed)]
        return wrong + [f"an object {each.get('ParticipantObjectTypeCode')}/"
                        f"{each.get('ParticipantObjectTypeCodeRole')} "
                        f"{coded(each.find('ParticipantObjectIDTypeCode'))}" for each in left]


class Table:
    """Both tables, and which rows were met."""

    def __init__(self) -> None:
        kinds = {row["kind"]: Kind(row) for row in table("record-objects.tsv")}
        self.rows = [Row(row, kinds) for row in table("records.tsv")]
        self.met: dict[str, set[str]] = collections.defaultdict(set)

    def row_of(self, root: etree._Element) -> Row | None:
        us = own(root)
        code, system, _ = coded(root.find("EventIdentification/EventTypeCode")).split("|", 2)
        path = urllib.parse.urlsplit(us.get("UserID", "")).path if us is not None else ""
        code = f"{system}:{code}" if system == "Minato" else code
        return next((row for row in self.rows if row.is_of(code, role(us), path or "-")), None)

    def faults(self, root: etree._Element) -> list[str]:
        row = self.row_of(root)
        told = coded(root.find("EventIdentification/EventTypeCode"))
        if row is None:
            return [f"{told} as {role(own(root))} has no row in records.tsv"]
        outcome = root.find("EventIdentification").get("EventOutcomeIndicator")
        self.met[row.name].add("success" if outcome == "0" else "failure")
        return [f"{row.name}: {each}" for each in row.faults(root)]

    def judge(self, records: list[bytes]) -> list[str]:
        """Each kind of fault once, of records that are XML (the recorder tells of the others)."""
        told: dict[str, int] = collections.Counter()
        for record in records:
            head, found, message = record.partition(b"<AuditMessage")
            try:
                root = etree.fromstring(found + message)
            except etree.XMLSyntaxError:
                continue
            told.update(self.faults(root))
        self.leave_met()
        return [f"{fault} ({count} records)" for fault, count in told.items()]

    # -- what a whole run must have met ---------------------------------------------------------

    def leave_met(self) -> None:
        if MET not in os.environ:
            return
        with open(os.path.join(os.environ[MET], str(os.getpid())), "a", encoding="utf-8") as file:
            for name, outcomes in self.met.items():
                file.writelines(f"{name} {outcome}\n" for outcome in outcomes)

    def unmet(self) -> list[str]:
        """Rows that no process of the run met as they must be."""
        met: set[str] = set()
        for name in os.listdir(os.environ[MET]):
            with open(os.path.join(os.environ[MET], name), encoding="utf-8") as file:
                met.update(file.read().splitlines())
        return [f"{row.name} ({outcome})" for row in self.rows
                for outcome in row.row["met"].split(" ")
                if outcome != "-" and f"{row.name} {outcome}" not in met]

    def without_row(self, told: list[dict]) -> list[str]:
        """Transactions the gateway says it plays, and nothing here says how they are recorded."""
        actors = {(row.row["code"], actor) for row in self.rows
                  for actor in row.row["actors"].split("; ")}
        return [f"{each['code']} of {each['actor']}" for each in told
                if each["code"].startswith(("ITI-", "RAD-"))
                and (each["code"], each["actor"]) not in actors]


@contextlib.contextmanager
def whole_run(whole: bool) -> Iterator[Callable[[list[dict]], list[str]]]:
    """While the processes of a run note what they met; gives what tells, at its end, of what there
    is no row for, and, when everything was run, of rows that were not met."""
    with tempfile.TemporaryDirectory(prefix="minato-records-") as met:
        if whole:
            os.environ[MET] = met
        yield lambda told: Table().without_row(told) + (Table().unmet() if whole else [])
        os.environ.pop(MET, None)
