/* tests/base/normalise_test.c: comparison forms of Japanese names, addresses and numbers, by table
 * and against the shared person records, whose truth is known. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "schemas/model/patient.h"

struct pair {
	const char *given, *form;
};

static void check(const char *what, const char *(*normalise)(struct arena *a, const char *text),
		  const struct pair *pairs, size_t count)
{
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < count; i++) {
		const char *form = normalise(a, pairs[i].given);
		bool right = text_equal(form, pairs[i].form)
			     && (form == NULL || text_equal(normalise(a, form), form));
		if (!right)
			printf("%s: \"%s\" gives \"%s\", not \"%s\"\n", what,
			       pairs[i].given == NULL ? "NULL" : pairs[i].given,
			       form == NULL ? "NULL" : form,
			       pairs[i].form == NULL ? "NULL" : pairs[i].form);
		CU_ASSERT_TRUE(right);
	}
	arena_destroy(a);
}

static const char *written(struct arena *a, const char *text)
{
	return normalise_kana_name(a, text, KANA_WRITTEN);
}

static const char *spoken(struct arena *a, const char *text)
{
	return normalise_kana_name(a, text, KANA_SPOKEN);
}

static const char *bare(struct arena *a, const char *text)
{
	return normalise_kana_name(a, text, KANA_BARE);
}

static void kana(void)
{
	static const struct pair k1[] = {
		{ NULL, NULL },
		{ "", NULL },
		{ "　 ", NULL },
		{ "ヤマダ　タロウ", "ヤマダタロウ" },
		{ "ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダタロウ" },
		{ "やまだ　たろう", "ヤマダタロウ" },
		{ "ヤマタ゛タロウ", "ヤマダタロウ" },
		{ "キョウコ", "キヨウコ" },
		{ "ｷﾖｳｺ", "キヨウコ" },
		{ "ジョン・スミス", "ジヨンスミス" },
		{ "ヤマダ-タロウ", "ヤマダタロウ" },
		{ "イチロー", "イチロー" },
		{ "ヤマダ（旧姓サトウ）", "ヤマダ" },
		{ "タロウ様", "タロウ" },
		{ "Smith", "SMITH" },
		{ "ヵヶ", "カケ" },
		{ "(ヤマダ", "(ヤマダ" },
	};
	static const struct pair k2[] = {
		{ "イチロー", "イチロオ" },   { "ユーコ", "ユウコ" }, { "ーア", "ア" },
		{ "カヅオ", "カズオ" },       { "ヲリ", "オリ" },     { "チヂ", "チジ" },
		{ "ヴァイオラ", "バイオラ" }, { "ヴ", "ブ" },         { "ヱミ", "エミ" },
		{ "オオノ", "オオノ" },       { "ケイコ", "ケイコ" },
	};
	static const struct pair k3[] = {
		{ "オオノ", "オノ" },       { "オウノ", "オノ" },     { "ヤマザキ", "ヤマサキ" },
		{ "ナカジマ", "ナカシマ" }, { "イチロー", "イチロ" }, { "イチロウ", "イチロ" },
		{ "ユウコ", "ユコ" },       { "ケイコ", "ケイコ" },   { "パパ", "ハハ" },
	};
	check("K1", written, k1, COUNT(k1));
	check("K2", spoken, k2, COUNT(k2));
	check("K3", bare, k3, COUNT(k3));
}

/* In every spelling hospitals use; and names that only look so. */
static void names_that_are_none_yet(void)
{
	static const struct {
		const char *text;
		enum name_standing standing;
	} marks[] = {
		{ "ベビー", NAME_IS_PROVISIONAL },
		{ "ﾍﾞﾋﾞｰ", NAME_IS_PROVISIONAL },
		{ "ベビ-", NAME_IS_PROVISIONAL },
		{ "べびー", NAME_IS_PROVISIONAL },
		{ "ベビ", NAME_IS_PROVISIONAL },
		{ "ベイビー", NAME_IS_PROVISIONAL },
		{ "ベービー", NAME_IS_PROVISIONAL },
		{ "ベビー１", NAME_IS_PROVISIONAL },
		{ "ベビーＡ", NAME_IS_PROVISIONAL },
		{ "山田花子ベビー", NAME_IS_PROVISIONAL },
		{ "ハナコ ベビー", NAME_IS_PROVISIONAL },
		{ "BABY OF", NAME_IS_PROVISIONAL },
		{ "Ｂａｂｙ　Ｂｏｙ", NAME_IS_PROVISIONAL },
		{ "チョウナン", NAME_IS_PROVISIONAL },
		{ "ﾁﾖｳﾅﾝ", NAME_IS_PROVISIONAL },
		{ "ちょうじょ", NAME_IS_PROVISIONAL },
		{ "ジナン", NAME_IS_PROVISIONAL },
		{ "男児", NAME_IS_PROVISIONAL },
		{ "第一子", NAME_IS_PROVISIONAL },
		{ "第２子", NAME_IS_PROVISIONAL },
		{ "2子", NAME_IS_PROVISIONAL },
		{ "Ｂ児", NAME_IS_PROVISIONAL },
		{ "II児", NAME_IS_PROVISIONAL },
		{ "新生児", NAME_IS_PROVISIONAL },
		{ "赤ちゃん", NAME_IS_PROVISIONAL },
		{ "ハナコノコ", NAME_IS_PROVISIONAL },
		{ "花子の子", NAME_IS_PROVISIONAL },
		{ "未命名", NAME_IS_PROVISIONAL },
		{ "不明", NAME_IS_PROVISIONAL },
		{ "氏名不詳", NAME_IS_PROVISIONAL },
		{ "フメイ", NAME_IS_PROVISIONAL },
		{ "テスト", NAME_IS_PROVISIONAL },
		{ "test", NAME_IS_PROVISIONAL },
		{ "長男", NAME_IS_AMBIGUOUS },
		{ "三男", NAME_IS_AMBIGUOUS },
		{ "二女", NAME_IS_AMBIGUOUS },
		{ "山田次男", NAME_IS_AMBIGUOUS },
		{ "太郎", NAME_IS_GIVEN },
		{ "テストロ", NAME_IS_GIVEN },
		{ "長男子", NAME_IS_GIVEN },
		{ "ミツオ", NAME_IS_GIVEN },
		{ "ツグオ", NAME_IS_GIVEN },
		{ "一子", NAME_IS_GIVEN },
		{ "正男", NAME_IS_GIVEN },
		{ "ジロウ", NAME_IS_GIVEN },
		{ "タケノコ", NAME_IS_GIVEN },
		{ "Bo", NAME_IS_GIVEN },
		{ "", NAME_IS_GIVEN },
		{ NULL, NAME_IS_GIVEN },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(marks); i++) {
		enum name_standing standing = name_standing(a, marks[i].text);
		if (standing != marks[i].standing)
			printf("\"%s\" is %d\n", marks[i].text, standing);
		CU_ASSERT_EQUAL(standing, marks[i].standing);
		CU_ASSERT_EQUAL(name_is_provisional(a, marks[i].text),
				marks[i].standing != NAME_IS_GIVEN);
	}
	arena_destroy(a);
}

