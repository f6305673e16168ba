/* gateway/exposition.c: metrics as text, as Prometheus reads it and as OpenMetrics has it. */
#include "gateway/exposition.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

/* ---- What is asked for ---- */

struct span {
	const char *at;
	size_t length;
};

static struct span trimmed(const char *at, size_t length)
{
	while (length > 0 && (*at == ' ' || *at == '\t')) {
		at++;
		length--;
	}
	while (length > 0 && (at[length - 1] == ' ' || at[length - 1] == '\t'))
		length--;
	return (struct span){ at, length };
}

static bool is_word(struct span s, const char *word)
{
	return s.length == strlen(word) && strncasecmp(s.at, word, s.length) == 0;
}

/* Up to that octet, which is passed; the rest stays in *s. */
static struct span cut(struct span *s, char end)
{
	const char *found = memchr(s->at, end, s->length);
	size_t length = found == NULL ? s->length : (size_t)(found - s->at);
	struct span piece = trimmed(s->at, length);
	size_t passed = length + (found != NULL);
	s->at += passed;
	s->length -= passed;
	return piece;
}

/* RFC 9110 12.4.2, in thousandths; what is no weight counts as none. */
static unsigned weight_of(struct span s)
{
	unsigned value = 0, digits = 0;
	if (s.length == 0 || s.length > 5 || (s.at[0] != '0' && s.at[0] != '1')
	    || (s.length > 1 && s.at[1] != '.'))
		return 0;
	for (size_t i = 2; i < s.length; i++, digits++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return 0;
		value = value * 10 + (unsigned)(s.at[i] - '0');
	}
	for (; digits < 3; digits++)
		value *= 10;
	value += s.at[0] == '1' ? 1000 : 0;
	return value > 1000 ? 0 : value;
}

struct media {
	struct span type, version;
	unsigned weight;
};

static struct media read_media(struct span one)
{
	struct media m = { .type = cut(&one, ';'), .weight = 1000 };
	while (one.length > 0) {
		struct span value = cut(&one, ';'), name = cut(&value, '=');
		value = trimmed(value.at, value.length);
		if (is_word(name, "q"))
			m.weight = weight_of(value);
		else if (is_word(name, "version"))
			m.version = value;
	}
	return m;
}

