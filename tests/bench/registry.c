/* tests/bench/registry.c: `make bench-registry`: the Document Registry at the size of a region.
 *
 * For each size a region is loaded (tests/bench/bulk.h): of a hundred patients one has 1,000
 * documents, ten have ten, the others a hundred; one of all is heavy, by registrations through the
 * door. Patients are picked by chance among those who have as many as the question is about, first
 * unmeasured: of a large region else most pages would be met for the first time while it is
 * measured, and what is told would be a start and not a day (cold: make bench-growth).
 * Processor time counts, of the largest size over that of the first; rates are of the largest.
 *
 *	BENCH_SIZES="10000 1000000"	entries; a hundred million take some 100 GiB and hours
 *	BENCH_ONLY="find10 all"		only these of the parts below, and nothing of the whole
 *	BENCH_CACHE=1024		MiB of the store's cache; the configuration's own without it
 *	BENCH_ROUNDS=5			turns of each, null house and real one
 *	BENCH_SECONDS=1			of a turn
 *	BENCH_WARM=5			seconds of each before it is measured; 0: none
 *	BENCH_SPACES=1			shows what each space of keys takes as loaded
 *	MINATO_BUILD=.			where minatod and minato were built
 *
 * Exit 1 when a goal was missed. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/growth.h"
#include "tests/bench/machine.h"
#include "tests/bench/messages.h"

enum {
	CORES = 2,
	SIZES_MOST = 8,
	DOCUMENT = 512,    /* octets: it is the registry that is measured */
	LOAD_CACHE = 2048, /* MiB while loading */
	MIB = 1 << 20,
	HUNDRED = 100,       /* entries of a patient, on average */
	HEAVY = 10000,       /* entries of one patient, */
	HEAVY_AT_ONCE = 250, /* registered so many at a time */
	CLIENTS = 64,
};

/* Goals. */
#define GROWTH_MOST 1.25
enum { ENTRY_OCTETS = 1024, LEAF_OCTETS = 150000000 /* a second of processor */ };

enum { OF_THOUSAND, OF_TEN, OF_HUNDRED, OF_HEAVY = 4 };
static const struct population_class classes[] = {
	[OF_THOUSAND] = { 100, 2, 1000 },
	[OF_TEN] = { 10, 1, 10 },
	[OF_HUNDRED] = { 10, 5, 100 }, /* some of them; the others have as many */
	{ 0, 0, 0 },
	[OF_HEAVY] = { UINT64_C(1) << 40, 0, 0 }, /* person 0 */
};

static const struct part {
	const char *name;
	enum asked what;
	unsigned of, clients;
	double rate;   /* at least; 0: no such goal */
	bool is_leafs; /* of how much a processor writes in a second there is a goal */
} parts[] = {
	{ "find10", ASK_ENTRIES, OF_TEN, CLIENTS, 0, false },
	{ "find100", ASK_ENTRIES, OF_HUNDRED, CLIENTS, 0, true },
	{ "find1000", ASK_ENTRIES, OF_THOUSAND, 8, 0, true },
	{ "refs10", ASK_REFERENCES, OF_TEN, CLIENTS, 12000, false },
	{ "refs100", ASK_REFERENCES, OF_HUNDRED, CLIENTS, 0, false },
	{ "refs1000", ASK_REFERENCES, OF_THOUSAND, CLIENTS, 0, false },
	{ "unique", ASK_UNIQUE, OF_HUNDRED, CLIENTS, 0, false },
	{ "all", ASK_ALL, OF_HEAVY, 2, 0, true },
	{ "register", GIVE_ENTRY, OF_HUNDRED, CLIENTS, 5000, false },
};
enum { PARTS = sizeof parts / sizeof parts[0] };

struct size_figures {
	uint64_t entries, persons;
	struct bulk_result loaded;
	struct region_octets octets;
	struct region_figures whole;
	struct measured parts[PARTS];
	uint64_t length[PARTS]; /* octets of an answer */
};

