/* tests/envelope/mtom_ranges_test.c: an answer taken apart is where its documents stand in it, as
 * many of them as are whole, however it came. */
#include "tests/base/suite.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/mtom_ranges.h"
#include "schemas/tables/problem.h"

#define TYPE "multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<r>\""
#define ROOT "--b\r\nContent-Type: application/xop+xml\r\nContent-ID: <r>\r\n\r\n<root/>\r\n"
#define PART(id, octets) "--b\r\nContent-ID: <" id ">\r\n\r\n" octets "\r\n"
#define ENCODED(how) "--b\r\nContent-ID: <d>\r\nContent-Transfer-Encoding: " how "\r\n\r\nYWJj\r\n"
#define END "--b--\r\n"

/* What is said of the parts: of each "id=octets", then - where it is not whole, e encoded,
 * a ambiguous. */
static const struct {
	const char *name, *type, *body, *parts;
	const char *root; /* NULL: none */
	enum problem_code code;
} rows[] = {
	{ "two parts", TYPE, ROOT PART("d", "one") PART("e", "two") END, "d=one e=two", "<root/>",
	  PROBLEM_NONE },
	{ "no parts", TYPE, ROOT END, "", "<root/>", PROBLEM_NONE },
	{ "an empty part", TYPE, ROOT PART("d", "") PART("e", "x") END, "d= e=x", "<root/>",
	  PROBLEM_NONE },
	{ "what looks like a boundary", TYPE,
	  ROOT PART("d", "\r\n--\r\n-b\r\r\n--bc\r\n--b-\r\n") END,
	  "d=\r\n--\r\n-b\r\r\n--bc\r\n--b-\r\n", "<root/>", PROBLEM_NONE },
	{ "a preamble and an epilogue", TYPE, "hello\r\n" ROOT PART("d", "one") END "bye", "d=one",
	  "<root/>", PROBLEM_NONE },
	{ "lines of LF alone", TYPE,
	  "--b\nContent-ID: <r>\n\n<root/>\n--b\nContent-ID: <d>\n\n\r\n--b--\n", "d=\r", "<root/>",
	  PROBLEM_NONE },
	{ "white space behind the boundary", TYPE,
	  ROOT "--b  \t\r\nContent-ID: <d>\r\n\r\none\r\n" END, "d=one", "<root/>", PROBLEM_NONE },
	{ "no start: the first is the root", "multipart/related; boundary=b",
	  "--b\r\n\r\n<root/>\r\n" PART("d", "one") END, "d=one", "<root/>", PROBLEM_NONE },
	{ "a start that names none", "multipart/related; boundary=b; start=\"<x>\"",
	  ROOT PART("d", "one") END, "d=one", "<root/>", PROBLEM_NONE },
	{ "a root behind a part", TYPE, PART("d", "one") ROOT END, "d=one", "<root/>",
	  PROBLEM_NONE },
	{ "a start in percent-encoding", "multipart/related; boundary=b; start=\"<r%40x>\"",
	  "--b\r\nContent-ID: <r@x>\r\n\r\n<root/>\r\n" END, "", "<root/>", PROBLEM_NONE },
	{ "a part without an id", TYPE, ROOT "--b\r\n\r\none\r\n" END, "?=one", "<root/>",
	  PROBLEM_NONE },
	{ "binary, 8bit and 7bit are what they are", TYPE,
	  ROOT ENCODED("binary") "--b\r\nContent-Transfer-Encoding: 8BIT\r\n\r\nx\r\n" END,
	  "d=YWJj ?=x", "<root/>", PROBLEM_NONE },
	{ "base64", TYPE, ROOT ENCODED("base64") PART("e", "two") END, "d=YWJje e=two", "<root/>",
	  PROBLEM_NONE },
	{ "quoted-printable", TYPE, ROOT ENCODED("quoted-printable") END, "d=YWJje", "<root/>",
	  PROBLEM_NONE },
	{ "an id twice", TYPE, ROOT PART("d", "one") PART("e", "two") PART("d", "tri") END,
	  "d=onea e=two d=tria", "<root/>", PROBLEM_NONE },
	{ "an id twice but for its spelling", TYPE,
	  ROOT PART("d@x", "one") PART("d%40x", "two") END, "d@x=onea d%40x=twoa", "<root/>",
	  PROBLEM_NONE },
	/* cut, or spoilt: what came before is given */
	{ "cut in a part", TYPE, ROOT PART("d", "one") "--b\r\nContent-ID: <e>\r\n\r\ntw",
	  "d=one e=tw-", "<root/>", PROBLEM_MALFORMED },
	{ "cut in a boundary", TYPE, ROOT PART("d", "one") "--b\r\n\r\ntw\r\n--", "d=one ?=tw-",
	  "<root/>", PROBLEM_MALFORMED },
	{ "cut in a header", TYPE, ROOT PART("d", "one") "--b\r\nConte", "d=one", "<root/>",
	  PROBLEM_MALFORMED },
	{ "cut in the root", TYPE, "--b\r\nContent-ID: <r>\r\n\r\n<ro", "", NULL,
	  PROBLEM_MALFORMED },
	{ "no end", TYPE, ROOT PART("d", "one") "--b\r\n", "d=one", "<root/>", PROBLEM_MALFORMED },
	{ "no root", TYPE, PART("d", "one") END, "d=one", NULL, PROBLEM_MALFORMED },
	{ "empty", TYPE, "", "", NULL, PROBLEM_MALFORMED },
	{ "no boundary in it", TYPE, "no such thing\r\n", "", NULL, PROBLEM_MALFORMED },
	{ "a header that is none", TYPE,
	  ROOT PART("d", "one") "--b\r\nno field\r\n\r\nx\r\n" PART("e", "two") END, "d=one",
	  "<root/>", PROBLEM_MALFORMED },
	{ "NUL in a header", TYPE, ROOT "--b\r\nA: \1\r\n\r\nx\r\n" END, "", "<root/>",
	  PROBLEM_MALFORMED },
	{ "an encoding nobody knows", TYPE, ROOT PART("d", "one") ENCODED("gzip") END, "d=one",
	  "<root/>", PROBLEM_MALFORMED },
	{ "a root in base64", TYPE,
	  "--b\r\nContent-ID: <r>\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n" END, "",
	  NULL, PROBLEM_MALFORMED },
	{ "not multipart", "text/xml", ROOT END, "", NULL, PROBLEM_MEDIA_TYPE },
	{ "no boundary in the type", "multipart/related", ROOT END, "", NULL, PROBLEM_MALFORMED },
	{ "no type at all", "", ROOT END, "", NULL, PROBLEM_MEDIA_TYPE },
};

