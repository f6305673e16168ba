/* profiles/admin/admin_document_history.c: what became of a document. GET
 * /admin/document/history. Of all that replaced it and was replaced by it, oldest first: when and
 * by whom it was submitted, and what it stands in a relation to. */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_person.h"

#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "store/registry.h"

/* A chain is followed so far in each direction; of one document so many relations are shown. */
enum { CHAIN_MOST = 1000, RELATIONS_MOST = 1000 };

struct told {
	const char *what, *when, *by, *entry_uuid, *unique_id, *status;
	struct told *next;
};

struct history {
	const struct document_entry *named;
	struct told *first, **tail;
	bool more;
};

/* How each type reads from its source and from its target. */
static const struct relation {
	enum association_type type;
	const char *from_source, *from_target;
} relations[] = {
	{ ASSOCIATION_RPLC, "replaces", "is replaced by" },
	{ ASSOCIATION_APND, "is appended to", "has as addendum" },
	{ ASSOCIATION_XFRM, "is transformed from", "is transformed into" },
	{ ASSOCIATION_XFRM_RPLC, "replaces, transformed,", "is replaced, transformed, by" },
	{ ASSOCIATION_SIGNS, "signs", "is signed by" },
	{ ASSOCIATION_IS_SNAPSHOT_OF, "is a snapshot of", "has as snapshot" },
};

static const char *relation_of(enum association_type type, bool from_source)
{
	for (size_t i = 0; i < sizeof relations / sizeof relations[0]; i++)
		if (relations[i].type == type)
			return from_source ? relations[i].from_source : relations[i].from_target;
	return NULL;
}

static bool replaces(const struct association *a)
{
	return a->type == ASSOCIATION_RPLC || a->type == ASSOCIATION_XFRM_RPLC;
}

static bool read_request(struct exchange *x)
{
	x->request = admin_text(x, "id", true);
	return x->problem.code == PROBLEM_NONE;
}

static struct told *tell(struct exchange *x, struct history *h)
{
	struct told *t = arena_new(x->arena, struct told);
	*h->tail = t;
	h->tail = &t->next;
	return t;
}

static const char *status_text(enum availability_status status)
{
	return status == STATUS_APPROVED ? "Approved" : "Deprecated";
}

static struct document_entry *entry(struct exchange *x, const char *uuid)
{
	struct registry_desk d = exchange_desk(x);
	return document_registry_entry(&d, registry_entry(x->txn, x->arena, uuid));
}

static struct document_entry *latest(struct exchange *x, const char *logical_id)
{
	struct registry_desk d = exchange_desk(x);
	return document_registry_entry(&d, registry_latest_entry(x->txn, x->arena, logical_id));
}

/* What this version replaces, or is replaced by: the latest version of that. */
static struct document_entry *beside_version(struct exchange *x, const struct document_entry *e,
					     bool before)
{
	const struct association *a = before ? registry_from(x->txn, x->arena, e->id)
					     : registry_to(x->txn, x->arena, e->id);
	const struct document_entry *other = NULL;
	for (; a != NULL && other == NULL; a = a->next)
		if (replaces(a))
			other = entry(x, before ? a->target : a->source);
	return other == NULL ? NULL : latest(x, other->logical_id);
}

/* The document of the same chain before it, or behind it. */
static struct document_entry *beside(struct exchange *x, const struct document_entry *e,
				     bool before)
{
	struct registry_desk d = exchange_desk(x);
	struct registry_cursor *all = registry_entry_versions(x->txn, x->arena, e->logical_id);
	struct document_entry *other = NULL;
	for (struct sealed_entry *one; other == NULL && (one = registry_next_entry(all)) != NULL;) {
		const struct document_entry *version = document_registry_entry(&d, one);
		if (version != NULL)
			other = beside_version(x, version, before);
	}
	registry_cursor_over(all);
	return other;
}

static void tell_relation(struct exchange *x, struct history *h, const char *what,
			  const struct association *a, const char *other)
{
	const struct document_entry *e = entry(x, other);
	struct told *t = tell(x, h);
	*t = (struct told){ .what = what,
			    .by = a->source_system,
			    .entry_uuid = other,
			    .unique_id = e == NULL ? NULL : e->unique_id,
			    .status = status_text(a->status) };
}

