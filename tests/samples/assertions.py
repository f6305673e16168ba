#!/usr/bin/python3
"""tests/samples/assertions.py DIR: assertions in WS-Security (XUA), good ones and each broken way.

Writes what tests/cases/assertion holds. Keys are drawn anew, so all of it changes when it is
run: run it when a case is added, and commit what it wrote. Needs python3-cryptography and
python3-lxml; the tests need neither. All is said at 2026-01-15T00:30:00Z. Persons and numbers
are made up; OIDs are of the arc 2.999.
"""

from __future__ import annotations

import base64
import copy
import datetime
import hashlib
import os
import sys
from typing import Any, Callable

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID
from lxml import etree

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
ENC = "http://www.w3.org/2001/04/xmlenc#"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
SOAP = "http://www.w3.org/2003/05/soap-envelope"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
XSPA = "urn:oasis:names:tc:xspa:1.0:subject:"
XACML = "urn:oasis:names:tc:xacml:2.0:"
ISSUER = "https://idp.hie.example.jp/xua"
CM = "urn:oasis:names:tc:SAML:2.0:cm:"


def certify(who: str, key: Any, since: int = 2025, until: int = 2045) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)])
    day = datetime.datetime
    return (x509.CertificateBuilder().subject_name(name).issuer_name(name)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(day(since, 1, 1)).not_valid_after(day(until, 1, 1))
            .sign(key, hashes.SHA256()))


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


KEY = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
WEAK = rsa.generate_private_key(65537, 1024)
CURVE = ec.generate_private_key(ec.SECP256R1())
NODE = rsa.generate_private_key(65537, 2048)
CERTIFICATES = {
    "issuer": certify("issuer", KEY), "curve": certify("curve", CURVE),
    "weak": certify("weak", WEAK), "node": certify("node", NODE),
    "expired": certify("issuer", KEY, 2020, 2021), "to-come": certify("issuer", KEY, 2040),
}
NODE_DER = b64(CERTIFICATES["node"].public_bytes(serialization.Encoding.DER))

ROLE = ('<Role xmlns="urn:hl7-org:v3" code="112247003" codeSystem="2.16.840.1.113883.6.96" '
        'displayName="Medical doctor"/>')
PURPOSE = ('<PurposeOfUse xmlns="urn:hl7-org:v3" code="TREAT" codeSystem="2.16.840.1.113883.5.8" '
           'displayName="treatment"/>')


def attribute(name: str, *values: str) -> str:
    return f'<saml2:Attribute Name="{name}">' + "".join(
        f"<saml2:AttributeValue>{value}</saml2:AttributeValue>" for value in values) + \
        "</saml2:Attribute>"


def statement(*attributes: str) -> str:
    return "<saml2:AttributeStatement>" + "".join(attributes) + "</saml2:AttributeStatement>"


def bearer(inside: str = "") -> str:
    return f'<saml2:SubjectConfirmation Method="{CM}bearer">{inside}</saml2:SubjectConfirmation>'


def data(inside: str = "", **attributes: str) -> str:
    text = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<saml2:SubjectConfirmationData{text}>{inside}</saml2:SubjectConfirmationData>"


def holder(der: str = NODE_DER, more: str = "") -> str:
    return (f'<saml2:SubjectConfirmation Method="{CM}holder-of-key">'
            + data(f'{more}<ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data><ds:X509Certificate>{der}'
                   "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>")
            + "</saml2:SubjectConfirmation>")


