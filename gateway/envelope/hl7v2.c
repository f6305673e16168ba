/* gateway/envelope/hl7v2.c: from a frame to segments (HL7 2.5: 2.5, 2.6; ITI TF-2: C.2.2). */
#include "gateway/envelope/hl7v2.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

const struct hl7_delimiters hl7_usual = { '|', '^', '~', '\\', '&' };

enum { VT = 0x0b, FS = 0x1c };

static struct bytes cut(struct bytes b, size_t from, size_t to)
{
	return (struct bytes){ b.length == 0 ? b.data : b.data + from, to - from };
}

static bool begins(struct bytes b, const char *with, size_t length)
{
	return b.length >= length && memcmp(b.data, with, length) == 0;
}

/* Without MLLP's brackets (left in by file drops), byte order mark and blank space around. */
static struct bytes without_framing(struct bytes frame)
{
	size_t from = 0, to = frame.length;
	while (from < to && memchr("\013\r\n \t", frame.data[from], 5) != NULL)
		from++;
	while (to > from && memchr("\034\r\n", frame.data[to - 1], 3) != NULL)
		to--;
	struct bytes b = cut(frame, from, to);
	return begins(b, "\xef\xbb\xbf", 3) ? cut(b, 3, b.length) : b;
}

static bool utf_16(struct bytes b)
{
	return begins(b, "\xfe\xff", 2) || begins(b, "\xff\xfe", 2) || begins(b, "M\0S", 3)
	       || begins(b, "\0M\0", 3);
}

/* Nothing that names, numbers and times (DTM: "20260115093000.5+0900") are written with: an answer
 * could not say when it was made. */
static bool delimiter(unsigned char c)
{
	return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z')
	       && !(c >= 'a' && c <= 'z') && strchr("\"+-.", c) == NULL;
}

enum { MARKS_MOST = 5 }; /* in MSH-2; the fifth, of HL7 2.7, is for truncation */

/* What stands in MSH-2: up to six characters, for one more than can be is too many. */
static size_t marks_of(struct bytes b, const unsigned char **marks)
{
	size_t count = 0;
	*marks = b.data + 4;
	while (4 + count < b.length && count <= MARKS_MOST && b.data[4 + count] != b.data[3]
	       && b.data[4 + count] != '\r' && b.data[4 + count] != '\n')
		count++;
	return count;
}

/* MSH-1 and MSH-2: one to five characters, printable and all different. */
static bool read_delimiters(struct bytes b, struct hl7_delimiters *d)
{
	char *const places[] = { &d->component, &d->repetition, &d->escape, &d->subcomponent };
	const unsigned char *marks;
	*d = (struct hl7_delimiters){ 0 };
	if (b.length < 6 || !delimiter(b.data[3]))
		return false;
	d->field = (char)b.data[3];
	size_t count = marks_of(b, &marks);
	for (size_t i = 0; i < count; i++) {
		if (i == MARKS_MOST || !delimiter(marks[i])
		    || memchr(b.data + 3, marks[i], i + 1) != NULL)
			return false;
		if (i < COUNT(places))
			*places[i] = (char)marks[i];
	}
	return count >= 1;
}

static bool holds(struct bytes b, const char *text)
{
	return memmem(b.data, b.length, text, strlen(text)) != NULL;
}

/* ^~\& without one of the four. Without the last it is what it says, unless an authority that is
 * parted by the lost one tells otherwise. */
static bool lost_one(struct bytes b)
{
	static const char *const left[] = { "~\\&", "^\\&", "^~&" };
	const unsigned char *marks;
	if (b.length < 6 || b.data[3] != '|' || marks_of(b, &marks) != 3)
		return false;
	for (size_t i = 0; i < COUNT(left); i++)
		if (memcmp(marks, left[i], 3) == 0)
			return true;
	return memcmp(marks, "^~\\", 3) == 0 && holds(b, "&ISO");
}

/* Some of the usual characters, in their order but not from the first on: what is left of more than
 * one loss could be read in two ways. */
static bool lost_more(struct bytes b)
{
	const unsigned char *marks;
	size_t count = b.length < 6 ? 0 : marks_of(b, &marks), at = 0;
	if (count == 0 || count > 2)
		return false;
	for (size_t i = 0; i < count; i++, at++) {
		while (at < 4 && "^~\\&"[at] != (char)marks[i])
			at++;
		if (at == 4)
			return false;
	}
	return at > count;
}

