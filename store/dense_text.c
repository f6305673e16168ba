/* store/dense_text.c: Japanese texts in fewer octets than UTF-8 has. */
#include "store/dense_text.h"

#include <string.h>

/* What an octet says, of a text as it is kept; 0 ends it:
 *	0x20..0x7e	the character itself, but those of marks[]
 *	0x80..0xd0	a katakana: katakana_of()
 *	others		leads, LEADS of them by their place: the next octet is one as it was
 *			(LEAD_ESCAPE), else the lower eight bits of a character of that block
 * A place never gets another meaning. */
enum {
	KATAKANA = 0x80,
	KATAKANA_FIRST = 0x30a1, /* ァ */
	KATAKANA_ROW = 77,       /* to ロ in the order of ISO/IEC 10646 */
	KATAKANA_COUNT = 81,
	AFTER_KATAKANA = KATAKANA + KATAKANA_COUNT,
	BEFORE_PRINTED = 0x1f,
	DELETE = 0x7f,
};
/* Leads by their place: 0x01..0x1f, those after the katakana, DELETE, marks[]. */
enum {
	PLACE_OF_HIGH = BEFORE_PRINTED,
	PLACE_OF_DELETE = PLACE_OF_HIGH + 0x100 - AFTER_KATAKANA,
	PLACE_OF_MARKS = PLACE_OF_DELETE + 1,
};
/* In the order of ASCII, the last four side by side. */
static const unsigned char marks[] = { '^', '`', '{', '|', '}', '~' };
enum { LEADS = PLACE_OF_MARKS + sizeof marks };

/* Blocks of 256: kana and what goes with them, full and half width, the ideographs. */
enum {
	LEAD_ESCAPE,
	LEAD_KANA,
	LEAD_WIDTH,
	LEAD_IDEOGRAPHS,
	BLOCK_KANA = 0x30,
	BLOCK_WIDTH = 0xff,
	BLOCK_IDEOGRAPHS = 0x4e,
	BLOCK_IDEOGRAPHS_LAST = 0x9f
};
_Static_assert(LEAD_IDEOGRAPHS + BLOCK_IDEOGRAPHS_LAST - BLOCK_IDEOGRAPHS == LEADS - 1,
	       "each block has a lead, and each lead a block");

static const unsigned katakana_beside[] = { 0x30ef, 0x30f3, 0x30f4, 0x30fc }; /* ワンヴー */

/* ---- Writing ---- */

static unsigned char lead_at(unsigned place)
{
	return (unsigned char)(place < PLACE_OF_HIGH     ? place + 1
			       : place < PLACE_OF_DELETE ? place - PLACE_OF_HIGH + AFTER_KATAKANA
			       : place < PLACE_OF_MARKS  ? DELETE
							 : marks[place - PLACE_OF_MARKS]);
}

/* A character of three octets of UTF-8, in its one form; 0: it is none. */
static unsigned wide(const unsigned char *at)
{
	if (at[0] >> 4 != 0xe || at[1] >> 6 != 2 || at[2] >> 6 != 2)
		return 0;
	unsigned c = (at[0] & 0xfu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
	return c < 0x800 ? 0 : c;
}

/* 0: it has none of its own. */
static unsigned char katakana(unsigned c)
{
	if (c >= KATAKANA_FIRST && c < KATAKANA_FIRST + KATAKANA_ROW)
		return (unsigned char)(KATAKANA + c - KATAKANA_FIRST);
	for (unsigned i = 0; i < KATAKANA_COUNT - KATAKANA_ROW; i++)
		if (katakana_beside[i] == c)
			return (unsigned char)(KATAKANA + KATAKANA_ROW + i);
	return 0;
}

/* LEAD_ESCAPE: its block has none. */
static unsigned lead_of(unsigned c)
{
	unsigned block = c >> 8;
	return block >= BLOCK_IDEOGRAPHS && block <= BLOCK_IDEOGRAPHS_LAST
		       ? LEAD_IDEOGRAPHS + block - BLOCK_IDEOGRAPHS
	       : block == BLOCK_KANA  ? LEAD_KANA
	       : block == BLOCK_WIDTH ? LEAD_WIDTH
				      : LEAD_ESCAPE;
}

static bool is_plain(unsigned char c)
{
	return c > BEFORE_PRINTED && c < marks[2] && c != marks[0] && c != marks[1];
}

void dense_text_write(struct buffer *b, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	unsigned char *out = buffer_reserve(b, 2 * strlen(text) + 1);
	while (*at != 0) {
		unsigned c = wide(at), lead = lead_of(c);
		unsigned char kana = katakana(c);
		if (is_plain(*at)) {
			*out++ = *at++;
		} else if (kana != 0) {
			*out++ = kana;
			at += 3;
		} else if (lead != LEAD_ESCAPE) {
			*out++ = lead_at(lead);
			*out++ = (unsigned char)c;
			at += 3;
		} else {
			*out++ = lead_at(LEAD_ESCAPE);
			*out++ = *at++;
		}
	}
	*out++ = 0;
	b->length = (size_t)(out - b->data);
}

/* ---- Reading ---- */

/* Among marks[]: every other octet there is is no lead, or told apart before. */
static unsigned mark_of(unsigned char lead)
{
	unsigned i = 0;
	while (i < sizeof marks - 1 && marks[i] != lead)
		i++;
	return i;
}

static unsigned place_of(unsigned char lead)
{
	return lead <= BEFORE_PRINTED   ? lead - 1u
	       : lead >= AFTER_KATAKANA ? (unsigned)PLACE_OF_HIGH + lead - (unsigned)AFTER_KATAKANA
	       : lead == DELETE         ? (unsigned)PLACE_OF_DELETE
					: PLACE_OF_MARKS + mark_of(lead);
}

static unsigned katakana_of(unsigned char octet)
{
	unsigned place = octet - (unsigned)KATAKANA;
	return place < KATAKANA_ROW ? KATAKANA_FIRST + place
				    : katakana_beside[place - KATAKANA_ROW];
}

static unsigned char *put_wide(unsigned char *out, unsigned c)
{
	*out++ = (unsigned char)(0xe0 | c >> 12);
	*out++ = (unsigned char)(0x80 | (c >> 6 & 0x3f));
	*out++ = (unsigned char)(0x80 | (c & 0x3f));
	return out;
}

static unsigned block_of(unsigned place)
{
	return place == LEAD_KANA    ? BLOCK_KANA
	       : place == LEAD_WIDTH ? BLOCK_WIDTH
				     : BLOCK_IDEOGRAPHS + place - LEAD_IDEOGRAPHS;
}

/* Behind a lead. */
static unsigned char *read_second(struct packed_reader *r, unsigned place, unsigned char *out)
{
	unsigned char low = packed_as_octet(r);
	if (place != LEAD_ESCAPE)
		return put_wide(out, block_of(place) << 8 | low);
	r->broken = r->broken || low == 0; /* no text has one inside */
	*out++ = low;
	return out;
}

unsigned char *dense_text_read(struct packed_reader *r, unsigned char *out)
{
	unsigned char octet;
	while ((octet = packed_as_octet(r)) != 0)
		if (is_plain(octet))
			*out++ = octet;
		else if (octet >= KATAKANA && octet < AFTER_KATAKANA)
			out = put_wide(out, katakana_of(octet));
		else
			out = read_second(r, place_of(octet), out);
	*out++ = 0;
	return out;
}
