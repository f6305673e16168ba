/* gateway/transport/pace.c: whether a peer still takes what it is sent, or sends what it began. */
#include "gateway/transport/pace.h"

bool pace_stalled(struct pace *p, int64_t now, int64_t moved, unsigned seconds, unsigned least_rate)
{
	if (least_rate == 0)
		return false;
	if (p->begun && now - p->since < (int64_t)seconds * 1000000)
		return false;
	bool stalled = p->begun && moved - p->moved < (int64_t)seconds * least_rate;
	*p = (struct pace){ .begun = true, .since = now, .moved = moved };
	return stalled;
}
