/* schemas/tables/metadata.c: every attribute of the XDS metadata model, one row each. */
#include "schemas/tables/metadata.h"

#include <string.h>

#include "schemas/model/document.h"

/* Rows are laid out by hand. */
/* clang-format off */

#define U "urn:uuid:"

/* ITI TF-3: 4.2.3.2. Rules: stable entries as ITI-42 wants them, on-demand entries as ITI-61, and
 * those with the marker limitedMetadata as a Metadata-Limited Document Source sends them. */
#define E(field) offsetof(struct document_entry, field)
static const struct metadata_attribute entry[] = {
	{ .name = "home", .tag = 16, .coding = CODED_XML_ATTRIBUTE, .key = "home",
	  .field = FIELD_TEXT, .offset = E(home_community_id),
	  .type = TYPE_HOME, .most = 1, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "mimeType", .tag = 17, .coding = CODED_XML_ATTRIBUTE, .key = "mimeType",
	  .field = FIELD_TEXT, .offset = E(mime_type),
	  .type = TYPE_MIME, .most = 1, .rules = { RULE_R, RULE_R, RULE_R } },
	{ .name = "creationTime", .tag = 18, .coding = CODED_SLOT, .key = "creationTime",
	  .field = FIELD_TEXT, .offset = E(creation_time),
	  .type = TYPE_DTM, .most = 1, .rules = { RULE_R, RULE_X, RULE_R2 } },
	{ .name = "documentAvailability", .tag = 19, .coding = CODED_SLOT,
	  .key = "documentAvailability",
	  .field = FIELD_TEXT, .offset = E(document_availability),
	  .type = TYPE_AVAILABILITY, .most = 1, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "hash", .tag = 20, .coding = CODED_SLOT, .key = "hash",
	  .field = FIELD_TEXT, .offset = E(hash),
	  .type = TYPE_HASH, .most = 1, .rules = { RULE_R, RULE_X, RULE_O } },
	{ .name = "languageCode", .tag = 21, .coding = CODED_SLOT, .key = "languageCode",
	  .field = FIELD_TEXT, .offset = E(language_code),
	  .type = TYPE_LANGUAGE, .most = 1, .rules = { RULE_R, RULE_R, RULE_R2 } },
	{ .name = "legalAuthenticator", .tag = 22, .coding = CODED_SLOT,
	  .key = "legalAuthenticator",
	  .field = FIELD_TEXT, .offset = E(legal_authenticator),
	  .type = TYPE_XCN, .most = 1, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "referenceIdList", .tag = 23, .coding = CODED_SLOT,
	  .key = "urn:ihe:iti:xds:2013:referenceIdList",
	  .field = FIELD_TEXTS, .offset = E(reference_ids),
	  .type = TYPE_CXI, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "repositoryUniqueId", .tag = 24, .coding = CODED_SLOT,
	  .key = "repositoryUniqueId",
	  .field = FIELD_TEXT, .offset = E(repository_unique_id),
	  .type = TYPE_OID, .most = 1, .rules = { RULE_R, RULE_R, RULE_O } },
	{ .name = "serviceStartTime", .tag = 25, .coding = CODED_SLOT, .key = "serviceStartTime",
	  .field = FIELD_TEXT, .offset = E(service_start_time),
	  .type = TYPE_DTM, .most = 1, .rules = { RULE_R2, RULE_O, RULE_R2 } },
	{ .name = "serviceStopTime", .tag = 26, .coding = CODED_SLOT, .key = "serviceStopTime",
	  .field = FIELD_TEXT, .offset = E(service_stop_time),
	  .type = TYPE_DTM, .most = 1, .rules = { RULE_R2, RULE_O, RULE_R2 } },
	{ .name = "size", .tag = 27, .coding = CODED_SLOT, .key = "size",
	  .field = FIELD_TEXT, .offset = E(size),
	  .type = TYPE_SIZE, .most = 1, .rules = { RULE_R, RULE_X, RULE_O } },
	{ .name = "sourcePatientId", .tag = 28, .coding = CODED_SLOT, .key = "sourcePatientId",
	  .field = FIELD_TEXT, .offset = E(source_patient_id),
	  .type = TYPE_CX, .most = 1, .rules = { RULE_R, RULE_R, RULE_R2 } },
	{ .name = "sourcePatientInfo", .tag = 29, .coding = CODED_SLOT, .key = "sourcePatientInfo",
	  .field = FIELD_TEXTS, .offset = E(source_patient_info),
	  .type = TYPE_PATIENT_INFO, .rules = { RULE_O, RULE_O, RULE_R2 } },
	{ .name = "URI", .tag = 30, .coding = CODED_SLOT, .key = "URI",
	  .field = FIELD_TEXT, .offset = E(uri),
	  .type = TYPE_URI, .most = 1, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "title", .tag = 31, .coding = CODED_NAME,
	  .field = FIELD_LOCALIZED, .offset = E(title),
	  .type = TYPE_TEXT, .length = 128, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "comments", .tag = 32, .coding = CODED_DESCRIPTION,
	  .field = FIELD_LOCALIZED, .offset = E(comments),
	  .type = TYPE_TEXT, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "author", .tag = 33, .coding = CODED_AUTHOR,
	  .key = U "93606bcf-9494-43ec-9b4e-a7748d1a838d",
	  .field = FIELD_AUTHORS, .offset = E(authors),
	  .type = TYPE_TEXT, .rules = { RULE_R2, RULE_R2, RULE_R2 } },
	{ .name = "classCode", .tag = 34, .coding = CODED_CLASSIFICATION,
	  .key = U "41a5887f-8865-4c09-adf7-e362475b143a",
	  .field = FIELD_CODES, .offset = E(class_code),
	  .type = TYPE_CODE, .most = 1, .rules = { RULE_R, RULE_R, RULE_R2 } },
	{ .name = "confidentialityCode", .tag = 35, .coding = CODED_CLASSIFICATION,
	  .key = U "f4f85eac-e6cb-4883-b524-f2705394840f",
	  .field = FIELD_CODES, .offset = E(confidentiality_codes),
	  .type = TYPE_CODE, .rules = { RULE_R, RULE_R, RULE_R2 } },
	{ .name = "eventCodeList", .tag = 36, .coding = CODED_CLASSIFICATION,
	  .key = U "2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4",
	  .field = FIELD_CODES, .offset = E(event_codes),
	  .type = TYPE_CODE, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "formatCode", .tag = 37, .coding = CODED_CLASSIFICATION,
	  .key = U "a09d5840-386c-46f2-b5ad-9c3699a4309d",
	  .field = FIELD_CODES, .offset = E(format_code),
	  .type = TYPE_CODE, .most = 1, .rules = { RULE_R, RULE_R, RULE_R2 } },
	{ .name = "healthcareFacilityTypeCode", .tag = 38, .coding = CODED_CLASSIFICATION,
	  .key = U "f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1",
	  .field = FIELD_CODES, .offset = E(healthcare_facility_type_code),
	  .type = TYPE_CODE, .most = 1, .rules = { RULE_R, RULE_R, RULE_R2 } },
	{ .name = "practiceSettingCode", .tag = 39, .coding = CODED_CLASSIFICATION,
	  .key = U "cccf5598-8b07-4b77-a05e-ae952c785ead",
	  .field = FIELD_CODES, .offset = E(practice_setting_code),
	  .type = TYPE_CODE, .most = 1, .rules = { RULE_R, RULE_R, RULE_R2 } },
	{ .name = "typeCode", .tag = 40, .coding = CODED_CLASSIFICATION,
	  .key = U "f0306f51-975f-434e-a61c-c59651d33983",
	  .field = FIELD_CODES, .offset = E(type_code),
	  .type = TYPE_CODE, .most = 1, .rules = { RULE_R, RULE_R, RULE_R2 } },
	{ .name = "limitedMetadata", .tag = 41, .coding = CODED_MARKER,
	  .key = U "ab9b591b-83ab-4d03-8f5d-f93b1fb92e85",
	  .field = FIELD_FLAG, .offset = E(limited_metadata),
	  .type = TYPE_TEXT, .most = 1, .rules = { RULE_X, RULE_X, RULE_R } },
	{ .name = "patientId", .tag = 42, .coding = CODED_IDENTIFIER,
	  .key = U "58a6f841-87b3-4a3e-92fd-a8ffeff98427", .label = "XDSDocumentEntry.patientId",
	  .field = FIELD_TEXT, .offset = E(patient_id),
	  .type = TYPE_CX, .most = 1, .rules = { RULE_R, RULE_R, RULE_R2 } },
	{ .name = "uniqueId", .tag = 43, .coding = CODED_IDENTIFIER,
	  .key = U "2e82c1f6-a085-4c72-9da3-8640a32e42ab", .label = "XDSDocumentEntry.uniqueId",
	  .field = FIELD_TEXT, .offset = E(unique_id),
	  .type = TYPE_UNIQUE_ID, .most = 1, .length = 128, .rules = { RULE_R, RULE_R, RULE_R } },
	{ .name = NULL }
};
#undef E

