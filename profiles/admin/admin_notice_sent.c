/* profiles/admin/admin_notice_sent.c: the patient was told, and how: "letter of 2026-01-20".
 * POST /admin/notice {id, how}. Once. */
#include "profiles/admin/admin_notice.h"

struct sent_request {
	const char *id, *how;
};

static bool read_request(struct exchange *x)
{
	struct sent_request *r = arena_new(x->arena, struct sent_request);
	x->request = r;
	if (!admin_read_override(x, &r->id))
		return false;
	r->how = admin_text(x, "how", true);
	return r->how != NULL;
}

static bool sent(struct exchange *x)
{
	const struct sent_request *r = x->request;
	struct override *o = arena_new(x->arena, struct override);
	if (!admin_find_override(x, r->id, o))
		return false;
	x->result = o;
	if (o->told != 0)
		return problem_at(&x->problem, PROBLEM_CONFLICT, "id",
				  "the patient was told before, says %s", o->told_by);
	return override_told(x->txn, o, x->who.person.name, r->how)
	       || problem_set(&x->problem, PROBLEM_INTERNAL, "the notice could not be kept");
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct sent_request *r = x->request;
	admin_audit_override(x, e, x->result);
	if (x->result != NULL)
		audit_add_detail(x, e->objects, "how", bytes_of_text(r->how));
}

static json_t *answer(struct exchange *x)
{
	return admin_show_notice(x, x->result);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/notice", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "id how" };

const struct transaction admin_notice_sent = {
	.code = "notice-sent",
	.name = "Notice sent",
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
	.handle = sent,
	.audited = audited,
	.answer_json = answer,
};
