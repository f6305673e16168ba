/* gateway/envelope/person_reader.c: what HL7 says of a person, read once for every dialect (HL7
 * 2.5:
 * 2.A, 3.4.2; ITI TF-2: Appendix E, 3.44.4.1.2; what Japanese senders make of it: japan.md B2). */
#include "gateway/envelope/person_reader.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "gateway/base/value.h"
#include "schemas/tables/leniency.h"

enum { JST_MINUTES = 540, DAY_DIGITS = 8, BIRTH_ORDER_DIGITS = 2 };

static const instant day = 24 * 3600 * INT64_C(1000000);

void person_warn(const struct person_reader *r, enum problem_code code, const void *at,
		 const char *what)
{
	struct finding **tail = &r->notes->warnings;
	if (r->notes->warning_count++ >= HL7_WARNINGS_MAX)
		return;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = arena_new(r->arena, struct finding);
	(*tail)->warning = true;
	problem_at(&(*tail)->problem, code, r->where(r, at), "%s", what);
}

static const char *kept(const struct person_reader *r, const char *said, enum value_kind kind,
			const void *at)
{
	const char *fault = NULL, *value = value_kept(r->arena, said, kind, &fault);
	if (fault != NULL)
		problem_at(r->problem, PROBLEM_DATA_TYPE, r->where(r, at), "%s", fault);
	if (value_is_private(value))
		person_warn(r, PROBLEM_DATA_TYPE, at,
			    "a character of private use (gaiji) was kept as it is: others may not "
			    "be able to show it");
	return value;
}

const char *person_text(const struct person_reader *r, const char *said, const void *at)
{
	return kept(r, said, VALUE_TEXT, at);
}

const char *person_code(const struct person_reader *r, const char *said, const void *at)
{
	return kept(r, said, VALUE_CODE, at);
}

bool person_too_many(const struct person_reader *r, unsigned count, const void *at)
{
	if (count <= HL7_PERSON_REPETITIONS_MAX)
		return false;
	problem_at(r->problem, PROBLEM_TOO_LARGE, r->where(r, at), "more than %d repetitions",
		   HL7_PERSON_REPETITIONS_MAX);
	return true;
}

/* ---- Identifiers ---- */

void person_authority(const struct person_reader *r, const struct person_id_said *said,
		      const void *at, struct patient_identifier *into)
{
	const char *oid = person_code(r, said->universal_id, at);
	into->namespace_id = person_code(r, said->namespace_id, at);
	into->universal_id = text_starts(oid, "urn:oid:") ? oid + strlen("urn:oid:") : oid;
	into->universal_id_type = person_code(r, said->universal_id_type, at);
	into->label = said->label;
}

/* japan.md D2: declared as one, or twelve digits with its check digit. NI alone is also what other
 * countries call theirs, so there the form decides. */
static bool is_my_number(const struct person_reader *r, const struct person_id_said *id)
{
	static const char *const labels[] = { "マイナンバー", "個人番号", "MYNUMBER", "MyNumber" };
	if (text_equal_nocase(id->type, "NNJPN"))
		return true;
	for (size_t i = 0; i < COUNT(labels); i++)
		if (id->namespace_id != NULL && strstr(id->namespace_id, labels[i]) != NULL)
			return true;
	if (!text_is_my_number(id->id))
		return false;
	bool declared = text_equal_nocase(id->type, "NI");
	if (declared || r->rules == NULL || !r->rules->twelve_digit_ids) {
		r->notes->refused_by_form = r->notes->refused_by_form || !declared;
		return true;
	}
	r->notes->twelve_digit_id = true;
	return false;
}

struct patient_identifier *person_id(const struct person_reader *r,
				     const struct person_id_said *said, const void *at,
				     const void *at_id)
{
	/* First of all, so that it is not even in the text of another problem. */
	if (!text_empty(said->id) && is_my_number(r, said)) {
		r->notes->refused++;
		person_warn(r, PROBLEM_TABLE_VALUE, at,
			    r->notes->refused_by_form
				    ? "an Individual Number was left out" TWELVE_DIGIT_IDS_REMEDY
				    : "an Individual Number was left out");
		return NULL;
	}
	const char *number = kept(r, said->id, VALUE_ID, at_id);
	if (number == NULL)
		return NULL;
	struct patient_identifier *id = arena_new(r->arena, struct patient_identifier);
	id->id = number;
	id->where = r->where(r, at);
	person_authority(r, said, at, id);
	id->type = person_code(r, said->type, at);
	return id;
}

