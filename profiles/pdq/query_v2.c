/* profiles/pdq/query_v2.c: the parameters of a Patient Demographics Query of HL7 v2, by their
 * table. ITI TF-2: 3.21.4.1.2, 3.22.4.1.2. */
#include "profiles/pdq/query_v2.h"

#include <ctype.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2_my_number.h"
#include "gateway/envelope/hl7v2_patient.h"

enum { PARAMETERS = 3, THRESHOLD = 4, DOMAINS = 8 }; /* fields of QPD */

/* ---- Individual Numbers ---- */

/* As what it is read: person_id(). */
static bool asks_for_an_id(const struct hl7_segment *s, unsigned field, struct hl7_part repetition)
{
	return text_equal(s->name, "QPD") && field == PARAMETERS
	       && text_starts(hl7_text(hl7_component(repetition, 1)), "@PID.3");
}

bool query_v2_has_my_number(const struct hl7_message *m, bool twelve_digit_ids)
{
	return hl7_has_my_number(m, twelve_digit_ids ? asks_for_an_id : NULL);
}

/* ---- The values of QPD-3, by their place ---- */

enum slot {
	ID,
	ID_NAMESPACE,
	ID_UNIVERSAL,
	ID_UNIVERSAL_TYPE,
	ID_TYPE,
	FAMILY,
	GIVEN,
	MIDDLE,
	NAME_TYPE,
	REPRESENTATION,
	MOTHERS_FAMILY,
	MOTHERS_GIVEN,
	BIRTH,
	SEX,
	STREET,
	OTHER,
	CITY,
	STATE,
	POSTCODE,
	COUNTRY,
	ADDRESS_TEXT,
	PHONE,
	MAIL,
	PHONE_COUNTRY,
	PHONE_AREA,
	PHONE_LOCAL,
	PATIENT_CLASS,
	SLOTS
};
enum { ID_SLOTS = ID_TYPE + 1 };

struct place {
	char segment[4];
	unsigned field, component, subcomponent;
};

/* Table 3.21-3, 3.21-4; of 3.22-4 what can be told of a patient without visits. A component, or
 * subcomponent, that is not said is the first. */
static const struct {
	struct place place;
	enum slot slot;
} parameters[] = {
	{ { "PID", 3, 1, 1 }, ID },
	{ { "PID", 3, 4, 1 }, ID_NAMESPACE },
	{ { "PID", 3, 4, 2 }, ID_UNIVERSAL },
	{ { "PID", 3, 4, 3 }, ID_UNIVERSAL_TYPE },
	{ { "PID", 3, 5, 1 }, ID_TYPE },
	{ { "PID", 5, 1, 1 }, FAMILY },
	{ { "PID", 5, 2, 1 }, GIVEN },
	{ { "PID", 5, 3, 1 }, MIDDLE },
	{ { "PID", 5, 7, 1 }, NAME_TYPE },
	{ { "PID", 5, 8, 1 }, REPRESENTATION },
	{ { "PID", 6, 1, 1 }, MOTHERS_FAMILY },
	{ { "PID", 6, 2, 1 }, MOTHERS_GIVEN },
	{ { "PID", 7, 1, 1 }, BIRTH },
	{ { "PID", 8, 1, 1 }, SEX },
	{ { "PID", 11, 1, 1 }, STREET },
	{ { "PID", 11, 2, 1 }, OTHER },
	{ { "PID", 11, 3, 1 }, CITY },
	{ { "PID", 11, 4, 1 }, STATE },
	{ { "PID", 11, 5, 1 }, POSTCODE },
	{ { "PID", 11, 6, 1 }, COUNTRY },
	{ { "PID", 11, 8, 1 }, ADDRESS_TEXT },
	{ { "PID", 13, 1, 1 }, PHONE },
	{ { "PID", 13, 4, 1 }, MAIL },
	{ { "PID", 13, 5, 1 }, PHONE_COUNTRY },
	{ { "PID", 13, 6, 1 }, PHONE_AREA },
	{ { "PID", 13, 7, 1 }, PHONE_LOCAL },
	{ { "PID", 13, 12, 1 }, PHONE },
	{ { "PV1", 2, 1, 1 }, PATIENT_CLASS },
};

