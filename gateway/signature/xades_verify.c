/* gateway/signature/xades_verify.c: the signature of a document, and all that it signs within its
 * own. */
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/signature/inside.h"
#include "gateway/signature/xml_signature.h"

static const char *method_of(const struct signature_read *r)
{
	xmlNode *n = r->signed_info->children;
	while (n != NULL
	       && (n->type != XML_ELEMENT_NODE
		   || strcmp((const char *)n->name, "SignatureMethod") != 0))
		n = n->next;
	return (const char *)xmlGetNoNsProp(n, BAD_CAST "Algorithm");
}

static bool all_hold(const struct signature_read *r, EVP_PKEY *key)
{
	bool hold = xml_signature_value_holds(r->signed_info, r->signature_value, key);
	for (const struct signed_part *p = r->parts; hold && p != NULL; p = p->next)
		hold = xml_signature_part_holds(p->node, p->target, false);
	return hold;
}

enum signature_reason signature_verify_xades(const struct signature_read *r, const char **what)
{
	const char *name = method_of(r);
	const struct signature_algorithm *method = signature_algorithm(name, ALGORITHM_SIGNS);
	EVP_PKEY *key = X509_get0_pubkey(r->signer);
	xmlFree((void *)name);
	if (!xml_signature_ready() || key == NULL || method == NULL)
		return SIGNATURE_NO_CERTIFICATE;
	*what = method->name;
	if (!signature_key_fits(method, key))
		return SIGNATURE_BROKEN;
	if (!all_hold(r, key))
		return SIGNATURE_BROKEN;
	return signature_key_is_strong(key) ? SIGNATURE_HOLDS : SIGNATURE_WEAK_ALGORITHM;
}
