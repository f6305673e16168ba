"""Another's Document Registry (ITI-42), which our repository registers its documents with, and
which behaves as it is told."""
from __future__ import annotations

import http.server
import threading

from . import soap
from .grammar import Grammars
from .partner import ANSWERS, FAULT, Partner

SOAP = "application/soap+xml; charset=UTF-8"
ACTION = "urn:ihe:iti:2007:RegisterDocumentSet-b"
STATUS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:"
SEVERITY = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:"
RESPONSE = '<rs:RegistryResponse xmlns:rs="{rs}" status="{status}">{errors}</rs:RegistryResponse>'
ERROR = '<rs:RegistryError errorCode="{code}" codeContext="{context}" severity="' + SEVERITY \
    + '{severity}"{more}/>'
UNKNOWN = ERROR.format(code="XDSUnknownPatientId", context="nobody here has this id",
                       severity="Error", more=' location="patientId"')
OWN = ERROR.format(code="XDSOddities_2031", context="a code of its own", severity="Error", more="")
EXTRA = ERROR.format(code="XDSExtraMetadataNotSaved", context="urn:example:slot",
                     severity="Warning", more="")
# What it says, by manner: status, errors.
SAYS = {
    "registers": ("Success", ""), "warns": ("Success", EXTRA),
    "refuses": ("Failure", UNKNOWN + OWN + EXTRA), "gives-no-reason": ("Failure", ""),
    "contradicts-itself": ("Success", UNKNOWN), "has-another-status": ("Splendid", ""),
    "empty-codes": ("Failure", ERROR.format(code="", context="", severity="", more="")),
}
TWICE = ERROR.format(code="XDSDuplicateUniqueIdInRegistry", context="{context}",
                     severity="Error", more="")
# What it says of a set that it has, or of something else.
HAS_IT = {"has-it": "the submission set {uid} is here already.", "has-some": "some id is here",
          "has-another": "the folder {uid}.1 is here already", "has-longer": "1.{uid} is here"}
LATE = 64  # octets a second, of a slow one


class Registry(Partner):
    """silent takes the message and says nothing until it is let go; slow says it octet by
    octet; anothers-answer is to another request; other-action has another action; the rest is
    of SAYS, or any Partner's."""

    def __init__(self, manner: str, certificate: str, ca: str,
                 grammars: Grammars | None = None) -> None:
        self.grammars, self.faults = grammars, []  # type: tuple[Grammars | None, list[str]]
        self.registered: list[str] = []  # uniqueIds of sets it said Success to
        self.under_way, self.left = 0, 0  # who is answered by nobody; those of them who went away
        self.let_go = threading.Event()
        super().__init__(manner, certificate, ca)

    def reply(self, body: bytes) -> tuple[int, str | None, bytes]:
        return self.said(self.manner, body)

    def said(self, manner: str, body: bytes) -> tuple[int, str | None, bytes]:
        """What is answered in that manner; what is registered by it is remembered first."""
        if manner in ANSWERS:
            return ANSWERS[manner]
        if manner == "sender-fault":
            return 500, SOAP, FAULT.format(code="Sender").encode()
        root = soap.parse(body)
        self.look_at(root)
        status, errors = SAYS.get(manner, ("Success", ""))
        if manner in HAS_IT:
            status, errors = "Failure", TWICE.format(context=HAS_IT[manner].format(
                uid=self.unique_id(root)))
        errors = '<rs:RegistryErrorList ' \
            f'xmlns:rs="{soap.NS["rs"]}">{errors}</rs:RegistryErrorList>' if errors else ""
        action = ACTION + ("Reply" if manner == "other-action" else "Response")
        relates = "urn:uuid:" if manner == "anothers-answer" else soap.text(root, "//a:MessageID")
        answer = soap.envelope(RESPONSE.format(rs=soap.NS["rs"], status=STATUS + status,
                                               errors=errors), action, soap.ANONYMOUS)
        if status == "Success" and manner in ("registers", "warns"):
            self.registered.append(self.unique_id(root))
        return 200, SOAP, answer.replace("<a:To>",
                                         f"<a:RelatesTo>{relates}</a:RelatesTo><a:To>").encode()

    @staticmethod
    def unique_id(root) -> str:
        scheme = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"
        return root.xpath(
            f"string(//rim:ExternalIdentifier[@identificationScheme='{scheme}']/@value)",
            namespaces=soap.NS)

    def look_at(self, root) -> None:
        """What our repository sends is of the framework's form."""
        if self.grammars:
            fault = self.grammars.fault("iti42-request", root)
            self.faults += [fault] if fault else []

    def answer(self, handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        if self.manner == "slow":
            self.take(body)
            self.trickle(handler, *self.reply(body))
        elif self.manner == "silent":
            self.take(body)
            self.stand_still(handler)
        else:
            super().answer(handler, body)

    def trickle(self, handler: http.server.BaseHTTPRequestHandler, status: int, kind: str | None,
                body: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind or "text/plain")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        for octet in body:
            handler.wfile.write(bytes([octet]))
            if self.let_go.wait(1 / LATE):
                break
        handler.close_connection = True

    def stand_still(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        """Until the gateway goes, or the scene has seen enough."""
        with self.changed:
            self.under_way += 1
            self.changed.notify_all()
        handler.connection.settimeout(0.05)
        gone = False
        while not gone and not self.let_go.is_set():
            try:
                gone = handler.connection.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                gone = True
        with self.changed:
            self.under_way -= 1
            self.left += gone
            self.changed.notify_all()
        handler.close_connection = True

    def close(self) -> None:
        self.let_go.set()
        super().close()
