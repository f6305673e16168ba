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


class Slow:
    """Against a region whose limits are a second or two."""

    HEAD = 1  # head-within, seconds
    MESSAGE = 2  # message-within

    def __init__(self, running: Runner) -> None:
        self.running = running

    def open(self, system: str):
        plain = socket.create_connection((self.running.target.host, self.running.target.https_port),
                                         10)
        tls = tls_context(self.running.target.ca,
                          self.running.target.certificate(system)).wrap_socket(plain)
        tls.settimeout(20)
        return tls

    def ended(self, tls) -> tuple[float, bytes]:
        """Seconds until the gateway closed, and what it said."""
        began, said = time.monotonic(), b""
        try:
            while chunk := tls.recv(65536):
                said += chunk
        except TimeoutError:
            raise AssertionError("the connection was kept") from None
        except OSError:
            pass  # closed without a word
        return time.monotonic() - began, said

    def stalls(self) -> None:
        with self.open("b-clinic") as tls:
            tls.sendall(b"POST /xds/repository HTTP/1.1\r\nHost: x\r\nContent-Type: "
                        b"application/soap+xml\r\n"
                        b"Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n")
            seconds, said = self.ended(tls)
        assert re.match(rb"HTTP/1\.1 (100|417|408)", said), f"answered {said[:60]!r}"
        assert seconds < self.MESSAGE + 5, f"kept for {seconds:.1f} s"

    def drips(self) -> None:
        """Many peers that send an octet at a time; each is closed, and an honest
        one is served meanwhile."""
        slow = [self.open("b-clinic") for _ in range(40)]
        began, worst = time.monotonic(), 0.0
        request = b"POST /pix HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"a" * 200
        left = list(slow)
        scope = Scope(self.running.region, domain=self.running.region.get("domain.a"), id="NOBODY")
        honest = Step("scene", "send", "a-hospital", "iti45.xml")
        for octet in request:
            if not left or time.monotonic() - began > self.HEAD + 5:
                break
            for tls in list(left):
                try:
                    tls.sendall(bytes([octet]))
                    tls.settimeout(0.001)
                    if tls.recv(1) is not None:
                        left.remove(tls)
                except TimeoutError:
                    pass
                except OSError:
                    left.remove(tls)
            asked = time.monotonic()
            answer = self.running.send_soap(honest, scope)
            worst = max(worst, time.monotonic() - asked)
            assert checks.query_answer(answer, "AE 204") is None, checks.query_answer(
                answer, "AE 204")
        seconds = time.monotonic() - began
        for tls in slow:
            tls.close()
        assert not left, f"{len(left)} slow connections were kept for {seconds:.1f} s"
        assert worst < 1, f"an honest client waited {worst:.2f} s"


    def frames(self) -> None:
        """A frame in pieces is one frame, as long as its time is not over;
        then its sender is told."""
        scope = Scope(self.running.region, domain=self.running.region.get("domain.a"), id="NOBODY",
                      control="SLOW")
        octets = self.running.maker.hl7("iti9.hl7", scope, [])
        target = self.running.target
        for rest, answer in ((octets[20:] + b"\x1c\r", rb"MSA\|A[AE]\|"),
                             (octets[20:], rb"MSA\|AR\|.*a frame was not completed in time: no end "
                              rb"block \(FS CR\): the limit is "
                              rb"2 seconds \(key frame-within of section mllp\)")):
            plain = socket.create_connection((target.host, target.mllp_port), 10)
            with tls_context(target.ca, target.certificate("a-hospital")).wrap_socket(plain) as tls:
                tls.sendall(b"\v" + octets[:20])
                time.sleep(1.2)
                tls.sendall(rest)
                tls.settimeout(10)
                said = tls.recv(65536)
            assert re.search(b"(?s)" + answer, said), f"answered {said!r}"


def scenes(running: Runner):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Slow(running)
    return [("attack-http-20", "a peer that asks to continue and then stalls", each.stalls),
            ("attack-mllp-slow",
             "frames that take their time, and one that never ends", each.frames),
            ("attack-http-21", "forty peers that send an octet at a time", each.drips)]
