/* profiles/admin/admin_partner_revoke.c: a code leads nowhere from now on.
 * POST /admin/partner/code/revoke {partner, code, reason}. */
#include "profiles/admin/admin_partner.h"

struct revoke_request {
	const struct partner *partner;
	const char *code, *reason;
};

struct revoked {
	struct partner_code code; /* as it was before */
	const char *patient;
};

static bool read_request(struct exchange *x)
{
	struct revoke_request *r = arena_new(x->arena, struct revoke_request);
	x->request = r;
	r->partner = admin_read_partner(x);
	r->code = admin_text(x, "code", true);
	r->reason = admin_text(x, "reason", true);
	return x->problem.code == PROBLEM_NONE;
}

static bool take_back(struct exchange *x)
{
	const struct revoke_request *r = x->request;
	struct revoked *v = arena_new(x->arena, struct revoked);
	if (!partner_code_find(x->txn, x->arena, r->partner->name, r->code, &v->code))
		return problem_at(&x->problem, PROBLEM_NOT_FOUND, "code",
				  "the partner was never given such a code");
	v->patient = v->code.person == 0 ? "" : admin_shown_name(x, v->code.person);
	x->result = v;
	return partner_code_revoke(x->txn, r->partner->name, r->code, x->now)
	       || problem_set(&x->problem, PROBLEM_INTERNAL, "the code could not be revoked");
}

/* One that was revoked before is nobody's. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct revoke_request *r = x->request;
	const struct revoked *v = x->result;
	if (v == NULL || v->code.person == 0)
		return;
	struct audit_object *o = audit_patient(x, e, v->patient);
	audit_add_detail(x, o, "partner", bytes_of_text(r->partner->name));
	audit_add_detail(x, o, "purpose", bytes_of_text(code_purpose_name(v->code.purpose)));
	audit_add_detail(x, o, "action", bytes_of_text("revoke"));
	audit_add_detail(x, o, "reason", bytes_of_text(r->reason));
}

static json_t *answer(struct exchange *x)
{
	const struct revoke_request *r = x->request;
	const struct revoked *v = x->result;
	bool changed = v->code.person != 0;
	return json_pack("{s:s, s:s, s:s*, s:s, s:b}", "partner", r->partner->name, "purpose",
			 code_purpose_name(v->code.purpose), "patient", changed ? v->patient : NULL,
			 "revoked", admin_time(x->arena, changed ? x->now : v->code.revoked),
			 "changed", changed);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/partner/code/revoke", .media = "application/json" },
	{ 0 }
};

static const char *const parameters[] = { "partner code reason" };

const struct transaction admin_partner_revoke = {
	.code = "partner-revoke",
	.name = "Partner's code revoked",
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
	.handle = take_back,
	.audited = audited,
	.answer_json = answer,
};
