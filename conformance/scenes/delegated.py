"""A small clinic without a storage of its own delegates it (委託保管): what it sends by HL7 v2 is
written to an SS-MIX2 standardised storage of its own, found by all, corrected, deleted, checked,
and taken home."""
from __future__ import annotations

import contextlib
import csv
import hashlib
import importlib.util
import json
import os
import random
import signal
import subprocess
import threading
import time

from lib.region import DemoRegion
from lib.runner import Runner
from lib.wire import Refused
from scenes.ssmix2_storages import ARC, found, minato, octets_of

CODE = "1319952029"
CLINIC = "s-clinic"
PATIENT = "0007654321"
WITHIN = 120.0  # seconds until a look has seen it
KILLS = 10
PAUSE = 0.05  # seconds between two questions
# What is written is looked at at once, however seldom the storage is.
SECTION = """
ssmix2-storage "s-clinic" {
	directory = "%s"
	every = "1h"
	delegated = yes
}
"""
INDIVIDUAL_NUMBER = "123456789018"  # the published dummy
PID = "PID|1||{id}^^^^PI||山本^花子^^^^^L^I~ヤマモト^ハナコ^^^^^L^P||19610203|F"
ORC = "ORC|{control}|{order}|{order}|{order}_1|||||20260401||||||||01^内科^HL70069"
RXE = ("RXE||123812902^カロナール錠５００^HOT9|1||TAB^錠^MR9P|||||21|TAB^錠^MR9P\r"
       "TQ1|1||1013044400000000&内服・経口・１日３回朝昼夕食後&JAMISDP01|||7^d|20260401\r"
       "RXR|PO^口^HL70162")


def message(kind: str, when: str, *segments: str) -> bytes:
    head = (f"MSH|^~\\&|EMR|S-CLINIC|MINATO|CENTRE|{when}||{kind}|{when}{len(segments)}|P|2.5"
            "||||||~ISO IR87||ISO 2022-1994")
    return "\r".join((head, *segments, "")).encode("iso2022_jp")


def prescription(control: str, when: str, order: str, patient: str = PATIENT,
                 kind: str = "RDE^O11^RDE_O11") -> bytes:
    return message(kind, when, PID.format(id=patient), ORC.format(control=control, order=order),
                   RXE)


def registration(when: str, patient: str = PATIENT) -> bytes:
    return message("ADT^A08^ADT_A01", when, f"EVN||{when}", PID.format(id=patient), "PV1|1|O")


def field(answer: bytes, segment: str, number: int) -> str:
    for line in answer.decode().split("\r"):
        if line.startswith(segment + "|"):
            return line.split("|")[number]
    return ""


