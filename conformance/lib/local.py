"""The operator's socket, asked straight: for what is asked again and again, where a process of the
operator's tool each time would cost more than all it asks. What the tool itself does is shown by
the cases that run it."""
from __future__ import annotations

import http.client
import json
import socket
import urllib.parse

PATIENCE = 120.0  # seconds


class Connection(http.client.HTTPConnection):
    """HTTP over a local socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Local:
    """One connection, opened when it is needed, and anew when the daemon was."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.connection: Connection | None = None

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def once(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        if self.connection is None:
            self.connection = Connection(self.path)
        self.connection.request(method, target, body,
                                {"Content-Type": "application/json"} if body else {})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def get(self, path: str, **parameters: str) -> tuple[int, bytes]:
        """Status and body. OSError: nobody is there."""
        target = path + ("?" + urllib.parse.urlencode(parameters) if parameters else "")
        try:
            return self.once("GET", target, None)
        except (OSError, http.client.HTTPException):
            self.close()
        try:
            return self.once("GET", target, None)
        except (OSError, http.client.HTTPException) as fault:
            self.close()
            raise OSError(f"{self.path}: {fault}") from fault

    def post(self, path: str, **members: str) -> int:
        """The status. Over a connection of its own, for it is not asked a second time."""
        self.close()
        try:
            return self.once("POST", path, json.dumps(members).encode())[0]
        finally:
            self.close()

    def told(self, path: str, **parameters: str) -> dict:
        """What it answers with 200."""
        status, body = self.get(path, **parameters)
        assert status == 200, f"GET {path}: {status} {body.decode('utf-8', 'replace')}"
        return json.loads(body)


# What of the operator's tool may be asked so: the path, and of which member it prints the rows
# with --output json; its options are the parameters.
ASKED = {
    ("status",): ("/admin/status", ""),
    ("audit", "search"): ("/admin/audit", "records"),
    ("errand", "list"): ("/admin/errands", "errands"),
}


def can(*words: str) -> bool:
    return words[:2] in ASKED or words[:1] in ASKED


def pages(local: Local, path: str, member: str, parameters: dict[str, str]) -> list[dict]:
    """As many rows as --limit says, of as many answers as that takes."""
    answer = local.told(path, **parameters)
    rows = answer[member]
    while "next" in answer and len(rows) < int(parameters.get("limit", "0")):
        answer = local.told(path, **{**parameters, "after": answer["next"],
                                     "limit": str(int(parameters["limit"]) - len(rows))})
        rows += answer[member]
    return rows


def told(path: str, *words: str):
    """What `minato WORDS --output json` prints, of those in ASKED, where it ends with 0."""
    command = words[:2] if words[:2] in ASKED else words[:1]
    (target, member), options = ASKED[command], words[len(command):]
    parameters = {name.removeprefix("--"): value
                  for name, value in zip(options[::2], options[1::2], strict=True)}
    local = Local(path)
    try:
        if member:
            return pages(local, target, member, parameters)
        said = local.told(target, **parameters)
    finally:
        local.close()
    assert said.get("ready", True), said
    return said


def metrics(path: str) -> str:
    """What `minato metrics` prints."""
    local = Local(path)
    try:
        status, body = local.get("/admin/metrics")
    finally:
        local.close()
    assert status == 200, f"GET /admin/metrics: {status}"
    return body.decode()


def drop_all(path: str) -> None:
    """Whatever waits to be told to somebody, when a scene is over."""
    for each in told(path, "errand", "list", "--limit", "1000"):
        Local(path).post("/admin/errand/decision", number=str(each["number"]), action="drop",
                         reason="the scene is over")
