"""What is refused below the dialects, octet by octet: the reason reaches sender, log, audit and
/metrics; what MLLP relays and engines really write is taken, and counted."""
from __future__ import annotations

import dataclasses
import json
import re
import time

from lib import answers, local, mtom
from lib.answers import Answer
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
    Row("gzip", HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00", 415,
        "media-type", "Content-Encoding is not identity"),
    Row("three-gigabytes", HEAD + b"Content-Length: 3000000000\r\n\r\n", 413, "too-large",
        key(2147483648, "octets", "body")),
    Row("header-of-40000", HEAD + b"X-Example: " + b"a" * 40000 + b"\r\n\r\n", 431, "too-large",
        key(32768, "octets", "header-block")),
    Row("headers-101", HEAD + b"X: 1\r\n" * 99 + b"\r\n", 431, "too-large",
        key(100, "header fields", "headers")),
    Row("request-line-9000", b"POST /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: gw\r\n\r\n",
        414, "too-large",
        key(8192, "octets", "request-line")),
    Row("no-host", b"POST /pix HTTP/1.1\r\n\r\n", 400, "malformed", "no Host header"),
    Row("two-hosts", HEAD + b"Host: gw\r\n\r\n", 400, "malformed", "two Host headers"),
    Row("two-lengths", HEAD + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400, "malformed",
        "two Content-Length headers"),
    Row("two-content-types", HEAD + b"content-type: text/plain\r\nContent-Length: 1\r\n\r\na", 400,
        "malformed", "two Content-Type headers"),
    Row("two-soap-actions", HEAD + b"SOAPAction: a\r\nsoapaction: a\r\nContent-Length: 1\r\n\r\na",
        400, "malformed", "two SOAPAction headers"),
    Row("lone-lf", HEAD.replace(b"\r\n", b"\n") + b"\n", 400, "malformed",
        "a control character in the head"),
    Row("folded-header", HEAD + b"X: a\r\n b\r\n\r\n", 400, "malformed", "a header is folded"),
    Row("blank-before-colon", HEAD + b"X : a\r\n\r\n", 400, "malformed", "no colon after it"),
    Row("expectation", HEAD + b"Expect: 200-ok\r\nContent-Length: 1\r\n\r\na", 417, "malformed",
        "the expectation cannot be met"),
    Row("coding", HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n", 501, "malformed",
        "Transfer-Encoding is not chunked"),
    Row("version-2", b"POST /pix HTTP/2.0\r\nHost: gw\r\n\r\n", 505, "malformed",
        "the version is not HTTP/1.1"),
    Row("not-http", b"MSH|^~\\&|HIS\r\n\r\n", 400, "malformed", "the request line has no method"),
    Row("chunk-without-size", CHUNKED + b"xyz\r\n", 400, "malformed", "a chunk has no size"),
    Row("chunk-of-three-gigabytes", CHUNKED + b"b2d05e00\r\n", 413, "too-large",
        key(2147483648, "octets", "body")),
    Row("chunk-not-ended", CHUNKED + b"1\r\nabc\r\n", 400, "malformed",
        "a chunk is not ended by CRLF"),
    Row("other-media-type", HEAD.replace(b"application/soap+xml", b"text/csv")
        + b"Content-Length: 1\r\n\r\na", 415, "media-type", "Content-Type is 'text/csv'"),
]


@dataclasses.dataclass
class Mime:
    """A submission, changed in its Content-Type and its octets."""
    name: str
    head: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    body: list[tuple[bytes, bytes]] = dataclasses.field(default_factory=list)
    needs: tuple[str, ...] = ()
    reason: str = ""  # a regular expression in the fault; "": taken
    text: str = "x"
    wanted: bytes = b""
    headers: dict[str, str] = dataclasses.field(default_factory=dict)


