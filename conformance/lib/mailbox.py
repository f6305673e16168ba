"""Where asynchronous answers arrive (ITI TF-2: V.5): an HTTPS server that keeps
what is posted to it."""
from __future__ import annotations

import http.server
import queue
import ssl
import threading

from .wire import Reply

WAIT = 60.0


class Mailbox:
    """Serves until the process ends; take() gives the next letter."""

    def __init__(self) -> None:
        letters: queue.Queue[Reply] = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                letters.put(Reply(200, {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str,  # pylint: disable=redefined-builtin
                            *args: object) -> None:
                pass

        self.letters = letters
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    def start(self, certificate: str, ca: str) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.load_verify_locations(ca)
        context.verify_mode = ssl.CERT_REQUIRED
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self) -> Reply | None:
        try:
            return self.letters.get(timeout=WAIT)
        except queue.Empty:
            return None
