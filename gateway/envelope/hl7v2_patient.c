/* gateway/envelope/hl7v2_patient.c: where CX, XPN, XAD, XTN, PID and IN1 hold what is said of a
 * person (HL7 2.5: 2.A, 3.4.2, 6.5.6; what Japanese senders make of them: japan.md B2, B3). */
#include "gateway/envelope/hl7v2_patient.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"

/* ---- Values ---- */

static const char *place(const struct person_reader *r, const void *at)
{
	(void)r;
	return hl7_where(*(const struct hl7_part *)at);
}

static struct person_reader reader(struct hl7_part part, const struct hl7_person_rules *rules,
				   struct hl7_person_notes *notes, struct problem *p)
{
	return (struct person_reader){ .arena = part.segment->message->arena,
				       .rules = rules,
				       .notes = notes,
				       .problem = p,
				       .where = place };
}

/* What stands in the first of a part; NULL when it is empty or deleted. */
static const char *said(struct hl7_part part)
{
	if (part.subcomponent == 0)
		part = hl7_subcomponent(part, 1);
	return !hl7_present(part) || hl7_deletes(part) ? NULL : hl7_text(part);
}

static void look_for_escapes(const struct person_reader *r, const struct hl7_part *part)
{
	if (hl7_unread_escape(*part))
		person_warn(r, PROBLEM_DATA_TYPE, part,
			    "an escape sequence that cannot be read was kept as it is written");
}

static const char *text_value(const struct person_reader *r, struct hl7_part whole,
			      unsigned component)
{
	struct hl7_part part = hl7_component(whole, component);
	look_for_escapes(r, &part);
	return person_text(r, said(part), &part);
}

static const char *code_value(const struct person_reader *r, struct hl7_part whole,
			      unsigned component)
{
	struct hl7_part part = hl7_component(whole, component);
	return person_code(r, said(part), &part);
}

typedef const char *reading_of(const struct person_reader *r, const char *said, const void *at);

/* A field of one value, with the marks of an update: NULL keeps, "" deletes. */
static const char *update(const struct person_reader *r, const struct hl7_segment *s,
			  unsigned field, reading_of *read)
{
	struct hl7_part part = hl7_field(s, field);
	if (hl7_deletes(part))
		return "";
	return hl7_present(part) ? read(r, hl7_text(part), &part) : NULL;
}

/* ---- Identifiers ---- */

static struct person_id_said said_in_cx(struct hl7_part repetition)
{
	struct hl7_part domain = hl7_component(repetition, 4);
	return (struct person_id_said){ .id = said(hl7_component(repetition, 1)),
					.namespace_id = said(hl7_subcomponent(domain, 1)),
					.universal_id = said(hl7_subcomponent(domain, 2)),
					.universal_id_type = said(hl7_subcomponent(domain, 3)),
					.type = said(hl7_component(repetition, 5)) };
}

void hl7_read_domain(struct hl7_part repetition, struct hl7_person_notes *notes, struct problem *p,
		     struct patient_identifier *into)
{
	struct person_reader r = reader(repetition, NULL, notes, p);
	struct person_id_said cx = said_in_cx(repetition);
	struct hl7_part domain = hl7_component(repetition, 4);
	person_authority(&r, &cx, &domain, into);
}

struct patient_identifier *hl7_read_ids(struct hl7_part field, const struct hl7_person_rules *rules,
					struct hl7_person_notes *notes, struct problem *p)
{
	struct patient_identifier *ids = NULL, **tail = &ids;
	struct hl7_part refused = { .segment = NULL };
	struct problem found = { .code = PROBLEM_NONE };
	unsigned count = hl7_repetitions(field), before = notes->refused;
	struct person_reader r = reader(field, rules, notes, &found);
	if (person_too_many(&r, count, &field))
		count = 0;
	for (unsigned n = 1; n <= count; n++) {
		struct hl7_part repetition = hl7_repetition(field, n);
		struct hl7_part number = hl7_component(repetition, 1);
		struct person_id_said cx = said_in_cx(repetition);
		*tail = person_id(&r, &cx, &repetition, &number);
		if (*tail != NULL)
			tail = &(*tail)->next;
		else if (notes->refused != before && refused.segment == NULL)
			refused = repetition;
	}
	if (found.code != PROBLEM_NONE) {
		problem_at(p, found.code, found.where, "%s", found.what);
		return NULL;
	}
	if (ids == NULL && refused.segment != NULL)
		problem_at(p, PROBLEM_TABLE_VALUE, hl7_where(refused), "%s",
			   person_my_number_told(notes));
	else if (ids == NULL)
		problem_at(p, PROBLEM_FIELD_MISSING, hl7_where(field), "there is no id");
	return ids;
}

