"""`minato diagnose`: what fails at a partner's door, and at ours, is told by its name, with what to
do; whoever was refused is told none of it."""
from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import socket
import ssl
import subprocess
import time

from lib.issuer import Issuer
from lib.partner import Partner, Silent
from lib.region import DemoRegion, certify
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import HttpClient, Refused, context_anew, raw_exchange, tls_context

WITHIN = 120.0  # seconds for what comes by itself, on a busy machine
# How a partner behaves: how the tool ends, and what it finds.
MANNERS = {
    "well": (0, "well"), "busy": (4, "http-status"), "unknown": (4, "http-status"),
    "redirects": (1, "redirect"), "fault": (4, "soap-fault"), "fault-as-200": (4, "soap-fault"),
    "fault-receiver": (4, "soap-fault"), "broken-envelope": (1, "malformed"),
    "huge": (1, "too-large"), "breaks-off": (1, "closed"), "babbles": (1, "not-http"),
    "wrong-certificate": (1, "issuer-unknown"), "wrong-name": (1, "certificate-name"),
    "not-admitted": (4, "tls-alert"), "silent": (5, "tls-time"), "shut": (5, "refused"),
}
SECTION = ('partner "{name}" {{\n\turl = "{url}"\n\tfor = {{"answers"}}\n\tconnect-within = 3s\n'
           "{more}}}\n")
ENTITY = "https://idp.example/xua"
ISSUER = 'assertion-issuer "idp" {{\n\tentity-id = "{}"\n\tcertificate = "{}"\n}}\n'
FORGED, STRANGER, GOOD = "w-forged", "z-stranger", "b-clinic"


