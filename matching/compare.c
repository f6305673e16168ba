/* matching/compare.c: two records' features, held against each other field by field. */
#include "matching/compare.h"

#include <string.h>

#include "gateway/base/text.h"
#include "matching/compare_names.h"
#include "matching/distance.h"

/* ---- What fields and levels are called ---- */

static const char *const name_levels[] = { "not-said",    "same",       "same-reading",
					   "same-kanji",  "near",       "other-reading",
					   "other-kanji", "swapped",    "voiced",
					   "close",       "close-both", "similar",
					   "changed",     "differs",    NULL };
static const char *const birth_levels[] = { "not-said", "same",     "partial", "era", "swapped",
					    "slip",     "one-part", "differs", NULL };
static const char *const sex_levels[] = { "not-said", "same", "differs", NULL };
static const char *const address_levels[] = { "not-said", "same",     "numbers",  "close",
					      "similar",  "moved-by", "postcode", "related",
					      "differs",  NULL };
static const char *const number_levels[] = { "not-said", "same", "slip", "differs", NULL };
static const char *const insurance_levels[] = { "not-said", "person",  "household", "other-branch",
						"slip",     "insurer", "differs",   NULL };
static const char *const mother_levels[] = { "not-said", "same", "close", "differs", NULL };

static const struct {
	const char *name;
	const char *const *levels;
} fields[MATCH_FIELDS] = {
	[FIELD_GIVEN] = { "given", name_levels },
	[FIELD_FAMILY] = { "family", name_levels },
	[FIELD_BIRTH] = { "birth", birth_levels },
	[FIELD_SEX] = { "sex", sex_levels },
	[FIELD_ADDRESS] = { "address", address_levels },
	[FIELD_PHONE] = { "phone", number_levels },
	[FIELD_INSURANCE] = { "insurance", insurance_levels },
	[FIELD_PERSONAL] = { "personal", number_levels },
	[FIELD_MOTHER] = { "mother", mother_levels },
};
_Static_assert((int)NAME_DIFFERS < (int)MATCH_LEVELS_MOST, "the largest table of levels");

const char *match_field_name(enum match_field field)
{
	return fields[field].name;
}

unsigned match_level_count(enum match_field field)
{
	unsigned count = 0;
	while (fields[field].levels[count] != NULL)
		count++;
	return count;
}

const char *match_level_name(enum match_field field, unsigned level)
{
	return fields[field].levels[level];
}

/* ---- Birth ---- */

static unsigned apart(unsigned x, unsigned y)
{
	return x > y ? x - y : y - x;
}

/* What the year changes by when the era is another and the year of the era the same: 昭和 and
 * 平成, 大正 and 昭和, 平成 and 令和, 明治 and 大正 (japan.md C5). */
static bool is_another_era(unsigned years)
{
	static const unsigned slips[] = { 63, 14, 30, 44 };
	for (size_t i = 0; i < COUNT(slips); i++)
		if (years == slips[i])
			return true;
	return false;
}

static void digits_of(const struct match_birth *b, char32_t out[8])
{
	unsigned value = b->year % 10000 * 10000 + b->month % 100 * 100 + b->day % 100;
	for (size_t i = 8; i-- > 0; value /= 10)
		out[i] = U'0' + value % 10;
}

static bool one_slip(const struct match_birth *x, const struct match_birth *y)
{
	char32_t a[8], b[8];
	digits_of(x, a);
	digits_of(y, b);
	return runes_distance((struct runes){ a, 8 }, (struct runes){ b, 8 }, 1) == 1;
}

static bool one_or_ten(const struct match_birth *x, const struct match_birth *y)
{
	unsigned sum = apart(x->year, y->year) + apart(x->month, y->month) + apart(x->day, y->day);
	return sum == 1 || (sum == 10 && x->month == y->month);
}

static enum birth_level full(const struct match_birth *x, const struct match_birth *y,
			     unsigned parts)
{
	if (parts == 0)
		return BIRTH_SAME;
	if (x->month == y->month && x->day == y->day && is_another_era(apart(x->year, y->year)))
		return BIRTH_ERA;
	if (x->year == y->year && x->month == y->day && x->day == y->month)
		return BIRTH_SWAPPED;
	if (one_slip(x, y) || (parts == 1 && one_or_ten(x, y)))
		return BIRTH_SLIP;
	return parts == 1 ? BIRTH_ONE_PART : BIRTH_DIFFERS;
}

static unsigned births(const struct match_birth *x, const struct match_birth *y, unsigned *signs)
{
	if (x->year == 0 || y->year == 0)
		return NOT_SAID;
	bool months = x->month != 0 && y->month != 0, days = months && x->day != 0 && y->day != 0;
	unsigned parts = (x->year != y->year) + (months && x->month != y->month)
			 + (days && x->day != y->day);
	if (!days)
		return parts == 0 ? BIRTH_PARTIAL : BIRTH_DIFFERS;
	enum birth_level level = full(x, y, parts);
	if (parts >= 2 && level != BIRTH_SWAPPED)
		*signs |= SIGN_SEVERAL_PARTS;
	return level;
}

