/* store/identity_rules.c: the exact rules (japan.md D7). Two records are one person when their
 * birth date and sex are the same and so is one of: kana name and a phone number; kana name,
 * postcode and address; an insurance that names one person, whatever the name, as long as the given
 * one does not differ in all that can be compared (store/identity_join.c); an insurance that names
 * a household, and the given name in kana. An insurance counts if its check digits hold (D1). What
 * is compared are normal forms (gateway/base/normalise.h), and only as hashes: the index of links
 * tells nothing about anybody. */
#include <openssl/sha.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "store/identity_forms.h"
#include "store/identity_rows.h"

enum { PHONE_LEAST = 9 }; /* digits: 03-XXXX-XXXX has ten; fewer is an extension */
_Static_assert(EVIDENCE_HASH <= SHA256_DIGEST_LENGTH, "evidence is of a SHA-256");

enum { UNDIVIDED_LEAST = 4 }; /* kana: fewer may be a family name alone */

static size_t kana_count(const char *text)
{
	return strlen(text) / 3;
}

/* The reading of a name, or NULL: family and given in one, so that it does not matter how they were
 * divided. A reading is one said to be phonetic, or a name written in kana. One that was not
 * divided (イソベタロウ) is compared with divided ones only: both may be a family's name. */
static const char *reading(const struct core_name *n)
{
	return n->says_reading && n->script == SCRIPT_READING
			       && (n->divided || kana_count(n->whole) >= UNDIVIDED_LEAST)
		       ? n->whole
		       : NULL;
}

struct comparison {
	struct arena *arena;
	const struct identity_core *core;
	struct evidence *found;
	unsigned count;
	bool left_out;
};

static bool is_value(const struct identity_value *v, enum link_rule rule, const char *const *parts)
{
	bool same = v->rule == rule;
	for (size_t i = 0; same && i < v->count; i++)
		same = text_equal(v->parts[i], parts[i]);
	return same;
}

/* In its normal form, made once for all names; each once. */
static void keep(struct arena *a, struct identity_value **list, enum link_rule rule,
		 const char *const *parts, size_t count)
{
	for (; *list != NULL; list = &(*list)->next)
		if (is_value(*list, rule, parts))
			return;
	*list = arena_new(a, struct identity_value);
	**list = (struct identity_value){ .rule = rule, .count = count };
	memcpy((*list)->parts, parts, count * sizeof parts[0]);
}

/* Parts end with NUL, which no text holds: different parts never make the same octets. name: what
 * of it must agree; NULL: nothing. */
static void add(struct comparison *c, enum link_rule rule, const char *name, bool divided,
		const struct identity_value *v)
{
	if (c->count == EVIDENCE_MOST) {
		c->left_out = true;
		return;
	}
	struct buffer b = buffer_in(c->arena);
	const char *head[] = { name, c->core->birth, (const char[]){ c->core->sex, '\0' } };
	buffer_byte(&b, (unsigned char)rule);
	buffer_byte(&b, NORMALISE_FORM_VERSION);
	for (size_t i = name == NULL ? 1 : 0; i < COUNT(head); i++)
		buffer_append(&b, head[i], strlen(head[i]) + 1);
	for (size_t i = 0; i < v->count; i++)
		buffer_append(&b, v->parts[i], strlen(v->parts[i]) + 1);
	unsigned char whole[SHA256_DIGEST_LENGTH];
	struct evidence *e = arena_new(c->arena, struct evidence);
	*e = (struct evidence){ .rule = rule, .divided = divided };
	SHA256(b.data, b.length, whole);
	memcpy(e->hash, whole, EVIDENCE_HASH);
	struct evidence *known = evidence_find(c->found, e);
	if (known != NULL)
		known->divided = known->divided || e->divided;
	if (known != NULL)
		return;
	e->next = c->found;
	c->found = e;
	c->count++;
}

/* Of a normal form, which has digits only. */
static bool is_phone(const char *digits)
{
	return digits != NULL && strlen(digits) >= PHONE_LEAST && !phone_says_nothing(digits);
}

