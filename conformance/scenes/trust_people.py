"""Random histories for the model of trust (trust_model.py): few persons, much
alike, at four facilities.

A history is a list of steps of plain words, so that it can be printed, made smaller and
told again with fresh names: a step that makes no sense where it stands (a record nobody
has fed) is passed over."""
from __future__ import annotations

import random
from typing import NamedTuple

from lib import scope

FACILITIES = ("a-hospital", "b-clinic", "c-hospital", "d-pharmacy")
RECORDS = 3  # ids of a facility's own
PLACEHOLDER = 9  # of phones and streets: what is written where nothing is known
FAMILIES = ("湊山", "汐見", "波多野")
GIVENS = ("花代", "健吾", "理沙", "正臣", "百合")


class Demo(NamedTuple):
    """What a feed says of a patient; the numbers become names in People. order: of a
    multiple birth, 0 is none."""
    names: tuple[tuple[int, int], ...]
    birth: int
    sex: str
    phone: int
    street: int
    order: int = 0


POOL = (
    Demo(((0, 0),), 0, "F", 0, 0),                    # the person most records are of
    Demo(((0, 0),), 0, "F", 0, 0),
    Demo(((0, 0),), 0, "F", 0, 1),                    # who moved, but kept the phone
    # a namesake, or who moved and changed the phone
    Demo(((0, 0),), 0, "F", 1, 1),
    Demo(((0, 0),), 0, "F", PLACEHOLDER, PLACEHOLDER),
    Demo(((0, 1),), 0, "F", 0, 0),                    # her twin, of whom no birth order is told
    Demo(((0, 0),), 0, "F", 0, 0, 1),                 # newborns of one provisional name
    Demo(((0, 0),), 0, "F", 0, 0, 2),
    Demo(((0, 2),), 1, "M", 0, 0),                    # a brother
    Demo(((1, 3),), 0, "F", 2, 2),                    # a stranger of the same day and sex
    Demo(((1, 3),), 0, "F", 2, 2),
    Demo(((1, 0),), 0, "F", 3, 3),                    # a stranger with the same given name
    Demo(((0, 0),), 1, "F", 0, 0),                    # the same name, another day
    Demo(((1, 3), (0, 0)), 0, "F", 2, 2),             # with a former name
    Demo(((2, 4),), 2, "M", 4, 4),                    # a stranger in everything
)


class People:
    """What the numbers of a history stand for, this time: fresh, so that no
    history meets another's."""

    def __init__(self) -> None:
        fresh = scope.fresh
        self.families = [(scope.make("kana"), kanji) for kanji in FAMILIES]
        self.givens = [(scope.make("kana"), kanji) for kanji in GIVENS]
        self.births = [f"{year}{fresh.randrange(1, 13):02d}{fresh.randrange(1, 29):02d}"
                       for year in fresh.sample(range(1940, 2000), 3)]
        self.phones = {number: scope.make("phone")
                       for number in range(5)} | {PLACEHOLDER: "090-0000-0000"}
        self.streets = {number: f"{scope.make('kana')}{number + 1}-{number + 2}"
                        for number in range(5)} | {PLACEHOLDER: "不明"}
        self.ids = {(facility, number): scope.make("pid") for facility in FACILITIES
                    for number in range(RECORDS)}

    def values(self, demo: Demo) -> dict[str, str]:
        """Of the messages iti8.hl7 and iti44.xml; a second name only HL7 v2 is asked to carry."""
        (family, kanji_family), (given, kanji_given) = self.name(demo.names[0])
        for name in demo.names[1:]:
            (other, kanji_other), (second, kanji_second) = self.name(name)
            given += f"^^^^^L^P~{kanji_other}^{kanji_second}^^^^^L^I~{other}^{second}"
        return {"family": family, "given": given, "kanji-family": kanji_family,
                "kanji-given": kanji_given, "birth": self.births[demo.birth], "sex": demo.sex,
                "phone": self.phones[demo.phone], "street": self.streets[demo.street],
                # Who moved has another one: of namesakes that would be something in common
                # (japan.md D7), and who they are is not this model's affair.
                "postcode": f"15000{demo.street:02d}"}

    def name(self, name: tuple[int, int]) -> tuple[tuple[str, str], tuple[str, str]]:
        return self.families[name[0]], self.givens[name[1]]


