/* tests/profiles/national_notebook_test.c: the electronic medication notebook, read and held
 * against its metadata. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "profiles/national/national_document.h"
#include "tests/base/suite.h"

#define WHOLE "whole.txt"

/* The file with one text for another; find NULL: as it is. */
static struct bytes edited(struct arena *a, const char *name, const char *find, const char *with)
{
	const char *source = getenv("srcdir"), *why;
	struct bytes octets;
	const char *path = text_joined(a, source == NULL ? "." : source,
				       "/tests/cases/national_notebook/", name, NULL);
	CU_ASSERT_TRUE_FATAL(regular_read(a, path, 1 << 20, &octets, &why));
	if (find == NULL)
		return octets;
	const char *text = arena_text_n(a, (const char *)octets.data, octets.length);
	const char *at = strstr(text, find);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	return bytes_of_text(text_joined(a, arena_text_n(a, text, (size_t)(at - text)), with,
					 at + strlen(find), NULL));
}

/* However it was cut and put together again, and in both character sets, it says the same. */
static void a_notebook_says_what_it_says(void)
{
	static const struct {
		const char *file;
		bool incomplete;
	} rows[] = {
		{ WHOLE, false },
		{ "utf-8.txt", false },
		{ "parts-octets.txt", false },
		{ "parts-lines.txt", false },
		{ "parts-reversed.txt", false },
		{ "parts-behind.txt", false },
		{ "parts-records.txt", false },
		{ "parts-odd.txt", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct national_document doc;
		struct bytes octets = edited(a, rows[i].file, NULL, NULL);
		CU_ASSERT_TRUE(national_notebook_begins(octets));
		CU_ASSERT_TRUE_FATAL(national_notebook_read(a, octets, &doc, &p));
		CU_ASSERT_STRING_EQUAL(doc.version, "JAHISTC07");
		CU_ASSERT_STRING_EQUAL(doc.names->value, "山田　健一");
		CU_ASSERT_STRING_EQUAL(doc.names->next->value, "ﾔﾏﾀﾞ ｹﾝｲﾁ");
		CU_ASSERT_STRING_EQUAL(doc.birth, "19410503");
		CU_ASSERT_EQUAL(doc.sex, 'M');
		CU_ASSERT_PTR_NOT_NULL_FATAL(doc.institutions);
		CU_ASSERT_STRING_EQUAL(doc.institutions->value, "3349954046");
		CU_ASSERT_EQUAL(doc.service.first, INT64_C(1768402800) * 1000000);
		CU_ASSERT_EQUAL(doc.incomplete, rows[i].incomplete);
		CU_ASSERT_PTR_NULL(doc.my_number_at);
		arena_destroy(a);
	}
}

static void each_version_is_taken(void)
{
	static const struct {
		const char *line;
		bool is;
	} rows[] = {
		{ "JAHISTC01,1", true }, { "JAHISTC08,2", true },   { "JAHISTC12,1,new", true },
		{ "JAHISTC03", true },   { "JAHISTCAB,1", false },  { "JAHISTC7,1", false },
		{ "JAHISTC071", false }, { " JAHISTC07,1", false }, { "", false },
		{ "JAHIS9", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct national_document doc;
		struct bytes octets = edited(a, WHOLE, "JAHISTC07,1", rows[i].line);
		CU_ASSERT_EQUAL(national_notebook_begins(octets), rows[i].is);
		CU_ASSERT_EQUAL(national_notebook_read(a, octets, &doc, &p), rows[i].is);
		if (rows[i].is) {
			CU_ASSERT_EQUAL(memcmp(doc.version, rows[i].line, 9), 0);
		} else {
			CU_ASSERT_STRING_EQUAL(p.where, "line 1");
		}
		arena_destroy(a);
	}
}

static void what_is_no_such_document_is_refused(void)
{
	static const struct {
		const char *file, *find, *with, *where, *what;
	} rows[] = {
		{ WHOLE, "\r\n1,", "\r\n6,", "record 1", "is not there" },
		{ WHOLE, "201,", "201,\xfd\xff", "text", "neither Windows-31J" },
		{ "parts-two-sets.txt", NULL, NULL, "record 911", "two notebooks" },
		{ "parts-twice.txt", NULL, NULL, "record 911", "twice" },
		{ "parts-lines.txt", "3,2\r\n", "4,2\r\n", "record 911", "two notebooks" },
		{ "parts-records.txt", "\r\nJAHISTC07", "\r\nJAHISTC06", "record 911",
		  "two versions" },
		{ "parts-records.txt", "911,7,3,1\r\n", "911,7,3,1\r\n4,memo\r\n", "record 911",
		  "in the middle" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct national_document doc;
		struct bytes octets = edited(a, rows[i].file, rows[i].find, rows[i].with);
		CU_ASSERT_FALSE(national_notebook_read(a, octets, &doc, &p));
		CU_ASSERT_EQUAL(p.code, PROBLEM_REPOSITORY_METADATA);
		CU_ASSERT_STRING_EQUAL(p.where, rows[i].where);
		CU_ASSERT_PTR_NOT_NULL(strstr(p.what, rows[i].what));
		arena_destroy(a);
	}
}

/* More parts than there may be, each of them small. */
static void parts_are_bounded(void)
{
	struct arena *a = arena_create(64 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	struct national_document doc;
	struct buffer b = buffer_in(a);
	for (unsigned i = 0; i <= NATIONAL_PARTS_MOST; i++)
		buffer_text(&b, "JAHISTC07,1\r\n1,A,1\r\n");
	CU_ASSERT_FALSE(national_notebook_read(a, buffer_bytes(&b), &doc, &p));
	CU_ASSERT_STRING_EQUAL(p.what, "there are too many parts");
	arena_destroy(a);
}

/* An entry of the shipped codes, and a notebook that says something else. */
static void it_is_held_against_its_metadata(void)
{
	static const struct {
		const char *file, *find, *with, *attribute;
		bool warning;
	} rows[] = {
		{ WHOLE, NULL, NULL, NULL, false },
		{ "utf-8.txt", "S160503", "19410503", NULL, false },
		{ "utf-8.txt", "S160503", "S160504", "sourcePatientInfo", false },
		{ "utf-8.txt", ",1,S160503", ",2,S160503", "sourcePatientInfo", false },
		{ "utf-8.txt", "山田　健一", "佐藤　健一", "sourcePatientInfo", true },
		{ WHOLE, "JAHISTC07", "JAHISTC06", "formatCode", false },
		{ WHOLE, "5,20260115", "5,20251001", "serviceStartTime", true },
		{ WHOLE, "5,20260115", "5,20260116", NULL, false },
		{ WHOLE, ",33,4,9954046", ",33,4,9954047", "authorInstitution", true },
		{ "parts-missing.txt", NULL, NULL, "uniqueId", true },
		{ WHOLE, "086-000-0001", "1234-5678-9018", "uniqueId", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct national_document doc;
		struct region region = { .policy = NULL };
		struct leniencies needed = { false };
		struct registry_desk d = { .arena = a, .region = &region, .needed = &needed };
		struct findings f = findings_in(a);
		struct coded_value type = { .code = "57833-6", .scheme = NATIONAL_LOINC },
				   format = { .code = "JAHISTC07", .scheme = NATIONAL_CLASSES },
				   class = { .code = "MEDICATION", .scheme = NATIONAL_CLASSES };
		struct text_value sex = { .value = "PID-8|M" },
				  birth = { .value = "PID-7|19410503", .next = &sex },
				  name = { .value = "PID-5|山田^健一", .next = &birth },
				  institution = { .value = "D^^^^^&2.999&ISO^^^^3349954046" };
		struct author author = { .institution = &institution };
		const struct document_entry e = { .id = "d1",
						  .type_code = &type,
						  .class_code = &class,
						  .format_code = &format,
						  .authors = &author,
						  .service_start_time = "20260115",
						  .service_stop_time = "20260115",
						  .source_patient_info = &name };
		struct bytes octets = edited(a, rows[i].file, rows[i].find, rows[i].with);
		CU_ASSERT_TRUE_FATAL(national_notebook_read(a, octets, &doc, &p));
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
	{ "a notebook says what it says", a_notebook_says_what_it_says },
	{ "each version is taken", each_version_is_taken },
	{ "what is no such document is refused", what_is_no_such_document_is_refused },
	{ "parts are bounded", parts_are_bounded },
	{ "it is held against its metadata", it_is_held_against_its_metadata },
	{ 0 }
};

int main(void)
{
	return suite_run("medication notebooks", tests);
}
