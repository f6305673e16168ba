/* profiles/admin/admin_match_show.c: two records side by side, field by field, with what each
 * agreement weighs, what was decided of them, and what a link would move. GET /admin/match/pair. */
#include "profiles/admin/admin_match.h"

#include "gateway/base/text.h"
#include "profiles/admin/admin_demographics.h"
#include "store/match_look.h"

struct pair_looked {
	struct match_two two;
	const char *regional, *other_regional;
	struct match_score score;
	const struct match_weights *weights;
	struct match_moves moves;
	bool waits;
	struct match_waits waiting;
	struct pair_decided *decided; /* of the one; NULL: nothing holds of these two */
	struct link_decision *trail;
};

static bool read_request(struct exchange *x)
{
	struct match_asked *r = arena_new(x->arena, struct match_asked);
	x->request = r;
	return match_asked_read(x, r);
}

static void look_at_queue(struct exchange *x, struct pair_looked *p)
{
	uint64_t record = p->two.record.number, other = p->two.other.number;
	p->waits = match_queue_find(x->txn, x->arena, record < other ? record : other,
				    record < other ? other : record, &p->waiting);
	p->decided = identity_pairs_decided(x->txn, x->arena, record);
	while (p->decided != NULL && p->decided->other != other)
		p->decided = p->decided->next;
	p->trail = identity_decisions(x->txn, x->arena, p->two.record.person);
	if (p->two.other.person != p->two.record.person) {
		struct link_decision **end = &p->trail;
		while (*end != NULL)
			end = &(*end)->next;
		*end = identity_decisions(x->txn, x->arena, p->two.other.person);
	}
}

static bool look(struct exchange *x)
{
	struct pair_looked *p = arena_new(x->arena, struct pair_looked);
	if (!match_two_find(x, x->request, &p->two))
		return false;
	uint64_t record = p->two.record.number, other = p->two.other.number;
	if (!match_look(x->txn, x->arena, x->region, record, other, &p->score)
	    || !match_moves(x->txn, x->arena, x->region, record, other, &p->moves))
		return problem_set(&x->problem, PROBLEM_UNKNOWN_PATIENT,
				   "one of the two is no record of a facility");
	p->weights = match_weights_of(x->arena, x->region);
	p->regional = identity_regional_id(x->txn, x->arena, p->two.record.person);
	p->other_regional = identity_regional_id(x->txn, x->arena, p->two.other.person);
	look_at_queue(x, p);
	x->result = p;
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct pair_looked *p = x->result;
	if (p != NULL)
		match_two_audited(x, e, &p->two);
}

/* matching/compare.h's fields and ours; one that no demographics say has none. */
static const struct {
	enum match_field field;
	enum shown_field shown;
} beside[MATCH_FIELDS] = {
	{ FIELD_GIVEN, SHOWN_GIVEN },         { FIELD_FAMILY, SHOWN_FAMILY },
	{ FIELD_BIRTH, SHOWN_BIRTH },         { FIELD_SEX, SHOWN_SEX },
	{ FIELD_ADDRESS, SHOWN_ADDRESS },     { FIELD_PHONE, SHOWN_PHONE },
	{ FIELD_INSURANCE, SHOWN_INSURANCE }, { FIELD_PERSONAL, SHOWN_FIELDS },
	{ FIELD_MOTHER, SHOWN_MOTHER },
};

static const char *text_of(struct exchange *x, const struct patient_record *r, enum shown_field f)
{
	return f == SHOWN_FIELDS ? NULL : shown_field_text(x->arena, &r->demographics, f);
}

static json_t *show_field(struct exchange *x, const struct pair_looked *p, size_t i)
{
	const struct match_step *s = &p->score.steps[beside[i].field];
	return json_pack("{s:s, s:s*, s:s*, s:s, s:f, s:f, s:f, s:f}", "field",
			 match_field_name(beside[i].field), "patient",
			 text_of(x, &p->two.record, beside[i].shown), "other",
			 text_of(x, &p->two.other, beside[i].shown), "agreement",
			 match_level_name(beside[i].field, s->level), "stranger",
			 match_rounded(s->stranger), "total_stranger",
			 match_rounded(s->total_stranger), "relative", match_rounded(s->relative),
			 "total_relative", match_rounded(s->total_relative));
}

/* What is said of neither, and weighs nothing, is not shown. */
static json_t *show_fields(struct exchange *x, const struct pair_looked *p)
{
	json_t *list = json_array();
	for (size_t i = 0; i < MATCH_FIELDS; i++) {
		json_t *o = show_field(x, p, i);
		if (p->score.steps[beside[i].field].level != NOT_SAID
		    || json_object_get(o, "patient") != NULL || json_object_get(o, "other") != NULL)
			json_array_append(list, o);
		json_decref(o);
	}
	return list;
}

static json_t *show_decided(struct exchange *x, const struct pair_decided *d)
{
	return d == NULL ? NULL
			 : json_pack("{s:s, s:s, s:s*, s:s*}", "decided",
				     d->together ? "link" : "apart", "since",
				     admin_time(x->arena, d->time), "by", d->by, "reason", d->why);
}

static json_t *show_moves(const struct match_moves *m)
{
	return json_pack("{s:i, s:I, s:b, s:b, s:b, s:b}", "records", (int)m->records, "documents",
			 (json_int_t)m->documents, "documents_more", m->documents_more, "joined",
			 m->joined, "other_joined", m->other_joined, "refused", m->refused);
}

static json_t *show_waiting(struct exchange *x, const struct pair_looked *p)
{
	json_t *o = json_object();
	match_show_waits(x, o, &p->waiting);
	return o;
}

static json_t *answer(struct exchange *x)
{
	const struct pair_looked *p = x->result;
	json_t *o = json_pack(
		"{s:o, s:o, s:o, s:f, s:f, s:f, s:f, s:s, s:s, s:s, s:b, s:o*, s:o, s:o}",
		"patient", admin_show_record(x, &p->two.record, p->regional), "other",
		admin_show_record(x, &p->two.other, p->other_regional), "fields", show_fields(x, p),
		"total", match_rounded(p->score.total), "probability", match_probability(&p->score),
		"link_at", match_rounded(p->weights->link_at), "review_at",
		match_rounded(p->weights->review_at), "outcome",
		match_outcome_name(p->score.outcome), "rules",
		match_rules_text(x->arena, p->score.rules), "weights",
		match_weights_text(x->arena, match_weights_id(p->weights)), "one_person",
		p->two.record.person == p->two.other.person, "decided", show_decided(x, p->decided),
		"moves", show_moves(&p->moves), "trail", match_show_trail(x, &p->two, p->trail));
	if (p->waits)
		json_object_set_new(o, "waits", show_waiting(x, p));
	return o;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/match/pair" }, { 0 } };

static const char *const parameters[] = { "patient other" };

const struct transaction admin_match_show = {
	.code = "match-show",
	.name = "Two patient records compared",
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
