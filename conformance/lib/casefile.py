"""Reading *.case files: cases as data, one scenario a file or many.

    section ITI TF-2: 3.45.4.2.2        what the cases below are about
    macro NAME [parameter ...]          steps with a name, used by `do NAME parameter=value`
    setup                               steps run once, before the first case of the file
    case NAME: why                      the steps of one case
    each NAME: why with ${a} ${b}       one case a row of the table that follows its steps
        as SYSTEM send MESSAGE key=value ...
            + entry id=d1 ...           a thing put into the message (see submission.py)
            + document id=d1 made=FILE  its document is a message, filled as one
            + document ... changed=OLD->NEW   where OLD first stands in it, NEW does
            + document ... many=COUNT*TEXT    where MANY first stands in it, TEXT so often
            - XPATH                     a thing taken out of it
            ~ XPATH = VALUE             a thing changed in it
            ^ XPATH = XML               something put before it
            / OLD -> NEW                a change of the text, before it is parsed
            // OLD -> NEW               a change of the text as it is sent
            KEY = VALUE                 what the answer must be (see checks.py)
        run ARGUMENT ...                the operator's tool, with its own expectations
        do MACRO key=value ...
        let key=value ...
        | name | a | b                  (in `each`) a row; the first one names the columns

Indentation by tabs says what belongs to what. # begins a comment line.
"""
from __future__ import annotations

import dataclasses
import os
import shlex


class CaseError(Exception):
    """A case file that cannot be understood."""


@dataclasses.dataclass
class Step:
    """One thing done: a message sent, a command run."""
    where: str
    verb: str
    system: str = ""
    subject: str = ""
    values: dict[str, str] = dataclasses.field(default_factory=dict)
    arguments: list[str] = dataclasses.field(default_factory=list)
    changes: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    expectations: list[tuple[str, str]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Case:
    """A name, why, and the steps; row holds the values of one line of a table."""
    name: str
    why: str
    section: str
    steps: list[Step]
    row: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class CaseFile:
    """All that one file holds."""
    path: str
    setup: list[Step] = dataclasses.field(default_factory=list)
    cases: list[Case] = dataclasses.field(default_factory=list)
    macros: dict[str, list[Step]] = dataclasses.field(default_factory=dict)
    needs: list[str] = dataclasses.field(default_factory=list)
    messages: dict[str, str] = dataclasses.field(default_factory=dict)  # made, not lying in a file


def pairs(words: list[str], where: str) -> dict[str, str]:
    values = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise CaseError(f"{where}: {word!r} is not key=value")
        values[key] = value
    return values


def read_step(line: str, where: str) -> Step:
    if line.startswith("run "):
        return Step(where, "run", arguments=shlex.split(line[4:]))
    words = shlex.split(line)
    if words[0] == "as" and len(words) >= 4 and words[2] in ("send", "raw", "frames", "get"):
        return Step(where, words[2], words[1], words[3], pairs(words[4:], where))
    if words[0] == "do" and len(words) >= 2:
        return Step(where, "do", subject=words[1], values=pairs(words[2:], where))
    if words[0] == "let":
        return Step(where, "let", values=pairs(words[1:], where))
    raise CaseError(f"{where}: not a step: {line}")


def read_detail(step: Step, line: str, where: str) -> None:
    if line[0] in "+-~^/" and (line[1:2] == " " or line.startswith(("// ", "-? "))):
        step.changes.append((line[0], line[1:].strip()))
        return
    key, equals, value = line.partition(" =")
    if not equals:
        raise CaseError(f"{where}: not an expectation: {line}")
    step.expectations.append((key.strip(), value.strip()))


class Reader:
    """Goes down the lines of one file."""

    def __init__(self, path: str) -> None:
        self.file = CaseFile(path)
        self.section = ""
        self.steps: list[Step] | None = None
        self.table: tuple[str, str, list[Step]] | None = None
        self.columns: list[str] = []

    def head(self, line: str, where: str) -> None:
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        self.table, self.columns = None, []
        if word == "section":
            self.section, self.steps = rest, None
        elif word == "needs":
            self.file.needs.append(rest)
        elif word == "setup":
            self.steps = self.file.setup
        elif word == "macro":
            self.steps = self.file.macros.setdefault(rest.split()[0], [])
        elif word in ("case", "each"):
            name, _, why = rest.partition(":")
            self.steps = []
            if word == "case":
                self.file.cases.append(Case(name.strip(), why.strip(), self.section, self.steps))
            else:
                self.table = (name.strip(), why.strip(), self.steps)
        else:
            raise CaseError(f"{where}: not a heading: {line}")

    def row(self, line: str, where: str) -> None:
        if self.table is None:
            raise CaseError(f"{where}: a row outside `each`")
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not self.columns:
            self.columns = cells
            return
        if len(cells) != len(self.columns):
            raise CaseError(f"{where}: {len(cells)} cells, not {len(self.columns)}")
        name, why, steps = self.table
        row = dict(zip(self.columns, cells))
        for key, value in row.items():
            why = why.replace("${" + key + "}", value)
        self.file.cases.append(Case(f"{name}-{row[self.columns[0]]}", why,
                                    self.section, steps, row))

    def line(self, line: str, where: str) -> None:
        if not line.strip() or line.lstrip().startswith("#"):
            return
        depth = len(line) - len(line.lstrip("\t"))
        text = line.strip()
        if depth == 0:
            self.head(text, where)
        elif self.steps is None:
            raise CaseError(f"{where}: a step of nothing")
        elif depth == 1 and text.startswith("|"):
            self.row(text, where)
        elif depth == 1:
            self.steps.append(read_step(text, where))
        elif self.steps:
            read_detail(self.steps[-1], text, where)


def read(path: str) -> CaseFile:
    """The cases of one file; a line ending in a backslash goes on in the next."""
    reader = Reader(path)
    with open(path, encoding="utf-8") as source:
        lines = source.read().replace("\\\n", " ").split("\n")
    for number, line in enumerate(lines, 1):
        reader.line(line, f"{os.path.basename(path)}:{number}")
    return reader.file
