"""Attack catalogue 20, 22, 34, 36: what needs a disk, or a list of strings put
wherever a peer may put one."""
from __future__ import annotations

import gzip
import os
import re
import threading
import time
from xml.sax.saxutils import escape

from lib import answers, checks, mtom
from lib.answers import Answer
from lib.region import DemoRegion
from lib.recorder import Recorder
from lib.runner import Runner
from lib.scope import Scope
from lib.wire import Refused
from scenes.ssmix2_storages import EDGE, minato, octets_of, take_in

WITHIN = 120.0  # seconds until audit records are delivered: the courier may rest for one minute
MARK = "IDENTIFIER-IN-QUESTION"
# A control character but for the end of a line; DEL; and what would begin a syslog message.
RAW = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]|\n<\d+>1 ")
NAME = "{0}_-_ADT-00_999999999999999_20240401101500123_-_1"
MESSAGE = ("MSH|^~\\&|HIS|{code}|GW|{code}|20240401101500.123||ADT^A08^ADT_A01|"
           "20240401101500123|P|2.5||||||"
           "~ISO IR87||ISO 2022-1994|SS-MIX2_1.20^^1.2.392.200250.2.1.100.1.2.120^ISO\r"
           "EVN||20240401101500\rPID|0001||{id}^^^^PI||SHIKEN^TARO^^^^^L^A||19600101|M\r")


def strings(folder: str, path: str) -> list[bytes]:
    """The lines of a list; one of them holds CR LF itself."""
    return [line for line in re.split(rb"(?<!\r)\n", octets_of(os.path.join(folder, path))) if line]


def in_xml(octets: bytes) -> bytes:
    """As an attribute's value; characters below space by their numbers, which
    XML refuses for most."""
    text = escape(octets.decode("utf-8"), {'"': "&quot;"})
    return re.sub(r"[\x01-\x1f]", lambda found: f"&#{ord(found.group())};", text).encode()


def in_hl7(octets: bytes) -> bytes:
    """As a component; delimiters and CR as escape sequences (HL7 v2.5: 2.7)."""
    for mark, sequence in ((b"\\", b"\\E\\"), (b"|", b"\\F\\"), (b"^", b"\\S\\"), (b"&", b"\\T\\"),
                           (b"~", b"\\R\\"), (b"\r", b"\\X0D\\"), (b"\n", b"\\X0A\\"),
                           (b"\x1b", b"\\X1B\\"), (b"\0", b"\\X00\\")):
        octets = octets.replace(mark, sequence)
    return octets


