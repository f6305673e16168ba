/* schemas/tables/metadata.c: every attribute of the XDS metadata model, one row each. */
#include "schemas/tables/metadata.h"

#include <string.h>

#include "schemas/model/document.h"

#define U "urn:uuid:"
#define NOWHERE NULL

/* ITI TF-3: 4.2.3.2. Rules: stable entries as ITI-42 wants them, on-demand entries as ITI-61. */
#define E(field) offsetof(struct document_entry, field)
static const struct metadata_attribute entry[] = {
	{ "home", CODED_XML_ATTRIBUTE, "home", NULL, FIELD_TEXT, E(home_community_id), TYPE_HOME, 1,
	  0, { RULE_O, RULE_O }, 16 },
	{ "mimeType", CODED_XML_ATTRIBUTE, "mimeType", NULL, FIELD_TEXT, E(mime_type), TYPE_MIME, 1,
	  0, { RULE_R, RULE_R }, 17 },
	{ "creationTime", CODED_SLOT, "creationTime", NULL, FIELD_TEXT, E(creation_time), TYPE_DTM,
	  1, 0, { RULE_R, RULE_X }, 18 },
	{ "documentAvailability", CODED_SLOT, "documentAvailability", NULL, FIELD_TEXT,
	  E(document_availability), TYPE_AVAILABILITY, 1, 0, { RULE_O, RULE_O }, 19 },
	{ "hash", CODED_SLOT, "hash", NULL, FIELD_TEXT, E(hash), TYPE_HASH, 1, 0,
	  { RULE_R, RULE_X }, 20 },
	{ "languageCode", CODED_SLOT, "languageCode", NULL, FIELD_TEXT, E(language_code),
	  TYPE_LANGUAGE, 1, 0, { RULE_R, RULE_R }, 21 },
	{ "legalAuthenticator", CODED_SLOT, "legalAuthenticator", NULL, FIELD_TEXT,
	  E(legal_authenticator), TYPE_XCN, 1, 0, { RULE_O, RULE_O }, 22 },
	{ "referenceIdList", CODED_SLOT, "urn:ihe:iti:xds:2013:referenceIdList", NULL, FIELD_TEXTS,
	  E(reference_ids), TYPE_CXI, 0, 0, { RULE_O, RULE_O }, 23 },
	{ "repositoryUniqueId", CODED_SLOT, "repositoryUniqueId", NULL, FIELD_TEXT,
	  E(repository_unique_id), TYPE_OID, 1, 0, { RULE_R, RULE_R }, 24 },
	{ "serviceStartTime", CODED_SLOT, "serviceStartTime", NULL, FIELD_TEXT,
	  E(service_start_time), TYPE_DTM, 1, 0, { RULE_R2, RULE_O }, 25 },
	{ "serviceStopTime", CODED_SLOT, "serviceStopTime", NULL, FIELD_TEXT, E(service_stop_time),
	  TYPE_DTM, 1, 0, { RULE_R2, RULE_O }, 26 },
	{ "size", CODED_SLOT, "size", NULL, FIELD_TEXT, E(size), TYPE_SIZE, 1, 0,
	  { RULE_R, RULE_X }, 27 },
	{ "sourcePatientId", CODED_SLOT, "sourcePatientId", NULL, FIELD_TEXT, E(source_patient_id),
	  TYPE_CX, 1, 0, { RULE_R, RULE_R }, 28 },
	{ "sourcePatientInfo", CODED_SLOT, "sourcePatientInfo", NULL, FIELD_TEXTS,
	  E(source_patient_info), TYPE_PATIENT_INFO, 0, 0, { RULE_O, RULE_O }, 29 },
	{ "URI", CODED_SLOT, "URI", NULL, FIELD_TEXT, E(uri), TYPE_URI, 1, 0, { RULE_O, RULE_O },
	  30 },
	{ "title", CODED_NAME, NOWHERE, NULL, FIELD_LOCALIZED, E(title), TYPE_TEXT, 0, 128,
	  { RULE_O, RULE_O }, 31 },
	{ "comments", CODED_DESCRIPTION, NOWHERE, NULL, FIELD_LOCALIZED, E(comments), TYPE_TEXT, 0,
	  0, { RULE_O, RULE_O }, 32 },
	{ "author", CODED_AUTHOR, U "93606bcf-9494-43ec-9b4e-a7748d1a838d", NULL, FIELD_AUTHORS,
	  E(authors), TYPE_TEXT, 0, 0, { RULE_R2, RULE_R2 }, 33 },
	{ "classCode", CODED_CLASSIFICATION, U "41a5887f-8865-4c09-adf7-e362475b143a", NULL,
	  FIELD_CODES, E(class_code), TYPE_CODE, 1, 0, { RULE_R, RULE_R }, 34 },
	{ "confidentialityCode", CODED_CLASSIFICATION, U "f4f85eac-e6cb-4883-b524-f2705394840f",
	  NULL, FIELD_CODES, E(confidentiality_codes), TYPE_CODE, 0, 0, { RULE_R, RULE_R }, 35 },
	{ "eventCodeList", CODED_CLASSIFICATION, U "2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", NULL,
	  FIELD_CODES, E(event_codes), TYPE_CODE, 0, 0, { RULE_O, RULE_O }, 36 },
	{ "formatCode", CODED_CLASSIFICATION, U "a09d5840-386c-46f2-b5ad-9c3699a4309d", NULL,
	  FIELD_CODES, E(format_code), TYPE_CODE, 1, 0, { RULE_R, RULE_R }, 37 },
	{ "healthcareFacilityTypeCode", CODED_CLASSIFICATION,
	  U "f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1", NULL, FIELD_CODES,
	  E(healthcare_facility_type_code), TYPE_CODE, 1, 0, { RULE_R, RULE_R }, 38 },
	{ "practiceSettingCode", CODED_CLASSIFICATION, U "cccf5598-8b07-4b77-a05e-ae952c785ead",
	  NULL, FIELD_CODES, E(practice_setting_code), TYPE_CODE, 1, 0, { RULE_R, RULE_R }, 39 },
	{ "typeCode", CODED_CLASSIFICATION, U "f0306f51-975f-434e-a61c-c59651d33983", NULL,
	  FIELD_CODES, E(type_code), TYPE_CODE, 1, 0, { RULE_R, RULE_R }, 40 },
	{ "limitedMetadata", CODED_MARKER, U "ab9b591b-83ab-4d03-8f5d-f93b1fb92e85", NULL,
	  FIELD_FLAG, E(limited_metadata), TYPE_TEXT, 1, 0, { RULE_X, RULE_X }, 41 },
	{ "patientId", CODED_IDENTIFIER, U "58a6f841-87b3-4a3e-92fd-a8ffeff98427",
	  "XDSDocumentEntry.patientId", FIELD_TEXT, E(patient_id), TYPE_CX, 1, 0,
	  { RULE_R, RULE_R }, 42 },
	{ "uniqueId", CODED_IDENTIFIER, U "2e82c1f6-a085-4c72-9da3-8640a32e42ab",
	  "XDSDocumentEntry.uniqueId", FIELD_TEXT, E(unique_id), TYPE_UNIQUE_ID, 1, 128,
	  { RULE_R, RULE_R }, 43 },
	{ 0 }
};
#undef E

