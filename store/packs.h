/* store/packs.h: small documents, one after the other, in files that only grow; for blobs.c,
 * store.c and store_txn.c.
 *
 *	DIR/data/packs/NODE-NUMBER.pack		laid out as store/pack_record.h says
 *
 * One file at a time is appended to, by the committer alone: what the jobs of a group keep is
 * gathered in memory, written by one call, and flushed once before the group is committed. So
 * whatever transaction a crash leaves, the documents it names are on the disk. A job that is undone
 * gives its place back; what a crash left behind the last commit is never looked at, for only keys
 * say where a document is, and the file goes on behind it. A file that has PACK_FULL octets is
 * followed by the next; a number is never given to two, for each has a row of its own as well as
 * its name.
 *
 * Nothing is moved: a document that is released leaves its place as it is, and the row counts the
 * octets that are nobody's.
 *
 * An engine whose nodes do not share a disk has no packs: there small documents stay among the
 * keys. */
#ifndef STORE_PACKS_H
#define STORE_PACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "schemas/tables/problem.h"
#include "store/pack_record.h"

struct arena;
struct packs;
struct progress;
struct store_check;
struct store_txn;

enum {
	/* Past that the next is begun: a file any file system and any copying tool takes, and as
	 * much as is lost with one. */
	PACK_FULL = 1 << 30,
	/* Octets of documents for one commit, about as much as is gathered in memory. */
	PACK_GROUP = 1 << 20,
};

/* Where there are none a store has NULL: then nothing is pending, settled or copied.
 *
 * Below the directory of the store. NULL: p says why. */
struct packs *packs_open(const char *directory, struct problem *p);
void packs_close(struct packs *p); /* NULL is fine */

/* The committer's. */

/* How far the file has come, for a job that may be undone. */
struct pack_mark {
	uint64_t pack, end; /* 0: none was begun */
	bool announced;
};
/* Before a group: begins the next file where the last is full. */
struct pack_mark packs_begin_group(struct packs *p);
struct pack_mark packs_mark(const struct packs *p);
/* Where it is, when nobody knows whether what was appended was kept. */
struct pack_mark packs_unsure(const struct packs *p);
void packs_return(struct packs *p, struct pack_mark to);
size_t packs_pending(const struct packs *p); /* octets appended since the last was settled */
/* Within a job: r->length and r->sha256 are given, where it stands is told. False: the problem is
 * the transaction's. */
bool packs_append(struct packs *p, struct store_txn *t, struct pack_record *r, struct bytes octets);
/* Within a job: its octets are nobody's any more. */
bool packs_release(struct store_txn *t, const struct pack_record *r);
/* All that was appended is on the disk. False: it is not, and what was appended since the last time
 * must not be named. */
bool packs_settle(struct packs *p, struct problem *why);

/* Thread-safe. */

/* The document, in the arena and verified. False: `why` says what is missing, in words. */
bool packs_read(struct packs *p, struct store_txn *t, const struct pack_record *r, struct arena *a,
		struct bytes *out, struct problem *why);
uint64_t packs_octets(struct packs *p);
/* All files as they are now into directory/packs, which is made; onto: as of pack_files_copy(). */
bool packs_copy(struct packs *p, const char *directory, const char *onto, struct progress *progress,
		struct problem *why);

/* store/blobs.c: what a row of SPACE_PACK says is so. */
void pack_look(struct store_check *c, struct packs *p, struct bytes key, struct bytes value);

#endif
