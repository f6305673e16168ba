/* profiles/consent/appc.c: Advanced Patient Privacy Consents (IHE ITI Supplement APPC): a PolicySet
 * of XACML 2.0 about one patient, of the subset below. HACKING.md: Documents of consent.
 *
 * What has no place in the subset refuses the document and is named: an element, an attribute, a
 * function, a combination. Nothing is passed over, for what a rule does not say opens or closes as
 * much as what it says. XACML 2.0 core: 5, 7.5. */
#include "profiles/consent/consent_reader.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_shape.h"

#define XACML "urn:oasis:names:tc:xacml:2.0:policy:schema:os"
#define V3 "urn:hl7-org:v3"
#define DENY_POLICIES "urn:oasis:names:tc:xacml:1.0:policy-combining-algorithm:deny-overrides"
#define DENY_RULES "urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:deny-overrides"
#define XSD "http://www.w3.org/2001/XMLSchema#"
#define CURRENT_DATE "urn:oasis:names:tc:xacml:1.0:environment:current-date"
#define SUBJECT_ID "urn:oasis:names:tc:xacml:1.0:subject:subject-id"
#define SUBJECT_ISSUER "urn:oasis:names:tc:xacml:1.0:subject:subject-id-qualifier"

enum { JAPAN = 540 }; /* minutes */

/* ---- The subset ---- */

enum form { FORM_CODE, FORM_ID, FORM_TEXT, FORM_URI, FORM_DATE, FORMS };
static const struct {
	const char *type, *function;
} forms[FORMS] = {
	[FORM_CODE] = { V3 "#CV", V3 ":function:CV-equal" },
	[FORM_ID] = { V3 "#II", V3 ":function:II-equal" },
	[FORM_TEXT] = { XSD "string", "urn:oasis:names:tc:xacml:1.0:function:string-equal" },
	[FORM_URI] = { XSD "anyURI", "urn:oasis:names:tc:xacml:1.0:function:anyURI-equal" },
	[FORM_DATE] = { XSD "date", NULL },
};

/* What a rule may be about: one of these at a time. */
static const struct attribute {
	const char *id;
	bool of_subject;
	enum form form;
	enum consent_about about;
} attributes[] = {
	{ "urn:oasis:names:tc:xacml:2.0:subject:role", .of_subject = true, .form = FORM_CODE,
	  .about = ABOUT_ROLE },
	{ "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse", .of_subject = true, .form = FORM_CODE,
	  .about = ABOUT_PURPOSE },
	{ "urn:oasis:names:tc:xspa:1.0:subject:organization-id", .of_subject = true,
	  .form = FORM_URI, .about = ABOUT_ORGANISATION },
	{ SUBJECT_ID, .of_subject = true, .form = FORM_TEXT, .about = ABOUT_PERSON },
	{ "urn:ihe:iti:appc:2016:document-entry:class-code", .of_subject = false, .form = FORM_CODE,
	  .about = ABOUT_CLASS },
	{ "urn:ihe:iti:appc:2016:document-entry:type-code", .of_subject = false, .form = FORM_CODE,
	  .about = ABOUT_TYPE },
	{ "urn:ihe:iti:appc:2016:document-entry:format-code", .of_subject = false,
	  .form = FORM_CODE, .about = ABOUT_FORMAT },
	{ "urn:ihe:iti:appc:2016:document-entry:unique-id", .of_subject = false, .form = FORM_TEXT,
	  .about = ABOUT_DOCUMENT },
};
/* Whose record it is. */
static const char *const patient_ids[] = { "urn:oasis:names:tc:xacml:2.0:resource:resource-id",
					   "urn:ihe:iti:ser:2016:patient-id" };

/* ---- Reading ---- */

struct reading {
	struct arena *arena;
	struct consent_form *out;
	struct problem *problem;
	const struct consent_statement **last;
	unsigned count;
};

static bool wrong(struct reading *r, const struct xml_node *n, const char *what)
{
	return problem_at(r->problem, PROBLEM_REGISTRY_METADATA, xml_path(r->arena, n), "%s: %s",
			  xml_local(n), what);
}

