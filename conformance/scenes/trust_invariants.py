"""What must hold of who sees what, whatever was fed and decided: a model written
from the promises alone.

It is no second implementation. Where the promises leave a choice it says nothing:
`may_be_open` is true unless they say that a record is closed, `must_be_open` and
`must_be_linked` only where they say so. An identity is name, birth date and sex; evidence is a
phone or an address that is no placeholder."""
from __future__ import annotations

import dataclasses
import itertools

from scenes.trust_people import PLACEHOLDER, Demo


def keys(demo: Demo) -> frozenset:
    """The identities a record bears: one a name."""
    return frozenset((name, demo.birth, demo.sex) for name in demo.names)


def contradict(one: Demo, other: Demo) -> bool:
    """Two sexes, two birth dates, two of a multiple birth, or no given name in common."""
    return (one.sex != other.sex or one.birth != other.birth
            or bool(one.order and other.order and one.order != other.order)
            or not {given for _, given in one.names} & {given for _, given in other.names})


def slip(one: Demo, other: Demo) -> bool:
    """Sex alone is another: one of the two may have been written down wrongly, which a score may
    link where house or phone agrees (HACKING.md, Matching)."""
    return one.sex != other.sex and not contradict(one, other._replace(sex=one.sex))


@dataclasses.dataclass(eq=False)
class Record:
    """A facility's patient: all that was fed of it, the last is what it is."""
    facility: str
    number: int
    fed: list[Demo] = dataclasses.field(default_factory=list)
    survivor: "Record | None" = None
    confirmed: bool = False
    seen: bool = False          # a person decided for it while it was who it was first
    renewed: bool = False  # something was decided of it while it was not who it was first

    def __str__(self) -> str:
        return f"{self.number}@{self.facility}"

    @property
    def now(self) -> Demo:
        return self.fed[-1]

    @property
    def root(self) -> "Record":
        return self.survivor.root if self.survivor else self

    @property
    def ever(self) -> frozenset:
        return frozenset().union(*map(keys, self.fed))

    @property
    def changes(self) -> list:
        """The identities it had, one after the other."""
        return [one for one, _ in itertools.groupby((keys(demo), demo.order) for demo in self.fed)]

    @property
    def settled(self) -> bool:
        """It is who it was, beyond doubt: one name, and that never changed; or a person decided
        for it when it had not changed yet, and from every change of identity it came straight
        back. (Before anything hangs on a record it may change as it likes: then nobody can tell
        whom it came back to.)"""
        changes = self.changes
        came_back = self.seen and len(changes) % 2 == 1 and len(set(changes[::2])) == 1
        return (len(self.now.names) == 1 and not self.confirmed and not self.renewed
                and (len(changes) == 1 or came_back))


@dataclasses.dataclass
class Decision:
    """Of consent: for whom it was given, and the records it was certainly given for."""
    kind: str
    record: Record
    keys: frozenset
    order: int
    facility: str
    covered: list[Record]


