/* tests/profiles/demographics_insured_test.c: ids of a question that are insured numbers, and whose
 * they are. */
#include "tests/base/suite.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/actors/demographics_match.h"

static const struct region all_kept;

#define INSURERS "1.2.392.100495.20.3.61"
#define CLINS "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID"
#define MY_NUMBER "123456789018"

static const char *said(const char *text)
{
	return text == NULL ? "-" : text;
}

static void ids_of_insurers_are_numbers(void)
{
	static const struct {
		const char *domain, *id;
		const char *number; /* insurer/symbol/number/branch; NULL: it stays an id */
	} cases[] = {
		{ INSURERS ".101130012", "12:345:01", "01130012/12/345/01" },
		{ INSURERS ".01130012", "12:345", "01130012/12/345/-" },
		{ INSURERS ".138016", "345", "138016/-/345/-" },
		{ INSURERS ".101130012", ":345:", "01130012/-/345/-" },
		{ INSURERS, "01130012:12:345:01", "01130012/12/345/01" },
		{ INSURERS, "01130012::345:", "01130012/-/345/-" },
		{ INSURERS, "01130012:12:345", "01130012/12/345/-" },
		{ CLINS, "00012345:あいう:１８７:05", "00012345/あいう/１８７/05" },
		{ INSURERS "1.5", "12:345:01", NULL },
		{ "1.2.392.100495.20.3.6", "12:345:01", NULL },
		{ "1.2.392.100495.20.3.51.11319999999", "0001", NULL },
		{ NULL, "0001", NULL },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct patient_identifier own = { .id = "101", .universal_id = "2.999.1" };
		struct patient_identifier one = { .id = cases[i].id,
						  .universal_id = cases[i].domain,
						  .where = "QPD^1^3" },
					  first = own;
		struct demographics_sought s = { .ids = &first };
		struct problem p = { .code = PROBLEM_NONE };
		bool my_number = true;
		first.next = &one;
		CU_ASSERT_TRUE(demographics_take_insured(a, &s, &my_number, &p));
		CU_ASSERT_FALSE(my_number);
		CU_ASSERT_PTR_NOT_NULL_FATAL(s.ids);
		CU_ASSERT_STRING_EQUAL(s.ids->id, "101");
		CU_ASSERT_EQUAL(s.ids->next != NULL, cases[i].number == NULL);
		CU_ASSERT_EQUAL_FATAL(s.insured != NULL, cases[i].number != NULL);
		CU_ASSERT_EQUAL(demographics_names_insurer(cases[i].domain),
				text_starts(cases[i].domain, INSURERS)
					|| text_equal(cases[i].domain, CLINS));
		if (s.insured == NULL)
			continue;
		const struct insurance *n = s.insured->number;
		const char *shown = arena_printf(a, "%s/%s/%s/%s", said(n->insurer),
						 said(n->symbol), said(n->number), said(n->branch));
		CU_ASSERT_STRING_EQUAL(shown, cases[i].number);
		CU_ASSERT_STRING_EQUAL(s.insured->where, "QPD^1^3");
		CU_ASSERT_PTR_NULL(s.insured->next);
	}
	arena_destroy(a);
}

static void what_is_no_number_is_told(void)
{
	static const struct {
		const char *domain, *id;
		bool read, my_number; /* it is refused when it is read, or when its form is made */
	} cases[] = {
		{ INSURERS, "01130012", false, false },
		{ INSURERS, "01130012:12", false, false },
		{ INSURERS, "01130012:12:345:01:2", false, false },
		{ INSURERS ".01130012", "12:345:01:2", false, false },
		{ INSURERS ".01130012", "1:2:3:4:5", false, false },
		{ INSURERS ".x", "12:345:01", true, false },
		{ INSURERS, "1:12:345:01", true, false },
		{ INSURERS, "01130012:12::01", true, false },
		{ INSURERS, "01130012:12:" MY_NUMBER ":01", false, true },
		{ INSURERS, "01130012:" MY_NUMBER ":1:01", false, true },
		{ INSURERS, MY_NUMBER "::1:", false, true },
		{ INSURERS ".01130012", "1:2:" MY_NUMBER, false, true },
		{ INSURERS "." MY_NUMBER, "1", false, true },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct patient_identifier one = { .id = cases[i].id,
							.universal_id = cases[i].domain,
							.where = "QPD^1^3" };
		struct demographics_sought s = { .ids = &one, .where = "QPD^1" };
		struct problem p = { .code = PROBLEM_NONE };
		bool my_number = true;
		CU_ASSERT_EQUAL(demographics_take_insured(a, &s, &my_number, &p), cases[i].read);
		CU_ASSERT_EQUAL(my_number, cases[i].my_number);
		if (cases[i].read)
			CU_ASSERT_PTR_NULL(demographics_prepare(a, &all_kept, &s, &p));
		CU_ASSERT_EQUAL(p.code, my_number ? PROBLEM_TABLE_VALUE : PROBLEM_DATA_TYPE);
		CU_ASSERT_STRING_EQUAL(p.where, "QPD^1^3");
		CU_ASSERT_PTR_NULL(strstr(p.what, "12:"));
	}
	arena_destroy(a);
}

