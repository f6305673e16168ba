/* profiles/admin/admin_audit_aside.c: audit records that a repository does not take, by their
 * numbers. GET /admin/audit/aside; HACKING.md: Admin API. Says nothing of what is in them, and
 * leaves no record. */
#include "profiles/admin/admin_person.h"

#include "gateway/base/text.h"
#include "store/audit_aside.h"

enum { LIMIT = 100, LIMIT_MOST = 1000 };

struct aside {
	uint64_t limit;
	struct audit_aside *list;
	size_t count;
};

static bool read_request(struct exchange *x)
{
	struct aside *r = arena_new(x->arena, struct aside);
	const char *limit = admin_text(x, "limit", false);
	x->request = r;
	r->limit = LIMIT;
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &r->limit) || r->limit == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	return x->problem.code == PROBLEM_NONE;
}

static bool list(struct exchange *x)
{
	const struct aside *r = x->request;
	struct aside *found = arena_new(x->arena, struct aside);
	found->list = audit_aside_all(x->txn, x->arena, r->limit, &found->count);
	x->result = found;
	return true;
}

static json_t *answer(struct exchange *x)
{
	const struct aside *found = x->result;
	json_t *rows = json_array();
	for (size_t i = 0; i < found->count; i++) {
		const struct audit_aside *one = &found->list[i];
		json_array_append_new(rows, json_pack("{s:s, s:I, s:s, s:i, s:s}", "repository",
						      one->destination, "number",
						      (json_int_t)one->sequence, "since",
						      admin_time(x->arena, one->since), "refusals",
						      (int)one->refusals, "state",
						      one->again ? "again" : "aside"));
	}
	return json_pack("{s:o}", "aside", rows);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/audit/aside" },
				       { 0 } };

static const char *const parameters[] = { "limit" };

const struct transaction admin_audit_aside = {
	.code = "audit-aside",
	.name = "Audit records set aside listed",
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
