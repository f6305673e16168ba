/* schemas/model/signature.h: a signature over documents, as its own document says it (ITI TF-3: 5.5
 * in XAdES; DSGj, ITI TF-3: 5.10, in JSON), and what became of verifying it. Strings are NULL when
 * absent, and what it says is a claim until it is verified. */
#ifndef SCHEMAS_MODEL_SIGNATURE_H
#define SCHEMAS_MODEL_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "schemas/tables/signature_reason.h"

/* formatCode of a signature document (ITI TF-3: 5.5.6.1.1, 5.10.6.1.1). */
#define SIGNATURE_DETACHED "urn:ihe:iti:dsg:detached:2014"
#define SIGNATURE_ENVELOPING "urn:ihe:iti:dsg:enveloping:2014"
#define SIGNATURE_FORMAT_SCHEME "1.3.6.1.4.1.19376.1.2.3"

struct text_value; /* schemas/model/values.h */

enum signature_form { SIGNATURE_XADES, SIGNATURE_JADES };

/* One document that is signed, or a submission set whose documents all are. */
struct signature_reference {
	const char *unique_id; /* of the metadata; NULL: it is inside the signature document */
	const char *algorithm; /* as the signature names it */
	const char *digest;    /* OpenSSL's name of it; NULL: none that we know */
	struct bytes value;
	bool submission_set; /* hash value "0" (ITI TF-3: 5.5.3.1) */
	bool transformed;    /* the hash is of what something makes of the document */
	bool weak;
	bool encoded; /* the hash is of the document in base64url (TS 119 182-1: 5.2.8.3) */
	struct signature_reference *next;
};

struct signature {
	enum signature_form form;
	/* Of the certificate; names in the form of RFC 2253. */
	const char *signer, *issuer, *certificate_sha256;
	/* hcRole of the certificate (ISO 17090-2, HPKI), as its issuer says it: "Medical Doctor" */
	const char *health_role;
	instant valid_from, valid_until;
	instant claimed;    /* signing time; 0: it names none */
	bool has_timestamp; /* of others (XAdES-T and beyond, JAdES etsiU); nobody checked it */
	struct text_value *roles, *purposes;
	struct signature_reference *references; /* of documents */
	size_t reference_count;
};

struct signature_verdict {
	enum signature_reason reason;
	const char *what; /* which document, which algorithm; or NULL */
	instant when;
	const char *anchors; /* SHA-256 of the authorities it was verified with; NULL: of none */
	bool revocation;     /* a list of revocations of the signer's issuer was looked at */
};

/* How signatures are verified in this region; texts are PEM. */
struct signature_policy {
	const char *anchors;     /* authorities whose signers are believed; NULL: none */
	const char *revocations; /* their lists; NULL: none */
	bool refuse_invalid;     /* what comes with an invalid one is not kept */
	bool takes_sha1;         /* what stands on SHA-1 may be valid (ITI TF-3: 5.5.5) */
};

#endif
