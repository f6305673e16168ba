/* gateway/envelope/xml_writer.c: an answer in XML, appended piece by piece. XML 1.0, Namespaces
 * 1.0. */
#include "gateway/envelope/xml_writer.h"

#include <stdint.h>

#include "gateway/base/arena.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"

/* The first room of an answer (most are no longer) and of what is open. */
enum { FIRST_OCTETS = 4096, FIRST_ELEMENTS = 16, FIRST_DECLARATIONS = 8 };

struct opened {
	const char *name;
	size_t length;       /* of the name */
	size_t declarations; /* in scope before this element */
};

struct declaration {
	const char *prefix, *uri;
};

/* What was spooled stands in front of the octet at. */
struct inserted {
	size_t at;
	struct spool *content;
	struct inserted *next;
};

struct xml_writer {
	struct arena *arena;
	struct buffer out;
	struct spool *into; /* a full window is passed on to it; NULL: the buffer grows */
	struct inserted *inserted, **last_inserted;
	bool in_tag;         /* the last start tag still lacks its > */
	struct opened *open; /* the root first */
	size_t depth, places;
	struct declaration *declarations;
	size_t count, room;
	const char *exchange;
};

static struct xml_writer *begin(struct arena *a, struct spool *into)
{
	struct xml_writer *w = arena_new(a, struct xml_writer);
	*w = (struct xml_writer){
		.arena = a,
		.out = buffer_in(a),
		.into = into,
		.last_inserted = &w->inserted,
		.open = arena_array(a, struct opened, FIRST_ELEMENTS),
		.places = FIRST_ELEMENTS,
		.declarations = arena_array(a, struct declaration, FIRST_DECLARATIONS),
		.room = FIRST_DECLARATIONS,
	};
	buffer_grow(&w->out, FIRST_OCTETS);
	return w;
}

struct xml_writer *xml_writer_begin(struct arena *a)
{
	return begin(a, NULL);
}

/* The element it is put into counts as open. */
struct xml_writer *xml_content_begin(struct arena *a, struct spool *into)
{
	struct xml_writer *w = begin(a, into);
	w->open[w->depth++] = (struct opened){ "", 0, 0 };
	return w;
}

/* Content grows to its window at once, and then no further, but for what does not fit there. */
static void make_room(struct xml_writer *w, size_t length)
{
	if (w->into != NULL && w->out.capacity >= SPOOL_WINDOW)
		spool_pass(w->into, &w->out);
	else if (w->into != NULL && w->out.length + length < SPOOL_WINDOW)
		length = SPOOL_WINDOW - w->out.length;
	if (w->out.capacity - w->out.length < length)
		buffer_grow(&w->out, length);
}

/* As buffer_reserve(). */
static inline unsigned char *reserve(struct xml_writer *w, size_t length)
{
	if (w->out.capacity - w->out.length < length)
		make_room(w, length);
	return w->out.data + w->out.length;
}

void xml_writer_expect(struct xml_writer *w, size_t octets)
{
	buffer_reserve(&w->out, octets);
}

void xml_writer_answers(struct xml_writer *w, const char *exchange)
{
	w->exchange = exchange;
}

const char *xml_writer_exchange(const struct xml_writer *w)
{
	return w->exchange;
}

struct arena *xml_writer_arena(const struct xml_writer *w)
{
	return w->arena;
}

/* As it is, without a look at it. */
static void put(struct xml_writer *w, const char *octets, size_t length)
{
	memcpy(reserve(w, length), octets, length);
	w->out.length += length;
}

static void put_text(struct xml_writer *w, const char *text)
{
	put(w, text, strlen(text));
}

