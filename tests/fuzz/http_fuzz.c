/* tests/fuzz/http_fuzz.c: any octets, in any pieces, to the HTTP parser; what it accepts must hold
 * what it promises. The first octet of the input chooses how the rest is cut. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/transport/http_parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct door_limits limits = {
	.request_line = 200,
	.header_block = 400,
	.headers = 8,
	.body = 4096,
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_head(const struct http_head *h)
{
	must(h->path[0] == '/' && strstr(h->path, "/../") == NULL);
	must(text_is_utf8((const unsigned char *)h->path, strlen(h->path)));
	must(strpbrk(h->path, "\r\n") == NULL && strpbrk(h->query, " \r\n") == NULL);
	must(h->header_count <= limits.headers);
	for (size_t i = 0; i < h->header_count; i++)
		must(strpbrk(h->headers[i].value, "\r\n") == NULL);
	must(h->chunked == (h->content_length < 0) && h->content_length <= (int64_t)limits.body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_parser p = { 0 };
	struct bytes body;
	uint64_t seen = 0;
	size_t step = size > 0 && data[0] % 4 != 0 ? data[0] : size;
	http_parser_begin(&p, &limits);
	for (size_t at = 1; at < size;) {
		size_t piece = size - at < step ? size - at : step;
		struct bytes in = { data + at, piece };
		at += piece;
		for (enum http_event e; (e = http_parser_next(&p, &in, &body)) != HTTP_MORE;) {
			if (e == HTTP_REFUSED) {
				must(p.fault.status >= 400 && p.fault.status < 600
				     && p.fault.why != NULL);
				http_parser_end(&p);
				return 0;
			}
			if (e == HTTP_HEAD) {
				struct http_head h = http_parser_take(&p);
				check_head(&h);
				http_head_free(&h);
			}
			seen += body.length;
			must(seen <= limits.body);
			if (e == HTTP_END) {
				seen = 0;
				http_parser_begin(&p, &limits);
			}
		}
	}
	http_parser_end(&p);
	return 0;
}
