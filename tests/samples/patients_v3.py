"""HL7 v3 messages of our own making, and those of FHIR and ATNA that arrive at the wrong door."""

from __future__ import annotations

import json

from ours import FIXED, IHE, NUMBER, V3, answer, case, changed, enveloped, template, xml

V3_NS = "urn:hl7-org:v3"
PLACE = {
    "domain": "1.3.6.1.4.1.21367.2005.1.1",
    "family": "ミナト",
    "given": "ハナコ",
    "phone": "03-5555-0201",
}
MORE_NAMES = '<name use="L"><prefix>Dr.</prefix><given>HANAKO</given><given>SAKURA</given>' \
    '<family>REIJI</family></name><name><given>SAKURA</given></name>'
ONE_NAME = '<name use="L"><family>REIJI</family><given>HANAKO</given></name>'
MORE = (
    '<telecom use="WP" value="tel:03-5555-0202"/><telecom use="HP" '
    'value="mailto:hanako@own.example"/>', '<addr use="WP"><streetAddressLine>2 '
    'Second</streetAddressLine><city>EXAMPLE</city><postalCode>1000002</postalCode></addr>',
)


def feed(event: str, ids: str, names: str = "", **values: str) -> str:
    made = template("iti44.xml", event=event, id="PIX10515W3", **{"more-ids": ids},
                    **PLACE | values)
    if names:
        start, end = made.index('<name use="IDE">'), made.index('<telecom use="HP"')
        made = made[:start] + names + made[end:]
    return made


def maximal(event: str, sex: str) -> str:
    """Three ids of the patient, one of them without authority; a student's and an employee's
    beside them: five are read."""
    ids = '<id root="1.2.3.4.5.1000" extension="PIX10515W4"/><id ' \
        'assigningAuthorityName="domain2" extension="PIX10515W5"/>'
    others = "".join(
        f'<asOtherIDs classCode="CIT"><id root="2.999.5.{n}" extension="{n}"/><scopingOrganization '
        'classCode="ORG" determinerCode="INSTANCE">'
        f'<id root="2.999.5.{n}"/></scopingOrganization></asOtherIDs>'
        for n in (1, 2)
    )
    return feed(event, ids, MORE_NAMES, sex=sex, **{"other-ids": others})


def merge(**values: str) -> str:
    made = template("iti44-merge.xml", domain=PLACE["domain"], survivor="120-01",
                    prior="120-02", **values)
    return changed(made, ("<name><family>試験</family></name>", "<name/>"))


def translated() -> str:
    """As a translator from v2 writes it: names of authorities, a person with everything PID had."""
    made = template(
        "iti44-merge.xml", domain="2.16.840.1.113883.3.37.4.1.1.2.1.1", survivor="142025",
        prior="704686"
    )
    return changed(
        made,
        ('extension="142025"/>', 'extension="142025" assigningAuthorityName="130"/>'),
        (
            "<name><family>試験</family></name>",
            '<name/><telecom use="H" value="tel:03-5555-0203"/>'
            '<administrativeGenderCode code="M"/><birthTime value="19590402"/>',
        ),
    )


def two_patients() -> str:
    made = feed("01", "")
    start, end = made.index("<subject typeCode"), made.index("</controlActProcess>")
    return made[:end] + made[start:end] + made[end:]


SOURCE = '<dataSource><value root="{}"/><semanticsText>DataSource.id</semanticsText></dataSource>'


def pix(number: str, *sources: str) -> str:
    return template(
        "iti45.xml",
        domain=PLACE["domain"],
        id=number,
        objects="".join(SOURCE.format(each) for each in sources),
    )


def nobody(name: str, inside: str = "") -> str:
    """A v3 message of a transaction nobody offers here."""
    return (
        f'<{name} xmlns="{V3_NS}" ITSVersion="XML_1.0"><id root="2.999.78.1" '
        f'extension="{FIXED["control.message"]}"/>'
        f'<creationTime value="{FIXED["now"]}"/><interactionId root="2.16.840.1.113883.1.6" '
        f'extension="{name}"/>{inside}</{name}>'
    )


FOUND = nobody("PRPA_IN201306UV02", '<acknowledgement><typeCode code="AA"/></acknowledgement>')
NAMES = {"PIX": case("iti45-response-case1"), "ACK": case("iti44-response-accepted")}


def body(text: str) -> str:
    """What the envelope of a case holds."""
    return text[text.index("<s:Body>") + len("<s:Body>") : text.index("</s:Body>")]


def fhir(name: str, inside: str = "") -> str:
    return f'<{name} xmlns="http://hl7.org/fhir">{inside}</{name}>'