static size_t line_end(struct bytes b, size_t from, bool lf_ends)
{
	while (from < b.length && b.data[from] != '\r' && !(lf_ends && b.data[from] == '\n'))
		from++;
	return from;
}

/* The terminator of MSH tells: after a bare CR a lone LF further on is data, not an end. */
static bool lf_ends_too(struct bytes b)
{
	size_t end = line_end(b, 0, true);
	return end < b.length
	       && (b.data[end] == '\n' || (end + 1 < b.length && b.data[end + 1] == '\n'));
}

/* The line at *from, which moves past its terminator. */
static struct bytes next_line(struct bytes b, size_t *from, bool lf_ends)
{
	size_t start = *from, end = line_end(b, start, lf_ends);
	*from = end < b.length ? end + 1 : end;
	if (*from < b.length && b.data[end] == '\r' && b.data[*from] == '\n')
		(*from)++;
	return cut(b, start, end);
}

static bool blank(struct bytes line)
{
	for (size_t i = 0; i < line.length; i++)
		if (line.data[i] != ' ' && line.data[i] != '\t')
			return false;
	return true;
}

static bool segment_name(struct bytes line, char field)
{
	const unsigned char *c = line.data;
	if (line.length < 3 || (line.length > 3 && c[3] != (unsigned char)field))
		return false;
	for (int i = 0; i < 3; i++)
		if (!(c[i] >= 'A' && c[i] <= 'Z') && (i == 0 || !(c[i] >= '0' && c[i] <= '9')))
			return false;
	return true;
}

static struct hl7_segment *segment_of(const struct hl7_message *m, struct bytes line,
				      struct bytes octets)
{
	struct hl7_segment *s = arena_new(m->arena, struct hl7_segment);
	memcpy(s->name, line.data, 3);
	s->text = (const char *)line.data;
	s->length = line.length;
	s->octets = octets;
	s->message = m;
	return s;
}

/* Bounds of one segment, before anything in it is looked at. */
static bool within_limits(const struct hl7_segment *s, struct problem *p)
{
	const struct hl7_delimiters *d = &s->message->delimiters;
	unsigned fields = 0, repetitions = 1;
	for (size_t i = 3; i < s->length; i++) {
		if (s->text[i] == d->field) {
			fields++;
			repetitions = 1;
		} else if (d->repetition != '\0' && s->text[i] == d->repetition) {
			repetitions++;
		}
		if (fields <= HL7_FIELDS_MAX && repetitions <= HL7_REPETITIONS_MAX)
			continue;
		const char *place = hl7_where((struct hl7_part){ .segment = s, .field = fields });
		return fields > HL7_FIELDS_MAX
			       ? problem_at(p, PROBLEM_TOO_LARGE, place,
					    "%s has more than %d fields", s->name, HL7_FIELDS_MAX)
			       : problem_at(p, PROBLEM_TOO_LARGE, place,
					    "%s-%u has more than %d repetitions", s->name, fields,
					    HL7_REPETITIONS_MAX);
	}
	return true;
}

/* Lines of the text and of the octets go hand in hand: no set has CR or LF inside a character. */
static bool split_segments(struct hl7_message *m, struct bytes text, struct bytes octets,
			   struct problem *p)
{
	struct hl7_segment **tail = &m->segments;
	bool lf_ends = lf_ends_too(text);
	size_t count = 0, at = 0, raw_at = 0;
	while (at < text.length) {
		struct bytes line = next_line(text, &at, lf_ends);
		struct bytes raw = next_line(octets, &raw_at, lf_ends);
		if (blank(line))
			continue;
		if (++count > HL7_SEGMENTS_MAX)
			return problem_set(p, PROBLEM_TOO_LARGE, "more than %d segments",
					   HL7_SEGMENTS_MAX);
		if (!segment_name(line, m->delimiters.field))
			return problem_set(p, PROBLEM_MALFORMED,
					   "line %zu does not begin with a segment name", count);
		struct hl7_segment *s = segment_of(m, line, raw);
		*tail = s;
		tail = &s->next;
		if (!within_limits(s, p))
			return false;
	}
	return true;
}

/* What of MSH is ASCII and stands for itself. Halves of kanji may look like delimiters (JIS
 * \033$B%], 7C in Shift JIS): they stand in nobody's way, nor does a run that breaks off hide what
 * follows. */
