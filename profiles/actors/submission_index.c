/* profiles/actors/submission_index.c: the objects of one submission by the ids it gives them. */
#include "profiles/actors/submission_index.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct submitted *)a)->id, ((const struct submitted *)b)->id);
}

static void add(struct submission_index *x, enum submitted_kind kind, void *object, const char **id)
{
	x->objects[x->count++] = (struct submitted){ *id, kind, object, id, false };
}

struct submission_index submission_index_of(struct arena *a, const struct submission *s)
{
	struct submission_index x = { NULL, s->set != NULL };
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		x.count++;
	for (const struct folder *f = s->folders; f != NULL; f = f->next)
		x.count++;
	for (const struct association *n = s->associations; n != NULL; n = n->next)
		x.count++;
	x.objects = arena_array(a, struct submitted, x.count + 1);
	x.count = 0;
	if (s->set != NULL)
		add(&x, SUBMITTED_SET, s->set, &s->set->id);
	for (struct document_entry *e = s->entries; e != NULL; e = e->next)
		add(&x, SUBMITTED_ENTRY, e, &e->id);
	for (struct folder *f = s->folders; f != NULL; f = f->next)
		add(&x, SUBMITTED_FOLDER, f, &f->id);
	for (struct association *n = s->associations; n != NULL; n = n->next)
		add(&x, SUBMITTED_ASSOCIATION, n, &n->id);
	if (x.count > 1)
		qsort(x.objects, x.count, sizeof x.objects[0], by_id);
	return x;
}

struct submitted *submission_index_find(const struct submission_index *x, const char *id)
{
	struct submitted key = { .id = id };
	return id == NULL || x->count == 0
		       ? NULL
		       : bsearch(&key, x->objects, x->count, sizeof x->objects[0], by_id);
}

const char *submission_index_twice(const struct submission_index *x)
{
	for (size_t i = 1; i < x->count; i++)
		if (text_equal(x->objects[i - 1].id, x->objects[i].id))
			return x->objects[i].id;
	return NULL;
}
