/* store/blobs.h: the octets of documents, by their SHA-256: immutable, stored once.
 *
 * Octets come first, metadata after. A worker writes them with blob_begin(), blob_write(),
 * blob_finish(); a small document stays in memory, a large one is then durable in a file of its
 * own. The job that keeps the metadata calls blob_keep() in the same transaction: only then does
 * the document exist. A small one is written by the committer behind the last, and is on the disk
 * before the job is committed; one that is kept for a while only stands among the keys. When the
 * arena of who wrote a large one ends, which is after that job, the file of one that no job has
 * kept goes at once (store/blob_claims.h); what a crash leaves between the two is an orphan, which
 * blobs_collect() removes.
 *
 *	DIR/data/packs/0-1.pack		small documents (store/packs.h)
 *	DIR/data/blobs/ab/abcdef...	one large document, named by its hash and nothing else
 *	DIR/data/blobs/tmp		where they grow, without a name until they are whole
 *
 * Large documents of a repository may stand below another directory, which the store was opened
 * with (struct store_settings) and which is laid out the same. No key says where one is: it is
 * looked for in each place, so that files may be moved from one to another while no store is open,
 * and a copy of the store, which has one place, holds them all. What comes again for another
 * repository stays where it is.
 *
 * Promises, each with a test of the same name in tests/store/:
 *   B1  what blob_open() gives is what was written: verified against its hash
 *   B2  the same octets are stored once, however many write them at once
 *   B3  after blob_finish() a large document survives a crash
 *   B4  a full disk fails that document alone and leaves nothing behind
 *   B5  collecting removes orphans and nothing else
 *   B6  what was refused or broken off leaves nothing behind, whoever writes the same at once */
#ifndef STORE_BLOBS_H
#define STORE_BLOBS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"

struct arena;
struct blob_writer;
struct store;
struct store_txn;

enum {
	BLOB_SHA1 = 20,
	BLOB_SHA256 = 32,
	/* Up to here octets share a file with others, in the order they came (store/packs.h). */
	BLOB_SMALL = 64 * 1024,
};

struct blob {
	unsigned char sha1[BLOB_SHA1];     /* the XDS hash, ITI TF-3: 4.2.3.2.10 */
	unsigned char sha256[BLOB_SHA256]; /* our name for it */
	uint64_t size;
	/* a small one's, borrowed from the arena; data NULL: in its file */
	struct bytes octets;
};

/* Writing; any thread, no transaction. The writer lives in the arena, and the arena's end discards
 * it. All fail with PROBLEM_STORE_FULL when there is no room; a failed writer stays failed. */
/* NULL: failed */
struct blob_writer *blob_begin(struct store *s, struct arena *a, struct problem *p);
/* Before the first octet: where it will stand when it is large. NULL, or none of the store's: in
 * its own place. */
void blob_below(struct blob_writer *w, const char *directory);
bool blob_write(struct blob_writer *w, const void *data, size_t length, struct problem *p);
bool blob_finish(struct blob_writer *w, struct blob *out, struct problem *p);
void blob_discard(struct blob_writer *w); /* fine after blob_finish(), and for NULL */
/* The three at once. */
bool blob_of_bytes(struct store *s, struct arena *a, struct bytes octets, struct blob *out,
		   struct problem *p);
bool blob_of_bytes_below(struct store *s, struct arena *a, const char *directory,
			 struct bytes octets, struct blob *out, struct problem *p);

/* Within a job. Each keep is one use; the last release makes the document unknown. */
bool blob_keep(struct store_txn *t, const struct blob *b);
/* The same of what will soon be released: where it was, there is room again. */
bool blob_keep_for_now(struct store_txn *t, const struct blob *b);
/* One use more of a document the store knows already, wherever its octets are. False: it does
 * not. */
bool blob_keep_known(struct store_txn *t, const unsigned char sha256[BLOB_SHA256]);
bool blob_release(struct store_txn *t, const unsigned char sha256[BLOB_SHA256]);
/* A document that stays where it is: path below the directory root (absolute), no link followed.
 * b->octets is not looked at. The file is only read, never changed or removed. */
bool blob_keep_external(struct store_txn *t, const struct blob *b, const char *root,
			const char *path);
/* The directory's owner renamed the file (an SS-MIX2 flag changed): from now on it is read there.
 * No change for a document that is ours, or is read there already. No use more or less. */
bool blob_moved_external(struct store_txn *t, const unsigned char sha256[BLOB_SHA256],
			 const char *root, const char *path);
/* That call would change something. */
bool blob_is_elsewhere(struct store_txn *t, const unsigned char sha256[BLOB_SHA256],
		       const char *root, const char *path);

/* Reading. */
struct blob_content {
	unsigned char sha256[BLOB_SHA256];
	uint64_t size;
	struct bytes octets; /* all of it, in the arena; or data NULL and */
	int fd;              /* the file, at its start, closed when the arena ends; else -1 */
};

/* Size and SHA-1 of it; out->octets stays empty. */
bool blob_known(struct store_txn *t, const unsigned char sha256[BLOB_SHA256], struct blob *out);
/* Verified: PROBLEM_NOT_FOUND if not known, PROBLEM_INTERNAL if the octets are gone or not the
 * same any more, PROBLEM_OUT_OF_RESOURCES if no file can be opened now. A large file is hashed
 * as it comes, and again when it changed, or when others came or were asked for meanwhile, and so
 * many that it is forgotten (store/verified_files.h), or after a start; a snapshot in a hurry fails
 * instead (store_hurry()). */
bool blob_open(struct store_txn *t, const unsigned char sha256[BLOB_SHA256], struct arena *a,
	       struct blob_content *out, struct problem *p);

/* The same of what was written and no job has kept yet: until the arena of who wrote it ends. */
bool blob_open_written(struct store_txn *t, const struct blob *b, struct arena *a,
		       struct blob_content *out, struct problem *p);

/* Removes files no key knows that are older than grace microseconds. Not from the committer. When
 * the flag is set it leaves the rest for another time; NULL: never. */
struct blobs_collected {
	unsigned files;
	uint64_t octets;
};
bool blobs_collect(struct store *s, int64_t grace, const atomic_bool *stop,
		   struct blobs_collected *out, struct problem *p);

#endif
