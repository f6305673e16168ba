/* store/match_blocks.h: which records are worth comparing, as rows.
 *
 * Of each record that keeps its demographics itself (store/identity_sharing.c) and that a facility
 * feeds, one entry for each of the keys of matching/candidates.h that are indexed: the fewest that
 * find whom the others would find, too. A row is a key's hash with the numbers of those who have
 * it, up to MATCH_BLOCK_MOST; a key that more have tells nothing (the phone of a home for the aged)
 * and leads to nobody, which is counted. They are made anew, not carried, as those of
 * store/identity_candidates.h are: their mark names the version of the keys.
 *
 * Only store/identity*.c and store/match*.c include this. */
#ifndef STORE_MATCH_BLOCKS_H
#define STORE_MATCH_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

#include "matching/candidates.h"
#include "store/identity_rows.h"

enum { MATCH_BLOCK_MOST = 64, MATCH_CANDIDATES_MOST = 128 };

/* The keys of a record that are indexed, each once. */
struct match_entries {
	struct match_key at[MATCH_KEYS_MOST];
	size_t count;
};
struct match_entries match_entries(const struct match_features *f);

/* From what the record said to what it says (on the committer). */
void match_blocks_move(struct store_txn *t, uint64_t number, const struct match_entries *was,
		       const struct match_entries *is);

/* The records that share a key with these, each once, those first that share most; at most
 * MATCH_CANDIDATES_MOST. cut: keys that led to nobody for too many have them. */
struct match_found {
	uint64_t *numbers;
	size_t count;
	unsigned cut;
	bool more; /* than MATCH_CANDIDATES_MOST */
};
struct match_found match_blocks_find(struct store_txn *t, struct arena *a,
				     const struct match_entries *of, uint64_t except);

/* Before anything is fed: as identity_candidates_ready(). */
bool match_blocks_ready(struct store *s, uint64_t *made, struct problem *p);

#endif
