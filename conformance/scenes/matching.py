"""Who is linked although no exact rule says so, who waits for somebody to look, and what is decided
of two records: over MLLP and TLS, by the operator's tool, in a region of its own."""
from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import time
from typing import Any, Callable

from lib import casefile, soap
from lib.mllp import MllpClient
from lib.region import READY_WITHIN, DemoRegion
from lib.runner import Failed, Runner
from lib.scope import Scope
from lib.wire import tls_context

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "matching", "matching.case")
MACROS = os.path.join(HERE, os.pardir, "cases", "00-macros.case")
DOMAINS = {"a-hospital": "1.2.392.100495.20.3.51.11319951013",
           "b-clinic": "1.2.392.100495.20.3.51.11319952024"}
NOBODY = 65534
WITHIN = 60.0  # seconds until a reload is felt
WHY = ("--reason", "conformance")


@dataclasses.dataclass(frozen=True)
class Person:
    """As a facility knows somebody."""
    family: str
    family_kana: str
    given: str
    given_kana: str
    born: str
    sex: str
    address: str
    postcode: str
    phone: str
    order: str = ""  # of a multiple birth, PID-25

    def pid(self, number: str, domain: str) -> str:
        multiple = f"|||||||||||Y|{self.order}" if self.order else ""
        return (f"PID|||{number}^^^&{domain}&ISO||{self.family}^{self.given}^^^^^L^I~"
                f"{self.family_kana}^{self.given_kana}^^^^^L^P||{self.born}|{self.sex}|||"
                f"{self.address}^^^^{self.postcode}||{self.phone}{multiple}")


HOUSE, FLAT = ("長野県松本市丸の内4-1", "390-0873"), ("愛知県名古屋市中区栄3-2-1", "460-0008")
AWAY = ("北海道函館市元町11-13", "040-0054")


