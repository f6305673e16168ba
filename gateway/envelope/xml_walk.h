/* gateway/envelope/xml_walk.h: looking at all of a tree, for who must know what else is in it. */
#ifndef GATEWAY_ENVELOPE_XML_WALK_H
#define GATEWAY_ENVELOPE_XML_WALK_H

#include <stdbool.h>
#include <stddef.h>

struct xml_node;

/* The element after n in the order of the document, within top; NULL: it was the last. */
const struct xml_node *xml_walk(const struct xml_node *n, const struct xml_node *top);
/* Of mixed content, piece by piece: what stands in n before its first element, and what stands
 * behind n before what follows; "" where nothing does. Borrowed from the tree. */
const char *xml_text_before(const struct xml_node *n);
const char *xml_text_behind(const struct xml_node *n);
/* Octets of n's tags, of its own text and of what follows it, about; its element, attributes and
 * declarations. */
void xml_measure(const struct xml_node *n, size_t *octets, size_t *nodes);
/* An attribute that is an Id in some vocabulary (ID, Id, id, AssertionID, of any namespace) has
 * that value. */
bool xml_has_id(const struct xml_node *n, const char *id);

#endif
