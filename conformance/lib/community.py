"""Another community (ITI TF-1: 18): an XCA Responding Gateway, which knows patients and their
documents from data, answers ITI-38, and misbehaves by name.

A transaction is a row of Community.actions: wsa:Action of the request -> (of the answer, what makes
the child of the body from the request). community_discovery.py adds ITI-55 and
community_retrieve.py ITI-39; a misbehaviour that is of the envelope, the connection or the clock
is of all of them."""
from __future__ import annotations

import collections.abc
import copy
import dataclasses
import http.server
import socket
import struct

from . import soap
from .grammar import Grammars
from .partner import ANSWERS, FAULT
from .registry import ERROR, SOAP, STATUS, Registry

QUERY = "urn:ihe:iti:2007:CrossGatewayQuery"
STABLE = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
IDENTIFIER = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:ExternalIdentifier"
ENTRY_PATIENT = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
ENTRY_UNIQUE = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
PATIENT_SLOTS = ("$XDSDocumentEntryPatientId", "$XDSSubmissionSetPatientId",
                 "$XDSFolderPatientId", "$patientId")
RESPONSE = ('<q:AdhocQueryResponse xmlns:q="{q}" xmlns:rim="{rim}" xmlns:rs="{rs}" '
            'status="{status}">{errors}<rim:RegistryObjectList>{objects}'
            '</rim:RegistryObjectList></q:AdhocQueryResponse>')
ENTRY = ('<rim:ExtrinsicObject id="{id}" lid="{id}"{home} mimeType="text/plain" '
         f'objectType="{STABLE}" status="{APPROVED}">'
         '<rim:Slot name="creationTime"><rim:ValueList><rim:Value>20260101</rim:Value>'
         '</rim:ValueList></rim:Slot><rim:Slot name="languageCode"><rim:ValueList>'
         '<rim:Value>ja-JP</rim:Value></rim:ValueList></rim:Slot>'
         '<rim:Slot name="repositoryUniqueId"><rim:ValueList><rim:Value>{repository}</rim:Value>'
         '</rim:ValueList></rim:Slot><rim:Slot name="sourcePatientId"><rim:ValueList><rim:Value>'
         'S1^^^&amp;2.999.30.9&amp;ISO</rim:Value></rim:ValueList></rim:Slot>'
         '<rim:Slot name="urn:example:of-theirs"><rim:ValueList><rim:Value>\'a, (b) &amp; &lt;c'
         '</rim:Value></rim:ValueList></rim:Slot>'
         '<rim:Name><rim:LocalizedString xml:lang="ja-JP" value="{title}"/></rim:Name>'
         f'<rim:ExternalIdentifier id="{{part1}}" objectType="{IDENTIFIER}" '
         f'identificationScheme="{ENTRY_PATIENT}" '
         'registryObject="{id}" value="{patient}"><rim:Name><rim:LocalizedString '
         'value="XDSDocumentEntry.patientId"/></rim:Name></rim:ExternalIdentifier>'
         f'<rim:ExternalIdentifier id="{{part2}}" objectType="{IDENTIFIER}" '
         f'identificationScheme="{ENTRY_UNIQUE}" '
         'registryObject="{id}" value="{unique}"><rim:Name><rim:LocalizedString '
         'value="XDSDocumentEntry.uniqueId"/></rim:Name></rim:ExternalIdentifier>'
         '</rim:ExtrinsicObject>')
REF = '<rim:ObjectRef id="{id}"{home}/>'
ASSOCIATION = ('<rim:Association id="{id}" associationType="urn:ihe:iti:2007:AssociationType:APND" '
               'sourceObject="{source}" targetObject="{target}" '
               'objectType="urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:Association"'
               f' status="{APPROVED}"/>')


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


@dataclasses.dataclass
class Document:
    """A document of theirs, as far as an entry tells of it."""
    patient: str  # CX, by which they know him
    unique: str
    title: str = "theirs"
    id: str = ""  # entryUUID

    def __post_init__(self) -> None:
        if not self.id:
            self.id = soap.uuid.uuid4().urn


def error(code: str, context: str = "said there", location: str = "", kind: str = "Error") -> str:
    return ERROR.format(code=code, context=context, severity=kind,
                        more=f' location="{location}"' if location else "")


# Of an answer to ITI-38: status, errors, whether the documents are given. Locations name the home.
SAYS: dict[str, tuple[str, str, bool]] = {
    "unknown-patient": ("Failure", error("XDSUnknownPatientId", "nobody"), False),
    "fails": ("Failure", error("XDSRegistryBusy", "come again", "urn:oid:2.999.30"), False),
    "fails-nowhere": ("Failure", error("XDSRegistryError", "no place"), False),
    "fails-silently": ("Failure", "", False),
    "partial": ("PartialSuccess", error("XDSRegistryError", "half of it is away",
                                        "urn:oid:2.999.30.5"), True),
    "warns": ("Success", error("XDSExtraMetadataNotSaved", "urn:example:slot", kind="Warning"),
              True),
    "contradicts-itself": ("Success", error("XDSRegistryError", "and yet"), True),
    "has-another-status": ("Splendid", "", True),
    "too-many": ("Failure", error("XDSTooManyResults", "too many", "urn:oid:2.999.30"), False),
}


