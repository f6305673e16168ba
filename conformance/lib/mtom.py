"""MTOM/XOP packages, made and taken apart (ITI TF-2: Appendix V.3.2, V.8)."""
from __future__ import annotations

import dataclasses
import re
import urllib.parse
from email.message import Message


class PackageError(Exception):
    """A multipart that is not one."""


@dataclasses.dataclass
class Part:
    """One MIME part: its headers (names in lower case) and its octets."""
    headers: dict[str, str]
    octets: bytes

    @property
    def content_id(self) -> str:
        return self.headers.get("content-id", "").strip().strip("<>")


@dataclasses.dataclass
class Package:
    """A message taken apart: its root part and the others by Content-ID."""
    root: Part
    parts: dict[str, Part]

    def octets(self, href: str) -> bytes:
        name = urllib.parse.unquote(href.removeprefix("cid:"))
        if name not in self.parts:
            raise PackageError(f"no part {name}")
        return self.parts[name].octets


def parameters(content_type: str) -> tuple[str, dict[str, str]]:
    """The media type and its parameters, quotes removed."""
    header = Message()
    header["content-type"] = content_type
    found = header.get_params(failobj=[], unquote=True)
    if not found:
        return "", {}
    return found[0][0].lower(), {name.lower(): value for name, value in found[1:]}


def build(envelope: bytes, parts: list[tuple[str, str, bytes]], action: str,
          boundary: str = "minato-boundary") -> tuple[str, bytes]:
    """Content-Type and body; parts are (Content-ID, Content-Type, octets)."""
    line = f"--{boundary}\r\n".encode()
    body = (line
            + b'Content-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"\r\n'
            b"Content-Transfer-Encoding: binary\r\nContent-ID: <root@conformance>\r\n\r\n"
            + envelope + b"\r\n")
    for content_id, content_type, octets in parts:
        body += line + (f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: binary\r\n"
                        f"Content-ID: <{content_id}>\r\n\r\n").encode() + octets + b"\r\n"
    body += f"--{boundary}--\r\n".encode()
    return (f'multipart/related; boundary="{boundary}"; type="application/xop+xml"; '
            'start="<root@conformance>"; start-info="application/soap+xml"; '
            f'action="{action}"'), body


def split_part(octets: bytes) -> Part:
    if octets.startswith(b"\r\n"):
        return Part({}, octets[2:])
    head, _, body = octets.partition(b"\r\n\r\n")
    headers = {}
    for line in head.decode("latin-1").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return Part(headers, body)


def parse(content_type: str, body: bytes) -> Package:
    """Takes an answer apart as strictly as its own Content-Type allows."""
    media, parameter = parameters(content_type)
    if media != "multipart/related" or not parameter.get("boundary"):
        raise PackageError(f"not multipart/related: {content_type}")
    delimiter = b"\r\n--" + parameter["boundary"].encode()
    pieces = (b"\r\n" + body).split(delimiter)
    if len(pieces) < 3 or not re.match(rb"--[ \t]*(\r\n|$)", pieces[-1]):
        raise PackageError("no parts, or no closing delimiter")
    parts = []
    for piece in pieces[1:-1]:
        padding, line, rest = piece.partition(b"\r\n")
        if padding.strip() or not line:
            raise PackageError("a delimiter line with something behind it")
        parts.append(split_part(rest))
    start = parameter.get("start", "").strip("<>")
    roots = [part for part in parts if part.content_id == start] if start else parts[:1]
    if len(roots) != 1:
        raise PackageError(f"start names {len(roots)} parts")
    others = [part for part in parts if part is not roots[0]]
    by_name = {part.content_id: part for part in others}
    if len(by_name) != len(others):
        raise PackageError("two parts of one Content-ID")
    return Package(roots[0], by_name)
