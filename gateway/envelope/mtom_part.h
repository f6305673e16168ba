/* gateway/envelope/mtom_part.h: one part of a multipart: its header, and its transfer encoding.
 * Only mtom_reader.c uses it. */
#ifndef GATEWAY_ENVELOPE_MTOM_PART_H
#define GATEWAY_ENVELOPE_MTOM_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"

struct arena;
struct problem;

struct part_header {
	const char *content_id;		/* without <>; NULL when it has none */
	const char *content_type;	/* as written; NULL when it has none */
	const char *media;		/* type/subtype in lower case; "" when it cannot be read */
	bool base64;
};

/* text: the header block, without the empty line that ends it; it is changed. False for lines that
 * are no fields, a field of ours given twice, a nested multipart, another transfer encoding. */
bool part_header_read(struct arena *a, char *text, struct part_header *out, struct problem *p);

/* Base64 in pieces. */
struct base64_state {
	uint32_t group;
	unsigned digits, padding;
};

enum { BASE64_OUT = 3072, BASE64_IN = BASE64_OUT / 3 * 4 };

/* Decodes at most BASE64_IN octets; false for what is not base64. */
bool base64_piece(struct base64_state *s, struct bytes in, unsigned char out[BASE64_OUT + 3],
		  size_t *length);
/* The octets still to come after the last piece, at most 2; false when it ends too early. */
bool base64_last(const struct base64_state *s, unsigned char out[2], size_t *length);

#endif
