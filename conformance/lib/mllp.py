"""MLLP over TLS (HL7 v2; ITI TF-2: Appendix C.2.1)."""
from __future__ import annotations

import socket
import ssl

from .wire import TIMEOUT, Refused

START, END = b"\x0b", b"\x1c\x0d"


class MllpClient:
    """One system's connection to the MLLP door; one message outstanding at a time."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        self.host, self.port, self.context = host, port, context
        self.tls: ssl.SSLSocket | None = None
        self.rest = b""

    def open(self) -> ssl.SSLSocket:
        if self.tls is None:
            plain = socket.create_connection((self.host, self.port), TIMEOUT)
            self.tls = self.context.wrap_socket(plain)
            self.rest = b""
        return self.tls

    def close(self) -> None:
        if self.tls:
            self.tls.close()
            self.tls = None

    def send(self, octets: bytes) -> None:
        self.open().sendall(octets)

    def receive(self, timeout: float = TIMEOUT) -> bytes | None:
        """The next frame's message; None when the peer closed or stayed silent."""
        tls = self.open()
        tls.settimeout(timeout)
        while END not in self.rest:
            try:
                chunk = tls.recv(65536)
            except (TimeoutError, OSError):
                chunk = b""
            if not chunk:
                self.close()
                return None
            self.rest += chunk
        frame, self.rest = self.rest.split(END, 1)
        if not frame.startswith(START):
            raise Refused("an answer that is not framed")
        return frame[1:]

    def exchange(self, message: bytes) -> bytes:
        """Sends one message, returns its answer; opens again when the kept connection is dead."""
        for attempt in (1, 2):
            kept = self.tls is not None
            try:
                self.send(START + message + END)
                answer = self.receive()
            except (OSError, ssl.SSLError) as fault:
                answer = None
                self.close()
                if not kept:
                    raise Refused(f"{type(fault).__name__}: {fault}") from fault
            if answer is not None:
                return answer
            if not kept or attempt == 2:
                break
        raise Refused("closed without an answer")
