/* gateway/retaining.h: the rules of retention are carried out once a day, whether or not anybody
 * asks.
 *
 * One thread, asleep until region retention-at. What it does is short jobs, and after each it waits
 * as long as that took, so that whoever else writes has the other half of the time. A run that was
 * cut short by a stop or a kill goes on at the next start; after a reload it begins anew, with the
 * rules as they are then. Of several nodes of one store one does it (store/lease.h).
 *
 * A run that was missed, because no node was up, is made up for as soon as one is; one that failed
 * is tried again an hour later; one that another node had begun and did not end, when its lease is
 * over. What says so is a row of the store (store/daily.h). Where rules are new nothing was missed:
 * there is no row as long as there are no rules.
 */
#ifndef GATEWAY_RETAINING_H
#define GATEWAY_RETAINING_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"

struct gateway;
struct region;
struct retaining;
struct store;

struct retaining *retaining_start(struct gateway *g); /* NULL: no thread to be had */
void retaining_stop(struct retaining *r);             /* NULL is fine */

/* Of this process, at one moment. */
struct retaining_seen {
	bool at_work;
	instant since, until; /* of the last run, or of this one; 0: none */
	uint64_t removed, stayed;
	struct problem problem; /* that ended it */
};
void retaining_look(struct retaining *r, struct retaining_seen *out);

/* The last moment up to now at which a day had that minute, in the host's zone. */
instant retaining_last(instant now, unsigned minute);
/* And the first one after it. */
instant retaining_next(instant now, unsigned minute);

/* Whether a run is due now, and was not at the last look; at the first one of a process that is
 * now. Writes the row, or takes it away, where that is needed. False as well, and p says why: the
 * store fails. */
bool retaining_is_due(struct store *s, const struct region *r, instant looked, instant now,
		      struct problem *p);

#endif
