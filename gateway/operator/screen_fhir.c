/* gateway/operator/screen_fhir.c: a FHIR R4 document in JSON: what its Composition says, section by
 * section with the narrative, and each resource of the bundle in one line. */
#include "gateway/operator/screen.h"

#include <jansson.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/operator/page.h"
#include "schemas/tables/problem.h"

struct bundle {
	struct page *page;
	struct arena *arena;
	const json_t *entries;
};

static const char *string_of(const json_t *object, const char *member)
{
	return json_string_value(json_object_get(object, member));
}

static const char *first_of(const char *a, const char *b)
{
	return text_empty(a) ? b : a;
}

/* CodeableConcept: its text, or what its first coding that has words says, or a code. */
static const char *concept_of(const json_t *c)
{
	const char *text = string_of(c, "text"), *code = NULL;
	const json_t *coding;
	size_t i;
	json_array_foreach (json_object_get(c, "coding"), i, coding) {
		text = first_of(text, string_of(coding, "display"));
		code = first_of(code, string_of(coding, "code"));
	}
	return first_of(text, code);
}

static const char *number_of(struct arena *a, const json_t *n)
{
	return json_is_integer(n) ? arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(n))
	       : json_is_real(n)  ? arena_printf(a, "%.15g", json_real_value(n))
				  : NULL;
}

static const char *quantity_of(struct arena *a, const json_t *q)
{
	const char *number = number_of(a, json_object_get(q, "value"));
	if (number == NULL)
		return NULL;
	number = screen_words(a, string_of(q, "comparator"), number);
	return screen_words(a, number, first_of(string_of(q, "unit"), string_of(q, "code")));
}

static const char *human_name(struct arena *a, const json_t *n)
{
	const char *all = string_of(n, "family");
	const json_t *given;
	size_t i;
	if (!text_empty(string_of(n, "text")))
		return string_of(n, "text");
	json_array_foreach (json_object_get(n, "given"), i, given)
		all = screen_words(a, all, json_string_value(given));
	return all;
}

/* Of a list of names each; of an organisation the one it has. */
static const char *names_of(struct arena *a, const json_t *resource)
{
	const json_t *names = json_object_get(resource, "name"), *one;
	const char *all = NULL;
	size_t i;
	if (json_is_string(names))
		return json_string_value(names);
	if (names == NULL)
		return string_of(json_array_get(json_object_get(resource, "deviceName"), 0),
				 "name");
	json_array_foreach (names, i, one) {
		const char *name = human_name(a, one);
		all = all == NULL || name == NULL ? first_of(all, name)
						  : arena_printf(a, "%s / %s", all, name);
	}
	return all;
}

static const char *ids_of(struct arena *a, const json_t *resource)
{
	const json_t *ids = json_object_get(resource, "identifier"), *one;
	const char *all = NULL;
	size_t i;
	json_array_foreach (ids, i, one) {
		const char *value = string_of(one, "value"), *system = string_of(one, "system");
		if (value == NULL)
			continue;
		value = system == NULL ? value : arena_printf(a, "%s (%s)", value, system);
		all = all == NULL ? value : arena_printf(a, "%s / %s", all, value);
	}
	return all;
}

static bool is_meant(struct arena *a, const json_t *entry, const char *reference)
{
	const json_t *r = json_object_get(entry, "resource");
	const char *type = string_of(r, "resourceType"), *id = string_of(r, "id");
	return text_equal(string_of(entry, "fullUrl"), reference)
	       || (type != NULL && id != NULL
		   && text_equal(arena_printf(a, "%s/%s", type, id), reference));
}

/* What a Reference leads to within the bundle; NULL: nothing. */
static const json_t *referred(const struct bundle *b, const json_t *reference)
{
	const char *where = string_of(reference, "reference");
	const json_t *entry;
	size_t i;
	if (where != NULL)
		json_array_foreach (b->entries, i, entry)
			if (is_meant(b->arena, entry, where))
				return json_object_get(entry, "resource");
	return NULL;
}

