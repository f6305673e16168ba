"""Assertions about persons (XUA): by an issuer of our own, in a region that believes it."""
from __future__ import annotations

import os
import re
import shutil
import signal
import time

from lib import casefile
from lib.issuer import Issuer
from lib.region import DemoRegion
from lib.runner import Failed, Runner
from lib.scope import Scope

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "assertions", "assertions.case")
MACROS = os.path.join(HERE, os.pardir, "cases", "00-macros.case")
ENTITY = "https://idp.example/xua"
SECTION = """
assertion-issuer "region-idp" {{
	entity-id = "{entity}"
	certificate = "{certificate}"
}}
"""
WITHIN = 60.0  # seconds until a reload is felt
# How a token is made that fails at a step, and what that is told as: subcode, problem, words.
INVALID = ("InvalidSecurityToken", "token-invalid",
           "the security token is not valid here and now")
STRANGE = ("FailedAuthentication", "token-authentication",
           "the security token could not be authenticated")
REFUSED = {
    "expired": ({"begin": -600, "end": -120}, INVALID),
    "early": ({"begin": 120, "end": 300}, INVALID),
    "lifetime": ({"begin": -60, "end": 3600}, INVALID),
    "audience": ({"audience": "urn:oid:2.999.2"}, INVALID),
    "confirmation": ({"method": "sender-vouches"}, INVALID),
    "issuer": ({"issuer": "https://evil.example/"}, STRANGE),
    "organization": ({"organization": "urn:oid:2.999.9"}, STRANGE),
    # of none
    "organization ": ({"organization": ""}, STRANGE),
}


