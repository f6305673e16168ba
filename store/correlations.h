/* store/correlations.h: what another community answered, when we asked whether it knows a person
 * (ITI-55, ITI TF-2: 3.55), and for how long it need not be asked again.
 *
 * The id it knows him by is in store/partner_ids.h, one to one; here is that it was asked. A
 * correlation hangs on the regional record of its person, as codes and ids do, and says of whom it
 * was: a print of all that could change the answer. So it needs nobody to take it back:
 *
 *	persons become one, or part		it is another print, and does not hold any more
 *	a facility merges ids			likewise
 *	what a facility says of him changes	likewise: whoever asks next says the new
 *	he leaves, joins, excludes, includes	likewise, also when that begins or ends by itself
 *	its time is over			it does not hold
 *	the partner is gone			from the configuration: nobody looks for it
 *	the id there was unmapped		whoever looks finds no id, and asks again
 *
 * What does not hold is there for the operator to see until it is forgotten. An export says nothing
 * of it: the other community is asked anew by whoever imports.
 *
 * Promises, each with a test of the same name in tests/store/correlations_test.c:
 *   L1  what was answered holds until its time is over, and not then any more
 *   L2  it does not hold of a person of whom anything has changed that was told, or that allowed it
 *   L3  of one person and partner the latest answer stands
 *   L4  what has had its time is forgotten
 *
 * What is read lives in the arena given. Thread-safety: as the transaction. */
#ifndef STORE_CORRELATIONS_H
#define STORE_CORRELATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"

struct arena;
struct check_module;
struct store_txn;

/* What stands in rows: never another meaning. */
enum correlated {
	CORRELATED_NOT_ASKED,
	CORRELATED_KNOWN,
	CORRELATED_UNKNOWN,
	CORRELATED_SEVERAL,  /* more than one may be meant there */
	CORRELATED_MORE,     /* too little was said of him */
	CORRELATED_DOUBTFUL, /* whom it named may be somebody else: nothing was taken */
	CORRELATED_CONFLICT, /* another id, or another person, stands against it */
	CORRELATED_KINDS
};
/* "known" */
const char *correlated_name(enum correlated what);

/* Never longer, whatever is configured: who is told by a partner for ever is never asked again. */
enum { CORRELATION_SECONDS_MOST = 366 * 24 * 3600 };
enum { CORRELATION_PRINT = 16 };

struct correlation {
	const char *partner;
	enum correlated what;
	instant asked, until; /* until = asked: it is not to be relied on at all */
	unsigned char print[CORRELATION_PRINT];
	uint64_t record; /* regional, it hangs on */
	bool holds;      /* now, of whom it was asked */
	struct correlation *next;
};

/* Of that person as he is now, and may be told of at that instant: c->record and c->print. False:
 * there is no such person, or the store failed. */
bool correlation_begin(struct store_txn *t, struct arena *a, uint64_t person, instant now,
		       struct correlation *c);
/* In a job: partner, what, asked, until, print and record are given. Where the record is nobody's
 * regional one any more nothing is kept. False: the store failed. */
bool correlation_keep(struct store_txn *t, const struct correlation *c);
/* Between that person and that partner. False: it was not asked, or not remembered (or the store
 * failed). Look whether it holds. */
bool correlation_of(struct store_txn *t, struct arena *a, const char *partner, uint64_t person,
		    instant now, struct correlation *out);
/* Of all partners, by their numbers. NULL: none, or the store failed. */
struct correlation *correlations_of(struct store_txn *t, struct arena *a, uint64_t person,
				    instant now);
/* In a job: forgets what was to be kept until before that moment. *more: not all of it yet; another
 * job goes on. False: the store failed. */
bool correlations_forget(struct store_txn *t, instant before, bool *more);

extern const struct check_module correlations_check;

#endif
