/* tests/envelope/xml_test.c: the XML reader. Every document is read at once, octet by octet and cut
 * in two at every place, and must end the same. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_guard.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "schemas/tables/problem.h"
#include "tests/envelope/samples.h"

/* out: the document written again; NULL when only the verdict matters. */
static const struct {
	const char *why, *file;
	enum problem_code problem;
	const char *out;
} cases[] = {
	{ "the least", "least", PROBLEM_NONE, "<a/>" },
	{ "a declaration", "declared", PROBLEM_NONE, "<a>x</a>" },
	{ "ASCII is a part of UTF-8", "declared-ascii", PROBLEM_NONE, "<a>x</a>" },
	{ "declared as UTF-16", "declared-utf16", PROBLEM_MALFORMED, NULL },
	{ "declared as Latin 1", "declared-latin1", PROBLEM_MALFORMED, NULL },
	{ "an endless declaration", "declared-long", PROBLEM_MALFORMED, NULL },
	{ "a declaration not at the start", "declared-late", PROBLEM_MALFORMED, NULL },
	{ "a byte order mark", "mark", PROBLEM_NONE, "<a>山</a>" },
	{ "... twice", "mark-twice", PROBLEM_MALFORMED, NULL },
	{ "UTF-7 behind a mark", "mark-utf7", PROBLEM_MALFORMED, NULL },
	{ "UTF-16 with its mark", "mark-utf16", PROBLEM_MALFORMED, NULL },
	{ "UTF-16 without", "utf16-unmarked", PROBLEM_MALFORMED, NULL },
	{ "names in Japanese", "names", PROBLEM_NONE,
	  "<p:患者 xmlns:p=\"urn:x\"><p:氏名 よみ=\"やまだ\">山田𠮟</p:氏名></p:患者>" },
	{ "overlong UTF-8", "overlong", PROBLEM_MALFORMED, NULL },
	{ "a surrogate in UTF-8", "surrogate", PROBLEM_MALFORMED, NULL },
	{ "beyond U+10FFFF", "beyond", PROBLEM_MALFORMED, NULL },
	{ "half a character", "cut-character", PROBLEM_MALFORMED, NULL },
	{ "NUL", "nul", PROBLEM_MALFORMED, NULL },
	{ "a control character", "control", PROBLEM_MALFORMED, NULL },
	{ "the five and by number", "references", PROBLEM_NONE,
	  "<a b=\"1&lt;2&amp;&quot;A\">山&lt;&gt;&amp;'</a>" },
	{ "... in the name of a namespace", "references-in-namespace", PROBLEM_NONE,
	  "<a xmlns=\"urn:a?b=1&amp;c\" xmlns:p=\"urn:&lt;&amp;amp;\" "
	  "b=\"&amp;lt;&amp;\"><p:d/></a>" },
	{ "a control character by number", "reference-control", PROBLEM_MALFORMED, NULL },
	{ "a surrogate by number", "reference-surrogate", PROBLEM_MALFORMED, NULL },
	{ "a sixth entity", "entity", PROBLEM_MALFORMED, NULL },
	{ "... in an attribute", "entity-attribute", PROBLEM_MALFORMED, NULL },
	{ "a DOCTYPE alone", "doctype", PROBLEM_MALFORMED, NULL },
	{ "a DOCTYPE with an entity", "doctype-entity", PROBLEM_MALFORMED, NULL },
	{ "... only in a comment", "doctype-in-comment", PROBLEM_NONE, "<a/>" },
	{ "... only in text", "doctype-in-text", PROBLEM_NONE, "<a>&lt;!DOCTYPE a&gt;</a>" },
	{ "... behind a comment made to confuse", "doctype-after-odd-comment", PROBLEM_MALFORMED,
	  NULL },
	{ "CDATA is text", "cdata", PROBLEM_NONE, "<a>1&lt;2&gt;]]3</a>" },
	{ "comments are dropped", "comments", PROBLEM_NONE, "<a>13</a>" },
	{ "two dashes in a comment", "comment-dashes", PROBLEM_MALFORMED, NULL },
	{ "instructions are dropped", "instructions", PROBLEM_NONE, "<a>13</a>" },
	{ "ends of lines", "newlines", PROBLEM_NONE, "<a b=\"1 2\">\n3\n4\n</a>" },
	{ "an undeclared prefix", "undeclared-prefix", PROBLEM_MALFORMED, NULL },
	{ "... of an attribute", "undeclared-attribute-prefix", PROBLEM_MALFORMED, NULL },
	{ "a namespace that is no URI", "odd-namespace", PROBLEM_NONE, "<a xmlns=\"not a uri\"/>" },
	{ "an attribute twice", "duplicate-attribute", PROBLEM_MALFORMED, NULL },
	{ "... by namespace", "duplicate-by-namespace", PROBLEM_MALFORMED, NULL },
	{ "not closed", "unclosed", PROBLEM_MALFORMED, NULL },
	{ "crossed", "crossed", PROBLEM_MALFORMED, NULL },
	{ "two roots", "two-roots", PROBLEM_MALFORMED, NULL },
	{ "text after the root", "text-after", PROBLEM_MALFORMED, NULL },
	{ "nothing", "nothing", PROBLEM_MALFORMED, NULL },
	{ "white space only", "white", PROBLEM_MALFORMED, NULL },
	{ "text only", "bare-text", PROBLEM_MALFORMED, NULL },
	{ "< in a value", "tag-in-value", PROBLEM_MALFORMED, NULL },
	{ "> in a value", "bracket-in-value", PROBLEM_NONE, "<a b=\"x&gt;y\" c=\"&quot;\">z</a>" },
	{ "a value without quotes", "unquoted", PROBLEM_MALFORMED, NULL },
	{ "XInclude is an element like others", "xinclude", PROBLEM_NONE, NULL },
	{ "schemaLocation is an attribute like others", "schema-location", PROBLEM_NONE, NULL },
	{ "inline documents, not diverted", "divert", PROBLEM_NONE, NULL },
	{ "a prefix that hides another", "hidden-prefix", PROBLEM_NONE,
	  "<a xmlns:p=\"urn:outer\"><b xmlns:p=\"urn:inner\"><p:c/></b></a>" },
};

