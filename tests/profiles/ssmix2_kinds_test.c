/* tests/profiles/ssmix2_kinds_test.c: what becomes of each data type of a standardised storage.
 *
 * The table was written from SS-MIX2's table of data types and the codes of
 * schemas/codes/japan.tsv, without a look at the importer's. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/envelope/code_file.h"
#include "gateway/policy/policy_file.h"
#include "gateway/policy/region_rules.h"
#include "profiles/ssmix2/document_entry.h"
#include "schemas/tables/view_kinds.h"
#include "tests/profiles/ssmix2_storage.h"

#define DOMAIN_A "1.2.392.100495.20.3.51.1" CODE_A
#define DAY "20240402"
#define OWN "2.25.286961990152863221251726743417141771436"
#define LOINC "2.16.840.1.113883.6.1"
#define SSMIX2 "1.2.392.200250.2.1.100.1.2.120"
#define NO_NUMBER "999999999999999"

/* class NULL: no document. sees: who does by the ready-made policy; p physician, n nurse,
 * k pharmacist, m care manager, c clerk. */
static const struct kind {
	const char *type, *message, *cancel;
	bool undated;
	const char *class_code, *class_scheme, *type_code, *type_scheme, *sees;
} kinds[] = {
	{ "ADT-00", "ADT^A08", "ADT^A23", true, NULL, NULL, NULL, NULL, "" },
	{ "ADT-01", "ADT^A54", "ADT^A55", true, "OTHER", OWN, "ADT-01", SSMIX2, "pnc" },
	{ "ADT-12", "ADT^A04", NULL, false, "OTHER", OWN, "ADT-12", SSMIX2, "pnc" },
	{ "ADT-21", "ADT^A14", "ADT^A27", false, "OTHER", OWN, "ADT-21", SSMIX2, "pnc" },
	{ "ADT-22", "ADT^A01", "ADT^A11", false, "OTHER", OWN, "ADT-22", SSMIX2, "pnc" },
	{ "ADT-31", "ADT^A21", "ADT^A52", false, "OTHER", OWN, "ADT-31", SSMIX2, "pnc" },
	{ "ADT-32", "ADT^A22", "ADT^A53", false, "OTHER", OWN, "ADT-32", SSMIX2, "pnc" },
	{ "ADT-41", "ADT^A15", "ADT^A26", false, "OTHER", OWN, "ADT-41", SSMIX2, "pnc" },
	{ "ADT-42", "ADT^A02", "ADT^A12", false, "OTHER", OWN, "ADT-42", SSMIX2, "pnc" },
	{ "ADT-51", "ADT^A16", "ADT^A25", false, "OTHER", OWN, "ADT-51", SSMIX2, "pnc" },
	{ "ADT-52", "ADT^A03", "ADT^A13", false, "OTHER", OWN, "ADT-52", SSMIX2, "pnc" },
	{ "ADT-61", "ADT^A60", NULL, true, "PROBLEM", OWN, "ADT-61", SSMIX2, "pnk" },
	{ "PPR-01", "PPR^ZD1", NULL, true, "PROBLEM", OWN, "PPR-01", SSMIX2, "pn" },
	{ "OMD", "OMD^O03", NULL, false, "OTHER", OWN, "OMD", SSMIX2, "pnm" },
	{ "OMP-01", "RDE^O11", NULL, false, "57833-6", LOINC, "57833-6", LOINC, "pnk" },
	{ "OMP-11", "RAS^O17", NULL, false, "MEDICATION", OWN, "OMP-11", SSMIX2, "pnk" },
	{ "OMP-02", "RDE^O11", NULL, false, "MEDICATION", OWN, "OMP-02", SSMIX2, "pnk" },
	{ "OMP-12", "RAS^O17", NULL, false, "MEDICATION", OWN, "OMP-12", SSMIX2, "pnk" },
	{ "OML-01", "OML^O33", NULL, false, "OTHER", OWN, "OML-01", SSMIX2, "pnm" },
	{ "OML-11", "OUL^R22", NULL, false, "26436-6", LOINC, "11502-2", LOINC, "pnk" },
	{ "OMG-01", "OMG^O19", NULL, false, "OTHER", OWN, "OMG-01", SSMIX2, "pnm" },
	{ "OMG-02", "OMG^O19", NULL, false, "OTHER", OWN, "OMG-02", SSMIX2, "pnm" },
	{ "OMG-03", "OMG^O19", NULL, false, "OTHER", OWN, "OMG-03", SSMIX2, "pnm" },
	{ "OMG-11", "OMI^Z23", NULL, false, "IMAGE", OWN, "OMG-11", SSMIX2, "pn" },
	{ "OMG-12", "OMI^Z23", NULL, false, "IMAGE", OWN, "OMG-12", SSMIX2, "pn" },
	{ "OMG-13", "ORU^R01", NULL, false, "RESULT", OWN, "OMG-13", SSMIX2, "pn" },
};
enum { SHARED = 25 }; /* of these 26; one is who the patient is */

