/* profiles/admin/admin_withdrawal.c: a facility withdraws from the region: its systems may do
 * nothing, and what they submitted is given to nobody, and stays. POST /admin/facility/withdraw
 * {facility, only, reason}. */
#include "profiles/admin/admin_lockout.h"

static void audited(struct exchange *x, struct audit_event *e)
{
	admin_audit_lockout(x, e, "withdrawn");
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/facility/withdraw", .media = "application/json" },
	{ 0 }
};

static const char *const parameters[] = { "facility only reason" };

const struct transaction admin_withdrawal = {
	.code = "facility-withdraw",
	.name = "Facility withdrawn",
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
	.handle = admin_lock_out,
	.audited = audited,
	.answer_json = admin_show_locked,
};
