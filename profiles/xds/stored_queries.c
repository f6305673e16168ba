/* profiles/xds/stored_queries.c: the stored queries and their parameters, ITI TF-2: 3.18.4.1.2.3.7. */
#include "profiles/xds/stored_queries.h"

#include "gateway/base/text.h"

#define INTO(field) offsetof(struct registry_query, field)

/* Values inside one slot are ORed; where a slot is ANDED it may be repeated, and the repetitions
 * must all match (3.18.4.1.2.3.5). */
#define FIND_DOCUMENTS \
	{ "$XDSDocumentEntryPatientId", AS_PATIENT, ONE, REQUIRED, INTO(patient_id) }, \
	{ "$XDSDocumentEntryStatus", AS_STATUS, MANY, REQUIRED, INTO(entry_approved) }, \
	{ "$XDSDocumentEntryClassCode", AS_CODES, MANY, OPTIONAL, INTO(class_codes) }, \
	{ "$XDSDocumentEntryTypeCode", AS_CODES, MANY, OPTIONAL, INTO(type_codes) }, \
	{ "$XDSDocumentEntryPracticeSettingCode", AS_CODES, MANY, OPTIONAL, INTO(practice_setting_codes) }, \
	{ "$XDSDocumentEntryCreationTimeFrom", AS_TIME, ONE, OPTIONAL, INTO(creation.from) }, \
	{ "$XDSDocumentEntryCreationTimeTo", AS_TIME, ONE, OPTIONAL, INTO(creation.to) }, \
	{ "$XDSDocumentEntryServiceStartTimeFrom", AS_TIME, ONE, OPTIONAL, INTO(service_start.from) }, \
	{ "$XDSDocumentEntryServiceStartTimeTo", AS_TIME, ONE, OPTIONAL, INTO(service_start.to) }, \
	{ "$XDSDocumentEntryServiceStopTimeFrom", AS_TIME, ONE, OPTIONAL, INTO(service_stop.from) }, \
	{ "$XDSDocumentEntryServiceStopTimeTo", AS_TIME, ONE, OPTIONAL, INTO(service_stop.to) }, \
	{ "$XDSDocumentEntryHealthcareFacilityTypeCode", AS_CODES, MANY, OPTIONAL, INTO(facility_type_codes) }, \
	{ "$XDSDocumentEntryEventCodeList", AS_CODES_ANDED, MANY, OPTIONAL, INTO(event_codes) }, \
	{ "$XDSDocumentEntryConfidentialityCode", AS_CODES_ANDED, MANY, OPTIONAL, INTO(confidentiality_codes) }, \
	{ "$XDSDocumentEntryAuthorPerson", AS_PATTERNS, MANY, OPTIONAL, INTO(author_persons) }, \
	{ "$XDSDocumentEntryFormatCode", AS_CODES, MANY, OPTIONAL, INTO(format_codes) }, \
	{ "$XDSDocumentEntryDocumentAvailability", AS_AVAILABILITY, MANY, OPTIONAL, INTO(availabilities) }, \
	{ "$XDSDocumentEntryType", AS_TYPE, MANY, OPTIONAL, INTO(type_stable) }

/* The filters of queries that return what a package holds. */
#define CONTENT \
	{ "$XDSDocumentEntryFormatCode", AS_CODES, MANY, OPTIONAL, INTO(format_codes) }, \
	{ "$XDSDocumentEntryConfidentialityCode", AS_CODES_ANDED, MANY, OPTIONAL, INTO(confidentiality_codes) }, \
	{ "$XDSDocumentEntryDocumentAvailability", AS_AVAILABILITY, MANY, OPTIONAL, INTO(availabilities) }, \
	{ "$XDSAssociationStatus", AS_STATUS, MANY, OPTIONAL, INTO(association_approved) }, \
	{ "$XDSDocumentEntryType", AS_TYPE, MANY, OPTIONAL, INTO(type_stable) }

