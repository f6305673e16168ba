/* gateway/exchange.c: the one road from door to door.
 *
 * open envelope -> find transaction -> identify -> admit -> read -> (call, wait, call, ...) ->
 * handle -> conclude audit -> seal -> send
 *
 * No transaction can forget the policy or the audit record, for this is the only way through.
 * Invariant: no octet of an answer leaves before its audit record is durable. For a read the record
 * is a store job of its own, and the answer is sealed before it, to leave when it is kept; a write
 * and its record are one job: both are kept, or neither. */
#include "gateway/journey.h"

#include <stdatomic.h>
#include <stdio.h>

#include "gateway/audit/courier.h"
#include "gateway/audit/record.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/trace.h"
#include "gateway/by_ourselves.h"
#include "gateway/config.h"
#include "gateway/config_units.h"
#include "gateway/emergencies.h"
#include "gateway/errands/outbox.h"
#include "gateway/exchanges_noted.h"
#include "gateway/locked_out.h"
#include "gateway/long_work.h"
#include "gateway/metrics.h"
#include "gateway/process.h"
#include "gateway/readiness.h"
#include "gateway/replaying.h"
#include "gateway/ticks.h"
#include "gateway/watching.h"
#include "profiles/atna/iti20_record_audit_event.h"

static void stage_conclude(struct job *job);
static void expect_no_job(struct journey *j);
static bool write_run(struct store_job *job, struct store_txn *t, struct problem *p);
static void write_done(struct store_job *job, bool kept);

/* ---- The stages ---- */

static void stage_identify(void *with)
{
	journey_identify(with);
}

bool journey_out_of_memory(struct journey *j)
{
	char allowed[UNITS_TEXT];
	units_from_octets(j->configuration->service.exchange_memory, allowed);
	j->x.problem.code = PROBLEM_NONE;
	return problem_set(&j->x.problem, PROBLEM_OUT_OF_RESOURCES,
			   "the exchange needs more memory than exchange-memory (%s) allows",
			   allowed);
}

bool journey_guard(struct journey *j, void (*work)(void *))
{
	return json_arena_run(j->x.arena, work, j) || journey_out_of_memory(j);
}

/* On the committer, where this exchange's own arena is not to be touched. */
static bool record_in_job(struct exchange *x, struct store_txn *t, struct arena *a,
			  struct audit_event *e)
{
	struct journey *j = (struct journey *)((char *)x - offsetof(struct journey, x));
	struct audit_participant **tail = &e->participants;
	by_ourselves_fill_ends(&j->gateway->source, e);
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = j->participants;
	/* a long import is not one moment */
	e->time = store_clock(t)->now(store_clock(t));
	e->system = requester_name(&x->who);
	e->purposes = x->who.purposes;
	e->exchange = x->id;
	return audit_record_append(t, a, &j->gateway->source, e);
}

static void handle_by_own_jobs(struct journey *j)
{
	struct audit_event e = { .participants = NULL };
	j->road->participants(j, &e);
	j->participants = e.participants;
	j->x.record = record_in_job;
	j->x.replay = journey_replay;
	expect_no_job(j); /* those it makes are not to wait for its own */
	j->x.transaction->handle(&j->x);
	courier_wake(j->gateway->courier);
}

/* Nothing of what a handler found is left to be answered. */
static void drop_result(struct journey *j)
{
	j->x.result = NULL;
	j->x.departures = NULL;
	j->x.reply = (struct reply){ 0 };
}

/* What could not be read is not absent: an answer without it would look whole. */
void journey_handle_in_snapshot(struct journey *j)
{
	struct exchange *x = &j->x;
	x->txn = store_begin_read(j->gateway->store, &x->problem);
	if (x->txn == NULL)
		return;
	store_lean(x->txn, x->arena);
	store_stop_on(x->txn, x->stopping);
	journey_hurry(j);
	x->transaction->handle(x);
	if (!store_failed(x->txn))
		return;
	x->problem = *store_problem(x->txn);
	x->findings = NULL;
	drop_result(j);
}

/* From the envelope to a request that was read. */
static void stage_open(void *with)
{
	struct journey *j = with;
	struct exchange *x = &j->x;
	bool opened = x->problem.code == PROBLEM_NONE && j->road->open(j);

	journey_identify(j);
	j->refused = !(journey_admit(j) && opened);
	if (j->refused || x->transaction == NULL || x->problem.code != PROBLEM_NONE)
		return;
	j->read = x->transaction->read(x);
	j->refused = !j->read && x->problem.code == PROBLEM_MALFORMED;
	if (j->read && !journey_names_its_patient(j)) {
		j->read = false;
		j->refused = true;
	}
}

