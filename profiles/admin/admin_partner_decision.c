/* profiles/admin/admin_partner_decision.c: what the operator decides where two mappings meet.
 *
 * POST /admin/partner/decision {partner, number, decision, reason}: keep what stands, replace it by
 * what was claimed, or drop both. store/partner_ids.h says what each means. */
#include "profiles/admin/admin_partner.h"

#include <inttypes.h>

#include "gateway/base/text.h"

struct decision_request {
	const struct partner *partner;
	uint64_t number;
	unsigned decision; /* in decisions[] */
	const char *reason;
};

struct decided {
	struct partner_conflict conflict; /* as it was */
	const char *patient;
};

static const char *const decisions[] = {
	[SETTLE_KEEP] = "keep",
	[SETTLE_REPLACE] = "replace",
	[SETTLE_DROP] = "drop",
};

static bool read_decision(struct exchange *x, struct decision_request *r)
{
	const char *decision = admin_text(x, "decision", true);
	for (unsigned i = 0; decision != NULL && i < COUNT(decisions); i++)
		if (text_equal(decisions[i], decision)) {
			r->decision = i;
			return true;
		}
	return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "decision",
			  "'%s' is none of keep, replace, drop", decision == NULL ? "" : decision);
}

static bool read_request(struct exchange *x)
{
	struct decision_request *r = arena_new(x->arena, struct decision_request);
	x->request = r;
	r->partner = admin_read_partner(x);
	const char *number = admin_text(x, "number", true);
	r->reason = admin_text(x, "reason", true);
	if (x->problem.code != PROBLEM_NONE)
		return false;
	if (!text_to_number(number, UINT64_MAX, &r->number) || r->number == 0)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "number",
				  "'%s' is not the number of a conflict", number);
	return read_decision(x, r);
}

static bool decide(struct exchange *x)
{
	const struct decision_request *r = x->request;
	struct decided *d = arena_new(x->arena, struct decided);
	if (!partner_conflict_find(x->txn, x->arena, r->partner->name, r->number, &d->conflict))
		return problem_at(&x->problem, PROBLEM_NOT_FOUND, "number",
				  "there is no conflict %" PRIu64
				  " with that partner, or no longer: it was settled",
				  r->number);
	d->patient = admin_shown_name(x, d->conflict.claimed.person);
	x->result = d;
	return partner_conflict_settle(x->txn, &d->conflict, (enum settlement)r->decision,
				       x->who.person.name, x->now)
	       || problem_set(&x->problem, PROBLEM_INTERNAL, "the conflict could not be settled");
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct decision_request *r = x->request;
	const struct decided *d = x->result;
	if (d == NULL)
		return;
	const struct partner_id *claimed = &d->conflict.claimed;
	struct audit_object *o = audit_patient(x, e, d->patient);
	audit_add_detail(x, o, "partner", bytes_of_text(r->partner->name));
	audit_add_detail(x, o, "id",
			 bytes_of_text(cx_text(x->arena, claimed->id, claimed->domain)));
	audit_add_detail(x, o, "action", bytes_of_text(decisions[r->decision]));
	audit_add_detail(x, o, "reason", bytes_of_text(r->reason));
	for (const struct partner_id *one = d->conflict.against; one != NULL; one = one->next)
		audit_about(x, e, one->record);
}

static json_t *answer(struct exchange *x)
{
	const struct decision_request *r = x->request;
	const struct decided *d = x->result;
	json_t *o = admin_show_partner_id(x, &d->conflict.claimed, d->patient);
	json_object_set_new(o, "decided", json_string(decisions[r->decision]));
	return o;
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/partner/decision", .media = "application/json" },
	{ 0 }
};

static const char *const parameters[] = { "partner number decision reason" };

const struct transaction admin_partner_decision = {
	.code = "partner-decision",
	.name = "Conflict with a partner settled",
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
	.handle = decide,
	.audited = audited,
	.answer_json = answer,
};
