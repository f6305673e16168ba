"""Every parameter of every stored query (ITI-18, ITI-51), and what each must do: from these rows
questions are made, one a rule, and what they must find is computed from what was registered.

The rows are those of profiles/stored_query/stored_query_rows.c; tests/lint/queries holds the two
together. ITI TF-2: 3.18.4.1.2.3, 3.51.4.1.2.1. Parameters of metadata update are shown elsewhere.
"""
from __future__ import annotations

import dataclasses
from typing import Iterator

from .casefile import Case, CaseFile, Step

UUID = "urn:uuid:"
LOINC, SNOMED = "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.96"
CONFIDENTIALITY = "2.16.840.1.113883.5.25"
MPQ = "iti51.xml"
# Shown by the cases of metadata update.
ELSEWHERE = {"$XDSAssociationStatus", "$XDSDocumentEntryLogicalID", "$XDSFolderLogicalID",
             "$MetadataLevel"}


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A row: how it is read, whether it takes several values, whether it is needed."""
    name: str
    reading: str
    many: bool
    need: str  # OPTIONAL, REQUIRED, EITHER, ANY

    @property
    def anded(self) -> bool:
        return self.reading in ("CODES_ANDED", "REFERENCES_ANDED")


@dataclasses.dataclass(frozen=True)
class Query:
    """A stored query, and what of the region it can find where nothing is narrowed."""
    name: str
    id: str
    rows: tuple[Parameter, ...]
    base: dict[str, str]  # what is asked where nothing else is said, by parameter
    finds: dict[str, tuple[str, ...]]
    message: str = "iti18.xml"


def one(name: str, reading: str, need: str = "OPTIONAL") -> Parameter:
    return Parameter("$XDS" + name if name[0].isupper() and name != "AssociationTypes"
                     else "$" + name, reading, False, need)


def many(name: str, reading: str, need: str = "OPTIONAL") -> Parameter:
    return dataclasses.replace(one(name, reading, need), many=True)


def kinds(need: str) -> tuple[Parameter, ...]:
    return (many("DocumentEntryClassCode", "CODES", need),
            many("DocumentEntryHealthcareFacilityTypeCode", "CODES", need),
            many("DocumentEntryEventCodeList", "CODES_ANDED", need))


FILTERS = (
    many("DocumentEntryStatus", "STATUS", "REQUIRED"), many("DocumentEntryTypeCode", "CODES"),
    many("DocumentEntryPracticeSettingCode", "CODES"),
    *(one(f"DocumentEntry{name}{end}", "TIME") for name in
      ("CreationTime", "ServiceStartTime", "ServiceStopTime") for end in ("From", "To")),
    many("DocumentEntryConfidentialityCode", "CODES_ANDED"),
    many("DocumentEntryAuthorPerson", "PATTERNS"), many("DocumentEntryFormatCode", "CODES"),
    many("DocumentEntryDocumentAvailability", "AVAILABILITY"), many("DocumentEntryType", "TYPE"))
CONTENT = (
    many("DocumentEntryFormatCode", "CODES"), many("DocumentEntryConfidentialityCode",
                                                   "CODES_ANDED"),
    many("DocumentEntryDocumentAvailability", "AVAILABILITY"), many("DocumentEntryType", "TYPE"))
FIND = (one("DocumentEntryPatientId", "PATIENT", "REQUIRED"), *kinds("OPTIONAL"), *FILTERS)


def folder_filters(need: str) -> tuple[Parameter, ...]:
    return (many("FolderStatus", "STATUS", "REQUIRED"), one("FolderLastUpdateTimeFrom", "TIME"),
            one("FolderLastUpdateTimeTo", "TIME"), many("FolderCodeList", "CODES_ANDED", need))


def either(what: str, several: bool, unique: str = "OIDS") -> tuple[Parameter, ...]:
    make = many if several else one
    return (make(f"{what}EntryUUID", "UUIDS", "EITHER"), make(f"{what}UniqueId", unique, "EITHER"))


APPROVED = "('${approved}')"
ALL = {"entries": ("a", "b", "c")}
OF_DOCUMENTS = {"$XDSDocumentEntryPatientId": "'${one}'", "$XDSDocumentEntryStatus": APPROVED}
QUERIES = (
    Query("FindDocuments", "14d4debf-8f97-4251-9a74-a90016b0af0d", FIND, OF_DOCUMENTS, ALL),
    Query("FindSubmissionSets", "f26abbcb-ac74-4422-8a30-edb644bbc1a9", (
        one("SubmissionSetPatientId", "PATIENT", "REQUIRED"),
        many("SubmissionSetStatus", "STATUS", "REQUIRED"), many("SubmissionSetSourceId", "OIDS"),
        one("SubmissionSetSubmissionTimeFrom", "TIME"),
        one("SubmissionSetSubmissionTimeTo", "TIME"),
        one("SubmissionSetAuthorPerson", "PATTERNS"), many("SubmissionSetContentType", "CODES")),
          {"$XDSSubmissionSetPatientId": "'${one}'", "$XDSSubmissionSetStatus": APPROVED},
          {"sets": ("s1", "s2")}),
    Query("FindFolders", "958f3006-baad-4929-a4de-ff1114824431", (
        one("FolderPatientId", "PATIENT", "REQUIRED"), *folder_filters("OPTIONAL")),
          {"$XDSFolderPatientId": "'${one}'", "$XDSFolderStatus": APPROVED},
          {"folders": ("f1", "f2")}),
    Query("GetAll", "10b545ea-725c-446d-9b95-8aeb444eddf3", (
        one("patientId", "PATIENT", "REQUIRED"),
        many("DocumentEntryStatus", "STATUS", "REQUIRED"),
        many("SubmissionSetStatus", "STATUS", "REQUIRED"),
        many("FolderStatus", "STATUS", "REQUIRED"), *CONTENT),
          {"$patientId": "'${one}'", "$XDSDocumentEntryStatus": APPROVED,
           "$XDSSubmissionSetStatus": APPROVED, "$XDSFolderStatus": APPROVED},
          {**ALL, "sets": ("s1", "s2"), "folders": ("f1", "f2")}),
    Query("GetDocuments", "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4",
          either("DocumentEntry", True, "DOCUMENT_IDS"), {}, ALL),
    Query("GetFolders", "5737b14c-8a1a-4539-b659-e03a34a5e1e4", either("Folder", True), {},
          {"folders": ("f1", "f2")}),
    Query("GetAssociations", "a7ae438b-4bc2-4642-93e9-be891f7bb155", (
        many("uuid", "UUIDS", "REQUIRED"),), {"$uuid": "('${uuid.a}')"}, {"associations": ()}),
    Query("GetDocumentsAndAssociations", "bab9529a-4a10-40b3-a01f-f68a615d247a",
          either("DocumentEntry", True, "DOCUMENT_IDS"), {}, ALL),
    Query("GetSubmissionSets", "51224314-5390-4169-9b91-b1980040715a", (
        many("uuid", "UUIDS", "REQUIRED"),), {"$uuid": "('${uuid.a}')"}, {"sets": ("s1", "s2")}),
    Query("GetSubmissionSetAndContents", "e8e3cb2c-e39c-46b9-99e4-c12f57260b83", (
        *either("SubmissionSet", False), *CONTENT),
          {"$XDSSubmissionSetUniqueId": "'${oid.s1}'"}, {"entries": ("a", "b"), "sets": ("s1",)}),
    Query("GetFolderAndContents", "b909a503-523d-4517-8acf-8e5834dfc4c7", (
        *either("Folder", False), *CONTENT),
          {"$XDSFolderUniqueId": "'${oid.f1}'"}, {"entries": ("a", "b"), "folders": ("f1",)}),
    Query("GetFoldersForDocument", "10cae35a-c7f9-4cf5-b61e-fc3278ffb578",
          either("DocumentEntry", False, "DOCUMENT_IDS"), {}, {"folders": ("f1", "f2")}),
    Query("GetRelatedDocuments", "d90e5407-b356-4d91-a89f-873917b4b0e6", (
        *either("DocumentEntry", False, "DOCUMENT_IDS"),
        many("AssociationTypes", "ASSOCIATION_TYPES", "REQUIRED"),
        many("DocumentEntryType", "TYPE")),
          {"$XDSDocumentEntryUniqueId": "'${oid.a}'", "$AssociationTypes": "('${xfrm}')"},
          {"entries": ("a", "c")}),
    Query("FindDocumentsByReferenceId", "12941a89-e02e-4be5-967c-ce4bfc8fe492", (
        *FIND, many("DocumentEntryReferenceIdList", "REFERENCES_ANDED", "REQUIRED")),
          {**OF_DOCUMENTS, "$XDSDocumentEntryReferenceIdList":
           "('R0^^^&2.999.5&ISO^urn:ihe:iti:xds:2013:order')"}, ALL),
    Query("FindDocumentsForMultiplePatients", "3d1bdb10-39a2-11de-89c2-2f44d94eaa9f", (
        many("DocumentEntryPatientId", "PATIENTS", "ANY"), *kinds("ANY"), *FILTERS),
          {**OF_DOCUMENTS, "$XDSDocumentEntryPatientId": "('${one}')"}, ALL, MPQ),
    Query("FindFoldersForMultiplePatients", "50d3f5ac-39a2-11de-a1ca-b366239e58df", (
        many("FolderPatientId", "PATIENTS", "ANY"), *folder_filters("ANY")),
          {"$XDSFolderPatientId": "('${one}')", "$XDSFolderStatus": APPROVED},
          {"folders": ("f1", "f2")}, MPQ),
)

# ---- What is registered -------------------------------------------------------------------------


def reference(name: str) -> str:
    return f"{name}^^^&2.999.5&ISO^urn:ihe:iti:xds:2013:order"


def coded(code: str, scheme: str) -> str:
    return f"{code}^^{scheme}"


ONLINE, OFFLINE = (f"urn:ihe:iti:2010:DocumentAvailability:{word}" for word in
                   ("Online", "Offline"))
# By parameter: what each object has. Times are compared, everything else is equal or is not.
HAS: dict[str, dict[str, set[str]]] = {
    "$XDSDocumentEntryClassCode": {"a": {coded("C1", "2.999.5")}, "b": {coded("C2", "2.999.5")},
                                   "c": {coded("C3", "2.999.5")}, "d": {coded("C1", "2.999.5")}},
    "$XDSDocumentEntryTypeCode": {"a": {coded("T1", LOINC)}, "b": {coded("T2", LOINC)},
                                  "c": {coded("T3", LOINC)}},
    "$XDSDocumentEntryPracticeSettingCode": {
        "a": {coded("394802001", SNOMED)}, "b": {coded("394814009", SNOMED)},
        "c": {coded("394802001", SNOMED)}},
    "$XDSDocumentEntryHealthcareFacilityTypeCode": {
        "a": {coded("H1", SNOMED)}, "b": {coded("H2", SNOMED)}, "c": {coded("H3", SNOMED)}},
    "$XDSDocumentEntryEventCodeList": {
        "a": {coded("E1", "2.999.5"), coded("E0", "2.999.5")},
        "b": {coded("E2", "2.999.5"), coded("E0", "2.999.5")}, "c": {coded("E0", "2.999.5")}},
    "$XDSDocumentEntryConfidentialityCode": {
        "a": {coded("N", CONFIDENTIALITY), coded("M", CONFIDENTIALITY)},
        "b": {coded("R", CONFIDENTIALITY), coded("M", CONFIDENTIALITY)},
        "c": {coded("M", CONFIDENTIALITY)}},
    "$XDSDocumentEntryFormatCode": {
        "a": {coded("urn:example:f1", "2.999.5")}, "b": {coded("urn:example:f2", "2.999.5")},
        "c": {coded("urn:example:f3", "2.999.5")}},
    "$XDSDocumentEntryAuthorPerson": {"a": {"^佐藤^花子"}, "b": {"^SATO^TARO"},
                                      "c": {"^鈴木^一郎"}},
    "$XDSDocumentEntryReferenceIdList": {
        "a": {reference("R1"), reference("R0")}, "b": {reference("R2"), reference("R0")},
        "c": {reference("R0")}},
    "$XDSDocumentEntryDocumentAvailability": {"a": {ONLINE}, "b": {OFFLINE}, "c": {ONLINE}},
    "$XDSDocumentEntryCreationTime": {"a": {"20260101"}, "b": {"20260201120000"},
                                      "c": {"20260301"}},
    "$XDSDocumentEntryServiceStartTime": {"a": {"20260102"}, "b": {"20260202"},
                                          "c": {"20260302"}},
    "$XDSDocumentEntryServiceStopTime": {"a": {"20260103"}, "b": {"20260203"}, "c": {"20260303"}},
    "$XDSSubmissionSetSourceId": {"s1": {"2.999.61"}, "s2": {"2.999.62"}},
    "$XDSSubmissionSetContentType": {"s1": {coded("S1", LOINC)}, "s2": {coded("S2", LOINC)}},
    "$XDSSubmissionSetAuthorPerson": {"s1": {"^試験^花子"}, "s2": {"^試験^花子"}},
    "$XDSSubmissionSetSubmissionTime": {"s1": {"20260110"}, "s2": {"20260210"}},
    "$XDSFolderCodeList": {"f1": {coded("K1", SNOMED), coded("K0", "2.999.5")},
                           "f2": {coded("K2", SNOMED), coded("K0", "2.999.5")}},
}
# A value of one object, of another, of none; of what LIKE finds by patterns.
ASKED: dict[str, tuple[str, str, str]] = {
    "$XDSDocumentEntryAuthorPerson": ("^佐藤%", "%SATO^TAR_", "^佐藤"),
    "$XDSSubmissionSetAuthorPerson": ("%花子", "^試_^%", "花子%"),
    "$XDSDocumentEntryDocumentAvailability": (ONLINE, OFFLINE, ""),
}
MATCHED_BY = {"^佐藤%": {"a"}, "%SATO^TAR_": {"b"}, "^佐藤": set(), "%花子": {"s1", "s2"},
              "^試_^%": {"s1", "s2"}, "花子%": set()}
PLACES = {"entries": "abcd", "sets": ("s1", "s2"), "folders": ("f1", "f2", "f3")}


def entry_line(name: str) -> str:
    def of(parameter: str, last: int = -1) -> str:
        values = sorted(HAS["$XDSDocumentEntry" + parameter][name], reverse=True)
        return values[min(last, len(values) - 1)].split("^^")[0]
    second = "" if name == "c" else f" event2={of('EventCodeList', 1)} " \
        f"confidentiality2={of('ConfidentialityCode', 1)}"
    return (f"entry id=${{uuid.{name}}} uid=${{oid.{name}}} patient=${{patient}} "
            f"hash={'a' * 40} size=5 repo=2.999.21 class={of('ClassCode')} class-scheme=2.999.5 "
            f"type-code={of('TypeCode')} practice={of('PracticeSettingCode')} "
            f"facility={of('HealthcareFacilityTypeCode')} event={of('EventCodeList', 0)} "
            f"confidentiality={of('ConfidentialityCode', 0)}{second} "
            f"format={of('FormatCode')} format-scheme=2.999.5 author={of('AuthorPerson')} "
            f"created={of('CreationTime')} start={of('ServiceStartTime')} "
            f"stop={of('ServiceStopTime')} reference=R0^^^&2.999.5&ISO^urn:ihe:iti:xds:2013:order")


def more_of(name: str) -> list[tuple[str, str]]:
    """What the messages have no words for: a second reference id, availability."""
    at = f"//rim:ExtrinsicObject[@id='${{uuid.{name}}}']/rim:Slot"
    available = "".join(HAS["$XDSDocumentEntryDocumentAvailability"][name])
    changes = [("^", f"{at}[@name='languageCode'] = <rim:Slot name=\"documentAvailability\">"
                     f"<rim:ValueList><rim:Value>{available}</rim:Value></rim:ValueList>"
                     "</rim:Slot>")]
    for value in sorted(HAS["$XDSDocumentEntryReferenceIdList"][name] - {reference("R0")}):
        changes.append(("^", f"{at}[@name='urn:ihe:iti:xds:2013:referenceIdList']//rim:Value = "
                             f"<rim:Value>{value.replace('&', '&amp;')}</rim:Value>"))
    return changes


def second_code(folder: str) -> tuple[str, str]:
    return ("^", f"//rim:RegistryPackage[@id='${{uuid.{folder}}}']/rim:Classification"
                 "[@nodeRepresentation] = <rim:Classification id=\"k0\" classifiedObject="
                 f"\"${{uuid.{folder}}}\" classificationScheme=\"urn:uuid:1ba97051-7806-41a8-a48b-"
                 "8fce7af683c5\" nodeRepresentation=\"K0\"><rim:Slot name=\"codingScheme\">"
                 "<rim:ValueList><rim:Value>2.999.5</rim:Value></rim:ValueList></rim:Slot>"
                 "<rim:Name><rim:LocalizedString value=\"of all\"/></rim:Name>"
                 "</rim:Classification>")


def submit(number: int, entries: str, more: list[tuple[str, str]]) -> Step:
    ident, folder = f"s{number}", f"f{number}"
    changes = [("+", f"set id=${{uuid.{ident}}} uid=${{oid.{ident}}} patient=${{patient}} "
                     f"source=2.999.6{number} submitted=20260{number}10 content=S{number}"),
               ("+", f"folder id=${{uuid.{folder}}} uid=${{oid.{folder}}} patient=${{patient}} "
                     f"code=K{number}"),
               ("+", f"member id=sf from=${{uuid.{ident}}} to=${{uuid.{folder}}}")]
    for name in entries:
        changes += [("+", entry_line(name)),
                    ("+", f"member id=m-{name} from=${{uuid.{ident}}} to=${{uuid.{name}}}"),
                    ("+", f"link id=fd-{name} from=${{uuid.{folder}}} to=${{uuid.{name}}}"),
                    ("+", f"member id=sfd-{name} from=${{uuid.{ident}}} to=fd-{name}"),
                    *more_of(name)]
    return Step("queries.py", "send", "b-clinic", "iti42.xml",
                changes=[*changes, second_code(folder), *more],
                expectations=[("status", "Success")])


def set_up() -> list[Step]:
    def let(**values: str) -> Step:
        return Step("queries.py", "let", values=values)
    for rows in HAS.values():
        if "a" in rows:
            rows["d"] = rows["a"]
    return [Step("queries.py", "do", subject="joined"), let(one="${patient}"),
            submit(1, "ab", []),
            submit(2, "c", [("+", "link id=x from=${uuid.c} to=${uuid.a} type=${xfrm}")]),
            Step("queries.py", "do", subject="another"), let(two="${patient}"),
            submit(3, "d", []), let(patient="${one}")]


# ---- The rules ----------------------------------------------------------------------------------

@dataclasses.dataclass(frozen=True)
class Question:
    """What is asked: slots by their parameters, and what must come of it."""
    rule: str
    slots: tuple[tuple[str, tuple[str, ...]], ...]
    error: str = ""
    context: str = ""
    expected: tuple[tuple[str, str], ...] = ()


def listed(*values: str) -> str:
    return "(" + ",".join("'" + each + "'" for each in values) + ")"


def literal(parameter: Parameter, *values: str) -> str:
    return listed(*values) if parameter.many else f"'{values[0]}'"


def asked(query: Query, parameter: Parameter) -> tuple[str, str, str]:
    """A value of one object, of another, and of none."""
    name = parameter.name
    if name in ASKED:
        return ASKED[name]
    if parameter.reading in ("STATUS", "TYPE"):
        words = ("approved", "deprecated") if parameter.reading == "STATUS" else ("stable",
                                                                                  "on-demand")
        return (f"${{{words[0]}}}", f"${{{words[1]}}}", f"${{{words[1]}}}")
    if parameter.reading in ("PATIENT", "PATIENTS"):
        return "${one}", "${two}", "${pid.nobody}^^^&${domain.affinity}&ISO"
    if parameter.reading == "ASSOCIATION_TYPES":
        return "${xfrm}", "${apnd}", "${rplc}"
    if parameter.reading in ("UUIDS", "OIDS", "DOCUMENT_IDS") and name not in HAS:
        first, second = named_objects(query, parameter)
        kind = "uuid" if parameter.reading == "UUIDS" else "oid"
        return f"${{{kind}.{first}}}", f"${{{kind}.{second}}}", f"${{{kind}.nothing}}"
    values = HAS[name]
    order = sorted(values)
    first, second = (sorted(values[each], reverse=True)[0] for each in order[:2])
    nobody = first.replace(first.split("^")[0], "2.999.404" if parameter.reading == "OIDS"
                           else "X404")
    return first, second, nobody


def named_objects(query: Query, parameter: Parameter) -> tuple[str, str]:
    if "SubmissionSet" in parameter.name:
        return "s1", "s2"
    if "Folder" in parameter.name:
        return "f1", "f2"
    return "a", "c"


def kind_of(query: Query, parameter: Parameter) -> str:
    """What the parameter narrows."""
    for part, kind in (("SubmissionSet", "sets"), ("Folder", "folders")):
        if part in parameter.name and kind in query.finds:
            return kind
    return next(iter(query.finds))


def found_by(query: Query, parameter: Parameter, *values: str) -> set[str]:
    """The objects that have one of these values."""
    if parameter.reading == "STATUS":
        return set("abcd") | {"s1", "s2", "f1", "f2"} if "${approved}" in values else set()
    if parameter.reading == "TYPE":
        return set("abcd") if "${stable}" in values else set()
    if parameter.reading in ("PATIENT", "PATIENTS"):
        of = {"${one}": {"a", "b", "c", "s1", "s2", "f1", "f2"}, "${two}": {"d", "f3"}}
        return set().union(*(of.get(value, set()) for value in values))
    if parameter.reading == "ASSOCIATION_TYPES":
        return {"a", "c"} if "${xfrm}" in values else set()
    if parameter.reading == "PATTERNS":
        return set().union(*(MATCHED_BY[value] for value in values))
    if parameter.name in HAS:
        return {name for name, own in HAS[parameter.name].items() if own & set(values)}
    return found_by_id(query, [value.removeprefix("${uuid.").removeprefix("${oid.").rstrip("}")
                               for value in values])


def found_by_id(query: Query, ids: list[str]) -> set[str]:
    of_set = {"a": "s1", "c": "s2"}
    if query.name == "GetSubmissionSets":
        return {of_set[each] for each in ids if each in of_set}
    if query.name == "GetFoldersForDocument":
        return {of_set[each].replace("s", "f") for each in ids if each in of_set}
    if query.name == "GetSubmissionSetAndContents" or query.name == "GetFolderAndContents":
        return set().union(*({"s1": {"s1", "a", "b"}, "f1": {"f1", "a", "b"}}.get(each, set())
                             for each in ids))
    if query.name == "GetRelatedDocuments":
        return {"a", "c"} if set(ids) & {"a", "c"} else set()
    return set(ids) - {"nothing"}


def told(kind: str, names: set[str]) -> tuple[tuple[str, str], ...]:
    if kind == "associations":
        # Of a: its set's, its folder's and the transformation; of c the same.
        both = {"a": 3, "c": 3}
        count = sum(both.get(name, 0) for name in names) - (names >= {"a", "c"})
        return (("associations", str(count)),)
    return ((kind, " ".join(f"${{oid.{name}}}" for name in sorted(names)) or "none"),)


def narrowed(query: Query, parameter: Parameter, found: set[str]) -> tuple[tuple[str, str], ...]:
    kind = kind_of(query, parameter)
    if kind == "associations":
        return told(kind, found)
    scope = set(query.finds[kind])
    if parameter.reading == "PATIENTS":
        scope |= {"d", "f3"} & set(PLACES[kind])
    return told(kind, found & scope)


def with_slots(query: Query, parameter: Parameter, *values: str,
               without: tuple[str, ...] = ()) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The question of old, and this parameter said so; each of values is a slot of its own."""
    rest = {name: text for name, text in query.base.items()
            if name != parameter.name and name not in without
            and not (parameter.need == "EITHER" and name in
                     {row.name for row in query.rows if row.need == "EITHER"})}
    if any(row.reading == "AVAILABILITY" for row in query.rows):
        rest["$MetadataLevel"] = "2"  # b is offline, which level 1 leaves out
    return (*((name, (text,)) for name, text in rest.items()),
            *((parameter.name, (value,)) for value in values))