/* Who only asks is no work of the committer's. */
enum access journey_access(const struct journey *j)
{
	return j->route != NULL && j->route->reads ? STORE_READ : j->x.transaction->access;
}

void journey_end_snapshot(struct journey *j)
{
	store_end(j->x.txn);
	j->x.txn = NULL;
}

/* The handler, as far as a worker goes. */
static void stage_handle(void *with)
{
	struct journey *j = with;
	if (journey_access(j) == STORE_READ && j->time != TIME_TO_HASH)
		journey_handle_in_hurry(j);
	else if (journey_access(j) == STORE_READ)
		journey_handle_in_snapshot(j);
	else if (journey_access(j) == STORE_NONE)
		handle_by_own_jobs(j);
}

/* Where the store fails no draft is made: the committer tries again, and says why. */
static void stage_audit(void *with)
{
	struct journey *j = with;
	j->events = NULL;
	journey_audit(j);
	if (j->x.txn == NULL)
		return;
	audit_record_prepare(j->x.txn, j->x.arena, &j->gateway->source, j->events);
	audit_record_prepare(j->x.txn, j->x.arena, &j->gateway->source, j->call_events);
}

static void stage_seal(void *with)
{
	struct journey *j = with;
	j->road->seal(j, j->refused);
}

bool journey_seal(struct journey *j)
{
	return journey_guard(j, stage_seal);
}

/* Whom the record is about is looked up where the answer was found; a refusal, and a snapshot that
 * failed, need another. */
static void renew_snapshot(struct journey *j)
{
	struct problem p = { .code = PROBLEM_NONE };
	if (j->x.txn != NULL && !store_failed(j->x.txn))
		return;
	journey_end_snapshot(j);
	j->x.txn = store_begin_read(j->gateway->store, &p);
	if (j->x.txn != NULL)
		store_lean(j->x.txn, j->x.arena);
}

static bool writes(const struct journey *j)
{
	return !j->refused && j->x.problem.code == PROBLEM_NONE && j->x.transaction != NULL
	       && journey_access(j) == STORE_WRITE;
}

static void expect_job(struct journey *j)
{
	j->job_expected = true;
	store_expect(j->gateway->store, j->head->loud);
}

static void expect_no_job(struct journey *j)
{
	if (j->job_expected)
		store_expect_no_more(j->gateway->store, j->head->loud);
	j->job_expected = false;
}

/* ---- What takes long ---- */

static void tell_cancelled(void *with)
{
	struct journey *j = with;
	const struct long_work_kind *kind = j->x.transaction->long_work;
	struct progress_seen seen;
	progress_look(&j->work.progress, &seen);
	unsigned long long done = seen.done, of = seen.of;
	const char *after = "before it began";
	if (seen.unit != NULL && of == 0)
		after = arena_printf(j->x.arena, "after %llu %s", done, seen.unit);
	else if (seen.unit != NULL)
		after = arena_printf(j->x.arena, "after %llu of %llu %s", done, of, seen.unit);
	j->x.problem.code = PROBLEM_NONE;
	problem_set(&j->x.problem, PROBLEM_CANCELLED, "%s was cancelled %s; %s", kind->what, after,
		    seen.unit == NULL ? "nothing was done" : kind->cancelled);
}

/* It may have come to its end all the same: then its result is what it is. */
static void end_long_work(struct journey *j)
{
	struct long_work *w = &j->work;
	long_works_end(w);
	if (atomic_load(&w->cancelled) && j->x.problem.code == PROBLEM_BUSY)
		journey_guard(j, tell_cancelled);
	progress_destroy(&w->progress);
}

static void give_up_work(struct long_work *w)
{
	struct journey *j = (struct journey *)((char *)w - offsetof(struct journey, work));
	door_give_up(j->message);
}

/* In its place; or without one, because it was given up while it waited. */
static void run_long_work(struct long_work *w)
{
	struct journey *j = (struct journey *)((char *)w - offsetof(struct journey, work));
	if (atomic_load(w->unwanted)) {
		problem_set(&j->x.problem, PROBLEM_BUSY,
			    "it was not begun: the service is stopping, or nobody waits any more");
		j->read = false;
	}
	journey_handle(j);
}

