/* profiles/views/view_fhir_head.c: what of a FHIR R4 document all ours have: a Bundle whose
 * Composition comes first, and in which every reference is another entry's fullUrl. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/derived_id.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/views/view_writers.h"
#include "schemas/tables/view_kinds.h"

#define XHTML "http://www.w3.org/1999/xhtml"

/* ---- Values ---- */

void view_json_set(json_t *object, const char *name, json_t *value)
{
	if (value != NULL)
		json_object_set_new(object, name, value);
}

json_t *view_json_filled(json_t *value)
{
	if (json_object_size(value) != 0 || json_array_size(value) != 0)
		return value;
	json_decref(value);
	return NULL;
}

json_t *view_json_text(const char *value)
{
	return text_empty(value) ? NULL : json_string(value);
}

json_t *view_json_one(json_t *value)
{
	return value == NULL ? NULL : json_pack("[o]", value);
}

/* As the message has it: a double says 15 digits and no zero behind the point. */
json_t *view_json_number(const char *value)
{
	if (value[0] == '\0')
		return NULL;
	return strchr(value, '.') == NULL ? json_integer(strtoll(value, NULL, 10))
					  : json_real(strtod(value, NULL));
}

json_t *view_json_identifier(const char *system, const char *value)
{
	return json_pack("{s:s, s:s}", "system", system, "value", value);
}

json_t *view_json_oid(struct arena *a, const char *oid)
{
	return view_json_identifier(FHIR_URIS, text_joined(a, "urn:oid:", oid, NULL));
}

static const char *url_of(const struct view_bundle *b, struct arena *a, const char *kind,
			  const char *document, unsigned at)
{
	char url[UUID_URN_TEXT];
	const char *parts[] = { b->head->of, kind, document, arena_printf(a, "%u", at) };
	derived_uuid(a, (struct bytes){ NULL, 0 }, parts, COUNT(parts), url);
	return arena_text(a, url);
}

json_t *view_reference(const struct view_bundle *b, struct arena *a, const char *kind,
		       const char *document, unsigned at)
{
	return json_pack("{s:s}", "reference", url_of(b, a, kind, document, at));
}

json_t *view_head_reference(const struct view_bundle *b, struct arena *a, const char *kind)
{
	return view_reference(b, a, kind, "", 0);
}

/* ---- The head's resources ---- */

static const char *narrative(const struct view_bundle *b, struct arena *a)
{
	struct xml_writer *w = xml_writer_begin(a);
	xml_open(w, "div");
	xml_namespace_declare(w, NULL, XHTML);
	b->narrative(b, w);
	struct bytes made = xml_writer_end(w);
	return arena_text_n(a, (const char *)made.data, made.length);
}

static json_t *loinc(const struct view_code *c)
{
	return json_pack("{s:[{s:s, s:s, s:s}]}", "coding", "system", LOINC_URL, "code", c->code,
			 "display", c->display);
}

/* None that could be read: that is no list of nothing. */
static json_t *empty_reason(void)
{
	return json_pack("{s:[{s:s, s:s}]}", "coding", "system",
			 "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code",
			 "unavailable");
}

static json_t *section(const struct view_bundle *b, struct arena *a)
{
	const struct view_kind_row *k = b->head->kind;
	json_t *made = json_pack("{s:s, s:o, s:{s:s, s:s}}", "title", k->title, "code",
				 loinc(&k->section), "text", "status", "generated", "div",
				 narrative(b, a));
	json_t *all = view_json_filled(b->entries(b, a));
	view_json_set(made, "entry", all);
	view_json_set(made, "emptyReason", all == NULL ? empty_reason() : NULL);
	return made;
}

static json_t *composition(struct view_bundle *b, struct arena *a)
{
	const struct view_head *h = b->head;
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:s, s:[o], s:s, s:s, s:o, s:[o]}",
			 "resourceType", "Composition", "language", "ja-JP", "status", "final",
			 "type", loinc(&h->kind->type), "subject",
			 view_head_reference(b, a, "Patient"), "date",
			 view_fhir_time(a, text_joined(a, h->time, "+0000", NULL)), "author",
			 view_head_reference(b, a, "Device"), "title", h->kind->title,
			 "confidentiality", "N", "custodian",
			 view_head_reference(b, a, "Organization"), "section", section(b, a));
}

