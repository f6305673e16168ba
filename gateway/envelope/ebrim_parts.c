/* gateway/envelope/ebrim_parts.c: the parts of one object of ebRIM, by the rows of
 * schemas/tables/metadata.c. ITI TF-3: 4.2.1 (coding), 4.2.3.1 (attributes), 4.2.5
 * (identifiers). */
#include "gateway/envelope/ebrim_parts.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_shape.h"

/* Honest objects have some 40 parts, honest slots a few values. The bounds keep work proportional
 * to the message. */
enum { PARTS_MOST = 1000, VALUES_MOST = 1000 };

/* What elements hold (ebRIM 3.0, rim.xsd). */
static const struct xml_place in_object[] = { { RIM_NAMESPACE, "Slot", 0 },
					      { RIM_NAMESPACE, "Name", 1 },
					      { RIM_NAMESPACE, "Description", 1 },
					      { RIM_NAMESPACE, "VersionInfo", 1 },
					      { RIM_NAMESPACE, "Classification", 0 },
					      { RIM_NAMESPACE, "ExternalIdentifier", 0 },
					      { RIM_NAMESPACE, "ContentVersionInfo", 1 },
					      { 0 } };
static const struct xml_place in_slot[] = { { RIM_NAMESPACE, "ValueList", 1 }, { 0 } };
static const struct xml_place in_value_list[] = { { RIM_NAMESPACE, "Value", 0 }, { 0 } };
static const struct xml_place in_text[] = { { RIM_NAMESPACE, "LocalizedString", 0 }, { 0 } };
static const struct xml_place nothing[] = { { 0 } };

/* Attributes they may have: of every registry object, then of each kind. */
#define ANY_OBJECT "id", "home", "lid", "objectType", "status"
static const char *const of_entry[] = { ANY_OBJECT, "mimeType", "isOpaque", NULL };
static const char *const of_package[] = { ANY_OBJECT, NULL };
static const char *const of_association[] = { ANY_OBJECT, "associationType", "sourceObject",
					      "targetObject", NULL };
static const char *const of_classification[] = { ANY_OBJECT,           "classificationScheme",
						 "classificationNode", "classifiedObject",
						 "nodeRepresentation", NULL };
static const char *const of_identifier[] = { ANY_OBJECT, "identificationScheme", "registryObject",
					     "value", NULL };
static const char *const of_slot[] = { "name", "slotType", NULL };
static const char *const of_localized[] = { "charset", "value", NULL };

struct object ebrim_object(struct reading *r, enum metadata_object kind, const char *name,
			   const char *id, void *what, struct slot **extra)
{
	return (struct object){
		.reading = r, .kind = kind, .name = name, .id = id, .object = what, .extra = extra
	};
}

static const char *where(const struct object *o, const char *attribute)
{
	return arena_printf(o->reading->arena, "%s(%s).%s", o->name, o->id, attribute);
}

bool ebrim_fault(const struct object *o, const char *attribute, const char *what)
{
	return findings_error(o->reading->findings, PROBLEM_REGISTRY_METADATA, NULL,
			      where(o, attribute), "%s", what);
}

static bool not_saved(const struct object *o, const char *attribute, const char *what)
{
	return findings_warn(o->reading->findings, PROBLEM_EXTRA_METADATA_NOT_SAVED, NULL,
			     where(o, attribute), "%s", what);
}

static bool not_modelled(const struct object *o, const char *attribute)
{
	return not_saved(o, attribute, "not part of the metadata model, so it is not kept");
}

bool ebrim_fits(const struct object *o, const char *attribute, const struct xml_node *n,
		const struct xml_place *places)
{
	const char *what;
	const struct xml_node *misfit = xml_misfit(n, places, &what);
	return misfit == NULL
	       || ebrim_fault(o, attribute == NULL ? xml_local(misfit) : attribute,
			      arena_printf(o->reading->arena, "%s %s", xml_local(misfit), what));
}

