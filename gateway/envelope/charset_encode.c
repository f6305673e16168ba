/* gateway/envelope/charset_encode.c: UTF-8 to the octets a peer understands.
 *
 * Strict out: a Japanese peer gets JIS X 0208 levels 1 and 2 only (japan.md B1), every run closed
 * before the next ASCII character, so that no delimiter ever stands inside one. */
#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/envelope/charset_sets.h"

enum { EXPANSION_MAX = 20 }; /* no compatibility form is longer (U+FDFA has 18) */

struct encoder {
	struct buffer out;
	enum charset charset;
	UConverter *converter; /* NULL for those we write ourselves */
	UConverter *extension; /* CP932, whose IBM kanji x-windows-50221 only reads */
	bool japanese, two_byte;
	size_t lost;
};

static void close_converter(void *converter)
{
	ucnv_close(converter);
}

static bool iso_2022(enum charset charset)
{
	return charset == CHARSET_ISO_2022_JP || charset == CHARSET_WINDOWS_50221;
}

static UConverter *converter_for(struct arena *a, enum charset charset)
{
	const char *name = iso_2022(charset) ? "x-windows-50221" : charset_row(charset)->converter;
	UErrorCode e = U_ZERO_ERROR;
	if (name == NULL)
		return NULL;
	UConverter *c = ucnv_open(name, &e);
	if (c == NULL)
		return NULL;
	ucnv_setFromUCallBack(c, UCNV_FROM_U_CALLBACK_STOP, NULL, NULL, NULL, &e);
	ucnv_setFallback(c, false);
	arena_at_end(a, close_converter, c);
	return c;
}

/* Levels 1 and 2 and the symbols of JIS X 0208: rows 1-8 and 16-84. */
static bool in_x0208(const unsigned char *pair)
{
	return (pair[0] >= 0x21 && pair[0] <= 0x28) || (pair[0] >= 0x30 && pair[0] < 0x74)
	       || (pair[0] == 0x74 && pair[1] <= 0x26);
}

static void leave_two_byte(struct encoder *n)
{
	if (n->two_byte)
		buffer_text(&n->out, "\033(B");
	n->two_byte = false;
}

static void put_pair(struct encoder *n, const unsigned char pair[2])
{
	if (!n->two_byte)
		buffer_text(&n->out, "\033$B");
	n->two_byte = true;
	buffer_append(&n->out, pair, 2);
}

/* The IBM extension of CP932 (FA40..) as NEC placed it in rows 89 to 92: 360 kanji in the same
 * order, then the small Roman numerals and four signs. */
static bool put_extension(struct encoder *n, const UChar *chars, int32_t count)
{
	UErrorCode e = U_ZERO_ERROR;
	unsigned char sj[4], pair[2];
	int32_t length = n->extension == NULL ? 0
					      : ucnv_fromUChars(n->extension, (char *)sj, sizeof sj,
								chars, count, &e);
	if (U_FAILURE(e) || length != 2 || sj[0] < 0xfa)
		return false;
	unsigned place = (sj[0] - 0xfau) * 188 + sj[1] - 0x40u - (sj[1] > 0x7f);
	if (place >= 28)
		place -= 28; /* the kanji */
	else if (place <= 9)
		place += 3 * 94 + 0x50; /* the numerals, 7C71 on */
	else if (place >= 20 && place <= 23)
		place += 3 * 94 + 0x5a - 20; /* the signs, 7C7B on */
	else
		return false;
	pair[0] = (unsigned char)(0x79 + place / 94);
	pair[1] = (unsigned char)(0x21 + place % 94);
	put_pair(n, pair);
	return true;
}

/* The character itself, if the set has it. */
static bool put_itself(struct encoder *n, UChar32 c)
{
	if (c < 0x80) {
		leave_two_byte(n);
		buffer_byte(&n->out, (unsigned char)c);
		return true;
	}
	if (n->charset == CHARSET_JIS_X_0201 && c >= 0xff61 && c <= 0xff9f) {
		buffer_byte(&n->out, (unsigned char)(c - 0xff61 + 0xa1));
		return true;
	}
	if (n->converter == NULL)
		return false;
	if (n->japanese && charset_microsoft_reading((unsigned)c) != 0)
		c = (UChar32)charset_microsoft_reading((unsigned)c);
	UChar chars[2];
	char octets[16];
	int32_t count = 0;
	UErrorCode e = U_ZERO_ERROR;
	U16_APPEND_UNSAFE(chars, count, c);
	int32_t length = ucnv_fromUChars(n->converter, octets, sizeof octets, chars, count, &e);
	bool has = U_SUCCESS(e) && length > 0 && length <= (int32_t)sizeof octets;
	if (!iso_2022(n->charset)) {
		buffer_append(&n->out, octets, has ? (size_t)length : 0);
		return has;
	}
	const unsigned char *pair = (const unsigned char *)octets + 3;
	has = has && length == 8 && memcmp(octets, "\033$B", 3) == 0;
	if (!has || (n->charset == CHARSET_ISO_2022_JP && !in_x0208(pair)))
		return put_extension(n, chars, count);
	put_pair(n, pair);
	return true;
}

