/* profiles/views/medication_fhir.c: the list as a FHIR R4 document: a Bundle whose Composition
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
#include "profiles/views/medication_writers.h"
#include "profiles/views/view_writers.h"
#include "schemas/tables/code_systems.h"
#include "schemas/tables/medication.h"

#define UCUM "http://unitsofmeasure.org"

struct drugs {
	struct view_bundle bundle; /* first: the one is the other */
	const struct medication_list *list;
	/* what is at work */
	const struct prescription *prescription;
	const struct medication_line *line;
	unsigned role_number;
};

static const struct drugs *of(const struct view_bundle *b)
{
	return (const struct drugs *)b;
}

/* ---- Values; NULL: not said ---- */

static json_t *coding(const struct medication_code *c)
{
	const struct code_system *s = code_system_of(c->system, c->code);
	if (c->code[0] == '\0')
		return NULL;
	json_t *made = json_object();
	view_json_set(made, "system", s == NULL ? NULL : json_string(s->url));
	view_json_set(made, "code", json_string(c->code));
	view_json_set(made, "display", view_json_text(c->text));
	return made;
}

/* with_text: its words beside the coding, too. */
static json_t *concept(const struct medication_code *c, bool with_text)
{
	if (c->code[0] == '\0' && c->text[0] == '\0')
		return NULL;
	json_t *made = json_object();
	view_json_set(made, "coding", view_json_one(coding(c)));
	if (with_text || c->code[0] == '\0')
		view_json_set(made, "text", view_json_text(c->text));
	return made;
}

/* A code of a unit stands only beside its system (qty-3). */
static json_t *quantity(const char *value, const struct medication_code *unit)
{
	const struct code_system *s = code_system_of(unit->system, unit->code);
	if (value[0] == '\0')
		return NULL;
	json_t *made = json_object();
	view_json_set(made, "value", view_json_number(value));
	view_json_set(made, "unit",
		      view_json_text(unit->text[0] != '\0' ? unit->text : unit->code));
	if (s != NULL && unit->code[0] != '\0') {
		view_json_set(made, "system", json_string(s->url));
		view_json_set(made, "code", json_string(unit->code));
	}
	return made;
}

/* ---- A drug ---- */

static json_t *bounds(struct arena *a, const struct medication_usage *u, const char **name)
{
	const char *unit = u->lasting[0] == '\0' ? NULL : medication_time_unit(u->lasting_unit);
	const char *start = view_fhir_time(a, u->start), *end = view_fhir_time(a, u->end);
	*name = unit != NULL ? "boundsDuration" : "boundsPeriod";
	if (unit != NULL)
		return json_pack("{s:o, s:s, s:s}", "value", view_json_number(u->lasting), "system",
				 UCUM, "code", unit);
	if (start == NULL && end == NULL)
		return NULL;
	json_t *made = json_object();
	view_json_set(made, "start", view_json_text(start));
	view_json_set(made, "end", view_json_text(end));
	return made;
}

static json_t *timing(struct arena *a, const struct medication_usage *u)
{
	const char *name;
	json_t *made = json_object(), *within = bounds(a, u, &name);
	view_json_set(made, "code", concept(&u->usage, true));
	if (within != NULL)
		view_json_set(made, "repeat", json_pack("{s:o}", name, within));
	return view_json_filled(made);
}

/* u NULL: the message says no usage. */
static json_t *dosage(struct arena *a, const struct medication_line *l,
		      const struct medication_usage *u, unsigned sequence)
{
	json_t *made = json_pack("{s:i}", "sequence", (int)sequence);
	json_t *dose = quantity(u == NULL || u->dose[0] == '\0' ? l->dose : u->dose, &l->dose_unit);
	const char *told = l->instruction.text;
	if (u != NULL) {
		view_json_set(made, "text", view_json_text(u->instruction));
		view_json_set(made, "timing", timing(a, u));
	}
	view_json_set(made, "patientInstruction", view_json_text(told));
	view_json_set(made, "route", concept(&l->route, false));
	if (dose != NULL)
		view_json_set(made, "doseAndRate", json_pack("[{s:o}]", "doseQuantity", dose));
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
	view_json_set(made, "coding", view_json_filled(codings));
	view_json_set(made, "text", json_string(l->drug.text));
	return made;
}