/* ---- Names ---- */

static enum name_representation representation(const char *code)
{
	if (text_equal_nocase(code, "I"))
		return NAME_IDEOGRAPHIC;
	if (text_equal_nocase(code, "P"))
		return NAME_PHONETIC;
	return text_equal_nocase(code, "A") ? NAME_ALPHABETIC : NAME_UNSPECIFIED;
}

/* A name type of table HL70200, one letter. */
static bool name_type(const char *code)
{
	return code != NULL && code[0] != '\0' && code[1] == '\0'
	       && strchr("ABCDLMNSTU", code[0]) != NULL;
}

/* XPN-7 and XPN-8, found one component early or late where a caret is missing or too many. */
static void read_type(const struct person_reader *r, struct hl7_part repetition,
		      struct person_name *name)
{
	for (unsigned at = 8; at <= 10; at++) {
		unsigned c = at == 8 ? 8 : at == 9 ? 7 : 9;
		const char *code = code_value(r, repetition, c);
		const char *type = code_value(r, repetition, c - 1);
		if (representation(code) == NAME_UNSPECIFIED || (c != 8 && !name_type(type)))
			continue;
		name->representation = representation(code);
		name->use = type;
		r->notes->shifted_names += c != 8;
		return;
	}
	name->use = code_value(r, repetition, 7);
}

static struct person_name *read_xpn(const struct person_reader *r, struct hl7_part repetition)
{
	struct person_name *name = arena_new(r->arena, struct person_name);
	name->family = text_value(r, repetition, 1);
	name->given = text_value(r, repetition, 2);
	name->middle = text_value(r, repetition, 3);
	name->suffix = text_value(r, repetition, 4);
	name->prefix = text_value(r, repetition, 5);
	read_type(r, repetition, name);
	return person_name_read(r, name);
}

/* ---- Addresses, telephones ---- */

static struct postal_address *read_xad(const struct person_reader *r, struct hl7_part repetition)
{
	struct postal_address *ad = arena_new(r->arena, struct postal_address);
	ad->street = text_value(r, repetition, 1);
	ad->other = text_value(r, repetition, 2);
	ad->city = text_value(r, repetition, 3);
	ad->state = text_value(r, repetition, 4);
	ad->postal_code = text_value(r, repetition, 5);
	ad->country = code_value(r, repetition, 6);
	ad->use = code_value(r, repetition, 7);
	ad->text = text_value(r, repetition, 8);
	return person_address_read(ad);
}

/* XTN-5, 6 and 7: country, area, local. */
static const char *number_in_pieces(const struct person_reader *r, struct hl7_part repetition)
{
	const char *country = text_value(r, repetition, 5), *area = text_value(r, repetition, 6);
	const char *local = text_value(r, repetition, 7);
	if (local == NULL)
		return NULL;
	if (area != NULL)
		local = arena_printf(r->arena, "%s-%s", area, local);
	return country == NULL ? local : arena_printf(r->arena, "+%s-%s", country, local);
}

static struct telecom *read_xtn(const struct person_reader *r, struct hl7_part repetition)
{
	static const unsigned whole[] = { 1, 12, 4 }; /* as written, unformatted, e-mail */
	const char *number = NULL;
	for (size_t i = 0; number == NULL && i < COUNT(whole); i++)
		number = text_value(r, repetition, whole[i]);
	if (number == NULL)
		number = number_in_pieces(r, repetition);
	return person_telecom(r, number, code_value(r, repetition, 2),
			      code_value(r, repetition, 3));
}

