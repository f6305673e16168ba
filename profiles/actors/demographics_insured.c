/* profiles/actors/demographics_insured.c: ids of a question that are insured numbers (japan.md D4).
 *
 * PDQ has no parameter for insurance, but ids of any authority, and an insurer is one: its number
 * stands behind the arc of insurers' numbers. */
#include "profiles/actors/demographics_supplier.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"

static const char insurers[] = "1.2.392.100495.20.3.61";
static const char canonical[] = "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID";
enum { PARTS = 4, INSURER_DIGITS = 8 };

static bool has_insurer_within(const struct patient_identifier *id)
{
	return text_equal(id->universal_id, insurers) || text_equal(id->universal_id, canonical);
}

bool demographics_names_insurer(const char *text)
{
	return text != NULL && (strstr(text, insurers) != NULL || strstr(text, canonical) != NULL);
}

/* The arc of one insurer; NULL: it is none. */
static const char *insurer_of(const char *domain)
{
	if (!text_starts(domain, insurers) || domain[strlen(insurers)] != '.')
		return NULL;
	const char *digits = domain + strlen(insurers) + 1;
	return strlen(digits) == INSURER_DIGITS + 1 && *digits == '1' ? digits + 1 : digits;
}

static const char *or_nothing(const char *text)
{
	return text_empty(text) ? NULL : text;
}

/* Of a:b:c, at most PARTS. 0: there are more. */
static size_t parts_of(struct arena *a, const char *text, const char *parts[PARTS])
{
	char *rest = arena_text(a, text), *one;
	size_t count = 0;
	while ((one = strsep(&rest, ":")) != NULL) {
		if (count == PARTS)
			return 0;
		parts[count++] = one;
	}
	return count;
}

/* NULL: it has too many parts, or too few. */
static struct insurance *read_number(struct arena *a, const struct patient_identifier *id)
{
	const char *parts[PARTS] = { NULL }, **at = parts;
	const char *insurer = insurer_of(id->universal_id);
	size_t count = parts_of(a, id->id, parts);
	struct insurance *i = arena_new(a, struct insurance);
	if (insurer == NULL) {
		insurer = parts[0];
		at++;
		count = count < 3 ? 0 : count - 1;
	}
	if (count == 0 || count == PARTS)
		return NULL;
	*i = (struct insurance){ .insurer = insurer,
				 .symbol = count > 1 ? or_nothing(at[0]) : NULL,
				 .number = count > 1 ? at[1] : at[0],
				 .branch = count > 2 ? or_nothing(at[2]) : NULL };
	return i;
}

static bool has_my_number(const struct insurance *i)
{
	return text_is_my_number(i->insurer) || text_is_my_number(i->symbol)
	       || text_is_my_number(i->number) || text_is_my_number(i->branch);
}

static bool take(struct arena *a, const struct patient_identifier *id, struct insured_sought **tail,
		 bool *my_number, struct problem *p)
{
	const struct insurance *number = read_number(a, id);
	*my_number = number != NULL && has_my_number(number);
	if (*my_number)
		return problem_at(p, PROBLEM_TABLE_VALUE, id->where,
				  "an Individual Number is nobody's insurance");
	if (number == NULL)
		return problem_at(
			p, PROBLEM_DATA_TYPE, id->where,
			"an insured number is 保険者番号:記号:番号:枝番, where what is not "
			"said leaves its colon");
	*tail = arena_new(a, struct insured_sought);
	**tail = (struct insured_sought){ .number = number, .where = id->where };
	return true;
}

bool demographics_take_insured(struct arena *a, struct demographics_sought *s, bool *my_number,
			       struct problem *p)
{
	struct patient_identifier *ids = NULL, **id_tail = &ids;
	struct insured_sought *insured = NULL, **tail = &insured;
	*my_number = false;
	for (const struct patient_identifier *id = s->ids; id != NULL; id = id->next) {
		if (has_insurer_within(id) || insurer_of(id->universal_id) != NULL) {
			if (!take(a, id, tail, my_number, p))
				return false;
			tail = &(*tail)->next;
			continue;
		}
		*id_tail = arena_new(a, struct patient_identifier);
		**id_tail = *id;
		(*id_tail)->next = NULL;
		id_tail = &(*id_tail)->next;
	}
	s->ids = ids;
	s->insured = insured;
	return true;
}
