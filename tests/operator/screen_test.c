/* tests/operator/screen_test.c: a document as a screen: what is read of each form, what a hostile
 * one cannot do, and where a page ends. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/operator/output.h"
#include "gateway/operator/page.h"
#include "gateway/operator/screen.h"

enum { MEMORY = 256 << 20, FILE_MOST = 1 << 20, WANTED_MOST = 9 };

static struct bytes read_case(struct arena *a, const char *name)
{
	const char *top = getenv("srcdir");
	const char *path = arena_printf(a, "%s/tests/cases/screen/%s", top == NULL ? "." : top,
					name);
	unsigned char *octets = arena_alloc(a, FILE_MOST);
	FILE *file = fopen(path, "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	struct bytes b = { octets, fread(octets, 1, FILE_MOST, file) };
	fclose(file);
	return b;
}

/* Nothing moves a cursor, and no line is wider than the page. */
static void is_tame(struct arena *a, const char *text, unsigned columns)
{
	while (*text != '\0') {
		const char *line = arena_text_n(a, text, strcspn(text, "\n"));
		CU_ASSERT_STRING_EQUAL(output_printable(a, line), line);
		CU_ASSERT_TRUE(output_width(line) <= columns);
		text += strlen(line) + (text[strlen(line)] == '\n');
	}
}

static const struct {
	const char *file, *kind, *wanted[WANTED_MOST];
} shown[] = {
	{ "referral.xml",
	  "CDA",
	  { "# 診療情報提供書\n", "patient       山田 健一", "born          1941-05-03\n",
	    "time          2026-01-15 18:30:00 +0900\n", "of            B診療所\n",
	    "custodian     1319952024", "# 傷病名\n  胃潰瘍\n" } },
	{ "table.xml", "CDA", { "検査          AST(GOT)\n", "結果          44.5\n" } },
	{ "hostile.xml",
	  "CDA",
	  { "# 魚??0;title?\n", "?1 (1.2)", "  one\n  two [deleted: gone]?x\n", "  1. first\n",
	    "     - inner\n", "  2. second\n", "  血圧    128  上\n          80   下\n",
	    "  across       end\n", "  # inner\n    deeper\n" } },
	{ "referral.json",
	  "FHIR",
	  { "# 診療情報提供書\n", "patient       山田 健一 / ヤマダ ケンイチ\n",
	    "author        B診療所\n", "Condition", "胃潰瘍" } },
	{ "hostile.json",
	  "FHIR",
	  { "# ?[2J?1m\n", "# a?\n  ?p\n  - x\n", "< 13.5 g/dL, c 4", "<div\n", "718-7" } },
	{ "prescription.hl7",
	  "HL7",
	  { "name          例示 太郎 / レイジ タロウ\n", "- 例示錠５ｍｇ (900000001)\n",
	    "  each time     1 錠\n", "  taken         内服・経口・１日１回朝食後\n",
	    "  for           14 d\n", "  in all        14 錠\n", "  route         口 (PO)\n" } },
	{ "results.hl7", "HL7", { "AST(GOT)", "44.5", "10-40", "ITEM", "FLAG" } },
	{ "hostile.hl7",
	  "HL7",
	  { "?31m山田 健一", "ヘモグロビン", "(718-7)", "13.5", "[28 characters of",
	    "note          note?[2J\n", "# ZZZ\n  ZZZ|?|more\n" } },
	{ "plain.txt", "text", { "紹介  状\nend?[31m of it\n" } },
	{ "jis.txt", "text", { "紹介 1\n" } },
	{ "cp932.txt", "text", { "1,山田 健一,2,19410503\n" } },
	{ "doctype.xml", "text", { "<!DOCTYPE a" } },
	{ "deep.json", "text", { "\"resourceType\"" } },
	{ "letter.pdf", "PDF", { "" } },
};

static void shows_each_form(void)
{
	static const unsigned columns[] = { 1, PAGE_COLUMNS_LEAST, PAGE_COLUMNS, 200 };
	for (size_t i = 0; i < COUNT(shown); i++) {
		struct arena *a = arena_create(MEMORY);
		struct bytes octets = read_case(a, shown[i].file);
		struct screen s = screen_of(a, octets, PAGE_COLUMNS);
		CU_ASSERT_STRING_EQUAL(s.kind, shown[i].kind);
		for (size_t w = 0; w < WANTED_MOST && shown[i].wanted[w] != NULL; w++) {
			bool there = strstr(s.text, shown[i].wanted[w]) != NULL;
			CU_ASSERT_TRUE(there);
			if (!there)
				printf("\n%s lacks '%s':\n%s\n", shown[i].file, shown[i].wanted[w],
				       s.text);
		}
		for (size_t c = 0; c < COUNT(columns); c++)
			is_tame(a, screen_of(a, octets, columns[c]).text,
				columns[c] < PAGE_COLUMNS_LEAST ? PAGE_COLUMNS_LEAST : columns[c]);
		arena_destroy(a);
	}
}

