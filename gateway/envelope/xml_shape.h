/* gateway/envelope/xml_shape.h: what an element may hold, so that nothing in a message is passed
 * over.
 *
 * A reader that takes the child it wants does not see a second one, nor a stranger beside it, and
 * its answer would then say "understood" of what nobody read. So each reader holds the elements it
 * reads against what they may hold. */
#ifndef GATEWAY_ENVELOPE_XML_SHAPE_H
#define GATEWAY_ENVELOPE_XML_SHAPE_H

struct xml_node;

/* A child that has its place; places are ended by one without a name. */
struct xml_place {
	const char *namespace_uri, *local;
	unsigned most; /* 0: any number */
};

/* The first child that has no place in n, or is one too many; n itself when it has text between
 * them. what: a predicate for people. NULL: all fits. */
const struct xml_node *xml_misfit(const struct xml_node *n, const struct xml_place *places,
				  const char **what);

/* The name of the first attribute that has no namespace and is not among these (NULL-ended); NULL:
 * none. Those of other namespaces (xsi:type) are their own affair. */
const char *xml_stray_attribute(const struct xml_node *n, const char *const *names);

#endif
