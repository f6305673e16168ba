"""XDS messages of our own making: queries, submissions, packages, answers, and requests of
transactions nobody offers here.

What a case replaces (placeholders, ids, a practice's code) is written as the case names it;
boundaries of bodies that are stored without their head are those the tests name.
"""

from __future__ import annotations

import re

from ours import IHE, NUMBER, answer, assertion, case, changed, enveloped, headless, template, xml
from patients_v3 import body

LEAF, REFS, FAILURE = case("iti18-response-leaf"), case("iti18-response-refs"), \
    case("iti18-response-failure")
QUERIES = {
    "FindDocuments": "14d4debf-8f97-4251-9a74-a90016b0af0d",
    "FindFolders": "958f3006-baad-4929-a4de-ff1114824431",
    "FindSubmissionSets": "f26abbcb-ac74-4422-8a30-edb644bbc1a9",
    "GetAll": "10b545ea-725c-446d-9b95-8aeb444eddf3",
    "GetAssociations": "a7ae438b-4bc2-4642-93e9-be891f7bb155",
    "GetDocuments": "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4",
    "GetDocumentsAndAssociations": "bab9529a-4a10-40b3-a01f-f68a615d247a",
    "GetFolderAndContents": "b909a503-523d-4517-8acf-8e5834dfc4c7",
    "GetFolders": "5737b14c-8a1a-4539-b659-e03a34a5e1e4",
    "GetFoldersForDocument": "10cae35a-c7f9-4cf5-b61e-fc3278ffb578",
    "GetSubmissionSetAndContents": "e8e3cb2c-e39c-46b9-99e4-c12f57260b83",
    "GetSubmissionSets": "51224314-5390-4169-9b91-b1980040715a",
    "FindDocumentsForMultiplePatients": "3d1bdb10-39a2-11de-89c2-2f44d94eaa9f",
}
STATUS = "urn:oasis:names:tc:ebxml-regrep:StatusType:"
ELSEWHERE = "9001^^^&2.999.404.1&ISO"  # a patient of another region
PATIENT, OTHERS = f"'{ELSEWHERE}'", f"(' {ELSEWHERE}' ,'9002^^^&2.999.404.1&ISO')"
EITHER = f"('{STATUS}Approved','{STATUS}Deprecated')"
NO_UUID = "'an id of ours'"
SOME = f"('{NUMBER.format(7)}','{NUMBER.format(8)}')"


def query(name: str, **slots: str) -> str:
    """A stored query; a slot's name is without its dollar."""
    parts = [f'slot name=${slot} value="{value}"' for slot, value in slots.items()]
    return template("iti18.xml", *parts, query="urn:uuid:" + QUERIES[name])


def found(**more: str) -> str:
    return query("FindDocuments", XDSDocumentEntryPatientId=PATIENT,
                 XDSDocumentEntryStatus=EITHER, **more)


