/* gateway/envelope/ebrim_reader.c: lcm:SubmitObjectsRequest -> struct submission.
 *
 * ITI TF-3: 4.2.1 (coding), 4.2.3.1 (attributes), 4.2.5 (identifiers). Every object is read the
 * same way, by the rows of schemas/tables/metadata.c. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/ebrim_parts.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_shape.h"
#include "schemas/tables/metadata.h"

/* Packages are a submission set and its folders. The bound keeps work proportional to the
 * message. */
enum { PACKAGES_MOST = 1000 };

/* Every object has an id, which others refer to. */
static const char *object_id(struct reading *r, const struct xml_node *n, const char *name)
{
	const char *id = ebrim_filled(n, "id");
	if (id == NULL)
		findings_error(r->findings, PROBLEM_REGISTRY_METADATA, NULL, xml_path(r->arena, n),
			       "this %s has no id", name);
	return id;
}

/* What is said of the object beside it. */
static void read_sibling_markers(struct object *o)
{
	for (struct marker *m = o->reading->markers; m != NULL; m = m->next)
		if (m->node != NULL && text_equal(m->object, o->id)) {
			m->used = true;
			ebrim_read_marker(o, m->node);
		}
}

/* What the sender says of it; a registry gives the first version its own. */
static enum availability_status object_status(const struct xml_node *n)
{
	const char *urn = ebrim_filled(n, "status");
	if (text_equal(urn, availability_status_urn(STATUS_APPROVED)))
		return STATUS_APPROVED;
	return text_equal(urn, availability_status_urn(STATUS_DEPRECATED)) ? STATUS_DEPRECATED
									   : STATUS_NONE;
}

static void read_entry(struct reading *r, const struct xml_node *n)
{
	const char *id = object_id(r, n, "ExtrinsicObject"), *type = ebrim_filled(n, "objectType");
	if (id == NULL)
		return;
	struct document_entry *e = arena_new(r->arena, struct document_entry);
	struct object o = ebrim_object(r, METADATA_ENTRY, "DocumentEntry", id, e, &e->extra);
	e->id = id;
	e->status = object_status(n);
	e->logical_id = ebrim_filled(n, "lid");
	if (text_equal(type, UUID_ON_DEMAND))
		e->type = ENTRY_ON_DEMAND;
	else if (!text_equal(type, UUID_STABLE))
		ebrim_fault(&o, "objectType",
			    "is neither a stable nor an on-demand document entry");
	ebrim_read_parts(&o, n);
	read_sibling_markers(&o);
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

static void read_set(struct reading *r, const struct xml_node *n, const char *id,
		     struct submission *s)
{
	struct submission_set *set = arena_new(r->arena, struct submission_set);
	struct object o = ebrim_object(r, METADATA_SET, "SubmissionSet", id, set, &set->extra);
	set->id = id;
	set->logical_id = ebrim_filled(n, "lid");
	ebrim_read_parts(&o, n);
	read_sibling_markers(&o);
	if (s->set_count++ == 0)
		s->set = set;
}

static void read_folder(struct reading *r, const struct xml_node *n, const char *id)
{
	struct folder *f = arena_new(r->arena, struct folder);
	struct object o = ebrim_object(r, METADATA_FOLDER, "Folder", id, f, &f->extra);
	f->id = id;
	f->logical_id = ebrim_filled(n, "lid");
	ebrim_read_parts(&o, n);
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
	const char *id = ebrim_filled(n, "id") != NULL ? ebrim_filled(n, "id")
						       : xml_path(r->arena, n);
	struct association *x = arena_new(r->arena, struct association);
	struct object o = ebrim_object(r, METADATA_ASSOCIATION, "Association", id, x, &x->extra);
	x->id = id;
	x->logical_id = ebrim_filled(n, "lid");
	x->type_urn = ebrim_filled(n, "associationType");
	x->type = association_type_of(x->type_urn);
	x->source = ebrim_filled(n, "sourceObject");
	x->target = ebrim_filled(n, "targetObject");
	if (x->type == ASSOCIATION_UNKNOWN)
		ebrim_fault(&o, "associationType", "is not an association of ITI TF-3: 4.2.2");
	if (x->source == NULL || x->target == NULL)
		ebrim_fault(&o, "sourceObject", "sourceObject and targetObject are required");
	ebrim_read_parts(&o, n);
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
		(*last)->object = ebrim_filled(c, "classifiedObject");
		(*last)->node = ebrim_filled(c, "classificationNode");
		if ((*last)->object == NULL || (*last)->node == NULL
		    || ebrim_filled(c, "classificationScheme") != NULL)
			findings_error(r->findings, PROBLEM_REGISTRY_METADATA, NULL,
				       xml_path(r->arena, c),
				       "beside the objects, it names classifiedObject and "
				       "classificationNode, and nothing else");
		last = &(*last)->next;
	}
}