class Matching:
    """Each scene has people of its own; the configuration is put back behind each."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo = running, demo
        self.cases = {case.name: case for case in casefile.read(CASES).cases}
        running.macros.update(casefile.read(MACROS).macros)
        # Of the scene with documents: both know their patient by this number.
        self.scope = Scope(running.region, **{"pid.w": "N1", "pid.v": "N1"})
        self.fed = 0

    # What is done

    def feed(self, system: str, number: str, person: Person, event: str = "A04",
             *more: str) -> None:
        """more: segments behind PV1."""
        self.fed += 1
        message = "\r".join([
            f"MSH|^~\\&|HIS|{system}|MINATO|REGION|20260115093000||ADT^{event}^ADT_A01|M{self.fed}"
            "|P|2.3.1||||||UNICODE UTF-8", f"EVN|{event}|20260115093000",
            person.pid(number, DOMAINS[system]), "PV1||O", *more, ""])
        target = self.running.target
        client = MllpClient(target.host, target.mllp_port,
                            tls_context(target.ca, target.certificate(system)))
        answer = client.exchange(message.encode())
        client.close()
        assert b"MSA|AA|" in answer, answer

    def tool(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self.running.target.cli, *words], capture_output=True, text=True,
                              check=False)

    def ask(self, *words: str) -> Any:
        done = self.tool(*words, "--output", "json")
        assert done.returncode == 0, done
        return json.loads(done.stdout)

    def decide(self, verb: str, one: str, other: str, exit_code: int = 0) -> dict[str, Any]:
        done = self.tool("match", verb, "--patient", one, "--other", other, *WHY, "--output",
                         "json")
        assert done.returncode == exit_code, done
        return json.loads(done.stdout) if exit_code == 0 else {}

    def configured(self, **values: str) -> None:
        """Keys of the region, felt after a reload."""
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        for key, value in values.items():
            text, count = re.subn(rf'(?m)^\t#?{key.replace("_", "-")} = ".*"$',
                                  f'\t{key.replace("_", "-")} = "{value}"', text, count=1)
            assert count == 1, key
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)

    def reload(self, mode: str) -> None:
        """What is configured is felt with the mode, which therefore has to be another one."""
        self.configured(matching=mode)
        self.demo.daemon.send_signal(signal.SIGHUP)
        end = time.monotonic() + WITHIN
        while self.ask("status")["matching"]["mode"] != mode:
            assert time.monotonic() < end, f"{mode} is not felt {WITHIN:.0f} s after the reload"

    # What must hold

    def person(self, name: str) -> str:
        return self.ask("patient", "show", "--patient", name)["patient"]["affinity_id"]

    def are_one(self, one: str, other: str) -> bool:
        return self.person(one) == self.person(other)

    def waiting(self, one: str, other: str) -> dict[str, Any] | None:
        """The row of the queue that is about these two, named as ID@FACILITY."""
        wanted = {one, other}
        for row in self.ask("match", "queue", "--limit", "1000"):
            if {f"{row['id']}@{row['facility']}",
                    f"{row['other_id']}@{row['other_facility']}"} == wanted:
                return row
        return None

    def in_trails(self, code: str, *people: str) -> None:
        for person in people:
            rows = self.ask("audit", "search", "--transaction", code, "--patient", person)
            assert rows, f"{code} is not in the trail of {person}"

    def steps(self, name: str) -> None:
        try:
            for step in self.cases[name].steps:
                self.running.do(step, self.scope)
        except Failed as fault:
            raise AssertionError(f"{name}: {fault}") from fault

    # The scenes

    def moved_and_married(self) -> None:
        """Another surname and another address; the mobile phone is the same."""
        before = Person("山口", "ヤマグチ", "千鶴", "チヅル", "19840617", "F", *HOUSE,
                        "090-2345-6701")
        after = dataclasses.replace(before, family="石川", family_kana="イシカワ", address=FLAT[0],
                                    postcode=FLAT[1])
        self.feed("a-hospital", "L1", before)
        self.feed("b-clinic", "L1", after)
        one, other = "L1@a-hospital", "L1@b-clinic"
        assert self.are_one(one, other), self.ask("match", "show", one, other)
        assert self.waiting(one, other) is None
        assert re.search(r"(?m)^minato_match_links_total [1-9]", self.tool("metrics").stdout)
        why = self.ask("match", "explain", one, other)
        assert why["outcome"] == "link" and why["one_person"] and why["total"] >= 10, why
        assert [(row["event"], row["reason"]) for row in why["trail"]] == [("linked", "score")], why
        assert why["weights"] in why["trail"][0]["why"], why
        assert "千鶴" not in json.dumps(why, ensure_ascii=False), "the explanation tells a name"
        beside = self.ask("match", "show", one, other)
        assert {row["field"]: row["agreement"] for row in beside["fields"]} == {
            "given": "same", "family": "changed", "birth": "same", "sex": "same",
            "address": "differs", "phone": "same"}, beside["fields"]
        shown = self.tool("match", "explain", one, other).stdout
        assert re.search(r"family +changed", shown) and "outcome: link" in shown, shown
        history = self.ask("patient", "history", "--patient", other)
        assert [row["event"] for row in history] == ["known", "known", "linked"], history
        # What it rested on is taken back, and so is the link; and only that one.
        self.feed("b-clinic", "L1", dataclasses.replace(after, phone="090-9999-0001"), "A08")
        assert not self.are_one(one, other)
        assert self.ask("match", "explain", one, other)["trail"][-1]["event"] == "unlinked"
        self.feed("b-clinic", "L1", after, "A08")
        assert self.are_one(one, other)
        self.in_trails("match-explain", one, other)
        self.in_trails("match-show", one, other)

    def twins(self) -> None:
        """Born on one day in one house; also those whose names sound alike."""
        first = Person("森", "モリ", "健一", "ケンイチ", "20100909", "M", *HOUSE, "0263-31-0001")
        second = dataclasses.replace(first, given="健二", given_kana="ケンジ")
        alike = dataclasses.replace(first, given="賢一", given_kana="ケンイチ", order="2")
        self.feed("a-hospital", "T1", dataclasses.replace(first, order="1"))
        self.feed("b-clinic", "T2", second)
        self.feed("b-clinic", "T3", alike)
        for other in ("T2@b-clinic", "T3@b-clinic"):
            assert not self.are_one("T1@a-hospital", other), other
            assert self.ask("match", "explain", "T1@a-hospital", other)["outcome"] != "link"
        self.feed("a-hospital", "T1", first, "A08")
        assert not self.are_one("T1@a-hospital", "T2@b-clinic")

    def father_and_son(self) -> None:
        father = Person("原", "ハラ", "正夫", "マサオ", "19550210", "M", *FLAT, "052-201-0002")
        son = dataclasses.replace(father, given="正雄", given_kana="マサオ", born="19850210")
        self.feed("a-hospital", "F1", father)
        self.feed("b-clinic", "F2", son)
        assert not self.are_one("F1@a-hospital", "F2@b-clinic")
        assert self.ask("match", "explain", "F1@a-hospital", "F2@b-clinic")["outcome"] != "link"

    def namesakes(self) -> None:
        """One name, one birth date, and nothing else: somebody is asked; what he says holds."""
        here = Person("中野", "ナカノ", "幸子", "サチコ", "19621104", "F", *HOUSE, "0263-31-0100")
        there = dataclasses.replace(here, address=AWAY[0], postcode=AWAY[1], phone="0138-22-0100")
        self.feed("a-hospital", "N1", here)
        self.feed("b-clinic", "N1", there)
        one, other = "N1@a-hospital", "N1@b-clinic"
        assert not self.are_one(one, other)
        row = self.waiting(one, other)
        assert row is not None and row["state"] == "waits" and "nothing-corroborates" in \
            row["rules"], row
        self.steps("shared")
        self.steps("not-reachable")
        pair = self.ask("match", "show", one, other)
        assert pair["moves"]["documents"] == 1 and pair["moves"]["other_joined"], pair["moves"]
        before = [self.ask("patient", "show", "--patient", name) for name in (one, other)]
        told = self.tool("match", "link", "--patient", one, "--other", other, *WHY)
        assert told.returncode == 0 and "documents 1" in told.stderr, told
        assert self.are_one(one, other) and self.waiting(one, other) is None
        self.steps("reachable")
        self.decide("undo", one, other)
        assert [self.ask("patient", "show", "--patient", name)["patient"]["affinity_id"]
                for name in (one, other)] == [each["patient"]["affinity_id"] for each in before]
        assert self.waiting(one, other) is not None
        self.steps("not-reachable")
        for name in (one, other):
            events = [(row["event"], row.get("reason")) for row in
                      self.ask("patient", "history", "--patient", name)]
            assert ("decided", "together") in events and ("decided", "undone") in events, events
        self.in_trails("match-decision", one, other)
        self.in_trails("match-queue", one, other)

    def look(self, name: str, system: str, number: str, domain: str) -> str:
        """The whole answer to this case's step, less what each answer has anew."""
        step = dataclasses.replace(self.cases[name].steps[0], system=system)
        scope = Scope(self.scope, number=number, domain=domain)
        scope.values.update({key: scope.fill(value) for key, value in step.values.items()})
        root = self.running.act(step, scope).root
        assert root is not None, f"{name} by {system}"
        for made in root.iterfind(".//{urn:hl7-org:v3}creationTime"):
            made.set("value", "")
        for made in root.iterfind("./{*}Body/*/{urn:hl7-org:v3}id"):
            made.set("root", "")
        said = soap.canonical(root.find("{*}Body")).decode()
        return re.sub(r"\(exchange [0-9a-f]+\)", "(exchange)", said)

    def shown(self, one: str, other: str, regional: list[str]) -> dict[str, str]:
        """Documents, ids and consents of these two, as each facility and the operator see them."""
        asked = [("a-hospital", one.split("@")[0], DOMAINS["a-hospital"]),
                 ("b-clinic", other.split("@")[0], DOMAINS["b-clinic"]),
                 *((system, number, self.running.region.get("domain.affinity"))
                   for system in ("c-hospital", "d-pharmacy") for number in regional)]
        seen = {f"{look} by {asker[0]} of {asker[1]}": self.look(look, *asker)
                for look in ("look-documents", "look-ids") for asker in asked}
        for name in (one, other):
            seen[f"consents of {name}"] = json.dumps(self.ask("consent", "show", "--patient", name))
            person = self.ask("patient", "show", "--patient", name)
            affinity = self.running.region.get("domain.affinity")
            # An id that was made meanwhile stays behind, subsumed; a link is made again.
            person["linked"] = [{**row, "since": ""} for row in person["linked"]
                                if row["domain"] != affinity or row["id"] in regional]
            seen[f"records of {name}"] = json.dumps(person)
        return seen

    def found(self, seen: dict[str, str], facility: str) -> set[str]:
        """Whose documents that facility finds by the number that it has."""
        text = next(answer for asked, answer in seen.items()
                    if asked.startswith(f"look-documents by {facility} "))
        return {which for which in "xy" if self.scope.get(f"oid.d{which}") in text}

    def told_of(self, seen: dict[str, str]) -> str:
        return ", ".join(f"{facility} finds {sorted(self.found(seen, facility))}"
                         for facility in ("a-hospital", "b-clinic", "c-hospital", "d-pharmacy"))

    def both_share(self, name: str) -> None:
        """Documents on both records, which each are this number, and consents."""
        self.scope = Scope(self.running.region, **{"pid.x": name, "pid.y": name})
        self.steps("both-share")

    def restored_score(self) -> None:
        """Two who are linked by their score, decided apart, and linked again by the undo."""
        here = Person("桜井", "サクライ", "美和", "ミワ", "19770703", "F", *HOUSE, "090-2345-6705")
        there = dataclasses.replace(here, family="大塚", family_kana="オオツカ", address=FLAT[0],
                                    postcode=FLAT[1])
        self.feed("a-hospital", "U2", here)
        self.feed("b-clinic", "U2", there)
        one, other = "U2@a-hospital", "U2@b-clinic"
        self.both_share("U2")
        regional = [row["id"] for row in self.ask("patient", "show", "--patient", one)["linked"]
                    if row["domain"] == self.running.region.get("domain.affinity")]
        before = self.shown(one, other, regional)
        assert self.found(before, "a-hospital") == self.found(before, "b-clinic") == {"x", "y"}
        self.decide("apart", one, other)
        parted = self.shown(one, other, regional)
        assert (self.found(parted, "a-hospital"), self.found(parted, "b-clinic")) == (
            {"x"}, {"y"}), self.told_of(parted)
        self.decide("undo", one, other)
        self.are_same(before, self.shown(one, other, regional))
        assert self.waiting(one, other) is None

    def restored_link(self) -> None:
        """Two of whom somebody said that they are one, and then that he does not know."""
        here = Person("島田", "シマダ", "節子", "セツコ", "19530308", "F", *HOUSE, "0263-31-0400")
        there = dataclasses.replace(here, address=AWAY[0], postcode=AWAY[1], phone="0138-22-0400")
        self.feed("a-hospital", "U3", here)
        self.feed("b-clinic", "U3", there)
        one, other = "U3@a-hospital", "U3@b-clinic"
        self.both_share("U3")
        regional = sorted({row["id"] for name in (one, other)
                           for row in self.ask("patient", "show", "--patient", name)["linked"]
                           if row["domain"] == self.running.region.get("domain.affinity")})
        assert len(regional) == 2, regional
        before = self.shown(one, other, regional)
        assert (self.found(before, "a-hospital"), self.found(before, "b-clinic")) == (
            {"x"}, {"y"}), self.told_of(before)
        self.decide("link", one, other)
        linked = self.shown(one, other, regional)
        assert self.found(linked, "a-hospital") == self.found(linked, "b-clinic") == {
            "x", "y"}, self.told_of(linked)
        self.decide("undo", one, other)
        self.are_same(before, self.shown(one, other, regional))
        assert self.waiting(one, other) is not None

    def without_insurances(self) -> None:
        """region insurance = off: nothing is kept of a number, and nobody may ask by one."""
        here = Person("永井", "ナガイ", "和夫", "カズオ", "19440912", "M", *HOUSE, "0263-31-0500")
        there = dataclasses.replace(here, address=AWAY[0], postcode=AWAY[1], phone="0138-22-0500")
        card = "IN1|1|06|01130012|||||||12~4455~01"
        one, other = "I1@a-hospital", "I1@b-clinic"
        self.feed("a-hospital", "I1", here, "A04", card)
        assert self.ask("patient", "show", "--patient", one)["patient"]["insurances"]
        self.configured(insurance="off")
        self.reload("review")
        try:
            self.feed("b-clinic", "I1", there, "A04", card)
            self.feed("a-hospital", "I1", here, "A08", card)
            for name in (one, other):
                assert "4455" not in self.tool("patient", "show", "--patient", name).stdout
                assert "insurances" not in self.ask("patient", "show", "--patient",
                                                    name)["patient"]
            assert not self.are_one(one, other), "linked by a number that nobody keeps"
            self.steps("insured-untold")
            self.configured(insurance="match-only")
            self.reload("link")
            self.steps("insured-untold")
            self.feed("a-hospital", "I1", here, "A08", card)
            assert self.ask("patient", "show", "--patient", one)["patient"]["insurances"]
        finally:
            self.configured(insurance="on")
            self.reload("review")
            self.reload("link")
        self.feed("a-hospital", "I1", here, "A08", card)
        self.feed("b-clinic", "I1", there, "A08", card)
        assert self.are_one(one, other)

    @staticmethod
    def are_same(before: dict[str, str], after: dict[str, str]) -> None:
        for asked, answer in before.items():
            assert answer == after[asked], f"{asked}:\n{answer}\nis now\n{after[asked]}"

    def decided_apart(self) -> None:
        """Not asked again, until what it rested on changes."""
        here = Person("上田", "ウエダ", "昭", "アキラ", "19480820", "M", *HOUSE, "0263-31-0200")
        there = dataclasses.replace(here, address=AWAY[0], postcode=AWAY[1], phone="0138-22-0200")
        self.feed("a-hospital", "P1", here)
        self.feed("b-clinic", "P1", there)
        one, other = "P1@a-hospital", "P1@b-clinic"
        assert self.waiting(one, other) is not None
        self.decide("apart", one, other)
        assert self.waiting(one, other) is None
        self.feed("b-clinic", "P1", there, "A08")
        self.feed("a-hospital", "P1", here, "A08")
        assert self.waiting(one, other) is None, "asked again though nothing changed"
        self.feed("b-clinic", "P1", dataclasses.replace(there, phone=here.phone), "A08")
        row = self.waiting(one, other)
        assert row is not None and row["state"] == "changed" and row["decided"] == "apart", row
        assert row["reason"] == "conformance" and row["by"] == f"uid {os.geteuid()}", row
        assert not self.are_one(one, other), "what was decided holds until it is taken back"
        self.decide("apart", one, other)

    def only_review(self) -> None:
        """matching = review: what would be linked waits."""
        before = Person("岡本", "オカモト", "玲子", "レイコ", "19790130", "F", *FLAT,
                        "090-2345-6703")
        after = dataclasses.replace(before, family="西村", family_kana="ニシムラ", address=AWAY[0],
                                    postcode=AWAY[1])
        self.reload("review")
        try:
            self.feed("a-hospital", "R1", before)
            self.feed("b-clinic", "R1", after)
            one, other = "R1@a-hospital", "R1@b-clinic"
            assert not self.are_one(one, other)
            row = self.waiting(one, other)
            assert row is not None and row["outcome"] == "link", row
            metrics = self.tool("metrics").stdout
            waits = self.ask("status")["matching"]["waiting"]
            assert f"minato_match_waiting {waits}\n" in metrics and waits >= 1, metrics
        finally:
            self.reload("link")
        self.tool("match", "run")
        assert self.are_one(one, other) and self.waiting(one, other) is None

    def learnt(self) -> None:
        """Weights of the region's own records: a text that can be configured, and nothing else."""
        path = os.path.join(self.demo.region, "own.weights")
        before = self.ask("patient", "list", "--limit", "1000")
        learnt = self.ask("match", "train", "--out", path)
        assert learnt["records"] > 10 and learnt["candidates"] > 0 and learnt["rounds"] > 0, learnt
        with open(path, encoding="utf-8") as text:
            assert text.read() == learnt["text"]
        assert self.ask("status")["matching"]["weights"] == learnt["weights_before"]
        assert self.ask("patient", "list", "--limit", "1000") == before
        again = self.tool("match", "train", "--out", path)
        assert again.returncode != 0 and "could not make" in again.stderr, again
        with open(self.demo.configuration, encoding="utf-8") as conf:
            kept = conf.read()
        self.configured(match_weights=path)
        self.demo.daemon.send_signal(signal.SIGHUP)
        end = time.monotonic() + WITHIN
        while self.ask("status")["matching"]["weights"] != learnt["weights"]:
            assert time.monotonic() < end, "the weights are not felt"
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(kept)
        self.reload("link")

    def as_another(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The tool in the hands of the daemon's own user, who is not root here."""
        return subprocess.run([os.path.join(self.demo.directory, "minato"), "-c",
                               self.demo.configuration, *words, "--output", "json"],
                              capture_output=True, text=True, check=False, user=NOBODY,
                              group=NOBODY, extra_groups=[], cwd="/")

    def owned(self, user: int) -> None:
        for folder, _, names in os.walk(self.demo.directory):
            for path in (folder, *(os.path.join(folder, name) for name in names)):
                os.chown(path, user, user, follow_symlinks=False)

    def start_as(self, user: int) -> None:
        with open(self.demo.log_path, "ab") as log:
            self.demo.daemon = self.demo.spawn(
                [os.path.join(self.demo.directory, "minatod"), "-c", self.demo.configuration],
                stdout=log, stderr=log, env=self.demo.environment(), user=user, group=user,
                extra_groups=[], cwd="/")
        end = time.monotonic() + READY_WITHIN
        while self.tool("status").returncode != 0:
            assert self.demo.daemon.poll() is None and time.monotonic() < end, self.demo.log()

    def by_two(self, show: Callable[[], None]) -> None:
        """Root, and the daemon's own user: the two that are operators at a time."""
        self.running.close()
        assert self.demo.stop() == 0
        for name, path in (("minato", self.demo.minato), ("minatod", self.demo.minatod)):
            shutil.copy(path, os.path.join(self.demo.directory, name))
            os.chmod(os.path.join(self.demo.directory, name), 0o755)
        self.owned(NOBODY)
        try:
            self.start_as(NOBODY)
            show()
        finally:
            self.demo.stop()
            self.owned(os.geteuid())
            self.demo.start(self.running.target)

    def four_eyes(self) -> None:
        """What one says takes effect when the other agrees."""
        here = Person("宮崎", "ミヤザキ", "文子", "フミコ", "19571225", "F", *HOUSE, "0263-31-0300")
        there = dataclasses.replace(here, address=AWAY[0], postcode=AWAY[1], phone="0138-22-0300")

        def agreed() -> None:
            self.feed("a-hospital", "E1", here)
            self.feed("b-clinic", "E1", there)
            self.both_agree("E1@a-hospital", "E1@b-clinic")

        self.configured(match_four_eyes="yes")
        try:
            self.by_two(agreed)
        finally:
            self.configured(match_four_eyes="no")

    def both_agree(self, one: str, other: str) -> None:
        said = self.decide("link", one, other)
        assert said["proposed"] and not self.are_one(one, other), said
        told = self.tool("match", "link", "--patient", one, "--other", other, *WHY)
        assert "another person must agree" in told.stderr, told
        assert not self.are_one(one, other), "who has said so agrees with himself"
        # No way around it, by the other command.
        self.tool("patient", "together", one, other, *WHY)
        assert not self.are_one(one, other)
        row = self.waiting(one, other)
        assert row is not None and (row["state"], row["decided"]) == ("proposed", "link"), row
        other_way = self.as_another("match", "apart", "--patient", one, "--other", other, *WHY)
        assert other_way.returncode == 1 and "proposed" in other_way.stderr, other_way
        done = self.as_another("match", "link", "--patient", one, "--other", other, *WHY)
        assert done.returncode == 0 and not json.loads(done.stdout)["proposed"], done
        assert self.are_one(one, other) and self.waiting(one, other) is None
        decided = self.ask("match", "show", one, other)["decided"]
        assert f"uid {os.geteuid()}" in decided["by"] and f"uid {NOBODY}" in decided["by"], decided


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Matching(running, demo)
    listed = [
        ("match-linked", "who married and moved is linked by score, and it is explained",
         each.moved_and_married),
        ("match-twins", "twins are never linked", each.twins),
        ("match-father-and-son", "father and son are two", each.father_and_son),
        ("match-namesakes", "what somebody decides holds at once, and undo restores what was",
         each.namesakes),
        ("match-restored-score", "undo of apart: what the score linked is again what it was",
         each.restored_score),
        ("match-restored-link", "undo of a link: what each was shown before is shown again",
         each.restored_link),
        ("match-insurance-off", "a region without insurance numbers links, answers and keeps "
         "without them", each.without_insurances),
        ("match-apart", "decided apart, nobody is asked again until the data change",
         each.decided_apart),
        ("match-review", "a region that only asks links nothing", each.only_review),
        ("match-learnt", "weights are learnt, configured and reloaded", each.learnt),
    ]
    if os.geteuid() == 0:
        listed.append(("match-four-eyes", "another person must agree", each.four_eyes))
    return listed
