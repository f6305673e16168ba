/* profiles/ssmix2/extended_media.c: kinds of files, a row each. */
#include "profiles/ssmix2/extended_media.h"

#include <stddef.h>
#include <string.h>

#include "gateway/base/text.h"

#define KEY_OBJECT_SELECTION "1.2.840.10008.5.1.4.1.1.88.59" /* RAD TF-3: 4.68.4.1.2.3 */

/* ITI TF-3: 4.2.3.2.9; the kind of file says all that is known of its format. */
static const struct coded_value sufficient = { .code = "urn:ihe:iti:xds:2017:mimeTypeSufficient",
					       .scheme = "1.3.6.1.4.1.19376.1.2.3",
					       .display = "mimeType Sufficient" };
static const struct coded_value manifest = { .code = KEY_OBJECT_SELECTION,
					     .scheme = "1.2.840.10008.2.6.1",
					     .display = "Key Object Selection Document" };

enum media { PDF, JPEG, PNG, GIF, TIFF, DICOM, KOS, CDA, XML, HL7, HTML, RTF, CSV, TEXT, OCTETS };
static const struct extended_media media[] = {
	[PDF] = { "application/pdf", " pdf ", &sufficient },
	[JPEG] = { "image/jpeg", " jpg jpeg ", &sufficient },
	[PNG] = { "image/png", " png ", &sufficient },
	[GIF] = { "image/gif", " gif ", &sufficient },
	[TIFF] = { "image/tiff", " tif tiff ", &sufficient },
	[DICOM] = { "application/dicom", " dcm dicom ", &sufficient },
	[KOS] = { "application/dicom", "", &manifest },
	[CDA] = { "text/xml", "", &sufficient },
	[XML] = { "application/xml", " xml ", &sufficient },
	[HL7] = { "application/hl7-v2", " hl7 ", &sufficient },
	[HTML] = { "text/html", " html htm ", &sufficient },
	[RTF] = { "application/rtf", " rtf ", &sufficient },
	[CSV] = { "text/csv", " csv ", &sufficient },
	[TEXT] = { "text/plain", " txt ", &sufficient },
	[OCTETS] = { "application/octet-stream", "", &sufficient },
};

/* How files begin that can be nothing else. */
static const struct {
	size_t at, length;
	const char *octets;
	enum media is;
} marks[] = {
	{ 0, 5, "%PDF-", PDF },
	{ 0, 3, "\xff\xd8\xff", JPEG },
	{ 0, 8, "\x89PNG\r\n\x1a\n", PNG },
	{ 0, 6, "GIF87a", GIF },
	{ 0, 6, "GIF89a", GIF },
	{ 0, 4, "II*\0", TIFF },
	{ 0, 4, "MM\0*", TIFF },
	{ 128, 4, "DICM", DICOM },
	{ 0, 4, "MSH|", HL7 },
	{ 0, 5, "\x0bMSH|", HL7 },
	{ 0, 5, "{\\rtf", RTF },
};

static bool holds(struct bytes head, const char *text)
{
	return memmem(head.data, head.length, text, strlen(text)) != NULL;
}

/* (0002,0002) of the file meta information, which is in explicit VR little endian (PS3.10: 7.1). */
static bool is_manifest(struct bytes head)
{
	static const char element[] = "\x02\x00\x02\x00UI";
	const unsigned char *at = memmem(head.data, head.length, element, sizeof element - 1);
	size_t length = sizeof KEY_OBJECT_SELECTION - 1;
	if (at == NULL || (size_t)(head.data + head.length - at) < 8 + length + 1)
		return false;
	return memcmp(at + 8, KEY_OBJECT_SELECTION, length) == 0 && at[8 + length] == '\0';
}

static bool is_markup(struct bytes head)
{
	size_t at = head.length >= 3 && memcmp(head.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	while (at < head.length && strchr(" \t\r\n", head.data[at]) != NULL && head.data[at] != 0)
		at++;
	return at < head.length && head.data[at] == '<';
}

/* -1: nothing is certain. */
static int marked(struct bytes head)
{
	for (size_t i = 0; i < COUNT(marks); i++)
		if (head.length >= marks[i].at + marks[i].length
		    && memcmp(head.data + marks[i].at, marks[i].octets, marks[i].length) == 0)
			return marks[i].is == DICOM && is_manifest(head) ? KOS : (int)marks[i].is;
	if (!is_markup(head))
		return -1;
	return holds(head, "ClinicalDocument") && holds(head, "urn:hl7-org:v3") ? CDA : -1;
}

static int by_ending(const char *path)
{
	char wanted[16] = " ";
	const char *slash = strrchr(path, '/');
	const char *dot = strrchr(slash == NULL ? path : slash, '.');
	size_t length = dot == NULL ? 0 : strlen(dot + 1);
	if (length == 0 || length > sizeof wanted - 3)
		return OCTETS;
	for (size_t i = 0; i < length; i++)
		wanted[1 + i] = dot[1 + i] >= 'A' && dot[1 + i] <= 'Z' ? (char)(dot[1 + i] + 32)
								       : dot[1 + i];
	wanted[1 + length] = ' ';
	for (size_t i = 0; i < COUNT(media); i++)
		if (strstr(media[i].endings, wanted) != NULL)
			return (int)i;
	return OCTETS;
}

/* A file of that kind begins so, and this one does not. */
static bool lacks_mark(struct bytes head, int named)
{
	if (named == XML)
		return !is_markup(head);
	for (size_t i = 0; i < COUNT(marks); i++)
		if ((int)marks[i].is == named)
			return true;
	return false;
}

const struct extended_media *extended_media_of(struct bytes head, const char *path, bool *doubted)
{
	int certain = marked(head), named = by_ending(path);
	bool same = named == OCTETS || certain == named || (certain == CDA && named == XML)
		    || (certain == KOS && named == DICOM);
	*doubted = certain < 0 ? lacks_mark(head, named) : !same;
	return &media[certain < 0 ? named : certain];
}

bool extended_is_hl7(const struct extended_media *m)
{
	return m == &media[HL7];
}
