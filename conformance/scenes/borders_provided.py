"""Two live regions, and one of them killed while a large document is on its way from a facility
here into the other one (ITI-41 by ITI-80): what whoever provides is told, what is to be seen of it
on either side, and that it is one document when it is sent again. And what it takes of memory."""
from __future__ import annotations

import concurrent.futures
import http.client
import re
import time

from lib import mtom, soap
from lib.region import DemoRegion, Target
from lib.relay import ANSWERS, PATIENCE, QUESTIONS
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import TIMEOUT, tls_context
from scenes.borders import SENT, TAKES, THEIR_GATEWAY, THEIRS
from scenes.borders_killed import AGREED, LARGE, UNDER_WAY, Killed

# Of a document of 64 MiB, so much of memory at most, in either daemon.
LARGEST, GROWS = 64 << 20, 16 << 20


class Provided(Killed):
    """Both know the other's gateway, and ours is sent on to theirs through the relay."""

    gateway = TAKES

    def begin(self) -> None:
        if self.there is None:
            super().begin()
            self.scope.values["their.home"] = THEIRS
            self.bare += THEIR_GATEWAY
            self.agree(AGREED + SENT.format(port=self.their_port()))

    # -- providing ---------------------------------------------------------------------------------

    def submission(self) -> Scope:
        """The ids of one, however often it is sent."""
        fresh = Scope(self.scope)
        for name in ("oid.set", "oid.large"):
            fresh.get(name)
        return fresh

    def provide(self, ids: Scope, octets: int = LARGE) -> tuple[str, list[tuple[str, str]]]:
        """Its status, and errors with their locations."""
        parts = [("+", line) for line in (
            "set id=ss uid=${oid.set} patient=${regional}",
            "entry id=d1 uid=${oid.large} patient=${regional} mime=application/octet-stream",
            "member from=ss to=d1",
            f"document id=d1 octets={octets} type=application/octet-stream")]
        ids.values["slot"] = THEIRS
        request = self.running.maker.soap("iti41.xml", ids, parts,
                                          f"{self.target.host}:{self.target.https_port}")
        connection = http.client.HTTPSConnection(
            self.target.host, self.target.https_port, timeout=TIMEOUT,
            context=tls_context(self.target.ca, self.target.certificate("b-clinic")))
        connection.request("POST", "/xca/initiating", request.body,
                           {"Content-Type": request.content_type})
        reply = connection.getresponse()
        root = soap.parse(mtom.parse(reply.headers["Content-Type"], reply.read()).root.octets)
        connection.close()
        status = root.xpath("string(//rs:RegistryResponse/@status)", namespaces=soap.NS)
        return status.rpartition(":")[2], [
            (e.get("errorCode"), e.get("location"))
            for e in root.iterfind(".//rs:RegistryError", soap.NS)]

    def begun(self, ids: Scope | None = None) -> concurrent.futures.Future:
        """So much of it has come to the other region, but not all."""
        assert self.relay is not None and ids is not None
        self.relay.hold(UNDER_WAY, QUESTIONS)
        asked = concurrent.futures.ThreadPoolExecutor(1).submit(self.provide, ids)
        self.relay.wait_held()
        assert not asked.done(), asked
        return asked

    # -- what is to be seen ------------------------------------------------------------------------

    def found(self, ids: Scope) -> int:
        """How often a facility here finds it, there."""
        given = self.find(self.token())
        assert given.status == "Success", given.shown()
        return given.entries.count((ids.get("oid.large"), THEIRS))

    def sent_again(self, ids: Scope) -> None:
        """By whoever was not told Success: it is one document, and whole."""
        assert self.provide(ids) == ("Success", [])
        assert self.found(ids) == 1
        self.their_scope.values["oid.provided"] = ids.get("oid.large")
        given = self.read(self.token(), "oid.provided")
        assert given.status == "Success" and given.package is not None, given.shown()
        assert [len(part.octets) for part in given.package.parts.values()] == [LARGE]

    def outcomes(self, target: Target | None, ids: Scope) -> list[int]:
        """Of the ITI-80 that name the set, the newest first."""
        found = self.tool(target, "audit", "search", "--transaction", "ITI-80")
        return [one["outcome"] for one in found if ids.get("oid.set") in one["record"]]

    # -- what is shown -----------------------------------------------------------------------------

    def to_there(self) -> None:
        """The region that is provided to: whoever provides is told which community could not be
        reached; nothing of it is there, or stays here."""
        self.begin()
        assert self.relay is not None and self.there is not None and self.there.daemon is not None
        ids, here, there = self.submission(), self.kept(self.demo), self.kept(self.there)
        asked = self.begun(ids)
        self.there.daemon.kill()
        self.there.daemon.wait()
        self.relay.let_go()
        assert asked.result(PATIENCE) == ("Failure", [("XDSUnavailableCommunity", THEIRS)])
        self.sound(self.target)
        self.there.start(self.their_target)
        self.sound(self.their_target)
        left = self.kept(self.demo) ^ here, self.kept(self.there) ^ there
        assert left == (set(), set()), f"files are left: {left}"
        assert self.found(ids) == 0
        assert self.outcomes(self.their_target, ids) == [], "half of it has a record"
        assert self.outcomes(self.target, ids)[0] != 0
        self.sent_again(ids)

    def from_here(self) -> None:
        """The region it is provided from: a broken connection, and nothing of it there. Here no
        more than octets nobody knows, which go when it has been sent again."""
        self.begin()
        assert self.relay is not None and self.demo.daemon is not None and self.there is not None
        ids, here, there = self.submission(), self.kept(self.demo), self.kept(self.there)
        asked, left = self.begun(ids), self.relay.callers_left
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        assert isinstance(asked.exception(PATIENCE), (OSError, http.client.HTTPException))
        self.relay.let_go()
        self.relay.wait_left(left)
        self.sound(self.their_target)
        self.becomes_kept(there)
        self.demo.start(self.target)
        self.sound(self.target)
        more = self.kept(self.demo) ^ here
        assert len(more) <= 1 and all(re.match("data/blobs/", one) for one in more), more
        assert self.outcomes(self.target, ids) == [8] and self.outcomes(self.their_target, ids) \
            == [], "half of it has a record"
        assert self.found(ids) == 0
        self.sent_again(ids)
        assert self.kept(self.demo) == here, self.kept(self.demo) ^ here

    def unanswered(self) -> None:
        """The same, when it is there and nobody here knows: a broken connection, a document there
        with its record, and it stays one when it is sent again."""
        self.begin()
        assert self.relay is not None and self.demo.daemon is not None
        ids = self.submission()
        self.relay.hold(LARGE, QUESTIONS, ANSWERS)
        asked = concurrent.futures.ThreadPoolExecutor(1).submit(self.provide, ids)
        self.relay.wait_held()
        end = time.monotonic() + PATIENCE
        while self.outcomes(self.their_target, ids) != [0]:
            assert time.monotonic() < end and not asked.done(), asked
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        assert isinstance(asked.exception(PATIENCE), (OSError, http.client.HTTPException))
        self.relay.let_go()
        self.demo.start(self.target)
        self.sound(self.target, self.their_target)
        assert self.outcomes(self.target, ids) == [8]
        assert self.found(ids) == 1
        self.sent_again(ids)
        assert self.outcomes(self.target, ids) == [0, 8]

    def becomes_kept(self, files: set[str]) -> None:
        end = time.monotonic() + PATIENCE
        while (left := self.kept(self.there) ^ files):
            assert time.monotonic() < end, f"files are left: {left}"

    def in_bounds(self) -> None:
        """Neither grows by it. A sanitizer keeps what is freed: it is not measured."""
        self.begin()
        assert self.demo.daemon is not None and self.there is not None \
            and self.there.daemon is not None
        pids = {"here": self.demo.daemon.pid, "there": self.there.daemon.pid}
        assert self.provide(self.submission(), 1 << 20) == ("Success", [])
        before = {}
        for name, pid in pids.items():
            with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as peak:
                peak.write("5")
            before[name] = self.memory(pid, "VmRSS")
        assert self.provide(self.submission(), LARGEST) == ("Success", [])
        for name, pid in pids.items():
            grown = self.memory(pid, "VmHWM") - before[name]
            with open(f"/proc/{pid}/exe", "rb") as program:
                sanitized = re.search(b"__[at]san_init", program.read())
            assert grown <= GROWS or sanitized, f"{name}: it grew by {grown >> 20} MiB"

    @staticmethod
    def memory(pid: int, which: str) -> int:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            found = re.search(rf"^{which}:\s*(\d+) kB", status.read(), re.M)
            assert found, which
            return int(found[1]) << 10


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Provided(running, demo)
    return [
        ("provided-killed-there", "the other region dies amid a large document provided to it: its "
         "error, nothing on either side, and one document when it is sent again", each.to_there),
        ("provided-killed-here", "ours dies amid it: a broken connection, and the same",
         each.from_here),
        ("provided-killed-unanswered", "ours dies when it is there, and was not told: it stays one",
         each.unanswered),
        ("provided-in-bounds", "a document of 64 MiB is provided to another region in memory that "
         "does not grow by it, on either side", each.in_bounds),
        ("provided-ended", "both stores are sound", each.ended),
    ]