def queries() -> dict[str, str]:
    code = "('11502-2^^2.16.840.1.113883.6.1','60591-5^^2.16.840.1.113883.6.1')"
    entries = {"XDSDocumentEntryEntryUUID": SOME}
    everything = {
        "XDSDocumentEntryStatus": EITHER,
        "XDSSubmissionSetStatus": EITHER,
        "XDSFolderStatus": EITHER,
    }
    several = query(
        "FindDocumentsForMultiplePatients", XDSDocumentEntryPatientId=OTHERS,
        XDSDocumentEntryStatus=EITHER
    )
    return {
        "iti-18-finddocuments-request-epr-raw-saml": enveloped(
            found(), IHE + "RegistryStoredQuery", assertion("purpose")
        ),
        "iti-18-finddocuments-request-ipf-injection": changed(
            found(XDSDocumentEntryCreationTimeFrom="20260115093000"),
            (f"ISO'", "ISO''%20or%208%3d8--%20")
        ),
        "iti-18-finddocuments-request-nist-body": found(
            XDSDocumentEntryClassCode=code, XDSDocumentEntryServiceStartTimeFrom="20260101"
        ),
        "iti-18-getall-request-connect-body": query("GetAll", patientId=PATIENT, **everything),
        "iti-18-getassociations-request-connect-body": query("GetAssociations", uuid=NO_UUID),
        "iti-18-getsubmissionsets-request-connect-body": query("GetSubmissionSets", uuid=NO_UUID),
        "iti-18-getfolders-request-connect-body": query("GetFolders", XDSFolderEntryUUID=NO_UUID),
        "iti-18-findsubmissionsets-request-connect-body": query(
            "FindSubmissionSets",
            XDSSubmissionSetPatientId=PATIENT,
            XDSSubmissionSetStatus=EITHER,
            XDSSubmissionSetAuthorPerson="('%試験%')",
        ),
        "iti-18-findfolders-request-connect-body": query(
            "FindFolders", XDSFolderPatientId=PATIENT, XDSFolderStatus=EITHER
        ),
        "iti-18-getfolderandcontents-request-connect-body": query(
            "GetFolderAndContents", XDSFolderEntryUUID=NO_UUID
        ),
        "iti-18-getfoldersfordocument-request-connect-body": query(
            "GetFoldersForDocument", XDSDocumentEntryEntryUUID=NO_UUID
        ),
        "iti-18-getsubmissionsetandcontents-request-connect-body": query(
            "GetSubmissionSetAndContents", XDSSubmissionSetEntryUUID=NO_UUID
        ),
        "iti-38-initiating-gateway-request-openxds": found(
            XDSDocumentEntryEventCodeList="('T-D4909^^2.999.5')"
        ),
        # No Action and no MessageID, or another transaction's Action without MessageID
        "iti-18-getdocuments-request-hieos": headless(query("GetDocuments", **entries)),
        "iti-18-getdocumentsandassociations-request-hieos": headless(
            query("GetDocumentsAndAssociations", **entries)
        ),
        "iti-51-finddocumentsformultiplepatients-request-hieos": headless(several),
        "iti-51-finddocumentsformultiplepatients-request-ipf": several,
        "iti-38-request-nist-soap": changed(
            answer(found(), IHE + "CrossGatewayQuery", understood=False),
            (f"<a:RelatesTo>{NUMBER.format(1)}</a:RelatesTo>", ""),
        ),
    }


# ---- Submissions ----

SET = "set id=ss uid={set} patient={patient}"
ENTRY = "entry id={id} uid={uid} patient={patient}"


def submitted(
    name: str,
    *more: str,
    patient: str = ELSEWHERE,
    set_uid: str = "2.999.77.1.1",
    uid: str = "2.999.77.1.2",
    entry: str = "d1",
    options: str = "",
    **values: str,
) -> str:
    """One set, one entry and what joins them; more are further parts."""
    parts = [
        SET.format(set=set_uid, patient=patient),
        ENTRY.format(id=entry, uid=uid, patient=patient) + options,
        f"member from=ss to={entry}",
        *more,
    ]
    return template(name, *parts, **values)


def related(kind: str, placeholder: str, *more: str) -> str:
    """A document in a relation to another, its document left to the case, which
    puts it behind as doc1."""
    link = f"link from=doc1 to={placeholder} type=urn:ihe:iti:2007:AssociationType:{kind}" \
        if kind else ""
    made = submitted(
        "iti41.xml",
        *filter(None, (link, *more)),
        patient="PATIENT",
        set_uid="$XDSSubmissionSet.uniqueId",
        uid="$XDSDocumentEntry.uniqueId",
        entry="doc1",
        options=" practice=Multidisciplinary source-patient=77^^^IHENA&1.3&ISO",
    )
    scheme = '"Multidisciplinary"><rim:Slot name="codingScheme"><rim:ValueList><rim:Value>'
    return changed(
        made,
        (scheme + "2.16.840.1.113883.6.96", scheme + "Connect-a-thon practiceSettingCodes"),
        ("PATIENT", "$patientId"),
        ('xmlns:x="', 'xmlns:axis2ns1="urn:ihe:iti:xds-b:2007" xmlns:x="'),
    )


# Of a set whose uniqueId, of others' messages, stands in them.
UPDATES = "set id=ss uid={} patient=@patient_id@"