/* ITI TF-3: 4.2.3.3 */
#define S(field) offsetof(struct submission_set, field)
static const struct metadata_attribute set[] = {
	{ .name = "home", .tag = 16, .coding = CODED_XML_ATTRIBUTE, .key = "home",
	  .field = FIELD_TEXT, .offset = S(home_community_id),
	  .type = TYPE_HOME, .most = 1, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "intendedRecipient", .tag = 17, .coding = CODED_SLOT, .key = "intendedRecipient",
	  .field = FIELD_TEXTS, .offset = S(intended_recipients),
	  .type = TYPE_RECIPIENT, .rules = { RULE_O, RULE_O, RULE_R2 } },
	{ .name = "submissionTime", .tag = 18, .coding = CODED_SLOT, .key = "submissionTime",
	  .field = FIELD_TEXT, .offset = S(submission_time),
	  .type = TYPE_DTM, .most = 1, .rules = { RULE_R, RULE_R, RULE_R } },
	{ .name = "title", .tag = 19, .coding = CODED_NAME,
	  .field = FIELD_LOCALIZED, .offset = S(title),
	  .type = TYPE_TEXT, .length = 256, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "comments", .tag = 20, .coding = CODED_DESCRIPTION,
	  .field = FIELD_LOCALIZED, .offset = S(comments),
	  .type = TYPE_TEXT, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "author", .tag = 21, .coding = CODED_AUTHOR,
	  .key = U "a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d",
	  .field = FIELD_AUTHORS, .offset = S(authors),
	  .type = TYPE_TEXT, .rules = { RULE_R2, RULE_R2, RULE_R2 } },
	{ .name = "contentTypeCode", .tag = 22, .coding = CODED_CLASSIFICATION,
	  .key = U "aa543740-bdda-424e-8c96-df4873be8500",
	  .field = FIELD_CODES, .offset = S(content_type_code),
	  .type = TYPE_CODE, .most = 1, .rules = { RULE_R, RULE_R, RULE_R2 } },
	{ .name = "limitedMetadata", .tag = 23, .coding = CODED_MARKER,
	  .key = U "5003a9db-8d8d-49e6-bf0c-990e34ac7707",
	  .field = FIELD_FLAG, .offset = S(limited_metadata),
	  .type = TYPE_TEXT, .most = 1, .rules = { RULE_X, RULE_X, RULE_R } },
	{ .name = "patientId", .tag = 24, .coding = CODED_IDENTIFIER,
	  .key = U "6b5aea1a-874d-4603-a4bc-96a0a7b38446", .label = "XDSSubmissionSet.patientId",
	  .field = FIELD_TEXT, .offset = S(patient_id),
	  .type = TYPE_CX, .most = 1, .rules = { RULE_R, RULE_R, RULE_R2 } },
	{ .name = "sourceId", .tag = 25, .coding = CODED_IDENTIFIER,
	  .key = U "554ac39e-e3fe-47fe-b233-965d2a147832", .label = "XDSSubmissionSet.sourceId",
	  .field = FIELD_TEXT, .offset = S(source_id),
	  .type = TYPE_OID, .most = 1, .rules = { RULE_R, RULE_R, RULE_R } },
	{ .name = "uniqueId", .tag = 26, .coding = CODED_IDENTIFIER,
	  .key = U "96fdda7c-d067-4183-912e-bf5ee74998a8", .label = "XDSSubmissionSet.uniqueId",
	  .field = FIELD_TEXT, .offset = S(unique_id),
	  .type = TYPE_OID, .most = 1, .rules = { RULE_R, RULE_R, RULE_R } },
	{ .name = NULL }
};
#undef S