def of_time(query: Query, p: Parameter) -> Iterator[Question]:
    """From is in the range, To is not; what has a date stands at its beginning."""
    name, begins = p.name.removesuffix("From").removesuffix("To"), p.name.endswith("From")
    if name == "$XDSFolderLastUpdateTime":  # it is the registry's own
        points = {"before": ("20200101", begins), "behind": ("29990101", not begins)}
        for rule, (text, all_of_them) in points.items():
            found = {"f1", "f2"} if all_of_them else set()
            yield Question(rule, with_slots(query, p, f"'{text}'"),
                           expected=narrowed(query, p, found))
        return
    times = {each: min(own).ljust(8, "0").ljust(14, "0") for each, own in HAS[name].items()}
    second = sorted(times.values())[-2] if len(set(times.values())) > 2 else max(times.values())
    after = str(int(second) + 1)
    for rule, text in (("at", second), ("behind", after), ("of-a-day", second[:8])):
        limit = text.ljust(14, "0")
        found = {each for each, own in times.items() if (own >= limit) == begins}
        yield Question(rule, with_slots(query, p, f"'{text}'"), expected=narrowed(query, p, found))


def of_values(query: Query, p: Parameter) -> Iterator[Question]:
    first, second, nobody = asked(query, p)
    yield Question("matches", with_slots(query, p, literal(p, first)),
                   expected=narrowed(query, p, found_by(query, p, first)))
    if nobody:
        yield Question("matches-nothing", with_slots(query, p, literal(p, nobody)),
                       expected=narrowed(query, p, found_by(query, p, nobody)))
    if p.many:
        yield Question("or", with_slots(query, p, listed(first, second)),
                       expected=narrowed(query, p, found_by(query, p, first, second)))


