/* gateway/envelope/code_file_fhir.c: a ValueSet or CodeSystem of FHIR R4 (4.0.1), as JSON.
 *
 * Of a ValueSet its expansion holds, where there is one that is whole; else what compose lists.
 * What only a terminology server could tell (filters, other value sets, exclusions) is a fault: the
 * set would be another one than its author meant. */
#include <jansson.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/code_file.h"
#include "gateway/envelope/code_system_oid.h"

/* Concepts within concepts. */
enum { DEPTH_MOST = 32 };

#define EXPAND "have a terminology server expand it ($expand), and import the expansion"

struct reading {
	struct code_file *file;
	const struct code_reading *with;
	bool japanese; /* what the resource is written in */
};

static const char *text_of(const json_t *object, const char *member)
{
	return json_string_value(json_object_get(object, member));
}

static const char *copy(const struct reading *r, const char *text)
{
	return arena_text(r->file->arena, text);
}

static bool is_japanese(const char *language)
{
	return language != NULL
	       && (text_equal_nocase(language, "ja") || text_starts(language, "ja-"));
}

static bool is_english(const char *language)
{
	return language != NULL
	       && (text_equal_nocase(language, "en") || text_starts(language, "en-"));
}

/* display is in the resource's language, others are beside it. */
static void name_it(const struct reading *r, const json_t *concept, struct affinity_code *c)
{
	const char *display = copy(r, text_of(concept, "display"));
	json_t *designations = json_object_get(concept, "designation"), *one;
	size_t at;
	*(r->japanese ? &c->japanese : &c->english) = display;
	json_array_foreach (designations, at, one) {
		const char *language = text_of(one, "language");
		if (is_japanese(language) && c->japanese == NULL)
			c->japanese = copy(r, text_of(one, "value"));
		if (is_english(language) && c->english == NULL)
			c->english = copy(r, text_of(one, "value"));
	}
}

/* The coding scheme of a system; false: it is none we know. */
static bool scheme_of(const struct reading *r, const char *system, const char **out)
{
	*out = NULL;
	if (code_attribute_is_plain(r->with->attribute))
		return true;
	*out = code_system_oid(system);
	if (*out == NULL)
		*out = r->with->scheme;
	*out = copy(r, *out);
	return *out != NULL;
}

static void add(const struct reading *r, const json_t *concept, const char *code,
		const char *system, const char *where)
{
	struct affinity_code c = { .attribute = r->with->attribute, .code = copy(r, code) };
	if (!scheme_of(r, system, &c.scheme)) {
		code_file_fault(r->file, 0, where, "say the OID of that system with --scheme OID",
				"no OID is known of system \"%s\"",
				code_file_told(r->file, system == NULL ? "" : system));
		return;
	}
	if (concept != NULL)
		name_it(r, concept, &c);
	if (c.code == NULL)
		c.code = "";
	code_file_add(r->file, &c, 0, where);
}

static const char *place(const struct reading *r, const char *within, const char *member, size_t at)
{
	return arena_printf(r->file->arena, "%s%s%s[%zu]", within, within[0] == '\0' ? "" : ".",
			    member, at);
}

static bool too_deep(const struct reading *r, const char *where, unsigned depth)
{
	return depth == DEPTH_MOST
	       && !code_file_fault(r->file, 0, where, "give a flatter list",
				   "concepts stand more than %d deep in each other", DEPTH_MOST);
}

/* expansion.contains: what is abstract is for people alone. */
static void read_contains(const struct reading *r, const json_t *list, const char *within,
			  unsigned depth)
{
	json_t *one;
	size_t at;
	if (json_array_size(list) > 0 && too_deep(r, within, depth))
		return;
	json_array_foreach (list, at, one) {
		const char *where = place(r, within, "contains", at);
		if (!json_is_true(json_object_get(one, "abstract")))
			add(r, one, text_of(one, "code"), text_of(one, "system"), where);
		read_contains(r, json_object_get(one, "contains"), where, depth + 1);
	}
}

static size_t count_contains(const json_t *list, unsigned depth)
{
	size_t count = json_array_size(list), at;
	json_t *one;
	json_array_foreach (list, at, one)
		count += depth == DEPTH_MOST
				 ? 0
				 : count_contains(json_object_get(one, "contains"), depth + 1);
	return count;
}

static bool expansion_is_whole(const json_t *expansion)
{
	const json_t *total = json_object_get(expansion, "total");
	const json_t *list = json_object_get(expansion, "contains");
	return !json_is_integer(total)
	       || json_integer_value(total) <= (json_int_t)count_contains(list, 0);
}

