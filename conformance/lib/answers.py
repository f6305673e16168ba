"""What came back, and what must hold of every answer, whatever the case expects."""
from __future__ import annotations

import dataclasses

from lxml import etree

from . import hl7v2, mtom, soap
from .grammar import Grammars
from .message import Outgoing
from .wire import Reply


@dataclasses.dataclass
class Answer:
    """One step's outcome; only the fields of its kind are set."""
    kind: str
    reply: Reply | None = None
    request: Outgoing | None = None
    root: etree._Element | None = None
    package: mtom.Package | None = None
    sent_hl7: hl7v2.Message | None = None
    hl7: hl7v2.Message | None = None
    refused: str | None = None
    exit: int | None = None
    output: str = ""
    talk: str = ""
    octets: bytes = b""

    @property
    def is_fault(self) -> bool:
        return self.root is not None and bool(self.root.xpath("/s:Envelope/s:Body/s:Fault",
                                                              namespaces=soap.NS))


def open_soap(answer: Answer) -> list[str]:
    """Fills root and package from the reply; what is wrong with the packaging."""
    reply, request = answer.reply, answer.request
    assert reply is not None
    media, parameter = mtom.parameters(reply.content_type)
    if media == "multipart/related":
        try:
            answer.package = mtom.parse(reply.content_type, reply.body)
            answer.root = soap.parse(answer.package.root.octets)
        except (mtom.PackageError, etree.XMLSyntaxError) as fault:
            return [f"the MTOM package cannot be read: {fault}"]
        return mtom_faults(parameter, answer.package, request)
    if not reply.body or "xml" not in media:
        return []
    try:
        answer.root = soap.parse(reply.body)
    except etree.XMLSyntaxError as fault:
        return [f"the answer is not XML: {fault}"]
    faults = []
    if media != "application/soap+xml":
        faults.append(f"Content-Type {reply.content_type}")
    if request and request.transaction and request.transaction.mtom and not answer.is_fault:
        faults.append("an answer of an MTOM transaction in simple packaging")
    return faults


def mtom_faults(parameter: dict[str, str], package: mtom.Package,
                request: Outgoing | None) -> list[str]:
    """ITI TF-2: Appendix V.3.2: the headers of the package and of its root part."""
    faults = []
    if parameter.get("type") != "application/xop+xml":
        faults.append("multipart without type application/xop+xml")
    if parameter.get("start-info") != "application/soap+xml":
        faults.append("multipart without start-info application/soap+xml")
    media, inner = mtom.parameters(package.root.headers.get("content-type", ""))
    if media != "application/xop+xml" or inner.get("type") != "application/soap+xml":
        faults.append("root part is not application/xop+xml of application/soap+xml")
    if request and request.transaction and not request.transaction.mtom:
        faults.append("MTOM packaging of a simple transaction")
    return faults


def check_soap(answer: Answer, grammars: Grammars) -> list[str]:
    """Packaging, grammar, addressing and, for HL7 v3, the wrapper's echo of the request."""
    faults = open_soap(answer)
    root, request = answer.root, answer.request
    if root is None or request is None:
        return faults
    row = request.transaction
    name = "soap-fault" if answer.is_fault or row is None else row.grammar
    fault = grammars.fault(name, root)
    if fault:
        faults.append(fault)
    try:
        asked = soap.parse(request.envelope)
    except etree.XMLSyntaxError:
        return faults
    message_id = soap.text(asked, "/s:Envelope/s:Header/a:MessageID")
    relates = soap.text(root, "/s:Envelope/s:Header/a:RelatesTo")
    if message_id and relates != message_id and (relates or not answer.is_fault):
        faults.append(f"RelatesTo {relates} is not the MessageID {message_id}")
    if not answer.is_fault and row:
        action = soap.text(root, "/s:Envelope/s:Header/a:Action")
        if action != row.answer:
            faults.append(f"Action {action}")
        if row.code in ("ITI-44", "ITI-45", "ITI-47"):
            faults += v3_faults(asked, root)
    return faults