static struct bytes plain_header(struct hl7_message *m, struct bytes line, enum charset read_as)
{
	const struct charset_walk fresh = { .charset = read_as,
					    .escape = (unsigned char)m->delimiters.escape };
	struct charset_walk walk = fresh;
	unsigned char *plain = arena_alloc(m->arena, line.length);
	size_t length;
	for (size_t i = 0; i < line.length; i += length) {
		enum charset_step step = charset_walk_step(&walk, line.data + i, line.length - i,
							   &length);
		bool itself = step == STEP_ASCII || step == STEP_BAD;
		memset(plain + i, '?', length);
		if (itself && line.data[i] >= ' ' && line.data[i] < 0x7f)
			plain[i] = line.data[i];
		if (step == STEP_BAD)
			walk = fresh;
	}
	return (struct bytes){ plain, line.length };
}

/* MSH as far as it is ASCII: what an acknowledgment needs when the rest cannot be read. */
static void recover_header(struct hl7_message *m, struct bytes octets, enum charset read_as)
{
	size_t end = 0;
	struct bytes line = next_line(octets, &end, true);
	if (line.length > 2000)
		line.length = 2000;
	struct bytes plain = plain_header(m, line, read_as);
	m->segments = segment_of(m, plain, plain);
	m->charset = (struct charset_found){ .used = CHARSET_ASCII };
}

static void read_header(struct hl7_message *m)
{
	const struct hl7_segment *msh = m->segments;
	m->sending_application = hl7_value(msh, 3, 1, 1, 1);
	m->sending_facility = hl7_value(msh, 4, 1, 1, 1);
	m->receiving_application = hl7_value(msh, 5, 1, 1, 1);
	m->receiving_facility = hl7_value(msh, 6, 1, 1, 1);
	m->type = hl7_value(msh, 9, 1, 1, 1);
	m->event = hl7_value(msh, 9, 1, 2, 1);
	m->structure = hl7_value(msh, 9, 1, 3, 1);
	m->control_id = hl7_whole(hl7_field(msh, 10));
	m->processing_id = hl7_value(msh, 11, 1, 1, 1);
	m->version = hl7_value(msh, 12, 1, 1, 1);
}

/* MSH-18, before anybody knows in which set the fields in front of it are written. JIS says itself
 * where its kanji begin and end. Shift JIS under its name does not: only where nothing else is
 * said, and the octets are no UTF-8, do its pairs count as such. */
static enum charset charset_said(struct hl7_message *m, struct bytes octets, struct problem *p)
{
	enum charset said, behind_pairs;
	recover_header(m, octets, CHARSET_ISO_2022_JP);
	struct hl7_segment *plain = m->segments;
	bool known = charset_from_msh18(hl7_whole(hl7_field(plain, 18)), &said);
	if (said == CHARSET_NONE && !text_is_utf8(octets.data, octets.length)) {
		recover_header(m, octets, CHARSET_WINDOWS_31J);
		if (charset_from_msh18(hl7_whole(hl7_field(m->segments, 18)), &behind_pairs)
		    && behind_pairs != CHARSET_NONE)
			return behind_pairs;
		m->segments = plain;
	}
	if (!known)
		problem_at(p, PROBLEM_TABLE_VALUE, "MSH^1^18", "an unknown character set");
	return said;
}

/* Characters, then segments. On false the header is what recover_header() left. */
static bool read_text(struct hl7_message *m, struct bytes octets,
		      const struct charset_leniency *leniency, struct problem *p)
{
	struct problem unknown_set = { .code = PROBLEM_NONE };
	struct charset_found found;
	struct bytes text;
	enum charset said = charset_said(m, octets, &unknown_set);
	unsigned char escape = (unsigned char)m->delimiters.escape;
	if (!charset_decode(m->arena, octets, said, leniency, escape, &text, &found, p)) {
		if (unknown_set.code != PROBLEM_NONE)
			*p = unknown_set;
		return false;
	}
	struct hl7_segment *recovered = m->segments;
	m->segments = NULL;
	if (!split_segments(m, text, octets, p)) {
		m->segments = recovered;
		return false;
	}
	m->charset = found;
	return true;
}

