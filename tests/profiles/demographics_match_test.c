/* tests/profiles/demographics_match_test.c: what is sought, against what a record says; and what
 * the index is asked. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/actors/demographics_match.h"

static const struct region all_kept;

#define NAME(f, g, r)                                                                              \
	&(struct person_name)                                                                      \
	{                                                                                          \
		.family = (f), .given = (g), .representation = (r)                                 \
	}
#define SOUGHT(...)                                                                                \
	&(const struct demographics_name)                                                          \
	{                                                                                          \
		.name = __VA_ARGS__, .where = "name"                                               \
	}
#define LOOSE(...)                                                                                 \
	&(const struct demographics_name)                                                          \
	{                                                                                          \
		.name = __VA_ARGS__, .loose = true, .where = "name"                                \
	}
#define KANA(f, g) NAME(f, g, NAME_PHONETIC)
#define KANJI(f, g) NAME(f, g, NAME_IDEOGRAPHIC)
#define PLAIN(f, g) NAME(f, g, NAME_UNSPECIFIED)
#define ADDRESS(...)                                                                               \
	&(struct postal_address)                                                                   \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}
#define PHONE(n)                                                                                   \
	&(struct telecom)                                                                          \
	{                                                                                          \
		.number = (n)                                                                      \
	}
enum { EXACT = DEMOGRAPHICS_EXACT, SOUNDS = DEMOGRAPHICS_LOOSE };

/* Each by an id, so that what cannot be searched by can be compared. */
static const struct {
	const char *why;
	struct demographics_sought sought;
	struct patient_demographics record;
	unsigned degree;
} rows[] = {
	{ "nothing said fits all", { .sex = NULL }, { .sex = "F" }, EXACT },
	{ "both parts",
	  { .names = SOUGHT(KANA("ヤマダ", "タロウ")) },
	  { .names = KANA("ヤマダ", "タロウ") },
	  EXACT },
	{ "width and script of kana",
	  { .names = SOUGHT(KANA("ﾔﾏﾀﾞ", "たろう")) },
	  { .names = KANA("ヤマダ", "タロウ") },
	  EXACT },
	{ "a record that does not divide the name",
	  { .names = SOUGHT(KANA("ヤマダ", "タロウ")) },
	  { .names = KANA("ヤマダタロウ", NULL) },
	  EXACT },
	{ "another given name",
	  { .names = SOUGHT(KANA("ヤマダ", "タロウ")) },
	  { .names = KANA("ヤマダ", "ジロウ") },
	  0 },
	{ "a family name is whole",
	  { .names = SOUGHT(KANA("ヤマ", NULL)) },
	  { .names = KANA("ヤマダ", "タロウ") },
	  0 },
	{ "or a beginning",
	  { .names = SOUGHT(KANA("ヤマ*", NULL)) },
	  { .names = KANA("ヤマダ", "タロウ") },
	  SOUNDS },
	{ "written with the asterisk of an input method",
	  { .names = SOUGHT(KANA("ヤマ＊", "タ＊")) },
	  { .names = KANA("ヤマダ", "タロウ") },
	  SOUNDS },
	{ "a beginning that is all of it",
	  { .names = SOUGHT(KANA("ヤマダ*", NULL)) },
	  { .names = KANA("ヤマダ", "タロウ") },
	  EXACT },
	{ "the given name alone",
	  { .names = SOUGHT(KANA(NULL, "タロウ")) },
	  { .names = KANA("ヤマダ", "タロウ") },
	  EXACT },
	{ "voicing marks count",
	  { .names = SOUGHT(KANA("ヤマサキ", NULL)) },
	  { .names = KANA("ヤマザキ", "タロウ") },
	  0 },
	{ "unless it is to sound alike",
	  { .names = LOOSE(KANA("ヤマサキ", NULL)) },
	  { .names = KANA("ヤマザキ", "タロウ") },
	  SOUNDS },
	{ "a variant of a kanji",
	  { .names = SOUGHT(KANJI("高橋", NULL)) },
	  { .names = KANJI("髙橋", "太郎") },
	  EXACT },
	{ "a reading is no writing",
	  { .names = SOUGHT(KANJI("山田", NULL)) },
	  { .names = KANA("山田", NULL) },
	  0 },
	{ "nor a writing a reading",
	  { .names = SOUGHT(KANA("ヤマダ", NULL)) },
	  { .names = KANJI("ヤマダ", NULL) },
	  0 },
	{ "what nobody says more of is either",
	  { .names = SOUGHT(KANA("ヤマダ", NULL)) },
	  { .names = PLAIN("ヤマダ", "タロウ") },
	  EXACT },
	{ "Latin capitals",
	  { .names = SOUGHT(PLAIN("yamada", NULL)) },
	  { .names = PLAIN("YAMADA", "TARO") },
	  EXACT },
	{ "a middle name",
	  { .names = SOUGHT(&(struct person_name){ .family = "SMITH", .middle = "J" }) },
	  { .names = &(struct person_name){ .family = "SMITH", .given = "ANN", .middle = "J" } },
	  EXACT },
	{ "another middle name",
	  { .names = SOUGHT(&(struct person_name){ .family = "SMITH", .middle = "K" }) },
	  { .names = &(struct person_name){ .family = "SMITH", .given = "ANN", .middle = "J" } },
	  0 },
	{ "a record without a name",
	  { .names = SOUGHT(KANA("ヤマダ", NULL)) },
	  { .names = NULL },
	  0 },
	{ "a day",
	  { .born_from = "19410503", .born_to = "19410503" },
	  { .birth_date = "1941-05-03" },
	  EXACT },
	{ "a day of another",
	  { .born_from = "19410504", .born_to = "19410504" },
	  { .birth_date = "19410503" },
	  0 },
	{ "a day the record knows the year of",
	  { .born_from = "19410503", .born_to = "19410503" },
	  { .birth_date = "1941" },
	  0 },
	{ "a year", { .born_from = "1941", .born_to = "1941" }, { .birth_date = "1941" }, EXACT },
	{ "what stands for unknown, by itself",
	  { .born_from = "19000101", .born_to = "19000101" },
	  { .birth_date = "19000101" },
	  EXACT },
	{ "no birth date", { .born_from = "1941", .born_to = "1941" }, { .birth_date = NULL }, 0 },
	{ "from a day on", { .born_from = "19410503" }, { .birth_date = "20000101" }, EXACT },
	{ "before it", { .born_from = "19410503" }, { .birth_date = "19410502" }, 0 },
	{ "up to a month", { .born_to = "194105" }, { .birth_date = "19410531" }, EXACT },
	{ "behind it", { .born_to = "194105" }, { .birth_date = "19410601" }, 0 },
	{ "a year that the range cuts",
	  { .born_from = "19410503", .born_to = "19500101" },
	  { .birth_date = "1941" },
	  EXACT },
	{ "the sex", { .sex = "F" }, { .sex = "F" }, EXACT },
	{ "another sex", { .sex = "F" }, { .sex = "M" }, 0 },
	{ "nobody knows the sex", { .sex = "U" }, { .sex = NULL }, EXACT },
	{ "a phone, whatever stands between its digits",
	  { .telecoms = PHONE("+81-3-1234-5678") },
	  { .telecoms = PHONE("03(1234)5678") },
	  EXACT },
	{ "another phone",
	  { .telecoms = PHONE("0312345678") },
	  { .telecoms = PHONE("0312345679") },
	  0 },
	{ "no phone", { .telecoms = PHONE("0312345678") }, { .telecoms = NULL }, 0 },
	{ "mail",
	  { .telecoms = PHONE("A@example.jp") },
	  { .telecoms = PHONE("a@example.jp") },
	  EXACT },
	{ "other mail",
	  { .telecoms = PHONE("a@example.jp") },
	  { .telecoms = PHONE("b@example.jp") },
	  0 },
	{ "the postal code",
	  { .addresses = ADDRESS(.postal_code = "100-0001") },
	  { .addresses = ADDRESS(.postal_code = "1000001", .city = "千代田区") },
	  EXACT },
	{ "another",
	  { .addresses = ADDRESS(.postal_code = "100-0002") },
	  { .addresses = ADDRESS(.postal_code = "1000001", .city = "千代田区") },
	  0 },
	{ "the prefecture",
	  { .addresses = ADDRESS(.state = "東京都") },
	  { .addresses = ADDRESS(.text = "東京都千代田区千代田1-1") },
	  EXACT },
	{ "another prefecture",
	  { .addresses = ADDRESS(.state = "大阪府") },
	  { .addresses = ADDRESS(.text = "東京都千代田区千代田1-1") },
	  0 },
	{ "a place within",
	  { .addresses = ADDRESS(.city = "千代田区") },
	  { .addresses = ADDRESS(.text = "東京都千代田区千代田1-1") },
	  EXACT },
	{ "another place",
	  { .addresses = ADDRESS(.city = "北区") },
	  { .addresses = ADDRESS(.text = "東京都千代田区千代田1-1") },
	  0 },
	{ "a country, where both say it",
	  { .addresses = ADDRESS(.city = "千代田区", .country = "JP") },
	  { .addresses = ADDRESS(.city = "千代田区", .country = "jp") },
	  EXACT },
	{ "another country",
	  { .addresses = ADDRESS(.city = "千代田区", .country = "US") },
	  { .addresses = ADDRESS(.city = "千代田区", .country = "JP") },
	  0 },
	{ "a country one does not say",
	  { .addresses = ADDRESS(.city = "千代田区", .country = "US") },
	  { .addresses = ADDRESS(.city = "千代田区") },
	  EXACT },
	{ "an address that is empty",
	  { .addresses = ADDRESS(.city = "千代田区", .state = "東京都") },
	  { .addresses = ADDRESS(.postal_code = "1000001") },
	  0 },
	{ "the mother",
	  { .mother = SOUGHT(KANA("ホンダ", NULL)) },
	  { .mothers_maiden_name = "ﾎﾝﾀﾞ" },
	  EXACT },
	{ "another mother",
	  { .mother = SOUGHT(KANA("スズキ", NULL)) },
	  { .mothers_maiden_name = "ホンダ" },
	  0 },
	{ "no mother",
	  { .mother = SOUGHT(KANA("ホンダ", NULL)) },
	  { .mothers_maiden_name = "" },
	  0 },
	{ "the mother's whole name",
	  { .mother = SOUGHT(KANA("ホンダ", "ハナ")) },
	  { .mothers_maiden_name = "ホンダ　ハナ" },
	  EXACT },
	{ "of her given name the record knows nothing",
	  { .mother = SOUGHT(KANA("ホンダ", "ハナ")) },
	  { .mothers_maiden_name = "ホンダ" },
	  SOUNDS },
	{ "of her family name nothing is said",
	  { .mother = SOUGHT(KANA(NULL, "ハナ")) },
	  { .mothers_maiden_name = "ホンダ" },
	  0 },
};

