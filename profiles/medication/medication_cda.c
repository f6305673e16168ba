/* profiles/medication/medication_cda.c: the list as HL7 CDA Release 2. No template is claimed: what
 * it has is in schemas/grammar/cda-medication-list.rng, and where what of a message stands in
 * schemas/tables/medication.c. Of several usages each is a substanceAdministration within that of
 * its drug, with a material that is not said again (IHE PCC TF-2: 6.3.4.16, split dosing). */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/medication/medication_writers.h"
#include "schemas/tables/medication.h"

#define HL7 "urn:hl7-org:v3"
#define SCHEMA_INSTANCE "http://www.w3.org/2001/XMLSchema-instance"

static const char *filled(const char *text)
{
	return text_empty(text) ? NULL : text;
}

static void put_id(struct xml_writer *w, const char *root, const char *extension)
{
	xml_open(w, "id");
	xml_put_attribute(w, "root", root);
	xml_put_attribute(w, "extension", filled(extension));
	xml_close(w);
}

static void put_constant(struct xml_writer *w, const char *name, const char *code,
			 const char *system, const char *display)
{
	xml_open(w, name);
	xml_put_attribute(w, "code", code);
	xml_put_attribute(w, "codeSystem", system);
	xml_put_attribute(w, "displayName", display);
	xml_close(w);
}

static bool says(const struct medication_code *c)
{
	return c->code[0] != '\0' || c->text[0] != '\0';
}

/* A system that nobody but the facility knows is told by its name. Words without a code stand for
 * themselves. */
static void open_code(struct xml_writer *w, const char *name, const struct medication_code *c)
{
	const struct medication_system *s = medication_system_of(c->system, c->code);
	xml_open(w, name);
	if (c->code[0] == '\0') {
		xml_put_attribute(w, "nullFlavor", "OTH");
		xml_element_text(w, "originalText", c->text);
		return;
	}
	xml_put_attribute(w, "code", c->code);
	xml_put_attribute(w, "codeSystem", s == NULL ? NULL : s->oid);
	xml_put_attribute(w, "codeSystemName", filled(c->system));
	xml_put_attribute(w, "displayName", filled(c->text));
}

static void put_code(struct xml_writer *w, const char *name, const struct medication_code *c)
{
	if (!says(c))
		return;
	open_code(w, name, c);
	xml_close(w);
}

static void put_time(struct xml_writer *w, const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	xml_open(w, name);
	xml_put_attribute(w, "value", medication_cda_time(xml_writer_arena(w), text));
	xml_close(w);
}

/* What a message calls its units is not UCUM: it is the translation, with the same value. */
static void put_quantity(struct xml_writer *w, const char *name, const char *value,
			 const struct medication_code *unit)
{
	if (value[0] == '\0')
		return;
	xml_open(w, name);
	xml_put_attribute(w, "value", value);
	if (says(unit)) {
		open_code(w, "translation", unit);
		if (unit->code[0] != '\0')
			xml_put_attribute(w, "value", value);
		xml_close(w);
	}
	xml_close(w);
}

static void put_name(struct xml_writer *w, const char *family, const char *given)
{
	xml_open(w, "name");
	xml_element_text(w, "family", filled(family));
	xml_element_text(w, "given", filled(given));
	xml_close(w);
}

/* ---- The head ---- */

/* What the newest prescription that could be read says of him: who may see it knows it. */
static void put_patient(struct xml_writer *w, const struct prescription *p)
{
	bool known = p->sex[0] == 'M' || p->sex[0] == 'F';
	xml_open(w, "patient");
	put_name(w, p->family, p->given);
	if (known)
		put_constant(w, "administrativeGenderCode", p->sex, "2.16.840.1.113883.5.1", NULL);
	put_time(w, "birthTime", p->birth);
	xml_close(w);
}

static void put_record_target(struct xml_writer *w, const struct medication_list *list)
{
	xml_open(w, "recordTarget");
	xml_open(w, "patientRole");
	put_id(w, list->patient_domain, list->patient_id);
	if (list->prescriptions != NULL)
		put_patient(w, list->prescriptions);
	xml_close(w);
	xml_close(w);
}

static void put_organization(struct xml_writer *w, const char *element, const char *id,
			     const char *name)
{
	xml_open(w, element);
	put_id(w, id, NULL);
	xml_element_text(w, "name", filled(name));
	xml_close(w);
}

