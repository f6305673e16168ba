/* gateway/base/text.h: what C leaves out about NUL-ended UTF-8 text. Pure functions,
 * thread-safe. */
#ifndef GATEWAY_BASE_TEXT_H
#define GATEWAY_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

bool text_equal(const char *a, const char *b);        /* NULL equals only NULL */
bool text_equal_nocase(const char *a, const char *b); /* ASCII letters only */
bool text_starts(const char *text, const char *prefix);
bool text_empty(const char *text); /* NULL or "" */
/* One after the other; the last argument is NULL. */
char *text_joined(struct arena *a, const char *first, ...) __attribute__((sentinel));
/* Without the XML white space at both ends; a copy only if there was some. */
const char *text_trimmed(struct arena *a, const char *text);
/* The octets are UTF-8 in shortest form, no surrogates, no NUL (RFC 3629). */
bool text_is_utf8(const unsigned char *data, size_t length);
size_t text_utf8_length(const unsigned char *data, size_t length); /* as far as they are */
/* The code point at *at, which moves past it; the text is UTF-8 and not at its end. */
unsigned text_code_point(const char **at);
/* Digits and dots, no leading zero in an arc, two arcs at least, at most 64 characters
 * (ITI TF-3: 4.2.3.1.7, OID). */
bool text_is_oid(const char *text);
/* Only digits, value within range. */
bool text_to_number(const char *text, uint64_t most, uint64_t *out);

/* FNV-1a, 64 bits: for tables in memory, not against who chooses the text. */
uint64_t text_hash(const char *text);

/* Names given several times, in the order they came. */
struct text_list {
	const char *value;
	struct text_list *next;
};
/* Appends to the list whose tail pointer is *tail; returns the new tail pointer. */
struct text_list **text_list_add(struct arena *a, struct text_list **tail, const char *value);
bool text_list_has(const struct text_list *list, const char *value);

#endif
