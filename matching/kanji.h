/* matching/kanji.h: which kanji stand for each other in names, and how surely (japan.md C3).
 *
 * Beyond gateway/base/normalise.h, whose forms are keys of the store and hold what is the same name
 * in practice: forms here are for comparison only, so a row more asks for nothing to be rebuilt.
 * Pure functions, thread-safe. */
#ifndef MATCHING_KANJI_H
#define MATCHING_KANJI_H

#include <stdbool.h>
#include <uchar.h>

/* The representative of all forms of one kanji: 髙 is 高, 惠 is 恵. */
char32_t kanji_plain(char32_t c);
/* The representative of those that clerks write for each other although they are different: 斉 is
 * 斎, 祐 is 裕. Of a plain one. */
char32_t kanji_confusable(char32_t c);

/* What each group holds, the representative first; groups are parted by blanks. For tests. */
enum {
	KANJI_AT_ONCE = 16,
	KANJI_VARIANTS = 28 * KANJI_AT_ONCE,
	KANJI_CONFUSABLES = 3 * KANJI_AT_ONCE
};
extern const char32_t kanji_variants[KANJI_VARIANTS];
extern const char32_t kanji_confusables[KANJI_CONFUSABLES];

#endif
