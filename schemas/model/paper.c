/* schemas/model/paper.c: PDF (ISO 32000-1 7.5.2, 7.5.5), TIFF 6.0 (section 2), JPEG (ISO/IEC
 * 10918-1 B.2.1), by how they begin and end. */
#include "schemas/model/paper.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
	LAST_OF_PDF = 1024, /* within so many octets of its end its %%EOF stands */
	LAST_OF_JPEG = 256, /* what scanners put behind its end */
	TIFF_HEADER = 8,
	TIFF_COUNT = 2,  /* octets of how many fields a directory has */
	TIFF_FIELD = 12, /* octets of one */
};

const char *const paper_media_types[PAPER_KINDS] = {
	[PAPER_PDF] = "application/pdf",
	[PAPER_TIFF] = "image/tiff",
	[PAPER_JPEG] = "image/jpeg",
};

static bool begins(const unsigned char *octets, size_t length, const char *with, size_t size)
{
	return length >= size && memcmp(octets, with, size) == 0;
}

/* Within its last octets, so many. */
static bool ends(const unsigned char *octets, size_t length, size_t last, const char *with,
		 size_t size)
{
	size_t from = length > last ? length - last : 0;
	for (size_t at = length; at >= from + size; at--)
		if (memcmp(octets + at - size, with, size) == 0)
			return true;
	return false;
}

static bool is_pdf(const unsigned char *octets, size_t length)
{
	return begins(octets, length, "%PDF-", 5) && ends(octets, length, LAST_OF_PDF, "%%EOF", 5);
}

static bool is_jpeg(const unsigned char *octets, size_t length)
{
	return begins(octets, length, "\xff\xd8\xff", 3)
	       && ends(octets + 3, length - 3, LAST_OF_JPEG, "\xff\xd9", 2);
}

static uint64_t number(const unsigned char *octets, size_t size, bool most_first)
{
	uint64_t n = 0;
	for (size_t i = 0; i < size; i++)
		n = n << 8 | octets[most_first ? i : size - 1 - i];
	return n;
}

/* Its first directory is in it, whole: strips stand before it or behind it, as the writer has
 * it. */
static bool is_tiff(const unsigned char *octets, size_t length)
{
	bool most_first = begins(octets, length, "MM\0*", 4);
	if (length < TIFF_HEADER || (!most_first && !begins(octets, length, "II*\0", 4)))
		return false;
	uint64_t at = number(octets + 4, 4, most_first);
	if (at < TIFF_HEADER || at + TIFF_COUNT > length)
		return false;
	uint64_t fields = number(octets + at, TIFF_COUNT, most_first);
	return fields != 0 && at + TIFF_COUNT + fields * TIFF_FIELD <= length;
}

enum paper_kind paper_kind_of(const unsigned char *octets, size_t length)
{
	return is_pdf(octets, length)    ? PAPER_PDF
	       : is_tiff(octets, length) ? PAPER_TIFF
	       : is_jpeg(octets, length) ? PAPER_JPEG
					 : PAPER_NONE;
}

enum paper_kind paper_kind_named(const char *media_type)
{
	enum paper_kind kind = PAPER_KINDS - 1;
	while (kind != PAPER_NONE && strcmp(paper_media_types[kind], media_type) != 0)
		kind--;
	return kind;
}
