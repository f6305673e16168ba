"""From a case's words to the octets that are sent."""
from __future__ import annotations

import base64
import dataclasses
import functools
import hashlib
import os
import re
import shlex

from lxml import etree

from . import mtom, soap
from .scope import Scope
from .transactions import Transaction, by_action


def transaction_of(name: str) -> str:
    """ITI-57 of iti57.xml: which of several that take such a body; by=ITI-57 says it of samples."""
    found = re.match(r"iti(\d+)", name)
    return f"ITI-{found.group(1)}" if found else ""


OPTIONAL = re.compile(r"^\s*\?(!?)([a-z][a-z0-9\-]*) ")


class MessageError(Exception):
    """A message that cannot be made from what the case says."""


HERE = os.path.dirname(os.path.abspath(__file__))


@dataclasses.dataclass
class Outgoing:
    """A SOAP request, ready; sent holds the documents by DocumentEntry uniqueId or element id."""
    action: str
    path: str
    content_type: str
    body: bytes
    envelope: bytes
    transaction: Transaction | None


@dataclasses.dataclass
class Document:
    """A document that goes with a submission."""
    id: str
    octets: bytes
    media_type: str
    inline: bool


def own_octets(path: str) -> bytes:
    """Of a file below tests/cases."""
    with open(os.path.join(HERE, os.pardir, os.pardir, "tests", "cases", path), "rb") as file:
        return file.read()


@functools.cache
def words_of(text: str) -> tuple[str, ...]:
    """The same rows are said again and again, and reading one is slow."""
    return tuple(shlex.split(text))


def changed(octets: bytes, change: str) -> bytes:
    """OLD->NEW in a document, where OLD stands first."""
    old, _, new = change.partition("->")
    if old.encode() not in octets:
        raise MessageError(f"{old!r} does not stand in the document")
    return octets.replace(old.encode(), new.encode(), 1)


class Maker:
    """Knows where messages and others' samples lie."""

    def __init__(self, directory: str, samples: str | None) -> None:
        self.directory, self.samples = directory, samples
        self.made: dict[str, str] = {}  # messages that lie in no file

    def source(self, name: str) -> bytes:
        if name in self.made:
            return self.made[name].encode()
        if name.startswith("sample:"):
            if self.samples is None:
                raise MessageError("the samples are not there")
            path = os.path.join(self.samples, name.removeprefix("sample:"))
        else:
            path = os.path.join(self.directory, name)
        with open(path, "rb") as file:
            return file.read()

    def text(self, name: str, scope: Scope) -> str:
        octets = self.source(name)
        try:
            text = octets.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = octets.decode("latin-1")
        if name.startswith("sample:"):
            return text
        return scope.fill(optional_lines(text, scope), name.endswith(".xml")).strip()

    def parts(self, changes: list[tuple[str, str]], scope: Scope) -> tuple[str, list[Document]]:
        """The objects and documents a case puts into a submission with `+`."""
        objects, documents = [], []
        for kind, text in changes:
            if kind != "+":
                continue
            words = [scope.fill(word) for word in words_of(text)]
            values = dict(word.split("=", 1) for word in words[1:])
            if words[0] == "document":
                octets = values.get("text", "").encode()
                if "octets" in values:
                    octets = bytes(index * 7 % 256 for index in range(int(values["octets"])))
                if "file" in values:
                    octets = own_octets(values["file"])
                if "made" in values:
                    octets = self.text(values["made"], Scope(scope, **values)).encode()
                if "changed" in values:
                    octets = changed(octets, values["changed"])
                if "many" in values:
                    count, _, each = values["many"].partition("*")
                    octets = octets.replace(b"MANY", each.encode() * int(count), 1)
                octets = octets.ljust(int(values.get("pad", "0")), b"\n")
                documents.append(Document(values["id"], octets, values.get("type", "text/plain"),
                                          values.get("inline") == "yes"))
            else:
                objects.append(self.text(f"{words[0]}.xml", Scope(scope, **values)))
        return "".join(objects), documents

    def xml(self, name: str, scope: Scope,
            changes: list[tuple[str, str]]) -> tuple[str, list[Document]]:
        objects, documents = self.parts(changes, scope)
        elements = []
        for number, document in enumerate(documents):
            content = f'<xop:Include xmlns:xop="{soap.NS["xop"]}" href="cid:{number}@conformance"/>'
            if document.inline:
                content = base64.b64encode(document.octets).decode()
            elements.append(
                f'<x:Document xmlns:x="{soap.NS["x"]}" id="{document.id}">{content}</x:Document>')
        inner = Scope(scope, objects=objects, documents="".join(elements))
        return self.text(name, inner), documents

    def soap(self, name: str, scope: Scope, changes: list[tuple[str, str]], host: str) -> Outgoing:
        """The request: body, envelope where it has none, changes, packaging."""
        text, documents = self.xml(name, scope, changes)
        text = change_text(text, changes, scope, "early")
        text = re.sub(r"^\s*<\?xml[^>]*\?>\s*", "", text)
        try:
            root = soap.parse(text.encode())
        except etree.XMLSyntaxError as fault:
            raise MessageError(f"{name}: {fault}") from fault
        if etree.QName(root).localname == "Envelope":
            action = soap.text(root, "/s:Envelope/s:Header/a:Action") or ""
            envelope = text
        else:
            action = soap.action_of_body(root, scope.get("by", transaction_of(name)))
            row = by_action(action)
            envelope = soap.envelope(text, action, f"https://{host}{row.path if row else '/'}")
        row = by_action(action)
        octets = change_tree(envelope, changes, scope)
        octets = change_text(octets.decode(), changes, scope, "late").encode()
        content_type = "application/soap+xml; charset=UTF-8"
        body = octets
        packaging = scope.get("packaging", "mtom" if row and row.mtom else "simple")
        if packaging == "mtom":
            attached = [(f"{number}@conformance", document.media_type, document.octets)
                        for number, document in enumerate(documents) if not document.inline]
            content_type, body = mtom.build(octets, attached, soap.sent_action(octets, action))
        return Outgoing(action, scope.get("path", row.path if row else "/pix"), content_type,
                        body, octets, row)

    def hl7(self, name: str, scope: Scope, changes: list[tuple[str, str]]) -> bytes:
        octets = self.source(name)
        if name.startswith("sample:"):
            for kind, text in changes:
                if kind == "/":
                    old, new = split_change(text, scope)
                    octets = octets.replace(old.encode(), new.encode())
            return re.sub(rb"\r\n|\n", b"\r", octets)
        charset = scope.get("charset", "utf-8")
        text = scope.fill(optional_lines(octets.decode("utf-8"), scope))
        text = change_text(change_text(text, changes, scope, "early"), changes, scope, "late")
        text = text.replace("\r\n", "\n").replace("\n", "\r")
        return (text if text.endswith("\r") else text + "\r").encode(charset)