const char *person_my_number_told(const struct hl7_person_notes *n)
{
	return n->refused_by_form
		       ? "an Individual Number is not taken as a patient id" TWELVE_DIGIT_IDS_REMEDY
		       : "an Individual Number is not taken as a patient id";
}

/* ---- Dates and codes ---- */

static bool says_nothing(const char *date)
{
	return date == NULL || strspn(date, "0") == strlen(date)
	       || strspn(date, "9") == strlen(date);
}

/* 00000101: there is no year 0, and what is compared would not be what is kept. */
static bool is_of_no_year(const char *date)
{
	return text_starts(date, "0000");
}

/* Tomorrow in Japan, where it is today nearly first: who is born somewhere today passes, and so he
 * does where a clock is some hours wrong. Days are compared as they are written, the time of day
 * and the zone left aside: as much of the day as both say. */
static bool is_to_come(const struct person_reader *r, const char *date)
{
	char tomorrow[DTM_TEXT];
	if (r->rules == NULL || r->rules->fed_at == 0)
		return false;
	instant_to_dtm_jst(r->rules->fed_at + day, tomorrow);
	return strncmp(date, tomorrow, DAY_DIGITS) > 0;
}

/* What is certain: digits alone may be anything, 3410503 or 1941053. NULL: nothing is. */
static const char *written_date(const struct person_reader *r, const char *said)
{
	bool digits = strspn(said, "0123456789") == strlen(said);
	return digits || r->rules == NULL || !r->rules->written_dates
		       ? NULL
		       : normalise_birth_date(r->arena, said);
}

const char *person_birth_date(const struct person_reader *r, const char *said, const void *at)
{
	const char *date = person_code(r, said, at);
	instant unused;
	if (says_nothing(date))
		return NULL;
	const char *written = instant_from_dtm(date, JST_MINUTES, &unused) ? NULL
									   : written_date(r, date);
	r->notes->birth_date_written = written != NULL;
	date = written != NULL ? written : date;
	if (!instant_from_dtm(date, JST_MINUTES, &unused) || is_of_no_year(date))
		r->notes->birth_date_impossible = true;
	else if (is_to_come(r, date))
		r->notes->birth_date_to_come = true;
	else
		return date;
	return NULL;
}

const char *person_birth_date_told(const struct hl7_person_notes *n)
{
	return n->birth_date_impossible ? "the birth date is not a date"
	       : n->birth_date_to_come  ? "the birth date is later than tomorrow"
					: NULL;
}

const char *person_time(const struct person_reader *r, const char *said, const void *at)
{
	const char *date = person_code(r, said, at);
	instant unused;
	if (says_nothing(date))
		return NULL;
	if (instant_from_dtm(date, JST_MINUTES, &unused))
		return date;
	person_warn(r, PROBLEM_DATA_TYPE, at, "the time is not a time and was left out");
	return NULL;
}

const char *person_validity(const struct person_reader *r, const char *said, const void *at)
{
	const char *date = person_code(r, said, at);
	instant unused;
	if (says_nothing(date))
		return NULL;
	if (instant_from_dtm(date, JST_MINUTES, &unused))
		return date;
	r->notes->validity_impossible = true;
	person_warn(r, PROBLEM_DATA_TYPE, at,
		    "the validity of an insurance is no date and was left out");
	return NULL;
}

/* As far as both say it: until 2026 is until its end. */
void person_validity_read(const struct person_reader *r, struct insurance *in, const void *at)
{
	if (in->from == NULL || in->until == NULL)
		return;
	size_t from = strspn(in->from, "0123456789"), until = strspn(in->until, "0123456789");
	if (strncmp(in->from, in->until, from < until ? from : until) <= 0)
		return;
	in->from = in->until = NULL;
	r->notes->validity_impossible = true;
	person_warn(r, PROBLEM_DATA_TYPE, at,
		    "an insurance ends before it begins: its validity was left out");
}

