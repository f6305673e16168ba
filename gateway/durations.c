/* gateway/durations.c: how long exchanges of one kind took, as a histogram. */
#include "gateway/durations.h"

#include <inttypes.h>

/* Microseconds, and as the label le has them (OpenMetrics: floats in their canonical form). */
static const struct {
	int64_t most;
	const char *seconds;
} bounds[DURATIONS_BOUNDS] = {
	{ 1000, "0.001" },    { 2500, "0.0025" },   { 5000, "0.005" },  { 10000, "0.01" },
	{ 25000, "0.025" },   { 50000, "0.05" },    { 100000, "0.1" },  { 250000, "0.25" },
	{ 500000, "0.5" },    { 1000000, "1.0" },   { 2500000, "2.5" }, { 5000000, "5.0" },
	{ 10000000, "10.0" }, { 30000000, "30.0" },
};

void durations_count(struct durations *d, int64_t micros)
{
	uint64_t took = micros > 0 ? (uint64_t)micros : 0;
	unsigned i = 0;
	while (i < DURATIONS_BOUNDS && took > (uint64_t)bounds[i].most)
		i++;
	__atomic_fetch_add(&d->buckets[i], 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&d->micros, took, __ATOMIC_RELAXED);
}

/* The count is what the buckets add up to: one that comes meanwhile is in both or in neither. */
void durations_put(const struct durations *d, struct buffer *b, const char *name,
		   const char *labels)
{
	uint64_t seen[DURATIONS_BOUNDS + 1], count = 0, below = 0;
	uint64_t micros = __atomic_load_n(&d->micros, __ATOMIC_RELAXED);
	for (unsigned i = 0; i <= DURATIONS_BOUNDS; i++) {
		seen[i] = __atomic_load_n(&d->buckets[i], __ATOMIC_RELAXED);
		count += seen[i];
	}
	if (count == 0)
		return;
	for (unsigned i = 0; i <= DURATIONS_BOUNDS; i++) {
		below += seen[i];
		buffer_printf(b, "%s_bucket{%s,le=\"%s\"} %" PRIu64 "\n", name, labels,
			      i < DURATIONS_BOUNDS ? bounds[i].seconds : "+Inf", below);
	}
	buffer_printf(b, "%s_sum{%s} %.6f\n", name, labels, (double)micros / 1e6);
	buffer_printf(b, "%s_count{%s} %" PRIu64 "\n", name, labels, count);
}
