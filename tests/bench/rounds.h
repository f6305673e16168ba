/* tests/bench/rounds.h: the same load on two doors by turns, and what the turns have in common. */
#ifndef TESTS_BENCH_ROUNDS_H
#define TESTS_BENCH_ROUNDS_H

#include "store/store.h"
#include "tests/bench/load.h"

enum { ROUNDS_MOST = 32 };

struct spread {
	double median, least, most;
};

struct rounds {
	unsigned count;
	double seconds;      /* of one turn */
	struct store *store; /* whose transactions and flushes are counted; NULL: none */
};

struct measured {
	struct spread rate, null_rate, ratio; /* requests a second */
	struct spread flushes, kept;          /* a second */
	double median_us, p99_us;             /* of all turns, the medians */
	double cpu_us, null_cpu_us;           /* of the server, a request */
	uint64_t failed;
	char why[160];
};

/* null: NULL where there is nothing to compare with. */
void rounds_run(const struct rounds *r, const struct load_plan *plan, const struct load_plan *null,
		struct measured *out);
/* One turn, and none before it that would warm anything; of as many requests as the plan says, 0:
 * for a turn's seconds. */
void rounds_once(const struct rounds *r, const struct load_plan *plan, struct measured *out);
struct spread spread_of(const double *values, unsigned count);

#endif
