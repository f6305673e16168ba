/* gateway/assertion/make.c: what is known of who asks -> a signed assertion (ITI TF-2: 3.40.4.1.2).
 *
 * It is written twice: without its signature, to be hashed, and into the message. Between the two
 * nothing changes but where it stands, which exclusive canonicalisation does not see. */
#include "gateway/assertion/make.h"

#include <openssl/err.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_dom.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "gateway/signature/algorithms.h"
#include "gateway/signature/xml_signature.h"
#include "schemas/model/region.h"

#define SAML "urn:oasis:names:tc:SAML:2.0:"
#define DSIG "http://www.w3.org/2000/09/xmldsig#"
#define DSIG_MORE "http://www.w3.org/2001/04/xmldsig-more#"
#define EXC_C14N "http://www.w3.org/2001/10/xml-exc-c14n#"
#define SHA256 "http://www.w3.org/2001/04/xmlenc#sha256"
#define XSI "http://www.w3.org/2001/XMLSchema-instance"
#define HL7 "urn:hl7-org:v3"
#define XSPA "urn:oasis:names:tc:xspa:1.0:subject:"
#define OID "urn:oid:"

enum { SECOND = 1000000 };

/* ---- Written ---- */

static void put_marked(struct xml_writer *w, const char *name, const char *attribute,
		       const char *value)
{
	xml_open(w, name);
	xml_put_attribute(w, attribute, value);
	xml_close(w);
}

static void put_reference(struct xml_writer *w, const struct assertion_made *m)
{
	xml_open(w, "ds:Reference");
	xml_put_attribute(w, "URI", arena_printf(xml_writer_arena(w), "#%s", m->id));
	xml_open(w, "ds:Transforms");
	put_marked(w, "ds:Transform", "Algorithm", DSIG "enveloped-signature");
	put_marked(w, "ds:Transform", "Algorithm", EXC_C14N);
	xml_close(w);
	put_marked(w, "ds:DigestMethod", "Algorithm", SHA256);
	xml_open(w, "ds:DigestValue");
	xml_put_base64(w, m->digest);
	xml_close(w);
	xml_close(w);
}

static void put_signed_info(struct xml_writer *w, const struct assertion_made *m)
{
	xml_open(w, "ds:SignedInfo");
	xml_namespace_declare(w, "ds", DSIG);
	put_marked(w, "ds:CanonicalizationMethod", "Algorithm", EXC_C14N);
	put_marked(w, "ds:SignatureMethod", "Algorithm", m->algorithm);
	put_reference(w, m);
	xml_close(w);
}

static void put_certificate(struct xml_writer *w, const char *certificate)
{
	xml_open(w, "ds:KeyInfo");
	xml_namespace_declare(w, "ds", DSIG);
	xml_open(w, "ds:X509Data");
	xml_element_text(w, "ds:X509Certificate", certificate);
	xml_close(w);
	xml_close(w);
}

/* The certificate is for who looks it up there; who knows us has it already. */
static void put_signature(struct xml_writer *w, const struct assertion_made *m)
{
	xml_open(w, "ds:Signature");
	xml_namespace_declare(w, "ds", DSIG);
	put_signed_info(w, m);
	xml_open(w, "ds:SignatureValue");
	xml_put_base64(w, m->signature);
	xml_close(w);
	put_certificate(w, m->by->certificate);
	xml_close(w);
}

