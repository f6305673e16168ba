/* gateway/envelope/ebrim_parts.h: what an object of ebRIM is made of: slots, names,
 * classifications, identifiers. Between the ebrim_*.c readers only.
 *
 * Whatever stands in an object is read, refused, or told as not kept: each element is held against
 * what it may hold (gateway/envelope/xml_shape.h). */
#ifndef GATEWAY_ENVELOPE_EBRIM_PARTS_H
#define GATEWAY_ENVELOPE_EBRIM_PARTS_H

#include <stdbool.h>

#include "schemas/model/document.h"
#include "schemas/tables/metadata.h"

struct arena;
struct findings;
struct xml_node;
struct xml_place;

/* A Classification beside its package. */
struct marker {
	const char *object, *node;
	bool used; /* its object is in this message */
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
	const char *name, *id; /* "DocumentEntry", its id as sent */
	void *object;
	struct slot **extra; /* NULL: extra slots have no place here */
	struct text_list *slots, **last_slot;
	unsigned parts;
};
struct object ebrim_object(struct reading *r, enum metadata_object kind, const char *name,
			   const char *id, void *what, struct slot **extra);

/* XDSRegistryMetadataError; where: the object's attribute. False. */
bool ebrim_fault(const struct object *o, const char *attribute, const char *what);
/* Refuses what does not fit into n, which is (a part of) the object's attribute; NULL: the object
 * itself. */
bool ebrim_fits(const struct object *o, const char *attribute, const struct xml_node *n,
		const struct xml_place *places);
/* An attribute of XML; empty is absent (home="" is common). */
const char *ebrim_filled(const struct xml_node *n, const char *attribute);

/* All attributes and parts of the object. */
void ebrim_read_parts(struct object *o, const struct xml_node *n);
/* A marker's node, said of the object inside it or beside it. */
void ebrim_read_marker(struct object *o, const char *node);

#endif
