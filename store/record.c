/* store/record.c: how values are written: compact, versioned, able to gain fields. */
#include "store/record.h"

#include <stdlib.h>
#include <string.h>

enum { VARINT_MOST = 10, NUMBER_MOST = 8 };

static size_t varint(unsigned char out[VARINT_MOST], uint64_t number)
{
	size_t n = 0;
	for (; number >= 0x80; number >>= 7)
		out[n++] = (unsigned char)(number | 0x80);
	out[n++] = (unsigned char)number;
	return n;
}

static void put_varint(struct record_writer *w, uint64_t number)
{
	unsigned char octets[VARINT_MOST];
	buffer_append(&w->out, octets, varint(octets, number));
}

struct record_writer record_begin(struct arena *a, unsigned char version)
{
	struct record_writer w = { .out = buffer_in(a) };
	buffer_byte(&w.out, version);
	return w;
}

void record_bytes(struct record_writer *w, unsigned tag, struct bytes octets)
{
	unsigned char *start = buffer_reserve(&w->out, 2 * VARINT_MOST), *at = start;
	at += varint(at, tag);
	at += varint(at, octets.length);
	w->out.length += (size_t)(at - start);
	buffer_append(&w->out, octets.data, octets.length);
}

/* With its NUL, so that a reader can point into the record. */
void record_text(struct record_writer *w, unsigned tag, const char *text)
{
	if (text != NULL)
		record_bytes(w, tag,
			     (struct bytes){ (const unsigned char *)text, strlen(text) + 1 });
}

/* Most significant octet first, without leading zeros: 0 has none at all. */
void record_number(struct record_writer *w, unsigned tag, uint64_t number)
{
	unsigned char octets[NUMBER_MOST];
	size_t n = NUMBER_MOST;
	for (; number != 0; number >>= 8)
		octets[--n] = (unsigned char)number;
	record_bytes(w, tag, (struct bytes){ octets + n, NUMBER_MOST - n });
}

/* The sign in the lowest bit, so that small negative numbers stay short. */
void record_signed(struct record_writer *w, unsigned tag, int64_t number)
{
	uint64_t magnitude = (uint64_t)number << 1;
	record_number(w, tag, number < 0 ? ~magnitude : magnitude);
}

void record_instant(struct record_writer *w, unsigned tag, instant t)
{
	record_signed(w, tag, t);
}

void record_flag(struct record_writer *w, unsigned tag, bool flag)
{
	if (flag)
		record_number(w, tag, 1);
}

void record_open(struct record_writer *w, unsigned tag)
{
	if (w->depth == RECORD_DEPTH)
		abort(); /* the depth is the source's, never the data's */
	put_varint(w, tag);
	w->starts[w->depth++] = w->out.length;
	buffer_byte(&w->out, w->out.data[0]); /* the inner record's version is the outer's */
}

/* The length is known only now: make room for it before what it measures. */
void record_close(struct record_writer *w)
{
	size_t start = w->starts[--w->depth], length = w->out.length - start;
	unsigned char octets[VARINT_MOST];
	size_t n = varint(octets, length);
	buffer_reserve(&w->out, n);
	memmove(w->out.data + start + n, w->out.data + start, length);
	memcpy(w->out.data + start, octets, n);
	w->out.length += n;
}

struct bytes record_end(struct record_writer *w)
{
	return buffer_bytes(&w->out);
}

static bool broken(struct record_reader *r)
{
	r->broken = true;
	r->tag = 0;
	r->value = (struct bytes){ 0 };
	return false;
}

struct record_reader record_read(struct bytes octets)
{
	struct record_reader r = { .at = octets.data, .end = octets.data };
	if (octets.length == 0) { /* data may be NULL, to which nothing is added */
		broken(&r);
		return r;
	}
	r.end += octets.length;
	r.version = *r.at++;
	return r;
}

static bool read_varint(struct record_reader *r, uint64_t *out)
{
	uint64_t number = 0;
	for (unsigned shift = 0; shift < 63 && r->at != r->end; shift += 7) {
		unsigned char octet = *r->at++;
		number |= (uint64_t)(octet & 0x7f) << shift;
		if ((octet & 0x80) == 0) {
			*out = number;
			return true;
		}
	}
	return false;
}

bool record_next(struct record_reader *r)
{
	uint64_t tag, length;
	if (r->broken || r->at == r->end)
		return false;
	/* Nearly every field has a tag and a length of one octet each. */
	const unsigned char *at = r->at;
	if (r->end - at >= 2 && at[0] < 0x80 && at[1] < 0x80 && at[1] <= r->end - at - 2) {
		r->tag = at[0];
		r->value = (struct bytes){ at + 2, at[1] };
		r->at = at + 2 + at[1];
		return true;
	}
	if (!read_varint(r, &tag) || tag > UINT32_MAX || !read_varint(r, &length)
	    || length > (uint64_t)(r->end - r->at))
		return broken(r);
	r->tag = (unsigned)tag;
	r->value = (struct bytes){ r->at, (size_t)length };
	r->at += length;
	return true;
}

const char *record_as_text(struct record_reader *r)
{
	struct bytes v = r->value;
	if (v.length == 0 || memchr(v.data, 0, v.length) != v.data + v.length - 1) {
		broken(r);
		return "";
	}
	return (const char *)v.data;
}

uint64_t record_as_number(struct record_reader *r)
{
	uint64_t number = 0;
	if (r->value.length > NUMBER_MOST)
		broken(r);
	for (size_t i = 0; i < r->value.length; i++)
		number = number << 8 | r->value.data[i];
	return number;
}

int64_t record_as_signed(struct record_reader *r)
{
	uint64_t number = record_as_number(r);
	return (int64_t)((number >> 1) ^ (0 - (number & 1)));
}

instant record_as_instant(struct record_reader *r)
{
	return record_as_signed(r);
}

bool record_as_flag(struct record_reader *r)
{
	return record_as_number(r) != 0;
}

struct record_reader record_within(const struct record_reader *r)
{
	return record_read(r->value);
}
