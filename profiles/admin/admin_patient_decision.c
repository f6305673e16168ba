/* profiles/admin/admin_patient_decision.c: what the operator decides of patient records.
 *
 * POST /admin/patient/decision {patient, action, other, reason}: apart, together, undo about two
 * records, confirm about one that rests. HACKING.md: Admin API, Identity. */
#include "profiles/admin/admin_person.h"

#include "gateway/base/text.h"
#include "store/match_queue.h"

struct decision_request {
	const char *patient, *other;
	unsigned action; /* in actions[] */
	struct person_decision said;
};

struct decided {
	struct patient_record record, other;
	struct feed_outcome outcome;
	bool proposed; /* another person must agree: region match-four-eyes */
};

static const struct {
	const char *name;
	bool pair;
	enum pair_decision what;
} actions[] = {
	{ .name = "apart", .pair = true, .what = PAIR_APART },
	{ .name = "together", .pair = true, .what = PAIR_TOGETHER },
	{ .name = "undo", .pair = true, .what = PAIR_UNDO },
	{ .name = "confirm" },
};

static bool read_action(struct exchange *x, struct decision_request *r)
{
	const char *action = admin_text(x, "action", true);
	for (size_t i = 0; action != NULL && i < COUNT(actions); i++)
		if (text_equal(actions[i].name, action)) {
			r->action = (unsigned)i;
			r->other = admin_text(x, "other", actions[i].pair);
			return actions[i].pair == (r->other != NULL)
			       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "other",
					     "'%s' is about one patient", action);
		}
	return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "action",
			  "'%s' is none of apart, together, undo, confirm",
			  action == NULL ? "" : action);
}

static bool read_request(struct exchange *x)
{
	struct decision_request *r = arena_new(x->arena, struct decision_request);
	x->request = r;
	r->patient = admin_text(x, "patient", true);
	r->said = (struct person_decision){ .by = x->who.person.name,
					    .why = admin_text(x, "reason", true) };
	return r->patient != NULL && r->said.why != NULL && read_action(x, r);
}

/* A decision about two records is shown with either. */
static void tell_what_was_made(struct exchange *x, const struct decided *d, unsigned action)
{
	if (!actions[action].pair || actions[action].what == PAIR_UNDO
	    || d->outcome.effect == FEED_UNCHANGED || d->proposed)
		return;
	x->reply.status = 201;
	reply_location(&x->reply, x->arena, "/admin/patient", "patient",
		       cx_text(x->arena, d->record.id, d->record.domain));
}

static bool decide(struct exchange *x)
{
	const struct decision_request *r = x->request;
	struct decided *d = arena_new(x->arena, struct decided);
	if (!admin_find_person(x, r->patient, &d->record)
	    || (r->other != NULL && !admin_find_other(x, r->other, &d->other)))
		return false;
	x->result = d;
	bool done = actions[r->action].pair
			    ? match_decide(x->txn, x->region, d->record.number, d->other.number,
					   actions[r->action].what, &r->said, &d->outcome,
					   &d->proposed, &x->problem)
			    : identity_confirm(x->txn, x->region, d->record.number, &r->said,
					       &d->outcome, &x->problem);
	if (done)
		tell_what_was_made(x, d, r->action);
	return done;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct decision_request *r = x->request;
	const struct decided *d = x->result;
	if (r == NULL || d == NULL)
		return;
	struct audit_object *o = audit_patient(x, e,
					       cx_text(x->arena, d->record.id, d->record.domain));
	audit_add_detail(x, o, "action", bytes_of_text(actions[r->action].name));
	if (d->proposed)
		audit_add_detail(x, o, "proposed", bytes_of_text("yes"));
	audit_add_detail(x, o, "reason", bytes_of_text(r->said.why));
	if (r->other != NULL)
		audit_patient(x, e, cx_text(x->arena, d->other.id, d->other.domain));
}

static json_t *answer(struct exchange *x)
{
	const struct decision_request *r = x->request;
	const struct decided *d = x->result;
	json_t *o = json_pack("{s:s, s:s, s:b}", "patient",
			      cx_text(x->arena, d->record.id, d->record.domain), "decided",
			      actions[r->action].name, "changed",
			      d->outcome.effect != FEED_UNCHANGED || d->proposed);
	if (d->proposed)
		json_object_set_new(o, "proposed", json_true());
	if (r->other != NULL)
		json_object_set_new(o, "other",
				    json_string(cx_text(x->arena, d->other.id, d->other.domain)));
	return o;
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/patient/decision", .media = "application/json" },
	{ 0 }
};

static const char *const parameters[] = { "patient action other reason" };

const struct transaction admin_patient_decision = {
	.code = "patient-decision",
	.name = "Patient records decided",
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
