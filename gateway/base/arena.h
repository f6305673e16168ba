/* gateway/base/arena.h: memory with one lifetime.
 *
 * Everything reachable from an exchange (a connection, the process) lives in its arena and is freed
 * by one arena_destroy(). Nobody frees anything else on the request path.
 *
 * An allocation never returns NULL. When the ceiling is reached, or the system has no memory, the
 * arena leaves through the innermost arena_run() on it, which then returns false: the exchange
 * fails alone and its neighbours never notice. Because that is a long jump, code running inside the
 * callbacks of a foreign library (libxml2, libcurl) uses arena_try() and reports failure itself.
 *
 * Thread-safety: one thread at a time per arena; it may be handed from thread to thread. */
#ifndef GATEWAY_BASE_ARENA_H
#define GATEWAY_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct arena_pool;
struct chunk;
struct large;
struct release;

/* ceiling: the most bytes this arena will ever hold. NULL only when the system has no memory. */
struct arena *arena_create(size_t ceiling);
/* Spare memory between one arena's end and the next one's beginning, so that a busy service does
 * not ask the system for each exchange. At most `chunks` blocks of 16 KiB are kept, and 2 MiB of
 * larger ones; NULL: no memory. Thread-safe; it outlives its arenas. */
struct arena_pool *arena_pool_create(unsigned chunks);
void arena_pool_destroy(struct arena_pool *pool);
/* As arena_create(); pool NULL is fine. */
struct arena *arena_create_from(struct arena_pool *pool, size_t ceiling);
/* Of the outer one's memory, ceiling and end, but to be emptied on its own by arena_reset(): for
 * what is needed one at a time. Where it ends, the outer one leaves. The outer one is not rewound
 * behind it. */
struct arena *arena_create_within(struct arena *outer);
/* Where this one has no more and no arena_run() of its own, that of the other ends, which lasts
 * longer. Each keeps its own ceiling and end. */
void arena_lean(struct arena *a, struct arena *on);
/* Runs what arena_at_end() registered, newest first, then frees all. NULL is fine. */
void arena_destroy(struct arena *a);
/* As new, for the next who needs one of that ceiling; not within arena_run(). */
void arena_reset(struct arena *a);

/* Where it stands, to be taken back there: what was allocated since is freed, what was registered
 * with arena_at_end() since is run. Blocks that stood then stay where they are, whoever makes them
 * grow. */
struct arena_mark {
	struct chunk *chunk;
	struct large *large;
	struct release *release;
	size_t chunk_used, used;
};
struct arena_mark arena_mark(struct arena *a);
void arena_rewind(struct arena *a, const struct arena_mark *to);

/* Zeroed, aligned for any type; never NULL (see above). Outside every arena_run() exhaustion ends
 * the process with a message: only start-up code may allocate there. */
void *arena_alloc(struct arena *a, size_t size);
/* As arena_alloc(), but NULL when there is no more. */
void *arena_try(struct arena *a, size_t size);
/* Moves the block p (of old bytes, from this arena; NULL when old is 0) to one of size bytes. What
 * is new of it is not cleared: whoever grows something is about to fill it. */
void *arena_resize(struct arena *a, void *p, size_t old, size_t size);
void *arena_try_resize(struct arena *a, void *p, size_t old, size_t size);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
/* An array of count elements; refuses (as exhaustion) a count that overflows. */
#define arena_array(a, type, count) ((type *)arena_alloc_array((a), (count), sizeof(type)))
void *arena_alloc_array(struct arena *a, size_t count, size_t size);

char *arena_text(struct arena *a, const char *text);                  /* NULL gives NULL */
char *arena_text_n(struct arena *a, const char *text, size_t length); /* adds the NUL */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* release(what) when the arena ends; for what libraries allocate themselves. */
void arena_at_end(struct arena *a, void (*release)(void *what), void *what);

/* Runs work(with). True when it returned, false when it left because the arena had no more.
 * Runs nest; the innermost one catches. Local variables of the caller are not affected. */
bool arena_run(struct arena *a, void (*work)(void *with), void *with);

size_t arena_used(const struct arena *a); /* bytes handed out, overhead included */
size_t arena_left(const struct arena *a); /* bytes up to the ceiling */
/* Tests: the n-th allocation from now on (1 = the next) is refused; 0 switches it off. */
void arena_refuse_nth(struct arena *a, size_t n);

#endif
