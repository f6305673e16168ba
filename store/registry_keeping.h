/* store/registry_keeping.h: one job that keeps objects of the registry: what a submission and an
 * update of what is registered have in common. Only store/registry_submission.c,
 * store/registry_update.c, store/registry_forms.c and store/registry_moving.c include this. */
#ifndef STORE_REGISTRY_KEEPING_H
#define STORE_REGISTRY_KEEPING_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "store/keys.h"
#include "store/months.h"
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
	uint64_t number;     /* of the object that is put */
	const char *counted; /* the system that pays for what was put last, and ... */
	struct usage usage;  /* ... what is not written to its rows yet */
	struct month_count month;
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
/* A new version of an entry, as its row says. */
void keeping_successor(struct keeping *k, struct document_entry *e,
		       const struct registry_successor *all);
/* A new Association of that type, source and target; the rest is as of x, which may be NULL. */
struct association *keeping_new(struct keeping *k, const struct association *x,
				enum association_type type, const char *source, const char *target);
/* What stands at that place says another status, or that it is a former version: written, and
 * counted for its system's month. */
void keeping_put_again(struct keeping *k, struct bytes place, struct bytes was, struct bytes is);
/* A folder's lastUpdateTime is now; of what is none, or a former version, nothing. */
void keeping_touch_folder(struct keeping *k, const char *uuid);
/* Where an object is, to write it again, or to find what leads to it. */
bool keeping_find_place(struct keeping *k, struct arena *a, const char *uuid, struct bytes *place);
void keeping_association_status(struct keeping *k, const struct association *x,
				enum availability_status status);
/* Of a DocumentEntry. False: it is none, or has that status. */
bool keeping_status(struct keeping *k, const char *uuid, enum availability_status status);
/* The next Association, which is there until the one after it; NULL as well when the submission has
 * looked at as many as it may. */
struct association *keeping_look_on(struct keeping *k, struct registry_ends *ends);

/* Other forms of a DocumentEntry (registry_is_form()) have its status. */
void keeping_forms(struct keeping *k, const char *uuid, enum availability_status status);
/* Those of what is followed, before anything is put: *all gets a row of each. And then each
 * follows, says what its document says now, and is one of it and of the submission. */
struct registry_form;
struct registry_form *keeping_forms_of(struct keeping *k, const struct registry_successor **all);
void keeping_forms_follow(struct keeping *k, const struct registry_form *forms,
			  const struct registry_successor *all);

/* RPLC, XFRM_RPLC */
bool keeping_replaces(const struct association *x);

#endif
