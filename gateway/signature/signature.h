/* gateway/signature/signature.h: octets of a signature document -> what it says, and whether that
 * holds. ITI TF-3: 5.5 (XAdES), 5.10 (JSON, RFC 7515 and ETSI TS 119 182-1).
 *
 * Pure: octets and functions come in, a verdict goes out; nothing is fetched, opened or resolved
 * but by the functions given. Libraries are asked for three things and no more: libxmlsec1 to
 * canonicalise nodes that we name and to verify with a key that we give, libjose to verify a JWS
 * with such a key, OpenSSL to hash and to follow certificates. What is signed is found by its place
 * in the one tree that is parsed, never by a search for an Id; KeyInfo gives certificates and
 * nothing else; transforms and algorithms are rows of algorithms.c.
 *
 * What is read lives in the arena. Thread-safe: as the arena. */
#ifndef GATEWAY_SIGNATURE_SIGNATURE_H
#define GATEWAY_SIGNATURE_SIGNATURE_H

#include <stdbool.h>

#include "schemas/model/signature.h"

struct arena;
struct signature_read;

enum {
	SIGNATURE_MOST = 1 << 20,        /* octets of a signature document */
	SIGNATURE_REFERENCES_MOST = 256, /* documents one signature may name */
	SIGNATURE_CERTIFICATES_MOST = 8, /* it may bring */
};

/* True for the formatCodes of signature documents. */
bool signature_is_format(const char *format_code);

/* Never NULL: what cannot be read has its reason, and so it has when it is verified. */
const struct signature_read *signature_read(struct arena *a, struct bytes octets);
/* What it says; NULL: it could not be read. */
const struct signature *signature_says(const struct signature_read *r);

enum signature_document {
	SIGNATURE_DOCUMENT_READ, /* all of it was given */
	SIGNATURE_DOCUMENT_MISSING,
	SIGNATURE_DOCUMENT_DAMAGED,
	SIGNATURE_DOCUMENT_TOO_LARGE, /* to be read now */
	SIGNATURE_DOCUMENT_STOPPED,
};

struct signature_taker {
	void *with;
	void (*take)(void *with, struct bytes piece);
};

/* Where what it signs comes from. */
struct signature_documents {
	void *self;
	/* The hash of a document that is known already, by OpenSSL's name of the algorithm: so many
	 * octets in out (64). 0: not known. May be NULL. */
	unsigned (*known)(void *self, const char *unique_id, const char *digest,
			  unsigned char *out);
	/* Gives the octets of one document, in pieces. */
	enum signature_document (*read)(void *self, const char *unique_id,
					const struct signature_taker *to);
	/* The submission set of that uniqueId holds the documents s names and no other, but for the
	 * signature itself. MISSING: we have no such set. May be NULL: as if. */
	enum signature_document (*set)(void *self, const char *unique_id, const struct signature *s,
				       bool *same);
};

/* All of it is verified, whatever was found first: what is invalid goes before what is
 * unverifiable. */
struct signature_verdict signature_verify(const struct signature_read *r,
					  const struct signature_documents *documents,
					  const struct signature_policy *policy, instant now);

#endif
