/* tests/engines/engine_memory_cursor.c: walking keys of the engine in memory, and what was read. */
#include "tests/engines/engine_memory_cursor.h"

#include <stdlib.h>
#include <string.h>

struct memory_cursor {
	struct store_cursor head;
	struct memory_txn *txn;
	struct memory_cursor *next, **link;
	bool descending, ended, begun;
	struct bytes from, to;   /* copies, as are those below; to empty: no end */
	struct bytes key, value; /* where it stands */
};

static bool copy(struct bytes *to, struct bytes b)
{
	unsigned char *octets = malloc(b.length + 1);
	if (octets == NULL)
		return false;
	if (b.length != 0)
		memcpy(octets, b.data, b.length);
	free((void *)to->data);
	*to = (struct bytes){ octets, b.length };
	return true;
}

void range_free(struct memory_range *r)
{
	free((void *)r->from.data);
	free((void *)r->to.data);
	free(r);
}

bool memory_note_read(struct memory_txn *t, struct bytes from, struct bytes to)
{
	struct memory_range *r = calloc(1, sizeof *r);
	if (r == NULL || !copy(&r->from, from) || !copy(&r->to, to)) {
		if (r != NULL)
			range_free(r);
		return false;
	}
	r->to_the_end = to.length == 0;
	r->next = t->root->read;
	t->root->read = r;
	return true;
}

void memory_scan_end(struct store_cursor *cursor)
{
	struct memory_cursor *c = (struct memory_cursor *)cursor;
	if (c->link != NULL) {
		*c->link = c->next;
		if (c->next != NULL)
			c->next->link = c->link;
	}
	free((void *)c->from.data);
	free((void *)c->to.data);
	free((void *)c->key.data);
	free((void *)c->value.data);
	free(c);
}

void memory_end_cursors(struct memory_txn *t)
{
	while (t->cursors != NULL)
		memory_scan_end(&t->cursors->head);
}

struct store_cursor *memory_scan(struct engine_txn *scanned, struct bytes from, struct bytes to,
				 bool descending)
{
	struct memory_txn *t = (struct memory_txn *)scanned;
	if (scanned->problem.code != PROBLEM_NONE)
		return NULL;
	struct memory_cursor *c = calloc(1, sizeof *c);
	if (c == NULL || !copy(&c->from, from) || !copy(&c->to, to)) {
		if (c != NULL)
			memory_scan_end(&c->head);
		problem_set(&scanned->problem, PROBLEM_OUT_OF_RESOURCES, "no memory for a cursor");
		return NULL;
	}
	c->head.does = scanned->does;
	c->txn = t;
	c->descending = descending;
	c->ended = to.length != 0 && bytes_compare(from, to) >= 0;
	c->next = t->cursors;
	c->link = &t->cursors;
	if (c->next != NULL)
		c->next->link = &c->next;
	t->cursors = c;
	return &c->head;
}

static const struct ordered_node *beyond(const struct memory_cursor *c, const struct ordered *o,
					 struct bytes at, bool begun)
{
	if (!c->descending)
		return ordered_seek(o, at, begun ? UINT64_MAX : 0);
	return at.length != 0 ? ordered_before(o, at, 0) : ordered_last(o);
}

/* The next key anybody knows of after `at`, seen or not. */
static const struct ordered_node *nearest(const struct memory_cursor *c, struct bytes at,
					  bool begun)
{
	const struct ordered_node *best = beyond(c, &c->txn->memory->versions, at, begun);
	for (const struct memory_txn *t = c->txn; t != NULL; t = t->parent) {
		const struct ordered_node *n = beyond(c, &t->changes, at, begun);
		int order = n == NULL || best == NULL ? 0 : bytes_compare(n->key, best->key);
		if (n != NULL && (best == NULL || (c->descending ? order > 0 : order < 0)))
			best = n;
	}
	if (best == NULL)
		return NULL;
	bool within = c->descending ? bytes_compare(best->key, c->from) >= 0
				    : c->to.length == 0 || bytes_compare(best->key, c->to) < 0;
	return within ? best : NULL;
}

/* With the lock held. What is seen next; NULL: nothing. */
static const struct ordered_node *step(const struct memory_cursor *c)
{
	struct bytes at = c->begun ? c->key : c->descending ? c->to : c->from;
	bool begun = c->begun, own;
	for (;;) {
		const struct ordered_node *n = nearest(c, at, begun);
		if (n == NULL)
			return NULL;
		const struct ordered_node *seen = memory_see(c->txn, n->key, &own);
		if (seen != NULL && !seen->absent)
			return seen;
		at = n->key;
		begun = true;
	}
}

/* Whoever is told that there is nothing has read that, too. */
static bool note_step(struct memory_cursor *c, struct bytes was, bool more)
{
	struct bytes low = c->descending ? (more ? c->key : c->from) : was;
	struct bytes high = c->descending ? was : more ? c->key : c->to;
	return !c->txn->writing || memory_note_read(c->txn, low, high);
}

bool memory_next(struct store_cursor *cursor, struct bytes *key, struct bytes *value)
{
	struct memory_cursor *c = (struct memory_cursor *)cursor;
	struct engine_txn *t = &c->txn->base;
	if (c->ended || t->problem.code != PROBLEM_NONE || engine_stopped(t))
		return false;
	struct bytes was = { NULL, 0 };
	bool whole = copy(&was, c->begun ? c->key : c->descending ? c->to : c->from);
	pthread_mutex_lock(&c->txn->memory->lock);
	const struct ordered_node *n = step(c);
	whole = whole && (n == NULL || (copy(&c->key, n->key) && copy(&c->value, n->value)));
	pthread_mutex_unlock(&c->txn->memory->lock);
	whole = whole && note_step(c, was, n != NULL);
	free((void *)was.data);
	c->begun = true;
	c->ended = n == NULL || !whole;
	if (!whole)
		return problem_set(&t->problem, PROBLEM_OUT_OF_RESOURCES, "no memory to scan");
	if (n == NULL)
		return false;
	*key = c->key;
	if (value != NULL)
		*value = c->value;
	return true;
}