/* What must stand in MSH before anything is done with a message (HL7 2.5: 2.9.2.1). */
static bool usable_header(const struct hl7_message *m, struct problem *p)
{
	static const struct {
		unsigned field;
		const char *name;
	} required[] = {
		{ 9, "message type" },
		{ 10, "control id" },
		{ 11, "processing id" },
		{ 12, "version" },
	};
	for (size_t i = 0; i < COUNT(required); i++) {
		struct hl7_part field = hl7_field(m->segments, required[i].field);
		if (!hl7_present(field))
			return problem_at(p, PROBLEM_HEADER_MISSING, hl7_where(field),
					  "MSH-%u, the %s, is missing", required[i].field,
					  required[i].name);
	}
	return hl7_segment(m, "MSH", 2) == NULL
	       || problem_at(p, PROBLEM_MALFORMED, "MSH^2", "two messages stand in one frame");
}

/* The delimiters, or what they must have been, into m. */
static bool find_delimiters(struct hl7_message *m, struct bytes octets, struct problem *p)
{
	bool read = read_delimiters(octets, &m->delimiters);
	m->delimiter_lost = lost_one(octets);
	if (read && !m->delimiter_lost && !lost_more(octets))
		return true;
	m->delimiters = hl7_usual;
	if (m->delimiter_lost)
		return true;
	if (octets.length > 3 && octets.data[3] == (unsigned char)hl7_usual.field)
		recover_header(m, octets, CHARSET_ASCII); /* so that MSH-10 can be told back */
	return problem_at(p, PROBLEM_HEADER_INVALID, "MSH^1^2",
			  read ? "characters of MSH-2 were lost on the way"
			       : "MSH-1 and MSH-2 are not different printable characters");
}

static bool read_message(struct hl7_message *m, struct bytes frame,
			 const struct charset_leniency *leniency, struct problem *p)
{
	struct bytes octets = without_framing(frame);
	bool wide = utf_16(octets);
	if (frame.length > HL7_MESSAGE_MAX)
		return problem_set(p, PROBLEM_TOO_LARGE, "the message is larger than %d octets",
				   HL7_MESSAGE_MAX);
	if (wide) {
		struct charset_found found;
		if (!charset_decode(m->arena, octets, CHARSET_UTF_16, NULL, 0, &octets, &found, p))
			return false;
		octets = without_framing(octets);
	}
	if (!begins(octets, "MSH", 3))
		return problem_set(p, PROBLEM_MALFORMED, "the message does not begin with MSH");
	if (!find_delimiters(m, octets, p))
		return false;
	if (!wide)
		return read_text(m, octets, leniency, p);
	/* We answer in UTF-8, so its octets are those to echo. */
	m->charset = (struct charset_found){ .used = CHARSET_UTF_8 };
	return split_segments(m, octets, octets, p);
}

bool hl7_parse(struct arena *a, struct bytes frame, const struct charset_leniency *leniency,
	       struct hl7_message **out, struct problem *p)
{
	struct hl7_message *m = arena_new(a, struct hl7_message);
	m->arena = a;
	m->delimiters = hl7_usual;
	*out = m;
	m->read = read_message(m, frame, leniency, p);
	read_header(m);
	m->read = m->read && usable_header(m, p);
	return m->read;
}

const struct hl7_segment *hl7_segment(const struct hl7_message *m, const char *name, unsigned n)
{
	const struct hl7_segment *s = m->segments;
	for (; s != NULL; s = s->next)
		if (memcmp(s->name, name, 4) == 0 && --n == 0)
			return s;
	return NULL;
}

unsigned hl7_occurrence(const struct hl7_segment *s)
{
	unsigned n = 1;
	for (const struct hl7_segment *i = s->message->segments; i != NULL && i != s; i = i->next)
		if (memcmp(i->name, s->name, 4) == 0)
			n++;
	return n;
}

const struct hl7_segment *hl7_only_segment(const struct hl7_message *m, const char *name,
					   struct problem *p)
{
	char where[16] = "";
	const struct hl7_segment *s = hl7_segment(m, name, 1);
	strncat(where, name, 3);
	if (s == NULL) {
		problem_at(p, PROBLEM_SEGMENT_MISSING, strcat(where, "^1"), "segment %s is missing",
			   name);
		return NULL;
	}
	if (hl7_segment(m, name, 2) != NULL) {
		problem_at(p, PROBLEM_SEGMENT_MISSING, strcat(where, "^2"),
			   "segment %s stands there twice", name);
		return NULL;
	}
	return s;
}
