/* gateway/policy/region_rules.h: which of the region's rules decides about a document.
 *
 * Pure. What is the same for a whole exchange (role, purpose) is looked at once; of a document its
 * kinds and its confidentiality are looked up, and the rules that are left gone through: nothing is
 * kept, nothing is allocated. */
#ifndef GATEWAY_POLICY_REGION_RULES_H
#define GATEWAY_POLICY_REGION_RULES_H

#include "schemas/model/region_policy.h"
#include "schemas/model/requester.h"

struct arena;

struct rules_asker {
	const struct region_policy *policy;
	uint64_t names[POLICY_NAMES_OF];  /* of documents: none */
	const struct region_rule **rules; /* those that may apply, in their order */
	size_t count;
};
/* Whose role is it: of a person an assertion vouches for, what it says; else the system's. The
 * region has a policy. */
struct rules_asker rules_begin(struct arena *a, const struct requester *who);

/* What of a document counts. */
struct rules_marks {
	uint64_t documents;
	enum confidentiality confidentiality;
};
struct rules_marks rules_marks_of(const struct region_policy *p, const struct document_entry *e);

/* The rule that decides; never NULL. */
const struct region_rule *rules_decide(const struct rules_asker *a, struct rules_marks m);

/* Whether an emergency opens what its patient closed: not what is very restricted, nor what a never
 * of the region's rules names. */
bool rules_open_in_emergency(const struct rules_asker *a, struct rules_marks m);

/* Why a rule does not apply: "role", "purpose", "documents", "confidentiality"; NULL: it does. */
const char *rules_misses(const struct rules_asker *a, const struct region_rule *rule,
			 struct rules_marks m);

#endif
