"""Every attribute of the metadata model, and what may be wrong with one: from these rows bad
submissions are made, one a rule, and each must be refused by the attribute's name.

The rows are those of schemas/tables/metadata.c; tests/lint/metadata holds the two together, and
holds that each rule of each row has its case. ITI TF-3: 4.2.2, 4.2.3, 4.2.5, 4.3.1.
"""
from __future__ import annotations

import dataclasses
import random
import re
from typing import Callable, Iterator
from xml.sax.saxutils import escape, quoteattr

from .casefile import Case, CaseFile, Step

UUID = "urn:uuid:"
LOINC = "2.16.840.1.113883.6.1"
LONG = "x" * 257


@dataclasses.dataclass(frozen=True)
class Attribute:
    """A row. most 0: any number; length 0: as its place in ebRIM has it; rule: R, R2, O or X."""
    name: str
    coding: str
    key: str
    type: str
    most: int
    length: int
    rule: str
    label: str = ""


def slot(name: str, kind: str, rule: str, most: int = 1, key: str = "") -> Attribute:
    return Attribute(name, "SLOT", key or name, kind, most, 0, rule)


def code(name: str, uuid: str, rule: str, most: int = 1) -> Attribute:
    return Attribute(name, "CLASSIFICATION", UUID + uuid, "CODE", most, 0, rule)


def identifier(name: str, uuid: str, label: str, kind: str, length: int = 0) -> Attribute:
    return Attribute(name, "IDENTIFIER", UUID + uuid, kind, 1, length, "R", label)


def author(uuid: str) -> Attribute:
    return Attribute("author", "AUTHOR", UUID + uuid, "TEXT", 0, 0, "R2")


def limited(uuid: str) -> Attribute:
    return Attribute("limitedMetadata", "MARKER", UUID + uuid, "TEXT", 1, 0, "X")


HOME = Attribute("home", "XML_ATTRIBUTE", "home", "HOME", 1, 0, "O")
COMMENTS = Attribute("comments", "DESCRIPTION", "", "TEXT", 0, 0, "O")
TABLE: dict[str, tuple[Attribute, ...]] = {
    "DocumentEntry": (
        HOME,
        Attribute("mimeType", "XML_ATTRIBUTE", "mimeType", "MIME", 1, 0, "R"),
        slot("creationTime", "DTM", "R"), slot("documentAvailability", "AVAILABILITY", "O"),
        slot("hash", "HASH", "R"), slot("languageCode", "LANGUAGE", "R"),
        slot("legalAuthenticator", "XCN", "O"),
        slot("referenceIdList", "CXI", "O", 0, "urn:ihe:iti:xds:2013:referenceIdList"),
        slot("repositoryUniqueId", "OID", "R"), slot("serviceStartTime", "DTM", "R2"),
        slot("serviceStopTime", "DTM", "R2"), slot("size", "SIZE", "R"),
        slot("sourcePatientId", "CX", "R"), slot("sourcePatientInfo", "PATIENT_INFO", "O", 0),
        slot("URI", "URI", "O"),
        Attribute("title", "NAME", "", "TEXT", 0, 128, "O"), COMMENTS,
        author("93606bcf-9494-43ec-9b4e-a7748d1a838d"),
        code("classCode", "41a5887f-8865-4c09-adf7-e362475b143a", "R"),
        code("confidentialityCode", "f4f85eac-e6cb-4883-b524-f2705394840f", "R", 0),
        code("eventCodeList", "2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", "O", 0),
        code("formatCode", "a09d5840-386c-46f2-b5ad-9c3699a4309d", "R"),
        code("healthcareFacilityTypeCode", "f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1", "R"),
        code("practiceSettingCode", "cccf5598-8b07-4b77-a05e-ae952c785ead", "R"),
        code("typeCode", "f0306f51-975f-434e-a61c-c59651d33983", "R"),
        limited("ab9b591b-83ab-4d03-8f5d-f93b1fb92e85"),
        identifier("patientId", "58a6f841-87b3-4a3e-92fd-a8ffeff98427",
                   "XDSDocumentEntry.patientId", "CX"),
        identifier("uniqueId", "2e82c1f6-a085-4c72-9da3-8640a32e42ab",
                   "XDSDocumentEntry.uniqueId", "UNIQUE_ID", 128)),
    "SubmissionSet": (
        HOME, slot("intendedRecipient", "RECIPIENT", "O", 0), slot("submissionTime", "DTM", "R"),
        Attribute("title", "NAME", "", "TEXT", 0, 256, "O"), COMMENTS,
        author("a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"),
        code("contentTypeCode", "aa543740-bdda-424e-8c96-df4873be8500", "R"),
        limited("5003a9db-8d8d-49e6-bf0c-990e34ac7707"),
        identifier("patientId", "6b5aea1a-874d-4603-a4bc-96a0a7b38446",
                   "XDSSubmissionSet.patientId", "CX"),
        identifier("sourceId", "554ac39e-e3fe-47fe-b233-965d2a147832",
                   "XDSSubmissionSet.sourceId", "OID"),
        identifier("uniqueId", "96fdda7c-d067-4183-912e-bf5ee74998a8",
                   "XDSSubmissionSet.uniqueId", "OID")),
    "Folder": (
        HOME, slot("lastUpdateTime", "DTM", "O"),
        Attribute("title", "NAME", "", "TEXT", 0, 256, "R"), COMMENTS,
        code("codeList", "1ba97051-7806-41a8-a48b-8fce7af683c5", "R", 0),
        limited("2c144a76-29a9-4b7c-af54-b25409fe7d03"),
        identifier("patientId", "f64ffdf0-4b97-4e06-b79f-a52b38ec2f8a", "XDSFolder.patientId",
                   "CX"),
        identifier("uniqueId", "75df8f67-9973-4fbe-a900-df66cefecc5a", "XDSFolder.uniqueId",
                   "OID")),
    "Association": (
        HOME, slot("SubmissionSetStatus", "SET_STATUS", "O"),
        code("associationDocumentation", "abd807a3-4432-4053-87b4-fd82c643d1f3", "O")),
    "author": (
        slot("authorPerson", "XCN", "O"), slot("authorInstitution", "XON", "O", 0),
        slot("authorRole", "TEXT", "O", 0), slot("authorSpecialty", "TEXT", "O", 0),
        slot("authorTelecommunication", "XTN", "O", 0)),
}

