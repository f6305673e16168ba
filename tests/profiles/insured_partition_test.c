/* tests/profiles/insured_partition_test.c: which insured numbers are one person's (japan.md D6). */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/policy/policy_file.h"
#include "profiles/actors/insured_partition.h"
#include "store/consent.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

#define INSURED(insurer, symbol, number, branch) insurer, symbol, number, branch

static void what_is_a_number(void)
{
	static const struct {
		const char *said;
		bool read, of_person;
	} rows[] = {
		{ "01130012:12:1000:01", true, true },
		{ "1130012:１２:１０００:1", true, true }, /* as it may be written */
		{ "01130012:12:1000:", true, false },      /* a household's */
		{ "138016::5:01", true, true },
		{ "39131156::12345674:", true, true }, /* the late elderly's are a person's */
		{ "01130012:12:1000", false, false },
		{ "01130012:12:1000:01:", false, false },
		{ "", false, false },
		{ ":::", false, false },
		{ "01130012:12::01", false, false },
		{ "01130012:12:123456789018:01", false, false }, /* an Individual Number */
		{ "123456789018:12:1:01", false, false },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct insured_asked one;
		CU_ASSERT_EQUAL(insured_read(a, rows[i].said, &one, &p), rows[i].read);
		CU_ASSERT_EQUAL(p.code, rows[i].read ? PROBLEM_NONE : PROBLEM_DATA_TYPE);
		CU_ASSERT_EQUAL(one.form != NULL, rows[i].of_person);
		CU_ASSERT_PTR_NULL(strstr(p.what, "123456789018"));
	}
	arena_destroy(a);
}

/* ---- Whose they are ---- */

#define YAMADA "ヤマダ", "ケンイチ", "19410503", "M", "0312345001", NULL, NULL
#define SUZUKI "スズキ", "ハナコ", "19800101", "F", "0312345002", NULL, NULL
#define SATO "サトウ", "ジロウ", "19700303", "M", "0312345003", NULL, NULL
#define TANAKA "タナカ", "ウメ", "19390909", "F", "0312345004", NULL, NULL
#define KIMURA "キムラ", "アキラ", "19660606", "M", "0312345005", NULL, NULL

/* In that order: who changed insurer has the former number as well. */
static const struct who people[] = {
	{ A_DOMAIN, "1", YAMADA, INSURED("01130012", "12", "1000", "01") },
	{ B_DOMAIN, "1", YAMADA, INSURED("06980015", "7", "2000", "02") },
	{ A_DOMAIN, "2", SUZUKI, INSURED("01130012", "12", "1001", "01") },
	{ A_DOMAIN, "2", SUZUKI, INSURED("06980015", "7", "2001", "01") },
	{ C_DOMAIN, "3", SATO, INSURED("01130012", "12", "1002", "01") },
	{ C_DOMAIN, "4", TANAKA, INSURED("01130012", "12", "1003", "01") },
	{ A_DOMAIN, "5", KIMURA, INSURED("01130012", "12", "1003", "01") }, /* a mistake of one */
	{ A_DOMAIN, "6", SATO, INSURED("06980015", "7", "3000", NULL) },
};
/* 0: nobody's, or nobody's alone; else the same of one person. */
static const struct {
	const char *said;
	unsigned whose;
} known[] = {
	{ "01130012:12:1000:01", 1 }, { "06980015:7:2000:02", 1 }, { "1130012:12:1000:1", 1 },
	{ "01130012:12:1001:01", 2 }, { "06980015:7:2001:01", 2 }, { "01130012:12:1002:01", 3 },
	{ "01130012:12:1000:02", 0 }, /* another one of the household */
	{ "01130012:12:1003:01", 0 }, /* two persons' */
	{ "06980015:7:3000:", 0 },    /* a household's, who is known */
	{ "01130012:12:9876:01", 0 }, /* nobody's */
};

struct asking {
	struct fixture f;
	struct region region;
	struct requester as;
};

static void begin(struct asking *s)
{
	fixture_open(&s->f);
	s->region = people_region;
	s->region.matching = MATCHING_OFF;
	for (size_t i = 0; i < COUNT(people); i++)
		people_feed(&s->f, &people[i]);
	s->as = (struct requester){ .region = &s->region, .time = INT64_MAX / 2 };
}

static void ask(struct asking *s, struct insured_asked *all, size_t count)
{
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	CU_ASSERT_TRUE(insured_partition(t, s->f.arena, &s->as, all, count));
	store_end(t);
}

