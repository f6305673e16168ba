/* gateway/base/json_arena.h: JSON within an exchange's memory.
 *
 * Jansson asks one allocator, the process's, and tells it nothing of whose memory it wants. So each
 * thread says whose it is, for as long as it works for an exchange: what Jansson makes meanwhile is
 * the arena's and counts against its ceiling; what it makes otherwise is malloc()'s. Either may be
 * given back (json_decref()) by any thread, within or without: a block knows what it is.
 *
 * Where the arena has no more Jansson is left like anything else that runs in it: it holds no lock,
 * and takes what it needs before it changes a value, so that a value stays as it was. */
#ifndef GATEWAY_BASE_JSON_ARENA_H
#define GATEWAY_BASE_JSON_ARENA_H

#include <jansson.h>
#include <stdbool.h>

#include "gateway/base/bytes.h"

struct arena;

/* Once in a process, before it has a second thread or any JSON. */
void json_arena_install(void);
/* arena_run(), with the JSON made meanwhile on this thread in the arena. Runs nest. */
bool json_arena_run(struct arena *a, void (*work)(void *with), void *with);
/* The same with JSON that is malloc()'s, for a library that holds what is not JSON at the same time
 * and must not be left by a jump. */
bool json_beside_run(struct arena *a, void (*work)(void *with), void *with);

/* The text has no more objects and lists inside each other than that: asked before it is parsed,
 * for a parser goes as deep as it is led. Pure. */
bool json_is_shallow(struct bytes text, unsigned most);

/* Appends the text of a value, without blanks; false: the value is NULL. */
bool json_append(struct buffer *b, const json_t *value);

#endif
