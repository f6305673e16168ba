"""What a case may expect of an answer: one function a word. Each returns None or what is wrong."""
from __future__ import annotations

import re
import shlex
from typing import Callable

from lxml import etree

from . import soap
from .answers import Answer
from .message import own_octets
from .scope import Scope

STATUS = {
    "Success": "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success",
    "Failure": "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure",
    "PartialSuccess": "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess",
}
SCHEMES = {
    "entries": "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab",
    "sets": "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8",
    "folders": "urn:uuid:75df8f67-9973-4fbe-a900-df66cefecc5a",
}


def different(what: str, got: object, wanted: object) -> str | None:
    return None if got == wanted else f"{what}: got {got!r}, expected {wanted!r}"


def nodes(answer: Answer, path: str) -> list:
    if answer.root is None:
        return []
    found = answer.root.xpath(path, namespaces=soap.NS)
    return found if isinstance(found, list) else [found]


def http_status(answer: Answer, value: str) -> str | None:
    if answer.reply is None:
        return f"no HTTP answer: {answer.refused}"
    return None if str(answer.reply.status) in value.split("|") \
        else different("HTTP status", answer.reply.status, value)


def header(answer: Answer, value: str) -> str | None:
    """header = NAME: VALUE of the HTTP answer."""
    if answer.reply is None:
        return f"no HTTP answer: {answer.refused}"
    name, _, wanted = value.partition(":")
    return different(name, answer.reply.headers.get(name.strip().lower(), ""), wanted.strip())


def fault(answer: Answer, value: str) -> str | None:
    """fault = Sender|MustUnderstand|... [subcode's local name]."""
    words = value.split()
    code = soap.text(answer.root, "//s:Fault/s:Code/s:Value") if answer.root is not None else None
    if code is None:
        return f"no SOAP fault, HTTP {answer.reply.status if answer.reply else answer.refused}"
    if code.split(":")[-1] not in words[0].split("|"):
        return different("fault code", code, words[0])
    if len(words) > 1:
        subcode = soap.text(answer.root, "//s:Fault/s:Code/s:Subcode/s:Value") or ""
        return different("fault subcode", subcode.split(":")[-1], words[1])
    return None


def fault_detail(answer: Answer, value: str) -> str | None:
    """fault-detail = the local name of the element of WS-BaseNotification in the fault's detail."""
    found = nodes(answer, "//s:Fault/s:Detail/*[bf:Timestamp and bf:Description]")
    names = [etree.QName(each).localname for each in found]
    return different("fault detail", names, [value])


def accept_ack(answer: Answer, value: str) -> str | None:
    """ack = CA, or CE with code [and location's ending]: ITI-44."""
    words = value.split()
    got = soap.text(answer.root, "//v3:MCCI_IN000002UV01/v3:acknowledgement/v3:typeCode/@code") \
        if answer.root is not None else None
    if got != words[0]:
        return f"{different('acknowledgement', got or status_line(answer), words[0])} " \
            f"{told(answer)}"
    return detail(answer, words[1:])


def told(answer: Answer) -> list[str]:
    """The texts of the acknowledgement's details."""
    return ["".join(node.itertext()).strip()
            for node in nodes(answer, "//v3:acknowledgementDetail")]


def detail(answer: Answer, words: list[str]) -> str | None:
    if words:
        codes = nodes(answer, "//v3:acknowledgementDetail/v3:code/@code")
        if words[0] not in codes:
            return different("acknowledgementDetail code", codes, words[0])
    if len(words) > 1:
        places = [re.sub(r"\b\w+:", "", place.text or "")
                  for place in nodes(answer, "//v3:acknowledgementDetail/v3:location")]
        if not any(words[1] in place for place in places):
            return different("acknowledgementDetail location", places, words[1])
    return None


def query_answer(answer: Answer, value: str) -> str | None:
    """answer = OK | NF | AE [code [location]]: ITI-45, ITI-47."""
    words = value.split()
    got = soap.text(answer.root, "//v3:queryAck/v3:queryResponseCode/@code") \
        if answer.root is not None else None
    if got != words[0]:
        return f"{different('queryResponseCode', got or status_line(answer), words[0])} " \
            f"{told(answer)}"
    return detail(answer, words[1:])


