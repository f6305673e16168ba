/* gateway/envelope/xml_reader.c: octets of an XML 1.0 document -> a bounded tree.
 *
 * libxml2's push parser builds the tree; every event is counted before the parser may allocate for
 * it, and xml_guard.c has read the octets first. */
#include "gateway/envelope/xml_reader.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_guard.h"
#include "schemas/tables/problem.h"

/* IHE's deepest message (XCPD, with a signed token) is below 40 deep and its widest element has some
 * 15 attributes; toolkits declare up to 30 namespaces on one element. A submission of 1000 documents
 * is 3 MiB and 90,000 nodes. */
const struct xml_limits xml_limits_default = {
	.octets = 4 * 1024 * 1024, .depth = 100, .attributes = 256, .namespaces = 64,
	.nodes = 200000, .text = 10 * 1024 * 1024,
};

/* The parser looks a prefix up by walking all that are in scope. */
enum { NAMESPACES_IN_SCOPE = 512 };
/* Octets reach the parser in pieces of this size, wherever they were cut on the way. */
enum { PIECE = 8 * 1024 };

struct xml_reader {
	struct arena *arena;
	const struct xml_limits *limits;
	struct problem *problem;
	struct xml_guard guard;
	xmlParserCtxt *parser;		/* NULL once it has ended or failed */
	xmlDoc *document;
	bool failed;
	size_t fed, piece_length;
	unsigned char *piece;
	/* What has been counted. */
	size_t depth, nodes, kept, run, in_scope;
	unsigned short *declared;	/* namespaces, by depth */
	/* The diverted element: its name, and the one we are in. */
	const char *divert_namespace, *divert_local;
	const struct xml_sink *sink;
	const xmlNode *diverted;
	bool diverted_text, diverted_child;
};

static void stop(struct xml_reader *r)
{
	r->failed = true;
	xmlStopParser(r->parser);
}

static void refuse(struct xml_reader *r, enum problem_code code, const char *what)
{
	char where[32];
	snprintf(where, sizeof where, "line %d", xmlSAX2GetLineNumber(r->parser));
	problem_at(r->problem, code, where, "%s", what);
	stop(r);
}

/* One call of the sink, kept from jumping over the parser's frames. */
struct sink_call {
	struct xml_reader *r;
	struct bytes piece;
	bool (*run)(const struct sink_call *c);
	bool ok;
};

static bool call_begin(const struct sink_call *c)
{
	const struct xml_sink *s = c->r->sink;
	return s->begin(s->self, (const struct xml_node *)c->r->diverted, c->r->problem);
}

static bool call_text(const struct sink_call *c)
{
	return c->r->sink->text(c->r->sink->self, c->piece, c->r->problem);
}

static bool call_end(const struct sink_call *c)
{
	const struct xml_sink *s = c->r->sink;
	return s->end(s->self, (const struct xml_node *)c->r->diverted, c->r->problem);
}

static void call(void *with)
{
	struct sink_call *c = with;
	c->ok = c->run(c);
}

static void sink_call(struct xml_reader *r, bool (*run)(const struct sink_call *), struct bytes piece)
{
	struct sink_call c = { .r = r, .piece = piece, .run = run };
	if (!arena_run(r->arena, call, &c))
		problem_set(r->problem, PROBLEM_OUT_OF_RESOURCES, "no memory for an inline document");
	if (!c.ok)
		refuse(r, PROBLEM_INTERNAL, "an inline document could not be taken");
}

/* False when the element passes a limit. */
static bool count_element(struct xml_reader *r, size_t namespaces, size_t attributes)
{
	const struct xml_limits *l = r->limits;
	const char *what = NULL;
	r->nodes += 1 + attributes + namespaces;
	r->run = 0;
	if (r->depth == l->depth)
		what = "elements are nested too deeply";
	else if (attributes > l->attributes)
		what = "an element has too many attributes";
	else if (namespaces > l->namespaces || r->in_scope + namespaces > NAMESPACES_IN_SCOPE)
		what = "too many namespaces are declared";
	else if (r->nodes > l->nodes)
		what = "the document has too many elements and attributes";
	if (what != NULL) {
		refuse(r, PROBLEM_TOO_LARGE, what);
		return false;
	}
	r->declared[r->depth++] = (unsigned short)namespaces;
	r->in_scope += namespaces;
	return true;
}