STANDARD = {
    "version": ' Version="2.0"', "id": "_a1", "issuer": f"<saml2:Issuer>{ISSUER}</saml2:Issuer>",
    "name": '<saml2:NameID>dr.sato@hospital-a.example.jp</saml2:NameID>',
    "confirmation": bearer(),
    "times": 'NotBefore="2026-01-15T00:28:00Z" NotOnOrAfter="2026-01-15T00:33:00Z"',
    "audiences": "<saml2:AudienceRestriction><saml2:Audience>urn:oid:2.999.1.100"
                 "</saml2:Audience></saml2:AudienceRestriction>",
    "authn": '<saml2:AuthnStatement AuthnInstant="2026-01-15T00:28:00Z"><saml2:AuthnContext>'
             "<saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"
             "</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>",
    "statements": statement(
        attribute(XSPA + "subject-id", "佐藤 太郎"), attribute(XSPA + "organization", "病院A"),
        attribute(XSPA + "organization-id", "urn:oid:2.999.1.200"),
        attribute("urn:ihe:iti:xca:2010:homeCommunityId", "urn:oid:2.999.1.100"),
        attribute(XACML + "subject:role", ROLE), attribute(XSPA + "purposeofuse", PURPOSE),
        attribute(XACML + "resource:resource-id", "P000123^^^&amp;2.999.1.100.1&amp;ISO")),
}


def assertion(**said: str) -> etree._Element:
    s = {**STANDARD, **said}
    subject = s.get("subject", f'<saml2:Subject>{s["name"]}{s["confirmation"]}</saml2:Subject>')
    conditions = s.get("conditions", f'<saml2:Conditions {s["times"]}>{s["audiences"]}'
                       "</saml2:Conditions>")
    return etree.fromstring(
        f'<saml2:Assertion xmlns:saml2="{SAML}" ID="{s["id"]}" '
        f'IssueInstant="2026-01-15T00:28:00Z"{s["version"]}>{s["issuer"]}{subject}{conditions}'
        f'{s["authn"]}{s["statements"]}</saml2:Assertion>')


def canonical(node: etree._Element, prefixes: list[str] | None = None) -> bytes:
    return etree.tostring(node, method="c14n", exclusive=True, inclusive_ns_prefixes=prefixes)


def made_with(key: Any, octets: bytes, digest: Any) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(octets, ec.ECDSA(digest)))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return key.sign(octets, padding.PKCS1v15(), digest)


def sign(node: etree._Element, key: Any = KEY, *, method: str = MORE + "rsa-sha256",
         digest: Any = None, digest_method: str = ENC + "sha256", digester: str = "sha256",
         c14n: str = f'<ds:CanonicalizationMethod Algorithm="{EXC}"/>', uri: str | None = None,
         transforms: str | None = None, more: str = "", after: str = "", place: int = 1,
         inside: str = "") -> etree._Element:
    """more: in SignedInfo; after: behind SignatureValue; inside: in SignatureMethod."""
    if transforms is None:
        transforms = (f'<ds:Transform Algorithm="{DS}enveloped-signature"/>'
                      f'<ds:Transform Algorithm="{EXC}"/>')
    value = b64(hashlib.new(digester, canonical(node)).digest())
    uri = f'#{node.get("ID")}' if uri is None else uri
    signature = etree.fromstring(
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>{c14n}'
        f'<ds:SignatureMethod Algorithm="{method}">{inside}</ds:SignatureMethod>'
        f'<ds:Reference URI="{uri}"><ds:Transforms>{transforms}</ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{digest_method}"/><ds:DigestValue>{value}'
        f"</ds:DigestValue></ds:Reference>{more}</ds:SignedInfo>"
        f"<ds:SignatureValue/>{after}</ds:Signature>")
    octets = canonical(signature[0])
    signature[1].text = b64(made_with(key, octets, digest or hashes.SHA256()))
    node.insert(place, signature)
    return node


def envelope(*inside: etree._Element | str, body: str = '<x xmlns="urn:x"/>',
             headers: str = "") -> bytes:
    root = etree.fromstring(
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header>'
        "<a:Action>urn:act</a:Action><a:MessageID>urn:uuid:1</a:MessageID>"
        f'<wsse:Security xmlns:wsse="{WSSE}" s:mustUnderstand="1"/>{headers}</s:Header>'
        f"<s:Body>{body}</s:Body></s:Envelope>")
    security = root.find(f".//{{{WSSE}}}Security")
    for each in inside:
        security.append(etree.fromstring(each) if isinstance(each, str) else each)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def signed(**said: str) -> bytes:
    return envelope(sign(assertion(**said)))


def changed(change: Callable[[etree._Element], None]) -> bytes:
    """After it was signed."""
    node = sign(assertion())
    change(node)
    return envelope(node)


