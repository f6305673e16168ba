"""Scenes of japan.md F2 in which a patient opens one kind of documents to one party, and no more:
10 (健診: a report of an earlier insurer's, for the next one) and 11 (予防接種: a mother reads her
child's record by a portal, until the child is of age)."""
from __future__ import annotations

import datetime
import json
import time

from lib import checks
from lib.region import DemoRegion
from lib.runner import Runner
from scenes.national import CLASSES
from scenes.own_records import Told
from scenes.referral import PAUSE, WITHIN, reload_with
from scenes.ssmix2_storages import minato
from scenes.stories import A, B, C, HOME, person

PORTAL = "k-kiosk"
JAPAN = datetime.timezone(datetime.timedelta(hours=9))
CHECKUP, NOTE, VACCINATION = "53576-5", "11506-3", "11369-6"
PROFILE = "http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_eCheckupGeneral"
RULES = f"""documents check-up 健診 type {CHECKUP}^2.16.840.1.113883.6.1
documents vaccination 予防接種 type {VACCINATION}^2.16.840.1.113883.6.1
"""
# A report is kept for five years.
YEARS = f"""
retention "check-ups" {{
	type = {{"{CHECKUP}^2.16.840.1.113883.6.1"}}
	after-creation = "5y"
}}
"""


def add_rules(demo: DemoRegion) -> None:
    """What a desk may ask for, in the words of the region's rules; and how long reports stay."""
    reload_with(demo, region_policy=RULES, minato_conf=YEARS)


def reports(s: Told, number: str) -> str:
    """The report of B's patient: a bundle of JP-CLINS (HS037); its uniqueId."""
    uid, patient = s.name("oid", "report"), f"{number}^^^&{s.domain(B)}&ISO"
    s.do(B, "iti41.xml", [("status", "Success")], [
        ("+", f"set id=ss uid=${{oid.set.report}} patient={patient}"),
        ("+", f"entry id=d1 uid={uid} patient={patient} mime=application/fhir+json "
              f"format={PROFILE} format-scheme={CLASSES} class=CHECKUP class-scheme={CLASSES} "
              f"type-code={CHECKUP} title=健診結果報告書"), ("+", "member from=ss to=d1"),
        ("+", "document id=d1 type=application/fhir+json made=clins.json "
              f"root={s.domain(B)} extension={number} profile={PROFILE} composition={CHECKUP}")])
    return uid


def grants(s: Told, patient: str, facility: str, group: str, until: str, *proof: str) -> None:
    s.tool("consent", "grant", "--patient", patient, "--facility", facility, "--groups", group,
           "--until", until, "--reason", "story", *proof)


def kept_for_years(s: Told, number: str, recent: str) -> None:
    """What is older than five years is removed; that is the region's rule, and nobody's wish."""
    old = s.store_kind(B, number, "old", CHECKUP, created="20200115093000")
    preview = s.asked("retention", "preview", "--limit", "10000", "--output", "csv")
    assert f"check-ups,after-creation,{old}" in preview and recent not in preview, preview
    s.tool("retention", "run", "--rule", "check-ups")
    answers = [s.ask(B, "iti43.xml", [("+", f"want document={uid}")]) for uid in (old, recent)]
    there = [len(checks.nodes(each, "//x:DocumentResponse")) for each in answers]
    assert there == [0, 1], there


