/* gateway/errands/rounds.c: the rounds over the outbox. */
#include "gateway/errands/rounds.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/base/backoff.h"
#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/errands/visit.h"
#include "store/lease.h"
#include "store/store.h"

/* Queues looked at in one step: those due, and the ones visited or leased elsewhere among them. */
enum { LOOKED_AT = 8 * VISITS_MOST, LOOK_MEMORY = 4 << 20, SECOND = 1000000 };

static const struct backoff pauses = { .first = FIRST_PAUSE_SECONDS * (int64_t)SECOND,
				       .longest = LONGEST_PAUSE_SECONDS * (int64_t)SECOND };

struct rounds {
	struct rounds_settings s;
	struct visit *visits[VISITS_MOST]; /* NULL: free */
	unsigned files;                    /* open for all of them */
	unsigned troubles;                 /* jobs in a row the store did not keep */
	int64_t store_again;               /* clock->elapsed(): not asked before */
	uint64_t counts[3];                /* by verdict; atomic */
	unsigned under_way;                /* atomic */
};

struct rounds *rounds_create(const struct rounds_settings *s)
{
	struct rounds *r = calloc(1, sizeof *r);
	if (r != NULL)
		r->s = *s;
	return r;
}

void rounds_destroy(struct rounds *r)
{
	for (unsigned i = 0; r != NULL && i < VISITS_MOST; i++)
		visit_destroy(r->visits[i]);
	free(r);
}

void rounds_count(const struct rounds *r, struct rounds_counts *out)
{
	*out = (struct rounds_counts){
		.done = __atomic_load_n(&r->counts[VERDICT_TAKEN], __ATOMIC_RELAXED),
		.later = __atomic_load_n(&r->counts[VERDICT_LATER], __ATOMIC_RELAXED),
		.aside = __atomic_load_n(&r->counts[VERDICT_NEVER], __ATOMIC_RELAXED),
		.visits = __atomic_load_n(&r->under_way, __ATOMIC_RELAXED),
	};
}

static instant now_of(const struct rounds *r)
{
	return r->s.clock->now(r->s.clock);
}

/* The store did not keep a job, or could not be read: it is left alone for a while. */
static void trouble(struct rounds *r, const struct problem *p)
{
	if (r->troubles++ == 0)
		log_failure(r->s.log, p->what,
			    "errands wait until the store takes what became of them",
			    problem_row(p->code)->remedy);
	r->store_again = r->s.clock->elapsed(r->s.clock)
			 + backoff_pause(&pauses, r->troubles, r->s.random);
}

static void let_go(struct rounds *r, unsigned i)
{
	r->files -= r->visits[i]->files;
	visit_destroy(r->visits[i]);
	r->visits[i] = NULL;
	__atomic_fetch_sub(&r->under_way, 1, __ATOMIC_RELAXED);
}

/* ---- What became of a visit ---- */

struct telling {
	struct rounds *rounds;
	const struct visit *visit;
	struct errand_try what;
	bool ours, kept; /* the lease; the errand was still there */
};

static bool conclude(struct telling *m, struct store_txn *t)
{
	const struct rounds_settings *s = &m->rounds->s;
	const struct visit *v = m->visit;
	const struct errand_end end = {
		.errand = &v->errand,
		.message = &v->message,
		.verdict = v->verdict,
		.answered = v->answered,
		.why = v->why,
		.now = m->what.now,
	};
	return !m->kept || v->kind == NULL || !v->kind->composed || s->conclude(s->self, t, &end);
}