static const struct parameter find_documents[] = { FIND_DOCUMENTS, { 0 } };
static const struct parameter find_documents_by_reference_id[] = {
	FIND_DOCUMENTS,
	{ "$XDSDocumentEntryReferenceIdList", AS_REFERENCES_ANDED, MANY, REQUIRED, INTO(reference_ids) },
	{ 0 }
};
static const struct parameter find_submission_sets[] = {
	{ "$XDSSubmissionSetPatientId", AS_PATIENT, ONE, REQUIRED, INTO(patient_id) },
	{ "$XDSSubmissionSetStatus", AS_STATUS, MANY, REQUIRED, INTO(set_approved) },
	{ "$XDSSubmissionSetSourceId", AS_OIDS, MANY, OPTIONAL, INTO(source_ids) },
	{ "$XDSSubmissionSetSubmissionTimeFrom", AS_TIME, ONE, OPTIONAL, INTO(submission.from) },
	{ "$XDSSubmissionSetSubmissionTimeTo", AS_TIME, ONE, OPTIONAL, INTO(submission.to) },
	{ "$XDSSubmissionSetAuthorPerson", AS_PATTERNS, ONE, OPTIONAL, INTO(author_persons) },
	{ "$XDSSubmissionSetContentType", AS_CODES, MANY, OPTIONAL, INTO(content_types) },
	{ 0 }
};
static const struct parameter find_folders[] = {
	{ "$XDSFolderPatientId", AS_PATIENT, ONE, REQUIRED, INTO(patient_id) },
	{ "$XDSFolderStatus", AS_STATUS, MANY, REQUIRED, INTO(folder_approved) },
	{ "$XDSFolderLastUpdateTimeFrom", AS_TIME, ONE, OPTIONAL, INTO(last_update.from) },
	{ "$XDSFolderLastUpdateTimeTo", AS_TIME, ONE, OPTIONAL, INTO(last_update.to) },
	{ "$XDSFolderCodeList", AS_CODES_ANDED, MANY, OPTIONAL, INTO(folder_codes) },
	{ 0 }
};
static const struct parameter get_all[] = {
	{ "$patientId", AS_PATIENT, ONE, REQUIRED, INTO(patient_id) },
	{ "$XDSDocumentEntryStatus", AS_STATUS, MANY, REQUIRED, INTO(entry_approved) },
	{ "$XDSSubmissionSetStatus", AS_STATUS, MANY, REQUIRED, INTO(set_approved) },
	{ "$XDSFolderStatus", AS_STATUS, MANY, REQUIRED, INTO(folder_approved) },
	CONTENT,
	{ 0 }
};
static const struct parameter get_documents[] = {
	{ "$XDSDocumentEntryEntryUUID", AS_UUIDS, MANY, EITHER, INTO(uuids) },
	{ "$XDSDocumentEntryUniqueId", AS_DOCUMENT_IDS, MANY, EITHER, INTO(unique_ids) },
	/* The first version's id; there are no others. */
	{ "$XDSDocumentEntryLogicalID", AS_UUIDS, MANY, EITHER, INTO(uuids) },
	{ 0 }
};
static const struct parameter get_documents_and_associations[] = {
	{ "$XDSDocumentEntryEntryUUID", AS_UUIDS, MANY, EITHER, INTO(uuids) },
	{ "$XDSDocumentEntryUniqueId", AS_DOCUMENT_IDS, MANY, EITHER, INTO(unique_ids) },
	{ "$XDSAssociationStatus", AS_STATUS, MANY, OPTIONAL, INTO(association_approved) },
	{ 0 }
};
static const struct parameter get_folders[] = {
	{ "$XDSFolderEntryUUID", AS_UUIDS, MANY, EITHER, INTO(uuids) },
	{ "$XDSFolderUniqueId", AS_OIDS, MANY, EITHER, INTO(unique_ids) },
	{ "$XDSFolderLogicalID", AS_UUIDS, MANY, EITHER, INTO(uuids) },
	{ 0 }
};
/* GetAssociations and GetSubmissionSets. */
static const struct parameter by_uuid[] = {
	{ "$uuid", AS_UUIDS, MANY, REQUIRED, INTO(uuids) },
	{ "$XDSAssociationStatus", AS_STATUS, MANY, OPTIONAL, INTO(association_approved) },
	{ 0 }
};
static const struct parameter get_submission_set_and_contents[] = {
	{ "$XDSSubmissionSetEntryUUID", AS_UUIDS, ONE, EITHER, INTO(uuids) },
	{ "$XDSSubmissionSetUniqueId", AS_OIDS, ONE, EITHER, INTO(unique_ids) },
	CONTENT,
	{ 0 }
};
static const struct parameter get_folder_and_contents[] = {
	{ "$XDSFolderEntryUUID", AS_UUIDS, ONE, EITHER, INTO(uuids) },
	{ "$XDSFolderUniqueId", AS_OIDS, ONE, EITHER, INTO(unique_ids) },
	CONTENT,
	{ 0 }
};
static const struct parameter get_folders_for_document[] = {
	{ "$XDSDocumentEntryEntryUUID", AS_UUIDS, ONE, EITHER, INTO(uuids) },
	{ "$XDSDocumentEntryUniqueId", AS_DOCUMENT_IDS, ONE, EITHER, INTO(unique_ids) },
	{ 0 }
};
static const struct parameter get_related_documents[] = {
	{ "$XDSDocumentEntryEntryUUID", AS_UUIDS, ONE, EITHER, INTO(uuids) },
	{ "$XDSDocumentEntryUniqueId", AS_DOCUMENT_IDS, ONE, EITHER, INTO(unique_ids) },
	{ "$AssociationTypes", AS_ASSOCIATION_TYPES, MANY, REQUIRED, INTO(association_types) },
	{ "$XDSAssociationStatus", AS_STATUS, MANY, OPTIONAL, INTO(association_approved) },
	{ "$XDSDocumentEntryType", AS_TYPE, MANY, OPTIONAL, INTO(type_stable) },
	{ 0 }
};

