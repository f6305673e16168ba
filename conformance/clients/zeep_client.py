"""zeep, a SOAP client from Debian, feeds and asks the PIX manager and queries the registry.

It reads our service descriptions (wsdl/), writes the envelopes and the WS-Addressing headers its
own way (the Action without mustUnderstand, no ReplyTo) and validates the answers against the types.
"""
from __future__ import annotations

import json
import os
import subprocess

import requests
import zeep
from lxml import etree

from lib.message import Maker
from lib.region import Target
from lib.scope import Scope

HERE = os.path.dirname(os.path.abspath(__file__))
V3 = "{urn:hl7-org:v3}"
BINDINGS = {
    "pix_manager": "{urn:hl7-org:v3}PIXManager_Binding_Soap12",
    "document_registry": "{urn:ihe:iti:xds-b:2007}DocumentRegistry_Binding_Soap12",
    "responding_gateway": "{urn:ihe:iti:xds-b:2007}RespondingGateway_Binding_Soap12",
}
DESCRIBED = {"responding_gateway": "document_registry"}  # where it is not in a file of its own


class Clients:
    """One zeep service a system and actor."""

    def __init__(self, target: Target, maker: Maker, scope: Scope) -> None:
        self.target, self.maker, self.scope = target, maker, scope

    def service(self, system: str, actor: str, path: str):
        session = requests.Session()
        session.trust_env = False  # no proxy, no other authorities than the region's
        session.verify = self.target.ca
        session.cert = self.target.certificate(system)
        client = zeep.Client(os.path.join(HERE, "wsdl", DESCRIBED.get(actor, actor) + ".wsdl"),
                             transport=zeep.Transport(session=session))
        address = f"https://{self.target.host}:{self.target.https_port}{path}"
        return client.create_service(BINDINGS[actor], address)

    def interaction(self, name: str, changes: list[tuple[str, str]], **values: str) -> dict:
        """What zeep wants for an interaction: its children and its one attribute."""
        text, _ = self.maker.xml(name, Scope(self.scope, **values), changes)
        return {"_value_1": list(etree.fromstring(text.encode())), "ITSVersion": "XML_1.0"}

    def feed(self, system: str, domain: str, identifier: str) -> None:
        scope = self.scope
        message = self.interaction(
            "iti44.xml", [], domain=domain, id=identifier, family=scope.get("kana.family"),
            given=scope.get("kana.given"), phone=scope.get("phone.home"))
        answer = self.service(system, "pix_manager", "/pix").RecordAdded(**message)
        codes = [code.get("code") for node in answer["_value_1"]
                 for code in node.iter(V3 + "typeCode")]
        assert codes == ["CA"], f"acknowledgement {codes}"

    def ask(self, system: str, domain: str, identifier: str, wanted: str) -> tuple[str, list[str]]:
        message = self.interaction("iti45.xml", [("+", f"source domain={wanted}")], domain=domain,
                                   id=identifier)
        answer = self.service(system, "pix_manager", "/pix").GetIdentifiers(**message)
        nodes = answer["_value_1"]
        code = next(n.get("code") for node in nodes for n in node.iter(V3 + "queryResponseCode"))
        found = [n.get("extension") for node in nodes for patient in node.iter(V3 + "patient")
                 for n in patient.iter(V3 + "id")]
        return code, found


def query(operation, patient: str) -> tuple[str, list[str], list[str]]:
    """FindDocuments as references: status, error codes, ids."""
    approved = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
    slots = [("$XDSDocumentEntryPatientId", f"'{patient}'"),
             ("$XDSDocumentEntryStatus", f"('{approved}')")]
    answer = operation(
        ResponseOption={"returnType": "ObjectRef", "returnComposedObjects": True},
        AdhocQuery={"id": "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d",
                    "Slot": [{"name": name, "ValueList": {"Value": [value]}}
                             for name, value in slots if patient or "Status" in name]})
    errors = answer.RegistryErrorList.RegistryError if answer.RegistryErrorList else []
    listed = answer.RegistryObjectList.ObjectRef if answer.RegistryObjectList else []
    return answer.status.rsplit(":", 1)[1], [error.errorCode for error in errors], \
        [ref.id for ref in listed or []]


def scenes(target: Target, maker: Maker, above: Scope):
    """(name, what it shows, the function that fails when it is not so)."""
    scope = Scope(above)
    clients = Clients(target, maker, scope)
    a, b = scope.get("domain.a"), scope.get("domain.b")

    def feed() -> None:
        clients.feed("a-hospital", a, scope.get("pid.a"))
        clients.feed("b-clinic", b, scope.get("pid.b"))
        subprocess.run([*target.cli, "consent", "join", "--patient",
                        f"{scope.get('pid.a')}^^^&{a}&ISO", "--reason", "zeep"], check=True,
                       capture_output=True)

    def ask() -> None:
        assert clients.ask("x-consumer", a, scope.get("pid.a"), b) == ("OK", [scope.get("pid.b")])

    def ask_unknown() -> None:
        assert clients.ask("x-consumer", a, "NOBODY", b) == ("AE", [])

    def find() -> None:
        service = clients.service("a-hospital", "document_registry",
                                  "/xds/registry").RegistryStoredQuery
        assert query(service, f"{scope.get('pid.a')}^^^&{a}&ISO") == ("Success", [], [])
        assert query(service, "") == ("Failure", ["XDSStoredQueryMissingParam"], [])

    def find_across() -> None:
        """Another region's gateway, by the code it was given of who has included it."""
        whose = f"{scope.get('pid.a')}^^^&{a}&ISO"
        feed()
        subprocess.run([*target.cli, "consent", "include", "--patient", whose, "--facility",
                        "west-gateway", "--reason", "zeep"], check=True, capture_output=True)
        code = json.loads(subprocess.run(
            [*target.cli, "partner", "code", "--partner", "west", "--patient", whose, "--output",
             "json"], check=True, capture_output=True).stdout)["code"]
        service = clients.service("west-gateway", "responding_gateway",
                                  "/xca/responding").CrossGatewayQuery
        assert query(service, f"{code}^^^&2.999.1.77&ISO") == ("Success", [], [])
        assert query(service, whose) == ("Failure", ["XDSUnknownPatientId"], [])

    return [("zeep-iti44", "a feed by zeep is accepted", feed),
            ("zeep-iti45", "zeep is told the linked id", ask),
            ("zeep-iti45-unknown", "zeep reads an answer of an error", ask_unknown),
            ("zeep-iti18", "zeep queries the registry and reads its errors", find),
            ("zeep-iti38", "zeep asks across the border", find_across)]
