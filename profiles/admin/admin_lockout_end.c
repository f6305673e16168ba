/* profiles/admin/admin_lockout_end.c: a facility's systems, or one of them, may take part again.
 * POST /admin/facility/unlock {facility, only, reason}. */
#include "profiles/admin/admin_lockout.h"

#include "gateway/base/text.h"

struct unlocked {
	bool changed;
	bool still; /* by its facility's lock-out, or its own */
	struct lockout by;
};

/* The facility's goes with that of the system that was named; so does what was spoken of a system
 * by that name which has another institution by now, or is registered no more. */
static bool is_meant(const struct lockout_request *r, const struct lockout *l)
{
	if (r->withdrawn != l->withdrawn)
		return false;
	if (r->only)
		return l->institution == NULL && text_equal(l->system, r->system);
	return text_equal(l->system, r->system)
	       || (r->institution != NULL && text_equal(l->institution, r->institution));
}

static bool take_back(struct exchange *x, const struct lockout_request *r, struct unlocked *v)
{
	size_t count;
	const struct lockout *all = lockouts_all(x->txn, x->arena, &count);
	for (size_t i = 0; i < count; i++) {
		bool was = false;
		if (is_meant(r, &all[i]) && !lockout_remove(x->txn, &all[i], &was))
			return false;
		v->changed = v->changed || was;
	}
	return !store_failed(x->txn);
}

bool admin_let_in(struct exchange *x)
{
	const struct lockout_request *r = x->request;
	struct unlocked *v = arena_new(x->arena, struct unlocked);
	const struct registered_system *s = region_system(x->region, r->system);
	x->result = v;
	x->locks_changed = x->outbox_changed = true;
	if (!take_back(x, r, v))
		return problem_set(&x->problem, PROBLEM_INTERNAL,
				   "the lock-out could not be taken back");
	if (s == NULL && !v->changed)
		return problem_at(&x->problem, PROBLEM_NOT_FOUND, "facility",
				  "no system is called '%s', and none of that name %s", r->system,
				  r->withdrawn ? "has withdrawn" : "is locked out");
	v->still = s != NULL && lockout_of(x->txn, x->arena, s, &v->by);
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	admin_audit_lockout(x, e, "let in again");
}

json_t *admin_show_let_in(struct exchange *x)
{
	const struct lockout_request *r = x->request;
	const struct unlocked *v = x->result;
	json_t *o = json_pack("{s:s, s:b, s:b}", "system", r->system, "changed", v->changed,
			      "locked", v->still);
	if (v->still)
		json_object_set_new(o, "by", admin_show_lockout(x, &v->by));
	return o;
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/facility/unlock", .media = "application/json" },
	{ 0 }
};

static const char *const parameters[] = { "facility only reason" };

const struct transaction admin_lockout_end = {
	.code = "facility-unlock",
	.name = "Facility let in again",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_WRITE,
	.parameters = parameters,
	.audit_event = 110113, /* DCM Security Alert */
	.audit_action = AUDIT_EXECUTE,
	.read = admin_read_lockout,
	.handle = admin_let_in,
	.audited = audited,
	.answer_json = admin_show_let_in,
};
