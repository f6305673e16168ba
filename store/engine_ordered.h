/* store/engine_ordered.h: an ordered map in memory: keys as memcmp, then by version.
 *
 * A job's writes wait in one until it commits; what they replaced waits in another for as long as a
 * snapshot may ask. A skip list: plain to insert into, and to walk both ways by seeking. Each link
 * knows the newest version it leads over, so that whoever asks for newer ones only passes all
 * others by, however many there are. Not thread-safe. */
#ifndef STORE_ENGINE_ORDERED_H
#define STORE_ENGINE_ORDERED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"

enum { ORDERED_LEVELS = 12 }; /* good for some ten million nodes */

struct ordered_link {
	struct ordered_node *next;
	uint64_t newest; /* version from the next on as far as this link leads; 0: none */
};

struct ordered_node {
	struct ordered_node *later, *earlier; /* the user's */
	uint64_t version;
	uint64_t front;          /* the key's first octets as a number: most keys differ there */
	struct bytes key, value; /* in the node itself */
	bool absent;             /* the key is to be, or was, not there */
	bool fresh;              /* the user's: the key was never there before */
	unsigned levels;
	struct ordered_link links[];
};

/* Begin with zeros. */
struct ordered {
	struct ordered_link first[ORDERED_LEVELS];
	uint64_t chance;
	size_t octets;   /* of memory, roughly */
	uint64_t *steps; /* tests: counts links looked at; NULL in service */
};

/* The first node not before (key, version); NULL: none. */
struct ordered_node *ordered_seek(const struct ordered *o, struct bytes key, uint64_t version);
/* The last node before (key, version). */
struct ordered_node *ordered_before(const struct ordered *o, struct bytes key, uint64_t version);
/* The last node of all. */
struct ordered_node *ordered_last(const struct ordered *o);
/* Of those with a version after `seen`: the first not before (key, version), and the last whose key
 * is before key (of all, when key is empty). */
struct ordered_node *ordered_seek_newer(const struct ordered *o, struct bytes key, uint64_t version,
					uint64_t seen);
struct ordered_node *ordered_before_newer(const struct ordered *o, struct bytes key, uint64_t seen);
/* Copies; what stood at (key, version) is replaced. NULL: no memory. */
struct ordered_node *ordered_put(struct ordered *o, struct bytes key, uint64_t version,
				 struct bytes value, bool absent);
/* All of them; what stood in `to` at the same place is replaced. */
void ordered_move(struct ordered *to, struct ordered *from);
void ordered_remove(struct ordered *o, struct ordered_node *n);
void ordered_clear(struct ordered *o);

#endif
