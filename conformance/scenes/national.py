"""National documents (japan.md E6 to E9) beyond what is answered: what the patient is given of them
when all that is held of him is disclosed, and that an Individual Number that came in one is in no
file afterwards."""
from __future__ import annotations

import os
from typing import Callable

from lib.region import DemoRegion
from lib.runner import Runner
from scenes.own_records import Told
from scenes.ssmix2_storages import octets_of
from scenes.stories import A, B, person

PROFILE = "http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_eReferral"
CLASSES = "2.25.286961990152863221251726743417141771436"
NUMBER = "123456789018"  # of the form of an Individual Number (japan.md D2)
PACKED = 64 * 1024  # octets; what is longer has a file of its own


def refer(s: Told, number: str, name: str, expected: list[tuple[str, str]], entry: str = "",
          document: str = "") -> str:
    """B's referral of that patient of its own; its uniqueId."""
    uid, patient = s.scope.get(f"oid.{name}"), f"{number}^^^&{s.domain(B)}&ISO"
    s.do(B, "iti41.xml", expected, [
        ("+", f"set id=ss uid=${{oid.set.{name}}} patient={patient}"),
        ("+", f"entry id=d1 uid={uid} patient={patient} mime=application/fhir+json "
              f"format={PROFILE} format-scheme={CLASSES} class=57133-1 type-code=57133-1 "
              f"title=診療情報提供書 {entry}"),
        ("+", "member from=ss to=d1"),
        ("+", "document id=d1 type=application/fhir+json made=clins.json "
              f"root={s.domain(B)} extension={number} {document}")])
    return uid


def disclosed(running: Runner, demo: DemoRegion) -> None:
    """未告知 is no part of what he is given; that something is held back he is told."""
    s = Told(running)
    who = person(s, "uninformed")
    at_a, at_b = s.name("pid", "a"), s.name("pid", "b")
    s.feed(A, at_a, who)
    s.feed(B, at_b, who)
    s.join(A, at_a)
    known = refer(s, at_b, "known", [("status", "Success")])
    untold = refer(s, at_b, "untold", [("status", "Success")], "confidentiality=V",
                   "mark=UNINFORMED")
    s.tell("A, which treats him, reads both; he is given the one he knows of.")
    s.gets(A, known, True)
    s.gets(A, untold, True)
    directory = os.path.join(demo.directory, "disclosed-uninformed")
    answer = s.told("disclosure", "bundle", "--patient", f"{at_a}@{A}", "--directory", directory)
    assert answer["disclosure"]["withheld"] == {"hide role patient confidentiality V": 1}, answer
    given = b"".join(octets_of(os.path.join(folder, name))
                     for folder, _, names in os.walk(directory) for name in names
                     if "audit" not in os.path.relpath(folder, directory))
    assert known.encode() in given, "what is his was not given"
    assert untold.encode() not in given and b"UNINFORMED" not in given, "what he is not told of was"


def nowhere(running: Runner, demo: DemoRegion) -> None:
    """Short ones stay in memory, long ones have a file before they are read."""
    s = Told(running)
    who, at_b = person(s, "numbered"), s.name("pid", "b")
    s.feed(B, at_b, who)
    first = f"\"identifier\": [{{\"system\": \"urn:oid:{s.domain(B)}\""
    number = first.replace("[", f"[{{\"value\": \"{NUMBER}\"}},", 1)
    for name, more in (("short", ""), ("long", f"pad={PACKED * 3}")):
        refer(s, at_b, name, [("status", "Failure"),
                              ("error", "XDSRepositoryMetadataError context=Individual.Number")],
              document=f"'changed={first}->{number}' {more}")
    s.do(B, "iti41.xml", [("status", "Failure"), ("error", "XDSRepositoryMetadataError "
                                                           "context=Individual.Number")], [
        ("+", f"set id=ss uid=${{oid.set.book}} patient={at_b}^^^&{s.domain(B)}&ISO"),
        ("+", f"entry id=d1 uid=${{oid.book}} patient={at_b}^^^&{s.domain(B)}&ISO "
              "type-code=57833-6"),
        ("+", "member from=ss to=d1"),
        ("+", f"document id=d1 file=national_notebook/utf-8.txt changed=086-000-0001->{NUMBER} "
              f"pad={PACKED * 3}")])
    for folder, _, names in os.walk(demo.directory):
        for name in names:
            path = os.path.join(folder, name)
            assert not os.path.isfile(path) or NUMBER.encode() not in octets_of(path), \
                f"an Individual Number lies in {path}"


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    told: list[tuple[str, str, Callable[[], None]]] = [
        ("national-disclosed", "what is marked 未告知 is not given to the patient with what is "
         "held of him", lambda: disclosed(running, demo)),
        ("national-nowhere", "an Individual Number in a document is in no file afterwards",
         lambda: nowhere(running, demo)),
    ]
    return told
