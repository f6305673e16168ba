/* gateway/nearest.c: optimal string alignment distance, three rows of it. */
#include "gateway/nearest.h"

#include <ctype.h>
#include <string.h>

static int letter(char c)
{
	return c == '_' ? '-' : tolower((unsigned char)c);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned nearest_distance(const char *a, const char *b)
{
	size_t rows = strlen(a), columns = strlen(b);
	if (rows > NEAREST_LENGTH || columns > NEAREST_LENGTH)
		return 2 * NEAREST_LENGTH;
	unsigned table[3][NEAREST_LENGTH + 1];
	for (size_t j = 0; j <= columns; j++)
		table[0][j] = (unsigned)j;
	for (size_t i = 1; i <= rows; i++) {
		unsigned *row = table[i % 3], *above = table[(i - 1) % 3],
			 *before = table[(i + 1) % 3];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= columns; j++) {
			unsigned change = letter(a[i - 1]) == letter(b[j - 1]) ? 0 : 1;
			row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + change);
			if (i > 1 && j > 1 && letter(a[i - 1]) == letter(b[j - 2])
			    && letter(a[i - 2]) == letter(b[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return table[rows % 3][columns];
}

const char *nearest_name(const char *given, const char *const *names, size_t count)
{
	const char *best = NULL;
	unsigned distance = 0;
	for (size_t i = 0; i < count; i++) {
		unsigned d = nearest_distance(given, names[i]);
		if (best == NULL || d < distance) {
			best = names[i];
			distance = d;
		}
	}
	return best;
}
