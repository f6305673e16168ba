"""Three standardised storages of our own making: 28 made-up people in 41 registrations, and
their truth in patients.csv.

Facility A ends lines with CR, B with CRLF, C with LF and not at the end; C writes the kanji of
PID-5 one caret short. Everything of a person agrees but for what DIFFERENT names.
"""

from __future__ import annotations

from ssmix2 import (
    ADT,
    KINDS,
    NO_ORDER,
    ORDER,
    RESULT,
    UNDATED,
    Person,
    check_digit,
    contents,
    jis,
    order,
    path,
    result,
    segments,
    written,
)

A, B, C = "1319951013", "1319952029", "1319953035"
LETTER = {A: "A", B: "B", C: "C"}
END = {A: ("\r", True), B: ("\r\n", True), C: ("\n", False)}
# How many documents each facility holds: orders and what else is of a kind, comings and goings.
HELD = {A: (139, 73), B: (78, 37), C: (114, 55)}
# Who is where: three people at all, seven at two, eighteen at one.
WHERE = [(A, B, C)] * 3 + [(A, B)] * 2 + [(A, C)] * 3 + [(B, C)] * 2 + [(A,)] * 6 \
    + [(B,)] * 6 + [(C,)] * 6
# Person and facility: what was written otherwise there. The first two part them, the others do not.
DIFFERENT = {(1, B): "kana", (4, B): "birth", (5, C): "address", (6, C): "insurance",
             (0, C): "kanji"}
FAMILY = (
    "桟橋",
    "灯台",
    "入江",
    "浮標",
    "渡船",
    "錨地",
    "汐見",
    "浜辺",
    "磯部",
    "船渠",
    "水先",
    "帆柱",
    "羅針",
    "船倉",
    "岬",
    "港",
    "渚",
    "潮",
    "沖",
    "波止",
    "碇",
    "櫂",
    "舵",
    "帆",
    "艀",
    "湾",
    "島",
    "瀬戸",
)
FAMILY_KANA = (
    "サンバシ",
    "トウダイ",
    "イリエ",
    "フヒョウ",
    "ワタシブネ",
    "ビョウチ",
    "シオミ",
    "ハマベ",
    "イソベ",
    "センキョ",
    "ミズサキ",
    "ホバシラ",
    "ラシン",
    "センソウ",
    "ミサキ",
    "ミナト",
    "ナギサ",
    "ウシオ",
    "オキ",
    "ハト",
    "イカリ",
    "カイ",
    "カジ",
    "ホ",
    "ハシケ",
    "ワン",
    "シマ",
    "セト",
)
GIVEN = (("一郎", "イチロウ", "M"), ("花子", "ハナコ", "F"), ("三郎", "サブロウ", "M"),
         ("桜", "サクラ", "F"))


def local_id(code: str, number: int) -> str:
    return {
        A: f"0000{number * 7 + 100:06d}",
        B: f"B{number * 3 + 1000:05d}",
        C: f"{number * 11 + 70000000:08d}",
    }[code]


def written_as(number: int, code: str) -> tuple[Person, dict[str, str]]:
    """The PID, and the row of patients.csv without facility and id."""
    other = DIFFERENT.get((number, code), "")
    given, given_kana, sex = GIVEN[number % 4]
    family, kana = FAMILY[number], FAMILY_KANA[number]
    if other == "kana":
        kana = "ドウダイ"
    if other == "kanji":
        family = "棧橋"
    birth = f"{1940 + number * 2}{1 + number % 12:02d}{10 + number % 18:02d}"
    if other == "birth":
        birth = birth[:-1] + str((int(birth[-1]) + 1) % 10)
    name = f"{family}^{given}{'^' * (4 if code == C else 5)}L^I~{kana}^{given_kana}^^^^^L^P"
    place = f"^^^^{900 + number:03d}-{number:04d}^JPN^H^" \
        f"例示県例示市港99丁目{number + 1 + 50 * (other == 'address')}番{number + 2}号"
    person = Person(
        local_id(code, number), name, birth, sex, place=place,
        phone=f"03-0{100 + number}-{9000 + number}"
    )
    insurer = check_digit("0698" + f"{number + 100 + 50 * (other == 'insurance'):03d}")
    branch = "" if other == "insurance" else f"{number % 90 + 1:02d}"
    row = {
        "person": f"T{number + 1:03d}",
        "name_kanji": f"{family}　{given}",
        "name_kana": f"{kana}　{given_kana}",
        "birth": birth,
        "sex": sex,
        "insurer_no": insurer,
        "ins_symbol": f"{number + 1}",
        "ins_number": f"{70000 + number}",
        "ins_branch": branch,
    }
    return person, row


