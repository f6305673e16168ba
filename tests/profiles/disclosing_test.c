/* tests/profiles/disclosing_test.c: what is held back from the patient, and the page he gets. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/policy/policy_file.h"
#include "profiles/admin/disclosing.h"
#include "profiles/admin/disclosing_page.h"
#include "schemas/model/document.h"
#include "schemas/model/region.h"

#define HEAD                                                                                       \
	"role patient 本人\nrole clerk 2^2.999.1\npurpose research R^2.999.2\n"                  \
	"documents note type N^2.999.3\ndocuments letter type L^2.999.3\n"
#define CONFIDENTIALITY "2.16.840.1.113883.5.25"

static void held_back_by_a_rule_about_the_patient(void)
{
	static const struct {
		const char *rules, *type, *level, *by;
	} rows[] = {
		{ HEAD "hide role patient documents note\n", "N", "N",
		  "hide role patient documents note" },
		{ HEAD "hide role 本人 documents note\n", "N", "N",
		  "hide role 本人 documents note" },
		{ HEAD "hide role clerk patient documents note\n", "N", "N",
		  "hide role clerk patient documents note" },
		{ HEAD "deny role patient documents note\n", "N", "N",
		  "deny role patient documents note" },
		{ HEAD "hide role patient documents note\n", "L", "N", NULL },
		{ HEAD "hide role patient confidentiality V\n", "L", "V",
		  "hide role patient confidentiality V" },
		{ HEAD "hide role patient confidentiality V\n", "L", "R", NULL },
		/* A document of no kind that has a name is of any. */
		{ HEAD "hide role patient confidentiality V\n", "X", "V",
		  "hide role patient confidentiality V" },
		{ HEAD "hide role patient documents unsaid\n", "X", "N",
		  "hide role patient documents unsaid" },
		/* About others, or everybody: no reason to withhold from whom it is about. */
		{ HEAD "hide documents note\n", "N", "N", NULL },
		{ HEAD "hide role clerk documents note\n", "N", "N", NULL },
		{ HEAD "permit role patient documents note\n", "N", "N", NULL },
		{ "documents note type N^2.999.3\nhide documents note\n", "N", "N", NULL },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = arena_printf(a, "%sdefault permit\n", rows[i].rules);
		struct policy_reading read = policy_file_read(a, "rules", bytes_of_text(text),
							      NULL);
		struct coded_value type = { .code = rows[i].type, .scheme = "2.999.3" },
				   level = { .code = rows[i].level, .scheme = CONFIDENTIALITY };
		const struct document_entry e = { .type_code = &type,
						  .confidentiality_codes = &level };
		const struct region r = { .policy = read.policy };
		CU_ASSERT_PTR_NOT_NULL_FATAL(read.policy);
		const char *by = disclosing_hides(&r, &e);
		CU_ASSERT_TRUE(rows[i].by == NULL ? by == NULL : text_equal(by, rows[i].by));
	}
	const struct region without = { .policy = NULL };
	CU_ASSERT_PTR_NULL(disclosing_hides(&without, &(struct document_entry){ 0 }));
	arena_destroy(a);
}

static bool has(struct bytes page, const char *text)
{
	return memmem(page.data, page.length, text, strlen(text)) != NULL;
}

/* What somebody wrote stays text, whatever it is. */
static void the_page_runs_nothing(void)
{
	struct arena *a = arena_create(1 << 20);
	struct disclosing_page *p = disclosing_page_begin(a);
	json_t *row = json_pack("{s:s, s:s, s:i, s:s}", "title", "<script>alert(1)</script>",
				"file", "documents/ab/\"onclick=\"x", "count", 7, "rule", "a&b");
	disclosing_page_row(p, PAGE_DOCUMENTS, row);
	disclosing_page_row(p, PAGE_WITHHELD, row);
	json_decref(row);
	struct bytes page = disclosing_page_end(p, "region <1>", "1^^^&2.999&ISO", "now",
						"2021-01-02T03:04:05Z");
	CU_ASSERT_FALSE(has(page, "<script"));
	CU_ASSERT_TRUE(has(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
	CU_ASSERT_TRUE(has(page, "href=\"documents/ab/&quot;onclick=&quot;x\""));
	CU_ASSERT_TRUE(has(page, "<td>7</td>"));
	CU_ASSERT_TRUE(has(page, "<td>a&amp;b</td>"));
	CU_ASSERT_TRUE(has(page, "<td>–</td>"));
	CU_ASSERT_TRUE(has(page, "region &lt;1&gt; / 1^^^&amp;2.999&amp;ISO / now"));
	CU_ASSERT_TRUE(has(page, "Nothing is known before 2021-01-02T03:04:05Z"));
	CU_ASSERT_TRUE(has(page, "default-src 'none'"));
	/* Nothing that is open for ever, as HTML reads it. */
	CU_ASSERT_FALSE(has(page, "<td/>"));
	CU_ASSERT_FALSE(has(page, "<?xml"));
	CU_ASSERT_TRUE(page.length > 0 && has(page, "</html>"));
	arena_destroy(a);
}

static void it_is_a_disclosure(void)
{
	struct audit_event e = { .event_id = 110106 };
	disclosing_audit(&e);
	CU_ASSERT_STRING_EQUAL(e.type.code, "IHE0006");
}

int main(void)
{
	static const struct test tests[] = { { "held back by a rule about the patient",
					       held_back_by_a_rule_about_the_patient },
					     { "the page runs nothing", the_page_runs_nothing },
					     { "it is a disclosure", it_is_a_disclosure },
					     { 0 } };
	return suite_run("disclosing", tests);
}