/* ITI TF-3: 4.2.3.4 */
#define F(field) offsetof(struct folder, field)
static const struct metadata_attribute folder[] = {
	{ .name = "home", .tag = 16, .coding = CODED_XML_ATTRIBUTE, .key = "home",
	  .field = FIELD_TEXT, .offset = F(home_community_id),
	  .type = TYPE_HOME, .most = 1, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "lastUpdateTime", .tag = 17, .coding = CODED_SLOT, .key = "lastUpdateTime",
	  .field = FIELD_TEXT, .offset = F(last_update_time),
	  .type = TYPE_DTM, .most = 1, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "title", .tag = 18, .coding = CODED_NAME,
	  .field = FIELD_LOCALIZED, .offset = F(title),
	  .type = TYPE_TEXT, .length = 256, .rules = { RULE_R, RULE_R, RULE_O } },
	{ .name = "comments", .tag = 19, .coding = CODED_DESCRIPTION,
	  .field = FIELD_LOCALIZED, .offset = F(comments),
	  .type = TYPE_TEXT, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "codeList", .tag = 20, .coding = CODED_CLASSIFICATION,
	  .key = U "1ba97051-7806-41a8-a48b-8fce7af683c5",
	  .field = FIELD_CODES, .offset = F(codes),
	  .type = TYPE_CODE, .rules = { RULE_R, RULE_R, RULE_R2 } },
	{ .name = "limitedMetadata", .tag = 21, .coding = CODED_MARKER,
	  .key = U "2c144a76-29a9-4b7c-af54-b25409fe7d03",
	  .field = FIELD_FLAG, .offset = F(limited_metadata),
	  .type = TYPE_TEXT, .most = 1, .rules = { RULE_X, RULE_X, RULE_R } },
	{ .name = "patientId", .tag = 22, .coding = CODED_IDENTIFIER,
	  .key = U "f64ffdf0-4b97-4e06-b79f-a52b38ec2f8a", .label = "XDSFolder.patientId",
	  .field = FIELD_TEXT, .offset = F(patient_id),
	  .type = TYPE_CX, .most = 1, .rules = { RULE_R, RULE_R, RULE_R2 } },
	{ .name = "uniqueId", .tag = 23, .coding = CODED_IDENTIFIER,
	  .key = U "75df8f67-9973-4fbe-a900-df66cefecc5a", .label = "XDSFolder.uniqueId",
	  .field = FIELD_TEXT, .offset = F(unique_id),
	  .type = TYPE_OID, .most = 1, .rules = { RULE_R, RULE_R, RULE_R } },
	{ .name = NULL }
};
#undef F

