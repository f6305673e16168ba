"""A disk of the test's own that encrypts (ext4 in a file), and keys for it."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys

from served import BUILD, Served, Tally, arrival
from registering import Registry
from lib.region import RegionError

INSIDE = "MINATO_AT_REST"
SMALL, LARGE = "a small secret document ", "a large secret document "
FAMILY = "極秘"
DISK = 256 << 20


def skip(why: str) -> int:
    print(f"skipped: {why}\n0 passed, 0 failed, 1 skipped")
    return 77


def enter() -> bool:
    """Goes on where nobody else sees our mounts; False where that is not permitted."""
    if INSIDE in os.environ:
        return True
    alone = ["unshare", "--mount", "--propagation", "private"]
    if os.geteuid() != 0 or subprocess.run([*alone, "true"], capture_output=True,
                                           check=False).returncode != 0:
        return False
    os.environ.update({INSIDE: "yes", "MINATO_BUILD": os.path.abspath(BUILD)})
    os.execvp("unshare", [*alone, sys.executable, *sys.argv])


class Disk:
    """A file system that encrypts, in a file, below the region."""

    def __init__(self, region: Served) -> None:
        self.file = os.path.join(region.directory, "disk")
        self.path = os.path.join(region.region, "disk")
        os.mkdir(self.path)
        self.made = self.make()

    def make(self) -> bool:
        with open(self.file, "wb") as disk:
            disk.truncate(DISK)
        return shutil.which("mkfs.ext4") is not None and subprocess.run(
            ["mkfs.ext4", "-q", "-F", "-O", "encrypt", self.file],
            capture_output=True, check=False).returncode == 0

    def mount(self) -> bool:
        return subprocess.run(["mount", "-o", "loop", self.file, self.path], capture_output=True,
                              check=False).returncode == 0

    def unmount(self) -> None:
        subprocess.run(["umount", self.path], check=True)

    def cut(self) -> None:
        """The power fails: it is what had reached it by now, and is mounted again."""
        left = self.file + ".left"
        shutil.copyfile(self.file, left)
        self.unmount()
        os.replace(left, self.file)
        assert self.mount()

    def holds(self, text: str) -> bool:
        """Somewhere on it, whatever file systems make of it."""
        with open(self.file, "rb") as disk:
            return text.encode() in disk.read()


def fill(t: Tally, region: Served, first: int) -> None:
    t.verify("a feed is taken", b"MSA|AA" in region.send(
        "a-hospital", arrival("a-hospital", "S1", FAMILY, "示男")))
    registry = Registry(region)
    for number, text in ((first, SMALL), (first + 1, LARGE * 20_000)):
        answer = registry.provide(number, f"{text}{number}")
        t.verify("a document is taken", "ResponseStatusType:Success" in answer, answer[-500:])


def refused(t: Tally, region: Served, what: str, words: str) -> None:
    told = subprocess.run([region.minatod, "-t", "-c", region.configuration], capture_output=True,
                          text=True, check=False)
    t.verify(f"{what} is a fault of -t", told.returncode == 1 and words in told.stderr
             and "do: " in told.stderr and "1 fault\n" in told.stderr, told)
    try:
        region.serve()
        t.verify(f"{what} is refused", False)
        region.stop()
    except RegionError as why:
        t.verify(f"{what} is refused", words in str(why), why)


def key_of(region: Served, name: str, octets: int = 64) -> str:
    path = os.path.join(region.region, "pki", "private", name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as key:
        key.write(os.urandom(octets))
    return f"pki/private/{name}"
