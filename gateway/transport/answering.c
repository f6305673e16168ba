/* gateway/transport/answering.c: from an answer to octets on the wire.
 *
 * Small parts are put together in the loop's buffer and leave in one record; a large piece is
 * written where it stands; a file is read 64 KiB at a time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/transport/inside.h"

enum { DIRECT = 16 * 1024 }; /* from here on copying costs more than a record of its own */

static const struct {
	int status;
	const char *text;
} reasons[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 206, "Partial Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" },
	{ 422, "Unprocessable Content" },
	{ 428, "Precondition Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
	{ 507, "Insufficient Storage" },
};

static const char *reason(int status)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].text;
	return "";
}

/* What only the door may say. */
static bool own_header(const char *name)
{
	static const char *const own[] = { "Content-Length", "Date", "Connection",
					   "Transfer-Encoding" };
	for (size_t i = 0; i < COUNT(own); i++)
		if (text_equal_nocase(name, own[i]))
			return true;
	return false;
}

static uint64_t piece_length(const struct piece *p)
{
	return p->fd >= 0 && p->octets.data == NULL ? p->length : p->octets.length;
}

static bool piece_in_file(const struct piece *p)
{
	return p->fd >= 0 && p->octets.data == NULL;
}

/* No control character leaves in a header: a value that came from outside cannot end its line. */
static char *put(char *out, const char *text)
{
	for (; *text != '\0'; text++)
		*out++ = (unsigned char)*text < 0x20 || *text == 0x7f ? ' ' : *text;
	return out;
}

static char *put_header(char *out, const char *name, const char *value)
{
	out = stpcpy(put(out, name), ": ");
	return stpcpy(put(out, value), "\r\n");
}

static size_t head_room(const struct answer *a)
{
	size_t room = 256; /* status line, Date, Content-Length, Connection, the end */
	for (size_t i = 0; i < a->header_count; i++)
		room += strlen(a->headers[i].name) + strlen(a->headers[i].value) + 4;
	return room;
}

static char *head_text(struct loop *l, const struct answer *a, uint64_t length, bool close,
		       size_t *used)
{
	char *text = malloc(head_room(a)), *out = text;
	if (text == NULL)
		return NULL;
	out += sprintf(out, "HTTP/1.1 %d %s\r\n", a->status % 1000, reason(a->status));
	out = put_header(out, "Date", loop_date(l));
	if (a->status != 204 && a->status != 304)
		out += sprintf(out, "Content-Length: %llu\r\n", (unsigned long long)length);
	if (close)
		out = put_header(out, "Connection", "close");
	for (size_t i = 0; i < a->header_count; i++)
		if (!own_header(a->headers[i].name))
			out = put_header(out, a->headers[i].name, a->headers[i].value);
	out = stpcpy(out, "\r\n");
	*used = (size_t)(out - text);
	return text;
}

void output_clear(struct output *o)
{
	free(o->text);
	*o = (struct output){ 0 };
}

static void begin(struct connection *c, enum then then)
{
	c->output.then = then;
	c->stage = ANSWERING;
	c->reads = (struct pace){ 0 };
	c->since = system_clock.elapsed(&system_clock);
}

static void answer_frame(struct connection *c, const struct answer *answer, bool close)
{
	static const char start[] = "\x0b";
	if (answer->piece_count == 0) {
		c->output.text = strdup("");
		begin(c, close ? THEN_CLOSE : THEN_NEXT);
		return;
	}
	c->output.text = strdup(start);
	c->output.text_length = 1;
	c->output.end_length = 2;
	c->output.answer = answer;
	begin(c, close || c->output.text == NULL ? THEN_CLOSE : THEN_NEXT);
}

void connection_answer(struct connection *c, const struct answer *answer)
{
	struct message *m = c->message;
	bool close = answer->close || c->close_after || !m->ended || c->loop->front->stopping;
	uint64_t length = 0;
	output_clear(&c->output);
	if (door_is_framed(c->door)) {
		answer_frame(c, answer, close);
		return;
	}
	for (size_t i = 0; i < answer->piece_count; i++)
		length += piece_length(&answer->pieces[i]);
	c->output.text = head_text(c->loop, answer, length, close, &c->output.text_length);
	if (c->output.text == NULL) {
		connection_close(c, "out of memory");
		return;
	}
	/* RFC 9110 9.3.2, 15.3.5, 15.4.5: these have no content. */
	if (strcmp(m->head.method, "HEAD") != 0 && answer->status != 204 && answer->status != 304)
		c->output.answer = answer;
	begin(c, close ? THEN_CLOSE : THEN_NEXT);
}

static void say(struct connection *c, char *text, enum then then)
{
	output_clear(&c->output);
	if (text == NULL) {
		connection_close(c, "out of memory");
		return;
	}
	c->output.text = text;
	c->output.text_length = strlen(text);
	begin(c, then);
}

