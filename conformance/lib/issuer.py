"""An issuer of SAML 2.0 assertions (X-Assertion Provider, ITI TF-2: 3.40), with a key of its own.

Signed by openssl, canonicalised by lxml: nothing here is the gateway's."""
from __future__ import annotations

import base64
import datetime
import hashlib
import os
import subprocess
import uuid

from lxml import etree

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
XSPA = "urn:oasis:names:tc:xspa:1.0:subject:"
XACML = "urn:oasis:names:tc:xacml:2.0:"
CM = "urn:oasis:names:tc:SAML:2.0:cm:"
SIGNATURE = (
    '<ds:Signature xmlns:ds="{ds}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{exc}"/>'
    '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>'
    '<ds:Reference URI="#{id}"><ds:Transforms><ds:Transform Algorithm="{ds}enveloped-signature"/>'
    '<ds:Transform Algorithm="{exc}"/></ds:Transforms><ds:DigestMethod '
    'Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>{digest}'
    "</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>")


def xml_time(seconds: float) -> str:
    """So many seconds from now."""
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def attribute(name: str, value: str) -> str:
    return (f'<saml2:Attribute Name="{name}"><saml2:AttributeValue>{value}'
            "</saml2:AttributeValue></saml2:Attribute>") if value else ""


def coded(element: str, code: str, system: str) -> str:
    return f'<{element} xmlns="urn:hl7-org:v3" code="{code}" codeSystem="{system}"/>'


class Issuer:
    """With the certificate certificate.pem in that directory."""

    def __init__(self, directory: str, entity_id: str, name: str = "issuer") -> None:
        self.entity_id = entity_id
        self.key = os.path.join(directory, f"{name}.key")
        self.certificate = os.path.join(directory, f"{name}.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                        self.key, "-subj", f"/CN={name}", "-days", "30", "-out",
                        self.certificate], check=True, capture_output=True)

    def sign(self, node: etree._Element) -> None:
        digest = base64.b64encode(hashlib.sha256(
            etree.tostring(node, method="c14n", exclusive=True)).digest()).decode()
        signature = etree.fromstring(SIGNATURE.format(ds=DS, exc=EXC, id=node.get("ID"),
                                                      digest=digest))
        octets = etree.tostring(signature[0], method="c14n", exclusive=True)
        done = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=octets,
                              check=True, capture_output=True)
        signature[1].text = base64.b64encode(done.stdout).decode()
        node.insert(1, signature)

    def token(self, **said: str) -> str:
        """A Security header. reason: in the attribute reason_name; patient: a CX; purpose: of HL7
        ActReason; method: bearer or holder-of-key (of the certificate in PEM file holder)."""
        now = {"begin": -60.0, "end": 240.0}
        now.update({key: float(said[key]) for key in now if key in said})
        method, inside = said.get("method", "bearer"), ""
        if "holder" in said:
            done = subprocess.run(["openssl", "x509", "-in", said["holder"], "-outform", "DER"],
                                  check=True, capture_output=True)
            der = base64.b64encode(done.stdout).decode()
            inside = (f'<saml2:SubjectConfirmationData><ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data>'
                      f"<ds:X509Certificate>{der}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
                      "</saml2:SubjectConfirmationData>")
        patient = said.get("patient", "").replace("&", "&amp;")
        node = etree.fromstring(
            f'<saml2:Assertion xmlns:saml2="{SAML}" ID="_{uuid.uuid4().hex}" Version="2.0" '
            f'IssueInstant="{xml_time(0)}"><saml2:Issuer>{said.get("issuer", self.entity_id)}'
            f'</saml2:Issuer><saml2:Subject><saml2:NameID>{said.get("user", "dr.hyoji")}'
            f'</saml2:NameID><saml2:SubjectConfirmation Method="{CM}{method}">{inside}'
            "</saml2:SubjectConfirmation></saml2:Subject>"
            f'<saml2:Conditions NotBefore="{xml_time(now["begin"])}" '
            f'NotOnOrAfter="{xml_time(now["end"])}">{said.get("condition", "")}'
            "<saml2:AudienceRestriction><saml2:Audience>"
            f'{said.get("audience", "urn:oid:2.999.1")}</saml2:Audience>'
            "</saml2:AudienceRestriction></saml2:Conditions>"
            f'<saml2:AuthnStatement AuthnInstant="{xml_time(-60)}"><saml2:AuthnContext>'
            "<saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"
            "</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>"
            "<saml2:AttributeStatement>"
            + attribute(XSPA + "subject-id", said.get("display", "表示 太郎"))
            + attribute(XSPA + "organization-id", said.get("organization", "urn:oid:2.999.1.200"))
            + attribute(XACML + "subject:role",
                        coded("Role", said.get("role", "112247003"),
                              said.get("role_system", "2.16.840.1.113883.6.96")))
            + attribute(XSPA + "purposeofuse", coded(
                "PurposeOfUse", said.get("purpose", "TREAT"), "2.16.840.1.113883.5.8"))
            + attribute(XACML + "resource:resource-id", patient)
            + attribute(said.get("reason_name", ""), said.get("reason", ""))
            + "</saml2:AttributeStatement></saml2:Assertion>")
        self.sign(node)
        text = etree.tostring(node).decode()
        return (f'<wsse:Security xmlns:wsse="{WSSE}" s:mustUnderstand="true">{text}'
                "</wsse:Security>")
