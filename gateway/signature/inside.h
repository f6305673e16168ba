/* gateway/signature/inside.h: what the files of this room share. Nobody else sees it. */
#ifndef GATEWAY_SIGNATURE_INSIDE_H
#define GATEWAY_SIGNATURE_INSIDE_H

#include <libxml/tree.h>
#include <openssl/x509.h>
#include <stdbool.h>

#include "gateway/base/arena.h"
#include "gateway/signature/algorithms.h"
#include "gateway/signature/signature.h"

struct json_t;

/* A ds:Reference, or a JWS's, before anything is believed of it. */
struct signed_part {
	xmlNode *node;   /* ds:Reference */
	xmlNode *target; /* within the signature document; NULL: a document elsewhere */
	struct signed_part *next;
};

struct signature_read {
	struct arena *arena;
	enum signature_reason problem; /* SIGNATURE_HOLDS: it could be read */
	const char *what;
	struct signature says;
	/* Certificates it brings; which is the signer's. */
	X509 *certificates[SIGNATURE_CERTIFICATES_MOST];
	unsigned certificate_count;
	X509 *signer;
	bool weak; /* it stands on SHA-1 */
	/* The signer names his certificate, or names another than those that came. */
	bool names_certificate, names_another;
	/* XAdES: nodes of the one tree. */
	xmlDoc *document;
	xmlNode *signed_info, *signature_value;
	struct signed_part *parts; /* all References of SignedInfo, in their order */
	bool encloses;             /* an Object with a document in it is signed */
	/* JAdES: the JWS, its algorithm, and what the payload is made of. */
	struct json_t *jws;
	const struct signature_algorithm *jws_algorithm;
	bool payload_is_documents; /* the octets of all documents, one after the other */
};

/* Ends reading with that reason. */
bool signature_unread(struct signature_read *r, enum signature_reason reason, const char *what);

bool signature_read_xades(struct signature_read *r, struct bytes octets);
bool signature_read_jades(struct signature_read *r, struct bytes octets);
/* One more certificate, DER; what cannot be read is none. */
void signature_add_certificate(struct signature_read *r, struct bytes der);
/* The one of that hash becomes the signer's. */
void signature_name_certificate(struct signature_read *r, const char *digest, struct bytes hash);
/* says.health_role, of the signer's certificate. */
void signature_read_health_role(struct signature_read *r);
/* Who signed, in words, when all certificates are there. */
void signature_tell_signer(struct signature_read *r);
/* A document's uniqueId from its URI: urn:oid: is the registry's plain OID; else it is as it is. */
const char *signature_unique_id(struct arena *a, const char *uri);
/* xs:dateTime or RFC 3339 with a zone; false: it is none. */
bool signature_time(const char *text, instant *out);

/* The signature itself, with the signer's key. SIGNATURE_HOLDS, or what is wrong. */
enum signature_reason signature_verify_xades(const struct signature_read *r, const char **what);
enum signature_reason signature_verify_jades(const struct signature_read *r,
					     const struct signature_documents *documents,
					     const char **what);
/* Whether the signer is believed, and was at the time. */
enum signature_reason signature_verify_signer(const struct signature_read *r,
					      const struct signature_policy *policy, instant now,
					      struct signature_verdict *v);

#endif
