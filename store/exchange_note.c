/* store/exchange_note.c: how what is noted of an exchange is written (store/record.h). */
#include "store/exchange_log.h"

#include <assert.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/record.h"

enum { NOTE_VERSION = 1 };
enum { TEXT_MOST = 128, FINDING_TEXT_MOST = 256, HEADER_TEXT_MOST = 200 }; /* octets of each */

enum note_tag {
	TAG_AT = 1,
	TAG_ID,
	TAG_TRANSACTION,
	TAG_SYSTEM,
	TAG_ADDRESS,
	TAG_DOOR,
	TAG_PROBLEM,
	TAG_WHAT,
	TAG_WHERE,
	TAG_STEP,
	TAG_STATUS,
	TAG_MILLISECONDS,
	TAG_FINDING,
	TAG_FINDINGS_MORE,
	TAG_SECTION,
	TAG_HEADER
};

/* Not within a character, nor beyond what is UTF-8: it is shown as JSON. */
static void put(struct arena *a, struct record_writer *w, unsigned tag, const char *text,
		size_t most)
{
	size_t length = text == NULL ? 0 : strnlen(text, most);
	length = length == 0 ? 0 : text_utf8_length((const unsigned char *)text, length);
	if (length > 0)
		record_text(w, tag, arena_text_n(a, text, length));
}

static void put_finding(struct arena *a, struct record_writer *w,
			const struct exchange_finding_note *f)
{
	record_open(w, TAG_FINDING);
	put(a, w, TAG_PROBLEM, f->problem, FINDING_TEXT_MOST);
	put(a, w, TAG_WHAT, f->what, FINDING_TEXT_MOST);
	put(a, w, TAG_WHERE, f->where, FINDING_TEXT_MOST);
	record_flag(w, TAG_STATUS, f->warning);
	record_close(w);
}

