/* gateway/envelope/hl7v2_value.c: fields, their parts, escape sequences (HL7 2.5: 2.5.3, 2.7). */
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"

/* The n-th piece (from 1) of text parted by the delimiter; beyond the last: nothing, at the end. */
static struct hl7_part piece(struct hl7_part whole, char delimiter, unsigned n)
{
	const char *at = whole.text, *end = whole.text + whole.length;
	struct hl7_part part = whole;
	if (whole.length == 0)
		return part;
	for (; n > 1; n--) {
		const char *next = delimiter == '\0' ? NULL
						     : memchr(at, delimiter, (size_t)(end - at));
		if (next == NULL) {
			part.text = end;
			part.length = 0;
			return part;
		}
		at = next + 1;
	}
	const char *stop = delimiter == '\0' ? NULL : memchr(at, delimiter, (size_t)(end - at));
	part.text = at;
	part.length = (size_t)((stop == NULL ? end : stop) - at);
	return part;
}

static unsigned pieces(struct hl7_part whole, char delimiter)
{
	unsigned count = whole.length == 0 ? 0 : 1;
	for (size_t i = 0; i < whole.length; i++)
		count += delimiter != '\0' && whole.text[i] == delimiter;
	return count;
}

static const struct hl7_delimiters *delimiters(struct hl7_part part)
{
	return part.segment == NULL ? &hl7_usual : &part.segment->message->delimiters;
}

/* MSH-1 and MSH-2 are the delimiters: nothing in them is parted or unescaped. */
static bool is_header(const struct hl7_segment *s)
{
	return memcmp(s->name, "MSH", 3) == 0;
}

static bool literal(struct hl7_part part)
{
	return part.segment != NULL && part.field <= 2 && is_header(part.segment);
}

struct hl7_part hl7_field(const struct hl7_segment *s, unsigned field)
{
	if (s == NULL || field == 0)
		return (struct hl7_part){ .segment = s, .text = "", .field = field };
	struct hl7_part whole = {
		.segment = s, .text = s->text, .length = s->length, .field = field
	};
	if (!is_header(s))
		return piece(whole, s->message->delimiters.field, field + 1);
	if (field > 1)
		return piece(whole, s->message->delimiters.field, field);
	whole.text += s->length > 3 ? 3 : s->length;
	whole.length = s->length > 3;
	return whole;
}

struct hl7_part hl7_repetition(struct hl7_part field, unsigned n)
{
	struct hl7_part part = literal(field) ? field
					      : piece(field, delimiters(field)->repetition, n);
	part.repetition = n;
	return part;
}

struct hl7_part hl7_component(struct hl7_part repetition, unsigned n)
{
	struct hl7_part whole = repetition.repetition == 0 ? hl7_repetition(repetition, 1)
							   : repetition;
	struct hl7_part part = literal(whole) ? whole
					      : piece(whole, delimiters(whole)->component, n);
	part.component = n;
	return part;
}

struct hl7_part hl7_subcomponent(struct hl7_part component, unsigned n)
{
	struct hl7_part whole = component.component == 0 ? hl7_component(component, 1) : component;
	struct hl7_part part = literal(whole) ? whole
					      : piece(whole, delimiters(whole)->subcomponent, n);
	part.subcomponent = n;
	return part;
}

unsigned hl7_repetitions(struct hl7_part field)
{
	return literal(field) ? 1 : pieces(field, delimiters(field)->repetition);
}

unsigned hl7_components(struct hl7_part repetition)
{
	struct hl7_part whole = repetition.repetition == 0 ? hl7_repetition(repetition, 1)
							   : repetition;
	return literal(whole) ? 1 : pieces(whole, delimiters(whole)->component);
}

bool hl7_present(struct hl7_part part)
{
	return part.length != 0;
}

bool hl7_deletes(struct hl7_part part)
{
	return part.length == 2 && memcmp(part.text, "\"\"", 2) == 0;
}

/* ---- Escape sequences ---- */

/* \Xhh..\: octets in the message's character set. They are data, whatever they are. */
static bool append_hex(struct buffer *out, const struct hl7_message *m, const char *digits,
		       size_t count)
{
	unsigned char octets[256];
	struct bytes text = { octets, count / 2 };
	struct charset_found found;
	struct problem ignored = { .code = PROBLEM_NONE };
	bool plain = true;
	if (count == 0 || count % 2 != 0 || count > 2 * sizeof octets
	    || !bytes_from_hex(digits, count, octets) || memchr(octets, 0, count / 2) != NULL)
		return false;
	for (size_t i = 0; i < text.length; i++)
		plain = plain && octets[i] < 0x80 && octets[i] != 033;
	if (!plain
	    && !charset_decode(m->arena, text, m->charset.used, NULL, 0, &text, &found, &ignored))
		return false;
	buffer_append(out, text.data, text.length);
	return true;
}

