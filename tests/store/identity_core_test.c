/* tests/store/identity_core_test.c: who can be whom, and what is evidence of it: the pure functions
 * of store/identity_core.h and of the rules, case by case, with a case on each side of every
 * limit. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_core.h"
#include "store/identity_rows.h"
#include "tests/store/people.h"

/* Two names at most, each "family^given", and how they are written. */
struct said {
	const char *family, *given, *family2, *given2;
	const char *birth, *sex, *order;
};

static struct patient_demographics demographics(struct arena *a, const struct said *s)
{
	struct patient_demographics d = { .birth_date = s->birth,
					  .sex = s->sex,
					  .multiple_birth = s->order == NULL ? NULL : "Y",
					  .birth_order = s->order };
	struct person_name **tail = &d.names;
	const char *const names[2][2] = { { s->family, s->given }, { s->family2, s->given2 } };
	for (size_t i = 0; i < 2; i++)
		if (names[i][0] != NULL || names[i][1] != NULL) {
			*tail = arena_new(a, struct person_name);
			(*tail)->family = names[i][0];
			(*tail)->given = names[i][1];
			tail = &(*tail)->next;
		}
	return d;
}

static struct identity_core core(struct arena *a, const struct said *s)
{
	struct patient_demographics d = demographics(a, s);
	return identity_core(a, &d);
}

#define B "19800101"

