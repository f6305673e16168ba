/* tests/envelope/mtom_test.c: multiparts, read and written. A case is a file: its first line is the
 * Content-Type, the rest the body. Each is fed at once, octet by octet, and cut at every place. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/envelope/content_type.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/xml_reader.h"
#include "schemas/tables/problem.h"
#include "tests/envelope/samples.h"

#define GOOD PROBLEM_NONE
#define BAD PROBLEM_MALFORMED
#define LARGE PROBLEM_TOO_LARGE
#define MEDIA PROBLEM_MEDIA_TYPE
#define LOST PROBLEM_MISSING_DOCUMENT
#define PDF "(d1@x application/pdf + x)"

/* heard: "(id type octets)" of each attachment, + when it is referenced before it comes. */
static const struct {
	const char *why, *file;
	enum problem_code problem;
	const char *heard;
} cases[] = {
	{ "a root alone", "least", GOOD, "" },
	{ "an attachment", "attached", GOOD, "(d1@x application/pdf + %PDF)" },
	{ "LF line ends, CR is data", "lf-only", GOOD, "(d1@x application/pdf + a\r\nb\r)" },
	{ "LF before a boundary where lines end with CRLF", "lf-boundary-in-crlf", GOOD,
	  "(d1@x application/pdf + a\n--b1\nb\r--b1\r\n--b1x\r\n --b1)" },
	{ "much like the boundary", "like-boundary", GOOD,
	  "(d1@x application/pdf + "
	  "x--b1\r\n--b1-\r\n--b1  x\r\n--b\r\n\r\n-\r\n--\r\n--b1\r\r\n--b1 -)" },
	{ "white space after the boundary", "padded", GOOD, PDF },
	{ "more than 64 of it is no boundary", "padded-long", BAD, NULL },
	{ "no start", "no-start", GOOD, PDF },
	{ "no type", "no-type", GOOD, PDF },
	{ "another type", "other-type", MEDIA, NULL },
	{ "multipart/mixed", "mixed", MEDIA, NULL },
	{ "upper case, stray semicolon", "upper-case", GOOD, PDF },
	{ "start names nothing", "start-mistyped", GOOD, "(d1@x application/pdf - x)" },
	{ "start names a later candidate", "start-later", BAD, NULL },
	{ "the root after an attachment", "start-after-attachment", GOOD,
	  "(d1@x application/pdf - x)" },
	{ "start without <>", "start-bare", GOOD, PDF },
	{ "start names no XML", "start-not-xml", BAD, NULL },
	{ "the first part is no XML", "no-start-not-xml", BAD, NULL },
	{ "no root", "no-root", BAD, NULL },
	{ "a root of type application/soap+xml", "soap-root", GOOD, PDF },
	{ "a preamble", "preamble", GOOD, PDF },
	{ "an empty line first", "blank-first", GOOD, PDF },
	{ "an epilogue", "epilogue", GOOD, PDF },
	{ "an endless preamble", "endless-preamble", BAD, NULL },
	{ "a boundary that must be quoted", "quoted-boundary", GOOD, PDF },
	{ "a quoted pair", "boundary-escaped", GOOD, PDF },
	{ "70 characters", "boundary-70", GOOD, PDF },
	{ "71", "boundary-71", BAD, NULL },
	{ "none", "boundary-empty", BAD, NULL },
	{ "a space at its end", "boundary-space-last", BAD, NULL },
	{ "a character RFC 2046 has not", "boundary-odd", BAD, NULL },
	{ "two boundaries", "boundary-twice", MEDIA, NULL },
	{ "no boundary", "boundary-missing", BAD, NULL },
	{ "a quote that does not end", "type-broken", MEDIA, NULL },
	{ "not closed", "not-closed", BAD, NULL },
	{ "cut in a header", "cut-in-header", BAD, NULL },
	{ "empty", "empty", BAD, NULL },
	{ "only the closing boundary", "only-closing", BAD, NULL },
	{ "an empty part", "empty-part", GOOD, "(d1@x application/pdf + )" },
	{ "a header alone", "no-empty-line", GOOD, "(d1@x application/pdf + )" },
	{ "a part without header", "no-header", GOOD,
	  PDF "((null) application/octet-stream - anonymous)" },
	{ ".NET ids", "dotnet-id", GOOD, "(http://tempuri.org/1/63 application/pdf + x)" },
	{ "percent-encoded", "id-encoded", GOOD, "(d1@x:y application/pdf + x)" },
	{ "decoded once, and only in the reference", "id-encoded-in-part", GOOD,
	  "(d%31 application/pdf + x)" },
	{ "the same text in both places", "id-same-text", GOOD,
	  "(c1-1@http%3A%2F%2Fcxf.example%2F application/pdf + x)" },
	{ "encoded in the part only", "id-plain-in-reference", GOOD,
	  "(d1%40x application/pdf + x)" },
	{ "encoded twice in the reference", "id-twice-encoded", GOOD, PDF },
	{ "cid: in the Content-ID", "id-with-cid", GOOD, "(cid:d1@x application/pdf + x)" },
	{ "a blank for +", "id-plus", GOOD, "(d 1@x application/pdf + x)" },
	{ "a blank", "id-blank", GOOD, "(d 1@x application/pdf + x)" },
	{ "another case is another id", "id-case", LOST, NULL },
	{ "two parts in two spellings", "id-two-spellings", BAD, NULL },
	{ "two spellings, none that of the reference", "id-two-spellings-later", BAD, NULL },
	{ "start encoded", "start-encoded", GOOD, PDF },
	{ "start with cid:", "start-cid", GOOD, PDF },
	{ "type without quotes", "unquoted-type", GOOD, PDF },
	{ "start without quotes", "unquoted-start", GOOD, PDF },
	{ "start-info without quotes", "unquoted-start-info", GOOD, PDF },
	{ "a boundary without its quotes", "unquoted-boundary", GOOD, PDF },
	{ "type of the part without quotes", "unquoted-in-part", GOOD, PDF },
	{ "a blank without quotes", "unquoted-blank", MEDIA, NULL },
	{ "a comma without quotes", "unquoted-comma", MEDIA, NULL },
	{ "a quote in the middle", "unquoted-then-quote", MEDIA, NULL },
	{ "comments", "comments", GOOD, PDF },
	{ "a comment that does not end", "comment-open", MEDIA, NULL },
	{ "an action within start-info", "start-info-nested", GOOD, PDF },
	{ "fields in any case and order, no blank", "part-content-length", GOOD, PDF },
	{ "no line end at the end", "no-last-line", GOOD, PDF },
	{ "half encoded", "id-bad-encoding", BAD, NULL },
	{ "NUL in an id", "id-nul", BAD, NULL },
	{ "an empty id", "id-empty", BAD, NULL },
	{ "the scheme in upper case", "id-upper-scheme", GOOD, PDF },
	{ "a Content-ID without <>", "id-bare", GOOD, PDF },
	{ "two parts of one id", "id-twice", BAD, NULL },
	{ "... that of the root", "id-of-root-twice", BAD, NULL },
	{ "two ids", "id-field-twice", BAD, NULL },
	{ "two types", "type-field-twice", BAD, NULL },
	{ "two encodings", "encoding-field-twice", BAD, NULL },
	{ "folded fields", "folded", GOOD, "(d1@x application/pdf; \tname=\"x\" + x)" },
	{ "fields nobody reads", "extra-fields", GOOD, "(d1@x application/octet-stream + x)" },
	{ "a field without colon", "field-without-colon", BAD, NULL },
	{ "NUL in a field", "field-nul", BAD, NULL },
	{ "a control character", "field-control", BAD, NULL },
	{ "a header past its limit", "header-large", LARGE, NULL },
	{ "a nested multipart", "nested", BAD, NULL },
	{ "... that cannot be read", "nested-broken", BAD, NULL },
	{ "8bit", "8bit", GOOD, "(d1@x application/octet-stream + x)" },
	{ "base64", "base64", GOOD, "(d1@x application/octet-stream + ABCDE)" },
	{ "base64 cut off", "base64-short", BAD, NULL },
	{ "digits after padding", "base64-after-padding", BAD, NULL },
	{ "padding of nothing", "base64-padding-only", BAD, NULL },
	{ "no base64", "base64-other", BAD, NULL },
	{ "quoted-printable", "quoted-printable", GOOD, "(d1@x application/octet-stream + x)" },
	{ "its octets", "qp-document", GOOD, "(d1@x application/pdf + caf\xc3\xa9 = 1 euro)" },
	{ "its line ends", "qp-soft", GOOD,
	  "(d1@x application/pdf + onetwothree\r\nfour \r\n\r\nfive)" },
	{ "the root in it", "qp-root", GOOD, PDF },
	{ "one digit", "qp-one-digit", BAD, NULL },
	{ "a digit and none", "qp-no-digit", BAD, NULL },
	{ "no digit", "qp-other", BAD, NULL },
	{ "128 blanks", "qp-blanks-128", GOOD, NULL },
	{ "129", "qp-blanks-129", BAD, NULL },
	{ "an encoding with a comment", "encoding-comment", GOOD, "(d1@x application/pdf + ABC)" },
	{ "another encoding", "encoding-other", BAD, NULL },
	{ "no such part", "missing", LOST, NULL },
	{ "the root includes itself", "self", BAD, NULL },
	{ "included twice", "twice-included", BAD, NULL },
	{ "a file", "file", BAD, NULL },
	{ "an address", "http", BAD, NULL },
	{ "no href", "no-href", BAD, NULL },
	{ "text beside Include", "beside-text", BAD, NULL },
	{ "an element beside it", "beside-element", BAD, NULL },
	{ "white space beside it", "beside-white", GOOD, PDF },
	{ "something in it", "include-filled", BAD, NULL },
	{ "nothing around it", "include-root", BAD, NULL },
	{ "one inline, one attached", "inline-beside-part", GOOD, PDF },
	{ "16 parts nobody names", "unreferenced-16", GOOD, NULL },
	{ "17", "unreferenced-17", LARGE, NULL },
	{ "17 before the root", "unreferenced-before-root", LARGE, NULL },
	{ "a root that is not XML", "root-broken", BAD, NULL },
	{ "any octets", "binary", GOOD, NULL },
};

