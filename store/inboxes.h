/* store/inboxes.h: what was pushed to a facility (XDR, ITI TF-1: 15), until it is dropped.
 *
 * An inbox is a name; what it holds are pushes, each a submission as it came: its metadata, octets
 * that the store does not read, and its documents. None of it is the registry's or a repository's:
 * no key of theirs leads here, and no key here leads to them or to a patient record. Octets are
 * kept as any document's (store/blobs.h), a use each, and count for the system that sent them
 * (store/usage.h) until the push is dropped.
 *
 * Promises, each with a test of the same name in tests/store/inboxes_test.c:
 *   I1  a push is there after its job was kept, whole, in its inbox and in no other
 *   I2  within an inbox a SubmissionSet's uniqueId is one push, and a document's uniqueId the same
 *       octets, as long as it is there
 *   I3  what is dropped leaves nothing: rows, uses of octets, what it took up
 *   I4  what is told of an inbox is in the order it came, and goes on where it ended
 *
 * Only within a job, unless said. Texts are borrowed from the arena. */
#ifndef STORE_INBOXES_H
#define STORE_INBOXES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"
#include "store/blobs.h"

struct arena;
struct check_module;
struct store_txn;

enum { PUSH_ID = 8 }; /* octets of an id, which is told in hexadecimal digits */

struct pushed_document {
	const char *unique_id, *entry_id; /* as sent */
	const char *mime_type, *title;    /* title NULL: none */
	struct blob octets; /* of one that was read: its name (sha256) and size alone */
	struct pushed_document *next;
};

struct push {
	const char *id;    /* made by push_put() */
	const char *inbox; /* its name */
	const char *set_unique_id;
	const char *system;      /* who sent it */
	const char *patient_id;  /* as sent, CX; NULL: none was */
	const char *fingerprint; /* of what was sent (store/registry.h) */
	instant received;        /* made by push_put() */
	instant fetched;         /* when a document of it was first; 0: never */
	instant taken;           /* since when the facility has it; 0: it has not said so */
	const char *taken_by;    /* who said so */
	struct blob metadata;    /* as above */
	struct pushed_document *documents;
};

struct inbox_sum {
	uint64_t pushes, octets;
};

/* What it takes up: of the inbox, and of its sender's disk-quota. */
uint64_t push_octets(const struct push *p);

/* Keeps it: every use of octets, every row. PROBLEM_DUPLICATE_IN_REGISTRY: the inbox has a push of
 * that SubmissionSet; PROBLEM_NON_IDENTICAL_HASH: or other octets under a document's uniqueId. */
bool push_put(struct store_txn *t, struct arena *a, struct push *p, struct problem *why);
/* In a snapshot or a job. False: there is none (or the store failed). */
bool push_get(struct store_txn *t, struct arena *a, const char *id, struct push *out);
bool push_of_set(struct store_txn *t, struct arena *a, const char *inbox, const char *set_unique_id,
		 struct push *out);
/* The document of that uniqueId, of whichever push. */
bool push_of_document(struct store_txn *t, struct arena *a, const char *inbox,
		      const char *unique_id, struct push *out,
		      const struct pushed_document **document);
/* A document of it was fetched, if none was before. False: the store failed. */
bool push_fetched(struct store_txn *t, struct arena *a, const char *id, instant now);
/* The facility has it, as `by` says. What was taken before stays as it was. */
bool push_take(struct store_txn *t, struct arena *a, struct push *p, const char *by, instant now);
bool push_drop(struct store_txn *t, const struct push *p);

/* Oldest first, from the first behind `after` (an id that is there, or NULL: the first); inbox
 * NULL: of all, one inbox after the other. In a snapshot or a job. NULL: none. */
struct push *pushes_list(struct store_txn *t, struct arena *a, const char *inbox, const char *after,
			 size_t most, size_t *count);
struct inbox_sum inbox_sum_of(struct store_txn *t, const char *inbox);

extern const struct check_module inboxes_check;

#endif