static const struct patient_identifier somebody = { .id = "1" };

static void what_fits(void)
{
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct demographics_sought s = rows[i].sought;
		s.ids = &somebody;
		const struct demographics_forms *f = demographics_prepare(a, &all_kept, &s, &p);
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		unsigned degree = demographics_degree(a, f, &rows[i].record);
		if (degree != rows[i].degree)
			fprintf(stderr, "%s: %u\n", rows[i].why, degree);
		CU_ASSERT_EQUAL(degree, rows[i].degree);
	}
	arena_destroy(a);
}

/* One of several is enough. */
static void alternatives(void)
{
	struct arena *a = arena_create(1 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	struct demographics_name other = { .name = KANA("スズキ", NULL), .where = "name" };
	struct demographics_name names = { .name = KANA("ヤマダ", NULL), .next = &other };
	struct telecom mail = { .number = "a@example.jp" };
	struct telecom telecoms = { .number = "0312345678", .next = &mail };
	struct postal_address city = { .city = "北区" };
	struct postal_address addresses = { .city = "千代田区", .next = &city };
	const struct demographics_sought s = { .names = &names,
					       .telecoms = &telecoms,
					       .addresses = &addresses };
	struct patient_demographics d = { .names = KANA("スズキ", "イチロウ"),
					  .telecoms = PHONE("a@example.jp"),
					  .addresses = ADDRESS(.city = "北区") };
	const struct demographics_forms *f = demographics_prepare(a, &all_kept, &s, &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(f->search_count, 2);
	CU_ASSERT_EQUAL(demographics_degree(a, f, &d), EXACT);
	arena_destroy(a);
}

static const struct {
	const char *why;
	struct demographics_sought sought;
	enum problem_code code;
	const char *where;
} wrong[] = {
	{ "nothing", { .where = "list" }, PROBLEM_FIELD_MISSING, "list" },
	{ "what narrows only",
	  { .sex = "F", .telecoms = PHONE("0312345678"), .where = "list" },
	  PROBLEM_FIELD_MISSING,
	  "list" },
	{ "a given name only",
	  { .names = SOUGHT(KANA(NULL, "タロウ")), .where = "list" },
	  PROBLEM_FIELD_MISSING,
	  "list" },
	{ "of two names one has no family name",
	  { .names = &(const struct demographics_name){ .name = KANA("ヤマダ", NULL),
							.next = (struct demographics_name *)SOUGHT(
								KANA(NULL, "タロウ")) },
	    .where = "list" },
	  PROBLEM_FIELD_MISSING,
	  "list" },
	{ "a range of several years",
	  { .born_from = "19410101", .born_to = "19421231", .where = "list" },
	  PROBLEM_FIELD_MISSING,
	  "list" },
	{ "an open range",
	  { .born_from = "19410101", .where = "list" },
	  PROBLEM_FIELD_MISSING,
	  "list" },
	{ "what stands for an unknown day",
	  { .born_from = "19000101", .born_to = "19000101", .where = "list" },
	  PROBLEM_FIELD_MISSING,
	  "list" },
	{ "a range that ends before it begins",
	  { .born_from = "19410503", .born_to = "194104", .born_where = "born" },
	  PROBLEM_DATA_TYPE,
	  "born" },
	{ "an asterisk within a name",
	  { .names = SOUGHT(KANA("ヤ*ダ", NULL)) },
	  PROBLEM_DATA_TYPE,
	  "name" },
	{ "within a given name",
	  { .names = SOUGHT(KANA("ヤマダ", "*ロウ")) },
	  PROBLEM_DATA_TYPE,
	  "name" },
	{ "within a middle name",
	  { .names = SOUGHT(&(struct person_name){ .family = "SMITH", .middle = "*J" }) },
	  PROBLEM_DATA_TYPE,
	  "name" },
	{ "a wide one within",
	  { .names = SOUGHT(KANA("ヤ＊ダ", NULL)) },
	  PROBLEM_DATA_TYPE,
	  "name" },
	{ "the beginning of an id",
	  { .ids = &(const struct patient_identifier){ .id = "12*", .where = "id" } },
	  PROBLEM_DATA_TYPE,
	  "id" },
	{ "the beginning of a town",
	  { .addresses = ADDRESS(.city = "千代*"), .addresses_where = "address" },
	  PROBLEM_DATA_TYPE,
	  "address" },
	{ "the beginning of an address in one line",
	  { .addresses = ADDRESS(.text = "東京都＊"), .addresses_where = "address" },
	  PROBLEM_DATA_TYPE,
	  "address" },
	{ "the beginning of a phone",
	  { .telecoms = PHONE("090*"), .telecoms_where = "telecom" },
	  PROBLEM_DATA_TYPE,
	  "telecom" },
	{ "asterisks alone", { .names = SOUGHT(KANA("*", "*")) }, PROBLEM_DATA_TYPE, "name" },
	{ "blanks", { .names = SOUGHT(KANJI("　", NULL)) }, PROBLEM_DATA_TYPE, "name" },
	{ "kanji as a reading",
	  { .names = SOUGHT(KANA("山田", NULL)) },
	  PROBLEM_DATA_TYPE,
	  "name" },
	{ "the same of the mother",
	  { .mother = SOUGHT(KANA("ヤ*ダ", NULL)) },
	  PROBLEM_DATA_TYPE,
	  "name" },
	{ "a postal code that is none",
	  { .addresses = ADDRESS(.postal_code = "12", .city = "北区"),
	    .addresses_where = "address" },
	  PROBLEM_DATA_TYPE,
	  "address" },
	{ "an address of marks",
	  { .addresses = ADDRESS(.text = " "), .addresses_where = "address" },
	  PROBLEM_DATA_TYPE,
	  "address" },
};

static void what_cannot_be_asked(void)
{
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		CU_ASSERT_PTR_NULL(demographics_prepare(a, &all_kept, &wrong[i].sought, &p));
		if (p.code != wrong[i].code || !text_equal(p.where, wrong[i].where))
			fprintf(stderr, "%s: %s at %s\n", wrong[i].why, p.what, p.where);
		CU_ASSERT_EQUAL(p.code, wrong[i].code);
		CU_ASSERT_STRING_EQUAL(p.where, wrong[i].where);
	}
	arena_destroy(a);
}

static const struct {
	struct demographics_sought sought;
	const char *reading, *name, *birth;
} asked[] = {
	{ { .names = SOUGHT(KANA("ヤマダ", "タロウ")),
	    .born_from = "19410503",
	    .born_to = "194105031200" },
	  NULL,
	  NULL,
	  "19410503" },
	{ { .names = SOUGHT(KANA("ヤマダ", "タロウ")), .born_from = "194105", .born_to = "194105" },
	  "ヤマタタロ",
	  NULL,
	  NULL },
	{ { .names = SOUGHT(KANA("ヤマダ", NULL)), .born_from = "194105", .born_to = "194105" },
	  NULL,
	  NULL,
	  "194105" },
	{ { .names = SOUGHT(KANA("ヤマダ", NULL)), .born_from = "1941", .born_to = "1941" },
	  "ヤマタ",
	  NULL,
	  NULL },
	{ { .born_from = "19410103", .born_to = "19411203" }, NULL, NULL, "1941" },
	{ { .names = SOUGHT(KANJI("山田", "太*")) }, NULL, "山田太", NULL },
	{ { .names = LOOSE(KANJI("山田", "太郎")) }, NULL, "山田", NULL },
	{ { .names = SOUGHT(KANJI("山*", "太郎")) }, NULL, "山", NULL },
	{ { .names = SOUGHT(KANA(NULL, "タロウ")), .born_from = "1941", .born_to = "1941" },
	  NULL,
	  NULL,
	  "1941" },
};

/* The index is asked what meets the fewest. */
static void what_the_index_is_asked(void)
{
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(asked); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		const struct demographics_forms *f = demographics_prepare(a, &all_kept,
									  &asked[i].sought, &p);
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		CU_ASSERT_EQUAL_FATAL(f->search_count, 1);
		const struct candidates_wanted *w = f->searches;
		if (!text_equal(w->reading, asked[i].reading) || !text_equal(w->name, asked[i].name)
		    || !text_equal(w->birth, asked[i].birth))
			fprintf(stderr, "%zu: %s %s %s\n", i, w->reading, w->name, w->birth);
		CU_ASSERT_TRUE(text_equal(w->reading, asked[i].reading));
		CU_ASSERT_TRUE(text_equal(w->name, asked[i].name));
		CU_ASSERT_TRUE(text_equal(w->birth, asked[i].birth));
	}
	arena_destroy(a);
}

static const struct test tests[] = { { "what fits", what_fits },
				     { "alternatives", alternatives },
				     { "what cannot be asked", what_cannot_be_asked },
				     { "what the index is asked", what_the_index_is_asked },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: what is sought and what fits", tests);
}
