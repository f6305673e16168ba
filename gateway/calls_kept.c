/* gateway/calls_kept.c: what is to be recorded of calls, kept before they leave.
 *
 * An exchange records what became of its calls in the job that concludes it, and a kill before
 * that job would leave what another system was told without a record. So a job before the first
 * octet keeps the record each call is to have if nothing is ever known of it (store/calls_sent.h);
 * the job that concludes puts the true one in its place. What cannot be kept is not asked. */
#include "gateway/journey.h"

#include <stddef.h>
#include <stdio.h>

#include "gateway/audit/courier.h"
#include "gateway/audit/record.h"
#include "gateway/base/log.h"
#include "gateway/process.h"
#include "store/calls_sent.h"

enum {
	SECOND = 1000000,
	/* Longer than its door allows an exchange lives only where a full disk keeps it; nobody is
	 * in a hurry to settle what another node left behind. */
	SETTLED_AFTER_SECONDS = 3600,
};

/* ---- Before calls leave ---- */

static bool prepare(struct journey *j, struct store_txn *t)
{
	struct exchange *x = &j->x;
	struct audit_event *records = journey_audit_calls(j, true);
	int64_t seconds = (int64_t)journey_seconds(j) + SETTLED_AFTER_SECONDS;
	j->sent = arena_new(x->arena, struct calls_sent);
	*j->sent = (struct calls_sent){ .exchange = x->id,
					.until = x->now + seconds * SECOND,
					.records = records };
	return audit_record_prepare(t, x->arena, &j->gateway->source, records)
	       || problem_set(&x->problem, store_problem(t)->code, "%s", store_problem(t)->what);
}

/* A snapshot that call() looked into is its to end. */
void journey_prepare_ask(struct journey *j)
{
	struct exchange *x = &j->x;
	if (exchange_look(x) != NULL)
		prepare(j, x->txn);
}

static bool ask_run(struct store_job *job, struct store_txn *t, struct problem *p)
{
	const struct journey *j = (struct journey *)((char *)job - offsetof(struct journey, ask));
	bool begun = calls_sent_begin(t, j->sent);
	for (const struct exchange_call *c = j->x.calls; begun && c != NULL; c = c->next)
		begun = c->out || c->over || c->what->begin == NULL || c->what->begin(&j->x, t, c);
	return begun || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

static bool first_run(struct store_job *job, struct store_txn *t, struct problem *p)
{
	const struct journey *j = (struct journey *)((char *)job - offsetof(struct journey, ask));
	bool kept = true;
	for (const struct exchange_first *f = j->x.first; kept && f != NULL; f = f->next)
		kept = f->keep(&j->x, t, f->what);
	if (kept)
		return true;
	return store_failed(t)
		       ? problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what)
		       : problem_set(p, PROBLEM_INTERNAL, "what is kept first could not be made");
}

static void tell_unasked(const struct journey *j, const struct problem *why)
{
	char error[PROBLEM_TEXT + 64];
	snprintf(error, sizeof error, "%s; exchange %s, peer %s", why->what, j->x.id,
		 j->x.peer_address);
	log_failure(&j->gateway->log, error,
		    "nobody was asked, and the request was answered with an error",
		    problem_row(why->code)->remedy);
}

/* On the committer or the flusher. */
static void ask_done(struct store_job *job, bool kept)
{
	struct journey *j = (struct journey *)((char *)job - offsetof(struct journey, ask));
	if (!kept) {
		tell_unasked(j, &job->problem);
		journey_unasked(j, &job->problem);
		return;
	}
	j->kept = true;
	for (struct exchange_call *c = j->x.calls; c != NULL; c = c->next)
		c->out = c->out || !c->over;
	journey_wait(j);
}

/* What was to be asked is asked by call(), anew. */
static void first_done(struct store_job *job, bool kept)
{
	struct journey *j = (struct journey *)((char *)job - offsetof(struct journey, ask));
	if (!kept) {
		tell_unasked(j, &job->problem);
		journey_unasked(j, &job->problem);
		return;
	}
	j->x.first = NULL;
	journey_answered(j);
}

void journey_ask(struct journey *j)
{
	bool first = j->x.first != NULL;
	j->ask.run = first ? first_run : ask_run;
	j->ask.done = first ? first_done : ask_done;
	j->ask.submitter = requester_name(&j->x.who);
	store_submit(j->gateway->store, &j->ask);
}

/* ---- When it is known what became of them ---- */

static bool end_calls(const struct journey *j, struct store_txn *t)
{
	bool ended = true;
	for (const struct exchange_call *c = j->x.calls; ended && c != NULL; c = c->next)
		ended = !c->out || c->what->end == NULL || c->what->end(&j->x, t, c);
	return ended;
}

bool journey_record_calls(struct journey *j, struct store_txn *t)
{
	if (!end_calls(j, t))
		return false;
	if (!j->kept || !calls_sent_end(t, j->x.id))
		return !store_failed(t);
	return audit_record_append(t, j->x.arena, &j->gateway->source, j->call_events);
}

/* ---- When it never will be ---- */

struct settling {
	const struct gateway *gateway;
	bool starts, more;
};

static bool settle_run(void *with, struct store_txn *t, struct problem *p)
{
	struct settling *s = with;
	instant now = store_clock(t)->now(store_clock(t));
	return calls_sent_settle(t, s->starts, now, &s->more)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

void calls_kept_settle(struct gateway *g, bool starts)
{
	struct settling s = { .gateway = g, .starts = starts, .more = true };
	const struct store_block more = { &s.more, sizeof s.more };
	const struct store_afresh afresh = { .blocks = &more, .count = 1 };
	struct problem p = { .code = PROBLEM_NONE };
	while (s.more && p.code == PROBLEM_NONE)
		store_write_on_reserve(g->store, &afresh, settle_run, &s, &p);
	if (p.code != PROBLEM_NONE)
		log_failure(&g->log, p.what,
			    "what others were asked before a kill is not in the audit log yet",
			    problem_row(p.code)->remedy);
	courier_wake(g->courier);
}
