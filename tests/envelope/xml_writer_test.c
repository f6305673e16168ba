/* tests/envelope/xml_writer_test.c: the XML writer: what it writes is read as what was meant. */
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

#define XSI "http://www.w3.org/2001/XMLSchema-instance"

static void writes(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct xml_writer *w = xml_writer_begin(a);
	xml_close(w);
	xml_put_declaration(w);
	xml_open(w, "p:a");
	xml_namespace_declare(w, "p", "urn:p");
	xml_namespace_declare(w, NULL, "urn:d");
	xml_put_attribute(w, "b", "<\"&'>\t\n\r\x01");
	xml_put_attribute(w, "none", NULL);
	xml_element_text(
		w, "c",
		"a<b>&\"'\r\n\t\x02 山\xff\xed\xa0\x80|\xef\xbf\xbf|\xf0\x9f\x98\x80\xe5\xb1");
	xml_element_text(w, "none", NULL);
	xml_open(w, "d");
	xml_namespace_declare(w, "p", "urn:p");
	xml_namespace_declare(w, NULL, "urn:other");
	xml_put_text(w, "");
	size_t depth = xml_writer_depth(w);
	xml_open(w, "e");
	xml_open(w, "f");
	xml_put_base64(w, bytes_of_text("ABC"));
	xml_put_base64(w, bytes_of_text("DE"));
	xml_put_attribute(w, "late", "x");
	xml_close_to(w, depth);
	xml_close(w);
	xml_open(w, "g");
	xml_namespace_declare(w, NULL, "urn:d");
	struct bytes out = xml_writer_end(w);
	CU_ASSERT_STRING_EQUAL(arena_text_n(a, (const char *)out.data, out.length),
			       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
			       "<p:a xmlns:p=\"urn:p\" xmlns=\"urn:d\" "
			       "b=\"&lt;&quot;&amp;'&gt;&#9;&#10;&#13;\xef\xbf\xbd\">"
			       "<c>a&lt;b&gt;&amp;\"'&#13;\n\t\xef\xbf\xbd "
			       "山\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
			       "|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|"
			       "😀\xef\xbf\xbd\xef\xbf\xbd</c>"
			       "<d xmlns=\"urn:other\"><e><f>QUJDREU=</f></e></d><g/></p:a>");
	struct problem p = { 0 };
	CU_ASSERT_PTR_NOT_NULL(xml_read(a, NULL, out, &p));
	arena_destroy(a);
}

/* Plain octets but for one: as an attribute's value and as text. */
static void check_escape(unsigned char octet, size_t place, size_t length)
{
	static const struct {
		unsigned char octet;
		const char *text, *attribute;
	} rows[] = {
		{ '&', "&amp;", "&amp;" },  { '<', "&lt;", "&lt;" }, { '>', "&gt;", "&gt;" },
		{ '\r', "&#13;", "&#13;" }, { '"', "\"", "&quot;" }, { '\t', "\t", "&#9;" },
		{ '\n', "\n", "&#10;" },
	};
	char own[2] = { (char)octet, '\0' };
	bool kept = octet >= 0x20 && octet < 0x80;
	const char *text = kept ? own : "\xef\xbf\xbd", *attribute = text;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].octet == octet) {
			text = rows[i].text;
			attribute = rows[i].attribute;
		}
	struct arena *a = arena_create(1 << 20);
	char *value = arena_alloc(a, length + 1);
	memset(value, 'a', length);
	value[place] = own[0];
	struct xml_writer *w = xml_writer_begin(a);
	xml_open(w, "e");
	xml_put_attribute(w, "v", value);
	xml_put_text(w, value);
	struct bytes out = xml_writer_end(w);
	const char *before = arena_text_n(a, value, place), *after = value + place + 1;
	const char *due = arena_printf(a, "<e v=\"%s%s%s\">%s%s%s</e>", before, attribute, after,
				       before, text, after);
	CU_ASSERT_TRUE(bytes_equal(out, bytes_of_text(due)));
	arena_destroy(a);
}

