/* store/identity_core_kept.c: a core beside what it was made of, in a few octets.
 *
 * Whoever is compared with others must not make the forms of all their names again: that was two
 * thirds of a feed. What is written in its normal form already, as most is, costs one octet a
 * name. */
#include "store/identity_core.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "store/packed.h"

/* Raised when something else is kept; the forms have a version of their own. */
enum { CORE_VERSION = 1, VERSIONS = CORE_VERSION << 5 | NORMALISE_FORM_VERSION };
_Static_assert(NORMALISE_FORM_VERSION < 1 << 5 && VERSIONS <= UINT8_MAX, "both in one octet");

/* The second octet: of whom, and how the birth date stands. */
enum { BIRTH_NONE, BIRTH_AS_SENT, BIRTH_TEXT, BIRTHS, BIRTH_MASK = 3, LEFT_OUT = 4 };

/* Of each name sent, up to the last that counts, one octet. */
enum {
	NAME_SCRIPT = 3, /* CORE_SCRIPTS: the name is none */
	NAME_DIVIDED = 1 << 2,
	NAME_SAYS_READING = 1 << 3,
	NAME_FIRST = 3 << 4, /* where the first part, or the whole, stands: enum part */
	NAME_SECOND = 1 << 6,
	NAME_SECOND_TEXT = 1 << 7
};
enum part { PART_FAMILY = 0 << 4, PART_GIVEN = 1 << 4, PART_TEXT = 2 << 4 };

/* ---- Writing ---- */

static enum part part_of(const char *form, const struct person_name *n)
{
	return text_equal(form, n->family)  ? PART_FAMILY
	       : text_equal(form, n->given) ? PART_GIVEN
					    : PART_TEXT;
}

static void put_name(struct buffer *b, const struct core_name *c, const struct person_name *n)
{
	const char *first = c->family != NULL ? c->family : c->whole;
	enum part part = part_of(first, n);
	bool second_text = c->family != NULL && !text_equal(c->given, n->given);
	buffer_byte(b, (unsigned char)(c->script | (c->divided ? NAME_DIVIDED : 0u)
				       | (c->says_reading ? NAME_SAYS_READING : 0u) | part
				       | (c->family != NULL ? NAME_SECOND : 0u)
				       | (second_text ? NAME_SECOND_TEXT : 0u)));
	if (part == PART_TEXT)
		packed_text(b, first);
	if (second_text)
		packed_text(b, c->given);
}

struct bytes core_octets(struct arena *a, const struct identity_core *core,
			 const struct patient_demographics *d)
{
	struct buffer b = buffer_in(a);
	unsigned birth = core->birth == NULL                      ? BIRTH_NONE
			 : text_equal(core->birth, d->birth_date) ? BIRTH_AS_SENT
								  : BIRTH_TEXT;
	const struct person_name *n = d->names;
	buffer_byte(&b, VERSIONS);
	buffer_byte(&b, (unsigned char)(birth | (core->left_out ? LEFT_OUT : 0u)));
	if (birth == BIRTH_TEXT)
		packed_text(&b, core->birth);
	for (const struct core_name *c = core->names; c != NULL; c = c->next, n = n->next) {
		for (; n != NULL && n != c->of; n = n->next)
			buffer_byte(&b, CORE_SCRIPTS);
		if (n == NULL)
			return (struct bytes){ 0 }; /* not of these names: made anew */
		put_name(&b, c, n);
	}
	return buffer_bytes(&b);
}

/* ---- Reading ---- */

static const char *get_first(struct packed_reader *r, unsigned octet, const struct person_name *n)
{
	switch (octet & NAME_FIRST) {
	case PART_FAMILY: return n->family;
	case PART_GIVEN: return n->given;
	case PART_TEXT: return packed_as_text(r);
	}
	return NULL;
}

/* Broken: no such name was sent. */
static struct core_name *get_name(struct arena *a, struct packed_reader *r, unsigned octet,
				  const struct person_name *n)
{
	struct core_name *c = arena_new(a, struct core_name);
	const char *first = get_first(r, octet, n), *second = NULL;
	if ((octet & NAME_SECOND) != 0)
		second = (octet & NAME_SECOND_TEXT) != 0 ? packed_as_text(r) : n->given;
	r->broken = r->broken || first == NULL || ((octet & NAME_SECOND) != 0 && second == NULL);
	if (r->broken)
		return c;
	*c = (struct core_name){ .script = octet & NAME_SCRIPT,
				 .divided = (octet & NAME_DIVIDED) != 0,
				 .says_reading = (octet & NAME_SAYS_READING) != 0,
				 .whole = first,
				 .of = n };
	if (second == NULL)
		return c;
	c->whole = text_joined(a, first, second, NULL);
	c->family = first;
	c->given = second;
	return c;
}

static void get_names(struct arena *a, struct packed_reader *r, const struct person_name *n,
		      struct identity_core *out)
{
	struct core_name **tail = &out->names;
	for (; packed_more(r) && n != NULL; n = n->next) {
		unsigned octet = packed_as_octet(r);
		if ((octet & NAME_SCRIPT) == CORE_SCRIPTS)
			continue;
		*tail = get_name(a, r, octet, n);
		tail = &(*tail)->next;
	}
	r->broken = r->broken || r->at != r->end;
}

bool core_is_current(struct bytes octets)
{
	return octets.length != 0 && octets.data[0] == VERSIONS;
}

bool core_read(struct arena *a, struct bytes octets, const struct patient_demographics *d,
	       struct identity_core *out)
{
	struct packed_reader r = packed_read(octets);
	*out = (struct identity_core){ .names = NULL };
	if (packed_as_octet(&r) != VERSIONS)
		return false;
	unsigned octet = packed_as_octet(&r);
	out->left_out = (octet & LEFT_OUT) != 0;
	if ((octet & BIRTH_MASK) == BIRTH_AS_SENT)
		out->birth = d->birth_date;
	else if ((octet & BIRTH_MASK) == BIRTH_TEXT)
		out->birth = packed_as_text(&r);
	get_names(a, &r, d->names, out);
	core_take_signs(out, d);
	return !r.broken && ((octet & BIRTH_MASK) == BIRTH_NONE || out->birth != NULL);
}
