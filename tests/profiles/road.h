/* tests/profiles/road.h: what the road does with a message that was opened, in its order, for the
 * suites of every dialect: it is read, handled, in a savepoint of a job or on a snapshot, and
 * recorded. How a message is opened, and what is made of its answer, is each dialect's. */
#ifndef TESTS_PROFILES_ROAD_H
#define TESTS_PROFILES_ROAD_H

#include "profiles/transaction.h"
#include "store/store.h"
#include "tests/base/suite.h"

struct road {
	struct exchange *x;
	size_t refuse; /* which request for memory of a write is refused; 0: none */
	bool done;
};

static inline void road_guarded(void *with)
{
	struct road *r = with;
	r->done = r->x->transaction->handle(r->x);
}

static inline bool road_part(void *with, struct store_txn *t, struct problem *p)
{
	struct road *r = with;
	r->x->txn = t;
	arena_refuse_nth(r->x->arena, r->refuse);
	if (!arena_run(r->x->arena, road_guarded, r))
		problem_set(&r->x->problem, PROBLEM_OUT_OF_RESOURCES, "no memory");
	arena_refuse_nth(r->x->arena, 0);
	r->x->txn = NULL;
	if (!r->done)
		*p = r->x->problem;
	return r->done;
}

/* The job goes on to keep the audit record. */
static inline bool road_job(void *with, struct store_txn *t, struct problem *p)
{
	struct problem refused = { .code = PROBLEM_NONE };
	(void)p;
	store_savepoint(t, road_part, with, &refused);
	return true;
}

static inline void road_handle(struct road *r, struct store *s)
{
	struct problem p = { .code = PROBLEM_NONE };
	if (r->x->transaction->access == STORE_WRITE) {
		CU_ASSERT_TRUE_FATAL(store_write(s, road_job, r, &p));
		return;
	}
	r->x->txn = store_begin_read(s, &p);
	r->done = r->x->transaction->handle(r->x);
	CU_ASSERT_FALSE(store_failed(r->x->txn));
	store_end(r->x->txn);
	r->x->txn = NULL;
}

/* Whatever is not done has its problem, and nothing else has one. */
static inline void road_run(struct store *s, struct exchange *x, size_t refuse,
			    struct audit_event *e)
{
	const struct transaction *t = x->transaction;
	struct road r = { .x = x, .refuse = refuse };
	bool read = t->read(x);
	CU_ASSERT_EQUAL(read, x->problem.code == PROBLEM_NONE);
	if (read)
		road_handle(&r, s);
	CU_ASSERT_EQUAL(r.done, x->problem.code == PROBLEM_NONE);
	*e = (struct audit_event){ .event_id = t->audit_event, .action = t->audit_action };
	t->audited(x, e);
}

#endif