/* One sequence, without its two escape characters. False: none of ours, it stays as it is. */
static bool append_sequence(struct buffer *out, const struct hl7_message *m, const char *s,
			    size_t length)
{
	const struct hl7_delimiters *d = &m->delimiters;
	const struct {
		char letter, stands_for;
	} letters[] = {
		{ 'F', d->field },      { 'S', d->component }, { 'T', d->subcomponent },
		{ 'R', d->repetition }, { 'E', d->escape },
	};
	if (length == 1 && (s[0] == 'H' || s[0] == 'N')) /* highlighting on, off */
		return true;
	for (size_t i = 0; length == 1 && i < COUNT(letters); i++)
		if (s[0] == letters[i].letter && letters[i].stands_for != '\0') {
			buffer_byte(out, (unsigned char)letters[i].stands_for);
			return true;
		}
	if (length >= 3 && (memcmp(s, ".br", 3) == 0 || memcmp(s, ".sp", 3) == 0)) {
		buffer_byte(out, '\n');
		return true;
	}
	return length > 1 && s[0] == 'X' && append_hex(out, m, s + 1, length - 1);
}

/* The text with its sequences resolved; false where one stays as it is. */
static bool append_unescaped(struct buffer *out, struct hl7_part part, char escape)
{
	const struct hl7_message *m = part.segment->message;
	const char *at = part.text, *end = part.text + part.length;
	bool all = true;
	while (at < end) {
		const char *close = *at == escape ? memchr(at + 1, escape, (size_t)(end - at) - 1)
						  : NULL;
		if (close != NULL && append_sequence(out, m, at + 1, (size_t)(close - at) - 1)) {
			at = close + 1;
			continue;
		}
		all = all && *at != escape;
		buffer_byte(out, (unsigned char)*at++);
	}
	return all;
}

static bool has_escape(struct hl7_part part, char *escape)
{
	*escape = part.segment == NULL || literal(part) ? '\0'
							: part.segment->message->delimiters.escape;
	return *escape != '\0' && part.length != 0
	       && memchr(part.text, *escape, part.length) != NULL;
}

bool hl7_unread_escape(struct hl7_part part)
{
	char escape;
	if (!has_escape(part, &escape))
		return false;
	struct buffer out = buffer_in(part.segment->message->arena);
	return !append_unescaped(&out, part, escape);
}

static const char *unescaped(struct hl7_part part)
{
	char escape;
	if (part.length == 0)
		return "";
	struct arena *a = part.segment->message->arena;
	if (!has_escape(part, &escape))
		return arena_text_n(a, part.text, part.length);
	struct buffer out = buffer_in(a);
	append_unescaped(&out, part, escape);
	return buffer_ended(&out);
}

const char *hl7_text(struct hl7_part part)
{
	return unescaped(part.subcomponent == 0 ? hl7_subcomponent(part, 1) : part);
}

const char *hl7_whole(struct hl7_part part)
{
	return unescaped(part);
}

const char *hl7_update(struct hl7_part part)
{
	if (!hl7_present(part))
		return NULL;
	struct hl7_part first = part.subcomponent == 0 ? hl7_subcomponent(part, 1) : part;
	if (hl7_deletes(first))
		return "";
	return hl7_present(first) ? hl7_text(first) : NULL;
}

const char *hl7_value(const struct hl7_segment *s, unsigned field, unsigned repetition,
		      unsigned component, unsigned subcomponent)
{
	struct hl7_part part = hl7_repetition(hl7_field(s, field),
					      repetition == 0 ? 1 : repetition);
	part = hl7_component(part, component == 0 ? 1 : component);
	return hl7_text(hl7_subcomponent(part, subcomponent == 0 ? 1 : subcomponent));
}

const char *hl7_where(struct hl7_part part)
{
	const unsigned path[] = { part.field, part.repetition, part.component, part.subcomponent };
	if (part.segment == NULL)
		return "";
	struct arena *a = part.segment->message->arena;
	const char *where = arena_printf(a, "%s^%u", part.segment->name,
					 hl7_occurrence(part.segment));
	for (size_t i = 0; i < COUNT(path) && path[i] != 0; i++)
		where = arena_printf(a, "%s^%u", where, path[i]);
	return where;
}

struct bytes hl7_field_octets(const struct hl7_segment *s, unsigned field)
{
	struct bytes none = { NULL, 0 };
	if (s == NULL || field == 0)
		return none;
	const struct hl7_message *m = s->message;
	struct charset_walk walk = { .charset = m->charset.used,
				     .escape = (unsigned char)m->delimiters.escape };
	unsigned now = is_header(s) ? 1 : 0;
	size_t start = 0, length;
	for (size_t i = 0; i < s->octets.length; i += length) {
		const unsigned char *c = s->octets.data + i;
		enum charset_step step = charset_walk_step(&walk, c, s->octets.length - i, &length);
		if (step != STEP_ASCII || *c != (unsigned char)m->delimiters.field)
			continue;
		if (now == field)
			return (struct bytes){ s->octets.data + start, i - start };
		now++;
		start = i + 1;
	}
	if (now != field)
		return none;
	return (struct bytes){ s->octets.data + start, s->octets.length - start };
}
