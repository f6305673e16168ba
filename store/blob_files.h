/* store/blob_files.h: large documents as files, by hash; for blobs.c and nobody else.
 * Thread-safe. */
#ifndef STORE_BLOB_FILES_H
#define STORE_BLOB_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/tables/problem.h"
#include "store/blobs.h"
#include "store/blobs_open.h"
#include "store/file_writer.h"

struct blob_claims;
struct progress;

enum { BLOB_TMP_NAME = 33 };

/* A file without a name, or, where the file system knows no such thing, one below tmp. */
struct growing_file {
	int fd;                   /* -1: none */
	unsigned place;           /* of blobs_place(): where it will stand */
	uint64_t length;          /* so far; some of it may wait to be written */
	char name[BLOB_TMP_NAME]; /* "": has none */
	struct file_pieces pieces;
};

/* The place of that directory; of one the store was not opened with, or NULL: its own. */
unsigned blobs_place(const struct blobs *b, const char *directory);
bool blob_file_begin(struct blobs *b, struct growing_file *f, struct problem *p);
bool blob_file_write(struct blobs *b, struct growing_file *f, const void *data, size_t length,
		     struct problem *p);
/* Durable, under its hash, once. */
bool blob_file_keep(struct blobs *b, struct growing_file *f,
		    const unsigned char sha256[BLOB_SHA256], uint64_t size, struct problem *p);
void blob_file_discard(struct blobs *b, struct growing_file *f);

/* Removes the file of a document that no key knows; not while a backup runs. */
void blob_file_forget(struct store *s, const unsigned char sha256[BLOB_SHA256]);
struct blob_claims *blobs_claims(struct blobs *b); /* store/blob_claims.h */

/* Opened and verified; the caller closes it. -1: p says why. */
int blob_file_open(struct store_txn *t, const unsigned char sha256[BLOB_SHA256], uint64_t size,
		   struct problem *p);
int blob_file_open_external(struct store_txn *t, const char *root, const char *path,
			    const unsigned char sha256[BLOB_SHA256], uint64_t size,
			    struct problem *p);

/* A file as it is now, durable; its name is the caller's affair. Stops with PROBLEM_BUSY when the
 * progress says so. */
bool blob_file_copy(int from_directory, const char *name, int to_directory, unsigned mode,
		    struct progress *progress, struct problem *p);

#endif
