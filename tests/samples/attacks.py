"""Hostile messages of our own making: one trait each, in otherwise ordinary
messages of a made-up person.

They only name 127.0.0.1:9, where nobody listens, and /etc/hostname, which is no secret.
"""

from __future__ import annotations

SOAP = "http://www.w3.org/2003/05/soap-envelope"
XDS = "urn:ihe:iti:xds-b:2007"
XOP = "http://www.w3.org/2004/08/xop/include"
DOMAIN = "2.999.1.100.1"  # what the cases replace by the sender's own
PATIENT = "P000123"  # what they replace by a fresh id
CX = f"{PATIENT}^^^&{DOMAIN}&ISO"
NOWHERE = "http://127.0.0.1:9"

# ---- XML ----


def xml(inside: str, before: str = "", declared: str = "UTF-8") -> bytes:
    return (
        f'<?xml version="1.0" encoding="{declared}"?>{before}<e:Envelope '
        f'xmlns:e="{SOAP}"><e:Body>{inside}</e:Body></e:Envelope>'
    ).encode()


def doctype(inside: str, subset: str) -> bytes:
    return xml(inside, f"<!DOCTYPE e:Envelope {subset}>")


def nested(depth: int) -> str:
    return "<n>" * depth + "</n>" * depth


def xml_attacks() -> dict[str, bytes]:
    laughs = (
        '[<!ENTITY l0 "ho">'
        + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)) + "]"
    )
    attributes = " ".join(f'a{n}="0"' for n in range(20000))
    namespaces = " ".join(f'xmlns:p{n}="urn:example:{n}"' for n in range(5000))
    utf16 = xml("<t/>").decode().encode("utf-16")
    return {
        "01-billion-laughs.xml": doctype("<t>&l9;</t>", laughs),
        "02-quadratic-blowup.xml": doctype("<t>" + "&q;" * 2000 + "</t>",
                                           f'[<!ENTITY q "{"Q" * 12000}">]'),
        "03-xxe-file.xml": doctype("<t>&h;</t>", '[<!ENTITY h SYSTEM "file:///etc/hostname">]'),
        "04-xxe-http.xml": doctype("<t>&h;</t>", f'[<!ENTITY h SYSTEM "{NOWHERE}/h">]'),
        "05-parameter-entity-oob.xml": doctype("<t/>",
                                               f'[<!ENTITY % o SYSTEM "{NOWHERE}/o.dtd"> %o;]'),
        "06-external-dtd.xml": doctype("<t/>", f'SYSTEM "{NOWHERE}/d.dtd"'),
        "07-xinclude.xml": xml(
            '<i:include xmlns:i="http://www.w3.org/2001/XInclude" parse="text" '
            'href="file:///etc/hostname"/>'
        ),
        "08-empty-doctype-only.xml": doctype("<t/>", ""),
        "09-depth-255.xml": xml(nested(255)),
        "10-depth-5000.xml": xml(nested(5000)),
        "11-attribute-flood-20000.xml": xml(f"<t {attributes}/>"),
        "12-namespace-flood-5000.xml": xml(f"<t {namespaces}/>"),
        "13-duplicate-attribute.xml": xml('<t k="1" k="2"/>'),
        "14-nul-byte.xml": xml("<t>NUL\0NUL</t>"),
        "15-overlong-utf8.xml": xml("<t>SLASH</t>").replace(b"SLASH", b"\xc0\xaf"),
        "16-declared-utf8-is-utf16le.xml": utf16,
        "17-utf7-encoding-decl.xml": xml("<t>+ADw-b+AD4-</t>", declared="UTF-7"),
        "18-encoding-ebcdic-decl.xml": xml("<t/>", declared="IBM037"),
        "19-pi-stylesheet.xml": xml("<t/>",
                                    f'<?xml-stylesheet type="text/xsl" href="{NOWHERE}/s.xsl"?>'),
        "20-schemaLocation-http.xml": xml(
            '<t xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
            f'i:schemaLocation="urn:example:t {NOWHERE}/t.xsd"/>'
        ),
        "21-two-soap-bodies.xml": xml("<t/></e:Body><e:Body><u/>"),
        "22-trailing-garbage-after-root.xml": xml("<t/>") + b"<e:Envelope/>",
        "23-control-char-ref.xml": xml("<t>&#7;</t>"),
        "24-lone-surrogate-ref.xml": xml("<t>&#xDBFF;</t>"),
        "25-huge-text-11MB.README.txt": b"An envelope with a text of 11,000,000 characters; made "
        b"when the case runs.\n",
    }


