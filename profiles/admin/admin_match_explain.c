/* profiles/admin/admin_match_explain.c: why two records are one person, or are not: what each field
 * weighs as they are now, and what was decided of them when, with which numbers. It repeats nothing
 * of what the records say. GET /admin/match/explanation. */
#include "profiles/admin/admin_match.h"

#include "store/match_look.h"

struct explained {
	struct match_two two;
	const char *text;
	struct match_score score;
	const struct match_weights *weights;
	struct link_decision *of_one, *of_other; /* the same list, where they are one person */
};

static bool read_request(struct exchange *x)
{
	struct match_asked *r = arena_new(x->arena, struct match_asked);
	x->request = r;
	return match_asked_read(x, r);
}

static bool look(struct exchange *x)
{
	struct explained *e = arena_new(x->arena, struct explained);
	if (!match_two_find(x, x->request, &e->two))
		return false;
	if (!match_look(x->txn, x->arena, x->region, e->two.record.number, e->two.other.number,
			&e->score))
		return problem_set(&x->problem, PROBLEM_UNKNOWN_PATIENT,
				   "one of the two is no record of a facility");
	e->weights = match_weights_of(x->arena, x->region);
	e->text = match_explained(x->arena, &e->score, e->weights);
	e->of_one = identity_decisions(x->txn, x->arena, e->two.record.person);
	if (e->two.other.person != e->two.record.person)
		e->of_other = identity_decisions(x->txn, x->arena, e->two.other.person);
	x->result = e;
	return true;
}

static void audited(struct exchange *x, struct audit_event *event)
{
	const struct explained *e = x->result;
	if (e != NULL)
		match_two_audited(x, event, &e->two);
}

static json_t *answer(struct exchange *x)
{
	const struct explained *e = x->result;
	json_t *trail = match_show_trail(x, &e->two, e->of_one),
	       *rest = match_show_trail(x, &e->two, e->of_other);
	json_array_extend(trail, rest);
	json_decref(rest);
	return json_pack("{s:s, s:s, s:b, s:s, s:f, s:s, s:s, s:s, s:o}", "patient",
			 cx_text(x->arena, e->two.record.id, e->two.record.domain), "other",
			 cx_text(x->arena, e->two.other.id, e->two.other.domain), "one_person",
			 e->two.record.person == e->two.other.person, "outcome",
			 match_outcome_name(e->score.outcome), "total",
			 match_rounded(e->score.total), "rules",
			 match_rules_text(x->arena, e->score.rules), "weights",
			 match_weights_text(x->arena, match_weights_id(e->weights)), "explained",
			 e->text, "trail", trail);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/match/explanation" },
				       { 0 } };

static const char *const parameters[] = { "patient other" };

const struct transaction admin_match_explain = {
	.code = "match-explain",
	.name = "Two patient records explained",
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
	.handle = look,
	.audited = audited,
	.answer_json = answer,
};
