/* tests/bench/dedup_kept.h: features without what was thrown away while they were made. Only
 * tests/bench/dedup.c includes this. */
#ifndef TESTS_BENCH_DEDUP_KEPT_H
#define TESTS_BENCH_DEDUP_KEPT_H

#include "matching/features.h"

struct arena;

/* All of it in the arena but the domain, which is borrowed from then on. */
struct match_features *dedup_kept(struct arena *a, const struct match_features *f,
				  const char *domain);

#endif