/* ITI TF-3: 4.2.3.3 */
#define S(field) offsetof(struct submission_set, field)
static const struct metadata_attribute set[] = {
	{ "home", CODED_XML_ATTRIBUTE, "home", NULL, FIELD_TEXT, S(home_community_id), TYPE_HOME, 1,
	  0, { RULE_O, RULE_O }, 16 },
	{ "intendedRecipient", CODED_SLOT, "intendedRecipient", NULL, FIELD_TEXTS,
	  S(intended_recipients), TYPE_RECIPIENT, 0, 0, { RULE_O, RULE_O }, 17 },
	{ "submissionTime", CODED_SLOT, "submissionTime", NULL, FIELD_TEXT, S(submission_time),
	  TYPE_DTM, 1, 0, { RULE_R, RULE_R }, 18 },
	{ "title", CODED_NAME, NOWHERE, NULL, FIELD_LOCALIZED, S(title), TYPE_TEXT, 0, 256,
	  { RULE_O, RULE_O }, 19 },
	{ "comments", CODED_DESCRIPTION, NOWHERE, NULL, FIELD_LOCALIZED, S(comments), TYPE_TEXT, 0,
	  0, { RULE_O, RULE_O }, 20 },
	{ "author", CODED_AUTHOR, U "a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d", NULL, FIELD_AUTHORS,
	  S(authors), TYPE_TEXT, 0, 0, { RULE_R2, RULE_R2 }, 21 },
	{ "contentTypeCode", CODED_CLASSIFICATION, U "aa543740-bdda-424e-8c96-df4873be8500", NULL,
	  FIELD_CODES, S(content_type_code), TYPE_CODE, 1, 0, { RULE_R, RULE_R }, 22 },
	{ "limitedMetadata", CODED_MARKER, U "5003a9db-8d8d-49e6-bf0c-990e34ac7707", NULL,
	  FIELD_FLAG, S(limited_metadata), TYPE_TEXT, 1, 0, { RULE_X, RULE_X }, 23 },
	{ "patientId", CODED_IDENTIFIER, U "6b5aea1a-874d-4603-a4bc-96a0a7b38446",
	  "XDSSubmissionSet.patientId", FIELD_TEXT, S(patient_id), TYPE_CX, 1, 0,
	  { RULE_R, RULE_R }, 24 },
	{ "sourceId", CODED_IDENTIFIER, U "554ac39e-e3fe-47fe-b233-965d2a147832",
	  "XDSSubmissionSet.sourceId", FIELD_TEXT, S(source_id), TYPE_OID, 1, 0, { RULE_R, RULE_R },
	  25 },
	{ "uniqueId", CODED_IDENTIFIER, U "96fdda7c-d067-4183-912e-bf5ee74998a8",
	  "XDSSubmissionSet.uniqueId", FIELD_TEXT, S(unique_id), TYPE_OID, 1, 0, { RULE_R, RULE_R },
	  26 },
	{ 0 }
};
#undef S

