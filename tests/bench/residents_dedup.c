/* tests/bench/residents_dedup.c: the residents as the batch deduplication takes them. */
#include "tests/bench/residents_dedup.h"

#include <stdlib.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "tests/bench/machine.h"

enum { THREADS = 2, MIB = 1 << 20 };

struct whose {
	uint32_t person, nth;
};

struct order {
	const struct residents *residents;
	struct whose *at;
	size_t count;
};

/* Fisher and Yates, by the seed. */
static void mix(struct order *o, uint64_t seed)
{
	for (size_t i = o->count; i > 1; i--) {
		size_t other = population_mixed(seed + i) % i;
		struct whose was = o->at[i - 1];
		o->at[i - 1] = o->at[other];
		o->at[other] = was;
	}
}

static struct order order_of(const struct residents *r, size_t records)
{
	struct order o = { r, malloc((records + 1) * sizeof *o.at), 0 };
	if (o.at == NULL) {
		perror("bench");
		exit(1);
	}
	for (uint64_t person = 0; o.count < records; person++)
		for (unsigned n = 0; n < resident_records(r, person) && o.count < records; n++)
			o.at[o.count++] = (struct whose){ (uint32_t)person, n };
	mix(&o, r->seed);
	return o;
}

static struct dedup_record record_of(const void *with, struct arena *a, size_t number)
{
	static const char *const domains[RESIDENT_FACILITIES] = { "2.999.1", "2.999.2", "2.999.3",
								  "2.999.4" };
	const struct order *o = with;
	struct whose w = o->at[number];
	struct resident_record record = resident_record(o->residents, a, w.person, w.nth);
	struct patient_demographics *d = arena_new(a, struct patient_demographics);
	*d = resident_demographics(a, &record);
	return (struct dedup_record){
		.subject = { .demographics = d, .domain = domains[record.facility] },
		.truth = w.person,
	};
}

static void write_all(const struct order *o, FILE *file)
{
	struct arena *a = arena_create(SIZE_MAX);
	residents_head(file);
	for (size_t i = 0; i < o->count; i++) {
		struct resident_record record = resident_record(o->residents, a, o->at[i].person,
								o->at[i].nth);
		residents_line(file, i, &record);
		arena_reset(a);
	}
	arena_destroy(a);
}

void residents_dedup(const struct residents *r, size_t records, FILE *file,
		     struct dedup_result *out)
{
	struct order o = order_of(r, records);
	struct arena *a = arena_create(SIZE_MAX);
	struct match_weights *weights = match_weights_default(a);
	struct dedup_plan plan = { .records = records,
				   .threads = THREADS,
				   .weights = weights,
				   .record = record_of,
				   .with = &o };
	match_weights_for(weights, (double)records);
	if (file != NULL)
		write_all(&o, file);
	dedup_run(&plan, out);
	arena_destroy(a);
	free(o.at);
}

double dedup_seconds(const struct dedup_result *r)
{
	return r->features + r->blocking + r->comparing + r->joining;
}

void residents_dedup_show(const struct dedup_result *r, size_t records)
{
	double each = 1e6 / (double)records;
	printf("deduplication of %zu records: %.1f s (made comparable %.1f, sorted %.1f, compared "
	       "%.1f, joined %.1f), %.1f us of processor a record; %.1f keys a record, %llu keys "
	       "too many share, %.1f pairs a record\n",
	       records, dedup_seconds(r), r->features, r->blocking, r->comparing, r->joining,
	       r->cpu * each, (double)r->keys / (double)records, (unsigned long long)r->large,
	       (double)r->pairs / (double)records);
	printf("%22s kept %.0f octets a record, at most %.0f MiB resident; %llu links, precision "
	       "%.5f, recall %.4f, false %llu; persons: precision %.5f, recall %.4f, false %llu, "
	       "not made %llu; to be looked at %llu\n",
	       "", (double)r->octets / (double)records,
	       (double)machine_status(getpid(), "VmHWM") / MIB, (unsigned long long)r->links,
	       dedup_precision(&r->linked), dedup_recall(&r->linked),
	       (unsigned long long)r->linked.wrong, dedup_precision(&r->joined),
	       dedup_recall(&r->joined), (unsigned long long)r->joined.wrong,
	       (unsigned long long)r->parted, (unsigned long long)r->review);
}