static const char *written(struct arena *a, const struct xml_node *n)
{
	struct xml_writer *w = xml_writer_begin(a);
	xml_copy_node(w, n);
	struct bytes out = xml_writer_end(w);
	return arena_text_n(a, (const char *)out.data, out.length);
}

/* One document after the other, broken ones among them, goes through the same parsers. */
static struct xml_parsers *spare;

/* Reads in steps of that many octets after a first piece; 0 = all at once. */
static const struct xml_document *read_cut(struct arena *a, const struct xml_limits *limits,
					   struct bytes in, size_t first, size_t step,
					   struct problem *p)
{
	struct xml_reader *r = xml_reader_begin(a, limits, p);
	size_t take = first;
	xml_reader_reuse(r, spare);
	while (in.length > 0) {
		if (take == 0 || take > in.length)
			take = in.length;
		xml_reader_feed(r, (struct bytes){ in.data, take });
		in.data += take;
		in.length -= take;
		take = step;
	}
	return xml_reader_end(r);
}

static void reads_and_refuses(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_create(SAMPLE_ARENA);
		struct problem p = { 0 };
		struct bytes in = sample_ours(a, arena_printf(a, "xml/%s.xml", cases[i].file));
		const struct xml_document *d = xml_read(a, NULL, in, &p);
		if (p.code != cases[i].problem || (d != NULL) != (p.code == PROBLEM_NONE)) {
			printf("%s: %d %s %s\n", cases[i].why, p.code, p.what, p.where);
			CU_FAIL("verdict");
		}
		if (d != NULL && cases[i].out != NULL
		    && strcmp(written(a, xml_root(d)), cases[i].out) != 0) {
			printf("%s: %s\n", cases[i].why, written(a, xml_root(d)));
			CU_FAIL("content");
		}
		arena_destroy(a);
	}
}

