/* gateway/signature/xml_signature.c: SignedInfo and References, verified and made by libxmlsec1. */
#include "gateway/signature/xml_signature.h"

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
#include "gateway/signature/algorithms.h"

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

static bool set_key(xmlSecTransformPtr method, EVP_PKEY *key)
{
	xmlSecKeyDataPtr data = EVP_PKEY_up_ref(key) == 1 ? xmlSecOpenSSLEvpKeyAdopt(key) : NULL;
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

/* What comes of it at the end, where there is room for it. 0: nothing does. */
static size_t make(xmlSecTransformCtxPtr ctx, xmlNode *nodes, bool comments,
		   unsigned char out[XML_SIGNATURE_MOST])
{
	xmlSecNodeSetPtr set = xmlSecNodeSetGetChildren(nodes->doc, nodes, comments, 0);
	bool done = set != NULL && xmlSecTransformCtxXmlExecute(ctx, set) == 0;
	size_t length = done ? xmlSecBufferGetSize(ctx->result) : 0;
	if (length > XML_SIGNATURE_MOST)
		length = 0;
	if (length > 0)
		memcpy(out, xmlSecBufferGetData(ctx->result), length);
	xmlSecNodeSetDestroy(set);
	return length;
}

/* NULL: a method is not one of ours, or the key is not the method's. */
static xmlSecTransformPtr signing(xmlSecTransformCtxPtr ctx, xmlNode *signed_info,
				  xmlSecTransformOperation how, EVP_PKEY *key)
{
	xmlSecTransformPtr canonical = append(ctx, child(signed_info, "CanonicalizationMethod"),
					      ALGORITHM_CANONICALISES,
					      xmlSecTransformUsageC14NMethod);
	xmlSecTransformPtr method = canonical == NULL
					    ? NULL
					    : append(ctx, child(signed_info, "SignatureMethod"),
						     ALGORITHM_SIGNS,
						     xmlSecTransformUsageSignatureMethod);
	if (method == NULL)
		return NULL;
	method->operation = how;
	return set_key(method, key) ? method : NULL;
}

static bool value_holds(xmlNode *signed_info, xmlNode *value, EVP_PKEY *key)
{
	xmlSecTransformCtx ctx;
	if (xmlSecTransformCtxInitialize(&ctx) < 0)
		return false;
	xmlSecTransformPtr method = signing(&ctx, signed_info, xmlSecTransformOperationVerify, key);
	bool holds = method != NULL && run(&ctx, method, signed_info, true, value);
	xmlSecTransformCtxFinalize(&ctx);
	return holds;
}

static size_t value_make(xmlNode *signed_info, EVP_PKEY *key, unsigned char *out)
{
	xmlSecTransformCtx ctx;
	if (xmlSecTransformCtxInitialize(&ctx) < 0)
		return 0;
	bool can = signing(&ctx, signed_info, xmlSecTransformOperationSign, key) != NULL;
	size_t length = can ? make(&ctx, signed_info, true, out) : 0;
	xmlSecTransformCtxFinalize(&ctx);
	return length;
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

static bool append_all(xmlSecTransformCtxPtr ctx, const xmlNode *transforms, bool enveloped)
{
	xmlNode *t = transforms == NULL ? NULL : element(transforms->children);
	if (enveloped && t != NULL)
		t = element(t->next);
	for (; t != NULL; t = element(t->next))
		if (append(ctx, t, ALGORITHM_CANONICALISES, xmlSecTransformUsageDSigTransform)
			    == NULL
		    && !append_decoder(ctx, t))
			return false;
	return true;
}

static xmlSecTransformPtr digesting(xmlSecTransformCtxPtr ctx, xmlNode *reference, bool enveloped,
				    xmlSecTransformOperation how)
{
	xmlSecTransformPtr digest = !append_all(ctx, child(reference, "Transforms"), enveloped)
					    ? NULL
					    : append(ctx, child(reference, "DigestMethod"),
						     ALGORITHM_DIGESTS,
						     xmlSecTransformUsageDigestMethod);
	if (digest != NULL)
		digest->operation = how;
	return digest;
}

static bool part_holds(xmlNode *reference, xmlNode *target, bool enveloped)
{
	xmlSecTransformCtx ctx;
	xmlNode *value = child(reference, "DigestValue");
	if (value == NULL || xmlSecTransformCtxInitialize(&ctx) < 0)
		return false;
	xmlSecTransformPtr digest = digesting(&ctx, reference, enveloped,
					      xmlSecTransformOperationVerify);
	bool holds = digest != NULL && run(&ctx, digest, target, false, value);
	xmlSecTransformCtxFinalize(&ctx);
	return holds;
}

static size_t part_make(xmlNode *reference, xmlNode *target, unsigned char *out)
{
	xmlSecTransformCtx ctx;
	if (xmlSecTransformCtxInitialize(&ctx) < 0)
		return 0;
	bool can = digesting(&ctx, reference, true, xmlSecTransformOperationSign) != NULL;
	size_t length = can ? make(&ctx, target, false, out) : 0;
	xmlSecTransformCtxFinalize(&ctx);
	return length;
}

bool xml_signature_ready(void)
{
	pthread_once(&once, begin);
	return ready;
}

/* What the libraries have to say of it, they say to nobody. */
struct hush {
	xmlStructuredErrorFunc heard;
	void *with;
};

static struct hush hush(void)
{
	struct hush before = { xmlStructuredError, xmlStructuredErrorContext };
	xmlSetStructuredErrorFunc(NULL, hear_nothing);
	return before;
}

static void hush_end(struct hush before)
{
	xmlSetStructuredErrorFunc(before.with, before.heard);
}

bool xml_signature_value_holds(xmlNode *signed_info, xmlNode *value, EVP_PKEY *key)
{
	struct hush before = hush();
	bool holds = value_holds(signed_info, value, key);
	hush_end(before);
	return holds;
}

bool xml_signature_part_holds(xmlNode *reference, xmlNode *target, bool enveloped)
{
	struct hush before = hush();
	bool holds = part_holds(reference, target, enveloped);
	hush_end(before);
	return holds;
}

size_t xml_signature_value_make(xmlNode *signed_info, EVP_PKEY *key,
				unsigned char out[XML_SIGNATURE_MOST])
{
	struct hush before = hush();
	size_t length = value_make(signed_info, key, out);
	hush_end(before);
	return length;
}

size_t xml_signature_part_make(xmlNode *reference, xmlNode *target,
			       unsigned char out[XML_SIGNATURE_MOST])
{
	struct hush before = hush();
	size_t length = part_make(reference, target, out);
	hush_end(before);
	return length;
}
