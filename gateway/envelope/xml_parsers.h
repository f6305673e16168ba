/* gateway/envelope/xml_parsers.h: parsers between two documents. Only xml_reader.c uses it; others
 * see xml_reader.h. */
#ifndef GATEWAY_ENVELOPE_XML_PARSERS_H
#define GATEWAY_ENVELOPE_XML_PARSERS_H

#include <libxml/parser.h>

struct xml_parsers;

/* A parser before its first octet, with our events and options; from NULL a new one. NULL: no
 * memory. */
xmlParserCtxt *xml_parsers_take(struct xml_parsers *spare);
/* It has read a well-formed document to its end. */
void xml_parsers_give(struct xml_parsers *spare, xmlParserCtxt *parser);

#endif