static void check_attributes(const struct object *o, const char *attribute,
			     const struct xml_node *n, const char *const *names)
{
	const char *stray = xml_stray_attribute(n, names);
	if (stray != NULL)
		not_saved(o, attribute,
			  arena_printf(o->reading->arena,
				       "%s has no attribute \"%s\", so it is not kept",
				       xml_local(n), stray));
}

const char *ebrim_filled(const struct xml_node *n, const char *attribute)
{
	const char *value = xml_attribute(n, attribute);
	return text_empty(value) ? NULL : value;
}

/* ---- Slots ---- */

/* The values of a slot, without the empty ones; count: with them. */
static struct text_value *slot_values(const struct object *o, const struct xml_node *slot,
				      const char *name, unsigned *count)
{
	struct arena *a = o->reading->arena;
	struct text_value *first = NULL, **last = &first;
	const struct xml_node *list = xml_child(slot, RIM_NAMESPACE, "ValueList");
	*count = 0;
	if (!ebrim_fits(o, name, slot, in_slot) || !ebrim_fits(o, name, list, in_value_list))
		return NULL;
	check_attributes(o, name, slot, of_slot);
	for (const struct xml_node *v = xml_first_element(list); v != NULL;
	     v = xml_next_element(v)) {
		const char *text = text_trimmed(a, xml_text(a, v));
		if (++*count > VALUES_MOST) {
			ebrim_fault(o, name, "has more values than we accept");
			break;
		}
		if (xml_first_element(v) != NULL)
			ebrim_fault(o, name, "has an element inside a Value");
		if (*text == '\0')
			continue;
		*last = arena_new(a, struct text_value);
		(*last)->value = text;
		last = &(*last)->next;
	}
	return first;
}

/* Names of slots are unique within an object (ebRIM 3.0: 2.5.2). */
static bool seen_before(struct object *o, const char *name)
{
	if (text_list_has(o->slots, name))
		return true;
	if (o->last_slot == NULL)
		o->last_slot = &o->slots;
	o->last_slot = text_list_add(o->reading->arena, o->last_slot, name);
	return false;
}

/* Slots that are not attributes. ITI TF-3: 4.2.3.1.6: names of others' slots are URNs. Those that
 * begin with urn:ihe: are of profiles newer than this reader, or national: kept like the others.
 * The slots of metadata update on Associations are kept, too; those of the registry itself are not,
 * or a sender could speak for it. */
static void read_extra_slot(struct object *o, const char *name, struct text_value *values)
{
	static const char *const update[] = { "PreviousVersion", "OriginalStatus", "NewStatus",
					      "AssociationPropagation" };
	bool keep = text_starts(name, "urn:") && !text_starts(name, REGISTRY_SLOTS);
	for (size_t i = 0; o->kind == METADATA_ASSOCIATION && i < COUNT(update); i++)
		keep = keep || text_equal(name, update[i]);
	if (!keep || o->extra == NULL || values == NULL) {
		not_modelled(o, name);
	} else {
		*o->extra = arena_new(o->reading->arena, struct slot);
		(*o->extra)->name = name;
		(*o->extra)->values = values;
		o->extra = &(*o->extra)->next;
	}
}

static void read_slot(struct object *o, const struct xml_node *n)
{
	unsigned count, before = o->reading->findings->errors;
	const char *name = ebrim_filled(n, "name");
	if (name == NULL) {
		ebrim_fault(o, "Slot", "has no name");
		return;
	}
	if (seen_before(o, name)) {
		ebrim_fault(o, name, "is given in two slots");
		return;
	}
	struct text_value *values = slot_values(o, n, name, &count);
	const struct metadata_attribute *m = metadata_find(o->kind, CODED_SLOT, name);
	if (o->reading->findings->errors != before)
		return;
	if (m == NULL) {
		read_extra_slot(o, name, values);
	} else if (m->most == 1 && count != 1) {
		ebrim_fault(o, m->name,
			    arena_printf(o->reading->arena, "has %u values, and one is expected",
					 count));
	} else if (m->field == FIELD_TEXT) {
		*METADATA_AT(o->object, m, const char *) = values == NULL ? NULL : values->value;
	} else {
		*METADATA_AT(o->object, m, struct text_value *) = values;
	}
}

