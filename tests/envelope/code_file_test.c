/* tests/envelope/code_file_test.c: code sets, looked up and as files. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/envelope/code_file.h"
#include "gateway/envelope/code_system_oid.h"
#include "tests/base/suite.h"

#define HEADING "attribute\tcode\tscheme\tjapanese\tenglish\textension\n"
#define LOINC "2.16.840.1.113883.6.1"

static const struct code_reading type_code = { .attribute = "typeCode" };

static const char *in_source(struct arena *a, const char *name)
{
	const char *top = getenv("srcdir");
	return arena_printf(a, "%s/%s", top == NULL ? "." : top, name);
}

static struct bytes file(struct arena *a, const char *name)
{
	struct bytes text = { 0 };
	const char *why;
	bool read = regular_read(a, in_source(a, name), CODE_FILE_MOST, &text, &why);
	if (!read)
		fprintf(stderr, "%s: %s\n", name, why);
	CU_ASSERT_TRUE_FATAL(read);
	return text;
}

static struct code_sets sets_of(struct arena *a, const char *rows)
{
	struct code_file f = code_file_in(a);
	CU_ASSERT_TRUE_FATAL(
		code_file_read(&f, bytes_of_text(arena_printf(a, "%s%s", HEADING, rows)), NULL));
	return code_file_sets(&f);
}

/* attribute, code, scheme, allowed */
static void a_code_is_in_its_set(void)
{
	static const struct {
		const char *attribute, *code, *scheme;
		bool allowed;
	} cases[] = {
		{ "classCode", "A", "1.2", true },
		{ "classCode", "B", "1.2", false },
		{ "classCode", "A", "1.3", false }, /* right code, wrong scheme */
		{ "classCode", "a", "1.2", false }, /* case counts */
		{ "classCode", "A", "", false },
		{ "classCode", "A", NULL, false },
		{ "classCode", "", "1.2", false },
		{ "classCode", "*", "1.2", false },
		{ "typeCode", "B", "1.2", true },        /* no set: every code */
		{ "sourcePatientId", "B", "1.2", true }, /* no coded attribute */
		{ "eventCodeList", "anything", "1.4", true },
		{ "eventCodeList", "anything", "1.5", false },
		{ "mimeType", "text/plain", NULL, true },
		{ "mimeType", "TEXT/Plain", "", true }, /* here it does not */
		{ "mimeType", "text/plai", NULL, false },
		{ "languageCode", "JA-jp", NULL, true },
		{ "languageCode", "ja", NULL, false },
		{ "formatCode", "*", "2.9", true },
		{ "practiceSettingCode", "08", "1.6", true },
		{ "practiceSettingCode", "081", "1.6", true },
		{ "practiceSettingCode", "0", "1.6", false },
		{ "practiceSettingCode", "091", "1.6", false },
		{ "practiceSettingCode", "081", "1.7", false },
		{ "mimeType", "IMAGE/png", NULL, true },
		{ "mimeType", "imag/png", NULL, false },
	};
	struct arena *a = arena_create(1 << 20);
	struct code_sets s = sets_of(a, "classCode\tA\t1.2\n"
					"eventCodeList\t*\t1.4\n"
					"practiceSettingCode\t08*\t1.6\n"
					"mimeType\timage/*\n"
					"mimeType\ttext/plain\n"
					"languageCode\tja-JP\n");
	for (size_t i = 0; i < COUNT(cases); i++)
		if (code_sets_allow(&s, cases[i].attribute, cases[i].code, cases[i].scheme)
		    != cases[i].allowed) {
			fprintf(stderr, "%s %s\n", cases[i].attribute, cases[i].code);
			CU_FAIL("another verdict");
		}
	struct code_sets none = { 0 };
	CU_ASSERT_STRING_EQUAL(code_sets_stands_for(&s, "practiceSettingCode", "081", "1.6")->code,
			       "08*");
	CU_ASSERT_PTR_NULL(code_sets_stands_for(&s, "practiceSettingCode", "081", "1.7"));
	CU_ASSERT_TRUE(code_sets_allow(&none, "classCode", "A", "1.2"));
	CU_ASSERT_PTR_NULL(code_sets_find(&none, "classCode", "A", "1.2"));
	arena_destroy(a);
}