def of_number(query: Query, p: Parameter) -> Iterator[Question]:
    """Several values, and the same slot again."""
    if p.reading == "TIME":
        first, second = "'20260101'", "'20260201'"
    else:
        first, second, _ = (literal(p, each) for each in asked(query, p))
    if not p.many:
        both = tuple((*with_slots(query, p), (p.name, (first, second))))
        yield Question("two-values", both, "XDSStoredQueryParamNumber", p.name)
    if not p.anded:
        yield Question("twice", with_slots(query, p, first, second), "XDSStoredQueryParamNumber",
                       p.name)
        return
    shared = sorted(set.union(*HAS[p.name].values()) & set.intersection(*(
        own for name, own in HAS[p.name].items() if name not in ("d", "f3"))))[0]
    one_value = asked(query, p)[0]
    yield Question("and", with_slots(query, p, listed(shared), listed(one_value)),
                   expected=narrowed(query, p, found_by(query, p, one_value)))
    yield Question("and-of-none", with_slots(query, p, listed(asked(query, p)[1]),
                                             listed(one_value)),
                   expected=narrowed(query, p, set()))
    yield Question("and-or", with_slots(query, p, listed(shared), listed(
        one_value, asked(query, p)[1])), expected=narrowed(query, p, found_by(
            query, p, one_value, asked(query, p)[1])))


