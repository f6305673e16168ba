/* matching/weights.c: how much each level of each field weighs. */
#include "matching/weights.h"

#include <math.h>
#include <stdlib.h>

#include "gateway/base/text.h"

/* No single agreement or difference is worth more, whatever was counted: a probability of nought
 * only says that it has not happened yet. */
static const double least_probability = 1e-7;
static const double rounding = 1e-7; /* of what was read as it was written */
static const double most_rarity = 4; /* bits, either way */

static int by_value(const void *x, const void *y)
{
	const struct match_rarity *a = x, *b = y;
	return a->value < b->value ? -1 : a->value > b->value;
}

void match_rarities_sort(struct match_rarities *r)
{
	if (r->count != 0)
		qsort(r->at, r->count, sizeof r->at[0], by_value);
}

static void settle(double *probability, unsigned levels)
{
	double sum = 0;
	for (unsigned i = 1; i < levels; i++) {
		if (!(probability[i] > least_probability / 2)) /* half: what is settled stays */
			probability[i] = least_probability;
		sum += probability[i];
	}
	for (unsigned i = 1; i < levels && fabs(sum - 1) > rounding; i++)
		probability[i] /= sum;
	probability[NOT_SAID] = 0;
}

void match_weights_settle(struct match_weights *w)
{
	for (enum match_field f = 0; f < MATCH_FIELDS; f++) {
		unsigned levels = match_level_count(f);
		for (enum match_class c = 0; c < MATCH_CLASSES; c++)
			settle(w->probability[c][f], levels);
		for (enum match_class c = 0; c < MATCH_CLASSES; c++)
			for (unsigned i = 1; i < levels; i++)
				w->bits[c][f][i] = log2(w->probability[MATCH_SAME][f][i]
							/ w->probability[c][f][i]);
	}
	w->id = 0;
}

void match_weights_for(struct match_weights *w, double records)
{
	w->prior_stranger += log2(w->records / records);
	w->records = records;
	w->id = 0;
}

static double rarity(const struct match_rarities *r, uint64_t value)
{
	const struct match_rarity wanted = { .value = value };
	if (value == 0 || !(r->chance > 0))
		return 0;
	const struct match_rarity *found = r->count == 0 ? NULL
							 : bsearch(&wanted, r->at, r->count,
								   sizeof r->at[0], by_value);
	double bits = log2(r->chance / (found == NULL ? r->rest : found->share));
	return bits > most_rarity ? most_rarity : bits < -most_rarity ? -most_rarity : bits;
}

double match_weight(const struct match_weights *w, enum match_class against, enum match_field field,
		    unsigned level, uint64_t value)
{
	double bits = w->bits[against][field][level];
	if (against == MATCH_STRANGER && (field == FIELD_GIVEN || field == FIELD_FAMILY))
		bits += rarity(&w->rarities[field], value);
	return bits;
}
