/* tests/bench/held.c: what a snapshot costs others that somebody holds while a region registers. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/store.h"

enum {
	QUESTIONERS = 16, QUESTIONS = 100, OFTEN = 20,
	REGISTERED = 500,	/* by bench_server() */
	ROUNDS = 5,
};

/* Of so many questions one is a registration: everybody's snapshots are a little old, too. */
struct mixed {
	struct asking find;
	struct load_request feed;
};

static struct load_request next(void *with, unsigned client, uint64_t number)
{
	struct mixed *m = with;
	return number % OFTEN == OFTEN - 1 ? m->feed : people_next(&m->find, client, number);
}

static struct measured measure(struct bench *b, struct mixed *with)
{
	struct measured m;
	struct rounds r = b->rounds;
	struct load_plan plan = { .target = place_target(&b->place, b->place.a_hospital),
				  .clients = QUESTIONERS, .next = next, .with = with };
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
	unsigned registered = REGISTERED;
	bench_server(b);
	struct mixed with = { people_find(b->arena, A_DOMAIN, QUESTIONS),
			      people_registration(b->arena, 0) };
	with.find.clients = QUESTIONERS;
	for (size_t i = 0; i < sizeof registrations / sizeof registrations[0]; i++) {
		struct arena *scratch = arena_create(SIZE_MAX);
		struct store_txn *held = hold(b);
		people_register(scratch, &b->place, registered, registrations[i]);
		registered += registrations[i];
		arena_destroy(scratch);
		struct measured old = measure(b, &with);
		store_end(held);
		struct measured none = measure(b, &with);
		double ratio = old.rate.median / none.rate.median;
		printf("held, %5u registrations %7.0f [%6.0f..%6.0f] queries/s, without "
		       "%7.0f [%6.0f..%6.0f], %.2f",
		       registrations[i], old.rate.median, old.rate.least, old.rate.most,
		       none.rate.median, none.rate.least, none.rate.most, ratio);
		bench_goal(b, old.failed + none.failed == 0 && ratio >= 0.8, "ratio 0.8");
	}
}
