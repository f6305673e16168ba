/* gateway/retaining.c: the rules of retention are carried out once a day. */
#include "gateway/retaining.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/audit/courier.h"
#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "gateway/by_ourselves.h"
#include "gateway/config.h"
#include "gateway/process.h"
#include "profiles/actors/admission.h"
#include "profiles/actors/retention_run.h"
#include "store/daily.h"
#include "store/lease.h"
#include "store/store.h"

enum {
	SECOND = 1000000,
	LOOK_SECONDS = 30, /* a clock may be set, a zone have its summer */
	HOUR_MINUTES = 60,
	HOUR_SECONDS = 3600,
	POLICY_MEMORY = 1 << 20
};

struct retaining {
	struct gateway *gateway;
	pthread_t thread;
	pthread_mutex_t lock; /* over ending and seen */
	pthread_cond_t wake;
	bool ending;
	struct retaining_seen seen;
	atomic_bool stopping;
	int64_t rests; /* until that moment of clock->elapsed(): a run failed */
	/* of a run */
	const struct configuration *configuration;
	struct retention_run *run;
};

/* ---- When ---- */

static instant of_day(time_t at, int days, unsigned minute)
{
	struct tm civil;
	localtime_r(&at, &civil);
	civil.tm_mday += days;
	civil.tm_hour = (int)(minute / HOUR_MINUTES);
	civil.tm_min = (int)(minute % HOUR_MINUTES);
	civil.tm_sec = 0;
	civil.tm_isdst = -1;
	return (instant)mktime(&civil) * SECOND;
}

instant retaining_last(instant now, unsigned minute)
{
	time_t at = (time_t)(now / SECOND);
	instant today = of_day(at, 0, minute);
	return today <= now ? today : of_day(at, -1, minute);
}

instant retaining_next(instant now, unsigned minute)
{
	time_t at = (time_t)(now / SECOND);
	instant today = of_day(at, 0, minute);
	return today > now ? today : of_day(at, 1, minute);
}

/* The row as it is, and as it must be; due by that. */
struct look {
	const struct region *region;
	instant looked, now;
	struct daily is, must;
	bool there, wanted;
};

/* One of the future was written by a clock that was wrong: nothing is known. */
static bool is_known(const struct look *l)
{
	return l->there && l->is.done <= l->now;
}

static bool was_missed(const struct look *l, const struct daily *d)
{
	return retaining_last(l->now, d->minute) > d->done;
}

/* Another minute counts from the last look on, unless by the former one a run is due. */
static void judge(struct look *l)
{
	unsigned minute = l->region->retention_minute;
	bool known = is_known(l);
	l->must = (struct daily){ known && l->is.minute == minute ? l->is.done : l->looked,
				  minute };
	if (known && was_missed(l, &l->is))
		l->must = l->is;
	l->wanted = l->region->retention_count != 0;
}

static bool is_as_it_must(const struct look *l)
{
	return l->there == l->wanted
	       && (!l->there || (l->is.done == l->must.done && l->is.minute == l->must.minute));
}

static void look_at_row(struct look *l, struct store_txn *t)
{
	l->there = daily_look(t, RETENTION_DAILY, &l->is);
	judge(l);
}

static bool settle_row(void *with, struct store_txn *t, struct problem *p)
{
	struct look l = *(const struct look *)with;
	look_at_row(&l, t);
	if (!l.wanted)
		daily_forget(t, RETENTION_DAILY);
	else if (!is_as_it_must(&l))
		daily_put(t, RETENTION_DAILY, &l.must);
	return !store_failed(t)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

bool retaining_is_due(struct store *s, const struct region *r, instant looked, instant now,
		      struct problem *p)
{
	struct look l = { .region = r, .looked = looked, .now = now };
	struct store_txn *t = store_begin_read(s, p);
	if (t == NULL)
		return false;
	look_at_row(&l, t);
	bool fine = !store_failed(t)
		    || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	store_end(t);
	return fine && (is_as_it_must(&l) || store_write(s, settle_row, &l, p)) && l.wanted
	       && was_missed(&l, &l.must);
}

static bool pause_or_end(struct retaining *r, int64_t us)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(us / SECOND);
	until.tv_nsec += (long)(us % SECOND) * 1000;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	pthread_mutex_lock(&r->lock);
	for (int late = 0; !r->ending && late == 0;)
		late = pthread_cond_timedwait(&r->wake, &r->lock, &until);
	bool ending = r->ending;
	pthread_mutex_unlock(&r->lock);
	return ending;
}

static bool record(void *self, struct store_txn *t, struct arena *a, struct audit_event *e)
{
	const struct retaining *r = self;
	return by_ourselves_record(r->gateway, t, a, e);
}

/* ---- One run ---- */

static bool is_of_this_configuration(struct retaining *r)
{
	const struct configuration *now = gateway_configuration(r->gateway);
	bool same = now == r->configuration;
	config_release(now);
	return same;
}

static void note(struct retaining *r, bool at_work, const struct problem *p)
{
	const struct clock *clock = r->gateway->clock;
	pthread_mutex_lock(&r->lock);
	r->seen.at_work = at_work;
	r->seen.until = at_work ? 0 : clock->now(clock);
	r->seen.removed = r->run->done.documents;
	r->seen.stayed = r->run->done.stayed;
	r->seen.problem = *p;
	pthread_mutex_unlock(&r->lock);
}

static bool give_way(void *self, int64_t took)
{
	static const struct problem none = { .code = PROBLEM_NONE };
	struct retaining *r = self;
	if (took != 0)
		note(r, true, &none);
	courier_wake(r->gateway->courier);
	return !atomic_load(&r->stopping) && is_of_this_configuration(r)
	       && (took == 0 || !pause_or_end(r, took));
}

