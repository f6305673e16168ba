/* gateway/envelope/xml_copy.c: part of a received tree into an answer, with its namespaces.
 *
 * HL7 v3 answers repeat queryByParameter word for word (ITI TF-2: O), values such as
 * xsi:type="x:TEL" included: so everything in scope where it stood is declared where it goes. */
#include <stdint.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_tree.h"
#include "gateway/envelope/xml_writer.h"

/* What is copied has few names, and each many times: the parser's words are one pointer each. */
struct names {
	struct {
		const char *prefix, *local, *name;
	} known[64];
};

static size_t place_of(const struct names *s, const char *prefix, const char *local)
{
	return ((uintptr_t)prefix / 8 * 31 + (uintptr_t)local / 8) % COUNT(s->known);
}

/* "prefix:local"; the tree's own name when there is no prefix. */
static const char *qualified(struct arena *a, struct names *s, const char *prefix,
			     const char *local)
{
	if (prefix == NULL)
		return local;
	size_t at = s == NULL ? 0 : place_of(s, prefix, local);
	if (s != NULL && s->known[at].prefix == prefix && s->known[at].local == local)
		return s->known[at].name;
	size_t length = strlen(prefix), rest = strlen(local) + 1;
	char *name = arena_alloc(a, length + 1 + rest);
	memcpy(name, prefix, length);
	name[length] = ':';
	memcpy(name + length + 1, local, rest);
	if (s != NULL) {
		s->known[at].prefix = prefix;
		s->known[at].local = local;
		s->known[at].name = name;
	}
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

/* An attribute of ours at the top of what is copied. */
struct mark {
	const char *prefix, *space, *name, *value;
};

/* What is not as it was received; all NULL: nothing. */
struct change {
	const struct mark *mark;
	const struct xml_node *at; /* its attribute of that name has this value */
	const char *name, *value;
};

static bool same_name(const struct xml_attribute *t, const struct mark *mark)
{
	return mark != NULL && text_equal(t->local, mark->name)
	       && text_equal(t->space, mark->space);
}

/* Under the prefix that is wished, or one that means nothing else where it stood. */
static void put_mark(struct xml_writer *w, const struct xml_node *n, const struct mark *mark)
{
	struct arena *a = xml_writer_arena(w);
	const char *prefix = mark->prefix, *means;
	while ((means = xml_resolve_prefix(n, prefix)) != NULL && !text_equal(means, mark->space))
		prefix = arena_printf(a, "%s-", prefix);
	xml_namespace_declare(w, prefix, mark->space);
	xml_put_attribute(w, qualified(a, NULL, prefix, mark->name), mark->value);
}

static const char *value_of(const struct xml_node *n, const struct xml_attribute *t,
			    const struct change *c)
{
	bool changed = c->at == n && t->space == NULL && text_equal(t->local, c->name);
	return changed ? c->value : t->value;
}

static void copy_start(struct xml_writer *w, struct names *names, const struct xml_node *n,
		       bool top, const struct change *change)
{
	struct arena *a = xml_writer_arena(w);
	const struct mark *mark = top ? change->mark : NULL;
	xml_open(w, qualified(a, names, n->prefix, n->local));
	if (top)
		declare_scope(w, n);
	for (unsigned i = 0; i < n->declaration_count; i++)
		xml_namespace_declare(w, n->declarations[i].prefix, n->declarations[i].uri);
	for (unsigned i = 0; i < n->attribute_count; i++) {
		const struct xml_attribute *t = &n->attributes[i];
		if (!same_name(t, mark))
			xml_put_attribute(w, qualified(a, names, t->prefix, t->local),
					  value_of(n, t, change));
	}
	if (mark != NULL)
		put_mark(w, n, mark);
}

static void put_text(struct xml_writer *w, const char *text)
{
	if (text != NULL)
		xml_put_text(w, text);
}

static void copy(struct xml_writer *w, const struct xml_node *n, const struct change *change)
{
	struct names names = { { { NULL, NULL, NULL } } };
	const struct xml_node *at = n;
	while (at != NULL) {
		copy_start(w, &names, at, at == n, change);
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

void xml_copy_node(struct xml_writer *w, const struct xml_node *n)
{
	copy(w, n, &(struct change){ .mark = NULL });
}

void xml_copy_marked(struct xml_writer *w, const struct xml_node *n, const char *prefix,
		     const char *space, const char *name, const char *value)
{
	const struct mark mark = { prefix, space, name, value };
	copy(w, n, &(struct change){ .mark = &mark });
}

void xml_copy_changed(struct xml_writer *w, const struct xml_node *n, const struct xml_node *at,
		      const char *name, const char *value)
{
	copy(w, n, &(struct change){ .at = at, .name = name, .value = value });
}