def v3_faults(asked: etree._Element, root: etree._Element) -> list[str]:
    """ITI TF-2: Appendix O: target message, sender and receiver exchanged, the query repeated."""
    faults = []

    def identifier(tree, path: str) -> tuple[str, str]:
        found = tree.xpath(path, namespaces=soap.NS)
        return (found[0].get("root", ""), found[0].get("extension", "")) if found else ("", "")

    body = "/s:Envelope/s:Body/*"
    if identifier(root, f"{body}/v3:acknowledgement/v3:targetMessage/v3:id") != identifier(
        asked, f"{body}/v3:id"):
        faults.append("targetMessage is not the request's id")
    if identifier(root, f"{body}/v3:id") == identifier(asked, f"{body}/v3:id"):
        faults.append("the answer has the request's id")
    for mine, theirs in (("sender", "receiver"), ("receiver", "sender")):
        device = "v3:device/v3:id"
        if identifier(root, f"{body}/v3:{mine}/{device}") != identifier(
            asked, f"{body}/v3:{theirs}/{device}"):
            faults.append(f"the answer's {mine} is not the request's {theirs}")
    query = f"{body}/v3:controlActProcess/v3:queryByParameter"
    ours, its = root.xpath(query, namespaces=soap.NS), asked.xpath(query, namespaces=soap.NS)
    if its and (not ours or plain(ours[0]) != plain(its[0])):
        faults.append("queryByParameter is not the request's")
    return faults


def plain(node) -> tuple:
    """A subtree without prefixes and white space between elements."""
    return (node.tag, tuple(sorted(node.attrib.items())), (node.text or "").strip(),
            tuple(plain(child) for child in node if isinstance(child.tag, str)))


def check_hl7(answer: Answer) -> list[str]:
    """ITI TF-2: Appendix C.2.2 to C.2.4: what an acknowledgement or response must echo."""
    faults = []
    sent, got = answer.sent_hl7, answer.hl7
    if sent is None or got is None:
        return faults
    for mine, theirs in (("MSH-3", "MSH-5"), ("MSH-4", "MSH-6"), ("MSH-5", "MSH-3"),
                         ("MSH-6", "MSH-4")):
        if sent.get(theirs) and got.get(mine) != sent.get(theirs):
            faults.append(
                f"{mine} is {got.get(mine)!r}, not the request's {theirs} {sent.get(theirs)!r}")
    if got.get("MSA-2") != sent.get("MSH-10"):
        faults.append(
            f"MSA-2 {got.get('MSA-2')!r} is not the request's MSH-10 {sent.get('MSH-10')!r}")
    if sent.get("MSH-12") and got.get("MSH-12") != sent.get("MSH-12"):
        faults.append(f"MSH-12 is {got.get('MSH-12')}")
    if got.get("MSH-10") in ("", sent.get("MSH-10")):
        faults.append("MSH-10 is empty or the request's")
    if got.get("MSA-1") not in ("AA", "AE", "AR"):
        faults.append(f"MSA-1 is {got.get('MSA-1')!r}")
    if got.get("MSA-3") or got.get("MSA-6"):
        faults.append("MSA-3 and MSA-6 are not used by IHE")
    if sent.get("QPD-1") and got.get("MSH-9.1") == "RSP":
        if got.segment("QPD") != sent.segment("QPD"):
            faults.append("QPD is not the request's")
        if got.get("QAK-1") != sent.get("QPD-2"):
            faults.append("QAK-1 is not the request's QPD-2")
    for number, name in enumerate(n for n in got.names() if n == "ERR"):
        if not got.get(f"{name}[{number + 1}]-3.1") \
                or got.get(f"{name}[{number + 1}]-4") not in ("E", "W", "I"):
            faults.append("ERR without ERR-3 or ERR-4")
    return faults