/* ITI TF-3: 4.2.3.4 */
#define F(field) offsetof(struct folder, field)
static const struct metadata_attribute folder[] = {
	{ "home", CODED_XML_ATTRIBUTE, "home", NULL, FIELD_TEXT, F(home_community_id), TYPE_HOME, 1,
	  0, { RULE_O, RULE_O }, 16 },
	{ "lastUpdateTime", CODED_SLOT, "lastUpdateTime", NULL, FIELD_TEXT, F(last_update_time),
	  TYPE_DTM, 1, 0, { RULE_O, RULE_O }, 17 },
	{ "title", CODED_NAME, NOWHERE, NULL, FIELD_LOCALIZED, F(title), TYPE_TEXT, 0, 256,
	  { RULE_R, RULE_R }, 18 },
	{ "comments", CODED_DESCRIPTION, NOWHERE, NULL, FIELD_LOCALIZED, F(comments), TYPE_TEXT, 0,
	  0, { RULE_O, RULE_O }, 19 },
	{ "codeList", CODED_CLASSIFICATION, U "1ba97051-7806-41a8-a48b-8fce7af683c5", NULL,
	  FIELD_CODES, F(codes), TYPE_CODE, 0, 0, { RULE_R, RULE_R }, 20 },
	{ "limitedMetadata", CODED_MARKER, U "2c144a76-29a9-4b7c-af54-b25409fe7d03", NULL,
	  FIELD_FLAG, F(limited_metadata), TYPE_TEXT, 1, 0, { RULE_X, RULE_X }, 21 },
	{ "patientId", CODED_IDENTIFIER, U "f64ffdf0-4b97-4e06-b79f-a52b38ec2f8a",
	  "XDSFolder.patientId", FIELD_TEXT, F(patient_id), TYPE_CX, 1, 0, { RULE_R, RULE_R }, 22 },
	{ "uniqueId", CODED_IDENTIFIER, U "75df8f67-9973-4fbe-a900-df66cefecc5a",
	  "XDSFolder.uniqueId", FIELD_TEXT, F(unique_id), TYPE_OID, 1, 0, { RULE_R, RULE_R }, 23 },
	{ 0 }
};
#undef F

