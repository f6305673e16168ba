/* profiles/actors/retention_run.c: what the rules of retention let go, found and removed. */
#include "profiles/actors/retention_run.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "profiles/actors/acceptance.h"
#include "profiles/actors/consent_documents.h"
#include "profiles/actors/retention_events.h"
#include "store/identity.h"
#include "store/registry.h"
#include "store/repository.h"
#include "store/store.h"

/* ---- Of one document ---- */

static bool is_of_same_type(const struct document_entry *a, const struct document_entry *b)
{
	return a->type_code != NULL && b->type_code != NULL
	       && text_equal(a->type_code->code, b->type_code->code)
	       && text_equal(a->type_code->scheme, b->type_code->scheme);
}

/* What a rule's number counts: not replaced, not withdrawn, of the same type, and of a time that
 * has come: a document of the future would push out others. */
static bool counts(const struct retention_asked *q, const struct retention_rule *rule,
		   const struct document_entry *e, const struct document_entry *other)
{
	instant first, last;
	return other->status == STATUS_APPROVED && !text_equal(other->id, e->id)
	       && retention_names(q->desk.region, rule, other) && other->creation_time != NULL
	       && instant_span_from_dtm(other->creation_time, 0, &first, &last)
	       && first <= q->desk.now && is_of_same_type(other, e) && retention_is_newer(other, e);
}

static unsigned newer_of_subject(const struct retention_asked *q, const struct retention_rule *rule,
				 const struct document_entry *e, uint64_t subject, unsigned most)
{
	static const struct registry_glance glance = { .approved = true, .stable = true };
	const struct registry_desk *d = &q->desk;
	struct arena *each = arena_create_within(d->arena);
	struct registry_cursor *c = registry_entries(d->txn, d->arena, subject, &glance);
	unsigned count = 0;
	registry_lend(c, each);
	for (struct sealed_entry *s; count < most && (s = registry_next_entry(c)) != NULL;) {
		const struct document_entry *other = document_registry_entry(d, s);
		count += other != NULL && counts(q, rule, e, other);
	}
	registry_cursor_over(c);
	return count;
}

/* Of the person, whichever of its records they hang on; counted up to the rule's number. */
static unsigned newer(const struct retention_asked *q, const struct retention_rule *rule,
		      const struct document_entry *e)
{
	const struct registry_desk *d = &q->desk;
	struct patient_record place;
	struct record_numbers all;
	unsigned count = 0;
	if (rule->keep_last == 0 || !identity_place(d->txn, d->arena, e->subject, &place)
	    || !identity_subjects(d->txn, d->arena, place.person, &all))
		return 0;
	for (size_t i = 0; i < all.count && count < rule->keep_last; i++)
		count += newer_of_subject(q, rule, e, all.numbers[i], rule->keep_last - count);
	return count;
}

static enum retention_reason by_rule(const struct retention_asked *q,
				     const struct retention_rule *rule,
				     const struct document_entry *e)
{
	struct retention_facts f = { .creation_time = e->creation_time, .now = q->desk.now };
	if (calendar_span_is_said(rule->after_acceptance))
		f.accepted = acceptance_since(&q->desk, e);
	/* Most are young: those are not counted. */
	f.newer = rule->keep_last;
	if (retention_due(rule, &f) == RETENTION_STAYS)
		return RETENTION_STAYS;
	f.newer = newer(q, rule, e);
	return retention_due(rule, &f);
}

static bool is_asked(const struct retention_asked *q, const struct retention_rule *rule)
{
	return q->only == NULL || text_equal(q->only, rule->name);
}

/* Whether a rule has a say in it; one that keeps it. */
static bool is_named(const struct retention_asked *q, const struct document_entry *e, bool *kept)
{
	const struct region *r = q->desk.region;
	bool named = false;
	for (size_t i = 0; i < r->retention_count; i++) {
		bool by_this = retention_names(r, &r->retention[i], e);
		*kept = *kept || (by_this && r->retention[i].keep);
		named = named || by_this;
	}
	return named;
}

struct retention_verdict retention_of(const struct retention_asked *q,
				      const struct document_entry *e)
{
	const struct region *r = q->desk.region;
	for (size_t i = 0; i < r->retention_count; i++) {
		const struct retention_rule *rule = &r->retention[i];
		enum retention_reason reason = is_asked(q, rule) && retention_names(r, rule, e)
						       ? by_rule(q, rule, e)
						       : RETENTION_STAYS;
		if (reason != RETENTION_STAYS)
			return (struct retention_verdict){ rule, reason };
	}
	return (struct retention_verdict){ .reason = RETENTION_STAYS };
}

/* ---- Of a family ---- */