/* An address has a number in it. */
static bool is_address(const char *address)
{
	return address != NULL && strpbrk(address, "0123456789") != NULL
	       && !address_says_nothing(address);
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

/* ---- Values ---- */

struct identity_value *identity_phones(struct arena *a, const struct telecom *list, bool *more)
{
	struct identity_value *found = NULL;
	for (unsigned n = 0; list != NULL && n < EVIDENCE_MOST; list = list->next, n++) {
		const char *digits = list->number != NULL && strchr(list->number, '@') == NULL
					     ? normalise_phone(a, list->number)
					     : NULL;
		if (is_phone(digits))
			keep(a, &found, RULE_PHONE, &digits, 1);
	}
	*more = list != NULL;
	return found;
}

struct identity_value *identity_addresses(struct arena *a, const struct postal_address *list,
					  bool *more)
{
	struct identity_value *found = NULL;
	for (unsigned n = 0; list != NULL && n < EVIDENCE_MOST; list = list->next, n++) {
		const char *values[] = { normalise_postcode(a, list->postal_code),
					 normalise_address(a, address_text(a, list)) };
		if (values[0] != NULL && is_address(values[1]))
			keep(a, &found, RULE_ADDRESS, values, COUNT(values));
	}
	*more = list != NULL;
	return found;
}

/* Of a person's all parts, of a household's the three it has. */
static void keep_insurance(struct arena *a, struct identity_value **list, const struct insurance *i)
{
	struct insurance_form f;
	if (!normalise_insurance(a, i, &f) || !f.checked)
		return;
	const char *const parts[] = { f.insurer, f.symbol, f.number, f.branch };
	keep(a, list, f.of_person ? RULE_BRANCH : RULE_HOUSEHOLD, parts,
	     COUNT(parts) - (f.of_person ? 0 : 1));
}

struct identity_value *identity_insurances(struct arena *a, const struct patient_demographics *d,
					   bool *more)
{
	struct identity_value *found = NULL;
	const struct insurance *i = d->insurances, *former = d->former_insurances;
	for (unsigned n = 0; i != NULL && n < EVIDENCE_MOST; i = i->next, n++)
		keep_insurance(a, &found, i);
	for (; former != NULL; former = former->next)
		keep_insurance(a, &found, former);
	*more = i != NULL;
	return found;
}

/* ---- Evidence ---- */

/* A reading that comes again says nothing more. */
static bool is_first(const struct identity_core *core, const struct core_name *n)
{
	for (const struct core_name *m = core->names; m != n; m = m->next)
		if (reading(m) != NULL && m->divided == n->divided
		    && text_equal(m->whole, n->whole))
			return false;
	return true;
}

/* 国保 (six digits) and the old-age scheme have none in many places; of others it was lost. */
static bool lost_its_symbol(const struct identity_value *v)
{
	return text_empty(v->parts[1]) && !text_starts(v->parts[0], "00")
	       && !text_starts(v->parts[0], "39");
}

/* Of several born together another name is another one, and a number without its symbol may be
 * another one's: there all of the name must agree. */
static enum link_rule rule_of(const struct identity_forms *f, const struct identity_value *v)
{
	return v->rule == RULE_BRANCH && (f->multiple || lost_its_symbol(v)) ? RULE_INSURANCE
									     : v->rule;
}

static void add_named(struct comparison *c, const struct core_name *n, enum link_rule rule,
		      const struct identity_value *v)
{
	if (rule != RULE_HOUSEHOLD)
		add(c, rule, n->whole, n->divided, v);
	else if (n->given != NULL)
		add(c, rule, n->given, true, v);
}

struct evidence *identity_evidence_of(struct arena *a, const struct identity_forms *f,
				      bool *left_out)
{
	struct comparison c = { .arena = a, .core = &f->core };
	*left_out = f->core.left_out || f->more[VALUE_PHONE] || f->more[VALUE_ADDRESS]
		    || f->more[VALUE_INSURANCE];
	/* Nobody knows who it is, or there is no name yet: whatever else agrees is not enough. */
	if (f->unknown || f->core.birth == NULL || f->core.sex == 0 || f->core.names == NULL)
		return NULL;
	for (size_t kind = 0; kind < VALUE_KINDS; kind++)
		for (const struct identity_value *v = f->values[kind]; v != NULL; v = v->next)
			if (rule_of(f, v) == RULE_BRANCH)
				add(&c, RULE_BRANCH, NULL, true, v);
	for (const struct core_name *n = f->core.names; n != NULL; n = n->next) {
		if (reading(n) == NULL || !is_first(&f->core, n))
			continue;
		for (size_t kind = 0; kind < VALUE_KINDS; kind++)
			for (const struct identity_value *v = f->values[kind]; v != NULL;
			     v = v->next)
				if (rule_of(f, v) != RULE_BRANCH)
					add_named(&c, n, rule_of(f, v), v);
	}
	*left_out = *left_out || c.left_out;
	return c.found;
}

struct evidence *identity_evidence(struct arena *a, const struct patient_demographics *d)
{
	struct identity_forms f = identity_forms(a, d);
	bool left_out;
	return identity_evidence_of(a, &f, &left_out);
}
