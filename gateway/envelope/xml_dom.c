/* gateway/envelope/xml_dom.c: a part of our tree as a document of libxml2. */
#include "gateway/envelope/xml_dom.h"

#include "gateway/envelope/xml_tree.h"

static bool copy_text(xmlNode *into, const char *text)
{
	if (text == NULL)
		return true;
	xmlNode *copy = xmlNewDocText(into->doc, (const xmlChar *)text);
	return copy != NULL && xmlAddChild(into, copy) != NULL;
}

static void copy_declarations(xmlNode *to, const struct xml_node *n)
{
	for (unsigned i = 0; i < n->declaration_count; i++)
		xmlNewNs(to, (const xmlChar *)n->declarations[i].uri,
			 (const xmlChar *)n->declarations[i].prefix);
}

static bool copy_names(xmlNode *to, const struct xml_node *n)
{
	if (n->space != NULL) {
		to->ns = xmlSearchNs(to->doc, to, (const xmlChar *)n->prefix);
		if (to->ns == NULL)
			return false;
	}
	for (unsigned i = 0; i < n->attribute_count; i++) {
		const struct xml_attribute *t = &n->attributes[i];
		xmlNs *space = t->space == NULL
				       ? NULL
				       : xmlSearchNs(to->doc, to, (const xmlChar *)t->prefix);
		if (t->space != NULL && space == NULL)
			return false;
		if (xmlNewNsProp(to, space, (const xmlChar *)t->local, (const xmlChar *)t->value)
		    == NULL)
			return false;
	}
	return true;
}

/* n without its children, as the last of above; as the root when that is NULL. */
static xmlNode *copy_element(xmlDoc *d, xmlNode *above, const struct xml_node *n)
{
	xmlNode *copy = xmlNewDocNode(d, NULL, (const xmlChar *)n->local, NULL);
	if (copy == NULL)
		return NULL;
	copy->_private = (void *)n;
	if (above != NULL)
		xmlAddChild(above, copy);
	else
		xmlDocSetRootElement(d, copy);
	copy_declarations(copy, n);
	/* QNames in values mean what they meant where they stood; an inner declaration hides an
	 * outer one, for the library refuses a second one of the same prefix. */
	for (const struct xml_node *o = n->parent; above == NULL && o != NULL; o = o->parent)
		copy_declarations(copy, o);
	return copy_names(copy, n) && copy_text(copy, n->text) ? copy : NULL;
}

xmlDoc *xml_dom_of(const struct xml_node *top)
{
	xmlDoc *d = xmlNewDoc(NULL);
	xmlNode *above = NULL;
	const struct xml_node *n = top;
	while (d != NULL) {
		xmlNode *copy = copy_element(d, above, n);
		if (copy == NULL)
			break;
		if (n->first != NULL) {
			above = copy;
			n = n->first;
			continue;
		}
		while (n != top && n->next == NULL && copy_text(above, n->tail)) {
			above = above->parent;
			n = n->parent;
		}
		if (n == top)
			return d;
		if (n->next == NULL || !copy_text(above, n->tail))
			break;
		n = n->next;
	}
	xmlFreeDoc(d);
	return NULL;
}
