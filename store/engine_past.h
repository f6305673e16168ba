/* store/engine_past.h: what commits replaced, for as long as a snapshot may ask.
 *
 * A snapshot is the number of the last commit it sees. Of a key that changed since it sees the
 * first version remembered after that number; of all others what the trees hold. Whoever looks is
 * not to pay for what is remembered for others:
 *
 *   - a snapshot newer than the newest version of a space is told so at once;
 *   - else a look, and a step of a scan, seeks among the versions it can see (O(log n)), and passes
 *     over all others by links that know there is nothing for it;
 *   - of one key there are hardly more versions than snapshots that see different ones, for a
 *   version
 *     nobody can see goes when the next one comes;
 *   - what nobody can see any more is forgotten a few at a time, by the commits that follow.
 *
 * Not thread-safe: readers hold the trees, a commit has them alone. */
#ifndef STORE_ENGINE_PAST_H
#define STORE_ENGINE_PAST_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "store/engine_ordered.h"

/* Who looks, while a commit is made: what the open snapshots see, newest first, each number once.
 * There may be more than are worth knowing: then nobody knows what the others see. */
enum { PAST_VIEWERS = 32 };
struct past_viewers {
	uint64_t seen[PAST_VIEWERS];
	unsigned count;
	bool more;
};

/* Begin with zeros. */
struct past {
	struct ordered versions;              /* (key, commit) -> what that commit replaced */
	struct ordered_node *oldest, *newest; /* of them, by commit, through later and earlier */
	uint64_t newest_of[256];              /* the last commit remembered of a space of keys */
};

/* What a snapshot sees of the key instead of the trees. NULL: what the trees say. */
const struct ordered_node *past_of(const struct past *p, struct bytes key, uint64_t seen);
/* The first such from the key on, or after it; up to the last space. NULL: none. */
const struct ordered_node *past_from(const struct past *p, struct bytes key, bool after,
				     unsigned char last, uint64_t seen);
/* The last such before the key (of all, when it is empty), down to the first space. */
const struct ordered_node *past_before(const struct past *p, struct bytes key, unsigned char first,
				       uint64_t seen);

/* Whether a viewer would miss the key's value that a commit replaces. False: there is none, or what
 * they see of it is remembered already. */
bool past_misses(const struct past *p, struct bytes key, const struct past_viewers *v);
/* Remembers it, and lets go the version before it when nobody sees that. False: no memory. */
bool past_remember(struct past *p, struct bytes key, uint64_t commit, struct bytes value,
		   bool absent, const struct past_viewers *v);
/* Forgets what nobody can ask for who sees `seen` or later: the oldest, `most` at most. */
void past_forget(struct past *p, uint64_t seen, unsigned most);
/* Whether there is something to forget. */
bool past_is_over(const struct past *p, uint64_t seen);
void past_clear(struct past *p);

#endif
