"""A hospital's own system: the transactions it sends, its answers reduced to what a test asks."""
from __future__ import annotations

import dataclasses
import hashlib
import itertools
import os
import random
import threading

from lxml import etree

from .service import TOP
from lib import hl7v2, message, mllp, mtom, soap, wire  # pylint: disable=wrong-import-order
from lib.scope import SYLLABLES, Scope
from lib.region import Target
from lib.transactions import IHE, V3, by_action
from lib.wire import Refused

DOMAINS = {"a-hospital": "1.2.392.100495.20.3.51.11319951013",
           "b-clinic": "1.2.392.100495.20.3.51.11319952024"}
AFFINITY, REPOSITORY = "2.999.1", "2.999.20"
STATUS = "urn:oasis:names:tc:ebxml-regrep:StatusType:"
FIND_DOCUMENTS = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
GET_SET_AND_CONTENTS = "urn:uuid:e8e3cb2c-e39c-46b9-99e4-c12f57260b83"
REPLACES = "urn:ihe:iti:2007:AssociationType:RPLC"
UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
SIMPLE = {"Content-Type": "application/soap+xml; charset=UTF-8"}
numbers = itertools.count(1)
run = random.SystemRandom().randrange(1, 10**9)

__all__ = ["AFFINITY", "Document", "DOMAINS", "Hospital", "Messages", "Person", "Refused",
           "STATUS", "Unwanted"]


class Unwanted(Exception):
    """An answer that an honest request must not get; codes are the standard's words in it."""

    def __init__(self, what: str, codes: list[str], http: int = 200) -> None:
        super().__init__(f"{what}: {', '.join(codes) or 'no code'} (HTTP {http})")
        self.codes, self.http = codes, http


def fresh(kind: str) -> str:
    return f"{kind}{run}{next(numbers):07d}"


def fresh_oid() -> str:
    return f"2.999.77.{run}.{next(numbers)}"


def fresh_uuid() -> str:
    text = hashlib.md5(f"{run}.{next(numbers)}".encode(), usedforsecurity=False).hexdigest()
    return f"urn:uuid:{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


@dataclasses.dataclass
class Document:
    """A document as its source remembers it."""
    uid: str
    octets_sha1: str
    size: int
    entry: str
    approved: bool = True
    # the system that submitted it, which alone replaces it
    source: str = dataclasses.field(default="", compare=False)


@dataclasses.dataclass
class Person:
    """Somebody known at two hospitals, as these remember."""
    ids: dict[str, str] = dataclasses.field(
        default_factory=lambda: {name: fresh("P") for name in DOMAINS})
    family: str = dataclasses.field(default_factory=lambda: "".join(random.choices(SYLLABLES, k=4)))
    given: str = dataclasses.field(default_factory=lambda: "".join(random.choices(SYLLABLES, k=4)))
    phone: str = dataclasses.field(default_factory=lambda: f"03{random.randrange(10**8):08d}")
    known: set[str] = dataclasses.field(default_factory=set)
    affinity: str | None = None
    joined: bool = False
    excluded: bool = False
    documents: dict[str, Document] = dataclasses.field(default_factory=dict)
    priors: dict[str, bool] = dataclasses.field(default_factory=dict)  # id at A -> merged
    pairs: dict[str, bool] = dataclasses.field(default_factory=dict)   # id at A -> is his, too

    @property
    def patient(self) -> str:
        return f"{self.affinity}^^^&{AFFINITY}&ISO"

    def name_at(self, system: str) -> str:
        return f"{self.ids[system]}^^^&{DOMAINS[system]}&ISO"


class Messages:
    """The conformance suite's messages, filled in once; what varies stays a @name@."""

    def __init__(self) -> None:
        self.maker = message.Maker(os.path.join(TOP, "conformance", "messages"), None)
        self.kept: dict[tuple, str] = {}
        self.lock = threading.Lock()

    def text(self, name: str, marks: tuple[str, ...], /, **fixed: str) -> str:
        key = (name, marks, *sorted(fixed.items()))
        with self.lock:
            if key not in self.kept:
                names = {mark: f"@{mark}@" for mark in (*marks, "control.message", "control.query")}
                scope = Scope(None, **names, **fixed)
                self.kept[key] = self.maker.text(name, scope)
            return self.kept[key]

    def fill(self, name: str, values: dict[str, str], /, **fixed: str) -> str:
        text = self.text(name, tuple(values), **fixed)
        for mark, value in values.items():
            text = text.replace(f"@{mark}@", value.replace("&", "&amp;")
                                if name.endswith(".xml") else value)
        return text.replace("@control.message@", fresh("M")).replace("@control.query@", fresh("Q"))