static const char *described(struct arena *a, const char *body, const struct mtom_range *p)
{
	struct buffer b = buffer_in(a);
	for (; p != NULL; p = p->next)
		buffer_printf(&b, "%s%s=%.*s%s%s%s", b.length == 0 ? "" : " ",
			      p->content_id == NULL ? "?" : p->content_id, (int)p->length,
			      body + p->offset, p->whole ? "" : "-", p->encoded ? "e" : "",
			      p->ambiguous ? "a" : "");
	buffer_byte(&b, '\0');
	return (const char *)b.data;
}

static bool reads(size_t i, size_t step)
{
	struct arena *a = arena_create(8 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	const char *body = rows[i].body;
	struct mtom_ranges *r = mtom_ranges_begin(a, rows[i].type, &p);
	struct bytes root = { 0 };
	const char *parts = "";
	if (r != NULL) {
		for (size_t at = 0, length = strlen(body); at < length; at += step)
			mtom_ranges_feed(r,
					 (struct bytes){ (unsigned char *)body + at,
							 length - at < step ? length - at : step });
		CU_ASSERT_EQUAL(mtom_ranges_end(r), p.code == PROBLEM_NONE);
		CU_ASSERT_FALSE(mtom_ranges_end(r));
		CU_ASSERT_FALSE(mtom_ranges_feed(r, bytes_of_text("more")));
		root = mtom_ranges_root(r);
		parts = described(a, body, mtom_ranges_parts(r));
	}
	bool as_said = p.code == rows[i].code && strcmp(parts, rows[i].parts) == 0
		       && (rows[i].root == NULL ? root.data == NULL
						: bytes_equal(root, bytes_of_text(rows[i].root)));
	if (!as_said)
		fprintf(stderr, "%s, by %zu: %s, %s \"%s\"\n", rows[i].name, step,
			problem_row(p.code)->name, parts, p.what);
	arena_destroy(a);
	return as_said;
}

/* However it is cut up on its way. */
static void is_where_it_is(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t step = 1; step < 40; step += step < 12 ? 1 : 9)
			CU_ASSERT_TRUE(reads(i, step));
}

