/* gateway/transport/pace.h: whether a peer still takes what it is sent, or sends what it began.
 *
 * An average since the beginning forgives whoever began well: what the kernel's buffers swallow at
 * once, or the first mebioctets of a body, are credit for an hour. So progress is asked for in
 * every span of time anew. */
#ifndef GATEWAY_TRANSPORT_PACE_H
#define GATEWAY_TRANSPORT_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace { /* zeroed: the first look begins a span */
	bool begun;
	int64_t since; /* when the span began, in microseconds */
	int64_t moved; /* octets until then */
};

/* A span of that many seconds has ended, and in it fewer than least_rate octets a second went from
 * one end to the other; none does of a rate of 0. moved grows, from wherever it begins. */
bool pace_stalled(struct pace *p, int64_t now, int64_t moved, unsigned seconds,
		  unsigned least_rate);

#endif
