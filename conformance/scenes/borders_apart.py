"""Two live regions, each in a network of its own, and a long line between them that delays and
loses (lib/link.py): somebody moves (scene 6 of japan.md F2, 転居), a disaster (scene 7, 災害), and
the line goes dark: what our own consumer is told then, and that it all comes back."""
from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import time

from lib import local, soap
from lib.casefile import Step
from lib.link import Link, NoLink
from lib.region import DemoRegion, Target
from lib.relay import PATIENCE
from lib.runner import Runner
from scenes.borders import HOME, THEIRS, TOLD, Given
from scenes.borders_killed import RETRIEVE, WANTED
from scenes.disasters_across import Across

SEED, DELAY, LOSS = 14, 0.04, 0.02  # seconds one way; of packets
LARGE, UNDER_WAY = 512 << 10, 128 << 10
# What a question to them may take, and all else of an answer, whatever the machine does beside it.
ANSWER, BESIDES = 8, 52
FAILURES = 5  # of a community, and it is not asked for a while: gateway/client/circuits.h
SOON = f'{TOLD}\n\tanswer-within = "{ANSWER}s"'


class Far(DemoRegion):
    """A region at the far end."""

    def __init__(self, link: Link, minatod: str, minato: str) -> None:
        super().__init__(minatod, minato)
        self.link = link

    def spawn(self, words: list[str], **how) -> subprocess.Popen[bytes]:
        return self.link.far(lambda: subprocess.Popen(words, **how))

    def make(self, *words, **how) -> Target:
        target = super().make(*words, **how)
        with open(self.configuration, encoding="utf-8") as conf:
            text, count = re.subn(r'(?m)^\taddress = "127\.0\.0\.1"$',
                                  f'\taddress = "{self.link.address}"', conf.read())
        assert count == 2, count  # HTTPS and MLLP
        with open(self.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)
        return dataclasses.replace(target, host=self.link.address)


