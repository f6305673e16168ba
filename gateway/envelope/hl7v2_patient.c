/* gateway/envelope/hl7v2_patient.c: CX, XPN, XAD, XTN, PID and IN1 (HL7 2.5: 2.A, 3.4.2, 6.5.6;
 * what Japanese senders make of them: japan.md B2, B3). */
#include "gateway/envelope/hl7v2_patient.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"

/* ---- Values ---- */

static struct arena *arena_of(struct hl7_part part)
{
	return part.segment->message->arena;
}

/* Text goes on into XML and JSON, so no control characters but those a writer may mean. */
static bool printable(const char *text, const char *allowed)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < ' ' || *text == 0x7f) && strchr(allowed, *text) == NULL)
			return false;
	return true;
}

/* The value, trimmed, or NULL when there is none. */
static const char *value(struct hl7_part part, const char *allowed, struct problem *p)
{
	if (!hl7_present(part) || hl7_deletes(part))
		return NULL;
	const char *text = hl7_text(part);
	if (strlen(text) > HL7_VALUE_MAX) {
		problem_at(p, PROBLEM_DATA_TYPE, hl7_where(part),
			   "the value is longer than %d octets",
			   HL7_VALUE_MAX);
		return NULL;
	}
	if (!printable(text, allowed)) {
		problem_at(p, PROBLEM_DATA_TYPE, hl7_where(part),
			   "the value holds control characters");
		return NULL;
	}
	text = text_trimmed(arena_of(part), text);
	return *text == '\0' ? NULL : text;
}

static const char *text_value(struct hl7_part whole, unsigned component, struct problem *p)
{
	return value(hl7_component(whole, component), "\t\r\n", p);
}

static const char *code_value(struct hl7_part whole, unsigned component, struct problem *p)
{
	return value(hl7_component(whole, component), "", p);
}

/* As text_value() of a whole field, with the marks of an update. */
static const char *update_value(const struct hl7_segment *s, unsigned field, struct problem *p)
{
	struct hl7_part part = hl7_field(s, field);
	return hl7_deletes(part) ? "" : text_value(part, 1, p);
}

static bool too_many(struct hl7_part field, struct problem *p)
{
	if (hl7_repetitions(field) <= HL7_PERSON_REPETITIONS_MAX)
		return false;
	problem_at(p, PROBLEM_TOO_LARGE, hl7_where(field), "more than %d repetitions",
		   HL7_PERSON_REPETITIONS_MAX);
	return true;
}

/* ---- Identifiers ---- */

void hl7_read_hd(struct hl7_part part, struct patient_identifier *into)
{
	struct problem ignored = { .code = PROBLEM_NONE };
	const char *oid = value(hl7_subcomponent(part, 2), "", &ignored);
	into->namespace_id = value(hl7_subcomponent(part, 1), "", &ignored);
	into->universal_id = text_starts(oid, "urn:oid:") ? oid + strlen("urn:oid:") : oid;
	into->universal_id_type = value(hl7_subcomponent(part, 3), "", &ignored);
}

struct patient_identifier *hl7_read_cx(struct hl7_part repetition, struct problem *p)
{
	struct hl7_part first = hl7_component(repetition, 1);
	const char *id = value(first, "", p);
	if (id == NULL)
		return NULL;
	/* Delimiters in it would be a forged authority in every CX we write. */
	if (strpbrk(id, "^&|") != NULL) {
		problem_at(p, PROBLEM_DATA_TYPE, hl7_where(first),
			   "an id must not hold delimiters");
		return NULL;
	}
	struct patient_identifier *cx = arena_new(arena_of(repetition), struct patient_identifier);
	cx->id = id;
	cx->where = hl7_where(repetition);
	hl7_read_hd(hl7_component(repetition, 4), cx);
	cx->type = code_value(repetition, 5, p);
	return cx;
}

/* japan.md D2: declared as one, or twelve digits with its check digit. NI alone is also what other
 * countries call theirs, so there the form decides. */
static bool is_my_number(const struct patient_identifier *cx, const struct hl7_person_rules *rules,
			 struct hl7_person_notes *notes)
{
	static const char *const labels[] = { "マイナンバー", "個人番号", "MYNUMBER", "MyNumber" };
	if (text_equal_nocase(cx->type, "NNJPN"))
		return true;
	for (size_t i = 0; i < COUNT(labels); i++)
		if (cx->namespace_id != NULL && strstr(cx->namespace_id, labels[i]) != NULL)
			return true;
	if (!text_is_my_number(cx->id))
		return false;
	if (text_equal_nocase(cx->type, "NI") || rules == NULL || !rules->twelve_digit_ids)
		return true;
	notes->twelve_digit_id = true;
	return false;
}

