/* profiles/pdq/query_v3.c: the parameters of a Patient Demographics Query HL7 V3 and of a Cross
 * Gateway Patient Discovery, by their table. ITI TF-2: 3.47.4.1.2, 3.47.4.3.2, 3.55.4.1.2. */
#include "profiles/pdq/query_v3.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"

struct reading {
	const struct person_reader *person;
	struct arena *arena;
	struct problem *problem;
	struct demographics_sought *sought;
	enum query_v3_of of;
	struct query_v3 *query;
	/* Where the next of each list goes. */
	struct patient_identifier **id, **domain;
	struct demographics_name **name;
};

static const struct xml_node *child(const struct xml_node *n, const char *local)
{
	return xml_child(n, HL7V3_NAMESPACE, local);
}

static const struct xml_node *next(const struct xml_node *n)
{
	return n == NULL ? NULL : xml_next(n, HL7V3_NAMESPACE, xml_local(n));
}

static bool fails(struct reading *r, enum problem_code code, const struct xml_node *at,
		  const char *what)
{
	return problem_at(r->problem, code, xml_path(r->arena, at), "%s", what);
}

static bool is_readable(const struct reading *r)
{
	return r->problem->code == PROBLEM_NONE;
}

/* ---- Individual Numbers ---- */

/* A time of twelve digits is one, whatever its last digit says of the others. */
static bool is_time(const char *text)
{
	instant unused;
	return instant_from_dtm(text, 0, &unused);
}

static bool attributes_have(const struct xml_node *n, bool twelve_digit_ids)
{
	static const char *const looked_at[] = { "value",      "root",
						 "code",       "displayName",
						 "codeSystem", "assigningAuthorityName",
						 "use" };
	if (!twelve_digit_ids && text_is_my_number(xml_attribute(n, "extension")))
		return true;
	for (size_t i = 0; i < COUNT(looked_at); i++) {
		const char *said = xml_attribute(n, looked_at[i]);
		if (text_starts(said, "tel:"))
			said += strlen("tel:");
		if (text_is_my_number(said) && !is_time(said))
			return true;
	}
	return false;
}

static bool has_my_number(struct arena *a, const struct xml_node *n, bool twelve_digit_ids)
{
	if (attributes_have(n, twelve_digit_ids)
	    || (xml_has_text(n) && text_is_my_number(xml_text(a, n))))
		return true;
	for (n = xml_first_element(n); n != NULL; n = xml_next_element(n))
		if (!xml_is(n, HL7V3_NAMESPACE, "queryId") && has_my_number(a, n, twelve_digit_ids))
			return true;
	return false;
}

bool query_v3_has_my_number(struct arena *a, const struct xml_node *query, bool twelve_digit_ids)
{
	return has_my_number(a, query, twelve_digit_ids);
}

bool query_v3_asks_by_insured_number(const struct xml_node *n)
{
	if (demographics_names_insurer(xml_attribute(n, "root"))
	    || demographics_names_insurer(xml_attribute(n, "assigningAuthorityName")))
		return true;
	for (n = n == NULL ? NULL : xml_first_element(n); n != NULL; n = xml_next_element(n))
		if (query_v3_asks_by_insured_number(n))
			return true;
	return false;
}

/* ---- Parameters ---- */

/* The one value of a parameter, which says something; or NULL with the problem. */
static const struct xml_node *value_of(struct reading *r, const struct xml_node *parameter)
{
	const struct xml_node *value = child(parameter, "value");
	if (value == NULL || xml_attribute(value, "nullFlavor") != NULL) {
		fails(r, PROBLEM_FIELD_MISSING, parameter, "the parameter has no value");
		return NULL;
	}
	if (next(value) != NULL) {
		fails(r, PROBLEM_SEGMENT_MISSING, next(value), "the parameter has one value");
		return NULL;
	}
	return value;
}

static bool read_id(struct reading *r, const struct xml_node *parameter)
{
	const struct xml_node *value = value_of(r, parameter);
	if (value == NULL)
		return false;
	*r->id = hl7v3_read_identifier(r->person, value);
	if (!is_readable(r))
		return false;
	if (*r->id == NULL || text_empty((*r->id)->universal_id))
		return fails(r, PROBLEM_FIELD_MISSING, value,
			     "an id needs its root and its extension");
	r->id = &(*r->id)->next;
	return true;
}

