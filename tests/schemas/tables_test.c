/* tests/schemas/tables_test.c: the tables every room reads: each row is found by all its names, and
 * nothing by a name that is none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "schemas/model/document.h"
#include "schemas/model/region.h"
#include "schemas/tables/metadata.h"
#include "schemas/tables/problem_meaning.h"
#include "schemas/tables/rim.h"

/* What an answer may call a problem, `minato explain` takes. */
static void problems_by_their_names(void)
{
	for (enum problem_code code = PROBLEM_NONE + 1; code < PROBLEM_COUNT; code++) {
		const struct problem_row *row = problem_row(code);
		const char *names[] = { row->name, row->registry_error, row->repository_error,
					row->fault_subcode, problem_fault_name(code) };
		char number[12];
		for (size_t i = 0; i < COUNT(names); i++)
			CU_ASSERT_TRUE(names[i] == NULL || problem_is_called(code, names[i]));
		const char *subcode = row->fault_subcode == NULL ? NULL
								 : strchr(row->fault_subcode, ':');
		CU_ASSERT_TRUE(subcode == NULL || problem_is_called(code, subcode + 1));
		snprintf(number, sizeof number, "%d", row->hl7_code);
		CU_ASSERT_EQUAL(problem_is_called(code, number), row->hl7_code != 0);
		snprintf(number, sizeof number, "%d", row->http);
		CU_ASSERT_EQUAL(problem_is_called(code, number), row->http != 200);
		CU_ASSERT_EQUAL(problem_is_called(code, "200"), row->hl7_code == 200);
		CU_ASSERT_FALSE(problem_is_called(code, "0"));
		CU_ASSERT_FALSE(problem_is_called(code, ""));
		CU_ASSERT_FALSE(problem_is_called(code, "no-such-problem"));
		/* Who comes again gets it another time; but not what needs too much memory. */
		CU_ASSERT_EQUAL(row->retry_seconds != 0,
				row->http == 503 && code != PROBLEM_OUT_OF_RESOURCES);
		CU_ASSERT_NOT_EQUAL(problem_meaning(code)->meaning[0], '\0');
	}
	CU_ASSERT_STRING_EQUAL(problem_meaning(PROBLEM_COUNT)->meaning, "");
	CU_ASSERT_PTR_EQUAL(problem_row(PROBLEM_COUNT), problem_row(PROBLEM_INTERNAL));
}

/* The first problem stays, and nobody need be told. */
static void the_first_problem_stays(void)
{
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_FALSE(problem_at(&p, PROBLEM_NOT_FOUND, "here", "number %d", 7));
	CU_ASSERT_FALSE(problem_set(&p, PROBLEM_INTERNAL, "another"));
	CU_ASSERT_EQUAL(p.code, PROBLEM_NOT_FOUND);
	CU_ASSERT_STRING_EQUAL(p.what, "number 7");
	CU_ASSERT_STRING_EQUAL(p.where, "here");
	CU_ASSERT_FALSE(problem_set(NULL, PROBLEM_INTERNAL, "nobody"));
}

static void associations_by_urn(void)
{
	for (enum association_type t = ASSOCIATION_UNKNOWN + 1; association_type_urn(t) != NULL;
	     t++)
		CU_ASSERT_EQUAL(association_type_of(association_type_urn(t)), t);
	CU_ASSERT_EQUAL(association_type_of(NULL), ASSOCIATION_UNKNOWN);
	CU_ASSERT_EQUAL(association_type_of("urn:x"), ASSOCIATION_UNKNOWN);
	CU_ASSERT_PTR_NULL(availability_status_urn(STATUS_NONE));
}

static void attributes_by_tag(void)
{
	static const enum metadata_object objects[] = { METADATA_ENTRY, METADATA_SET,
							METADATA_FOLDER, METADATA_AUTHOR };
	for (size_t i = 0; i < COUNT(objects); i++) {
		const struct metadata_attribute *m = metadata_attributes(objects[i]);
		for (; m->name != NULL; m++)
			CU_ASSERT_PTR_EQUAL(metadata_tagged(objects[i], m->tag), m);
		CU_ASSERT_PTR_NULL(metadata_tagged(objects[i], 60000));
		CU_ASSERT_PTR_NULL(metadata_tagged(objects[i], 0));
	}
}

/* XML 1.0: 2.2, and RFC 3066. */
static void what_ebrim_holds(void)
{
	static const struct {
		const char *text;
		bool held;
	} texts[] = {
		{ "", true },
		{ "山田\t\r\n", true },
		{ "\x1f", false },
		{ "a\x7f", true },
		{ "\xef\xbf\xbd", true },
		{ "\xef\xbf\xbe", false },
		{ "\xef\xbf\xbf", false },
		{ "\xef\xbe\xbf", true },
		{ "\xef", true },
	};
	static const struct {
		const char *text;
		bool taken;
	} languages[] = {
		{ "ja", true },
		{ "ja-JP", true },
		{ "x-1abc9", true },
		{ "abcdefgh", true },
		{ "abcdefghi", false },
		{ "", false },
		{ "-", false },
		{ "ja-", false },
		{ "ja--JP", false },
		{ "1a", false },
		{ "ja_JP", false },
		{ "ja-12345678", true },
		{ "ja-123456789", false },
		{ "Z{", false },
		{ "z[", false },
		{ "a-/", false },
		{ "a-:", false },
		{ "AZaz", true },
	};
	for (size_t i = 0; i < COUNT(texts); i++)
		CU_ASSERT_EQUAL(rim_can_hold(texts[i].text), texts[i].held);
	for (size_t i = 0; i < COUNT(languages); i++)
		CU_ASSERT_EQUAL(rim_is_language(languages[i].text), languages[i].taken);
}