struct value {
	const char *text;   /* unescaped; NULL: not said */
	struct hl7_part at; /* the value in its repetition */
};

/* One id: its parts stand in repetitions of their own, and are one's until a part comes again. */
struct id_values {
	struct value part[ID_SLOTS];
	struct id_values *next;
};

struct reading {
	struct person_reader person;
	bool visits;
	struct demographics_sought *sought;
	struct value values[SLOTS];
	struct id_values *ids, *last_id;
	unsigned id_count;
};

static const char *place_of(const struct person_reader *r, const void *at)
{
	(void)r;
	return hl7_where(*(const struct hl7_part *)at);
}

static bool fails(struct reading *r, enum problem_code code, struct hl7_part at, const char *what)
{
	return problem_at(r->person.problem, code, hl7_where(at), "%s", what);
}

static bool is_readable(const struct reading *r)
{
	return r->person.problem->code == PROBLEM_NONE;
}

/* A number behind a period, without leading zeros, if one is there. */
static bool read_step(const char **text, unsigned *out)
{
	unsigned number = 0;
	const char *c = *text;
	if (*c != '.')
		return true;
	for (c++; isdigit((unsigned char)*c) && number < 100; c++)
		number = number * 10 + (unsigned)(*c - '0');
	if (number == 0 || isdigit((unsigned char)*c) || (*text)[1] == '0')
		return false;
	*text = c;
	*out = number;
	return true;
}

/* @<seg>.<field no>.<component no>.<subcomponent no> (3.21.4.1.2.3). */
static bool read_place(const char *text, struct place *out)
{
	*out = (struct place){ .field = 0 };
	if (text[0] != '@' || strlen(text) < 5)
		return false;
	memcpy(out->segment, text + 1, 3);
	text += 4;
	return read_step(&text, &out->field) && read_step(&text, &out->component)
	       && read_step(&text, &out->subcomponent) && *text == '\0' && out->field != 0;
}

static unsigned or_first(unsigned number)
{
	return number == 0 ? 1 : number;
}

/* SLOTS: nobody can be sought by what stands there. */
static enum slot slot_at(const struct reading *r, const struct place *place)
{
	for (size_t i = 0; i < COUNT(parameters); i++) {
		const struct place *one = &parameters[i].place;
		if (memcmp(place->segment, one->segment, 3) == 0 && place->field == one->field
		    && or_first(place->component) == one->component
		    && or_first(place->subcomponent) == one->subcomponent
		    && (r->visits || parameters[i].slot != PATIENT_CLASS))
			return parameters[i].slot;
	}
	return SLOTS;
}

/* Why not: what others keep, and we do not, is told from what does not exist. */
static const char *why_not(const struct reading *r, const struct place *place)
{
	if (memcmp(place->segment, "PID", 3) == 0 && place->field == 18)
		return "nobody can be sought by an account number: none is kept here";
	if (r->visits && memcmp(place->segment, "PV", 2) == 0)
		return "nobody can be sought by a visit: none is kept here";
	return "nobody can be sought by what is named there";
}

/* Where it goes; of an id, one whose part that is has not been said. NULL: there are too many. */
static struct value *value_at(struct reading *r, enum slot slot)
{
	if (slot > ID_TYPE)
		return &r->values[slot];
	if (r->last_id == NULL || r->last_id->part[slot].text != NULL) {
		if (r->id_count == QUERY_V2_IDS)
			return NULL;
		struct id_values *one = arena_new(r->person.arena, struct id_values);
		*(r->last_id == NULL ? &r->ids : &r->last_id->next) = one;
		r->last_id = one;
		r->id_count++;
	}
	return &r->last_id->part[slot];
}

static bool take(struct reading *r, enum slot slot, struct hl7_part at)
{
	if (hl7_unread_escape(at))
		return fails(r, PROBLEM_DATA_TYPE, at, "an escape sequence in it cannot be read");
	struct value *value = value_at(r, slot);
	if (value == NULL)
		return fails(r, PROBLEM_DATA_TYPE, at, "more ids than one person's are looked up");
	if (value->text != NULL)
		return fails(r, PROBLEM_DATA_TYPE, at,
			     "this was said already, and is no list of alternatives");
	*value = (struct value){ .text = hl7_whole(at), .at = at };
	return true;
}

