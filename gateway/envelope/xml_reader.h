/* gateway/envelope/xml_reader.h: octets of an XML 1.0 document -> a bounded tree, and ways to walk
 * it.
 *
 * Fed piece by piece; the result does not depend on where the pieces were cut. Refused, before
 * anything is expanded or fetched: any DOCTYPE, any entity but the predefined five and character
 * references, anything that is not UTF-8 (a byte order mark is skipped), undeclared prefixes, and
 * whatever passes a limit. Comments and processing instructions are dropped. Nothing is ever
 * opened: no DTD, no schemaLocation, no XInclude.
 *
 * The tree and all text it gives live as long as the arena. Every function that walks takes NULL
 * for NULL, so a reader may chain: xml_text(a, xml_child(xml_child(n, V3, "id"), V3, "root")).
 * Thread-safety: a reader as its arena; a finished tree may be read by many. */
#ifndef GATEWAY_ENVELOPE_XML_READER_H
#define GATEWAY_ENVELOPE_XML_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"

struct arena;
struct problem;
struct xml_reader;
struct xml_document;
struct xml_node; /* an element, always */

struct xml_limits {
	size_t octets;     /* markup and kept text together; diverted text does not count */
	size_t depth;      /* elements inside each other */
	size_t attributes; /* of one element, namespace declarations not counted */
	size_t namespaces; /* declared by one element */
	size_t nodes;      /* elements, attributes and runs of text */
	size_t text;       /* octets of one kept run of text */
	size_t tag;        /* octets of one tag with all its attributes */
};

/* Each with its reason in xml_reader.c. */
extern const struct xml_limits xml_limits_default;

/* Where the text of diverted elements goes, in pieces, decoded, in order. Each function may refuse
 * by returning false with the problem set. They run inside the parser; an allocation that does not
 * fit the reader's arena is caught and fails the document. */
struct xml_sink {
	void *self;
	bool (*begin)(void *self, const struct xml_node *element, struct problem *p);
	bool (*text)(void *self, struct bytes piece, struct problem *p);
	bool (*end)(void *self, const struct xml_node *element, struct problem *p);
};

/* limits NULL: the default ones. Never NULL; what goes wrong is kept in p, which must outlive
 * it. */
struct xml_reader *xml_reader_begin(struct arena *a, const struct xml_limits *limits,
				    struct problem *p);
/* Before the first octet: the text directly inside elements of that name is given to the sink
 * instead of being kept. Child elements (xop:Include) are kept as always, but not beside such text:
 * then the document is refused. One name per reader; the strings and the sink must outlive the
 * reader. */
void xml_reader_divert(struct xml_reader *r, const char *namespace_uri, const char *local,
		       const struct xml_sink *sink);
/* Before the first octet: the parser is taken from these, and given back when the document was
 * well-formed. NULL is fine. */
struct xml_parsers;
void xml_reader_reuse(struct xml_reader *r, struct xml_parsers *spare);
bool xml_reader_feed(struct xml_reader *r, struct bytes octets);
/* NULL when something was wrong: now, or in any piece before. */
const struct xml_document *xml_reader_end(struct xml_reader *r);
/* The three above for octets that are all there. */
const struct xml_document *xml_read(struct arena *a, const struct xml_limits *limits,
				    struct bytes octets, struct problem *p);

/* Parsers between two documents: a new one, with its dictionary, was a fifth of what reading a
 * small message costs. They outlive their readers. NULL: no memory. Thread-safe. */
struct xml_parsers *xml_parsers_create(void);
void xml_parsers_destroy(struct xml_parsers *spare);

/* Once in the life of the process, after the grammars are loaded: from then on the XML library
 * opens no file and no address, whoever asks it. */
void xml_seal(void);

/* Walking. An attribute without a prefix has no namespace; elements are named by (namespace,
 * local), where a NULL namespace matches only elements without one, and a NULL local any name. */
const struct xml_node *xml_root(const struct xml_document *d);
bool xml_is(const struct xml_node *n, const char *namespace_uri, const char *local);
const struct xml_node *xml_child(const struct xml_node *n, const char *namespace_uri,
				 const char *local);
const struct xml_node *xml_next(const struct xml_node *n, const char *namespace_uri,
				const char *local); /* a later sibling */
const struct xml_node *xml_first_element(const struct xml_node *n);
const struct xml_node *xml_next_element(const struct xml_node *n);
const struct xml_node *xml_parent(const struct xml_node *n); /* NULL above the root */

/* NULL when absent, "" when empty. Borrowed from the tree. */
const char *xml_attribute(const struct xml_node *n, const char *local);
const char *xml_attribute_ns(const struct xml_node *n, const char *namespace_uri,
			     const char *local);
/* All character data inside n, in order; "" when there is none. */
const char *xml_text(struct arena *a, const struct xml_node *n);
/* A comment or an instruction stands directly inside n: it is no part of xml_text(). */
bool xml_is_interrupted(const struct xml_node *n);
/* There is a character other than white space directly inside n. */
bool xml_has_text(const struct xml_node *n);
const char *xml_local(const struct xml_node *n);
const char *xml_namespace(const struct xml_node *n); /* NULL: in no namespace */
unsigned xml_line(const struct xml_node *n);
/* For QNames in content (xsi:type): what prefix stands for at n; NULL or "" is the default one. */
const char *xml_resolve_prefix(const struct xml_node *n, const char *prefix);
/* Where n stands, for findings: /PRPA_IN201309UV02/controlActProcess/dataSource[2]/value. Counts
 * from 1 and only among siblings of the same name; below the SOAP body it starts at the body's
 * child. */
const char *xml_path(struct arena *a, const struct xml_node *n);

/* RELAX NG. Loaded once at start; validating changes nothing in it, so threads may share it. */
struct xml_grammar;
struct xml_grammar *xml_grammar_load(struct arena *a, const char *path, struct problem *p);
/* n: the root, or an element whose siblings are only white space (the child of the SOAP body). */
bool xml_grammar_validate(struct arena *a, const struct xml_grammar *g, const struct xml_node *n,
			  struct problem *p);

#endif
