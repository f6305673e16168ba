"""PIX Update Notification [ITI-10], PIXV3 Update Notification [ITI-46] (ITI TF-2: 3.10, 3.46):
consumers are told which ids are one person's, when that changes, as their own queries would show
it; and consumers that behave badly, each misbehaviour by its name. All of it in either dialect."""
from __future__ import annotations

import asyncio
import base64
import datetime
import importlib.util
import os
import re
import ssl
import threading
import time

from lib import local
from lib.casefile import Step
from lib.outbox_scene import ANSWERS, SOON, WITHIN, OutboxScene
from lib.partner import Silent
from lib.region import DemoRegion
from lib.runner import Runner
from lib.scope import Scope

from .told_by import ByV2, ByV3

SETTINGS: dict[str, str] = {}
REGION = "2.999.1"  # the affinity domain


class Notifications(OutboxScene):
    """In a region of its own: x-consumer sees every domain, b-clinic its own and the region's."""

    told_to = ("x-consumer", "b-clinic")

    def __init__(self, running: Runner, demo: DemoRegion, by: type[ByV2] | type[ByV3]) -> None:
        super().__init__(running, demo)
        self.by, self.ids = by, by.ids
        self.forged = os.path.join(demo.region, "pki", "clients", "w-forged.pem")
        self.domains = {name: running.region.get(f"domain.{name}") for name in "ab"}
        self.consumer = by.receiver("well", self.server, self.ca)
        self.clinic = by.receiver("well", self.server, self.ca)

    def begin(self, address: str = "", within: int = ANSWERS, waits: bool = False) -> None:
        """x-consumer is told at that address, b-clinic at its own; what came is forgotten, but for
        what waits and comes as soon as the gateway is there."""
        section = 'partner "%s" {\n\turl = "%s"\n\tfor = {"pix-notifications"}\n' \
            '\tanswer-within = "%ds"\n\tconnections = "2"\n' + self.by.partner + "}\n"
        text = self.bare + section % ("x-told", address or self.consumer.address, within) \
            + section % ("b-told", self.clinic.address, ANSWERS)
        for name, system in (("x-told", "x-consumer"), ("b-told", "b-clinic")):
            head = f'system "{system}" {{'
            text = text.replace(head, f'{head}\n\tnotify = "{name}"')
        for each in (self.consumer, self.clinic):
            each.manner = "well"
        self.configure(text, self.forget)
        if not waits:
            self.forget()

    def forget(self) -> None:
        self.consumer.got.clear()
        self.clinic.got.clear()

    # -- what facilities, patients and the operator do ---------------------------------------------

    def person(self) -> dict[str, str]:
        fresh = Scope(self.running.region)
        return {"family": fresh.get("kana.f"), "given": fresh.get("kana.g"),
                "phone": fresh.get("phone.p"), "street": "千代田区千代田1-1"}

    def feed(self, facility: str, person: dict[str, str], number: str = "", **values: str) -> str:
        """The id it was fed by."""
        system = {"a": "a-hospital", "b": "b-clinic"}[facility]
        number = number or Scope(self.running.region).get("pid.x")
        step = Step("feed", "send", system, "iti8.hl7", changes=[])
        answer = self.running.send_hl7(step, Scope(self.running.region, id=number,
                                                   domain=self.domains[facility],
                                                   **{**person, **values}))
        assert answer.hl7.get("MSA-1") == "AA", f"{facility}: {answer.hl7}"
        return number

    def consent(self, what: str, facility: str, number: str, *more: str) -> None:
        cx = f"{number}^^^&{self.domains[facility]}&ISO"
        done = self.tool("consent", what, "--patient", cx, "--reason", "said so", *more)
        assert done.returncode == 0, done.stderr

    def asked(self, system: str, facility: str, number: str) -> set[tuple[str, str]]:
        """What ITI-9 answers it, and the id it asks by."""
        step = Step("ask", "send", system, "iti9.hl7", changes=[])
        answer = self.running.send_hl7(
            step, Scope(self.running.region, id=number, domain=self.domains[facility]))
        found = [part.split("^") for part in answer.hl7.repetitions("PID", 3)]
        return {(self.domains[facility], number)} \
            | {(part[3].split("&")[1], part[0]) for part in found}

    # -- what is shown -----------------------------------------------------------------------------

    def follows(self) -> None:
        """The example of 3.10.4.1.2: alone, linked, and parted, which are two notifications."""
        self.begin()
        person = self.person()
        one = self.feed("a", person)
        a_id = (self.domains["a"], one)
        self.settled()
        assert not self.consumer.got, f"told of somebody who has not joined: {self.consumer.got}"
        self.consent("join", "a", one)
        first = self.consumer.wait(1)[-1]
        self.settled()
        assert a_id in self.ids(self.consumer.got[-1]), self.consumer.got
        self.consumer.got.clear()
        other = self.feed("b", person)
        b_id = (self.domains["b"], other)
        self.consumer.wait(1)
        self.settled()
        assert {a_id, b_id} <= self.ids(self.consumer.got[-1]), self.consumer.got
        assert len(self.consumer.got) == 1, self.consumer.got
        told = self.ids(self.consumer.got[-1])
        assert told == self.asked("x-consumer", "a", one), self.consumer.got
        self.consumer.got.clear()
        self.feed("b", person, other, event="A08", street="港区一丁目1-1")
        self.feed("b", person, other, event="A08", street="港区一丁目1-1")
        self.settled()
        assert not self.consumer.got, f"nothing changed, and it was told: {self.consumer.got}"
        self.feed("b", self.person(), other, event="A08", street="中央区九丁目9-9")
        self.consumer.wait(1)
        self.settled()
        sets = [self.ids(each) for each in self.consumer.got]
        assert any(a_id in each and b_id not in each for each in sets), sets
        assert not any({a_id, b_id} <= each for each in sets), sets
        for each in (first, *self.consumer.got, *self.clinic.got):
            self.by.well_formed(self.running, each)
        seen = {domain for each in self.clinic.got for domain, _ in self.ids(each)}
        assert seen and seen <= {self.domains["b"], REGION}, seen

    def merges_and_decisions(self) -> None:
        self.begin()
        one = self.feed("a", person := self.person())
        self.consent("join", "a", one)
        two = self.feed("a", self.person())
        self.settled()
        self.consumer.got.clear()
        step = Step("merge", "send", "a-hospital", "iti8-merge.hl7", changes=[])
        merged = self.running.send_hl7(step, Scope(self.running.region, domain=self.domains["a"],
                                                   survivor=one, prior=two))
        assert merged.hl7.get("MSA-1") == "AA", merged.hl7
        self.settled()
        assert all((self.domains["a"], two) not in self.ids(each) for each in self.consumer.got)
        other = self.feed("b", person)
        self.consumer.wait(1)
        self.settled()
        self.consumer.got.clear()
        done = self.tool("patient", "apart", f"{one}^^^&{self.domains['a']}&ISO",
                         f"{other}^^^&{self.domains['b']}&ISO", "--reason", "two patients")
        assert done.returncode == 0, done.stderr
        self.consumer.wait(1)
        self.settled()
        sets = [self.ids(each) for each in self.consumer.got]
        assert sets and not any({(self.domains["a"], one), (self.domains["b"], other)} <= each
                                for each in sets), sets

    def several_ids(self) -> None:
        """All ids of one domain are told, one after the other (3.10.4.1.2.3, 3.46.4.1.3)."""
        self.begin()
        one = self.feed("a", person := self.person())
        self.consent("join", "a", one)
        two, other = self.feed("a", person), self.feed("b", person)
        self.settled()
        told = self.by.in_order(self.consumer.got[-1])
        fed = {(self.domains["a"], one), (self.domains["a"], two), (self.domains["b"], other)}
        assert fed <= set(told) and len(told) == len(set(told)), told
        assert set(told) == self.asked("x-consumer", "a", one), told
        domains = [domain for domain, _ in told]
        runs = [domain for n, domain in enumerate(domains) if n == 0 or domains[n - 1] != domain]
        assert len(runs) == len(set(runs)), told

    def consent_is_asked(self) -> None:
        """Who leaves is shown no more: to who has an own id that one, to others nothing."""
        self.begin()
        one = self.feed("a", person := self.person())
        self.consent("join", "a", one)
        other = self.feed("b", person)
        self.clinic.wait(1)
        self.settled()
        assert self.ids(self.clinic.got[-1]) == self.asked("b-clinic", "b", other), self.clinic.got
        self.consumer.got.clear()
        self.clinic.got.clear()
        self.consent("leave", "a", one)
        self.clinic.wait(1)
        self.settled()
        assert [self.ids(each) for each in self.clinic.got] == [{(self.domains["b"], other)}], \
            self.clinic.got
        assert not self.consumer.got, f"it was told of somebody who left: {self.consumer.got}"

    def consent_begins(self) -> None:
        """What begins by itself is told then, although nobody does anything; so is what it ends."""
        def soon() -> str:
            then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)
            return then.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.begin()
        one = self.feed("a", person := self.person())
        other = self.feed("b", person)
        self.settled()
        assert not self.consumer.got, self.consumer.got
        self.consent("join", "a", one, "--from", soon())
        self.consumer.wait(1)
        self.settled()
        assert self.ids(self.consumer.got[-1]) == self.asked("x-consumer", "a", one), \
            self.consumer.got
        self.forget()
        self.consent("leave", "a", one, "--from", soon())
        self.clinic.wait(1)
        self.settled()
        assert self.ids(self.clinic.got[-1]) == {(self.domains["b"], other)}, self.clinic.got
        assert not self.consumer.got, f"it was told of somebody who left: {self.consumer.got}"

    def misbehaviours(self) -> None:
        for manner, (fate, words) in self.by.manners.items():
            self.begin(within=SOON if manner == "says-nothing" else ANSWERS)
            self.consumer.manner = manner
            before = len(self.consumer.got)
            self.consent("join", "a", self.feed("a", self.person()))
            assert len(self.consumer.wait(before + 1)) > before, f"{manner}: nothing came"
            if fate == "done":
                self.until(lambda seen: not seen)
                continue
            state = "aside" if fate == "aside" else "waiting"
            seen = self.until(lambda seen, state=state: any(
                each["state"] == state and each.get("problem") for each in seen))
            assert words in seen[0]["problem"], f"{manner}: {seen}"
            troubled = [each["partner"] for each in self.told("status")["outbox"]["troubled"]]
            assert "x-consumer" in troubled, f"{manner}: {troubled}"
            self.consumer.manner = "well"
            self.drop_all()
        log = self.demo.log(400)
        assert all(line not in log for line in ("ESMTP", "THEIRS")), log

    def nobody_waits(self) -> None:
        """A silent consumer, and one nobody knows: the other is told all the same."""
        silent = Silent()
        for address in (self.by.silent(silent.address),
                        self.by.receiver("well", self.forged, self.ca).address):
            self.begin(address, SOON)
            person = self.person()
            self.consent("join", "a", self.feed("a", person))
            self.feed("b", person)
            assert self.clinic.wait(1), "who behaves well was not told"
            seen = self.until(lambda seen: seen and seen[0].get("problem"))
            assert seen[0]["kind"] == "pix-notification", seen
            assert seen[0]["what"] == self.by.transaction, seen
            shown = self.tool("errand", "show", str(seen[0]["number"]))
            assert shown.returncode == 0 and person["family"] not in shown.stdout, shown.stdout
            self.drop_all()
        silent.close()

    def comes_back(self) -> None:
        """Away for many changes, and killed in between: each person once, as it is in the end."""
        self.begin()
        self.consumer.manner = "busy"
        people = [self.person() for _ in range(5)]
        firsts = [self.feed("a", person) for person in people]
        for number in firsts:
            self.consent("join", "a", number)
        others = [self.feed("b", person) for person in people]
        waiting = self.errands()
        assert len(waiting) == len(people), waiting
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        self.demo.start(self.target)
        assert [each["number"] for each in self.errands()] == [each["number"] for each in waiting]
        with self.consumer.changed:  # between two messages
            self.consumer.got.clear()
            self.consumer.manner = "well"
        self.tool("errand", "retry", str(waiting[0]["number"]))
        self.settled()
        sets = [self.ids(each) for each in self.consumer.got]
        assert len(sets) == len(people), sets
        for one, other in zip(firsts, others):
            both = {(self.domains["a"], one), (self.domains["b"], other)}
            assert sum(both <= each for each in sets) == 1, sets

    def killed_in_flight(self) -> None:
        """Killed when the message is out and its answer is not in: it comes again, with its id."""
        self.begin()
        self.consumer.manner = "says-nothing"
        one = self.feed("a", self.person())
        self.consent("join", "a", one)
        self.consumer.wait(1)
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        self.consumer.manner = "well"
        self.demo.start(self.target)
        assert len(self.consumer.wait(2)) >= 2, "it did not come again"
        self.settled()
        assert (self.domains["a"], one) in self.ids(self.consumer.got[-1]), self.consumer.got

    def audited(self) -> None:
        self.begin()
        one = self.feed("a", self.person())
        self.consent("join", "a", one)
        self.consumer.wait(1)
        self.settled()
        found = self.recorded(one)
        assert found, "no record of it"
        record = found[0]["record"]
        assert 'csd-code="110110"' in record and 'EventActionCode="R"' in record, record
        assert "110153" in record and "110152" in record and self.by.detail in record, record
        assert f"{one}^^^&amp;{self.domains['a']}&amp;ISO" in record, record
        assert all(name in record for name in self.by.named_in_audit), record

    def unanswered_is_audited(self) -> None:
        """What came without being acknowledged was disclosed, whatever becomes of the errand."""
        self.begin(within=SOON)
        self.consumer.manner = "says-nothing"
        one = self.feed("a", self.person())
        self.consent("join", "a", one)
        assert self.consumer.wait(1), "nothing came"
        self.until(lambda seen: seen and seen[0].get("problem"))
        self.drop_all()
        found = self.told("audit", "search", "--transaction", self.by.transaction,
                          "--system", "x-consumer", "--limit", "1")
        assert found and f"{one}^^^&amp;{self.domains['a']}&amp;ISO" in found[0]["record"], found
        assert found[0]["outcome"] == 8, found

    def unanswered_and_back(self) -> None:
        """What came without being acknowledged may be known: who is again as he was when he was
        told of last is told of all the same."""
        self.begin(within=SOON)
        person = self.person()
        one = self.feed("a", person)
        self.consent("join", "a", one)
        self.consumer.wait(1)
        self.settled()
        self.consumer.manner = "says-nothing"
        other = self.feed("b", person)
        both = {(self.domains["a"], one), (self.domains["b"], other)}
        before = len(self.consumer.got)
        assert both <= self.ids(self.consumer.wait(before + 1)[-1]), self.consumer.got
        self.until(lambda seen: seen and seen[0].get("problem"))
        self.feed("b", self.person(), other, event="A08", street="中央区九丁目9-9")
        self.consumer.manner = "well"
        for each in self.errands():
            self.tool("errand", "retry", str(each["number"]))
        self.settled()
        sets = [self.ids(each) for each in self.consumer.got]
        last = [each for each in sets if (self.domains["a"], one) in each]
        assert last[-1] == self.asked("x-consumer", "a", one), last

    def recorded(self, number: str) -> list[dict]:
        """What the log has of notifications to x-consumer that named that id of a-hospital."""
        cx = f"{number}^^^&amp;{self.domains['a']}&amp;ISO"
        found = self.told("audit", "search", "--transaction", self.by.transaction,
                          "--system", "x-consumer", "--limit", "20")
        return [each for each in found if cx in each["record"]]

    def recorded_in_the_end(self, number: str) -> dict:
        """Its one record."""
        end = time.monotonic() + WITHIN
        while not (found := self.recorded(number)):
            assert time.monotonic() < end, "it was told, and there is no record"
            threading.Event().wait(0.05)
        assert len(found) == 1, found
        return found[0]

    def cut_short_is_audited(self) -> None:
        """Killed with the message out, and nobody is to be told any more: it was told."""
        self.begin()
        self.consumer.manner = "says-nothing"
        one = self.feed("a", self.person())
        self.consent("join", "a", one)
        assert self.consumer.wait(1), "nothing came"
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(self.bare)
        self.demo.start(self.target)
        found = self.recorded_in_the_end(one)
        control_id = base64.b64encode(self.by.message_id(self.consumer.got[0]).encode()).decode()
        assert found["outcome"] == 8 and control_id in found["record"], found
        self.drop_all()
        assert len(self.recorded(one)) == 1, self.recorded(one)

    def dropped_in_flight_is_audited(self) -> None:
        """The operator drops the errand whose message is out: it was told."""
        self.begin()
        self.consumer.manner = "says-nothing"
        one = self.feed("a", self.person())
        self.consent("join", "a", one)
        assert self.consumer.wait(1), "nothing came"
        self.drop_all()
        self.consumer.manner = "closes"
        self.consumer.hang_up()
        assert self.recorded_in_the_end(one)["outcome"] == 8

    def count(self, outcome: str) -> int:
        return int(re.search(rf'^minato_notifications_total{{outcome="{outcome}"}} (\d+)$',
                             local.metrics(self.target.socket), re.M)[1])

    def counted(self) -> None:
        """Each try by what became of it, and who still waits for how many."""
        waiting = 'minato_notifications_waiting{system="x-consumer"}'
        for manner, outcome, state in (("well", "taken", ""), ("busy", "refused", "waiting"),
                                       ("error", "refused", "aside"),
                                       ("says-nothing", "unanswered", "waiting")):
            self.begin(within=SOON if manner == "says-nothing" else ANSWERS)
            self.consumer.manner = manner
            before = self.count(outcome)
            self.consent("join", "a", self.feed("a", self.person()))
            if state:
                self.until(lambda seen, state=state: any(
                    each["state"] == state and each.get("problem") for each in seen))
            else:
                self.settled()
            said = local.metrics(self.target.socket)
            assert self.count(outcome) > before, f"{manner}: {said}"
            assert f"{waiting} {int(state == 'waiting')}\n" in said, f"{manner}: {said}"
            aside = waiting.replace("waiting", "aside")
            assert f"{aside} {int(state == 'aside')}\n" in said, f"{manner}: {said}"
            self.consumer.manner = "well"
            self.drop_all()

    def third_party(self) -> None:
        """python3-hl7's MLLP server, which nobody here wrote."""
        import hl7  # pylint: disable=import-outside-toplevel
        from hl7.mllp import start_hl7_server  # pylint: disable=import-outside-toplevel
        got: list[hl7.Message] = []
        ready, port = threading.Event(), []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server)
        context.load_verify_locations(self.ca)
        context.verify_mode = ssl.CERT_REQUIRED

        async def speak(reader, writer) -> None:
            try:
                while not writer.is_closing():
                    message = await reader.readmessage()
                    got.append(message)
                    writer.writemessage(message.create_ack())
                    await writer.drain()
            except asyncio.IncompleteReadError:
                writer.close()

        async def serve() -> None:
            async with await start_hl7_server(speak, host="127.0.0.1", port=0, encoding="utf-8",
                                              ssl=context) as server:
                port.append(server.sockets[0].getsockname()[1])
                ready.set()
                await server.serve_forever()

        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True).start()
        ready.wait()
        self.begin(f"mllps://127.0.0.1:{port[0]}")
        one = self.feed("a", self.person())
        self.consent("join", "a", one)
        self.settled()
        assert got and one in str(got[-1].segment("PID")(3)), got


