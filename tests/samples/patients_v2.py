"""HL7 v2 messages of our own making: feeds, merges and queries as others' systems write them.

A row of MESSAGES: the file's stem, its line end, its segments. What a case replaces, ids and the
namespace TEST among them, is written as the case names it.
"""

from __future__ import annotations

CR, LF, CRLF, PARTED = "\r", "\n", "\r\n", "\r\n\r\n"
TEST_OID = "2.16.840.1.113883.3.72.5.9.1"
OIDS = {
    "MPI": "2.16.840.1.113883.3.37.4.1.1.2.1.1",
    "KHKN": "2.16.840.1.113883.3.37.4.1.1.2.611.1",
    "BBB": "2.16.840.1.113883.3.37.4.1.1.2.611.1",
    "CCC": "2.16.840.1.113883.3.37.4.1.1.2.711.1",
}


def msh(kind: str, control: str, version: str = "2.5", rest: str = "",
        sender: str = "WARD|OWN") -> str:
    return f"MSH|^~\\&|{sender}|GATEWAY|REGION|20260115093000||{kind}|{control}|P|{version}{rest}"


def cx(number: str, name: str, space: str = "") -> str:
    return f"{number}^^^{space or name}&{OIDS[name]}&ISO"


def fed(
    event: str, pid: str, control: str = "OWN1", *more: str, version: str = "2.3.1",
    structure: str = ""
) -> list[str]:
    """A feed: three components of its PID are the caller's."""
    return [
        msh(f"ADT^{event}{structure}", control, version),
        f"EVN|{event}|20260115093000",
        f"PID|1||{pid}",
        *(more or ("PV1||O",)),
    ]


def harness(event: str, step: str, pid: str, *more: str) -> list[str]:
    """Version 2.3.1, trailing component separators in MSH, an EVN without event."""
    structure = "ADT_A40" if event == "A40" else "ADT_A01"
    return [
        "MSH|^~\\&|TEST_HARNESS^^|TEST^^|GATEWAY^^|REGION^^|20260115093000||"
        f"ADT^{event}^{structure}|TEST-CR-{step}|P|2.3.1", "EVN||20260115", f"PID|||{pid}", *more,
    ]


def asks(step: str, number: str, what: str = "") -> list[str]:
    """A PIX query with a blank in MSH-13."""
    return [
        msh("QBP^Q23^QBP_Q21", f"TEST-CR-{step}", rest="| ", sender="TEST_HARNESS|TEST"),
        f"QPD|IHE PIX Query|Q{step}|{number}{what}",
        "RCP|I",
    ]


def demographics(step: str, parameters: str, domain: str = "") -> list[str]:
    """A PDQ query, as others name it."""
    return [
        msh("QBP^Q22^QBP_Q21", f"TEST-CR-{step}", sender="TEST_HARNESS|TEST"),
        f"QPD|Q22^Find Candidates^HL7|Q{step}|{parameters}" + (f"|||||{domain}" if domain else ""),
        "RCP|I|10^RD",
    ]


def answered(code: str, status: str, question: str, *more: str) -> list[str]:
    return [
        msh("RSP^K23^RSP_K23", "OWN7"),
        f"MSA|{code}|OWN6",
        *(more if code == "AE" else ()),
        f"QAK|T1|{status}",
        f"QPD|IHE PIX Query|T1|{question}^^^HZLN^PI",
        *(more if code == "AA" else ()),
    ]


REIJI = (
    "REIJI^HANAKO^^^^^L|MINATO^^^^^^L|19690601|F|||1-2 "
    "Minato^^EXAMPLE^EX^10001||^PRN^PH^^^03^55550100||||||"
)
TARO = "REIJI^TARO^Q.^^^^L||19590402|M|||1-2 Minato^^EXAMPLE^EX^10001^^H||0355550101^PRN^PH|||S"
MAXIMAL = (
    "REIJI^HANAKO^SAKURA^II^Dr.^^L~^SAKURA^^^^^L~MINATO^^^^^^B||19690601|{sex}||1001-1~1001-2|"
    "{first} Minato^^EXAMPLE^EX^10001^US"
    "~2 Second^^EXAMPLE^EX^10002||03-5555-0102^PRN^PH~03-5555-0103^PRN^CP~03-5555-0104^PRN^FX~"
    "hanako@own.example^NET^Internet|"
    "03-5555-0105^WPN^PH|ja|M|1013|77-1^^^&2.999.5&ISO|999-00-0001|||2-2|Example City|Y|2||||||N"
)
MAXIMAL_IDS = "PIX10515W3^^^HIMSS2005&1.3.6.1.4.1.21367.2005.1.1&ISO~" \
    "PIX10515W4^^^&1.2.3.4.5.1000&ISO~PIX10515W5^^^domain2"
