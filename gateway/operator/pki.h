/* gateway/operator/pki.h: a region's own certificate authority, for trials; production brings its
 * own.
 *
 * Keys are EC P-256: every peer that speaks TLS 1.2 by RFC 9325 takes them, and a handshake costs a
 * tenth of RSA's. Files with a key are made with mode 0600; no file is ever overwritten. */
#ifndef GATEWAY_OPERATOR_PKI_H
#define GATEWAY_OPERATOR_PKI_H

#include <stdbool.h>

#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"

enum {
	PKI_AUTHORITY_DAYS = 3652,  /* ten years */
	PKI_CERTIFICATE_DAYS = 730, /* two: the most ITI TF-2: 3.19 recommends */
};

struct pki_authority {
	const char *certificate, *key; /* PEM files */
};

enum pki_use { PKI_SERVER, PKI_CLIENT };

struct pki_subject {
	const char *common_name, *organization; /* UTF-8; organization may be NULL */
	const char *alternative_names; /* as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1" */
	/* a server is a client as well: it delivers audit records */
	enum pki_use use;
	/* PEM file: the certificate whose subject it has instead, and whose alternative names where
	 * none are said; NULL: none */
	const char *like;
};

/* Makes both files. */
bool pki_authority_make(const struct pki_authority *a, const char *common_name, instant now,
			struct problem *p);
/* An Ed25519 key of its owner's alone: the audit log's ends are signed with it. */
bool pki_signing_key_make(const char *file, struct problem *p);
/* A new key of its owner's alone, and a PKCS #10 request for a certificate of it (RFC 2986), which
 * asks for the extensions that this use has. */
bool pki_request_make(const struct pki_subject *subject, const char *key_file,
		      const char *request_file, struct problem *p);
/* Makes file: a certificate of the key that a request (PEM, PKCS #10) is signed with, and of
 * nothing else in it: names and purpose are the subject's. Refused is what is no request, is not
 * signed by its key, or has a weak one: PROBLEM_REQUEST_INVALID. */
bool pki_request_sign(const struct pki_authority *a, const struct pki_subject *subject,
		      const char *request_file, const char *file, instant now, struct problem *p);
/* Makes file: the certificate, then its private key. */
bool pki_certificate_make(const struct pki_authority *a, const struct pki_subject *subject,
			  const char *file, instant now, struct problem *p);
/* Makes file: the certificates of another, then the private key of the first of them. It is looked
 * for in those files, NULL-ended, in their order: the one that has it, or NULL with the problem. */
const char *pki_pair_write(const char *certificates, const char *const keys[], const char *file,
			   struct problem *p);
/* That authority's key has signed the first certificate of the file. */
bool pki_issued(const char *authority, const char *certificate);

#endif
