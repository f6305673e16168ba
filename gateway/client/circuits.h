/* gateway/client/circuits.h: whether a partner that exchanges ask is worth asking, by what it did
 * lately.
 *
 * Who has not answered CIRCUIT_FAILURES times in a row is not asked for CIRCUIT_SECONDS: whoever
 * asks is told so at once, instead of waiting for what will not come. Then one may ask, and his
 * answer decides: the circuit closes, or stays open for as long again. An answer that says no is an
 * answer. In memory, each node by itself: after a start all are worth asking. Thread-safe. */
#ifndef GATEWAY_CLIENT_CIRCUITS_H
#define GATEWAY_CLIENT_CIRCUITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct circuits;
struct clock;

enum {
	/* One lost packet opens nothing, and a partner that is down costs this many waits. */
	CIRCUIT_FAILURES = 5,
	/* A partner that is back is asked again within that. */
	CIRCUIT_SECONDS = 30,
};

enum circuit_end {
	CIRCUIT_ANSWERED, /* with what counts */
	CIRCUIT_FAILED,
	CIRCUIT_GIVEN_UP, /* by us: it says nothing of the partner */
};

struct circuits *circuits_create(const struct clock *c); /* NULL: no memory */
void circuits_destroy(struct circuits *all);             /* NULL is fine */
/* Before each call. False: it is not to be asked now. all NULL: it is. */
bool circuits_ask(struct circuits *all, const char *partner);
/* After each that left. took: microseconds. */
void circuits_told(struct circuits *all, const char *partner, enum circuit_end end, int64_t took);

struct circuit_counts {
	const char *partner; /* as long as the circuits */
	/* Calls that were to be asked: they left, or were spared. Of those that left the first
	 * three. */
	uint64_t answered, failed, given_up, spared;
	uint64_t took;     /* microseconds, of the answered */
	unsigned failures; /* in a row */
	bool open;         /* it is not asked now */
};
/* The i-th that was ever asked. False: there are no more. */
bool circuits_count(struct circuits *all, size_t i, struct circuit_counts *out);

#endif
