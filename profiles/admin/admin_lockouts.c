/* profiles/admin/admin_lockouts.c: who is locked out, since when, and why.
 * GET /admin/facilities/locked. Names no patient, and leaves no record. */
#include "profiles/admin/admin_lockout.h"

struct locked_list {
	struct lockout *all;
	size_t count;
};

static bool read_request(struct exchange *x)
{
	(void)x;
	return true;
}

static bool list(struct exchange *x)
{
	struct locked_list *l = arena_new(x->arena, struct locked_list);
	l->all = lockouts_all(x->txn, x->arena, &l->count);
	x->result = l;
	return true;
}

static json_t *answer(struct exchange *x)
{
	const struct locked_list *l = x->result;
	json_t *rows = json_array();
	for (size_t i = 0; i < l->count; i++)
		json_array_append_new(rows, admin_show_lockout(x, &l->all[i]));
	return json_pack("{s:o}", "locked", rows);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/facilities/locked" },
				       { 0 } };

const struct transaction admin_lockouts = {
	.code = "facility-locked",
	.name = "Lock-outs listed",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.read = read_request,
	.handle = list,
	.answer_json = answer,
};
