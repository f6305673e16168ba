"""SOAP 1.2 envelopes with WS-Addressing, sent and read (ITI TF-2: Appendix V.3.2)."""
from __future__ import annotations

import uuid

from lxml import etree

from .transactions import V3, by_body

NS = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://www.w3.org/2005/08/addressing",
    "q": "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0",
    "rim": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0",
    "rs": "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0",
    "lcm": "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0",
    "x": "urn:ihe:iti:xds-b:2007",
    "v3": "urn:hl7-org:v3",
    "wsnt": "http://docs.oasis-open.org/wsn/b-2",
    "bf": "http://docs.oasis-open.org/wsrf/bf-2",
    "xop": "http://www.w3.org/2004/08/xop/include",
}
ANONYMOUS = "http://www.w3.org/2005/08/addressing/anonymous"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
ENVELOPE = (
    '<s:Envelope xmlns:s="{s}" xmlns:a="{a}"><s:Header>'
    '<a:Action s:mustUnderstand="true">{action}</a:Action><a:MessageID>{message_id}</a:MessageID>'
    "<a:To>{to}</a:To><a:ReplyTo><a:Address>{anonymous}</a:Address></a:ReplyTo></s:Header>"
    "<s:Body>{body}</s:Body></s:Envelope>"
)


def parse(octets: bytes) -> etree._Element:
    return etree.fromstring(octets, PARSER)


def envelope(body: str, action: str, to: str, message_id: str | None = None) -> str:
    """The body's one child in an envelope of ours."""
    return ENVELOPE.format(s=NS["s"], a=NS["a"], action=action, to=to, anonymous=ANONYMOUS,
                           body=body, message_id=message_id or f"urn:uuid:{uuid.uuid4()}")


def action_of_body(root: etree._Element, code: str = "") -> str:
    name = etree.QName(root)
    row = by_body(name.namespace, name.localname, code)
    if name.namespace == NS["v3"] and (code != "ITI-55" or row is None or row.code != code):
        return V3 + name.localname  # ITI-55 has one of its own
    return row.action if row else ""


def sent_action(octets: bytes, other: str) -> str:
    """The Action of a message as it leaves, which its packaging repeats; other: it has none."""
    try:
        return text(parse(octets), "/s:Envelope/s:Header/a:Action") or other
    except etree.XMLSyntaxError:
        return other


def text(root: etree._Element, path: str) -> str | None:
    """The text of the first node found, trimmed; or what the path says itself, if that is text."""
    found = root.xpath(path, namespaces=NS)
    if isinstance(found, str):
        return found.strip()
    if not found:
        return None
    node = found[0]
    value = node if isinstance(node, str) else (node.text or "")
    return value.strip()


def body_child(root: etree._Element) -> etree._Element | None:
    found = root.xpath("/s:Envelope/s:Body/*", namespaces=NS)
    return found[0] if len(found) == 1 else None


def canonical(node: etree._Element) -> bytes:
    return etree.tostring(node, method="c14n", exclusive=True)
