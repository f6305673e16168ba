"""An Audit Record Repository of the test's own: syslog over TLS (RFC 5425),
every record checked."""
from __future__ import annotations

import socket
import ssl
import threading

from lxml import etree

from .grammar import Grammars


class Recorder:
    """Listens in a thread; what it got is judged at the end."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.records: list[bytes] = []
        self.faults: list[str] = []
        self.lock = threading.Lock()
        self.context: ssl.SSLContext | None = None

    def start(self, certificate: str, ca: str) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.context.load_verify_locations(ca)
        self.context.verify_mode = ssl.CERT_REQUIRED
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.receive, args=(plain,), daemon=True).start()

    def receive(self, plain: socket.socket) -> None:
        assert self.context is not None
        try:
            with self.context.wrap_socket(plain, server_side=True) as tls:
                rest = b""
                while chunk := tls.recv(65536):
                    rest = self.frames(rest + chunk)
        except OSError:
            pass  # the courier may come and go

    def frames(self, octets: bytes) -> bytes:
        """RFC 5425 4.3: MSG-LEN SP SYSLOG-MSG, again and again."""
        while True:
            length, space, rest = octets.partition(b" ")
            if not space and len(length) < 12:
                return octets
            if not length.isdigit() or length.startswith(b"0"):
                self.faults.append(f"not a frame: {octets[:40]!r}")
                return b""
            if len(rest) < int(length):
                return octets
            with self.lock:
                self.records.append(rest[:int(length)])
            octets = rest[int(length):]

    def stop(self) -> None:
        self.listener.close()

    def judge(self, grammars: Grammars) -> list[str]:
        """What is wrong with the records delivered, each kind of fault once."""
        told: dict[str, int] = {}
        for record in self.records:
            fault = self.fault(record, grammars)
            if fault:
                told[fault] = told.get(fault, 0) + 1
        return self.faults + [f"{fault} ({count} records)" for fault, count in told.items()]

    @staticmethod
    def fault(record: bytes, grammars: Grammars) -> str | None:
        # ITI TF-2: 3.20.4.1.2.2: PRI of facility 10, severity 5 (or 4), version
        # 1, MSGID IHE+RFC-3881.
        head, _, message = record.partition(b"<AuditMessage")
        words = head.split(b" ")
        if not words[0] in (b"<85>1", b"<84>1"):
            return f"syslog header begins {words[0]!r}"
        if len(words) < 7 or words[5] != b"IHE+RFC-3881":
            return f"MSGID {words[5:6]!r}"
        try:
            root = etree.fromstring(b"<AuditMessage" + message)
            wrong = grammars.fault("audit-message", root)
            kinds = root.xpath("EventIdentification/*/@csd-code")
            return f"{'/'.join(kinds)}: {wrong}" if wrong else None
        except etree.XMLSyntaxError as problem:
            return f"not XML: {problem}"