def renewed(*parts: str, set_uid: str = "1.3.6.1.4.1.21367.2008.1.2.900.1.1") -> str:
    """A metadata update, its placeholders ($name$) left to the case; here they are @name@."""
    made = template("iti57.xml", UPDATES.format(set_uid), *parts)
    return re.sub(r"@(\w+)@", r"$\1$", made)


def renewed_entry(octets: str, version: str, *more: str, **of: str) -> str:
    """Of a document that the case knows by its octets (hash, size, repository)."""
    return renewed(
        f"entry id=Document01 {version} {octets} source-patient=89765a87b^^^&3.4.5&ISO",
        "version from=ss to=Document01 propagates=yes " + more[0],
        *more[1:],
        **of,
    )


TAKEN = "hash=e543712c0e10501972de13a5bfcbe826c49feb75 size=36 repo=1.19.6.24.109.42.1"
SEVERAL = "hash=31e311402a7e717d1bede88df6b42c0b8e91ea91 size=1459 repo=1.19.6.24.109.42.1.5 " \
    "availability=Offline"
BY_NAME = "version-of=@document_lid@ uid=@document_uid@ patient=@patient_id@"
STANDING = "standing from=ss to={} was=@old_status@ becomes=@new_status@"
IPF_PATIENT = "714f4004f80540c^^^&1.3.6.1.4.1.21367.2005.3.7&ISO"


def updated() -> str:
    return renewed_entry(TAKEN, BY_NAME, "previous=@previous_version@")


def inline() -> str:
    """Ids of another kind of registry, one under an arc that cannot be; the
    document stands inline."""
    made = submitted(
        "iti41.xml",
        "document id=d1 inline=yes text='My test document'",
        patient="76cc765a442f410^^^&1.3.6.1.4.1.21367.2005.3.7&ISO",
        set_uid="2009.9.1.2456",
        uid="2009.9.1.2455",
        options=" source-patient=77^^^&3.4.5&ISO",
    )
    start = made.index("XDSSubmissionSet.patientId")
    before = made[:start].rindex("76cc765a442f410")
    return made[:before] + "1111111111^^^&amp;1.2.3&amp;ISO" + made[made.index('"', before) :]


def without_ids(text: str) -> str:
    """Classification and ExternalIdentifier without the id that ebRIM demands."""
    pieces = text.split("<rim:")
    return "<rim:".join(
        without_id(piece) if piece.startswith(("Classification ", "ExternalIdentifier ")) else piece
        for piece in pieces
    )


def without_id(piece: str) -> str:
    start = piece.index(' id="')
    return piece[:start] + piece[piece.index('"', start + 5) + 1 :]


def submissions() -> dict[str, str]:
    second = "link from=d1 to=" + NUMBER.format(8) + " type=urn:ihe:iti:2007:AssociationType:APND"
    return {
        "iti-41-request-limited-metadata-nist": submitted("iti41.xml"),
        "iti-41-request-ohie": inline(),
        "iti-41-submission-apnd-openxds": related("APND", "$appendum_doc_uuid"),
        "iti-41-submission-rplc-openxds": related("RPLC", "$rplc_doc_uuid"),
        "iti-41-submission-xfrm-openxds": related("XFRM", "$tran_doc_uuid"),
        "iti-41-submission-xfrm-rplc-openxds": related("XFRM_RPLC", "$tran_rplc_doc_uuid"),
        "iti-41-submission-folder-add-openxds": related(
            "",
            "",
            "folder id=f1 uid=$folder_uniqueid patient=PATIENT",
            "link from=f1 to=doc1 id=fa",
            "member from=ss to=f1",
            "member from=ss to=fa",
        ),
        "iti-42-request-ipf-base": submitted("iti42.xml", second),
        "iti-42-request-ipf-extra-metadata": submitted("iti42.xml", second,
                                                       options=" extra=urn:example:own"),
        "iti-42-request-xds-to-fhir": enveloped(
            without_ids(submitted("iti42.xml")), IHE + "RegisterDocumentSet-b"
        ),
        "rad-68-kos-metadata-v3": submitted(
            "iti42.xml",
            options=" mime=application/dicom format=1.2.840.10008.5.1.4.1.1.88.59 "
            "format-scheme=1.2.840.10008.2.6.1",
        ),
        "iti-57-submit-association-hieos-v3": renewed(
            "link id=assoc from=@source@ to=@target@ type=@assoc_type@",
            "link id=submit from=ss to=assoc "
            "type=urn:ihe:iti:2010:AssociationType:SubmitAssociation",
        ),
        "iti-57-update-availabilitystatus-association-hieos": renewed(
            STANDING.format("@assoc@"), set_uid="1.42.20100709101812.3"
        ),
        "iti-57-update-availabilitystatus-documententry-hieos": renewed(
            STANDING.format("@document@"), set_uid="1.42.20100709101812.3"
        ),
        "iti-57-update-documententry-hieos-v3": updated(),
        "iti-57-update-documententry-ipf": renewed_entry(
            SEVERAL,
            "version-of=urn:uuid:20744602-ba65-44e9-87ee-a52303a5183e "
            "uid=1.42.20100709101812.2 patient=@patient_id@",
            "previous=1",
            "standing from=ss to=urn:uuid:e0985823-dc50-45a5-a6c8-a11a829893bd "
            f"was={STATUS}Approved becomes={STATUS}Deprecated",
            set_uid="1.42.20100709101812.3",
        ).replace("$patient_id$", IPF_PATIENT.replace("&", "&amp;")),
        "iti-57-update-folder-hieos-v3": renewed(
            "folder id=Folder version-of=@folder_lid@ uid=@folder_uid@ patient=@patient_id@",
            "version from=ss to=Folder previous=@previous_version@ propagates=yes",
        ),
    }


