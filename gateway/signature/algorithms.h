/* gateway/signature/algorithms.h: what a signature may be made of, once. What is no row is not
 * taken, whatever a library could do. */
#ifndef GATEWAY_SIGNATURE_ALGORITHMS_H
#define GATEWAY_SIGNATURE_ALGORITHMS_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmlsec.h>

enum algorithm_use {
	ALGORITHM_CANONICALISES = 1,
	ALGORITHM_DECODES, /* base64 of an Object's text (ITI TF-3: 5.5.4) */
	ALGORITHM_DIGESTS,
	ALGORITHM_SIGNS,     /* XML Signature */
	ALGORITHM_SIGNS_JSON /* RFC 7518: 3.1 */
};

struct signature_algorithm {
	const char *name; /* URI, or the JWS alg */
	enum algorithm_use use;
	int key;                              /* EVP_PKEY_RSA, EVP_PKEY_EC; 0: none */
	int bits;                             /* of the curve (RFC 7518: 3.4); 0: any */
	const char *digest;                   /* OpenSSL's name */
	bool weak;                            /* SHA-1 */
	xmlSecTransformId (*transform)(void); /* NULL: not an XML signature's */
};

/* NULL: not taken. */
const struct signature_algorithm *signature_algorithm(const char *name, enum algorithm_use use);
/* The key is of that algorithm's kind. */
bool signature_key_fits(const struct signature_algorithm *s, const EVP_PKEY *key);
/* Nobody is thought to find it: RSA of 2048 bits at least, curves of 256. */
bool signature_key_is_strong(const EVP_PKEY *key);

#endif
