/* store/packed.c: values one after another, without tags. */
#include "store/packed.h"

#include <string.h>

enum { NUMBER_BITS = 64 };

void packed_number(struct buffer *b, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		buffer_byte(b, (unsigned char)(number | 0x80));
	buffer_byte(b, (unsigned char)number);
}

void packed_signed(struct buffer *b, int64_t number)
{
	uint64_t magnitude = (uint64_t)number << 1;
	packed_number(b, number < 0 ? ~magnitude : magnitude);
}

void packed_text(struct buffer *b, const char *text)
{
	buffer_append(b, text, strlen(text) + 1);
}

struct packed_reader packed_read(struct bytes octets)
{
	static const unsigned char nothing[1];
	const unsigned char *at = octets.length == 0 ? nothing : octets.data;
	return (struct packed_reader){ .at = at, .end = at + octets.length };
}

const unsigned char *packed_as_octets(struct packed_reader *r, size_t length)
{
	const unsigned char *at = r->at;
	if (r->broken || length > (size_t)(r->end - r->at)) {
		r->broken = true;
		return NULL;
	}
	r->at += length;
	return at;
}

unsigned char packed_as_octet(struct packed_reader *r)
{
	const unsigned char *octet = packed_as_octets(r, 1);
	return octet == NULL ? 0 : *octet;
}

uint64_t packed_as_number(struct packed_reader *r)
{
	uint64_t number = 0;
	for (unsigned shift = 0; shift < NUMBER_BITS; shift += 7) {
		unsigned char octet = packed_as_octet(r);
		number |= (uint64_t)(octet & 0x7f) << shift;
		if (octet < 0x80)
			return r->broken ? 0 : number;
	}
	r->broken = true;
	return 0;
}

int64_t packed_as_signed(struct packed_reader *r)
{
	uint64_t number = packed_as_number(r);
	return (int64_t)((number >> 1) ^ (0 - (number & 1)));
}

const char *packed_as_text(struct packed_reader *r)
{
	const void *end = r->broken ? NULL : memchr(r->at, 0, (size_t)(r->end - r->at));
	if (end == NULL) {
		r->broken = true;
		return "";
	}
	return (const char *)packed_as_octets(r, (size_t)((const unsigned char *)end - r->at) + 1);
}