void connection_refuse(struct connection *c, const struct refusal_words *words, const char *id,
		       const char *why)
{
	char *text = NULL, named[REFUSAL_ID + 32] = "";
	const char *body = words->text == NULL ? why : words->text;
	const char *type = words->text == NULL ? "text/plain; charset=UTF-8" : words->content_type;
	/* Connections end at any moment: a second is long enough (RFC 9110 10.2.3). */
	const char *retry = words->status == 503 ? "Retry-After: 1\r\n" : "";
	if (*id != '\0')
		snprintf(named, sizeof named, "X-Minato-Exchange: %s\r\n", id);
	if (asprintf(&text,
		     "HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Type: %s\r\n"
		     "Content-Length: %zu\r\n%s%s%s\r\n%s\n",
		     words->status, reason(words->status), loop_date(c->loop), type,
		     strlen(body) + 1, named, retry, c->close_after ? "Connection: close\r\n" : "",
		     body)
	    < 0)
		text = NULL;
	say(c, text, c->close_after ? THEN_CLOSE : THEN_NEXT);
}

void connection_continue(struct connection *c)
{
	say(c, strdup("HTTP/1.1 100 Continue\r\n\r\n"), THEN_BODY);
}

/* Copies from the cursor on into the loop's buffer, as much as fits. */
static size_t gather(struct connection *c, unsigned char *out, size_t room)
{
	struct output o = c->output; /* a cursor of our own */
	size_t used = o.text_length - o.text_at < room ? o.text_length - o.text_at : room;
	memcpy(out, o.text + o.text_at, used);
	size_t count = o.answer != NULL ? o.answer->piece_count : 0;
	for (; o.piece < count && used < room; o.piece++, o.at = 0) {
		const struct piece *p = &o.answer->pieces[o.piece];
		uint64_t rest = piece_length(p) - o.at;
		size_t take = rest < room - used ? (size_t)rest : room - used;
		if (!piece_in_file(p)) {
			if (take > 0)
				memcpy(out + used, p->octets.data + o.at, take);
		} else if (take > 0) {
			ssize_t n = pread(p->fd, out + used, take, (off_t)(p->offset + o.at));
			if (n <= 0 || (size_t)n < take) {
				c->output.broken = true;
				return used;
			}
		}
		used += take;
		if (take < rest)
			break;
	}
	if (o.piece >= count)
		for (; o.end_at < o.end_length && used < room; o.end_at++)
			out[used++] = o.end_at == 0 ? 0x1c : 0x0d;
	return used;
}

static struct bytes next_octets(struct connection *c)
{
	struct output *o = &c->output;
	if (o->text_at == o->text_length && o->answer != NULL
	    && o->piece < o->answer->piece_count) {
		const struct piece *p = &o->answer->pieces[o->piece];
		if (!piece_in_file(p) && p->octets.length - o->at >= DIRECT)
			return (struct bytes){ p->octets.data + o->at,
					       p->octets.length - (size_t)o->at };
	}
	return (struct bytes){ c->loop->out, gather(c, c->loop->out, WRITE_SIZE) };
}

/* Moves the cursor past what the socket took. */
static void advance(struct output *o, size_t taken)
{
	size_t text = o->text_length - o->text_at < taken ? o->text_length - o->text_at : taken;
	o->sent += taken;
	o->text_at += text;
	taken -= text;
	while (o->answer != NULL && o->piece < o->answer->piece_count) {
		uint64_t rest = piece_length(&o->answer->pieces[o->piece]) - o->at;
		if (rest > taken) {
			o->at += taken;
			return;
		}
		taken -= (size_t)rest;
		o->piece++;
		o->at = 0;
	}
	o->end_at += taken;
}

static void done(struct connection *c)
{
	enum then then = c->output.then;
	struct message *m = c->message;
	output_clear(&c->output);
	if (then != THEN_BODY)
		connection_use(c, false);
	c->since = c->waited_since = system_clock.elapsed(&system_clock);
	if (then == THEN_BODY) {
		c->stage = READING;
		return;
	}
	if (m != NULL) {
		c->message = NULL;
		m->sent = true;
		loop_finish(c->loop, m);
	}
	if (then == THEN_CLOSE || c->loop->front->stopping)
		connection_linger(c);
	else
		c->stage = READING;
}

bool connection_write(struct connection *c)
{
	size_t turn = 0;
	for (;;) {
		struct bytes octets = next_octets(c);
		if (c->output.broken) {
			connection_close(c, "a document's file is shorter than it was");
			return true;
		}
		if (octets.length == 0) {
			done(c);
			return true;
		}
		while (octets.length > 0) {
			long taken = wire_write(c, octets);
			if (taken == WIRE_BLOCKED)
				return false;
			if (taken == WIRE_BROKEN) {
				connection_close(c, "the peer went away");
				return true;
			}
			advance(&c->output, (size_t)taken);
			octets.data += taken;
			octets.length -= (size_t)taken;
			turn += (size_t)taken;
		}
		if (turn >= LONG) {
			connection_queue(c);
			return false;
		}
	}
}