static void each_is_found_among_many(void)
{
	enum { MANY = 5000 };
	struct arena *a = arena_create(64 << 20);
	struct code_file f = code_file_in(a);
	for (unsigned i = 0; i < MANY; i++)
		CU_ASSERT_TRUE_FATAL(code_file_add(
			&f,
			&(struct affinity_code){ .attribute = code_attributes[i % 2],
						 .code = arena_printf(a, "c%u", i / 2),
						 .scheme = "1.2" },
			i, NULL));
	struct code_sets s = code_file_sets(&f);
	for (size_t i = 0; i < s.count; i++)
		CU_ASSERT_PTR_EQUAL(
			code_sets_find(&s, s.codes[i].attribute, s.codes[i].code, "1.2"),
			&s.codes[i]);
	CU_ASSERT_EQUAL(s.count, MANY);
	CU_ASSERT_PTR_NULL(code_sets_find(&s, "classCode", "c2500", "1.2"));
	arena_destroy(a);
}

/* What is wrong with a table: line, part of what is told, part of the remedy. */
static void a_faulty_table_is_told(void)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *what, *remedy;
	} cases[] = {
		{ "", 0, "no code", "that has codes" },
		{ HEADING, 0, "no code", "that has codes" },
		{ "classCode\tA\t1.2\n", 1, "not the heading", "attribute code scheme" },
		{ "attribute code scheme\n", 1, "not the heading", "tabs" },
		{ "attribute\tcode\tscheme\tjapanese\tenglish\textension\tmore\n", 1, "heading",
		  "" },
		{ HEADING "\n#\nclasscode\tA\t1.2\n", 4, "\"classcode\" is no coded",
		  "classCode," },
		{ HEADING "classCode\t\t1.2\n", 2, "has no code", "write the code" },
		{ HEADING "classCode\tA\n", 2, "no coding scheme", "OID" },
		{ HEADING "classCode\tA\t\n", 2, "no coding scheme", "OID" },
		{ HEADING "classCode\n", 2, "1 fields", "tabs" },
		{ HEADING "classCode A 1.2\n", 2, "1 fields", "tabs" },
		{ HEADING "classCode\tA\t1\t2\t3\t4\t5\n", 2, "7 fields", "tabs" },
		{ HEADING "classCode\t A\t1.2\n", 2, "blanks at an end", "take them away" },
		{ HEADING "classCode\tA\t1.2 \n", 2, "blanks at an end", "take them away" },
		{ HEADING "classCode\tA\x01\t1.2\n", 2, "control character", "take it away" },
		{ HEADING "classCode\t\"A\"\t1.2\n", 2, "stands in quotes", "without quotes" },
		{ HEADING "classCode\tA\t1.2\t\"甲, 乙\"\n", 2, "stands in quotes", "without" },
		{ HEADING "mimeType\tpdf\n", 2, "no media type", "type/subtype" },
		{ HEADING "mimeType\ttext/plain; charset=UTF-8\n", 2, "no media type", "type" },
		{ HEADING "mimeType\t/pdf\n", 2, "no media type", "type" },
		{ HEADING "mimeType\tapplication/\n", 2, "no media type", "type" },
		{ HEADING "mimeType\ttext/xml\t1.2\n", 2, "no coding scheme, here", "empty" },
		{ HEADING "languageCode\tja_JP\n", 2, "no language tag", "ja-JP" },
		{ HEADING "classCode\tA\t1.2\nclassCode\tA\t1.2\tname\n", 3, "stands in line 2",
		  "keep one" },
		{ HEADING "mimeType\ttext/xml\nmimeType\tText/XML\n", 3, "stands in line 2",
		  "one" },
		{ HEADING "classCode\tA\t1.2\t\xff\n", 2, "not UTF-8", "UTF-8" },
		{ HEADING "classCode\t\x93\xfa\n", 2, "not UTF-8", "UTF-8" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_create(8 << 20);
		struct code_file f = code_file_in(a);
		bool read = code_file_read(&f, bytes_of_text(cases[i].text), NULL);
		const struct code_fault *w = f.faults;
		bool told = !read && w != NULL && w->line == cases[i].line && w->next == NULL
			    && strstr(w->what, cases[i].what) != NULL
			    && strstr(w->remedy, cases[i].remedy) != NULL;
		if (!told)
			fprintf(stderr, "%zu: %u %s, %s\n", i, w == NULL ? 0 : w->line,
				w == NULL ? "no fault" : w->what, w == NULL ? "" : w->remedy);
		CU_ASSERT_TRUE(told);
		arena_destroy(a);
	}
}

