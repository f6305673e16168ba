/* gateway/envelope/charset.c: octets of an HL7 v2 message to UTF-8 (HL7 2.5: 2.15.9.18, 2.15.9.20).
 *
 * ISO 2022 streams are walked here and only runs of double-byte characters go to a converter: ICU's
 * x-windows-50221 knows what hospitals write (髙 﨑 ① ㈱), the C library's EUC-JISX0213 the
 * rest. */
#include "gateway/envelope/charset.h"

#include <iconv.h>
#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/charset_sets.h"

/* ---- Walking ---- */

static const struct {
	const char *octets;
	unsigned char length;
	enum charset_set set;
} switches[] = {
	{ "\033(B", 3, SET_ASCII },
	{ "\033(J", 3, SET_ASCII }, /* JIS X 0201 Roman: 5C and 7E delimit there too */
	{ "\033$B", 3, SET_X0208 },
	{ "\033$@", 3, SET_X0208 },
	{ "\033&@\033$B", 6, SET_X0208 },
	{ "\033$(B", 4, SET_X0208 },
	{ "\033$(@", 4, SET_X0208 },
	{ "\033(I", 3, SET_KATAKANA },
	{ "\033)I", 3, SET_ASCII }, /* into G1, reached by SO */
	{ "\033$(D", 4, SET_X0212 },
	{ "\033$(O", 4, SET_X0213_1 },
	{ "\033$(Q", 4, SET_X0213_1 },
	{ "\033$(P", 4, SET_X0213_2 },
	{ "\033(H", 3, SET_ASCII }, /* an old misprint for ( J */
};

static bool take_switch(struct charset_walk *w, const unsigned char *data, size_t left,
			size_t *length)
{
	for (size_t i = 0; i < COUNT(switches); i++) {
		if (left < switches[i].length
		    || memcmp(data, switches[i].octets, switches[i].length) != 0)
			continue;
		w->set = switches[i].set;
		w->shifted = w->shifted && w->set != SET_ASCII;
		w->by_escape = false;
		*length = switches[i].length;
		return true;
	}
	return false;
}

/* \Cxxyy\ and \Mxxyyzz\ stand for ESC xx yy zz (HL7 2.5: 2.7.2). Only the switches we know. */
static bool take_escaped_switch(struct charset_walk *w, const unsigned char *data, size_t left,
				size_t *length)
{
	unsigned char sequence[4] = { 033 };
	char digits[7];
	size_t count = 0, unused;
	if (w->escape == '\0' || left < 3 || data[0] != w->escape
	    || (data[1] != 'C' && data[1] != 'M'))
		return false;
	while (count < 7 && 2 + count < left && data[2 + count] != w->escape)
		count++;
	if ((count != 4 && count != 6) || 2 + count >= left || data[2 + count] != w->escape)
		return false;
	memcpy(digits, data + 2, count);
	digits[count] = '\0';
	if (!bytes_from_hex(digits, count, sequence + 1))
		return false;
	struct charset_walk then = *w;
	if (!take_switch(&then, sequence, 1 + count / 2, &unused))
		return false;
	*w = then;
	w->by_escape = w->set != SET_ASCII;
	*length = count + 3;
	return true;
}

static enum charset_step step_2022(struct charset_walk *w, const unsigned char *data, size_t left,
				   size_t *length)
{
	unsigned char c = data[0];
	*length = 1;
	if (c == 033)
		return take_switch(w, data, left, length) ? STEP_SWITCH : STEP_BAD;
	if ((w->set == SET_ASCII || w->by_escape) && take_escaped_switch(w, data, left, length))
		return STEP_SWITCH;
	if (w->set >= SET_X0208) {
		/* A line ends, or the sender left a run in the middle of a character. */
		if (left < 2 || c < 0x21 || c > 0x7e || data[1] < 0x21 || data[1] > 0x7e)
			return STEP_BAD;
		*length = 2;
		return STEP_CHARACTER;
	}
	if (c == 0x0e || c == 0x0f) {
		w->shifted = c == 0x0e;
		return STEP_SWITCH;
	}
	if (c >= 0x80)
		return STEP_BAD;
	if (c == '\r' || c == '\n') {
		w->set = SET_ASCII;
		w->shifted = false;
	}
	if ((w->set != SET_KATAKANA && !w->shifted) || c < 0x21)
		return STEP_ASCII;
	return c <= 0x5f ? STEP_CHARACTER : STEP_BAD;
}

