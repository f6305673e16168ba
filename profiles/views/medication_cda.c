/* profiles/views/medication_cda.c: the list as HL7 CDA Release 2. No template is claimed: what
 * it has is in schemas/grammar/cda-medication-list.rng, and where what of a message stands in
 * schemas/tables/medication.c. Of several usages each is a substanceAdministration within that of
 * its drug, with a material that is not said again (IHE PCC TF-2: 6.3.4.16, split dosing). */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/views/medication_writers.h"
#include "profiles/views/view_writers.h"
#include "schemas/tables/code_systems.h"
#include "schemas/tables/medication.h"

static const char *filled(const char *text)
{
	return text_empty(text) ? NULL : text;
}

static bool says(const struct medication_code *c)
{
	return c->code[0] != '\0' || c->text[0] != '\0';
}

/* A system that nobody but the facility knows is told by its name. Words without a code stand for
 * themselves. */
static void open_code(struct xml_writer *w, const char *name, const struct medication_code *c)
{
	const struct code_system *s = code_system_of(c->system, c->code);
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
	view_cda_put_time(w, "low", u->start);
	if (unit != NULL) {
		xml_open(w, "width");
		xml_put_attribute(w, "value", u->lasting);
		xml_put_attribute(w, "unit", unit);
		xml_close(w);
	} else {
		view_cda_put_time(w, "high", u->end);
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
		xml_put_attribute(w, "value", view_cda_time(xml_writer_arena(w), l->ordered));
	xml_close(w);
	xml_open(w, "assignedAuthor");
	xml_open(w, "id");
	xml_put_attribute(w, "nullFlavor", "NI"); /* a facility's number, of nobody else's use */
	xml_close(w);
	put_code(w, "code", &l->department);
	if (named) {
		xml_open(w, "assignedPerson");
		view_cda_put_name(w, l->prescriber.family, l->prescriber.given);
		xml_close(w);
	}
	xml_open(w, "representedOrganization");
	if (p->origin.institution_code != NULL)
		view_cda_put_id(w, "1.2.392.100495.20.3.23", p->origin.institution_code);
	xml_element_text(w, "name", filled(p->origin.facility));
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
	struct view_id s = view_id_of(xml_writer_arena(w), p->origin.document);
	view_cda_put_id(w, s.root, s.extension);
	xml_close(w);
	xml_close(w);
}

/* The document, and its how-manieth drug it is. */
static void put_line_id(struct xml_writer *w, const struct prescription *p, unsigned number)
{
	struct arena *a = xml_writer_arena(w);
	struct view_id s = view_id_of(a, p->origin.document);
	view_cda_put_id(w, s.root,
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

struct bytes medication_write_cda(struct arena *a, const struct medication_list *list,
				  const char *id)
{
	struct xml_writer *w = xml_writer_begin(a);
	view_cda_open(w, &list->head, id);
	xml_open(w, "text");
	medication_put_narrative(w, list, "paragraph");
	xml_close(w);
	for (const struct prescription *p = list->prescriptions; p != NULL; p = p->next) {
		unsigned number = 0;
		for (const struct medication_line *l = p->lines; l != NULL; l = l->next)
			put_line(w, p, l, ++number);
	}
	return xml_writer_end(w);
}
