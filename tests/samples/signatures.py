#!/usr/bin/python3
"""tests/samples/signatures.py DIR: signatures over documents (DSG), valid ones and each broken way.

Writes what tests/cases/signature holds. Keys are drawn anew, so all of it changes when it is
run: run it when a case is added, and commit what it wrote. Needs python3-cryptography and
python3-lxml; the tests need neither. Certificates hold at fixed dates, and nothing is signed
later than 2026-01-10. Persons and numbers are made up; OIDs are of the arc 2.999.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import os
import sys
from dataclasses import dataclass, field
from typing import Any, Callable

from cryptography import x509
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID
from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
XA = "http://uri.etsi.org/01903/v1.3.2#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
ENC = "http://www.w3.org/2001/04/xmlenc#"
C14N11C = "http://www.w3.org/2006/12/xml-c14n11#WithComments"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
SIGD = "http://uri.etsi.org/19182/"
LETTER = {"2.999.30.1": "退院時要約: 表 示男\n".encode(), "2.999.30.2": b"laboratory report\n"}
SET = "2.999.30.9"
# As conformance/lib/message.py makes so many octets.
LARGE = {"2.999.30.3": bytes(index * 7 % 256 for index in range(200000))}


def day(year: int, month: int = 1) -> datetime.datetime:
    return datetime.datetime(year, month, 1, tzinfo=datetime.timezone.utc)


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def url64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
                      x509.NameAttribute(NameOID.ORGANIZATION_NAME, "示病院"),
                      x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass
class Party:
    """A key and its certificate."""
    key: Any
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)


def party(who: str, issuer: Party | None = None, *, key: Any = None, since: int = 2025,
          until: int = 2035, authority: bool = False, signs: bool = True) -> Party:
    """Issued by itself without an issuer."""
    key = key or rsa.generate_private_key(65537, 2048)
    usage = x509.KeyUsage(digital_signature=signs, content_commitment=signs,
                          key_encipherment=not signs and not authority,
                          data_encipherment=False, key_agreement=False,
                          key_cert_sign=authority, crl_sign=authority, encipher_only=False,
                          decipher_only=False)
    made = (x509.CertificateBuilder().subject_name(name(who))
            .issuer_name(issuer.certificate.subject if issuer else name(who))
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(day(since)).not_valid_after(day(until))
            .add_extension(x509.BasicConstraints(authority, None), True)
            .add_extension(usage, True)
            .sign(issuer.key if issuer else key, hashes.SHA256()))
    return Party(key, made)


def signed(key: Any, octets: bytes, digest: hashes.HashAlgorithm, pss: bool = False) -> bytes:
    """As XML Signature and JWS have it: of a curve r and s, one behind the other."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        size = (key.curve.key_size + 7) // 8
        r, s = decode_dss_signature(key.sign(octets, ec.ECDSA(digest)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    how = padding.PSS(padding.MGF1(digest), digest.digest_size) if pss else padding.PKCS1v15()
    return key.sign(octets, how, digest)


def element(parent: Any, space: str, local: str, text: str | None = None,
            **attributes: str) -> Any:
    made = etree.SubElement(parent, f"{{{space}}}{local}", attributes)
    made.text = text
    return made


def canonical(node: Any, exclusive: bool = False, comments: bool = False) -> bytes:
    """In its place, with what it inherits. Without xml: attributes 1.1 says what 1.0 does."""
    text = etree.tostring(node, method="c14n", exclusive=exclusive, with_comments=comments)
    tail = node.tail.encode() if node.tail else b""
    return text[:-len(tail)] if tail and text.endswith(tail) else text


@dataclass
class Xades:
    """One signature, as it is to be made; each case changes a little of it."""
    signer: Party
    documents: dict[str, bytes] = field(default_factory=lambda: dict(LETTER))
    chain: tuple[Party, ...] = ()
    time: str | None = "2026-01-10T09:00:00Z"
    method: str = MORE + "rsa-sha256"
    digest: str = ENC + "sha256"
    canonicalization: str = C14N11C
    named: Party | None = None  # whom SigningCertificate names; else the signer
    names: bool = True
    mark: str = "urn:oid:"
    enclosed: bytes | None = None
    covered: bool = True  # a Reference to SignedProperties
    submission_set: bool = False
    manifest: bool = False
    transforms: tuple[str, ...] = ()
    extra: int = 0

    def hash(self, octets: bytes) -> bytes:
        return hashlib.new("sha1" if self.digest.endswith("sha1") else "sha256", octets).digest()

    def reference(self, parent: Any, uri: str, value: str, kind: str | None = None,
                  transforms: tuple[str, ...] = ()) -> None:
        ref = element(parent, DS, "Reference", URI=uri, **({"Type": kind} if kind else {}))
        if transforms:
            inner = element(ref, DS, "Transforms")
            for each in transforms:
                element(inner, DS, "Transform", Algorithm=each)
        element(ref, DS, "DigestMethod", Algorithm=self.digest)
        element(ref, DS, "DigestValue", value)

    def properties(self, root: Any) -> Any:
        holder = element(root, DS, "Object")
        qualifying = element(holder, XA, "QualifyingProperties", Target="#signature")
        made = element(qualifying, XA, "SignedProperties", Id="properties")
        own = element(made, XA, "SignedSignatureProperties")
        if self.time:
            element(own, XA, "SigningTime", self.time)
        if self.names:
            cert = element(element(own, XA, "SigningCertificate"), XA, "Cert")
            digest = element(cert, XA, "CertDigest")
            element(digest, DS, "DigestMethod", Algorithm=ENC + "sha256")
            whom = self.named or self.signer
            element(digest, DS, "DigestValue", b64(hashlib.sha256(whom.der).digest()))
        roles = element(element(own, XA, "SignerRole"), XA, "ClaimedRoles")
        element(roles, XA, "ClaimedRole", "Medical Doctor")
        data = element(made, XA, "SignedDataObjectProperties")
        commitment = element(element(data, XA, "CommitmentTypeIndication"), XA, "CommitmentTypeId")
        element(commitment, XA, "Identifier", "urn:oid:1.2.840.10065.1.12.1.1")
        return made

    def references(self, info: Any, root: Any) -> None:
        where = info
        if self.manifest:
            where = element(element(root, DS, "Object"), DS, "Manifest", Id="manifest")
        for uid, octets in self.documents.items():
            self.reference(where, self.mark + uid, b64(self.hash(octets)),
                           transforms=self.transforms)
        for number in range(self.extra):
            self.reference(where, f"urn:oid:2.999.31.{number}", b64(self.hash(b"")))
        if self.submission_set:
            self.reference(where, "urn:oid:" + SET, "0")
        if self.manifest:
            self.reference(info, "#manifest", b64(self.hash(canonical(where))), DS + "Manifest")

    def make(self, then: Callable[[Any], None] | None = None) -> bytes:
        """then: what is done to it before it is signed."""
        root = etree.Element(f"{{{DS}}}Signature", {"Id": "signature"},
                             nsmap={"ds": DS, "xades": XA})
        info = element(root, DS, "SignedInfo")
        value = element(root, DS, "SignatureValue")
        keys = element(element(root, DS, "KeyInfo"), DS, "X509Data")
        for each in (self.signer, *self.chain):
            element(keys, DS, "X509Certificate", b64(each.der))
        properties = self.properties(root)
        element(info, DS, "CanonicalizationMethod", Algorithm=self.canonicalization)
        element(info, DS, "SignatureMethod", Algorithm=self.method)
        self.references(info, root)
        if self.enclosed is not None:
            inner = element(root, DS, "Object", b64(self.enclosed), Id="document",
                            Encoding=DS + "base64")
            self.reference(info, "#document", b64(self.hash(self.enclosed)),
                           transforms=(DS + "base64",))
            assert inner.text
        if self.covered:
            self.reference(info, "#properties", b64(self.hash(canonical(properties))),
                           "http://uri.etsi.org/01903#SignedProperties")
        if then:
            then(root)
        digest = hashes.SHA1() if self.method.endswith("sha1") else hashes.SHA256()
        octets = canonical(info, self.canonicalization.startswith(EXC),
                           self.canonicalization.endswith("WithComments"))
        value.text = b64(signed(self.signer.key, octets, digest))
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def jades(signer: Party, *, alg: str = "RS256", documents: dict[str, bytes] | None = None,
          hashed: bool = True, header: dict[str, Any] | None = None, key: bytes | None = None,
          payload: bytes | None = None, beside: dict[str, Any] | None = None,
          plain: bool = False) -> bytes:
    """A flattened JWS. key: of a MAC; plain: b64 is false."""
    documents = dict(LETTER) if documents is None else documents
    bare = [each if plain else url64(each).encode() for each in documents.values()]
    names = ["urn:oid:" + each for each in documents]
    protected: dict[str, Any] = {
        "alg": alg, "x5c": [b64(signer.der)], "sigT": "2026-01-10T09:00:00Z",
        "x5t#S256": url64(hashlib.sha256(signer.der).digest()),
        "srCms": [{"commId": {"id": "urn:oid:1.2.840.10065.1.12.1.1"}}],
    }
    if payload is None:
        protected["sigD"] = {
            "mId": SIGD + ("ObjectIdByURIHash" if hashed else "ObjectIdByURI"),
            "pars": names, "ctys": ["text/plain"] * len(names)}
        if hashed:
            protected["sigD"] |= {"hashM": "S256", "hashV": [
                url64(hashlib.sha256(each).digest()) for each in bare]}
        protected["crit"] = ["sigD", "b64"] if plain else ["sigD"]
        if plain:
            protected["b64"] = False
    protected |= header or {}
    head = url64(json.dumps(protected).encode()).encode()
    body = url64(payload).encode() if payload is not None else b"" if hashed else b"".join(bare)
    octets = head + b"." + body
    if alg == "none":
        value = b""
    elif key is not None:
        mac = hmac.HMAC(key, hashes.SHA256())
        mac.update(octets)
        value = mac.finalize()
    else:
        digest = hashes.SHA384() if alg.endswith("384") else hashes.SHA256()
        value = signed(signer.key, octets, digest, alg.startswith("PS"))
    made: dict[str, Any] = {"protected": head.decode(), "signature": url64(value)}
    if payload is not None:
        made["payload"] = body.decode()
    if beside is not None:
        made["header"] = beside
    return json.dumps(made, indent=1).encode() + b"\n"


def revoked(authority: Party, whom: Party, since: datetime.datetime) -> bytes:
    row = (x509.RevokedCertificateBuilder().serial_number(whom.certificate.serial_number)
           .revocation_date(since).build())
    return (x509.CertificateRevocationListBuilder()
            .issuer_name(authority.certificate.subject).last_update(day(2025, 12))
            .next_update(day(2035)).add_revoked_certificate(row)
            .sign(authority.key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM))


def pem(*parties: Party) -> bytes:
    return b"".join(each.certificate.public_bytes(serialization.Encoding.PEM) for each in parties)


# ---- What is done to a signature before or after it is signed ----

def value_of(root: Any, uri: str, text: str) -> None:
    root.xpath(f"//*[local-name()='Reference'][@URI='{uri}']/*[local-name()='DigestValue']"
               )[0].text = text


def altered(made: bytes, change: Callable[[Any], Any]) -> bytes:
    root = etree.fromstring(made)
    other = change(root)
    return etree.tostring(root if other is None else other, xml_declaration=True,
                          encoding="UTF-8")


def wrap(root: Any) -> Any:
    """The whole signature in another one, whose documents are others."""
    outer = etree.fromstring(etree.tostring(root))
    value_of(outer, "urn:oid:2.999.30.1", b64(hashlib.sha256(b"forged").digest()))
    holder = element(outer, DS, "Object")
    holder.append(root)
    return outer


def move_properties(root: Any) -> None:
    """What was signed is moved aside, others stand in its place under another Id."""
    real = root.find(f".//{{{XA}}}SignedProperties")
    forged = etree.fromstring(etree.tostring(real))
    forged.set("Id", "forged")
    forged.find(f".//{{{XA}}}SigningTime").text = "2025-06-01T09:00:00Z"
    qualifying = real.getparent()
    qualifying.replace(real, forged)
    element(root, DS, "Object").append(real)


def same_id(root: Any) -> None:
    element(root, DS, "Object", "<forged/>", Id="properties")


def extra_reference(root: Any) -> None:
    info = root.find(f"{{{DS}}}SignedInfo")
    ref = element(info, DS, "Reference", URI="urn:oid:2.999.30.7")
    element(ref, DS, "DigestMethod", Algorithm=ENC + "sha256")
    element(ref, DS, "DigestValue", b64(hashlib.sha256(b"more").digest()))


def key_value(other: Party) -> Callable[[Any], None]:
    """A KeyValue beside the certificate: 1.2 of libxmlsec1 believes it."""
    def put(root: Any) -> None:
        numbers = other.key.public_key().public_numbers()
        keys = root.find(f"{{{DS}}}KeyInfo")
        value = element(keys, DS, "KeyValue")
        keys.insert(0, value)
        inner = element(value, DS, "RSAKeyValue")
        element(inner, DS, "Modulus", b64(numbers.n.to_bytes(256, "big")))
        element(inner, DS, "Exponent", b64(numbers.e.to_bytes(3, "big")))
    return put


def mac_instead(signer: Party) -> bytes:
    """The public key, which everybody has, as the secret of a MAC."""
    def change(root: Any) -> None:
        info = root.find(f"{{{DS}}}SignedInfo")
        info.find(f"{{{DS}}}SignatureMethod").set("Algorithm", MORE + "hmac-sha256")
        secret = signer.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        mac = hmac.HMAC(secret, hashes.SHA256())
        mac.update(canonical(info, comments=True))
        root.find(f"{{{DS}}}SignatureValue").text = b64(mac.finalize())
    return altered(Xades(signer).make(), change)


def xades_files(ca: Party, signer: Party, curve: Party, other: Party) -> dict[str, bytes]:
    good = Xades(signer).make()
    later = Xades(party("Expired", ca, since=2020, until=2022), time="2021-06-01T09:00:00+09:00")
    between = party("Between", ca, authority=True)
    forged = dict(LETTER) | {"2.999.30.1": b"forged"}
    weak = party("Weak", ca, key=rsa.generate_private_key(65537, 1024))
    return {
        "valid.xml": good,
        "valid-ecdsa.xml": Xades(curve, method=MORE + "ecdsa-sha256").make(),
        "valid-c14n.xml": Xades(signer, canonicalization=C14N).make(),
        "valid-exclusive.xml": Xades(signer, canonicalization=EXC).make(),
        "valid-manifest.xml": Xades(signer, manifest=True).make(),
        "valid-plain-oid.xml": Xades(signer, mark="").make(),
        "valid-one.xml": Xades(signer, {"2.999.30.1": LETTER["2.999.30.1"]}).make(),
        "valid-between.xml": Xades(party("Below", between), chain=(between,)).make(),
        "valid-no-time.xml": Xades(signer, time=None).make(),
        "valid-enveloping.xml": Xades(signer, {}, enclosed=LETTER["2.999.30.1"]).make(),
        "valid-set.xml": Xades(signer, submission_set=True).make(),
        "changed.xml": Xades(signer, forged).make(),
        "changed-after.xml": altered(good, lambda r: value_of(
            r, "urn:oid:2.999.30.1", b64(hashlib.sha256(b"forged").digest()))),
        "changed-time.xml": good.replace(b"2026-01-10T09", b"2026-01-09T09"),
        "changed-role.xml": good.replace(b"Medical Doctor", b"Pharmacist    "),
        "wrong-key.xml": Xades(Party(other.key, signer.certificate)).make(),
        "key-value.xml": Xades(Party(other.key, signer.certificate)).make(key_value(other)),
        "other-certificate.xml": Xades(signer, named=other).make(),
        "no-certificate.xml": altered(good, lambda r: r.remove(r.find(f"{{{DS}}}KeyInfo"))),
        "names-no-certificate.xml": Xades(signer, names=False).make(),
        "wrapped.xml": altered(good, wrap),
        "wrapped-in-object.xml": b"<a>" + good.split(b"?>", 1)[1] + b"</a>",
        "moved-properties.xml": altered(good, move_properties),
        "same-id.xml": altered(good, same_id),
        "extra-reference.xml": altered(good, extra_reference),
        "properties-unsigned.xml": Xades(signer, covered=False).make(),
        "signs-nothing.xml": Xades(signer, {}).make(),
        "hmac.xml": mac_instead(signer),
        "xslt.xml": Xades(signer, transforms=(
            "http://www.w3.org/TR/1999/REC-xslt-19991116",)).make(),
        "enveloped.xml": Xades(signer, {}).make(lambda r: Xades(signer).reference(
            r.find(f"{{{DS}}}SignedInfo"), "", "AAAA", transforms=(DS + "enveloped-signature",))),
        "external.xml": Xades(signer, {"file:///etc/passwd": b""}, mark="").make(),
        "twice.xml": Xades(signer).make(lambda r: Xades(signer).reference(
            r.find(f"{{{DS}}}SignedInfo"), "2.999.30.1", "AAAA")),
        "entity.xml": Xades(signer, {"2.999.30.1&": LETTER["2.999.30.1"]}).make(),
        "not-base64.xml": Xades(signer, {}, enclosed=LETTER["2.999.30.1"]).make().replace(
            b'base64">6', b'base64">.'),
        "large.xml": Xades(signer, dict(LARGE)).make(),
        "sha1.xml": Xades(signer, digest=DS + "sha1", method=DS + "rsa-sha1").make(),
        "weak-key.xml": Xades(weak).make(),
        "huge.xml": Xades(signer, extra=255).make(),
        "many.xml": Xades(signer, extra=250).make(),
        "doctype.xml": good.replace(b"?>", b"?>\n<!DOCTYPE a [<!ENTITY e 'x'>]>", 1),
        "comment.xml": altered(good, lambda r: r.find(f".//{{{XA}}}SigningTime").append(
            etree.Comment("x"))),
        "cut.xml": good[:len(good) // 2],
        "no-signature.xml": b"<ClinicalDocument xmlns='urn:hl7-org:v3'/>\n",
        "expired.xml": later.make(),
        "outside-time.xml": Xades(later.signer, time="2023-01-01T09:00:00Z").make(),
        "ahead.xml": Xades(signer, time="2026-02-01T09:00:00Z").make(),
        "bad-time.xml": Xades(signer, time="yesterday").make(),
        "unknown-issuer.xml": Xades(party("Stranger", party("Strange CA", authority=True))).make(),
        "self-signed.xml": Xades(party("Nobody")).make(),
        "not-for-signing.xml": Xades(party("Server", ca, signs=False)).make(),
    }


def jades_files(signer: Party, curve: Party, other: Party) -> dict[str, bytes]:
    public = signer.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    good = jades(signer)
    two = json.loads(good)
    general = {"signatures": [two]}
    return {
        "valid.json": good,
        "valid-general.json": json.dumps(general).encode(),
        "valid-ps256.json": jades(signer, alg="PS256"),
        "valid-es256.json": jades(curve, alg="ES256"),
        "valid-stream.json": jades(signer, hashed=False),
        "valid-stream-plain.json": jades(signer, hashed=False, plain=True),
        "valid-plain.json": jades(signer, plain=True),
        "valid-payload.json": jades(signer, payload=b'{"resourceType": "Bundle"}'),
        "valid-etsiu.json": jades(signer, beside={"etsiU": []}),
        "valid-timestamp.json": jades(signer, beside={
            "etsiU": [{"sigTst": {"tstTokens": []}}]}),
        "large.json": jades(signer, hashed=False, documents=dict(LARGE)),
        "changed.json": jades(signer, documents=dict(LETTER) | {"2.999.30.2": b"forged"}),
        "changed-stream.json": jades(signer, hashed=False,
                                     documents=dict(LETTER) | {"2.999.30.2": b"forged"}),
        "wrong-key.json": jades(Party(other.key, signer.certificate)),
        "other-certificate.json": jades(signer, header={
            "x5t#S256": url64(hashlib.sha256(other.der).digest())}),
        "no-certificate.json": jades(signer, header={"x5c": []}),
        "none.json": jades(signer, alg="none"),
        "hs256.json": jades(signer, alg="HS256", key=public),
        "alg-beside.json": jades(signer, beside={"alg": "HS256"}),
        "wrong-kind.json": jades(curve, alg="ES256", header={"alg": "RS256"}),
        "crit.json": jades(signer, header={"crit": ["sigD", "exp"], "exp": 1}),
        "crit-empty.json": jades(signer, header={"crit": []}),
        "several.json": json.dumps({"signatures": [two, two]}).encode(),
        "twice.json": jades(signer, header={"sigD": {
            "mId": SIGD + "ObjectIdByURI", "pars": ["urn:oid:2.999.30.1", "2.999.30.1"]}}),
        "hash-missing.json": jades(signer, header={"sigD": {
            "mId": SIGD + "ObjectIdByURIHash", "pars": ["urn:oid:2.999.30.1"], "hashM": "S256",
            "hashV": []}}),
        "http-headers.json": jades(signer, header={"sigD": {"mId": SIGD + "HttpHeaders",
                                                            "pars": ["digest"]}}),
        "duplicate.json": good.replace(b'"signature"', b'"signature": "AAAA", "signature"', 1),
        "no-header.json": b'{"signature": "AAAA"}\n',
        "bad-time.json": jades(signer, header={"sigT": "today"}),
        "cut.json": good[:100],
    }


def main(directory: str) -> None:
    ca = party("Signature CA", authority=True, since=2020, until=2040)
    signer, other = party("表 示男", ca), party("裏 隠男", ca)
    curve = party("横 顔男", ca, key=ec.generate_private_key(ec.SECP256R1()))
    files = xades_files(ca, signer, curve, other) | jades_files(signer, curve, other) | {
        "anchors.pem": pem(ca),
        "others.pem": pem(party("Another CA", authority=True)),
        "revoked.pem": revoked(ca, signer, day(2025, 12)),
        "revoked-later.pem": revoked(ca, signer, datetime.datetime(
            2026, 1, 12, tzinfo=datetime.timezone.utc)),
        "revoked-another.pem": revoked(ca, other, day(2025, 12)),
        "2.999.30.1": LETTER["2.999.30.1"],
        "2.999.30.2": LETTER["2.999.30.2"],
    }
    os.makedirs(directory, exist_ok=True)
    for each, octets in files.items():
        with open(os.path.join(directory, each), "wb") as file:
            file.write(octets)
    print(f"{len(files)} files")


if __name__ == "__main__":
    main(sys.argv[1])
