/* gateway/envelope/charset.c: octets of an HL7 v2 message to UTF-8 (HL7 2.5: 2.15.9.18, 2.15.9.20).
 *
 * ISO 2022 streams are walked here and only runs of double-byte characters go to a converter: ICU's
 * x-windows-50221 knows what hospitals write (髙 﨑 ① ㈱), the C library's EUC-JISX0213 the rest. */
#include "gateway/envelope/charset.h"

#include <iconv.h>
#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/charset_sets.h"

#define JAPANESE true
static const struct charset_row rows[CHARSET_COUNT] = {
	[CHARSET_NONE]          = { "none", "", "", NULL, false },
	[CHARSET_ASCII]         = { "ascii", "", "", "US-ASCII", false },
	[CHARSET_8859_1]        = { "8859-1", "8859/1", "", "ISO-8859-1", false },
	[CHARSET_8859_2]        = { "8859-2", "8859/2", "", "ISO-8859-2", false },
	[CHARSET_8859_3]        = { "8859-3", "8859/3", "", "ISO-8859-3", false },
	[CHARSET_8859_4]        = { "8859-4", "8859/4", "", "ISO-8859-4", false },
	[CHARSET_8859_5]        = { "8859-5", "8859/5", "", "ISO-8859-5", false },
	[CHARSET_8859_6]        = { "8859-6", "8859/6", "", "ISO-8859-6", false },
	[CHARSET_8859_7]        = { "8859-7", "8859/7", "", "ISO-8859-7", false },
	[CHARSET_8859_8]        = { "8859-8", "8859/8", "", "ISO-8859-8", false },
	[CHARSET_8859_9]        = { "8859-9", "8859/9", "", "ISO-8859-9", false },
	[CHARSET_8859_15]       = { "8859-15", "8859/15", "", "ISO-8859-15", false },
	[CHARSET_UTF_8]         = { "utf-8", "UNICODE UTF-8", "", NULL, false },
	[CHARSET_UTF_16]        = { "utf-16", "UNICODE", "", "UTF-16", false },
	[CHARSET_JIS_X_0201]    = { "jis-x-0201", "ISO IR14", "", NULL, JAPANESE },
	[CHARSET_ISO_2022_JP]   = { "iso-2022-jp", "~ISO IR87", "ISO 2022-1994", NULL, JAPANESE },
	[CHARSET_WINDOWS_50221] = { "windows-50221", "~ISO IR87", "ISO 2022-1994", NULL, JAPANESE },
	[CHARSET_WINDOWS_31J]   = { "windows-31j", "", "", "ibm-943_P15A-2003", JAPANESE },
	[CHARSET_EUC_JP]        = { "euc-jp", "", "", "EUC-JP", JAPANESE },
	[CHARSET_GB_18030]      = { "gb-18030", "GB 18030-2000", "", "gb18030", false },
	[CHARSET_BIG_5]         = { "big-5", "BIG-5", "", "Big5", false },
	[CHARSET_KS_X_1001]     = { "ks-x-1001", "KS X 1001", "", "EUC-KR", false },
};

/* What MSH-18 is met as, without blanks, `-`, `/` and `_`, in capitals. */
static const struct { const char *spelled; enum charset charset; } spellings[] = {
	{ "ASCII", CHARSET_ASCII }, { "USASCII", CHARSET_ASCII }, { "ISOIR6", CHARSET_ASCII },
	{ "88591", CHARSET_8859_1 }, { "88592", CHARSET_8859_2 }, { "88593", CHARSET_8859_3 },
	{ "88594", CHARSET_8859_4 }, { "88595", CHARSET_8859_5 }, { "88596", CHARSET_8859_6 },
	{ "88597", CHARSET_8859_7 }, { "88598", CHARSET_8859_8 }, { "88599", CHARSET_8859_9 },
	{ "885915", CHARSET_8859_15 }, { "ISO88591", CHARSET_8859_1 },
	{ "ISOIR100", CHARSET_8859_1 }, { "ISOIR101", CHARSET_8859_2 },
	{ "UNICODEUTF8", CHARSET_UTF_8 }, { "UTF8", CHARSET_UTF_8 },
	{ "UNICODE", CHARSET_UTF_16 }, { "UNICODEUTF16", CHARSET_UTF_16 },
		{ "UTF16", CHARSET_UTF_16 },
	{ "ISOIR13", CHARSET_JIS_X_0201 }, { "ISOIR14", CHARSET_JIS_X_0201 },
	{ "ISOIR87", CHARSET_ISO_2022_JP }, { "ISOIR159", CHARSET_ISO_2022_JP },
	{ "ISOIR168", CHARSET_ISO_2022_JP }, { "ISOIR228", CHARSET_ISO_2022_JP },
	{ "ISOIR229", CHARSET_ISO_2022_JP }, { "ISOIR233", CHARSET_ISO_2022_JP },
	{ "ISO2022JP", CHARSET_ISO_2022_JP },
	{ "GB180302000", CHARSET_GB_18030 }, { "GB18030", CHARSET_GB_18030 },
	{ "BIG5", CHARSET_BIG_5 }, { "KSX1001", CHARSET_KS_X_1001 },
};

