/* gateway/transport/http_head.h: the head of an HTTP/1.1 request, read and judged as a whole.
 *
 * RFC 9112 2-6, RFC 9110. Strict: what two readers could understand differently is refused. */
#ifndef GATEWAY_TRANSPORT_HTTP_HEAD_H
#define GATEWAY_TRANSPORT_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/transport/door.h"
#include "gateway/transport/fault.h"

/* Owns its memory; everything it points to lies in text. */
struct http_head {
	char *text; /* the lines, each ended by NUL */
	size_t length, room;
	struct header *headers;
	size_t header_count;
	const char *method, *path, *query;
	int64_t content_length; /* -1: chunked */
	bool chunked, keep_alive, expects_continue;
};

/* Reads the lines collected in h->text (request line first). 0, or the status of the fault. */
int http_head_read(struct http_head *h, size_t lines, const struct door_limits *limits,
		   struct door_fault *fault);
void http_head_free(struct http_head *h);

#endif
