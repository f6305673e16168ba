/* store/engine.c: what is the same whichever engine it is. */
#include "store/engine.h"

#include "store/store.h"

struct engine *engine_open(const struct store_settings *settings, struct problem *p)
{
	const struct engine_functions *chosen = settings->engine;
	return (chosen != NULL ? chosen : &engine_berkeleydb)->open(settings, p);
}

bool engine_stopped(struct engine_txn *t)
{
	if (t->stop == NULL || !atomic_load_explicit(t->stop, memory_order_relaxed))
		return false;
	problem_set(&t->problem, PROBLEM_BUSY,
		    "it was stopped where it was: nobody waits for it, or the service stops");
	return true;
}

bool engine_may_look(struct engine_txn *t)
{
	if (!t->hurries)
		return true;
	if (t->looks > 0) {
		t->looks--;
		return true;
	}
	t->exhausted = true;
	return problem_set(&t->problem, PROBLEM_BUSY,
			   "it looks at more than there is time for where it is");
}

bool engine_takes(struct engine_txn *t, struct bytes key)
{
	if (t->problem.code != PROBLEM_NONE)
		return false;
	return key.length != 0
	       || problem_set(&t->problem, PROBLEM_REQUEST_INVALID,
			      "an identifier is longer than the store can hold");
}
