/* store/identity_score.h: whom a description may be, weighed before the job that decides.
 *
 * A worker asks its snapshot for the records that share a key with what a feed will make of its
 * record, compares and scores them (matching/), and hands over what it found with the versions it
 * saw; the job takes what still holds and scores the rest itself, which is bounded: so what is
 * linked never depends on who was quicker. Of a record's borrowers (store/identity_sharing.c) each
 * has its own score, for they are of other domains.
 *
 * Whoever runs matching changes nothing here: struct region says what becomes of scores, and with
 * which weights they are made. */
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
	uint64_t other;   /* record */
	uint64_t version; /* of it, when it was scored */
	struct match_score score;
	struct match_pair *next;
};

/* Of one record, as it will be after the feed. */
struct identity_scored {
	const char *domain, *id; /* as identity_put() will be told */
	uint64_t version;        /* of the record when it was looked at; 0: it was not known */
	struct bytes said;       /* identity_demographics_octets() of what it will say */
	const struct match_features *features; /* of that */
	struct match_entries was, is;          /* its keys, before and after */
	struct match_pair *pairs; /* links and reviews, those of the highest total first */
	struct match_found found; /* all that were compared */
	struct identity_scored *next;
};

/* On any transaction; one for each of ids (resolved). NULL: matching is off, or the store failed,
 * or nobody can be told by so little. */
struct identity_scored *identity_score(struct store_txn *t, struct arena *a, const struct region *r,
				       const struct patient_identifier *ids,
				       const struct patient_demographics *said);

/* In the job: what of `before` (NULL: nothing) still holds of this row as it is now, and the rest
 * made now. */
const struct identity_scored *identity_scored_now(struct identity_work *w,
						  const struct identity_row *row,
						  const struct identity_scored *before);

/* One pair as both are now; features: of either made already, or NULL. */
struct match_score identity_score_pair(struct store_txn *t, struct arena *a, const struct region *r,
				       const struct identity_row *x, const struct identity_row *y);
const struct match_features *identity_row_features(struct arena *a, struct identity_row *row);

#endif
