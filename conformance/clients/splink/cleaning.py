"""What whoever uses Splink does with Japanese records before: width, kana and numbers in one form,
readings in Latin letters (its comparisons count octets, and kana are three each), names and dates
in parts."""
from __future__ import annotations

import csv
import re
import unicodedata

CONSONANTS = {"ア": "", "カ": "k", "サ": "s", "タ": "t", "ナ": "n", "ハ": "h", "マ": "m",
              "ラ": "r", "ガ": "g", "ザ": "z", "ダ": "d", "バ": "b", "パ": "p"}
ROWS = ("アイウエオ", "カキクケコ", "サシスセソ", "タチツテト",
        "ナニヌネノ", "ハヒフヘホ", "マミムメモ", "ラリルレロ",
        "ガギグゲゴ", "ザジズゼゾ", "ダヂヅデド", "バビブベボ", "パピプペポ")
LETTERS = {kana: CONSONANTS[row[0]] + vowel
           for row in ROWS for kana, vowel in zip(row, "aiueo")}
LETTERS.update({"ヤ": "ya", "ユ": "yu", "ヨ": "yo", "ワ": "wa", "ヲ": "o", "ン": "n", "ー": "",
                "ャ": "ya", "ュ": "yu", "ョ": "yo", "ッ": "tsu"})

COLUMNS = ("unique_id", "truth", "surname", "first_name", "full_name", "surname_kana",
           "first_name_kana", "full_name_kana", "dob", "sex", "postcode", "address", "phone",
           "insurance", "branch")


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def latin(text: str) -> str:
    katakana = "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in folded(text))
    return "".join(LETTERS.get(c, c) for c in katakana)


def parts(name: str) -> tuple[str, str, str]:
    """Family, given, all; of one that was not divided only the last."""
    both = name.split()
    return (both[0], both[1], "".join(both)) if len(both) == 2 else ("", "", "".join(both))


def numbers(text: str) -> str:
    """1丁目2番3号 as 1-2-3."""
    return re.sub(r"丁目|番地|番", "-", folded(text)).replace("号", "").replace(" ", "")


def digits(text: str) -> str:
    return re.sub(r"\D", "", folded(text))


def cleaned(row: dict[str, str]) -> tuple[str, ...]:
    born = digits(row["birth_raw"])
    insurance = [digits(row[part]) for part in ("insurer_no", "ins_symbol", "ins_number")]
    return (row["rec_id"], row["truth_cluster"], *parts(folded(row["name_kanji"])),
            *parts(latin(row["name_kana"])), f"{born[:4]}-{born[4:6]}-{born[6:]}" if born else "",
            row["sex_raw"], digits(row["postal_code"]), numbers(row["address"]), digits(row["tel"]),
            "-".join(insurance) if insurance[0] else "", row["ins_branch"])


def clean(source: str, target: str) -> int:
    """How many records there are."""
    count = 0
    with open(source, encoding="utf-8", newline="") as raw, \
            open(target, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for row in csv.DictReader(raw):
            writer.writerow(cleaned(row))
            count += 1
    return count