const char *person_sex(const struct person_reader *r, const char *said, const void *at)
{
	static const struct {
		const char *sent, *meant;
		bool local;
	} codes[] = {
		{ .sent = "M", .meant = "M" },
		{ .sent = "F", .meant = "F" },
		{ .sent = "O", .meant = "O" },
		{ .sent = "U", .meant = "U" },
		{ .sent = "A", .meant = "A" },
		{ .sent = "N", .meant = "N" },
		{ .sent = "UN", .meant = "U" },
		{ .sent = "1", .meant = "M", .local = true },
		{ .sent = "2", .meant = "F", .local = true },
		{ .sent = "男", .meant = "M", .local = true },
		{ .sent = "女", .meant = "F", .local = true },
	};
	const char *sex = person_code(r, said, at);
	for (size_t i = 0; sex != NULL && i < COUNT(codes); i++) {
		if (!text_equal_nocase(sex, codes[i].sent)
		    || (codes[i].local && (r->rules == NULL || !r->rules->local_sex_codes)))
			continue;
		r->notes->local_sex_code = r->notes->local_sex_code || codes[i].local;
		return codes[i].meant;
	}
	if (sex == NULL)
		return NULL;
	r->notes->sex_unknown_code = true;
	person_warn(r, PROBLEM_TABLE_VALUE, at,
		    "the sex is no code of HL7 table 0001 and was read as U");
	return "U";
}

const char *person_flag(const struct person_reader *r, const char *said, const void *at)
{
	static const struct {
		const char *sent, *meant;
	} codes[] = {
		{ "Y", "Y" }, { "N", "N" }, { "true", "Y" }, { "false", "N" },
		{ "1", "Y" }, { "0", "N" }, { "yes", "Y" },  { "no", "N" },
	};
	const char *flag = person_code(r, said, at);
	for (size_t i = 0; flag != NULL && i < COUNT(codes); i++)
		if (text_equal_nocase(flag, codes[i].sent))
			return codes[i].meant;
	if (flag != NULL)
		person_warn(r, PROBLEM_TABLE_VALUE, at,
			    "the indicator is neither Y nor N and was left out");
	return NULL;
}

const char *person_birth_order(const struct person_reader *r, const char *said, const void *at)
{
	const char *order = person_code(r, said, at);
	if (order == NULL)
		return NULL;
	const char *digits = order + strspn(order, "0");
	size_t length = strspn(digits, "0123456789");
	if (length > 0 && length <= BIRTH_ORDER_DIGITS && digits[length] == '\0')
		return digits;
	person_warn(r, PROBLEM_DATA_TYPE, at,
		    "the birth order is no number from 1 to 99 and was left out");
	return NULL;
}

/* ---- Names ---- */

/* By script, when nobody says: kanji are ideographic, kana alone are a reading. */
static enum name_representation by_script(const char *text)
{
	enum name_representation found = NAME_UNSPECIFIED;
	while (text != NULL && *text != '\0') {
		unsigned c = text_code_point(&text);
		if ((c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || c >= 0x20000)
			return NAME_IDEOGRAPHIC;
		if ((c >= 0x3041 && c <= 0x30ff) || (c >= 0xff66 && c <= 0xff9f))
			found = NAME_PHONETIC;
	}
	return found;
}

/* 山田　太郎 as the family name alone. */
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

struct person_name *person_name_read(const struct person_reader *r, struct person_name *name)
{
	if (name->family == NULL && name->given == NULL && name->middle == NULL)
		return NULL;
	split_whole_name(r->arena, name);
	if (name->representation == NAME_UNSPECIFIED)
		name->representation = by_script(name->family);
	if (name->representation == NAME_UNSPECIFIED)
		name->representation = by_script(name->given);
	return name;
}

/* ---- Telephones, addresses ---- */

static bool has_scheme(const char *number, const char *scheme)
{
	for (; *scheme != '\0'; scheme++, number++)
		if (*number != *scheme && *number != *scheme - 'a' + 'A')
			return false;
	return true;
}

struct telecom *person_telecom(const struct person_reader *r, const char *number, const char *use,
			       const char *equipment)
{
	if (number == NULL || has_scheme(number, "fax:") || text_equal_nocase(equipment, "FX"))
		return NULL;
	if (has_scheme(number, "tel:"))
		number = arena_text_n(r->arena, number + 4, strcspn(number + 4, ";"));
	else if (has_scheme(number, "mailto:"))
		number += strlen("mailto:");
	if (*number == '\0')
		return NULL;
	struct telecom *t = arena_new(r->arena, struct telecom);
	t->number = number;
	t->use = use;
	return t;
}

struct postal_address *person_address_read(struct postal_address *ad)
{
	bool empty = ad->street == NULL && ad->other == NULL && ad->city == NULL
		     && ad->state == NULL && ad->postal_code == NULL && ad->text == NULL;
	return empty ? NULL : ad;
}
