/* schemas/tables/problem.h: what can go wrong, once. Each dialect reads its own column.
 *
 * A function that can fail returns bool and takes a struct problem *. The first problem stays:
 * problem_set() on a problem already set changes nothing, so a handler may write straight down the
 * page and look once, at the end. Text is for the peer and the operator: no patient data except the
 * ids the peer itself sent. Thread-safety: one thread at a time per struct. */
#ifndef SCHEMAS_TABLES_PROBLEM_H
#define SCHEMAS_TABLES_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

enum problem_code {
	PROBLEM_NONE,
	/* The envelope. */
	/* not the dialect at all: not XML, not a SOAP envelope, not HL7 */
	PROBLEM_MALFORMED,
	PROBLEM_VERSION_MISMATCH, /* SOAP 1.1 */
	PROBLEM_MUST_UNDERSTAND,  /* a header we do not know and must */
	PROBLEM_ACTION_MISMATCH,  /* wsa:Action and body disagree */
	PROBLEM_ACTION_NOT_SUPPORTED,
	PROBLEM_ADDRESSING_REQUIRED, /* a WS-Addressing header is missing */
	/* ... or not usable, e.g. a ReplyTo outside the allow-list */
	PROBLEM_ADDRESSING_INVALID,
	PROBLEM_TOO_LARGE, /* a limit of ours; what says which */
	PROBLEM_TIMEOUT,
	PROBLEM_MEDIA_TYPE,
	PROBLEM_PATH_UNKNOWN,
	PROBLEM_METHOD,
	/* WS-Security: what vouches for a person (ITI TF-2: 3.40.4.1.3; security: c.5). */
	PROBLEM_SECURITY_INVALID,     /* the header is not as it is to be */
	PROBLEM_TOKEN_UNSUPPORTED,    /* of a kind that is not taken */
	PROBLEM_TOKEN_ALGORITHM,      /* signed by what is not taken */
	PROBLEM_TOKEN_INVALID,        /* no assertion for us, or no longer */
	PROBLEM_TOKEN_AUTHENTICATION, /* by nobody who is believed, or another's */
	PROBLEM_TOKEN_CHECK,          /* changed since it was signed */
	PROBLEM_TOKEN_UNAVAILABLE,    /* there has to be one */
	/* Who may. */
	PROBLEM_NODE_UNKNOWN,     /* the certificate belongs to no registered system */
	PROBLEM_NOT_PERMITTED,    /* known, but may not do this */
	PROBLEM_LOCKED_OUT,       /* known, and may do nothing for now */
	PROBLEM_DOMAIN_NOT_OWNED, /* feeds a patient identifier domain of somebody else */
	/* HL7 v2 structure, table HL70357; in MSH a fault rejects (AR, HL7 2.5: 2.9.2.1). */
	PROBLEM_SEGMENT_MISSING,
	PROBLEM_FIELD_MISSING,
	PROBLEM_DATA_TYPE,
	PROBLEM_TABLE_VALUE,
	PROBLEM_HEADER_MISSING,
	PROBLEM_HEADER_INVALID,
	PROBLEM_SENDER_MISMATCH,
	PROBLEM_MESSAGE_TYPE,
	PROBLEM_EVENT,
	PROBLEM_PROCESSING_ID,
	PROBLEM_VERSION_ID,
	/* Identity. */
	PROBLEM_UNKNOWN_KEY, /* id or domain not known (204) */
	PROBLEM_DUPLICATE_KEY,
	PROBLEM_MERGE_REFUSED, /* self, cross-domain, already subsumed */
	/* Documents, ITI TF-3: Table 4.2.4.1-2. */
	PROBLEM_MISSING_DOCUMENT,
	PROBLEM_MISSING_DOCUMENT_METADATA,
	PROBLEM_REGISTRY_METADATA,
	PROBLEM_REPOSITORY_METADATA,
	PROBLEM_REGISTRY_DUPLICATE_IN_MESSAGE,
	PROBLEM_REPOSITORY_DUPLICATE_IN_MESSAGE,
	PROBLEM_DUPLICATE_IN_REGISTRY,
	PROBLEM_NON_IDENTICAL_HASH,
	PROBLEM_NON_IDENTICAL_SIZE,
	PROBLEM_PATIENT_ID_DOES_NOT_MATCH,
	PROBLEM_UNKNOWN_PATIENT,
	PROBLEM_DEPRECATED_DOCUMENT,
	PROBLEM_REPLACES_ANOTHERS, /* of another facility, without the right to */
	PROBLEM_TOO_MANY_RELATED,  /* more than may hang on one object, or than one job looks at */
	PROBLEM_UNRESOLVED_REFERENCE,
	PROBLEM_REFERENCES_EXIST,    /* ITI-62: of what is to be removed */
	PROBLEM_UNREFERENCED_OBJECT, /* ITI-62: what would be left */
	PROBLEM_REMOVES_ANOTHERS,    /* of another facility, without the right to */
	PROBLEM_REMOVE_DOCUMENTS,    /* ITI-86 */
	/* ITI-57, ITI-92. */
	PROBLEM_METADATA_UPDATE,           /* nothing more specific */
	PROBLEM_METADATA_UPDATE_OPERATION, /* no operation can be made of it */
	PROBLEM_METADATA_VERSION,          /* there is no such object, or another version of it */
	PROBLEM_PATIENT_RECONCILIATION,
	PROBLEM_METADATA_IDENTIFIER,
	PROBLEM_OBJECT_TYPE,
	PROBLEM_INVALID_REQUEST, /* a first version */
	PROBLEM_UNMODIFIABLE,
	PROBLEM_METADATA_ANNOTATION,
	PROBLEM_UPDATES_ANOTHERS,  /* of another facility, without the right to: ITI-57 */
	PROBLEM_LOCAL_POLICY,      /* the same: ITI-92 */
	PROBLEM_INVALID_SIGNATURE, /* over documents (ITI TF-3: 5.5.5) */
	PROBLEM_UNKNOWN_QUERY,
	PROBLEM_QUERY_MISSING_PARAMETER,
	PROBLEM_QUERY_PARAMETER_NUMBER,
	PROBLEM_RESULT_NOT_SINGLE_PATIENT,
	PROBLEM_TOO_MANY_RESULTS,
	/* a query that cannot be read: unbalanced quotes and the like */
	PROBLEM_QUERY_INVALID,
	PROBLEM_DOCUMENT_UNIQUE_ID,
	PROBLEM_DOCUMENT_REFUSED, /* it is there, and not for who asks (ITI SeR: 39.5) */
	PROBLEM_UNKNOWN_REPOSITORY,
	PROBLEM_UNKNOWN_COMMUNITY,
	PROBLEM_MISSING_HOME_COMMUNITY,
	PROBLEM_UNAVAILABLE_COMMUNITY, /* another one gave no answer that counts */
	PROBLEM_COMMUNITY_CONTRADICTS, /* ... or one that is not to be what was asked for */
	PROBLEM_MISSING_COMMUNITY,     /* a homeCommunityId was to be said */
	PROBLEM_EXTRA_METADATA_NOT_SAVED,
	/* What is pushed to an inbox, ITI TF-2: 3.41.4.1.3.1; ITI TF-3: Table 4.2.4.1-2. */
	PROBLEM_UNKNOWN_RECIPIENT,
	PROBLEM_INVALID_DOCUMENT_CONTENT,
	/* relationships and folders that lead out of what was pushed: warnings */
	PROBLEM_FOLDER_NOT_PROCESSED,
	PROBLEM_RELATIONSHIP_NOT_PROCESSED,
	PROBLEM_REPLACE_NOT_PROCESSED,
	PROBLEM_APPEND_NOT_PROCESSED,
	PROBLEM_TRANSFORM_NOT_PROCESSED,
	PROBLEM_TRANSFORM_REPLACE_NOT_PROCESSED,
	/* Subscriptions, ITI TF-2: 3.52.4.1.3, 3.52.4.3.3; WS-BaseNotification 1.3: 4.2, 6.1. */
	PROBLEM_FILTER_INVALID,
	PROBLEM_TOPIC_DIALECT,
	PROBLEM_TOPIC_INVALID,
	PROBLEM_TOPIC_NOT_SUPPORTED,
	PROBLEM_POLICY_UNKNOWN,   /* a SubscriptionPolicy nobody here knows */
	PROBLEM_TERMINATION_TIME, /* past, or none that can be read */
	PROBLEM_SUBSCRIPTIONS_FULL,
	PROBLEM_SUBSCRIPTION_UNKNOWN,
	PROBLEM_PULL_POINTS_FULL,
	PROBLEM_PULL_POINT_UNKNOWN,
	PROBLEM_PULL_POINT_IN_USE, /* something subscribes for it */
	/* Another's registry, which documents of ours are registered with. */
	PROBLEM_REGISTRY_NOT_AVAILABLE,
	PROBLEM_REGISTRY_REFUSED,
	/* Ourselves. */
	PROBLEM_STORE_FULL,
	PROBLEM_DISK_QUOTA, /* of a system */
	PROBLEM_INBOX_FULL,
	PROBLEM_OUT_OF_RESOURCES,
	PROBLEM_BUSY,
	PROBLEM_RATE, /* a system asks for more than it may */
	PROBLEM_INTERNAL,
	PROBLEM_AUDIT_UNAVAILABLE,
	PROBLEM_OUTBOX_FULL,  /* more waits to be sent than is allowed */
	PROBLEM_ANSWERS_FULL, /* answers that are not sent yet hold all they may */
	PROBLEM_NO_PLACE,     /* as many wait for a place for what takes long as may */
	PROBLEM_CANCELLED,    /* by who asked for it */
	/* The operator's requests. */
	PROBLEM_REQUEST_INVALID,
	PROBLEM_NOT_FOUND,
	PROBLEM_CONFLICT,
	PROBLEM_CONFIGURATION,
	PROBLEM_ACTOR_OFF,
	PROBLEM_COUNT
};

