/* tests/bench/dedup.h: who is whom among the records of a whole region, found at once, in memory.
 *
 * What a region does once with what it has, before it feeds it: all records are made comparable,
 * sorted by the keys they share (matching/candidates.h), compared with whom they share one, and
 * what is linked is joined into persons; one of whom two records are apart is none
 * (tests/accuracy/measure.c does the same slowly). Keys that too many share are not followed: the
 * wide ones sooner than the others, for they are of use where few have them.
 *
 * Deterministic, whatever the number of threads. */
#ifndef TESTS_BENCH_DEDUP_H
#define TESTS_BENCH_DEDUP_H

#include <stddef.h>
#include <stdint.h>

#include "matching/features.h"
#include "matching/weights.h"

struct arena;

/* The number-th record, called from any thread: its subject, for as long as the arena lasts, and
 * of whom it truly is (for counting only). */
struct dedup_record {
	struct match_subject subject;
	uint64_t truth;
};
struct dedup_plan {
	size_t records;
	unsigned threads;
	const struct match_weights *weights;
	struct dedup_record (*record)(const void *with, struct arena *a, size_t number);
	const void *with;
};

struct dedup_quality {
	uint64_t right, wrong, missed; /* pairs */
};

struct dedup_result {
	/* Seconds: making them up is the bench's and not counted in the others. */
	double making_up, features, blocking, comparing, joining;
	double cpu; /* of the process in all of these but the first */
	uint64_t keys, large, pairs;
	uint64_t links, review, persons, parted;
	uint64_t octets; /* of what is kept of the records */
	struct dedup_quality linked, joined;
};

double dedup_precision(const struct dedup_quality *q);
double dedup_recall(const struct dedup_quality *q);
double dedup_f1(const struct dedup_quality *q);

/* Ends the process where there is no memory for it. */
void dedup_run(const struct dedup_plan *plan, struct dedup_result *out);

#endif
