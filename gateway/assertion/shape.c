/* gateway/assertion/shape.c: a signature of this assertion and nothing else, of whom, by what
 * (security: c.4, step 5; SAML Core 2.0: 5.4). All of it stands where its schema has it. */
#include <string.h>

#include "gateway/assertion/inside.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_shape.h"
#include "gateway/signature/algorithms.h"

#define ENVELOPED "http://www.w3.org/2000/09/xmldsig#enveloped-signature"

bool assertion_is_signed(struct checking *c)
{
	c->signature = xml_child(c->assertion, DSIG, "Signature");
	return c->signature != NULL;
}

static bool fits(const struct xml_node *n, const struct xml_place *places)
{
	const char *what;
	return xml_misfit(n, places, &what) == NULL;
}

static bool is_empty(const struct xml_node *n)
{
	return xml_first_element(n) == NULL && !xml_has_text(n);
}

static bool is_base64(const struct checking *c, const struct xml_node *n)
{
	const char *text = assertion_text(c, n);
	struct bytes octets;
	return text != NULL && bytes_from_base64(c->arena, text, &octets) && octets.length > 0;
}

/* Each prefix is looked for at each element, before anybody is believed. */
enum { PREFIXES_MOST = 1024 };

/* Exclusive canonicalisation may name prefixes, once, and has nothing else in it. */
static bool is_exclusive(const struct xml_node *n)
{
	static const struct xml_place inside[] = { { EXC_C14N, "InclusiveNamespaces", 1 },
						   { NULL, NULL, 0 } };
	const struct xml_node *named = xml_first_element(n);
	const char *prefixes = xml_attribute(named, "PrefixList");
	return text_equal(xml_attribute(n, "Algorithm"), EXC_C14N) && fits(n, inside)
	       && xml_first_element(named) == NULL
	       && (prefixes == NULL || strlen(prefixes) <= PREFIXES_MOST);
}

static bool transforms_fit(const struct xml_node *transforms)
{
	static const struct xml_place inside[] = { { DSIG, "Transform", 2 }, { NULL, NULL, 0 } };
	const struct xml_node *first = xml_first_element(transforms);
	const struct xml_node *second = xml_next_element(first);
	return transforms != NULL && fits(transforms, inside)
	       && text_equal(xml_attribute(first, "Algorithm"), ENVELOPED) && is_empty(first)
	       && is_exclusive(second);
}

/* URI is that of the assertion whose child the signature is: it is named, not searched for. */
static bool reference_fits(const struct checking *c)
{
	static const struct xml_place inside[] = { { DSIG, "Transforms", 1 },
						   { DSIG, "DigestMethod", 1 },
						   { DSIG, "DigestValue", 1 },
						   { NULL, NULL, 0 } };
	const char *uri = xml_attribute(c->reference, "URI");
	return fits(c->reference, inside) && uri != NULL && uri[0] == '#'
	       && strcmp(uri + 1, c->id) == 0
	       && transforms_fit(xml_child(c->reference, DSIG, "Transforms"))
	       && xml_child(c->reference, DSIG, "DigestMethod") != NULL
	       && is_empty(xml_child(c->reference, DSIG, "DigestMethod"))
	       && is_base64(c, xml_child(c->reference, DSIG, "DigestValue"));
}

static bool signed_info_fits(const struct checking *c)
{
	static const struct xml_place inside[] = { { DSIG, "CanonicalizationMethod", 1 },
						   { DSIG, "SignatureMethod", 1 },
						   { DSIG, "Reference", 1 },
						   { NULL, NULL, 0 } };
	const struct xml_node *method = xml_child(c->signed_info, DSIG, "SignatureMethod");
	return c->signed_info != NULL && fits(c->signed_info, inside) && method != NULL
	       && is_empty(method)
	       && is_exclusive(xml_child(c->signed_info, DSIG, "CanonicalizationMethod"));
}

/* No Object, no Manifest; and the schema's place: right after Issuer. */
bool assertion_signature_is_plain(struct checking *c)
{
	static const struct xml_place inside[] = { { DSIG, "SignedInfo", 1 },
						   { DSIG, "SignatureValue", 1 },
						   { DSIG, "KeyInfo", 1 },
						   { NULL, NULL, 0 } };
	const struct xml_node *issuer = xml_first_element(c->assertion);
	c->signed_info = xml_child(c->signature, DSIG, "SignedInfo");
	c->value = xml_child(c->signature, DSIG, "SignatureValue");
	c->reference = xml_child(c->signed_info, DSIG, "Reference");
	return xml_is(issuer, SAML, "Issuer") && xml_next_element(issuer) == c->signature
	       && xml_next(c->signature, DSIG, "Signature") == NULL && fits(c->signature, inside)
	       && signed_info_fits(c) && c->reference != NULL && reference_fits(c)
	       && is_base64(c, c->value);
}

static const struct signature_algorithm *strong(const struct xml_node *n, enum algorithm_use use)
{
	const struct signature_algorithm *row = signature_algorithm(xml_attribute(n, "Algorithm"),
								    use);
	return row == NULL || row->weak ? NULL : row;
}

bool assertion_algorithms_are_taken(struct checking *c)
{
	c->method = strong(xml_child(c->signed_info, DSIG, "SignatureMethod"), ALGORITHM_SIGNS);
	return c->method != NULL
	       && strong(xml_child(c->reference, DSIG, "DigestMethod"), ALGORITHM_DIGESTS) != NULL;
}

/* Octet by octet, and whole: a comment in it would split what a careless reader sees. */
bool assertion_issuer_is_known(struct checking *c)
{
	const struct assertion_policy *p = c->by->policy;
	c->issuer_id = assertion_text(c, xml_child(c->assertion, SAML, "Issuer"));
	for (size_t i = 0; i < p->issuer_count; i++)
		if (text_equal(p->issuers[i].entity_id, c->issuer_id))
			c->issuer = &p->issuers[i];
	return c->issuer != NULL;
}
