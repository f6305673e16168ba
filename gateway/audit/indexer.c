/* gateway/audit/indexer.c: has the audit log indexed by patient and packed, a little after it has
 * grown. */
#include "gateway/audit/indexer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/base/giving_way.h"
#include "store/audit_log.h"

/* What was written since is read by each search for a patient. */
enum { INDEXER_SECONDS = 1 };

struct indexer {
	struct store *store;
	const struct log *log;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	atomic_bool ending; /* set under the lock; what is under way looks at it without */
	bool failing;       /* told already; the thread's own */
};

static void take_turn(struct indexer *x)
{
	struct problem p = { .code = PROBLEM_NONE };
	bool done = audit_log_index(x->store, &x->ending, &p)
		    && audit_log_merge(x->store, &x->ending, &p)
		    && audit_log_fold(x->store, &x->ending, &p);
	if (!done && atomic_load(&x->ending))
		return;
	if (!done && !x->failing)
		log_failure(
			x->log, p.what,
			"looking for a patient's audit records takes ever longer, and they take up "
			"more of the disk",
			problem_row(p.code)->remedy);
	if (done && x->failing)
		log_write(x->log, LOG_NOTICE, "the audit log is indexed again");
	x->failing = !done;
}

static bool wait_or_end(struct indexer *x)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += INDEXER_SECONDS;
	pthread_mutex_lock(&x->lock);
	for (int late = 0; !atomic_load(&x->ending) && late == 0;)
		late = pthread_cond_timedwait(&x->wake, &x->lock, &until);
	pthread_mutex_unlock(&x->lock);
	return atomic_load(&x->ending);
}

static void *go(void *self)
{
	pthread_setname_np(pthread_self(), "indexer");
	thread_give_way();
	do
		take_turn(self);
	while (!wait_or_end(self));
	return NULL;
}

static void indexer_free(struct indexer *x)
{
	pthread_cond_destroy(&x->wake);
	pthread_mutex_destroy(&x->lock);
	free(x);
}

struct indexer *indexer_start(struct store *s, const struct log *log)
{
	struct indexer *x = calloc(1, sizeof *x);
	pthread_condattr_t monotonic;
	if (x == NULL)
		return NULL;
	x->store = s;
	x->log = log;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&x->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&x->lock, NULL);
	if (pthread_create(&x->thread, NULL, go, x) == 0)
		return x;
	indexer_free(x);
	return NULL;
}

void indexer_stop(struct indexer *x)
{
	if (x == NULL)
		return;
	pthread_mutex_lock(&x->lock);
	atomic_store(&x->ending, true);
	pthread_cond_signal(&x->wake);
	pthread_mutex_unlock(&x->lock);
	pthread_join(x->thread, NULL);
	indexer_free(x);
}