/* In a job. The lease is renewed, and given back when there is nothing more to do now. */
static bool tell_run(void *with, struct store_txn *t, struct problem *p)
{
	struct telling *m = with;
	const struct visit *v = m->visit;
	const char *node = m->rounds->s.node;
	struct errand_queue q;
	instant until;
	m->ours = lease_take(t, v->lease, node, m->what.now,
			     m->what.now + LEASE_SECONDS * (int64_t)SECOND, &until);
	m->kept = m->ours && v->errand.number != 0
		  && (v->verdict == VERDICT_TAKEN   ? errand_done(t, v->errand.number, m->what.now)
		      : v->verdict == VERDICT_LATER ? errand_later(t, v->errand.number, &m->what)
						    : errand_aside(t, v->errand.number, &m->what));
	if (!conclude(m, t))
		return problem_set(p, PROBLEM_AUDIT_UNAVAILABLE,
				   "the audit record of an errand could not be kept");
	if (m->ours
	    && (!errand_queue_get(t, store_arena(t), v->partner, v->address, &q) || q.waiting == 0
		|| q.due > m->what.now))
		lease_end(t, v->lease, node);
	return !store_failed(t)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

static void tell_aside(const struct rounds *r, const struct visit *v)
{
	char error[512];
	snprintf(error, sizeof error,
		 "errand %" PRIu64 " (%s of %s, exchange %s) for %s was set aside: %s",
		 v->errand.number, v->errand.kind, v->errand.what == NULL ? "-" : v->errand.what,
		 v->errand.exchange == NULL ? "-" : v->errand.exchange, v->partner, v->why);
	log_failure(r->s.log, error, v->kind == NULL ? "it is not done" : v->kind->title,
		    "minato errand retry has it tried again, minato errand drop forgets it");
}

static void tell_log(const struct rounds *r, const struct visit *v)
{
	if (v->verdict == VERDICT_NEVER)
		tell_aside(r, v);
	else if (v->verdict == VERDICT_LATER && v->failures == 0)
		log_write(r->s.log, LOG_WARNING,
			  "errands for %s wait, and are tried again: %s (exchange %s)", v->partner,
			  v->why, v->errand.exchange == NULL ? "-" : v->errand.exchange);
	else if (v->verdict == VERDICT_TAKEN && v->failures != 0)
		log_write(r->s.log, LOG_NOTICE, "%s takes errands again", v->partner);
}

/* False: the store has to be asked again. */
static bool write_verdict(struct rounds *r, unsigned i)
{
	struct visit *v = r->visits[i];
	struct telling m = { .rounds = r, .visit = v };
	struct problem p = { .code = PROBLEM_NONE };
	m.what = (struct errand_try){ .now = now_of(r), .answered = v->answered, .why = v->why };
	m.what.due = m.what.now + backoff_pause(&pauses, v->failures + 1, r->s.random);
	if (!store_write(r->s.store, tell_run, &m, &p)) {
		trouble(r, &p);
		return false;
	}
	r->troubles = 0;
	if (m.kept) {
		__atomic_fetch_add(&r->counts[v->verdict], 1, __ATOMIC_RELAXED);
		tell_log(r, v);
	}
	let_go(r, i);
	return true;
}

static void judge_calls(struct rounds *r)
{
	struct call *c;
	while ((c = r->s.caller->over(r->s.caller)) != NULL)
		visit_judge((struct visit *)c, now_of(r));
}

static bool write_verdicts(struct rounds *r)
{
	bool kept = true;
	for (unsigned i = 0; kept && i < VISITS_MOST; i++)
		if (r->visits[i] != NULL && r->visits[i]->over)
			kept = write_verdict(r, i);
	return kept;
}

/* ---- Beginning visits ---- */

struct taking {
	struct rounds *rounds;
	struct visit *visit;
	instant now;
	int64_t seconds;
	bool ours;
};

static bool take_run(void *with, struct store_txn *t, struct problem *p)
{
	struct taking *m = with;
	instant until;
	m->ours = lease_take(t, m->visit->lease, m->rounds->s.node, m->now,
			     m->now + m->seconds * SECOND, &until);
	return !store_failed(t)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

/* Of a call that may take longer than others. */
static void renew_lease(struct rounds *r, struct visit *v, struct problem *p)
{
	struct taking m = { .rounds = r,
			    .visit = v,
			    .now = now_of(r),
			    .seconds = (int64_t)v->call.seconds + VISIT_SECONDS };
	if (v->call.seconds > VISIT_SECONDS && store_write(r->s.store, take_run, &m, p) && !m.ours)
		problem_set(p, PROBLEM_CONFLICT, "another node has taken over");
}

/* The call begins, or there is a verdict already, or nothing was there. False: the store failed. */
static bool set_out(struct rounds *r, unsigned i)
{
	struct visit *v = r->visits[i];
	struct problem p = { .code = PROBLEM_NONE };
	bool callable = visit_prepare(v, &r->s, &p);
	r->files += v->files;
	if (callable)
		renew_lease(r, v, &p);
	if (p.code != PROBLEM_NONE) {
		trouble(r, &p);
		let_go(r, i);
		return false;
	}
	if (callable && !r->s.caller->begin(r->s.caller, &v->call.call))
		visit_judge(v, now_of(r));
	else if (!callable && !v->over)
		v->over = true; /* the queue is empty: the lease is given back */
	return !v->over || write_verdict(r, i);
}

/* False: the store failed, or no memory. */
static bool begin_visit(struct rounds *r, const struct errand_queue *q)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct taking m = { .rounds = r, .now = now_of(r), .seconds = LEASE_SECONDS };
	unsigned i = 0;
	while (r->visits[i] != NULL)
		i++;
	m.visit = visit_create(q->partner, q->address);
	if (m.visit == NULL || !store_write(r->s.store, take_run, &m, &p)) {
		if (m.visit == NULL)
			problem_set(&p, PROBLEM_OUT_OF_RESOURCES, "no memory for an errand");
		visit_destroy(m.visit);
		trouble(r, &p);
		return false;
	}
	r->troubles = 0;
	if (!m.ours) {
		visit_destroy(m.visit);
		return true;
	}
	r->visits[i] = m.visit;
	__atomic_fetch_add(&r->under_way, 1, __ATOMIC_RELAXED);
	return set_out(r, i);
}

/* It has a visit already, or its address has as many as it may: when one ends we look again. */
static bool is_visited(const struct rounds *r, const struct errand_queue *q)
{
	unsigned count = 0, most = VISITS_MOST;
	for (unsigned i = 0; i < VISITS_MOST; i++) {
		const struct visit *v = r->visits[i];
		if (v == NULL || !text_equal(v->address, q->address))
			continue;
		if (text_equal(v->partner, q->partner))
			return true;
		most = v->connections;
		count++;
	}
	return count >= most;
}

/* One look at the queues: the first that can be visited, and when to look again. */
struct look {
	struct rounds *rounds;
	struct arena *arena;
	struct store_txn *txn;
	const struct errand_queue *found;
	int64_t wait; /* less than 0: nothing waits */
};

static void sooner(struct look *l, int64_t wait)
{
	if (l->wait < 0 || wait < l->wait)
		l->wait = wait;
}

/* A clock that went back makes nothing wait for longer than the longest pause. */
static int64_t until_due(const struct errand_queue *q, instant now)
{
	int64_t wait = q->due - now;
	return wait > backoff_most(&pauses) ? 0 : wait;
}

static int64_t until_free(struct look *l, const struct errand_queue *q, instant now)
{
	struct lease is;
	const char *name = arena_printf(l->arena, "errands %s %s", q->partner, q->address);
	if (!lease_look(l->txn, l->arena, name, &is) || text_equal(is.node, l->rounds->s.node))
		return 0;
	return is.until - now;
}

static void look(void *with)
{
	struct look *l = with;
	instant now = now_of(l->rounds);
	size_t count;
	struct errand_queue *q = errand_queues_by_due(l->txn, l->arena, LOOKED_AT, &count);
	for (size_t i = 0; l->found == NULL && i < count; i++) {
		int64_t wait = until_due(&q[i], now);
		if (is_visited(l->rounds, &q[i]))
			continue;
		if (wait <= 0)
			wait = until_free(l, &q[i], now);
		if (wait > 0)
			sooner(l, wait);
		else
			l->found = &q[i];
	}
}

static bool has_room(const struct rounds *r)
{
	return __atomic_load_n(&r->under_way, __ATOMIC_RELAXED) < VISITS_MOST
	       && r->files < VISIT_FILES_MOST;
}

/* Sets out to one queue that is due. False: there is none, or the store failed. */
static bool visit_one(struct rounds *r, int64_t *wait)
{
	struct look l = { .rounds = r, .wait = -1, .arena = arena_create(LOOK_MEMORY) };
	struct problem p = { .code = PROBLEM_NONE };
	l.txn = l.arena == NULL ? NULL : store_begin_read(r->s.store, &p);
	if (l.txn == NULL || !arena_run(l.arena, look, &l))
		problem_set(&p, PROBLEM_OUT_OF_RESOURCES, "no memory to look at the outbox");
	else if (store_failed(l.txn))
		p = *store_problem(l.txn);
	store_end(l.txn);
	bool begun = p.code == PROBLEM_NONE && l.found != NULL && begin_visit(r, l.found);
	if (p.code != PROBLEM_NONE)
		trouble(r, &p);
	else if (l.found == NULL)
		r->troubles = 0;
	*wait = l.wait;
	arena_destroy(l.arena);
	return begun;
}

int64_t rounds_step(struct rounds *r)
{
	int64_t wait = -1, rest = r->store_again - r->s.clock->elapsed(r->s.clock);
	judge_calls(r);
	if (r->troubles != 0 && rest > 0)
		return rest;
	while (write_verdicts(r) && has_room(r) && visit_one(r, &wait))
		judge_calls(r);
	rest = r->store_again - r->s.clock->elapsed(r->s.clock);
	return r->troubles != 0 && rest > 0 ? rest : wait;
}