/* What may take long goes to a pool of its own: nobody at a clinic waits behind it. */
static void take_long_work(struct journey *j)
{
	struct exchange *x = &j->x;
	struct long_work *w = &j->work;
	j->time = TIME_TO_HASH;
	w->run = run_long_work;
	w->give_up = give_up_work;
	w->unwanted = x->stopping;
	w->what = x->transaction->long_work->what;
	w->by = requester_name(&x->who);
	w->exchange = x->id;
	w->since = x->now;
	progress_create(&w->progress, j->gateway->clock, x->stopping);
	x->progress = &w->progress;
	expect_no_job(j);
	if (long_works_take(j->gateway->long_works, w, j->configuration->service.long_work_waiting,
			    &x->problem))
		return;
	j->read = false;
	journey_handle(j);
}

/* The answer, and what is to be kept of it when it goes elsewhere. What does not fit into memory is
 * told on the connection. */
static void make_answer(struct journey *j)
{
	j->sealed = journey_guard(j, stage_seal);
	if (j->reply_to != NULL && j->sealed)
		journey_prepare_errand(j);
	else if (!j->sealed)
		journey_answer_here(j);
}

/* As far as a worker goes. True: a job of the store goes on; else there is nothing for it. */
static bool leads_to_job(struct journey *j)
{
	if (j->x.progress != NULL)
		end_long_work(j);
	if (!writes(j)) {
		/* The answer first: its record then tells whether there was room for it. */
		make_answer(j);
		renew_snapshot(j);
		bool composed = journey_guard(j, stage_audit);
		if (!composed) {
			/* No memory for the record: what was found stays here, and that is
			 * recorded. */
			journey_answer_here(j);
			drop_result(j);
			composed = journey_guard(j, stage_audit);
		}
		journey_end_snapshot(j);
		if (!composed)
			return false; /* not durable: withdrawn */
		j->durable = j->events == NULL && j->errand == NULL && !j->kept;
		return !j->durable;
	}
	return true;
}

static struct workers *pool_of(const struct journey *j)
{
	return gateway_workers_at(j->gateway, j->door);
}

static void conclude_later(struct journey *j)
{
	j->conclude.run = stage_conclude;
	j->conclude.behind = j->head->loud;
	workers_queue(pool_of(j), &j->conclude);
}

/* Strangers may come as fast as they like: what they are refused is told as far as it can be told
 * (gateway/refusals.h), and has no record of its own. */
static bool is_strangers(const struct journey *j)
{
	return j->refused && j->head->door != DOOR_LOCAL && j->head->certificate_sha256 == NULL;
}

bool journey_is_told_as_number(const struct journey *j)
{
	return is_strangers(j) || (j->refused && j->x.problem.code == PROBLEM_RATE);
}

/* What needs no record needs no store either: it is answered although that does not. */
static bool leaves_no_record(const struct journey *j)
{
	bool nothing = !j->refused && j->x.transaction == NULL && j->x.problem.code == PROBLEM_NONE;
	return nothing || journey_is_told_as_number(j);
}

/* A job that only keeps records may use the room on the disk that is kept for them. */
static void submit(struct journey *j)
{
	j->tried = (struct store_block){ j, offsetof(struct journey, gateway) };
	j->write = (struct store_job){ .run = write_run,
				       .done = write_done,
				       .afresh = { j->x.arena, &j->tried, 1 },
				       .submitter = requester_name(&j->x.who),
				       .on_reserve = !writes(j) && j->errand == NULL
						     && !j->x.keeps_more,
				       .expected = j->job_expected,
				       .behind = j->head->loud };
	store_submit(j->gateway->store, &j->write);
}

void journey_handle(struct journey *j)
{
	if (leaves_no_record(j)) {
		expect_no_job(j);
		j->durable = true;
		if (j->ready != NULL && !j->refused)
			readiness_ask(j->gateway->readiness, j->ready);
		else
			stage_conclude(&j->conclude);
		return;
	}
	if (j->read)
		journey_guard(j, stage_handle);
	if (j->undone != UNDONE_NOTHING) {
		expect_no_job(j);
		if (journey_handle_apart(j))
			return;
	}
	if (!leads_to_job(j)) {
		expect_no_job(j);
		stage_conclude(&j->conclude);
		return;
	}
	if (writes(j)) {
		journey_weigh(j);
		journey_look_ahead(j);
	}
	submit(j);
}

/* What was read is handled; or others are asked first, and the worker is free meanwhile. */
static void go_on(struct journey *j)
{
	if (!journey_call(j)) {
		journey_handle(j);
		return;
	}
	j->ask.expected = j->job_expected;
	j->ask.behind = j->head->loud;
	j->job_expected = false;
	journey_ask(j);
}

