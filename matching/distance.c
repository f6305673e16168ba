/* matching/distance.c: how far two texts are apart. */
#include "matching/distance.h"

#include <string.h>

#include "matching/features.h"

bool runes_same(struct runes x, struct runes y)
{
	return x.count == y.count
	       && (x.count == 0 || memcmp(x.at, y.at, x.count * sizeof x.at[0]) == 0);
}

bool runes_begin(struct runes x, struct runes with)
{
	return x.count >= with.count && runes_same((struct runes){ x.at, with.count }, with);
}

bool runes_end_with(struct runes x, struct runes with)
{
	return x.count >= with.count
	       && runes_same((struct runes){ x.at + (x.count - with.count), with.count }, with);
}

static unsigned least(unsigned x, unsigned y)
{
	return x < y ? x : y;
}

/* What begins and ends alike is no part of the difference. */
static void trim(struct runes *x, struct runes *y)
{
	while (x->count != 0 && y->count != 0 && x->at[0] == y->at[0])
		x->at++, y->at++, x->count--, y->count--;
	while (x->count != 0 && y->count != 0 && x->at[x->count - 1] == y->at[y->count - 1])
		x->count--, y->count--;
}

/* One row of the table from the two before it. */
static unsigned fill_row(struct runes x, struct runes y, size_t i,
			 unsigned rows[3][MATCH_RUNES_MOST + 1])
{
	unsigned *row = rows[i % 3], *before = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];
	unsigned best = row[0] = (unsigned)i;
	for (size_t j = 1; j <= y.count; j++) {
		unsigned cost = x.at[i - 1] != y.at[j - 1];
		row[j] = least(before[j - 1] + cost, least(before[j], row[j - 1]) + 1);
		if (i > 1 && j > 1 && x.at[i - 1] == y.at[j - 2] && x.at[i - 2] == y.at[j - 1])
			row[j] = least(row[j], two[j - 2] + 1);
		best = least(best, row[j]);
	}
	return best;
}

unsigned runes_distance(struct runes x, struct runes y, unsigned most)
{
	unsigned rows[3][MATCH_RUNES_MOST + 1];
	trim(&x, &y);
	size_t apart = x.count > y.count ? x.count - y.count : y.count - x.count;
	if (apart > most || x.count > MATCH_RUNES_MOST || y.count > MATCH_RUNES_MOST)
		return most + 1;
	for (size_t j = 0; j <= y.count; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= x.count; i++)
		if (fill_row(x, y, i, rows) > most + 1) /* + 1: two rows on, a change of places */
			return most + 1;
	return least(rows[x.count % 3][y.count], most + 1);
}

unsigned text_distance(const char *x, const char *y, unsigned most)
{
	char32_t at[2][MATCH_RUNES_MOST];
	struct runes r[2] = { { at[0], 0 }, { at[1], 0 } };
	const char *texts[2] = { x, y };
	for (size_t i = 0; i < 2; i++)
		for (; texts[i][r[i].count] != '\0' && r[i].count < MATCH_RUNES_MOST; r[i].count++)
			at[i][r[i].count] = (unsigned char)texts[i][r[i].count];
	return runes_distance(r[0], r[1], most);
}

double lists_share(const uint32_t *x, size_t x_count, const uint32_t *y, size_t y_count)
{
	size_t i = 0, k = 0, both = 0;
	while (i < x_count && k < y_count) {
		if (x[i] == y[k])
			both++, i++, k++;
		else if (x[i] < y[k])
			i++;
		else
			k++;
	}
	return x_count == 0 || y_count == 0 ? 0 : 2.0 * (double)both / (double)(x_count + y_count);
}