static const char *gender(const char *sex)
{
	switch (sex[0]) {
	case 'M': return "male";
	case 'F': return "female";
	case 'O': return "other";
	default: return "unknown";
	}
}

/* What the newest source that could be read says of him: who may see it knows it. */
static json_t *patient(struct view_bundle *b, struct arena *a)
{
	const struct view_head *h = b->head;
	const struct view_person *p = h->person;
	json_t *made = json_pack(
		"{s:s, s:[o]}", "resourceType", "Patient", "identifier",
		view_json_identifier(text_joined(a, "urn:oid:", h->patient_domain, NULL),
				     h->patient_id));
	if (p == NULL)
		return made;
	json_t *name = json_object();
	view_json_set(name, "family", view_json_text(p->family));
	view_json_set(name, "given", view_json_one(view_json_text(p->given)));
	view_json_set(made, "name", view_json_one(view_json_filled(name)));
	view_json_set(made, "gender", json_string(gender(p->sex)));
	const char *birth = view_fhir_time(a, p->birth);
	view_json_set(made, "birthDate",
		      birth == NULL ? NULL : json_stringn(birth, strcspn(birth, "T")));
	return made;
}

static json_t *device(struct view_bundle *b, struct arena *a)
{
	return json_pack("{s:s, s:[o], s:[{s:s, s:s}]}", "resourceType", "Device", "identifier",
			 view_json_oid(a, b->head->device_id), "deviceName", "name", "Minato",
			 "type", "user-friendly-name");
}

static json_t *organization(struct view_bundle *b, struct arena *a)
{
	json_t *made = json_pack("{s:s, s:[o]}", "resourceType", "Organization", "identifier",
				 view_json_oid(a, b->head->made_by_id));
	view_json_set(made, "name", view_json_text(b->head->made_by));
	return made;
}

/* ---- The bundle ---- */

static int append(const char *octets, size_t length, void *with)
{
	buffer_append(with, octets, length);
	return 0;
}

static void put_made(void *with)
{
	struct view_bundle *b = with;
	json_t *resource = b->make(b, b->each);
	json_dump_callback(resource, append, &b->out, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(resource);
}

/* Memory of its own, given back before the next. What it lacks the whole lacks. */
void view_bundle_put(struct view_bundle *b, const char *kind,
		     json_t *(*make)(struct view_bundle *b, struct arena *a), const char *document,
		     unsigned at)
{
	b->kind = kind;
	b->make = make;
	buffer_printf(&b->out, "%s{\"fullUrl\":\"%s\",\"resource\":", b->count++ == 0 ? "" : ",",
		      url_of(b, b->each, kind, document, at));
	if (!json_arena_run(b->each, put_made, b))
		arena_alloc(b->out.arena, SIZE_MAX / 2);
	buffer_byte(&b->out, '}');
	arena_reset(b->each);
}

void view_bundle_begin(struct view_bundle *b, struct arena *a, const char *id)
{
	const char *time = view_fhir_time(a, text_joined(a, b->head->time, "+0000", NULL));
	b->out = buffer_in(a);
	b->each = arena_create_within(a);
	buffer_printf(&b->out,
		      "{\"resourceType\":\"Bundle\",\"identifier\":{\"system\":\"" FHIR_URIS
		      "\",\"value\":\"urn:oid:%s\"},\"type\":\"document\",\"timestamp\":\"%s\","
		      "\"entry\":[",
		      id, time);
	view_bundle_put(b, "Composition", composition, "", 0);
	view_bundle_put(b, "Patient", patient, "", 0);
	view_bundle_put(b, "Device", device, "", 0);
	view_bundle_put(b, "Organization", organization, "", 0);
}

struct bytes view_bundle_end(struct view_bundle *b)
{
	buffer_text(&b->out, "]}");
	return buffer_bytes(&b->out);
}