static bool is_diverted_name(const struct xml_reader *r, const xmlChar *local, const xmlChar *uri)
{
	return r->sink != NULL && text_equal((const char *)local, r->divert_local)
		&& text_equal((const char *)uri, r->divert_namespace);
}

static void mixed_content(struct xml_reader *r)
{
	if (r->diverted_text && r->diverted_child && !r->failed)
		refuse(r, PROBLEM_MALFORMED, "text stands beside an element where only one may be");
}

static void on_start(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
		     int namespaces, const xmlChar **declared, int attributes, int defaulted,
		     const xmlChar **values)
{
	xmlParserCtxt *parser = context;
	struct xml_reader *r = parser->_private;
	if (r->failed || !count_element(r, (size_t)namespaces, (size_t)attributes))
		return;
	if (r->diverted != NULL) {
		r->diverted_child = true;
		mixed_content(r);
	}
	xmlSAX2StartElementNs(context, local, prefix, uri, namespaces, declared, attributes, defaulted,
			      values);
	if (r->diverted == NULL && !r->failed && is_diverted_name(r, local, uri)) {
		r->diverted = parser->node;
		r->diverted_text = r->diverted_child = false;
		sink_call(r, call_begin, (struct bytes){ NULL, 0 });
	}
}

static void on_end(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	xmlParserCtxt *parser = context;
	struct xml_reader *r = parser->_private;
	if (r->failed)
		return;
	r->run = 0;
	r->in_scope -= r->declared[--r->depth];
	if (r->diverted != NULL && parser->node == r->diverted) {
		sink_call(r, call_end, (struct bytes){ NULL, 0 });
		r->diverted = NULL;
	}
	xmlSAX2EndElementNs(context, local, prefix, uri);
}

static bool is_white(struct bytes text)
{
	for (size_t i = 0; i < text.length; i++)
		if (strchr(" \t\r\n", text.data[i]) == NULL || text.data[i] == '\0')
			return false;
	return true;
}

static void divert(struct xml_reader *r, struct bytes text)
{
	if (!r->diverted_text && !is_white(text)) {
		r->diverted_text = true;
		mixed_content(r);
	}
	if (!r->failed)
		sink_call(r, call_text, text);
}

static void on_text(void *context, const xmlChar *text, int length)
{
	xmlParserCtxt *parser = context;
	struct xml_reader *r = parser->_private;
	if (r->failed || length <= 0)
		return;
	if (r->diverted != NULL && parser->node == r->diverted) {
		divert(r, (struct bytes){ text, (size_t)length });
		return;
	}
	if (r->run == 0)
		r->nodes++;
	r->run += (size_t)length;
	r->kept += (size_t)length;
	if (r->run > r->limits->text)
		refuse(r, PROBLEM_TOO_LARGE, "a run of text is too long");
	else if (r->nodes > r->limits->nodes)
		refuse(r, PROBLEM_TOO_LARGE, "the document has too many elements and texts");
	else if (r->kept + r->guard.markup > r->limits->octets)
		refuse(r, PROBLEM_TOO_LARGE, "the document is too large");
	else
		xmlSAX2Characters(context, text, length);
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *public_id,
		       const xmlChar *system_id)
{
	(void)name, (void)public_id, (void)system_id;
	refuse(((xmlParserCtxt *)context)->_private, PROBLEM_MALFORMED,
	       "a document type declaration is not accepted");
}

static xmlEntity *on_entity(void *context, const xmlChar *name)
{
	(void)context;
	return xmlGetPredefinedEntity(name);
}

static void on_error(void *context, xmlError *e)
{
	xmlParserCtxt *parser = context;
	struct xml_reader *r = parser->_private;
	/* Namespace names that are not absolute URIs are common ("urn:x y") and harm nobody. */
	if (r->failed || e->level < XML_ERR_ERROR || e->code == XML_WAR_NS_URI
	    || e->code == XML_WAR_NS_URI_RELATIVE || e->code == XML_ERR_USER_STOP)
		return;
	char what[200];
	snprintf(what, sizeof what, "not well-formed XML: %s", e->message == NULL ? "" : e->message);
	what[strcspn(what, "\r\n")] = '\0';
	refuse(r, e->code == XML_ERR_NO_MEMORY ? PROBLEM_OUT_OF_RESOURCES : PROBLEM_MALFORMED, what);
}