/* Its octets are ours to remove, or gone already. */
static bool is_removable(const struct registry_desk *d, const struct document_entry *e)
{
	struct kept_document kept;
	return e->type == ENTRY_STABLE && region_has_repository(d->region, e->repository_unique_id)
	       && (!repository_find(d->txn, d->arena, e->repository_unique_id, e->unique_id, &kept)
		   || !kept.elsewhere);
}

/* *out: by a rule of its own. False: it keeps the whole family. */
static bool member_goes(const struct retention_asked *q, const struct family_member *m,
			struct retention_verdict *out)
{
	bool kept = false, named = is_named(q, m->entry, &kept);
	*out = (struct retention_verdict){ .reason = RETENTION_ALONG };
	if (!kept && document_is_form(m->entry))
		return true; /* without its document it is nothing */
	if (kept || !is_removable(&q->desk, m->entry))
		return false;
	if (m->replaced)
		return true;
	if (!named)
		return m->hangs;
	*out = retention_of(q, m->entry);
	return out->reason != RETENTION_STAYS;
}

bool retention_goes(const struct retention_asked *q, const struct document_entry *e,
		    struct retention_going *out)
{
	const char *first = NULL;
	*out = (struct retention_going){ .verdict = { .reason = RETENTION_STAYS } };
	if (retention_of(q, e).reason == RETENTION_STAYS
	    || !document_family_of(&q->desk, e->id, &out->family))
		return false;
	for (const struct family_member *m = out->family.members; m != NULL; m = m->next) {
		struct retention_verdict own;
		if (!member_goes(q, m, &own))
			return false;
		if (own.rule == NULL || (first != NULL && strcmp(first, m->entry->id) <= 0))
			continue;
		first = m->entry->id;
		out->verdict = own;
	}
	return text_equal(first, e->id);
}

const struct text_value *retention_of_subject(const struct retention_asked *q, uint64_t subject,
					      unsigned most)
{
	static const struct registry_glance all = { .approved = true,
						    .deprecated = true,
						    .stable = true };
	struct retention_asked each = *q;
	const struct registry_desk *d = &q->desk;
	struct text_value *first = NULL, **last = &first;
	struct registry_cursor *c = registry_entries(d->txn, d->arena, subject, &all);
	unsigned count = 0;
	each.desk.arena = arena_create_within(d->arena);
	registry_lend(c, each.desk.arena);
	for (struct sealed_entry *s; count < most && (s = registry_next_entry(c)) != NULL;) {
		const struct document_entry *e = document_registry_entry(&each.desk, s);
		struct retention_going going;
		if (e == NULL || !retention_goes(&each, e, &going))
			continue;
		*last = arena_new(d->arena, struct text_value);
		(*last)->value = arena_text(d->arena, e->id);
		last = &(*last)->next;
		count++;
	}
	registry_cursor_over(c);
	return first;
}

/* ---- Removing ---- */

struct removing {
	struct retention_asked asked;
	const struct retention_recorder *recorder;
	struct retention_removed counted;
	const char *entry;
	/* of one family */
	struct problem *problem;
	bool done;
};

/* Nobody else's entry of this uniqueId stays. */
static bool is_last(const struct registry_desk *d, const struct document_family *f,
		    const struct document_entry *e)
{
	struct registry_cursor *c = registry_entries_of(d->txn, d->arena, e->unique_id);
	bool last = true;
	for (struct sealed_entry *s; last && (s = registry_next_entry(c)) != NULL;) {
		const struct document_entry *other = document_registry_entry(d, s);
		last = other != NULL
		       && (document_family_has(f, other->id)
			   || !text_equal(other->repository_unique_id, e->repository_unique_id));
	}
	registry_cursor_over(c);
	return last;
}

/* The octets of its members, before the entries go; one that two of them describe goes once. */
static bool remove_octets(struct removing *r, const struct retention_going *g,
			  struct retention_gone **gone, struct problem *p)
{
	const struct registry_desk *d = &r->asked.desk;
	for (const struct family_member *m = g->family.members; m != NULL; m = m->next) {
		const struct document_entry *e = m->entry;
		struct kept_document kept;
		if (!repository_find(d->txn, d->arena, e->repository_unique_id, e->unique_id, &kept)
		    || !is_last(d, &g->family, e))
			continue;
		if (!repository_remove(d->txn, d->arena, e->repository_unique_id, e->unique_id, p))
			return false;
		*gone = arena_new(d->arena, struct retention_gone);
		**gone = (struct retention_gone){ .repository_unique_id = e->repository_unique_id,
						  .unique_id = e->unique_id };
		gone = &(*gone)->next;
		r->counted.octets_of++;
	}
	return true;
}