# ---- MIME ----

INCLUDE = f'<xop:Include xmlns:xop="{XOP}" href="%s"/>'
PART = (
    "Content-Type: application/octet-stream\r\nContent-ID: <%s>\r\nContent-Transfer-Encoding: "
    "binary\r\n", b"octets of a document",
)


def submission(*contents: str) -> bytes:
    documents = "".join(f'<Document id="D{n}">{each}</Document>' for n, each in enumerate(contents))
    # One Body without attributes: the cases put a header before it.
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><ProvideAndRegisterDocumentSetRequest '
        f'xmlns="{XDS}">{documents}'
        "</ProvideAndRegisterDocumentSetRequest></s:Body></s:Envelope>"
    ).encode()


def package(
    root: bytes,
    *parts: tuple[str, bytes],
    boundary: str = "bound",
    ending: str | None = None,
    first: bool = True,
) -> bytes:
    """An HTTP message's Content-Type and body; a part is its headers and octets."""
    head = (
        f'Content-Type: multipart/related; boundary="{boundary}"; type="application/xop+xml"; '
        'start="<root@own>"; '
        'start-info="application/soap+xml"\r\nMIME-Version: 1.0\r\n\r\n'
    ).encode()
    whole = [
        (
            'Content-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"\r\n'
            'Content-ID: <root@own>\r\n'
            "Content-Transfer-Encoding: binary\r\n",
            root,
        )
    ]
    whole = whole + list(parts) if first else list(parts) + whole
    body = b"".join(f"--{boundary}\r\n{headers}\r\n".encode() + octets + b"\r\n"
                    for headers, octets in whole)
    return head + body + (f"--{boundary}--\r\n" if ending is None else ending).encode()


def part(content_id: str, octets: bytes = PART[1], headers: str = PART[0]) -> tuple[str, bytes]:
    return headers % content_id, octets


def mime_attacks() -> dict[str, bytes]:
    one, doc = submission(INCLUDE % "cid:d1@own"), part("d1@own")
    nested_part = (
        'Content-Type: multipart/mixed; boundary="in"\r\nContent-ID: <d1@own>\r\n',
        b"--in\r\nContent-Type: text/plain\r\n\r\nt\r\n--in--",
    )
    named = (
        "Content-Type: application/octet-stream\r\nContent-ID: <d1@own>\r\n"
        'Content-Disposition: attachment; filename="../../../../etc/cron.d/own"\r\n'
    )
    return {
        "01-ok-baseline.http": package(one, doc),
        "02-missing-part.http": package(submission(INCLUDE % "cid:absent@own")),
        "03-cid-cycle-root-includes-itself.http": package(submission(INCLUDE % "cid:root@own")),
        "04-duplicate-content-id.http": package(one, doc, part("d1@own", b"others")),
        "05-same-part-included-1000-times.http": package(
            submission(*[INCLUDE % "cid:d1@own"] * 1000), doc),
        "06-no-closing-boundary.http": package(one, part("d1@own", b"D" * 100), ending=""),
        "07-boundary-inside-content.http": package(
            one, part("d1@own", b"a--bound\r\n--boundless\r\n --bound\r\nz")
        ),
        "08-5000-unreferenced-parts.http": package(
            one, doc, *[part(f"unused{n}@own", b"") for n in range(5000)]
        ),
        "09-include-href-file-scheme.http": package(submission(INCLUDE % "file:///etc/hostname")),
        "10-include-href-http.http": package(submission(INCLUDE % f"{NOWHERE}/d")),
        "11-cid-percent-encoded.http": package(submission(INCLUDE % "cid:d%311%40own"),
                                               part("d11@own")),
        "12-part-header-8MB.README.txt": b"A part whose Content-ID has 8 MiB; made when the case "
        b"runs.\n", "13-boundary-71-chars.http": package(one, doc, boundary="m" * 71),
        "14-empty-boundary.http": package(one, boundary=""),
        "15-nested-multipart.http": package(one, nested_part),
        "16-base64-cte.http": package(one, part("d1@own", b"b3du\r\n",
                                                PART[0].replace("binary", "base64"))),
        "17-include-with-sibling-text.http": package(submission(INCLUDE % "cid:d1@own" + "BESIDE"),
                                                     doc),
        "18-start-param-names-second-part.http": package(
            one, part("d1@own", b"<forged/>", PART[0].replace("octet-stream", "xop+xml")),
            first=False
        ),
        "19-content-disposition-path.http": package(one, (named, b"octets")),
        "20-root-gzip-bomb-encoding.README.txt": b"A body that inflates without end; made when the "
        b"case runs.\n",
    }


