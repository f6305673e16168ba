"""Scenes of japan.md F2 about who has what of whom, and what the patient is told: 8 (a pharmacy),
13 (the patient's own switches, who looked, what was provided, and all of it in a bundle; by the
operator's hand, for there is no portal yet)."""
from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
from typing import Callable

from lib.region import DemoRegion
from lib.runner import Runner
from scenes.stories import A, B, Story, person

D = "d-pharmacy"
MEDICATION, NOTE, UNTOLD = "57833-6", "POLICY-NOTE", "POLICY-UNTOLD"
NOTEBOOK = "JAHISTC06,1\n1,コウフ テスト,1,19410503\n5,20260302\n11,D薬局,13,4,9954046\n" \
    "201,1,アムロジピン錠５ｍｇ,1,錠,4,2171022F1029\n301,1,1日1回朝食後,14,日分,1,1\n"
LOOKED = "who-looked"


class Told(Story):
    """With what the operator's tool answers."""

    def store_kind(self, system: str, number: str, name: str, kind: str, text: str = "",
                   **values: str) -> str:
        """A document of that typeCode; its uniqueId."""
        uid, patient = self.scope.get(f"oid.{name}"), f"{number}^^^&{self.domain(system)}&ISO"
        more = " ".join(f'{key}="{value}"' for key, value in values.items())
        self.do(system, "iti41.xml", [("status", "Success")], [
            ("+", f"set id=ss uid=${{oid.set.{name}}} patient={patient}"),
            ("+", f"entry id=d1 uid={uid} patient={patient} type-code={kind} title={name} {more}"),
            ("+", "member from=ss to=d1"), ("+", f"document id=d1 text=\"{text or name}\"")])
        return uid

    def asked(self, *words: str, exits: int = 0) -> str:
        done = subprocess.run([*self.running.target.cli, *words], capture_output=True, text=True,
                              check=False)
        assert done.returncode == exits, f"minato {' '.join(words)}: {done}"
        return done.stdout

    def told(self, *words: str):
        return json.loads(self.asked(*words, "--output", "json"))

    def of_kind(self, system: str, number: str, kind: str, *uids: str) -> None:
        self.do(system, "iti18.xml", [("status", "Success"), ("entries", " ".join(uids) or "none")],
                [("+", "patient-slots"),
                 ("+", "slot name=$XDSDocumentEntryTypeCode "
                       f"value=\"('{kind}^^2.16.840.1.113883.6.1')\"")],
                query=self.running.region.get("FindDocuments"),
                patient=f"{number}^^^&{self.domain(system)}&ISO")


def pharmacy(running: Runner) -> None:
    """Scene 8."""
    s = Told(running)
    who = person(s, "pharmacy")
    at_a, at_d, at_b = (s.name("pid", each) for each in ("a", "d", "b"))
    s.tell("A prescribes, and writes a note; he has joined, and B and D know him.")
    for system, number in ((A, at_a), (D, at_d), (B, at_b)):
        s.feed(system, number, who)
    s.join(A, at_a)
    order = s.store_kind(A, at_a, "prescription", MEDICATION)
    note = s.store_kind(A, at_a, "note", NOTE)
    s.tell("D asks for medication by type, and for all there is: the note is as if it were not.")
    s.of_kind(D, at_d, MEDICATION, order)
    s.of_kind(D, at_d, NOTE)
    s.finds(D, at_d, order)
    s.gets(D, order, True)
    s.gets(D, note, False)
    s.tell("D has dispensed: it stores the notebook's record (JAHISTC), and B reads it.")
    book = s.store_kind(D, at_d, "notebook", MEDICATION, NOTEBOOK)
    s.of_kind(B, at_b, MEDICATION, order, book)
    s.gets(B, book, True)
    s.finds(B, at_b, order, note, book)
    s.tell("Who read it is recorded as a provision of D's to B.")
    rows = s.told("disclosure", "records", "--facility", D)
    told = [(row["record"], row["provider_system"], row["receiver_system"], row["items"])
            for row in rows if row.get("patient_at_provider", "").startswith(at_d)
            or row.get("patient_at_receiver", "").startswith(at_d)]
    assert told == [("provided", D, B, "notebook"), ("received", A, D, "prescription")], told


def bundle_is_whole(directory: str) -> dict[str, bytes]:
    """Each file is what SHA256SUMS says, and no other is there but the two that say it."""
    files = {}
    for root, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(root, name)
            with open(path, "rb") as octets:
                files[os.path.relpath(path, directory)] = octets.read()
    sums = files["SHA256SUMS"].decode().splitlines()
    listed = {line[66:]: line[:64] for line in sums}
    assert [line[66:] for line in sums] == sorted(listed), "by name ascending"
    assert set(listed) | {"SHA256SUMS", "manifest.json"} == set(files), set(files) ^ set(listed)
    for name, digits in listed.items():
        assert hashlib.sha256(files[name]).hexdigest() == digits, name
    manifest = json.loads(files["manifest.json"])
    assert manifest["sums"] == hashlib.sha256(files["SHA256SUMS"]).hexdigest(), manifest
    return files


