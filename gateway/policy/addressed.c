/* gateway/policy/addressed.c: documents that were sent to somebody. */
#include "gateway/policy/addressed.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "schemas/model/region_policy.h"
#include "store/acceptances.h"
#include "store/registry.h"
#include "store/registry_sealed.h"

/* Of the set it came with: not of one that only refers to it, nor of somebody else's. */
static const struct text_value *recipients(struct store_txn *t, struct arena *a, const char *entry,
					   const char *source_system)
{
	const struct association *x = registry_to(t, a, entry);
	for (; x != NULL; x = x->next) {
		if (x->type != ASSOCIATION_HAS_MEMBER
		    || text_equal(x->submission_set_status, "Reference"))
			continue;
		const struct submission_set *s = registry_unseal_set(
			registry_submission_set(t, a, x->source));
		if (s != NULL && text_equal(s->source_system, source_system))
			return s->intended_recipients;
	}
	return NULL;
}

bool addressed_to_others(struct store_txn *t, struct arena *each, const struct region *r,
			 const struct registered_system *s, const struct document_entry *e)
{
	bool institutions = false;
	if (!region_policy_addresses(r->policy, e))
		return false;
	arena_reset(each);
	/* A new version of its metadata is addressed to nobody: the first one was. */
	const struct text_value *first = recipients(t, each, e->logical_id, e->source_system);
	for (const struct text_value *v = first; v != NULL; v = v->next) {
		if (recipient_institution(v->value) && system_is_institution(s, v->value))
			return false;
		institutions = institutions || recipient_institution(v->value);
	}
	return institutions && acceptance_by_all(t, r, e->logical_id, first) == 0;
}
