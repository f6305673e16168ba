/* store/match_blocks.h: which records are worth comparing, as rows.
 *
 * Of each record that keeps its demographics itself (store/identity_sharing.c) and that a facility
 * feeds, active or subsumed, one entry for each of the keys of matching/candidates.h that are
 * indexed: the fewest that find whom the others would find, too. Its borrowers are found through
 * it. A key that more than MATCH_BLOCK_MOST records have tells nothing (the phone of a home for the
 * aged) and leads to nobody, which is counted. They are made anew, not carried, as those of
 * store/identity_candidates.h are: their mark names the version of the keys.
 *
 * An entry is a key of its own, 40 bits of the key's hash and the record's number, so that feeds of
 * people who have nothing in common write nothing in common, on however many nodes. The hash is not
 * keyed: rows stand beside the demographics.
 *
 * Only store/identity*.c and store/match*.c include this. */
#ifndef STORE_MATCH_BLOCKS_H
#define STORE_MATCH_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

#include "matching/candidates.h"
#include "store/identity_rows.h"

enum { MATCH_BLOCK_MOST = 64, MATCH_CANDIDATES_MOST = 128 };
enum { MATCH_HASH_BITS = 40 };

/* The keys of a record that are indexed; hash: as much of it as an entry has. */
struct match_entries {
	struct match_key at[MATCH_KEYS_MOST];
	size_t count;
};
struct match_entries match_entries(const struct match_features *f);
struct match_entries match_entries_of(struct arena *a, const struct patient_demographics *d);

/* From what the record said to what it says (on the committer). */
void match_blocks_move(struct store_txn *t, uint64_t number, const struct match_entries *was,
		       const struct match_entries *is);
/* After identity_candidates_follow(), which has read what the record says where it matters. */
void match_blocks_follow(struct identity_work *w, struct identity_row *row);

/* The records that share a key with these, each once, those first that share most, then by number;
 * at most MATCH_CANDIDATES_MOST. cut: keys that led to nobody for too many have them. */
struct match_found {
	uint64_t *numbers;
	size_t count;
	unsigned cut;
	bool more; /* than MATCH_CANDIDATES_MOST */
};
struct match_found match_blocks_find(struct store_txn *t, struct arena *a,
				     const struct match_entries *of, uint64_t except);

/* ---- For who checks ---- */

struct match_block_entry {
	uint64_t hash, number;
};
struct bytes match_block_key(struct key *k, const struct match_block_entry *e);
/* False: it is no row of these. */
bool match_block_read(struct bytes key, struct bytes value, struct match_block_entry *out);

#endif