/* ITI TF-3: 4.2.2 */
#define A(field) offsetof(struct association, field)
static const struct metadata_attribute association[] = {
	{ .name = "home", .tag = 16, .coding = CODED_XML_ATTRIBUTE, .key = "home",
	  .field = FIELD_TEXT, .offset = A(home_community_id),
	  .type = TYPE_HOME, .most = 1, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "SubmissionSetStatus", .tag = 17, .coding = CODED_SLOT,
	  .key = "SubmissionSetStatus",
	  .field = FIELD_TEXT, .offset = A(submission_set_status),
	  .type = TYPE_SET_STATUS, .most = 1, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "associationDocumentation", .tag = 18, .coding = CODED_CLASSIFICATION,
	  .key = U "abd807a3-4432-4053-87b4-fd82c643d1f3",
	  .field = FIELD_CODES, .offset = A(documentation),
	  .type = TYPE_CODE, .most = 1, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = NULL }
};
#undef A

/* ITI TF-3: 4.2.3.1.4 */
#define P(field) offsetof(struct author, field)
static const struct metadata_attribute author[] = {
	{ .name = "authorPerson", .tag = 1, .coding = CODED_SLOT, .key = "authorPerson",
	  .field = FIELD_TEXTS, .offset = P(person),
	  .type = TYPE_XCN, .most = 1, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "authorInstitution", .tag = 2, .coding = CODED_SLOT, .key = "authorInstitution",
	  .field = FIELD_TEXTS, .offset = P(institution),
	  .type = TYPE_XON, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "authorRole", .tag = 3, .coding = CODED_SLOT, .key = "authorRole",
	  .field = FIELD_TEXTS, .offset = P(role),
	  .type = TYPE_TEXT, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "authorSpecialty", .tag = 4, .coding = CODED_SLOT, .key = "authorSpecialty",
	  .field = FIELD_TEXTS, .offset = P(specialty),
	  .type = TYPE_TEXT, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = "authorTelecommunication", .tag = 5, .coding = CODED_SLOT,
	  .key = "authorTelecommunication",
	  .field = FIELD_TEXTS, .offset = P(telecommunication),
	  .type = TYPE_XTN, .rules = { RULE_O, RULE_O, RULE_O } },
	{ .name = NULL }
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

bool metadata_is_by_type(const struct metadata_attribute *m)
{
	return m->rules[RULES_STABLE] == RULE_R && m->rules[RULES_ON_DEMAND] == RULE_X;
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