/* Whoever it is, in words: name, or of a role its practitioner and organisation. */
static const char *who_of(const struct bundle *b, const json_t *reference)
{
	const json_t *r = referred(b, reference);
	const char *name = names_of(b->arena, r);
	if (text_equal(string_of(r, "resourceType"), "PractitionerRole"))
		name = screen_words(
			b->arena,
			names_of(b->arena, referred(b, json_object_get(r, "practitioner"))),
			names_of(b->arena, referred(b, json_object_get(r, "organization"))));
	return first_of(
		name, first_of(string_of(reference, "display"), string_of(reference, "reference")));
}

/* What a resource is about, what it says of that, and when: the members of the common ones. */
static const char *what_of(const struct bundle *b, const json_t *r)
{
	static const char *const members[] = { "code", "medicationCodeableConcept", "vaccineCode",
					       "type", NULL };
	const char *words = NULL;
	for (size_t i = 0; words == NULL && members[i] != NULL; i++) {
		const json_t *c = json_object_get(r, members[i]);
		words = concept_of(json_is_array(c) ? json_array_get(c, 0) : c);
	}
	if (words == NULL)
		words = concept_of(json_object_get(
			referred(b, json_object_get(r, "medicationReference")), "code"));
	return first_of(words, first_of(names_of(b->arena, r), string_of(r, "title")));
}

static const char *value_in(struct arena *a, const json_t *r)
{
	const char *value = quantity_of(a, json_object_get(r, "valueQuantity"));
	value = first_of(value, string_of(r, "valueString"));
	value = first_of(value, concept_of(json_object_get(r, "valueCodeableConcept")));
	value = first_of(value, string_of(r, "valueDateTime"));
	value = first_of(value, number_of(a, json_object_get(r, "valueInteger")));
	const json_t *flag = json_object_get(r, "valueBoolean");
	return json_is_boolean(flag) ? (json_is_true(flag) ? "yes" : "no") : value;
}

/* Of a blood pressure and its like what it is made of; of a prescription how it is taken. */
static const char *value_of(const struct bundle *b, const json_t *r)
{
	struct arena *a = b->arena;
	const char *all = value_in(a, r);
	const json_t *one;
	size_t i;
	json_array_foreach (json_object_get(r, "component"), i, one) {
		const char *part = screen_words(a, concept_of(json_object_get(one, "code")),
						value_in(a, one));
		all = all == NULL || part == NULL ? first_of(all, part)
						  : arena_printf(a, "%s, %s", all, part);
	}
	json_array_foreach (json_object_get(r, "dosageInstruction"), i, one)
		all = screen_words(a, all, string_of(one, "text"));
	all = screen_words(
		a, all,
		quantity_of(a, json_object_get(json_object_get(r, "dispenseRequest"), "quantity")));
	json_array_foreach (json_object_get(r, "interpretation"), i, one)
		all = screen_words(a, all, concept_of(one));
	json_array_foreach (json_object_get(r, "note"), i, one)
		all = screen_words(a, all, string_of(one, "text"));
	return all;
}

static const char *when_of(const json_t *r)
{
	static const char *const members[] = { "effectiveDateTime",
					       "authoredOn",
					       "onsetDateTime",
					       "performedDateTime",
					       "occurrenceDateTime",
					       "recordedDate",
					       "issued",
					       "date",
					       NULL };
	const char *when = NULL;
	for (size_t i = 0; members[i] != NULL; i++)
		when = first_of(when, string_of(r, members[i]));
	const json_t *period = json_object_get(r, "effectivePeriod");
	return first_of(when,
			string_of(period == NULL ? json_object_get(r, "period") : period, "start"));
}

static const char *status_of(const json_t *r)
{
	return first_of(concept_of(json_object_get(r, "clinicalStatus")), string_of(r, "status"));
}

static void add_resource(const struct bundle *b, struct page_table *t, const json_t *r)
{
	const char *cells[] = { string_of(r, "resourceType"), what_of(b, r), value_of(b, r),
				when_of(r), status_of(r) };
	if (json_is_object(r))
		page_row(t, false, cells, COUNT(cells));
}

static struct page_table *resources(const struct bundle *b)
{
	static const char *const headings[] = { "RESOURCE", "WHAT", "VALUE", "WHEN", "STATUS" };
	struct page_table *t = page_table(b->page);
	page_row(t, true, headings, COUNT(headings));
	return t;
}