# ---- HTTP ----


def http(head: str, body: str = "", line: str = "POST /pix HTTP/1.1") -> bytes:
    return (
        "\r\n".join([line, "Host: gateway", *head.split("\n"), "", ""])
        .replace("\r\n\r\n\r\n", "\r\n\r\n")
        .encode()
        + body.encode()
    )


def get(head: str, target: str = "/pix") -> bytes:
    return http(head, line=f"GET {target} HTTP/1.1")


def http_attacks() -> dict[str, bytes]:
    chunked = "Transfer-Encoding: chunked"
    return {
        "01-cl-te-smuggle.bin": http(f"Content-Length: 5\n{chunked}", "0\r\n\r\nP"),
        "02-te-cl-obfuscated.bin": http(
            "Transfer-Encoding: xchunked\nContent-Length: 3",
            "2b\r\nGET /metrics HTTP/1.1\r\n\r\n0\r\n\r\n"
        ),
        "03-two-content-lengths.bin": http("Content-Length: 2\nContent-Length: 3", "abc"),
        "04-content-length-negative.bin": http("Content-Length: -2"),
        "05-content-length-2pow64.bin": http(f"Content-Length: {2 ** 64}", "x"),
        "06-content-length-plus.bin": http("Content-Length: +3", "abc"),
        "07-chunk-size-overflow.bin": http(chunked, "FFFFFFFFFFFFFFFFF\r\nx\r\n0\r\n\r\n"),
        "08-chunk-ext-flood.bin": http(chunked, "1" + ";k=v" * 20000 + "\r\nx\r\n0\r\n\r\n"),
        "09-bare-lf.bin": b"GET /pix HTTP/1.1\nHost: gateway\n\n",
        "10-obs-fold.bin": get("X-Note: one\n two"),
        "11-space-before-colon.bin": get("Transfer-Encoding : chunked"),
        "12-nul-in-header.bin": get("X-Note: n\0n"),
        "13-two-host.bin": get("Host: another"),
        "14-absolute-uri-other-host.bin": get("", "http://another/pix"),
        "15-header-flood-2000.bin": get("\n".join(f"X-{n}: v" for n in range(2000))),
        "16-request-line-100k.bin": get("", "/" + "p" * 100000),
        "17-path-traversal.bin": get("", "/pix/..%2f..%2fetc%2fhostname"),
        "18-crlf-in-query.bin": get("", "/pix?id=1%0d%0aSet-Cookie:own=1"),
        "19-content-type-header-injection.bin": http(
            'Content-Type: multipart/related; boundary="m\nX-Own: 1"\nContent-Length: 0'
        ),
        "20-expect-100-then-stall.README.txt": b"Expect: 100-continue, "
        b"and then nothing; done by the scene.\n",
        "21-slowloris.README.txt": b"An octet of the header now and then; done by the scene.\n",
    }


