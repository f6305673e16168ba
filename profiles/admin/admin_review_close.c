/* profiles/admin/admin_review_close.c: the operator has looked at an override, and says what he
 * found. POST /admin/review {id, reason}. Once, and never by who broke the glass. */
#include "profiles/admin/admin_override.h"

#include "gateway/base/text.h"

struct review_request {
	const char *id, *reason;
};

static bool read_request(struct exchange *x)
{
	struct review_request *r = arena_new(x->arena, struct review_request);
	x->request = r;
	if (!admin_read_override(x, &r->id))
		return false;
	r->reason = admin_text(x, "reason", true);
	return r->reason != NULL;
}

static bool close(struct exchange *x)
{
	const struct review_request *r = x->request;
	const char *by = x->who.person.name;
	struct override *o = arena_new(x->arena, struct override);
	if (!admin_find_override(x, r->id, o))
		return false;
	x->result = o;
	if (o->reviewed != 0)
		return problem_at(&x->problem, PROBLEM_CONFLICT, "id",
				  "it was reviewed before, by %s", o->reviewed_by);
	if (text_equal(by, o->asker))
		return problem_at(&x->problem, PROBLEM_CONFLICT, "id",
				  "who broke the glass does not review it");
	return override_review(x->txn, o, by, r->reason)
	       || problem_set(&x->problem, PROBLEM_INTERNAL, "the review could not be kept");
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct review_request *r = x->request;
	admin_audit_override(x, e, x->result);
	if (x->result != NULL)
		audit_add_detail(x, e->objects, "reason", bytes_of_text(r->reason));
}

static json_t *answer(struct exchange *x)
{
	return admin_show_override(x, x->result);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/review", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "id reason" };

const struct transaction admin_review_close = {
	.code = "review-close",
	.name = "Override reviewed",
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
	.handle = close,
	.audited = audited,
	.answer_json = answer,
};
