/* gateway/assertion/conditions.c: when an assertion holds, for whom, and who may present it
 * (security: c.4, steps 8 to 12; SAML Core 2.0: 2.4, 2.5, 2.7). */
#include <string.h>

#include <openssl/sha.h>

#include "gateway/assertion/inside.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_time.h"

#define METHOD "urn:oasis:names:tc:SAML:2.0:cm:"

bool assertion_is_of_version_2(struct checking *c)
{
	return text_equal(xml_attribute(c->assertion, "Version"), "2.0");
}

/* SAML's times are UTC and say so (SAML Core 2.0: 1.3.3); an offset is one, too. */
static bool moment(const char *text, instant *out)
{
	size_t length = text == NULL ? 0 : strlen(text);
	if (length < 20 || strstr(text, "T24") != NULL || !xml_date_time_read(text, out))
		return false;
	return text[length - 1] == 'Z' || text[length - 6] == '+' || text[length - 6] == '-';
}

/* An attribute that may be left out: a moment that comes after now, the skew granted. */
static bool is_ahead(const struct checking *c, const struct xml_node *n, const char *name)
{
	const char *text = xml_attribute(n, name);
	instant at;
	return text == NULL || (moment(text, &at) && c->by->now < at + c->issuer->skew);
}

static bool is_behind(const struct checking *c, const struct xml_node *n, const char *name)
{
	const char *text = xml_attribute(n, name);
	instant at;
	return text == NULL || (moment(text, &at) && c->by->now >= at - c->issuer->skew);
}

bool assertion_has_conditions(struct checking *c)
{
	c->conditions = xml_child(c->assertion, SAML, "Conditions");
	return c->conditions != NULL && xml_next(c->conditions, SAML, "Conditions") == NULL
	       && moment(xml_attribute(c->conditions, "NotBefore"), &c->not_before)
	       && moment(xml_attribute(c->conditions, "NotOnOrAfter"), &c->ends);
}

bool assertion_has_begun(struct checking *c)
{
	return c->by->now >= c->not_before - c->issuer->skew;
}

bool assertion_has_not_ended(struct checking *c)
{
	return c->by->now < c->ends + c->issuer->skew;
}

bool assertion_is_short(struct checking *c)
{
	return c->ends > c->not_before && c->ends - c->not_before <= c->issuer->most_lifetime;
}

static bool has_text(const char *const *list, const char *text)
{
	for (; list != NULL && *list != NULL; list++)
		if (text_equal(*list, text))
			return true;
	return false;
}

static bool names_us(const struct checking *c, const struct xml_node *restriction)
{
	bool ours = false;
	const struct xml_node *n = xml_child(restriction, SAML, "Audience");
	for (; n != NULL && !ours; n = xml_next(n, SAML, "Audience")) {
		const char *text = assertion_text(c, n);
		ours = text != NULL && has_text(c->by->policy->audiences, text);
	}
	return ours;
}

/* One of each restriction, and of all restrictions (SAML Core 2.0: 2.5.1.4, E46). */
bool assertion_is_for_us(struct checking *c)
{
	const struct xml_node *n = xml_child(c->conditions, SAML, "AudienceRestriction");
	bool some = n != NULL;
	for (; some && n != NULL; n = xml_next(n, SAML, "AudienceRestriction"))
		some = names_us(c, n);
	c->out->once = xml_child(c->conditions, SAML, "OneTimeUse") != NULL;
	return some;
}

bool assertion_has_subject(struct checking *c)
{
	c->subject = xml_child(c->assertion, SAML, "Subject");
	const struct xml_node *id = xml_child(c->subject, SAML, "NameID");
	c->out->person.id = assertion_text(c, id);
	c->out->person.alias = xml_attribute(id, "SPProvidedID");
	/* What a comment splits is no text, and for its own step. */
	return c->subject != NULL && xml_next(c->subject, SAML, "Subject") == NULL && id != NULL
	       && (c->out->person.id == NULL || *c->out->person.id != '\0');
}

static bool is_of(const struct xml_node *confirmation, const char *method)
{
	const char *given = xml_attribute(confirmation, "Method");
	return given != NULL && text_starts(given, METHOD)
	       && text_equal(given + strlen(METHOD), method);
}

static bool is_here(const char *said, const char *is)
{
	return said == NULL || text_equal(said, is);
}