/* One message as the exchange would take it. */
struct receipt {
	struct arena *arena;
	struct mtom_reader *mtom;
	struct xml_reader *xml;
	struct buffer heard;
	struct problem problem;
	bool whole;
};

static bool on_begin(void *self, const struct mtom_part *part, struct problem *p)
{
	struct receipt *t = self;
	if (part->root)
		t->xml = xml_reader_begin(t->arena, NULL, p);
	else
		buffer_printf(&t->heard, "(%s %s %c ",
			      part->content_id == NULL ? "(null)" : part->content_id,
			      part->content_type, part->referenced ? '+' : '-');
	return true;
}

static bool on_data(void *self, const struct mtom_part *part, struct bytes octets,
		    struct problem *p)
{
	struct receipt *t = self;
	(void)p;
	if (part->root)
		return xml_reader_feed(t->xml, octets);
	buffer_append(&t->heard, octets.data, octets.length);
	return true;
}

static bool on_end(void *self, const struct mtom_part *part, struct problem *p)
{
	struct receipt *t = self;
	(void)p;
	if (!part->root) {
		buffer_byte(&t->heard, ')');
		return true;
	}
	const struct xml_document *d = xml_reader_end(t->xml);
	return d != NULL && mtom_expect(t->mtom, d);
}

static void receive(struct receipt *t, const struct mtom_limits *limits, const char *type,
		    struct bytes body, size_t first, size_t step)
{
	const struct mtom_sink sink = { t, on_begin, on_data, on_end };
	size_t take = first;
	t->heard = buffer_in(t->arena);
	t->mtom = mtom_begin(t->arena, type, limits, &sink, &t->problem);
	while (t->mtom != NULL && body.length > 0) {
		if (take == 0 || take > body.length)
			take = body.length;
		if (!mtom_feed(t->mtom, (struct bytes){ body.data, take }))
			return;
		body.data += take;
		body.length -= take;
		take = step;
	}
	t->whole = t->mtom != NULL && mtom_finish(t->mtom);
}