static void tell_removed(struct gateway *g, const struct retention_removed *d)
{
	if (d->documents != 0 || d->stayed != 0)
		log_write(&g->log, LOG_NOTICE,
			  "retention: removed %" PRIu64 " documents; %" PRIu64
			  " the registry did not let go",
			  d->documents, d->stayed);
}

static void tell_problem(struct gateway *g, const struct problem *p)
{
	if (p->code == PROBLEM_CONFLICT)
		log_write(&g->log, LOG_DETAIL, "retention: %s", p->what);
	else if (p->code != PROBLEM_NONE && p->code != PROBLEM_BUSY)
		log_failure(&g->log, p->what, "documents that a rule lets go stay for now",
			    problem_row(p->code)->remedy);
}

/* One that another node does, or that goes on, is no failure. */
static void rest_if_failed(struct retaining *r, const struct problem *p)
{
	const struct clock *clock = r->gateway->clock;
	if (p->code != PROBLEM_NONE && p->code != PROBLEM_CONFLICT && p->code != PROBLEM_BUSY)
		r->rests = clock->elapsed(clock) + (int64_t)HOUR_SECONDS * SECOND;
}

static void run_once(struct retaining *r, struct arena *a, struct problem *p)
{
	struct gateway *g = r->gateway;
	instant now = g->clock->now(g->clock);
	const struct region *region = &r->configuration->region;
	struct admission sees;
	struct leniencies needed = { .resolve_own_ids = false };
	struct retention_run run = {
		.store = g->store,
		.asked = { .desk = { .region = region,
				     .admission = &sees,
				     .needed = &needed,
				     .now = now } },
		.recorder = { r, record },
		.give_way = give_way,
		.self = r,
		.goes_on = true,
	};
	by_ourselves_admitted(a, region, now, &sees);
	r->run = &run;
	pthread_mutex_lock(&r->lock);
	r->seen.since = now;
	pthread_mutex_unlock(&r->lock);
	note(r, true, p);
	retention_run(&run, p);
	note(r, false, p);
	tell_removed(g, &run.done);
	tell_problem(g, p);
	rest_if_failed(r, p);
	courier_wake(g->courier);
	r->run = NULL;
}

/* Again, when there was a reload on the way. */
static void run(struct retaining *r)
{
	struct arena *a = arena_create(POLICY_MEMORY);
	for (bool again = a != NULL; again && !atomic_load(&r->stopping);) {
		struct problem p = { .code = PROBLEM_NONE };
		arena_reset(a);
		r->configuration = gateway_configuration(r->gateway);
		if (r->configuration->region.retention_count != 0)
			run_once(r, a, &p);
		again = p.code == PROBLEM_BUSY && !is_of_this_configuration(r);
		config_release(r->configuration);
	}
	arena_destroy(a);
}

/* This node had the lease, and did not give it back: a stop or a kill came between. */
static bool was_cut(const struct retaining *r)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(r->gateway->store, &p);
	struct lease is;
	if (t == NULL)
		return false;
	bool cut = lease_look(t, store_arena(t), RETENTION_LEASE, &is)
		   && text_equal(is.node, retention_node(t));
	store_end(t);
	return cut;
}

static unsigned minute_of(struct retaining *r)
{
	const struct configuration *c = gateway_configuration(r->gateway);
	unsigned minute = c->region.retention_minute;
	config_release(c);
	return minute;
}

static bool wait_or_end(struct retaining *r, instant now)
{
	int64_t most = (int64_t)LOOK_SECONDS * SECOND;
	int64_t left = retaining_next(now, minute_of(r)) - now;
	return pause_or_end(r, left < most ? left : most);
}

static bool is_due(struct retaining *r, instant looked, instant now)
{
	const struct clock *clock = r->gateway->clock;
	if (clock->elapsed(clock) < r->rests)
		return false;
	const struct configuration *c = gateway_configuration(r->gateway);
	struct problem p = { .code = PROBLEM_NONE };
	bool due = retaining_is_due(r->gateway->store, &c->region, looked, now, &p);
	config_release(c);
	tell_problem(r->gateway, &p);
	rest_if_failed(r, &p);
	return due;
}

static void *days(void *self)
{
	struct retaining *r = self;
	const struct clock *clock = r->gateway->clock;
	instant looked = clock->now(clock);
	if (was_cut(r) || is_due(r, looked, looked))
		run(r);
	while (!wait_or_end(r, looked)) {
		instant now = clock->now(clock);
		if (is_due(r, looked, now))
			run(r);
		looked = now;
	}
	return NULL;
}

void retaining_look(struct retaining *r, struct retaining_seen *out)
{
	pthread_mutex_lock(&r->lock);
	*out = r->seen;
	pthread_mutex_unlock(&r->lock);
}

struct retaining *retaining_start(struct gateway *g)
{
	struct retaining *r = calloc(1, sizeof *r);
	pthread_condattr_t monotonic;
	if (r == NULL)
		return NULL;
	r->gateway = g;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&r->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&r->lock, NULL);
	if (pthread_create(&r->thread, NULL, days, r) == 0)
		return r;
	pthread_cond_destroy(&r->wake);
	pthread_mutex_destroy(&r->lock);
	free(r);
	return NULL;
}

void retaining_stop(struct retaining *r)
{
	if (r == NULL)
		return;
	atomic_store(&r->stopping, true);
	pthread_mutex_lock(&r->lock);
	r->ending = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	pthread_cond_destroy(&r->wake);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
