"""What is refused below the dialects, octet by octet: the reason reaches sender, log, audit and /metrics; what MLLP
relays and engines really write is taken, and counted."""
from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import time

from lib.region import DemoRegion
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import raw_exchange

HEAD = b"POST /xds/registry HTTP/1.1\r\nHost: gw\r\nContent-Type: application/soap+xml\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
KEY = r"the limit is {0} {1} \(key {2} of section {3}\)"


def key(number: int, unit: str, name: str, section: str = "https") -> str:
    return KEY.format(number, unit, name, section)


@dataclasses.dataclass
class Row:
    """Octets to a door, and what everybody is told."""
    name: str
    octets: bytes
    status: int
    problem: str
    reason: str  # a regular expression


ROWS = [
    Row("gzip", HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00", 415, "media-type",
        "Content-Encoding is not identity"),
    Row("three-gigabytes", HEAD + b"Content-Length: 3000000000\r\n\r\n", 413, "too-large", key(2147483648, "octets", "body")),
    Row("header-of-40000", HEAD + b"X-Example: " + b"a" * 40000 + b"\r\n\r\n", 431, "too-large",
        key(32768, "octets", "header-block")),
    Row("headers-101", HEAD + b"X: 1\r\n" * 99 + b"\r\n", 431, "too-large", key(100, "header fields", "headers")),
    Row("request-line-9000", b"POST /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: gw\r\n\r\n", 414, "too-large",
        key(8192, "octets", "request-line")),
    Row("no-host", b"POST /pix HTTP/1.1\r\n\r\n", 400, "malformed", "no Host header"),
    Row("two-hosts", HEAD + b"Host: gw\r\n\r\n", 400, "malformed", "two Host headers"),
    Row("two-lengths", HEAD + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400, "malformed", "two Content-Length headers"),
    Row("two-content-types", HEAD + b"content-type: text/plain\r\nContent-Length: 1\r\n\r\na", 400, "malformed",
        "two Content-Type headers"),
    Row("two-soap-actions", HEAD + b"SOAPAction: a\r\nsoapaction: a\r\nContent-Length: 1\r\n\r\na", 400, "malformed",
        "two SOAPAction headers"),
    Row("lone-lf", HEAD.replace(b"\r\n", b"\n") + b"\n", 400, "malformed", "a control character in the head"),
    Row("folded-header", HEAD + b"X: a\r\n b\r\n\r\n", 400, "malformed", "a header is folded"),
    Row("blank-before-colon", HEAD + b"X : a\r\n\r\n", 400, "malformed", "no colon after it"),
    Row("expectation", HEAD + b"Expect: 200-ok\r\nContent-Length: 1\r\n\r\na", 417, "malformed", "the expectation cannot be met"),
    Row("coding", HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n", 501, "malformed", "Transfer-Encoding is not chunked"),
    Row("version-2", b"POST /pix HTTP/2.0\r\nHost: gw\r\n\r\n", 505, "malformed", "the version is not HTTP/1.1"),
    Row("not-http", b"MSH|^~\\&|HIS\r\n\r\n", 400, "malformed", "the request line has no method"),
    Row("chunk-without-size", CHUNKED + b"xyz\r\n", 400, "malformed", "a chunk has no size"),
    Row("chunk-of-three-gigabytes", CHUNKED + b"b2d05e00\r\n", 413, "too-large", key(2147483648, "octets", "body")),
    Row("chunk-not-ended", CHUNKED + b"1\r\nabc\r\n", 400, "malformed", "a chunk is not ended by CRLF"),
    Row("other-media-type", HEAD.replace(b"application/soap+xml", b"text/csv") + b"Content-Length: 1\r\n\r\na", 415, "media-type",
        "Content-Type is 'text/csv'"),
]


class Wire:
    """One region, its log and its counts."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo = running, demo

    # -- what is told --------------------------------------------------------------------------

    def tool(self, *words: str) -> str:
        return subprocess.run([*self.running.target.cli, *words], capture_output=True, text=True, check=False).stdout

    def problems(self, name: str) -> int:
        found = re.search(rf'minato_problems_total\{{problem="{name}"\}} (\d+)', self.tool("metrics"))
        return int(found.group(1)) if found else 0

    def log(self) -> str:
        with open(self.demo.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def audited(self, pattern: str) -> bool:
        found = json.loads(self.tool("audit", "search", "--transaction", "refused", "--limit", "20", "--output", "json") or "[]")
        records = found.get("records", []) if isinstance(found, dict) else found
        return any(re.search(pattern, json.dumps(record)) for record in records)

    @staticmethod
    def soon(holds) -> bool:
        """A refusal is told beside its answer, so a moment later perhaps."""
        end = time.monotonic() + 10
        while not holds() and time.monotonic() < end:
            time.sleep(0.02)
        return holds()

    def told(self, name: str, before: tuple[str, int], problem: str, log: str, audit: str) -> None:
        said, count = before
        assert self.soon(lambda: re.search(log, self.log()[len(said):])), f"{name}: the log says {self.log()[len(said):]!r}"
        assert self.soon(lambda: self.problems(problem) > count), f"{name}: /metrics does not count {problem}"
        assert self.soon(lambda: self.audited(audit)), f"{name}: no audit record with {audit}"

    def exchange(self, system: str, octets: bytes, mllp: bool, enough: str) -> bytes:
        target = self.running.target
        return raw_exchange(target.host, target.mllp_port if mllp else target.https_port, self.running.context(system), octets,
                            lambda received: re.search(enough.encode(), received) is not None)

    # -- the scenes ----------------------------------------------------------------------------

    def http(self) -> None:
        for row in ROWS:
            before = self.log(), self.problems(row.problem)
            said = self.exchange("b-clinic", row.octets, False, "</").decode("utf-8", "replace")
            assert re.match(rf"HTTP/1\.1 {row.status} ", said), f"{row.name}: {said[:200]!r}"
            assert "application/soap+xml" in said and re.search(row.reason, said), f"{row.name}: answered {said!r}"
            found = re.search(r'exchange="([0-9a-f]{16})"', said)
            assert found, f"{row.name}: the fault names no exchange"
            # What the road refuses has its reason by the id; its words may quote the peer, so the log has none.
            reason = "" if row.name == "other-media-type" else f": .*{row.reason}"
            self.told(row.name, before, row.problem, rf"refused b-clinic .*{found[1]}.*{row.problem}{reason}",
                      row.problem if not reason else row.reason)

    def faults_as_500(self) -> None:
        for octets in (ROWS[0].octets, ROWS[1].octets, ROWS[-1].octets, HEAD.replace(b"/xds/registry", b"/nowhere") + b"\r\n"):
            said = self.exchange("l-latin", octets, False, "</")
            assert said.startswith(b"HTTP/1.1 500 ") and b":Fault>" in said, f"{said[:300]!r}"

    def flood(self) -> None:
        """A hundred of one kind: a few lines, and then a number."""
        said = self.log()
        for _ in range(100):
            self.exchange("a-hospital", b"GET / HTTP/1.1\r\n\r\n", False, "</")
        assert self.soon(lambda: re.search(r"refused a-hospital.*and \d+ more like it", self.log()[len(said):])) or \
            self.soon(lambda: re.search(r"refused a-hospital.*and \d+ more like it", self.log()[len(said):])), "no number is told"
        lines = re.findall(r"refused a-hospital.*no Host header.*", self.log()[len(said):])
        assert 2 <= len(lines) <= 20, f"{len(lines)} lines"
        told = sum(1 + int((re.search(r"and (\d+) more", line) or [0, 0])[1]) for line in lines)
        assert self.soon(lambda: told <= 100), f"{told} of 100 are told"

    def message(self, **values: str) -> bytes:
        scope = Scope(self.running.region, id=Scope(self.running.region).get("pid.w"), domain=self.running.region.get("domain.a"),
                      family="サムライ", given="タロウ", phone="0312345678", **values)
        return self.running.maker.hl7("iti8.hl7", scope, [])

    def framing(self) -> None:
        """What can mean one thing only is taken, and counted; the next frame is read as it should be."""
        for name, before, after in (("FS alone", b"\v", b"\x1c"), ("FS LF", b"\v", b"\x1c\n"), ("no VT", b"", b"\x1c\r"),
                                    ("no VT, FS alone", b"\r\n", b"\x1c"), ("octets before VT", b"xyz\v", b"\x1c\r")):
            counted = self.running.leniencies().get(("mllp-framing", "a-hospital"), 0)
            first, second = self.message(), self.message()
            answers = self.exchange("a-hospital", before + first + after, True, "MSA")
            assert b"MSA|AA|" in answers, f"{name}: {answers!r}"
            answers = self.exchange("a-hospital", before + first + after + b"\v" + second + b"\x1c\r", True, "(?s)MSA.*MSA")
            assert answers.count(b"MSA|AA|") == 2, f"{name}, two frames: {answers!r}"
            counts = self.running.leniencies().get(("mllp-framing", "a-hospital"), 0)
            assert counts == counted + 2, f"{name}: counted {counts - counted} times"
        for name, octets in (("blanks and NUL between", b"\0 \r\n\v%s\x1c\r\0\0"), ("as it should be", b"\v%s\x1c\r")):
            counted = self.running.leniencies().get(("mllp-framing", "a-hospital"), 0)
            answers = self.exchange("a-hospital", octets % self.message(), True, "MSA")
            assert b"MSA|AA|" in answers, f"{name}: {answers!r}"
            assert self.running.leniencies().get(("mllp-framing", "a-hospital"), 0) == counted, f"{name} is counted"

    def framing_refused(self) -> None:
        message = self.message()
        rows = (("VT inside", b"\v" + message + b"\v" + message + b"\x1c\r", "a-hospital", r"MSA\|AR", "malformed",
                 "its end was lost"),
                ("over the limit", b"\v" + message.rstrip(b"\r") + b"|" + b"a" * (1 << 20) + b"\x1c\r", "a-hospital", r"MSA\|AR",
                 "too-large", key(1048576, "octets", "frame", "mllp")),
                ("something else", b"GET / HTTP/1.1\r\n" + b"a" * 2000, "a-hospital", "^$", "malformed", "octets outside of a frame"),
                ("a strict system", b"\v" + message + b"\x1c", "l-latin", r"MSA\|AR", "malformed", "no CR behind the end block"))
        for name, octets, system, answer, problem, reason in rows:
            before = self.log(), self.problems(problem)
            said = self.exchange(system, octets, True, answer)
            assert re.search(answer.encode(), said) and b"MSA|AA" not in said, f"{name}: {said!r}"
            if said:
                assert re.search(reason.encode(), said), f"{name}: {said!r}"
            self.told(name, before, problem, rf"refused {system} .*{problem}: .*{reason}", reason)

    def never_answered(self) -> None:
        """Acknowledgments and responses: an answer to one would be answered again, for ever."""
        ack = (b"MSH|^~\\&|A|a-hospital|MINATO|MINATO|20260101||ACK|1|P|2.5\rMSA|AA|1\r",
               b"MSH|^~\\&|A|a-hospital|MINATO|MINATO|20260101||RSP^K23|1|P|2.5\rMSA|AA|1\rQAK|1|OK\r",
               b"MSH|^~\\&|A|a-hospital|MINATO|MINATO|20260101||MCF|1|P|2.5\r", b"\x06", b"\x15")
        for octets in ack:
            answers = self.exchange("a-hospital", b"\v" + octets + b"\x1c\r\v" + self.message() + b"\x1c\r", True, "MSA")
            assert answers.count(b"\v") == 1 and b"MSA|AA|" in answers, f"{octets!r}: {answers!r}"


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Wire(running, demo)
    return [("wire-http-refused", "the reason of a refusal below SOAP reaches sender, log, audit and /metrics", each.http),
            ("wire-faults-as-500", "a system under faults-as-500 gets its faults with 500", each.faults_as_500),
            ("wire-mllp-framing", "frames as relays and engines write them", each.framing),
            ("wire-mllp-refused", "the reason of a frame that is refused", each.framing_refused),
            ("wire-mllp-never-answered", "what must never be answered", each.never_answered),
            ("wire-flood", "a flood of refusals fills neither log nor audit", each.flood)]
