/* gateway/hashing.h: large documents that are not verified yet are hashed by a thread of its own,
 * so that no query waits behind that.
 *
 * Those who wait for it take turns by system (gateway/base/turns.h): one that asks for a hundred
 * delays nobody's single one for longer than one of them takes. Of each only so many may wait.
 * Thread-safe. */
#ifndef GATEWAY_HASHING_H
#define GATEWAY_HASHING_H

#include <stdint.h>

#include "gateway/base/turns.h"

struct hashing;
struct share;

/* An exchange that waits; embedded in its journey. */
struct hashing_turn {
	struct job job;
	struct hashing *hashing;
	struct share *share; /* of those who wait */
};

struct hashing_counts {
	unsigned at_work, waiting;
	uint64_t refused; /* because as many of that system waited as may */
};

struct hashing *hashing_create(void);    /* NULL: no memory or threads */
void hashing_destroy(struct hashing *h); /* runs what waits; NULL is fine */
void hashing_count(struct hashing *h, struct hashing_counts *out);

#endif