static void put_maker(struct xml_writer *w, const struct medication_list *list)
{
	xml_open(w, "author");
	xml_open(w, "time");
	xml_put_attribute(w, "value", text_joined(xml_writer_arena(w), list->time, "+0000", NULL));
	xml_close(w);
	xml_open(w, "assignedAuthor");
	put_id(w, list->device_id, NULL);
	xml_open(w, "assignedAuthoringDevice");
	xml_element_text(w, "softwareName", "Minato");
	xml_close(w);
	put_organization(w, "representedOrganization", list->made_by_id, list->made_by);
	xml_close(w);
	xml_close(w);
	xml_open(w, "custodian");
	xml_open(w, "assignedCustodian");
	put_organization(w, "representedCustodianOrganization", list->made_by_id, list->made_by);
	xml_close(w);
	xml_close(w);
}

static void put_head(struct xml_writer *w, const struct medication_list *list, const char *id)
{
	xml_open(w, "realmCode");
	xml_put_attribute(w, "code", "JP");
	xml_close(w);
	xml_open(w, "typeId");
	xml_put_attribute(w, "root", "2.16.840.1.113883.1.3");
	xml_put_attribute(w, "extension", "POCD_HD000040");
	xml_close(w);
	put_id(w, id, NULL);
	put_constant(w, "code", MEDICATION_TYPE, LOINC_OID, MEDICATION_TYPE_NAME);
	xml_element_text(w, "title", MEDICATION_TITLE);
	xml_open(w, "effectiveTime");
	xml_put_attribute(w, "value", text_joined(xml_writer_arena(w), list->time, "+0000", NULL));
	xml_close(w);
	put_constant(w, "confidentialityCode", "N", "2.16.840.1.113883.5.25", NULL);
	xml_open(w, "languageCode");
	xml_put_attribute(w, "code", "ja-JP");
	xml_close(w);
	put_record_target(w, list);
	put_maker(w, list);
}

/* ---- A drug ---- */

static void open_administration(struct xml_writer *w)
{
	xml_open(w, "substanceAdministration");
	xml_put_attribute(w, "classCode", "SBADM");
	xml_put_attribute(w, "moodCode", "RQO");
}