# What an attribute has where nothing is wrong: by its name, else by its type.
GOOD = {
    "home": "urn:oid:2.999.10", "mimeType": "text/plain", "creationTime": "20260115093000",
    "documentAvailability": "urn:ihe:iti:2010:DocumentAvailability:Online", "hash": "a" * 40,
    "languageCode": "ja-JP", "legalAuthenticator": "^試験^花子",
    "referenceIdList": "17^^^&2.999.6&ISO^urn:ihe:iti:xds:2013:order",
    "repositoryUniqueId": "2.999.21", "serviceStartTime": "20260115",
    "serviceStopTime": "20260115", "size": "5", "sourcePatientId": "${patient}",
    "sourcePatientInfo": "PID-8|F", "URI": "1.txt", "title": "検査報告書", "comments": "注記",
    "patientId": "${patient}", "intendedRecipient": "A病院|^試験^花子",
    "submissionTime": "20260115093000", "sourceId": "2.999.6", "lastUpdateTime": "20260115",
    "SubmissionSetStatus": "Original", "authorPerson": "^試験^花子",
    "authorInstitution": "B診療所^^^^^&2.999.6&ISO^^^^1319952024", "authorRole": "医師",
    "authorSpecialty": "内科", "authorTelecommunication": "^^Internet^hanako@b.example",
}
# Where a second value must be another.
SECOND = {"sourcePatientInfo": "PID-7|19800101"}
CODES = {"practiceSettingCode": ("394802001", "2.16.840.1.113883.6.96")}

