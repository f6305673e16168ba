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

const struct explanation *policy_explain(struct arena *a, struct store_txn *t,
					 const struct requester *as, const struct document_entry *e)
{
	struct explanation *x = arena_new(a, struct explanation);
	struct listing l = { .arena = a };
	struct decisions *d = policy_begin(a, as);
	const struct decision *record = policy_of_object(d, t, e->subject, e->source_system);
	const struct decision *now = policy_of_entry(d, t, e);
	const struct region_rule *decides = policy_stood_on(d);
	l.last = &l.first;
	list(&l, (struct explained_rule){ .rule = record->rule,
					  .ruling = record->ruling,
					  .decides = now == record });
	if (decides == NULL && now != record)
		list(&l, (struct explained_rule){
				 .rule = now->rule, .ruling = now->ruling, .decides = true });
	if (decides != NULL)
		list_region(&l, as, e, decides);
	*x = (struct explanation){ now->ruling, now->rule, l.first };
	return x;
}
