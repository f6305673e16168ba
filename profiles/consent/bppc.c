/* profiles/consent/bppc.c: Basic Patient Privacy Consents, a CDA document that acknowledges
 * policies. ITI TF-3: 5.1.
 *
 * Read is what decides: which template it is, whose it is, whose word, which policies and from when
 * to when. The rest (narrative, a scanned page) is for people and stays octets. */
#include "profiles/consent/consent_reader.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"

#define V3 "urn:hl7-org:v3"
#define LOINC "2.16.840.1.113883.6.1"
#define MEDICAL_DOCUMENT "1.3.6.1.4.1.19376.1.5.3.1.1.1"
#define BPPC_DOCUMENT "1.3.6.1.4.1.19376.1.5.3.1.1.7"
#define BPPC_SCANNED_DOCUMENT "1.3.6.1.4.1.19376.1.5.3.1.1.7.1"
#define ACKNOWLEDGEMENT "1.3.6.1.4.1.19376.1.5.3.1.2.6"

enum { JAPAN = 540 }; /* minutes: a CDA document's times are where it was written */

struct reading {
	struct arena *arena;
	const struct xml_node *root;
	struct consent_form *out;
	struct problem *problem;
	const struct consent_statement **last;
	unsigned count;
	const struct xml_node *first; /* effectiveTime of the first acknowledgement */
};

static bool wrong(struct reading *r, const struct xml_node *n, const char *what)
{
	return problem_at(r->problem, PROBLEM_REGISTRY_METADATA, xml_path(r->arena, n), "%s", what);
}

static bool has_template(const struct xml_node *n, const char *root)
{
	for (const struct xml_node *t = xml_child(n, V3, "templateId"); t != NULL;
	     t = xml_next(t, V3, "templateId"))
		if (text_equal(xml_attribute(t, "root"), root)
		    && xml_attribute(t, "extension") == NULL)
			return true;
	return false;
}

/* root, or root^extension (ITI TF-3: 5.1.2.1.1.4). NULL: it is no id. */
static const char *instance(struct arena *a, const struct xml_node *n)
{
	const char *root = xml_attribute(n, "root"), *extension = xml_attribute(n, "extension");
	if (text_empty(root) || xml_attribute(n, "nullFlavor") != NULL)
		return NULL;
	return text_empty(extension) ? root : text_joined(a, root, "^", extension, NULL);
}

static const struct xml_node *the_one(const struct xml_node *n, const char *local)
{
	const struct xml_node *one = xml_child(n, V3, local);
	return xml_next(one, V3, local) == NULL ? one : NULL;
}

/* ---- The document ---- */

static bool read_kind(struct reading *r)
{
	const char *special = r->out->kind == CONSENT_BPPC ? BPPC_DOCUMENT : BPPC_SCANNED_DOCUMENT;
	const struct xml_node *code = the_one(r->root, "code");
	if (!xml_is(r->root, V3, "ClinicalDocument"))
		return wrong(r, r->root, "is no ClinicalDocument");
	if (!has_template(r->root, MEDICAL_DOCUMENT) || !has_template(r->root, special))
		return wrong(r, r->root,
			     r->out->kind == CONSENT_BPPC
				     ? "lacks the templateId of a patient privacy acknowledgement"
				     : "lacks the templateId of a patient privacy acknowledgement "
				       "with a scanned document");
	return (text_equal(xml_attribute(code, "code"), "57016-8")
		&& text_equal(xml_attribute(code, "codeSystem"), LOINC))
	       || wrong(r, code == NULL ? r->root : code, "code is not 57016-8 of LOINC");
}

static bool read_id(struct reading *r)
{
	const struct xml_node *id = the_one(r->root, "id");
	r->out->unique_id = id == NULL ? NULL : instance(r->arena, id);
	return r->out->unique_id != NULL || wrong(r, r->root, "has no id, or several");
}

static bool add_patient(struct reading *r, const struct text_value ***last,
			const struct xml_node *id)
{
	const char *root = xml_attribute(id, "root"), *extension = xml_attribute(id, "extension");
	if (!text_is_oid(root == NULL ? "" : root) || text_empty(extension))
		return wrong(r, id, "is no patient's id: an OID and an extension");
	struct text_value *v = arena_new(r->arena, struct text_value);
	v->value = text_joined(r->arena, extension, "^^^&", root, "&ISO", NULL);
	**last = v;
	*last = (const struct text_value **)&v->next;
	return true;
}

static bool read_patient(struct reading *r)
{
	const struct xml_node *target = the_one(r->root, "recordTarget");
	const struct xml_node *role = target == NULL ? NULL : the_one(target, "patientRole");
	const struct text_value **last = &r->out->patients;
	unsigned count = 0;
	if (role == NULL)
		return wrong(r, r->root, "has not one recordTarget with one patientRole");
	for (const struct xml_node *id = xml_child(role, V3, "id"); id != NULL;
	     id = xml_next(id, V3, "id")) {
		if (++count > CONSENT_IDS_MOST)
			return wrong(r, role, "has too many ids");
		if (!add_patient(r, &last, id))
			return false;
	}
	return count != 0 || wrong(r, role, "has no id");
}