# Values that are none of their type. ITI TF-3: Table 4.2.3.1.7-2.
WRONG: dict[str, dict[str, str]] = {
    "TEXT": {}, "CODE": {},
    "DTM": {"a-date-of-iso": "2026-01-15", "a-month-that-is-none": "20261301",
            "a-day-that-is-none": "20260230", "an-hour-that-is-none": "2026011524",
            "half-a-month": "20261", "half-an-hour": "202601150", "a-zone": "20260115093000+0900",
            "a-fraction": "20260115093000.1", "words": "yesterday", "a-year-short": "202"},
    "CX": {"no-authority": "101", "no-id": "^^^&2.999.1&ISO",
           "a-namespace": "1^^^MINATO&2.999.1&ISO",
           "no-oid": "1^^^&minato&ISO", "another-kind": "1^^^&2.999.1&DNS",
           "a-check-digit": "1^7^M10^&2.999.1&ISO", "a-fifth-part": "1^^^&2.999.1&ISO^PI",
           "the-oid-alone": "1^^^2.999.1"},
    "CXI": {"no-type": "17^^^&2.999.6&ISO", "no-id": "^^^&2.999.6&ISO^urn:ihe:iti:xds:2013:order",
            "no-oid": "17^^^&x&ISO^urn:ihe:iti:xds:2013:order",
            "a-seventh-part": "17^^^&2.999.6&ISO^urn:ihe:iti:xds:2013:order^&2.999.10&ISO^x"},
    "XCN": {"nobody": "^^^Dr.", "no-oid": "1^試験^花子^^^^^^&x&ISO",
            "a-namespace": "1^試験^花子^^^^^^B&2.999.6&ISO"},
    "XON": {"no-name": "^^^^^&2.999.6&ISO^^^^1", "no-authority-of-its-id": "B^^^^^^^^^1",
            "no-oid": "B^^^^^&x&ISO^^^^1"},
    "XTN": {"nothing": "^^Internet", "a-kind-alone": "^PRN^PH"},
    "OID": {"words": "minato", "one-arc": "2", "a-leading-zero": "2.0999", "a-dot-at-the-end":
            "2.999.", "a-urn": "urn:oid:2.999.1", "two-dots": "2..999", "a-uuid":
            "9f2e0f1c-0000-4000-8000-000000000000", "65-characters": "2." + "9" * 63},
    "HOME": {"a-bare-oid": "2.999.10", "another-urn":
             "urn:uuid:9f2e0f1c-0000-4000-8000-000000000000", "no-oid": "urn:oid:x",
             "nothing-behind": "urn:oid:"},
    "UNIQUE_ID": {"a-space-before": " 2.999.77.1", "129-characters": "1" * 129},
    "HASH": {"39-digits": "a" * 39, "41-digits": "a" * 41, "of-sha-256": "a" * 64,
             "no-digit": "g" + "a" * 39, "base64": "qvTGHdzF6KLavt4PO0gs2a6pQ00="},
    "SIZE": {"words": "five", "less-than-none": "-1", "a-sign": "+5", "a-fraction": "5.0",
             "hexadecimal": "0x5", "2-to-the-63": "9223372036854775808", "a-unit": "5 KB"},
    "LANGUAGE": {"an-underscore": "ja_JP", "a-long-subtag": "ja-japanese-", "9-letters":
                 "japanesee", "a-word-of-its-own": "日本語", "a-digit-first": "1a", "two-hyphens":
                 "ja--JP"},
    "MIME": {"no-subtype": "text", "no-type": "/plain", "a-stray-word": "text/plain charset",
             "two-slashes": "text/plain/x", "a-control": "text/pl(ain)"},
    "URI": {"a-space": "1 2.txt", "257-characters": "x" * 257, "a-bracket": "<1.txt>"},
    "RECIPIENT": {"nothing": "|", "a-fourth-part": "A病院|^試験^花子|^^Internet^a@b.example|x",
                  "an-organization-without-name": "^^^^^&2.999.6&ISO^^^^1",
                  "a-person-without-name": "|^^^Dr."},
    "PATIENT_INFO": {"no-field": "F", "another-segment": "PV1-2|I", "no-number": "PID-|F",
                     "field-0": "PID-0|F", "no-bar": "PID-8", "three-digits": "PID-100|F"},
    "AVAILABILITY": {"words": "Online", "another-urn":
                     "urn:ihe:iti:2010:DocumentAvailability:Gone"},
    "SET_STATUS": {"another-word": "Approved", "in-small": "original"},
}


def digits(count: int) -> str:
    """So many, none of them given before: identifiers are used once."""
    return "".join(random.SystemRandom().choice("123456789") for _ in range(count))


