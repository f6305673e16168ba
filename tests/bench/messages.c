/* tests/bench/messages.c: the requests the benches send. */
#include "tests/bench/messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOUNDARY "bench-b0undary"

const char *message_file(struct arena *a, const char *name)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", BENCH_MESSAGES, name);
	FILE *f = fopen(path, "r");
	struct buffer text = buffer_in(a);
	if (f == NULL) {
		perror(path);
		exit(1);
	}
	for (int c; (c = getc(f)) != EOF;)
		buffer_byte(&text, (unsigned char)c);
	fclose(f);
	return buffer_ended(&text);
}

static const struct replacing *stands_at(const char *at, const struct replacing *with)
{
	for (; with->name != NULL; with++)
		if (strncmp(at, with->name, strlen(with->name)) == 0)
			return with;
	return NULL;
}

const char *message_made(struct arena *a, const char *text, const struct replacing *with)
{
	struct buffer out = buffer_in(a);
	while (*text != '\0') {
		const struct replacing *r = *text == '@' ? stands_at(text, with) : NULL;
		size_t plain = r != NULL ? 0 : 1 + strcspn(text + 1, "@");
		if (r != NULL)
			buffer_text(&out, r->text);
		else
			buffer_append(&out, text, plain);
		text += r != NULL ? strlen(r->name) : plain;
	}
	return buffer_ended(&out);
}

const char *message_text(struct arena *a, const char *name, const struct replacing *with)
{
	return message_made(a, message_file(a, name), with);
}

static void put_head(struct buffer *out, const char *path, const char *type, uint64_t length)
{
	buffer_printf(out,
		      "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\n"
		      "Content-Length: %llu\r\n\r\n",
		      path, type, (unsigned long long)length);
}

struct load_request message_plain(struct arena *a, const char *path, const char *body)
{
	struct buffer out = buffer_in(a);
	put_head(&out, path, "application/soap+xml; charset=UTF-8", strlen(body));
	buffer_text(&out, body);
	return (struct load_request){ .data = out.data, .length = out.length };
}

struct load_request message_frame(struct arena *a, const char *text)
{
	struct buffer out = buffer_in(a);
	buffer_byte(&out, '\v');
	for (; *text != '\0'; text++)
		buffer_byte(&out, *text == '\n' ? '\r' : (unsigned char)*text);
	buffer_text(&out, "\x1c\r");
	return (struct load_request){ .data = out.data, .length = out.length };
}

/* xorshift64*: a document must neither compress nor look like another. */
static unsigned char *octets_of(struct arena *a, size_t length)
{
	unsigned char *octets = arena_alloc(a, length);
	uint64_t state = 0x9e3779b97f4a7c15u ^ length;
	for (size_t i = 0; i < length; i++) {
		state ^= state >> 12;
		state ^= state << 25;
		state ^= state >> 27;
		octets[i] = (unsigned char)(state * 0x2545f4914f6cdd1du >> 56);
	}
	return octets;
}

/* slots: what an entry says of a document that does not come with it. */
static const char *entries_of(struct arena *a, const struct submission_plan *p, const char *slots)
{
	struct buffer entries = buffer_in(a);
	for (unsigned i = 0; i < p->documents; i++) {
		struct replacing with[] = { { "@ENTRY@", arena_printf(a, "d%u", i + 1) },
					    { "@UNIQUE@",
					      arena_printf(a, "%s.%u", p->unique, i + 1) },
					    { "@MIME@", "application/pdf" },
					    { "@ID@", p->id },
					    { "@DOMAIN@", p->domain },
					    { "@SLOTS@", slots },
					    { 0 } };
		buffer_text(&entries, message_text(a, "entry.xml", with));
	}
	return buffer_ended(&entries);
}

static const char *documents_of(struct arena *a, const struct submission_plan *p)
{
	struct buffer documents = buffer_in(a);
	for (unsigned i = 0; i < p->documents; i++) {
		struct replacing with[] = { { "@ENTRY@", arena_printf(a, "d%u", i + 1) }, { 0 } };
		buffer_text(&documents, message_text(a, "document.xml", with));
	}
	return buffer_ended(&documents);
}

