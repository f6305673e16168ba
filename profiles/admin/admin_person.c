/* profiles/admin/admin_person.c: how the operator names a person, and how one is shown. */
#include "profiles/admin/admin_person.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/base/value.h"
#include "profiles/actors/authority.h"

const char *admin_text(struct exchange *x, const char *member, bool needed)
{
	json_t *value = json_object_get(x->json, member);
	if (value == NULL || json_is_null(value)) {
		if (needed)
			problem_at(&x->problem, PROBLEM_REQUEST_INVALID, member, "'%s' is needed",
				   member);
		return NULL;
	}
	if (!json_is_string(value) || (needed && text_empty(json_string_value(value)))) {
		problem_at(&x->problem, PROBLEM_REQUEST_INVALID, member, "'%s' is not a text",
			   member);
		return NULL;
	}
	return arena_text(x->arena, json_string_value(value));
}

bool admin_yes(struct exchange *x, const char *member, bool *out)
{
	const char *text = admin_text(x, member, false);
	*out = text_equal(text, "yes");
	return x->problem.code == PROBLEM_NONE
	       && (text == NULL || *out
		   || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, member, "'%s' is not yes",
				 text));
}

bool admin_limit(struct exchange *x, uint64_t preset, uint64_t most, uint64_t *out)
{
	const char *limit = admin_text(x, "limit", false);
	*out = preset;
	return limit == NULL || (text_to_number(limit, most, out) && *out != 0)
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
			     "'%s' is not from 1 to %llu", limit, (unsigned long long)most);
}

const char *admin_time(struct arena *a, instant t)
{
	char text[XML_TIME_TEXT];
	instant_to_xml(t, text);
	memcpy(text + strlen("2026-01-15T00:30:01.234"), "Z", 2);
	return arena_text(a, text);
}

const char *admin_facility(const struct region *r, const char *domain)
{
	for (size_t i = 0; i < r->system_count; i++)
		if (system_owns(&r->systems[i], domain))
			return r->systems[i].name;
	return domain;
}

static bool not_readable(struct exchange *x, const char *name)
{
	return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "patient",
			  "'%s' is neither ID^^^&OID&ISO nor ID@FACILITY", name);
}

/* ID^^^HD, the authority named in any of the ways of ITI TF-2: Appendix E.1, as in a feed. */
static bool read_cx(struct exchange *x, const char *name, struct patient_identifier *out)
{
	static const char between[] = "^^^";
	const char *caret = strchr(name, '^'), *hd = caret + strlen(between);
	if (!text_starts(caret, between) || strchr(hd, '^') != NULL)
		return not_readable(x, name);
	const char *oid = strchr(hd, '&'), *type = oid == NULL ? NULL : strchr(oid + 1, '&');
	if (oid != NULL && (type == NULL || strchr(type + 1, '&') != NULL))
		return not_readable(x, name);
	out->namespace_id = arena_text_n(x->arena, hd,
					 oid == NULL ? strlen(hd) : (size_t)(oid - hd));
	if (oid != NULL) {
		out->universal_id = arena_text_n(x->arena, oid + 1, (size_t)(type - oid) - 1);
		out->universal_id_type = type + 1;
	}
	struct authority found = authority_of(x->arena, x->region, out);
	if (found.domain == NULL)
		return problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "patient", "'%s': %s", name,
				  found.why);
	*out = (struct patient_identifier){ .id = arena_text_n(x->arena, name,
							       (size_t)(caret - name)),
					    .universal_id = found.domain->universal_id };
	return true;
}

static bool read_at_facility(struct exchange *x, const char *name, struct patient_identifier *out)
{
	const char *at = strrchr(name, '@');
	if (at == NULL || at == name)
		return not_readable(x, name);
	const struct registered_system *s = region_system(x->region, at + 1);
	if (s == NULL || s->domains == NULL || s->domains[0] == NULL)
		return problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "patient",
				  "no facility with patients is called '%s'", at + 1);
	out->id = arena_text_n(x->arena, name, (size_t)(at - name));
	out->universal_id = s->domains[0];
	return true;
}