# Values that are of their type although they look odd, or are the last that may be; {58}: so many
# digits.
RIGHT: dict[str, dict[str, str]] = {
    "DTM": {"a-year": "2026", "a-month": "202601", "an-hour": "2026011509",
            "a-minute": "202601150930", "a-leap-day": "20240229"},
    "CX": {"letters": "A-1^^^&2.999.1&ISO", "a-long-arc":
           "1^^^&1.2.392.100495.20.3.51.11319951013&ISO"},
    "CXI": {"a-sixth-part": "17^^^&2.999.6&ISO^urn:ihe:iti:xds:2013:order^&2.999.10&ISO",
            "no-authority": "17^^^^urn:ihe:iti:xds:2013:order"},
    "XCN": {"an-id-alone": "1^^^^^^^^&2.999.6&ISO", "a-family-name-alone": "^試験"},
    "XON": {"a-name-alone": "B診療所", "an-oid-as-its-id": "B^^^^^^^^^2.999.6"},
    "XTN": {"a-telephone": "^PRN^PH^^81^3^55550000", "of-older-messages": "03-5555-0000"},
    "OID": {"64-characters": "2.999.{58}", "two-arcs": "2.{9}"},
    "UNIQUE_ID": {"128-characters": "{128}", "an-oid-and-more": "2.999.{12}^17"},
    "HASH": {"capitals": "A" * 40},
    "SIZE": {"nothing": "0", "2-to-the-63-but-one": "9223372036854775807"},
    "LANGUAGE": {"letters-alone": "ja", "script-and-region": "zh-Hant-TW"},
    "URI": {"256-characters": "x" * 256, "of-a-path": "a/b%20c.txt"},
    "RECIPIENT": {"a-person-alone": "|^試験^花子", "an-address-alone": "||^^Internet^a@b.example"},
    "PATIENT_INFO": {"two-digits": "PID-11|^^東京都"},
    "AVAILABILITY": {"offline": "urn:ihe:iti:2010:DocumentAvailability:Offline"},
}
# What else must hold of these is more than their type.
KNOWN = {"patientId", "SubmissionSetStatus", "home"}
# Types whose values are bounded by what they are, not by their place.
BOUNDED = {"DTM", "HASH", "SIZE", "LANGUAGE", "OID", "UNIQUE_ID", "URI", "AVAILABILITY",
           "SET_STATUS", "MIME", "HOME"}
# A long one that is of its type; the mark is where it grows.
LONG_OF = {"XCN": "^{}", "XON": "{}", "XTN": "^^Internet^{}", "TEXT": "{}", "CXI":
           "{}^^^&2.999.6&ISO^urn:ihe:iti:xds:2013:order", "PATIENT_INFO": "PID-11|{}",
           "RECIPIENT": "{}", "CX": "{}^^^&2.999.1&ISO"}
VALUE_MOST, CODE_MOST, NAME_MOST = 256, 256, 1024


# ---- One object as XML, with one thing changed --------------------------------------------------

def value(text: str) -> str:
    return f"<rim:Value>{escape(text)}</rim:Value>"


def slot_of(key: str, *values: str) -> str:
    listed = "".join(value(each) for each in values)
    return f'<rim:Slot name={quoteattr(key)}><rim:ValueList>{listed}</rim:ValueList></rim:Slot>'


def name_of(*texts: str) -> str:
    return "".join(f"<rim:LocalizedString value={quoteattr(each)}/>" for each in texts)


def given(m: Attribute) -> str:
    return GOOD.get(m.name, "${uid-%s}")


@dataclasses.dataclass
class Part:
    """An attribute's element, piece by piece; None: that piece is not there."""
    scheme: str | None = None
    parent: str | None = None
    code: str | None = None
    slots: str = ""
    name: str | None = None
    value: str | None = None


def attributes(**of: str | None) -> str:
    return "".join(f" {key}={quoteattr(text)}" for key, text in of.items() if text is not None)


def classification(ident: str, part: Part) -> str:
    name = "" if part.name is None else f"<rim:Name>{name_of(part.name)}</rim:Name>"
    return f"<rim:Classification" + attributes(
        id=ident, classifiedObject=part.parent, classificationScheme=part.scheme,
        nodeRepresentation=part.code) + f">{part.slots}{name}</rim:Classification>"


def external(ident: str, part: Part) -> str:
    name = "" if part.name is None else f"<rim:Name>{name_of(part.name)}</rim:Name>"
    return f"<rim:ExternalIdentifier" + attributes(
        id=ident, registryObject=part.parent, identificationScheme=part.scheme,
        value=part.value) + f">{name}</rim:ExternalIdentifier>"


def code_part(m: Attribute, owner: str) -> Part:
    text, scheme = CODES.get(m.name, ("11502-2", LOINC))
    return Part(m.key, owner, text, slot_of("codingScheme", scheme), "検査報告書")


