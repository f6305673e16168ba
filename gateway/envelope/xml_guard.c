/* gateway/envelope/xml_guard.c: the gate in front of the XML parser. XML 1.0 2.2, 2.8, 4.3.3. */
#include "gateway/envelope/xml_guard.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "schemas/tables/problem.h"

/* Where the octet just read stands. The order matters: from OPENED on it belongs to markup. */
enum guard_state { TEXT, CDATA, OPENED, DECLARED, DASHED, COMMENT, INSTRUCTION, TAG, VALUE };

void xml_guard_begin(struct xml_guard *g, const struct xml_limits *limits)
{
	*g = (struct xml_guard){ .limits = limits, .line = 1 };
}

static bool refuse(const struct xml_guard *g, struct problem *p, enum problem_code code,
		   const char *what)
{
	char where[32];
	snprintf(where, sizeof where, "line %zu", g->line);
	return problem_said(p, code, where, what);
}

/* RFC 3629 4: what may follow the first octet of a character. False if c cannot be here. */
static bool utf8_next(struct xml_guard *g, unsigned char c)
{
	if (g->follow != 0) {
		if (c < g->low || c > g->high)
			return false;
		g->follow--;
		g->low = 0x80;
		g->high = 0xbf;
		return true;
	}
	g->low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	g->high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	g->follow = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	return c != 0 && (c < 0x80 || (c >= 0xc2 && c <= 0xf4));
}

/* The encoding named in <?xml ... ?>, if any, is UTF-8 or a part of it. */
static bool declaration_holds(struct xml_guard *g, struct problem *p)
{
	const char *name = strstr(g->declaration, "encoding"); /* ends with the 0 it began with */
	if (name == NULL)
		return true;
	name += strlen("encoding");
	name += strspn(name, " \t\r\n=");
	const char quote[2] = { *name, '\0' };
	size_t length = *name == '"' || *name == '\'' ? strcspn(name + 1, quote) : 0;
	char value[XML_DECLARATION_MOST + 1] = "";
	memcpy(value, name + (length != 0), length);
	if (text_equal_nocase(value, "UTF-8") || text_equal_nocase(value, "US-ASCII"))
		return true;
	return refuse(g, p, PROBLEM_MALFORMED,
		      "the document is declared in an encoding other than UTF-8");
}

/* c is '>' after as many mark octets as the construct ends with; then text goes on, and none of the
 * next construct's marks has been read. */
static bool ends(struct xml_guard *g, unsigned char c, unsigned char mark, unsigned marks)
{
	bool end = c == '>' && g->ending >= marks;
	g->ending = c == mark ? g->ending + 1 : 0;
	if (end)
		g->state = TEXT;
	return end;
}

static void after_bracket(struct xml_guard *g, unsigned char c)
{
	g->equals = 0;
	g->tag = 2; /* what opened it */
	g->state = c == '!' ? DECLARED : c == '?' ? INSTRUCTION : TAG;
	g->declaring = c == '?' && !g->begun;
}

/* "<!": a CDATA section, a comment, or what we do not take. */
static bool after_exclamation(struct xml_guard *g, unsigned char c, struct problem *p)
{
	if (c != '[' && c != '-')
		return refuse(g, p, PROBLEM_MALFORMED,
			      "a document type declaration is not accepted");
	g->state = c == '[' ? CDATA : DASHED;
	return true;
}

static bool in_tag(struct xml_guard *g, unsigned char c, struct problem *p)
{
	if (++g->tag > g->limits->tag)
		return refuse(g, p, PROBLEM_TOO_LARGE, "a tag with its attributes is too long");
	if (g->state == VALUE) {
		if (c == g->quote)
			g->state = TAG;
	} else if (c == '>') {
		g->state = TEXT;
	} else if (c == '"' || c == '\'') {
		g->quote = c;
		g->state = VALUE;
	} else if (c == '=' && ++g->equals > g->limits->attributes + g->limits->namespaces) {
		return refuse(g, p, PROBLEM_TOO_LARGE, "an element has too many attributes");
	}
	return true;
}

static bool in_instruction(struct xml_guard *g, unsigned char c, struct problem *p)
{
	if (ends(g, c, '?', 1))
		return !g->declaring || declaration_holds(g, p);
	if (!g->declaring)
		return true;
	if (g->declared == XML_DECLARATION_MOST)
		return refuse(g, p, PROBLEM_MALFORMED, "the XML declaration is too long");
	g->declaration[g->declared++] = (char)c;
	if (g->declared == 4)
		g->declaring = memcmp(g->declaration, "xml", 3) == 0
			       && strchr(" \t\r\n", c) != NULL;
	return true;
}

static bool step(struct xml_guard *g, unsigned char c, struct problem *p)
{
	switch ((enum guard_state)g->state) {
	case TEXT:
		if (c == '<')
			g->state = OPENED;
		return true;
	case CDATA: ends(g, c, ']', 2); return true;
	case OPENED: after_bracket(g, c); return true;
	case DECLARED: return after_exclamation(g, c, p);
	case DASHED:
		g->state = COMMENT;
		return c == '-' || refuse(g, p, PROBLEM_MALFORMED, "not well-formed XML: <!-");
	case COMMENT: ends(g, c, '-', 2); return true;
	case INSTRUCTION: return in_instruction(g, c, p);
	default: /* TAG, VALUE */ return in_tag(g, c, p);
	}
}

