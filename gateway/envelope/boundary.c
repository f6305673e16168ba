/* gateway/envelope/boundary.c: where the parts of a multipart body begin and end. RFC 2046
 * 5.1.1. */
#include "gateway/envelope/boundary.h"

#include <string.h>

#include "gateway/base/arena.h"

/* How far into a delimiter line we are. */
enum stage {
	INSIDE,   /* not at all */
	RETURNED, /* CR, awaiting LF */
	LINE,     /* at the start of a line, or within "--" boundary */
	PADDING,  /* behind the boundary */
	MINUS,    /* one "-" behind it */
	ENDING,   /* CR of the delimiter line itself */
	CLOSED
};

/* What an octet means to a line that may become a delimiter. */
enum step { STEP_ON, STEP_BROKEN, STEP_NEXT, STEP_LAST };

bool boundary_is_valid(const char *text)
{
	static const char others[] = "'()+_,-./:=? ";
	size_t length = strlen(text);
	if (length == 0 || length > BOUNDARY_MOST || text[length - 1] == ' ')
		return false;
	for (const char *c = text; *c != '\0'; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z')
		      || (*c >= '0' && *c <= '9'))
		    && strchr(others, *c) == NULL)
			return false;
	return true;
}

void boundary_begin(struct boundary *b, struct arena *a, const char *text)
{
	*b = (struct boundary){ .delimiter = arena_printf(a, "--%s", text), .stage = LINE };
	b->length = strlen(b->delimiter);
}

static enum step step_padding(struct boundary *b, unsigned char c)
{
	if (c == '\n')
		return STEP_NEXT;
	if (c == '\r')
		b->stage = ENDING;
	else if (c == '-' && b->padding == 0)
		b->stage = MINUS;
	else if ((c != ' ' && c != '\t') || b->padding++ == BOUNDARY_PADDING)
		return STEP_BROKEN;
	return STEP_ON;
}

static enum step step(struct boundary *b, unsigned char c)
{
	switch ((enum stage)b->stage) {
	case RETURNED:
		b->stage = LINE;
		b->matched = 0;
		return c == '\n' ? STEP_ON : STEP_BROKEN;
	case LINE:
		if (c != (unsigned char)b->delimiter[b->matched])
			return STEP_BROKEN;
		b->padding = 0;
		if (++b->matched == b->length)
			b->stage = PADDING;
		return STEP_ON;
	case PADDING: return step_padding(b, c);
	case MINUS: return c == '-' ? STEP_LAST : STEP_BROKEN;
	case ENDING: return c == '\n' ? STEP_NEXT : STEP_BROKEN;
	case INSIDE:
	case CLOSED: break;
	}
	return STEP_BROKEN;
}

/* A line end, as far as it is here, and the delimiter behind it. */
static bool may_begin(const struct boundary *b, struct bytes in)
{
	size_t end = b->crlf ? 2 : 1;
	if (b->crlf && in.length > 1 && in.data[1] != '\n')
		return false;
	if (in.length <= end)
		return true;
	size_t here = in.length - end < b->length ? in.length - end : b->length;
	return memcmp(in.data + end, b->delimiter, here) == 0;
}

/* The octet at which a delimiter line may begin, or the end of in. Every CR of a document is looked
 * at, and only one with the delimiter behind it ends what is handed on: random octets have one in
 * 256. */
static size_t plain_length(const struct boundary *b, struct bytes in)
{
	size_t at = 0;
	if (b->known) {
		const unsigned char *found;
		while ((found = memchr(in.data + at, b->crlf ? '\r' : '\n', in.length - at))
		       != NULL) {
			at = (size_t)(found - in.data);
			if (may_begin(b, (struct bytes){ found, in.length - at }))
				return at;
			at++;
		}
		return in.length;
	}

	while (at < in.length && in.data[at] != '\r' && in.data[at] != '\n')
		at++;
	return at;
}

static void take(struct bytes *in, size_t length)
{
	in->data += length;
	in->length -= length;
}

static void begin_line(struct boundary *b, struct bytes *in)
{
	b->line[0] = in->data[0];
	b->held = 1;
	b->matched = 0;
	b->stage = in->data[0] == '\r' ? RETURNED : LINE;
	take(in, 1);
}

static void end_line(struct boundary *b, unsigned char last)
{
	if (!b->known) {
		b->known = true;
		b->crlf = b->stage == ENDING;
	}
	b->held = 0;
	b->stage = last == '-' ? CLOSED : INSIDE;
}

struct bytes boundary_rest(struct boundary *b)
{
	struct bytes rest = { b->line, b->held };
	b->held = 0;
	if (b->stage != CLOSED)
		b->stage = INSIDE;
	return rest;
}

enum boundary_event boundary_next(struct boundary *b, struct bytes *in, struct bytes *data)
{
	while (in->length > 0 && b->stage != CLOSED) {
		if (b->stage == INSIDE) {
			size_t plain = plain_length(b, *in);
			*data = (struct bytes){ in->data, plain };
			take(in, plain);
			if (plain > 0)
				return BOUNDARY_DATA;
			begin_line(b, in);
			continue;
		}
		unsigned char c = in->data[0];
		enum step s = step(b, c);
		if (s == STEP_BROKEN) {
			/* c is looked at again: it may begin a line */
			*data = boundary_rest(b);
			if (data->length > 0)
				return BOUNDARY_DATA;
			continue;
		}
		take(in, 1);
		if (s != STEP_ON) {
			end_line(b, c);
			return s == STEP_NEXT ? BOUNDARY_NEXT : BOUNDARY_LAST;
		}
		b->line[b->held++] = c;
	}
	in->length = 0;
	return BOUNDARY_MORE;
}
