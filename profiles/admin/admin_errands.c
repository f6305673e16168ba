/* profiles/admin/admin_errands.c: what waits to be sent to others, in the order it was caused.
 * GET /admin/errands. Names nobody's data, and leaves no record. */
#include "profiles/admin/admin_errand.h"

#include <inttypes.h>

#include "gateway/base/text.h"

enum { LIMIT = 100, LIMIT_MOST = 1000 };

struct page_request {
	uint64_t limit, after;
	const char *partner;
};

struct page {
	struct errand *errands;
	size_t count;
};

static bool read_request(struct exchange *x)
{
	struct page_request *r = arena_new(x->arena, struct page_request);
	const char *limit = admin_text(x, "limit", false), *after = admin_text(x, "after", false);
	x->request = r;
	r->limit = LIMIT;
	r->partner = admin_text(x, "partner", false);
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &r->limit) || r->limit == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	if (after != NULL && (!text_to_number(after, INT64_MAX, &r->after) || r->after == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not the next of an earlier list", after);
	return x->problem.code == PROBLEM_NONE;
}

/* A system, or who is told what is for patients. */
static bool is_registered(const struct region *r, const char *name)
{
	if (r->patient_notices != NULL && text_equal(r->patient_notices->name, name))
		return true;
	for (size_t i = 0; i < r->system_count; i++)
		if (text_equal(r->systems[i].name, name))
			return true;
	return false;
}

static bool list(struct exchange *x)
{
	const struct page_request *r = x->request;
	struct page *p = arena_new(x->arena, struct page);
	p->errands = errand_list(x->txn, x->arena, r->after, r->partner, r->limit, &p->count);
	x->result = p;
	return r->partner == NULL || p->count != 0 || is_registered(x->region, r->partner)
	       || problem_at(&x->problem, PROBLEM_NOT_FOUND, "partner",
			     "no system is called '%s', and nothing waits for one", r->partner);
}

static json_t *answer(struct exchange *x)
{
	const struct page_request *r = x->request;
	const struct page *p = x->result;
	json_t *rows = json_array(), *o = json_pack("{s:o}", "errands", rows);
	for (size_t i = 0; i < p->count; i++)
		json_array_append_new(rows, admin_show_errand(x, &p->errands[i]));
	if (p->count != 0 && p->count == r->limit)
		json_object_set_new(o, "next",
				    json_string(arena_printf(x->arena, "%" PRIu64,
							     p->errands[p->count - 1].number)));
	return o;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/errands" }, { 0 } };

static const char *const parameters[] = { "partner limit after" };

const struct transaction admin_errands = {
	.code = "errand-list",
	.name = "Errands listed",
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