def own(running: Runner, demo: DemoRegion) -> None:
    """Scene 13."""
    s = Told(running)
    who = person(s, "own")
    at_a, at_b = s.name("pid", "a"), s.name("pid", "b")
    him = f"{at_a}@{A}"
    s.tell("A and B know him; he has joined. B keeps three documents, one he is not told of yet.")
    s.feed(A, at_a, who)
    s.feed(B, at_b, who)
    s.join(A, at_a)
    letter = s.store_kind(B, at_b, "letter", "11502-2")
    private = s.store_kind(B, at_b, "private", "11502-2")
    untold = s.store_kind(B, at_b, "untold", UNTOLD)
    s.gets(A, letter, True)
    s.gets(A, untold, True)
    s.tell("He closes one document, and A as a whole, and opens A again: at once each time.")
    s.tool("consent", "exclude", "--patient", him, "--document", private, "--reason", "private")
    s.finds(A, at_a, letter, untold)
    s.gets(A, private, False)
    s.tool("consent", "exclude", "--patient", him, "--facility", A, "--reason", "quarrel")
    s.finds(A, at_a)
    s.tool("consent", "include", "--patient", him, "--facility", A, "--reason", "settled")
    s.finds(A, at_a, letter, untold)
    s.gets(B, private, True)
    s.tell("Who looked names the institution, in his words.")
    looks = s.told("audit", LOOKED, "--patient", him, "--language", "en")
    opened = [look for look in looks if look["transaction"] == "ITI-43" and not look["refused"]]
    assert {look["who"] for look in opened} == {"A病院", "B診療所"}, opened
    s.tell("What was provided to others: from B to A, on his decision; what B has is no provision.")
    rows = s.told("disclosure", "records", "--patient", him)
    assert {(row["provider"], row["receiver"]) for row in rows} == {("B診療所", "A病院")}, rows
    assert sorted(row["items"] for row in rows) == ["letter", "untold"], rows
    assert all(row["consent"].startswith("join ") and row["patient_at_provider"].startswith(at_b)
               and row["patient_at_receiver"].startswith(at_a) for row in rows), rows
    lines = list(csv.reader(io.StringIO(s.asked("disclosure", "records", "--patient", him,
                                                "--output", "csv"))))
    assert lines[0][:1] == ["提供日時 TIME"] and len(lines) == 3, lines
    assert s.told("audit", "search", "--patient", him, "--transaction", "disclosure-records"), \
        "that they were shown is not in his trail"
    s.tell("Everything that is held of him goes into a directory, for him.")
    directory = os.path.join(demo.directory, "disclosed")
    answer = s.told("disclosure", "bundle", "--patient", him, "--directory", directory)
    assert answer["disclosure"]["withheld"] == {"hide role patient documents untold": 1}, answer
    files = bundle_is_whole(directory)
    page = files["index.html"].decode()
    everything = b"".join(octets for name, octets in files.items()
                          if not name.startswith("audit/")).decode()
    assert untold not in everything and ">untold<" not in page, "what he is not told of is there"
    assert letter in everything and private in everything, "what is his is not there"
    assert "<script" not in page.lower() and "A病院" in page and "quarrel" in page, page
    held = {octets for name, octets in files.items() if name.startswith("documents/")}
    assert held == {b"letter", b"private"}, held
    assert [json.loads(line)["items"] for line in files["provisions.ndjson"].splitlines()] \
        == ["letter"], files["provisions.ndjson"]
    assert files["looks.ndjson"].count(b"\n") >= 3, files["looks.ndjson"]
    s.tell("It is whole or not there, once; it is in his trail, and is no import.")
    s.asked("disclosure", "bundle", "--patient", him, "--directory", directory, exits=1)
    s.asked("disclosure", "bundle", "--patient", "NOBODY@" + A, "--directory", directory + "2",
            exits=1)
    assert not os.path.exists(directory + "2"), "something was left"
    s.asked("import", directory, exits=2)
    found = s.told("audit", "search", "--patient", him, "--transaction", "disclosure-bundle")
    assert len(found) == 1 and "IHE0006" in found[0]["record"], found
    assert "110106" in found[0]["record"] and "PATRQT" in found[0]["record"], found


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    told: list[tuple[str, str, Callable[[], None]]] = [
        ("scene-8-pharmacy", "F2 8: a pharmacy sees medication and no notes, and what it dispensed "
         "is seen", lambda: pharmacy(running)),
        ("scene-13-own", "F2 13: the patient's switches, who looked, what was provided, and all of "
         "it disclosed to him", lambda: own(running, demo)),
    ]
    return told
