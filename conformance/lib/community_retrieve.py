"""Another community's Responding Gateway, as far as documents are fetched of it: of whom they are
(GetDocuments of ITI-38), and the documents (ITI-39). It behaves as it is told."""
from __future__ import annotations

import base64
import http.server
import re
import threading
import uuid
from xml.sax.saxutils import quoteattr

from . import mtom, soap
from .grammar import Grammars
from .partner import ANSWERS, FAULT, Partner

SOAP = "application/soap+xml; charset=UTF-8"
ACTION = "urn:ihe:iti:2007:CrossGatewayRetrieve"
STATUS = {"Success": "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success",
          "Failure": "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure",
          "PartialSuccess": "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"}
ERROR = '<rs:RegistryError errorCode="{code}" codeContext="{context}" severity="urn:oasis:names:' \
    'tc:ebxml-regrep:ErrorSeverityType:{severity}"{more}/>'
RESPONSE = ('<x:RetrieveDocumentSetResponse xmlns:x="{x}" xmlns:rs="{rs}">'
            '<rs:RegistryResponse status="{status}">{errors}</rs:RegistryResponse>{documents}'
            "</x:RetrieveDocumentSetResponse>")
DOCUMENT = ("<x:DocumentResponse>{home}<x:RepositoryUniqueId>{repository}</x:RepositoryUniqueId>"
            "<x:DocumentUniqueId>{unique_id}</x:DocumentUniqueId>{mime}"
            "<x:Document>{content}</x:Document></x:DocumentResponse>")
INCLUDE = '<i:Include xmlns:i="{xop}" href="cid:{cid}"/>'
LATE = 0.02  # seconds an octet, of a slow one