class Model:
    """What happened, and what follows from it."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, int], Record] = {}
        self.decisions: list[Decision] = []
        # what was last decided of two records: apart, together, undo; both by a merge
        self.pairs: dict[frozenset, str] = {}
        self.ties: set[frozenset] = set()       # ids that were ever named together
        # records that ever had anything in common, as a forest
        self.groups: dict[object, object] = {}
        self.documents: dict[str, Record] = {}

    # -- what happens ---------------------------------------------------------------------------

    def fed(self, facility: str, number: int, demo: Demo) -> Record:
        record = self.records.setdefault((facility, number), Record(facility, number))
        record.fed.append(demo)
        for what, value in (("phone", demo.phone), ("street", demo.street)):
            if value != PLACEHOLDER:
                self.join_groups(record, (what, value))
        return record

    def tied(self, one: Record, other: Record) -> None:
        self.ties.add(frozenset((one, other)))
        self.join_groups(one, other)

    def merged(self, prior: Record, survivor: Record) -> None:
        prior.root.survivor = survivor.root
        self.join_groups(prior, survivor)
        pairs: dict[frozenset, str] = {}
        for pair, kind in self.pairs.items():
            roots = frozenset(each.root for each in pair)
            met = {kind, pairs.get(roots, kind)} - {"undo"}
            pairs[roots] = "undo" if not met else met.pop() if len(met) == 1 else "both"
        self.pairs = {pair: kind for pair, kind in pairs.items() if len(pair) == 2}

    def decided_of_two(self, kind: str, one: Record, other: Record) -> None:
        self.pairs[frozenset((one.root, other.root))] = kind
        if kind == "together":
            self.join_groups(one, other)

    def decided_apart(self, one: Record, other: Record) -> bool:
        """By the operator, whatever else was said before they became who they are now: no facility
        merges such two (store/identity_merge.c)."""
        return self.pairs.get(frozenset((one.root, other.root))) in ("apart", "both")

    def decided(self, kind: str, record: Record, facility: str = "") -> None:
        covered = [record, *(other for other in self.alive() if other is not record
                             and self.must_be_linked(record, other))]
        for each in covered:  # a person who decides has been seen: that is who the record is of
            each.renewed = each.renewed or keys(each.now) != keys(each.fed[0])
            each.seen = each.seen or len(each.changes) == 1
        self.decisions.append(Decision(kind, record, keys(record.now), record.now.order,
                                       facility, covered))

    def top(self, node: object) -> object:
        while node in self.groups:
            node = self.groups[node]
        return node

    def join_groups(self, one: object, other: object) -> None:
        one, other = self.top(one), self.top(other)
        if one != other:
            self.groups[one] = other

    # -- what follows ---------------------------------------------------------------------------

    def alive(self) -> list[Record]:
        return [record for record in self.records.values() if not record.survivor]

    def class_of(self, record: Record) -> list[Record]:
        """A record with all that were merged into it."""
        return [each for each in self.records.values() if each.root is record.root]

    def of_same(self, decision: Decision, record: Record) -> bool:
        """Whether the decision may have been given for who this record is or was."""
        members = self.class_of(record)
        return any(decision.keys & each.ever for each in members) \
            and self.top(decision.record) == self.top(record) and any(
                not (decision.order and demo.order and decision.order != demo.order)
                for each in members for demo in each.fed)

    def may_be_open(self, record: Record, asker: str) -> bool:
        """C3, C4: opened by a decision for its identity, and not closed since by one for it. A
        merge changes nothing: what was submitted for an id that is subsumed later stays as
        open or closed as it was."""
        is_open = excluded = False
        for decision in self.decisions:
            same, certain = self.of_same(decision, record), record in decision.covered
            if decision.kind == "join" and same:
                is_open = True
            elif decision.kind == "leave" and certain:
                is_open = False
            elif decision.facility == asker:
                excluded = excluded and not same if decision.kind == "include" \
                    else excluded or certain
        return is_open and not excluded

    def steady(self, record: Record) -> bool:
        """A record, and what was merged into it, are beyond doubt one identity."""
        return all(each.settled and keys(each.now) == keys(record.root.now)
                   and each.now.order == record.root.now.order
                   for each in self.class_of(record))

    def undisputed(self, record: Record, asker: str) -> bool:
        """Nobody ever closed anything for who bears this identity, or for the
        record whoever it was."""
        return not any((decision.keys & keys(record.now) or self.of_same(decision, record)
                        or decision.record.root is record.root)
                       and (decision.kind == "leave" or decision.facility == asker)
                       for decision in self.decisions if decision.kind != "include")

    def must_be_open(self, record: Record, asker: str) -> bool:
        """C1, C4: joined itself, or certainly one with who joined, when he did or now."""
        record = record.root
        if not self.steady(record) or not self.undisputed(record, asker):
            return False
        members = self.class_of(record)
        for decision in self.decisions:
            if decision.kind != "join" or decision.keys != keys(record.now):
                continue
            own = decision.record in members
            linked = any(each in decision.covered for each in members) \
                or self.must_be_linked(decision.record, record)
            if own or (linked and not self.decided_pairs([record, decision.record])):
                return True
        return False

    def decided_pairs(self, records: list[Record]) -> bool:
        """Whether anything was decided, ever, of one of these and another record."""
        return any(record.root in pair for pair in self.pairs for record in records)

    def component(self, record: Record) -> list[Record]:
        """All that may be one with a record as things stand."""
        found, new = [record.root], [record.root]
        alive = self.alive()
        ties = {frozenset(each.root for each in pair) for pair in (*self.ties, *self.pairs)}
        while new:
            one = new.pop()
            for other in alive:
                if other not in found and (frozenset((one, other)) in ties
                                           or self.any_alike(one, other)):
                    found.append(other)
                    new.append(other)
        return found

    def any_alike(self, one: Record, other: Record) -> bool:
        """What was merged into a record speaks for it yet."""
        return any(self.alike(a, b) for a in self.class_of(one) for b in self.class_of(other))

    @staticmethod
    def alike(one: Record, other: Record) -> bool:
        return (one.now.phone == other.now.phone != PLACEHOLDER
                or one.now.street == other.now.street != PLACEHOLDER) \
            and (slip(one.now, other.now) or not contradict(one.now, other.now))

    def must_be_linked(self, one: Record, other: Record) -> bool:
        """I3: one name, birth date, sex and phone, where nothing contradicts
        and nothing was decided."""
        one, other = one.root, other.root
        if keys(one.now) != keys(other.now) or not one.now.phone == other.now.phone != PLACEHOLDER \
                or one is other:
            return False
        group = self.component(one)
        members = [each for record in group for each in self.class_of(record)]
        return all(self.steady(each) and not any(demo.order for demo in each.fed)
                   for each in members) and \
            not self.decided_pairs(group) and not any(contradict(a.now, b.now)
                                                      for a, b in itertools.combinations(group, 2))

    def must_be_two(self, one: Record, other: Record) -> bool:
        """I6, I8: they contradict, or were decided apart; nobody said that they are one, and no
        slip can have made them one."""
        one, other = one.root, other.root
        if one is other:
            return False
        if self.pairs.get(frozenset((one, other))) == "apart":
            return True
        return contradict(one.now, other.now) and not self.may_be_one_still(one, other)

    def may_be_one_still(self, one: Record, other: Record) -> bool:
        """Whoever decides that two who contradict are one gives the person two names, and others
        may agree with either; of two where one has a slip others may agree with either, too."""
        group = self.component(one)
        decided = any(kind in ("together", "both") and pair <= set(group)
                      for pair, kind in self.pairs.items())
        members = [each.now for record in group for each in self.class_of(record)]
        slipped = any(slip(a, b) for a, b in itertools.combinations(members, 2))
        return (decided or slipped) and other in group