QUOTES, IDS = ("unquoted-parameters",), ("content-id-spelling",)
ROOT_TYPE = b'application/xop+xml; charset=UTF-8; type="application/soap+xml"'
PART = b"Content-Transfer-Encoding: binary\r\nContent-ID: <0@conformance>"
HREF = b"cid:0@conformance"
CLOSING = b"\r\n--minato-boundary--\r\n"
MORE = b"\r\n--minato-boundary\r\nContent-Type: text/plain\r\nContent-ID: <%s>\r\n\r\nmore"
ACTION = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
# What CXF, Metro, Axis2, gSOAP, WCF, zeep, node and hand-made senders write, a row each.
MIME = [
    Mime("as it should be"),
    Mime("type without quotes", [('type="application/xop+xml"', "type=application/xop+xml")],
         needs=QUOTES),
    Mime("start without quotes", [('start="<root@conformance>"', "start=<root@conformance>")],
         needs=QUOTES),
    Mime("start-info without quotes",
         [('start-info="application/soap+xml"', "start-info=application/soap+xml")], needs=QUOTES),
    Mime("action without quotes", [(f'action="{ACTION}"', f"action={ACTION}")], needs=QUOTES),
    Mime("boundary with a colon, without quotes",
         [('boundary="minato-boundary"', "boundary=uuid:8+id=5")],
         [(b"--minato-boundary", b"--uuid:8+id=5")], needs=QUOTES),
    Mime("boundary of Axis2", [('boundary="minato-boundary"', "boundary=MIMEBoundary_8f1e")],
         [(b"--minato-boundary", b"--MIMEBoundary_8f1e")]),
    Mime("boundary of WCF",
         [('boundary="minato-boundary"', 'boundary="uuid:9b1-3+id=1"'), ("multipart", "Multipart")],
         [(b"--minato-boundary", b"--uuid:9b1-3+id=1")]),
    Mime("boundary of Metro",
         [('boundary="minato-boundary"', 'boundary="uuid:e6a1"'), ("; start=", ";start=")],
         [(b"--minato-boundary", b"--uuid:e6a1")]),
    Mime("boundary of gSOAP", [('boundary="minato-boundary"', 'boundary="==7H/pqr=="')],
         [(b"--minato-boundary", b"--==7H/pqr==")]),
    Mime("boundary of Java mail", [('boundary="minato-boundary"', 'boundary="----=_Part_0_12.34"')],
         [(b"--minato-boundary", b"------=_Part_0_12.34")]),
    Mime("start-info with the action", [('start-info="application/soap+xml"',
                                         'start-info="application/soap+xml; '
                                         f'action=\\"{ACTION}\\""')]),
    Mime("start-info with another action", [('start-info="application/soap+xml"',
                                             'start-info="application/soap+xml; '
                                             'action=\\"urn:other\\""')], reason="ActionMismatch"),
    Mime("another action", [(ACTION, "urn:ihe:iti:2007:RetrieveDocumentSet")],
         reason="ActionMismatch"),
    Mime("another action in the root part", body=[(ROOT_TYPE, ROOT_TYPE + b'; action="urn:other"')],
         reason="ActionMismatch"),
    Mime("the action in the root part",
         body=[(ROOT_TYPE, ROOT_TYPE + f'; action="{ACTION}"'.encode())]),
    Mime("the action in the type of the root part",
         body=[(ROOT_TYPE, b'application/xop+xml; type="application/soap+xml;action=\\"'
                + ACTION.encode() + b'\\""')]),
    Mime("SOAPAction", headers={"SOAPAction": f'"{ACTION}"'}),
    Mime("SOAPAction without quotes", headers={"SOAPAction": ACTION}),
    Mime("an empty SOAPAction", headers={"SOAPAction": '""'}),
    Mime("another SOAPAction", headers={"SOAPAction": '"urn:other"'}, reason="ActionMismatch"),
    Mime("no start, no type, no start-info",
         [('; type="application/xop+xml"', ""), ('; start="<root@conformance>"', ""),
          ('; start-info="application/soap+xml"', "")]),
    Mime("parameters in capitals",
         [("boundary=", "BOUNDARY="), ("start=", "Start="), ("type=", "TYPE=")]),
    Mime("a comment", [("multipart/related;", "multipart/related (MTOM);")]),
    Mime("a stray semicolon", [("; start=", ";; start=")]),
    Mime("a parameter twice", [("; start=", '; boundary="b"; start=')], reason="none given twice"),
    Mime("a blank in a value", [('boundary="minato-boundary"', "boundary=minato boundary")],
         reason="needs quotes|in quotes"),
    Mime("an open quote", [('start-info="application/soap+xml"',
                            'start-info="application/soap+xml')], reason="cannot be read"),
    Mime("no boundary", [('boundary="minato-boundary"; ', "")], reason="boundary is missing"),
    Mime("quoted-printable", text="café=1", wanted="café=1".encode(),
         body=[(PART, PART.replace(b"binary", b"quoted-printable")),
               ("café=1".encode(), b"caf=C3=A9=3D=\r\n1")]),
    Mime("base64", text="x", body=[(PART, PART.replace(b"binary", b"BASE64")),
                                   (b"\r\n\r\nx\r\n", b"\r\n\r\neA==\r\n\r\n")]),
    Mime("7bit", body=[(PART, PART.replace(b"binary", b"7bit"))]),
    Mime("8bit", body=[(PART, PART.replace(b"binary", b"8BIT"))]),
    Mime("another encoding", body=[(PART, PART.replace(b"binary", b"gzip"))],
         reason="none of 7bit, 8bit, binary, base64"),
    Mime("no encoding", body=[(PART, PART.replace(b"Content-Transfer-Encoding: binary\r\n", b""))]),
    Mime("the root in base64 with a comment",
         body=[(b"Content-Transfer-Encoding: binary\r\nContent-ID: <root",
               b"Content-Transfer-Encoding: binary (as it is)\r\nContent-ID: <root")]),
    Mime("the same encoded id in both places (CXF)",
         body=[(b"0@conformance", b"0@http%3A%2F%2Fcxf.example%2F")], needs=IDS),
    Mime("an id encoded in the part",
         body=[(b"Content-ID: <0@conformance>", b"Content-ID: <0%40conformance>")], needs=IDS),
    Mime("an id encoded in the reference", body=[(HREF, b"cid:0%40conformance")]),
    Mime("an id encoded twice", body=[(HREF, b"cid:0%2540conformance")], needs=IDS),
    Mime("cid: in the part", body=[(b"Content-ID: <0@", b"Content-ID: <cid:0@")], needs=IDS),
    Mime("an id without brackets",
         body=[(b"Content-ID: <0@conformance>", b"Content-ID: 0@conformance")]),
    Mime("an id without @ (WCF)",
         body=[(b"Content-ID: <0@conformance>", b"Content-ID: <http://tempuri.org/1/6>"),
               (HREF, b"cid:http%3A%2F%2Ftempuri.org%2F1%2F6")]),
    Mime("no such id", body=[(HREF, b"cid:1@conformance")],
         reason="no part has the Content-ID|XDSMissingDocument"),
    Mime("CID: in capitals", body=[(HREF, b"CID:0@conformance")]),
    Mime("fields in other cases",
         body=[(b"Content-ID", b"content-id"), (b"Content-Type", b"CONTENT-TYPE"),
               (b"Content-Transfer-Encoding", b"content-transfer-encoding")]),
    Mime("no blank after the colon",
         body=[(b"Content-ID: ", b"Content-ID:"), (b"Content-Type: ", b"Content-Type:")]),
    Mime("folded fields", body=[(b"; charset=UTF-8", b";\r\n\tcharset=UTF-8")]),
    Mime("Content-Length in the part", body=[(PART, b"Content-Length: 1\r\n" + PART)]),
    Mime("a preamble", body=[(b"--minato-boundary\r\nContent-Type: application/xop",
                              b"a note\r\n--minato-boundary\r\nContent-Type: application/xop")]),
    Mime("an empty line first (Metro)",
         body=[(b"--minato-boundary\r\nContent-Type: application/xop",
                b"\r\n--minato-boundary\r\nContent-Type: application/xop")]),
    Mime("an epilogue",
         body=[(b"--minato-boundary--\r\n", b"--minato-boundary--\r\n\r\nthe end\r\n")]),
    Mime("no line end at the end", body=[(b"--minato-boundary--\r\n", b"--minato-boundary--")]),
    Mime("blanks behind the boundary",
         body=[(b"--minato-boundary\r\n", b"--minato-boundary \t\r\n")]),
    Mime("not closed", body=[(b"\r\n--minato-boundary--\r\n", b"\r\n")],
         reason="closing boundary is missing"),
    Mime("charset in small letters", body=[(b"charset=UTF-8", b'charset="utf-8"')]),
    Mime("charset us-ascii", body=[(b"charset=UTF-8", b"charset=us-ascii")]),
    Mime("charset UTF-16", body=[(b"charset=UTF-8", b"charset=UTF-16")],
         reason="the charset is 'UTF-16'"),
    Mime("charset Shift_JIS", body=[(b"charset=UTF-8", b"charset=Shift_JIS")],
         reason="the charset is 'Shift_JIS'"),
    Mime("another type", [("application/xop+xml", "text/xml")], reason="of type"),
    Mime("multipart/mixed", [("multipart/related", "multipart/mixed")],
         reason="expected application/soap"),
    Mime("chunked", headers={"Transfer-Encoding": "chunked"}),
    Mime("a Content-Length of more than there is",
         body=[(PART, b"Content-Length: 1000000\r\n" + PART)]),
    Mime("a Content-Length that is no number", body=[(PART, b"Content-Length: x\r\n" + PART)]),
    Mime("the same id twice", body=[(CLOSING, MORE % b"0@conformance" + CLOSING)],
         reason="two parts have the same Content-ID"),
    Mime("the same id twice, the first before", body=[
        (b"--minato-boundary\r\nContent-Type: text/plain", MORE[2:] % b"0@conformance"
         + b"\r\n--minato-boundary\r\nContent-Type: text/plain")],
         reason="two parts have the same Content-ID"),
    Mime("a part that nobody asks for", body=[(CLOSING, MORE % b"1@conformance" + CLOSING)],
         reason="XDSMissingDocumentMetadata|not referenced"),
    Mime("10,000 parts", body=[(CLOSING, b"".join(MORE % b"%d@more" % n for n in range(10000))
                                + CLOSING)], reason="more than (16|1000) parts"),
    Mime("10,000 parts of one id", body=[(CLOSING, MORE % b"1@more" * 10000 + CLOSING)],
         reason="same Content-ID|more than (16|1000) parts"),
]


