/* gateway/transport/http_parser.h: octets of an HTTP/1.1 connection -> events, a request at a time.
 *
 * Feed it what arrives, in any pieces:
 *
 *	HTTP_MORE     all of the input is used; come back with more
 *	HTTP_HEAD     the head is complete: http_parser_take() it
 *	HTTP_BODY     *body borrows octets of the input
 *	HTTP_END      the request is complete; http_parser_begin() starts the next, with what is
 *	left HTTP_REFUSED  answer with p->fault.status and close; nothing after it can be trusted
 *
 * Trailers are read and dropped (RFC 9110 6.5.1 lets us). One thread at a time. */
#ifndef GATEWAY_TRANSPORT_HTTP_PARSER_H
#define GATEWAY_TRANSPORT_HTTP_PARSER_H

#include "gateway/transport/http_head.h"

enum http_event { HTTP_MORE, HTTP_HEAD, HTTP_BODY, HTTP_END, HTTP_REFUSED };

struct http_parser {
	const struct door_limits *limits;
	int state;
	bool after_cr;
	unsigned blank_lines; /* before the request line, RFC 9112 2.2 */
	size_t lines, line_length, digits, trailer;
	uint64_t left, seen; /* octets of this chunk or body; of the whole body */
	struct http_head head;
	struct door_fault fault;
};

/* limits are borrowed. Frees the head of the request before, if it was not taken. */
void http_parser_begin(struct http_parser *p, const struct door_limits *limits);
enum http_event http_parser_next(struct http_parser *p, struct bytes *input, struct bytes *body);
bool http_parser_begun(const struct http_parser *p); /* an octet of the request has arrived */
bool http_parser_in_head(const struct http_parser *p);
struct http_head http_parser_take(struct http_parser *p);
void http_parser_end(struct http_parser *p); /* frees what it holds */

#endif
