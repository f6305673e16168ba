/* store/lease.h: which node does what only one may do at a time.
 *
 * A lease is a row: a name, the node that has it, and until when. It is taken and renewed in a job,
 * so two nodes never both have it. Who has it does nothing of it after its end; who wants it takes
 * it over then. The same node takes up its own at any time: after a kill it goes on at once. */
#ifndef STORE_LEASE_H
#define STORE_LEASE_H

#include <stdbool.h>

#include "gateway/base/clock.h"

struct arena;
struct check_module;
struct store_txn;

struct lease {
	const char *node;
	instant until;
};

/* In a job. False: another node has it, until *until (or the store failed). */
bool lease_take(struct store_txn *t, const char *name, const char *node, instant now, instant end,
		instant *until);
/* In a job: still this node's at that moment? What it did meanwhile counts only then. */
bool lease_holds(struct store_txn *t, const char *name, const char *node, instant now);
void lease_end(struct store_txn *t, const char *name, const char *node); /* only its own */
/* Texts in the arena. False: nobody has it. */
bool lease_look(struct store_txn *t, struct arena *a, const char *name, struct lease *out);
/* The next by name behind *name (NULL: the first), whose name *name then is; one that has ended is
 * among them. Texts in the arena. False: there is none, or the store failed. */
bool lease_next(struct store_txn *t, struct arena *a, const char **name, struct lease *out);

extern const struct check_module lease_check;

#endif
