"""We are the Initiating Gateway (XCA): ITI-18 of a consumer is answered by our registry and by the
communities that know the patient, whatever these do. Their misbehaviours are rows of
communities/misbehaviours.tsv, each with what our answer is then."""
from __future__ import annotations

import dataclasses
import http.client
import json
import os
import re
import subprocess
import threading
import time

from lxml import etree

from lib import casefile, soap
from lib.community import Community, Document
from lib.partner import Silent
from lib.region import COMMUNITIES, DemoRegion
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import TIMEOUT, tls_context

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "communities")
SETTINGS = {"stop-within": "2s", "most-results": "600"}
WITHIN, SOON = 60, 2
FAILURES = 5  # in a row, after which nobody is asked for a while
LATE = ("silent", "slow")
WEST, EAST, NOBODY = "urn:oid:2.999.30", "urn:oid:2.999.31", "urn:oid:2.999.39"
SECTION = """partner "{name}" {{
	url = "{url}"
	for = {{"community"}}
	home-community-id = "{home}"
	answer-within = "{within}s"
}}
"""
GATEWAY = """system "{name}-gateway" {{
	title = "{name}"
	certificate = "pki/clients/{name}-gateway.pem"
	community = "{name}"
}}
"""
NS = soap.NS
UNIQUE = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
PATIENT = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
WHY = ("--reason", "asked")


@dataclasses.dataclass
class Given:
    """What our answer to a query holds."""
    root: etree._Element
    exchange: str

    @property
    def status(self) -> str:
        return self.root.xpath("string(//q:AdhocQueryResponse/@status)",
                               namespaces=NS).rpartition(":")[2]

    @property
    def entries(self) -> list[tuple[str, str]]:
        """uniqueId and home, in order."""
        return [(e.xpath(f"string(rim:ExternalIdentifier[@identificationScheme='{UNIQUE}']/@value)",
                         namespaces=NS), e.get("home"))
                for e in self.root.iterfind(".//rim:ExtrinsicObject", NS)]

    @property
    def refs(self) -> list[tuple[str, str]]:
        return [(e.get("id"), e.get("home"))
                for e in self.root.iterfind(".//rim:ObjectRef", NS)]

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """errorCode, location, codeContext."""
        return [(e.get("errorCode"), e.get("location"), e.get("codeContext"))
                for e in self.root.iterfind(".//rs:RegistryError", NS)]

    @property
    def patients(self) -> set[str]:
        return set(self.root.xpath(
            f"//rim:ExternalIdentifier[@identificationScheme='{PATIENT}']/@value", namespaces=NS))

    def shown(self) -> str:
        return f"{self.status} {self.entries} {self.refs} {self.errors}"


