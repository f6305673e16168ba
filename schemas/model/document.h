/* schemas/model/document.h: the XDS metadata model, ITI TF-3: 4.2.
 *
 * One struct a noun; every attribute of 4.2.3.2 to 4.2.3.4 is a field, extra slots are kept as they
 * came, so that what was stored is returned without loss. Strings are NULL when absent. Ids of
 * objects may be symbolic on submission; after registration they are urn:uuid. */
#ifndef SCHEMAS_MODEL_DOCUMENT_H
#define SCHEMAS_MODEL_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/model/values.h"

enum availability_status { STATUS_NONE, STATUS_APPROVED, STATUS_DEPRECATED };
enum document_entry_type { ENTRY_STABLE, ENTRY_ON_DEMAND };

/* ITI TF-3: 4.2.3.1.4 */
struct author {
	struct text_value *person;            /* authorPerson, XCN; 0..1 */
	struct text_value *institution;       /* XON */
	struct text_value *role, *specialty;  /* text or code^^^&OID&ISO */
	struct text_value *telecommunication; /* XTN */
	struct author *next;
};

/* Of what was submitted for that patient record, by that system, something stands in an object of
 * ours that was made of several: who may not see one of them does not see the whole. */
struct object_source {
	uint64_t subject;
	const char *system; /* NULL: the region itself */
	const struct object_source *next;
	/* Logical id of the DocumentEntry that the whole is another form of: it is judged as that
	 * one is. NULL: of some documents, which nobody names. */
	const char *document;
};

struct document_entry {
	const char *id;         /* entryUUID, or symbolic */
	const char *logical_id; /* @lid */
	uint32_t version;       /* VersionInfo/@versionName, from 1 */
	enum document_entry_type type;
	enum availability_status status;
	struct author *authors;
	struct localized *title, *comments;
	struct coded_value *class_code, *type_code, *format_code; /* one each */
	struct coded_value *practice_setting_code, *healthcare_facility_type_code;
	struct coded_value *confidentiality_codes, *event_codes;            /* lists */
	const char *creation_time, *service_start_time, *service_stop_time; /* DTM */
	const char *hash;                                                   /* SHA-1 as submitted */
	const char *size; /* decimal, as submitted */
	const char *language_code, *legal_authenticator, *mime_type;
	const char *repository_unique_id, *home_community_id;
	const char *patient_id;        /* CX */
	const char *source_patient_id; /* CX */
	struct text_value *source_patient_info;
	struct text_value *reference_ids; /* CXi */
	const char *uri, *unique_id, *document_availability;
	bool limited_metadata;
	struct slot *extra; /* urn: slots of others, kept */
	struct document_entry *next;
	/* Kept by the store, not part of the standard's model. */
	/* the patient record it hangs on; see store/identity.h */
	uint64_t subject;
	/* name of the registered system that submitted it */
	const char *source_system;
	const struct object_source *sources; /* what it was made of; NULL: it came as it is */
};

struct submission_set {
	const char *id, *logical_id;
	enum availability_status status;
	struct author *authors;
	struct localized *title, *comments;
	struct coded_value *content_type_code;
	struct text_value *intended_recipients;
	const char *patient_id, *source_id, *unique_id, *submission_time, *home_community_id;
	bool limited_metadata;
	struct slot *extra;
	struct submission_set *next;
	uint64_t subject;
	const char *source_system;
	/* of the submission as it came (store/registry.h); NULL: it cannot be sent again */
	const char *fingerprint;
	const struct object_source *sources; /* as a DocumentEntry's */
};

struct folder {
	const char *id, *logical_id;
	uint32_t version;
	enum availability_status status;
	struct localized *title, *comments;
	struct coded_value *codes;
	const char *patient_id, *unique_id, *last_update_time, *home_community_id;
	bool limited_metadata;
	struct slot *extra;
	struct folder *next;
	uint64_t subject;
	const char *source_system;
};

/* ITI TF-3: 4.2.2. Their numbers stand in the store, as those of status and type above do. */
enum association_type {
	ASSOCIATION_UNKNOWN,
	ASSOCIATION_HAS_MEMBER,
	ASSOCIATION_RPLC,
	ASSOCIATION_APND,
	ASSOCIATION_XFRM,
	ASSOCIATION_XFRM_RPLC,
	ASSOCIATION_SIGNS,
	ASSOCIATION_IS_SNAPSHOT_OF,
	ASSOCIATION_UPDATE_AVAILABILITY_STATUS,
	ASSOCIATION_SUBMIT_ASSOCIATION
};

struct association {
	const char *id, *logical_id;
	enum availability_status status;
	enum association_type type;
	const char *type_urn;              /* as sent */
	const char *source, *target;       /* object ids */
	const char *submission_set_status; /* Original or Reference; NULL if absent */
	struct coded_value *documentation; /* reason; relationship associations only */
	const char *home_community_id;
	struct slot *extra; /* PreviousVersion, AssociationPropagation ... */
	struct association *next;
	const char *source_system;
};

/* lcm:SubmitObjectsRequest: what one submission says. */
struct submission {
	struct submission_set *set; /* the first; set_count tells of more */
	unsigned set_count;
	struct document_entry *entries;
	struct folder *folders;
	struct association *associations;
	bool again; /* registered before, and this is it once more */
	/* what we registered along with it (profiles/actors/on_demand_source.h); a list */
	struct submission *offered;
};

/* What a query found, in the order it is answered. */
struct registry_objects {
	struct submission_set *sets;
	struct document_entry *entries;
	struct folder *folders;
	struct association *associations;
};

/* It is another form of a document (struct object_source). */
bool document_is_form(const struct document_entry *e);
/* What another form of it says because it does: all but ids, and what is of its octets. */
struct document_entry document_as_form(const struct document_entry *of);

const char *association_type_urn(enum association_type type); /* NULL for unknown */
enum association_type association_type_of(const char *urn);
const char *availability_status_urn(enum availability_status status);

#endif
