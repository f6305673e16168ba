/* store/consent_rows.h: how consent is laid out in keys. Only store/consent*.c includes this.
 *
 * All that was ever decided stands in the history, a row an event and record, for whoever reads it
 * by pages. Of one patient record the events that still decide something stand in one row, for each
 * feed of the person reads them all while others wait: EVENTS_MOST, and what was last said of each
 * facility. What follows of them and of those of the person's other records is a third: every look
 * at the person asks for it. */
#ifndef STORE_CONSENT_ROWS_H
#define STORE_CONSENT_ROWS_H

#include "store/consent.h"
#include "store/keys.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	SPACE_CONSENT_EVENTS =
		SPACE_CONSENT_FIRST, /* subject -> events that decide, oldest first */
	/* one was: -> last sequence, now store/numbers.h */
	SPACE_CONSENT_STATE = SPACE_CONSENT_FIRST
			      + 2, /* subject -> struct participation; none: nothing was decided */
	SPACE_CONSENT_HISTORY      /* subject, sequence -> that event alone */
};

/* More than anybody changes his mind, or his name in between. */
enum { EVENTS_MOST = 64 };

/* An event as it is kept with one record. */
struct kept_event {
	struct consent_event event;
	uint64_t sequence;        /* the decision's: the same with every record */
	uint64_t origin, version; /* the record it was given with, as it was then: for whom it
					 * was given, whoever keeps it. Origin 0: the one that keeps
					 * it */
	bool inherited;           /* the record was linked later */
};
struct kept_events {
	struct kept_event **all; /* in time */
	size_t count, room;
};

/* False: they cannot be read, and the store has failed. None: true. */
bool consent_events_get(struct store_txn *t, struct arena *a, uint64_t subject,
			struct kept_events *out);
/* A row without events is none that was written. */
bool consent_events_read(struct arena *a, struct bytes row, struct kept_events *out);
bool consent_events_put(struct store_txn *t, uint64_t subject, const struct kept_events *list);
void consent_events_add(struct arena *a, struct kept_events *list, const struct kept_event *e);
/* Leaves out what decides nothing any more. Said by one giver (a record as it was then) of one
 * thing (taking part, or a facility): what he repeats, and what he later said otherwise; for whom
 * he speaks does not matter to that. Beyond EVENTS_MOST, what anybody later said otherwise: what
 * opened before what closed, the oldest first. The record's own last words stay, so that for it
 * nothing changes. */
void consent_events_bound(struct kept_events *list);

/* In the history; the same event again is fine. */
bool consent_history_put(struct store_txn *t, uint64_t subject, const struct kept_event *e);
bool consent_history_has(struct store_txn *t, uint64_t subject, uint64_t sequence);
/* Those before that sequence, the newest first. */
struct store_cursor *consent_history_before(struct store_txn *t, uint64_t subject,
					    uint64_t sequence);
/* The newest; false: there is none, or it cannot be read. What is decided of the record next comes
 * after it, whichever node decided the one before. */
bool consent_history_last(struct store_txn *t, struct arena *a, uint64_t subject,
			  struct kept_event *out);
/* False: it is not one event under its own sequence. */
bool consent_history_read(struct arena *a, struct bytes key, struct bytes row,
			  struct kept_event *out);

bool consent_state_get(struct store_txn *t, struct arena *a, uint64_t subject,
		       struct participation *out);
bool consent_state_read(struct arena *a, struct bytes row, struct participation *out);
/* Writes only what differs from what is there. */
bool consent_state_put(struct store_txn *t, uint64_t subject, const struct participation *p);

#endif
