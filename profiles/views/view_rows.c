/* profiles/views/view_rows.c: a row's value as the message says it, as CDA, as FHIR, for
 * who reads. */
#include "profiles/views/view_rows.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/views/view_writers.h"
#include "schemas/tables/code_systems.h"
#include "schemas/tables/departments.h"

bool view_is_among(const char *list, const char *one)
{
	size_t length = strlen(one);
	for (const char *at = list; length != 0 && (at = strstr(at, one)) != NULL; at += length)
		if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

bool view_row_is_for(const struct view_field *f, const struct view_item *i)
{
	size_t length = strlen(i->type);
	if (f->when == NULL)
		return true;
	for (const char *at = f->when; *at != '\0'; at += strspn(at, " ")) {
		size_t one = strcspn(at, " ");
		if (one == length && strncmp(at, i->type, one) == 0)
			return true;
		at += one;
	}
	return false;
}

static const char *numbered(struct arena *a, const char *document, unsigned number)
{
	const char *end = strchr(document, '^') == NULL ? "^" : ".";
	return arena_printf(a, "%s%s%u", document, end, number);
}

const char *view_row_said(struct arena *a, const struct view_list *list,
			  const struct view_source *s, const struct view_item *i, size_t row)
{
	const char *segment = list->table->fields[row].segment;
	const struct view_origin *o = &s->origin;
	if (segment[0] != '@')
		return i->said[row];
	if (text_equal(segment, "@facility"))
		return o->facility;
	if (text_equal(segment, "@institution"))
		return o->institution_code == NULL ? "" : o->institution_code;
	if (text_equal(segment, "@note"))
		return i->note;
	if (text_equal(segment, "@type") || text_equal(segment, "@state"))
		return i->ended && text_equal(segment, "@state")
			       ? text_joined(a, i->type, ".", NULL)
			       : i->type;
	if (text_equal(segment, "@within"))
		return i->whole == NULL
			       ? ""
			       : numbered(a, i->whole_source->origin.document, i->whole->number);
	return text_equal(segment, "@document") ? o->document : numbered(a, o->document, i->number);
}

static const struct view_word *word_of(const struct view_field *f, const char *said)
{
	const struct view_word *w = f->words;
	while (w != NULL && w->said != NULL && !text_equal(w->said, said))
		w++;
	return w;
}

/* As SS-MIX2 calls it; a code of the facility's own stands for itself, and beside the name where it
 * may be one (its third character is the facility's to give). */
static const char *department_of(struct arena *a, const char *code)
{
	const char *name = department_name(code);
	if (name == NULL)
		return code;
	return strlen(code) == 2 ? name : arena_printf(a, "%s (%s)", name, code);
}

const char *view_row_in_cda(struct arena *a, const struct view_field *f, const char *said)
{
	if (f->words != NULL)
		return word_of(f, said)->cda;
	switch (f->value) {
	case VIEW_CONSTANT: return "";
	case VIEW_TIME:
	case VIEW_INSTANT:
		return said[0] == '\0' || !view_is_time(said) ? NULL : view_cda_time(a, said);
	case VIEW_NUMBER: return view_is_signed(said) ? said : NULL;
	case VIEW_DEPARTMENT: return said[0] == '\0' ? NULL : department_of(a, said);
	default: return said[0] == '\0' ? NULL : said;
	}
}

const char *view_row_in_fhir(struct arena *a, const struct view_field *f, const char *said)
{
	if (f->words != NULL)
		return word_of(f, said)->fhir;
	const char *time;
	switch (f->value) {
	case VIEW_CONSTANT: return "";
	case VIEW_TIME:
	case VIEW_INSTANT:
		time = said[0] == '\0' || !view_is_time(said) ? NULL : view_fhir_time(a, said);
		return f->value == VIEW_INSTANT && time != NULL && strchr(time, 'T') == NULL ? NULL
											     : time;
	case VIEW_NUMBER: return view_is_signed(said) ? said : NULL;
	case VIEW_DEPARTMENT: return said[0] == '\0' ? NULL : department_of(a, said);
	default: return said[0] == '\0' ? NULL : said;
	}
}

const char *view_row_told(struct arena *a, const struct view_field *f, const char *said)
{
	const struct view_word *w = said[0] == '\0' ? NULL : word_of(f, said);
	if (w != NULL && w->told != NULL)
		return w->told;
	if (f->value == VIEW_DEPARTMENT && said[0] != '\0')
		return department_of(a, said);
	if ((f->value == VIEW_TIME || f->value == VIEW_INSTANT) && said[0] != '\0'
	    && view_is_time(said)) {
		char *time = arena_text(a, view_fhir_time(a, said));
		if (strlen(time) > strlen("YYYY-MM-DDThh:mm"))
			time[strlen("YYYY-MM-DDThh:mm")] = '\0';
		for (char *c = time; *c != '\0'; c++)
			if (*c == 'T')
				*c = ' ';
		return time;
	}
	return said;
}

/* What the item's message says in that component of the row's field, as a row of that kind. */
static const char *component_of(const struct view_list *list, const struct view_item *i, size_t row,
				unsigned component, bool system)
{
	const struct view_field *all = list->table->fields, *f = &all[row];
	for (size_t n = 0; all[n].segment != NULL; n++) {
		bool alike = system ? all[n].value == VIEW_SYSTEM
				    : all[n].value == VIEW_TEXT || all[n].value == VIEW_UNIT;
		if (alike && all[n].field == f->field && text_equal(all[n].segment, f->segment)
		    && (all[n].component == 0 ? 1 : all[n].component) == component)
			return i->said[n];
	}
	return "";
}

/* The code stands two components before its system's name. */
struct view_coded view_row_coded(const struct view_list *list, const struct view_item *i,
				 size_t row)
{
	const struct view_field *f = &list->table->fields[row];
	unsigned at = f->component == 0 ? 1 : f->component;
	unsigned code = f->value == VIEW_SYSTEM ? at - 2 : at;
	struct view_coded c = { .code = component_of(list, i, row, code, false) };
	if (c.code[0] != '\0')
		c.system = code_system_of(component_of(list, i, row, code + 2, true), c.code);
	return c;
}
