/* gateway/envelope/xml_walk.c: looking at all of a tree. */
#include "gateway/envelope/xml_walk.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/xml_tree.h"

const struct xml_node *xml_walk(const struct xml_node *n, const struct xml_node *top)
{
	if (n->first != NULL)
		return n->first;
	while (n != top && n->next == NULL)
		n = n->parent;
	return n == top ? NULL : n->next;
}

const char *xml_text_before(const struct xml_node *n)
{
	return n->text == NULL ? "" : n->text;
}

const char *xml_text_behind(const struct xml_node *n)
{
	return n->tail == NULL ? "" : n->tail;
}

static size_t length_of(const char *text)
{
	return text == NULL ? 0 : strlen(text);
}

void xml_measure(const struct xml_node *n, size_t *octets, size_t *nodes)
{
	*octets += 2 * (length_of(n->prefix) + strlen(n->local)) + length_of(n->text)
		   + length_of(n->tail);
	for (unsigned i = 0; i < n->attribute_count; i++)
		*octets += strlen(n->attributes[i].local) + strlen(n->attributes[i].value);
	for (unsigned i = 0; i < n->declaration_count; i++)
		*octets += length_of(n->declarations[i].prefix) + length_of(n->declarations[i].uri);
	*nodes += 1 + (size_t)n->attribute_count + n->declaration_count;
}

static bool is_id(const char *local)
{
	static const char *const names[] = { "ID", "Id", "id", "AssertionID" };
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(local, names[i]) == 0)
			return true;
	return false;
}

bool xml_has_id(const struct xml_node *n, const char *id)
{
	for (unsigned i = 0; i < n->attribute_count; i++)
		if (is_id(n->attributes[i].local) && strcmp(n->attributes[i].value, id) == 0)
			return true;
	return false;
}
