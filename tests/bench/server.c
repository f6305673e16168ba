/* tests/bench/server.c: the gateway in this process, its people, and second doors with a null
 * house. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/config.h"
#include "store/store.h"

/* Of each the first document has 20 KiB, for ITI-43; FindDocuments finds all ten. */
static const struct crowd_loading usual = {
	.population = { .seed = 10, .documents_least = 10, .documents_most = 10 },
	.persons = 10000,
	.first = 20 << 10,
	.octets = 256,
	.cache = 256 << 20,
	.together = true,
};

/* Beside the real one, like it. */
static unsigned open_null_door(struct bench *b, enum door_kind kind, const struct config_door *like)
{
	struct gateway *g = &b->gateway;
	const char *why = NULL;
	const char *name = kind == DOOR_MLLP ? "null-mllp" : "null-https";
	struct door_settings s = { .kind = kind,
				   .name = name,
				   .address = like->address,
				   .tls = like->tls,
				   .limits = like->limits,
				   .house = &b->null.house };
	if (!front_open(g->front, &s, &why)) {
		fprintf(stderr, "bench: %s\n", why);
		exit(1);
	}
	return front_port(g->front, name);
}

void bench_server(struct bench *b)
{
	if (!b->running)
		bench_server_with(b, &usual);
}

void bench_server_with(struct bench *b, const struct crowd_loading *people)
{
	struct bulk_result loaded;
	bench_server_end(b);
	bench_settle(b, people, &loaded);
	bench_open(b);
}

void bench_settle(struct bench *b, const struct crowd_loading *people, struct bulk_result *loaded)
{
	place_make(&b->place);
	/* A process with walls starts no other; this one serves, and makes the next region. */
	place_configure(&b->place, "walls", "off");
	crowd_load(&b->place, people, &b->crowd, loaded);
}

void bench_open(struct bench *b)
{
	struct log log = { .fd = STDERR_FILENO, .level = LOG_WARNING };
	if (!gateway_start(&b->gateway, b->place.configuration, &log))
		exit(1);
	b->running = true;
	null_house_answer(&b->null, 1, NULL);
	b->null_https = open_null_door(b, DOOR_HTTPS, &b->gateway.configuration->https);
	b->null_mllp = open_null_door(b, DOOR_MLLP, &b->gateway.configuration->mllp);
	b->rounds.store = b->gateway.store;
}

void bench_close(struct bench *b)
{
	gateway_stop(&b->gateway);
	null_house_free(&b->null);
	b->rounds.store = NULL;
	b->running = false;
}

void bench_server_end(struct bench *b)
{
	if (!b->running)
		return;
	bench_close(b);
	place_remove(&b->place);
}