def octets_of(unique_id: str, size: int) -> bytes:
    """What it has under that id: every document its own, with what looks like boundaries."""
    line = f"\r\n--minato-boundary of {unique_id}\r\n--\n".encode()
    return (line * (size // len(line) + 1))[:size]


QUERY = ('<q:AdhocQueryResponse xmlns:q="{q}" xmlns:rim="{rim}" status="{status}">'
         "<rim:RegistryObjectList>{objects}</rim:RegistryObjectList></q:AdhocQueryResponse>")
ENTRY = ('<rim:ExtrinsicObject id="{uuid}" home="{home}" mimeType="text/plain" '
         'objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1" '
         'status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved">'
         '<rim:Slot name="repositoryUniqueId"><rim:ValueList><rim:Value>{repository}</rim:Value>'
         "</rim:ValueList></rim:Slot>{identifiers}</rim:ExtrinsicObject>")
IDENTIFIER = ('<rim:ExternalIdentifier id="{uuid}" registryObject="{entry}" '
              'identificationScheme="urn:uuid:{scheme}" value="{value}"><rim:Name>'
              '<rim:LocalizedString value="XDSDocumentEntry.{name}"/></rim:Name>'
              "</rim:ExternalIdentifier>")
SCHEMES = {"patientId": "58a6f841-87b3-4a3e-92fd-a8ffeff98427",
           "uniqueId": "2e82c1f6-a085-4c72-9da3-8640a32e42ab"}


class Community(Partner):
    """Of each request it gives all documents, of `size` octets; the last of them as its manner
    says. silent, slow and those of Partner are about the answer as a whole."""

    def __init__(self, home: str, manner: str, certificate: str, ca: str,
                 grammars: Grammars | None = None, size: int = 5000) -> None:
        self.home, self.size, self.grammars = home, size, grammars
        self.repository = home.removeprefix("urn:oid:") + ".1"
        self.patients: dict[str, str] = {}  # CX, of documents whose patient is not this one:
        self.patient = ""
        self.queried: list[bytes] = []
        self.faults: list[str] = []
        self.under_way, self.left = 0, 0
        self.let_go = threading.Event()
        super().__init__(manner, certificate, ca)

    # -- what it says ------------------------------------------------------------------------------

    def asked(self, body: bytes, kind: str):
        """What came is of the framework's form, in a package."""
        if not kind.startswith("multipart/related"):
            self.faults.append(f"it came as {kind}")
        root = soap.parse(mtom.parse(kind, body).root.octets)
        if self.grammars:
            fault = self.grammars.fault("iti39-request", root)
            self.faults += [fault] if fault else []
        return root

    def requests(self, root) -> list[tuple[str, str, str]]:
        return [tuple(node.findtext(f"x:{name}", namespaces=soap.NS) for name in
                      ("HomeCommunityId", "RepositoryUniqueId", "DocumentUniqueId"))
                for node in root.iterfind(".//x:DocumentRequest", soap.NS)]

    def response(self, number: int, request: tuple[str, str, str], last: bool,
                 parts: list[tuple[str, str, bytes]]) -> str:
        """One DocumentResponse; its part goes to parts."""
        home, repository, unique_id = request
        manner, octets = self.manner if last else "gives", octets_of(unique_id, self.size)
        cid = named = f"{number}@community"
        if manner == "wrong-content-id":
            named = "other@community"
        if manner == "same-part":
            named, octets = "0@community", None
        if manner == "twice-content-id":
            parts.append((cid, "text/plain", b"another's"))
        if manner == "inline":
            content = base64.b64encode(octets).decode()
        elif manner == "not-base64":
            content = "%%%"
        else:
            content = INCLUDE.format(xop=soap.NS["xop"], cid=named)
            if octets is not None:
                parts.append((cid, "text/plain", octets))
        home = {"other-home": "urn:oid:2.999.77"}.get(manner, home)
        return DOCUMENT.format(
            home="" if manner == "without-home" else
            f"<x:HomeCommunityId>{home}</x:HomeCommunityId>",
            repository="2.999.76" if manner == "other-repository" else repository,
            unique_id="2.999.75.1" if manner == "other-document" else unique_id,
            mime="" if manner == "no-mime-type" else "<x:mimeType>text/plain</x:mimeType>",
            content=content)

    def says(self, root) -> tuple[str, str, str, list[tuple[str, str, bytes]]]:
        """Status, errors, documents, parts."""
        requests, parts, documents = self.requests(root), [], ""
        status, errors = "Success", ""
        given = requests
        if self.manner in ("keeps-its-reason", "has-not"):
            given = requests[:-1]
        if self.manner == "extra-document":
            given = [*requests, (self.home, "2.999.76", "2.999.75.2")]
        if self.manner == "document-twice":
            given = [*requests, requests[-1]]
        if self.manner in ("refuses", "gives-no-reason"):
            status, given = "Failure", []
        for number, request in enumerate(given):
            documents += self.response(number, request, request == requests[-1], parts)
        if self.manner == "has-not":
            status = "PartialSuccess"
            errors = ERROR.format(code="XDSDocumentUniqueIdError", context="it is not here",
                                  severity="Error", more=f' location="{requests[-1][2]}"')
        if self.manner in ("refuses", "contradicts-itself"):
            errors = ERROR.format(code="XDSOddities_39", context="not for you", severity="Error",
                                  more="")
        if self.manner == "warns":
            errors = ERROR.format(code="XDSExtra", context="by the way", severity="Warning",
                                  more="")
        return status, errors, documents, parts

    def package(self, body: bytes, kind: str) -> tuple[str, bytes]:
        root = self.asked(body, kind)
        status, errors, documents, parts = self.says(root)
        errors = f"<rs:RegistryErrorList>{errors}</rs:RegistryErrorList>" if errors else ""
        action = ACTION + ("Reply" if self.manner == "other-action" else "Response")
        relates = "urn:uuid:" if self.manner == "anothers-answer" \
            else soap.text(root, "//a:MessageID")
        envelope = soap.envelope(
            RESPONSE.format(x=soap.NS["x"], rs=soap.NS["rs"], documents=documents, errors=errors,
                            status="Splendid" if self.manner == "has-another-status"
                            else STATUS[status]),
            action, soap.ANONYMOUS).replace(
                "<a:To>", f"<a:RelatesTo>{relates}</a:RelatesTo><a:To>").encode()
        if self.manner == "plain":
            return SOAP, envelope
        kind, body = mtom.build(envelope, parts, action, "minato-boundary-39")
        if self.manner == "encoded-part":
            head, _, tail = body.rpartition(b"Content-Transfer-Encoding: binary")
            body = head + b"Content-Transfer-Encoding: base64" + tail
        if self.manner == "spoilt-header":
            head, _, tail = body.rpartition(b"Content-Transfer-Encoding: binary")
            body = head + b"no field at all" + tail
        if self.manner == "no-end":
            body = body[:-len(b"--minato-boundary-39--\r\n")]
        if self.manner == "wrong-type":
            kind = "text/html"
        if self.manner == "no-boundary":
            kind = "multipart/related; type=\"application/xop+xml\""
        return kind, body

    # -- of whom they are (ITI-38) -----------------------------------------------------------------

    def entry(self, unique_id: str) -> str:
        entry = f"urn:uuid:{uuid.uuid4()}"
        values = {"patientId": self.patients.get(unique_id, self.patient), "uniqueId": unique_id}
        identifiers = "".join(
            IDENTIFIER.format(uuid=f"urn:uuid:{uuid.uuid4()}", entry=entry, name=name,
                              scheme=SCHEMES[name], value=quoteattr(value)[1:-1])
            for name, value in values.items())
        return ENTRY.format(uuid=entry, home=self.home, repository=self.repository,
                            identifiers=identifiers)

    def says_whose(self, body: bytes) -> bytes:
        root = soap.parse(body)
        asked = re.findall(r"'([^']+)'", "".join(root.xpath("//rim:Value/text()",
                                                            namespaces=soap.NS)))
        query = QUERY.format(q=soap.NS["q"], rim=soap.NS["rim"], status=STATUS["Success"],
                             objects="".join(map(self.entry, asked)))
        return soap.envelope(query, "urn:ihe:iti:2007:CrossGatewayQueryResponse",
                             soap.ANONYMOUS).replace(
            "<a:To>",
            f"<a:RelatesTo>{soap.text(root, '//a:MessageID')}</a:RelatesTo><a:To>").encode()

    # -- how it says it ----------------------------------------------------------------------------

    def answer(self, handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        if b"CrossGatewayQuery<" in body:
            self.queried.append(body)
            if self.manner == "says-nothing-of-whom":
                self.stand_still(handler)
            else:
                self.send(handler, 200, SOAP, self.says_whose(body))
            return
        if self.manner in ANSWERS or self.manner in ("breaks-off", "babbles"):
            super().answer(handler, body)
            return
        self.take(body)
        if self.manner == "silent":
            self.stand_still(handler)
            return
        if self.manner == "sender-fault":
            self.send(handler, 500, SOAP, FAULT.format(code="Sender").encode())
            return
        kind, said = self.package(body, handler.headers["Content-Type"])
        length = len(said)
        if self.manner == "broken-off":         # in the last part; the length was that of the whole
            said = said[:-self.size // 2]
        if self.manner == "lying-length":       # and all of it sent
            length -= self.size // 2
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        if self.manner == "slow":
            self.trickle(handler, said)
        elif self.manner == "stands-midway":
            handler.wfile.write(said[:-self.size // 2])
            handler.wfile.flush()
            self.stand_still(handler)
        else:
            handler.wfile.write(said)
        handler.close_connection = self.manner not in ("gives",)

    def trickle(self, handler: http.server.BaseHTTPRequestHandler, said: bytes) -> None:
        for octet in said:
            handler.wfile.write(bytes([octet]))
            if self.let_go.wait(LATE):
                break

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
                pass
            except OSError:
                gone = True
        with self.changed:
            self.under_way -= 1
            self.left += gone
            self.changed.notify_all()
        handler.close_connection = True