void xml_put_declaration(struct xml_writer *w)
{
	if (w->out.length == 0)
		put_text(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
}

static void end_tag_head(struct xml_writer *w)
{
	if (w->in_tag)
		put(w, ">", 1);
	w->in_tag = false;
}

void xml_open_element(struct xml_writer *w, const char *name, size_t length)
{
	if (w->depth == w->places) {
		w->open = arena_resize(w->arena, w->open, w->places * sizeof *w->open,
				       2 * w->places * sizeof *w->open);
		w->places *= 2;
	}
	w->open[w->depth++] = (struct opened){ name, length, w->count };
	unsigned char *at = reserve(w, length + 2), *start = at;
	if (w->in_tag)
		*at++ = '>';
	*at++ = '<';
	memcpy(at, name, length);
	w->out.length += (size_t)(at - start) + length;
	w->in_tag = true;
}

void xml_close(struct xml_writer *w)
{
	if (w->depth == 0)
		return;
	const struct opened *e = &w->open[--w->depth];
	if (w->in_tag) {
		put(w, "/>", 2);
	} else {
		unsigned char *at = reserve(w, e->length + 3);
		*at++ = '<';
		*at++ = '/';
		memcpy(at, e->name, e->length);
		at[e->length] = '>';
		w->out.length += e->length + 3;
	}
	w->in_tag = false;
	w->count = e->declarations;
}

/* Of an octet below 0x40: is it a control character or one of " & < >? */
static bool marked(unsigned char c)
{
	const uint64_t marks = UINT64_C(0xffffffff) | UINT64_C(1) << '"' | UINT64_C(1) << '&'
			       | UINT64_C(1) << '<' | UINT64_C(1) << '>';
	return (marks >> c & 1) != 0;
}

/* Written as it is, wherever it stands. */
static bool is_plain(unsigned char c)
{
	return c < 0x40 ? !marked(c) : c < 0x80;
}

/* One of these eight octets is not plain: below 0x20, from 0x80, or one of & < > ". In each octet a
 * high bit comes out set where it is; a borrow may set others only above a true one. */
static bool special(uint64_t octets)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones * 0x80;
	uint64_t brackets = (octets | ones * 2) ^ ones * '>'; /* < is > without this bit */
	uint64_t marks = (octets | ones * 4) ^ ones * '&';    /* " is & without that one */
	return ((octets | (octets - ones * 0x20) | (brackets - ones) | (marks - ones)) & highs)
	       != 0;
}

/* Copies up to the first octet that is not plain; says how many those are. Nearly all of an answer
 * is plain, so it goes eight octets at a time: the last eight may lie over some copied already. */
static size_t copy_plain(unsigned char *to, const unsigned char *from, size_t length)
{
	size_t n = 0;
	uint64_t octets;
	while (length - n >= sizeof octets) {
		memcpy(&octets, from + n, sizeof octets);
		if (special(octets))
			break;
		memcpy(to + n, &octets, sizeof octets);
		n += sizeof octets;
		if (length - n < sizeof octets && length > n)
			n = length - sizeof octets;
	}
	for (; n < length && is_plain(from[n]); n++)
		to[n] = from[n];
	return n;
}

/* Octets of the character at s, or 0 when it is not one, or not one XML may hold (2.2: no
 * surrogates, not U+FFFE, not U+FFFF). */
static size_t character(const unsigned char *s, size_t length)
{
	/* U+1000 to U+CFFF, where Japanese is: nothing but three octets to look at. */
	if (s[0] > 0xe0 && s[0] < 0xed && length >= 3 && (s[1] & 0xc0) == 0x80
	    && (s[2] & 0xc0) == 0x80)
		return 3;
	size_t wanted = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (wanted > length || !text_is_utf8(s, wanted))
		return 0;
	return wanted == 3 && s[0] == 0xef && s[1] == 0xbf && s[2] >= 0xbe ? 0 : wanted;
}

/* What stands for an octet that is not plain and begins no character beyond ASCII: a reference
 * (everywhere, or in attributes), itself (NULL), or U+FFFD for what XML 1.0 does not have (2.2). */
static const char *reference(unsigned char c, bool attribute)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '\r': return "&#13;";
	case '"': return attribute ? "&quot;" : NULL;
	case '\t': return attribute ? "&#9;" : NULL;
	case '\n': return attribute ? "&#10;" : NULL;
	default: return "\xef\xbf\xbd";
	}
}

/* Characters beyond ASCII up to the first octet that is not of one; says how many octets. */
static size_t copy_characters(unsigned char *to, const unsigned char *from, size_t length)
{
	size_t n = 0;
	while (n < length && from[n] >= 0x80) {
		size_t octets = character(from + n, length - n);
		if (octets == 0)
			break;
		for (size_t end = n + octets; n < end; n++)
			to[n] = from[n];
	}
	return n;
}

/* What elements are indented with. */
static size_t copy_indentation(unsigned char *to, const unsigned char *from, size_t length)
{
	size_t n = 0;
	for (; n < length && (from[n] == '\n' || from[n] == '\t'); n++)
		to[n] = from[n];
	return n;
}

static void put_escaped(struct xml_writer *w, const unsigned char *s, size_t length, bool attribute)
{
	for (;;) {
		unsigned char *to = reserve(w, length);
		size_t n = attribute ? 0 : copy_indentation(to, s, length);
		n += copy_plain(to + n, s + n, length - n);
		n += copy_characters(to + n, s + n, length - n);
		w->out.length += n;
		s += n;
		length -= n;
		if (length == 0)
			return;
		if (is_plain(*s))
			continue;
		const char *instead = reference(*s, attribute);
		if (instead != NULL)
			put_text(w, instead);
		else
			put(w, (const char *)s, 1);
		s++;
		length--;
	}
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
		w->declarations = arena_resize(w->arena, w->declarations,
					       w->room * sizeof *w->declarations,
					       2 * w->room * sizeof *w->declarations);
		w->room *= 2;
	}
	w->declarations[w->count++] = (struct declaration){ prefix, uri };
}

