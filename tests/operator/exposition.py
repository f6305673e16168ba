"""Reads metrics strictly, in Prometheus' text format (version 0.0.4) and in OpenMetrics 1.0.0, by
what the two specifications say; shares nothing with what writes them."""
from __future__ import annotations

import math
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)$")
# What a sample's name has more than its family's, by type: OpenMetrics 1.0.0, 5.
OPEN_SUFFIXES = {"counter": ("_total",), "gauge": ("",), "info": ("_info",),
                 "histogram": ("_bucket", "_sum", "_count")}
SUFFIXES = {"counter": ("",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
TYPES = {False: SUFFIXES, True: OPEN_SUFFIXES}


class Family:
    def __init__(self, name: str) -> None:
        self.name, self.help, self.type, self.unit = name, "", "", ""
        self.samples: list[tuple[str, dict[str, str], float]] = []


class Wrong(Exception):
    pass


def number(text: str) -> float:
    if not re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?|[-+]?Inf|NaN", text):
        raise Wrong(f"{text!r} is no number")
    return float(text.replace("Inf", "inf"))


def labels_of(text: str | None) -> dict[str, str]:
    found: dict[str, str] = {}
    rest = text or ""
    while rest:
        one = LABEL.match(rest)
        if one is None or one[1] in found or one[1].startswith("__"):
            raise Wrong(f"labels {text!r}")
        found[one[1]] = one[2]
        rest = rest[one.end():]
        if rest and not rest.startswith(","):
            raise Wrong(f"labels {text!r}")
        rest = rest[1:]
    return found


def comment(open_metrics: bool, families: dict[str, Family], line: str) -> Family:
    """HELP, TYPE and UNIT come once each, together, before the samples."""
    words = line.split(" ", 3)
    kinds = ("HELP", "TYPE", "UNIT") if open_metrics else ("HELP", "TYPE")
    if len(words) != 4 or words[0] != "#" or words[1] not in kinds \
            or not re.fullmatch(NAME, words[2]) or not words[3]:
        raise Wrong(f"a comment: {line!r}")
    family = families.setdefault(words[2], Family(words[2]))
    key = words[1].lower()
    if getattr(family, key) or family.samples:
        raise Wrong(f"{words[1]} of {words[2]} comes late, or again")
    setattr(family, key, words[3])
    if key == "type" and words[3] not in TYPES[open_metrics]:
        raise Wrong(f"type {words[3]} of {words[2]}")
    if key == "unit" and not words[2].endswith("_" + words[3]):
        raise Wrong(f"{words[2]} does not end in its unit {words[3]}")
    return family


def sample(open_metrics: bool, family: Family | None, line: str) -> None:
    found = SAMPLE.match(line)
    if found is None:
        raise Wrong(f"a sample: {line!r}")
    if family is None or not family.type or not family.help:
        raise Wrong(f"{found[1]} has no HELP, or no TYPE")
    suffixes = TYPES[open_metrics][family.type]
    if found[1] not in [family.name + suffix for suffix in suffixes]:
        raise Wrong(f"{found[1]} stands in the family {family.name} ({family.type})")
    family.samples.append((found[1], labels_of(found[2]), number(found[3])))


def no_series_twice(family: Family) -> None:
    seen = set()
    for name, labels, _ in family.samples:
        key = (name, tuple(sorted(labels.items())))
        if key in seen:
            raise Wrong(f"a series twice: {key}")
        seen.add(key)


def histogram(family: Family) -> None:
    """Buckets grow, the last is +Inf and is the count, and there is a sum."""
    groups: dict[tuple[tuple[str, str], ...], dict[str, object]] = {}
    for name, labels, value in family.samples:
        key = tuple(sorted((k, v) for k, v in labels.items() if k != "le"))
        group = groups.setdefault(key, {"buckets": []})
        if name.endswith("_bucket"):
            group["buckets"].append((labels["le"], value))  # type: ignore[attr-defined]
        else:
            group[name[len(family.name) + 1:]] = value
    for key, group in groups.items():
        buckets: list[tuple[str, float]] = group["buckets"]  # type: ignore[assignment]
        bounds = [number(le) for le, _ in buckets]
        counts = [count for _, count in buckets]
        if bounds != sorted(set(bounds)) or counts != sorted(counts) or buckets[-1][0] != "+Inf":
            raise Wrong(f"buckets of {family.name} {key}: {buckets}")
        if group.get("count") != counts[-1] or not isinstance(group.get("sum"), float):
            raise Wrong(f"count or sum of {family.name} {key}")
        if any("." not in le for le, _ in buckets[:-1]):
            raise Wrong(f"le of {family.name} is no float in its canonical form: {buckets}")


def values(family: Family) -> None:
    for name, labels, value in family.samples:
        if math.isnan(value) or (family.type != "gauge" and value < 0):
            raise Wrong(f"{name} {labels} is {value}")
        if family.type == "info" and value != 1:
            raise Wrong(f"{name} is {value}")


def clashes(open_metrics: bool, families: dict[str, Family]) -> None:
    """No sample of one family may have the name of another's: OpenMetrics 1.0.0, 5."""
    owners: dict[str, str] = {}
    for family in families.values():
        for suffix in TYPES[open_metrics][family.type]:
            if owners.setdefault(family.name + suffix, family.name) != family.name:
                raise Wrong(f"{family.name + suffix} is of two families")


def read(text: str, open_metrics: bool) -> dict[str, Family]:
    """The families by name, or Wrong."""
    families: dict[str, Family] = {}
    current: Family | None = None
    if not text.endswith("\n"):
        raise Wrong("the last line has no end")
    lines = text[:-1].split("\n")
    if open_metrics and lines.pop() != "# EOF":
        raise Wrong("the end is not # EOF")
    for line in lines:
        if not line.startswith("#"):
            sample(open_metrics, current, line)
            continue
        before, current = current, comment(open_metrics, families, line)
        if current is not before and current.samples:
            raise Wrong(f"{current.name} in two places")
    for family in families.values():
        if not family.help or not family.type:
            raise Wrong(f"{family.name} has no HELP, or no TYPE")
        no_series_twice(family)
        values(family)
        if family.type == "histogram":
            histogram(family)
    clashes(open_metrics, families)
    return families
