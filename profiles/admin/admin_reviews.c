/* profiles/admin/admin_reviews.c: who broke the glass, the first that did first: those nobody has
 * reviewed, or all. GET /admin/reviews. */
#include "profiles/admin/admin_override.h"

static bool read_request(struct exchange *x)
{
	return admin_read_overrides(x, OVERRIDES_UNREVIEWED);
}

static json_t *answer(struct exchange *x)
{
	return admin_show_overrides(x, "overrides", admin_show_override);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/reviews" }, { 0 } };

static const char *const parameters[] = { "all limit after" };

const struct transaction admin_reviews = {
	.code = "review-list",
	.name = "Overrides listed",
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
