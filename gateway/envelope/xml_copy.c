/* gateway/envelope/xml_copy.c: part of a received tree into an answer, with its namespaces.
 *
 * HL7 v3 answers repeat queryByParameter word for word (ITI TF-2: O), values such as
 * xsi:type="x:TEL" included: so everything in scope where it stood is declared where it goes. */
#include <libxml/tree.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"

/* "prefix:local"; the tree's own name when there is no prefix. */
static const char *qualified(struct arena *a, const xmlNs *space, const xmlChar *local)
{
	if (space == NULL || space->prefix == NULL)
		return (const char *)local;
	return arena_printf(a, "%s:%s", (const char *)space->prefix, (const char *)local);
}

/* All declarations in scope at top; an outer one only where no inner one hides it. */
static void declare_scope(struct xml_writer *w, const struct xml_node *top)
{
	for (const struct xml_node *n = top; n != NULL; n = xml_parent(n)) {
		for (const xmlNs *s = ((const xmlNode *)n)->nsDef; s != NULL; s = s->next) {
			const char *prefix = (const char *)s->prefix, *uri = (const char *)s->href;
			if (text_equal(xml_resolve_prefix(top, prefix), uri))
				xml_namespace_declare(w, prefix, uri);
		}
	}
	if (xml_resolve_prefix(top, NULL) == NULL)
		xml_namespace_declare(w, NULL, "");
}

static void copy_start(struct xml_writer *w, const xmlNode *n, bool top)
{
	struct arena *a = xml_writer_arena(w);
	xml_open(w, qualified(a, n->ns, n->name));
	if (top)
		declare_scope(w, (const struct xml_node *)n);
	for (const xmlNs *s = n->nsDef; s != NULL; s = s->next)
		xml_namespace_declare(w, (const char *)s->prefix, (const char *)s->href);
	for (const xmlAttr *t = n->properties; t != NULL; t = t->next) {
		const char *value = t->children == NULL ? "" : (const char *)t->children->content;
		xml_put_attribute(w, qualified(a, t->ns, t->name), value);
	}
}

void xml_copy_node(struct xml_writer *w, const struct xml_node *n)
{
	const xmlNode *top = (const xmlNode *)n, *at = top;
	while (at != NULL) {
		if (at->type == XML_ELEMENT_NODE) {
			copy_start(w, at, at == top);
			if (at->children != NULL) {
				at = at->children;
				continue;
			}
			xml_close(w);
		} else if (at->type == XML_TEXT_NODE) {
			xml_put_text(w, (const char *)at->content);
		}
		while (at != top && at->next == NULL) {
			at = at->parent;
			xml_close(w);
		}
		at = at == top ? NULL : at->next;
	}
}
