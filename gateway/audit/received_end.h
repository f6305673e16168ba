/* gateway/audit/received_end.h: how far the chains of received audit records had come, said in our
 * own log.
 *
 * Whoever can write the data directory can cut the end of a chain and its head. So now and then,
 * before our own log is signed (gateway/audit/anchoring.h), a record of ours says which was the
 * last of what we received, and its hash: it is signed with our log, and goes to the repositories
 * our records go to. What came after the last that was said is not held by it. */
#ifndef GATEWAY_AUDIT_RECEIVED_END_H
#define GATEWAY_AUDIT_RECEIVED_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/audit_log.h"

struct arena;
struct audit_event;
struct audit_source;
struct store_txn;

struct audit_event *received_end_event(struct arena *a, const struct audit_source *us,
				       const struct audit_head *head, instant now);
/* False: the event is none of these. */
bool received_end_read(const struct audit_event *e, struct audit_head *out);

struct received_ends {
	size_t chains;    /* of which an end was said */
	uint64_t covered; /* entries of all of them up to there */
	uint64_t wrong;   /* the first that is missing or another; 0: none is */
	const char *what; /* is wrong with it */
};
/* The last that was said of each chain, gathered while our log is walked
 * (audit_log_verify_watched()), so that it need not be walked again to look for what may never have
 * been said. Begins with arena alone. */
struct received_said {
	struct audit_head end;
	struct received_said *next;
};
struct received_ends_seeing {
	struct arena *arena;
	struct received_said *said; /* of NODES_MOST chains at most */
	size_t chains;
};
/* Of a record of another kind: nothing. */
void received_ends_see(void *with, struct store_txn *t, const struct audit_entry *e,
		       struct arena *a);
/* Holds it against what there is. False: the store failed. */
bool received_ends_compare(struct store_txn *t, struct arena *a,
			   const struct received_ends_seeing *seen, struct received_ends *out);

#endif
