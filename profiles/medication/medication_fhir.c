/* profiles/medication/medication_fhir.c: the list as a FHIR R4 document: a Bundle whose Composition
 * comes first, and in which every reference is another entry's fullUrl. Each resource is written
 * out before the next is made, so that a list of any length needs memory for one, beside its text.
 *
 * Codes have the URLs of JP Core where it has them, and no system where only the facility knows it;
 * no profile of it is claimed. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/derived_id.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/medication/medication_writers.h"
#include "schemas/tables/medication.h"

#define URIS "urn:ietf:rfc:3986"
#define XHTML "http://www.w3.org/1999/xhtml"
#define UCUM "http://unitsofmeasure.org"

struct bundle {
	const struct medication_list *list;
	struct buffer out;
	struct arena *each; /* of one resource */
	json_t *(*make)(struct bundle *b, struct arena *a);
	const char *kind; /* of what is made, for its URL */
	/* what is at work */
	const struct prescription *prescription;
	const struct medication_line *line, *role; /* role: whose prescriber was told last */
	unsigned number, role_number;
};

/* ---- Values; NULL: not said ---- */

static void set(json_t *object, const char *name, json_t *value)
{
	if (value != NULL)
		json_object_set_new(object, name, value);
}

/* NULL where there is nothing in it. */
static json_t *filled(json_t *value)
{
	if (json_object_size(value) != 0 || json_array_size(value) != 0)
		return value;
	json_decref(value);
	return NULL;
}

static json_t *text(const char *value)
{
	return text_empty(value) ? NULL : json_string(value);
}

static json_t *one(json_t *value)
{
	return value == NULL ? NULL : json_pack("[o]", value);
}

/* As the message has it: a double says 15 digits and no zero behind the point. */
static json_t *number(const char *value)
{
	if (value[0] == '\0')
		return NULL;
	return strchr(value, '.') == NULL ? json_integer(strtoll(value, NULL, 10))
					  : json_real(strtod(value, NULL));
}

static json_t *identifier(const char *system, const char *value)
{
	return json_pack("{s:s, s:s}", "system", system, "value", value);
}

static json_t *oid_identifier(struct arena *a, const char *oid)
{
	return identifier(URIS, text_joined(a, "urn:oid:", oid, NULL));
}

static json_t *coding(const struct medication_code *c)
{
	const struct medication_system *s = medication_system_of(c->system, c->code);
	if (c->code[0] == '\0')
		return NULL;
	json_t *made = json_object();
	set(made, "system", s == NULL ? NULL : json_string(s->url));
	set(made, "code", json_string(c->code));
	set(made, "display", text(c->text));
	return made;
}

/* with_text: its words beside the coding, too. */
static json_t *concept(const struct medication_code *c, bool with_text)
{
	if (c->code[0] == '\0' && c->text[0] == '\0')
		return NULL;
	json_t *made = json_object();
	set(made, "coding", one(coding(c)));
	if (with_text || c->code[0] == '\0')
		set(made, "text", text(c->text));
	return made;
}

/* A code of a unit stands only beside its system (qty-3). */
static json_t *quantity(const char *value, const struct medication_code *unit)
{
	const struct medication_system *s = medication_system_of(unit->system, unit->code);
	if (value[0] == '\0')
		return NULL;
	json_t *made = json_object();
	set(made, "value", number(value));
	set(made, "unit", text(unit->text[0] != '\0' ? unit->text : unit->code));
	if (s != NULL && unit->code[0] != '\0') {
		set(made, "system", json_string(s->url));
		set(made, "code", json_string(unit->code));
	}
	return made;
}

static const char *url_of(const struct bundle *b, struct arena *a, const char *kind,
			  const char *document, unsigned at)
{
	char url[UUID_URN_TEXT];
	const char *parts[] = { b->list->of, kind, document, arena_printf(a, "%u", at) };
	derived_uuid(a, (struct bytes){ NULL, 0 }, parts, COUNT(parts), url);
	return arena_text(a, url);
}

static json_t *reference(const struct bundle *b, struct arena *a, const char *kind,
			 const char *document, unsigned at)
{
	return json_pack("{s:s}", "reference", url_of(b, a, kind, document, at));
}

