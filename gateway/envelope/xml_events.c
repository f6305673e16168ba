/* gateway/envelope/xml_events.c: what happens between the XML parser and the tree.
 *
 * Every event is counted before the tree may grow by it; the text of diverted elements goes to its
 * sink instead. */
#include "gateway/envelope/xml_events.h"

#include <libxml/SAX2.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "schemas/tables/problem.h"

/* The parser looks a prefix up by walking all that are in scope. */
enum { NAMESPACES_IN_SCOPE = 256 };

/* Room for a run of text; it doubles. */
enum { RUN_LEAST = 256 };

#define NO_MEMORY "no memory for the message"

/* No more events, and nothing fed after this piece. xmlStopParser() would free the input under the
 * feet of functions that may still be reading it. */
static void stop(struct xml_reader *r)
{
	r->failed = true;
	r->parser->disableSAX = 1;
}

enum { LINE = 32, MESSAGE = 178 }; /* octets of a place, and of what the parser says */

static const char *here(const struct xml_reader *r, char where[LINE])
{
	snprintf(where, LINE, "line %d", xmlSAX2GetLineNumber(r->parser));
	return where;
}

/* what: of the program's text. */
static void refuse(struct xml_reader *r, enum problem_code code, const char *what)
{
	char where[LINE];
	problem_said(r->problem, code, here(r, where), what);
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
	return s->begin(s->self, c->r->diverted, c->r->problem);
}

static bool call_text(const struct sink_call *c)
{
	return c->r->sink->text(c->r->sink->self, c->piece, c->r->problem);
}

static bool call_end(const struct sink_call *c)
{
	const struct xml_sink *s = c->r->sink;
	return s->end(s->self, c->r->diverted, c->r->problem);
}

static void call(void *with)
{
	struct sink_call *c = with;
	c->ok = c->run(c);
}

static void sink_call(struct xml_reader *r, bool (*run)(const struct sink_call *),
		      struct bytes piece)
{
	struct sink_call c = { .r = r, .piece = piece, .run = run };
	if (!arena_run(r->arena, call, &c))
		problem_set(r->problem, PROBLEM_OUT_OF_RESOURCES,
			    "no memory for an inline document");
	if (!c.ok)
		refuse(r, PROBLEM_INTERNAL, "an inline document could not be taken");
}

/* False when the element passes a limit. */
static bool count_element(struct xml_reader *r, size_t namespaces, size_t attributes)
{
	const struct xml_limits *l = r->limits;
	const char *what = NULL;
	r->nodes += 1 + attributes + namespaces;
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
	r->depth++;
	r->in_scope += namespaces;
	return true;
}

static bool is_diverted_name(const struct xml_reader *r, const struct xml_node *n)
{
	return r->sink != NULL && xml_is(n, r->divert_namespace, r->divert_local);
}

static void mixed_content(struct xml_reader *r)
{
	if (r->diverted_text && r->diverted_child && !r->failed)
		refuse(r, PROBLEM_MALFORMED, "text stands beside an element where only one may be");
}

/* The parser's arrays: of a declaration prefix and URI; of an attribute local name, prefix, URI,
 * and where its value begins and ends. */
enum { DECLARED_FIELDS = 2, ATTRIBUTE_FIELDS = 5 };

static size_t value_length(const xmlChar *const *attribute)
{
	return (size_t)(attribute[4] - attribute[3]);
}

/* NULL when the arena has no room. */
static struct xml_node *make_element(struct arena *a, int declarations, const xmlChar **declared,
				     int attributes, const xmlChar **given)
{
	struct xml_node *n;
	size_t size = sizeof *n + (size_t)attributes * sizeof n->attributes[0]
		      + (size_t)declarations * sizeof n->declarations[0];
	for (int i = 0; i < attributes; i++)
		size += value_length(given + i * ATTRIBUTE_FIELDS) + 1;
	n = arena_try(a, size);
	if (n == NULL)
		return NULL;
	struct xml_declaration *d = (struct xml_declaration *)(n->attributes + attributes);
	char *values = (char *)(d + declarations);
	n->attribute_count = (unsigned)attributes;
	n->declaration_count = (unsigned)declarations;
	n->declarations = d;
	for (int i = 0; i < declarations; i++, declared += DECLARED_FIELDS)
		d[i] = (struct xml_declaration){ (const char *)declared[0],
						 (const char *)declared[1] };
	for (int i = 0; i < attributes; i++, given += ATTRIBUTE_FIELDS) {
		size_t length = value_length(given);
		memcpy(values, given[3], length);
		n->attributes[i] = (struct xml_attribute){ .local = (const char *)given[0],
							   .prefix = (const char *)given[1],
							   .space = (const char *)given[2],
							   .value = values };
		values += length + 1; /* the arena gives zeros */
	}
	return n;
}