/* Time has passed: what policy found then is not to be relied on. */
static void stage_answered(void *with)
{
	struct journey *j = with;
	journey_begin_policy(j);
	journey_read_answers(j);
}

static void answered(struct job *job)
{
	struct journey *j = (struct journey *)((char *)job - offsetof(struct journey, conclude));
	expect_job(j);
	j->read = journey_guard(j, stage_answered);
	go_on(j);
}

static void unasked(struct job *job)
{
	struct journey *j = (struct journey *)((char *)job - offsetof(struct journey, conclude));
	expect_job(j);
	journey_handle(j);
}

/* What was asked brought much: it is gone through where nobody at a clinic waits behind it. */
static struct workers *pool_for_answers(const struct journey *j)
{
	return journey_answers_are_large(j) ? j->gateway->taking : pool_of(j);
}

static void go_on_by(struct journey *j, void (*run)(struct job *job))
{
	j->conclude.run = run;
	j->conclude.behind = j->head->loud;
	workers_queue(pool_for_answers(j), &j->conclude);
}

void journey_answered(struct journey *j)
{
	go_on_by(j, answered);
}

void journey_unasked(struct journey *j, const struct problem *why)
{
	j->x.problem = *why;
	j->read = false;
	go_on_by(j, unasked);
}

void journey_open(struct journey *j)
{
	if (journey_guard(j, stage_open))
		return;
	journey_guard(j, stage_identify); /* the record of it names who asked */
	j->read = false;
	j->refused = j->x.transaction == NULL;
}

void house_whole(void *record)
{
	struct journey *j = record;
	expect_job(j);
	journey_open(j);
	if (j->read && j->x.transaction->long_work != NULL)
		take_long_work(j);
	else
		go_on(j);
}

/* What read() noted is the request's; what a try adds hangs on copies of it. */
void journey_copy_findings(struct exchange *x)
{
	struct finding **link = &x->findings;
	for (const struct finding *f = x->findings; f != NULL; f = f->next) {
		*link = arena_new(x->arena, struct finding);
		**link = *f;
		link = &(*link)->next;
	}
}

static void handle_on_committer(void *with)
{
	struct journey *j = with;
	journey_begin_policy(j);
	journey_copy_findings(&j->x);
	if (!j->x.transaction->handle(&j->x) && j->x.problem.code == PROBLEM_NONE)
		problem_set(&j->x.problem, PROBLEM_INTERNAL, "the handler gave no reason");
}

/* What could not be read is not absent, whatever the handler made of it. */
static void heed_store(struct journey *j, struct store_txn *t)
{
	if (!store_failed(t) || j->x.problem.code == store_problem(t)->code)
		return;
	j->x.problem = *store_problem(t);
	j->x.findings = NULL;
	drop_result(j);
}

bool journey_handle_in_job(struct journey *j, struct store_txn *t, struct problem *p)
{
	j->x.txn = t;
	journey_guard(j, handle_on_committer);
	heed_store(j, t);
	j->x.txn = NULL;
	if (j->x.problem.code != PROBLEM_NONE)
		*p = j->x.problem;
	return j->x.problem.code == PROBLEM_NONE;
}

static bool seal_within_job(struct journey *j, struct problem *p)
{
	j->errand = NULL;
	j->sealed = journey_guard(j, stage_seal);
	if (!j->sealed)
		*p = j->x.problem;
	return j->sealed;
}

struct keeping {
	struct journey *journey;
	struct store_txn *txn;
	struct problem *problem;
	bool kept;
};

static void keep_answer(void *with)
{
	struct keeping *k = with;
	k->kept = journey_keep_answer(k->journey, k->txn, k->problem);
}

/* What became of the change is the answer, and is kept with it where it goes elsewhere. */
static bool answer_part(void *with, struct store_txn *t, struct problem *p)
{
	struct keeping k = { .journey = with, .txn = t, .problem = p };
	if (!seal_within_job(with, p))
		return false;
	if (!arena_run(k.journey->x.arena, keep_answer, &k))
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES,
				   "no memory for an answer that was to go elsewhere");
	return k.kept;
}

static bool change_part(void *with, struct store_txn *t, struct problem *p)
{
	struct journey *j = with;
	return journey_handle_in_job(j, t, p) && (j->reply_to == NULL || answer_part(j, t, p));
}

/* A change whose answer cannot be kept is none; then that is the answer, or is told on the
 * connection. */
