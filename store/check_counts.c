/* store/check_counts.c: two sets of rows compared, without holding them. */
#include "store/check_counts.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"

/* 2^61 - 1 is prime (Pervushin). */
#define PRIME ((UINT64_C(1) << 61) - 1)

/* A megabyte; of a million changes meanwhile each part has a few. */
enum { PARTS = 1 << 16, SIDES = 2, WORD = 7 /* octets, less than the prime */ };

struct check_counts_of {
	uint64_t point, base; /* where products are evaluated, and a row's octets */
	uint64_t products[PARTS][SIDES];
};

static uint64_t times(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)a * b;
	uint64_t sum = (uint64_t)(product & PRIME) + (uint64_t)(product >> 61);
	return sum >= PRIME ? sum - PRIME : sum;
}

static uint64_t drawn(const struct random_source *r)
{
	uint64_t number;
	r->fill(r, &number, sizeof number);
	return number % PRIME;
}

struct check_counts_of *check_counts_create(const struct random_source *r)
{
	struct check_counts_of *c = malloc(sizeof *c);
	if (c == NULL)
		return NULL;
	c->point = drawn(r);
	c->base = drawn(r);
	for (size_t i = 0; i < PARTS; i++)
		c->products[i][CHECK_EXPECTED] = c->products[i][CHECK_THERE] = 1;
	return c;
}

void check_counts_destroy(struct check_counts_of *c)
{
	free(c);
}

/* The octets as coefficients, seven each, the length last: a polynomial's value at the base. */
static uint64_t evaluated(const struct check_counts_of *c, uint64_t value, struct bytes octets)
{
	size_t at = 0;
	for (; at < octets.length; at += WORD) {
		uint64_t word = 0;
		size_t left = octets.length - at;
		memcpy(&word, octets.data + at, left < WORD ? left : WORD);
		value = (times(value, c->base) + word) % PRIME;
	}
	return (times(value, c->base) + octets.length) % PRIME;
}

void check_counts_add(struct check_counts_of *c, enum check_side side, struct bytes key,
		      struct bytes leads_to)
{
	uint64_t of_key = evaluated(c, 1, key), row = evaluated(c, of_key, leads_to);
	uint64_t *product = &c->products[of_key % PARTS][side];
	uint64_t factor = (c->point + PRIME - row) % PRIME;
	/* Nothing would count any more behind a zero. */
	*product = times(*product, factor == 0 ? 1 : factor);
}

bool check_counts_agree(const struct check_counts_of *c, struct bytes key)
{
	const uint64_t *both = c->products[evaluated(c, 1, key) % PARTS];
	return both[CHECK_EXPECTED] == both[CHECK_THERE];
}

size_t check_counts_differing(const struct check_counts_of *c)
{
	size_t differing = 0;
	for (size_t i = 0; i < PARTS; i++)
		differing += c->products[i][CHECK_EXPECTED] != c->products[i][CHECK_THERE];
	return differing;
}
