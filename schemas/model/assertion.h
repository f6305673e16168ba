/* schemas/model/assertion.h: who may vouch for persons: issuers of SAML 2.0 assertions (ITI TF-2:
 * 3.40), and what of theirs is taken. Part of the configuration: immutable, lives as long. */
#ifndef SCHEMAS_MODEL_ASSERTION_H
#define SCHEMAS_MODEL_ASSERTION_H

#include <stddef.h>
#include <stdint.h>

struct x509_st; /* a certificate; only who verifies looks into it */
struct evp_pkey_st;

/* Whether a system's requests come with an assertion. */
enum assertion_need { ASSERTION_OPTIONAL, ASSERTION_REQUIRED, ASSERTION_FORBIDDEN };

enum { ASSERTION_CERTIFICATES_MOST = 8 };

/* Lists of texts are NULL-ended; NULL instead of one: any. */
struct assertion_issuer {
	const char *name;      /* of its section */
	const char *entity_id; /* Issuer, octet by octet */
	/* Its own and no others: what comes with a message is never looked at. NULL-ended. */
	struct x509_st *certificates[ASSERTION_CERTIFICATES_MOST + 1];
	int64_t most_lifetime, skew; /* microseconds */
	const char *const *contexts; /* AuthnContextClassRef, AuthnContextDeclRef */
	/* For whom it may speak: organization-id without "urn:oid:", roles as CODE^SCHEME. */
	const char *const *organizations, *const *roles;
};

/* As whom we vouch for those who ask other regions through us. */
struct assertion_signer {
	const char *entity_id;      /* Issuer */
	struct evp_pkey_st *key;    /* NULL: we vouch for nobody */
	const char *certificate;    /* its, DER in base64 */
	const char *home_community; /* "urn:oid:..." */
};

/* One purpose of use: as it is called where it comes from, and where it goes to. */
struct purpose_row {
	const char *code, *scheme;
	const char *becomes, *becomes_scheme;
};
/* NULL-ended by code; NULL: that code has no row. */
const struct purpose_row *purpose_row_of(const struct purpose_row *rows, const char *code,
					 const char *scheme);

struct assertion_policy {
	const struct assertion_issuer *issuers; /* none: no assertion is understood */
	size_t issuer_count;
	const char *const *audiences; /* NULL-ended; who we are to issuers */
	unsigned remembered;          /* at once, until they have ended */
	const char *reason_attribute; /* says why it is an emergency: its Name; or NULL */
	struct assertion_signer ours;
};

#endif
