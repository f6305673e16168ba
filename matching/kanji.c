/* matching/kanji.c: which kanji stand for each other in names, and how surely. */
#include "matching/kanji.h"

#include "gateway/base/normalise.h"

/* The first of the group that holds c, or c. */
static char32_t first_of_group(const char32_t *groups, char32_t c)
{
	const char32_t *first = groups;
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
	return c < KANJI_LEAST ? c : first_of_group(kanji_variants, normalise_kanji(c));
}

char32_t kanji_confusable(char32_t c)
{
	enum { KANJI_LEAST = 0x3400 };
	return c < KANJI_LEAST ? c : first_of_group(kanji_confusables, c);
}