def of(path: str) -> Callable[[etree._Element], etree._Element]:
    return lambda node: node.find(path, {"s": SAML, "d": DS})


def forge(node: etree._Element) -> etree._Element:
    """The same, of another person, with the same signature."""
    forged = copy.deepcopy(node)
    forged.find(f".//{{{SAML}}}NameID").text = "admin@hie.example.jp"
    return forged


def comment(path: str) -> bytes:
    def put(node: etree._Element) -> None:
        at = of(path)(node)
        text, at.text = at.text, at.text[:5]
        put_in = etree.Comment("x")
        put_in.tail = text[5:]
        at.insert(0, put_in)
    return changed(put)


def remove(path: str) -> bytes:
    def drop(node: etree._Element) -> None:
        at = of(path)(node)
        at.getparent().remove(at)
    return changed(drop)


def setting(path: str, name: str, value: str) -> bytes:
    return changed(lambda node: of(path)(node).set(name, value))


def saying(path: str, text: str) -> bytes:
    def say(node: etree._Element) -> None:
        of(path)(node).text = text
    return changed(say)


def statements(*attributes: str) -> bytes:
    return signed(statements=statement(*attributes))


def times(begin: str, end: str) -> str:
    return f'NotBefore="{begin}" NotOnOrAfter="{end}"'


def audience(*values: str) -> str:
    return "<saml2:AudienceRestriction>" + "".join(
        f"<saml2:Audience>{value}</saml2:Audience>" for value in values) + \
        "</saml2:AudienceRestriction>"


US = "urn:oid:2.999.1.100"
ORGANIZATION = attribute(XSPA + "organization-id", "urn:oid:2.999.1.200")
CE = ('code="{}" codeSystem="{}"/>').format


