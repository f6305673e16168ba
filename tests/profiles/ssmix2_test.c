/* tests/profiles/ssmix2_test.c: importing an SS-MIX2 storage. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "profiles/ssmix2/document_entry.h"
#include "profiles/ssmix2/storage_name.h"
#include "schemas/model/document.h"
#include "tests/profiles/ssmix2_storage.h"

#define DOMAIN_A "1.2.392.100495.20.3.51.1" CODE_A
#define DAY "20240402"

static const struct {
	const char *id, *date, *type, *name;
	const char *order, *department, *time; /* order NULL: not taken */
	char flag;
} names[] = {
	{ "101", DAY, "OMP-01", "101_20240402_OMP-01_7_20240402090000123_01_1", "7", "01",
	  "20240402090000123", '1' },
	{ "101", "-", "ADT-00", "101_-_ADT-00_999999999999999_20240401101500123_-_0",
	  "999999999999999", "-", "20240401101500123", '0' },
	{ "101", DAY, "OMP-01", "101_20240402_OMP-01_ORD_7_20240402090000123_01_2", "ORD_7", "01",
	  "20240402090000123", '2' },
	{ "101", DAY, "OMP-01", "101_20240402_OMP-01_7_20240402090000_01_1", "7", "01",
	  "20240402090000000", '1' },
	{ "101", DAY, "OMP-01", "102_20240402_OMP-01_7_20240402090000123_01_1", NULL, NULL, NULL,
	  0 },
	{ "101", DAY, "OMP-01", "101_20240403_OMP-01_7_20240402090000123_01_1", NULL, NULL, NULL,
	  0 },
	{ "101", DAY, "OMP-01", "101_20240402_OML-11_7_20240402090000123_01_1", NULL, NULL, NULL,
	  0 },
	{ "101", DAY, "OMP-01", "101_20240402_OMP-01_7_20240402090000123_01_9", NULL, NULL, NULL,
	  0 },
	{ "101", DAY, "OMP-01", "101_20240402_OMP-01_7_20241302090000123_01_1", NULL, NULL, NULL,
	  0 },
	{ "101", DAY, "OMP-01", "101_20240402_OMP-01_7_202404020900_01_1", NULL, NULL, NULL, 0 },
	{ "101", DAY, "OMP-01", "101_20240402_OMP-01_7\x01_20240402090000123_01_1", NULL, NULL,
	  NULL, 0 },
	{ "101", DAY, "OMP-01", "101_20240402_OMP-01_7^1_20240402090000123_01_1", NULL, NULL, NULL,
	  0 },
	{ "101", DAY, "OMP-01",
	  "101_20240402_OMP-01_12345678901234567890123_20240402090000123_01_1", NULL, NULL, NULL,
	  0 },
	{ "101", DAY, "OMP-01", "101_20240402_OMP-01__20240402090000123_01_1", NULL, NULL, NULL,
	  0 },
	{ "101", DAY, "omp-01", "101_20240402_omp-01_7_20240402090000123_01_1", NULL, NULL, NULL,
	  0 },
	{ "101", DAY, "ADT-02", "101_20240402_ADT-02_7_20240402090000123_01_1", NULL, NULL, NULL,
	  0 },
	{ "101", DAY, "ADT-00", "101_20240402_ADT-00_7_20240402090000123_01_1", NULL, NULL, NULL,
	  0 },
	{ "101", "20240231", "OMP-01", "101_20240231_OMP-01_7_20240402090000123_01_1", NULL, NULL,
	  NULL, 0 },
	{ "1234567890123456", DAY, "OMP-01",
	  "1234567890123456_20240402_OMP-01_7_20240402090000123_01_1", NULL, NULL, NULL, 0 },
	{ "..", DAY, "OMP-01", ".._20240402_OMP-01_7_20240402090000123_01_1", NULL, NULL, NULL, 0 },
};

