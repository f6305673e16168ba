/* gateway/weighing.c: what a job will decide is weighed by who submits it.
 *
 * A transaction's weigh() asks a snapshot for what its handler would have to find out behind the
 * one committer, and keeps it in the request; the handler takes of it what still holds and finds
 * out the rest itself. So whatever comes of it here (a store that cannot be read, no memory) is no
 * answer yet: the handler meets it, or not. */
#include "gateway/journey.h"

#include "gateway/process.h"

static void stage_weigh(void *with)
{
	struct journey *j = with;
	j->x.transaction->weigh(&j->x);
}

void journey_weigh(struct journey *j)
{
	struct problem ignored = { .code = PROBLEM_NONE };
	struct store_txn *t = j->x.transaction->weigh == NULL
				      ? NULL
				      : store_begin_read(j->gateway->store, &ignored);
	if (t == NULL)
		return;
	struct exchange before = j->x;
	j->x.txn = t;
	journey_guard(j, stage_weigh);
	store_end(t);
	j->x = before;
}
