/* store/match_blocks.h: which records are worth comparing, as rows.
 *
 * Of each record that keeps its demographics itself (store/identity_sharing.c) and that a facility
 * feeds, active or subsumed, one entry for each of the keys of matching/candidates.h that are
 * indexed: the fewest that find whom the others would find, too. Its borrowers are found through
 * it. A key that more than MATCH_BLOCK_MOST records have tells nothing (the phone of a home for the
 * aged) and leads to nobody, which is counted. They are made anew, not carried, as those of
 * store/identity_candidates.h are: their mark names the version of the keys.
 *
 * An entry is 36 bits of the key's hash and the record's number. Some dozens that follow each other
 * stand in one row, a leaf, so that each takes few octets; a leaf that is full becomes four, of the
 * next two bits of the hash, and says in its old place that it did. All leaves are about as deep,
 * and one of them is asked how deep, so that a look costs one row, most often. Of a key that
 * more have than are told, MATCH_BLOCK_MOST + 1 stand in the leaf and the others behind it, a key
 * each, and come in where one goes. The hash is not keyed: rows stand beside the demographics.
 *
 * Only store/identity*.c and store/match*.c include this. */
#ifndef STORE_MATCH_BLOCKS_H
#define STORE_MATCH_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

#include "matching/candidates.h"
#include "store/identity_rows.h"

enum { MATCH_BLOCK_MOST = 64, MATCH_CANDIDATES_MOST = 128 };
enum { MATCH_HASH_BITS = 36 };

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
bool match_block_has(struct store_txn *t, struct arena *a, const struct match_block_entry *e);
/* By which an entry is known wherever it stands: the key of one that is behind its leaf. */
struct bytes match_block_key(struct key *k, const struct match_block_entry *e);
/* The entries of a row; none: it is no leaf. False: it cannot be read, or stands where nobody looks
 * for it. */
struct match_block_row {
	struct match_block_entry *at;
	size_t count;
};
bool match_block_read(struct store_txn *t, struct arena *a, struct bytes key, struct bytes value,
		      struct match_block_row *out);

#endif
