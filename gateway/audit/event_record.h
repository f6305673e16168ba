/* gateway/audit/event_record.h: an audit event as the log keeps it.
 *
 * What is evidence is the entry of store/audit_log.h: its terms, and the record made here. The
 * record holds the rest of the event, and who we were when it happened, in the form of
 * store/record.h; the terms are not held twice, so that a record is read together with those of
 * its entry. The AuditMessage of DICOM (gateway/audit/record.h) is written from it whenever
 * somebody asks, always the same: nothing in it comes from anywhere else.
 *
 * A record of nothing but fields is mostly names, namespaces and codes that every record has, so it
 * is packed (gateway/audit/event_packing.h) before it is kept. */
#ifndef GATEWAY_AUDIT_EVENT_RECORD_H
#define GATEWAY_AUDIT_EVENT_RECORD_H

#include <stdbool.h>

#include "gateway/audit/record.h"
#include "gateway/base/bytes.h"
#include "schemas/model/audit_event.h"
#include "store/audit_log.h"

struct arena;

/* What the entry of e is found by. Borrows from e. */
struct audit_terms event_terms(struct arena *a, const struct audit_event *e);
/* Somebody whose data it is about, by his id: what an entry is found by. */
bool event_is_patient(const struct audit_object *o);
/* What the terms do not say. */
struct bytes event_record_write(struct arena *a, const struct audit_source *us,
				const struct audit_event *e);

/* An entry read back: the event, and who we were. */
struct kept_event {
	struct audit_event event;
	struct audit_source source; /* of it, what the AuditMessage says */
};
/* Borrows from the entry and the arena. False: the octets are not such a record; *out is then not
 * to be used. */
bool event_record_read(struct arena *a, const struct audit_entry *entry, struct kept_event *out);

#endif
