/* gateway/envelope/syslog_message.c: the header of a syslog message, as far as it is one. */
#include "gateway/envelope/syslog_message.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_time.h"

/* RFC 5424 6: octets a field may have. */
enum { HOST = 255, APPLICATION = 48, PROCESS = 128, KIND = 32, TIME = 32 };
enum { PRIORITY_MOST = 191 };

/* Reads on; what is not as it should be is remembered. */
struct reading {
	struct arena *arena;
	const unsigned char *at, *end;
	bool broken;
};

static bool take(struct reading *r, unsigned char c)
{
	bool there = r->at < r->end && *r->at == c;
	if (there)
		r->at++;
	else
		r->broken = true;
	return there;
}

static unsigned number(struct reading *r, unsigned most)
{
	unsigned n = 0;
	const unsigned char *first = r->at;
	for (; r->at < r->end && *r->at >= '0' && *r->at <= '9' && n <= most; r->at++)
		n = n * 10 + (unsigned)(*r->at - '0');
	if (r->at == first || n > most || (*first == '0' && r->at - first > 1))
		r->broken = true;
	return n;
}

/* Printable US-ASCII without blanks, up to the next one. NULL: "-", or none. */
static const char *field(struct reading *r, size_t most)
{
	const unsigned char *first = r->at;
	while (r->at<r->end && * r->at> ' ' && *r->at < 0x7f)
		r->at++;
	size_t length = (size_t)(r->at - first);
	if (length == 0 || length > most)
		r->broken = true;
	if (!take(r, ' ') || r->broken || (length == 1 && *first == '-'))
		return NULL;
	return arena_text_n(r->arena, (const char *)first, length);
}

/* One [...] of STRUCTURED-DATA: a quote within its values is behind a backslash. */
static void skip_element(struct reading *r)
{
	bool quoted = false;
	for (; r->at < r->end && (quoted || *r->at != ']'); r->at++) {
		if (*r->at == '\\' && r->at + 1 < r->end)
			r->at++;
		else if (*r->at == '"')
			quoted = !quoted;
	}
	take(r, ']');
}

static void skip_structured_data(struct reading *r)
{
	if (r->at < r->end && *r->at == '-') {
		r->at++;
		return;
	}
	if (r->at == r->end || *r->at != '[')
		r->broken = true;
	while (!r->broken && r->at < r->end && *r->at == '[') {
		r->at++;
		skip_element(r);
	}
}

static struct bytes without_mark(struct bytes message)
{
	static const unsigned char mark[] = { 0xef, 0xbb, 0xbf };
	if (message.length >= sizeof mark && memcmp(message.data, mark, sizeof mark) == 0) {
		message.data += sizeof mark;
		message.length -= sizeof mark;
	}
	return message;
}

static void read_header(struct reading *r, struct syslog_message *m)
{
	take(r, '<');
	m->priority = number(r, PRIORITY_MOST);
	take(r, '>');
	take(r, '1');
	take(r, ' ');
	const char *time = field(r, TIME);
	m->host = field(r, HOST);
	m->application = field(r, APPLICATION);
	m->process = field(r, PROCESS);
	m->kind = field(r, KIND);
	skip_structured_data(r);
	m->timed = time != NULL && xml_date_time_read(time, &m->time);
	if (r->at < r->end)
		take(r, ' ');
	m->message = (struct bytes){ r->at, (size_t)(r->end - r->at) };
}

struct syslog_message syslog_message_read(struct arena *a, struct bytes octets)
{
	struct syslog_message m = { .whole = false };
	struct reading r = { .arena = a, .at = octets.data, .end = octets.data + octets.length };
	read_header(&r, &m);
	m.whole = !r.broken;
	if (r.broken)
		m = (struct syslog_message){ .message = octets };
	m.message = without_mark(m.message);
	return m;
}