/* 256 characters of three octets each fit, one more does not. */
static void lengths_have_two_sides(void)
{
	for (unsigned more = 0; more < 2; more++) {
		struct arena *a = arena_create(8 << 20);
		struct code_file f = code_file_in(a);
		struct buffer b = buffer_in(a);
		buffer_text(&b, HEADING "classCode\t");
		for (unsigned i = 0; i < 256 + more; i++)
			buffer_text(&b, "診");
		buffer_text(&b, "\t1.2\n");
		CU_ASSERT_EQUAL(code_file_read(&f, buffer_bytes(&b), NULL), more == 0);
		if (more == 1)
			CU_ASSERT_PTR_NOT_NULL(strstr(f.faults->what, "longer than 256"));
		arena_destroy(a);
	}
}

static bool read_so_many(unsigned count, struct arena *a, struct code_file *f)
{
	struct buffer b = buffer_in(a);
	buffer_text(&b, HEADING);
	for (unsigned i = 0; i < count; i++)
		buffer_printf(&b, "classCode\t%u\t1.2\n", i);
	*f = code_file_in(a);
	return code_file_read(f, buffer_bytes(&b), NULL);
}

static void codes_and_octets_are_bounded(void)
{
	struct arena *a = arena_create(512 << 20);
	struct code_file f;
	CU_ASSERT_TRUE(read_so_many(CODE_ROWS_MOST, a, &f));
	CU_ASSERT_EQUAL(f.count, CODE_ROWS_MOST);
	CU_ASSERT_FALSE(read_so_many(CODE_ROWS_MOST + 1, a, &f));
	CU_ASSERT_PTR_NOT_NULL(strstr(f.faults->what, "more than 100000 codes"));
	unsigned char *blank = arena_alloc(a, CODE_FILE_MOST + 1);
	memset(blank, '\n', CODE_FILE_MOST + 1);
	memcpy(blank, HEADING "mimeType\ttext/xml", sizeof HEADING "mimeType\ttext/xml" - 1);
	f = code_file_in(a);
	CU_ASSERT_TRUE(code_file_read(&f, (struct bytes){ blank, CODE_FILE_MOST }, NULL));
	f = code_file_in(a);
	CU_ASSERT_FALSE(code_file_read(&f, (struct bytes){ blank, CODE_FILE_MOST + 1 }, NULL));
	CU_ASSERT_PTR_NOT_NULL(strstr(f.faults->what, "longer than 16 MiB"));
	arena_destroy(a);
}

static void many_faults_are_counted(void)
{
	struct arena *a = arena_create(8 << 20);
	struct code_file f = code_file_in(a);
	struct buffer b = buffer_in(a);
	buffer_text(&b, HEADING);
	for (unsigned i = 0; i < 50; i++)
		buffer_text(&b, "nothing\tA\t1.2\n");
	CU_ASSERT_FALSE(code_file_read(&f, buffer_bytes(&b), NULL));
	unsigned told = 0;
	for (const struct code_fault *w = f.faults; w != NULL; w = w->next)
		told++;
	CU_ASSERT_EQUAL(told, CODE_FAULTS_MOST);
	CU_ASSERT_EQUAL(f.fault_count, 50);
	arena_destroy(a);
}