/* ITI TF-2: 3.18.4.1.2.4 */
static const struct stored_query_row queries[] = {
	{ "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d", QUERY_FIND_DOCUMENTS, find_documents },
	{ "urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9", QUERY_FIND_SUBMISSION_SETS,
	  find_submission_sets },
	{ "urn:uuid:958f3006-baad-4929-a4de-ff1114824431", QUERY_FIND_FOLDERS, find_folders },
	{ "urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3", QUERY_GET_ALL, get_all },
	{ "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", QUERY_GET_DOCUMENTS, get_documents },
	{ "urn:uuid:5737b14c-8a1a-4539-b659-e03a34a5e1e4", QUERY_GET_FOLDERS, get_folders },
	{ "urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155", QUERY_GET_ASSOCIATIONS, by_uuid },
	{ "urn:uuid:bab9529a-4a10-40b3-a01f-f68a615d247a", QUERY_GET_DOCUMENTS_AND_ASSOCIATIONS,
	  get_documents_and_associations },
	{ "urn:uuid:51224314-5390-4169-9b91-b1980040715a", QUERY_GET_SUBMISSION_SETS, by_uuid },
	{ "urn:uuid:e8e3cb2c-e39c-46b9-99e4-c12f57260b83", QUERY_GET_SUBMISSION_SET_AND_CONTENTS,
	  get_submission_set_and_contents },
	{ "urn:uuid:b909a503-523d-4517-8acf-8e5834dfc4c7", QUERY_GET_FOLDER_AND_CONTENTS,
	  get_folder_and_contents },
	{ "urn:uuid:10cae35a-c7f9-4cf5-b61e-fc3278ffb578", QUERY_GET_FOLDERS_FOR_DOCUMENT,
	  get_folders_for_document },
	{ "urn:uuid:d90e5407-b356-4d91-a89f-873917b4b0e6", QUERY_GET_RELATED_DOCUMENTS,
	  get_related_documents },
	{ "urn:uuid:12941a89-e02e-4be5-967c-ce4bfc8fe492", QUERY_FIND_DOCUMENTS_BY_REFERENCE_ID,
	  find_documents_by_reference_id },
};

const struct stored_query_row *stored_query_find(const char *id)
{
	for (size_t i = 0; i < COUNT(queries); i++)
		if (text_equal(queries[i].id, id))
			return &queries[i];
	return NULL;
}
