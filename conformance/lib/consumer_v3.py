"""A Patient Identifier Cross-reference Consumer that is told of changes by HL7 v3 (ITI-46): an
HTTPS server of one manner, which may change."""
from __future__ import annotations

import http.server
import socket
import threading
import time
import uuid

from lxml import etree

from . import soap
from .partner import ANSWERS, Partner

DEVICE = "2.999.7.1"
ACTION = "urn:hl7-org:v3:MCCI_IN000002UV01"
SOAP = "application/soap+xml; charset=UTF-8"
ENVELOPE = (
    '<s:Envelope xmlns:s="{s}" xmlns:a="{a}"><s:Header>'
    '<a:Action s:mustUnderstand="true">{action}</a:Action>'
    "<a:RelatesTo>{relates_to}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
)
ACK = (
    '<{name} xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"><id root="{own}"/>'
    '<creationTime value="20260101000000"/>'
    '<interactionId root="2.16.840.1.113883.1.6" extension="{name}"/><processingCode code="P"/>'
    '<processingModeCode code="T"/><acceptAckCode code="NE"/>'
    '<receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE">'
    '<id root="{us}"/></device></receiver>'
    '<sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE">'
    '<id root="' + DEVICE + '"/></device></sender>'
    '<acknowledgement><typeCode code="{code}"/><targetMessage><id root="{id}"/></targetMessage>'
    "{more}</acknowledgement></{name}>"
)
DETAIL = ('<acknowledgementDetail typeCode="E"><code code="{code}"/>'
          "<text>THEIRS</text></acknowledgementDetail>")
# What it acknowledges: typeCode, and the code of a detail.
ACKNOWLEDGES = {
    "well": ("CA", ""), "accepts": ("AA", ""), "error": ("CE", "204"), "busy": ("CR", "207"),
    "no-such-event": ("CR", "NS200"), "unheard-of": ("YES", ""), "anothers": ("CA", ""),
    "unrelated": ("CA", ""), "misnamed": ("CA", ""), "as-a-failure": ("CA", ""),
}
# Else an answer of HTTP alone: status, Content-Type, body; partner.ANSWERS has others.
WITHOUT = {"nothing": (202, None, b""), "huge": (200, SOAP, b"x" * (1 << 20)),
           "unavailable": ANSWERS["busy"]}


def message(octets: bytes) -> etree._Element:
    """The body's child."""
    child = soap.body_child(soap.parse(octets))
    assert child is not None, octets
    return child


def said(octets: bytes, path: str) -> str:
    return message(octets).xpath(f"string({path})", namespaces=soap.NS)


def message_id(octets: bytes) -> str:
    return said(octets, "v3:id/@root")


def in_order(octets: bytes) -> list[tuple[str, str]]:
    """(domain, id) of each Patient.id."""
    found = message(octets).xpath(".//v3:patient/v3:id", namespaces=soap.NS)
    return [(each.get("root"), each.get("extension")) for each in found]


def ids(octets: bytes) -> set[tuple[str, str]]:
    return set(in_order(octets))


def acknowledge(manner: str, body: bytes) -> bytes:
    code, error = ACKNOWLEDGES[manner]
    relates_to = soap.text(soap.parse(body), "//a:MessageID") or ""
    other = str(uuid.UUID(int=time.monotonic_ns()))
    ack = ACK.format(
        name="PRPA_IN201310UV02" if manner == "misnamed" else "MCCI_IN000002UV01", own=other,
        us=said(body, "v3:sender/v3:device/v3:id/@root"), code=code,
        id=other if manner == "anothers" else message_id(body),
        more=DETAIL.format(code=error) if error else "")
    return ENVELOPE.format(
        s=soap.NS["s"], a=soap.NS["a"], action=ACTION, body=ack,
        relates_to=f"urn:uuid:{other}" if manner == "unrelated" else relates_to).encode()


class ConsumerV3(Partner):
    """Of its own: breaks-off, closes, babbles, says-nothing; ACKNOWLEDGES, WITHOUT and
    partner.ANSWERS have the others."""

    def __init__(self, manner: str, certificate: str, ca: str) -> None:
        super().__init__(manner, certificate, ca)
        self.open: set[socket.socket] = set()
        self.hung_up = threading.Condition()

    def hang_up(self) -> None:
        """Ends the connections there are; what came over them is not answered any more."""
        with self.hung_up:
            while self.open:
                try:
                    socket.socket.shutdown(self.open.pop(), socket.SHUT_RDWR)
                except OSError:
                    pass  # over already
            self.hung_up.notify_all()

    def answer(self, handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        with self.changed:
            self.got.append(body)
            manner = self.choose()
            self.changed.notify_all()
        handler.close_connection = manner in ("closes", "breaks-off", "babbles", "says-nothing")
        if manner == "says-nothing":
            self.be_silent(handler.connection)
        elif manner == "babbles":
            handler.wfile.write(b"220 mail.example ESMTP\r\n" * 100)
        elif manner == "breaks-off":
            handler.send_response(200)
            handler.send_header("Content-Type", SOAP)
            handler.send_header("Content-Length", "4096")
            handler.end_headers()
            handler.wfile.write(b"<s:Envelope")
        elif manner != "closes":
            self.send(handler, *self.words(manner, body))

    def choose(self) -> str:
        return self.manner

    def be_silent(self, connection: socket.socket) -> None:
        """Until either side ends the connection."""
        with self.hung_up:
            self.open.add(connection)
            self.hung_up.wait_for(lambda: connection not in self.open)

    def words(self, manner: str, body: bytes) -> tuple[int, str | None, bytes]:
        """Status, Content-Type, body."""
        if manner not in ACKNOWLEDGES:
            return (WITHOUT | ANSWERS)[manner]
        return 500 if manner == "as-a-failure" else 200, SOAP, acknowledge(manner, body)
