/* gateway/upkeep.c: what has to be looked after now and then. */
#include "gateway/upkeep.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/audit/courier.h"
#include "gateway/audit/expiring.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/bodies_kept.h"
#include "gateway/config.h"
#include "gateway/consents_due.h"
#include "gateway/emergencies.h"
#include "gateway/errands/outbox.h"
#include "gateway/exchanges_noted.h"
#include "gateway/expiries.h"
#include "gateway/journey.h"
#include "gateway/locked_out.h"
#include "gateway/ocsp_known.h"
#include "gateway/process.h"
#include "gateway/refusals.h"
#include "gateway/revocations.h"
#include "store/asked_sets.h"
#include "store/awaited.h"
#include "store/blobs.h"
#include "store/consent.h"
#include "store/correlations.h"
#include "store/deferred_questions.h"
#include "store/expiries.h"
#include "store/ocsp_said.h"
#include "store/pull_points.h"
#include "store/store.h"
#include "store/subscriptions.h"

enum { ROUND_SECONDS = 3600, EXPIRING_MEMORY = 1 << 20 };
/* How late the number of a flood is told, that a consent has ended, and a consent's document seen
 * to. */
enum { SWEEP_SECONDS = 5 };
/* no submission lasts a day */
static const int64_t orphan_grace = INT64_C(24) * 3600 * 1000000;
static const int64_t day = INT64_C(24) * 3600 * 1000000;
enum { CORRELATED_DAYS = 30 }; /* an answer that is over is shown so long: who asks why */
enum { QUESTION_DAYS = 7 };    /* nor does its source send it again after a week */
enum { EXPIRED_DAYS = 365 };   /* what has run out is out of the configuration by then */

struct upkeep {
	struct gateway *gateway;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool ending;
	atomic_bool stopping; /* the same, for what is under way */
};

static void collect_orphans(struct upkeep *c)
{
	struct gateway *g = c->gateway;
	struct blobs_collected gone = { 0 };
	struct problem p = { .code = PROBLEM_NONE };
	if (!blobs_collect(g->store, orphan_grace, &c->stopping, &gone, &p))
		log_failure(&g->log, p.what, "document files left by a crash stay on the disk",
			    problem_row(p.code)->remedy);
	else if (gone.files != 0)
		log_write(&g->log, LOG_NOTICE, "removed %u document files that belong to nothing",
			  gone.files);
}

static bool pause_or_end(struct upkeep *c, unsigned seconds)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&c->lock);
	for (int late = 0; !c->ending && late == 0;)
		late = pthread_cond_timedwait(&c->wake, &c->lock, &until);
	bool ending = c->ending;
	pthread_mutex_unlock(&c->lock);
	return ending;
}

struct ends_job {
	const struct region *region;
	instant now;
	bool more;
};

