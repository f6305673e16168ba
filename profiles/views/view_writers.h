/* profiles/views/view_writers.h: what all documents we make say alike, as CDA and as FHIR.
 *
 * Each writer makes the same octets of the same list, and says the document's id where it is told:
 * before anything that a message says, so that it is found there (view_document.c). */
#ifndef PROFILES_VIEWS_VIEW_WRITERS_H
#define PROFILES_VIEWS_VIEW_WRITERS_H

#include <jansson.h>
#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "schemas/model/view.h"

struct arena;
struct xml_writer;

/* The list of any kind but the medication's: HL7 CDA Release 2, and FHIR R4, a Bundle of type
 * document whose Composition is first. */
struct bytes view_write_cda(struct arena *a, const struct view_list *list, const char *id);
struct bytes view_write_fhir(struct arena *a, const struct view_list *list, const char *id);

#define LOINC_OID "2.16.840.1.113883.6.1"
#define LOINC_URL "http://loinc.org"
#define FHIR_URIS "urn:ietf:rfc:3986"

/* ---- Values ---- */

/* TS of the message, in Japan where it names no zone. CDA: with a zone where it has a time. FHIR: a
 * date or dateTime; NULL for "". */
const char *view_cda_time(struct arena *a, const char *text);
const char *view_fhir_time(struct arena *a, const char *text);
/* A DTM of metadata (UTC): the day it is in Japan, 2024-04-02. */
const char *view_day(struct arena *a, const char *dtm);
/* Digits, with a point among them or none, as many as a double says without loss. */
bool view_is_number(const char *text);
bool view_is_signed(const char *text); /* the same, or behind a minus */
bool view_is_time(const char *text);   /* TS, or "" */
/* The parts of a uniqueId, which may have an extension (ITI TF-3: 4.2.3.2.26); NULL: none. */
struct view_id {
	const char *root, *extension;
};
struct view_id view_id_of(struct arena *a, const char *unique_id);

/* ---- The narrative, into the open element ---- */

/* What the document is, and how many sources it lacks; paragraphs of that name. */
void view_put_preface(struct xml_writer *w, const struct view_head *h, const char *paragraph);
void view_put_narrative(struct xml_writer *w, const struct view_list *list, const char *paragraph);
/* A row of a table: name is th or td. */
void view_put_row(struct xml_writer *w, const char *name, const char *const *cells, size_t count);

/* ---- CDA ---- */

/* From the root to the open section, which has its code and title. */
void view_cda_open(struct xml_writer *w, const struct view_head *h, const char *id);
void view_cda_put_id(struct xml_writer *w, const char *root, const char *extension);
void view_cda_put_constant(struct xml_writer *w, const char *name, const char *code,
			   const char *system, const char *display);
void view_cda_put_time(struct xml_writer *w, const char *name, const char *text); /* "": none */
void view_cda_put_name(struct xml_writer *w, const char *family, const char *given);

/* ---- FHIR ---- */

/* Each resource is written out before the next is made, so that a list of any length needs memory
 * for one, beside its text. */
struct view_bundle {
	const struct view_head *head;
	/* Of the section: references to what is in it, and its text. */
	json_t *(*entries)(const struct view_bundle *b, struct arena *a);
	void (*narrative)(const struct view_bundle *b, struct xml_writer *w);
	/* The rest is the bundle's own. */
	struct buffer out;
	struct arena *each; /* of one resource */
	json_t *(*make)(struct view_bundle *b, struct arena *a);
	const char *kind; /* of what is made, for its URL */
	unsigned count;   /* of entries there are */
};
/* Composition, Patient, Device and Organization first. */
void view_bundle_begin(struct view_bundle *b, struct arena *a, const char *id);
void view_bundle_put(struct view_bundle *b, const char *kind,
		     json_t *(*make)(struct view_bundle *b, struct arena *a), const char *document,
		     unsigned at);
struct bytes view_bundle_end(struct view_bundle *b);
json_t *view_reference(const struct view_bundle *b, struct arena *a, const char *kind,
		       const char *document, unsigned at);
json_t *view_head_reference(const struct view_bundle *b, struct arena *a, const char *kind);

/* Nothing for NULL; NULL where there is nothing in it, or nothing to say. */
void view_json_set(json_t *object, const char *name, json_t *value);
json_t *view_json_filled(json_t *value);
json_t *view_json_text(const char *value);
json_t *view_json_one(json_t *value);
json_t *view_json_number(const char *value);
json_t *view_json_identifier(const char *system, const char *value);
json_t *view_json_oid(struct arena *a, const char *oid);

#endif
