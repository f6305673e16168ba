/* gateway/operator/screen_cda.c: a document of HL7 CDA R2: who and what it is about, then its
 * sections as their narrative blocks have them, which is what its author signed for (HL7 CDA R2:
 * 1.1). */
#include "gateway/operator/screen.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/operator/page.h"
#include "schemas/tables/problem.h"

#define CDA "urn:hl7-org:v3"

/* Down a path of names with '/' between, each the first of its name. */
static const struct xml_node *within(struct arena *a, const struct xml_node *n, const char *path)
{
	while (n != NULL && *path != '\0') {
		size_t length = strcspn(path, "/");
		n = xml_child(n, CDA, arena_text_n(a, path, length));
		path += length + (path[length] == '/');
	}
	return n;
}

static const char *value_of(const struct xml_node *n, const char *attribute)
{
	return n == NULL ? NULL : xml_attribute(n, attribute);
}

static const char *text_of(struct arena *a, const struct xml_node *n)
{
	return n == NULL ? NULL : text_trimmed(a, xml_text(a, n));
}

/* What a code means: in words, with the code behind them. */
static const char *code_of(struct arena *a, const struct xml_node *n)
{
	const char *code = value_of(n, "code"), *words = value_of(n, "displayName");
	if (text_empty(words))
		words = text_of(a, within(a, n, "originalText"));
	if (text_empty(words) || text_empty(code) || text_equal(words, code))
		return text_empty(words) ? code : words;
	return arena_printf(a, "%s (%s)", words, code);
}

/* Its parts in the order they stand in, a blank between; names that mix text and parts too. */
static const char *name_of(struct arena *a, const struct xml_node *name)
{
	const char *all = "";
	const struct xml_node *part = name == NULL ? NULL : xml_first_element(name);
	if (part == NULL)
		return text_of(a, name);
	for (; part != NULL; part = xml_next_element(part))
		all = screen_words(a, all, text_of(a, part));
	return all;
}

static const char *names_of(struct arena *a, const struct xml_node *holder)
{
	const char *all = NULL;
	for (const struct xml_node *n = within(a, holder, "name"); n != NULL;
	     n = xml_next(n, CDA, "name"))
		all = all == NULL ? name_of(a, n) : arena_printf(a, "%s / %s", all, name_of(a, n));
	return all;
}

static const char *ids_of(struct arena *a, const struct xml_node *holder)
{
	const char *all = NULL;
	for (const struct xml_node *n = within(a, holder, "id"); n != NULL;
	     n = xml_next(n, CDA, "id")) {
		const char *root = value_of(n, "root"), *extension = value_of(n, "extension");
		const char *one = text_empty(extension) ? root
				  : text_empty(root)    ? extension
						     : arena_printf(a, "%s (%s)", extension, root);
		all = all == NULL || one == NULL ? (one == NULL ? all : one)
						 : arena_printf(a, "%s / %s", all, one);
	}
	return all;
}

static const char *time_of(struct arena *a, const struct xml_node *n)
{
	const char *at = value_of(n, "value"), *low = value_of(within(a, n, "low"), "value"),
		   *high = value_of(within(a, n, "high"), "value");
	if (at != NULL || (low == NULL && high == NULL))
		return screen_time(a, at);
	return arena_printf(a, "%s - %s", low == NULL ? "" : screen_time(a, low),
			    high == NULL ? "" : screen_time(a, high));
}

/* Name, or id where it has none. */
static const char *organisation_of(struct arena *a, const struct xml_node *n)
{
	const char *name = names_of(a, n);
	return text_empty(name) ? ids_of(a, n) : name;
}

static void put_patient(struct page *p, struct arena *a, const struct xml_node *role)
{
	const struct xml_node *patient = within(a, role, "patient");
	page_pair(p, 0, "patient", names_of(a, patient));
	page_pair(p, 2, "id", ids_of(a, role));
	page_pair(p, 2, "born", time_of(a, within(a, patient, "birthTime")));
	page_pair(p, 2, "sex", code_of(a, within(a, patient, "administrativeGenderCode")));
}