/* form, its file, codes taken, codes said twice, notes; or what the first fault says. */
static void each_form_is_read(void)
{
	static const struct {
		const char *name;
		size_t count, twice;
		bool notes;
		const char *fault, *where;
		unsigned line;
	} cases[] = {
		{ .name = "code_table/small", .count = 4 },
		{ .name = "code_table/excel", .count = 1 },
		{ .name = "code_table/cp932", .fault = "not UTF-8", .line = 2 },
		{ .name = "codes_xml/small", .count = 3, .twice = 1, .notes = true },
		{ .name = "codes_xml/renamed", .count = 1 },
		{ .name = "codes_xml/faults", .fault = "has no code", .line = 3 },
		{ .name = "codes_xml/other", .fault = "not <Codes>", .line = 1 },
		{ .name = "codes_xml/cut", .fault = "" },
		{ .name = "codes_xml/doctype", .fault = "" },
		{ .name = "code_fhir/compose", .count = 4 },
		{ .name = "code_fhir/expansion", .count = 2 },
		{ .name = "code_fhir/code-system", .count = 2 },
		{ .name = "code_fhir/filter", .fault = "excludes", .where = "compose.exclude" },
		{ .name = "code_fhir/page", .fault = "part of it", .where = "expansion.total" },
		{ .name = "code_fhir/fragment", .fault = "\"fragment\"", .where = "content" },
		{ .name = "code_fhir/unknown-system",
		  .fault = "https://example.org/x",
		  .where = "compose.include[0].concept[0]" },
		{ .name = "code_fhir/other", .fault = "\"Bundle\"", .where = "resourceType" },
		{ .name = "code_fhir/wrong-kinds", .fault = "", .where = "expansion.contains[0]" },
		{ .name = "code_fhir/cut", .fault = "no JSON", .line = 3 },
		{ .name = "code_fhir/twice", .fault = "no JSON", .line = 1 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_create(64 << 20);
		struct code_file f = code_file_in(a);
		struct bytes text = file(a, arena_printf(a, "tests/cases/%s", cases[i].name));
		bool read = code_file_read(&f, text, &type_code);
		const struct code_fault *w = f.faults;
		bool fits = read ? cases[i].fault == NULL && f.count == cases[i].count
					    && f.twice == cases[i].twice
					    && (f.notes != NULL) == cases[i].notes
				 : cases[i].fault != NULL && strstr(w->what, cases[i].fault) != NULL
					    && w->line == cases[i].line
					    && (cases[i].where == NULL
						|| text_equal(w->where, cases[i].where));
		if (!fits)
			fprintf(stderr, "%s: %zu codes, %zu twice, %u %s %s\n", cases[i].name,
				f.count, f.twice, w == NULL ? 0 : w->line,
				w == NULL || w->where == NULL ? "" : w->where,
				w == NULL ? "" : w->what);
		CU_ASSERT_TRUE(fits);
		arena_destroy(a);
	}
}

static void names_are_in_their_languages(void)
{
	struct arena *a = arena_create(8 << 20);
	struct code_file f = code_file_in(a);
	CU_ASSERT_TRUE_FATAL(
		code_file_read(&f, file(a, "tests/cases/code_fhir/compose"), &type_code));
	struct code_sets s = code_file_sets(&f);
	const struct affinity_code *c = code_sets_find(&s, "typeCode", "57133-1", LOINC);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_STRING_EQUAL(c->japanese, "診療情報提供書");
	CU_ASSERT_STRING_EQUAL(c->english, "Referral note");
	CU_ASSERT_TRUE(code_sets_allow(&s, "typeCode", "3F050", "1.2.392.200119.4.504"));
	f = code_file_in(a);
	CU_ASSERT_TRUE_FATAL(code_file_read(&f, file(a, "tests/cases/codes_xml/small"), NULL));
	s = code_file_sets(&f);
	c = code_sets_find(&s, "contentTypeCode", "Communication",
			   "Connect-a-thon contentTypeCodes");
	CU_ASSERT_TRUE(c != NULL && text_equal(c->english, "Communication") && c->japanese == NULL);
	c = code_sets_find(&s, "codeList", "Referrals", "2.999.5");
	CU_ASSERT_TRUE(c != NULL && text_equal(c->japanese, "紹介"));
	c = code_sets_find(&s, "mimeType", "text/plain", NULL);
	CU_ASSERT_TRUE(c != NULL && text_equal(c->extension, "txt"));
	arena_destroy(a);
}

static void fhir_needs_to_be_told_whose_it_is(void)
{
	static const struct code_reading none = { 0 }, wrong = { .attribute = "typecode" },
					 scheme = { .attribute = "typeCode", .scheme = "2.999.7" };
	struct arena *a = arena_create(8 << 20);
	struct bytes text = file(a, "tests/cases/code_fhir/unknown-system");
	struct code_file f = code_file_in(a);
	CU_ASSERT_FALSE(code_file_read(&f, text, NULL));
	CU_ASSERT_PTR_NOT_NULL(strstr(f.faults->remedy, "--attribute"));
	f = code_file_in(a);
	CU_ASSERT_FALSE(code_file_read(&f, text, &none));
	f = code_file_in(a);
	CU_ASSERT_FALSE(code_file_read(&f, text, &wrong));
	f = code_file_in(a);
	CU_ASSERT_TRUE(code_file_read(&f, text, &scheme));
	CU_ASSERT_STRING_EQUAL(f.first->code.scheme, "2.999.7");
	arena_destroy(a);
}

/* A resource, what it is of, and how many codes it has or what is wrong where. */
static void fhir_is_read_to_its_end(void)
{
#define SET(rest) "{\"resourceType\": \"ValueSet\"" rest "}"
#define INCLUDE(rest) SET(", \"compose\": {\"include\": [{" rest "}]}")
#define SYSTEM(rest) "{\"resourceType\": \"CodeSystem\", \"content\": \"complete\"" rest "}"
	static const struct {
		const char *attribute, *text;
		size_t count;
		const char *what, *where;
	} cases[] = {
		{ "mimeType",
		  INCLUDE("\"system\": \"urn:ietf:bcp:13\", \"concept\": [{\"code\": "
			  "\"text/xml\"}]"),
		  1, NULL, NULL },
		{ "mimeType", INCLUDE("\"system\": \"urn:ietf:bcp:13\""), 0, "whole system",
		  "compose.include[0]" },
		{ "languageCode",
		  INCLUDE("\"system\": \"urn:ietf:bcp:47\", \"concept\": [{\"code\": \"ja_JP\"}]"),
		  0, "no language tag", "compose.include[0].concept[0]" },
		{ "typeCode", INCLUDE("\"concept\": [{\"code\": \"A\"}]"), 0, "another value set",
		  "compose.include[0]" },
		{ "typeCode", INCLUDE("\"system\": \"1.2\", \"valueSet\": [\"x\"]"), 0,
		  "another value set", "compose.include[0]" },
		{ "typeCode", INCLUDE("\"system\": \"1.2\", \"concept\": [{}, {\"code\": 1}]"), 0,
		  "has no code", "compose.include[0].concept[0]" },
		{ "typeCode", SET(""), 0, "no code", NULL },
		{ "typeCode", SET(", \"expansion\": {\"total\": 0, \"contains\": []}"), 0,
		  "no code", NULL },
		{ "typeCode",
		  SET(", \"expansion\": {\"contains\": [{\"code\": \"A\", \"system\": "
		      "\"urn:oid:1.2\"}]}"),
		  1, NULL, NULL },
		{ "typeCode", SET(", \"expansion\": {\"contains\": [{\"code\": \"A\"}]}"), 0,
		  "no OID is known of system \"\"", "expansion.contains[0]" },
		{ "typeCode", SYSTEM(", \"concept\": [{\"code\": \"A\"}]"), 0, "no OID is known",
		  "concept[0]" },
		{ "typeCode",
		  SYSTEM(", \"url\": \"http://loinc.org\", \"identifier\": [{}, {\"value\": "
			 "\"x\"}], \"concept\": [{\"code\": \"A\", \"property\": [{\"code\": "
			 "\"notSelectable\", \"valueBoolean\": false}, {\"code\": \"x\"}]}]"),
		  1, NULL, NULL },
		{ "typeCode", "{\"resourceType\": \"CodeSystem\"}", 0, "\"\", not complete",
		  "content" },
		{ "typeCode", "{}", 0, "the resource is a \"\"", "resourceType" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_create(8 << 20);
		struct code_file f = code_file_in(a);
		const struct code_reading with = { .attribute = cases[i].attribute };
		bool read = code_file_read(&f, bytes_of_text(cases[i].text), &with);
		const struct code_fault *w = f.faults;
		bool fits = read ? cases[i].what == NULL && f.count == cases[i].count
				 : cases[i].what != NULL && strstr(w->what, cases[i].what) != NULL
					    && text_equal(w->where, cases[i].where);
		if (!fits)
			fprintf(stderr, "%zu: %zu codes, %s: %s\n", i, f.count,
				w == NULL || w->where == NULL ? "" : w->where,
				w == NULL ? "" : w->what);
		CU_ASSERT_TRUE(fits);
		arena_destroy(a);
	}
#undef SET
#undef INCLUDE
#undef SYSTEM
}

/* Concepts in concepts: 32 deep are read, one more is not. */
static void depth_has_two_sides(void)
{
	static const char *const forms[][3] = {
		{ "{\"resourceType\": \"CodeSystem\", \"content\": \"complete\", \"url\": "
		  "\"urn:oid:1.2\", ",
		  "\"concept\": [{\"code\": \"%u\", ", "" },
		{ "{\"resourceType\": \"ValueSet\", \"expansion\": {",
		  "\"contains\": [{\"system\": \"1.2\", \"code\": \"%u\", ", "}" },
	};
	for (size_t i = 0; i < COUNT(forms); i++)
		for (unsigned deep = 32; deep < 34; deep++) {
			struct arena *a = arena_create(8 << 20);
			struct code_file f = code_file_in(a);
			struct buffer b = buffer_in(a);
			buffer_text(&b, forms[i][0]);
			for (unsigned d = 0; d < deep; d++) {
				const char *percent = strchr(forms[i][1], '%');
				buffer_append(&b, forms[i][1], (size_t)(percent - forms[i][1]));
				buffer_printf(&b, "%u%s", d, percent + 2);
			}
			buffer_text(&b, "\"display\": \"x\"");
			for (unsigned d = 0; d < deep; d++)
				buffer_text(&b, "}]");
			buffer_printf(&b, "}%s", forms[i][2]);
			bool read = code_file_read(&f, buffer_bytes(&b), &type_code);
			CU_ASSERT_EQUAL(read, deep == 32);
			if (!read)
				CU_ASSERT_PTR_NOT_NULL(strstr(f.faults->what, "32 deep"));
			arena_destroy(a);
		}
}

static void systems_have_oids(void)
{
	CU_ASSERT_STRING_EQUAL(code_system_oid("http://loinc.org"), LOINC);
	CU_ASSERT_STRING_EQUAL(code_system_oid("urn:oid:2.999.1"), "2.999.1");
	CU_ASSERT_STRING_EQUAL(code_system_oid("2.999.1"), "2.999.1");
	CU_ASSERT_PTR_NULL(code_system_oid("http://loinc.org/"));
	CU_ASSERT_PTR_NULL(code_system_oid("urn:oid:x"));
	CU_ASSERT_PTR_NULL(code_system_oid(NULL));
}

/* The shipped set is whole, and written and read again the same. */
static void the_shipped_set_reads_back(void)
{
	struct arena *a = arena_create(64 << 20);
	struct code_file f = code_file_in(a), again = code_file_in(a);
	bool read = code_file_read(&f, file(a, "schemas/codes/japan.tsv"), NULL);
	for (const struct code_fault *w = f.faults; w != NULL; w = w->next)
		fprintf(stderr, "%u: %s\n", w->line, w->what);
	CU_ASSERT_TRUE_FATAL(read);
	struct buffer b = buffer_in(a);
	code_file_write(&b, f.first);
	CU_ASSERT_TRUE(code_file_read(&again, buffer_bytes(&b), NULL));
	CU_ASSERT_EQUAL(f.count, again.count);
	const struct code_row *r = f.first, *s = again.first;
	for (; r != NULL && s != NULL; r = r->next, s = s->next)
		CU_ASSERT_TRUE(text_equal(r->code.attribute, s->code.attribute)
			       && text_equal(r->code.code, s->code.code)
			       && text_equal(r->code.scheme, s->code.scheme)
			       && text_equal(r->code.japanese, s->code.japanese)
			       && text_equal(r->code.english, s->code.english)
			       && text_equal(r->code.extension, s->code.extension));
	arena_destroy(a);
}

static const struct test tests[] = {
	{ "a code is in its set, or is not", a_code_is_in_its_set },
	{ "each code is found among many", each_is_found_among_many },
	{ "a faulty table is told with line and remedy", a_faulty_table_is_told },
	{ "lengths have two sides", lengths_have_two_sides },
	{ "codes and octets are bounded", codes_and_octets_are_bounded },
	{ "many faults are counted", many_faults_are_counted },
	{ "each form is read", each_form_is_read },
	{ "names are in their languages", names_are_in_their_languages },
	{ "a FHIR resource needs its attribute", fhir_needs_to_be_told_whose_it_is },
	{ "a FHIR resource is read to its end", fhir_is_read_to_its_end },
	{ "depth has two sides", depth_has_two_sides },
	{ "systems of FHIR have OIDs", systems_have_oids },
	{ "the shipped set reads back", the_shipped_set_reads_back },
	{ 0 }
};

int main(void)
{
	return suite_run("code_file", tests);
}
