/* tests/envelope/charset_test.c: every set of MSH-18, both ways. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/charset.h"

static const struct charset_leniency lenient = { CHARSET_8859_1, CHARSET_WINDOWS_31J, true };
static const struct charset_leniency japanese = { CHARSET_ISO_2022_JP, CHARSET_EUC_JP, false };

static void names_of_sets(void)
{
	static const struct {
		const char *field;
		enum charset set;
		bool known;
	} cases[] = {
		{ "", CHARSET_NONE, true },
		{ "ASCII", CHARSET_ASCII, true },
		{ "ISO IR6", CHARSET_ASCII, true },
		{ "8859/1", CHARSET_8859_1, true },
		{ "8859/15", CHARSET_8859_15, true },
		{ "UNICODE UTF-8", CHARSET_UTF_8, true },
		{ "utf-8", CHARSET_UTF_8, true },
		{ "UNICODE", CHARSET_UTF_16, true },
		{ "ISO IR14", CHARSET_JIS_X_0201, true },
		{ "~ISO IR87", CHARSET_ISO_2022_JP, true },
		{ "~ISOIR87", CHARSET_ISO_2022_JP, true },
		{ "^ISO IR87", CHARSET_ISO_2022_JP, true },
		{ "iso ir87", CHARSET_ISO_2022_JP, true },
		{ "ISO IR6~ISO IR14~ISO IR87", CHARSET_ISO_2022_JP, true },
		{ "~ISO IR87~ISO IR159", CHARSET_ISO_2022_JP, true },
		{ "ISO IR14~ISO IR87", CHARSET_ISO_2022_JP, true },
		{ "GB 18030-2000", CHARSET_GB_18030, true },
		{ "EBCDIC", CHARSET_NONE, false },
		{ "ISO IR87 AND A VERY LONG TAIL", CHARSET_NONE, false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum charset set;
		CU_ASSERT_EQUAL(charset_from_msh18(cases[i].field, &set), cases[i].known);
		if (cases[i].known)
			CU_ASSERT_EQUAL(set, cases[i].set);
	}
	for (unsigned c = 0; c < CHARSET_COUNT; c++)
		CU_ASSERT_EQUAL(charset_from_name(charset_name((enum charset)c)), c);
}

static const struct {
	const char *why;
	enum charset said;
	const struct charset_leniency *leniency;
	const char *octets, *text;
	enum charset used;
	size_t replaced;
} decoded[] = {
	{ "ascii", CHARSET_NONE, NULL, "PID|1", "PID|1", CHARSET_ASCII, 0 },
	{ "utf-8 unsaid", CHARSET_NONE, NULL, "\xe5\xb1\xb1", "山", CHARSET_UTF_8, 0 },
	{ "8859-1 unsaid, allowed", CHARSET_NONE, &lenient, "M\xfcller", "Müller", CHARSET_8859_1,
	  0 },
	{ "8859-1", CHARSET_8859_1, NULL, "M\xfcller", "Müller", CHARSET_8859_1, 0 },
	{ "8859-15", CHARSET_8859_15, NULL, "\xa4", "€", CHARSET_8859_15, 0 },
	{ "8859-5", CHARSET_8859_5, NULL, "\xbf\xe0", "Пр", CHARSET_8859_5, 0 },
	{ "UNICODE without zeros", CHARSET_UTF_16, NULL, "\xe5\xb1\xb1", "山", CHARSET_UTF_8, 0 },
	{ "0208", CHARSET_ISO_2022_JP, NULL, "\033$B;3ED\033(B^\033$BB@O:\033(B", "山田^太郎",
	  CHARSET_ISO_2022_JP, 0 },
	{ "0208-1978", CHARSET_ISO_2022_JP, NULL, "\033$@;3\033(J~", "山~", CHARSET_ISO_2022_JP,
	  0 },
	{ "0208-1990", CHARSET_ISO_2022_JP, NULL, "\033&@\033$B;3\033(B", "山", CHARSET_ISO_2022_JP,
	  0 },
	{ "delimiters inside", CHARSET_ISO_2022_JP, NULL, "\033$BK\\H~F|%^0&1|\033(B|",
	  "本美日マ愛奥|", CHARSET_ISO_2022_JP, 0 },
	{ "adjacent switches", CHARSET_ISO_2022_JP, NULL, "\033$B;3\033(B\033$BED\033(B", "山田",
	  CHARSET_ISO_2022_JP, 0 },
	{ "IBM extension", CHARSET_ISO_2022_JP, NULL, "\033$B|bLZ\033(B", "髙木",
	  CHARSET_ISO_2022_JP, 0 },
	{ "NEC row 13", CHARSET_ISO_2022_JP, NULL, "\033$B-!-jyu\033(B", "①㈱﨑",
	  CHARSET_ISO_2022_JP, 0 },
	{ "JIS reading", CHARSET_ISO_2022_JP, NULL, "\033$B!A!]!B\033(B", "〜−‖",
	  CHARSET_ISO_2022_JP, 0 },
	{ "katakana 7 bit", CHARSET_ISO_2022_JP, NULL, "\033(I\x4e\x5e^1\033(B^", "ﾎﾞﾞｱ^",
	  CHARSET_ISO_2022_JP, 0 },
	{ "katakana by SO", CHARSET_ISO_2022_JP, NULL, "\033)I\x0e\x31\x0f^", "ｱ^",
	  CHARSET_ISO_2022_JP, 0 },
	{ "0212", CHARSET_ISO_2022_JP, NULL, "\033$(D\x49\x26\033(B|", "濵|", CHARSET_ISO_2022_JP,
	  0 },
	{ "0213 plane 1", CHARSET_ISO_2022_JP, NULL, "\033$B;3\033$(Q\x4f\x72\033(B", "山﨑",
	  CHARSET_ISO_2022_JP, 0 },
	{ "0213 plane 2", CHARSET_ISO_2022_JP, NULL, "\033$(P\x21\x21\033(B", "𠂉",
	  CHARSET_ISO_2022_JP, 0 },
	{ "nothing there", CHARSET_ISO_2022_JP, NULL, "\033$B\x29\x21\x3b\x33\033(B",
	  "\xef\xbf\xbd山", CHARSET_ISO_2022_JP, 1 },
	{ "by HL7 escape", CHARSET_ISO_2022_JP, NULL, "\\M2442\\;3ED\\C2842\\^\\F\\", "山田^\\F\\",
	  CHARSET_ISO_2022_JP, 0 },
	{ "0201 8 bit", CHARSET_JIS_X_0201, NULL, "\xd4\xcf\xc0\xde", "ﾔﾏﾀﾞ", CHARSET_JIS_X_0201,
	  0 },
	{ "0201 7 bit", CHARSET_JIS_X_0201, NULL, "\x0eTO@\x5e\x0f^", "ﾔﾏﾀﾞ^", CHARSET_JIS_X_0201,
	  0 },
	{ "false IR87 is CP932", CHARSET_ISO_2022_JP, &lenient, "\x8eR\x93\x63\xfb\xfc", "山田髙",
	  CHARSET_WINDOWS_31J, 0 },
	{ "false IR87 is EUC", CHARSET_ISO_2022_JP, &japanese, "\xbb\xb3\xc5\xc4", "山田",
	  CHARSET_EUC_JP, 0 },
	{ "false IR87 is UTF-8", CHARSET_ISO_2022_JP, &lenient, "山田", "山田", CHARSET_UTF_8, 0 },
	{ "false 8859-1 is UTF-8", CHARSET_8859_1, &lenient, "M\xc3\xbcller", "Müller",
	  CHARSET_UTF_8, 0 },
	{ "8859-1 that is no UTF-8", CHARSET_8859_1, &lenient, "M\xfcller \xc3\xbc", "Müller Ã¼",
	  CHARSET_8859_1, 0 },
	{ "false ASCII is UTF-8", CHARSET_ASCII, &lenient, "山", "山", CHARSET_UTF_8, 0 },
	{ "false IR14 is UTF-8", CHARSET_JIS_X_0201, &lenient, "ヤマ", "ヤマ", CHARSET_UTF_8, 0 },
	{ "IR14 that could be UTF-8", CHARSET_JIS_X_0201, &lenient, "\xdf\xb1", "ﾟｱ",
	  CHARSET_JIS_X_0201, 0 },
	{ "unsaid 2022", CHARSET_NONE, &japanese, "\033$B;3\033(B", "山", CHARSET_ISO_2022_JP, 0 },
	{ "gb", CHARSET_GB_18030, NULL, "\xc9\xbd", "山", CHARSET_GB_18030, 0 },
	{ "big5", CHARSET_BIG_5, NULL, "\xa4\x73", "山", CHARSET_BIG_5, 0 },
	{ "ks", CHARSET_KS_X_1001, NULL, "\xb1\xe8", "김", CHARSET_KS_X_1001, 0 },
};

static void decodes(void)
{
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(decoded); i++) {
		struct charset_found found;
		struct problem p = { .code = PROBLEM_NONE };
		struct bytes text;
		bool done = charset_decode(a, bytes_of_text(decoded[i].octets), decoded[i].said,
					   decoded[i].leniency, '\\', &text, &found, &p);
		bool right = done && bytes_equal(text, bytes_of_text(decoded[i].text))
			     && found.used == decoded[i].used
			     && found.replaced == decoded[i].replaced;
		if (!right)
			printf("decodes: %s: \"%.*s\" %s\n", decoded[i].why, (int)text.length,
			       (const char *)text.data, p.what);
		CU_ASSERT_TRUE(right);
	}
	arena_destroy(a);
}

static void places(void)
{
	static const struct {
		const char *why;
		enum charset said;
		const char *octets, *where;
	} cases[] = {
		{ "the third segment", CHARSET_UTF_8, "MSH|^~\\&|A\rEVN|A04\rPID|||1||\xe5\xb1^x\r",
		  "PID^1^5^1^1" },
		{ "a component", CHARSET_UTF_8, "MSH|^~\\&|A\rPID|||1~2^\xff\r", "PID^1^3^2^2" },
		{ "the second of a name", CHARSET_UTF_8, "MSH|^~\\&|A\rNK1|1\rNK1|2|\xff\r",
		  "NK1^2^2^1^1" },
		{ "of the header", CHARSET_UTF_8, "MSH|^~\\&|A|\xff\r", "MSH^1^4^1^1" },
		{ "lines by LF", CHARSET_UTF_8, "MSH|^~\\&|A\nPID|||\xff\n", "PID^1^3^1^1" },
		{ "other marks", CHARSET_UTF_8, "MSH^~|\\&^A\rPID^^^1|2~\xff\r", "PID^1^3^2^2" },
		{ "cut at the end", CHARSET_UTF_8, "MSH|^~\\&|A\rPID|||1\xe5", "PID^1^3^1^1" },
		{ "no segment", CHARSET_UTF_8, "MSH|^~\\&|A\rhello \xff\r", "MSH^1^18" },
		{ "marks within kanji", CHARSET_ISO_2022_JP,
		  "MSH|^~\\&|A\rPID|||\033$B|^~^\033(B|\033$B;\033(B\r", "PID^1^4^1^1" },
		{ "CP932 with a mark as its half", CHARSET_WINDOWS_31J,
		  "MSH|^~\\&|A\rPID|||\x96\x7c|\x8e\x20\r", "PID^1^4^1^1" },
		{ "a NUL", CHARSET_UTF_8, NULL, "PID^1^3^1^1" },
	};
	static const char with_nul[] = "MSH|^~\\&|A\rPID|||a\0b\r";
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct charset_found found;
		struct problem p = { .code = PROBLEM_NONE };
		struct bytes text,
			octets = cases[i].octets != NULL
					 ? bytes_of_text(cases[i].octets)
					 : (struct bytes){ (const unsigned char *)with_nul,
							   sizeof with_nul - 1 };
		CU_ASSERT_FALSE(
			charset_decode(a, octets, cases[i].said, NULL, '\\', &text, &found, &p));
		if (!text_equal(p.where, cases[i].where))
			printf("places: %s: %s %s\n", cases[i].why, p.where, p.what);
		CU_ASSERT_STRING_EQUAL(p.where, cases[i].where);
	}
	arena_destroy(a);
}

static void utf_16(void)
{
	static const struct {
		const char *octets;
		size_t length;
	} cases[] = {
		{ "\xfe\xff\x5c\x71\0|", 6 },
		{ "\xff\xfe\x71\x5c|\0", 6 },
		{ "\0|\x5c\x71", 4 },
		{ "|\0\x71\x5c", 4 },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct charset_found found;
		struct problem p = { .code = PROBLEM_NONE };
		struct bytes text,
			octets = { (const unsigned char *)cases[i].octets, cases[i].length };
		CU_ASSERT_TRUE(
			charset_decode(a, octets, CHARSET_UTF_16, NULL, '\\', &text, &found, &p));
		CU_ASSERT_TRUE(bytes_equal(text, bytes_of_text(i < 2 ? "山|" : "|山")));
	}
	arena_destroy(a);
}

static void refuses(void)
{
	static const struct {
		const char *why;
		enum charset said;
		const struct charset_leniency *l;
		const char *octets;
		size_t length;
	} cases[] = {
		{ "8859-1 unsaid, no leave", CHARSET_NONE, NULL, "M\xfcller", 6 },
		{ "UTF-8 under 8859-1, no leave", CHARSET_8859_1, NULL, "M\xc3\xbcller", 7 },
		{ "UTF-8 under IR87, no leave", CHARSET_ISO_2022_JP, NULL, "\xe5\xb1\xb1", 3 },
		{ "2022 unsaid, no leave", CHARSET_NONE, NULL, "\033$B;3\033(B", 8 },
		{ "not UTF-8", CHARSET_UTF_8, NULL, "\xe5\xb1", 2 },
		{ "overlong UTF-8", CHARSET_UTF_8, NULL, "\xc0\xaf", 2 },
		{ "CP932 under IR87, no leave", CHARSET_ISO_2022_JP, NULL, "\x8eR", 2 },
		{ "half a character", CHARSET_ISO_2022_JP, NULL, "\033$B;3E\033(B", 9 },
		{ "half a character at the end", CHARSET_ISO_2022_JP, NULL, "\033$B;", 4 },
		{ "CR in a run", CHARSET_ISO_2022_JP, NULL, "\033$B;3\r\nPV1", 10 },
		{ "unknown escape", CHARSET_ISO_2022_JP, NULL, "\033$Zab", 5 },
		{ "escape cut off", CHARSET_ISO_2022_JP, NULL, "abc\033$", 5 },
		{ "delimiter in katakana", CHARSET_ISO_2022_JP, NULL, "\033(I1|1", 6 },
		{ "not CP932", CHARSET_WINDOWS_31J, NULL, "\x8e\x20", 2 },
		{ "NUL", CHARSET_UTF_8, NULL, "a\0b", 3 },
		{ "NUL in ascii", CHARSET_NONE, NULL, "a\0b", 3 },
	};
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct charset_found found;
		struct problem p = { .code = PROBLEM_NONE };
		struct bytes text,
			octets = { (const unsigned char *)cases[i].octets, cases[i].length };
		bool done = charset_decode(a, octets, cases[i].said, cases[i].l, '\\', &text,
					   &found, &p);
		if (done || p.code != PROBLEM_DATA_TYPE)
			printf("refuses: %s\n", cases[i].why);
		CU_ASSERT_FALSE(done);
		CU_ASSERT_EQUAL(p.code, PROBLEM_DATA_TYPE);
	}
	arena_destroy(a);
}

static void encodes(void)
{
	static const struct {
		enum charset set;
		const char *text, *octets;
		size_t lost;
	} cases[] = {
		{ CHARSET_ISO_2022_JP, "山田^太郎", "\033$B;3ED\033(B^\033$BB@O:\033(B", 0 },
		{ CHARSET_ISO_2022_JP, "ABC", "ABC", 0 },
		{ CHARSET_ISO_2022_JP, "〜−", "\033$B!A!]\033(B", 0 },
		{ CHARSET_ISO_2022_JP, "～－", "\033$B!A!]\033(B", 0 },
		{ CHARSET_ISO_2022_JP, "ﾔﾏﾀﾞ", "\033$B%d%^%@\033(B", 0 },
		{ CHARSET_ISO_2022_JP, "①㈱㎎", "(1)(\033$B3t\033(B)mg", 0 },
		{ CHARSET_ISO_2022_JP, "髙木", "\033$B9bLZ\033(B", 1 },
		{ CHARSET_WINDOWS_50221, "髙木", "\033$B|bLZ\033(B", 0 },
		{ CHARSET_ISO_2022_JP, "𠀋", "\033$B\"#\033(B", 1 },
		{ CHARSET_ISO_2022_JP, "é", "\033$B\"#\033(B", 1 },
		{ CHARSET_8859_1, "é", "\xe9", 0 },
		{ CHARSET_8859_1, "山", "?", 1 },
		{ CHARSET_ASCII, "é", "?", 1 },
		{ CHARSET_UTF_8, "山", "山", 0 },
		{ CHARSET_JIS_X_0201, "ﾔﾏ", "\xd4\xcf", 0 },
		{ CHARSET_WINDOWS_31J, "髙", "\xfb\xfc", 0 },
		{ CHARSET_EUC_JP, "山", "\xbb\xb3", 0 },
	};
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t lost = 0;
		struct bytes octets = charset_encode(a, cases[i].set, cases[i].text,
						     strlen(cases[i].text), &lost);
		bool right = bytes_equal(octets, bytes_of_text(cases[i].octets))
			     && lost == cases[i].lost;
		if (!right)
			printf("encodes: %s in %s: %s, lost %zu\n", cases[i].text,
			       charset_name(cases[i].set), bytes_to_hex(a, octets), lost);
		CU_ASSERT_TRUE(right);
	}
	arena_destroy(a);
}

/* Everything that decodes without a mark encodes to the same octets again: all 94 x 94 places. */
static void every_kanji_returns(void)
{
	struct arena *a = arena_create(512 << 20);
	unsigned strict = 0, wide = 0, wrong = 0;
	for (unsigned hi = 0x21; hi <= 0x7e; hi++) {
		for (unsigned lo = 0x21; lo <= 0x7e; lo++) {
			unsigned char octets[8] = {
				033, '$', 'B', (unsigned char)hi, (unsigned char)lo, 033, '(', 'B'
			};
			struct bytes in = { octets, 8 }, text;
			struct charset_found found;
			struct problem p = { .code = PROBLEM_NONE };
			size_t lost = 0;
			if (!charset_decode(a, in, CHARSET_ISO_2022_JP, NULL, '\\', &text, &found,
					    &p)
			    || found.replaced != 0)
				continue;
			bool standard = hi <= 0x28
					|| (hi >= 0x30
					    && (hi < 0x74 || (hi == 0x74 && lo <= 0x26)));
			bool extension = hi == 0x2d || (hi >= 0x79 && hi <= 0x7c);
			if (!standard && !extension)
				continue;
			enum charset set = standard ? CHARSET_ISO_2022_JP : CHARSET_WINDOWS_50221;
			struct bytes back = charset_encode(a, set, (const char *)text.data,
							   text.length, &lost);
			struct bytes again;
			struct charset_found ignored;
			/* Some are there twice (∵ in rows 2 and 13): then the text must return. */
			if (lost != 0
			    || !charset_decode(a, back, set, NULL, '\\', &again, &ignored, &p)
			    || !bytes_equal(again, text))
				wrong++;
			else if (standard && !bytes_equal(back, in))
				wrong++;
			strict += standard;
			wide += extension;
		}
	}
	printf("%u + %u characters, %u do not return\n", strict, wide, wrong);
	CU_ASSERT_EQUAL(strict, 6879); /* JIS X 0208:1990 has so many */
	CU_ASSERT(wide > 400);
	CU_ASSERT_EQUAL(wrong, 0);
	arena_destroy(a);
}