static const char *submission_of(struct arena *a, const struct submission_plan *p,
				 const char *slots)
{
	struct replacing with[] = { { "@UNIQUE@", p->unique },
				    { "@ID@", p->id },
				    { "@DOMAIN@", p->domain },
				    { "@ENTRIES@", entries_of(a, p, slots) },
				    { 0 } };
	return message_text(a, "submission.xml", with);
}

const char *message_submission_root(struct arena *a, const struct submission_plan *p)
{
	struct replacing with[] = { { "@SUBMISSION@", submission_of(a, p, "") },
				    { "@DOCUMENTS@", documents_of(a, p) },
				    { 0 } };
	return message_text(a, "iti41.xml", with);
}

struct load_request message_registration(struct arena *a, const struct submission_plan *p)
{
	struct replacing none[] = { { 0 } };
	const char *slots = message_text(a, "entry-slots.xml", none);
	struct replacing with[] = { { "@SUBMISSION@", submission_of(a, p, slots) }, { 0 } };
	return message_plain(a, "/xds/registry", message_text(a, "iti42.xml", with));
}

static struct load_request *piece(struct arena *a, struct bytes octets, unsigned times)
{
	struct load_request *r = arena_new(a, struct load_request);
	*r = (struct load_request){ .data = octets.data, .length = octets.length, .times = times };
	return r;
}

/* Root part, then the documents; times 1 makes it one piece. */
struct load_request message_submission(struct arena *a, const struct submission_plan *p)
{
	static const char type[] =
		"multipart/related; type=\"application/xop+xml\"; start=\"<root@bench>\"; "
		"start-info=\"application/soap+xml\"; boundary=\"" BOUNDARY "\"";
	struct buffer before = buffer_in(a), all = buffer_in(a);
	struct load_request first = { 0 }, *last = &first;
	uint64_t length = 0;
	buffer_printf(&before,
		      "--" BOUNDARY "\r\nContent-Type: application/xop+xml; charset=UTF-8; "
		      "type=\"application/soap+xml\"\r\nContent-Transfer-Encoding: binary\r\n"
		      "Content-ID: <root@bench>\r\n\r\n%s",
		      message_submission_root(a, p));
	for (unsigned i = 0; i < p->documents; i++) {
		unsigned char *content = octets_of(a, p->octets);
		content[0] = (unsigned char)i;
		if (p->times == 1)
			memcpy(content + 1, SERIAL, strlen(SERIAL));
		else
			content[1] = p->variant;
		buffer_printf(
			&before,
			"\r\n--" BOUNDARY "\r\nContent-Type: application/pdf\r\n"
			"Content-Transfer-Encoding: binary\r\nContent-ID: <d%u@bench>\r\n\r\n",
			i + 1);
		last = (struct load_request *)(last->then = piece(a, buffer_bytes(&before), 1));
		last = (struct load_request *)(last->then = piece(
						       a, (struct bytes){ content, p->octets },
						       p->times));
		before = buffer_in(a);
	}
	buffer_text(&before, "\r\n--" BOUNDARY "--\r\n");
	last->then = piece(a, buffer_bytes(&before), 1);
	for (const struct load_request *r = first.then; r != NULL; r = r->then)
		length += (uint64_t)r->length * r->times;
	put_head(&all, "/xds/repository", type, length);
	if (p->times == 1)
		for (const struct load_request *r = first.then; r != NULL; r = r->then)
			buffer_append(&all, r->data, r->length);
	return (struct load_request){ .data = all.data,
				      .length = all.length,
				      .then = p->times == 1 ? NULL : first.then };
}

struct serials message_marks(struct arena *a, const struct load_request *r, const char *mark)
{
	struct serials s = { .data = (unsigned char *)r->data };
	s.places = arena_array(a, size_t, r->length / strlen(mark) + 1);
	const unsigned char *at = r->data, *end = r->data + r->length;
	while ((at = memmem(at, (size_t)(end - at), mark, strlen(mark))) != NULL) {
		s.places[s.count++] = (size_t)(at - r->data);
		at += strlen(mark);
	}
	return s;
}

struct serials message_serials(struct arena *a, const struct load_request *r)
{
	return message_marks(a, r, SERIAL);
}

void message_number(const struct serials *s, uint64_t number)
{
	char digits[24];
	snprintf(digits, sizeof digits, "1%010llu", (unsigned long long)(number % 10000000000u));
	for (size_t i = 0; i < s->count; i++)
		memcpy(s->data + s->places[i], digits, strlen(SERIAL));
}
