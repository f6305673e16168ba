/* tests/transport/parser_test.c: the three parsers, octets in, events out. Every case is fed at
 * once and octet by octet, and must end the same. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/transport/http_parser.h"
#include "gateway/transport/mllp_parser.h"
#include "gateway/transport/syslog_parser.h"

static const struct door_limits limits = {
	.request_line = 64,
	.header_block = 200,
	.headers = 4,
	.body = 20,
	.frame = 8,
};

#define GET "GET /a HTTP/1.1\r\n"
#define POST "POST /a HTTP/1.1\r\nHost: gw\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define T(text) (text), sizeof(text) - 1
#define X10 "0123456789"
#define X50 X10 X10 X10 X10 X10

/* What a connection said in all: "path?query|body|" for each request, then the status if refused,
 * "..." if more is awaited in the middle of one. */
static const struct {
	const char *why, *in;
	size_t length;
	const char *out;
} http_cases[] = {
	{ "the least", T("GET / HTTP/1.1\r\nHost: gw\r\n\r\n"), "/?||" },
	{ "a body", T(POST "Content-Length: 3\r\n\r\nabc"), "/a?|abc|" },
	{ "a body not all here", T(POST "Content-Length: 3\r\n\r\nab"), "/a?|ab..." },
	{ "chunks", T(CHUNKED "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"), "/a?|abcde|" },
	{ "a trailer is dropped", T(CHUNKED "1\r\na\r\n0\r\nX: y\r\n\r\n"), "/a?|a|" },
	{ "pipelined",
	  T(GET "Host: gw\r\n\r\n" POST "Content-Length: 1\r\n\r\nx" GET "Host: gw\r\n\r\n"),
	  "/a?||/a?|x|/a?||" },
	{ "empty lines first", T("\r\n\r\nGET / HTTP/1.1\r\nHost: gw\r\n\r\n"), "/?||" },
	{ "too many of them", T("\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: gw\r\n\r\n"), "400" },
	{ "decoded once", T("GET /a%2Fb/%2541%e5%b1%b1?q=%41 HTTP/1.1\r\nHost: g\r\n\r\n"),
	  "/a/b/%41山?q=%41||" },
	{ "absolute, same host", T("GET http://gw/x?y HTTP/1.1\r\nHost: GW\r\n\r\n"), "/x?y||" },
	{ "absolute, other host", T("GET http://evil/ HTTP/1.1\r\nHost: gw\r\n\r\n"), "400" },
	{ "absolute, no path", T("GET http://gw HTTP/1.1\r\nHost: gw\r\n\r\n"), "400" },
	{ "HTTP/1.0 without host", T("GET / HTTP/1.0\r\n\r\n"), "/?||" },
	{ "length and chunks",
	  T(POST "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG"), "400" },
	{ "chunks and length", T(POST "Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\n"),
	  "400" },
	{ "two Content-Types", T(POST "Content-Type: a/b\r\ncontent-type: a/b\r\n\r\n"), "400" },
	{ "two SOAPActions", T(POST "SOAPAction: a\r\nsoapAction: a\r\n\r\n"), "400" },
	{ "an unknown coding", T(POST "Transfer-Encoding: gzip, chunked\r\n\r\n"), "501" },
	{ "two codings", T(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
	  "400" },
	{ "chunks in HTTP/1.0", T("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), "400" },
	{ "two lengths", T(POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"), "400" },
	{ "a list of lengths", T(POST "Content-Length: 5, 5\r\n\r\nhello"), "400" },
	{ "negative", T(POST "Content-Length: -1\r\n\r\n"), "400" },
	{ "with a plus", T(POST "Content-Length: +5\r\n\r\nhello"), "400" },
	{ "no digits", T(POST "Content-Length: \r\n\r\n"), "400" },
	{ "2^64", T(POST "Content-Length: 18446744073709551616\r\n\r\n"), "400" },
	{ "2^63", T(POST "Content-Length: 9223372036854775808\r\n\r\n"), "400" },
	{ "body at its limit", T(POST "Content-Length: 20\r\n\r\n" X10 X10), "/a?|" X10 X10 "|" },
	{ "body past it", T(POST "Content-Length: 21\r\n\r\n"), "413" },
	{ "chunks at the limit", T(CHUNKED "a\r\n" X10 "\r\nA\r\n" X10 "\r\n0\r\n\r\n"),
	  "/a?|" X10 X10 "|" },
	{ "chunks past it", T(CHUNKED "a\r\n" X10 "\r\nb\r\n" X10), "/a?|" X10 "413" },
	{ "chunk of 16 digits", T(CHUNKED "0000000000000001\r\na\r\n0\r\n\r\n"), "/a?|a|" },
	{ "of 17", T(CHUNKED "00000000000000001\r\na\r\n0\r\n\r\n"), "/a?|400" },
	{ "the largest chunk", T(CHUNKED "ffffffffffffffff\r\n"), "/a?|413" },
	{ "blanks behind a chunk's size", T(CHUNKED "3 \t;x\r\nabc\r\n0  \r\n\r\n"), "/a?|abc|" },
	{ "a blank within it", T(CHUNKED "1 1\r\na\r\n"), "/a?|400" },
	{ "a blank before it", T(CHUNKED " 1\r\na\r\n"), "/a?|400" },
	{ "a chunk without size", T(CHUNKED "\r\n"), "/a?|400" },
	{ "a negative chunk", T(CHUNKED "-1\r\n"), "/a?|400" },
	{ "a chunk in hex notation", T(CHUNKED "0x1\r\na\r\n"), "/a?|400" },
	{ "extension of 256", T(CHUNKED "1;" X50 X50 X50 X50 X50 "012345\r\na\r\n0\r\n\r\n"),
	  "/a?|a|" },
	{ "of 257", T(CHUNKED "1;" X50 X50 X50 X50 X50 "0123456\r\na\r\n0\r\n\r\n"), "/a?|400" },
	{ "a chunk longer than said", T(CHUNKED "1\r\nab\r\n"), "/a?|a400" },
	{ "LF after a chunk", T(CHUNKED "1\na\r\n"), "/a?|400" },
	{ "LF in the trailer", T(CHUNKED "0\r\nX: y\n\r\n"), "/a?|400" },
	{ "a trailer of 200", T(CHUNKED "0\r\n" X50 X50 "\r\n" X50 X50 "\r\n\r\n"), "/a?||" },
	{ "of 201", T(CHUNKED "0\r\n" X50 X50 "\r\n" X50 X50 "x\r\n\r\n"), "/a?|431" },
	{ "bare LF", T("GET / HTTP/1.1\nHost: gw\n\n"), "400" },
	{ "bare CR", T(GET "Host: gw\rX: y\r\n\r\n"), "400" },
	{ "folded", T(GET "Host: gw\r\nX: a\r\n b\r\n\r\n"), "400" },
	{ "space before the colon", T(GET "Host: gw\r\nX : a\r\n\r\n"), "400" },
	{ "no colon", T(GET "Host: gw\r\nXa\r\n\r\n"), "400" },
	{ "no name", T(GET "Host: gw\r\n: a\r\n\r\n"), "400" },
	{ "NUL", T(GET "Host: gw\r\nX: a\0b\r\n\r\n"), "400" },
	{ "DEL", T(GET "Host: gw\r\nX: a\177b\r\n\r\n"), "400" },
	{ "a tab in a value", T(GET "Host: gw\r\nX:\ta\tb\t\r\n\r\n"), "/a?||" },
	{ "a value not UTF-8", T(GET "Host: gw\r\nX: \xe5\r\n\r\n"), "400" },
	{ "two hosts", T(GET "Host: gw\r\nHost: gw\r\n\r\n"), "400" },
	{ "no host", T(GET "\r\n"), "400" },
	{ "an empty host", T(GET "Host:\r\n\r\n"), "400" },
	{ "a host with a path", T(GET "Host: gw/x\r\n\r\n"), "400" },
	{ "NUL in the path", T("GET /%00 HTTP/1.1\r\nHost: gw\r\n\r\n"), "400" },
	{ "line end in the path", T("GET /%0d%0a HTTP/1.1\r\nHost: gw\r\n\r\n"), "400" },
	{ "broken escape", T("GET /%4 HTTP/1.1\r\nHost: gw\r\n\r\n"), "400" },
	{ "path not UTF-8", T("GET /%ff HTTP/1.1\r\nHost: gw\r\n\r\n"), "400" },
	{ "raw octet in the path", T("GET /\xe5\xb1\xb1 HTTP/1.1\r\nHost: gw\r\n\r\n"), "400" },
	{ "parent segment", T("GET /a/../b HTTP/1.1\r\nHost: gw\r\n\r\n"), "400" },
	{ "hidden parent", T("GET /a/..%2fb HTTP/1.1\r\nHost: gw\r\n\r\n"), "400" },
	{ "hidden dots", T("GET /a/%2e%2E HTTP/1.1\r\nHost: gw\r\n\r\n"), "400" },
	{ "dots in a name", T("GET /a..b/...  HTTP/1.1\r\nHost: gw\r\n\r\n"), "400" },
	{ "dots in a name, one space", T("GET /a..b/... HTTP/1.1\r\nHost: gw\r\n\r\n"),
	  "/a..b/...?||" },
	{ "asterisk", T("OPTIONS * HTTP/1.1\r\nHost: gw\r\n\r\n"), "400" },
	{ "authority", T("CONNECT gw:1 HTTP/1.1\r\nHost: gw\r\n\r\n"), "400" },
	{ "HTTP/2.0", T("GET / HTTP/2.0\r\nHost: gw\r\n\r\n"), "505" },
	{ "HTTP/0.9", T("GET /\r\n\r\n"), "400" },
	{ "TLS on a plain port", T("\x16\x03\x01\x02\x00"), "400" },
	{ "compressed", T(POST "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"), "415" },
	{ "not compressed", T(POST "Content-Encoding: identity\r\nContent-Length: 1\r\n\r\nx"),
	  "/a?|x|" },
	{ "an unknown expectation", T(POST "Expect: 200-maybe\r\n\r\n"), "417" },
	{ "request line of 64", T("GET /" X50 " HTTP/1.1\r\nHost: gw\r\n\r\n"), "/" X50 "?||" },
	{ "of 65", T("GET /" X50 "0 HTTP/1.1\r\nHost: gw\r\n\r\n"), "414" },
	{ "four headers", T(GET "Host: gw\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n"), "/a?||" },
	{ "five", T(GET "Host: gw\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n"), "431" },
	{ "headers of 200", T(GET "Host: gw\r\nA:" X50 X50 X50 X10 X10 X10 X10 "\r\n\r\n"),
	  "/a?||" },
	{ "of 201", T(GET "Host: gw\r\nA:" X50 X50 X50 X10 X10 X10 X10 "x\r\n\r\n"), "431" },
};

struct said {
	char text[512];
	size_t length;
};

static void say(struct said *s, const void *what, size_t length)
{
	if (length > sizeof s->text - 1 - s->length)
		length = sizeof s->text - 1 - s->length;
	if (length > 0)
		memcpy(s->text + s->length, what, length);
	s->text[s->length += length] = '\0';
}

static bool http_feed(struct http_parser *p, struct bytes in, struct said *out)
{
	struct bytes body;
	char status[16];
	for (enum http_event e; (e = http_parser_next(p, &in, &body)) != HTTP_MORE;) {
		switch (e) {
		case HTTP_HEAD:
			say(out, p->head.path, strlen(p->head.path));
			say(out, "?", 1);
			say(out, p->head.query, strlen(p->head.query));
			say(out, "|", 1);
			break;
		case HTTP_BODY: say(out, body.data, body.length); break;
		case HTTP_END:
			say(out, "|", 1);
			http_parser_begin(p, &limits);
			break;
		default:
			say(out, status,
			    (size_t)snprintf(status, sizeof status, "%d", p->fault.status));
			return false;
		}
	}
	return true;
}

static void http_said(const char *in, size_t length, size_t step, struct said *out)
{
	struct http_parser p = { 0 };
	bool going = true;
	*out = (struct said){ 0 };
	http_parser_begin(&p, &limits);
	for (size_t at = 0; going && at < length; at += step) {
		size_t piece = length - at < step ? length - at : step;
		going = http_feed(&p, (struct bytes){ (const unsigned char *)in + at, piece }, out);
	}
	if (going && http_parser_begun(&p))
		say(out, "...", 3);
	http_parser_end(&p);
}

static void http_reads_and_refuses(void)
{
	struct said out;
	for (size_t i = 0; i < COUNT(http_cases); i++)
		for (size_t step = 1; step <= http_cases[i].length;
		     step += http_cases[i].length - 1) {
			http_said(http_cases[i].in, http_cases[i].length, step, &out);
			if (strcmp(out.text, http_cases[i].out) != 0)
				printf("\n  %s (step %zu): said %s, not %s", http_cases[i].why,
				       step, out.text, http_cases[i].out);
			CU_ASSERT_STRING_EQUAL(out.text, http_cases[i].out);
		}
}

static const struct {
	const char *why, *in;
	size_t length;
	bool keep_alive, expects;
	const char *last; /* value of the last header */
} heads[] = {
	{ "kept alive", T(GET "Host: gw\r\n\r\n"), true, false, "gw" },
	{ "closed", T(GET "Host: gw\r\nConnection: TE, Close\r\n\r\n"), false, false, "TE, Close" },
	{ "HTTP/1.0", T("GET / HTTP/1.0\r\nHost: gw\r\n\r\n"), false, false, "gw" },
	{ "HTTP/1.0 is not kept", T("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), false,
	  false, "Keep-Alive" },
	{ "expects", T(POST "Content-Length: 1\r\nExpect: 100-Continue \r\n\r\n"), true, true,
	  "100-Continue" },
	{ "expects, for nothing", T(POST "Expect: 100-continue\r\n\r\n"), true, false,
	  "100-continue" },
	{ "blanks around a value", T(GET "Host: gw\r\nX: \t a  b \t\r\n\r\n"), true, false,
	  "a  b" },
};

static void http_tells_the_head(void)
{
	for (size_t i = 0; i < COUNT(heads); i++) {
		struct http_parser p = { 0 };
		struct bytes in = { (const unsigned char *)heads[i].in, heads[i].length }, body;
		http_parser_begin(&p, &limits);
		CU_ASSERT_EQUAL_FATAL(http_parser_next(&p, &in, &body), HTTP_HEAD);
		struct http_head h = http_parser_take(&p);
		CU_ASSERT_EQUAL(h.keep_alive, heads[i].keep_alive);
		CU_ASSERT_EQUAL(h.expects_continue, heads[i].expects);
		CU_ASSERT_STRING_EQUAL(h.headers[h.header_count - 1].value, heads[i].last);
		http_head_free(&h);
		http_parser_end(&p);
	}
}

/* "data|" for each frame, "?" before it when it departs from MLLP, "!" for broken, "..." inside a
 * frame; each is followed by silence. */
static const struct {
	const char *why, *in;
	size_t length;
	const char *out;
} mllp_cases[] = {
	{ "one", T("\vMSH|\r\x1c\r"), "MSH|\r|" },
	{ "two with blanks between", T("\vA\x1c\r\r\n \vB\x1c\r"), "A|B|" },
	{ "no end", T("\vMSH"), "MSH..." },
	{ "end without CR", T("\vMSH\x1c"), "MSH?|" },
	{ "end with LF", T("\vMSH\x1c\n"), "MSH?|" },
	{ "end with LF CR", T("\vA\x1c\n\r\vB\x1c\r"), "A?|B|" },
	{ "end without CR, the next behind it", T("\vA\x1c\vB\x1c\r"), "A?|B|" },
	{ "no start block", T("MSH|\x1c\r"), "MSH|?|" },
	{ "no start block, and no CR", T("\r\nMSH|\x1c"), "MSH|?|" },
	{ "the second without start block", T("\vMSHA\x1c\rMSHB\x1c\r"), "MSHA|MSHB?|" },
	{ "what begins like a message, then VT", T("MS\vA\x1c\r"), "A?|" },
	{ "MMSH is no message", T("MMSH|\x1c\r"), "..." },
	{ "NUL and blanks between", T("\vA\x1c\r\0 \0\vB\x1c\r"), "A|B|" },
	{ "UTF-16: FS is half a character",
	  T("\v\xfe\xff"
	    "\x4e\x1c"),
	  "\xfe\xff"
	  "\x4e..." },
	{ "UTF-16 without mark", T("\vM\0\x1c"), "M" },
	{ "UTF-16: FS LF is data", T("\v\xff\xfe\x1c\n\x1c\r"), "\xff\xfe\x1c\n|" },
	{ "an empty frame without CR", T("\v\x1c\vA\x1c\r"), "A|" },
	{ "FS inside",
	  T("\vA\x1c"
	    "B\x1c\r"),
	  "A\x1c"
	  "B|" },
	{ "FS FS CR", T("\vA\x1c\x1c\r"), "A\x1c|" },
	{ "VT twice", T("\v\vA\x1c\r"), "A?|" },
	{ "VT inside", T("\vA\vB\x1c\r"), "A!" },
	{ "NUL first", T("\0\0\r\n\vA\x1c\r"), "A|" },
	{ "junk first", T("xyz\r\n\vA\x1c\r"), "A?|" },
	{ "an empty frame is no message", T("\v\x1c\r\vA\x1c\r"), "A|" },
	{ "eight octets", T("\v12345678\x1c\r"), "12345678|" },
	{ "nine without start block", T("MSH456789\x1c\r"), "MSH!" },
	{ "nine", T("\v123456789\x1c\r"), "!" },
	{ "FS past the limit", T("\v12345678\x1cx\x1c\r"), "12345678!" },
	{ "NUL is data", T("\vA\0\x1c\r"), "A" },
};

static void frame_said(const struct mllp_parser *p, struct said *out)
{
	static const char odd[] = "?|", plain[] = "|";
	bool usual = p->oddity == NULL;
	say(out, usual ? plain : odd, usual ? 1 : 2);
}

static void mllp_said(const char *in, size_t length, size_t step, struct said *out)
{
	struct mllp_parser p;
	struct bytes data;
	*out = (struct said){ 0 };
	mllp_parser_begin(&p, limits.frame);
	for (size_t at = 0; at < length; at += step) {
		size_t piece = length - at < step ? length - at : step;
		struct bytes octets = { (const unsigned char *)in + at, piece };
		for (enum mllp_event e; (e = mllp_parser_next(&p, &octets, &data)) != MLLP_MORE;) {
			if (e == MLLP_BROKEN) {
				say(out, "!", 1);
				return;
			}
			say(out, data.data, data.length);
			if (e == MLLP_END)
				frame_said(&p, out);
		}
	}
	if (mllp_parser_silence(&p) == MLLP_END)
		frame_said(&p, out);
	if (mllp_parser_begun(&p))
		say(out, "...", 3);
}

static void mllp_reads_and_breaks(void)
{
	struct said out;
	for (size_t i = 0; i < COUNT(mllp_cases); i++) {
		mllp_said(mllp_cases[i].in, mllp_cases[i].length, mllp_cases[i].length, &out);
		if (strcmp(out.text, mllp_cases[i].out) != 0)
			printf("\n  %s: said %s", mllp_cases[i].why, out.text);
		CU_ASSERT_STRING_EQUAL(out.text, mllp_cases[i].out);
		/* Octet by octet, what was before a break has been given already. */
		struct said slow;
		mllp_said(mllp_cases[i].in, mllp_cases[i].length, 1, &slow);
		CU_ASSERT_EQUAL(strchr(slow.text, '!') == NULL, strchr(out.text, '!') == NULL);
		if (strchr(out.text, '!') == NULL)
			CU_ASSERT_STRING_EQUAL(slow.text, out.text);
	}
}

static void mllp_bounds_junk(void)
{
	char junk[1100];
	struct said out;
	memset(junk, 'x', sizeof junk);
	memcpy(junk + 1024, "\vA\x1c\r", 4);
	mllp_said(junk, 1028, 1028, &out);
	CU_ASSERT_STRING_EQUAL(out.text, "A?|");
	memset(junk, 'x', sizeof junk);
	mllp_said(junk, 1025, 1025, &out);
	CU_ASSERT_STRING_EQUAL(out.text, "!");
	memset(junk, '\n', sizeof junk);
	mllp_said(junk, sizeof junk, 7, &out);
	CU_ASSERT_STRING_EQUAL(out.text, "");
}

static char *slurp(const char *folder, const char *name, size_t *length)
{
	char path[1024];
	const char *shared = getenv("MINATO_SHARED"), *source = getenv("srcdir");
	if (shared != NULL)
		snprintf(path, sizeof path, "%s/samples/security/malicious/%s/%s", shared, folder,
			 name);
	else
		snprintf(path, sizeof path, "%s/../shared/samples/security/malicious/%s/%s",
			 source != NULL ? source : ".", folder, name);
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		return NULL;
	char *text = malloc(1 << 18);
	*length = text != NULL ? fread(text, 1, 1 << 18, f) : 0;
	fclose(f);
	return text;
}

/* The catalogue of attacks beside this project; the small cases above hold without it. */
static const struct {
	const char *name;
	int status;
} malicious[] = {
	{ "01-cl-te-smuggle.bin", 400 },
	{ "02-te-cl-obfuscated.bin", 400 },
	{ "03-two-content-lengths.bin", 400 },
	{ "04-content-length-negative.bin", 400 },
	{ "05-content-length-2pow64.bin", 400 },
	{ "06-content-length-plus.bin", 400 },
	{ "07-chunk-size-overflow.bin", 400 },
	{ "08-chunk-ext-flood.bin", 400 },
	{ "09-bare-lf.bin", 400 },
	{ "10-obs-fold.bin", 400 },
	{ "11-space-before-colon.bin", 400 },
	{ "12-nul-in-header.bin", 400 },
	{ "13-two-host.bin", 400 },
	{ "14-absolute-uri-other-host.bin", 400 },
	{ "15-header-flood-2000.bin", 431 },
	{ "16-request-line-100k.bin", 414 },
	{ "17-path-traversal.bin", 400 },
	/* The query stays encoded, and the injected line is a header of its own: the house
	 * judges. */
	{ "18-crlf-in-query.bin", 0 },
	{ "19-content-type-header-injection.bin", 0 },
};

static void http_withstands_the_catalogue(void)
{
	for (size_t i = 0; i < COUNT(malicious); i++) {
		struct http_parser p = { 0 };
		struct bytes in, body;
		enum http_event e = HTTP_MORE;
		char *text = slurp("http", malicious[i].name, &in.length);
		if (text == NULL) {
			printf("\n  no samples beside the project: the catalogue is not replayed");
			return;
		}
		in.data = (const unsigned char *)text;
		http_parser_begin(&p, &door_limits_default);
		while (e != HTTP_REFUSED && e != HTTP_END)
			if ((e = http_parser_next(&p, &in, &body)) == HTTP_MORE)
				break;
		if (p.fault.status != malicious[i].status)
			printf("\n  %s: %d %s", malicious[i].name, p.fault.status, p.fault.why);
		CU_ASSERT_EQUAL(p.fault.status, malicious[i].status);
		http_parser_end(&p);
		free(text);
	}
}

/* Frames, and how it ends: 0 between frames, 1 inside one, 2 broken. */
static const struct {
	const char *name;
	unsigned frames;
	int end;
} malicious_frames[] = {
	{ "01-ok.mllp", 1, 0 },
	{ "02-no-end-block.mllp", 0, 1 },
	{ "03-double-start-block.mllp", 0, 2 },
	{ "04-fs-inside.mllp", 1, 0 },
	{ "05-end-block-without-cr.mllp", 0, 1 },
	{ "06-leading-junk.mllp", 1, 0 },
	{ "07-pipelined-200.mllp", 200, 0 },
	{ "14-empty-frame.mllp", 0, 0 },
};

static void mllp_withstands_the_catalogue(void)
{
	for (size_t i = 0; i < COUNT(malicious_frames); i++) {
		struct mllp_parser p;
		struct bytes in, octets;
		unsigned frames = 0;
		enum mllp_event e = MLLP_DATA;
		char *text = slurp("hl7", malicious_frames[i].name, &in.length);
		if (text == NULL) {
			printf("\n  no samples beside the project: the catalogue is not replayed");
			return;
		}
		in.data = (const unsigned char *)text;
		mllp_parser_begin(&p, door_limits_default.frame);
		while (e == MLLP_DATA || e == MLLP_END) {
			e = mllp_parser_next(&p, &in, &octets);
			frames += e == MLLP_END;
		}
		CU_ASSERT_EQUAL(frames, malicious_frames[i].frames);
		CU_ASSERT_EQUAL(e == MLLP_BROKEN ? 2 : mllp_parser_begun(&p),
				malicious_frames[i].end);
		free(text);
	}
}

/* RFC 5425 4.3; as above, "!" and the status where it breaks. */
static const struct {
	const char *why, *in;
	size_t length;
	const char *out;
} syslog_cases[] = {
	{ "nothing", T(""), "" },
	{ "one", T("3 abc"), "abc|" },
	{ "one octet", T("1 a"), "a|" },
	{ "two, nothing between", T("3 abc2 de"), "abc|de|" },
	{ "blanks and digits are data", T("5 1 2 34 wxyz"), "1 2 3|wxyz|" },
	{ "NUL and line feeds are data", T("3 \n\n\n"), "\n\n\n|" },
	{ "as long as may be", T("8 12345678"), "12345678|" },
	{ "longer", T("9 123456789"), "!413" },
	{ "not all here", T("3 ab"), "ab..." },
	{ "the length alone", T("3 "), "..." },
	{ "half a length", T("1"), "..." },
	{ "a leading zero", T("03 abc"), "!400" },
	{ "of no octets", T("0 "), "!400" },
	{ "a sign", T("+3 abc"), "!400" },
	{ "hexadecimal", T("0x3 abc"), "!400" },
	{ "a blank first", T(" 3 abc"), "!400" },
	{ "no length (non-transparent framing)", T("<85>1 - h a p m - x\n"), "!400" },
	{ "a line feed between", T("1 a\n1 b"), "a|!400" },
	{ "a length without an end", T("12345678901"), "!400" },
	{ "one that would not fit into a number", T("99999999999999999999999 x"), "!400" },
	{ "no number", T("3x abc"), "!400" },
	{ "after one that was taken", T("1 a01 b"), "a|!400" },
};

static void syslog_said(const char *in, size_t length, size_t step, struct said *out)
{
	struct syslog_parser p;
	struct bytes data;
	char broken[8];
	*out = (struct said){ 0 };
	syslog_parser_begin(&p, limits.frame);
	for (size_t at = 0; at < length; at += step) {
		size_t piece = length - at < step ? length - at : step;
		struct bytes octets = { (const unsigned char *)in + at, piece };
		enum syslog_event e;
		while ((e = syslog_parser_next(&p, &octets, &data)) == SYSLOG_DATA
		       || e == SYSLOG_END)
			say(out, e == SYSLOG_END ? (const void *)"|" : data.data,
			    e == SYSLOG_END ? 1 : data.length);
		if (e == SYSLOG_BROKEN) {
			say(out, broken,
			    (size_t)snprintf(broken, sizeof broken, "!%d", p.fault.status));
			CU_ASSERT_EQUAL(syslog_parser_next(&p, &octets, &data), SYSLOG_BROKEN);
			return;
		}
	}
	if (syslog_parser_begun(&p))
		say(out, "...", 3);
}

static void syslog_reads_and_breaks(void)
{
	for (size_t i = 0; i < COUNT(syslog_cases); i++)
		for (size_t step = 1; step <= syslog_cases[i].length + 1; step++) {
			struct said out;
			syslog_said(syslog_cases[i].in, syslog_cases[i].length, step, &out);
			if (strcmp(out.text, syslog_cases[i].out) != 0)
				printf("\n  %s, by %zu: said %s", syslog_cases[i].why, step,
				       out.text);
			CU_ASSERT_STRING_EQUAL(out.text, syslog_cases[i].out);
		}
}

static const struct test tests[] = {
	{ "HTTP: reads and refuses", http_reads_and_refuses },
	{ "HTTP: tells the head", http_tells_the_head },
	{ "HTTP: withstands the catalogue of attacks", http_withstands_the_catalogue },
	{ "MLLP: reads and breaks", mllp_reads_and_breaks },
	{ "MLLP: withstands the catalogue of attacks", mllp_withstands_the_catalogue },
	{ "MLLP: bounds what is between frames", mllp_bounds_junk },
	{ "syslog: reads and breaks", syslog_reads_and_breaks },
	{ 0 }
};

int main(void)
{
	return suite_run("transport parsers", tests);
}
