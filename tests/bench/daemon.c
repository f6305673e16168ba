/* tests/bench/daemon.c: minatod as it is installed: how fast it is ready, what it holds when idle,
 * with thousands of connections, and while a gibibyte passes through. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/machine.h"

enum { STARTS = 7, CONNECTIONS = 5000, EACH = 50, MEBIBYTE = 1 << 20, GIBIBYTE_TIMES = 1024 };

static double mib(uint64_t octets)
{
	return (double)octets / MEBIBYTE;
}

/* A region with one person, joined. */
static void prepare(struct bench *b, struct place *p)
{
	char *join[] = { "consent",  "join",  "--patient", "P10000@b-clinic",
			 "--reason", "bench", NULL };
	place_make(p);
	place_start(p);
	people_feed(b->arena, p, 1);
	place_tell(p, join);
}

void bench_idle(struct bench *b)
{
	struct place p;
	double ready[STARTS], idle[STARTS];
	struct load_result result;
	prepare(b, &p);
	for (unsigned i = 0; i < STARTS; i++) {
		place_stop(&p);
		place_start(&p);
		ready[i] = p.ready_ms;
		idle[i] = mib(machine_status(p.daemon, "VmRSS"));
	}
	struct spread r = spread_of(ready, STARTS), i = spread_of(idle, STARTS);
	printf("%-22s %7.1f [%6.1f..%6.1f] ms", "ready after", r.median, r.least, r.most);
	bench_goal(b, r.median < 50, "50 ms");
	printf("\n%-22s %7.1f [%6.1f..%6.1f] MiB", "resident, idle", i.median, i.least, i.most);
	bench_goal(b, i.median < 30, "30 MiB");
	struct asking w = people_pix(b->arena, B_DOMAIN, 1);
	struct load_plan plan = { .target = place_target(&p, p.b_clinic),
				  .clients = 32,
				  .seconds = b->rounds.seconds * 2,
				  .next = people_next,
				  .with = &w };
	load_run(&plan, &result);
	printf("\n%-22s %7.1f MiB after %llu ITI-45\n", "resident, after load",
	       mib(machine_status(p.daemon, "VmRSS")), (unsigned long long)result.done);
	place_stop(&p);
	place_remove(&p);
}

static double grown(const struct place *p, uint64_t before)
{
	uint64_t most = machine_status(p->daemon, "VmHWM");
	return most > before ? mib(most - before) : 0;
}

void bench_document(struct bench *b)
{
	struct place p;
	prepare(b, &p);
	struct submission_plan s = { .domain = B_DOMAIN,
				     .id = people_id(b->arena, 0),
				     .unique = "2.999.9.2",
				     .documents = 1,
				     .octets = MEBIBYTE,
				     .times = GIBIBYTE_TIMES };
	struct load_target submitter = place_target(&p, p.b_clinic),
			   asker = place_target(&p, p.a_hospital);
	struct load_request in = message_submission(b->arena, &s);
	struct load_request out = people_retrieve(b->arena, "2.999.9.2.1");
	uint64_t before = machine_status(p.daemon, "VmRSS");
	machine_forget_peak(p.daemon);
	double begun = machine_now();
	people_ask(&submitter, &in, true);
	double between = machine_now();
	printf("%-22s %7.0f MiB/s, %.1f MiB grown", "1 GiB in (ITI-41)",
	       GIBIBYTE_TIMES / (between - begun), grown(&p, before));
	bench_goal(b, grown(&p, before) <= 32, "32 MiB");
	machine_forget_peak(p.daemon);
	between = machine_now();
	uint64_t length = people_ask(&asker, &out, false);
	printf("\n%-22s %7.0f MiB/s, %.1f MiB grown", "1 GiB out (ITI-43)",
	       GIBIBYTE_TIMES / (machine_now() - between), grown(&p, before));
	bench_goal(b, grown(&p, before) <= 32 && length >= (uint64_t)GIBIBYTE_TIMES * MEBIBYTE,
		   "32 MiB");
	printf("\n");
	place_stop(&p);
	place_remove(&p);
}

/* Held open, and then asked: some of them, by turns. */
void bench_connections(struct bench *b)
{
	struct place p;
	struct load_line **lines = arena_array(b->arena, struct load_line *, CONNECTIONS);
	unsigned open = 0, answered = 0;
	prepare(b, &p);
	struct load_target target = place_target(&p, p.b_clinic);
	struct load_context *context = load_context(&target);
	struct asking w = people_pix(b->arena, B_DOMAIN, 1);
	uint64_t before = machine_status(p.daemon, "VmRSS");
	double begun = machine_now();
	while (open < CONNECTIONS && (lines[open] = load_connect(context)) != NULL)
		open++;
	double seconds = machine_now() - begun;
	uint64_t after = machine_status(p.daemon, "VmRSS");
	for (unsigned i = 0; i < open; i += EACH) {
		int status = 0;
		uint64_t length;
		answered += load_ask(lines[i], w.requests, &status, &length) && status == 200;
	}
	printf("%-22s %7u held, %.1f MiB in all, %.1f KiB each, %.0f handshakes/s",
	       "idle connections", open, mib(after),
	       (double)(after - before) / 1024 / (open == 0 ? 1 : open), open / seconds);
	bench_goal(b, open == CONNECTIONS && answered == (CONNECTIONS + EACH - 1) / EACH, "%u",
		   CONNECTIONS);
	printf("\n");
	for (unsigned i = 0; i < open; i++)
		load_disconnect(lines[i]);
	load_context_free(context);
	place_stop(&p);
	place_remove(&p);
}
