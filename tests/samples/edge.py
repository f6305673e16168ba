"""A storage of our own making with one trap a file, and what an importer does
with each (manifest.tsv).

A row of TRAPS: path below the facility's folder, what is odd, what is right, octets. What is to be
refused begins with one of the words the tests look for: quarantine, report malformed, retry N
times, detect (bytes >= 0x80 ..., accept with warning or quarantine.
"""

from __future__ import annotations

from dataclasses import replace

from ssmix2 import (ADT, KINDS, NO_ORDER, ORDER, RESULT, Person, contents, jis, msh, order, path,
                    result, segments, written)

FACILITY, MY_NUMBER = "1319954041", "123456789018"  # the published dummy Individual Number
TIME = "20240401101500{:03d}"
NAME = "{}^{}^^^^^L^I~{}^{}^^^^^L^P"
MARK = "MARKMARK"  # stands for octets no codec of Python writes
Row = tuple[str, str, str, bytes]


def adt(
    id: str,
    trap: str,
    expected: str,
    kind: str = ADT,
    end: str = "\r",
    last: bool = True,
    codec: str = "",
    swap: bytes = b"",
    before: bytes = b"",
    after: bytes = b"",
    more: tuple[str, ...] = (),
    head: dict[str, str] | None = None,
    **person: str,
) -> Row:
    """An ADT-00: what is not said is ordinary."""
    text = written(
        segments(replace(Person(), id=id, **person), kind, "E" + id[-3:], *more,
                 **head or {}), end, last
    )
    octets = text.encode(codec) if codec else jis(text)
    if swap:
        octets = octets.replace(MARK.encode(), swap)
    where = path(id, "-", "ADT-00", NO_ORDER, TIME.format(sum(map(ord, id)) % 1000), "1")
    return where, trap, expected, before + octets + after


def delimiters(id: str, family: str, given: str, kana: tuple[str, str]) -> Row:
    return adt(
        id,
        "the second octet of a character is a delimiter of HL7",
        f"decode before splitting: {family} {given}",
        name=NAME.format(family, given, *kana),
    )


READING = ("レイジ", "タロウ")


def in_set(id: str, trap: str, kanji: str, given: str, swap: bytes,
           charset: str = "~ISO IR87") -> Row:
    """A family name whose first characters are of a set that ISO-2022-JP has not."""
    return adt(
        id,
        trap,
        f"decode: {kanji} {given}",
        name=NAME.format(MARK, given, *READING),
        swap=swap,
        head={"charset": charset},
    )


def jis_with(escape: bytes, octets: bytes, rest: str) -> bytes:
    return escape + octets + b"\x1b(B" + jis(rest)


UNICODE = {"charset": "UNICODE UTF-8", "handling": ""}
KANA_ONLY, KANJI_ONLY = "レイジ^タロウ^^^^^L^P", "例示^太郎^^^^^L^I"


