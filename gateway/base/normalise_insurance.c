/* gateway/base/normalise_insurance.c: the four parts of an insurance in the form they are compared
 * in, and whom they name (japan.md B3, D1, D4). */
#include "gateway/base/normalise.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "schemas/model/patient.h"

/* 後期高齢者医療: the scheme everybody is of from 75, some from 65. */
static const char old_age[] = "39";
enum { OLD_AGE_DIGITS = 8, ONE_DIGIT_LEAST = 3 };

/* 0, 999, 00000000: what is written where nothing is known. */
static bool says_nothing(const char *value)
{
	size_t length = strlen(value), same = strspn(value, (const char[]){ value[0], '\0' });
	return same == length && (length >= ONE_DIGIT_LEAST || value[0] == '0');
}

static const char *or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

/* Its number is one person's, with a check digit, and has neither symbol nor branch, whatever
 * stands in their places. Leading zeros that were lost are put back. False: it is none. */
static bool take_old_age(struct arena *a, struct insurance_form *f)
{
	size_t length = strlen(f->number);
	if (!text_starts(f->insurer, old_age) || length > OLD_AGE_DIGITS
	    || strspn(f->number, "0123456789") != length)
		return false;
	f->symbol = f->branch = "";
	f->number = arena_printf(a, "%.*s%s", (int)(OLD_AGE_DIGITS - length), "00000000",
				 f->number);
	f->checked = f->checked && check_digit_holds(f->number);
	return true;
}

bool normalise_insurance(struct arena *a, const struct insurance *i, struct insurance_form *out)
{
	const char *insurer = normalise_insurer(a, i->insurer),
		   *number = normalise_insurance_number(a, i->number);
	if (insurer == NULL || number == NULL || says_nothing(insurer) || says_nothing(number))
		return false;
	*out = (struct insurance_form){
		.insurer = insurer,
		.symbol = or_empty(normalise_insurance_symbol(a, i->symbol)),
		.number = number,
		.branch = or_empty(normalise_insurance_branch(a, i->branch)),
		.checked = check_digit_holds(insurer),
	};
	out->of_person = take_old_age(a, out) || *out->branch != '\0';
	return true;
}

bool insurance_of_one_household(const struct insurance_form *x, const struct insurance_form *y)
{
	return text_equal(x->insurer, y->insurer) && text_equal(x->symbol, y->symbol)
	       && text_equal(x->number, y->number);
}
