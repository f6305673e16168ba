/* gateway/base/value.c: what can be kept of a value that was sent. */
#include "gateway/base/value.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

static const char ideographic_space[] = "\xe3\x80\x80", no_break_space[] = "\xc2\xa0";

struct range {
	unsigned from, to;
};

static bool within(unsigned c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	return false;
}

static bool private_use(unsigned c)
{
	static const struct range ranges[] = { { 0xe000, 0xf8ff }, { 0xf0000, 0x10fffd } };
	return within(c, ranges, COUNT(ranges));
}

/* Joiners, directions, fillers: characters of no width or of none that is seen. */
static bool unseen(unsigned c)
{
	static const struct range ranges[] = {
		{ 0xad, 0xad },     { 0x34f, 0x34f },     { 0x61c, 0x61c },   { 0x115f, 0x1160 },
		{ 0x180b, 0x180f }, { 0x200b, 0x200f },   { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
		{ 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
	};
	return within(c, ranges, COUNT(ranges));
}

static const char *fault_of(unsigned c, enum value_kind kind)
{
	bool meant = kind == VALUE_TEXT && (c == '\t' || c == '\r' || c == '\n');
	if ((c < ' ' || (c >= 0x7f && c < 0xa0)) && !meant)
		return "the value holds control characters";
	if (c == 0xfffd)
		return "the value holds a character that was lost (gaiji, or a wrong character "
		       "set)";
	if ((c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef))
		return "the value holds code points that are no characters";
	if (kind == VALUE_ID && c < 0x80 && strchr("|^~\\&", (int)c) != NULL)
		return "an id must not hold delimiters";
	return kind == VALUE_ID && unseen(c) ? "an id must not hold characters that are not seen"
					     : NULL;
}

/* Length of the blank that text begins with; of an id and a code a wide one is one, too. */
static size_t blank_before(const char *text, enum value_kind kind)
{
	if (*text != '\0' && strchr(" \t\r\n", *text) != NULL)
		return 1;
	if (kind != VALUE_TEXT && text_starts(text, ideographic_space))
		return sizeof ideographic_space - 1;
	return kind != VALUE_TEXT && text_starts(text, no_break_space) ? sizeof no_break_space - 1
								       : 0;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
	size_t tail = strlen(end);
	return length >= tail && memcmp(text + length - tail, end, tail) == 0;
}

static size_t blank_after(const char *text, size_t length, enum value_kind kind)
{
	if (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
		return 1;
	if (kind == VALUE_TEXT)
		return 0;
	if (ends_with(text, length, ideographic_space))
		return sizeof ideographic_space - 1;
	return ends_with(text, length, no_break_space) ? sizeof no_break_space - 1 : 0;
}

/* Moves *text past the blanks before it and shortens *length by those around. */
static void trim(const char **text, size_t *length, enum value_kind kind)
{
	for (size_t blank; (blank = blank_before(*text, kind)) != 0 && blank <= *length;) {
		*text += blank;
		*length -= blank;
	}
	for (size_t blank; (blank = blank_after(*text, *length, kind)) != 0;)
		*length -= blank;
}

/* Why the value cannot be kept; NULL: it can. */
static const char *fault_within(const char *text, size_t length, enum value_kind kind)
{
	if (kind == VALUE_ID && length > VALUE_ID_MOST)
		return "an id is longer than 250 octets";
	if (length > VALUE_MOST)
		return "the value is longer than 2000 octets";
	for (const char *c = text, *end = text + length; c < end;) {
		const char *why = fault_of(text_code_point(&c), kind);
		if (why != NULL)
			return why;
	}
	return NULL;
}

const char *value_kept(struct arena *a, const char *said, enum value_kind kind, const char **fault)
{
	if (said == NULL)
		return NULL;
	const char *text = said;
	size_t length = strlen(said);
	trim(&text, &length, kind);
	const char *why = fault_within(text, length, kind);
	if (why != NULL)
		*fault = why;
	if (why != NULL || length == 0)
		return NULL;
	return text[length] == '\0' ? text : arena_text_n(a, text, length);
}

bool value_id_within(const char **text, size_t *length)
{
	trim(text, length, VALUE_ID);
	return *length != 0 && fault_within(*text, *length, VALUE_ID) == NULL;
}

bool value_is_private(const char *text)
{
	while (text != NULL && *text != '\0')
		if (private_use(text_code_point(&text)))
			return true;
	return false;
}
