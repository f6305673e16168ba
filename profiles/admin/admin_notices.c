/* profiles/admin/admin_notices.c: patients whom nobody has told yet that somebody broke the glass,
 * the first first; or all of them, and how they were told. GET /admin/notices. */
#include "profiles/admin/admin_notice.h"

static bool read_request(struct exchange *x)
{
	return admin_read_overrides(x, OVERRIDES_UNTOLD);
}

static json_t *answer(struct exchange *x)
{
	return admin_show_overrides(x, "notices", admin_show_notice);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/notices" }, { 0 } };

static const char *const parameters[] = { "all limit after" };

const struct transaction admin_notices = {
	.code = "notice-list",
	.name = "Notices listed",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = admin_list_overrides,
	.audited = admin_audit_overrides,
	.answer_json = answer,
};
