/* gateway/envelope/hl7v2_writer.c: messages going out (HL7 2.5: 2.6, 2.7; ITI TF-2: C.2.2).
 *
 * Segments are written into one line of UTF-8, encoded when the line ends. MSH comes last, because
 * only then is it known whether MSH-18 has anything to say. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"

struct hl7_writer {
	struct arena *arena;
	struct hl7_delimiters delimiters;
	enum charset charset;
	const char *msh18, *msh20; /* as the request said them; NULL: only when needed */
	const char *header[13];    /* MSH-3 to MSH-12 by number, escaped; NULL for none */
	const char *type[3];       /* MSH-9 by component, not escaped */
	const char *profile;       /* MSH-21, escaped */
	struct buffer body, line;
	bool open; /* a segment is being written */
	unsigned field, repetition, component, subcomponent;
	size_t lost;
};

size_t hl7_lost(const struct hl7_writer *w)
{
	return w->lost;
}

static bool ascii(struct bytes b)
{
	for (size_t i = 0; i < b.length; i++)
		if (b.data[i] >= 0x80)
			return false;
	return true;
}

/* What is on the line, encoded, into the body. */
static void flush(struct hl7_writer *w, struct buffer *to)
{
	struct bytes line = buffer_bytes(&w->line);
	if ((w->charset == CHARSET_ASCII || w->charset == CHARSET_NONE) && !ascii(line))
		w->charset = CHARSET_UTF_8;
	struct bytes octets = charset_encode(w->arena, w->charset, (const char *)line.data,
					     line.length, &w->lost);
	buffer_append(to, octets.data, octets.length);
	w->line.length = 0;
}

static void end_segment(struct hl7_writer *w, struct buffer *to)
{
	if (!w->open)
		return;
	flush(w, to);
	buffer_byte(to, '\r');
	w->open = false;
}

static void begin_segment(struct hl7_writer *w, const char *name)
{
	buffer_text(&w->line, name);
	w->open = true;
	w->field = 0;
	w->repetition = w->component = w->subcomponent = 1;
}

void hl7_put_segment(struct hl7_writer *w, const char *name)
{
	end_segment(w, &w->body);
	begin_segment(w, name);
}

static void repeat(struct hl7_writer *w, char delimiter, unsigned times)
{
	for (; times > 0; times--)
		buffer_byte(&w->line, (unsigned char)delimiter);
}

/* The delimiters up to the place. Places ascend: the caller's order is the standard's. */
static void advance(struct hl7_writer *w, unsigned field, unsigned repetition, unsigned component,
		    unsigned subcomponent)
{
	const unsigned to[] = { field, repetition, component, subcomponent };
	unsigned *const at[] = { &w->field, &w->repetition, &w->component, &w->subcomponent };
	const char delimiter[] = { w->delimiters.field, w->delimiters.repetition,
				   w->delimiters.component, w->delimiters.subcomponent };
	assert(w->open);
	for (size_t i = 0; i < COUNT(to); i++) {
		assert(to[i] >= *at[i]);
		if (to[i] == *at[i])
			continue;
		/* A message without that delimiter has no such places; a blank is the nearest. */
		repeat(w, delimiter[i] == '\0' ? ' ' : delimiter[i], to[i] - *at[i]);
		*at[i] = to[i];
		for (size_t k = i + 1; k < COUNT(to); k++)
			*at[k] = 1;
	}
}

static void append_escaped(struct hl7_writer *w, const char *text)
{
	const struct hl7_delimiters *d = &w->delimiters;
	const struct {
		char delimiter, letter;
	} letters[] = {
		{ d->field, 'F' },      { d->component, 'S' }, { d->subcomponent, 'T' },
		{ d->repetition, 'R' }, { d->escape, 'E' },
	};
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		size_t i = 0;
		while (i < COUNT(letters) && letters[i].delimiter != (char)c)
			i++;
		bool control = c < ' ' || c == 0x7f;
		if (i == COUNT(letters) && !control)
			buffer_byte(&w->line, c);
		else if (d->escape == '\0')
			buffer_byte(&w->line, ' ');
		else if (control)
			buffer_printf(&w->line, "%cX%02X%c", d->escape, c, d->escape);
		else
			buffer_printf(&w->line, "%c%c%c", d->escape, letters[i].letter, d->escape);
	}
}