static void read_include(const struct reading *r, const json_t *include, const char *where)
{
	const char *system = text_of(include, "system");
	const json_t *concepts = json_object_get(include, "concept");
	json_t *one;
	size_t at;
	if (json_object_get(include, "filter") != NULL
	    || json_object_get(include, "valueSet") != NULL || system == NULL) {
		code_file_fault(r->file, 0, where, EXPAND,
				"it is said by a filter or by another value set");
		return;
	}
	if (concepts == NULL && !code_attribute_is_plain(r->with->attribute))
		add(r, NULL, "*", system, where); /* the whole system */
	else if (concepts == NULL)
		code_file_fault(r->file, 0, where, "leave such a set out: then all are taken",
				"it is a whole system, not a list");
	json_array_foreach (concepts, at, one)
		add(r, one, text_of(one, "code"), system, place(r, where, "concept", at));
}

static void read_value_set(const struct reading *r, const json_t *set)
{
	const json_t *expansion = json_object_get(set, "expansion");
	const json_t *compose = json_object_get(set, "compose");
	json_t *include;
	size_t at;
	if (json_array_size(json_object_get(expansion, "contains")) > 0) {
		if (!expansion_is_whole(expansion))
			code_file_fault(r->file, 0, "expansion.total",
					"import all its pages as one, or ask for it unpaged",
					"the expansion is a part of it only");
		read_contains(r, json_object_get(expansion, "contains"), "expansion", 0);
		return;
	}
	if (json_array_size(json_object_get(compose, "exclude")) > 0)
		code_file_fault(r->file, 0, "compose.exclude", EXPAND, "it excludes some codes");
	json_array_foreach (json_object_get(compose, "include"), at, include)
		read_include(r, include, place(r, "compose", "include", at));
}

/* A property that says of a concept that it is for grouping. */
static bool not_selectable(const json_t *concept)
{
	json_t *one;
	size_t at;
	json_array_foreach (json_object_get(concept, "property"), at, one)
		if (text_equal(text_of(one, "code"), "notSelectable")
		    && json_is_true(json_object_get(one, "valueBoolean")))
			return true;
	return false;
}

static void read_concepts(const struct reading *r, const json_t *list, const char *system,
			  const char *within, unsigned depth)
{
	json_t *one;
	size_t at;
	if (json_array_size(list) > 0 && too_deep(r, within, depth))
		return;
	json_array_foreach (list, at, one) {
		const char *where = place(r, within, "concept", at);
		if (!not_selectable(one))
			add(r, one, text_of(one, "code"), system, where);
		read_concepts(r, json_object_get(one, "concept"), system, where, depth + 1);
	}
}

/* Its own OID is among its identifiers, where it has one. */
static const char *system_of(const json_t *code_system)
{
	json_t *one;
	size_t at;
	json_array_foreach (json_object_get(code_system, "identifier"), at, one) {
		const char *value = text_of(one, "value");
		if (value != NULL && text_starts(value, "urn:oid:"))
			return value;
	}
	return text_of(code_system, "url");
}

static void read_code_system(const struct reading *r, const json_t *system)
{
	const char *content = text_of(system, "content");
	if (!text_equal(content, "complete"))
		code_file_fault(r->file, 0, "content", "give the whole code system, or a ValueSet",
				"the CodeSystem's content is \"%s\", not complete",
				code_file_told(r->file, content == NULL ? "" : content));
	read_concepts(r, json_object_get(system, "concept"), system_of(system), "", 0);
}

static void read_resource(const struct reading *r, const json_t *resource)
{
	const char *type = text_of(resource, "resourceType");
	if (text_equal(type, "ValueSet"))
		read_value_set(r, resource);
	else if (text_equal(type, "CodeSystem"))
		read_code_system(r, resource);
	else
		code_file_fault(r->file, 0, "resourceType", "give a ValueSet or a CodeSystem",
				"the resource is a \"%s\"",
				code_file_told(r->file, type == NULL ? "" : type));
}

static bool whose_it_is(struct code_file *f, const struct code_reading *with)
{
	if (with == NULL || with->attribute == NULL)
		return code_file_fault(f, 0, NULL, "say it with --attribute NAME",
				       "a FHIR resource does not say of which attribute its codes "
				       "are");
	if (code_attribute(with->attribute) < 0)
		return code_file_fault(f, 0, NULL, code_attributes_remedy,
				       "\"%s\" is no coded attribute",
				       code_file_told(f, with->attribute));
	return true;
}

bool code_file_read_fhir(struct code_file *f, struct bytes text, const struct code_reading *with)
{
	json_error_t wrong;
	size_t bom = text.length >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	if (!whose_it_is(f, with))
		return false;
	json_t *resource = json_loadb((const char *)text.data + bom, text.length - bom,
				      JSON_REJECT_DUPLICATES, &wrong);
	if (resource == NULL)
		return code_file_fault(f, wrong.line < 0 ? 0 : (unsigned)wrong.line, NULL,
				       "mend the file", "it is no JSON: %s", wrong.text);
	struct reading r = { f, with, is_japanese(text_of(resource, "language")) };
	read_resource(&r, resource);
	json_decref(resource);
	return f->fault_count == 0;
}
