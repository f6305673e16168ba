/* tests/bench/rounds.c: turns of load, null and real one after the other, so that whatever else the
 * machine does meets both. */
#include "tests/bench/rounds.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/machine.h"

struct turn {
	double rate, cpu_us, median_us, p99_us, flushes, kept;
};

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

struct spread spread_of(const double *values, unsigned count)
{
	double sorted[ROUNDS_MOST] = { 0 };
	for (unsigned i = 0; i < count; i++)
		sorted[i] = values[i];
	qsort(sorted, count, sizeof sorted[0], ascending);
	return (struct spread){ sorted[count / 2], sorted[0], sorted[count - 1] };
}

/* What was used and done when a turn began. */
struct beginning {
	const struct rounds *rounds;
	double cpu;
	struct store_counts counts;
};

static void note_beginning(void *to)
{
	struct beginning *b = to;
	if (b->rounds->store != NULL)
		store_count(b->rounds->store, &b->counts);
	b->cpu = machine_cpu();
}

/* requests: so many; 0: for the seconds of a turn. */
static struct turn take_turn(const struct rounds *r, const struct load_plan *plan,
			     uint64_t requests, struct measured *out)
{
	struct load_plan now = *plan;
	struct load_result result;
	struct beginning begun = { .rounds = r };
	struct store_counts after = { 0 };
	now.requests = requests;
	now.seconds = r->seconds;
	now.connected = note_beginning;
	now.to = &begun;
	load_run(&now, &result);
	double cpu = machine_cpu() - begun.cpu - result.cpu;
	if (r->store != NULL)
		store_count(r->store, &after);
	out->failed += result.failed;
	if (result.failed != 0 && out->why[0] == '\0')
		snprintf(out->why, sizeof out->why, "%s", result.why);
	double done = result.done == 0 ? 1 : (double)result.done;
	return (struct turn){
		.rate = (double)result.done / result.seconds,
		.cpu_us = cpu / done * 1e6,
		.median_us = result.median_us,
		.p99_us = result.p99_us,
		.flushes = (double)(after.flushes - begun.counts.flushes) / result.seconds,
		.kept = (double)(after.kept - begun.counts.kept) / result.seconds,
	};
}

#define SPREAD(turns, count, member) spread_over(turns, count, offsetof(struct turn, member))

static struct spread spread_over(const struct turn *turns, unsigned count, size_t member)
{
	double values[ROUNDS_MOST] = { 0 };
	for (unsigned i = 0; i < count; i++)
		values[i] = *(const double *)((const char *)&turns[i] + member);
	return spread_of(values, count);
}

void rounds_once(const struct rounds *r, const struct load_plan *plan, struct measured *out)
{
	*out = (struct measured){ 0 };
	struct turn t = take_turn(r, plan, plan->requests, out);
	out->rate = spread_of(&t.rate, 1);
	out->flushes = spread_of(&t.flushes, 1);
	out->kept = spread_of(&t.kept, 1);
	out->median_us = t.median_us;
	out->p99_us = t.p99_us;
	out->cpu_us = t.cpu_us;
}

/* One turn more than counted: the first warms caches and memory. */
void rounds_run(const struct rounds *r, const struct load_plan *plan, const struct load_plan *null,
		struct measured *out)
{
	struct turn real[ROUNDS_MOST] = { 0 }, nothing[ROUNDS_MOST] = { 0 };
	double ratios[ROUNDS_MOST] = { 0 };
	unsigned count = r->count < ROUNDS_MOST ? r->count : ROUNDS_MOST;
	struct rounds warm = *r;
	*out = (struct measured){ 0 };
	warm.seconds = r->seconds / 4;
	take_turn(&warm, plan, 0, out);
	for (unsigned i = 0; i < count; i++) {
		nothing[i] = null == NULL ? (struct turn){ 0 } : take_turn(r, null, 0, out);
		real[i] = take_turn(r, plan, 0, out);
		ratios[i] = null == NULL ? 0 : real[i].rate / nothing[i].rate;
	}
	out->rate = SPREAD(real, count, rate);
	out->null_rate = SPREAD(nothing, count, rate);
	out->ratio = spread_of(ratios, count);
	out->flushes = SPREAD(real, count, flushes);
	out->kept = SPREAD(real, count, kept);
	out->median_us = SPREAD(real, count, median_us).median;
	out->p99_us = SPREAD(real, count, p99_us).median;
	out->cpu_us = SPREAD(real, count, cpu_us).median;
	out->null_cpu_us = SPREAD(nothing, count, cpu_us).median;
}