/* The first line, and what follows it. */
static const char *split(struct arena *a, struct bytes all, struct bytes *body)
{
	const unsigned char *end = memchr(all.data, '\n', all.length);
	size_t length = (size_t)(end - all.data);
	*body = (struct bytes){ end + 1, all.length - length - 1 };
	return arena_text_n(a, (const char *)all.data, length);
}

static void receive_case(struct receipt *t, const char *file, size_t first, size_t step)
{
	struct bytes body;
	const char *name = arena_printf(t->arena, "mtom/%s.mtom", file);
	const char *type = split(t->arena, sample_ours(t->arena, name), &body);
	receive(t, NULL, type, body, first, step);
}

static void reads_and_refuses(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct receipt t = { .arena = arena_create(SAMPLE_ARENA) };
		receive_case(&t, cases[i].file, 0, 0);
		if (t.problem.code != cases[i].problem || t.whole != (cases[i].problem == GOOD)) {
			printf("%s: %d %s\n", cases[i].why, t.problem.code, t.problem.what);
			CU_FAIL("verdict");
		}
		if (cases[i].heard != NULL && strcmp(buffer_ended(&t.heard), cases[i].heard) != 0) {
			printf("%s: %s\n", cases[i].why, buffer_ended(&t.heard));
			CU_FAIL("content");
		}
		arena_destroy(t.arena);
	}
}

