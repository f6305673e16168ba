/* profiles/admin/admin_subscription_end.c: a subscription that its subscriber does not end himself,
 * because its address was lost, or he is gone (ITI TF-2: 3.52.6).
 *
 * POST /admin/subscription/end {id, reason} */
#include "profiles/admin/admin_subscription.h"

struct ending {
	const char *id, *reason;
};

static bool read_request(struct exchange *x)
{
	struct ending *r = arena_new(x->arena, struct ending);
	x->request = r;
	r->id = admin_text(x, "id", true);
	r->reason = admin_text(x, "reason", true);
	return x->problem.code == PROBLEM_NONE;
}

static bool end(struct exchange *x)
{
	const struct ending *r = x->request;
	struct subscription *s = arena_new(x->arena, struct subscription);
	if (!admin_find_subscription(x, r->id, s))
		return false;
	x->result = s;
	return subscription_remove(x->txn, s)
	       || problem_set(&x->problem, PROBLEM_INTERNAL, "the subscription could not be ended");
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct ending *r = x->request;
	if (r == NULL || r->id == NULL)
		return;
	struct audit_object *o = admin_audit_subscription(x, e, r->id, x->result);
	if (r->reason != NULL)
		audit_add_detail(x, o, "reason", bytes_of_text(r->reason));
}

static json_t *answer(struct exchange *x)
{
	json_t *o = admin_show_subscription(x, x->result);
	json_object_set_new(o, "state", json_string("ended"));
	return o;
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/subscription/end", .media = "application/json" },
	{ 0 }
};

static const char *const parameters[] = { "id reason" };

const struct transaction admin_subscription_end = {
	.code = "subscription-end",
	.name = "Subscription ended",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_WRITE,
	.parameters = parameters,
	.audit_event = 110106,
	.audit_action = AUDIT_DELETE,
	.read = read_request,
	.handle = end,
	.audited = audited,
	.answer_json = answer,
};
