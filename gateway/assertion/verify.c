/* gateway/assertion/verify.c: the steps, in the order of security: c.4, and the signature.
 *
 * libxmlsec1 gets a copy of the assertion's own node and of nothing else (xml_dom.h): there is no
 * other element it could find, no document it could search, and no Id it could follow. */
#include <openssl/err.h>
#include <openssl/x509.h>
#include <time.h>

#include "gateway/assertion/inside.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_dom.h"
#include "gateway/signature/algorithms.h"
#include "gateway/signature/xml_signature.h"

static bool in_force(const X509 *x, instant now)
{
	time_t at = (time_t)(now / 1000000);
	return X509_cmp_time(X509_get0_notBefore(x), &at) < 0
	       && X509_cmp_time(X509_get0_notAfter(x), &at) > 0;
}

/* Of the issuer's, and fit for what the signature says of itself. */
static EVP_PKEY *key_of(const struct checking *c, X509 *x)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	return key != NULL && in_force(x, c->by->now) && signature_key_fits(c->method, key)
			       && signature_key_is_strong(key)
		       ? key
		       : NULL;
}

bool assertion_certificate_is_in_force(struct checking *c)
{
	for (X509 *const *x = c->issuer->certificates; *x != NULL; x++)
		if (key_of(c, *x) != NULL)
			return true;
	return false;
}

static void free_dom(void *dom)
{
	xmlFreeDoc(dom);
}

/* NULL: no memory. */
static xmlNode *copy(const struct checking *c, const struct xml_node *n)
{
	xmlDoc *dom = xml_dom_of(n);
	if (dom == NULL)
		return NULL;
	arena_at_end(c->arena, free_dom, dom);
	return xmlDocGetRootElement(dom);
}

/* The copy of a node of ours among the children of above. */
static xmlNode *copy_of(const xmlNode *above, const struct xml_node *n)
{
	xmlNode *at = above->children;
	while (at != NULL && at->_private != n)
		at = at->next;
	return at;
}

/* Of the signature alone: the library looks at all of a document, and what cannot be canonicalised
 * elsewhere in the assertion is its digest's to fail on. */
bool assertion_signature_holds(struct checking *c)
{
	bool holds = false;
	c->signature_copy = copy(c, c->signature);
	if (c->signature_copy == NULL || !xml_signature_ready())
		return false;
	xmlNode *info = copy_of(c->signature_copy, c->signed_info);
	xmlNode *value = copy_of(c->signature_copy, c->value);
	for (X509 *const *x = c->issuer->certificates; !holds && *x != NULL; x++) {
		EVP_PKEY *key = key_of(c, *x);
		holds = key != NULL && xml_signature_value_holds(info, value, key);
	}
	ERR_clear_error();
	return holds;
}

/* What is signed is the assertion without its signature, which is taken out of the copy. */
bool assertion_digest_holds(struct checking *c)
{
	xmlNode *info = copy_of(c->signature_copy, c->signed_info);
	xmlNode *root = copy(c, c->assertion);
	if (root == NULL || root->_private != c->assertion)
		return false;
	xmlNode *signature = copy_of(root, c->signature);
	xmlUnlinkNode(signature);
	xmlFreeNode(signature);
	bool holds = xml_signature_part_holds(copy_of(info, c->reference), root, true);
	ERR_clear_error();
	return holds;
}

/* Last, so that what is refused takes no room, and keeps no one out. */
bool assertion_is_remembered(struct checking *c)
{
	enum claim claim = c->memory == NULL ? CLAIM_GRANTED
					     : assertion_memory_claim(c->memory, &c->claim,
								      c->by->policy->remembered);
	if (claim == CLAIM_FULL)
		c->out->step = ASSERTION_FULL;
	return claim == CLAIM_GRANTED;
}

/* In this order, and none is left out. */
static const struct {
	bool (*holds)(struct checking *c);
	enum assertion_step fails;
} steps[] = {
	{ assertion_is_small, ASSERTION_SIZE },
	{ assertion_is_of_a_kind, ASSERTION_TOKEN_KIND },
	{ assertion_is_there, ASSERTION_TOKEN },
	{ assertion_is_alone, ASSERTION_PLACE },
	{ assertion_id_is_its_own, ASSERTION_ID },
	{ assertion_is_signed, ASSERTION_UNSIGNED },
	{ assertion_signature_is_plain, ASSERTION_SHAPE },
	{ assertion_algorithms_are_taken, ASSERTION_ALGORITHM },
	{ assertion_issuer_is_known, ASSERTION_ISSUER },
	{ assertion_certificate_is_in_force, ASSERTION_CERTIFICATE },
	{ assertion_signature_holds, ASSERTION_SIGNATURE },
	{ assertion_digest_holds, ASSERTION_DIGEST },
	{ assertion_is_of_version_2, ASSERTION_VERSION },
	{ assertion_has_conditions, ASSERTION_CONDITIONS },
	{ assertion_has_begun, ASSERTION_EARLY },
	{ assertion_has_not_ended, ASSERTION_EXPIRED },
	{ assertion_is_short, ASSERTION_LIFETIME },
	{ assertion_is_for_us, ASSERTION_AUDIENCE },
	{ assertion_has_subject, ASSERTION_SUBJECT },
	{ assertion_is_confirmed, ASSERTION_CONFIRMATION },
	{ assertion_is_holders, ASSERTION_HOLDER },
	{ assertion_tells_authentication, ASSERTION_AUTHN },
	{ assertion_context_is_taken, ASSERTION_CONTEXT },
	{ assertion_is_no_replay, ASSERTION_REPLAY },
	{ assertion_is_uninterrupted, ASSERTION_TEXT },
	{ assertion_attributes_are_read, ASSERTION_ATTRIBUTES },
	{ assertion_purposes_are_known, ASSERTION_PURPOSE },
	{ assertion_organization_may, ASSERTION_ORGANIZATION },
	{ assertion_role_may, ASSERTION_ROLE },
	{ assertion_is_remembered, ASSERTION_REPLAY },
};

/* By what the audit log calls him: alias<user@issuer> (ITI TF-2: 3.40.4.2). */
static void name_person(struct checking *c)
{
	struct requesting_person *p = &c->out->person;
	p->vouched = VOUCHED_BY_ASSERTION;
	p->issuer = c->issuer->entity_id;
	p->name = arena_printf(c->arena, "%s<%s@%s>", p->alias == NULL ? "" : p->alias, p->id,
			       p->issuer);
	c->out->id = c->id;
	c->out->issuer = c->issuer;
	c->out->ends = c->ends + c->issuer->skew;
}

const struct assertion *assertion_verify(struct arena *a, const struct xml_node *envelope,
					 const struct xml_node *security,
					 const struct assertion_presented *by,
					 struct assertion_memory *memory)
{
	struct assertion *out = arena_new(a, struct assertion);
	struct checking c = { .arena = a,
			      .by = by,
			      .memory = memory,
			      .envelope = envelope,
			      .security = security,
			      .out = out };
	for (size_t i = 0; i < COUNT(steps); i++)
		if (!steps[i].holds(&c)) {
			enum assertion_step failed = out->step == ASSERTION_HOLDS ? steps[i].fails
										  : out->step;
			*out = (struct assertion){ .step = failed };
			return out;
		}
	name_person(&c);
	return out;
}
