/* store/flusher.c: makes durable what the committer has committed, and tells whom it concerns. */
#include "store/flusher.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/base/clock.h"
#include "store/engine.h"
#include "store/store.h"
#include "store/tries.h"

/* A flush that takes longer is slow; so many in a row leave the next to the thread, and a quick one
 * takes it back: where processors are busy any flush may take long, on a slow disk every one
 * does. */
enum { QUICK_US = 1000, SLOW_RUN = 4 };

struct flusher {
	struct engine *engine;
	pthread_t thread;
	pthread_mutex_t lock; /* first, last, busy, ending */
	pthread_cond_t work, idle;
	struct store_job *first, **last; /* for the thread */
	bool busy;                       /* the thread: flushes or tells */
	bool ending;
	atomic_uint slow; /* flushes in a row, SLOW_RUN at most; set by whoever flushes */
	atomic_uint_fast64_t kept, flushes;
	atomic_uint delay_us;
};

void flusher_pause(struct flusher *f)
{
	unsigned us = atomic_load(&f->delay_us);
	struct timespec length = { .tv_sec = us / 1000000, .tv_nsec = (long)(us % 1000000) * 1000 };
	while (us != 0 && clock_nanosleep(CLOCK_MONOTONIC, 0, &length, &length) == EINTR)
		continue;
}

/* One flush for those of one generation: what an environment that broke since had committed is not
 * covered by a flush of the next. Returns the first of another. */
static struct store_job *flush(struct flusher *f, struct store_job *j)
{
	uint64_t generation = j->generation;
	struct problem p = { 0 };
	int64_t begun = system_clock.elapsed(&system_clock);
	bool durable = engine_flush(f->engine, generation, &p);
	flusher_pause(f);
	bool quick = system_clock.elapsed(&system_clock) - begun < QUICK_US;
	unsigned slow = quick ? 0 : atomic_load(&f->slow) + 1;
	atomic_store(&f->slow, slow < SLOW_RUN ? slow : SLOW_RUN);
	atomic_fetch_add(&f->flushes, 1);
	while (j != NULL && j->generation == generation) {
		struct store_job *next = j->next;
		if (durable)
			atomic_fetch_add(&f->kept, 1);
		else
			problem_set(&j->problem, p.code, "%s", p.what);
		tries_end(j);
		j->done(j, durable);
		j = next;
	}
	return j;
}

static void flush_all(struct flusher *f, struct store_job *first)
{
	while (first != NULL)
		first = flush(f, first);
}

static void *flushes(void *with)
{
	struct flusher *f = with;
	pthread_setname_np(pthread_self(), "flusher");
	pthread_mutex_lock(&f->lock);
	for (;;) {
		while (f->first == NULL && !f->ending)
			pthread_cond_wait(&f->work, &f->lock);
		struct store_job *first = f->first;
		if (first == NULL)
			break;
		f->first = NULL;
		f->last = &f->first;
		f->busy = true;
		pthread_mutex_unlock(&f->lock);
		flush_all(f, first);
		pthread_mutex_lock(&f->lock);
		f->busy = false;
		if (f->first == NULL)
			pthread_cond_signal(&f->idle);
	}
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

struct flusher *flusher_start(struct engine *e, unsigned delay_us)
{
	struct flusher *f = calloc(1, sizeof *f);
	if (f == NULL)
		return NULL;
	f->engine = e;
	f->last = &f->first;
	atomic_init(&f->delay_us, delay_us);
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->work, NULL);
	pthread_cond_init(&f->idle, NULL);
	if (pthread_create(&f->thread, NULL, flushes, f) == 0)
		return f;
	pthread_cond_destroy(&f->idle);
	pthread_cond_destroy(&f->work);
	pthread_mutex_destroy(&f->lock);
	free(f);
	return NULL;
}

void flusher_stop(struct flusher *f)
{
	if (f == NULL)
		return;
	pthread_mutex_lock(&f->lock);
	f->ending = true;
	pthread_cond_signal(&f->work);
	pthread_mutex_unlock(&f->lock);
	pthread_join(f->thread, NULL);
	pthread_cond_destroy(&f->idle);
	pthread_cond_destroy(&f->work);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

static void hand_over(struct flusher *f, struct store_job *first)
{
	struct store_job **last = &first->next;
	while (*last != NULL)
		last = &(*last)->next;
	pthread_mutex_lock(&f->lock);
	*f->last = first;
	f->last = last;
	pthread_cond_signal(&f->work);
	pthread_mutex_unlock(&f->lock);
}

/* Once the disk is quick again the committer waits until the thread has told those before. Giving
 * it more while it is busy would keep it so under load, and commits small. */
void flusher_take(struct flusher *f, struct store_job *first)
{
	if (atomic_load(&f->slow) == SLOW_RUN) {
		hand_over(f, first);
	} else {
		flusher_wait(f);
		flush_all(f, first);
	}
}

void flusher_wait(struct flusher *f)
{
	pthread_mutex_lock(&f->lock);
	while (f->first != NULL || f->busy)
		pthread_cond_wait(&f->idle, &f->lock);
	pthread_mutex_unlock(&f->lock);
}

bool flusher_is_me(const struct flusher *f)
{
	return pthread_equal(pthread_self(), f->thread) != 0;
}

void flusher_slow(struct flusher *f, unsigned us)
{
	atomic_store(&f->delay_us, us);
}

uint64_t flusher_kept(struct flusher *f)
{
	return atomic_load(&f->kept);
}

uint64_t flusher_flushes(struct flusher *f)
{
	return atomic_load(&f->flushes);
}
