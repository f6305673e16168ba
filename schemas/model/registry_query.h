/* schemas/model/registry_query.h: a stored query (ITI-18, ITI-51, later ITI-38, 67), dialect gone.
 * ITI TF-2: 3.18.4.1.2.3. */
#ifndef SCHEMAS_MODEL_REGISTRY_QUERY_H
#define SCHEMAS_MODEL_REGISTRY_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/model/document.h"

enum stored_query {
	QUERY_NONE,
	QUERY_FIND_DOCUMENTS,
	QUERY_FIND_SUBMISSION_SETS,
	QUERY_FIND_FOLDERS,
	QUERY_GET_ALL,
	QUERY_GET_DOCUMENTS,
	QUERY_GET_FOLDERS,
	QUERY_GET_ASSOCIATIONS,
	QUERY_GET_DOCUMENTS_AND_ASSOCIATIONS,
	QUERY_GET_SUBMISSION_SETS,
	QUERY_GET_SUBMISSION_SET_AND_CONTENTS,
	QUERY_GET_FOLDER_AND_CONTENTS,
	QUERY_GET_FOLDERS_FOR_DOCUMENT,
	QUERY_GET_RELATED_DOCUMENTS,
	QUERY_FIND_DOCUMENTS_BY_REFERENCE_ID,
	/* Of any number of patients: ITI TF-2: 3.51.4.1.2.1. */
	QUERY_FIND_DOCUMENTS_FOR_MULTIPLE_PATIENTS,
	QUERY_FIND_FOLDERS_FOR_MULTIPLE_PATIENTS
};

/* Values inside one slot are ORed; a slot given again must match too (AND), where allowed. */
struct text_alternatives {
	struct text_value *any;
	struct text_alternatives *next;
};
struct code_alternatives {
	struct coded_value *any;
	struct code_alternatives *next;
};

struct time_range {
	const char *from, *to; /* DTM padded to 14 digits; from <= t < to; NULL: open */
};

struct registry_query {
	enum stored_query kind;
	const char *query_id;          /* urn:uuid as sent */
	bool leaf_class;               /* else ObjectRef */
	uint64_t most_results;         /* the asker can take; 0: any number */
	const char *home_community_id; /* AdhocQuery/@home, NULL if absent */
	bool level_2;           /* $MetadataLevel: former versions, too, and what is Offline */
	const char *patient_id; /* CX as sent */
	struct text_value *patient_ids; /* the same, of several; NULL: of all there are */
	/* Documents. */
	struct coded_value *class_codes, *type_codes, *practice_setting_codes;
	struct coded_value *facility_type_codes, *format_codes;
	struct code_alternatives *event_codes, *confidentiality_codes;
	struct text_alternatives *reference_ids;
	struct text_value *author_persons; /* SQL LIKE patterns */
	struct time_range creation, service_start, service_stop;
	bool entry_approved, entry_deprecated;
	bool type_stable, type_on_demand;
	struct text_value *availabilities; /* documentAvailability; URNs */
	/* Submission sets. */
	struct text_value *source_ids;
	struct text_value *intended_recipients; /* LIKE patterns; of subscriptions (3.52.5.2.2) */
	struct coded_value *content_types;
	struct time_range submission;
	bool set_approved, set_deprecated;
	/* Folders. */
	struct code_alternatives *folder_codes;
	struct time_range last_update;
	bool folder_approved, folder_deprecated;
	/* Get queries. */
	struct text_value *uuids, *unique_ids, *logical_ids;
	struct text_value *association_types;              /* URNs */
	bool association_approved, association_deprecated; /* neither: whatever status */
};

/* ITI-43, and later ITI-39, RAD-69. */
struct document_request {
	const char *home_community_id; /* NULL if absent */
	const char *repository_unique_id, *document_unique_id;
	struct document_request *next;
};

#endif
