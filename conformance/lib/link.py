"""A long line between two networks of this machine: a TUN device in each, and we between, who hand
each packet over after a while, lose some, and go dark when told. The near end is where we are; the
far one is a network namespace of its own, in which whatever far() does is done. Both are gone when
the link is closed, or with this process."""
from __future__ import annotations

import concurrent.futures
import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time
from typing import Callable, TypeVar

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
PACKET = 65536
T = TypeVar("T")


class NoLink(Exception):
    """This machine does not allow one."""


def tun() -> tuple[int, str]:
    """A device of the network of the thread that calls."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    asked = fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"", IFF_TUN | IFF_NO_PI))
    return device, asked[:16].rstrip(b"\0").decode()


def separate() -> None:
    """The thread that calls has a network of its own from now on."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def has_address(device: str, own: str, other: str) -> None:
    for words in (f"address add {own} peer {other} dev {device}", f"link set {device} up",
                  "link set lo up"):
        subprocess.run(["ip", *words.split()], check=True, capture_output=True)


class Link:
    """delay: seconds one way; loss: of packets, either way. The same seed loses the same."""

    def __init__(self, seed: int, delay: float, loss: float) -> None:
        self.chance, self.delay, self.loss = random.Random(seed), delay, loss
        self.passed = self.lost = 0
        self.dark = False
        self.until_dark: int | None = None  # octets that still come from there; None: no end
        self.lock = threading.Lock()
        self.closing = False
        place = random.SystemRandom().randrange(1 << 14) * 4  # of 198.18.0.0/16, for such tests
        self.near, self.address = (f"198.18.{place >> 8}.{(place & 255) + end}" for end in (1, 2))
        self.there = concurrent.futures.ThreadPoolExecutor(1)
        try:
            self.far(separate)
            self.ends = (tun(), self.far(tun))
            has_address(self.ends[0][1], self.near, self.address)
            self.far(lambda: has_address(self.ends[1][1], self.address, self.near))
        except (OSError, subprocess.CalledProcessError) as why:
            raise NoLink(f"no link between two networks can be made here: {why}") from why
        threading.Thread(target=self.pass_on, daemon=True).start()

    def far(self, what: Callable[[], T]) -> T:
        """Done over there, and whatever it starts stays there."""
        return self.there.submit(what).result()

    def go_dark(self, octets: int = 0) -> None:
        """When so many more have come from there."""
        with self.lock:
            self.until_dark, self.dark = octets, octets == 0

    def lighten(self) -> None:
        with self.lock:
            self.until_dark, self.dark = None, False

    def close(self) -> None:
        self.closing = True

    # -- what it does ------------------------------------------------------------------------------

    def pass_on(self) -> None:
        devices = [device for device, _ in self.ends]
        waiting: list[tuple[float, int, int, bytes]] = []
        number = 0
        while not self.closing:
            due = waiting[0][0] - time.monotonic() if waiting else 1.0
            for device in select.select(devices, [], [], max(min(due, 1.0), 0))[0]:
                number += 1
                packet = self.take(device)
                if packet:
                    heapq.heappush(waiting, (time.monotonic() + self.delay, number,
                                             devices[1 - devices.index(device)], packet))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, to, packet = heapq.heappop(waiting)
                self.give(to, packet)
        for device in devices:
            os.close(device)

    def take(self, device: int) -> bytes:
        """Empty: it is lost."""
        try:
            packet = os.read(device, PACKET)
        except BlockingIOError:
            return b""
        with self.lock:
            if self.until_dark is not None and device == self.ends[1][0]:
                self.until_dark -= len(packet)
                self.dark = self.dark or self.until_dark <= 0
            if self.dark or self.chance.random() < self.loss:
                self.lost += 1
                return b""
            self.passed += 1
        return packet

    @staticmethod
    def give(device: int, packet: bytes) -> None:
        try:
            os.write(device, packet)
        except OSError:
            pass  # as a line does