def author_slots(change: "Change | None") -> str:
    return "".join(element_of(m, "", change if change and change.about("author", m) else None)
                   for m in TABLE["author"])


def author_part(m: Attribute, owner: str, change: "Change | None") -> Part:
    inner = change if change is not None and change.kind == "author" else None
    return Part(m.key, owner, "", author_slots(inner), None)


def identifier_part(m: Attribute, owner: str) -> Part:
    text = given(m)
    return Part(m.key, owner, None, "", m.label,
                text % owner if "%s" in text else text)


@dataclasses.dataclass(frozen=True)
class Change:
    """One rule: what stands in the place of the attribute's element, made from that element.

    element: the whole text of it; part: a piece of a classification or an identifier; values: of
    its slot, Name, Description or XML attribute. taken: it is no fault, and must be taken."""
    kind: str
    attribute: Attribute
    name: str
    why: str
    element: Callable[[str], str] | None = None
    part: Callable[[Part], None] | None = None
    values: tuple[str, ...] | None = None
    taken: bool = False
    says: str = ""

    def about(self, kind: str, m: Attribute) -> bool:
        return self.kind == kind and self.attribute == m


def element_of(m: Attribute, owner: str, change: Change | None) -> str:
    """The element of an attribute. An XML attribute is none: object_of() writes it."""
    ident = f"{owner}-{m.name}"
    here = change if change is not None and change.attribute == m and change.kind != "author" \
        or change is not None and owner == "" else None
    values = (given(m),) if here is None or here.values is None else here.values
    part = Part()
    if m.coding == "SLOT":
        text = slot_of(m.key, *values)
    elif m.coding == "NAME":
        text = f"<rim:Name>{name_of(*values)}</rim:Name>"
    elif m.coding == "DESCRIPTION":
        text = f"<rim:Description>{name_of(*values)}</rim:Description>"
    elif m.coding == "MARKER":
        text = ""
    elif m.coding == "IDENTIFIER":
        part = identifier_part(m, owner)
        if here is not None and here.values is not None:
            part.value = here.values[0]
        if here is not None and here.part is not None:
            here.part(part)
        text = external(ident, part)
    else:
        part = code_part(m, owner) if m.coding == "CLASSIFICATION" \
            else author_part(m, owner, change)
        if here is not None and here.part is not None:
            here.part(part)
        text = classification(ident, part)
    if here is not None and here.element is not None:
        text = here.element(text)
    return text


ORDER = ("SLOT", "NAME", "DESCRIPTION", "CLASSIFICATION", "AUTHOR", "MARKER", "IDENTIFIER")
MARKERS = {"SubmissionSet": "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd",
           "Folder": "urn:uuid:d9d542f3-6cc4-48b6-8870-ea235fbc94c2"}
STABLE = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
APND = "urn:ihe:iti:2007:AssociationType:APND"
MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"


def xml_attributes(kind: str, change: Change | None) -> str:
    text = ""
    for m in TABLE[kind]:
        if m.coding != "XML_ATTRIBUTE":
            continue
        here = change if change is not None and change.about(kind, m) else None
        values = (given(m),) if here is None or here.values is None else here.values
        if values:
            text += f" {m.key}={quoteattr(values[0])}"
    return text


def contents(kind: str, owner: str, change: Change | None) -> str:
    mine = change if change is not None and (change.kind in (kind, "author")) else None
    return "".join(element_of(m, owner, mine) for coding in ORDER for m in TABLE[kind]
                   if m.coding == coding)


def marker(owner: str, node: str) -> str:
    return f'<rim:Classification id="{owner}-marker" classifiedObject="{owner}" ' \
        f'classificationNode="{node}"/>'


def entry_of(ident: str, change: Change | None) -> str:
    return f'<rim:ExtrinsicObject id="{ident}" objectType="{STABLE}"' \
        f'{xml_attributes("DocumentEntry", change)}>{contents("DocumentEntry", ident, change)}' \
        "</rim:ExtrinsicObject>"


def package_of(kind: str, ident: str, change: Change | None) -> str:
    return f'<rim:RegistryPackage id="{ident}"{xml_attributes(kind, change)}>' \
        f"{contents(kind, ident, change)}{marker(ident, MARKERS[kind])}</rim:RegistryPackage>"


