"""A demo region whose daemon may be killed, choked or starved, and what its operator asks it."""
from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import typing
import urllib.parse

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(TOP, "conformance"))

from lib import recorder, region  # noqa: E402  pylint: disable=wrong-import-position
from . import local  # noqa: E402  pylint: disable=wrong-import-position

REPOSITORY = """
audit-repository "faults" {{
	host = "127.0.0.1"
	port = "{port}"
}}
"""
DISK = "tests/faults/disk.so"
SKIPPED = 77  # automake's word for a test that could not be made


def program(name: str) -> str | None:
    path = os.path.join(os.environ.get("MINATO_BUILD", "."), name)
    return os.path.abspath(path) if os.access(path, os.X_OK) else None


def skip(why: str) -> typing.NoReturn:
    print(f"SKIP {why}\n0 passed, 0 failed, 1 skipped")
    sys.exit(SKIPPED)


def losing(data: str, diary: str) -> dict[str, str]:
    """What a daemon is started with whose kill is to be a power cut (tests/faults/disk.c), and
    its disk slow in spells."""
    library = program(DISK)
    if not library:
        raise region.RegionError(f"{DISK} is not built here (MINATO_BUILD)")
    # A sanitizer wants to be loaded first; it need not be for what this library does.
    options = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))
    return {"LD_PRELOAD": library, "MINATO_DISK": os.path.realpath(data) + "/",
            "MINATO_DISK_NAMES": diary, "ASAN_OPTIONS": options}


def lose_names(diary: str) -> None:
    """After the cut: those that no flush of their directory has made last."""
    names: set[str] = set()
    if not os.path.exists(diary):
        return
    with open(diary, encoding="utf-8") as lines:
        for line in lines:
            kind, name = line[0], line[1:].rstrip("\n")
            names = names | {name} if kind == "+" else {n for n in names
                                                        if os.path.dirname(n) != name}
    for name in sorted(names):
        if os.path.isdir(name):
            shutil.rmtree(name)
        elif os.path.exists(name):
            os.remove(name)
    os.remove(diary)


class Score:
    """Counts what held; a line each. What did not is told again at the end: all that
    is read of a long run."""

    def __init__(self) -> None:
        self.passed = self.failed = self.skipped = 0
        self.failures: list[str] = []

    def tell(self, what: str, faults: list[str] | str | None) -> None:
        faults = [faults] if isinstance(faults, str) else list(faults or [])
        self.passed, self.failed = self.passed + (not faults), self.failed + bool(faults)
        line = (("FAIL " if faults else "ok   ") + what
                + "".join(f"\n     {fault}" for fault in faults[:8])
                + (f"\n     and {len(faults) - 8} more" if len(faults) > 8 else ""))
        if faults:
            self.failures.append(line)
        print(line, flush=True)

    def skip(self, what: str, why: str) -> None:
        self.skipped += 1
        print(f"SKIP {what}: {why}", flush=True)

    def end(self) -> int:
        if self.failures:
            print("\nwhat failed:", *self.failures, sep="\n")
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed else 0