# ---- Retrieval, and requests and answers that are none of ours ----

WANT = (
    "want repository=2.999.404.2 document=2.999.77.3.1",
    "want repository=2.999.404.2 document=2.999.77.3.2",
)
HOME = "<x:HomeCommunityId>urn:oid:2.999.404.3</x:HomeCommunityId>"
RIM, RS, NOTIFY = (
    "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0",
    "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0",
    "http://docs.oasis-open.org/wsn/b-2",
)
BROKER = "http://docs.oasis-open.org/wsn/bw-2/"


CLASSIFICATION = ' objectType="urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:' \
    'Classification"'


def wanted(at_home: bool = False) -> str:
    made = template("iti43.xml", *WANT)
    return changed(made, ("<x:RepositoryUniqueId>", HOME + "<x:RepositoryUniqueId>")) \
        if at_home else made


def removed(*marks: str) -> str:
    inside = "".join(f'<rim:ObjectRef xmlns:rim="{RIM}" id="${mark}$"/>' for mark in marks)
    return (
        '<lcm:RemoveObjectsRequest '
        'xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"><rim:ObjectRefList '
        f'xmlns:rim="{RIM}">{inside}'
        "</rim:ObjectRefList></lcm:RemoveObjectsRequest>"
    )


def images(namespace: str) -> str:
    return (
        f'<i:RetrieveImagingDocumentSetRequest xmlns:i="{namespace}" '
        'xmlns:x="urn:ihe:iti:xds-b:2007">'
        '<i:StudyRequest studyInstanceUID="2.999.8.1">'
        '<i:SeriesRequest seriesInstanceUID="2.999.8.2">'
        + "".join(template("iti43.xml", *WANT).partition("<x:DocumentRequest")[1:])
    ).replace(
        "</x:RetrieveDocumentSetRequest>",
        "</i:SeriesRequest></i:StudyRequest></i:RetrieveImagingDocumentSetRequest>",
    )


def broker(name: str, inside: str, action: str, asked: bool = True) -> str:
    made = f'<b:{name} xmlns:b="{NOTIFY}">{inside}</b:{name}>'
    return enveloped(made, BROKER + action) if asked else answer(made, BROKER + action)


