/* profiles/national/national_cda.c: the header of a ClinicalDocument (HL7 CDA R2), as far as
 * metadata speak of it. The XML reader takes no DOCTYPE and no entity, and opens nothing. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/national/national_document.h"
#include "schemas/model/region_policy.h"

#define V3 "urn:hl7-org:v3"
#define CONFIDENTIALITY "2.16.840.1.113883.5.25"

enum { JAPAN = 540 }; /* minutes: a CDA document's times are where it was written */

/* The default ones, for a document of the size that is read. */
static const struct xml_limits limits = {
	.octets = NATIONAL_OCTETS_MOST,
	.depth = 100,
	.attributes = 256,
	.namespaces = 64,
	.nodes = 200000,
	.text = NATIONAL_OCTETS_MOST,
	.tag = 128 * 1024,
};

struct reading {
	struct arena *arena;
	struct national_document *out;
	struct problem *problem;
	const struct xml_node *root;
	struct text_list **name, **institution;
	struct national_id **id;
	unsigned names, institutions;
};

bool national_cda_begins(struct bytes octets)
{
	size_t length = octets.length < NATIONAL_BEGINNING ? octets.length : NATIONAL_BEGINNING;
	static const char *const marks[] = { "ClinicalDocument", V3 };
	for (size_t i = 0; i < COUNT(marks); i++)
		if (memmem(octets.data, length, marks[i], strlen(marks[i])) == NULL)
			return false;
	return true;
}

static bool wrong(struct reading *r, const struct xml_node *n, const char *what)
{
	return problem_at(r->problem, PROBLEM_REPOSITORY_METADATA, xml_path(r->arena, n), "%s",
			  what);
}

static void add(struct reading *r, struct text_list ***last, unsigned *count, const char *text)
{
	if (text_empty(text) || ++*count > NATIONAL_LIST_MOST)
		return;
	**last = arena_new(r->arena, struct text_list);
	(**last)->value = text;
	*last = &(**last)->next;
}

/* ---- Wherever it stands ---- */

static void note_level(struct reading *r, const struct xml_node *n)
{
	const char *code = xml_attribute(n, "code"), *system = xml_attribute(n, "codeSystem");
	const char *letter = code == NULL || strlen(code) != 1
				     ? NULL
				     : strchr(confidentiality_letters, code[0]);
	int level = letter == NULL ? -1 : (int)(letter - confidentiality_letters);
	if (level <= r->out->confidentiality
	    || (system != NULL && !text_equal(system, CONFIDENTIALITY)))
		return;
	r->out->confidentiality = level;
	r->out->confidentiality_at = xml_path(r->arena, n);
}

/* The document's, and what a section says of itself. Depth: as the reader's limits. */
static void look_at_levels(struct reading *r, const struct xml_node *n)
{
	if (xml_is(n, V3, "confidentialityCode"))
		note_level(r, n);
	for (n = xml_first_element(n); n != NULL; n = xml_next_element(n))
		look_at_levels(r, n);
}

/* Of the patient, his guardians, whoever is named below him. */
static void look_at_ids(struct reading *r, const struct xml_node *n)
{
	const char *value = xml_is(n, V3, "id") ? xml_attribute(n, "extension") : NULL;
	if (value != NULL && r->out->my_number_at == NULL && text_is_my_number(value))
		r->out->my_number_at = xml_path(r->arena, n);
	for (n = xml_first_element(n); n != NULL; n = xml_next_element(n))
		look_at_ids(r, n);
}

/* ---- The header ---- */

static void read_id(struct reading *r, const struct xml_node *n)
{
	const char *domain = xml_attribute(n, "root"), *value = xml_attribute(n, "extension");
	if (domain == NULL || !text_is_oid(domain) || text_empty(value)
	    || ++r->out->id_count > NATIONAL_LIST_MOST)
		return;
	*r->id = arena_new(r->arena, struct national_id);
	**r->id = (struct national_id){ .value = value,
					.domain = domain,
					.where = xml_path(r->arena, n) };
	r->id = &(*r->id)->next;
}

/* Family name first, whatever stands first; else the text of it. */
static void read_name(struct reading *r, const struct xml_node *name)
{
	static const char *const parts[] = { "family", "given" };
	struct buffer b = buffer_in(r->arena);
	for (size_t i = 0; i < COUNT(parts); i++)
		for (const struct xml_node *n = xml_child(name, V3, parts[i]); n != NULL;
		     n = xml_next(n, V3, parts[i]))
			buffer_text(&b, text_trimmed(r->arena, xml_text(r->arena, n)));
	if (b.length == 0)
		buffer_text(&b, text_trimmed(r->arena, xml_text(r->arena, name)));
	add(r, &r->name, &r->names, buffer_ended(&b));
}

