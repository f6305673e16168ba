/* profiles/admin/admin_push_take.c: the facility has what was pushed to it. It stays until
 * it is dropped. POST /admin/push/take {id} */
#include "profiles/admin/admin_push.h"

static bool read_request(struct exchange *x)
{
	x->request = admin_text(x, "id", true);
	return x->request != NULL;
}

static bool take(struct exchange *x)
{
	struct push *p = arena_new(x->arena, struct push);
	if (!admin_find_push(x, x->request, p))
		return false;
	x->result = p;
	return push_take(x->txn, x->arena, p, x->who.person.name, x->now)
	       || problem_set(&x->problem, PROBLEM_INTERNAL, "that could not be kept");
}

static void audited(struct exchange *x, struct audit_event *e)
{
	if (x->request != NULL)
		admin_audit_push(x, e, x->request, x->result);
}

static json_t *answer(struct exchange *x)
{
	const struct push *p = x->result;
	return json_pack("{s:s, s:s, s:s}", "id", p->id, "inbox", p->inbox, "state", "taken");
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/push/take", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "id" };

const struct transaction admin_push_take = {
	.code = "inbox-take",
	.name = "Pushed submission taken",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_WRITE,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_UPDATE,
	.read = read_request,
	.handle = take,
	.audited = audited,
	.answer_json = answer,
};
