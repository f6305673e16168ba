"""A system's certificate is replaced without a gap, as minato.conf(5) says: next-certificate,
reload, certificate, reload."""
from __future__ import annotations

import os
import signal
import time

from lib import checks
from lib.casefile import Step
from lib.region import DemoRegion, certify
from lib.runner import Runner
from lib.scope import Scope

OLD, NEW = "x-consumer", "x-consumer-next"
WITHIN = 60.0  # seconds until a reload is felt


class Replaced:
    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo = running, demo
        self.scope = Scope(running.region, domain=running.region.get("domain.a"), id="NOBODY")

    def known(self, system: str) -> bool:
        """Whether this certificate is a registered system: it is told that the patient is unknown,
        not that it is itself."""
        answer = self.running.send_soap(Step("scene", "send", system, "iti45.xml"), self.scope)
        return checks.query_answer(answer, "AE 204") is None

    def reload(self, old: str, new: str) -> None:
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in minato.conf"
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text.replace(old, new))
        self.demo.daemon.send_signal(signal.SIGHUP)

    def until(self, system: str, known: bool) -> None:
        end = time.monotonic() + WITHIN
        while self.known(system) != known:
            assert time.monotonic() < end, \
                f"{system} is {'not ' if known else ''}known {WITHIN:.0f} s after the reload"

    def show(self) -> None:
        pki = os.path.join(self.demo.region, "pki")
        certify(self.demo.region, NEW,
                (os.path.join(pki, "ca.pem"), os.path.join(pki, "private", "ca.key")))
        line = f'certificate = "pki/clients/{OLD}.pem"'
        both = f'{line}\n\tnext-certificate = "pki/clients/{NEW}.pem"'
        one = f'certificate = "pki/clients/{NEW}.pem"'
        assert self.known(OLD) and not self.known(NEW)
        kept = [self.running.https_of(system).connection for system in (OLD, NEW)]
        self.reload(line, both)
        self.until(NEW, True)
        assert self.known(OLD), "the old certificate went before its time"
        self.reload(both, one)
        self.until(OLD, False)
        assert self.known(NEW)
        assert [self.running.https_of(system).connection for system in (OLD, NEW)] == kept, \
            "a connection was dropped"
        self.reload(one, line)
        self.until(OLD, True)
        assert not self.known(NEW)


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    return [("operator-replaced-certificate", "a system's certificate is replaced without a gap",
             Replaced(running, demo).show)]