/* Characters of two to four octets, whole, cut and not allowed. */
static void characters_are_kept_whole(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "\xc3\xa9|", "\xc3\xa9|" },
		{ "\xc3|", "\xef\xbf\xbd|" },
		{ "\xe6\xa4\x9c\xe6\x9f\xbb|", "\xe6\xa4\x9c\xe6\x9f\xbb|" },
		{ "\xe6\xa4|", "\xef\xbf\xbd\xef\xbf\xbd|" },
		{ "\xe6|", "\xef\xbf\xbd|" },
		{ "\xe6\x41\x9c", "\xef\xbf\xbd"
				  "A\xef\xbf\xbd" },
		{ "\xe6\xa4\xe6\xa4\x9c", "\xef\xbf\xbd\xef\xbf\xbd\xe6\xa4\x9c" },
		{ "\xe0\xa0\x80|", "\xe0\xa0\x80|" },
		{ "\xe0\x9f\xbf|", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|" },
		{ "\xed\x9f\xbf|", "\xed\x9f\xbf|" },
		{ "\xed\xa0\x80|", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|" },
		{ "\xef\xbf\xbd|", "\xef\xbf\xbd|" },
		{ "\xef\xbf\xbe|", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|" },
		{ "\xf0\x9f\x98\x80|", "\xf0\x9f\x98\x80|" },
		{ "\xf0\x9f\x98|", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|" },
		{ "\x80|", "\xef\xbf\xbd|" },
		{ "\xff|", "\xef\xbf\xbd|" },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++)
		for (int before = 0; before < 10; before++) {
			struct xml_writer *w = xml_writer_begin(a);
			xml_open(w, "e");
			xml_put_text(w,
				     arena_printf(a, "%.*s%s", before, "0123456789", rows[i].in));
			struct bytes out = xml_writer_end(w);
			CU_ASSERT_STRING_EQUAL(arena_text_n(a, (const char *)out.data, out.length),
					       arena_printf(a, "<e>%.*s%s</e>", before,
							    "0123456789", rows[i].out));
		}
	arena_destroy(a);
}

/* What an octet becomes does not depend on its place among those that are passed over together. */
static void escapes_at_every_place(void)
{
	enum { LONGEST = 27 };
	for (unsigned octet = 1; octet < 256; octet++)
		for (size_t length = 1 + octet % 3; length <= LONGEST; length += 3)
			for (size_t place = 0; place < length; place++)
				check_escape((unsigned char)octet, place, length);
}

/* A pattern is the same octets as the calls it stands for, and nothing where those would be. */
static void writes_patterns(void)
{
	static const struct xml_piece elements[] = {
		XML_PIECE("<e f=\""),
		XML_PIECE("\"><g>"),
		XML_PIECE("</g></e>"),
	};
	const struct xml_value values[] = { xml_value("\"<\t"), xml_value("\"<\t") };
	const struct xml_value looked_at[] = { xml_value_looked_at("\"<\t"),
					       xml_value_looked_at("urn:a") };
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct xml_writer *w = xml_writer_begin(a);
	xml_put_pattern(w, elements, values, 2);
	xml_open(w, "r");
	xml_put_attribute(w, "a", "1");
	xml_put_pattern(w, elements, values, 2);
	xml_put_attribute(w, "late", "x");
	xml_open(w, "s");
	xml_close(w);
	xml_put_pattern(w, elements, looked_at, 2);
	xml_close(w);
	xml_put_pattern(w, elements, values, 2);
	struct bytes out = xml_writer_end(w);
	CU_ASSERT_STRING_EQUAL(arena_text_n(a, (const char *)out.data, out.length),
			       "<r a=\"1\"><e f=\"&quot;&lt;&#9;\"><g>\"&lt;\t</g></e><s/>"
			       "<e f=\"&quot;&lt;&#9;\"><g>urn:a</g></e></r>");
	CU_ASSERT(!looked_at[0].plain && looked_at[0].length == 3);
	CU_ASSERT(looked_at[1].plain && looked_at[1].length == 5);
	CU_ASSERT(!xml_value_looked_at("\xe5\xb1\xb1").plain && xml_value_looked_at("").plain);
	arena_destroy(a);
}

/* A part of one document inside another: no prefix loses or changes its meaning. */
static void put_objects(struct xml_writer *w, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		xml_open(w, "p:object");
		xml_put_attribute(w, "id", "<山>");
		xml_element_text(w, "p:name", i % 7 == 0 ? "a & b" : "plain");
		xml_close(w);
	}
}

/* A list, written straight on, or as content from beside it. */
static struct xml_writer *listed(struct arena *a, struct spools *all, unsigned count, bool beside)
{
	struct spool *spool = spool_begin(all, a), *nothing = spool_begin(all, a);
	struct xml_writer *content = beside ? xml_content_begin(a, spool) : NULL;
	if (beside) {
		put_objects(content, count);
		xml_content_end(content);
	}
	struct xml_writer *w = xml_writer_begin(a);
	xml_open(w, "p:list");
	xml_namespace_declare(w, "p", "urn:p");
	xml_put_attribute(w, "status", "known last");
	if (beside) {
		xml_put_content(w, nothing);
		xml_put_content(w, spool);
		xml_put_content(w, nothing);
	} else {
		put_objects(w, count);
	}
	return w;
}

static struct bytes in_one(struct arena *a, const struct spool_part *part)
{
	struct buffer all = buffer_in(a);
	for (; part != NULL; part = part->next) {
		size_t length = part->octets.data != NULL ? part->octets.length : part->length;
		unsigned char *at = buffer_reserve(&all, length);
		if (part->octets.data != NULL)
			memcpy(at, part->octets.data, length);
		else
			CU_ASSERT_EQUAL(pread(part->fd, at, length, (off_t)part->offset),
					(ssize_t)length);
		all.length += length;
	}
	return buffer_bytes(&all);
}

/* The same octets, whether there is nothing, little or much, in memory or in a file. */
static void content_comes_first(void)
{
	static const unsigned counts[] = { 0, 1, 50, 900, 1000, 1100, 20000 };
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct arena *a = arena_create(SAMPLE_ARENA);
		struct spools *all = spools_create("/tmp");
		struct bytes straight = xml_writer_end(listed(a, all, counts[i], false));
		struct bytes read = xml_writer_end(listed(a, all, counts[i], true));
		struct bytes parts = in_one(
			a, xml_writer_end_in_parts(listed(a, all, counts[i], true)));
		CU_ASSERT_TRUE(bytes_equal(straight, read));
		CU_ASSERT_TRUE(bytes_equal(straight, parts));
		arena_destroy(a);
		spools_destroy(all);
	}
}