def person(number: str, family: str, **more: object) -> bytes:
    return json.dumps(
        {
            "resourceType": "Patient",
            "identifier": [{"system": "urn:oid:2.999.5", "value": number}],
            "name": [{"family": family, "given": ["Hanako"]}],
            "gender": "female",
            **more,
        },
        ensure_ascii=False,
        indent=1,
    ).encode()


def messages() -> dict[str, str]:
    accepted, told = body(NAMES["ACK"]), body(NAMES["PIX"])
    xcpd = "urn:ihe:iti:xcpd:2009"
    return {
        "ITI-44_201301_epr-request": enveloped(
            feed("01", '<id root="2.999.5.3" extension="77"/>', MORE_NAMES),
            V3 + "PRPA_IN201301UV02"
        ),
        "ITI-44_REG_maximal": maximal("01", "F"),
        "ITI-44_REV_maximal": maximal("02", "UN"),
        "ITI-44_MERGE_maximal": merge(),
        "ITI-44_A40_translated": translated(),
        "ITI-44_NEG_multipatient": two_patients(),
        "ITI-45_201309_epr-request": enveloped(
            pix("900010", "2.999.5.4", "2.999.5.5"), V3 + "PRPA_IN201309UV02"
        ),
        "ITI-45_201309_nist-10501-04": pix("PIX10501", "2.999.5.4"),
        "ITI-45_NEG_201309_nist-10502-03_unknown-id": pix("NOBODY", "2.999.5.4"),
        # Answers instead of requests; what our grammars say of them is in
        # tests/cases/grammar/samples.tsv.
        "ITI-44_ack": accepted,
        "ITI-44_ack_epr-response": answer(accepted, V3 + "MCCI_IN000002UV01", understood=False),
        "ITI-45_201310_epr-response": answer(
            changed(
                told,
                ('interactionId root="2.16.840.1.113883.1.6"',
                 'interactionId root="2.16.840.1.113883.1.18"'),
            ),
            V3 + "PRPA_IN201310UV02",
        ),
        "ITI-45_201310_response": changed(told, ('<typeCode code="AA"/>', '<typeCode code="CA"/>')),
        "ITI-47_201305_epr-request": enveloped(
            body(case("iti47-request-id")), V3 + "PRPA_IN201305UV02"
        ),
        "ITI-47_201306_epr-response": answer(FOUND, V3 + "PRPA_IN201306UV02"),
        "ITI-47_id-query": body(case("iti47-request-id")),
        "ITI-47_maximal": body(case("iti47-request")),
        "ITI-47_maximal-response": FOUND,
        "ITI-47_query-empty-response": nobody("PRPA_IN201306UV02"),
        "ITI-55_request": body(case("iti55-request")),
        "ITI-55_request-deferred": changed(
            body(case("iti55-request")),
            ("<sender ", '<respondTo typeCode="RSP"/><sender '),
            ('processingModeCode code="T"', 'processingModeCode code="I"'),
            ('responsePriorityCode code="I"', 'responsePriorityCode code="D"'),
        ),
        "ITI-55_response": FOUND,
        "ITI-56_request": f'<PatientLocationQueryRequest xmlns="{xcpd}"><RequestedPatientId '
        'root="2.999.5" extension="1"/></PatientLocationQueryRequest>',
        "ITI-56_response": f'<PatientLocationQueryResponse xmlns="{xcpd}"/>',
        "ITI-83_params_red-all_request": fhir(
            "Parameters", '<parameter><name value="sourceIdentifier"/></parameter>'
        ),
        "ITI-83_params_red-all_response": fhir(
            "Parameters", '<parameter><name value="targetId"/></parameter>'
        ),
        "ITI-93_message_create-mother": fhir("Bundle", '<type value="message"/>'),
        "ITI-93_message_merge": fhir("Bundle", '<type value="message"/><total value="1"/>'),
        "ITI-93_message_related-person": fhir("RelatedPerson", '<active value="true"/>'),
        **{f"ATNA_{name}": case("audit-message") for name in ("ITI-8_feed_manager", "ITI-9_query")},
    }


def files() -> dict[str, bytes]:
    made = {f"identity/{stem}.xml": xml(text) for stem, text in messages().items()}
    people = {
        "alice-red": person("1", "Reiji"),
        "alissa-red": person("2", "Reizi"),
        "maiden-red": person("3", "Minato", birthDate="1969-06-01"),
        "maiden-resolved": person(
            "3", "Reiji", active=False,
            link=[{"other": {"reference": "Patient/1"}, "type": "replaced-by"}]
        ),
    }
    made |= {f"identity/ITI-104_patient_{name}.json": octets for name, octets in people.items()}
    return made
