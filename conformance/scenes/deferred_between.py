"""Two live regions of ours, of which one asks the other and is answered later (ITI TF-2:
3.55.6.2): each is to the other what others are to it."""
from __future__ import annotations

import os
import threading
import time

from lib import local
from lib.region import DemoRegion
from lib.runner import Runner
from scenes.borders import TOLD, Borders
from scenes.discovery import PATIENCE

# Where they answer us, and as whom.
BOX = """
partner "here-box" {{
	url = "{door}"
	for = {{"answers"}}
	ca = "{ca}"
	server-name = "localhost"
	certificate = "pki/clients/east-gateway.pem"
}}
"""
THEY = """
system "there-gateway" {
	title = "There"
	certificate = "pki/clients/east-gateway.pem"
	community = "there"
}
"""
WHY = ("--reason", "asked")


class Between(Borders):
    """They may answer at our /xcpd, and are asked to."""

    gateway = 'reply-to = {"here-box"}'

    @property
    def door(self) -> str:
        return f"https://127.0.0.1:{self.target.https_port}/xcpd"

    def agree(self, ours: str = "", about_us: str = "", signs: bool = True) -> None:
        if THEY not in self.bare:
            assert self.there is not None
            os.chmod(os.path.join(self.there.region, "pki", "clients", "east-gateway.pem"), 0o600)
            self.bare += THEY
            self.their_bare += BOX.format(door=self.door, ca=self.target.ca)
        super().agree(ours or TOLD, about_us, signs)

    def asks(self) -> None:
        """Anew, of somebody of whom nothing is known there."""
        self.begin()
        self.agree(f'{TOLD}\n\trespond-to = "{self.door}"')
        cx = self.scope.get("cx")
        if self.ids():
            self.tool(self.target, "partner", "unmap", "--partner", "there", "--patient", cx, *WHY)
        found = self.tool(self.target, "partner", "discover", "--partner", "there", "--patient",
                          cx)[0]
        assert found["answer"] == "later", found

    def ids(self) -> list[str]:
        shown = self.tool(self.target, "partner", "show", "--patient", self.scope.get("cx"))
        assert isinstance(shown, dict)
        return [one["id"] for one in shown["ids"]]

    def errands(self) -> list[dict]:
        assert self.their_target is not None
        return local.told(self.their_target.socket, "errand", "list", "--limit", "100")

    def until_answered(self) -> None:
        end = time.monotonic() + PATIENCE
        while seen := self.errands():
            assert time.monotonic() < end, seen
            threading.Event().wait(0.05)

    def code(self) -> str:
        """By which they call him, towards us."""
        shown = self.tool(self.their_target, "partner", "show", "--patient",
                          self.their_scope.get("cx"))
        assert isinstance(shown, dict)
        return shown["codes"][0]["code"]

    # -- what is shown -----------------------------------------------------------------------------

    def known(self) -> None:
        self.asks()
        self.until_answered()
        assert self.ids() == [f"{self.code()}^^^&2.998.1.77&ISO"], self.ids()
        for target in (self.target, self.their_target):
            assert self.code() in self.records(target, "ITI-55")[0]

    def nobody(self) -> None:
        """Who has left there is not known there."""
        self.begin()
        theirs = ("--patient", self.their_scope.get("cx"))
        self.tool(self.their_target, "consent", "leave", *theirs, *WHY)
        self.asks()
        self.until_answered()
        assert self.ids() == []
        seen = self.tool(self.target, "partner", "correlations", "--patient", self.scope.get("cx"))
        assert [one["answer"] for one in seen] == ["unknown"], seen
        self.tool(self.their_target, "consent", "join", *theirs, *WHY)


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Between(running, demo)
    return [("deferred-between-known", "one region of ours answers another one later, and is "
             "understood", each.known),
            ("deferred-between-nobody", "so it is where it knows nobody", each.nobody),
            ("deferred-between-ended", "both stores are sound", each.ended)]
