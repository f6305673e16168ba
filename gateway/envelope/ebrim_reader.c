/* gateway/envelope/ebrim_reader.c: lcm:SubmitObjectsRequest -> struct submission.
 *
 * ITI TF-3: 4.2.1 (coding), 4.2.3.1 (attributes), 4.2.5 (identifiers). Every object is read the
 * same way, by the rows of schemas/tables/metadata.c. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_reader.h"
#include "schemas/tables/metadata.h"

/* Honest objects have some 40 parts, honest slots a few values; packages are a submission set and
 * its folders. The bounds keep work proportional to the message. */
enum { PARTS_MOST = 1000, VALUES_MOST = 1000, PACKAGES_MOST = 1000, VALUE_LENGTH = 256 };

/* A Classification beside its package. */
struct marker {
	const char *object, *node;
	struct marker *next;
};

struct reading {
	struct arena *arena;
	struct findings *findings;
	struct marker *markers;
	unsigned packages, objects;
	struct document_entry **last_entry;
	struct folder **last_folder;
	struct association **last_association;
};

/* One object while it is read. */
struct object {
	struct reading *reading;
	enum metadata_object kind;
	const char *name, *id;		/* "DocumentEntry", its id as sent */
	void *object;
	struct slot **extra;		/* NULL: extra slots have no place here */
	struct text_list *slots, **last_slot;
	unsigned parts;
};

static struct object object_of(struct reading *r, enum metadata_object kind, const char *name,
			       const char *id, void *what, struct slot **extra)
{
	return (struct object){ .reading = r, .kind = kind, .name = name, .id = id, .object = what,
				.extra = extra };
}

static const char *where(const struct object *o, const char *attribute)
{
	return arena_printf(o->reading->arena, "%s(%s).%s", o->name, o->id, attribute);
}

static bool fault(const struct object *o, const char *attribute, const char *what)
{
	return findings_error(o->reading->findings, PROBLEM_REGISTRY_METADATA, NULL,
			      where(o, attribute), "%s", what);
}

static bool not_saved(const struct object *o, const char *attribute)
{
	return findings_warn(o->reading->findings, PROBLEM_EXTRA_METADATA_NOT_SAVED, NULL,
			     where(o, attribute),
			     "not part of the metadata model, so it is not kept");
}

/* Attributes of XML: empty is absent (home="" is common). */
static const char *filled(const struct xml_node *n, const char *attribute)
{
	const char *value = xml_attribute(n, attribute);
	return text_empty(value) ? NULL : value;
}