/* The digits a time begins with, of a day at most. */
static const char *day_of(struct arena *a, const char *time)
{
	enum { DAY = 8 };
	size_t length = time == NULL ? 0 : strspn(time, "0123456789");
	return length == 0 ? NULL : arena_text_n(a, time, length < DAY ? length : DAY);
}

static void read_patient(struct reading *r, const struct xml_node *role)
{
	const struct xml_node *patient = xml_child(role, V3, "patient");
	const char *sex = xml_attribute(xml_child(patient, V3, "administrativeGenderCode"), "code");
	for (const struct xml_node *n = xml_child(role, V3, "id"); n != NULL;
	     n = xml_next(n, V3, "id"))
		read_id(r, n);
	for (const struct xml_node *n = xml_child(patient, V3, "name"); n != NULL;
	     n = xml_next(n, V3, "name"))
		read_name(r, n);
	r->out->birth = day_of(r->arena,
			       xml_attribute(xml_child(patient, V3, "birthTime"), "value"));
	r->out->sex = text_equal(sex, "M") || text_equal(sex, "F") ? sex[0] : '\0';
}

static void read_institutions(struct reading *r)
{
	static const char *const ways[][3] = {
		{ "author", "assignedAuthor", "representedOrganization" },
		{ "custodian", "assignedCustodian", "representedCustodianOrganization" },
	};
	for (size_t i = 0; i < COUNT(ways); i++)
		for (const struct xml_node *n = xml_child(r->root, V3, ways[i][0]); n != NULL;
		     n = xml_next(n, V3, ways[i][0])) {
			const struct xml_node *o = xml_child(xml_child(n, V3, ways[i][1]), V3,
							     ways[i][2]);
			for (const struct xml_node *id = xml_child(o, V3, "id"); id != NULL;
			     id = xml_next(id, V3, "id")) {
				const char *code = xml_attribute(id, "extension");
				if (code != NULL && national_is_institution(code))
					add(r, &r->institution, &r->institutions, code);
			}
		}
}

static bool read_kind(struct reading *r)
{
	const struct xml_node *code = xml_child(r->root, V3, "code");
	const char *is = xml_attribute(code, "code"), *of = xml_attribute(code, "codeSystem");
	r->out->kind = national_kind_of_code(is, of);
	r->out->type_code = text_equal(of, NATIONAL_LOINC) ? is : NULL;
	r->out->type_at = "ClinicalDocument.code";
	return r->out->kind != NULL;
}

static bool read_header(struct reading *r)
{
	const struct xml_node *time = xml_child(r->root, V3, "effectiveTime");
	const struct xml_node *target = xml_child(r->root, V3, "recordTarget");
	const struct xml_node *role = xml_child(target, V3, "patientRole");
	const struct xml_node *title = xml_child(r->root, V3, "title");
	const char *when = xml_attribute(time, "value");
	if (role == NULL || xml_next(target, V3, "recordTarget") != NULL)
		return wrong(r, r->root, "has not one recordTarget with its patientRole");
	if (when == NULL
	    || !instant_span_from_dtm(when, JAPAN, &r->out->times[0].first, &r->out->times[0].last))
		return wrong(r, time == NULL ? r->root : time,
			     "has no effectiveTime, or no time in it");
	r->out->time_count = 1;
	if (title != NULL)
		r->out->title = text_trimmed(r->arena, xml_text(r->arena, title));
	look_at_levels(r, r->root);
	read_patient(r, role);
	read_institutions(r);
	return true;
}

bool national_cda_read(struct arena *a, struct bytes octets, struct national_document *out,
		       struct problem *p)
{
	struct problem unreadable = { .code = PROBLEM_NONE };
	struct reading r = { .arena = a, .out = out, .problem = p };
	const struct xml_document *d = xml_read(a, &limits, octets, &unreadable);
	*out = (struct national_document){ .confidentiality = -1, .cda = true };
	if (d == NULL)
		return problem_at(
			p, PROBLEM_REPOSITORY_METADATA, "ClinicalDocument",
			"is no XML that is taken: well-formed, in UTF-8, without a DOCTYPE");
	r.root = xml_root(d);
	r.name = &out->names;
	r.institution = &out->institutions;
	r.id = &out->ids;
	if (!xml_is(r.root, V3, "ClinicalDocument"))
		return true;
	for (const struct xml_node *n = xml_child(r.root, V3, "recordTarget"); n != NULL;
	     n = xml_next(n, V3, "recordTarget"))
		look_at_ids(&r, n);
	return !read_kind(&r) || read_header(&r);
}