def checked_up(running: Runner) -> None:
    """Scene 10."""
    s = Told(running)
    who, at_a, at_b, at_c = person(s, "checked", **HOME), *(s.name("pid", each) for each in "abc")
    numbers = [s.name("phone", each) for each in ("earlier", "later")]
    s.tell("A and B know a man by the insurance he had; he has changed his employer. C, which is")
    s.tell("the next insurer's, knows him by its own number, and by the insurance he has.")
    for system, number, in1 in (
            (A, at_a, f"1|06|01130012|||||||12~{numbers[0]}~01"),
            (B, at_b, f"1|06|01130012|||||||12~{numbers[0]}~01"),
            (C, at_c, f"1|06|06980015|||||||7~{numbers[1]}~02")):
        s.do(system, "iti8.hl7", [("MSA-1", "AA")], id=number, domain=s.domain(system),
             event="A04", in1=in1, **who)
    s.tell("B, which examined him, brings the report (HS037, ITI-41), and a note of the doctor's.")
    report, note = reports(s, at_b), s.store_kind(B, at_b, "note", NOTE)
    s.tell("He has agreed to nothing: C asks by its own number, and there is nothing.")
    s.finds(C, at_c)
    s.gets(C, report, False)
    s.tell("C asks him, and he agrees to check-ups (健診), for C, for a year: that is all C has.")
    grants(s, f"{at_c}@{C}", C, "check-up", "2099-01-01", "--proof", "insurance-card")
    s.finds(C, at_c, report)
    s.gets(C, report, True)
    s.gets(C, note, False)
    s.tell("A, which he was not asked about, has nothing of it.")
    s.finds(A, at_a)
    s.gets(A, report, False)
    s.tell("Of the insurance he had before C is told no number: not with him, nor with the report.")
    said = f"@PID.5.1.1^{who['family']}~@PID.5.2^{who['given']}~@PID.7^{who['birth']}"
    patient = f"{at_c}^^^&{s.domain(C)}&ISO"
    for answer in (s.ask(C, "iti9.hl7", id=at_c, domain=s.domain(C)),
                   s.ask(C, "iti21.hl7", who=said),
                   s.ask(C, "iti45.xml", id=at_c, domain=s.domain(C)),
                   s.ask(C, "iti18.xml", [("+", "patient-slots")], patient=patient,
                         query=running.region.get("FindDocuments"))):
        assert not any(secret.encode() in answer.octets for secret in
                       (numbers[0], "01130012", at_a, at_b)), answer.octets
    s.tell("He takes it back: nothing is there for C from the next question on.")
    s.tool("consent", "revoke", "--patient", f"{at_c}@{C}", "--facility", C, "--reason", "story")
    s.finds(C, at_c)
    s.gets(C, report, False)
    s.tell("A report of 2020 is older than five years: it goes by the rule, and the new one stays.")
    kept_for_years(s, at_b, report)
    s.tell("That C opened what B shares is in the month's report, which names nobody.")
    month = datetime.datetime.now(JAPAN).strftime("%Y-%m")
    rows = {row["facility"]: row for row in s.told("report", "--month", month)}
    counts = rows[C]["opened"], rows[B]["given"], rows[B]["disclosing"], rows[A]["opened"]
    assert counts == (1, 1, 1, 0), counts


def vaccinated(running: Runner) -> None:
    """Scene 11."""
    s = Told(running)
    child = person(s, "child", **HOME, birth="20230403")
    at_city, at_portal, at_b = (s.name("pid", each) for each in ("city", "portal", "b"))
    mine = f"{at_portal}@{PORTAL}"
    s.tell("C is the city's (市町村): it brings what a child was vaccinated against (ITI-41).")
    for system, number in ((C, at_city), (PORTAL, at_portal), (B, at_b)):
        s.do(system, "iti8.hl7", [("MSA-1", "AA")], id=number, domain=s.domain(system),
             event="A04", **child)
    record = s.store_kind(C, at_city, "record", VACCINATION)
    report = s.store_kind(C, at_city, "report", CHECKUP)
    s.tell("Nobody has agreed to anything: the portal by which parents read shows nothing.")
    s.finds(PORTAL, at_portal)
    s.tell("Her mother agrees in her place (代理人), for the portal, until she is fifteen.")
    grants(s, mine, PORTAL, "vaccination", "2038-04-03", "--proof", "representative", "--proof-by",
           "city office")
    s.finds(PORTAL, at_portal, record)
    s.gets(PORTAL, record, True)
    s.tell("Of the vaccinations alone; and B, which is not the portal, has nothing.")
    s.gets(PORTAL, report, False)
    s.finds(B, at_b)
    s.tell("In whose place, and who saw the proof, is kept with the decision.")
    shown = json.dumps(s.told("consent", "show", "--patient", mine), ensure_ascii=False)
    assert "representative" in shown and "city office" in shown, shown
    s.tell("She comes of age: the end of it is here, and nobody has to take anything back.")
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)
    grants(s, mine, PORTAL, "vaccination", soon.strftime("%Y-%m-%dT%H:%M:%SZ"))
    end = time.monotonic() + WITHIN
    while len(checks.nodes(s.ask(PORTAL, "iti43.xml", [("+", f"want document={record}")]),
                           "//x:DocumentResponse")):
        assert time.monotonic() < end, "what had an end has none"
        time.sleep(PAUSE)
    s.finds(PORTAL, at_portal)
    done = minato(running.target, "consent", "explain", "--patient", mine, "--as", PORTAL,
                  "--document", record)
    assert done.returncode == 1, done
    s.tell("The city, whose record it is, has it as before.")
    s.gets(C, record, True)


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    add_rules(demo)
    return [("scene-10-checkup", "F2 10: a report for the next insurer, by the patient's grant; no "
             "number of the earlier one", lambda: checked_up(running)),
            ("scene-11-vaccination", "F2 11: a mother reads her child's record, until an end",
             lambda: vaccinated(running))]
