/* gateway/base/runes.c: text as an array of code points, for the normal forms. */
#include "gateway/base/runes.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

/* The spacing marks ゛゜ as the combining ones, so that they join what stands before them. */
static void join_marks(UChar *chars, int32_t count)
{
	for (int32_t i = 0; i < count; i++)
		if (chars[i] == 0x309b || chars[i] == 0x309c)
			chars[i] = (UChar)(chars[i] - 2);
}

/* ASCII, kana and the common kanji: what nearly all is written in. They are their own form,
 * whatever stands beside them, and neither blank nor mark beyond ASCII. */
static bool is_usual(char32_t c)
{
	return c < 0x80 || (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3041 && c <= 0x3094)
	       || (c >= 0x30a1 && c <= 0x30fa) || c == U'ー';
}

/* Of text that has octets of such runes, which take one or three each. False: there is another, or
 * what is no UTF-8. */
static bool read_usual(const char *text, struct runes *r)
{
	const unsigned char *d = (const unsigned char *)text;
	for (r->count = 0; *d != '\0'; r->count++) {
		bool three = d[0] >= 0xe3 && d[0] <= 0xe9 && (d[1] & 0xc0) == 0x80
			     && (d[2] & 0xc0) == 0x80;
		char32_t c = three ? (d[0] & 0x0fu) << 12 | (d[1] & 0x3fu) << 6 | (d[2] & 0x3fu)
				   : d[0];
		if ((!three && c >= 0x80) || !is_usual(c))
			return false;
		r->at[r->count] = c;
		d += three ? 3 : 1;
	}
	return true;
}

static struct runes runes_of_chars(struct arena *a, const UChar *chars, int32_t count)
{
	struct runes r = { arena_array(a, char32_t, (size_t)count + 1), 0 };
	for (int32_t i = 0; i < count;) {
		UChar32 c;
		U16_NEXT(chars, i, count, c);
		r.at[r.count++] = (char32_t)c;
	}
	return r;
}

struct runes runes_nfkc(struct arena *a, const char *text)
{
	struct runes r = { NULL, 0 };
	UErrorCode e = U_ZERO_ERROR;
	int32_t length, count = 0, room;
	if (text_empty(text))
		return r;
	length = (int32_t)strlen(text);
	r.at = arena_array(a, char32_t, (size_t)length + 1);
	if (read_usual(text, &r))
		return r;
	r.count = 0;
	UChar *chars = arena_array(a, UChar, (size_t)length + 1);
	u_strFromUTF8WithSub(chars, length + 1, &count, text, length, 0xfffd, NULL, &e);
	join_marks(chars, count);
	if (unorm2_quickCheck(unorm2_getNFKCInstance(&e), chars, count, &e) == UNORM_YES)
		return runes_of_chars(a, chars, count);
	room = count * 18 + 1; /* U+FDFA, the longest, becomes 18 */
	if (count > 4096) {    /* no name is that long; ask for the exact size instead */
		UErrorCode ask = U_ZERO_ERROR;
		room = unorm2_normalize(unorm2_getNFKCInstance(&e), chars, count, NULL, 0, &ask)
		       + 1;
	}
	UChar *formed = arena_array(a, UChar, (size_t)room);
	count = unorm2_normalize(unorm2_getNFKCInstance(&e), chars, count, formed, room, &e);
	if (U_FAILURE(e))
		return r;
	return runes_of_chars(a, formed, count);
}

const char *runes_text(struct arena *a, struct runes r)
{
	if (r.count == 0)
		return NULL;
	char *text = arena_alloc(a, r.count * 4 + 1);
	int32_t length = 0;
	for (size_t i = 0; i < r.count; i++)
		if (!U_IS_SURROGATE(r.at[i]))
			U8_APPEND_UNSAFE((unsigned char *)text, length, (UChar32)r.at[i]);
	return text;
}

void runes_keep(struct runes *r, bool (*keep)(char32_t c))
{
	size_t count = 0;
	for (size_t i = 0; i < r->count; i++)
		if (keep(r->at[i]))
			r->at[count++] = r->at[i];
	r->count = count;
}

bool runes_start(struct runes r, size_t from, const char32_t *word)
{
	for (; *word != 0; word++, from++)
		if (from >= r.count || r.at[from] != *word)
			return false;
	return true;
}

bool rune_in(char32_t c, const char32_t *set)
{
	for (; *set != 0; set++)
		if (*set == c)
			return true;
	return false;
}

bool rune_blank(char32_t c)
{
	if (is_usual(c))
		return c == ' ' || (c >= '\t' && c <= '\r');
	return u_isUWhiteSpace((UChar32)c) || c == 0x200b || c == 0xfeff || c == 0x3164;
}

bool rune_hyphen(char32_t c)
{
	return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xfe63 || c == 0xff0d
	       || c == 0x2500;
}

bool rune_mark(char32_t c)
{
	if (is_usual(c))
		return false;
	int8_t type = u_charType((UChar32)c);
	return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR;
}

bool rune_digit(char32_t c)
{
	return c >= '0' && c <= '9';
}

char32_t rune_capital(char32_t c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

static bool neither_blank_nor_hyphen(char32_t c)
{
	return !rune_blank(c) && !rune_hyphen(c);
}

const char *runes_only_digits(struct arena *a, const char *text)
{
	struct runes r = runes_nfkc(a, text);
	runes_keep(&r, neither_blank_nor_hyphen);
	for (size_t i = 0; i < r.count; i++)
		if (!rune_digit(r.at[i]))
			return NULL;
	return runes_text(a, r);
}

/* Each turn takes something away, so a text has few: this many are nobody's name or number. */
enum { TURNS = 8 };

const char *runes_settled(struct arena *a, const char *text,
			  const char *(*fold)(struct arena *a, const char *text))
{
	const char *once = fold(a, text);
	if (once != NULL && strcmp(once, text) == 0)
		return once; /* as most is written: folding it again would say the same */
	for (unsigned turn = 0; once != NULL && turn < TURNS; turn++) {
		const char *twice = fold(a, once);
		if (twice != NULL && strcmp(once, twice) == 0)
			return once;
		once = twice;
	}
	return NULL;
}
