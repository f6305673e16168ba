/* profiles/views/view_cda.c: items as HL7 CDA Release 2, each an entry that its kind's table fills.
 * An entry is made as a tree, for what belongs to one element may stand in several rows. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/views/view_path.h"
#include "profiles/views/view_rows.h"
#include "profiles/views/view_writers.h"
#include "schemas/tables/code_systems.h"

struct attribute {
	const char *name, *value;
	struct attribute *next;
};
struct element {
	const char *name, *text;
	struct view_step step; /* by which it was asked for */
	struct attribute *attributes;
	struct element *children, *next;
};

static const struct attribute *attribute_of(const struct element *e, const char *name)
{
	const struct attribute *a = e->attributes;
	while (a != NULL && !text_equal(a->name, name))
		a = a->next;
	return a;
}

static const char *behind(struct arena *a, const char *before, const char *value)
{
	return text_empty(before) ? value : text_joined(a, before, " ", value, NULL);
}

static void set_attribute(struct arena *a, struct element *e, const char *name, const char *value)
{
	struct attribute **at = &e->attributes;
	while (*at != NULL && !text_equal((*at)->name, name))
		at = &(*at)->next;
	if (*at == NULL) {
		*at = arena_new(a, struct attribute);
		(*at)->name = name;
	}
	(*at)->value = behind(a, (*at)->value, value);
}

static struct element *child_like(struct element *e, const struct view_step *s)
{
	struct element *one = e->children;
	while (one != NULL
	       && !(one->step.length == s->length
		    && memcmp(one->step.text, s->text, s->length) == 0))
		one = one->next;
	return one;
}

/* The element of the path, whatever is asked of it. */
static bool is_there(struct element *e, const char *path)
{
	struct view_step s;
	while (e != NULL && view_step_next(&path, &s) && s.text[0] != '@')
		e = child_like(e, &s);
	return e != NULL;
}

static struct element *child(struct arena *a, struct element *e, const struct view_step *s)
{
	struct element **at = &e->children;
	struct element *known = child_like(e, s);
	struct view_constant c;
	if (known != NULL)
		return known;
	while (*at != NULL)
		at = &(*at)->next;
	struct element *one = *at = arena_new(a, struct element);
	one->step = *s;
	one->name = arena_text_n(a, s->text, s->name);
	for (const char *from = NULL; view_constant_next(s, &from, &c);)
		set_attribute(a, one, arena_text_n(a, c.name, c.name_length),
			      arena_text_n(a, c.value, c.value_length));
	return one;
}

/* The element of the path; *attribute: what is asked of it, or NULL. */
static struct element *element_at(struct arena *a, struct element *root, const char *path,
				  const char **attribute)
{
	struct view_step s;
	*attribute = NULL;
	while (view_step_next(&path, &s)) {
		if (s.text[0] == '@') {
			*attribute = arena_text_n(a, s.text + 1, s.length - 1);
			return root;
		}
		root = child(a, root, &s);
	}
	return root;
}

struct entry {
	struct arena *arena;
	const struct view_list *list;
	const struct view_source *source;
	const struct view_item *item;
	struct element *root;
};

static void put_id(struct arena *a, struct element *e, const char *unique_id)
{
	struct view_id id = view_id_of(a, unique_id);
	set_attribute(a, e, "root", id.root);
	if (id.extension != NULL)
		set_attribute(a, e, "extension", id.extension);
}

static void put_system(struct entry *t, struct element *e, const struct code_system *s,
		       const char *name)
{
	if (s != NULL && s->oid != NULL)
		set_attribute(t->arena, e, "codeSystem", s->oid);
	set_attribute(t->arena, e, "codeSystemName", name);
}

/* It has no place in CDA, or none here. */
static bool is_elsewhere(struct entry *t, const struct view_field *f)
{
	bool asks = f->fhir == NULL;
	return f->cda == NULL || !view_row_is_for(f, t->item)
	       || (asks && f->unless != NULL && is_there(t->root, f->unless))
	       || (asks && f->with != NULL && !is_there(t->root, f->with));
}

static void put_row(struct entry *t, size_t row)
{
	const struct view_field *f = &t->list->table->fields[row];
	const char *attribute, *said;
	struct view_coded coded = { .code = "" };
	if (is_elsewhere(t, f))
		return;
	if (f->value == VIEW_SYSTEM)
		coded = view_row_coded(t->list, t->item, row);
	said = view_row_in_cda(t->arena, f,
			       view_row_said(t->arena, t->list, t->source, t->item, row));
	if (said == NULL || (f->value == VIEW_SYSTEM && coded.code[0] == '\0'))
		return;
	struct element *e = element_at(t->arena, t->root, f->cda, &attribute);
	if (f->value == VIEW_ID)
		put_id(t->arena, e, said);
	else if (f->value == VIEW_SYSTEM)
		put_system(t, e, coded.system, said);
	else if (attribute != NULL)
		set_attribute(t->arena, e, attribute, said);
	else if (f->value != VIEW_CONSTANT && f->value != VIEW_MARK)
		e->text = behind(t->arena, e->text, said);
}

/* Words without a code stand for themselves. */
static void write_attributes(struct xml_writer *w, const struct element *e)
{
	const struct attribute *words = attribute_of(e, "displayName");
	bool coded = attribute_of(e, "code") != NULL || words == NULL;
	for (const struct attribute *a = e->attributes; a != NULL; a = a->next)
		if (coded
		    || !(text_equal(a->name, "displayName") || text_starts(a->name, "codeSystem")))
			xml_put_attribute(w, a->name, a->value);
	if (coded)
		return;
	xml_put_attribute(w, "nullFlavor", "OTH");
	xml_element_text(w, "originalText", words->value);
}

static void write_element(struct xml_writer *w, const struct element *e)
{
	xml_open(w, e->name);
	write_attributes(w, e);
	xml_put_text(w, e->text);
	for (const struct element *c = e->children; c != NULL; c = c->next)
		write_element(w, c);
	xml_close(w);
}

static void put_item(struct xml_writer *w, const struct view_list *list,
		     const struct view_source *s, const struct view_item *i, struct arena *each)
{
	struct element root = { .name = "entry" };
	struct entry t = { .arena = each, .list = list, .source = s, .item = i, .root = &root };
	for (size_t row = 0; list->table->fields[row].segment != NULL; row++)
		put_row(&t, row);
	set_attribute(each, &root, "typeCode", "DRIV");
	write_element(w, &root);
}

struct bytes view_write_cda(struct arena *a, const struct view_list *list, const char *id)
{
	struct xml_writer *w = xml_writer_begin(a);
	struct arena *each = arena_create_within(a);
	view_cda_open(w, &list->head, id);
	xml_open(w, "text");
	view_put_narrative(w, list, "paragraph");
	xml_close(w);
	for (const struct view_source *s = list->sources; s != NULL; s = s->next)
		for (const struct view_item *i = s->items; i != NULL; i = i->next) {
			if (i->withdrawn || i->withdraws)
				continue;
			put_item(w, list, s, i, each);
			arena_reset(each);
		}
	return xml_writer_end(w);
}
