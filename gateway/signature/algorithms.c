/* gateway/signature/algorithms.c: what a signature may be made of.
 *
 * ITI TF-3: 5.5.2 has Canonical XML 1.1 with comments and SHA-256, and lets regions choose others;
 * 5.5.5 wants SHA-1 to be validated, too. HMAC, XPath, XSLT, XPointer, here(), decryption and
 * "enveloped" are no rows: a MAC is no signature, and the others let a signer decide what of the
 * document counts. */
#include "gateway/signature/algorithms.h"

#include <xmlsec/openssl/crypto.h>

#include "gateway/base/text.h"

#define C14N "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
#define C14N11 "http://www.w3.org/2006/12/xml-c14n11"
#define EXC_C14N "http://www.w3.org/2001/10/xml-exc-c14n#"
#define DSIG "http://www.w3.org/2000/09/xmldsig#"
#define DSIG_MORE "http://www.w3.org/2001/04/xmldsig-more#"
#define XENC "http://www.w3.org/2001/04/xmlenc#"

#define CANON(uri, get)                                                                            \
	{                                                                                          \
		.name = uri, .use = ALGORITHM_CANONICALISES, .transform = get                      \
	}
#define DIGEST(uri, md, get)                                                                       \
	{                                                                                          \
		.name = uri, .use = ALGORITHM_DIGESTS, .digest = md, .transform = get              \
	}
#define SIGNS(uri, kind, md, get)                                                                  \
	{                                                                                          \
		.name = uri, .use = ALGORITHM_SIGNS, .key = kind, .digest = md, .transform = get   \
	}
#define JWS(alg, kind, size, md)                                                                   \
	{                                                                                          \
		.name = alg, .use = ALGORITHM_SIGNS_JSON, .key = kind, .bits = size, .digest = md  \
	}

/* Rows are laid out by hand. */
/* clang-format off */
static const struct signature_algorithm rows[] = {
	CANON(C14N11 "#WithComments", xmlSecTransformInclC14N11WithCommentsGetKlass),
	CANON(C14N11, xmlSecTransformInclC14N11GetKlass),
	CANON(C14N, xmlSecTransformInclC14NGetKlass),
	CANON(C14N "#WithComments", xmlSecTransformInclC14NWithCommentsGetKlass),
	CANON(EXC_C14N, xmlSecTransformExclC14NGetKlass),
	CANON(EXC_C14N "WithComments", xmlSecTransformExclC14NWithCommentsGetKlass),
	{ .name = DSIG "base64", .use = ALGORITHM_DECODES,
	  .transform = xmlSecTransformBase64GetKlass },
	DIGEST(XENC "sha256", "SHA256", xmlSecOpenSSLTransformSha256GetKlass),
	DIGEST(DSIG_MORE "sha384", "SHA384", xmlSecOpenSSLTransformSha384GetKlass),
	DIGEST(XENC "sha512", "SHA512", xmlSecOpenSSLTransformSha512GetKlass),
	{ .name = DSIG "sha1", .use = ALGORITHM_DIGESTS, .digest = "SHA1", .weak = true,
	  .transform = xmlSecOpenSSLTransformSha1GetKlass },
	SIGNS(DSIG_MORE "rsa-sha256", EVP_PKEY_RSA, "SHA256",
	      xmlSecOpenSSLTransformRsaSha256GetKlass),
	SIGNS(DSIG_MORE "rsa-sha384", EVP_PKEY_RSA, "SHA384",
	      xmlSecOpenSSLTransformRsaSha384GetKlass),
	SIGNS(DSIG_MORE "rsa-sha512", EVP_PKEY_RSA, "SHA512",
	      xmlSecOpenSSLTransformRsaSha512GetKlass),
	SIGNS(DSIG_MORE "ecdsa-sha256", EVP_PKEY_EC, "SHA256",
	      xmlSecOpenSSLTransformEcdsaSha256GetKlass),
	SIGNS(DSIG_MORE "ecdsa-sha384", EVP_PKEY_EC, "SHA384",
	      xmlSecOpenSSLTransformEcdsaSha384GetKlass),
	SIGNS(DSIG_MORE "ecdsa-sha512", EVP_PKEY_EC, "SHA512",
	      xmlSecOpenSSLTransformEcdsaSha512GetKlass),
	{ .name = DSIG "rsa-sha1", .use = ALGORITHM_SIGNS, .key = EVP_PKEY_RSA, .digest = "SHA1",
	  .weak = true, .transform = xmlSecOpenSSLTransformRsaSha1GetKlass },
	JWS("RS256", EVP_PKEY_RSA, 0, "SHA256"),
	JWS("RS384", EVP_PKEY_RSA, 0, "SHA384"),
	JWS("RS512", EVP_PKEY_RSA, 0, "SHA512"),
	JWS("PS256", EVP_PKEY_RSA, 0, "SHA256"),
	JWS("PS384", EVP_PKEY_RSA, 0, "SHA384"),
	JWS("PS512", EVP_PKEY_RSA, 0, "SHA512"),
	JWS("ES256", EVP_PKEY_EC, 256, "SHA256"),
	JWS("ES384", EVP_PKEY_EC, 384, "SHA384"),
	JWS("ES512", EVP_PKEY_EC, 521, "SHA512"),
	/* Hashes of JAdES (TS 119 182-1: 5.2.8.3), by their names in ETSI TS 119 312. */
	{ .name = "S256", .use = ALGORITHM_DIGESTS, .digest = "SHA256" },
	{ .name = "S384", .use = ALGORITHM_DIGESTS, .digest = "SHA384" },
	{ .name = "S512", .use = ALGORITHM_DIGESTS, .digest = "SHA512" },
};
/* clang-format on */

const struct signature_algorithm *signature_algorithm(const char *name, enum algorithm_use use)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].use == use && text_equal(rows[i].name, name))
			return &rows[i];
	return NULL;
}

bool signature_key_fits(const struct signature_algorithm *s, const EVP_PKEY *key)
{
	return EVP_PKEY_get_base_id(key) == s->key
	       && (s->bits == 0 || EVP_PKEY_get_bits(key) == s->bits);
}

bool signature_key_is_strong(const EVP_PKEY *key)
{
	int kind = EVP_PKEY_get_base_id(key), bits = EVP_PKEY_get_bits(key);
	return (kind == EVP_PKEY_RSA && bits >= 2048) || (kind == EVP_PKEY_EC && bits >= 256);
}