bool admin_read_name(struct exchange *x, const char *name, struct patient_identifier *out)
{
	const char *fault = NULL;
	*out = (struct patient_identifier){ 0 };
	if (!(strchr(name, '^') != NULL ? read_cx(x, name, out) : read_at_facility(x, name, out)))
		return false;
	out->id = value_kept(x->arena, out->id, VALUE_ID, &fault);
	if (fault != NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "patient", "'%s': %s", name,
				  fault);
	return out->id != NULL || not_readable(x, name);
}

bool admin_find_person(struct exchange *x, const char *name, struct patient_record *out)
{
	struct patient_identifier id;
	if (!admin_read_name(x, name, &id))
		return false;
	if (!identity_find(x->txn, x->arena, id.universal_id, id.id, out))
		return problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "patient",
				  "nobody is known as '%s'", name);
	while (out->status == RECORD_SUBSUMED && out->survivor != 0)
		if (!identity_record(x->txn, x->arena, out->survivor, out))
			return problem_set(&x->problem, PROBLEM_INTERNAL,
					   "a subsumed record has no survivor");
	return true;
}

bool admin_find_other(struct exchange *x, const char *name, struct patient_record *out)
{
	bool found = admin_find_person(x, name, out);
	if (!found && x->problem.where[0] != '\0')
		snprintf(x->problem.where, sizeof x->problem.where, "other");
	return found;
}

/* What a name is written in, whatever its sender calls it. */
struct script {
	bool kanji, kana;
};

/* The first octets of UTF-8 suffice: of three, U+3400 to U+9FFF and U+F900 are kanji, U+3005 too;
 * of four all that names are written in; kana are U+3040 to U+30FF and the half-width U+FF66 to
 * U+FF9F. */
static void look_at(const char *text, struct script *s)
{
	for (const unsigned char *c = (const unsigned char *)text; c != NULL && *c != 0; c++) {
		unsigned two = c[0] << 8 | c[1];
		if ((two >= 0xe390 && two < 0xea00) || (two >= 0xefa4 && two < 0xefb0)
		    || c[0] >= 0xf0 || (two == 0xe380 && c[2] == 0x85))
			s->kanji = true;
		else if ((two >= 0xe381 && two < 0xe384) || two == 0xefbd || two == 0xefbe)
			s->kana = true;
	}
}

static struct script script_of(const struct person_name *n)
{
	struct script s = { false, false };
	look_at(n->family, &s);
	look_at(n->given, &s);
	return s;
}

/* How well a name is the one a person is called by in the region: kanji first, then what is said to
 * be ideographic, then any but a reading. 0: not at all. */
static int rank_as_name(const struct person_name *n)
{
	struct script s = script_of(n);
	if (s.kanji)
		return 4;
	if (n->representation == NAME_PHONETIC)
		return 0;
	return n->representation == NAME_IDEOGRAPHIC ? 3 : s.kana ? 1 : 2;
}

static int rank_as_kana(const struct person_name *n)
{
	struct script s = script_of(n);
	return s.kanji                                           ? 0
	       : n->representation == NAME_PHONETIC              ? 3
	       : s.kana && n->representation != NAME_IDEOGRAPHIC ? 2
								 : 0;
}

/* The first of those that rank highest. */
static const char *name_of(struct arena *a, const struct patient_demographics *d,
			   int (*rank)(const struct person_name *n))
{
	const struct person_name *best = NULL;
	for (const struct person_name *n = d->names; n != NULL; n = n->next)
		if (rank(n) > (best == NULL ? 0 : rank(best)))
			best = n;
	return best == NULL ? NULL
			    : arena_printf(a, "%s %s", best->family == NULL ? "" : best->family,
					   best->given == NULL ? "" : best->given);
}

static void put(json_t *object, const char *member, const char *text)
{
	if (!text_empty(text))
		json_object_set_new(object, member, json_string(text));
}

json_t *admin_show_record(struct exchange *x, const struct patient_record *record,
			  const char *regional_id)
{
	json_t *o = json_object();
	put(o, "id", record->id);
	put(o, "domain", record->domain);
	put(o, "facility", admin_facility(x->region, record->domain));
	put(o, "name", name_of(x->arena, &record->demographics, rank_as_name));
	put(o, "kana", name_of(x->arena, &record->demographics, rank_as_kana));
	put(o, "birth_date", record->demographics.birth_date);
	put(o, "sex", record->demographics.sex);
	put(o, "person", regional_id);
	put(o, "status", record->status == RECORD_ACTIVE ? "active" : "subsumed");
	return o;
}
