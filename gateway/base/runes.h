/* gateway/base/runes.h: text as an array of code points, for the normal forms. */
#ifndef GATEWAY_BASE_RUNES_H
#define GATEWAY_BASE_RUNES_H

#include <stdbool.h>
#include <stddef.h>
#include <uchar.h>

struct arena;

struct runes {
	char32_t *at;
	size_t count;
};

/* text (NULL is empty) in Normalization Form KC (UAX #15), malformed octets as U+FFFD. */
struct runes runes_nfkc(struct arena *a, const char *text);
/* UTF-8; NULL when there are none. */
const char *runes_text(struct arena *a, struct runes r);

/* Keeps the runes for which keep() is true, in place. */
void runes_keep(struct runes *r, bool (*keep)(char32_t c));
bool runes_start(struct runes r, size_t from, const char32_t *word); /* word stands at from */
bool rune_in(char32_t c, const char32_t *set);
bool rune_blank(char32_t c);  /* any white space of Unicode, and zero-width space */
bool rune_hyphen(char32_t c); /* the hyphen family, without the long vowel mark ー */
/* A combining mark that found nothing to join, or a variation selector: never part of a key. */
bool rune_mark(char32_t c);
bool rune_digit(char32_t c);       /* 0-9 */
char32_t rune_capital(char32_t c); /* Latin letters of ASCII */

/* fold, again and again until it changes nothing. What is left of a text may be one that is folded
 * itself: a blank goes and two halves of a letter meet, a dialling code goes and another stands
 * there. NULL when there is no end to it. */
const char *runes_settled(struct arena *a, const char *text,
			  const char *(*fold)(struct arena *a, const char *text));
/* The digits, if there is nothing but digits, blanks and hyphens (after width folding); NULL
 * otherwise or when there are none. */
const char *runes_only_digits(struct arena *a, const char *text);

#endif