def good() -> dict[str, bytes]:
    delegate = bearer('<saml2:NameID>assistant-7</saml2:NameID>' + data(statement(
        attribute(XSPA + "subject-id", "示 助手"))))
    technical = bearer('<saml2:NameID>batch</saml2:NameID>')
    return {
        "bearer": signed(),
        "holder": signed(confirmation=holder()),
        "holder-second-key": signed(confirmation=holder(
            more=f'<ds:KeyInfo xmlns:ds="{DS}"><ds:KeyName>k</ds:KeyName></ds:KeyInfo>')),
        "holder-or-bearer": signed(confirmation=holder("AAAA") + bearer()),
        "data": signed(confirmation=bearer(data(
            NotBefore="2026-01-15T00:28:00Z", NotOnOrAfter="2026-01-15T00:33:00Z",
            Recipient="https://gw.example/xds/registry", Address="192.0.2.1"))),
        "curve": envelope(sign(assertion(), CURVE, method=MORE + "ecdsa-sha256")),
        "sha512": envelope(sign(assertion(), method=MORE + "rsa-sha512", digest=hashes.SHA512(),
                                digest_method=ENC + "sha512", digester="sha512")),
        "key-info": envelope(sign(assertion(), after="<ds:KeyInfo><ds:KeyName>k</ds:KeyName>"
                                  "</ds:KeyInfo>")),
        "prefixes": envelope(sign(assertion(), transforms=(
            f'<ds:Transform Algorithm="{DS}enveloped-signature"/><ds:Transform Algorithm="{EXC}">'
            f'<ec:InclusiveNamespaces xmlns:ec="{EXC}" PrefixList="saml2"/></ds:Transform>'))),
        "offset": signed(times=times("2026-01-15T09:28:00.123456789+09:00",
                                     "2026-01-14T16:33:00-08:00")),
        "skew": signed(times=times("2026-01-15T00:31:00Z", "2026-01-15T00:40:00Z")),
        "skew-ended": signed(times=times("2026-01-15T00:20:00Z", "2026-01-15T00:29:01Z")),
        "audiences": signed(audiences=audience("urn:x", US) + audience(US, "urn:x")),
        "session": signed(authn=STANDARD["authn"].replace(
            "AuthnInstant", 'SessionNotOnOrAfter="2026-01-15T00:31:00Z" AuthnInstant')),
        "declared": signed(authn=STANDARD["authn"].replace("ClassRef", "DeclRef")),
        "once": signed(audiences="<saml2:OneTimeUse/>" + audience(US)),
        "alias": signed(name='<saml2:NameID SPProvidedID="sato">dr.sato</saml2:NameID>'),
        "emergency": statements(ORGANIZATION, attribute(
            XSPA + "purposeofuse", PURPOSE, '<PurposeForUse xmlns="urn:hl7-org:v3" '
            + CE("EMERGENCY", "2.16.840.1.113883.3.18.7.1"))),
        "two-statements": signed(statements=statement(ORGANIZATION, attribute(
            XACML + "subject:role", ROLE)) + statement(ORGANIZATION, attribute(
                XACML + "subject:role", '<Role xmlns="urn:hl7-org:v3" ' + CE("HCP", "2.999.7")))),
        "npi": statements(ORGANIZATION, attribute(XSPA + "npi", "1234567893")),
        "npi-coded": statements(ORGANIZATION, attribute(
            XSPA + "npi", '<CE xmlns="urn:hl7-org:v3" ' + CE("1234567893", "2.999.8"))),
        "provider": statements(ORGANIZATION, attribute(
            "urn:ihe:iti:xua:2017:subject:provider-identifier",
            '<id xmlns="urn:hl7-org:v3" root="2.999.8" extension="D-7"/>')),
        "not-emergency": statements(ORGANIZATION, attribute(
            XSPA + "purposeofuse",
            '<PurposeOfUse xmlns="urn:hl7-org:v3" ' + CE("BTG", "2.999.7"))),
        "two-emergencies": statements(ORGANIZATION, attribute(XSPA + "purposeofuse", *(
            '<PurposeOfUse xmlns="urn:hl7-org:v3" ' + CE(code, "2.16.840.1.113883.5.8")
            for code in ("ETREAT", "BTG")))),
        "two-providers": statements(
            ORGANIZATION, attribute(XSPA + "subject-id", "示 太郎", "示 次郎"),
            attribute(XSPA + "npi", "1", "2"),
            attribute("urn:ihe:iti:xua:2017:subject:provider-identifier",
                      '<id xmlns="urn:hl7-org:v3" root="2.999.8" extension="D-7"/>')),
        "second-holder": signed(confirmation=holder("AAAA") + holder()),
        "vouched-or-holder": signed(
            confirmation=bearer().replace("bearer", "sender-vouches") + holder()),
        "no-organization": statements(attribute(XSPA + "subject-id", "示 太郎")),
        "empty-value": statements(ORGANIZATION, attribute(XSPA + "subject-id", ""),
                                  attribute("urn:x:other", "y"),
                                  attribute("urn:ihe:iti:xca:2010:homeCommunityId", "")),
        "delegates": signed(confirmation=delegate + technical),
        "other-organization": statements(attribute(XSPA + "organization-id", "2.999.1.201")),
        "other-role-header": envelope(sign(assertion()), headers=(
            f'<wsse:Security xmlns:wsse="{WSSE}" s:role="urn:another"/>')),
    }


def wrapped() -> dict[str, bytes]:
    node = sign(assertion())
    text = etree.tostring(node).decode()
    forged = forge(node)
    advice = forge(node)
    advice.insert(2, etree.fromstring(f'<saml2:Advice xmlns:saml2="{SAML}">{text}</saml2:Advice>'))
    in_object = forge(node)
    etree.SubElement(in_object[1], f"{{{DS}}}Object").append(copy.deepcopy(node))
    detached = forge(node)
    detached.set("ID", "_forged")
    body = f'<x xmlns="urn:x">{text}</x>'
    same = f'<x xmlns="urn:x" xmlns:u="urn:u" u:Id="_a1"/>'
    return {
        "wrapped-first": envelope(forged, node),
        "wrapped-second": envelope(copy.deepcopy(node), copy.deepcopy(forged)),
        "wrapped-advice": envelope(advice), "wrapped-object": envelope(in_object),
        "wrapped-header": envelope(copy.deepcopy(forged), headers=f'<h xmlns="urn:h">{text}</h>'),
        "wrapped-body": envelope(copy.deepcopy(forged), body=body),
        "wrapped-two-bodies": envelope(copy.deepcopy(forged), body=body + body),
        "wrapped-other-role": envelope(copy.deepcopy(forged), headers=(
            f'<wsse:Security xmlns:wsse="{WSSE}" s:role="urn:another">{text}</wsse:Security>')),
        "detached": envelope(detached), "same-id": envelope(sign(assertion()), body=same),
        "two-securities": envelope(sign(assertion()), headers=(
            f'<wsse:Security xmlns:wsse="{WSSE}"/>')),
    }