/* ---- Files ---- */

static const char *put_kind(struct imports *im, const struct kind *k, const char *message,
			    const char *time, char flag, const char *words)
{
	const char *segments = arena_printf(
		im->f.arena, "%sPID|1||101^^^^PI||山田^健一^^^^^L^I\rNTE|1||%s\r",
		text_starts(k->type, "ADT") ? "EVN||20240402\r" : "", words);
	bool numbered = !text_starts(k->type, "ADT") && !text_equal(k->type, "PPR-01");
	return put_message(im, CODE_A, "101", k->undated ? "-" : DAY, k->type,
			   numbered ? "7" : NO_NUMBER, time, "01", flag, message, segments);
}

static void put_yamada(struct imports *im)
{
	put_patient(im, CODE_A, "101", "山田^健一", "ヤマダ^ケンイチ", "19410503", "03-0000-0101");
}

static void import_a(struct imports *im)
{
	CU_ASSERT_TRUE_FATAL(import_storage(im, im->root, "a-hospital"));
}

static const struct document_entry *of_kind(const struct document_entry *e, const char *type,
					    enum availability_status status)
{
	while (e != NULL && (!text_equal(e->event_codes->code, type) || e->status != status))
		e = e->next;
	return e;
}

/* ---- What an entry says ---- */

static void check_text(const char *type, const char *what, const char *said, const char *wanted)
{
	if (!text_equal(said, wanted))
		fprintf(stderr, "%s: %s is %s, not %s\n", type, what, said == NULL ? "-" : said,
			wanted == NULL ? "-" : wanted);
	CU_ASSERT_TRUE(text_equal(said, wanted));
}

static void check_code(const char *type, const char *what, const struct coded_value *c,
		       const char *code, const char *scheme)
{
	check_text(type, what, c == NULL ? NULL : c->code, code);
	check_text(type, what, c == NULL ? NULL : c->scheme, scheme);
	CU_ASSERT_FALSE(c == NULL || text_empty(c->display));
}

/* The view its document is a source of; an injection or a notice is of none. */
static enum view_kind shown_as(const char *type)
{
	static const char *const sources[VIEW_KINDS] = {
		[VIEW_MEDICATION] = "OMP-01",
		[VIEW_LABORATORY] = "OML-11",
		[VIEW_ALLERGIES] = "ADT-61",
		[VIEW_DIAGNOSES] = "PPR-01",
		[VIEW_VISITS] = "ADT-12 ADT-21 ADT-22 ADT-31 ADT-32 ADT-41 ADT-42 ADT-51 ADT-52",
	};
	enum view_kind kind = 0;
	while (kind < VIEW_KINDS && strstr(sources[kind], type) == NULL)
		kind++;
	return kind;
}

