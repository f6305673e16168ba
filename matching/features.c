/* matching/features.c: what of a person's demographics is compared, in forms made once. */
#include "matching/features.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "matching/features_names.h"

/* ---- Birth ---- */

static unsigned number_at(const char *digits, size_t length)
{
	unsigned value = 0;
	for (size_t i = 0; i < length; i++)
		value = value * 10 + (unsigned)(digits[i] - '0');
	return value;
}

/* What systems fill in where nothing is known (japan.md C5). */
static bool is_placeholder(const char *digits)
{
	static const char *const placeholders[] = { "19000101", "18000101", "00010101" };
	for (size_t i = 0; i < COUNT(placeholders); i++)
		if (text_equal(digits, placeholders[i]))
			return true;
	return digits[strspn(digits, (const char[]){ digits[0], '\0' })] == '\0';
}

/* YYYY, YYYYMM, or eight digits that are no day: they still say something (japan.md C5). */
static struct match_birth birth_of_digits(const char *digits)
{
	size_t length = digits == NULL ? 0 : strlen(digits);
	if ((length != 4 && length != 6 && length != 8) || is_placeholder(digits))
		return (struct match_birth){ 0 };
	return (struct match_birth){ .year = number_at(digits, 4),
				     .month = length >= 6 ? number_at(digits + 4, 2) : 0,
				     .day = length == 8 ? number_at(digits + 6, 2) : 0 };
}

static struct match_birth birth_of(struct arena *a, const char *text)
{
	const char *date = normalise_birth_date(a, text);
	struct match_birth b = birth_of_digits(date != NULL ? date : runes_only_digits(a, text));
	b.possible = date != NULL;
	return b;
}

/* ---- Addresses ---- */

static bool is_ascii(const char *text)
{
	while (*text != '\0' && (unsigned char)*text < 0x80)
		text++;
	return *text == '\0';
}

static bool letter_or_digit(char32_t c)
{
	return rune_digit(c) || (c >= 'A' && c <= 'Z');
}

/* Capitals and digits of what has no other letters. */
static struct runes latin(struct arena *a, const char *text)
{
	struct runes r = runes_nfkc(a, text);
	for (size_t i = 0; i < r.count; i++)
		r.at[i] = rune_capital(r.at[i]);
	runes_keep(&r, letter_or_digit);
	return r;
}

/* Without a number it is a town's at best. */
static bool says_nothing(const char *form)
{
	return address_says_nothing(form) || strpbrk(form, "0123456789") == NULL;
}

/* The whole where it was sent as one line, else its parts from the large to the small. */
static const char *address_text(struct arena *a, const struct postal_address *ad)
{
	if (!text_empty(ad->text))
		return ad->text;
	const char *parts[] = { ad->state, ad->city, ad->street, ad->other };
	struct buffer b = buffer_in(a);
	for (size_t i = 0; i < COUNT(parts); i++)
		if (parts[i] != NULL)
			buffer_text(&b, parts[i]);
	return buffer_ended(&b);
}

static struct runes address_form(struct arena *a, const char *text)
{
	if (is_ascii(text))
		return match_cut(latin(a, text), MATCH_ADDRESS_MOST);
	const char *form = normalise_address(a, text);
	if (form == NULL || says_nothing(form))
		return (struct runes){ 0 };
	return match_cut(runes_nfkc(a, form), MATCH_ADDRESS_MOST);
}

static bool digit_or_hyphen(char32_t c)
{
	return rune_digit(c) || c == U'-';
}

/* The longest run of digits and hyphens: 99-27-17 of 町99-27-17. */
static struct runes numbers_of(struct runes text)
{
	struct runes best = { NULL, 0 };
	for (size_t i = 0; i < text.count;) {
		size_t end = i;
		while (end < text.count && digit_or_hyphen(text.at[end]))
			end++;
		if (end - i > best.count)
			best = (struct runes){ text.at + i, end - i };
		i = end > i ? end : i + 1;
	}
	return best;
}

static int by_value(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
	return a < b ? -1 : a > b;
}

static void make_pairs(struct arena *a, struct match_address *out)
{
	if (out->text.count < 2)
		return;
	uint32_t *pairs = arena_array(a, uint32_t, out->text.count - 1);
	for (size_t i = 0; i + 1 < out->text.count; i++)
		pairs[i] = (uint32_t)(out->text.at[i] * 0x9e3779b1u)
			   ^ (uint32_t)out->text.at[i + 1];
	out->pair_count = out->text.count - 1;
	qsort(pairs, out->pair_count, sizeof pairs[0], by_value);
	out->pairs = pairs;
}