def misshapen() -> dict[str, bytes]:
    enveloped = f'<ds:Transform Algorithm="{DS}enveloped-signature"/>'
    exclusive = f'<ds:Transform Algorithm="{EXC}"/>'
    reference = ('<ds:Reference URI=""><ds:DigestMethod Algorithm="x"/><ds:DigestValue/>'
                 "</ds:Reference>")
    two = sign(sign(assertion()), place=2)

    def shape(**how: Any) -> bytes:
        return envelope(sign(assertion(), **how))
    return {
        "signature-elsewhere": shape(place=2), "two-signatures": envelope(two),
        "object": shape(after="<ds:Object/>"), "two-references": shape(more=reference),
        "no-uri": shape(uri=""), "other-uri": shape(uri="#_x"),
        "outside-uri": shape(uri="http://x"),
        "inclusive": shape(transforms=enveloped + f'<ds:Transform Algorithm="{C14N}"/>'),
        "one-transform": shape(transforms=enveloped),
        "wrong-order": shape(transforms=exclusive + enveloped),
        "three-transforms": shape(transforms=enveloped + exclusive + exclusive),
        "xpath": shape(transforms='<ds:Transform Algorithm="http://www.w3.org/TR/1999/'
                       'REC-xpath-19991116"><ds:XPath>1</ds:XPath></ds:Transform>' + exclusive),
        "enveloped-with": shape(transforms=enveloped.replace("/>", ">x</ds:Transform>")
                                + exclusive),
        "exclusive-with": shape(transforms=enveloped + exclusive.replace(
            "/>", "><ds:XPath>1</ds:XPath></ds:Transform>")),
        "prefixes-with": shape(transforms=enveloped + exclusive.replace(
            "/>", f'><e:InclusiveNamespaces xmlns:e="{EXC}"><e:x/></e:InclusiveNamespaces>'
            "</ds:Transform>")),
        "prefixes-many": shape(c14n=f'<ds:CanonicalizationMethod Algorithm="{EXC}">'
                               f'<e:InclusiveNamespaces xmlns:e="{EXC}" PrefixList="'
                               f'{"a " * 600}"/></ds:CanonicalizationMethod>'),
        "c14n-inclusive": shape(c14n=f'<ds:CanonicalizationMethod Algorithm="{C14N}"/>'),
        "no-c14n": shape(c14n=""), "method-with": shape(inside="<ds:HMACOutputLength>8"
                                                        "</ds:HMACOutputLength>"),
        "no-signed-info": remove(".//d:SignedInfo"), "no-value": remove(".//d:SignatureValue"),
        "no-reference": remove(".//d:Reference"), "no-transforms": remove(".//d:Transforms"),
        "no-digest-method": remove(".//d:DigestMethod"),
        "no-digest-value": remove(".//d:DigestValue"),
        "no-signature-method": remove(".//d:SignatureMethod"),
        "no-issuer": remove("s:Issuer"),
        "value-not-base64": saying(".//d:SignatureValue", "!"),
        "digest-not-base64": saying(".//d:DigestValue", "!"),
        "digest-method-with": changed(lambda n: etree.SubElement(
            of(".//d:DigestMethod")(n), "x") is None),
    }


