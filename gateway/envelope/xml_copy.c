/* gateway/envelope/xml_copy.c: part of a received tree into an answer, with its namespaces.
 *
 * HL7 v3 answers repeat queryByParameter word for word (ITI TF-2: O), values such as
 * xsi:type="x:TEL" included: so everything in scope where it stood is declared where it goes. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_tree.h"
#include "gateway/envelope/xml_writer.h"

/* "prefix:local"; the tree's own name when there is no prefix. */
static const char *qualified(struct arena *a, const char *prefix, const char *local)
{
	if (prefix == NULL)
		return local;
	size_t length = strlen(prefix), rest = strlen(local) + 1;
	char *name = arena_alloc(a, length + 1 + rest);
	memcpy(name, prefix, length);
	name[length] = ':';
	memcpy(name + length + 1, local, rest);
	return name;
}

/* All declarations in scope at top; an outer one only where no inner one hides it. */
static void declare_scope(struct xml_writer *w, const struct xml_node *top)
{
	for (const struct xml_node *n = top; n != NULL; n = n->parent) {
		for (unsigned i = 0; i < n->declaration_count; i++) {
			const struct xml_declaration *s = &n->declarations[i];
			if (text_equal(xml_resolve_prefix(top, s->prefix), s->uri))
				xml_namespace_declare(w, s->prefix, s->uri);
		}
	}
	if (xml_resolve_prefix(top, NULL) == NULL)
		xml_namespace_declare(w, NULL, "");
}

static void copy_start(struct xml_writer *w, const struct xml_node *n, bool top)
{
	struct arena *a = xml_writer_arena(w);
	xml_open(w, qualified(a, n->prefix, n->local));
	if (top)
		declare_scope(w, n);
	for (unsigned i = 0; i < n->declaration_count; i++)
		xml_namespace_declare(w, n->declarations[i].prefix, n->declarations[i].uri);
	for (unsigned i = 0; i < n->attribute_count; i++) {
		const struct xml_attribute *t = &n->attributes[i];
		xml_put_attribute(w, qualified(a, t->prefix, t->local), t->value);
	}
}

static void put_text(struct xml_writer *w, const char *text)
{
	if (text != NULL)
		xml_put_text(w, text);
}

void xml_copy_node(struct xml_writer *w, const struct xml_node *n)
{
	const struct xml_node *at = n;
	while (at != NULL) {
		copy_start(w, at, at == n);
		put_text(w, at->text);
		if (at->first != NULL) {
			at = at->first;
			continue;
		}
		xml_close(w);
		while (at != n && at->next == NULL) {
			put_text(w, at->tail);
			at = at->parent;
			xml_close(w);
		}
		if (at == n)
			break;
		put_text(w, at->tail);
		at = at->next;
	}
}