/* ---- Names and descriptions ---- */

static struct localized *read_localized(const struct object *o, const char *attribute,
					const struct xml_node *n)
{
	struct localized *first = NULL, **last = &first;
	if (n == NULL || !ebrim_fits(o, attribute, n, in_text))
		return NULL;
	for (const struct xml_node *s = xml_first_element(n); s != NULL; s = xml_next_element(s)) {
		if (!ebrim_fits(o, attribute, s, nothing))
			continue;
		check_attributes(o, attribute, s, of_localized);
		if (ebrim_filled(s, "value") == NULL)
			continue;
		*last = arena_new(o->reading->arena, struct localized);
		(*last)->value = xml_attribute(s, "value");
		(*last)->language = xml_attribute_ns(s, "http://www.w3.org/XML/1998/namespace",
						     "lang");
		if (text_empty((*last)->language))
			(*last)->language = NULL;
		(*last)->charset = ebrim_filled(s, "charset");
		last = &(*last)->next;
	}
	return first;
}

static void read_text(struct object *o, enum metadata_coding coding, const struct xml_node *n)
{
	const struct metadata_attribute *m = metadata_find(o->kind, coding, NULL);
	struct localized *text = read_localized(o, m == NULL ? xml_local(n) : m->name, n);
	if (m != NULL)
		*METADATA_AT(o->object, m, struct localized *) = text;
	else if (text != NULL)
		not_modelled(o, xml_local(n));
}

/* ---- Classifications and identifiers ---- */

/* classifiedObject and registryObject name the object around them, if they are there at all. */
static void check_parent(const struct object *o, const struct xml_node *n, const char *attribute,
			 const char *name)
{
	const char *parent = ebrim_filled(n, attribute);
	if (parent != NULL && !text_equal(parent, o->id))
		ebrim_fault(o, name,
			    arena_printf(o->reading->arena,
					 "has %s \"%s\", which is not the object around it",
					 attribute, parent));
}

/* Classifications and identifiers are objects themselves; what the model does not use of them is
 * told when it says something. name: their Name is used. */
static void check_unused(const struct object *o, const char *attribute, const struct xml_node *n,
			 bool name)
{
	const struct xml_node *text[] = {
		name ? NULL : xml_child(n, RIM_NAMESPACE, "Name"),
		xml_child(n, RIM_NAMESPACE, "Description"),
		xml_child(n, RIM_NAMESPACE, "Classification"),
		xml_child(n, RIM_NAMESPACE, "ExternalIdentifier"),
	};
	for (size_t i = 0; i < COUNT(text); i++)
		if (text[i] != NULL
		    && (xml_first_element(text[i]) != NULL || xml_attribute(text[i], "id") != NULL))
			not_saved(o, attribute,
				  arena_printf(o->reading->arena,
					       "its %s is not part of the metadata model, "
					       "so it is not kept",
					       xml_local(text[i])));
}

static const char *coding_scheme(struct object *o, const struct metadata_attribute *m,
				 const struct xml_node *n)
{
	struct object within = ebrim_object(o->reading, METADATA_OBJECTS, o->name, o->id, NULL,
					    NULL);
	const char *scheme = NULL;
	for (const struct xml_node *s = xml_child(n, RIM_NAMESPACE, "Slot"); s != NULL;
	     s = xml_next(s, RIM_NAMESPACE, "Slot")) {
		unsigned count;
		const char *slot = ebrim_filled(s, "name");
		if (slot == NULL || ++within.parts > PARTS_MOST || seen_before(&within, slot)) {
			ebrim_fault(o, m->name, "has a slot without a name, or one given twice");
			break;
		}
		if (!text_equal(slot, "codingScheme")) {
			not_modelled(o, slot);
			continue;
		}
		struct text_value *values = slot_values(o, s, m->name, &count);
		if (count != 1)
			ebrim_fault(o, m->name,
				    "has a codingScheme slot without exactly one value");
		scheme = values == NULL ? NULL : values->value;
	}
	if (scheme == NULL)
		ebrim_fault(o, m->name, "has no codingScheme");
	return scheme;
}

