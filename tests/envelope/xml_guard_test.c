/* tests/envelope/xml_guard_test.c: the gate in front of the XML parser, both sides of each of its
 * rules, however its octets are cut. */
#include "tests/base/suite.h"

#include <stdint.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/xml_guard.h"
#include "gateway/envelope/xml_reader.h"
#include "schemas/tables/problem.h"

static const struct xml_limits limits = {
	.octets = 60, .tag = 40, .attributes = 2, .namespaces = 1
};

static const struct {
	const char *why, *text, *where; /* where: NULL, it passes */
	enum problem_code code;
} cases[] = {
	{ "plain", "<a>x</a>", NULL, PROBLEM_NONE },
	{ "nothing", "", NULL, PROBLEM_NONE },
	{ "declared", "<?xml version='1.0' encoding='utf-8'?>\n<a/>", NULL, PROBLEM_NONE },
	{ "declared in double quotes", "<?xml version=\"1.0\" encoding = \"US-ASCII\"?><a/>", NULL,
	  PROBLEM_NONE },
	{ "no encoding declared", "<?xml version='1.0'?><a/>", NULL, PROBLEM_NONE },
	{ "another encoding", "<?xml version='1.0' encoding='latin1'?><a/>", "line 1",
	  PROBLEM_MALFORMED },
	{ "an encoding without quotes", "<?xml version='1.0' encoding=UTF-8?><a/>", "line 1",
	  PROBLEM_MALFORMED },
	{ "an empty encoding", "<?xml version='1.0' encoding=''?><a/>", "line 1",
	  PROBLEM_MALFORMED },
	{ "an encoding that does not end", "<?xml version='1.0' encoding='UTF-8?><a/>", "line 1",
	  PROBLEM_MALFORMED },
	{ "one longer than UTF-8", "<?xml version='1.0' encoding='UTF-80'?><a/>", "line 1",
	  PROBLEM_MALFORMED },
	{ "no declaration but an instruction", "<a/><?xml encoding='latin1'?>", NULL,
	  PROBLEM_NONE },
	{ "a DOCTYPE", "<!DOCTYPE a><a/>", "line 1", PROBLEM_MALFORMED },
	{ "a DOCTYPE on the third line", "\n\n<!DOCTYPE a>", "line 3", PROBLEM_MALFORMED },
	{ "an ELEMENT", "<a><!ELEMENT b ANY></a>", "line 1", PROBLEM_MALFORMED },
	{ "a comment with a DOCTYPE", "<!-- <!DOCTYPE a> --><a/>", NULL, PROBLEM_NONE },
	{ "a CDATA section with one", "<a><![CDATA[<!DOCTYPE a>]]></a>", NULL, PROBLEM_NONE },
	{ "after a CDATA section", "<a><![CDATA[x]]><!DOCTYPE a></a>", "line 1",
	  PROBLEM_MALFORMED },
	{ "after a comment", "<!-- - -- --><!DOCTYPE a>", "line 1", PROBLEM_MALFORMED },
	{ "a comment of one hyphen goes on", "<!---><!DOCTYPE a> --><a/>", NULL, PROBLEM_NONE },
	{ "a hyphen and a bracket do not end it", "<!-- -> <!DOCTYPE a> --><a/>", NULL,
	  PROBLEM_NONE },
	{ "two hyphens alone neither", "<!-- -- <!DOCTYPE a> --><a/>", NULL, PROBLEM_NONE },
	{ "three and a bracket do", "<!-- ---><!DOCTYPE a> --><a/>", "line 1", PROBLEM_MALFORMED },
	{ "half a comment", "<!-x><a/>", "line 1", PROBLEM_MALFORMED },
	{ "a section does not end with one bracket", "<a><![CDATA[ ]> <!DOCTYPE a>]]></a>", NULL,
	  PROBLEM_NONE },
	{ "nor with two alone", "<a><![CDATA[ ]] <!DOCTYPE a>]]></a>", NULL, PROBLEM_NONE },
	{ "but after three", "<a><![CDATA[ ]]]><!DOCTYPE a>]]></a>", "line 1", PROBLEM_MALFORMED },
	{ "an instruction does not end with a bracket", "<?a x><!DOCTYPE a>?><a/>", NULL,
	  PROBLEM_NONE },
	{ "nor with a question mark", "<?a x? ><!DOCTYPE a>?><a/>", NULL, PROBLEM_NONE },
	{ "nor before it began", "<?><!DOCTYPE a>?><a/>", NULL, PROBLEM_NONE },
	{ "after an instruction", "<?a x?><!DOCTYPE a>", "line 1", PROBLEM_MALFORMED },
	{ "an instruction that begins as a declaration", "<?xmx encoding='latin1'?><a/>", NULL,
	  PROBLEM_NONE },
	{ "one whose name goes on", "<?xmls encoding='latin1'?><a/>", NULL, PROBLEM_NONE },
	{ "in a value", "<a b='<!DOCTYPE'/>", NULL, PROBLEM_NONE },
	{ "an apostrophe within quotes", "<a b=\"'\" c='\"'><!DOCTYPE a>", "line 1",
	  PROBLEM_MALFORMED },
	{ "as many attributes as may be", "<a b='1' c='2' d='3'/>", NULL, PROBLEM_NONE },
	{ "one more", "<a b='1' c='2' d='3' e='4'/>", "line 1", PROBLEM_TOO_LARGE },
	{ "in two tags", "<a b='1' c='2'><d e='3' f='4'/></a>", NULL, PROBLEM_NONE },
	{ "signs in a value", "<a b='===='/>", NULL, PROBLEM_NONE },
	{ "signs in text", "<a>====</a>", NULL, PROBLEM_NONE },
	{ "a tag as long as may be", "<a b='1234567890123456789012345678901'/>", NULL,
	  PROBLEM_NONE },
	{ "one octet longer", "<a b='12345678901234567890123456789012'/>", "line 1",
	  PROBLEM_TOO_LARGE },
	{ "a tag as long as may be, without end", "<a b='1234567890123456789012345678901234", NULL,
	  PROBLEM_NONE },
	{ "one octet longer, without end", "<a b='12345678901234567890123456789012345", "line 1",
	  PROBLEM_TOO_LARGE },
	{ "as much markup as may be, without end",
	  "<a123456789 123456789 12345678><b123456789012345678901234567", NULL, PROBLEM_NONE },
	{ "one octet more, without end",
	  "<a123456789 123456789 12345678><b1234567890123456789012345678", "line 1",
	  PROBLEM_TOO_LARGE },
	{ "no declaration but after a blank", " <?xml encoding='latin1'?><a/>", NULL,
	  PROBLEM_NONE },
	{ "nor after a line", "\n<?xml encoding='latin1'?><a/>", NULL, PROBLEM_NONE },
	{ "and as many signs in it",
	  "<a>=================================================================</a>", NULL,
	  PROBLEM_NONE },
	{ "or in a CDATA section",
	  "<a><![CDATA[<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<]]></a>",
	  NULL, PROBLEM_NONE },
	/* No text may stand there: the parser refuses it anyhow. */
	{ "a declaration after a character", "\xe3\x80\x80<?xml encoding='latin1'?><a/>", "line 1",
	  PROBLEM_MALFORMED },
	{ "as much text as you like",
	  "<a>12345678901234567890123456789012345678901234567890123456789"
	  "0123456789</a>",
	  NULL, PROBLEM_NONE },
	{ "as much markup as may be",
	  "<a1234567890123><b1234567890123><c1234567890123><d123456789>x", NULL, PROBLEM_NONE },
	{ "one octet more", "<a1234567890123><b1234567890123><c1234567890123><d1234567890>x",
	  "line 1", PROBLEM_TOO_LARGE },
	{ "a byte order mark", "\xef\xbb\xbf<?xml version='1.0' encoding='latin1'?>", "line 1",
	  PROBLEM_MALFORMED },
	{ "no character", "\n<a>\xff</a>", "line 2", PROBLEM_MALFORMED },
	{ "ends inside a character", "<a>\xe3\x81", "line 1", PROBLEM_MALFORMED },
	{ "tabs and returns", "<a\tb='\t'>\r\n\t</a>", NULL, PROBLEM_NONE },
	{ "characters of each length",
	  "<a>\x7f\xc2\x80\xe0\xa0\x80\xef\xbf\xbd\xf0\x90\x80\x80</a>", NULL, PROBLEM_NONE },
};

