/* store/consent_rows.h: how consent is laid out in keys. Only store/consent*.c includes this.
 *
 * Of a patient record one row says what holds, which every look at the person asks for, and beside
 * it the events that still decide something: each feed of the person reads them all while others
 * wait, so they are EVENTS_MOST, and what was last said of each facility. An event that decides
 * nothing any more is history, a row of its own, for whoever reads it by pages: so each stands in
 * one place, and all that was ever decided is both. */
#ifndef STORE_CONSENT_ROWS_H
#define STORE_CONSENT_ROWS_H

#include "store/consent.h"
#include "store/keys.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	SPACE_CONSENT = SPACE_CONSENT_FIRST, /* subject -> struct consent_row */
	/* two were: -> last sequence, now store/numbers.h; what holds, now beside the events */
	SPACE_CONSENT_HISTORY = SPACE_CONSENT_FIRST
				+ 3, /* subject, sequence -> that event, which decides no more */
	SPACE_CONSENT_ENDS = SPACE_CONSENT_FIRST
			     + 4 /* instant, subject -> nothing: to be seen to then */
};

/* More than anybody changes his mind, or his name in between. */
enum { EVENTS_MOST = 64 };

/* An event as it is kept with one record. */
struct kept_event {
	struct consent_event event;
	uint64_t sequence;        /* the decision's: the same with every record */
	uint64_t origin, version; /* the record it was given with, as it was then: for whom it
					 * was given, whoever keeps it */
	bool inherited;           /* the record was linked later */
};
struct kept_events {
	struct kept_event **all; /* in time */
	size_t count, room;
};

/* What holds from that instant on, until the next one's. */
struct consent_turn {
	instant at;
	struct participation holds;
};

/* What holds for a record, and the events that decide, oldest first. Made records have none. */
struct consent_row {
	struct participation holds; /* before the first turn */
	struct consent_turn *turns; /* in time, each another than the one before */
	size_t turn_count;
	instant seen; /* the last of them that a clock has been at; 0: none (C8) */
	struct kept_events events;
	struct bytes kept; /* as it stands in the store; none: it does not */
};

/* False: it cannot be read, and the store has failed. None: true, and nothing holds. */
bool consent_row_get(struct store_txn *t, struct arena *a, uint64_t subject,
		     struct consent_row *out);
/* A row that says nothing is none that was written. */
bool consent_row_read(struct arena *a, uint64_t subject, struct bytes octets,
		      struct consent_row *out);
/* Writes only what differs from what is there; where nothing is said any more, nothing stays. */
bool consent_row_put(struct store_txn *t, uint64_t subject, const struct consent_row *row);
void consent_events_add(struct arena *a, struct kept_events *list, const struct kept_event *e);
/* Another list of the same events. */
struct kept_events consent_events_copy(struct arena *a, const struct kept_events *list);
bool consent_events_have(const struct kept_events *list, uint64_t sequence);
bool consent_event_is_timed(const struct consent_event *e);
/* It opens something. */
bool consent_event_opens(const struct consent_event *e);
/* Of the same: taking part, one exclusion, one facility that something is opened to. */
bool consent_events_same_thing(const struct consent_event *x, const struct consent_event *y);
/* Leaves out what decides nothing any more. Said by one giver (a record as it was then) of one
 * thing (taking part, or a facility): what he repeats, and what he later said otherwise; for whom
 * he speaks does not matter to that. Beyond EVENTS_MOST, what anybody later said otherwise: what
 * opened before what closed, the oldest first. The record's own last words stay, so that for it
 * nothing changes. */
void consent_events_bound(struct kept_events *list);

/* When something begins or ends of the events of this list: instants in time, each once. */
size_t consent_events_turns(struct arena *a, const struct kept_events *list, instant **out);
/* One written by consent_row_put() is of an event with such an instant. */
bool consent_ends_fits(const struct consent_row *row, instant at);

/* Those that stood with the record, or came just now, and do not decide `now` are history; what it
 * was given again to keep is so no more. */
bool consent_history_follow(struct store_txn *t, uint64_t subject, const struct kept_events *before,
			    const struct kept_events *now);
/* Of a record for which nothing decides any more. */
bool consent_history_forget(struct store_txn *t, uint64_t subject);
bool consent_history_has(struct store_txn *t, uint64_t subject, uint64_t sequence);
/* That decision as it is kept with that record, whether it decides still or not. False: it is not,
 * or it cannot be read. */
bool consent_event_find(struct store_txn *t, struct arena *a, uint64_t subject, uint64_t sequence,
			struct kept_event *out);
/* Those before that sequence, the newest first. */
struct store_cursor *consent_history_before(struct store_txn *t, uint64_t subject,
					    uint64_t sequence);
/* The newest of them; false: there is none, or it cannot be read. */
bool consent_history_last(struct store_txn *t, struct arena *a, uint64_t subject,
			  struct kept_event *out);
/* False: it is not one event under its own sequence. */
bool consent_history_read(struct arena *a, struct bytes key, struct bytes row,
			  struct kept_event *out);

#endif
