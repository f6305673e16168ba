/* tests/matching/compare_test.c: each phenomenon of Japanese names, dates, addresses and numbers is
 * a row: two records, a field, and the level it must have, whichever of the two comes first. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "matching/compare.h"
#include "matching/distance.h"
#include "matching/kanji.h"
#include "tests/matching/people.h"

struct row {
	const char *why, *x, *y;
	enum match_field field;
	const char *level;
};

static void check(const struct row *rows, size_t count)
{
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < count; i++) {
		struct match_features *x = person(a, rows[i].x), *y = person(a, rows[i].y);
		struct match_comparison one = match_compare(x, y), two = match_compare(y, x);
		const char *level = match_level_name(rows[i].field, one.level[rows[i].field]);
		if (!text_equal(level, rows[i].level))
			printf("%s: %s is %s, not %s\n", rows[i].why,
			       match_field_name(rows[i].field), level, rows[i].level);
		CU_ASSERT_STRING_EQUAL(level, rows[i].level);
		CU_ASSERT_EQUAL(memcmp(one.level, two.level, sizeof one.level), 0);
		CU_ASSERT_EQUAL(one.signs, two.signs);
		CU_ASSERT_EQUAL(one.value[0], two.value[0]);
		CU_ASSERT_EQUAL(one.value[1], two.value[1]);
	}
	arena_destroy(a);
}

static void given_names(void)
{
	static const struct row rows[] = {
		{ "nothing", "", "", FIELD_GIVEN, "not-said" },
		{ "alike", "山田　花子/ヤマダ　ハナコ", "山田 花子/ﾔﾏﾀﾞ ﾊﾅｺ", FIELD_GIVEN, "same" },
		{ "hiragana", "山田　花子/ヤマダ　ハナコ", "山田花子/やまだ　はなこ", FIELD_GIVEN,
		  "same" },
		{ "one undivided", "山田　花子/ヤマダ　ハナコ", "山田花子/ヤマダハナコ",
		  FIELD_GIVEN, "same" },
		{ "both undivided", "山田花子/ヤマダハナコ", "山田花子/ヤマダハナコ", FIELD_GIVEN,
		  "same" },
		{ "undivided, another given", "山田　花子/ヤマダ　ハナコ", "山田太郎/ヤマダタロウ",
		  FIELD_GIVEN, "differs" },
		{ "undivided, both another given", "山田花子/ヤマダハナコ", "山田太郎/ヤマダタロウ",
		  FIELD_GIVEN, "differs" },
		{ "undivided, another family", "佐藤　花子/サトウ　ハナコ", "山田花子/ヤマダハナコ",
		  FIELD_GIVEN, "same" },
		{ "both undivided, another family", "佐藤花子/サトウワカナコ",
		  "山田花子/ヤマダワカナコ", FIELD_GIVEN, "same" },
		{ "small kana lost", "-/タナカ　キョウコ", "-/ﾀﾅｶ ｷﾖｳｺ", FIELD_GIVEN,
		  "same-reading" },
		{ "a long vowel written out", "-/タナカ　イチロー", "-/タナカ　イチロオ",
		  FIELD_GIVEN, "same-reading" },
		{ "a long vowel lost", "-/タナカ　イチロー", "-/タナカ　イチロ", FIELD_GIVEN,
		  "voiced" },
		{ "ヅ and ズ", "-/タナカ　カヅオ", "-/タナカ　カズオ", FIELD_GIVEN,
		  "same-reading" },
		{ "kanji only", "山田　花子", "山田　花子/ヤマダ　ハナコ", FIELD_GIVEN,
		  "same-kanji" },
		{ "kana only", "-/ヤマダ　ハナコ", "山田　花子/ヤマダ　ハナコ", FIELD_GIVEN,
		  "same-reading" },
		{ "kana in the kanji's place", "ヤマダ　ハナコ", "山田　花子/ヤマダ　ハナコ",
		  FIELD_GIVEN, "same-reading" },
		{ "nothing to compare", "山田　花子", "-/ヤマダ　ハナコ", FIELD_GIVEN, "not-said" },
		{ "read otherwise", "山田　裕子/ヤマダ　ユウコ", "山田　裕子/ヤマダ　ヒロコ",
		  FIELD_GIVEN, "other-reading" },
		{ "written otherwise", "山田　裕子/ヤマダ　ユウコ", "山田　優子/ヤマダ　ユウコ",
		  FIELD_GIVEN, "other-kanji" },
		{ "one slip, the kanji alike", "山田　花子/ヤマダ　ハナコ",
		  "山田　花子/ヤマダ　ハナヨ", FIELD_GIVEN, "near" },
		{ "changed places", "-/ヤマダ　ハナコ", "-/ヤマダ　ハコナ", FIELD_GIVEN, "close" },
		{ "old form", "山田　惠子/ヤマダ　ケイコ", "山田　恵子/ヤマダ　ケイコ", FIELD_GIVEN,
		  "same" },
		{ "a character the system lacks", "山田　■子/ヤマダ　ハナコ",
		  "山田　花子/ヤマダ　ハナコ", FIELD_GIVEN, "near" },
		{ "two of them", "山田　■■/ヤマダ　ハナコ", "山田　花子/ヤマダ　ハナコ",
		  FIELD_GIVEN, "other-kanji" },
		{ "twins: one character", "山田　太郎/ヤマダ　タロウ", "山田　次郎/ヤマダ　ジロウ",
		  FIELD_GIVEN, "close-both" },
		{ "twins: the end", "山田　美香/ヤマダ　ミカ", "山田　美代/ヤマダ　ミヨ",
		  FIELD_GIVEN, "close-both" },
		{ "brothers", "山田　健一/ヤマダ　ケンイチ", "山田　次郎/ヤマダ　ジロウ",
		  FIELD_GIVEN, "differs" },
		{ "some of it", "-/ヤマダ　ケンイチロウ", "-/ヤマダ　ケンゾウロウ", FIELD_GIVEN,
		  "similar" },
		{ "two kana, one another", "-/ヤマダ　ケン", "-/ヤマダ　ケイ", FIELD_GIVEN,
		  "similar" },
		{ "a newborn", "山田　ベビー", "山田　花子", FIELD_GIVEN, "not-said" },
		{ "Latin, alike", "////////latin=Smith_John", "////////latin=SMITH_john",
		  FIELD_GIVEN, "same-reading" },
		{ "Latin, one slip", "////////latin=Smith_Jonathan", "////////latin=Smith_Jonatan",
		  FIELD_GIVEN, "close" },
		{ "Latin, two", "////////latin=Smith_Mary", "////////latin=Smith_Mroy", FIELD_GIVEN,
		  "similar" },
		{ "Latin, cut", "////////latin=Smith_Robert", "////////latin=Smith_Rob",
		  FIELD_GIVEN, "similar" },
		{ "Latin, another", "////////latin=Smith_Robert", "////////latin=Smith_Mary",
		  FIELD_GIVEN, "differs" },
		{ "Latin, swapped", "////////latin=Smith_Robert", "////////latin=Robert_Smith",
		  FIELD_GIVEN, "swapped" },
	};
	check(rows, COUNT(rows));
}

static void family_names(void)
{
	static const struct row rows[] = {
		{ "齋, 斎", "齋藤　一/サイトウ　ハジメ", "斎藤　一/サイトウ　ハジメ", FIELD_FAMILY,
		  "same" },
		{ "斎, 斉", "斎藤　一/サイトウ　ハジメ", "斉藤　一/サイトウ　ハジメ", FIELD_FAMILY,
		  "near" },
		{ "齊, 齋", "齊藤　一/サイトウ　ハジメ", "齋藤　一/サイトウ　ハジメ", FIELD_FAMILY,
		  "near" },
		{ "邊, 邉, 辺", "渡邊　一/ワタナベ　ハジメ", "渡邉　一/ワタナベ　ハジメ",
		  FIELD_FAMILY, "same" },
		{ "髙, 高", "髙橋　一/タカハシ　ハジメ", "高橋　一/タカハシ　ハジメ", FIELD_FAMILY,
		  "same" },
		{ "﨑, 崎; voiced", "山﨑　一/ヤマザキ　ハジメ", "山崎　一/ヤマサキ　ハジメ",
		  FIELD_FAMILY, "near" },
		{ "voiced, no kanji", "-/ナカジマ　ハジメ", "-/ナカシマ　ハジメ", FIELD_FAMILY,
		  "voiced" },
		{ "阪, 坂", "大阪　一/オオサカ　ハジメ", "大坂　一/オオサカ　ハジメ", FIELD_FAMILY,
		  "near" },
		{ "read otherwise", "河野　一/コウノ　ハジメ", "河野　一/カワノ　ハジメ",
		  FIELD_FAMILY, "other-reading" },
		{ "a marriage", "山田　花子/ヤマダ　ハナコ//F", "佐藤　花子/サトウ　ハナコ//F",
		  FIELD_FAMILY, "changed" },
		{ "one does not say the sex", "山田　花子/ヤマダ　ハナコ//F",
		  "佐藤　花子/サトウ　ハナコ", FIELD_FAMILY, "changed" },
		{ "a man's", "山田　一/ヤマダ　ハジメ//M", "佐藤　一/サトウ　ハジメ//M",
		  FIELD_FAMILY, "differs" },
		{ "nobody says the sex", "山田　一/ヤマダ　ハジメ", "佐藤　一/サトウ　ハジメ",
		  FIELD_FAMILY, "differs" },
		{ "the former name in brackets", "佐藤（旧姓：山田）　花子", "山田　花子",
		  FIELD_FAMILY, "same-kanji" },
		{ "brackets of another sort", "佐藤〔旧姓山田〕　花子", "山田　花子", FIELD_FAMILY,
		  "same-kanji" },
		{ "a former name that says nothing", "佐藤（旧姓）　花子", "山田　花子",
		  FIELD_FAMILY, "differs" },
		{ "undivided, the given one alike", "山田花子", "佐藤　花子", FIELD_FAMILY,
		  "differs" },
		{ "undivided and voiced", "-/ナカジマハジメ", "-/ナカシマハジメ", FIELD_FAMILY,
		  "voiced" },
	};
	check(rows, COUNT(rows));
}

static void births(void)
{
	static const struct row rows[] = {
		{ "none", "//", "//19550812", FIELD_BIRTH, "not-said" },
		{ "a placeholder", "//19000101", "//19550812", FIELD_BIRTH, "not-said" },
		{ "wareki", "//S55.08.12", "//19800812", FIELD_BIRTH, "same" },
		{ "wareki in kanji", "//昭和55年8月12日", "//3550812", FIELD_BIRTH, "same" },
		{ "昭和 for 平成", "//19930812", "//19300812", FIELD_BIRTH, "era" },
		{ "大正 for 昭和", "//19240812", "//19380812", FIELD_BIRTH, "era" },
		{ "平成 for 令和", "//19900812", "//20200812", FIELD_BIRTH, "era" },
		{ "day and month", "//19550812", "//19551208", FIELD_BIRTH, "swapped" },
		{ "one digit", "//19550812", "//19550842", FIELD_BIRTH, "slip" },
		{ "two digits changed", "//19550812", "//19550821", FIELD_BIRTH, "slip" },
		{ "ten days", "//19550812", "//19550822", FIELD_BIRTH, "slip" },
		{ "the next day, all digits", "//19550809", "//19550810", FIELD_BIRTH, "slip" },
		{ "ten years", "//19551012", "//19651012", FIELD_BIRTH, "slip" },
		{ "another day", "//19550812", "//19550827", FIELD_BIRTH, "one-part" },
		{ "two parts", "//19550812", "//19560915", FIELD_BIRTH, "differs" },
		{ "the year alone", "//1955", "//19550812", FIELD_BIRTH, "partial" },
		{ "year and month", "//195508", "//19550812", FIELD_BIRTH, "partial" },
		{ "another year alone", "//1956", "//19550812", FIELD_BIRTH, "differs" },
		{ "no number", "//abc", "//19550812", FIELD_BIRTH, "not-said" },
		{ "nine all over", "//99999999", "//19550812", FIELD_BIRTH, "not-said" },
		{ "sex alike", "///M", "///M", FIELD_SEX, "same" },
		{ "sex not", "///M", "///F", FIELD_SEX, "differs" },
		{ "sex unknown", "///U", "///F", FIELD_SEX, "not-said" },
	};
	check(rows, COUNT(rows));
}

static void places(void)
{
	static const struct row rows[] = {
		{ "none", "////", "////1234567", FIELD_ADDRESS, "not-said" },
		{ "postcodes alone", "////123-4567", "////1234567", FIELD_ADDRESS, "postcode" },
		{ "other postcodes alone", "////123-4567", "////1234568", FIELD_ADDRESS,
		  "differs" },
		{ "丁目番号, hyphens, prefecture", "////1234567/東京都港区芝99丁目2番3号",
		  "////1234567/港区芝９９－２－３", FIELD_ADDRESS, "same" },
		{ "the building aside", "////1234567/港区芝99-2-3　仮ハイツ 101",
		  "////1234567/港区芝99-2-3", FIELD_ADDRESS, "same" },
		{ "other words, the same numbers", "////1234567/港区芝公園99-2-3",
		  "////1234567/ミナト区シバ99-2-3", FIELD_ADDRESS, "numbers" },
		{ "the next house", "////1234567/東京都港区芝公園99-2-3",
		  "////1234567/東京都港区芝公園99-2-8", FIELD_ADDRESS, "similar" },
		{ "another town", "////1234567/港区芝公園99-2-3", "////7654321/那覇市泉崎12-44-8",
		  FIELD_ADDRESS, "differs" },
		{ "much of it, two digits of the postcode changed",
		  "////4750/363 Banks Street Manresa Malvern East",
		  "////4570/363 Banks Street Manresa Rosehill", FIELD_ADDRESS, "similar" },
		{ "much of it, the next postcode", "////4750/363 Banks Street Manresa Malvern East",
		  "////4751/363 Banks Street Manresa Rosehill", FIELD_ADDRESS, "moved-by" },
		{ "nearly all, the next postcode", "////4750/363 Banks Street Manresa Malvern East",
		  "////4751/363 Banks Street Manresa Malvern Eats", FIELD_ADDRESS, "close" },
		{ "nearly all, another postcode", "////4750/363 Banks Street Manresa Malvern East",
		  "////2222/363 Banks Street Manresa Malvern Eats", FIELD_ADDRESS, "moved-by" },
		{ "unknown is none", "////-/住所不明1", "////1234567/港区芝99-2-3", FIELD_ADDRESS,
		  "not-said" },
		{ "phone alike", "//////03-1234-5678", "//////０３－１２３４－５６７８",
		  FIELD_PHONE, "same" },
		{ "phone, one digit", "//////03-1234-5678", "//////03-1234-5679", FIELD_PHONE,
		  "slip" },
		{ "another", "//////03-1234-5678", "//////090-1111-2222", FIELD_PHONE, "differs" },
		{ "a firm's is nobody's", "//////0120-123-456", "//////0120-123-456", FIELD_PHONE,
		  "not-said" },
		{ "written where there is none", "//////03-0000-0000", "//////03-0000-0000",
		  FIELD_PHONE, "not-said" },
	};
	check(rows, COUNT(rows));
}

static void numbers(void)
{
	static const struct row rows[] = {
		{ "all four parts", "///////01130012 12 345 02", "///////01130012 １２ 00345 2",
		  FIELD_INSURANCE, "person" },
		{ "six digits and eight", "///////138016 12 345 -", "///////00138016 12 345 -",
		  FIELD_INSURANCE, "household" },
		{ "without a branch: a household", "///////01130012 12 345 -",
		  "///////01130012 12 345 02", FIELD_INSURANCE, "household" },
		{ "another branch", "///////01130012 12 345 01", "///////01130012 12 345 02",
		  FIELD_INSURANCE, "other-branch" },
		{ "00 is a branch", "///////01130012 12 345 00", "///////01130012 12 345 02",
		  FIELD_INSURANCE, "other-branch" },
		{ "a check digit that fails", "///////01130013 12 345 02",
		  "///////01130013 12 345 02", FIELD_INSURANCE, "slip" },
		{ "one digit", "///////01130012 12 345 02", "///////01130012 12 346 02",
		  FIELD_INSURANCE, "slip" },
		{ "a symbol left out", "///////01130012 東12 34567 -", "///////01130012 - 34567 -",
		  FIELD_INSURANCE, "slip" },
		{ "the old-age scheme: the number alone is a person's",
		  "///////39131156 - 12345674 -", "///////39131156 12 12345674 00", FIELD_INSURANCE,
		  "person" },
		{ "the old-age scheme, a number whose check digit fails",
		  "///////39131156 - 12345675 -", "///////39131156 - 12345675 -", FIELD_INSURANCE,
		  "slip" },
		{ "the insurer alone", "///////01130012 12 345 02", "///////01130012 77 981 02",
		  FIELD_INSURANCE, "insurer" },
		{ "another", "///////01130012 12 345 02", "///////06980015 77 981 02",
		  FIELD_INSURANCE, "differs" },
		{ "no number", "///////01130012 12 - -", "///////06980015 77 981 02",
		  FIELD_INSURANCE, "not-said" },
		{ "noughts are no number", "///////01130012 12 000 -", "///////01130012 12 000 -",
		  FIELD_INSURANCE, "not-said" },
		{ "one's own number", "////////personal=123-4567", "////////personal=1234567",
		  FIELD_PERSONAL, "same" },
		{ "one digit of it", "////////personal=1234567", "////////personal=1234576",
		  FIELD_PERSONAL, "slip" },
		{ "another's", "////////personal=1234567", "////////personal=9876543",
		  FIELD_PERSONAL, "differs" },
		{ "the mother's name", "////////mother=ヤマダ", "////////mother=やまだ",
		  FIELD_MOTHER, "same" },
		{ "one kana", "////////mother=ヤマダ", "////////mother=ヤマタ", FIELD_MOTHER,
		  "close" },
		{ "another", "////////mother=ヤマダ", "////////mother=サトウ", FIELD_MOTHER,
		  "differs" },
	};
	check(rows, COUNT(rows));
}

static void signs(void)
{
	static const struct {
		const char *why, *x, *y;
		unsigned signs;
	} rows[] = {
		{ "none", "", "", 0 },
		{ "one domain", "////////domain=1", "////////domain=1", SIGN_ONE_DOMAIN },
		{ "two domains", "////////domain=1", "////////domain=2", 0 },
		{ "a newborn", "山田　ベビー", "", SIGN_UNNAMED },
		{ "a place in the family", "山田　三男", "", SIGN_UNNAMED },
		{ "a name: it is read ミツオ", "山田　三男/ヤマダ　ミツオ", "", 0 },
		{ "nobody knows who", "////////unknown", "", SIGN_UNKNOWN },
		{ "twins", "////////multiple order=1", "////////multiple order=02",
		  SIGN_MULTIPLE | SIGN_OTHER_ORDER },
		{ "the same twin", "////////multiple order=1", "////////multiple order=01",
		  SIGN_MULTIPLE },
		{ "an order of one", "////////order=1", "////////order=2", 0 },
		{ "two parts of the birth", "//19550812", "//19560915", SIGN_SEVERAL_PARTS },
		{ "day and month are one slip", "//19550812", "//19551208", 0 },
		{ "another branch", "///////01130012 12 345 01", "///////01130012 12 345 02",
		  SIGN_OTHER_BRANCH },
		{ "Latin", "////////latin=A_B", "////////latin=C_D", SIGN_LATIN },
	};
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct match_comparison c = match_compare(person(a, rows[i].x),
							  person(a, rows[i].y));
		if (c.signs != rows[i].signs)
			printf("%s: %#x, not %#x\n", rows[i].why, c.signs, rows[i].signs);
		CU_ASSERT_EQUAL(c.signs, rows[i].signs);
	}
	arena_destroy(a);
}

static struct runes in_runes(const char32_t *text)
{
	struct runes r = { (char32_t *)text, 0 };
	while (text[r.count] != 0)
		r.count++;
	return r;
}

static void distances(void)
{
	static const struct {
		const char32_t *x, *y;
		unsigned most, distance;
	} rows[] = {
		{ U"", U"", 2, 0 },           { U"ABC", U"ABC", 2, 0 },
		{ U"ABC", U"ABD", 2, 1 },     { U"ABC", U"ACB", 2, 1 },
		{ U"ABC", U"AC", 2, 1 },      { U"ABC", U"XABC", 2, 1 },
		{ U"ABCD", U"BADC", 2, 2 },   { U"ABC", U"XYZ", 2, 3 },
		{ U"ABC", U"XYZ", 5, 3 },     { U"A", U"ABCDE", 2, 3 },
		{ U"ABXCD", U"ACXBD", 3, 2 }, { U"KITTEN", U"SITTING", 3, 3 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct runes x = in_runes(rows[i].x), y = in_runes(rows[i].y);
		CU_ASSERT_EQUAL(runes_distance(x, y, rows[i].most), rows[i].distance);
		CU_ASSERT_EQUAL(runes_distance(y, x, rows[i].most), rows[i].distance);
	}
	CU_ASSERT_EQUAL(text_distance("12345", "12354", 1), 1);
}

/* No character is in two groups, and what represents a group is what the other table knows. */
static void kanji_groups(void)
{
	static const char32_t *const tables[] = { kanji_variants, kanji_confusables };
	for (size_t t = 0; t < COUNT(tables); t++)
		for (const char32_t *c = tables[t]; *c != 0; c++) {
			if (*c == U' ')
				continue;
			char32_t plain = kanji_plain(*c);
			CU_ASSERT_EQUAL(kanji_plain(plain), plain);
			CU_ASSERT(t == 0 || plain == *c);
			for (const char32_t *d = c + 1; *d != 0; d++)
				if (*d == *c)
					printf("U+%04X stands twice\n", (unsigned)*c);
			for (const char32_t *d = c + 1; *d != 0; d++)
				CU_ASSERT_NOT_EQUAL(*d, *c);
		}
	CU_ASSERT_EQUAL(kanji_plain(U'邉'), U'辺');
	CU_ASSERT_EQUAL(kanji_plain(U'嶽'), U'岳');
	CU_ASSERT_EQUAL(kanji_confusable(U'斉'), U'斎');
	CU_ASSERT_EQUAL(kanji_confusable(U'A'), U'A');
}

int main(void)
{
	static const struct test tests[] = {
		{ "given names", given_names },
		{ "family names", family_names },
		{ "births", births },
		{ "places", places },
		{ "numbers", numbers },
		{ "signs", signs },
		{ "distances", distances },
		{ "kanji groups", kanji_groups },
		{ NULL, NULL },
	};
	return suite_run("compare", tests);
}