/* A peer wrote it: it is to be shown on a terminal. */
static const char *to_be_shown(struct arena *a, const char *value)
{
	char *shown = arena_text_n(a, value, strnlen(value, HEADER_TEXT_MOST));
	for (char *c = shown; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return shown;
}

static void put_header(struct arena *a, struct record_writer *w,
		       const struct exchange_header_note *h)
{
	record_open(w, TAG_HEADER);
	put(a, w, TAG_WHERE, h->name, TEXT_MOST);
	put(a, w, TAG_WHAT, to_be_shown(a, h->value), HEADER_TEXT_MOST);
	record_close(w);
}

/* With so many of its findings, and of its headers. */
static struct bytes write_with(struct arena *a, const struct exchange_note *n, size_t findings,
			       size_t headers)
{
	struct record_writer w = record_begin(a, NOTE_VERSION);
	record_instant(&w, TAG_AT, n->at);
	put(a, &w, TAG_ID, n->id, TEXT_MOST);
	put(a, &w, TAG_TRANSACTION, n->transaction, TEXT_MOST);
	put(a, &w, TAG_SYSTEM, n->system, TEXT_MOST);
	put(a, &w, TAG_ADDRESS, n->address, TEXT_MOST);
	put(a, &w, TAG_DOOR, n->door, TEXT_MOST);
	put(a, &w, TAG_SECTION, n->section, TEXT_MOST);
	put(a, &w, TAG_PROBLEM, n->problem, TEXT_MOST);
	put(a, &w, TAG_WHAT, n->what, PROBLEM_TEXT);
	put(a, &w, TAG_WHERE, n->where, PROBLEM_WHERE);
	put(a, &w, TAG_STEP, n->step, TEXT_MOST);
	record_number(&w, TAG_STATUS, n->status);
	record_number(&w, TAG_MILLISECONDS, n->milliseconds);
	for (size_t i = 0; i < findings; i++)
		put_finding(a, &w, &n->findings[i]);
	record_number(&w, TAG_FINDINGS_MORE, n->finding_count - findings + n->findings_more);
	for (size_t i = 0; i < headers; i++)
		put_header(a, &w, &n->headers[i]);
	return record_end(&w);
}

static_assert(9 * (TEXT_MOST + 8) + PROBLEM_TEXT + PROBLEM_WHERE + 128 < EXCHANGE_NOTE_MOST,
	      "without a finding it fits");

struct bytes exchange_note_write(struct arena *a, const struct exchange_note *n)
{
	size_t findings = n->finding_count < EXCHANGE_FINDINGS_MOST ? n->finding_count
								    : EXCHANGE_FINDINGS_MOST,
	       headers = n->header_count < EXCHANGE_HEADERS_MOST ? n->header_count
								 : EXCHANGE_HEADERS_MOST;
	struct bytes octets = write_with(a, n, findings, headers);
	while (octets.length > EXCHANGE_NOTE_MOST && headers > 0)
		octets = write_with(a, n, findings, --headers);
	while (octets.length > EXCHANGE_NOTE_MOST && findings > 0)
		octets = write_with(a, n, --findings, 0);
	return octets;
}

static bool read_finding(struct record_reader r, struct exchange_finding_note *out)
{
	*out = (struct exchange_finding_note){ .problem = "", .what = "", .where = "" };
	while (record_next(&r))
		switch (r.tag) {
		case TAG_PROBLEM: out->problem = record_as_text(&r); break;
		case TAG_WHAT: out->what = record_as_text(&r); break;
		case TAG_WHERE: out->where = record_as_text(&r); break;
		case TAG_STATUS: out->warning = record_as_flag(&r); break;
		default: break;
		}
	return !r.broken;
}

static bool read_header(struct record_reader r, struct exchange_header_note *out)
{
	*out = (struct exchange_header_note){ .name = "", .value = "" };
	while (record_next(&r))
		switch (r.tag) {
		case TAG_WHERE: out->name = record_as_text(&r); break;
		case TAG_WHAT: out->value = record_as_text(&r); break;
		default: break;
		}
	return !r.broken;
}

/* Of what may be there several times: false, it is not whole. */
static bool read_repeated(struct record_reader *r, struct exchange_note *n)
{
	if (r->tag == TAG_FINDING && n->finding_count < EXCHANGE_FINDINGS_MOST)
		return read_finding(record_within(r), &n->findings[n->finding_count++]);
	if (r->tag == TAG_HEADER && n->header_count < EXCHANGE_HEADERS_MOST)
		return read_header(record_within(r), &n->headers[n->header_count++]);
	return true;
}

static void read_field(struct record_reader *r, struct exchange_note *n)
{
	switch (r->tag) {
	case TAG_AT: n->at = record_as_instant(r); break;
	case TAG_ID: n->id = record_as_text(r); break;
	case TAG_TRANSACTION: n->transaction = record_as_text(r); break;
	case TAG_SYSTEM: n->system = record_as_text(r); break;
	case TAG_ADDRESS: n->address = record_as_text(r); break;
	case TAG_DOOR: n->door = record_as_text(r); break;
	case TAG_SECTION: n->section = record_as_text(r); break;
	case TAG_PROBLEM: n->problem = record_as_text(r); break;
	case TAG_WHAT: n->what = record_as_text(r); break;
	case TAG_WHERE: n->where = record_as_text(r); break;
	case TAG_STEP: n->step = record_as_text(r); break;
	case TAG_STATUS: n->status = (unsigned)record_as_number(r); break;
	case TAG_MILLISECONDS: n->milliseconds = (unsigned)record_as_number(r); break;
	case TAG_FINDINGS_MORE: n->findings_more = (unsigned)record_as_number(r); break;
	default: break;
	}
}

bool exchange_note_read(struct bytes octets, struct exchange_note *out)
{
	struct record_reader r = record_read(octets);
	bool whole = true;
	*out = (struct exchange_note){ .id = "",
				       .transaction = "",
				       .system = "",
				       .address = "",
				       .door = "",
				       .section = "",
				       .problem = "",
				       .what = "",
				       .where = "",
				       .step = "" };
	while (whole && record_next(&r)) {
		read_field(&r, out);
		whole = read_repeated(&r, out);
	}
	return whole && !r.broken && r.version == NOTE_VERSION && *out->id != '\0';
}
