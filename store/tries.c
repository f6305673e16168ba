/* store/tries.c: what a job's tries have in common, and what each of them begins afresh. */
#include "store/tries.h"

#include <openssl/evp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"

/* The moment of a job, and its random octets: drawn when the first try asks, then the same. */

static struct store_given *given_of_clock(const struct clock *c)
{
	return (struct store_given *)((char *)c - offsetof(struct store_given, clock));
}

static instant given_now(const struct clock *c)
{
	struct store_given *g = given_of_clock(c);
	if (!g->timed)
		g->now = g->real_clock->now(g->real_clock);
	g->timed = true;
	return g->now;
}

static int64_t given_elapsed(const struct clock *c)
{
	const struct clock *real = given_of_clock(c)->real_clock;
	return real->elapsed(real);
}

/* SHA-256 over the seed and a number: 32 octets each. */
static bool draw(struct store_given *g, unsigned char out[STORE_SEED])
{
	uint64_t number = g->drawn++;
	return EVP_DigestInit_ex(g->digest, NULL, NULL) == 1
	       && EVP_DigestUpdate(g->digest, g->seed, sizeof g->seed) == 1
	       && EVP_DigestUpdate(g->digest, &number, sizeof number) == 1
	       && EVP_DigestFinal_ex(g->digest, out, NULL) == 1;
}

static void given_fill(const struct random_source *r, void *out, size_t length)
{
	struct store_given *g = (struct store_given *)((char *)r
						       - offsetof(struct store_given, random));
	unsigned char octets[STORE_SEED], *at = out;
	if (!g->seeded)
		g->real_random->fill(g->real_random, g->seed, sizeof g->seed);
	g->seeded = true;
	while (length > 0) {
		size_t part = length < sizeof octets ? length : sizeof octets;
		if (!draw(g, octets)) /* no digest: then not the same in each try, but random */
			g->real_random->fill(g->real_random, octets, sizeof octets);
		memcpy(at, octets, part);
		at += part;
		length -= part;
	}
}

void tries_given(struct store_job *j, const struct store_settings *s, struct evp_md_ctx_st *digest)
{
	struct store_given *g = &j->given;
	g->clock = (struct clock){ .now = given_now, .elapsed = given_elapsed };
	g->random = (struct random_source){ .fill = given_fill };
	g->real_clock = s->clock;
	g->real_random = s->random;
	g->digest = digest;
	g->drawn = 0;
}

/* What each begins afresh. */

void tries_expect(struct store_job *j)
{
	j->problem = (struct problem){ 0 };
	j->given.timed = j->given.seeded = false;
	j->before = NULL;
	j->tried = false;
}

static size_t size_of_blocks(const struct store_afresh *a)
{
	size_t size = 0;
	for (size_t i = 0; i < a->count; i++)
		size += a->blocks[i].size;
	return size;
}

static bool note(struct store_job *j)
{
	const struct store_afresh *a = &j->afresh;
	unsigned char *at = j->before = malloc(size_of_blocks(a) + 1);
	if (at == NULL)
		return problem_set(&j->problem, PROBLEM_OUT_OF_RESOURCES,
				   "no memory for a job that may have to be run again");
	for (size_t i = 0; i < a->count; at += a->blocks[i++].size)
		memcpy(at, a->blocks[i].at, a->blocks[i].size);
	if (a->arena != NULL)
		j->stood = arena_mark(a->arena);
	return true;
}

static void take_back(struct store_job *j)
{
	const struct store_afresh *a = &j->afresh;
	const unsigned char *at = j->before;
	for (size_t i = 0; i < a->count; at += a->blocks[i++].size)
		memcpy(a->blocks[i].at, at, a->blocks[i].size);
	if (a->arena != NULL)
		arena_rewind(a->arena, &j->stood);
}

bool tries_begin(struct store_job *j, bool again)
{
	bool first = !j->tried;
	j->tried = true;
	j->problem = (struct problem){ 0 };
	if (!again)
		return true;
	if (first)
		return note(j);
	take_back(j);
	return true;
}

void tries_end(struct store_job *j)
{
	free(j->before);
	j->before = NULL;
}
