/* profiles/admin/admin_document_offer.c: on-demand entries for those whose messages were there
 * before views of them were offered, or whose entry was removed. POST /admin/document/offer.
 *
 * Record by record in short snapshots; who lacks one is looked at again in the job that registers
 * it, so that it may run beside imports and be run again. */
#include <jansson.h>
#include <limits.h>

#include "gateway/base/findings.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/on_demand_each.h"
#include "profiles/transaction.h"
#include "schemas/model/document.h"
#include "store/match_walk.h"
#include "store/registry.h"

enum {
	RECORDS_AT_ONCE = 256, /* of one snapshot */
	OFFERS_AT_ONCE = 32,   /* of one job, behind which all others that write wait */
	OFFER_MEMORY = 16 << 20
};

struct offering {
	struct exchange *x;
	uint64_t record, last; /* numbers: the next to be looked at, the highest */
	unsigned made;         /* entries */
};

/* What one job is given and makes; taken back when it is run again. */
struct offer_step {
	struct exchange *x;
	struct arena *arena;
	struct offering *offering;
	struct store_txn *snapshot, *job;
	struct problem *problem;                          /* of the job */
	const char *entries[OFFERS_AT_ONCE + VIEW_KINDS]; /* entryUUIDs of sources */
	size_t count;
	unsigned made;
};

static bool read_request(struct exchange *x)
{
	(void)x;
	return true;
}

static struct registry_desk desk_in(struct exchange *x, struct arena *a, struct store_txn *t)
{
	struct registry_desk d = exchange_desk(x);
	d.arena = a;
	d.txn = t;
	return d;
}

/* ---- Looking ---- */

static unsigned kinds_made(const struct region *r)
{
	unsigned made = 0;
	for (enum view_kind kind = 0; kind < VIEW_KINDS; kind++)
		made += r->on_demand[kind].repository_unique_id != NULL;
	return made;
}

static bool each_made(const struct region *r)
{
	enum view_kind kind = 0;
	while (kind < VIEW_KINDS && !r->on_demand[kind].each)
		kind++;
	return kind < VIEW_KINDS;
}

/* The newest source of each kind of the record, if its person lacks an entry, and whichever lacks
 * one of its own. False: there are more. */
static bool look_at(const struct registry_desk *d, struct arena *each, struct offer_step *s,
		    uint64_t record)
{
	static const struct registry_glance approved = { .approved = true, .stable = true };
	struct registry_cursor *all = registry_entries(d->txn, d->arena, record, &approved);
	struct sealed_entry *one;
	bool looked[VIEW_KINDS] = { false };
	unsigned left = each_made(d->region) ? UINT_MAX : kinds_made(d->region);
	registry_lend(all, each);
	while (left != 0 && s->count < OFFERS_AT_ONCE && (one = registry_next_entry(all)) != NULL) {
		const struct document_entry *e = document_registry_entry(d, one);
		enum view_kind kind = e == NULL ? VIEW_KINDS : on_demand_source_is_of(d, e);
		if (kind == VIEW_KINDS)
			continue;
		bool lacks = on_demand_each_lacks(d, e)
			     || (!looked[kind] && on_demand_source_lacks(d, e));
		left -= !looked[kind];
		looked[kind] = true;
		if (lacks)
			s->entries[s->count++] = arena_text(s->arena, e->id);
	}
	registry_cursor_over(all);
	return s->count < OFFERS_AT_ONCE;
}

static void look_at_some(void *with)
{
	struct offer_step *s = with;
	struct offering *o = s->offering;
	const struct registry_desk d = desk_in(s->x, s->arena, s->snapshot);
	struct arena *each = arena_create_within(s->arena);
	for (unsigned n = 0;
	     n < RECORDS_AT_ONCE && s->count < OFFERS_AT_ONCE && o->record <= o->last; n++) {
		if (look_at(&d, each, s, o->record))
			o->record++;
	}
}

static bool no_memory(struct problem *p)
{
	return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "there is no memory to offer with");
}

static bool look(struct offer_step *s)
{
	struct exchange *x = s->x;
	s->snapshot = store_begin_read(x->store, &x->problem);
	if (s->snapshot == NULL)
		return false;
	if (!arena_run(s->arena, look_at_some, s))
		no_memory(&x->problem);
	if (store_failed(s->snapshot))
		x->problem = *store_problem(s->snapshot);
	store_end(s->snapshot);
	return x->problem.code == PROBLEM_NONE;
}

/* ---- Registering ---- */

