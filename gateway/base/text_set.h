/* gateway/base/text_set.h: texts, each once, in an arena. Borrowed, unless said.
 *
 * For ids that were counted before they come here (objects of one submission, of one answer):
 * whoever chooses them to fall on one place makes it as slow as a list of them, not slower. */
#ifndef GATEWAY_BASE_TEXT_SET_H
#define GATEWAY_BASE_TEXT_SET_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct text_set {
	struct arena *arena;
	const char **places; /* open addressing, a power of two of them */
	size_t room, count;
};

struct text_set text_set_in(struct arena *a);
bool text_set_has(const struct text_set *s, const char *text);
bool text_set_add(struct text_set *s, const char *text); /* false: it was there */
/* The same of a copy in its arena, which is returned. NULL: it was there. */
const char *text_set_keep(struct text_set *s, const char *text);

#endif
