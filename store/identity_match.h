/* store/identity_match.h: what scores make of the records a change touches: links, and pairs that
 * wait. Only store/identity*.c and store/match*.c include this. */
#ifndef STORE_IDENTITY_MATCH_H
#define STORE_IDENTITY_MATCH_H

#include "store/identity_feed.h"
#include "store/match_queue.h"

/* Before the persons are divided: who the rows that say another thing may be, and ties of it. */
void feed_weigh(struct feed *f);
/* Afterwards: which pairs wait, and what became of links by score is told. */
void feed_settle_pairs(struct feed *f);
/* Of two rows that a person has decided about, or has taken that back: what is kept of the pair is
 * made anew of what they say now. */
void feed_pair_anew(struct feed *f, struct identity_row *x, struct identity_row *y);
/* A pair as it is weighed now, whatever leads to it; both are there. */
struct match_verdict identity_verdict(struct identity_work *w, struct identity_row *x,
				      struct identity_row *y);

#endif