static void read_code(struct object *o, const struct metadata_attribute *m,
		      const struct xml_node *n)
{
	struct coded_value **place = METADATA_AT(o->object, m, struct coded_value *);
	struct coded_value *c = arena_new(o->reading->arena, struct coded_value);
	const struct localized *name = read_localized(o, m->name,
						      xml_child(n, RIM_NAMESPACE, "Name"));
	check_unused(o, m->name, n, true);
	c->code = ebrim_filled(n, "nodeRepresentation");
	if (c->code == NULL)
		ebrim_fault(o, m->name, "has no nodeRepresentation");
	c->scheme = coding_scheme(o, m, n);
	if (name == NULL)
		ebrim_fault(o, m->name, "has no Name (the code's display name)");
	else
		c->display = name->value, c->display_language = name->language;
	if (name != NULL && name->next != NULL)
		not_saved(o, m->name, "one display name of a code is kept, the first");
	while (*place != NULL)
		place = &(*place)->next;
	*place = c;
}

/* ITI TF-3: 4.2.3.1.4.1: nodeRepresentation is empty, the author is in the slots. */
static void read_author(struct object *o, const struct metadata_attribute *m,
			const struct xml_node *n)
{
	struct author **place = METADATA_AT(o->object, m, struct author *);
	while (*place != NULL)
		place = &(*place)->next;
	*place = arena_new(o->reading->arena, struct author);
	struct object author = ebrim_object(o->reading, METADATA_AUTHOR, o->name, o->id, *place,
					    NULL);
	check_unused(o, m->name, n, false);
	if (ebrim_filled(n, "nodeRepresentation") != NULL)
		not_saved(o, m->name, "its nodeRepresentation has no meaning, so it is not kept");
	for (const struct xml_node *s = xml_child(n, RIM_NAMESPACE, "Slot"); s != NULL;
	     s = xml_next(s, RIM_NAMESPACE, "Slot")) {
		if (++author.parts > PARTS_MOST) {
			ebrim_fault(o, m->name, "has more slots than we accept");
			return;
		}
		read_slot(&author, s);
	}
}

void ebrim_read_marker(struct object *o, const char *node)
{
	bool set = text_equal(node, UUID_SUBMISSION_SET), folder = text_equal(node, UUID_FOLDER);
	const struct metadata_attribute *m = metadata_find(o->kind, CODED_MARKER, node);
	if (m != NULL)
		*METADATA_AT(o->object, m, bool) = true;
	else if ((set && o->kind != METADATA_SET) || (folder && o->kind != METADATA_FOLDER))
		ebrim_fault(o, "Classification",
			    set ? "marks as a SubmissionSet what is none"
				: "marks as a Folder what is none");
	else if (!set && !folder)
		not_modelled(o, node);
}

static void read_classification(struct object *o, const struct xml_node *n)
{
	const char *scheme = ebrim_filled(n, "classificationScheme"),
		   *node = ebrim_filled(n, "classificationNode");
	const struct metadata_attribute *m;
	if ((scheme == NULL) == (node == NULL)) {
		ebrim_fault(o, "Classification",
			    scheme == NULL
				    ? "has neither classificationScheme nor classificationNode"
				    : "has classificationScheme and classificationNode");
		return;
	}
	if (!ebrim_fits(o, NULL, n, in_object))
		return;
	check_attributes(o, "Classification", n, of_classification);
	if (node != NULL) {
		check_parent(o, n, "classifiedObject", "Classification");
		ebrim_read_marker(o, node);
	} else if ((m = metadata_find(o->kind, CODED_CLASSIFICATION, scheme)) != NULL) {
		check_parent(o, n, "classifiedObject", m->name);
		read_code(o, m, n);
	} else if ((m = metadata_find(o->kind, CODED_AUTHOR, scheme)) != NULL) {
		check_parent(o, n, "classifiedObject", m->name);
		read_author(o, m, n);
	} else {
		not_modelled(o, scheme);
	}
}

