"""`minato backup` of a region in service, restored as minatod(8) says: everything is there
and answers the same."""
from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import threading

from lib import checks
from lib.answers import Answer
from lib.casefile import Step
from lib.region import DemoRegion, Target, free_ports
from lib.runner import Runner
from lib.scope import Scope
from scenes.ssmix2_storages import found, minato, retrieved, send

DOCUMENTS = 3
WITHIN = 120.0  # seconds for the feeds a scene waits for


class Feeds:
    """A system that feeds one patient after the other, as long as it is let; which
    ids were acknowledged."""

    def __init__(self, running: Runner) -> None:
        self.running = Runner(running.target, running.maker, running.grammars, running.region)
        self.acknowledged: list[str] = []
        self.fault: BaseException | None = None
        self.changed, self.ending = threading.Condition(), False
        self.thread = threading.Thread(target=self.feed)

    def feed(self) -> None:
        try:
            while not self.ending:
                scope = Scope(self.running.region, domain=self.running.region.get("domain.c"))
                scope.values.update(id=scope.get("pid.fed"), family=scope.get("kana.f"),
                                    given=scope.get("kana.g"), phone=scope.get("phone.p"))
                answer = self.running.send_hl7(Step("scene", "send", "c-hospital", "iti8.hl7"),
                                               scope)
                assert checks.run(answer, "MSA-1", "AA", scope) is None, \
                    checks.run(answer, "MSA-1", "AA", scope)
                with self.changed:
                    self.acknowledged.append(scope.get("id"))
                    self.changed.notify()
        except BaseException as fault:  # pylint: disable=broad-except
            with self.changed:
                self.fault = fault
                self.changed.notify()

    def more(self, count: int) -> list[str]:
        """Waits until so many more were acknowledged; all of them."""
        with self.changed:
            wanted = len(self.acknowledged) + count
            assert self.changed.wait_for(lambda: self.fault or len(self.acknowledged) >= wanted,
                                         WITHIN), "the feeds stand still"
            assert self.fault is None, f"a feed: {self.fault}"
            return list(self.acknowledged)

    def __enter__(self) -> "Feeds":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending = True
        self.thread.join()
        self.running.close()


def beside(demo: DemoRegion, target: Target) -> tuple[DemoRegion, Target]:
    """A region beside the service that has nothing yet: its configuration with the files it names,
    its keys, other ports, no audit repositories."""
    other = DemoRegion(demo.minatod, demo.minato)
    os.mkdir(other.region)
    shutil.copytree(os.path.join(demo.region, "pki"), os.path.join(other.region, "pki"))
    shutil.copy(os.path.join(demo.region, "region.policy"), other.region)
    with open(demo.configuration, encoding="utf-8") as conf:
        text = conf.read()
    ports = free_ports(3)
    for old, new in zip((target.https_port, target.mllp_port, target.admin_port), ports):
        text = text.replace(f'\tport = "{old}"\n', f'\tport = "{new}"\n', 1)
    text = re.sub(r'^audit-repository "[^"]*" \{\n.*?^\}\n', "", text, flags=re.M | re.S)
    with open(other.configuration, "w", encoding="utf-8") as conf:
        conf.write(text)
    return other, Target(target.host, ports[0], ports[1], target.ca, target.clients,
                         [demo.minato, "-c", other.configuration], ports[2])


def restore(demo: DemoRegion, target: Target, copy: str) -> tuple[DemoRegion, Target]:
    """A drill beside the service, minatod(8): what the copy has is put in by the tool."""
    other, there = beside(demo, target)
    done = minato(there, "restore", copy, other.region)
    assert done.returncode == 0 and "Before it serves" in done.stdout, done
    again = minato(there, "restore", copy, other.region)
    assert again.returncode != 0 and "not empty" in again.stderr, again
    return other, there


def grows(target: Target, copy: str, before: str) -> None:
    """A second copy that shares with the first what has not changed, and is whole."""
    done = minato(target, "backup", copy, "--onto", before)
    assert done.returncode == 0, done.stderr
    done = minato(target, "backup", "verify", copy, "--output", "json")
    assert done.returncode == 0 and json.loads(done.stdout)["valid"], done
    shared = [name for folder, _, names in os.walk(os.path.join(copy, "blobs")) for name in names
              if os.stat(os.path.join(folder, name)).st_nlink > 1]
    assert shared, "large documents are there twice"


