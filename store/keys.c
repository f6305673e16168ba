/* store/keys.c: how keys are written, so that their order is the order of what they mean. */
#include "store/keys.h"

#include <string.h>

enum { NUMBER = 8 };

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

void key_number(struct key *k, uint64_t number)
{
	unsigned char octets[NUMBER];
	for (unsigned i = 0; i < NUMBER; i++)
		octets[i] = (unsigned char)(number >> (8 * (NUMBER - 1 - i)));
	key_bytes(k, octets, sizeof octets);
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

uint64_t key_read_number(struct key_reader *r)
{
	struct bytes part = key_read_bytes(r, NUMBER);
	uint64_t number = 0;
	for (size_t i = 0; i < part.length; i++)
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
