"""Runs cases against a target, one after the other, and counts."""
from __future__ import annotations

import dataclasses
import datetime
import json
import re
import subprocess
import sys
import time
import traceback
import urllib.request
from typing import Callable

from . import answers, checks, hl7v2
from .answers import Answer
from .casefile import Case, CaseFile, Step
from .grammar import Grammars
from .local import Local
from .mailbox import Mailbox
from .message import Maker, MessageError
from .mllp import MllpClient
from .region import Target
from .scope import Scope, Unknown
from .wire import TIMEOUT, HttpClient, Refused, raw_exchange, tls_context


LENIENCY = re.compile(r'^minato_leniency_used_total\{leniency="([^"]+)",system="([^"]*)"\} (\d+)$',
                      re.M)
SLOW = 1.0  # seconds; a case that took longer says so


class Failed(Exception):
    """A step did not do what it must."""


class Runner:
    """Keeps the connections and the counts."""

    def __init__(self, target: Target, maker: Maker, grammars: Grammars, region: Scope) -> None:
        self.target, self.maker, self.grammars, self.region = target, maker, grammars, region
        self.mailbox: Mailbox | None = None
        self.http: dict[str, HttpClient] = {}
        self.mllp: dict[str, MllpClient] = {}
        self.local: Local | None = None  # the operator's socket, once it was asked
        self.macros: dict[str, list[Step]] = {}
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.failures: list[str] = []
        self.began = time.monotonic()

    # -- the steps -----------------------------------------------------------------------------

    def context(self, system: str):
        return tls_context(self.target.ca, self.target.certificate(system))

    def https_of(self, system: str) -> HttpClient:
        if system not in self.http:
            self.http[system] = HttpClient(self.target.host, self.target.https_port,
                                           self.context(system))
        return self.http[system]

    def mllp_of(self, system: str) -> MllpClient:
        if system not in self.mllp:
            self.mllp[system] = MllpClient(self.target.host, self.target.mllp_port,
                                           self.context(system))
        return self.mllp[system]

    def send_soap(self, step: Step, scope: Scope) -> Answer:
        host = f"{self.target.host}:{self.target.https_port}"
        request = self.maker.soap(step.subject, scope, step.changes, host)
        answer = Answer("soap", request=request)
        headers = {"Content-Type": scope.get("content-type", request.content_type)}
        if scope.find("chunked"):
            headers["Transfer-Encoding"] = "chunked"
        try:
            answer.reply = self.https_of(step.system).request("POST", request.path,
                                                              headers, request.body)
        except Refused as refused:
            answer.refused = str(refused)
            return answer
        one_way = request.transaction is not None and not request.transaction.answer
        if one_way and answer.reply.status == 202 and answer.reply.body:
            raise Failed("a message that is one way has an answer")
        if answer.reply.status == 202 and self.mailbox and not one_way:
            if answer.reply.body:
                raise Failed("an exchange whose answer goes elsewhere has none on its connection")
            answer.reply = self.mailbox.take()
            if answer.reply is None:
                raise Failed("no answer came to ReplyTo")
        faults = answers.check_soap(answer, self.grammars)
        if faults:
            raise Failed("; ".join(faults))
        return answer

    def send_hl7(self, step: Step, scope: Scope) -> Answer:
        octets = self.maker.hl7(step.subject, scope, step.changes)
        answer = Answer("hl7")
        try:
            answer.octets = self.mllp_of(step.system).exchange(octets)
        except Refused as refused:
            answer.refused = str(refused)
            return answer
        charset = scope.get("answer-charset", "utf-8")
        try:
            answer.hl7 = hl7v2.Message(answer.octets, charset)
            answer.sent_hl7 = hl7v2.Message(octets, scope.get("charset", "utf-8"))
        except ValueError as fault:
            if answer.hl7 is None:
                raise Failed(f"the answer: {fault}: {answer.octets[:80]!r}") from fault
        faults = answers.check_hl7(answer)
        if faults:
            raise Failed("; ".join(faults))
        return answer

    def send_raw(self, step: Step, scope: Scope) -> Answer:
        """Octets straight to a door: `raw` to HTTPS, `frames` to MLLP (then the answers' text)."""
        octets = scope.get("head", "").encode().replace(b"\\r\\n", b"\r\n") \
            + self.maker.source(step.subject)
        for kind, change in step.changes:
            if kind == "/":
                old, _, new = scope.fill(change).partition("->")
                octets = octets.replace(old.strip().encode(), new.strip().encode())
        port = self.target.https_port if step.verb == "raw" else self.target.mllp_port
        patterns = [scope.fill(value) for key, value in step.expectations if key == "answered"]

        def enough(received: bytes) -> bool:
            return all(re.search(pattern, received.decode("latin-1")) for pattern in patterns)

        answer = Answer("raw")
        try:
            answer.octets = raw_exchange(self.target.host, port, self.context(step.system),
                                         octets, enough)
        except Refused as refused:
            answer.refused = str(refused)
        if not answer.octets and answer.refused is None:
            answer.refused = "closed without an answer"
        return answer

    def post_file(self, step: Step, scope: Scope) -> Answer:
        """`get`: a plain HTTP request, with a sample as body when one is named."""
        body = self.maker.source(scope.get("body")) if scope.find("body") else b""
        headers = {"Content-Type": scope.get("content-type", "application/soap+xml; charset=UTF-8")}
        if body.startswith((b"POST ", b"Content-Type:")):
            headers, body = capture(body)
        for kind, change in step.changes:
            if kind == "/":
                old, _, new = scope.fill(change).partition("->")
                body = body.replace(old.strip().encode(), new.strip().encode())
        body += b"A" * int(scope.get("padding", "0"))
        if scope.find("content-encoding"):
            headers["Content-Encoding"] = scope.get("content-encoding")
        answer = Answer("soap")
        try:
            answer.reply = self.https_of(step.system).request(
                scope.get("method", "POST" if body else "GET"), step.subject, headers, body)
        except Refused as refused:
            answer.refused = str(refused)
            return answer
        faults = answers.open_soap(answer)
        if answer.is_fault:
            fault = self.grammars.fault("soap-fault", answer.root)
            faults += [fault] if fault else []
        if faults:
            raise Failed("; ".join(faults))
        return answer

    def run_tool(self, step: Step, scope: Scope) -> Answer:
        arguments = [scope.fill(word) for word in step.arguments]
        done = subprocess.run([*self.target.cli, *arguments], capture_output=True,
                              text=True, check=False)
        return Answer("cli", exit=done.returncode, output=done.stdout, talk=done.stderr)

    def act(self, step: Step, scope: Scope) -> Answer:
        if step.verb == "run":
            return self.run_tool(step, scope)
        if step.verb in ("raw", "frames"):
            return self.send_raw(step, scope)
        if step.verb == "get":
            return self.post_file(step, scope)
        if step.subject.endswith(".hl7"):
            return self.send_hl7(step, scope)
        return self.send_soap(step, scope)

    # -- a step, its expectations, its audit record ----------------------------------------------

    def do(self, step: Step, scope: Scope) -> None:
        if step.verb == "let":
            for key, value in step.values.items():
                scope.values[key] = scope.fill(value)
            return
        values = {key: scope.fill(value) for key, value in step.values.items()}
        if step.verb == "do":
            if step.subject not in self.macros:
                raise Failed(f"no macro {step.subject}")
            inner = Scope(scope, **values)
            for each in self.macros[step.subject]:
                self.do(each, inner)
            # What a macro keeps, its caller may use.
            scope.values.update({k: v for k, v in inner.values.items() if k not in values})
            return
        for _, text in (*step.changes, *step.expectations):
            scope.settle(text)
        inner = Scope(scope, **values)
        step = dataclasses.replace(step, system=inner.fill(step.system),
                                   subject=inner.fill(step.subject))
        began = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(milliseconds=2)
        try:
            counted = self.leniencies() \
                if any(key == "lenient" for key, _ in step.expectations) else {}
            answer = self.act(step, inner)
            expectations = step.expectations or default_expectation(step)
            wrong = [self.needed(inner.fill(value), step.system, counted) if key == "lenient" else
                     self.expect(answer, key, value, scope, inner, began)
                     for key, value in expectations]
        except (Failed, Unknown, MessageError, OSError) as fault:
            raise Failed(f"{step.where}: {fault}") from fault
        wrong = [each for each in wrong if each]
        if wrong:
            raise Failed(f"{step.where}: " + "; ".join(wrong))

    def expect(self, answer: Answer, key: str, value: str, scope: Scope, inner: Scope,
               began) -> str | None:
        if key == "audit":
            if answer.refused or answer.kind == "raw":
                return self.audited_at_last(inner.fill(value), began)
            return self.audited(inner.fill(value), began)
        if key.startswith("keep "):
            fault = checks.run(answer, key, value, inner)
            name = key.removeprefix("keep ").strip()
            if name in inner.values:
                scope.values[name] = inner.values[name]
            return fault
        return checks.run(answer, key, value, inner)

    def leniencies(self) -> dict[tuple[str, str], int]:
        """How often each leniency was needed by each system, by /metrics."""
        if self.target.admin_port:
            url = f"http://{self.target.host}:{self.target.admin_port}/metrics"
            with urllib.request.urlopen(url, timeout=TIMEOUT) as reply:
                text = reply.read().decode()
        else:
            text = subprocess.run([*self.target.cli, "metrics"], capture_output=True, text=True,
                                  check=False).stdout
        return {(name, system): int(count) for name, system, count in LENIENCY.findall(text)}

    def needed(self, value: str, system: str, before: dict[tuple[str, str], int]) -> str | None:
        """lenient = NAME ...|none: this exchange needed these leniencies of its
        system, and no other."""
        moved = {key: count - before.get(key, 0) for key, count in self.leniencies().items()
                 if count != before.get(key, 0)}
        wanted = {(name, system): 1 for name in value.split() if name != "none"}
        return None if moved == wanted \
            else f"leniencies needed: {moved or 'none'}, expected {value}"

    def audited_at_last(self, value: str, began) -> str | None:
        """The record of a peer the door turned away by itself comes after the peer
        was told, not before."""
        until = time.monotonic() + TIMEOUT
        while (missing := self.audited(value, began)) and time.monotonic() < until:
            time.sleep(0.05)
        return missing

    def records(self, transaction: str) -> list[dict]:
        """The latest of these, of whichever gateway this is."""
        if self.target.socket:
            if self.local is None:
                self.local = Local(self.target.socket)
            status, body = self.local.get("/admin/audit", transaction=transaction, limit="20")
            if status == 404:
                return []
            if status != 200:
                raise ValueError(f"GET /admin/audit: {status} {body!r}")
            return json.loads(body)["records"]
        done = subprocess.run([*self.target.cli, "audit", "search", "--transaction", transaction,
                               "--limit", "20", "--output", "json"], capture_output=True,
                              text=True, check=False)
        if done.returncode not in (0, 1):
            raise ValueError(f"minato audit search: exit {done.returncode}: {done.stderr.strip()}")
        found = json.loads(done.stdout or "[]")
        return found.get("records", []) if isinstance(found, dict) else found

    def audited(self, value: str, began) -> str | None:
        """audit = TRANSACTION OUTCOME [key=value ...]: a record of it since the step began."""
        words = value.split()
        wanted = dict(word.split("=", 1) for word in words[2:])
        try:
            records = self.records(words[0])
        except (OSError, ValueError) as fault:
            return f"the audit records cannot be had: {fault}"
        seen = []
        for record in records:
            when = datetime.datetime.fromisoformat(str(record.get("time")).replace("Z", "+00:00"))
            if when < began.replace(microsecond=began.microsecond // 1000 * 1000):
                continue
            seen.append(f"{record.get('transaction')} outcome {record.get('outcome')} "
                        f"{record.get('system')}")
            if str(record.get("outcome")) in words[1].split("|") \
                    and all(str(record.get(key)) == text for key, text in wanted.items()):
                return None
        return f"no audit record {value}; since then {seen}"

    # -- cases -----------------------------------------------------------------------------------

    def report(self, verdict: str, case: Case, reason: str = "") -> None:
        self.counts[{"ok": "passed", "FAIL": "failed", "SKIP": "skipped"}[verdict]] += 1
        spent = time.monotonic() - self.began
        slow = f" ({spent:.1f} s)" if spent > SLOW else ""
        line = f"{verdict:<4} {case.name}: {case.why}{slow}" + (f"\n     {reason}"
                                                                if reason else "")
        if verdict == "FAIL":
            self.failures.append(f"{case.name}: {reason}")
        print(line, flush=True)

    def run_case(self, case: Case, file_scope: Scope) -> None:
        scope = Scope(file_scope)
        self.began = time.monotonic()
        for key, value in case.row.items():
            scope.values[key] = scope.fill(value)
        try:
            for step in case.steps:
                self.do(step, scope)
        except (Failed, Unknown) as fault:
            self.report("FAIL", case, str(fault))
        except Exception as fault:  # pylint: disable=broad-except
            # A fault of the driver itself fails its case, not the run.
            where = traceback.extract_tb(sys.exc_info()[2])[-1]
            self.report("FAIL", case, f"driver: {type(fault).__name__}: {fault} "
                        f"({where.filename}:{where.lineno})")
        else:
            self.report("ok", case)

    def run_scene(self, case: Case, show: Callable[[], None]) -> None:
        """A case that is a function: it must not fail."""
        self.began = time.monotonic()
        try:
            show()
        except Exception as fault:  # pylint: disable=broad-except
            self.report("FAIL", case, f"{type(fault).__name__}: {fault}")
        else:
            self.report("ok", case)

    def run_file(self, file: CaseFile, wanted: list[str]) -> None:
        cases = [case for case in file.cases if not wanted
                 or any(word in case.name for word in wanted)]
        if not cases:
            return
        if "samples" in file.needs and self.maker.samples is None:
            for case in cases:
                self.report("SKIP", case, "the samples are not there (MINATO_SHARED)")
            return
        self.macros.update(file.macros)
        self.maker.made.update(file.messages)
        scope = Scope(self.region)
        try:
            for step in file.setup:
                self.do(step, scope)
        except (Failed, Unknown, OSError) as fault:
            for case in cases:
                self.report("FAIL", case, f"set-up: {fault}")
            return
        for case in cases:
            self.run_case(case, scope)

    def close(self) -> None:
        for client in (*self.http.values(), *self.mllp.values(), self.local):
            if client is not None:
                client.close()


def capture(octets: bytes) -> tuple[dict[str, str], bytes]:
    """A captured HTTP request: its Content-* and MIME headers, and its body."""
    head, _, body = octets.replace(b"\r\n\r\n", b"\n\n", 1).partition(b"\n\n")
    pairs = (line.partition(":") for line in head.decode("latin-1").splitlines())
    return {name.strip(): value.strip() for name, colon, value in pairs
            if colon and name.strip().lower() in ("content-type", "mime-version")}, body


REGISTRY_RESPONSES = ("iti18", "iti38", "iti39", "iti41", "iti42", "iti43", "iti51", "iti57",
                      "iti61", "iti62", "iti80", "iti86", "iti92")


def default_expectation(step: Step) -> list[tuple[str, str]]:
    """What a step must do when its case says nothing: succeed."""
    if step.verb == "run":
        return [("exit", "0")]
    if step.subject.endswith(".hl7"):
        return [("MSA-1", "AA")]
    if step.subject.startswith("iti44"):
        return [("ack", "CA")]
    if step.subject.startswith(REGISTRY_RESPONSES):
        return [("status", "Success")]
    return []
