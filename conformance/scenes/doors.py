"""Doors of every sort: what each does about certificates, what is to be had there, and what is told
of refusals."""
from __future__ import annotations

import atexit
import dataclasses
import http.client
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import time

from lib import checks, local
from lib.casefile import Step
from lib.region import VALUE_SETS, DemoRegion, free_ports, run
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import raw_exchange, tls_context

WITHIN = 60.0  # seconds until a reload, or what is told beside an answer, is felt
DOORS = """
https-door "mixed" {{
	address = "127.0.0.1"
	port = {mixed}
	crl = "pki/crl.pem"
	client-certificates = "optional"
	serves = {{"transactions", "health"}}
}}
https-door "watch" {{
	address = "127.0.0.1"
	port = {watch}
	client-certificates = "none"
	serves = {{"health", "metrics"}}
}}
https-door "strict" {{
	address = "127.0.0.1"
	port = {strict}
	crl = "pki/crl.pem"
}}
https-door "small" {{
	address = "127.0.0.1"
	port = {small}
	connections-per-peer = 1
	client-certificates = "optional"
	serves = {{"health"}}
}}
mllp-door "second" {{
	address = "127.0.0.1"
	port = {second}
}}
"""
AUTHORITY = """
[ca]
default_ca = own
[own]
database = {directory}/index.txt
default_md = sha256
default_crl_days = 30
"""
NOBODY, GOOD, UNREGISTERED = "nobody", "b-clinic", "z-stranger"
FORGED, REVOKED = "w-forged", "c-hospital"
ALL = (NOBODY, GOOD, UNREGISTERED, FORGED, REVOKED)
# Of whom a few refusals are told in ten seconds, and then a number: flood().
UNKNOWN = (NOBODY, FORGED, REVOKED)
ALONE = "d-pharmacy"  # it has no other connection: they are counted over all doors
REFUSED = 0  # in the handshake


@dataclasses.dataclass
class Row:
    """At one door, what these are answered when they ask for that."""
    door: str
    who: tuple[str, ...]
    what: str
    status: int  # REFUSED: no answer at all
    text: str = ""  # a regular expression in the body
    problem: str = ""  # /metrics counts it
    recorded: str = ""  # and the audit log has a record with that label


STRANGER = "no certificate was shown"
NOBODYS = "belongs to no registered system"
NODE = ("node-unknown", "node-authentication")
PATH = ("path-unknown", "refused")
METHOD = ("method", "refused")
HERE = "here are /metrics, /health/live, /health/ready"


def fault(text: str) -> str:
    return f"(?s)env:Sender.*{text}"


ROWS = [
    Row("strict", (GOOD,), "POST /pix", 200, "PRPA_IN201310UV02"),
    Row("strict", (UNREGISTERED,), "POST /pix", 403, fault(NOBODYS), *NODE),
    Row("strict", (NOBODY, FORGED, REVOKED), "POST /pix", REFUSED, "", *NODE),
    Row("strict", (GOOD,), "GET /health/live", 404, fault("no actor of this gateway"), *PATH),
    Row("strict", (NOBODY,), "GET /health/live", REFUSED, "", *NODE),
    Row("mixed", (GOOD,), "POST /pix", 200, "PRPA_IN201310UV02"),
    Row("mixed", (NOBODY,), "POST /pix", 403, fault(STRANGER), *NODE),
    Row("mixed", (UNREGISTERED,), "POST /pix", 403, fault(NOBODYS), *NODE),
    Row("mixed", (FORGED, REVOKED), "POST /pix", REFUSED, "", *NODE),
    Row("mixed", (FORGED, REVOKED), "GET /health/live", REFUSED, "", *NODE),
    Row("mixed", (NOBODY, GOOD, UNREGISTERED), "GET /health/live", 200, r"\Aok\n\Z"),
    Row("mixed", (NOBODY, GOOD), "GET /health/ready", 200, r"\Aok\n\Z"),
    Row("mixed", (NOBODY,), "GET /nowhere", 403, fault(STRANGER), *NODE),
    Row("mixed", (NOBODY,), "GET /metrics", 403, fault(STRANGER), *NODE),
    Row("mixed", (GOOD,), "GET /metrics", 404, fault("no actor of this gateway"), *PATH),
    Row("mixed", (NOBODY,), "POST /xds/registry", 403, fault(STRANGER), *NODE),
    Row("mixed", (NOBODY,), "GET /admin/status", 403, fault(STRANGER), *NODE),
    Row("watch", ALL, "GET /health/live", 200, r"\Aok\n\Z"),
    Row("watch", ALL, "HEAD /health/ready", 200, r"\A\Z"),
    Row("watch", (NOBODY, GOOD), "GET /metrics", 200, "minato_exchanges_total"),
    Row("watch", (NOBODY, GOOD), "POST /pix", 404, rf"\Athere is nothing at /pix; {HERE}\n\Z",
        *PATH),
    Row("watch", (NOBODY,), "GET /admin/status", 404, "there is nothing at /admin/status", *PATH),
    Row("watch", (NOBODY,), "POST /health/live", 405, "take POST, but GET, HEAD", *METHOD),
]