/* What is told for the road to grant; and how a reference calls the part. */
static void tells_oddities(void)
{
	static const struct {
		const char *file;
		bool unquoted, content_id;
		const char *id, *named;
	} odd[] = {
		{ "attached", false, false, "d1@x", "d1@x" },
		{ "id-encoded", false, false, "d1@x:y", "d1@x:y" },
		{ "comments", false, false, "d1@x", "d1@x" },
		{ "start-info-nested", false, false, "d1@x", "d1@x" },
		{ "unquoted-type", true, false, "d1@x", "d1@x" },
		{ "unquoted-start", true, false, "d1@x", "d1@x" },
		{ "unquoted-boundary", true, false, "d1@x", "d1@x" },
		{ "unquoted-in-part", true, false, "d1@x", "d1@x" },
		{ "id-same-text", false, true, "c1-1@http%3A%2F%2Fcxf.example%2F",
		  "c1-1@http://cxf.example/" },
		{ "id-plain-in-reference", false, true, "d1%40x", "d1@x" },
		{ "id-twice-encoded", false, true, "d1@x", "d1%40x" },
		{ "id-plus", false, true, "d 1@x", "d+1@x" },
		{ "id-blank", false, false, "d 1@x", "d 1@x" },
		{ "start-encoded", false, true, "d1@x", "d1@x" },
	};
	for (size_t i = 0; i < COUNT(odd); i++) {
		struct receipt t = { .arena = arena_create(SAMPLE_ARENA) };
		receive_case(&t, odd[i].file, 0, 0);
		struct mtom_oddities told = mtom_odd(t.mtom);
		if (told.unquoted != odd[i].unquoted || told.content_id != odd[i].content_id) {
			printf("%s: %d %d\n", odd[i].file, told.unquoted, told.content_id);
			CU_FAIL("oddities");
		}
		CU_ASSERT_STRING_EQUAL(mtom_named(t.mtom, odd[i].id), odd[i].named);
		arena_destroy(t.arena);
	}
}

static bool same(const struct receipt *t, const struct receipt *u)
{
	return t->whole == u->whole && t->problem.code == u->problem.code
	       && strcmp(t->problem.what, u->problem.what) == 0
	       && (!t->whole || bytes_equal(buffer_bytes(&t->heard), buffer_bytes(&u->heard)));
}

static void check_cut(const struct receipt *whole, size_t i, size_t first, size_t step)
{
	struct receipt t = { .arena = arena_create(SAMPLE_ARENA) };
	receive_case(&t, cases[i].file, first, step);
	if (!same(whole, &t)) {
		printf("%s, cut at %zu, then by %zu: %s\n", cases[i].why, first, step,
		       t.problem.what);
		CU_FAIL("cut");
	}
	arena_destroy(t.arena);
}