static void check_entry(struct imports *im, const struct kind *k, const struct document_entry *e)
{
	const struct storage_type *t = storage_type_of(k->type);
	check_code(k->type, "classCode", e->class_code, k->class_code, k->class_scheme);
	check_code(k->type, "typeCode", e->type_code, k->type_code, k->type_scheme);
	check_code(k->type, "formatCode", e->format_code, "SS-MIX2_1.20", SSMIX2);
	check_code(k->type, "eventCodeList", e->event_codes, k->type, SSMIX2);
	check_code(k->type, "confidentialityCode", e->confidentiality_codes, "N",
		   "2.16.840.1.113883.5.25");
	check_code(k->type, "practiceSettingCode", e->practice_setting_code,
		   k->undated ? "UNK" : "01",
		   k->undated ? "2.16.840.1.113883.5.1008" : "1.2.392.200250.2.2.2");
	check_text(k->type, "authorInstitution", e->authors->institution->value,
		   "A病院^^^^^&1.2.392.100495.20.3.23&ISO^^^^9951013");
	check_text(k->type, "title", e->title->value,
		   k->undated ? t->title : arena_printf(im->f.arena, "%s 2024-04-02", t->title));
	/* JST is nine hours ahead; what has no date has no service time */
	check_text(k->type, "creationTime", e->creation_time, "20240402000000");
	check_text(k->type, "serviceStartTime", e->service_start_time,
		   k->undated ? NULL : "20240401150000");
	check_text(k->type, "serviceStopTime", e->service_stop_time,
		   k->undated ? NULL : "20240402145959");
	check_text(k->type, "mimeType", e->mime_type, "application/hl7-v2");
	CU_ASSERT_EQUAL(view_kind_of_source(e), shown_as(k->type));
}

static void each_type_is_a_document_or_none(void)
{
	struct imports im;
	unsigned n;
	imports_open(&im);
	put_yamada(&im);
	for (size_t i = 1; i < COUNT(kinds); i++)
		put_kind(&im, &kinds[i], kinds[i].message, "20240402090000000", '1', "x");
	import_a(&im);
	check_done(&im, "one of each", 1, SHARED, 0, 0, 0, 0);
	CU_ASSERT_EQUAL(done(&im, "warnings"), 0);
	const struct document_entry *all = entries_of(&im, DOMAIN_A, "101", &n);
	CU_ASSERT_EQUAL(n, SHARED);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct document_entry *e = of_kind(all, kinds[i].type, STATUS_APPROVED);
		if ((e != NULL) != (kinds[i].class_code != NULL))
			fprintf(stderr, "%s: %s\n", kinds[i].type,
				e == NULL ? "no document" : "a document");
		CU_ASSERT_EQUAL(e != NULL, kinds[i].class_code != NULL);
		if (e != NULL && kinds[i].class_code != NULL)
			check_entry(&im, &kinds[i], e);
	}
	import_a(&im);
	check_done(&im, "again", 0, 0, 0, 0, 1 + SHARED, 0);
	CU_ASSERT_EQUAL(im.events, 0);
	imports_close(&im);
}

/* Of one number, too, each type is an order of its own. */
static void check_status_of_each(struct imports *im, const char *why, unsigned approved,
				 unsigned deprecated)
{
	unsigned n;
	const struct document_entry *all = entries_of(im, DOMAIN_A, "101", &n);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		unsigned found[2] = { 0, 0 };
		for (const struct document_entry *e = all; e != NULL; e = e->next)
			if (text_equal(e->event_codes->code, kinds[i].type))
				found[e->status == STATUS_DEPRECATED]++;
		if (kinds[i].class_code == NULL || (found[0] == approved && found[1] == deprecated))
			continue;
		fprintf(stderr, "%s, %s: %u Approved, %u Deprecated\n", why, kinds[i].type,
			found[0], found[1]);
		CU_FAIL("other statuses");
	}
}