def bad() -> dict[str, bytes]:
    many = "".join(attribute("urn:x", "y" * 60000) for _ in range(3))
    return {
        "unsigned": envelope(assertion()), "empty": envelope(),
        "encrypted": envelope(f'<x:EncryptedAssertion xmlns:x="{SAML}"/>'),
        "encrypted-data": envelope(f'<x:EncryptedData xmlns:x="{ENC}"/>'),
        "saml-1": envelope('<x:Assertion xmlns:x="urn:oasis:names:tc:SAML:1.0:assertion"/>'),
        "large": signed(statements=statement(many)),
        "many": envelope(sign(assertion()), f'<x xmlns="urn:x">{"<y/>" * 4096}</x>'),
        "no-id": signed(id=""), "id-number": signed(id="1a"), "id-space": signed(id="a b"),
        "id-long": signed(id="a" * 129), "id-kana": signed(id="あ"),
        "sha1": envelope(sign(assertion(), method=DS + "rsa-sha1", digest=hashes.SHA1())),
        "sha1-digest": envelope(sign(assertion(), digest_method=DS + "sha1", digester="sha1")),
        "hmac": envelope(sign(assertion(), method=DS + "hmac-sha1")),
        "no-algorithm": envelope(sign(assertion(), method="")),
        "issuer-other": signed(issuer="<saml2:Issuer>https://evil.example/</saml2:Issuer>"),
        "issuer-comment": comment("s:Issuer"),
        "key-other": envelope(sign(assertion(), OTHER)),
        "key-weak": envelope(sign(assertion(), WEAK)),
        "key-value": envelope(sign(assertion(), OTHER, after="<ds:KeyInfo><ds:KeyValue>"
                                   "<ds:RSAKeyValue/></ds:KeyValue></ds:KeyInfo>")),
        "changed-role": setting(".//s:AttributeStatement", "x", "y"),
        "changed-name": saying(".//s:NameID", "admin"),
        "changed-digest": saying(".//d:DigestValue", "AAAA"),
        "relative-namespace": changed(lambda n: n.append(etree.fromstring('<p xmlns="r/n"/>'))),
        "version": signed(version=' Version="1.1"'), "no-version": signed(version=""),
        "no-conditions": signed(conditions=""),
        "two-conditions": signed(authn=STANDARD["authn"] + "<saml2:Conditions/>"),
        "no-begin": signed(times='NotOnOrAfter="2026-01-15T00:33:00Z"'),
        "no-end": signed(times='NotBefore="2026-01-15T00:28:00Z"'),
        "no-zone": signed(times=times("2026-01-15T00:28:00Z", "2026-01-15T00:33:00.00")),
        "no-time": signed(times=times("2026-01-15T00:28:00Z", "2026-02-30T00:33:00Z")),
        "midnight-24": signed(times=times("2026-01-14T24:00:00Z", "2026-01-15T00:33:00Z")),
        "early": signed(times=times("2026-01-15T00:31:01Z", "2026-01-15T00:33:00Z")),
        "expired": signed(times=times("2026-01-15T00:20:00Z", "2026-01-15T00:29:00Z")),
        "long": signed(times=times("2026-01-15T00:20:00Z", "2026-01-15T00:35:00.000001Z")),
        "backwards": signed(times=times("2026-01-15T00:30:10Z", "2026-01-15T00:30:00Z")),
        "no-audience": signed(audiences=""), "audience-other": signed(audiences=audience("urn:x")),
        "audience-and": signed(audiences=audience(US) + audience("urn:x")),
        "audience-empty": signed(audiences=audience()),
        "no-subject": signed(subject=""), "no-name": signed(name=""),
        "empty-name": signed(name="<saml2:NameID> </saml2:NameID>"),
        "two-subjects": signed(authn=STANDARD["authn"] + "<saml2:Subject/>"),
        "no-confirmation": signed(confirmation=""),
        "no-method": signed(confirmation="<saml2:SubjectConfirmation/>"),
        "other-method": signed(confirmation='<saml2:SubjectConfirmation Method="urn:x"/>'),
        "sender-vouches": signed(confirmation=bearer().replace("bearer", "sender-vouches")),
        "data-ended": signed(confirmation=bearer(data(NotOnOrAfter="2026-01-15T00:29:00Z"))),
        "data-early": signed(confirmation=bearer(data(NotBefore="2026-01-15T00:31:01Z"))),
        "data-no-time": signed(confirmation=bearer(data(NotBefore="now"))),
        "data-no-end": signed(confirmation=bearer(data(NotOnOrAfter="now"))),
        "recipient": signed(confirmation=bearer(data(Recipient="https://other.example/"))),
        "address": signed(confirmation=bearer(data(Address="192.0.2.9"))),
        "holder-other": signed(confirmation=holder("AAAA")),
        "holder-not-base64": signed(confirmation=holder("!")),
        "holder-nobody": signed(confirmation=bearer(data()).replace("bearer", "holder-of-key")),
        "no-authn": signed(authn=""),
        "authn-no-instant": signed(authn=STANDARD["authn"].replace("AuthnInstant", "x")),
        "authn-future": signed(authn=STANDARD["authn"].replace("00:28:00", "00:31:01")),
        "session-ended": signed(authn=STANDARD["authn"].replace(
            "AuthnInstant", 'SessionNotOnOrAfter="2026-01-15T00:29:00Z" AuthnInstant')),
        "no-context": signed(authn='<saml2:AuthnStatement AuthnInstant="2026-01-15T00:28:00Z"/>'),
        "comment-name": comment(".//s:NameID"),
        "comment-value": comment(".//s:AttributeValue"),
        "name-with": signed(name="<saml2:NameID>a<x/></saml2:NameID>"),
        "role-text": statements(ORGANIZATION, attribute(XACML + "subject:role", "doctor")),
        "role-no-system": statements(ORGANIZATION, attribute(
            XACML + "subject:role", '<Role xmlns="urn:hl7-org:v3" code="1"/>')),
        "provider-no-root": statements(ORGANIZATION, attribute(
            "urn:ihe:iti:xua:2017:subject:provider-identifier",
            '<id xmlns="urn:hl7-org:v3" extension="D-7"/>')),
        "provider-no-extension": statements(ORGANIZATION, attribute(
            "urn:ihe:iti:xua:2017:subject:provider-identifier",
            '<id xmlns="urn:hl7-org:v3" root="2.999.8"/>')),
        "two-organizations": statements(ORGANIZATION, attribute(
            XSPA + "organization-id", "urn:oid:2.999.1.201")),
        "two-patients": statements(ORGANIZATION, attribute(
            XACML + "resource:resource-id", "1^^^&amp;2.999&amp;ISO", "2^^^&amp;2.999&amp;ISO")),
        "two-homes": statements(ORGANIZATION, attribute(
            "urn:ihe:iti:xca:2010:homeCommunityId", "urn:oid:2.999.1", "urn:oid:2.999.2")),
        "audience-comment": comment(".//s:Audience"),
        "value-empty": saying(".//d:SignatureValue", " "),
        "holder-ended": signed(confirmation=holder().replace(
            "<saml2:SubjectConfirmationData>",
            '<saml2:SubjectConfirmationData NotOnOrAfter="2026-01-15T00:29:00Z">')),
        "organization-with": statements(attribute(XSPA + "organization-id", "<x/>")),
        "home-with": statements(ORGANIZATION, attribute(
            "urn:ihe:iti:xca:2010:homeCommunityId", "<x/>")),
        "patient-with": statements(ORGANIZATION, attribute(
            XACML + "resource:resource-id", "<x/>")),
    }


def main(directory: str) -> None:
    os.makedirs(directory, exist_ok=True)
    for kept in os.listdir(directory):
        os.remove(os.path.join(directory, kept))
    for name, certificate in CERTIFICATES.items():
        with open(os.path.join(directory, f"{name}.pem"), "wb") as out:
            out.write(certificate.public_bytes(serialization.Encoding.PEM))
    for name, octets in {**good(), **wrapped(), **misshapen(), **bad()}.items():
        with open(os.path.join(directory, f"{name}.xml"), "wb") as out:
            out.write(octets)


if __name__ == "__main__":
    main(sys.argv[1])
