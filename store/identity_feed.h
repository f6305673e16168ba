/* store/identity_feed.h: a change of identity at work. Only store/identity*.c includes this. */
#ifndef STORE_IDENTITY_FEED_H
#define STORE_IDENTITY_FEED_H

#include "store/identity_rows.h"

struct moved; /* a record whose links may change, and what they were */
struct two_rows;
struct weighed;

struct feed {
	struct identity_work work;
	const char *system;
	instant now, occurred;
	struct person_decision said; /* by whom and why; NULL: a source's feed */
	struct feed_outcome *out;
	struct moved *moved;
	unsigned gathered; /* how often links were */
	bool created, changed;
	bool forgets; /* its source takes back all it said */
	/* store/identity_match.h: */
	struct weighed *weighed;
	struct two_rows *loosened, *decided;
};

struct feed feed_begin(struct store_txn *t, const struct region *r, const char *system,
		       struct feed_outcome *out);
/* What a feed says over what is known of the row: NULL keeps, "" or a delete flag takes away. now:
 * of what it says, or when it came. */
struct patient_demographics feed_merged(struct arena *a, const struct identity_row *row,
					const struct patient_demographics *said, instant now);
/* Has the persons divided anew and tells what that did to the links; first: the feed's record. */
bool feed_end(struct feed *f, const struct identity_row *first);
/* The store's problem becomes p's, whatever p said: what could not be read is not unknown. */
bool feed_finish(struct store_txn *t, bool done, struct problem *p);
/* Says in the trail what was linked or parted, and why. */
struct trail_place feed_decide(struct feed *f, uint64_t record, uint64_t other, bool linked,
			       const char *reason);
/* Before a change that may move the row's links; reason: why they went, NULL: as the rule says. */
void feed_watch_links(struct feed *f, struct identity_row *row, const char *reason);
/* The row as it was, kept for ever beside the new one. */
void feed_keep_history(struct feed *f, const struct identity_row *row);
/* From now on it is another version, which counts for who fed it (store/usage.h). */
void feed_next_version(struct feed *f, struct identity_row *row);
/* Its tie with that record for one of these reasons (bits of 1 << enum tie_reason), or NULL. */
struct tie *feed_tie_with(const struct identity_row *row, uint64_t other, unsigned reasons);
/* Neither has as many for that reason as a record can have: so what a source says leaves room for
 * what a person decides. */
bool feed_may_tie(const struct identity_row *x, const struct identity_row *y,
		  enum tie_reason reason);
/* Both ways; false: they are tied so already, or are one record. said: where, when a person did. */
bool feed_tie(struct feed *f, struct identity_row *x, struct identity_row *y,
	      enum tie_reason reason, struct trail_place said);
void feed_untie(struct feed *f, struct identity_row *x, struct identity_row *y,
		enum tie_reason reason);
/* What a message says of the two, unless they are merged or apart, or have as many ties. */
void feed_tie_of_message(struct feed *f, struct identity_row *row, struct identity_row *first);
/* The row's id has become known: the links that waited for it (store/identity_awaited.c). */
void feed_settle_awaited(struct feed *f, struct identity_row *row);
/* The record that speaks for it; NULL: the merges go in a circle, or longer than anybody merges. */
struct identity_row *feed_speaker(struct feed *f, struct identity_row *row);
/* The two that speak for these, whom a decision would be about; refused as it would be. */
bool identity_pair_of(struct store_txn *t, const struct region *r, uint64_t *record,
		      uint64_t *other, const struct person_decision *d, struct problem *p);

#endif
