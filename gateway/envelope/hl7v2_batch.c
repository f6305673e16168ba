/* gateway/envelope/hl7v2_batch.c: a batch into its messages, and acknowledgments into a batch. */
#include "gateway/envelope/hl7v2_batch.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

/* Octets in front of the first line that say nothing, as hl7_parse() has it. */
static struct bytes content(struct bytes frame)
{
	while (frame.length > 0 && memchr("\013\r\n \t", frame.data[0], 5) != NULL) {
		frame.data++;
		frame.length--;
	}
	if (frame.length > 3 && memcmp(frame.data, "\xef\xbb\xbf", 3) == 0)
		return (struct bytes){ frame.data + 3, frame.length - 3 };
	return frame;
}

static bool is_named(struct bytes line, const char *name)
{
	return line.length >= 3 && memcmp(line.data, name, 3) == 0;
}

bool hl7_is_batch(struct bytes frame)
{
	struct bytes b = content(frame);
	return is_named(b, "FHS") || is_named(b, "BHS");
}

/* The line at *from, which moves past its terminator. No character set has CR or LF in a
 * character. */
static struct bytes next_line(struct bytes b, size_t *from)
{
	size_t start = *from, end = start;
	while (end < b.length && b.data[end] != '\r' && b.data[end] != '\n')
		end++;
	*from = end < b.length ? end + 1 : end;
	return (struct bytes){ b.data + start, end - start };
}

/* Field n of a line: of a header from 2 on (its first is the separator), of a trailer from 1 on. */
static struct bytes field_of(struct bytes line, unsigned n, bool header)
{
	const struct bytes none = { line.data, 0 };
	if (line.length < 4)
		return none;
	unsigned char separator = line.data[3];
	size_t at = 4;
	for (unsigned i = header ? 2 : 1; i < n; i++) {
		const unsigned char *next = memchr(line.data + at, separator, line.length - at);
		if (next == NULL)
			return none;
		at = (size_t)(next - line.data) + 1;
	}
	const unsigned char *end = memchr(line.data + at, separator, line.length - at);
	return (struct bytes){ line.data + at,
			       (end == NULL ? line.length : (size_t)(end - line.data)) - at };
}

/* Where a line may stand: what comes later in a batch has the higher place. */
enum place { AT_START, IN_FILE, IN_BATCH, IN_MESSAGE, BEHIND_BATCH, BEHIND_FILE };

struct reading {
	struct hl7_batch *out;
	enum place place;
	struct problem *problem;
};

/* A line of that name comes, and what may come behind it; false where it may not. */
static bool comes(struct reading *r, const char *name, bool may, enum place next)
{
	r->place = next;
	return may
	       || problem_at(r->problem, PROBLEM_SEGMENT_MISSING, "",
			     "%s does not stand where a batch has it", name);
}

static bool counts(struct reading *r, struct bytes line, size_t count, const char *where)
{
	struct bytes said = field_of(line, 1, false);
	size_t number = 0;
	for (size_t i = 0; i < said.length; i++) {
		if (said.data[i] < '0' || said.data[i] > '9' || number > HL7_BATCH_MOST)
			return problem_at(r->problem, PROBLEM_DATA_TYPE, where,
					  "the trailer's count is no number a batch can have");
		number = number * 10 + (size_t)(said.data[i] - '0');
	}
	return said.length == 0 || number == count
	       || problem_at(r->problem, PROBLEM_DATA_TYPE, where,
			     "the trailer counts %zu, and %zu came: nothing was taken", number,
			     count);
}

static bool read_message(struct reading *r, struct bytes line)
{
	struct hl7_batch *b = r->out;
	if (!comes(r, "MSH", r->place <= IN_MESSAGE, IN_MESSAGE))
		return false;
	if (b->count == HL7_BATCH_MOST)
		return problem_at(r->problem, PROBLEM_TOO_LARGE, "",
				  "more than %d messages in one batch (HL7_BATCH_MOST)",
				  HL7_BATCH_MOST);
	b->messages[b->count++] = line;
	return true;
}

/* Into the message before: all up to the next. */
static bool read_segment(struct reading *r, struct bytes line)
{
	struct hl7_batch *b = r->out;
	if (line.length == 0)
		return true;
	if (!comes(r, "a segment", r->place == IN_MESSAGE, IN_MESSAGE))
		return false;
	struct bytes *last = &b->messages[b->count - 1];
	last->length = (size_t)(line.data - last->data) + line.length;
	return true;
}

