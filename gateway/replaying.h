/* gateway/replaying.h: what was said in a former exchange is answered again, by the store and the
 * configuration of now, and nothing comes of it.
 *
 * It takes the road of every exchange, beside its doors: envelope, who asks, policy, read, handle,
 * seal. What it changes is a job that is not kept. It asks no other system, tells nobody, counts
 * nowhere, keeps no record of its own and finishes nothing: the operator's exchange that wanted it
 * has the record, in the trails of those it is about. An assertion is judged as of the moment it
 * came, as if for the first time; all else as of now. */
#ifndef GATEWAY_REPLAYING_H
#define GATEWAY_REPLAYING_H

#include <stdbool.h>

struct exchange;
struct exchange_replayed;
struct exchange_said;

/* struct exchange: replay. Of an exchange of a transaction with jobs of its own; waits for the
 * committer. */
bool journey_replay(struct exchange *x, const struct exchange_said *said,
		    struct exchange_replayed *out);

#endif