def people() -> list[Row]:
    unclosed = jis(written(segments(replace(Person(), id="D000000120"), ADT, "E120"))).replace(
        b"\x1b(B||^PRN", b"||^PRN"
    )
    japanese = written(segments(replace(Person(), id="D000000118"), ADT, "E118"))
    return [
        adt(
            "7",
            "an id of one character; the folders' levels fall together",
            "accept: the id is the file's name's",
        ),
        adt("A123", "an id of four characters with a letter", "accept"),
        adt(
            "0000007",
            "leading zeros beside the id 7 of somebody else",
            "accept: two patients",
            birth="19550505",
        ),
        adt("123456789012345", "an id of 15 characters", "accept"),
        adt("D000000001", "PID-3 names another patient", "quarantine: whose is it",
            cx="D000000002^^^^PI"),
        adt("D000000003", "PID-3 without a type", "accept", cx="D000000003"),
        adt(
            "D000000004",
            "an Individual Number among the ids",
            "accept without it: never kept, never logged",
            cx=f"D000000004^^^^PI~{MY_NUMBER}^^^^NI",
        ),
        adt(
            "D000000005",
            "an Individual Number in PID-19",
            "accept without it: never kept, never logged",
            pid_19=MY_NUMBER,
        ),
        delimiters("D000000100", "山本", "美", ("ヤマモト", "マミ")),
        delimiters("D000000101", "宮崎", "愛", ("ミヤザキ", "ウタ")),
        delimiters("D000000102", "五日市", "服", ("イツカイチ", "ハトリ")),
        delimiters("D000000103", "奥", "向日葵", ("オク", "ヒマワリ")),
        delimiters("D000000104", "須藤", "本", ("スドウ", "ウマ")),
        adt(
            "D000000110",
            "half-width katakana by ESC ( I",
            "accept: its 5E is a mark of voice, no delimiter",
            name=NAME.format("例示", "太郎", "ﾚｲｼﾞ", "ﾀﾛｳ"),
        ),
        in_set(
            "D000000111",
            "an extension of row 92 whose first octet is the field separator",
            "髙木",
            "太郎",
            b"\x1b$B\x7c\x62\x4c\x5a\x1b(B",
        ),
        in_set(
            "D000000112",
            "JIS X 0213 by ESC $ ( Q",
            "山﨑",
            "太郎",
            jis("山") + jis_with(b"\x1b$(Q", b"\x4f\x72", ""),
        ),
        in_set(
            "D000000113",
            "JIS X 0212, declared in MSH-18",
            "濵田",
            "太郎",
            jis_with(b"\x1b$(D", b"\x49\x26", "田"),
            "~ISO IR87~ISO IR159",
        ),
        adt(
            "D000000114",
            "a character nobody had, written 〓",
            "accept: it stands for one character",
            name=NAME.format("〓田", "太郎", "ワタナベ", "タロウ"),
        ),
        adt(
            "D000000115",
            "a character nobody had, written ■",
            "accept: it stands for one character",
            name=NAME.format("渡■", "太郎", "ワタナベ", "タロウ"),
        ),
        adt(
            "D000000116",
            "UTF-8 with a character beyond the BMP and a variation selector",
            "accept as it is",
            name=NAME.format("𠮷田", "葛\U000e0100子", "ヨシダ", "カツコ"),
            codec="utf-8",
            head=UNICODE,
        ),
        adt(
            "D000000117",
            "Windows-31J under ISO-2022-JP's name",
            "detect (bytes >= 0x80 outside of an escape)",
            name=NAME.format("髙橋", "瑞穂", "タカハシ", "ミズホ"),
            codec="cp932",
        ),
        (
            path("D000000118", "-", "ADT-00", NO_ORDER, TIME.format(118), "1"),
            "EUC-JP under ISO-2022-JP's name",
            "quarantine",
            japanese.encode("euc_jp"),
        ),
        (
            path("D000000119", "-", "ADT-00", NO_ORDER, TIME.format(119), "1"),
            "ESC ( J where ESC ( B is meant",
            "accept",
            jis(written(segments(replace(Person(), id="D000000119"), ADT, "E119"))).replace(
                b"\x1b(B", b"\x1b(J"
            ),
        ),
        (
            path("D000000120", "-", "ADT-00", NO_ORDER, TIME.format(120), "1"),
            "no way back to ASCII before the separators",
            "report malformed: never half a patient",
            unclosed,
        ),
        adt(
            "D000000121",
            "MSH-18 and MSH-20 without blanks",
            "accept",
            head={"charset": "~ISOIR87", "handling": "ISO2022-1994"},
        ),
        adt(
            "D000000122",
            "MSH-18 and MSH-20 empty",
            "accept: by the rule of the storage",
            head={"charset": "", "handling": ""},
        ),
        adt("D000000123", "LF, and none at the end", "accept", end="\n", last=False),
        adt("D000000124", "CRLF", "accept", end="\r\n"),
        adt("D000000125", "the frame of MLLP around it", "accept", before=b"\x0b", after=b"\x1c\r"),
        adt("D000000126", "one 1C at the end", "accept", after=b"\x1c"),
        adt(
            "D000000201",
            "the whole name in XPN.1",
            "accept: split at the blank",
            name="例示　太郎^^^^^^L^I~レイジ　タロウ^^^^^^L^P",
        ),
        adt(
            "D000000202",
            "XPN one caret short",
            "accept with a warning",
            name=NAME.replace("^^^^^L", "^^^^L").format("例示", "太郎", *READING),
        ),
        adt(
            "D000000203",
            "the reading first",
            "accept: XPN.8 says which is which",
            name=f"{KANA_ONLY}~{KANJI_ONLY}",
        ),
        adt("D000000204", "the reading alone", "accept", name=KANA_ONLY),
        adt("D000000205", "no reading", "accept", name=KANJI_ONLY),
        adt(
            "D000000206",
            "three representations",
            "accept all",
            name=f"{KANJI_ONLY}~{KANA_ONLY}~REIJI^TARO^^^^^L^A",
        ),
        adt(
            "D000000207",
            "a newborn without a name",
            "accept: linked with nobody",
            name=NAME.format("例示", "花子ベビー", "レイジ", "ハナコベビー"),
            birth="20240329",
            sex="F",
        ),
        adt(
            "D000000208",
            "nobody knows who",
            "accept: linked with nobody",
            name=NAME.format("不明", "男性１", "フメイ", "ダンセイ１"),
            birth="",
            pid_31="Y",
        ),
        adt("D000000209", "a birth date that is a default", "accept: no evidence",
            birth="19000101"),
        adt("D000000210", "a birth date that cannot be", "accept without it", birth="19700231"),
        adt("D000000211", "a local code of sex", "accept", sex="2"),
        adt(
            "D000000301",
            "an insurer of six digits, with a branch",
            "accept",
            more=("IN1|1|C0^国民健康保険^JHSD0001|980136|例示市||||||12~0012345~02||20240401",),
        ),
        adt(
            "D000000302",
            "a card without branch, digits of full width",
            "accept",
            more=("IN1|1|01^全国健康保険協会^JHSD0001|01980010|例示支部||||||１２~"
                  "３４５６||20180401",),
        ),
        adt(
            "D000000303",
            "no symbol",
            "accept",
            more=("IN1|1|39^後期高齢者^JHSD0001|39980016|例示県広域連合||||||~12345674||20230401",),
        ),
        adt(
            "D000000304",
            "public expense beside the insurance",
            "accept",
            more=(
                "IN1|1|01^全国健康保険協会^JHSD0001|01980010|例示支部||||||123456~78~02||20230401",
                "IN1|2|54^難病^JHSD0001|54980016|||||||1234566||20230401",
            ),
        ),
    ]


