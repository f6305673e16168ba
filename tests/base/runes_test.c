/* tests/base/runes_test.c: what is read the short way says what ICU says, of every character. */
#include "tests/base/suite.h"

#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "gateway/base/arena.h"
#include "gateway/base/runes.h"
#include "gateway/base/text.h"

enum { CHARS = 64, LAST = 0x10ffff };

/* As ICU alone makes it; the spacing marks join what stands before them, as everywhere. */
static int32_t formed(const char *text, UChar out[CHARS])
{
	UErrorCode e = U_ZERO_ERROR;
	UChar chars[CHARS];
	int32_t count = 0;
	u_strFromUTF8WithSub(chars, CHARS, &count, text, (int32_t)strlen(text), 0xfffd, NULL, &e);
	for (int32_t i = 0; i < count; i++)
		if (chars[i] == 0x309b || chars[i] == 0x309c)
			chars[i] = (UChar)(chars[i] - 2);
	count = unorm2_normalize(unorm2_getNFKCInstance(&e), chars, count, out, CHARS, &e);
	return U_SUCCESS(e) ? count : -1;
}

static bool is_so(struct arena *a, const char *text)
{
	UChar expected[CHARS];
	int32_t count = formed(text, expected), at = 0;
	struct runes r = runes_nfkc(a, text);
	for (size_t i = 0; i < r.count; i++) {
		UChar32 c = 0;
		if (at >= count)
			return false;
		U16_NEXT(expected, at, count, c);
		if ((char32_t)c != r.at[i])
			return false;
	}
	return count >= 0 && at == count;
}

/* Alone, behind one of the usual ones, and before a mark that joins it. */
static void every_character(void)
{
	static const char *const around[][2] = {
		{ "", "" }, { "ハ", "子" }, { "", "\xe3\x82\x99" }, { "か", "" }
	};
	struct arena *a = arena_create(1 << 20);
	unsigned wrong = 0;
	for (UChar32 c = 1; c <= LAST; c++) {
		for (size_t i = 0; i < COUNT(around) && !U_IS_SURROGATE(c); i++) {
			char text[CHARS];
			int32_t length = (int32_t)strlen(strcpy(text, around[i][0]));
			U8_APPEND_UNSAFE((unsigned char *)text, length, c);
			strcpy(text + length, around[i][1]);
			if (!is_so(a, text) && wrong++ < 5)
				printf("U+%04X between \"%s\" and \"%s\"\n", (unsigned)c,
				       around[i][0], around[i][1]);
		}
		arena_reset(a);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	arena_destroy(a);
}

/* Each lead octet with what may follow and what may not, and with nothing. */
static void no_utf8(void)
{
	static const char *const behind[] = { "",         "\x80",     "\x80\x80", "\x41\x80",
					      "\x81\xc0", "\xc0\x80", "\x81\x41", "\xe4\xb8" };
	struct arena *a = arena_create(1 << 20);
	for (unsigned lead = 0x80; lead <= 0xff; lead++)
		for (size_t i = 0; i < COUNT(behind); i++) {
			char text[CHARS];
			snprintf(text, sizeof text, "ア%c%s山", (int)lead, behind[i]);
			CU_ASSERT_TRUE(is_so(a, text));
			snprintf(text, sizeof text, "%c%s", (int)lead, behind[i]);
			CU_ASSERT_TRUE(is_so(a, text));
		}
	CU_ASSERT_EQUAL(runes_nfkc(a, NULL).count, 0);
	CU_ASSERT_EQUAL(runes_nfkc(a, "").count, 0);
	arena_destroy(a);
}

static void blanks_and_marks(void)
{
	unsigned wrong = 0;
	for (UChar32 c = 0; c <= LAST; c++) {
		int8_t type = u_charType(c);
		bool blank = u_isUWhiteSpace(c) || c == 0x200b || c == 0xfeff || c == 0x3164;
		bool mark = type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK
			    || type == U_FORMAT_CHAR;
		if (rune_blank((char32_t)c) != blank || rune_mark((char32_t)c) != mark)
			wrong++;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static const struct test tests[] = {
	{ "every character, as ICU has it", every_character },
	{ "what is no UTF-8, as ICU has it", no_utf8 },
	{ "blanks and marks, as ICU has them", blanks_and_marks },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("runes", tests);
}