FIELDS = "@PID.3.1^RJ-43{0}~@PID.3.4.1^TEST"

MESSAGES = (
    # Feeds
    ("ITI-8_A01_ohie-02-10", LF, harness("A01", "02-10", f"RJ-438^^^&{TEST_OID}&ISO||{REIJI}")),
    ("ITI-8_A01_ohie-02-30", LF, harness("A01", "02-30", f"RJ-439^^^TEST||{REIJI}", "PV1||I")),
    (
        "ITI-8_A01_ohie-08-10",
        LF,
        harness(
            "A01",
            "08-10",
            "RJ-442^^^TEST||REIJI^HANAKO^FULL^^^^L~REIJI^HANAKO^^^^^M|REIJI^SAKURA|1969|F|||"
            "1-2 Minato^^EXAMPLE^EX^10001||^PRN^PH^^^03^55550106|^WPN^PH^^^03^55550107|JA|S|||||",
            "PV1||I",
        ),
    ),
    ("ITI-8_A01_ohie-11-10", LF, harness("A01", "11-10", f"RJ-439^^^TEST||{REIJI}", "PV1||I")),
    ("ITI-8_A01_ohie-16-10", LF, harness("A01", "16-10", f"RJ-439^^^TEST||{REIJI}", "PV1||I")),
    (
        "ITI-8_A01_ohie-16-15",
        LF,
        harness("A01", "16-15", "RJ-999^^^TEST||REIJI^HANA^^^^^L||196906|F|||||||||||", "PV1||I"),
    ),
    (
        "ITI-8_A40_ohie-16-30",
        LF,
        harness("A40", "16-30", "RJ-439^^^TEST||REIJI^HANA^^^^^L||196906|F|||||||||||",
                "MRG|RJ-999^^^TEST"),
    ),
    # A first id that is deleted (""), several authorities, no structure in MSH-9, blank
    # lines between segments
    (
        "ITI-8_A01_pixsource",
        PARTED,
        fed("A01", f'""^^^&2.71&ISO~{cx("306563", "MPI")}~{cx("30753", "KHKN")}||{TARO}'),
    ),
    ("ITI-8_A08_pixsource", PARTED, fed("A08", f'""^^^&2.71&ISO~{cx("306567", "MPI")}||{TARO}')),
    (
        "ITI-8_A40_pixsource",
        PARTED,
        fed(
            "A40",
            f"{cx('142025', 'MPI', '130')}||{TARO}",
            "OWN2",
            "PD1|||||||||||Y|N",
            f"MRG|{cx('704686', 'MPI', '130')}",
            "PV1||O",
        ),
    ),
    (
        "ITI-8_A40_iso-8859-1",
        PARTED,
        [
            msh("ADT^A40", "OWN3", "2.3.1", sender="MÄRZ|GRÖSSE"),
            "EVN|A40|20260115093000",
            f"PID|1||{cx('305014', 'MPI', 'MPI-NS-P')}~{cx('7200117317', 'BBB')}~"
            f"{cx('7200117355', 'CCC')}||"
            "STILLER^JÜRGEN^^^^^L||19590402|M|||Straße 1^^Köln^^50667^DE^H|||||U",
            f"MRG|305010~{cx('7200117359', 'BBB')}",
        ],
    ),
    ("ITI-8_REG_maximal", CR, fed("A01", f"{MAXIMAL_IDS}||{MAXIMAL.format(sex='F', first=1)}")),
    (
        "ITI-8_REV_maximal",
        CR,
        fed("A08", f'{MAXIMAL_IDS}~""^^^&1.12.23.34.45&ISO||{MAXIMAL.format(sex="U", first=3)}'),
    ),
    (
        "ITI-8_MERGE_maximal",
        CR,
        [
            msh("ADT^A40", "OWN4", "2.3.1"),
            "EVN|A40|20260115093000",
            "PID|||120-01^^^&1.2.3.4.5.1000&ISO||^^^^^^L",
            "MRG|120-02^^^domain1&1.2.3.4.666&ISO",
            "PV1||O",
        ],
    ),
    (
        "ITI-8_NEG_A01_incomplete",
        PARTED,
        [msh("ADT^A01", "OWN5", "2.3.1"), "EVN|A01|20260115093000", "PV1|1|I"],
    ),
    ("ITI-8_NEG_A10_unsupported-event", PARTED, fed("A10", f"{cx('306563', 'MPI')}||{TARO}")),
    # PIX queries
    ("ITI-9_Q23_ohie-02-20", LF, asks("02-20", f"RJ-438^^^&{TEST_OID}&ISO^PI")),
    ("ITI-9_Q23_ohie-02-40", LF, asks("02-40", "RJ-439^^^TEST^PI")),
    ("ITI-9_Q23_ohie-16-40", LF, asks("16-40", "RJ-439^^^TEST^PI", "|^^^TEST")),
    ("ITI-9_Q23_ohie-16-50", LF, asks("16-50", "RJ-999^^^TEST^PI", "|^^^TEST")),
    # Answers instead of requests
    ("ITI-9_RSP_ok-1", CR,
     answered("AA", "OK", "7001", f"PID|1||{cx('7002', 'MPI', 'PKLN')}^PI||~^^^^^^S")),
    ("ITI-9_RSP_nf-1", CR, answered("AA", "NF", "7003")),
    ("ITI-9_RSP_err-1", CR, answered("AE", "AE", "nobody", "ERR||QPD^1^3^1^1|204|E||unknown")),
    # What nobody offers here: notifications, demographics queries and feeds of other transactions
    (
        "ITI-10_A31_update-notification",
        CR,
        [
            msh("ADT^A31^ADT_A05", "OWN8"),
            "EVN|A31|20260115093000",
            f"PID|||{cx('7004', 'MPI')}^PI|| ",
            "PV1||N",
        ],
    ),
    ("ITI-21_NEG_Q22_ohie-11-40_bad-field", LF,
     demographics("11-40", "@PID.3.1^RJ-700~@PID.3.4.99^NONE")),
    ("ITI-21_NEG_Q22_ohie-11-70_unknown-domain", LF,
     demographics("11-70", FIELDS.format(9), "^^^NOBODY")),
    (
        "ITI-21_Q22_id-query",
        CR,
        demographics(
            "OWN-1",
            "@PID.3.1^7005~@PID.3.4.1^HZLN~@PID.3.4.2^2.999.5~@PID.3.4.3^ISO~@PID.18.1^A1"),
    ),
    (
        "ITI-21_Q22_maximal",
        CR,
        demographics(
            "OWN-2",
            "@PID.5.1^Reiji~@PID.5.2^HANAKO~@PID.7^19690601~@PID.8^F~@PID.11.1^1-2 "
            "Minato~@PID.11.3^Example", "^^^&2.999.5&ISO",
        ),
    ),
    ("ITI-21_Q22_ohie-08-30", LF, demographics("08-30", "@PID.3.1^RJ-442~@PID.3.4.1^TEST")),
    ("ITI-21_Q22_ohie-11-20", LF, demographics("11-20", FIELDS.format(9))),
    ("ITI-21_Q22_ohie-11-30_nf", LF, demographics("11-30", "@PID.3.1^RJ-701~@PID.3.4.1^TEST")),
    ("ITI-21_Q22_ohie-11-50_domain", LF, demographics("11-50", FIELDS.format(9), "^^^TEST")),
    ("ITI-21_Q22_ohie-11-60_domain-no-id", LF, demographics("11-60", FIELDS.format(9), "^^^NID")),
    ("ITI-21_Q22_ohie-16-20", LF, demographics("16-20", "@PID.5.1^REIJI", "^^^TEST")),
    ("ITI-21_Q22_ohie-16-60", LF, demographics("16-60", "@PID.5.1^REIJI")),
    (
        "ITI-21_RSP_maximal",
        CR,
        [
            msh("RSP^K22^RSP_K21", "OWN9"),
            "MSA|AA|OWN8",
            "QAK|T2|OK",
            "QPD|IHE PDQ Query|T2|@PID.5.1^Reiji",
            f"PID|1||{cx('7006', 'MPI')}||{MAXIMAL.format(sex='F', first=4)}",
        ],
    ),
    (
        "ITI-30_A24_odd-delimiters",
        PARTED,
        [
            "MSH^~|\\&^WARD^200M^GATEWAY^200^20260115093000^^ADT~A24^OWN10^T^2.4^^^AL^AL^",
            "EVN^A24^20260115093000",
            *[f"PID^{n}^^7007{n}~~~OWN&&0363~NI~FACILITY ID&200M&L^^REIJI~HANAKO" for n in (1, 2)],
        ],
    ),
    (
        "ITI-30_A31_dcm4che",
        CR,
        [
            msh("ADT^A31^ADT_A05", "OWN11", "2.5.1", "||||||8859/1||"),
            "PID|||7008^^^OWN||Reiji^Lucy^Hanako||19690601|F|||Example||||||||||",
            "NTE|||a note||",
        ],
    ),
    (
        "ITI-30_A47_dcm4che",
        CR,
        [
            msh("ADT^A47^ADT_A30", "OWN12", "2.5.1", "||||||8859/1||"),
            "PID|||7009^^^OWN||Reiji^Lucy||19690601|F",
            "NTE|||a note||",
            "MRG|7010^^^OWN||||||Reiji^Lucy",
        ],
    ),
)