static size_t characters(const char *text)
{
	size_t n = 0;
	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* The values of a slot, without the empty ones; count: with them. */
static struct text_value *slot_values(const struct object *o, const struct xml_node *slot,
				      const char *name, unsigned *count)
{
	struct arena *a = o->reading->arena;
	struct text_value *first = NULL, **last = &first;
	const struct xml_node *list = xml_child(slot, RIM_NAMESPACE, "ValueList");
	*count = 0;
	for (const struct xml_node *v = xml_child(list, RIM_NAMESPACE, "Value"); v != NULL;
	     v = xml_next(v, RIM_NAMESPACE, "Value")) {
		const char *text = text_trimmed(a, xml_text(a, v));
		if (++*count > VALUES_MOST) {
			fault(o, name, "has more values than we accept");
			break;
		}
		if (characters(text) > VALUE_LENGTH)
			fault(o, name, "has a value of more than 256 characters");
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

/* Slots that are not attributes. ITI TF-3: 4.2.3.1.6: names of others' slots are URNs, urn:ihe: is
 * the standard's own. Those on Associations are of metadata update, and kept. */
static void read_extra_slot(struct object *o, const char *name, struct text_value *values)
{
	static const char *const update[] = { "PreviousVersion", "OriginalStatus", "NewStatus",
					      "AssociationPropagation" };
	bool keep = text_starts(name, "urn:");
	for (size_t i = 0; o->kind == METADATA_ASSOCIATION && i < COUNT(update); i++)
		keep = keep || text_equal(name, update[i]);
	if (text_starts(name, "urn:ihe:")) {
		fault(o, name, "is a name of IHE's that no attribute has");
	} else if (!keep || o->extra == NULL || values == NULL) {
		not_saved(o, name);
	} else {
		*o->extra = arena_new(o->reading->arena, struct slot);
		(*o->extra)->name = name;
		(*o->extra)->values = values;
		o->extra = &(*o->extra)->next;
	}
}

static void read_slot(struct object *o, const struct xml_node *n)
{
	unsigned count;
	const char *name = filled(n, "name");
	if (name == NULL) {
		fault(o, "Slot", "has no name");
		return;
	}
	if (seen_before(o, name)) {
		fault(o, name, "is given in two slots");
		return;
	}
	struct text_value *values = slot_values(o, n, name, &count);
	const struct metadata_attribute *m = metadata_find(o->kind, CODED_SLOT, name);
	if (m == NULL) {
		read_extra_slot(o, name, values);
	} else if (m->most == 1 && count != 1) {
		fault(o, m->name,
		      arena_printf(o->reading->arena, "has %u values, and one is expected", count));
	} else if (m->field == FIELD_TEXT) {
		*METADATA_AT(o->object, m, const char *) = values == NULL ? NULL : values->value;
	} else {
		*METADATA_AT(o->object, m, struct text_value *) = values;
	}
}

static struct localized *read_localized(struct arena *a, const struct xml_node *n)
{
	struct localized *first = NULL, **last = &first;
	for (const struct xml_node *s = xml_child(n, RIM_NAMESPACE, "LocalizedString"); s != NULL;
	     s = xml_next(s, RIM_NAMESPACE, "LocalizedString")) {
		if (filled(s, "value") == NULL)
			continue;
		*last = arena_new(a, struct localized);
		(*last)->value = xml_attribute(s, "value");
		(*last)->language = xml_attribute_ns(s, "http://www.w3.org/XML/1998/namespace",
						     "lang");
		(*last)->charset = filled(s, "charset");
		last = &(*last)->next;
	}
	return first;
}

static void read_text(struct object *o, enum metadata_coding coding, const struct xml_node *n)
{
	const struct metadata_attribute *m = metadata_find(o->kind, coding, NULL);
	struct localized *text = read_localized(o->reading->arena, n);
	if (m == NULL) {
		if (text != NULL)
			not_saved(o, xml_local(n));
		return;
	}
	struct localized **place = METADATA_AT(o->object, m, struct localized *);
	if (*place != NULL)
		fault(o, m->name, "is given twice");
	*place = text;
}

/* classifiedObject and registryObject name the object around them, if they are there at all. */
static void check_parent(const struct object *o, const struct xml_node *n, const char *attribute,
			 const char *name)
{
	const char *parent = filled(n, attribute);
	if (parent != NULL && !text_equal(parent, o->id))
		fault(o, name, arena_printf(o->reading->arena,
					    "has %s \"%s\", which is not the object around it",
					    attribute, parent));
}

static void read_code(struct object *o, const struct metadata_attribute *m,
		      const struct xml_node *n)
{
	struct arena *a = o->reading->arena;
	struct coded_value **place = METADATA_AT(o->object, m, struct coded_value *);
	struct coded_value *c = arena_new(a, struct coded_value);
	struct object within = object_of(o->reading, METADATA_OBJECTS, o->name, o->id, NULL, NULL);
	const struct localized *name = read_localized(a, xml_child(n, RIM_NAMESPACE, "Name"));
	c->code = filled(n, "nodeRepresentation");
	if (c->code == NULL)
		fault(o, m->name, "has no nodeRepresentation");
	for (const struct xml_node *s = xml_child(n, RIM_NAMESPACE, "Slot"); s != NULL;
	     s = xml_next(s, RIM_NAMESPACE, "Slot")) {
		unsigned count;
		const char *slot = filled(s, "name");
		if (slot == NULL || ++within.parts > PARTS_MOST || seen_before(&within, slot)) {
			fault(o, m->name, "has a slot without a name, or one given twice");
			break;
		}
		if (!text_equal(slot, "codingScheme")) {
			not_saved(o, slot);
			continue;
		}
		struct text_value *values = slot_values(o, s, m->name, &count);
		if (count != 1)
			fault(o, m->name, "has a codingScheme slot without exactly one value");
		c->scheme = values == NULL ? NULL : values->value;
	}
	if (c->scheme == NULL)
		fault(o, m->name, "has no codingScheme");
	if (name == NULL)
		fault(o, m->name, "has no Name (the code's display name)");
	else
		c->display = name->value, c->display_language = name->language;
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
	struct object author = object_of(o->reading, METADATA_AUTHOR, o->name, o->id, *place, NULL);
	for (const struct xml_node *s = xml_child(n, RIM_NAMESPACE, "Slot"); s != NULL;
	     s = xml_next(s, RIM_NAMESPACE, "Slot")) {
		if (++author.parts > PARTS_MOST) {
			fault(o, m->name, "has more slots than we accept");
			return;
		}
		read_slot(&author, s);
	}
}

static void read_classification(struct object *o, const struct xml_node *n)
{
	const char *scheme = filled(n, "classificationScheme"),
		   *node = filled(n, "classificationNode");
	const struct metadata_attribute *m;
	if (node != NULL && scheme == NULL) {
		check_parent(o, n, "classifiedObject", "Classification");
		m = metadata_find(o->kind, CODED_MARKER, node);
		if (m != NULL)
			*METADATA_AT(o->object, m, bool) = true;
		else if (!text_equal(node, UUID_SUBMISSION_SET) && !text_equal(node, UUID_FOLDER))
			not_saved(o, node);
		return;
	}
	if (scheme == NULL) {
		fault(o, "Classification",
		      "has neither classificationScheme nor classificationNode");
		return;
	}
	if ((m = metadata_find(o->kind, CODED_CLASSIFICATION, scheme)) != NULL) {
		check_parent(o, n, "classifiedObject", m->name);
		read_code(o, m, n);
	} else if ((m = metadata_find(o->kind, CODED_AUTHOR, scheme)) != NULL) {
		check_parent(o, n, "classifiedObject", m->name);
		read_author(o, m, n);
	} else {
		not_saved(o, scheme);
	}
}

static void read_identifier(struct object *o, const struct xml_node *n)
{
	const char *scheme = filled(n, "identificationScheme"), *value = filled(n, "value");
	const struct metadata_attribute *m = metadata_find(o->kind, CODED_IDENTIFIER, scheme);
	if (m == NULL) {
		if (scheme == NULL)
			fault(o, "ExternalIdentifier", "has no identificationScheme");
		else
			not_saved(o, scheme);
		return;
	}
	const struct localized *name = read_localized(o->reading->arena,
						      xml_child(n, RIM_NAMESPACE, "Name"));
	const char **place = METADATA_AT(o->object, m, const char *);
	check_parent(o, n, "registryObject", m->name);
	if (value == NULL)
		fault(o, m->name, "has no value");
	if (name == NULL || !text_equal(name->value, m->label))
		fault(o, m->name,
		      arena_printf(o->reading->arena, "has not the Name \"%s\"", m->label));
	if (*place != NULL)
		fault(o, m->name, "is given twice");
	*place = value;
}

static void read_part(struct object *o, const struct xml_node *n)
{
	static const struct {
		const char *name;
		void (*read)(struct object *, const struct xml_node *);
	} parts[] = {
		{ "Slot", read_slot }, { "Classification", read_classification },
		{ "ExternalIdentifier", read_identifier },
		{ "VersionInfo", NULL }, { "ContentVersionInfo", NULL },
	};
	if (xml_is(n, RIM_NAMESPACE, "Name")) {
		read_text(o, CODED_NAME, n);
		return;
	}
	if (xml_is(n, RIM_NAMESPACE, "Description")) {
		read_text(o, CODED_DESCRIPTION, n);
		return;
	}
	for (size_t i = 0; i < COUNT(parts); i++)
		if (xml_is(n, RIM_NAMESPACE, parts[i].name)) {
			if (parts[i].read != NULL)
				parts[i].read(o, n);
			return;
		}
	fault(o, xml_local(n), "is no part of such an object");
}

static void read_parts(struct object *o, const struct xml_node *n)
{
	for (const struct metadata_attribute *m = metadata_attributes(o->kind); m->name != NULL;
	     m++)
		if (m->coding == CODED_XML_ATTRIBUTE)
			*METADATA_AT(o->object, m, const char *) = filled(n, m->key);
	for (const struct xml_node *c = xml_first_element(n); c != NULL; c = xml_next_element(c)) {
		if (++o->parts > PARTS_MOST) {
			fault(o, "id", "has more parts than we accept");
			return;
		}
		read_part(o, c);
	}
}

/* Every object has an id, which others refer to. */
static const char *object_id(struct reading *r, const struct xml_node *n, const char *name)
{
	const char *id = filled(n, "id");
	if (id == NULL)
		findings_error(r->findings, PROBLEM_REGISTRY_METADATA, NULL, xml_path(r->arena, n),
			       "this %s has no id", name);
	return id;
}

static void read_entry(struct reading *r, const struct xml_node *n)
{
	const char *id = object_id(r, n, "ExtrinsicObject"), *type = filled(n, "objectType");
	if (id == NULL)
		return;
	struct document_entry *e = arena_new(r->arena, struct document_entry);
	struct object o = object_of(r, METADATA_ENTRY, "DocumentEntry", id, e, &e->extra);
	e->id = id;
	e->logical_id = filled(n, "lid");
	if (text_equal(type, UUID_ON_DEMAND))
		e->type = ENTRY_ON_DEMAND;
	else if (!text_equal(type, UUID_STABLE))
		fault(&o, "objectType", "is neither a stable nor an on-demand document entry");
	read_parts(&o, n);
	*r->last_entry = e;
	r->last_entry = &e->next;
}

/* What a package is, ITI TF-3: 4.2.1.2: nested or sibling Classifications say so. */
static void package_kind(struct reading *r, const struct xml_node *n, const char *id, bool *set,
			 bool *folder)
{
	for (const struct xml_node *c = xml_child(n, RIM_NAMESPACE, "Classification"); c != NULL;
	     c = xml_next(c, RIM_NAMESPACE, "Classification")) {
		*set = *set
		       || text_equal(xml_attribute(c, "classificationNode"), UUID_SUBMISSION_SET);
		*folder = *folder
			  || text_equal(xml_attribute(c, "classificationNode"), UUID_FOLDER);
	}
	for (const struct marker *m = r->markers; m != NULL; m = m->next) {
		if (!text_equal(m->object, id))
			continue;
		*set = *set || text_equal(m->node, UUID_SUBMISSION_SET);
		*folder = *folder || text_equal(m->node, UUID_FOLDER);
	}
}

/* limitedMetadata may be said beside the package too. */
static void read_sibling_markers(struct object *o)
{
	for (const struct marker *m = o->reading->markers; m != NULL; m = m->next) {
		const struct metadata_attribute *row = metadata_find(o->kind, CODED_MARKER,
								     m->node);
		if (row != NULL && text_equal(m->object, o->id))
			*METADATA_AT(o->object, row, bool) = true;
	}
}

static void read_set(struct reading *r, const struct xml_node *n, const char *id,
		     struct submission *s)
{
	struct submission_set *set = arena_new(r->arena, struct submission_set);
	struct object o = object_of(r, METADATA_SET, "SubmissionSet", id, set, &set->extra);
	set->id = id;
	set->logical_id = filled(n, "lid");
	read_parts(&o, n);
	read_sibling_markers(&o);
	if (s->set_count++ == 0)
		s->set = set;
}

static void read_folder(struct reading *r, const struct xml_node *n, const char *id)
{
	struct folder *f = arena_new(r->arena, struct folder);
	struct object o = object_of(r, METADATA_FOLDER, "Folder", id, f, &f->extra);
	f->id = id;
	f->logical_id = filled(n, "lid");
	read_parts(&o, n);
	read_sibling_markers(&o);
	*r->last_folder = f;
	r->last_folder = &f->next;
}

static void read_package(struct reading *r, const struct xml_node *n, struct submission *s)
{
	bool set = false, folder = false;
	const char *id = object_id(r, n, "RegistryPackage");
	if (id == NULL || ++r->packages > PACKAGES_MOST)
		return;
	package_kind(r, n, id, &set, &folder);
	if (set == folder)
		findings_error(r->findings, PROBLEM_REGISTRY_METADATA, NULL, id,
			       set ? "this RegistryPackage is marked as SubmissionSet and as Folder"
				   : "this RegistryPackage is marked neither as SubmissionSet nor "
				     "as Folder");
	else if (set)
		read_set(r, n, id, s);
	else
		read_folder(r, n, id);
}

static void read_association(struct reading *r, const struct xml_node *n)
{
	/* Few refer to an association, and some senders leave its id out: where it stands will
	 * do. */
	const char *id = filled(n, "id") != NULL ? filled(n, "id") : xml_path(r->arena, n);
	struct association *x = arena_new(r->arena, struct association);
	struct object o = object_of(r, METADATA_ASSOCIATION, "Association", id, x, &x->extra);
	x->id = id;
	x->logical_id = filled(n, "lid");
	x->type_urn = filled(n, "associationType");
	x->type = association_type_of(x->type_urn);
	x->source = filled(n, "sourceObject");
	x->target = filled(n, "targetObject");
	if (x->type == ASSOCIATION_UNKNOWN)
		fault(&o, "associationType", "is not an association of ITI TF-3: 4.2.2");
	if (x->source == NULL || x->target == NULL)
		fault(&o, "sourceObject", "sourceObject and targetObject are required");
	read_parts(&o, n);
	*r->last_association = x;
	r->last_association = &x->next;
}

static void collect_markers(struct reading *r, const struct xml_node *list)
{
	unsigned n = 0;
	struct marker **last = &r->markers;
	for (const struct xml_node *c = xml_child(list, RIM_NAMESPACE, "Classification");
	     c != NULL && n <= 2 * PACKAGES_MOST;
	     c = xml_next(c, RIM_NAMESPACE, "Classification"), n++) {
		*last = arena_new(r->arena, struct marker);
		(*last)->object = filled(c, "classifiedObject");
		(*last)->node = filled(c, "classificationNode");
		if ((*last)->object == NULL || (*last)->node == NULL)
			findings_error(r->findings, PROBLEM_REGISTRY_METADATA, NULL,
				       xml_path(r->arena, c),
				       "beside the objects, it names classifiedObject and "
				       "classificationNode");
		last = &(*last)->next;
	}
}

static bool read_objects(struct arena *a, const struct xml_node *list, struct submission *s,
			 struct findings *f)
{
	struct reading r = { .arena = a, .findings = f, .last_entry = &s->entries,
			     .last_folder = &s->folders, .last_association = &s->associations };
	unsigned before = f->errors;
	collect_markers(&r, list);
	for (const struct xml_node *n = xml_first_element(list); n != NULL;
	     n = xml_next_element(n)) {
		if (++r.objects > EBRIM_OBJECTS_MOST || r.packages > PACKAGES_MOST)
			return findings_error(
				f, PROBLEM_TOO_LARGE, NULL, "RegistryObjectList",
				"a submission may have %d objects, %d of them packages",
				EBRIM_OBJECTS_MOST, PACKAGES_MOST);
		if (xml_is(n, RIM_NAMESPACE, "ExtrinsicObject"))
			read_entry(&r, n);
		else if (xml_is(n, RIM_NAMESPACE, "RegistryPackage"))
			read_package(&r, n, s);
		else if (xml_is(n, RIM_NAMESPACE, "Association"))
			read_association(&r, n);
		else if (!xml_is(n, RIM_NAMESPACE, "Classification")
			 && !xml_is(n, RIM_NAMESPACE, "ObjectRef"))
			findings_error(f, PROBLEM_REGISTRY_METADATA, NULL, xml_path(a, n),
				       "this is no object of XDS metadata");
	}
	return f->errors == before;
}

bool ebrim_read_submission(struct arena *a, const struct xml_node *request, struct submission *s,
			   struct findings *f)
{
	const struct xml_node *list = xml_child(request, RIM_NAMESPACE, "RegistryObjectList");
	if (!xml_is(request, LCM_NAMESPACE, "SubmitObjectsRequest") || list == NULL)
		return findings_error(f, PROBLEM_REGISTRY_METADATA, NULL, "SubmitObjectsRequest",
				      "the message has no RegistryObjectList");
	return read_objects(a, list, s, f);
}

bool ebrim_read_found(struct arena *a, const struct xml_node *response, struct submission *s,
		      struct findings *f)
{
	const struct xml_node *list = xml_child(response, RIM_NAMESPACE, "RegistryObjectList");
	if (!xml_is(response, QUERY_NAMESPACE, "AdhocQueryResponse") || list == NULL)
		return findings_error(f, PROBLEM_REGISTRY_METADATA, NULL, "AdhocQueryResponse",
				      "the answer has no RegistryObjectList");
	return read_objects(a, list, s, f);
}
