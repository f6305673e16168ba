"""A facility that registers many documents, and asks for them."""
from __future__ import annotations

import base64
import os
import re
import socket
import time
import urllib.request
from typing import Callable, Iterator

from served import OIDS, TOP, Served
from lib import mtom, soap
from lib.transactions import by_action
from lib.wire import HttpClient, tls_context

AT_ONCE = 250
PATIENCE, LOOKS = 120.0, 0.05
XOP = "http://www.w3.org/2004/08/xop/include"
MIME = "application/soap+xml; charset=UTF-8"
PATIENT = f"S1^^^&amp;{OIDS['a-hospital']}&amp;ISO"
APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"


def becomes(holds: Callable[[], bool]) -> bool:
    """Whether it is so in the end."""
    until = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(LOOKS)
    return True


def filled(name: str, **values: str) -> str:
    """A message of the conformance cases: its values, their defaults, its optional lines."""
    with open(os.path.join(TOP, "conformance", "messages", name), encoding="utf-8") as file:
        lines = [re.sub(r"^\s*\?(!?)([a-z0-9\-]+) ", "", line) for line in file
                 if not (found := re.match(r"\s*\?(!?)([a-z0-9\-]+) ", line))
                 or (found[2] in values) != bool(found[1])]
    text = "".join(lines)
    for _ in range(2):
        text = re.sub(r"\$\{!?([a-z0-9\-]+)(?::-((?:[^{}]|\$\{[^{}]*\})*))?\}",
                      lambda f: values.get(f[1], f[2] or ""), text)
    return text


