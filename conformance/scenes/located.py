"""We are the Initiating Gateway of the Health Data Locator option: a community that says it knows
where else a person is known is asked (ITI-56), and whom it names, too (ITI-55). What it names is
nobody's id: each community says itself whom it knows. Loops, liars and silence each cost their own
part."""
from __future__ import annotations

from lib.community_discovery import DiscoveryGateway
from lib.region import DemoRegion
from lib.runner import Runner
from scenes.discovery import SECTION, SOON, WITHIN, Discovery

SETTINGS = {"workers": "2", "stop-within": "2s"}
HOMES = {"west": "2.999.30", "east": "2.999.31", "south": "2.999.32", "far": "2.999.33",
         "beyond": "2.999.34"}
OURS, STRANGER = "urn:oid:2.999.10", "urn:oid:2.999.77"
# How west names whom it names, and a word of what is told of it.
MISBEHAVIOURS = {"anothers": "of the patient", "malformed": "one HomeCommunityId",
                 "too-many": "more communities", "no-answer": "SOAP fault", "silent": "in time"}


def urn(name: str) -> str:
    return "urn:oid:" + HOMES[name]


class Located(Discovery):
    """In a region of its own, which knows these communities, all of them Health Data Locators."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        super().__init__(running, demo)
        self.gateways = {"west": self.west, **{
            name: DiscoveryGateway("knows", self.server, self.ca, running.grammars, home)
            for name, home in HOMES.items() if name != "west"}}

    def trusted(self, *names: str, within: int = WITHIN) -> None:
        """Those are asked whom else they know of."""
        text = "".join(
            SECTION.format(url=gateway.address, within=within)
            .replace('"west"', f'"{name}"').replace(HOMES["west"], HOMES[name])
            .replace("known-for", ("health-data-locator = yes\n\tknown-for"
                                   if name in names else "known-for"))
            for name, gateway in self.gateways.items())
        for gateway in self.gateways.values():
            gateway.manner, gateway.locating = "knows", "names"
            gateway.locates = None
            gateway.got.clear()
            gateway.located.clear()
        if text == self.configured:
            return
        self.configured = text
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(self.bare + text)
        self.demo.stop()
        self.demo.start(self.target)

    def forget(self) -> None:
        for one in self.told("partner", "show", "--patient", self.patient)["ids"]:
            self.told("partner", "unmap", "--partner", one["partner"], "--patient", self.patient,
                      "--reason", "a new scene")

    def asked(self) -> dict[str, dict]:
        self.forget()
        answers = self.told("partner", "discover", "--partner", "west", "--patient", self.patient)
        assert isinstance(answers, list)
        by_name = {one["partner"]: one for one in answers}
        assert len(by_name) == len(answers), f"one stands there twice: {answers}"
        return by_name

    def counted(self) -> dict[str, tuple[int, int]]:
        """Of each: how often it was asked for the person, and who else knows him."""
        return {name: (len(gateway.got), len(gateway.located))
                for name, gateway in self.gateways.items() if gateway.got or gateway.located}

    # -- what is shown -----------------------------------------------------------------------------

    def followed(self) -> None:
        self.trusted("west")
        self.west.locates = [urn("east"), STRANGER, OURS, urn("west"), urn("east")]
        before = len(self.records("ITI-56"))
        answers = self.asked()
        assert self.counted() == {"west": (1, 1), "east": (1, 0)}, self.counted()
        west, east = answers["west"], answers["east"]
        assert (west["answer"], west["named_by"]) == ("known", ""), west
        assert STRANGER in west["why"] and "left out" in west["why"], west
        assert (east["answer"], east["named_by"]) == ("known", "west"), east
        assert east["id"] == f"w-1^^^&{HOMES['east']}.1&ISO", east
        assert sorted(self.ids()) == sorted([west["id"], east["id"]]), self.ids()
        assert self.gateways["east"].codes[-1] not in ("", self.west.codes[-1]), "a code of another"
        asked = self.west.located[0].decode()
        assert 'extension="w-1"' in asked and self.west.codes[-1] not in asked, asked
        records = self.records("ITI-56")
        assert len(records) == before + 1 and records[0]["outcome"] == 0, records
        assert "110112" in records[0]["record"] and urn("west") not in asked, records[0]
        looked = self.told("audit", "who-looked", "--patient", self.patient)
        assert "ITI-56" in str(looked), looked
        assert not any(one.faults for one in self.gateways.values()), self.west.faults[:2]
        self.sound()

    def not_trusted(self) -> None:
        self.trusted()
        self.west.locates = [urn("east")]
        answers = self.asked()
        assert list(answers) == ["west"] and "is not asked" in answers["west"]["why"], answers
        assert self.counted() == {"west": (1, 0)}, self.counted()

    def of_all(self) -> None:
        """Where all are asked anyway nobody has to be located."""
        self.trusted("west", "east")
        self.west.locates = [urn("east")]
        self.told("partner", "discover", "--all", "--patient", self.patient)
        assert self.counted() == {name: (1, 0) for name in HOMES}, self.counted()

    def loops(self) -> None:
        """Two that name each other, and themselves: each is asked once of each."""
        self.trusted("west", "east")
        self.west.locates = [urn("east"), urn("west")]
        self.gateways["east"].locates = [urn("west"), urn("east")]
        answers = self.asked()
        assert self.counted() == {"west": (1, 1), "east": (1, 1)}, self.counted()
        assert {one["answer"] for one in answers.values()} == {"known"}, answers

    def chain(self) -> None:
        """Three locators behind each other are followed, and no fourth."""
        self.trusted(*HOMES)
        names = list(HOMES)
        for name, then in zip(names, names[1:]):
            self.gateways[name].locates = [urn(then)]
        answers = self.asked()
        assert list(answers) == names[:-1], answers
        assert self.counted() == {"west": (1, 1), "east": (1, 1), "south": (1, 1), "far": (1, 0)}, \
            self.counted()
        assert "is not asked" in answers["far"]["why"], answers["far"]

    def misbehaviours(self) -> None:
        """Its word about itself stands; of others nobody is asked."""
        for manner, word in MISBEHAVIOURS.items():
            self.trusted("west", within=SOON if manner == "silent" else WITHIN)
            self.west.locates, self.west.locating = [urn("east")], manner
            answers = self.asked()
            assert list(answers) == ["west"], f"{manner}: {answers}"
            assert answers["west"]["answer"] == "known" and word in answers["west"]["why"], answers
            assert self.counted() == {"west": (1, 1)}, f"{manner}: {self.counted()}"
            assert self.records("ITI-56")[0]["outcome"] != 0, manner
        assert not self.west.faults, self.west.faults[:2]
        self.sound()

    def lied(self) -> None:
        """Whom it names knows nobody, knows somebody else, is silent: that is that one's part."""
        for manner, said in (("knows-nobody", "unknown"), ("wrong-person", "doubtful"),
                             ("silent", "no answer")):
            self.trusted("west", within=SOON if manner == "silent" else WITHIN)
            self.west.locates = [urn("east"), urn("south")]
            self.gateways["east"].manner = manner
            answers = self.asked()
            assert [answers[name]["answer"] for name in ("west", "east", "south")] \
                == ["known", said, "known"], f"{manner}: {answers}"
            assert len(self.ids()) == 2, self.ids()
        self.sound()


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Located(running, demo)
    return [("located-followed", "whom a Health Data Locator names is asked, by a code of its own, "
             "and says itself whom it knows", each.followed),
            ("located-not-trusted", "one that is not to be followed is not asked who else",
             each.not_trusted),
            ("located-of-all", "where all are asked anyway, nobody has to be located", each.of_all),
            ("located-loops", "locators that name each other are asked once", each.loops),
            ("located-chain", "locators behind each other are followed so far and no further",
             each.chain),
            ("located-misbehaviours", "what a locator answers that is none costs nothing else",
             each.misbehaviours),
            ("located-lied", "whom a locator names wrongly is taken for nobody", each.lied)]