class Doors:
    """A region of its own with doors of every sort."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.demo = DemoRegion(demo.minatod, demo.minato)
        self.ports = dict(zip(("mixed", "watch", "strict", "small", "second"), free_ports(5)))
        more = VALUE_SETS + DOORS.format(**self.ports)
        self.target = self.demo.make(free_ports(1)[0], free_ports(1)[0], more)
        self.revoke(REVOKED)
        self.running = Runner(self.target, running.maker, running.grammars, running.region)
        self.running.macros = running.macros
        atexit.register(self.leave)
        self.demo.start(self.target)

    def leave(self) -> None:
        """Where the scene that ends it was not asked for."""
        if self.demo.daemon is not None and self.demo.daemon.poll() is None:
            self.demo.stop()
        self.demo.remove()

    def revoke(self, system: str) -> None:
        pki, own = os.path.join(self.demo.region, "pki"), self.demo.directory
        shown = ["openssl", "x509", "-noout", "-serial", "-in", self.target.certificate(system)]
        serial = run(shown, "serial").strip().partition("=")[2]
        with open(os.path.join(own, "index.txt"), "w", encoding="ascii") as index:
            index.write(f"R\t490101000000Z\t260101000000Z\t{serial}\tunknown\t/CN={system}\n")
        with open(os.path.join(own, "ca.conf"), "w", encoding="ascii") as conf:
            conf.write(AUTHORITY.format(directory=own))
        run(["openssl", "ca", "-config", os.path.join(own, "ca.conf"), "-gencrl",
             "-cert", os.path.join(pki, "ca.pem"),
             "-keyfile", os.path.join(pki, "private", "ca.key"),
             "-out", os.path.join(pki, "crl.pem")], "revocation list")

    def end(self) -> None:
        self.running.close()
        status = self.demo.stop()
        log = self.demo.log()
        self.demo.remove()
        assert status == 0, f"minatod ended with {status}: {log}"

    def tool(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self.target.cli, *words], capture_output=True, text=True,
                              check=False)

    def told(self, *words: str):
        return json.loads(self.tool(*words, "--output", "json").stdout or "[]")

    def doors(self) -> dict[str, dict]:
        return {row["door"]: row for row in self.told("status")["doors"]}

    def connect(self, door: str, who: str) -> http.client.HTTPSConnection:
        context = tls_context(self.target.ca, self.target.certificate(who))
        return http.client.HTTPSConnection(self.target.host, self.ports[door], timeout=60,
                                           context=context)

    def question(self) -> tuple[bytes, dict[str, str]]:
        scope = Scope(self.running.region, domain=self.running.region.get("domain.b"), id="NOBODY")
        at = f"{self.target.host}:{self.target.https_port}"
        said = self.running.maker.soap("iti45.xml", scope, [], at)
        return said.body, {"Content-Type": said.content_type}

    def ask(self, door: str, who: str, what: str) -> tuple[int, dict[str, str], str]:
        """Status, header fields and body; REFUSED when the handshake is."""
        method, _, path = what.partition(" ")
        body, headers = self.question() if method == "POST" else (b"", {})
        line = self.connect(door, who)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, fields, answer.read().decode("utf-8")
        except (ssl.SSLError, ConnectionError, http.client.HTTPException):
            return REFUSED, {}, ""
        finally:
            line.close()

    def problems(self, problem: str) -> int:
        status, _, said = self.ask("watch", NOBODY, "GET /metrics")
        found = re.search(rf'^minato_problems_total\{{problem="{problem}"\}} (\d+)$', said, re.M)
        assert status == 200
        return int(found.group(1)) if found else 0

    def records(self, label: str) -> list[dict]:
        return local.told(self.target.socket, "audit", "search", "--transaction", label,
                          "--limit", "1000") if label else []


def soon(holds) -> bool:
    """What is told beside an answer is told a moment later perhaps."""
    end = time.monotonic() + WITHIN
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def table(place: Doors) -> None:
    for row in ROWS:
        for who in row.who:
            name = f"{row.what} at {row.door} by {who}"
            count = place.problems(row.problem)
            old = {record["number"] for record in place.records(row.recorded)}
            status, headers, said = place.ask(row.door, who, row.what)
            assert status == row.status, f"{name}: {status} {said[:300]!r}"
            assert re.search(row.text, said), f"{name}: {said[:600]!r}"
            assert not status or headers.get("cache-control") == "no-store", f"{name}: {headers}"
            assert row.status != 405 or headers.get("allow") == "GET, HEAD", f"{name}: {headers}"
            if row.problem:
                assert soon(lambda: place.problems(row.problem) > count), \
                    f"{name}: /metrics does not count {row.problem}"
            if row.recorded and who not in UNKNOWN:
                fresh = lambda: [r for r in place.records(row.recorded) if r["number"] not in old]
                assert soon(fresh), f"{name}: no audit record {row.recorded}: {place.demo.log()}"
                assert place.target.host in json.dumps(fresh()), \
                    f"{name}: the record names no address: {fresh()}"


def first_of_each(place: Doors) -> None:
    """A stranger's refusal has its record as well, with the address and without what he wrote."""
    for label, what, door in (("node-authentication", "POST /pix", "mixed"),
                              ("refused", "GET /secret-path", "watch")):
        numbers = {record["number"] for record in place.records(label)}
        place.ask(door, NOBODY, what)
        fresh = lambda: [r for r in place.records(label) if r["number"] not in numbers]
        assert soon(fresh), f"{what}: no record {label}"
        record = fresh()[0]
        assert record["outcome"] != "success" and place.target.host in json.dumps(record), record
        assert "secret" not in json.dumps(record), record
        assert re.fullmatch("[0-9a-f]{16}", record["exchange"]), record
    assert "secret" not in place.demo.log(200), "the log has what a stranger wrote"