class Changing:
    """x-consumer is told by HL7 v2, and from a reload on by v3."""

    def __init__(self, before: Notifications, after: Notifications) -> None:
        self.before, self.after = before, after

    def changes(self) -> None:
        before, after = self.before, self.after
        before.begin()
        before.consumer.manner = "busy"
        one = before.feed("a", before.person())
        before.consent("join", "a", one)
        waiting = before.until(lambda seen: seen and seen[0].get("problem"))
        after.begin(waits=True)
        after.tool("errand", "retry", str(waiting[0]["number"]))
        after.settled()
        assert (after.domains["a"], one) in ByV3.ids(after.consumer.got[-1]), after.consumer.got
        ByV3.well_formed(after.running, after.consumer.got[-1])
        assert before.recorded(one) and len(after.recorded(one)) == 1, after.recorded(one)


def in_dialect(each: Notifications, prefix: str) -> list:
    """What holds of both."""
    shown = [("follows", "alone, linked, parted: what changed is told, and nothing else",
              each.follows),
             ("merges", "a merge and a decision are told", each.merges_and_decisions),
             ("several-ids", "several ids of one domain are told all, together",
              each.several_ids),
             ("consent", "who leaves is shown no more", each.consent_is_asked),
             ("consent-begins", "a consent that begins or ends by itself is told then",
              each.consent_begins),
             ("misbehaviours", "each misbehaviour harms its own notice only, and is told by "
              "its name", each.misbehaviours),
             ("nobody-waits", "a silent consumer and a stranger hold nobody up",
              each.nobody_waits),
             ("comes-back", "who was away is told of each person once, after a kill too",
              each.comes_back),
             ("killed", "killed with a message out: nothing is lost", each.killed_in_flight),
             ("audited", "each notification is recorded, with its ids", each.audited),
             ("unanswered-audited", "one without an acknowledgment as well",
              each.unanswered_is_audited),
             ("unanswered-back", "who is back as he was told of last, after a message "
              "nobody answered", each.unanswered_and_back),
             ("cut-short-audited", "one whose answer a kill kept from us as well",
              each.cut_short_is_audited),
             ("dropped-audited", "one that was dropped on its way as well",
              each.dropped_in_flight_is_audited),
             ("counted", "metrics say what was sent, and who waits", each.counted)]
    return [(f"{prefix}-{name}", why, show) for name, why, show in shown]


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    by_v2, by_v3 = (Notifications(running, demo, by) for by in (ByV2, ByV3))
    shown = in_dialect(by_v2, "notify")
    if importlib.util.find_spec("hl7"):
        shown.append(("notify-third-party", "a receiver nobody here wrote", by_v2.third_party))
    changes = Changing(by_v2, by_v3)
    return [*shown, *in_dialect(by_v3, "notify-v3"),
            ("notify-other-dialect", "who is told by another dialect from now on is told so of "
             "what waits", changes.changes)]
