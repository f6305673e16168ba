/* gateway/operator/demo_letter.c: documents of the demo: CDA R2 and its metadata, ITI TF-3:
 * 4.2.3. */
#include "gateway/operator/demo_letter.h"

#include <stdint.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/xml_writer.h"

#define LOINC "2.16.840.1.113883.6.1"
#define CONFIDENTIALITY "2.16.840.1.113883.5.25"
#define INSTITUTIONS "1.2.392.100495.20.3.23"

const char *demo_letter_unique_id(const struct demo_node *from)
{
	uint64_t number;
	from->random->fill(from->random, &number, sizeof number);
	return arena_printf(from->arena, "2.25.%ju", (uintmax_t)number);
}

/* An element with attributes, in pairs ended by NULL, and nothing inside. */
static void put(struct xml_writer *w, const char *element, const char *const *attributes)
{
	xml_open(w, element);
	for (; *attributes != NULL; attributes += 2)
		xml_put_attribute(w, attributes[0], attributes[1]);
	xml_close(w);
}

static void put_time(const struct demo_node *from, struct xml_writer *w, const char *element,
		     instant when)
{
	char text[DTM_TEXT];
	instant_to_dtm_jst(when, text);
	put(w, element,
	    (const char *const[]){ "value", arena_printf(from->arena, "%s+0900", text), NULL });
}

