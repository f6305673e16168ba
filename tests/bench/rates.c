/* tests/bench/rates.c: requests a second, real ones against a handler that does nothing, in the
 * same server and by turns; and submissions, which the disk must not hold up. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

enum { QUESTIONERS = 64, RETRIEVERS = 8, PROVIDERS = 16, PATIENTS = 8 }; /* of each provider */
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

/* Asks once for the length, lets the null house answer with as much, and measures. */
static void compare(struct bench *b, const char *name, struct asking *w, const char *certificate,
		    double goal)
{
	struct measured m;
	struct load_plan plan = { .target = place_target(&b->place, certificate),
				  .clients = QUESTIONERS,
				  .next = people_next,
				  .with = w };
	struct load_plan null = plan;
	w->clients = plan.clients;
	null.target.port = b->null_port;
	null_house_answer(&b->null, people_ask(&plan.target, &w->requests[0], true), NULL);
	rounds_run(&b->rounds, &plan, b->alone ? NULL : &null, &m);
	row(b, name, &m);
	bench_goal(b, m.failed == 0 && m.ratio.median >= goal, "ratio %.1f", goal);
	printf("%22s %.0f transactions/s, %.0f flushes/s\n", "", m.kept.median, m.flushes.median);
}

void bench_pix(struct bench *b)
{
	bench_server(b);
	struct asking w = people_pix(b->arena, B_DOMAIN, 500);
	compare(b, "ITI-45", &w, b->place.b_clinic, 0.5);
}

void bench_find(struct bench *b)
{
	bench_server(b);
	struct asking w = people_find(b->arena, A_DOMAIN, 100);
	compare(b, "ITI-18, 10 entries", &w, b->place.a_hospital, 0.5);
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
	struct submission_plan s = { .domain = B_DOMAIN,
				     .id = people_id(b->arena, 0),
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
	null.target.port = b->null_port;
	people_ask(&submitter, &submission, true);
	snprintf(path, sizeof path, "%s/same", b->place.directory);
	make_file(path, people_ask(&plan.target, &request, true));
	null_house_answer(&b->null, 0, path);
	rounds_run(&b->rounds, &plan, b->alone ? NULL : &null, &m);
	row(b, "ITI-43, 1 MiB", &m);
	bench_goal(b, m.failed == 0 && m.ratio.median >= 0.6, "ratio 0.6");
}

/* ---- Submissions ---- */

struct provider {
	struct load_request requests[PATIENTS];
	struct serials serials[PATIENTS];
	uint64_t number; /* of its last submission */
};

static struct load_request provide_next(void *with, unsigned client, uint64_t number)
{
	struct provider *p = &((struct provider *)with)[client];
	unsigned i = (unsigned)(number % PATIENTS);
	message_number(&p->serials[i], client * UINT64_C(100000000) + ++p->number);
	return p->requests[i];
}

static struct provider *providers(struct bench *b)
{
	struct provider *all = arena_array(b->arena, struct provider, PROVIDERS);
	for (unsigned i = 0; i < PROVIDERS * PATIENTS; i++) {
		struct submission_plan s = { .domain = B_DOMAIN,
					     .id = people_id(b->arena, 100 + i),
					     .unique = "2.999.8." SERIAL,
					     .documents = 1,
					     .octets = 10 * 1024,
					     .times = 1 };
		struct provider *p = &all[i / PATIENTS];
		p->requests[i % PATIENTS] = message_submission(b->arena, &s);
		p->serials[i % PATIENTS] = message_serials(b->arena, &p->requests[i % PATIENTS]);
	}
	return all;
}

static bool succeeded(void *with, unsigned client, int status, const unsigned char *body,
		      size_t length)
{
	(void)with, (void)client;
	return status == 200 && memmem(body, length, "ResponseStatusType:Success", 26) != NULL;
}

/* The committer is what limits: one flush serves several, and a disk ten times as slow is felt less
 * than twice. */
void bench_provide(struct bench *b)
{
	struct measured usual, slow;
	bench_server(b);
	struct load_plan plan = { .target = place_target(&b->place, b->place.b_clinic),
				  .clients = PROVIDERS,
				  .next = provide_next,
				  .look = succeeded,
				  .with = providers(b) };
	rounds_run(&b->rounds, &plan, NULL, &usual);
	row(b, "ITI-41, 10 KiB", &usual);
	bench_goal(b, usual.failed == 0 && usual.rate.median >= 2000, "2000/s");
	printf("%22s %.0f transactions/s, %.0f flushes/s\n", "", usual.kept.median,
	       usual.flushes.median);
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