/* Ids of the organisations whose word it is: the author's, and who keeps it. */
static bool read_organisations(struct reading *r)
{
	static const char *const ways[][3] = {
		{ "author", "assignedAuthor", "representedOrganization" },
		{ "custodian", "assignedCustodian", "representedCustodianOrganization" },
	};
	const struct text_value **last = &r->out->custodian;
	unsigned count = 0;
	for (size_t i = 0; i < COUNT(ways); i++)
		for (const struct xml_node *n = xml_child(r->root, V3, ways[i][0]); n != NULL;
		     n = xml_next(n, V3, ways[i][0])) {
			const struct xml_node *o = xml_child(xml_child(n, V3, ways[i][1]), V3,
							     ways[i][2]);
			const struct xml_node *id = xml_child(o, V3, "id");
			for (; id != NULL; id = xml_next(id, V3, "id")) {
				const char *name = instance(r->arena, id);
				if (name == NULL)
					continue;
				if (++count > CONSENT_IDS_MOST)
					return wrong(r, o, "there are too many organisations");
				struct text_value *v = arena_new(r->arena, struct text_value);
				v->value = name;
				*last = v;
				last = (const struct text_value **)&v->next;
			}
		}
	return true;
}

/* ---- What is acknowledged (ITI TF-3: 5.1.2.2.1) ---- */

static const char *value_of(const struct xml_node *time, const char *local)
{
	return xml_attribute(xml_child(time, V3, local), "value");
}

/* "There is none" may be said of an end. */
static bool ends_never(const struct xml_node *high)
{
	const char *null = xml_attribute(high, "nullFlavor");
	return high == NULL
	       || (xml_attribute(high, "value") == NULL
		   && (text_equal(null, "NA") || text_equal(null, "PINF")));
}

static bool read_times(struct reading *r, const struct xml_node *time)
{
	const struct xml_node *low = the_one(time, "low"), *high = the_one(time, "high");
	const char *from = value_of(time, "low"), *until = value_of(time, "high");
	instant unused, last;
	if (low == NULL || from == NULL || xml_attribute(low, "inclusive") != NULL
	    || !instant_span_from_dtm(from, JAPAN, &r->out->from, &unused))
		return wrong(r, time, "low is no time, or is not there");
	if (xml_child(time, V3, "high") != NULL && high == NULL)
		return wrong(r, time, "high is there twice");
	if (ends_never(high))
		return true;
	if (until == NULL || xml_attribute(high, "inclusive") != NULL
	    || !instant_span_from_dtm(until, JAPAN, &unused, &last))
		return wrong(r, time, "high is no time");
	r->out->until = last + 1;
	return r->out->until > r->out->from || wrong(r, time, "ends before it begins");
}

static bool same_times(const struct xml_node *a, const struct xml_node *b)
{
	return text_equal(value_of(a, "low"), value_of(b, "low"))
	       && text_equal(value_of(a, "high"), value_of(b, "high"));
}

static bool check_event(struct reading *r, const struct xml_node *event)
{
	const struct xml_node *id = the_one(event, "id"), *code = the_one(event, "code");
	if (!text_equal(xml_attribute(event, "classCode"), "ACT")
	    || !text_equal(xml_attribute(event, "moodCode"), "EVN"))
		return wrong(r, event, "is no ACT that has happened (EVN)");
	if (id == NULL || text_empty(xml_attribute(id, "root"))
	    || xml_attribute(id, "extension") != NULL)
		return wrong(r, event, "has not one id of a root alone");
	if (code == NULL || text_empty(xml_attribute(code, "code"))
	    || text_empty(xml_attribute(code, "codeSystem")))
		return wrong(r, event, "has not one code with its codeSystem");
	return the_one(event, "effectiveTime") != NULL
	       || wrong(r, event, "has not one effectiveTime");
}

static bool read_event(struct reading *r, const struct xml_node *event)
{
	const struct xml_node *code = xml_child(event, V3, "code");
	const struct xml_node *time = xml_child(event, V3, "effectiveTime");
	if (!check_event(r, event))
		return false;
	if (++r->count > CONSENT_STATEMENTS_MOST)
		return wrong(r, event, "acknowledges too many policies");
	if (r->first == NULL && !read_times(r, time))
		return false;
	if (r->first == NULL)
		r->first = time;
	if (!same_times(r->first, time))
		return wrong(r, time, "is not that of the other acknowledgements");
	struct consent_statement *s = arena_new(r->arena, struct consent_statement);
	*s = (struct consent_statement){ .about = ABOUT_POLICY,
					 .permits = true,
					 .value = xml_attribute(code, "code"),
					 .scheme = xml_attribute(code, "codeSystem"),
					 .where = xml_path(r->arena, code) };
	*r->last = s;
	r->last = (const struct consent_statement **)&s->next;
	return true;
}

static bool read_events(struct reading *r)
{
	for (const struct xml_node *n = xml_child(r->root, V3, "documentationOf"); n != NULL;
	     n = xml_next(n, V3, "documentationOf")) {
		const struct xml_node *event = xml_child(n, V3, "serviceEvent");
		const char *type = xml_attribute(n, "typeCode");
		if (!has_template(event, ACKNOWLEDGEMENT))
			continue; /* care that was given; no acknowledgement */
		if (type != NULL && !text_equal(type, "DOC"))
			return wrong(r, n, "typeCode is not DOC");
		if (!read_event(r, event))
			return false;
	}
	return r->count != 0 || wrong(r, r->root, "acknowledges no policy");
}

bool bppc_read(struct arena *a, enum consent_kind kind, struct bytes octets,
	       struct consent_form *out, struct problem *p)
{
	struct problem unreadable = { .code = PROBLEM_NONE };
	const struct xml_document *d = xml_read(a, NULL, octets, &unreadable);
	struct reading r = { .arena = a, .out = out, .problem = p };
	*out = (struct consent_form){ .kind = kind };
	r.last = &out->statements;
	if (d == NULL)
		return problem_at(p, PROBLEM_REGISTRY_METADATA, "/", "cannot be read: %s",
				  unreadable.what);
	r.root = xml_root(d);
	return read_kind(&r) && read_id(&r) && read_patient(&r) && read_organisations(&r)
	       && read_events(&r);
}
