/* store/keys.c: how keys are written, so that their order is the order of what they mean. */
#include "store/keys.h"

#include <string.h>

#include "store/compact_text.h"

enum { NUMBER = 8, ID = KEY_ID, MOMENT = KEY_MOMENT };
#define MOMENT_MOST (INT64_C(1) << 55)

void key_begin(struct key *k, unsigned char space)
{
	k->data[0] = space;
	k->length = 1;
	k->overflow = false;
}

void key_bytes(struct key *k, const void *data, size_t length)
{
	if (k->overflow || length > sizeof k->data - k->length) {
		k->overflow = true;
		return;
	}
	if (length != 0)
		memcpy(k->data + k->length, data, length);
	k->length += length;
}

void key_octet(struct key *k, unsigned char octet)
{
	key_bytes(k, &octet, 1);
}

void key_text(struct key *k, const char *text)
{
	if (text == NULL)
		text = "";
	key_bytes(k, text, strlen(text) + 1);
}

/* The lowest octets of it, the most significant first. */
static void put_octets(struct key *k, uint64_t number, unsigned count)
{
	unsigned char octets[NUMBER];
	for (unsigned i = 0; i < count; i++)
		octets[i] = (unsigned char)(number >> (8 * (count - 1 - i)));
	key_bytes(k, octets, count);
}

void key_number(struct key *k, uint64_t number)
{
	put_octets(k, number, NUMBER);
}

void key_id(struct key *k, uint64_t number)
{
	k->overflow = k->overflow || number >> (8 * ID) != 0;
	put_octets(k, number, ID);
}

void key_id_reversed(struct key *k, uint64_t number)
{
	k->overflow = k->overflow || number >> (8 * ID) != 0;
	put_octets(k, ~number, ID);
}

void key_short(struct key *k, uint64_t number)
{
	unsigned char octets[1 + NUMBER];
	unsigned count = 0;
	for (uint64_t left = number; left != 0; left >>= 8)
		count++;
	octets[0] = (unsigned char)count;
	for (unsigned i = count; i > 0; i--, number >>= 8)
		octets[i] = (unsigned char)number;
	key_bytes(k, octets, 1 + count);
}

void key_number_reversed(struct key *k, uint64_t number)
{
	key_number(k, ~number);
}

/* Times before 1970 are negative: with the sign turned over they sort before the others. */
static uint64_t sortable(instant t)
{
	return (uint64_t)t ^ (UINT64_C(1) << 63);
}

void key_instant(struct key *k, instant t)
{
	key_number(k, sortable(t));
}

void key_instant_reversed(struct key *k, instant t)
{
	key_number_reversed(k, sortable(t));
}

void key_moment(struct key *k, instant t)
{
	k->overflow = k->overflow || t < -MOMENT_MOST || t >= MOMENT_MOST;
	put_octets(k, (uint64_t)(t + MOMENT_MOST), MOMENT);
}

void key_moment_reversed(struct key *k, instant t)
{
	k->overflow = k->overflow || t < -MOMENT_MOST || t >= MOMENT_MOST;
	put_octets(k, ~(uint64_t)(t + MOMENT_MOST), MOMENT);
}

/* No text of digits and dots begins so. */
enum { OTHER_TEXT = 0xee };

void key_oid(struct key *k, const char *text)
{
	size_t octets = compact_text_octets(text);
	if (octets == 0) {
		key_octet(k, OTHER_TEXT);
		key_text(k, text);
	} else if (k->overflow || octets > sizeof k->data - k->length) {
		k->overflow = true;
	} else {
		compact_text_write(text, k->data + k->length);
		k->length += octets;
	}
}

/* Nor so. */
enum { HEX_TEXT = 0xef, HEX_OCTETS = 16 };

