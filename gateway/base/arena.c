/* gateway/base/arena.c: memory with one lifetime. */
#include "gateway/base/arena.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Small pieces are cut from chunks; a piece above LARGE has a block of its own, so that a growing
 * buffer can be moved by realloc() and leaves no dead copies behind. */
enum { CHUNK = 16 * 1024, LARGE = 4 * 1024, ALIGN = 16, LET_GO = 0xdd };

struct chunk {
	struct chunk *next;
	size_t size, used; /* bytes after this header */
};

struct large {
	struct large *next, *previous;
	size_t size;
	size_t marks; /* of the arena, when it was taken: older than the last, it stays */
};

struct release {
	struct release *next;
	void (*run)(void *what);
	void *what;
};

struct exit {
	jmp_buf where;
	struct exit *outer;
};

/* Blocks of their own are kept, too: an answer's lives until it is sent, so there may be as many as
 * clients under way, but none that is huge. */
enum { SPARE_LARGES = 64, SPARE_LARGEST = 128 * 1024 };

struct arena_pool {
	pthread_mutex_t lock;
	struct chunk *spare;
	unsigned count, most;
	struct large *larges;
	unsigned large_count;
};

struct arena {
	struct arena_pool *pool;
	struct arena *outer; /* accounts for this one, too; or NULL */
	struct arena *lean;  /* whose exit is taken, where there is none here; or NULL */
	struct chunk *chunks;
	struct large *larges;
	struct release *releases;
	struct exit *exit;
	size_t ceiling, used, refuse, marks;
};

_Static_assert(sizeof(struct large) % ALIGN == 0, "blocks must stay aligned");

