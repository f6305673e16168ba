/* profiles/views/view_fhir.c: items as FHIR R4 resources, each filled by its kind's table. Codes
 * have the URLs of JP Core where it has them, and no system where only the facility knows it. A
 * profile is named where the resource has all that the table says it wants. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/views/view_path.h"
#include "profiles/views/view_rows.h"
#include "profiles/views/view_writers.h"
#include "schemas/tables/code_systems.h"

struct items {
	struct view_bundle bundle; /* first: the one is the other */
	const struct view_list *list;
	const struct view_source *source;
	const struct view_item *item;
};

static const struct items *of(const struct view_bundle *b)
{
	return (const struct items *)b;
}

/* ---- Places ---- */

static bool is_index(const struct view_step *s)
{
	return s->name != 0 && strspn(s->text, "0123456789") >= s->name;
}

static json_t *fresh(struct arena *a, const struct view_step *s, bool array)
{
	struct view_constant c;
	json_t *made = array ? json_array() : json_object();
	for (const char *at = NULL; view_constant_next(s, &at, &c);)
		json_object_set_new(made, arena_text_n(a, c.name, c.name_length),
				    json_stringn(c.value, c.value_length));
	return made;
}

/* What stands there; made, where there is nothing. array: what is to be made is one. */
static json_t *below(struct arena *a, json_t *in, const struct view_step *s, bool array)
{
	const char *name = arena_text_n(a, s->text, s->name);
	if (!json_is_array(in)) {
		json_t *found = json_object_get(in, name);
		if (found == NULL)
			json_object_set_new(in, name, found = fresh(a, s, array));
		return found;
	}
	size_t at = strtoul(name, NULL, 10);
	while (json_array_size(in) <= at)
		json_array_append_new(in, json_null());
	if (json_is_null(json_array_get(in, at)))
		json_array_set_new(in, at, fresh(a, s, array));
	return json_array_get(in, at);
}

/* A value at its place: behind what stands there already, if that is words. */
static void put_value(struct arena *a, json_t *in, const struct view_step *s, json_t *value)
{
	const char *name = arena_text_n(a, s->text, s->name);
	if (json_is_array(in)) {
		json_array_append_new(in, value);
		return;
	}
	const json_t *before = json_object_get(in, name);
	if (json_is_string(before) && json_is_string(value)) {
		json_t *both = json_sprintf("%s %s", json_string_value(before),
					    json_string_value(value));
		json_decref(value);
		value = both;
	}
	json_object_set_new(in, name, value);
}

/* value NULL: the place is made, with its constants. */
static void put_at(struct arena *a, json_t *in, const char *path, json_t *value)
{
	struct view_step s, next;
	const char *rest = path;
	if (!view_step_next(&rest, &s))
		return;
	for (;;) {
		const char *ahead = rest;
		bool last = !view_step_next(&ahead, &next);
		if (last && value != NULL) {
			put_value(a, in, &s, value);
			return;
		}
		in = below(a, in, &s, !last && is_index(&next));
		if (last)
			return;
		s = next;
		rest = ahead;
	}
}

/* Places of an array that nothing came to. */
static void close_gaps(json_t *v)
{
	const char *name;
	json_t *each;
	for (size_t i = json_array_size(v); i-- > 0;) {
		each = json_array_get(v, i);
		if (json_is_null(each))
			json_array_remove(v, i);
		else
			close_gaps(each);
	}
	json_object_foreach (v, name, each)
		close_gaps(each);
}

/* ---- Rows ---- */

static void put_id(struct arena *a, json_t *made, const char *path, const char *unique_id)
{
	struct view_id id = view_id_of(a, unique_id);
	const char *uri = text_starts(id.root, "urn:") ? id.root
						       : text_joined(a, "urn:oid:", id.root, NULL);
	put_at(a, made, path,
	       id.extension == NULL ? view_json_identifier(FHIR_URIS, uri)
				    : view_json_identifier(uri, id.extension));
}

