/* tests/profiles/ssmix2_contents_test.c: what stands in the files of an SS-MIX2 storage: whose they
 * are, what must not be in them, what they say. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "schemas/model/document.h"
#include "tests/profiles/ssmix2_storage.h"

#define DOMAIN_A "1.2.392.100495.20.3.51.1" CODE_A
#define DOMAIN_B "1.2.392.100495.20.3.51.1" CODE_B
#define DAY "20240402"
#define INDIVIDUAL_NUMBER "123456789018"
#define ORDER "\rORC|NW|7\rRXE||x\r"

static void put_yamada(struct imports *im)
{
	put_patient(im, CODE_A, "101", "山田^健一", "ヤマダ^ケンイチ", "19410503", "03-0000-0101");
}

static bool import_a(struct imports *im)
{
	bool fine = import_storage(im, im->root, "a-hospital");
	if (!fine)
		fprintf(stderr, "%s\n", im->x.problem.what);
	CU_ASSERT_TRUE(fine);
	return fine;
}

/* PID-3 and what follows of a prescription of 101; what is said when it is not taken. */
static const struct {
	const char *pid3, *rest, *what;
} whose[] = {
	{ "101", "", NULL },
	{ "101^^^&" DOMAIN_A "&ISO^PI", "", NULL },
	{ "101^^^&urn:oid:" DOMAIN_A "&ISO^PI", "", NULL },
	{ "101^^^WARD7&" DOMAIN_A "&ISO^PI", "", NULL },
	{ "101^^^" CODE_A "^PI", "", NULL },
	{ "101^^^ANS^PI", "", NULL },
	{ "999^^^&1.2.3&ISO^MC~101^^^^PI", "", NULL },
	{ "101^^^&1.2.3&ISO^PI~101^^^^PI", "", NULL },
	{ "102", "", "another patient" },
	{ "", "", "another patient" },
	{ "101^^^&" DOMAIN_B "&ISO^PI", "", "another authority" },
	{ "101^^^&1.2.3&ISO^PI", "", "another authority" },
	{ "101^^^BNS&" DOMAIN_A "&ISO^PI", "", "another authority" },
	{ "101^^^BNS^PI", "", "another authority" },
	{ "101^^^WARD7^PI", "", "another authority" },
	{ "102~101^^^&" DOMAIN_B "&ISO^PI", "", "another authority" },
	/* Individual Numbers: declared, and where they may stand. */
	{ "101^^^^PI~" INDIVIDUAL_NUMBER "^^^^NI", "", "PID-3[2]" },
	{ "101^^^^PI~" INDIVIDUAL_NUMBER, "", "PID-3[2]" },
	{ "101^^^^PI~1234-5678-9018^^^^NI", "", "PID-3[2]" },
	{ "101^^^^PI~１２３４５６７８９０１８^^^^NI", "", "PID-3[2]" },
	{ "101^^^^PI~1^^^^NNJPN", "", "PID-3[2]" },
	{ "101^^^^PI~1^^^マイナンバー", "", "PID-3[2]" },
	{ "101^^^^PI~123456789019^^^^NI", "", NULL }, /* no check digit of one */
	{ "101", "|" INDIVIDUAL_NUMBER, "PID-4[1]" },
	{ "101", "||||||||||||||||" INDIVIDUAL_NUMBER, "PID-19[1]" },
	{ "101", "|||||||||^PRN^PH^^^^^^^^^" INDIVIDUAL_NUMBER, NULL }, /* a telephone */
	{ "101", "\rIN1|1|||||||||" INDIVIDUAL_NUMBER, "IN1-10[1]" },
	{ "101", "\rNK1|1||||||||||||||||||||||||||||||||" INDIVIDUAL_NUMBER, "NK1-33[1]" },
	{ "101", "\rOBX|1|CX|1||" INDIVIDUAL_NUMBER "^^^^NI", "OBX-5[1]" },
	{ "101", "\rOBX|1|NM|1||" INDIVIDUAL_NUMBER, NULL }, /* a value */
};