class Community(Registry):
    """Of the connection, and of all transactions: slow, silent, breaks-off, babbles, resets,
    ends-early, huge, busy, unknown, redirects, broken-envelope (Partner, Registry), not-soap,
    sender-fault, receiver-fault, anothers-answer, other-action, another-body. Of the objects:
    other-home, no-home, one-without-home, another-patient, duplicates, floods."""

    def __init__(self, home: str, certificate: str, ca: str,
                 grammars: Grammars | None = None, manner: str = "well") -> None:
        self.home, self.repository = home, home.removeprefix("urn:oid:") + ".20"
        self.documents: list[Document] = []
        self.flood = 1000
        self.actions: dict[str, tuple[str, collections.abc.Callable]] = {
            QUERY: (QUERY + "Response", self.query)}
        super().__init__(manner, certificate, ca, grammars)

    # -- what every transaction of a gateway has ---------------------------------------------------

    def said(self, manner: str, body: bytes) -> tuple[int, str | None, bytes]:
        if manner in ANSWERS and manner != "well":
            return ANSWERS[manner]
        if manner in ("sender-fault", "receiver-fault"):
            code = manner.removesuffix("-fault").capitalize()
            return 500, SOAP, FAULT.format(code=code).encode()
        if manner == "not-soap":
            return 200, "text/html", b"<html><body>maintenance</body></html>"
        root = soap.parse(body)
        action, make = self.actions[soap.text(root, "//a:Action")]
        said = "<q:Nonsense xmlns:q='urn:example:nonsense'/>" if manner == "another-body" \
            else make(manner, soap.body_child(root))
        relates = "urn:uuid:" if manner == "anothers-answer" else soap.text(root, "//a:MessageID")
        answer = soap.envelope(said, action + ("Reply" if manner == "other-action" else ""),
                               soap.ANONYMOUS)
        return 200, SOAP, answer.replace("<a:To>", f"<a:RelatesTo>{relates}</a:RelatesTo><a:To>"
                                         ).encode()

    def answer(self, handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        if self.manner not in ("resets", "ends-early"):
            super().answer(handler, body)
            return
        self.take(body)
        _, kind, octets = self.said("well", body)
        handler.send_response(200)
        handler.send_header("Content-Type", kind or "")
        handler.send_header("Content-Length", str(len(octets)))
        handler.end_headers()
        handler.wfile.write(octets[:len(octets) // 2])
        handler.close_connection = True
        if self.manner == "resets":
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                          struct.pack("ii", 1, 0))
        handler.connection.close()

    # -- ITI-38 ------------------------------------------------------------------------------------

    def query(self, manner: str, request) -> str:
        if self.grammars:  # ITI TF-2: 3.38.5: as ITI-18's, but for the action
            whole = copy.deepcopy(request.getroottree())
            whole.find(".//a:Action", soap.NS).text = "urn:ihe:iti:2007:RegistryStoredQuery"
            fault = self.grammars.fault("iti18-request", whole.getroot())
            self.faults += [fault] if fault else []
        status, errors, given = SAYS.get(manner, ("Success", "", True))
        objects = self.objects(manner, request) if given else ""
        listed = f'<rs:RegistryErrorList>{errors}</rs:RegistryErrorList>' if errors else ""
        urn = "urn:ihe:iti:2007:ResponseStatusType:" if status == "PartialSuccess" else STATUS
        return RESPONSE.format(q=soap.NS["q"], rim=soap.NS["rim"], rs=soap.NS["rs"],
                               status=urn + status, errors=listed, objects=objects)

    @staticmethod
    def slot(request, *names: str) -> list[str]:
        """The values of a parameter, without quotes and parentheses."""
        values = [value.text or "" for name in names for value in request.xpath(
            f".//rim:Slot[@name='{name}']//rim:Value", namespaces=soap.NS)]
        return [one.strip(" '") for value in values for one in value.strip("() ").split(",")]

    def found(self, request) -> list[Document]:
        patients = self.slot(request, *PATIENT_SLOTS)
        ids = self.slot(request, "$XDSDocumentEntryEntryUUID", "$XDSDocumentEntryUniqueId")
        return [d for d in self.documents
                if (d.patient in patients if patients else d.id in ids or d.unique in ids)]

    def objects(self, manner: str, request) -> str:
        leaf = "LeafClass" in request.xpath("string(.//q:ResponseOption/@returnType)",
                                            namespaces=soap.NS)
        found = self.found(request)
        if manner == "floods":
            patient = (self.slot(request, *PATIENT_SLOTS) or [""])[0]
            found = [Document(patient, f"2.999.30.99.{n}") for n in range(self.flood)]
        if manner == "another-patient" and found:
            found = [*found, Document("SOMEBODY^^^&2.999.30.1&ISO", "2.999.30.98.1", "another's")]
        if manner == "duplicates":
            found = [*found, *found]
        return "".join(self.written(manner, leaf, n, d) for n, d in enumerate(found)) \
            + self.association(manner, found)

    def written(self, manner: str, leaf: bool, number: int, document: Document) -> str:
        home = {"other-home": ' home="urn:oid:2.999.39"', "no-home": "",
                "one-without-home": "" if number == 0 else None}.get(manner)
        home = f' home="{self.home}"' if home is None else home
        return (ENTRY if leaf else REF).format(
            id=document.id, part1=soap.uuid.uuid4().urn, part2=soap.uuid.uuid4().urn, home=home,
            repository=self.repository, title=escaped(document.title),
            patient=escaped(document.patient), unique=document.unique)

    @staticmethod
    def association(manner: str, found: list[Document]) -> str:
        if manner != "relates" or len(found) < 2:
            return ""
        return ASSOCIATION.format(id=soap.uuid.uuid4().urn, source=found[0].id,
                                  target=found[1].id)