static bool read_trailer(struct reading *r, struct bytes line)
{
	struct hl7_batch *b = r->out;
	if (is_named(line, "BTS"))
		return comes(r, "BTS", b->batch.length != 0 && r->place < BEHIND_BATCH,
			     BEHIND_BATCH)
		       && counts(r, line, b->count, "BTS^1^1");
	return comes(r, "FTS", b->file.length != 0 && r->place < BEHIND_FILE, BEHIND_FILE)
	       && counts(r, line, 1, "FTS^1^1");
}

static bool read_line(struct reading *r, struct bytes line)
{
	if (is_named(line, "MSH"))
		return read_message(r, line);
	if (is_named(line, "FHS")) {
		r->out->file = line;
		return comes(r, "FHS", r->place == AT_START, IN_FILE);
	}
	if (is_named(line, "BHS")) {
		r->out->batch = line;
		return comes(r, "BHS", r->place <= IN_FILE, IN_BATCH);
	}
	return is_named(line, "BTS") || is_named(line, "FTS") ? read_trailer(r, line)
							      : read_segment(r, line);
}

bool hl7_batch_read(struct arena *a, struct bytes frame, struct hl7_batch *out, struct problem *p)
{
	struct bytes b = content(frame);
	struct reading r = { .out = out, .problem = p };
	size_t at = 0;
	*out = (struct hl7_batch){ .messages = arena_array(a, struct bytes, HL7_BATCH_MOST) };
	while (at < b.length)
		if (!read_line(&r, next_line(b, &at)))
			return false;
	return true;
}

static void append(struct buffer *b, struct bytes octets)
{
	buffer_append(b, octets.data, octets.length);
}

/* The whole header line, and its first two fields: separator and encoding characters. */
static struct bytes first_line(struct bytes frame)
{
	size_t at = 0;
	return next_line(content(frame), &at);
}

struct bytes hl7_batch_header(struct arena *a, struct bytes frame)
{
	struct bytes line = first_line(frame);
	struct buffer b = buffer_in(a);
	char separator = line.length > 3 ? (char)line.data[3] : '|';
	buffer_printf(&b, "MSH%c", separator);
	append(&b, field_of(line, 2, true));
	for (unsigned i = 3; i <= 6; i++) {
		buffer_byte(&b, (unsigned char)separator);
		append(&b, field_of(line, i, true));
	}
	for (unsigned i = 7; i <= 9; i++)
		buffer_byte(&b, (unsigned char)separator);
	append(&b, (struct bytes){ line.data, line.length < 3 ? line.length : 3 });
	buffer_byte(&b, (unsigned char)separator);
	append(&b, field_of(line, 11, true));
	buffer_printf(&b, "%cP%c2.5\r", separator, separator);
	return buffer_bytes(&b);
}

/* FHS and BHS have the same fields: who to whom, when, this id (11), that of the request (12). */
static void put_header(struct buffer *b, struct bytes request, const struct hl7_stamp *stamp)
{
	static const unsigned turned[] = { 5, 6, 3, 4 };
	char separator = request.length > 3 ? (char)request.data[3] : '|', now[DTM_TEXT];
	instant_to_dtm(stamp->now, now);
	append(b, (struct bytes){ request.data, 3 });
	buffer_byte(b, (unsigned char)separator);
	append(b, field_of(request, 2, true));
	for (size_t i = 0; i < COUNT(turned); i++) {
		buffer_byte(b, (unsigned char)separator);
		append(b, field_of(request, turned[i], true));
	}
	buffer_printf(b, "%c%s+0000", separator, now);
	for (unsigned i = 8; i <= 11; i++)
		buffer_byte(b, (unsigned char)separator);
	buffer_printf(b, "%s%c", stamp->control_id, separator);
	append(b, field_of(request, 11, true));
	buffer_byte(b, '\r');
}

static void put_trailer(struct buffer *b, const char *name, struct bytes request, size_t count)
{
	buffer_printf(b, "%s%c%zu\r", name, request.length > 3 ? (char)request.data[3] : '|',
		      count);
}

struct bytes hl7_batch_answer(struct arena *a, const struct hl7_batch *request,
			      const struct bytes *answers, size_t count,
			      const struct hl7_stamp *stamp)
{
	struct buffer b = buffer_in(a);
	if (request->file.length != 0)
		put_header(&b, request->file, stamp);
	if (request->batch.length != 0)
		put_header(&b, request->batch, stamp);
	for (size_t i = 0; i < count; i++)
		append(&b, answers[i]);
	if (request->batch.length != 0)
		put_trailer(&b, "BTS", request->batch, count);
	if (request->file.length != 0)
		put_trailer(&b, "FTS", request->file, 1);
	return buffer_bytes(&b);
}
