/* profiles/xds/stored_query_read.c: names and values of a stored query -> struct registry_query.
 * ITI TF-2: 3.18.4.1.2.3. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/xds/stored_queries.h"
#include "schemas/tables/rim.h"

/* ---- Reading values ---- */

/* One slot of a query that is being read. */
struct reading_slot {
	const struct registry_desk *desk;
	const struct parameter *parameter;
	const struct query_slot *slot;
	struct registry_query *query;
	struct findings *findings;
	struct problem *problem;
};

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

/* urn:uuid: and hexadecimal digits; NULL: it is none. RFC 4122 3: read without regard to case. */
static const char *uuid_of(struct arena *a, const char *text)
{
	static const char prefix[] = "urn:uuid:", form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	if (!text_starts(text, prefix) || strlen(text) != sizeof prefix + sizeof form - 2)
		return NULL;
	char *uuid = arena_text(a, text), *at = uuid + sizeof prefix - 1;
	for (size_t i = 0; i < sizeof form - 1; i++) {
		if (at[i] >= 'A' && at[i] <= 'F')
			at[i] = (char)(at[i] - 'A' + 'a');
		if (form[i] == 'x' ? strchr("0123456789abcdef", at[i]) == NULL : at[i] != form[i])
			return NULL;
	}
	return uuid;
}

