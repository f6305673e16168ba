/* gateway/policy/explain.c: why somebody may have a document, or may not. */
#include "gateway/policy/explain.h"

#include "gateway/base/arena.h"
#include "gateway/policy/decide.h"
#include "gateway/policy/region_rules.h"

struct listing {
	struct arena *arena;
	const struct explained_rule *first, **last;
};

static void list(struct listing *l, struct explained_rule row)
{
	struct explained_rule *kept = arena_new(l->arena, struct explained_rule);
	*kept = row;
	*l->last = kept;
	l->last = &kept->next;
}

static void list_rule(struct listing *l, const struct region_rule *r, const char *misses,
		      const struct region_rule *decides)
{
	list(l, (struct explained_rule){ .rule = r->text,
					 .file = r->file,
					 .line = r->line,
					 .ruling = r->ruling,
					 .misses = misses,
					 .decides = r == decides });
}

static void list_region(struct listing *l, const struct requester *as,
			const struct document_entry *e, const struct region_rule *decides)
{
	const struct region_policy *p = as->region->policy;
	struct rules_asker asks = rules_begin(l->arena, as);
	struct rules_marks marks = rules_marks_of(p, e);
	const char *others = NULL;
	for (size_t i = 0; i < p->rule_count; i++) {
		const char *misses = rules_misses(&asks, &p->rules[i], marks);
		list_rule(l, &p->rules[i], misses, decides);
		others = misses == NULL ? "others" : others;
	}
	list_rule(l, &p->standard, others, decides);
}

/* What no emergency opens, of whatever a patient closed. */
static void list_never(struct listing *l, const struct requester *as,
		       const struct document_entry *e)
{
	const struct region_policy *p = as->region->policy;
	struct rules_asker asks = rules_begin(l->arena, as);
	struct rules_marks marks = rules_marks_of(p, e);
	for (size_t i = 0; i < p->never_count; i++)
		list_rule(l, &p->never[i], rules_misses(&asks, &p->never[i], marks), NULL);
}

const struct explanation *policy_explain(struct arena *a, struct store_txn *t,
					 const struct requester *as, const struct document_entry *e)
{
	struct explanation *x = arena_new(a, struct explanation);
	struct listing l = { .arena = a };
	struct decisions *d = policy_begin(a, as);
	policy_may_break_glass(d);
	const struct decision *record = policy_of_object(d, t, e->subject, e->source_system);
	const struct decision *without = policy_of_record(d, t, e->subject);
	const struct decision *now = policy_of_entry(d, t, e);
	const struct region_rule *decides = policy_stood_on(d);
	l.last = &l.first;
	if (policy_broken(d).person != 0 && without->ruling != RULING_PERMIT)
		list(&l, (struct explained_rule){ .rule = without->rule,
						  .ruling = without->ruling,
						  .misses = "emergency" });
	list(&l, (struct explained_rule){ .rule = record->rule,
					  .ruling = record->ruling,
					  .decides = now == record });
	if (decides == NULL && now != record)
		list(&l, (struct explained_rule){
				 .rule = now->rule, .ruling = now->ruling, .decides = true });
	const struct document_entry *judged = policy_judged_as(d, t, e);
	if (decides != NULL)
		list_region(&l, as, judged, decides);
	else if (judged != NULL && policy_broken(d).person != 0)
		list_never(&l, as, judged);
	*x = (struct explanation){ now->ruling, now->rule, l.first };
	return x;
}
