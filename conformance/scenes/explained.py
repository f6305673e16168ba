"""Each refusal explained: in every dialect, and by every door, whoever was refused has an id in the
answer; by that `minato explain` tells the operator which rule was not kept and what to do, and
nothing of whose message it was."""
from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import time
from typing import Callable

from lib.casefile import Step
from lib.region import DemoRegion, free_ports
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import Refused, raw_exchange, tls_context

WITHIN = 60.0  # seconds for what is noted beside an answer
A, B, FORGED, STRANGER, NOBODY = "a-hospital", "b-clinic", "w-forged", "z-stranger", "nobody"
ID = "[0-9a-f]{16}"
DOORS = """
https-door "watch" {{
	address = "127.0.0.1"
	port = {watch}
	client-certificates = "none"
	serves = {{"health"}}
}}
https-door "small" {{
	address = "127.0.0.1"
	port = {small}
	connections-per-peer = 1
	client-certificates = "optional"
	serves = {{"health"}}
}}
"""
MANY = 10  # at once, of a system that may send one a second
SLOW = 'system "k-kiosk" {'
HEAD = b"POST /xds/registry HTTP/1.1\r\nHost: gw\r\nContent-Type: application/soap+xml\r\n"
# What a door answers before there is a message, or instead of one: who, which door, the octets, the
# status, the problem.
PLAIN = (
    (A, "https", b"GET /xds/registry HTTP/1.1\r\nHost: gw\r\n\r\n", 405, "method"),
    (A, "https", b"POST /nowhere HTTP/1.1\r\nHost: gw\r\nContent-Length: 0\r\n\r\n", 404,
     "path-unknown"),
    (A, "https", HEAD.replace(b"application/soap+xml", b"text/csv") + b"Content-Length: 1\r\n\r\na",
     415, "media-type"),
    (A, "https", HEAD + b"Content-Length: 3000000000\r\n\r\n", 413, "too-large"),
    (A, "https", HEAD + b"X-Example: " + b"a" * 40000 + b"\r\n\r\n", 431, "too-large"),
    (A, "https", b"POST /pix HTTP/1.1\r\n\r\n", 400, "malformed"),
    (STRANGER, "https", HEAD + b"Content-Length: 1\r\n\r\na", 403, "node-unknown"),
    (NOBODY, "watch", b"GET /nowhere HTTP/1.1\r\nHost: gw\r\n\r\n", 404, "path-unknown"),
    (NOBODY, "watch", b"POST /health/live HTTP/1.1\r\nHost: gw\r\nContent-Length: 0\r\n\r\n", 405,
     "method"),
    (NOBODY, "watch", b"GET /health/live HTTP/1.1\r\n\r\n", 400, "malformed"),
)


def field(answer: bytes, segment: str, number: int) -> str:
    """Of the first segment of that name; MSH-10 is number 9."""
    line = re.search(rf"{segment}\|[^\r]*", answer.decode())
    assert line, answer
    return line[0].split("|")[number]


