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


def result(number: str, value: str, status: str = "F", more: str = "",
           day: str = "20240412") -> list[str]:
    return [
        f"SPM|1|{number}||023^血清^JC10|||||||||||||{day}1000",
        f"OBR|1|{number}|{number}|3^生化学的検査^JC10|||{day}1000",
        f"ORC|SC|{number}|{number}||CM||||{day}110000|{DOCTOR}",
        f"OBX|1|NM|3H010000002327101^例示項目{more}^JC10||{value}|U/L^U/L^99OWN|||||{status}",
    ]


ORC = "ORC|NW|{number}|||||||20240402090000|||" + DOCTOR + "|||||01^内科^HL70069"
# What each data type that becomes a document says, besides OMP-01 and OML-11: trigger event, and
# segments after PID and PV1.
KINDS: dict[str, tuple[str, ...]] = {
    "ADT-01": ("ADT^A54^ADT_A54",),
    "ADT-61": ("ADT^A60^ADT_A60",
               "IAM|1|FA^食物アレルギー^HL70127|900^例示の実^99OWN|MI^軽度^HL70128|"
               "かゆみ|A^追加^HL70323||||||小さい頃"),
    "PPR-01": ("PPR^ZD1^PPR_ZD1",
               "PRB|AD|20240402|90000001^例示病^99OWN|P{number}|||20240401", ORC),
    "OMD": ("OMD^O03^OMD_O03", ORC, "TQ1|1||TID&１日３回&HL70335||||2024040212",
            "ODS|D||901^例示食^99OWN"),
    "OMP-11": ("RAS^O17^RAS_O17", ORC,
               "RXA|0|1|202404021900|202404021900|900000001^例示錠５ｍｇ^99OWN|1|"
               "TAB^錠^MR9P",
               "RXR|PO^口^HL70162"),
    "OMP-02": ("RDE^O11^RDE_O11", ORC,
               "RXE||02^点滴^99OWN|500||ML^ｍＬ^MR9P|||||1|||||{number}",
               "TQ1|1||||||202404021000|202404021200", "RXR|IV^静脈内^HL70162",
               "RXC|B|900000002^例示液５００ｍＬ^99OWN|500|ML^ｍＬ^MR9P"),
    "OMP-12": ("RAS^O17^RAS_O17", ORC,
               "RXA|0|1|202404021000|202404021200|900000002^例示液５００ｍＬ^99OWN|500|"
               "ML^ｍＬ^MR9P",
               "RXR|IV^静脈内^HL70162"),
    "OML-01": ("OML^O33^OML_O33", "SPM|1|||023^血清^JC10", ORC,
               "OBR|1|{number}||3^生化学的検査^JC10",
               "OBX|1||3H010000002327101^例示項目^JC10||||||||O"),
    "OMG-01": ("OMG^O19^OMG_O19", ORC, "TQ1|1||||||20240403|||R^^HL70485",
               "OBR||{number}||9000000000000001^例示撮影^99OWN"),
    "OMG-02": ("OMG^O19^OMG_O19", ORC, "TQ1|1||||||20240403|||R^^HL70485",
               "OBR||{number}||9000000000000002^例示内視鏡^99OWN"),
    "OMG-03": ("OMG^O19^OMG_O19", ORC, "TQ1|1||||||20240403|||R^^HL70485",
               "OBR||{number}||9000000000000003^例示心電図^99OWN"),
    "OMG-11": ("OMI^Z23^OMI_Z23", ORC, "TQ1|1||||||20240402|||R^^HL70485",
               "OBR||{number}||9000000000000001^例示撮影^99OWN|||20240402",
               "IPC|X{number}|P1|2.999.40.{number}||DX^^DCM"),
    "OMG-12": ("OMI^Z23^OMI_Z23", ORC, "TQ1|1||||||20240402|||R^^HL70485",
               "OBR||{number}||9000000000000002^例示内視鏡^99OWN|||20240402",
               "IPC|Y{number}|P1|2.999.41.{number}||ES^^DCM"),
    "OMG-13": ("ORU^R01^ORU_R01", "OBR|1|{number}||9000000000000003^例示心電図^99OWN|||20240402",
               "OBX|1|TX|9000&IMP^例示所見^99OWN||例示のとおり||||||F"),
}
UNDATED = ("ADT-00", "ADT-01", "ADT-61", "PPR-01")


def contents(kind: str, number: str) -> tuple[str, list[str]]:
    """MSH-9, and what is said."""
    event, *said = KINDS[kind]
    return event, [each.replace("{number}", number) for each in said]


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
