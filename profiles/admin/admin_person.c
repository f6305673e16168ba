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
	*out = (struct patient_identifier){
		.id = arena_text_n(x->arena, name, (size_t)(caret - name)),
		.universal_id = found.domain->universal_id
	};
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

static const char *name_of(struct arena *a, const struct patient_demographics *d, bool kana)
{
	for (const struct person_name *n = d->names; n != NULL; n = n->next)
		if ((n->representation == NAME_PHONETIC) == kana)
			return arena_printf(a, "%s %s", n->family == NULL ? "" : n->family,
					    n->given == NULL ? "" : n->given);
	return NULL;
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
	put(o, "name", name_of(x->arena, &record->demographics, false));
	put(o, "kana", name_of(x->arena, &record->demographics, true));
	put(o, "birth_date", record->demographics.birth_date);
	put(o, "sex", record->demographics.sex);
	put(o, "person", regional_id);
	put(o, "status", record->status == RECORD_ACTIVE ? "active" : "subsumed");
	return o;
}