# The same where nothing is provided: how a question is spoilt, and what is said then; None: it is
# answered.
INCLUDE = b'<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="%s"/>'
PACKAGED = (
    ("10,000 parts", lambda root: root.replace(
        CLOSING, b"".join(MORE % b"%d@more" % n for n in range(10000)) + CLOSING),
     "more than (16|1000) parts"),
    ("10,000 parts of one id", lambda root: root.replace(
        CLOSING, MORE % b"1@more" * 10000 + CLOSING), "same Content-ID|more than (16|1000) parts"),
    ("a part that says it is longer", lambda root: root.replace(
        CLOSING, (MORE % b"1@more").replace(b"more>\r\n", b"more>\r\nContent-Length: 1000000\r\n")
        + CLOSING), None),
    ("a root that says it is longer", lambda root: root.replace(
        b"Content-ID: <root", b"Content-Length: 1000000\r\nContent-ID: <root"), None),
)
REFERRING = tuple(
    (f"refers to {href.decode()}", lambda root, href=href: re.sub(
        rb">[^<>]*</(x:DocumentUniqueId|rim:Value)>", lambda end: b">" + INCLUDE % href + b"</"
        + end[1] + b">", root, count=1), reason)
    for href, reason in (
        (b"http://127.0.0.1/", "not a part"), (b"file:///etc/passwd", "not a part"),
        (b"cid:root@conformance", "names the root part itself"),
        (b"cid:nobody@here", "no part has the Content-ID"), (b"", "not a part")))
