/* gateway/envelope/xml_reader.c: octets of an XML 1.0 document -> a bounded tree.
 *
 * xml_guard.c reads the octets first, then libxml2's push parser, whose events xml_events.c counts
 * and makes the tree of. */
#include "gateway/envelope/xml_reader.h"

#include <libxml/parser.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/envelope/xml_events.h"
#include "gateway/envelope/xml_parsers.h"
#include "schemas/tables/problem.h"

/* IHE's deepest message (XCPD, with a signed token) is below 40 deep and its widest element has
 * some 15 attributes; toolkits declare up to 30 namespaces on one element. A submission of 1000
 * documents is 3 MiB and 90,000 nodes. The parser reads a tag that is not complete again with every
 * piece. */
const struct xml_limits xml_limits_default = {
	.octets = 4 * 1024 * 1024,
	.depth = 100,
	.attributes = 256,
	.namespaces = 64,
	.nodes = 200000,
	.text = 10 * 1024 * 1024,
	.tag = 128 * 1024,
};

/* Octets reach the guard and the parser in pieces of this size, wherever they were cut on the
 * way. */
enum { PIECE = 8 * 1024 };

/* What a document left that was not well-formed is nothing to build on. */
static void end_parser(struct xml_reader *r, bool well_formed)
{
	if (r->parser == NULL)
		return;
	if (well_formed)
		xml_parsers_give(r->spare, r->parser);
	else
		xmlFreeParserCtxt(r->parser);
	r->parser = NULL;
}

static void release(void *what)
{
	struct xml_reader *r = what;
	end_parser(r, false);
	xmlDictFree(r->words);
}

struct xml_reader *xml_reader_begin(struct arena *a, const struct xml_limits *limits,
				    struct problem *p)
{
	struct xml_reader *r = arena_new(a, struct xml_reader);
	r->arena = a;
	r->limits = limits == NULL ? &xml_limits_default : limits;
	r->problem = p;
	r->place = &r->document.root;
	xml_guard_begin(&r->guard, r->limits);
	arena_at_end(a, release, r);
	return r;
}

void xml_reader_reuse(struct xml_reader *r, struct xml_parsers *spare)
{
	r->spare = spare;
}

/* Only when there is something to parse: a slow peer keeps none waiting. */
static bool begin_parser(struct xml_reader *r)
{
	if (r->parser != NULL)
		return true;
	r->parser = xml_parsers_take(r->spare);
	if (r->parser == NULL) {
		r->failed = true;
		return problem_set(r->problem, PROBLEM_OUT_OF_RESOURCES,
				   "no memory for an XML parser");
	}
	r->parser->_private = r;
	xmlDictReference(r->parser->dict);
	r->words = r->parser->dict;
	return true;
}

void xml_reader_divert(struct xml_reader *r, const char *namespace_uri, const char *local,
		       const struct xml_sink *sink)
{
	r->divert_namespace = namespace_uri;
	r->divert_local = local;
	r->sink = sink;
}

/* How much of the piece ends with a whole character, and not between CR and LF. */
static size_t whole_characters(const unsigned char *piece, size_t length)
{
	size_t end = length;
	while (end > 0 && (piece[end - 1] & 0xc0) == 0x80)
		end--;
	if (end > 0 && piece[end - 1] >= 0xc0) {
		size_t wanted = piece[end - 1] < 0xe0 ? 2 : piece[end - 1] < 0xf0 ? 3 : 4;
		return length - (end - 1) == wanted ? length : end - 1;
	}
	return length > 1 && piece[length - 1] == '\r' ? length - 1 : length;
}

static bool guard_passes(struct xml_reader *r, bool last)
{
	struct bytes fresh = { r->piece + r->guarded, r->piece_length - r->guarded };
	bool whole = last && r->fed == 0;
	r->guarded = r->piece_length;
	r->failed = whole ? !xml_guard_whole(&r->guard, fresh, r->problem)
			  : !xml_guard_feed(&r->guard, fresh, r->problem)
				    || (last && !xml_guard_end(&r->guard, r->problem));
	return !r->failed;
}

/* How much of a document's first piece is a byte order mark. A parser just made would take one more
 * for one, a used one would not: a second is a character before the root, as any other. */
static size_t mark_before(struct xml_reader *r, size_t length)
{
	static const char marks[] = "\xef\xbb\xbf\xef\xbb\xbf";
	if (length < 3 || memcmp(r->piece, marks, 3) != 0)
		return 0;
	if (length >= 6 && memcmp(r->piece, marks, 6) == 0)
		r->failed = !problem_at(r->problem, PROBLEM_MALFORMED, "line 1",
					"a second byte order mark stands before the document");
	return 3;
}

static bool parse_piece(struct xml_reader *r, bool last)
{
	if (!guard_passes(r, last) || !begin_parser(r))
		return false;
	size_t length = last ? r->piece_length : whole_characters(r->piece, r->piece_length);
	size_t start = r->fed == 0 ? mark_before(r, length) : 0;
	if (r->failed)
		return false;
	r->fed += length;
	xmlParseChunk(r->parser, (const char *)r->piece + start, (int)(length - start), 0);
	r->piece_length -= length;
	r->guarded -= length;
	if (r->piece_length != 0)
		memmove(r->piece, r->piece + length, r->piece_length);
	return !r->failed;
}

/* A small message that comes at once gets room for itself, any other for a piece. */
static void make_room(struct xml_reader *r, size_t wanted)
{
	if (wanted <= r->piece_room)
		return;
	size_t room = r->piece_room == 0 ? wanted : PIECE;
	r->piece = arena_resize(r->arena, r->piece, r->piece_room, room);
	r->piece_room = room;
}

bool xml_reader_feed(struct xml_reader *r, struct bytes octets)
{
	while (!r->failed && octets.length > 0) {
		size_t take = PIECE - r->piece_length;
		if (take > octets.length)
			take = octets.length;
		make_room(r, r->piece_length + take);
		memcpy(r->piece + r->piece_length, octets.data, take);
		r->piece_length += take;
		octets.data += take;
		octets.length -= take;
		if (r->piece_length == PIECE)
			parse_piece(r, false);
	}
	return !r->failed;
}

static bool complete(struct xml_reader *r)
{
	make_room(r, 1); /* nothing may have come */
	if (r->failed || !parse_piece(r, true))
		return false;
	xmlParseChunk(r->parser, NULL, 0, 1);
	if (r->failed)
		return false;
	/* Namespaces are on_error's: nsWellFormed would also hold names that are no URI against
	 * it. */
	if (!r->parser->wellFormed || r->document.root == NULL) {
		problem_set(r->problem, PROBLEM_MALFORMED, "not well-formed XML");
		return false;
	}
	return true;
}

const struct xml_document *xml_reader_end(struct xml_reader *r)
{
	bool whole = complete(r);
	end_parser(r, whole);
	r->failed = true; /* nothing can be fed any more */
	return whole ? &r->document : NULL;
}

const struct xml_document *xml_read(struct arena *a, const struct xml_limits *limits,
				    struct bytes octets, struct problem *p)
{
	struct xml_reader *r = xml_reader_begin(a, limits, p);
	xml_reader_feed(r, octets);
	return xml_reader_end(r);
}

static xmlParserInput *no_entity(const char *url, const char *id, xmlParserCtxt *context)
{
	(void)url, (void)id, (void)context;
	return NULL;
}

void xml_seal(void)
{
	xmlInitParser();
	xmlSetExternalEntityLoader(no_entity);
}