class Service:
    """The region, its daemon, and an Audit Record Repository that takes its records."""

    def __init__(self, audit_port: int | None = None) -> None:
        minatod, minato = program("minatod"), program("minato")
        if not minatod or not minato:
            skip("minatod and minato are not built here (MINATO_BUILD)")
        self.demo = region.DemoRegion(minatod, minato)
        self.recorder = recorder.Recorder() if audit_port is None else None
        # where asynchronous answers arrive; tests/faults/parts/letters.py
        self.letters: typing.Any = None
        self.diary: str | None = None   # of names that a power cut would take away
        self.target = self.make(self.recorder.port if self.recorder else audit_port)
        if self.recorder:
            self.recorder.start(self.path("pki/server.pem"), self.target.ca)

    def make(self, audit_port: int) -> region.Target:
        https, mllp, admin = region.free_ports(3)
        region.run([self.demo.minato, "init", "--demo", "--https-port", str(https), "--mllp-port",
                    str(mllp), "--admin-port", str(admin), self.demo.region], "minato init")
        self.configure(REPOSITORY.format(port=audit_port))
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(re.sub(r'#grammars = ".*"', f'grammars = "{region.GRAMMARS}"', text))
        return region.Target("127.0.0.1", https, mllp, self.path("pki/ca.pem"),
                             self.path("pki/clients"),
                             [self.demo.minato, "-c", self.demo.configuration], admin)

    def path(self, name: str) -> str:
        return os.path.join(self.demo.region, name)

    @property
    def data(self) -> str:
        return self.path("data")

    @property
    def process(self) -> subprocess.Popen:
        assert self.demo.daemon is not None
        return self.demo.daemon

    def configure(self, text: str) -> None:
        with open(self.demo.configuration, "a", encoding="utf-8") as conf:
            conf.write(text)

    def let_reply(self, system: str, address: str) -> None:
        """That system may have its answers sent there."""
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text.replace(f'system "{system}" {{',
                                    f'system "{system}" {{\n\treply-to = {{"{system}-answers"}}', 1)
                       + f'partner "{system}-answers" {{\n\turl = "{address}"\n\tfor = '
                       f'{{"answers"}}\n}}\n')

    def lose_the_cache(self) -> None:
        """From the next start a kill is a power cut, and its disk slow in spells
        (tests/faults/disk.c)."""
        self.without_walls()
        self.diary = os.path.join(self.demo.directory, "names")
        self.demo.surroundings = losing(self.data, self.diary)

    def without_walls(self) -> None:
        """What is preloaded opens files of its own on whatever thread passes."""
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(re.sub(r'(?m)^\t#?walls = ".*"$', '\twalls = "off"', text))

    def start(self) -> float:
        """Starts it; how long it took until it was ready."""
        began = time.monotonic()
        self.demo.start(self.target)
        took = time.monotonic() - began
        with open(f"/proc/{self.process.pid}/maps", encoding="utf-8") as maps:
            if self.diary and DISK not in maps.read():  # the loader only warns
                raise region.RegionError(
                    f"{DISK} is not loaded: a kill would be no power cut\n{self.log()}")
        return took

    def start_without_waiting(self) -> None:
        with open(self.demo.log_path, "ab") as log:
            self.demo.daemon = subprocess.Popen(
                [self.demo.minatod, "-c", self.demo.configuration], stdout=log, stderr=log,
                env=self.demo.environment())

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is flushed."""
        self.process.kill()
        self.process.wait()
        if self.diary is not None:
            lose_names(self.diary)

    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, *words: str) -> tuple[int, str]:
        """The operator's tool: exit status and what it printed, its talk included on failure."""
        done = subprocess.run([*self.target.cli, *words], capture_output=True,
                              text=True, check=False)
        if done.returncode == 0:
            return 0, done.stdout
        gone = "" if self.alive() \
            else f"\nminatod ended with {self.process.returncode}:\n{self.log(8)}"
        return done.returncode, done.stdout + done.stderr + gone

    def ask_json(self, *words: str) -> typing.Any:
        status, text = self.ask(*words, "--output", "json")
        if status != 0:
            raise region.RegionError(f"minato {' '.join(words)}: exit {status}: {text.strip()}")
        return json.loads(text)

    def ask_all(self, *words: str) -> list[dict]:
        """A list to its end, page after page: where there is more, the tool says how to go on."""
        rows: list[dict] = []
        after: list[str] = []
        while True:
            done = subprocess.run([*self.target.cli, *words, *after, "--output", "json"],
                                  capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise region.RegionError(f"minato {' '.join(words)}: exit {done.returncode}: "
                                         f"{done.stderr.strip()}")
            rows += json.loads(done.stdout)
            more = re.search(r"--after (\S+) goes on", done.stderr)
            if more is None:
                return rows
            after = ["--after", more.group(1)]

    def say(self, method: str, what: str, body: dict[str, str] | None = None) -> str:
        """Past the tool (local.py)."""
        try:
            return local.ask(os.path.join(self.data, "admin.sock"), method, what, body)
        except OSError as fault:
            raise region.RegionError(f"{fault}\n{self.log()}") from fault

    def say_all(self, what: str, name: str, **asked: str) -> list[dict[str, typing.Any]]:
        """A list to its end, page after page."""
        found: list[dict[str, typing.Any]] = []
        while True:
            said = json.loads(self.say("GET", f"{what}?{urllib.parse.urlencode(asked)}"))
            found += said[name]
            if not said.get("next"):
                return found
            asked["after"] = said["next"]

    def proofs(self) -> list[str]:
        """minato check and minato audit verify: what they have against the store."""
        faults = []
        for words in (("check",), ("audit", "verify")):
            status, text = self.ask(*words)
            if status != 0:
                faults.append(f"minato {' '.join(words)}: exit {status}: {text.strip()[:600]}")
        return faults

    def records(self, since: int) -> list[dict]:
        """Audit records with a number above since, oldest first."""
        limit = 500
        while True:
            found = self.ask_json("audit", "search", "--limit", str(limit))
            # Newest first by time, which need not be the order in which they were numbered: the
            # oldest of those wanted may lie behind some that are not.
            wanted = sorted((r for r in found if r["number"] > since),
                            key=lambda record: record["number"])
            whole = bool(wanted) and wanted[-1]["number"] - since == len(wanted)
            if whole or len(found) < limit or limit >= 10000:
                return wanted
            limit = min(limit * 4, 10000)

    def log(self, lines: int = 15) -> str:
        return self.demo.log(lines)

    def stop(self) -> int | None:
        return self.demo.stop()

    def remove(self) -> None:
        if self.demo.daemon is not None and self.alive():
            self.kill()
        if self.recorder:
            self.recorder.stop()
        if os.environ.get("MINATO_KEEP"):
            print(f"kept: {self.demo.directory}")
        else:
            self.demo.remove()


@contextlib.contextmanager
def service(audit_port: int | None = None):
    one = Service(audit_port)
    try:
        yield one
    finally:
        one.remove()