static void each_type_is_corrected_deleted_and_restored(void)
{
	struct imports im;
	const char *first[COUNT(kinds)], *second[COUNT(kinds)];
	imports_open(&im);
	put_yamada(&im);
	for (size_t i = 1; i < COUNT(kinds); i++)
		first[i] = put_kind(&im, &kinds[i], kinds[i].message, "20240402090000000", '1',
				    "一");
	import_a(&im);
	for (size_t i = 1; i < COUNT(kinds); i++) {
		first[i] = set_flag(&im, first[i], '2');
		second[i] = put_kind(&im, &kinds[i], kinds[i].message, "20240402100000000", '1',
				     "二");
	}
	import_a(&im);
	check_done(&im, "corrected", 0, SHARED, SHARED, 0, 1 + SHARED, 0);
	check_status_of_each(&im, "corrected", 1, 1);
	for (size_t i = 1; i < COUNT(kinds); i++) {
		first[i] = set_flag(&im, first[i], '0');
		second[i] = set_flag(&im, second[i], '0');
		if (kinds[i].cancel != NULL)
			put_kind(&im, &kinds[i], kinds[i].cancel, "20240402110000000", '0', "三");
	}
	import_a(&im);
	check_done(&im, "deleted", 0, 0, 0, SHARED, 1, 0);
	check_status_of_each(&im, "deleted", 0, 2);
	for (size_t i = 1; i < COUNT(kinds); i++)
		set_flag(&im, second[i], '1');
	import_a(&im);
	CU_ASSERT_EQUAL(done(&im, "restored"), SHARED);
	check_status_of_each(&im, "restored", 1, 1);
	import_a(&im);
	CU_ASSERT_EQUAL(im.events, 0);
	imports_close(&im);
}

/* What was corrected before it was seen: both are there, the older Deprecated, however late. */
static void history_that_comes_late_stays_history(void)
{
	struct imports im;
	imports_open(&im);
	put_yamada(&im);
	for (size_t i = 1; i < COUNT(kinds); i++)
		put_kind(&im, &kinds[i], kinds[i].message, "20240402100000000", '1', "二");
	import_a(&im);
	for (size_t i = 1; i < COUNT(kinds); i++)
		put_kind(&im, &kinds[i], kinds[i].message, "20240402090000000", '2', "一");
	import_a(&im);
	check_done(&im, "late", 0, SHARED, 0, 0, 1 + SHARED, 0);
	check_status_of_each(&im, "late", 1, 1);
	imports_close(&im);
}

static void a_message_of_another_type_is_a_fault(void)
{
	struct imports im;
	imports_open(&im);
	put_yamada(&im);
	for (size_t i = 1; i < COUNT(kinds); i++)
		put_kind(&im, &kinds[i], "ADT^A31^ADT_A05", "20240402090000000", '1', "x");
	import_a(&im);
	check_done(&im, "another trigger", 1, 0, 0, 0, 0, SHARED);
	for (size_t i = 1; i < COUNT(kinds); i++) {
		const char *what = told(&im, "fault",
					arena_printf(im.f.arena, "_%s_", kinds[i].type));
		CU_ASSERT_EQUAL(what != NULL && strstr(what, "ADT^A31") != NULL,
				kinds[i].class_code != NULL);
	}
	imports_close(&im);
}

