/* store/subscriptions.h: who wants to be told of what is registered, and what is to be told.
 *
 * A subscription hangs on the patient record it was made with, as documents do, so it is of
 * whoever's record that is: a merge, a link or its undoing takes it along. One of every patient
 * hangs on record 0. A registration looks at the subscriptions of its person's records, and at
 * those of every patient; how many there may be is bounded, for each may be an errand of its job.
 *
 * What is told is an errand (store/errands.h) that names the subscription and the event, or waits
 * at a pull point until it is fetched (store/pull_points.h); the message is made when it is sent,
 * or fetched. Beyond what waits for one consumer nothing is kept: that is counted, and shown to the
 * operator.
 *
 * Promises, each with a test of the same name in tests/store/subscriptions_test.c:
 *   U1  a subscription is there after its job was kept, as it was made, and until it ends
 *   U2  from its time on it is over, whether or not it was swept away
 *   U3  of a person's records, and of every patient's, those that live are found, and no others
 *   U4  beyond a bound nothing is taken; the refusal names it
 *   U5  what is to be told waits in the order it happened; beyond the bound it is counted as lost
 *
 * Only within a job, unless said. Texts are borrowed from the arena. */
#ifndef STORE_SUBSCRIPTIONS_H
#define STORE_SUBSCRIPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "schemas/model/subscription.h"
#include "schemas/tables/problem.h"

struct arena;
struct blob;
struct check_module;
struct errand;
struct store_txn;

/* The kind of errand (gateway/errands/kinds.h). */
#define SUBSCRIPTION_ERRAND "dsub-notification"

enum {
	/* A hospital that follows each patient it treats now has hundreds; they are counted by each
	 * one more. */
	SUBSCRIPTIONS_OF_SYSTEM = 2000,
	/* Each is looked at, and may be an errand (some 50 us), in the job of whoever registers:
	 * with both at their most some milliseconds. */
	SUBSCRIPTIONS_OF_RECORD = 64,
	SUBSCRIPTIONS_OF_ALL = 64, /* of every patient */
	/* Of these one system's: a few topics and criteria, and room for others. */
	SUBSCRIPTIONS_EACH = 8,
	/* Who does not renew does not need it. */
	SUBSCRIPTION_DAYS = 366,
	/* What waits for one consumer, set aside included: months of a busy region for one that is
	 * there now and then, and 4 MiB. */
	SUBSCRIPTION_WAITING = 10000,
	SUBSCRIPTION_ID = 16 /* octets of an id */
};

/* Its id is drawn, created set, and `ends` shortened to SUBSCRIPTION_DAYS; 0: that. Everything
 * else is s's. False with PROBLEM_SUBSCRIPTIONS_FULL beyond a bound. */
bool subscription_put(struct store_txn *t, struct subscription *s, struct problem *p);
/* False: there is none (or the store failed). One that is over is found until it is swept. In a
 * snapshot or a job. */
bool subscription_get(struct store_txn *t, struct arena *a, const char *id,
		      struct subscription *out);
bool subscription_is_over(const struct subscription *s, instant now);
/* It is not there any more. */
bool subscription_remove(struct store_txn *t, const struct subscription *s);

/* Those of one record that live, 0: of every patient; NULL: none. In a snapshot or a job. */
struct subscription *subscriptions_of(struct store_txn *t, struct arena *a, uint64_t subject,
				      instant now);
/* In the order of their ids, from the first after `after` (NULL: the first); system NULL: of all.
 * In a snapshot or a job. */
struct subscription *subscriptions_list(struct store_txn *t, struct arena *a, const char *after,
					const char *system, size_t most, size_t *count);
/* One of that system lives that is told at that pull point. */
bool subscriptions_lead_to(struct store_txn *t, const char *system, const char *pull_point,
			   instant now);
/* There is one on that record: what it is of is not to become somebody else's unseen. */
bool subscriptions_hang_on(struct store_txn *t, uint64_t record);
/* Takes away what is over by then, some at a time; more: there may be others. */
bool subscriptions_sweep(struct store_txn *t, instant now, bool *more);

/* ---- What is to be told ---- */

struct subscription_event {
	enum subscription_event_kind kind;
	const char *object; /* entryUUID of the SubmissionSet or Folder; "-" of what is published */
	/* Published: whose it is, who published it, and its metadata, of which each errand keeps a
	 * use. */
	uint64_t subject;
	const char *source_system;
	const struct blob *published;
};

/* The event is told to that subscription's consumer. */
void subscription_tell(struct store_txn *t, const struct subscription *s,
		       const struct subscription_event *e);
/* What an errand says; texts in the arena, published stays NULL. False: it is no such errand. */
bool subscription_event_of(struct arena *a, const struct errand *e, const char **id,
			   struct subscription_event *out);

extern const struct check_module subscriptions_check;

#endif