class Drill:
    """One person at two facilities with documents, and a crowd that is fed
    while the copy is made."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo = running, demo
        self.scope = Scope(running.region)
        self.uids: list[str] = []
        self.forms: dict[str, bytes] = {}

    def fill(self) -> None:
        self.running.do(Step("scene", "do", "", "joined"), self.scope)
        for number in range(DOCUMENTS):
            self.uids.append(self.scope.get(f"oid.d{number}"))
            self.running.do(Step("scene", "do", "", "share",
                                 {"uid": self.uids[-1], "set": self.scope.get(f"oid.s{number}"),
                                  "text": f"document {number} " * 10000 ** (number == 1)}),
                            self.scope)
        for name, more in (("small", 10), ("large", 200000)):
            self.exclude_by_form(name, b"%PDF-1.7\n" + name.encode() * more + b"\n%%EOF\n")

        self.running.do(Step("scene", "do", "", "share-elsewhere",
                             {"uid": self.scope.get("oid.e"), "set": self.scope.get("oid.es"),
                              "text": "elsewhere " * 20000}), self.scope)

    def patient(self) -> str:
        return f"{self.scope.get('pid.a')}^^^&{self.scope.get('domain.a')}&ISO"

    def exclude_by_form(self, name: str, octets: bytes) -> None:
        """He excludes D, twice, on paper."""
        form = os.path.join(self.demo.directory, f"{name}.pdf")
        with open(form, "wb") as file:
            file.write(octets)
        done = minato(self.running.target, "consent", "exclude", "--patient", self.patient(),
                      "--facility", "d-pharmacy", "--form", form, "--reason", name)
        assert done.returncode == 0, done
        self.forms[name] = octets
        os.remove(form)

    def forms_of(self, running: Runner) -> dict[str, bytes]:
        """The forms of his decisions, by their reasons."""
        told = minato(running.target, "consent", "show", "--patient", self.patient(), "--output",
                      "json")
        assert told.returncode == 0, told
        forms, out = {}, os.path.join(tempfile.mkdtemp(dir=self.demo.directory), "form")
        for event in json.loads(told.stdout)["history"]:
            if "form" in event:
                done = minato(running.target, "consent", "form", "--patient", self.patient(),
                              "--event", event["event"], "--out", out)
                assert done.returncode == 0, done
                with open(out, "rb") as file:
                    forms[event["reason"]] = file.read()
                os.remove(out)
        assert forms == self.forms, forms.keys()
        return forms

    @staticmethod
    def files_below(directory: str) -> set[str]:
        return {name for _, _, names in os.walk(directory) for name in names}

    def stand_elsewhere(self, copy: str) -> None:
        """Large documents of a repository with a directory stand there, and in the copy with all
        others."""
        there = self.files_below(os.path.join(self.demo.region, "documents-22"))
        own = self.files_below(os.path.join(self.demo.region, "data", "blobs"))
        assert there and not there & own, (there, own)
        assert there <= self.files_below(os.path.join(copy, "blobs")), copy

    def told(self, running: Runner) -> dict[str, object]:
        """What a region says of the person: ids, entries, octets, consent, the records of audit."""
        patient = f"{self.scope.get('pid.a')}^^^&{self.scope.get('domain.a')}&ISO"
        pix = send(running, "x-consumer", "iti45.xml", [], domain=self.scope.get("domain.a"),
                   id=self.scope.get("pid.a"))
        documents: Answer = retrieved(running, "a-hospital", self.uids)
        assert checks.registry_status(documents, "Success") is None, checks.registry_status(
            documents, "Success")
        consent = minato(running.target, "consent", "show", "--patient", patient,
                         "--output", "json")
        submitted = minato(running.target, "audit", "search", "--patient", patient, "--transaction",
                           "ITI-41", "--output", "json")
        assert (consent.returncode, submitted.returncode) == (0, 0), consent.stderr \
            + submitted.stderr
        return {"forms": self.forms_of(running), "ITI-45": checks.identifiers(pix),
                "ITI-18": found(running, "a-hospital", patient),
                "ITI-43": {uid: checks.document_octets(documents, uid) for uid in self.uids},
                "consent": consent.stdout, "audit": submitted.stdout}

    def knows(self, running: Runner, patient: str) -> bool:
        """A facility asking with its own id is told that it is unknown, or nothing wrong."""
        answer = send(running, "c-hospital", "iti45.xml", [],
                      domain=self.scope.get("domain.c"), id=patient)
        return checks.query_answer(answer, "AE 204") is not None

    def show(self) -> None:
        self.fill()
        copy = os.path.join(self.demo.directory, "copy")
        with Feeds(self.running) as feeds:
            before = feeds.more(20)
            done = minato(self.running.target, "backup", copy)
            assert done.returncode == 0, done.stderr
            after = feeds.more(20)
        self.stand_elsewhere(copy)
        second = os.path.join(self.demo.directory, "second")
        grows(self.running.target, second, copy)
        shutil.rmtree(second)
        said = self.told(self.running)
        assert len(said["ITI-43"]) == DOCUMENTS and all(said["ITI-43"].values()) \
            and said["ITI-45"], said
        other, target = restore(self.demo, self.running.target, copy)
        try:
            other.start(target)
            restored = Runner(target, self.running.maker, self.running.grammars,
                              self.running.region)
            self.compare(restored, said, before, after)
            restored.close()
            assert not self.files_below(os.path.join(other.region, "documents-22"))
        finally:
            status = other.stop()
            other.remove()
        shutil.rmtree(copy)
        assert status == 0, f"the restored daemon ended with {status}"

    def compare(self, restored: Runner, said: dict[str, object], before: list[str],
                after: list[str]) -> None:
        for what in (["check"], ["audit", "verify"]):
            done = minato(restored.target, *what)
            assert done.returncode == 0, f"minato {' '.join(what)}: {done.stdout}{done.stderr}"
        again = self.told(restored)
        for what, value in said.items():
            assert again[what] == value, \
                f"{what}: restored {again[what]!r:.300}, in service {value!r:.300}"
        lost = [patient for patient in before if not self.knows(restored, patient)]
        assert not lost, f"{len(lost)} feeds acknowledged before the backup began are not in it"
        assert not self.knows(restored,
                              after[-1]), "a feed of afterwards is in it: this is not the copy"
        # It serves: a feed is taken, and the chain of records goes on from the copy's last.
        records = json.loads(minato(restored.target, "audit", "verify", "--output",
                                    "json").stdout)["records"]
        with Feeds(restored) as feeds:
            fed = feeds.more(1)
        assert self.knows(restored, fed[0]), "a feed after the restore is not there"
        verified = json.loads(minato(restored.target, "audit", "verify", "--output", "json").stdout)
        assert verified["valid"] and verified["records"] > records, verified


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    return [("backup-restored", "a copy made in service, restored, answers the same",
             Drill(running, demo).show)]