static bool has(struct arena *a, const json_t *v, const char *path, size_t length)
{
	const char *rest = arena_text_n(a, path, length);
	struct view_step s;
	while (v != NULL && view_step_next(&rest, &s))
		v = json_is_array(v) ? json_array_get(v, strtoul(s.text, NULL, 10))
				     : json_object_get(v, arena_text_n(a, s.text, s.name));
	return v != NULL;
}

static void put_row(const struct items *t, struct arena *a, json_t *made, size_t row)
{
	const struct view_field *f = &t->list->table->fields[row];
	if (f->fhir == NULL || !view_row_is_for(f, t->item)
	    || (f->unless != NULL && has(a, made, f->unless, strlen(f->unless)))
	    || (f->with != NULL && !has(a, made, f->with, strlen(f->with))))
		return;
	const char *said = view_row_in_fhir(a, f,
					    view_row_said(a, t->list, t->source, t->item, row));
	bool of_system = f->value == VIEW_SYSTEM || f->value == VIEW_UNIT;
	const struct code_system *s = of_system ? view_row_coded(t->list, t->item, row).system
						: NULL;
	if (said == NULL || (of_system && s == NULL))
		return;
	if (f->value == VIEW_ID)
		put_id(a, made, f->fhir, said);
	else if (f->value == VIEW_PART)
		put_at(a, made, f->fhir,
		       view_reference(&t->bundle, a, t->list->table->resource,
				      t->item->whole_source->origin.document,
				      t->item->whole->number));
	else if (f->value == VIEW_NUMBER)
		put_at(a, made, f->fhir, view_json_number(said));
	else
		put_at(a, made, f->fhir,
		       f->value == VIEW_CONSTANT || f->value == VIEW_MARK || said[0] == '\0'
			       ? NULL
			       : json_string(f->value == VIEW_SYSTEM ? s->url : said));
}

static void name_profile(const struct view_table *t, struct arena *a, json_t *made)
{
	bool whole = true;
	for (const char *at = t->profile_needs; whole && *at != '\0'; at += strspn(at, " ")) {
		size_t length = strcspn(at, " ");
		whole = has(a, made, at, length);
		at += length;
	}
	if (whole)
		json_object_set_new(made, "meta", json_pack("{s:[s]}", "profile", t->profile));
}

static json_t *resource(struct view_bundle *b, struct arena *a)
{
	const struct items *t = of(b);
	const struct view_table *table = t->list->table;
	json_t *made = json_pack("{s:s}", "resourceType", table->resource);
	json_object_set_new(made, table->subject, view_head_reference(b, a, "Patient"));
	for (size_t row = 0; table->fields[row].segment != NULL; row++)
		put_row(t, a, made, row);
	close_gaps(made);
	name_profile(table, a, made);
	return made;
}

/* ---- The bundle ---- */

static bool is_shown(const struct view_item *i)
{
	return !i->withdrawn && !i->withdraws;
}

static json_t *entries(const struct view_bundle *b, struct arena *a)
{
	json_t *all = json_array();
	for (const struct view_source *s = of(b)->list->sources; s != NULL; s = s->next)
		for (const struct view_item *i = s->items; i != NULL; i = i->next)
			if (is_shown(i))
				json_array_append_new(
					all, view_reference(b, a, of(b)->list->table->resource,
							    s->origin.document, i->number));
	return all;
}

static void narrative(const struct view_bundle *b, struct xml_writer *w)
{
	view_put_narrative(w, of(b)->list, "p");
}

struct bytes view_write_fhir(struct arena *a, const struct view_list *list, const char *id)
{
	struct items t = {
		.bundle = { .head = &list->head, .entries = entries, .narrative = narrative },
		.list = list
	};
	view_bundle_begin(&t.bundle, a, id);
	for (t.source = list->sources; t.source != NULL; t.source = t.source->next)
		for (t.item = t.source->items; t.item != NULL; t.item = t.item->next)
			if (is_shown(t.item))
				view_bundle_put(&t.bundle, list->table->resource, resource,
						t.source->origin.document, t.item->number);
	return view_bundle_end(&t.bundle);
}
