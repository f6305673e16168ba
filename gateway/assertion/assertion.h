/* gateway/assertion/assertion.h: a SAML 2.0 assertion in WS-Security, verified (XUA, ITI-40).
 *
 * ITI TF-2: 3.40; WS-Security 1.1; SAML Core 2.0. One tree is read, ours: every step works on
 * pointers into it, and nothing is ever looked up by an Id. The element whose signature is verified
 * is the one that is read afterwards, for it is the same pointer. Keys are those of the issuer's
 * section; what KeyInfo brings is not opened. The steps are a table (verify.c), in this order, and
 * the first that fails ends it; each has a row that says which fault the peer gets, whose words are
 * constant, and what the operator is told.
 *
 * What is read lives in the arena and is never changed. Thread-safe: as the arena; the memory is
 * for all threads. */
#ifndef GATEWAY_ASSERTION_ASSERTION_H
#define GATEWAY_ASSERTION_ASSERTION_H

#include <stdbool.h>

#include "gateway/base/clock.h"
#include "schemas/model/assertion.h"
#include "schemas/model/requester.h"
#include "schemas/tables/problem.h"

struct arena;
struct assertion_memory;
struct xml_node;

enum {
	ASSERTION_OCTETS_MOST = 128 * 1024, /* of a Security header */
	ASSERTION_NODES_MOST = 4096,
	ASSERTION_ID_MOST = 128,
};

enum assertion_step {
	ASSERTION_HOLDS,
	ASSERTION_MISSING,
	ASSERTION_FORBIDDEN_HERE,
	ASSERTION_SIZE,
	ASSERTION_HEADERS,
	ASSERTION_TOKEN,
	ASSERTION_TOKEN_KIND,
	ASSERTION_PLACE,
	ASSERTION_ID,
	ASSERTION_UNSIGNED,
	ASSERTION_SHAPE,
	ASSERTION_ALGORITHM,
	ASSERTION_ISSUER,
	ASSERTION_CERTIFICATE,
	ASSERTION_SIGNATURE,
	ASSERTION_DIGEST,
	ASSERTION_VERSION,
	ASSERTION_CONDITIONS,
	ASSERTION_EARLY,
	ASSERTION_EXPIRED,
	ASSERTION_LIFETIME,
	ASSERTION_AUDIENCE,
	ASSERTION_SUBJECT,
	ASSERTION_CONFIRMATION,
	ASSERTION_HOLDER,
	ASSERTION_AUTHN,
	ASSERTION_CONTEXT,
	ASSERTION_REPLAY,
	ASSERTION_TEXT,
	ASSERTION_ATTRIBUTES,
	ASSERTION_PURPOSE,
	ASSERTION_ORGANIZATION,
	ASSERTION_ROLE,
	ASSERTION_FULL,
	ASSERTION_PATIENT, /* of the request is another: gateway/admitting.c */
	ASSERTION_STEPS
};

struct assertion_step_row {
	const char *name; /* "audience": in the audit log, and for minato exchange show */
	enum problem_code problem;
	const char *remedy; /* for the operator */
};
const struct assertion_step_row *assertion_step_row(enum assertion_step s);
/* What the peer is told: one text a fault, whatever step it was. */
const char *assertion_words(enum problem_code code);

/* By whom and where it is presented. */
struct assertion_presented {
	const struct assertion_policy *policy;
	const char *const *organizations; /* of the system: schemas/model/region.h */
	const char *home; /* of a region's gateway: who asks is of no other community; or NULL */
	const struct purpose_row *purposes;  /* what becomes of those it calls so; NULL: nothing */
	const char *certificate_sha256;      /* of the connection, lower-case hex */
	const char *endpoint, *peer_address; /* URL of ours; numeric */
	instant now;
};

struct assertion {
	enum assertion_step step; /* it failed at; all else only where it holds */
	const char *id;
	const struct assertion_issuer *issuer;
	struct requesting_person person;
	const struct coded_value *purposes;
	bool emergency;
	bool once;    /* OneTimeUse */
	instant ends; /* NotOnOrAfter and the skew */
};

/* security: the only header of that name for us. Never NULL. */
const struct assertion *assertion_verify(struct arena *a, const struct xml_node *envelope,
					 const struct xml_node *security,
					 const struct assertion_presented *by,
					 struct assertion_memory *memory);

#endif