def flood(place: Doors) -> None:
    """Three hundred of one kind by somebody unknown: some records, and a number of the rest."""
    before = len(place.records("refused"))
    line = place.connect("watch", NOBODY)
    for _ in range(300):
        line.request("GET", "/nowhere")
        answer = line.getresponse()
        answer.read()
        assert answer.status == 404
    line.close()
    number = r"refused a peer .*path-unknown; and \d+ more like it"
    assert soon(lambda: re.search(number, place.demo.log(200))), place.demo.log(50)
    written = lambda: len(place.records("refused")) - before
    assert soon(lambda: written() >= 1), "no record of 300 refusals"
    assert written() <= 30, f"{written()} records of 300 refusals"


def asked_often(place: Doors) -> None:
    """Whether we are ready is tried once a second for all strangers together, not for each."""
    jobs = lambda: int(re.search(r"^minato_store_jobs_total (\d+)$",
                                 place.ask("watch", NOBODY, "GET /metrics")[2], re.M)[1])
    before, began = jobs(), time.monotonic()
    line = place.connect("watch", NOBODY)
    for _ in range(400):
        line.request("GET", "/health/ready")
        assert line.getresponse().read() == b"ok\n"
    line.close()
    made, seconds = jobs() - before, time.monotonic() - began
    assert made < 20 + 3 * seconds, f"400 questions of {seconds:.1f} s made {made} jobs"


def full(place: Doors) -> None:
    """One connection too many is told so in plain words, where no dialect is spoken, and when to
    come again."""
    first = place.connect("small", ALONE)
    first.request("GET", "/health/live")
    answer = first.getresponse()
    assert answer.read() == b"ok\n", answer.status
    status, fields, said = place.ask("small", ALONE, "GET /health/live")
    first.close()
    assert status == 503 and fields["retry-after"] == "1", (status, fields)
    wanted = r"too many connections of one system: .*\(key connections-per-peer of section https-"
    assert fields["content-type"].startswith("text/plain"), fields
    assert re.match(wanted, said), said


def clinics_beside(place: Doors) -> None:
    """MLLP at a further door is as at the first, and so is HTTPS at the first beside others."""
    scope = Scope(place.running.region, domain=place.running.region.get("domain.b"), id="NOBODY",
                  control="DOOR")
    context = tls_context(place.target.ca, place.target.certificate(GOOD))
    octets = b"\v" + place.running.maker.hl7("iti9.hl7", scope, []) + b"\x1c\r"
    for port in (place.target.mllp_port, place.ports["second"]):
        said = raw_exchange(place.target.host, port, context, octets,
                            lambda received: b"\x1c" in received)
        assert re.search(rb"MSA\|A[AE]\|", said), said
    answer = place.running.send_soap(Step("scene", "send", GOOD, "iti45.xml"), scope)
    assert checks.query_answer(answer, "AE 204") is None, answer


