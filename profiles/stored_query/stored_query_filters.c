/* profiles/stored_query/stored_query_filters.c: the filters of subscriptions and their parameters,
 * ITI TF-2: 3.52.5.2; those of folders and of every patient: DSUB Extensions 3.52.5.2.3 to 5. They
 * have no status: what is registered is Approved. */
#include "profiles/stored_query/stored_query_rows.h"

#include "gateway/base/text.h"

/* Rows are laid out by hand. */
/* clang-format off */

#define AT(field) offsetof(struct registry_query, field)

/* how: of every patient one of these must be given (3.52.5.2.4). */
#define DOCUMENT_FILTERS(how) \
	{ .name = "$XDSDocumentEntryClassCode", .as = AS_CODES, .number = MANY, .need = how, \
	  .into = AT(class_codes) }, \
	{ .name = "$XDSDocumentEntryTypeCode", .as = AS_CODES, .number = MANY, .need = how, \
	  .into = AT(type_codes) }, \
	{ .name = "$XDSDocumentEntryPracticeSettingCode", .as = AS_CODES, .number = MANY, \
	  .need = how, .into = AT(practice_setting_codes) }, \
	{ .name = "$XDSDocumentEntryHealthcareFacilityTypeCode", .as = AS_CODES, .number = MANY, \
	  .need = how, .into = AT(facility_type_codes) }, \
	{ .name = "$XDSDocumentEntryEventCodeList", .as = AS_CODES_ANDED, .number = MANY, \
	  .into = AT(event_codes) }, \
	{ .name = "$XDSDocumentEntryConfidentialityCode", .as = AS_CODES_ANDED, .number = MANY, \
	  .into = AT(confidentiality_codes) }, \
	{ .name = "$XDSDocumentEntryFormatCode", .as = AS_CODES, .number = MANY, \
	  .into = AT(format_codes) }, \
	{ .name = "$XDSDocumentEntryAuthorPerson", .as = AS_PATTERNS, .number = MANY, \
	  .into = AT(author_persons) }

static const struct parameter of_documents[] = {
	{ .name = "$XDSDocumentEntryPatientId", .as = AS_PATIENT, .need = REQUIRED,
	  .into = AT(patient_id) },
	{ .name = "$XDSDocumentEntryReferenceIdList", .as = AS_REFERENCES_ANDED, .number = MANY,
	  .into = AT(reference_ids) },
	DOCUMENT_FILTERS(OPTIONAL),
	{ .name = NULL }
};
static const struct parameter of_all_documents[] = {
	DOCUMENT_FILTERS(ANY),
	{ .name = NULL }
};

/* The supplement says $XDSSubmissionSetAuthor where all others say $XDSSubmissionSetAuthorPerson;
 * either is taken. */
#define SET_FILTERS(how) \
	{ .name = "$XDSSubmissionSetSourceId", .as = AS_OIDS, .number = MANY, .need = how, \
	  .into = AT(source_ids) }, \
	{ .name = "$XDSSubmissionSetAuthorPerson", .as = AS_PATTERNS, .number = MANY, \
	  .need = how, .into = AT(author_persons) }, \
	{ .name = "$XDSSubmissionSetIntendedRecipient", .as = AS_PATTERNS, .number = MANY, \
	  .need = how, .into = AT(intended_recipients) }

static const struct parameter of_submission_sets[] = {
	{ .name = "$XDSSubmissionSetPatientId", .as = AS_PATIENT, .need = REQUIRED,
	  .into = AT(patient_id) },
	SET_FILTERS(OPTIONAL),
	{ .name = NULL }
};
static const struct parameter of_all_submission_sets[] = {
	SET_FILTERS(ANY),
	{ .name = "$XDSSubmissionSetAuthor", .as = AS_PATTERNS, .number = MANY, .need = ANY,
	  .into = AT(author_persons) },
	{ .name = NULL }
};
static const struct parameter of_folders[] = {
	{ .name = "$XDSFolderPatientId", .as = AS_PATIENT, .need = REQUIRED,
	  .into = AT(patient_id) },
	{ .name = "$XDSFolderUniqueId", .as = AS_OIDS, .number = MANY, .into = AT(unique_ids) },
	{ .name = "$XDSFolderCodeList", .as = AS_CODES_ANDED, .number = MANY,
	  .into = AT(folder_codes) },
	{ .name = NULL }
};

static const struct stored_query_row rows[] = {
	{ .id = "urn:uuid:aa2332d0-f8fe-11e0-be50-0800200c9a66",
	  .kind = QUERY_FIND_DOCUMENTS, .parameters = of_documents, .strict = true },
	{ .id = "urn:uuid:fbede94e-dbdc-4f6b-bc1f-d730e677cece",
	  .kind = QUERY_FIND_SUBMISSION_SETS, .parameters = of_submission_sets, .strict = true },
	{ .id = "urn:uuid:9376254e-da05-41f5-9af3-ac56d63d8ebd",
	  .kind = QUERY_FIND_FOLDERS, .parameters = of_folders, .strict = true },
	{ .id = "urn:uuid:742790e0-aba6-43d6-9f1f-e43ed9790b79",
	  .kind = QUERY_FIND_DOCUMENTS, .parameters = of_all_documents, .strict = true },
	{ .id = "urn:uuid:868cad3d-ec09-4565-b66c-1be10d034399",
	  .kind = QUERY_FIND_SUBMISSION_SETS, .parameters = of_all_submission_sets,
	  .strict = true },
};

const struct stored_query_row *stored_query_filter_find(const char *id)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (text_equal(rows[i].id, id))
			return &rows[i];
	return NULL;
}
