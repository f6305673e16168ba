"""Partners of the gateway: whoever it calls over HTTPS, each behaving as it is told."""
from __future__ import annotations

import http.server
import socket
import ssl
import threading
import time

FAULT = ('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code>'
         '<s:Value>s:{code}</s:Value></s:Code>'
         '<s:Reason><s:Text xml:lang="en">refused by the scene</s:Text>'
         '</s:Reason></s:Fault></s:Body></s:Envelope>')
# What it answers: status, Content-Type, body.
ANSWERS = {
    "well": (202, None, b""),
    "busy": (503, "text/plain", b"later"),
    "unknown": (404, "text/html", b"<html/>"),
    "redirects": (307, None, b""),
    "fault": (400, "application/soap+xml; charset=UTF-8", FAULT.format(code="Sender").encode()),
    "fault-as-200": (200, "application/soap+xml; charset=UTF-8",
                     FAULT.format(code="Sender").encode()),
    "fault-receiver": (500, "application/soap+xml; charset=UTF-8",
                       FAULT.format(code="Receiver").encode()),
    "broken-envelope": (200, "application/soap+xml; charset=UTF-8", b"<s:Envelope"),
    "huge": (200, "text/plain", b"x" * (8 << 20)),
}


class Partner:
    """An HTTPS server of one manner, which may change. Of its own: breaks-off ends the connection
    when it has the message, babbles answers what is not HTTP; ANSWERS has the others. A partner of
    another kind says in reply() what it answers, or in answer() how."""

    def __init__(self, manner: str, certificate: str, ca: str,
                 elsewhere: str = "https://127.0.0.1:1/") -> None:
        self.manner, self.elsewhere = manner, elsewhere
        self.got: list[bytes] = []
        self.called: list[tuple[str, str]] = []  # by whom, and by which Host
        self.traces: list[list[str]] = []  # of each call: traceparent, as often as it was there
        self.changed = threading.Condition()
        partner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:  # pylint: disable=invalid-name
                shown = dict(pair for part in self.connection.getpeercert()["subject"]
                             for pair in part)
                partner.called.append((shown["commonName"], self.headers["Host"]))
                partner.traces.append(self.headers.get_all("traceparent", []))
                length = int(self.headers.get("Content-Length", "0"))
                body = self.rfile.read(length)
                if len(body) < length:
                    self.close_connection = True  # pylint: disable=attribute-defined-outside-init
                    return  # the gateway was killed in the middle of it: nothing has arrived
                partner.answer(self, body)

            def log_message(self, format: str,  # pylint: disable=redefined-builtin
                            *args: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                pass  # whoever ends a connection early has his reasons

        self.server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.load_verify_locations(ca)
        context.verify_mode = ssl.CERT_REQUIRED
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                 do_handshake_on_connect=False)
        self.address = f"https://127.0.0.1:{self.server.server_address[1]}/answers"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, body: bytes) -> None:
        with self.changed:
            self.got.append(body)
            self.changed.notify_all()

    def reply(self, _body: bytes) -> tuple[int, str | None, bytes]:
        """Status, Content-Type, body."""
        return ANSWERS[self.manner]

    def answer(self, handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        self.take(body)
        if self.manner == "breaks-off":
            handler.close_connection = True
            handler.connection.close()
            return
        if self.manner == "babbles":
            handler.wfile.write(b"220 mail.example ESMTP\r\n")
            handler.close_connection = True
            return
        self.send(handler, *self.reply(body))

    def send(self, handler: http.server.BaseHTTPRequestHandler, status: int,
             kind: str | None = None, body: bytes = b"") -> None:
        handler.send_response(status)
        if status // 100 == 3:
            handler.send_header("Location", self.elsewhere)
        if kind:
            handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def wait(self, count: int, seconds: float = 120.0) -> list[bytes]:
        """What came, when so many have."""
        end = time.monotonic() + seconds
        with self.changed:
            while len(self.got) < count and (left := end - time.monotonic()) > 0:
                self.changed.wait(left)
            return list(self.got)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Silent:
    """Takes connections, by its backlog, and never says a word, not even of TLS."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"https://127.0.0.1:{self.listener.getsockname()[1]}/answers"
        self.got: list[bytes] = []

    def close(self) -> None:
        self.listener.close()
