/* gateway/refusals_tell.c: a refusal's line in the log and its record in the audit log.
 *
 * ITI TF-2: 3.19, 3.20; DCM 110113: 110126 (node authentication), 110132 (use of restricted
 * function). */
#include "gateway/refusals.h"

#include <stdio.h>

#include "gateway/audit/courier.h"
#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/process.h"
#include "store/store.h"

enum { RECORD_MEMORY = 1 << 20 };

struct telling {
	struct gateway *gateway;
	const struct refusal_notice *notice;
	struct arena *arena;
	struct audit_event *event;
};

static bool keep(void *with, struct store_txn *t, struct problem *p)
{
	struct telling *w = with;
	return audit_record_append(t, w->arena, &w->gateway->source, w->event)
	       || problem_set(p, PROBLEM_AUDIT_UNAVAILABLE,
			      "the record of a refusal could not be kept");
}

static const char *described(struct arena *a, const struct refusal_notice *n)
{
	const char *name = n->node ? "" : problem_row(n->problem)->name;
	const char *colon = n->node || n->why[0] == '\0' ? "" : ": ";
	if (n->more == 0)
		return arena_printf(a, "%s%s%s", name, colon, n->why);
	return arena_printf(a, "%s%s%s; and %u more like it", name, colon, n->why, n->more);
}

static void record(void *with)
{
	struct telling *w = with;
	const struct refusal_notice *n = w->notice;
	struct gateway *g = w->gateway;
	struct problem p = { .code = PROBLEM_NONE };
	bool node = n->problem == PROBLEM_NODE_UNKNOWN; /* in the handshake, or after it */
	struct audit_alert alert = {
		.code = node ? "110126" : "110132",
		.name = node ? "Node Authentication" : "Use of Restricted Function",
		.doing = node ? AUDIT_DOING_NODE_AUTHENTICATION : AUDIT_DOING_REFUSED,
		.address = n->address,
		.who = n->who[0] != '\0' ? n->who : NULL,
		.description = described(w->arena, n),
	};
	w->event = audit_alert(w->arena, &g->source, &alert, g->clock->now(g->clock));
	if (n->id[0] != '\0')
		w->event->exchange = n->id;
	if (!n->node)
		w->event->system = alert.who;
	const struct store_afresh afresh = { .arena = w->arena };
	if (store_write_on_reserve(g->store, &afresh, keep, w, &p))
		courier_wake(g->courier);
	else
		log_failure(&g->log, p.what, "a refusal is not in the audit log",
			    problem_row(p.code)->remedy);
}

static void write_line(struct gateway *g, const struct refusal_notice *n)
{
	char more[48] = "";
	if (n->more > 0)
		snprintf(more, sizeof more, "; and %u more like it", n->more);
	log_write(&g->log, LOG_WARNING, "refused %s of %s%s%s%s%s: %s%s%s%s",
		  n->who[0] != '\0' ? n->who : "a peer", n->address,
		  n->id[0] != '\0' ? ", exchange " : "", n->id,
		  n->trace[0] != '\0' ? ", trace " : "", n->trace,
		  n->node ? "" : problem_row(n->problem)->name,
		  n->node || n->why[0] == '\0' ? "" : ": ", n->why, more);
}

/* Who shows no certificate has a record for the handshake that failed, and for what was refused
 * when it was read; not for octets that never became a message. */
static void tell(struct gateway *g, const struct refusal_notice *n)
{
	write_line(g, n);
	if (n->recorded || (!n->node && !n->exchange && n->who[0] == '\0'))
		return;
	struct telling w = { .gateway = g, .notice = n, .arena = arena_create(RECORD_MEMORY) };
	if (w.arena != NULL)
		arena_run(w.arena, record, &w);
	arena_destroy(w.arena);
}

void refusals_tell(struct gateway *g, const struct refusal_notice *n)
{
	if (refusals_admit(g->refusals, n, g->clock->elapsed(g->clock)))
		tell(g, n);
}

void refusals_sweep(struct gateway *g, bool all)
{
	struct refusal_notice n;
	while (refusals_due(g->refusals, g->clock->elapsed(g->clock), all, &n))
		tell(g, &n);
}
