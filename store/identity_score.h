/* store/identity_score.h: whom a description may be, weighed before the job that decides.
 *
 * A worker asks its snapshot for the records that share a key with what a feed will make of its
 * record, compares and scores them (matching/), and hands over what it found with the versions it
 * saw; the job takes what still holds and scores the rest itself, which is bounded: so what is
 * linked never depends on who was quicker. Of a record's borrowers (store/identity_sharing.c) each
 * has its own score, for they are of other domains.
 *
 * Whoever runs matching changes nothing here: struct region says what becomes of scores, and with
 * which weights they are made. Where it is off nobody is compared, and only the keys are made: they
 * are kept all the same (store/match_blocks.h). */
#ifndef STORE_IDENTITY_SCORE_H
#define STORE_IDENTITY_SCORE_H

#include <stdbool.h>
#include <stdint.h>

#include "matching/score.h"
#include "store/identity_rows.h"
#include "store/match_blocks.h"

struct region;

/* The best of them, links before reviews: what is beyond is told, never linked. */
enum { MATCH_PAIRS_MOST = 16 };

struct match_pair {
	uint64_t other;   /* record: active, fed, and in an index or a borrower of one that is */
	uint64_t version; /* of it, when it was scored */
	struct match_score score;
	struct match_pair *next;
};

/* One that was compared, and as which version. */
struct match_likeness;
struct match_seen {
	uint64_t number, version;
	const struct match_likeness *likely; /* NULL: they are apart */
};

/* Of one record, as it will be after the feed. */
struct identity_scored {
	const char *domain, *id; /* as identity_put() will be told */
	uint64_t version;        /* of the record when it was looked at; 0: it was not known */
	struct bytes said;       /* identity_demographics_octets() of what it will say */
	const struct match_features *features; /* of that */
	struct match_entries was, is;          /* its keys, before and after */
	struct match_pair *pairs; /* links and reviews, those of the highest total first */
	unsigned left_out;        /* pairs beyond MATCH_PAIRS_MOST */
	struct match_found found; /* all that were compared */
	struct match_seen *seen;  /* of each of those */
	struct identity_scored *next;
};

/* identity_score() (store/identity.h): on any transaction; one for each of ids (resolved) of which
 * it says something new. NULL: of none, or the store failed. */
/* That of the row's id; NULL: nobody has looked. */
const struct identity_scored *identity_scored_of(const struct identity_scored *list,
						 const struct identity_row *row);

/* In the job: what of `before` (NULL: nothing) still holds of this row as it is now, and the rest
 * made now. Others are as they stand in the store: what the job itself has changed and not written
 * yet is not seen. */
const struct identity_scored *identity_scored_now(struct identity_work *w, struct identity_row *row,
						  const struct identity_scored *before);

/* One pair as both are now. */
struct match_score identity_score_pair(struct arena *a, const struct region *r,
				       struct identity_row *x, struct identity_row *y);
/* Made once, and kept at the row; whoever changes its demographics takes it away. */
const struct match_features *identity_row_features(struct arena *a, struct identity_row *row);

#endif
