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

struct match_score match_look_at(struct arena *a, const struct region *r,
				 const struct patient_demographics *x,
				 const struct patient_demographics *y)
{
	const struct match_subject one = { .demographics = x }, other = { .demographics = y };
	struct match_comparison c = match_compare(match_features(a, &one),
						  match_features(a, &other));
	return match_score(&c, match_weights_of(a, r));
}

static bool is_same_name(unsigned level)
{
	return level == NAME_SAME || level == NAME_SAME_READING || level == NAME_SAME_KANJI;
}

bool match_is_plausible(const struct match_score *s)
{
	/* That nothing of where he lives agrees: he may have moved there. */
	const unsigned elsewhere = 1u << RULE_ALONE | 1u << RULE_WEAKNESSES;
	const struct match_step *f = s->steps;
	if (s->outcome == MATCH_LINK)
		return true;
	return s->outcome == MATCH_REVIEW && (s->rules & ~elsewhere) == 0
	       && is_same_name(f[FIELD_GIVEN].level) && is_same_name(f[FIELD_FAMILY].level)
	       && f[FIELD_BIRTH].level == BIRTH_SAME && f[FIELD_SEX].level != SEX_DIFFERS;
}