/* ---- Addresses ---- */

enum postcodes {
	POSTCODES_OTHER,
	POSTCODES_NOT_SAID,
	POSTCODES_NEXT,    /* one digit: a slip, or the next town's */
	POSTCODES_CHANGED, /* two digits have changed places: a slip */
	POSTCODES_SAME
};

static unsigned sum_of(const char *digits)
{
	unsigned sum = 0;
	for (; *digits != '\0'; digits++)
		sum += (unsigned)(*digits - '0');
	return sum;
}

static enum postcodes postcodes(const struct match_address *x, const struct match_address *y)
{
	if (x->postcode == NULL || y->postcode == NULL)
		return POSTCODES_NOT_SAID;
	unsigned distance = text_distance(x->postcode, y->postcode, 1);
	if (distance != 1)
		return distance == 0 ? POSTCODES_SAME : POSTCODES_OTHER;
	return sum_of(x->postcode) == sum_of(y->postcode) ? POSTCODES_CHANGED : POSTCODES_NEXT;
}

/* Levels for a share of common pairs of runes, the highest first. */
static enum address_level texts(const struct match_address *x, const struct match_address *y,
				enum postcodes postcode)
{
	static const struct {
		double share;
		enum address_level level[POSTCODES_SAME + 1];
	} rows[] = {
		{ 0.85,
		  { [POSTCODES_OTHER] = ADDRESS_MOVED_BY,
		    [POSTCODES_NOT_SAID] = ADDRESS_CLOSE,
		    [POSTCODES_NEXT] = ADDRESS_CLOSE,
		    [POSTCODES_CHANGED] = ADDRESS_CLOSE,
		    [POSTCODES_SAME] = ADDRESS_CLOSE } },
		{ 0.60,
		  { [POSTCODES_OTHER] = ADDRESS_MOVED_BY,
		    [POSTCODES_NOT_SAID] = ADDRESS_MOVED_BY,
		    [POSTCODES_NEXT] = ADDRESS_MOVED_BY,
		    [POSTCODES_CHANGED] = ADDRESS_SIMILAR,
		    [POSTCODES_SAME] = ADDRESS_SIMILAR } },
		{ 0.35,
		  { [POSTCODES_OTHER] = ADDRESS_RELATED,
		    [POSTCODES_NOT_SAID] = ADDRESS_RELATED,
		    [POSTCODES_NEXT] = ADDRESS_RELATED,
		    [POSTCODES_CHANGED] = ADDRESS_RELATED,
		    [POSTCODES_SAME] = ADDRESS_POSTCODE } },
		{ 0.00,
		  { [POSTCODES_OTHER] = ADDRESS_DIFFERS,
		    [POSTCODES_NOT_SAID] = ADDRESS_DIFFERS,
		    [POSTCODES_NEXT] = ADDRESS_DIFFERS,
		    [POSTCODES_CHANGED] = ADDRESS_DIFFERS,
		    [POSTCODES_SAME] = ADDRESS_POSTCODE } },
	};
	double share = lists_share(x->pairs, x->pair_count, y->pairs, y->pair_count);
	size_t i = 0;
	while (share < rows[i].share)
		i++;
	return rows[i].level[postcode];
}

static unsigned address(const struct match_address *x, const struct match_address *y)
{
	enum { NUMBERS_LEAST = 3 }; /* 1-2; a number alone is any street's */
	enum postcodes postcode = postcodes(x, y);
	if (x->text.count == 0 || y->text.count == 0)
		return postcode == POSTCODES_SAME       ? (unsigned)ADDRESS_POSTCODE
		       : postcode == POSTCODES_NOT_SAID ? (unsigned)NOT_SAID
							: (unsigned)ADDRESS_DIFFERS;
	if (runes_same(x->text, y->text))
		return ADDRESS_SAME;
	if (postcode == POSTCODES_SAME && x->numbers.count >= NUMBERS_LEAST
	    && runes_same(x->numbers, y->numbers))
		return ADDRESS_NUMBERS;
	/* 1-2-3 and 1-2-8 are two houses, however much else is the same. */
	enum address_level level = texts(x, y, postcode);
	bool houses = x->numbers.count >= NUMBERS_LEAST && y->numbers.count >= NUMBERS_LEAST
		      && !runes_same(x->numbers, y->numbers);
	return houses && level == ADDRESS_CLOSE ? ADDRESS_SIMILAR : level;
}

/* The best of all; not said only where nothing is. */
static unsigned better(unsigned level, unsigned than)
{
	return level == NOT_SAID || (than != NOT_SAID && than < level) ? than : level;
}

static unsigned addresses(const struct match_features *x, const struct match_features *y)
{
	unsigned best = NOT_SAID;
	for (size_t i = 0; i < x->address_count; i++)
		for (size_t k = 0; k < y->address_count; k++)
			best = better(address(&x->addresses[i], &y->addresses[k]), best);
	return best;
}

/* ---- Numbers ---- */

