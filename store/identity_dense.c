/* store/identity_dense.c: what was said of a patient, a symbol a field.
 *
 * A symbol is an octet: which field it is and either what it says, where most say one of a few
 * things, or how what follows says it: as digits, half an octet each, or as a text
 * (store/dense_text.h). A symbol of a name, an address, a number or an insurance belongs to the one
 * that was opened last; any other symbol ends it. The first of all ends the whole. */
#include "store/identity_packing.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/dense_text.h"
#include "store/identity_said.h"
#include "store/record.h"

enum group { IN_ALL, IN_NAME, IN_ADDRESS, IN_TELECOM, IN_INSURANCE, GROUPS };
enum form { FORM_END, FORM_OPENS, FORM_SAYS, FORM_IS, FORM_DIGITS, FORM_TEL, FORM_TEXT };

struct symbol {
	unsigned char group, tag, form;
	unsigned char number; /* the group it opens; what it is, of a number */
	const char *says;
};

#define OPENS(t, opened)                                                                           \
	{                                                                                          \
		.group = IN_ALL, .tag = t, .form = FORM_OPENS, .number = opened                    \
	}
#define SAYS(g, t, text)                                                                           \
	{                                                                                          \
		.group = g, .tag = t, .form = FORM_SAYS, .says = text                              \
	}
#define IS(g, t, is)                                                                               \
	{                                                                                          \
		.group = g, .tag = t, .form = FORM_IS, .number = is                                \
	}
#define DIGITS(g, t)                                                                               \
	{                                                                                          \
		.group = g, .tag = t, .form = FORM_DIGITS                                          \
	}
#define TEL(g, t)                                                                                  \
	{                                                                                          \
		.group = g, .tag = t, .form = FORM_TEL                                             \
	}
#define TEXT(g, t)                                                                                 \
	{                                                                                          \
		.group = g, .tag = t, .form = FORM_TEXT                                            \
	}

/* What stands in the store: a place never gets another meaning; new ones come at the end. Of one
 * field the first that can say it does. */
