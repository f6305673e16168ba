/* store/errands_sent.h: tries of errands whose audit record is not written yet.
 *
 * A try is recorded when it is known what became of it, in the job that says so. But a message that
 * is out is out: a kill, a lease that was lost, an errand that was dropped meanwhile would leave it
 * without a record. So a job keeps, before the first octet leaves, the record the try is to have if
 * nothing is ever known of it. One queue has one try at a time: that of whoever has its lease.
 *
 *	the job before a try		errand_sent_begin()
 *	the job that concludes it	errand_sent_end()
 *	whoever has the lease next	errand_sent_settle(): it was cut short
 *
 * Promises, each with a test of the same name in tests/store/errands_sent_test.c:
 *   T1  a try has one record, whoever concludes it, and however late
 *   T2  what was cut short is found by whoever looks, also where no errand is left
 *
 * Only within a job, unless said. */
#ifndef STORE_ERRANDS_SENT_H
#define STORE_ERRANDS_SENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct audit_event;
struct errand_queue;
struct store_txn;

/* record: and those chained to it, with their drafts. What was there before is settled. The try, by
 * which it is concluded; 0: the store failed. */
uint64_t errand_sent_begin(struct store_txn *t, const char *partner, const char *address,
			   const struct audit_event *record);
/* True: the record of this try is not written, and is the caller's to write in this job. False:
 * somebody has settled it (or the store failed). */
bool errand_sent_end(struct store_txn *t, const char *partner, const char *address, uint64_t try);
/* Writes the record of the try that is there. Nothing there is fine. False: the store failed. */
bool errand_sent_settle(struct store_txn *t, const char *partner, const char *address);

/* Those with a try, up to so many; of each only partner and address are set. In a snapshot or a
 * job. */
struct errand_queue *errand_sent_queues(struct store_txn *t, struct arena *a, size_t most,
					size_t *count);

#endif