static json_t *head_reference(const struct bundle *b, struct arena *a, const char *kind)
{
	return reference(b, a, kind, "", 0);
}

/* ---- The head's resources ---- */

static const char *narrative(struct arena *a, const struct medication_list *list)
{
	struct xml_writer *w = xml_writer_begin(a);
	xml_open(w, "div");
	xml_namespace_declare(w, NULL, XHTML);
	medication_put_narrative(w, list, "p");
	struct bytes made = xml_writer_end(w);
	return arena_text_n(a, (const char *)made.data, made.length);
}

static json_t *loinc(const char *code, const char *display)
{
	return json_pack("{s:[{s:s, s:s, s:s}]}", "coding", "system", LOINC_URL, "code", code,
			 "display", display);
}

static json_t *entries(const struct bundle *b, struct arena *a)
{
	json_t *all = json_array();
	for (const struct prescription *p = b->list->prescriptions; p != NULL; p = p->next) {
		unsigned at = 0;
		for (const struct medication_line *l = p->lines; l != NULL; l = l->next)
			json_array_append_new(
				all, reference(b, a, "MedicationRequest", p->document, ++at));
	}
	return all;
}

/* None that could be read: that is no list of nothing. */
static json_t *empty_reason(void)
{
	return json_pack("{s:[{s:s, s:s}]}", "coding", "system",
			 "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code",
			 "unavailable");
}

static json_t *section(const struct bundle *b, struct arena *a)
{
	json_t *made = json_pack("{s:s, s:o, s:{s:s, s:s}}", "title", MEDICATION_TITLE, "code",
				 loinc(MEDICATION_SECTION, MEDICATION_SECTION_NAME), "text",
				 "status", "generated", "div", narrative(a, b->list));
	json_t *all = filled(entries(b, a));
	set(made, "entry", all);
	set(made, "emptyReason", all == NULL ? empty_reason() : NULL);
	return made;
}

static json_t *composition(struct bundle *b, struct arena *a)
{
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:s, s:[o], s:s, s:s, s:o, s:[o]}",
			 "resourceType", "Composition", "language", "ja-JP", "status", "final",
			 "type", loinc(MEDICATION_TYPE, MEDICATION_TYPE_NAME), "subject",
			 head_reference(b, a, "Patient"), "date",
			 medication_fhir_time(a, text_joined(a, b->list->time, "+0000", NULL)),
			 "author", head_reference(b, a, "Device"), "title", MEDICATION_TITLE,
			 "confidentiality", "N", "custodian", head_reference(b, a, "Organization"),
			 "section", section(b, a));
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

/* What the newest prescription that could be read says of him: who may see it knows it. */
static json_t *patient(struct bundle *b, struct arena *a)
{
	const struct prescription *p = b->list->prescriptions;
	json_t *made = json_pack(
		"{s:s, s:[o]}", "resourceType", "Patient", "identifier",
		identifier(text_joined(a, "urn:oid:", b->list->patient_domain, NULL),
			   b->list->patient_id));
	if (p == NULL)
		return made;
	json_t *name = json_object();
	set(name, "family", text(p->family));
	set(name, "given", one(text(p->given)));
	set(made, "name", one(filled(name)));
	set(made, "gender", json_string(gender(p->sex)));
	const char *birth = medication_fhir_time(a, p->birth);
	set(made, "birthDate", birth == NULL ? NULL : json_stringn(birth, strcspn(birth, "T")));
	return made;
}

static json_t *device(struct bundle *b, struct arena *a)
{
	return json_pack("{s:s, s:[o], s:[{s:s, s:s}]}", "resourceType", "Device", "identifier",
			 oid_identifier(a, b->list->device_id), "deviceName", "name", "Minato",
			 "type", "user-friendly-name");
}

static json_t *organization(struct bundle *b, struct arena *a)
{
	json_t *made = json_pack("{s:s, s:[o]}", "resourceType", "Organization", "identifier",
				 oid_identifier(a, b->list->made_by_id));
	set(made, "name", text(b->list->made_by));
	return made;
}

