/* store/match_rows.h: how pairs of records that wait, and those that were decided, stand in keys.
 *
 * A pair has one row, under its numbers, the smaller first, and an empty one under both the other
 * way round, so that a record's pairs are found from it whichever it is. A pair that a person has
 * decided keeps its row, which does not wait: the levels that the decision rests on stand in it, so
 * that it is asked again when they change and only then.
 *
 * Only store/identity*.c and store/match*.c include this. */
#ifndef STORE_MATCH_ROWS_H
#define STORE_MATCH_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "store/keys.h"
#include "store/match_queue.h"

struct match_row {
	struct match_waits is;
	bool decided; /* by, why and together: what was; then it waits as MATCH_CHANGED, or not */
	bool waits;   /* somebody must look; never false of what is not decided */
	uint8_t rests_on[MATCH_FIELDS]; /* decided: the levels then */
	struct match_row *next;
};

struct bytes match_row_key(struct key *k, uint64_t record, uint64_t other);
/* False: the key is none of a pair, either way round. */
bool match_row_key_read(struct bytes key, uint64_t *record, uint64_t *other);
/* Of a key whose first number is the smaller. False: it cannot be. */
bool match_row_read(struct arena *a, struct bytes key, struct bytes value, struct match_row *out);
/* Of the row that says something: that is all that is looked at. */
bool match_row_waits(struct bytes value);

/* In any order. False: there is none, or the store failed: one that cannot be read is damage. */
bool match_row_get(struct store_txn *t, struct arena *a, uint64_t record, uint64_t other,
		   struct match_row *out);
/* All of a record's. */
struct match_row *match_rows_of(struct store_txn *t, struct arena *a, uint64_t record);
bool match_row_put(struct store_txn *t, const struct match_row *row);
bool match_row_delete(struct store_txn *t, uint64_t record, uint64_t other);

/* What a score says of a pair, as it is kept. */
struct match_verdict match_verdict_of(const struct match_score *s, uint32_t weights);
bool match_same_levels(const uint8_t x[MATCH_FIELDS], const uint8_t y[MATCH_FIELDS]);
/* A decided pair: what a person said of two who say other things now is worth asking again, unless
 * they say by themselves what he did. */
bool match_speaks_otherwise(const struct match_row *row);
/* Something is proposed of it that is not so already. */
bool match_is_proposed(const struct match_row *row, bool one_person);

#endif