IN_A_QUERY = tuple((name, spoil, "a Value has an element inside") for name, spoil, _ in REFERRING)
GET_DOCUMENTS = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"


class Wire:
    """One region, its log and its counts."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo = running, demo

    # -- what is told --------------------------------------------------------------------------

    def problems(self, name: str) -> int:
        found = re.search(rf'minato_problems_total\{{problem="{name}"\}} (\d+)',
                          local.metrics(self.running.target.socket))
        return int(found.group(1)) if found else 0

    def log(self) -> str:
        with open(self.demo.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def audited(self, pattern: str) -> bool:
        records = local.told(self.running.target.socket, "audit", "search", "--transaction",
                             "refused", "--limit", "20")
        return any(re.search(pattern, json.dumps(record)) for record in records)

    @staticmethod
    def soon(holds) -> bool:
        """A refusal is told beside its answer, so a moment later perhaps."""
        end = time.monotonic() + 60
        while not holds() and time.monotonic() < end:
            time.sleep(0.02)
        return holds()

    def told(self, name: str, before: tuple[str, int], problem: str, log: str, audit: str) -> None:
        said, count = before
        assert self.soon(lambda: re.search(log, self.log()[len(said):])), \
            f"{name}: the log says {self.log()[len(said):]!r}"
        assert self.soon(lambda: self.problems(problem) > count), \
            f"{name}: /metrics does not count {problem}"
        assert self.soon(lambda: self.audited(audit)), f"{name}: no audit record with {audit}"

    def exchange(self, system: str, octets: bytes, mllp: bool, enough: str) -> bytes:
        target = self.running.target
        return raw_exchange(target.host, target.mllp_port if mllp else target.https_port,
                            self.running.context(system), octets,
                            lambda received: re.search(enough.encode(), received) is not None)

    # -- the scenes ----------------------------------------------------------------------------

    def http(self) -> None:
        for row in ROWS:
            before = self.log(), self.problems(row.problem)
            said = self.exchange("b-clinic", row.octets, False, "</").decode("utf-8", "replace")
            assert re.match(rf"HTTP/1\.1 {row.status} ", said), f"{row.name}: {said[:200]!r}"
            assert "application/soap+xml" in said and re.search(row.reason, said), \
                f"{row.name}: answered {said!r}"
            found = re.search(r'exchange="([0-9a-f]{16})"', said)
            assert found, f"{row.name}: the fault names no exchange"
            # What the road refuses has its reason by the id; its words may quote the
            # peer, so the log has none.
            reason = "" if row.name == "other-media-type" else f": .*{row.reason}"
            self.told(row.name, before, row.problem,
                      rf"refused b-clinic .*{found[1]}.*{row.problem}{reason}",
                      row.problem if not reason else row.reason)

    def http_taken(self) -> None:
        """What else RFC 9110 and 9112 let a client write."""
        target = self.running.target
        scope = Scope(self.running.region, domain=self.running.region.get("domain.a"), id="NOBODY")
        body = self.running.maker.soap("iti45.xml", scope, [],
                                       f"{target.host}:{target.https_port}").body
        sized = b"Content-Length: %d\r\n\r\n" % len(body) + body
        soap = b"Content-Type: application/soap+xml\r\n"
        first, rest = body[:100], body[100:]
        rows = (("usual", b"POST /pix HTTP/1.1\r\nHost: gw\r\n" + soap + sized),
                ("names in any case, no blank, blanks around", b"POST /pix HTTP/1.1\r\nhOST:gw\r\n"
                 b"content-TYPE: \t application/soap+xml \t\r\n" + sized),
                ("absolute form", b"POST https://gw:8443/pix HTTP/1.1\r\nHost: gw:8443\r\n"
                 + soap + sized),
                ("absolute form in capitals", b"POST HTTP://GW/pix HTTP/1.1\r\nHost: gw\r\n"
                 + soap + sized),
                ("a query", b"POST /pix?wsdl HTTP/1.1\r\nHost: gw\r\n" + soap + sized),
                ("an encoded path", b"POST /%70ix HTTP/1.1\r\nHost: gw\r\n" + soap + sized),
                ("IPv6", b"POST /pix HTTP/1.1\r\nHost: [::1]:8443\r\n" + soap + sized),
                ("HTTP/1.0", b"POST /pix HTTP/1.0\r\n" + soap + sized),
                ("HTTP/1.0, kept alive", b"POST /pix HTTP/1.0\r\nConnection: keep-alive\r\n"
                 + soap + sized),
                ("Connection with more", b"POST /pix HTTP/1.1\r\nHost: gw\r\nConnection: TE , "
                 b"close\r\nTE: trailers\r\n" + soap + sized),
                ("two Connections", b"POST /pix HTTP/1.1\r\nHost: gw\r\nConnection: Keep-Alive\r\n"
                 b"Connection: close\r\n" + soap + sized),
                ("an empty line first", b"\r\nPOST /pix HTTP/1.1\r\nHost: gw\r\n" + soap + sized),
                ("identity", b"POST /pix HTTP/1.1\r\nHost: gw\r\nContent-Encoding: Identity\r\n"
                 + soap + sized),
                ("expects", b"POST /pix HTTP/1.1\r\nHost: gw\r\nExpect: 100-Continue\r\n"
                 + soap + sized),
                ("zeros before the length", b"POST /pix HTTP/1.1\r\nHost: gw\r\n" + soap
                 + b"Content-Length: 000%d\r\n\r\n" % len(body) + body),
                ("chunks with extensions and trailers", b"POST /pix HTTP/1.1\r\nHost: gw\r\n" + soap
                 + b"Transfer-Encoding: Chunked\r\n\r\n"
                 + b"%x;name=\"a;b\";c\r\n%s\r\n%X \r\n%s\r\n0\r\nX-Checksum: 1\r\n\r\n"
                 % (len(first), first, len(rest), rest)))
        wrong = [f"{name}: {said[:400]!r}" for name, octets in rows
                 if b"PRPA_IN201310UV02" not in (said := self.exchange("a-hospital", octets, False,
                                                                       "Envelope>"))]
        assert not wrong, "\n     ".join(wrong)

    def faults_as_500(self) -> None:
        for octets in (ROWS[0].octets, ROWS[1].octets, ROWS[-1].octets,
                       HEAD.replace(b"/xds/registry", b"/nowhere") + b"\r\n"):
            said = self.exchange("l-latin", octets, False, "</")
            assert said.startswith(b"HTTP/1.1 500 ") and b":Fault>" in said, f"{said[:300]!r}"

    def flood(self) -> None:
        """A hundred of one kind: a few lines, and then a number."""
        said = self.log()
        for _ in range(100):
            self.exchange("a-hospital", b"GET / HTTP/1.1\r\n\r\n", False, "</")
        assert self.soon(lambda: re.search(r"refused a-hospital.*and \d+ more like it",
                                           self.log()[len(said):])), "no number is told"
        lines = re.findall(r"refused a-hospital.*no Host header.*", self.log()[len(said):])
        assert 2 <= len(lines) <= 20, f"{len(lines)} lines"
        told = sum(1 + int((re.search(r"and (\d+) more", line) or [0, 0])[1]) for line in lines)
        assert self.soon(lambda: told <= 100), f"{told} of 100 are told"

    def message(self, **values: str) -> bytes:
        scope = Scope(self.running.region, id=Scope(self.running.region).get("pid.w"),
                      domain=self.running.region.get("domain.a"),
                      family="サムライ", given="タロウ", phone="0312345678", **values)
        return self.running.maker.hl7("iti8.hl7", scope, [])

    def framing(self) -> None:
        """What can mean one thing only is taken, and counted; the next frame is
        read as it should be."""
        for name, before, after in (
            ("FS alone", b"\v", b"\x1c"), ("FS LF", b"\v", b"\x1c\n"), ("no VT", b"", b"\x1c\r"),
            ("NUL at the end", b"\v", b"\0\x1c\r"), ("VT twice", b"\v\v", b"\x1c\r"),
            ("no VT, FS alone", b"\r\n", b"\x1c"), ("octets before VT", b"xyz\v", b"\x1c\r")):
            counted = self.running.leniencies().get(("mllp-framing", "a-hospital"), 0)
            first, second = self.message(), self.message()
            answers = self.exchange("a-hospital", before + first + after, True, "MSA")
            assert b"MSA|AA|" in answers, f"{name}: {answers!r}"
            answers = self.exchange("a-hospital", before + first + after + b"\v" + second
                                    + b"\x1c\r", True, "(?s)MSA.*MSA")
            assert answers.count(b"MSA|AA|") == 2, f"{name}, two frames: {answers!r}"
            counts = self.running.leniencies().get(("mllp-framing", "a-hospital"), 0)
            assert counts == counted + 2, f"{name}: counted {counts - counted} times"
        for name, octets in (("blanks and NUL between", b"\0 \r\n\v%s\x1c\r\0\0"),
                             ("as it should be", b"\v%s\x1c\r")):
            counted = self.running.leniencies().get(("mllp-framing", "a-hospital"), 0)
            answers = self.exchange("a-hospital", octets % self.message(), True, "MSA")
            assert b"MSA|AA|" in answers, f"{name}: {answers!r}"
            assert self.running.leniencies().get(("mllp-framing", "a-hospital"), 0) == counted, \
                f"{name} is counted"

    # -- MIME, as stacks write it ----------------------------------------------------------------

    def submission(self, **values: str):
        scope = Scope(self.running.region)
        domain = self.running.region.get("domain.b")
        person = {"id": scope.get("pid.m"), "domain": domain, "family": "ミメ", "given": "ハナコ",
                  "phone": "0312345678"}
        fed = self.running.maker.hl7("iti8.hl7", Scope(self.running.region, **person), [])
        assert b"MSA|AA|" in self.running.mllp_of("b-clinic").exchange(fed)
        patient, uid = f"{person['id']}^^^&{domain}&ISO", scope.get("oid.d")
        parts = (f"set id=ss uid={scope.get('oid.s')} patient={patient}",
                 f"entry id=d1 uid={uid} patient={patient}",
                 "member from=ss to=d1", f"document id=d1 text={values.get('text', 'x')}")
        target = self.running.target
        return uid, self.running.maker.soap("iti41.xml", scope, [("+", part) for part in parts],
                                            f"{target.host}:{target.https_port}")

    def fetched(self, uid: str) -> list[bytes]:
        scope = Scope(self.running.region)
        target = self.running.target
        request = self.running.maker.soap("iti43.xml", scope, [("+", f"want document={uid}")],
                                          f"{target.host}:{target.https_port}")
        answer = Answer("soap", request=request)
        answer.reply = self.running.https_of("b-clinic").request(
            "POST", request.path, {"Content-Type": request.content_type}, request.body)
        answers.open_soap(answer)
        return [part.octets for part in answer.package.parts.values()]

    def mime(self) -> None:
        """Each way to write the package: taken, with the leniency it needs, or
        refused with what was seen."""
        wrong = []
        for row in MIME:
            uid, request = self.submission(text=row.text)
            content_type, body = request.content_type, request.body
            for old, new in row.head:
                assert old in content_type, f"{row.name}: no {old} in {content_type}"
                content_type = content_type.replace(old, new)
            for old, new in row.body:
                assert old in body, f"{row.name}: no {old!r} in the body"
                body = body.replace(old, new)
            before = self.running.leniencies()
            reply = self.running.https_of("b-clinic").request(
                "POST", request.path, {"Content-Type": content_type, **row.headers}, body)
            needed = {name for (name, system), count in self.running.leniencies().items()
                      if system == "b-clinic"
                      and count > before.get((name, system), 0)} - {"resolve-own-ids"}
            said = reply.body.decode("utf-8", "replace")
            taken = "ResponseStatusType:Success" in said
            if row.reason:
                if taken or not re.search(row.reason, said) or self.fetched(uid):
                    wrong.append(f"{row.name}: HTTP {reply.status} "
                                 f"{re.sub(r'(?s).*<(?=env:Body)', '<', said)[:400]}")
            elif not taken or needed != set(row.needs) \
                    or self.fetched(uid) != [row.wanted or row.text.encode()]:
                wrong.append(
                    f"{row.name}: taken {taken}, needed {needed}: "
                    f"{re.sub(r'(?s).*<(?=env:Body)', '<', said)[:400]}, {self.fetched(uid)}")
        assert not wrong, "\n     ".join(wrong)

    def questions(self) -> None:
        """ITI-43 and ITI-18: a hostile one is refused, and nothing of a document comes; what lies
        about a length that nobody needs is answered as ever; a query comes in no package."""
        wrong = []
        uid, request = self.submission(text="secret")
        self.running.https_of("b-clinic").request(
            "POST", request.path, {"Content-Type": request.content_type}, request.body)
        assert self.fetched(uid) == [b"secret"]
        scope, target = Scope(self.running.region), self.running.target
        endpoint = f"{target.host}:{target.https_port}"
        fetching = self.running.maker.soap("iti43.xml", scope, [("+", f"want document={uid}")],
                                           endpoint)
        finding = self.running.maker.soap(
            "iti18.xml", Scope(self.running.region, query=GET_DOCUMENTS),
            [("+", f"slot name=$XDSDocumentEntryUniqueId value=('{uid}')")], endpoint)
        for request, rows in ((fetching, PACKAGED + REFERRING), (finding, IN_A_QUERY)):
            for name, spoil, reason in rows:
                spoilt = spoil(request.body)
                assert spoilt != request.body, f"{name}: nothing is spoilt"
                reply = self.running.https_of("b-clinic").request(
                    "POST", request.path, {"Content-Type": request.content_type}, spoilt)
                said = reply.body.decode("utf-8", "replace")
                answered = "ResponseStatusType:Success" in said and "secret" in said
                if not (answered if reason is None else re.search(reason, said) is not None
                        and not answered and "secret" not in said):
                    wrong.append(f"{request.path}, {name}: HTTP {reply.status} "
                                 f"{re.sub(r'(?s).*<(?=env:Body)', '<', said)[:900]}")
        packed = mtom.build(finding.body, [], "urn:ihe:iti:2007:RegistryStoredQuery")
        reply = self.running.https_of("b-clinic").request(
            "POST", finding.path, {"Content-Type": packed[0]}, packed[1])
        assert reply.status == 415 and b"without MTOM" in reply.body, reply.body
        assert not wrong, "\n     ".join(wrong)
        assert self.fetched(uid) == [b"secret"]

    def framing_refused(self) -> None:
        message = self.message()
        both = self.exchange("a-hospital", b"\v" + message + self.message()
                             + b"\x1c\r", True, "MSA")
        assert b"MSA|A" in both and b"MSA|AA" not in both and b"ERR||MSH^2|" in both, \
            f"two messages in a frame: {both!r}"
        rows = (("VT inside", b"\v" + message + b"\v" + message + b"\x1c\r", "a-hospital",
                 r"MSA\|AR", "malformed", "its end was lost"),
                ("over the limit", b"\v" + message.rstrip(b"\r") + b"|"
                 + b"a" * (1 << 20) + b"\x1c\r", "a-hospital", r"MSA\|AR", "too-large",
                 key(1048576, "octets", "frame", "mllp")),
                ("something else", b"GET / HTTP/1.1\r\n" + b"a" * 2000, "a-hospital", "^$",
                 "malformed", "octets outside of a frame"),
                ("a strict system", b"\v" + message + b"\x1c", "l-latin", r"MSA\|AR", "malformed",
                 "no CR behind the end block"))
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
               b"MSH|^~\\&|A|a-hospital|MINATO|MINATO|20260101||RSP^K23|1|P|2.5\rMSA|AA|1\rQAK|1|"
               b"OK\r", b"MSH|^~\\&|A|a-hospital|MINATO|MINATO|20260101||MCF|1|P|2.5\r",
               b"\x06", b"\x15")
        for octets in ack:
            answers = self.exchange("a-hospital", b"\v" + octets + b"\x1c\r\v" + self.message()
                                    + b"\x1c\r", True, "MSA")
            assert answers.count(b"\v") == 1 and b"MSA|AA|" in answers, f"{octets!r}: {answers!r}"


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Wire(running, demo)
    return [("wire-http-refused", "the reason of a refusal below SOAP reaches sender, log, audit "
             "and /metrics", each.http),
            ("wire-http-taken", "HTTP in every way it may be written", each.http_taken),
            ("wire-faults-as-500", "a system under faults-as-500 gets its faults with 500",
             each.faults_as_500),
            ("wire-mime", "a submission in every way stacks write MIME", each.mime),
            ("wire-mime-questions", "hostile packages that provide nothing", each.questions),
            ("wire-mllp-framing", "frames as relays and engines write them", each.framing),
            ("wire-mllp-refused", "the reason of a frame that is refused", each.framing_refused),
            ("wire-mllp-never-answered", "what must never be answered", each.never_answered),
            ("wire-flood", "a flood of refusals fills neither log nor audit", each.flood)]