class Apart(Across):
    """He is known to both, with a document in each, and a large one over there."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        super().__init__(running, demo)
        self.link = Link(SEED, DELAY, LOSS)
        self.theirs_besides: set[tuple[str, str]] = set()

    def another(self) -> DemoRegion:
        return Far(self.link, self.demo.minatod, self.demo.minato)

    # -- what is asked -----------------------------------------------------------------------------

    def asked(self) -> tuple[Given, float]:
        began = time.monotonic()
        given = self.find(self.token())
        return given, time.monotonic() - began

    def sees_all(self, token: str) -> Given:
        given = self.find(token)
        assert given.status == "Success" and set(given.entries) == {
            self.our_document, self.their_document} | self.theirs_besides, given.shown()
        return given

    def fetch(self, large: str) -> Given:
        wanted = WANTED.format(HOME, "2.999.20", self.our_document[0]) \
            + WANTED.format(THEIRS, "2.998.20", large)
        return self.post("/xds/repository", soap.envelope(
            f'<x:RetrieveDocumentSetRequest xmlns:x="urn:ihe:iti:xds-b:2007">{wanted}'
            "</x:RetrieveDocumentSetRequest>", RETRIEVE, "https://minato.example/xds/repository"),
            self.token())

    def counted(self, what: str) -> int:
        found = re.search(rf'^minato_community_{what}{{community="there"}} (\d+)$',
                          local.metrics(self.target.socket), re.M)
        assert found, what
        return int(found[1])

    # -- what is shown -----------------------------------------------------------------------------

    def moves(self) -> None:
        """He comes to live here: found there by who he is, his records read, by one code and by
        his consent."""
        self.begin()
        given = self.sees_all(self.token())
        assert not given.errors, given.shown()
        known = self.discover()["id"]
        assert self.discover()["id"] == known, "a second id of his"
        fetched = self.read(self.token())
        assert fetched.status == "Success" and fetched.package is not None, fetched.shown()
        for code in ("ITI-38", "ITI-39"):
            mine, theirs = self.newest(self.target, code), self.newest(self.their_target, code)
            assert self.patients(mine) == self.patients(theirs) or code == "ITI-39", (mine, theirs)
            assert self.scope.get("pid.b") not in theirs, f"an id of ours crossed: {theirs}"
        cx, why = self.their_scope.get("cx"), ("--reason", "moved")
        self.tool(self.their_target, "consent", "leave", "--patient", cx, *why)
        self.sees_ours(self.token(), "Success")
        self.tool(self.their_target, "consent", "join", "--patient", cx, *why)
        self.sees_all(self.token())
        assert self.link.lost > 0, "it was no such line"

    def darkens(self) -> None:
        """Ours is given, theirs is told as its own part, in time; then it is not waited for; then
        it is there again."""
        self.begin()
        self.agree(SOON)
        self.sees_all(self.token())
        self.link.go_dark()
        for _ in range(FAILURES):
            given, took = self.asked()
            assert given.status == "PartialSuccess" and given.entries == [self.our_document] \
                and [code for code, _ in given.errors] == ["XDSUnavailableCommunity"], given.shown()
            assert took < ANSWER + BESIDES, f"it took {took:.1f} s"
        spared = self.counted("spared_total")
        assert self.counted("open") == 1
        self.sees_ours(self.token())
        assert self.counted("spared_total") == spared + 1, "it was asked all the same"
        self.link.lighten()
        self.comes_back(lambda: self.find(self.token()))
        assert self.counted("open") == 0
        self.sees_all(self.token())

    def amid(self) -> None:
        """It goes dark amid a document: that one's error, and ours is whole."""
        self.begin()
        assert self.theirs is not None
        self.agree(SOON)
        large = self.their_scope.get("oid.large")
        cx = self.their_scope.get("cx")
        self.theirs.do(Step("large", "send", "b-clinic", "iti41.xml", {}, [], [
            ("+", f"set id=ss uid=${{oid.set.large}} patient={cx}"),
            ("+", f"entry id=d1 uid={large} patient={cx}"), ("+", "member from=ss to=d1"),
            ("+", f"document id=d1 octets={LARGE}")], [("status", "Success")]), self.their_scope)
        self.theirs_besides.add((large, THEIRS))
        whole = self.fetch(large)
        assert whole.status == "Success" and whole.package is not None, whole.shown()
        assert sorted(len(one.octets) for one in whole.package.parts.values()) == [4, LARGE]
        self.link.go_dark(UNDER_WAY)
        given = self.fetch(large)
        assert given.status == "PartialSuccess" and given.package is not None, given.shown()
        assert [one.octets for one in given.package.parts.values()] == [b"ours"], given.shown()
        assert {code for code, _ in given.errors} <= {
            "XDSRepositoryError", "XDSUnavailableCommunity"} and given.errors, given.shown()
        self.link.lighten()
        self.comes_back(lambda: self.fetch(large))

    def comes_back(self, ask) -> None:
        end = time.monotonic() + PATIENCE
        while (given := ask()).status != "Success":
            assert given.status == "PartialSuccess" and time.monotonic() < end, given.shown()

    def disaster(self) -> None:
        """As between two that are beside each other; both stores are sound."""
        self.begin()
        self.agree()
        self.show()

    def finish(self) -> None:
        super().finish()
        self.link.close()


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    if os.geteuid() != 0:
        raise ImportError("only root can make a network of its own")
    try:
        each = Apart(running, demo)
    except NoLink as why:
        raise ImportError(str(why)) from why
    return [
        ("scene-6-apart", "F2 6: somebody moves from one region to the other, which are in "
         "networks of their own, with a line between that delays and loses", each.moves),
        ("apart-dark", "the line goes dark: our part in time, theirs is told, not waited for, and "
         "there again", each.darkens),
        ("apart-dark-amid", "it goes dark amid a document: that one's error alone", each.amid),
        ("scene-7-apart", "F2 7: a disaster over there, across that line", each.disaster),
    ]
