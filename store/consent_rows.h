/* store/consent_rows.h: how consent is laid out in keys. Only store/consent*.c includes this.
 *
 * The events of one patient record stand in one row, and what follows of them and of those of the
 * person's other records in another: they are few, and every look at the person asks for the second. */
#ifndef STORE_CONSENT_ROWS_H
#define STORE_CONSENT_ROWS_H

#include "store/consent.h"
#include "store/keys.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	SPACE_CONSENT_EVENTS = SPACE_CONSENT_FIRST, /* subject -> events, oldest first */
	SPACE_CONSENT_COUNTER,	/* -> last sequence: the order of events over all subjects */
	SPACE_CONSENT_STATE	/* subject -> struct participation; none: nothing was decided */
};

/* An event as it is kept with one record. */
struct kept_event {
	struct consent_event event;
	uint64_t sequence;		/* the decision's: the same with every record */
	uint64_t origin, version;	/* the record it was given with, as it was then: for whom it
					 * was given, whoever keeps it. Origin 0: the one that keeps it */
	bool inherited;			/* the record was linked later */
};
struct kept_events {
	struct kept_event **all;	/* by sequence */
	size_t count, room;
};

uint64_t consent_next_sequence(struct store_txn *t);
/* False: they cannot be read, and the store has failed. None: true. */
bool consent_events_get(struct store_txn *t, struct arena *a, uint64_t subject,
			struct kept_events *out);
/* A row without events is none that was written. */
bool consent_events_read(struct arena *a, struct bytes row, struct kept_events *out);
bool consent_events_put(struct store_txn *t, uint64_t subject, const struct kept_events *list);
void consent_events_add(struct arena *a, struct kept_events *list, const struct kept_event *e);

bool consent_state_get(struct store_txn *t, struct arena *a, uint64_t subject,
		       struct participation *out);
bool consent_state_read(struct arena *a, struct bytes row, struct participation *out);
/* Writes only what differs from what is there. */
bool consent_state_put(struct store_txn *t, uint64_t subject, const struct participation *p);

#endif