static unsigned numbers(const char *x, const char *y)
{
	if (x == NULL || y == NULL)
		return NOT_SAID;
	unsigned distance = text_distance(x, y, 1);
	return distance == 0 ? NUMBER_SAME : distance == 1 ? NUMBER_SLIP : NUMBER_DIFFERS;
}

static unsigned phones(const struct match_features *x, const struct match_features *y)
{
	unsigned best = NOT_SAID;
	for (size_t i = 0; i < x->phone_count; i++)
		for (size_t k = 0; k < y->phone_count; k++)
			best = better(numbers(x->phones[i], y->phones[k]), best);
	return best;
}

/* One slip in one of insurer, symbol and number, the others the same; a symbol that one leaves out
 * is one too. */
static bool one_slip_in_all(const struct match_insurance *x, const struct match_insurance *y)
{
	const char *symbols[] = { x->symbol == NULL ? "" : x->symbol,
				  y->symbol == NULL ? "" : y->symbol };
	unsigned symbol = text_distance(symbols[0], symbols[1], 1);
	if (symbol > 1 && (x->symbol == NULL || y->symbol == NULL))
		symbol = 1;
	return text_distance(x->insurer, y->insurer, 1) + symbol
		       + text_distance(x->number, y->number, 1)
	       <= 1;
}

static enum insurance_level insurance(const struct match_insurance *x,
				      const struct match_insurance *y)
{
	bool insurer = text_equal(x->insurer, y->insurer);
	bool household = insurer && text_equal(x->symbol, y->symbol)
			 && text_equal(x->number, y->number);
	bool branches = x->branch != NULL && y->branch != NULL;
	if (household && branches && !text_equal(x->branch, y->branch))
		return INSURANCE_OTHER_BRANCH;
	if (household && !x->trusted)
		return INSURANCE_SLIP;
	if (household)
		return branches ? INSURANCE_PERSON : INSURANCE_HOUSEHOLD;
	if (one_slip_in_all(x, y))
		return INSURANCE_SLIP;
	return insurer ? INSURANCE_INSURER : INSURANCE_DIFFERS;
}

static unsigned insurances(const struct match_features *x, const struct match_features *y,
			   unsigned *signs)
{
	unsigned best = NOT_SAID;
	bool other = false;
	for (size_t i = 0; i < x->insurance_count; i++)
		for (size_t k = 0; k < y->insurance_count; k++) {
			unsigned level = insurance(&x->insurances[i], &y->insurances[k]);
			other = other || level == INSURANCE_OTHER_BRANCH;
			best = better(level, best);
		}
	if (other && best != INSURANCE_PERSON)
		*signs |= SIGN_OTHER_BRANCH;
	return other && best != INSURANCE_PERSON ? INSURANCE_OTHER_BRANCH : best;
}

/* ---- All ---- */

static unsigned sexes(char x, char y)
{
	return x == 0 || y == 0 ? NOT_SAID : x == y ? SEX_SAME : SEX_DIFFERS;
}

static unsigned mothers(struct runes x, struct runes y)
{
	if (x.count == 0 || y.count == 0)
		return NOT_SAID;
	unsigned distance = runes_distance(x, y, 1);
	return distance == 0 ? MOTHER_SAME : distance == 1 ? MOTHER_CLOSE : MOTHER_DIFFERS;
}

static unsigned signs_of(const struct match_features *x, const struct match_features *y)
{
	return (x->domain != NULL && text_equal(x->domain, y->domain) ? SIGN_ONE_DOMAIN : 0u)
	       | (x->unnamed || y->unnamed ? SIGN_UNNAMED : 0u)
	       | (x->unknown || y->unknown ? SIGN_UNKNOWN : 0u)
	       | (x->multiple || y->multiple ? SIGN_MULTIPLE : 0u)
	       | (x->order != NULL && y->order != NULL && !text_equal(x->order, y->order)
			  ? SIGN_OTHER_ORDER
			  : 0u);
}

struct match_comparison match_compare(const struct match_features *x,
				      const struct match_features *y)
{
	struct match_comparison c = { .signs = signs_of(x, y) };
	compare_names(x, y, &c);
	c.level[FIELD_BIRTH] = (uint8_t)births(&x->birth, &y->birth, &c.signs);
	c.level[FIELD_SEX] = (uint8_t)sexes(x->sex, y->sex);
	c.level[FIELD_ADDRESS] = (uint8_t)addresses(x, y);
	c.level[FIELD_PHONE] = (uint8_t)phones(x, y);
	c.level[FIELD_INSURANCE] = (uint8_t)insurances(x, y, &c.signs);
	c.level[FIELD_PERSONAL] = (uint8_t)numbers(x->personal, y->personal);
	c.level[FIELD_MOTHER] = (uint8_t)mothers(x->mother, y->mother);
	if (c.level[FIELD_FAMILY] == NAME_DIFFERS && x->sex != 'M' && y->sex != 'M'
	    && (x->sex == 'F' || y->sex == 'F'))
		c.level[FIELD_FAMILY] = NAME_CHANGED;
	return c;
}