/* The run of text that ends here goes into the tree. */
static void end_run(struct xml_reader *r)
{
	if (r->run == 0)
		return;
	char *text = arena_try(r->arena, r->run + 1);
	if (text == NULL) {
		refuse(r, PROBLEM_OUT_OF_RESOURCES, NO_MEMORY);
		return;
	}
	memcpy(text, r->run_text, r->run);
	*r->text_place = text;
	r->run = 0;
}

static void on_start(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
		     int namespaces, const xmlChar **declared, int attributes, int defaulted,
		     const xmlChar **values)
{
	struct xml_reader *r = ((xmlParserCtxt *)context)->_private;
	(void)defaulted;
	if (r->failed || !count_element(r, (size_t)namespaces, (size_t)attributes))
		return;
	if (r->diverted != NULL) {
		r->diverted_child = true;
		mixed_content(r);
	}
	end_run(r);
	if (r->failed)
		return;
	struct xml_node *n = make_element(r->arena, namespaces, declared, attributes, values);
	if (n == NULL) {
		refuse(r, PROBLEM_OUT_OF_RESOURCES, NO_MEMORY);
		return;
	}
	n->local = (const char *)local;
	n->prefix = (const char *)prefix;
	n->space = (const char *)uri;
	n->line = (unsigned)xmlSAX2GetLineNumber(context);
	n->parent = r->at;
	*r->place = r->at = n;
	r->place = &n->first;
	r->text_place = &n->text;
	if (r->diverted == NULL && is_diverted_name(r, n)) {
		r->diverted = n;
		r->diverted_text = r->diverted_child = false;
		sink_call(r, call_begin, (struct bytes){ NULL, 0 });
	}
}

static void on_end(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	struct xml_reader *r = ((xmlParserCtxt *)context)->_private;
	struct xml_node *n = r->at;
	(void)local, (void)prefix, (void)uri;
	if (!r->failed)
		end_run(r);
	if (r->failed)
		return;
	r->depth--;
	r->in_scope -= n->declaration_count;
	if (n == r->diverted) {
		sink_call(r, call_end, (struct bytes){ NULL, 0 });
		r->diverted = NULL;
	}
	r->at = n->parent;
	r->place = &n->next;
	r->text_place = &n->tail;
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

static bool run_has_room(struct xml_reader *r, size_t length)
{
	size_t room = r->run_room == 0 ? RUN_LEAST : r->run_room;
	while (room < length)
		room *= 2;
	if (room == r->run_room)
		return true;
	char *moved = arena_try_resize(r->arena, r->run_text, r->run_room, room);
	if (moved == NULL)
		return false;
	r->run_text = moved;
	r->run_room = room;
	return true;
}

static void on_text(void *context, const xmlChar *text, int length)
{
	struct xml_reader *r = ((xmlParserCtxt *)context)->_private;
	if (r->failed || length <= 0)
		return;
	if (r->diverted != NULL && r->at == r->diverted) {
		divert(r, (struct bytes){ text, (size_t)length });
		return;
	}
	size_t run = r->run + (size_t)length;
	if (r->run == 0)
		r->nodes++;
	r->kept += (size_t)length;
	if (run > r->limits->text)
		refuse(r, PROBLEM_TOO_LARGE, "a run of text is too long");
	else if (r->nodes > r->limits->nodes)
		refuse(r, PROBLEM_TOO_LARGE, "the document has too many elements and texts");
	else if (r->kept + r->guard.markup > r->limits->octets)
		refuse(r, PROBLEM_TOO_LARGE, "the document is too large");
	else if (!run_has_room(r, run))
		refuse(r, PROBLEM_OUT_OF_RESOURCES, NO_MEMORY);
	if (r->failed)
		return;
	memcpy(r->run_text + r->run, text, (size_t)length);
	r->run = run;
}

/* They are dropped, but who reads what somebody signed has to know: a signature does not see
 * them. */
static void on_comment(void *context, const xmlChar *text)
{
	struct xml_reader *r = ((xmlParserCtxt *)context)->_private;
	(void)text;
	if (!r->failed && r->at != NULL)
		r->at->interrupted = true;
}

static void on_instruction(void *context, const xmlChar *target, const xmlChar *data)
{
	(void)target;
	on_comment(context, data);
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
	const char *what = e->message == NULL ? "" : e->message;
	size_t length = strcspn(what, "\r\n");
	char where[LINE];
	problem_at(r->problem,
		   e->code == XML_ERR_NO_MEMORY ? PROBLEM_OUT_OF_RESOURCES : PROBLEM_MALFORMED,
		   here(r, where), "not well-formed XML: %.*s",
		   (int)(length < MESSAGE ? length : MESSAGE), what);
	stop(r);
}

/* The parser builds nothing itself; comments and processing instructions end here, and nothing of a
 * document type can be declared. */
const xmlSAXHandler xml_events = {
	.initialized = XML_SAX2_MAGIC,
	.internalSubset = on_doctype,
	.externalSubset = on_doctype,
	.getEntity = on_entity,
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.cdataBlock = on_text,
	.comment = on_comment,
	.processingInstruction = on_instruction,
	.serror = on_error,
};
