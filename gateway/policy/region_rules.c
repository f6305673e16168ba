/* gateway/policy/region_rules.c: which of the region's rules decides about a document. */
#include "gateway/policy/region_rules.h"

#include "gateway/base/arena.h"

static const uint64_t unsaid = UINT64_C(1) << POLICY_UNSAID;

static bool may_apply(const struct rules_asker *a, const struct region_rule *rule)
{
	return (rule->names[POLICY_ROLES] == UINT64_MAX
		|| (rule->names[POLICY_ROLES] & a->names[POLICY_ROLES]) != 0)
	       && (rule->names[POLICY_PURPOSES] == UINT64_MAX
		   || (rule->names[POLICY_PURPOSES] & a->names[POLICY_PURPOSES]) != 0);
}

struct rules_asker rules_begin(struct arena *a, const struct requester *who)
{
	const struct region_policy *p = who->region->policy;
	struct rules_asker asks = { .policy = p,
				    .names = { [POLICY_ROLES] = requester_roles(who),
					       [POLICY_PURPOSES] = requester_purposes(who) },
				    .rules = arena_array(a, const struct region_rule *,
							 p->rule_count + 1) };
	for (size_t i = 0; i < p->rule_count; i++)
		if (may_apply(&asks, &p->rules[i]))
			asks.rules[asks.count++] = &p->rules[i];
	return asks;
}

struct rules_marks rules_marks_of(const struct region_policy *p, const struct document_entry *e)
{
	uint64_t documents = region_policy_documents(p, e);
	return (struct rules_marks){ documents == 0 ? unsaid : documents,
				     region_policy_confidentiality(p, e) };
}

/* What is any is so by all its bits; one bit at least is a document's. */
static bool applies(const struct region_rule *rule, struct rules_marks m)
{
	return (rule->names[POLICY_DOCUMENTS] & m.documents) != 0
	       && (rule->confidentiality >> m.confidentiality & 1) != 0;
}

const struct region_rule *rules_decide(const struct rules_asker *a, struct rules_marks m)
{
	const struct region_rule *decides = NULL;
	for (size_t i = 0; i < a->count; i++)
		if (applies(a->rules[i], m)
		    && (decides == NULL || a->rules[i]->ruling > decides->ruling))
			decides = a->rules[i];
	return decides == NULL ? &a->policy->standard : decides;
}

bool rules_open_in_emergency(const struct rules_asker *a, struct rules_marks m)
{
	for (size_t i = 0; i < a->policy->never_count; i++)
		if (may_apply(a, &a->policy->never[i]) && applies(&a->policy->never[i], m))
			return false;
	return m.confidentiality != CONFIDENTIALITY_VERY_RESTRICTED;
}

static bool lacks(const struct region_rule *rule, enum policy_name_of of, uint64_t names)
{
	return rule->names[of] != UINT64_MAX && (rule->names[of] & names) == 0;
}

const char *rules_misses(const struct rules_asker *a, const struct region_rule *rule,
			 struct rules_marks m)
{
	if (lacks(rule, POLICY_ROLES, a->names[POLICY_ROLES]))
		return "role";
	if (lacks(rule, POLICY_PURPOSES, a->names[POLICY_PURPOSES]))
		return "purpose";
	if (lacks(rule, POLICY_DOCUMENTS, m.documents))
		return "documents";
	return (rule->confidentiality >> m.confidentiality & 1) == 0 ? "confidentiality" : NULL;
}