/* The value as it is looked for; NULL: refused. */
static const char *text_of(struct reading_slot *r, const char *text)
{
	static const enum metadata_type types[] = {
		[AS_DOCUMENT_IDS] = TYPE_UNIQUE_ID, [AS_OIDS] = TYPE_OID,
		[AS_AVAILABILITY] = TYPE_AVAILABILITY, [AS_REFERENCES_ANDED] = TYPE_CXI,
		[AS_PATTERNS] = TYPE_TEXT,
	};
	enum { UNIQUE_ID_MOST = 128 };
	const char *uuid, *wrong;
	switch (r->parameter->as) {
	case AS_UUIDS:
		if ((uuid = uuid_of(r->desk->arena, text)) == NULL)
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
	return wrong == NULL
		|| problem_at(r->problem, PROBLEM_QUERY_INVALID, r->slot->name, "the id %s", wrong);
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

static bool read_into(struct reading_slot *r)
{
	void *field = (char *)r->query + r->parameter->offset;
	const char *first = r->slot->values->text;
	switch (r->parameter->as) {
	case AS_PATIENT: return patient_of(r, field);
	case AS_HOME: return home_of(r, field);
	case AS_REFERENCES_ANDED: return add_references(r, field);
	case AS_CODES: return codes_of(r, field);
	case AS_CODES_ANDED: return add_codes(r, field);
	case AS_TIME: return time_of(r, field);
	case AS_STATUS: return status_of(r, field);
	case AS_TYPE: return type_of(r, field);
	case AS_LEVEL:
		return text_equal(first, "1") || text_equal(first, "2")
			|| refuse(r, first, "is no level of metadata: 1 or 2");
	default: return texts_of(r, field);
	}
}

/* ---- Reading a query ---- */

static bool may_repeat(const struct parameter *m)
{
	return m->as == AS_CODES_ANDED || m->as == AS_REFERENCES_ANDED;
}

/* Of every query: metadata update's, and the home where some clients write it. */
static const struct parameter of_every_query[] = {
	{ "$MetadataLevel", AS_LEVEL, ONE, OPTIONAL, 0 },
	{ "$homeCommunityId", AS_HOME, ONE, OPTIONAL,
	  offsetof(struct registry_query, home_community_id) },
	{ 0 }
};
enum { OF_EVERY_QUERY = 48 };		/* the bit of the first; no query has so many of its own */

static const struct parameter *parameter_named(const struct parameter *parameters,
					       const char *name, uint64_t *bit)
{
	const struct parameter *const tables[] = { parameters, of_every_query };
	for (unsigned t = 0; t < COUNT(tables); t++)
		for (const struct parameter *m = tables[t]; m->name != NULL; m++)
			if (text_equal(m->name, name)) {
				*bit = UINT64_C(1) << ((m - tables[t]) + (t == 0 ? 0 : OF_EVERY_QUERY));
				return m;
			}
	return NULL;
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

/* Parameters no table has are passed over, for gateways send them on (ITI TF-2: 3.38.4.1.2), and
 * told. A slot without values is as if it were not there. */
static bool read_slot(struct reading_slot *r, const struct parameter *parameters, uint64_t *seen)
{
	const struct query_slot *s = r->slot;
	uint64_t bit = 0;
	r->parameter = parameter_named(parameters, s->name, &bit);
	if (r->parameter == NULL)
		findings_warn(r->findings, PROBLEM_QUERY_INVALID, NULL, s->name,
			      "is no parameter of this query, and was passed over");
	if (r->parameter == NULL || s->count == 0)
		return true;
	if ((*seen & bit) != 0 && !may_repeat(r->parameter))
		return problem_at(r->problem, PROBLEM_QUERY_PARAMETER_NUMBER, s->name,
				  "this parameter may be given once");
	if (r->parameter->number == ONE && s->count != 1)
		return problem_at(r->problem, PROBLEM_QUERY_PARAMETER_NUMBER, s->name,
				  "this parameter has one value, and %u are given", s->count);
	*seen |= bit;
	return values_can_be(r) && read_into(r);
}

static bool check_needs(const struct parameter *parameters, uint64_t seen, struct problem *p)
{
	const struct parameter *either = NULL;
	unsigned given = 0;
	for (const struct parameter *m = parameters; m->name != NULL; m++) {
		bool is = (seen >> (m - parameters) & 1) != 0;
		if (m->need == REQUIRED && !is)
			return problem_at(p, PROBLEM_QUERY_MISSING_PARAMETER, m->name,
					  "this parameter is required");
		if (m->need == EITHER) {
			either = is || either == NULL ? m : either;
			given += is;
		}
	}
	if (either != NULL && given == 0)
		return problem_at(p, PROBLEM_QUERY_MISSING_PARAMETER, either->name,
				  "this parameter or its alternative is required");
	return given < 2 || problem_at(p, PROBLEM_QUERY_PARAMETER_NUMBER, either->name,
				       "this parameter excludes its alternative");
}

/* Nothing lies in a range that ends before it begins, nor in one without extent (3.18.4.1.2.3.3: To is
 * not in it). The first is no question; the second is answered, and said. */
static bool check_ranges(const struct registry_query *q, struct findings *f, struct problem *p)
{
	const struct {
		const char *name;
		const struct time_range *range;
	} ranges[] = {
		{ "$XDSDocumentEntryCreationTimeTo", &q->creation },
		{ "$XDSDocumentEntryServiceStartTimeTo", &q->service_start },
		{ "$XDSDocumentEntryServiceStopTimeTo", &q->service_stop },
		{ "$XDSSubmissionSetSubmissionTimeTo", &q->submission },
		{ "$XDSFolderLastUpdateTimeTo", &q->last_update },
	};
	for (size_t i = 0; i < COUNT(ranges); i++) {
		const struct time_range *r = ranges[i].range;
		int order = r->from == NULL || r->to == NULL ? -1 : strcmp(r->from, r->to);
		if (order > 0)
			return problem_at(p, PROBLEM_QUERY_INVALID, ranges[i].name,
					  "%s is before %s, where the range begins", r->to, r->from);
		if (order == 0)
			findings_warn(f, PROBLEM_QUERY_INVALID, NULL, ranges[i].name,
				      "no time lies from %s to before %s", r->from, r->to);
	}
	return true;
}

static bool read_parameters(const struct registry_desk *d, const struct adhoc_query *sent,
			    struct registry_query *q, struct findings *f, struct problem *p)
{
	const struct stored_query_row *row = stored_query_find(sent->id);
	uint64_t seen = 0;
	bool typed = false;
	if (row == NULL)
		return problem_at(p, PROBLEM_UNKNOWN_QUERY, sent->id, "this stored query is not offered");
	q->kind = row->kind;
	for (const struct query_slot *s = sent->slots; s != NULL; s = s->next) {
		struct reading_slot r = { .desk = d, .slot = s, .query = q, .findings = f,
					  .problem = p };
		if (!read_slot(&r, row->parameters, &seen))
			return false;
		typed = typed || (r.parameter != NULL && r.parameter->as == AS_TYPE && s->count > 0);
	}
	q->type_stable = q->type_stable || !typed;	/* 3.18.4.1.2.3.6.2: the default */
	return check_needs(row->parameters, seen, p) && check_ranges(q, f, p);
}

/* What is asked of another community is nothing this registry could know. */
static bool check_home(const struct registry_desk *d, const struct registry_query *q,
		       struct problem *p)
{
	return q->home_community_id == NULL
		|| text_equal(q->home_community_id, d->region->home_community_id)
		|| problem_at(p, PROBLEM_UNKNOWN_COMMUNITY, "home",
			      "\"%s\" is not this community, which is \"%s\"",
			      q->home_community_id, d->region->home_community_id);
}

bool stored_query_read(const struct registry_desk *d, const struct adhoc_query *sent,
		       struct registry_query *q, struct findings *f, struct problem *p)
{
	return read_parameters(d, sent, q, f, p) && check_home(d, q, p);
}