def others() -> dict[str, str]:
    leaf, refs, failure, success = body(LEAF), body(REFS), body(FAILURE), \
        body(case("iti41-response"))
    got = body(case("iti43-response"))
    homeless = lambda text: (
        text.replace(' lid="', ' home="" lid="', 1)
        if ' lid="' in text
        else text.replace("<ObjectRef ", '<ObjectRef home="" ', 1)
    )
    return {
        "iti-43-request-epr-raw-saml": enveloped(
            wanted(at_home=True), IHE + "RetrieveDocumentSet", assertion("purpose")
        ),
        "iti-43-request-nist": enveloped(wanted(), IHE + "RetrieveDocumentSet"),
        "iti-39-request-nist": changed(
            enveloped(wanted(at_home=True), IHE + "CrossGatewayRetrieve"),
            ('s:mustUnderstand="true"', 'a:mustUnderstand="true"'),
        ),
        "iti-18-finddocuments-response-epr-raw": answer(
            changed(leaf, (CLASSIFICATION, "")), IHE + "RegistryStoredQueryResponse"
        ),
        "iti-18-finddocuments-response-ohie-soap": headless(leaf),
        "iti-18-response-leafclass-nist": homeless(leaf),
        "iti-18-response-objectref-nist": homeless(refs),
        "iti-38-initiating-gateway-response-openxds": changed(
            refs, ("<RegistryObjectList>", "<RegistryObjectList>....")
        ),
        "iti-38-response-failure-nist": answer(failure, IHE + "CrossGatewayQueryResponse"),
        "iti-38-response-leafclass-nist": answer(leaf, IHE + "CrossGatewayQueryResponse"),
        "iti-39-response-success-nist": answer(got, IHE + "CrossGatewayRetrieveResponse"),
        "iti-41-response-success-nist": answer(success,
                                               IHE + "ProvideAndRegisterDocumentSet-bResponse"),
        "iti-42-response-success-nist": answer(success, IHE + "RegisterDocumentSet-bResponse"),
        "iti-43-response-epr-xop-root": answer(got, IHE + "RetrieveDocumentSetResponse",
                                               understood=False),
        "iti-43-response-error-connect-1": changed(
            headless(got),
            ('severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"',
             'severity="Error"'),
        ),
        "iti-43-response-success-nist": changed(
            answer(got, IHE + "RetrieveDocumentSetResponse"),
            ('s:mustUnderstand="true"', 'a:mustUnderstand="true"'),
        ),
        "iti-52-subscribe-request": changed(
            case("iti52-request"), ("1^^^&amp;2.999.1&amp;ISO", ELSEWHERE.replace("&", "&amp;"))
        ),
        "iti-52-subscribe-response": broker(
            "SubscribeResponse", "", "NotificationProducer/SubscribeResponse", asked=False
        ),
        "iti-52-unsubscribe-request": case("iti52-request-unsubscribe"),
        "iti-52-unsubscribe-response": broker(
            "UnsubscribeResponse", "", "SubscriptionManager/UnsubscribeResponse", asked=False
        ),
        "iti-53-notify-full": case("iti53-request"),
        "iti-53-notify-minimal": case("iti53-request-minimal"),
        "iti-53-notify-submissionset": case("iti53-request-set"),
        "iti-54-publish-notify": case("iti54-request"),
        "iti-61-register-ondemand-request-v3": enveloped(
            submitted(
                "iti42.xml",
                patient="SELF-5^^^&1.3.6.1.4.1.21367.2005.3.7&ISO",
                set_uid="1.3.6.1.4.1.21367.2008.1.2.900.1.1",
                uid="1.3.6.1.4.1.21367.2008.1.2.900.2.1",
                options=" type=urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248 no-creation=yes"
                " repo=2.999.28",
            ),
            "urn:ihe:iti:2010:RegisterOnDemandDocumentEntry",
        ),
        "iti-62-remove-all-30002-nist": removed("Folder01", "AssociationHM01", "SubmissionSet01"),
        "iti-62-remove-two-objects-hieos": removed("registry_object_1", "registry_object_2"),
        "iti-80-request-constructed": enveloped(
            submitted("iti41.xml"), "urn:ihe:iti:2015:CrossGatewayDocumentProvide"
        ).replace("</s:Header>", '<c:homeCommunityBlock xmlns:c="urn:ihe:iti:xdr:2014">'
                  "<c:homeCommunityId>urn:oid:1.2.3.4</c:homeCommunityId>"
                  "</c:homeCommunityBlock></s:Header>"),
        "iti-86-remove-documents-50001-nist": '<r:RemoveDocumentsRequest '
        'xmlns:r="urn:ihe:iti:rmd:2017" xmlns:x="urn:ihe:iti:xds-b:2007">'
        + "".join(f"<x:DocumentRequest><x:RepositoryUniqueId>$repuid$</x:RepositoryUniqueId>"
                  f"<x:DocumentUniqueId>$docuid{n}$</x:DocumentUniqueId></x:DocumentRequest>"
                  for n in (1, 2))
        + "</r:RemoveDocumentsRequest>",
        "iti-92-restricted-update-request-v3": enveloped(
            updated(), "urn:ihe:iti:2018:RestrictedUpdateDocumentSet"
        ),
        "rad-69-request-iig5400-nist-body": images("urn:ihe:rad:xdsi-b:2009"),
        "rad-75-request-rig5420-nist-body": images("urn:ihe:rad:xdsi-b:2009"),
        "soap-fault-mtom-required-nist": changed(
            case("soap-fault"),
            ("<a:Action>http://www.w3.org/2005/08/addressing/fault</a:Action>", "")
        ),
        "iti-41-request-mtom-xop-testkit-plan": "<Plan><step>The package beside this, with the "
        "Content-Type the case sends.</step></Plan>",
    }