static bool ends_run(void *with, struct store_txn *t, struct problem *p)
{
	struct ends_job *e = with;
	return consent_ends_tell(t, e->region, e->now, &e->more)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

static bool ends_are_due(struct upkeep *c, instant now, struct problem *p)
{
	struct store_txn *t = store_begin_read(c->gateway->store, p);
	bool due = t != NULL && consent_ends_due(t, now);
	if (t != NULL && store_failed(t))
		*p = *store_problem(t);
	store_end(t);
	return due;
}

/* Decisions about consent that have begun or ended: who listens to changes is told of it. What was
 * missed, while no node was up, is made up for at the first look. */
static void tell_ends(struct upkeep *c)
{
	struct gateway *g = c->gateway;
	struct problem p = { .code = PROBLEM_NONE };
	struct ends_job e = { .now = g->clock->now(g->clock) };
	if (!ends_are_due(c, e.now, &p) && p.code == PROBLEM_NONE)
		return;
	const struct configuration *now = gateway_configuration(g);
	e.region = &now->region;
	do
		e.more = p.code == PROBLEM_NONE && store_write(g->store, ends_run, &e, &p)
			 && e.more;
	while (e.more && !atomic_load(&c->stopping));
	config_release(now);
	outbox_wake(g->outbox);
	if (p.code != PROBLEM_NONE)
		log_failure(&g->log, p.what,
			    "who listens to changes of ids is told later that a consent has ended",
			    problem_row(p.code)->remedy);
}

/* Until the next round. */
static bool sweep_or_end(struct upkeep *c)
{
	bool ending = false;
	for (unsigned waited = 0; !ending && waited < ROUND_SECONDS; waited += SWEEP_SECONDS) {
		tell_ends(c);
		ending = pause_or_end(c, SWEEP_SECONDS);
		refusals_sweep(c->gateway, false);
		exchanges_write(c->gateway);
		bodies_write(c->gateway);
		locked_out_look(c->gateway); /* by another node */
		revocations_look(c->gateway);
		emergencies_sweep(c->gateway);
		consents_due_see_to(c->gateway, &c->stopping);
	}
	return ending;
}

/* What has had its time and takes room only; some at a time, until there is no more of it. */
struct forgetting {
	bool (*some)(struct store_txn *t, instant before, bool *more);
	const char *otherwise; /* what it is to the operator that it is still there */
	int days;              /* from when on it has had its time */
};
static const struct forgetting forgotten[] = {
	{ asked_sets_forget, "what nobody sends again is remembered longer", QUESTION_DAYS },
	{ correlations_forget, "answers of other communities that are over are shown longer",
	  CORRELATED_DAYS },
	{ awaited_forget, "answers that did not come in time are remembered longer",
	  CORRELATED_DAYS },
	{ deferred_questions_forget, "what nobody waits for any more is remembered longer", 0 },
	{ subscriptions_sweep, "subscriptions that have ended are still listed", 0 },
	{ pull_points_sweep, "what nobody fetches waits longer", 0 },
	{ expiries_forget, "certificates that are gone are remembered longer", EXPIRED_DAYS },
	{ ocsp_said_forget, "what responders said of certificates that are over is kept longer",
	  EXPIRED_DAYS },
};

struct forgetting_job {
	const struct forgetting *what;
	instant before;
	bool more;
};

static bool forget_run(void *with, struct store_txn *t, struct problem *p)
{
	struct forgetting_job *f = with;
	return f->what->some(t, f->before, &f->more)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

static void forget(struct upkeep *c, const struct forgetting *what)
{
	struct gateway *g = c->gateway;
	struct forgetting_job f = { what, g->clock->now(g->clock) - what->days * day, true };
	struct problem p = { .code = PROBLEM_NONE };
	while (f.more && !atomic_load(&c->stopping) && p.code == PROBLEM_NONE)
		store_write(g->store, forget_run, &f, &p);
	if (p.code != PROBLEM_NONE)
		log_failure(&g->log, p.what, what->otherwise, problem_row(p.code)->remedy);
}

/* A day after it was named last nobody is asked about a certificate any more. */
static void want_known(struct gateway *g)
{
	const struct configuration *c = gateway_configuration(g);
	ocsp_known_want(g, c);
	config_release(c);
}

static void wake_courier(void *self)
{
	struct gateway *g = self;
	courier_wake(g->courier);
}

static void tell_expired(struct gateway *g, const struct expired_all *done)
{
	static const char *const what[] = { "audit records", "audit records of others" };
	for (int kind = AUDIT_OWN; kind <= AUDIT_RECEIVED; kind++)
		if (done->of[kind].records != 0)
			log_write(&g->log, LOG_NOTICE, "%" PRIu64 " %s went by rule",
				  done->of[kind].records, what[kind]);
}

/* Audit records that are older than their rule says. */
static void expire(struct upkeep *c)
{
	struct gateway *g = c->gateway;
	struct problem p = { .code = PROBLEM_NONE };
	struct expired_all done;
	const struct configuration *now = gateway_configuration(g);
	struct arena *a = arena_create(EXPIRING_MEMORY);
	const struct expiring e = { .store = g->store,
				    .anchors = g->anchors,
				    .keeping = &now->region.audit_keeping,
				    .now = g->clock->now(g->clock),
				    .stop = &c->stopping,
				    .woken = wake_courier,
				    .self = g };
	if (a != NULL)
		expiring_run(&e, a, &done, &p);
	if (a != NULL)
		tell_expired(g, &done);
	if (p.code != PROBLEM_NONE && p.code != PROBLEM_BUSY)
		log_failure(&g->log, p.what, "audit records stay longer than the rule says",
			    problem_row(p.code)->remedy);
	arena_destroy(a);
	config_release(now);
}

static void *rounds(void *self)
{
	struct upkeep *c = self;
	bool starts = true; /* who starts us has looked at certificates */
	do {
		collect_orphans(c);
		calls_kept_settle(c->gateway, false);
		for (size_t i = 0; i < COUNT(forgotten); i++)
			forget(c, &forgotten[i]);
		expire(c);
		if (!starts) {
			expiries_look(c->gateway);
			want_known(c->gateway);
		}
		starts = false;
		consents_due_see_to(c->gateway, &c->stopping);
	} while (!sweep_or_end(c));
	return NULL;
}

struct upkeep *upkeep_start(struct gateway *g)
{
	struct upkeep *c = calloc(1, sizeof *c);
	pthread_condattr_t monotonic;
	if (c == NULL)
		return NULL;
	c->gateway = g;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&c->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&c->lock, NULL);
	if (pthread_create(&c->thread, NULL, rounds, c) == 0)
		return c;
	pthread_cond_destroy(&c->wake);
	pthread_mutex_destroy(&c->lock);
	free(c);
	return NULL;
}

void upkeep_stop(struct upkeep *c)
{
	if (c == NULL)
		return;
	atomic_store(&c->stopping, true);
	pthread_mutex_lock(&c->lock);
	c->ending = true;
	pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	pthread_cond_destroy(&c->wake);
	pthread_mutex_destroy(&c->lock);
	free(c);
}