static struct mtom_ranges *begun(struct arena *a, struct problem *p)
{
	*p = (struct problem){ .code = PROBLEM_NONE };
	struct mtom_ranges *r = mtom_ranges_begin(a, TYPE, p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	return r;
}

static void feed_long(struct mtom_ranges *r, size_t length)
{
	static unsigned char octets[1 << 16];
	memset(octets, 'x', sizeof octets);
	for (; length > 0; length -= length < sizeof octets ? length : sizeof octets)
		mtom_ranges_feed(
			r,
			(struct bytes){ octets, length < sizeof octets ? length : sizeof octets });
}

/* A document of any size costs nothing; a root has a bound, as have headers, preamble and parts. */
static void has_bounds(void)
{
	struct arena *a = arena_create(16 << 20);
	struct problem p;
	struct mtom_ranges *r = begun(a, &p);
	size_t before = arena_used(a);
	mtom_ranges_feed(r, bytes_of_text(ROOT "--b\r\nContent-ID: <d>\r\n\r\n"));
	feed_long(r, 256 << 20);
	mtom_ranges_feed(r, bytes_of_text("\r\n" END));
	CU_ASSERT_TRUE(mtom_ranges_end(r));
	CU_ASSERT_EQUAL(mtom_ranges_parts(r)->length, 256 << 20);
	CU_ASSERT_TRUE(arena_used(a) - before < 64 * 1024);

	r = begun(a, &p);
	mtom_ranges_feed(r, bytes_of_text("--b\r\nContent-ID: <r>\r\n\r\n"));
	feed_long(r, MTOM_ROOT_MOST);
	CU_ASSERT_EQUAL(p.code, PROBLEM_NONE);
	feed_long(r, 1);
	CU_ASSERT_EQUAL(p.code, PROBLEM_TOO_LARGE);

	r = begun(a, &p);
	mtom_ranges_feed(r, bytes_of_text(ROOT "--b\r\nA: "));
	feed_long(r, 9000);
	CU_ASSERT_EQUAL(p.code, PROBLEM_TOO_LARGE);

	r = begun(a, &p);
	feed_long(r, 9000);
	CU_ASSERT_EQUAL(p.code, PROBLEM_MALFORMED);

	r = begun(a, &p);
	mtom_ranges_feed(r, bytes_of_text(ROOT));
	for (unsigned i = 0; i < MTOM_RANGES_MOST; i++)
		mtom_ranges_feed(r, bytes_of_text("--b\r\n\r\nx\r\n"));
	CU_ASSERT_EQUAL(p.code, PROBLEM_TOO_LARGE);

	r = begun(a, &p);
	mtom_ranges_feed(r, bytes_of_text(ROOT "--b\r\nA: "));
	mtom_ranges_feed(r, (struct bytes){ (unsigned char *)"\0", 1 });
	CU_ASSERT_EQUAL(p.code, PROBLEM_MALFORMED);
	arena_destroy(a);
}

/* By whatever spelling; none where nobody can say which. */
static void is_found_by_its_id(void)
{
	static const struct {
		const char *id;
		const char *octets;
	} ids[] = { { "d@x", "one" }, { "e", "two" }, { "d%40x", "one" }, { "none", NULL } };
	static const char body[] = ROOT PART("d@x", "one") "--b\r\n\r\nx\r\n" PART("e", "two") END;
	struct arena *a = arena_create(1 << 20);
	struct problem p;
	struct mtom_ranges *r = begun(a, &p);
	mtom_ranges_feed(r, bytes_of_text(body));
	CU_ASSERT_TRUE(mtom_ranges_end(r));
	for (size_t i = 0; i < COUNT(ids); i++) {
		const struct mtom_range *one = mtom_range_of(a, mtom_ranges_parts(r), ids[i].id);
		CU_ASSERT_EQUAL(one == NULL, ids[i].octets == NULL);
		CU_ASSERT_TRUE(one == NULL
			       || memcmp(body + one->offset, ids[i].octets, one->length) == 0);
	}
	arena_destroy(a);
}

static const struct test tests[] = { { "is where it is", is_where_it_is },
				     { "has bounds", has_bounds },
				     { "is found by its id", is_found_by_its_id },
				     { 0 } };

int main(void)
{
	return suite_run("mtom ranges", tests);
}