static bool feed(const char *text, size_t length, size_t cut, size_t step, struct problem *p)
{
	struct xml_guard g;
	xml_guard_begin(&g, &limits);
	bool passes = xml_guard_feed(&g, (struct bytes){ (const unsigned char *)text, cut }, p);
	for (size_t at = cut; passes && at < length; at += step)
		passes = xml_guard_feed(&g,
					(struct bytes){ (const unsigned char *)text + at,
							length - at < step ? length - at : step },
					p);
	return passes && xml_guard_end(&g, p);
}

static void expect(size_t i, bool passes, const struct problem *p, const char *how)
{
	bool right = passes == (cases[i].where == NULL) && p->code == cases[i].code
		     && (cases[i].where == NULL || strcmp(p->where, cases[i].where) == 0);
	CU_ASSERT_TRUE(right);
	if (!right)
		printf("%s (%s): %d, %s: %s\n", cases[i].why, how, passes, p->where, p->what);
}

static void both_sides(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t length = strlen(cases[i].text);
		struct xml_guard g;
		for (size_t cut = 0; cut <= length; cut++) {
			struct problem p = { 0 };
			expect(i, feed(cases[i].text, length, cut, length + 1, &p), &p, "cut");
		}
		struct problem p = { 0 }, q = { 0 };
		expect(i, feed(cases[i].text, length, 0, 1, &p), &p, "octet by octet");
		xml_guard_begin(&g, &limits);
		bool passes = xml_guard_whole(&g, bytes_of_text(cases[i].text), &q);
		expect(i, passes, &q, "whole");
	}
}

