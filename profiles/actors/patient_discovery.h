/* profiles/actors/patient_discovery.h: Responding Gateway of Cross-Community Patient Discovery (ITI
 * TF-1: 27; ITI TF-2: 3.55): which one of our persons another community means, and what it may know
 * him by.
 *
 * One person is told, or nobody: never a list of who else is like him. He is told when he is meant
 * for sure: by the rules and weights by which our own records are linked (store/match_seek.h), by
 * our code that the community was given, by its own id that is mapped to him, or by an id of a
 * domain of ours that its system may see. What is hidden from the community counts for nothing, in
 * each step; so a person it may not see is as one who is not there. A question leaves nothing in
 * the review queue: it is no record, and a stranger's questions are not the region's work.
 *
 * Thread-safety: as the transaction. */
#ifndef PROFILES_ACTORS_PATIENT_DISCOVERY_H
#define PROFILES_ACTORS_PATIENT_DISCOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "profiles/actors/demographics_supplier.h"

struct arena;
struct match_description;
struct partner;
struct store_txn;

/* What is asked; constant once prepared. */
struct discovery_question {
	const struct demographics_sought *sought;
	const struct partner *community; /* on whose behalf */
	/* The assigning authority of its own ids (ITI TF-2: 3.55.4.1.2.4); NULL: none is named. */
	const char *own_domain;
	bool keeps; /* what is found out may be kept: CorrelationTimeToLive */

	/* By discovery_prepare(). */
	const struct match_description *described; /* NULL: ids alone */
	const char *born_from, *born_to;      /* of a range that is more than one value: digits */
	const struct patient_identifier *own; /* of the ids, the one in own_domain; or NULL */
};

/* Before there is a store. False: the problem is at its place, without its value. */
bool patient_discovery_prepare(struct arena *a, const struct region *r,
			       struct discovery_question *q, struct problem *p);

enum discovery_outcome {
	DISCOVERY_NOBODY,
	DISCOVERY_ONE,
	DISCOVERY_MORE_WANTED, /* somebody is near, and what was not said would tell */
	DISCOVERY_UNDECIDED    /* several, or somebody near, and nothing more would tell */
};

/* Of a snapshot. */
struct discovery_found {
	enum discovery_outcome outcome;
	uint64_t person, record, version; /* ONE: whose, and the record that is told */
	unsigned degree;                  /* percent */
	uint64_t claimed; /* the person whose its own id is, by what is told of him; 0: nobody's */
};
/* False: nothing of what was asked can be looked for (PROBLEM_UNKNOWN_KEY at the id), or the store
 * failed. */
bool patient_discovery_seek(struct store_txn *t, struct arena *a,
			    const struct demographics_asker *asker,
			    const struct discovery_question *q, struct discovery_found *out,
			    struct problem *p);

struct discovery_told {
	enum discovery_outcome outcome;
	unsigned degree;
	struct patient_record record; /* ONE */
	const char *code;             /* his, of region->community_domain */
	uint64_t conflict;            /* what its own id was raised as; 0: nothing */
};
/* On the committer: found, made anew where what it rests on is no more; the person's code, and the
 * community's id of him where that may be kept. found NULL: nobody has looked. */
bool patient_discovery_settle(struct store_txn *t, struct arena *a,
			      const struct demographics_asker *asker,
			      const struct discovery_question *q,
			      const struct discovery_found *found, instant now,
			      struct discovery_told *out, struct problem *p);

#endif
