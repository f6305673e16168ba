/* store/engine_ordered.h: an ordered map in memory: keys as memcmp, then by version.
 *
 * A job's writes wait in one until it commits; what they replaced waits in another for as long as a
 * snapshot may ask. A skip list: plain to insert into, and to walk both ways by seeking. Not
 * thread-safe. */
#ifndef STORE_ENGINE_ORDERED_H
#define STORE_ENGINE_ORDERED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"

enum { ORDERED_LEVELS = 12 };	/* good for some ten million nodes */

struct ordered_node {
	struct ordered_node *later;	/* the user's */
	uint64_t version;
	struct bytes key, value;	/* in the node itself */
	bool absent;			/* the key is to be, or was, not there */
	bool fresh;			/* the user's: the key was never there before */
	unsigned levels;
	struct ordered_node *next[];
};

/* Begin with zeros. */
struct ordered {
	struct ordered_node *first[ORDERED_LEVELS];
	uint64_t chance;
	size_t octets;			/* of memory, roughly */
};

/* The first node not before (key, version); NULL: none. */
struct ordered_node *ordered_seek(const struct ordered *o, struct bytes key, uint64_t version);
/* The last node whose key is before key; the last of all when key is empty. */
struct ordered_node *ordered_before(const struct ordered *o, struct bytes key);
/* Copies; what stood at (key, version) is replaced. NULL: no memory. */
struct ordered_node *ordered_put(struct ordered *o, struct bytes key, uint64_t version,
				 struct bytes value, bool absent);
/* All of them; what stood in `to` at the same place is replaced. */
void ordered_move(struct ordered *to, struct ordered *from);
void ordered_remove(struct ordered *o, struct ordered_node *n);
void ordered_clear(struct ordered *o);

#endif