/* A marker of nothing would be lost without a word. */
static void check_markers(const struct reading *r)
{
	for (const struct marker *m = r->markers; m != NULL; m = m->next)
		if (!m->used && m->object != NULL && m->node != NULL)
			findings_error(
				r->findings, PROBLEM_REGISTRY_METADATA, NULL, m->object,
				"a Classification classifies it, and it is no DocumentEntry, "
				"SubmissionSet or Folder of this message");
}

static void read_object(struct reading *r, const struct xml_node *n, struct submission *s)
{
	if (xml_is(n, RIM_NAMESPACE, "ExtrinsicObject"))
		read_entry(r, n);
	else if (xml_is(n, RIM_NAMESPACE, "RegistryPackage"))
		read_package(r, n, s);
	else if (xml_is(n, RIM_NAMESPACE, "Association"))
		read_association(r, n);
	else if (!xml_is(n, RIM_NAMESPACE, "Classification")
		 && !xml_is(n, RIM_NAMESPACE, "ObjectRef"))
		findings_error(r->findings, PROBLEM_REGISTRY_METADATA, NULL, xml_path(r->arena, n),
			       "this is no object of XDS metadata");
}

static bool read_objects(struct arena *a, const struct xml_node *list, struct submission *s,
			 struct findings *f)
{
	struct reading r = { .arena = a,
			     .findings = f,
			     .last_entry = &s->entries,
			     .last_folder = &s->folders,
			     .last_association = &s->associations };
	unsigned before = f->errors;
	if (xml_has_text(list))
		findings_error(f, PROBLEM_REGISTRY_METADATA, NULL, "RegistryObjectList",
			       "has text where only elements have a place");
	collect_markers(&r, list);
	for (const struct xml_node *n = xml_first_element(list); n != NULL;
	     n = xml_next_element(n)) {
		if (++r.objects > EBRIM_OBJECTS_MOST || r.packages > PACKAGES_MOST)
			return findings_error(
				f, PROBLEM_TOO_LARGE, NULL, "RegistryObjectList",
				"a submission may have %d objects, %d of them packages",
				EBRIM_OBJECTS_MOST, PACKAGES_MOST);
		read_object(&r, n, s);
	}
	if (f->errors == before)
		check_markers(&r);
	return f->errors == before;
}

/* Slots of the request, not of an object: whoever reads one has said so, and no other may pass in
 * silence. */
static void tell_request_slots(struct arena *a, const struct xml_node *request, const char *known,
			       struct findings *f)
{
	const struct xml_node *list = xml_child(request, RS_NAMESPACE, "RequestSlotList");
	for (const struct xml_node *n = xml_first_element(list); n != NULL;
	     n = xml_next_element(n)) {
		const char *name = ebrim_filled(n, "name");
		if (name == NULL || known == NULL || !text_equal(name, known))
			findings_warn(f, PROBLEM_EXTRA_METADATA_NOT_SAVED, NULL,
				      name == NULL ? xml_path(a, n) : name,
				      "slots of a request are not read here");
	}
}

