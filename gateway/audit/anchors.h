/* gateway/audit/anchors.h: the anchors of an audit log, in a file outside of the data directory.
 *
 * The file is only ever added to. It and the log hold each other: an anchor signs an entry and its
 * hash; the log counts the anchors (audit_log_anchored()) and holds a record of each, which goes to
 * the audit repositories as every record does. What is told, by whom it may be done:
 *
 *	the log cut, rewritten with a chain of its own, or the whole data directory put back: by the
 *	anchors, up to the entry of the last;
 *	anchors taken out of the file, or the file: by the number the log has, and by their own
 *	chain; records that a repository has acknowledged and the log has no more: by the courier's
 *	places.
 *
 * Who can write the data directory and the file, and holds the key, makes all anew: then only what
 * the repositories have shows it. */
#ifndef GATEWAY_AUDIT_ANCHORS_H
#define GATEWAY_AUDIT_ANCHORS_H

#include "gateway/audit/anchor.h"
#include "gateway/base/text.h"
#include "schemas/tables/problem.h"

struct arena;
struct store_txn;

/* Where anchors are kept, and who else has records. Lives as long as the process. */
struct anchors {
	const char *file;
	const struct anchor_key *key;    /* NULL: there are none */
	const char *const *repositories; /* names of the couriers' destinations */
	size_t repository_count;
};

struct anchors_fault {
	uint64_t sequence; /* of the entry it is about */
	const char *what;
	const struct anchors_fault *next;
};

struct anchors_verdict {
	struct audit_head head; /* of the log */
	uint64_t count, first;  /* anchors looked at, number of the first */
	struct anchor last;     /* number 0: there is none */
	unsigned char last_digest[AUDIT_HASH];
	uint64_t noted;                     /* as many the log says there were, at least */
	uint64_t covered;                   /* up to that entry the log is what was signed */
	const struct anchors_fault *faults; /* at most ANCHOR_FAULTS, then how many more */
	size_t fault_count;
	const struct text_list *notes; /* what is odd, and no fault */
	/* The one of them a start tells aloud: no file, though there was one. A copy restored
	 * elsewhere has none, so it is no fault; but nobody moves it away unseen. */
	const char *gone;
};
enum { ANCHOR_FAULTS = 20 };

/* Compares log and anchors. whole: all anchors; else the youngest, as a start does. The snapshot
 * goes on as of now (store_renew()) while the file is read. False: the store failed, or the file
 * could not be read to its end, and p says why. */
bool anchors_compare(const struct anchors *at, struct store_txn *t, struct arena *a, bool whole,
		     struct anchors_verdict *out, struct problem *p);

/* Adds a line, durably. */
bool anchors_append(const struct anchors *at, const char *line, struct problem *p);

#endif
