/* gateway/signature/xades_verify.c: an XML signature, verified by libxmlsec1.
 *
 * The library's own way from Signature to verdict is not taken: it reads KeyInfo (1.2 believes a
 * KeyValue that came along), follows URIs, and finds what is signed by Id. It is given nodes, rows
 * of algorithms.c and the key of the certificate, and canonicalises, hashes and verifies those. */
#include <libxml/parser.h>
#include <pthread.h>
#include <string.h>
#include <xmlsec/xmlsec.h>

#include <xmlsec/errors.h>
#include <xmlsec/io.h>
#include <xmlsec/keys.h>
#include <xmlsec/nodeset.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/transforms.h>

#include "gateway/base/text.h"
#include "gateway/signature/inside.h"

#define DSIG "http://www.w3.org/2000/09/xmldsig#"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool ready;

static void say_nothing(const char *file, int line, const char *function, const char *object,
			const char *subject, int reason, const char *message)
{
	(void)file, (void)line, (void)function, (void)object, (void)subject, (void)reason;
	(void)message;
}

/* What it wants of the XML library is ours to say: nothing is loaded, as xml_seal() has it. */
static void begin(void)
{
	xmlExternalEntityLoader ours = xmlGetExternalEntityLoader();
	ready = xmlSecInit() == 0 && xmlSecOpenSSLInit() == 0;
	xmlSetExternalEntityLoader(ours);
	xmlSecErrorsSetCallback(say_nothing);
	xmlSecIOCleanupCallbacks();
}

static void hear_nothing(void *with, xmlErrorPtr error)
{
	(void)with, (void)error;
}

