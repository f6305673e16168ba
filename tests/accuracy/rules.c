/* tests/accuracy/rules.c: what the exact rules would link of a sample, and whether it is right. */
#include "tests/accuracy/rules.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/identity_core.h"

struct claim {
	const struct evidence *evidence;
	size_t record;
};

struct pair {
	size_t x, y;
	enum link_rule rule;
};

static int by_hash(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int by = memcmp(x->evidence->hash, y->evidence->hash, EVIDENCE_HASH);
	return by != 0 ? by : (x->record > y->record) - (x->record < y->record);
}

static int by_records(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	if (x->x != y->x)
		return x->x < y->x ? -1 : 1;
	if (x->y != y->y)
		return x->y < y->y ? -1 : 1;
	return (int)x->rule - (int)y->rule;
}

static size_t claims_of(struct arena *a, const struct sample *s, struct claim **out)
{
	size_t count = 0, n = 0;
	for (size_t i = 0; i < s->count; i++)
		for (const struct evidence *e = s->at[i].evidence; e != NULL; e = e->next)
			count++;
	*out = arena_array(a, struct claim, count + 1);
	for (size_t i = 0; i < s->count; i++)
		for (const struct evidence *e = s->at[i].evidence; e != NULL; e = e->next)
			(*out)[n++] = (struct claim){ e, i };
	qsort(*out, count, sizeof **out, by_hash);
	return count;
}

/* Of one hash each with each, as store/identity_join.c has it. */
static size_t pairs_by_evidence(struct arena *a, const struct claim *claims, size_t count,
				struct pair **out)
{
	size_t room = 1024, found = 0;
	*out = arena_array(a, struct pair, room);
	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1;
		     k < count
		     && memcmp(claims[i].evidence->hash, claims[k].evidence->hash, EVIDENCE_HASH)
				== 0;
		     k++) {
			if (!claims[i].evidence->divided && !claims[k].evidence->divided)
				continue;
			if (found == room) {
				*out = arena_resize(a, *out, room * sizeof **out,
						    2 * room * sizeof **out);
				room *= 2;
			}
			(*out)[found++] = (struct pair){ claims[i].record, claims[k].record,
							 claims[i].evidence->rule };
		}
	qsort(*out, found, sizeof **out, by_records);
	return found;
}

static bool same_records(const struct pair *x, const struct pair *y)
{
	return x->x == y->x && x->y == y->y;
}

/* first..end: one pair of records, by all that they share. */
static void count_pair(const struct sample *s, const struct pair *first, const struct pair *end,
		       struct rule_measure *out)
{
	const struct sample_record *x = &s->at[first->x], *y = &s->at[first->y];
	bool contradict = core_contradict(x->core, y->core), one = x->truth == y->truth;
	bool alone = end[-1].rule == first->rule;
	for (const struct pair *p = first; p != end; p++) {
		if (p != first && p[-1].rule == p->rule)
			continue;
		out[p->rule].refused += contradict && !one;
		out[p->rule].wrong += !contradict && !one;
		out[p->rule].right += !contradict && one;
		out[p->rule].alone += !contradict && one && alone;
	}
}

void rules_measure(struct arena *a, const struct sample *s, struct rule_measure out[RULES_END])
{
	struct claim *claims;
	struct pair *pairs;
	size_t count = claims_of(a, s, &claims);
	memset(out, 0, RULES_END * sizeof *out);
	count = pairs_by_evidence(a, claims, count, &pairs);
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count && same_records(&pairs[from], &pairs[to]); to++)
			;
		count_pair(s, &pairs[from], &pairs[to], out);
	}
}