static void names(void)
{
	static const struct pair cases[] = {
		{ "髙﨑　真", "高崎真" },
		{ "渡邊", "渡辺" },
		{ "渡邉", "渡辺" },
		{ "齋藤", "斎藤" },
		{ "齊藤", "斉藤" },
		{ "𠮷田", "吉田" },
		{ "葛\U000e0100子", "葛子" },
		{ "神", "神" },
		{ "〓田", "■田" },
		{ "□田", "■田" },
		{ "\xee\x80\x80田", "■田" },
		{ "Ｓｍｉｔｈ　Ｊｏｈｎ", "SMITHJOHN" },
		{ "さくら", "さくら" },
		{ "山田（旧姓 佐藤）", "山田" },
		{ "O'Neil", "ONEIL" },
	};
	check("name", normalise_name, cases, COUNT(cases));
	/* 斎 and 斉 are different characters: only a person may say that they are the same name. */
	CU_ASSERT_NOT_EQUAL(normalise_kanji(U'斎'), normalise_kanji(U'斉'));
	for (uint32_t c = 0x3400; c < 0x30000; c++)
		if (normalise_kanji(normalise_kanji(c)) != normalise_kanji(c))
			CU_FAIL("a representative has another representative");
}

static void places(void)
{
	static const struct pair phones[] = {
		{ "03-1234-5678", "0312345678" },
		{ "０３（１２３４）５６７８", "0312345678" },
		{ "+81-3-1234-5678", "0312345678" },
		{ "+81(0)3-1234-5678", "0312345678" },
		{ "0081 90 0000 0001", "09000000001" },
		{ "0081008188854", NULL },
		{ "+81 0081 90 1234 5678", "09012345678" },
		{ "0000000000", NULL },
		{ "1234", NULL },
		{ NULL, NULL },
		{ "03-1234-5678 内線 12", "0312345678" },
		{ "(607)752-6466", "6077526466" },
	};
	static const struct pair postcodes[] = {
		{ "100-8916", "1008916" }, { "〒１００－８９１６", "1008916" },
		{ "1008916", "1008916" },  { "60523", NULL },
		{ "000-0000", NULL },      { "", NULL },
	};
	static const struct pair addresses[] = {
		{ "東京都千代田区霞が関１－２－２", "千代田区霞ケ関1-2-2" },
		{ "千代田区霞ヶ関一丁目２番２号", "千代田区霞ケ関1-2-2" },
		{ "東京都港区麻布永坂町99丁目4番18号", "港区麻布永坂町99-4-18" },
		{ "東金市三浦名99丁目27番地35　仮サンハイツ 907", "東金市三浦名99-27-35" },
		{ "川崎市宮前区土橋99-27-33　仮パレス桜 707", "川崎市宮前区土橋99-27-33" },
		{ "東京都東大和市清水９９−２７−１２", "東大和市清水99-27-12" },
		{ "港区三田二十三丁目", "港区三田23" },
		{ "1ー2の3", "1-2-3" },
		{ "龍ケ崎市1", "竜ケ崎市1" },
		{ "長野県野沢大字一町字二", "野沢一町二" },
		{ "京都市", "京都市" },
		{ "", NULL },
		{ "100 JORIE BLVD 5", "100" },
	};
	check("phone", normalise_phone, phones, COUNT(phones));
	check("postcode", normalise_postcode, postcodes, COUNT(postcodes));
	check("address", normalise_address, addresses, COUNT(addresses));
}

