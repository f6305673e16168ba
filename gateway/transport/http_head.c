/* gateway/transport/http_head.c: the head of an HTTP/1.1 request, read and judged as a whole.
 *
 * RFC 9112 2-6. Everything a proxy before us could read differently (request smuggling, RFC 9112
 * 11.2) is refused instead of repaired. */
#include "gateway/transport/http_head.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"

enum { METHOD = 32 }; /* longest name of a method; the longest registered has 17 */

/* What the headers say together, while they are read. */
struct reading {
	struct http_head *head;
	const struct door_limits *limits;
	const char *authority; /* of an absolute-form target, or NULL */
	size_t authority_length;
	const char *host;
	uint64_t length;
	bool http10, has_length, has_coding, has_type, has_action, close;
	struct door_fault fault;
};

static int refuse(struct reading *r, int status, const char *why)
{
	r->fault = (struct door_fault){ .status = status, .why = why };
	return status;
}

/* RFC 9110 5.6.2 token characters. */
static bool is_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
	       || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static size_t token_length(const char *text)
{
	size_t n = 0;
	while (is_token(text[n]))
		n++;
	return n;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* RFC 3986 2.1, once, in place. False for a broken escape or one that hides a control character. */
static bool decode(char *path)
{
	char *out = path;
	for (const char *in = path; *in != '\0'; in++) {
		unsigned char c = (unsigned char)*in;
		if (c == '%') {
			int high = hex(in[1]), low = high < 0 ? -1 : hex(in[2]);
			if (low < 0)
				return false;
			c = (unsigned char)(high << 4 | low);
			in += 2;
		}
		if (c < 0x20 || c == 0x7f)
			return false;
		*out++ = (char)c;
	}
	*out = '\0';
	return true;
}

static bool has_dot_segment(const char *path)
{
	for (const char *s = path; *s == '/'; s += strcspn(s, "/")) {
		s++;
		size_t length = strcspn(s, "/");
		if ((length == 1 && s[0] == '.') || (length == 2 && s[0] == '.' && s[1] == '.'))
			return true;
	}
	return false;
}

/* Takes "http://authority" off an absolute-form target (RFC 9112 3.2.2); the authority has to be
 * that of the Host header. */
static char *without_authority(struct reading *r, char *target)
{
	static const char *const schemes[] = { "http://", "https://" };
	for (size_t i = 0; i < COUNT(schemes); i++) {
		if (strncasecmp(target, schemes[i], strlen(schemes[i])) != 0)
			continue;
		r->authority = target + strlen(schemes[i]);
		r->authority_length = strcspn(r->authority, "/?");
		return target + strlen(schemes[i]) + r->authority_length;
	}
	return target;
}

static int read_target(struct reading *r, char *target)
{
	char *path = without_authority(r, target);
	for (const char *c = path; *c != '\0'; c++)
		if (*c < 0x21 || *c > 0x7e || *c == '#')
			return refuse(r, 400,
				      "the request target has a character it must not have");
	if (*path != '/')
		return refuse(r, 400, "the request target has no path");
	char *query = strchr(path, '?');
	r->head->query = "";
	if (query != NULL) {
		*query = '\0';
		r->head->query = query + 1;
	}
	if (!decode(path) || !text_is_utf8((const unsigned char *)path, strlen(path)))
		return refuse(r, 400, "the path is not percent-encoded UTF-8");
	if (has_dot_segment(path))
		return refuse(r, 400, "the path has a dot segment");
	r->head->path = path;
	return 0;
}

/* RFC 9112 3: method SP request-target SP HTTP-version, single spaces. */
static int read_request_line(struct reading *r, char *line)
{
	size_t length = token_length(line);
	if (length == 0 || length > METHOD || line[length] != ' ')
		return refuse(r, 400, "the request line has no method");
	char *target = line + length + 1, *version = strchr(target, ' ');
	if (version == NULL)
		return refuse(r, 400, "the request line has no version");
	line[length] = '\0';
	*version++ = '\0';
	r->head->method = line;
	r->http10 = strcmp(version, "HTTP/1.0") == 0;
	if (!r->http10 && strcmp(version, "HTTP/1.1") != 0)
		return strncmp(version, "HTTP/", 5) == 0 && strlen(version) == 8
			       ? refuse(r, 505, "the version is not HTTP/1.1")
			       : refuse(r, 400, "the request line is not that of HTTP");
	return read_target(r, target);
}

/* Calls for each element of a comma-separated list whether it is the word. */
static bool list_has(const char *list, const char *word)
{
	size_t length = strlen(word);
	while (*list != '\0') {
		list += strspn(list, ", \t");
		size_t n = strcspn(list, ", \t");
		char next = list[n + strspn(list + n, " \t")];
		if (n == length && strncasecmp(list, word, n) == 0 && (next == ',' || next == '\0'))
			return true;
		list += n;
	}
	return false;
}

static int on_content_length(struct reading *r, const char *value)
{
	if (r->has_length)
		return refuse(r, 400, "two Content-Length headers");
	r->has_length = true;
	if (!text_to_number(value, INT64_MAX, &r->length))
		return refuse(r, 400, "Content-Length is not a number");
	return 0;
}

static int on_transfer_encoding(struct reading *r, const char *value)
{
	if (r->has_coding)
		return refuse(r, 400, "two Transfer-Encoding headers");
	r->has_coding = true;
	r->head->chunked = text_equal_nocase(value, "chunked");
	return 0; /* judged at the end: with a Content-Length it is 400, unknown alone 501 */
}

static int on_host(struct reading *r, const char *value)
{
	if (r->host != NULL)
		return refuse(r, 400, "two Host headers");
	if (*value == '\0')
		return refuse(r, 400, "Host is empty");
	for (const char *c = value; *c != '\0'; c++)
		if (!is_token(*c) && *c != ':' && *c != '[' && *c != ']')
			return refuse(r, 400, "Host is not a name and port");
	r->host = value;
	return 0;
}

static int on_connection(struct reading *r, const char *value)
{
	r->close = r->close || list_has(value, "close");
	return 0;
}

static int on_expect(struct reading *r, const char *value)
{
	if (!text_equal_nocase(value, "100-continue"))
		return refuse(r, 417, "the expectation cannot be met");
	r->head->expects_continue = true;
	return 0;
}

/* A compressed request could grow without bound, so none is taken (RFC 9110 15.5.16). */
static int on_content_encoding(struct reading *r, const char *value)
{
	if (*value != '\0' && !text_equal_nocase(value, "identity"))
		return refuse(r, 415, "Content-Encoding is not identity: send the body as it is");
	return 0;
}

/* Two of these would let two readers choose differently; the house reads the first. */
static int on_content_type(struct reading *r, const char *value)
{
	(void)value;
	if (r->has_type)
		return refuse(r, 400, "two Content-Type headers");
	r->has_type = true;
	return 0;
}

static int on_soap_action(struct reading *r, const char *value)
{
	(void)value;
	if (r->has_action)
		return refuse(r, 400, "two SOAPAction headers");
	r->has_action = true;
	return 0;
}

static const struct {
	const char *name;
	int (*read)(struct reading *r, const char *value);
} known[] = {
	{ "Content-Length", on_content_length },
	{ "Transfer-Encoding", on_transfer_encoding },
	{ "Host", on_host },
	{ "Connection", on_connection },
	{ "Expect", on_expect },
	{ "Content-Encoding", on_content_encoding },
	{ "Content-Type", on_content_type },
	{ "SOAPAction", on_soap_action },
};

/* RFC 9112 5: no white space before the colon (5.1), no folding (5.2). */
static int read_header(struct reading *r, char *line, struct header *out)
{
	if (*line == ' ' || *line == '\t')
		return refuse(r, 400, "a header is folded");
	size_t length = token_length(line);
	if (length == 0 || line[length] != ':')
		return refuse(r, 400, "a header has no name, or no colon after it");
	line[length] = '\0';
	char *value = line + length + 1;
	value += strspn(value, " \t");
	size_t end = strlen(value);
	while (end > 0 && (value[end - 1] == ' ' || value[end - 1] == '\t'))
		value[--end] = '\0';
	if (!text_is_utf8((const unsigned char *)value, end))
		return refuse(r, 400, "a header is not UTF-8");
	*out = (struct header){ line, value };
	for (size_t i = 0; i < COUNT(known); i++)
		if (text_equal_nocase(line, known[i].name))
			return known[i].read(r, value);
	return 0;
}

static int too_long(struct reading *r)
{
	refuse(r, 413, "Content-Length announces a body longer than this door takes");
	r->fault.key = "body";
	r->fault.unit = "octets";
	r->fault.limit = r->limits->body;
	return r->fault.status;
}

/* RFC 9112 3.2, 6.1-6.3: what the headers say together. */
static int conclude(struct reading *r)
{
	struct http_head *h = r->head;
	if (r->host == NULL && !r->http10)
		return refuse(r, 400, "no Host header");
	if (r->authority != NULL
	    && (r->host == NULL || strlen(r->host) != r->authority_length
		|| strncasecmp(r->host, r->authority, r->authority_length) != 0))
		return refuse(r, 400, "the request target names another host");
	if (r->has_coding && (r->has_length || r->http10))
		return refuse(r, 400, "Transfer-Encoding with Content-Length, or in HTTP/1.0");
	if (r->has_coding && !h->chunked)
		return refuse(r, 501, "Transfer-Encoding is not chunked");
	if (r->length > r->limits->body)
		return too_long(r);
	h->content_length = h->chunked ? -1 : (int64_t)r->length;
	h->keep_alive = !r->close && !r->http10;
	h->expects_continue = h->expects_continue && !r->http10 && h->content_length != 0;
	return 0;
}

int http_head_read(struct http_head *h, size_t lines, const struct door_limits *limits,
		   struct door_fault *fault)
{
	struct reading r = { .head = h, .limits = limits };
	/* The authority and the header names are compared after the line has been cut: lines are
	 * walked by their lengths as collected. */
	char *line = h->text, *next = line + strlen(line) + 1;
	int status = read_request_line(&r, line);
	if (status == 0 && lines > 1) {
		h->headers = calloc(lines - 1, sizeof *h->headers);
		if (h->headers == NULL)
			status = refuse(&r, 503, "out of memory");
	}
	for (size_t i = 1; status == 0 && i < lines; i++) {
		line = next;
		next = line + strlen(line) + 1;
		status = read_header(&r, line, &h->headers[h->header_count]);
		h->header_count++;
	}
	if (status == 0)
		status = conclude(&r);
	*fault = r.fault;
	return status;
}

void http_head_free(struct http_head *h)
{
	free(h->text);
	free(h->headers);
	*h = (struct http_head){ 0 };
}