/* @PID.3.4 with the parts of an authority in one value, as some write it. */
static bool take_authority(struct reading *r, struct hl7_part value)
{
	bool any = false;
	for (unsigned n = 1; n <= 3; n++) {
		struct hl7_part part = hl7_subcomponent(value, n);
		any = any || hl7_present(part);
		if (hl7_present(part) && !take(r, (enum slot)(ID_NAMESPACE + (int)n - 1), part))
			return false;
	}
	if (!any)
		return fails(r, PROBLEM_FIELD_MISSING, value, "the parameter has no value");
	return !hl7_present(hl7_subcomponent(value, 4))
	       || fails(r, PROBLEM_DATA_TYPE, value, "an authority has three parts");
}

static bool read_parameter(struct reading *r, struct hl7_part repetition)
{
	struct hl7_part name = hl7_component(repetition, 1), value = hl7_component(repetition, 2);
	struct place place;
	if (!read_place(hl7_whole(name), &place))
		return fails(r, PROBLEM_DATA_TYPE, name,
			     "this is not the name of a field, as @PID.5.1.1 is");
	enum slot slot = slot_at(r, &place);
	if (slot == SLOTS)
		return fails(r, PROBLEM_DATA_TYPE, name, why_not(r, &place));
	if (!hl7_present(value) || hl7_deletes(value))
		return fails(r, PROBLEM_FIELD_MISSING, value, "the parameter has no value");
	if (hl7_components(repetition) > 2)
		return fails(r, PROBLEM_DATA_TYPE, repetition,
			     "a parameter is one name and one value");
	if (slot == ID_NAMESPACE && place.subcomponent == 0)
		return take_authority(r, value);
	return hl7_present(hl7_subcomponent(value, 2))
		       ? fails(r, PROBLEM_DATA_TYPE, value, "the value is one of parts")
		       : take(r, slot, value);
}

/* All of them, whatever one is: an id that is an Individual Number must be seen (3.21.4.1.2.3). */
static void read_parameters(struct reading *r, struct hl7_part field)
{
	unsigned count = 0;
	for (unsigned n = 1; n <= hl7_repetitions(field); n++) {
		struct hl7_part repetition = hl7_repetition(field, n);
		count += hl7_present(repetition);
		if (hl7_present(repetition))
			read_parameter(r, repetition);
	}
	if (count == 0)
		fails(r, PROBLEM_FIELD_MISSING, field, "the query says nothing of who is sought");
}

/* ---- What they say ---- */

static const char *text_in(struct reading *r, enum slot slot)
{
	return person_text(&r->person, r->values[slot].text, &r->values[slot].at);
}

static const char *code_in(struct reading *r, enum slot slot)
{
	return person_code(&r->person, r->values[slot].text, &r->values[slot].at);
}

/* The first that was said of these; NULL: none was. */
static const struct hl7_part *said_in(const struct reading *r, enum slot from, enum slot to)
{
	for (int slot = (int)from; slot <= (int)to; slot++)
		if (r->values[slot].text != NULL)
			return &r->values[slot].at;
	return NULL;
}

/* PI is what an id of a patient is; of any other type none is looked up by it. */
static void read_ids(struct reading *r)
{
	struct patient_identifier **tail = (struct patient_identifier **)&r->sought->ids;
	for (const struct id_values *one = r->ids; one != NULL; one = one->next) {
		const struct value *part = one->part, *first = part;
		while (first->text == NULL)
			first++;
		struct person_id_said said = { .id = part[ID].text,
					       .namespace_id = part[ID_NAMESPACE].text,
					       .universal_id = part[ID_UNIVERSAL].text,
					       .universal_id_type = part[ID_UNIVERSAL_TYPE].text,
					       .type = part[ID_TYPE].text };
		struct patient_identifier *id = person_id(&r->person, &said, &first->at,
							  &first->at);
		if (id == NULL)
			fails(r, PROBLEM_FIELD_MISSING, first->at, "an id has its number");
		else if (id->type != NULL && !text_equal_nocase(id->type, "PI"))
			fails(r, PROBLEM_TABLE_VALUE, part[ID_TYPE].at,
			      "patients are known by ids of type PI only");
		*tail = id;
		tail = id == NULL ? tail : &id->next;
	}
}