/* ①..⑳ are written (1)..(20); everything else as Unicode's compatibility form: ㈱ (株), ㎎ mg. */
static int32_t compatible(UChar32 c, UChar out[EXPANSION_MAX])
{
	UErrorCode e = U_ZERO_ERROR;
	UChar one[2];
	int32_t count = 0, length = 0;
	U16_APPEND_UNSAFE(one, count, c);
	const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&e);
	bool circled = c >= 0x2460 && c <= 0x2473;
	if (circled)
		out[length++] = '(';
	length += unorm2_normalize(nfkc, one, count, out + length, EXPANSION_MAX - 2, &e);
	if (U_FAILURE(e) || length > EXPANSION_MAX - 1)
		return 0;
	if (circled)
		out[length++] = ')';
	return length;
}

static bool put_compatible(struct encoder *n, UChar32 c)
{
	UChar form[EXPANSION_MAX];
	int32_t length = compatible(c, form);
	size_t before = n->out.length;
	bool was_two_byte = n->two_byte;
	for (int32_t i = 0; i < length;) {
		UChar32 part;
		U16_NEXT(form, i, length, part);
		if (part == c || !put_itself(n, part)) {
			n->out.length = before;
			n->two_byte = was_two_byte;
			return false;
		}
	}
	return length > 0;
}

static bool selector(UChar32 c)
{
	return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
}

static void put_character(struct encoder *n, UChar32 c)
{
	if (put_itself(n, c))
		return;
	if (c == 0x3099 || c == 0x309a) { /* combining; the set has the spacing marks */
		put_itself(n, c + 2);
		return;
	}
	if (n->japanese && (UChar32)normalise_kanji((uint32_t)c) != c
	    && put_itself(n, (UChar32)normalise_kanji((uint32_t)c))) {
		n->lost++; /* 髙 became 高: readable, but not what was kept */
		return;
	}
	if (put_compatible(n, c))
		return;
	n->lost++;
	if (selector(c))
		return;
	if (!n->japanese || !put_itself(n, 0x25a0))
		put_itself(n, '?');
}

static bool half_width(UChar32 c)
{
	return c >= 0xff61 && c <= 0xff9f;
}

/* The run of half-width katakana at chars[i] as full-width, marks joined; returns where it ends. */
static int32_t put_half_width(struct encoder *n, const UChar *chars, int32_t i, int32_t count)
{
	UErrorCode e = U_ZERO_ERROR;
	int32_t end = i;
	while (end < count && half_width(chars[end]))
		end++;
	UChar *full = arena_array(n->out.arena, UChar, (size_t)(end - i));
	int32_t length = unorm2_normalize(unorm2_getNFKCInstance(&e), chars + i, end - i, full,
					  end - i, &e);
	for (int32_t k = 0; U_SUCCESS(e) && k < length; k++)
		put_character(n, full[k]);
	return end;
}

static bool ascii(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

struct bytes charset_encode(struct arena *a, enum charset c, const char *text, size_t length,
			    size_t *lost)
{
	struct encoder n = { .out = buffer_in(a),
			     .charset = c,
			     .japanese = charset_row(c)->japanese };
	UErrorCode e = U_ZERO_ERROR;
	int32_t count = 0;
	if (c == CHARSET_UTF_8 || c == CHARSET_UTF_16 || ascii(text, length)) {
		buffer_append(&n.out, text, length);
		return buffer_bytes(&n.out);
	}
	n.converter = converter_for(a, c);
	n.extension = c == CHARSET_WINDOWS_50221 ? converter_for(a, CHARSET_WINDOWS_31J) : NULL;
	UChar *chars = arena_array(a, UChar, length);
	u_strFromUTF8WithSub(chars, (int32_t)length, &count, text, (int32_t)length, 0xfffd, NULL,
			     &e);
	for (int32_t i = 0; i < count;) {
		UChar32 character;
		if (half_width(chars[i]) && c != CHARSET_JIS_X_0201 && n.japanese) {
			i = put_half_width(&n, chars, i, count);
			continue;
		}
		U16_NEXT(chars, i, count, character);
		put_character(&n, character);
	}
	leave_two_byte(&n);
	if (lost != NULL)
		*lost += n.lost;
	return buffer_bytes(&n.out);
}