static void names_are_read_or_refused(void)
{
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(names); i++) {
		struct storage_name n = { .path = "" };
		const char *why = storage_name_read(a, names[i].id, names[i].date, names[i].type,
						    names[i].name, &n);
		if ((why == NULL) != (names[i].order != NULL))
			fprintf(stderr, "%s: %s\n", names[i].name, why == NULL ? "taken" : why);
		CU_ASSERT_EQUAL(why == NULL, names[i].order != NULL);
		if (why != NULL || names[i].order == NULL)
			continue;
		CU_ASSERT_STRING_EQUAL(n.order, names[i].order);
		CU_ASSERT_STRING_EQUAL(n.department, names[i].department);
		CU_ASSERT_STRING_EQUAL(n.time, names[i].time);
		CU_ASSERT_EQUAL(n.flag, names[i].flag);
	}
	CU_ASSERT_FALSE(storage_name_likely("Thumbs.db"));
	CU_ASSERT_FALSE(storage_name_likely("101_20240402_OMP-01_7_20240402090000123_01_1.tmp"));
	CU_ASSERT_FALSE(storage_name_likely("~101_20240402_OMP-01"));
	arena_destroy(a);
}

static void folders_lead_to_ids_of_any_length(void)
{
	static const struct {
		const char *above[3];
		size_t count;
		const char *id;
		bool leads;
	} cases[] = {
		{ { "000", "123" }, 2, "0001234", true },
		{ { "A12", "3" }, 2, "A123", true },
		{ { "7" }, 1, "7", true },
		{ { "7", "7" }, 2, "7", true },
		{ { NULL }, 0, "101", true },
		{ { "000", "124" }, 2, "0001234", false },
		{ { "101" }, 1, "10", false },
		{ { "202", "401" }, 2, "20240101", true },
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		CU_ASSERT_EQUAL(storage_leads_to(cases[i].above, cases[i].count, cases[i].id),
				cases[i].leads);
}

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

static const char *text_at(const struct coded_value *c)
{
	return c == NULL || c->code == NULL ? "" : c->code;
}

static void a_second_import_changes_nothing(void)
{
	struct imports im;
	unsigned n;
	imports_open(&im);
	put_yamada(&im);
	put_order(&im, CODE_A, "101", DAY, "OMP-01", "7", "20240402003000123", '1', "カロナール錠");
	put_order(&im, CODE_A, "101", DAY, "OML-11", "7", "20240402120000000", '1', "10.5");
	import_a(&im);
	check_done(&im, "first", 1, 2, 0, 0, 0, 0);
	CU_ASSERT_EQUAL(im.feeds, 1);
	CU_ASSERT_EQUAL(im.created, 1);
	const struct document_entry *e = entries_of(&im, DOMAIN_A, "101", &n);
	CU_ASSERT_EQUAL_FATAL(n, 2);
	e = text_equal(text_at(e->type_code), "57833-6") ? e : e->next;
	CU_ASSERT_STRING_EQUAL(text_at(e->type_code), "57833-6");
	CU_ASSERT_STRING_EQUAL(text_at(e->event_codes), "OMP-01");
	CU_ASSERT_STRING_EQUAL(text_at(e->practice_setting_code), "01");
	CU_ASSERT_STRING_EQUAL(e->practice_setting_code->display, "内科");
	CU_ASSERT_STRING_EQUAL(text_at(e->healthcare_facility_type_code), "1");
	CU_ASSERT_STRING_EQUAL(e->title->value, "処方オーダ 2024-04-02");
	/* JST is nine hours ahead */
	CU_ASSERT_STRING_EQUAL(e->creation_time, "20240401153000");
	CU_ASSERT_STRING_EQUAL(e->service_start_time, "20240401150000");
	CU_ASSERT_STRING_EQUAL(e->service_stop_time, "20240402145959");
	CU_ASSERT_STRING_EQUAL(e->source_patient_id, "101^^^&" DOMAIN_A "&ISO");
	CU_ASSERT_STRING_EQUAL(e->authors->institution->value,
			       "A病院^^^^^&1.2.392.100495.20.3.23&ISO^^^^9951013");
	CU_ASSERT_STRING_EQUAL(e->mime_type, "application/hl7-v2");
	CU_ASSERT_STRING_EQUAL(e->source_system, "a-hospital");
	CU_ASSERT_TRUE(text_starts(e->unique_id, "2.25.") && text_is_oid(e->unique_id));
	import_a(&im);
	check_done(&im, "second", 0, 0, 0, 0, 3, 0);
	CU_ASSERT_EQUAL(im.events, 0);
	import_storage(&im, arena_printf(im.f.arena, "%s/" CODE_A, im.root), "a-hospital");
	check_done(&im, "from the root itself", 0, 0, 0, 0, 3, 0);
	imports_close(&im);
}

static unsigned count_status(const struct document_entry *e, enum availability_status s)
{
	unsigned n = 0;
	for (; e != NULL; e = e->next)
		n += e->status == s;
	return n;
}

static void check_statuses(struct imports *im, const char *why, unsigned approved,
			   unsigned deprecated)
{
	unsigned n;
	const struct document_entry *e = entries_of(im, DOMAIN_A, "101", &n);
	bool same = count_status(e, STATUS_APPROVED) == approved
		    && count_status(e, STATUS_DEPRECATED) == deprecated;
	if (!same)
		fprintf(stderr, "%s: %u Approved, %u Deprecated\n", why,
			count_status(e, STATUS_APPROVED), count_status(e, STATUS_DEPRECATED));
	CU_ASSERT_TRUE(same);
}

static void a_correction_replaces_and_a_deletion_deprecates(void)
{
	struct imports im;
	imports_open(&im);
	put_yamada(&im);
	const char *one = put_order(&im, CODE_A, "101", DAY, "OMP-01", "7", "20240402090000000",
				    '1', "一");
	import_a(&im);
	one = set_flag(&im, one, '2');
	import_a(&im);
	/* ADT-00, and the file that is looked at, for it counts until the correction is there. */
	check_done(&im, "between the two renamings nothing is lost", 0, 0, 0, 0, 2, 0);
	CU_ASSERT_PTR_NOT_NULL(told(&im, "warning", "_2"));
	check_statuses(&im, "in flight", 1, 0);
	const char *two = put_order(&im, CODE_A, "101", DAY, "OMP-01", "7", "20240402100000000",
				    '1', "二");
	import_a(&im);
	check_done(&im, "corrected", 0, 1, 1, 0, 2, 0);
	check_statuses(&im, "corrected", 1, 1);
	set_flag(&im, one, '0');
	set_flag(&im, two, '0');
	import_a(&im);
	check_done(&im, "deleted", 0, 0, 0, 1, 1, 0);
	CU_ASSERT_EQUAL(im.updated, 1);
	check_statuses(&im, "deleted", 0, 2);
	import_a(&im);
	check_done(&im, "deleted already", 0, 0, 0, 0, 2, 0);
	CU_ASSERT_EQUAL(im.events, 0);
	/* Both versions at once: the older is there, Deprecated. */
	put_order(&im, CODE_A, "101", DAY, "OML-11", "9", "20240402150000000", '2', "1.0");
	put_order(&im, CODE_A, "101", DAY, "OML-11", "9", "20240402180000000", '1', "1.1");
	import_a(&im);
	check_done(&im, "history and current", 0, 2, 1, 0, 2, 0);
	check_statuses(&im, "history and current", 1, 3);
	/* Two files with flag 1: the newer one counts. */
	put_order(&im, CODE_A, "101", DAY, "OMP-01", "10", "20240402150000000", '1', "a");
	put_order(&im, CODE_A, "101", DAY, "OMP-01", "10", "20240402180000000", '1', "b");
	import_a(&im);
	check_done(&im, "two current", 0, 2, 1, 0, 4, 0);
	CU_ASSERT_PTR_NOT_NULL(told(&im, "warning", "_10_20240402150000000"));
	imports_close(&im);
}

static void a_corrected_day_moves_the_order(void)
{
	struct imports im;
	imports_open(&im);
	put_yamada(&im);
	const char *old = put_order(&im, CODE_A, "101", DAY, "OMP-01", "7", "20240402090000000",
				    '1', "x");
	import_a(&im);
	set_flag(&im, old, '0');
	put_order(&im, CODE_A, "101", "20240403", "OMP-01", "7", "20240403090000000", '1', "x");
	import_a(&im);
	check_done(&im, "moved", 0, 1, 1, 0, 2, 0);
	check_statuses(&im, "moved", 1, 1);
	/* Two live days with one number are two orders. */
	put_order(&im, CODE_A, "101", "20240404", "OML-11", "8", "20240404090000000", '1', "x");
	put_order(&im, CODE_A, "101", "20240405", "OML-11", "8", "20240405090000000", '1', "y");
	import_a(&im);
	check_done(&im, "two days", 0, 2, 0, 0, 3, 0);
	imports_close(&im);
}

static void a_deleted_patient_keeps_no_approved_document(void)
{
	struct imports im;
	imports_open(&im);
	put_yamada(&im);
	put_order(&im, CODE_A, "101", DAY, "OMP-01", "7", "20240402090000000", '1', "x");
	import_a(&im);
	set_flag(&im,
		 CODE_A "/101/101/101/-/ADT-00/101_-_ADT-00_999999999999999_20240401101500123_-_1",
		 '0');
	set_flag(&im,
		 CODE_A "/101/101/101/" DAY "/OMP-01/101_" DAY "_OMP-01_7_20240402090000000_01_1",
		 '0');
	import_a(&im);
	check_done(&im, "patient deleted", 0, 0, 0, 1, 1, 0);
	check_statuses(&im, "patient deleted", 0, 1);
	CU_ASSERT_PTR_NOT_NULL(told(&im, "warning", "ADT-00"));
	imports_close(&im);
}

static void documents_are_copied_or_stay_where_they_are(void)
{
	for (int copy = 0; copy < 2; copy++) {
		struct imports im;
		struct bytes octets;
		unsigned n;
		imports_open(&im);
		im.region.ssmix2_copy = copy;
		put_yamada(&im);
		const char *path = put_order(&im, CODE_A, "101", DAY, "OMP-01", "7",
					     "20240402090000000", '1', "abc");
		import_a(&im);
		const char *id = entries_of(&im, DOMAIN_A, "101", &n)->unique_id;
		CU_ASSERT_TRUE_FATAL(retrieve(&im, id, &octets));
		CU_ASSERT_PTR_NOT_NULL(memmem(octets.data, octets.length, "RXE||abc", 8));
		/* Its flag changes: it is read where it is now. */
		path = set_flag(&im, path, '2');
		put_order(&im, CODE_A, "101", DAY, "OMP-01", "7", "20240402100000000", '1', "def");
		import_a(&im);
		check_done(&im, "renamed", 0, 1, 1, 0, 2, 0);
		CU_ASSERT_TRUE(retrieve(&im, id, &octets));
		import_a(&im);
		check_done(&im, "renamed, again", 0, 0, 0, 0, 3, 0);
		CU_ASSERT_EQUAL(im.events, 0);
		/* A byte of it changes: told at import, and never given out. */
		put_file(&im, path, bytes_of_text("MSH|^~\\&|something else"));
		im.spoilt = copy == 0;
		CU_ASSERT_EQUAL(retrieve(&im, id, &octets), copy == 1);
		import_a(&im);
		check_done(&im, "changed", 0, 0, 0, 0, 2, 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(told(&im, "fault", "_2"), "MSH"));
		CU_ASSERT_EQUAL(retrieve(&im, id, &octets), copy == 1);
		imports_close(&im);
	}
}

/* What is written into one file, and what is said of it. */
static const struct {
	const char *path, *text, *what;
} faults[] = {
	{ CODE_A "/102/102/102/-/ADT-00/102_-_ADT-00_999999999999999_20240401101500123_-_1",
	  "MSH|^~\\&|||||||ADT^A08^ADT_A01|1|P|2.5\rPID|1||103||YAMADA^K\r", "another patient" },
	{ CODE_A "/104/104/104/-/ADT-00/104_-_ADT-00_999999999999999_20240401101500123_-_1",
	  "MSH|^~\\&|||||||ADT^A31^ADT_A05|1|P|2.5\rPID|1||104||YAMADA^K\r", "ADT^A31" },
	{ CODE_A "/105/105/105/-/ADT-00/105_-_ADT-00_999999999999999_20240401101500123_-_1", "",
	  "empty" },
	{ CODE_A "/106/106/106/-/ADT-00/106_-_ADT-00_999999999999999_20240401101500123_-_1",
	  "hello", "MSH" },
	{ CODE_A "/107/107/107/-/ADT-00/107_-_ADT-00_999999999999999_20240401101500123_-_1",
	  "MSH|^~\\&|||||||ADT^A08^ADT_A01|1|P|2.5\rPID|1||107||\r", "no name" },
	{ CODE_A "/101/101/101/" DAY "/OMP-01/101_" DAY "_OMP-01_8_20240402090000000_01_1",
	  "MSH|^~\\&|||||||RDE^O11^RDE_O11|1|P|2.5||||||~ISO IR87\rPID|1||101\rRXE||\x1b$B0e",
	  "breaks off" },
	{ CODE_A "/108/108/108/" DAY "/OMP-01/108_" DAY "_OMP-01_8_20240402090000000_01_1",
	  "MSH|^~\\&|||||||RDE^O11^RDE_O11|1|P|2.5\rPID|1||108\r", "not known" },
	{ CODE_A "/109/108/109/" DAY "/OMP-01/109_" DAY "_OMP-01_8_20240402090000000_01_1", "MSH|",
	  "outside" },
	{ CODE_A "/101/101_" DAY "_OMP-01_8_20240402090000000_01_1", "MSH|", "outside" },
};

static void a_faulty_file_is_told_and_the_rest_goes_on(void)
{
	struct imports im;
	imports_open(&im);
	put_yamada(&im);
	put_order(&im, CODE_A, "101", DAY, "OMP-01", "7", "20240402090000000", '1', "x");
	for (size_t i = 0; i < COUNT(faults); i++)
		put_file(&im, faults[i].path, bytes_of_text(faults[i].text));
	put_file(&im, CODE_A "/101/101/101/" DAY "/OMP-01/Thumbs.db", bytes_of_text("x"));
	put_file(&im, CODE_A "/101/101/101/" DAY "/OMP-01/101_1_1_1_1_1_1.tmp", bytes_of_text("x"));
	import_a(&im);
	check_done(&im, "faults", 1, 1, 0, 0, 0, (int)COUNT(faults));
	CU_ASSERT_EQUAL(done(&im, "ignored"), 2);
	for (size_t i = 0; i < COUNT(faults); i++) {
		const char *what = told(&im, "fault", faults[i].path + strlen(CODE_A "/"));
		bool same = what != NULL && strstr(what, faults[i].what) != NULL;
		if (!same)
			fprintf(stderr, "%s: %s\n", faults[i].path,
				what == NULL ? "not told" : what);
		CU_ASSERT_TRUE(same);
	}
	imports_close(&im);
}

static void no_link_leads_out_of_a_storage(void)
{
	struct imports im;
	imports_open(&im);
	put_yamada(&im);
	put_file(&im, "outside/102/-/ADT-00/102_-_ADT-00_999999999999999_20240401101500123_-_1",
		 bytes_of_text("MSH|^~\\&|||||||ADT^A08^ADT_A01|1|P|2.5\rPID|1||102||YAMADA^K\r"));
	const char *link = arena_printf(im.f.arena, "%s/" CODE_A "/102", im.root);
	CU_ASSERT_EQUAL(symlink(arena_printf(im.f.arena, "%s/outside/102", im.root), link), 0);
	link = arena_printf(im.f.arena,
			    "%s/" CODE_A "/101/101/101/-/ADT-00/"
			    "101_-_ADT-00_999999999999999_20250401101500123_-_1",
			    im.root);
	CU_ASSERT_EQUAL(symlink("/etc/hostname", link), 0);
	import_a(&im);
	check_done(&im, "links", 1, 0, 0, 0, 0, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(told(&im, "fault", "102"), "symbolic link"));
	CU_ASSERT_PTR_NOT_NULL(strstr(told(&im, "fault", "2025"), "symbolic link"));
	imports_close(&im);
}

#define INDIVIDUAL_NUMBER "123456789018"

static void an_individual_number_is_written_nowhere(void)
{
	struct imports im;
	imports_open(&im);
	put_file(&im,
		 CODE_A "/101/101/101/-/ADT-00/101_-_ADT-00_999999999999999_20240401101500123_-_1",
		 bytes_of_text("MSH|^~\\&|||||||ADT^A08^ADT_A01|1|P|2.5\r"
			       "PID|1||101~" INDIVIDUAL_NUMBER "||YAMADA^K\r"));
	put_file(&im,
		 CODE_A "/123/456/" INDIVIDUAL_NUMBER "/-/ADT-00/" INDIVIDUAL_NUMBER
			"_-_ADT-00_999999999999999_20240401101500123_-_1",
		 bytes_of_text("MSH|^~\\&|||||||ADT^A08^ADT_A01|1|P|2.5\rPID|1||" INDIVIDUAL_NUMBER
			       "||YAMADA^K\r"));
	import_a(&im);
	check_done(&im, "individual number", 1, 0, 0, 0, 0, 1);
	CU_ASSERT_PTR_NOT_NULL(told(&im, "warning", "101"));
	char *all = json_dumps(im.lines, 0);
	CU_ASSERT_PTR_NULL(strstr(all, INDIVIDUAL_NUMBER));
	free(all);
	CU_ASSERT_FALSE(im.x.needed.twelve_digit_ids);
	/* A hospital whose own ids have twelve digits says so. */
	im.systems[0].lenient.twelve_digit_ids = true;
	import_a(&im);
	CU_ASSERT_TRUE(im.x.needed.twelve_digit_ids && !im.x.needed.local_sex_codes);
	CU_ASSERT_PTR_EQUAL(im.x.needed_by, &im.systems[0]);
	check_done(&im, "its own ids", 1, 0, 0, 0, 1, 0);
	imports_close(&im);
}

static void what_cannot_be_audited_is_not_done(void)
{
	struct imports im;
	unsigned n;
	imports_open(&im);
	put_yamada(&im);
	put_order(&im, CODE_A, "101", DAY, "OMP-01", "7", "20240402090000000", '1', "x");
	im.refuse_audit = true;
	CU_ASSERT_FALSE(import_storage(&im, im.root, "a-hospital"));
	CU_ASSERT_EQUAL(im.x.problem.code, PROBLEM_AUDIT_UNAVAILABLE);
	entries_of(&im, DOMAIN_A, "101", &n);
	CU_ASSERT_EQUAL(n, 0);
	struct patient_record r;
	CU_ASSERT_FALSE(people_find(&im.f, DOMAIN_A, "101", &r));
	im.refuse_audit = false;
	import_a(&im);
	check_done(&im, "afterwards", 1, 1, 0, 0, 0, 0);
	imports_close(&im);
}

static void a_stopping_service_leaves_the_rest_for_later(void)
{
	struct imports im;
	imports_open(&im);
	put_yamada(&im);
	atomic_store(&im.stopping, true);
	CU_ASSERT_FALSE(import_storage(&im, im.root, "a-hospital"));
	CU_ASSERT_EQUAL(im.x.problem.code, PROBLEM_BUSY);
	atomic_store(&im.stopping, false);
	import_a(&im);
	check_done(&im, "later", 1, 0, 0, 0, 0, 0);
	imports_close(&im);
}

static void a_storage_of_another_facility_is_refused(void)
{
	struct imports im;
	imports_open(&im);
	put_yamada(&im);
	CU_ASSERT_FALSE(import_storage(&im, im.root, "b-clinic"));
	CU_ASSERT_EQUAL(im.x.problem.code, PROBLEM_REQUEST_INVALID);
	CU_ASSERT_FALSE(
		import_storage(&im, arena_printf(im.f.arena, "%s/" CODE_A, im.root), "b-clinic"));
	CU_ASSERT_FALSE(import_storage(&im, "/does/not/exist", "a-hospital"));
	CU_ASSERT_FALSE(import_storage(&im, "relative", "a-hospital"));
	CU_ASSERT_FALSE(import_storage(&im, im.root, "nobody"));
	/* Roots with a suffix are one facility's. */
	put_patient(&im, CODE_A "_2", "202", "佐藤^花子", "サトウ^ハナコ", "19500101",
		    "03-0000-0202");
	import_a(&im);
	check_done(&im, "two roots", 2, 0, 0, 0, 0, 0);
	imports_close(&im);
}

/* Which of the roots was left out was the directory's whim, and nobody was told. */
static void so_many_roots_stand_side_by_side(void)
{
	enum { ROOTS = 64 };
	struct imports im;
	imports_open(&im);
	for (unsigned i = 1; i <= ROOTS + 1; i++) {
		const char *root = arena_printf(im.f.arena, CODE_A "_%03u", i);
		put_patient(&im, root, arena_printf(im.f.arena, "%u", 200 + i), "佐藤^花子",
			    "サトウ^ハナコ", "19500101", "03-0000-0202");
		if (i == ROOTS) {
			import_a(&im);
			check_done(&im, "as many as there may be", ROOTS, 0, 0, 0, 0, 0);
		}
	}
	CU_ASSERT_FALSE(import_storage(&im, im.root, "a-hospital"));
	CU_ASSERT_EQUAL(im.x.problem.code, PROBLEM_REQUEST_INVALID);
	CU_ASSERT_PTR_NOT_NULL(strstr(im.x.problem.what, "more than 64 folders"));
	imports_close(&im);
}

/* Its ids would be numbers of another domain. */
static void a_root_is_one_facilitys(void)
{
	struct imports im;
	imports_open(&im);
	put_yamada(&im);
	im.systems[1].institution_code = NULL;
	const char *root = arena_printf(im.f.arena, "%s/" CODE_A, im.root);
	CU_ASSERT_FALSE(import_storage(&im, root, "b-clinic"));
	CU_ASSERT_PTR_NOT_NULL(strstr(im.x.problem.what, "of a-hospital, and not of b-clinic"));
	CU_ASSERT_TRUE(import_storage(&im, root, "a-hospital"));
	imports_close(&im);
}

int main(void)
{
	static const struct test tests[] = {
		{ "names are read or refused", names_are_read_or_refused },
		{ "folders lead to ids of any length", folders_lead_to_ids_of_any_length },
		{ "a second import changes nothing", a_second_import_changes_nothing },
		{ "a correction replaces, a deletion deprecates",
		  a_correction_replaces_and_a_deletion_deprecates },
		{ "a corrected day moves the order", a_corrected_day_moves_the_order },
		{ "a deleted patient keeps no Approved document",
		  a_deleted_patient_keeps_no_approved_document },
		{ "documents are copied or stay", documents_are_copied_or_stay_where_they_are },
		{ "a faulty file is told, the rest goes on",
		  a_faulty_file_is_told_and_the_rest_goes_on },
		{ "so many roots stand side by side", so_many_roots_stand_side_by_side },
		{ "no link leads out", no_link_leads_out_of_a_storage },
		{ "an Individual Number is written nowhere",
		  an_individual_number_is_written_nowhere },
		{ "what cannot be audited is not done", what_cannot_be_audited_is_not_done },
		{ "a stopping service leaves the rest",
		  a_stopping_service_leaves_the_rest_for_later },
		{ "a storage of another facility is refused",
		  a_storage_of_another_facility_is_refused },
		{ "a root is one facility's", a_root_is_one_facilitys },
		{ NULL, NULL }
	};
	return suite_run("ssmix2", tests);
}
