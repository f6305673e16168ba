/* gateway/ticks.c: an answer that lacks something leaves at a tick. */
#include "gateway/ticks.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/base/clock.h"
#include "gateway/base/giving_way.h"
#include "gateway/journey.h"

struct ticks {
	const struct clock *clock;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t come;
	struct journey *first; /* by when they leave */
	bool ending;
};

/* The first tick of the request's that is not past. */
static int64_t leaves_at(int64_t began, int64_t now)
{
	return began + ((now - began) / TICK + 1) * TICK;
}

/* Most come in the order they leave, and few wait at once. */
static void put_in(struct ticks *t, struct journey *j)
{
	struct journey **at = &t->first;
	while (*at != NULL && (*at)->leaves <= j->leaves)
		at = &(*at)->waiting;
	j->waiting = *at;
	*at = j;
}

void ticks_take(struct ticks *t, struct journey *j, int64_t began)
{
	j->leaves = leaves_at(began, t->clock->elapsed(t->clock));
	pthread_mutex_lock(&t->lock);
	put_in(t, j);
	pthread_cond_signal(&t->come);
	pthread_mutex_unlock(&t->lock);
}

/* Until the first is due, or another has come before it. The lock is held. */
static void wait_for(struct ticks *t, int64_t leaves)
{
	struct timespec until = { .tv_sec = leaves / 1000000, .tv_nsec = leaves % 1000000 * 1000 };
	pthread_cond_timedwait(&t->come, &t->lock, &until);
}

static void *send_each(void *self)
{
	struct ticks *t = self;
	thread_go_first();
	pthread_mutex_lock(&t->lock);
	while (!t->ending || t->first != NULL) {
		struct journey *j = t->first;
		if (j == NULL) {
			pthread_cond_wait(&t->come, &t->lock);
		} else if (j->leaves > t->clock->elapsed(t->clock)) {
			wait_for(t, j->leaves);
		} else {
			t->first = j->waiting;
			pthread_mutex_unlock(&t->lock);
			door_answer(j->message, &j->answer);
			pthread_mutex_lock(&t->lock);
		}
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

struct ticks *ticks_start(const struct clock *c)
{
	struct ticks *t = calloc(1, sizeof *t);
	pthread_condattr_t monotonic;
	if (t == NULL)
		return NULL;
	t->clock = c;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&t->come, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&t->lock, NULL);
	if (pthread_create(&t->thread, NULL, send_each, t) == 0)
		return t;
	pthread_cond_destroy(&t->come);
	pthread_mutex_destroy(&t->lock);
	free(t);
	return NULL;
}

void ticks_stop(struct ticks *t)
{
	if (t == NULL)
		return;
	pthread_mutex_lock(&t->lock);
	t->ending = true;
	pthread_cond_signal(&t->come);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
	pthread_cond_destroy(&t->come);
	pthread_mutex_destroy(&t->lock);
	free(t);
}