static void dates(void)
{
	static const struct pair cases[] = {
		{ "19410503", "19410503" },
		{ "1941/05/03", "19410503" },
		{ "1941-5-3", "19410503" },
		{ "1941年5月3日", "19410503" },
		{ "19410503000000+0900", "19410503" },
		{ "S16.05.03", "19410503" },
		{ "昭和16年5月3日", "19410503" },
		{ "S160503", "19410503" },
		{ "3160503", "19410503" },
		{ "3-16-5-3", "19410503" },
		{ "㍼16年5月3日", "19410503" },
		{ "Ｓ１６．５．３", "19410503" },
		{ "平成元年1月8日", "19890108" },
		{ "平成33年1月1日", "20210101" },
		{ "R1.5.1", "20190501" },
		{ "大正15年12月25日", "19261225" },
		{ "M33.2.1", "19000201" },
		{ "19000101", NULL },
		{ "00000000", NULL },
		{ "99999999", NULL },
		{ "1941", NULL },
		{ "194105", NULL },
		{ "19410231", NULL },
		{ "20000229", "20000229" },
		{ "19000229", NULL },
		{ "", NULL },
		{ "不明", NULL },
		{ NULL, NULL },
	};
	check("birth date", normalise_birth_date, cases, COUNT(cases));
}

