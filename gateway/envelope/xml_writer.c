/* gateway/envelope/xml_writer.c: an answer in XML, appended piece by piece. XML 1.0, Namespaces
 * 1.0. */
#include "gateway/envelope/xml_writer.h"

#include <stdint.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

struct opened {
	const char *name;
	size_t length;		/* of the name */
	size_t declarations;	/* in scope before this element */
	struct opened *outer;
};

struct declaration {
	const char *prefix, *uri;
};

struct xml_writer {
	struct arena *arena;
	struct buffer out;
	struct opened *open, *spare;
	size_t depth;
	bool in_tag;		/* the last start tag still lacks its > */
	struct declaration *declarations;
	size_t count, room;
};

struct xml_writer *xml_writer_begin(struct arena *a)
{
	struct xml_writer *w = arena_new(a, struct xml_writer);
	w->arena = a;
	w->out = buffer_in(a);
	return w;
}

struct arena *xml_writer_arena(const struct xml_writer *w)
{
	return w->arena;
}

static void put(struct xml_writer *w, const char *text)
{
	buffer_append(&w->out, text, strlen(text));
}

void xml_put_declaration(struct xml_writer *w)
{
	if (w->out.length == 0)
		put(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
}

static void end_tag_head(struct xml_writer *w)
{
	if (w->in_tag)
		buffer_byte(&w->out, '>');
	w->in_tag = false;
}

void xml_open(struct xml_writer *w, const char *name)
{
	struct opened *e = w->spare;
	if (e != NULL)
		w->spare = e->outer;
	else
		e = arena_new(w->arena, struct opened);
	*e = (struct opened){
		.name = name, .length = strlen(name), .declarations = w->count, .outer = w->open
	};
	unsigned char *at = buffer_reserve(&w->out, e->length + 2), *start = at;
	if (w->in_tag)
		*at++ = '>';
	*at++ = '<';
	memcpy(at, name, e->length);
	w->out.length += (size_t)(at - start) + e->length;
	w->open = e;
	w->depth++;
	w->in_tag = true;
}

void xml_close(struct xml_writer *w)
{
	struct opened *e = w->open;
	if (e == NULL)
		return;
	if (w->in_tag) {
		put(w, "/>");
	} else {
		unsigned char *at = buffer_reserve(&w->out, e->length + 3);
		*at++ = '<';
		*at++ = '/';
		memcpy(at, e->name, e->length);
		at[e->length] = '>';
		w->out.length += e->length + 3;
	}
	w->in_tag = false;
	w->count = e->declarations;
	w->depth--;
	w->open = e->outer;
	e->outer = w->spare;
	w->spare = e;
}

/* How an octet is written: as it is, as a reference (everywhere, or only in attributes), not at all
 * (XML 1.0 2.2), or after looking at the octets that follow it. */
enum treatment { PLAIN, ALWAYS, IN_ATTRIBUTE, ILLEGAL, MULTIBYTE };

static enum treatment treatment(unsigned char c)
{
	if (c >= 0x80)
		return MULTIBYTE;
	switch (c) {
	case '&': case '<': case '>': case '\r':
		return ALWAYS;
	case '"': case '\t': case '\n':
		return IN_ATTRIBUTE;
	default:
		return c < 0x20 ? ILLEGAL : PLAIN;
	}
}

static const char *reference(unsigned char c)
{
	switch (c) {
	case '&':  return "&amp;";
	case '<':  return "&lt;";
	case '>':  return "&gt;";
	case '"':  return "&quot;";
	case '\t': return "&#9;";
	case '\n': return "&#10;";
	default:   return "&#13;";
	}
}

/* Octets of the character at s, or 0 when it is not one, or not one XML may hold (2.2: no
 * surrogates, not U+FFFE, not U+FFFF). */
static size_t character(const unsigned char *s, size_t length)
{
	size_t wanted = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (wanted > length || !text_is_utf8(s, wanted))
		return 0;
	return wanted == 3 && s[0] == 0xef && s[1] == 0xbf && s[2] >= 0xbe ? 0 : wanted;
}

/* One of these eight octets is not plain: below 0x20, from 0x80, or one of & < > ". In each octet a
 * high bit comes out set where it is; a borrow may set others only above a true one. */
static bool special(uint64_t octets)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones * 0x80;
	uint64_t brackets = (octets | ones * 2) ^ ones * '>';	/* < is > without this bit */
	uint64_t marks = (octets | ones * 4) ^ ones * '&';	/* " is & without that one */
	return ((octets | (octets - ones * 0x20) | (brackets - ones) | (marks - ones)) & highs)
	       != 0;
}

