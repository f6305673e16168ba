/* profiles/stored_query/stored_query_rows.c: the stored queries and their parameters, ITI TF-2:
 * 3.18.4.1.2.3.7, 3.51.4.1.2.1. */
#include "profiles/stored_query/stored_query_rows.h"

#include "gateway/base/text.h"

/* Rows are laid out by hand. */
/* clang-format off */

#define AT(field) offsetof(struct registry_query, field)

/* Values inside one slot are ORed; where a slot is ANDED it may be repeated, and the repetitions
 * must all match (3.18.4.1.2.3.5). */
#define DOCUMENT_FILTERS \
	{ .name = "$XDSDocumentEntryStatus", .as = AS_STATUS, .number = MANY, .need = REQUIRED, \
	  .into = AT(entry_approved) }, \
	{ .name = "$XDSDocumentEntryTypeCode", .as = AS_CODES, .number = MANY, \
	  .into = AT(type_codes) }, \
	{ .name = "$XDSDocumentEntryPracticeSettingCode", .as = AS_CODES, .number = MANY, \
	  .into = AT(practice_setting_codes) }, \
	{ .name = "$XDSDocumentEntryCreationTimeFrom", .as = AS_TIME, \
	  .into = AT(creation.from) }, \
	{ .name = "$XDSDocumentEntryCreationTimeTo", .as = AS_TIME, .into = AT(creation.to) }, \
	{ .name = "$XDSDocumentEntryServiceStartTimeFrom", .as = AS_TIME, \
	  .into = AT(service_start.from) }, \
	{ .name = "$XDSDocumentEntryServiceStartTimeTo", .as = AS_TIME, \
	  .into = AT(service_start.to) }, \
	{ .name = "$XDSDocumentEntryServiceStopTimeFrom", .as = AS_TIME, \
	  .into = AT(service_stop.from) }, \
	{ .name = "$XDSDocumentEntryServiceStopTimeTo", .as = AS_TIME, \
	  .into = AT(service_stop.to) }, \
	{ .name = "$XDSDocumentEntryConfidentialityCode", .as = AS_CODES_ANDED, .number = MANY, \
	  .into = AT(confidentiality_codes) }, \
	{ .name = "$XDSDocumentEntryAuthorPerson", .as = AS_PATTERNS, .number = MANY, \
	  .into = AT(author_persons) }, \
	{ .name = "$XDSDocumentEntryFormatCode", .as = AS_CODES, .number = MANY, \
	  .into = AT(format_codes) }, \
	{ .name = "$XDSDocumentEntryDocumentAvailability", .as = AS_AVAILABILITY, .number = MANY, \
	  .into = AT(availabilities) }, \
	{ .name = "$XDSDocumentEntryType", .as = AS_TYPE, .number = MANY, .into = AT(type_stable) }

/* Of what one may be asked for, where the patient is not named (3.51.4.1.2.1.1). */
#define DOCUMENT_KINDS(how) \
	{ .name = "$XDSDocumentEntryClassCode", .as = AS_CODES, .number = MANY, .need = how, \
	  .into = AT(class_codes) }, \
	{ .name = "$XDSDocumentEntryHealthcareFacilityTypeCode", .as = AS_CODES, .number = MANY, \
	  .need = how, .into = AT(facility_type_codes) }, \
	{ .name = "$XDSDocumentEntryEventCodeList", .as = AS_CODES_ANDED, .number = MANY, \
	  .need = how, .into = AT(event_codes) }

#define FIND_DOCUMENTS \
	{ .name = "$XDSDocumentEntryPatientId", .as = AS_PATIENT, .need = REQUIRED, \
	  .into = AT(patient_id) }, \
	DOCUMENT_KINDS(OPTIONAL), DOCUMENT_FILTERS

