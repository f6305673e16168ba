"""Minato as an Audit Record Repository (ITI-20): what other systems send is kept as it came, found,
counted and proved; what cannot be told from the next ends its connection."""
from __future__ import annotations

import base64
import contextlib
import glob
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import time

from lib.casefile import Step
from lib.region import VALUE_SETS, DemoRegion, free_ports, run
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import tls_context
from scenes.ssmix2_storages import minato

WITHIN = 60.0  # seconds until what was sent is found: past it something hangs
SECTIONS = """
syslog-door "records" {{
	address = "127.0.0.1"
	port = {door}
}}
"""
UDP = """syslog-udp {{
	address = "127.0.0.1"
	port = {udp}
	sources = {{"127.0.0.1"}}
"""
QUOTA = 'system "c-hospital" {\n\taudit-quota = "4KiB"'
RATE = 'system "d-pharmacy" {\n\trequests-per-second = "1"\n\texchanges-at-once = "1"'
SHARED = os.environ.get("MINATO_SHARED") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared")
MARK = b"\xef\xbb\xbf"


def message(event: str = "110112", kind: str = "ITI-18", patient: str = "7^^^&2.999.77&ISO",
            code: str = "csd-code", user: str = "doctor") -> bytes:
    escaped = patient.replace("&", "&amp;")
    return (f'<AuditMessage><EventIdentification EventActionCode="E" '
            f'EventDateTime="2026-01-15T09:30:00+09:00" EventOutcomeIndicator="0">'
            f'<EventID {code}="{event}" codeSystemName="DCM" originalText="x"/>'
            f'<EventTypeCode {code}="{kind}" codeSystemName="IHE Transactions" originalText="x"/>'
            f'</EventIdentification><ActiveParticipant UserID="{user}" UserIsRequestor="true"/>'
            f'<AuditSourceIdentification AuditSourceID="elsewhere"/>'
            f'<ParticipantObjectIdentification ParticipantObjectID="{escaped}" '
            f'ParticipantObjectTypeCode="1" ParticipantObjectTypeCodeRole="1">'
            f'<ParticipantObjectIDTypeCode {code}="2" originalText="x"/>'
            f'<ParticipantObjectName>n</ParticipantObjectName>'
            f'</ParticipantObjectIdentification></AuditMessage>').encode()


def syslog(text: bytes, number: int) -> bytes:
    return b"<85>1 2026-01-15T00:30:01.%06dZ his.example app 12 IHE+RFC-3881 - " % number + text


def frame(octets: bytes) -> bytes:
    return b"%d %s" % (len(octets), octets)


