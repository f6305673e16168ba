"""Where asynchronous answers arrive while the gateway is killed: what came,
and whether that was all.

An exchange that was accepted with 202 has its answer here once at least; of one exchange always the
same message, known by its MessageID. The receiver is not always in the mood: now and then it
answers 503, or takes the message and says nothing of it.
"""
from __future__ import annotations

import http.server
import random
import time

from lxml import etree

from .service import TOP  # noqa: F401  pylint: disable=unused-import
from lib import mtom, soap  # pylint: disable=wrong-import-order
from lib.partner import Partner  # pylint: disable=wrong-import-order

REFUSED, BROKEN_OFF = 0.05, 0.03    # of the messages; each costs the queue a rest


class Letters(Partner):
    """Keeps what is posted to it, by what it answers."""

    def __init__(self, certificate: str, ca: str) -> None:
        # RelatesTo -> exchange -> messages as they came
        self.arrived: dict[str, dict[str, set[bytes]]] = {}
        self.awaited: set[str] = set()  # for who counts here
        self.faults: list[str] = []
        super().__init__("moody", certificate, ca)

    def answer(self, handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        mood = random.random()
        if mood < REFUSED:
            self.send(handler, 503)
            return
        self.keep(handler.headers, body)
        if mood < REFUSED + BROKEN_OFF:
            handler.close_connection = True
            return
        self.send(handler, 202)

    def keep(self, headers, body: bytes) -> None:
        try:
            kind = headers["Content-Type"]
            octets = mtom.parse(kind, body).root.octets if kind.startswith("multipart/") else body
            root = soap.parse(octets)
            relates = root.xpath("string(/s:Envelope/s:Header/a:RelatesTo)",
                                 namespaces=soap.NS).strip()
            with self.changed:
                self.arrived.setdefault(relates, {}).setdefault(headers["X-Minato-Exchange"],
                                                                set()).add(body)
                self.changed.notify_all()
        except (KeyError, ValueError, AttributeError, etree.Error) as fault:
            with self.changed:
                self.faults.append(f"a letter that cannot be read: {type(fault).__name__}: {fault}")

    def lacks(self, awaited: set[str], seconds: float) -> list[str]:
        """Waits until all of these have come, or nothing has for so long: how many wait depends on
        how quick the machine is. What did not come, or came differently the second time."""
        end, before = time.monotonic() + seconds, len(self.arrived)
        with self.changed:
            while (left := awaited - self.arrived.keys()) and (wait := end - time.monotonic()) > 0:
                self.changed.wait(wait)
                if len(self.arrived) > before:
                    end, before = time.monotonic() + seconds, len(self.arrived)
            faults = self.faults \
                + [f"{len(left)} answers accepted and never sent: {sorted(left)[:3]}"] * bool(left)
            faults += [f"exchange {exchange} was answered in {len(bodies)} ways"
                       for each in self.arrived.values()
                       for exchange, bodies in each.items() if len(bodies) > 1]
            return faults