/* It holds nothing but these. */
static bool holds(struct reading *r, const struct xml_node *n, const struct xml_place *places,
		  const char *const *names)
{
	const char *what, *stray = xml_stray_attribute(n, names);
	const struct xml_node *misfit = xml_misfit(n, places, &what);
	if (misfit != NULL)
		return wrong(r, misfit, what);
	return stray == NULL
	       || wrong(r, n,
			text_joined(r->arena, "attribute ", stray, " is not understood", NULL));
}

static const char *const no_attributes[] = { NULL };

/* ---- One match ---- */

struct match {
	const char *attribute, *function;
	enum form form;
	const char *value, *scheme; /* of a code; of an id: extension and root */
	const struct xml_node *at;
};

static enum form form_of(const char *type)
{
	enum form f = FORM_CODE;
	while (f < FORMS && !text_equal(forms[f].type, type))
		f++;
	return f;
}

static bool read_composite(struct reading *r, const struct xml_node *value, const char *local,
			   const char *of, const char *in, struct match *m)
{
	const char *const names[] = { of, in, "displayName", "codeSystemName", NULL };
	static const struct xml_place nothing[] = { { 0 } };
	const struct xml_place places[] = { { V3, local, 1 }, { 0 } };
	const struct xml_node *n = xml_child(value, V3, local);
	if (n == NULL)
		return wrong(r, value, "holds no value of its DataType");
	if (!holds(r, value, places, (const char *const[]){ "DataType", NULL })
	    || !holds(r, n, nothing, names))
		return false;
	m->value = xml_attribute(n, of);
	m->scheme = xml_attribute(n, in);
	return (!text_empty(m->value) && !text_empty(m->scheme))
	       || wrong(r, n, "is not said whole");
}

static bool read_value(struct reading *r, const struct xml_node *value, struct match *m)
{
	m->form = form_of(xml_attribute(value, "DataType"));
	if (m->form == FORMS)
		return wrong(r, value, "has a DataType that is not understood");
	if (m->form == FORM_CODE)
		return read_composite(r, value, "CodedValue", "code", "codeSystem", m);
	if (m->form == FORM_ID)
		return read_composite(r, value, "InstanceIdentifier", "extension", "root", m);
	if (xml_first_element(value) != NULL
	    || xml_stray_attribute(value, (const char *const[]){ "DataType", NULL }) != NULL
	    || xml_is_interrupted(value))
		return wrong(r, value, "holds more than text");
	m->value = text_trimmed(r->arena, xml_text(r->arena, value));
	return !text_empty(m->value) || wrong(r, value, "is empty");
}

/* kind: "Subject", "Resource", "Environment". */
static bool read_match(struct reading *r, const struct xml_node *n, const char *kind,
		       struct match *m)
{
	static const char *const matches[] = { "MatchId", NULL };
	static const char *const says[] = { "AttributeId", "DataType", "MustBePresent", NULL };
	static const struct xml_place nothing[] = { { 0 } };
	const char *designator = text_joined(r->arena, kind, "AttributeDesignator", NULL);
	const struct xml_place places[] = { { XACML, "AttributeValue", 1 },
					    { XACML, designator, 1 },
					    { 0 } };
	const struct xml_node *value = xml_child(n, XACML, "AttributeValue");
	const struct xml_node *what = xml_child(n, XACML, designator);
	*m = (struct match){ .function = xml_attribute(n, "MatchId"), .at = n };
	if (!holds(r, n, places, matches))
		return false;
	if (value == NULL || what == NULL)
		return wrong(r, n, "lacks a value, or what is held against it");
	if (!holds(r, what, nothing, says) || !read_value(r, value, m))
		return false;
	m->attribute = xml_attribute(what, "AttributeId");
	if (!text_equal(xml_attribute(what, "DataType"), forms[m->form].type))
		return wrong(r, what, "has another DataType than the value");
	return m->form == FORM_DATE || text_equal(m->function, forms[m->form].function)
	       || wrong(r, n, "has a MatchId that is not understood of this DataType");
}

/* ---- What a rule is about ---- */

