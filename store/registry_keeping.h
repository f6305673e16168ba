/* store/registry_keeping.h: one job that keeps objects of the registry: what a submission and an
 * update of what is registered have in common. Only store/registry_submission.c and
 * store/registry_update.c include this. */
#ifndef STORE_REGISTRY_KEEPING_H
#define STORE_REGISTRY_KEEPING_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "store/keys.h"
#include "store/registry.h"
#include "store/usage.h"

struct registry_version;

struct keeping {
	struct store_txn *txn;
	struct arena *arena;
	struct arena *one; /* for the Association that is looked at, emptied before the next */
	struct submission *submission;
	instant now;
	char now_text[DTM_TEXT];
	uint64_t number;             /* of the object that is put */
	const char *counted;         /* the system that pays for what was put last, and ... */
	struct usage usage;          /* ... what is not written to its row yet */
	unsigned looked, deprecated; /* of REGISTRY_LOOKED_MOST, REGISTRY_DEPRECATED_MOST */
	struct problem *problem;
};

/* Of the submission: set and associations become Approved; entries and folders are put with the
 * status, the version and the logical id they have. */
void keeping_set(struct keeping *k, struct submission_set *s);
void keeping_entry(struct keeping *k, struct document_entry *e);
void keeping_folder(struct keeping *k, struct folder *f);
/* The same, and lastUpdateTime is what it says. */
void keeping_folder_as_it_is(struct keeping *k, struct folder *f);
void keeping_association(struct keeping *k, struct association *x);
/* When all that it may lead to is there. */
void keeping_ends(struct keeping *k, const struct association *x);
void keeping_consequences(struct keeping *k, const struct association *x);
/* What was put is counted. False: the problem says why nothing of it may stay. */
bool keeping_over(struct keeping *k);

/* An entry or folder that was the latest version is so no more, and Deprecated. What it was;
 * without a logical id: it cannot be, as the problem says. */
struct registry_version keeping_follow(struct keeping *k, const char *previous);
/* A new Association of that type, source and target; the rest is as of x, which may be NULL. */
struct association *keeping_new(struct keeping *k, const struct association *x,
				enum association_type type, const char *source, const char *target);
/* A folder's lastUpdateTime is now; of what is none, or a former version, nothing. */
void keeping_touch_folder(struct keeping *k, const char *uuid);
/* Where an object is, to write it again, or to find what leads to it. */
bool keeping_find_place(struct keeping *k, struct arena *a, const char *uuid, struct bytes *place);
void keeping_association_status(struct keeping *k, const struct association *x,
				enum availability_status status);
void keeping_forms(struct keeping *k, const char *uuid, enum availability_status status);
/* RPLC, XFRM_RPLC */
bool keeping_replaces(const struct association *x);

#endif
