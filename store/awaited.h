/* store/awaited.h: answers of other communities that are still to come: we asked whether one knows
 * a person, and it is to answer later (ITI-55, Deferred Response Option; ITI TF-2: 3.55.6.2).
 *
 * What is awaited hangs on the regional record of its person, as a correlation does
 * (store/correlations.h), and says of whom it was asked by the same print; so it needs nobody to
 * take it back either:
 *
 *	it is asked again		what was asked before is awaited no more: one of each
 *					person and community
 *	anything of him changes		it is awaited still, and of another print: who takes it sees
 *	its time is over		it is not found, and forgotten later
 *	the partner is gone		from the configuration: nobody has its certificate
 *
 *	0xe9  record number, partner -> what was asked
 *	0xea  partner, wsa:MessageID of the question -> that record
 *
 * Promises, each with a test of the same name in tests/store/awaited_test.c:
 *   A1  what is awaited is found by its partner and MessageID, and by nobody else's
 *   A2  it is found until its time is over, and not then any more
 *   A3  of one person and partner the latest question alone is awaited
 *   A4  what was taken is awaited no more
 *   A5  what has had its time is forgotten, both of its rows
 *
 * What is read lives in the arena given. Thread-safety: as the transaction. */
#ifndef STORE_AWAITED_H
#define STORE_AWAITED_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "store/correlations.h"

struct arena;
struct check_module;
struct store_txn;

/* wsa:MessageID and UUIDs of ours: longer is none. */
enum { AWAITED_NAME_MOST = 64 };

struct awaited {
	const char *partner;
	const char *message_id;       /* wsa:MessageID of the question */
	const char *question, *query; /* its message's id, and queryId: UUIDs */
	instant asked, until;
	unsigned char print[CORRELATION_PRINT]; /* of whom: correlation_begin() */
	uint64_t record;                        /* regional, it hangs on */
};

/* In a job: that answer is awaited from now on. False: the store failed. */
bool awaited_put(struct store_txn *t, const struct awaited *a);
/* By what an answer relates to. False: nothing such is awaited (or the store failed). */
bool awaited_find(struct store_txn *t, struct arena *a, const char *partner, const char *message_id,
		  instant now, struct awaited *out);
/* Of the person whose regional record that is. False as above. */
bool awaited_of(struct store_txn *t, struct arena *a, const char *partner, uint64_t record,
		instant now, struct awaited *out);
/* All partners', whatever their time. NULL: none, or the store failed. */
struct awaited_list {
	struct awaited is;
	struct awaited_list *next;
};
struct awaited_list *awaited_list_of(struct store_txn *t, struct arena *a, uint64_t record);
/* In a job: it is awaited no more; one that is not is fine. False: the store failed. */
bool awaited_end(struct store_txn *t, const char *partner, const char *message_id);
/* In a job: forgets what was to be awaited until before that moment. *more: not all of it yet;
 * another job goes on. False: the store failed. */
bool awaited_forget(struct store_txn *t, instant before, bool *more);

extern const struct check_module awaited_check;

#endif
