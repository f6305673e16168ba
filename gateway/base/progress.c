/* gateway/base/progress.c: how far something long has come. */
#include "gateway/base/progress.h"

#include <stddef.h>

#include "gateway/base/clock.h"

void progress_create(struct progress *p, const struct clock *clock, const atomic_bool *stop)
{
	*p = (struct progress){ .stop = stop, .clock = clock };
	pthread_mutex_init(&p->lock, NULL);
}

void progress_destroy(struct progress *p)
{
	pthread_mutex_destroy(&p->lock);
}

void progress_begin(struct progress *p, const char *unit, uint64_t of)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	atomic_store(&p->done, 0);
	p->unit = unit;
	p->of = of;
	p->since = p->clock->elapsed(p->clock);
	pthread_mutex_unlock(&p->lock);
}

void progress_add(struct progress *p, uint64_t more)
{
	if (p != NULL)
		atomic_fetch_add_explicit(&p->done, more, memory_order_relaxed);
}

bool progress_is_stopped(const struct progress *p)
{
	return p != NULL && p->stop != NULL && atomic_load(p->stop);
}

/* A rate needs a moment to be one; of nothing done nothing follows. */
void progress_look(struct progress *p, struct progress_seen *out)
{
	*out = (struct progress_seen){ .seconds_left = -1 };
	pthread_mutex_lock(&p->lock);
	uint64_t done = atomic_load(&p->done);
	out->unit = p->unit;
	if (p->unit != NULL) {
		double seconds = (double)(p->clock->elapsed(p->clock) - p->since) / 1e6;
		out->done = done;
		out->of = p->of != 0 && p->of < done ? done : p->of;
		out->rate = seconds > 0 ? (double)done / seconds : 0;
	}
	pthread_mutex_unlock(&p->lock);
	if (out->of != 0 && out->rate > 0)
		out->seconds_left = (int64_t)((double)(out->of - out->done) / out->rate + 0.5);
}