static bool record_offer(const struct offer_step *s, struct store_txn *t,
			 const struct submission *made)
{
	struct exchange x = *s->x; /* the record is the job's: its arena ends with it */
	x.arena = s->arena;
	x.problem.code = PROBLEM_NONE;
	struct audit_event *e = audit_offered(&x, made);
	return e == NULL || s->x->record(s->x, t, s->arena, e);
}

static bool offer_to(struct offer_step *s, const struct registry_desk *d, const char *entry)
{
	struct findings f = findings_in(s->arena);
	struct submission *made = NULL;
	const struct document_entry *e = document_registry_entry(
		d, registry_entry(s->job, s->arena, entry));
	if (e != NULL
	    && (!on_demand_source_offer_one(d, e, &made, &f)
		|| !on_demand_each_offer(d, e, &made, &f)))
		return problem_set(s->problem, f.first->problem.code, "%s", f.first->problem.what);
	if (!record_offer(s, s->job, made))
		return problem_set(s->problem, PROBLEM_AUDIT_UNAVAILABLE,
				   "the audit record of an entry could not be kept");
	for (; made != NULL; made = made->offered)
		for (const struct document_entry *one = made->entries; one != NULL; one = one->next)
			s->made++;
	return true;
}

static void offer_to_all(void *with)
{
	struct offer_step *s = with;
	struct registry_desk d = desk_in(s->x, s->arena, s->job);
	d.now = store_clock(s->job)->now(store_clock(s->job));
	for (size_t i = 0; i < s->count; i++)
		if (!offer_to(s, &d, s->entries[i]))
			return;
}

static bool offer(void *with, struct store_txn *t, struct problem *p)
{
	struct offer_step *s = with;
	s->job = t;
	s->problem = p;
	if (!arena_run(s->arena, offer_to_all, s))
		no_memory(p);
	return p->code == PROBLEM_NONE;
}

static bool offer_some(struct offering *o, struct arena *a)
{
	struct offer_step step = { .x = o->x, .arena = a, .offering = o };
	const struct store_block block = { &step, sizeof step };
	const struct store_afresh afresh = { a, &block, 1 };
	uint64_t before = o->record;
	bool done = look(&step)
		    && (step.count == 0
			|| store_write_afresh(o->x->store, &afresh, offer, &step, &o->x->problem));
	o->made += step.made;
	if (step.made == 0 && o->record == before)
		o->record++; /* what this one lacks cannot be registered */
	progress_add(o->x->progress, o->record - before);
	return done;
}

static bool offer_all(struct offering *o)
{
	while (o->record <= o->last) {
		if (progress_is_stopped(o->x->progress))
			return problem_set(&o->x->problem, PROBLEM_BUSY, "it was to stop");
		struct arena *a = arena_create(OFFER_MEMORY);
		if (a == NULL)
			return no_memory(&o->x->problem);
		bool done = offer_some(o, a);
		arena_destroy(a);
		if (!done)
			return false;
	}
	return true;
}

static bool find_last(struct exchange *x, uint64_t *last)
{
	struct store_txn *t = store_begin_read(x->store, &x->problem);
	if (t == NULL)
		return false;
	*last = match_walk_last(t);
	if (store_failed(t))
		x->problem = *store_problem(t);
	store_end(t);
	return x->problem.code == PROBLEM_NONE;
}

static bool handle(struct exchange *x)
{
	struct offering *o = arena_new(x->arena, struct offering);
	*o = (struct offering){ .x = x, .record = 1 };
	x->result = o;
	if (!region_makes_on_demand(x->region))
		return problem_set(&x->problem, PROBLEM_CONFLICT,
				   "nothing is offered on demand (section on-demand)");
	if (!find_last(x, &o->last))
		return false;
	progress_begin(x->progress, "record numbers", o->last);
	return offer_all(o);
}

/* Each entry has a record of its own; here, that somebody had it done. */
static void audited(struct exchange *x, struct audit_event *e)
{
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "patients",
		.type_code = 2,
		.type_code_role = 17,
		.name = "views offered to all who have messages to be shown in them",
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
}

static json_t *answer(struct exchange *x)
{
	const struct offering *o = x->result;
	return json_pack("{s:i}", "offered", (int)o->made);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/document/offer", .media = "application/json" }, { 0 }
};

static const struct long_work_kind long_work = { "document offer",
						 "what was registered is kept: run it again" };

const struct transaction admin_document_offer = {
	.code = "document-offer",
	.name = "On-demand documents offered",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_NONE,
	.long_work = &long_work,
	.audit_event = 110107, /* DCM Import */
	.audit_action = AUDIT_EXECUTE,
	.read = read_request,
	.handle = handle,
	.audited = audited,
	.answer_json = answer,
};
