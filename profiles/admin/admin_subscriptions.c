/* profiles/admin/admin_subscriptions.c: who wants to be told of what is registered.
 * GET /admin/subscriptions. Names no patient, and leaves no record. */
#include "profiles/admin/admin_subscription.h"

#include "gateway/base/text.h"

enum { LIMIT = 100, LIMIT_MOST = 1000 };

struct page_request {
	uint64_t limit;
	const char *system, *after;
};

struct page {
	struct subscription *list;
	size_t count;
};

static bool read_request(struct exchange *x)
{
	struct page_request *r = arena_new(x->arena, struct page_request);
	x->request = r;
	r->system = admin_text(x, "system", false);
	r->after = admin_text(x, "after", false);
	return admin_limit(x, LIMIT, LIMIT_MOST, &r->limit) && x->problem.code == PROBLEM_NONE;
}

static bool list(struct exchange *x)
{
	const struct page_request *r = x->request;
	struct page *p = arena_new(x->arena, struct page);
	struct subscription last;
	if (r->after != NULL && !subscription_get(x->txn, x->arena, r->after, &last)
	    && !store_failed(x->txn))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not the next of an earlier list", r->after);
	p->list = subscriptions_list(x->txn, x->arena, r->after, r->system, r->limit, &p->count);
	x->result = p;
	return r->system == NULL || p->count != 0 || region_system(x->region, r->system) != NULL
	       || problem_at(&x->problem, PROBLEM_NOT_FOUND, "system",
			     "no system is called '%s', and none of that name has subscribed",
			     r->system);
}

static json_t *answer(struct exchange *x)
{
	const struct page_request *r = x->request;
	const struct page *p = x->result;
	json_t *rows = json_array(), *o = json_pack("{s:o}", "subscriptions", rows);
	for (size_t i = 0; i < p->count; i++)
		json_array_append_new(rows, admin_show_subscription(x, &p->list[i]));
	if (p->count != 0 && p->count == r->limit)
		json_object_set_new(o, "next", json_string(p->list[p->count - 1].id));
	return o;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/subscriptions" },
				       { 0 } };

static const char *const parameters[] = { "system limit after" };

const struct transaction admin_subscriptions = {
	.code = "subscription-list",
	.name = "Subscriptions listed",
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
