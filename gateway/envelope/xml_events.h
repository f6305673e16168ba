/* gateway/envelope/xml_events.h: what happens between the XML parser and the tree. Only
 * xml_reader.c uses it. */
#ifndef GATEWAY_ENVELOPE_XML_EVENTS_H
#define GATEWAY_ENVELOPE_XML_EVENTS_H

#include <libxml/parser.h>

#include "gateway/envelope/xml_guard.h"
#include "gateway/envelope/xml_reader.h"

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

/* For a parser whose _private is the struct xml_reader. */
extern const xmlSAXHandler xml_events;

#endif