/* A notice of images refers to its studies, and to nothing that is no UID. */
static void a_notice_of_images_refers_to_the_study(void)
{
	static const char *const wanted[] = { "2.999.40.1", "2.999.40.2" };
	struct imports im;
	unsigned n;
	imports_open(&im);
	put_yamada(&im);
	put_message(&im, CODE_A, "101", DAY, "OMG-11", "7", "20240402090000000", "01", '1',
		    "OMI^Z23^OMI_Z23",
		    "PID|1||101^^^^PI||山田^健一^^^^^L^I\rORC|NW|7\rOBR||7\r"
		    "IPC|X1|P1|2.999.40.1||DX^^DCM\rIPC|X1|P2|2.999.40.1||DX^^DCM\r"
		    "IPC|X2|P1|2.999.40.2||CT^^DCM\rIPC|X3|P1|none\rIPC|X4|P1|2..1\rIPC|X5\r");
	import_a(&im);
	check_done(&im, "images", 1, 1, 0, 0, 0, 0);
	const struct document_entry *e = entries_of(&im, DOMAIN_A, "101", &n);
	CU_ASSERT_EQUAL_FATAL(n, 1);
	const struct text_value *id = e->reference_ids;
	CU_ASSERT_TRUE_FATAL(id != NULL && text_starts(id->value, "7^^^&"));
	for (size_t i = 0; i < COUNT(wanted); i++) {
		id = id->next;
		CU_ASSERT_PTR_NOT_NULL_FATAL(id);
		CU_ASSERT_STRING_EQUAL(id->value,
				       arena_printf(im.f.arena,
						    "%s^^^^urn:ihe:iti:xds:2016:studyInstanceUID",
						    wanted[i]));
	}
	CU_ASSERT_PTR_NULL(id->next);
	import_a(&im);
	CU_ASSERT_EQUAL(im.events, 0);
	imports_close(&im);
}

static void so_many_studies_are_referred_to(void)
{
	struct imports im;
	unsigned n, references = 0;
	imports_open(&im);
	put_yamada(&im);
	const char *lines = "PID|1||101^^^^PI||山田^健一^^^^^L^I\r";
	for (unsigned i = 0; i < SSMIX2_STUDIES_MOST + 1; i++)
		lines = arena_printf(im.f.arena, "%sIPC|X|P|2.999.40.%u\r", lines, i + 1);
	put_message(&im, CODE_A, "101", DAY, "OMG-12", "7", "20240402090000000", "01", '1',
		    "OMI^Z23^OMI_Z23", lines);
	import_a(&im);
	const struct document_entry *e = entries_of(&im, DOMAIN_A, "101", &n);
	CU_ASSERT_EQUAL_FATAL(n, 1);
	for (const struct text_value *id = e->reference_ids; id != NULL; id = id->next)
		references++;
	CU_ASSERT_EQUAL(references, 1 + SSMIX2_STUDIES_MOST); /* and the order */
	imports_close(&im);
}

/* ---- The region's sets and rules ---- */

static struct bytes file(struct arena *a, const char *name)
{
	const char *top = getenv("srcdir"), *why;
	struct bytes text = { 0 };
	bool held = regular_read(a, arena_printf(a, "%s/%s", top == NULL ? "." : top, name),
				 1 << 20, &text, &why);
	if (!held)
		fprintf(stderr, "%s: %s\n", name, why);
	CU_ASSERT_TRUE_FATAL(held);
	return text;
}

static void check_allowed(const struct code_sets *sets, const char *attribute,
			  const struct coded_value *c)
{
	bool allowed = code_sets_allow(sets, attribute, c->code, c->scheme);
	if (!allowed)
		fprintf(stderr, "%s %s^%s is in no set\n", attribute, c->code, c->scheme);
	CU_ASSERT_TRUE(allowed);
}

static const struct submission *submission_of(struct imports *im, const struct kind *k)
{
	struct ssmix2_source *source = arena_new(im->f.arena, struct ssmix2_source);
	struct blob *octets = arena_new(im->f.arena, struct blob);
	struct storage_name name;
	*source = (struct ssmix2_source){ .region = &im->region, .facility = &im->systems[0] };
	*octets = (struct blob){ .size = 1 };
	const char *date = k->undated ? "-" : DAY;
	CU_ASSERT_PTR_NULL_FATAL(
		storage_name_read(im->f.arena, "101", date, k->type,
				  arena_printf(im->f.arena, "101_%s_%s_7_20240402090000000_%s_1",
					       date, k->type, k->undated ? "-" : "01"),
				  &name));
	const struct ssmix2_document document = { &name, octets, "2.25.1", NULL };
	return ssmix2_submission(im->f.arena, source, &document, "x", NULL, 0);
}

