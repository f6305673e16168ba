/* gateway/envelope/charset_place.c: where in a message an octet stands, before the message is
 * split.
 *
 * Who hears that "the message" holds an octet that is no character looks for it in vain among two
 * hundred lines. The walk tells delimiters from halves of kanji, as the reader does. */
#include <stdio.h>
#include <string.h>

#include "gateway/envelope/charset.h"

struct place {
	unsigned field, repetition, component;
};

struct marks {
	unsigned char field, component, repetition;
};

/* Those of MSH-1 and MSH-2, as far as they can be told. */
static struct marks marks_of(struct bytes octets)
{
	bool header = octets.length > 8 && memcmp(octets.data, "MSH", 3) == 0;
	return header ? (struct marks){ octets.data[3], octets.data[4], octets.data[5] }
		      : (struct marks){ '|', '^', '~' };
}

static bool line_end(unsigned char c)
{
	return c == '\r' || c == '\n';
}

static size_t line_start(struct bytes octets, size_t at)
{
	while (at > 0 && !line_end(octets.data[at - 1]))
		at--;
	return at;
}

static bool named(struct bytes octets, size_t line)
{
	for (size_t i = line; i < line + 3; i++) {
		unsigned char c = i < octets.length ? octets.data[i] : 0;
		if (!(c >= 'A' && c <= 'Z') && (i == line || !(c >= '0' && c <= '9')))
			return false;
	}
	return true;
}

/* The how-manieth segment of its name the line is: no set has CR or LF inside a character. */
static unsigned occurrence(struct bytes octets, size_t line)
{
	unsigned count = 1;
	for (size_t i = 0; i + 3 < line; i++)
		count += (i == 0 || line_end(octets.data[i - 1]))
			 && memcmp(octets.data + i, octets.data + line, 3) == 0;
	return count;
}

static void step(struct place *p, const struct marks *m, unsigned char c)
{
	if (c == m->field)
		*p = (struct place){ .field = p->field + 1, .repetition = 1, .component = 1 };
	else if (c == m->repetition)
		*p = (struct place){ .field = p->field,
				     .repetition = p->repetition + 1,
				     .component = 1 };
	else if (c == m->component)
		p->component++;
}

void charset_place(struct bytes octets, enum charset charset, unsigned char escape, size_t at,
		   char place[CHARSET_PLACE])
{
	size_t line = line_start(octets, at < octets.length ? at : octets.length), length;
	struct charset_walk walk = { .charset = charset, .escape = escape };
	struct marks marks = marks_of(octets);
	struct place p = { .field = 0 };
	if (!named(octets, line)) {
		snprintf(place, CHARSET_PLACE, "MSH^1^18");
		return;
	}
	bool header = memcmp(octets.data + line, "MSH", 3) == 0;
	p.field = header ? 1 : 0; /* MSH-1 is the mark itself */
	for (size_t i = line; i < at; i += length)
		if (charset_walk_step(&walk, octets.data + i, octets.length - i, &length)
		    == STEP_ASCII)
			step(&p, &marks, octets.data[i]);
	int used = snprintf(place, CHARSET_PLACE, "%.3s^%u", (const char *)octets.data + line,
			    occurrence(octets, line));
	if (header && p.field <= 2) /* within the marks nothing is parted */
		snprintf(place + used, CHARSET_PLACE - (size_t)used, "^%u", p.field);
	else if (p.field > 0)
		snprintf(place + used, CHARSET_PLACE - (size_t)used, "^%u^%u^%u", p.field,
			 p.repetition, p.component);
}