static void cut_anywhere(void)
{
	enum { MOST = 2000 }; /* the longer ones are only made of filling there */
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct receipt whole = { .arena = arena_create(SAMPLE_ARENA) };
		const char *name = arena_printf(whole.arena, "mtom/%s.mtom", cases[i].file);
		size_t length = sample_ours(whole.arena, name).length;
		receive_case(&whole, cases[i].file, 0, 0);
		check_cut(&whole, i, 1, 1);
		for (size_t at = 1; at < length && at < MOST; at++)
			check_cut(&whole, i, at, 0);
		arena_destroy(whole.arena);
	}
}

static void keeps_octets(void)
{
	struct receipt t = { .arena = arena_create(SAMPLE_ARENA) };
	static const char after[] = "\r\n\r\n\r\r\n--b\0\0\0\0\0\n\n\r\r\n-)";
	receive_case(&t, "binary", 7, 13);
	struct bytes heard = buffer_bytes(&t.heard);
	const size_t head = strlen("(d1@x application/pdf + ");
	CU_ASSERT_EQUAL_FATAL(heard.length, head + 768 + sizeof after - 1);
	for (size_t i = 0; i < 768; i++)
		CU_ASSERT_EQUAL(heard.data[head + i], i % 256);
	CU_ASSERT_EQUAL(memcmp(heard.data + head + 768, after, sizeof after - 1), 0);
	arena_destroy(t.arena);
}

/* Each limit, and one more; the message is "attached" or "unreferenced-16". */
static void limits_on_both_sides(void)
{
	static const struct {
		const char *file;
		struct mtom_limits fits, not ;
	} edges[] = {
		{ "attached", { 2, 9, 999, 999, 9 }, { 1, 9, 999, 999, 9 } },
		{ "attached", { 9, 9, 136, 999, 9 }, { 9, 9, 135, 999, 9 } },
		{ "attached", { 9, 9, 999, 94, 9 }, { 9, 9, 999, 93, 9 } },
		{ "unreferenced-16", { 99, 16, 999, 999, 9 }, { 99, 15, 999, 999, 9 } },
	};
	for (size_t i = 0; i < COUNT(edges); i++) {
		for (size_t side = 0; side < 2; side++) {
			struct receipt t = { .arena = arena_create(SAMPLE_ARENA) };
			struct bytes body,
				all = sample_ours(t.arena, arena_printf(t.arena, "mtom/%s.mtom",
									edges[i].file));
			const char *type = split(t.arena, all, &body);
			receive(&t, side == 0 ? &edges[i].fits : &edges[i].not, type, body, 5, 5);
			CU_ASSERT_EQUAL(t.problem.code, side == 0 ? GOOD : LARGE);
			if (t.problem.code != (side == 0 ? GOOD : LARGE))
				printf("edge %zu, %zu: %s\n", i, side, t.problem.what);
			arena_destroy(t.arena);
		}
	}
}

/* 64 MiB through an arena of 256 KiB, every octet counted; and handed on in pieces as large as they
 * came, though there is a CR in 251 octets of it, and a line end in some. */
struct counted {
	size_t octets, pieces;
};

static bool count_begin(void *self, const struct mtom_part *part, struct problem *p)
{
	(void)self, (void)part, (void)p;
	return true;
}

static bool count_data(void *self, const struct mtom_part *part, struct bytes octets,
		       struct problem *p)
{
	(void)p;
	struct counted *c = self;
	c->octets += part->root ? 0 : octets.length;
	c->pieces += !part->root;
	return true;
}

