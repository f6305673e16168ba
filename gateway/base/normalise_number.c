/* gateway/base/normalise_number.c: comparison forms of dates and insurance numbers, and the check
 * digits (japan.md C5, D1, D2, D4). */
#include "gateway/base/normalise.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/runes.h"
#include "gateway/base/text.h"

/* ---- Dates ---- */

/* year 1 of the era is base + 1; dates outside the era are converted all the same (japan.md C5). */
static const struct {
	const char32_t *name;
	char32_t letter, code;
	unsigned base;
} eras[] = {
	{ U"明治", U'M', U'1', 1867 }, { U"大正", U'T', U'2', 1911 }, { U"昭和", U'S', U'3', 1925 },
	{ U"平成", U'H', U'4', 1988 }, { U"令和", U'R', U'5', 2018 },
};

enum { NUMBERS_MAX = 4, YEAR_LEAST = 1868, YEAR_MOST = 2199 };

struct numbers {
	unsigned value[NUMBERS_MAX];
	size_t digits[NUMBERS_MAX], count;
};

static unsigned leading(struct runes r, size_t from, size_t digits)
{
	unsigned value = 0;
	for (size_t i = from; i < from + digits && i < r.count; i++)
		value = value * 10 + (r.at[i] - U'0');
	return value;
}

/* The runs of digits, 元 (年) being 1; a run is counted whole but valued by its first eight. */
static struct numbers numbers_of(struct runes r, size_t from)
{
	struct numbers n = { .count = 0 };
	for (size_t i = from; i < r.count && n.count < NUMBERS_MAX;) {
		size_t end = i;
		while (end < r.count && rune_digit(r.at[end]))
			end++;
		if (end > i || r.at[i] == U'元') {
			n.value[n.count] = end > i ? leading(r, i, end - i < 8 ? end - i : 8) : 1;
			n.digits[n.count++] = end > i ? end - i : 1;
		}
		i = end > i ? end : i + 1;
	}
	return n;
}

static const char *possible_date(struct arena *a, unsigned y, unsigned m, unsigned d)
{
	static const unsigned days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	if (y < YEAR_LEAST || y > YEAR_MOST || m < 1 || m > 12 || d < 1 || d > days[m - 1])
		return NULL;
	if (m == 2 && d == 29 && !leap)
		return NULL;
	if (y == 1900 && m == 1 && d == 1) /* what systems fill in (japan.md B2) */
		return NULL;
	return arena_printf(a, "%04u%02u%02u", y, m, d);
}

static const char *era_date(struct arena *a, unsigned base, struct numbers n)
{
	if (n.count == 1 && n.digits[0] == 6)
		return possible_date(a, base + n.value[0] / 10000, n.value[0] / 100 % 100,
				     n.value[0] % 100);
	if (n.count == 3 && n.value[0] >= 1 && n.value[0] <= 150)
		return possible_date(a, base + n.value[0], n.value[1], n.value[2]);
	return NULL;
}

static bool not_blank(char32_t c)
{
	return !rune_blank(c);
}

static const char *fold_birth_date(struct arena *a, const char *text)
{
	struct runes r = runes_nfkc(a, text);
	runes_keep(&r, not_blank);
	for (size_t i = 0; i < COUNT(eras) && r.count > 0; i++) {
		if (runes_start(r, 0, eras[i].name))
			return era_date(a, eras[i].base, numbers_of(r, 2));
		if (rune_capital(r.at[0]) == eras[i].letter)
			return era_date(a, eras[i].base, numbers_of(r, 1));
	}
	struct numbers n = numbers_of(r, 0);
	if (n.count >= 1 && n.digits[0] >= 8)
		return possible_date(a, n.value[0] / 10000, n.value[0] / 100 % 100,
				     n.value[0] % 100);
	if (n.count >= 3 && n.digits[0] == 4)
		return possible_date(a, n.value[0], n.value[1], n.value[2]);
	/* An era by its number: 3410305, 3-41-3-5. */
	for (size_t i = 0; i < COUNT(eras) && r.count > 0; i++)
		if (r.at[0] == eras[i].code
		    && ((n.count == 1 && n.digits[0] == 7) || (n.count == 4 && n.digits[0] == 1)))
			return era_date(a, eras[i].base, numbers_of(r, 1));
	return NULL;
}