/* The filters of queries that return what a package holds. */
#define CONTENT \
	{ .name = "$XDSDocumentEntryFormatCode", .as = AS_CODES, .number = MANY, \
	  .into = AT(format_codes) }, \
	{ .name = "$XDSDocumentEntryConfidentialityCode", .as = AS_CODES_ANDED, .number = MANY, \
	  .into = AT(confidentiality_codes) }, \
	{ .name = "$XDSDocumentEntryDocumentAvailability", .as = AS_AVAILABILITY, .number = MANY, \
	  .into = AT(availabilities) }, \
	{ .name = "$XDSAssociationStatus", .as = AS_STATUS, .number = MANY, \
	  .into = AT(association_approved) }, \
	{ .name = "$XDSDocumentEntryType", .as = AS_TYPE, .number = MANY, .into = AT(type_stable) }

/* ITI XDS Metadata Update: 3.18.4.1.2.3.5.1.2: the entryUUID of the first version. */
#define ENTRY_LOGICAL_ID(how_many) \
	{ .name = "$XDSDocumentEntryLogicalID", .as = AS_UUIDS, .number = how_many, \
	  .need = EITHER, .into = AT(logical_ids) }
#define FOLDER_LOGICAL_ID(how_many) \
	{ .name = "$XDSFolderLogicalID", .as = AS_UUIDS, .number = how_many, .need = EITHER, \
	  .into = AT(logical_ids) }

static const struct parameter find_documents[] = { FIND_DOCUMENTS, { .name = NULL } };
static const struct parameter find_documents_by_reference_id[] = {
	FIND_DOCUMENTS,
	{ .name = "$XDSDocumentEntryReferenceIdList", .as = AS_REFERENCES_ANDED, .number = MANY,
	  .need = REQUIRED, .into = AT(reference_ids) },
	{ .name = NULL }
};
static const struct parameter find_submission_sets[] = {
	{ .name = "$XDSSubmissionSetPatientId", .as = AS_PATIENT, .need = REQUIRED,
	  .into = AT(patient_id) },
	{ .name = "$XDSSubmissionSetStatus", .as = AS_STATUS, .number = MANY, .need = REQUIRED,
	  .into = AT(set_approved) },
	{ .name = "$XDSSubmissionSetSourceId", .as = AS_OIDS, .number = MANY,
	  .into = AT(source_ids) },
	{ .name = "$XDSSubmissionSetSubmissionTimeFrom", .as = AS_TIME,
	  .into = AT(submission.from) },
	{ .name = "$XDSSubmissionSetSubmissionTimeTo", .as = AS_TIME, .into = AT(submission.to) },
	{ .name = "$XDSSubmissionSetAuthorPerson", .as = AS_PATTERNS, .into = AT(author_persons) },
	{ .name = "$XDSSubmissionSetContentType", .as = AS_CODES, .number = MANY,
	  .into = AT(content_types) },
	{ .name = NULL }
};
#define FOLDER_FILTERS(code) \
	{ .name = "$XDSFolderStatus", .as = AS_STATUS, .number = MANY, .need = REQUIRED, \
	  .into = AT(folder_approved) }, \
	{ .name = "$XDSFolderLastUpdateTimeFrom", .as = AS_TIME, .into = AT(last_update.from) }, \
	{ .name = "$XDSFolderLastUpdateTimeTo", .as = AS_TIME, .into = AT(last_update.to) }, \
	{ .name = "$XDSFolderCodeList", .as = AS_CODES_ANDED, .number = MANY, .need = code, \
	  .into = AT(folder_codes) }