/* ---- Insurance (japan.md B3, D4) ---- */

/* 公費: its numbers are those of a public payer, not of an insurer. By IN1-2 (法別番号), or by the
 * first two digits of the number itself. */
static bool public_expense(const char *kind, const char *insurer)
{
	static const char *const payers[] = {
		"PE", "38", "51", "52", "53", "54", "62", "66", "79"
	};
	const char *code = kind != NULL ? kind : strlen(insurer) == 8 ? insurer : "";
	for (size_t i = 0; i < COUNT(payers); i++)
		if (strncmp(code, payers[i], 2) == 0)
			return true;
	return (code[0] == '1' || code[0] == '2') && code[1] >= '0' && code[1] <= '9';
}

/* 12・3456 in one repetition: symbol and number. */
static void split_symbol(struct arena *a, struct insurance *in)
{
	static const char *const marks[] = { "・", "･", "-", "－", " " };
	for (size_t i = 0; i < COUNT(marks); i++) {
		const char *at = strstr(in->number, marks[i]);
		if (at == NULL || at == in->number || at[strlen(marks[i])] == '\0')
			continue;
		in->symbol = arena_text_n(a, in->number, (size_t)(at - in->number));
		in->number = at + strlen(marks[i]);
		return;
	}
}

static struct insurance *read_in1(const struct person_reader *r, const struct hl7_segment *in1)
{
	struct hl7_part numbers = hl7_field(in1, 10);
	const char *insurer = text_value(r, hl7_field(in1, 3), 1);
	if (insurer == NULL || public_expense(code_value(r, hl7_field(in1, 2), 1), insurer))
		return NULL;
	struct insurance *in = arena_new(r->arena, struct insurance);
	in->insurer = insurer;
	in->symbol = text_value(r, hl7_repetition(numbers, 1), 1);
	in->number = text_value(r, hl7_repetition(numbers, 2), 1);
	in->branch = text_value(r, hl7_repetition(numbers, 3), 1);
	if (in->number == NULL && in->symbol != NULL) {
		in->number = in->symbol;
		in->symbol = NULL;
		split_symbol(r->arena, in);
	}
	if (in->number != NULL && text_is_my_number(in->number)) {
		r->notes->refused++;
		person_warn(r, PROBLEM_TABLE_VALUE, &numbers, "an Individual Number was left out");
		return NULL;
	}
	if (in->number == NULL)
		return NULL;
	struct hl7_part from = hl7_field(in1, 12), until = hl7_field(in1, 13);
	in->from = person_validity(r, said(hl7_component(from, 1)), &from);
	in->until = person_validity(r, said(hl7_component(until, 1)), &until);
	person_validity_read(r, in, &until);
	return in;
}

static void read_insurances(const struct person_reader *r, const struct hl7_message *m,
			    struct patient_demographics *out)
{
	struct insurance **tail = &out->insurances;
	unsigned count = 0;
	for (const struct hl7_segment *s = m->segments; s != NULL; s = s->next) {
		struct hl7_part insurer = hl7_field(s, 3);
		if (!text_equal(s->name, "IN1"))
			continue;
		if (person_too_many(r, ++count, &insurer))
			return;
		out->delete_insurances = out->delete_insurances || hl7_deletes(insurer);
		*tail = read_in1(r, s);
		if (*tail != NULL)
			tail = &(*tail)->next;
	}
}

/* ---- PID ---- */

static bool says_something(struct hl7_part part)
{
	return hl7_present(part) && !hl7_deletes(part);
}

static void read_names(const struct person_reader *r, struct hl7_part field,
		       struct patient_demographics *out)
{
	struct person_name **tail = &out->names;
	out->delete_names = hl7_deletes(field);
	for (unsigned n = 1, count = hl7_repetitions(field); n <= count; n++) {
		struct hl7_part repetition = hl7_repetition(field, n);
		*tail = says_something(repetition) ? read_xpn(r, repetition) : NULL;
		if (*tail != NULL)
			tail = &(*tail)->next;
	}
}

