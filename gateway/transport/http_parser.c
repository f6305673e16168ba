/* gateway/transport/http_parser.c: octets of an HTTP/1.1 connection -> events. RFC 9112. */
#include "gateway/transport/http_parser.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"

/* RFC 9112 2.2 lets a server ignore an empty line before the request line; old clients send one
 * after a body. */
enum { BLANK_LINES = 2 };
enum { CHUNK_DIGITS = 16 }; /* 64 bits */
enum { CHUNK_LINE = 256 };  /* signed uploads carry about 90 octets of extension a chunk */
enum { FIRST_ROOM = 512 };  /* a usual head fits at once or after one doubling */

enum state {
	IN_HEAD,
	IN_BODY,
	CHUNK_SIZE,
	CHUNK_EXTENSION,
	CHUNK_LF,
	CHUNK_DATA,
	CHUNK_DATA_CR,
	CHUNK_DATA_LF,
	IN_TRAILER,
	AT_END,
	REFUSED
};

static enum http_event refuse(struct http_parser *p, int status, const char *why)
{
	p->state = REFUSED;
	p->fault = (struct door_fault){ .status = status, .why = why };
	return HTTP_REFUSED;
}

static enum http_event refuse_past(struct http_parser *p, int status, const char *why,
				   const char *key, uint64_t limit)
{
	refuse(p, status, why);
	p->fault.key = key;
	p->fault.unit = text_equal(key, "headers") ? "header fields" : "octets";
	p->fault.limit = limit;
	return HTTP_REFUSED;
}

void http_parser_begin(struct http_parser *p, const struct door_limits *limits)
{
	http_head_free(&p->head);
	*p = (struct http_parser){ .limits = limits, .state = IN_HEAD };
}

void http_parser_end(struct http_parser *p)
{
	http_head_free(&p->head);
}

bool http_parser_begun(const struct http_parser *p)
{
	return p->state != IN_HEAD || p->head.length > 0;
}

bool http_parser_in_head(const struct http_parser *p)
{
	return p->state == IN_HEAD;
}

struct http_head http_parser_take(struct http_parser *p)
{
	struct http_head head = p->head;
	p->head = (struct http_head){ 0 };
	return head;
}

static void advance(struct bytes *input, size_t length)
{
	input->data += length;
	input->length -= length;
}

/* How many octets from the start are no control characters (a tab is none, RFC 9110 5.5). */
static size_t ordinary(struct bytes in)
{
	size_t n = 0;
	while (n < in.length && (in.data[n] >= 0x20 ? in.data[n] != 0x7f : in.data[n] == '\t'))
		n++;
	return n;
}

static bool append(struct http_head *h, const void *data, size_t length)
{
	if (h->room - h->length < length) {
		size_t room = h->room == 0 ? FIRST_ROOM : h->room;
		while (room - h->length < length)
			room *= 2;
		char *text = realloc(h->text, room);
		if (text == NULL)
			return false;
		h->text = text;
		h->room = room;
	}
	memcpy(h->text + h->length, data, length);
	h->length += length;
	return true;
}

/* Appends to the current line, within the limits; 0 or the status to refuse with. */
static int collect(struct http_parser *p, const void *data, size_t length)
{
	size_t limit = p->lines == 0 ? p->limits->request_line : p->limits->header_block;
	size_t used = p->lines == 0 ? p->head.length : p->seen;
	if (length > limit || used > limit - length)
		return p->lines == 0 ? 414 : 431;
	if (!append(&p->head, data, length))
		return 503;
	if (p->lines > 0)
		p->seen += length; /* counts the header block until the body begins */
	p->line_length += length;
	return 0;
}

static enum http_event head_complete(struct http_parser *p)
{
	if (http_head_read(&p->head, p->lines, p->limits, &p->fault) != 0) {
		p->state = REFUSED;
		return HTTP_REFUSED;
	}
	p->seen = 0;
	p->line_length = 0;
	if (p->head.chunked) {
		p->state = CHUNK_SIZE;
	} else {
		p->left = (uint64_t)p->head.content_length;
		p->state = p->left > 0 ? IN_BODY : AT_END;
	}
	return HTTP_HEAD;
}

/* A line of the head has ended. HTTP_MORE: go on. */
static enum http_event line_ended(struct http_parser *p)
{
	if (p->line_length == 0 && p->lines == 0)
		return ++p->blank_lines > BLANK_LINES
			       ? refuse(p, 400, "empty lines before the request")
			       : HTTP_MORE;
	if (p->line_length == 0)
		return head_complete(p);
	if (!append(&p->head, "", 1))
		return refuse(p, 503, "out of memory");
	if (p->lines++ > p->limits->headers)
		return refuse_past(p, 431, "too many header fields", "headers", p->limits->headers);
	p->line_length = 0;
	return HTTP_MORE;
}

/* What collect() would not take. */
static enum http_event refuse_head(struct http_parser *p, int status)
{
	switch (status) {
	case 414:
		return refuse_past(p, 414, "the request line is too long", "request-line",
				   p->limits->request_line);
	case 431:
		return refuse_past(p, 431, "the header fields are too long", "header-block",
				   p->limits->header_block);
	case 503: return refuse(p, 503, "out of memory");
	default: return refuse(p, 400, "CR without LF");
	}
}