static void insurance(void)
{
	static const struct pair insurers[] = {
		{ "138016", "00138016" },
		{ "０１１３００１２", "01130012" },
		{ "01130012", "01130012" },
		{ "6980015", "06980015" },
		{ "123", NULL },
		{ "12345678901", NULL },
		{ "abc", NULL },
		{ NULL, NULL },
	};
	static const struct pair symbols[] = {
		{ "あいう", "あいう" },
		{ "９３－５", "93-5" },
		{ " 12 ", "12" },
		{ "", NULL },
	};
	static const struct pair numbers[] = {
		{ "0012345", "12345" },
		{ "６９４５２２３", "6945223" },
		{ "000", "0" },
		{ "", NULL },
	};
	static const struct pair branches[] = {
		{ "02", "02" }, { "2", "02" },  { "０２", "02" },
		{ "", NULL },   { "00", "00" }, { "123", NULL },
	};
	static const char *const valid[] = {
		"01130012", "06980015", "138016",   "980136",  "39131156", "39980016",
		"01980010", "54980016", "12345674", "1234566", "8814790",
	};
	check("insurer", normalise_insurer, insurers, COUNT(insurers));
	check("symbol", normalise_insurance_symbol, symbols, COUNT(symbols));
	check("number", normalise_insurance_number, numbers, COUNT(numbers));
	check("branch", normalise_insurance_branch, branches, COUNT(branches));
	for (size_t i = 0; i < COUNT(valid); i++)
		CU_ASSERT_TRUE(check_digit_holds(valid[i]));
	CU_ASSERT_FALSE(check_digit_holds("00012345"));
	CU_ASSERT_FALSE(check_digit_holds("67999991"));
	CU_ASSERT_FALSE(check_digit_holds(""));
}

static void insurance_whole(void)
{
	static const struct {
		const char *said[4], *form; /* insurer/symbol/number/branch, then what it is */
	} cases[] = {
		{ { "01130012", "１２", "0345", "1" }, "01130012/12/345/01 checked person" },
		{ { "138016", NULL, "345", NULL }, "00138016//345/ checked" },
		{ { "138016", "", "345", "00" }, "00138016//345/00 checked person" },
		{ { "01130013", "12", "345", "01" }, "01130013/12/345/01 person" },
		{ { "01130012", "12", "345", "123" }, "01130012/12/345/ checked" },
		/* The old-age scheme: no symbol, no branch, a number of eight with its digit. */
		{ { "39131156", NULL, "12345674", NULL }, "39131156//12345674/ checked person" },
		{ { "39131156", "12", "12345674", "00" }, "39131156//12345674/ checked person" },
		{ { "39131156", NULL, "00000018", NULL }, "39131156//00000018/ checked person" },
		{ { "39131156", NULL, "18", NULL }, "39131156//00000018/ checked person" },
		{ { "39131156", NULL, "12345675", NULL }, "39131156//12345675/ person" },
		{ { "39131157", NULL, "12345674", NULL }, "39131157//12345674/ person" },
		{ { "39131156", "12", "123456789", NULL }, "39131156/12/123456789/ checked" },
		{ { "39131156", NULL, "12A", NULL }, "39131156//12A/ checked" },
		{ { "01130012", "12", "999", "01" }, NULL },
		{ { "01130012", "12", "0", "01" }, NULL },
		{ { "01130012", "12", "9", "01" }, "01130012/12/9/01 checked person" },
		{ { "00000000", "12", "345", "01" }, NULL },
		{ { "123", "12", "345", "01" }, NULL },
		{ { NULL, NULL, NULL, NULL }, NULL },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct insurance_form f;
		const struct insurance said = { .insurer = cases[i].said[0],
						.symbol = cases[i].said[1],
						.number = cases[i].said[2],
						.branch = cases[i].said[3] };
		bool says = normalise_insurance(a, &said, &f);
		CU_ASSERT_EQUAL(says, cases[i].form != NULL);
		if (!says || cases[i].form == NULL)
			continue;
		const char *form = arena_printf(a, "%s/%s/%s/%s%s%s", f.insurer, f.symbol, f.number,
						f.branch, f.checked ? " checked" : "",
						f.of_person ? " person" : "");
		if (strcmp(form, cases[i].form) != 0)
			printf("%s, not %s\n", form, cases[i].form);
		CU_ASSERT_STRING_EQUAL(form, cases[i].form);
		CU_ASSERT_TRUE(insurance_of_one_household(&f, &f));
		struct insurance_form other = f;
		other.branch = "77";
		CU_ASSERT_TRUE(insurance_of_one_household(&f, &other));
		other.number = "77";
		CU_ASSERT_FALSE(insurance_of_one_household(&f, &other));
	}
	arena_destroy(a);
}

