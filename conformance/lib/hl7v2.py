"""HL7 v2 messages, as far as a test has to look into them (ITI TF-2: Appendix C.2)."""
from __future__ import annotations

import re

PATH = re.compile(r"^([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?-(\d+)(?:\((\d+)\))?(?:\.(\d+))?(?:\.(\d+))?$")


class Message:
    """A message split into segments and fields; delimiters are those of its MSH."""

    def __init__(self, octets: bytes, charset: str = "utf-8") -> None:
        self.text = octets.decode(charset, errors="replace")
        self.segments = [line for line in re.split(r"\r\n|\r|\n", self.text) if line]
        if not self.segments or not self.segments[0].startswith("MSH") or len(self.segments[0]) < 8:
            raise ValueError("not an HL7 v2 message")
        self.field_mark = self.segments[0][3]
        marks = self.segments[0][4:8]
        self.component_mark, self.repetition_mark, self.escape_mark, self.sub_mark = marks

    def names(self) -> list[str]:
        return [line[:3] for line in self.segments]

    def segment(self, name: str, number: int = 1) -> list[str] | None:
        """Its fields, [0] the name; MSH-1 is put where it is counted."""
        found = [line for line in self.segments if line[:3] == name]
        if number > len(found):
            return None
        fields = found[number - 1].split(self.field_mark)
        return [fields[0], self.field_mark, *fields[1:]] if name == "MSH" else fields

    def field(self, segment: str, position: int, number: int = 1) -> str:
        fields = self.segment(segment, number)
        return fields[position] if fields and position < len(fields) else ""

    def repetitions(self, segment: str, position: int, number: int = 1) -> list[str]:
        value = self.field(segment, position, number)
        return value.split(self.repetition_mark) if value else []

    def get(self, path: str) -> str:
        """PID-3, PID-3(2).4.2, ERR[2]-3.1: number of segment, repetition,
        component, subcomponent."""
        found = PATH.match(path)
        if not found:
            raise ValueError(f"not a field: {path}")
        name, number, position, repetition, component, sub = found.groups()
        value = self.field(name, int(position), int(number or 1))
        if name == "MSH" and int(position) <= 2:
            return value
        if repetition:
            value = part(value, self.repetition_mark, int(repetition))
        if component:
            value = part(value, self.component_mark, int(component))
        if sub:
            value = part(value, self.sub_mark, int(sub))
        return value

    def identifiers(self, segment: str, position: int, number: int = 1) -> set[str]:
        """A list of CX as OID^ID."""
        found = set()
        for value in self.repetitions(segment, position, number):
            authority = part(value, self.component_mark, 4)
            found.add(part(authority, self.sub_mark, 2) + "^" + part(value, self.component_mark, 1))
        return found


def part(value: str, mark: str, number: int) -> str:
    parts = value.split(mark)
    return parts[number - 1] if number <= len(parts) else ""
