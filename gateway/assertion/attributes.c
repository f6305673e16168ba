/* gateway/assertion/attributes.c: what an assertion says of its subject (ITI TF-2: 3.40.4.1.2).
 *
 * Values may be spread over values, Attributes and AttributeStatements, and are read as one list.
 * What is no row says nothing to us. */
#include <string.h>

#include "gateway/assertion/inside.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_walk.h"

#define HL7 "urn:hl7-org:v3"
#define OID "urn:oid:"
#define XSPA "urn:oasis:names:tc:xspa:1.0:subject:"
#define XACML "urn:oasis:names:tc:xacml:2.0:"

/* Octets of a reason that are kept: what somebody writes in an emergency. */
enum { REASON_MOST = 1000 };

/* All but Issuer, Audience and the like, which were read: no value may be split, or have beside it
 * what a signature does not see. */
bool assertion_is_uninterrupted(struct checking *c)
{
	for (const struct xml_node *n = c->assertion; n != NULL; n = xml_walk(n, c->assertion))
		if (xml_is_interrupted(n))
			return false;
	return c->out->person.id != NULL;
}

struct attribute_reading {
	struct checking *check;
	struct requesting_person *person;
	struct coded_value **role, **purpose;
	const char *home;
};

/* The only value; another one beside it must be the same. */
static bool only(const char **at, const char *text)
{
	if (text_empty(text))
		return true;
	if (*at == NULL)
		*at = text;
	return text_equal(*at, text);
}

/* The first one counts: it is for people. */
static bool first(const char **at, const char *text)
{
	if (*at == NULL && !text_empty(text))
		*at = text;
	return true;
}

static const char *text_of(const struct attribute_reading *r, const struct xml_node *value)
{
	return assertion_text(r->check, value);
}

static bool read_display(struct attribute_reading *r, const struct xml_node *value)
{
	return first(&r->person->display, text_of(r, value));
}

static bool read_organization(struct attribute_reading *r, const struct xml_node *value)
{
	return first(&r->person->organization, text_of(r, value));
}

static bool read_organization_id(struct attribute_reading *r, const struct xml_node *value)
{
	const char *text = text_of(r, value);
	return text != NULL && only(&r->person->organization_id, text);
}

static bool read_home(struct attribute_reading *r, const struct xml_node *value)
{
	const char *text = text_of(r, value);
	return text != NULL && only(&r->person->home_community, text);
}

static bool read_patient(struct attribute_reading *r, const struct xml_node *value)
{
	const char *text = text_of(r, value);
	return text != NULL && only(&r->person->patient_id, text);
}

/* The NPI, also as a coded value (CE), whose code it is then. */
static bool read_npi(struct attribute_reading *r, const struct xml_node *value)
{
	const struct xml_node *inside = xml_first_element(value);
	return first(&r->person->provider_id,
		     inside == NULL ? text_of(r, value) : xml_attribute(inside, "code"));
}

static bool read_provider(struct attribute_reading *r, const struct xml_node *value)
{
	const struct xml_node *id = xml_child(value, HL7, "id");
	const char *root = xml_attribute(id, "root"), *own = xml_attribute(id, "extension");
	if (text_empty(root) || text_empty(own))
		return false;
	return first(&r->person->provider_id, arena_printf(r->check->arena, "%s^%s", root, own));
}

/* HL7 v3 CE; code and codeSystem are what counts. */
static bool add_coded(struct attribute_reading *r, struct coded_value ***tail,
		      const struct xml_node *n)
{
	struct coded_value *v = arena_new(r->check->arena, struct coded_value);
	*v = (struct coded_value){ .code = xml_attribute(n, "code"),
				   .scheme = xml_attribute(n, "codeSystem"),
				   .display = xml_attribute(n, "displayName") };
	if (text_empty(v->code) || text_empty(v->scheme))
		return false;
	**tail = v;
	*tail = &v->next;
	return true;
}

static bool read_role(struct attribute_reading *r, const struct xml_node *value)
{
	return add_coded(r, &r->role, xml_child(value, HL7, "Role"));
}

/* PurposeForUse: as the first NHIN wrote it, and some still do. */
static bool read_purpose(struct attribute_reading *r, const struct xml_node *value)
{
	const struct xml_node *n = xml_child(value, HL7, "PurposeOfUse");
	return add_coded(r, &r->purpose, n != NULL ? n : xml_child(value, HL7, "PurposeForUse"));
}

/* Why it is an emergency. One of blanks is none; no assertion is refused for it. */
static bool read_reason(struct attribute_reading *r, const struct xml_node *value)
{
	struct arena *a = r->check->arena;
	const char *text = text_of(r, value);
	if (text == NULL)
		return true;
	text = text_trimmed(a, text);
	size_t length = strnlen(text, REASON_MOST);
	return first(&r->person->reason,
		     arena_text_n(a, text, text_utf8_length((const unsigned char *)text, length)));
}

static const struct {
	const char *name;
	bool (*read)(struct attribute_reading *r, const struct xml_node *value);
} attributes[] = {
	{ XSPA "subject-id", read_display },
	{ XSPA "organization", read_organization },
	{ XSPA "organization-id", read_organization_id },
	{ "urn:ihe:iti:xca:2010:homeCommunityId", read_home },
	{ XACML "subject:role", read_role },
	{ XSPA "purposeofuse", read_purpose },
	{ XSPA "npi", read_npi },
	{ "urn:ihe:iti:xua:2017:subject:provider-identifier", read_provider },
	{ XACML "resource:resource-id", read_patient },
};