class Diagnosing:
    """In a region of its own, with partners of every manner."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo, self.target = running, demo, running.target
        self.partners: dict[str, Partner | Silent] = {}
        self.issuer = Issuer(demo.directory, ENTITY)

    def begin(self) -> None:
        if self.partners:
            return
        pki = os.path.join(self.demo.region, "pki")
        server, ca = os.path.join(pki, "server.pem"), os.path.join(pki, "ca.pem")
        for manner in MANNERS:
            if manner in ("silent", "shut", "not-admitted", "wrong-certificate", "wrong-name"):
                continue
            self.partners[manner] = Partner(manner, server, ca)
        certify(self.demo.region, "p-alone", None, "partner.example")
        alone = os.path.join(pki, "clients", "p-alone.pem")
        self.partners["wrong-certificate"] = Partner("well", alone, ca)
        self.partners["wrong-name"] = Partner("well", server, ca)
        self.partners["not-admitted"] = Partner("well", server, alone)
        self.partners["silent"] = Silent()
        shut = Silent()
        self.partners["shut"] = shut
        shut.close()
        more = {"wrong-name": '\tserver-name = "partner.example"\n'}
        with open(self.demo.configuration, "a", encoding="utf-8") as conf:
            for name, partner in self.partners.items():
                conf.write(SECTION.format(name=name, url=partner.address,
                                          more=more.get(name, "")))
            conf.write(ISSUER.format(ENTITY, self.issuer.certificate))
        self.demo.stop()
        self.demo.start(self.target)

    def tool(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self.target.cli, *words], capture_output=True, text=True,
                              check=False)

    # -- at a partner's ----------------------------------------------------------------------------

    def at_partners(self) -> None:
        self.begin()
        for name, (code, finding) in MANNERS.items():
            done = self.tool("diagnose", name, "--output", "json")
            said = json.loads(done.stdout or "{}")
            assert done.returncode == code and said.get("finding") == finding, \
                f"{name}: {done.returncode} {done.stdout} {done.stderr}"
            failed = [step for step in said["steps"] if step["result"] == "failed"]
            assert len(failed) == (finding != "well") and all(each["do"] for each in failed), said
            assert said["well"] == (finding == "well"), said
        shown = self.tool("diagnose", "wrong-name")
        assert re.search(r"certificate +failed .*it bears: .*127\.0\.0\.1", shown.stdout), shown
        well = self.partners["well"]
        assert isinstance(well, Partner)
        assert len(well.got) == 1 and b"AdhocQueryRequest" in well.got[0] \
            and b"Slot" not in well.got[0], well.got
        assert self.tool("diagnose", "nobody").returncode == 2
        assert self.tool("diagnose").returncode == 2
        assert self.tool("diagnose", "well", "--seconds", "3").returncode == 2

    # -- at our doors ------------------------------------------------------------------------------

    def handshake(self, who: str, newest: ssl.TLSVersion | None = None) -> None:
        """As far as it comes."""
        context = context_anew(self.target.ca, self.target.certificate(who))
        if newest is not None:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, newest
        with contextlib.suppress(Refused):
            raw_exchange(self.target.host, self.target.https_port, context,
                         b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", bool)

    def distrust(self) -> None:
        """A client that does not believe us, and says so."""
        context = ssl.create_default_context()
        context.load_cert_chain(str(self.target.certificate(GOOD)))
        with contextlib.suppress(OSError), \
                socket.create_connection((self.target.host, self.target.https_port), 60) as plain:
            context.wrap_socket(plain, server_hostname=self.target.host)

    def plainly(self) -> None:
        with socket.create_connection((self.target.host, self.target.https_port), 60) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            while plain.recv(4096):
                pass

    def post(self, who: str, path: str, token: str = "", spoil: bool = False) -> bytes:
        scope = Scope(self.running.region, query="urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d",
                      patient="SECRET-1^^^&2.999.1&ISO")
        sent = self.running.maker.soap("iti18.xml", scope, [("+", "patient-slots")],
                                       self.target.host)
        body = sent.body.replace(b"</s:Header>", token.encode() + b"</s:Header>")
        client = HttpClient(self.target.host, self.target.https_port,
                            tls_context(self.target.ca, self.target.certificate(who)))
        reply = client.request("POST", path, {"Content-Type": sent.content_type},
                               body[:-9] if spoil else body)
        client.close()
        return reply.body

    def each_failure(self) -> dict[str, bytes]:
        """What is to be told of each, and what whoever did it was told."""
        self.handshake(FORGED)
        self.handshake("nobody")
        self.handshake(GOOD, ssl.TLSVersion.TLSv1_1)
        self.distrust()
        self.plainly()
        return {"node-unknown": self.post(STRANGER, "/pix"),
                "path-unknown": self.post(GOOD, "/xds/registri/SECRET-2"),
                "malformed": self.post(GOOD, "/xds/registry", spoil=True),
                "token-invalid": self.post(GOOD, "/xds/registry",
                                           self.issuer.token(audience="urn:oid:2.999.2"))}

    def at_doors(self) -> None:
        self.begin()
        wanted = {"issuer-unknown", "no-certificate", "tls-protocol", "tls-alert", "no-tls"}
        # Who runs us in the background has Ctrl-C ignored, and whatever we start inherits it.
        with subprocess.Popen(["env", "--default-signal=INT", *self.target.cli, "diagnose",
                               "--listen", "--earlier", "--output", "ndjson"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as listening:
            told = self.each_failure()
            seen: dict[str, dict] = {}
            rest = b""
            end = time.monotonic() + WITHIN
            while not seen.keys() >= wanted | told.keys() and select.select(
                    [listening.stdout], [], [], max(0.0, end - time.monotonic()))[0]:
                for line in os.read(listening.stdout.fileno(), 1 << 20).splitlines(keepends=True):
                    rest += line
                    if rest.endswith(b"\n"):
                        failure = json.loads(rest)
                        seen[failure["finding"]] = failure
                        rest = b""
            listening.send_signal(signal.SIGINT)
        assert seen.keys() >= wanted | told.keys(), sorted(seen)
        self.check_words(seen, told)

    def check_words(self, seen: dict[str, dict], told: dict[str, bytes]) -> None:
        assert all(each["do"] for each in seen.values()), seen
        assert "SECRET" not in json.dumps(seen), seen
        assert FORGED in seen["issuer-unknown"]["who"] and seen["issuer-unknown"]["sha256"], seen
        assert "unknown_ca" in seen["tls-alert"]["what"] and "48" in seen["tls-alert"]["what"], seen
        stranger = seen["node-unknown"]
        assert stranger["sha256"] in stranger["admit"] and STRANGER in stranger["who"], stranger
        assert "/xds/registry" in seen["path-unknown"]["what"], seen["path-unknown"]
        assert seen["path-unknown"]["fault"] == "wsa:DestinationUnreachable", seen["path-unknown"]
        token = seen["token-invalid"]
        assert token["step"] == "audience" and token["who"] == GOOD, token
        assert b"audience" not in told["token-invalid"], told["token-invalid"]

    def admitted(self) -> None:
        """The command that is told admits whom it is told of."""
        self.begin()
        assert b"SECRET" not in self.post(STRANGER, "/pix")
        done = self.tool("diagnose", "--listen", "--earlier", "--seconds", "1",
                         "--output", "ndjson")
        assert done.returncode == 1, done
        admit = [each["admit"] for each in map(json.loads, done.stdout.splitlines())
                 if "admit" in each][-1].split(" ")
        words = ["z-known" if word == "NAME" else "知られた院" if word == "TEXT" else word
                 for word in admit[1:]]
        made = self.tool(*words)
        assert made.returncode == 0, made
        self.demo.stop()
        self.demo.start(self.target)
        assert b"node" not in self.post(STRANGER, "/xds/registry"), "it is still not admitted"
        listed = self.tool("diagnose", "--listen", "--seconds", "1")
        assert listed.returncode == 0 and not listed.stdout, listed


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Diagnosing(running, demo)
    return [("diagnose-partners", "a partner that is not as it has to be is told by what it does",
             each.at_partners),
            ("diagnose-listen", "what fails at our doors is told by its name, to the operator "
             "alone", each.at_doors),
            ("diagnose-admitted", "the command that would admit a certificate admits it",
             each.admitted)]