enum charset_step charset_walk_step(struct charset_walk *w, const unsigned char *data, size_t left,
				    size_t *length)
{
	unsigned char c = data[0];
	*length = 1;
	switch (w->charset) {
	case CHARSET_ISO_2022_JP:
	case CHARSET_WINDOWS_50221: return step_2022(w, data, left, length);
	case CHARSET_JIS_X_0201:
		if (c >= 0xa1 && c <= 0xdf)
			return STEP_CHARACTER;
		return c >= 0x80 ? STEP_BAD : step_2022(w, data, left, length);
	case CHARSET_WINDOWS_31J:
		if ((c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc))
			*length = left < 2 ? 1 : 2;
		break;
	case CHARSET_GB_18030:
	case CHARSET_BIG_5:
		if (c >= 0x81 && c <= 0xfe)
			*length = left < 2 ? 1 : 2;
		break;
	default: break;
	}
	return c >= 0x80 ? STEP_CHARACTER : STEP_ASCII;
}

/* ---- Decoding ---- */

/* What is being decoded, and how. */
struct decoding {
	struct arena *arena;
	struct bytes octets;
	enum charset charset;
	unsigned char escape;
	struct charset_found *found;
	struct problem *problem;
};

static bool not_characters(const struct decoding *d, size_t at, const char *why)
{
	char place[CHARSET_PLACE];
	charset_place(d->octets, d->charset, d->escape, at, place);
	return problem_at(d->problem, PROBLEM_DATA_TYPE, place, "%s: %s", place, why);
}

/* What ICU gave, as UTF-8; each character it could not read is counted. */
static void append_uchars(struct buffer *out, const UChar *chars, int32_t count, bool jis,
			  struct charset_found *found)
{
	for (int32_t i = 0; i < count;) {
		UChar32 c;
		U16_NEXT(chars, i, count, c);
		if (c == 0xfffd || c == 0x1a) {
			found->replaced++;
			c = 0xfffd;
		} else if (jis && charset_jis_reading((unsigned)c) != 0) {
			c = (UChar32)charset_jis_reading((unsigned)c);
		}
		unsigned char *to = buffer_reserve(out, 4);
		int32_t length = 0;
		U8_APPEND_UNSAFE(to, length, c);
		out->length += (size_t)length;
	}
}

static void decode_x0208(struct buffer *out, const char *designation, struct bytes run,
			 struct charset_found *found)
{
	struct arena *a = out->arena;
	struct buffer in = buffer_in(a);
	buffer_text(&in, designation);
	buffer_append(&in, run.data, run.length);
	buffer_text(&in, "\033(B");
	int32_t room = (int32_t)in.length, count;
	UChar *chars = arena_array(a, UChar, (size_t)room);
	UErrorCode e = U_ZERO_ERROR;
	/* Nothing of the arena is asked for while the converter is open. */
	UConverter *c = ucnv_open("x-windows-50221", &e);
	count = ucnv_toUChars(c, chars, room, (const char *)in.data, (int32_t)in.length, &e);
	ucnv_close(c);
	if (U_FAILURE(e)) {
		found->replaced += run.length / 2;
		for (size_t i = 0; i < run.length / 2; i++)
			buffer_text(out, "\xef\xbf\xbd");
		return;
	}
	append_uchars(out, chars, count, true, found);
}

/* JIS X 0213, one character at a time: some become two code points. */
static void decode_x0213(struct buffer *out, bool plane_2, struct bytes run,
			 struct charset_found *found)
{
	unsigned char *to = buffer_reserve(out, run.length * 6 + 16);
	iconv_t c = iconv_open("UTF-8", "EUC-JISX0213");
	for (size_t i = 0; i + 1 < run.length; i += 2) {
		char in[3], utf8[16];
		size_t left = 0, room = sizeof utf8;
		char *from = in, *end = utf8;
		if (plane_2)
			in[left++] = (char)0x8f;
		in[left++] = (char)(run.data[i] | 0x80);
		in[left++] = (char)(run.data[i + 1] | 0x80);
		if (c == (iconv_t)-1 || iconv(c, &from, &left, &end, &room) == (size_t)-1
		    || iconv(c, NULL, NULL, &end, &room) == (size_t)-1 || room > sizeof utf8 - 1) {
			end = utf8 + 3;
			memcpy(utf8, "\xef\xbf\xbd", 3);
			found->replaced++;
		}
		size_t length = (size_t)(end - utf8) <= 12 ? (size_t)(end - utf8) : 12;
		memcpy(to, utf8, length);
		to += length;
		out->length += length;
	}
	if (c != (iconv_t)-1)
		iconv_close(c);
}