/* By a branch one person, without one whoever is of the household; the old number is his, too. */
static void whose_a_number_is(void)
{
	static const struct {
		const char *id;
		unsigned degree;
	} cases[] = {
		{ "01130012:12:345:01", 100 }, { "01130012:１２:0345:1", 100 },
		{ "01130012:12:345:", 100 },   { "01130012:12:345:02", 0 },
		{ "01130012::345:01", 0 },     { "01130012:12:346:01", 0 },
		{ "06980015:12:345:01", 0 },   { "138016::5:", 100 },
		{ "00138016::5:", 100 },       { "138016::5:00", 0 },
	};
	struct arena *a = arena_create(1 << 20);
	struct insurance former = { .insurer = "138016", .number = "5", .last_said = "20260101" },
			 now = { .insurer = "01130012",
				 .symbol = "12",
				 .number = "345",
				 .branch = "01" };
	const struct patient_demographics d = { .insurances = &now, .former_insurances = &former },
					  nobody = { .sex = "M" };
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct patient_identifier one = { .id = cases[i].id,
							.universal_id = INSURERS };
		struct demographics_sought s = { .ids = &one };
		struct problem p = { .code = PROBLEM_NONE };
		bool my_number;
		CU_ASSERT_TRUE_FATAL(demographics_take_insured(a, &s, &my_number, &p));
		const struct demographics_forms *f = demographics_prepare(a, &all_kept, &s, &p);
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		CU_ASSERT_EQUAL_FATAL(f->search_count, 1);
		CU_ASSERT_PTR_NOT_NULL(f->searches[0].insured);
		CU_ASSERT_EQUAL(demographics_degree(a, f, &d), cases[i].degree);
		CU_ASSERT_EQUAL(demographics_degree(a, f, &nobody), 0);
	}
	/* All that are asked for. */
	struct patient_identifier two[] = {
		{ .id = "01130012:12:345:01", .universal_id = INSURERS, .next = &two[1] },
		{ .id = "138016::5:", .universal_id = INSURERS },
	};
	for (unsigned other = 0; other < 2; other++) {
		struct demographics_sought s = { .ids = two };
		struct problem p = { .code = PROBLEM_NONE };
		bool my_number;
		two[1].id = other ? "138016::6:" : "138016::5:";
		CU_ASSERT_TRUE_FATAL(demographics_take_insured(a, &s, &my_number, &p));
		const struct demographics_forms *f = demographics_prepare(a, &all_kept, &s, &p);
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		CU_ASSERT_EQUAL(demographics_degree(a, f, &d), other ? 0 : 100);
	}
	arena_destroy(a);
}

/* Nobody could be found by it, and that is not what is said. */
static void a_region_without_them_says_so(void)
{
	const struct region without = { .without_insurances = true };
	const struct region unasked = { .unasked_insurances = true };
	const struct patient_identifier one = { .id = "01130012:12:345:01",
						.universal_id = INSURERS,
						.where = "QPD^1^3" };
	struct arena *a = arena_create(1 << 20);
	struct demographics_sought s = { .ids = &one, .where = "QPD^1" };
	struct problem p = { .code = PROBLEM_NONE };
	bool my_number;
	CU_ASSERT_TRUE_FATAL(demographics_take_insured(a, &s, &my_number, &p));
	CU_ASSERT_PTR_NULL(demographics_prepare(a, &without, &s, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_TABLE_VALUE);
	CU_ASSERT_STRING_EQUAL(p.where, "QPD^1^3");
	CU_ASSERT_PTR_NULL(strstr(p.what, "345"));
	p = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_PTR_NULL(demographics_prepare(a, &unasked, &s, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_TABLE_VALUE);
	CU_ASSERT_PTR_NOT_NULL(strstr(p.what, "match-only"));
	CU_ASSERT_PTR_NULL(strstr(p.what, "345"));
	arena_destroy(a);
}

static const struct test tests[] = { { "ids of insurers are numbers", ids_of_insurers_are_numbers },
				     { "what is no number is told", what_is_no_number_is_told },
				     { "whose a number is", whose_a_number_is },
				     { "a region without them says so",
				       a_region_without_them_says_so },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: insured numbers sought", tests);
}
