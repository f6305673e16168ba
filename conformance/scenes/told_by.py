"""The two dialects in which a consumer is told of changes (ITI-10, ITI-46), as the scenes see them:
who receives, what a message says, what becomes of each manner of answering."""
from __future__ import annotations

from lib import consumer, consumer_v3, soap
from lib.consumer import Consumer, field
from lib.consumer_v3 import ConsumerV3
from lib.runner import Runner


class ByV2:
    """ADT^A31 over MLLP (ITI TF-2: 3.10)."""
    transaction, detail, partner = "ITI-10", "MSH-10", ""
    named_in_audit = ("x-consumer|x-consumer", "|MINATO")
    ids, in_order = staticmethod(consumer.ids), staticmethod(consumer.in_order)
    receiver = staticmethod(Consumer)
    # How it behaves: what becomes of the errand, and what the operator reads of it.
    manners = {
        "well": ("done", ""), "accepts": ("done", ""), "twice": ("done", ""),
        "error": ("aside", "it answered AE, 204"),
        "no-such-event": ("aside", "it answered AR, 201"),
        "busy": ("waiting", "it answered AR, 207"),
        "unheard-of": ("waiting", "MSA-1 nobody knows"),
        "anothers": ("waiting", "to another message"), "babbles": ("waiting", "no frame"),
        "huge": ("waiting", "larger than the"), "breaks-off": ("waiting", "broke off"),
        "closes": ("waiting", "without an answer"),
        "says-nothing": ("waiting", "not answered in time"),
    }

    @staticmethod
    def silent(address: str) -> str:
        return address.replace("https", "mllps").rsplit("/", 1)[0]

    @staticmethod
    def message_id(message: bytes) -> str:
        return field(message, "MSH", 10)

    @staticmethod
    def well_formed(_running: Runner, message: bytes) -> None:
        """ITI TF-2: 3.10.4.1.2, C.2.2, C.2.4."""
        names = [line[:3] for line in message.decode().split("\r") if line]
        assert names == ["MSH", "EVN", "PID", "PV1"], names
        assert field(message, "MSH", 9) == "ADT^A31^ADT_A05", message
        assert field(message, "MSH", 12) == "2.5" and field(message, "MSH", 11) == "P", message
        assert 0 < len(field(message, "MSH", 10)) <= 20 and field(message, "EVN", 2), message
        assert all(field(message, "MSH", n) for n in (3, 4, 5, 6, 7)), message
        assert field(message, "PID", 5) == " " and field(message, "PV1", 2) == "N", message
        pid = next(line for line in message.decode().split("\r") if line.startswith("PID|"))
        assert [n for n, value in enumerate(pid.split("|")[1:], 1) if value] == [3, 5], pid
        for part in field(message, "PID", 3).split("~"):
            authority = part.split("^")[3].split("&")
            assert len(authority) == 3 and all(authority) and authority[2] == "ISO", part


class ByV3:
    """PRPA_IN201302UV02 by SOAP (ITI TF-2: 3.46)."""
    transaction, detail = "ITI-46", '"II"'
    partner = f'\tdevice-id = "{consumer_v3.DEVICE}"\n'
    named_in_audit = ("https://127.0.0.1:", "/answers")
    ids, in_order = staticmethod(consumer_v3.ids), staticmethod(consumer_v3.in_order)
    receiver = staticmethod(ConsumerV3)
    message_id = staticmethod(consumer_v3.message_id)
    manners = {
        "well": ("done", ""), "accepts": ("done", ""),
        "error": ("aside", "it answered CE, 204"),
        "no-such-event": ("aside", "it answered CR, NS200"),
        "busy": ("waiting", "it answered CR, 207"),
        "unheard-of": ("waiting", "typeCode nobody knows"),
        "anothers": ("waiting", "to another message (targetMessage)"),
        "unrelated": ("waiting", "to another message (wsa:RelatesTo)"),
        "misnamed": ("waiting", "its answer is no MCCI_IN000002UV01"),
        "as-a-failure": ("waiting", "HTTP status 500"),
        "fault": ("aside", "SOAP fault Sender"), "fault-as-200": ("aside", "SOAP fault Sender"),
        "fault-receiver": ("waiting", "SOAP fault Receiver"),
        "unknown": ("aside", "HTTP status 404"), "redirects": ("aside", "sends us elsewhere"),
        "unavailable": ("waiting", "HTTP status 503"),
        "nothing": ("waiting", "HTTP status 202, and no SOAP"),
        "broken-envelope": ("waiting", "no SOAP that can be read"),
        "huge": ("waiting", "larger than the"), "breaks-off": ("waiting", "broke off"),
        "babbles": ("waiting", "HTTP/0.9"), "closes": ("waiting", "Empty reply"),
        "says-nothing": ("waiting", "not answered in time"),
    }

    @staticmethod
    def silent(address: str) -> str:
        return address

    @staticmethod
    def well_formed(running: Runner, message: bytes) -> None:
        """ITI TF-2: 3.46.4.1.2, O.1.1: the grammar says all but what no grammar can. And what this
        consumer answers is an acknowledgement by ours."""
        root = soap.parse(message)
        fault = running.grammars.fault("iti46-request", root)
        assert fault is None, (fault, message)
        name, said = consumer_v3.message_id(message), consumer_v3.said
        assert soap.text(root, "//a:MessageID") == f"urn:uuid:{name}", message
        assert said(message, "v3:receiver/v3:device/v3:id/@root") == consumer_v3.DEVICE, message
        assert said(message, ".//v3:patientPerson") == " ", message
        for manner in ("well", "error"):
            answer = soap.parse(consumer_v3.acknowledge(manner, message))
            fault = running.grammars.fault("iti44-response", answer)
            assert fault is None, fault
