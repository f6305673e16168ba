/* profiles/admin/admin_errand_decision.c: what the operator decides of an errand.
 *
 * POST /admin/errand/decision {number, action, reason}: retry has it tried now, drop forgets it,
 * and says why. */
#include "profiles/admin/admin_errand.h"

#include "gateway/base/text.h"

struct decision_request {
	uint64_t number;
	bool drop;
	const char *reason;
};

static bool read_request(struct exchange *x)
{
	struct decision_request *r = arena_new(x->arena, struct decision_request);
	const char *action = admin_text(x, "action", true);
	x->request = r;
	if (!admin_read_errand(x, &r->number) || action == NULL)
		return false;
	r->drop = text_equal(action, "drop");
	if (!r->drop && !text_equal(action, "retry"))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "action",
				  "'%s' is none of retry, drop", action);
	r->reason = admin_text(x, "reason", r->drop);
	return x->problem.code == PROBLEM_NONE;
}

static bool decide(struct exchange *x)
{
	const struct decision_request *r = x->request;
	struct errand *e = arena_new(x->arena, struct errand);
	if (!admin_find_errand(x, r->number, e))
		return false;
	x->result = e;
	x->outbox_changed = true;
	return (r->drop ? errand_drop(x->txn, r->number) : errand_again(x->txn, r->number, x->now))
	       || problem_set(&x->problem, PROBLEM_INTERNAL, "the errand could not be changed");
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct decision_request *r = x->request;
	if (r == NULL || r->number == 0)
		return;
	struct audit_object *o = admin_audit_errand(x, e, r->number, x->result);
	audit_add_detail(x, o, "action", bytes_of_text(r->drop ? "drop" : "retry"));
	if (r->reason != NULL)
		audit_add_detail(x, o, "reason", bytes_of_text(r->reason));
}

static json_t *answer(struct exchange *x)
{
	const struct decision_request *r = x->request;
	json_t *o = admin_show_errand(x, x->result);
	json_object_set_new(o, "state", json_string(r->drop ? "dropped" : "waiting"));
	return o;
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/errand/decision", .media = "application/json" },
	{ 0 }
};

static const char *const parameters[] = { "number action reason" };

const struct transaction admin_errand_decision = {
	.code = "errand-decision",
	.name = "Errand decided",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_WRITE,
	.parameters = parameters,
	.audit_event = 110106,
	.audit_action = AUDIT_UPDATE,
	.read = read_request,
	.handle = decide,
	.audited = audited,
	.answer_json = answer,
};
