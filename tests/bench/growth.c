/* tests/bench/growth.c: `make bench-growth`: what the size of a region costs.
 *
 * For each size a region is loaded (tests/bench/bulk.h), whose store is at least three times its
 * cache, and persons of it are asked about at random: cold, the gateway just started and the
 * store's files out of the page cache, one turn each; then warm, by turns with a handler that does
 * nothing. Processor time counts, of the largest size over that of the first.
 *
 *	BENCH_SIZES="10000 100000"	persons; a million takes some 15 GiB and ten minutes more
 *	BENCH_CACHE=64			MiB of cache, at most
 *	BENCH_ROUNDS=5			turns of each, null house and real one
 *	BENCH_COLD=1			cold turns of each; the median counts
 *	BENCH_COLD_REQUESTS=1000	of a cold turn, however long it takes: the first requests
 *					are the coldest, so that a slow disk would look colder
 *	BENCH_ONLY="ITI-41 ITI-42"	only these, and nothing of the region as a whole
 *	BENCH_SECONDS=1			of a turn
 *	BENCH_SPACES=1			shows what each space of keys takes as loaded
 *	MINATO_BUILD=.			where minatod and minato were built
 *
 * Exit 1 when a goal was missed. */
#include "tests/bench/growth.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "tests/bench/machine.h"

enum {
	CORES = 2,
	MEMORY = 1 << 30,
	QUESTIONERS = 64,
	SIZES_MOST = 8,
	DOCUMENT = 512,
	STORE_OF_CACHE = 3, /* so many times */
	CACHE_LEAST = 4,    /* MiB; the least the key takes is less */
	LOAD_CACHE = 2048,  /* MiB while loading */
	MIB = 1 << 20,
};

/* Goals of processor time over that of the first size, warm. */
#define WARM_MOST 1.25
#define COLD_MOST 1.6
enum { PERSON_OCTETS = 1024, ENTRY_OCTETS = 1024, AUDIT_OCTETS = 300, CHECK_SECONDS = 180 };

