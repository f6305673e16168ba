"""A Patient Identifier Cross-reference Consumer that is told of changes (ITI-10): an MLLP receiver
of one manner, which may change."""
from __future__ import annotations

import socket
import ssl
import threading
import time

START, END = b"\x0b", b"\x1c\r"
ACK = ("MSH|^~\\&|THEIRS|CONSUMER|MINATO|REGION|20260101000000||ACK^A31^ACK|{own}|P|2.5\r"
       "MSA|{code}|{id}\r{more}")
ERR = "ERR||{place}|{code}|E\r"
# What it answers: MSA-1, ERR-3.
ACKNOWLEDGES = {
    "well": ("AA", ""), "accepts": ("CA", ""), "error": ("AE", "204"), "busy": ("AR", "207"),
    "no-such-event": ("AR", "201"), "unheard-of": ("YES", ""),
}


def field(message: bytes, segment: str, number: int) -> str:
    """Of the first such segment; MSH-1 is the separator itself."""
    for line in message.decode().split("\r"):
        if line.startswith(segment + "|"):
            fields = line.split("|")
            place = number - 1 if segment == "MSH" else number
            return fields[place] if place < len(fields) else ""
    return ""


def in_order(message: bytes) -> list[tuple[str, str]]:
    """PID-3: (domain, id) of each repetition."""
    parts = [each.split("^") for each in field(message, "PID", 3).split("~")]
    return [(part[3].split("&")[1], part[0]) for part in parts]


def ids(message: bytes) -> set[tuple[str, str]]:
    return set(in_order(message))


class Consumer:
    """Of its own: closes, breaks-off, babbles, huge, says-nothing, anothers, twice; ACKNOWLEDGES
    has the others."""

    def __init__(self, manner: str, certificate: str, ca: str) -> None:
        self.manner = manner
        self.got: list[bytes] = []
        self.connections = 0
        self.open: set[ssl.SSLSocket] = set()
        self.changed = threading.Condition()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.context.load_verify_locations(ca)
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"mllps://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.speak, args=(plain,), daemon=True).start()

    def speak(self, plain: socket.socket) -> None:
        """One connection, until either side has enough."""
        try:
            with self.context.wrap_socket(plain, server_side=True) as connection:
                self.connections += 1
                self.open.add(connection)
                octets = b""
                while piece := connection.recv(65536):
                    octets += piece
                    while END in octets:
                        frame, _, octets = octets.partition(END)
                        if not self.take(connection, frame.lstrip(START)):
                            return
        except OSError:
            pass  # a stranger, or one that was killed

    def hang_up(self) -> None:
        """Ends the connections there are; what came over them is not answered any more."""
        while self.open:
            try:
                socket.socket.shutdown(self.open.pop(), socket.SHUT_RDWR)
            except OSError:
                pass  # over already

    def take(self, connection: ssl.SSLSocket, message: bytes) -> bool:
        """Answers as is its manner; False: and ends the connection."""
        with self.changed:
            self.got.append(message)
            manner = self.manner
            self.changed.notify_all()
        answer = self.answer(manner, field(message, "MSH", 10))
        if answer:
            connection.sendall(answer)
        return manner not in ("closes", "breaks-off")

    def answer(self, manner: str, own: str) -> bytes:
        if manner in ("closes", "says-nothing"):
            return b""
        if manner == "babbles":
            return b"220 mail.example ESMTP\r\n" * 100
        if manner == "huge":
            return START + b"x" * (1 << 20) + END
        if manner == "breaks-off":
            return START + b"MSH|^~\\&|THEIRS"
        if manner == "anothers":
            own = "another"
        code, error = ACKNOWLEDGES.get(manner, ("AA", ""))
        more = ERR.format(place="MSH^1^9", code=error) if error else ""
        said = ACK.format(own=time.monotonic_ns() % 10**12, code=code, id=own, more=more).encode()
        return (START + said + END) * (2 if manner == "twice" else 1)

    def wait(self, count: int, seconds: float = 120.0) -> list[bytes]:
        """What came, when so many have."""
        end = time.monotonic() + seconds
        with self.changed:
            while len(self.got) < count and (left := end - time.monotonic()) > 0:
                self.changed.wait(left)
            return list(self.got)

    def close(self) -> None:
        self.listener.close()