def file(
    id: str,
    day: str,
    kind: str,
    number: str,
    time: str,
    flag: str,
    event: str,
    more: list[str],
    trap: str,
    expected: str,
    **person: str,
) -> Row:
    made = jis(written(segments(replace(Person(), id=id, **person), event,
                                "E" + number[-3:] + flag, *more)))
    return path(id, day, kind, number, time, flag), trap, expected, made


def corrections() -> list[Row]:
    """Versions, deletions and moves of orders, and a patient who was deleted."""

    def omp(
        number: int,
        day: str,
        time: str,
        flag: str,
        trap: str,
        expected: str,
        what: str = "例示錠５ｍｇ",
        control: str = "NW",
    ) -> Row:
        name = f"{number:015d}"
        return file(
            "D000000401", day, "OMP-01", name, time, flag, ORDER, order(name, what, control),
            trap, expected
        )

    def result_of(time: str, flag: str, value: str, status: str, trap: str, expected: str) -> Row:
        name = f"{531:015d}"
        return file(
            "D000000501",
            "20240412",
            "OML-11",
            name,
            time,
            flag,
            RESULT,
            result(name, value, status, "\\T\\" if status == "C" else ""),
            trap,
            expected,
        )

    gone = adt("D000000402", "", "")
    return [
        omp(
            401,
            "20240402",
            "20240402090000000",
            "2",
            "a version that was replaced",
            "the first version, Deprecated",
        ),
        omp(
            401,
            "20240402",
            "20240402100000000",
            "1",
            "the version that holds",
            "the second, Approved",
            "例示錠１０ｍｇ",
        ),
        omp(402, "20240403", "20240403090000000", "0", "deleted: the order, renamed",
            "no Approved entry"),
        omp(
            402,
            "20240403",
            "20240403110000000",
            "0",
            "deleted: the message that says so",
            "no Approved entry",
            control="CA",
        ),
        omp(
            403,
            "20240404",
            "20240404090000000",
            "1",
            "two that hold, the older",
            "replaced: the newest holds",
        ),
        omp(
            403,
            "20240404",
            "20240404093000000",
            "1",
            "two that hold, the newer",
            "Approved",
            "例示錠１０ｍｇ",
        ),
        omp(404, "20240405", "20240405090000000", "0", "an order whose day moved: the old day",
            "Deprecated"),
        omp(
            404,
            "20240406",
            "20240405170000000",
            "1",
            "the same order under its new day",
            "Approved, replaces the other",
            "例示錠１０ｍｇ",
        ),
        file(
            "D000000402",
            "-",
            "ADT-00",
            NO_ORDER,
            "20240405120000000",
            "0",
            "ADT^A23^ADT_A21",
            [],
            "the patient deleted",
            "no patient, nothing Approved",
        ),
        (gone[0][:-1] + "0", "what was deleted", "renamed to 0", gone[3]),
        result_of("20240412150000000", "2", "100", "P", "a preliminary result", "Deprecated"),
        result_of("20240412180000000", "1", "101", "C",
                  "the corrected result, with escapes", "Approved"),
    ]


# Data types besides those of the traps: type, day, and of a coming or going the trigger event.
TYPES = (
    ("ADT-01", "-", ""),
    ("ADT-21", "20240412", "ADT^A14^ADT_A05"),
    ("ADT-22", "20240412", "ADT^A01^ADT_A01"),
    ("ADT-31", "20240414", "ADT^A21^ADT_A21"),
    ("ADT-32", "20240415", "ADT^A22^ADT_A21"),
    ("ADT-41", "20240416", "ADT^A15^ADT_A15"),
    ("ADT-42", "20240416", "ADT^A02^ADT_A02"),
    ("ADT-51", "20240420", "ADT^A16^ADT_A16"),
    ("ADT-52", "20240420", "ADT^A03^ADT_A03"),
    ("ADT-61", "-", ""),
    ("PPR-01", "-", ""),
    ("OMP-11", "20240412", ""),
    ("OMP-12", "20240412", ""),
    ("OML-01", "20240412", ""),
    ("OMG-01", "20240413", ""),
    ("OMG-11", "20240413", ""),
    ("OMG-13", "20240413", ""),
    ("OMD", "20240412", ""),
)


