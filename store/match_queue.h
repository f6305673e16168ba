/* store/match_queue.h: pairs of records that somebody must look at.
 *
 * A pair waits when its score says "review", or "link" while something stands against it. It is
 * asked once: what was decided of it (store/identity.h: apart, together) is kept with its levels,
 * and it comes back only when the data of either change so that the levels do. Keyed by both
 * numbers, either first, so that a record's pairs are found from it; the list walks those whose
 * first is the smaller.
 *
 * What is read lives in the arena. Thread-safety: as the transaction. */
#ifndef STORE_MATCH_QUEUE_H
#define STORE_MATCH_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "matching/score.h"
#include "store/identity.h"

struct arena;
struct region;
struct store_txn;

enum match_waiting {
	MATCH_WAITS,    /* nobody has looked yet */
	MATCH_PROPOSED, /* one person has decided, another one must agree (four eyes) */
	MATCH_CHANGED   /* it was decided; what it rested on has changed since */
};

/* As it was weighed; totals in bits. */
struct match_verdict {
	enum match_outcome outcome;
	unsigned rules; /* 1 << enum match_rule */
	double total;
	uint8_t level[MATCH_FIELDS];
	uint32_t weights; /* which: match_weights_id() */
	bool contested;   /* it would be a link, and somebody of the two persons contradicts */
};

struct match_waits {
	uint64_t record, other;          /* record < other */
	uint64_t version, other_version; /* when they were weighed */
	enum match_waiting waiting;
	struct match_verdict verdict;
	int64_t since; /* microseconds, UTC */
	/* MATCH_PROPOSED, MATCH_CHANGED: what was, by whom and why; else NULL */
	const char *by, *why;
	bool together; /* what was said: link, or apart */
	struct match_waits *next;
};

/* Those that wait, by `record`, `other`; from behind after (NULL: the first), at most limit. Pairs
 * that have become one person, or were merged away, are not told. looked: a page may have fewer and
 * still go on. */
struct match_page {
	struct match_waits *pairs;
	unsigned count;
	const char *next; /* NULL: there are no more */
};
/* False: after is no next of a page, or the store failed. */
bool match_queue_list(struct store_txn *t, struct arena *a, const char *after, unsigned limit,
		      struct match_page *page);
/* False: it does not wait. */
bool match_queue_find(struct store_txn *t, struct arena *a, uint64_t record, uint64_t other,
		      struct match_waits *out);
/* For status and metrics: all are walked, some million a second. */
uint64_t match_queue_count(struct store_txn *t);

/* What a decision would move, before it is taken. */
enum { MATCH_MOVES_COUNTED = 1000 };
struct match_moves {
	unsigned
		records; /* of the person of `other` that would become (or are) one with record's */
	uint64_t documents; /* entries of theirs, at most MATCH_MOVES_COUNTED counted */
	bool documents_more;
	bool joined, other_joined; /* the two persons take part in the region */
	bool refused; /* it would not be done: somebody contradicts, or was decided apart */
};
/* False: one of them is not there, or is none of a facility. */
bool match_moves(struct store_txn *t, struct arena *a, const struct region *r, uint64_t record,
		 uint64_t other, struct match_moves *out);

/* What a person decides of a pair (on the committer): as identity_decide_pair(), and the queue
 * follows. With four eyes the first says so and the second, another name, agrees: then it is done.
 * proposed: it waits for that. Saying otherwise than what is proposed is CONFLICT; PAIR_UNDO takes
 * a proposal back, or a decision, and then the pair waits again if its verdict says so. */
bool match_decide(struct store_txn *t, const struct region *r, uint64_t record, uint64_t other,
		  enum pair_decision what, const struct person_decision *d,
		  struct feed_outcome *out, bool *proposed, struct problem *p);

/* Weighs the records from `after` on again, at most `most` of them, as by a feed that says nothing
 * new; *reached: the last one, 0 when there were no more. For `minato match run`, and a store that
 * was filled before there was matching. On the committer. */
bool match_run(struct store_txn *t, const struct region *r, uint64_t after, unsigned most,
	       uint64_t *reached, struct problem *p);

#endif