def association_of(ident: str, kind: str, source: str, target: str, inner: str,
                   more: str = "") -> str:
    return f'<rim:Association id="{ident}" associationType="{kind}" sourceObject="{source}" ' \
        f'targetObject="{target}"{more}>{inner}</rim:Association>'


def association_parts(change: Change | None) -> tuple[str, str, str]:
    """The attributes; what the membership of the first entry holds; what the addendum's reason."""
    status, reason = TABLE["Association"][1:]
    mine = change if change is not None and change.kind == "Association" else None
    return xml_attributes("Association", change), element_of(status, "m1", mine), \
        element_of(reason, "rel", mine)


def submission(change: Change | None) -> str:
    """A set with two documents, a folder that holds one, and an addendum with a reason."""
    first = change if change is None or change.kind in ("DocumentEntry", "author") else None
    home, status, reason = association_parts(change)
    original = slot_of("SubmissionSetStatus", "Original")
    return ('<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" '
            'xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><rim:RegistryObjectList>'
            + package_of("SubmissionSet", "ss", change if change is None
                         or change.kind == "SubmissionSet" else None)
            + entry_of("d1", first) + entry_of("d2", None)
            + package_of("Folder", "f", change if change is None or change.kind == "Folder"
                         else None)
            + association_of("m1", MEMBER, "ss", "d1", status, home)
            + association_of("m2", MEMBER, "ss", "d2", original)
            + association_of("m3", MEMBER, "ss", "f", original)
            + association_of("fd", MEMBER, "f", "d1", "")
            + association_of("m4", MEMBER, "ss", "fd", original)
            + association_of("rel", APND, "d2", "d1", reason)
            + "</rim:RegistryObjectList></lcm:SubmitObjectsRequest>")


# ---- The rules --------------------------------------------------------------------------------

def set_part(**pieces: str | None) -> Callable[[Part], None]:
    def change(part: Part) -> None:
        for key, text in pieces.items():
            setattr(part, key, text)
    return change


def fits(kind: str, m: Attribute, most: int) -> Iterator[Change]:
    """So long it is taken, and one character longer it is not."""
    form = LONG_OF.get(m.type, "{}")
    for more in (0, 1):
        text = form.format("あ" * (most + more - len(form.format(""))))
        yield Change(kind, m, f"{most + more}-characters", f"{most + more} characters",
                     values=(text,), taken=more == 0)


def of_values(kind: str, m: Attribute) -> Iterator[Change]:
    """What holds of an attribute that has plain values."""
    for name, text in WRONG[m.type].items():
        yield Change(kind, m, name, f"{name.replace('-', ' ')}", values=(text,))
    for name, text in ({} if m.name in KNOWN else RIGHT.get(m.type, {})).items():
        if (m.name, name) == ("serviceStopTime", "a-leap-day"):
            continue  # it is before the start
        text = re.sub(r"\{(\d+)\}", lambda found: digits(int(found[1])), text)
        yield Change(kind, m, f"right-{name}", f"{name.replace('-', ' ')}, as it may be",
                     values=(text,), taken=True)
    if m.coding == "SLOT" and m.most == 1:
        yield Change(kind, m, "two-values", "two values where one is allowed",
                     values=(given(m), given(m)))
    if m.coding == "SLOT" and m.most == 0:
        yield Change(kind, m, "several-values", "several values, as it may have",
                     values=(given(m), SECOND.get(m.name, given(m))), taken=True)
    if m.type not in BOUNDED and m.name not in ("patientId", "comments", "sourcePatientId"):
        yield from fits(kind, m, m.length or VALUE_MOST)


def of_slot(kind: str, m: Attribute) -> Iterator[Change]:
    yield Change(kind, m, "twice", "its slot twice", element=lambda text: text + text)
    if m.most == 1:
        yield Change(kind, m, "no-value-list", "a slot without ValueList",
                     element=lambda _: f'<rim:Slot name="{m.key}"/>')
        yield Change(kind, m, "no-value", "a ValueList without Value", values=())
    # An empty value says nothing, and nothing is lost: many send author slots so.
    yield Change(kind, m, "empty", "an empty value", values=("",),
                 taken=m.rule != "R" and m.name != "SubmissionSetStatus")
    yield from of_values(kind, m)