static size_t rounded(size_t size)
{
	return (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static size_t header(void)
{
	return rounded(sizeof(struct chunk));
}

struct arena *arena_create(size_t ceiling)
{
	struct arena *a = calloc(1, sizeof *a);
	if (a != NULL)
		a->ceiling = ceiling;
	return a;
}

struct arena *arena_create_from(struct arena_pool *pool, size_t ceiling)
{
	struct arena *a = arena_create(ceiling);
	if (a != NULL)
		a->pool = pool;
	return a;
}

/* Spare memory would hide from the sanitizers who uses it after its arena's end. */
#if defined(__SANITIZE_ADDRESS__)
enum { SPARE_KEPT = 0 };
#else
enum { SPARE_KEPT = 1 };
#endif

struct arena_pool *arena_pool_create(unsigned chunks)
{
	struct arena_pool *pool = calloc(1, sizeof *pool);
	if (pool == NULL)
		return NULL;
	pool->most = chunks * SPARE_KEPT;
	pthread_mutex_init(&pool->lock, NULL);
	return pool;
}

void arena_pool_destroy(struct arena_pool *pool)
{
	if (pool == NULL)
		return;
	while (pool->spare != NULL) {
		struct chunk *c = pool->spare;
		pool->spare = c->next;
		free(c);
	}
	while (pool->larges != NULL) {
		struct large *l = pool->larges;
		pool->larges = l->next;
		free(l);
	}
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

/* One with room for size octets, but not for twice as many. */
static struct large *large_take(struct arena_pool *pool, size_t size)
{
	struct large *l = NULL, **at;
	if (pool == NULL || size > SPARE_LARGEST)
		return NULL;
	pthread_mutex_lock(&pool->lock);
	for (at = &pool->larges; *at != NULL; at = &(*at)->next)
		if ((*at)->size >= size && (*at)->size / 2 < size) {
			l = *at;
			*at = l->next;
			pool->large_count--;
			break;
		}
	pthread_mutex_unlock(&pool->lock);
	return l;
}

static void large_give(struct arena_pool *pool, struct large *l)
{
	if (pool != NULL && l != NULL && l->size <= SPARE_LARGEST && pool->most != 0) {
		pthread_mutex_lock(&pool->lock);
		if (pool->large_count < SPARE_LARGES) {
			l->next = pool->larges;
			pool->larges = l;
			pool->large_count++;
			l = NULL;
		}
		pthread_mutex_unlock(&pool->lock);
	}
	free(l);
}

static struct chunk *chunk_take(struct arena_pool *pool)
{
	struct chunk *c = NULL;
	if (pool != NULL) {
		pthread_mutex_lock(&pool->lock);
		c = pool->spare;
		if (c != NULL) {
			pool->spare = c->next;
			pool->count--;
		}
		pthread_mutex_unlock(&pool->lock);
	}
	return c != NULL ? c : malloc(header() + CHUNK);
}

/* As many as fit go to the spare ones, the others to the system. */
static void chunks_give(struct arena_pool *pool, struct chunk *first)
{
	if (pool != NULL) {
		pthread_mutex_lock(&pool->lock);
		while (first != NULL && pool->count < pool->most) {
			struct chunk *next = first->next;
			first->next = pool->spare;
			pool->spare = first;
			pool->count++;
			first = next;
		}
		pthread_mutex_unlock(&pool->lock);
	}
	while (first != NULL) {
		struct chunk *next = first->next;
		free(first);
		first = next;
	}
}

/* Ends what is in the arena; its newest chunk may stay. */
static void empty(struct arena *a, struct chunk *stays)
{
	for (struct release *r = a->releases; r != NULL; r = r->next)
		r->run(r->what);
	for (struct large *l = a->larges; l != NULL;) {
		struct large *next = l->next;
		large_give(a->pool, l);
		l = next;
	}
	chunks_give(a->pool, stays != NULL ? stays->next : a->chunks);
}

void arena_destroy(struct arena *a)
{
	if (a == NULL)
		return;
	empty(a, NULL);
	free(a);
}

/* Here and in the one it is within. */
static void uncharge(struct arena *a, size_t size)
{
	for (; a != NULL; a = a->outer)
		a->used -= size;
}

void arena_lean(struct arena *a, struct arena *on)
{
	a->lean = on;
}

void arena_reset(struct arena *a)
{
	struct chunk *c = a->chunks;
	size_t kept = c == NULL ? 0 : header() + CHUNK;
	empty(a, c);
	uncharge(a, a->used - kept);
	*a = (struct arena){
		.pool = a->pool,
		.outer = a->outer,
		.lean = a->lean,
		.ceiling = a->ceiling,
		.chunks = c,
		.used = kept,
	};
	if (c == NULL)
		return;
	c->next = NULL;
	c->used = 0;
}

struct arena_mark arena_mark(struct arena *a)
{
	a->marks++;
	return (struct arena_mark){
		.chunk = a->chunks,
		.large = a->larges,
		.release = a->releases,
		.chunk_used = a->chunks == NULL ? 0 : a->chunks->used,
		.used = a->used,
	};
}

void arena_rewind(struct arena *a, const struct arena_mark *to)
{
	while (a->releases != to->release) {
		struct release *r = a->releases;
		a->releases = r->next;
		r->run(r->what);
	}
	while (a->larges != to->large) {
		struct large *l = a->larges;
		a->larges = l->next;
		large_give(a->pool, l);
	}
	if (a->larges != NULL)
		a->larges->previous = NULL;
	while (a->chunks != to->chunk) {
		struct chunk *c = a->chunks;
		a->chunks = c->next;
		c->next = NULL;
		chunks_give(a->pool, c);
	}
	/* Whoever goes on with what was let go shall notice. */
	struct chunk *c = a->chunks;
	if (c != NULL) {
		memset((char *)c + header() + to->chunk_used, LET_GO, c->used - to->chunk_used);
		c->used = to->chunk_used;
	}
	uncharge(a, a->used - to->used);
}

/* Accounts for size bytes, or says that they would pass the ceiling. */
static bool charge(struct arena *a, size_t size)
{
	if (a->refuse != 0 && --a->refuse == 0)
		return false;
	if (size > a->ceiling || a->used > a->ceiling - size)
		return false;
	if (a->outer != NULL && !charge(a->outer, size))
		return false;
	a->used += size;
	return true;
}

static struct large *large_new(size_t size, bool cleared)
{
	struct large *l = cleared ? calloc(1, sizeof *l + size) : malloc(sizeof *l + size);
	if (l != NULL)
		l->size = size;
	return l;
}

static void *large_alloc(struct arena *a, size_t size, bool cleared)
{
	if (size > SIZE_MAX - sizeof(struct large))
		return NULL;
	struct large *l = large_take(a->pool, size);
	if (!charge(a, sizeof *l + (l != NULL ? l->size : size))) {
		large_give(a->pool, l);
		return NULL;
	}
	if (l != NULL && cleared)
		memset(l + 1, 0, size);
	else if (l == NULL)
		l = large_new(size, cleared);
	if (l == NULL)
		return NULL;
	*l = (struct large){ .next = a->larges, .size = l->size, .marks = a->marks };
	if (l->next != NULL)
		l->next->previous = l;
	a->larges = l;
	return l + 1;
}

static void *small_alloc(struct arena *a, size_t size, bool cleared)
{
	struct chunk *c = a->chunks;
	if (c == NULL || c->size - c->used < size) {
		if (!charge(a, header() + CHUNK))
			return NULL;
		/* most of the last chunk is never used: zeroed piece by piece */
		c = chunk_take(a->pool);
		if (c == NULL)
			return NULL;
		*c = (struct chunk){ .next = a->chunks, .size = CHUNK };
		a->chunks = c;
	} else if (a->refuse != 0 && --a->refuse == 0) {
		return NULL;
	}
	void *p = (char *)c + header() + c->used;
	c->used += size;
	return cleared ? memset(p, 0, size) : p;
}

static void *piece(struct arena *a, size_t size, bool cleared)
{
	if (size > SIZE_MAX - ALIGN)
		return NULL;
	size = rounded(size == 0 ? 1 : size);
	return size > LARGE ? large_alloc(a, size, cleared) : small_alloc(a, size, cleared);
}

void *arena_try(struct arena *a, size_t size)
{
	return piece(a, size, true);
}

static _Noreturn void leave(struct arena *a)
{
	while (a->exit == NULL && (a->outer != NULL || a->lean != NULL))
		a = a->outer != NULL ? a->outer : a->lean;
	if (a->exit == NULL) {
		fprintf(stderr,
			"minato: out of memory outside an exchange (%zu of %zu bytes used)\n",
			a->used, a->ceiling);
		abort();
	}
	longjmp(a->exit->where, 1);
}

static void end_within(void *arena)
{
	arena_destroy(arena);
}

struct arena *arena_create_within(struct arena *outer)
{
	struct arena *a = arena_create_from(outer->pool, outer->ceiling);
	if (a == NULL)
		leave(outer);
	a->outer = outer;
	arena_at_end(outer, end_within, a);
	return a;
}

void *arena_alloc(struct arena *a, size_t size)
{
	void *p = arena_try(a, size);
	if (p == NULL)
		leave(a);
	return p;
}

void *arena_alloc_array(struct arena *a, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		leave(a);
	return arena_alloc(a, count * size);
}

static void *large_resize(struct arena *a, void *p, size_t size)
{
	struct large *l = (struct large *)p - 1;
	size_t old = l->size;
	if (size <= old)
		return p;
	if (size > SIZE_MAX - sizeof *l || !charge(a, size - old))
		return NULL;
	struct large *moved = realloc(l, sizeof *l + size);
	if (moved == NULL)
		return NULL;
	moved->size = size;
	if (moved->previous != NULL)
		moved->previous->next = moved;
	else
		a->larges = moved;
	if (moved->next != NULL)
		moved->next->previous = moved;
	return moved + 1;
}

void *arena_try_resize(struct arena *a, void *p, size_t old, size_t size)
{
	if (size > SIZE_MAX - ALIGN)
		return NULL;
	if (p != NULL && rounded(old == 0 ? 1 : old) > LARGE && size > LARGE
	    && ((struct large *)p - 1)->marks == a->marks)
		return large_resize(a, p, rounded(size));
	void *moved = piece(a, size, false);
	if (moved != NULL && p != NULL)
		memcpy(moved, p, old < size ? old : size);
	return moved;
}

void *arena_resize(struct arena *a, void *p, size_t old, size_t size)
{
	void *moved = arena_try_resize(a, p, old, size);
	if (moved == NULL)
		leave(a);
	return moved;
}

char *arena_text_n(struct arena *a, const char *text, size_t length)
{
	char *copy = arena_alloc(a, length + 1);
	if (length != 0)
		memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *arena_text(struct arena *a, const char *text)
{
	return text == NULL ? NULL : arena_text_n(a, text, strlen(text));
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
	char brief[256]; /* nearly all is: written once then, not measured first */
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(brief, sizeof brief, format, again);
	va_end(again);
	if (length < 0)
		return arena_text(a, "");
	if ((size_t)length < sizeof brief)
		return arena_text_n(a, brief, (size_t)length);
	char *text = arena_alloc(a, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, args);
	return text;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = arena_vprintf(a, format, args);
	va_end(args);
	return text;
}

void arena_at_end(struct arena *a, void (*release)(void *what), void *what)
{
	struct release *r = arena_try(a, sizeof *r);
	if (r == NULL) {
		release(what); /* nobody else would, once we have left */
		leave(a);
	}
	*r = (struct release){ .next = a->releases, .run = release, .what = what };
	a->releases = r;
}

bool arena_run(struct arena *a, void (*work)(void *with), void *with)
{
	struct exit here = { .outer = a->exit };
	a->exit = &here;
	bool returned = setjmp(here.where) == 0;
	if (returned)
		work(with);
	a->exit = here.outer;
	return returned;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

size_t arena_left(const struct arena *a)
{
	return a->ceiling - a->used;
}

void arena_refuse_nth(struct arena *a, size_t n)
{
	a->refuse = n;
}