static void every_set_returns(void)
{
	static const struct {
		enum charset set;
		const char *text;
	} cases[] = {
		{ CHARSET_8859_1, "Müller àéî" },
		{ CHARSET_8859_2, "Dvořák" },
		{ CHARSET_8859_3, "Ĉu" },
		{ CHARSET_8859_4, "Āboliņš" },
		{ CHARSET_8859_5, "Иванов" },
		{ CHARSET_8859_6, "محمد" },
		{ CHARSET_8859_7, "Παπαδόπουλος" },
		{ CHARSET_8859_8, "כהן" },
		{ CHARSET_8859_9, "Şahin" },
		{ CHARSET_8859_15, "Œuvre €" },
		{ CHARSET_UTF_8, "山田𠮷 é" },
		{ CHARSET_JIS_X_0201, "ﾔﾏﾀﾞ ﾀﾛｳ" },
		{ CHARSET_ISO_2022_JP, "山田 太郎〜本美日" },
		{ CHARSET_WINDOWS_50221, "髙﨑①㈱" },
		{ CHARSET_WINDOWS_31J, "髙﨑①山田" },
		{ CHARSET_EUC_JP, "山田太郎" },
		{ CHARSET_GB_18030, "张伟" },
		{ CHARSET_BIG_5, "陳" },
		{ CHARSET_KS_X_1001, "김철수" },
	};
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t lost = 0;
		struct charset_found found;
		struct problem p = { .code = PROBLEM_NONE };
		struct bytes text, octets = charset_encode(a, cases[i].set, cases[i].text,
							   strlen(cases[i].text), &lost);
		bool right = charset_decode(a, octets, cases[i].set, NULL, '\\', &text, &found, &p)
			     && bytes_equal(text, bytes_of_text(cases[i].text)) && lost == 0;
		if (!right)
			printf("%s does not return: %s\n", charset_name(cases[i].set),
			       bytes_to_hex(a, octets));
		CU_ASSERT_TRUE(right);
	}
	arena_destroy(a);
}

static const struct test tests[] = {
	{ "MSH-18 is read however it is spelled", names_of_sets },
	{ "octets become text", decodes },
	{ "UTF-16 in either order", utf_16 },
	{ "what is no character refuses the message", refuses },
	{ "what is no character has its place", places },
	{ "text becomes octets", encodes },
	{ "every place of JIS X 0208 returns", every_kanji_returns },
	{ "every set returns", every_set_returns },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("charset", tests);
}