static struct demographics_name *read_name(struct reading *r, const struct xml_node *parameter)
{
	const struct xml_node *value = value_of(r, parameter);
	if (value == NULL)
		return NULL;
	/* A name is in one piece, or has one of these: a title alone is nobody's. */
	if (xml_first_element(value) != NULL && child(value, "family") == NULL
	    && child(value, "given") == NULL) {
		fails(r, PROBLEM_FIELD_MISSING, value,
		      "the name has neither a family nor a given name");
		return NULL;
	}
	struct demographics_name *n = arena_new(r->arena, struct demographics_name);
	*n = (struct demographics_name){ .name = hl7v3_read_name(r->person, value),
					 .loose = hl7v3_has_use(xml_attribute(value, "use"),
								"SRCH"),
					 .where = xml_path(r->arena, value) };
	if (n->name == NULL)
		fails(r, PROBLEM_FIELD_MISSING, value, "the name is empty");
	else if (n->loose && r->of == QUERY_V3_DISCOVERY)
		fails(r, PROBLEM_DATA_TYPE, value,
		      "no name is sought by how it sounds here (use SRCH): ITI TF-2: "
		      "3.55.4.1.2.1");
	return is_readable(r) ? n : NULL;
}

static bool read_names(struct reading *r, const struct xml_node *parameter)
{
	*r->name = read_name(r, parameter);
	if (*r->name == NULL)
		return false;
	r->name = &(*r->name)->next;
	return true;
}

static bool read_mother(struct reading *r, const struct xml_node *parameter)
{
	r->sought->mother = read_name(r, parameter);
	if (r->sought->mother == NULL || r->sought->mother->name->family != NULL)
		return r->sought->mother != NULL;
	return fails(r, PROBLEM_FIELD_MISSING, parameter,
		     "of the mother the family name is known, which is not asked for");
}

static bool read_sex(struct reading *r, const struct xml_node *parameter)
{
	const struct xml_node *value = value_of(r, parameter);
	unsigned before = r->person->notes->warning_count;
	if (value == NULL)
		return false;
	r->sought->sex = person_sex(r->person, xml_attribute(value, "code"), value);
	if (!is_readable(r))
		return false;
	if (r->sought->sex == NULL)
		return fails(r, PROBLEM_FIELD_MISSING, value, "the sex has no code");
	return r->person->notes->warning_count == before
	       || fails(r, PROBLEM_TABLE_VALUE, value, "the sex is no code of HL7 table 0001");
}

/* A time, or an end of a range; an end may be open. */
static bool read_date(struct reading *r, const struct xml_node *n, const char **out)
{
	bool *impossible = &r->person->notes->birth_date_impossible;
	const char *said = xml_attribute(n, "value");
	if (n == NULL || said == NULL)
		return true;
	*out = person_birth_date(r->person, said, n);
	return is_readable(r)
	       && ((*out != NULL && !*impossible)
		   || fails(r, PROBLEM_DATA_TYPE, n, "this is no date somebody was born on"));
}

/* IVL_TS: a moment or a date, or low and high. A centre, or a width, is no form a date of birth is
 * sought in. */
static bool read_birth(struct reading *r, const struct xml_node *parameter)
{
	struct demographics_sought *s = r->sought;
	const struct xml_node *value = value_of(r, parameter);
	if (value == NULL)
		return false;
	s->born_where = xml_path(r->arena, value);
	if (child(value, "center") != NULL || child(value, "width") != NULL)
		return fails(r, PROBLEM_DATA_TYPE, value,
			     "a range of dates has a low and a high end");
	if (xml_attribute(value, "value") != NULL) {
		if (!read_date(r, value, &s->born_from))
			return false;
		s->born_to = s->born_from;
		return true;
	}
	if (!read_date(r, child(value, "low"), &s->born_from)
	    || !read_date(r, child(value, "high"), &s->born_to))
		return false;
	return s->born_from != NULL || s->born_to != NULL
	       || fails(r, PROBLEM_FIELD_MISSING, value, "the birth time has no value");
}

static bool read_addresses(struct reading *r, const struct xml_node *parameter)
{
	struct postal_address **tail = (struct postal_address **)&r->sought->addresses;
	const struct xml_node *value = child(parameter, "value");
	unsigned count = 0;
	r->sought->addresses_where = xml_path(r->arena, parameter);
	for (; value != NULL && is_readable(r); value = next(value)) {
		*tail = hl7v3_read_address(r->person, value);
		if (*tail == NULL)
			return fails(r, PROBLEM_FIELD_MISSING, value, "the address is empty");
		if (++count > QUERY_V3_REPETITIONS)
			return fails(r, PROBLEM_DATA_TYPE, value, "too many alternatives");
		tail = &(*tail)->next;
	}
	return is_readable(r)
	       && (count != 0
		   || fails(r, PROBLEM_FIELD_MISSING, parameter, "the parameter has no value"));
}