static void a_document_is_of_this_patient_and_holds_no_individual_number(void)
{
	static const struct assigning_authority named[] = {
		{ "REGION", AFFINITY, NULL },
		{ "ANS", DOMAIN_A, "a-hospital" },
		{ "BNS", DOMAIN_B, "b-clinic" },
	};
	struct imports im;
	unsigned n;
	imports_open(&im);
	im.region.domains = named;
	im.region.domain_count = COUNT(named);
	put_yamada(&im);
	for (size_t i = 0; i < COUNT(whose); i++) {
		const char *order = arena_printf(im.f.arena, "%zu", i), *path;
		path = put_message(&im, CODE_A, "101", DAY, "OMP-01", order, "20240402090000000",
				   "01", '1', "RDE^O11^RDE_O11",
				   arena_printf(im.f.arena, "PID|1||%s%s" ORDER, whose[i].pid3,
						whose[i].rest));
		import_a(&im);
		const char *what = told(&im, "fault", path + strlen(CODE_A "/"));
		bool right = (what == NULL) == (whose[i].what == NULL)
			     && (what == NULL || strstr(what, whose[i].what) != NULL);
		if (!right)
			fprintf(stderr, "%s%s: %s\n", whose[i].pid3, whose[i].rest,
				what == NULL ? "taken" : what);
		CU_ASSERT_TRUE(right);
		CU_ASSERT_EQUAL(done(&im, "documents"), whose[i].what == NULL);
		char *all = json_dumps(im.lines, 0);
		CU_ASSERT_TRUE(strstr(all, INDIVIDUAL_NUMBER) == NULL);
		free(all);
		/* Deleted at the source it is no fault any more. */
		if (what != NULL)
			set_flag(&im, path, '0');
		import_a(&im);
		CU_ASSERT_EQUAL(done(&im, "faults"), 0);
	}
	entries_of(&im, DOMAIN_A, "101", &n);
	CU_ASSERT_TRUE(n != 0);
	imports_close(&im);
}

/* A hospital whose own ids have twelve digits: what is declared is refused all the same. */
static void a_hospital_may_have_ids_of_twelve_digits(void)
{
	static const struct {
		const char *pid3, *rest, *what;
	} cases[] = {
		{ INDIVIDUAL_NUMBER "^^^^PI", "", NULL },
		{ INDIVIDUAL_NUMBER "^^^^PI", "|" INDIVIDUAL_NUMBER, NULL },
		{ INDIVIDUAL_NUMBER "^^^^PI~" INDIVIDUAL_NUMBER "^^^^NI", "", "PID-3[2]" },
		{ INDIVIDUAL_NUMBER "^^^^NNJPN", "", "PID-3[1]" },
		{ INDIVIDUAL_NUMBER "^^^^PI", "||||||||||||||||" INDIVIDUAL_NUMBER, "PID-19[1]" },
	};
	struct imports im;
	imports_open(&im);
	im.systems[0].lenient.twelve_digit_ids = true;
	put_message(&im, CODE_A, INDIVIDUAL_NUMBER, "-", "ADT-00", "999999999999999",
		    "20240401101500123", "-", '1', "ADT^A08^ADT_A01",
		    "PID|1||" INDIVIDUAL_NUMBER "^^^^PI||YAMADA^K\r");
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *path = put_message(&im, CODE_A, INDIVIDUAL_NUMBER, DAY, "OMP-01",
					       arena_printf(im.f.arena, "%zu", i),
					       "20240402090000000", "01", '1', "RDE^O11^RDE_O11",
					       arena_printf(im.f.arena, "PID|1||%s%s" ORDER,
							    cases[i].pid3, cases[i].rest));
		import_a(&im);
		const char *what = told(&im, "fault", strrchr(path, '/') + 1);
		CU_ASSERT_EQUAL(what == NULL, cases[i].what == NULL);
		CU_ASSERT_TRUE(what == NULL || strstr(what, cases[i].what) != NULL);
	}
	CU_ASSERT_TRUE(im.x.needed.twelve_digit_ids);
	imports_close(&im);
}

/* Taken under laxer rules, it does not stay Approved under stricter ones. */
static void rules_hold_for_what_was_taken_before(void)
{
	struct imports im;
	unsigned n;
	imports_open(&im);
	im.systems[0].lenient.twelve_digit_ids = true;
	put_yamada(&im);
	put_message(&im, CODE_A, "101", DAY, "OMP-01", "7", "20240402090000000", "01", '1',
		    "RDE^O11^RDE_O11", "PID|1||101~" INDIVIDUAL_NUMBER ORDER);
	import_a(&im);
	check_done(&im, "laxer", 1, 1, 0, 0, 0, 0);
	im.systems[0].lenient.twelve_digit_ids = false;
	import_a(&im);
	check_done(&im, "stricter", 0, 0, 0, 1, 1, 1);
	CU_ASSERT_EQUAL(entries_of(&im, DOMAIN_A, "101", &n)->status, STATUS_DEPRECATED);
	import_a(&im);
	check_done(&im, "again", 0, 0, 0, 0, 1, 1);
	imports_close(&im);
}

