/* store/identity_closure.h: which parts are one person by score. Only store/identity*.c and tests
 * include this. */
#ifndef STORE_IDENTITY_CLOSURE_H
#define STORE_IDENTITY_CLOSURE_H

#include <stdbool.h>
#include <stddef.h>

#include "matching/score.h"
#include "store/identity_rows.h"

/* The parts that merges, persons' decisions, evidence and messages have made: `group` of each row,
 * and of a part, by its root: how many records, whether it rests, whether somebody decided that it
 * is one. */
struct identity_parts {
	struct identity_row **rows;     /* the oldest first */
	struct identity_row **numbered; /* the same by number */
	size_t count;
	const size_t *sizes;
	const bool *rests, *decided;
};
/* Makes parts one that scores connect, or notes why not. */
void identity_join_by_score(struct identity_work *w, const struct identity_parts *p);

/* Two rows of the work, as both are now. */
struct match_score identity_work_score(struct identity_work *w, struct identity_row *x,
				       struct identity_row *y);
/* These two cannot be one person, whoever else is: the score sets them apart, or a rule does that
 * something said by both differs; not one that there is too little to go by. */
bool match_contradicts(const struct match_score *s);

#endif