# ---- Packages: LF line ends, blanks behind headers, no start, a start that names nothing ----

INCLUDED = [each.partition('"')[0] for each in case("iti43-response").split('href="cid:')[1:]]
PRB, AXIS, CXF = IHE + "ProvideAndRegisterDocumentSet-b", "0.own-{}@apache.org", \
    "root.message@cxf.apache.org"


def lines(
    boundary: str, root_id: str, root: str, *parts: tuple[str, str, str], end: str = "\n",
    blank: str = ""
) -> str:
    """A body; a part is Content-ID, media type, text."""
    made = ""
    for name, media, text in (
        (root_id, 'application/xop+xml; charset=UTF-8; type="application/soap+xml"', root),
        *parts,
    ):
        made += end.join(
            (
                f"--{boundary}{blank}",
                f"Content-Type: {media}{blank}",
                f"Content-Transfer-Encoding: binary{blank}",
                f"Content-ID: <{name}>{blank}",
                "",
                text,
                "",
            )
        )
    return made + f"--{boundary}--{end}"


def head(boundary: str, start: str, first: str, action: str = "", end: str = "\n") -> str:
    rest = f'; action="{action}"' if action else ""
    return end.join(
        (
            first,
            f'Content-Type: multipart/related; boundary="{boundary}"; type="application/xop+xml"; '
            f'start="<{start}>"; '
            f'start-info="application/soap+xml"{rest}',
            "User-Agent: own",
            "",
            "",
        )
    )


def packaged(
    patient: str, included: str, set_uid: str = "2.999.77.4.1", uid: str = "2.999.77.4.2",
    options: str = ""
) -> str:
    made = submitted(
        "iti41.xml", "document id=d1", patient=patient, set_uid=set_uid, uid=uid, options=options
    )
    include = '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" ' \
        f'href="cid:{included}"/>'
    return enveloped(changed(made, (' id="d1"></x:Document>', f' id="d1">{include}</x:Document>')),
                     PRB)