static unsigned heavier(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

enum exposition exposition_asked(const char *accept)
{
	struct span left = { accept, accept == NULL ? 0 : strlen(accept) };
	unsigned open = 0, plain = 0;
	while (left.length > 0) {
		struct media m = read_media(cut(&left, ','));
		if (is_word(m.type, "application/openmetrics-text")
		    && (m.version.length == 0 || is_word(m.version, "1.0.0")))
			open = heavier(open, m.weight);
		else if (is_word(m.type, "text/plain"))
			plain = heavier(plain, m.weight);
	}
	return open > 0 && open >= plain ? EXPOSITION_OPENMETRICS : EXPOSITION_PROMETHEUS;
}

const char *exposition_media_type(enum exposition as)
{
	static const char *const types[] = {
		[EXPOSITION_PROMETHEUS] = "text/plain; version=0.0.4; charset=utf-8",
		[EXPOSITION_OPENMETRICS] =
			"application/openmetrics-text; version=1.0.0; charset=utf-8",
	};
	return types[as];
}

/* ---- Families ---- */

struct sample {
	struct span line;
	struct sample *next;
};

struct family {
	struct span name, help, type;
	struct sample *first, **end;
	struct family *next;
};

struct families {
	struct arena *arena;
	struct family *first, **end, *last;
};

static bool same(struct span a, struct span b)
{
	return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

static struct family *find(const struct families *all, struct span name)
{
	if (all->last != NULL && same(all->last->name, name))
		return all->last;
	struct family *f = all->first;
	while (f != NULL && !same(f->name, name))
		f = f->next;
	return f;
}

static struct family *declared(struct families *all, struct span name)
{
	struct family *f = find(all, name);
	if (f == NULL) {
		f = arena_new(all->arena, struct family);
		f->name = name;
		f->end = &f->first;
		*all->end = f;
		all->end = &f->next;
	}
	return f;
}

static bool is_histogram(const struct family *f)
{
	return f != NULL && is_word(f->type, "histogram");
}

/* By its name, or, of a histogram, by what stands before the name of its part. */
static struct family *family_of(const struct families *all, struct span name)
{
	static const char *const parts[] = { "_bucket", "_sum", "_count" };
	struct family *f = find(all, name);
	for (size_t i = 0; f == NULL && i < COUNT(parts); i++) {
		size_t part = strlen(parts[i]);
		if (name.length <= part
		    || memcmp(name.at + name.length - part, parts[i], part) != 0)
			continue;
		f = find(all, (struct span){ name.at, name.length - part });
		f = is_histogram(f) ? f : NULL;
	}
	return f;
}

static void read_sample(struct families *all, struct span line)
{
	struct span name = { line.at, 0 };
	while (name.length < line.length && line.at[name.length] != '{'
	       && line.at[name.length] != ' ')
		name.length++;
	struct family *f = family_of(all, name);
	if (f == NULL || f->type.length == 0)
		return;
	struct sample *s = arena_new(all->arena, struct sample);
	s->line = line;
	*f->end = s;
	f->end = &s->next;
	all->last = f;
}

/* "# HELP name text", "# TYPE name word" */
static void read_line(struct families *all, struct span line)
{
	struct span rest = line;
	if (line.length == 0)
		return;
	if (line.at[0] != '#') {
		read_sample(all, line);
		return;
	}
	cut(&rest, ' ');
	struct span what = cut(&rest, ' '), name = cut(&rest, ' ');
	struct family *f = declared(all, name);
	if (is_word(what, "HELP"))
		f->help = rest;
	else
		f->type = rest;
}

static void read_lines(struct families *all, struct bytes lines)
{
	struct span left = { (const char *)lines.data, lines.length };
	while (left.length > 0) {
		const char *found = memchr(left.at, '\n', left.length);
		size_t length = found == NULL ? left.length : (size_t)(found - left.at);
		read_line(all, (struct span){ left.at, length });
		left.at += length + (found != NULL);
		left.length -= length + (found != NULL);
	}
}

/* ---- As text ---- */

static void put(struct buffer *b, struct span s)
{
	buffer_append(b, s.at, s.length);
}

static void put_comment(struct buffer *b, const char *what, struct span name, struct span text)
{
	buffer_printf(b, "# %s ", what);
	put(b, name);
	buffer_byte(b, ' ');
	put(b, text);
	buffer_byte(b, '\n');
}

static struct span span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static struct span without(struct span name, const char *suffix)
{
	size_t length = strlen(suffix);
	if (name.length > length && memcmp(name.at + name.length - length, suffix, length) == 0)
		name.length -= length;
	return name;
}

static struct span open_name(const struct family *f)
{
	return is_word(f->type, "counter") ? without(f->name, "_total")
	       : is_word(f->type, "info")  ? without(f->name, "_info")
					   : f->name;
}

/* What a name may end in and is a unit; a moment is told in seconds as well. */
static const char *unit_of(struct span name)
{
	static const char *const units[] = { "seconds", "bytes", "octets" };
	for (size_t i = 0; i < COUNT(units); i++) {
		size_t length = strlen(units[i]);
		if (name.length > length + 1 && name.at[name.length - length - 1] == '_'
		    && memcmp(name.at + name.length - length, units[i], length) == 0)
			return units[i];
	}
	return NULL;
}

static void put_head(struct buffer *b, enum exposition as, const struct family *f)
{
	bool open = as == EXPOSITION_OPENMETRICS;
	struct span name = open ? open_name(f) : f->name;
	const char *unit = open ? unit_of(name) : NULL;
	put_comment(b, "HELP", name, f->help);
	put_comment(b, "TYPE", name,
		    !open && is_word(f->type, "info") ? span_of("gauge") : f->type);
	if (unit != NULL)
		put_comment(b, "UNIT", name, span_of(unit));
}

struct bytes exposition_write(struct arena *a, enum exposition as, struct bytes lines)
{
	struct families all = { .arena = a };
	struct buffer b = buffer_in(a);
	all.end = &all.first;
	read_lines(&all, lines);
	for (const struct family *f = all.first; f != NULL; f = f->next) {
		if (f->type.length == 0)
			continue;
		put_head(&b, as, f);
		for (const struct sample *s = f->first; s != NULL; s = s->next) {
			put(&b, s->line);
			buffer_byte(&b, '\n');
		}
	}
	if (as == EXPOSITION_OPENMETRICS)
		buffer_text(&b, "# EOF\n");
	return buffer_bytes(&b);
}
