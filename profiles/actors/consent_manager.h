/* profiles/actors/consent_manager.h: whether a patient takes part in the region and who may not see
 * him, as it is decided and as it is told, whoever asks: the operator now. No IHE actor: the
 * framework leaves to the affinity domain how consent is given (ITI TF-1: 19.2). What holds for a
 * record is store/consent.h's; here is what that means to whoever decides. Thread-safety: as the
 * transaction. */
#ifndef PROFILES_ACTORS_CONSENT_MANAGER_H
#define PROFILES_ACTORS_CONSENT_MANAGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/model/region.h"
#include "schemas/tables/problem.h"
#include "store/consent.h"
#include "store/identity.h"

struct arena;
struct consent_document;
struct store_txn;

struct consent_question {
	const struct patient_record *patient;
	const struct consent_event *decided; /* NULL: it is only asked */
	int64_t at;                          /* what holds then: when it is asked */
	/* Of the history: so many at most, made before that one; 0: the newest. */
	unsigned limit;
	uint64_t before;
};

/* What holds for one record, and by what. */
enum standing { STANDING_DEFAULT, STANDING_JOINED, STANDING_LEFT, STANDING_RESTS };
struct consent_state {
	const struct patient_record *record;
	enum standing standing;
	bool shared; /* others see it: by decision, or the region's default */
	struct participation now;
};

struct consent_answer {
	struct person person;
	struct consent_state patient; /* of the record that was named */
	/* Each of the person's by itself, for a decision does not cover one that bears another
	 * identity; none of those the region made. */
	struct consent_state *records;
	size_t count;
	struct consent_event *history; /* newest first */
	uint64_t next;                 /* the last of it, where there is more; or 0 */
	/* of consent, of all the person's records: by them some of it was decided */
	const struct consent_document *documents;
	bool changed; /* what was decided did not hold before */
};

/* Whether it can be decided at all: facilities are excluded and included, and ones of the region;
 * to join or to leave is for all of it; what is opened to one facility has an end, and groups that
 * the region's rules name; what was shown is of a kind that is known, and no Individual Number
 * (マイナンバー) is told with it. Before there is a store. */
bool consent_manager_may(struct arena *a, const struct region *r, const struct consent_event *e,
			 struct problem *p);
/* Keeps what was decided, if anything, and tells what holds then. On the committer, where something
 * was. False, p set: nothing was kept. */
bool consent_manager_answer(struct store_txn *t, struct arena *a, const struct region *r,
			    const struct consent_question *q, struct consent_answer *out,
			    struct problem *p);

/* Whether that community is excluded: by name, as patients do, a system that asks on its behalf. */
bool consent_excludes_community(const struct region *r, const struct partner *to,
				const struct participation *p);
/* The person, by one of his records, wants that community to know nothing of him, not even that
 * somebody here asks. True as well where that cannot be read, p set. */
bool consent_manager_excludes(struct store_txn *t, struct arena *a, const struct region *r,
			      uint64_t person, const struct partner *to, int64_t at,
			      struct problem *p);

#endif