static bool read_insured(struct reading *r)
{
	bool my_number = false;
	if (!is_readable(r)
	    || demographics_take_insured(r->person.arena, r->sought, &my_number, r->person.problem))
		return is_readable(r);
	r->person.notes->refused += my_number;
	return false;
}

static bool read_representation(struct reading *r, struct person_name *name)
{
	static const struct {
		const char *code;
		enum name_representation means;
	} codes[] = { { "I", NAME_IDEOGRAPHIC }, { "P", NAME_PHONETIC }, { "A", NAME_ALPHABETIC } };
	const char *code = code_in(r, REPRESENTATION);
	for (size_t i = 0; code != NULL && i < COUNT(codes); i++)
		if (text_equal_nocase(code, codes[i].code)) {
			name->representation = codes[i].means;
			return true;
		}
	return code == NULL
	       || fails(r, PROBLEM_TABLE_VALUE, r->values[REPRESENTATION].at,
			"the representation of a name is A, I or P");
}

/* Of a name's type only L is told apart: names are compared whatever theirs is. */
static bool read_name(struct reading *r)
{
	const struct hl7_part *at = said_in(r, FAMILY, REPRESENTATION);
	if (at == NULL)
		return true;
	struct person_name *name = arena_new(r->person.arena, struct person_name);
	name->family = text_in(r, FAMILY);
	name->given = text_in(r, GIVEN);
	name->middle = text_in(r, MIDDLE);
	name->use = code_in(r, NAME_TYPE);
	if (!read_representation(r, name))
		return false;
	if (name->use != NULL && !text_equal_nocase(name->use, "L"))
		return fails(r, PROBLEM_TABLE_VALUE, r->values[NAME_TYPE].at,
			     "nobody can be sought by a name of another type than L");
	name = person_name_read(&r->person, name);
	if (name == NULL)
		return fails(r, PROBLEM_FIELD_MISSING, *at, "the name is empty");
	struct demographics_name *sought = arena_new(r->person.arena, struct demographics_name);
	*sought = (struct demographics_name){ .name = name, .where = hl7_where(*at) };
	r->sought->names = sought;
	return is_readable(r);
}

static bool read_mother(struct reading *r)
{
	const struct hl7_part *at = said_in(r, MOTHERS_FAMILY, MOTHERS_GIVEN);
	if (at == NULL)
		return true;
	struct person_name *name = arena_new(r->person.arena, struct person_name);
	name->family = text_in(r, MOTHERS_FAMILY);
	name->given = text_in(r, MOTHERS_GIVEN);
	if (name->family == NULL)
		return fails(r, PROBLEM_FIELD_MISSING, *at,
			     "of the mother the family name is known, which is not asked for");
	struct demographics_name *mother = arena_new(r->person.arena, struct demographics_name);
	*mother = (struct demographics_name){ .name = person_name_read(&r->person, name),
					      .where = hl7_where(*at) };
	r->sought->mother = mother;
	return is_readable(r);
}

/* Everything but the year may be left out; zeros and nines are no date to look for. */
static bool read_birth(struct reading *r)
{
	const struct value *v = &r->values[BIRTH];
	struct demographics_sought *s = r->sought;
	if (v->text == NULL)
		return true;
	s->born_where = hl7_where(v->at);
	s->born_from = s->born_to = person_birth_date(&r->person, v->text, &v->at);
	return (s->born_from != NULL && is_readable(r))
	       || fails(r, PROBLEM_DATA_TYPE, v->at, "this is no date somebody was born on");
}

static bool read_sex(struct reading *r)
{
	const struct value *v = &r->values[SEX];
	unsigned before = r->person.notes->warning_count;
	if (v->text == NULL)
		return true;
	r->sought->sex = person_sex(&r->person, v->text, &v->at);
	if (r->sought->sex == NULL)
		return fails(r, PROBLEM_FIELD_MISSING, v->at, "the sex has no code");
	return is_readable(r)
	       && (r->person.notes->warning_count == before
		   || fails(r, PROBLEM_TABLE_VALUE, v->at, "the sex is no code of HL7 table 0001"));
}