/* Nearly all of an answer is plain, so that is passed over eight octets at a time. */
static size_t plain(const unsigned char *s, size_t length)
{
	size_t n = 0;
	uint64_t octets;
	for (; length - n >= sizeof octets; n += sizeof octets) {
		memcpy(&octets, s + n, sizeof octets);
		if (special(octets))
			break;
	}
	while (n < length && treatment(s[n]) == PLAIN)
		n++;
	return n;
}

static void put_escaped(struct xml_writer *w, struct bytes text, bool attribute)
{
	size_t from = 0, at = plain(text.data, text.length);
	while (at < text.length) {
		unsigned char c = text.data[at];
		enum treatment how = treatment(c);
		size_t length = 1;
		const char *instead = NULL;
		if (how == MULTIBYTE)
			length = character(text.data + at, text.length - at);
		if (how == ILLEGAL || length == 0)
			instead = "\xef\xbf\xbd";
		else if (how == ALWAYS || (how == IN_ATTRIBUTE && attribute))
			instead = reference(c);
		if (instead != NULL) {
			buffer_append(&w->out, text.data + from, at - from);
			put(w, instead);
			length = 1;
			from = at + 1;
		}
		at += length;
		at += plain(text.data + at, text.length - at);
	}
	buffer_append(&w->out, text.data + from, at - from);
}

/* What prefix stands for here; NULL when it was not declared. */
static const char *meaning(const struct xml_writer *w, const char *prefix)
{
	for (size_t i = w->count; i > 0; i--)
		if (strcmp(w->declarations[i - 1].prefix, prefix) == 0)
			return w->declarations[i - 1].uri;
	return *prefix == '\0' ? "" : NULL;
}

static void remember(struct xml_writer *w, const char *prefix, const char *uri)
{
	if (w->count == w->room) {
		size_t room = w->room == 0 ? 16 : w->room * 2;
		w->declarations = arena_resize(w->arena, w->declarations,
					       w->room * sizeof *w->declarations,
					       room * sizeof *w->declarations);
		w->room = room;
	}
	w->declarations[w->count++] = (struct declaration){ prefix, uri };
}

static bool declared_on_this_element(const struct xml_writer *w, const char *prefix)
{
	for (size_t i = w->open->declarations; i < w->count; i++)
		if (strcmp(w->declarations[i].prefix, prefix) == 0)
			return true;
	return false;
}

void xml_namespace_declare(struct xml_writer *w, const char *prefix, const char *uri)
{
	if (!w->in_tag)
		return;
	if (prefix == NULL)
		prefix = "";
	if (uri == NULL)
		uri = "";
	if (text_equal(meaning(w, prefix), uri) || declared_on_this_element(w, prefix))
		return;
	remember(w, prefix, uri);
	put(w, *prefix == '\0' ? " xmlns" : " xmlns:");
	put(w, prefix);
	put(w, "=\"");
	put_escaped(w, bytes_of_text(uri), true);
	buffer_byte(&w->out, '"');
}

void xml_put_attribute(struct xml_writer *w, const char *name, const char *value)
{
	if (!w->in_tag || value == NULL)
		return;
	size_t named = strlen(name), length = strlen(value);
	size_t as_it_is = plain((const unsigned char *)value, length);
	unsigned char *at = buffer_reserve(&w->out, named + as_it_is + 4);
	*at++ = ' ';
	memcpy(at, name, named);
	at += named;
	*at++ = '=';
	*at++ = '"';
	memcpy(at, value, as_it_is);
	w->out.length += named + as_it_is + 3;
	if (as_it_is < length)
		put_escaped(w, bytes_of_text(value + as_it_is), true);
	buffer_byte(&w->out, '"');
}

void xml_put_text_bytes(struct xml_writer *w, struct bytes text)
{
	if (w->open == NULL || text.length == 0)
		return;
	end_tag_head(w);
	put_escaped(w, text, false);
}

void xml_put_text(struct xml_writer *w, const char *text)
{
	xml_put_text_bytes(w, bytes_of_text(text));
}

void xml_put_base64(struct xml_writer *w, struct bytes data)
{
	if (w->open == NULL || data.length == 0)
		return;
	end_tag_head(w);
	buffer_base64(&w->out, data);
}

void xml_element_text(struct xml_writer *w, const char *name, const char *text)
{
	if (text == NULL)
		return;
	xml_open(w, name);
	xml_put_text(w, text);
	xml_close(w);
}

size_t xml_writer_depth(const struct xml_writer *w)
{
	return w->depth;
}

void xml_close_to(struct xml_writer *w, size_t depth)
{
	while (w->depth > depth)
		xml_close(w);
}

struct bytes xml_writer_end(struct xml_writer *w)
{
	xml_close_to(w, 0);
	return buffer_bytes(&w->out);
}
