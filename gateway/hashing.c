/* gateway/hashing.c: large documents that are not verified yet are hashed where no query waits. */
#include "gateway/hashing.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/base/shares.h"
#include "gateway/base/workers.h"
#include "gateway/config.h"
#include "gateway/journey.h"
#include "gateway/process.h"

/* They share one disk and its cache: whoever asks for the same documents finds them verified. */
enum { THREADS = 1 };

/* Of documents, by a worker for one exchange: some milliseconds. */
enum { HASHED_AT_ONCE = 1 << 20 };

struct hashing {
	struct workers *pool;
	struct shares *waiting; /* by system */
	atomic_uint at_work;
};

struct hashing *hashing_create(void)
{
	struct hashing *h = calloc(1, sizeof *h);
	if (h == NULL)
		return NULL;
	h->pool = workers_create(THREADS);
	h->waiting = shares_create();
	if (h->pool != NULL && h->waiting != NULL)
		return h;
	hashing_destroy(h);
	return NULL;
}

void hashing_destroy(struct hashing *h)
{
	if (h == NULL)
		return;
	if (h->pool != NULL)
		workers_destroy(h->pool);
	shares_destroy(h->waiting);
	free(h);
}

void hashing_count(struct hashing *h, struct hashing_counts *out)
{
	struct shares_counts n;
	shares_count(h->waiting, &n);
	*out = (struct hashing_counts){ .at_work = atomic_load(&h->at_work),
					.waiting = n.held,
					.refused = n.refused };
}

/* Where there is time it begins anew: what it found in a hurry is taken back. */
void journey_handle_in_hurry(struct journey *j)
{
	const struct exchange before = j->x;
	const struct arena_mark mark = arena_mark(j->x.arena);
	journey_copy_findings(&j->x);
	journey_handle_in_snapshot(j, HASHED_AT_ONCE);
	j->put_off = j->x.txn != NULL && store_left_undone(j->x.txn);
	if (!j->put_off)
		return;
	journey_end_snapshot(j);
	j->x = before;
	arena_rewind(j->x.arena, &mark);
}

/* What policy remembers was taken back with the rest. */
static void stage_policy_anew(void *with)
{
	journey_begin_policy(with);
}

static void handle_with_time(struct job *job)
{
	struct hashing_turn *t = (struct hashing_turn *)job;
	struct journey *j = (struct journey *)((char *)t - offsetof(struct journey, hashes));
	struct hashing *h = t->hashing;
	shares_give(h->waiting, t->share);
	atomic_fetch_add(&h->at_work, 1);
	j->has_time = true;
	j->read = journey_guard(j, stage_policy_anew);
	journey_handle(j); /* it may be over, and gone, when this returns */
	atomic_fetch_sub(&h->at_work, 1);
}

bool journey_hash(struct journey *j)
{
	struct hashing *h = j->gateway->hashing;
	struct hashing_turn *t = &j->hashes;
	const unsigned most = j->configuration->service.hashing_waiting;
	j->put_off = false;
	t->share = shares_take(h->waiting, requester_name(&j->x.who), most);
	if (t->share == NULL)
		return problem_set(
			&j->x.problem, PROBLEM_BUSY,
			"%u requests of this system wait already for documents that are to "
			"be verified (service hashing-waiting)",
			most);
	t->hashing = h;
	t->job = (struct job){ .run = handle_with_time, .peer = j->head->peer };
	workers_queue(h->pool, &t->job);
	return true;
}