static void put_patient(const struct demo_node *from, struct xml_writer *w,
			const struct demo_person *about, const char *id)
{
	xml_open(w, "recordTarget");
	xml_open(w, "patientRole");
	hl7v3_put_ii(w, "id", from->domain, id, NULL);
	xml_open(w, "patient");
	xml_open(w, "name");
	xml_put_attribute(w, "use", "IDE");
	xml_element_text(w, "family", about->at[DEMO_HOSPITAL_A].family);
	xml_element_text(w, "given", about->given);
	xml_close(w);
	xml_open(w, "name");
	xml_put_attribute(w, "use", "SYL");
	xml_element_text(w, "family", about->family_kana);
	xml_element_text(w, "given", about->given_kana);
	xml_close(w);
	put(w, "administrativeGenderCode",
	    (const char *const[]){ "code", about->sex, "codeSystem", "2.16.840.1.113883.5.1",
				   NULL });
	put(w, "birthTime", (const char *const[]){ "value", about->birth_date, NULL });
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

static void put_author(const struct demo_node *from, struct xml_writer *w, instant when)
{
	xml_open(w, "author");
	put_time(from, w, "time", when);
	xml_open(w, "assignedAuthor");
	hl7v3_put_ii(w, "id", INSTITUTIONS, "9990000002", NULL);
	xml_open(w, "assignedPerson");
	xml_open(w, "name");
	xml_element_text(w, "family", "仮医師");
	xml_element_text(w, "given", "二");
	xml_close(w);
	xml_close(w);
	xml_open(w, "representedOrganization");
	xml_element_text(w, "name", from->title);
	xml_close(w);
	xml_close(w);
	xml_close(w);
	xml_open(w, "custodian");
	xml_open(w, "assignedCustodian");
	xml_open(w, "representedCustodianOrganization");
	hl7v3_put_ii(w, "id", INSTITUTIONS, from->institution_code, NULL);
	xml_element_text(w, "name", from->title);
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

static void put_section(struct xml_writer *w, const char *title, const char *text)
{
	xml_open(w, "component");
	xml_open(w, "section");
	xml_element_text(w, "title", title);
	xml_element_text(w, "text", text);
	xml_close(w);
	xml_close(w);
}

const struct demo_paper demo_letter = {
	.type = "57133-1",
	.title = "診療情報提供書",
	.set_title = "A病院・C病院への紹介",
	.sections = { { "紹介目的", "労作時の息切れにつき精査をお願いいたします。" },
		      { "傷病名", "高血圧症、心不全の疑い" },
		      { "現在の処方", "アムロジピンＯＤ錠１０ｍｇ　１日１回朝食後" } },
};

struct bytes demo_letter_write(const struct demo_node *from, const struct demo_written *d)
{
	const struct demo_paper *paper = d->paper;
	struct xml_writer *w = xml_writer_begin(from->arena);
	xml_put_declaration(w);
	xml_open(w, "ClinicalDocument");
	xml_namespace_declare(w, NULL, HL7V3_NAMESPACE);
	hl7v3_put_ii(w, "typeId", "2.16.840.1.113883.1.3", "POCD_HD000040", NULL);
	hl7v3_put_ii(w, "id", d->unique_id, NULL, NULL);
	put(w, "code",
	    (const char *const[]){ "code", paper->type, "codeSystem", LOINC, "displayName",
				   paper->title, NULL });
	xml_element_text(w, "title", paper->title);
	put_time(from, w, "effectiveTime", d->when);
	put(w, "confidentialityCode",
	    (const char *const[]){ "code", "N", "codeSystem", CONFIDENTIALITY, NULL });
	put(w, "languageCode", (const char *const[]){ "code", "ja-JP", NULL });
	put_patient(from, w, d->about, d->id);
	put_author(from, w, d->when);
	xml_open(w, "component");
	xml_open(w, "structuredBody");
	for (size_t i = 0; i < DEMO_SECTIONS && paper->sections[i].title != NULL; i++)
		put_section(w, paper->sections[i].title, paper->sections[i].text);
	return xml_writer_end(w);
}

/* ---- Metadata ---- */

static struct coded_value *code(const struct demo_node *from, const char *value, const char *scheme,
				const char *display)
{
	struct coded_value *c = arena_new(from->arena, struct coded_value);
	*c = (struct coded_value){
		.code = value, .scheme = scheme, .display = display, .display_language = "ja-JP"
	};
	return c;
}

static struct localized *text(const struct demo_node *from, const char *value)
{
	struct localized *l = arena_new(from->arena, struct localized);
	*l = (struct localized){ .value = value, .language = "ja-JP", .charset = "UTF-8" };
	return l;
}

static struct text_value *value(const struct demo_node *from, const char *of)
{
	struct text_value *v = arena_new(from->arena, struct text_value);
	v->value = of;
	return v;
}

static struct author *author(const struct demo_node *from)
{
	struct author *one = arena_new(from->arena, struct author);
	one->person = value(from, "9990000002^仮医師^二^^^^^^&" INSTITUTIONS "&ISO");
	one->institution = value(from,
				 arena_printf(from->arena, "%s^^^^^&" INSTITUTIONS "&ISO^^^^%s",
					      from->title, from->institution_code));
	return one;
}

static const char *uuid(const struct demo_node *from)
{
	char urn[UUID_URN_TEXT];
	random_uuid(from->random, urn);
	return arena_text(from->arena, urn);
}

static struct document_entry *entry(const struct demo_node *from, const struct demo_written *d,
				    const char *patient_cx, const char *when)
{
	const struct demo_paper *paper = d->paper;
	struct document_entry *e = arena_new(from->arena, struct document_entry);
	*e = (struct document_entry){
		.id = uuid(from),
		.authors = author(from),
		.title = text(from, paper->title),
		.class_code = code(from, paper->type, LOINC, paper->title),
		.type_code = code(from, paper->type, LOINC, paper->title),
		.format_code = code(from, "urn:ihe:iti:xds:2017:mimeTypeSufficient",
				    "1.3.6.1.4.1.19376.1.2.3", "mimeType Sufficient"),
		.practice_setting_code = code(from, "01", "1.2.392.200250.2.2.2", "内科"),
		.healthcare_facility_type_code = code(from, "1", "1.2.392.100495.20.3.22", "医科"),
		.confidentiality_codes = code(from, "N", CONFIDENTIALITY, "Normal"),
		.creation_time = when,
		.language_code = "ja-JP",
		.mime_type = "text/xml",
		.patient_id = patient_cx,
		.source_patient_id = patient_cx,
		.unique_id = d->unique_id,
	};
	return e;
}

static const char *dtm(const struct demo_node *from, instant when)
{
	char text[DTM_TEXT];
	instant_to_dtm(when, text);
	return arena_text(from->arena, text);
}

struct submission *demo_letter_submission(const struct demo_node *from,
					  const struct demo_written *d)
{
	struct submission *s = arena_new(from->arena, struct submission);
	struct association *member = arena_new(from->arena, struct association);
	const char *patient_cx = demo_node_cx(from, d->id);
	s->entries = entry(from, d, patient_cx, dtm(from, d->when));
	s->set = arena_new(from->arena, struct submission_set);
	*s->set = (struct submission_set){
		.id = uuid(from),
		.authors = author(from),
		.title = text(from, d->paper->set_title),
		.content_type_code = code(from, d->paper->type, LOINC, d->paper->title),
		.patient_id = patient_cx,
		.source_id = "2.999.31.2",
		.unique_id = demo_letter_unique_id(from),
		.submission_time = dtm(from, from->clock->now(from->clock)),
	};
	s->set_count = 1;
	*member = (struct association){
		.id = uuid(from),
		.type = ASSOCIATION_HAS_MEMBER,
		.type_urn = association_type_urn(ASSOCIATION_HAS_MEMBER),
		.source = s->set->id,
		.target = s->entries->id,
		.submission_set_status = "Original",
	};
	s->associations = member;
	return s;
}
