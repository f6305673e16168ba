/* profiles/admin/admin_withdrawal_end.c: a facility that had withdrawn takes part again, and what
 * it submitted is given again. POST /admin/facility/return {facility, only, reason}. */
#include "profiles/admin/admin_lockout.h"

static void audited(struct exchange *x, struct audit_event *e)
{
	admin_audit_lockout(x, e, "returned");
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/facility/return", .media = "application/json" },
	{ 0 }
};

static const char *const parameters[] = { "facility only reason" };

const struct transaction admin_withdrawal_end = {
	.code = "facility-return",
	.name = "Facility returned",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_WRITE,
	.parameters = parameters,
	.audit_event = 110113, /* DCM Security Alert */
	.audit_action = AUDIT_EXECUTE,
	.read = admin_read_withdrawal,
	.handle = admin_let_in,
	.audited = audited,
	.answer_json = admin_show_let_in,
};