/* Seven digits in Japan; elsewhere they are fewer. */
static const char *postcode_of(struct arena *a, const char *text)
{
	enum { ABROAD_LEAST = 4, ABROAD_MOST = 6 };
	const char *code = normalise_postcode(a, text);
	if (code != NULL)
		return code;
	code = runes_only_digits(a, text);
	size_t length = code == NULL ? 0 : strlen(code);
	return length >= ABROAD_LEAST && length <= ABROAD_MOST ? code : NULL;
}

static void take_addresses(struct arena *a, struct match_features *f,
			   const struct postal_address *ad)
{
	for (; ad != NULL && f->address_count < MATCH_VALUES_MOST; ad = ad->next) {
		const char *form = normalise_address(a, address_text(a, ad));
		if (form != NULL && address_says_nothing(form))
			continue; /* its postcode, if there is one, is the facility's own */
		struct match_address *out = &f->addresses[f->address_count];
		*out = (struct match_address){ .postcode = postcode_of(a, ad->postal_code),
					       .text = address_form(a, address_text(a, ad)) };
		out->numbers = numbers_of(out->text);
		make_pairs(a, out);
		f->address_count += out->postcode != NULL || out->text.count != 0;
	}
}

/* ---- Phones, insurances ---- */

static void take_phones(struct arena *a, struct match_features *f, const struct telecom *t)
{
	for (; t != NULL && f->phone_count < MATCH_VALUES_MOST; t = t->next) {
		const char *digits = t->number != NULL && strchr(t->number, '@') == NULL
					     ? normalise_phone(a, t->number)
					     : NULL;
		if (digits != NULL && !phone_says_nothing(digits))
			f->phones[f->phone_count++] = digits;
	}
}

/* Not 0, 000, 9999. */
static bool is_number(const char *value)
{
	return value != NULL && !text_equal(value, "0")
	       && (strlen(value) < 3
		   || value[strspn(value, (const char[]){ value[0], '\0' })] != '\0');
}

static void take_insurances(struct arena *a, struct match_features *f, size_t most,
			    const struct insurance *in)
{
	struct insurance_form form;
	for (; in != NULL && f->insurance_count < most; in = in->next) {
		if (!normalise_insurance(a, in, &form))
			continue;
		f->insurances[f->insurance_count++] = (struct match_insurance){
			.insurer = form.insurer,
			.symbol = text_empty(form.symbol) ? NULL : form.symbol,
			.number = form.number,
			.branch = form.of_person ? form.branch : NULL,
			.trusted = form.checked,
		};
	}
}

/* ---- All ---- */

static char sex_of(const char *sex)
{
	return sex != NULL && strlen(sex) == 1 && strchr("MFO", *sex) != NULL ? *sex : 0;
}

static const char *order_of(const char *order)
{
	while (order != NULL && *order == '0')
		order++;
	return text_empty(order) ? NULL : order;
}

static const char *personal_of(struct arena *a, const char *text)
{
	enum { LEAST = 4 };
	struct runes r = match_cut(latin(a, text), MATCH_RUNES_MOST);
	const char *number = r.count < LEAST ? NULL : runes_text(a, r);
	return is_number(number) ? number : NULL;
}

struct match_features *match_features(struct arena *a, const struct match_subject *s)
{
	const struct patient_demographics *d = s->demographics;
	struct match_features *f = arena_new(a, struct match_features);
	f->unnamed = match_is_unnamed(a, d->names);
	f->names = f->unnamed ? NULL : match_names(a, d->names);
	f->birth = birth_of(a, d->birth_date);
	f->sex = sex_of(d->sex);
	take_addresses(a, f, d->addresses);
	take_phones(a, f, d->telecoms);
	take_insurances(a, f, MATCH_VALUES_MOST, d->insurances);
	take_insurances(a, f, MATCH_INSURANCES_MOST, d->former_insurances);
	f->personal = personal_of(a, s->personal);
	f->mother = match_cut(
		runes_nfkc(a, normalise_kana_name(a, d->mothers_maiden_name, KANA_SPOKEN)),
		MATCH_RUNES_MOST);
	f->domain = arena_text(a, s->domain);
	f->multiple = text_equal(d->multiple_birth, "Y");
	f->order = f->multiple ? arena_text(a, order_of(d->birth_order)) : NULL;
	f->unknown = text_equal(d->identity_unknown, "Y");
	return f;
}