/* Same verdict, same words, same tree. */
static void check_same(struct bytes in, size_t first, size_t step, const char *why)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct problem whole = { 0 }, cut = { 0 };
	const struct xml_document *d = xml_read(a, NULL, in, &whole);
	const struct xml_document *e = read_cut(a, NULL, in, first, step, &cut);
	bool same = whole.code == cut.code && strcmp(whole.what, cut.what) == 0
		    && strcmp(whole.where, cut.where) == 0 && (d == NULL) == (e == NULL);
	if (same && d != NULL)
		same = strcmp(written(a, xml_root(d)), written(a, xml_root(e))) == 0;
	if (!same) {
		printf("%s, cut at %zu, then by %zu: %s, %s / %s, %s\n", why, first, step,
		       whole.what, whole.where, cut.what, cut.where);
		CU_FAIL("cut");
	}
	arena_destroy(a);
}

static void cut_anywhere(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bytes in = sample_ours(a, arena_printf(a, "xml/%s.xml", cases[i].file));
		check_same(in, 1, 1, cases[i].why);
		for (size_t at = 1; at < in.length; at++)
			check_same(in, at, 0, cases[i].why);
	}
	arena_destroy(a);
}

/* The parser is fed in pieces of 8 KiB: whatever stands across their border must survive. */
static void across_pieces(void)
{
	static const char tail[] =
		"<b c=\"x>&amp;y\" d='\r\n'>山𠮟&#x5c71;&lt;\r\n<![CDATA[z]]]><!-- q --></b></a>";
	enum { PIECE = 8192 };
	for (size_t pad = PIECE - sizeof tail; pad <= PIECE; pad++) {
		struct arena *a = arena_create(SAMPLE_ARENA);
		struct problem p = { 0 };
		struct buffer in = buffer_in(a);
		buffer_text(&in, "<a>");
		memset(buffer_reserve(&in, pad - 3), ' ', pad - 3);
		in.length += pad - 3;
		buffer_text(&in, tail);
		const struct xml_document *d = xml_read(a, NULL, buffer_bytes(&in), &p);
		const struct xml_node *b = xml_first_element(xml_root(d));
		const char *out = b == NULL ? p.what : written(a, b);
		if (strcmp(out, "<b c=\"x&gt;&amp;y\" d=\" \">山𠮟山&lt;\nz]</b>") != 0) {
			printf("pad %zu: %s\n", pad, out);
			CU_FAIL("across");
		}
		arena_destroy(a);
	}
}

/* Documents made to stand exactly at a limit, and one step past it. */
static struct bytes repeated(struct arena *a, const char *head, const char *each, size_t times,
			     const char *middle, const char *after, const char *tail)
{
	struct buffer b = buffer_in(a);
	buffer_text(&b, head);
	for (size_t i = 0; i < times; i++) {
		const char *mark = strchr(each, '#');
		buffer_append(&b, each, mark == NULL ? strlen(each) : (size_t)(mark - each));
		if (mark != NULL)
			buffer_printf(&b, "%zu%s", i, mark + 1);
	}
	buffer_text(&b, middle);
	for (size_t i = 0; i < times; i++)
		buffer_text(&b, after);
	buffer_text(&b, tail);
	return buffer_bytes(&b);
}

