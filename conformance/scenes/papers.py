"""Decisions about consent that were signed on paper: the scanned form is kept with the decision,
as long as that is; what is refused leaves none."""
from __future__ import annotations

import json
import os
from typing import Any

from lib.casefile import Step
from lib.region import DemoRegion
from lib.runner import Runner
from lib.scope import Scope
from scenes.ssmix2_storages import minato

PDF = b"%PDF-1.7\nsigned\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0" + b"\x10" * 100000 + b"\xff\xd9"    # has a file of its own
TIFF = b"II*\0\x08\0\0\0\x01\0" + b"." * 12
MOST = 4 << 20


class Papers:
    """One person, and what he signs."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo, self.scope = running, demo, Scope(running.region)
        self.form = os.path.join(demo.directory, "form")

    def patient(self) -> str:
        return f"{self.scope.get('pid.a')}^^^&{self.scope.get('domain.a')}&ISO"

    def begin(self) -> None:
        self.running.do(Step("scene", "do", "", "joined"), self.scope)

    def decide(self, action: str, octets: bytes, *more: str) -> Any:
        with open(self.form, "wb") as file:
            file.write(octets)
        return minato(self.running.target, "consent", action, "--form", self.form,
                      "--reason", "by post", *more)

    def decided(self, action: str, octets: bytes, *more: str) -> None:
        done = self.decide(action, octets, "--patient", self.patient(), *more)
        assert done.returncode == 0, done

    def history(self) -> list[dict[str, Any]]:
        done = minato(self.running.target, "consent", "show", "--patient", self.patient(),
                      "--output", "json")
        assert done.returncode == 0, done
        return json.loads(done.stdout)["history"]

    def fetched(self, event: dict[str, Any]) -> bytes:
        out = os.path.join(self.demo.directory, "fetched")
        done = minato(self.running.target, "consent", "form", "--patient", self.patient(),
                      "--event", event["event"], "--out", out)
        assert done.returncode == 0, done
        with open(out, "rb") as file:
            octets = file.read()
        os.remove(out)
        return octets

    def forms(self) -> int:
        return json.loads(minato(self.running.target, "status", "--output",
                                 "json").stdout)["consent_forms"]["forms"]

    def files(self) -> set[str]:
        """Large documents, by their hashes."""
        return {name for _, _, names in os.walk(os.path.join(self.demo.region, "data", "blobs"))
                for name in names}

    def kept(self) -> None:
        self.begin()
        before = self.forms()
        self.decided("leave", PDF, "--proof", "driving-licence")
        self.decided("join", JPEG)
        self.decided("exclude", TIFF, "--facility", "d-pharmacy")
        newest = self.history()[:3]
        said = [(one["form"]["media_type"], one["form"]["size"]) for one in newest]
        assert said == [("image/tiff", len(TIFF)), ("image/jpeg", len(JPEG)),
                        ("application/pdf", len(PDF))], said
        assert newest[2]["proof"]["kind"] == "driving-licence", newest[2]
        assert [self.fetched(one) for one in newest] == [TIFF, JPEG, PDF]
        assert self.forms() == before + 3
        # The other facility's record of his says the same, and no decision without one has one.
        assert "form" not in self.history()[3], self.history()[3]
        metrics = minato(self.running.target, "metrics").stdout
        assert f"\nminato_consent_forms {before + 3}\n" in metrics, metrics
        checked = minato(self.running.target, "check")
        assert checked.returncode == 0, checked.stdout

    def looked_at(self) -> None:
        """The look is in his trail, with which form it was."""
        self.begin()
        self.decided("join", PDF)
        self.fetched(self.history()[0])
        done = minato(self.running.target, "audit", "search", "--patient", self.patient(),
                      "--transaction", "consent-form", "--output", "json")
        records = json.loads(done.stdout)
        assert len(records) == 1 and 'type="form"' in records[0]["record"], records
        done = minato(self.running.target, "audit", "who-looked", "--patient", self.patient())
        assert "a form of your consent" in done.stdout or "同意書" in done.stdout, done.stdout

    def refused(self) -> None:
        self.begin()
        forms, files, history = self.forms(), self.files(), self.history()
        nobody = f"{self.scope.get('pid.nobody')}@a-hospital"
        for octets, more, said in (
                (JPEG + b"\0" * 300, (), "neither PDF nor TIFF nor JPEG"),
                (b"I agree.", (), "neither PDF nor TIFF nor JPEG"), (b"", (), "is empty"),
                (JPEG, ("--until", "2001-01-01"), "over already"),
                (b"%PDF-1.7\n" + b" " * MOST + b"%%EOF", (), f"more than {MOST} octets")):
            done = self.decide("leave", octets, "--patient", self.patient(), *more)
            assert done.returncode != 0 and said in done.stderr, (said, done)
        done = self.decide("leave", JPEG, "--patient", nobody)
        assert done.returncode != 0, done
        os.remove(self.form)
        done = minato(self.running.target, "consent", "leave", "--patient", self.patient(),
                      "--form", self.form, "--reason", "by post")
        assert done.returncode != 0 and "cannot be read" in done.stderr, done
        assert (self.forms(), self.files(), self.history()) == (forms, files, history)
        for event in (history[0]["event"], "99999999", "0", "x"):
            done = minato(self.running.target, "consent", "form", "--patient", self.patient(),
                          "--event", event)
            assert done.returncode != 0 and done.stdout == "", (event, done)
        # As many octets as there may be.
        self.decided("leave", b"%PDF-1.7\n" + b" " * (MOST - 14) + b"%%EOF")
        assert len(self.fetched(self.history()[0])) == MOST

    def anothers(self) -> None:
        """A decision is asked for by its patient: another's number shows nothing."""
        self.begin()
        self.decided("join", PDF)
        event = self.history()[0]["event"]
        other = Papers(self.running, self.demo)
        other.begin()
        done = minato(self.running.target, "consent", "form", "--patient", other.patient(),
                      "--event", event)
        assert done.returncode != 0 and done.stdout == "", done


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    return [
        ("papers-kept", "the form a decision was signed on is kept with it, octet for octet",
         lambda: Papers(running, demo).kept()),
        ("papers-looked-at", "who looks at a form is in its patient's trail",
         lambda: Papers(running, demo).looked_at()),
        ("papers-refused", "what is no form, or of a decision that is refused, leaves nothing",
         lambda: Papers(running, demo).refused()),
        ("papers-anothers", "nobody's form is shown by another patient's name",
         lambda: Papers(running, demo).anothers()),
    ]
