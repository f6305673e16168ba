"""Somebody moves from one region to the next (転居): 山田健一, 1941-05-03, from NW to NW2, two
gateways of ours. Each knows him by a code of the other's and by nothing else; no id of a facility
and no region's id crosses the border. What carries the codes is the operators here: XCPD is another
matter."""
from __future__ import annotations

import atexit
import json
import os
import re
import ssl
import subprocess

from lib.mllp import MllpClient
from lib.region import DemoRegion, Target
from lib.runner import Runner

SECTION = 'partner "%s" {\n\turl = "https://%s.example/"\n\tfor = {"answers"}\n}\n'
NW, NW2 = "2.999.1", "2.999.2.1"  # their affinity domains
# Of NW2 the identifiers that minato init gives each region alike.
NW2_IDS = (("affinity-domain", NW2), ("home-community-id", "urn:oid:2.999.2.10"),
           ("repository-unique-id", "2.999.2.20"))
OIDS = {"a-hospital": "1.2.392.100495.20.3.51.11319951013",
        "b-clinic": "1.2.392.100495.20.3.51.11319952024",
        "c-hospital": "1.2.392.100495.20.3.51.11319953035"}
CODE = r"[A-Z2-7]{32}"
# What the facilities call him: of none of it anything may be found beyond the border.
AT_NW = {"a-hospital": "NW000111", "b-clinic": "NWaa12", "c-hospital": "NWi312"}
AT_NW2 = {"b-clinic": "NW2-7731"}
HIM = ("山田", "健一", "ヤマダ", "ケンイチ", "19410503")
TWIN = ("山田", "健二", "ヤマダ", "ケンジ", "19410503")
WHY = ("--reason", "moved, and asked")


def arrival(system: str, number: str, who: tuple[str, ...], phone: str) -> bytes:
    """ITI-8, A04."""
    family, given, kana, kana_given, born = who
    return "\r".join([
        f"MSH|^~\\&|HIS|{system}|MINATO|MINATO|20260115093000||ADT^A04^ADT_A01|C{number}|P|2.3.1"
        "|||||JPN|UNICODE UTF-8",
        "EVN||20260115093000",
        f"PID|||{number}^^^&{OIDS[system]}&ISO||{family}^{given}^^^^^L^I~{kana}^{kana_given}^^^^^L"
        f"^P||{born}|M|||||{phone}", "PV1||N", ""]).encode()


class Network:
    """A region, its operator and its facilities."""

    def __init__(self, region: DemoRegion, target: Target, partners: tuple[str, ...],
                 ids: tuple[tuple[str, str], ...] = ()) -> None:
        self.region, self.target = region, target
        self.said: list[str] = []  # all that its operator was ever answered
        with open(region.configuration, encoding="utf-8") as conf:
            text = conf.read()
        for key, value in ids:
            text, count = re.subn(rf'(?m)^\t{key} = ".*"$', f'\t{key} = "{value}"', text, count=1)
            assert count == 1, key
        text += "".join(SECTION % (name, name) for name in partners)
        with open(region.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)
        region.stop()
        region.start(target)

    def knows(self, system: str, number: str, who: tuple[str, ...], phone: str) -> None:
        context = ssl.create_default_context(cafile=self.target.ca)
        context.check_hostname = False
        context.load_cert_chain(str(self.target.certificate(system)))
        client = MllpClient(self.target.host, self.target.mllp_port, context)
        answer = client.exchange(arrival(system, number, who, phone))
        client.close()
        assert b"MSA|AA" in answer, answer

    def tool(self, *words: str, exits: int = 0) -> str:
        done = subprocess.run([*self.target.cli, *words, "--output", "json"], capture_output=True,
                              text=True, check=False)
        assert done.returncode == exits, f"minato {' '.join(words)}: {done}"
        self.said.append(done.stdout)
        return done.stdout + done.stderr

    def told(self, *words: str, exits: int = 0):
        return json.loads(self.tool(*words, exits=exits))

    def regional(self, patient: str) -> str:
        return self.told("patient", "show", "--patient", patient)["patient"]["affinity_id"]

    def trail(self, patient: str, code: str) -> list[dict]:
        return self.told("audit", "search", "--patient", patient, "--transaction", code)

    def all_it_holds(self) -> str:
        """What its operator was told, its log, and every record it keeps."""
        records = self.told("audit", "search", "--limit", "1000")
        with open(self.region.log_path, encoding="utf-8", errors="replace") as log:
            return "\n".join([*self.said, json.dumps(records, ensure_ascii=False), log.read()])