def identifiers(answer: Answer) -> set[str]:
    if answer.hl7 is not None:
        return answer.hl7.identifiers("PID", 3)
    found = nodes(answer, "//v3:registrationEvent//v3:patient/v3:id | "
                  "//v3:registrationEvent//v3:asOtherIDs/v3:id")
    return {f"{node.get('root')}^{node.get('extension')}" for node in found}


def ids(answer: Answer, value: str) -> str | None:
    """ids = OID^ID ... | none: these and no others, of a PIX answer in either dialect."""
    wanted = set() if value == "none" else set(value.split())
    return different("identifiers", sorted(identifiers(answer)), sorted(wanted))


def found(answer: Answer, value: str) -> str | None:
    """found = OID^ID ... | none: the patients of an answer of ITI-21, 22 and 47, each by one of
    its ids."""
    wanted = [] if value == "none" else value.split()
    if answer.hl7 is not None:
        got = [answer.hl7.identifiers("PID", 3, number + 1)
               for number in range(answer.hl7.names().count("PID"))]
    else:
        got = [{f"{node.get('root')}^{node.get('extension')}" for node in patient.findall(
            "v3:id", soap.NS)}
            for patient in nodes(answer, "//v3:registrationEvent//v3:patient")]
    return different("patients", len(got), len(wanted)) or next(
        (f"no patient {one}; got {[sorted(each) for each in got]}" for one in wanted
         if not any(one in each for each in got)), None)


def quantities(answer: Answer, value: str) -> str | None:
    """quantities = TOTAL CURRENT REMAINING of a queryAck, or of QAK-4 to 6."""
    if answer.hl7 is not None:
        return different("quantities", " ".join(
            answer.hl7.get(f"QAK-{field}") or "-" for field in (4, 5, 6)), value)
    return different("quantities", " ".join(
        soap.text(answer.root, f"//v3:queryAck/v3:result{each}Quantity/@value") or "-"
        for each in ("Total", "Current", "Remaining")), value)


def has_ids(answer: Answer, value: str) -> str | None:
    missing = set(value.split()) - identifiers(answer)
    return f"identifiers missing: {sorted(missing)}; got {sorted(identifiers(answer))}" \
        if missing else None


def status_line(answer: Answer) -> str:
    """What an answer is, for a failure's sentence."""
    if answer.reply is None:
        return answer.refused or "nothing"
    reason = soap.text(answer.root, "//s:Fault/s:Reason/s:Text") \
        if answer.root is not None else None
    return f"HTTP {answer.reply.status}" + (f", fault: {reason}" if reason else "")


def registry_errors(answer: Answer, severity: str = "Error") -> list:
    return [node for node in nodes(answer, "//rs:RegistryError")
            if (node.get("severity") or "").endswith(severity)]


def registry_status(answer: Answer, value: str) -> str | None:
    """status = Success | Failure | PartialSuccess."""
    found = nodes(answer, "//rs:RegistryResponse/@status | //q:AdhocQueryResponse/@status")
    if not found:
        return f"no registry response: {status_line(answer)}"
    told = [f"{node.get('errorCode')}: {node.get('codeContext')}"
            for node in registry_errors(answer)]
    wrong = different("status", str(found[0]), STATUS[value])
    return f"{wrong} {told}" if wrong else None


def error(answer: Answer, value: str) -> str | None:
    """error = CODE [context=REGEX] [location=TEXT]; alternatives CODE|CODE."""
    return registry_error(answer, value, "Error")


def warning(answer: Answer, value: str) -> str | None:
    return registry_error(answer, value, "Warning")


def registry_error(answer: Answer, value: str, severity: str) -> str | None:
    words = shlex.split(value)
    wanted = dict(word.split("=", 1) for word in words[1:])
    told = []
    for node in registry_errors(answer, severity):
        told.append(f"{node.get('errorCode')}: {node.get('codeContext')} @{node.get('location')}")
        if node.get("errorCode") in words[0].split("|") \
                and re.search(wanted.get("context", ""), node.get("codeContext") or "") \
                and wanted.get("location", node.get("location")) == node.get("location"):
            return None
    return f"no {severity.lower()} {value}; got {told or status_line(answer)}"


def only_error(answer: Answer, value: str) -> str | None:
    """only-error = CODE: there are errors, and of this code alone; alternatives CODE|CODE."""
    told = [node.get("errorCode") for node in registry_errors(answer)]
    return None if told and set(told) <= set(value.split("|")) \
        else f"errors {told or status_line(answer)}, expected {value} alone"


