"""Document Metadata Notify [ITI-53] (ITI TF-2: 3.53): who subscribed is told of what is registered
or published, as a query of its own would show it; consumers that behave badly, or are away, hold
nobody up."""
from __future__ import annotations

import datetime
import json
import os
import threading

from lib import casefile, soap
from lib.casefile import Step
from lib.consumer_v3 import ConsumerV3
from lib.outbox_scene import ANSWERS, SOON, OutboxScene
from lib.region import DemoRegion
from lib.runner import Runner
from lib.scope import Scope

SETTINGS: dict[str, str] = {}
MACROS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cases", "00-macros.case")
REGION = "2.999.1"  # the affinity domain
EMPTY = {"hash": "da39a3ee5e6b4b0d3255bfef95601890afd80709", "size": "0", "repo": "2.999.6.1"}
# How a consumer behaves: what becomes of the errand, and what the operator reads of it.
MANNERS = {
    "nothing": ("done", ""), "fault": ("aside", "SOAP fault Sender"),
    "fault-as-200": ("aside", "SOAP fault Sender"), "unknown": ("aside", "HTTP status 404"),
    "redirects": ("aside", "sends us elsewhere"), "unavailable": ("waiting", "HTTP status 503"),
    "fault-receiver": ("waiting", "SOAP fault Receiver"), "breaks-off": ("done", ""),
    "babbles": ("waiting", ""), "closes": ("waiting", ""),
    "says-nothing": ("waiting", "not answered in time"),
}
TOPICS = {"FullDocumentEntry": "entries", "MinimalDocumentEntry": "entries",
          "SubmissionSetMetadata": "sets", "FolderMetadata": "folders"}
PATIENT = {"entries": "$XDSDocumentEntryPatientId", "sets": "$XDSSubmissionSetPatientId",
           "folders": "$XDSFolderPatientId"}


def objects(message: bytes) -> list[tuple[str, str]]:
    """(name of the element, id) of each object it tells of."""
    found = soap.parse(message).xpath("//rim:RegistryObjectList/*", namespaces=soap.NS)
    return [(each.tag.split("}")[1], each.get("id")) for each in found]


def value(message: bytes, path: str) -> str:
    return soap.parse(message).xpath(f"string({path})", namespaces=soap.NS)


class Person:
    """Known to A and B, joined: patient is the affinity domain's id, CX."""

    def __init__(self, scene: "Subscriptions", joins: bool = True) -> None:
        self.scope = Scope(scene.running.region)
        scene.do("two-records", self.scope)
        self.a_id = self.scope.get("pid.a")
        if joins:
            scene.consent("join", self)
        scene.do("person", self.scope)
        self.patient = self.scope.get("patient")