class Hospital:
    """One system with its connections to both doors."""

    def __init__(self, target: Target, name: str, messages: Messages) -> None:
        context = wire.tls_context(target.ca, target.certificate(name))
        self.name, self.domain, self.messages = name, DOMAINS[name], messages
        self.host = f"{target.host}:{target.https_port}"
        self.https = wire.HttpClient(target.host, target.https_port, context)
        self.mllp = mllp.MllpClient(target.host, target.mllp_port, context)

    def close(self) -> None:
        self.https.close()
        self.mllp.close()

    # -- SOAP ------------------------------------------------------------------------------------

    def post(self, body: str, action: str,
             parts: list[bytes] | None = None) -> tuple[etree._Element, wire.Reply]:
        row = by_action(action)
        octets = soap.envelope(body, action, f"https://{self.host}{row.path}").encode()
        headers = SIMPLE
        if row.mtom:
            attached = [(f"{n}@conformance", "application/octet-stream", part)
                        for n, part in enumerate(parts or [])]
            content_type, octets = mtom.build(octets, attached, action,
                                              boundary=f"faults-{run}-{next(numbers)}")
            headers = {"Content-Type": content_type}
        reply = self.https.request("POST", row.path, headers, octets)
        return self.opened(row.code, reply), reply

    @staticmethod
    def opened(code: str, reply: wire.Reply) -> etree._Element:
        """The envelope of an answer that is no fault."""
        if reply.content_type.startswith("multipart/"):
            root = soap.parse(mtom.parse(reply.content_type, reply.body).root.octets)
        elif "xml" in reply.content_type and reply.body:
            root = soap.parse(reply.body)
        else:
            raise Unwanted(code, [reply.body[:60].decode("latin-1")], reply.status)
        if root.xpath("/s:Envelope/s:Body/s:Fault", namespaces=soap.NS):
            codes = [node.text or "" for node in root.xpath("//s:Fault//s:Value|//s:Fault//s:Text",
                                                            namespaces=soap.NS)]
            raise Unwanted(code, ["Fault", *codes], reply.status)
        return root

    @staticmethod
    def success(code: str, root: etree._Element, reply: wire.Reply) -> None:
        status = root.xpath("string(//@status[1])", namespaces=soap.NS)
        if not status.endswith(":Success"):
            codes = root.xpath("//rs:RegistryError/@errorCode", namespaces=soap.NS)
            raise Unwanted(code, [status.rpartition(":")[2], *map(str, codes)], reply.status)

    @staticmethod
    def accepted(root: etree._Element, reply: wire.Reply) -> None:
        code = root.xpath("string(//v3:acknowledgement/v3:typeCode/@code)", namespaces=soap.NS)
        if code not in ("CA", "AA"):
            details = root.xpath("//v3:acknowledgementDetail/v3:code/@code", namespaces=soap.NS)
            raise Unwanted("ITI-44", [code, *map(str, details)], reply.status)

    def feed(self, person_id: str, person: Person, event: str = "01", **others: str) -> None:
        values = {"domain": self.domain, "id": person_id, "family": person.family,
                  "given": person.given, "phone": person.phone,
                  "street": f"千代田区千代田{next(numbers)}", **others}
        text = self.messages.fill("iti44.xml", values, event=event)
        self.accepted(*self.post(text, f"{V3}PRPA_IN2013{event}UV02"))

    def merge(self, survivor: str, prior: str) -> None:
        text = self.messages.fill("iti44-merge.xml",
                                  {"domain": self.domain, "survivor": survivor, "prior": prior})
        self.accepted(*self.post(text, f"{V3}PRPA_IN201304UV02"))

    def identify(self, person_id: str) -> str | None:
        """ITI-45: the affinity domain's id for this id; empty: it shows none yet; None: unknown."""
        text = self.messages.fill("iti45.xml", {"domain": self.domain, "id": person_id}, objects="")
        root, reply = self.post(text, f"{V3}PRPA_IN201309UV02")
        answer = root.xpath("string(//v3:queryAck/v3:queryResponseCode/@code)", namespaces=soap.NS)
        if answer not in ("OK", "NF", "AE"):
            raise Unwanted("ITI-45", [answer], reply.status)
        details = root.xpath("//v3:acknowledgementDetail/v3:code/@code", namespaces=soap.NS)
        if answer == "AE" and "204" not in details:
            raise Unwanted("ITI-45", [answer, *map(str, details)], reply.status)
        found = root.xpath(f"string(//v3:patient/v3:id[@root='{AFFINITY}']/@extension)",
                           namespaces=soap.NS)
        return None if answer == "AE" else found

    def submit(self, person: Person, documents: list[tuple[Document, bytes]], set_uid: str,
               replaces: Document | None = None) -> None:
        fill, objects, elements = self.messages.fill, [], []
        objects.append(fill("set.xml", {"uid": set_uid, "patient": person.patient}, id="ss"))
        for number, (document, _) in enumerate(documents):
            objects.append(fill("entry.xml", {"id": document.entry, "uid": document.uid,
                                              "patient": person.patient},
                                mime="application/octet-stream"))
            objects.append(fill("member.xml", {"to": document.entry, "id": f"m{number}"},
                                **{"from": "ss"}))
            elements.append(
                f'<x:Document xmlns:x="{soap.NS["x"]}" id="{document.entry}"><xop:Include '
                f'xmlns:xop="{soap.NS["xop"]}" href="cid:{number}@conformance"/></x:Document>')
        if replaces is not None:
            objects.append(fill("link.xml",
                                {"from": documents[0][0].entry, "to": replaces.entry, "id": "link"},
                                type=REPLACES))
        text = self.messages.text("iti41.xml", ("objects", "documents"))
        text = text.replace("@objects@", "".join(objects)).replace("@documents@", "".join(elements))
        root, reply = self.post(text, IHE + "ProvideAndRegisterDocumentSet-b",
                                [octets for _, octets in documents])
        self.success("ITI-41", root, reply)

    def query(self, number: str, slots: str) -> etree._Element:
        text = self.messages.text("iti18.xml", ("query", "objects"))
        text = text.replace("@query@", number).replace("@objects@", slots)
        root, reply = self.post(text, IHE + "RegistryStoredQuery")
        self.success("ITI-18", root, reply)
        return root

    @staticmethod
    def entries(root: etree._Element) -> dict[str, Document]:
        found = {}
        for entry in root.xpath("//rim:ExtrinsicObject", namespaces=soap.NS):
            def slot(name: str) -> str:
                return entry.xpath(f"string(rim:Slot[@name='{name}']//rim:Value)",
                                   namespaces=soap.NS)
            uid = entry.xpath(
                f"string(rim:ExternalIdentifier[@identificationScheme='{UNIQUE_ID}']/@value)",
                namespaces=soap.NS)
            found[uid] = Document(uid, slot("hash"), int(slot("size") or -1), entry.get("id"),
                                  entry.get("status", "").endswith(":Approved"))
        return found

    def find(self, person: Person, status: str = "Approved") -> dict[str, Document]:
        slots = self.messages.fill("patient-slots.xml", {"patient": person.patient},
                                   status=f"{STATUS}{status}" if status != "any" else
                                   f"{STATUS}Approved','{STATUS}Deprecated")
        return self.entries(self.query(FIND_DOCUMENTS, slots))

    def ask_elsewhere(self, text: str, action: str, address: str, message_id: str) -> None:
        """The answer is to go to that address; the connection has 202 and nothing else."""
        row = by_action(action)
        sent = soap.envelope(text, action, f"https://{self.host}{row.path}", message_id)
        octets = sent.replace(f">{soap.ANONYMOUS}<", f">{address}<").encode()
        headers = SIMPLE
        if row.mtom:
            content_type, octets = mtom.build(octets, [], action,
                                              boundary=f"faults-{run}-{next(numbers)}")
            headers = {"Content-Type": content_type}
        reply = self.https.request("POST", row.path, headers, octets)
        if reply.status != 202:
            self.success(row.code, self.opened(row.code, reply), reply)
            raise Unwanted(row.code, ["an answer that was to go elsewhere"], reply.status)

    def find_elsewhere(self, person: Person, address: str, message_id: str) -> None:
        slots = self.messages.fill("patient-slots.xml", {"patient": person.patient},
                                   status=f"{STATUS}Approved")
        text = self.messages.text("iti18.xml", ("query", "objects"))
        text = text.replace("@query@", FIND_DOCUMENTS).replace("@objects@", slots)
        self.ask_elsewhere(text, IHE + "RegistryStoredQuery", address, message_id)

    def retrieve_elsewhere(self, uid: str, address: str, message_id: str) -> None:
        want = self.messages.fill("want.xml", {"document": uid}, repository=REPOSITORY)
        text = self.messages.text("iti43.xml", ("objects",)).replace("@objects@", want)
        self.ask_elsewhere(text, IHE + "RetrieveDocumentSet", address, message_id)

    def contents(self, set_uid: str) -> tuple[int, dict[str, Document], int]:
        """What stands under a submission set's uniqueId: sets, entries, associations."""
        slots = self.messages.fill("slot.xml", {"value": f"'{set_uid}'"},
                                   name="$XDSSubmissionSetUniqueId")
        root = self.query(GET_SET_AND_CONTENTS, slots)
        count = {name: len(root.xpath(f"//rim:RegistryObjectList/rim:{name}", namespaces=soap.NS))
                 for name in ("RegistryPackage", "Association")}
        return count["RegistryPackage"], self.entries(root), count["Association"]

    def retrieve(self, uids: list[str]) -> dict[str, bytes]:
        """ITI-43: those it has; none is missing without the standard's word for it."""
        wants = "".join(self.messages.fill("want.xml", {"document": uid}, repository=REPOSITORY)
                        for uid in uids)
        text = self.messages.text("iti43.xml", ("objects",)).replace("@objects@", wants)
        root, reply = self.post(text, IHE + "RetrieveDocumentSet")
        package = mtom.parse(reply.content_type, reply.body)
        found = {}
        for answer in root.xpath("//x:DocumentResponse", namespaces=soap.NS):
            href = answer.xpath("string(x:Document/xop:Include/@href)", namespaces=soap.NS)
            found[answer.xpath("string(x:DocumentUniqueId)",
                               namespaces=soap.NS)] = package.octets(href)
        codes = set(map(str, root.xpath("//rs:RegistryError/@errorCode", namespaces=soap.NS)))
        if codes - {"XDSDocumentUniqueIdError"} or len(found) + len(
                root.xpath("//rs:RegistryError", namespaces=soap.NS)) < len(uids):
            status = root.xpath("string(//@status[1])", namespaces=soap.NS)
            raise Unwanted("ITI-43", [status.rpartition(":")[2], *sorted(codes)], reply.status)
        return found

    # -- HL7 v2 ----------------------------------------------------------------------------------

    def say(self, code: str, text: str, known_only: bool = True) -> hl7v2.Message:
        answer = hl7v2.Message(self.mllp.exchange((text.replace("\n", "\r") + "\r").encode()))
        errors = [answer.get(f"ERR[{n + 1}]-3.1") for n in range(answer.names().count("ERR"))]
        if answer.get("MSA-1") != "AA" and (known_only or errors != ["204"]):
            raise Unwanted(code, [answer.get("MSA-1"), *errors])
        return answer

    def feed_hl7(self, person_id: str, person: Person) -> None:
        self.say("ITI-8", self.messages.fill("iti8.hl7", {
            "domain": self.domain, "id": person_id, "family": person.family, "given": person.given,
            "phone": person.phone}))

    def merge_hl7(self, survivor: str, prior: str) -> None:
        self.say("ITI-8", self.messages.fill("iti8-merge.hl7", {
            "domain": self.domain, "survivor": survivor, "prior": prior}))

    def feed_managed(self, person_id: str, person: Person) -> None:
        self.say("ITI-30", self.messages.fill("iti30.hl7", {
            "domain": self.domain, "id": person_id, "family": person.family, "given": person.given,
            "phone": person.phone, "street": f"千代田区千代田{next(numbers)}"}, event="A31"))

    def merge_managed(self, survivor: str, prior: str) -> None:
        self.say("ITI-30", self.messages.fill("iti30-prior.hl7", {
            "domain": self.domain, "id": survivor, "prior": prior}, event="A40"))

    def change_id(self, now: str, prior: str) -> None:
        self.say("ITI-30", self.messages.fill("iti30-prior.hl7", {
            "domain": self.domain, "id": now, "prior": prior}, event="A47"))

    def link(self, one: str, other: str, event: str = "A24") -> None:
        self.say("ITI-30", self.messages.fill("iti30-pair.hl7", {
            "domain": self.domain, "one": one, "other": other}, event=event))

    def identify_hl7(self, person_id: str) -> str | None:
        answer = self.say("ITI-9", self.messages.fill("iti9.hl7", {"domain": self.domain,
                                                                   "id": person_id}), False)
        found = [each.partition("^") for each in answer.identifiers("PID", 3)]
        unknown = answer.get("MSA-1") == "AE"
        return None if unknown else next((number for domain, _, number in found
                                          if domain == AFFINITY), "")