enum fault_kind {
	FAULT_NONE,
	FAULT_VERSION_MISMATCH,
	FAULT_MUST_UNDERSTAND,
	FAULT_SENDER,
	FAULT_RECEIVER
};

struct problem_row {
	const char *name;             /* for logs and metrics: "unknown-key" */
	const char *registry_error;   /* ITI TF-3: 4.2.4.1, on the registry's side */
	const char *repository_error; /* the same where a repository says it */
	enum fault_kind fault;        /* where the problem is the envelope's or ours */
	const char *fault_subcode;    /* QName of WS-Addressing 1.0 SOAP Binding 6.4, or NULL */
	/* element of WS-BaseNotification 1.3 in the fault's detail, or NULL: that of the route */
	const char *fault_element;
	int http; /* status */
	/* where that is 503: when the same may be asked again; 0: waiting does not help */
	unsigned retry_seconds;
	/* AE: not to be sent again unchanged; AR: MSH at fault, or the sender may try again later
	 * (ITI TF-2: Table C.2.3.1-2) */
	const char *hl7_ack;
	int hl7_code;       /* table HL70357 */
	int exit_code;      /* of the operator's command (contract: 1 2 3 4 5) */
	const char *remedy; /* for the operator; NULL when only the sender can act */
};

const struct problem_row *problem_row(enum problem_code code); /* never NULL */
const char *hl7_code_text(int code); /* table HL70357: 204 -> "Unknown key identifier" */