static void decode_run(struct buffer *out, enum charset_set set, struct bytes octets, size_t from,
		       size_t to, struct charset_found *found)
{
	if (from == to)
		return;
	struct bytes run = { octets.data + from, to - from };
	switch (set) {
	case SET_X0208: decode_x0208(out, "\033$B", run, found); break;
	case SET_X0212: decode_x0208(out, "\033$(D", run, found); break;
	case SET_X0213_1: decode_x0213(out, false, run, found); break;
	case SET_X0213_2: decode_x0213(out, true, run, found); break;
	default:
		/* Half-width katakana: 21..5F (7 bit) or A1..DF are U+FF61..U+FF9F. */
		for (size_t i = 0; i < run.length; i++) {
			unsigned u = 0xff61u + (run.data[i] & 0x7fu) - 0x21u;
			buffer_byte(out, (unsigned char)(0xe0 | u >> 12));
			buffer_byte(out, (unsigned char)(0x80 | (u >> 6 & 0x3f)));
			buffer_byte(out, (unsigned char)(0x80 | (u & 0x3f)));
		}
	}
}

/* ISO 2022 and JIS X 0201: runs of one set go together, the rest stands for itself. */
static bool decode_walking(const struct decoding *d, struct bytes *utf8)
{
	struct charset_walk walk = { .charset = d->charset, .escape = d->escape };
	struct buffer out = buffer_in(d->arena);
	struct bytes octets = d->octets;
	size_t start = 0, length;
	enum charset_set set = SET_ASCII;
	for (size_t i = 0; i < octets.length; i += length) {
		enum charset_set before = walk.set;
		enum charset_step step = charset_walk_step(&walk, octets.data + i,
							   octets.length - i, &length);
		if (step == STEP_CHARACTER) {
			if (start == i)
				set = before;
			continue;
		}
		decode_run(&out, set, octets, start, i, d->found);
		start = i + length;
		if (step == STEP_BAD)
			return not_characters(
				d, i,
				before >= SET_X0208
					? "a run of double-byte characters breaks off in the middle"
					: "an octet or escape sequence that MSH-18 does not "
					  "provide for");
		if (step == STEP_ASCII)
			buffer_byte(&out, octets.data[i]);
	}
	decode_run(&out, set, octets, start, octets.length, d->found);
	*utf8 = buffer_bytes(&out);
	return true;
}

/* UTF-16 without a byte order mark shows its order by where the first zero stands. */
static const char *converter_for(enum charset charset, struct bytes octets)
{
	if (charset == CHARSET_UTF_16 && octets.length >= 2 && octets.data[0] == 0)
		return "UTF-16BE";
	if (charset == CHARSET_UTF_16 && octets.length >= 2 && octets.data[1] == 0)
		return "UTF-16LE";
	return charset_row(charset)->converter;
}

/* Sets a converter reads alone, strictly: an octet that is no character refuses the message. */
static bool decode_strictly(const struct decoding *d, struct bytes *utf8)
{
	UErrorCode e = U_ZERO_ERROR, unused = U_ZERO_ERROR;
	size_t room = d->octets.length + 1;
	UChar *chars = arena_array(d->arena, UChar, room), *end = chars;
	const char *from = d->octets.length == 0 ? "" : (const char *)d->octets.data;
	const char *stop = from + d->octets.length;
	char bad[32];
	int8_t bad_length = sizeof bad;
	UConverter *c = ucnv_open(converter_for(d->charset, d->octets), &e);
	if (c != NULL) {
		ucnv_setToUCallBack(c, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &e);
		ucnv_toUnicode(c, &end, chars + room, &from, stop, NULL, true, &e);
		ucnv_getInvalidChars(c, bad, &bad_length, &unused);
		ucnv_close(c);
	}
	if (U_FAILURE(e)) {
		size_t at = (size_t)(from - (const char *)d->octets.data);
		size_t back = bad_length > 0 && (size_t)bad_length <= at ? (size_t)bad_length : 0;
		return not_characters(d, at - back,
				      arena_printf(d->arena, "not %s", charset_name(d->charset)));
	}
	struct buffer out = buffer_in(d->arena);
	append_uchars(&out, chars, (int32_t)(end - chars), false, d->found);
	*utf8 = buffer_bytes(&out);
	return true;
}

static bool decode_utf8(const struct decoding *d, struct bytes *utf8)
{
	*utf8 = d->octets;
	size_t good = text_utf8_length(d->octets.data, d->octets.length);
	return good == d->octets.length || not_characters(d, good, "not UTF-8");
}

static bool decode_as(const struct decoding *d, struct bytes *utf8)
{
	d->found->used = d->charset;
	switch (d->charset) {
	case CHARSET_UTF_8: return decode_utf8(d, utf8);
	case CHARSET_ISO_2022_JP:
	case CHARSET_WINDOWS_50221:
	case CHARSET_JIS_X_0201: return decode_walking(d, utf8);
	default: return decode_strictly(d, utf8);
	}
}