/* ASCII that changes nothing in text, in a tag or in a value: most of every document. */
static bool is_plain(unsigned char c)
{
	return (c >= 0x20 && c < 0x7f && c != '<' && c != '>' && c != '"' && c != '\'' && c != '=')
	       || c == '\t' || c == '\r';
}

/* How many such octets come next; they are counted at once. */
static size_t plain_run(struct xml_guard *g, struct bytes rest)
{
	bool markup = g->state == TAG || g->state == VALUE;
	size_t length = 0;
	if (g->follow != 0 || (g->state != TEXT && !markup))
		return 0;
	while (length < rest.length && is_plain(rest.data[length]))
		length++;
	g->begun |= length != 0;
	g->tag += markup ? length : 0;
	g->markup += markup ? length : 0;
	return length;
}

static bool run_fits(const struct xml_guard *g, struct problem *p)
{
	if (g->tag > g->limits->tag)
		return refuse(g, p, PROBLEM_TOO_LARGE, "a tag with its attributes is too long");
	return g->markup <= g->limits->octets
	       || refuse(g, p, PROBLEM_TOO_LARGE, "the document has too much markup");
}

bool xml_guard_feed(struct xml_guard *g, struct bytes octets, struct problem *p)
{
	for (size_t i = 0; i < octets.length; i++) {
		i += plain_run(g, (struct bytes){ octets.data + i, octets.length - i });
		if (!run_fits(g, p))
			return false;
		if (i == octets.length)
			break;
		unsigned char c = octets.data[i];
		if (!utf8_next(g, c))
			return refuse(g, p, PROBLEM_MALFORMED, "the document is not UTF-8");
		if (c == '\n')
			g->line++;
		bool markup = g->state >= OPENED || (g->state == TEXT && c == '<');
		if (!step(g, c, p))
			return false;
		if (markup && ++g->markup > g->limits->octets)
			return refuse(g, p, PROBLEM_TOO_LARGE, "the document has too much markup");
		/* Only as the very first thing, a byte order mark aside, does "<?xml" declare. */
		g->begun |= g->state != OPENED && c < 0x80;
	}
	return true;
}

bool xml_guard_end(const struct xml_guard *g, struct problem *p)
{
	return g->follow == 0
	       || refuse(g, p, PROBLEM_MALFORMED, "the document ends inside a character");
}

/* Eight octets that are all this one. */
static uint64_t each(unsigned char octet)
{
	return UINT64_C(0x0101010101010101) * octet;
}

/* The high bit of every octet that is zero, and of no other: adding to the low seven bits carries
 * into the eighth unless they are all zero, and never further. */
static uint64_t zeros(uint64_t octets)
{
	return ~(((octets & each(0x7f)) + each(0x7f)) | octets | each(0x7f));
}

/* What a quick look at octets sees. */
struct look {
	bool ascii, nul;
	bool special; /* "<!" or "<?" */
	size_t equals;
};

/* Eight octets at a time, without a branch that depends on them. */
static struct look look_at(struct bytes octets)
{
	uint64_t high = 0, nul = 0, special = 0;
	size_t equals = 0;
	for (size_t at = 0; at < octets.length; at += sizeof(uint64_t)) {
		/* Beyond the last octet stand spaces. */
		unsigned char padded[sizeof(uint64_t) + 1];
		const unsigned char *s = octets.data + at;
		size_t left = octets.length - at;
		if (left < sizeof padded) {
			memset(padded, ' ', sizeof padded);
			s = memcpy(padded, s, left);
		}
		uint64_t here, next;
		memcpy(&here, s, sizeof here);
		memcpy(&next, s + 1, sizeof next);
		uint64_t opened = here ^ each('<');
		high |= here;
		nul |= zeros(here);
		special |= zeros(opened | (next ^ each('!'))) | zeros(opened | (next ^ each('?')));
		/* The product adds up all ones in its highest octet. */
		equals += (size_t)(((zeros(here ^ each('=')) >> 7) * each(1)) >> 56);
	}
	return (struct look){ .ascii = (high & each(0x80)) == 0,
			      .nul = nul != 0,
			      .special = special != 0,
			      .equals = equals };
}

/* Octets that follow a tag and end the document, of which nothing can be refused: UTF-8, elements
 * and text only, and even all in one tag they would be within its limits. */
static bool is_calm(const struct xml_limits *l, struct bytes octets)
{
	if (octets.length > l->tag)
		return false;
	struct look seen = look_at(octets);
	return !seen.nul && !seen.special && seen.equals <= l->attributes + l->namespaces
	       && (seen.ascii || text_is_utf8(octets.data, octets.length));
}

bool xml_guard_whole(struct xml_guard *g, struct bytes octets, struct problem *p)
{
	/* What comes first may be the declaration. */
	const unsigned char *end = octets.length == 0 ? NULL
						      : memchr(octets.data, '>', octets.length);
	size_t first = end == NULL ? octets.length : (size_t)(end - octets.data) + 1;
	struct bytes rest = { octets.data + first, octets.length - first };
	if (!xml_guard_feed(g, (struct bytes){ octets.data, first }, p))
		return false;
	bool may_be_calm = g->state == TEXT && g->follow == 0
			   && g->markup + rest.length <= g->limits->octets;
	if (may_be_calm && is_calm(g->limits, rest))
		return true;
	return xml_guard_feed(g, rest, p) && xml_guard_end(g, p);
}
