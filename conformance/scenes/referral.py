"""Scene 1 of japan.md F2: a clinic refers its patient to a hospital, by a bundle of JP-CLINS that
is addressed to it."""
from __future__ import annotations

import os
import signal
import time

from lib.region import DemoRegion
from lib.runner import Runner
from scenes.national import CLASSES, PROFILE
from scenes.stories import A, B, C, Story, found, person

WITHIN, PAUSE = 60.0, 0.05  # seconds until a reload is felt; between two questions
REFERRALS = """documents referral type 57133-1^2.16.840.1.113883.6.1
addressed referral
"""


def reload_with(demo: DemoRegion, **added: str) -> None:
    """Files of the region get more, and the daemon has read them again."""
    for name, text in added.items():
        with open(os.path.join(demo.region, name.replace("_", ".")), "a",
                  encoding="utf-8") as file:
            file.write(text)
    said = demo.log(1000).count("configuration reloaded")
    demo.daemon.send_signal(signal.SIGHUP)
    end = time.monotonic() + WITHIN
    while demo.log(1000).count("configuration reloaded") == said:
        assert time.monotonic() < end, demo.log(5)
        time.sleep(PAUSE)


def address_referrals(demo: DemoRegion) -> None:
    """From now on they are their addressee's alone until he has had them, as by japan.policy."""
    reload_with(demo, region_policy=REFERRALS)


def refers(s: Story, number: str) -> str:
    uid, patient = s.name("oid", "referral"), f"{number}^^^&{s.domain(B)}&ISO"
    s.do(B, "iti41.xml", [("status", "Success")], [
        ("+", f"set id=ss uid=${{oid.set.referral}} patient={patient} recipient=A病院"),
        ("+", f"entry id=d1 uid={uid} patient={patient} mime=application/fhir+json "
              f"format={PROFILE} format-scheme={CLASSES} class=57133-1 type-code=57133-1 "
              "title=診療情報提供書"), ("+", "member from=ss to=d1"),
        ("+", "document id=d1 type=application/fhir+json made=clins.json "
              f"root={s.domain(B)} extension={number}")])
    return uid


def referred(running: Runner, demo: DemoRegion) -> None:
    address_referrals(demo)
    s = Story(running)
    who = person(s, "referred", postcode="1000001", street="千代田区千代田1-1")
    at_a, at_b, at_c = (s.name("pid", each) for each in ("a", "b", "c"))
    for system, number in ((A, at_a), (B, at_b), (C, at_c)):
        s.feed(system, number, who)
    s.join(B, at_b)
    s.tell("B refers him to A: 診療情報提供書, a bundle of JP-CLINS, addressed to A (ITI-41).")
    uid = refers(s, at_b)
    s.tell("C, which treats him as well, finds nothing of it, and is given nothing.")
    s.finds(C, at_c)
    s.gets(C, uid, False)
    s.tell("A asks who he is elsewhere by its own number (ITI-9), finds it (ITI-18), and reads it.")
    s.numbers(A, at_a, B, at_b)
    assert found(s, A, at_a) == {uid}
    s.gets(A, uid, True)
    s.tell("A has had it: from now on it is as the patient's rules say, and C finds it, too.")
    s.finds(C, at_c, uid)
    s.gets(C, uid, True)
    s.tell("Who submitted it stands in his trail with the set, and who read it with the document.")
    for code, system, what in (("ITI-41", B, s.name("oid", "set.referral")),
                               ("ITI-43", A, uid), ("ITI-43", C, uid)):
        rows = s.rows("audit", "search", "--patient", f"{at_b}@{B}", "--transaction", code)
        assert any(row["system"] == system and what in row["record"] for row in rows), (code, rows)


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    return [("scene-1-referral", "F2 1: a letter is its addressee's until he has had it; each step "
             "is recorded", lambda: referred(running, demo))]
