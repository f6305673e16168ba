"""The local socket is for root and the daemon's own user: anybody else is refused, with exit 4."""
from __future__ import annotations

import json
import os
import shutil
import subprocess

from lib.region import DemoRegion
from lib.runner import Runner
from scenes.ssmix2_storages import minato

NOBODY = 65534
COMMANDS = (["status"], ["metrics"], ["check"], ["audit", "search"], ["patient", "list"],
            ["backup", "/tmp/never"])


class OtherUser:
    """The tool as another user, against a daemon in service."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo = running, demo
        # The build directory may be closed to others, the tool's own file is not.
        self.tool = os.path.join(demo.directory, "minato")
        self.socket = os.path.join(demo.region, "data", "admin.sock")

    def ask(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.tool, "-c", self.demo.configuration, *words],
                              capture_output=True, text=True, check=False,
                              user=NOBODY, group=NOBODY, extra_groups=[], cwd="/")

    def refused(self, why: str) -> None:
        for words in COMMANDS:
            done = self.ask(words)
            assert (done.returncode, done.stdout) == (4, ""), \
                f"{' '.join(words)}: exit {done.returncode}: {done.stdout}{done.stderr}"
            assert why in done.stderr and ".pem" not in done.stderr, done.stderr

    def show(self) -> None:
        modes = {path: os.stat(path).st_mode & 0o777
                 for path in (self.demo.directory, os.path.dirname(self.socket), self.socket)}
        shutil.copy(self.demo.minato, self.tool)
        try:
            os.chmod(self.tool, 0o755)
            os.chmod(self.demo.directory, 0o711)
            self.refused("may not open")
            # Even where somebody opened the way to the socket: the daemon looks at who is there.
            os.chmod(os.path.dirname(self.socket), 0o711)
            os.chmod(self.socket, 0o666)
            self.refused("only root and the gateway's own user")
            self.recorded()
        finally:
            for path, mode in modes.items():
                os.chmod(path, mode)
            os.remove(self.tool)

    def recorded(self) -> None:
        """Who tried is in the audit log, with his uid; its end may be anchored meanwhile."""
        done = minato(self.running.target, "audit", "search", "--limit", str(2 * len(COMMANDS)),
                      "--output", "json")
        records = json.loads(done.stdout)
        records = records["records"] if isinstance(records, dict) else records
        records = [record for record in records
                   if record.get("transaction") != "audit-anchor"][:len(COMMANDS)]
        assert [record["system"]
                for record in records] == [f"uid {NOBODY}"] * len(COMMANDS), records
        assert all(str(record["outcome"]) != "0" for record in records), records


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    if os.geteuid() != 0:
        raise ImportError("only root can become another user")
    return [("operator-other-user", "neither the socket nor the daemon lets another user in",
             OtherUser(running, demo).show)]