/* Cut anywhere it is another document, or none; never a fault. */
static void is_cut_anywhere(void)
{
	for (size_t i = 0; i < COUNT(shown); i++) {
		struct arena *a = arena_create(MEMORY);
		struct bytes octets = read_case(a, shown[i].file);
		for (size_t length = 0; length < octets.length && length < 3000; length += 7) {
			struct arena_mark before = arena_mark(a);
			struct screen s = screen_of(a, (struct bytes){ octets.data, length },
						    PAGE_COLUMNS);
			CU_ASSERT_TRUE(s.kind[0] != '\0');
			arena_rewind(a, &before);
		}
		arena_destroy(a);
	}
}

static void names_what_is_no_text(void)
{
	static const struct {
		const char *octets, *kind;
		size_t length;
	} rows[] = {
		{ "", "nothing", 0 },
		{ "\xef\xbb\xbf", "nothing", 3 },
		{ "\xff\xd8\xff\xe0", "JPEG", 4 },
		{ "PK\3\4x", "ZIP", 5 },
		{ "a\0b", "octets", 3 },
		{ "\xff\xfe\xff", "octets", 3 },
	};
	struct arena *a = arena_create(MEMORY);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes octets = { (const unsigned char *)rows[i].octets, rows[i].length };
		struct screen s = screen_of(a, octets, PAGE_COLUMNS);
		CU_ASSERT_STRING_EQUAL(s.kind, rows[i].kind);
		CU_ASSERT_STRING_EQUAL(s.text, "");
	}
	struct bytes large = { arena_alloc(a, SCREEN_OCTETS_MOST + 1), SCREEN_OCTETS_MOST + 1 };
	CU_ASSERT_STRING_EQUAL(screen_of(a, large, PAGE_COLUMNS).kind, "more than is read");
	arena_destroy(a);
}

static void says_a_time(void)
{
	static const char *const rows[][2] = {
		{ "2026", "2026" },
		{ "202601", "2026-01" },
		{ "20260115", "2026-01-15" },
		{ "202601150930", "2026-01-15 09:30" },
		{ "20260115093000+0900", "2026-01-15 09:30:00 +0900" },
		{ "20260115093000.5-0100", "2026-01-15 09:30:00.5-0100" },
		{ "2026011", "2026011" },
		{ "soon", "soon" },
	};
	struct arena *a = arena_create(MEMORY);
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_STRING_EQUAL(screen_time(a, rows[i][0]), rows[i][1]);
	CU_ASSERT_PTR_NULL(screen_time(a, NULL));
	arena_destroy(a);
}

/* A page says of itself that it does not have all. */
static void ends_a_page(void)
{
	static const char said[] = "(There is more of it than is shown here.)\n";
	struct arena *a = arena_create(MEMORY);
	struct page *rows = page_begin(a, PAGE_COLUMNS), *text = page_begin(a, PAGE_COLUMNS),
		    *whole = page_begin(a, PAGE_COLUMNS);
	struct page_table *t = page_table(rows);
	char line[PAGE_COLUMNS - 1];
	memset(line, 'x', sizeof line);
	line[sizeof line - 1] = '\0';
	const char *cells[PAGE_CELLS_MOST + 1] = { "x" };
	for (size_t i = 0; i <= PAGE_ROWS_MOST; i++)
		page_row(t, false, cells, 1);
	page_table_end(t, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(page_end(rows), said));
	for (size_t i = 0; i < PAGE_OCTETS_MOST / sizeof line + 2; i++)
		page_text(text, 0, line);
	const char *all = page_end(text);
	CU_ASSERT_PTR_NOT_NULL(strstr(all, said));
	CU_ASSERT_TRUE(strlen(all) < PAGE_OCTETS_MOST + 1000);
	struct page *named = page_begin(a, 1);
	page_pair(named, PAGE_INDENT_MOST, line, line);
	page_pair(named, PAGE_INDENT_MOST + 1, "a name of fifteen", line);
	page_item(named, PAGE_INDENT_MOST, "4294967295. ", line);
	is_tame(a, page_end(named), PAGE_COLUMNS_LEAST);
	page_text(whole, 0, "all");
	CU_ASSERT_STRING_EQUAL(page_end(whole), "all\n");
	t = page_table(whole);
	page_row(t, false, cells, PAGE_CELLS_MOST + 1);
	page_table_end(t, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(page_end(whole), said));
	arena_destroy(a);
}

int main(void)
{
	static const struct test tests[] = {
		{ "each form is shown, and nothing of it moves a cursor", shows_each_form },
		{ "cut anywhere it is no fault", is_cut_anywhere },
		{ "what is no text is named", names_what_is_no_text },
		{ "a time of HL7 is one to read", says_a_time },
		{ "a page that ends early says so", ends_a_page },
		{ 0 },
	};
	return suite_run("screen", tests);
}