/* ---- A drug ---- */

static json_t *bounds(struct arena *a, const struct medication_usage *u, const char **name)
{
	const char *unit = u->lasting[0] == '\0' ? NULL : medication_time_unit(u->lasting_unit);
	const char *start = medication_fhir_time(a, u->start),
		   *end = medication_fhir_time(a, u->end);
	*name = unit != NULL ? "boundsDuration" : "boundsPeriod";
	if (unit != NULL)
		return json_pack("{s:o, s:s, s:s}", "value", number(u->lasting), "system", UCUM,
				 "code", unit);
	if (start == NULL && end == NULL)
		return NULL;
	json_t *made = json_object();
	set(made, "start", text(start));
	set(made, "end", text(end));
	return made;
}

static json_t *timing(struct arena *a, const struct medication_usage *u)
{
	const char *name;
	json_t *made = json_object(), *within = bounds(a, u, &name);
	set(made, "code", concept(&u->usage, true));
	if (within != NULL)
		set(made, "repeat", json_pack("{s:o}", name, within));
	return filled(made);
}

/* u NULL: the message says no usage. */
static json_t *dosage(struct arena *a, const struct medication_line *l,
		      const struct medication_usage *u, unsigned sequence)
{
	json_t *made = json_pack("{s:i}", "sequence", (int)sequence);
	json_t *dose = quantity(u == NULL || u->dose[0] == '\0' ? l->dose : u->dose, &l->dose_unit);
	const char *told = l->instruction.text;
	if (u != NULL) {
		set(made, "text", text(u->instruction));
		set(made, "timing", timing(a, u));
	}
	set(made, "patientInstruction", text(told));
	set(made, "route", concept(&l->route, false));
	if (dose != NULL)
		set(made, "doseAndRate", json_pack("[{s:o}]", "doseQuantity", dose));
	return made;
}

static json_t *dosages(struct arena *a, const struct medication_line *l)
{
	json_t *all = json_array();
	unsigned sequence = 0;
	for (const struct medication_usage *u = l->usages; u != NULL; u = u->next)
		json_array_append_new(all, dosage(a, l, u, ++sequence));
	if (l->usages == NULL)
		json_array_append_new(all, dosage(a, l, NULL, 1));
	return all;
}

static json_t *drug(const struct medication_line *l)
{
	json_t *made = json_object(), *codings = json_array();
	json_t *each[] = { coding(&l->drug), coding(&l->same_drug) };
	for (size_t i = 0; i < COUNT(each); i++)
		if (each[i] != NULL)
			json_array_append_new(codings, each[i]);
	set(made, "coding", filled(codings));
	set(made, "text", json_string(l->drug.text));
	return made;
}

/* All that one message orders belong together. */
static json_t *group(struct arena *a, const struct prescription *p)
{
	struct medication_source s = medication_source_of(a, p->document);
	if (s.extension != NULL)
		return identifier(text_joined(a, "urn:oid:", s.root, NULL), s.extension);
	return text_starts(s.root, "urn:") ? identifier(URIS, s.root) : oid_identifier(a, s.root);
}

static json_t *request(struct bundle *b, struct arena *a)
{
	const struct prescription *p = b->prescription;
	const struct medication_line *l = b->line;
	json_t *made = json_pack("{s:s, s:s, s:s, s:o, s:o}", "resourceType", "MedicationRequest",
				 "status", "active", "intent", "order", "medicationCodeableConcept",
				 drug(l), "subject", head_reference(b, a, "Patient"));
	json_t *supply = quantity(l->supply, &l->supply_unit);
	set(made, "authoredOn", text(medication_fhir_time(a, l->ordered)));
	set(made, "requester", reference(b, a, "PractitionerRole", p->document, b->role_number));
	set(made, "groupIdentifier", group(a, p));
	if (l->note[0] != '\0')
		set(made, "note", json_pack("[{s:s}]", "text", l->note));
	set(made, "dosageInstruction", dosages(a, l));
	if (supply != NULL)
		set(made, "dispenseRequest", json_pack("{s:o}", "quantity", supply));
	return made;
}

