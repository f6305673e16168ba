/* profiles/ssmix2/watch_mark.c: how far the first look at a storage came. */
#include "profiles/ssmix2/watch_mark.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/import_roots.h"
#include "profiles/transaction.h"
#include "store/loading.h"
#include "store/store.h"
#include "store/store_keys.h"

/* Places are counted by roots: with others they mean something else. */
static const char *text_of(struct arena *a, const struct storage_roots *roots)
{
	struct buffer b = buffer_in(a);
	for (size_t i = 0; i < roots->count; i++)
		buffer_printf(&b, "%s\n", roots->root[i].directory);
	buffer_byte(&b, '\0');
	return (const char *)buffer_bytes(&b).data;
}

bool watch_mark_find(struct exchange *x, const char *facility, const struct storage_roots *roots,
		     struct walk_place *out)
{
	struct problem unread = { .code = PROBLEM_NONE };
	struct load_reached is;
	struct store_txn *t = store_begin_read(x->store, &unread);
	bool found = t != NULL && loading_look(t, x->arena, facility, &is);
	store_end(t);
	return found && text_equal(is.roots, text_of(x->arena, roots)) && is.root < roots->count
	       && walk_place_set(out, (unsigned)is.root, is.path);
}

struct marking {
	const char *facility;
	const struct load_reached *reached; /* NULL: it is to be removed */
};

static bool mark(void *with, struct store_txn *t, struct problem *p)
{
	const struct marking *m = with;
	bool done = m->reached != NULL ? loading_note(t, m->facility, m->reached)
				       : loading_end(t, m->facility);
	return done || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

bool watch_mark_put(struct exchange *x, const char *facility, const struct storage_roots *roots,
		    const struct walk_place *at, struct problem *p)
{
	struct arena_mark here = arena_mark(x->arena);
	const struct load_reached reached = { .roots = text_of(x->arena, roots),
					      .root = at->root,
					      .path = at->path };
	struct marking m = { facility, &reached };
	bool put = store_write(x->store, mark, &m, p);
	arena_rewind(x->arena, &here);
	return put;
}

bool watch_mark_remove(struct exchange *x, const char *facility, struct problem *p)
{
	struct marking m = { facility, NULL };
	return store_write(x->store, mark, &m, p);
}
