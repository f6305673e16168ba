"""Two live regions: ours asks another one of ours (ITI-55, 38, 39) and tells it who asks, by an
assertion of its own (XUA); what is called what on the other side, and an emergency across the
border. Nothing here answers but the two daemons."""
from __future__ import annotations

import atexit
import base64
import json
import os
import re
import subprocess

from lib import casefile, mtom, soap
from lib.issuer import Issuer
from lib.region import COMMUNITIES, DemoRegion, Target, certify
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import TIMEOUT, tls_context
from scenes.communities import HERE as PATIENTS, UNIQUE, http
from scenes.emergencies import ATTRIBUTE, RULES, WHY

SETTINGS = {"emergency-reason": ATTRIBUTE}
ENTITY = "https://idp.example/xua"
HOME, THEIRS, AUDIENCE = "urn:oid:2.999.10", "urn:oid:2.998.10", "urn:oid:2.998.1"
ACT = "2.16.840.1.113883.5.8"
# What the regions say of each other; more: lines of the section.
OURS = """
partner "there" {{
	url = "https://{host}:{port}/xcpd"
	query-url = "https://{host}:{port}/xca/responding"
	retrieve-url = "https://{host}:{port}/xca/responding"
	for = {{"community"}}
	home-community-id = "urn:oid:2.998.10"
	ca = "{ca}"
	server-name = "localhost"
	certificate = "pki/clients/west-gateway.pem"
	{more}
}}
assertion-issuer "region-idp" {{
	entity-id = "https://idp.example/xua"
	certificate = "{idp}"
}}
"""
ABOUT_US = """
partner "here" {{
	url = "https://127.0.0.1:9/xcpd"
	for = {{"community"}}
	home-community-id = "urn:oid:2.999.10"
	consent = "assumed"
	{more}
}}
system "here-gateway" {{
	title = "こちらの地域"
	certificate = "pki/clients/west-gateway.pem"
	community = "here"
	organizations = {{"*"}}
	emergency = "yes"
	assertions = "required"
	{gateway}
}}
assertion-issuer "here" {{
	entity-id = "urn:oid:2.999.10"
	certificate = "{signer}"
}}
"""
# One more gateway of ours, as they know it: it may provide documents there, and nothing else.
PROVIDES = """
system "north-gateway" {
	title = "こちらの地域の文書"
	certificate = "pki/clients/north-gateway.pem"
	community = "here"
	transactions = {"ITI-80"}
}
"""
# Their gateway here, which a patient could exclude; and that they are sent documents, by ours.
THEIR_GATEWAY = """
system "there-gateway" {
	title = "あちらの地域"
	certificate = "pki/clients/east-gateway.pem"
	community = "there"
}
"""
SENT = """
	submit-url = "https://127.0.0.1:{port}/xca/responding"
	consent = "assumed"
"""
TAKES = 'transactions = {"ITI-55", "ITI-38", "ITI-39", "ITI-80"}'
TOLD = f'assertion-audience = "{AUDIENCE}"'
LOCAL = "2.998.7"
OUT = ('purposes-out = {{"TREAT^{act} > care^{theirs}", "ETREAT^{act} > rescue^{theirs}"}}'
       ).format(act=ACT, theirs=LOCAL)
IN = ('purposes-in = {{"care^{theirs} > TREAT^{act}", "rescue^{theirs} > BTG^{act}"}}'
      ).format(act=ACT, theirs=LOCAL)
# Of our own rules: whatever the document is.
KEPT = "hide role clerk\n"
# As the two records call whoever asks: by the name our assertion gives him.
DOCTOR = "<dr.hyoji@https://idp.example/xua@urn:oid:2.999.10>"


class Given:
    """An answer to ITI-18 or 43."""

    def __init__(self, root, exchange: str, package=None) -> None:
        self.root, self.exchange, self.package = root, exchange, package
        status = root.xpath("string((//q:AdhocQueryResponse|//rs:RegistryResponse)/@status)",
                            namespaces=soap.NS)
        self.status = status.rpartition(":")[2]
        self.entries = [(e.xpath(
            f"string(rim:ExternalIdentifier[@identificationScheme='{UNIQUE}']/@value)",
            namespaces=soap.NS), e.get("home")) for e in root.iterfind(".//rim:ExtrinsicObject",
                                                                      soap.NS)]
        self.errors = [(e.get("errorCode"), e.get("codeContext"))
                       for e in root.iterfind(".//rs:RegistryError", soap.NS)]

    def shown(self) -> str:
        return f"{self.status} {self.entries} {self.errors}"