static void put_material(struct xml_writer *w, const struct medication_line *l)
{
	xml_open(w, "consumable");
	xml_open(w, "manufacturedProduct");
	xml_open(w, "manufacturedMaterial");
	open_code(w, "code", &l->drug);
	put_code(w, "translation", &l->same_drug);
	xml_close(w);
	xml_element_text(w, "name", l->drug.text);
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

static void put_no_material(struct xml_writer *w)
{
	xml_open(w, "consumable");
	xml_open(w, "manufacturedProduct");
	xml_open(w, "manufacturedMaterial");
	xml_put_attribute(w, "nullFlavor", "NA");
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

/* An end and a length say the same twice; where both are there the end is left to the narrative. */
static void put_interval(struct xml_writer *w, const struct medication_usage *u)
{
	const char *unit = u->lasting[0] == '\0' ? NULL : medication_time_unit(u->lasting_unit);
	if (u->start[0] == '\0' && u->end[0] == '\0' && unit == NULL)
		return;
	xml_open(w, "effectiveTime");
	xml_put_attribute(w, "xsi:type", "IVL_TS");
	put_time(w, "low", u->start);
	if (unit != NULL) {
		xml_open(w, "width");
		xml_put_attribute(w, "value", u->lasting);
		xml_put_attribute(w, "unit", unit);
		xml_close(w);
	} else {
		put_time(w, "high", u->end);
	}
	xml_close(w);
}

static void put_usage(struct xml_writer *w, const struct medication_line *l,
		      const struct medication_usage *u)
{
	xml_open(w, "entryRelationship");
	xml_put_attribute(w, "typeCode", "COMP");
	open_administration(w);
	put_code(w, "code", &u->usage);
	xml_element_text(w, "text", filled(u->instruction));
	put_interval(w, u);
	put_quantity(w, "doseQuantity", u->dose, &l->dose_unit);
	put_no_material(w);
	xml_close(w);
	xml_close(w);
}

static void put_prescriber(struct xml_writer *w, const struct prescription *p,
			   const struct medication_line *l)
{
	bool named = l->prescriber.family[0] != '\0' || l->prescriber.given[0] != '\0';
	xml_open(w, "author");
	xml_open(w, "time");
	if (l->ordered[0] == '\0')
		xml_put_attribute(w, "nullFlavor", "UNK");
	else
		xml_put_attribute(w, "value", medication_cda_time(xml_writer_arena(w), l->ordered));
	xml_close(w);
	xml_open(w, "assignedAuthor");
	xml_open(w, "id");
	xml_put_attribute(w, "nullFlavor", "NI"); /* a facility's number, of nobody else's use */
	xml_close(w);
	put_code(w, "code", &l->department);
	if (named) {
		xml_open(w, "assignedPerson");
		put_name(w, l->prescriber.family, l->prescriber.given);
		xml_close(w);
	}
	xml_open(w, "representedOrganization");
	if (p->institution_code != NULL)
		put_id(w, "1.2.392.100495.20.3.23", p->institution_code);
	xml_element_text(w, "name", filled(p->facility));
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

static void put_supply(struct xml_writer *w, const struct medication_line *l)
{
	if (l->supply[0] == '\0')
		return;
	xml_open(w, "entryRelationship");
	xml_put_attribute(w, "typeCode", "COMP");
	xml_open(w, "supply");
	xml_put_attribute(w, "classCode", "SPLY");
	xml_put_attribute(w, "moodCode", "RQO");
	put_quantity(w, "quantity", l->supply, &l->supply_unit);
	xml_close(w);
	xml_close(w);
}

/* The message it was read of. */
static void put_source(struct xml_writer *w, const struct prescription *p)
{
	xml_open(w, "reference");
	xml_put_attribute(w, "typeCode", "XCRPT");
	xml_open(w, "externalDocument");
	struct medication_source s = medication_source_of(xml_writer_arena(w), p->document);
	put_id(w, s.root, s.extension);
	xml_close(w);
	xml_close(w);
}

/* The document, and its how-manieth drug it is. */
static void put_line_id(struct xml_writer *w, const struct prescription *p, unsigned number)
{
	struct arena *a = xml_writer_arena(w);
	struct medication_source s = medication_source_of(a, p->document);
	put_id(w, s.root,
	       s.extension == NULL ? arena_printf(a, "%u", number)
				   : arena_printf(a, "%s.%u", s.extension, number));
}

static void put_line(struct xml_writer *w, const struct prescription *p,
		     const struct medication_line *l, unsigned number)
{
	xml_open(w, "entry");
	xml_put_attribute(w, "typeCode", "DRIV");
	open_administration(w);
	put_line_id(w, p, number);
	xml_open(w, "statusCode");
	xml_put_attribute(w, "code", "active");
	xml_close(w);
	put_code(w, "routeCode", &l->route);
	put_quantity(w, "doseQuantity", l->dose, &l->dose_unit);
	put_code(w, "administrationUnitCode", &l->form);
	put_material(w, l);
	put_prescriber(w, p, l);
	for (const struct medication_usage *u = l->usages; u != NULL; u = u->next)
		put_usage(w, l, u);
	put_supply(w, l);
	put_source(w, p);
	xml_close(w);
	xml_close(w);
}

static void put_section(struct xml_writer *w, const struct medication_list *list)
{
	xml_open(w, "section");
	put_constant(w, "code", MEDICATION_SECTION, LOINC_OID, MEDICATION_SECTION_NAME);
	xml_element_text(w, "title", MEDICATION_TITLE);
	xml_open(w, "text");
	medication_put_narrative(w, list, "paragraph");
	xml_close(w);
	for (const struct prescription *p = list->prescriptions; p != NULL; p = p->next) {
		unsigned number = 0;
		for (const struct medication_line *l = p->lines; l != NULL; l = l->next)
			put_line(w, p, l, ++number);
	}
	xml_close(w);
}

struct bytes medication_write_cda(struct arena *a, const struct medication_list *list,
				  const char *id)
{
	struct xml_writer *w = xml_writer_begin(a);
	xml_put_declaration(w);
	xml_open(w, "ClinicalDocument");
	xml_namespace_declare(w, NULL, HL7);
	xml_namespace_declare(w, "xsi", SCHEMA_INSTANCE);
	put_head(w, list, id);
	xml_open(w, "component");
	xml_open(w, "structuredBody");
	xml_open(w, "component");
	put_section(w, list);
	return xml_writer_end(w);
}
