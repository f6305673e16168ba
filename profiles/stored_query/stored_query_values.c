/* profiles/stored_query/stored_query_values.c: the values of one parameter -> a field of struct
 * registry_query. ITI TF-2: 3.18.4.1.2.3.4 to 3.18.4.1.2.3.6. */
#include "profiles/stored_query/stored_query_values.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/metadata_type.h"
#include "schemas/tables/rim.h"

static bool refuse(struct reading_slot *r, const char *value, const char *what)
{
	return problem_at(r->problem, PROBLEM_QUERY_INVALID, r->slot->name, "\"%s\" %s", value,
			  what);
}

static void tell(struct reading_slot *r, const char *value, const char *what)
{
	findings_warn(r->findings, PROBLEM_QUERY_INVALID, NULL, r->slot->name, "\"%s\" %s", value,
		      what);
}

/* The value as it is looked for; NULL: refused. */
static const char *text_of(struct reading_slot *r, const char *text)
{
	static const enum metadata_type types[] = {
		[AS_DOCUMENT_IDS] = TYPE_UNIQUE_ID,
		[AS_OIDS] = TYPE_OID,
		[AS_AVAILABILITY] = TYPE_AVAILABILITY,
		[AS_REFERENCES_ANDED] = TYPE_CXI,
		[AS_PATTERNS] = TYPE_TEXT,
	};
	enum { UNIQUE_ID_MOST = 128 };
	const char *uuid, *wrong;
	switch (r->parameter->as) {
	case AS_UUIDS:
		if ((uuid = metadata_type_uuid(r->desk->arena, text)) == NULL)
			refuse(r, text, "is not urn:uuid: and a UUID");
		return uuid;
	case AS_ASSOCIATION_TYPES:
		if (association_type_of(text) != ASSOCIATION_UNKNOWN)
			return text;
		refuse(r, text, "is not a type of associations (ITI TF-3: 4.2.2)");
		return NULL;
	default:
		wrong = metadata_type_fault(types[r->parameter->as], text);
		if (wrong == NULL && types[r->parameter->as] == TYPE_UNIQUE_ID
		    && metadata_type_characters(text) > UNIQUE_ID_MOST)
			wrong = "is longer than 128 characters";
		if (wrong != NULL)
			refuse(r, text, wrong);
		return wrong == NULL ? text : NULL;
	}
}

static bool texts_of(struct reading_slot *r, struct text_value **out)
{
	for (const struct query_value *v = r->slot->values; v != NULL; v = v->next) {
		*out = arena_new(r->desk->arena, struct text_value);
		if (((*out)->value = text_of(r, v->text)) == NULL)
			return false;
		out = &(*out)->next;
	}
	return true;
}

/* code^^scheme: a code without its scheme is an error, never a wildcard. */
static bool code_of(struct arena *a, const char *text, struct coded_value *out)
{
	const char *carets = strstr(text, "^^");
	if (carets == NULL || carets == text || carets[2] == '\0' || strchr(text, '^') != carets
	    || strchr(carets + 2, '^') != NULL)
		return false;
	out->code = arena_text_n(a, text, (size_t)(carets - text));
	out->scheme = carets + 2;
	return true;
}

static bool codes_of(struct reading_slot *r, struct coded_value **out)
{
	for (const struct query_value *v = r->slot->values; v != NULL; v = v->next) {
		*out = arena_new(r->desk->arena, struct coded_value);
		if (!code_of(r->desk->arena, v->text, *out))
			return refuse(r, v->text, "is not of the form code^^codingScheme");
		if (strchr(v->text, '%') != NULL)
			tell(r, v->text, "is compared as it stands: % is no wildcard in a code");
		out = &(*out)->next;
	}
	return true;
}

static bool time_of(struct reading_slot *r, const char **out)
{
	const char *text = r->slot->values->text;
	char full[DTM_FULL];
	if (metadata_type_fault(TYPE_DTM, text) != NULL)
		return refuse(r, text, "is not a time YYYY[MM[DD[hh[mm[ss]]]]] (DTM)");
	metadata_type_dtm_full(text, full);
	*out = arena_text(r->desk->arena, full);
	return true;
}

/* Two flags side by side; false: a value is none of them (the last such is *unknown). */
static bool flags_of(const struct query_slot *s, bool out[2], const char *const urns[2],
		     const char **unknown)
{
	*unknown = NULL;
	for (const struct query_value *v = s->values; v != NULL; v = v->next) {
		bool known = false;
		for (unsigned i = 0; i < 2; i++)
			if (text_equal(v->text, urns[i]))
				out[i] = known = true;
		if (!known)
			*unknown = v->text;
	}
	return *unknown == NULL;
}

