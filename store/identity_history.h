/* store/identity_history.h: everything that happened to a regional person, in the order of time.
 *
 * What is told: each feed that made or changed one of its records, each decision about one of them,
 * and each record that came from another person or went to one. Of the records it has now all is
 * told, from the first feed on; of one that belongs elsewhere now, what happened while it was of
 * this person. What a former release did not keep (that a record went before there was this file)
 * is not told.
 *
 * What is read lives in the arena given. Thread-safety: as the transaction. */
#ifndef STORE_IDENTITY_HISTORY_H
#define STORE_IDENTITY_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "store/identity.h"

enum person_event_kind {
	PERSON_RECORD_MADE,    /* the record was fed first */
	PERSON_RECORD_CHANGED, /* a feed said something new of it */
	PERSON_RECORD_CAME,    /* from another person, or one that was no more then */
	PERSON_RECORD_WENT,    /* to another person */
	PERSON_DECISION        /* struct link_decision */
};

struct person_event {
	enum person_event_kind kind;
	int64_t time;
	uint64_t record, sequence;
	uint64_t version;              /* made, changed: the one it made */
	uint64_t person;               /* came, went: the other one's number */
	struct link_decision decision; /* of PERSON_DECISION */
};

enum { PERSON_EVENTS_MOST = 20000 };

/* By time; more: than PERSON_EVENTS_MOST, of which the rest is left out. NULL: there is no such
 * person, or the store failed. */
struct person_history {
	struct person_event *events;
	size_t count;
	bool more;
};
struct person_history *identity_history(struct store_txn *t, struct arena *a, uint64_t person);
/* The record as it was in that version. False: it is not there. */
bool identity_version(struct store_txn *t, struct arena *a, uint64_t record, uint64_t version,
		      struct patient_record *out);

#endif