static void individual_number(void)
{
	static const struct {
		const char *text;
		bool is;
	} cases[] = {
		{ "123456789018", true },
		{ "１２３４５６７８９０１８", true },
		{ "1234-5678-9018", true },
		{ " 1234 5678 9018 ", true },
		{ "１２３４－５６７８－９０１８", true },
		{ "123456789019", false },
		{ "12345678901", false },
		{ "1234567890180", false },
		{ "A123456789018", false },
		{ "", false },
		{ NULL, false },
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		CU_ASSERT_EQUAL(text_is_my_number(cases[i].text), cases[i].is);
}

/* ---- The shared person records ---- */

enum { COLUMNS = 16, PEOPLE = 4000 };

struct person {
	const char *column[COLUMNS], *key;
};

static size_t read_people(struct arena *a, struct person *people)
{
	const char *folder = getenv("MINATO_SHARED"), *top = getenv("srcdir");
	char *line = arena_alloc(a, 4096);
	size_t count = 0;
	FILE *f = fopen(arena_printf(a, "%s/samples/japan-names/persons.csv",
				     folder != NULL ? folder
						    : arena_printf(a, "%s/../shared",
								   top == NULL ? "." : top)),
			"r");
	if (f == NULL) {
		printf("skipped: no shared person records\n");
		return 0;
	}
	if (fgets(line, 4096, f) == NULL)
		count = 0;
	while (count < PEOPLE && fgets(line, 4096, f) != NULL) {
		char *rest = arena_text_n(a, line, strcspn(line, "\r\n"));
		for (int c = 0; c < COLUMNS; c++)
			people[count].column[c] = rest == NULL ? "" : strsep(&rest, ",");
		count++;
	}
	fclose(f);
	return count;
}

static const char *or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

/* The precision and recall its README measured with another program for the same rule. */
static void reproduces_the_measured_rule(void)
{
	struct arena *a = arena_create(256 << 20);
	struct person *people = arena_array(a, struct person, PEOPLE);
	size_t count = read_people(a, people), found = 0, right = 0, true_pairs = 0;
	for (size_t i = 0; i < count; i++) {
		const char *birth = normalise_birth_date(a, people[i].column[6]);
		const char *name = normalise_kana_name(a, people[i].column[5], KANA_WRITTEN);
		const char *sex = people[i].column[7];
		sex = text_equal(sex, "1") || text_equal(sex, "男")   ? "M"
		      : text_equal(sex, "2") || text_equal(sex, "女") ? "F"
								      : sex;
		people[i].key = birth == NULL || name == NULL || (*sex != 'M' && *sex != 'F')
					? NULL
					: arena_printf(a, "%s|%s|%s", name, birth, sex);
		for (size_t k = 0; k < i; k++) {
			bool same = text_equal(people[i].column[15], people[k].column[15]);
			bool agree = people[i].key != NULL
				     && text_equal(people[i].key, people[k].key);
			true_pairs += same;
			found += agree;
			right += agree && same;
		}
		CU_ASSERT_PTR_NOT_NULL(or_empty(normalise_address(a, people[i].column[9])));
	}
	if (count != 0) {
		double precision = (double)right / (double)found,
		       recall = (double)right / (double)true_pairs;
		printf("%zu records: precision %.3f, recall %.3f\n", count, precision, recall);
		CU_ASSERT_EQUAL(true_pairs, 2480);
		CU_ASSERT(precision > 0.975);
		CU_ASSERT(recall > 0.71);
	}
	arena_destroy(a);
}

/* The exact rule of the cross-reference manager: reading, birth, sex and one corroboration. */
static bool corroborated(struct arena *a, const struct person *x, const struct person *y)
{
	const char *phone = normalise_phone(a, x->column[10]);
	const char *postcode = normalise_postcode(a, x->column[8]),
		   *place = normalise_address(a, x->column[9]);
	const char *insurer = normalise_insurer(a, x->column[11]);
	if (phone != NULL && text_equal(phone, normalise_phone(a, y->column[10])))
		return true;
	if (postcode != NULL && place != NULL
	    && text_equal(postcode, normalise_postcode(a, y->column[8]))
	    && text_equal(place, normalise_address(a, y->column[9])))
		return true;
	return insurer != NULL && text_equal(insurer, normalise_insurer(a, y->column[11]))
	       && text_equal(normalise_insurance_symbol(a, x->column[12]),
			     normalise_insurance_symbol(a, y->column[12]))
	       && text_equal(normalise_insurance_number(a, x->column[13]),
			     normalise_insurance_number(a, y->column[13]))
	       && text_equal(normalise_insurance_branch(a, x->column[14]),
			     normalise_insurance_branch(a, y->column[14]));
}

static void exact_rule_links_nobody_wrongly(void)
{
	struct arena *a = arena_create(512 << 20);
	struct person *people = arena_array(a, struct person, PEOPLE);
	size_t count = read_people(a, people), found = 0, right = 0;
	for (size_t i = 0; i < count; i++) {
		const char *birth = normalise_birth_date(a, people[i].column[6]);
		const char *name = normalise_kana_name(a, people[i].column[5], KANA_SPOKEN);
		const char *sex = people[i].column[7];
		sex = text_equal(sex, "1") || text_equal(sex, "男")   ? "M"
		      : text_equal(sex, "2") || text_equal(sex, "女") ? "F"
								      : sex;
		people[i].key = birth == NULL || name == NULL || (*sex != 'M' && *sex != 'F')
					? NULL
					: arena_printf(a, "%s|%s|%s", name, birth, sex);
		for (size_t k = 0; k < i; k++) {
			if (people[i].key == NULL || !text_equal(people[i].key, people[k].key)
			    || !corroborated(a, &people[i], &people[k]))
				continue;
			found++;
			right += text_equal(people[i].column[15], people[k].column[15]);
		}
	}
	if (count != 0) {
		printf("exact rule: %zu pairs, %zu wrong, recall %.3f\n", found, found - right,
		       (double)right / 2480);
		CU_ASSERT_EQUAL(found, right);
		CU_ASSERT(right > 1488); /* six in ten */
	}
	arena_destroy(a);
}

/* What each reads, in pieces: any text may be made of them. */
static const char *const pieces[] = {
	"0",
	"00",
	"1",
	"8",
	"9",
	"81",
	"0081",
	"+81",
	"+",
	"(0)",
	"090",
	"03",
	"3",
	"12",
	"120",
	"2000",
	"19",
	"1980",
	"０",
	"８１",
	"＋",
	"－",
	"-",
	"ー",
	"‐",
	"−",
	"　",
	" ",
	"\t",
	"(",
	")",
	"（",
	"）",
	"内",
	"x",
	"#",
	";",
	"X",
	"明治",
	"大正",
	"昭和",
	"平成",
	"令和",
	"元",
	"年",
	"月",
	"日",
	"M",
	"T",
	"S",
	"H",
	"R",
	"h",
	"/",
	".",
	"T00",
	"東京都",
	"港区",
	"芝",
	"丁目",
	"番地",
	"番",
	"号",
	"の",
	"ノ",
	"之",
	"〒",
	"一",
	"二",
	"十",
	"十二",
	"百",
	"三百二十一",
	"大字",
	"字",
	"県",
	"市",
	"町",
	"村",
	"室",
	"階",
	"F",
	"コーポ",
	"マンション",
	"ヶ",
	"ケ",
	"が",
	"ガ",
	"ヴ",
	"ヴァ",
	"ｳﾞ",
	"ｶﾞ",
	"ﾊﾟ",
	"゛",
	"゜",
	"ﾞ",
	"ﾟ",
	"か",
	"カ",
	"ッ",
	"っ",
	"ャ",
	"ヅ",
	"ヂ",
	"ヲ",
	"ヱ",
	"ヰ",
	"オオ",
	"オ",
	"ウ",
	"エイ",
	"イ",
	"・",
	"、",
	"様",
	"殿",
	"さま",
	"くん",
	"ベビー",
	"長男",
	"テスト",
	"不明",
	"髙",
	"﨑",
	"邊",
	"齋",
	"斎",
	"■",
	"〓",
	"□",
	"\xee\x80\x80",
	"神\xef\xb8\x80",
	"か\xe3\x82\x99",
	"は\xe3\x82\x9a",
	"a",
	"Z",
	"ﾀﾛｳ",
	"山田",
	"旧姓",
	"ß",
	"ŉ",
	"İ",
	"ǰ",
	"ﬁ",
	"①",
	"㍻",
	"㏍",
	"Ⅳ",
	"½",
	"㌔",
	"\xe2\x80\x8b",
	"\xc2\xa0",
	"々",
};

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	return *state ^= *state << 5;
}

