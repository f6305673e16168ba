/* tests/accuracy/pairs.h: the candidate pairs of a sample, each once. */
#ifndef TESTS_ACCURACY_PAIRS_H
#define TESTS_ACCURACY_PAIRS_H

#include "tests/accuracy/sample.h"

struct pair {
	uint32_t x, y; /* records; x < y */
};

struct pairs {
	struct pair *at;
	size_t count;
	size_t keys, large; /* keys in all; keys that more than BLOCK_MOST records share */
};

enum { BLOCK_MOST = 500 };

/* In order. */
struct pairs pairs_of(struct arena *a, const struct sample *s);
bool pairs_have(const struct pairs *p, uint32_t x, uint32_t y);

#endif