static void change(struct journey *j, struct store_txn *t)
{
	struct problem why = { .code = PROBLEM_NONE };
	if (store_savepoint(t, change_part, j, &why))
		return;
	if (j->x.problem.code == PROBLEM_NONE) {
		j->x.problem = why;
		j->x.findings = NULL;
		drop_result(j);
	}
	if (j->reply_to != NULL && !store_savepoint(t, answer_part, j, &why))
		journey_refuse_here(j, &why);
}

struct appending {
	struct journey *journey;
	struct store_txn *txn;
	bool done;
};

static bool keep_beside(const struct journey *j, struct store_txn *t)
{
	const struct transaction *what = j->x.transaction;
	return what == NULL || j->refused || what->keep == NULL || what->keep(&j->x, t);
}

static void append_events(void *with)
{
	struct appending *a = with;
	struct journey *j = a->journey;
	if (j->events == NULL)
		journey_audit(j);
	a->done = audit_record_append(a->txn, j->x.arena, &j->gateway->source, j->events)
		  && journey_record_calls(j, a->txn) && emergencies_keep(j, a->txn)
		  && keep_beside(j, a->txn);
}

/* On the committer: the change, when there is one, and its record. A handler that refuses leaves
 * nothing but the record of its refusal. */
static bool write_run(struct store_job *job, struct store_txn *t, struct problem *p)
{
	struct journey *j = (struct journey *)((char *)job - offsetof(struct journey, write));
	struct appending a = { .journey = j, .txn = t };
	if (journey_is_locked_out(j, t)) {
		j->x.findings = NULL;
		drop_result(j);
	}
	if (writes(j))
		change(j, t);
	else if (j->errand != NULL)
		journey_keep_errand(j, t);
	if (!arena_run(j->x.arena, append_events, &a))
		return problem_set(p, PROBLEM_AUDIT_UNAVAILABLE, "no memory for the audit record");
	if (!a.done)
		return problem_set(p, PROBLEM_AUDIT_UNAVAILABLE,
				   "the audit record could not be kept");
	return true;
}

/* A facility asked for something it does not get. */
static bool is_lacking(const struct journey *j)
{
	const struct exchange *x = &j->x;
	return x->sender != NULL && x->transaction != NULL
	       && (journey_access(j) == STORE_READ || x->transaction->answers_at_ticks)
	       && (x->lacks || x->problem.code != PROBLEM_NONE);
}

/* Whose storage was written is looked at; that it cannot be written only we can see to. */
static void tell_of_storage(struct journey *j)
{
	const struct exchange *x = &j->x;
	if (x->storage_changed != NULL)
		watching_wake(j->gateway->watching, x->storage_changed);
	else if (x->delivery != NULL
		 && (x->problem.code == PROBLEM_BUSY || x->problem.code == PROBLEM_STORE_FULL))
		log_failure(&j->gateway->log, x->problem.what,
			    "a message was not written to a delegated storage",
			    problem_row(x->problem.code)->remedy);
}

/* What was refused by the road has its line already. */
static void tell_done(const struct journey *j)
{
	const struct exchange *x = &j->x;
	const struct clock *clock = j->gateway->clock;
	if (x->transaction == NULL)
		return;
	log_write(&j->gateway->log, LOG_DETAIL, "exchange %s%s%s: %s of %s, %s in %.1f ms", x->id,
		  x->trace == NULL ? "" : ", trace ", x->trace == NULL ? "" : x->trace->id,
		  x->transaction->code, x->sender == NULL ? x->peer_address : x->sender->name,
		  x->problem.code == PROBLEM_NONE ? "done" : problem_row(x->problem.code)->name,
		  (double)(clock->elapsed(clock) - j->began) / 1000);
}

static void send_off(struct journey *j)
{
	metrics_count(j->gateway->metrics, j->x.transaction, j->x.problem.code,
		      j->gateway->clock->elapsed(j->gateway->clock) - j->began);
	metrics_count_needed(j->gateway->metrics,
			     j->x.needed_by == NULL ? j->x.sender : j->x.needed_by, &j->x.needed);
	if (j->x.problem.code != PROBLEM_NONE && j->x.sender != NULL
	    && j->x.transaction == &iti20_record_audit_event)
		metrics_count_refused_record(j->gateway->metrics, j->x.sender->name);
	metrics_count_matching(j->gateway->metrics,
			       j->x.problem.code == PROBLEM_NONE ? j->x.scored : 0, j->x.keys_cut);
	if (j->refused && j->x.problem.code != PROBLEM_NONE)
		journey_tell_refused(j);
	else
		tell_done(j);
	tell_of_storage(j);
	exchanges_note(j);
	if (j->errand == NULL && is_lacking(j))
		ticks_take(j->gateway->ticks, j, j->began);
	else
		door_answer(j->message, &j->answer);
}