def message(code: str, person: Person, kind: str, control: str, *more: str) -> bytes:
    end, last = END[code]
    return jis(written(segments(person, kind, control, *more), end, last))


def said(kind: str, number: str, value: str) -> tuple[str, list[str]]:
    """MSH-9 and segments of a document."""
    if kind == "OMP-01":
        return ORDER, order(number)
    return (RESULT, result(number, value)) if kind == "OML-11" else contents(kind, number)


def documents(code: str, person: Person, first: int, count: int) -> dict[str, bytes]:
    """One type after the other from the first-th on, a day each; no type twice."""
    kinds = ("OMP-01", "OML-11", *KINDS)
    assert count <= len(kinds)
    made = {}
    for n in range(count):
        kind = kinds[(first + n) % len(kinds)]
        number = f"{int(code[-3:]):03d}{int(person.id[-5:]) % 100000:05d}{n:07d}"
        day = f"202404{1 + n % 28:02d}"
        event, more = said(kind, number, f"{100 + n}")
        made[
            path(person.id, "-" if kind in UNDATED else day, kind,
                 NO_ORDER if kind.startswith("ADT") else number, f"{day}0900{n % 60:02d}000", "1")
        ] = message(code, person, event, number[-9:], *more)
    return made


def others(code: str, person: Person, count: int) -> dict[str, bytes]:
    """Comings and goings."""
    made = {}
    for n in range(count):
        kind, event = (
            ("ADT-12", "ADT^A04^ADT_A01"),
            ("ADT-52", "ADT^A03^ADT_A03"),
            ("ADT-22", "ADT^A01^ADT_A01"),
        )[n % 3]
        day = f"202405{1 + n % 28:02d}"
        made[path(person.id, day, kind, NO_ORDER,
                  f"{day}1000{n % 60:02d}{n:03d}", "1")] = message(code, person, event, f"O{n}")
    return made


def share(whole: int, parts: int, part: int) -> int:
    """As evenly as can be, and none lost."""
    return whole * (part + 1) // parts - whole * part // parts


def files() -> dict[str, bytes]:
    made, rows = {}, [
        "facility_code,facility_letter,local_patient_id,person,name_kanji,name_kana,birth,sex,"
        "insurer_no,ins_symbol,ins_number,ins_branch"
    ]
    for code in (A, B, C):
        here = [number for number, codes in enumerate(WHERE) if code in codes]
        for index, number in enumerate(here):
            person, row = written_as(number, code)
            insured = (
                f"IN1|1|01^全国健康保険協会^JHSD0001|{row['insurer_no']}|例示支部||||||"
                f"{row['ins_symbol']}~{row['ins_number']}~"
                f"{row['ins_branch']}||20240401|||||SEL^本人^HL70063"
            )
            file = path(person.id, "-", "ADT-00", NO_ORDER, "20240401101500123", "1")
            below = {file: message(code, person, ADT, f"A{number}", "DB1|1|PT||N", insured)}
            below |= documents(
                code, person, number, share(HELD[code][0], len(here), index)
            ) | others(code, person, share(HELD[code][1], len(here), index))
            made |= {f"ssmix2/storage/{code}/{name}": octets for name, octets in below.items()}
            rows.append(",".join((code, LETTER[code], person.id, *row.values())))
    made["ssmix2/patients.csv"] = ("\n".join(rows) + "\n").encode()
    made["ssmix2/index_ssmixidx_A.csv"] = b"the names of the files hold all of it\n"
    made["ssmix2/transaction/own.DAT"] = b"not read\n"
    return made
