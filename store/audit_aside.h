/* store/audit_aside.h: entries of the audit log that a destination does not take.
 *
 * An entry after which an Audit Record Repository ends its connection, while it takes others, is
 * set aside for that destination, so that those after it are delivered: a row says which, since
 * when, and how often it was not taken. The entry itself stays where it is in the log. It is tried
 * again on the operator's word only: what it was refused for does not pass by itself. A row is
 * written by whoever has the destination's lease, and by the operator.
 *
 * Thread-safety and errors: as the transaction; a store that fails is sticky. */
#ifndef STORE_AUDIT_ASIDE_H
#define STORE_AUDIT_ASIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/clock.h"

struct arena;
struct check_module;
struct store_txn;

/* Moved by one job of the operator's, at most. */
enum { AUDIT_AGAIN_MOST = 1000 };

struct audit_aside {
	const char *destination; /* in the arena */
	uint64_t sequence;
	instant since;
	unsigned refusals;
	bool again; /* the courier is to try it with its next batch */
};

/* In a job: it was not taken; the first time, or once more. */
bool audit_aside_put(struct store_txn *t, const char *destination, uint64_t sequence, instant now);
/* In a job: the destination has it after all. One that was not set aside is fine. */
bool audit_aside_taken(struct store_txn *t, const char *destination, uint64_t sequence);
/* In a job, the operator's: they are tried again, the oldest AUDIT_AGAIN_MOST of them. How many. */
size_t audit_aside_try_again(struct store_txn *t, const char *destination);

/* By sequence, from the first after `after`, at most so many: those that stay aside, or those that
 * are to be tried again. */
struct audit_aside *audit_aside_list(struct store_txn *t, struct arena *a, const char *destination,
				     bool again, uint64_t after, size_t most, size_t *count);
/* All there are, of all destinations, also those that are configured no more; at most so many. */
struct audit_aside *audit_aside_all(struct store_txn *t, struct arena *a, size_t most,
				    size_t *count);
/* Both sorts; destination NULL: of all. Needs a step of a scan each. */
uint64_t audit_aside_count(struct store_txn *t, const char *destination);

extern const struct check_module audit_aside_check;

#endif