static bool declared_on_this_element(const struct xml_writer *w, const char *prefix)
{
	for (size_t i = w->open[w->depth - 1].declarations; i < w->count; i++)
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
	put_text(w, *prefix == '\0' ? " xmlns" : " xmlns:");
	put_text(w, prefix);
	put(w, "=\"", 2);
	put_escaped(w, (const unsigned char *)uri, strlen(uri), true);
	put(w, "\"", 1);
}

void xml_put_attribute_named(struct xml_writer *w, const char *name, size_t length,
			     const char *value)
{
	if (!w->in_tag || value == NULL)
		return;
	unsigned char *at = reserve(w, length + 3);
	*at++ = ' ';
	memcpy(at, name, length);
	at[length] = '=';
	at[length + 1] = '"';
	w->out.length += length + 3;
	put_escaped(w, (const unsigned char *)value, strlen(value), true);
	put(w, "\"", 1);
}

struct xml_value xml_value_looked_at(const char *text)
{
	struct xml_value v = { text, 0, true };
	for (; text[v.length] != '\0'; v.length++)
		v.plain = v.plain && is_plain((unsigned char)text[v.length]);
	return v;
}

void xml_put_pattern(struct xml_writer *w, const struct xml_piece *pieces,
		     const struct xml_value *values, size_t count)
{
	if (w->depth == 0)
		return;
	end_tag_head(w);
	for (size_t i = 0; i < count; i++) {
		const struct xml_piece *before = &pieces[i];
		put(w, before->text, before->length);
		if (values[i].plain)
			put(w, values[i].text, values[i].length);
		else
			put_escaped(w, (const unsigned char *)values[i].text, values[i].length,
				    before->text[before->length - 1] == '"');
	}
	put(w, pieces[count].text, pieces[count].length);
}

void xml_put_text_bytes(struct xml_writer *w, struct bytes text)
{
	if (w->depth == 0 || text.length == 0)
		return;
	end_tag_head(w);
	put_escaped(w, text.data, text.length, false);
}

void xml_put_text(struct xml_writer *w, const char *text)
{
	xml_put_text_bytes(w, bytes_of_text(text));
}

void xml_put_base64(struct xml_writer *w, struct bytes data)
{
	if (w->depth == 0 || data.length == 0)
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

void xml_content_end(struct xml_writer *w)
{
	xml_close_to(w, 1);
	spool_end(w->into, buffer_bytes(&w->out));
}

void xml_put_content(struct xml_writer *w, struct spool *content)
{
	if (w->depth == 0 || spool_length(content) == 0)
		return;
	end_tag_head(w);
	struct inserted *in = arena_new(w->arena, struct inserted);
	*in = (struct inserted){ .at = w->out.length, .content = content };
	*w->last_inserted = in;
	w->last_inserted = &in->next;
}

static struct spool_part **add_part(struct xml_writer *w, struct spool_part **last,
				    const struct spool_part *part)
{
	struct spool_part *copy = arena_new(w->arena, struct spool_part);
	*copy = *part;
	copy->next = NULL;
	*last = copy;
	return &copy->next;
}

static struct spool_part **add_own(struct xml_writer *w, struct spool_part **last, size_t from,
				   size_t to)
{
	struct spool_part own = { .octets = { w->out.data + from, to - from }, .fd = -1 };
	return from == to ? last : add_part(w, last, &own);
}

const struct spool_part *xml_writer_end_in_parts(struct xml_writer *w)
{
	struct spool_part *first = NULL, **last = &first;
	size_t at = 0;
	xml_close_to(w, 0);
	for (const struct inserted *in = w->inserted; in != NULL; at = in->at, in = in->next) {
		last = add_own(w, last, at, in->at);
		for (const struct spool_part *p = spool_parts(in->content); p != NULL; p = p->next)
			last = add_part(w, last, p);
	}
	add_own(w, last, at, w->out.length);
	return first;
}

/* What was spooled is read back into its place. */
static struct bytes joined(struct xml_writer *w)
{
	struct buffer all = buffer_in(w->arena);
	struct bytes content;
	size_t at = 0;
	for (const struct inserted *in = w->inserted; in != NULL; at = in->at, in = in->next) {
		buffer_append(&all, w->out.data + at, in->at - at);
		if (spool_read(in->content, &content))
			buffer_append(&all, content.data, content.length);
	}
	buffer_append(&all, w->out.data + at, w->out.length - at);
	return buffer_bytes(&all);
}

struct bytes xml_writer_end(struct xml_writer *w)
{
	xml_close_to(w, 0);
	return w->inserted == NULL ? buffer_bytes(&w->out) : joined(w);
}
