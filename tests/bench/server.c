/* tests/bench/server.c: the gateway in this process, its people, and a second door with a null
 * house. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/config.h"
#include "store/consent.h"
#include "store/identity.h"
#include "store/store.h"

enum { PEOPLE = 500, SHARING = 100, SCRATCH = 64 << 20 };

/* Consent is on: everybody has joined, and every question is judged by that. */
static bool join_all(void *with, struct store_txn *t, struct problem *p)
{
	const struct bench *b = with;
	struct arena *a = store_arena(t);
	struct consent_coverage coverage;
	for (unsigned i = 0; i < PEOPLE; i++) {
		struct patient_record record;
		struct consent_event e = { .action = CONSENT_JOIN,
					   .reason = "bench",
					   .by = "bench",
					   .time = system_clock.now(&system_clock) };
		if (!identity_find(t, a, B_DOMAIN, people_id(a, i), &record)
		    || !consent_record(t, &b->gateway.configuration->region, record.number, &e,
				       &coverage, p))
			return problem_set(p, PROBLEM_INTERNAL, "person %u is not there", i);
	}
	return true;
}

static void open_null_door(struct bench *b)
{
	struct gateway *g = &b->gateway;
	const struct config_door *like = &g->configuration->https;
	const char *why = NULL;
	struct door_settings s = { .kind = DOOR_HTTPS,
				   .address = like->address,
				   .tls = like->tls,
				   .limits = like->limits,
				   .house = &b->null.house };
	null_house_answer(&b->null, 1, NULL);
	if (!front_open(g->front, &s, &why)) {
		fprintf(stderr, "bench: %s\n", why);
		exit(1);
	}
	b->null_port = front_port(g->front, DOOR_HTTPS);
}

void bench_server(struct bench *b)
{
	struct log log = { .fd = STDERR_FILENO, .level = LOG_WARNING };
	struct problem p = { 0 };
	if (b->running)
		return;
	place_make(&b->place);
	if (!gateway_start(&b->gateway, b->place.configuration, &log))
		exit(1);
	b->running = true;
	people_feed(b->arena, &b->place, PEOPLE);
	if (!store_write(b->gateway.store, join_all, b, &p)) {
		fprintf(stderr, "bench: %s\n", p.what);
		exit(1);
	}
	people_share(b->arena, &b->place, SHARING);
	open_null_door(b);
	b->rounds.store = b->gateway.store;
}

void bench_server_end(struct bench *b)
{
	if (!b->running)
		return;
	gateway_stop(&b->gateway);
	null_house_free(&b->null);
	place_remove(&b->place);
	b->running = false;
}
