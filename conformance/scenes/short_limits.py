"""Attack catalogue 24: slow peers, in a region whose limits are a second or two."""
from __future__ import annotations

import re
import socket
import time

from lib import checks
from lib.casefile import Step
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import tls_context

# Documents stay where they lie, too: this region serves the scenes of references as well.
SETTINGS = {"documents": "reference", "head-within": "1s", "message-within": "2s",
            "frame-within": "2s"}
PATIENCE = 60.0  # seconds: a busy machine takes its time; past it a limit is not kept


class Slow:
    """Against a region whose limits are a second or two."""

    FRAME = 2  # frame-within, seconds

    def __init__(self, running: Runner) -> None:
        self.running = running

    def open(self, system: str):
        plain = socket.create_connection((self.running.target.host, self.running.target.https_port),
                                         PATIENCE)
        tls = tls_context(self.running.target.ca,
                          self.running.target.certificate(system)).wrap_socket(plain)
        tls.settimeout(PATIENCE)
        return tls

    def ended(self, tls) -> bytes:
        """What the gateway said until it closed."""
        said = b""
        try:
            while chunk := tls.recv(65536):
                said += chunk
        except TimeoutError:
            raise AssertionError("the connection was kept") from None
        except OSError:
            pass  # closed without a word
        return said

    def stalls(self) -> None:
        with self.open("b-clinic") as tls:
            tls.sendall(b"POST /xds/repository HTTP/1.1\r\nHost: x\r\nContent-Type: "
                        b"application/soap+xml\r\n"
                        b"Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n")
            said = self.ended(tls)
        assert re.match(rb"HTTP/1\.1 (100|417|408)", said), f"answered {said[:60]!r}"

    def stalls_amid_a_document(self) -> None:
        """Of what was sent so far nothing is there; sent whole it lands."""
        region, target = self.running.region, self.running.target
        scope = Scope(region)
        patient = f"{scope.get('pid.stalls')}^^^&{region.get('domain.b')}&ISO"
        fed = self.running.maker.hl7("iti8.hl7", Scope(
            region, id=scope.get("pid.stalls"), domain=region.get("domain.b"),
            family="トチュウ", given="ハナコ", phone="0312345678"), [])
        assert b"MSA|AA|" in self.running.mllp_of("b-clinic").exchange(fed)
        request = self.running.maker.soap("iti41.xml", scope, [("+", part) for part in (
            f"set id=ss uid={scope.get('oid.s')} patient={patient}",
            f"entry id=d1 uid={scope.get('oid.d')} patient={patient}", "member from=ss to=d1",
            f"document id=d1 text={'long' * 50000}")], f"{target.host}:{target.https_port}")
        head = (f"POST {request.path} HTTP/1.1\r\nHost: x\r\nContent-Type: "
                f"{request.content_type}\r\nContent-Length: {len(request.body)}\r\n\r\n").encode()
        with self.open("b-clinic") as tls:
            tls.sendall(head + request.body[:len(request.body) // 2])
            said = self.ended(tls)
        assert b"ResponseStatusType:Success" not in said, f"answered {said[:300]!r}"
        query = self.running.maker.soap("iti43.xml", scope, [
            ("+", f"want document={scope.get('oid.d')}")], f"{target.host}:{target.https_port}")
        for there, asked in ((False, query), (True, request), (True, query)):
            reply = self.running.https_of("b-clinic").request(
                "POST", asked.path, {"Content-Type": asked.content_type}, asked.body)
            assert (b"ResponseStatusType:Success" in reply.body) == there, \
                f"{asked.path}: {reply.body[-600:]!r}"

    def drips(self) -> None:
        """Many peers that send an octet at a time; each is closed for that, and an honest
        one is served meanwhile."""
        end, said, served = time.monotonic() + PATIENCE, b"", 0
        while not served and time.monotonic() < end:  # else their time was over
            more, served = self.forty(end)
            said += more
        assert served, "an honest client was not served beside them"
        limit = rb"the limit is 1 seconds \(key head-within of section https\)"
        assert re.search(limit, said), f"they were closed with {said[:300]!r}"

    def forty(self, end: float) -> tuple[bytes, int]:
        """What they are told, and how often the honest one is answered while there are some."""
        slow = [self.open("b-clinic") for _ in range(40)]
        left, said, served = list(slow), b"", 0
        scope = Scope(self.running.region, domain=self.running.region.get("domain.a"), id="NOBODY")
        honest = Step("scene", "send", "a-hospital", "iti45.xml")
        for tls in slow:
            tls.sendall(b"POST /pix HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            tls.settimeout(0.001)
        while left and time.monotonic() < end:
            for tls in list(left):
                kept, words = self.another_octet(tls)
                said += words
                if not kept:
                    left.remove(tls)
            answer = self.running.send_soap(honest, scope)
            assert checks.query_answer(answer, "AE 204") is None, checks.query_answer(
                answer, "AE 204")
            served += bool(left)
        for tls in slow:
            tls.close()
        assert not left, f"{len(left)} slow connections were kept for {PATIENCE:.0f} s"
        return said, served

    @staticmethod
    def another_octet(tls) -> tuple[bool, bytes]:
        """False when it is closed, and what was said."""
        try:
            return False, tls.recv(65536)
        except TimeoutError:
            pass
        except OSError:
            return False, b""
        try:
            tls.sendall(b"a")
            return True, b""
        except OSError:
            return False, b""

    def frames(self) -> None:
        """A frame in pieces is one frame, as long as its time is not over;
        then its sender is told."""
        scope = Scope(self.running.region, domain=self.running.region.get("domain.a"), id="NOBODY",
                      control="SLOW")
        octets = self.running.maker.hl7("iti9.hl7", scope, [])
        said = self.in_pieces(octets, octets[20:])
        told = rb"(?s)MSA\|AR\|.*a frame was not completed in time: no end block \(FS CR\): " \
            rb"the limit is 2 seconds \(key frame-within of section mllp\)"
        assert re.search(told, said), f"answered {said!r}"
        end, took = time.monotonic() + PATIENCE, PATIENCE
        while took >= self.FRAME and time.monotonic() < end:  # else its time was over
            began = time.monotonic()
            said = self.in_pieces(octets, octets[20:] + b"\x1c\r")
            took = time.monotonic() - began
        assert re.search(rb"MSA\|A[AE]\|", said), f"answered {said!r}"

    def in_pieces(self, octets: bytes, rest: bytes) -> bytes:
        """What is answered to the first octets and, after a look or two at the time, the rest."""
        target = self.running.target
        plain = socket.create_connection((target.host, target.mllp_port), PATIENCE)
        with tls_context(target.ca, target.certificate("a-hospital")).wrap_socket(plain) as tls:
            tls.sendall(b"\v" + octets[:20])
            time.sleep(0.6)
            tls.sendall(rest)
            return tls.recv(65536)


def scenes(running: Runner):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Slow(running)
    return [("attack-http-20", "a peer that asks to continue and then stalls", each.stalls),
            ("attack-mime-stalls", "a peer that stalls in the middle of a document",
             each.stalls_amid_a_document),
            ("attack-mllp-slow",
             "frames that take their time, and one that never ends", each.frames),
            ("attack-http-21", "forty peers that send an octet at a time", each.drips)]
