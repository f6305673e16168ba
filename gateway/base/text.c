/* gateway/base/text.c: what C leaves out about NUL-ended UTF-8 text. */
#include "gateway/base/text.h"

#include <stdarg.h>
#include <string.h>

#include "gateway/base/arena.h"

bool text_equal(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_equal_nocase(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	for (; lower(*a) == lower(*b); a++, b++)
		if (*a == '\0')
			return true;
	return false;
}

bool text_starts(const char *text, const char *prefix)
{
	return text != NULL && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_empty(const char *text)
{
	return text == NULL || *text == '\0';
}

static bool space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

const char *text_trimmed(struct arena *a, const char *text)
{
	if (text == NULL)
		return NULL;
	while (space(*text))
		text++;
	size_t length = strlen(text);
	if (length == 0 || !space(text[length - 1]))
		return text;
	while (length > 0 && space(text[length - 1]))
		length--;
	return arena_text_n(a, text, length);
}

/* RFC 3629 section 4, as ranges of the second octet. */
static size_t sequence(const unsigned char *d, size_t left)
{
	static const struct {
		unsigned char from, to, low, high, length;
	} rows[] = {
		{ 0x01, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (d[0] < rows[i].from || d[0] > rows[i].to)
			continue;
		if (rows[i].length > left)
			return 0;
		if (rows[i].length > 1 && (d[1] < rows[i].low || d[1] > rows[i].high))
			return 0;
		for (size_t k = 2; k < rows[i].length; k++)
			if ((d[k] & 0xc0) != 0x80)
				return 0;
		return rows[i].length;
	}
	return 0;
}

/* Eight octets of ASCII, none of them NUL: in each the high bit stays clear, and a borrow sets none
 * but above a true one. */
static bool is_plain(const unsigned char *d)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t octets;
	memcpy(&octets, d, sizeof octets);
	return ((octets | (octets - ones)) & ones * 0x80) == 0;
}

/* Nearly all that comes is ASCII, whole messages of it. */
size_t text_utf8_length(const unsigned char *data, size_t length)
{
	size_t good = 0;
	while (good < length) {
		while (length - good >= sizeof(uint64_t) && is_plain(data + good))
			good += sizeof(uint64_t);
		if (good == length)
			break;
		size_t step = sequence(data + good, length - good);
		if (step == 0)
			break;
		good += step;
	}
	return good;
}

bool text_is_utf8(const unsigned char *data, size_t length)
{
	return text_utf8_length(data, length) == length;
}

unsigned text_code_point(const char **at)
{
	const unsigned char *d = (const unsigned char *)*at;
	unsigned u = d[0] < 0x80   ? d[0]
		     : d[0] < 0xe0 ? d[0] & 0x1fu
		     : d[0] < 0xf0 ? d[0] & 0x0fu
				   : d[0] & 0x07u;
	int more = d[0] < 0x80 ? 0 : d[0] < 0xe0 ? 1 : d[0] < 0xf0 ? 2 : 3, taken = 1;
	for (; taken <= more && d[taken] != '\0'; taken++)
		u = u << 6 | (d[taken] & 0x3fu);
	*at += taken;
	return u;
}

bool text_is_oid(const char *text)
{
	if (text == NULL)
		return false;
	size_t length = strlen(text), arcs = 0;
	if (length == 0 || length > 64)
		return false;
	for (const char *c = text;;) {
		const char *start = c;
		while (*c >= '0' && *c <= '9')
			c++;
		if (c == start || (*start == '0' && c - start > 1))
			return false;
		arcs++;
		if (*c == '\0')
			return arcs >= 2 && *text <= '2';
		if (*c++ != '.')
			return false;
	}
}

bool text_to_number(const char *text, uint64_t most, uint64_t *out)
{
	uint64_t value = 0;
	if (text_empty(text))
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		uint64_t digit = (uint64_t)(*text - '0');
		if (value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return value <= most;
}

char *text_joined(struct arena *a, const char *first, ...)
{
	size_t length = 0;
	va_list parts;
	va_start(parts, first);
	for (const char *part = first; part != NULL; part = va_arg(parts, const char *))
		length += strlen(part);
	va_end(parts);
	char *whole = arena_alloc(a, length + 1), *at = whole; /* its last octet stays 0 */
	va_start(parts, first);
	for (const char *part = first; part != NULL; part = va_arg(parts, const char *))
		at = stpcpy(at, part);
	va_end(parts);
	return whole;
}

uint64_t text_hash(const char *text)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return hash;
}

struct text_list **text_list_add(struct arena *a, struct text_list **tail, const char *value)
{
	struct text_list *one = arena_new(a, struct text_list);
	one->value = value;
	*tail = one;
	return &one->next;
}

bool text_list_has(const struct text_list *list, const char *value)
{
	for (; list != NULL; list = list->next)
		if (text_equal(list->value, value))
			return true;
	return false;
}