def of_text(kind: str, m: Attribute) -> Iterator[Change]:
    yield Change(kind, m, "twice", "its element twice", element=lambda text: text + text,
                 says="Name" if m.coding == "NAME" else "Description")
    if m.rule == "R":
        yield Change(kind, m, "empty", "an empty text", values=("",))
        yield Change(kind, m, "no-text", "no text in it", values=())
    yield from of_values(kind, m)


def of_classification(kind: str, m: Attribute) -> Iterator[Change]:
    twice = Change(kind, m, "twice", "twice", element=lambda text: text + text.replace(
        f'-{m.name}"', f'-{m.name}-2"'), taken=m.most == 0)
    yield twice
    for name, why, pieces in (
            ("no-scheme", "no codingScheme", {"slots": ""}),
            ("empty-scheme", "an empty codingScheme", {"slots": slot_of("codingScheme", "")}),
            ("two-schemes", "a codingScheme of two values",
             {"slots": slot_of("codingScheme", LOINC, "2.999.5")}),
            ("scheme-twice", "two slots codingScheme",
             {"slots": slot_of("codingScheme", LOINC) + slot_of("codingScheme", "2.999.5")}),
            ("no-code", "no nodeRepresentation", {"code": None}),
            ("empty-code", "an empty nodeRepresentation", {"code": ""}),
            ("no-name", "no Name", {"name": None}), ("empty-name", "an empty Name", {"name": ""}),
            ("of-another", "another's classifiedObject", {"parent": "d2"}),
            ("of-nothing", "a classifiedObject that is not there", {"parent": "nothing"}),
            ("257-characters-of-code", "a code of 257 characters", {"code": "あ" * 257}),
            ("257-characters-of-scheme", "a scheme of 257 characters",
             {"slots": slot_of("codingScheme", "あ" * 257)}),
            ("1025-characters-of-name", "a name of 1025 characters", {"name": "あ" * 1025})):
        yield Change(kind, m, name, why, part=set_part(**pieces))
    if m.rule == "R":
        yield Change(kind, m, "unknown-scheme", "a classificationScheme that nobody knows instead",
                     part=set_part(scheme="urn:uuid:00000000-0000-4000-8000-000000000000"))
    if m.name not in CODES:
        yield Change(kind, m, "long", "code, scheme and name of the longest, another name",
                     part=set_part(code="あ" * CODE_MOST, name="あ" * NAME_MOST,
                                   slots=slot_of("codingScheme", "あ" * VALUE_MOST)), taken=True)


def of_identifier(kind: str, m: Attribute) -> Iterator[Change]:
    yield Change(kind, m, "twice", "twice", element=lambda text: text + text.replace(
        f'-{m.name}"', f'-{m.name}-2"'))
    for name, why, pieces in (
            ("empty", "an empty value", {"value": ""}), ("no-value", "no value", {"value": None}),
            ("no-name", "no Name", {"name": None}),
            ("another-name", "another's Name", {"name": "XDSDocumentEntry.sourceId"}),
            ("of-another", "another's registryObject", {"parent": "d2"}),
            ("of-nothing", "a registryObject that is not there", {"parent": "nothing"})):
        yield Change(kind, m, name, why, part=set_part(**pieces))
    yield Change(kind, m, "unknown-scheme", "an identificationScheme that nobody knows instead",
                 part=set_part(scheme="urn:uuid:00000000-0000-4000-8000-000000000000"))
    yield from of_values(kind, m)


def of_author(kind: str, m: Attribute) -> Iterator[Change]:
    yield Change(kind, m, "twice", "two authors", element=lambda text: text + text.replace(
        '-author"', '-author-2"'), taken=True)
    yield Change(kind, m, "empty", "none of person, institution, telecommunication",
                 part=set_part(slots=""))
    yield Change(kind, m, "a-role-alone", "a role and nobody who has it",
                 part=set_part(slots=slot_of("authorRole", "医師")))
    yield Change(kind, m, "of-another", "another's classifiedObject", part=set_part(parent="d2"))
    yield Change(kind, m, "of-nothing", "a classifiedObject that is not there",
                 part=set_part(parent="nothing"))


def of_xml_attribute(kind: str, m: Attribute) -> Iterator[Change]:
    if m.rule == "R":
        yield Change(kind, m, "empty", "an empty value", values=("",))
    yield from of_values(kind, m)