def packages() -> dict[str, str]:
    one, two = AXIS.format(1), AXIS.format(2)
    told, got = case("iti41-response"), case("iti43-response")
    told_bare = changed(told, (' s:mustUnderstand="true"', ""))
    part = (two, "text/plain", "a document of our own")
    ids = [
        "MIMEBoundaryOwn1",
        "MIMEBoundary_95b57d7287e4fa4b528a8f050c41f8ad829c20332f23b48d",
        "MIMEBoundary_494859fac46e21a68c012f8f4fe208a370fc32b6e07ae79f",
        "uuid:9d70af7a-1e95-4187-8860-de7c7662ce3c",
        "uuid:e59abb7b-d9c5-4f29-9854-e89b12b41e12",
    ]
    imaging = enveloped(images("urn:ihe:rad:xdsi-b:2009"),
                        "urn:ihe:rad:2009:RetrieveImagingDocumentSet")
    return {
        "iti-41-request-mtom-nist-http": head(ids[0], one, "POST /xds/repository HTTP/1.1", PRB)
        + lines(
            ids[0],
            one,
            packaged(
                "11^^^&1.1&ISO",
                two,
                "1.42.20101011223601.3",
                "1.42.20101011223601.2",
                " source-patient=77^^^&3.4.5&ISO",
            ),
            part,
            blank=" ",
        ),
        "iti-41-request-mtom-xop-testkit-body": lines(
            ids[1], one, packaged("SR7^^^&1.2.260&ISO", two, "2.999.77.4.3", "2.999.77.4.4"), part
        ),
        # The include names a part that is not there, and the head's start
        # another root than the body's.
        "iti-41-request-mtom-simproxy": lines(
            ids[2],
            AXIS.format(3),
            packaged("P20170823094140.2^^^&1.3.6.1.4.1.21367.2005.13.20.1000&ISO", AXIS.format(4)),
            part,
        ),
        # A capture: the body's boundary is not its head's, and the envelope uses a
        # prefix it does not declare.
        "iti-41-request-epr-http-mtom-saml": head(
            "MIMEBoundaryOwn2", one, "POST /xds/repository HTTP/1.1", PRB
        )
        + lines(
            "MIMEBoundaryOwn3",
            one,
            changed(packaged(ELSEWHERE, two), ("<s:Body>", "<s:Body><undeclared:x/>")),
            part,
        ),
        "iti-41-response-epr-http": head("uuid:own-1", CXF, "HTTP/1.1 200 OK")
        + lines("uuid:own-1", CXF, told),
        "iti-41-response-ohie-mtom": lines(ids[3], CXF, told_bare),
        "iti-43-response-ohie-mtom": lines(
            ids[4],
            CXF,
            changed(got, (' s:mustUnderstand="true"', "")),
            *[(each, "text/xml", "<a/>") for each in INCLUDED],
        ),
        "rad-69-request-dcm4chee-http": head(
            "MIMEBoundaryOwn4",
            one,
            "POST /images HTTP/1.1",
            "urn:ihe:rad:2009:RetrieveImagingDocumentSet",
            "\r\n",
        )
        + lines("MIMEBoundaryOwn4", one, imaging, end="\r\n"),
        "rad-69-response-dcm4chee-http": head("uuid:own-2", CXF, "HTTP/1.1 200 OK", end="\r\n")
        + lines(
            "uuid:own-2", CXF, got,
            *[(each, "application/dicom", "DICM") for each in INCLUDED], end="\r\n"
        ),
        "mtom-dotnet-request-headers": 'mime-version: 1.0\r\ncontent-type: multipart/related; '
        'type="application/xop+xml";start="<http://tempuri.org/0>";'
        'boundary="uuid:own+id=5";start-info="application/soap+xml"\r\n\r\n',
    }


def security() -> dict[str, bytes]:
    """Queries with an assertion, and audit records: what our grammars must take."""
    names = {
        "ok-01-bearer-treat": ("role",),
        "ok-02-holder-of-key": ("role", "key"),
        "ok-03-breakglass-etreat": ("purpose",),
        "ok-04-two-attribute-statements-and-consent-docid": ("role", "docid"),
        "ok-05-audience-or-within-one-restriction": (),
    }
    made = {
        f"security/saml/{name}.xml": xml(
            enveloped(found(), IHE + "RegistryStoredQuery", assertion(*statements))
        )
        for name, statements in names.items()
    }
    record = case("audit-message")
    for number, (old, new) in enumerate(
        (
            ("", ""),
            ('EventActionCode="E"', 'EventActionCode="R"'),
            ('EventOutcomeIndicator="0"', 'EventOutcomeIndicator="8"'),
        )
    ):
        made[f"security/audit/{number + 1:02d}-own.xml"] = xml(record.replace(old, new)
                                                               if old else record)
    return made


def files() -> dict[str, bytes]:
    made = {
        f"xds/{stem}.xml": xml(text)
        for table in (queries(), submissions(), others())
        for stem, text in table.items()
    }
    made |= {f"xds/{stem}.txt": text.encode() for stem, text in packages().items()}
    made["xds/rad-68-kos-manifest-nist.dcm"] = bytes(128) + b"DICM" + bytes(64)
    return made | security()