static void put_subject(struct xml_writer *w, const struct assertion_made *m)
{
	bool holder = m->to->assertion_holder != NULL;
	xml_open(w, "saml2:Subject");
	xml_element_text(w, "saml2:NameID", m->name_id);
	xml_open(w, "saml2:SubjectConfirmation");
	xml_put_attribute(w, "Method", holder ? SAML "cm:holder-of-key" : SAML "cm:bearer");
	xml_open(w, "saml2:SubjectConfirmationData");
	xml_put_attribute(w, "NotOnOrAfter", m->ends);
	if (holder)
		put_certificate(w, m->to->assertion_holder);
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

static void put_conditions(struct xml_writer *w, const struct assertion_made *m)
{
	xml_open(w, "saml2:Conditions");
	xml_put_attribute(w, "NotBefore", m->begins);
	xml_put_attribute(w, "NotOnOrAfter", m->ends);
	xml_open(w, "saml2:AudienceRestriction");
	xml_element_text(w, "saml2:Audience", m->to->assertion_audience);
	xml_close(w);
	xml_close(w);
}

/* How a person was authenticated his own issuer knows; a system has shown its certificate. */
static void put_authentication(struct xml_writer *w, const struct assertion_made *m)
{
	bool person = m->who->person.vouched == VOUCHED_BY_ASSERTION;
	xml_open(w, "saml2:AuthnStatement");
	xml_put_attribute(w, "AuthnInstant", m->begins);
	xml_open(w, "saml2:AuthnContext");
	xml_element_text(w, "saml2:AuthnContextClassRef",
			 person ? SAML "ac:classes:unspecified" : SAML "ac:classes:X509");
	xml_close(w);
	xml_close(w);
}

static void begin_attribute(struct xml_writer *w, const char *name)
{
	xml_open(w, "saml2:Attribute");
	xml_put_attribute(w, "Name", name);
	xml_put_attribute(w, "NameFormat", SAML "attrname-format:uri");
	xml_open(w, "saml2:AttributeValue");
}

static void end_attribute(struct xml_writer *w)
{
	xml_close(w);
	xml_close(w);
}

static void put_text(struct xml_writer *w, const char *name, const char *text)
{
	begin_attribute(w, name);
	xml_put_text(w, text);
	end_attribute(w);
}

/* HL7 v3 CE. */
static void put_codes(struct xml_writer *w, const char *name, const char *element,
		      const struct coded_value *v)
{
	for (; v != NULL; v = v->next) {
		begin_attribute(w, name);
		xml_open(w, element);
		xml_namespace_declare(w, NULL, HL7);
		xml_namespace_declare(w, "xsi", XSI);
		xml_put_attribute(w, "xsi:type", "CE");
		xml_put_attribute(w, "code", v->code);
		xml_put_attribute(w, "codeSystem", v->scheme);
		xml_put_attribute(w, "displayName", v->display);
		xml_close(w);
		end_attribute(w);
	}
}

static const char *or_else(const char *text, const char *other)
{
	return text_empty(text) ? other : text;
}

static void put_attributes(struct xml_writer *w, const struct assertion_made *m)
{
	const struct requesting_person *p = &m->who->person;
	const struct registered_system *s = m->who->system;
	const char *title = s == NULL ? m->who->region->name : s->title;
	xml_open(w, "saml2:AttributeStatement");
	put_text(w, XSPA "subject-id", or_else(p->display, title));
	put_text(w, XSPA "organization", or_else(p->organization, title));
	put_text(w, XSPA "organization-id", m->organization_id);
	put_text(w, "urn:ihe:iti:xca:2010:homeCommunityId", m->by->home_community);
	put_codes(w, "urn:oasis:names:tc:xacml:2.0:subject:role", "Role", m->roles);
	put_codes(w, XSPA "purposeofuse", "PurposeOfUse", m->purposes);
	/* Who may not break the glass here does not break it there by our word. */
	if (m->to->emergency_reason != NULL && requester_breaks_glass(m->who))
		put_text(w, m->to->emergency_reason, p->reason);
	xml_close(w);
}

void assertion_write(struct xml_writer *w, const void *made)
{
	const struct assertion_made *m = made;
	xml_open(w, "saml2:Assertion");
	xml_namespace_declare(w, "saml2", SAML "assertion");
	xml_put_attribute(w, "ID", m->id);
	xml_put_attribute(w, "Version", "2.0");
	xml_put_attribute(w, "IssueInstant", m->begins);
	xml_element_text(w, "saml2:Issuer", m->by->entity_id);
	if (m->signature.length > 0)
		put_signature(w, m);
	put_subject(w, m);
	put_conditions(w, m);
	put_authentication(w, m);
	put_attributes(w, m);
	xml_close(w);
}

/* ---- Signed ---- */

static void free_dom(void *dom)
{
	xmlFreeDoc(dom);
}

/* What was written, as the library has it. NULL: no memory, or it cannot be read again. */
static xmlNode *tree_of(struct arena *a, struct xml_writer *w)
{
	struct problem p = { .code = PROBLEM_NONE };
	const struct xml_document *d = xml_read(a, NULL, xml_writer_end(w), &p);
	xmlDoc *dom = d == NULL ? NULL : xml_dom_of(xml_root(d));
	if (dom == NULL)
		return NULL;
	arena_at_end(a, free_dom, dom);
	return xmlDocGetRootElement(dom);
}

static xmlNode *signed_info_of(struct arena *a, const struct assertion_made *m)
{
	struct xml_writer *w = xml_writer_begin(a);
	put_signed_info(w, m);
	return tree_of(a, w);
}

static xmlNode *assertion_of(struct arena *a, const struct assertion_made *m)
{
	struct xml_writer *w = xml_writer_begin(a);
	assertion_write(w, m);
	return tree_of(a, w);
}

static struct bytes kept(struct arena *a, const unsigned char *octets, size_t length)
{
	return (struct bytes){ (const unsigned char *)arena_text_n(a, (const char *)octets, length),
			       length };
}

/* What is empty in a tree of ours is not signed: the digest's place is. */
static bool sign(struct arena *a, struct assertion_made *m)
{
	unsigned char octets[XML_SIGNATURE_MOST];
	xmlNode *info = signed_info_of(a, m), *assertion = assertion_of(a, m);
	if (info == NULL || assertion == NULL || !xml_signature_ready())
		return false;
	size_t length = xml_signature_part_make(xmlLastElementChild(info), assertion, octets);
	m->digest = kept(a, octets, length);
	info = length == 0 ? NULL : signed_info_of(a, m);
	length = info == NULL ? 0 : xml_signature_value_make(info, m->by->key, octets);
	m->signature = kept(a, octets, length);
	ERR_clear_error();
	return length > 0;
}

/* ---- Found ---- */

/* As strong as the key: a curve of 384 is hashed with SHA-384 (RFC 7518: 3.4). */
static const char *algorithm_of(const EVP_PKEY *key)
{
	static const struct {
		int kind, bits;
		const char *name;
	} rows[] = {
		{ EVP_PKEY_RSA, 0, DSIG_MORE "rsa-sha256" },
		{ EVP_PKEY_EC, 521, DSIG_MORE "ecdsa-sha512" },
		{ EVP_PKEY_EC, 384, DSIG_MORE "ecdsa-sha384" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (EVP_PKEY_get_base_id(key) == rows[i].kind
		    && EVP_PKEY_get_bits(key) >= rows[i].bits)
			return rows[i].name;
	return DSIG_MORE "ecdsa-sha256";
}

/* Two issuers may know two persons by one name. */
static const char *name_of(struct arena *a, const struct requester *who)
{
	const struct requesting_person *p = &who->person;
	if (p->vouched == VOUCHED_BY_ASSERTION)
		return arena_printf(a, "%s@%s", p->id, p->issuer);
	return who->system != NULL ? who->system->name : "operator";
}

/* His own; that of the system, where it has one; else it is the region that speaks. */
static const char *organization_of(struct arena *a, const struct assertion_signer *by,
				   const struct requester *who)
{
	const char *const *of = who->system == NULL ? NULL : who->system->organizations;
	if (!text_empty(who->person.organization_id))
		return who->person.organization_id;
	if (of == NULL || of[0] == NULL || text_equal(of[0], "*"))
		return by->home_community;
	return arena_printf(a, OID "%s", of[0]);
}

/* In the partner's words. False: there is none for one of them, and none is guessed. */
static bool set_purposes(struct arena *a, struct assertion_made *m, struct problem *p)
{
	const struct coded_value *said = m->who->purposes;
	struct coded_value *first = NULL, **tail = &first;
	m->purposes = said;
	if (m->to->purposes_out == NULL)
		return true;
	for (; said != NULL; said = said->next) {
		const struct purpose_row *row = purpose_row_of(m->to->purposes_out, said->code,
							       said->scheme);
		if (row == NULL)
			return problem_set(
				p, PROBLEM_NOT_PERMITTED,
				"it was not asked: the purpose of use %.60s^%.60s has no "
				"name there",
				said->code, said->scheme);
		*tail = arena_new(a, struct coded_value);
		**tail = (struct coded_value){ .code = row->becomes,
					       .scheme = row->becomes_scheme };
		tail = &(*tail)->next;
	}
	m->purposes = first;
	return true;
}

/* Whole seconds, as most write them. */
static const char *moment(struct arena *a, instant t)
{
	char text[XML_TIME_TEXT];
	instant_to_xml(t - t % SECOND, text);
	return arena_text(a, text);
}

/* An ID begins with no digit, and with nothing that says what it is of (SAML Core 2.0: 1.3.4). */
static const char *draw_id(struct arena *a, const struct random_source *random)
{
	unsigned char octets[16];
	random->fill(random, octets, sizeof octets);
	return arena_printf(a, "_%s", bytes_to_hex(a, (struct bytes){ octets, sizeof octets }));
}

const struct assertion_made *assertion_make(struct arena *a, const struct random_source *random,
					    const struct assertion_signer *by,
					    const struct partner *to, const struct requester *who,
					    instant now, struct problem *p)
{
	struct assertion_made *m = arena_new(a, struct assertion_made);
	*m = (struct assertion_made){ .id = draw_id(a, random),
				      .name_id = name_of(a, who),
				      .roles = who->person.roles,
				      .by = by,
				      .to = to,
				      .who = who,
				      .algorithm = algorithm_of(by->key),
				      .begins = moment(a, now),
				      .ends = moment(a,
						     now + INT64_C(1) * ASSERTION_LIVES * SECOND),
				      .organization_id = organization_of(a, by, who) };
	m->name = arena_printf(a, "<%s@%s>", m->name_id, by->entity_id);
	if (!set_purposes(a, m, p))
		return NULL;
	if (!sign(a, m)) {
		problem_set(p, PROBLEM_INTERNAL, "our assertion for it could not be signed");
		return NULL;
	}
	return m;
}
