/* store/match_look.h: two records as they are now, weighed for who looks at them: what
 * `minato match show` and `explain` tell. Nothing is decided here and nothing is kept.
 *
 * What is told lives in the arena. Thread-safety: as the transaction. */
#ifndef STORE_MATCH_LOOK_H
#define STORE_MATCH_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "matching/score.h"

struct arena;
struct region;
struct store_txn;

/* Those of the region, or where it names none those shipped. */
const struct match_weights *match_weights_of(struct arena *a, const struct region *r);
/* By their demographics alone, whatever ties, rules and persons say. False: there is no such
 * record, one of them is one we made, or the store failed. */
bool match_look(struct store_txn *t, struct arena *a, const struct region *r, uint64_t record,
		uint64_t other, struct match_score *out);

#endif
