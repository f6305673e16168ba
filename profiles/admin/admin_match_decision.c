/* profiles/admin/admin_match_decision.c: what a person decides of two records that may be one
 * person's. POST /admin/match/decision {patient, other, action, reason}: link, apart, undo. With
 * four eyes (region match-four-eyes) the first to say so proposes, and another one agrees. */
#include "profiles/admin/admin_match.h"

#include "gateway/base/text.h"

struct decision_request {
	struct match_asked asked;
	unsigned action; /* in actions[] */
	struct person_decision said;
};

struct decided {
	struct match_two two;
	struct feed_outcome outcome;
	bool proposed;
};

static const struct {
	const char *name;
	enum pair_decision what;
} actions[] = {
	{ "link", PAIR_TOGETHER },
	{ "apart", PAIR_APART },
	{ "undo", PAIR_UNDO },
};

static bool read_action(struct exchange *x, struct decision_request *r)
{
	const char *action = admin_text(x, "action", true);
	for (size_t i = 0; action != NULL && i < COUNT(actions); i++)
		if (text_equal(actions[i].name, action)) {
			r->action = (unsigned)i;
			return true;
		}
	return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "action",
			  "'%s' is none of link, apart, undo", action == NULL ? "" : action);
}

static bool read_request(struct exchange *x)
{
	struct decision_request *r = arena_new(x->arena, struct decision_request);
	x->request = r;
	r->said = (struct person_decision){ .by = x->who.person.name,
					    .why = admin_text(x, "reason", true) };
	return r->said.why != NULL && match_asked_read(x, &r->asked) && read_action(x, r);
}

static bool decide(struct exchange *x)
{
	const struct decision_request *r = x->request;
	struct decided *d = arena_new(x->arena, struct decided);
	enum pair_decision what = actions[r->action].what;
	if (!match_two_find(x, &r->asked, &d->two))
		return false;
	x->result = d;
	if (!match_decide(x->txn, x->region, d->two.record.number, d->two.other.number, what,
			  &r->said, &d->outcome, &d->proposed, &x->problem))
		return false;
	if (!d->proposed && what != PAIR_UNDO && d->outcome.effect != FEED_UNCHANGED) {
		x->reply.status = 201;
		reply_location(&x->reply, x->arena, "/admin/patient", "patient",
			       cx_text(x->arena, d->two.record.id, d->two.record.domain));
	}
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct decision_request *r = x->request;
	const struct decided *d = x->result;
	if (r == NULL || d == NULL)
		return;
	struct audit_object *o = audit_patient(
		x, e, cx_text(x->arena, d->two.record.id, d->two.record.domain));
	audit_add_detail(x, o, "action", bytes_of_text(actions[r->action].name));
	if (d->proposed)
		audit_add_detail(x, o, "proposed", bytes_of_text("yes"));
	audit_add_detail(x, o, "reason", bytes_of_text(r->said.why));
	audit_patient(x, e, cx_text(x->arena, d->two.other.id, d->two.other.domain));
}

static json_t *answer(struct exchange *x)
{
	const struct decision_request *r = x->request;
	const struct decided *d = x->result;
	return json_pack("{s:s, s:s, s:s, s:b, s:b, s:b}", "patient",
			 cx_text(x->arena, d->two.record.id, d->two.record.domain), "other",
			 cx_text(x->arena, d->two.other.id, d->two.other.domain), "decided",
			 actions[r->action].name, "changed",
			 d->outcome.effect != FEED_UNCHANGED || d->proposed, "proposed",
			 d->proposed, "apart", d->outcome.apart);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/match/decision", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "patient other action reason" };

const struct transaction admin_match_decision = {
	.code = "match-decision",
	.name = "Likely pair decided",
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
