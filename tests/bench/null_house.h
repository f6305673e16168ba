/* tests/bench/null_house.h: a handler that does nothing, behind a door of the same server: it reads
 * the body and answers with as many octets as it was told. What the real road is measured
 * against. */
#ifndef TESTS_BENCH_NULL_HOUSE_H
#define TESTS_BENCH_NULL_HOUSE_H

#include "gateway/transport/door.h"

struct null_house {
	struct house house;
	struct header type;
	struct piece piece; /* octets in memory, or a file that stays open */
};

/* Answers of that length from memory, or, with a path, the whole file. */
void null_house_answer(struct null_house *h, size_t length, const char *path);
void null_house_free(struct null_house *h);

#endif