# ---- HL7 v2 ----


def hl7(
    pid: str,
    control: str = "M1",
    kind: str = "ADT^A04^ADT_A01",
    charset: str = "UNICODE UTF-8",
    more: str = "PV1||O",
) -> str:
    return (
        f"MSH|^~\\&|WARD|OWN|GATEWAY|REGION|20260115093000||{kind}|{control}|P|2.3.1||||||"
        f"{charset}\r"
        f"EVN||20260115093000\rPID|||{pid}\r{more}\r"
    )


def frame(message: str | bytes, before: bytes = b"\x0b", after: bytes = b"\x1c\r") -> bytes:
    return before + (message.encode() if isinstance(message, str) else message) + after


def person(name: str = "港^花子", cx: str = CX) -> str:
    return f"{cx}||{name}||19690601|F"


def hl7_attacks() -> dict[str, bytes]:
    ok = hl7(person())
    # Two octets of a character, ESC ( B between them.
    split = hl7(person("\x1b$B9A2\x1b(B0V;R"), charset="~ISO IR87")
    merge = {"kind": "ADT^A40^ADT_A39"}
    return {
        "01-ok.mllp": frame(ok),
        "02-no-end-block.mllp": frame(ok, after=b""),
        "03-double-start-block.mllp": frame(ok, before=b"\x0bMSH|begun\x0b"),
        "04-fs-inside.mllp": frame(hl7(person(cx=CX.replace("P000", "P\x1c000")))),
        "05-end-block-without-cr.mllp": frame(ok, after=b"\x1c"),
        "06-leading-junk.mllp": frame(ok, before=b"\0\0\r\n\x0b"),
        "07-pipelined-200.mllp": b"".join(frame(hl7(person(), f"M{n}")) for n in range(200)),
        "08-segment-injection-in-name.mllp": frame(
            hl7(person(f"港\rPID|||P777777^^^&{DOMAIN}&ISO"))),
        "09-escape-hex-cr-injection.mllp": frame(hl7(person("A\\X0D\\PID|||FORGED"))),
        "10-cx-delimiter-injection.mllp": frame(
            hl7(person(cx=f"P1^^^&{DOMAIN}&ISO^PI~P2^^^&2.999.66.6&ISO"))
        ),
        "11-msh-custom-delimiters.mllp": frame(
            "MSH#@!%&#WARD#OWN#GATEWAY#REGION#20260115##ADT@A04#M1#P#2.3.1\r"
            f"PID###P1@@@%{DOMAIN}%ISO\r"
        ),
        "12-msh-delimiters-equal.mllp": frame(
            "MSH||||||WARD|OWN|GATEWAY|REGION|20260115||ADT|M1|P|2.3.1\r"),
        "13-msh-truncated.mllp": frame("MSH|"),
        "14-empty-frame.mllp": frame(""),
        "15-field-256KB.mllp": frame(hl7(person("A" * (256 << 10)))),
        "16-repetitions-10k.mllp": frame(hl7(person(cx="~".join([f"P1^^^&{DOMAIN}&ISO"] * 10000)))),
        "17-iso2022jp-escape-split.mllp": frame(split),
        "18-a40-self-merge.mllp": frame(hl7(CX, "M18", more=f"MRG|{CX}", **merge)),
        "19-a40-cross-domain.mllp": frame(
            hl7(f"P1^^^&{DOMAIN}&ISO", "M19", more="MRG|P1^^^&2.999.1.200.1&ISO", **merge)
        ),
    }


# ---- Stored queries ----

FIND, GET = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d", \
    "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
APPROVED = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"


