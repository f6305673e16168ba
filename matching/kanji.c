/* matching/kanji.c: which kanji stand for each other in names, and how surely. */
#include "matching/kanji.h"

#include <stddef.h>

#include "gateway/base/normalise.h"

/* Of so many, without a branch between them: most kanji are in no group, so that all are looked
 * at. */
static bool is_among(const char32_t at[KANJI_AT_ONCE], char32_t c)
{
	unsigned found = 0;
	for (size_t i = 0; i < KANJI_AT_ONCE; i++)
		found |= at[i] == c;
	return found != 0;
}

static bool is_in(const char32_t *groups, size_t room, char32_t c)
{
	bool found = false;
	for (size_t i = 0; i < room && !found; i += KANJI_AT_ONCE)
		found = is_among(groups + i, c);
	return found;
}

/* The first of the group that holds c, or c. */
static char32_t first_of_group(const char32_t *groups, size_t room, char32_t c)
{
	const char32_t *first = groups;
	if (!is_in(groups, room, c))
		return c;
	for (const char32_t *at = groups; *at != 0; at++)
		if (*at == U' ')
			first = at + 1;
		else if (*at == c)
			return *first;
	return c;
}

char32_t kanji_plain(char32_t c)
{
	enum { KANJI_LEAST = 0x3400 };
	return c < KANJI_LEAST ? c
			       : first_of_group(kanji_variants, KANJI_VARIANTS, normalise_kanji(c));
}

char32_t kanji_confusable(char32_t c)
{
	enum { KANJI_LEAST = 0x3400 };
	return c < KANJI_LEAST ? c : first_of_group(kanji_confusables, KANJI_CONFUSABLES, c);
}
