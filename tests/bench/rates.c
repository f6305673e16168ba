/* tests/bench/rates.c: requests a second, real ones against a handler that does nothing, in the
 * same server and by turns; and submissions, which the disk must not hold up. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

enum { QUESTIONERS = 64, RETRIEVERS = 8, PROVIDERS = 16 };
enum { MEBIBYTE = 1 << 20, SLOW_US = 2000 };

static void head(struct bench *b)
{
	if (!b->table_begun)
		printf("%-22s %23s %23s %20s %12s %15s\n", "", "rate/s", "null/s", "ratio",
		       "p50/p99 us", "CPU us: it/null");
	b->table_begun = true;
}

static void row(struct bench *b, const char *name, const struct measured *m)
{
	head(b);
	printf("%-22s %7.0f [%6.0f..%6.0f] ", name, m->rate.median, m->rate.least, m->rate.most);
	if (m->null_rate.median > 0)
		printf("%7.0f [%6.0f..%6.0f] %5.2f [%5.2f..%5.2f] ", m->null_rate.median,
		       m->null_rate.least, m->null_rate.most, m->ratio.median, m->ratio.least,
		       m->ratio.most);
	else
		printf("%23s %20s ", "", "");
	printf("%5.0f/%6.0f %6.0f/%-6.0f", m->median_us, m->p99_us, m->cpu_us, m->null_cpu_us);
	if (m->failed != 0)
		printf(" FAILED %llu: %s", (unsigned long long)m->failed, m->why);
	fflush(stdout);
}

/* The null house answers with as much, by turns. Requests a second. */
static double compare(struct bench *b, enum asked what, size_t octets, const char *name,
		      double goal)
{
	struct measured m;
	struct load_plan plan;
	bench_server(b);
	crowd_plan(b->arena, &b->crowd, &b->place, what, QUESTIONERS, octets, &plan);
	struct load_plan null = plan;
	null.target.port = plan.target.mllp ? b->null_mllp : b->null_https;
	null.look = NULL;
	null_house_answer(&b->null, crowd_usual_length(&plan), NULL);
	rounds_run(&b->rounds, &plan, b->alone ? NULL : &null, &m);
	row(b, name, &m);
	if (goal > 0)
		bench_goal(b, m.failed == 0 && m.ratio.median >= goal, "ratio %.2f", goal);
	else
		printf("\n");
	printf("%22s %.0f transactions/s, %.0f flushes/s\n", "", m.kept.median, m.flushes.median);
	return m.failed == 0 ? m.rate.median : 0;
}

void bench_pix(struct bench *b)
{
	compare(b, ASK_IDS, 0, "ITI-45", 0.65);
}

void bench_find(struct bench *b)
{
	compare(b, ASK_ENTRIES, 0, "ITI-18, 10 entries", 0.6);
}

void bench_references(struct bench *b)
{
	compare(b, ASK_REFERENCES, 0, "ITI-18, 10 references", 0);
}

void bench_fetch(struct bench *b)
{
	compare(b, ASK_DOCUMENT, 0, "ITI-43, 20 KiB", 0);
}

void bench_register(struct bench *b)
{
	compare(b, GIVE_ENTRY, 0, "ITI-42", 0.35);
}

void bench_feed(struct bench *b)
{
	compare(b, FEED_V3, 0, "ITI-44, new persons", 0);
}

void bench_admit(struct bench *b)
{
	compare(b, FEED_V2, 0, "ADT A04 over MLLP", 0);
}

/* A file as long as the answer is what the null house sends. */
static void make_file(const char *path, uint64_t length)
{
	FILE *f = fopen(path, "w");
	for (uint64_t i = 0; f != NULL && i < length; i++)
		putc((int)(i * 2654435761u >> 24 & 0xff), f);
	if (f == NULL || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

void bench_retrieve(struct bench *b)
{
	struct measured m;
	char path[512];
	bench_server(b);
	char id[POPULATION_ID];
	population_id(id, 0);
	struct submission_plan s = { .domain = B_DOMAIN,
				     .id = id,
				     .unique = "2.999.9.1",
				     .documents = 1,
				     .octets = MEBIBYTE,
				     .times = 1 };
	struct load_target submitter = place_target(&b->place, b->place.b_clinic);
	struct load_request submission = message_submission(b->arena, &s);
	struct load_request request = people_retrieve(b->arena, "2.999.9.1.1");
	struct asking w = { &request, 1, RETRIEVERS };
	struct load_plan plan = { .target = place_target(&b->place, b->place.a_hospital),
				  .clients = RETRIEVERS,
				  .next = people_next,
				  .with = &w };
	struct load_plan null = plan;
	null.target.port = b->null_https;
	people_ask(&submitter, &submission, true);
	snprintf(path, sizeof path, "%s/same", b->place.directory);
	make_file(path, people_ask(&plan.target, &request, true));
	null_house_answer(&b->null, 0, path);
	rounds_run(&b->rounds, &plan, b->alone ? NULL : &null, &m);
	row(b, "ITI-43, 1 MiB", &m);
	bench_goal(b, m.failed == 0 && m.ratio.median >= 0.6, "ratio 0.6");
}

/* ---- Submissions ---- */

/* The committer is what limits: one flush serves several, and a disk ten times as slow is felt less
 * than twice. */
void bench_provide(struct bench *b)
{
	struct measured usual, slow;
	bench_server(b);
	struct load_plan plan;
	crowd_plan(b->arena, &b->crowd, &b->place, GIVE_DOCUMENT, PROVIDERS, 10 << 10, &plan);
	rounds_run(&b->rounds, &plan, NULL, &usual);
	row(b, "ITI-41, 10 KiB", &usual);
	bench_goal(b, usual.failed == 0 && usual.rate.median >= 2000, "2000/s");
	printf("%22s %.0f transactions/s, %.0f flushes/s\n", "", usual.kept.median,
	       usual.flushes.median);
	double rate = compare(b, GIVE_DOCUMENT, 20 << 10, "ITI-41, 20 KiB", 0.35);
	printf("%22s %.0f/s", "", rate);
	bench_goal(b, rate >= 5000, "5,000/s where a flush takes 0.2 ms");
	store_slow_disk(b->gateway.store, SLOW_US);
	rounds_run(&b->rounds, &plan, NULL, &slow);
	store_slow_disk(b->gateway.store, 0);
	row(b, "  flush + 2 ms", &slow);
	bench_goal(b,
		   slow.failed == 0 && slow.rate.median >= 4 * slow.flushes.median
			   && slow.rate.median >= usual.rate.median / 2,
		   "half of that, 4 a flush");
	printf("%22s %.0f transactions/s, %.0f flushes/s\n", "", slow.kept.median,
	       slow.flushes.median);
}