static const struct symbol symbols[] = {
	{ .group = IN_ALL, .form = FORM_END },
	OPENS(WHO_NAME, IN_NAME),
	OPENS(WHO_ADDRESS, IN_ADDRESS),
	OPENS(WHO_TELECOM, IN_TELECOM),
	OPENS(WHO_INSURANCE, IN_INSURANCE),
	DIGITS(IN_ALL, WHO_BIRTH_DATE),
	TEXT(IN_ALL, WHO_BIRTH_DATE),
	SAYS(IN_ALL, WHO_SEX, "F"),
	SAYS(IN_ALL, WHO_SEX, "M"),
	SAYS(IN_ALL, WHO_SEX, "O"),
	SAYS(IN_ALL, WHO_SEX, "U"),
	TEXT(IN_ALL, WHO_SEX),
	TEXT(IN_ALL, WHO_MAIDEN_NAME),
	SAYS(IN_ALL, WHO_MULTIPLE_BIRTH, "N"),
	SAYS(IN_ALL, WHO_MULTIPLE_BIRTH, "Y"),
	TEXT(IN_ALL, WHO_MULTIPLE_BIRTH),
	DIGITS(IN_ALL, WHO_BIRTH_ORDER),
	TEXT(IN_ALL, WHO_BIRTH_ORDER),
	SAYS(IN_ALL, WHO_DECEASED, "N"),
	SAYS(IN_ALL, WHO_DECEASED, "Y"),
	TEXT(IN_ALL, WHO_DECEASED),
	DIGITS(IN_ALL, WHO_DECEASED_TIME),
	TEXT(IN_ALL, WHO_DECEASED_TIME),
	SAYS(IN_ALL, WHO_IDENTITY_UNKNOWN, "N"),
	SAYS(IN_ALL, WHO_IDENTITY_UNKNOWN, "Y"),
	TEXT(IN_ALL, WHO_IDENTITY_UNKNOWN),
	TEXT(IN_NAME, NAME_FAMILY),
	TEXT(IN_NAME, NAME_GIVEN),
	TEXT(IN_NAME, NAME_MIDDLE),
	TEXT(IN_NAME, NAME_PREFIX),
	TEXT(IN_NAME, NAME_SUFFIX),
	SAYS(IN_NAME, NAME_USE, "L"),
	SAYS(IN_NAME, NAME_USE, "IDE"),
	SAYS(IN_NAME, NAME_USE, "SYL"),
	SAYS(IN_NAME, NAME_USE, "ABC"),
	SAYS(IN_NAME, NAME_USE, "M"),
	TEXT(IN_NAME, NAME_USE),
	IS(IN_NAME, NAME_REPRESENTATION, 1),
	IS(IN_NAME, NAME_REPRESENTATION, 2),
	IS(IN_NAME, NAME_REPRESENTATION, 3),
	TEXT(IN_ADDRESS, ADDRESS_STREET),
	TEXT(IN_ADDRESS, ADDRESS_OTHER),
	TEXT(IN_ADDRESS, ADDRESS_CITY),
	TEXT(IN_ADDRESS, ADDRESS_STATE),
	DIGITS(IN_ADDRESS, ADDRESS_POSTAL_CODE),
	TEXT(IN_ADDRESS, ADDRESS_POSTAL_CODE),
	SAYS(IN_ADDRESS, ADDRESS_COUNTRY, "JPN"),
	SAYS(IN_ADDRESS, ADDRESS_COUNTRY, "JP"),
	TEXT(IN_ADDRESS, ADDRESS_COUNTRY),
	TEXT(IN_ADDRESS, ADDRESS_TEXT),
	SAYS(IN_ADDRESS, ADDRESS_USE, "H"),
	SAYS(IN_ADDRESS, ADDRESS_USE, "HP"),
	TEXT(IN_ADDRESS, ADDRESS_USE),
	DIGITS(IN_TELECOM, TELECOM_NUMBER),
	TEL(IN_TELECOM, TELECOM_NUMBER),
	TEXT(IN_TELECOM, TELECOM_NUMBER),
	SAYS(IN_TELECOM, TELECOM_USE, "PRN"),
	SAYS(IN_TELECOM, TELECOM_USE, "HP"),
	SAYS(IN_TELECOM, TELECOM_USE, "H"),
	SAYS(IN_TELECOM, TELECOM_USE, "MC"),
	SAYS(IN_TELECOM, TELECOM_USE, "WPN"),
	SAYS(IN_TELECOM, TELECOM_USE, "WP"),
	TEXT(IN_TELECOM, TELECOM_USE),
	DIGITS(IN_INSURANCE, INSURANCE_INSURER),
	TEXT(IN_INSURANCE, INSURANCE_INSURER),
	DIGITS(IN_INSURANCE, INSURANCE_SYMBOL),
	TEXT(IN_INSURANCE, INSURANCE_SYMBOL),
	DIGITS(IN_INSURANCE, INSURANCE_NUMBER),
	TEXT(IN_INSURANCE, INSURANCE_NUMBER),
	DIGITS(IN_INSURANCE, INSURANCE_BRANCH),
	TEXT(IN_INSURANCE, INSURANCE_BRANCH),
	/* From form 12 of the store on: of any group, behind the runs of each. */
	OPENS(WHO_FORMER_INSURANCE, IN_INSURANCE),
	DIGITS(IN_INSURANCE, INSURANCE_FROM),
	TEXT(IN_INSURANCE, INSURANCE_FROM),
	SAYS(IN_INSURANCE, INSURANCE_UNTIL, "99991231"),
	DIGITS(IN_INSURANCE, INSURANCE_UNTIL),
	TEXT(IN_INSURANCE, INSURANCE_UNTIL),
	DIGITS(IN_INSURANCE, INSURANCE_LAST_SAID),
	TEXT(IN_INSURANCE, INSURANCE_LAST_SAID),
};
static const unsigned char first_of[GROUPS] = {
	[IN_ALL] = 1, [IN_NAME] = 26, [IN_ADDRESS] = 40, [IN_TELECOM] = 53, [IN_INSURANCE] = 63
};
enum { LATER = 71 }; /* the first of those behind the runs */

static unsigned next_of(unsigned place, unsigned group)
{
	place++;
	if (place < LATER && symbols[place].group != group)
		place = LATER;
	while (place < COUNT(symbols) && symbols[place].group != group)
		place++;
	return place;
}

/* ---- Digits ---- */

static const char digits[] = "0123456789-+. /";
enum { DIGIT_END = 15 };
static const char tel[] = "tel:";

static bool is_digits(const char *text)
{
	return text[strspn(text, digits)] == '\0';
}

static unsigned half_of(char c)
{
	return c == '\0' ? DIGIT_END : (unsigned)(strchr(digits, c) - digits);
}

static void put_digits(struct buffer *b, const char *text)
{
	for (bool ended = false; !ended; text += 2) {
		ended = text[0] == '\0' || text[1] == '\0';
		unsigned low = text[0] == '\0' ? DIGIT_END : half_of(text[1]);
		buffer_byte(b, (unsigned char)(half_of(text[0]) << 4 | low));
	}
}

static unsigned char *get_digits(struct packed_reader *r, unsigned char *out)
{
	unsigned high = 0, low = 0;
	while (!r->broken && low != DIGIT_END) {
		unsigned octet = packed_as_octet(r);
		high = octet >> 4;
		low = octet & 15;
		r->broken = r->broken || (high == DIGIT_END && low != DIGIT_END);
		if (high != DIGIT_END)
			*out++ = (unsigned char)digits[high];
		if (low != DIGIT_END)
			*out++ = (unsigned char)digits[low];
	}
	*out++ = 0;
	return out;
}

/* ---- Writing ---- */

static bool put_fields(struct buffer *b, struct record_reader r, unsigned group);

