"""What stands in a golden region, and what is asked of it. A golden region is the store alone: the
demo region that it is put into has this version's configuration and keys of its own, so that no
certificate in the tree ever runs out."""
from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import sys
import tarfile
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "operator"))
from registering import Registry, filled, retrieval  # noqa: E402
from served import OIDS, Served, arrival  # noqa: E402

A = "S1@a-hospital"
REMADE = ("lock", "reserve", "audit-reserve")
LARGE = "one line of a large document\n" * 6000


def fill(region: Served) -> None:
    """Two who are one, one who is another, documents, one of them large, and what was decided."""
    for system, number, given in (("a-hospital", "S1", "示男"), ("b-clinic", "S1", "示男"),
                                  ("c-hospital", "S9", "花子")):
        answer = region.send(system, arrival(system, number, "表", given))
        assert b"MSA|AA" in answer, answer
    registry = Registry(region)
    for number, text in ((1, "small"), (2, LARGE), (3, "smaller")):
        answer = registry.provide(number, text)
        assert "ResponseStatusType:Success" in answer, answer
    for words in (("join",), ("exclude", "--facility", "d-pharmacy")):
        done = region.tool("consent", *words, "--patient", A, "--reason", "asked")
        assert done.returncode == 0, done


def data(region: Served) -> str:
    return os.path.join(region.region, "data")


def asked(region: Served) -> dict[str, Any]:
    """What its transactions and its operator are told of it, without what is of the moment."""
    registry = Registry(region)
    linked = registry.ask(re.sub(r"\$\{[^}]*\}", "1", filled(
        "iti45.xml", domain=OIDS["a-hospital"], id="S1", now="20260115093000")))
    path, kind, octets = retrieval(1, 3)
    answer = registry.line.request("POST", path, {"Content-Type": kind}, octets)
    documents = [hashlib.sha256(part.strip(b"\r\n")).hexdigest()
                 for part in (b"small", b"smaller", LARGE.strip().encode())
                 if part in answer.body or base64.b64encode(part) in answer.body]
    found = re.findall(r"(?s)<[^<>]*ExtrinsicObject .*?ExtrinsicObject>",
                       registry.find("LeafClass"))
    return {"ITI-45": sorted(re.findall(r'(?s)<subject1.*?</subject1>', linked)),
            "ITI-18": sorted(found),
            "ITI-43": documents,
            "consent": region.rows("consent", "show", "--patient", A),
            "patient": region.rows("patient", "show", "--patient", A),
            "documents": region.rows("document", "list", "--patient", A)}


def audited(region: Served) -> list[dict[str, Any]]:
    """The newest first; a record's hash stands for the record."""
    rows = region.rows("audit", "search", "--patient", A, "--limit", "100")
    return [{key: row.get(key) for key in ("number", "hash", "time", "transaction", "system",
                                           "patient", "outcome")} for row in rows]


def archive(form: int) -> str:
    return os.path.join(HERE, f"form-{form}.tar.xz")


def answers(form: int) -> str:
    return os.path.join(HERE, f"form-{form}.json")


def keep(region: Served, form: int) -> None:
    """Without what a running environment has, and without whose and when."""
    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
        name = os.path.basename(entry.name)
        if not (entry.isfile() or entry.isdir()) or name in REMADE or name.startswith("__db."):
            return None
        entry.uid = entry.gid = entry.mtime = 0
        entry.uname = entry.gname = ""
        return entry
    with tarfile.open(archive(form), "w:xz", preset=9) as tar:
        tar.add(data(region), "data", filter=plain)


def put(region: Served, form: int) -> None:
    with tarfile.open(archive(form)) as tar:
        tar.extractall(region.region)  # our own: scene.keep()
    os.chmod(data(region), 0o700)


def recorded(form: int) -> Any:
    with open(answers(form), encoding="utf-8") as file:
        return json.load(file)