def optional_lines(text: str, scope: Scope) -> str:
    """`?name ...` stands only when the name has a value, `?!name ...` only when it has none."""
    kept = []
    for line in text.split("\n"):
        found = OPTIONAL.match(line)
        if not found:
            kept.append(line)
        elif bool(scope.find(found.group(2))) != bool(found.group(1)):
            kept.append(line[found.end():])
    return "\n".join(kept)


def split_change(text: str, scope: Scope) -> tuple[str, str]:
    old, arrow, new = scope.fill(text).partition("->")
    if not arrow:
        raise MessageError(f"no -> in {text}")
    return old.strip(), new.strip()


def change_text(text: str, changes: list[tuple[str, str]], scope: Scope, when: str) -> str:
    """`/ OLD -> NEW`: at once in the text; `// OLD -> NEW` in the octets as they are sent."""
    for kind, change in changes:
        late = change.startswith("/ ")
        if kind != "/" or late != (when == "late"):
            continue
        old, new = split_change(change[2:] if late else change, scope)
        if old not in text:
            raise MessageError(f"nothing to replace: {old}")
        text = text.replace(old, new)
    return text


def change_tree(text: str, changes: list[tuple[str, str]], scope: Scope) -> bytes:
    """`- XPATH`, `~ XPATH = VALUE` and `^ XPATH = XML` (put before), in order; `-?
    XPATH` may find nothing."""
    wanted = [(kind, scope.fill(change)) for kind, change in changes if kind in "-~^"]
    if not wanted:
        return text.encode()
    root = soap.parse(text.encode())
    for kind, change in wanted:
        may_lack, change = change.startswith("? "), change.removeprefix("? ")
        path, _, value = (change, "", "") if kind == "-" else change.rpartition(" = ")
        found = root.xpath(path.strip(), namespaces=soap.NS)
        if not found and not may_lack:
            raise MessageError(f"nothing at {path}")
        for node in found:
            change_node(node, kind, value.strip())
    return etree.tostring(root, encoding="UTF-8")


def change_node(node, kind: str, value: str) -> None:
    if isinstance(node, str):  # an attribute, by lxml's smart strings
        owner, name = node.getparent(), node.attrname
        if kind == "-":
            del owner.attrib[name]
        else:
            owner.set(name, value)
    elif kind == "-":
        node.getparent().remove(node)
    elif kind == "^":
        declarations = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in soap.NS.items())
        holder = soap.parse(f"<holder{declarations}>{value}</holder>".encode())
        for child in holder:
            node.addprevious(child)
    else:
        node.text = value


def sha1(octets: bytes) -> str:
    return hashlib.sha1(octets).hexdigest()