static const struct {
	const char *why;
	struct xml_limits limits;
	const char *head, *each, *middle, *after, *tail;
	size_t fits;
} edges[] = {
	{ "depth", { 9999, 7, 9, 9, 999, 999, 9999 }, "", "<a>", "x", "</a>", "", 7 },
	{ "attributes", { 9999, 9, 7, 9, 999, 999, 9999 }, "<a", " b#=''", "/>", "", "", 7 },
	{ "namespaces", { 9999, 9, 9, 7, 999, 999, 9999 }, "<a", " xmlns:b#='u'", "/>", "", "", 7 },
	{ "attributes, seen before parsing",
	  { 99999, 9, 7, 3, 999, 999, 9999 },
	  "<a",
	  " b#=''",
	  "",
	  "",
	  "/>",
	  7 },
	{ "nodes", { 9999, 9, 9, 9, 7, 999, 9999 }, "<a>", "<b/>", "", "", "</a>", 6 },
	{ "nodes, attributes counted",
	  { 9999, 9, 99, 9, 7, 999, 9999 },
	  "<a",
	  " b#=''",
	  "/>",
	  "",
	  "",
	  6 },
	{ "nodes, texts counted",
	  { 9999, 9, 9, 9, 9, 999, 9999 },
	  "<a>",
	  "x<b/>",
	  "",
	  "",
	  "</a>",
	  4 },
	{ "text", { 9999, 9, 9, 9, 999, 7, 9999 }, "<a>", "x", "", "", "</a>", 7 },
	{ "text in pieces",
	  { 9999, 9, 9, 9, 999, 7, 9999 },
	  "<a>",
	  "<![CDATA[x]]>",
	  "",
	  "",
	  "</a>",
	  7 },
	{ "a tag", { 9999, 9, 9, 9, 999, 999, 20 }, "<a b='", "x", "", "", "'/>", 11 },
	{ "a tag, of several attributes",
	  { 9999, 9, 9, 9, 999, 999, 28 },
	  "<a",
	  " b#=''",
	  "/>",
	  "",
	  "",
	  4 },
	{ "an end tag", { 9999, 9, 9, 9, 999, 999, 20 }, "<a></a", " ", "", "", ">", 16 },
	{ "octets of markup", { 40, 9, 9, 9, 999, 999, 9999 }, "<a>", "<bb/>", "", "", "</a>", 6 },
	{ "octets of text", { 40, 9, 9, 9, 999, 999, 9999 }, "<a>", "x", "", "", "</a>", 33 },
	{ "octets of a comment",
	  { 40, 9, 9, 9, 999, 999, 9999 },
	  "<!--",
	  "x",
	  "",
	  "",
	  "--><a/>",
	  29 },
};

static void limits_on_both_sides(void)
{
	for (size_t i = 0; i < COUNT(edges); i++) {
		for (size_t more = 0; more < 2; more++) {
			struct arena *a = arena_create(SAMPLE_ARENA);
			struct problem p = { 0 };
			struct bytes in = repeated(a, edges[i].head, edges[i].each,
						   edges[i].fits + more, edges[i].middle,
						   edges[i].after, edges[i].tail);
			read_cut(a, &edges[i].limits, in, 1, 1, &p);
			if (p.code != (more == 0 ? PROBLEM_NONE : PROBLEM_TOO_LARGE)) {
				printf("%s + %zu: %d %s\n", edges[i].why, more, p.code, p.what);
				CU_FAIL("limit");
			}
			arena_destroy(a);
		}
	}
}

/* The gate in a hurry lets in and turns away the same, in the same words. */
static void check_gate(const struct xml_limits *limits, struct bytes in, const char *why)
{
	struct xml_guard slow, quick;
	struct problem p = { 0 }, q = { 0 };
	xml_guard_begin(&slow, limits);
	xml_guard_begin(&quick, limits);
	bool passes = xml_guard_feed(&slow, in, &p) && xml_guard_end(&slow, &p);
	if (xml_guard_whole(&quick, in, &q) != passes || q.code != p.code
	    || strcmp(q.what, p.what) != 0 || strcmp(q.where, p.where) != 0) {
		printf("%s: %s, %s / %s, %s\n", why, p.what, p.where, q.what, q.where);
		CU_FAIL("gate");
	}
}

