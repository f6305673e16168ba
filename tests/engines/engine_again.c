/* tests/engines/engine_again.c: the engine in service, with conflicts that never were. */
#include "tests/engines/engine_again.h"

#include <pthread.h>
#include <stdlib.h>

#include "store/engine_berkeleydb.h"

enum { TIMES_DEFAULT = 3 };

/* A test's only: there is no place for it in what the engine's own are. */
static struct {
	atomic_bool set;
	atomic_uint times;
	atomic_uint left; /* of the commit under way */
	atomic_ulong count;
} plan;
static struct engine_functions functions;

void engine_again_times(unsigned times)
{
	atomic_store(&plan.times, times);
	atomic_store(&plan.left, times);
	atomic_store(&plan.set, true);
}

unsigned long engine_again_count(void)
{
	return atomic_load(&plan.count);
}

static struct engine *open_again(const struct store_settings *settings, struct problem *p)
{
	const char *times = getenv("MINATO_AGAIN");
	if (!atomic_load(&plan.set))
		engine_again_times(times == NULL ? TIMES_DEFAULT : (unsigned)atoi(times));
	struct engine *e = engine_berkeleydb.open(settings, p);
	if (e != NULL)
		e->does = &functions;
	return e;
}

static struct engine_txn *begin_again(struct engine *e, enum engine_access how, struct problem *p)
{
	struct engine_txn *t = engine_berkeleydb.begin(e, how, p);
	if (t != NULL)
		t->does = &functions;
	return t;
}

static bool is_job_group(const struct engine_txn *t)
{
	const struct berkeleydb_txn *own = (const struct berkeleydb_txn *)t;
	return own->parent == NULL && own->changes.first[0].next != NULL;
}

static bool commit_again(struct engine_txn *t, struct problem *p)
{
	if (!is_job_group(t) || t->problem.code != PROBLEM_NONE)
		return engine_berkeleydb.commit(t, p);
	if (atomic_load(&plan.left) == 0) {
		atomic_store(&plan.left, atomic_load(&plan.times));
		return engine_berkeleydb.commit(t, p);
	}
	atomic_fetch_sub(&plan.left, 1);
	atomic_fetch_add(&plan.count, 1);
	t->conflict = true;
	return problem_set(p, PROBLEM_BUSY, "a test says that another node was first");
}

static bool waits_always(struct engine *e)
{
	(void)e;
	return true;
}

/* All else is the engine's in service. */
static void make(void)
{
	functions = engine_berkeleydb;
	functions.name = "Berkeley DB, again";
	functions.conflicts = true;
	functions.waits = waits_always;
	functions.open = open_again;
	functions.begin = begin_again;
	functions.commit = commit_again;
}

const struct engine_functions *engine_again(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, make);
	return &functions;
}