def of_need(query: Query, p: Parameter) -> Iterator[Question]:
    alike = [row for row in query.rows if row.need == p.need]
    missing = "XDSStoredQueryMissingParam"
    if p.need == "REQUIRED":
        yield Question("missing", with_slots(query, p), missing, p.name)
    if p.need == "EITHER":
        other = next(row for row in alike if row.name != p.name)
        slots = (*with_slots(query, p, literal(p, asked(query, p)[0])),
                 (other.name, (literal(other, asked(query, other)[0]),)))
        yield Question("both", slots, "XDSStoredQueryParamNumber")
        yield Question("neither", with_slots(query, p), missing)
    if p.need == "ANY":
        yield Question("none-of-them", with_slots(query, p, without=tuple(
            row.name for row in alike)), missing)
        if p.reading != "PATIENTS":
            yield Question("alone", with_slots(query, p, literal(p, asked(query, p)[0]), without=(
                "$XDSDocumentEntryPatientId", "$XDSFolderPatientId")))


def questions(query: Query, p: Parameter) -> list[Question]:
    values = of_time(query, p) if p.reading == "TIME" else of_values(query, p)
    return [*values, *of_number(query, p), *of_need(query, p)]


# ---- The cases ----------------------------------------------------------------------------------

def case_name(query: Query, p: Parameter, question: Question) -> str:
    return f"query-{query.name}-{p.name.removeprefix('$').removeprefix('XDS')}-{question.rule}"


def slot_line(name: str, values: tuple[str, ...]) -> str:
    if len(values) == 1:
        return f'slot name={name} value="{values[0]}"'
    return f'slot2 name={name} value="{values[0]}" and="{values[1]}"'


def case_of(query: Query, p: Parameter, question: Question) -> Case:
    name = case_name(query, p, question)
    must = [("status", "Success"), *question.expected] if not question.error else [
        ("status", "Failure"), ("only-error", question.error),
        ("error", question.error + (f" context={question.context.replace('$', '.')}"
                                    if question.context else ""))]
    return Case(name, f"{query.name}, {p.name}: {question.rule.replace('-', ' ')}",
                "ITI TF-2: 3.18.4.1.2.3.7", [
                    Step(name, "send", "a-hospital", query.message, {"query": UUID + query.id},
                         changes=[("+", slot_line(*each)) for each in question.slots],
                         expectations=must)])


def case_file() -> CaseFile:
    file = CaseFile("queries.py", setup=set_up())
    file.cases = [case_of(query, p, question) for query in QUERIES for p in query.rows
                  for question in questions(query, p)]
    return file
