/* store/calls_sent.h: calls of exchanges whose audit record is not written yet.
 *
 * What an exchange asked of others is recorded by the job that concludes it, when it is known what
 * became of it. But a call that is out is out: a kill would leave it without a record. So a job
 * keeps, before the first octet leaves, the records its calls are to have if nothing is ever known
 * of them. They are rows of the node, one an exchange.
 *
 *	the job before its calls	calls_sent_begin()
 *	the job that concludes it	calls_sent_end()
 *	who finds what was cut short	calls_sent_settle()
 *
 * No exchange lives longer than its process: a node that starts settles all that are its own. An
 * exchange of another node may be under way; it is settled by whoever comes by when it is over at
 * the latest, for that node may never come back.
 *
 * Promises, each with a test of the same name in tests/store/calls_sent_test.c:
 *   C1  a call has one record, whoever concludes it, and however late
 *   C2  what a node left behind is settled when it starts, or by another when its time is over
 *   C3  what another node has under way is left alone
 *
 * Only within a job. */
#ifndef STORE_CALLS_SENT_H
#define STORE_CALLS_SENT_H

#include <stdbool.h>

#include "gateway/base/clock.h"

struct arena;
struct audit_event;
struct check_module;
struct store_txn;

/* All that an exchange has asked so far. */
struct calls_sent {
	const char *exchange;
	instant until;                     /* it is over then, whatever happens */
	const struct audit_event *records; /* and those chained to it, with their drafts */
};

/* In place of what the same exchange had there. False: the store failed. */
bool calls_sent_begin(struct store_txn *t, const struct calls_sent *c);
/* True: their records are not written, and are the caller's to write in this job. False: somebody
 * has settled them, or the exchange has asked nobody (or the store failed). */
bool calls_sent_end(struct store_txn *t, const char *exchange);
/* Writes the records of calls that were cut short: of this node when it starts, of any whose time
 * is over. *more: not all of them yet; another job goes on. False: the store failed. */
bool calls_sent_settle(struct store_txn *t, bool starts, instant now, bool *more);

extern const struct check_module calls_sent_check;

#endif
