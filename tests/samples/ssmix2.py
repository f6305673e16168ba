"""Files of a standardised storage (HS026): names, and messages in
ISO-2022-JP, for made-up people."""

from __future__ import annotations

import dataclasses

ADT, ORDER, RESULT = "ADT^A08^ADT_A01", "RDE^O11^RDE_O11", "OUL^R22^OUL_R22"
NO_ORDER = "999999999999999"
JIS_DASH = str.maketrans("－〜", "−～")  # JIS X 0208 has one of each; Python calls them so


def path(patient: str, date: str, kind: str, order: str, time: str, flag: str,
         department: str = "01") -> str:
    """Below the facility's folder."""
    levels = [patient[:3], patient[3:6]] if len(patient) > 3 else [patient[:3], patient]
    name = "_".join((patient, date, kind, order, time, "-" if date == "-" else department, flag))
    return "/".join((*levels, patient, date, kind, name))


@dataclasses.dataclass
class Person:
    """Who a file is about, as its PID writes it."""

    id: str = "D000000003"
    name: str = "例示^太郎^^^^^L^I~レイジ^タロウ^^^^^L^P"
    birth: str = "19700401"
    sex: str = "M"
    cx: str = ""  # PID-3, where it is not the id with its type
    place: str = "^^^^105-0099^JPN^H^例示県例示市港99丁目1番1号"
    phone: str = "03-0000-0000"
    pid_19: str = ""
    pid_31: str = ""

    def segment(self) -> str:
        tail = f"||||||{self.pid_19}" + "|" * 12 + f"{self.pid_31}||20240401101500"
        return (
            f"PID|0001||{self.cx or self.id + '^^^^PI'}||{self.name}||{self.birth}|{self.sex}|||"
            f"{self.place}||"
            f"^PRN^PH^^^^^^^^^{self.phone}|{tail}"
        )


DOCTOR = "D900^医師^一郎^^^^^^^L^^^^^I"
VISIT = f"PV1|0001|O|01^^^^^C||||{DOCTOR}"


def msh(kind: str, control: str, charset: str = "~ISO IR87",
        handling: str = "ISO 2022-1994") -> str:
    return (
        f"MSH|^~\\&|OWN|SEND|GATEWAY|RECEIVE|20240401101500.123||{kind}|{control}|P|2.5||||||"
        f"{charset}||{handling}|"
        "SS-MIX2_1.20^SS-MIX2^1.2.392.200250.2.1.100.1.2.120^ISO"
    )


def segments(person: Person, kind: str, control: str, *more: str, **head: str) -> list[str]:
    event = ["EVN||202404011015||||202404011015|OWN01"] if kind.startswith("ADT") else []
    return [msh(kind, control, **head), *event, person.segment(), VISIT, *more]


def order(number: str, what: str = "例示錠５ｍｇ", control: str = "NW") -> list[str]:
    return [
        f"ORC|{control}|{number}||{number}_01_001|||||20240402090000|"
        f"{DOCTOR}||{DOCTOR}|||||01^内科^HL70069",
        f"RXE||900000001^{what}^99OWN|1||TAB^錠^MR9P|TAB^錠剤^MR9P||||14|TAB^錠^MR9P||||{number}",
        "TQ1|1||1011000400000000&内服・経口・１日１回朝食後&JAMISDP01|||14^d|20240402",
        "RXR|PO^口^HL70162",
    ]


def result(number: str, value: str, status: str = "F", more: str = "") -> list[str]:
    return [
        f"SPM|1|{number}||023^血清^JC10|||||||||||||202404121000",
        f"OBR|1|{number}|{number}|3^生化学的検査^JC10|||202404121000",
        f"ORC|SC|{number}|{number}||CM||||20240412110000|{DOCTOR}",
        f"OBX|1|NM|3H010000002327101^例示項目{more}^JC10||{value}|U/L^U/L^99OWN|||||{status}",
    ]


def jis(text: str) -> bytes:
    return text.translate(JIS_DASH).encode("iso2022_jp_ext")


def written(parts: list[str], end: str = "\r", last: bool = True) -> str:
    return end.join(parts) + (end if last else "")


def check_digit(digits: str) -> str:
    """With the last digit that an insurer's number has: weights 2 and 1 from the right, tens
    digit and units added."""
    total = sum(
        sum(map(int, str(int(digit) * (2 if index % 2 == 0 else 1))))
        for index, digit in enumerate(reversed(digits))
    )
    return digits + str(-total % 10)