/* What an ADT-00 says beside the patient's own id is left out, and told. */
static void other_ids_are_left_out_with_a_word(void)
{
	struct imports im;
	imports_open(&im);
	put_message(&im, CODE_A, "101", "-", "ADT-00", "999999999999999", "20240401101500123", "-",
		    '1', "ADT^A08^ADT_A01", "PID|1||101^^^^PI~777^^^&2.999.404&ISO^HC||YAMADA^K\r");
	import_a(&im);
	check_done(&im, "other ids", 1, 0, 0, 0, 0, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(told(&im, "warning", "101_-_ADT-00"), "left out"));
	imports_close(&im);
}

/* The import is at 2026-01-15T00:30:00Z. */
static void a_birth_date_that_cannot_be_is_left_out_with_a_word(void)
{
	static const struct {
		const char *birth, *said;
	} cases[] = {
		{ "20260116", NULL },
		{ "20260117", "the birth date (PID-7) is later than tomorrow" },
		{ "20991231", "the birth date (PID-7) is later than tomorrow" },
		{ "19410230", "the birth date (PID-7) cannot be" },
		{ "19411301", "the birth date (PID-7) cannot be" },
		{ "1941053", "the birth date (PID-7) cannot be" },
		{ "3160503", "the birth date (PID-7) cannot be" }, /* an era by number, or not */
		{ "1941/13/03", "the birth date (PID-7) cannot be" },
		{ "昭和の頃", "the birth date (PID-7) cannot be" },
		{ "2026/01/17", "the birth date (PID-7) is later than tomorrow" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct imports im;
		imports_open(&im);
		put_patient(&im, CODE_A, "101", "山田^健一", "ヤマダ^ケンイチ", cases[i].birth,
			    "03-0000-0101");
		import_a(&im);
		check_done(&im, cases[i].birth, 1, 0, 0, 0, 0, 0);
		const char *word = told(&im, "warning", "101_-_ADT-00");
		struct patient_record r = people_record(&im.f, DOMAIN_A, "101");
		if (cases[i].said == NULL) {
			CU_ASSERT_PTR_NULL(word);
			CU_ASSERT_STRING_EQUAL(r.demographics.birth_date, cases[i].birth);
		} else {
			CU_ASSERT_PTR_NOT_NULL_FATAL(word);
			CU_ASSERT_PTR_NOT_NULL(strstr(word, cases[i].said));
			CU_ASSERT_PTR_NULL(strstr(word, cases[i].birth));
			CU_ASSERT_PTR_NULL(r.demographics.birth_date);
		}
		imports_close(&im);
	}
}

static void a_birth_date_in_other_forms_is_read_with_a_word(void)
{
	static const char *const forms[] = { "1941/05/03",        "1941-5-3", "1941.05.03",
					     "S16.5.3",           "S160503",  "昭和16年5月3日",
					     "昭和１６年５月３日" };
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct imports im;
		imports_open(&im);
		put_patient(&im, CODE_A, "101", "山田^健一", "ヤマダ^ケンイチ", forms[i],
			    "03-0000-0101");
		import_a(&im);
		check_done(&im, forms[i], 1, 0, 0, 0, 0, 0);
		const char *word = told(&im, "warning", "101_-_ADT-00");
		CU_ASSERT_PTR_NOT_NULL_FATAL(word);
		CU_ASSERT_PTR_NOT_NULL(strstr(word, "the form of the birth date"));
		struct patient_record r = people_record(&im.f, DOMAIN_A, "101");
		CU_ASSERT_STRING_EQUAL(r.demographics.birth_date, "19410503");
		imports_close(&im);
	}
}

/* SPM-17 is when it was taken; the folder is what counts. */
static void a_specimen_of_another_day_is_told(void)
{
	static const struct {
		const char *segments;
		bool told;
	} results[] = {
		{ "SPM|1|||B|||||||||||||20240402083000\r", false },
		{ "SPM|1|||B|||||||||||||2024/04/02\r", false },
		{ "SPM|1|||B|||||||||||||R6.4.2\r", false },
		{ "SPM|1|||B|||||||||||||\r", false },
		{ "SPM|1|||B|||||||||||||20240401\r", true },
		{ "SPM|1|||B|||||||||||||令和6年4月1日\r", true },
		{ "SPM|1|||B|||||||||||||20240401\rSPM|2|||B|||||||||||||20240402\r", false },
	};
	for (size_t i = 0; i < COUNT(results); i++) {
		struct imports im;
		imports_open(&im);
		put_patient(&im, CODE_A, "101", "山田^健一", "ヤマダ^ケンイチ", "19410503", "1");
		put_message(&im, CODE_A, "101", "20240402", "OML-11", "7", "20240402090000000",
			    "01", '1', "OUL^R22^OUL_R22",
			    arena_printf(im.f.arena, "PID|1||101\r%s", results[i].segments));
		import_a(&im);
		CU_ASSERT_EQUAL(done(&im, "documents"), 1);
		const char *word = told(&im, "warning", "OML-11");
		CU_ASSERT_EQUAL(word != NULL && strstr(word, "SPM-17") != NULL, results[i].told);
		imports_close(&im);
	}
}