static void all_codes_are_in_the_sets_of_japan(void)
{
	struct imports im;
	imports_open(&im);
	struct code_file f = code_file_in(im.f.arena);
	CU_ASSERT_TRUE_FATAL(code_file_read(&f, file(im.f.arena, "schemas/codes/japan.tsv"), NULL));
	struct code_sets sets = code_file_sets(&f);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (kinds[i].class_code == NULL)
			continue;
		const struct submission *s = submission_of(&im, &kinds[i]);
		const struct document_entry *e = s->entries;
		check_allowed(&sets, "classCode", e->class_code);
		check_allowed(&sets, "typeCode", e->type_code);
		check_allowed(&sets, "formatCode", e->format_code);
		check_allowed(&sets, "eventCodeList", e->event_codes);
		check_allowed(&sets, "practiceSettingCode", e->practice_setting_code);
		check_allowed(&sets, "confidentialityCode", e->confidentiality_codes);
		check_allowed(&sets, "healthcareFacilityTypeCode",
			      e->healthcare_facility_type_code);
		check_allowed(&sets, "contentTypeCode", s->set->content_type_code);
		CU_ASSERT_TRUE(code_sets_allow(&sets, "mimeType", e->mime_type, NULL));
	}
	imports_close(&im);
}

static bool open_policy(void *self, const char *name, struct bytes *text, const char **named,
			const char **why)
{
	(void)why;
	*named = name;
	*text = file(self, arena_printf(self, "dist/policies/%s", name));
	return true;
}

static void the_ready_made_policy_shows_each_role_its_own(void)
{
	static const struct {
		char letter;
		const char *role;
	} roles[] = { { 'p', "医師" },
		      { 'n', "看護師" },
		      { 'k', "薬剤師" },
		      { 'm', "ケアマネジャー" },
		      { 'c', "事務" } };
	struct imports im;
	imports_open(&im);
	const struct policy_source source = { im.f.arena, open_policy };
	struct policy_reading read = policy_file_read(
		im.f.arena, "japan.policy", file(im.f.arena, "dist/policies/japan.policy"),
		&source);
	CU_ASSERT_PTR_NOT_NULL_FATAL(read.policy);
	im.region.policy = read.policy;
	for (size_t r = 0; r < COUNT(roles); r++) {
		struct registered_system system = { .role = roles[r].role };
		struct requester who = { .region = &im.region, .system = &system };
		struct rules_asker asks = rules_begin(im.f.arena, &who);
		for (size_t i = 0; i < COUNT(kinds); i++) {
			if (kinds[i].class_code == NULL)
				continue;
			struct rules_marks marks = rules_marks_of(
				read.policy, submission_of(&im, &kinds[i])->entries);
			bool sees = rules_decide(&asks, marks)->ruling == RULING_PERMIT;
			bool should = strchr(kinds[i].sees, roles[r].letter) != NULL;
			if (sees != should)
				fprintf(stderr, "%s %s %s\n", roles[r].role,
					sees ? "sees" : "does not see", kinds[i].type);
			CU_ASSERT_EQUAL(sees, should);
		}
	}
	im.region.policy = NULL;
	imports_close(&im);
}

int main(void)
{
	static const struct test tests[] = {
		{ "each type is a document or none", each_type_is_a_document_or_none },
		{ "each type is corrected, deleted, restored",
		  each_type_is_corrected_deleted_and_restored },
		{ "history that comes late stays history", history_that_comes_late_stays_history },
		{ "a message of another type is a fault", a_message_of_another_type_is_a_fault },
		{ "a notice of images refers to the study",
		  a_notice_of_images_refers_to_the_study },
		{ "so many studies are referred to", so_many_studies_are_referred_to },
		{ "all codes are in the sets of Japan", all_codes_are_in_the_sets_of_japan },
		{ "the ready-made policy shows each role its own",
		  the_ready_made_policy_shows_each_role_its_own },
		{ NULL, NULL }
	};
	return suite_run("ssmix2 kinds", tests);
}
