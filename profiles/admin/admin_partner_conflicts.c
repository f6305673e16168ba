/* profiles/admin/admin_partner_conflicts.c: what was claimed of a partner's ids and waits for the
 * operator, and what stands against it. GET /admin/partner/conflicts?partner=&limit=&after=. */
#include "profiles/admin/admin_partner.h"

#include <inttypes.h>

#include "gateway/base/text.h"

enum { LIMIT = 50, LIMIT_MOST = PARTNER_CONFLICTS_MOST };

struct page_request {
	const struct partner *partner;
	uint64_t limit, after;
};

/* How the persons are called. */
struct row {
	const struct partner_conflict *conflict;
	const char *patient, *against;
	struct row *next;
};

struct page {
	struct row *rows;
	unsigned count;
};

static bool read_request(struct exchange *x)
{
	struct page_request *r = arena_new(x->arena, struct page_request);
	const char *limit = admin_text(x, "limit", false), *after = admin_text(x, "after", false);
	x->request = r;
	r->partner = admin_read_partner(x);
	r->limit = LIMIT;
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &r->limit) || r->limit == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	if (after != NULL && (!text_to_number(after, UINT64_MAX, &r->after) || r->after == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not the next of an earlier list", after);
	return x->problem.code == PROBLEM_NONE;
}

/* Whose, and which id he has: "101^^^&A&ISO has X^^^&B&ISO", one behind the other. */
static const char *told_against(struct exchange *x, const struct partner_id *list)
{
	const char *all = "";
	for (const struct partner_id *one = list; one != NULL; one = one->next)
		all = text_joined(x->arena, all, *all == '\0' ? "" : "; ",
				  admin_shown_name(x, one->person), " has ",
				  cx_text(x->arena, one->id, one->domain), NULL);
	return all;
}

static bool list(struct exchange *x)
{
	const struct page_request *r = x->request;
	struct page *p = arena_new(x->arena, struct page);
	struct row **last = &p->rows;
	for (const struct partner_conflict *c = partner_conflicts(
		     x->txn, x->arena, r->partner->name, r->after, (unsigned)r->limit);
	     c != NULL; c = c->next, p->count++) {
		*last = arena_new(x->arena, struct row);
		**last = (struct row){ .conflict = c,
				       .patient = admin_shown_name(x, c->claimed.person),
				       .against = told_against(x, c->against) };
		last = &(*last)->next;
	}
	x->result = p;
	return true;
}

/* As a list of patients is: recorded as a use of the whole, and found by each in his trail. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct page_request *r = x->request;
	const struct page *p = x->result;
	if (p == NULL)
		return;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "patients",
		.type_code = 2,
		.type_code_role = 17,
		.name = arena_printf(x->arena, "list of %u conflicts with partner %s", p->count,
				     r->partner->name),
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	for (const struct row *row = p->rows; row != NULL; row = row->next) {
		audit_about(x, e, row->conflict->claimed.record);
		for (const struct partner_id *one = row->conflict->against; one != NULL;
		     one = one->next)
			audit_about(x, e, one->record);
	}
}

static json_t *show(struct exchange *x, const struct row *row)
{
	const struct partner_conflict *c = row->conflict;
	json_t *o = admin_show_partner_id(x, &c->claimed, row->patient);
	json_object_set_new(o, "number",
			    json_string(arena_printf(x->arena, "%" PRIu64, c->number)));
	json_object_set_new(o, "kind", json_string(c->joined ? "joined" : "claimed"));
	json_object_set_new(o, "against", json_string(row->against));
	return o;
}

static json_t *answer(struct exchange *x)
{
	const struct page_request *r = x->request;
	const struct page *p = x->result;
	json_t *rows = json_array(), *o = json_pack("{s:o}", "conflicts", rows);
	uint64_t last = 0;
	for (const struct row *row = p->rows; row != NULL; row = row->next) {
		json_array_append_new(rows, show(x, row));
		last = row->conflict->number;
	}
	if (p->count == r->limit)
		json_object_set_new(o, "next",
				    json_string(arena_printf(x->arena, "%" PRIu64, last)));
	return o;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/partner/conflicts" },
				       { 0 } };

static const char *const parameters[] = { "partner limit after" };

const struct transaction admin_partner_conflicts = {
	.code = "partner-conflicts",
	.name = "Conflicts with a partner listed",
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
	.handle = list,
	.audited = audited,
	.answer_json = answer,
};
