"""Another community's Responding Gateway, as far as it is asked whom it knows (ITI-55) and, where
it says that it is a Health Data Locator, who else does (ITI-56), and which behaves as it is
told."""
from __future__ import annotations

import http.server

from lxml import etree

from . import soap
from .grammar import Grammars
from .partner import ANSWERS, FAULT
from .registry import SOAP, Registry

LOCATION = "urn:ihe:iti:2009:PatientLocationQuery"
LOCATED = ('<x:PatientLocationQueryResponse xmlns:x="urn:ihe:iti:xcpd:2009">{each}'
           '</x:PatientLocationQueryResponse>')
LOCATED_ONE = ('<x:PatientLocationResponse><x:HomeCommunityId>{home}</x:HomeCommunityId>'
               '<x:CorrespondingPatientId root="{home_oid}.1" extension="told-by-another"/>'
               '<x:RequestedPatientId root="{root}" extension="{id}"/></x:PatientLocationResponse>')
LOCATES = ('<code code="SupportsHealthDataLocator" '
           'codeSystem="1.3.6.1.4.1.19376.1.2.27.2"/>')
ANSWER = "urn:hl7-org:v3:PRPA_IN201306UV02:CrossGatewayPatientDiscovery"
HOME, DOMAIN = "2.999.30", "2.999.30.1"
TTL = ('<x:CorrelationTimeToLive xmlns:x="urn:ihe:iti:xcpd:2009"{more}>{ttl}'
       '</x:CorrelationTimeToLive>')
UNDERSTOOD = ' s:mustUnderstand="true"'
MESSAGE = (
    '<PRPA_IN201306UV02 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0">'
    '<id root="7d1c0a58-5f1e-4c5b-8a8e-000000000001"/><creationTime value="20260115093000"/>'
    '<interactionId root="2.16.840.1.113883.1.6" extension="PRPA_IN201306UV02"/>'
    '<processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="NE"/>'
    '<receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE">'
    '<id root="2.999.10.1"/></device></receiver>'
    '<sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE">'
    '<id root="2.999.30.9"/></device></sender>'
    '<acknowledgement><typeCode code="{ack}"/><targetMessage><id root="{message}"/>'
    '</targetMessage></acknowledgement><controlActProcess classCode="CACT" moodCode="EVN">'
    '<code code="PRPA_TE201306UV02" codeSystem="2.16.840.1.113883.1.6"/>{inside}<queryAck>'
    '<queryId root="{query}"/><statusCode code="deliveredResponse"/>'
    '<queryResponseCode code="{code}"/></queryAck></controlActProcess></PRPA_IN201306UV02>')
# Deferred: what acknowledges the question, and the action of what answers it later.
DEFERRED_ANSWER = "urn:hl7-org:v3:PRPA_IN201306UV02:Deferred:CrossGatewayPatientDiscovery"
ACKNOWLEDGEMENT = (
    '<MCCI_IN000002UV01 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0">'
    '<id root="7d1c0a58-5f1e-4c5b-8a8e-000000000002"/><creationTime value="20260115093000"/>'
    '<interactionId root="2.16.840.1.113883.1.6" extension="MCCI_IN000002UV01"/>'
    '<processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="NE"/>'
    '<receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE">'
    '<id root="2.999.10.1"/></device></receiver>'
    '<sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE">'
    '<id root="2.999.30.9"/></device></sender>'
    '<acknowledgement><typeCode code="{ack}"/><targetMessage><id root="{message}"/>'
    '</targetMessage>{detail}</acknowledgement></MCCI_IN000002UV01>')
NOT_LATER = ('<acknowledgementDetail typeCode="E"><code code="NS250" '
             'displayName="Unsupported processing mode"/></acknowledgementDetail>')
EVENT = (
    '<subject typeCode="SUBJ" contextConductionInd="false">'
    '<registrationEvent classCode="REG" moodCode="EVN"><id nullFlavor="NA"/>'
    '<statusCode code="active"/><subject1 typeCode="SBJ"><patient classCode="PAT">'
    '<id root="{domain}" extension="{id}"/><statusCode code="active"/>'
    '<patientPerson classCode="PSN" determinerCode="INSTANCE">{person}</patientPerson>'
    '<subjectOf1><queryMatchObservation classCode="COND" moodCode="EVN"><code code="IHE_PDQ"/>'
    '<value xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="INT" value="98"/>'
    '</queryMatchObservation></subjectOf1></patient></subject1>'
    '<custodian typeCode="CST"><assignedEntity classCode="ASSIGNED"><id root="{home}"/>'
    '{locator}</assignedEntity></custodian></registrationEvent></subject>')
ISSUE = (
    '<reasonOf typeCode="RSON"><detectedIssueEvent classCode="ALRT" moodCode="EVN">'
    '<code code="_ActAdministrativeDetectedIssueManagementCode" '
    'codeSystem="2.16.840.1.113883.5.4"/>{inside}</detectedIssueEvent></reasonOf>')