static bool read_values(struct attribute_reading *r, const struct xml_node *attribute,
			bool (*read)(struct attribute_reading *r, const struct xml_node *value))
{
	bool good = true;
	const struct xml_node *v = xml_child(attribute, SAML, "AttributeValue");
	for (; good && v != NULL; v = xml_next(v, SAML, "AttributeValue"))
		good = read(r, v);
	return good;
}

/* That of the reason the region names, for no profile does. */
static bool read_attribute(struct attribute_reading *r, const struct xml_node *attribute)
{
	const char *name = xml_attribute(attribute, "Name");
	const char *reason = r->check->by->policy->reason_attribute;
	for (size_t i = 0; i < COUNT(attributes); i++)
		if (text_equal(name, attributes[i].name)
		    && !read_values(r, attribute, attributes[i].read))
			return false;
	if (reason != NULL && text_equal(name, reason))
		read_values(r, attribute, read_reason);
	return true;
}

static bool read_statement(struct attribute_reading *r, const struct xml_node *statement)
{
	bool good = true;
	const struct xml_node *n = xml_child(statement, SAML, "Attribute");
	for (; good && n != NULL; n = xml_next(n, SAML, "Attribute"))
		good = read_attribute(r, n);
	return good;
}

/* Purposes of use that are an emergency's: HL7 ActReason, XSPA, Swiss EPR. */
static const struct {
	const char *code, *scheme;
} emergencies[] = {
	{ "ETREAT", "2.16.840.1.113883.5.8" },
	{ "BTG", "2.16.840.1.113883.5.8" },
	{ "EMERGENCY", "2.16.840.1.113883.3.18.7.1" },
	{ "EMER", "2.16.756.5.30.1.127.3.10.5" },
};

static bool is_emergency(const struct coded_value *v)
{
	for (size_t i = 0; i < COUNT(emergencies); i++)
		if (text_equal(emergencies[i].code, v->code)
		    && text_equal(emergencies[i].scheme, v->scheme))
			return true;
	return false;
}

/* Who acts for the subject stands in the confirmation, with his name (SAML Core 2.0: 2.4.1.1). */
static void read_delegates(struct checking *c)
{
	const struct requesting_delegate **tail = &c->out->person.delegates;
	const struct xml_node *n = xml_child(c->subject, SAML, "SubjectConfirmation");
	for (; n != NULL; n = xml_next(n, SAML, "SubjectConfirmation")) {
		const char *id = assertion_text(c, xml_child(n, SAML, "NameID"));
		if (text_empty(id))
			continue;
		struct requesting_person says = { .id = id };
		struct attribute_reading r = { .check = c, .person = &says };
		struct coded_value *unused = NULL;
		r.role = r.purpose = &unused;
		const struct xml_node *data = xml_child(n, SAML, "SubjectConfirmationData");
		read_statement(&r, xml_child(data, SAML, "AttributeStatement"));
		struct requesting_delegate *d = arena_new(c->arena, struct requesting_delegate);
		*d = (struct requesting_delegate){ .id = id, .display = says.display };
		*tail = d;
		tail = &d->next;
	}
}

bool assertion_attributes_are_read(struct checking *c)
{
	struct coded_value *roles = NULL, *purposes = NULL;
	struct attribute_reading r = {
		.check = c, .person = &c->out->person, .role = &roles, .purpose = &purposes
	};
	bool good = true;
	const struct xml_node *n = xml_child(c->assertion, SAML, "AttributeStatement");
	for (; good && n != NULL; n = xml_next(n, SAML, "AttributeStatement"))
		good = read_statement(&r, n);
	c->out->person.roles = roles;
	c->out->purposes = purposes;
	read_delegates(c);
	return good;
}

/* In our words, before anything is made of them: an emergency is what we call so. */
bool assertion_purposes_are_known(struct checking *c)
{
	struct coded_value *first = NULL, **tail = &first;
	const struct coded_value *said = c->out->purposes;
	for (; c->by->purposes != NULL && said != NULL; said = said->next) {
		const struct purpose_row *row = purpose_row_of(c->by->purposes, said->code,
							       said->scheme);
		if (row == NULL)
			return false;
		*tail = arena_new(c->arena, struct coded_value);
		**tail = (struct coded_value){ .code = row->becomes,
					       .scheme = row->becomes_scheme };
		tail = &(*tail)->next;
	}
	if (c->by->purposes != NULL)
		c->out->purposes = first;
	for (const struct coded_value *v = c->out->purposes; v != NULL; v = v->next)
		c->out->emergency = c->out->emergency || is_emergency(v);
	return true;
}

/* "*" is anybody; NULL is what none says. */
static bool listed(const char *const *list, const char *id)
{
	for (; list != NULL && *list != NULL; list++)
		if (text_equal(*list, "*") || text_equal(*list, id))
			return true;
	return false;
}

/* A node presents its own people (security: a.3): others' tokens came there by no right way. */
bool assertion_organization_may(struct checking *c)
{
	const char *id = c->out->person.organization_id, *home = c->out->person.home_community;
	if (c->by->home != NULL && home != NULL && !text_equal(home, c->by->home))
		return false;
	if (id == NULL)
		return c->issuer->organizations == NULL && listed(c->by->organizations, "*");
	if (text_starts(id, OID))
		id += strlen(OID);
	return listed(c->by->organizations, id)
	       && (c->issuer->organizations == NULL || listed(c->issuer->organizations, id));
}

bool assertion_role_may(struct checking *c)
{
	for (const struct coded_value *v = c->out->person.roles;
	     v != NULL && c->issuer->roles != NULL; v = v->next)
		if (!listed(c->issuer->roles, arena_printf(c->arena, "%s^%s", v->code, v->scheme)))
			return false;
	return true;
}