static void an_adt_00_of_another_authority_is_nobody_here(void)
{
	struct imports im;
	struct patient_record r;
	imports_open(&im);
	const char *path = put_message(&im, CODE_A, "101", "-", "ADT-00", "999999999999999",
				       "20240401101500123", "01", '1', "ADT^A08^ADT_A01",
				       "PID|1||101^^^&" DOMAIN_B "&ISO^PI||YAMADA^K\r");
	import_a(&im);
	CU_ASSERT_PTR_NOT_NULL(told(&im, "fault", path + strlen(CODE_A "/")));
	CU_ASSERT_FALSE(people_find(&im.f, DOMAIN_A, "101", &r));
	imports_close(&im);
}

/* By their ORCs: a prescription is cancelled when all of it is. */
static void a_prescription_goes_on_as_long_as_one_of_it_does(void)
{
	static const struct {
		const char *orders;
		int documents;
	} cases[] = {
		{ "ORC|NW|1\rRXE||a\rORC|NW|1\rRXE||b\r", 1 },
		{ "ORC|CA|1\rRXE||a\rORC|NW|1\rRXE||b\r", 1 },
		{ "ORC|NW|1\rRXE||a\rORC|CA|1\rRXE||b\r", 1 },
		{ "ORC|CA|1\rRXE||a\rORC|CA|1\rRXE||b\rORC|XO|1\rRXE||c\r", 1 },
		{ "ORC|CA|1\rRXE||a\rORC|CA|1\rRXE||b\r", 0 },
		{ "ORC|CA|1\rRXE||a\r", 0 },
		{ "RXE||a\r", 1 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct imports im;
		imports_open(&im);
		put_yamada(&im);
		put_message(&im, CODE_A, "101", DAY, "OMP-01", "7", "20240402090000000", "01", '1',
			    "RDE^O11^RDE_O11",
			    arena_printf(im.f.arena, "PID|1||101\r%s", cases[i].orders));
		import_a(&im);
		check_done(&im, cases[i].orders, 1, cases[i].documents, 0, 0,
			   1 - cases[i].documents, 0);
		imports_close(&im);
	}
}

/* The file says all of the patient: what the newer one leaves out is gone. */
static void a_newer_adt_00_is_the_whole_patient(void)
{
	struct imports im;
	imports_open(&im);
	put_yamada(&im);
	import_a(&im);
	CU_ASSERT_PTR_NOT_NULL(people_record(&im.f, DOMAIN_A, "101").demographics.telecoms);
	put_message(&im, CODE_A, "101", "-", "ADT-00", "999999999999999", "20240501101500123", "01",
		    '1', "ADT^A08^ADT_A01", "PID|1||101||山田^健一^^^^^L^I\r");
	import_a(&im);
	struct patient_record r = people_record(&im.f, DOMAIN_A, "101");
	CU_ASSERT_PTR_NULL(r.demographics.telecoms);
	CU_ASSERT_PTR_NULL(r.demographics.birth_date);
	CU_ASSERT_PTR_NOT_NULL(r.demographics.names);
	imports_close(&im);
}

int main(void)
{
	static const struct test tests[] = {
		{ "a document is of this patient, without an Individual Number",
		  a_document_is_of_this_patient_and_holds_no_individual_number },
		{ "a hospital may have ids of twelve digits",
		  a_hospital_may_have_ids_of_twelve_digits },
		{ "rules hold for what was taken before", rules_hold_for_what_was_taken_before },
		{ "other ids are left out with a word", other_ids_are_left_out_with_a_word },
		{ "a birth date that cannot be is left out with a word",
		  a_birth_date_that_cannot_be_is_left_out_with_a_word },
		{ "a birth date in other forms is read with a word",
		  a_birth_date_in_other_forms_is_read_with_a_word },
		{ "a specimen of another day is told", a_specimen_of_another_day_is_told },
		{ "an ADT-00 of another authority is nobody here",
		  an_adt_00_of_another_authority_is_nobody_here },
		{ "a prescription goes on as long as one of it does",
		  a_prescription_goes_on_as_long_as_one_of_it_does },
		{ "a newer ADT-00 is the whole patient", a_newer_adt_00_is_the_whole_patient },
		{ NULL, NULL }
	};
	return suite_run("ssmix2 contents", tests);
}