/* What it changed may be told to systems (ITI-10, ITI-53), also by jobs of its own before this
 * one. */
static bool may_notify(const struct journey *j)
{
	const struct region *r = &j->configuration->region;
	if (j->x.transaction == NULL || journey_access(j) == STORE_READ)
		return false;
	for (size_t i = 0; i < r->system_count; i++)
		if (r->systems[i].notify != NULL || r->systems[i].consumers != NULL)
			return true;
	return false;
}

static void write_done(struct store_job *job, bool kept)
{
	struct journey *j = (struct journey *)((char *)job - offsetof(struct journey, write));
	j->durable = kept;
	if (kept)
		courier_wake(j->gateway->courier);
	if (kept && (j->errand != NULL || j->x.outbox_changed || may_notify(j)))
		outbox_wake(j->gateway->outbox);
	if (kept && j->errand != NULL)
		journey_accept(j);
	/* A read was answered in full before its record was kept: here it only leaves. */
	if (kept && j->sealed) {
		send_off(j);
		return;
	}
	conclude_later(j);
}

/* What was found may not leave: its record is not kept. */
static void withdraw(struct journey *j)
{
	struct exchange *x = &j->x;
	struct problem why = j->write.problem;
	if (why.code == PROBLEM_NONE)
		problem_set(&why, PROBLEM_AUDIT_UNAVAILABLE, "the store did not keep it");
	char error[PROBLEM_TEXT + 64];
	snprintf(error, sizeof error, "%s; exchange %s, peer %s", why.what, x->id, x->peer_address);
	log_failure(&j->gateway->log, error,
		    "the request was answered with an error; nothing was changed",
		    problem_row(why.code)->remedy);
	x->problem = why;
	x->findings = NULL;
	drop_result(j);
}

/* What the full disk kept from being done leaves its record all the same. False: nothing is to be
 * kept. */
static bool keep_refusal(struct journey *j)
{
	j->events = NULL;
	j->job_expected = false;
	j->sealed = false;
	if (!leads_to_job(j))
		return false;
	submit(j);
	return true;
}

static void stage_plain_refusal(void *with)
{
	struct journey *j = with;
	journey_answer(j, problem_row(j->x.problem.code)->http, "text/plain; charset=UTF-8",
		       bytes_of_text(arena_printf(j->x.arena,
						  "the exchange %s was given up; see the "
						  "gateway's log\n",
						  j->x.id)));
}

static void stage_finish(void *with)
{
	struct journey *j = with;
	j->x.transaction->finish(&j->x);
}

static bool is_to_finish(const struct journey *j)
{
	return j->durable && !j->refused && !j->sealed && j->x.problem.code == PROBLEM_NONE
	       && j->x.transaction != NULL && j->x.transaction->finish != NULL;
}

static void stage_conclude(struct job *job)
{
	struct journey *j = (struct journey *)((char *)job - offsetof(struct journey, conclude));
	if (is_to_finish(j))
		journey_guard(j, stage_finish);
	if (j->durable && j->x.locks_changed)
		locked_out_look(j->gateway); /* before the operator is told that it holds */
	bool was_full = !j->durable && !j->write.on_reserve
			&& j->write.problem.code == PROBLEM_STORE_FULL;
	if (!j->durable) {
		journey_answer_here(j);
		withdraw(j);
	}
	if (was_full && keep_refusal(j))
		return;
	if (!j->sealed && !journey_guard(j, stage_seal)) {
		/* The answer did not fit: what is left of the arena must do for saying so. */
		drop_result(j);
		if (!journey_guard(j, stage_seal)) {
			static const struct answer busy = { .status = 503, .close = true };
			if (!journey_guard(j, stage_plain_refusal))
				j->answer = busy;
		}
	}
	send_off(j);
}

static void ready_answered(struct ready_asker *a)
{
	conclude_later(a->journey);
}

void journey_ask_ready(struct journey *j, int64_t may_be_old)
{
	j->ready = arena_new(j->x.arena, struct ready_asker);
	*j->ready = (struct ready_asker){ .answered = ready_answered,
					  .journey = j,
					  .within = j->configuration->service.ready_within,
					  .may_be_old = may_be_old };
}