/* Only what builds a tree without types is taken over; comments and processing instructions end
 * here, and nothing of a document type can be declared. */
static const xmlSAXHandler handler = {
	.initialized = XML_SAX2_MAGIC,
	.startDocument = xmlSAX2StartDocument,
	.endDocument = xmlSAX2EndDocument,
	.setDocumentLocator = xmlSAX2SetDocumentLocator,
	.internalSubset = on_doctype,
	.externalSubset = on_doctype,
	.getEntity = on_entity,
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.cdataBlock = on_text,
	.serror = on_error,
};

static void end_parser(struct xml_reader *r)
{
	if (r->parser == NULL)
		return;
	r->document = r->parser->myDoc;
	r->parser->myDoc = NULL;
	xmlFreeParserCtxt(r->parser);
	r->parser = NULL;
}

static void release(void *what)
{
	struct xml_reader *r = what;
	end_parser(r);
	xmlFreeDoc(r->document);
}

struct xml_reader *xml_reader_begin(struct arena *a, const struct xml_limits *limits,
				    struct problem *p)
{
	struct xml_reader *r = arena_new(a, struct xml_reader);
	r->arena = a;
	r->limits = limits == NULL ? &xml_limits_default : limits;
	r->problem = p;
	r->piece = arena_alloc(a, PIECE);
	r->declared = arena_array(a, unsigned short, r->limits->depth + 1);
	xml_guard_begin(&r->guard, r->limits);
	arena_at_end(a, release, r);
	xmlSAXHandler own = handler;
	r->parser = xmlCreatePushParserCtxt(&own, NULL, NULL, 0, NULL);
	if (r->parser == NULL) {
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory for an XML parser");
		r->failed = true;
		return r;
	}
	r->parser->_private = r;
	/* The encoding has been settled by the guard; the network is never asked. */
	xmlCtxtUseOptions(r->parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT
			  | XML_PARSE_BIG_LINES);
	return r;
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

static bool parse_piece(struct xml_reader *r, bool last)
{
	size_t length = last ? r->piece_length : whole_characters(r->piece, r->piece_length);
	size_t start = 0;
	if (r->fed == 0 && length >= 3 && memcmp(r->piece, "\xef\xbb\xbf", 3) == 0)
		start = 3;	/* a byte order mark */
	r->fed += length;
	xmlParseChunk(r->parser, (const char *)r->piece + start, (int)(length - start), 0);
	r->piece_length -= length;
	memmove(r->piece, r->piece + length, r->piece_length);
	return !r->failed;
}

bool xml_reader_feed(struct xml_reader *r, struct bytes octets)
{
	while (!r->failed && octets.length > 0) {
		size_t take = PIECE - r->piece_length;
		if (take > octets.length)
			take = octets.length;
		struct bytes now = { octets.data, take };
		if (!xml_guard_feed(&r->guard, now, r->problem)) {
			r->failed = true;
			break;
		}
		memcpy(r->piece + r->piece_length, now.data, take);
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
	if (r->failed || !xml_guard_end(&r->guard, r->problem) || !parse_piece(r, true))
		return false;
	xmlParseChunk(r->parser, NULL, 0, 1);
	if (r->failed)
		return false;
	/* Namespaces are on_error's: nsWellFormed would also hold names that are no URI against it. */
	if (!r->parser->wellFormed || r->parser->myDoc == NULL
	    || xmlDocGetRootElement(r->parser->myDoc) == NULL) {
		problem_set(r->problem, PROBLEM_MALFORMED, "not well-formed XML");
		return false;
	}
	return true;
}

const struct xml_document *xml_reader_end(struct xml_reader *r)
{
	bool whole = complete(r);
	end_parser(r);
	r->failed = true;	/* nothing can be fed any more */
	return whole ? (const struct xml_document *)r->document : NULL;
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