static void tell_patient(const struct registry_desk *d, uint64_t subject,
			 struct retention_told *told)
{
	struct patient_record place;
	const char *cx = identity_place(d->txn, d->arena, subject, &place)
				 ? document_registry_regional_id(d, place.person)
				 : NULL;
	const struct text_value *v = told->patient_ids;
	while (v != NULL && !text_equal(v->value, cx))
		v = v->next;
	if (cx == NULL || v != NULL)
		return;
	struct text_value *one = arena_new(d->arena, struct text_value);
	*one = (struct text_value){ .value = cx, .next = told->patient_ids };
	told->patient_ids = one;
}

/* Whose they were, each once. */
static void tell_owners(const struct registry_desk *d, const struct document_family *f,
			struct retention_told *told)
{
	for (const struct family_member *m = f->members; m != NULL; m = m->next) {
		const struct registry_owner *o = told->owners;
		while (o != NULL && o->subject != m->entry->subject)
			o = o->next;
		if (o != NULL)
			continue;
		struct registry_owner *own = arena_new(d->arena, struct registry_owner);
		*own = (struct registry_owner){ m->entry->subject, told->owners };
		told->owners = own;
		tell_patient(d, own->subject, told);
	}
}

static bool record_both(struct removing *r, const struct retention_going *g,
			const struct text_value *objects, const struct retention_gone *gone)
{
	const struct registry_desk *d = &r->asked.desk;
	struct retention_told told = { .rule = g->verdict.rule->name,
				       .reason = retention_reason_name(g->verdict.reason),
				       .now = d->now,
				       .objects = objects,
				       .documents = gone };
	const struct retention_recorder *to = r->recorder;
	tell_owners(d, &g->family, &told);
	return to->record(to->self, d->txn, d->arena, retention_event_metadata(d->arena, &told))
	       && (gone == NULL
		   || to->record(to->self, d->txn, d->arena,
				 retention_event_documents(d->arena, &told)));
}

/* A consent goes with its document, whoever has it removed. */
static bool take_back_consents(struct removing *r, const struct retention_going *g)
{
	const struct registry_desk *d = &r->asked.desk;
	struct findings f = findings_in(d->arena);
	for (const struct family_member *m = g->family.members; m != NULL; m = m->next) {
		struct registry_owner whose = { m->entry->subject, NULL };
		if (!consent_documents_changed(d, &whose, 0, &f))
			return problem_set(r->problem, PROBLEM_INTERNAL,
					   "what a document of consent opened could not be "
					   "closed");
	}
	return true;
}

static void remove_it(void *with)
{
	struct removing *r = with;
	const struct registry_desk *d = &r->asked.desk;
	struct sealed_entry *sealed = registry_entry(d->txn, d->arena, r->entry);
	const struct document_entry *e = sealed == NULL ? NULL : document_registry_entry(d, sealed);
	struct retention_going g;
	struct retention_gone *gone = NULL;
	r->done = true;
	if (e == NULL || !retention_goes(&r->asked, e, &g))
		return;
	const struct text_value *objects = document_family_objects(d, &g.family);
	r->counted.documents = g.family.count;
	r->done = remove_octets(r, &g, &gone, r->problem)
		  && registry_remove(d->txn, d->arena, objects, r->problem)
		  && take_back_consents(r, &g)
		  && (record_both(r, &g, objects, gone)
		      || problem_set(r->problem, PROBLEM_AUDIT_UNAVAILABLE,
				     "the audit record could not be kept"));
}

/* In a savepoint: all of it or nothing. */
static bool remove_family(void *with, struct store_txn *t, struct problem *p)
{
	struct removing *r = with;
	r->counted = (struct retention_removed){ 0 };
	r->problem = p;
	if (!arena_run(r->asked.desk.arena, remove_it, r))
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES,
				   "what belongs to a document takes too much memory");
	return r->done && !store_failed(t);
}

/* What the registry, or its size, keeps from going stays, and is told; the others go. */
bool retention_remove(const struct retention_asked *q, const struct text_value **entries,
		      unsigned most, const struct retention_recorder *recorder,
		      struct retention_removed *out)
{
	struct removing r = { .asked = *q, .recorder = recorder };
	struct store_txn *t = q->desk.txn;
	uint64_t before = out->documents;
	bool room = true;
	for (; room && *entries != NULL && out->documents - before < most;
	     *entries = (*entries)->next) {
		struct problem p = { .code = PROBLEM_NONE };
		r.entry = (*entries)->value;
		if (store_savepoint(t, remove_family, &r, &p)) {
			out->documents += r.counted.documents;
			out->octets_of += r.counted.octets_of;
		} else if (store_failed(t) || p.code == PROBLEM_AUDIT_UNAVAILABLE) {
			return false;
		} else {
			out->stayed++;
			room = p.code != PROBLEM_OUT_OF_RESOURCES; /* the next job has */
		}
	}
	return true;
}
