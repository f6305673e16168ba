/* gateway/base/bytes.h: spans of octets, and a buffer that grows in an arena.
 *
 * Text between rooms is `const char *`: UTF-8, ended by NUL, none inside. Octets that may hold
 * anything (documents, frames, signatures) are `struct bytes`, which borrows what it points to.
 * Thread-safety: as the arena's. */
#ifndef GATEWAY_BASE_BYTES_H
#define GATEWAY_BASE_BYTES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct bytes {
	const unsigned char *data;
	size_t length;
};

struct bytes bytes_of_text(const char *text);
bool bytes_equal(struct bytes a, struct bytes b);
/* <0, 0, >0, by octet; a prefix sorts first. */
int bytes_compare(struct bytes a, struct bytes b);

struct buffer {
	struct arena *arena;
	unsigned char *data;
	size_t length, capacity;
};

struct buffer buffer_in(struct arena *a);          /* empty; grows by doubling at least */
void buffer_grow(struct buffer *b, size_t length); /* to room for length more octets */
void buffer_append(struct buffer *b, const void *data, size_t length);
void buffer_text(struct buffer *b, const char *text);
void buffer_byte(struct buffer *b, unsigned char byte);
void buffer_printf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Room for length more octets; returns where they go, never NULL. The caller then adds to
 * b->length. */
static inline unsigned char *buffer_reserve(struct buffer *b, size_t length)
{
	if (b->data == NULL || b->capacity - b->length < length)
		buffer_grow(b, length);
	return b->data + b->length;
}
struct bytes buffer_bytes(const struct buffer *b); /* borrowed until the next append */
const char *buffer_ended(struct buffer *b);        /* as text, with a NUL after it */

/* For tables in memory, never to be kept; spread over all bits. No secret: bound what may
 * collide. */
uint64_t bytes_hash(struct bytes b);

/* Encodings. */
const char *bytes_to_hex(struct arena *a, struct bytes b); /* lower case */
/* length digits, even */
bool bytes_from_hex(const char *text, size_t length, unsigned char *out);
/* RFC 4648, padded, one line */
void buffer_base64(struct buffer *b, struct bytes data);
/* White space is skipped; false for anything else that is not base64. */
bool bytes_from_base64(struct arena *a, const char *text, struct bytes *out);

/* The same piece by piece: begin with { 0 }. out takes length / 4 * 3 + 3 octets. */
struct base64_reader {
	uint32_t group;
	size_t digits, padding;
};
bool base64_feed(struct base64_reader *r, struct bytes text, unsigned char *out, size_t *written);
bool base64_finish(struct base64_reader *r, unsigned char *out, size_t *written);

#endif