class Moved:
    """The story goes on from scene to scene; one alone begins where it has to."""

    def __init__(self, demo: DemoRegion, running: Runner) -> None:
        self.demo, self.running = demo, running
        self.networks: tuple[Network, Network] | None = None
        self.code = self.back = ""

    def both(self) -> tuple[Network, Network]:
        if self.networks is None:
            elsewhere = DemoRegion(self.demo.minatod, self.demo.minato)
            atexit.register(elsewhere.remove)
            atexit.register(elsewhere.stop)
            target = elsewhere.make(1, 1, "")
            self.networks = (Network(self.demo, self.running.target, ("nw2", "cohort")),
                             Network(elsewhere, target, ("nw",), NW2_IDS))
            nw, nw2 = self.networks
            for system, number in AT_NW.items():
                nw.knows(system, number, HIM, "03-1234-5678")
            nw.tool("consent", "join", "--patient", "NW000111@a-hospital", *WHY)
            nw2.knows("b-clinic", AT_NW2["b-clinic"], HIM, "06-1234-5678")
            nw2.knows("b-clinic", "NW2-7732", TWIN, "06-1234-5678")
            nw2.tool("consent", "join", "--patient", "NW2-7731@b-clinic", *WHY)
        return self.networks

    def given(self) -> str:
        """His code for NW2, as NW's operator is told it."""
        nw, _ = self.both()
        self.code = nw.told("partner", "code", "--partner", "nw2", "--patient",
                            "NW000111@a-hospital")["code"]
        return self.code

    def mapped(self) -> str:
        """It is his at NW2, too."""
        _, nw2 = self.both()
        cx = f"{self.code or self.given()}^^^&{NW}&ISO"
        done = nw2.told("partner", "map", "--partner", "nw", "--patient", "NW2-7731@b-clinic",
                        "--id", cx, *WHY)
        assert done["mapped"] and done["id"] == cx, done
        return cx

    # -- the scenes --------------------------------------------------------------------------------

    def a_code(self) -> None:
        nw, _ = self.both()
        code = self.given()
        assert re.fullmatch(CODE, code), code
        for patient in ("NWaa12@b-clinic", "NWi312@c-hospital"):
            again = nw.told("partner", "code", "--partner", "nw2", "--patient", patient)
            assert again["code"] == code and not again["made"], again
        others = {nw.told("partner", "code", "--partner", partner, "--patient",
                          "NW000111@a-hospital", "--purpose", purpose)["code"]
                  for partner, purpose in (("nw2", "research"), ("cohort", "care"),
                                           ("cohort", "research"))}
        assert len(others | {code}) == 4, others
        found = nw.told("partner", "whose", "--partner", "nw2", "--code", code.lower())
        assert {row["id"] for row in found} == set(AT_NW.values()), found
        assert "never given" in nw.tool("partner", "whose", "--partner", "cohort", "--code", code,
                                        exits=1)

    def one_to_one(self) -> None:
        _, nw2 = self.both()
        cx = self.mapped()
        found = nw2.told("partner", "whose", "--partner", "nw", "--id", cx)
        assert [row["id"] for row in found] == ["NW2-7731"], found
        again = nw2.told("partner", "map", "--partner", "nw", "--patient", "NW2-7731@b-clinic",
                         "--id", cx, *WHY)
        assert again["mapped"] and not again["changed"], again
        assert nw2.told("partner", "conflicts", "--partner", "nw") == []
        # And the other way round.
        nw, _ = self.both()
        self.back = nw2.told("partner", "code", "--partner", "nw", "--patient",
                             "NW2-7731@b-clinic")["code"]
        assert self.back != self.code
        nw.tool("partner", "map", "--partner", "nw2", "--patient", "NW000111@a-hospital",
                "--id", f"{self.back}^^^&{NW2}&ISO", *WHY)
        shown = nw.told("partner", "show", "--patient", "NWaa12@b-clinic")
        assert [one["id"] for one in shown["ids"]] == [f"{self.back}^^^&{NW2}&ISO"], shown
        assert self.code in [one["code"] for one in shown["codes"] if one["told"]], shown

    def refused(self) -> None:
        """His brother is taken for him: for the operator, who asks both."""
        _, nw2 = self.both()
        cx = self.mapped()
        claim = ("partner", "map", "--partner", "nw", "--patient", "NW2-7732@b-clinic", "--id", cx,
                 "--reason", "the same birthday")
        first, again = nw2.told(*claim, exits=1), nw2.told(*claim, exits=1)
        assert not first["mapped"] and first["conflict"] == again["conflict"], (first, again)
        listed = nw2.told("partner", "conflicts", "--partner", "nw")
        assert len(listed) == 1 and listed[0]["number"] == first["conflict"], listed
        assert listed[0]["kind"] == "claimed" and "NW2-7731" in listed[0]["against"] \
            and "NW2-7732" in listed[0]["patient"], listed
        assert listed[0]["by"] == f"uid {os.getuid()}", listed
        found = nw2.told("partner", "whose", "--partner", "nw", "--id", cx)
        assert [row["id"] for row in found] == ["NW2-7731"], found
        # A second id of his is one too many as well.
        other = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567^^^&2.999.1&ISO"
        second = nw2.told("partner", "map", "--partner", "nw", "--patient", "NW2-7731@b-clinic",
                          "--id", other, *WHY, exits=1)
        for number, decision in ((first["conflict"], "keep"), (second["conflict"], "keep")):
            nw2.tool("partner", "settle", number, "--partner", "nw", "--decision", decision,
                     "--reason", "asked both brothers")
        assert nw2.told("partner", "conflicts", "--partner", "nw") == []
        kept = nw2.told(*claim, exits=1)
        assert "conflict" not in kept and "keep" in kept["do"], kept
        for patient in ("NW2-7731@b-clinic", "NW2-7732@b-clinic"):
            assert nw2.trail(patient, "partner-decision"), patient

    def joined(self) -> None:
        """NW2 takes the brothers for one, each of whom NW has given a code: neither is used."""
        _, nw2 = self.both()
        cx = self.mapped()
        other = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567^^^&2.999.1&ISO"
        nw2.tool("partner", "map", "--partner", "nw", "--patient", "NW2-7732@b-clinic", "--id",
                 other, *WHY)
        pair = ("NW2-7731@b-clinic", "NW2-7732@b-clinic", *WHY)
        nw2.tool("patient", "together", *pair)
        listed = nw2.told("partner", "conflicts", "--partner", "nw")
        assert [(one["kind"], one["id"]) for one in listed] == [("joined", other)], listed
        shown = nw2.told("partner", "show", "--patient", "NW2-7731@b-clinic")["ids"]
        assert [one["told"] for one in shown] == [False, False], shown
        nw2.tool("patient", "undo", *pair)
        shown = nw2.told("partner", "show", "--patient", "NW2-7731@b-clinic")["ids"]
        assert [(one["id"], one["told"]) for one in shown] == [(cx, True)], shown
        assert nw2.told("partner", "conflicts", "--partner", "nw") == []
        for id_there, number in ((cx, "NW2-7731"), (other, "NW2-7732")):
            found = nw2.told("partner", "whose", "--partner", "nw", "--id", id_there)
            assert [row["id"] for row in found] == [number], found
        nw2.tool("partner", "unmap", "--partner", "nw", "--patient", "NW2-7732@b-clinic", *WHY)

    def revoked(self) -> None:
        """NW2 has lost its list: the codes on it lead nowhere, and he is given another."""
        nw, nw2 = self.both()
        lost, of_cohort = self.given(), ("partner", "code", "--partner", "cohort", "--patient",
                                         "NW000111@a-hospital")
        cohort = nw.told(*of_cohort)["code"]
        self.mapped()
        done = nw.told("partner", "revoke", "--partner", "nw2", "--code", lost, *WHY)
        assert done["changed"], done
        again = nw.told("partner", "revoke", "--partner", "nw2", "--code", lost, *WHY)
        assert not again["changed"], again
        assert "leads nowhere" in nw.tool("partner", "whose", "--partner", "nw2", "--code", lost,
                                          exits=1)
        assert self.given() != lost
        found = nw.told("partner", "whose", "--partner", "nw2", "--code", self.code)
        assert {row["id"] for row in found} == set(AT_NW.values()), found
        nw2.tool("partner", "unmap", "--partner", "nw", "--patient", "NW2-7731@b-clinic", *WHY)
        self.mapped()
        # Others' codes are as they were: a leak at one opens nothing at another.
        assert nw.told(*of_cohort)["code"] == cohort

    def left(self) -> None:
        """Who has left is given no code, and what partners know of him stays for his return."""
        nw, _ = self.both()
        code = self.given()
        ask = ("partner", "code", "--partner", "nw2", "--patient", "NW000111@a-hospital")
        nw.tool("consent", "leave", "--patient", "NW000111@a-hospital", *WHY)
        assert "does not take part" in nw.tool(*ask, exits=4)
        nw.tool("consent", "join", "--patient", "NW000111@a-hospital", *WHY)
        assert nw.told(*ask)["code"] == code

    def bad_input(self) -> None:
        """Each is refused by its name, and nothing is changed."""
        nw, _ = self.both()
        code, him = self.given(), ("--patient", "NW000111@a-hospital")
        before = nw.tool("partner", "show", *him)
        nobody, known = ("--partner", "nobody"), ("--partner", "nw2")
        map_to = ("partner", "map", *known, *him, *WHY, "--id")
        rows: tuple[tuple[tuple[str, ...], int, str], ...] = (
            (("partner", "code", *nobody, *him), 2, "no partner of the configuration"),
            (("partner", "code", *known, *him, "--purpose", "fun"), 2, "none of care, research"),
            (("partner", "code", *known, "--patient", "9@a-hospital"), 1, "nobody is known"),
            (("partner", "whose", *known), 2, "either a code or an id"),
            (("partner", "whose", *known, "--code", code, "--id", "1^^^&2.9&ISO"), 2, "either"),
            (("partner", "whose", *known, "--code", "ABC"), 1, "never given such a code"),
            (("partner", "whose", *known, "--id", "1^^^&2.9&ISO"), 1, "nobody's here"),
            (("partner", "revoke", *known, "--code", "ABC", *WHY), 1, "never given such a code"),
            ((*map_to, "7"), 2, r"ID\^\^\^&OID&ISO"),
            ((*map_to, "123456789018^^^&2.999.2.1&ISO"), 2, "Individual Number"),
            ((*map_to, "7\u200b^^^&2.999.2.1&ISO"), 2, r"ID\^\^\^&OID&ISO"),
            (("partner", "unmap", *known, "--patient", "NW000111@b-clinic", *WHY), 1, "nobody is"),
            (("partner", "unmap", "--partner", "cohort", *him, *WHY), 1, "no id at that partner"),
            (("partner", "conflicts", *nobody), 2, "no partner"),
            (("partner", "conflicts", *known, "--limit", "0"), 2, "from 1 to"),
            (("partner", "conflicts", *known, "--after", "x"), 2, "not the next"),
            (("partner", "settle", "x", *known, "--decision", "keep", *WHY), 2, "not the number"),
            (("partner", "settle", "9", *known, "--decision", "both", *WHY), 2, "none of keep"),
            (("partner", "settle", "9", *known, "--decision", "keep", *WHY), 1, "no conflict 9"),
        )
        for words, exits, told in rows:
            said = nw.tool(*words, exits=exits)
            assert re.search(told, said), f"{words}: {said}"
            assert "123456789018" not in said, said
        assert nw.tool("partner", "show", *him) == before

    def nothing_crosses(self) -> None:
        """Neither holds an id of the other's facilities, nor its regional one; and no code stands
        in a log or an audit record of who gave it."""
        nw, nw2 = self.both()
        self.mapped()
        ids = {nw: [nw.regional("NW000111@a-hospital"), *AT_NW.values()],
               nw2: [nw2.regional("NW2-7731@b-clinic"), *AT_NW2.values()]}
        for here, there in ((nw, nw2), (nw2, nw)):
            held = here.all_it_holds()
            for one in ids[here]:
                assert one in held, f"{one} is not even where it belongs"
            for one in ids[there]:
                assert one not in held, f"{one} has crossed the border"
        records = nw.tool("audit", "search", "--limit", "1000")
        with open(nw.region.log_path, encoding="utf-8", errors="replace") as log:
            assert self.code not in records + log.read(), "his code is in the log"
        for network in (nw, nw2):
            network.tool("check")


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    moved = Moved(demo, running)
    return [("moved-code", "山田健一 moves from NW to NW2, which is given a code for him, and "
             "nobody else the same", moved.a_code),
            ("moved-mapped", "at NW2 the code is his, at NW the one NW2 has given: one to one",
             moved.one_to_one),
            ("moved-refused", "a second mapping of either side is refused and raised; the operator "
             "keeps what stands, in both brothers' trails", moved.refused),
            ("moved-joined", "where two who are mapped become one it is raised, until they part",
             moved.joined),
            ("moved-revoked", "NW2 has lost its codes: they lead nowhere, and he has another",
             moved.revoked),
            ("moved-left", "who has left is given no code; who joins again has the same",
             moved.left),
            ("moved-bad-input", "what cannot be is refused by its name, and changes nothing",
             moved.bad_input),
            ("moved-nothing-crosses", "no id of a facility and no regional id has crossed the "
             "border, and no code is in a log", moved.nothing_crosses)]
