/* gateway/envelope/mtom_part.h: one part of a multipart: what its header says.
 * Only mtom_reader.c and mtom_ranges.c use it. */
#ifndef GATEWAY_ENVELOPE_MTOM_PART_H
#define GATEWAY_ENVELOPE_MTOM_PART_H

#include <stdbool.h>

struct arena;
struct problem;

enum part_encoding { PART_IDENTITY, PART_BASE64, PART_QUOTED };

struct part_header {
	const char *content_id;   /* without <>; NULL when it has none */
	const char *content_type; /* as written; NULL when it has none */
	const char *media;        /* type/subtype in lower case; "" when it cannot be read */
	enum part_encoding encoding;
	bool unquoted; /* its Content-Type lacks quotes (content_type.h) */
};

/* text: the header block, without the empty line that ends it; it is changed. False for lines that
 * are no fields, a field of ours given twice, a nested multipart, another transfer encoding. */
bool part_header_read(struct arena *a, char *text, struct part_header *out, struct problem *p);

#endif
