"""The code sets of the affinity domain: brought in by the operator, in effect by a reload, held
against what is submitted, imported and registered."""
from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time

from lib import casefile, checks
from lib.answers import Answer
from lib.casefile import Step
from lib.region import DemoRegion
from lib.runner import Runner
from lib.scope import Scope

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
JAPAN = os.path.join(TOP, "schemas", "codes", "japan.tsv")
MACROS = os.path.join(TOP, "conformance", "cases", "00-macros.case")
CASES = os.path.join(TOP, "tests", "cases")
WITHIN = 60.0  # seconds until a reload is felt
HEADING = "attribute\tcode\tscheme\tjapanese\tenglish\textension\n"
LOINC, SNOMED, DCM = "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.96", "1.2.840.10008.2.16.4"
IHE, CONFIDENTIALITY = "1.3.6.1.4.1.19376.1.2.3", "2.16.840.1.113883.5.25"
# attribute: where it stands in the submission below, a code of its set and the scheme.
CODED = {
    "classCode": ("//rim:ExtrinsicObject/rim:Classification[@classificationScheme="
                  "'urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a']", "Lab", "2.999.4.1"),
    "typeCode": ("//rim:ExtrinsicObject/rim:Classification[@classificationScheme="
                 "'urn:uuid:f0306f51-975f-434e-a61c-c59651d33983']", "Lab", LOINC),
    "formatCode": ("//rim:ExtrinsicObject/rim:Classification[@classificationScheme="
                   "'urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d']",
                   "urn:ihe:iti:xds:2017:mimeTypeSufficient", IHE),
    "healthcareFacilityTypeCode": (
        "//rim:ExtrinsicObject/rim:Classification[@classificationScheme="
        "'urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1']", "Clinic", SNOMED),
    "practiceSettingCode": (
        "//rim:ExtrinsicObject/rim:Classification[@classificationScheme="
        "'urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead']", "04E", "1.2.392.200250.2.2.2"),
    "confidentialityCode": (
        "//rim:ExtrinsicObject/rim:Classification[@classificationScheme="
        "'urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f']", "N", CONFIDENTIALITY),
    "eventCodeList": ("//rim:ExtrinsicObject/rim:Classification[@classificationScheme="
                      "'urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4']", "CT", DCM),
    "contentTypeCode": ("//rim:RegistryPackage/rim:Classification[@classificationScheme="
                        "'urn:uuid:aa543740-bdda-424e-8c96-df4873be8500']", "Lab", LOINC),
    "codeList": ("//rim:RegistryPackage/rim:Classification[@classificationScheme="
                 "'urn:uuid:1ba97051-7806-41a8-a48b-8fce7af683c5']", "Diabetes", SNOMED),
    "associationDocumentation": ("//rim:Association/rim:Classification", "corrected", "2.999.4.2"),
}
PLAIN = {"mimeType": ("//rim:ExtrinsicObject/@mimeType", "text/plain"),
         "languageCode": ("//rim:ExtrinsicObject/rim:Slot[@name='languageCode']//rim:Value",
                          "ja-JP")}


def table(**more: str) -> str:
    """Every attribute with the code that the submission has; more: another code instead."""
    rows = [f"{name}\t{more.get(name, code)}\t{scheme}\n" for name, (_, code, scheme) in
            CODED.items()]
    return HEADING + "".join(rows) + "".join(f"{name}\t{more.get(name, code)}\n"
                                             for name, (_, code) in PLAIN.items())


def in_its_set() -> list[tuple[str, str]]:
    """What makes the submission one of codes of the sets alone."""
    changes = []
    for path, code, scheme in CODED.values():
        changes += [("~", f"{path}/@nodeRepresentation = {code}"),
                    ("~", f"{path}/rim:Slot[@name='codingScheme']//rim:Value = {scheme}")]
    return changes + [("~", f"{path} = {code}") for path, code in PLAIN.values()]