class Assertions:
    """In a region of its own."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        self.running, self.demo = running, demo
        self.scope = Scope(running.region)
        self.cases = {case.name: case for case in casefile.read(CASES).cases}
        running.macros.update(casefile.read(MACROS).macros)
        running.macros.update(casefile.read(CASES).macros)
        self.issuer = Issuer(demo.directory, ENTITY)
        self.other = Issuer(demo.directory, ENTITY, "other")
        self.believed = os.path.join(demo.directory, "believed.pem")
        shutil.copy(self.issuer.certificate, self.believed)

    def show(self, *names: str, **values: str) -> None:
        try:
            for name in names:
                self.scope.values.update(values)
                for step in self.cases[name].steps:
                    self.running.do(step, self.scope)
        except Failed as fault:
            raise AssertionError(f"{values.get('step', '')} {fault}") from fault

    def token(self, by: Issuer | None = None, **said: str) -> str:
        return (by or self.issuer).token(**said)

    def reloads(self) -> int:
        with open(self.demo.log_path, encoding="utf-8", errors="replace") as log:
            return log.read().count("configuration reloaded")

    def reload(self) -> None:
        before = self.reloads()
        self.demo.daemon.send_signal(signal.SIGHUP)
        end = time.monotonic() + WITHIN
        while self.reloads() == before:
            assert time.monotonic() < end, f"a reload is not felt within {WITHIN:.0f} s"
            time.sleep(0.05)

    def say(self, system: str, *lines: str) -> None:
        """In the section of a system, from now on."""
        with open(self.demo.configuration, encoding="utf-8") as conf:
            text = conf.read()
        text, count = re.subn(rf'(^system "?{system}"? \{{\n)'
                              r"(\t(?:assertions|organizations|emergency) = .*\n)*",
                              "\\1" + "".join(f"\t{line}\n" for line in lines), text, count=1,
                              flags=re.M)
        assert count == 1, text
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(text)

    def believe(self) -> None:
        with open(self.demo.configuration, "a", encoding="utf-8") as conf:
            conf.write(SECTION.format(entity=ENTITY, certificate=self.believed))
        self.say("b-clinic", 'organizations = {"2.999.1.200"}')
        self.say("a-hospital", 'organizations = {"*"}')
        self.reload()

    def answered(self) -> None:
        self.show("joined")
        self.show("not-understood", token=self.token())
        self.believe()
        self.show("answered", "answered-again", token=self.token())
        self.show("answered", token=self.token(purpose="ETREAT"))
        clients = os.path.join(self.demo.region, "pki", "clients")
        self.show("answered", token=self.token(
            method="holder-of-key", holder=os.path.join(clients, "b-clinic.pem")))
        self.show("answered-without")

    def refused(self) -> None:
        for step, (said, (subcode, problem, words)) in REFUSED.items():
            self.show("refused", token=self.token(**said), step=step.strip(), subcode=subcode,
                      problem=problem, words=words)
        clients = os.path.join(self.demo.region, "pki", "clients")
        subcode, problem, words = STRANGE
        strange = {"subcode": subcode, "problem": problem, "words": words}
        self.show("refused", step="holder", token=self.token(
            method="holder-of-key", holder=os.path.join(clients, "a-hospital.pem")), **strange)
        self.show("refused", step="signature", token=self.token(self.other), **strange)
        self.show("refused", step="digest", token=self.token().replace("dr.hyoji", "admin"),
                  subcode="FailedCheck", problem="token-check",
                  words="the signature of the security token does not hold")
        self.show("two", token=self.token())

    def replayed(self) -> None:
        stolen, once = self.token(), self.token(condition="<saml2:OneTimeUse/>")
        subcode, problem, words = STRANGE
        strange = {"subcode": subcode, "problem": problem, "words": words}
        self.show("answered", token=stolen)
        self.show("refused-another", token=stolen, step="replay", **strange)
        self.show("answered-again", token=stolen)
        self.show("answered", token=once)
        self.show("refused", token=once, step="replay", **strange)

    def one_patient(self) -> None:
        its = self.scope.fill("${patient}")
        self.show("answered", "its-document", "found-by-name", token=self.token(patient=its))
        pid, domain = self.scope.fill("${pid.b}"), self.scope.fill("${domain.b}")
        self.show("answered", token=self.token(patient=f"{pid}^^^&{domain}&ISO"))
        self.show("another-patient", "another-patients-document", "not-found-by-name",
                  token=self.token(patient="999^^^&2.999.1&ISO"))
        self.show("another-patient", token=self.token(patient="nobody"))

    def needed(self) -> None:
        self.say("b-clinic", 'assertions = "required"', 'organizations = {"2.999.1.200"}')
        self.reload()
        self.show("required")
        self.show("answered", token=self.token())
        self.say("b-clinic", 'assertions = "forbidden"')
        self.reload()
        self.show("forbidden", token=self.token(), step="forbidden")
        self.show("answered-without")
        self.say("b-clinic", 'organizations = {"2.999.1.200"}')
        self.reload()

    def renewed(self) -> None:
        """Another certificate beside the old one, then instead of it."""
        subcode, problem, words = STRANGE
        strange = {"subcode": subcode, "problem": problem, "words": words}
        with open(self.believed, "ab") as out, open(self.other.certificate, "rb") as new:
            out.write(new.read())
        self.reload()
        self.show("answered", token=self.token())
        self.show("answered", token=self.token(self.other))
        shutil.copy(self.other.certificate, self.believed)
        self.reload()
        self.show("refused", token=self.token(), step="signature", **strange)
        self.show("answered", token=self.token(self.other))

    def by_rules(self) -> None:
        """The rules go by the role that the token tells, whatever the system's is. (It is the
        other certificate that is believed by now.)"""
        self.show("noted")
        clerk = {"role": "4110", "role_system": "2.16.840.1.113883.2.9.6.2.7"}
        self.show("all-seen", token=self.token(self.other))
        self.show("clerks-seen", token=self.token(self.other, **clerk))
        self.show("all-seen", token=self.token(self.other))

    def by_patient(self) -> None:
        """A person and a purpose that the patient excludes, and nobody else by it."""
        for option, whom, is_he, is_not in (
                ("person", f"dr.hyoji@{ENTITY}", {}, {"user": "dr.other"}),
                ("purpose", "research", {"purpose": "HRESCH"}, {}),
                ("role", "clerk", {"role": "4110", "role_system": "2.16.840.1.113883.2.9.6.2.7"},
                 {})):
            self.show("excluded", option=option, whom=whom)
            self.show("nothing-seen", token=self.token(self.other, **is_he))
            self.show("all-seen", token=self.token(self.other, **is_not))
            self.show("included", option=option, whom=whom)
            self.show("clerks-seen" if option == "role" else "all-seen",
                      token=self.token(self.other, **is_he))


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Assertions(running, demo)
    return [
        ("assertions-answered", "who is vouched for is answered; without an issuer no token is "
         "understood", each.answered),
        ("assertions-refused", "whatever is wrong with a token has its fault, the same words and "
         "a record", each.refused),
        ("assertions-replayed", "a token is whose it was first, and one for one use is used once",
         each.replayed),
        ("assertions-one-patient", "a token of one patient opens nobody else", each.one_patient),
        ("assertions-needed", "a system may have to bring one, or must not", each.needed),
        ("assertions-renewed", "an issuer's next certificate is believed beside the old one, then "
         "instead of it", each.renewed),
        ("assertions-by-rules", "the region's rules go by the role that is vouched for",
         each.by_rules),
        ("assertions-by-patient", "whom the patient excludes by name, role or purpose sees "
         "nothing, and others do", each.by_patient),
    ]