/* A set it is a member of: when it was submitted; or a folder. */
static void tell_member(struct exchange *x, struct history *h, const struct association *a)
{
	struct registry_desk d = exchange_desk(x);
	struct submission_set *s = document_registry_set(
		&d, registry_submission_set(x->txn, x->arena, a->source));
	struct folder *f = s != NULL ? NULL
				     : document_registry_folder(
					     &d, registry_folder(x->txn, x->arena, a->source));
	if (s == NULL && f == NULL)
		return;
	bool original = text_equal(a->submission_set_status, "Original");
	struct told *t = tell(x, h);
	*t = (struct told){
		.what = f != NULL  ? "is in the folder"
			: original ? "is submitted in"
				   : "is referred to in",
		.when = s == NULL ? NULL : s->submission_time,
		.by = a->source_system,
		.entry_uuid = a->source,
		.unique_id = s != NULL ? s->unique_id : f->unique_id,
		.status = status_text(a->status),
	};
}

static void tell_ends(struct exchange *x, struct history *h, const struct association *a,
		      bool from_source)
{
	unsigned count = 0;
	for (; a != NULL && count < RELATIONS_MOST; a = a->next, count++) {
		const char *what = relation_of(a->type, from_source);
		if (what != NULL)
			tell_relation(x, h, what, a, from_source ? a->target : a->source);
		else if (a->type == ASSOCIATION_HAS_MEMBER && !from_source)
			tell_member(x, h, a);
	}
	h->more = h->more || a != NULL;
}

static void tell_version(struct exchange *x, struct history *h, const struct document_entry *e,
			 bool one_of_several)
{
	const char *what = "document";
	if (one_of_several)
		what = arena_printf(x->arena, "version %u of the document", e->version);
	struct told *t = tell(x, h);
	*t = (struct told){ .what = what,
			    .when = e->creation_time,
			    .by = e->source_system,
			    .entry_uuid = e->id,
			    .unique_id = e->unique_id,
			    .status = status_text(e->status) };
	tell_ends(x, h, registry_to(x->txn, x->arena, e->id), false);
	tell_ends(x, h, registry_from(x->txn, x->arena, e->id), true);
}

/* All that became of its metadata, oldest first. */
static void tell_document(struct exchange *x, struct history *h, const struct document_entry *e)
{
	struct registry_desk d = exchange_desk(x);
	struct registry_cursor *all = registry_entry_versions(x->txn, x->arena, e->logical_id);
	for (struct sealed_entry *one; (one = registry_next_entry(all)) != NULL;) {
		const struct document_entry *version = document_registry_entry(&d, one);
		if (version != NULL)
			tell_version(x, h, version, e->version > 1);
	}
	registry_cursor_over(all);
}

static bool look(struct exchange *x)
{
	struct history *h = arena_new(x->arena, struct history);
	const struct document_entry *first, *e;
	unsigned count = 0;
	h->tail = &h->first;
	h->named = admin_find_document(x, x->request);
	first = e = h->named == NULL ? NULL : latest(x, h->named->logical_id);
	x->result = h;
	if (e == NULL)
		return false;
	while ((e = beside(x, first, true)) != NULL && count++ < CHAIN_MOST)
		first = e;
	for (count = 0, e = first; e != NULL && count < 2 * CHAIN_MOST; count++) {
		tell_document(x, h, e);
		e = beside(x, e, false);
	}
	if (h->more || e != NULL)
		tell(x, h)->what = "and more, which is not shown";
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct history *h = x->result;
	admin_audit_document(x, e, x->request, h == NULL ? NULL : h->named);
}

static json_t *answer(struct exchange *x)
{
	const struct history *h = x->result;
	json_t *rows = json_array();
	for (const struct told *t = h->first; t != NULL; t = t->next) {
		json_t *o = json_object();
		admin_put(o, "what", t->what);
		admin_put(o, "when", t->when);
		admin_put(o, "by", t->by);
		admin_put(o, "status", t->status);
		admin_put(o, "unique_id", t->unique_id);
		admin_put(o, "entry_uuid", t->entry_uuid);
		json_array_append_new(rows, o);
	}
	return json_pack("{s:o}", "history", rows);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/document/history" },
				       { 0 } };

static const char *const parameters[] = { "id" };

const struct transaction admin_document_history = {
	.code = "document-history",
	.name = "Document's history",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = look,
	.audited = audited,
	.answer_json = answer,
};
