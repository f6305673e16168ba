/* store/match_look.c: two records as they are now, weighed for who looks at them. */
#include "store/match_look.h"

#include "store/identity_score.h"

const struct match_weights *match_weights_of(struct arena *a, const struct region *r)
{
	return r->weights != NULL ? r->weights : match_weights_default(a);
}

bool match_look(struct store_txn *t, struct arena *a, const struct region *r, uint64_t record,
		uint64_t other, struct match_score *out)
{
	struct identity_row x, y;
	if (!identity_row_get(t, a, record, &x) || !identity_row_get(t, a, other, &y) || x.made
	    || y.made)
		return false;
	*out = identity_score_pair(a, r, &x, &y);
	return !store_failed(t);
}
