/* tests/bench/residents_dedup.h: the residents as the batch deduplication takes them. */
#ifndef TESTS_BENCH_RESIDENTS_DEDUP_H
#define TESTS_BENCH_RESIDENTS_DEDUP_H

#include "tests/bench/dedup.h"
#include "tests/bench/residents.h"

/* Exactly so many records, of as many residents as that takes, in an order that tells nothing.
 * file: NULL, or where to write them, in that order (residents_line()). */
void residents_dedup(const struct residents *r, size_t records, FILE *file,
		     struct dedup_result *out);

/* Two lines for people. */
void residents_dedup_show(const struct dedup_result *r, size_t records);
double dedup_seconds(const struct dedup_result *r);

#endif