class Subscriptions(OutboxScene):
    """In a region of its own: x-consumer subscribes for one consumer, d-pharmacy for another."""

    told_to = ("x-consumer", "d-pharmacy")

    def __init__(self, running: Runner, demo: DemoRegion) -> None:
        super().__init__(running, demo)
        running.macros.update(casefile.read(MACROS).macros)
        self.consumer = ConsumerV3("nothing", self.server, self.ca)
        self.neighbour = ConsumerV3("nothing", self.server, self.ca)
        self.a_domain = running.region.get("domain.a")
        self.made: list[tuple[str, str]] = []

    def begin(self, within: int = ANSWERS) -> None:
        section = 'partner "%s" {\n\turl = "%s"\n\tfor = {"subscriptions"}\n' \
            '\tanswer-within = "%ds"\n\tconnections = "1"\n}\n'
        text = self.bare + section % ("x-told", self.consumer.address, within) \
            + section % ("d-told", self.neighbour.address, ANSWERS)
        text = text.replace('consumers = {"x-inbox"}', 'consumers = {"x-inbox", "x-told"}', 1)
        text = text.replace('system "d-pharmacy" {', 'system "d-pharmacy" {\n\tconsumers = '
                            '{"d-told"}')
        for each in (self.consumer, self.neighbour):
            each.manner = "nothing"
        self.configure(text)
        for system, reference in self.made:
            self.unsubscribe(system, reference)
        self.made.clear()
        self.drop_all()
        self.consumer.got.clear()
        self.neighbour.got.clear()

    # -- what is done ------------------------------------------------------------------------------

    def do(self, macro: str, scope: Scope) -> None:
        for step in self.running.macros[macro]:
            self.running.do(step, scope)

    def consent(self, what: str, person: Person, *more: str) -> None:
        cx = f"{person.a_id}^^^&{self.a_domain}&ISO"
        done = self.tool("consent", what, "--patient", cx, "--reason", "said so", *more)
        assert done.returncode == 0, done.stderr

    def send(self, system: str, message: str, changes: list[tuple[str, str]], **values: str):
        scope = Scope(self.running.region, **values)
        return self.running.send_soap(Step("scene", "send", system, message, changes=changes),
                                      scope)

    def subscribe(self, topic: str, patient: str = "", system: str = "x-consumer",
                  kind: str = "", ends: str = "", slots: tuple[tuple[str, str], ...] = (),
                  consumer: str = "") -> str:
        """The address of the subscription."""
        kind = kind or TOPICS[topic]
        own = self.consumer if system == "x-consumer" else self.neighbour
        changes = [("+", f"slot name={PATIENT[kind]} value=\"'{patient}'\"")] if patient else []
        changes += [("+", f'slot name={name} value="{text}"') for name, text in slots]
        values = {"ends": ends} if ends else {}
        answer = self.send(system, "iti52.xml", changes, topic=topic,
                           consumer=consumer or own.address,
                           filter=self.running.region.get(f"filter.{kind}"), **values)
        assert answer.reply.status == 200, answer.reply.body
        reference = soap.text(answer.root, "//wsnt:SubscriptionReference/a:Address")
        self.made.append((system, reference))
        self.ends = soap.text(answer.root, "//wsnt:TerminationTime")
        return reference

    def unsubscribe(self, system: str, reference: str) -> None:
        self.send(system, "iti52-unsubscribe.xml", [("~", f"//a:To = {reference}")],
                  path="/dsub/" + reference.rsplit("/", 1)[1])

    def submit(self, patient: str, entry: str, more: tuple = (), **values: str) -> None:
        """One document of B's, and whatever is to be beside it: `ss` is the set."""
        fresh = Scope(self.running.region)
        values = {"id": entry, "uid": fresh.get("oid.doc"), "patient": patient, **values}
        words = " ".join(f'{key}="{text}"' for key, text in values.items())
        done = self.send("b-clinic", "iti41.xml", [
            ("+", f"set id=ss uid={fresh.get('oid.set')} patient={patient}"),
            ("+", f"entry {words}"), ("+", f"member id=m1 from=ss to={entry}"),
            *(("+", each) for each in more), ("+", f"document id={entry} text=told")])
        status = done.root.xpath("string(//rs:RegistryResponse/@status)", namespaces=soap.NS)
        assert status.endswith("Success"), soap.etree.tostring(done.root)

    def share(self, patient: str, **values: str) -> str:
        """One document, provided and registered: its entryUUID."""
        entry = Scope(self.running.region).get("uuid.entry")
        self.submit(patient, entry, **values)
        return entry

    def well_formed(self, message: bytes) -> None:
        root = soap.parse(message)
        fault = self.running.grammars.fault("iti53-request", root)
        assert fault is None, (fault, message)

    # -- what is shown -----------------------------------------------------------------------------

    def topics(self) -> None:
        """Full, minimal, submission set, folder: what each is told, and of whom."""
        self.begin()
        person = Person(self)
        at = {topic: self.subscribe(topic, person.patient) for topic in TOPICS}
        folder = Scope(self.running.region).get("uuid.folder")
        uid = Scope(self.running.region).get("oid.folder")
        entry = Scope(self.running.region).get("uuid.entry")
        self.share_in_folder(person, entry, folder, uid)
        got = {value(each, "//wsnt:Topic"): each for each in self.consumer.wait(4)}
        self.settled()
        assert len(self.consumer.got) == 4, self.consumer.got
        assert set(got) == {f"ihe:{topic}" for topic in TOPICS}, got
        for topic, reference in at.items():
            message = got[f"ihe:{topic}"]
            self.well_formed(message)
            assert value(message, "//wsnt:SubscriptionReference/a:Address") == reference, message
        assert objects(got["ihe:FullDocumentEntry"]) == [("ExtrinsicObject", entry)], got
        assert objects(got["ihe:MinimalDocumentEntry"]) == [("ObjectRef", entry)], got
        assert objects(got["ihe:FolderMetadata"]) == [("RegistryPackage", folder)], got
        told = value(got["ihe:FullDocumentEntry"],
                     "//rim:ExternalIdentifier[contains(@identificationScheme,'58a6f841')]/@value")
        assert told == person.patient, told
        assert person.a_id.encode() not in b"".join(self.consumer.got), "another's own number"

    def share_in_folder(self, person: Person, entry: str, folder: str, uid: str) -> None:
        """A document in a folder that is there, or comes with it (uid)."""
        of_folder = (f"folder id={folder} uid={uid} patient={person.patient}",
                     f"member id=m2 from=ss to={folder}") if uid else ()
        self.submit(person.patient, entry, (*of_folder, f"member id=m3 from={folder} to={entry}",
                                            "member id=m4 from=ss to=m3"))

    def folders(self) -> None:
        """A folder that gains a document, and one whose document is replaced."""
        self.begin()
        person = Person(self)
        fresh = Scope(self.running.region)
        folder, first = fresh.get("uuid.folder"), fresh.get("uuid.first")
        self.share_in_folder(person, first, folder, fresh.get("oid.folder"))
        self.subscribe("FolderMetadata", person.patient)
        self.subscribe("FolderMetadata", person.patient, slots=(
            ("$XDSFolderUniqueId", "('2.999.404')"),))
        self.share_in_folder(person, fresh.get("uuid.second"), folder, "")
        assert objects(self.consumer.wait(1)[-1]) == [("RegistryPackage", folder)]
        self.replace(person, first)
        got = self.consumer.wait(2)
        self.settled()
        assert len(self.consumer.got) == 2, self.consumer.got
        assert objects(got[-1]) == [("RegistryPackage", folder)], got

    def replace(self, person: Person, target: str) -> None:
        entry = Scope(self.running.region).get("uuid.entry")
        self.submit(person.patient, entry, (f"link from={entry} to={target} "
                                            f"type={self.running.region.get('rplc')}",))

    def criteria(self) -> None:
        """What matches is told, and nothing else: AND of parameters, OR of values, LIKE."""
        self.begin()
        person, other = Person(self), Person(self)
        wanted = (("$XDSDocumentEntryClassCode", "('57133-1^^2.16.840.1.113883.6.1',"
                   "'11502-2^^2.16.840.1.113883.6.1')"),
                  ("$XDSDocumentEntryAuthorPerson", "('%鈴木%')"))
        self.subscribe("MinimalDocumentEntry", person.patient, slots=wanted)
        self.subscribe("MinimalDocumentEntry", kind="all-entries", slots=(
            ("$XDSDocumentEntryTypeCode", "('18842-5^^2.16.840.1.113883.6.1')"),))
        self.subscribe("SubmissionSetMetadata", person.patient, slots=(
            ("$XDSSubmissionSetIntendedRecipient", "('Some%')"),))
        self.share(person.patient)
        self.share(other.patient, author="^鈴木^一郎")
        one = self.share(person.patient, author="^鈴木^一郎")
        assert objects(self.consumer.wait(1)[-1]) == [("ObjectRef", one)], self.consumer.got
        two = self.share(other.patient, **{"type-code": "18842-5"})
        assert objects(self.consumer.wait(2)[-1]) == [("ObjectRef", two)], self.consumer.got
        self.settled()
        assert len(self.consumer.got) == 2, self.consumer.got

    def misbehaviours(self) -> None:
        for manner, (fate, words) in MANNERS.items():
            self.begin(within=SOON if manner == "says-nothing" else ANSWERS)
            person = Person(self)
            self.subscribe("FullDocumentEntry", person.patient)
            self.subscribe("FullDocumentEntry", person.patient, system="d-pharmacy")
            self.consumer.manner = manner
            self.share(person.patient)
            assert self.consumer.wait(1), f"{manner}: nothing came"
            assert self.neighbour.wait(1), f"{manner}: the neighbour was not told"
            if fate == "done":
                self.until(lambda seen: not seen)
                continue
            state = "aside" if fate == "aside" else "waiting"
            seen = self.until(lambda seen, state=state: any(
                each["state"] == state and each.get("problem") for each in seen))
            assert words in seen[0]["problem"], f"{manner}: {seen}"
            assert seen[0]["kind"] == "dsub-notification" and seen[0]["what"] == "ITI-53", seen
            troubled = [each["partner"] for each in self.told("status")["outbox"]["troubled"]]
            assert "x-consumer" in troubled, f"{manner}: {troubled}"

    def comes_back(self) -> None:
        """Away while others register, and the gateway killed meanwhile: all comes, in its order."""
        self.begin()
        person = Person(self)
        self.subscribe("MinimalDocumentEntry", person.patient)
        self.consumer.manner = "unavailable"
        shared = [self.share(person.patient) for _ in range(4)]
        waiting = self.errands()
        assert len(waiting) == len(shared), waiting
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        self.demo.start(self.target)
        with self.consumer.changed:
            self.consumer.got.clear()
            self.consumer.manner = "nothing"
        self.tool("errand", "retry", str(waiting[0]["number"]))
        self.settled()
        told = [objects(each)[0][1] for each in self.consumer.got]
        assert [each for n, each in enumerate(told) if each not in told[:n]] == shared, told

    def hidden(self) -> None:
        """Who has left, or excludes the subscriber, is not told of; not even that there was
        something."""
        self.begin()
        person = Person(self)
        self.subscribe("MinimalDocumentEntry", person.patient)
        self.consent("leave", person)
        self.share(person.patient)
        self.settled()
        assert not self.consumer.got, self.consumer.got
        self.consent("join", person)
        self.consent("exclude", person, "--facility", "x-consumer")
        self.share(person.patient)
        self.settled()
        assert not self.consumer.got, self.consumer.got
        self.consumer.manner = "unavailable"
        self.consent("include", person, "--facility", "x-consumer")
        self.share(person.patient)
        waiting = self.until(lambda seen: seen and seen[0].get("problem"))
        self.consent("leave", person)  # what was matched before is not sent after
        with self.consumer.changed:
            self.consumer.got.clear()
            self.consumer.manner = "nothing"
        self.tool("errand", "retry", str(waiting[0]["number"]))
        self.settled()
        assert not self.consumer.got, self.consumer.got

    def withdrawn(self) -> None:
        """Who has withdrawn from the region is told nothing; when he returns what waited comes."""
        self.begin()
        person = Person(self)
        self.subscribe("MinimalDocumentEntry", person.patient)
        self.subscribe("MinimalDocumentEntry", person.patient, system="d-pharmacy")
        first = self.share(person.patient)
        assert objects(self.consumer.wait(1)[-1])[0][1] == first, self.consumer.got
        assert self.neighbour.wait(1), "the neighbour was not told"
        self.tool("facility", "withdraw", "x-consumer", "--reason", "its letter")
        second = self.share(person.patient)
        assert self.neighbour.wait(2), "the neighbour was not told"
        waiting = self.errands()
        assert [each["state"] for each in waiting] == ["waiting"], waiting
        self.tool("errand", "retry", str(waiting[0]["number"]))
        third = self.share(person.patient)
        assert self.neighbour.wait(3), "the neighbour was not told"
        assert len(self.consumer.got) == 1, self.consumer.got
        self.tool("facility", "return", "x-consumer", "--reason", "its second letter")
        self.settled()
        told = [objects(each)[0][1] for each in self.consumer.got]
        assert told == [first, second, third], told

    def hidden_by_rules(self) -> None:
        """Nor of a document that the region's rules hide from the subscriber, registered or
        published; of neither its set nor its folder."""
        self.begin()
        person = Person(self)
        for topic in TOPICS:
            self.subscribe(topic, person.patient)
        fresh = Scope(self.running.region)
        for kind in ("POLICY-HIDE", "POLICY-DENY"):
            self.share(person.patient, **{"type-code": kind})
        words = " ".join(f"{key}={text}" for key, text in EMPTY.items())
        changes = [("+", f"{what} id={fresh.get(f'uuid.{what}')} uid={fresh.get(f'oid.{what}')} "
                         f"patient={person.patient}{more}")
                   for what, more in (("set", ""), ("folder", ""),
                                      ("entry", " type-code=POLICY-HIDE " + words))]
        assert self.send("v-corrector", "iti54.xml", changes).reply.status == 202
        self.settled()
        assert not self.consumer.got, self.consumer.got

    def merged(self) -> None:
        """A subscription goes with its patient: what is registered of whom he was merged with, or
        linked, is told."""
        self.begin()
        one, two = Person(self), Person(self)
        self.subscribe("MinimalDocumentEntry", one.patient)
        self.share(two.patient)
        self.settled()
        assert not self.consumer.got, self.consumer.got
        step = Step("merge", "send", "a-hospital", "iti8-merge.hl7", changes=[])
        merged = self.running.send_hl7(step, Scope(self.running.region, domain=self.a_domain,
                                                   survivor=two.a_id, prior=one.a_id))
        assert merged.hl7.get("MSA-1") == "AA", merged.hl7
        self.do("person", survivor := Scope(two.scope))
        patient = survivor.get("patient")
        entry = self.share(patient)
        self.consumer.wait(1)
        self.settled()
        assert [objects(each) for each in self.consumer.got] == [[("ObjectRef", entry)]], \
            self.consumer.got

    def ends_at_its_time(self) -> None:
        """From its time on nothing is told, also of what waits."""
        self.begin()
        person = Person(self)
        self.subscribe("MinimalDocumentEntry", person.patient, ends="PT2S")
        self.consumer.manner = "unavailable"
        self.share(person.patient)
        waiting = self.until(lambda seen: seen and seen[0].get("problem"))
        over = datetime.datetime.fromisoformat(self.ends.replace("Z", "+00:00"))
        while (left := (over - datetime.datetime.now(datetime.timezone.utc)).total_seconds()) > 0:
            threading.Event().wait(left)
        with self.consumer.changed:
            self.consumer.got.clear()
            self.consumer.manner = "nothing"
        self.share(person.patient)
        self.tool("errand", "retry", str(waiting[0]["number"]))
        self.settled()
        assert not self.consumer.got, self.consumer.got

    def unsubscribed(self) -> None:
        """Nor after who subscribed has ended it."""
        self.begin()
        person = Person(self)
        reference = self.subscribe("MinimalDocumentEntry", person.patient)
        self.consumer.manner = "unavailable"
        self.share(person.patient)
        waiting = self.until(lambda seen: seen and seen[0].get("problem"))
        self.unsubscribe("x-consumer", reference)
        with self.consumer.changed:
            self.consumer.got.clear()
            self.consumer.manner = "nothing"
        self.share(person.patient)
        self.tool("errand", "retry", str(waiting[0]["number"]))
        self.settled()
        assert not self.consumer.got, self.consumer.got

    def published(self) -> None:
        """What is registered elsewhere is told alike, once its patient is shared."""
        self.begin()
        person = Person(self)
        for topic in TOPICS:
            self.subscribe(topic, person.patient)
        fresh = Scope(self.running.region)
        entry, made, folder = (fresh.get(f"uuid.{name}") for name in ("entry", "set", "folder"))
        words = " ".join(f"{key}={text}" for key, text in EMPTY.items())
        changes = [("+", f"set id={made} uid={fresh.get('oid.s')} patient={person.patient}"),
                   ("+", f"folder id={folder} uid={fresh.get('oid.f')} patient={person.patient}"),
                   ("+", f"entry id={entry} uid={fresh.get('oid.d')} patient={person.patient} "
                         + words)]
        assert self.send("v-corrector", "iti54.xml", changes).reply.status == 202
        got = {value(each, "//wsnt:Topic"): each for each in self.consumer.wait(4)}
        self.settled()
        for message in self.consumer.got:
            self.well_formed(message)
        assert {topic: objects(each) for topic, each in got.items()} == {
            "ihe:FullDocumentEntry": [("ExtrinsicObject", entry)],
            "ihe:MinimalDocumentEntry": [("ObjectRef", entry)],
            "ihe:SubmissionSetMetadata": [("RegistryPackage", made)],
            "ihe:FolderMetadata": [("RegistryPackage", folder)]}, got
        self.consumer.got.clear()
        self.consent("leave", person)
        assert self.send("v-corrector", "iti54.xml", changes).reply.status == 202
        self.settled()
        assert not self.consumer.got, self.consumer.got

    def audited(self) -> None:
        """Each notification is recorded, with its objects; one nobody took as well."""
        self.begin()
        person = Person(self)
        self.subscribe("FullDocumentEntry", person.patient)
        self.share(person.patient)
        self.consumer.wait(1)
        self.settled()
        done = self.tool("audit", "search", "--transaction", "ITI-53", "--limit", "5", "--output",
                         "json")
        found = json.loads(done.stdout)
        records = found.get("records", []) if isinstance(found, dict) else found
        assert str(records[0]["outcome"]) == "0" and records[0]["system"] == "x-consumer", records
        self.consumer.manner = "fault"
        self.share(person.patient)
        self.until(lambda seen: any(each["state"] == "aside" for each in seen))
        done = self.tool("audit", "search", "--transaction", "ITI-53", "--limit", "5", "--output",
                         "json")
        found = json.loads(done.stdout)
        records = found.get("records", []) if isinstance(found, dict) else found
        assert str(records[0]["outcome"]) == "4", records


    def operated(self) -> None:
        """What the operator sees of it, and ends."""
        self.begin()
        person = Person(self)
        reference = self.subscribe("MinimalDocumentEntry", person.patient)
        listed = [each for each in self.told("subscription", "list", "--system", "x-consumer")
                  if each["id"] == reference.rsplit("/", 1)[1]]
        assert len(listed) == 1 and listed[0]["state"] == "lives", listed
        assert listed[0]["consumer"] == self.consumer.address and "patient" not in listed[0]
        shown = self.told("subscription", "show", listed[0]["id"])
        assert shown["subscription"]["patient"] == person.patient, shown
        self.share(person.patient)
        self.consumer.wait(1)
        self.settled()
        ended = self.tool("subscription", "end", listed[0]["id"], "--reason", "lost")
        assert ended.returncode == 0, ended
        self.share(person.patient)
        self.settled()
        assert len(self.consumer.got) == 1, self.consumer.got
        self.made.clear()

    # -- fetched -----------------------------------------------------------------------------------

    def fetch(self, point: str):
        """The one message that is given, or None."""
        answer = self.send("x-consumer", "iti70.xml", [("~", f"//a:To = {point}")], most="1",
                           path="/pullpoint/" + point.rsplit("/", 1)[1])
        assert answer.reply.status == 200, answer.reply.body
        given = answer.root.xpath("//wsnt:NotificationMessage", namespaces=soap.NS)
        assert len(given) <= 1, answer.reply.body
        return soap.etree.tostring(given[0]) if given else None

    def fetched(self) -> None:
        """Who cannot be called fetches: what came before a kill too, each once, in its order."""
        self.begin()
        person = Person(self)
        made = self.send("x-consumer", "iti69.xml", [])
        point = soap.text(made.root, "//wsnt:PullPoint/a:Address")
        at = {topic: self.subscribe(topic, person.patient, consumer=point) for topic in TOPICS}
        first = self.share(person.patient)
        folder, entry = (Scope(self.running.region).get(f"uuid.{name}") for name in "fe")
        self.share_in_folder(person, entry, folder, Scope(self.running.region).get("oid.folder"))
        assert not self.errands(), "what is fetched is not sent"
        shown = self.told("subscription", "show", at["FolderMetadata"].rsplit("/", 1)[1])
        shown = shown["subscription"]
        assert shown["is"] == "fetched" and shown["pull-point"]["waiting"] == 7, shown
        self.demo.daemon.kill()
        self.demo.daemon.wait()
        self.demo.start(self.target)
        got: dict[str, list[list[tuple[str, str]]]] = {}
        while (message := self.fetch(point)) is not None:
            topic = value(message, "//wsnt:Topic").removeprefix("ihe:")
            assert value(message, "//wsnt:SubscriptionReference/a:Address") == at[topic], message
            got.setdefault(topic, []).append(objects(message))
        assert got["FullDocumentEntry"] == [[("ExtrinsicObject", first)],
                                            [("ExtrinsicObject", entry)]], got
        assert got["MinimalDocumentEntry"] == [[("ObjectRef", first)], [("ObjectRef", entry)]], got
        assert [len(each) for each in got["SubmissionSetMetadata"]] == [1, 1], got
        assert got["FolderMetadata"] == [[("RegistryPackage", folder)]], got
        self.settled()
        assert not self.consumer.got, self.consumer.got
        found = self.told("audit", "search", "--transaction", "ITI-70", "--limit", "1")
        records = found.get("records", []) if isinstance(found, dict) else found
        assert str(records[0]["outcome"]) == "0" and records[0]["system"] == "x-consumer", records


