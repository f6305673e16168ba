"""The daemon's local socket, past the tool: for what is asked again and again until it is so. Each
time a process of the tool's would take more of the machine than what it asks."""
from __future__ import annotations

import http.client
import json
import socket
import time
import typing

WITHIN = 60.0  # seconds; only what hangs takes so long
FIRST, LONGEST = 0.05, 1.0  # seconds between two looks: the longer it lasts, the fewer


class Line(http.client.HTTPConnection):
    """One question's."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=WITHIN)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(WITHIN)
        self.sock.connect(self.path)


def ask(path: str, method: str, what: str, body: dict[str, str] | None = None) -> str:
    line = Line(path)
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
