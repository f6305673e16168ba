/* store/blob_proof.h: a document's octets read once more, and hashed as they are now. */
#ifndef STORE_BLOB_PROOF_H
#define STORE_BLOB_PROOF_H

#include <stdbool.h>

#include "schemas/tables/problem.h"

struct blob;
struct blob_content;
struct progress;

/* Reads all of what blob_open() gave, whatever was verified before: size, SHA-1 and SHA-256 as the
 * octets are; out->octets stays empty. A file's place is where it was. False: it cannot be
 * read, or (PROBLEM_BUSY) progress said that it is to end. No transaction; any thread. */
bool blob_prove(const struct blob_content *content, struct progress *progress, struct blob *out,
		struct problem *p);

#endif