def scenes(running: Runner, demo: DemoRegion):
    """(name, what it shows, the function that fails when it is not so)."""
    all_of = Subscriptions(running, demo)
    return [("dsub-topics", "documents, references, submission sets and folders, each as it was "
             "subscribed", all_of.topics),
            ("dsub-folders", "a folder that gains a document, and one whose document is replaced",
             all_of.folders),
            ("dsub-criteria", "what matches is told, and nothing else", all_of.criteria),
            ("dsub-misbehaviours", "each misbehaviour harms its own consumer only, and is told by "
             "its name", all_of.misbehaviours),
            ("dsub-comes-back", "who was away is told of all of it, in order, after a kill too",
             all_of.comes_back),
            ("dsub-hidden", "of what is hidden from the subscriber nobody is told",
             all_of.hidden),
            ("dsub-withdrawn", "who has withdrawn is told nothing until he returns",
             all_of.withdrawn),
            ("dsub-hidden-by-rules", "nor of what the region's rules hide from him",
             all_of.hidden_by_rules),
            ("dsub-merged", "a subscription goes with its patient", all_of.merged),
            ("dsub-ends", "from its time on nothing is told", all_of.ends_at_its_time),
            ("dsub-unsubscribed", "nor once it was ended", all_of.unsubscribed),
            ("dsub-published", "what is published is told as what is registered",
             all_of.published),
            ("dsub-audited", "each notification is recorded", all_of.audited),
            ("dsub-fetched", "who cannot be called fetches: each once, after a kill too",
             all_of.fetched),
            ("dsub-operated", "the operator sees and ends them", all_of.operated)]