/* Each is asked both ways: only speaks_for may differ. */
static const struct pair {
	const char *why;
	struct said x, y;
	enum name_agreement names;
	bool contradict, far, speaks, spoken_for;
} pairs[] = {
	{ "the same",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "spelled in another way",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "さとう", "はなこ", 0, 0, "1980-01-01", "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "in one piece",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "サトウハナコ", 0, 0, 0, B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "a marriage",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "スズキ", "ハナコ", 0, 0, B, "F", 0 },
	  NAMES_SHARE_GIVEN,
	  false,
	  false,
	  false,
	  false },
	{ "brothers",
	  { "サトウ", "タロウ", 0, 0, B, "M", 0 },
	  { "サトウ", "ジロウ", 0, 0, B, "M", 0 },
	  NAMES_SHARE_FAMILY,
	  true,
	  false,
	  false,
	  false },
	{ "strangers",
	  { "サトウ", "タロウ", 0, 0, B, "M", 0 },
	  { "ヤマダ", "ジロウ", 0, 0, B, "M", 0 },
	  NAMES_DIFFER,
	  true,
	  true,
	  false,
	  false },
	{ "another birth date",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "サトウ", "ハナコ", 0, 0, "19800102", "F", 0 },
	  NAMES_AGREE,
	  true,
	  false,
	  false,
	  false },
	{ "another sex",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "サトウ", "ハナコ", 0, 0, B, "M", 0 },
	  NAMES_AGREE,
	  true,
	  false,
	  false,
	  false },
	{ "birth date and sex",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "サトウ", "ハナコ", 0, 0, "19800102", "M", 0 },
	  NAMES_AGREE,
	  true,
	  true,
	  false,
	  false },
	{ "a marriage and birth date",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "スズキ", "ハナコ", 0, 0, "19800102", "F", 0 },
	  NAMES_SHARE_GIVEN,
	  true,
	  true,
	  false,
	  false },
	{ "a given name and sex",
	  { "サトウ", "カオル", 0, 0, B, "F", 0 },
	  { "サトウ", "ハナコ", 0, 0, B, "M", 0 },
	  NAMES_SHARE_FAMILY,
	  true,
	  true,
	  false,
	  false },
	{ "no birth date on one side",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "サトウ", "ハナコ", 0, 0, 0, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  false,
	  false },
	{ "no birth date at all",
	  { "サトウ", "ハナコ", 0, 0, 0, "F", 0 },
	  { "サトウ", "ハナコ", 0, 0, 0, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  false,
	  false },
	{ "a year only",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "サトウ", "ハナコ", 0, 0, "1990", "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  false,
	  false },
	{ "no sex on one side",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "サトウ", "ハナコ", 0, 0, B, 0, 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  false,
	  false },
	{ "no sex at all",
	  { "サトウ", "ハナコ", 0, 0, B, 0, 0 },
	  { "サトウ", "ハナコ", 0, 0, B, 0, 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  false,
	  false },
	{ "a sex that is none",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "サトウ", "ハナコ", 0, 0, B, "U", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  false,
	  false },
	{ "a sex of two letters",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "サトウ", "ハナコ", 0, 0, B, "MM", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  false,
	  false },
	{ "an empty sex",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "サトウ", "ハナコ", 0, 0, B, "", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  false,
	  false },
	{ "the third sex",
	  { "サトウ", "ハナコ", 0, 0, B, "O", 0 },
	  { "サトウ", "ハナコ", 0, 0, B, "O", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "twins",
	  { "サトウ", "ハナコ", 0, 0, B, "F", "1" },
	  { "サトウ", "ハナコ", 0, 0, B, "F", "2" },
	  NAMES_AGREE,
	  true,
	  true,
	  false,
	  false },
	{ "the other twin",
	  { "サトウ", "ハナコ", 0, 0, B, "F", "1" },
	  { "サトウ", "アイ", 0, 0, B, "F", 0 },
	  NAMES_SHARE_FAMILY,
	  true,
	  true,
	  false,
	  false },
	{ "twins without names",
	  { 0, 0, 0, 0, B, "F", "1" },
	  { 0, 0, 0, 0, B, "F", "2" },
	  NAMES_NOT_COMPARABLE,
	  true,
	  true,
	  false,
	  false },
	{ "one twin",
	  { "サトウ", "ハナコ", 0, 0, B, "F", "1" },
	  { "サトウ", "ハナコ", 0, 0, B, "F", "01" },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "a twin of no order",
	  { "サトウ", "ハナコ", 0, 0, B, "F", "1" },
	  { "サトウ", "ハナコ", 0, 0, B, "F", "" },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "a twin or not",
	  { "サトウ", "ハナコ", 0, 0, B, "F", "1" },
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "orders that share a digit",
	  { "サトウ", "ハナコ", 0, 0, B, "F", "1" },
	  { "サトウ", "ハナコ", 0, 0, B, "F", "11" },
	  NAMES_AGREE,
	  true,
	  true,
	  false,
	  false },
	{ "the tenth",
	  { "サトウ", "ハナコ", 0, 0, B, "F", "0" },
	  { "サトウ", "ハナコ", 0, 0, B, "F", "10" },
	  NAMES_AGREE,
	  true,
	  true,
	  false,
	  false },
	{ "order 0 and 00",
	  { "サトウ", "ハナコ", 0, 0, B, "F", "0" },
	  { "サトウ", "ハナコ", 0, 0, B, "F", "00" },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "no name on one side",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { 0, 0, 0, 0, B, "F", 0 },
	  NAMES_NOT_COMPARABLE,
	  false,
	  false,
	  false,
	  false },
	{ "no name, another birth date",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { 0, 0, 0, 0, "19800102", "F", 0 },
	  NAMES_NOT_COMPARABLE,
	  true,
	  false,
	  false,
	  false },
	{ "a blank for a name",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { " ", 0, 0, 0, B, "F", 0 },
	  NAMES_NOT_COMPARABLE,
	  false,
	  false,
	  false,
	  false },
	{ "a blank for both names",
	  { " ", 0, 0, 0, B, "F", 0 },
	  { "　", "-", 0, 0, B, "F", 0 },
	  NAMES_NOT_COMPARABLE,
	  false,
	  false,
	  false,
	  false },
	{ "another script",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "佐藤", "花子", 0, 0, B, "F", 0 },
	  NAMES_NOT_COMPARABLE,
	  false,
	  false,
	  false,
	  false },
	{ "another script and birth date",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "佐藤", "花子", 0, 0, "19800102", "F", 0 },
	  NAMES_NOT_COMPARABLE,
	  true,
	  true,
	  false,
	  false },
	{ "kanji",
	  { "佐藤", "花子", 0, 0, B, "F", 0 },
	  { "佐藤", "花子", 0, 0, B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "kanji, others",
	  { "佐藤", "花子", 0, 0, B, "F", 0 },
	  { "佐藤", "幸子", 0, 0, B, "F", 0 },
	  NAMES_SHARE_FAMILY,
	  true,
	  false,
	  false,
	  false },
	{ "the family's old character",
	  { "髙橋", "花子", 0, 0, B, "F", 0 },
	  { "高橋", "花子", 0, 0, B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "the family's old character, a sister",
	  { "髙橋", "花子", 0, 0, B, "F", 0 },
	  { "高橋", "幸子", 0, 0, B, "F", 0 },
	  NAMES_SHARE_FAMILY,
	  true,
	  false,
	  false,
	  false },
	{ "the given name's old character",
	  { "佐藤", "恵子", 0, 0, B, "F", 0 },
	  { "鈴木", "惠子", 0, 0, B, "F", 0 },
	  NAMES_SHARE_GIVEN,
	  false,
	  false,
	  false,
	  false },
	{ "Latin",
	  { "Sato", "Hanako", 0, 0, B, "F", 0 },
	  { "SATO", "HANAKO", 0, 0, B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "Latin, others",
	  { "Sato", "Hanako", 0, 0, B, "F", 0 },
	  { "Suzuki", "Taro", 0, 0, B, "F", 0 },
	  NAMES_DIFFER,
	  true,
	  true,
	  false,
	  false },
	{ "kanji and reading against kanji",
	  { "佐藤", "花子", "サトウ", "ハナコ", B, "F", 0 },
	  { "佐藤", "花子", 0, 0, B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "kanji and reading against a reading",
	  { "佐藤", "花子", "サトウ", "ハナコ", B, "F", 0 },
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "the same kanji read in another way",
	  { "山路", "太郎", "ヤマジ", "タロウ", B, "M", 0 },
	  { "山路", "太郎", "ヤマチ", "タロウ", B, "M", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "the same kanji, another given name",
	  { "佐藤", "裕子", "サトウ", "ユウコ", B, "F", 0 },
	  { "佐藤", "裕子", "サトウ", "ヒロコ", B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  false,
	  false },
	{ "the same kanji, read as strangers",
	  { "佐藤", "裕子", "サトウ", "ユウコ", B, "F", 0 },
	  { "佐藤", "裕子", "カトウ", "ヒロコ", B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  false,
	  false },
	{ "other kanji, the same reading",
	  { "佐藤", "花子", "サトウ", "ハナコ", B, "F", 0 },
	  { "左藤", "華子", "サトウ", "ハナコ", B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "Latin agrees, kanji does not",
	  { "佐藤", "花子", "Sato", "Hanako", B, "F", 0 },
	  { "鈴木", "幸子", "Sato", "Hanako", B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  false,
	  false },
	{ "Latin agrees, a reading does not",
	  { "サトウ", "ハナコ", "Sato", "Hanako", B, "F", 0 },
	  { "スズキ", "ハナコ", "Sato", "Hanako", B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  false,
	  false },
	{ "Latin agrees, no kanji there",
	  { "佐藤", "花子", "Sato", "Hanako", B, "F", 0 },
	  { "Sato", "Hanako", 0, 0, B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  true },
	{ "by the second name only",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "スズキ", "ハナコ", "サトウ", "ハナコ", B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  false },
	{ "an alias of strangers",
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  { "ヤマダ", "タロウ", "サトウ", "ハナコ", B, "F", 0 },
	  NAMES_AGREE,
	  false,
	  false,
	  true,
	  false },
	{ "a newborn",
	  { "サトウ", "ベビー", 0, 0, B, "F", 0 },
	  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
	  NAMES_NOT_COMPARABLE,
	  false,
	  false,
	  false,
	  false },
};

static void who_can_be_whom(void)
{
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(pairs); i++) {
		const struct pair *p = &pairs[i];
		struct identity_core x = core(a, &p->x), y = core(a, &p->y);
		bool right = core_names(&x, &y) == p->names && core_names(&y, &x) == p->names
			     && core_contradict(&x, &y) == p->contradict
			     && core_contradict(&y, &x) == p->contradict
			     && core_far(&x, &y) == p->far && core_far(&y, &x) == p->far
			     && core_speaks_for(&x, &y) == p->speaks
			     && core_speaks_for(&y, &x) == p->spoken_for;
		if (!right)
			fprintf(stderr, "%s: names %d, contradict %d, far %d, speaks %d %d\n",
				p->why, core_names(&x, &y), core_contradict(&x, &y),
				core_far(&x, &y), core_speaks_for(&x, &y), core_speaks_for(&y, &x));
		CU_ASSERT_TRUE(right);
	}
	arena_destroy(a);
}

/* Of whom the family's name alone was known, and then a given one as well; and back. Either way the
 * two contradict: the family's other members say it too. */
static void a_newborn_is_named(void)
{
	static const struct {
		const char *why;
		struct said was, now;
		bool far, far_back;
	} named[] = {
		{ "a name",
		  { "サトウ", 0, 0, 0, B, "F", 0 },
		  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
		  false,
		  true },
		{ "as it is written and read, a twin",
		  { "佐藤", 0, "サトウ", 0, B, "F", "1" },
		  { "佐藤", "花子", "サトウ", "ハナコ", B, "F", "1" },
		  false,
		  true },
		{ "the other twin",
		  { "佐藤", 0, "サトウ", 0, B, "F", "1" },
		  { "佐藤", "花子", "サトウ", "ハナコ", B, "F", "2" },
		  true,
		  true },
		{ "another sex",
		  { "サトウ", 0, 0, 0, B, "M", 0 },
		  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
		  true,
		  true },
		{ "another birth date",
		  { "サトウ", 0, 0, 0, "19800102", "F", 0 },
		  { "サトウ", "ハナコ", 0, 0, B, "F", 0 },
		  true,
		  true },
		{ "one reading is another family's",
		  { "佐藤", 0, "ヤマダ", 0, B, "F", 0 },
		  { "佐藤", "花子", "サトウ", "ハナコ", B, "F", 0 },
		  true,
		  true },
		{ "a name in one piece that begins alike",
		  { "佐藤花", 0, 0, 0, B, "F", 0 },
		  { "佐藤", "花子", 0, 0, B, "F", 0 },
		  true,
		  true },
		{ "another given name",
		  { "佐藤", "花", "サトウ", 0, B, "F", 0 },
		  { "山田", "花子", "サトウ", "ハナコ", B, "F", 0 },
		  true,
		  true },
	};
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(named); i++) {
		struct identity_core was = core(a, &named[i].was), now = core(a, &named[i].now);
		bool right = core_far(&was, &now) == named[i].far
			     && core_far(&now, &was) == named[i].far_back
			     && core_contradict(&was, &now) && core_contradict(&now, &was)
			     && !core_speaks_for(&was, &now) && !core_speaks_for(&now, &was);
		if (!right)
			fprintf(stderr, "%s: far %d, back %d\n", named[i].why, core_far(&was, &now),
				core_far(&now, &was));
		CU_ASSERT_TRUE(right);
	}
	arena_destroy(a);
}

/* Twelve names are held against another's, and no more. */
static void so_many_names(void)
{
	struct arena *a = arena_create(1 << 20);
	struct person_name names[13];
	struct patient_demographics d = { .names = names };
	for (size_t i = 0; i < COUNT(names); i++)
		names[i] = (struct person_name){ .family = "サトウ",
						 .given = "ハナコ",
						 .next = i + 1 < COUNT(names) ? &names[i + 1]
									      : NULL };
	size_t count = 0;
	struct identity_core c = identity_core(a, &d);
	for (const struct core_name *n = c.names; n != NULL; n = n->next)
		count++;
	CU_ASSERT_EQUAL(count, 12);
	arena_destroy(a);
}

/* By what is written: the first and the last of the katakana, and what is just beyond. */
static void scripts(void)
{
	static const struct {
		const char *name;
		enum core_script script;
	} rows[] = {
		{ "アイ", SCRIPT_READING },       { "ヴヶ", SCRIPT_READING },
		{ "ハナー", SCRIPT_READING },     { "ヺ", SCRIPT_READING },
		{ "ハナヽ", SCRIPT_KANJI },       { "ハナ々", SCRIPT_KANJI },
		{ "ハナx", SCRIPT_KANJI },        { "花", SCRIPT_KANJI },
		{ "Hana", SCRIPT_LATIN },         { "花ハナ", SCRIPT_KANJI },
		{ "ハナ花", SCRIPT_KANJI },       { "H花", SCRIPT_KANJI },
		{ "\xc3\x89mile", SCRIPT_KANJI }, { "\xf0\xa0\xae\xb7", SCRIPT_KANJI },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct identity_core c = core(a, &(struct said){ .family = rows[i].name });
		CU_ASSERT_PTR_NOT_NULL_FATAL(c.names);
		if (c.names->script != rows[i].script)
			fprintf(stderr, "%s: %d\n", rows[i].name, c.names->script);
		CU_ASSERT_EQUAL(c.names->script, rows[i].script);
		CU_ASSERT(c.names->family == NULL && c.names->given == NULL);
	}
	arena_destroy(a);
}

/* A place in the family (三男) is a name where a reading says so: of the given name, if that was
 * told apart, and not of the family's alone. */
static void who_has_no_name_yet(void)
{
	static const struct {
		struct said said;
		bool unnamed;
	} rows[] = {
		{ { 0 }, false },
		{ { .family = "浜野", .given = "光男" }, false },
		{ { .family = "浜野", .given = "ベビー" }, true },
		{ { .family = "ベビー", .given = "光男" }, true },
		{ { .family = "浜野", .given = "光男", .family2 = "ハマノ", .given2 = "ベビー" },
		  true },
		{ { .family = "浜野", .given = "三男" }, true },
		{ { .family = "浜野三男" }, true },
		{ { .family = "浜野", .given = "三男", .family2 = "ハマノ", .given2 = "ミツオ" },
		  false },
		{ { .family = "ハマノ", .given = "ミツオ", .family2 = "浜野", .given2 = "三男" },
		  false },
		{ { .family = "浜野", .given = "三男", .family2 = "ハマノ　ミツオ" }, false },
		{ { .family = "浜野三男", .family2 = "ハマノミツオ" }, false },
		{ { .family = "浜野　三男", .family2 = "ハマノ" }, true },
		{ { .family = "浜野", .given = "三男", .family2 = "ハマノ" }, true },
		{ { .family = "浜野", .given = "三男", .family2 = "ハマノ", .given2 = "　" },
		  true },
		{ { .family = "浜野", .given = "三男", .family2 = "ハマノ", .given2 = "-" }, true },
		{ { .family = "浜野", .given = "三男", .family2 = "　" }, true },
		{ { .family = "浜野三男", .family2 = "　" }, true },
		{ { .family = "浜野", .given = "三男", .family2 = "HAMANO", .given2 = "MITSUO" },
		  true },
		{ { .family = "浜野", .given = "三男", .family2 = "ハマノ", .given2 = "サンナン" },
		  true },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct patient_demographics d = demographics(a, &rows[i].said);
		if (core_is_unnamed(a, &d) != rows[i].unnamed)
			fprintf(stderr, "no name yet, row %zu\n", i);
		CU_ASSERT_EQUAL(core_is_unnamed(a, &d), rows[i].unnamed);
		CU_ASSERT_TRUE(!rows[i].unnamed || identity_core(a, &d).names == NULL);
	}
	arena_destroy(a);
}

/* ---- Evidence ---- */

#define PHONE(number)                                                                              \
	{                                                                                          \
		A_DOMAIN, "1", "カクウ", "ハジメ", "19500101", "M", number, 0, 0, 0, 0, 0, 0       \
	}
#define ADDRESS(code, text)                                                                        \
	{                                                                                          \
		A_DOMAIN, "1", "カクウ", "ハジメ", "19500101", "M", 0, code, text, 0, 0, 0, 0      \
	}
#define INSURANCE(i, s, n, b)                                                                      \
	{                                                                                          \
		A_DOMAIN, "1", "カクウ", "ハジメ", "19500101", "M", 0, 0, 0, i, s, n, b            \
	}
#define NAMED(family, given, birth, sex)                                                           \
	{                                                                                          \
		A_DOMAIN, "1", family, given, birth, sex, "0312345678", 0, 0, 0, 0, 0, 0           \
	}

static const struct {
	struct who who;
	unsigned count;
} evidences[] = {
	{ PHONE("03-1234-5678"), 1 },
	{ PHONE("012345678"), 0 },
	{ PHONE("312345679"), 1 },
	{ PHONE("31234567"), 0 },
	{ PHONE("03-1234-56x"), 0 },
	{ PHONE("a@b.example"), 0 },
	{ PHONE("0312345678@b.example"), 0 },
	{ PHONE("03-2222-2222"), 0 },
	{ PHONE("032-222-2222"), 0 },
	{ PHONE("0321222222"), 1 },
	{ PHONE("0123456789"), 0 },
	{ PHONE("9876543210"), 0 },
	{ PHONE("0123456780"), 1 },
	{ PHONE("1234567890"), 0 },
	{ PHONE("0120123457"), 0 },
	{ PHONE("0800123457"), 0 },
	{ PHONE("0570123457"), 0 },
	{ PHONE("0121123457"), 1 },
	{ ADDRESS("150-0002", "東京都渋谷区渋谷1-2-3"), 1 },
	{ ADDRESS(NULL, "東京都渋谷区渋谷1-2-3"), 0 },
	{ ADDRESS("150-0002", "東京都渋谷区渋谷"), 0 },
	{ ADDRESS("150-0002", NULL), 0 },
	{ ADDRESS("150-0002", "不明1-2-3"), 0 },
	{ ADDRESS("150-0002", "テスト1-2-3"), 0 },
	{ ADDRESS("150-0002", "XXX 1-2-3"), 0 },
	{ ADDRESS("150-0002", "XX 1-2-3"), 1 },
	/* What is written where nothing is known. */
	{ PHONE("090-0000-0000"), 0 },
	{ PHONE("03-0000-0000"), 0 },
	{ PHONE("045-111-1111"), 0 },
	{ PHONE("0123456789"), 0 },
	{ PHONE("9876543210"), 0 },
	{ PHONE("0120-123-456"), 0 },
	{ ADDRESS("150-0002", "不明"), 0 },
	{ ADDRESS("150-0002", "住所不定"), 0 },
	{ ADDRESS("150-0002", "東京都渋谷区"), 0 },
	{ INSURANCE("01130012", "1", "99999999", "01"), 0 },
	{ INSURANCE("00000000", "1", "1234", "01"), 0 },
	{ INSURANCE("01130012", "12", "3456", "01"), 1 },
	{ INSURANCE("01130012", NULL, "3456", "01"), 1 },
	{ INSURANCE("138016", NULL, "3456", "01"), 1 },
	{ INSURANCE("138017", NULL, "3456", "01"), 0 },
	{ INSURANCE("01130013", "12", "3456", "01"), 0 },
	{ INSURANCE("39131156", NULL, "12345674", NULL), 1 },
	{ INSURANCE("39131156", NULL, "12345675", NULL), 0 },
	{ INSURANCE("01130012", "12", NULL, "01"), 0 },
	{ INSURANCE("01130012", "12", "", "01"), 0 },
	{ INSURANCE("01130012", "12", "3456", NULL), 1 },
	{ INSURANCE("01130013", "12", "3456", NULL), 0 },
	{ INSURANCE("138016", NULL, "3456", NULL), 1 },
	{ INSURANCE("11111111", "12", "3456", "01"), 0 },
	{ INSURANCE("01130012", "12", "999", "01"), 0 },
	{ INSURANCE("01130012", "12", "99", "01"), 1 },
	{ INSURANCE("01130012", "12", "998", "01"), 1 },
	{ NAMED("カクウ", "ハジメ", "19500101", "M"), 1 },
	{ NAMED("カクウ", "ハジメ", "19500101", "F"), 1 },
	{ NAMED("カクウ", "ハジメ", "19500101", "O"), 1 },
	{ NAMED("カクウ", "ハジメ", "19500101", "U"), 0 },
	{ NAMED("カクウ", "ハジメ", "19500101", NULL), 0 },
	{ NAMED("カクウ", "ハジメ", "195001", "M"), 0 },
	{ NAMED("カクウ", "ハジメ", NULL, "M"), 0 },
	{ NAMED("カクウ", "ベビー", "19500101", "M"), 0 },
	{ NAMED(NULL, NULL, "19500101", "M"), 0 },
	{ NAMED("架空", "一", "19500101", "M"), 0 },
	{ NAMED("カクウ", "一", "19500101", "M"), 0 },
	{ NAMED("Kakuu", "Hajime", "19500101", "M"), 0 },
	{ NAMED("カクウ", NULL, "19500101", "M"), 0 },
	{ NAMED("カクウア", NULL, "19500101", "M"), 1 },
	{ NAMED(NULL, "カクウア", "19500101", "M"), 1 },
	{ NAMED(NULL, "カクウ", "19500101", "M"), 0 },
	{ NAMED("カ ク", NULL, "19500101", "M"), 1 },
	{ NAMED("カ\xe3\x80\x80ク", NULL, "19500101", "M"), 1 },
	{ NAMED("ア", "ー", "19500101", "M"), 0 },
	/* What stands for a given name is none: the family's name alone. */
	{ NAMED("カクウ ", NULL, "19500101", "M"), 0 },
	{ NAMED("カクウ", "　", "19500101", "M"), 0 },
	{ NAMED(" カクウ　", "", "19500101", "M"), 0 },
	{ NAMED("カクウ", "-", "19500101", "M"), 0 },
	{ NAMED("　", "カクウ", "19500101", "M"), 0 },
	{ NAMED("カクウ", "・", "19500101", "M"), 0 },
	{ NAMED("カク\xc2\xa0"
		"ウ",
		NULL, "19500101", "M"),
	  1 },
};

static unsigned count_of(const struct evidence *e)
{
	unsigned count = 0;
	for (; e != NULL; e = e->next)
		count++;
	return count;
}

static void what_is_evidence(void)
{
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(evidences); i++) {
		struct patient_demographics d = people_demographics(a, &evidences[i].who);
		unsigned count = count_of(identity_evidence(a, &d));
		if (count != evidences[i].count)
			fprintf(stderr, "evidence %zu (%s): %u\n", i,
				evidences[i].who.phone == NULL ? "" : evidences[i].who.phone,
				count);
		CU_ASSERT_EQUAL(count, evidences[i].count);
		d.identity_unknown = "Y";
		CU_ASSERT_PTR_NULL(identity_evidence(a, &d));
	}
	arena_destroy(a);
}

/* Every part counts, and where one ends and the next begins; names count by their reading. */
static void what_differs_is_other_evidence(void)
{
	static const struct who whole = INSURANCE("01130012", "12", "3456", "01");
	static const struct who others[] = {
		INSURANCE("06980015", "12", "3456", "01"),
		INSURANCE("01130012", "123", "456", "01"),
		INSURANCE("01130012", "12", "3457", "01"),
		INSURANCE("01130012", "12", "3456", "02"),
		{ A_DOMAIN, "1", "カクウ", "ハジメ", "19500102", "M", 0, 0, 0, "01130012", "12",
		  "3456", "01" },
		{ A_DOMAIN, "1", "カクウ", "ハジメ", "19500101", "F", 0, 0, 0, "01130012", "12",
		  "3456", "01" },
		{ A_DOMAIN, "1", "カクウ", "ハジマ", "19500101", "M", 0, 0, 0, "01130012", "12",
		  "3456", "01" },
	};
	static const struct who divided = { A_DOMAIN, "1",    "カク", "ウハジメ", "19500101",
					    "M",      0,      0,      0,          "01130012",
					    "12",     "3456", "01" };
	struct arena *a = arena_create(1 << 20);
	struct patient_demographics d = people_demographics(a, &whole),
				    e = people_demographics(a, &divided);
	d.multiple_birth = e.multiple_birth = "Y";
	struct evidence *first = identity_evidence(a, &d);
	CU_ASSERT_EQUAL_FATAL(count_of(first), 1);
	CU_ASSERT_EQUAL(first->rule, RULE_INSURANCE);
	CU_ASSERT_TRUE(first->divided);
	CU_ASSERT_TRUE(evidence_has(first, identity_evidence(a, &e)));
	for (size_t i = 0; i < COUNT(others); i++) {
		struct patient_demographics o = people_demographics(a, &others[i]);
		o.multiple_birth = "Y";
		struct evidence *other = identity_evidence(a, &o);
		CU_ASSERT_EQUAL_FATAL(count_of(other), 1);
		CU_ASSERT_FALSE(evidence_has(first, other));
	}
	arena_destroy(a);
}

/* Of an insurance: what two must agree in, and by which rule. */
static void what_an_insurance_is_evidence_of(void)
{
	static const struct {
		struct who x, y;
		enum link_rule rule; /* of x */
		bool same;
	} said[] = {
#define SAID(family, given, birth, sex, ...)                                                       \
	{                                                                                          \
		A_DOMAIN, "1", family, given, birth, sex, 0, 0, 0, __VA_ARGS__                     \
	}
#define COMPANY "01130012", "12", "3456"
#define TOWN "138016", 0, "3456"
		/* One person's number: whatever the name, which others compare. */
		{ SAID("ヤマダ", "ハナコ", "19500101", "F", COMPANY, "01"),
		  SAID("スズキ", "ハナコ", "19500101", "F", COMPANY, "1"), RULE_BRANCH, true },
		{ SAID("山田", "花子", "19500101", "F", COMPANY, "01"),
		  SAID("スズキ", "ハナコ", "19500101", "F", COMPANY, "01"), RULE_BRANCH, true },
		{ SAID("ヤマダ", "ハナコ", "19500101", "F", COMPANY, "00"),
		  SAID("ヤマダ", "ハナコ", "19500101", "F", COMPANY, "01"), RULE_BRANCH, false },
		{ SAID("ヤマダ", "ハナコ", "19500101", "F", COMPANY, "00"),
		  SAID("ヤマダ", "ハナコ", "19500101", "F", COMPANY, 0), RULE_BRANCH, false },
		{ SAID("ヤマダ", "ハナコ", "19500101", "F", COMPANY, "01"),
		  SAID("ヤマダ", "ハナコ", "19500101", "M", COMPANY, "01"), RULE_BRANCH, false },
		{ SAID("ヤマダ", "ハナコ", "19500101", "F", COMPANY, "01"),
		  SAID("ヤマダ", "ハナコ", "19500102", "F", COMPANY, "01"), RULE_BRANCH, false },
		{ SAID("ヤマダ", "ハナコ", "19500101", "F", TOWN, "01"),
		  SAID("スズキ", "ハナコ", "19500101", "F", "00138016", "", "03456", "01"),
		  RULE_BRANCH, true },
		{ SAID("ヤマダ", "ハナコ", "19400101", "F", "39131156", 0, "00000018", 0),
		  SAID("スズキ", "ハナコ", "19400101", "F", "39131156", "1", "18", "00"),
		  RULE_BRANCH, true },
		/* A household's: the given name as it is read, too. */
		{ SAID("ヤマダ", "ハナコ", "19500101", "F", COMPANY, 0),
		  SAID("スズキ", "ハナコ", "19500101", "F", COMPANY, 0), RULE_HOUSEHOLD, true },
		{ SAID("ヤマダ", "ハナコ", "19500101", "F", COMPANY, 0),
		  SAID("ヤマダ", "ハナエ", "19500101", "F", COMPANY, 0), RULE_HOUSEHOLD, false },
		{ SAID("ヤマダ", "ハナコ", "19500101", "F", COMPANY, 0),
		  SAID("ヤマダ", "ハナコ", "19500103", "F", COMPANY, 0), RULE_HOUSEHOLD, false },
		/* A symbol that was lost: all of the name. */
		{ SAID("ヤマダ", "ハナコ", "19500101", "F", "01130012", 0, "3456", "01"),
		  SAID("スズキ", "ハナコ", "19500101", "F", "01130012", 0, "3456", "01"),
		  RULE_INSURANCE, false },
		{ SAID("ヤマダ", "ハナコ", "19500101", "F", "01130012", 0, "3456", "01"),
		  SAID("ヤマダ", "ハナコ", "19500101", "F", "01130012", 0, "3456", "01"),
		  RULE_INSURANCE, true },
	};
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(said); i++) {
		struct patient_demographics d = people_demographics(a, &said[i].x),
					    e = people_demographics(a, &said[i].y);
		struct evidence *x = identity_evidence(a, &d), *y = identity_evidence(a, &e);
		CU_ASSERT_EQUAL_FATAL(count_of(x), 1);
		CU_ASSERT_EQUAL_FATAL(count_of(y), 1);
		CU_ASSERT_EQUAL(x->rule, said[i].rule);
		if (evidence_has(x, y) != said[i].same)
			fprintf(stderr, "insurance, pair %zu\n", i);
		CU_ASSERT_EQUAL(evidence_has(x, y), said[i].same);
	}
	/* Kanji alone cannot say how the given name is read. */
	struct who kanji = SAID("山田", "花子", "19500101", "F", COMPANY, 0);
	struct patient_demographics d = people_demographics(a, &kanji);
	CU_ASSERT_PTR_NULL(identity_evidence(a, &d));
	arena_destroy(a);
}

/* The same hash of a divided name and of one that is not is divided; and no more than a bound. */
static void each_hash_once(void)
{
	static const struct who w = PHONE("03-1234-5678");
	struct arena *a = arena_create(16 << 20);
	for (unsigned first = 0; first < 2; first++) {
		struct patient_demographics d = people_demographics(a, &w);
		struct person_name names[] = { { .family = "カクウハジメ" },
					       { .family = "カクウ", .given = "ハジメ" } };
		names[first].next = &names[!first];
		d.names = &names[first];
		struct evidence *e = identity_evidence(a, &d);
		CU_ASSERT_EQUAL_FATAL(count_of(e), 1);
		CU_ASSERT_TRUE(e->divided);
		names[first].next = NULL;
		CU_ASSERT_EQUAL(identity_evidence(a, &d)->divided, first == 1);
		struct person_name again = names[first];
		names[first].next = &again;
		e = identity_evidence(a, &d);
		CU_ASSERT_EQUAL_FATAL(count_of(e), 1);
		CU_ASSERT_EQUAL(e->divided, first == 1);
	}
	struct patient_demographics d = people_demographics(a, &w);
	d.telecoms = NULL;
	for (unsigned i = 0; i < 60; i++) {
		struct telecom *t = arena_new(a, struct telecom);
		*t = (struct telecom){ .number = arena_printf(a, "03123456%02u", i + 10),
				       .next = d.telecoms };
		d.telecoms = t;
	}
	CU_ASSERT_EQUAL(count_of(identity_evidence(a, &d)), 48);
	struct person_name other = { .family = "カクウ", .given = "ハジマ" };
	d.names->next = &other;
	CU_ASSERT_EQUAL(count_of(identity_evidence(a, &d)), 48);
	d.names->next = NULL;
	d.names->representation = NAME_IDEOGRAPHIC;
	CU_ASSERT_PTR_NULL(identity_evidence(a, &d));
	arena_destroy(a);
}

/* An address in parts is the same as in one line, the large before the small. */
static void addresses_in_parts(void)
{
	static const struct who w = ADDRESS("150-0002", "東京都渋谷区渋谷1-2-3コーポ");
	struct arena *a = arena_create(1 << 20);
	struct patient_demographics d = people_demographics(a, &w);
	struct postal_address parts = { .postal_code = "1500002",
					.state = "東京都",
					.city = "渋谷区",
					.street = "渋谷1-2-3",
					.other = "コーポ" };
	struct evidence *line = identity_evidence(a, &d);
	d.addresses = &parts;
	CU_ASSERT_TRUE(evidence_has(line, identity_evidence(a, &d)));
	parts.state = "東京都渋谷区";
	parts.city = NULL;
	CU_ASSERT_TRUE(evidence_has(line, identity_evidence(a, &d)));
	parts.state = "東京都";
	CU_ASSERT_FALSE(evidence_has(line, identity_evidence(a, &d)));
	CU_ASSERT_EQUAL(identity_evidence(a, &d)->rule, RULE_ADDRESS);
	arena_destroy(a);
}

static const struct test tests[] = {
	{ "who can be whom", who_can_be_whom },
	{ "a newborn is named", a_newborn_is_named },
	{ "so many names", so_many_names },
	{ "scripts", scripts },
	{ "who has no name yet", who_has_no_name_yet },
	{ "what is evidence", what_is_evidence },
	{ "what differs is other evidence", what_differs_is_other_evidence },
	{ "what an insurance is evidence of", what_an_insurance_is_evidence_of },
	{ "each hash once", each_hash_once },
	{ "addresses in parts", addresses_in_parts },
	{ 0 }
};

int main(void)
{
	return suite_run("store: identity core", tests);
}