static const struct parameter find_folders[] = {
	{ .name = "$XDSFolderPatientId", .as = AS_PATIENT, .need = REQUIRED,
	  .into = AT(patient_id) },
	FOLDER_FILTERS(OPTIONAL),
	{ .name = NULL }
};
static const struct parameter get_all[] = {
	{ .name = "$patientId", .as = AS_PATIENT, .need = REQUIRED, .into = AT(patient_id) },
	{ .name = "$XDSDocumentEntryStatus", .as = AS_STATUS, .number = MANY, .need = REQUIRED,
	  .into = AT(entry_approved) },
	{ .name = "$XDSSubmissionSetStatus", .as = AS_STATUS, .number = MANY, .need = REQUIRED,
	  .into = AT(set_approved) },
	{ .name = "$XDSFolderStatus", .as = AS_STATUS, .number = MANY, .need = REQUIRED,
	  .into = AT(folder_approved) },
	CONTENT,
	{ .name = NULL }
};
static const struct parameter get_documents[] = {
	{ .name = "$XDSDocumentEntryEntryUUID", .as = AS_UUIDS, .number = MANY, .need = EITHER,
	  .into = AT(uuids) },
	{ .name = "$XDSDocumentEntryUniqueId", .as = AS_DOCUMENT_IDS, .number = MANY,
	  .need = EITHER, .into = AT(unique_ids) },
	ENTRY_LOGICAL_ID(MANY),
	{ .name = NULL }
};
static const struct parameter get_documents_and_associations[] = {
	{ .name = "$XDSDocumentEntryEntryUUID", .as = AS_UUIDS, .number = MANY, .need = EITHER,
	  .into = AT(uuids) },
	{ .name = "$XDSDocumentEntryUniqueId", .as = AS_DOCUMENT_IDS, .number = MANY,
	  .need = EITHER, .into = AT(unique_ids) },
	ENTRY_LOGICAL_ID(MANY),
	{ .name = "$XDSAssociationStatus", .as = AS_STATUS, .number = MANY,
	  .into = AT(association_approved) },
	{ .name = NULL }
};
static const struct parameter get_folders[] = {
	{ .name = "$XDSFolderEntryUUID", .as = AS_UUIDS, .number = MANY, .need = EITHER,
	  .into = AT(uuids) },
	{ .name = "$XDSFolderUniqueId", .as = AS_OIDS, .number = MANY, .need = EITHER,
	  .into = AT(unique_ids) },
	FOLDER_LOGICAL_ID(MANY),
	{ .name = NULL }
};
static const struct parameter find_documents_for_multiple_patients[] = {
	{ .name = "$XDSDocumentEntryPatientId", .as = AS_PATIENTS, .number = MANY, .need = ANY,
	  .into = AT(patient_ids) },
	DOCUMENT_KINDS(ANY), DOCUMENT_FILTERS,
	{ .name = NULL }
};
static const struct parameter find_folders_for_multiple_patients[] = {
	{ .name = "$XDSFolderPatientId", .as = AS_PATIENTS, .number = MANY, .need = ANY,
	  .into = AT(patient_ids) },
	FOLDER_FILTERS(ANY),
	{ .name = NULL }
};
/* GetAssociations and GetSubmissionSets. */
static const struct parameter by_uuid[] = {
	{ .name = "$uuid", .as = AS_UUIDS, .number = MANY, .need = REQUIRED, .into = AT(uuids) },
	{ .name = "$XDSAssociationStatus", .as = AS_STATUS, .number = MANY,
	  .into = AT(association_approved) },
	{ .name = NULL }
};
static const struct parameter get_submission_set_and_contents[] = {
	{ .name = "$XDSSubmissionSetEntryUUID", .as = AS_UUIDS, .need = EITHER,
	  .into = AT(uuids) },
	{ .name = "$XDSSubmissionSetUniqueId", .as = AS_OIDS, .need = EITHER,
	  .into = AT(unique_ids) },
	CONTENT,
	{ .name = NULL }
};
static const struct parameter get_folder_and_contents[] = {
	{ .name = "$XDSFolderEntryUUID", .as = AS_UUIDS, .need = EITHER, .into = AT(uuids) },
	{ .name = "$XDSFolderUniqueId", .as = AS_OIDS, .need = EITHER, .into = AT(unique_ids) },
	FOLDER_LOGICAL_ID(ONE),
	CONTENT,
	{ .name = NULL }
};
static const struct parameter get_folders_for_document[] = {
	{ .name = "$XDSDocumentEntryEntryUUID", .as = AS_UUIDS, .need = EITHER,
	  .into = AT(uuids) },
	{ .name = "$XDSDocumentEntryUniqueId", .as = AS_DOCUMENT_IDS, .need = EITHER,
	  .into = AT(unique_ids) },
	ENTRY_LOGICAL_ID(ONE),
	{ .name = NULL }
};
static const struct parameter get_related_documents[] = {
	{ .name = "$XDSDocumentEntryEntryUUID", .as = AS_UUIDS, .need = EITHER,
	  .into = AT(uuids) },
	{ .name = "$XDSDocumentEntryUniqueId", .as = AS_DOCUMENT_IDS, .need = EITHER,
	  .into = AT(unique_ids) },
	ENTRY_LOGICAL_ID(ONE),
	{ .name = "$AssociationTypes", .as = AS_ASSOCIATION_TYPES, .number = MANY, .need = REQUIRED,
	  .into = AT(association_types) },
	{ .name = "$XDSAssociationStatus", .as = AS_STATUS, .number = MANY,
	  .into = AT(association_approved) },
	{ .name = "$XDSDocumentEntryType", .as = AS_TYPE, .number = MANY,
	  .into = AT(type_stable) },
	{ .name = NULL }
};

