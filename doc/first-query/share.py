#!/usr/bin/python3
"""Share a document and fetch it again, with nothing but Python's own library.

    python3 doc/first-query/share.py REGION FILE

B診療所 shares FILE as a text of its patient 031 (ITI-41, MTOM/XOP) in the region that
`minato init --demo REGION` has made; A病院 fetches it (ITI-43), and what it got is printed.
The envelopes are those beside this file, under ids of their own.
"""
import email
import email.policy
import http.client
import os
import re
import ssl
import sys
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
SOAP = "application/soap+xml; charset=UTF-8"
MTOM = ('multipart/related; type="application/xop+xml"; start="<envelope@b-clinic>"; '
        'start-info="application/soap+xml"; boundary=minato')


def own(name: str) -> bytes:
    with open(os.path.join(HERE, name), "rb") as file:
        return file.read()


def ask(region: str, system: str, content_type: str, body: bytes) -> email.message.Message:
    """What the repository answers to that system: a MIME message of envelope and documents."""
    context = ssl.create_default_context(cafile=os.path.join(region, "pki", "ca.pem"))
    context.load_cert_chain(os.path.join(region, "pki", "clients", f"{system}.pem"))
    with open(os.path.join(region, "minato.conf"), encoding="utf-8") as conf:
        port = int(re.search(r'(?s)https \{.*?port = "(\d+)"', conf.read())[1])
    door = http.client.HTTPSConnection("localhost", port, context=context)
    door.request("POST", "/xds/repository", body, {"Content-Type": content_type})
    answer = door.getresponse()
    head = f"Content-Type: {answer.headers['Content-Type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + answer.read(), policy=email.policy.HTTP)
    parts = list(message.iter_parts()) or [message]
    envelope = parts[0].get_payload(decode=True).decode()
    if "ResponseStatusType:Success" not in envelope:
        raise SystemExit(f"{answer.status}: {envelope}")
    return message


def main() -> int:
    region, path = sys.argv[1:]
    with open(path, "rb") as file:
        text = file.read()
    document, submission = (f"2.25.{uuid.uuid4().int}" for _ in range(2))
    envelope = own("4-share.mime").replace(b"2.999.30.5.2", document.encode()).replace(
        b"2.999.30.5.1", submission.encode()).replace(
        b"6f5d2a51-54c2-4b5e-9a1e-000000000004", str(uuid.uuid4()).encode())
    # The document's octets stand between the head of its part and the last boundary.
    head = envelope.index(b"\r\n\r\n", envelope.index(b"Content-ID: <document@b-clinic>")) + 4
    ask(region, "b-clinic", MTOM, envelope[:head] + text + b"\r\n--minato--\r\n")
    question = own("5-retrieve.xml").replace(b"2.999.30.5.2", document.encode())
    _, fetched = ask(region, "a-hospital", SOAP, question).iter_parts()
    octets = fetched.get_payload(decode=True)
    sys.stdout.buffer.write(octets)
    return 0 if octets == text else 1


if __name__ == "__main__":
    sys.exit(main())