class Codes:
    """A region, its operator and who submits."""

    def __init__(self, running: Runner, demo: DemoRegion, folder: str) -> None:
        self.running, self.demo, self.folder = running, demo, folder
        self.path = os.path.join(demo.region, "codes.tsv")
        self.scope: Scope | None = None

    # -- what is done -------------------------------------------------------------------------

    def tool(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self.running.target.cli, "codes", *words], capture_output=True,
                              text=True, check=False)

    def write(self, text: str, name: str = "codes.tsv") -> str:
        path = os.path.join(self.demo.region, name)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def configure(self) -> None:
        """The table is named; before the first reload."""
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        if '\tcode-sets = "codes.tsv"' not in text:
            with open(self.demo.configuration, "w", encoding="utf-8") as conf:
                conf.write(re.sub(r'#code-sets = ".*"', 'code-sets = "codes.tsv"', text, count=1))

    def limited(self) -> int:
        """How many attributes have a set, by the daemon."""
        return json.loads(self.tool("check", "--output", "json").stdout)["attributes_limited"]

    def reload(self, limited: int) -> None:
        """Felt when so many attributes have a set, which differs from before. It is told by the
        daemon, not by the file."""
        self.configure()
        assert self.limited() != limited, "whether the reload is felt could not be told"
        self.demo.daemon.send_signal(signal.SIGHUP)
        end = time.monotonic() + WITHIN
        while self.limited() != limited:
            assert time.monotonic() < end, f"the reload is not felt within {WITHIN:.0f} s"

    def patient(self) -> Scope:
        if self.scope is None:
            self.scope = Scope(self.running.region)
            self.running.macros.update(casefile.read(MACROS).macros)
            self.running.do(Step("scene", "do", subject="joined"), self.scope)
        return self.scope

    def submit(self, changes: list[tuple[str, str]], system: str = "b-clinic") -> Answer:
        """A document, a Folder it is put into, and an Association with a reason."""
        reason = ('<rim:Classification id="why" classifiedObject="rel" classificationScheme='
                  '"urn:uuid:abd807a3-4432-4053-87b4-fd82c643d1f3" nodeRepresentation="corrected">'
                  '<rim:Slot name="codingScheme"><rim:ValueList><rim:Value>2.999.4.2</rim:Value>'
                  '</rim:ValueList></rim:Slot><rim:Name><rim:LocalizedString value="corrected"/>'
                  '</rim:Name></rim:Classification>')
        scope = Scope(self.patient())
        entry = "uid=${oid.%s} patient=${patient} hash=" + "a" * 40 + " size=5 repo=2.999.21"
        parts = [("+", "set id=ss uid=${oid.s} patient=${patient}"),
                 ("+", "entry id=d1 event=CT " + entry % "d1"),
                 ("+", "entry id=d2 event=CT " + entry % "d2"),
                 ("+", "folder id=f uid=${oid.f} patient=${patient}"),
                 *(("+", f"member from=ss to={one}") for one in ("d1", "d2", "f")),
                 ("+", "link id=rel from=d2 to=d1 type=urn:ihe:iti:2007:AssociationType:APND")]
        text = ("/", f'targetObject="d1"></rim:Association> -> targetObject="d1">{reason}'
                     "</rim:Association>")
        return self.running.send_soap(
            Step("scene", "send", system, "iti42.xml", changes=[*parts, text, *changes]), scope)

    # -- what must hold -----------------------------------------------------------------------

    def taken(self, changes: list[tuple[str, str]], what: str) -> None:
        answer = self.submit([*in_its_set(), *changes])
        fault = checks.registry_status(answer, "Success")
        assert fault is None, f"{what}: {fault}"

    def refused(self, changes: list[tuple[str, str]], attribute: str, *told: str) -> None:
        answer = self.submit([*in_its_set(), *changes])
        what, fault = f"{attribute}, {told}", checks.registry_status(answer, "Failure")
        assert fault is None, f"{what}: {fault}"
        errors = answer.root.xpath("//*[local-name()='RegistryError']")
        assert errors and all(each.get("errorCode") == "XDSRegistryMetadataError"
                              for each in errors), what
        for each in errors:
            context = each.get("codeContext")
            assert f".{attribute}" in context and "minato codes import" in context and \
                all(word in context for word in told), f"{what}: {context}"

    def imports(self) -> None:
        """Every form; what changes is told, and what is faulty changes nothing."""
        assert not os.path.exists(self.path)
        done = self.tool("import", JAPAN, "--dry-run", "--output", "json")
        rows = json.loads(done.stdout)
        assert done.returncode == 0 and len(rows) > 250 and \
            all(row["change"] == "added" for row in rows) and not os.path.exists(self.path), done
        done = self.tool("import", JAPAN)
        assert done.returncode == 0 and 'code-sets = "codes.tsv"' in done.stderr, done
        with open(self.path, encoding="utf-8") as made:
            japan = made.read()
        assert json.loads(self.tool("import", JAPAN, "--output", "json").stdout) == []
        for form, faults in (("codes_xml/faults", ":3: "), ("codes_xml/cut", ""),
                             ("code_table/faults", ":2: "), ("code_table/cp932", ":2: "),
                             ("code_fhir/compose", "--attribute")):
            done = self.tool("import", os.path.join(CASES, form))
            assert done.returncode == 3 and faults in done.stderr and "do: " in done.stderr \
                and "Nothing has been changed" in done.stderr, done
        with open(self.path, encoding="utf-8") as made:
            assert made.read() == japan, "a refused file changed the table"
        done = self.tool("import", os.path.join(CASES, "code_fhir", "compose"), "--attribute",
                         "typeCode", "--output", "json")
        changes = {(row["change"], row["attribute"], row["code"]) for row in
                   json.loads(done.stdout)}
        assert ("removed", "typeCode", "11502-2") in changes and \
            ("added", "typeCode", "*") in changes and \
            not any(code in ("57133-1", "18842-5") for _, _, code in changes
                    if ("removed", "typeCode", code) in changes), changes
        assert {attribute for _, attribute, _ in changes} == {"typeCode"}, changes
        done = self.tool("import", os.path.join(CASES, "codes_xml", "small"))
        assert done.returncode == 0 and "passed over" in done.stderr and \
            "says 1 codes again" in done.stderr, done
        assert not os.path.exists(self.path + ".new")
        with open(self.path, encoding="utf-8") as made:
            before = made.read()
        self.write("", "codes.tsv.new")  # as a crash leaves it
        done = self.tool("import", JAPAN)
        assert done.returncode != 0 and "cut short" in done.stderr, done
        with open(self.path, encoding="utf-8") as made:
            assert made.read() == before, "an import that failed changed the table"
        os.remove(self.path + ".new")
        assert self.tool("import", JAPAN).returncode == 0
        os.remove(self.path)

    def outside(self) -> None:
        """Each attribute: inside, outside, the right code of a wrong scheme, another case."""
        self.write(table())
        self.reload(12)
        self.taken([], "inside")
        self.taken([("~", "//rim:Classification[@nodeRepresentation='Lab']/rim:Name/"
                          "rim:LocalizedString/@value = another name")], "another display name")
        for attribute, (path, code, scheme) in CODED.items():
            at, of = f"{path}/@nodeRepresentation", f"{path}/rim:Slot//rim:Value"
            self.refused([("~", f"{at} = nowhere")], attribute, "nowhere", scheme)
            self.refused([("~", f"{of} = 2.999.999")], attribute, code, "2.999.999")
            self.refused([("~", f"{at} = {code.swapcase()}")], attribute, code.swapcase(), scheme)
            self.refused([("~", f"{at} = *")], attribute, "*")
        for attribute, (path, code) in PLAIN.items():
            self.refused([("~", f"{path} = {code[:-1]}")], attribute, code[:-1])
            self.taken([("~", f"{path} = {code.swapcase()}")], f"{attribute} in another case")

    def replaced(self) -> None:
        """A set that is replaced while the gateway runs; one with a fault changes nothing."""
        self.taken([], "before")
        self.write(table(classCode="Other").replace("mimeType\ttext/plain\n", ""))
        self.reload(11)
        self.refused([], "classCode", "Lab")
        mime = PLAIN["mimeType"][0]
        self.taken([("~", f"{CODED['classCode'][0]}/@nodeRepresentation = Other"),
                    ("~", f"{mime} = application/x-minato-test")], "by the new sets")
        self.write(HEADING + "classCode\tLab\n")
        told = self.demo.log(400).count("no coding scheme")
        self.demo.daemon.send_signal(signal.SIGHUP)
        end = time.monotonic() + WITHIN
        while self.demo.log(400).count("no coding scheme") == told:
            assert time.monotonic() < end, "the faulty table is not told"
        self.refused([], "classCode", "Lab")
        tested = subprocess.run([self.demo.minatod, "-t", "-c", self.demo.configuration],
                                capture_output=True, text=True, check=False)
        assert tested.returncode == 1 and "codes.tsv:2" in tested.stderr and \
            "do: write the OID" in tested.stderr, tested
        self.write(table(eventCodeList="*"))
        self.reload(12)  # the faulty one had left eleven
        self.taken([("~", f"{CODED['eventCodeList'][0]}/@nodeRepresentation = MR")],
                   "a whole scheme")

    def checked(self) -> None:
        """What is registered and in no set any more: attribute, code, scheme, who, how often."""
        self.write(HEADING + "languageCode\tja-JP\n")
        self.reload(1)
        changes = [("~", f"{CODED['typeCode'][0]}/@nodeRepresentation = Stray"),
                   ("~", f"{CODED['typeCode'][0]}/rim:Slot//rim:Value = 2.999.4.9"),
                   ("~", f"{CODED['codeList'][0]}/@nodeRepresentation = StrayFolder"),
                   ("~", f"{CODED['contentTypeCode'][0]}/@nodeRepresentation = StraySet"),
                   ("~", f"{CODED['associationDocumentation'][0]}/@nodeRepresentation = StrayWhy")]
        answer = self.submit([*in_its_set(), *changes])
        assert checks.registry_status(answer, "Success") is None
        wide = self.write(table(eventCodeList="*"), "wide.tsv")
        for words, rows in ((("check",), False), (("check", wide), True)):
            done = self.tool(*words, "--output", "json")
            said = json.loads(done.stdout)
            strays = {(row["attribute"], row["code"]): row for row in said["codes"]
                      if row["code"].startswith("Stray")}
            assert bool(strays) == rows and done.returncode == (1 if said["codes"] else 0), said
        assert set(strays) == {("typeCode", "Stray"), ("codeList", "StrayFolder"),
                               ("contentTypeCode", "StraySet"),
                               ("associationDocumentation", "StrayWhy")}, strays
        assert strays["typeCode", "Stray"] == {
            "attribute": "typeCode", "code": "Stray", "scheme": "2.999.4.9", "system": "b-clinic",
            "uses": 2}, strays
        assert self.patient().get("person") not in done.stdout
        shown = self.tool("check", wide)
        assert shown.returncode == 1 and "SUBMITTER" in shown.stdout and \
            "valid: no" in shown.stderr, shown
        bad = self.write(HEADING + "classCode\tLab\n", "bad.tsv")
        done = self.tool("check", bad)
        assert done.returncode == 2 and "bad.tsv:2" in done.stderr, done

    def counted(self) -> None:
        """How often each code of the sets is used, when that is asked for."""
        def uses() -> dict[tuple[str, str], int]:
            done = self.tool("list", "--counts", "--output", "json")
            assert done.returncode == 0, done
            return {(row["attribute"], row["code"]): row["uses"] for row in json.loads(done.stdout)}

        self.write(table(eventCodeList="*") + "typeCode\tNobodys\t2.999.4.9\n")
        self.reload(12)
        before = uses()
        self.taken(in_its_set(), "some uses more")
        after = uses()
        gained = {at: after[at] - before[at] for at in after if after[at] != before[at]}
        assert gained["typeCode", CODED["typeCode"][1]] == 2, gained
        assert gained["eventCodeList", "*"] == 2 and gained["codeList", "Diabetes"] == 1, gained
        assert after["typeCode", "Nobodys"] == 0, after
        assert {attribute for attribute, _ in gained} == {*CODED, *PLAIN}, gained
        shown = self.tool("list", "typeCode", "--counts")
        assert shown.returncode == 0 and "USES" in shown.stdout and "classCode" not in shown.stdout
        assert "uses were counted" in shown.stderr, shown
        assert "USES" not in self.tool("list").stdout
        assert self.patient().get("person") not in shown.stdout

    def storages(self) -> None:
        """SS-MIX2 goes by the same sets: a file with a code outside is a fault, the others are
        taken in; by the shipped set all are."""
        def take_in() -> tuple[dict[str, int], str]:
            done = subprocess.run([*self.running.target.cli, "ssmix2", "import",
                                   os.path.join(self.folder, "storage"), "--facility", "s-clinic",
                                   "--output", "json"], capture_output=True, text=True, check=False)
            return json.loads(done.stdout), done.stderr
        with open(JAPAN, encoding="utf-8") as shipped:
            japan = shipped.read()
        self.write(re.sub(r"(?m)^(eventCodeList\tOML-11|languageCode)\t.*\n", "", japan))
        self.reload(10)
        some, told = take_in()
        assert 'eventCodeList: code "OML-11" of scheme' in told and \
            "not in the affinity domain's value set" in told and \
            some["documents"] > 0 and some["faults"] > 0, (some["documents"], some["faults"])
        os.remove(self.path)
        done = self.tool("import", JAPAN)
        assert done.returncode == 3, "a table that is named and is not there"
        self.write(japan)
        self.reload(11)
        rest, told = take_in()
        assert (rest["documents"], rest["faults"]) == (some["faults"], 0), \
            (rest["documents"], rest["faults"], some["faults"])
        own = [row for row in json.loads(self.tool("check", JAPAN, "--output", "json").stdout)
               ["codes"] if row["system"] == "s-clinic"]
        assert own == [], own

    def demonstrated(self) -> None:
        """What `minato demo` registers, letter and storages, is in the shipped set."""
        kept = os.path.join(self.demo.directory, "demo")
        shown = subprocess.run([self.demo.minato, "demo", "--keep", kept], capture_output=True,
                               text=True, check=False, timeout=300)
        pids = [int(pid) for pid in re.findall(r"kill (\d+)", shown.stdout + shown.stderr)]
        try:
            done = subprocess.run([self.demo.minato, "-c", os.path.join(kept, "minato.conf"),
                                   "codes", "check", JAPAN, "--output", "json"],
                                  capture_output=True, text=True, check=False)
            said = json.loads(done.stdout)
            assert said["valid"] and said["uses_checked"] > 1000 and \
                said["attributes_limited"] == 11, said
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGTERM)


def scenes(running: Runner, demo: DemoRegion, folder: str):
    """(name, what it shows, the function that fails when it is not so)."""
    codes = Codes(running, demo, folder)
    return [
        ("codes-import", "each form is brought in, and what is faulty changes nothing",
         codes.imports),
        ("codes-outside", "of each attribute a code outside its set is refused, and told",
         codes.outside),
        ("codes-replaced", "a set is replaced while the gateway runs", codes.replaced),
        ("codes-check", "what is registered and in no set is told", codes.checked),
        ("codes-counted", "how often each code is used", codes.counted),
        ("codes-storages", "an import of SS-MIX2 goes by the sets", codes.storages),
        ("codes-demo", "what the demo registers is in the shipped set", codes.demonstrated),
    ]