static void holds_nothing(void)
{
	enum { TIMES = 1024, PIECE = 65536 };
	static unsigned char octets[PIECE];
	struct counted counted = { 0, 0 };
	struct arena *a = arena_create(256 * 1024);
	struct problem p = { 0 };
	const struct mtom_sink sink = { &counted, count_begin, count_data, count_begin };
	struct mtom_reader *r = mtom_begin(a, "multipart/related; boundary=b", NULL, &sink, &p);
	for (size_t i = 0; i < PIECE; i++)
		octets[i] = (unsigned char)(i * 7 % 251);
	memcpy(octets + 5000, "\r\n\r\r\n\r", 6);
	mtom_feed(r,
		  bytes_of_text(
			  "--b\r\nContent-Type: application/xop+xml\r\n\r\n<r/>\r\n--b\r\n\r\n"));
	for (size_t i = 0; i < TIMES; i++)
		mtom_feed(r, (struct bytes){ octets, PIECE });
	mtom_feed(r, bytes_of_text("\r\n--b--"));
	CU_ASSERT_TRUE(mtom_finish(r));
	CU_ASSERT_EQUAL(counted.octets, (size_t)TIMES * PIECE);
	CU_ASSERT_TRUE(counted.pieces <= TIMES + 2);
	arena_destroy(a);
}

static void refers(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct problem p = { 0 };
	const char *id = "before";
	static const char text[] = "<r xmlns:x='" XOP_NAMESPACE
				   "'><d>QUJD</d><e/><f><x:Include href='cid:a%40b'/></f></r>";
	const struct xml_node *d = xml_first_element(
		xml_root(xml_read(a, NULL, bytes_of_text(text), &p)));
	CU_ASSERT_TRUE(xop_reference(a, NULL, &id, &p));
	CU_ASSERT_PTR_NULL(id);
	CU_ASSERT_TRUE(xop_reference(a, d, &id, &p));
	CU_ASSERT_PTR_NULL(id);
	CU_ASSERT_TRUE(xop_reference(a, xml_next_element(xml_next_element(d)), &id, &p));
	CU_ASSERT_STRING_EQUAL(id, "a@b");
	arena_destroy(a);
}

/* What is written is read again, octet for octet, and as long as was said. */
static void writes(void)
{
	for (size_t count = 0; count < 3; count++) {
		struct receipt t = { .arena = arena_create(SAMPLE_ARENA) };
		struct buffer root = buffer_in(t.arena), body = buffer_in(t.arena);
		struct mtom_attachment list[2] = {
			{ mtom_content_id(t.arena, &system_random), "application/dicom", 5 },
			{ mtom_content_id(t.arena, &system_random), "text/plain\r\nX: y", 5 },
		};
		struct mtom_frame f;
		buffer_text(&root, "<r xmlns:x='" XOP_NAMESPACE "'>");
		for (size_t i = 0; i < count; i++)
			buffer_printf(&root, "<d><x:Include href='cid:%s'/></d>",
				      list[i].content_id);
		buffer_text(&root, "</r>");
		mtom_frame(t.arena, &system_random, buffer_bytes(&root), list, count, &f);
		buffer_append(&body, f.opening.data, f.opening.length);
		buffer_append(&body, root.data, root.length);
		for (size_t i = 0; i < count; i++) {
			buffer_append(&body, f.before[i].data, f.before[i].length);
			buffer_text(&body, i == 0 ? "a\r\n--" : "-b-\r\n");
		}
		buffer_append(&body, f.closing.data, f.closing.length);
		CU_ASSERT_EQUAL(body.length, f.length);
		CU_ASSERT_TRUE(mtom_is(t.arena, f.content_type));
		receive(&t, NULL, f.content_type, buffer_bytes(&body), 0, 0);
		CU_ASSERT_TRUE(t.whole);
		const char *heard = count == 0   ? ""
				    : count == 1 ? arena_printf(t.arena,
								"(%s application/dicom + a\r\n--)",
								list[0].content_id)
						 : arena_printf(
							 t.arena,
							 "(%s application/dicom + a\r\n--)"
							 "(%s application/octet-stream + -b-\r\n)",
							 list[0].content_id, list[1].content_id);
		CU_ASSERT_STRING_EQUAL(buffer_ended(&t.heard), heard);
		arena_destroy(t.arena);
	}
}