def by_curl(place: Doors) -> None:
    """A client nobody here wrote, as a load balancer's check would be made."""
    if shutil.which("curl") is None:
        return
    for path, wanted in (("/health/ready", 0), ("/metrics", 0), ("/pix", 22)):
        url = f"https://127.0.0.1:{place.ports['watch']}{path}"
        done = subprocess.run(["curl", "-sSf", "--cacert", place.target.ca, url],
                              capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == wanted, done


def shown(place: Doors) -> None:
    """What the operator is told of the doors."""
    doors = place.doors()
    assert list(doors) == ["https", "mllp", "admin", "mixed", "watch", "strict", "small",
                           "second"], doors
    wanted = {"https": ("https", "required", "transactions", True),
              "mllp": ("mllp", "required", "transactions", True),
              "admin": ("admin", "none", "health, metrics", True),
              "mixed": ("https", "optional", "transactions, health", True),
              "watch": ("https", "none", "health, metrics", True),
              "strict": ("https", "required", "transactions", True),
              "second": ("mllp", "required", "transactions", True)}
    for name, columns in wanted.items():
        row = doors[name]
        shows = (row["protocol"], row["certificates"], row["serves"], row["listens"])
        assert shows == columns, row
    assert {name: doors[name]["port"] for name in place.ports} == place.ports, doors
    values = place.told("config", "show")
    found = {(row["section"], row["key"]): row["value"] for row in values}
    assert found[("https-door watch", "client-certificates")] == '"none"', found
    assert found[("https-door mixed", "serves")] == '{"transactions", "health"}', found
    assert found[("https-door strict", "serves")] == '{"transactions"}', found


def ended(line: http.client.HTTPSConnection) -> bool:
    """The connection is gone, and was not opened anew."""
    line.auto_open = 0
    try:
        line.request("GET", "/health/live")
        return line.getresponse().read() != b"ok\n"
    except (OSError, http.client.HTTPException):
        return True


def reloads(place: Doors) -> None:
    """What is served, and to whom, by a reload; a door that is new, or gone, at the next start."""

    def rewrite(*pairs: tuple[str, str]) -> None:
        with open(place.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new, 1)
        with open(place.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)
        place.demo.daemon.send_signal(signal.SIGHUP)

    kept = place.connect("mixed", NOBODY)
    kept.request("GET", "/health/live")
    assert kept.getresponse().read() == b"ok\n"
    rewrite(('serves = {"health", "metrics"}', 'serves = {"health"}'))
    assert soon(lambda: place.ask("watch", NOBODY, "GET /metrics")[0] == 404), place.demo.log()
    assert place.ask("watch", NOBODY, "GET /health/ready")[0] == 200
    kept.request("GET", "/health/live")
    assert kept.getresponse().read() == b"ok\n", "a connection was dropped"
    # Insisting ends the connection of who has shown nothing.
    rewrite(('client-certificates = "optional"', 'client-certificates = "required"'),
            ('serves = {"health"}', 'serves = {"health", "metrics"}'))
    refused = lambda: place.ask("mixed", NOBODY, "GET /health/live")[0] == REFUSED
    assert soon(refused), place.demo.log()
    assert soon(lambda: ended(kept)), "who showed no certificate is still answered"
    assert place.ask("mixed", GOOD, "GET /health/live")[0] == 200
    assert place.ask("mixed", GOOD, "POST /pix")[0] == 200
    # A door that is named no more has nothing from then on, and its socket until the next start;
    # another waits for that.
    rewrite(('https-door "watch"', 'https-door "other"'))
    assert soon(lambda: place.ask("watch", NOBODY, "GET /health/live")[0] == 404), place.demo.log()
    waits = "takes effect at the next start: .*https-door other port"
    assert soon(lambda: re.search(waits, place.demo.log())), place.demo.log()
    doors = place.doors()
    assert "watch" not in doors and doors["other"]["listens"] is False, doors
    # What cannot be changes nothing.
    rewrite(('https-door "other"', 'https-door "watch"'),
            ('\n\tclient-certificates = "required"', '\n\tclient-certificates = "none"'))
    nobody = "this door asks nobody for a certificate"
    assert soon(lambda: nobody in place.demo.log()), place.demo.log()
    assert refused()


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    held: list[Doors] = []

    def at(show):
        def shows() -> None:
            if not held:
                held.append(Doors(running, demo))
            show(held[0])
        return shows

    def end(place: Doors) -> None:
        assert place.tool("check").returncode == 0
        assert place.tool("audit", "verify").returncode == 0
        place.end()

    return [
        ("doors-first", "a refusal of somebody unknown has its record", at(first_of_each)),
        ("doors-table", "doors, certificates, paths: each its answer, record and count", at(table)),
        ("doors-shown", "status and config show tell of each door", at(shown)),
        ("doors-clinics", "further doors of MLLP and HTTPS are as the first", at(clinics_beside)),
        ("doors-full", "a connection too many at a door of plain words", at(full)),
        ("doors-curl", "health and metrics without a certificate, by curl", at(by_curl)),
        ("doors-ready", "whether we are ready costs the store little", at(asked_often)),
        ("doors-flood", "refusals of somebody unknown are told as a number", at(flood)),
        ("doors-reload", "a reload changes what doors serve, and to whom", at(reloads)),
        ("doors-end", "the store and the audit log are whole", at(end)),
    ]