def unique_ids(answer: Answer, kind: str) -> list[str]:
    path = f"//rim:ExternalIdentifier[@identificationScheme='{SCHEMES[kind]}']/@value"
    return sorted(str(value) for value in nodes(answer, path))


def listed(kind: str) -> Callable[[Answer, str], str | None]:
    """entries = UNIQUEID ... | none: these objects and no others were returned."""
    def check(answer: Answer, value: str) -> str | None:
        wanted = [] if value == "none" else sorted(value.split())
        return different(kind, unique_ids(answer, kind), wanted)
    return check


def count_of(path: str, what: str) -> Callable[[Answer, str], str | None]:
    def check(answer: Answer, value: str) -> str | None:
        return different(what, len(nodes(answer, path)), int(value))
    return check


def refs(answer: Answer, value: str) -> str | None:
    """refs = ID ... | none: these rim:ObjectRef and no others."""
    wanted = [] if value == "none" else sorted(value.split())
    return different("ObjectRef",
                     sorted(str(v) for v in nodes(answer, "//rim:ObjectRef/@id")), wanted)


def xpath(answer: Answer, value: str) -> str | None:
    """xpath = EXPRESSION -> VALUE: compared as strings; a node set by its first node."""
    expression, _, wanted = value.rpartition("->")
    if answer.root is None:
        return f"no XML answer: {status_line(answer)}"
    got = answer.root.xpath(expression.strip(), namespaces=soap.NS)
    if isinstance(got, list):
        got = (got[0] if isinstance(got[0], str) else "".join(got[0].itertext())).strip() \
            if got else ""
    elif isinstance(got, float):
        got = f"{got:g}"
    elif isinstance(got, bool):
        got = str(got).lower()
    return different(expression.strip(), str(got), wanted.strip())


def document(answer: Answer, value: str) -> str | None:
    """document = UNIQUEID TEXT|octets=N|file=PATH below tests/cases: delivered, octet for octet."""
    name, _, text = value.partition(" ")
    content = document_octets(answer, name)
    wanted = text.strip().encode()
    if text.startswith("octets="):
        wanted = bytes(index * 7 % 256 for index in range(int(text.removeprefix("octets="))))
    if text.startswith("file="):
        wanted = own_octets(text.removeprefix("file="))
    if content is None:
        return f"document {name} was not delivered: {status_line(answer)}"
    return None if content == wanted \
        else f"document {name}: {len(content)} octets differ from {len(wanted)} sent"


def document_octets(answer: Answer, name: str) -> bytes | None:
    for response in nodes(answer, "//x:DocumentResponse"):
        if soap.text(response, "x:DocumentUniqueId") == name:
            href = response.xpath("x:Document/xop:Include/@href", namespaces=soap.NS)
            return answer.package.octets(href[0]) if href and answer.package else None
    return None


def media(answer: Answer, value: str) -> str | None:
    """media = UNIQUEID TYPE: the mimeType said for it and the Content-Type of its part."""
    name, _, wanted = value.partition(" ")
    for response in nodes(answer, "//x:DocumentResponse"):
        if soap.text(response, "x:DocumentUniqueId") == name:
            return different("mimeType", soap.text(response, "x:mimeType"), wanted)
    return f"document {name} was not delivered"


def delivered(answer: Answer, value: str) -> str | None:
    """delivered = UNIQUEID ... | none."""
    wanted = [] if value == "none" else sorted(value.split())
    return different("documents", sorted(
        n.text for n in nodes(answer, "//x:DocumentResponse/x:DocumentUniqueId")), wanted)


def segments(answer: Answer, value: str) -> str | None:
    got = " ".join(answer.hl7.names()) if answer.hl7 else answer.refused
    return different("segments", got, value)


def refused(answer: Answer, value: str) -> str | None:
    """refused = yes: no answer at all, the connection was closed or never opened."""
    return different("refused", "yes" if answer.refused else f"no: {status_line(answer)}", value)


def exit_code(answer: Answer, value: str) -> str | None:
    return None if str(answer.exit) == value \
        else f"exit {answer.exit}, expected {value}: {answer.talk.strip()[:200]}"


def prints(answer: Answer, value: str) -> str | None:
    return None if re.search(value, answer.output) \
        else f"printed {answer.output[:200]!r}, expected /{value}/"


def talks(answer: Answer, value: str) -> str | None:
    """talks = REGEX over what the tool says beside its data (standard error)."""
    return None if re.search(value, answer.talk) \
        else f"talked {answer.talk[:200]!r}, expected /{value}/"


