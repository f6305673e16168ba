"""Gates in the daemon's way that a test holds shut (tests/faults/gate.c), and a terminal
to watch the tool on."""
from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import time

from served import BUILD, Served

GATE = os.path.join(BUILD, "tests/faults/gate.so")
PATIENCE = 120.0  # seconds: no test waits so long; past it something hangs


def preloadable() -> bool:
    return os.path.exists(GATE)


class Gate:
    """Whoever CALLs (read, sync) the file NAME stands before it while it is shut."""

    def __init__(self, region: "Gated", call: str, name: str) -> None:
        self.path = os.path.join(region.gates, f"{call}-{name}")
        self.end = -1

    def shut(self) -> "Gate":
        os.mkfifo(self.path)
        return self

    def await_somebody(self) -> None:
        """Returns when somebody stands there: opening this end waits for the other."""
        def give_up(*_: object) -> None:
            raise AssertionError(f"nobody came to {self.path}")
        signal.signal(signal.SIGALRM, give_up)
        signal.alarm(int(PATIENCE))
        self.end = os.open(self.path, os.O_WRONLY)
        signal.alarm(0)

    def open(self) -> None:
        if os.path.exists(self.path):
            os.remove(self.path)
        if self.end >= 0:
            os.close(self.end)
            self.end = -1

    def fail(self) -> None:
        """From now on the call fails, as on a broken disk."""
        with open(self.path, "w", encoding="ascii") as file:
            file.write("EIO")

    def __enter__(self) -> "Gate":
        return self.shut()

    def __exit__(self, *why: object) -> None:
        self.open()


class Gated(Served):
    """A demo region whose daemon passes through gates."""

    def __init__(self) -> None:
        super().__init__()
        self.set("walls", "off")  # the gates open files wherever somebody passes
        self.gates = os.path.join(self.directory, "gates")
        os.mkdir(self.gates)
        options = ":".join(filter(None,
                                  [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))
        self.surroundings = {"LD_PRELOAD": GATE, "MINATO_GATES": self.gates,
                             "ASAN_OPTIONS": options}


class Terminal:
    """The tool, run on a terminal of its own; its data go to a pipe."""

    def __init__(self, words: list[str]) -> None:
        self.said = ""
        out_read, out_write = os.pipe()
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            os.dup2(out_write, 1)
            # ignored, where the tests run in the background
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execv(words[0], words)
        os.close(out_write)
        self.out = os.fdopen(out_read, "rb")

    def hear(self) -> bool:
        """Some more of what it says; False at its end."""
        if not select.select([self.screen], [], [], PATIENCE)[0]:
            raise AssertionError(f"nothing more came after {self.said!r}")
        try:
            more = os.read(self.screen, 4096)
        except OSError:
            more = b""
        self.said += more.decode(errors="replace")
        return bool(more)

    def await_words(self, pattern: str) -> str:
        until = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.said)):
            if not self.hear() or time.monotonic() > until:
                raise AssertionError(f"it ended, or went on, without {pattern!r}: {self.said!r}")
        return found[0]

    def interrupt(self) -> None:
        """Ctrl-C, as the terminal's driver makes a signal of it."""
        os.write(self.screen, b"\x03")

    def end(self) -> tuple[int, str]:
        """Its exit status (negative: the signal it died of) and its data."""
        data = self.out.read().decode()
        while self.hear():
            pass
        self.out.close()
        os.close(self.screen)
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status), data


def in_pipes(region: Served, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen([*region.target.cli, *words], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)