static bool add(struct reading *r, const struct xml_node *at, enum consent_about about,
		bool permits, const char *value, const char *scheme)
{
	if (++r->count > CONSENT_STATEMENTS_MOST)
		return wrong(r, at, "is one statement too many");
	struct consent_statement *s = arena_new(r->arena, struct consent_statement);
	*s = (struct consent_statement){ .about = about,
					 .permits = permits,
					 .value = value,
					 .scheme = scheme,
					 .where = xml_path(r->arena, at) };
	*r->last = s;
	r->last = (const struct consent_statement **)&s->next;
	return true;
}

static const char *without_urn(const char *uri)
{
	static const char urn[] = "urn:oid:";
	return text_starts(uri, urn) ? uri + strlen(urn) : uri;
}

static bool add_match(struct reading *r, const struct match *m, bool of_subject, bool permits)
{
	for (size_t i = 0; i < COUNT(attributes); i++) {
		const struct attribute *a = &attributes[i];
		if (a->of_subject != of_subject || !text_equal(a->id, m->attribute))
			continue;
		if (a->form != m->form)
			return wrong(r, m->at, "has another DataType than this attribute");
		if (a->about == ABOUT_PERSON)
			return wrong(r, m->at,
				     "names a person without who vouches for the id "
				     "(subject-id-qualifier)");
		return add(r, m->at, a->about, permits,
			   m->form == FORM_URI ? without_urn(m->value) : m->value, m->scheme);
	}
	return wrong(r, m->at, "is about an attribute that is not understood");
}

/* A person: an id, and who vouches for it. */
static bool add_person(struct reading *r, const struct match *id, const struct match *issuer,
		       bool permits)
{
	if (!text_equal(id->attribute, SUBJECT_ID) || !text_equal(issuer->attribute, SUBJECT_ISSUER)
	    || id->form != FORM_TEXT || issuer->form != FORM_TEXT)
		return wrong(r, id->at,
			     "is one of two conditions together, which is not "
			     "understood but of a person");
	return add(r, id->at, ABOUT_PERSON, permits,
		   text_joined(r->arena, id->value, "@", issuer->value, NULL), NULL);
}

/* Of these any suffices: what is denied to one and to another is denied to each. */
static bool add_one(struct reading *r, const struct xml_node *one, bool of_subject, bool permits)
{
	const char *kind = of_subject ? "Subject" : "Resource";
	const char *local = of_subject ? "SubjectMatch" : "ResourceMatch";
	const struct xml_place places[] = { { XACML, local, 2 }, { 0 } };
	const struct xml_node *first = xml_child(one, XACML, local);
	const struct xml_node *second = xml_next(first, XACML, local);
	struct match a, b;
	if (!holds(r, one, places, no_attributes))
		return false;
	if (first == NULL)
		return wrong(r, one, "names nobody");
	if (!read_match(r, first, kind, &a))
		return false;
	if (second == NULL)
		return add_match(r, &a, of_subject, permits);
	if (!read_match(r, second, kind, &b))
		return false;
	return text_equal(a.attribute, SUBJECT_ISSUER) ? add_person(r, &b, &a, permits)
						       : add_person(r, &a, &b, permits);
}

/* section NULL: everybody and everything. */
static bool add_rule(struct reading *r, const struct xml_node *rule, const struct xml_node *section,
		     bool permits)
{
	if (section == NULL)
		return add(r, rule, ABOUT_ALL, permits, NULL, NULL);
	bool of_subject = xml_is(section, XACML, "Subjects");
	const char *local = of_subject ? "Subject" : "Resource";
	const struct xml_place places[] = { { XACML, local, 0 }, { 0 } };
	if (!holds(r, section, places, no_attributes))
		return false;
	if (xml_child(section, XACML, local) == NULL)
		return wrong(r, section, "names nobody");
	for (const struct xml_node *one = xml_child(section, XACML, local); one != NULL;
	     one = xml_next(one, XACML, local))
		if (!add_one(r, one, of_subject, permits))
			return false;
	return true;
}

/* ---- Sets, policies, rules ---- */

/* The one condition of a Target beside what holds already. */
static bool read_target(struct reading *r, const struct xml_node *n,
			const struct xml_node **section)
{
	static const struct xml_place places[] = { { XACML, "Subjects", 1 },
						   { XACML, "Resources", 1 },
						   { 0 } };
	const struct xml_node *target = xml_child(n, XACML, "Target");
	if (target == NULL)
		return true;
	if (!holds(r, target, places, no_attributes))
		return false;
	for (const struct xml_node *s = xml_first_element(target); s != NULL;
	     s = xml_next_element(s)) {
		if (*section != NULL)
			return wrong(r, s, "is a second condition: a rule has one");
		*section = s;
	}
	return true;
}

