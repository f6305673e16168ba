/* gateway/envelope/xml_tree.h: what the tree of xml_reader.h is made of. Only the files that build
 * and walk it (xml_*.c) see inside.
 *
 * There are elements and nothing else. Text hangs on them: an element has the text before its first
 * child, and its tail, the text between its end and what follows. An element, its attributes, its
 * declarations and their values are one block of the reader's arena; names, prefixes and namespaces
 * are words of the parser's dictionary, which lives as long, so equal ones are the same pointer. */
#ifndef GATEWAY_ENVELOPE_XML_TREE_H
#define GATEWAY_ENVELOPE_XML_TREE_H

#include "gateway/envelope/xml_reader.h"

struct xml_attribute {
	const char *prefix, *local;
	const char *space; /* NULL: in no namespace */
	const char *value; /* never NULL */
};

struct xml_declaration {
	const char *prefix; /* NULL: the default namespace */
	const char *uri;    /* "": none */
};

struct xml_node {
	const char *prefix, *local, *space;     /* as of an attribute */
	struct xml_node *parent, *first, *next; /* first: child */
	const char *text, *tail;                /* NULL when there is none */
	unsigned line, attribute_count, declaration_count;
	bool interrupted; /* a comment or an instruction stands directly in it */
	const struct xml_declaration *declarations;
	struct xml_attribute attributes[];
};

struct xml_document {
	struct xml_node *root;
};

#endif