/* All of them are asked; those of whom nothing may be known are nobody's. */
static void check(struct asking *s, unsigned unknown, const char *why)
{
	struct insured_asked all[COUNT(known)];
	for (size_t i = 0; i < COUNT(known); i++)
		CU_ASSERT_TRUE_FATAL(
			insured_read(s->f.arena, known[i].said, &all[i], &s->f.problem));
	ask(s, all, COUNT(known));
	for (size_t i = 0; i < COUNT(known); i++)
		for (size_t k = 0; k < COUNT(known); k++) {
			unsigned whose = known[i].whose == unknown ? 0 : known[i].whose;
			bool one = whose != 0 && whose == known[k].whose;
			bool said = all[i].person != 0 && all[i].person == all[k].person;
			if (one != said)
				fprintf(stderr, "%s: %s and %s\n", why, known[i].said,
					known[k].said);
			CU_ASSERT_EQUAL(one, said);
		}
}

static void whose_they_are(void)
{
	struct asking s;
	begin(&s);
	check(&s, 0, "all take part");
	fixture_close(&s.f);
}

/* Whatever is asked, of no number more is said than that it is one person's with another asked. */
static void any_of_them(void)
{
	struct asking s;
	unsigned seed = 7;
	begin(&s);
	for (int round = 0; round < 200; round++) {
		struct insured_asked some[COUNT(known)];
		size_t index[COUNT(known)], count = 0;
		for (size_t i = 0; i < COUNT(known); i++)
			if (rand_r(&seed) % 2 == 0) {
				CU_ASSERT_TRUE_FATAL(insured_read(s.f.arena, known[i].said,
								  &some[count], &s.f.problem));
				index[count++] = i;
			}
		ask(&s, some, count);
		for (size_t i = 0; i < count; i++) {
			CU_ASSERT_STRING_EQUAL(some[i].said, known[index[i]].said);
			for (size_t k = 0; k < count; k++)
				CU_ASSERT_EQUAL(
					known[index[i]].whose != 0
						&& known[index[i]].whose == known[index[k]].whose,
					some[i].person != 0 && some[i].person == some[k].person);
		}
	}
	fixture_close(&s.f);
}

/* ---- Who takes part ---- */

struct saying {
	struct consent_event event;
	const char *domain, *id;
};

static bool say(struct store_txn *t, const void *with)
{
	const struct saying *s = with;
	struct consent_coverage coverage;
	struct problem p = { .code = PROBLEM_NONE };
	struct patient_record r;
	return identity_find(t, store_arena(t), s->domain, s->id, &r)
	       && consent_record(t, &people_region, r.number, &s->event, &coverage, &p);
}

static void who_does_not_take_part(void)
{
	struct asking s;
	const struct saying leaves = { { .action = CONSENT_LEAVE, .reason = "form", .by = "uid 0" },
				       A_DOMAIN,
				       "2" },
			    joins = { { .action = CONSENT_JOIN, .reason = "form", .by = "uid 0" },
				      A_DOMAIN,
				      "2" };
	begin(&s);
	CU_ASSERT_TRUE(in_job(&s.f, say, &leaves));
	check(&s, 2, "has left");
	CU_ASSERT_TRUE(in_job(&s.f, say, &joins));
	check(&s, 0, "has joined");
	s.region.opt_in = true;
	struct insured_asked two[2];
	for (size_t i = 0; i < COUNT(two); i++)
		CU_ASSERT_TRUE(insured_read(s.f.arena, known[i].said, &two[i], &s.f.problem));
	ask(&s, two, COUNT(two));
	CU_ASSERT_TRUE(two[0].person == 0 && two[1].person == 0); /* has said nothing */
	fixture_close(&s.f);
}

static void who_excludes_the_purpose(void)
{
	static const char rules[] = "purpose research HRESCH^2.16.840.1.113883.5.8\n"
				    "purpose treatment TREAT^2.16.840.1.113883.5.8\n"
				    "default permit\n";
	static const struct coded_value research = { .code = "HRESCH",
						     .scheme = "2.16.840.1.113883.5.8" },
					treatment = { .code = "TREAT",
						      .scheme = "2.16.840.1.113883.5.8" };
	struct asking s;
	const struct saying excludes = { { .action = CONSENT_EXCLUDE,
					   .facility = "purpose/research",
					   .reason = "form",
					   .by = "uid 0" },
					 A_DOMAIN,
					 "2" };
	begin(&s);
	s.region.policy = policy_file_read(s.f.arena, "rules", bytes_of_text(rules), NULL).policy;
	CU_ASSERT_PTR_NOT_NULL_FATAL(s.region.policy);
	CU_ASSERT_TRUE(in_job(&s.f, say, &excludes));
	s.as.purposes = &treatment;
	check(&s, 0, "for treatment");
	s.as.purposes = &research;
	check(&s, 2, "for research");
	s.as.purposes = NULL;
	check(&s, 2, "for what the rules do not know");
	fixture_close(&s.f);
}

int main(void)
{
	static const struct test tests[] = {
		{ "what is a number", what_is_a_number },
		{ "whose they are", whose_they_are },
		{ "whatever is asked, nothing else is said", any_of_them },
		{ "who does not take part is not known", who_does_not_take_part },
		{ "who excludes the purpose is not known", who_excludes_the_purpose },
		{ NULL, NULL }
	};
	return suite_run("insured partition", tests);
}
