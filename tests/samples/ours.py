"""Messages made of the templates in conformance/messages: the same every time, for
nothing in them is fresh."""

from __future__ import annotations

import os

from lib import message, soap
from lib.scope import Scope

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
MAKER = message.Maker(os.path.join(TOP, "conformance", "messages"), None)
FIXED = {
    "now": "20260115093000",
    "control.message": "OWN1",
    "control.query": "OWN2",
    "objects": "",
    "documents": "",
}
IHE, V3 = "urn:ihe:iti:2007:", "urn:hl7-org:v3:"
HERE = "https://gateway.example/"
NUMBER = "urn:uuid:00000000-0000-4000-8000-00000000000{}"


def template(name: str, *parts: str, **values: str) -> str:
    """A message without envelope; parts are what a case writes behind `+`."""
    scope = Scope(None, **FIXED | values)
    made, documents = MAKER.parts([("+", part) for part in parts], scope)
    if not parts:
        return MAKER.text(name, scope)
    inside = "".join(
        f'<x:Document xmlns:x="{soap.NS["x"]}" '
        f'id="{each.id}">{message.base64.b64encode(each.octets).decode()}</x:Document>'
        for each in documents
    )
    return MAKER.text(name, Scope(scope, objects=made, documents=inside))


def enveloped(body: str, action: str, header: str = "") -> str:
    """With Action, MessageID, To and ReplyTo, as a request has them; header stands before them."""
    made = soap.envelope(body, action, HERE, NUMBER.format(1))
    return made.replace("<s:Header>", "<s:Header>" + header, 1)


def headless(body: str) -> str:
    return f'<s:Envelope xmlns:s="{soap.NS["s"]}"><s:Header/><s:Body>{body}</s:Body></s:Envelope>'


def answer(body: str, action: str, understood: bool = True) -> str:
    """As an answer has them: Action and RelatesTo."""
    must = ' s:mustUnderstand="true"' if understood else ""
    return (
        f'<s:Envelope xmlns:s="{soap.NS["s"]}" '
        f'xmlns:a="{soap.NS["a"]}"><s:Header><a:Action{must}>{action}</a:Action>'
        f"<a:RelatesTo>{NUMBER.format(1)}</a:RelatesTo></s:Header><s:Body>{body}</s:Body>"
        "</s:Envelope>"
    )


def case(name: str) -> str:
    """A message of tests/cases/grammar, as it stands."""
    with open(os.path.join(TOP, "tests", "cases", "grammar", name + ".xml"),
              encoding="utf-8") as file:
        return file.read()


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        if old not in text:
            raise ValueError(f"nothing to replace: {old}")
        text = text.replace(old, new)
    return text


def xml(text: str) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + text.strip() + "\n").encode()


SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


def assertion(*statements: str) -> str:
    """A WS-Security header with an assertion nobody here looks into: this gateway
    knows systems, not users."""
    inside = "".join(
        '<saml:AttributeStatement><saml:Attribute '
        f'Name="{each}"><saml:AttributeValue>own</saml:AttributeValue>'
        "</saml:Attribute></saml:AttributeStatement>"
        for each in statements
    )
    return (
        f'<w:Security xmlns:w="{SECURITY}"><saml:Assertion xmlns:saml="{SAML}" ID="own" '
        'Version="2.0" IssueInstant="2026-01-15T00:30:00Z">'
        f"<saml:Issuer>https://own.example/idp</saml:Issuer>{inside}</saml:Assertion></w:Security>"
    )
