/* profiles/actors/retention_jobs.c: all that the rules of retention let go is removed, by short
 * jobs of which each leaves a whole store: patient record by patient record. */
#include "profiles/actors/retention_run.h"

#include <inttypes.h>

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "store/daily.h"
#include "store/lease.h"
#include "store/node.h"
#include "store/registry.h"
#include "store/store.h"

enum {
	WORK_MEMORY = 64 << 20,
	DOCUMENTS_AT_ONCE = 16, /* of one job, behind which all others that write wait */
	FAMILIES_AT_ONCE = 256, /* that are found before any of them is removed */
	LEASE_SECONDS = 300,
	SECOND = 1000000
};

/* One subject's. */
struct round {
	struct retention_run *run;
	struct arena *arena;
	struct store_txn *txn; /* the snapshot it is found in */
	uint64_t subject;
	const struct text_value *entries;
};

/* What a try of the job writes. */
struct step {
	const struct text_value *left;
	struct retention_removed done;
};

struct removing_job {
	const struct retention_run *run;
	struct step *step;
};

/* Of a store that one process alone may open there is one node, which has no name. */
const char *retention_node(struct store_txn *t)
{
	const char *name = node_name(t, store_node(t), store_arena(t));
	return name == NULL ? "0" : name;
}

static bool take_lease(struct store_txn *t, instant now, struct problem *p)
{
	const char *node = retention_node(t);
	char until[XML_TIME_TEXT];
	struct lease is;
	instant end = now + (instant)LEASE_SECONDS * SECOND;
	if (lease_take(t, RETENTION_LEASE, node, now, end, &end))
		return true;
	if (store_failed(t) || !lease_look(t, store_arena(t), RETENTION_LEASE, &is))
		return problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	instant_to_xml(is.until, until);
	return problem_set(p, PROBLEM_CONFLICT,
			   "node %s carries out the rules of retention, until %s at least", is.node,
			   until);
}

static bool begin_run(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	return take_lease(t, store_clock(t)->now(store_clock(t)), p);
}

/* How a run ends: whole is one by all rules, that has come to its end. */
struct ending {
	const struct retention_asked *asked;
	bool whole;
};

static bool end_run(void *with, struct store_txn *t, struct problem *p)
{
	const struct ending *e = with;
	const struct daily done = { e->asked->desk.now, e->asked->desk.region->retention_minute };
	lease_end(t, RETENTION_LEASE, retention_node(t));
	if (e->whole)
		daily_put(t, RETENTION_DAILY, &done);
	return !store_failed(t)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

static bool remove_some(void *with, struct store_txn *t, struct problem *p)
{
	struct removing_job *j = with;
	struct retention_asked asked = j->run->asked;
	asked.desk.txn = t;
	asked.desk.arena = store_arena(t);
	if (!take_lease(t, store_clock(t)->now(store_clock(t)), p))
		return false;
	if (retention_remove(&asked, &j->step->left, DOCUMENTS_AT_ONCE, &j->run->recorder,
			     &j->step->done))
		return true;
	return store_failed(t)
		       ? problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what)
		       : problem_set(p, PROBLEM_AUDIT_UNAVAILABLE,
				     "the audit record could not be kept");
}

static bool is_to_end(const struct retention_run *r, int64_t took, struct problem *p)
{
	return (progress_is_stopped(r->progress)
		|| (r->give_way != NULL && !r->give_way(r->self, took)))
	       && !problem_set(p, PROBLEM_BUSY, "it was to stop");
}

static bool remove_found(struct round *w, struct problem *p)
{
	struct step step = { .left = w->entries };
	const struct store_block block = { &step, sizeof step };
	const struct store_afresh afresh = { .blocks = &block, .count = 1 };
	struct removing_job job = { .run = w->run, .step = &step };
	struct retention_removed *done = &w->run->done;
	while (step.left != NULL) {
		int64_t begun = system_clock.elapsed(&system_clock);
		step.done = (struct retention_removed){ 0 };
		if (!store_write_afresh(w->run->store, &afresh, remove_some, &job, p))
			return false;
		done->documents += step.done.documents;
		done->octets_of += step.done.octets_of;
		done->stayed += step.done.stayed;
		if (is_to_end(w->run, system_clock.elapsed(&system_clock) - begun, p))
			return false;
	}
	return true;
}

static void find(void *with)
{
	struct round *w = with;
	struct retention_asked asked = w->run->asked;
	asked.desk.txn = w->txn;
	asked.desk.arena = w->arena;
	w->entries = retention_of_subject(&asked, w->subject, FAMILIES_AT_ONCE);
}

/* In a snapshot: the next subject, and what goes of it. False: it failed. */
static bool find_next(struct round *w, bool same, struct problem *p)
{
	w->txn = store_begin_read(w->run->store, p);
	if (w->txn == NULL)
		return false;
	store_pass_by(w->txn);
	arena_reset(w->arena);
	w->entries = NULL;
	if (!same)
		w->subject = registry_next_subject(w->txn, w->subject);
	/* One that takes too much memory must not keep all others. */
	if (w->subject != 0 && !arena_run(w->arena, find, w)) {
		w->entries = NULL;
		w->run->done.stayed++;
	}
	if (store_failed(w->txn) && p->code == PROBLEM_NONE)
		problem_set(p, store_problem(w->txn)->code, "%s", store_problem(w->txn)->what);
	store_end(w->txn);
	return p->code == PROBLEM_NONE;
}

static unsigned length_of(const struct text_value *v)
{
	unsigned n = 0;
	for (; v != NULL; v = v->next)
		n++;
	return n;
}

static bool run_all(struct round *w, struct problem *p)
{
	struct retention_run *r = w->run;
	for (bool same = false; find_next(w, same, p) && w->subject != 0;) {
		uint64_t before = r->done.documents;
		bool full = length_of(w->entries) == FAMILIES_AT_ONCE;
		if (!remove_found(w, p) || is_to_end(r, 0, p))
			return false;
		/* What stays would be found again for ever. */
		same = full && r->done.documents != before;
		if (!same)
			progress_add(r->progress, 1);
	}
	return p->code == PROBLEM_NONE;
}

bool retention_run(struct retention_run *r, struct problem *p)
{
	struct round w = { .run = r };
	struct problem over = { .code = PROBLEM_NONE };
	if (r->asked.desk.region->retention_count == 0)
		return true;
	if (!store_write(r->store, begin_run, NULL, p))
		return false;
	progress_begin(r->progress, "patient records", 0);
	w.arena = arena_create(WORK_MEMORY);
	bool done = w.arena == NULL ? problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory")
				    : run_all(&w, p);
	arena_destroy(w.arena);
	struct ending ending = { &r->asked, done && r->asked.only == NULL };
	if (!done && p->code == PROBLEM_BUSY && r->goes_on)
		return false;
	return store_write(r->store, end_run, &ending, done ? p : &over) && done;
}
