/* gateway/base/bytes.c: spans of octets, and a buffer that grows in an arena. */
#include "gateway/base/bytes.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"

struct bytes bytes_of_text(const char *text)
{
	return (struct bytes){ (const unsigned char *)text, text == NULL ? 0 : strlen(text) };
}

int bytes_compare(struct bytes a, struct bytes b)
{
	size_t shorter = a.length < b.length ? a.length : b.length;
	int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);
	if (order != 0)
		return order;
	return (a.length > b.length) - (a.length < b.length);
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

/* FNV-1a, by eight octets instead of one; its upper half is folded in, for a product never reaches
 * downwards. */
uint64_t bytes_hash(struct bytes b)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ b.length, word;
	for (; b.length > sizeof word; b.length -= sizeof word, b.data += sizeof word) {
		memcpy(&word, b.data, sizeof word);
		hash = (hash ^ word) * UINT64_C(0x100000001b3);
		hash ^= hash >> 32;
	}
	word = 0;
	if (b.length != 0)
		memcpy(&word, b.data, b.length);
	hash = (hash ^ word) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 32;
}

struct buffer buffer_in(struct arena *a)
{
	return (struct buffer){ .arena = a };
}

void buffer_grow(struct buffer *b, size_t length)
{
	size_t wanted = b->capacity < 128 ? 256 : b->capacity * 2;
	if (wanted - b->length < length) /* SIZE_MAX: what no arena has */
		wanted = length > SIZE_MAX - b->length ? SIZE_MAX : b->length + length;
	b->data = arena_resize(b->arena, b->data, b->capacity, wanted);
	b->capacity = wanted;
}

void buffer_append(struct buffer *b, const void *data, size_t length)
{
	if (length == 0)
		return;
	memcpy(buffer_reserve(b, length), data, length);
	b->length += length;
}

void buffer_text(struct buffer *b, const char *text)
{
	buffer_append(b, text, strlen(text));
}

void buffer_byte(struct buffer *b, unsigned char byte)
{
	*buffer_reserve(b, 1) = byte;
	b->length++;
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	buffer_text(b, arena_vprintf(b->arena, format, args));
	va_end(args);
}

struct bytes buffer_bytes(const struct buffer *b)
{
	return (struct bytes){ b->data, b->length };
}

const char *buffer_ended(struct buffer *b)
{
	*buffer_reserve(b, 1) = '\0';
	return (const char *)b->data;
}

const char *bytes_to_hex(struct arena *a, struct bytes b)
{
	static const char digit[] = "0123456789abcdef";
	char *text = arena_alloc(a, b.length * 2 + 1);
	for (size_t i = 0; i < b.length; i++) {
		text[2 * i] = digit[b.data[i] >> 4];
		text[2 * i + 1] = digit[b.data[i] & 15];
	}
	return text;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool bytes_from_hex(const char *text, size_t length, unsigned char *out)
{
	if (length % 2 != 0)
		return false;
	for (size_t i = 0; i < length; i += 2) {
		int high = hex_value(text[i]), low = hex_value(text[i + 1]);
		if (high < 0 || low < 0)
			return false;
		out[i / 2] = (unsigned char)(high << 4 | low);
	}
	return true;
}

void buffer_base64(struct buffer *b, struct bytes data)
{
	/* EVP_EncodeBlock() takes an int; whole groups of three keep the pieces joinable. */
	enum { PIECE = 3 * 1024 * 1024 };
	while (data.length > 0) {
		size_t take = data.length < PIECE ? data.length : PIECE;
		unsigned char *out = buffer_reserve(b, (take + 2) / 3 * 4 + 1);
		b->length += (size_t)EVP_EncodeBlock(out, data.data, (int)take);
		data.data += take;
		data.length -= take;
	}
}

static int base64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_feed(struct base64_reader *r, struct bytes text, unsigned char *out, size_t *written)
{
	*written = 0;
	for (size_t i = 0; i < text.length; i++) {
		unsigned char c = text.data[i];
		if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			continue;
		if (c == '=') {
			r->padding++;
			continue;
		}
		int value = base64_value(c);
		if (value < 0 || r->padding != 0)
			return false;
		r->group = r->group << 6 | (uint32_t)value;
		if (++r->digits % 4 == 0) {
			out[(*written)++] = (unsigned char)(r->group >> 16);
			out[(*written)++] = (unsigned char)(r->group >> 8);
			out[(*written)++] = (unsigned char)r->group;
			r->group = 0;
		}
	}
	return true;
}

bool base64_finish(struct base64_reader *r, unsigned char *out, size_t *written)
{
	size_t rest = r->digits % 4;
	*written = 0;
	if (rest == 1 || r->padding > 2 || (r->padding != 0 && rest + r->padding != 4))
		return false;
	if (rest >= 2)
		out[(*written)++] = (unsigned char)(r->group >> (rest == 2 ? 4 : 10));
	if (rest == 3)
		out[(*written)++] = (unsigned char)(r->group >> 2);
	return true;
}

bool bytes_from_base64(struct arena *a, const char *text, struct bytes *out)
{
	struct bytes in = bytes_of_text(text);
	unsigned char *data = arena_alloc(a, in.length / 4 * 3 + 6);
	struct base64_reader r = { 0 };
	size_t length, last;
	if (!base64_feed(&r, in, data, &length) || !base64_finish(&r, data + length, &last))
		return false;
	*out = (struct bytes){ data, length + last };
	return true;
}