/* All of each document and of its beginnings; at each limit, below and above. */
static void same_gate_in_a_hurry(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bytes in = sample_ours(a, arena_printf(a, "xml/%s.xml", cases[i].file));
		for (size_t length = 0; length <= in.length; length++)
			check_gate(&xml_limits_default, (struct bytes){ in.data, length },
				   cases[i].why);
	}
	for (size_t i = 0; i < COUNT(edges); i++)
		for (size_t times = 0; times < edges[i].fits + 20; times++)
			check_gate(&edges[i].limits,
				   repeated(a, edges[i].head, edges[i].each, times, edges[i].middle,
					    edges[i].after, edges[i].tail),
				   edges[i].why);
	/* What is refused, at each place of a word and beside the first tag. */
	static const char *const marks[] = { "<!DOCTYPE a>", "<?p?>", "\xff", "\xe5\xb1",
					     "<!--",         "=",     "<!",   "<" };
	for (size_t i = 0; i < COUNT(marks); i++)
		for (size_t pad = 0; pad < 24; pad++)
			check_gate(&edges[1].limits,
				   bytes_of_text(
					   arena_printf(a, "<a>%*s%s</a>", (int)pad, "", marks[i])),
				   marks[i]);
	check_gate(&xml_limits_default,
		   (struct bytes){ (const unsigned char *)"<a>12345\0</a>", 13 }, "NUL");
	arena_destroy(a);
}

/* What a sink heard: "(id text)" for every element. */
struct heard {
	struct arena *arena;
	struct buffer words;
	size_t octets, refuse_after;
};

static bool hear_begin(void *self, const struct xml_node *element, struct problem *p)
{
	struct heard *h = self;
	(void)p;
	buffer_printf(&h->words, "(%s ", xml_attribute(element, "id"));
	return true;
}

static bool hear_text(void *self, struct bytes piece, struct problem *p)
{
	struct heard *h = self;
	h->octets += piece.length;
	if (h->refuse_after != 0 && h->octets > h->refuse_after)
		return problem_set(p, PROBLEM_STORE_FULL, "enough");
	if (h->words.length < 200)
		buffer_append(&h->words, piece.data, piece.length);
	return true;
}

static bool hear_end(void *self, const struct xml_node *element, struct problem *p)
{
	struct heard *h = self;
	(void)p, (void)element;
	buffer_byte(&h->words, ')');
	return true;
}

static const struct xml_document *read_diverted(struct arena *a, struct heard *h, struct bytes in,
						size_t step, struct problem *p)
{
	struct xml_sink *sink = arena_new(a, struct xml_sink);
	*sink = (struct xml_sink){ h, hear_begin, hear_text, hear_end };
	h->arena = a;
	h->words = buffer_in(a);
	struct xml_reader *r = xml_reader_begin(a, NULL, p);
	xml_reader_divert(r, "urn:d", "Document", sink);
	for (size_t at = 0; at < in.length; at += step)
		xml_reader_feed(r, (struct bytes){ in.data + at,
						   in.length - at < step ? in.length - at : step });
	return xml_reader_end(r);
}

static const struct {
	const char *why, *file;
	enum problem_code problem;
	const char *heard, *kept;
} diverted[] = {
	{ "text goes to the sink", "divert", PROBLEM_NONE, "(1 QUJD\nAREVG)(2 )(3 )",
	  "<r xmlns=\"urn:d\"><Document id=\"1\"/><other>kept</other><Document id=\"2\">"
	  "<Include href=\"cid:x\"/></Document><Document id=\"3\"/></r>" },
	{ "text before an element", "divert-mixed", PROBLEM_MALFORMED, NULL, NULL },
	{ "text after an element", "divert-mixed-after", PROBLEM_MALFORMED, NULL, NULL },
	{ "white space beside an element", "divert-white", PROBLEM_NONE, "(1 \n \n)", NULL },
};

