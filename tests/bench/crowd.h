/* tests/bench/crowd.h: the people of a place, as bulk.h loaded them, and requests about them:
 * somebody else each time, by chance, so that no cache knows them beforehand.
 *
 * What is given or fed is new each time, over all requests of a crowd: uniqueIds and new persons
 * are numbered on from `fresh`. */
#ifndef TESTS_BENCH_CROWD_H
#define TESTS_BENCH_CROWD_H

#include "tests/bench/bulk.h"
#include "tests/bench/people.h"
#include "tests/bench/place.h"

struct crowd {
	struct population population;
	uint64_t persons;
	/* Those alone are asked about; NULL: all. It is not empty. */
	const struct population_class *among;
	uint64_t fresh; /* numbers given so far; 0 at first */
};

enum asked {
	ASK_IDS,        /* ITI-45 */
	ASK_ENTRIES,    /* ITI-18 FindDocuments, LeafClass */
	ASK_REFERENCES, /* the same, ObjectRef */
	ASK_UNIQUE,     /* ITI-18 GetDocuments by uniqueId, LeafClass: a person's first */
	ASK_ALL,        /* ITI-18 GetAll, LeafClass */
	ASK_DOCUMENT,   /* ITI-43, a person's first */
	GIVE_DOCUMENT,  /* ITI-41 */
	GIVE_ENTRY,     /* ITI-42 */
	FEED_V3,        /* ITI-44 of a new person */
	FEED_V2,        /* ITI-8 of a new person, over MLLP */
};

/* Fills in target, clients, next and look. octets: of a document that is given. The plan lives as
 * long as the arena, its requests too; one run at a time. */
void crowd_plan(struct arena *a, struct crowd *c, const struct place *p, enum asked what,
		unsigned clients, size_t octets, struct load_plan *plan);
const char *crowd_name(enum asked what);
/* Asks about some of them, once each: how long an answer usually is. All must be answered with
 * about as much, or there are people of whom nothing is known. */
uint64_t crowd_usual_length(const struct load_plan *plan);

/* Loads the people into the place's store, before anybody opened it. first: octets of each
 * person's first document, octets: of all others. */
struct crowd_loading {
	struct population population;
	const struct bulk_people *people; /* NULL, or others: tests/bench/bulk.h */
	uint64_t persons;
	size_t first, octets, cache;
	bool together;
};
void crowd_load(const struct place *p, const struct crowd_loading *l, struct crowd *c,
		struct bulk_result *out);

#endif
