/* gateway/envelope/xml_shape.c: an element held against what it may hold. */
#include "gateway/envelope/xml_shape.h"

#include <stddef.h>

#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_tree.h"

/* Elements of the same name from n on. */
static bool more_than(const struct xml_node *n, const struct xml_place *place)
{
	unsigned count = 0;
	for (; n != NULL; n = xml_next(n, place->namespace_uri, place->local))
		if (++count > place->most)
			return true;
	return false;
}

static const struct xml_place *place_of(const struct xml_node *n, const struct xml_place *places)
{
	while (places->local != NULL && !xml_is(n, places->namespace_uri, places->local))
		places++;
	return places->local == NULL ? NULL : places;
}

const struct xml_node *xml_misfit(const struct xml_node *n, const struct xml_place *places,
				  const char **what)
{
	for (const struct xml_node *c = xml_first_element(n); c != NULL; c = xml_next_element(c))
		if (place_of(c, places) == NULL) {
			*what = "has no place there";
			return c;
		}
	for (const struct xml_place *p = places; p->local != NULL; p++) {
		const struct xml_node *first = xml_child(n, p->namespace_uri, p->local);
		if (p->most != 0 && more_than(first, p)) {
			*what = "is given more than once";
			return first;
		}
	}
	*what = "has text where only elements have a place";
	return n != NULL && xml_has_text(n) ? n : NULL;
}

const char *xml_stray_attribute(const struct xml_node *n, const char *const *names)
{
	for (unsigned i = 0; i < n->attribute_count; i++) {
		const struct xml_attribute *t = &n->attributes[i];
		const char *const *name = names;
		while (*name != NULL && !text_equal(*name, t->local))
			name++;
		if (t->space == NULL && *name == NULL)
			return t->local;
	}
	return NULL;
}
