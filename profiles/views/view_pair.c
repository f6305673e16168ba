/* profiles/views/view_pair.c: what a message has to do with those before it: a discharge ends an
 * admission, a transfer is part of it, what was planned is gone once it came. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/views/view_read.h"
#include "profiles/views/view_rows.h"

/* One a source at most: there are no more than a thousand (VIEW_SOURCES_MOST), so that each may be
 * compared with each. */
struct event {
	const struct view_source *source;
	struct view_item *item;
	const char *const *said; /* by its own message */
	const struct event *ended_by;
};
struct events {
	struct arena *arena;
	const struct view_table *table;
	struct event *all; /* oldest first */
	size_t count;
};

static void collect(struct events *t, const struct view_source *sources)
{
	for (const struct view_source *s = sources; s != NULL; s = s->next)
		t->count += s->items != NULL;
	t->all = arena_array(t->arena, struct event, t->count + 1);
	size_t n = t->count;
	for (const struct view_source *s = sources; s != NULL; s = s->next)
		if (s->items != NULL)
			t->all[--n] = (struct event){ s, s->items, s->items->said, NULL };
}

/* Of one system; where both say which visit it is, of that one. */
static bool may_belong(const struct event *a, const struct event *b)
{
	const char *x = a->item->same[0], *y = b->item->same[0];
	return text_equal(a->source->origin.system, b->source->origin.system)
	       && (x[0] == '\0' || y[0] == '\0' || text_equal(x, y));
}

/* The newest before it that nothing has ended. */
static struct event *open_before(const struct events *t, const struct event *e, const char *type)
{
	for (size_t i = (size_t)(e - t->all); i-- > 0;) {
		struct event *o = &t->all[i];
		if (text_equal(o->item->type, type) && o->ended_by == NULL && may_belong(o, e))
			return o;
	}
	return NULL;
}

static void end_one(const struct events *t, const struct view_pairing *p, struct event *e)
{
	struct event *open = view_is_among(p->by, e->item->type) ? open_before(t, e, p->type)
								 : NULL;
	if (open == NULL)
		return;
	open->ended_by = e;
	if (p->absorbed != NULL && view_is_among(p->absorbed, e->item->type))
		e->item->withdrawn = true;
}

/* When it was to be says nothing of what was known first. */
static void drop_plan(const struct events *t, const struct view_pairing *p, struct event *e)
{
	for (size_t i = 0; text_equal(e->item->type, p->type) && i < t->count; i++) {
		const struct event *o = &t->all[i];
		if (view_is_among(p->by, o->item->type) && may_belong(o, e)
		    && strcmp(o->source->origin.created, e->source->origin.created) >= 0)
			e->item->withdrawn = true;
	}
}

static void judge(const struct events *t, struct event *e)
{
	const struct view_table *table = t->table;
	const struct event *whole = table->part != NULL && view_is_among(table->part, e->item->type)
					    ? open_before(t, e, table->whole)
					    : NULL;
	if (whole != NULL) {
		e->item->whole_source = whole->source;
		e->item->whole = whole->item;
	}
	for (const struct view_pairing *p = table->pairings; p->type != NULL; p++)
		(p->planned ? drop_plan : end_one)(t, p, e);
}

/* One that nothing is known of but its end. */
static bool is_end(const struct view_table *table, const char *type)
{
	const struct view_pairing *p = table->pairings;
	while (p->type != NULL && !(p->absorbed != NULL && view_is_among(p->absorbed, type)))
		p++;
	return p->type != NULL;
}

/* What its end says is said by what ended it. */
static void take_end(const struct events *t, const struct event *e)
{
	const struct view_field *f = t->table->fields;
	size_t rows = 0;
	while (f[rows].segment != NULL)
		rows++;
	if (is_end(t->table, e->item->type))
		return;
	const char **said = arena_array(t->arena, const char *, rows);
	for (size_t i = 0; i < rows; i++)
		said[i] = !f[i].ends ? e->said[i] : e->ended_by == NULL ? "" : e->ended_by->said[i];
	e->item->said = said;
	e->item->ended = e->ended_by != NULL;
}

void view_pair(struct arena *a, const struct view_table *table, const struct view_source *sources)
{
	struct events t = { .arena = a, .table = table };
	if (!table->by_event)
		return;
	collect(&t, sources);
	for (size_t i = 0; i < t.count; i++)
		judge(&t, &t.all[i]);
	for (size_t i = 0; i < t.count; i++)
		take_end(&t, &t.all[i]);
}
