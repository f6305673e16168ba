/* gateway/config_certificate.h: what the PEM files of a configuration hold. Thread-safe.
 * why: a sentence, static. */
#ifndef GATEWAY_CONFIG_CERTIFICATE_H
#define GATEWAY_CONFIG_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/clock.h"

enum { CERTIFICATE_SHA256_TEXT = 65 };

/* What a certificate is shown as. */
enum certificate_use { CERTIFICATE_OF_SERVER, CERTIFICATE_OF_CLIENT };

/* The first certificate of the file: SHA-256 of its DER, lower-case hexadecimal. */
bool certificate_sha256(const char *path, char out[CERTIFICATE_SHA256_TEXT], const char **why);
/* Nothing but certificates of authorities, or of systems that signed their own; one at least. */
bool certificate_authorities(const char *path, const char **why);
/* Certificate and private key belong together, the certificate is in force and for that use, nobody
 * but the owner may read the file, and of a server's the chain is whole: up to a root of its own or
 * of the file ca, and what lies between is in it, for clients know roots only. */
bool certificate_with_key(const char *path, const char *ca, enum certificate_use use,
			  const char **why);
/* Revocation lists, one at least, each of an authority in the file ca. */
bool certificate_revocations(const char *path, const char *ca, const char **why);
/* In PEM, as who reads it with other eyes needs it. */
bool certificate_list_is_pem(const char *path, const char **why);
/* One of the lists should have been replaced by now: nobody it is about can connect. */
bool certificate_revocations_are_old(const char *path);

/* A partner's own, and nothing else: one certificate, for a server, no authority's. */
bool certificate_of_partner(const char *path, const char **why);
/* Whom systems' certificates come from, of files (NULL: none named), read once for all of them.
 * NULL when there is no memory: nobody is trusted. The caller's. */
struct x509_store_st;
struct x509_store_st *certificate_trust(const char *const authorities[], size_t count);
void certificate_trust_free(struct x509_store_st *trust);
enum certificate_fit {
	CERTIFICATE_FITS,
	CERTIFICATE_OUT_OF_DATE,
	CERTIFICATE_UNFIT,
	CERTIFICATE_UNREAD /* certificate_sha256() says the same */
};
/* A registered system's: no authority's, for a client, and issued by one who is trusted; to_come:
 * it need not hold yet. */
enum certificate_fit certificate_of_system(const char *path, const struct x509_store_st *trust,
					   bool to_come, const char **why);
/* Whom an issuer of assertions signs as: certificates and nothing else, each with a strong key;
 * most at most, NULL-ended. The caller's, to be freed. How many: 0, with why. */
struct x509_st;
unsigned certificates_of_issuer(const char *path, struct x509_st **out, unsigned most,
				const char **why);
/* What we sign with: the first certificate, its key, which only its owner may read, and which is
 * as strong as an issuer's has to be. The caller's, to be freed; false: neither is given. */
struct evp_pkey_st;
bool certificate_of_signer(const char *path, struct x509_st **x, struct evp_pkey_st **key,
			   const char **why);
void certificate_key_free(struct evp_pkey_st *key);
/* Its first certificate, DER in base64; NULL: it cannot be read. */
struct arena;
const char *certificate_text(struct arena *a, const char *path);
/* One of them is in force. */
bool certificates_hold_today(struct x509_st *const *all, const char **why);
void certificates_free(struct x509_st **all); /* NULL-ended */
/* It no longer holds, or does not hold yet (unless it is to come): its system cannot connect. */
bool certificate_holds_today(const char *path, bool to_come, const char **why);
/* A key such as an issuer's would have to be: RSA of 2048 bits, or a curve of 256, at least. */
bool key_is_strong(const struct evp_pkey_st *key);
/* From when to when its first certificate holds. False: it cannot be read. */
bool certificate_term(const char *path, instant *begins, instant *ends);
/* Its first certificate has a key that an issuer's would have to have, too. */
bool certificate_is_strong(const char *path, const char **why);
/* It is there, and nobody but its owner may read it. */
bool private_to_owner(const char *path, const char **why);

#endif