static const struct { unsigned microsoft, jis; } readings[] = {
	{ 0xff5e, 0x301c }, { 0x2225, 0x2016 }, { 0xff0d, 0x2212 },
	{ 0xffe0, 0x00a2 }, { 0xffe1, 0x00a3 }, { 0xffe2, 0x00ac },
};

const struct charset_row *charset_row(enum charset c)
{
	return &rows[c < CHARSET_COUNT ? c : CHARSET_NONE];
}

const char *charset_name(enum charset c)
{
	return charset_row(c)->name;
}

const char *charset_msh18(enum charset c)
{
	return charset_row(c)->msh18;
}

const char *charset_msh20(enum charset c)
{
	return charset_row(c)->msh20;
}

enum charset charset_from_name(const char *name)
{
	for (unsigned c = 0; c < CHARSET_COUNT; c++)
		if (text_equal_nocase(rows[c].name, name))
			return (enum charset)c;
	return CHARSET_NONE;
}

unsigned charset_jis_reading(unsigned microsoft)
{
	for (size_t i = 0; i < COUNT(readings); i++)
		if (readings[i].microsoft == microsoft)
			return readings[i].jis;
	return 0;
}

unsigned charset_microsoft_reading(unsigned jis)
{
	for (size_t i = 0; i < COUNT(readings); i++)
		if (readings[i].jis == jis)
			return readings[i].microsoft;
	return 0;
}

/* Any set reached by ISO 2022 switching makes the whole an ISO 2022 stream. */
static enum charset both(enum charset before, enum charset now)
{
	if (before == CHARSET_NONE || now == CHARSET_ISO_2022_JP)
		return now;
	if (before == CHARSET_ASCII)
		return now;
	return before;
}

bool charset_from_msh18(const char *field, enum charset *out)
{
	char spelled[16];
	size_t length = 0;
	*out = CHARSET_NONE;
	for (const char *c = field; ; c++) {
		if (*c != '\0' && *c != '~' && *c != '^') {
			if (strchr(" -/_", *c) != NULL)
				continue;
			if (length + 1 >= sizeof spelled)
				return false;
			spelled[length++] = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
			continue;
		}
		spelled[length] = '\0';
		size_t i = 0;
		while (length != 0 && i < COUNT(spellings)
		       && strcmp(spellings[i].spelled, spelled) != 0)
			i++;
		if (i == COUNT(spellings))
			return false;
		if (length != 0)
			*out = both(*out, spellings[i].charset);
		length = 0;
		if (*c == '\0')
			return true;
	}
}

/* ---- Walking ---- */

static const struct {
	const char *octets;
	unsigned char length;
	enum charset_set set;
} switches[] = {
	{ "\033(B", 3, SET_ASCII },
	{ "\033(J", 3, SET_ASCII },	/* JIS X 0201 Roman: 5C and 7E delimit there too */
	{ "\033$B", 3, SET_X0208 },	{ "\033$@", 3, SET_X0208 },
	{ "\033&@\033$B", 6, SET_X0208 },
	{ "\033$(B", 4, SET_X0208 },	{ "\033$(@", 4, SET_X0208 },
	{ "\033(I", 3, SET_KATAKANA },
	{ "\033)I", 3, SET_ASCII },	/* into G1, reached by SO */
	{ "\033$(D", 4, SET_X0212 },
	{ "\033$(O", 4, SET_X0213_1 },	{ "\033$(Q", 4, SET_X0213_1 },
	{ "\033$(P", 4, SET_X0213_2 },
	{ "\033(H", 3, SET_ASCII },	/* an old misprint for ( J */
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
	case CHARSET_ISO_2022_JP: case CHARSET_WINDOWS_50221:
		return step_2022(w, data, left, length);
	case CHARSET_JIS_X_0201:
		if (c >= 0xa1 && c <= 0xdf)
			return STEP_CHARACTER;
		return c >= 0x80 ? STEP_BAD : step_2022(w, data, left, length);
	case CHARSET_WINDOWS_31J:
		if ((c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc))
			*length = left < 2 ? 1 : 2;
		break;
	case CHARSET_GB_18030: case CHARSET_BIG_5:
		if (c >= 0x81 && c <= 0xfe)
			*length = left < 2 ? 1 : 2;
		break;
	default:
		break;
	}
	return c >= 0x80 ? STEP_CHARACTER : STEP_ASCII;
}

/* ---- Decoding ---- */