static bool read_rule(struct reading *r, const struct xml_node *n, const struct xml_node *section)
{
	static const struct xml_place places[] = { { XACML, "Description", 1 },
						   { XACML, "Target", 1 },
						   { 0 } };
	static const char *const names[] = { "RuleId", "Effect", NULL };
	const char *effect = xml_attribute(n, "Effect");
	bool permits = text_equal(effect, "Permit");
	if (!holds(r, n, places, names) || !read_target(r, n, &section))
		return false;
	return permits || text_equal(effect, "Deny") ? add_rule(r, n, section, permits)
						     : wrong(r, n, "has no Effect");
}

static bool read_policy(struct reading *r, const struct xml_node *n, const struct xml_node *section)
{
	static const struct xml_place places[] = {
		{ XACML, "Description", 1 }, { XACML, "Target", 1 }, { XACML, "Rule", 0 }, { 0 }
	};
	static const char *const names[] = { "PolicyId", "Version", "RuleCombiningAlgId", NULL };
	if (!holds(r, n, places, names) || !read_target(r, n, &section))
		return false;
	if (!text_equal(xml_attribute(n, "RuleCombiningAlgId"), DENY_RULES))
		return wrong(r, n, "combines otherwise than by deny-overrides");
	for (const struct xml_node *rule = xml_child(n, XACML, "Rule"); rule != NULL;
	     rule = xml_next(rule, XACML, "Rule"))
		if (!read_rule(r, rule, section))
			return false;
	return true;
}

/* As deep as the reader lets a document be. */
static bool read_set(struct reading *r, const struct xml_node *n, const struct xml_node *section,
		     bool root)
{
	static const struct xml_place places[] = { { XACML, "Description", 1 },
						   { XACML, "Target", 1 },
						   { XACML, "PolicySet", 0 },
						   { XACML, "Policy", 0 },
						   { 0 } };
	static const char *const names[] = { "PolicySetId", "Version", "PolicyCombiningAlgId",
					     NULL };
	if (!holds(r, n, places, names) || (!root && !read_target(r, n, &section)))
		return false;
	if (!text_equal(xml_attribute(n, "PolicyCombiningAlgId"), DENY_POLICIES))
		return wrong(r, n, "combines otherwise than by deny-overrides");
	for (const struct xml_node *one = xml_first_element(n); one != NULL;
	     one = xml_next_element(one)) {
		if (xml_is(one, XACML, "PolicySet") && !read_set(r, one, section, false))
			return false;
		if (xml_is(one, XACML, "Policy") && !read_policy(r, one, section))
			return false;
	}
	return true;
}

/* ---- Whose, and from when to when: the outermost Target ---- */

static bool is_patient_id(const char *attribute)
{
	for (size_t i = 0; i < COUNT(patient_ids); i++)
		if (text_equal(patient_ids[i], attribute))
			return true;
	return false;
}

static bool read_patient(struct reading *r, const struct xml_node *resources)
{
	static const struct xml_place one[] = { { XACML, "Resource", 1 }, { 0 } };
	static const struct xml_place match[] = { { XACML, "ResourceMatch", 1 }, { 0 } };
	const struct xml_node *resource = xml_child(resources, XACML, "Resource");
	const struct xml_node *n = xml_child(resource, XACML, "ResourceMatch");
	struct match m;
	if (!holds(r, resources, one, no_attributes))
		return false;
	if (n == NULL)
		return wrong(r, resources, "does not say whose record it is");
	if (!holds(r, resource, match, no_attributes) || !read_match(r, n, "Resource", &m))
		return false;
	if (m.form != FORM_ID || !is_patient_id(m.attribute) || !text_is_oid(m.scheme))
		return wrong(r, n, "does not say whose record it is");
	struct text_value *v = arena_new(r->arena, struct text_value);
	v->value = text_joined(r->arena, m.value, "^^^&", m.scheme, "&ISO", NULL);
	r->out->patients = v;
	return true;
}

