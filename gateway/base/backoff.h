/* gateway/base/backoff.h: how long who was not taken rests before he tries again. */
#ifndef GATEWAY_BASE_BACKOFF_H
#define GATEWAY_BASE_BACKOFF_H

#include <stdint.h>

struct random_source;

struct backoff {
	int64_t first, longest; /* microseconds */
};

/* After so many failures in a row (from 1): the first pause, doubled with each up to the longest,
 * and up to a quarter more or less, so that those who failed together do not come back together.
 * NULL: neither more nor less, of who comes alone. */
int64_t backoff_pause(const struct backoff *b, unsigned failures,
		      const struct random_source *random);
/* The longest of all: what is due later than that was written by a clock that went back. */
int64_t backoff_most(const struct backoff *b);

#endif