WANTS = ISSUE.format(inside=(
    '<triggerFor typeCode="TRIG"><actOrderRequired classCode="ACT" moodCode="RQO">'
    '<code code="MothersMaidenNameRequested" codeSystem="1.3.6.1.4.1.19376.1.2.27.1"/>'
    '</actOrderRequired></triggerFor>'))
BUSY = ISSUE.format(inside=(
    '<mitigatedBy typeCode="MITGT"><detectedIssueManagement classCode="ACT" moodCode="RQO">'
    '<code code="ResponderBusy" codeSystem="1.3.6.1.4.1.19376.1.2.27.3"/>'
    '</detectedIssueManagement></mitigatedBy>'))
STRANGER = ('<name use="SYL"><family>スズキ</family><given>イチロウ</given></name>'
            '<administrativeGenderCode code="M"/><birthTime value="19800101"/>')
# Named misbehaviours of an answer's content: how often it names him, as whose, by which ids.
EVENTS: dict[str, tuple[tuple[str, str], ...]] = {
    "knows": (("w-1", HOME),), "other-id": (("w-2", HOME),), "other-home": (("w-1", "2.999.31"),),
    "two-matches": (("w-1", HOME), ("w-2", HOME)), "duplicate": (("w-1", HOME), ("w-1", HOME)),
    "one-is-foreign": (("z-9", "2.999.31"), ("w-1", HOME)), "wrong-person": (("w-1", HOME),),
    "other-query": (("w-1", HOME),), "other-message": (("w-1", HOME),),
    "nobody-and-somebody": (("w-1", HOME),), "without-ttl": (("w-1", HOME),),
    "ttl-understood": (("w-1", HOME),),
    "other-action": (("w-1", HOME),), "anothers-answer": (("w-1", HOME),),
    "too-many": tuple((f"w-{n}", HOME) for n in range(17)),
    "my-number": (("123456789018", HOME),),
}


