"""One signature in JSON, verified by jwcrypto with the key of its own certificate: exit 0 when it
holds. Its payload is empty where the hashes of documents stand in the header."""
import base64
import json
import sys

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from jwcrypto import common, jwk, jws

with open(sys.argv[1], encoding="utf-8") as file:
    made = json.load(file)
head = made["protected"] + "=" * (-len(made["protected"]) % 4)
header = json.loads(base64.urlsafe_b64decode(head))
certificate = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
key = jwk.JWK.from_pem(certificate.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
SIGD = common.JWSEHeaderParameter("JAdES", True, True, None)
token = jws.JWS(header_registry={"sigD": SIGD})
token.allowed_algs = ["RS256", "PS256", "ES256"]
token.deserialize(json.dumps({"payload": "", **made}))
token.verify(key)