static const struct {
	enum asked what;
	size_t octets;
	const char *note;
} kinds[] = {
	{ ASK_IDS, 0, "" },        { ASK_ENTRIES, 0, "" },
	{ ASK_REFERENCES, 0, "" }, { GIVE_DOCUMENT, 10 << 10, ", 10 KiB" },
	{ GIVE_ENTRY, 0, "" },     { ASK_DOCUMENT, 0, "" },
	{ FEED_V3, 0, "" },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

struct size_figures {
	uint64_t persons;
	struct bulk_result loaded;
	struct region_octets octets;
	struct region_figures whole;
	struct measured cold[KINDS], warm[KINDS];
};

static double mib(uint64_t octets)
{
	return (double)octets / MIB;
}

/* ---- One size ---- */

static void settle(struct bench *b, uint64_t persons, struct size_figures *f)
{
	char cache[32];
	struct crowd_loading people = {
		.population = { .seed = 10, .documents_least = 2, .documents_most = 3 },
		.persons = persons,
		.first = DOCUMENT,
		.octets = DOCUMENT,
		.cache = (size_t)LOAD_CACHE * MIB,
	};
	f->persons = persons;
	bench_settle(b, &people, &f->loaded);
	region_weigh(&b->place, &b->crowd, &f->loaded, &f->octets);
	double most = bench_number("BENCH_CACHE", 64);
	double share = mib(f->octets.trees) / STORE_OF_CACHE;
	unsigned chosen = (unsigned)(share < most ? share : most);
	chosen = chosen < CACHE_LEAST ? CACHE_LEAST : chosen;
	snprintf(cache, sizeof cache, "%uMiB", chosen);
	place_configure(&b->place, "cache", cache);
	printf("\n%llu persons, %llu records, %llu entries, %llu audit records: loaded in %.1f s, "
	       "%.0f entries/s, %.0f rows/s, %.0f us of processor a person; store %.0f MiB, cache "
	       "%u MiB\n",
	       (unsigned long long)persons, (unsigned long long)f->loaded.records,
	       (unsigned long long)f->loaded.entries, (unsigned long long)f->loaded.audit_records,
	       f->loaded.seconds, (double)f->loaded.entries / f->loaded.seconds,
	       (double)f->loaded.rows / f->loaded.seconds, f->loaded.cpu * 1e6 / (double)persons,
	       mib(f->octets.trees), chosen);
	if (bench_number("BENCH_SPACES", 0) != 0)
		region_show_spaces(&b->place, &f->loaded);
}

static bool is_all_wanted(void)
{
	return getenv("BENCH_ONLY") == NULL;
}

static bool is_wanted(unsigned kind)
{
	const char *only = getenv("BENCH_ONLY");
	return only == NULL || strstr(only, crowd_name(kinds[kind].what)) != NULL;
}

static void plan_of(struct bench *b, unsigned kind, struct load_plan *plan)
{
	crowd_plan(b->arena, &b->crowd, &b->place, kinds[kind].what, QUESTIONERS,
		   kinds[kind].octets, plan);
}

/* Each turn with a gateway that has just started. */
static void measure_cold_kind(struct bench *b, unsigned kind, struct measured *out)
{
	double rates[ROUNDS_MOST], cpu[ROUNDS_MOST];
	unsigned count = (unsigned)bench_number("BENCH_COLD", 1);
	count = count < ROUNDS_MOST ? count : ROUNDS_MOST;
	for (unsigned i = 0; i < count; i++) {
		struct load_plan plan;
		region_forget_pages(&b->place);
		bench_open(b);
		plan_of(b, kind, &plan);
		plan.requests = (uint64_t)bench_number("BENCH_COLD_REQUESTS", 0);
		rounds_once(&b->rounds, &plan, out);
		bench_close(b);
		rates[i] = out->rate.median;
		cpu[i] = out->cpu_us;
	}
	out->rate = spread_of(rates, count);
	out->cpu_us = spread_of(cpu, count).median;
}

static void measure_cold(struct bench *b, struct size_figures *f)
{
	for (unsigned k = 0; k < KINDS; k++)
		if (is_wanted(k))
			measure_cold_kind(b, k, &f->cold[k]);
}

static void measure_warm(struct bench *b, struct size_figures *f)
{
	region_read_pages(&b->place);
	bench_open(b);
	region_search_audit(b, &f->whole);
	for (unsigned k = 0; k < KINDS; k++) {
		struct load_plan plan, null;
		if (!is_wanted(k))
			continue;
		plan_of(b, k, &plan);
		null = plan;
		null.target.port = b->null_https;
		null.look = NULL;
		null_house_answer(&b->null, crowd_usual_length(&plan), NULL);
		rounds_run(&b->rounds, &plan, &null, &f->warm[k]);
	}
	bench_close(b);
}

/* A second of the service is no second of the handler that does nothing. */
static double beyond(const struct measured *m)
{
	double rest = 1 / m->rate.median - 1 / m->null_rate.median;
	return rest > 0 ? 1 / rest : 0;
}

static void show_kind(const struct size_figures *f, unsigned k)
{
	const struct measured *w = &f->warm[k], *c = &f->cold[k];
	char name[64];
	snprintf(name, sizeof name, "%s%s", crowd_name(kinds[k].what), kinds[k].note);
	printf("%-18s %7.0f %7.0f %5.2f %8.0f %6.0f/%-6.0f %6.0f %6.0f | %7.0f %6.0f %6.0f", name,
	       w->rate.median, w->null_rate.median, w->ratio.median, beyond(w), w->median_us,
	       w->p99_us, w->cpu_us, w->null_cpu_us, c->rate.median, c->cpu_us, c->p99_us);
	if (w->failed + c->failed != 0)
		printf(" FAILED %llu: %s%s", (unsigned long long)(w->failed + c->failed), w->why,
		       c->why);
	printf("\n");
}

static void show_exchanges(const struct size_figures *f)
{
	printf("%-18s %7s %7s %5s %8s %13s %6s %6s | %7s %6s %6s\n", "warm; cold on the right",
	       "rate/s", "null/s", "ratio", "beyond/s", "p50/p99 us", "CPU us", "null", "rate/s",
	       "CPU us", "p99 us");
	for (unsigned k = 0; k < KINDS; k++)
		if (is_wanted(k))
			show_kind(f, k);
}

static void show_whole(const struct size_figures *f)
{
	printf("on disk %.0f octets a person, %.0f an entry, %.0f an audit record (%.0f as these "
	       "exchanges left them)\n",
	       f->octets.person, f->octets.entry, f->octets.audit, f->octets.audit_live);
	printf("a person's %.0f audit records are found in %.0f us\n", f->whole.audit_found,
	       f->whole.audit_us);
	printf("ready after %.0f ms, after a kill %.0f ms; check and verify %.1f us of processor a "
	       "person, %llu findings\n",
	       f->whole.ready_ms, f->whole.ready_killed_ms, f->whole.check_us,
	       (unsigned long long)f->whole.findings);
}

static void measure_whole(struct bench *b, struct size_figures *f)
{
	region_restart(b, &f->whole);
	bench_open(b);
	region_check(b, &f->whole);
	bench_close(b);
	show_whole(f);
}

static void measure_size(struct bench *b, uint64_t persons, struct size_figures *f)
{
	b->arena = arena_create(MEMORY);
	settle(b, persons, f);
	measure_cold(b, f);
	struct region_log before = region_log(&b->place);
	measure_warm(b, f);
	struct region_log after = region_log(&b->place);
	f->octets.audit_live = (double)(after.octets - before.octets)
			       / (double)(after.records - before.records);
	show_exchanges(f);
	if (is_all_wanted())
		measure_whole(b, f);
	place_remove(&b->place);
	arena_destroy(b->arena);
}

/* ---- Over the sizes ---- */

static void goal_line(struct bench *b, const char *what, double value, const char *unit,
		      double most)
{
	printf("%-44s %8.2f %s", what, value, unit);
	bench_goal(b, value <= most, "%g at most", most);
	printf("\n");
}

static void judge_whole(struct bench *b, const struct size_figures *first,
			const struct size_figures *last)
{
	goal_line(b, "a person's audit records found", last->whole.audit_us / first->whole.audit_us,
		  "", WARM_MOST);
	goal_line(b, "ready after a stop", last->whole.ready_ms / first->whole.ready_ms, "",
		  WARM_MOST);
	goal_line(b, "ready after a kill",
		  last->whole.ready_killed_ms / first->whole.ready_killed_ms, "", COLD_MOST);
	printf("\n");
	goal_line(b, "octets a person", last->octets.person, "", PERSON_OCTETS);
	goal_line(b, "octets a document entry", last->octets.entry, "", ENTRY_OCTETS);
	goal_line(b, "octets an audit record, as loaded", last->octets.audit, "", AUDIT_OCTETS);
	goal_line(b, "octets an audit record, of exchanges", last->octets.audit_live, "",
		  AUDIT_OCTETS);
	goal_line(b, "check and verify, of a million persons", last->whole.check_us, "s",
		  CHECK_SECONDS);
	goal_line(b, "findings of the check",
		  (double)(first->whole.findings + last->whole.findings), "", 0);
}

static void judge(struct bench *b, const struct size_figures *first,
		  const struct size_figures *last)
{
	char what[96];
	printf("\n%llu persons over %llu, processor time of a request\n",
	       (unsigned long long)last->persons, (unsigned long long)first->persons);
	for (unsigned k = 0; k < KINDS; k++) {
		double base = first->warm[k].cpu_us;
		if (!is_wanted(k))
			continue;
		snprintf(what, sizeof what, "%s%s, warm", crowd_name(kinds[k].what), kinds[k].note);
		goal_line(b, what, last->warm[k].cpu_us / base, "", WARM_MOST);
		snprintf(what, sizeof what, "%s%s, cold", crowd_name(kinds[k].what), kinds[k].note);
		goal_line(b, what, last->cold[k].cpu_us / base, "", COLD_MOST);
	}
	if (is_all_wanted())
		judge_whole(b, first, last);
}

static unsigned sizes_of(uint64_t sizes[SIZES_MOST])
{
	const char *at = getenv("BENCH_SIZES");
	char *end;
	unsigned count = 0;
	for (at = at == NULL ? "10000 100000" : at; count < SIZES_MOST; at = end) {
		uint64_t size = strtoull(at, &end, 10);
		if (end == at)
			break;
		sizes[count++] = size;
	}
	return count;
}

int main(void)
{
	struct bench b = { .alone = false };
	struct size_figures figures[SIZES_MOST] = { 0 };
	uint64_t sizes[SIZES_MOST];
	unsigned count = sizes_of(sizes);
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	machine_settle(CORES);
	machine_describe(".");
	b.rounds.count = (unsigned)bench_number("BENCH_ROUNDS", 5);
	b.rounds.seconds = bench_number("BENCH_SECONDS", 1);
	double begun = machine_now();
	for (unsigned i = 0; i < count; i++)
		measure_size(&b, sizes[i], &figures[i]);
	if (count > 0)
		judge(&b, &figures[0], &figures[count - 1]);
	printf("%u goals missed, %.0f s\n", b.missed, machine_now() - begun);
	return b.missed != 0;
}
