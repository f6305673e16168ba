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
struct patient_demographics;
struct region;
struct store_txn;

/* Those of the region, or where it names none those shipped. */
const struct match_weights *match_weights_of(struct arena *a, const struct region *r);
/* By their demographics alone, whatever ties, rules and persons say. False: there is no such
 * record, one of them is one we made, or the store failed. */
bool match_look(struct store_txn *t, struct arena *a, const struct region *r, uint64_t record,
		uint64_t other, struct match_score *out);

/* Two descriptions, whoever they are of. What their outcome says of somebody else's description is
 * the caller's to decide. */
struct match_score match_look_at(struct arena *a, const struct region *r,
				 const struct patient_demographics *x,
				 const struct patient_demographics *y);
/* They may be relied on to be of one person, where each was given by another network: they are
 * linked by score; or nothing that was said differs (names, birth date, sex), and nothing but where
 * he lives was left out. */
bool match_is_plausible(const struct match_score *s);

#endif