class Place:
    """A region of its own, with a door for records and one for datagrams."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.demo = DemoRegion(demo.minatod, demo.minato)
        self.door, self.udp = free_ports(2)
        self.target = self.demo.make(free_ports(1)[0], free_ports(1)[0], VALUE_SETS
                                     + SECTIONS.format(door=self.door))
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        assert 'system "c-hospital" {' in text and "syslog-udp {" in text
        text = text.replace("syslog-udp {", UDP.format(udp=self.udp), 1)
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text.replace('system "c-hospital" {', QUOTA, 1)
                       .replace('system "d-pharmacy" {', RATE, 1))
        self.running = Runner(self.target, running.maker, running.grammars, running.region)
        self.running.macros = running.macros
        self.demo.start(self.target)
        self.sent = 0

    def tool(self, *words: str):
        done = minato(self.target, *words, "--output", "json")
        assert done.returncode == 0, (words, done)
        return json.loads(done.stdout)

    def received(self, *words: str) -> list[dict]:
        said = self.tool("audit", "received", "--limit", "10000", *words)
        return said["records"] if isinstance(said, dict) else said

    def fresh(self, text: bytes | None = None, **parts: str) -> bytes:
        """A syslog message that was never sent before."""
        self.sent += 1
        return syslog(message(**parts) if text is None else text, self.sent)

    def connect(self, who: str | None) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.door), WITHIN)
        certificate = self.target.certificate(who) if who else None
        return tls_context(self.target.ca, certificate).wrap_socket(plain)

    def send(self, who: str, octets: bytes) -> None:
        with self.connect(who) as tls:
            tls.sendall(octets)
            with contextlib.suppress(OSError):  # it may end what it does not take
                tls.unwrap()

    def until(self, what: str, holds) -> None:
        end = time.monotonic() + WITHIN
        while not holds():
            assert time.monotonic() < end, f"too late: {what}\n{self.demo.log()}"
            time.sleep(0.02)

    def keeps(self, *octets: bytes) -> None:
        """All of these are there, octet for octet."""
        def there() -> bool:
            kept = {base64.b64decode(row["octets"]) for row in self.received()}
            return all(one in kept for one in octets)
        self.until("the records are there", there)

    def lacks(self, octets: bytes) -> None:
        assert octets not in {base64.b64decode(row["octets"]) for row in self.received()}

    def ended(self, tls: ssl.SSLSocket) -> None:
        tls.settimeout(WITHIN)
        try:
            assert tls.recv(1) == b"", "something was answered"
        except TimeoutError:
            raise AssertionError("the connection was kept") from None
        except OSError:
            pass  # without a word

    def end(self) -> None:
        assert self.tool("check")["valid"]
        said = self.tool("audit", "verify")
        assert said["valid"] and said["received"]["whole"], said
        self.running.close()
        status = self.demo.stop()
        log = self.demo.log()
        self.demo.remove()
        assert status == 0, f"minatod ended with {status}: {log}"


def taken(place: Place) -> None:
    first, second = place.fresh(), place.fresh(MARK + message(event="110106", kind="ITI-43"))
    old = place.fresh(code="code", patient="8^^^&2.999.77&ISO", user="nurse")
    large = place.fresh(message()[:-len(b"</AuditMessage>")] + b"<!--" + b"x" * 900_000 + b"-->"
                        b"</AuditMessage>")
    place.send("b-clinic", frame(first) + frame(second) + frame(old))
    place.send("a-hospital", frame(large))
    place.keeps(first, second, old, large)
    rows = {base64.b64decode(row["octets"]): row for row in place.received()}
    row = rows[first]
    assert row["source"] == "b-clinic" and row["host"] == "his.example", row
    assert row["time"] == "2026-01-15T00:30:00.000Z" and row["user"] == "doctor", row
    assert (row["event"], row["type"], row["outcome"]) == ("110112", "ITI-18", "0"), row
    assert row["patient"] == "7^^^&2.999.77&ISO" and row["record"].encode() == first, row
    assert "odd" not in row and "odd" not in rows[large], row
    assert rows[old]["event"] == "110112", rows[old]
    for words, wanted in (
            (("--source", "a-hospital"), {large}),
            (("--type", "ITI-43"), {second}),
            (("--event", "110112"), {first, old, large}),
            (("--user", "nurse"), {old}),
            (("--outcome", "8"), set()),
            (("--from", "2026-01-15T00:30:01Z"), set()),
            (("--from", "2026-01-15T00:30:00Z", "--to", "2026-01-15T00:30:01Z"), set(rows)),
            (("--source", "b-clinic", "--event", "110106"), {second})):
        found = {base64.b64decode(one["octets"]) for one in place.received(*words)}
        assert found == wanted, (words, len(found))
    shown = place.tool("audit", "show", str(row["number"]))
    assert base64.b64decode(shown[0]["octets"]) == first, shown
    assert minato(place.target, "audit", "show", "999999").returncode == 1
    assert minato(place.target, "audit", "received", "--source", "nobody").returncode == 1


def in_pages(place: Place) -> None:
    numbers, mark = [], []
    while True:
        said = minato(place.target, "audit", "received", "--limit", "2", *mark, "--output", "json")
        assert said.returncode == 0, said
        numbers += [row["number"] for row in json.loads(said.stdout)]
        following = re.search(r"--after (\S+)", said.stderr)
        if following is None:
            break
        mark = ["--after", following.group(1)]
    assert numbers == [row["number"] for row in place.received()], numbers


BROKEN = (b"012 x", b"0 ", b"abc ", b"12345678901234567890123 x", b" 3 abc", b"\n3 abc",
          b"<85>1 - h a p m - non-transparent\n", b"99999999 x")


def broken(place: Place) -> None:
    for octets in BROKEN:
        good, after = place.fresh(), place.fresh()
        with place.connect("b-clinic") as tls:
            tls.sendall(frame(good) + octets + frame(after))
            place.ended(tls)
        place.keeps(good)
        place.lacks(after)
    half = place.fresh()
    place.send("b-clinic", frame(half)[:-1])
    place.send("b-clinic", frame(place.fresh()))
    place.lacks(half)


def strangers(place: Place) -> None:
    record = place.fresh()
    with place.connect("z-stranger") as tls:
        tls.sendall(frame(record))
        place.ended(tls)
    try:
        with place.connect(None) as tls:
            tls.sendall(frame(record))
            place.ended(tls)
    except OSError:
        pass
    place.lacks(record)
    found = place.tool("audit", "search", "--transaction", "node-authentication")
    assert found, "the stranger is not recorded"


def again(place: Place) -> None:
    record, other = place.fresh(), place.fresh()
    place.send("b-clinic", frame(record) + frame(record) + frame(other))
    place.send("a-hospital", frame(record))
    place.keeps(other)
    place.until("all are there", lambda: sum(
        base64.b64decode(row["octets"]) == record for row in place.received()) == 3)
    rows = sorted((row for row in place.received()
                   if base64.b64decode(row["octets"]) == record), key=lambda row: row["number"])
    assert "again" not in rows[0], rows
    assert [row["again"] for row in rows[1:]] == [rows[0]["number"]] * 2, rows


def odd(place: Place) -> None:
    for octets, wanted in (
            (b"<85>Jan 15 00:30:01 host su: failed", ["no header of RFC 5424", "no AuditMessage"]),
            (b"<999>1 - h a p m - " + message(), ["no header of RFC 5424", "no AuditMessage"]),
            (place.fresh(b"no XML"), ["no AuditMessage"]),
            (place.fresh(message()[:300]), ["not whole"]),
            (place.fresh(b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + message()),
             ["no AuditMessage"]),
            (b"\x00\xff\xfe", ["no header of RFC 5424", "no AuditMessage"])):
        place.send("b-clinic", frame(octets))
        place.keeps(octets)
        row = next(row for row in place.received() if base64.b64decode(row["octets"]) == octets)
        assert row["odd"] == wanted, row


def quota(place: Place) -> None:
    kept = [place.fresh() for _ in range(3)]
    beyond = place.fresh(b"x" * 4096)
    place.send("c-hospital", b"".join(map(frame, kept)))
    place.keeps(*kept)
    with place.connect("c-hospital") as tls:
        tls.sendall(frame(beyond))
        place.ended(tls)
    place.lacks(beyond)
    other = place.fresh()
    place.send("b-clinic", frame(other))
    place.keeps(other)
    assert "disk-quota" in place.demo.log(200), place.demo.log(200)


def at_any_rate(place: Place) -> None:
    """What is refused is lost: requests-per-second is for those who get an answer."""
    records = [place.fresh() for _ in range(20)]
    place.send("d-pharmacy", b"".join(map(frame, records)))
    place.keeps(*records)


def datagrams(place: Place) -> None:
    record, cut, foreign = place.fresh(), place.fresh()[:400], place.fresh()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.2", 0))
        line.sendto(foreign, ("127.0.0.1", place.udp))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.sendto(record, ("127.0.0.1", place.udp))
        line.sendto(cut, ("127.0.0.1", place.udp))
    place.keeps(record, cut)
    place.lacks(foreign)
    rows = place.received("--source", "udp 127.0.0.1")
    assert {base64.b64decode(row["octets"]) for row in rows} == {record, cut}, rows
    assert next(row for row in rows if base64.b64decode(row["octets"]) == cut)["odd"], rows


def looked_at(place: Place) -> None:
    """Who looks at them is recorded, and found by whom he asked for."""
    patient = "031@b-clinic"
    place.received("--patient", patient)
    found = place.tool("audit", "search", "--transaction", "audit-received", "--limit", "1")
    record = (found["records"] if isinstance(found, dict) else found)[0]
    assert record["event_code"] == "110101" and record["action"] == "R", record
    assert 'type="patient"' in record["record"], record


def crashed(place: Place) -> None:
    """What was found once is there for good; and the log has noted how far they had come. A stop
    before it loses nothing either."""
    assert place.demo.stop() == 0
    place.demo.start(place.target)
    records = [place.fresh() for _ in range(20)]
    place.send("b-clinic", b"".join(map(frame, records)))
    place.keeps(*records)
    before = len(place.received())
    place.demo.daemon.send_signal(signal.SIGKILL)
    place.demo.daemon.wait()
    place.demo.start(place.target)
    place.keeps(*records)
    assert len(place.received()) == before
    place.until("how far they had come is noted", lambda: place.tool("audit", "verify")["received"]
                ["covered"] == before)
    said = place.tool("audit", "verify")
    assert said["valid"] and said["received"]["records"] == before, said


def others(place: Place) -> None:
    """What other products send: each is taken, and its event is known."""
    paths = sorted(glob.glob(os.path.join(SHARED, "samples", "security", "audit*", "*.xml")))
    sent = {}
    for path in paths:
        with open(path, "rb") as file:
            sent[path] = place.fresh(file.read())
    if not sent:
        return
    place.send("a-hospital", b"".join(map(frame, sent.values())))
    place.keeps(*sent.values())
    rows = {base64.b64decode(row["octets"]): row for row in place.received()}
    for path, octets in sent.items():
        assert rows[octets].get("event"), (path, rows[octets])


def beside_a_feed(place: Place) -> None:
    """Our own records are made meanwhile, and are none of these."""
    before = len(place.received())
    place.running.do(Step("scene", "do", "", "two-records"), Scope(place.running.region))
    assert place.tool("audit", "search", "--transaction", "ITI-44")
    assert len(place.received()) == before


def exported(place: Place) -> None:
    """Both logs into files that prove themselves, with the public key and nothing else."""
    at = place.demo.directory
    public = os.path.join(at, "node.pub")
    run(["openssl", "pkey", "-in", os.path.join(place.demo.region, "pki", "private",
                                                "audit-anchor.key"),
         "-pubout", "-out", public], "public key")
    for kind, words in (("own", ()), ("received", ("--received",))):
        path = os.path.join(at, f"{kind}.audit")
        said = place.tool("audit", "export", path, *words)
        assert said["records"] > 10, said
        refused = minato(place.target, "audit", "export", path, *words)
        assert refused.returncode == 1 and "exists" in refused.stderr, refused
        status, verdict = verified(place, path, public)
        assert status == 0 and verdict["valid"] and verdict["kind"] == kind, verdict
        assert verdict["records"] == said["records"], (verdict, said)
        with open(path, "rb") as file:
            lines = file.read().splitlines(keepends=True)
        entries = [n for n, line in enumerate(lines) if line.startswith(b"entry ")]
        one, next_one = entries[2], entries[3]
        for changed in (lines[:one] + lines[next_one:],  # left out
                        lines[:one] + lines[next_one:next_one + 1] + lines[one:],  # exchanged
                        lines[:one] + [lines[one].replace(b"A", b"B")] + lines[one + 1:],
                        lines[:-1]):
            with open(path, "wb") as file:
                file.write(b"".join(changed))
            status, verdict = verified(place, path, public)
            assert status == 1 and not verdict["valid"] and verdict["faults_in_all"] > 1, verdict
    none = os.path.join(at, "none.audit")
    assert place.tool("audit", "export", none, "--to", "2001-01-01")["records"] == 0
    assert verified(place, none, public)[0] == 0


def verified(place: Place, path: str, public: str) -> tuple[int, dict]:
    """By the tool, where there is no configuration and no daemon."""
    done = subprocess.run([place.demo.minato, "-c", "/nonexistent", "audit", "verify", path,
                           "--key", public, "--output", "json"], capture_output=True, text=True,
                          check=False)
    return done.returncode, json.loads(done.stdout)


SHOWN = (
    ("taken", "kept as it came, and found by what it says", taken),
    ("pages", "told page by page", in_pages),
    ("broken", "a frame that cannot be read ends its connection, what came before stays", broken),
    ("strangers", "nothing is taken of whoever is no registered system", strangers),
    ("again", "what is sent again is marked", again),
    ("odd", "whatever is no audit record is kept all the same", odd),
    ("quota", "a source past its quota is ended, and no other", quota),
    ("rate", "as many as come, whatever else a source may ask", at_any_rate),
    ("datagrams", "datagrams of known addresses, cut ones too", datagrams),
    ("looked-at", "who looks at them is recorded", looked_at),
    ("others", "what other products send", others),
    ("own", "our own records are no received ones", beside_a_feed),
    ("exported", "both logs as files that prove themselves", exported),
    ("crash", "killed: nothing is lost, and the log says how far they had come", crashed),
)


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    held: list[Place] = []

    def at(show):
        def shows() -> None:
            if not held:
                held.append(Place(running, demo))
            show(held[0])
        return shows

    return [(f"received-{name}", why, at(show)) for name, why, show in SHOWN] + [
        ("received-end", "the store and both logs are whole", at(Place.end))]
