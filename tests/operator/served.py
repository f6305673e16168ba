"""A demo region of a test's own, its daemon, and the operator's tool beside it."""
from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
from typing import Any

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(TOP, "conformance"))
from lib.mllp import MllpClient  # noqa: E402
from lib.region import DemoRegion, Target, free_ports, run  # noqa: E402

BUILD = os.environ.get("MINATO_BUILD", os.getcwd())
MINATO, MINATOD = os.path.join(BUILD, "minato"), os.path.join(BUILD, "minatod")


class Tally:
    """What was verified, and what was not so."""

    def __init__(self) -> None:
        self.passed = self.failed = self.skipped = 0

    def verify(self, what: str, holds: bool, seen: object = "") -> bool:
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"failed: {what}{': ' if seen != '' else ''}{seen}")
        return holds

    def end(self) -> int:
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed or not self.passed else 0


class Served(DemoRegion):
    """minato init --demo, or --neighbour, with the grammars of this tree; not started yet."""

    def __init__(self, kind: str = "--demo") -> None:
        super().__init__(MINATOD, MINATO)
        https, mllp, admin = free_ports(3)
        run([MINATO, "init", kind, "--https-port", str(https), "--mllp-port", str(mllp),
             "--admin-port", str(admin), self.region], "minato init")
        self.set("grammars", os.path.join(TOP, "schemas", "grammar"))
        pki = os.path.join(self.region, "pki")
        self.target = Target("127.0.0.1", https, mllp, os.path.join(pki, "ca.pem"),
                             os.path.join(pki, "clients"),
                             [MINATO, "-c", self.configuration], admin)

    @classmethod
    def at(cls, region: str) -> "Served":
        """A region that is there already, with the ports of the manual."""
        self = cls.__new__(cls)
        self.region, self.configuration = region, os.path.join(region, "minato.conf")
        pki = os.path.join(region, "pki")
        self.target = Target("127.0.0.1", 8443, 2575, os.path.join(pki, "ca.pem"),
                             os.path.join(pki, "clients"), [MINATO, "-c", self.configuration], 8480)
        return self

    def text(self) -> str:
        with open(self.configuration, encoding="utf-8") as conf:
            return conf.read()

    def write(self, text: str) -> None:
        with open(self.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)

    def set(self, key: str, value: str) -> None:
        """The first line of this key, commented out or not."""
        changed, count = re.subn(rf'(?m)^\t#?{key} = ".*"$', f'\t{key} = "{value}"',
                                 self.text(), count=1)
        assert count == 1, key
        self.write(changed)

    def serve(self) -> None:
        self.start(self.target)

    def tool(self, *words: str, **how: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self.target.cli, *words], capture_output=True, text=True,
                              check=False, **how)

    def rows(self, *words: str) -> Any:
        return json.loads(self.tool(*words, "--output", "json").stdout)

    def send(self, system: str, message: bytes) -> bytes:
        """One HL7 v2 message over MLLP, and its answer."""
        context = ssl.create_default_context(cafile=self.target.ca)
        context.check_hostname = False
        context.load_cert_chain(str(self.target.certificate(system)))
        client = MllpClient(self.target.host, self.target.mllp_port, context)
        answer = client.exchange(message)
        client.close()
        return answer

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *why: object) -> None:
        if self.daemon is not None and self.daemon.poll() is None:
            self.stop()
        self.remove()


OIDS = {"a-hospital": "1.2.392.100495.20.3.51.11319951013",
        "b-clinic": "1.2.392.100495.20.3.51.11319952024",
        "c-hospital": "1.2.392.100495.20.3.51.11319953035",
        "e-hospital": "1.2.392.100495.20.3.51.11419951012"}


def arrival(system: str, number: str, family: str, given: str, born: str = "19410503",
            phone: str = "03-1234-5600", control: str = "") -> bytes:
    """ITI-8, A04: a facility knows a person."""
    return "\r".join([
        f"MSH|^~\\&|HIS|{system}|MINATO|MINATO|20260115093000||ADT^A04^ADT_A01|"
        f"{control or 'C' + number}|P|2.3.1"
        "|||||JPN|UNICODE UTF-8",
        "EVN||20260115093000",
        f"PID|||{number}^^^&{OIDS[system]}&ISO||{family}^{given}^^^^^L^I~ヒョウ^ジオ^^^^^L^P||"
        f"{born}|M|||||{phone}", "PV1||N", ""]).encode()
