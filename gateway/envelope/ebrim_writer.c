/* gateway/envelope/ebrim_writer.c: registry objects and outcomes, written exactly.
 *
 * ITI TF-3: 4.2.1, 4.2.4, 4.2.5; ITI TF-2: 3.18.4.1.2.7. Order of children is that of the ebRIM
 * schema: Slot, Name, Description, VersionInfo, Classification, ExternalIdentifier. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_writer.h"
#include "schemas/tables/metadata.h"

#define OBJECT_TYPE "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:"
#define SEVERITY "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:"

enum { UUID_PREFIX = 9, UUID_FIRST = 8 }; /* "urn:uuid:", then 8 digits before the first dash */
enum { ENTRY_OCTETS = 6656 }; /* of a DocumentEntry with all that is required, and a little more */

struct writing {
	struct xml_writer *w;
	struct arena *arena;
	struct xml_value id; /* of the object being written */
	char *part;          /* the same, to be changed; NULL: it is no UUID */
	unsigned parts;
	uint32_t first; /* the first 32 bits of a UUID */
};

static struct writing writing(struct xml_writer *w, struct arena *a, const char *id)
{
	struct writing o = { .w = w, .arena = a, .id = xml_value_looked_at(id) };
	if (o.id.length != UUID_PREFIX + 36)
		return o;
	o.part = arena_text(a, id);
	for (unsigned i = 0; i < UUID_FIRST; i++) {
		char c = id[UUID_PREFIX + i];
		o.first = o.first << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return o;
}

/* Parts of an object need ids, but nobody asks for them: so they are made from the object's, the
 * same in every answer. Each part turns the first 32 bits over in its own way. Good until the
 * next. */
static struct xml_value part_id(struct writing *o)
{
	uint32_t turned = o->first ^ ++o->parts * 0x9e3779b1u;
	if (o->part == NULL)
		return xml_value(arena_printf(o->arena, "%s.%u", o->id.text, o->parts));
	for (unsigned i = UUID_FIRST; i-- > 0; turned >>= 4)
		o->part[UUID_PREFIX + i] = "0123456789abcdef"[turned & 15];
	return (struct xml_value){ o->part, o->id.length, o->id.plain };
}

static void put_only_value(struct xml_writer *w, const char *name, const char *text)
{
	static const struct xml_piece slot[] = {
		XML_PIECE("<rim:Slot name=\""),
		XML_PIECE("\"><rim:ValueList><rim:Value>"),
		XML_PIECE("</rim:Value></rim:ValueList></rim:Slot>"),
	};
	const struct xml_value values[] = { xml_value(name), xml_value(text) };
	xml_put_pattern(w, slot, values, COUNT(values));
}

static void put_slot(struct xml_writer *w, const char *name, const struct text_value *values)
{
	if (values == NULL)
		return;
	if (values->next == NULL && !text_empty(values->value)) {
		put_only_value(w, name, values->value);
		return;
	}
	xml_open(w, "rim:Slot");
	xml_put_attribute(w, "name", name);
	xml_open(w, "rim:ValueList");
	for (; values != NULL; values = values->next)
		xml_element_text(w, "rim:Value", values->value);
	xml_close(w);
	xml_close(w);
}

static void put_slot_text(struct xml_writer *w, const char *name, const char *text)
{
	struct text_value one = { text, NULL };
	if (text != NULL)
		put_slot(w, name, &one);
}

static void put_localized(struct xml_writer *w, const char *element, const struct localized *l)
{
	if (l == NULL)
		return;
	xml_open(w, element);
	for (; l != NULL; l = l->next) {
		xml_open(w, "rim:LocalizedString");
		xml_put_attribute(w, "xml:lang", l->language);
		xml_put_attribute(w, "charset", l->charset);
		xml_put_attribute(w, "value", l->value);
		xml_close(w);
	}
	xml_close(w);
}

static void put_name(struct xml_writer *w, const char *name, const char *language)
{
	struct localized one = { name, language, NULL, NULL };
	put_localized(w, "rim:Name", &one);
}

static void open_classification(struct writing *o)
{
	xml_open(o->w, "rim:Classification");
	xml_put_attribute(o->w, "id", part_id(o).text);
	xml_put_attribute(o->w, "objectType", OBJECT_TYPE "Classification");
	xml_put_attribute(o->w, "classifiedObject", o->id.text);
}

static void put_marker(struct writing *o, const char *node)
{
	open_classification(o);
	xml_put_attribute(o->w, "classificationNode", node);
	xml_close(o->w);
}

/* A code with all it should have and nothing else, as nearly all are. */
static void put_usual_code(struct writing *o, const char *scheme, const struct coded_value *c)
{
	static const struct xml_piece usual[] = {
		XML_PIECE("<rim:Classification id=\""),
		XML_PIECE("\" objectType=\"" OBJECT_TYPE "Classification\" classifiedObject=\""),
		XML_PIECE("\" classificationScheme=\""),
		XML_PIECE("\" nodeRepresentation=\""),
		XML_PIECE("\"><rim:Slot name=\"codingScheme\"><rim:ValueList><rim:Value>"),
		XML_PIECE("</rim:Value></rim:ValueList></rim:Slot><rim:Name><rim:LocalizedString "
			  "value=\""),
		XML_PIECE("\"/></rim:Name></rim:Classification>"),
	};
	const struct xml_value values[] = { part_id(o),           o->id,
					    xml_constant(scheme), xml_value(c->code),
					    xml_value(c->scheme), xml_value(c->display) };
	xml_put_pattern(o->w, usual, values, COUNT(values));
}

static void put_codes(struct writing *o, const struct metadata_attribute *m,
		      const struct coded_value *c)
{
	for (; c != NULL; c = c->next) {
		if (c->code != NULL && !text_empty(c->scheme) && c->display != NULL
		    && c->display_language == NULL) {
			put_usual_code(o, m->key, c);
			continue;
		}
		open_classification(o);
		xml_put_attribute(o->w, "classificationScheme", m->key);
		xml_put_attribute(o->w, "nodeRepresentation", c->code);
		put_slot_text(o->w, "codingScheme", c->scheme);
		put_name(o->w, c->display, c->display_language);
		xml_close(o->w);
	}
}

static void put_authors(struct writing *o, const struct metadata_attribute *row,
			const struct author *au)
{
	for (; au != NULL; au = au->next) {
		open_classification(o);
		xml_put_attribute(o->w, "classificationScheme", row->key);
		xml_put_attribute(o->w, "nodeRepresentation", "");
		for (const struct metadata_attribute *m = metadata_attributes(METADATA_AUTHOR);
		     m->name != NULL; m++)
			put_slot(o->w, m->key, METADATA_OF(au, m, struct text_value *));
		xml_close(o->w);
	}
}

static void put_identifier(struct writing *o, const struct metadata_attribute *m, const char *value)
{
	static const struct xml_piece identifier[] = {
		XML_PIECE("<rim:ExternalIdentifier id=\""),
		XML_PIECE("\" objectType=\"" OBJECT_TYPE "ExternalIdentifier\" registryObject=\""),
		XML_PIECE("\" identificationScheme=\""),
		XML_PIECE("\" value=\""),
		XML_PIECE("\"><rim:Name><rim:LocalizedString value=\""),
		XML_PIECE("\"/></rim:Name></rim:ExternalIdentifier>"),
	};
	if (value == NULL)
		return;
	const struct xml_value values[] = { part_id(o), o->id, xml_constant(m->key),
					    xml_value(value), xml_constant(m->label) };
	xml_put_pattern(o->w, identifier, values, COUNT(values));
}

static void put_attribute(struct writing *o, const struct metadata_attribute *m, const void *object)
{
	switch (m->coding) {
	case CODED_XML_ATTRIBUTE:
		xml_put_attribute(o->w, m->key, METADATA_OF(object, m, char *));
		break;
	case CODED_SLOT:
		if (m->field == FIELD_TEXT)
			put_slot_text(o->w, m->key, METADATA_OF(object, m, char *));
		else
			put_slot(o->w, m->key, METADATA_OF(object, m, struct text_value *));
		break;
	case CODED_NAME:
		put_localized(o->w, "rim:Name", METADATA_OF(object, m, struct localized *));
		break;
	case CODED_DESCRIPTION:
		put_localized(o->w, "rim:Description", METADATA_OF(object, m, struct localized *));
		break;
	case CODED_CLASSIFICATION:
		put_codes(o, m, METADATA_OF(object, m, struct coded_value *));
		break;
	case CODED_AUTHOR: put_authors(o, m, METADATA_OF(object, m, struct author *)); break;
	case CODED_IDENTIFIER: put_identifier(o, m, METADATA_OF(object, m, char *)); break;
	case CODED_MARKER: break; /* limitedMetadata is never returned (ITI TF-3: 4.3.2) */
	}
}

/* The rows of a table stand in the order they are written, those of one coding together. */
static const struct metadata_attribute *put_coded(struct writing *o,
						  const struct metadata_attribute *m,
						  enum metadata_coding coding, const void *object)
{
	for (; m->name != NULL && m->coding == coding; m++)
		put_attribute(o, m, object);
	return m;
}

/* A registry object of any kind, as far as they are alike. */
struct object {
	enum metadata_object kind;
	const void *whole; /* its struct of schemas/model/document.h */
	const char *id, *logical_id, *home;
	enum availability_status status;
	const struct slot *extra;
	unsigned version; /* of VersionInfo; 0: without */
};

static struct object object_of_set(const struct submission_set *s)
{
	return (struct object){ .kind = METADATA_SET,
				.whole = s,
				.id = s->id,
				.logical_id = s->logical_id,
				.home = s->home_community_id,
				.status = s->status,
				.extra = s->extra,
				.version = 1 };
}

static struct object object_of_entry(const struct document_entry *e)
{
	return (struct object){ .kind = METADATA_ENTRY,
				.whole = e,
				.id = e->id,
				.logical_id = e->logical_id,
				.home = e->home_community_id,
				.status = e->status,
				.extra = e->extra,
				.version = e->version };
}

static struct object object_of_folder(const struct folder *f)
{
	return (struct object){ .kind = METADATA_FOLDER,
				.whole = f,
				.id = f->id,
				.logical_id = f->logical_id,
				.home = f->home_community_id,
				.status = f->status,
				.extra = f->extra,
				.version = f->version };
}

static struct object object_of_association(const struct association *x)
{
	return (struct object){ .kind = METADATA_ASSOCIATION,
				.whole = x,
				.id = x->id,
				.logical_id = x->logical_id,
				.home = x->home_community_id,
				.status = x->status,
				.extra = x->extra,
				.version = 1 };
}

/* What the kinds are called in ebRIM; marker: the classificationNode of a package. */
static const struct {
	const char *element, *type, *marker;
} kinds[] = {
	[METADATA_SET] = { "rim:RegistryPackage", OBJECT_TYPE "RegistryPackage",
			   UUID_SUBMISSION_SET },
	[METADATA_ENTRY] = { "rim:ExtrinsicObject", UUID_STABLE, NULL },
	[METADATA_FOLDER] = { "rim:RegistryPackage", OBJECT_TYPE "RegistryPackage", UUID_FOLDER },
	[METADATA_ASSOCIATION] = { "rim:Association", OBJECT_TYPE "Association", NULL },
};

/* Kinds in the order they are answered. */
static const enum metadata_object order[] = { METADATA_SET, METADATA_ENTRY, METADATA_FOLDER,
					      METADATA_ASSOCIATION };

static const char *object_type(const struct object *o)
{
	const struct document_entry *e = o->kind == METADATA_ENTRY ? o->whole : NULL;
	return e != NULL && e->type == ENTRY_ON_DEMAND ? UUID_ON_DEMAND : kinds[o->kind].type;
}

/* Attributes of one kind only, which no row of the metadata table is about. */
static void put_own_attributes(struct xml_writer *w, const struct object *o)
{
	const struct association *x = o->kind == METADATA_ASSOCIATION ? o->whole : NULL;
	if (o->kind == METADATA_ENTRY)
		xml_put_attribute(w, "isOpaque", "false");
	if (x == NULL)
		return;
	xml_put_attribute(w, "associationType", x->type_urn);
	xml_put_attribute(w, "sourceObject", x->source);
	xml_put_attribute(w, "targetObject", x->target);
}

/* All children, in the schema's order. */
static void put_children(struct writing *o, const struct object *object, const char *marker)
{
	const struct metadata_attribute *m = metadata_attributes(object->kind);
	while (m->coding == CODED_XML_ATTRIBUTE)
		m++;
	m = put_coded(o, m, CODED_SLOT, object->whole);
	for (const struct slot *extra = object->extra; extra != NULL; extra = extra->next)
		put_slot(o->w, extra->name, extra->values);
	m = put_coded(o, m, CODED_NAME, object->whole);
	m = put_coded(o, m, CODED_DESCRIPTION, object->whole);
	if (object->version != 0) {
		xml_open(o->w, "rim:VersionInfo");
		xml_put_attribute(
			o->w, "versionName",
			object->version == 1 ? "1" : arena_printf(o->arena, "%u", object->version));
		xml_close(o->w);
	}
	if (marker != NULL)
		put_marker(o, marker);
	m = put_coded(o, m, CODED_AUTHOR, object->whole);
	m = put_coded(o, m, CODED_CLASSIFICATION, object->whole);
	m = put_coded(o, m, CODED_MARKER, object->whole);
	put_coded(o, m, CODED_IDENTIFIER, object->whole);
}

static void put_whole(struct xml_writer *w, struct arena *a, const struct object *o)
{
	struct writing out = writing(w, a, o->id);
	xml_open(w, kinds[o->kind].element);
	xml_put_attribute(w, "id", o->id);
	xml_put_attribute(w, "lid", o->logical_id);
	xml_put_attribute(w, "objectType", object_type(o));
	xml_put_attribute(w, "status", availability_status_urn(o->status));
	put_coded(&out, metadata_attributes(o->kind), CODED_XML_ATTRIBUTE, o->whole);
	put_own_attributes(w, o);
	put_children(&out, o, kinds[o->kind].marker);
	xml_close(w);
}

static void put_object(struct xml_writer *w, struct arena *a, struct object o, bool leaf_class)
{
	if (leaf_class) {
		put_whole(w, a, &o);
		return;
	}
	xml_open(w, "rim:ObjectRef");
	xml_put_attribute(w, "id", o.id);
	xml_put_attribute(w, "home", o.home);
	xml_close(w);
}

void ebrim_put_objects(struct xml_writer *w, struct arena *a,
		       const struct registry_objects *objects, bool leaf_class)
{
	static const struct registry_objects none;
	const struct registry_objects *all = objects == NULL ? &none : objects;
	size_t entries = 0;
	for (const struct document_entry *e = all->entries; leaf_class && e != NULL; e = e->next)
		entries++;
	xml_writer_expect(w, entries * ENTRY_OCTETS);
	xml_open(w, "rim:RegistryObjectList");
	xml_namespace_declare(w, "rim", RIM_NAMESPACE);
	for (const struct submission_set *s = all->sets; s != NULL; s = s->next)
		put_object(w, a, object_of_set(s), leaf_class);
	for (const struct document_entry *e = all->entries; e != NULL; e = e->next)
		put_object(w, a, object_of_entry(e), leaf_class);
	for (const struct folder *f = all->folders; f != NULL; f = f->next)
		put_object(w, a, object_of_folder(f), leaf_class);
	for (const struct association *x = all->associations; x != NULL; x = x->next)
		put_object(w, a, object_of_association(x), leaf_class);
	xml_close(w);
}

void ebrim_put_submission(struct xml_writer *w, const struct submission *s)
{
	ebrim_put_submission_slot(w, s, NULL, NULL);
}

void ebrim_put_submission_slot(struct xml_writer *w, const struct submission *s, const char *slot,
			       const char *value)
{
	const struct registry_objects all = { .sets = s->set,
					      .entries = s->entries,
					      .folders = s->folders,
					      .associations = s->associations };
	xml_open(w, "lcm:SubmitObjectsRequest");
	xml_namespace_declare(w, "lcm", LCM_NAMESPACE);
	if (slot != NULL) {
		xml_open(w, "rs:RequestSlotList");
		xml_namespace_declare(w, "rs", RS_NAMESPACE);
		xml_namespace_declare(w, "rim", RIM_NAMESPACE);
		put_slot_text(w, slot, value);
		xml_close(w);
	}
	ebrim_put_objects(w, xml_writer_arena(w), &all, true);
	xml_close(w);
}

/* ---- Object by object ----
 *
 * Kind after kind in the answer, whatever the order they are found in: each kind has a spool. */

struct ebrim_list {
	struct arena *arena;
	struct spools *all;
	bool leaf_class;
	struct spool *spools[METADATA_OBJECTS]; /* by kind; NULL: none of them */
	struct xml_writer *writers[METADATA_OBJECTS];
};

struct ebrim_list *ebrim_list_begin(struct arena *a, struct spools *all, bool leaf_class)
{
	struct ebrim_list *l = arena_new(a, struct ebrim_list);
	*l = (struct ebrim_list){ .arena = a, .all = all, .leaf_class = leaf_class };
	return l;
}

static bool add(struct ebrim_list *l, struct arena *each, struct object o, struct problem *p)
{
	if (l->spools[o.kind] == NULL) {
		l->spools[o.kind] = spool_begin(l->all, l->arena);
		l->writers[o.kind] = xml_content_begin(l->arena, l->spools[o.kind]);
	}
	put_object(l->writers[o.kind], each, o, l->leaf_class);
	const struct problem *why = spool_problem(l->spools[o.kind]);
	return why == NULL || problem_set(p, why->code, "%s", why->what);
}

bool ebrim_list_set(struct ebrim_list *l, struct arena *each, const struct submission_set *s,
		    struct problem *p)
{
	return add(l, each, object_of_set(s), p);
}

bool ebrim_list_entry(struct ebrim_list *l, struct arena *each, const struct document_entry *e,
		      struct problem *p)
{
	return add(l, each, object_of_entry(e), p);
}

bool ebrim_list_folder(struct ebrim_list *l, struct arena *each, const struct folder *f,
		       struct problem *p)
{
	return add(l, each, object_of_folder(f), p);
}

bool ebrim_list_association(struct ebrim_list *l, struct arena *each, const struct association *x,
			    struct problem *p)
{
	return add(l, each, object_of_association(x), p);
}

void ebrim_list_end(struct ebrim_list *l, bool wanted)
{
	for (size_t i = 0; i < COUNT(order); i++) {
		struct spool *spool = l->spools[order[i]];
		if (spool == NULL)
			continue;
		xml_content_end(l->writers[order[i]]);
		if (!wanted)
			spool_discard(spool);
	}
}

void ebrim_put_list_content(struct xml_writer *w, const struct ebrim_list *l)
{
	for (size_t i = 0; l != NULL && i < COUNT(order); i++)
		if (l->spools[order[i]] != NULL)
			xml_put_content(w, l->spools[order[i]]);
}

void ebrim_put_list(struct xml_writer *w, const struct ebrim_list *l)
{
	xml_open(w, "rim:RegistryObjectList");
	xml_namespace_declare(w, "rim", RIM_NAMESPACE);
	ebrim_put_list_content(w, l);
	xml_close(w);
}

enum response_status ebrim_status(const struct problem *p, const struct finding *findings,
				  bool results)
{
	bool error = p->code != PROBLEM_NONE;
	for (; findings != NULL; findings = findings->next)
		error = error || !findings->warning;
	return !error ? RESPONSE_SUCCESS : results ? RESPONSE_PARTIAL_SUCCESS : RESPONSE_FAILURE;
}

/* codeContext is required, and text for people: where, and what was wrong. */
static void put_error(struct xml_writer *w, enum response_side side, const struct finding *f)
{
	const struct problem *p = &f->problem;
	const struct problem_row *row = problem_row(p->code);
	const char *location = f->location;
	xml_open(w, "rs:RegistryError");
	xml_put_attribute(w, "errorCode",
			  f->relayed != NULL      ? f->relayed
			  : side == SIDE_REGISTRY ? row->registry_error
						  : row->repository_error);
	char context[PROBLEM_WHERE + PROBLEM_TEXT + 4];
	size_t length = 0;
	for (const char *s = p->where; *s != '\0'; s++)
		context[length++] = *s;
	for (const char *s = length == 0 || p->what[0] == '\0' ? "" : ": "; *s != '\0'; s++)
		context[length++] = *s;
	for (const char *s = p->what; *s != '\0'; s++)
		context[length++] = *s;
	context[length] = '\0';
	const char *said = length == 0 ? row->name : context, *exchange = xml_writer_exchange(w);
	/* The exchange, by which the operator finds its record, is where the error arose (ebRS
	 * 2.1.6); a location of the transaction's own says which of several things, and stays what
	 * it is. */
	if (exchange != NULL && location == NULL)
		location = arena_printf(xml_writer_arena(w), "exchange %s", exchange);
	else if (exchange != NULL)
		said = arena_printf(xml_writer_arena(w), "%s (exchange %s)", said, exchange);
	xml_put_attribute(w, "codeContext", said);
	xml_put_attribute(w, "severity", f->warning ? SEVERITY "Warning" : SEVERITY "Error");
	xml_put_attribute(w, "location", location);
	xml_close(w);
}

void ebrim_put_outcome(struct xml_writer *w, enum response_status status, enum response_side side,
		       const struct problem *p, const struct finding *findings)
{
	static const char *const urns[] = {
		[RESPONSE_SUCCESS] = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success",
		[RESPONSE_PARTIAL_SUCCESS] = "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess",
		[RESPONSE_FAILURE] = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure",
	};
	xml_put_attribute(w, "status", urns[status]);
	bool told = p == NULL || p->code == PROBLEM_NONE;
	for (const struct finding *f = findings; f != NULL; f = f->next)
		told = told || !f->warning;
	if (told && findings == NULL)
		return;
	xml_open(w, "rs:RegistryErrorList");
	xml_namespace_declare(w, "rs", RS_NAMESPACE);
	xml_put_attribute(w, "highestSeverity",
			  status == RESPONSE_SUCCESS ? SEVERITY "Warning" : SEVERITY "Error");
	if (!told)
		put_error(w, side, &(struct finding){ .problem = *p });
	for (; findings != NULL; findings = findings->next)
		put_error(w, side, findings);
	xml_close(w);
}

void ebrim_put_response(struct xml_writer *w, enum response_status status, enum response_side side,
			const struct problem *p, const struct finding *findings)
{
	xml_open(w, "rs:RegistryResponse");
	xml_namespace_declare(w, "rs", RS_NAMESPACE);
	ebrim_put_outcome(w, status, side, p, findings);
	xml_close(w);
}