static void put_narrative(const struct bundle *b, const json_t *text, unsigned indent)
{
	struct problem p = { .code = PROBLEM_NONE };
	const char *div = string_of(text, "div");
	const struct xml_document *d = div == NULL
					       ? NULL
					       : xml_read(b->arena, NULL, bytes_of_text(div), &p);
	if (d != NULL)
		screen_narrative(b->page, indent, xml_root(d));
	else
		page_text(b->page, indent, div);
}

static void put_section(const struct bundle *b, const json_t *section, unsigned indent)
{
	const char *title = first_of(string_of(section, "title"),
				     concept_of(json_object_get(section, "code")));
	const json_t *entries = json_object_get(section, "entry"), *one;
	size_t i;
	page_title(b->page, indent, first_of(title, "(no title)"));
	put_narrative(b, json_object_get(section, "text"), indent + 2);
	if (json_array_size(entries) > 0) {
		struct page_table *t = resources(b);
		json_array_foreach (entries, i, one)
			add_resource(b, t, referred(b, one));
		page_table_end(t, indent + 2);
	}
	json_array_foreach (json_object_get(section, "section"), i, one)
		put_section(b, one, indent + 2);
}

static void put_patient(const struct bundle *b, const json_t *reference)
{
	const json_t *r = referred(b, reference);
	page_pair(b->page, 0, "patient", who_of(b, reference));
	page_pair(b->page, 2, "id", ids_of(b->arena, r));
	page_pair(b->page, 2, "born", string_of(r, "birthDate"));
	page_pair(b->page, 2, "sex", string_of(r, "gender"));
}

static void put_composition(const struct bundle *b, const json_t *c)
{
	const json_t *one;
	size_t i;
	const char *kind = concept_of(json_object_get(c, "type"));
	page_title(b->page, 0, first_of(string_of(c, "title"), first_of(kind, "(no title)")));
	page_pair(b->page, 0, "kind", kind);
	page_pair(b->page, 0, "time", string_of(c, "date"));
	page_pair(b->page, 0, "status", string_of(c, "status"));
	page_pair(b->page, 0, "secrecy", string_of(c, "confidentiality"));
	put_patient(b, json_object_get(c, "subject"));
	json_array_foreach (json_object_get(c, "author"), i, one)
		page_pair(b->page, 0, "author", who_of(b, one));
	page_pair(b->page, 0, "custodian", who_of(b, json_object_get(c, "custodian")));
	json_array_foreach (json_object_get(c, "attester"), i, one)
		page_pair(b->page, 0, "attested by", who_of(b, json_object_get(one, "party")));
	page_pair(b->page, 0, "id", ids_of(b->arena, c));
	put_narrative(b, json_object_get(c, "text"), 0);
	json_array_foreach (json_object_get(c, "section"), i, one)
		put_section(b, one, 0);
}

static void put_bundle(const struct bundle *b, const char *type)
{
	const json_t *first = json_object_get(json_array_get(b->entries, 0), "resource"), *one;
	size_t i;
	if (text_equal(string_of(first, "resourceType"), "Composition"))
		put_composition(b, first);
	page_title(b->page, 0,
		   arena_printf(b->arena, "%zu resources (%s)", json_array_size(b->entries),
				first_of(type, "bundle")));
	struct page_table *t = resources(b);
	json_array_foreach (b->entries, i, one)
		add_resource(b, t, json_object_get(one, "resource"));
	page_table_end(t, 2);
}

bool screen_fhir(struct page *p, struct arena *a, struct bytes octets)
{
	json_t *json = !json_is_shallow(octets, SCREEN_DEPTH_MOST)
			       ? NULL
			       : json_loadb((const char *)octets.data, octets.length, 0, NULL);
	struct bundle b = { p, a, json_object_get(json, "entry") };
	bool is_one = text_equal(string_of(json, "resourceType"), "Bundle")
		      && json_is_array(b.entries);
	if (is_one)
		put_bundle(&b, string_of(json, "type"));
	json_decref(json);
	return is_one;
}
