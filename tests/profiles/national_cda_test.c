/* tests/profiles/national_cda_test.c: national documents in HL7 CDA R2, read. How they are held
 * against their metadata is tests/profiles/national_test.c's. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "profiles/national/national_document.h"
#include "schemas/model/region_policy.h"
#include "tests/base/suite.h"

#define REFERRAL "referral.xml"
#define PLACE "/ClinicalDocument"

/* The file with one text for another; find NULL: as it is. */
static struct bytes edited(struct arena *a, const char *name, const char *find, const char *with)
{
	const char *source = getenv("srcdir"), *why;
	struct bytes octets;
	const char *path = text_joined(a, source == NULL ? "." : source,
				       "/tests/cases/national_cda/", name, NULL);
	CU_ASSERT_TRUE_FATAL(regular_read(a, path, 1 << 20, &octets, &why));
	if (find == NULL)
		return octets;
	const char *text = arena_text_n(a, (const char *)octets.data, octets.length);
	const char *at = strstr(text, find);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	return bytes_of_text(text_joined(a, arena_text_n(a, text, (size_t)(at - text)), with,
					 at + strlen(find), NULL));
}

static void each_kind_is_known_by_its_code(void)
{
	static const struct {
		const char *file, *find, *with, *mark, *type;
	} rows[] = {
		{ REFERRAL, NULL, NULL, "57133-1", "57133-1" },
		{ "referral-jmix.xml", NULL, NULL, "MD0020730", NULL },
		{ "discharge.xml", NULL, NULL, "18842-5", "18842-5" },
		{ "check-up.xml", NULL, NULL, "10", NULL },
		{ REFERRAL, "\"57133-1\"", "\"53576-5\"", "53576-5", "53576-5" },
		/* of no kind of Japan */
		{ "other.xml", NULL, NULL, NULL, "34133-9" },
		{ REFERRAL, "2.16.840.1.113883.6.1\"", "2.999\"", NULL, NULL },
		{ REFERRAL, "<code code", "<kode code", NULL, NULL },
		{ "list.xml", NULL, NULL, NULL, NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct national_document doc;
		struct bytes octets = edited(a, rows[i].file, rows[i].find, rows[i].with);
		CU_ASSERT_TRUE_FATAL(national_cda_read(a, octets, &doc, &p));
		CU_ASSERT_TRUE(doc.cda);
		CU_ASSERT_TRUE(text_equal(doc.kind == NULL ? NULL : doc.kind->mark, rows[i].mark));
		CU_ASSERT_TRUE(text_equal(doc.type_code, rows[i].type));
		arena_destroy(a);
	}
}

static void what_the_header_says_is_read(void)
{
	struct arena *a = arena_create(64 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	struct national_document doc;
	CU_ASSERT_TRUE_FATAL(national_cda_read(a, edited(a, REFERRAL, NULL, NULL), &doc, &p));
	CU_ASSERT_STRING_EQUAL(doc.title, "診療情報提供書");
	CU_ASSERT_EQUAL(doc.time_count, 1);
	CU_ASSERT_EQUAL(doc.times[0].first, INT64_C(1768469400) * 1000000);
	CU_ASSERT_EQUAL(doc.confidentiality, CONFIDENTIALITY_NORMAL);
	CU_ASSERT_STRING_EQUAL(doc.confidentiality_at, PLACE "/confidentialityCode");
	CU_ASSERT_STRING_EQUAL(doc.ids->domain, "1.2.392.100495.20.3.51.11319952024");
	CU_ASSERT_STRING_EQUAL(doc.ids->value, "031");
	CU_ASSERT_PTR_NULL(doc.ids->next);
	CU_ASSERT_STRING_EQUAL(doc.names->value, "山田健一");
	CU_ASSERT_STRING_EQUAL(doc.names->next->value, "ヤマダケンイチ");
	CU_ASSERT_STRING_EQUAL(doc.birth, "19410503");
	CU_ASSERT_EQUAL(doc.sex, 'M');
	CU_ASSERT_STRING_EQUAL(doc.institutions->value, "1319952024");
	CU_ASSERT_PTR_NULL(doc.my_number_at);
	/* Without a zone it is of Japan. */
	CU_ASSERT_TRUE_FATAL(national_cda_read(
		a, edited(a, REFERRAL, "20260115183000+0900", "20260115183000"), &doc, &p));
	CU_ASSERT_EQUAL(doc.times[0].first, INT64_C(1768469400) * 1000000);
	/* What a section says of itself is said of the document. */
	CU_ASSERT_TRUE_FATAL(national_cda_read(a, edited(a, "section.xml", NULL, NULL), &doc, &p));
	CU_ASSERT_EQUAL(doc.confidentiality, CONFIDENTIALITY_VERY_RESTRICTED);
	CU_ASSERT_PTR_NOT_NULL(strstr(doc.confidentiality_at, "section/confidentialityCode"));
	arena_destroy(a);
}

static void individual_numbers_are_found(void)
{
	static const struct {
		const char *file, *find, *with, *at;
	} rows[] = {
		{ REFERRAL, "\"031\"", "\"123456789018\"",
		  PLACE "/recordTarget/patientRole/id[1]" },
		{ REFERRAL, "\"031\"", "\"１２３４　５６７８　９０１８\"",
		  PLACE "/recordTarget/patientRole/id[1]" },
		{ REFERRAL, "\"031\"", "\"123456789019\"", NULL },
		/* in a document of any kind; and of its author */
		{ "other.xml", "\"031\"", "\"123456789018\"",
		  PLACE "/recordTarget/patientRole/id[1]" },
		{ REFERRAL, "<patient>", "<patient><id extension=\"123456789018\"/>",
		  PLACE "/recordTarget/patientRole/patient/id" },
		{ REFERRAL, "extension=\"1\"", "extension=\"123456789018\"", NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct national_document doc;
		struct bytes octets = edited(a, rows[i].file, rows[i].find, rows[i].with);
		CU_ASSERT_TRUE_FATAL(national_cda_read(a, octets, &doc, &p));
		CU_ASSERT_TRUE(text_equal(doc.my_number_at, rows[i].at));
		if (!text_equal(doc.my_number_at, rows[i].at))
			printf("\n%zu: %s\n", i, doc.my_number_at);
		arena_destroy(a);
	}
}

static void what_is_no_such_document_is_refused(void)
{
	static const struct {
		const char *file, *find, *with, *where, *what;
	} rows[] = {
		{ "doctype.xml", NULL, NULL, "ClinicalDocument", "without a DOCTYPE" },
		{ "cut.xml", NULL, NULL, "ClinicalDocument", "well-formed" },
		{ REFERRAL, "山田", "\xff", "ClinicalDocument", "UTF-8" },
		{ REFERRAL, "recordTarget>", "recordtarget>", "ClinicalDocument", "well-formed" },
		{ REFERRAL, "patientRole>\n   <id", "patientrole>\n   <id", "ClinicalDocument",
		  "well-formed" },
		{ REFERRAL, "</recordTarget>", "</recordTarget><recordTarget/>", PLACE,
		  "has not one recordTarget" },
		{ REFERRAL, "<recordTarget>\n  <patientRole>",
		  "<recordTarget/>\n<participant>\n  <patientRole>", "ClinicalDocument",
		  "well-formed" },
		{ REFERRAL, "20260115183000+0900", "soon", PLACE "/effectiveTime", "no time" },
		{ REFERRAL, "<effectiveTime value=\"20260115183000+0900\"/>", "", PLACE,
		  "no effectiveTime" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct national_document doc;
		struct bytes octets = edited(a, rows[i].file, rows[i].find, rows[i].with);
		CU_ASSERT_FALSE(national_cda_read(a, octets, &doc, &p));
		CU_ASSERT_EQUAL(p.code, PROBLEM_REPOSITORY_METADATA);
		CU_ASSERT_STRING_EQUAL(p.where, rows[i].where);
		CU_ASSERT_PTR_NOT_NULL(strstr(p.what, rows[i].what));
		arena_destroy(a);
	}
}

static void what_begins_so_is_read(void)
{
	static const struct {
		const char *text;
		bool is;
	} rows[] = {
		{ "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">", true },
		{ "\xef\xbb\xbf<?xml version='1.0'?><x:ClinicalDocument xmlns:x='urn:hl7-org:v3'",
		  true },
		{ "<ClinicalDocument/>", false },
		{ "<list xmlns=\"urn:hl7-org:v3\"/>", false },
		{ "", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_EQUAL(national_cda_begins(bytes_of_text(rows[i].text)), rows[i].is);
}

/* An entry that says N, 57133-1 and 031 of the domain, of a document that says something else. */
static void it_is_held_against_its_metadata(void)
{
	static const struct {
		const char *file, *find, *with, *attribute;
		bool warning;
	} rows[] = {
		{ REFERRAL, NULL, NULL, NULL, false },
		{ "referral-jmix.xml", "紹介状", "診療情報提供書", NULL, false },
		{ "other.xml", NULL, NULL, NULL, false },
		{ "list.xml", NULL, NULL, NULL, false },
		{ "discharge.xml", "退院時サマリー", "診療情報提供書", "typeCode", false },
		{ "section.xml", NULL, NULL, "confidentialityCode", false },
		{ REFERRAL, "\"031\"", "\"32\"", "sourcePatientId", false },
		{ REFERRAL, "20260115183000+0900", "20260119", "creationTime", false },
		{ REFERRAL, "診療情報提供書", "紹介状", "title", true },
		{ REFERRAL, "\"031\"", "\"123456789018\"", "uniqueId", false },
		{ "other.xml", "\"031\"", "\"123456789018\"", "uniqueId", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct national_document doc;
		struct region region = { .policy = NULL };
		struct leniencies needed = { false };
		struct registry_desk d = { .arena = a, .region = &region, .needed = &needed };
		struct findings f = findings_in(a);
		struct coded_value type = { .code = "57133-1", .scheme = NATIONAL_LOINC },
				   level = { .code = "N", .scheme = "2.16.840.1.113883.5.25" },
				   format = { .code = "urn:ihe:iti:xds:2017:mimeTypeSufficient" };
		struct localized title = { .value = "診療情報提供書" };
		const struct document_entry e = {
			.id = "d1",
			.mime_type = "text/xml",
			.type_code = &type,
			.format_code = &format,
			.confidentiality_codes = &level,
			.title = &title,
			.creation_time = "20260115093000",
			.source_patient_id = "031^^^&1.2.392.100495.20.3.51.11319952024&ISO"
		};
		struct bytes octets = edited(a, rows[i].file, rows[i].find, rows[i].with);
		CU_ASSERT_TRUE_FATAL(national_cda_read(a, octets, &doc, &p));
		bool good = national_document_fits(&d, &e, &doc, SUBMISSION_PROVIDES, &f);
		CU_ASSERT_EQUAL(good, rows[i].warning || rows[i].attribute == NULL);
		CU_ASSERT_EQUAL(f.warnings, rows[i].warning);
		const char *got = f.first == NULL ? "" : f.first->problem.where;
		CU_ASSERT_STRING_EQUAL(
			got, rows[i].attribute == NULL
				     ? ""
				     : arena_printf(a, "DocumentEntry(d1).%s", rows[i].attribute));
		arena_destroy(a);
	}
}

static const struct test tests[] = {
	{ "each kind is known by its code", each_kind_is_known_by_its_code },
	{ "what the header says is read", what_the_header_says_is_read },
	{ "Individual Numbers are found", individual_numbers_are_found },
	{ "what is no such document is refused", what_is_no_such_document_is_refused },
	{ "what begins so is read", what_begins_so_is_read },
	{ "it is held against its metadata", it_is_held_against_its_metadata },
	{ 0 }
};

int main(void)
{
	return suite_run("national documents in CDA", tests);
}