/* Sets of single octets above 7F, where UTF-8 would be read as other characters without a word. */
static bool single_octets(enum charset c)
{
	return (c >= CHARSET_8859_1 && c <= CHARSET_8859_15) || c == CHARSET_JIS_X_0201;
}

/* Are these octets UTF-8 and nothing else, although MSH-18 names `said`? In ISO 8859 every letter
 * of two octets would be a capital and a sign; in JIS X 0201 all but katakana are none at all. */
static bool is_misnamed(struct bytes octets, enum charset said)
{
	bool high = false, katakana = true;
	for (size_t i = 0; i < octets.length; i++) {
		high = high || octets.data[i] >= 0x80;
		katakana = katakana
			   && (octets.data[i] < 0x80
			       || (octets.data[i] >= 0xa1 && octets.data[i] <= 0xdf));
	}
	bool may_be = said == CHARSET_ISO_2022_JP || said == CHARSET_ASCII || single_octets(said);
	return may_be && high && !(said == CHARSET_JIS_X_0201 && katakana)
	       && text_is_utf8(octets.data, octets.length);
}

/* Which set it really is, when MSH-18 says nothing or something untrue; CHARSET_NONE: refuse. */
static enum charset really(struct bytes octets, enum charset said, const struct charset_leniency *l)
{
	bool high = false, switches_sets = false, nul = false;
	for (size_t i = 0; i < octets.length; i++) {
		high = high || octets.data[i] >= 0x80;
		nul = nul || octets.data[i] == 0;
		switches_sets = switches_sets
				|| (octets.data[i] == 033 && i + 1 < octets.length
				    && strchr("$(", octets.data[i + 1]) != NULL
				    && octets.data[i + 1] != '\0');
	}
	bool utf8 = high && !nul && text_is_utf8(octets.data, octets.length);
	if (said == CHARSET_UTF_16)
		return nul ? CHARSET_UTF_16 : CHARSET_UTF_8;
	if (said == CHARSET_NONE || said == CHARSET_ASCII) {
		if (!high && !switches_sets)
			return CHARSET_ASCII;
		return utf8 ? CHARSET_UTF_8 : l != NULL ? l->when_unsaid : CHARSET_NONE;
	}
	if (said != CHARSET_ISO_2022_JP || !high)
		return said;
	return l == NULL ? CHARSET_NONE : l->when_false;
}

/* What a peer may do beyond the letter: name one set and send UTF-8. Who may send yet another one
 * under ISO IR87 may as well send that. */
static bool may_misname(const struct charset_leniency *l, enum charset said)
{
	return l != NULL
	       && (l->misnamed || (said == CHARSET_ISO_2022_JP && l->when_false != CHARSET_NONE));
}

static bool refuse_set(const struct decoding *d, enum charset said, bool misnamed)
{
	if (misnamed)
		return problem_at(d->problem, PROBLEM_DATA_TYPE, "MSH^1^18",
				  "the message is in UTF-8, and MSH-18 says %s",
				  charset_name(said));
	return problem_at(d->problem, PROBLEM_DATA_TYPE, "MSH^1^18",
			  "the message holds octets that %s does not provide for",
			  said == CHARSET_NONE ? "an empty MSH-18" : charset_name(said));
}

bool charset_decode(struct arena *a, struct bytes octets, enum charset said,
		    const struct charset_leniency *leniency, unsigned char escape,
		    struct bytes *utf8, struct charset_found *found, struct problem *p)
{
	bool misnamed = is_misnamed(octets, said);
	enum charset used = misnamed ? CHARSET_UTF_8 : really(octets, said, leniency);
	struct decoding d = { a, octets, used, escape, found, p };
	*found = (struct charset_found){ .used = used, .misnamed = misnamed };
	*utf8 = (struct bytes){ NULL, 0 };
	if (used == CHARSET_NONE || (misnamed && !may_misname(leniency, said)))
		return refuse_set(&d, said, misnamed);
	found->mismatch = used != said && used != CHARSET_ASCII && said != CHARSET_UTF_16;
	if (used == CHARSET_ASCII)
		*utf8 = octets;
	else if (!decode_as(&d, utf8))
		return false;
	const unsigned char *nul = utf8->length == 0 ? NULL
						     : memchr(utf8->data, '\0', utf8->length);
	if (nul == NULL)
		return true;
	const unsigned char *at = memchr(octets.data, '\0', octets.length);
	return not_characters(&d, at == NULL ? 0 : (size_t)(at - octets.data), "a NUL");
}
