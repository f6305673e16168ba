"""What is hidden is as if it had never existed: the same region twice, once with the hidden thing
and once where it never was. Whoever must not notice asks both the same, by every transaction there
is; what is answered, and what is told unasked, is one text, octet for octet, but for times and ids.

The table is KINDS by the cases of leaks/questions.case: every cell is run, but for those EXCEPT
names with its reason. tests/lint/leaks finds a transaction without its row."""
from __future__ import annotations

import atexit
import dataclasses
import os

from lib import casefile, plain
from lib.casefile import Case, Step
from lib.consumer import Consumer
from lib.consumer_v3 import ConsumerV3
from lib.outbox_scene import OutboxScene
from lib.region import DemoRegion
from lib.runner import Failed, Runner
from lib.scope import KINDS as FRESH
from lib.scope import Scope, make

HERE = os.path.dirname(os.path.abspath(__file__))
ASKED = os.path.join(HERE, "leaks", "questions.case")
PEOPLE = os.path.join(HERE, "leaks", "kinds.case")
A, C, D, E = "a-hospital", "c-hospital", "d-pharmacy", "e-clinic"
# Told unasked: by no case, but compared for every kind.
TOLD = {"ITI-10": A, "ITI-46": D, "ITI-53": ""}
# Nothing is answered: audit records of others are kept, and nothing of the region is looked at.
UNANSWERED = ("ITI-20",)
TOLD_ELSEWHERE = 'partner "leak-%s" {\n\turl = "%s"\n\tfor = {"%s"}\n\tconnections = "1"\n%s}\n'
FEEDS = ("ITI-8", "ITI-30", "ITI-44")
# Drawn for each question, and said to both.
DRAWN = ("control.message", "control.query", "control.tag", "uuid.message")


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of hiding: from whom, which macros make it, what of the table does not hold of it."""
    name: str
    why: str
    people: str  # documents, patients, strangers
    asker: str = A
    listeners: tuple[str, ...] = (A, C, D)
    hide: str = ""
    at: str = "b"  # which facility's it is
    corrector: str = "v-corrector"
    told_before: bool = False  # it was seen once, and is hidden since


KINDS = (
    Kind("rule", "documents of a kind that a rule of the region hides", "documents"),
    Kind("refused", "documents that a rule of the region refuses", "documents"),
    Kind("restricted", "documents that their confidentiality hides", "documents"),
    Kind("role", "documents that a rule hides from a role", "documents", D, (D,), corrector=D),
    Kind("letter", "letters to another facility", "documents", listeners=(A, D)),
    Kind("kind", "documents of a kind that the patient has closed", "documents"),
    Kind("period", "documents of a time that the patient has closed", "documents"),
    Kind("document", "single documents that the patient has closed", "documents"),
    Kind("not-joined", "a patient's records who has not joined", "patients"),
    Kind("left", "a patient's records who has left", "patients", told_before=True),
    Kind("facility", "a patient's records who excludes the facility", "patients", A, (A,),
         corrector=A),
    Kind("facility-v3", "the same of a facility that is told by HL7 v3", "patients", D, (D,),
         hide="facility", corrector=D),
    Kind("patient-role", "a patient's records who excludes a role", "patients", D, (D,),
         corrector=D),
    Kind("stranger", "a patient whom the asker does not know", "strangers", C, (C,)),
    Kind("newcomer", "all that a facility brought which nobody has had dealings with",
         "strangers", listeners=(A, C, D), at="e"),
)
# What a kind answers otherwise, and why that is right.
EXCEPT = {
    "refused": {"ITI-43": "a rule that refuses says so to whoever names the document",
                "ITI-43-beside": "the same", "ITI-43-initiating": "the same",
                "ITI-39": "the same", "ITI-39-beside": "the same"},
    "patient-role": {"ITI-55": "another community's gateway has no role, and sees who has joined",
                     "ITI-55-near": "the same"},
}


class World(OutboxScene):
    """One of the two regions, with those who are told in it unasked."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        super().__init__(running, demo)
        for path in (os.path.join(HERE, os.pardir, "cases", "00-macros.case"), PEOPLE):
            running.macros.update(casefile.read(path).macros)
        self.receivers = {A: Consumer("well", self.server, self.ca),
                     C: Consumer("well", self.server, self.ca),
                     D: ConsumerV3("well", self.server, self.ca)}
        self.subscriber = ConsumerV3("nothing", self.server, self.ca)
        self.affinity = running.region.get("domain.affinity")
        self.configure(self.configuration())

    def configuration(self) -> str:
        text = self.bare
        for system, receiver in self.receivers.items():
            by = '\tdevice-id = "2.999.7.1"\n' if system == D else ""
            text += TOLD_ELSEWHERE % (system, receiver.address, "pix-notifications", by)
            text = text.replace(f'system "{system}" {{', f'system "{system}" {{\n\tnotify = '
                                f'"leak-{system}"\n\tconsumers = {{"leak-s"}}', 1)
        # Whatever is hidden from a role is hidden from the other community, too.
        text = text.replace('system "west-gateway" {',
                            'system "west-gateway" {\n\trole = "pharmacist"', 1)
        return text + TOLD_ELSEWHERE % ("s", self.subscriber.address, "subscriptions", "")

    def run(self, macro: str, scope: Scope) -> None:
        self.running.do(Step(macro, "do", subject=macro), scope)

    def heard(self, listeners: tuple[str, ...]) -> list[bytes]:
        """What these were told, once nothing waits any more."""
        self.until_nobody_waits((*self.receivers, "x-consumer"))
        return [each for name in listeners for each in self.receivers[name].got] \
            + list(self.subscriber.got)

    def forget(self) -> None:
        self.heard(())
        for each in (*self.receivers.values(), self.subscriber):
            each.got.clear()


