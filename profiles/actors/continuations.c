/* profiles/actors/continuations.c: a list of what is kept, the latest first. It is short: some of
 * each system that asks. */
#include "profiles/actors/continuations.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"

struct kept {
	struct kept *next;
	instant since; /* when its last part was told */
	size_t count, told, quantity;
	uint64_t items[CONTINUATION_ITEMS];
	size_t question_length;
	/* the system and the name, each with its NUL, and the question */
	size_t name_at, question_at;
	char text[];
};

struct continuations {
	pthread_mutex_t lock; /* first and all behind it */
	struct kept *first;
};

struct continuations *continuations_create(void)
{
	struct continuations *c = calloc(1, sizeof *c);
	if (c != NULL)
		pthread_mutex_init(&c->lock, NULL);
	return c;
}

void continuations_destroy(struct continuations *c)
{
	if (c == NULL)
		return;
	for (struct kept *k = c->first, *next; k != NULL; k = next) {
		next = k->next;
		free(k);
	}
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static bool is_systems(const struct kept *k, const char *system)
{
	return strcmp(k->text, system) == 0;
}

static bool is_named(const struct kept *k, const char *system, const char *name)
{
	return is_systems(k, system) && strcmp(k->text + k->name_at, name) == 0;
}

static bool is_over(const struct kept *k, instant now)
{
	return now - k->since >= (instant)CONTINUATION_SECONDS * 1000000;
}

/* Ends what is of that name or over, and of the system what stands behind the latest few. */
static void clear(struct continuations *c, const char *system, const char *name, instant now)
{
	unsigned of_system = 0;
	for (struct kept **at = &c->first, *k; (k = *at) != NULL;) {
		of_system += is_systems(k, system);
		if (is_named(k, system, name) || is_over(k, now)
		    || (is_systems(k, system) && of_system >= CONTINUATIONS_OF_SYSTEM)) {
			*at = k->next;
			free(k);
		} else {
			at = &k->next;
		}
	}
}

static struct kept *make(const char *system, const char *name, instant now,
			 const struct continuation *what)
{
	size_t name_at = strlen(system) + 1, question_at = name_at + strlen(name) + 1;
	struct kept *k = malloc(sizeof *k + question_at + what->question.length);
	if (k == NULL)
		return NULL;
	*k = (struct kept){ .since = now,
			    .count = what->count,
			    .told = what->told,
			    .quantity = what->quantity,
			    .question_length = what->question.length,
			    .name_at = name_at,
			    .question_at = question_at };
	memcpy(k->items, what->items, what->count * sizeof *what->items);
	memcpy(k->text, system, name_at);
	memcpy(k->text + name_at, name, question_at - name_at);
	memcpy(k->text + question_at, what->question.data, what->question.length);
	return k;
}

bool continuations_keep(struct continuations *c, const char *system, const char *name, instant now,
			const struct continuation *what)
{
	bool fits = what->question.length <= CONTINUATION_QUESTION
		    && what->count <= CONTINUATION_ITEMS;
	struct kept *k = fits ? make(system, name, now, what) : NULL;
	if (k == NULL)
		return false;
	pthread_mutex_lock(&c->lock);
	clear(c, system, name, now);
	k->next = c->first;
	c->first = k;
	pthread_mutex_unlock(&c->lock);
	return true;
}

static struct kept *find(struct continuations *c, const char *system, const char *name)
{
	struct kept *k = c->first;
	while (k != NULL && !is_named(k, system, name))
		k = k->next;
	return k;
}

/* The arena may leave by a long jump: nothing is allocated while the lock is held. */
bool continuations_find(struct continuations *c, struct arena *a, const char *system,
			const char *name, instant now, struct continuation *out)
{
	unsigned char *question = arena_alloc(a, CONTINUATION_QUESTION);
	uint64_t *items = arena_array(a, uint64_t, CONTINUATION_ITEMS);
	pthread_mutex_lock(&c->lock);
	const struct kept *k = find(c, system, name);
	bool there = k != NULL && !is_over(k, now);
	if (there) {
		memcpy(question, k->text + k->question_at, k->question_length);
		memcpy(items, k->items, k->count * sizeof *items);
		*out = (struct continuation){ .question = { question, k->question_length },
					      .items = items,
					      .count = k->count,
					      .told = k->told,
					      .quantity = k->quantity };
	}
	pthread_mutex_unlock(&c->lock);
	return there;
}

void continuations_told(struct continuations *c, const char *system, const char *name, instant now,
			size_t told, size_t quantity)
{
	pthread_mutex_lock(&c->lock);
	struct kept *k = find(c, system, name);
	if (k != NULL) {
		k->since = now;
		k->told = told;
		k->quantity = quantity;
	}
	pthread_mutex_unlock(&c->lock);
}

/* The first octets of the name that are compared; the NUL of a whole one is one of them. */
static void forget(struct continuations *c, const char *system, const char *name, size_t octets)
{
	pthread_mutex_lock(&c->lock);
	for (struct kept **at = &c->first, *k; (k = *at) != NULL;) {
		if (is_systems(k, system) && strncmp(k->text + k->name_at, name, octets) == 0) {
			*at = k->next;
			free(k);
		} else {
			at = &k->next;
		}
	}
	pthread_mutex_unlock(&c->lock);
}

void continuations_forget(struct continuations *c, const char *system, const char *name)
{
	forget(c, system, name, strlen(name) + 1);
}

void continuations_forget_all(struct continuations *c, const char *system, const char *beginning)
{
	forget(c, system, beginning, strlen(beginning));
}

size_t continuations_count(struct continuations *c)
{
	size_t count = 0;
	pthread_mutex_lock(&c->lock);
	for (const struct kept *k = c->first; k != NULL; k = k->next)
		count++;
	pthread_mutex_unlock(&c->lock);
	return count;
}