/* ITI TF-3: 4.2.2 */
#define A(field) offsetof(struct association, field)
static const struct metadata_attribute association[] = {
	{ "home", CODED_XML_ATTRIBUTE, "home", NULL, FIELD_TEXT, A(home_community_id), TYPE_HOME, 1,
	  0, { RULE_O, RULE_O }, 16 },
	{ "SubmissionSetStatus", CODED_SLOT, "SubmissionSetStatus", NULL, FIELD_TEXT,
	  A(submission_set_status), TYPE_SET_STATUS, 1, 0, { RULE_O, RULE_O }, 17 },
	{ "associationDocumentation", CODED_CLASSIFICATION,
	  U "abd807a3-4432-4053-87b4-fd82c643d1f3", NULL, FIELD_CODES, A(documentation), TYPE_CODE,
	  1, 0, { RULE_O, RULE_O }, 18 },
	{ 0 }
};
#undef A

/* ITI TF-3: 4.2.3.1.4 */
#define P(field) offsetof(struct author, field)
static const struct metadata_attribute author[] = {
	{ "authorPerson", CODED_SLOT, "authorPerson", NULL, FIELD_TEXTS, P(person), TYPE_XCN, 1, 0,
	  { RULE_O, RULE_O }, 1 },
	{ "authorInstitution", CODED_SLOT, "authorInstitution", NULL, FIELD_TEXTS, P(institution),
	  TYPE_XON, 0, 0, { RULE_O, RULE_O }, 2 },
	{ "authorRole", CODED_SLOT, "authorRole", NULL, FIELD_TEXTS, P(role), TYPE_TEXT, 0, 0,
	  { RULE_O, RULE_O }, 3 },
	{ "authorSpecialty", CODED_SLOT, "authorSpecialty", NULL, FIELD_TEXTS, P(specialty),
	  TYPE_TEXT, 0, 0, { RULE_O, RULE_O }, 4 },
	{ "authorTelecommunication", CODED_SLOT, "authorTelecommunication", NULL, FIELD_TEXTS,
	  P(telecommunication), TYPE_XTN, 0, 0, { RULE_O, RULE_O }, 5 },
	{ 0 }
};
#undef P

#define TABLE(rows) { rows, sizeof(rows) / sizeof((rows)[0]) - 1 }
static const struct {
	const struct metadata_attribute *rows;
	size_t count;
} tables[METADATA_OBJECTS] = {
	[METADATA_ENTRY] = TABLE(entry),   [METADATA_SET] = TABLE(set),
	[METADATA_FOLDER] = TABLE(folder), [METADATA_ASSOCIATION] = TABLE(association),
	[METADATA_AUTHOR] = TABLE(author),
};

const struct metadata_attribute *metadata_attributes(enum metadata_object object)
{
	return tables[object].rows;
}

/* Tags were given in the order of the rows, so that a row is where its tag says; one that moved is
 * looked for. */
const struct metadata_attribute *metadata_tagged(enum metadata_object object, unsigned tag)
{
	const struct metadata_attribute *rows = tables[object].rows;
	size_t place = (size_t)tag - rows[0].tag;
	if (place < tables[object].count && rows[place].tag == tag)
		return &rows[place];
	for (const struct metadata_attribute *m = rows; m->name != NULL; m++)
		if (m->tag == tag)
			return m;
	return NULL;
}

const struct metadata_attribute *metadata_find(enum metadata_object object,
					       enum metadata_coding coding, const char *key)
{
	for (const struct metadata_attribute *m = metadata_attributes(object); m->name != NULL; m++)
		if (m->coding == coding
		    && (m->key == NULL || (key != NULL && strcmp(m->key, key) == 0)))
			return m;
	return NULL;
}
