/* tests/bench/residents_names.h: names of our own choosing, and how many share them. Only
 * tests/bench/residents.c includes this. Thread-safe: pure functions. */
#ifndef TESTS_BENCH_RESIDENTS_NAMES_H
#define TESTS_BENCH_RESIDENTS_NAMES_H

#include <stdbool.h>
#include <stdint.h>

struct arena;

struct written_name {
	const char *kanji, *kana; /* the arena's */
};

/* By chance (any number); low ranks are common. */
struct written_name family_name(struct arena *a, uint64_t chance);
/* Members of one household below NAMED_APART are never called the same; of one chance they are
 * called as twins are: the same beginning, another end. */
enum { NAMED_APART = 5 };
struct written_name given_name(struct arena *a, uint64_t chance, bool man, unsigned member);

/* The other form of a kanji in it that has one (高, 髙), or the text itself. */
const char *other_form(struct arena *a, const char *text);
/* One kana of it is another. */
const char *kana_slip(struct arena *a, const char *kana, uint64_t chance);
const char *in_hiragana(struct arena *a, const char *kana);

#endif
