"""The transactions a case may send, as the gateway tells them itself (`minato transactions`):
action, path, packaging, grammar of the answer. What is not offered has no row here."""
from __future__ import annotations

import dataclasses
import functools
import json
import os
import subprocess

V3 = "urn:hl7-org:v3:"
IHE = "urn:ihe:iti:2007:"


@dataclasses.dataclass(frozen=True)
class Transaction:
    """One way in by SOAP: what goes in and what must come out."""
    code: str
    action: str
    answer: str
    path: str
    body: str
    namespace: str
    grammar: str
    mtom: bool


class TransactionsError(Exception):
    """The tool does not tell them."""


def told(tool: list[str]) -> list[dict]:
    """Every transaction of the gateway, as that tool tells it."""
    try:
        done = subprocess.run([*tool, "transactions", "--output", "json"], capture_output=True,
                              text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as why:
        raise TransactionsError(f"{' '.join(tool)} transactions: {why}") from why
    return json.loads(done.stdout)


TOOL = [os.path.join(os.environ.get("MINATO_BUILD") or ".", "minato")]


def told_by(tool: list[str]) -> None:
    """Another tool than the one that was built here: that of the gateway in question."""
    TOOL[:] = tool
    rows.cache_clear()


@functools.lru_cache(maxsize=None)
def rows() -> tuple[Transaction, ...]:
    """Those by SOAP; of an action that several actors answer the first."""
    return tuple(Transaction(each["code"], route["request"], route.get("answer", ""),
                             each["path"], route["body"], route["namespace"],
                             (each.get("answer_grammar") or "").removesuffix(".rng"),
                             each["packaging"] == "MTOM")
                 for each in told(TOOL) if each["dialect"] == "SOAP" for route in each["routes"])


def by_action(action: str) -> Transaction | None:
    return next((row for row in rows() if row.action == action), None)


def by_body(namespace: str, name: str, code: str = "") -> Transaction | None:
    """What a body without envelope must be about; of several the one of that code, or the first."""
    fitting = [row for row in rows() if (row.namespace, row.body) == (namespace, name)]
    return next((row for row in fitting if row.code == code), fitting[0] if fitting else None)