class DiscoveryGateway(Registry):
    """silent and slow are a Registry's; the rest is of EVENTS, knows-nobody, wants-more, too-busy,
    not-acknowledged, malformed, or any Partner's. Who it knows is who is asked for, as he is asked
    for.

    locates: whom it names when it is asked who else knows somebody, by their homes; None: it is no
    Health Data Locator. How it does so is locating: names (as it should), anothers (somebody
    else's), malformed, too-many, no-answer (a fault), silent."""

    def __init__(self, manner: str, certificate: str, ca: str,
                 grammars: Grammars | None = None, home: str = HOME) -> None:
        self.home, self.domain = home, home + ".1"
        self.ttl = "PT1H"
        self.codes: list[str] = []  # by which it may ask back, in order
        self.locates: list[str] | None = None
        self.locating = "names"
        self.located: list[bytes] = []  # questions of ITI-56
        self.id = ""  # by which it knows whom it knows, instead of those of EVENTS
        super().__init__(manner, certificate, ca, grammars)

    def knows_as(self, name: str) -> None:
        self.id = name

    def answer(self, handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        if LOCATION.encode() not in body:
            super().answer(handler, body)
            return
        self.located.append(body)
        if self.locating == "silent":
            self.stand_still(handler)
        else:
            self.send(handler, *self.location(soap.parse(body)))

    def location(self, root: etree._Element) -> tuple[int, str | None, bytes]:
        if self.locating == "no-answer":
            return 500, SOAP, FAULT.format(code="Receiver").encode()
        if self.grammars:
            fault = self.grammars.fault("iti56-request", root)
            self.faults += [fault] if fault else []
        asked = root.find(".//{urn:ihe:iti:xcpd:2009}RequestedPatientId")
        assert asked is not None
        about = "another" if self.locating == "anothers" else asked.get("extension")
        homes = [f"urn:oid:2.999.50.{n}" for n in range(65)] if self.locating == "too-many" \
            else self.locates or []
        each = "".join(LOCATED_ONE.format(
            home=home if self.locating != "malformed" else "somewhere",
            home_oid=home.removeprefix("urn:oid:"), root=asked.get("root"), id=about)
            for home in homes)
        answer = soap.envelope(LOCATED.format(each=each), LOCATION + "Response", soap.ANONYMOUS)
        relates = soap.text(root, "//a:MessageID")
        return 200, SOAP, answer.replace(
            "<a:To>", f"<a:RelatesTo>{relates}</a:RelatesTo><a:To>").encode()

    def take(self, body: bytes) -> None:
        self.codes.append(soap.parse(body).xpath(
            "string(//v3:livingSubjectId/v3:value/@extension)", namespaces=soap.NS))
        super().take(body)

    def reply(self, body: bytes) -> tuple[int, str | None, bytes]:
        if self.manner in ANSWERS:
            return ANSWERS[self.manner]
        if self.manner == "sender-fault":
            return 500, SOAP, FAULT.format(code="Sender").encode()
        root = soap.parse(body)
        self.look_at(root)
        if ":Deferred:" in (soap.text(root, "//a:Action") or ""):
            return self.acknowledge(root)
        header = "" if self.manner == "without-ttl" else TTL.format(
            ttl=self.ttl, more=UNDERSTOOD if self.manner == "ttl-understood" else "")
        action = ANSWER + ("X" if self.manner == "other-action" else "")
        relates = "urn:uuid:" if self.manner == "anothers-answer" else soap.text(root,
                                                                                 "//a:MessageID")
        answer = soap.envelope(self.message(root), action, soap.ANONYMOUS)
        return 200, SOAP, answer.replace(
            "<a:To>", f"<a:RelatesTo>{relates}</a:RelatesTo>{header}<a:To>").encode()

    def acknowledge(self, root: etree._Element) -> tuple[int, str | None, bytes]:
        """not-later: it says that it cannot do that; other-message, anothers-answer and
        other-action are as of answers."""
        message = "other-message" if self.manner == "other-message" else root.xpath(
            "string(//s:Body/*/v3:id/@root)", namespaces=soap.NS)
        ack = {"not-later": "AE", "refuses": "AE", "rejects": "CR"}.get(self.manner, "CA")
        body = ACKNOWLEDGEMENT.format(ack=ack, message=message,
                                      detail=NOT_LATER if self.manner == "not-later" else "")
        action = "urn:hl7-org:v3:MCCI_IN000002UV01" + ("X" if self.manner == "other-action" else "")
        relates = "urn:uuid:" if self.manner == "anothers-answer" else soap.text(root,
                                                                                 "//a:MessageID")
        return 200, SOAP, soap.envelope(body, action, soap.ANONYMOUS).replace(
            "<a:To>", f"<a:RelatesTo>{relates}</a:RelatesTo><a:To>").encode()

    def later(self, to: str, manner: str = "knows", relates: str = "", asked: int = -1) -> bytes:
        """What it answers later to a question that it was asked, as a request."""
        root = soap.parse(self.got[asked])
        before, self.manner = self.manner, manner
        message = self.message(root)
        self.manner = before
        header = "" if manner == "without-ttl" else TTL.format(ttl=self.ttl, more="")
        relates = relates or soap.text(root, "//a:MessageID") or ""
        return soap.envelope(message, DEFERRED_ANSWER, to).replace(
            "<a:To>", f"<a:RelatesTo>{relates}</a:RelatesTo>{header}<a:To>").encode()

    def message(self, root: etree._Element) -> str:
        manner = self.manner
        if manner == "malformed":
            return '<PRPA_IN201306UV02 xmlns="urn:hl7-org:v3"><controlActProcess/>' \
                '</PRPA_IN201306UV02>'
        query = "other-query" if manner == "other-query" else root.xpath(
            "string(//v3:queryId/@root)", namespaces=soap.NS)
        message = "other-message" if manner == "other-message" else root.xpath(
            "string(//v3:PRPA_IN201305UV02/v3:id/@root)", namespaces=soap.NS)
        inside = {"wants-more": WANTS, "too-busy": BUSY}.get(manner, "") + "".join(
            EVENT.format(domain=self.domain, id=self.id or name,
                         home=self.home if home == HOME else home, person=self.person(root),
                         locator="" if self.locates is None else LOCATES)
            for name, home in EVENTS.get(manner, ()))
        code = {"knows-nobody": "NF", "nobody-and-somebody": "NF", "too-busy": "AE"}.get(manner,
                                                                                         "OK")
        ack = {"too-busy": "AE", "not-acknowledged": "CA"}.get(manner, "AA")
        return MESSAGE.format(ack=ack, message=message, query=query, code=code, inside=inside)

    def person(self, root: etree._Element) -> str:
        """Whoever is asked for, from what was said of him."""
        if self.manner == "wrong-person":
            return STRANGER
        said = "".join(etree.tostring(value, encoding="unicode").replace(
            "<value", "<name", 1).replace("</value>", "</name>")
            for value in root.iterfind(".//v3:livingSubjectName/v3:value", soap.NS))
        sex, birth = (root.xpath(f"string(//v3:{name}/v3:value/@{attribute})", namespaces=soap.NS)
                      for name, attribute in (("livingSubjectAdministrativeGender", "code"),
                                              ("livingSubjectBirthTime", "value")))
        return said + f'<administrativeGenderCode code="{sex}"/><birthTime value="{birth}"/>'

    def look_at(self, root: etree._Element) -> None:
        """What our Initiating Gateway sends is of the framework's form."""
        if self.grammars:
            fault = self.grammars.fault("iti55-asked", root)
            self.faults += [fault] if fault else []


class DiscoveryListener(DiscoveryGateway):
    """Another community's Initiating Gateway, as far as it takes what we answer later; in the
    manner of what acknowledges a question, and refuses (AE) and rejects (CR) what it got."""

    def look_at(self, root: etree._Element) -> None:
        if self.grammars:
            fault = self.grammars.fault("iti55-deferred", root)
            self.faults += [fault] if fault else []
