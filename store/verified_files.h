/* store/verified_files.h: which files were found to be what their hash says; for blob_files.c.
 *
 * A memory of VERIFIED_FILES of them. Past that the one nobody has asked for longest is forgotten:
 * no two push each other out by what they happen to be called. Who passes by (a check looks at
 * every file there is) pushes nothing out, and what it looks at is not asked for. Thread-safe. */
#ifndef STORE_VERIFIED_FILES_H
#define STORE_VERIFIED_FILES_H

#include <stdbool.h>
#include <sys/stat.h>

#include "store/blobs.h"

enum { VERIFIED_FILES = 1024 }; /* a hundred octets each */

struct verified_files;

struct verified_files *verified_files_create(void);    /* NULL: no memory */
void verified_files_destroy(struct verified_files *v); /* NULL is fine */
/* The very file was found whole, and has not changed since. */
bool verified_files_know(struct verified_files *v, const unsigned char sha256[BLOB_SHA256],
			 const struct stat *st, bool passing_by);
/* It was found whole; st is of before it was read. */
void verified_files_add(struct verified_files *v, const unsigned char sha256[BLOB_SHA256],
			const struct stat *st, bool passing_by);

#endif
