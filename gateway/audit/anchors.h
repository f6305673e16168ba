/* gateway/audit/anchors.h: the anchors of an audit log, in a file outside of the data directory.
 *
 * The file is one node's own, and only ever added to. It and the log hold each other: an anchor
 * signs the entries that chains ended with, and their hashes; the log counts each node's anchors
 * (audit_log_anchored()) and holds a record of each with its line, in the chain of the node that
 * signed, which goes to the audit repositories as every record does. What is held by what:
 *
 *	a chain, up to what the last anchor that saw it names: by the node's own file, by every
 *	other node's, and by the records in the other chains. So a chain that was cut or rewritten
 *	is told by others' anchors, though its own records and its own file went with its tail;
 *
 *	the whole log cut, rewritten, or the whole data directory put back: by the files;
 *
 *	anchors taken out of a file, or the file: by the number the log has, by their own chain;
 *
 *	records that a repository has acknowledged, and the log has no more: by the courier's
 *	places;
 *
 *	what came after the last anchor that names its chain: by the repositories alone;
 *
 *	the beginning of a chain, where records went by rule: by the checkpoint, which is signed
 *	with the same key (gateway/audit/checkpoint.h).
 *
 * An anchor in the log that is not signed with our key is another node's: it is held against the
 * log as ours are, but what it says counts as covered only when our key signed it, or one of those
 * of the other nodes that we were given.
 *
 * Who can write the data directory and the files, and holds the keys, makes all anew: then only
 * what the repositories have shows it. */
#ifndef GATEWAY_AUDIT_ANCHORS_H
#define GATEWAY_AUDIT_ANCHORS_H

#include "gateway/audit/anchor.h"
#include "gateway/base/text.h"
#include "schemas/tables/problem.h"

struct arena;
struct audit_source;
struct store_txn;

/* Where anchors are kept, and who else has records. Lives as long as the process. */
struct anchors {
	const char *file;
	const struct anchor_key *key;     /* NULL: there are none */
	const struct anchor_keys *others; /* other nodes', who sign their chains; or NULL */
	const char *const *repositories;  /* names of the couriers' destinations */
	size_t repository_count;
	const struct audit_source *source; /* in whose name records go: gateway/audit/expiring.h */
};

struct anchors_fault {
	uint64_t sequence; /* of the entry it is about */
	const char *what;
	struct anchors_fault *next;
};

/* A chain of the log, and up to which of its entries it is what was signed. Of what has gone by a
 * checkpoint (gateway/audit/expiring.h) only the last entry can be held against anything: its hash
 * is there. */
struct anchored_chain {
	struct audit_head head;
	uint64_t covered; /* its place is 0: nothing of it */
	struct audit_checkpoint gone;
};

struct anchors_verdict {
	struct anchored_chain own;     /* this node's */
	struct anchored_chain *others; /* those the log has, and those an anchor names */
	size_t other_count;
	uint64_t entries;      /* of the log, in all */
	uint64_t count, first; /* of the file: anchors looked at, number of the first */
	struct anchor last;    /* number 0: there is none */
	unsigned char last_digest[AUDIT_HASH];
	uint64_t noted;               /* as many the log says there were, at least */
	uint64_t past;                /* ends that were signed of what has gone by rule */
	uint64_t foreign;             /* anchors of others in the log, with keys we do not have */
	struct anchors_fault *faults; /* at most ANCHOR_FAULTS, then how many more */
	size_t fault_count;
	const struct text_list *notes; /* what is odd, and no fault */
	/* The one of them a start tells aloud: no file, though there was one. A copy restored
	 * elsewhere has none, so it is no fault; but nobody moves it away unseen. */
	const char *gone;
};
enum { ANCHOR_FAULTS = 20 };

/* Compares the log with the file and with the youngest anchor that each chain has a record of.
 * whole: all of the file; else its end, as a start does. The snapshot goes on as of now
 * (store_renew()) while the file is read. False: the store failed, or the file could not be read to
 * its end, and p says why. */
bool anchors_compare(const struct anchors *at, struct store_txn *t, struct arena *a, bool whole,
		     struct anchors_verdict *out, struct problem *p);

/* For audit_log_verify_watched(), after the comparison: holds each anchor the log has a record of
 * against the log. */
struct anchors_seeing {
	const struct anchors *at;
	struct arena *arena; /* the verdict's */
	struct anchors_verdict *verdict;
};
void anchors_see(void *with, struct store_txn *t, const struct audit_entry *e, struct arena *a);

/* Adds a line, durably. */
bool anchors_append(const struct anchors *at, const char *line, struct problem *p);

#endif
