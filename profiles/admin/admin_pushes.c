/* profiles/admin/admin_pushes.c: what was pushed to facilities and is still there, oldest first.
 * GET /admin/pushes. Names no patient, and leaves no record. */
#include "profiles/admin/admin_push.h"

#include "gateway/base/text.h"

enum { LIMIT = 100, LIMIT_MOST = 1000 };

struct page_request {
	uint64_t limit;
	const char *inbox, *after;
};

struct page {
	struct push *list;
	size_t count;
};

static bool read_request(struct exchange *x)
{
	struct page_request *r = arena_new(x->arena, struct page_request);
	x->request = r;
	r->inbox = admin_text(x, "inbox", false);
	r->after = admin_text(x, "after", false);
	return admin_limit(x, LIMIT, LIMIT_MOST, &r->limit) && x->problem.code == PROBLEM_NONE;
}

static bool list(struct exchange *x)
{
	const struct page_request *r = x->request;
	struct page *p = arena_new(x->arena, struct page);
	struct push last;
	if (r->after != NULL && !push_get(x->txn, x->arena, r->after, &last)
	    && !store_failed(x->txn))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not the next of an earlier list", r->after);
	p->list = pushes_list(x->txn, x->arena, r->inbox, r->after, r->limit, &p->count);
	x->result = p;
	return r->inbox == NULL || p->count != 0 || region_inbox(x->region, r->inbox) != NULL
	       || problem_at(&x->problem, PROBLEM_NOT_FOUND, "inbox",
			     "no inbox is called '%s', and none of that name holds anything",
			     r->inbox);
}

static json_t *answer(struct exchange *x)
{
	const struct page_request *r = x->request;
	const struct page *p = x->result;
	json_t *rows = json_array(), *o = json_pack("{s:o}", "pushes", rows);
	for (size_t i = 0; i < p->count; i++)
		json_array_append_new(rows, admin_show_push(x, &p->list[i]));
	if (p->count != 0 && p->count == r->limit)
		json_object_set_new(o, "next", json_string(p->list[p->count - 1].id));
	return o;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/pushes" }, { 0 } };

static const char *const parameters[] = { "inbox limit after" };

const struct transaction admin_pushes = {
	.code = "inbox-list",
	.name = "Pushed submissions listed",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.read = read_request,
	.handle = list,
	.answer_json = answer,
};