def types() -> list[Row]:
    made = []
    for n, (kind, day, event) in enumerate(TYPES):
        number = NO_ORDER if kind.startswith(("ADT", "PPR")) else f"{560 + n:015d}"
        where = path("D000000501", day, kind, number, f"20240412{n:02d}0000000", "1")
        kind_of, more = contents(kind, number) if kind in KINDS else (event, [])
        made.append(
            (
                where,
                f"{kind}, a document",
                "accept",
                jis(written(segments(replace(Person(), id="D000000501"), kind_of, f"E5{n:02d}",
                                     *more))),
            )
        )
    return made


def names() -> list[Row]:
    """What is wrong with a file's name, or its end."""
    folder = "D00/000/D000000601/20240420/{}/"
    good = path("D000000601", "20240420", "OMP-01", "{:015d}", "20240420090{}00000", "1")

    def holding(number: int) -> bytes:
        return jis(
            written(
                segments(replace(Person(), id="D000000601"), ORDER, f"E{number}",
                         *order(f"{number:015d}"))
            )
        )

    broken = holding(603)
    broken = broken[: broken.rindex(b"\x1b$B") + 6]
    odd = "D000000601_{}_{}_{}_{}_01_{}"
    return [
        (good.format(601, 0) + ".tmp", "still being written", "leave it", holding(601)),
        (good.format(602, 1), "no octet", "retry N times, then report", b""),
        (
            good.format(603, 2),
            "breaks off inside a run of double-byte characters",
            "report malformed",
            broken,
        ),
        (folder.format("OMP-01") + "Thumbs.db", "not of the storage", "leave it", b"\0\0"),
        (
            good.format(604, 3).replace("20240420090300000", "20240420090300"),
            "a time without milliseconds",
            "accept with a warning",
            holding(604),
        ),
        (good.format(605, 4)[:-1] + "9", "a flag that is none", "quarantine", holding(605)),
        (
            folder.format("OMP-01")
            + odd.format("20240421", "OMP-01", f"{606:015d}", "20240420090500000", "1"),
            "another day than its folder's",
            "quarantine",
            holding(606),
        ),
        (
            folder.format("OMP-01") + odd.format("20240420", "OMP-01", "ORD_607",
                                                 "20240420090600000", "1"),
            "an underscore in the order's number",
            "accept",
            holding(607),
        ),
        (
            folder.format("omp-01")
            + odd.format("20240420", "omp-01", f"{608:015d}", "20240420090700000", "1"),
            "a type in small letters",
            "accept with warning or quarantine; never a new type",
            holding(608),
        ),
        adt("D000000602", "a trigger event that is not ADT-00's", "quarantine",
            kind="ADT^A31^ADT_A05"),
    ]


def extended() -> list[Row]:
    """The extended storage lies beside it: a name by each writing of the data type, one without a
    department."""
    patient, date = "D000000501", "20240420"
    base = f"../ext/{FACILITY}/D00/000/{patient}/{date}"
    vitals = "L-OWN^OWN^99OWN"
    message = jis(written(segments(Person(id=patient), "ORU^R30^ORU_R30", "E00501")))
    return [
        (
            f"{base}/{kind}/{patient}_{date}_{name}_1/main_document.{ending}",
            "the extended storage",
            "index as one document",
            octets,
        )
        for kind, name, ending, octets in (
            ("^要約^^18842-5^要約^LN", f"18842-5_701_{date}180000000_01", "xml",
             b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>\n'),
            (vitals, f"{vitals}_1_{date}150032100", "hl7", message),
            ("L_98^紹介_状^99OWN^57133-1^紹介状^LN", f"L_98_REF_1_{date}160000000_01", "pdf",
             b"%PDF-1.4\n"),
        )
    ]


def files() -> dict[str, bytes]:
    rows = [*people(), *corrections(), *types(), *names(), *extended()]
    made = {}
    for where, _, _, octets in rows:
        folder = (
            "ssmix2/edge/ext/" + where.removeprefix("../ext/")
            if where.startswith("../")
            else f"ssmix2/edge/{FACILITY}/{where}"
        )
        assert folder not in made, where
        made[folder] = octets
    lines = ["path\ttrap\texpected", *("\t".join(row[:3]) for row in rows)]
    made["ssmix2/edge/manifest.tsv"] = ("\n".join(lines) + "\n").encode()
    made["ssmix2/edge/transaction/own.DAT"] = b"not read\n"
    return made
