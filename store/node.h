/* store/node.h: which of the nodes that write one store this one is.
 *
 * A node is known by its name, the host's, and has an ordinal: a small number, 0 of the first to
 * come, given in a job when it opens the store for the first time, and its own from then on. What
 * nodes number side by side begins with it, so that none waits for another's number. No ordinal is
 * given again: what a node that is gone has left stays its own.
 *
 * An engine that one process alone may open knows one node: 0, whatever its host is called today.
 * So a host that is renamed, or a copy restored elsewhere, goes on where it was. */
#ifndef STORE_NODE_H
#define STORE_NODE_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "schemas/tables/problem.h"

struct arena;
struct store;
struct store_check;
struct store_txn;

/* What 13 bits hold: numbers of 53 bits, as JSON has them, leave 40 for what a node counts. */
enum { NODES_MOST = 8192 };

/* The ordinal of that name (NULL: ""); a name that has none yet gets the next. False: the store
 * failed, or has had so many nodes. */
bool node_take(struct store *s, const char *name, unsigned *ordinal, struct problem *p);
/* In the arena. NULL: no node has that ordinal, or the store failed. */
const char *node_name(struct store_txn *t, unsigned ordinal, struct arena *a);

/* store/check.c: of the store's own rows those that are a node's. */
void node_look(struct store_check *c, struct bytes key, struct bytes value);

#endif
