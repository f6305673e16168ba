"""How much of the disk a system may fill: from both sides of the limit, with a restart in between,
and what neighbour and operator see of it."""
from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import urllib.request

from lib import casefile
from lib.region import DemoRegion
from lib.runner import Failed, Runner
from lib.scope import Scope

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "quota", "disk-quota.case")
MACROS = os.path.join(HERE, os.pardir, "cases", "00-macros.case")
WITHIN = 60.0  # seconds until a reload is felt
LITTLE = 300  # octets that submissions of one shape differ by: their ids are longer or shorter


class Quota:
    """In a region of its own, whose configuration changes."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo = running, demo
        self.scope = Scope(running.region)
        self.cases = {case.name: case for case in casefile.read(CASES).cases}
        running.macros.update(casefile.read(MACROS).macros)

    def show(self, name: str) -> None:
        """Of `joined` what was kept is kept for the others; those have ids of their own."""
        scope = self.scope if name == "joined" else Scope(self.scope)
        for step in self.cases[name].steps:
            self.running.do(step, scope)

    def tool(self, *words: str):
        done = subprocess.run([*self.running.target.cli, *words, "--output", "json"],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done
        return json.loads(done.stdout)

    def stored(self, system: str) -> dict:
        rows = {row["system"]: row for row in self.tool("status")["stored"]}
        return rows.get(system, {"octets": 0})

    def metrics(self) -> str:
        target = self.running.target
        url = f"http://{target.host}:{target.admin_port}/metrics"
        with urllib.request.urlopen(url, timeout=120) as reply:
            return reply.read().decode()

    def may_have(self, octets: int) -> None:
        """From now on; 0: any number."""
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = re.sub(r'\n\tdisk-quota = "\d+B"', "", conf.read())
        text, count = re.subn(r'(\nsystem "?b-clinic"? \{)', rf'\1\n\tdisk-quota = "{octets}B"',
                              text)
        assert count == 1, text
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)
        self.demo.daemon.send_signal(signal.SIGHUP)
        end = time.monotonic() + WITHIN
        while self.stored("b-clinic").get("quota", 0) != octets:
            assert time.monotonic() < end, f"{octets} is not felt {WITHIN:.0f} s after the reload"

    def files(self) -> list[str]:
        """Documents too large to stand among the keys."""
        return [name for _, _, names in os.walk(os.path.join(self.demo.region, "data", "blobs"))
                for name in names]

    def restart(self) -> None:
        self.running.close()
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        self.demo.start(self.running.target)

    def limits(self) -> None:
        """First a document more and a document less than there is room for, then metadata, and
        patients, in the little that is left."""
        try:
            self.show("joined")
            fed = self.stored("b-clinic")["octets"]
            self.show("document")
            one = self.stored("b-clinic")
            each = one["octets"] - fed
            assert one["documents"] > 200000 and one["metadata"] > 0 and one["persons"] == fed, one
            files = self.files()
            self.may_have(fed + 2 * each - LITTLE)
            self.show("document-refused")
            self.show("neighbour")
            self.restart()
            self.show("document-refused")
            assert self.stored("b-clinic") == {**one, "quota": fed + 2 * each - LITTLE}
            self.may_have(fed + 2 * each + LITTLE)
            self.show("document")
            for name in ("entry-refused", "patient-refused", "patient-again"):
                self.show(name)
            two = self.stored("b-clinic")["octets"]
            assert abs(two - fed - 2 * each) < LITTLE, (one, two)
            self.restart()
            for name in ("entry-refused", "patient-refused", "neighbour"):
                self.show(name)
            self.may_have(two + one["metadata"] + LITTLE)
            self.show("entry")
            self.show("entry-refused")
            self.may_have(0)
            for name in ("document", "patient"):
                self.show(name)
        except Failed as fault:
            raise AssertionError(str(fault)) from fault
        self.told(files)

    def told(self, files: list[str]) -> None:
        """What the operator sees: sums that hold, a metric, and nothing of what was refused."""
        has, text = self.stored("b-clinic"), self.metrics()
        for what in ("documents", "metadata", "persons"):
            assert f'minato_stored_octets{{system="b-clinic",what="{what}"}} {has[what]}' in text
        assert 'minato_problems_total{problem="disk-quota"} 4' in text, text  # since the restart
        assert "minato_disk_quota_octets{" not in text, text
        self.may_have(1 << 40)
        assert f'minato_disk_quota_octets{{system="b-clinic"}} {1 << 40}' in self.metrics()
        assert self.tool("check")["valid"], "sums and rows differ"
        # Of one length each: B's 200000 octets, the same in each document, and A's 300000.
        assert len(self.files()) == len(files) + 1, self.files()
        meaning = subprocess.run([*self.running.target.cli, "explain", "disk-quota"],
                                 capture_output=True, text=True, check=False)
        assert meaning.returncode == 0 and "Nothing was kept" in meaning.stdout, meaning


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Quota(running, demo)
    return [("disk-quota", "a system fills no more of the disk than it may, and nobody else feels "
             "it", each.limits)]