static const struct {
	const char *text, *media, *boundary;
} types[] = {
	{ "Text/Plain", "text/plain", NULL },
	{ " multipart/related ; boundary = b ", "multipart/related", "b" },
	{ "a/b;boundary=\"x;y\\\"z\"; q=r", "a/b", "x;y\"z" },
	{ "a/b;;boundary=b;", "a/b", "b" },
	{ "a/b; BOUNDARY=B", "a/b", "B" },
	{ "", NULL, NULL },
	{ "a", NULL, NULL },
	{ "a/", NULL, NULL },
	{ "/b", NULL, NULL },
	{ "a/b c", NULL, NULL },
	{ "a/b; c", NULL, NULL },
	{ "a/b; c=", NULL, NULL },
	{ "a/b; =c", NULL, NULL },
	{ "a/b; c=\"d", NULL, NULL },
	{ "a/b; c=\"d\\", NULL, NULL },
	{ "a/b; c=d; C=e", NULL, NULL },
	{ "a/b, c/d", NULL, NULL },
	{ "a/b; c=d/e:f; boundary=<g>", "a/b", "<g>" },
	{ "a/b; boundary=c\"d", NULL, NULL },
	{ "a/b (c); boundary=d(e)", "a/b", "d" },
	{ "a/b; c=d (e", NULL, NULL },
	{ "a/b; c=d\\e", NULL, NULL },
	{ "a/b; c=d e", NULL, NULL },
	{ "a/b; c=\"\x01\"", NULL, NULL },
};

static void reads_types(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct content_type t;
	for (size_t i = 0; i < COUNT(types); i++) {
		CU_ASSERT_EQUAL(content_type_read(a, types[i].text, &t), types[i].media != NULL);
		CU_ASSERT_TRUE(text_equal(t.media, types[i].media));
		CU_ASSERT_TRUE(
			text_equal(content_type_parameter(&t, "boundary"), types[i].boundary));
	}
	/* RFC 2045 5.1: any CHAR but SPACE, CTLs and tspecials. */
	for (int c = 1; c < 256; c++) {
		bool is_token = c > ' ' && c < 0x7f && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
		const char *text = arena_printf(a, "a%cb/c", c);
		CU_ASSERT_EQUAL(content_type_read(a, text, &t), is_token);
	}
	CU_ASSERT_FALSE(content_type_read(a, NULL, &t));
	CU_ASSERT_TRUE(content_type_is_plain("application/dicom+xml"));
	CU_ASSERT_FALSE(content_type_is_plain("a/b; c=d"));
	CU_ASSERT_FALSE(content_type_is_plain("a/b\r\nX: y"));
	CU_ASSERT_FALSE(content_type_is_plain(NULL));
	arena_destroy(a);
}

/* Others' captures: head, empty line, body. */
static const char *split_head(struct arena *a, struct bytes all, struct bytes *body)
{
	const char *text = arena_text_n(a, (const char *)all.data, all.length);
	const char *type = strcasestr(text, "content-type:");
	const char *lf = strstr(text, "\n\n"), *crlf = strstr(text, "\r\n\r\n");
	size_t head = crlf != NULL && (lf == NULL || crlf < lf) ? (size_t)(crlf - text) + 4
		      : lf != NULL                              ? (size_t)(lf - text) + 2
								: 0;
	if (type == NULL || head == 0 || (size_t)(type - text) > head)
		return NULL;
	*body = (struct bytes){ all.data + head, all.length - head };
	type += strlen("content-type:");
	return arena_text_n(a, type, strcspn(type, "\r\n"));
}

static enum problem_code answer_to(const char *name)
{
	static const struct {
		const char *name;
		enum problem_code problem;
	} known[] = {
		{ "01-ok-baseline.http", GOOD },
		{ "02-missing-part.http", LOST },
		{ "07-boundary-inside-content.http", GOOD },
		{ "08-5000-unreferenced-parts.http", LARGE },
		{ "11-cid-percent-encoded.http", GOOD },
		{ "16-base64-cte.http", GOOD },
		{ "19-content-disposition-path.http", GOOD },
	};
	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(name, known[i].name) == 0)
			return known[i].problem;
	return BAD;
}

