"""Partners that behave badly when answers are sent to them (ITI TF-2: V.5), each misbehaviour by
its name, and what the operator sees and does of it."""
from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import threading
import time

from lib import local, soap
from lib.partner import Partner, Silent
from lib.region import DemoRegion, certify
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import HttpClient, Reply, tls_context

PER_PARTNER = 25
SETTINGS = {"errands-per-partner": str(PER_PARTNER)}
GET_DOCUMENTS = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
FIND_DOCUMENTS = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
PATIENT = "NOBODY-BUT-ME^^^&2.999.1&ISO"
WITHIN = 120.0  # seconds for what comes by itself: a pause after a few failures, on a busy machine
# How it behaves: what becomes of the errand, and what the operator reads of it.
MANNERS = {
    "well": ("done", ""), "huge": ("done", ""), "broken-envelope": ("done", ""),
    "busy": ("waiting", "HTTP status 503"), "fault-receiver": ("waiting", "SOAP fault Receiver"),
    "unknown": ("aside", "HTTP status 404"), "redirects": ("aside", "HTTP status 307"),
    "fault": ("aside", "SOAP fault Sender"), "fault-as-200": ("aside", "SOAP fault Sender"),
    "breaks-off": ("waiting", ""), "babbles": ("waiting", ""),
}
# Somebody whose certificate nobody issued: how the configuration knows him, and
# whether he gets anything.
PINNED = "partner.example"
KNOWN = {
    "by-certificate-and-name": (('server-certificate = "pki/clients/p-pinned.pem"',
                                 f'server-name = "{PINNED}"'), True),
    "by-certificate": (('server-certificate = "pki/clients/p-pinned.pem"',), False),
    "by-name": ((f'server-name = "{PINNED}"',), False),
}


