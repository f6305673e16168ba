/* gateway/envelope/boundary.h: where the parts of a multipart body begin and end. RFC 2046
 * 5.1.1.
 *
 * A delimiter line is "--" boundary, white space, end of line, and stands at the start of a line;
 * "--" boundary "--" is the last. The line break before it belongs to it. If the first delimiter
 * line ends with CRLF only CRLF counts as a line break before the others, since octets of a
 * document may well hold LF "--" boundary; if it ends with LF, only LF. Only mtom_reader.c and
 * mtom_ranges.c use it. */
#ifndef GATEWAY_ENVELOPE_BOUNDARY_H
#define GATEWAY_ENVELOPE_BOUNDARY_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/bytes.h"

struct arena;

enum { BOUNDARY_MOST = 70, BOUNDARY_PADDING = 64 };

enum boundary_event {
	BOUNDARY_MORE, /* all octets are taken */
	BOUNDARY_DATA, /* octets between delimiters; valid until the next call */
	BOUNDARY_NEXT, /* a delimiter line */
	BOUNDARY_LAST  /* the closing delimiter; what follows is nobody's */
};

struct boundary {
	const char *delimiter; /* "--" boundary */
	size_t length;
	int stage;               /* enum stage of boundary.c */
	size_t matched, padding; /* octets of delimiter, and of white space behind it */
	bool known, crlf;
	size_t held;
	/* what may become one */
	unsigned char line[2 + 2 + BOUNDARY_MOST + BOUNDARY_PADDING + 2];
};

/* 1 to 70 of the characters RFC 2046 allows. */
bool boundary_is_valid(const char *text);
void boundary_begin(struct boundary *b, struct arena *a, const char *text);
/* Takes octets from the front of in. */
enum boundary_event boundary_next(struct boundary *b, struct bytes *in, struct bytes *data);
/* What was held back and will not become a delimiter any more. */
struct bytes boundary_rest(struct boundary *b);

#endif
