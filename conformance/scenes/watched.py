"""A storage that is watched feeds the region by itself: nobody imports, and what is there is taken
in; what changes at the source changes here; what cannot be taken stands in quarantine."""
from __future__ import annotations

import json
import os
import shutil
import signal
import time

from lib.region import DemoRegion
from lib.runner import Runner
from scenes.ssmix2_storages import minato

CODE = "1319951013"
WITHIN = 120.0  # seconds until a look has seen it
PAUSE = 0.1  # seconds between two questions
AN_HOUR_AGO = 3600.0
SECTION = """
ssmix2-storage "a-hospital" {
	directory = "%s"
	every = "1s"
}
"""


class Watched:
    """One storage, which begins with a part of a hospital's."""

    def __init__(self, running: Runner, demo: DemoRegion, folder: str) -> None:
        self.running, self.demo = running, demo
        self.source = os.path.join(folder, "storage", CODE)
        self.root = os.path.join(demo.directory, "watched", CODE)
        self.patients = sorted(
            where for where, below, _ in os.walk(self.source)
            if any(len(name) == 8 or name == "-" for name in below))

    def tool(self, *words: str) -> list[dict]:
        done = minato(self.running.target, *words, "--output", "json")
        assert done.returncode == 0, done
        return json.loads(done.stdout)

    def storage(self) -> dict:
        rows = self.tool("ssmix2", "storages")
        return rows[0] if rows else {"state": "not watched"}

    def until(self, what: str, holds) -> dict:
        """A look has seen it: asked for as long as looks take."""
        end = time.monotonic() + WITHIN
        while not holds(seen := self.storage()):
            assert time.monotonic() < end, f"{what}: {seen}"
            time.sleep(PAUSE)
        return seen

    def documents(self, patient: str) -> list[str]:
        done = minato(self.running.target, "document", "list", "--patient",
                      patient + "@a-hospital", "--output", "json")
        documents = json.loads(done.stdout) if done.returncode == 0 else []
        return sorted(each["status"] for each in documents)

    def copy(self, patient: str) -> str:
        """As old as it is; its name."""
        shutil.copytree(patient, os.path.join(self.root, os.path.relpath(patient, self.source)),
                        copy_function=shutil.copy2)
        return os.path.basename(patient)

    def configure(self) -> None:
        with open(self.demo.configuration, "a", encoding="utf-8") as conf:
            conf.write(SECTION % os.path.dirname(self.root))
        self.demo.daemon.send_signal(signal.SIGHUP)

    def files_of(self, patient: str, kind: str) -> list[str]:
        return sorted(os.path.join(where, name) for where, _, names in os.walk(self.root)
                      for name in names
                      if name.startswith(patient + "_") and f"_{kind}_" in name)

    def begins(self) -> None:
        """Not mounted yet, which says nothing; then it is there."""
        os.makedirs(self.root)
        self.configure()
        seen = self.until("an empty directory is told", lambda one: one["state"] == "failed")
        assert "is it mounted" in seen["problem"], seen
        names = [self.copy(patient) for patient in self.patients[:3]]
        seen = self.until("three patients", lambda one: one["state"] in ("watched", "looking")
                          and one["patients"] == 3 and one["waiting"] == 0)
        assert all(self.documents(name) for name in names), [*map(self.documents, names)]
        assert seen["quarantine"] == 0, self.tool("ssmix2", "quarantine")

    def follows(self) -> None:
        """Another patient comes; an order of the first one is deleted, and comes back."""
        name = self.copy(self.patients[3])
        self.until("a fourth", lambda one: one["patients"] == 4 and one["waiting"] == 0)
        assert self.documents(name)
        first = os.path.basename(self.patients[0])
        before, path = self.documents(first), self.files_of(first, "OMP-01")[0]
        assert path.endswith("_1"), path
        os.rename(path, path[:-1] + "0")
        self.until_documents("one was deleted", first, lambda now: len(now) == len(before)
                             and now.count("Approved") == before.count("Approved") - 1)
        os.rename(path[:-1] + "0", path)
        self.until_documents("it is back", first, lambda now: now == before)

    def until_documents(self, what: str, patient: str, holds) -> None:
        """A look has seen what changed."""
        end = time.monotonic() + WITHIN
        while not holds(got := self.documents(patient)):
            assert time.monotonic() < end, f"{what}: {got}"
            time.sleep(PAUSE)

    def gone(self) -> None:
        """A file that is missing, a share that is not there: nothing is inferred."""
        first = os.path.basename(self.patients[0])
        before, path = self.documents(first), self.files_of(first, "OMP-01")[0]
        os.rename(path, os.path.join(self.demo.directory, "aside"))
        looked = self.storage()["looked"]
        self.until("a look after it", lambda one: one["looked"] > looked)
        looked = self.storage()["looked"]
        self.until("one more", lambda one: one["looked"] > looked and one["waiting"] == 0)
        assert self.documents(first) == before, self.documents(first)
        away = os.path.join(self.demo.directory, "unmounted")
        os.rename(self.root, away)
        self.until("it is gone", lambda one: one["state"] == "failed")
        assert self.documents(first) == before
        os.rename(away, self.root)
        os.rename(os.path.join(self.demo.directory, "aside"), path)
        self.until("it is back", lambda one: one["state"] != "failed" and one["waiting"] == 0)
        assert self.documents(first) == before

    def extended(self) -> None:
        """A root of the extended storage beside it: a document is a folder, and comes whole."""
        first = self.patients[0]
        number, before = os.path.basename(first), self.documents(os.path.basename(first))
        folder = os.path.join(
            os.path.dirname(self.root), CODE + "_ext", os.path.relpath(first, self.source),
            "20240420", "^退院サマリ^^18842-5^退院時サマリー^LN",
            f"{number}_20240420_18842-5_1_20240420180000000_01_1")
        os.makedirs(folder)
        with open(os.path.join(folder, "main_document.pdf"), "wb") as file:
            file.write(b"%PDF-1.7")
        self.until_documents("a summary", number, lambda now: len(now) == len(before) + 1
                             and now.count("Approved") == before.count("Approved") + 1)
        os.rename(folder, folder[:-1] + "0")
        self.until_documents("it was deleted", number, lambda now: len(now) == len(before) + 1
                             and now.count("Approved") == before.count("Approved"))
        assert self.storage()["patients"] == 4, self.storage()
        shutil.rmtree(os.path.join(os.path.dirname(self.root), CODE + "_ext"))
        # a look that was under way may have met it half gone
        self.until("a root is gone", lambda one: one["state"] == "failed"
                   and "_ext was there" in one["problem"])
        assert self.tool("ssmix2", "release", "a-hospital")["released"] == 1
        self.until("for good", lambda one: one["state"] != "failed")

    def refused(self) -> None:
        """A young file is waited for; an old one that cannot be taken is in quarantine, until
        it can be."""
        path = self.files_of(os.path.basename(self.patients[0]), "OMP-01")[0]
        order = os.path.basename(path).split("_")[3]
        bad = path.replace(f"_{order}_", "_987654321098765_")
        with open(bad, "wb") as file:
            file.write(b"MSH|^~\\&|broken")
        seen = self.until("a young one waits", lambda one: one["waiting"] == 1)
        assert seen["quarantine"] == 0, seen
        then = time.time() - AN_HOUR_AGO
        os.utime(path)  # another one of the same patient, which says nothing of this one
        os.utime(bad, (then, then))
        self.until("an old one is refused", lambda one: one["quarantine"] == 1)
        lines = self.tool("ssmix2", "quarantine", "--facility", "a-hospital")
        assert len(lines) == 1 and lines[0]["path"].endswith(os.path.basename(bad)), lines
        assert lines[0]["what"] and lines[0]["since"], lines
        since = lines[0]["since"]
        assert self.tool("ssmix2", "release", "a-hospital")["released"] == 1
        looked = self.storage()["looked"]
        self.until("tried again", lambda one: one["looked"] > looked)
        assert self.tool("ssmix2", "quarantine")[0]["since"] == since
        os.remove(bad)
        self.until("it is gone", lambda one: one["quarantine"] == 0 and one["waiting"] == 0)

    def nobody(self) -> None:
        done = minato(self.running.target, "ssmix2", "quarantine", "--facility", "b-clinic")
        assert done.returncode == 1 and "no storage of" in done.stderr, done
        done = minato(self.running.target, "ssmix2", "release", "b-clinic")
        assert done.returncode == 1 and "no storage of" in done.stderr, done

    def again(self) -> None:
        """Killed and begun anew: what was seen is seen again, and changes nothing."""
        name = os.path.basename(self.patients[0])
        before = self.documents(name)
        self.demo.daemon.send_signal(signal.SIGKILL)
        self.demo.daemon.wait()
        self.demo.start(self.running.target)
        seen = self.until("a whole look", lambda one: one["patients"] == 4
                          and one["waiting"] == 0 and "looked" in one)
        assert seen["documents"] == 0 and self.documents(name) == before, seen


def scenes(running: Runner, demo: DemoRegion, folder: str):
    """(name, what it shows, the function that fails when it is not so)."""
    watched = Watched(running, demo, folder)
    return [
        ("watched-begins", "a storage that is watched is taken in without being asked for",
         watched.begins),
        ("watched-follows", "what comes, is deleted and comes back at the source does so here",
         watched.follows),
        ("watched-extended", "a document of the extended storage beside it comes and is deleted",
         watched.extended),
        ("watched-gone", "what is missing was not deleted, be it a file or all of them",
         watched.gone),
        ("watched-refused", "what cannot be taken waits while it is young, then is in quarantine",
         watched.refused),
        ("watched-nobody", "a storage that is not watched has no quarantine", watched.nobody),
        ("watched-again", "after a kill all is looked at again, and nothing is made twice",
         watched.again),
    ]