class Histories:
    """One random history a seed."""

    def __init__(self, seed: int, length: int) -> None:
        self.random, self.length = random.Random(seed), length
        self.current: dict[tuple[str, int], Demo] = {}

    def record(self) -> tuple[str, int]:
        """One that was fed, or (rarely) any."""
        if self.current and self.random.random() < 0.95:
            return self.random.choice(sorted(self.current))
        return self.random.choice(FACILITIES), self.random.randrange(RECORDS)

    def changed(self, demo: Demo) -> Demo:
        """In part somebody else."""
        other = self.random.choice(POOL)
        fields = self.random.sample(("names", "family", "birth", "sex", "phone", "street"),
                                    self.random.choice((1, 1, 2)))
        for field in fields:
            if field == "family":
                demo = demo._replace(names=((other.names[0][0], demo.names[0][1]),))
            else:
                demo = demo._replace(**{field: getattr(other, field)})
        return demo

    def feed(self) -> tuple:
        facility, number = self.random.choice(FACILITIES), self.random.randrange(RECORDS)
        held = self.current.get((facility, number))
        if held and self.random.random() < 0.4:
            demo = self.changed(held)
        else:
            demo = self.random.choice(POOL)
        dialect = "v2" if len(demo.names) > 1 else self.random.choice(("v2", "v3"))
        if held and self.random.random() < 0.1:
            return ("older", facility, number, demo, dialect)
        self.current[facility, number] = demo
        if self.random.random() < 0.12:
            second = (number + 1) % RECORDS
            self.current[facility, second] = demo
            return ("two", facility, number, second, demo, dialect)
        return ("feed", facility, number, demo, dialect)

    def back(self) -> tuple:
        """What a record was first comes back, or somebody else's identity: most
        often the first person's."""
        facility, number = self.record()
        demo = self.random.choice(POOL[:1] * 3 + POOL)
        self.current[facility, number] = demo
        return ("feed", facility, number, demo, "v2" if len(demo.names) > 1
                else self.random.choice(("v2", "v3")))

    def step(self) -> tuple:
        kind = self.random.choices(("feed", "back", "merge", "join", "leave", "exclude", "include",
                                    "apart", "together", "undo", "confirm", "doc"),
                                   (24, 10, 6, 12, 4, 2, 2, 2, 2, 2, 3, 22))[0]
        if kind == "feed":
            return self.feed()
        if kind == "back":
            return self.back()
        facility, number = self.record()
        if kind == "merge":
            return (kind, facility, number, self.random.randrange(RECORDS),
                    self.random.choice(("v2", "v3")))
        if kind in ("exclude", "include"):
            return (kind, facility, number, self.random.choice(FACILITIES))
        if kind in ("apart", "together", "undo"):
            return (kind, facility, number, *self.record())
        return (kind, facility, number)

    def steps(self) -> list[tuple]:
        """It begins with one person's records and a stranger's, so that there
        is something to link."""
        steps: list[tuple] = []
        for facility in self.random.sample(FACILITIES, 3):
            demo = self.random.choice(POOL[:2] + POOL[:4])
            self.current[facility, 0] = demo
            steps.append(("feed", facility, 0, demo, self.random.choice(("v2", "v3"))))
            if self.random.random() < 0.7:
                steps.append(("doc", facility, 0))
        # half the histories let the operator decide once, and feeds do the rest
        quiet = self.random.random() < 0.5
        while len(steps) < self.length:
            step = self.step()
            if not quiet or step[0] not in ("leave", "exclude", "apart", "together", "confirm"):
                steps.append(step)
        return steps
