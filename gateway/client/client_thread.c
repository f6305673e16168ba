/* gateway/client/client_thread.c: the one thread that drives every call to another system. */
#include "gateway/client/client_thread.h"

#include <pthread.h>
#include <stdlib.h>

/* Kept open between calls; beyond that the one that rested longest is closed. */
enum { CONNECTIONS_KEPT = 96 };

struct client_thread {
	struct calls *calls;
	struct call_groups *groups; /* the thread's own */
	pthread_t thread;
	pthread_mutex_t lock;
	struct call_group *come, **last; /* under the lock, as is ending */
	bool ending;
};

/* What has come since; false: it is to end. */
static bool take_over(struct client_thread *t)
{
	pthread_mutex_lock(&t->lock);
	struct call_group *g = t->come;
	bool ending = t->ending;
	t->come = NULL;
	t->last = &t->come;
	pthread_mutex_unlock(&t->lock);
	while (g != NULL) {
		struct call_group *next = g->next;
		call_groups_add(t->groups, g);
		g = next;
	}
	return !ending;
}

static void *drive(void *self)
{
	struct client_thread *t = self;
	pthread_setname_np(pthread_self(), "calls");
	while (take_over(t))
		calls_wait(t->calls, call_groups_step(t->groups));
	call_groups_give_up(t->groups);
	return NULL;
}

static void release(struct client_thread *t)
{
	call_groups_destroy(t->groups);
	calls_close(t->calls);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

struct client_thread *client_thread_start(const struct clock *c)
{
	struct client_thread *t = calloc(1, sizeof *t);
	if (t == NULL)
		return NULL;
	pthread_mutex_init(&t->lock, NULL);
	t->last = &t->come;
	t->calls = calls_open(CONNECTIONS_KEPT, c);
	if (t->calls != NULL)
		t->groups = call_groups_create(calls_caller(t->calls), c);
	if (t->groups != NULL && pthread_create(&t->thread, NULL, drive, t) == 0)
		return t;
	release(t);
	return NULL;
}

void client_thread_take(struct client_thread *t, struct call_group *g)
{
	g->next = NULL;
	pthread_mutex_lock(&t->lock);
	*t->last = g;
	t->last = &g->next;
	calls_wake(t->calls);
	pthread_mutex_unlock(&t->lock);
}

void client_thread_look(struct client_thread *t)
{
	if (t != NULL)
		calls_wake(t->calls);
}

void client_thread_count(const struct client_thread *t, struct call_counts *out)
{
	call_groups_count(t->groups, out);
}

void client_thread_stop(struct client_thread *t)
{
	if (t == NULL)
		return;
	pthread_mutex_lock(&t->lock);
	t->ending = true;
	pthread_mutex_unlock(&t->lock);
	calls_wake(t->calls);
	pthread_join(t->thread, NULL);
	release(t);
}
