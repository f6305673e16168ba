/* gateway/retaining.h: the rules of retention are carried out once a day, whether or not anybody
 * asks.
 *
 * One thread, asleep until region retention-at. What it does is short jobs, and after each it waits
 * as long as that took, so that whoever else writes has the other half of the time. A run that was
 * cut short by a stop or a kill goes on at the next start; after a reload it begins anew, with the
 * rules as they are then. Of several nodes of one store one does it (store/lease.h).
 */
#ifndef GATEWAY_RETAINING_H
#define GATEWAY_RETAINING_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"

struct gateway;
struct retaining;

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

#endif
