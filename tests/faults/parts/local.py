"""The daemon's local socket, past the tool: for what is asked again and again until it is so. Each
time a process of the tool's would take more of the machine than what it asks."""
from __future__ import annotations

import json
import os
import sys
import time
import typing

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..",
                                "conformance"))
from lib.local import Connection  # noqa: E402  pylint: disable=wrong-import-position

FIRST, LONGEST = 0.05, 1.0  # seconds between two looks: the longer it lasts, the fewer


def ask(path: str, method: str, what: str, body: dict[str, str] | None = None) -> str:
    line = Connection(path)
    try:
        line.request(method, what, None if body is None else json.dumps(body),
                     {"Content-Type": "application/json"})
        answer = line.getresponse()
        said = answer.read().decode()
    finally:
        line.close()
    if answer.status != 200:
        raise OSError(f"{method} {what}: HTTP {answer.status}: {said[:200]}")
    return said


def looks(longest: float = LONGEST) -> typing.Iterator[None]:
    """One look after the other, for ever."""
    pause = FIRST
    while True:
        yield
        time.sleep(pause)
        pause = min(2 * pause, longest)
