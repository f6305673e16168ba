/* profiles/admin/admin_demographics.c: what a record says of a person, a line of text a field. */
#include "profiles/admin/admin_demographics.h"

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"

/* One more value of the field. */
static void add_value(struct buffer *b, const char *value)
{
	if (text_empty(value))
		return;
	buffer_printf(b, "%s%s", b->length == 0 ? "" : " / ", value);
}

/* The parts that are said, by blanks. */
static const char *parts(struct arena *a, const char *const *part, size_t count)
{
	struct buffer b = buffer_in(a);
	for (size_t i = 0; i < count; i++)
		if (!text_empty(part[i]))
			buffer_printf(&b, "%s%s", b.length == 0 ? "" : " ", part[i]);
	return buffer_ended(&b);
}

static void given(struct buffer *b, struct arena *a, const struct patient_demographics *d)
{
	for (const struct person_name *n = d->names; n != NULL; n = n->next)
		add_value(b, parts(a, (const char *const[]){ n->given, n->middle }, 2));
}

static void family(struct buffer *b, struct arena *a, const struct patient_demographics *d)
{
	(void)a;
	for (const struct person_name *n = d->names; n != NULL; n = n->next)
		add_value(b, n->family);
}

static void birth(struct buffer *b, struct arena *a, const struct patient_demographics *d)
{
	(void)a;
	add_value(b, d->birth_date);
}

static void sex(struct buffer *b, struct arena *a, const struct patient_demographics *d)
{
	(void)a;
	add_value(b, d->sex);
}

static void address(struct buffer *b, struct arena *a, const struct patient_demographics *d)
{
	for (const struct postal_address *p = d->addresses; p != NULL; p = p->next) {
		const char *const whole[] = { p->postal_code, p->text };
		const char *const divided[] = { p->postal_code, p->state, p->city, p->street,
						p->other };
		add_value(b, text_empty(p->text) ? parts(a, divided, COUNT(divided))
						 : parts(a, whole, COUNT(whole)));
	}
}

static void phone(struct buffer *b, struct arena *a, const struct patient_demographics *d)
{
	(void)a;
	for (const struct telecom *t = d->telecoms; t != NULL; t = t->next)
		add_value(b, t->number);
}

static void insurance(struct buffer *b, struct arena *a, const struct patient_demographics *d)
{
	for (const struct insurance *i = d->insurances; i != NULL; i = i->next) {
		const char *const part[] = { i->insurer, i->symbol, i->number, i->branch };
		add_value(b, parts(a, part, COUNT(part)));
	}
}

static void mother(struct buffer *b, struct arena *a, const struct patient_demographics *d)
{
	(void)a;
	add_value(b, d->mothers_maiden_name);
}

static void birth_order(struct buffer *b, struct arena *a, const struct patient_demographics *d)
{
	add_value(b, parts(a, (const char *const[]){ d->multiple_birth, d->birth_order }, 2));
}

static void death(struct buffer *b, struct arena *a, const struct patient_demographics *d)
{
	add_value(b, parts(a, (const char *const[]){ d->deceased, d->deceased_time }, 2));
}

static void unknown(struct buffer *b, struct arena *a, const struct patient_demographics *d)
{
	(void)a;
	add_value(b, d->identity_unknown);
}

static const struct {
	const char *name;
	void (*add)(struct buffer *b, struct arena *a, const struct patient_demographics *d);
} fields[SHOWN_FIELDS] = {
	[SHOWN_GIVEN] = { "given", given },
	[SHOWN_FAMILY] = { "family", family },
	[SHOWN_BIRTH] = { "birth", birth },
	[SHOWN_SEX] = { "sex", sex },
	[SHOWN_ADDRESS] = { "address", address },
	[SHOWN_PHONE] = { "phone", phone },
	[SHOWN_INSURANCE] = { "insurance", insurance },
	[SHOWN_MOTHER] = { "mother", mother },
	[SHOWN_BIRTH_ORDER] = { "birth-order", birth_order },
	[SHOWN_DEATH] = { "death", death },
	[SHOWN_UNKNOWN] = { "identity-unknown", unknown },
};

const char *shown_field_name(enum shown_field field)
{
	return fields[field].name;
}

const char *shown_field_text(struct arena *a, const struct patient_demographics *d,
			     enum shown_field field)
{
	struct buffer b = buffer_in(a);
	fields[field].add(&b, a, d);
	return b.length == 0 ? NULL : buffer_ended(&b);
}