class Communities:
    """Two communities beside a region of its own; WEST and EAST know its patient, by ids of
    theirs."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo, self.target = running, demo, running.target
        pki = os.path.join(demo.region, "pki")
        self.server, self.ca = os.path.join(pki, "server.pem"), os.path.join(pki, "ca.pem")
        self.forged = os.path.join(pki, "clients", "w-forged.pem")
        self.west = Community(WEST, self.server, self.ca, running.grammars)
        self.east = Community(EAST, self.server, self.ca, running.grammars)
        with open(demo.configuration, encoding="utf-8") as conf:
            self.bare = conf.read().replace(COMMUNITIES, "")
        self.home = re.search(r'home-community-id = "(.*)"', self.bare).group(1)
        self.configured = ""
        self.patients: dict[str, Scope] = {}
        self.made = 0

    # -- a region with communities -----------------------------------------------------------------

    def configure(self, *rows: tuple[str, str, str, int], actor: str = "") -> None:
        text = "".join(SECTION.format(name=name, url=url, home=home, within=within)
                       + GATEWAY.format(name=name) for name, url, home, within in rows) + actor
        if text == self.configured:
            return
        self.configured = text
        bare = re.sub(r'#?initiating-gateway = ".*"', 'initiating-gateway = "no"', self.bare,
                      count=1) if actor else self.bare
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(bare + text.removesuffix(actor))
        self.demo.stop()
        self.demo.start(self.target)

    def begin(self, manner: str = "well", within: int = WITHIN) -> None:
        self.configure(("west", self.west.address, WEST, within),
                       ("east", self.east.address, EAST, WITHIN))
        self.west.manner, self.east.manner = manner, "well"

    def tool(self, *words: str, exits: int = 0) -> str:
        done = subprocess.run([*self.target.cli, *words, "--output", "json"], capture_output=True,
                              text=True, check=False)
        assert done.returncode == exits, f"minato {' '.join(words)}: {done}"
        return done.stdout

    def mapped(self, scope: Scope, partner: str, theirs: str) -> None:
        self.tool("partner", "map", "--partner", partner, "--patient", scope.get("cx"), "--id",
                  theirs, *WHY)

    def patient(self, name: str = "known") -> Scope:
        """A patient of b-clinic who takes part, with a document of ours, known to both."""
        if name in self.patients:
            return self.patients[name]
        self.made += 1
        scope = Scope(Scope(self.running.region))
        scope.values["cx"] = f"{scope.get('pid.b')}^^^&{scope.get('domain.b')}&ISO"
        for step in casefile.read(os.path.join(HERE, "patient.case")).cases[0].steps:
            self.running.do(step, scope)
        shown = json.loads(self.tool("patient", "show", "--patient", scope.get("cx")))
        scope.values["regional"] = f"{shown['patient']['affinity_id']}^^^&" \
            f"{scope.get('domain.affinity')}&ISO"
        scope.values["home"] = self.home
        for community, partner in ((self.west, "west"), (self.east, "east")):
            theirs = f"W{self.made}^^^&{community.home.removeprefix('urn:oid:')}.1&ISO"
            scope.values[partner] = theirs
            scope.values[f"{partner}.uid"] = f"{community.repository}.{self.made}.1"
            community.documents.append(Document(theirs, scope.values[f"{partner}.uid"]))
            if name != "unmapped":
                self.mapped(scope, partner, theirs)
        self.patients[name] = scope
        return scope

    # -- asking ------------------------------------------------------------------------------------

    def ask(self, scope: Scope, query: str = "FindDocuments", system: str = "a-hospital",
            path: str = "", **more: str) -> Given:
        """more: home, leaf ("ObjectRef"), slots; the patient as he is asked for by that system."""
        slots = more.get("slots") or self.slots(query, more.get("cx") or self.known_as(scope,
                                                                                         system))
        home = f' home="{more["home"]}"' if "home" in more else ""
        body = (f'<q:AdhocQueryRequest xmlns:q="{NS["q"]}" xmlns:rim="{NS["rim"]}">'
                f'<q:ResponseOption returnType="{more.get("leaf", "LeafClass")}" '
                f'returnComposedObjects="true"/><rim:AdhocQuery id="{scope.get(query)}"{home}>'
                f'{slots}</rim:AdhocQuery></q:AdhocQueryRequest>')
        message = soap.envelope(body, "urn:ihe:iti:2007:RegistryStoredQuery",
                                "https://minato.example/xds/registry")
        status, octets, exchange = self.post(path or "/xds/registry", system, message.encode())
        assert status == 200, (status, octets)
        root = soap.parse(octets)
        fault = self.running.grammars.fault("iti18-response", root)
        assert fault is None, fault
        return Given(root, exchange)

    def post(self, path: str, system: str, body: bytes) -> tuple[int, bytes, str]:
        """On a connection of its own: status, body, exchange."""
        context = tls_context(self.target.ca, self.target.certificate(system))
        connection = http.client.HTTPSConnection(self.target.host, self.target.https_port,
                                                 timeout=TIMEOUT, context=context)
        connection.request("POST", path, body,
                           {"Content-Type": "application/soap+xml; charset=UTF-8"})
        reply = connection.getresponse()
        octets = reply.read()
        connection.close()
        return reply.status, octets, reply.headers["X-Minato-Exchange"]

    @staticmethod
    def known_as(scope: Scope, system: str) -> str:
        return scope.get("cx") if system == "b-clinic" else scope.get("regional")

    @staticmethod
    def slot(name: str, value: str) -> str:
        value = re.sub(r"&(?!lt;)", "&amp;", value)
        return f'<rim:Slot name="{name}"><rim:ValueList><rim:Value>{value}</rim:Value>' \
            "</rim:ValueList></rim:Slot>"

    def slots(self, query: str, cx: str) -> str:
        approved = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"
        if query == "GetAll":
            return self.slot("$patientId", f"'{cx}'") + "".join(
                self.slot(f"$XDS{kind}Status", approved)
                for kind in ("DocumentEntry", "SubmissionSet", "Folder"))
        kind = {"FindDocuments": "DocumentEntry", "FindFolders": "Folder",
                "FindSubmissionSets": "SubmissionSet"}[query]
        return self.slot(f"$XDS{kind}PatientId", f"'{cx}'") + self.slot(f"$XDS{kind}Status",
                                                                       approved)

    def audit(self, exchange: str) -> list[dict]:
        return json.loads(self.tool("audit", "search", "--exchange", exchange))

    def outcomes(self, given: Given) -> dict[str, list[tuple[int, str | None]]]:
        out: dict[str, list[tuple[int, str | None]]] = {}
        for record in self.audit(given.exchange):
            out.setdefault(record["transaction"], []).append((record["outcome"],
                                                              record.get("problem")))
        return {code: sorted(rows, key=str) for code, rows in out.items()}

    # -- what is shown -----------------------------------------------------------------------------

    def of_all(self) -> None:
        """Ours first, then theirs, each with its home; the patient as he was asked for."""
        self.begin()
        scope = self.patient()
        want = [(scope.get("oid.d"), scope.get("home")), (scope.get("west.uid"), WEST),
                (scope.get("east.uid"), EAST)]
        for path in ("/xds/registry", "/xca/initiating"):
            for system in ("a-hospital", "b-clinic"):
                given = self.ask(scope, system=system, path=path)
                assert given.status == "Success" and given.entries == want, given.shown()
                assert given.patients == {self.known_as(scope, system)}, given.patients
                assert not given.errors, given.errors
                assert self.outcomes(given) == {"ITI-18": [(0, None)],
                                                "ITI-38": [(0, None)] * 2}, given.exchange
        kept = given.root.xpath("//rim:Slot[@name='urn:example:of-theirs']//rim:Value/text()",
                                namespaces=NS)
        assert kept == ["'a, (b) & <c"] * 2, kept
        given = self.ask(scope, leaf="ObjectRef")
        assert [home for _, home in given.refs] == [scope.get("home"), WEST, EAST], given.shown()
        assert not self.west.faults + self.east.faults, self.west.faults[:2]

    def as_sent(self) -> None:
        """The query goes on as it was, unknown parameters included, but for the patient."""
        self.begin()
        scope = self.patient()
        slots = self.slots("FindDocuments", scope.get("cx")) \
            + self.slot("$XDSSomethingElse", "'O''Brien &lt;x'") \
            + self.slot("$XDSDocumentEntryClassCode", "('11502-2^^2.16.840.1.113883.6.1')")
        self.ask(scope, system="b-clinic", slots=slots)
        sent = soap.body_child(soap.parse(self.west.got[-1]))
        got = [(slot.get("name"), "".join(slot.itertext()).strip())
               for slot in sent.iterfind(".//rim:Slot", NS)]
        asked = etree.fromstring(f'<x xmlns:rim="{NS["rim"]}">{slots}</x>')
        want = [(slot.get("name"), "".join(slot.itertext()).strip())
                for slot in asked.iterfind("rim:Slot", NS)]
        want[0] = (want[0][0], f"'{scope.get('west')}'")
        assert got == want, (got, want)
        assert sent.find("rim:AdhocQuery", NS).get("home") == WEST
        text = self.west.got[-1].decode()
        assert scope.get("pid.b") not in text and scope.get("regional") not in text, text

    def every_query(self) -> None:
        """Whatever query names a patient is asked of all; what names objects of whom it says."""
        self.begin()
        scope = self.patient()
        for query in ("FindDocuments", "FindSubmissionSets", "FindFolders", "GetAll"):
            before = len(self.west.got), len(self.east.got)
            self.ask(scope, query)
            assert (len(self.west.got), len(self.east.got)) == (before[0] + 1, before[1] + 1), query
        assert not self.west.faults, self.west.faults[:2]

    def by_home(self) -> None:
        """The table of profiles/xca/query_elsewhere.h."""
        self.begin()
        scope = self.patient()
        uid = {"ours": scope.get("oid.d"), "west": scope.get("west.uid"),
               "east": scope.get("east.uid")}
        homes = {"ours": scope.get("home"), "west": WEST, "east": EAST}

        def check(given: Given, *names: str) -> None:
            assert given.status == "Success" and given.entries == [
                (uid[name], homes[name]) for name in names], given.shown()

        def ids(name: str) -> str:
            return self.slot("$XDSDocumentEntryUniqueId", f"('{uid[name]}')")

        for path in ("/xds/registry", "/xca/initiating"):
            for name in homes:
                before = len(self.west.got) + len(self.east.got)
                check(self.ask(scope, home=homes[name], path=path), name)
                given = self.ask(scope, "GetDocuments", home=homes[name], path=path,
                                 slots=ids(name))
                check(given, name)
                assert given.patients == {scope.get("regional")}, given.patients
                assert len(self.west.got) + len(self.east.got) - before == \
                    (0 if name == "ours" else 2), name
            for query, slots in (("FindDocuments", ""), ("GetDocuments", ids("west"))):
                given = self.ask(scope, query, home=NOBODY, path=path, slots=slots)
                assert given.status == "Failure" and [e[0] for e in given.errors] == [
                    "XDSUnknownCommunity"], given.shown()
        before = len(self.west.got) + len(self.east.got)
        check(self.ask(scope, "GetDocuments", slots=ids("ours")), "ours")
        check(self.ask(scope, "GetDocuments", slots=ids("west")))
        given = self.ask(scope, "GetDocuments", slots=ids("west"), path="/xca/initiating")
        assert [e[0] for e in given.errors] == ["XDSMissingHomeCommunityId"], given.shown()
        two = self.slots("FindDocuments", scope.get("regional")) + self.slot(
            "$homeCommunityId", f"'{EAST}'")
        given = self.ask(scope, home=WEST, slots=two)
        assert given.status == "Failure" and given.errors, given.shown()
        assert len(self.west.got) + len(self.east.got) == before

    def misbehaviours(self) -> None:
        """Each harms its own part of the answer and no other."""
        scope = self.patient()
        ours, east = (scope.get("oid.d"), scope.get("home")), (scope.get("east.uid"), EAST)
        with open(os.path.join(HERE, "misbehaviours.tsv"), encoding="utf-8") as table:
            rows = [line.rstrip("\n").split("\t") for line in table
                    if line.strip() and not line.startswith("#")]
        for manner, status, given_too, codes, words, problem in rows:
            self.begin("well", SOON if manner in LATE else WITHIN)
            assert self.ask(scope, home=WEST).entries  # so that it is worth asking
            self.west.manner = manner
            began = time.monotonic()
            given = self.ask(scope)
            said = f"{manner}: {given.shown()[:3000]}"
            west = [(scope.get("west.uid"), WEST)] if given_too == "given" else []
            assert given.status == status and given.entries == [ours, *west, east], said
            assert [e[0] for e in given.errors] == [c for c in codes.split() if c != "-"], said
            assert all(location.startswith(WEST) for _, location, _ in given.errors), said
            assert words == "-" or words in given.errors[0][2], said
            assert manner not in LATE or time.monotonic() - began < WITHIN, manner
            outcomes = self.outcomes(given)
            alerts = [(8, None)] if problem == "community-contradicts" else []
            assert outcomes["ITI-18"] == [(0, None), *alerts], f"{manner}: {outcomes}"
            bad = [row for row in outcomes["ITI-38"] if row != (0, None)]
            assert [row[1] for row in bad] == ([] if problem == "-" else [problem]), \
                f"{manner}: {outcomes}"
        self.configure(("west", Silent().address, WEST, SOON),
                       ("east", "https://127.0.0.1:1/nobody", EAST, WITHIN))
        given = self.ask(scope)
        assert given.status == "PartialSuccess" and given.entries == [ours] and \
            [e[:2] for e in given.errors] == [("XDSUnavailableCommunity", WEST),
                                              ("XDSUnavailableCommunity", EAST)], given.shown()

    def limits(self) -> None:
        """An answer has no more objects than most-results allows, over all: who does not fit in is
        left out, and told; and what is larger than an answer may be is no answer."""
        scope = self.patient()
        ours, east = (scope.get("oid.d"), scope.get("home")), (scope.get("east.uid"), EAST)
        for flood, code in ((1000, "XDSTooManyResults"), (3000, "XDSUnavailableCommunity")):
            self.begin("floods")
            self.west.flood = flood
            given = self.ask(scope)
            assert given.status == "PartialSuccess" and given.entries == [ours, east] and \
                [e[:2] for e in given.errors] == [(code, WEST)], (flood, given.errors)
        self.west.flood = 500
        given = self.ask(scope)
        assert given.status == "Success" and len(given.entries) == 502, given.errors

    def alone_failed(self) -> None:
        """Who is asked alone, and fails, is a Failure."""
        self.begin("fails")
        scope = self.patient()
        given = self.ask(scope, home=WEST)
        assert given.status == "Failure" and [e[0] for e in given.errors] == ["XDSRegistryBusy"], \
            given.shown()
        assert self.outcomes(given)["ITI-18"][0][0] != 0

    def nobodys_business(self) -> None:
        """Who is not mapped, hides or does not take part is asked of nobody, and our answer is
        that about a patient whom no community knows."""
        self.begin()
        scope = self.patient()
        before = len(self.west.got) + len(self.east.got)
        stranger = self.patient("unmapped")
        given = self.ask(stranger)
        assert given.entries == [(stranger.get("oid.d"), scope.get("home"))], given.shown()
        given = self.ask(stranger, home=WEST)
        assert given.status == "Success" and not given.entries + given.errors, given.shown()
        hiding = self.patient("hiding")
        nobody = self.ask(hiding, cx=f"NOBODY^^^&{hiding.get('regional').split('&')[1]}&ISO")
        self.tool("consent", "exclude", "--patient", hiding.get("cx"), "--facility", "a-hospital",
                  *WHY)
        for system in ("a-hospital",):
            given = self.ask(hiding, system=system)
            assert given.status == "Success" and not given.entries, given.shown()
        assert nobody.status == "Success" and not nobody.entries
        assert len(self.west.got) + len(self.east.got) == before, "somebody was asked"
        assert len(self.ask(hiding, system="b-clinic").entries) == 3
        self.tool("consent", "leave", "--patient", hiding.get("cx"), *WHY)
        before = len(self.west.got) + len(self.east.got)
        given = self.ask(hiding, system="b-clinic")
        assert given.entries == [(hiding.get("oid.d"), scope.get("home"))], given.shown()
        west = self.slot("$XDSDocumentEntryUniqueId", f"('{hiding.get('west.uid')}')")
        assert len(self.west.got) + len(self.east.got) == before, "somebody was asked"
        given = self.ask(hiding, "GetDocuments", home=WEST, slots=west)
        assert given.status == "Success" and not given.entries + given.errors, given.shown()

    def excluded(self) -> None:
        """A community that its patient excludes is to know nothing of him: it is not asked for him,
        though the region's operator knows his id there. The other one is, and our answer says
        nothing of it."""
        self.begin()
        scope = self.patient("excluding")
        exclude = ("--patient", scope.get("cx"), "--facility", "west-gateway", *WHY)
        self.tool("consent", "exclude", *exclude)
        before = len(self.west.got), len(self.east.got)
        given = self.ask(scope)
        assert given.status == "Success" and not given.errors and given.entries == [
            (scope.get("oid.d"), self.home), (scope.get("east.uid"), EAST)], given.shown()
        alone = self.ask(scope, home=WEST)
        assert alone.status == "Success" and not alone.entries + alone.errors, alone.shown()
        assert (len(self.west.got), len(self.east.got)) == (before[0], before[1] + 1)
        self.tool("consent", "include", *exclude)
        assert len(self.ask(scope).entries) == 3

    def beside(self) -> None:
        """A silent community keeps neither the others nor other consumers waiting."""
        self.begin("silent")
        scope = self.patient()
        waiting = [threading.Thread(target=self.ask, args=(scope,)) for _ in range(4)]
        for thread in waiting:
            thread.start()
        with self.west.changed:
            assert self.west.changed.wait_for(lambda: self.west.under_way == 4, WITHIN)
        for _ in range(5):
            assert self.ask(scope, home=scope.get("home")).entries
        self.west.let_go.set()
        for thread in waiting:
            thread.join()
        self.west.let_go.clear()

    def spared(self) -> None:
        """Who does not answer time and again is not waited for, and is asked again after a
        while; the others are not touched."""
        self.begin("breaks-off")
        scope = self.patient()
        self.configure()  # a start: nobody has failed yet
        self.begin("breaks-off")
        ours, east = (scope.get("oid.d"), scope.get("home")), (scope.get("east.uid"), EAST)
        before = len(self.west.got)
        for number in range(1, FAILURES + 4):
            given = self.ask(scope)
            assert given.entries == [ours, east] and [e[:2] for e in given.errors] == [
                ("XDSUnavailableCommunity", WEST)], given.shown()
            assert len(self.west.got) - before == min(number, FAILURES), number
            assert ("asked again" in given.errors[0][2]) == (number > FAILURES), given.shown()
            records = self.outcomes(given)["ITI-38"]
            assert len(records) == (2 if number <= FAILURES else 1), (number, records)
        told = subprocess.run([*self.target.cli, "metrics"], capture_output=True, text=True,
                              check=False).stdout
        for line in (f'failed_total{{community="west"}} {FAILURES}', 'open{community="west"} 1',
                     'spared_total{community="west"} 3', 'open{community="east"} 0',
                     f'answered_total{{community="east"}} {FAILURES + 3}'):
            assert f"minato_community_{line}\n" in told, (line, told)

        health = {row["community"]: (row["asked"], row["failures"])
                  for row in json.loads(self.tool("status"))["communities"]}
        assert health == {"west": (False, FAILURES), "east": (True, 0)}, health
        listed = {row["name"]: row["health"] for row in json.loads(self.tool("partner", "list"))
                  if "health" in row}
        assert listed == {"west": f"not asked for a while: {FAILURES} failures in a row",
                          "east": "well"}, listed

    def switched_off(self) -> None:
        """Without communities, or without the actor, answers are what they were, octet for
        octet."""
        self.begin()
        scope = self.patient()
        answers = []
        for actor, rows in (("", ()), ("off", (("west", self.west.address, WEST, WITHIN),))):
            before = len(self.west.got)
            self.configure(*rows, actor=actor)
            given = self.ask(scope)
            assert given.entries == [(scope.get("oid.d"), None)], given.shown()
            answers.append(etree.tostring(soap.body_child(given.root), method="c14n"))
            given = self.ask(scope, home=WEST)
            assert [e[0] for e in given.errors] == ["XDSUnknownCommunity"], given.shown()
            assert len(self.west.got) == before
        assert answers[0] == answers[1]


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Communities(running, demo)
    return [("communities-all", "a query of a patient is answered by all who know him",
             each.of_all),
            ("communities-as-sent", "what they are asked is what we were", each.as_sent),
            ("communities-queries", "every query of a patient is asked of all", each.every_query),
            ("communities-home", "a home says who is asked", each.by_home),
            ("communities-misbehaviours", "each misbehaviour of a community harms its own part "
             "only, by its name", each.misbehaviours),
            ("communities-limits", "an answer has no more objects than one may, over all",
             each.limits),
            ("communities-failed", "who is asked alone, and fails, is a failure",
             each.alone_failed),
            ("communities-consent", "of who is not known there, or hides here, nobody is asked",
             each.nobodys_business),
            ("communities-excluded", "whom its patient excludes is not asked for him",
             each.excluded),
            ("communities-beside", "a silent community keeps nobody else waiting", each.beside),
            ("communities-spared", "who does not answer time and again is not waited for",
             each.spared),
            ("communities-off", "without them all is as it was", each.switched_off)]