static void read_addresses(const struct person_reader *r, struct hl7_part field,
			   struct patient_demographics *out)
{
	struct postal_address **tail = &out->addresses;
	out->delete_addresses = hl7_deletes(field);
	for (unsigned n = 1, count = hl7_repetitions(field); n <= count; n++) {
		struct hl7_part repetition = hl7_repetition(field, n);
		*tail = says_something(repetition) ? read_xad(r, repetition) : NULL;
		if (*tail != NULL)
			tail = &(*tail)->next;
	}
}

static struct telecom **read_telecoms(const struct person_reader *r, struct hl7_part field,
				      const char *use, struct telecom **tail)
{
	for (unsigned n = 1, count = hl7_repetitions(field); n <= count; n++) {
		struct hl7_part repetition = hl7_repetition(field, n);
		*tail = says_something(repetition) ? read_xtn(r, repetition) : NULL;
		if (*tail == NULL)
			continue;
		if ((*tail)->use == NULL)
			(*tail)->use = use;
		tail = &(*tail)->next;
	}
	return tail;
}

/* Ids that are not read must not be Individual Numbers without a word either: PID-2 to 4, 18,
 * 19. */
static void look_for_my_numbers(const struct person_reader *r, const struct hl7_segment *pid)
{
	static const unsigned fields[] = { 2, 4, 18, 19 };
	for (size_t i = 0; i < COUNT(fields); i++) {
		struct hl7_part field = hl7_field(pid, fields[i]);
		for (unsigned n = 1, count = hl7_repetitions(field);
		     n <= count && n <= HL7_PERSON_REPETITIONS_MAX; n++) {
			struct hl7_part repetition = hl7_repetition(field, n);
			if (!text_is_my_number(said(hl7_component(repetition, 1))))
				continue;
			r->notes->refused++;
			person_warn(r, PROBLEM_TABLE_VALUE, &repetition,
				    "an Individual Number was left out");
		}
	}
}

bool hl7_read_demographics(const struct hl7_segment *pid, const struct hl7_person_rules *rules,
			   struct patient_demographics *out, struct hl7_person_notes *notes,
			   struct problem *p)
{
	static const unsigned lists[] = { 5, 6, 11, 13, 14 };
	struct problem found = { .code = PROBLEM_NONE };
	struct person_reader r = reader(hl7_field(pid, 1), rules, notes, &found);
	*out = (struct patient_demographics){ .names = NULL };
	for (size_t i = 0; i < COUNT(lists); i++) {
		struct hl7_part field = hl7_field(pid, lists[i]);
		if (person_too_many(&r, hl7_repetitions(field), &field))
			return problem_at(p, found.code, found.where, "%s", found.what);
	}
	read_names(&r, hl7_field(pid, 5), out);
	out->mothers_maiden_name = update(&r, pid, 6, person_text);
	out->birth_date = update(&r, pid, 7, person_birth_date);
	out->sex = update(&r, pid, 8, person_sex);
	read_addresses(&r, hl7_field(pid, 11), out);
	out->delete_telecoms = hl7_deletes(hl7_field(pid, 13));
	read_telecoms(&r, hl7_field(pid, 14), "WPN",
		      read_telecoms(&r, hl7_field(pid, 13), "PRN", &out->telecoms));
	look_for_my_numbers(&r, pid);
	out->multiple_birth = update(&r, pid, 24, person_flag);
	out->birth_order = update(&r, pid, 25, person_birth_order);
	out->deceased_time = update(&r, pid, 29, person_time);
	out->deceased = update(&r, pid, 30, person_flag);
	notes->identity_unknown = text_equal(update(&r, pid, 31, person_flag), "Y");
	read_insurances(&r, pid->message, out);
	return found.code == PROBLEM_NONE
	       || problem_at(p, found.code, found.where, "%s", found.what);
}
