/* gateway/errands/outbox.c: the thread that has the rounds. */
#include "gateway/errands/outbox.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/base/clock.h"
#include "gateway/client/client_thread.h"
#include "gateway/errands/visit.h"

/* Nothing waits: somebody wakes the thread. */
enum { SECOND = 1000000, LONGEST_WAIT = 60 * SECOND };

struct outbox {
	struct caller caller; /* first */
	struct client_thread *client;
	const struct clock *clock;
	struct rounds *rounds;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* under the lock: */
	struct visit *back, **last; /* whose calls are over */
	unsigned out;               /* visits the client thread has */
	bool woken;
	atomic_bool ending;
	atomic_bool unwanted; /* the calls; only when nobody judges them any more */
};

static struct outbox *outbox_of(const struct call_group *g)
{
	return (struct outbox *)((const char *)g->unwanted - offsetof(struct outbox, unwanted));
}

/* On the client thread. */
static void came_back(struct call_group *g)
{
	struct outbox *o = outbox_of(g);
	struct visit *v = (struct visit *)g->calls;
	pthread_mutex_lock(&o->lock);
	v->next = NULL;
	*o->last = v;
	o->last = &v->next;
	o->out--;
	pthread_cond_signal(&o->changed);
	pthread_mutex_unlock(&o->lock);
}

static bool begin(struct caller *self, struct call *c)
{
	struct outbox *o = (struct outbox *)self;
	struct visit *v = (struct visit *)c;
	v->group = (struct call_group){
		.rank = CALLS_OF_ERRANDS,
		.calls = &v->call,
		.until = o->clock->elapsed(o->clock) + PLACE_SECONDS * (int64_t)SECOND,
		.unwanted = &o->unwanted,
		.over = came_back,
	};
	pthread_mutex_lock(&o->lock);
	o->out++;
	pthread_mutex_unlock(&o->lock);
	client_thread_take(o->client, &v->group);
	return true;
}

static struct call *over(struct caller *self)
{
	struct outbox *o = (struct outbox *)self;
	pthread_mutex_lock(&o->lock);
	struct visit *v = o->back;
	if (v != NULL)
		o->back = v->next;
	if (o->back == NULL)
		o->last = &o->back;
	pthread_mutex_unlock(&o->lock);
	return v == NULL ? NULL : &v->call.call;
}

/* Until somebody is back, outbox_wake(), or so many microseconds; less than 0: as long as it
 * takes. */
static void rest(struct outbox *o, int64_t micros)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	int64_t wait = micros < 0 || micros > LONGEST_WAIT ? LONGEST_WAIT : micros;
	int64_t nanos = until.tv_nsec + wait % SECOND * 1000;
	until.tv_sec += wait / SECOND + nanos / 1000000000;
	until.tv_nsec = nanos % 1000000000;
	pthread_mutex_lock(&o->lock);
	while (!o->woken && o->back == NULL
	       && pthread_cond_timedwait(&o->changed, &o->lock, &until) == 0)
		;
	o->woken = false;
	pthread_mutex_unlock(&o->lock);
}

static void *go(void *self)
{
	struct outbox *o = self;
	pthread_setname_np(pthread_self(), "outbox");
	while (!atomic_load(&o->ending))
		rest(o, rounds_step(o->rounds));
	return NULL;
}

void outbox_free(struct outbox *o)
{
	if (o == NULL)
		return;
	rounds_destroy(o->rounds);
	pthread_cond_destroy(&o->changed);
	pthread_mutex_destroy(&o->lock);
	free(o);
}

static void make_condition(pthread_cond_t *c)
{
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(c, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

struct outbox *outbox_start(const struct rounds_settings *s, struct client_thread *client)
{
	struct outbox *o = calloc(1, sizeof *o);
	struct rounds_settings own = *s;
	if (o == NULL)
		return NULL;
	o->caller = (struct caller){ .begin = begin, .over = over };
	o->client = client;
	o->clock = s->clock;
	o->last = &o->back;
	pthread_mutex_init(&o->lock, NULL);
	make_condition(&o->changed);
	own.caller = &o->caller;
	o->rounds = rounds_create(&own);
	if (o->rounds != NULL && pthread_create(&o->thread, NULL, go, o) == 0)
		return o;
	outbox_free(o);
	return NULL;
}

void outbox_wake(struct outbox *o)
{
	if (o == NULL)
		return;
	pthread_mutex_lock(&o->lock);
	o->woken = true;
	pthread_cond_signal(&o->changed);
	pthread_mutex_unlock(&o->lock);
}

void outbox_count_tries(const struct outbox *o, const struct errand_kind *k,
			struct rounds_tries *out)
{
	rounds_count_tries(o->rounds, k, out);
}

void outbox_count(const struct outbox *o, struct rounds_counts *out)
{
	rounds_count(o->rounds, out);
}

/* The visits' memory is the client thread's until it has given every one of them back. */
void outbox_stop(struct outbox *o)
{
	if (o == NULL)
		return;
	atomic_store(&o->ending, true);
	outbox_wake(o);
	pthread_join(o->thread, NULL);
	atomic_store(&o->unwanted, true);
	client_thread_look(o->client);
	pthread_mutex_lock(&o->lock);
	while (o->out != 0)
		pthread_cond_wait(&o->changed, &o->lock);
	pthread_mutex_unlock(&o->lock);
}