class Delegated:
    """One clinic, and the centre's directory for those who have no storage."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo = running, demo
        self.directory = os.path.join(demo.directory, "delegated")
        self.root = os.path.join(self.directory, CODE)
        self.log = os.path.join(self.directory, "transaction", CODE)

    # -- what is there -------------------------------------------------------------------------

    def tree(self, top: str) -> dict[str, bytes]:
        return {os.path.relpath(os.path.join(where, name), top):
                octets_of(os.path.join(where, name))
                for where, _, names in os.walk(top) for name in names
                if os.path.isfile(os.path.join(where, name))}

    def files(self, kind: str) -> dict[str, bytes]:
        """By the last three parts of their names: time, department, flag."""
        return {"_".join(name.rsplit("_", 3)[1:]): octets
                for name, octets in self.tree(self.root).items() if f"/{kind}/" in name}

    def records(self) -> list[bytes]:
        log = self.tree(self.log)
        whole = b"".join(log[name] for name in sorted(log))
        return whole.split(b"#SSMIX,2.00,")[1:]

    def send(self, octets: bytes, system: str = CLINIC) -> bytes:
        return self.running.mllp_of(system).exchange(octets)

    def taken(self, octets: bytes) -> None:
        answer = self.send(octets)
        assert field(answer, "MSA", 1) == "AA", answer

    def approved(self) -> set[str]:
        """SHA-1 of what anybody finds of the patient."""
        return set(found(self.running, CLINIC, f"{PATIENT}^^^&{ARC}{CODE}&ISO"))

    def until(self, what: str, expected: list[bytes]) -> None:
        """A look has seen it."""
        end = time.monotonic() + WITHIN
        wanted = {hashlib.sha1(octets).hexdigest() for octets in expected}
        while (got := self.approved()) != wanted:
            assert time.monotonic() < end, f"{what}: {len(got)} documents, {len(wanted)} expected"
            time.sleep(PAUSE)

    def tool(self, *words: str, status: int = 0) -> list[dict]:
        done = minato(self.running.target, *words, "--output", "json")
        assert done.returncode == status, done
        return json.loads(done.stdout) if done.stdout.strip() else []

    def patients(self) -> list[str]:
        return [row["id"] for row in self.tool("patient", "list", "--facility", CLINIC)]

    # -- the story -----------------------------------------------------------------------------

    def begins(self) -> None:
        os.makedirs(self.directory)
        with open(self.demo.configuration, "a", encoding="utf-8") as conf:
            conf.write(SECTION % self.directory)
        self.demo.daemon.terminate()
        self.demo.daemon.wait()
        self.demo.start(self.running.target)

    def sent(self) -> None:
        """A registration, which is an identity feed, and a prescription."""
        self.begins()
        self.taken(registration("20260401083000"))
        assert PATIENT in self.patients(), self.patients()
        one = prescription("NW", "20260401084000", "000000000000001")
        self.taken(one)
        assert self.files("OMP-01") == {"20260401084000000_01_1": one}, self.files("OMP-01")
        assert list(self.files("ADT-00")) == ["20260401083000000_-_1"]
        self.until("a prescription", [one])

    def again(self) -> None:
        """What was sent is sent again, for its answer was lost: it is there once."""
        before = self.tree(self.directory)
        self.taken(prescription("NW", "20260401084000", "000000000000001"))
        self.taken(registration("20260401083000"))
        assert self.tree(self.directory) == before

    def corrected(self) -> None:
        two = prescription("XO", "20260401090000", "000000000000001")
        self.taken(two)
        assert sorted(self.files("OMP-01")) == ["20260401084000000_01_2",
                                                "20260401090000000_01_1"]
        self.until("its correction", [two])

    def deleted(self) -> None:
        self.taken(prescription("CA", "20260401091000", "000000000000001"))
        assert sorted(self.files("OMP-01")) == [
            "20260401084000000_01_0", "20260401090000000_01_0", "20260401091000000_01_0"]
        self.until("its deletion", [])
        kinds = [record.split(b",")[5] for record in self.records()]
        assert kinds == [b"INS", b"INS", b"INS", b"DEL"], kinds

    def refused(self) -> None:
        """Nothing of it is kept, and who may not is told what everybody is told."""
        before = self.tree(self.directory)
        foreign = prescription("NW", "20260401100000", "7").replace(
            b"^^^^PI", b"^^^&1.2.3&ISO^PI")
        numbered = prescription("NW", "20260401100000", "7").replace(
            b"^^^^PI|", f"^^^^PI~{INDIVIDUAL_NUMBER}^^^^NNJPN|".encode())
        admitted = registration("20260401100000", "0007654322").replace(
            b"^^^^PI|", f"^^^^PI~{INDIVIDUAL_NUMBER}^^^^NNJPN|".encode())
        for octets, code, why, system in (
                (foreign, "AE", "102", CLINIC),
                (prescription("NW", "20260401100000", "../7"), "AE", "102", CLINIC),
                (prescription("NW", "20260401100000", "7", "../../../etc"), "AE", "102", CLINIC),
                (numbered, "AE", "103", CLINIC), (admitted, "AE", "103", CLINIC),
                (prescription("NW", "20260401100000", "7", kind="OMP^O09^OMP_O09"), "AR", "200",
                 CLINIC),
                (prescription("NW", "20260401100000", "7").replace(b"|P|2.5|", b"|P|2.4|"), "AR",
                 "203", CLINIC),
                # Its storage is its own.
                (prescription("NW", "20260401100000", "7"), "AR", "200", "e-clinic")):
            answer = self.send(octets, system)
            said = field(answer, "MSA", 1), field(answer, "ERR", 3).split("^")[0]
            assert said == (code, why), (octets, answer)
        assert self.tree(self.directory) == before
        assert "0007654322" not in self.patients(), self.patients()
        for top in (self.demo.region, self.directory):
            for name, octets in self.tree(top).items():
                assert INDIVIDUAL_NUMBER.encode() not in octets, name
        assert INDIVIDUAL_NUMBER.encode() not in octets_of(self.demo.log_path)

    def third_party(self) -> None:
        """python3-hl7's client, which nobody here wrote."""
        from clients.hl7_client import TlsClient  # pylint: disable=import-outside-toplevel
        octets = prescription("NW", "20260401110000", "000000000000002")
        with TlsClient(self.running.target, CLINIC) as client:
            answer = client.send_message(octets.decode("ascii")).strip(b"\x0b\x1c\r")
        assert field(answer, "MSA", 1) == "AA", answer
        assert octets in self.files("OMP-01").values()
        self.until("a prescription by python3-hl7", [octets])
        self.taken(prescription("CA", "20260401111000", "000000000000002"))
        self.until("and its deletion", [])

    def put(self) -> None:
        """The same, brought by the operator: each as if it had come alone."""
        folder = os.path.join(self.demo.directory, "brought")
        os.makedirs(folder)
        one = prescription("NW", "20260401120000", "000000000000003")
        examination = message("OMG^O19^OMG_O19", "20260401120500", PID.format(id=PATIENT),
                              ORC.format(control="NW", order="000000000000004"), "TQ1|1",
                              "OBR|1|000000000000004||1^内視鏡^99X")
        for name, octets in (("one", one), ("examination", examination), ("none", b"MSH|x")):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(octets)
        one_path, examination_path, none = (os.path.join(folder, name) for name in (
            "one", "examination", "none"))
        rows = self.tool("ssmix2", "put", CLINIC, one_path, one_path)
        assert [row["written"] for row in rows] == ["added", "known"], rows
        assert rows[0]["type"] == "OMP-01" and rows[0]["path"].startswith(CODE + "/000/765/"), rows
        # It does not say which of three it is.
        assert not self.tool("ssmix2", "put", CLINIC, examination_path, status=2)
        rows = self.tool("ssmix2", "put", CLINIC, examination_path, "--type", "OMG-02")
        assert rows[0]["type"] == "OMG-02", rows
        assert len(self.tool("ssmix2", "put", CLINIC, none, one_path, status=2)) == 1
        assert not self.tool("ssmix2", "put", "a-hospital", one_path, status=1)
        self.until("both", [one, examination])
        self.taken(prescription("CA", "20260401121000", "000000000000003"))
        self.until("one", [examination])

    def configured(self, text: str) -> None:
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)
        said = self.demo.log(1000).count("configuration reloaded")
        self.demo.daemon.send_signal(signal.SIGHUP)
        end = time.monotonic() + WITHIN
        while self.demo.log(1000).count("configuration reloaded") == said:
            assert time.monotonic() < end, self.demo.log(5)
            time.sleep(PAUSE)

    def full(self) -> None:
        """Who has filled what it may have fills the storage no further."""
        before = self.tree(self.directory)
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        code = f'institution-code = "{CODE}"\n'
        self.configured(text.replace(code, code + '\tdisk-quota = "1KiB"\n'))
        for octets in (registration("20260401150000"),
                       prescription("NW", "20260401150000", "000000000000007")):
            answer = self.send(octets)
            assert field(answer, "MSA", 1) == "AE" and "disk-quota" in answer.decode(), answer
        assert self.tree(self.directory) == before
        self.configured(text)

    def left(self) -> None:
        """A23 is what HS026 has it for: the patient is deleted, and may come back."""
        living = [octets for name, octets in self.tree(self.root).items()
                  if name.endswith("_1") and "_ADT-00_" not in name and f"/{PATIENT}/" in name]
        assert living
        self.until("all that was sent is there", living)
        self.taken(message("ADT^A23^ADT_A21", "20260401220000", "EVN||20260401220000",
                           PID.format(id=PATIENT), "PV1|1|O"))
        self.until("nobody is there", [])
        self.taken(registration("20260401221000"))
        self.until("he is back", living)

    def recorded(self) -> None:
        """Who brought what, in the patient's trail."""
        for code, count in (("SS-MIX2-message", 1), ("SS-MIX2-feed", 1), ("ssmix2-put", 3)):
            rows = self.tool("audit", "search", "--transaction", code, "--patient",
                             f"{PATIENT}@{CLINIC}")
            assert len(rows) >= count, (code, rows)

    def checked(self) -> None:
        done = minato(self.running.target, "ssmix2", "check", self.directory, "--output", "json")
        said = json.loads(done.stdout)
        assert done.returncode == 0 and said["valid"] and said["errors"] == 0, said
        assert said["files"] == len(self.tree(self.root)) and said["ignored"] == 0, said

    def batch(self) -> None:
        """Feeds in one frame: each is a file. Anything else comes alone."""
        head = "BHS|^~\\&|EMR|S-CLINIC|MINATO|CENTRE|20260401130000||||B1"
        when, patients = "20260401130000", ("0007654331", "0007654332")
        octets = b"\r".join((head.encode(), *(registration(when, each).rstrip(b"\r")
                                             for each in patients),
                             prescription("NW", when, "5").rstrip(b"\r"), b"BTS|3", b""))
        answer = self.send(octets)
        codes = [line.split("|")[1] for line in answer.decode().split("\r")
                 if line.startswith("MSA|")]
        assert codes == ["AA", "AA", "AR"], answer
        assert set(patients) < set(self.patients()), self.patients()
        written = [name for name in self.tree(self.root) if "_ADT-00_" in name]
        assert all(any(each in name for name in written) for each in patients), written

    def in_the_way(self) -> None:
        """What cannot be written is to be sent again: then it is written, and said once."""
        patient, blocked = "9997654321", os.path.join(self.root, "999")
        with open(blocked, "wb") as file:
            file.write(b"in the way")
        messages = [registration("20260401140000", patient),
                    prescription("NW", "20260401140500", "000000000000006", patient)]
        before = self.tree(self.directory)
        for octets in messages:
            answer = self.send(octets)
            assert (field(answer, "MSA", 1), field(answer, "ERR", 3).split("^")[0]) == (
                "AR", "207"), answer
        assert self.tree(self.directory) == before
        assert self.demo.log(1000).count("was not written to a delegated storage") == 2
        os.remove(blocked)
        for octets in messages:
            self.taken(octets)
        written = self.tree(os.path.join(self.root, "999"))
        assert sorted(written.values()) == sorted(messages), written

    def killed(self) -> None:
        """The daemon is killed while a clinic sends, again and again: what was acknowledged is
        there, and what was not is there once when it is sent again."""
        acknowledged: list[bytes] = []
        for number in range(KILLS):
            order = f"{1000 + number:015}"
            story = [prescription(control, f"202604011{5 + n}{number:02}00", order)
                     for n, control in enumerate(("NW", "XO", "CA") if number % 2 else
                                                 ("NW", "XO"))]
            timer = threading.Timer(random.uniform(0.0, 0.06), self.demo.daemon.kill)
            timer.start()
            with contextlib.suppress(Refused, OSError):
                for octets in story:
                    self.taken(octets)
                    acknowledged.append(octets)
            timer.join()
            self.demo.daemon.wait()
            there = list(self.tree(self.root).values())
            assert all(octets in there for octets in acknowledged), number
            self.demo.start(self.running.target)
            for octets in story:
                self.taken(octets)
                acknowledged.append(octets)
            names = [name for name in self.tree(self.root) if f"_{order}_" in name]
            assert sorted(name[-1] for name in names) == (
                ["0", "0", "0"] if number % 2 else ["1", "2"]), names
        files, records = self.tree(self.root), self.records()
        assert len(records) == len(files), (len(records), len(files))
        # Of a batch the last line of a message has no end of its own.
        assert sorted(record.split(b"\r", 1)[1].rstrip(b"\r") for record in records) == sorted(
            octets.rstrip(b"\r") for octets in files.values())

    def home(self) -> None:
        """All of it and nothing of others, as it stands, with an index and sums that hold."""
        other = os.path.join(self.directory, "1319954041", "000", "111", "000111")
        os.makedirs(other)
        with open(os.path.join(other, "another's"), "wb") as file:
            file.write(b"another's")
        where = os.path.join(self.demo.directory, "home")
        done = self.tool("ssmix2", "export", CLINIC, where)
        taken = self.tree(where)
        assert {name.split("/")[0] for name in taken} == {
            CODE, "transaction", "index", "SHA256SUMS"}, sorted(taken)
        mine = {name: octets for name, octets in self.tree(self.directory).items()
                if CODE in name.split("/")}
        assert all(taken[name] == octets for name, octets in mine.items())
        assert len(taken) == len(mine) + 2 and done["files"] == len(taken) - 1, done
        subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=where, check=True)
        with open(os.path.join(where, "index", "SSMIXIDX.csv"), encoding="ascii",
                  newline="") as file:
            rows = list(csv.DictReader(file))
        assert {f"{CODE}/{row['OutRelDirectory']}/{row['FileName']}" for row in rows} == {
            name for name in mine if name.startswith(CODE)}, rows
        deletions = {row["FileName"] for row in rows if row["ProcessingType"] == "DEL"}
        assert len(deletions) == 4 + KILLS // 2, rows
        assert all(name.endswith("_0") for name in deletions), rows
        # Its home can be taken in as any storage.
        said = minato(self.running.target, "ssmix2", "check", where, "--facility-code", CODE)
        assert said.returncode == 0, said
        trail = self.tool("audit", "search", "--transaction", "ssmix2-export", "--patient",
                          f"{PATIENT}@{CLINIC}")
        assert len(trail) == 1, trail
        # No directory that is there, none within, no storage that is the facility's own.
        for system, directory, status in ((CLINIC, where, 1), (CLINIC, "/", 2),
                                          (CLINIC, os.path.join(self.directory, "x"), 2),
                                          (CLINIC, "/nowhere/x", 1),
                                          ("a-hospital", where + "-a", 1), ("nobody", where, 2)):
            done = minato(self.running.target, "ssmix2", "export", system, directory)
            assert done.returncode == status, done
        assert sorted(name for name in os.listdir(self.demo.directory) if "home" in name) == [
            "home"]


    def story(self) -> None:
        """Scene 16: a clinic that has no storage, from its first message until it leaves."""
        patient, number = "0007654399", "000000000000099"
        one, two = (prescription(control, f"202604020{hour}4000", number, patient)
                    for control, hour in (("NW", 8), ("XO", 9)))
        told = lambda line: print(f"     {line}", flush=True)  # noqa: E731
        if not os.path.isdir(self.directory):
            self.begins()
        told("A clinic registers a patient by MLLP; its root at the centre has a file more.")
        self.taken(registration("20260402083000", patient))
        assert patient in self.patients(), self.patients()
        told("It prescribes, and corrects what it prescribed: both stand there, one of them is so.")
        self.taken(one)
        self.taken(two)
        flags = sorted((name[-1], octets) for name, octets in self.tree(self.root).items()
                       if f"_{number}_" in name)
        assert flags == [("1", two), ("2", one)], flags
        told("Others find the corrected one, as it was sent.")
        wanted, end = {hashlib.sha1(two).hexdigest()}, time.monotonic() + WITHIN
        while set(found(self.running, CLINIC, f"{patient}^^^&{ARC}{CODE}&ISO")) != wanted:
            assert time.monotonic() < end, "the correction is not found"
            time.sleep(PAUSE)
        told("It takes its root home: all of its folder, and nothing of another clinic's.")
        where = os.path.join(self.demo.directory, "taken")
        self.tool("ssmix2", "export", CLINIC, where)
        taken = self.tree(where)
        assert one in taken.values() and two in taken.values()
        assert {name for name in taken if name.startswith(CODE)} == {
            f"{CODE}/{name}" for name in self.tree(self.root)}
        assert b"another's" not in taken.values()
        told("What it took is a storage by itself, which whoever comes next can take in.")
        said = minato(self.running.target, "ssmix2", "check", where, "--facility-code", CODE)
        assert said.returncode == 0, said


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    clinic = Delegated(running, demo)
    story = [
        ("delegated-sent", "what a clinic sends by MLLP is written to its storage, and found",
         clinic.sent),
        ("delegated-again", "what is sent again is there once", clinic.again),
        ("delegated-corrected", "a correction takes the place of what it corrects",
         clinic.corrected),
        ("delegated-deleted", "what is deleted is found no more, and stays in the storage",
         clinic.deleted),
        ("delegated-refused", "what cannot be written changes nothing", clinic.refused),
        ("delegated-put", "the operator brings what a clinic cannot send", clinic.put),
        ("delegated-batch", "feeds that come together are a file each", clinic.batch),
        ("delegated-in-the-way", "what cannot be written now is written when it is sent again",
         clinic.in_the_way),
        ("delegated-full", "a clinic beyond its disk-quota writes nothing more", clinic.full),
        ("delegated-killed", "what was acknowledged is there, whenever the daemon was killed",
         clinic.killed),
        ("delegated-left", "a patient who was deleted has no documents, and has them again",
         clinic.left),
        ("delegated-recorded", "each is in the trail of its patient", clinic.recorded),
        ("delegated-checked", "what we write is as HS026 has it", clinic.checked),
        ("delegated-home", "the clinic takes all of it home, and nothing else's", clinic.home),
        ("scene-16-delegated", "F2 16: a clinic without a storage has one at the centre, and takes "
         "it home", clinic.story),
    ]
    if importlib.util.find_spec("hl7"):
        story.insert(5, ("delegated-third-party", "a client nobody here wrote",
                         clinic.third_party))
    return story
