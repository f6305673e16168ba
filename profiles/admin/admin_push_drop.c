/* profiles/admin/admin_push_drop.c: what was pushed goes, octets and all, whether or not
 * its facility took it; the same may come again. POST /admin/push/drop {id, reason} */
#include "profiles/admin/admin_push.h"

struct dropping {
	const char *id, *reason;
};

static bool read_request(struct exchange *x)
{
	struct dropping *r = arena_new(x->arena, struct dropping);
	x->request = r;
	r->id = admin_text(x, "id", true);
	r->reason = admin_text(x, "reason", true);
	return x->problem.code == PROBLEM_NONE;
}

static bool drop(struct exchange *x)
{
	const struct dropping *r = x->request;
	struct push *p = arena_new(x->arena, struct push);
	if (!admin_find_push(x, r->id, p))
		return false;
	x->result = p;
	return push_drop(x->txn, p)
	       || problem_set(&x->problem, PROBLEM_INTERNAL, "it could not be dropped");
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct dropping *r = x->request;
	if (r == NULL || r->id == NULL)
		return;
	struct audit_object *o = admin_audit_push(x, e, r->id, x->result);
	if (r->reason != NULL)
		audit_add_detail(x, o, "reason", bytes_of_text(r->reason));
}

static json_t *answer(struct exchange *x)
{
	const struct push *p = x->result;
	return json_pack("{s:s, s:s, s:s}", "id", p->id, "inbox", p->inbox, "state", "dropped");
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/push/drop", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "id reason" };

const struct transaction admin_push_drop = {
	.code = "inbox-drop",
	.name = "Pushed submission dropped",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_WRITE,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_DELETE,
	.read = read_request,
	.handle = drop,
	.audited = audited,
	.answer_json = answer,
};
