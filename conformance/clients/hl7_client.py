"""python3-hl7, an HL7 v2 library from Debian, feeds and asks over MLLP and reads the answers."""
from __future__ import annotations

import subprocess

import hl7
import hl7.client

from lib.message import Maker
from lib.region import Target
from lib.scope import Scope, make
from lib.wire import tls_context


class TlsClient(hl7.client.MLLPClient):
    """The library's client over TLS, which it has not itself."""

    def __init__(self, target: Target, system: str) -> None:
        super().__init__(target.host, target.mllp_port)
        self.socket = tls_context(target.ca, target.certificate(system)).wrap_socket(self.socket)


def scenes(target: Target, maker: Maker, above: Scope):
    """(name, what it shows, the function that fails when it is not so)."""
    scope = Scope(above)
    a, b = scope.get("domain.a"), scope.get("domain.b")

    def send(system: str, name: str, **values: str) -> hl7.Message:
        octets = maker.hl7(name, Scope(scope, **values), [])
        with TlsClient(target, system) as client:
            return hl7.parse(client.send_message(octets.decode()).decode().strip("\x0b\x1c\r")
                             + "\r")

    def feed() -> None:
        person = {"family": scope.get("kana.family"), "given": scope.get("kana.given"),
                  "phone": scope.get("phone.home")}
        for system, domain, name in (("a-hospital", a, "pid.a"), ("b-clinic", b, "pid.b")):
            answer = send(system, "iti8.hl7", domain=domain, id=scope.get(name), **person)
            assert str(answer["MSA.F1"]) == "AA", str(answer)
        subprocess.run([*target.cli, "consent", "join", "--patient",
                        f"{scope.get('pid.a')}^^^&{a}&ISO", "--reason", "python3-hl7"], check=True,
                       capture_output=True)

    def ask() -> None:
        answer = send("x-consumer", "iti9.hl7", domain=a, id=scope.get("pid.a"),
                      wanted=f"^^^&{b}&ISO")
        assert str(answer["QAK.F2"]) == "OK", str(answer)
        assert answer["PID.F3.R1.C1"] == scope.get("pid.b"), str(answer)

    def ask_unknown() -> None:
        answer = send("x-consumer", "iti9.hl7", domain=a, id="NOBODY")
        assert (str(answer["MSA.F1"]), answer["ERR.F3.R1.C1"]) == ("AE", "204"), str(answer)

    def find(event: str) -> hl7.Message:
        """Two of one name, part by part, until it cancels; the first answer."""
        mine = Scope(scope)
        ids = [mine.get("pid.1"), mine.get("pid.2")]
        for each in ids:
            send("a-hospital", "iti8.hl7", domain=a, id=each, family=mine.get("kana.f"),
                 given=make("kana"), phone=make("phone"))
        asked = {"event": event, "control.tag": mine.get("control.t"), "quantity": "1^RD",
                 "who": f"@PID.5.1.1^{mine.get('kana.f')}"}
        first = send("a-hospital", "iti21.hl7", **asked)
        assert str(first["QAK.F2"]) == "OK", str(first)
        second = send("a-hospital", "iti21-continue.hl7", **asked, pointer=str(first["DSC.F1"]))
        told = [answer["PID.F3.R1.C1"] for answer in (first, second)]
        assert sorted(told) == sorted(ids), str(second)
        answer = send("a-hospital", "iti21-cancel.hl7", **{"control.tag": mine.get("control.t")})
        assert str(answer["MSA.F1"]) == "AA", str(answer)
        return first

    def find_with_visit() -> None:
        answer = find("ZV1")
        assert str(answer["PV1.F2"]) == "N", str(answer)

    return [("python3-hl7-iti8", "a feed by python3-hl7 is accepted", feed),
            ("python3-hl7-iti9", "python3-hl7 is told the linked id", ask),
            ("python3-hl7-iti9-unknown", "python3-hl7 reads an answer of an error", ask_unknown),
            ("python3-hl7-iti21", "python3-hl7 finds two, part by part, and cancels",
             lambda: find("Q22")),
            ("python3-hl7-iti22", "python3-hl7 is told that no visit is meant", find_with_visit)]