/* A declaration as long as may be, and one octet longer; what it says at its end is read. */
static void long_declarations(void)
{
	static const struct xml_limits roomy = {
		.octets = 1000, .tag = 500, .attributes = 9, .namespaces = 9
	};
	static const char begin[] = "<?xml version='1.0'";
	static const struct {
		size_t length;
		const char *encoding;
		bool passes;
	} rows[] = {
		{ XML_DECLARATION_MOST, "utf-8", true },
		{ XML_DECLARATION_MOST + 1, "utf-8", false },
		{ XML_DECLARATION_MOST, "utf-9", false },
		{ XML_DECLARATION_MOST - 1, "utf-9", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[256] = "", end[32];
		struct xml_guard g;
		struct problem p = { 0 };
		/* Its octets are those after "<?", the question mark at its end among them. */
		snprintf(end, sizeof end, "encoding='%s'?><a/>", rows[i].encoding);
		size_t blanks = rows[i].length + strlen("<?") + strlen("><a/>") - strlen(begin)
				- strlen(end);
		snprintf(text, sizeof text, "%s%*s%s", begin, (int)blanks, "", end);
		xml_guard_begin(&g, &roomy);
		CU_ASSERT_EQUAL(xml_guard_feed(&g, bytes_of_text(text), &p), rows[i].passes);
		CU_ASSERT_EQUAL(p.code, rows[i].passes ? PROBLEM_NONE : PROBLEM_MALFORMED);
	}
}

/* RFC 3629, written once more: is this one character? */
static bool is_character(const unsigned char *c, size_t length)
{
	static const struct {
		unsigned char from, to, low, high;
		size_t length;
	} rows[] = {
		{ 0x01, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (c[0] >= rows[i].from && c[0] <= rows[i].to) {
			bool well = rows[i].length == length
				    && (length == 1
					|| (c[1] >= rows[i].low && c[1] <= rows[i].high));
			for (size_t k = 2; well && k < length; k++)
				well = c[k] >= 0x80 && c[k] <= 0xbf;
			return well;
		}
	return false;
}

static bool are_characters(const unsigned char *c, size_t length)
{
	while (length != 0) {
		size_t n = 1;
		while (n <= 4 && n <= length && !is_character(c, n))
			n++;
		if (n > 4 || n > length)
			return false;
		c += n;
		length -= n;
	}
	return true;
}

/* Every first and second octet, before the least and greatest of what may follow and what may
 * not. */
static void characters(void)
{
	static const unsigned char third[] = { 0x7f, 0x80, 0xbf, 0xc0 };
	for (unsigned first = 0; first < 256; first++)
		for (unsigned second = 0; second < 256; second++)
			for (size_t length = 1; length <= 4; length++)
				for (size_t k = 0; k < COUNT(third); k++) {
					unsigned char c[8] = { '<',
							       'a',
							       '>',
							       (unsigned char)first,
							       (unsigned char)second,
							       third[k],
							       third[k],
							       0 };
					struct problem p = { 0 };
					if (first < 0x80 || second == '<')
						continue;
					bool passes = feed((const char *)c, 3 + length, 3 + length,
							   1, &p);
					bool well = are_characters(c + 3, length);
					CU_ASSERT_EQUAL(passes, well);
				}
	for (unsigned c = 0; c < 0x80; c++) {
		const char one[] = { 'x', (char)c };
		struct problem p = { 0 };
		CU_ASSERT_EQUAL(feed(one, 2, 2, 1, &p), c != 0);
	}
}

/* The quick look at a whole document never says anything else than the gate octet by octet. */
static const struct xml_limits wide = { .octets = 90, .tag = 80, .attributes = 2, .namespaces = 1 };

static bool whole_as_fed(const unsigned char *octets, size_t length)
{
	struct bytes text = { octets, length };
	struct xml_guard fed, whole;
	struct problem p = { 0 }, q = { 0 };
	xml_guard_begin(&fed, &wide);
	xml_guard_begin(&whole, &wide);
	bool passes = true;
	for (size_t i = 0; passes && i < length; i++)
		passes = xml_guard_feed(&fed, (struct bytes){ octets + i, 1 }, &p);
	passes = passes && xml_guard_end(&fed, &p);
	bool same = xml_guard_whole(&whole, text, &q) == passes && p.code == q.code
		    && strcmp(p.where, q.where) == 0 && strcmp(p.what, q.what) == 0;
	if (!same)
		printf("%.*s: %s, %s\n", (int)length, octets, p.what, q.what);
	return same;
}

/* Whatever is looked for, at each place of documents of each length. */
static void quick_looks(void)
{
	static const struct {
		const char *octets;
		size_t length;
	} rows[] = {
		{ "\0", 1 },
		{ "<!D", 3 },
		{ "<?x?>", 5 },
		{ "<?", 2 },
		{ "<!", 2 },
		{ "<", 1 },
		{ "!", 1 },
		{ "?", 1 },
		{ "\xff", 1 },
		{ "\xc2", 1 },
		{ "\xe3\x81\x82", 3 },
		{ "\x80", 1 },
		{ "\x7f", 1 },
		{ "=", 1 },
		{ "<b c=d=e=f>", 11 },
		{ "<b c=d=e=f=>", 12 },
		{ "<b c='d", 7 },
		{ "\x01", 1 },
		{ "<b============>", 15 },
		{ "<b        ===>", 14 },
		{ "<b        ====>", 15 },
	};
	unsigned other = 0;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t at = 3; at < 40; at++)
			for (size_t after = 0; after < 20; after++) {
				unsigned char text[100] = "<a>";
				memset(text + 3, 'x', sizeof text - 3);
				memcpy(text + at, rows[i].octets, rows[i].length);
				other += !whole_as_fed(text, at + rows[i].length + after);
			}
	CU_ASSERT_EQUAL(other, 0);
}

/* What holds nothing the gate looks for is not read octet by octet: its markup stays uncounted.
 * What stands in memory after it is not looked at. */
static void quickly(void)
{
	static const struct {
		const char *why, *text;
		bool quick;
	} rows[] = {
		{ "elements", "<b>x</b><c/></a>", true },
		{ "a character", "\xe3\x81\x82<b/>", true },
		{ "as many attributes", "<b c='1' d='2' e='3'/>", true },
		{ "one more, in two elements", "<b c='1' d='2'/><b e='3' f='4'/>", false },
		{ "every sign", "\"#$%&'()*+,-./0189:;>?!@AZ[\\]^_`az{|}~\x7f\x01\t\r\n<=>", true },
		{ "a comment", "<!-- x -->", false },
		{ "an instruction", "<?x y?>", false },
		{ "an opening at the end", "xxxxxxx<", true },
		{ "nothing", "", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t before = 0; before < 20; before++)
			for (unsigned after = 0; after < 3; after++) {
				unsigned char text[128];
				struct xml_guard g;
				struct problem p = { 0 };
				size_t length = strlen(rows[i].text);
				memset(text, (unsigned char[]){ 0, '!', '=' }[after], sizeof text);
				memcpy(text, "<a>", 3);
				memset(text + 3, 'x', before);
				memcpy(text + 3 + before, rows[i].text, length);
				xml_guard_begin(&g, &wide);
				CU_ASSERT_TRUE(xml_guard_whole(
					&g, (struct bytes){ text, 3 + before + length }, &p));
				CU_ASSERT_EQUAL(g.markup == 3, rows[i].quick);
				if ((g.markup == 3) != rows[i].quick)
					printf("%s: %zu\n", rows[i].why, g.markup);
			}
}

/* As long as one tag, and all of the markup, may be; and one octet longer. */
static void as_long_as_quick(void)
{
	static const struct {
		size_t first, rest;
		bool quick;
	} rows[] = {
		{ 3, 80, true },
		{ 3, 81, false },
		{ 10, 80, true },
		{ 11, 80, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char text[128];
		struct xml_guard g;
		struct problem p = { 0 };
		memset(text, 'x', sizeof text);
		text[0] = '<';
		text[rows[i].first - 1] = '>';
		memcpy(text + rows[i].first, "<b/>", 4);
		xml_guard_begin(&g, &wide);
		CU_ASSERT_TRUE(xml_guard_whole(
			&g, (struct bytes){ text, rows[i].first + rows[i].rest }, &p));
		CU_ASSERT_EQUAL(g.markup, rows[i].first + (rows[i].quick ? 0 : 4));
	}
}

/* And of any octets that mean something to it, up to and past its limits. */
static void any_octets(void)
{
	static const unsigned char some[] = "<<<>>>!?=='\"- ]x\n\x7f\x80\xc2\xe3";
	uint32_t noise = 1;
	unsigned other = 0;
	for (unsigned i = 0; i < 20000; i++) {
		unsigned char text[100] = "<a>";
		size_t length = 3 + i % (sizeof text - 3);
		for (size_t k = 3; k < length; k++) {
			noise = noise * 1664525 + 1013904223;
			unsigned drawn = noise >> 24;
			text[k] = drawn < 160 ? 'x' : some[drawn % (sizeof some)];
		}
		other += !whole_as_fed(text, length);
	}
	CU_ASSERT_EQUAL(other, 0);
}

static const struct test tests[] = { { "both sides", both_sides },
				     { "long declarations", long_declarations },
				     { "characters", characters },
				     { "quick looks", quick_looks },
				     { "any octets", any_octets },
				     { "quickly", quickly },
				     { "as long as quick", as_long_as_quick },
				     { 0 } };

int main(void)
{
	return suite_run("xml guard", tests);
}
