"""Names and their values: what ${...} means in a case file or a message.

A name is looked up in the case, then in its file's set-up, then in the region. `${uuid.x}`,
`${oid.x}`, `${pid.x}`, `${kana.x}`, `${phone.x}` and `${text.x}` are made fresh at first use and
remembered where they were first used, so that no run and no case meets another's data.
`${times.256.x}` is x 256 times.
"""
from __future__ import annotations

import datetime
import random
import re
import uuid
from xml.sax.saxutils import escape

NAME = re.compile(r"\$\{(!?)([A-Za-z][\w.\-]*)(?::-([^${}]*))?\}")
SYLLABLES = [a + b for a in "アイウエオカキクケコサシスセソタチツテトナニヌネノ"
             for b in "ハヒフヘホマミムメモラリルレロ"]
KINDS = ("uuid", "oid", "pid", "kana", "phone", "text", "control")
fresh = random.SystemRandom()


class Unknown(Exception):
    """A name nobody has given a value."""


def make(kind: str) -> str | None:
    """A fresh value of this kind, or None when there is no such kind."""
    if kind == "uuid":
        return "urn:uuid:" + str(uuid.uuid4())
    if kind == "oid":
        return f"2.999.77.{fresh.randrange(1, 10**9)}.{fresh.randrange(1, 10**9)}"
    if kind == "pid":
        return f"T{fresh.randrange(10**11):011d}"
    if kind == "kana":
        return "".join(fresh.choice(SYLLABLES) for _ in range(4))
    if kind == "phone":
        return f"03{fresh.randrange(10**8):08d}"  # 0081 would be a prefix
    if kind == "text":
        return f"text {fresh.randrange(10**12)}"
    if kind == "control":
        return f"C{fresh.randrange(10**14)}"
    return None


def repeated(name: str) -> str | None:
    """What ${times.COUNT.TEXT} means."""
    kind, _, rest = name.partition(".")
    count, _, text = rest.partition(".")
    return text * int(count) if kind == "times" and count.isdigit() else None


class Scope:
    """One level of names; `above` is asked for what it does not know itself."""

    def __init__(self, above: "Scope | None" = None, **values: str) -> None:
        self.above = above
        self.values: dict[str, str] = dict(values)

    def find(self, name: str) -> str | None:
        if name in self.values:
            return self.values[name]
        return self.above.find(name) if self.above else None

    def get(self, name: str, default: str | None = None) -> str:
        """The value of a name; made now when it is one of the fresh kinds."""
        value = self.find(name)
        if value is not None:
            return value
        if default is not None:
            return default
        if name == "now":
            return datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%d%H%M%S")
        value = repeated(name)
        if value is None and "." in name:
            value = make(name.split(".", 1)[0])
        if value is None:
            raise Unknown(f"no value for ${{{name}}}")
        self.values[name] = value
        return value

    def settle(self, text: str) -> None:
        """Gives every fresh name in this text its value here, so that the steps around share it."""
        for _, name, _ in NAME.findall(text):
            if "." in name and name.split(".", 1)[0] in KINDS and self.find(name) is None:
                self.get(name)

    def fill(self, text: str, as_xml: bool = False) -> str:
        """The text with every ${name} and ${name:-default} replaced; ${!name} is not escaped."""
        def one(found: re.Match[str]) -> str:
            if found.group(3) is not None and self.find(found.group(2)) is None:
                return found.group(3)  # the message's own text, as it stands
            value = self.get(found.group(2))
            return escape(value, {'"': "&quot;"}) if as_xml and not found.group(1) else value

        for _ in range(8):
            text, count = NAME.subn(one, text)
            if not count:
                return text
        raise Unknown("a value that refers to itself")
