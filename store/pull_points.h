/* store/pull_points.h: where notifications wait for whoever cannot be called, until he fetches them
 * (WS-BaseNotification 1.3: 5.1; DSUB Extensions 3.69, 3.70).
 *
 * A pull point belongs to the system that had it made, and stays until that system destroys it. A
 * subscription may name it instead of a consumer. What happens waits there with the subscription as
 * it was then, for it may be over when it is fetched. The message is made when it is fetched, so
 * that policy is asked then.
 *
 * Promises, each with a test of the same name in tests/store/pull_points_test.c:
 *   P1  a pull point is there after its job was kept, until it is destroyed
 *   P2  what waits is given in the order it happened, and what was taken is not given again
 *   P3  beyond a bound nothing is taken: what waits stays, what comes is counted as lost
 *   P4  what has waited for too long goes, and is counted as lost
 *   P5  what waited at a pull point that was destroyed goes, with its uses of what was published
 *
 * Only within a job, unless said. Texts are borrowed from the arena. */
#ifndef STORE_PULL_POINTS_H
#define STORE_PULL_POINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"
#include "store/subscriptions.h"

struct arena;
struct store_txn;

enum {
	/* One for each of its programs that fetches, and room for what was forgotten. */
	PULL_POINTS_OF_SYSTEM = 64,
	/* Months of a busy region, as for a consumer that is called; some 5 MiB. */
	PULL_POINT_WAITING = SUBSCRIPTION_WAITING,
	/* Who has fetched nothing for so long asks by a query what there is. */
	PULL_POINT_DAYS = 92,
};

struct pull_point {
	const char *id;        /* random, hexadecimal digits: who does not know it cannot name it */
	const char *system;    /* whose it is */
	const char *reference; /* by which the dialect names it; opaque here */
	instant created, pulled; /* pulled: when somebody last asked; 0: nobody did */
	uint64_t waiting;
	uint64_t lost; /* what there was no room for, or waited for too long */
	uint64_t last; /* place given */
};

/* Of p's system and reference; its id is drawn, created set. False with PROBLEM_PULL_POINTS_FULL
 * beyond a bound. */
bool pull_point_put(struct store_txn *t, struct pull_point *p, struct problem *problem);
/* False: there is none (or the store failed). In a snapshot or a job. */
bool pull_point_get(struct store_txn *t, struct arena *a, const char *id, struct pull_point *out);
/* It is not there any more; what waits at it is swept. */
bool pull_point_remove(struct store_txn *t, const struct pull_point *p);
/* Somebody asked; kept once a day, for it is only to be seen whether anybody still does. */
bool pull_point_asked(struct store_txn *t, struct pull_point *p, instant now);

/* ---- What waits ---- */

struct pulled {
	uint64_t place; /* the order it happened in */
	instant made;
	struct subscription subscription; /* as it was then */
	/* published: of its blob only hash and size */
	struct subscription_event event;
};

/* It waits at the pull point that s names. False: there is none, or no room: counted there. */
bool pull_point_keep(struct store_txn *t, const struct subscription *s,
		     const struct subscription_event *e);
/* The first that waits. False: nothing does (or the store failed). In a snapshot or a job. */
bool pull_point_first(struct store_txn *t, struct arena *a, const struct pull_point *p,
		      struct pulled *out);
/* It is not given again. lost: nobody was told of it, who might have been. */
bool pull_point_take(struct store_txn *t, struct pull_point *p, const struct pulled *one,
		     bool lost);

/* Takes away what has waited for too long by then, and what waited where there is no pull point any
 * more, some at a time; more: there may be others. */
bool pull_points_sweep(struct store_txn *t, instant now, bool *more);

struct pull_points_sum {
	uint64_t points, waiting, lost;
};
/* Of all; a look at each pull point. In a snapshot or a job. */
void pull_points_count(struct store_txn *t, struct arena *a, struct pull_points_sum *out);

#endif