/* YYYY-MM-DD, a day in Japan. */
static bool read_day(const char *text, instant *first, instant *last)
{
	char dtm[9];
	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return false;
	memcpy(dtm, text, 4);
	memcpy(dtm + 4, text + 5, 2);
	memcpy(dtm + 6, text + 8, 2);
	dtm[8] = '\0';
	return instant_span_from_dtm(dtm, JAPAN, first, last);
}

/* The function is applied to the value and to the date of today, in this order (XACML 2.0 core:
 * 7.5): what is less than or equal to it is the first day. Documents are about that have it the
 * other way round; so a period is said with both ends, and they tell. */
static bool read_bound(struct reading *r, const struct xml_node *n, unsigned *begins,
		       unsigned *ends)
{
	static const char less[] = "urn:oasis:names:tc:xacml:1.0:function:date-less-than-or-equal";
	static const char greater[] =
		"urn:oasis:names:tc:xacml:1.0:function:date-greater-than-or-equal";
	struct match m;
	instant first, last;
	if (!read_match(r, n, "Environment", &m))
		return false;
	if (m.form != FORM_DATE || !text_equal(m.attribute, CURRENT_DATE)
	    || !read_day(m.value, &first, &last))
		return wrong(r, n, "is no day that today is held against");
	if (text_equal(m.function, less)) {
		r->out->from = first;
		++*begins;
		return true;
	}
	r->out->until = last + 1;
	++*ends;
	return text_equal(m.function, greater)
	       || wrong(r, n, "has a MatchId that is not understood");
}

static bool read_period(struct reading *r, const struct xml_node *environments)
{
	static const struct xml_place one[] = { { XACML, "Environment", 1 }, { 0 } };
	static const struct xml_place two[] = { { XACML, "EnvironmentMatch", 2 }, { 0 } };
	const struct xml_node *environment = xml_child(environments, XACML, "Environment");
	unsigned begins = 0, ends = 0;
	if (environments == NULL)
		return true;
	if (!holds(r, environments, one, no_attributes)
	    || (environment != NULL && !holds(r, environment, two, no_attributes)))
		return false;
	for (const struct xml_node *n = xml_child(environment, XACML, "EnvironmentMatch");
	     n != NULL; n = xml_next(n, XACML, "EnvironmentMatch"))
		if (!read_bound(r, n, &begins, &ends))
			return false;
	if (begins != 1 || ends != 1)
		return wrong(r, environments, "says not a first and a last day");
	return r->out->until > r->out->from || wrong(r, environments, "ends before it begins");
}

static bool read_whose(struct reading *r, const struct xml_node *root)
{
	static const struct xml_place places[] = { { XACML, "Resources", 1 },
						   { XACML, "Environments", 1 },
						   { 0 } };
	const struct xml_node *target = xml_child(root, XACML, "Target");
	if (target == NULL)
		return wrong(r, root, "has no Target that says whose record it is");
	if (!holds(r, target, places, no_attributes))
		return false;
	const struct xml_node *resources = xml_child(target, XACML, "Resources");
	if (resources == NULL)
		return wrong(r, target, "does not say whose record it is");
	return read_patient(r, resources)
	       && read_period(r, xml_child(target, XACML, "Environments"));
}

bool appc_read(struct arena *a, struct bytes octets, struct consent_form *out, struct problem *p)
{
	struct problem unreadable = { .code = PROBLEM_NONE };
	const struct xml_document *d = xml_read(a, NULL, octets, &unreadable);
	struct reading r = { .arena = a, .out = out, .problem = p };
	*out = (struct consent_form){ .kind = CONSENT_APPC };
	r.last = &out->statements;
	if (d == NULL)
		return problem_at(p, PROBLEM_REGISTRY_METADATA, "/", "cannot be read: %s",
				  unreadable.what);
	const struct xml_node *root = xml_root(d);
	if (!xml_is(root, XACML, "PolicySet"))
		return wrong(&r, root, "is no PolicySet of XACML 2.0");
	return read_set(&r, root, NULL, true) && read_whose(&r, root)
	       && (r.count != 0 || wrong(&r, root, "says nothing"));
}
