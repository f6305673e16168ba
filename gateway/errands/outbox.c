/* gateway/errands/outbox.c: the thread that has the rounds and their calls. */
#include "gateway/errands/outbox.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/client/calls.h"

struct outbox {
	struct calls *calls;
	struct rounds *rounds;
	pthread_t thread;
	atomic_bool ending;
};

static void *go(void *self)
{
	struct outbox *o = self;
	pthread_setname_np(pthread_self(), "outbox");
	while (!atomic_load(&o->ending))
		calls_wait(o->calls, rounds_step(o->rounds));
	return NULL;
}

static void release(struct outbox *o)
{
	calls_close(o->calls);
	rounds_destroy(o->rounds);
	free(o);
}

struct outbox *outbox_start(const struct rounds_settings *s)
{
	struct outbox *o = calloc(1, sizeof *o);
	struct rounds_settings own = *s;
	if (o == NULL)
		return NULL;
	o->calls = calls_open(VISITS_MOST);
	if (o->calls != NULL) {
		own.caller = calls_caller(o->calls);
		o->rounds = rounds_create(&own);
	}
	if (o->rounds != NULL && pthread_create(&o->thread, NULL, go, o) == 0)
		return o;
	release(o);
	return NULL;
}

void outbox_wake(struct outbox *o)
{
	if (o != NULL)
		calls_wake(o->calls);
}

void outbox_count(const struct outbox *o, struct rounds_counts *out)
{
	rounds_count(o->rounds, out);
}

void outbox_stop(struct outbox *o)
{
	if (o == NULL)
		return;
	atomic_store(&o->ending, true);
	calls_wake(o->calls);
	pthread_join(o->thread, NULL);
	release(o);
}