class Leaks:
    """Both worlds, made when the first scene asks for them."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo = running, demo
        self.worlds: tuple[World, World] | None = None
        self.cases = casefile.read(ASKED).cases

    def both(self) -> tuple[World, World]:
        if self.worlds is None:
            other = DemoRegion(self.demo.minatod, self.demo.minato)
            atexit.register(other.remove)
            atexit.register(other.stop)
            target = other.make(1, 1, settings={})
            region = Scope(self.running.region, **{"https.port": str(target.https_port)})
            there = Runner(target, self.running.maker, self.running.grammars, region)
            self.worlds = World(self.running, self.demo), World(there, other)
        return self.worlds

    # -- one kind ----------------------------------------------------------------------------------

    @staticmethod
    def share(one: Scope, other: Scope) -> None:
        """What is drawn is drawn once, for both."""
        other.values.update({name: value for name, value in one.values.items()
                             if name.split(".", 1)[0] in FRESH and "." in name})

    def scopes(self, kind: Kind) -> tuple[Scope, Scope]:
        domains = {A: "a", C: "c", D: "d"}
        with_it, without = (Scope(world.running.region) for world in self.both())
        own, letter = domains[kind.asker], kind.people != "strangers"
        with_it.get("pid.b")
        words = {
            "asker": kind.asker, "corrector": kind.corrector,
            "domain.e": "1.2.392.100495.20.3.51.11319954041",
            "own-number": f"${{pid.{own}}}", "own-domain": f"${{domain.{own}}}",
            "own": f"${{pid.{own}}}^^^&${{domain.{own}}}&ISO",
            "hidden-domain": f"${{domain.{kind.at}}}",
            "hidden-cx": f"${{pid.b}}^^^&${{domain.{kind.at}}}&ISO",
            "id": f"${{pid.{own if letter else 'b'}}}",
            "domain": f"${{domain.{own if letter else kind.at}}}",
            "sha1": "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
        }
        words["secret-of"] = words["hidden-cx"]
        words["patient"] = "${id}^^^&${domain}&ISO"
        if not letter:
            with_it.get("pid.own")
            words.update({"own-number": "${pid.own}",
                          "own": f"${{pid.own}}^^^&${{domain.{own}}}&ISO"})
        for name, value in words.items():
            with_it.values[name] = with_it.fill(value)
        without.values.update({name: with_it.values[name] for name in words})
        self.share(with_it, without)
        for scope, world in zip((with_it, without), self.both()):
            scope.values["consumer"] = world.subscriber.address
        return with_it, without

    @staticmethod
    def known(scope: Scope) -> set[str]:
        """The ids that the asker may have given, or read."""
        return {value.removeprefix("urn:uuid:") for name, value in scope.values.items()
                if name.startswith("uuid.")}

    def ask(self, world: World, case: Case, scope: Scope) -> str:
        """All that is answered, as text."""
        known, said = self.known(scope.above or scope), []
        for step in case.steps:
            inner = Scope(scope, **{key: scope.fill(value) for key, value in step.values.items()})
            step = dataclasses.replace(step, system=inner.fill(step.system))
            if step.subject.endswith(".hl7"):
                answer = world.running.send_hl7(step, inner)
                said.append(answer.refused or plain.hl7(answer.octets, known, world.affinity))
                continue
            answer = world.running.send_soap(step, inner)
            said.append(answer.refused or plain.reply(
                answer.reply.status, answer.reply.headers, answer.reply.body, known,
                world.affinity))
        return "\n".join(sorted(said))  # what waits is given by the ids of subscriptions: drawn

    def question(self, case: Case, scopes: tuple[Scope, Scope]) -> str:
        """What tells the two apart; empty when nothing does."""
        drawn = {name: str(make(name.split(".")[0])) for name in DRAWN}
        drawn["now"] = Scope().get("now")
        for step in case.steps:
            for text in (*step.values.values(), *(change for _, change in step.changes)):
                scopes[0].settle(text)
        self.share(*scopes)
        return plain.difference(*(self.ask(world, case, Scope(scope, **drawn))
                                  for world, scope in zip(self.both(), scopes)))

    def control(self, scopes: tuple[Scope, Scope], kind: Kind) -> None:
        """Whoever brought it sees it in the one, and in the other it is not there."""
        case = Case("control", "", "", [Step(
            "control", "send", {"b": "b-clinic", "e": E}[kind.at], "iti18.xml",
            {"query": self.running.region.get("GetDocuments")},
            changes=[("+", "slot name=$XDSDocumentEntryUniqueId value=\"('${oid.d}')\"")])])
        shown = self.ask(self.both()[0], case, Scope(scopes[0]))
        assert scopes[0].get("oid.d") in shown, "what was to be hidden is not there at all"
        if kind.people == "documents":
            across = next(each for each in self.cases if each.name == "ITI-38-FindDocuments")
            assert scopes[0].get("oid.v") in self.ask(self.both()[0], across, Scope(scopes[0])), \
                "another community does not see what is to be seen"

    def settle(self) -> None:
        """A message says what holds when it is sent: one event is told before the next happens."""
        for world in self.both():
            world.heard(())

    def show(self, kind: Kind) -> None:
        scopes, worlds = self.scopes(kind), self.both()
        for world in worlds:
            world.forget()
        for world, scope in zip(worlds, scopes):
            world.run(f"people-of-{kind.people}", scope)
            self.share(scopes[0], scopes[1])
        for world in worlds:
            world.forget()
        worlds[0].run(f"hide-{kind.hide or kind.name}", scopes[0])
        self.control(scopes, kind)
        self.share(*scopes)
        if kind.told_before:
            for world in worlds:
                world.forget()
        wrong = []
        for case in self.cases:
            if case.name in EXCEPT.get(kind.name, {}):
                continue
            try:
                differs = self.question(case, scopes)
            except Failed as fault:
                differs = str(fault)
            if case.name.startswith(FEEDS):
                self.settle()
            if differs:
                wrong.append(f"{case.name}: {differs}")
        wrong += self.unasked(kind, scopes)
        assert not wrong, f"{len(wrong)} of {len(self.cases) + len(TOLD)} tell: " \
            + "\n     ".join(wrong)

    def unasked(self, kind: Kind, scopes: tuple[Scope, Scope]) -> list[str]:
        """ITI-10, ITI-46, ITI-53: the same messages; their order is that of drawn ids."""
        known, told = self.known(scopes[0]), []
        for world in self.both():
            told.append("\n".join(sorted(
                (plain.hl7 if each.startswith(b"MSH") else plain.text_of)(
                    each, known, world.affinity) for each in world.heard(kind.listeners))))
        differs = plain.difference(*told)
        return [f"{', '.join(TOLD)}: {differs}"] if differs else []


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    leaks = Leaks(running, demo)
    return [(f"leak-{kind.name}", f"{kind.why}: in every answer as if they had never been",
             lambda kind=kind: leaks.show(kind)) for kind in KINDS]
