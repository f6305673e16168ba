/* gateway/base/backoff.c: how long who was not taken rests before he tries again. */
#include "gateway/base/backoff.h"

#include "gateway/base/clock.h"

enum { SPREAD = 1 << 16 };

int64_t backoff_pause(const struct backoff *b, unsigned failures,
		      const struct random_source *random)
{
	unsigned char octets[2];
	int64_t pause = b->first;
	for (unsigned i = 1; i < failures && pause < b->longest; i++)
		pause *= 2;
	if (pause > b->longest)
		pause = b->longest;
	if (random == NULL)
		return pause;
	random->fill(random, octets, sizeof octets);
	int64_t drawn = octets[0] << 8 | octets[1]; /* 0 .. SPREAD - 1 */
	return pause - pause / 4 + pause / 2 * drawn / (SPREAD - 1);
}

int64_t backoff_most(const struct backoff *b)
{
	return b->longest - b->longest / 4 + b->longest / 2;
}
