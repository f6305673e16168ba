/* store/identity_rules.c: the exact rules. Two records are one person when their kana name, birth
 * date and sex are the same and so is one of: a phone number, postcode and address, or all four
 * parts of an insurance. What is compared are normal forms (gateway/base/normalise.h), and only as
 * hashes: the index of links tells nothing about anybody. */
#include <openssl/sha.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "store/identity_core.h"
#include "store/identity_rows.h"

enum { PHONE_LEAST = 9 };    /* digits: 03-XXXX-XXXX has ten; fewer is an extension */
enum { EVIDENCE_MOST = 48 }; /* hashes of one record: names times values, a bound */

_Static_assert(EVIDENCE_HASH == SHA256_DIGEST_LENGTH, "evidence is a SHA-256");

enum { UNDIVIDED_LEAST = 4 }; /* kana: fewer may be a family name alone */

static size_t kana_count(const char *text)
{
	return strlen(text) / 3;
}

/* The reading of a name, or NULL: family and given in one, so that it does not matter how they were
 * divided. A reading is one said to be phonetic, or a name written in kana. One that was not
 * divided (イソベタロウ) is compared with divided ones only: both may be a family's name. */
static const char *reading(struct arena *a, const struct person_name *n)
{
	if (n->representation != NAME_PHONETIC && n->representation != NAME_UNSPECIFIED)
		return NULL;
	const char *family = normalise_kana_name(a, n->family, KANA_SPOKEN);
	const char *given = normalise_kana_name(a, n->given, KANA_SPOKEN);
	const char *whole = text_joined(a, family == NULL ? "" : family, given == NULL ? "" : given,
					NULL);
	return core_is_reading(whole)
			       && (core_is_divided(a, n) || kana_count(whole) >= UNDIVIDED_LEAST)
		       ? whole
		       : NULL;
}

/* What may agree besides name, birth date and sex. */
struct value {
	enum link_rule rule;
	const char *parts[4];
	size_t count;
};

struct comparison {
	struct arena *arena;
	const char *name, *birth_date, *sex;
	bool divided;
	struct value values[EVIDENCE_MOST]; /* each once: with one name they are all that counts */
	unsigned value_count;
	struct evidence *found;
	unsigned count;
};

static bool is_value(const struct value *v, enum link_rule rule, const char *const *parts)
{
	bool same = v->rule == rule;
	for (size_t i = 0; same && i < v->count; i++)
		same = text_equal(v->parts[i], parts[i]);
	return same;
}

/* In its normal form, made once for all names. */
static void keep(struct comparison *c, enum link_rule rule, const char *const *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_empty(parts[i]))
			return;
	for (unsigned i = 0; i < c->value_count; i++)
		if (is_value(&c->values[i], rule, parts))
			return;
	if (c->value_count == EVIDENCE_MOST)
		return;
	struct value *v = &c->values[c->value_count++];
	*v = (struct value){ .rule = rule, .count = count };
	memcpy(v->parts, parts, count * sizeof parts[0]);
}

/* Parts end with NUL, which no text holds: different parts never make the same octets. */
static void add(struct comparison *c, const struct value *v)
{
	if (c->count == EVIDENCE_MOST)
		return;
	struct buffer b = buffer_in(c->arena);
	const char *head[] = { c->name, c->birth_date, c->sex };
	buffer_byte(&b, (unsigned char)v->rule);
	buffer_byte(&b, NORMALISE_FORM_VERSION);
	for (size_t i = 0; i < COUNT(head); i++)
		buffer_append(&b, head[i], strlen(head[i]) + 1);
	for (size_t i = 0; i < v->count; i++)
		buffer_append(&b, v->parts[i], strlen(v->parts[i]) + 1);
	struct evidence *e = arena_new(c->arena, struct evidence);
	*e = (struct evidence){ .rule = v->rule, .divided = c->divided };
	SHA256(b.data, b.length, e->hash);
	struct evidence *known = evidence_find(c->found, e);
	if (known != NULL)
		known->divided = known->divided || e->divided;
	if (known != NULL)
		return;
	e->next = c->found;
	c->found = e;
	c->count++;
}

/* ---- What is written where nothing is known: no evidence ---- */

enum { REPEATED_MOST = 7 }; /* the digits of a local number: 03-0000-0000, 045-111-1111 */

static bool one_digit_over(const char *digits)
{
	return digits[strspn(digits, (const char[]){ digits[0], '\0' })] == '\0';
}