/* All that one message orders belong together. */
static json_t *group(struct arena *a, const struct prescription *p)
{
	struct view_id s = view_id_of(a, p->origin.document);
	if (s.extension != NULL)
		return view_json_identifier(text_joined(a, "urn:oid:", s.root, NULL), s.extension);
	return text_starts(s.root, "urn:") ? view_json_identifier(FHIR_URIS, s.root)
					   : view_json_oid(a, s.root);
}

static json_t *request(struct view_bundle *b, struct arena *a)
{
	const struct prescription *p = of(b)->prescription;
	const struct medication_line *l = of(b)->line;
	json_t *made = json_pack("{s:s, s:s, s:s, s:o, s:o}", "resourceType", "MedicationRequest",
				 "status", "active", "intent", "order", "medicationCodeableConcept",
				 drug(l), "subject", view_head_reference(b, a, "Patient"));
	json_t *supply = quantity(l->supply, &l->supply_unit);
	view_json_set(made, "authoredOn", view_json_text(view_fhir_time(a, l->ordered)));
	view_json_set(
		made, "requester",
		view_reference(b, a, "PractitionerRole", p->origin.document, of(b)->role_number));
	view_json_set(made, "groupIdentifier", group(a, p));
	if (l->note[0] != '\0')
		view_json_set(made, "note", json_pack("[{s:s}]", "text", l->note));
	view_json_set(made, "dosageInstruction", dosages(a, l));
	if (supply != NULL)
		view_json_set(made, "dispenseRequest", json_pack("{s:o}", "quantity", supply));
	return made;
}

static json_t *role(struct view_bundle *b, struct arena *a)
{
	const struct prescription *p = of(b)->prescription;
	const struct medication_line *l = of(b)->line;
	const char *name = medication_prescriber(a, &l->prescriber);
	json_t *made = json_pack("{s:s}", "resourceType", "PractitionerRole");
	json_t *facility = json_object();
	if (name[0] != '\0')
		view_json_set(made, "practitioner", json_pack("{s:s}", "display", name));
	if (p->origin.institution_code != NULL)
		view_json_set(
			facility, "identifier",
			view_json_identifier(
				"http://jpfhir.jp/fhir/core/mhlw/IdSystem/MedicalOrganizationID",
				p->origin.institution_code));
	view_json_set(facility, "display", view_json_text(p->origin.facility));
	view_json_set(made, "organization", facility);
	view_json_set(made, "specialty", view_json_one(concept(&l->department, false)));
	return made;
}

/* ---- The bundle ---- */

static json_t *entries(const struct view_bundle *b, struct arena *a)
{
	json_t *all = json_array();
	for (const struct prescription *p = of(b)->list->prescriptions; p != NULL; p = p->next) {
		unsigned at = 0;
		for (const struct medication_line *l = p->lines; l != NULL; l = l->next)
			json_array_append_new(all, view_reference(b, a, "MedicationRequest",
								  p->origin.document, ++at));
	}
	return all;
}

static void narrative(const struct view_bundle *b, struct xml_writer *w)
{
	medication_put_narrative(w, of(b)->list, "p");
}

static bool same_role(const struct medication_line *x, const struct medication_line *y)
{
	return text_equal(x->prescriber.family, y->prescriber.family)
	       && text_equal(x->prescriber.given, y->prescriber.given)
	       && text_equal(x->department.code, y->department.code)
	       && text_equal(x->department.text, y->department.text)
	       && text_equal(x->department.system, y->department.system);
}

static void put_lines(struct drugs *d, const struct prescription *p)
{
	const struct medication_line *told = NULL; /* its prescriber was told last */
	unsigned number = 0;
	d->prescription = p;
	for (d->line = p->lines; d->line != NULL; d->line = d->line->next) {
		number++;
		if (told == NULL || !same_role(told, d->line)) {
			told = d->line;
			d->role_number = number;
			view_bundle_put(&d->bundle, "PractitionerRole", role, p->origin.document,
					number);
		}
		view_bundle_put(&d->bundle, "MedicationRequest", request, p->origin.document,
				number);
	}
}

struct bytes medication_write_fhir(struct arena *a, const struct medication_list *list,
				   const char *id)
{
	struct drugs d = {
		.bundle = { .head = &list->head, .entries = entries, .narrative = narrative },
		.list = list
	};
	view_bundle_begin(&d.bundle, a, id);
	for (const struct prescription *p = list->prescriptions; p != NULL; p = p->next)
		put_lines(&d, p);
	return view_bundle_end(&d.bundle);
}