static bool is_wanted(const char *name)
{
	const char *only = getenv("BENCH_ONLY");
	size_t length = strlen(name);
	if (only == NULL)
		return true;
	for (const char *at = only; (at = strstr(at, name)) != NULL; at += length)
		if ((at == only || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

static double mib(uint64_t octets)
{
	return (double)octets / MIB;
}

/* ---- One size ---- */

static void settle(struct bench *b, uint64_t entries, struct size_figures *f)
{
	struct crowd_loading people = {
		.population = { .seed = 12,
				.documents_least = HUNDRED,
				.documents_most = HUNDRED,
				.classes = classes },
		.persons = entries / HUNDRED,
		.first = DOCUMENT,
		.octets = DOCUMENT,
		.cache = (size_t)LOAD_CACHE * MIB,
	};
	const char *cache = getenv("BENCH_CACHE");
	f->entries = entries;
	f->persons = people.persons;
	bench_settle(b, &people, &f->loaded);
	region_weigh(&b->place, &b->crowd, &f->loaded, &f->octets);
	printf("\n%llu persons, %llu entries: loaded in %.1f s, %.0f entries/s, %.0f us of "
	       "processor an entry; store %.0f MiB, %.0f octets an entry\n",
	       (unsigned long long)f->persons, (unsigned long long)f->loaded.entries,
	       f->loaded.seconds, (double)f->loaded.entries / f->loaded.seconds,
	       f->loaded.cpu * 1e6 / (double)f->loaded.entries, mib(f->octets.trees),
	       f->octets.entry);
	if (bench_number("BENCH_SPACES", 0) != 0)
		region_show_spaces(&b->place, &f->loaded);
	place_configure(&b->place, "most-results", "100000");
	if (cache != NULL) {
		char octets[32];
		snprintf(octets, sizeof octets, "%sMiB", cache);
		place_configure(&b->place, "cache", octets);
	}
}

static void make_heavy(struct bench *b)
{
	char id[POPULATION_ID];
	struct load_target target = place_target(&b->place, b->place.b_clinic);
	target.port = b->place.https;
	population_id(id, classes[OF_HEAVY].at);
	for (unsigned i = 0; i < HEAVY / HEAVY_AT_ONCE; i++) {
		struct arena *a = arena_create(SIZE_MAX);
		struct submission_plan s = { .domain = B_DOMAIN,
					     .id = id,
					     .unique = arena_printf(a, "2.999.9.1%03u", i),
					     .documents = HEAVY_AT_ONCE,
					     .octets = DOCUMENT,
					     .times = 1 };
		struct load_request r = message_registration(a, &s);
		people_ask(&target, &r, true);
		arena_destroy(a);
	}
}

static void head(void)
{
	printf("%-10s %-20s %8s %8s %5s %15s %9s %6s %10s %9s\n", "", "", "rate/s", "null/s",
	       "ratio", "p50/p99 us", "CPU us", "null", "octets", "MB/CPU s");
}

/* Octets that a second of the server's processor answers with. */
static double written(const struct size_figures *f, unsigned i)
{
	return (double)f->length[i] * 1e6 / f->parts[i].cpu_us;
}

static void show_part(const struct size_figures *f, unsigned i)
{
	const struct measured *m = &f->parts[i];
	printf("%-10s %-20s %8.0f %8.0f %5.2f %7.0f/%-7.0f %9.0f %6.0f %10llu %9.0f", parts[i].name,
	       crowd_name(parts[i].what), m->rate.median, m->null_rate.median, m->ratio.median,
	       m->median_us, m->p99_us, m->cpu_us, m->null_cpu_us, (unsigned long long)f->length[i],
	       written(f, i) / 1e6);
	if (m->failed != 0)
		printf(" FAILED %llu: %s", (unsigned long long)m->failed, m->why);
	printf("\n");
}

static void warm(const struct bench *b, const struct load_plan *plan)
{
	struct rounds before = b->rounds;
	struct measured unsaid;
	before.seconds = bench_number("BENCH_WARM", 5);
	if (before.seconds > 0)
		rounds_once(&before, plan, &unsaid);
}

static void measure_part(struct bench *b, unsigned i, struct size_figures *f)
{
	struct load_plan plan, null;
	b->crowd.among = &classes[parts[i].of];
	crowd_plan(b->arena, &b->crowd, &b->place, parts[i].what, parts[i].clients, 0, &plan);
	null = plan;
	null.target.port = b->null_https;
	null.look = NULL;
	f->length[i] = crowd_usual_length(&plan);
	null_house_answer(&b->null, f->length[i], NULL);
	warm(b, &plan);
	rounds_run(&b->rounds, &plan, &null, &f->parts[i]);
	show_part(f, i);
}

static void measure_whole(struct bench *b, struct size_figures *f)
{
	b->crowd.among = NULL;
	region_restart(b, &f->whole);
	bench_open(b);
	region_check(b, &f->whole);
	bench_close(b);
	printf("ready after %.0f ms, after a kill %.0f ms; check and verify %.1f s of processor, "
	       "%llu findings\n",
	       f->whole.ready_ms, f->whole.ready_killed_ms,
	       f->whole.check_us * (double)f->persons / 1e6, (unsigned long long)f->whole.findings);
}

static void measure_size(struct bench *b, uint64_t entries, struct size_figures *f)
{
	b->arena = arena_create(SIZE_MAX);
	settle(b, entries, f);
	region_read_pages(&b->place);
	bench_open(b);
	make_heavy(b);
	head();
	for (unsigned i = 0; i < PARTS; i++)
		if (is_wanted(parts[i].name))
			measure_part(b, i, f);
	bench_close(b);
	if (getenv("BENCH_ONLY") == NULL)
		measure_whole(b, f);
	place_remove(&b->place);
	arena_destroy(b->arena);
}

/* ---- Goals ---- */

static void goal_line(struct bench *b, const char *part, const char *what, double value,
		      bool reached, const char *goal)
{
	printf("%-10s %-32s %10.2f", part, what, value);
	bench_goal(b, reached, "%s", goal);
	printf("\n");
}

static void judge_part(struct bench *b, unsigned i, const struct size_figures *first,
		       const struct size_figures *last)
{
	const struct measured *m = &last->parts[i];
	double growth = m->cpu_us / first->parts[i].cpu_us;
	char goal[32];
	goal_line(b, parts[i].name, "processor time over the first's", growth,
		  m->failed == 0 && growth <= GROWTH_MOST, "1.25 at most");
	if (parts[i].rate > 0) {
		snprintf(goal, sizeof goal, "%.0f at least", parts[i].rate);
		goal_line(b, parts[i].name, "requests a second", m->rate.median,
			  m->failed == 0 && m->rate.median >= parts[i].rate, goal);
	}
	if (parts[i].is_leafs)
		goal_line(b, parts[i].name, "MB of ebRIM a processor second",
			  written(last, i) / 1e6, written(last, i) >= LEAF_OCTETS, "150 at least");
}

static void judge(struct bench *b, const struct size_figures *first,
		  const struct size_figures *last)
{
	printf("\n%llu entries over %llu\n", (unsigned long long)last->entries,
	       (unsigned long long)first->entries);
	for (unsigned i = 0; i < PARTS; i++)
		if (is_wanted(parts[i].name))
			judge_part(b, i, first, last);
	goal_line(b, "", "octets an entry on disk", last->octets.entry,
		  last->octets.entry <= ENTRY_OCTETS, "1024 at most");
	if (getenv("BENCH_ONLY") == NULL)
		goal_line(b, "", "findings of the check", (double)last->whole.findings,
			  first->whole.findings + last->whole.findings == 0, "none");
}

static unsigned sizes_of(uint64_t sizes[SIZES_MOST])
{
	const char *at = getenv("BENCH_SIZES");
	char *end;
	unsigned count = 0;
	for (at = at == NULL ? "10000 1000000" : at; count < SIZES_MOST; at = end) {
		uint64_t size = strtoull(at, &end, 10);
		if (end == at || size < HUNDRED * HUNDRED)
			break;
		sizes[count++] = size;
	}
	return count;
}

int main(void)
{
	struct bench b = { .alone = false };
	static struct size_figures figures[SIZES_MOST];
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