class Errands:
    """In a region of its own, whose systems may have their answers sent to these partners."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo, self.target = running, demo, running.target
        pki = os.path.join(demo.region, "pki")
        self.server, self.ca = os.path.join(pki, "server.pem"), os.path.join(pki, "ca.pem")
        self.forged, self.pinned = (os.path.join(pki, "clients", name + ".pem")
                                    for name in ("w-forged", "p-pinned"))
        self.partners: dict[str, Partner | Silent] = {}

    def begin(self) -> None:
        """The partners, listed in the configuration."""
        if self.partners:
            return
        for manner in MANNERS:
            self.partners[manner] = Partner(manner, self.server, self.ca)
        self.partners["redirects"].elsewhere = self.partners["well"].address
        self.partners["wrong-certificate"] = Partner("well", self.forged, self.ca)
        self.partners["silent"] = Silent()
        self.partners["neighbour"] = Partner("well", self.server, self.ca)
        self.partners["another"] = Partner("well", self.server, self.ca)
        certify(self.demo.region, "p-pinned", None, PINNED)
        for name in KNOWN:
            self.partners[name] = Partner("well", self.pinned, self.ca)
        keys = {name: known for name, (known, _) in KNOWN.items()}
        keys["another"] = ('server-certificate = "pki/clients/p-pinned.pem"',)
        keys["neighbour"] = ('certificate = "pki/clients/b-clinic.pem"', 'connections = "1"')
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        own = ", ".join(f'"{name}"' for name in self.partners if name != "neighbour")
        text = text.replace('reply-to = {"', f'reply-to = {{{own}, "', 1)
        text = text.replace('system "b-clinic" {',
                            'system "b-clinic" {\n\treply-to = {"neighbour"}', 1)
        for name, partner in self.partners.items():
            lines = (f'url = "{partner.address}"', 'for = {"answers"}', *keys.get(name, ()))
            text += f'partner "{name}" {{\n' + "".join(f"\t{line}\n" for line in lines) + "}\n"
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)
        self.demo.stop()
        self.demo.start(self.target)

    # -- what a consumer does, and the operator ----------------------------------------------------

    def post(self, name: str, values: Scope, changes: list[tuple[str, str]]) -> Reply:
        sent = self.running.maker.soap(name, values, changes, self.target.host)
        client = HttpClient(self.target.host, self.target.https_port,
                            tls_context(self.target.ca, self.target.certificate("x-consumer")))
        reply = client.request("POST", sent.path, {"Content-Type": sent.content_type}, sent.body)
        client.close()
        return reply

    def submit(self, number: int, patient: str) -> Reply:
        """A registration whose answer is for the partner that is busy."""
        changes = [("+", f"set id=ss uid=2.999.7.{number} patient={patient}"),
                   ("+", f"entry id=d1 uid=2.999.8.{number} patient={patient} size=5 repo=2.999.21"
                         " hash=aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
                   ("+", "member from=ss to=d1"),
                   ("~", f"//a:ReplyTo/a:Address = {self.partners['busy'].address}")]
        return self.post("iti42.xml", Scope(None), changes)

    def registered(self, number: int) -> bool:
        asked = Scope(None, query=GET_DOCUMENTS)
        reply = self.post("iti18.xml", asked, [
            ("+", f"slot name=$XDSDocumentEntryUniqueId value=\"('2.999.8.{number}')\"")])
        return f"2.999.8.{number}".encode() in reply.body

    def request(self, address: str):
        values = Scope(None, query=FIND_DOCUMENTS, patient=PATIENT)
        changes = [("+", "patient-slots"), ("~", f"//a:ReplyTo/a:Address = {address}")]
        return self.running.maker.soap("iti18.xml", values, changes, self.target.host)

    def ask(self, name: str, system: str = "x-consumer") -> Reply:
        sent = self.request(self.partners[name].address)
        client = HttpClient(self.target.host, self.target.https_port,
                            tls_context(self.target.ca, self.target.certificate(system)))
        reply = client.request("POST", sent.path, {"Content-Type": sent.content_type}, sent.body)
        client.close()
        return reply

    def accepted(self, name: str, system: str = "x-consumer") -> None:
        reply = self.ask(name, system)
        assert reply.status == 202 \
            and not reply.body, f"{name}: HTTP {reply.status} {reply.body[:200]!r}"

    def tool(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([*self.target.cli, *words], capture_output=True,
                              text=True, check=False)

    def told(self, *words: str):
        done = self.tool(*words, "--output", "json")
        assert done.returncode == 0, f"minato {' '.join(words)}: {done.returncode} {done.stderr}"
        return json.loads(done.stdout)

    def errands(self, name: str) -> list[dict]:
        address = self.partners[name].address
        return [each for each in local.told(self.target.socket, "errand", "list", "--limit", "1000")
                if each["address"] == address]

    def until(self, name: str, holds) -> list[dict]:
        """The errands for that partner, once this holds of them."""
        end = time.monotonic() + WITHIN
        while not holds(seen := self.errands(name)):
            assert time.monotonic() < end, f"{name}: {seen}"
            threading.Event().wait(0.05)
        return seen

    def drop_all(self) -> None:
        local.drop_all(self.target.socket)

    # -- what is shown -----------------------------------------------------------------------------

    def misbehaviour(self, name: str, fate: str, words: str) -> None:
        partner = self.partners[name]
        before = len(partner.got)
        self.accepted(name)
        if fate == "done":
            assert len(partner.wait(before + 1)) > before, f"{name}: nothing came"
            self.until(name, lambda seen: not seen)
            return
        state = "aside" if fate == "aside" else "waiting"
        seen = self.until(name, lambda seen: seen and seen[0]["state"] == state
                          and seen[0].get("problem"))
        assert words in seen[0]["problem"] and seen[0]["attempts"] >= 1, f"{name}: {seen}"
        if isinstance(partner, Partner) and fate == "aside":
            assert len(partner.got) == before + 1, \
                f"{name}: it came {len(partner.got) - before} times"

    def bad_partners(self) -> None:
        self.begin()
        self.accepted("silent")     # whose call lasts while all others are spoken of
        for name, (fate, words) in MANNERS.items():
            self.misbehaviour(name, fate, words)
        self.misbehaviour("wrong-certificate", "waiting", "certificate")
        assert not self.partners["wrong-certificate"].got, "an answer went to somebody nobody knows"
        assert len(self.partners["well"].got) == 1, "a redirect was followed"
        troubled = {each["address"]: each for each in self.told("status")["outbox"]["troubled"]}
        lacking = [name for name, (fate, _) in MANNERS.items() if fate != "done"
                   and self.partners[name].address not in troubled]
        assert not lacking, f"status does not tell of {lacking}"
        log = self.demo.log(200)
        assert PATIENT[:10] not in log and "was set aside" in log, log
        self.drop_all()

    def known_by(self) -> None:
        """A partner is whom its section says, by certificate and name; we are whom it says."""
        self.begin()
        for name, (_, gets) in KNOWN.items():
            self.misbehaviour(name, "done" if gets else "waiting", "" if gets else "certificate")
            assert len(self.partners[name].got) == gets, f"{name}: {len(self.partners[name].got)}"
        self.misbehaviour("another", "waiting", "certificate")
        assert not self.partners["another"].got, \
            "an answer went to somebody of the region who is not the partner"
        self.accepted("neighbour", "b-clinic")
        neighbour, pinned = self.partners["neighbour"], self.partners["by-certificate-and-name"]
        assert isinstance(neighbour, Partner) and isinstance(pinned, Partner)
        neighbour.wait(1)
        assert neighbour.called[0][0] == "b-clinic", neighbour.called
        assert pinned.called[0][1] == pinned.address.split("/")[2], pinned.called
        self.drop_all()

    def nobody_waits(self) -> None:
        """A neighbour's answers come while every other partner misbehaves."""
        self.begin()
        for name in self.partners:
            if name not in ("neighbour", "well"):
                self.accepted(name)
        before = len(self.partners["neighbour"].got)
        for _ in range(5):
            self.accepted("neighbour", "b-clinic")
        assert len(self.partners["neighbour"].wait(before + 5)) == before + 5
        self.drop_all()

    def comes_back(self) -> None:
        """In order, each once more at most, in the octets of the first time; a kill in
        between changes nothing."""
        self.begin()
        partner = self.partners["busy"]
        assert isinstance(partner, Partner)
        partner.got.clear()
        for _ in range(3):
            self.accepted("busy")
        first = partner.wait(1)[0]
        numbers = [each["number"] for each in self.errands("busy")]
        assert len(numbers) == 3 and numbers == sorted(numbers), numbers
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        self.demo.start(self.target)
        assert [each["number"] for each in self.errands("busy")] == numbers
        partner.manner = "well"
        self.tool("errand", "retry", str(numbers[0]))
        self.until("busy", lambda seen: not seen)
        taken = partner.got[-3:]
        ids = [soap.parse(each).xpath("string(//a:MessageID)", namespaces=soap.NS)
               for each in partner.got]
        assert taken[0] == first and len(set(taken)) == 3 and len(set(ids)) == 3, ids
        assert ids[:-2] == [ids[0]] * (len(ids) - 2), f"not in order: {ids}"
        partner.manner = "busy"

    def operator(self) -> None:
        """Shows without what it says, retries what was set aside, drops with a reason; each
        look and deed recorded."""
        self.begin()
        partner = self.partners["unknown"]
        assert isinstance(partner, Partner)
        partner.got.clear()
        self.accepted("unknown")
        self.accepted("unknown")
        one, two = self.until("unknown", lambda seen: len(seen) == 2
                              and all(each["state"] == "aside" for each in seen))
        shown = self.tool("errand", "show", str(one["number"]))
        assert shown.returncode == 0 and "NOBODY" not in shown.stdout, shown.stdout
        record = self.told("audit", "search", "--transaction", "errand-show")[0]
        assert f"errand {one['number']}" in record["record"], record
        partner.manner = "well"
        assert self.told("errand", "retry", str(one["number"]))["state"] == "waiting"
        self.until("unknown", lambda seen: len(seen) == 1)
        assert self.tool("errand", "drop", str(two["number"])).returncode == 2
        assert self.tool("errand", "drop", str(two["number"]), "--reason",
                         "asked again").returncode == 0
        assert not self.errands("unknown") and len(partner.got) == 3, len(partner.got)
        decisions = self.told("audit", "search", "--transaction", "errand-decision", "--limit", "2")
        assert "asked again" in json.dumps(decisions[0]) \
            or "YXNrZWQgYWdhaW4=" in decisions[0]["record"], decisions[0]
        assert self.tool("errand", "show", str(two["number"])).returncode == 1
        partner.manner = "unknown"

    def full(self) -> None:
        """Beyond the bound nothing more is accepted, of this partner; the
        refusal says number and key."""
        self.begin()
        self.drop_all()
        for _ in range(PER_PARTNER):
            self.accepted("busy")
        reply = self.ask("busy")
        root = soap.parse(reply.body)
        code = root.xpath("string(//s:Code/s:Value)", namespaces=soap.NS)
        why = root.xpath("string(//s:Reason/s:Text)", namespaces=soap.NS)
        assert reply.status == 503 and code.endswith(":Receiver"), (reply.status, reply.body)
        assert reply.headers["retry-after"] == "60", reply.headers
        assert reply.headers["cache-control"] == "no-store", reply.headers
        assert f"outbox errands-per-partner allows {PER_PARTNER}" in why, why
        found = self.told("audit", "search", "--problem", "outbox-full")
        assert len(found) == 1, found
        self.accepted("neighbour", "b-clinic")
        self.drop_all()
        self.accepted("busy")
        self.drop_all()

    def changes(self) -> None:
        """A submission whose answer cannot be kept is none; one whose answer is kept is whole,
        and answered after a kill, too, in the octets of the first time."""
        self.begin()
        self.drop_all()
        partner = self.partners["busy"]
        assert isinstance(partner, Partner)
        fed = self.post("iti44.xml", Scope(None, domain="2.999.31", id="E1", family="エランド",
                                           given="タロウ", phone="0312345678"), [])
        assert b'"CA"' in fed.body, fed.body
        patient = "E1^^^&2.999.31&ISO"
        for _ in range(PER_PARTNER):
            self.accepted("busy")
        refused = self.submit(1, patient)
        assert refused.status == 503 and b"errands-per-partner" in refused.body, refused.body
        assert not self.registered(1)
        self.drop_all()
        partner.got.clear()
        for number, who in ((1, patient), (2, "NOBODY^^^&2.999.31&ISO")):
            reply = self.submit(number, who)
            assert reply.status == 202 and not reply.body, (reply.status, reply.body)
        assert self.registered(1) and not self.registered(2)
        first = partner.wait(1)[0]
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        self.demo.start(self.target)
        partner.manner = "well"
        self.tool("errand", "retry", str(self.errands("busy")[0]["number"]))
        self.until("busy", lambda seen: not seen)
        taken = partner.got[-2:]
        partner.manner = "busy"
        assert taken[0] == first and b"ResponseStatusType:Success" in taken[0], taken[0]
        assert b"XDSUnknownPatientId" in taken[1], taken[1]

    def asker_left(self) -> None:
        self.begin()
        partner = self.partners["well"]
        assert isinstance(partner, Partner)
        before, sent = len(partner.got), self.request(partner.address)
        connection = http.client.HTTPSConnection(self.target.host, self.target.https_port,
                                                 context=tls_context(
                                                     self.target.ca,
                                                     self.target.certificate("x-consumer")))
        connection.request("POST", sent.path, sent.body, {"Content-Type": sent.content_type})
        connection.sock.shutdown(socket.SHUT_WR)
        came = partner.wait(before + 1)
        connection.close()
        assert len(came) == before + 1, "the answer did not come"


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Errands(running, demo)
    return [("errands-bad-partners",
             "each misbehaviour harms its own answer only, and is told by its name",
             each.bad_partners),
            ("errands-known-by",
             "a partner is whom its section says, and is shown the certificate it says",
             each.known_by),
            ("errands-nobody-waits",
             "a neighbour's answers come while every other partner misbehaves", each.nobody_waits),
            ("errands-comes-back",
             "what waited comes in order and in the same octets, after a kill too",
             each.comes_back),
            ("errands-operator", "list, show, retry and drop, each recorded", each.operator),
            ("errands-full", "beyond errands-per-partner a fault says number and key", each.full),
            ("errands-changes",
             "a change whose answer cannot be kept is none; else it is answered, after a kill too",
             each.changes),
            ("errands-asker-left", "who closes his connection at once has his answer nevertheless",
             each.asker_left)]