static void copies(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct problem p = { 0 };
	const struct xml_document *d = xml_read(a, NULL, sample_ours(a, "xml/copy.xml"), &p);
	struct xml_writer *w = xml_writer_begin(a);
	xml_open(w, "answer");
	xml_namespace_declare(w, NULL, "urn:d");
	xml_namespace_declare(w, "e", "urn:e");
	xml_copy_node(w, xml_first_element(xml_root(d)));
	xml_copy_node(w, NULL);
	struct bytes out = xml_writer_end(w);
	CU_ASSERT_STRING_EQUAL(
		arena_text_n(a, (const char *)out.data, out.length),
		"<answer xmlns=\"urn:d\" xmlns:e=\"urn:e\"><q xmlns:y=\"urn:y\" xmlns:xsi=\"" XSI
		"\""
		" xmlns:x=\"urn:x\" xmlns:unused=\"urn:u\"><v xsi:type=\"x:TEL\" "
		"a=\"&lt;&quot;&#10;\">"
		"1 &amp; 2</v><y:w xmlns=\"\"><z/></y:w></q></answer>");
	w = xml_writer_begin(a);
	xml_open(w, "answer");
	xml_namespace_declare(w, NULL, "urn:d");
	d = xml_read(a, NULL, bytes_of_text("<x:a xmlns:x='urn:x'><b/></x:a>"), &p);
	xml_copy_node(w, xml_root(d));
	out = xml_writer_end(w);
	CU_ASSERT_STRING_EQUAL(
		arena_text_n(a, (const char *)out.data, out.length),
		"<answer xmlns=\"urn:d\"><x:a xmlns:x=\"urn:x\" xmlns=\"\"><b/></x:a></answer>");
	arena_destroy(a);
}

static const struct test tests[] = { { "writes", writes },
				     { "escapes at every place", escapes_at_every_place },
				     { "characters are kept whole", characters_are_kept_whole },
				     { "writes patterns", writes_patterns },
				     { "content comes first", content_comes_first },
				     { "copies", copies },
				     { 0 } };

int main(void)
{
	return suite_run("envelope/xml writer", tests);
}
