/* profiles/admin/admin_review.c: one override, and what has become of it.
 * GET /admin/reviews/{id}. */
#include "profiles/admin/admin_override.h"

static json_t *answer(struct exchange *x)
{
	return admin_show_override(x, x->result);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/reviews/{id}" },
				       { 0 } };

static const char *const parameters[] = { "id" };

const struct transaction admin_review = {
	.code = "review-show",
	.name = "Override shown",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.read = admin_read_one_override,
	.handle = admin_find_one_override,
	.audited = admin_audit_one_override,
	.answer_json = answer,
};