static const char *const owned[] = { "1.2.3", NULL }, *const others[] = { "1.2.4", NULL },
			 *const any[] = { "*", NULL };
static const struct registered_system systems[] = {
	{ .name = "a", .institution_code = "1", .certificate_sha256 = "aa", .domains = owned },
	{ .name = "b",
	  .institution_code = "1",
	  .certificate_sha256 = "bb",
	  .next_certificate_sha256 = "cc",
	  .pix_domains = others },
	{ .name = "c", .pix_domains = any },
};
static const struct assigning_authority domains[] = {
	{ .namespace_id = "A", .universal_id = "1.2.3" },
	{ .namespace_id = "", .universal_id = "1.2.4" },
};
static const struct region region = { .affinity_domain = "1.2",
				      .systems = systems,
				      .system_count = 3,
				      .domains = domains,
				      .domain_count = 2 };

static void domains_of_a_region(void)
{
	static const struct {
		const char *id, *name;
		int found;
	} asked[] = {
		{ "1.2.3", NULL, 0 }, { "urn:oid:1.2.3", "", 0 },
		{ "1.2.3", "A", 0 },  { "1.2.3", "B", -1 },
		{ NULL, "A", 0 },     { "", "A", 0 },
		{ NULL, NULL, -1 },   { "", "", -1 },
		{ NULL, "B", -1 },    { "1.2.4", "B", 1 },
		{ "1.2.4", NULL, 1 }, { "1.2.5", NULL, -1 },
	};
	for (size_t i = 0; i < COUNT(asked); i++)
		CU_ASSERT_PTR_EQUAL(region_domain(&region, asked[i].id, asked[i].name),
				    asked[i].found < 0 ? NULL : &domains[asked[i].found]);
}

static void systems_of_a_region(void)
{
	const struct registered_system *a = &systems[0], *b = &systems[1], *c = &systems[2];
	CU_ASSERT_PTR_EQUAL(region_system(&region, "b"), b);
	CU_ASSERT_PTR_NULL(region_system(&region, "d"));
	CU_ASSERT_PTR_NULL(region_system(&region, NULL));
	CU_ASSERT_PTR_EQUAL(region_system_by_certificate(&region, "bb"), b);
	CU_ASSERT_PTR_EQUAL(region_system_by_certificate(&region, "cc"), b);
	CU_ASSERT_PTR_NULL(region_system_by_certificate(&region, "dd"));
	CU_ASSERT_TRUE(system_same_facility(&region, a, "a"));
	CU_ASSERT_TRUE(system_same_facility(&region, a, "b"));
	CU_ASSERT_FALSE(system_same_facility(&region, a, "c"));
	CU_ASSERT_FALSE(system_same_facility(&region, a, "d"));
	CU_ASSERT_FALSE(system_same_facility(&region, a, NULL));
	CU_ASSERT_FALSE(system_same_facility(&region, c, "a"));
	CU_ASSERT_TRUE(system_owns(a, "1.2.3"));
	CU_ASSERT_FALSE(system_owns(a, "1.2.4"));
	CU_ASSERT_FALSE(system_owns(a, NULL));
	CU_ASSERT_FALSE(system_owns(NULL, "1.2.3"));
	static const struct {
		int who;
		const char *domain;
		bool sees;
	} sights[] = {
		{ 0, "1.2", true },   { 0, "1.2.3", true },   { 0, "1.2.4", false },
		{ 1, "1.2.4", true }, { 1, "1.2.3", false },  { 2, "1.2.9", true },
		{ -1, "1.2", true },  { -1, "1.2.3", false }, { 2, NULL, false },
	};
	for (size_t i = 0; i < COUNT(sights); i++)
		CU_ASSERT_EQUAL(system_sees(&region,
					    sights[i].who < 0 ? NULL : &systems[sights[i].who],
					    sights[i].domain),
				sights[i].sees);
}

static const struct test tests[] = { { "problems by their names", problems_by_their_names },
				     { "the first problem stays", the_first_problem_stays },
				     { "associations by urn", associations_by_urn },
				     { "attributes by tag", attributes_by_tag },
				     { "what ebRIM holds", what_ebrim_holds },
				     { "domains of a region", domains_of_a_region },
				     { "systems of a region", systems_of_a_region },
				     { 0 } };

int main(void)
{
	return suite_run("schemas: tables", tests);
}
