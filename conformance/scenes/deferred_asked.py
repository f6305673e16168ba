"""We are the Responding Gateway of the Deferred Response Option (ITI TF-2: 3.55.6.2): another
community asks us, we acknowledge that, and answer later, where it is configured that we may."""
from __future__ import annotations

import threading
import time

from lxml import etree

from lib import local, soap
from lib.community_discovery import DiscoveryListener
from lib.region import DemoRegion
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import HttpClient, Reply, tls_context
from scenes.discovery import OURS, PATIENCE, Discovery

SETTINGS = {"workers": "2", "stop-within": "2s"}
ACTION = "urn:hl7-org:v3:PRPA_IN201306UV02:Deferred:CrossGatewayPatientDiscovery"
TAROU = {"birth": "19410503", "sex": "M", "telecom": "tel:0221234567",
         "name": "<family>ヤマダ</family><given>タロウ</given>"}
NOBODY = {**TAROU, "name": "<family>ダレモ</family><given>シラズ</given>"}
NEAR = {"birth": "19410503", "name": TAROU["name"]}
UNSURE = {**TAROU, "telecom": "tel:0669999999",
          "address": "<city>大阪市</city><streetAddressLine>北区1-1</streetAddressLine>"
                     "<postalCode>5300001</postalCode>"}
# What is asked; what is answered, and a word of it.
ANSWERS = {"somebody": (TAROU, "AA", "OK", "registrationEvent"),
           "nobody": (NOBODY, "AA", "NF", "queryAck"),
           "near": (NEAR, "AA", "OK", "PatientAddressRequested"),
           "unsure": (UNSURE, "AE", "AE", "AnswerNotAvailable")}
# How the community takes the answer: what becomes of the errand, and what the operator reads.
MANNERS = {"busy": ("waiting", "HTTP status 503"), "fault-receiver": ("waiting", "SOAP fault"),
           "breaks-off": ("waiting", ""), "babbles": ("waiting", ""), "huge": ("waiting", ""),
           "rejects": ("waiting", "CR"), "other-message": ("waiting", "another"),
           "anothers-answer": ("waiting", "another"), "other-action": ("waiting", "action"),
           "broken-envelope": ("waiting", ""), "refuses": ("aside", "AE"),
           "not-later": ("aside", "NS250"), "unknown": ("aside", "HTTP status 404"),
           "redirects": ("aside", "sends us elsewhere"), "sender-fault": ("aside", "SOAP fault")}
SECTIONS = """partner "north" {{
	url = "https://127.0.0.1:9/north/xcpd"
	for = {{"community"}}
	home-community-id = "urn:oid:2.999.50"
	consent = "assumed"
}}
partner "north-box" {{
	url = "{box}"
	for = {{"answers"}}
}}
partner "others-box" {{
	url = "{others}"
	for = {{"answers"}}
}}
system "north-gateway" {{
	title = "North"
	certificate = "pki/clients/north-gateway.pem"
	community = "north"{reply_to}
}}
partner "east" {{
	url = "https://127.0.0.1:9/east/xcpd"
	for = {{"community"}}
	home-community-id = "urn:oid:2.999.40"
	consent = "assumed"
}}
system "east-gateway" {{
	title = "East"
	certificate = "pki/clients/east-gateway.pem"
	community = "east"
	reply-to = {{"others-box"}}
}}
"""