void hl7_put(struct hl7_writer *w, unsigned field, unsigned repetition, unsigned component,
	     unsigned subcomponent, const char *text)
{
	if (text_empty(text))
		return;
	advance(w, field, repetition == 0 ? 1 : repetition, component == 0 ? 1 : component,
		subcomponent == 0 ? 1 : subcomponent);
	append_escaped(w, text);
}

void hl7_put_field(struct hl7_writer *w, unsigned field, const char *text)
{
	hl7_put(w, field, 1, 1, 1, text);
}

/* Escaped already, but for control characters: a stray ESC would switch character sets. */
static void append_verbatim(struct hl7_writer *w, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c >= ' ' && c != 0x7f)
			buffer_byte(&w->line, c);
		else if (w->delimiters.escape == '\0')
			buffer_byte(&w->line, ' ');
		else
			buffer_printf(&w->line, "%cX%02X%c", w->delimiters.escape, c,
				      w->delimiters.escape);
	}
}

void hl7_put_verbatim(struct hl7_writer *w, unsigned field, const char *text)
{
	if (text_empty(text))
		return;
	advance(w, field, 1, 1, 1);
	append_verbatim(w, text, strlen(text));
}

/* In the set we answer in, octets of the request mean the same again. */
static bool octets_fit(const struct hl7_writer *w, const struct hl7_segment *s)
{
	enum charset from = s->message->charset.used;
	return from == w->charset || from == CHARSET_ASCII;
}

void hl7_put_same_field(struct hl7_writer *w, unsigned field, const struct hl7_segment *s,
			unsigned from)
{
	struct hl7_part part = hl7_field(s, from);
	if (part.length == 0)
		return;
	if (!octets_fit(w, s)) {
		hl7_put_verbatim(w, field, arena_text_n(w->arena, part.text, part.length));
		return;
	}
	struct bytes octets = hl7_field_octets(s, from);
	advance(w, field, 1, 1, 1);
	flush(w, &w->body);
	buffer_append(&w->body, octets.data, octets.length);
}

void hl7_put_empty(struct hl7_writer *w, unsigned field)
{
	advance(w, field, 1, 1, 1);
}

void hl7_put_same_segment(struct hl7_writer *w, const struct hl7_segment *s)
{
	end_segment(w, &w->body);
	if (octets_fit(w, s)) {
		buffer_append(&w->body, s->octets.data, s->octets.length);
		buffer_byte(&w->body, '\r');
		return;
	}
	w->open = true;
	append_verbatim(w, s->text, s->length);
	end_segment(w, &w->body);
}

/* Before 2.4 MSH-9 of an acknowledgment has two components; ITI-8 leaves the third out as well. */
static bool has_structure(const char *version)
{
	return !text_starts(version, "2.1") && !text_starts(version, "2.2")
	       && !text_starts(version, "2.3");
}

static void set_type(struct hl7_writer *w, const char *type, const char *event,
		     const char *structure, const char *version)
{
	w->type[0] = type;
	w->type[1] = event;
	w->type[2] = text_empty(event) || !has_structure(version) ? NULL : structure;
}

static struct hl7_writer *start(struct arena *a, const struct hl7_delimiters *d,
				enum charset charset, const struct hl7_stamp *stamp)
{
	struct hl7_writer *w = arena_new(a, struct hl7_writer);
	char now[DTM_TEXT];
	instant_to_dtm(stamp->now, now);
	w->arena = a;
	w->delimiters = *d;
	w->charset = charset == CHARSET_UTF_16 ? CHARSET_UTF_8 : charset;
	w->body = buffer_in(a);
	w->line = buffer_in(a);
	w->header[7] = arena_printf(a, "%s+0000", now);
	w->header[10] = stamp->control_id;
	return w;
}

struct hl7_writer *hl7_message_write(struct arena *a, const struct hl7_header *h,
				     enum charset charset, const struct hl7_stamp *stamp)
{
	struct hl7_writer *w = start(a, &hl7_usual, charset, stamp);
	w->header[3] = h->sending_application;
	w->header[4] = h->sending_facility;
	w->header[5] = h->receiving_application;
	w->header[6] = h->receiving_facility;
	set_type(w, h->type, h->event, h->structure, h->version);
	w->header[11] = h->processing_id;
	w->header[12] = h->version;
	w->profile = h->profile;
	if (h->local_time) {
		char now[DTM_TEXT];
		instant_to_dtm_jst(stamp->now, now);
		w->header[7] = arena_text(a, now);
	}
	return w;
}

