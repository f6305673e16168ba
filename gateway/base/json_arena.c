/* gateway/base/json_arena.c: Jansson's allocator. */
#include "gateway/base/json_arena.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "gateway/base/arena.h"

/* In front of each block. */
union origin {
	bool arena; /* it goes with its arena; else it is malloc()'s */
	max_align_t aligned;
};

/* Whose memory this thread's JSON is; NULL: malloc()'s. Jansson's allocator is given nothing but a
 * size, so that it can stand nowhere else. */
static _Thread_local struct arena *json_owner;

static void *json_take(size_t size)
{
	if (size > SIZE_MAX - sizeof(union origin))
		return NULL;
	size += sizeof(union origin);
	union origin *o = json_owner != NULL ? arena_alloc(json_owner, size) : malloc(size);
	if (o == NULL)
		return NULL;
	o->arena = json_owner != NULL;
	return o + 1;
}

static void json_give(void *block)
{
	union origin *o = block;
	if (o != NULL && !o[-1].arena)
		free(o - 1);
}

void json_arena_install(void)
{
	json_set_alloc_funcs(json_take, json_give);
}

static bool run(struct arena *owner, struct arena *a, void (*work)(void *with), void *with)
{
	struct arena *outer = json_owner;
	json_owner = owner;
	bool returned = arena_run(a, work, with);
	json_owner = outer;
	return returned;
}

bool json_arena_run(struct arena *a, void (*work)(void *with), void *with)
{
	return run(a, a, work, with);
}

bool json_beside_run(struct arena *a, void (*work)(void *with), void *with)
{
	return run(NULL, a, work, with);
}

bool json_is_shallow(struct bytes text, unsigned most)
{
	unsigned depth = 0;
	bool quoted = false;
	for (size_t i = 0; i < text.length; i++) {
		unsigned char c = text.data[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '[') && ++depth > most)
			return false;
		else if (!quoted && (c == '}' || c == ']') && depth > 0)
			depth--;
	}
	return true;
}

static int append(const char *text, size_t length, void *with)
{
	buffer_append(with, text, length);
	return 0;
}

bool json_append(struct buffer *b, const json_t *value)
{
	return value != NULL && json_dump_callback(value, append, b, JSON_COMPACT) == 0;
}
