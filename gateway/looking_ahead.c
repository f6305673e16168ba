/* gateway/looking_ahead.c: what a job will read is brought into memory by who submits it.
 *
 * While who writes waits for the disk (store_look_ahead()), a transaction's look_ahead() asks a
 * snapshot for what its handler will ask for, beside the other workers: behind the one committer
 * all that write would wait for it. Nothing rests on what it finds. */
#include "gateway/journey.h"

#include "gateway/process.h"

static void stage_look_ahead(void *with)
{
	struct journey *j = with;
	j->x.transaction->look_ahead(&j->x);
}

/* Whatever comes of it, the exchange is as it was. */
void journey_look_ahead(struct journey *j)
{
	struct store_txn *t = j->x.transaction->look_ahead == NULL
				      ? NULL
				      : store_look_ahead(j->gateway->store);
	if (t == NULL)
		return;
	struct exchange before = j->x;
	struct arena_mark stood = arena_mark(j->x.arena);
	j->x.txn = t;
	journey_guard(j, stage_look_ahead);
	store_end(t);
	j->x = before;
	arena_rewind(j->x.arena, &stood);
}