static bool read_telecoms(struct reading *r, const struct xml_node *parameter)
{
	struct telecom **tail = (struct telecom **)&r->sought->telecoms;
	const struct xml_node *value = child(parameter, "value");
	unsigned count = 0;
	r->sought->telecoms_where = xml_path(r->arena, parameter);
	for (; value != NULL && is_readable(r); value = next(value)) {
		*tail = hl7v3_read_telecom(r->person, value);
		if (*tail == NULL)
			return fails(r, PROBLEM_FIELD_MISSING, value,
				     "this is neither a phone number nor a mail address");
		if (++count > QUERY_V3_REPETITIONS)
			return fails(r, PROBLEM_DATA_TYPE, value, "too many alternatives");
		tail = &(*tail)->next;
	}
	return is_readable(r)
	       && (count != 0
		   || fails(r, PROBLEM_FIELD_MISSING, parameter, "the parameter has no value"));
}

/* A domain: root only (3.47.4.1.2.2). */
static bool read_domain(struct reading *r, const struct xml_node *parameter)
{
	const struct xml_node *value = value_of(r, parameter);
	struct person_id_said domain = { .universal_id = xml_attribute(value, "root"),
					 .universal_id_type = "ISO" };
	if (value == NULL)
		return false;
	if (text_empty(domain.universal_id) || xml_attribute(value, "extension") != NULL)
		return fails(r, PROBLEM_FIELD_MISSING, value,
			     "a domain is named by its root, without an extension");
	*r->domain = arena_new(r->arena, struct patient_identifier);
	person_authority(r->person, &domain, value, *r->domain);
	(*r->domain)->where = xml_path(r->arena, value);
	r->domain = &(*r->domain)->next;
	return is_readable(r);
}

/* No record of ours says anything of it: it can be read, and who asks is told. */
static bool note_unkept(struct reading *r, const struct xml_node *parameter)
{
	struct query_v3 *q = r->query;
	if (q->unkept_count < QUERY_V3_UNKEPT)
		q->unkept[q->unkept_count++] = xml_path(r->arena, parameter);
	return is_readable(r);
}

static bool read_birth_address(struct reading *r, const struct xml_node *parameter)
{
	const struct xml_node *value = child(parameter, "value");
	unsigned count = 0;
	for (; value != NULL && is_readable(r); value = next(value)) {
		if (hl7v3_read_address(r->person, value) == NULL)
			return fails(r, PROBLEM_FIELD_MISSING, value, "the address is empty");
		if (++count > QUERY_V3_REPETITIONS)
			return fails(r, PROBLEM_DATA_TYPE, value, "too many alternatives");
	}
	if (count == 0)
		return fails(r, PROBLEM_FIELD_MISSING, parameter, "the parameter has no value");
	return note_unkept(r, parameter);
}

static bool read_birth_place(struct reading *r, const struct xml_node *parameter)
{
	const struct xml_node *value = child(parameter, "value");
	unsigned count = 0;
	for (; value != NULL && is_readable(r); value = next(value)) {
		const char *said = person_text(r->person, xml_text(r->arena, value), value);
		if (is_readable(r) && text_empty(said) && xml_first_element(value) == NULL)
			return fails(r, PROBLEM_FIELD_MISSING, value, "the place has no name");
		if (++count > QUERY_V3_REPETITIONS)
			return fails(r, PROBLEM_DATA_TYPE, value, "too many alternatives");
	}
	if (count == 0)
		return fails(r, PROBLEM_FIELD_MISSING, parameter, "the parameter has no value");
	return note_unkept(r, parameter);
}

static bool read_provider(struct reading *r, const struct xml_node *parameter)
{
	const struct xml_node *value = value_of(r, parameter);
	if (value == NULL)
		return false;
	if (text_empty(xml_attribute(value, "root")))
		return fails(r, PROBLEM_FIELD_MISSING, value, "an id needs its root");
	return note_unkept(r, parameter);
}

enum { OF_BOTH = 1 << QUERY_V3_DEMOGRAPHICS | 1 << QUERY_V3_DISCOVERY };

