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
#include "store/errands_sent.h"
#include "store/lease.h"
#include "store/store.h"

/* Queues looked at in one step: those due, and the ones visited or leased elsewhere among them. */
enum { LOOKED_AT = 8 * VISITS_MOST, LOOK_MEMORY = 4 << 20, SECOND = 1000000 };

static const struct backoff pauses = { .first = FIRST_PAUSE_SECONDS * (int64_t)SECOND,
				       .longest = LONGEST_PAUSE_SECONDS * (int64_t)SECOND };

struct rounds {
	struct rounds_settings s;
	struct visit *visits[VISITS_MOST];            /* NULL: free */
	unsigned files;                               /* open for all of them */
	unsigned troubles;                            /* jobs in a row the store did not keep */
	int64_t store_again;                          /* clock->elapsed(): not asked before */
	uint64_t counts[3];                           /* by verdict; atomic */
	struct rounds_tries tries[ERRAND_KINDS_MOST]; /* as errand_kinds; atomic */
	unsigned under_way;                           /* atomic */
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

static size_t kind_place(const struct errand_kind *k)
{
	size_t i = 0;
	while (errand_kinds[i] != NULL && errand_kinds[i] != k)
		i++;
	return i;
}

void rounds_count_tries(const struct rounds *r, const struct errand_kind *k,
			struct rounds_tries *out)
{
	const struct rounds_tries *n = &r->tries[kind_place(k)];
	*out = (struct rounds_tries){
		.taken = __atomic_load_n(&n->taken, __ATOMIC_RELAXED),
		.refused = __atomic_load_n(&n->refused, __ATOMIC_RELAXED),
		.unanswered = __atomic_load_n(&n->unanswered, __ATOMIC_RELAXED),
	};
}

static void count_try(struct rounds *r, const struct visit *v)
{
	struct rounds_tries *n = &r->tries[kind_place(v->kind)];
	__atomic_fetch_add(v->verdict == VERDICT_TAKEN ? &n->taken
			   : v->answered               ? &n->refused
						       : &n->unanswered,
			   1, __ATOMIC_RELAXED);
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

/* After a job: of kinds that are composed, and of what was cut short, it may have left some. */
static void tell_recorded(const struct rounds *r, const struct visit *v)
{
	if (v->kind == NULL || v->kind->composed)
		r->s.recorded(r->s.self);
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
	bool kept; /* the errand was still there, and the lease ours */
};

static struct errand_end end_of(const struct telling *m)
{
	const struct visit *v = m->visit;
	return (struct errand_end){
		.errand = &v->errand,
		.message = &v->message,
		.verdict = v->verdict,
		.answered = v->answered,
		.why = v->why,
		.now = m->what.now,
	};
}

/* What was sent has its record whatever became of the errand; somebody else's try, which was cut
 * short, as well. False: it cannot be kept. */
static bool record(struct telling *m, struct store_txn *t)
{
	const struct rounds_settings *s = &m->rounds->s;
	const struct visit *v = m->visit;
	const struct errand_end end = end_of(m);
	if (v->sent != 0 && errand_sent_end(t, v->partner, v->address, v->sent)
	    && !s->record(s->self, t, &end))
		return false;
	return errand_sent_settle(t, v->partner, v->address);
}

static bool tell_errand(struct telling *m, struct store_txn *t)
{
	const struct visit *v = m->visit;
	if (v->errand.number == 0)
		return false;
	return v->verdict == VERDICT_TAKEN   ? errand_done(t, v->errand.number, m->what.now)
	       : v->verdict == VERDICT_LATER ? errand_later(t, v->errand.number, &m->what)
					     : errand_aside(t, v->errand.number, &m->what);
}

static void conclude(struct telling *m, struct store_txn *t)
{
	const struct rounds_settings *s = &m->rounds->s;
	const struct visit *v = m->visit;
	const struct errand_end end = end_of(m);
	if (m->kept && v->kind != NULL && v->kind->composed)
		s->conclude(s->self, t, &end);
}

/* Given back when there is nothing more to do now. */
static void give_back(struct store_txn *t, const struct rounds *r, const struct visit *v,
		      instant now)
{
	struct errand_queue q;
	if (!errand_queue_get(t, store_arena(t), v->partner, v->address, &q) || q.waiting == 0
	    || q.due > now)
		lease_end(t, v->lease, r->s.node);
}

static bool is_kept(struct store_txn *t, struct problem *p)
{
	return !store_failed(t)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

/* In a job. The lease is renewed, or given back. Who has lost it writes nothing: whoever took it
 * over has written the record of what we sent. */
static bool tell_run(void *with, struct store_txn *t, struct problem *p)
{
	struct telling *m = with;
	const struct visit *v = m->visit;
	instant until;
	m->kept = false;
	if (lease_take(t, v->lease, m->rounds->s.node, m->what.now,
		       m->what.now + LEASE_SECONDS * (int64_t)SECOND, &until)) {
		if (!record(m, t) && !store_failed(t))
			return problem_set(p, PROBLEM_AUDIT_UNAVAILABLE,
					   "the audit record of an errand could not be kept");
		m->kept = tell_errand(m, t);
		conclude(m, t);
		give_back(t, m->rounds, v, m->what.now);
	}
	return is_kept(t, p);
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
	tell_recorded(r, v);
	if (m.kept) {
		__atomic_fetch_add(&r->counts[v->verdict], 1, __ATOMIC_RELAXED);
		tell_log(r, v);
	}
	let_go(r, i);
	return true;
}

static void judge(struct rounds *r, struct visit *v)
{
	visit_judge(v, now_of(r));
	count_try(r, v);
}

static void judge_calls(struct rounds *r)
{
	struct call *c;
	while ((c = r->s.caller->over(r->s.caller)) != NULL)
		judge(r, (struct visit *)c);
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

struct setting_out {
	struct rounds *rounds;
	struct visit *visit;
	instant now;
	bool ours; /* the lease, and the errand is as it was read */
};

/* Somebody may have been there, or said something else, since it was read. */
static bool holds(const struct setting_out *m, struct store_txn *t)
{
	const struct rounds_settings *s = &m->rounds->s;
	const struct visit *v = m->visit;
	struct errand first;
	return errand_first(t, store_arena(t), v->partner, v->address, &first)
	       && first.number == v->errand.number && first.attempts == v->errand.attempts
	       && first.again == v->errand.again
	       && (!v->kind->composed || s->holds(s->self, t, &v->errand, &v->message));
}

/* In a job. A call may take longer than others, and its lease outlives it. */
static bool set_out_run(void *with, struct store_txn *t, struct problem *p)
{
	struct setting_out *m = with;
	struct visit *v = m->visit;
	int64_t seconds = (int64_t)v->call.seconds + VISIT_SECONDS;
	instant until;
	v->sent = 0;
	m->ours = lease_take(t, v->lease, m->rounds->s.node, m->now,
			     m->now + (seconds > LEASE_SECONDS ? seconds : LEASE_SECONDS) * SECOND,
			     &until);
	if (m->ours && !holds(m, t)) {
		m->ours = false;
		give_back(t, m->rounds, v, m->now);
	}
	if (m->ours && v->kind->composed) {
		const struct rounds_settings *s = &m->rounds->s;
		v->sent = errand_sent_begin(t, v->partner, v->address, v->message.record);
		s->leaves(s->self, t, &v->errand, &v->message);
	}
	return is_kept(t, p);
}

/* The call begins, or there is a verdict already, or nothing was there. False: the store failed. */
static bool set_out(struct rounds *r, unsigned i)
{
	struct visit *v = r->visits[i];
	struct problem p = { .code = PROBLEM_NONE };
	struct setting_out m = { .rounds = r, .visit = v, .now = now_of(r) };
	bool callable = visit_prepare(v, &r->s, &p);
	r->files += v->files;
	if (p.code == PROBLEM_NONE && callable)
		store_write(r->s.store, set_out_run, &m, &p);
	if (p.code != PROBLEM_NONE) {
		trouble(r, &p);
		let_go(r, i);
		return false;
	}
	if (callable) {
		r->troubles = 0;
		tell_recorded(r, v);
	}
	if (callable && !m.ours) {
		let_go(r, i);
		return true;
	}
	if (callable && !r->s.caller->begin(r->s.caller, &v->call.call))
		judge(r, v);
	else if (!callable && !v->over)
		v->over = true; /* the queue is empty: the lease is given back */
	return !v->over || write_verdict(r, i);
}

/* Of the first errand; settling: only for what a try that was cut short has left. False: the store
 * failed, or no memory. */
static bool begin_visit(struct rounds *r, const struct errand_queue *q, bool settling)
{
	struct problem p = { .code = PROBLEM_NONE };
	unsigned i = 0;
	while (r->visits[i] != NULL)
		i++;
	r->visits[i] = visit_create(q->partner, q->address);
	if (r->visits[i] == NULL) {
		problem_set(&p, PROBLEM_OUT_OF_RESOURCES, "no memory for an errand");
		trouble(r, &p);
		return false;
	}
	__atomic_fetch_add(&r->under_way, 1, __ATOMIC_RELAXED);
	r->visits[i]->over = settling;
	return settling ? write_verdict(r, i) : set_out(r, i);
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
	bool settling; /* it is found for a try that was cut short */
	int64_t wait;  /* less than 0: nothing waits */
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

/* It may be visited now, or so it is known when. */
static void consider(struct look *l, const struct errand_queue *q, int64_t wait, instant now)
{
	if (is_visited(l->rounds, q))
		return;
	if (wait <= 0)
		wait = until_free(l, q, now);
	if (wait > 0)
		sooner(l, wait);
	else
		l->found = q;
}

/* What was cut short is settled before anything else is sent, also where nothing waits. */
static void look(void *with)
{
	struct look *l = with;
	instant now = now_of(l->rounds);
	size_t count;
	struct errand_queue *q = errand_sent_queues(l->txn, l->arena, LOOKED_AT, &count);
	for (size_t i = 0; l->found == NULL && i < count; i++)
		consider(l, &q[i], 0, now);
	l->settling = l->found != NULL;
	q = errand_queues_by_due(l->txn, l->arena, LOOKED_AT, &count);
	for (size_t i = 0; l->found == NULL && i < count; i++)
		consider(l, &q[i], until_due(&q[i], now), now);
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
	bool begun = p.code == PROBLEM_NONE && l.found != NULL
		     && begin_visit(r, l.found, l.settling);
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