static void diverts(void)
{
	for (size_t i = 0; i < COUNT(diverted); i++) {
		for (size_t step = 1; step < 400; step += 37) {
			struct arena *a = arena_create(SAMPLE_ARENA);
			struct heard h = { .refuse_after = 0 };
			struct problem p = { 0 };
			struct bytes in = sample_ours(
				a, arena_printf(a, "xml/%s.xml", diverted[i].file));
			const struct xml_document *d = read_diverted(a, &h, in, step, &p);
			CU_ASSERT_EQUAL(p.code, diverted[i].problem);
			if (diverted[i].heard != NULL)
				CU_ASSERT_STRING_EQUAL(buffer_ended(&h.words), diverted[i].heard);
			if (d != NULL && diverted[i].kept != NULL)
				CU_ASSERT_STRING_EQUAL(written(a, xml_root(d)), diverted[i].kept);
			arena_destroy(a);
		}
	}
}

/* 40 MiB inline, past every limit of kept text, in an arena of 1 MiB; and a sink that has
 * enough. */
static void diverts_without_end(void)
{
	enum { TIMES = 5000, PIECE = 8192 };
	static unsigned char digits[PIECE];
	memset(digits, 'A', sizeof digits);
	for (size_t refuse = 0; refuse < 2; refuse++) {
		struct arena *a = arena_create(1 << 20);
		struct heard h = { .words = buffer_in(a), .refuse_after = refuse * 100000 };
		struct xml_sink sink = { &h, hear_begin, hear_text, hear_end };
		struct problem p = { 0 };
		struct xml_reader *r = xml_reader_begin(a, NULL, &p);
		xml_reader_divert(r, "urn:d", "Document", &sink);
		xml_reader_feed(r, bytes_of_text("<r xmlns=\"urn:d\"><Document id=\"1\">"));
		bool going = true;
		for (size_t i = 0; going && i < TIMES; i++)
			going = xml_reader_feed(r, (struct bytes){ digits, PIECE });
		xml_reader_feed(r, bytes_of_text("</Document></r>"));
		CU_ASSERT_EQUAL(xml_reader_end(r) != NULL, refuse == 0);
		CU_ASSERT_EQUAL(p.code, refuse == 0 ? PROBLEM_NONE : PROBLEM_STORE_FULL);
		if (refuse == 0)
			CU_ASSERT_EQUAL(h.octets, (size_t)TIMES * PIECE);
		arena_destroy(a);
	}
}

static void walks(void)
{
	static const char text[] =
		"<r xmlns='urn:d' xmlns:p='urn:p'>\n<a x='1' p:x='2' e=''>t<b>u</b>v</a>"
		"<a><c/><c>w</c></a><p:a/></r>";
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct problem p = { 0 };
	const struct xml_node *r = xml_root(xml_read(a, NULL, bytes_of_text(text), &p));
	const struct xml_node *first = xml_child(r, "urn:d", "a"),
			      *second = xml_next(first, "urn:d", "a");
	const struct xml_node *c = xml_next(xml_child(second, "urn:d", "c"), "urn:d", "c");
	CU_ASSERT_PTR_NULL(xml_next(second, "urn:d", "a"));
	CU_ASSERT_TRUE(xml_is(xml_next_element(second), "urn:p", "a"));
	CU_ASSERT_FALSE(xml_is(second, NULL, "a"));
	CU_ASSERT_TRUE(xml_is(second, "urn:d", NULL));
	CU_ASSERT_STRING_EQUAL(xml_attribute(first, "x"), "1");
	CU_ASSERT_STRING_EQUAL(xml_attribute_ns(first, "urn:p", "x"), "2");
	CU_ASSERT_STRING_EQUAL(xml_attribute(first, "e"), "");
	CU_ASSERT_PTR_NULL(xml_attribute(first, "y"));
	CU_ASSERT_STRING_EQUAL(xml_text(a, first), "tuv");
	CU_ASSERT_STRING_EQUAL(xml_text(a, c), "w");
	CU_ASSERT_STRING_EQUAL(xml_text(a, xml_child(second, "urn:d", "c")), "");
	CU_ASSERT_TRUE(xml_has_text(first));
	CU_ASSERT_FALSE(xml_has_text(r));
	CU_ASSERT_TRUE(xml_has_text(
		xml_root(xml_read(a, NULL, bytes_of_text("<a> <b>x</b>\n<c/>t</a>"), &p))));
	CU_ASSERT_STRING_EQUAL(xml_path(a, c), "/r/a[2]/c[2]");
	CU_ASSERT_STRING_EQUAL(xml_path(a, xml_next_element(second)), "/r/a");
	CU_ASSERT_EQUAL(xml_line(first), 2);
	CU_ASSERT_STRING_EQUAL(xml_resolve_prefix(c, "p"), "urn:p");
	CU_ASSERT_STRING_EQUAL(xml_resolve_prefix(c, ""), "urn:d");
	CU_ASSERT_PTR_NULL(xml_resolve_prefix(c, "q"));
	CU_ASSERT_PTR_EQUAL(xml_parent(c), second);
	CU_ASSERT_PTR_NULL(xml_parent(r));
	CU_ASSERT_PTR_NULL(xml_text(a, xml_child(xml_next(xml_root(NULL), "u", "x"), "u", "y")));
	CU_ASSERT_PTR_NULL(xml_path(a, xml_first_element(NULL)));
	CU_ASSERT_PTR_NULL(xml_attribute(NULL, "x"));
	arena_destroy(a);
}

