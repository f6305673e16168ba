/* tests/bench/identity.c: `make bench-identity`: identity alone, at the size of a region.
 *
 * For each size residents (tests/bench/residents.h) are loaded in bulk, without documents, and
 * asked about and fed through the doors; goals but that of growth are those of the largest. Last,
 * records of a whole region are deduplicated at once, in memory.
 *
 *	BENCH_SIZES="10000 1000000"	persons; ten million take some 20 GiB of disk
 *	BENCH_ONLY="pix match"		only these of: pix pdq match admit dedup; "load": none
 *	BENCH_RECORDS=1000000		of dedup
 *	BENCH_CACHE=1024		MiB of the store's cache; the configuration's own without it
 *	BENCH_ROUNDS=5			turns of each
 *	BENCH_SECONDS=1			of a turn
 *	BENCH_SPACES=1			shows what each space of keys takes as loaded
 *	BENCH_CHECK=1			`minato check` of what is there in the end
 *	MINATO_BUILD=.			where minatod and minato were built
 *
 * Exit 1 when a goal was missed. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "tests/bench/growth.h"
#include "tests/bench/identity.h"
#include "tests/bench/machine.h"
#include "tests/bench/residents_dedup.h"

enum {
	CORES = 2,
	SEED = 11,
	SIZES_MOST = 8,
	LOAD_CACHE = 2048, /* MiB while loading */
	MIB = 1 << 20,
	QUESTIONERS = 64,
	FEEDERS = 16,
};

/* What is measured of each size, and what it must reach there: a rate at least, a 99th percentile
 * at most, both of the largest; or both processor time and percentile, of the first size's. */
static const struct part {
	const char *name;
	enum neighbours_ask what;
	unsigned clients;
	double rate, p99_ms, growth; /* 0: no such goal */
} parts[] = {
	{ .name = "pix", NEIGHBOUR_IDS, QUESTIONERS, .growth = 1.25 },
	{ .name = "pdq", NEIGHBOUR_FOUND, QUESTIONERS, .rate = 5000 },
	{ .name = "match", NEIGHBOUR_FED, 1, .p99_ms = 20 },
	{ .name = "match", NEIGHBOUR_FED, FEEDERS, .rate = 2000 },
	{ .name = "admit", NEIGHBOUR_CAME, QUESTIONERS, .rate = 8000 },
};
enum { PARTS = sizeof parts / sizeof parts[0], DEDUP_SECONDS = 60 };

struct size_figures {
	uint64_t persons;
	struct measured parts[PARTS];
};

static bool is_wanted(const char *name)
{
	const char *only = getenv("BENCH_ONLY");
	return only == NULL || *only == '\0' || strstr(only, name) != NULL;
}

/* ---- One size ---- */

static double mib(uint64_t octets)
{
	return (double)octets / MIB;
}

static void show_load(const struct bulk_result *l, const struct region_octets *o, uint64_t persons,
		      uint64_t households)
{
	double each = 1 / (double)persons;
	printf("\n%llu persons, %llu records: loaded in %.1f s, %.0f records/s, %.0f persons/s; "
	       "%.0f us of processor a person; audit indexed in %.1f s more\n",
	       (unsigned long long)persons, (unsigned long long)l->records, l->seconds,
	       (double)l->records / l->seconds, (double)persons / l->seconds, l->cpu * 1e6 * each,
	       l->indexing);
	printf("%22s %.0f octets a person on disk, %.0f a record, %.0f an audit record; all %.0f "
	       "MiB; at most %.0f MiB resident while loading\n",
	       "", o->person * (double)households * each,
	       o->person * (double)households / (double)l->records, o->audit, mib(o->trees),
	       mib(machine_status(getpid(), "VmHWM")));
}

static void settle(struct bench *b, const struct residents *residents, uint64_t persons)
{
	const struct bulk_people people = { residents_load, residents };
	const uint64_t households = household_count(persons);
	struct crowd_loading loading = { .people = &people,
					 .persons = households,
					 .cache = (size_t)LOAD_CACHE * MIB };
	struct bulk_result loaded;
	struct region_octets octets;
	machine_forget_peak(getpid());
	bench_settle(b, &loading, &loaded);
	region_weigh(&b->place, &b->crowd, &loaded, &octets);
	show_load(&loaded, &octets, persons, households);
	if (bench_number("BENCH_SPACES", 0) != 0)
		region_show_spaces(&b->place, &loaded);
	const char *cache = getenv("BENCH_CACHE");
	if (cache == NULL)
		return;
	char octets_of_cache[32];
	snprintf(octets_of_cache, sizeof octets_of_cache, "%sMiB", cache);
	place_configure(&b->place, "cache", octets_of_cache);
}

static void head(void)
{
	printf("%-24s %7s %25s %15s %8s\n", "", "clients", "rate/s", "p50/p99 us", "CPU us");
}

