/* profiles/views/view_cda_head.c: what of HL7 CDA Release 2 all our documents have: header,
 * patient, author, custodian. No template is claimed. */
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/views/view_writers.h"
#include "schemas/tables/view_kinds.h"

#define HL7 "urn:hl7-org:v3"
#define SCHEMA_INSTANCE "http://www.w3.org/2001/XMLSchema-instance"

static const char *filled(const char *text)
{
	return text_empty(text) ? NULL : text;
}

void view_cda_put_id(struct xml_writer *w, const char *root, const char *extension)
{
	xml_open(w, "id");
	xml_put_attribute(w, "root", root);
	xml_put_attribute(w, "extension", filled(extension));
	xml_close(w);
}

void view_cda_put_constant(struct xml_writer *w, const char *name, const char *code,
			   const char *system, const char *display)
{
	xml_open(w, name);
	xml_put_attribute(w, "code", code);
	xml_put_attribute(w, "codeSystem", system);
	xml_put_attribute(w, "displayName", display);
	xml_close(w);
}

void view_cda_put_time(struct xml_writer *w, const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	xml_open(w, name);
	xml_put_attribute(w, "value", view_cda_time(xml_writer_arena(w), text));
	xml_close(w);
}

void view_cda_put_name(struct xml_writer *w, const char *family, const char *given)
{
	xml_open(w, "name");
	xml_element_text(w, "family", filled(family));
	xml_element_text(w, "given", filled(given));
	xml_close(w);
}

/* What the newest source that could be read says of him: who may see it knows it. */
static void put_person(struct xml_writer *w, const struct view_person *p)
{
	bool known = p->sex[0] == 'M' || p->sex[0] == 'F';
	xml_open(w, "patient");
	view_cda_put_name(w, p->family, p->given);
	if (known)
		view_cda_put_constant(w, "administrativeGenderCode", p->sex,
				      "2.16.840.1.113883.5.1", NULL);
	view_cda_put_time(w, "birthTime", p->birth);
	xml_close(w);
}

static void put_record_target(struct xml_writer *w, const struct view_head *h)
{
	xml_open(w, "recordTarget");
	xml_open(w, "patientRole");
	view_cda_put_id(w, h->patient_domain, h->patient_id);
	if (h->person != NULL)
		put_person(w, h->person);
	xml_close(w);
	xml_close(w);
}

static void put_organization(struct xml_writer *w, const char *element, const char *id,
			     const char *name)
{
	xml_open(w, element);
	view_cda_put_id(w, id, NULL);
	xml_element_text(w, "name", filled(name));
	xml_close(w);
}

static void put_moment(struct xml_writer *w, const char *element, const struct view_head *h)
{
	xml_open(w, element);
	xml_put_attribute(w, "value", text_joined(xml_writer_arena(w), h->time, "+0000", NULL));
	xml_close(w);
}

static void put_maker(struct xml_writer *w, const struct view_head *h)
{
	xml_open(w, "author");
	put_moment(w, "time", h);
	xml_open(w, "assignedAuthor");
	view_cda_put_id(w, h->device_id, NULL);
	xml_open(w, "assignedAuthoringDevice");
	xml_element_text(w, "softwareName", "Minato");
	xml_close(w);
	put_organization(w, "representedOrganization", h->made_by_id, h->made_by);
	xml_close(w);
	xml_close(w);
	xml_open(w, "custodian");
	xml_open(w, "assignedCustodian");
	put_organization(w, "representedCustodianOrganization", h->made_by_id, h->made_by);
	xml_close(w);
	xml_close(w);
}

static void put_head(struct xml_writer *w, const struct view_head *h, const char *id)
{
	xml_open(w, "realmCode");
	xml_put_attribute(w, "code", "JP");
	xml_close(w);
	xml_open(w, "typeId");
	xml_put_attribute(w, "root", "2.16.840.1.113883.1.3");
	xml_put_attribute(w, "extension", "POCD_HD000040");
	xml_close(w);
	view_cda_put_id(w, id, NULL);
	view_cda_put_constant(w, "code", h->kind->type.code, LOINC_OID, h->kind->type.display);
	xml_element_text(w, "title", h->kind->title);
	put_moment(w, "effectiveTime", h);
	view_cda_put_constant(w, "confidentialityCode", "N", "2.16.840.1.113883.5.25", NULL);
	xml_open(w, "languageCode");
	xml_put_attribute(w, "code", "ja-JP");
	xml_close(w);
	put_record_target(w, h);
	put_maker(w, h);
}

void view_cda_open(struct xml_writer *w, const struct view_head *h, const char *id)
{
	xml_put_declaration(w);
	xml_open(w, "ClinicalDocument");
	xml_namespace_declare(w, NULL, HL7);
	xml_namespace_declare(w, "xsi", SCHEMA_INSTANCE);
	put_head(w, h, id);
	xml_open(w, "component");
	xml_open(w, "structuredBody");
	xml_open(w, "component");
	xml_open(w, "section");
	view_cda_put_constant(w, "code", h->kind->section.code, LOINC_OID,
			      h->kind->section.display);
	xml_element_text(w, "title", h->kind->title);
}