def document(number: int, octets: int) -> bytes:
    """What provide_many() provides."""
    return (f"document {number} " * (octets // 10)).encode()[:octets]


def retrieval(first: int, count: int) -> tuple[str, str, bytes]:
    """ITI-43 of what provide_many() provided: where it goes, its Content-Type, its octets."""
    asked = "".join(f"<x:DocumentRequest><x:RepositoryUniqueId>2.999.20</x:RepositoryUniqueId>"
                    f"<x:DocumentUniqueId>2.999.8.{number}</x:DocumentUniqueId>"
                    "</x:DocumentRequest>" for number in range(first, first + count))
    path, envelope = enveloped(filled("iti43.xml", objects=asked))
    return path, *mtom.build(envelope, [], "urn:ihe:iti:2007:RetrieveDocumentSet")


def enveloped(body: str) -> tuple[str, bytes]:
    """Where it goes, and in its envelope."""
    row = by_action(soap.action_of_body(soap.parse(body.encode())))
    assert row is not None
    return row.path, soap.envelope(body, row.action, f"https://localhost{row.path}").encode()


class Registry:
    """a-hospital, who registers and asks; of its patient S1."""

    def __init__(self, region: Served) -> None:
        target = region.target
        self.line = HttpClient(target.host, target.https_port,
                               tls_context(target.ca, target.certificate("a-hospital")))

    def ask(self, body: str, reply_to: str = soap.ANONYMOUS) -> str:
        path, envelope = enveloped(body)
        envelope = envelope.replace(soap.ANONYMOUS.encode(), reply_to.encode())
        return self.line.request("POST", path, {"Content-Type": MIME}, envelope).body.decode()

    def register(self, first: int, count: int) -> str:
        objects = filled("set.xml", id="ss", uid=f"2.999.7.{first}", patient=PATIENT)
        for number in range(first, first + count):
            objects += filled("entry.xml", id=f"d{number}", uid=f"2.999.8.{number}",
                              patient=PATIENT, size="5", repo="2.999.21",
                              hash="aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d")
            objects += filled("member.xml", id=f"m{number}", **{"from": "ss"}, to=f"d{number}")
        return self.ask(filled("iti42.xml", objects=objects))

    def provide(self, number: int, text: str | bytes, inbox: str | None = None,
                **entry: str) -> str:
        """One document of his, with its octets, to the repository or an inbox; entry: what its
        metadata say."""
        said = {"uid": f"2.999.8.{number}", "patient": PATIENT, **entry}
        objects = filled("set.xml", id="ss", uid=f"2.999.7.{number}", patient=said["patient"]) \
            + filled("entry.xml", id="d1", **said) \
            + filled("member.xml", id="m1", **{"from": "ss"}, to="d1")
        octets = text.encode() if isinstance(text, str) else text
        inline = base64.b64encode(octets).decode()
        path, envelope = enveloped(filled(
            "iti41.xml", objects=objects,
            documents=f'<x:Document id="d1">{inline}</x:Document>'))
        kind, body = mtom.build(envelope, [], "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b")
        path = path if inbox is None else f"/xdr/{inbox}"
        return self.line.request("POST", path, {"Content-Type": kind}, body).body.decode()

    def provide_many(self, first: int, count: int, octets: int) -> str:
        """So many documents in one message, each of so many octets, and each another."""
        objects = filled("set.xml", id="ss", uid=f"2.999.7.{first}", patient=PATIENT)
        documents, parts = "", []
        for number in range(first, first + count):
            objects += filled("entry.xml", id=f"d{number}", uid=f"2.999.8.{number}",
                              patient=PATIENT)
            objects += filled("member.xml", id=f"m{number}", **{"from": "ss"}, to=f"d{number}")
            documents += f'<x:Document id="d{number}"><xop:Include xmlns:xop="{XOP}" ' \
                f'href="cid:d{number}@here"/></x:Document>'
            parts.append((f"d{number}@here", "text/plain", document(number, octets)))
        path, envelope = enveloped(filled("iti41.xml", objects=objects, documents=documents))
        kind, body = mtom.build(envelope, parts, "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b")
        return self.line.request("POST", path, {"Content-Type": kind}, body).body.decode()

    def register_all(self, count: int) -> str:
        """As many as that; the first answer that is no success, or the last one."""
        answer = ""
        for first in range(1, count + 1, AT_ONCE):
            answer = self.register(first, min(AT_ONCE, count + 1 - first))
            if "ResponseStatusType:Success" not in answer:
                break
        return answer

    def query(self, how: str) -> str:
        """FindDocuments: every document of his."""
        with open(os.path.join(TOP, "doc", "first-query", "3-documents.xml"),
                  encoding="utf-8") as file:
            query = re.search(r"<q:AdhocQueryRequest.*</q:AdhocQueryRequest>", file.read(), re.S)
        assert query is not None
        return query[0].replace("031^^^&amp;" + OIDS["b-clinic"], "S1^^^&amp;"
                                + OIDS["a-hospital"]).replace('"LeafClass"', f'"{how}"')

    def find(self, how: str, reply_to: str = soap.ANONYMOUS) -> str:
        return self.ask(self.query(how), reply_to)


class Idle:
    """A client that asks for every document and does not read, until it is told to."""

    def __init__(self, region: Served, registry: Registry, how: str = "LeafClass",
                 holds: int = 4096, asks: tuple[str, str, bytes] | None = None) -> None:
        """holds: octets its side of the connection takes before it is told to; what is in no
        buffer is the gateway's. asks: something else: path, Content-Type, octets."""
        target = region.target
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, holds)
        plain.settimeout(PATIENCE)
        plain.connect((target.host, target.https_port))
        self.line = tls_context(target.ca, target.certificate("a-hospital")).wrap_socket(plain)
        if asks is None:
            path, body = enveloped(registry.query(how))
            asks = path, MIME, body
        path, kind, body = asks
        self.line.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
                          f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                          + body)

    def pieces(self) -> Iterator[bytes]:
        return iter(lambda: self.line.recv(1 << 16), b"")

    def read(self) -> tuple[int, str]:
        """The Content-Length it was told, and what came."""
        head, _, body = b"".join(self.pieces()).partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        return int(length[1]) if length else -1, body.decode()

    def close(self) -> None:
        self.line.close()


class Costs:
    """What the daemon tells of itself, and the system of it."""

    def __init__(self, region: Served) -> None:
        assert region.daemon is not None
        self.process = f"/proc/{region.daemon.pid}"
        self.url = f"http://{region.target.host}:{region.target.admin_port}/metrics"

    def told(self, name: str) -> int:
        with urllib.request.urlopen(self.url, timeout=PATIENCE) as answer:
            found = re.search(rf"(?m)^{re.escape(name)} (\d+)$", answer.read().decode())
        return int(found[1]) if found else -1

    def wait_until(self, name: str, least: int) -> bool:
        return becomes(lambda: self.told(name) >= least)

    def wait_until_none(self, name: str) -> bool:
        return becomes(lambda: self.told(name) == 0)

    def begin(self) -> int:
        """Octets resident now; the most that are from now on is peak()."""
        with open(self.process + "/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
        return self.resident("VmRSS")

    def peak(self) -> int:
        return self.resident("VmHWM")

    def are_its_own(self) -> bool:
        """Not those of a sanitizer, which takes many times as much for itself."""
        with open(self.process + "/exe", "rb") as file:
            program = file.read()
        return b"__asan_init" not in program and b"__tsan_init" not in program

    def resident(self, what: str) -> int:
        with open(self.process + "/status", encoding="ascii") as file:
            return int(re.search(rf"{what}:\s+(\d+) kB",
                                 file.read())[1]) * 1024  # type: ignore[index]