class Borders:
    """Here is the region we are given; there is another of ours, of other OIDs."""

    gateway = ""                # what more they say of our gateway
    living: dict[str, str] = {}  # where the patient does

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo, self.target = running, demo, running.target
        self.idp = Issuer(demo.directory, ENTITY)
        self.there: DemoRegion | None = None
        self.their_target: Target | None = None
        self.theirs: Runner | None = None
        self.bare = self.their_bare = self.signer = ""
        self.scope, self.their_scope = Scope(running.region), Scope()

    # -- two regions -------------------------------------------------------------------------------

    def begin(self) -> None:
        """Once; the other one ends in the last scene, or with the process that shows them."""
        if self.there is not None:
            return
        certify(self.demo.region, "signer", None)
        self.signer = os.path.join(self.demo.region, "pki", "clients", "signer.pem")
        for name in ("signer", "west-gateway"):
            os.chmod(os.path.join(self.demo.region, "pki", "clients", f"{name}.pem"), 0o600)
        self.there = self.another()
        atexit.register(self.finish)
        target = self.there.make(9, 9, "", SETTINGS)
        self.their_target = target
        for demo in (self.demo, self.there):
            with open(os.path.join(demo.region, "region.policy"), "a", encoding="utf-8") as out:
                out.write(RULES)
        with open(self.there.configuration, encoding="utf-8") as conf:
            self.their_bare = conf.read().replace(COMMUNITIES, "").replace("2.999.", "2.998.")
        with open(self.demo.configuration, encoding="utf-8") as conf:
            self.bare = conf.read().replace(COMMUNITIES, "")
        self.bare = re.sub(r'(system "a-hospital" \{\n)', '\\1\torganizations = {"*"}\n'
                           '\temergency = "yes"\n', self.bare, count=1)
        values = {key: value.replace("2.999.", "2.998.") if isinstance(value, str) else value
                  for key, value in self.running.region.values.items()}
        self.theirs = Runner(target, self.running.maker, self.running.grammars,
                             Scope(None, **values))
        self.agree()
        self.patient()

    def agree(self, ours: str = TOLD, about_us: str = "", signs: bool = True) -> None:
        """What each says of the other, from now on; both start anew."""
        assert self.there is not None and self.their_target is not None
        key = f'region {{\n\tassertion-certificate = "{self.signer}"\n' if signs else "region {\n"
        text = self.bare.replace("region {\n", key, 1) + OURS.format(
            host=self.their_target.host, port=self.their_port(), ca=self.their_target.ca,
            idp=self.idp.certificate, more=ours)
        for demo, target, octets in (
                (self.demo, self.target, text),
                (self.there, self.their_target,
                 self.their_bare + ABOUT_US.format(signer=self.their_signer(), more=about_us,
                                                    gateway=self.gateway))):
            with open(demo.configuration, "w", encoding="utf-8") as conf:
                conf.write(octets)
            demo.stop()
            demo.start(target)

    def another(self) -> DemoRegion:
        return DemoRegion(self.demo.minatod, self.demo.minato)

    def their_signer(self) -> str:
        """Whom they believe, where they read it."""
        return self.signer

    def their_port(self) -> int:
        """Where we call the other one."""
        assert self.their_target is not None
        return self.their_target.https_port

    def tool(self, target: Target | None, *words: str) -> list[dict] | dict:
        assert target is not None
        done = subprocess.run([*target.cli, *words, "--output", "json"], capture_output=True,
                              text=True, check=False)
        assert done.returncode == 0, f"minato {' '.join(words)}: {done}"
        return json.loads(done.stdout)

    def patient(self) -> None:
        """One person, registered with a document in both; we ask whether he is known there."""
        assert self.theirs is not None
        self.their_scope = Scope(self.theirs.region)
        for name in ("kana.f", "kana.g", "phone.p"):
            self.their_scope.values[name] = self.scope.get(name)
        for running, scope in ((self.running, self.scope), (self.theirs, self.their_scope)):
            scope.values.update(self.living)
            scope.values["cx"] = f"{scope.get('pid.b')}^^^&{scope.get('domain.b')}&ISO"
            for step in casefile.read(os.path.join(PATIENTS, "patient.case")).cases[0].steps:
                running.do(step, scope)
        self.discover()
        shown = self.tool(self.target, "patient", "show", "--patient", self.scope.get("cx"))
        assert isinstance(shown, dict)
        self.scope.values["regional"] = f"{shown['patient']['affinity_id']}^^^&" \
            f"{self.scope.get('domain.affinity')}&ISO"

    def discover(self) -> dict:
        found = self.tool(self.target, "partner", "discover", "--partner", "there", "--patient",
                          self.scope.get("cx"))[0]
        assert found["answer"] == "known", found
        return found

    # -- asking ------------------------------------------------------------------------------------

    def token(self, **said: str) -> str:
        return self.idp.token(**said)

    def post(self, path: str, message: str, token: str) -> Given:
        octets = message.replace("</s:Header>", token + "</s:Header>", 1).encode()
        connection = http.client.HTTPSConnection(
            self.target.host, self.target.https_port, timeout=TIMEOUT,
            context=tls_context(self.target.ca, self.target.certificate("a-hospital")))
        connection.request("POST", path, octets,
                           {"Content-Type": "application/soap+xml; charset=UTF-8"})
        reply = connection.getresponse()
        body, kind = reply.read(), reply.headers["Content-Type"]
        exchange = reply.headers["X-Minato-Exchange"]
        connection.close()
        assert reply.status == 200, (reply.status, body)
        if not kind.startswith("multipart/"):
            return Given(soap.parse(body), exchange)
        package = mtom.parse(kind, body)
        return Given(soap.parse(package.root.octets), exchange, package)

    def find(self, token: str, home: str = "") -> Given:
        cx = self.scope.get("regional").replace("&", "&amp;")
        slots = "".join(
            f'<rim:Slot name="$XDSDocumentEntry{name}"><rim:ValueList><rim:Value>{value}'
            "</rim:Value></rim:ValueList></rim:Slot>" for name, value in (
                ("PatientId", f"'{cx}'"),
                ("Status", "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')")))
        body = (f'<q:AdhocQueryRequest xmlns:q="{soap.NS["q"]}" xmlns:rim="{soap.NS["rim"]}">'
                '<q:ResponseOption returnType="LeafClass" returnComposedObjects="true"/>'
                f'<rim:AdhocQuery id="{self.scope.get("FindDocuments")}"{home}>{slots}'
                "</rim:AdhocQuery></q:AdhocQueryRequest>")
        return self.post("/xds/registry", soap.envelope(
            body, "urn:ihe:iti:2007:RegistryStoredQuery", "https://minato.example/xds/registry"),
            token)

    def read(self, token: str, what: str = "oid.d") -> Given:
        body = ('<x:RetrieveDocumentSetRequest xmlns:x="urn:ihe:iti:xds-b:2007"><x:DocumentRequest>'
                f"<x:HomeCommunityId>{THEIRS}</x:HomeCommunityId>"
                "<x:RepositoryUniqueId>2.998.20</x:RepositoryUniqueId>"
                f"<x:DocumentUniqueId>{self.their_scope.get(what)}</x:DocumentUniqueId>"
                "</x:DocumentRequest></x:RetrieveDocumentSetRequest>")
        return self.post("/xds/repository", soap.envelope(
            body, "urn:ihe:iti:2007:RetrieveDocumentSet", "https://minato.example/xds/repository"),
            token)

    def records(self, target: Target | None, code: str) -> list[str]:
        """The newest first."""
        found = self.tool(target, "audit", "search", "--transaction", code)
        return [one["record"] for one in found]

    def overrides(self, *words: str, here: bool = False) -> list[dict]:
        """Of the other region."""
        found = self.tool(self.target if here else self.their_target, "review", "list", *words)
        return found["overrides"] if isinstance(found, dict) else found

    @property
    def our_document(self) -> tuple[str, str]:
        return self.scope.get("oid.d"), HOME

    @property
    def their_document(self) -> tuple[str, str]:
        return self.their_scope.get("oid.d"), THEIRS

    def sees_all(self, token: str) -> Given:
        given = self.find(token)
        assert given.status == "Success" and set(given.entries) == {
            self.our_document, self.their_document}, given.shown()
        return given

    def sees_ours(self, token: str, status: str = "PartialSuccess") -> Given:
        given = self.find(token)
        assert given.status == status and given.entries == [self.our_document], given.shown()
        return given

    # -- what is shown -----------------------------------------------------------------------------

    def told(self) -> None:
        """By name in both records, whoever asks; without a person it is the system."""
        self.begin()
        token = self.token()
        self.sees_all(token)
        for target in (self.target, self.their_target):
            newest = self.records(target, "ITI-38")[0]
            assert DOCTOR.replace("<", "&lt;").replace(">", "&gt;") in newest, newest
            assert "112247003" in newest and "TREAT" in newest, newest
        given = self.read(token)
        assert given.status == "Success" and given.package is not None, given.shown()
        assert DOCTOR.replace("<", "&lt;").replace(">", "&gt;") in self.records(
            self.their_target, "ITI-39")[0]
        self.sees_all("")
        for target in (self.target, self.their_target):
            assert "&lt;a-hospital@urn:oid:2.999.10&gt;" in self.records(target, "ITI-38")[0]
        for target in (self.target, self.their_target):
            assert "&lt;operator@urn:oid:2.999.10&gt;" in self.records(target, "ITI-55")[0]
        looked = self.tool(self.their_target, "audit", "who-looked", "--patient",
                           self.their_scope.get("cx"))
        assert {"ITI-38", "ITI-39", "ITI-55"} <= {
            one["transaction"] for one in looked if one["who"] == "こちらの地域"}, looked

    def untold(self) -> None:
        """Another audience, no key, none at all: what is demanded there is not had; whoever asks
        is told that the community could not be reached, and sees what is ours."""
        self.begin()
        self.agree('assertion-audience = "urn:oid:2.999.1"')
        self.sees_ours(self.token())
        self.agree("", signs=False)
        given = self.sees_ours(self.token())
        assert given.errors[0][0] == "XDSUnavailableCommunity", given.errors
        self.agree(TOLD + '\n\tassertion-confirmation = "holder-of-key"')
        self.sees_all(self.token())
        self.agree()
        self.sees_all(self.token())

    def key(self) -> None:
        """What is signed with is looked at before a start, and when it runs out that is told."""
        self.begin()
        for mode, told in ((0o644, "others than its owner may read it"), (None, "cannot be read"),
                           (0o600, "")):
            if mode is None:
                os.rename(self.signer, self.signer + ".away")
            else:
                if not os.path.exists(self.signer):
                    os.rename(self.signer + ".away", self.signer)
                os.chmod(self.signer, mode)
            done = subprocess.run([self.demo.minatod, "-t", "-c", self.demo.configuration],
                                  capture_output=True, text=True, check=False)
            said = done.stdout + done.stderr
            named = [line for line in said.splitlines() if "assertion-certificate" in line]
            assert bool(named) == bool(told) and all(told in line for line in named), said
            assert not told or done.returncode != 0, said
        assert "region assertion-certificate: the certificate runs out in 29 days" \
            in self.demo.log(1000), self.demo.log(1000)

    def purposes(self) -> None:
        """Each side's own word, in each side's record; what has none is asked of nobody there, and
        refused there."""
        self.begin()
        self.agree(f"{TOLD}\n\t{OUT}", IN)
        self.sees_all(self.token())
        assert "TREAT" in self.records(self.target, "ITI-38")[0]
        newest = self.records(self.their_target, "ITI-38")[0]
        assert "TREAT" in newest and "care" not in newest, newest
        before = len(self.records(self.their_target, "ITI-38"))
        given = self.sees_ours(self.token(purpose="HRESCH"))
        assert given.errors[0][0] == "XDSUnavailableCommunity", given.errors
        assert f"HRESCH^{ACT} has no name there" in given.errors[0][1], given.errors
        assert len(self.records(self.their_target, "ITI-38")) == before, "it was asked all the same"
        self.agree(TOLD, IN)
        self.sees_ours(self.token())
        refused = [one for one in self.tool(self.their_target, "audit", "search", "--system",
                                            "here-gateway") if one.get("problem")]
        assert refused and refused[0]["problem"] == "token-invalid", refused[:1]
        self.sees_all("")
        self.agree()

    def rules(self) -> None:
        """Our region's rules hold for what the other one gives: what they keep from a role here is
        as if it were not there either, and cannot be fetched."""
        self.begin()
        with open(os.path.join(self.demo.region, "region.policy"), encoding="utf-8") as rules:
            before = rules.read()
        self.agree()
        clerk = {"role": "4110", "role_system": "2.16.840.1.113883.2.9.6.2.7"}
        self.sees_all(self.token(**clerk))
        with open(os.path.join(self.demo.region, "region.policy"), "a", encoding="utf-8") as rules:
            rules.write(KEPT)
        self.agree()
        hidden = self.find(self.token(**clerk))
        assert (hidden.status, hidden.entries, hidden.errors) == ("Success", [], []), hidden.shown()
        fetched = self.read(self.token(**clerk))
        assert fetched.status == "Failure" and [code for code, _ in fetched.errors] \
            == ["XDSDocumentUniqueIdError"], fetched.shown()
        self.sees_all(self.token())
        assert self.read(self.token()).status == "Success"
        with open(os.path.join(self.demo.region, "region.policy"), "w", encoding="utf-8") as rules:
            rules.write(before)
        self.agree()

    def emergency(self) -> None:
        """He has left there: it is opened to who says why, here; there it is an override, which is
        reviewed, and he is told. Both records bear the same names and ids."""
        self.begin()
        assert self.their_target is not None
        self.tool(self.their_target, "consent", "leave", "--patient", self.their_scope.get("cx"),
                  "--reason", "moved")
        ordinary = self.find(self.token())
        assert ordinary.entries == [self.our_document], ordinary.shown()
        assert self.overrides("--all") == []
        for ours, about_us, code in ((TOLD, "", "ETREAT"), (f"{TOLD}\n\t{OUT}", IN, "BTG")):
            self.agree(ours, about_us)
            token = self.token(purpose="ETREAT", **WHY)
            self.sees_all(token)
            mine, other = (self.records(target, "ITI-38")[0]
                           for target in (self.target, self.their_target))
            assert "ETREAT" in mine and code in other, (mine, other)
            for name in (DOCTOR.replace("<", "&lt;").replace(">", "&gt;"),
                         base64.b64encode(THEIRS.encode()).decode()):
                assert name in mine and name in other, (name, mine, other)
            assert self.patients(mine) == self.patients(other) != set(), (mine, other)
            assert self.read(token).status == "Success"
        found = self.overrides()
        assert len(found) == 1 and found[0]["reason"] == WHY["reason"], found
        assert "dr.hyoji" in found[0]["who"], found
        for target, cx, what in ((self.target, self.scope.get("cx"), "ITI-18"),
                                 (self.their_target, self.their_scope.get("cx"),
                                  "override-started")):
            looked = self.tool(target, "audit", "who-looked", "--patient", cx)
            assert what in [one["transaction"] for one in looked], looked
        assert self.overrides("--all", here=True) == []
        self.closed_here(self.token(purpose="ETREAT", **WHY))
        self.bare = self.bare.replace('\temergency = "yes"\n', "")
        self.agree()
        assert self.find(self.token(purpose="ETREAT", **WHY)).entries == [self.our_document], \
            "a system that may not here may there"
        assert self.find(self.token()).entries == [self.our_document]

    def closed_here(self, token: str) -> None:
        """What is theirs alone is an override here as well, where he is closed here."""
        cx, why = self.scope.get("cx"), ("--reason", "asked to")
        self.tool(self.target, "consent", "leave", "--patient", cx, *why)
        home = f' home="{THEIRS}"'
        closed = self.find(self.token(), home)
        assert closed.entries == [] and self.overrides("--all", here=True) == [], closed.shown()
        opened = self.find(token, home)
        assert opened.entries == [self.their_document], opened.shown()
        found = self.overrides(here=True)
        assert len(found) == 1 and "dr.hyoji" in found[0]["who"], found
        self.tool(self.target, "consent", "join", "--patient", cx, *why)

    def provided(self) -> None:
        """What a gateway of ours provides there is kept there, of whom its code leads to: we find
        it there like any other, and read it; both regions' records of him name it."""
        self.begin()
        assert self.theirs is not None
        self.tool(self.their_target, "consent", "join", "--patient", self.their_scope.get("cx"),
                  "--reason", "came back")
        self.their_bare += PROVIDES
        self.agree()
        self.their_scope.values.update(
            {"their.home": THEIRS, "their.code": self.discover()["id"]})
        for step in casefile.read(os.path.join(PATIENTS, "provided.case")).cases[0].steps:
            self.theirs.do(step, self.their_scope)
        given = self.find(self.token())
        one = self.their_scope.get("oid.provided"), THEIRS
        assert one in given.entries and self.their_document in given.entries, given.shown()
        got = self.read(self.token(), "oid.provided")
        assert got.status == "Success" and got.package is not None, got.shown()
        octets = [part.octets for part in got.package.parts.values()]
        assert b"from-here" in octets, octets
        home = re.search(r'type="urn:ihe:iti:xca:2010:homeCommunityId" value="([^"]*)"',
                         self.records(self.their_target, "ITI-80")[0])
        assert home and base64.b64decode(home[1]).decode() == THEIRS, home
        looked = self.tool(self.their_target, "audit", "who-looked", "--everything", "--patient",
                           self.their_scope.get("cx"))
        assert ("ITI-80", "こちらの地域の文書") in [
            (each["transaction"], each["who"]) for each in looked], looked

    def sent(self) -> None:
        """What a facility here says is for there is registered there, and nowhere here; both
        regions' records call patient, set and home by the same ids."""
        self.begin()
        self.gateway = TAKES
        self.bare += THEIR_GATEWAY
        self.agree(TOLD + SENT.format(port=self.their_port()))
        self.scope.values["their.home"] = THEIRS
        for step in casefile.read(os.path.join(PATIENTS, "sent.case")).cases[0].steps:
            self.running.do(step, self.scope)
        given = self.find(self.token())
        assert (self.scope.get("oid.sent"), THEIRS) in given.entries, given.shown()
        self.their_scope.values["oid.sent"] = self.scope.get("oid.sent")
        got = self.read(self.token(), "oid.sent")
        assert got.status == "Success" and got.package is not None, got.shown()
        assert max(len(part.octets) for part in got.package.parts.values()) == 3145728
        mine, other = (self.records(target, "ITI-80")[0]
                       for target in (self.target, self.their_target))
        assert self.patients(mine) == self.patients(other) != set(), (mine, other)
        for name in (self.scope.get("oid.sent-set"), base64.b64encode(THEIRS.encode()).decode()):
            assert name in mine and name in other, (name, mine, other)
        looked = self.tool(self.target, "audit", "who-looked", "--everything", "--patient",
                           self.scope.get("cx"))
        assert "ITI-80" in [each["transaction"] for each in looked], looked

    @staticmethod
    def patients(record: str) -> set[str]:
        """As they crossed the border."""
        return set(re.findall(r'ParticipantObjectID="([^"]*)" ParticipantObjectTypeCode="1" '
                              'ParticipantObjectTypeCodeRole="1"', record))

    def ended(self) -> None:
        self.begin()
        assert self.there is not None and self.theirs is not None
        for target in (self.target, self.their_target):
            assert target is not None
            done = subprocess.run([*target.cli, "check"], capture_output=True, text=True,
                                  check=False)
            assert done.returncode == 0, done.stdout + done.stderr
        self.theirs.close()
        assert self.there.stop() == 0, self.there.log()

    def finish(self) -> None:
        """Whatever was shown of them."""
        assert self.there is not None
        if self.there.daemon is not None and self.there.daemon.poll() is None:
            self.there.stop()
        self.there.remove()


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Borders(running, demo)
    return [
        ("borders-told", "another region is told who asks, by an assertion of ours, and both "
         "records call him by one name", each.told),
        ("borders-untold", "an assertion for another audience, or none, gets nothing where one is "
         "demanded; for the holder of a key it is taken", each.untold),
        ("borders-key", "a key that cannot be read, or that others may read, is found before a "
         "start, and its certificate's end is told", each.key),
        ("borders-purposes", "purposes of use are called what they are called there, and none is "
         "guessed", each.purposes),
        ("borders-rules", "what our region's rules keep from a role is kept from it also when "
         "another region gives it", each.rules),
        ("borders-emergency", "who breaks the glass here breaks it there: an override, a review "
         "and both records", each.emergency),
        ("borders-provided", "a document that one region provides to the other is found and read "
         "there from the first", each.provided),
        ("borders-sent", "a document that a facility of one region provides for the other is "
         "registered there, of the same patient", each.sent),
        ("borders-ended", "both stores are sound", each.ended),
    ]