class Scenes:
    """Each string of the lists goes where a peer may put one."""

    def __init__(self, running: Runner, folder: str, demo: DemoRegion, records: Recorder) -> None:
        self.running, self.folder, self.demo, self.records = running, folder, demo, records
        self.ids = strings(folder, "path/ids.txt")
        self.names = strings(folder, "syslog/ids-and-names.txt")
        self.before = self.outside()

    def outside(self) -> set[str]:
        """Everything near the region but for what the store keeps."""
        data = os.path.join(self.demo.region, "data")
        return {os.path.join(at, name) for at, _, names in os.walk(self.demo.directory)
                if at != data and not at.startswith(data + os.sep) for name in names}

    def kept_in(self) -> None:
        assert self.outside() == self.before, f"new files: {sorted(self.outside() ^ self.before)}"
        data = os.path.join(self.demo.region, "data")
        strange = [name for _, folders, names in os.walk(data) for name in folders + names
                   if not re.fullmatch(r"[\w.\-]+", name)]
        assert not strange, f"files named by a peer: {strange}"

    def send(self, system: str, message: str, changes: list[tuple[str, str]], swap: bytes,
             **values: str) -> Answer:
        """A request with MARK replaced in its octets; its answer need only be readable."""
        scope = Scope(self.running.region, **values)
        target = self.running.target
        request = self.running.maker.soap(message, scope, changes,
                                          f"{target.host}:{target.https_port}")
        answer, headers = Answer("soap", request=request), {"Content-Type": request.content_type}
        body = request.body.replace(MARK.encode(), swap)
        try:
            answer.reply = self.running.https_of(system).request("POST", request.path,
                                                                 headers, body)
        except Refused as refused:
            answer.refused = str(refused)
            return answer
        faults = answers.open_soap(answer)
        assert not faults, f"{swap!r}: {faults}"
        return answer

    def hl7(self, octets: bytes, **values: str) -> bytes:
        message = self.running.maker.hl7("iti8.hl7", Scope(self.running.region, **values), [])
        return self.running.mllp_of("a-hospital").exchange(message.replace(MARK.encode(), octets))

    def ids_fed(self) -> None:
        """An id is a value: taken whole or refused, and then known as it was fed, or not at all."""
        domain = self.running.region.get("domain.a")
        for each in self.ids:
            person = {"family": Scope(self.running.region).get("kana.f"), "given": "キケン",
                      "phone": "0312345678"}
            fed = self.send("a-hospital", "iti44.xml", [], in_xml(each), domain=domain,
                            id=MARK, **person)
            taken = checks.accept_ack(fed, "CA") is None
            assert taken or checks.safe(fed, "yes") is None, f"{each!r}: {checks.status_line(fed)}"
            asked = self.send("a-hospital", "iti45.xml", [], in_xml(each), domain=domain, id=MARK)
            code = checks.nodes(asked, "//v3:queryResponseCode/@code")
            # not known, or not to be read as an id
            known = bool(code) and code[0] not in ("AE", "QE")
            assert asked.is_fault or known == taken, f"{each!r}: taken {taken}, then {code}"
            answer = self.hl7(in_hl7(each), domain=domain, id=MARK, **person)
            assert re.search(rb"\rMSA\|A[AER]\|", answer), f"{each!r}: {answer[:80]!r}"
        self.kept_in()

    def ids_of_documents(self) -> None:
        """A uniqueId is a value (ITI TF-3: 4.2.3.2.26): what is kept under it is fetched by
        it, what is not, is not."""
        domain, region = self.running.region.get("domain.b"), self.running.region
        person = {"family": Scope(region).get("kana.f"), "given": "キケン", "phone": "0312345678"}
        owner = Scope(region).get("pid.b")
        self.send("b-clinic", "iti44.xml", [], b"", domain=domain, id=owner, **person)
        patient = f"{owner}^^^&{domain}&ISO"
        for each in self.ids:
            fresh = Scope(region)
            parts = (f"set id=ss uid={fresh.get('oid.s')} patient={patient}",
                     f"entry id=d1 uid={MARK} patient={patient}",
                     "member from=ss to=d1", f"document id=d1 text={each[:9].hex()}")
            shared = self.send("b-clinic", "iti41.xml",
                               [("+", part) for part in parts], in_xml(each))
            taken = checks.registry_status(shared, "Success") is None
            assert taken or checks.safe(shared, "yes") is None, \
                f"{each!r}: {checks.status_line(shared)}"
            fetched = self.send("b-clinic", "iti43.xml",
                                [("+", f"want document={MARK}")], in_xml(each))
            if taken:
                octets = [part.octets for part in fetched.package.parts.values()]
                assert each[:9].hex().encode() in octets, f"{each!r}: kept, and not delivered"
            else:
                assert checks.safe(fetched,
                                   "yes") is None, f"{each!r}: {checks.status_line(fetched)}"
                assert not checks.nodes(fetched, "//x:DocumentResponse"), f"{each!r} is delivered"
        self.kept_in()

    def ids_of_folders(self) -> None:
        """A storage whose folders bear these names, and links that lead out of it."""
        root = os.path.join(self.demo.directory, "storage", EDGE)
        made = []
        for each in self.ids:
            if b"/" in each or b"\0" in each or each in (b".", b"..") or len(each) > 180:
                continue
            folder = os.path.join(os.fsencode(root), each[:3], each[3:6] or b"-", each,
                                  b"-", b"ADT-00")
            if each[:3] in (b".", b"..") or each[3:6] in (b".", b".."):
                continue
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, NAME.encode().replace(b"{0}", each)), "wb") as file:
                file.write(MESSAGE.format(code=EDGE,
                                          id=MARK).encode().replace(MARK.encode(), in_hl7(each)))
            made.append(each)
        os.makedirs(os.path.join(root, "LIN", "KED"))
        os.symlink("/etc", os.path.join(root, "LIN", "KED", "LINKED"))
        honest = os.path.join(root, "LIN", "KTO", "LINKTO", "-", "ADT-00")
        os.makedirs(honest)
        os.symlink("/etc/hostname", os.path.join(honest, NAME.format("LINKTO")))
        before = self.outside()
        status, counts, lines = take_in(self.running.target, os.path.dirname(root), "e-clinic")
        assert counts["patients"] + counts["faults"] + counts["ignored"] > 0 \
            and counts["documents"] == 0, counts
        assert status == 1, f"exit {status}: nothing was told of {made}"
        # A tab and an ESC would move the operator's terminal.
        assert not RAW.search("\n".join(lines).encode()), "a raw control character is printed"
        hostname = octets_of("/etc/hostname").strip()
        assert not hostname or hostname not in "\n".join(lines).encode(), \
            "a file outside the storage was read"
        listed = minato(self.running.target, "patient", "list", "--facility", "e-clinic", "--limit",
                        "1000", "--output", "json").stdout
        for number in ("LINKED", "LINKTO"):
            assert f'"{number}"' not in listed, f"{number} was taken through a link"
        assert self.outside() == before, "an import wrote beside the store"

    def names_fed(self) -> None:
        """Names and ids that would forge records, logs or screens stay data in all of them."""
        domain = self.running.region.get("domain.a")
        count = len(self.records.records)
        for each in self.names + [b"X\r\n<85>1 - - - - -", b"A\tB", b"A\x1b]0;x\x07B"]:
            person = {"given": "キケン", "phone": "0312345678"}
            fresh = Scope(self.running.region).get("pid.n")
            for values in ({"id": MARK, "family": "キケン"}, {"id": fresh, "family": MARK}):
                fed = self.send("a-hospital", "iti44.xml", [], in_xml(each), domain=domain,
                                **values, **person)
                taken = checks.accept_ack(fed, "CA") is None
                assert taken or checks.safe(fed, "yes") is None, \
                    f"{each!r}: {checks.status_line(fed)}"
                answer = self.hl7(in_hl7(each), domain=domain, **values, **person)
                assert re.search(rb"\rMSA\|A[AER]\|", answer), f"{each!r}: {answer[:80]!r}"
                assert answer.count(b"\rMSA|") == 1, f"{each!r} makes a segment"
        for words in (("audit", "search", "--limit", "200"),
                      ("patient", "list", "--facility", "a-hospital", "--limit", "1000")):
            for form in ("table", "json", "csv"):
                printed = minato(self.running.target, *words, "--output", form).stdout.encode()
                assert printed and not RAW.search(printed), \
                    f"minato {words[0]} --output {form} prints {RAW.search(printed)}"
        assert not RAW.search(octets_of(self.demo.log_path)), "the log holds a control character"
        self.delivered(count)

    def delivered(self, count: int) -> None:
        end = time.monotonic() + WITHIN
        while len(self.records.records) <= count and time.monotonic() < end:
            threading.Event().wait(0.02)
        assert len(self.records.records) > count, "no audit record was delivered"
        for record in self.records.records[count:]:
            assert not RAW.search(record), f"an audit record holds {RAW.search(record)}"
            assert record.count(b"<AuditMessage") == 1 and b'UserID="root"' not in record, \
                "a forged audit record"

    def header_of_8_mib(self) -> None:
        content_type, body = mtom.build(b"<x/>", [],
                                        "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b")
        body = body.replace(b"Content-ID: <root@conformance>",
                            b"Content-ID: <" + b"a" * (8 << 20) + b">")
        try:
            reply = self.running.https_of("b-clinic").request("POST", "/xds/repository",
                                                              {"Content-Type": content_type}, body)
        except Refused:
            return  # closed while we were still sending
        assert reply.status in (400, 413), f"HTTP {reply.status}"

    def inflated(self) -> None:
        bomb = gzip.compress(gzip.compress(bytes(64 << 20)))
        before = self.memory()
        reply = self.running.https_of("b-clinic").request(
            "POST", "/xds/repository",
            {"Content-Type": "application/soap+xml", "Content-Encoding": "gzip"}, bomb)
        assert reply.status == 415, f"HTTP {reply.status}"
        assert self.memory() - before < 16 << 10, "memory grew"

    def memory(self) -> int:
        """KiB the daemon holds."""
        with open(f"/proc/{self.demo.daemon.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


def scenes(running: Runner, folder: str, demo: DemoRegion, records: Recorder):
    if not os.path.isdir(folder):
        raise ImportError("the samples are not there (MINATO_SHARED)")
    each = Scenes(running, folder, demo, records)
    return [("attack-path-feeds", "ids that look like paths, fed", each.ids_fed),
            ("attack-path-documents", "ids that look like paths, as uniqueIds",
             each.ids_of_documents),
            ("attack-path-folders",
             "ids that look like paths, as folders of a storage; links that lead out",
             each.ids_of_folders),
            ("attack-syslog-names", "names that would forge records, logs and screens",
             each.names_fed),
            ("attack-mime-12", "a part's header of 8 MiB", each.header_of_8_mib),
            ("attack-mime-20-inflate", "a body that inflates to 64 MiB", each.inflated)]
