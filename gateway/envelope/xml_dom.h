/* gateway/envelope/xml_dom.h: a part of our tree as a document of libxml2, for libraries that know
 * no other: its grammars, and who verifies signatures.
 *
 * The same elements, attributes and text in the same order, under the same prefixes; what is
 * declared above is declared at its root. Each element's _private is the node it was made of, so
 * that what is found of one is known of the other by pointer. */
#ifndef GATEWAY_ENVELOPE_XML_DOM_H
#define GATEWAY_ENVELOPE_XML_DOM_H

#include <libxml/tree.h>

struct xml_node;

/* The caller's, to be freed by xmlFreeDoc(); NULL: no memory. */
xmlDoc *xml_dom_of(const struct xml_node *top);

#endif
