/* store/blob_claims.h: who relies on a document's file that no key knows yet; for blobs.c and
 * nobody else.
 *
 * A large document is in its file, under its hash, before the job that makes it known has run. Who
 * wrote it has a claim from before the file has its name until his arena ends. When the last claim
 * of a hash is over and no key knows the document, its submission was refused or broken off: the
 * file goes at once, so that nobody fills the disk with what is not taken. Whether it is known is
 * asked of a snapshot, and no claim begins meanwhile; where that cannot be said, and where the
 * process was killed, blobs_collect() finds the file later.
 *
 * Claims may outlive the store: they then mean nothing. Thread-safe. */
#ifndef STORE_BLOB_CLAIMS_H
#define STORE_BLOB_CLAIMS_H

#include "store/blobs.h"

struct blob_claims;

/* Embedded in what makes it, which stays where it is until it is over. */
struct blob_claim {
	struct blob_claims *of; /* NULL: none */
	struct store *store;
	unsigned char sha256[BLOB_SHA256];
	struct blob_claim *next;
};

struct blob_claims *blob_claims_create(void); /* NULL: no memory */
void blob_claims_end(struct blob_claims *c);  /* the store closes; NULL is fine */
void blob_claim_begin(struct blob_claims *c, struct store *s,
		      const unsigned char sha256[BLOB_SHA256], struct blob_claim *out);
void blob_claim_over(struct blob_claim *one); /* fine for none, and twice */

#endif