static const struct parameter {
	const char *element;
	unsigned of;  /* bits 1 << enum query_v3_of: which query has it */
	bool repeats; /* 3.47.4.1.2.2, 3.55.4.1.2.2: only these may stand there several times */
	bool (*read)(struct reading *r, const struct xml_node *parameter);
} parameters[] = {
	{ .element = "livingSubjectAdministrativeGender", .of = OF_BOTH, .read = read_sex },
	{ .element = "livingSubjectBirthPlaceAddress",
	  .of = 1 << QUERY_V3_DISCOVERY,
	  .read = read_birth_address },
	{ .element = "livingSubjectBirthPlaceName",
	  .of = 1 << QUERY_V3_DISCOVERY,
	  .read = read_birth_place },
	{ .element = "livingSubjectBirthTime", .of = OF_BOTH, .read = read_birth },
	{ .element = "livingSubjectId", .of = OF_BOTH, .repeats = true, .read = read_id },
	{ .element = "livingSubjectName", .of = OF_BOTH, .repeats = true, .read = read_names },
	{ .element = "mothersMaidenName", .of = OF_BOTH, .read = read_mother },
	{ .element = "otherIDsScopingOrganization",
	  .of = 1 << QUERY_V3_DEMOGRAPHICS,
	  .repeats = true,
	  .read = read_domain },
	{ .element = "patientAddress", .of = OF_BOTH, .read = read_addresses },
	{ .element = "patientTelecom", .of = OF_BOTH, .read = read_telecoms },
	{ .element = "principalCareProviderId",
	  .of = 1 << QUERY_V3_DISCOVERY,
	  .repeats = true,
	  .read = read_provider },
};

static bool read_parameter(struct reading *r, const struct xml_node *n, unsigned *counts)
{
	static const char *const about[] = { "id", "realmCode", "typeId", "templateId" };
	for (size_t i = 0; i < COUNT(about); i++)
		if (xml_is(n, HL7V3_NAMESPACE, about[i]))
			return true;
	for (size_t i = 0; i < COUNT(parameters); i++) {
		if (!xml_is(n, HL7V3_NAMESPACE, parameters[i].element)
		    || (parameters[i].of & 1u << r->of) == 0)
			continue;
		if (++counts[i] > 1 && !parameters[i].repeats)
			return fails(r, PROBLEM_SEGMENT_MISSING, n,
				     "the parameter stands there twice");
		if (counts[i] > QUERY_V3_REPETITIONS)
			return fails(r, PROBLEM_DATA_TYPE, n,
				     "the parameter stands there too often");
		return parameters[i].read(r, n);
	}
	return fails(r, PROBLEM_DATA_TYPE, n, "the query has no such parameter");
}

/* ---- The query ---- */

static bool read_number(struct reading *r, const struct xml_node *n, uint64_t least, unsigned *out)
{
	uint64_t number = 0;
	if (n == NULL)
		return true;
	if (!text_to_number(xml_attribute(n, "value"), INT32_MAX, &number) || number < least)
		return fails(r, PROBLEM_DATA_TYPE, n, "this is no number that can be meant here");
	*out = (unsigned)number;
	return true;
}

/* What is fixed, or has a default, may be left out and says nothing else. */
static bool holds(struct reading *r, const struct xml_node *parent)
{
	static const struct {
		const char *element, *code, *what;
		unsigned of;
	} fixed[] = {
		{ .element = "statusCode",
		  .code = "new",
		  .what = "the status of a query is new",
		  .of = OF_BOTH },
		{ .element = "responseModalityCode",
		  .code = "R",
		  .what = "answers are given in real time (R)",
		  .of = OF_BOTH },
		{ .element = "responsePriorityCode",
		  .code = "I",
		  .what = "answers are given immediately (I)",
		  .of = 1 << QUERY_V3_DEMOGRAPHICS }, /* ITI-55 has a meaning for D */
		{ .element = "initialQuantityCode",
		  .code = "RD",
		  .what = "answers are counted in records (RD)",
		  .of = 1 << QUERY_V3_DEMOGRAPHICS },
	};
	for (size_t i = 0; i < COUNT(fixed); i++) {
		const struct xml_node *n = child(parent, fixed[i].element);
		if (n != NULL && (fixed[i].of & 1u << r->of) != 0
		    && !text_equal(xml_attribute(n, "code"), fixed[i].code))
			return fails(r, PROBLEM_DATA_TYPE, n, fixed[i].what);
	}
	return true;
}

