/* tests/bench/held.c: what a snapshot costs others that somebody holds while documents are
 * registered. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

enum {
	QUESTIONERS = 16,
	QUESTIONS = 100,
	OFTEN = 20,
	SUBMITTERS = 16,
	PATIENTS = 4, /* of each, after those who are asked for */
	FIRST_PATIENT = 200,
	ROUNDS = 5,
};

/* ---- Registering ---- */

struct submitter {
	struct load_request requests[PATIENTS];
	struct serials serials[PATIENTS];
	uint64_t number; /* of its last submission */
};

static struct load_request submit_next(void *with, unsigned client, uint64_t number)
{
	struct submitter *s = &((struct submitter *)with)[client];
	unsigned i = (unsigned)(number % PATIENTS);
	message_number(&s->serials[i], client * UINT64_C(100000000) + ++s->number);
	return s->requests[i];
}

static struct submitter *submitters(struct bench *b)
{
	struct submitter *all = arena_array(b->arena, struct submitter, SUBMITTERS);
	for (unsigned i = 0; i < SUBMITTERS * PATIENTS; i++) {
		struct submission_plan plan = { .domain = B_DOMAIN,
						.id = people_id(b->arena, FIRST_PATIENT + i),
						.unique = "2.999.6." SERIAL,
						.documents = 1,
						.octets = 256,
						.times = 1 };
		struct submitter *s = &all[i / PATIENTS];
		s->requests[i % PATIENTS] = message_submission(b->arena, &plan);
		s->serials[i % PATIENTS] = message_serials(b->arena, &s->requests[i % PATIENTS]);
	}
	return all;
}

static bool succeeded(void *with, unsigned client, int status, const unsigned char *body,
		      size_t length)
{
	(void)with, (void)client;
	return status == 200 && memmem(body, length, "ResponseStatusType:Success", 26) != NULL;
}

static void submit(struct bench *b, struct submitter *all, unsigned count)
{
	struct load_result result;
	struct load_plan plan = { .target = place_target(&b->place, b->place.b_clinic),
				  .clients = SUBMITTERS,
				  .requests = count,
				  .next = submit_next,
				  .look = succeeded,
				  .with = all };
	load_run(&plan, &result);
	if (result.failed != 0) {
		fprintf(stderr, "bench: ITI-41: %s\n", result.why);
		exit(1);
	}
}

/* ---- Asking ---- */

/* Of so many questions one is a feed: everybody's snapshots are a little old, too. */
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
	struct submitter *all = submitters(b);
	struct mixed with = { people_find(b->arena, A_DOMAIN, QUESTIONS),
			      people_registration(b->arena, 0) };
	with.find.clients = QUESTIONERS;
	for (size_t i = 0; i < sizeof registrations / sizeof registrations[0]; i++) {
		struct store_txn *held = hold(b);
		submit(b, all, registrations[i]);
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
