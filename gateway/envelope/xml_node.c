/* gateway/envelope/xml_node.c: walking a finished tree. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_tree.h"

/* Most names that differ do so at once. */
static bool same(const char *name, const char *wanted)
{
	return *name == *wanted && strcmp(name, wanted) == 0;
}

static bool named(const struct xml_node *n, const char *namespace_uri, const char *local)
{
	return (local == NULL || same(n->local, local)) && text_equal(n->space, namespace_uri);
}

/* n or the first sibling after it that has the name. */
static const struct xml_node *first_named(const struct xml_node *n, const char *namespace_uri,
					  const char *local)
{
	while (n != NULL && !named(n, namespace_uri, local))
		n = n->next;
	return n;
}

const struct xml_node *xml_root(const struct xml_document *d)
{
	return d == NULL ? NULL : d->root;
}

bool xml_is(const struct xml_node *n, const char *namespace_uri, const char *local)
{
	return n != NULL && named(n, namespace_uri, local);
}

const struct xml_node *xml_child(const struct xml_node *n, const char *namespace_uri,
				 const char *local)
{
	return n == NULL ? NULL : first_named(n->first, namespace_uri, local);
}

const struct xml_node *xml_next(const struct xml_node *n, const char *namespace_uri,
				const char *local)
{
	return n == NULL ? NULL : first_named(n->next, namespace_uri, local);
}

const struct xml_node *xml_first_element(const struct xml_node *n)
{
	return n == NULL ? NULL : n->first;
}

const struct xml_node *xml_next_element(const struct xml_node *n)
{
	return n == NULL ? NULL : n->next;
}

const struct xml_node *xml_parent(const struct xml_node *n)
{
	return n == NULL ? NULL : n->parent;
}

const char *xml_attribute_ns(const struct xml_node *n, const char *namespace_uri, const char *local)
{
	if (n == NULL)
		return NULL;
	for (unsigned i = 0; i < n->attribute_count; i++) {
		const struct xml_attribute *t = &n->attributes[i];
		if (same(t->local, local) && text_equal(t->space, namespace_uri))
			return t->value;
	}
	return NULL;
}

const char *xml_attribute(const struct xml_node *n, const char *local)
{
	return xml_attribute_ns(n, NULL, local);
}

static void add_text(struct buffer *b, const char *text)
{
	if (text != NULL)
		buffer_text(b, text);
}

const char *xml_text(struct arena *a, const struct xml_node *n)
{
	if (n == NULL)
		return NULL;
	if (n->first == NULL)
		return n->text == NULL ? "" : n->text;
	struct buffer all = buffer_in(a);
	const struct xml_node *at = n;
	while (true) {
		add_text(&all, at->text);
		if (at->first != NULL) {
			at = at->first;
			continue;
		}
		while (at != n && at->next == NULL) {
			add_text(&all, at->tail);
			at = at->parent;
		}
		if (at == n)
			break;
		add_text(&all, at->tail);
		at = at->next;
	}
	return buffer_ended(&all);
}

static bool is_white(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

bool xml_is_interrupted(const struct xml_node *n)
{
	return n != NULL && n->interrupted;
}

bool xml_has_text(const struct xml_node *n)
{
	if (n == NULL)
		return false;
	bool white = is_white(n->text);
	for (const struct xml_node *child = n->first; white && child != NULL; child = child->next)
		white = is_white(child->tail);
	return !white;
}

const char *xml_local(const struct xml_node *n)
{
	return n == NULL ? NULL : n->local;
}

const char *xml_namespace(const struct xml_node *n)
{
	return n == NULL ? NULL : n->space;
}

unsigned xml_line(const struct xml_node *n)
{
	return n == NULL ? 0 : n->line;
}

const char *xml_resolve_prefix(const struct xml_node *n, const char *prefix)
{
	const char *wanted = text_empty(prefix) ? NULL : prefix;
	for (; n != NULL; n = n->parent)
		for (unsigned i = 0; i < n->declaration_count; i++)
			if (text_equal(n->declarations[i].prefix, wanted))
				return text_empty(n->declarations[i].uri) ? NULL
									  : n->declarations[i].uri;
	return text_equal(wanted, "xml") ? "http://www.w3.org/XML/1998/namespace" : NULL;
}

/* 0 when no sibling has the same name. */
static size_t position(const struct xml_node *n)
{
	size_t place = 1;
	const struct xml_node *s = n->parent == NULL ? n : n->parent->first;
	for (; s != n; s = s->next)
		place += named(s, n->space, n->local);
	return place == 1 && xml_next(n, n->space, n->local) == NULL ? 0 : place;
}

static void add_path(struct buffer *b, const struct xml_node *n)
{
	const struct xml_node *above = n->parent;
	if (above != NULL && !xml_is(above, SOAP_NAMESPACE, "Body"))
		add_path(b, above); /* as deep as the reader's limit, not deeper */
	size_t place = position(n);
	buffer_byte(b, '/');
	buffer_text(b, n->local);
	if (place != 0)
		buffer_printf(b, "[%zu]", place);
}

const char *xml_path(struct arena *a, const struct xml_node *n)
{
	if (n == NULL)
		return NULL;
	struct buffer path = buffer_in(a);
	add_path(&path, n);
	return buffer_ended(&path);
}
