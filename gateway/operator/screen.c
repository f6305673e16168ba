/* gateway/operator/screen.c: what a document is by its octets, and the screen of that. */
#include "gateway/operator/screen.h"

#include <ctype.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/charset.h"
#include "gateway/operator/page.h"

enum { SAMPLE = 4096 }; /* octets by which it is told whether they are text */

const char *screen_words(struct arena *a, const char *first, const char *second)
{
	if (text_empty(first) || text_empty(second))
		return text_empty(first) ? second : first;
	return arena_printf(a, "%s %s", first, second);
}

/* HL7: YYYY[MM[DD[HHMM[SS[.S]]]]][+ZZZZ] */
const char *screen_time(struct arena *a, const char *ts)
{
	static const char between[] = "--  ::"; /* behind year, month, (day), day, hour, minute */
	struct buffer b = buffer_in(a);
	size_t digits = ts == NULL ? 0 : strspn(ts, "0123456789");
	const char *rest = ts == NULL ? NULL : ts + digits;
	bool known = digits == 4 || digits == 6 || digits == 8 || digits == 12 || digits == 14;
	if (!known || (*rest != '\0' && strchr("+-.", *rest) == NULL))
		return ts;
	buffer_append(&b, ts, 4);
	for (size_t at = 4, n = 0; at < digits; at += 2, n++) {
		buffer_byte(&b, (unsigned char)(n < 2 ? between[n] : between[n + 1]));
		buffer_append(&b, ts + at, 2);
	}
	if (*rest == '+' || *rest == '-')
		buffer_byte(&b, ' ');
	buffer_text(&b, rest);
	return buffer_ended(&b);
}

struct magic {
	size_t at;
	const char *octets;
	size_t length;
	const char *name;
};
#define MAGIC(at, octets, name)                                                                    \
	{                                                                                          \
		at, octets, sizeof octets - 1, name                                                \
	}

/* What is no text is known by how it begins. */
static const char *name_of_octets(struct bytes o)
{
	static const struct magic known[] = {
		MAGIC(0, "%PDF-", "PDF"),
		MAGIC(0, "\xff\xd8\xff", "JPEG"),
		MAGIC(0, "\x89PNG\r\n", "PNG"),
		MAGIC(0, "II*\0", "TIFF"),
		MAGIC(0, "MM\0*", "TIFF"),
		MAGIC(0, "GIF8", "GIF"),
		MAGIC(128, "DICM", "DICOM"),
		MAGIC(0, "PK\3\4", "ZIP"),
		MAGIC(0, "\x1f\x8b", "gzip"),
		MAGIC(0, "{\\rtf", "RTF"),
		MAGIC(0, "\xd0\xcf\x11\xe0", "Microsoft Office"),
	};
	for (size_t i = 0; i < COUNT(known); i++)
		if (o.length >= known[i].at + known[i].length
		    && memcmp(o.data + known[i].at, known[i].octets, known[i].length) == 0)
			return known[i].name;
	return NULL;
}

static struct bytes without_mark(struct bytes o)
{
	static const unsigned char mark[] = { 0xef, 0xbb, 0xbf };
	if (o.length >= sizeof mark && memcmp(o.data, mark, sizeof mark) == 0)
		return (struct bytes){ o.data + sizeof mark, o.length - sizeof mark };
	return o;
}

static struct bytes without_blanks(struct bytes o)
{
	while (o.length > 0 && strchr(" \t\r\n\v", o.data[0]) != NULL && o.data[0] != 0)
		o = (struct bytes){ o.data + 1, o.length - 1 };
	return o;
}

static bool begins(struct bytes o, const char *with)
{
	size_t length = strlen(with);
	return o.length >= length && memcmp(o.data, with, length) == 0;
}

/* Text has none but those that lay it out, and the switches of ISO 2022. */
static bool has_controls(struct bytes o)
{
	size_t most = o.length < SAMPLE ? o.length : SAMPLE;
	for (size_t i = 0; i < most; i++)
		if (o.data[i] < 0x20
		    && (o.data[i] == 0 || strchr("\t\r\n\f\033", o.data[i]) == NULL))
			return true;
	return false;
}

static const char *decoded(struct arena *a, struct bytes o, enum charset c)
{
	const struct charset_leniency none = { .when_unsaid = CHARSET_NONE };
	struct problem p = { .code = PROBLEM_NONE };
	struct charset_found found;
	struct bytes utf8;
	return charset_decode(a, o, c, &none, 0, &utf8, &found, &p) && found.replaced == 0
		       ? arena_text_n(a, (const char *)utf8.data, utf8.length)
		       : NULL;
}

/* As UTF-8, or in what Japanese files are written in where that leaves nothing unread; NULL: it is
 * no text. */
static const char *text_of(struct arena *a, struct bytes o)
{
	const char *text = NULL;
	if (has_controls(o))
		return NULL;
	if (memchr(o.data, '\033', o.length) != NULL)
		text = decoded(a, o, CHARSET_WINDOWS_50221);
	if (text == NULL && text_is_utf8(o.data, o.length))
		text = arena_text_n(a, (const char *)o.data, o.length);
	return text != NULL ? text : decoded(a, o, CHARSET_WINDOWS_31J);
}

static struct screen as_text(struct page *p, struct arena *a, struct bytes o)
{
	const char *name = name_of_octets(o), *text = name == NULL ? text_of(a, o) : NULL;
	if (text == NULL)
		return (struct screen){ name == NULL ? "octets" : name, "" };
	page_text(p, 0, text);
	return (struct screen){ "text", page_end(p) };
}

struct screen screen_of(struct arena *a, struct bytes octets, unsigned columns)
{
	struct page *p = page_begin(a, columns);
	struct bytes o = without_mark(octets), text = without_blanks(o);
	if (o.length == 0 || o.length > SCREEN_OCTETS_MOST)
		return (struct screen){ o.length == 0 ? "nothing" : "more than is read", "" };
	if (begins(text, "<") && screen_cda(p, a, text))
		return (struct screen){ "CDA", page_end(p) };
	if (begins(text, "{") && screen_fhir(p, a, text))
		return (struct screen){ "FHIR", page_end(p) };
	if (begins(text, "MSH") && screen_hl7(p, a, text))
		return (struct screen){ "HL7", page_end(p) };
	return as_text(p, a, o);
}