/* False: this symbol cannot say it. */
static bool put_field(struct buffer *b, const struct record_reader *r, unsigned place)
{
	const struct symbol *s = &symbols[place];
	struct record_reader text = *r;
	const char *said = s->form >= FORM_DIGITS || s->form == FORM_SAYS ? record_as_text(&text)
									  : "";
	bool can = !text.broken;
	switch ((enum form)s->form) {
	case FORM_END: return false;
	case FORM_OPENS: break;
	case FORM_SAYS: can = can && strcmp(said, s->says) == 0; break;
	case FORM_IS: can = r->value.length == 1 && r->value.data[0] == s->number; break;
	case FORM_DIGITS: can = can && is_digits(said); break;
	case FORM_TEL:
		can = can && text_starts(said, tel) && is_digits(said + sizeof tel - 1);
		said += can ? sizeof tel - 1 : 0;
		break;
	case FORM_TEXT: break;
	}
	if (!can)
		return false;
	buffer_byte(b, (unsigned char)place);
	if (s->form == FORM_OPENS)
		return put_fields(b, record_within(r), s->number);
	if (s->form == FORM_DIGITS || s->form == FORM_TEL)
		put_digits(b, said);
	if (s->form == FORM_TEXT)
		dense_text_write(b, said);
	return true;
}

/* As the writer has it: what has more octets than it needs would come back without them. */
static bool is_shortest(const unsigned char *at, struct bytes value)
{
	enum { ONE = 0x80, TWO = 0x4000 };
	size_t head = value.length < ONE ? 2 : value.length < TWO ? 3 : 4;
	return (size_t)(value.data - at) == head;
}

static bool put_fields(struct buffer *b, struct record_reader r, unsigned group)
{
	const unsigned char *at = r.at;
	for (; record_next(&r); at = r.at) {
		unsigned place = first_of[group];
		while (place < COUNT(symbols)
		       && (symbols[place].tag != r.tag || !put_field(b, &r, place)))
			place = next_of(place, group);
		if (place == COUNT(symbols) || !is_shortest(at, r.value))
			return false;
	}
	return !r.broken && r.version == SAID_VERSION;
}

bool identity_dense_write(struct buffer *b, struct bytes said)
{
	bool can = put_fields(b, record_read(said), IN_ALL);
	buffer_byte(b, FORM_END);
	return can;
}

/* ---- Reading ---- */

/* What an octet becomes at most: of a symbol a tag, a length, "tel:" and an end of digits; each
 * of a text takes three, each of digits two. A length has three octets at most. */
enum { STRETCH_MOST = 10 };

/* A field's value stands between `value` and `end`, behind room for a length of one octet. */
static unsigned char *ended(unsigned char *value, unsigned char *end)
{
	enum { ONE = 0x80, TWO = 0x4000 };
	size_t length = (size_t)(end - value), more = length < ONE ? 0 : length < TWO ? 1 : 2;
	if (more != 0)
		memmove(value + more, value, length);
	unsigned char *at = value - 1;
	for (; more > 0; more--, end++, length >>= 7)
		*at++ = (unsigned char)(length | 0x80);
	*at = (unsigned char)length;
	return end;
}

static unsigned char *get_field(struct packed_reader *r, const struct symbol *s, unsigned char *out)
{
	*out = s->tag;
	unsigned char *value = out + 2, *at = value;
	switch ((enum form)s->form) {
	case FORM_END: break;
	case FORM_OPENS: *at++ = SAID_VERSION; return at;
	case FORM_SAYS:
		at = (unsigned char *)stpcpy((char *)at, s->says);
		*at++ = 0;
		break;
	case FORM_IS: *at++ = s->number; break;
	case FORM_TEL: at = get_digits(r, (unsigned char *)stpcpy((char *)at, tel)); break;
	case FORM_DIGITS: at = get_digits(r, at); break;
	case FORM_TEXT: at = dense_text_read(r, at); break;
	}
	return ended(value, at);
}

bool identity_dense_read(struct arena *a, struct packed_reader *r, struct bytes *said)
{
	size_t left = (size_t)(r->end - r->at);
	if (left > DENSE_LONGEST)
		return false;
	unsigned char *octets = arena_alloc(a, 1 + left * STRETCH_MOST), *out = octets,
		      *group = NULL;
	unsigned open = IN_ALL, place;
	*out++ = SAID_VERSION;
	while ((place = packed_as_octet(r)) != FORM_END && place < COUNT(symbols)) {
		const struct symbol *s = &symbols[place];
		if (open != IN_ALL && s->group != open) {
			out = ended(group, out);
			open = IN_ALL;
		}
		if (s->group != open)
			return false; /* of nothing that was opened */
		group = s->form == FORM_OPENS ? out + 2 : group;
		open = s->form == FORM_OPENS ? s->number : open;
		out = get_field(r, s, out);
	}
	if (open != IN_ALL)
		out = ended(group, out);
	*said = (struct bytes){ octets, (size_t)(out - octets) };
	return place == FORM_END && !r->broken && !packed_more(r);
}
