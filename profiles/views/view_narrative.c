/* profiles/views/view_narrative.c: the items as a table for who reads: all that their rows say. */
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/views/view_rows.h"
#include "profiles/views/view_writers.h"
#include "schemas/tables/view_kinds.h"

static size_t columns_of(const struct view_table *t)
{
	size_t count = 0;
	while (count < VIEW_COLUMNS_MOST && t->columns[count] != NULL)
		count++;
	return count;
}

static void put_in(struct arena *a, const char **cells, unsigned column, const char *text)
{
	const char **cell = &cells[column - 1];
	if (text[0] != '\0')
		*cell = (*cell)[0] == '\0' ? text : text_joined(a, *cell, " ", text, NULL);
}

static void put_item(struct xml_writer *w, const struct view_list *list,
		     const struct view_source *s, const struct view_item *i)
{
	struct arena *a = xml_writer_arena(w);
	const struct view_table *t = list->table;
	const char *cells[VIEW_COLUMNS_MOST];
	size_t count = columns_of(t);
	for (size_t n = 0; n < count; n++)
		cells[n] = "";
	put_in(a, cells, 1, view_day(a, s->origin.day));
	put_in(a, cells, 2, s->origin.facility);
	for (size_t row = 0; t->fields[row].segment != NULL; row++) {
		const struct view_field *f = &t->fields[row];
		if (f->column != 0 && view_row_is_for(f, i))
			put_in(a, cells, f->column,
			       view_row_told(a, f, view_row_said(a, list, s, i, row)));
	}
	view_put_row(w, "td", cells, count);
}

static bool is_shown(const struct view_item *i)
{
	return !i->withdrawn && !i->withdraws;
}

void view_put_narrative(struct xml_writer *w, const struct view_list *list, const char *paragraph)
{
	bool begun = false;
	view_put_preface(w, &list->head, paragraph);
	for (const struct view_source *s = list->sources; s != NULL; s = s->next)
		for (const struct view_item *i = s->items; i != NULL; i = i->next) {
			if (!is_shown(i))
				continue;
			if (!begun) {
				xml_open(w, "table");
				xml_open(w, "thead");
				view_put_row(w, "th", list->table->columns,
					     columns_of(list->table));
				xml_close(w);
				xml_open(w, "tbody");
			}
			begun = true;
			put_item(w, list, s, i);
		}
	if (begun) {
		xml_close(w);
		xml_close(w);
	}
}
