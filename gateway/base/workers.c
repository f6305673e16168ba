/* gateway/base/workers.c: a bounded pool of threads. */
#include "gateway/base/workers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/base/giving_way.h"

enum { STACK = 512 * 1024 }; /* parsers recurse only within their depth limits */

/* So many jobs that stand behind are done apart since the last of somebody else. */
enum { APART_FOR = 256 };

/* How they stand to other threads (gateway/base/giving_way.h). */
enum pace_of_threads { GO_FIRST, GO_ALONG, GIVE_WAY };

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct turns waiting;
	unsigned idle, called, count; /* called: of the idle ones, on their way to work */
	unsigned behind, most_behind; /* at work on what stands behind; and may be */
	bool ending;
	enum pace_of_threads pace;
	struct workers *apart; /* who do what stands behind; NULL: these */
	atomic_uint apart_for; /* so many more of that */
	pthread_t threads[];
};

/* With the lock held, as are those below. */
static void call_idle(struct workers *w)
{
	if (w->idle > w->called) {
		w->called++;
		pthread_cond_signal(&w->work);
	}
}

static bool may_more_behind(const struct workers *w)
{
	return w->behind < w->most_behind || w->ending;
}

static struct job *take(struct workers *w)
{
	struct job *j = may_more_behind(w) ? turns_take(&w->waiting)
					   : turns_take_fresh(&w->waiting);
	if (j == NULL)
		return NULL;
	w->behind += j->had_turn;
	/* Somebody may have found no place for it, and another has not been called for it. */
	if (w->waiting.again.first != NULL && may_more_behind(w))
		call_idle(w);
	return j;
}

static void run(struct workers *w, struct job *j)
{
	bool behind = j->had_turn;
	pthread_mutex_unlock(&w->lock);
	j->run(j);
	pthread_mutex_lock(&w->lock);
	w->behind -= behind;
}

static void *worker(void *self)
{
	struct workers *w = self;
	pthread_setname_np(pthread_self(), "worker");
	if (w->pace == GIVE_WAY)
		thread_give_way();
	else if (w->pace == GO_FIRST)
		thread_go_first();
	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct job *j;
		while ((j = take(w)) == NULL && !w->ending) {
			w->idle++;
			pthread_cond_wait(&w->work, &w->lock);
			w->idle--;
			if (w->called > 0)
				w->called--;
		}
		if (j == NULL)
			break;
		run(w, j);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static struct workers *create(unsigned threads, enum pace_of_threads pace)
{
	struct workers *w = calloc(1, sizeof *w + threads * sizeof w->threads[0]);
	pthread_attr_t attributes;
	if (w == NULL)
		return NULL;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	w->pace = pace;
	w->most_behind = threads > 1 && pace == GO_FIRST ? threads - 1 : threads;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	while (w->count < threads
	       && pthread_create(&w->threads[w->count], &attributes, worker, w) == 0)
		w->count++;
	pthread_attr_destroy(&attributes);
	if (w->count < threads) {
		workers_destroy(w);
		return NULL;
	}
	return w;
}

struct workers *workers_create(unsigned threads)
{
	return create(threads, GO_FIRST);
}

struct workers *workers_create_apart(unsigned threads, unsigned behind)
{
	struct workers *w = create(threads, GO_FIRST);
	if (w == NULL)
		return NULL;
	w->apart = create(behind, GO_ALONG);
	if (w->apart != NULL)
		return w;
	workers_destroy(w);
	return NULL;
}

struct workers *workers_create_behind(unsigned threads)
{
	return create(threads, GIVE_WAY);
}

/* Where two come at once one of them is not counted. */
static void choose(struct workers *w, struct job *j)
{
	unsigned left = atomic_load_explicit(&w->apart_for, memory_order_relaxed);
	unsigned now = !j->behind ? APART_FOR : left - (left > 0);
	j->apart = j->behind && w->apart != NULL && left > 0;
	if (now != left)
		atomic_store_explicit(&w->apart_for, now, memory_order_relaxed);
}

static struct workers *who_does(struct workers *w, const struct job *j)
{
	return j->apart ? w->apart : w;
}

void workers_queue(struct workers *w, struct job *j)
{
	choose(w, j);
	w = who_does(w, j);
	pthread_mutex_lock(&w->lock);
	turns_put(&w->waiting, j);
	call_idle(w);
	pthread_mutex_unlock(&w->lock);
}

bool workers_take_back(struct workers *w, struct job *j)
{
	w = who_does(w, j);
	pthread_mutex_lock(&w->lock);
	bool queued = turns_remove(&w->waiting, j);
	pthread_mutex_unlock(&w->lock);
	return queued;
}

void workers_destroy(struct workers *w)
{
	if (w->apart != NULL)
		workers_destroy(w->apart);
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_cond_broadcast(&w->work);
	pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < w->count; i++)
		pthread_join(w->threads[i], NULL);
	pthread_cond_destroy(&w->work);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
