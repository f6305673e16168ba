/* profiles/actors/pull_point.h: what a Notification Pull Point does, whatever the dialect: who
 * cannot be called has one made, subscribes for it, and fetches what waits there. ITI TF-1: 26;
 * DSUB Extensions 3.69, 3.70. It keeps nothing but what this gateway's broker tells.
 *
 * All on the committer: what is fetched is taken away in the job of its audit record. */
#ifndef PROFILES_ACTORS_PULL_POINT_H
#define PROFILES_ACTORS_PULL_POINT_H

#include <stdbool.h>

#include "profiles/actors/notification_broker.h"
#include "store/pull_points.h"

/* The sender's pull point of that address (reference, "/" and id). */
bool pull_point_at(const struct registry_desk *d, const char *address, struct pull_point *out);

/* PULL_POINTS_FULL. */
bool pull_point_create(const struct registry_desk *d, const char *reference,
		       struct pull_point *made, struct problem *p);
/* The sender's. PULL_POINT_UNKNOWN: there is none of that id, or it is another's;
 * PULL_POINT_IN_USE: it subscribes for it still. */
bool pull_point_destroy(const struct registry_desk *d, const char *id, struct pull_point *was,
			struct problem *p);

/* What the dialect reads: what was published, as it is kept. NULL: it cannot be read. */
typedef struct submission *pull_point_published(struct store_txn *t, struct arena *a,
						const struct blob *kept);
/* The first that waits of which the sender may see something now; what it may see nothing of goes
 * unseen. told->objects is empty: nothing waits, or none was asked for (published is NULL).
 * PULL_POINT_UNKNOWN. */
struct pull_point_fetched {
	struct pull_point point;
	struct pulled what;
	struct broker_told told;
};
bool pull_point_fetch(const struct registry_desk *d, const char *id,
		      pull_point_published *published, struct pull_point_fetched *out,
		      struct problem *p);

#endif
