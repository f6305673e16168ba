/* store/usage.h: how much of the disk what each system has sent takes up.
 *
 * A row for each system and node, written in the job that keeps what it counts, by whoever keeps
 * it (store/repository.c, store/registry_submission.c, store/identity_feed.c): so a job that is
 * undone or run again counts what it leaves, and no row is written by two nodes. What a system has
 * is the sum over the nodes.
 *
 * A document counts for the system that brought it, in full although its octets are stored once
 * however often they come: nobody learns from what he has that another has the same. The same
 * uniqueId in the same repository again keeps nothing, and counts nothing. Octets that stay in
 * somebody's own directory (SS-MIX2 by reference) are not ours. What is Deprecated is still there,
 * and counts. So does each version of what a source said of a patient: all are kept for ever.
 *
 * Thread-safety: as the transaction. A failing store is sticky: then nothing is used. */
#ifndef STORE_USAGE_H
#define STORE_USAGE_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct check_module;
struct store_check;
struct store_txn;

/* How many of a system's living patient records came to have something, and ceased to: two that
 * only grow, so that several nodes may count, and a check of a store that is written tell right
 * from wrong. What has it now is the difference. */
struct usage_tally {
	uint64_t begun, ended;
};

struct usage {
	/* In octets: */
	uint64_t documents; /* the octets of documents, and what it takes to find them */
	uint64_t metadata;  /* objects of the registry, by what they say, with their indices */
	uint64_t persons;   /* versions of patient records, with what they are found by */
	/* What of the first two was removed since (ITI-62, ITI-86): all of these only grow. */
	uint64_t documents_gone, metadata_gone;
	/* Records with an insurance that names a household only, having no branch (枝番); with one
	 * whose check digit fails (japan.md D1, D4). */
	struct usage_tally no_branch, check_digit;
};

/* What a document or an object takes beside its octets or its record: keys, and rows of indices,
 * three to five of some 60 octets each. */
enum { USAGE_EACH = 256 };

uint64_t usage_octets(const struct usage *u); /* of all that is there */
uint64_t usage_documents(const struct usage *u);
uint64_t usage_metadata(const struct usage *u);
uint64_t usage_tallied(const struct usage_tally *t);

/* Within a job. system NULL: the region's operator, whose disk it is; nothing is counted. False:
 * the store failed. */
bool usage_add(struct store_txn *t, const char *system, const struct usage *more);
/* Documents or metadata that are not kept any more, by whichever node's row they were counted. */
bool usage_take(struct store_txn *t, const char *system, const struct usage *less);
/* By what all nodes have written. For a snapshot: a job that asked it would meet every job of the
 * other nodes. */
struct usage usage_of(struct store_txn *t, const char *system);
/* By what this node has written: a job's, and what it has just added. */
struct usage usage_here(struct store_txn *t, const char *system);
/* The next system behind that one, in the order of octets, that has anything; NULL: of all the
 * first. In the arena; NULL: there is none. */
const char *usage_next(struct store_txn *t, struct arena *a, const char *behind);

/* Of a whole store: what the walk has met is added up by system, and held against the rows. */
struct usage_walk;
struct usage_walk *usage_walk_create(void); /* NULL: no memory */
void usage_walk_destroy(struct usage_walk *w);
void usage_walked(struct store_check *c, const char *system, const struct usage *one);
/* One could not be read, which is told already: sums prove nothing. */
void usage_unread(struct store_check *c);
extern const struct check_module usage_check;

#endif
