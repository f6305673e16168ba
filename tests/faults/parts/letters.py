"""Where asynchronous answers arrive while the gateway is killed: what came, and whether that was all.

An exchange that was accepted with 202 has its answer here once at least; of one exchange always the same
message, known by its MessageID. The receiver is not always in the mood: now and then it answers 503, or
takes the message and says nothing of it.
"""
from __future__ import annotations

import http.server
import random
import ssl
import threading
import time

from lxml import etree

from .house import TOP  # noqa: F401  pylint: disable=unused-import
from lib import mtom, soap  # pylint: disable=wrong-import-order

REFUSED, BROKEN_OFF = 0.05, 0.03    # of the messages; each costs the queue a rest


class Letters:
    """An HTTPS server that keeps what is posted to it, by what it answers."""

    def __init__(self, certificate: str, ca: str) -> None:
        self.changed = threading.Condition()
        self.arrived: dict[str, dict[str, set[bytes]]] = {}  # RelatesTo -> exchange -> messages as they came
        self.awaited: set[str] = set()  # for who counts here
        self.faults: list[str] = []
        letters = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:  # pylint: disable=invalid-name
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    self.close_connection = True  # pylint: disable=attribute-defined-outside-init
                    return  # the gateway was killed in the middle of it: nothing has arrived
                mood = random.random()
                if mood < REFUSED:
                    self.send_response(503)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                letters.take(self.headers, body)
                if mood < REFUSED + BROKEN_OFF:
                    self.close_connection = True  # pylint: disable=attribute-defined-outside-init
                    return
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # pylint: disable=redefined-builtin
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                pass  # the gateway was killed in the middle of a message

        self.server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.load_verify_locations(ca)
        context.verify_mode = ssl.CERT_REQUIRED
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.address = f"https://127.0.0.1:{self.server.server_address[1]}/answers"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, headers, body: bytes) -> None:
        try:
            kind = headers["Content-Type"]
            octets = mtom.parse(kind, body).root.octets if kind.startswith("multipart/") else body
            root = soap.parse(octets)
            relates = root.xpath("string(/s:Envelope/s:Header/a:RelatesTo)", namespaces=soap.NS).strip()
            with self.changed:
                self.arrived.setdefault(relates, {}).setdefault(headers["X-Minato-Exchange"], set()).add(body)
                self.changed.notify_all()
        except (KeyError, ValueError, AttributeError, etree.Error) as fault:
            with self.changed:
                self.faults.append(f"a letter that cannot be read: {type(fault).__name__}: {fault}")

    def lacks(self, awaited: set[str], seconds: float) -> list[str]:
        """Waits until all of these have come, or nothing has for so long: how many wait depends on how quick the
        machine is. What did not come, or came differently the second time."""
        end, before = time.monotonic() + seconds, len(self.arrived)
        with self.changed:
            while (left := awaited - self.arrived.keys()) and (wait := end - time.monotonic()) > 0:
                self.changed.wait(wait)
                if len(self.arrived) > before:
                    end, before = time.monotonic() + seconds, len(self.arrived)
            faults = self.faults + [f"{len(left)} answers accepted and never sent: {sorted(left)[:3]}"] * bool(left)
            faults += [f"exchange {exchange} was answered in {len(bodies)} ways" for each in self.arrived.values()
                       for exchange, bodies in each.items() if len(bodies) > 1]
            return faults

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
