/* store/exchange_said.c: how what was said in an exchange is written (store/record.h). */
#include "store/exchange_said.h"

#include "gateway/base/arena.h"
#include "store/record.h"

enum { SAID_VERSION = 1 };

enum said_tag {
	TAG_AT = 1,
	TAG_TRANSACTION,
	TAG_PROBLEM,
	TAG_DOOR,
	TAG_METHOD,
	TAG_PATH,
	TAG_QUERY,
	TAG_URL,
	TAG_ADDRESS,
	TAG_PORT,
	TAG_CERTIFICATE,
	TAG_SUBJECT,
	TAG_HEADER,
	TAG_REQUEST,
	TAG_ANSWER,
	TAG_STATUS,
	TAG_CONTENT_TYPE,
	TAG_ELSEWHERE,
	TAG_RECORD
};

enum header_tag { TAG_NAME = 1, TAG_VALUE };
enum part_tag { TAG_LENGTH = 1, TAG_WHOLE, TAG_OCTETS };

static void put_header(struct record_writer *w, const struct said_header *h)
{
	record_open(w, TAG_HEADER);
	record_text(w, TAG_NAME, h->name);
	record_text(w, TAG_VALUE, h->value);
	record_close(w);
}

static void put_part(struct record_writer *w, unsigned tag, const struct said_part *p)
{
	record_open(w, tag);
	record_number(w, TAG_LENGTH, p->length);
	record_flag(w, TAG_WHOLE, p->whole);
	if (p->whole)
		record_bytes(w, TAG_OCTETS, p->octets);
	record_close(w);
}

struct bytes exchange_said_write(struct arena *a, const struct exchange_said *s)
{
	struct record_writer w = record_begin(a, SAID_VERSION);
	record_instant(&w, TAG_AT, s->at);
	record_text(&w, TAG_TRANSACTION, s->transaction);
	record_text(&w, TAG_PROBLEM, s->problem);
	record_text(&w, TAG_DOOR, s->door);
	record_text(&w, TAG_METHOD, s->method);
	record_text(&w, TAG_PATH, s->path);
	record_text(&w, TAG_QUERY, s->query);
	record_text(&w, TAG_URL, s->url);
	record_text(&w, TAG_ADDRESS, s->address);
	record_number(&w, TAG_PORT, s->port);
	record_text(&w, TAG_CERTIFICATE, s->certificate);
	record_text(&w, TAG_SUBJECT, s->subject);
	for (size_t i = 0; i < s->header_count; i++)
		put_header(&w, &s->headers[i]);
	put_part(&w, TAG_REQUEST, &s->request);
	put_part(&w, TAG_ANSWER, &s->answer);
	record_number(&w, TAG_STATUS, s->status);
	record_text(&w, TAG_CONTENT_TYPE, s->content_type);
	record_flag(&w, TAG_ELSEWHERE, s->elsewhere);
	for (size_t i = 0; i < s->subject_count; i++)
		record_number(&w, TAG_RECORD, s->subjects[i]);
	return record_end(&w);
}

static bool read_header(struct record_reader r, struct said_header *out)
{
	*out = (struct said_header){ .name = "", .value = "" };
	while (record_next(&r))
		switch (r.tag) {
		case TAG_NAME: out->name = record_as_text(&r); break;
		case TAG_VALUE: out->value = record_as_text(&r); break;
		default: break;
		}
	return !r.broken;
}

static bool read_part(struct record_reader r, struct said_part *out)
{
	*out = (struct said_part){ .whole = false };
	while (record_next(&r))
		switch (r.tag) {
		case TAG_LENGTH: out->length = record_as_number(&r); break;
		case TAG_WHOLE: out->whole = record_as_flag(&r); break;
		case TAG_OCTETS: out->octets = r.value; break;
		default: break;
		}
	return !r.broken && (!out->whole || out->octets.length == out->length);
}

static void read_field(struct record_reader *r, struct exchange_said *s)
{
	switch (r->tag) {
	case TAG_AT: s->at = record_as_instant(r); break;
	case TAG_TRANSACTION: s->transaction = record_as_text(r); break;
	case TAG_PROBLEM: s->problem = record_as_text(r); break;
	case TAG_DOOR: s->door = record_as_text(r); break;
	case TAG_METHOD: s->method = record_as_text(r); break;
	case TAG_PATH: s->path = record_as_text(r); break;
	case TAG_QUERY: s->query = record_as_text(r); break;
	case TAG_URL: s->url = record_as_text(r); break;
	case TAG_ADDRESS: s->address = record_as_text(r); break;
	case TAG_PORT: s->port = (unsigned)record_as_number(r); break;
	case TAG_CERTIFICATE: s->certificate = record_as_text(r); break;
	case TAG_SUBJECT: s->subject = record_as_text(r); break;
	case TAG_STATUS: s->status = (unsigned)record_as_number(r); break;
	case TAG_CONTENT_TYPE: s->content_type = record_as_text(r); break;
	case TAG_ELSEWHERE: s->elsewhere = record_as_flag(r); break;
	default: break;
	}
}

/* Of what may be there several times: false, it is not whole. */
static bool read_repeated(struct record_reader *r, struct exchange_said *s, uint64_t *subjects)
{
	switch (r->tag) {
	case TAG_REQUEST: return read_part(record_within(r), &s->request);
	case TAG_ANSWER: return read_part(record_within(r), &s->answer);
	case TAG_HEADER:
		return s->header_count == SAID_HEADERS_MOST
		       || read_header(record_within(r), &s->headers[s->header_count++]);
	case TAG_RECORD:
		if (s->subject_count < SAID_SUBJECTS_MOST)
			subjects[s->subject_count++] = record_as_number(r);
		return true;
	default: read_field(r, s); return true;
	}
}

bool exchange_said_read(struct arena *a, struct bytes octets, struct exchange_said *out)
{
	struct record_reader r = record_read(octets);
	uint64_t *subjects = arena_array(a, uint64_t, SAID_SUBJECTS_MOST);
	bool whole = true;
	*out = (struct exchange_said){ .transaction = "",
				       .problem = "",
				       .door = "",
				       .method = "",
				       .path = "",
				       .query = "",
				       .url = "",
				       .address = "",
				       .certificate = "",
				       .subject = "",
				       .content_type = "",
				       .subjects = subjects };
	while (whole && record_next(&r))
		whole = read_repeated(&r, out, subjects);
	return whole && !r.broken && r.version == SAID_VERSION;
}
