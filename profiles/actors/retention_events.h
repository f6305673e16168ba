/* profiles/actors/retention_events.h: what is recorded of documents that a rule let go: the events
 * of ITI-62 and ITI-86 (ITI RMD: 3.62.5.1, 3.86.5.1), with whose they were and by which rule.
 * Participants are the recorder's. */
#ifndef PROFILES_ACTORS_RETENTION_EVENTS_H
#define PROFILES_ACTORS_RETENTION_EVENTS_H

#include "gateway/base/clock.h"
#include "schemas/model/values.h"

struct arena;
struct audit_event;
struct registry_owner;

/* A document whose octets went. */
struct retention_gone {
	const char *repository_unique_id, *unique_id;
	struct retention_gone *next;
};

struct retention_told {
	const char *rule, *reason;
	const struct registry_owner *owners;
	struct text_value *patient_ids; /* theirs, CX, each once */
	instant now;
	const struct text_value *objects; /* entryUUIDs */
	const struct retention_gone *documents;
};
struct audit_event *retention_event_metadata(struct arena *a, const struct retention_told *t);
struct audit_event *retention_event_documents(struct arena *a, const struct retention_told *t);

#endif