class Explained:
    """In a region of its own, of one patient whose names and numbers are nobody else's."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo, self.target = running, demo, running.target
        self.scope = Scope(running.region)
        self.secrets: list[str] = []
        self.ports: dict[str, int] = {}

    def begin(self) -> None:
        if self.ports:
            return
        names = ("watch", "small")
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        assert SLOW in text, text
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text.replace(SLOW, f'{SLOW}\n\trequests-per-second = "1"')
                       + DOORS.format(**self.ports))
        self.demo.stop()
        self.demo.start(self.target)
        self.ports["https"] = self.target.https_port
        self.secrets = [self.scope.get(each) for each in (
            "pid.mine", "pid.other", "kana.family", "kana.given", "phone.home")]
        self.person = {"family": self.secrets[2], "given": self.secrets[3],
                       "phone": self.secrets[4], "kanji-family": "秘密", "kanji-given": "花子",
                       "birth": "19410503", "street": "隠れ町9-9"}
        self.secrets += ["秘密", "花子", "隠れ町", "19410503"]
        answer = self.hl7(A, "iti8.hl7", id=self.secrets[0], domain=self.domain("a"), **self.person)
        assert field(answer, "MSA", 1) == "AA", answer

    def domain(self, letter: str) -> str:
        return self.running.region.get(f"domain.{letter}")

    # -- asking ------------------------------------------------------------------------------------

    def tool(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self.target.cli, *words], capture_output=True, text=True,
                              check=False)

    def hl7(self, who: str, subject: str, **values: str) -> bytes:
        step = Step("explained", "send", who, subject)
        return self.running.send_hl7(step, Scope(self.scope, **values)).octets

    def soap(self, who: str, subject: str, changes: list[tuple[str, str]] | None = None,
             **values: str):
        step = Step("explained", "send", who, subject, changes=changes or [])
        return self.running.send_soap(step, Scope(self.scope, **values))

    def raw(self, who: str, port: int, octets: bytes, enough: Callable[[bytes], bool]) -> bytes:
        context = tls_context(self.target.ca, self.target.certificate(who))
        return raw_exchange(self.target.host, port, context, octets, enough)

    def noted(self, exchange: str) -> subprocess.CompletedProcess[str]:
        """A refusal by a door is noted beside its answer, a moment later perhaps."""
        end = time.monotonic() + WITHIN
        while True:
            done = self.tool("explain", exchange, "--output", "json")
            if done.returncode == 0 or time.monotonic() > end:
                return done
            time.sleep(0.05)

    def explained(self, exchange: str, problem: str, result: str = "") -> dict:
        """That id has that explanation, and it names nobody."""
        assert re.fullmatch(ID, exchange), exchange
        done = self.noted(exchange)
        assert done.returncode == 0, f"{problem}: {done}"
        said = json.loads(done.stdout)
        codes = [said["result"], *(each.get("problem") for each in said.get("findings", []))]
        assert problem in codes and said["result"] == (result or problem), f"{problem}: {said}"
        assert said.get("section"), f"{problem}: no rule is named: {said}"
        if said["result"] != "done":
            assert said["meaning"] and (said.get("sender") or said.get("operator")), said
        for words in (("explain", exchange), ("exchange", "show", exchange)):
            shown = self.tool(*words)
            assert shown.returncode == 0 and problem in shown.stdout, shown
            self.names_nobody(shown.stdout)
        self.names_nobody(done.stdout)
        return said

    def names_nobody(self, text: str) -> None:
        told = [secret for secret in self.secrets if secret in text]
        assert not told, f"{told} stand in {text}"

    # -- the dialects ------------------------------------------------------------------------------

    def of_v2(self) -> None:
        """ERR-7 and MSH-10 of an acknowledgment, and of an answer to a question."""
        self.begin()
        mine, other = self.secrets[:2]
        for subject, values, code, problem in (
                ("iti8.hl7", {"id": other, "domain": self.domain("b"), **self.person}, "AR",
                 "domain-not-owned"),
                ("iti8.hl7", {"id": other, "domain": self.domain("a"), **self.person,
                              "event": "A99"}, "AR", "event"),
                ("iti9.hl7", {"id": other, "domain": self.domain("a")}, "AE", "unknown-key"),
                ("iti9.hl7", {"id": mine, "domain": self.domain("unknown")}, "AE", "unknown-key")):
            answer = self.hl7(A, subject, **values)
            exchange = field(answer, "MSH", 9)
            assert field(answer, "MSA", 1) == code, answer
            assert field(answer, "ERR", 7) == f"{problem} (exchange {exchange})", answer
            said = self.explained(exchange, problem)
            assert said["system"] == A and said["where"].startswith(("MSH", "PID", "QPD")), said

    def of_batches(self) -> None:
        """The refused messages of a batch have one exchange, which tells of each."""
        self.begin()
        octets = self.running.maker.source("batch.mllp")
        answer = self.raw(A, self.target.mllp_port, octets, lambda got: b"|K7\r" in got)
        told = re.findall(rf"ERR\|[^\r]*\|([a-z-]+) \(exchange ({ID})\)", answer.decode())
        assert len(told) == 2 and len({exchange for _, exchange in told}) == 1, answer
        self.secrets += ["BATCHX", "BATCH1"]
        for problem, exchange in told:
            said = self.explained(exchange, problem, "unknown-key")
        places = [each["where"] for each in said["findings"]]
        assert places[0].startswith("(2)/PID^") and places[1] == "(3)/MSH^1^9^1^2", said

    def of_mllp(self) -> None:
        """What is cut at an MLLP door, and what is no message, have their AR."""
        self.begin()
        for octets, problem in (
                (b"\v" + self.running.maker.hl7("iti9.hl7", Scope(
                    self.scope, id=self.secrets[0], domain=self.domain("a")), [])
                 + b"\0\x1c\r", "malformed"),
                (b"\vPID|1||" + self.secrets[0].encode() + b"\r\x1c\r", "malformed")):
            answer = self.raw("l-latin", self.target.mllp_port, octets, lambda got: b"\x1c" in got)
            exchange = field(answer, "MSH", 9)
            assert field(answer, "MSA", 1) == "AR", answer
            assert field(answer, "ERR", 7) == f"{problem} (exchange {exchange})", answer
            self.explained(exchange, problem)

    def of_v3(self) -> None:
        """The text of an acknowledgementDetail."""
        self.begin()
        for subject, values, problem in (
                ("iti44.xml", {"id": self.secrets[1], "domain": self.domain("b"), **self.person},
                 "domain-not-owned"),
                ("iti45.xml", {"id": self.secrets[1], "domain": self.domain("a")}, "unknown-key")):
            answer = self.soap(A, subject, **values)
            exchange = answer.reply.headers["x-minato-exchange"]
            assert f"(exchange {exchange})".encode() in answer.reply.body, answer.reply
            self.explained(exchange, problem)

    def of_ebxml(self) -> None:
        """RegistryError/@location, or its text where the location says which document."""
        self.begin()
        patient = f"{self.secrets[1]}^^^&{self.domain('a')}&ISO"
        find, uid = self.running.region.get("FindDocuments"), self.scope.get("oid.unknown")
        for answer, told, problem in (
                (self.soap(A, "iti18.xml", query=find), "exchange {0}", "query-missing-parameter"),
                (self.soap(A, "iti41.xml", [
                    ("+", f"set id=ss uid=${{oid.set.stray}} patient={patient}"),
                    ("+", f"entry id=d1 uid=${{oid.stray}} patient={patient}"),
                    ("+", "member from=ss to=d1"), ("+", "document id=d1 text=stray")]),
                 "exchange {0}", "unknown-patient"),
                (self.soap(A, "iti43.xml", [("+", f"want document={uid}")]), "(exchange {0})",
                 "document-unique-id")):
            exchange = answer.reply.headers["x-minato-exchange"]
            assert told.format(exchange).encode() in answer.reply.body, answer.reply
            said = self.explained(exchange, problem)
            assert said["section"].startswith("ITI TF-2: 3."), said

    def of_faults(self) -> None:
        """The detail of a SOAP fault."""
        self.begin()
        sent = self.running.maker.soap("iti45.xml", Scope(
            self.scope, id=self.secrets[0], domain=self.domain("a")), [], self.target.host)
        client = self.running.https_of(A)
        for body, problem in (
                (sent.body[:-9], "malformed"),
                (re.sub(rb"urn:hl7-org:v3:PRPA_IN201309UV02", b"urn:nothing", sent.body, count=1),
                 "action-not-supported")):
            reply = client.request("POST", "/pix", {"Content-Type": "application/soap+xml"}, body)
            exchange = reply.headers["x-minato-exchange"]
            assert reply.status >= 400, reply
            assert f'exchange="{exchange}"'.encode() in reply.body, reply
            self.explained(exchange, problem)

    # -- who may not, the doors, the operator ------------------------------------------------------

    def by_policy(self) -> None:
        """What a rule of the region refuses."""
        self.begin()
        mine, uid = self.secrets[0], self.scope.get("oid.denied")
        assert self.tool("consent", "join", "--patient", f"{mine}@{A}", "--reason",
                         "scene").returncode == 0
        patient = f"{mine}^^^&{self.domain('a')}&ISO"
        stored = self.soap(A, "iti41.xml", [
            ("+", f"set id=ss uid=${{oid.set.denied}} patient={patient}"),
            ("+", f"entry id=d1 uid={uid} patient={patient} type-code=POLICY-DENY"),
            ("+", "member from=ss to=d1"), ("+", "document id=d1 text=denied")])
        assert b"ResponseStatusType:Success" in stored.reply.body, stored.reply
        self.secrets.append(uid)
        answer = self.soap(B, "iti43.xml", [("+", f"want document={uid}")])
        exchange = answer.reply.headers["x-minato-exchange"]
        assert b"DocumentAccessNotAuthorized" in answer.reply.body, answer.reply
        assert f"(exchange {exchange})".encode() in answer.reply.body, answer.reply
        self.explained(exchange, "document-refused")
        answer = self.hl7("r-reader", "iti8.hl7", id=mine, domain="2.999.37", **self.person)
        self.explained(field(answer, "MSH", 9), "not-permitted")

    def by_doors(self) -> None:
        """A header field of each answer in HTTP, whether or not it was a message."""
        self.begin()
        for who, door, octets, status, problem in PLAIN:
            answer = self.raw(who, self.ports[door], octets, lambda got: b"\r\n\r\n" in got)
            head = answer.partition(b"\r\n\r\n")[0].decode()
            assert head.startswith(f"HTTP/1.1 {status} "), (octets[:80], head)
            exchange = re.search(rf"(?m)^X-Minato-Exchange: ({ID})\r?$", head)
            assert exchange, (octets[:80], head)
            said = self.explained(exchange[1], problem)
            assert said["status"] == status, said

    def by_full_doors(self) -> None:
        """One connection too many: 503, and when to come again."""
        self.begin()
        ask = b"GET /health/live HTTP/1.1\r\nHost: gw\r\n\r\n"
        told: list[bytes] = []

        def second(got: bytes) -> bool:
            if got and not told:
                told.append(self.raw("d-pharmacy", self.ports["small"], ask,
                                     lambda more: b"\r\n\r\n" in more))
            return bool(told)

        self.raw("d-pharmacy", self.ports["small"], ask, second)
        exchange = re.search(rf"X-Minato-Exchange: ({ID})".encode(), told[0])
        assert told[0].startswith(b"HTTP/1.1 503 ") and exchange, told
        said = self.explained(exchange[1].decode(), "busy")
        assert "connections-per-peer" in said["what"], said

    def by_rate(self) -> None:
        """More requests a second than a system may send: 503, and an AR."""
        self.begin()
        ask = {"id": self.secrets[0], "domain": self.domain("a")}
        body = self.running.maker.soap("iti45.xml", Scope(self.scope, **ask), [],
                                       self.target.host).body
        request = HEAD.replace(b"/xds/registry", b"/pix") \
            + b"Content-Length: %d\r\n\r\n" % len(body) + body
        said = self.raw("k-kiosk", self.target.https_port, request * MANY,
                        lambda got: got.count(b"HTTP/1.1 ") == MANY)
        exchange = re.search(rf"HTTP/1.1 503 [^<]*?X-Minato-Exchange: ({ID})".encode(), said)
        assert exchange, said
        self.explained(exchange[1].decode(), "rate-limit")
        frame = b"\v" + self.running.maker.hl7("iti9.hl7", Scope(self.scope, **ask), []) \
            + b"\x1c\r"
        said = self.raw("k-kiosk", self.target.mllp_port, frame * MANY,
                        lambda got: got.count(b"\x1c") == MANY)
        told = next(each for each in said.split(b"\x1c\r") if b"rate-limit" in each)
        number = field(told, "MSH", 9)
        assert field(told, "ERR", 7) == f"rate-limit (exchange {number})", told
        self.explained(number, "rate-limit")

    def of_handshakes(self) -> None:
        """Who is told nothing, in the handshake, has an id for the operator all the same."""
        self.begin()
        known = {row["id"] for row in self.rows()}
        with contextlib.suppress(Refused):
            self.raw(FORGED, self.ports["https"], HEAD, bool)
        end = time.monotonic() + WITHIN
        while not (new := [row for row in self.rows() if row["id"] not in known
                           and row["result"] == "node-unknown"]):
            assert time.monotonic() < end, "the handshake is not noted"
            time.sleep(0.05)
        self.explained(new[0]["id"], "node-unknown")

    def rows(self) -> list[dict]:
        done = self.tool("exchange", "list", "--refused", "--limit", "1000", "--output", "json")
        assert done.returncode == 0, done
        self.names_nobody(done.stdout)
        return json.loads(done.stdout)

    def of_operators(self) -> None:
        """What the operator's own tool is refused has its id, which it prints."""
        self.begin()
        done = self.tool("patient", "show", "--patient", f"{self.secrets[1]}@{A}")
        assert done.returncode != 0, done
        exchange = re.search(ID, done.stderr + done.stdout)
        assert exchange, done
        self.explained(exchange[0], "unknown-key")

    def kept(self) -> None:
        """What is kept of them names nobody either, and lives through a stop."""
        self.begin()
        before = [row["id"] for row in self.rows()]
        self.demo.stop()
        kept = []
        for folder, _, names in os.walk(self.demo.region):
            kept += [os.path.join(folder, name) for name in names if name == "exchanges"]
        assert len(kept) == 1, kept
        with open(kept[0], "rb") as file:
            octets = file.read()
        assert octets and not [each for each in self.secrets if each.encode() in octets], kept
        self.demo.start(self.target)
        after = [row["id"] for row in self.rows()]
        assert set(before) <= set(after), set(before) - set(after)


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Explained(running, demo)
    return [
        ("explained-v2", "HL7 v2: ERR-7 and MSH-10 have the id, by which it is explained",
         each.of_v2),
        ("explained-batch", "a batch: each of its refused messages", each.of_batches),
        ("explained-mllp", "what an MLLP door cuts", each.of_mllp),
        ("explained-v3", "HL7 v3: acknowledgementDetail", each.of_v3),
        ("explained-ebxml", "ebXML: RegistryError", each.of_ebxml),
        ("explained-fault", "SOAP faults", each.of_faults),
        ("explained-policy", "what the region's rules refuse", each.by_policy),
        ("explained-doors", "what doors refuse, in HTTP alone", each.by_doors),
        ("explained-full", "a connection too many", each.by_full_doors),
        ("explained-rate", "too many requests a second", each.by_rate),
        ("explained-handshake", "who was told nothing in the handshake", each.of_handshakes),
        ("explained-operator", "what the operator is refused", each.of_operators),
        ("explained-kept", "nothing that is kept of it names a patient", each.kept),
    ]