static const char *made(struct arena *a, uint32_t *state)
{
	struct buffer b = buffer_in(a);
	/* some texts of few pieces only: numbers, that is */
	size_t among = next_random(state) % 3 == 0 ? 30 : COUNT(pieces);
	for (uint32_t n = 1 + next_random(state) % 12; n != 0; n--)
		buffer_text(&b, pieces[next_random(state) % among]);
	return buffer_ended(&b);
}

static const char *kanji(struct arena *a, const char *text)
{
	return normalise_name(a, text);
}

/* A form is its own form: whatever is written, folding twice is folding once. */
static void idempotent(void)
{
	enum { TEXTS = 100000 };
	static const struct {
		const char *name;
		const char *(*normalise)(struct arena *a, const char *text);
	} all[] = {
		{ "kana written", written },
		{ "kana spoken", spoken },
		{ "kana bare", bare },
		{ "name", kanji },
		{ "phone", normalise_phone },
		{ "postcode", normalise_postcode },
		{ "address", normalise_address },
		{ "birth date", normalise_birth_date },
		{ "insurer", normalise_insurer },
		{ "symbol", normalise_insurance_symbol },
		{ "number", normalise_insurance_number },
		{ "branch", normalise_insurance_branch },
	};
	uint32_t state = 20260115;
	unsigned wrong[COUNT(all)] = { 0 };
	for (unsigned i = 0; i < TEXTS; i++) {
		struct arena *a = arena_create(1 << 20);
		const char *text = made(a, &state);
		for (size_t f = 0; f < COUNT(all); f++) {
			const char *once = all[f].normalise(a, text);
			const char *twice = once == NULL ? NULL : all[f].normalise(a, once);
			bool right = text_equal(once, twice) && (once == NULL) == (twice == NULL);
			if (!right && wrong[f]++ < 5)
				printf("%s: \"%s\" gives \"%s\", and that \"%s\"\n", all[f].name,
				       text, once, twice == NULL ? "NULL" : twice);
		}
		arena_destroy(a);
	}
	for (size_t f = 0; f < COUNT(all); f++)
		CU_ASSERT_EQUAL(wrong[f], 0);
}

static const struct test tests[] = {
	{ "readings", kana },
	{ "names", names },
	{ "names that are none yet", names_that_are_none_yet },
	{ "telephones, postcodes, addresses", places },
	{ "dates", dates },
	{ "insurance", insurance },
	{ "an insurance and whom it names", insurance_whole },
	{ "Individual Numbers are known", individual_number },
	{ "the measured rule gives the measured figures", reproduces_the_measured_rule },
	{ "the exact rule links nobody wrongly", exact_rule_links_nobody_wrongly },
	{ "idempotent", idempotent },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("normalise", tests);
}
