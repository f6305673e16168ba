/* tests/engines/engine_memory_watch.c: where nodes could have met: what one wrote and another read
 * or wrote. */
#include <pthread.h>
#include <stdlib.h>

#include "tests/engines/engine_memory.h"
#include "tests/engines/engine_memory_cursor.h"

struct seen_range {
	struct memory_range range;
	unsigned node;
	struct seen_range *next;
};

static struct {
	pthread_mutex_t lock;
	bool watching;
	struct ordered written; /* (key, node) -> nothing */
	struct seen_range *read;
} watch = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct bytes copy(struct bytes b)
{
	unsigned char *octets = malloc(b.length + 1);
	if (octets == NULL)
		abort(); /* a test's machine has memory */
	for (size_t i = 0; i < b.length; i++)
		octets[i] = b.data[i];
	return (struct bytes){ octets, b.length };
}

static void forget(void)
{
	for (struct seen_range *s = watch.read, *next; s != NULL; s = next) {
		next = s->next;
		free((void *)s->range.from.data);
		free((void *)s->range.to.data);
		free(s);
	}
	watch.read = NULL;
	ordered_clear(&watch.written);
	watch.written = (struct ordered){ .chance = 0 };
}

void engine_memory_watch(void)
{
	pthread_mutex_lock(&watch.lock);
	forget();
	watch.watching = true;
	pthread_mutex_unlock(&watch.lock);
}

static void note_read(const struct memory_range *r, unsigned node)
{
	struct seen_range *s = calloc(1, sizeof *s);
	if (s == NULL)
		abort();
	s->range.from = copy(r->from);
	s->range.to = copy(r->to);
	s->range.to_the_end = r->to_the_end;
	s->node = node;
	s->next = watch.read;
	watch.read = s;
}

void memory_watch(const struct memory_txn *t)
{
	pthread_mutex_lock(&watch.lock);
	for (const struct memory_range *r = t->read; watch.watching && r != NULL; r = r->next)
		note_read(r, t->node);
	for (const struct ordered_node *n = t->changes.first[0].next; watch.watching && n != NULL;
	     n = n->links[0].next)
		if (ordered_put(&watch.written, n->key, t->node, (struct bytes){ 0 }, false)
		    == NULL)
			abort();
	pthread_mutex_unlock(&watch.lock);
}

/* Adds the keys that others than that node wrote within the range. */
static void add_others(struct ordered *shared, const struct memory_range *r, unsigned node)
{
	for (const struct ordered_node *n = ordered_seek(&watch.written, r->from, 0);
	     n != NULL && range_reaches(r, n->key); n = n->links[0].next)
		if (n->version != node
		    && ordered_put(shared, n->key, 0, (struct bytes){ 0 }, false) == NULL)
			abort();
}

unsigned engine_memory_shared(void (*tell)(void *with, struct bytes key), void *with)
{
	struct ordered shared = { .chance = 0 };
	unsigned count = 0;
	pthread_mutex_lock(&watch.lock);
	for (const struct seen_range *s = watch.read; s != NULL; s = s->next)
		add_others(&shared, &s->range, s->node);
	for (const struct ordered_node *n = watch.written.first[0].next; n != NULL;
	     n = n->links[0].next)
		add_others(&shared, &(struct memory_range){ .from = n->key, .to = n->key },
			   (unsigned)n->version);
	forget();
	watch.watching = false;
	pthread_mutex_unlock(&watch.lock);
	for (const struct ordered_node *n = shared.first[0].next; n != NULL; n = n->links[0].next) {
		tell(with, n->key);
		count++;
	}
	ordered_clear(&shared);
	return count;
}
