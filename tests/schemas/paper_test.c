/* tests/schemas/paper_test.c: what a scanned paper is, by its octets. */
#include "tests/base/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "schemas/model/paper.h"

static const struct {
	const char *why, *octets;
	size_t length; /* 0: up to its NUL */
	enum paper_kind kind;
} cases[] = {
	{ "a PDF", "%PDF-1.7\nx\n%%EOF\n", 0, PAPER_PDF },
	{ "a PDF without a line's end", "%PDF-1.7\n%%EOF", 0, PAPER_PDF },
	{ "a PDF broken off", "%PDF-1.7\nx\n%%EO", 0, PAPER_NONE },
	{ "the beginning of a PDF", "%PDF", 0, PAPER_NONE },
	{ "a PDF behind something", " %PDF-1.7\n%%EOF", 0, PAPER_NONE },
	{ "nothing", "", 0, PAPER_NONE },
	{ "a text", "I agree.", 0, PAPER_NONE },
	{ "a JPEG", "\xff\xd8\xff\xe0xx\xff\xd9", 0, PAPER_JPEG },
	{ "a JPEG with something behind it", "\xff\xd8\xff\xe0xx\xff\xd9\n", 0, PAPER_JPEG },
	{ "a JPEG broken off", "\xff\xd8\xff\xe0xx", 0, PAPER_NONE },
	{ "the beginning of a JPEG", "\xff\xd8", 0, PAPER_NONE },
	{ "an end that is its beginning", "\xff\xd8\xff\xd9", 0, PAPER_NONE },
	{ "a TIFF, least first", "II*\0\x08\0\0\0\x01\0............", 22, PAPER_TIFF },
	{ "a TIFF, most first", "MM\0*\0\0\0\x08\0\x01............", 22, PAPER_TIFF },
	{ "a TIFF whose directory is broken off", "II*\0\x08\0\0\0\x01\0...........", 21,
	  PAPER_NONE },
	{ "a TIFF of no field", "II*\0\x08\0\0\0\0\0............", 22, PAPER_NONE },
	{ "a TIFF whose directory is behind it", "II*\0\x20\0\0\0\x01\0............", 22,
	  PAPER_NONE },
	{ "a TIFF whose directory is far behind it", "II*\0\xff\xff\xff\xff\x01\0............", 22,
	  PAPER_NONE },
	{ "a TIFF whose directory is its header", "II*\0\0\0\0\0\x01\0............", 22,
	  PAPER_NONE },
	{ "a TIFF's header", "II*\0\x08\0\0\0", 8, PAPER_NONE },
	{ "half a header", "II*\0\x08\0\0", 7, PAPER_NONE },
	{ "a big TIFF", "II+\0\x08\0\0\0\x01\0............", 22, PAPER_NONE },
};

/* In a block of its own, so that a sanitizer notices an octet too many. */
static enum paper_kind kind_of(const char *octets, size_t length)
{
	unsigned char *own = malloc(length == 0 ? 1 : length);
	memcpy(own, octets, length);
	enum paper_kind kind = paper_kind_of(own, length);
	free(own);
	return kind;
}

static void papers_are_known_by_their_octets(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t length = cases[i].length == 0 ? strlen(cases[i].octets) : cases[i].length;
		enum paper_kind kind = kind_of(cases[i].octets, length);
		if (kind != cases[i].kind)
			fprintf(stderr, "%s: %d\n", cases[i].why, (int)kind);
		CU_ASSERT_EQUAL(kind, cases[i].kind);
	}
}

/* Its end may have some octets behind it, and not any number. */
static void an_end_is_near_the_end(void)
{
	static const struct {
		const char *begins, *ends;
		size_t within;
		enum paper_kind kind;
	} of[] = { { "%PDF-1.7\n", "%%EOF", 1024, PAPER_PDF },
		   { "\xff\xd8\xff", "\xff\xd9", 256, PAPER_JPEG } };
	for (size_t i = 0; i < COUNT(of); i++)
		for (size_t more = 0; more < 2; more++) {
			char octets[2048];
			size_t begin = strlen(of[i].begins), end = strlen(of[i].ends);
			size_t length = begin + of[i].within + more;
			memset(octets, ' ', sizeof octets);
			memcpy(octets, of[i].begins, begin);
			memcpy(octets + begin, of[i].ends, end);
			CU_ASSERT_EQUAL(kind_of(octets, length),
					more == 0 ? of[i].kind : PAPER_NONE);
		}
}

static void kinds_have_names(void)
{
	for (enum paper_kind kind = PAPER_PDF; kind < PAPER_KINDS; kind++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(paper_media_types[kind]);
		CU_ASSERT_EQUAL(paper_kind_named(paper_media_types[kind]), kind);
	}
	CU_ASSERT_EQUAL(paper_kind_named("text/plain"), PAPER_NONE);
	CU_ASSERT_EQUAL(paper_kind_named(""), PAPER_NONE);
}

static const struct test tests[] = { { "papers are known by their octets",
				       papers_are_known_by_their_octets },
				     { "an end is near the end", an_end_is_near_the_end },
				     { "kinds have names", kinds_have_names },
				     { 0 } };

int main(void)
{
	return suite_run("papers", tests);
}
