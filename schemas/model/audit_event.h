/* schemas/model/audit_event.h: an ATNA audit message (ITI-20; DICOM PS3.15 A.5), before it is
 * written. */
#ifndef SCHEMAS_MODEL_AUDIT_EVENT_H
#define SCHEMAS_MODEL_AUDIT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/model/values.h"

enum audit_action {
	AUDIT_CREATE = 'C',
	AUDIT_READ = 'R',
	AUDIT_UPDATE = 'U',
	AUDIT_DELETE = 'D',
	AUDIT_EXECUTE = 'E'
};
enum audit_outcome { AUDIT_SUCCESS = 0, AUDIT_MINOR = 4, AUDIT_SERIOUS = 8, AUDIT_MAJOR = 12 };
/* ParticipantObjectDataLifeCycle (DICOM PS3.15 A.5.1): permanent erasure. */
enum { AUDIT_ERASED = 15 };
/* RoleIDCode, DCM. */
enum audit_role {
	AUDIT_ROLE_NONE = 0,
	AUDIT_APPLICATION = 110150,
	AUDIT_LAUNCHER = 110151,
	AUDIT_DESTINATION = 110152,
	AUDIT_SOURCE = 110153
};

struct audit_draft;

struct audit_participant {
	const char *user_id;             /* endpoint URI, ReplyTo, facility|application */
	const char *alternative_user_id; /* process id, on our own side; NULL if none */
	const char *user_name;           /* NULL if none */
	bool requestor;
	enum audit_role role;
	const struct coded_value *roles;  /* of a person: further RoleIDCodes */
	const char *network_access_point; /* NULL if none */
	int network_access_point_type;    /* 1 DNS name, 2 IP address, 5 URI */
	struct audit_participant *next;
};

/* ParticipantObjectDetail and ParticipantObjectQuery are octets; they are written in base64. */
struct audit_detail {
	const char *type;
	const unsigned char *value;
	size_t length;
	struct audit_detail *next;
};

/* One ParticipantObjectIdentification. */
struct audit_object {
	const char *id;
	/* 1 person 2 system object 3 organization 4 other */
	int type_code;
	/* 1 patient 3 report 13 security resource 20 job 24 query */
	int type_code_role;
	int life_cycle; /* 1..15; 0 absent */
	/* code, scheme = codeSystemName, display = originalText */
	struct coded_value id_type;
	const char *name;           /* ParticipantObjectName, where there is no query */
	const unsigned char *query; /* NULL: none */
	size_t query_length;
	struct audit_detail *details;
	struct audit_object *next;
};

/* A patient record (store/identity.h) whose data was touched, where no patient is named: documents
 * asked for by their own ids. */
struct audit_about {
	uint64_t record;
	struct audit_about *next;
};

struct audit_event {
	int event_id; /* DCM: 110112 Query, 110110 Patient Record ... */
	enum audit_action action;
	int64_t time; /* microseconds since 1970, UTC */
	enum audit_outcome outcome;
	const char *outcome_description; /* no patient data; NULL if none */
	/* "ITI-45", "IHE Transactions", "PIX Query"; or DCM 110126; others may follow it */
	struct coded_value type;
	const struct coded_value *purposes; /* of use (ITI TF-2: 3.20.7.1.2); or NULL */
	struct audit_participant *participants;
	struct audit_object *objects;
	/* For finding it again; not part of the message. */
	const char *system;      /* registered system's name, or NULL */
	const char *exchange;    /* exchange id */
	const char *problem;     /* what it was refused for: a problem's name, or NULL */
	const char *transaction; /* "ITI-45", "start", "node-authentication" */
	struct audit_about *about;
	/* all records of the persons named or touched: gateway/audit/subjects.h fills them in */
	const uint64_t *subjects;
	size_t subject_count;
	bool local_only; /* never delivered to a repository outside */
	/* what the log will keep of it (store/audit_log.h); NULL: not made yet */
	struct audit_draft *draft;
	struct audit_event *next; /* an exchange may leave several (merge: D and U) */
};

#endif