/* Security digest (e) 14 to 21. */
static void meets_attacks(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	const char **names = sample_names(a, "security/malicious/mime", ".http");
	for (; names != NULL && *names != NULL; names++) {
		for (size_t step = 0; step < 2; step++) {
			struct receipt t = { .arena = arena_create(SAMPLE_ARENA) };
			struct bytes in, body;
			if (!sample_shared(t.arena,
					   arena_printf(a, "security/malicious/mime/%s", *names),
					   &in))
				break;
			receive(&t, NULL, split_head(t.arena, in, &body), body, step, step);
			if (t.problem.code != answer_to(*names)) {
				printf("%s: %d %s\n", *names, t.problem.code, t.problem.what);
				CU_FAIL("attack");
			}
			arena_destroy(t.arena);
		}
	}
	arena_destroy(a);
}

static const struct {
	const char *file, *type;
	enum problem_code problem;
} captures[] = {
	{ "iti-41-request-mtom-nist-http.txt", NULL, GOOD },
	{ "iti-41-response-epr-http.txt", NULL, GOOD },
	{ "rad-69-request-dcm4chee-http.txt", NULL, GOOD },
	{ "rad-69-response-dcm4chee-http.txt", NULL, GOOD },
	{ "iti-41-request-mtom-xop-testkit-body.txt",
	  "multipart/related; boundary="
	  "MIMEBoundary_95b57d7287e4fa4b528a8f050c41f8ad829c20332f23b48d; "
	  "type=\"application/xop+xml\"",
	  GOOD },
	{ "iti-41-request-mtom-simproxy.txt",
	  "multipart/related; boundary="
	  /* ids were cut */
	  "MIMEBoundary_494859fac46e21a68c012f8f4fe208a370fc32b6e07ae79f",
	  LOST },
	{ "iti-41-response-ohie-mtom.txt",
	  "multipart/related; boundary="
	  "\"uuid:9d70af7a-1e95-4187-8860-de7c7662ce3c\"",
	  GOOD },
	{ "iti-43-response-ohie-mtom.txt",
	  "multipart/related; boundary="
	  "\"uuid:e59abb7b-d9c5-4f29-9854-e89b12b41e12\"",
	  GOOD },
	/* Its Content-Type names another boundary than the body has. */
	{ "iti-41-request-epr-http-mtom-saml.txt", NULL, BAD },
};

static void reads_captures(void)
{
	for (size_t i = 0; i < COUNT(captures); i++) {
		struct receipt t = { .arena = arena_create(SAMPLE_ARENA) };
		struct bytes in, body;
		if (sample_shared(t.arena, arena_printf(t.arena, "xds/%s", captures[i].file),
				  &in)) {
			const char *type = captures[i].type;
			body = in;
			if (type == NULL)
				type = split_head(t.arena, in, &body);
			receive(&t, NULL, type, body, 0, 0);
			if (t.problem.code != captures[i].problem) {
				printf("%s: %d %s %s\n", captures[i].file, t.problem.code,
				       t.problem.what, t.problem.where);
				CU_FAIL("capture");
			}
		}
		arena_destroy(t.arena);
	}
}

static void receive_folded(void *with)
{
	struct receipt *t = with;
	receive_case(t, "folded", 9, 9);
}

static void fails_cleanly(void)
{
	bool done = false;
	for (size_t n = 1; !done && n < 1000; n++) {
		struct receipt t = { .arena = arena_create(SAMPLE_ARENA) };
		arena_refuse_nth(t.arena, n);
		done = arena_run(t.arena, receive_folded, &t) && t.whole;
		arena_destroy(t.arena);
	}
	CU_ASSERT_TRUE(done);
}

int main(void)
{
	static const struct test tests[] = { { "reads and refuses", reads_and_refuses },
					     { "tells what was odd", tells_oddities },
					     { "cut anywhere", cut_anywhere },
					     { "keeps octets", keeps_octets },
					     { "limits on both sides", limits_on_both_sides },
					     { "holds nothing", holds_nothing },
					     { "refers", refers },
					     { "writes", writes },
					     { "reads types", reads_types },
					     { "meets attacks", meets_attacks },
					     { "reads captures", reads_captures },
					     { "fails cleanly", fails_cleanly },
					     { 0 } };
	return suite_run("envelope/mtom", tests);
}
