/* profiles/admin/admin_partner_code.c: the code by which a partner knows a person
 * (store/partner_codes.h).
 *
 * POST /admin/partner/code {partner, patient, purpose}. The answer is the only place where a code
 * is said: the audit record names partner and purpose, for who reads the log would else know
 * everybody behind his code. */
#include "profiles/admin/admin_partner.h"

#include "gateway/base/text.h"
#include "profiles/actors/partner_identities.h"

struct code_request {
	const struct partner *partner;
	const char *patient, *purpose_name;
	enum code_purpose purpose;
};

struct code_given {
	struct patient_record record;
	struct partner_code code;
	bool made;
};

static bool read_request(struct exchange *x)
{
	struct code_request *r = arena_new(x->arena, struct code_request);
	const char *purpose = admin_text(x, "purpose", false);
	x->request = r;
	r->partner = admin_read_partner(x);
	r->patient = admin_text(x, "patient", true);
	r->purpose_name = purpose == NULL ? code_purpose_name(CODE_CARE) : purpose;
	r->purpose = code_purpose_named(r->purpose_name);
	if (r->purpose == CODE_NO_PURPOSE)
		problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "purpose",
			   "'%s' is none of care, research", purpose);
	return x->problem.code == PROBLEM_NONE;
}

static bool give(struct exchange *x)
{
	const struct code_request *r = x->request;
	struct code_given *g = arena_new(x->arena, struct code_given);
	if (!admin_find_person(x, r->patient, &g->record))
		return false;
	x->result = g;
	bool given = partner_identities_code(x->txn, x->arena, x->region, r->partner, r->purpose,
					     &g->record, x->now, &g->code, &g->made, &x->problem);
	if (given && g->made) {
		x->reply.status = 201;
		reply_location(&x->reply, x->arena, "/admin/partner/patient", "patient",
			       cx_text(x->arena, g->record.id, g->record.domain));
	}
	return given;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct code_request *r = x->request;
	const struct code_given *g = x->result;
	if (r == NULL || g == NULL)
		return;
	struct audit_object *o = audit_patient(x, e,
					       cx_text(x->arena, g->record.id, g->record.domain));
	audit_add_detail(x, o, "partner", bytes_of_text(r->partner->name));
	audit_add_detail(x, o, "purpose", bytes_of_text(r->purpose_name));
	audit_add_detail(x, o, "action", bytes_of_text(g->made ? "made" : "told"));
}

static json_t *answer(struct exchange *x)
{
	const struct code_request *r = x->request;
	const struct code_given *g = x->result;
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "code", g->code.text, "partner",
			 r->partner->name, "purpose", r->purpose_name, "patient",
			 cx_text(x->arena, g->record.id, g->record.domain), "since",
			 admin_time(x->arena, g->code.made), "made", g->made);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/partner/code", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "partner patient purpose" };

const struct transaction admin_partner_code = {
	.code = "partner-code",
	.name = "Partner's code given",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_WRITE,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = give,
	.audited = audited,
	.answer_json = answer,
};
