/* gateway/envelope/xml_node.c: walking a finished tree. A struct xml_node is libxml2's xmlNode. */
#include <libxml/tree.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"

static const xmlNode *inside(const struct xml_node *n)
{
	return (const xmlNode *)n;
}

static const struct xml_node *outside(const xmlNode *n)
{
	return (const struct xml_node *)n;
}

static const char *namespace_of(const xmlNode *n)
{
	return n->ns == NULL ? NULL : (const char *)n->ns->href;
}

static bool named(const xmlNode *n, const char *namespace_uri, const char *local)
{
	return n->type == XML_ELEMENT_NODE
		&& (local == NULL || strcmp((const char *)n->name, local) == 0)
		&& text_equal(namespace_of(n), namespace_uri);
}

/* n or the first sibling after it that has the name. */
static const struct xml_node *first_named(const xmlNode *n, const char *namespace_uri,
					  const char *local)
{
	while (n != NULL && !named(n, namespace_uri, local))
		n = n->next;
	return outside(n);
}

static const struct xml_node *first_of_any_name(const xmlNode *n)
{
	while (n != NULL && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return outside(n);
}

const struct xml_node *xml_root(const struct xml_document *d)
{
	return d == NULL ? NULL : first_of_any_name(((const xmlDoc *)d)->children);
}

bool xml_is(const struct xml_node *n, const char *namespace_uri, const char *local)
{
	return n != NULL && named(inside(n), namespace_uri, local);
}

const struct xml_node *xml_child(const struct xml_node *n, const char *namespace_uri,
				 const char *local)
{
	return n == NULL ? NULL : first_named(inside(n)->children, namespace_uri, local);
}

const struct xml_node *xml_next(const struct xml_node *n, const char *namespace_uri,
				const char *local)
{
	return n == NULL ? NULL : first_named(inside(n)->next, namespace_uri, local);
}

const struct xml_node *xml_first_element(const struct xml_node *n)
{
	return n == NULL ? NULL : first_of_any_name(inside(n)->children);
}

const struct xml_node *xml_next_element(const struct xml_node *n)
{
	return n == NULL ? NULL : first_of_any_name(inside(n)->next);
}

const struct xml_node *xml_parent(const struct xml_node *n)
{
	const xmlNode *parent = n == NULL ? NULL : inside(n)->parent;
	return parent != NULL && parent->type == XML_ELEMENT_NODE ? outside(parent) : NULL;
}

const char *xml_attribute_ns(const struct xml_node *n, const char *namespace_uri, const char *local)
{
	const xmlAttr *t = n == NULL ? NULL : inside(n)->properties;
	for (; t != NULL; t = t->next) {
		const char *own = t->ns == NULL ? NULL : (const char *)t->ns->href;
		if (strcmp((const char *)t->name, local) != 0 || !text_equal(own, namespace_uri))
			continue;
		return t->children == NULL || t->children->content == NULL
			? "" : (const char *)t->children->content;
	}
	return NULL;
}

const char *xml_attribute(const struct xml_node *n, const char *local)
{
	return xml_attribute_ns(n, NULL, local);
}

/* The node after n in document order, without leaving top. */
static const xmlNode *following(const xmlNode *n, const xmlNode *top)
{
	if (n->type == XML_ELEMENT_NODE && n->children != NULL)
		return n->children;
	while (n != top && n->next == NULL)
		n = n->parent;
	return n == top ? NULL : n->next;
}

const char *xml_text(struct arena *a, const struct xml_node *n)
{
	if (n == NULL)
		return NULL;
	const xmlNode *top = inside(n), *only = top->children;
	if (only == NULL)
		return "";
	if (only->next == NULL && only->type == XML_TEXT_NODE)
		return only->content == NULL ? "" : (const char *)only->content;
	struct buffer all = buffer_in(a);
	for (const xmlNode *at = top; at != NULL; at = following(at, top))
		if (at->type == XML_TEXT_NODE && at->content != NULL)
			buffer_text(&all, (const char *)at->content);
	return buffer_ended(&all);
}

bool xml_has_text(const struct xml_node *n)
{
	const xmlNode *at = n == NULL ? NULL : inside(n)->children;
	for (; at != NULL; at = at->next) {
		if (at->type != XML_TEXT_NODE || at->content == NULL)
			continue;
		const char *text = (const char *)at->content;
		if (text[strspn(text, " \t\r\n")] != '\0')
			return true;
	}
	return false;
}

const char *xml_local(const struct xml_node *n)
{
	return n == NULL ? NULL : (const char *)inside(n)->name;
}

const char *xml_namespace(const struct xml_node *n)
{
	return n == NULL ? NULL : namespace_of(inside(n));
}

unsigned xml_line(const struct xml_node *n)
{
	return n == NULL ? 0 : (unsigned)xmlGetLineNo(inside(n));
}

const char *xml_resolve_prefix(const struct xml_node *n, const char *prefix)
{
	const char *wanted = text_empty(prefix) ? NULL : prefix;
	for (; n != NULL; n = xml_parent(n))
		for (const xmlNs *s = inside(n)->nsDef; s != NULL; s = s->next)
			if (text_equal((const char *)s->prefix, wanted))
				return text_empty((const char *)s->href) ? NULL
									 : (const char *)s->href;
	return text_equal(wanted, "xml") ? "http://www.w3.org/XML/1998/namespace" : NULL;
}

/* 0 when no sibling has the same name. */
static size_t position(const struct xml_node *n)
{
	const char *space = xml_namespace(n), *local = xml_local(n);
	size_t place = 1;
	for (const xmlNode *s = inside(n)->prev; s != NULL; s = s->prev)
		place += named(s, space, local);
	return place == 1 && xml_next(n, space, local) == NULL ? 0 : place;
}

static void add_path(struct buffer *b, const struct xml_node *n)
{
	const struct xml_node *above = xml_parent(n);
	if (above != NULL && !xml_is(above, SOAP_NAMESPACE, "Body"))
		add_path(b, above);	/* as deep as the reader's limit, not deeper */
	size_t place = position(n);
	buffer_byte(b, '/');
	buffer_text(b, xml_local(n));
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