struct patient_identifier *hl7_read_ids(struct hl7_part field, const struct hl7_person_rules *rules,
					struct hl7_person_notes *notes, struct problem *p)
{
	struct patient_identifier *ids = NULL, **tail = &ids;
	struct hl7_part refused = { .segment = NULL };
	struct problem found = { .code = PROBLEM_NONE };
	if (too_many(field, p))
		return NULL;
	for (unsigned r = 1, count = hl7_repetitions(field); r <= count; r++) {
		struct hl7_part repetition = hl7_repetition(field, r);
		struct patient_identifier *cx = hl7_read_cx(repetition, &found);
		if (cx == NULL)
			continue;
		if (is_my_number(cx, rules, notes)) {
			refused = repetition;
			notes->refused++;
			continue;
		}
		*tail = cx;
		tail = &cx->next;
	}
	if (found.code != PROBLEM_NONE) {
		problem_at(p, found.code, found.where, "%s", found.what);
		return NULL;
	}
	if (ids == NULL && refused.segment != NULL)
		problem_at(p, PROBLEM_TABLE_VALUE, hl7_where(refused),
			   "an Individual Number is not taken as a patient id");
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
static void read_type(struct hl7_part repetition, struct person_name *name,
		      struct hl7_person_notes *notes, struct problem *p)
{
	for (unsigned at = 8; at <= 10; at++) {
		unsigned c = at == 8 ? 8 : at == 9 ? 7 : 9;
		const char *code = code_value(repetition, c, p);
		const char *type = code_value(repetition, c - 1, p);
		if (representation(code) == NAME_UNSPECIFIED || (c != 8 && !name_type(type)))
			continue;
		name->representation = representation(code);
		name->use = type;
		notes->shifted_names += c != 8;
		return;
	}
	name->use = code_value(repetition, 7, p);
}

/* The code point at *c (valid UTF-8), which moves past it. */
static unsigned code_point(const char **c)
{
	const unsigned char *d = (const unsigned char *)*c;
	unsigned u = d[0] < 0x80 ? d[0] : d[0] < 0xe0 ? d[0] & 0x1fu : d[0] < 0xf0 ? d[0] & 0x0fu
		: d[0] & 0x07u;
	int more = d[0] < 0x80 ? 0 : d[0] < 0xe0 ? 1 : d[0] < 0xf0 ? 2 : 3;
	for (int i = 1; i <= more && d[i] != '\0'; i++)
		u = u << 6 | (d[i] & 0x3fu);
	*c += 1 + more;
	return u;
}

/* By script, when nobody says: kanji are ideographic, kana alone are a reading. */
static enum name_representation by_script(const char *text)
{
	enum name_representation found = NAME_UNSPECIFIED;
	while (text != NULL && *text != '\0') {
		unsigned c = code_point(&text);
		if ((c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || c >= 0x20000)
			return NAME_IDEOGRAPHIC;
		if ((c >= 0x3041 && c <= 0x30ff) || (c >= 0xff66 && c <= 0xff9f))
			found = NAME_PHONETIC;
	}
	return found;
}

/* 山田　太郎 in XPN.1 alone. */
static void split_whole_name(struct arena *a, struct person_name *name)
{
	static const char wide[] = "\xe3\x80\x80";
	if (name->family == NULL || name->given != NULL
	    || by_script(name->family) == NAME_UNSPECIFIED)
		return;
	const char *at = strstr(name->family, wide);
	const char *narrow = strchr(name->family, ' ');
	size_t width = sizeof wide - 1;
	if (at == NULL || (narrow != NULL && narrow < at)) {
		at = narrow;
		width = 1;
	}
	if (at == NULL || at == name->family)
		return;
	const char *rest = at + width;
	while (*rest == ' ' || text_starts(rest, wide))
		rest += *rest == ' ' ? 1 : sizeof wide - 1;
	if (*rest == '\0')
		return;
	name->family = arena_text_n(a, name->family, (size_t)(at - name->family));
	name->given = rest;
}

struct person_name *hl7_read_xpn(struct hl7_part repetition, struct hl7_person_notes *notes,
				 struct problem *p)
{
	if (!hl7_present(repetition) || hl7_deletes(repetition))
		return NULL;
	struct arena *a = arena_of(repetition);
	struct person_name *name = arena_new(a, struct person_name);
	name->family = text_value(repetition, 1, p);
	name->given = text_value(repetition, 2, p);
	name->middle = text_value(repetition, 3, p);
	name->suffix = text_value(repetition, 4, p);
	name->prefix = text_value(repetition, 5, p);
	read_type(repetition, name, notes, p);
	if (name->family == NULL && name->given == NULL && name->middle == NULL)
		return NULL;
	split_whole_name(a, name);
	if (name->representation == NAME_UNSPECIFIED)
		name->representation = by_script(name->family);
	if (name->representation == NAME_UNSPECIFIED)
		name->representation = by_script(name->given);
	return name;
}

/* ---- Addresses, telephones ---- */

struct postal_address *hl7_read_xad(struct hl7_part repetition, struct problem *p)
{
	if (!hl7_present(repetition) || hl7_deletes(repetition))
		return NULL;
	struct postal_address *ad = arena_new(arena_of(repetition), struct postal_address);
	ad->street = text_value(repetition, 1, p);
	ad->other = text_value(repetition, 2, p);
	ad->city = text_value(repetition, 3, p);
	ad->state = text_value(repetition, 4, p);
	ad->postal_code = text_value(repetition, 5, p);
	ad->country = code_value(repetition, 6, p);
	ad->use = code_value(repetition, 7, p);
	ad->text = text_value(repetition, 8, p);
	bool empty = ad->street == NULL && ad->other == NULL && ad->city == NULL
		&& ad->state == NULL
		&& ad->postal_code == NULL && ad->text == NULL;
	return empty ? NULL : ad;
}

/* XTN-5, 6 and 7: country, area, local. */
static const char *number_in_pieces(struct hl7_part repetition, struct problem *p)
{
	struct arena *a = arena_of(repetition);
	const char *country = text_value(repetition, 5, p), *area = text_value(repetition, 6, p);
	const char *local = text_value(repetition, 7, p);
	if (local == NULL)
		return NULL;
	if (area != NULL)
		local = arena_printf(a, "%s-%s", area, local);
	return country == NULL ? local : arena_printf(a, "+%s-%s", country, local);
}

struct telecom *hl7_read_xtn(struct hl7_part repetition, struct problem *p)
{
	static const unsigned whole[] = { 1, 12, 4 };	/* as written, unformatted, e-mail */
	const char *number = NULL;
	if (!hl7_present(repetition) || hl7_deletes(repetition))
		return NULL;
	for (size_t i = 0; number == NULL && i < COUNT(whole); i++)
		number = text_value(repetition, whole[i], p);
	if (number == NULL)
		number = number_in_pieces(repetition, p);
	if (number == NULL)
		return NULL;
	struct telecom *t = arena_new(arena_of(repetition), struct telecom);
	t->number = number;
	t->use = code_value(repetition, 2, p);
	return t;
}

/* ---- Insurance (japan.md B3, D4) ---- */

/* 公費: its numbers are those of a public payer, not of an insurer. By IN1-2 (法別番号), or by the
 * first two digits of the number itself. */
static bool public_expense(const char *kind, const char *insurer)
{
	static const char *const payers[] = { "PE", "38", "51", "52", "53", "54", "62", "66",
					      "79" };
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

static struct insurance *read_in1(const struct hl7_segment *in1, struct hl7_person_notes *notes,
				  struct problem *p)
{
	struct arena *a = in1->message->arena;
	struct hl7_part numbers = hl7_field(in1, 10);
	const char *insurer = text_value(hl7_field(in1, 3), 1, p);
	if (insurer == NULL || public_expense(code_value(hl7_field(in1, 2), 1, p), insurer))
		return NULL;
	struct insurance *in = arena_new(a, struct insurance);
	in->insurer = insurer;
	in->symbol = text_value(hl7_repetition(numbers, 1), 1, p);
	in->number = text_value(hl7_repetition(numbers, 2), 1, p);
	in->branch = text_value(hl7_repetition(numbers, 3), 1, p);
	if (in->number == NULL && in->symbol != NULL) {
		in->number = in->symbol;
		in->symbol = NULL;
		split_symbol(a, in);
	}
	if (in->number != NULL && text_is_my_number(in->number)) {
		notes->refused++;
		return NULL;
	}
	return in->number == NULL ? NULL : in;
}

static void read_insurances(const struct hl7_message *m, struct patient_demographics *out,
			    struct hl7_person_notes *notes, struct problem *p)
{
	struct insurance **tail = &out->insurances;
	unsigned count = 0;
	for (const struct hl7_segment *s = m->segments; s != NULL; s = s->next) {
		if (!text_equal(s->name, "IN1") || ++count > HL7_PERSON_REPETITIONS_MAX)
			continue;
		out->delete_insurances = out->delete_insurances || hl7_deletes(hl7_field(s, 3));
		*tail = read_in1(s, notes, p);
		if (*tail != NULL)
			tail = &(*tail)->next;
	}
}

/* ---- PID ---- */

/* YYYY[MM[DD[...]]] that can be (zeros and nines are how systems say that they do not know). */
static const char *read_birth_date(struct hl7_part field, struct hl7_person_notes *notes,
				   struct problem *p)
{
	const char *date = text_value(field, 1, p);
	instant unused;
	if (hl7_deletes(field))
		return "";
	if (date == NULL || strspn(date, "0") == strlen(date) || strspn(date, "9") == strlen(date))
		return NULL;
	if (instant_from_dtm(date, 540, &unused))
		return date;
	notes->birth_date_impossible = true;
	return NULL;
}

static const char *read_sex(struct hl7_part field, const struct hl7_person_rules *rules,
			    struct hl7_person_notes *notes, struct problem *p)
{
	static const struct { const char *sent, *meant; bool local; } codes[] = {
		{ "M", "M", false }, { "F", "F", false }, { "O", "O", false }, { "U", "U", false },
		{ "A", "A", false }, { "N", "N", false },
		{ "1", "M", true }, { "2", "F", true }, { "男", "M", true }, { "女", "F", true },
	};
	const char *sex = code_value(field, 1, p);
	if (hl7_deletes(field))
		return "";
	for (size_t i = 0; sex != NULL && i < COUNT(codes); i++) {
		if (!text_equal_nocase(sex, codes[i].sent)
		    || (codes[i].local && (rules == NULL || !rules->local_sex_codes)))
			continue;
		notes->local_sex_code = notes->local_sex_code || codes[i].local;
		return codes[i].meant;
	}
	notes->sex_unknown_code = sex != NULL;
	return sex == NULL ? NULL : "U";
}

static void read_names(struct hl7_part field, struct patient_demographics *out,
		       struct hl7_person_notes *notes, struct problem *p)
{
	struct person_name **tail = &out->names;
	out->delete_names = hl7_deletes(field);
	for (unsigned r = 1, count = hl7_repetitions(field); r <= count; r++) {
		*tail = hl7_read_xpn(hl7_repetition(field, r), notes, p);
		if (*tail != NULL)
			tail = &(*tail)->next;
	}
}

static void read_addresses(struct hl7_part field, struct patient_demographics *out,
			   struct problem *p)
{
	struct postal_address **tail = &out->addresses;
	out->delete_addresses = hl7_deletes(field);
	for (unsigned r = 1, count = hl7_repetitions(field); r <= count; r++) {
		*tail = hl7_read_xad(hl7_repetition(field, r), p);
		if (*tail != NULL)
			tail = &(*tail)->next;
	}
}

static struct telecom **read_telecoms(struct hl7_part field, const char *use, struct telecom **tail,
				      struct problem *p)
{
	for (unsigned r = 1, count = hl7_repetitions(field); r <= count; r++) {
		*tail = hl7_read_xtn(hl7_repetition(field, r), p);
		if (*tail == NULL)
			continue;
		if ((*tail)->use == NULL)
			(*tail)->use = use;
		tail = &(*tail)->next;
	}
	return tail;
}

bool hl7_read_demographics(const struct hl7_segment *pid, const struct hl7_person_rules *rules,
			   struct patient_demographics *out, struct hl7_person_notes *notes,
			   struct problem *p)
{
	static const unsigned lists[] = { 5, 6, 11, 13, 14 };
	*out = (struct patient_demographics){ .names = NULL };
	for (size_t i = 0; i < COUNT(lists); i++)
		if (too_many(hl7_field(pid, lists[i]), p))
			return false;
	struct problem found = { .code = PROBLEM_NONE };
	read_names(hl7_field(pid, 5), out, notes, &found);
	out->mothers_maiden_name = update_value(pid, 6, &found);
	out->birth_date = read_birth_date(hl7_field(pid, 7), notes, &found);
	out->sex = read_sex(hl7_field(pid, 8), rules, notes, &found);
	read_addresses(hl7_field(pid, 11), out, &found);
	out->delete_telecoms = hl7_deletes(hl7_field(pid, 13));
	read_telecoms(hl7_field(pid, 14), "WPN",
		      read_telecoms(hl7_field(pid, 13), "PRN", &out->telecoms, &found), &found);
	if (text_is_my_number(hl7_value(pid, 19, 1, 1, 1)))
		notes->refused++;
	out->multiple_birth = update_value(pid, 24, &found);
	out->birth_order = update_value(pid, 25, &found);
	out->deceased_time = update_value(pid, 29, &found);
	out->deceased = update_value(pid, 30, &found);
	notes->identity_unknown = text_equal_nocase(hl7_value(pid, 31, 1, 1, 1), "Y");
	read_insurances(pid->message, out, notes, &found);
	return found.code == PROBLEM_NONE
		|| problem_at(p, found.code, found.where, "%s", found.what);
}
