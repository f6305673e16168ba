/* tests/bench/checking.c: what `minato check` takes for a region of some size.
 *
 *	BENCH_PERSONS=100000	registered before, without documents; 10,000 otherwise */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "store/check.h"
#include "store/consent.h"
#include "store/identity.h"
#include "store/registry.h"
#include "store/repository.h"

enum { PERSONS = 10000 };
#define MILLION_WITHIN 180 /* seconds of processor, goal */

static double thread_cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void tell(void *with, const char *finding)
{
	(void)with;
	fprintf(stderr, "bench: %s\n", finding);
}

void bench_check(struct bench *b)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      &registry_check, &repository_check,
							      NULL };
	const char *wanted = getenv("BENCH_PERSONS");
	unsigned persons = wanted == NULL ? PERSONS : (unsigned)strtoul(wanted, NULL, 10);
	struct check_counts counts;
	struct problem p = { 0 };
	/* A region of its own: what the other parts wrote is nobody's registration. */
	struct crowd_loading people = { .population = { .seed = 10 },
					.persons = persons,
					.cache = 256 << 20 };
	bench_server_with(b, &people);
	double begun = thread_cpu();
	bool walked = store_check(b->gateway.store, modules, tell, NULL, &counts, &p);
	double cpu = thread_cpu() - begun, million = cpu * 1e6 / persons;
	printf("check of %u persons   %.2f s of processor, %llu keys, %.1f us a key; a million: "
	       "%.0f s",
	       persons, cpu, (unsigned long long)counts.keys, cpu * 1e6 / (double)counts.keys,
	       million);
	bench_goal(b, walked && counts.findings == 0 && million <= MILLION_WITHIN, "%d s",
		   MILLION_WITHIN);
}
