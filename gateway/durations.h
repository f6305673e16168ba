/* gateway/durations.h: how long exchanges of one kind took, as a histogram.
 *
 * Bounds are the same for all kinds, so that they can be added up: from a look into memory to what
 * a clinic gives up on. Counting is thread-safe and needs no lock. */
#ifndef GATEWAY_DURATIONS_H
#define GATEWAY_DURATIONS_H

#include <stdint.h>

#include "gateway/base/bytes.h"

enum { DURATIONS_BOUNDS = 14 };

struct durations {
	uint64_t buckets[DURATIONS_BOUNDS + 1]; /* each without those below it; the last: longer */
	uint64_t micros;                        /* of all */
};

void durations_count(struct durations *d, int64_t micros); /* below 0 counts as 0 */
/* Its samples, of that name with those labels ("a=\"b\",c=\"d\""); nothing while there is none. */
void durations_put(const struct durations *d, struct buffer *b, const char *name,
		   const char *labels);

#endif
