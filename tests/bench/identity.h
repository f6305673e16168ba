/* tests/bench/identity.h: between the files of `make bench-identity`: what is asked of residents
 * and said of them, at a region's doors.
 *
 * Each request is made anew, of somebody else by chance; who is fed is new each time, over all
 * requests of a neighbourhood. */
#ifndef TESTS_BENCH_IDENTITY_H
#define TESTS_BENCH_IDENTITY_H

#include <stdint.h>

#include "tests/bench/place.h"
#include "tests/bench/residents.h"

enum neighbours_ask {
	NEIGHBOUR_IDS,   /* ITI-45, of B診療所's own */
	NEIGHBOUR_FOUND, /* ITI-47 by kana and birth date */
	NEIGHBOUR_FED,   /* ITI-44 of one more record of somebody whom others know */
	NEIGHBOUR_CAME,  /* ADT over MLLP: half A08 of whom A病院 knows, half A04 */
};

struct neighbourhood {
	struct residents residents;
	uint64_t persons;
	uint64_t fresh; /* numbers given so far; 0 at first */
};

/* How many answers showed somebody, over a plan's clients. */
struct neighbours_answers {
	uint64_t all, with_somebody;
};

/* Fills in target, clients, next and look. The plan lives as long as the arena; one run at a
 * time. */
void neighbours_plan(struct arena *a, struct neighbourhood *n, const struct place *p,
		     enum neighbours_ask what, unsigned clients, struct load_plan *plan);
const char *neighbours_name(enum neighbours_ask what);
struct neighbours_answers neighbours_answered(const struct load_plan *plan);

#endif