/* ITI TF-2: 3.18.4.1.2.4 */
static const struct stored_query_row rows[] = {
	{ .id = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d",
	  .kind = QUERY_FIND_DOCUMENTS, .parameters = find_documents },
	{ .id = "urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9",
	  .kind = QUERY_FIND_SUBMISSION_SETS, .parameters = find_submission_sets },
	{ .id = "urn:uuid:958f3006-baad-4929-a4de-ff1114824431",
	  .kind = QUERY_FIND_FOLDERS, .parameters = find_folders },
	{ .id = "urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3",
	  .kind = QUERY_GET_ALL, .parameters = get_all },
	{ .id = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4",
	  .kind = QUERY_GET_DOCUMENTS, .parameters = get_documents },
	{ .id = "urn:uuid:5737b14c-8a1a-4539-b659-e03a34a5e1e4",
	  .kind = QUERY_GET_FOLDERS, .parameters = get_folders },
	{ .id = "urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155",
	  .kind = QUERY_GET_ASSOCIATIONS, .parameters = by_uuid },
	{ .id = "urn:uuid:bab9529a-4a10-40b3-a01f-f68a615d247a",
	  .kind = QUERY_GET_DOCUMENTS_AND_ASSOCIATIONS,
	  .parameters = get_documents_and_associations },
	{ .id = "urn:uuid:51224314-5390-4169-9b91-b1980040715a",
	  .kind = QUERY_GET_SUBMISSION_SETS, .parameters = by_uuid },
	{ .id = "urn:uuid:e8e3cb2c-e39c-46b9-99e4-c12f57260b83",
	  .kind = QUERY_GET_SUBMISSION_SET_AND_CONTENTS,
	  .parameters = get_submission_set_and_contents },
	{ .id = "urn:uuid:b909a503-523d-4517-8acf-8e5834dfc4c7",
	  .kind = QUERY_GET_FOLDER_AND_CONTENTS, .parameters = get_folder_and_contents },
	{ .id = "urn:uuid:10cae35a-c7f9-4cf5-b61e-fc3278ffb578",
	  .kind = QUERY_GET_FOLDERS_FOR_DOCUMENT, .parameters = get_folders_for_document },
	{ .id = "urn:uuid:d90e5407-b356-4d91-a89f-873917b4b0e6",
	  .kind = QUERY_GET_RELATED_DOCUMENTS, .parameters = get_related_documents },
	{ .id = "urn:uuid:12941a89-e02e-4be5-967c-ce4bfc8fe492",
	  .kind = QUERY_FIND_DOCUMENTS_BY_REFERENCE_ID,
	  .parameters = find_documents_by_reference_id },
	/* ITI TF-2: 3.51.4.1.2.2 */
	{ .id = "urn:uuid:3d1bdb10-39a2-11de-89c2-2f44d94eaa9f",
	  .kind = QUERY_FIND_DOCUMENTS_FOR_MULTIPLE_PATIENTS, .among = QUERIES_OF_SEVERAL_PATIENTS,
	  .parameters = find_documents_for_multiple_patients },
	{ .id = "urn:uuid:50d3f5ac-39a2-11de-a1ca-b366239e58df",
	  .kind = QUERY_FIND_FOLDERS_FOR_MULTIPLE_PATIENTS, .among = QUERIES_OF_SEVERAL_PATIENTS,
	  .parameters = find_folders_for_multiple_patients },
};

const struct stored_query_row *stored_query_find(enum stored_queries among, const char *id)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].among == among && text_equal(rows[i].id, id))
			return &rows[i];
	return NULL;
}