static const char grammar[] =
	"<grammar xmlns='http://relaxng.org/ns/structure/1.0' ns='urn:d'"
	" datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'><start><element name='r'>"
	"<oneOrMore><element name='n'><data "
	"type='int'/></element></oneOrMore></element></start></grammar>";

static const struct {
	const char *text;
	bool follows;
	const char *where;
} grammar_cases[] = {
	{ "<r xmlns='urn:d'><n>1</n><n>2</n></r>", true, "" },
	{ "<e xmlns='urn:e'> <r xmlns='urn:d'><n>1</n></r> </e>", true, "" },
	{ "<r xmlns='urn:d'><n>1</n><n>secret</n></r>", false, "/r/n[2]" },
	{ "<r xmlns='urn:d'><n>1</n><m/></r>", false, NULL },
	{ "<r xmlns='urn:other'><n>1</n></r>", false, NULL },
};

static void follows_grammar(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	char path[] = "/tmp/minato-grammar-XXXXXX";
	struct problem p = { 0 };
	int fd = mkstemp(path);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(grammar, file);
	fclose(file);
	struct xml_grammar *g = xml_grammar_load(a, path, &p);
	remove(path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(g);
	CU_ASSERT_PTR_NULL(xml_grammar_load(a, path, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_CONFIGURATION);
	for (size_t i = 0; i < COUNT(grammar_cases); i++) {
		struct problem found = { 0 };
		const struct xml_document *d = xml_read(
			a, NULL, bytes_of_text(grammar_cases[i].text), &found);
		const struct xml_node *n = xml_root(d);
		if (xml_is(n, "urn:e", "e"))
			n = xml_first_element(n);
		CU_ASSERT_EQUAL(xml_grammar_validate(a, g, n, &found), grammar_cases[i].follows);
		CU_ASSERT_PTR_NULL(strstr(found.what, "secret"));
		if (grammar_cases[i].where != NULL)
			CU_ASSERT_STRING_EQUAL(found.where, grammar_cases[i].where);
	}
	arena_destroy(a);
}

/* Others' attacks, and what they meet: security digest (e) 1 to 8. */
static enum problem_code answer_to(const char *name)
{
	static const struct {
		const char *name;
		enum problem_code problem;
	} known[] = {
		{ "07-xinclude.xml", PROBLEM_NONE },
		{ "09-depth-255.xml", PROBLEM_TOO_LARGE },
		{ "10-depth-5000.xml", PROBLEM_TOO_LARGE },
		{ "11-attribute-flood-20000.xml", PROBLEM_TOO_LARGE },
		{ "12-namespace-flood-5000.xml", PROBLEM_TOO_LARGE },
		{ "19-pi-stylesheet.xml", PROBLEM_NONE },
		{ "20-schemaLocation-http.xml", PROBLEM_NONE },
		{ "21-two-soap-bodies.xml", PROBLEM_NONE },
	};
	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(name, known[i].name) == 0)
			return known[i].problem;
	return PROBLEM_MALFORMED;
}

static void meets_attacks(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	const char **names = sample_names(a, "security/malicious/xml", ".xml");
	for (; names != NULL && *names != NULL; names++) {
		struct bytes in;
		struct problem p = { 0 };
		if (!sample_shared(a, arena_printf(a, "security/malicious/xml/%s", *names), &in))
			continue;
		xml_read(a, NULL, in, &p);
		if (p.code != answer_to(*names)) {
			printf("%s: %d %s\n", *names, p.code, p.what);
			CU_FAIL("attack");
		}
		check_same(in, 1, 1, *names);
	}
	arena_destroy(a);
}

static void reads_others_documents(void)
{
	static const char *const folders[] = { "xds", "identity" };
	struct arena *a = arena_create(SAMPLE_ARENA);
	for (size_t f = 0; f < COUNT(folders); f++) {
		const char **names = sample_names(a, folders[f], ".xml");
		for (; names != NULL && *names != NULL; names++) {
			struct bytes in;
			struct problem p = { 0 };
			if (!sample_shared(a, arena_printf(a, "%s/%s", folders[f], *names), &in))
				continue;
			if (xml_read(a, NULL, in, &p) == NULL) {
				printf("%s/%s: %s, %s\n", folders[f], *names, p.what, p.where);
				CU_FAIL("others' document");
			}
		}
	}
	arena_destroy(a);
}

struct task {
	struct arena *arena;
	struct bytes in;
	struct problem problem;
	bool done;
};

static void read_and_write(void *with)
{
	struct task *t = with;
	struct heard h = { .refuse_after = 0 };
	const struct xml_document *d = read_diverted(t->arena, &h, t->in, 50, &t->problem);
	if (d != NULL)
		written(t->arena, xml_root(d));
	t->done = d != NULL;
}

/* Every allocation refused once: the document fails, and nothing is left behind (see valgrind). */
static void fails_cleanly(void)
{
	struct arena *keep = arena_create(SAMPLE_ARENA);
	struct bytes in = sample_ours(keep, "xml/divert.xml");
	bool done = false;
	for (size_t n = 1; !done && n < 1000; n++) {
		struct task t = { .arena = arena_create(SAMPLE_ARENA), .in = in };
		arena_refuse_nth(t.arena, n);
		bool returned = arena_run(t.arena, read_and_write, &t);
		done = returned && t.done;
		if (returned && !t.done)
			CU_ASSERT_EQUAL(t.problem.code, PROBLEM_OUT_OF_RESOURCES);
		arena_destroy(t.arena);
	}
	CU_ASSERT_TRUE(done);
	arena_destroy(keep);
}

static const struct test tests[] = { { "reads and refuses", reads_and_refuses },
				     { "cut anywhere", cut_anywhere },
				     { "across pieces", across_pieces },
				     { "limits on both sides", limits_on_both_sides },
				     { "the same gate in a hurry", same_gate_in_a_hurry },
				     { "diverts", diverts },
				     { "diverts without end", diverts_without_end },
				     { "walks", walks },
				     { "follows a grammar", follows_grammar },
				     { "meets attacks", meets_attacks },
				     { "reads others' documents", reads_others_documents },
				     { "fails cleanly", fails_cleanly },
				     { 0 } };

int main(void)
{
	spare = xml_parsers_create();
	int result = suite_run("envelope/xml", tests);
	xml_parsers_destroy(spare);
	return result;
}