const char *normalise_birth_date(struct arena *a, const char *text)
{
	return runes_settled(a, text, fold_birth_date);
}

/* ---- Insurance ---- */

static const char *fold_insurer(struct arena *a, const char *text)
{
	const char *digits = runes_only_digits(a, text);
	size_t length = digits == NULL ? 0 : strlen(digits);
	if (length < 5 || length > 8)
		return NULL;
	return arena_printf(a, "%.*s%s", (int)(8 - length), "0000", digits);
}

const char *normalise_insurer(struct arena *a, const char *text)
{
	return runes_settled(a, text, fold_insurer);
}

static char32_t number_letter(char32_t c)
{
	return rune_hyphen(c) || c == U'ー' ? U'-' : rune_capital(c);
}

static const char *fold_insurance_symbol(struct arena *a, const char *text)
{
	struct runes r = runes_nfkc(a, text);
	runes_keep(&r, not_blank);
	for (size_t i = 0; i < r.count; i++)
		r.at[i] = number_letter(r.at[i]);
	return runes_text(a, r);
}

const char *normalise_insurance_symbol(struct arena *a, const char *text)
{
	return runes_settled(a, text, fold_insurance_symbol);
}

static const char *fold_insurance_number(struct arena *a, const char *text)
{
	const char *number = normalise_insurance_symbol(a, text);
	if (number == NULL)
		return NULL;
	while (number[0] == '0' && number[1] != '\0') /* some systems lose them */
		number++;
	return number;
}

const char *normalise_insurance_number(struct arena *a, const char *text)
{
	return runes_settled(a, text, fold_insurance_number);
}

static const char *fold_insurance_branch(struct arena *a, const char *text)
{
	const char *digits = runes_only_digits(a, text);
	size_t length = digits == NULL ? 0 : strlen(digits);
	return length == 2 ? digits : length == 1 ? arena_printf(a, "0%s", digits) : NULL;
}

const char *normalise_insurance_branch(struct arena *a, const char *text)
{
	return runes_settled(a, text, fold_insurance_branch);
}

bool check_digit_holds(const char *digits)
{
	size_t length = digits == NULL ? 0 : strlen(digits);
	unsigned sum = 0, weight = 2;
	if (length < 2 || strspn(digits, "0123456789") != length)
		return false;
	for (size_t i = length - 1; i-- > 0; weight = 3 - weight) {
		unsigned product = (unsigned)(digits[i] - '0') * weight;
		sum += product / 10 + product % 10;
	}
	return (10 - sum % 10) % 10 == (unsigned)(digits[length - 1] - '0');
}

/* ---- Individual Number ---- */

/* The value of the digit, ASCII or full-width, at *c, which moves past it; -1 for a separator;
 * -2 for anything else. */
static int digit_or_separator(const unsigned char **c)
{
	static const char *const separators[] = {
		" ",
		"-",
		"\t",
		"\xe3\x80\x80",
		"\xc2\xa0",
		"\xe2\x80\x90",
		"\xe2\x80\x91",
		"\xe2\x80\x92",
		"\xe2\x80\x93",
		"\xe2\x80\x94",
		"\xe2\x88\x92",
		"\xef\xbc\x8d",
		"\xe3\x83\xbc",
	};
	const unsigned char *d = *c;
	if (*d >= '0' && *d <= '9')
		return (*c)++, *d - '0';
	if (d[0] == 0xef && d[1] == 0xbc && d[2] >= 0x90 && d[2] <= 0x99)
		return *c += 3, d[2] - 0x90;
	for (size_t i = 0; i < COUNT(separators); i++)
		if (text_starts((const char *)d, separators[i]))
			return *c += strlen(separators[i]), -1;
	return -2;
}

bool text_is_my_number(const char *text)
{
	static const unsigned weights[] = { 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2 };
	const unsigned char *c = (const unsigned char *)text;
	unsigned sum = 0, check = 0;
	size_t count = 0;
	while (c != NULL && *c != '\0') {
		int digit = digit_or_separator(&c);
		if (digit == -2 || (digit >= 0 && count == 12))
			return false;
		if (digit < 0)
			continue;
		if (count < COUNT(weights))
			sum += (unsigned)digit * weights[count];
		else
			check = (unsigned)digit;
		count++;
	}
	return count == 12 && check == (sum % 11 <= 1 ? 0 : 11 - sum % 11);
}
