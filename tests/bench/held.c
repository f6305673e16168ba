/* tests/bench/held.c: what a snapshot costs others that somebody holds while documents are
 * registered. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

enum { QUESTIONERS = 16, OFTEN = 20, SUBMITTERS = 16, OCTETS = 256, ROUNDS = 5 };

/* ---- Registering ---- */

static void submit(struct bench *b, unsigned count)
{
	struct load_result result;
	struct load_plan plan;
	crowd_plan(b->arena, &b->crowd, &b->place, GIVE_DOCUMENT, SUBMITTERS, OCTETS, &plan);
	plan.requests = count;
	load_run(&plan, &result);
	if (result.failed != 0) {
		fprintf(stderr, "bench: ITI-41: %s\n", result.why);
		exit(1);
	}
}

/* ---- Asking ---- */

/* Of so many questions one is a feed: everybody's snapshots are a little old, too. */
struct mixed {
	struct load_plan find;
	struct load_request feed;
};

static struct load_request next(void *with, unsigned client, uint64_t number)
{
	struct mixed *m = with;
	return number % OFTEN == OFTEN - 1 ? m->feed : m->find.next(m->find.with, client, number);
}

static struct measured measure(struct bench *b, struct mixed *with)
{
	struct measured m;
	struct rounds r = b->rounds;
	struct load_plan plan = { .target = place_target(&b->place, b->place.a_hospital),
				  .clients = QUESTIONERS,
				  .next = next,
				  .with = with };
	r.count = r.count < ROUNDS ? r.count : ROUNDS;
	rounds_run(&r, &plan, NULL, &m);
	return m;
}

static struct store_txn *hold(struct bench *b)
{
	struct problem p = { 0 };
	struct store_txn *t = store_begin_read(b->gateway.store, &p);
	if (t == NULL) {
		fprintf(stderr, "bench: %s\n", p.what);
		exit(1);
	}
	return t;
}

void bench_held(struct bench *b)
{
	static const unsigned registrations[] = { 8000, 25000 };
	bench_server(b);
	struct mixed with = { .feed = people_registration(b->arena, 0) };
	crowd_plan(b->arena, &b->crowd, &b->place, ASK_ENTRIES, QUESTIONERS, 0, &with.find);
	for (size_t i = 0; i < sizeof registrations / sizeof registrations[0]; i++) {
		struct store_txn *held = hold(b);
		submit(b, registrations[i]);
		struct measured old = measure(b, &with);
		store_end(held);
		struct measured none = measure(b, &with);
		double ratio = old.rate.median / none.rate.median;
		printf("held, %5u registrations %7.0f [%6.0f..%6.0f] queries/s, without "
		       "%7.0f [%6.0f..%6.0f], %.2f; CPU us %.0f and %.0f",
		       registrations[i], old.rate.median, old.rate.least, old.rate.most,
		       none.rate.median, none.rate.least, none.rate.most, ratio, old.cpu_us,
		       none.cpu_us);
		bench_goal(b, old.failed + none.failed == 0 && ratio >= 0.8, "ratio 0.8");
	}
}
