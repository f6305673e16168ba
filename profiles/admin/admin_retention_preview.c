/* profiles/admin/admin_retention_preview.c: what the rules of retention would let go at this
 * moment, by which of them and why; nothing changes. GET /admin/retention/preview. The registry is
 * walked: it may take long. */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_person.h"
#include "profiles/admin/admin_retention.h"

#include <inttypes.h>

#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "store/registry.h"

enum { LIMIT = 100, LIMIT_MOST = 10000 };

struct preview_asked {
	const char *rule;
	uint64_t limit, after; /* so many have been shown before */
};

struct going_document {
	const struct document_entry *entry;
	struct retention_verdict verdict; /* of what it goes with, if it has none of its own */
	bool along;
	struct going_document *next;
};

struct previewed {
	struct going_document *first, **tail;
	uint64_t count, all;
	uint64_t *by_rule; /* as many as there are rules */
};

static bool read_request(struct exchange *x)
{
	struct preview_asked *r = arena_new(x->arena, struct preview_asked);
	const char *limit = admin_text(x, "limit", false), *after = admin_text(x, "after", false);
	x->request = r;
	r->limit = LIMIT;
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &r->limit) || r->limit == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	if (after != NULL && (!text_to_number(after, UINT32_MAX, &r->after) || r->after == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not the next of an earlier list", after);
	return admin_retention_read(x, &r->rule) && x->problem.code == PROBLEM_NONE;
}

/* What is shown is read once more, into the arena that stays. */
static void show(struct exchange *x, struct previewed *v, const struct family_member *m,
		 struct retention_verdict verdict, bool along)
{
	struct registry_desk d = exchange_desk(x);
	struct going_document *g = arena_new(x->arena, struct going_document);
	*g = (struct going_document){ .verdict = verdict, .along = along };
	g->entry = document_registry_entry(&d, registry_entry(x->txn, x->arena, m->entry->id));
	if (g->entry == NULL)
		return;
	*v->tail = g;
	v->tail = &g->next;
	v->count++;
}

/* Each by the rule that lets it go; what goes along by that of the family. */
static void take(struct exchange *x, struct previewed *v, const struct retention_asked *q,
		 const struct retention_going *g)
{
	const struct preview_asked *r = x->request;
	for (const struct family_member *m = g->family.members; m != NULL; m = m->next) {
		struct retention_verdict own = m->replaced ? (struct retention_verdict){ 0 }
							   : retention_of(q, m->entry);
		bool along = own.rule == NULL;
		if (along)
			own = g->verdict;
		v->by_rule[own.rule - x->region->retention]++;
		if (v->all++ >= r->after && v->count < r->limit)
			show(x, v, m, own, along);
	}
}

static void walk(struct exchange *x, struct previewed *v, uint64_t subject, struct arena *each)
{
	static const struct registry_glance all = { .approved = true,
						    .deprecated = true,
						    .stable = true };
	const struct preview_asked *r = x->request;
	struct retention_asked q = admin_retention_asked(x, r->rule);
	struct registry_cursor *c = registry_entries(x->txn, x->arena, subject, &all);
	q.desk.arena = each;
	registry_lend(c, each);
	for (struct sealed_entry *s;
	     !progress_is_stopped(x->progress) && (s = registry_next_entry(c)) != NULL;
	     progress_add(x->progress, 1)) {
		const struct document_entry *e = document_registry_entry(&q.desk, s);
		struct retention_going g;
		if (e != NULL && retention_goes(&q, e, &g))
			take(x, v, &q, &g);
	}
	registry_cursor_over(c);
}

static bool preview(struct exchange *x)
{
	struct previewed *v = arena_new(x->arena, struct previewed);
	struct arena *each = arena_create_within(x->arena);
	uint64_t subject = 0;
	v->tail = &v->first;
	v->by_rule = arena_array(x->arena, uint64_t, x->region->retention_count + 1);
	x->result = v;
	progress_begin(x->progress, "documents", 0);
	if (x->region->retention_count == 0)
		return true;
	while (!progress_is_stopped(x->progress)
	       && (subject = registry_next_subject(x->txn, subject)) != 0) {
		walk(x, v, subject, each);
		if (!store_renew(x->txn))
			break; /* sticky: the road says why */
	}
	return !progress_is_stopped(x->progress)
	       || problem_set(&x->problem, PROBLEM_BUSY,
			      "it was stopped before all were looked at");
}

/* As document find: a use of the whole; each whose document was shown has it in his trail. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct preview_asked *r = x->request;
	const struct previewed *v = x->result;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "documents",
		.type_code = 2,
		.type_code_role = 17,
		.name = arena_printf(x->arena, "%llu documents found",
				     v == NULL ? 0ULL : (unsigned long long)v->count),
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	if (r != NULL && r->rule != NULL)
		audit_add_detail(x, o, "Retention Rule", bytes_of_text(r->rule));
	for (const struct going_document *g = v == NULL ? NULL : v->first; g != NULL; g = g->next)
		audit_about(x, e, g->entry->subject);
}

static json_t *answer(struct exchange *x)
{
	const struct preview_asked *r = x->request;
	const struct previewed *v = x->result;
	json_t *rows = json_array(), *counts = json_array();
	for (const struct going_document *g = v->first; g != NULL; g = g->next) {
		json_t *o = admin_show_document(x, g->entry);
		admin_put(o, "patient", g->entry->patient_id);
		admin_put(o, "rule", g->verdict.rule->name);
		admin_put(o, "why",
			  retention_reason_name(g->along ? RETENTION_ALONG : g->verdict.reason));
		json_array_append_new(rows, o);
	}
	for (size_t i = 0; i < x->region->retention_count; i++)
		json_array_append_new(counts,
				      json_pack("{s:s, s:I}", "rule", x->region->retention[i].name,
						"documents", (json_int_t)v->by_rule[i]));
	json_t *page = json_pack("{s:o, s:I, s:o}", "documents", rows, "would_go",
				 (json_int_t)v->all, "by_rule", counts);
	if (r->after + v->count < v->all)
		admin_put(page, "next", arena_printf(x->arena, "%" PRIu64, r->after + v->count));
	return page;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/retention/preview" },
				       { 0 } };

static const char *const parameters[] = { "rule limit after" };

static const struct long_work_kind long_work = { "retention preview",
						 "nothing is said of the rest" };

const struct transaction admin_retention_preview = {
	.code = "retention-preview",
	.name = "Rules of retention previewed",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.long_work = &long_work,
	.read = read_request,
	.handle = preview,
	.audited = audited,
	.answer_json = answer,
};