static xmlNode *element(xmlNode *n)
{
	while (n != NULL && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

static xmlNode *child(const xmlNode *n, const char *local)
{
	xmlNode *c = element(n->children);
	while (c != NULL
	       && (c->ns == NULL || strcmp((const char *)c->ns->href, DSIG) != 0
		   || strcmp((const char *)c->name, local) != 0))
		c = element(c->next);
	return c;
}

/* The node's own transform, which must be that row of ours. */
static xmlSecTransformPtr append(xmlSecTransformCtxPtr ctx, xmlNode *node, enum algorithm_use use,
				 xmlSecTransformUsage usage)
{
	xmlChar *name = xmlGetNoNsProp(node, BAD_CAST "Algorithm");
	const struct signature_algorithm *row = signature_algorithm((const char *)name, use);
	xmlFree(name);
	if (row == NULL || row->transform == NULL
	    || xmlSecPtrListAdd(&ctx->enabledTransforms, (void *)row->transform()) < 0)
		return NULL;
	return xmlSecTransformCtxNodeRead(ctx, node, usage);
}

/* last: the transform that says whether it is so, of what stands in value. */
static bool run(xmlSecTransformCtxPtr ctx, xmlSecTransformPtr last, xmlNode *nodes, bool comments,
		xmlNode *value)
{
	xmlSecNodeSetPtr set = xmlSecNodeSetGetChildren(nodes->doc, nodes, comments, 0);
	bool holds = set != NULL && xmlSecTransformCtxXmlExecute(ctx, set) == 0
		     && xmlSecTransformVerifyNodeContent(last, value, ctx) == 0
		     && last->status == xmlSecTransformStatusOk;
	xmlSecNodeSetDestroy(set);
	return holds;
}

static bool set_key(xmlSecTransformPtr method, X509 *signer)
{
	EVP_PKEY *key = X509_get_pubkey(signer);
	xmlSecKeyDataPtr data = key == NULL ? NULL : xmlSecOpenSSLEvpKeyAdopt(key);
	xmlSecKeyPtr holder = xmlSecKeyCreate();
	if (data == NULL)
		EVP_PKEY_free(key);
	bool set = data != NULL && holder != NULL && xmlSecKeySetValue(holder, data) == 0;
	if (!set && data != NULL)
		xmlSecKeyDataDestroy(data);
	set = set && xmlSecTransformSetKey(method, holder) == 0;
	if (holder != NULL)
		xmlSecKeyDestroy(holder);
	return set;
}

static bool signed_info_holds(const struct signature_read *r)
{
	xmlSecTransformCtx ctx;
	if (xmlSecTransformCtxInitialize(&ctx) < 0)
		return false;
	xmlSecTransformPtr canonical = append(&ctx, child(r->signed_info, "CanonicalizationMethod"),
					      ALGORITHM_CANONICALISES,
					      xmlSecTransformUsageC14NMethod);
	xmlSecTransformPtr method = canonical == NULL
					    ? NULL
					    : append(&ctx, child(r->signed_info, "SignatureMethod"),
						     ALGORITHM_SIGNS,
						     xmlSecTransformUsageSignatureMethod);
	bool holds = method != NULL;
	if (holds) {
		method->operation = xmlSecTransformOperationVerify;
		holds = set_key(method, r->signer)
			&& run(&ctx, method, r->signed_info, true, r->signature_value);
	}
	xmlSecTransformCtxFinalize(&ctx);
	return holds;
}

/* base64 is of the element's text: in front of it stands what takes the tags away (XML Signature:
 * 6.6.2), which the library puts there itself only behind another transform. */
static bool append_decoder(xmlSecTransformCtxPtr ctx, xmlNode *t)
{
	return (ctx->first != NULL
		|| xmlSecTransformCtxCreateAndAppend(ctx,
						     xmlSecTransformRemoveXmlTagsC14NGetKlass())
			   != NULL)
	       && append(ctx, t, ALGORITHM_DECODES, xmlSecTransformUsageDSigTransform) != NULL;
}

static bool append_all(xmlSecTransformCtxPtr ctx, const xmlNode *transforms)
{
	for (xmlNode *t = transforms == NULL ? NULL : element(transforms->children); t != NULL;
	     t = element(t->next))
		if (append(ctx, t, ALGORITHM_CANONICALISES, xmlSecTransformUsageDSigTransform)
			    == NULL
		    && !append_decoder(ctx, t))
			return false;
	return true;
}

/* A Reference within the document leaves comments out (XML Signature: 4.3.3.3). */
static bool part_holds(const struct signed_part *p)
{
	xmlSecTransformCtx ctx;
	xmlNode *value = child(p->node, "DigestValue");
	if (value == NULL || xmlSecTransformCtxInitialize(&ctx) < 0)
		return false;
	xmlSecTransformPtr digest = !append_all(&ctx, child(p->node, "Transforms"))
					    ? NULL
					    : append(&ctx, child(p->node, "DigestMethod"),
						     ALGORITHM_DIGESTS,
						     xmlSecTransformUsageDigestMethod);
	bool holds = digest != NULL;
	if (holds) {
		digest->operation = xmlSecTransformOperationVerify;
		holds = run(&ctx, digest, p->target, false, value);
	}
	xmlSecTransformCtxFinalize(&ctx);
	return holds;
}

static bool all_hold(const struct signature_read *r)
{
	bool hold = signed_info_holds(r);
	for (const struct signed_part *p = r->parts; hold && p != NULL; p = p->next)
		hold = part_holds(p);
	return hold;
}

enum signature_reason signature_verify_xades(const struct signature_read *r, const char **what)
{
	xmlChar *name = xmlGetNoNsProp(child(r->signed_info, "SignatureMethod"),
				       BAD_CAST "Algorithm");
	const struct signature_algorithm *method = signature_algorithm((const char *)name,
								       ALGORITHM_SIGNS);
	EVP_PKEY *key = X509_get0_pubkey(r->signer);
	xmlFree(name);
	pthread_once(&once, begin);
	if (!ready || key == NULL || method == NULL)
		return SIGNATURE_NO_CERTIFICATE;
	*what = method->name;
	if (!signature_key_fits(method, key))
		return SIGNATURE_BROKEN;
	xmlStructuredErrorFunc heard = xmlStructuredError;
	void *with = xmlStructuredErrorContext;
	xmlSetStructuredErrorFunc(NULL, hear_nothing);
	bool hold = all_hold(r);
	xmlSetStructuredErrorFunc(with, heard);
	if (!hold)
		return SIGNATURE_BROKEN;
	return signature_key_is_strong(key) ? SIGNATURE_HOLDS : SIGNATURE_WEAK_ALGORITHM;
}
