/* gateway/expiries.c: what runs out, read of the files that the configuration names, and told. */
#include "gateway/expiries.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/audit/courier.h"
#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/process.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { SEEN_MEMORY = 32 << 20, TELLING_MEMORY = 1 << 20 };
enum { TEXT = 320 };

/* What a struct expiries_seen is the first part of. */
struct held {
	struct expiries_seen seen;
	struct arena *arena;
	atomic_uint holds;
};

struct expiries {
	pthread_mutex_t lock; /* over seen */
	struct held *seen;
	pthread_mutex_t looking; /* one at a time */
};

struct expiries *expiries_create(void)
{
	struct expiries *e = calloc(1, sizeof *e);
	if (e == NULL)
		return NULL;
	pthread_mutex_init(&e->lock, NULL);
	pthread_mutex_init(&e->looking, NULL);
	return e;
}

void expiries_release(const struct expiries_seen *s)
{
	struct held *h = (struct held *)(void *)(uintptr_t)s;
	if (h != NULL && atomic_fetch_sub(&h->holds, 1) == 1)
		arena_destroy(h->arena);
}

void expiries_destroy(struct expiries *e)
{
	if (e == NULL)
		return;
	if (e->seen != NULL)
		expiries_release(&e->seen->seen);
	pthread_mutex_destroy(&e->looking);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

const struct expiries_seen *expiries_hold(struct expiries *e)
{
	const struct expiries_seen *s = NULL;
	if (e == NULL)
		return NULL;
	pthread_mutex_lock(&e->lock);
	if (e->seen != NULL) {
		atomic_fetch_add(&e->seen->holds, 1);
		s = &e->seen->seen;
	}
	pthread_mutex_unlock(&e->lock);
	return s;
}

/* ---- Reading the files ---- */

struct reading {
	const struct configuration *configuration;
	struct arena *arena;
	struct held *held;
};

static void read_all(void *with)
{
	struct reading *r = with;
	r->held = arena_new(r->arena, struct held);
	expiries_read(r->configuration, r->arena, &r->held->seen);
	r->held->arena = r->arena;
	atomic_init(&r->held->holds, 1);
}

static bool read_files(struct gateway *g)
{
	struct expiries *e = g->expiries;
	struct reading r = { .configuration = gateway_configuration(g),
			     .arena = arena_create(SEEN_MEMORY) };
	bool whole = r.arena != NULL && arena_run(r.arena, read_all, &r);
	config_release(r.configuration);
	if (!whole) {
		arena_destroy(r.arena);
		return false;
	}
	pthread_mutex_lock(&e->lock);
	struct held *before = e->seen;
	e->seen = r.held;
	pthread_mutex_unlock(&e->lock);
	if (before != NULL)
		expiries_release(&before->seen);
	return true;
}

/* ---- Telling ---- */

struct telling {
	struct gateway *gateway;
	struct arena *arena;
	const struct expiry *expiry;
	unsigned step;
	char text[TEXT];
	bool told; /* by this try of the job */
};

static void say(struct telling *k, instant now)
{
	const struct expiry *e = k->expiry;
	int days = expiry_days(e, now);
	char when[64];
	if (k->step < EXPIRY_STEPS)
		snprintf(when, sizeof when, "runs out in %d day%s", days, days == 1 ? "" : "s");
	else
		snprintf(when, sizeof when, "%s",
			 e->list ? "should have been replaced by now" : "has run out");
	snprintf(k->text, sizeof k->text, "%s %s%s%s: the %s %s", e->section,
		 e->title == NULL ? "" : e->title, e->title == NULL ? "" : " ", e->key,
		 e->list ? "revocation list" : "certificate", when);
}

/* Where another node has told it, or the clock was put right, only the step is noted. */
static bool tell_run(void *with, struct store_txn *t, struct problem *p)
{
	struct telling *k = with;
	struct gateway *g = k->gateway;
	const struct expiry *e = k->expiry;
	unsigned before = expiry_told(t, e->sha256);
	struct audit_alert alert = { .name = "Certificate expiry",
				     .doing = AUDIT_DOING_CERTIFICATE_EXPIRY,
				     .description = k->text };
	k->told = k->step > before;
	if (before == k->step)
		return true;
	if (!expiry_tell(t, e->sha256, k->step, e->until))
		return problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	if (!k->told)
		return true;
	struct audit_event *event = audit_alert(k->arena, &g->source, &alert,
						store_clock(t)->now(store_clock(t)));
	event->outcome = AUDIT_SUCCESS;
	return audit_record_append(t, k->arena, &g->source, event)
	       || problem_set(p, PROBLEM_AUDIT_UNAVAILABLE, "the audit record could not be kept");
}

static bool write_step(struct telling *k, struct problem *p)
{
	const struct store_block told = { &k->told, sizeof k->told };
	const struct store_afresh afresh = { .arena = k->arena, .blocks = &told, .count = 1 };
	return store_write_on_reserve(k->gateway->store, &afresh, tell_run, k, p);
}

static void tell(struct gateway *g, const struct expiry *e, instant now)
{
	struct telling k = { .gateway = g, .expiry = e, .step = expiry_step(e, now) };
	struct problem p = { .code = PROBLEM_NONE };
	k.arena = arena_create(TELLING_MEMORY);
	say(&k, now);
	bool kept = k.arena != NULL && write_step(&k, &p);
	arena_destroy(k.arena);
	if (!kept || k.told)
		log_failure(&g->log, k.text, expiry_effect(e), expiry_remedy(e));
	if (!kept)
		log_failure(&g->log, p.what, "this is not in the audit log, and is told again",
			    problem_row(p.code)->remedy);
	else if (k.told)
		courier_wake(g->courier);
}

struct comparing {
	struct store_txn *txn;
	const struct expiry *expiry;
	unsigned told;
};

static void compare(void *with)
{
	struct comparing *c = with;
	c->told = expiry_told(c->txn, c->expiry->sha256);
}

/* What was told is what is to be: most of the time of all. */
static bool is_told(struct gateway *g, const struct expiry *e, instant now)
{
	struct problem p = { .code = PROBLEM_NONE };
	unsigned step = expiry_step(e, now);
	struct comparing c = { .txn = store_begin_read(g->store, &p), .expiry = e };
	bool read = c.txn != NULL && arena_run(store_arena(c.txn), compare, &c)
		    && !store_failed(c.txn);
	store_end(c.txn);
	return read && c.told == step;
}

void expiries_look_at(struct gateway *g, instant now)
{
	pthread_mutex_lock(&g->expiries->looking);
	bool whole = read_files(g);
	const struct expiries_seen *s = expiries_hold(g->expiries);
	for (size_t i = 0; s != NULL && i < s->count; i++)
		if (!is_told(g, &s->all[i], now))
			tell(g, &s->all[i], now);
	expiries_release(s);
	pthread_mutex_unlock(&g->expiries->looking);
	if (!whole)
		log_failure(&g->log, "no memory to look at certificates",
			    "what runs out meanwhile is told later", NULL);
}

void expiries_look(struct gateway *g)
{
	expiries_look_at(g, g->clock->now(g->clock));
}