static bool read_address(struct reading *r)
{
	const struct hl7_part *at = said_in(r, STREET, ADDRESS_TEXT);
	if (at == NULL)
		return true;
	struct postal_address *ad = arena_new(r->person.arena, struct postal_address);
	*ad = (struct postal_address){ .street = text_in(r, STREET),
				       .other = text_in(r, OTHER),
				       .city = text_in(r, CITY),
				       .state = text_in(r, STATE),
				       .postal_code = text_in(r, POSTCODE),
				       .country = code_in(r, COUNTRY),
				       .text = text_in(r, ADDRESS_TEXT) };
	r->sought->addresses_where = hl7_where(*at);
	r->sought->addresses = person_address_read(ad);
	return is_readable(r)
	       && (r->sought->addresses != NULL
		   || fails(r, PROBLEM_FIELD_MISSING, *at, "a country alone is no address"));
}

/* XTN-5, 6 and 7: country, area, local; as a feed's are put together. */
static const char *number_in_pieces(struct reading *r)
{
	const char *country = text_in(r, PHONE_COUNTRY), *area = text_in(r, PHONE_AREA);
	const char *local = text_in(r, PHONE_LOCAL);
	if (local == NULL)
		return NULL;
	if (area != NULL)
		local = arena_printf(r->person.arena, "%s-%s", area, local);
	return country == NULL ? local : arena_printf(r->person.arena, "+%s-%s", country, local);
}

/* One of the three ways to say it: several could mean several phones. */
static bool read_telecom(struct reading *r)
{
	const struct hl7_part *at = said_in(r, PHONE, PHONE_LOCAL);
	if (at == NULL)
		return true;
	const char *const ways[] = { text_in(r, PHONE), text_in(r, MAIL), number_in_pieces(r) };
	const char *number = NULL;
	unsigned count = said_in(r, PHONE_COUNTRY, PHONE_LOCAL) != NULL && ways[2] == NULL;
	for (size_t i = 0; i < COUNT(ways); i++) {
		count += ways[i] != NULL;
		number = ways[i] != NULL ? ways[i] : number;
	}
	r->sought->telecoms_where = hl7_where(*at);
	r->sought->telecoms = person_telecom(&r->person, number, NULL, NULL);
	if (!is_readable(r))
		return false;
	if (count > 1)
		return fails(r, PROBLEM_DATA_TYPE, *at, "one number, or one mail address, is said");
	return r->sought->telecoms != NULL
	       || fails(r, PROBLEM_FIELD_MISSING, *at,
			"this is neither a phone number nor a mail address");
}

/* What is answered of each patient (3.22.4.2.2.7) can be asked for: that no visit is meant. Whoever
 * asks for another class asks for what nobody here knows. */
static bool read_class(struct reading *r)
{
	const struct value *v = &r->values[PATIENT_CLASS];
	return v->text == NULL || text_equal(code_in(r, PATIENT_CLASS), "N")
	       || fails(r, PROBLEM_TABLE_VALUE, v->at,
			"no visits are kept here: the class of every patient is N");
}

static bool read_person(struct reading *r)
{
	return is_readable(r) && read_name(r) && read_mother(r) && read_birth(r) && read_sex(r)
	       && read_address(r) && read_telecom(r) && read_class(r);
}

/* ---- The rest of the query ---- */

/* What has one meaning here, or none, may be left out and says nothing else. */
static bool holds(struct reading *r, struct hl7_part at, const char *code, const char *what)
{
	return !hl7_present(at) || text_equal(hl7_whole(at), code)
	       || fails(r, PROBLEM_TABLE_VALUE, at, what);
}

static bool read_number(struct reading *r, struct hl7_part at, uint64_t least, unsigned *out)
{
	uint64_t number = 0;
	if (!hl7_present(at))
		return true;
	if (!text_to_number(hl7_whole(at), INT32_MAX, &number) || number < least)
		return fails(r, PROBLEM_DATA_TYPE, at, "this is no number that can be meant here");
	*out = (unsigned)number;
	return true;
}