def query(number: str, **slots: str | list[str]) -> bytes:
    """A request; a slot's name is without $XDSDocumentEntry, its values are as they stand."""
    made = ""
    for name, values in slots.items():
        inside = "".join(
            f"<rim:Value>{each}</rim:Value>"
            for each in ([values] if isinstance(values, str) else values)
        )
        made += f'<rim:Slot name="$XDSDocumentEntry{name}">' \
            f'<rim:ValueList>{inside}</rim:ValueList></rim:Slot>'
    return (
        '<q:AdhocQueryRequest xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" '
        'xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><q:ResponseOption '
        'returnType="LeafClass" '
        'returnComposedObjects="true"/><rim:AdhocQuery '
        f'id="{number}">{made}</rim:AdhocQuery></q:AdhocQueryRequest>'
    ).encode()


def query_attacks() -> dict[str, bytes]:
    domain, whose = f"^^^&amp;{DOMAIN}&amp;ISO", f"'{PATIENT}^^^&amp;{DOMAIN}&amp;ISO'"
    uuids = ",".join(f"'urn:uuid:00000000-0000-4000-8000-{n:012d}'" for n in range(10000))
    return {
        "01-pid-like-wildcard.xml": query(FIND, PatientId=f"'%{domain}'", Status=APPROVED),
        "02-pid-sql-quote.xml": query(FIND, PatientId=f"'Q'' OR ''2''=''2{domain}'",
                                      Status=APPROVED),
        "03-author-like-flood.xml": query(
            FIND, PatientId=whose, Status=APPROVED, AuthorPerson=f"('{'%b' * 2000}')"
        ),
        "04-underscore-wildcard-not-literal.xml": query(
            FIND, PatientId=whose, Status=APPROVED, AuthorPerson="('%MINATO_H%')"
        ),
        "05-unterminated-quote.xml": query(FIND, PatientId=whose,
                                           Status=APPROVED.replace("')", ")")),
        "06-pid-missing.xml": query(FIND, Status=APPROVED),
        "07-pid-two-values.xml": query(FIND, PatientId=[whose, f"'P2{domain}'"], Status=APPROVED),
        "08-confidentiality-omitted-to-see-all.xml": query(FIND, PatientId=whose, Status=APPROVED),
        "09-list-10000-uuids.xml": query(GET, EntryUUID=f"({uuids})"),
        "10-getdocuments-by-uuid-of-other-patient.xml": query(
            GET, EntryUUID="('urn:uuid:77777777-0000-4000-8000-000000000000')"
        ),
        "11-unknown-query-id.xml": query(
            "urn:uuid:eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", PatientId=whose, Status=APPROVED
        ),
        "12-time-range-not-digits.xml": query(
            FIND, PatientId=whose, Status=APPROVED, CreationTimeFrom="'2026; DELETE'"
        ),
    }


# ---- Strings ----

IDS = (
    "../../../etc/hostname",
    "..\\..\\own",
    "P000123/../P000124",
    "P%2e%2e%2f3",
    "P\u202e987",
    "L" * 300,
    "NUL",
    "P2\0.txt",
    "/an/absolute/path",
    ".",
    "..",
    "~user",
    "P2;true",
    "P2\r\nY",
    "\uff0e\uff0e/own",
    "P2 ",
    "-n",
    "P\u00e9 vs Pe\u0301",
    "\uff14\uff15\uff16",
)
NAMES = (
    "Hanako\n<85>1 2026-01-15T00:00:00Z forged gateway 1 IHE+RFC-3881 - <AuditMessage/>",
    'n"/><ActiveParticipant UserID="root',
    "\x1b[2J\x1b[7m",
    "9 <85>1 -",
    'c]d\\e"f',
    "\ufeff<85>",
    "</AuditMessage><AuditMessage>",
)


def files() -> dict[str, bytes]:
    folders = {
        "xml": xml_attacks(),
        "mime": mime_attacks(),
        "http": http_attacks(),
        "hl7": hl7_attacks(),
        "query": query_attacks(),
        "path": {"ids.txt": "\n".join(IDS).encode() + b"\n"},
        "syslog": {"ids-and-names.txt": "\n".join(NAMES).encode() + b"\n"},
    }
    return {
        f"security/malicious/{folder}/{name}": octets
        for folder, all_of in folders.items()
        for name, octets in all_of.items()
    }