/* In its time and at its place (SAML Core 2.0: 2.4.1.2). */
static bool data_fits(const struct checking *c, const struct xml_node *confirmation)
{
	const struct xml_node *d = xml_child(confirmation, SAML, "SubjectConfirmationData");
	return d == NULL
	       || (is_ahead(c, d, "NotOnOrAfter") && is_behind(c, d, "NotBefore")
		   && is_here(xml_attribute(d, "Recipient"), c->by->endpoint)
		   && is_here(xml_attribute(d, "Address"), c->by->peer_address));
}

static const struct xml_node *first_confirmation(const struct checking *c)
{
	return xml_child(c->subject, SAML, "SubjectConfirmation");
}

static const struct xml_node *next_confirmation(const struct xml_node *n)
{
	return xml_next(n, SAML, "SubjectConfirmation");
}

static bool is_bearer(const struct checking *c, const struct xml_node *n)
{
	return is_of(n, "bearer") && data_fits(c, n);
}

static bool may_be_holder(const struct checking *c, const struct xml_node *n)
{
	return is_of(n, "holder-of-key") && data_fits(c, n);
}

bool assertion_is_confirmed(struct checking *c)
{
	for (const struct xml_node *n = first_confirmation(c); n != NULL; n = next_confirmation(n))
		if (is_bearer(c, n) || may_be_holder(c, n))
			return true;
	return false;
}

static bool is_connections(const struct checking *c, const struct xml_node *certificate)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	const char *text = assertion_text(c, certificate);
	struct bytes der;
	if (text == NULL || !bytes_from_base64(c->arena, text, &der))
		return false;
	SHA256(der.data, der.length, hash);
	return text_equal(bytes_to_hex(c->arena, (struct bytes){ hash, sizeof hash }),
			  c->by->certificate_sha256);
}

/* By certificate (SAML Profiles 2.0: 3.1): whoever holds its key has shown it to the connection. */
static bool is_holder(const struct checking *c, const struct xml_node *confirmation)
{
	const struct xml_node *data = xml_child(confirmation, SAML, "SubjectConfirmationData");
	const struct xml_node *info = xml_child(data, DSIG, "KeyInfo");
	for (; info != NULL; info = xml_next(info, DSIG, "KeyInfo"))
		if (is_connections(c, xml_child(xml_child(info, DSIG, "X509Data"), DSIG,
						"X509Certificate")))
			return true;
	return false;
}

bool assertion_is_holders(struct checking *c)
{
	for (const struct xml_node *n = first_confirmation(c); n != NULL; n = next_confirmation(n))
		if (is_bearer(c, n) || (may_be_holder(c, n) && is_holder(c, n)))
			return true;
	return false;
}

bool assertion_tells_authentication(struct checking *c)
{
	c->authn = xml_child(c->assertion, SAML, "AuthnStatement");
	return c->authn != NULL && xml_attribute(c->authn, "AuthnInstant") != NULL
	       && is_behind(c, c->authn, "AuthnInstant")
	       && is_ahead(c, c->authn, "SessionNotOnOrAfter");
}

bool assertion_context_is_taken(struct checking *c)
{
	const struct xml_node *context = xml_child(c->authn, SAML, "AuthnContext");
	const struct xml_node *n = xml_child(context, SAML, "AuthnContextClassRef");
	if (n == NULL)
		n = xml_child(context, SAML, "AuthnContextDeclRef");
	const char *text = assertion_text(c, n);
	return !text_empty(text)
	       && (c->issuer->contexts == NULL || has_text(c->issuer->contexts, text));
}

/* Issuer and ID, with their lengths: none reads as another's. */
static void name_it(struct checking *c)
{
	const char *all = arena_printf(c->arena, "%zu:%s%s", strlen(c->issuer_id), c->issuer_id,
				       c->id);
	SHA256((const unsigned char *)all, strlen(all), c->claim.key);
	if (c->by->certificate_sha256 != NULL)
		SHA256((const unsigned char *)c->by->certificate_sha256,
		       strlen(c->by->certificate_sha256), c->claim.peer);
	c->claim.lives = c->ends + c->issuer->skew - c->by->now;
	c->claim.once = c->out->once;
}

bool assertion_is_no_replay(struct checking *c)
{
	name_it(c);
	return c->memory == NULL || assertion_memory_look(c->memory, &c->claim) == CLAIM_GRANTED;
}
