/* gateway/envelope/xml_events.h: what happens between the XML parser and the tree. Only
 * xml_reader.c uses it. */
#ifndef GATEWAY_ENVELOPE_XML_EVENTS_H
#define GATEWAY_ENVELOPE_XML_EVENTS_H

#include <libxml/parser.h>

#include "gateway/envelope/xml_guard.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_tree.h"

struct xml_reader {
	struct arena *arena;
	const struct xml_limits *limits;
	struct problem *problem;
	struct xml_guard guard;
	struct xml_parsers *spare; /* NULL: a parser of our own */
	xmlParserCtxt *parser;     /* NULL before the first piece, and once it has ended */
	xmlDict *words;            /* the names in the tree; ends with the arena */
	bool failed;
	size_t fed, piece_length, piece_room;
	size_t guarded; /* octets of the piece that the guard has read */
	unsigned char *piece;
	/* The tree: the element that is open, where the next one goes, and the next text. */
	struct xml_document document;
	struct xml_node *at, **place;
	const char **text_place;
	/* The run of text being read. */
	char *run_text;
	size_t run, run_room;
	/* What has been counted. */
	size_t depth, nodes, kept, in_scope;
	/* The diverted element: its name, and the one we are in. */
	const char *divert_namespace, *divert_local;
	const struct xml_sink *sink;
	const struct xml_node *diverted;
	bool diverted_text, diverted_child;
};

/* For a parser whose _private is the struct xml_reader. */
extern const xmlSAXHandler xml_events;

#endif