def of_marker(kind: str, m: Attribute) -> Iterator[Change]:
    owner = {"DocumentEntry": "d1", "SubmissionSet": "ss", "Folder": "f"}[kind]
    text = f'<rim:Classification id="limited" classifiedObject="{owner}" ' \
        f'classificationNode="{m.key}"/>'
    yield Change(kind, m, "there", "not allowed here", element=lambda _: text)


RULES = {"SLOT": of_slot, "NAME": of_text, "DESCRIPTION": of_text,
         "CLASSIFICATION": of_classification, "IDENTIFIER": of_identifier, "AUTHOR": of_author,
         "XML_ATTRIBUTE": of_xml_attribute, "MARKER": of_marker}


def absence(kind: str, m: Attribute) -> Iterator[Change]:
    """Left out: refused where it is required, taken where it is not."""
    if m.rule == "X":
        return
    if m.coding == "XML_ATTRIBUTE":
        yield Change(kind, m, "missing", "left out", values=(), taken=m.rule != "R")
    elif m.name == "SubmissionSetStatus":  # of this Association it is required
        yield Change(kind, m, "missing", "left out", element=lambda _: "")
    else:
        yield Change(kind, m, "missing", "left out", element=lambda _: "", taken=m.rule != "R")


def rules_of(kind: str, m: Attribute) -> list[Change]:
    return [*absence(kind, m), *RULES[m.coding](kind, m)]


def all_rules() -> list[Change]:
    return [change for kind, rows in TABLE.items() for m in rows for change in rules_of(kind, m)]


# ---- The cases --------------------------------------------------------------------------------

def case_name(change: Change) -> str:
    return f"metadata-{change.kind}-{change.attribute.name}-{change.name}"


ERROR = "XDSRegistryMetadataError"
DOCUMENTS = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"  # GetDocuments
UIDS = Step("metadata.py", "let", values={f"uid-{each}": f"${{oid.{each}}}"
                                          for each in ("ss", "d1", "d2", "f")})
QUERY = "urn:uuid:e8e3cb2c-e39c-46b9-99e4-c12f57260b83"  # GetSubmissionSetAndContents


def case_of(change: Change) -> Case:
    name = case_name(change)
    also = "|XDSPatientIdDoesNotMatch" if change.attribute.name == "patientId" else ""
    told = [("status", "Success")] if change.taken else [
        ("status", "Failure"), ("only-error", ERROR + also),
        ("error", f"{ERROR} context={change.says or change.attribute.name}")]
    send = Step(name, "send", "b-clinic", f"{name}.xml", expectations=told)
    look = Step(name, "send", "b-clinic", "iti18.xml", {"query": QUERY},
                changes=[("+", "slot name=$XDSSubmissionSetUniqueId value=\"'${uid-ss}'\""),
                         ("+", "slot name=$MetadataLevel value=2")],  # what is offline, too
                expectations=[("status", "Success"),
                              ("sets", "${uid-ss}" if change.taken else "none"),
                              ("entries", "${uid-d1} ${uid-d2}" if change.taken else "none")])
    steps = [UIDS, send, look]
    if change.taken and change.about("DocumentEntry", TABLE["DocumentEntry"][-1]):
        look.expectations.pop()
    if change.about("SubmissionSet", TABLE["SubmissionSet"][-1]):  # it has none to ask by
        steps[2:] = [Step(name, "send", "b-clinic", "iti18.xml", {"query": DOCUMENTS}, changes=[
            ("+", "slot name=$XDSDocumentEntryUniqueId value=\"('${uid-d1}','${uid-d2}')\"")],
            expectations=[("status", "Success"),
                          ("entries", "${uid-d1} ${uid-d2}" if change.taken else "none")])]
    return Case(name, f"{change.kind}.{change.attribute.name}: {change.why}",
                "ITI TF-3: 4.2.3", steps)


def case_file() -> CaseFile:
    """One case a rule, the submission without a fault first, nothing kept of it all last."""
    file = CaseFile("metadata.py", setup=[Step("metadata.py", "do", subject="joined")])
    file.messages["metadata-whole.xml"] = submission(None)
    whole = Step("metadata-whole", "send", "b-clinic", "metadata-whole.xml",
                 expectations=[("status", "Success"), ("errors", "0")])
    file.cases.append(Case("metadata-whole", "the submission that the others are changes of",
                           "ITI TF-3: 4.2.3", [UIDS, whole]))
    for change in all_rules():
        file.messages[case_name(change) + ".xml"] = submission(change)
        file.cases.append(case_of(change))
    return file
