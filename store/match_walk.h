/* store/match_walk.h: every record of the region, the pairs that are worth comparing, and pairs
 * drawn at random: what weights are learnt from (matching/train.h).
 *
 * It reads beside the service, some records in each snapshot, and in memory that does not grow with
 * the region. A pair is told once: by the later of two records that keep their
 * demographics themselves, and by each that borrows them (store/identity_sharing.c) with the one it
 * borrows of and those that one shares a key with. Not told are two that borrow of one another's
 * lender; and what the index leaves out (store/match_blocks.h). */
#ifndef STORE_MATCH_WALK_H
#define STORE_MATCH_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "matching/compare.h"
#include "schemas/tables/problem.h"

struct arena;
struct progress;
struct store;
struct store_txn;

/* What is told is gone when the function returns. arena: what the functions allocate of, so that
 * the snapshot is ended where it has no more. */
struct match_walker {
	void *self;
	struct arena *arena;
	void (*record)(void *self, const struct match_features *f);
	void (*candidate)(void *self, const struct match_comparison *c);
	/* Of records that share no key. */
	void (*random)(void *self, const struct match_comparison *c);
};

struct match_walked {
	uint64_t records, candidates, random;
	uint64_t cut; /* keys that led to nobody, for too many records have them */
};

/* How many records there are: fed by facilities, and not merged away. Counted as "records found".
 * False: it failed as p says, PROBLEM_BUSY when the progress says stop. */
bool match_walk_count(struct store *s, struct progress *progress, uint64_t *records,
		      struct problem *p);
/* The highest number of a record; 0: there is none, or the store failed. */
uint64_t match_walk_last(struct store_txn *t);
/* records: so many there are, for the progress. Deterministic for what is kept. */
bool match_walk(struct store *s, struct progress *progress, uint64_t records,
		const struct match_walker *w, struct match_walked *out, struct problem *p);

#endif