/* A segment that stands there once, if at all; *out NULL: it does not. */
static bool read_once(struct reading *r, const struct hl7_message *m, const char *name,
		      const struct hl7_segment **out)
{
	*out = hl7_segment(m, name, 1);
	return hl7_segment(m, name, 2) == NULL
	       || (hl7_only_segment(m, name, r->person.problem) != NULL);
}

/* 3.21.4.1.2.5: answers are immediate, and counted in records. */
static bool read_control(struct reading *r, const struct hl7_message *m, unsigned *quantity)
{
	const struct hl7_segment *rcp;
	if (!read_once(r, m, "RCP", &rcp))
		return false;
	struct hl7_part limit = hl7_repetition(hl7_field(rcp, 2), 1);
	return holds(r, hl7_field(rcp, 1), "I", "answers are given immediately (I)")
	       && read_number(r, hl7_component(limit, 1), 1, quantity)
	       && holds(r, hl7_subcomponent(hl7_component(limit, 2), 1), "RD",
			"answers are counted in records (RD)");
}

/* 3.21.4.1.2.6. One without a pointer is as if it were not there: "should be omitted". */
static bool read_continuation(struct reading *r, const struct hl7_message *m, const char **pointer)
{
	const struct hl7_segment *dsc;
	if (!read_once(r, m, "DSC", &dsc))
		return false;
	if (hl7_present(hl7_field(dsc, 1)))
		*pointer = hl7_whole(hl7_field(dsc, 1));
	return holds(r, hl7_field(dsc, 2), "I", "answers are continued interactively (I)");
}

/* QPD-8: only the assigning authority (CX.4) of each repetition counts (3.21.4.1.2.4). */
static bool read_domains(struct reading *r, struct hl7_part field)
{
	struct patient_identifier **tail = &r->sought->domains;
	unsigned count = hl7_repetitions(field);
	if (count > QUERY_V2_DOMAINS)
		return fails(r, PROBLEM_TOO_LARGE, field, "too many domains are asked for");
	for (unsigned n = 1; n <= count && is_readable(r); n++) {
		struct hl7_part repetition = hl7_repetition(field, n);
		struct patient_identifier *domain = arena_new(r->person.arena,
							      struct patient_identifier);
		hl7_read_domain(repetition, r->person.notes, r->person.problem, domain);
		domain->where = hl7_where(repetition);
		*tail = domain;
		tail = &domain->next;
	}
	return is_readable(r);
}

/* QPD-4 leaves out who fits less; QPD-5 to 7 name an algorithm, of which none was agreed on
 * (3.21.4.1.2.3). What stands behind QPD-8 could have asked for something else. */
static bool read_fields(struct reading *r, const struct hl7_segment *qpd)
{
	for (unsigned f = DOMAINS + 1; f <= HL7_FIELDS_MAX; f++)
		if (hl7_present(hl7_field(qpd, f)))
			return fails(r, PROBLEM_DATA_TYPE, hl7_field(qpd, f),
				     "the query has no such parameter");
	return read_number(r, hl7_field(qpd, THRESHOLD), 0, &r->sought->least_degree)
	       && read_domains(r, hl7_field(qpd, DOMAINS));
}

bool query_v2_read(const struct hl7_message *m, const struct hl7_segment *qpd, bool visits,
		   const struct hl7_person_rules *rules, struct hl7_person_notes *notes,
		   struct query_v2 *out, struct problem *p)
{
	struct problem found = { .code = PROBLEM_NONE };
	struct reading r = { .person = { .arena = m->arena,
					 .rules = rules,
					 .notes = notes,
					 .problem = &found,
					 .where = place_of },
			     .visits = visits,
			     .sought = &out->sought };
	*out = (struct query_v2){ .quantity = 0 };
	out->sought.where = hl7_where(hl7_field(qpd, PARAMETERS));
	read_parameters(&r, hl7_field(qpd, PARAMETERS));
	read_ids(&r);
	return (read_insured(&r) && read_person(&r) && read_fields(&r, qpd)
		&& read_control(&r, m, &out->quantity) && read_continuation(&r, m, &out->pointer))
	       || problem_at(p, found.code, found.where, "%s", found.what);
}
