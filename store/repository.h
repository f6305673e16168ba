/* store/repository.h: which documents our repositories hold. ITI TF-2: 3.41.4.1.3, 3.43.4.1.3.
 *
 * An index of its own, so that a repository answers only for what it took itself, whatever some
 * registry entry says. The octets are the blob store's (store/blobs.h). A document is never
 * changed: the same ids always mean the same octets. */
#ifndef STORE_REPOSITORY_H
#define STORE_REPOSITORY_H

#include <stdbool.h>

#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"
#include "store/blobs.h"

struct arena;
struct check_module;
struct store_txn;

struct kept_document {
	const char *repository_unique_id, *unique_id;
	const char *mime_type; /* as the DocumentEntry says */
	unsigned char sha256[BLOB_SHA256];
	uint64_t size;
	const char *source_system; /* who submitted it; NULL: the region's operator */
	/* Of a document that another's registry describes, and ours does not: the patientId it came
	 * with (CX); else NULL. */
	const char *patient_id;
	bool elsewhere;  /* its octets stay in a directory of others */
	instant removed; /* when its octets were removed; 0: they are there */
};

/* On the committer. A document already there with the same octets is no change; with others:
 * PROBLEM_NON_IDENTICAL_HASH. Keeps the blob (one use a document), and counts it for its system
 * (store/usage.h). */
bool repository_put(struct store_txn *t, struct arena *a, const struct kept_document *d,
		    const struct blob *octets, struct problem *p);
/* The same for a document that stays in a directory of others (blob_keep_external). */
bool repository_put_external(struct store_txn *t, struct arena *a, const struct kept_document *d,
			     const struct blob *octets, const char *root, const char *path,
			     struct problem *p);
/* The octets of a document that stayed in a directory of others are ours from now on (the caller
 * keeps them): it counts for its system. No change for one that is ours, or that we do not hold. */
bool repository_took_in(struct store_txn *t, struct arena *a, const char *repository_unique_id,
			const char *unique_id, struct problem *p);
/* False: we do not hold it, or no more. */
bool repository_find(struct store_txn *t, struct arena *a, const char *repository_unique_id,
		     const char *unique_id, struct kept_document *out);
/* The same also of what was removed: which octets that uniqueId means, for ever. */
bool repository_knows(struct store_txn *t, struct arena *a, const char *repository_unique_id,
		      const char *unique_id, struct kept_document *out);

/* On the committer. Its octets go (the blob has one use less: what nobody uses is collected,
 * store/blobs.h), and what they took up is its system's again. That it was there stays known, so
 * that its uniqueId never means other octets: the same may come again. We do not hold it:
 * PROBLEM_DOCUMENT_UNIQUE_ID. */
bool repository_remove(struct store_txn *t, struct arena *a, const char *repository_unique_id,
		       const char *unique_id, struct problem *p);

/* The next repository behind that one, in the order of octets, that holds anything; NULL: of all
 * the first. In the arena; NULL: there is none. */
const char *repository_next(struct store_txn *t, struct arena *a, const char *behind);

/* What an entry says of a document of a repository that the store knows, and is not so; NULL:
 * nothing, its octets were removed, or the repository is none of ours. For a check: it reads the
 * rows, not the octets. hash: SHA-1 in hexadecimal digits; size in decimal ones. */
const char *repository_contradicts(struct store_txn *t, struct arena *a,
				   const char *repository_unique_id, const char *unique_id,
				   const char *hash, const char *size);

extern const struct check_module repository_check;

#endif
