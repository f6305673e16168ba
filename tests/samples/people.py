"""Person records of our own making with their truth: one person written in up to three
ways by as many facilities.

Made by counting, not by chance, so that what a rule finds is known beforehand:
2,480 pairs are one person.
"""

from __future__ import annotations

COLUMNS = (
    "rec_id",
    "facility_code",
    "local_patient_id",
    "recorded_on",
    "name_kanji",
    "name_kana",
    "birth_raw",
    "sex_raw",
    "postal_code",
    "address",
    "tel",
    "insurer_no",
    "ins_symbol",
    "ins_number",
    "ins_branch",
    "truth_cluster",
)
FAMILIES = (
    "例示",
    "港",
    "桟橋",
    "灯台",
    "入江",
    "岬",
    "浮標",
    "防波堤",
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
)
FAMILY_KANA = (
    "レイジ",
    "ミナト",
    "サンバシ",
    "トウダイ",
    "イリエ",
    "ミサキ",
    "フヒョウ",
    "ボウハテイ",
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
)
GIVEN_KANA = (
    "ハナコ",
    "タロウ",
    "サクラ",
    "イチロウ",
    "ナギサ",
    "ワタル",
    "ミオ",
    "カイ",
    "ナミ",
    "リク",
    "ソラ",
    "シズク",
    "ホノカ",
    "コウタ",
)
TRIPLES, PAIRS = 826, 2  # 826 * 3 + 2 = 2,480
ALIKE = 15  # two strangers of one reading, birth and sex: a rule without corroboration links them


def wide_to_half(kana: str) -> str:
    """Half-width, with the marks of voice as letters of their own."""
    wide = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホ" \
        "マミムメモヤユヨラリルレロワヲンョュャッー"
    half = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｮｭｬｯｰ"
    voiced = {
        "ガ": "ｶﾞ",
        "ギ": "ｷﾞ",
        "グ": "ｸﾞ",
        "ゲ": "ｹﾞ",
        "ゴ": "ｺﾞ",
        "ザ": "ｻﾞ",
        "ジ": "ｼﾞ",
        "ズ": "ｽﾞ",
        "ゼ": "ｾﾞ",
        "ゾ": "ｿﾞ",
        "ダ": "ﾀﾞ",
        "デ": "ﾃﾞ",
        "ド": "ﾄﾞ",
        "バ": "ﾊﾞ",
        "ビ": "ﾋﾞ",
        "ブ": "ﾌﾞ",
        "ベ": "ﾍﾞ",
        "ボ": "ﾎﾞ",
    }
    return "".join(voiced.get(each) or half[wide.index(each)] for each in kana)


class Writer:
    """Each facility has its own way of writing dates, sexes and kana."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, ...]] = []

    def write(self, person: int, facility: int, way: int, spelt: bool, place: int,
              whose: str = "") -> None:
        family, given = person % len(FAMILIES), person // len(FAMILIES) % len(GIVEN_KANA)
        year, month, day = 1930 + person % 59, 1 + person // 59 % 12, 1 + person // 7 % 28
        kana = f"{FAMILY_KANA[family]}　{GIVEN_KANA[given]}"
        if not spelt:  # a reading somebody misheard
            kana = kana.replace("　", "ノ　", 1)
        births = (
            f"{year}{month:02d}{day:02d}",
            f"S{year - 1925:02d}.{month:02d}.{day:02d}",
            f"{year}/{month:02d}/{day:02d}",
        )
        sex = (("M", "男", "1"), ("F", "女", "2"))[person % 2][way]
        number = len(self.rows) + 1
        self.rows.append(
            (
                f"R{number:06d}",
                f"13199{facility:05d}",
                f"{number * 7:08d}",
                "20260115",
                f"{FAMILIES[family]}　花{given}",
                " ".join(wide_to_half(each) for each in kana.split("　")) if way == 1 else kana,
                births[way],
                sex,
                f"{100 + place % 900:03d}-{place % 10000:04d}",
                f"例示県例示市港{1 + place % 9}丁目{1 + place % 97}番地{place}　仮ハイツ",
                f"03{place % 100000000:08d}",
                "",
                "",
                "",
                "",
                whose or f"P{person:05d}",
            )
        )


def files() -> dict[str, bytes]:
    writer = Writer()
    for cluster in range(TRIPLES + PAIRS):
        size = 3 if cluster < TRIPLES else 2
        for way in range(size):
            # Of each fifth person the third facility has the reading wrong: as in
            # life, not all can be found.
            writer.write(cluster, 10 + way, way, not (cluster % 5 == 0 and way == 2),
                         10000 + cluster)
    # Strangers who read alike and live elsewhere.
    for other in range(ALIKE):
        writer.write(other * 7, 20, 0, True, 70000 + other, f"P9{other:04d}")
    lines = [",".join(COLUMNS), *(",".join(row) for row in writer.rows)]
    return {"japan-names/persons.csv": ("\n".join(lines) + "\n").encode()}