class Asked(Discovery):
    """In a region of its own, which two communities ask."""

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        super().__init__(running, demo)
        self.north, self.others = (DiscoveryListener("well-acknowledged", self.server, self.ca,
                                                     running.grammars) for _ in range(2))
        self.configure('\n\treply-to = {"north-box"}')

    def configure(self, reply_to: str) -> None:
        text = SECTIONS.format(box=self.north.address, others=self.others.address,
                               reply_to=reply_to)
        if text == self.configured:
            return
        self.configured = text
        with open(self.demo.configuration, "w", encoding="utf-8") as conf:
            conf.write(self.bare + text)
        self.demo.stop()
        self.demo.start(self.target)

    def begin(self, manner: str = "well-acknowledged") -> None:
        self.configure('\n\treply-to = {"north-box"}')
        local.drop_all(self.target.socket)
        self.north.manner = manner
        self.north.got.clear()

    # -- who asks ----------------------------------------------------------------------------------

    def question(self, changes: list[tuple[str, str]] | None = None, **said: str) -> bytes:
        values = {"when": "Deferred:", "priority": "D", "respond": self.north.address,
                  **(said or TAROU)}
        return self.running.maker.soap("iti55.xml", Scope(None, **values), changes or [],
                                       self.target.host).body

    def send(self, octets: bytes, system: str = "north-gateway") -> Reply:
        client = HttpClient(self.target.host, self.target.https_port,
                            tls_context(self.target.ca, self.target.certificate(system)))
        reply = client.request("POST", "/xcpd", {
            "Content-Type": "application/soap+xml; charset=UTF-8"}, octets)
        client.close()
        return reply

    def told_of(self, octets: bytes, system: str = "north-gateway") -> tuple[str, str]:
        """How it was acknowledged: typeCode and the detail's code."""
        root = soap.parse(self.send(octets, system).body)
        fault = self.running.grammars.fault("iti55-acknowledged", root)
        assert fault is None, fault
        return tuple(root.xpath(f"string(//v3:acknowledgement{path}/@code)", namespaces=soap.NS)
                     for path in ("/v3:typeCode", "/v3:acknowledgementDetail/v3:code"))

    def asks(self, octets: bytes) -> None:
        reply = self.send(octets)
        assert b"CA" in reply.body, reply.body

    # -- what becomes of it ------------------------------------------------------------------------

    def errands(self) -> list[dict]:
        return local.told(self.target.socket, "errand", "list", "--limit", "1000")

    def until(self, holds) -> list[dict]:
        end = time.monotonic() + PATIENCE
        while not holds(seen := self.errands()):
            assert time.monotonic() < end, seen
            threading.Event().wait(0.05)
        return seen

    def waiting(self, state: str = "waiting") -> dict:
        """The one errand, once it was tried."""
        return self.until(lambda seen: len(seen) == 1 and seen[0]["state"] == state
                          and seen[0].get("problem"))[0]

    def answer(self, count: int = 1) -> etree._Element:
        """The last of so many that came."""
        self.until(lambda seen: not seen)
        assert len(self.north.got) == count, f"{len(self.north.got)} came, not {count}"
        assert not self.north.faults, self.north.faults[:2]
        return soap.parse(self.north.got[-1])

    def goes_on(self) -> None:
        self.north.manner = "well-acknowledged"
        self.tool("errand", "retry", str(self.errands()[0]["number"]))

    @staticmethod
    def code_in(root: etree._Element) -> str:
        return root.xpath("string(//v3:registrationEvent//v3:patient/v3:id/@extension)",
                          namespaces=soap.NS)

    @staticmethod
    def response(root: etree._Element) -> str:
        return root.xpath("string(//v3:queryResponseCode/@code)", namespaces=soap.NS)

    # -- what is shown -----------------------------------------------------------------------------

    def answered(self) -> None:
        self.begin()
        before = len(self.records("ITI-55"))
        octets = self.question()
        self.asks(octets)
        asked, root = soap.parse(octets), self.answer()
        for ours, theirs in (("//a:RelatesTo", "//a:MessageID"),
                             ("//v3:queryAck/v3:queryId/@extension", "//v3:queryId/@extension"),
                             ("//v3:targetMessage/v3:id/@extension",
                              "//s:Body/*/v3:id/@extension")):
            said = soap.text(root, f"string({ours})")
            assert said and said == soap.text(asked, f"string({theirs})"), (ours, said)
        assert soap.text(root, "//a:Action") == ACTION
        assert soap.text(root, "//a:To") == self.north.address
        assert soap.text(root, "string(//v3:patient/v3:id/@root)") == OURS
        assert [self.code_in(root)] == self.codes(), self.codes()
        assert b"D1" not in self.north.got[-1], "a facility's id was told"
        told, was_asked = self.records("ITI-55")[:2]
        assert len(self.records("ITI-55")) == before + 2
        assert told["outcome"] == was_asked["outcome"] == 0, (told, was_asked)
        assert self.codes()[0] in told["record"] and self.codes()[0] not in was_asked["record"]
        assert told["exchange"] == was_asked["exchange"] != "", told
        seen = self.told("audit", "who-looked", "--patient", self.patient)
        assert "North" in str(seen), seen
        self.sound()

    def answers(self) -> None:
        for name, (said, ack, code, word) in ANSWERS.items():
            self.begin()
            self.asks(self.question(**said))
            root = self.answer()
            got = (soap.text(root, "string(//v3:acknowledgement/v3:typeCode/@code)"),
                   self.response(root))
            assert got == (ack, code) and word.encode() in self.north.got[-1], f"{name}: {got}"
            assert (self.code_in(root) != "") == (name == "somebody"), name
        self.sound()

    def respond_to(self) -> None:
        """Nothing leaves for an address that its own section does not name, whatever it says."""
        self.begin()
        there = f'value="{self.north.address}"'
        other = f'<telecom value="{self.others.address}"/>'
        for name, changes in {
                "another's": [("/", f"{there} -> value=\"{self.others.address}\"")],
                "a stranger's": [("/", f"{there} -> value=\"https://127.0.0.1:1/x\"")],
                "a letter more": [("/", f"{there} -> value=\"{self.north.address}/\"")],
                "nowhere": [("/", f"{there} -> value=\"\"")],
                "no telecom": [("/", f"<telecom {there}/> -> ")],
                "two": [("/", f"<telecom {there}/> -> <telecom {there}/>{other}")]}.items():
            said, code = self.told_of(self.question(changes))
            assert said == "AE" and code, f"{name}: {said} {code}"
        twice = self.question().replace(b"<sender ", b'<respondTo typeCode="RSP"><telecom value="'
                                        + self.others.address.encode() + b'"/></respondTo><sender ')
        assert self.told_of(twice)[0] == "AE"
        assert self.told_of(self.question(), "east-gateway")[0] == "AE", "on behalf of another"
        assert not self.errands() and not self.north.got and not self.others.got
        self.sound()

    def not_so(self) -> None:
        """Priority and action say the same; and who may be answered nowhere cannot ask so."""
        self.begin()
        assert self.told_of(self.question(**TAROU, priority="I"))[0] == "AE"
        at_once = soap.parse(self.send(self.question(**TAROU, when="")).body)
        assert soap.text(at_once, "string(//v3:acknowledgementDetail/v3:code/@code)") == "NS250"
        long = self.question([("/", "<a:MessageID> -> <a:MessageID>urn:" + 300 * "x")])
        assert self.told_of(long)[0] == "AE"
        self.configure("")
        assert self.told_of(self.question()) == ("AE", "NS250")
        assert not self.errands() and not self.north.got
        self.sound()

    def again(self) -> None:
        """Sent again, before it was answered and after: one answer. Its MessageID is no other
        question's."""
        self.begin("busy")
        octets = self.question()
        for _ in range(3):
            self.asks(octets)
        self.waiting()
        another = octets.replace(b'value="19410503"', b'value="19410504"')
        assert another != octets and self.told_of(another) == ("AE", "205")
        self.goes_on()
        self.until(lambda seen: not seen)
        came = len(self.north.got)
        self.asks(octets)
        assert self.told_of(another) == ("AE", "205")
        assert not self.errands() and len(self.north.got) == came
        ids = {soap.text(soap.parse(each), "//a:MessageID") for each in self.north.got}
        assert len(ids) == 1, ids
        self.sound()

    def changed(self) -> None:
        """Who has left, excluded it or lost his code since is as one nobody knows."""
        exclude = ("--facility", "north-gateway", "--patient", self.patient, "--reason", "asked")
        who = ("--patient", self.patient, "--reason", "asked")
        for change, back in (
                (("consent", "leave", *who), ("consent", "join", *who)),
                (("consent", "exclude", *exclude), ("consent", "include", *exclude)), ((), ())):
            self.begin("busy")
            self.asks(self.question())
            self.waiting()
            code = self.codes()[0]
            self.told(*(change or ("partner", "revoke", "--partner", "north", "--code", code,
                                   "--reason", "asked")))
            self.goes_on()
            self.until(lambda seen: not seen)
            root = soap.parse(self.north.got[-1])
            assert self.response(root) == "NF" and not self.code_in(root), change
            assert code not in self.records("ITI-55")[0]["record"], change
            if back:
                self.told(*back)
        self.sound()

    def misbehaviours(self) -> None:
        """Each is tried again, or set aside and told; then the same message is taken."""
        for manner, (state, word) in MANNERS.items():
            self.begin(manner)
            self.asks(self.question())
            seen = self.waiting(state)
            assert word in seen["problem"], f"{manner}: {seen}"
            record = self.records("ITI-55")[0]
            assert record["outcome"] != 0 and self.codes()[0] in record["record"], manner
            self.goes_on()
            self.until(lambda seen: not seen)
            ids = {soap.text(soap.parse(each), "string(//s:Body/*/v3:id/@root)")
                   for each in self.north.got}
            assert len(ids) == 1 and self.code_in(soap.parse(self.north.got[-1])), manner
            assert self.records("ITI-55")[0]["outcome"] == 0, manner
        assert "ヤマダ" not in self.demo.log(400)
        self.sound()

    def not_listed(self) -> None:
        """Where it may not be answered any more nothing is sent."""
        self.begin("busy")
        self.asks(self.question())
        self.waiting()
        self.configure('\n\treply-to = {"others-box"}')
        came = len(self.north.got)
        self.goes_on()
        self.waiting("aside")
        assert len(self.north.got) == came and not self.others.got
        self.sound()

    def kill(self) -> None:
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        self.demo.start(self.target)

    def killed(self) -> None:
        """After our acknowledgement, and while the answer is under way."""
        self.begin("busy")
        self.asks(self.question())
        self.kill()
        self.goes_on()
        self.until(lambda seen: not seen)
        assert self.code_in(soap.parse(self.north.got[-1]))
        self.begin("silent")
        self.asks(self.question())
        with self.north.changed:
            assert self.north.changed.wait_for(lambda: self.north.under_way == 1, PATIENCE)
        self.north.manner = "well-acknowledged"
        self.kill()
        root = self.answer(2)
        assert self.code_in(root)
        ids = {soap.text(soap.parse(each), "string(//s:Body/*/v3:id/@root)")
               for each in self.north.got}
        assert len(ids) == 1, ids
        records = self.records("ITI-55")
        assert [one["outcome"] != 0 for one in records[:2]].count(True) == 1, records[:2]
        self.sound()


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    each = Asked(running, demo)
    return [("deferred-asked-answered", "what we are asked to answer later is acknowledged, and "
             "answered", each.answered),
            ("deferred-asked-answers", "it is answered what would be at once", each.answers),
            ("deferred-asked-respond-to", "nothing leaves for where its section does not say",
             each.respond_to),
            ("deferred-asked-not-so", "who asks for two things, or cannot, is told", each.not_so),
            ("deferred-asked-again", "a question sent again has one answer", each.again),
            ("deferred-asked-changed", "consent is asked when it is answered", each.changed),
            ("deferred-asked-misbehaviours", "whatever the receiver does it is told once at least",
             each.misbehaviours),
            ("deferred-asked-not-listed", "who is not listed any more gets nothing",
             each.not_listed),
            ("deferred-asked-killed", "a kill loses nothing", each.killed)]