/* ITI TF-2: 3.18.4.1.2.3.6: what is not understood is ignored; told all the same. */
static bool status_of(struct reading_slot *r, bool out[2])
{
	const char *const states[] = { availability_status_urn(STATUS_APPROVED),
				       availability_status_urn(STATUS_DEPRECATED) };
	const char *unknown;
	bool known = flags_of(r->slot, out, states, &unknown);
	if (!out[0] && !out[1])
		return problem_at(r->problem, PROBLEM_QUERY_MISSING_PARAMETER, r->slot->name,
				  "none of the values is a status");
	if (!known)
		tell(r, unknown, "is no status, and was passed over");
	return true;
}

/* ITI TF-2: 3.18.4.1.2.3.6.2 */
static bool type_of(struct reading_slot *r, bool out[2])
{
	static const char *const types[] = { UUID_STABLE, UUID_ON_DEMAND };
	const char *unknown;
	return flags_of(r->slot, out, types, &unknown)
	       || refuse(r, unknown, "is no type of document entries");
}

static bool home_of(struct reading_slot *r, const char **out)
{
	const char *text = r->slot->values->text;
	if (*out != NULL && !text_equal(*out, text))
		return refuse(r, text, "is not the home of the AdhocQuery");
	*out = text;
	return true;
}

/* The id is not repeated: what cannot be read may be anybody's number. */
static bool patient_of(struct reading_slot *r, const char **out)
{
	*out = r->slot->values->text;
	const char *wrong = document_registry_patient_fault(r->desk, *out);
	/* Of an id that cannot be ours another community is to hear that we do not know it (ITI
	 * TF-2: 3.38.4.1.2.2). */
	if (wrong != NULL && r->desk->community != NULL
	    && metadata_type_fault(TYPE_CX, *out) == NULL)
		return problem_at(r->problem, PROBLEM_UNKNOWN_PATIENT, r->slot->name, "the id %s",
				  wrong);
	return wrong == NULL
	       || problem_at(r->problem, PROBLEM_QUERY_INVALID, r->slot->name, "the id %s", wrong);
}

/* As many as a query has values at most; each stands in the audit record. */
static bool patients_of(struct reading_slot *r, struct text_value **out)
{
	for (const struct query_value *v = r->slot->values; v != NULL; v = v->next) {
		const char *wrong = document_registry_patient_fault(r->desk, v->text);
		if (wrong != NULL)
			return problem_at(r->problem, PROBLEM_QUERY_INVALID, r->slot->name,
					  "an id %s", wrong);
		*out = arena_new(r->desk->arena, struct text_value);
		(*out)->value = v->text;
		out = &(*out)->next;
	}
	return true;
}

/* The last place of a list of alternatives. */
static bool add_references(struct reading_slot *r, struct text_alternatives **last)
{
	while (*last != NULL)
		last = &(*last)->next;
	*last = arena_new(r->desk->arena, struct text_alternatives);
	return texts_of(r, &(*last)->any);
}

static bool add_codes(struct reading_slot *r, struct code_alternatives **last)
{
	while (*last != NULL)
		last = &(*last)->next;
	*last = arena_new(r->desk->arena, struct code_alternatives);
	return codes_of(r, &(*last)->any);
}

/* No value that is kept is longer (ebRIM: Value), and none is empty; a pattern may be. */
static bool values_can_be(struct reading_slot *r)
{
	for (const struct query_value *v = r->slot->values; v != NULL; v = v->next) {
		if (*v->text == '\0')
			return problem_at(r->problem, PROBLEM_QUERY_INVALID, r->slot->name,
					  "a value is empty");
		if (r->parameter->as != AS_PATTERNS
		    && metadata_type_characters(v->text) > RIM_LONG_NAME)
			return problem_at(r->problem, PROBLEM_QUERY_INVALID, r->slot->name,
					  "a value is longer than %d characters", RIM_LONG_NAME);
	}
	return true;
}

static bool read_into(struct reading_slot *r)
{
	void *field = (char *)r->query + r->parameter->into;
	const char *first = r->slot->values->text;
	switch (r->parameter->as) {
	case AS_PATIENT: return patient_of(r, field);
	case AS_PATIENTS: return patients_of(r, field);
	case AS_HOME: return home_of(r, field);
	case AS_REFERENCES_ANDED: return add_references(r, field);
	case AS_CODES: return codes_of(r, field);
	case AS_CODES_ANDED: return add_codes(r, field);
	case AS_TIME: return time_of(r, field);
	case AS_STATUS: return status_of(r, field);
	case AS_TYPE: return type_of(r, field);
	case AS_LEVEL:
		*(bool *)field = text_equal(first, "2");
		return text_equal(first, "1") || text_equal(first, "2")
		       || refuse(r, first, "is no level of metadata: 1 or 2");
	default: return texts_of(r, field);
	}
}

bool stored_query_values_read(struct reading_slot *r)
{
	return values_can_be(r) && read_into(r);
}