static void put_author(struct page *p, struct arena *a, const struct xml_node *author)
{
	const struct xml_node *who = within(a, author, "assignedAuthor");
	const char *name = names_of(a, within(a, who, "assignedPerson"));
	if (text_empty(name))
		name = text_of(a, within(a, who, "assignedAuthoringDevice/softwareName"));
	page_pair(p, 0, "author", text_empty(name) ? ids_of(a, who) : name);
	page_pair(p, 2, "of", organisation_of(a, within(a, who, "representedOrganization")));
	page_pair(p, 2, "at", time_of(a, within(a, author, "time")));
}

static void put_header(struct page *p, struct arena *a, const struct xml_node *d)
{
	const struct xml_node *n;
	const char *title = text_of(a, within(a, d, "title")),
		   *kind = code_of(a, within(a, d, "code"));
	page_title(p, 0, text_empty(title) ? (text_empty(kind) ? "(no title)" : kind) : title);
	page_pair(p, 0, "kind", kind);
	page_pair(p, 0, "time", time_of(a, within(a, d, "effectiveTime")));
	page_pair(p, 0, "secrecy", code_of(a, within(a, d, "confidentialityCode")));
	for (n = within(a, d, "recordTarget"); n != NULL; n = xml_next(n, CDA, "recordTarget"))
		put_patient(p, a, within(a, n, "patientRole"));
	for (n = within(a, d, "author"); n != NULL; n = xml_next(n, CDA, "author"))
		put_author(p, a, n);
	page_pair(p, 0, "custodian",
		  organisation_of(a, within(a, d,
					    "custodian/assignedCustodian/"
					    "representedCustodianOrganization")));
	page_pair(p, 0, "attested by",
		  names_of(a, within(a, d, "legalAuthenticator/assignedEntity/assignedPerson")));
	page_pair(p, 0, "about",
		  time_of(a, within(a, d, "documentationOf/serviceEvent/effectiveTime")));
	page_pair(p, 0, "id", ids_of(a, d));
	page_pair(p, 0, "replaces", ids_of(a, within(a, d, "relatedDocument/parentDocument")));
}

static void put_sections(struct page *p, struct arena *a, const struct xml_node *holder,
			 unsigned indent)
{
	for (const struct xml_node *c = within(a, holder, "component"); c != NULL;
	     c = xml_next(c, CDA, "component")) {
		const struct xml_node *section = xml_child(c, CDA, "section");
		const char *title = text_of(a, within(a, section, "title"));
		if (section == NULL)
			continue;
		if (text_empty(title))
			title = code_of(a, within(a, section, "code"));
		page_title(p, indent, text_empty(title) ? "(no title)" : title);
		screen_narrative(p, indent + 2, within(a, section, "text"));
		put_sections(p, a, section, indent + 2);
	}
}

static void put_other_body(struct page *p, struct arena *a, const struct xml_node *text)
{
	const char *type = value_of(text, "mediaType");
	if (text == NULL)
		return;
	page_gap(p);
	if (text_equal(value_of(text, "representation"), "B64"))
		page_text(p, 0,
			  arena_printf(a, "Its body is of type %s, %zu characters of base64.",
				       text_empty(type) ? "unknown" : type,
				       strlen(xml_text(a, text))));
	else
		page_text(p, 0, xml_text(a, text));
}

bool screen_cda(struct page *p, struct arena *a, struct bytes octets)
{
	struct problem problem = { .code = PROBLEM_NONE };
	const struct xml_document *d = xml_read(a, NULL, octets, &problem);
	if (d == NULL || !xml_is(xml_root(d), CDA, "ClinicalDocument"))
		return false;
	const struct xml_node *root = xml_root(d), *body = within(a, root, "component");
	put_header(p, a, root);
	put_sections(p, a, within(a, body, "structuredBody"), 0);
	put_other_body(p, a, within(a, body, "nonXMLBody/text"));
	return true;
}