/* An algorithm is a preference, and none was agreed on; a degree leaves out who fits less. */
static bool read_criteria(struct reading *r, const struct xml_node *list)
{
	const struct xml_node *degree = child(list, "minimumDegreeMatch");
	if (degree == NULL)
		return true;
	const struct xml_node *value = value_of(r, degree);
	return value != NULL && read_number(r, value, 0, &r->sought->least_degree)
	       && (r->of == QUERY_V3_DEMOGRAPHICS || r->sought->least_degree <= DEMOGRAPHICS_EXACT
		   || fails(r, PROBLEM_DATA_TYPE, value, "a degree is between 0 and 100"));
}

static bool read_insured(struct reading *r)
{
	bool my_number = false;
	if (demographics_take_insured(r->arena, r->sought, &my_number, r->problem))
		return true;
	r->person->notes->refused += my_number;
	return false;
}

static bool read_query(const struct person_reader *person, const struct xml_node *query,
		       enum query_v3_of of, struct query_v3 *out)
{
	static const char *const once[] = { "queryId", "statusCode", "initialQuantity",
					    "matchCriterionList", "parameterList" };
	const struct xml_node *id = child(query, "queryId"), *list = child(query, "parameterList");
	unsigned counts[COUNT(parameters)] = { 0 };
	*out = (struct query_v3){ .id = { .root = xml_attribute(id, "root"),
					  .extension = xml_attribute(id, "extension") } };
	struct reading r = { .person = person,
			     .arena = person->arena,
			     .problem = person->problem,
			     .sought = &out->sought,
			     .of = of,
			     .query = out,
			     .id = (struct patient_identifier **)&out->sought.ids,
			     .domain = &out->sought.domains,
			     .name = (struct demographics_name **)&out->sought.names };
	for (size_t i = 0; i < COUNT(once); i++)
		if (next(child(query, once[i])) != NULL)
			return fails(&r, PROBLEM_SEGMENT_MISSING, next(child(query, once[i])),
				     "this stands once in a query");
	if (list == NULL)
		return fails(&r, PROBLEM_SEGMENT_MISSING, query, "the query has no parameterList");
	out->sought.where = xml_path(r.arena, list);
	if (!holds(&r, query)
	    || (of == QUERY_V3_DEMOGRAPHICS
		&& !read_number(&r, child(query, "initialQuantity"), 1, &out->quantity))
	    || !read_criteria(&r, child(query, "matchCriterionList")))
		return false;
	for (const struct xml_node *n = xml_first_element(list); n != NULL; n = xml_next_element(n))
		if (!read_parameter(&r, n, counts))
			return false;
	return read_insured(&r);
}

bool query_v3_read(const struct person_reader *person, const struct xml_node *query,
		   struct query_v3 *out)
{
	return read_query(person, query, QUERY_V3_DEMOGRAPHICS, out);
}

bool query_v3_read_discovery(const struct person_reader *person, const struct xml_node *query,
			     struct query_v3 *out)
{
	return read_query(person, query, QUERY_V3_DISCOVERY, out);
}

bool query_v3_read_continuation(const struct person_reader *person, const struct xml_node *act,
				struct query_v3_continuation *out)
{
	const struct xml_node *n = child(act, "queryContinuation"), *id = child(n, "queryId");
	const struct xml_node *quantity = child(n, "continuationQuantity");
	const char *status = xml_attribute(child(n, "statusCode"), "code");
	struct reading r = { .person = person, .arena = person->arena, .problem = person->problem };
	*out = (struct query_v3_continuation){ .id = { .root = xml_attribute(id, "root"),
						       .extension = xml_attribute(id,
										  "extension") } };
	if (text_empty(out->id.root))
		return fails(&r, PROBLEM_FIELD_MISSING, n != NULL ? n : act,
			     "no queryContinuation names the query by its queryId");
	if (next(n) != NULL || next(id) != NULL)
		return fails(&r, PROBLEM_SEGMENT_MISSING, next(n) != NULL ? next(n) : next(id),
			     "one query is continued by a message");
	out->cancelled = text_equal(status, "aborted");
	if (!read_number(&r, quantity, out->cancelled ? 0 : 1, &out->quantity)
	    || !read_number(&r, child(n, "startResultNumber"), 1, &out->start))
		return false;
	return out->cancelled || status == NULL || text_equal(status, "waitContinuedQueryResponse")
	       || fails(&r, PROBLEM_DATA_TYPE, child(n, "statusCode"),
			"the status is waitContinuedQueryResponse, or aborted");
}