def japanese(text: str) -> bytes:
    # JIS X 0208 has one; Python calls it MINUS SIGN
    return text.replace("－", "−").encode("iso2022_jp")


def adt_00() -> bytes:
    """An SS-MIX2 file sent over MLLP: ISO-2022-JP, an id without authority, four
    digits behind the second."""
    name, kana = "患者^花子^^^^^L^I", "カンジャ^ハナコ^^^^^L^P"
    place = "^^^^105-0001^JPN^H^例示県例示市港１－２－３"
    return japanese(
        CR.join(
            (
                "MSH|^~\\&|WARD01|OWN|GATEWAY|REGION|20260115093000.1234||ADT^A08^ADT_A01|"
                "20260115000001|P|2.5||||||~ISO IR87||ISO 2022-1994|"
                "SS-MIX2_1.20^SS-MIX2^1.2.392.200250.2.1.100.1.2.120^ISO",
                "EVN||202601150929|||||OWN001",
                f"PID|0001||9999013||{name}~{kana}||19690601|F|||{place}||"
                "^PRN^PH^^^^^^^^^03-5555-0108~^EMR^PH^^^^^^^^^03-5555-0109|"
                "^WPN^PH^^^^^^^^^03-5555-0110|||||||||||||||||||20260115092900",
                f"NK1|1|{name}~{kana}|SEL^本人^HL70063|{place}|^PRN^PH^^^^^^^^^03-5555-0108",
                "PV1|0001|I|01^101^1^^^N||||001^医師^一郎^^^^^^^L^^^^^I",
                "DB1|1|PT||N",
                "OBX|1|NM|9N001000000000001^身長^JC10||160.2|cm^cm^ISO+|||||F",
                "OBX|2|NM|9N006000000000001^体重^JC10||52.5|kg^kg^ISO+|||||F",
            )
        )
        + CR
    )


def files() -> dict[str, bytes]:
    made = {
        f"identity/{stem}.hl7": (end.join(segments) + end).encode("latin-1")
        for stem, end, segments in MESSAGES
    }
    made["identity/SSMIX2_ADT-00_A08_iso2022jp.hl7"] = adt_00()
    return made
