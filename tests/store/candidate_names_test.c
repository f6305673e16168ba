/* tests/store/candidate_names_test.c: which names of a record are found, and how much of them. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/identity_candidates.h"
#include "tests/store/asked.h"
#include "tests/store/people.h"

/* However long, however many, and whatever is missing: so much of it is indexed, and the rest of it
 * is in nobody's way. */
static void names_are_bounded(void)
{
	static const char *const given[] = { "イチ", "ニ", "サン", "ヨン", "ゴ" };
	struct fixture f;
	struct patient_identifier id = { .id = "1", .universal_id = A_DOMAIN };
	struct people_put put = { .ids = &id };
	struct person_name **last = &put.demographics.names;
	struct buffer family = buffer_in((fixture_open(&f), f.arena));
	for (unsigned i = 0; i < 40; i++)
		buffer_text(&family, "サ"); /* 120 octets, in threes */
	for (size_t i = 0; i < COUNT(given); i++, last = &(*last)->next) {
		*last = arena_new(f.arena, struct person_name);
		**last = (struct person_name){ .given = given[i], .representation = NAME_PHONETIC };
	}
	put.demographics.names->family = buffer_ended(&family);
	put.demographics.names->given = NULL;
	people_write(&f, &put);
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_NONE);
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .kana = "サササ" }), "a1");
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .kana = buffer_ended(&family) }), "a1");
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .kana = "ヨン" }), "a1");
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .kana = "ゴ" }), "");
	put.demographics.names->representation = NAME_UNSPECIFIED;
	people_write(&f, &put);
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .kana = "サササ" }), "a1");
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .name = "サササ" }), "a1");
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* As many entries as one record can have: all of them, and later none of them. */
static void each_entry_counts(void)
{
	static const char *const names[CANDIDATE_NAMES] = { "キイ", "キカ", "キキ", "キク" };
	struct fixture f;
	fixture_open(&f);
	struct patient_identifier id = { .id = "1", .universal_id = A_DOMAIN };
	struct people_put put = {
		.ids = &id, .demographics = { .birth_date = "19700303", .delete_names = true }
	};
	struct person_name written[CANDIDATE_NAMES], **last = &put.demographics.names;
	for (size_t i = 0; i < COUNT(names); i++, last = &(*last)->next) {
		written[i] = (struct person_name){ .family = names[i],
						   .representation = NAME_UNSPECIFIED };
		*last = &written[i];
	}
	/* One more insurance than are indexed. */
	struct insurance insured[CANDIDATE_INSURANCES + 1];
	for (size_t i = 0; i < COUNT(insured); i++)
		insured[i] = (struct insurance){ .insurer = "01130012",
						 .number = arena_printf(f.arena, "%zu", i + 1),
						 .next = i + 1 < COUNT(insured) ? &insured[i + 1]
										: NULL };
	put.demographics.insurances = insured;
	struct candidate_entries all = candidate_entries(f.arena, &put.demographics);
	CU_ASSERT_EQUAL(all.count, CANDIDATE_ENTRIES);
	people_write(&f, &put);
	for (size_t i = 0; i < COUNT(names); i++) {
		CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .kana = names[i] }), "a1");
		CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .name = names[i] }), "a1");
		written[i].family = "サトウ";
	}
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .kana = "キ" }), "a1"); /* once */
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .birth = "19700303" }), "a1");
	put.demographics.birth_date = "19800101";
	people_write(&f, &put);
	for (size_t i = 0; i < COUNT(names); i++) {
		CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .kana = names[i] }), "");
		CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .name = names[i] }), "");
	}
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .birth = "19700303" }), "");
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .kana = "サトウ" }), "a1");
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* However little of the names changes, and where: who asks finds what is said now. */
static void each_part_of_a_name_counts(void)
{
	enum { MOST = CANDIDATE_NAMES + 1 };
	typedef struct person_name names[MOST];
	static const enum name_representation kana = NAME_PHONETIC, kanji = NAME_IDEOGRAPHIC;
	static const struct {
		const char *why;
		names was, is;
		const char *no_more, *now; /* by reading; NULL: none */
	} rows[] = {
		{ "the given name",
		  { { .family = "カキ", .given = "ヒコ", .representation = kana } },
		  { { .family = "カキ", .given = "ヒメ", .representation = kana } },
		  "カキヒコ",
		  "カキヒメ" },
		{ "the family name",
		  { { .family = "カキ", .given = "ヒコ", .representation = kana } },
		  { { .family = "クリ", .given = "ヒコ", .representation = kana } },
		  "カキヒコ",
		  "クリヒコ" },
		{ "how it is written",
		  { { .family = "カキ", .given = "ヒコ", .representation = kanji } },
		  { { .family = "カキ", .given = "ヒコ", .representation = kana } },
		  NULL,
		  "カキヒコ" },
		{ "how it is written, the other way",
		  { { .family = "カキ", .given = "ヒコ", .representation = kana } },
		  { { .family = "カキ", .given = "ヒコ", .representation = kanji } },
		  "カキヒコ",
		  NULL },
		{ "one more",
		  { { .family = "カキ", .representation = kana } },
		  { { .family = "カキ", .representation = kana },
		    { .family = "クリ", .representation = kana } },
		  NULL,
		  "クリ" },
		{ "one less",
		  { { .family = "カキ", .representation = kana },
		    { .family = "クリ", .representation = kana } },
		  { { .family = "カキ", .representation = kana } },
		  "クリ",
		  NULL },
		{ "the last that counts",
		  { { .family = "カキ", .representation = kana },
		    { .family = "クリ", .representation = kana },
		    { .family = "ナシ", .representation = kana },
		    { .family = "モモ", .representation = kana } },
		  { { .family = "カキ", .representation = kana },
		    { .family = "クリ", .representation = kana },
		    { .family = "ナシ", .representation = kana },
		    { .family = "ユス", .representation = kana } },
		  "モモ",
		  "ユス" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct patient_identifier id = { .id = "1", .universal_id = A_DOMAIN };
		fixture_open(&f);
		for (unsigned later = 0; later < 2; later++) {
			struct person_name *n = arena_array(f.arena, struct person_name, MOST);
			struct people_put put = {
				.ids = &id, .demographics = { .names = n, .delete_names = true }
			};
			memcpy(n, later ? rows[i].is : rows[i].was, sizeof(names));
			for (unsigned k = 0; n[k + 1].family != NULL; k++)
				n[k].next = &n[k + 1];
			people_write(&f, &put);
		}
		const char *before = rows[i].no_more, *now = rows[i].now;
		if ((before != NULL && *found(&f, (struct asked){ .kana = before }) != '\0')
		    || (now != NULL && !text_equal(found(&f, (struct asked){ .kana = now }), "a1"))
		    || people_findings(&f, true) != 0)
			CU_FAIL(rows[i].why);
		fixture_close(&f);
	}
}

/* As much of a form as stands in a key, and no half of a character. */
static void forms_are_cut(void)
{
	static const struct {
		const char *latin;
		unsigned kanji;
		size_t octets;
	} rows[] = {
		{ "", 31, 93 },  { "", 32, 96 },   { "", 33, 96 },    { "A", 31, 94 },
		{ "A", 32, 94 }, { "AB", 32, 95 }, { "ABC", 31, 96 }, { "ABC", 32, 96 },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buffer b = buffer_in(a);
		buffer_text(&b, rows[i].latin);
		for (unsigned n = 0; n < rows[i].kanji; n++)
			buffer_text(&b, "山");
		struct person_name name = { .family = buffer_ended(&b),
					    .representation = NAME_IDEOGRAPHIC };
		struct candidate_entries all = candidate_entries(
			a, &(struct patient_demographics){ .names = &name });
		CU_ASSERT_EQUAL_FATAL(all.count, 1);
		CU_ASSERT_EQUAL(strlen(all.at[0].text), rows[i].octets);
		CU_ASSERT_TRUE(text_starts(name.family, all.at[0].text));
	}
	arena_destroy(a);
}

static const struct test tests[] = {
	{ "names are bounded", names_are_bounded },
	{ "each entry counts", each_entry_counts },
	{ "each part of a name counts", each_part_of_a_name_counts },
	{ "forms are cut", forms_are_cut },
	{ 0 },
};

int main(void)
{
	return suite_run("candidates: names", tests);
}
