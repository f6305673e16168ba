/* profiles/admin/admin_match.c: two records that may be one person's, as the operator names them
 * and as they are shown. */
#include "profiles/admin/admin_match.h"

#include <math.h>

#include "gateway/base/text.h"

bool match_asked_read(struct exchange *x, struct match_asked *out)
{
	out->patient = admin_text(x, "patient", true);
	out->other = out->patient == NULL ? NULL : admin_text(x, "other", true);
	return out->other != NULL;
}

bool match_two_find(struct exchange *x, const struct match_asked *asked, struct match_two *out)
{
	if (!admin_find_person(x, asked->patient, &out->record)
	    || !admin_find_other(x, asked->other, &out->other))
		return false;
	return out->record.number != out->other.number
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "other",
			     "both ids are of one and the same record");
}

void match_two_audited(struct exchange *x, struct audit_event *e, const struct match_two *two)
{
	audit_patient(x, e, cx_text(x->arena, two->record.id, two->record.domain));
	audit_patient(x, e, cx_text(x->arena, two->other.id, two->other.domain));
}

const char *match_rules_text(struct arena *a, unsigned rules)
{
	struct buffer b = buffer_in(a);
	for (enum match_rule r = 0; r < MATCH_RULES; r++)
		if ((rules & 1u << r) != 0)
			buffer_printf(&b, "%s%s", b.length == 0 ? "" : " ", match_rule_name(r));
	return buffer_ended(&b);
}

const char *match_weights_text(struct arena *a, uint32_t id)
{
	return arena_printf(a, "%08x", (unsigned)id);
}

double match_rounded(double bits)
{
	return round(bits * 100) / 100;
}

static void put(json_t *o, const char *member, const char *text)
{
	if (!text_empty(text))
		json_object_set_new(o, member, json_string(text));
}

void match_show_waits(struct exchange *x, json_t *o, const struct match_waits *w)
{
	static const char *const states[] = {
		[MATCH_WAITS] = "waits", [MATCH_PROPOSED] = "proposed", [MATCH_CHANGED] = "changed"
	};
	const struct match_verdict *v = &w->verdict;
	put(o, "state", states[w->waiting]);
	put(o, "since", admin_time(x->arena, w->since));
	json_object_set_new(o, "total", json_real(match_rounded(v->total)));
	put(o, "outcome", match_outcome_name(v->outcome));
	put(o, "rules", match_rules_text(x->arena, v->rules));
	json_object_set_new(o, "contested", json_boolean(v->contested));
	if (w->waiting != MATCH_WAITS)
		put(o, "decided", w->together ? "link" : "apart");
	put(o, "by", w->by);
	put(o, "reason", w->why);
}

static bool is_of(const struct link_decision *d, const struct match_two *two)
{
	uint64_t x = two->record.number, y = two->other.number;
	return (d->record == x && d->other == y) || (d->record == y && d->other == x);
}

json_t *match_show_trail(struct exchange *x, const struct match_two *two,
			 const struct link_decision *decisions)
{
	json_t *list = json_array();
	for (const struct link_decision *d = decisions; d != NULL; d = d->next) {
		if (!is_of(d, two))
			continue;
		json_t *o = json_pack("{s:s, s:s, s:s}", "time", admin_time(x->arena, d->time),
				      "event", d->linked ? "linked" : "unlinked", "reason",
				      d->reason);
		put(o, "by", d->by);
		put(o, "why", d->why);
		json_array_append_new(list, o);
	}
	return list;
}