enum { PROBLEM_TEXT = 512, PROBLEM_WHERE = 256 };

struct problem {
	enum problem_code code;
	/* one sentence: what was wrong, quoting what came from outside */
	char what[PROBLEM_TEXT];
	/* slot name, XPath, HL7 location (PID^1^3^1^4), file:line; or "" */
	char where[PROBLEM_WHERE];
	/* what, before anything was put into it: for who is not to see what came from outside. Of
	 * the program's text; NULL: nothing of it is told to them */
	const char *form;
};

/* Both return false, so that a check can end `return problem_set(...)`. Cut, never overflowing. */
bool problem_set(struct problem *p, enum problem_code code, const char *what, ...)
	__attribute__((format(printf, 3, 4)));
bool problem_at(struct problem *p, enum problem_code code, const char *where, const char *what, ...)
	__attribute__((format(printf, 4, 5)));
/* In words that are of the program's text alone, whoever chose them: they are told to everybody. */
bool problem_said(struct problem *p, enum problem_code code, const char *where, const char *words);

/* Several at once, where the standard lists them (rs:RegistryErrorList, acknowledgementDetail). */
struct finding {
	struct problem problem;
	bool warning;         /* severity Warning; else Error */
	const char *location; /* rs:RegistryError/@location, or NULL */
	/* errorCode of another registry, told on as it is (ITI TF-2: 3.42.4.2.3.1); NULL: the
	 * problem's */
	const char *relayed;
	struct finding *next;
};

#endif