static void show_part(const struct part *p, const struct measured *m,
		      const struct neighbours_answers *a)
{
	printf("%-24s %7u %8.0f [%6.0f..%6.0f] %7.0f/%-7.0f %8.0f", neighbours_name(p->what),
	       p->clients, m->rate.median, m->rate.least, m->rate.most, m->median_us, m->p99_us,
	       m->cpu_us);
	if (m->failed != 0)
		printf(" FAILED %llu: %s", (unsigned long long)m->failed, m->why);
	if (a->with_somebody != 0)
		printf("; %.1f %% found somebody", 100 * (double)a->with_somebody / (double)a->all);
	printf("; %.0f transactions/s, %.0f flushes/s", m->kept.median, m->flushes.median);
}

static void judge_part(struct bench *b, const struct part *p, const struct measured *m)
{
	if (p->rate > 0)
		bench_goal(b, m->failed == 0 && m->rate.median >= p->rate, "%.0f/s", p->rate);
	else if (p->p99_ms > 0)
		bench_goal(b, m->failed == 0 && m->p99_us <= p->p99_ms * 1e3, "p99 %.0f ms",
			   p->p99_ms);
	else
		printf("\n");
}

static void check(struct bench *b)
{
	struct region_figures whole = { 0 };
	region_check(b, &whole);
	printf("%-24s %llu findings of the check", "", (unsigned long long)whole.findings);
	bench_goal(b, whole.findings == 0, "none");
}

static void measure_size(struct bench *b, struct neighbourhood *n, bool last,
			 struct size_figures *f)
{
	b->arena = arena_create(SIZE_MAX);
	f->persons = n->persons;
	settle(b, &n->residents, n->persons);
	region_read_pages(&b->place);
	bench_open(b);
	head();
	for (unsigned i = 0; i < PARTS; i++) {
		struct load_plan plan;
		if (!is_wanted(parts[i].name))
			continue;
		neighbours_plan(b->arena, n, &b->place, parts[i].what, parts[i].clients, &plan);
		rounds_run(&b->rounds, &plan, NULL, &f->parts[i]);
		struct neighbours_answers answers = neighbours_answered(&plan);
		show_part(&parts[i], &f->parts[i], &answers);
		if (last)
			judge_part(b, &parts[i], &f->parts[i]);
		else
			printf("\n");
	}
	printf("%-24s %.0f MiB resident\n", "", mib(machine_status(getpid(), "VmRSS")));
	if (bench_number("BENCH_CHECK", 0) != 0)
		check(b);
	bench_server_end(b);
	arena_destroy(b->arena);
}

/* ---- Over the sizes, and at once ---- */

static void judge_growth(struct bench *b, const struct size_figures *first,
			 const struct size_figures *last)
{
	for (unsigned i = 0; i < PARTS; i++) {
		const struct measured *x = &first->parts[i], *y = &last->parts[i];
		const struct {
			const char *what;
			double value;
		} ratios[] = { { "processor time", y->cpu_us / x->cpu_us },
			       { "p99", y->p99_us / x->p99_us } };
		for (size_t k = 0; parts[i].growth > 0 && is_wanted(parts[i].name)
				   && k < sizeof ratios / sizeof ratios[0];
		     k++) {
			printf("%s of %llu persons over %llu: %s %.2f",
			       neighbours_name(parts[i].what), (unsigned long long)last->persons,
			       (unsigned long long)first->persons, ratios[k].what, ratios[k].value);
			bench_goal(b, ratios[k].value <= parts[i].growth, "%g at most",
				   parts[i].growth);
			printf("\n");
		}
	}
}

static void measure_dedup(struct bench *b, const struct residents *residents)
{
	struct dedup_result result;
	size_t records = (size_t)bench_number("BENCH_RECORDS", 1000000);
	printf("\n");
	machine_forget_peak(getpid());
	residents_dedup(residents, records, NULL, &result);
	residents_dedup_show(&result, records);
	printf("deduplication %.1f s", dedup_seconds(&result));
	bench_goal(b, dedup_seconds(&result) <= DEDUP_SECONDS, "%u s for a million", DEDUP_SECONDS);
	printf("\n");
}

static unsigned sizes_of(uint64_t sizes[SIZES_MOST])
{
	const char *at = getenv("BENCH_SIZES");
	char *end;
	unsigned count = 0;
	for (at = at == NULL ? "10000 1000000" : at; count < SIZES_MOST; at = end) {
		uint64_t size = strtoull(at, &end, 10);
		if (end == at || size == 0)
			break;
		sizes[count++] = size;
	}
	return count;
}

int main(void)
{
	struct bench b = { .alone = true };
	struct size_figures figures[SIZES_MOST] = { 0 };
	struct neighbourhood n = { .residents = { SEED } };
	uint64_t sizes[SIZES_MOST];
	unsigned count = sizes_of(sizes);
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	machine_settle(CORES);
	machine_describe(".");
	b.rounds.count = (unsigned)bench_number("BENCH_ROUNDS", 5);
	b.rounds.seconds = bench_number("BENCH_SECONDS", 1);
	double begun = machine_now();
	for (unsigned i = 0; i < count; i++) {
		n.persons = sizes[i];
		measure_size(&b, &n, i + 1 == count, &figures[i]);
	}
	if (count > 1)
		judge_growth(&b, &figures[0], &figures[count - 1]);
	if (is_wanted("dedup"))
		measure_dedup(&b, &n.residents);
	printf("%u goals missed, %.0f s\n", b.missed, machine_now() - begun);
	return b.missed != 0;
}
