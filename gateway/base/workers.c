/* gateway/base/workers.c: a bounded pool of threads. */
#include "gateway/base/workers.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/base/giving_way.h"

enum { STACK = 512 * 1024 }; /* parsers recurse only within their depth limits */

/* So many jobs that stand behind are done apart since the last of somebody else. */
enum { APART_FOR = 256 };

/* How they stand to other threads (gateway/base/giving_way.h). */
enum pace_of_threads { GO_FIRST, GO_ALONG, GIVE_WAY };

struct worker {
	struct workers *pool;
	pthread_t thread;
	sem_t called;         /* once each time it was idle */
	struct worker *below; /* idle, too */
};

struct workers {
	pthread_mutex_t lock;
	struct turns waiting;
	struct worker *idle; /* who was at work last is on top: its memory is near */
	unsigned on_their_way, count;
	unsigned behind, most_behind; /* at work on what stands behind; and may be */
	bool ending;
	enum pace_of_threads pace;
	struct workers *apart; /* who do what stands behind; NULL: these */
	atomic_uint apart_for; /* so many more of that */
	struct worker all[];
};

static bool may_more_behind(const struct workers *w)
{
	return w->behind < w->most_behind || w->ending;
}

static bool is_more_to_do(const struct workers *w)
{
	return w->waiting.fresh.first != NULL
	       || (w->waiting.again.first != NULL && may_more_behind(w));
}

/* With the lock held. One is on the way at a time: it calls the next if it finds more than it
 * takes, and for what another has done meanwhile nobody comes in vain. NULL: nobody is to come. */
static struct worker *whom_to_call(struct workers *w)
{
	struct worker *idle = w->idle;
	if (idle == NULL || w->on_their_way > 0 || !is_more_to_do(w))
		return NULL;
	w->idle = idle->below;
	w->on_their_way++;
	return idle;
}

/* With the lock free: who comes takes it first. Whoever was idle ends only when he was called, so
 * he is there. */
static void call(struct worker *idle)
{
	if (idle != NULL)
		sem_post(&idle->called);
}

static struct job *take(struct workers *w)
{
	struct job *j = may_more_behind(w) ? turns_take(&w->waiting)
					   : turns_take_fresh(&w->waiting);
	if (j != NULL)
		w->behind += j->had_turn;
	return j;
}

static void run(struct workers *w, struct job *j)
{
	bool behind = j->had_turn;
	struct worker *idle = whom_to_call(w);
	pthread_mutex_unlock(&w->lock);
	call(idle);
	j->run(j);
	pthread_mutex_lock(&w->lock);
	w->behind -= behind;
}

static void wait_for_call(struct workers *w, struct worker *self)
{
	self->below = w->idle;
	w->idle = self;
	pthread_mutex_unlock(&w->lock);
	while (sem_wait(&self->called) != 0)
		; /* a signal came */
	pthread_mutex_lock(&w->lock);
	w->on_their_way--;
}

static void *work(void *self)
{
	struct workers *w = ((struct worker *)self)->pool;
	pthread_setname_np(pthread_self(), "worker");
	if (w->pace == GIVE_WAY)
		thread_give_way();
	else if (w->pace == GO_FIRST)
		thread_go_first();
	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct job *j = take(w);
		if (j != NULL)
			run(w, j);
		else if (w->ending)
			break;
		else
			wait_for_call(w, self);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static bool begin(struct workers *w, const pthread_attr_t *attributes)
{
	struct worker *one = &w->all[w->count];
	one->pool = w;
	if (sem_init(&one->called, 0, 0) != 0)
		return false;
	if (pthread_create(&one->thread, attributes, work, one) == 0)
		return true;
	sem_destroy(&one->called);
	return false;
}

static struct workers *create(unsigned threads, enum pace_of_threads pace)
{
	struct workers *w = calloc(1, sizeof *w + threads * sizeof w->all[0]);
	pthread_attr_t attributes;
	if (w == NULL)
		return NULL;
	pthread_mutex_init(&w->lock, NULL);
	w->pace = pace;
	w->most_behind = threads > 1 && pace == GO_FIRST ? threads - 1 : threads;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	while (w->count < threads && begin(w, &attributes))
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
	struct worker *idle = whom_to_call(w);
	pthread_mutex_unlock(&w->lock);
	call(idle);
}

void workers_put(struct workers *w, struct job *j)
{
	choose(w, j);
	w = who_does(w, j);
	pthread_mutex_lock(&w->lock);
	turns_put(&w->waiting, j);
	pthread_mutex_unlock(&w->lock);
}

void workers_call(struct workers *w)
{
	for (; w != NULL; w = w->apart) {
		pthread_mutex_lock(&w->lock);
		struct worker *idle = whom_to_call(w);
		pthread_mutex_unlock(&w->lock);
		call(idle);
	}
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
	struct worker *idle = w->idle;
	w->idle = NULL;
	for (struct worker *one = idle; one != NULL; one = one->below)
		w->on_their_way++;
	pthread_mutex_unlock(&w->lock);
	while (idle != NULL) {
		struct worker *below = idle->below; /* who is called may end */
		call(idle);
		idle = below;
	}
	for (unsigned i = 0; i < w->count; i++) {
		pthread_join(w->all[i].thread, NULL);
		sem_destroy(&w->all[i].called);
	}
	pthread_mutex_destroy(&w->lock);
	free(w);
}
