/* gateway/consents_due.c: the time of a consent begins, or is over. */
#include "gateway/consents_due.h"

#include "gateway/audit/courier.h"
#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/config.h"
#include "gateway/errands/outbox.h"
#include "gateway/process.h"
#include "profiles/actors/consent_documents.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { LOOK_MEMORY = 1 << 20 }; /* one row */

struct seeing {
	struct gateway *gateway;
	const struct region *region;
	bool done; /* something was due, and was seen to */
};

/* Nobody asked: we are who did it, and where (ITI TF-2: 3.20.7). */
static bool record(const struct seeing *s, struct store_txn *t, struct audit_event *e)
{
	const struct audit_source *us = &s->gateway->source;
	struct audit_participant *p = arena_new(store_arena(t), struct audit_participant);
	*p = (struct audit_participant){ .user_id = us->source_id,
					 .alternative_user_id = us->process_id,
					 .requestor = true,
					 .role = AUDIT_APPLICATION,
					 .network_access_point = us->host,
					 .network_access_point_type = 1 };
	e->participants = p;
	return audit_record_append(t, store_arena(t), us, e);
}

static bool run(void *with, struct store_txn *t, struct problem *p)
{
	struct seeing *s = with;
	const struct consent_document *d;
	instant now = store_clock(t)->now(store_clock(t));
	s->done = false;
	if (!consent_documents_due(t, store_arena(t), s->region, now, &d, p))
		return false;
	s->done = d != NULL;
	return d == NULL
	       || record(s, t, consent_document_event(t, store_arena(t), s->region, d, now))
	       || problem_set(p, PROBLEM_AUDIT_UNAVAILABLE, "the audit record could not be kept");
}

/* Most of the time nothing is, and no job is made. */
static bool is_due(struct gateway *g)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct arena *a = arena_create(LOOK_MEMORY);
	struct store_txn *t = a == NULL ? NULL : store_begin_read(g->store, &p);
	bool due = t != NULL && consent_document_due(t, a, g->clock->now(g->clock)) != NULL;
	store_end(t);
	arena_destroy(a);
	return due;
}

void consents_due_see_to(struct gateway *g, const atomic_bool *stopping)
{
	struct problem p = { .code = PROBLEM_NONE };
	bool any = false;
	if (!is_due(g))
		return;
	const struct configuration *c = gateway_configuration(g);
	struct seeing s = { .gateway = g, .region = &c->region, .done = true };
	while (s.done && !atomic_load(stopping) && store_write(g->store, run, &s, &p))
		any = any || s.done;
	config_release(c);
	if (p.code != PROBLEM_NONE)
		log_failure(&g->log, p.what,
			    "a consent whose time has begun or ended is not seen to yet",
			    problem_row(p.code)->remedy);
	if (!any)
		return;
	courier_wake(g->courier);
	outbox_wake(g->outbox);
}