static bool not_characters(struct bytes octets, size_t at, const char *why, struct problem *p)
{
	size_t segment = 1;
	for (size_t i = 0; i < at && i < octets.length; i++)
		if (octets.data[i] == '\r'
		    || (octets.data[i] == '\n' && (i == 0 || octets.data[i - 1] != '\r')))
			segment++;
	return problem_at(p, PROBLEM_DATA_TYPE, "MSH^1^18", "segment %zu of the message: %s",
			  segment, why);
}

/* What ICU gave, as UTF-8; each character it could not read is counted. */
static void append_uchars(struct buffer *out, const UChar *chars, int32_t count, bool jis,
			  struct charset_found *found)
{
	for (int32_t i = 0; i < count; ) {
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
static bool decode_walking(struct arena *a, struct bytes octets, enum charset charset,
			   unsigned char escape,
			   struct bytes *utf8, struct charset_found *found, struct problem *p)
{
	struct charset_walk walk = { .charset = charset, .escape = escape };
	struct buffer out = buffer_in(a);
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
		decode_run(&out, set, octets, start, i, found);
		start = i + length;
		if (step == STEP_BAD)
			return not_characters(octets, i, before >= SET_X0208
				? "a run of double-byte characters breaks off in the middle"
				: "an octet or escape sequence that MSH-18 does not provide for",
					p);
		if (step == STEP_ASCII)
			buffer_byte(&out, octets.data[i]);
	}
	decode_run(&out, set, octets, start, octets.length, found);
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
static bool decode_strictly(struct arena *a, struct bytes octets, enum charset charset,
			    struct bytes *utf8, struct charset_found *found, struct problem *p)
{
	UErrorCode e = U_ZERO_ERROR;
	int32_t count = 0, room = (int32_t)octets.length + 1;
	UChar *chars = arena_array(a, UChar, (size_t)room);
	UConverter *c = ucnv_open(converter_for(charset, octets), &e);
	if (c != NULL) {
		ucnv_setToUCallBack(c, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &e);
		count = ucnv_toUChars(c, chars, room, (const char *)octets.data,
				      (int32_t)octets.length, &e);
		ucnv_close(c);
	}
	if (U_FAILURE(e))
		return problem_at(p, PROBLEM_DATA_TYPE, "MSH^1^18", "the message is not %s",
				  charset_name(charset));
	struct buffer out = buffer_in(a);
	append_uchars(&out, chars, count, false, found);
	*utf8 = buffer_bytes(&out);
	return true;
}

static bool decode_as(struct arena *a, struct bytes octets, enum charset charset,
		      unsigned char escape,
		      struct bytes *utf8, struct charset_found *found, struct problem *p)
{
	found->used = charset;
	switch (charset) {
	case CHARSET_UTF_8:
		*utf8 = octets;
		return text_is_utf8(octets.data, octets.length)
			|| not_characters(octets, 0, "not UTF-8", p);
	case CHARSET_ISO_2022_JP: case CHARSET_WINDOWS_50221: case CHARSET_JIS_X_0201:
		return decode_walking(a, octets, charset, escape, utf8, found, p);
	default:
		return decode_strictly(a, octets, charset, utf8, found, p);
	}
}

/* Which set it really is, when MSH-18 says nothing or something untrue; CHARSET_NONE: refuse. */
static enum charset really(struct bytes octets, enum charset said, const struct charset_leniency *l)
{
	bool high = false, switches_sets = false, nul = false;
	for (size_t i = 0; i < octets.length; i++) {
		high = high || octets.data[i] >= 0x80;
		nul = nul || octets.data[i] == 0;
		switches_sets = switches_sets || (octets.data[i] == 033 && i + 1 < octets.length
			&& strchr("$(", octets.data[i + 1]) != NULL && octets.data[i + 1] != '\0');
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
	if (l == NULL || l->when_false == CHARSET_NONE)
		return CHARSET_NONE;
	return utf8 ? CHARSET_UTF_8 : l->when_false;
}

bool charset_decode(struct arena *a, struct bytes octets, enum charset said,
		    const struct charset_leniency *leniency, unsigned char escape,
		    struct bytes *utf8, struct charset_found *found, struct problem *p)
{
	enum charset used = really(octets, said, leniency);
	*found = (struct charset_found){ .used = used };
	*utf8 = (struct bytes){ NULL, 0 };
	if (used == CHARSET_NONE)
		return problem_at(p, PROBLEM_DATA_TYPE, "MSH^1^18",
				  "the message holds octets that %s does not provide for",
				  said == CHARSET_NONE ? "an empty MSH-18" : charset_name(said));
	found->mismatch = used != said && used != CHARSET_ASCII && said != CHARSET_UTF_16;
	if (used == CHARSET_ASCII)
		*utf8 = octets;
	else if (!decode_as(a, octets, used, escape, utf8, found, p))
		return false;
	if (utf8->length != 0 && memchr(utf8->data, '\0', utf8->length) != NULL)
		return not_characters(octets, 0, "a NUL", p);
	return true;
}