struct text_list *ebrim_request_slot(struct arena *a, const struct xml_node *request,
				     const char *name)
{
	struct text_list *first = NULL, **last = &first;
	const struct xml_node *list = xml_child(request, RS_NAMESPACE, "RequestSlotList");
	for (const struct xml_node *n = xml_child(list, RIM_NAMESPACE, "Slot"); n != NULL;
	     n = xml_next(n, RIM_NAMESPACE, "Slot")) {
		const struct xml_node *values = xml_child(n, RIM_NAMESPACE, "ValueList");
		if (!text_equal(ebrim_filled(n, "name"), name))
			continue;
		for (const struct xml_node *v = xml_child(values, RIM_NAMESPACE, "Value");
		     v != NULL; v = xml_next(v, RIM_NAMESPACE, "Value"))
			last = text_list_add(a, last, xml_text(a, v));
	}
	return first;
}

static bool read_list(struct arena *a, const struct xml_node *message,
		      const struct xml_place *places, const char *known_slot, struct submission *s,
		      struct findings *f)
{
	const struct xml_node *list = xml_child(message, RIM_NAMESPACE, "RegistryObjectList");
	const char *what;
	const struct xml_node *misfit = xml_misfit(message, places, &what);
	if (misfit != NULL)
		return findings_error(f, PROBLEM_REGISTRY_METADATA, NULL, xml_path(a, misfit), "%s",
				      what);
	if (list == NULL)
		return findings_error(f, PROBLEM_REGISTRY_METADATA, NULL, xml_local(message),
				      "the message has no RegistryObjectList");
	tell_request_slots(a, message, known_slot, f);
	return read_objects(a, list, s, f);
}

bool ebrim_read_submission(struct arena *a, const struct xml_node *request, struct submission *s,
			   struct findings *f)
{
	return ebrim_read_submission_slot(a, request, NULL, s, f);
}

bool ebrim_read_submission_slot(struct arena *a, const struct xml_node *request,
				const char *known_slot, struct submission *s, struct findings *f)
{
	static const struct xml_place places[] = { { RS_NAMESPACE, "RequestSlotList", 1 },
						   { RIM_NAMESPACE, "RegistryObjectList", 1 },
						   { 0 } };
	return xml_is(request, LCM_NAMESPACE, "SubmitObjectsRequest")
		       ? read_list(a, request, places, known_slot, s, f)
		       : findings_error(f, PROBLEM_REGISTRY_METADATA, NULL, "SubmitObjectsRequest",
					"there is none in the message");
}

size_t ebrim_count_objects(const struct xml_node *request)
{
	const struct xml_node *list = xml_child(request, RIM_NAMESPACE, "RegistryObjectList");
	size_t count = 0;
	for (const struct xml_node *n = xml_first_element(list); n != NULL; n = xml_next_element(n))
		count += xml_is(n, RIM_NAMESPACE, "ExtrinsicObject")
			 || xml_is(n, RIM_NAMESPACE, "RegistryPackage")
			 || xml_is(n, RIM_NAMESPACE, "Association");
	return count;
}

bool ebrim_read_found(struct arena *a, const struct xml_node *response, struct submission *s,
		      struct findings *f)
{
	static const struct xml_place places[] = { { RS_NAMESPACE, "ResponseSlotList", 1 },
						   { RS_NAMESPACE, "RegistryErrorList", 1 },
						   { RIM_NAMESPACE, "RegistryObjectList", 1 },
						   { 0 } };
	return xml_is(response, QUERY_NAMESPACE, "AdhocQueryResponse")
		       ? read_list(a, response, places, NULL, s, f)
		       : findings_error(f, PROBLEM_REGISTRY_METADATA, NULL, "AdhocQueryResponse",
					"there is none in the message");
}
