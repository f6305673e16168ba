"""An answer as text without what differs from one asking to the next: times, and ids that are drawn
for it. What is left of two answers is compared octet for octet."""
from __future__ import annotations

import re

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Drawn anew for each answer, and what time it was.
PATTERNS = (
    (re.compile(r"\(exchange [^)]*\)"), "(exchange)"),
    (re.compile(r'location="exchange [0-9a-f]+"'), 'location="(exchange)"'),
    (re.compile(r' exchange="[0-9a-f]+"'), ' exchange="(exchange)"'),
    (re.compile(r"(?m)^x-minato-exchange: .*$"), "x-minato-exchange: (exchange)"),
    # before times: what is drawn may hold fourteen digits that look like one
    (re.compile(r"/(pullpoint|dsub)/[0-9a-f]+"), r"/\1/(drawn)"),
    (re.compile(r"(--|<root\.|boundary=\"?|minato)[0-9A-Za-z.=_-]{16,}"), "(drawn)"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "(time)"),
    (re.compile(r"(?<![\d.])20\d{12}(\.\d+)?([+-]\d{4})?(?![\d.])"), "(time)"),
    (re.compile(r"(?<![A-Z2-7])[A-Z2-7]{32}(?![A-Z2-7])"), "(code)"),
    (re.compile(r"127\.0\.0\.1:\d+"), "(here)"),
    # A code of a community, which is drawn (store/partner_codes.h).
    (re.compile(r'extension="[A-Z2-7]{32}"'), 'extension="(code)"'),
)
# The region's own ids are drawn once a person: by the affinity domain they stand in.
REGIONAL = (
    (r"[^\s'\"<>|^~]+(\^\^\^(?:[^&^|~<>\"]*)(?:&amp;|&){domain}(?:&amp;|&)ISO)", r"(regional)\1"),
    (r"(root=\"{domain}\" extension=)\"[^\"]*\"", r'\1"(regional)"'),
    (r"extension=\"[^\"]*\"( root=\"{domain}\")", r'extension="(regional)"\1'),
)
NOTIFICATION = re.compile(r"(<wsnt:NotificationMessage\b.*?</wsnt:NotificationMessage>)", re.S)
HEADERS = ("date", "content-length")  # a time, and how long those ids are


def in_order(text: str) -> str:
    """Notifications of one moment come by the ids of their subscriptions, which are drawn."""
    parts = NOTIFICATION.split(text)
    return "".join([parts[0], *sorted(parts[1:-1]), parts[-1]])


def text_of(octets: bytes, known: set[str], affinity: str) -> str:
    """known: the ids that whoever asked has given himself, and must be told as they are."""
    text = octets.decode("utf-8", "backslashreplace")
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    for form, instead in REGIONAL:
        text = re.sub(form.replace("{domain}", re.escape(affinity)), instead, text)
    return in_order(UUID.sub(lambda found: found.group() if found.group() in known else "(uuid)",
                             text))


def hl7(octets: bytes, known: set[str], affinity: str) -> str:
    """MSH-7 and MSH-10 are of this message alone."""
    head, _, rest = octets.partition(b"\r")
    fields = head.split(b"|")
    for place in (6, 9):
        if len(fields) > place:
            fields[place] = b"(drawn)"
    return text_of(b"|".join(fields) + b"\r" + rest, known, affinity)


def reply(status: int, headers: dict[str, str], body: bytes, known: set[str],
          affinity: str) -> str:
    """Status, headers and body of an HTTP answer."""
    lines = [str(status), *(f"{name}: {value}" for name, value in sorted(headers.items())
                            if name not in HEADERS)]
    return text_of("\n".join(lines).encode() + b"\n\n" + body, known, affinity)


def difference(one: str, other: str) -> str:
    """Where they part, with what stands before; empty when they do not."""
    if one == other:
        return ""
    at = next((place for place, (a, b) in enumerate(zip(one, other)) if a != b),
              min(len(one), len(other)))
    begin = max(at - 60, 0)
    return f"{one[begin:at + 200]!r} is not {other[begin:at + 200]!r}"