void key_identifier(struct key *k, const char *text)
{
	unsigned char octets[HEX_OCTETS];
	if (strlen(text) != sizeof octets * 2 || strpbrk(text, "ABCDEF") != NULL
	    || compact_text_octets(text) != 0 || !bytes_from_hex(text, sizeof octets * 2, octets)) {
		key_oid(k, text);
		return;
	}
	key_octet(k, HEX_TEXT);
	key_bytes(k, octets, sizeof octets);
}

struct bytes key_span(const struct key *k)
{
	return (struct bytes){ .data = k->data, .length = k->overflow ? 0 : k->length };
}

struct key_reader key_read(struct bytes key)
{
	struct key_reader r = { .at = key.data, .end = key.data + key.length };
	if (key.length == 0)
		r.broken = true;
	else
		r.at++;
	return r;
}

struct bytes key_read_bytes(struct key_reader *r, size_t length)
{
	struct bytes none = { 0 };
	if (r->broken || (size_t)(r->end - r->at) < length) {
		r->broken = true;
		return none;
	}
	struct bytes part = { .data = r->at, .length = length };
	r->at += length;
	return part;
}

unsigned char key_read_octet(struct key_reader *r)
{
	struct bytes part = key_read_bytes(r, 1);
	return part.length == 1 ? part.data[0] : 0;
}

const char *key_read_text(struct key_reader *r)
{
	const unsigned char *zero = r->broken ? NULL : memchr(r->at, 0, (size_t)(r->end - r->at));
	if (zero == NULL) {
		r->broken = true;
		return "";
	}
	const char *text = (const char *)r->at;
	r->at = zero + 1;
	return text;
}

static uint64_t read_octets(struct key_reader *r, unsigned count)
{
	struct bytes part = key_read_bytes(r, count);
	uint64_t number = 0;
	for (size_t i = 0; i < part.length; i++)
		number = number << 8 | part.data[i];
	return number;
}

static uint64_t reversed(uint64_t number, unsigned octets)
{
	return ~number & (UINT64_MAX >> (8 * (NUMBER - octets)));
}

uint64_t key_read_number(struct key_reader *r)
{
	return read_octets(r, NUMBER);
}

uint64_t key_read_id(struct key_reader *r)
{
	return read_octets(r, ID);
}

uint64_t key_read_id_reversed(struct key_reader *r)
{
	uint64_t number = reversed(read_octets(r, ID), ID);
	return r->broken ? 0 : number;
}

instant key_read_moment(struct key_reader *r)
{
	uint64_t number = read_octets(r, MOMENT);
	return r->broken ? 0 : (instant)number - MOMENT_MOST;
}

instant key_read_moment_reversed(struct key_reader *r)
{
	uint64_t number = reversed(read_octets(r, MOMENT), MOMENT);
	return r->broken ? 0 : (instant)number - MOMENT_MOST;
}

void key_read_to_last(struct key_reader *r, size_t length)
{
	if (r->broken || (size_t)(r->end - r->at) < length)
		r->broken = true;
	else
		r->at = r->end - length;
}

uint64_t key_read_short(struct key_reader *r)
{
	size_t count = key_read_octet(r);
	struct bytes part = key_read_bytes(r, count <= NUMBER ? count : SIZE_MAX);
	uint64_t number = 0;
	if (part.length != 0 && part.data[0] == 0)
		r->broken = true; /* longer than it takes: no key is written so */
	for (size_t i = 0; !r->broken && i < part.length; i++)
		number = number << 8 | part.data[i];
	return number;
}

uint64_t key_read_number_reversed(struct key_reader *r)
{
	uint64_t number = ~key_read_number(r);
	return r->broken ? 0 : number;
}

instant key_read_instant(struct key_reader *r)
{
	uint64_t number = key_read_number(r);
	return r->broken ? 0 : (instant)sortable((instant)number);
}

instant key_read_instant_reversed(struct key_reader *r)
{
	uint64_t number = key_read_number_reversed(r);
	return r->broken ? 0 : (instant)sortable((instant)number);
}

bool key_read_end(const struct key_reader *r)
{
	return !r->broken && r->at == r->end;
}