/* A field as it stands in the request, or what stands in for it. */
static const char *same_field(const struct hl7_message *request, unsigned field,
			      const char *otherwise)
{
	struct hl7_part part = hl7_field(request->segments, field);
	return part.length == 0 ? otherwise : arena_text_n(request->arena, part.text, part.length);
}

/* MSH-18 of the request, when it named a set. */
static enum charset charset_said(const struct hl7_message *request)
{
	enum charset said;
	if (!request->read
	    || !charset_from_msh18(hl7_whole(hl7_field(request->segments, 18)), &said))
		return CHARSET_NONE;
	return said;
}

/* The set it was written in, if that is what it said or at least can be said. */
static enum charset charset_of_answer(const struct hl7_message *request)
{
	enum charset used = request->charset.used, said = charset_said(request);
	if (request->charset.mismatch && said != CHARSET_NONE && said != CHARSET_ASCII)
		return said;
	return used == CHARSET_WINDOWS_31J || used == CHARSET_EUC_JP ? CHARSET_ISO_2022_JP : used;
}

struct hl7_writer *hl7_answer_write(const struct hl7_message *request, const char *type,
				    const char *event, const char *structure,
				    const struct hl7_stamp *stamp)
{
	const char *version = text_empty(request->version) ? "2.5" : request->version;
	struct hl7_writer *w = start(request->arena, &request->delimiters,
				     charset_of_answer(request), stamp);
	w->header[3] = same_field(request, 5, stamp->application);
	w->header[4] = same_field(request, 6, stamp->facility);
	w->header[5] = same_field(request, 3, NULL);
	w->header[6] = same_field(request, 4, NULL);
	set_type(w, type, event, structure, version);
	w->header[11] = same_field(request, 11, "P");
	w->header[12] = same_field(request, 12, "2.5");
	if (w->charset == charset_said(request)) {
		w->msh18 = same_field(request, 18, NULL);
		w->msh20 = same_field(request, 20, NULL);
	}
	return w;
}

/* MSH-1 is the separator that follows the name, so the line begins in MSH-2. */
static void write_header(struct hl7_writer *w, struct buffer *out)
{
	const struct hl7_delimiters *d = &w->delimiters;
	const char second[] = { d->component, d->repetition, d->escape, d->subcomponent, '\0' };
	bool said = w->charset != CHARSET_ASCII && w->charset != CHARSET_NONE
		    && (!ascii(buffer_bytes(&w->body))
			|| memchr(w->body.data, 033, w->body.length) != NULL);
	begin_segment(w, "MSH");
	buffer_byte(&w->line, (unsigned char)d->field);
	buffer_text(&w->line, second);
	w->field = 2;
	for (unsigned i = 3; i < COUNT(w->header); i++) {
		for (unsigned c = 1; i == 9 && c <= COUNT(w->type); c++)
			hl7_put(w, 9, 1, c, 1, w->type[c - 1]);
		hl7_put_verbatim(w, i, w->header[i]);
	}
	said = said || !ascii(buffer_bytes(&w->line));
	if (said && (w->charset == CHARSET_ASCII || w->charset == CHARSET_NONE))
		w->charset = CHARSET_UTF_8;
	hl7_put_verbatim(w, 18,
			 w->msh18 != NULL ? w->msh18
			 : said           ? charset_msh18(w->charset)
					  : NULL);
	hl7_put_verbatim(w, 20,
			 w->msh20 != NULL           ? w->msh20
			 : said && w->msh18 == NULL ? charset_msh20(w->charset)
						    : NULL);
	hl7_put_verbatim(w, 21, w->profile);
	end_segment(w, out);
}

struct bytes hl7_written(struct hl7_writer *w)
{
	struct buffer out = buffer_in(w->arena);
	end_segment(w, &w->body);
	write_header(w, &out);
	buffer_append(&out, w->body.data, w->body.length);
	return buffer_bytes(&out);
}