static enum http_event read_head(struct http_parser *p, struct bytes *input)
{
	while (input->length > 0) {
		size_t run = ordinary(*input);
		if (run > 0) {
			int status = p->after_cr ? 400 : collect(p, input->data, run);
			if (status != 0)
				return refuse_head(p, status);
			advance(input, run);
			continue;
		}
		unsigned char c = input->data[0];
		advance(input, 1);
		if (c == '\r' && !p->after_cr) {
			p->after_cr = true;
		} else if (c == '\n' && p->after_cr) {
			p->after_cr = false;
			enum http_event e = line_ended(p);
			if (e != HTTP_MORE)
				return e;
		} else {
			return refuse(p, 400, "a control character in the head");
		}
	}
	return HTTP_MORE;
}

/* Octets of a body or chunk that are here; at its end the next state begins. */
static enum http_event read_data(struct http_parser *p, struct bytes *input, struct bytes *body,
				 enum state next)
{
	size_t take = input->length < p->left ? input->length : (size_t)p->left;
	*body = (struct bytes){ input->data, take };
	advance(input, take);
	p->left -= take;
	p->seen += take;
	if (p->left == 0)
		p->state = (int)next;
	return HTTP_BODY;
}

static int digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* RFC 9112 7.1, the line of a chunk. Blanks may follow the size (BWS of 7.1.1, and what servers of
 * old put there to fill a line they had reserved), digits after them may not. */
static enum http_event chunk_size(struct http_parser *p, unsigned char c)
{
	int value = p->line_length > 0 ? -1 : digit(c);
	if (p->digits > 0 && (c == ' ' || c == '\t') && p->line_length < CHUNK_LINE) {
		p->line_length++;
		return HTTP_MORE;
	}
	if (value >= 0) {
		if (++p->digits > CHUNK_DIGITS)
			return refuse(p, 400, "a chunk's size is too long");
		p->left = p->left << 4 | (uint64_t)value;
		return HTTP_MORE;
	}
	if (p->digits == 0 || (c != ';' && c != '\r'))
		return refuse(p, 400, "a chunk has no size");
	p->state = c == ';' ? CHUNK_EXTENSION : CHUNK_LF;
	p->line_length = 0;
	return HTTP_MORE;
}

static enum http_event chunk_extension(struct http_parser *p, unsigned char c)
{
	if (c == '\r')
		p->state = CHUNK_LF;
	else if ((c < 0x20 && c != '\t') || c == 0x7f)
		return refuse(p, 400, "a control character in a chunk's extension");
	else if (++p->line_length > CHUNK_LINE)
		return refuse(p, 400, "a chunk's extension is too long");
	return HTTP_MORE;
}

static enum http_event chunk_line_ended(struct http_parser *p, unsigned char c)
{
	if (c != '\n')
		return refuse(p, 400, "a chunk's line is not ended by CRLF");
	if (p->left > p->limits->body || p->seen > p->limits->body - p->left)
		return refuse_past(p, 413, "the body is longer than this door takes", "body",
				   p->limits->body);
	p->state = p->left == 0 ? IN_TRAILER : CHUNK_DATA;
	p->digits = 0;
	p->line_length = 0;
	return HTTP_MORE;
}

/* RFC 9112 7.1.2: read within the limits of the head, and dropped. */
static enum http_event trailer(struct http_parser *p, unsigned char c)
{
	if (c == '\n') {
		if (!p->after_cr)
			return refuse(p, 400, "LF without CR");
		p->after_cr = false;
		if (p->line_length == 0) {
			p->state = AT_END;
			return HTTP_MORE;
		}
		p->line_length = 0;
		return HTTP_MORE;
	}
	if (p->after_cr || (c < 0x20 && c != '\t' && c != '\r') || c == 0x7f)
		return refuse(p, 400, "a control character in the trailer");
	p->after_cr = c == '\r';
	if (!p->after_cr) {
		p->line_length++;
		if (++p->trailer > p->limits->header_block)
			return refuse_past(p, 431, "the trailer is too long", "header-block",
					   p->limits->header_block);
	}
	return HTTP_MORE;
}

static enum http_event chunk_data_ended(struct http_parser *p, unsigned char c)
{
	if (c != (p->state == CHUNK_DATA_CR ? '\r' : '\n'))
		return refuse(p, 400, "a chunk is not ended by CRLF");
	p->state = p->state == CHUNK_DATA_CR ? CHUNK_DATA_LF : CHUNK_SIZE;
	return HTTP_MORE;
}

static enum http_event chunk_octet(struct http_parser *p, unsigned char c)
{
	switch (p->state) {
	case CHUNK_SIZE: return chunk_size(p, c);
	case CHUNK_EXTENSION: return chunk_extension(p, c);
	case CHUNK_LF: return chunk_line_ended(p, c);
	case IN_TRAILER: return trailer(p, c);
	default: return chunk_data_ended(p, c);
	}
}

enum http_event http_parser_next(struct http_parser *p, struct bytes *input, struct bytes *body)
{
	*body = (struct bytes){ NULL, 0 };
	for (;;) {
		if (p->state == AT_END)
			return HTTP_END;
		if (p->state == REFUSED)
			return HTTP_REFUSED;
		if (input->length == 0)
			return HTTP_MORE;
		if (p->state == IN_HEAD) {
			enum http_event e = read_head(p, input);
			if (e != HTTP_MORE)
				return e;
		} else if (p->state == IN_BODY) {
			return read_data(p, input, body, AT_END);
		} else if (p->state == CHUNK_DATA) {
			return read_data(p, input, body, CHUNK_DATA_CR);
		} else {
			unsigned char c = input->data[0];
			advance(input, 1);
			if (chunk_octet(p, c) == HTTP_REFUSED)
				return HTTP_REFUSED;
		}
	}
}