/* 0123456789, 9876543210: each digit the next. */
static bool is_a_staircase(const char *digits)
{
	int step = digits[1] - digits[0];
	if (step != 1 && step != -1)
		return false;
	for (const char *d = digits; d[1] != '\0'; d++)
		if ((d[1] - d[0] - step) % 10 != 0)
			return false;
	return true;
}

/* Numbers anybody may call (freephone, shared cost) are a firm's, not a person's. */
static bool is_a_service(const char *digits)
{
	static const char *const prefixes[] = { "0120", "0800", "0570" };
	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (text_starts(digits, prefixes[i]))
			return true;
	return false;
}

static bool is_phone(const char *digits)
{
	size_t length = digits == NULL ? 0 : strlen(digits);
	return length >= PHONE_LEAST && strspn(digits, "0123456789") == length
	       && !one_digit_over(digits + length - REPEATED_MOST) && !is_a_staircase(digits)
	       && !is_a_service(digits);
}

/* An address has a number in it; what stands for none has these words. */
static bool is_address(const char *address)
{
	static const char *const none[] = { "不明",    "不定",   "不詳",       "未定",     "未入力",
					    "未登録",  "未記入", "記載ナシ",   "登録ナシ", "無シ",
					    "ナシ",    "同上",   "同左",       "確認中",   "調査中",
					    "テスト",  "TEST",   "ホームレス", "路上",     "海外",
					    "UNKNOWN", "XXX" };
	if (address == NULL || strpbrk(address, "0123456789") == NULL)
		return false;
	for (size_t i = 0; i < COUNT(none); i++)
		if (strstr(address, none[i]) != NULL)
			return false;
	return true;
}

static bool is_number(const char *value)
{
	return value != NULL && *value != '\0' && (strlen(value) < 3 || !one_digit_over(value));
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

static void find_values(struct comparison *c, const struct patient_demographics *d)
{
	struct arena *a = c->arena;
	for (const struct telecom *tel = d->telecoms; tel != NULL; tel = tel->next) {
		const char *digits = tel->number != NULL && strchr(tel->number, '@') == NULL
					     ? normalise_phone(a, tel->number)
					     : NULL;
		if (is_phone(digits))
			keep(c, RULE_PHONE, &digits, 1);
	}
	for (const struct postal_address *ad = d->addresses; ad != NULL; ad = ad->next) {
		const char *values[] = { normalise_postcode(a, ad->postal_code),
					 normalise_address(a, address_text(a, ad)) };
		if (is_address(values[1]))
			keep(c, RULE_ADDRESS, values, COUNT(values));
	}
	for (const struct insurance *i = d->insurances; i != NULL; i = i->next) {
		const char *values[] = { normalise_insurer(a, i->insurer),
					 normalise_insurance_symbol(a, i->symbol),
					 normalise_insurance_number(a, i->number),
					 normalise_insurance_branch(a, i->branch) };
		if (is_number(values[0]) && is_number(values[2]))
			keep(c, RULE_INSURANCE, values, COUNT(values));
	}
}

/* Nobody knows who it is (PID-31), or there is no name yet: whatever else agrees is not enough. */
static bool is_nobody_yet(struct arena *a, const struct patient_demographics *d)
{
	return text_equal(d->identity_unknown, "Y") || core_is_unnamed(a, d);
}

struct evidence *identity_evidence(struct arena *a, const struct patient_demographics *d)
{
	struct comparison c = { .arena = a,
				.birth_date = normalise_birth_date(a, d->birth_date),
				.sex = d->sex };
	if (is_nobody_yet(a, d) || c.birth_date == NULL || c.sex == NULL
	    || !(text_equal(c.sex, "M") || text_equal(c.sex, "F") || text_equal(c.sex, "O")))
		return NULL;
	find_values(&c, d);
	struct text_set divided = text_set_in(a), undivided = text_set_in(a);
	for (const struct person_name *n = d->names; n != NULL && c.count < EVIDENCE_MOST;
	     n = n->next) {
		c.name = reading(a, n);
		c.divided = core_is_divided(a, n);
		/* A reading that comes again says nothing more. */
		if (c.name == NULL || !text_set_add(c.divided ? &divided : &undivided, c.name))
			continue;
		for (unsigned i = 0; i < c.value_count; i++)
			add(&c, &c.values[i]);
	}
	return c.found;
}
