/* gateway/base/text_set.c: texts, each once. */
#include "gateway/base/text_set.h"

#include <stdint.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"

enum { FIRST_PLACES = 64 };

struct text_set text_set_in(struct arena *a)
{
	return (struct text_set){ .arena = a,
				  .room = FIRST_PLACES,
				  .places = arena_array(a, const char *, FIRST_PLACES) };
}

/* Where the text is, or would be. */
static size_t place_of(const struct text_set *s, const char *text)
{
	size_t place = (size_t)bytes_hash(bytes_of_text(text)) & (s->room - 1);
	while (s->places[place] != NULL && !text_equal(s->places[place], text))
		place = (place + 1) & (s->room - 1);
	return place;
}

bool text_set_has(const struct text_set *s, const char *text)
{
	return s->places[place_of(s, text)] != NULL;
}

static void grow(struct text_set *s)
{
	const char **old = s->places;
	size_t room = s->room;
	s->room *= 2;
	s->places = arena_array(s->arena, const char *, s->room);
	for (size_t i = 0; i < room; i++)
		if (old[i] != NULL)
			s->places[place_of(s, old[i])] = old[i];
}

bool text_set_add(struct text_set *s, const char *text)
{
	if (text_set_has(s, text))
		return false;
	if (s->count * 2 >= s->room)
		grow(s);
	s->places[place_of(s, text)] = text;
	s->count++;
	return true;
}

const char *text_set_keep(struct text_set *s, const char *text)
{
	if (text_set_has(s, text))
		return NULL;
	text = arena_text(s->arena, text);
	text_set_add(s, text);
	return text;
}