static void read_identifier(struct object *o, const struct xml_node *n)
{
	const char *scheme = ebrim_filled(n, "identificationScheme"),
		   *value = ebrim_filled(n, "value");
	const struct metadata_attribute *m = metadata_find(o->kind, CODED_IDENTIFIER, scheme);
	if (!ebrim_fits(o, m == NULL ? NULL : m->name, n, in_object))
		return;
	if (m == NULL) {
		if (scheme == NULL)
			ebrim_fault(o, "ExternalIdentifier", "has no identificationScheme");
		else
			not_modelled(o, scheme);
		return;
	}
	const struct localized *name = read_localized(o, m->name,
						      xml_child(n, RIM_NAMESPACE, "Name"));
	const char **place = METADATA_AT(o->object, m, const char *);
	check_attributes(o, m->name, n, of_identifier);
	check_parent(o, n, "registryObject", m->name);
	check_unused(o, m->name, n, true);
	for (const struct xml_node *s = xml_child(n, RIM_NAMESPACE, "Slot"); s != NULL;
	     s = xml_next(s, RIM_NAMESPACE, "Slot"))
		not_modelled(o,
			     ebrim_filled(s, "name") == NULL ? "Slot" : xml_attribute(s, "name"));
	if (value == NULL)
		ebrim_fault(o, m->name, "has no value");
	if (name == NULL || !text_equal(name->value, m->label))
		ebrim_fault(o, m->name,
			    arena_printf(o->reading->arena, "has not the Name \"%s\"", m->label));
	if (*place != NULL)
		ebrim_fault(o, m->name, "is given twice");
	*place = value;
}

/* ---- The whole object ---- */

static void read_part(struct object *o, const struct xml_node *n)
{
	/* The versions are the registry's to count. */
	static const struct {
		const char *name;
		void (*read)(struct object *, const struct xml_node *);
	} parts[] = {
		{ "Slot", read_slot },
		{ "Classification", read_classification },
		{ "ExternalIdentifier", read_identifier },
	};
	if (xml_is(n, RIM_NAMESPACE, "Name"))
		read_text(o, CODED_NAME, n);
	else if (xml_is(n, RIM_NAMESPACE, "Description"))
		read_text(o, CODED_DESCRIPTION, n);
	for (size_t i = 0; i < COUNT(parts); i++)
		if (xml_is(n, RIM_NAMESPACE, parts[i].name))
			parts[i].read(o, n);
}

static const char *const *attributes_of(enum metadata_object kind)
{
	return kind == METADATA_ENTRY         ? of_entry
	       : kind == METADATA_ASSOCIATION ? of_association
					      : of_package;
}

void ebrim_read_parts(struct object *o, const struct xml_node *n)
{
	for (const struct metadata_attribute *m = metadata_attributes(o->kind); m->name != NULL;
	     m++)
		if (m->coding == CODED_XML_ATTRIBUTE)
			*METADATA_AT(o->object, m, const char *) = ebrim_filled(n, m->key);
	check_attributes(o, "attributes", n, attributes_of(o->kind));
	if (!ebrim_fits(o, NULL, n, in_object))
		return;
	for (const struct xml_node *c = xml_first_element(n); c != NULL; c = xml_next_element(c)) {
		if (++o->parts > PARTS_MOST) {
			ebrim_fault(o, "id", "has more parts than we accept");
			return;
		}
		read_part(o, c);
	}
}