static json_t *role(struct bundle *b, struct arena *a)
{
	const struct prescription *p = b->prescription;
	const struct medication_line *l = b->line;
	const char *name = medication_prescriber(a, &l->prescriber);
	json_t *made = json_pack("{s:s}", "resourceType", "PractitionerRole");
	json_t *facility = json_object();
	if (name[0] != '\0')
		set(made, "practitioner", json_pack("{s:s}", "display", name));
	if (p->institution_code != NULL)
		set(facility, "identifier",
		    identifier("http://jpfhir.jp/fhir/core/mhlw/IdSystem/MedicalOrganizationID",
			       p->institution_code));
	set(facility, "display", text(p->facility));
	set(made, "organization", facility);
	set(made, "specialty", one(concept(&l->department, false)));
	return made;
}

/* ---- The bundle ---- */

static int append(const char *octets, size_t length, void *with)
{
	buffer_append(with, octets, length);
	return 0;
}

static void dump(struct bundle *b, const json_t *resource)
{
	json_dump_callback(resource, append, &b->out, JSON_COMPACT | JSON_REAL_PRECISION(15));
}

static void put_made(void *with)
{
	struct bundle *b = with;
	json_t *resource = b->make(b, b->each);
	dump(b, resource);
	json_decref(resource);
}

/* Memory of its own, given back before the next. What it lacks the whole lacks. */
static void put_entry(struct bundle *b, const char *document, unsigned at)
{
	buffer_printf(&b->out,
		      "%s{\"fullUrl\":\"%s\",\"resource\":", b->make == composition ? "" : ",",
		      url_of(b, b->each, b->kind, document, at));
	if (!json_arena_run(b->each, put_made, b))
		arena_alloc(b->out.arena, SIZE_MAX / 2);
	buffer_byte(&b->out, '}');
	arena_reset(b->each);
}

static void put_head(struct bundle *b)
{
	static const struct {
		const char *kind;
		json_t *(*make)(struct bundle *b, struct arena *a);
	} head[] = { { "Composition", composition },
		     { "Patient", patient },
		     { "Device", device },
		     { "Organization", organization } };
	for (size_t i = 0; i < COUNT(head); i++) {
		b->kind = head[i].kind;
		b->make = head[i].make;
		put_entry(b, "", 0);
	}
}

static bool same_role(const struct medication_line *x, const struct medication_line *y)
{
	return text_equal(x->prescriber.family, y->prescriber.family)
	       && text_equal(x->prescriber.given, y->prescriber.given)
	       && text_equal(x->department.code, y->department.code)
	       && text_equal(x->department.text, y->department.text)
	       && text_equal(x->department.system, y->department.system);
}

static void put_lines(struct bundle *b, const struct prescription *p)
{
	b->prescription = p;
	b->role = NULL;
	b->number = 0;
	for (b->line = p->lines; b->line != NULL; b->line = b->line->next) {
		b->number++;
		if (b->role == NULL || !same_role(b->role, b->line)) {
			b->role = b->line;
			b->role_number = b->number;
			b->kind = "PractitionerRole";
			b->make = role;
			put_entry(b, p->document, b->number);
		}
		b->kind = "MedicationRequest";
		b->make = request;
		put_entry(b, p->document, b->number);
	}
}

struct bytes medication_write_fhir(struct arena *a, const struct medication_list *list,
				   const char *id)
{
	struct bundle b = { .list = list, .out = buffer_in(a), .each = arena_create_within(a) };
	const char *time = medication_fhir_time(a, text_joined(a, list->time, "+0000", NULL));
	buffer_printf(&b.out,
		      "{\"resourceType\":\"Bundle\",\"identifier\":{\"system\":\"" URIS
		      "\",\"value\":\"urn:oid:%s\"},\"type\":\"document\",\"timestamp\":\"%s\","
		      "\"entry\":[",
		      id, time);
	put_head(&b);
	for (const struct prescription *p = list->prescriptions; p != NULL; p = p->next)
		put_lines(&b, p);
	buffer_text(&b.out, "]}");
	return buffer_bytes(&b.out);
}