def answered(answer: Answer, value: str) -> str | None:
    """answered = REGEX over the octets of a raw exchange (status line first)."""
    got = answer.octets.decode("latin-1")
    return None if re.search(value, got) else f"answered {got[:120]!r}, expected /{value}/"


def safe(answer: Answer, _value: str) -> str | None:
    """safe = yes: refused in whatever words, but never served: closed, 4xx, 5xx,
    fault, or an error answer."""
    if answer.refused or (answer.reply and answer.reply.status >= 400) or answer.is_fault:
        return None
    if answer.octets:
        return None if re.search(rb"^HTTP/1\.1 [45]|MSA\|A[ER]\|", answer.octets) \
            else f"served: {answer.octets[:80]!r}"
    told = nodes(answer, "//rs:RegistryError[contains(@severity, 'Error')] | "
                 "//v3:typeCode[@code='CE' or @code='AE']")
    return None if told else f"served: {status_line(answer)}"


CHECKS: dict[str, Callable[[Answer, str], str | None]] = {
    "http": http_status, "header": header,
    "fault": fault, "fault-detail": fault_detail, "ack": accept_ack, "answer": query_answer,
    "ids": ids, "has-ids": has_ids, "found": found, "quantities": quantities,
    "status": registry_status,
    "error": error, "warning": warning, "only-error": only_error,
    "entries": listed("entries"), "sets": listed("sets"), "folders": listed("folders"),
    "associations": count_of("//rim:RegistryObjectList/rim:Association", "associations"),
    "errors": count_of("//rs:RegistryError", "errors"),
    "count-refs": count_of("//rim:ObjectRef", "references"),
    "refs": refs, "xpath": xpath, "document": document, "media": media, "delivered": delivered,
    "segments": segments, "refused": refused, "exit": exit_code, "prints": prints,
    "talks": talks, "answered": answered, "safe": safe,
}


def run(answer: Answer, key: str, value: str, scope: Scope) -> str | None:
    """One expectation; `keep NAME` takes a value out of the answer for later steps."""
    value = scope.fill(value)
    try:
        if key.startswith("keep "):
            return keep(answer, key.removeprefix("keep ").strip(), value, scope)
        if key.startswith("alike "):
            return alike(answer, key.removeprefix("alike ").strip(), value.split(), scope)
        if key in CHECKS:
            return CHECKS[key](answer, value)
        if answer.hl7 is None:
            return f"{key}: no HL7 v2 answer: {answer.refused or status_line(answer)}"
        wrong = different(key, answer.hl7.get(key), "" if value == "empty" else value)
        return f"{wrong} {answer.hl7.field('ERR', 8) or answer.hl7.field('ERR', 7)}" \
            if wrong else None
    except (etree.XPathError, ValueError, KeyError, AttributeError) as problem:
        return f"{key} = {value}: {type(problem).__name__}: {problem}"


def alike(answer: Answer, name: str, ids: list[str], scope: Scope) -> str | None:
    """alike NAME = ID ...: octet for octet the answers of this name are one, but for times, what
    is drawn anew for each of them, and the first, second ... of these ids. Those of a case; alike
    file NAME: of all the cases of a file."""
    assert answer.reply is not None
    text = answer.reply.body.decode("utf-8", "replace")
    for number, ident in enumerate(ids):
        text = text.replace(ident, f"(id {number})")
    for pattern, instead in ((r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "(uuid)"),
                             (r"\(exchange [^)]*\)", "(exchange)"),
                             (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "(time)"),
                             (r"(--|<root\.|minato)[0-9A-Za-z.=_-]{16,}", "(drawn)")):
        text = re.sub(pattern, instead, text)
    text = f"{answer.reply.status} {text}"
    while name.startswith("file ") and scope.above is not None and scope.above.above is not None:
        scope = scope.above
    first = scope.values.setdefault(f"alike {name}", text)
    return None if text == first else f"{name}: {text!r} is not {first!r}"


def keep(answer: Answer, name: str, value: str, scope: Scope) -> str | None:
    if answer.hl7 is not None:
        got = answer.hl7.get(value)
    elif answer.root is not None:
        got = soap.text(answer.root, value) or ""
    else:
        found = re.search(value, answer.output)
        got = (found.group(1) if found.groups() else found.group(0)) if found else ""
    if not got:
        return f"nothing to keep as {name} at {value}: {status_line(answer)}"
    scope.values[name] = got
    return None
