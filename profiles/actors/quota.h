/* profiles/actors/quota.h: how much of the disk a system may fill (disk-quota).
 *
 * What counts is in store/usage.h. The job that keeps something is the judge: it sees what all jobs
 * of this node have kept, itself included, exactly. What other nodes have kept for the same system
 * was read in a snapshot before it, so that jobs of two nodes do not meet: of several nodes at once
 * a system may have more by what it sends to the others in that moment. Who is refused leaves
 * nothing.
 *
 * The snapshot refuses, too, what cannot fit any more, before the committer or another's registry
 * hears of it. */
#ifndef PROFILES_ACTORS_QUOTA_H
#define PROFILES_ACTORS_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "profiles/actors/document_registry.h"

/* The desk's sender has a quota. Without one nothing below looks at the store. */
bool quota_is_set(const struct registry_desk *d);
/* In a snapshot: octets the sender has by what other nodes kept; for the desk of the job. */
uint64_t quota_elsewhere(const struct registry_desk *d);
/* The least that its metadata takes up when it is registered. */
uint64_t quota_least_of(const struct submission *s);
/* In a snapshot: so many octets more still fit; none always do. */
bool quota_has_room(const struct registry_desk *d, uint64_t octets, struct findings *f);
/* On the committer: octets the sender has now; 0 without a quota. */
uint64_t quota_used(const struct registry_desk *d);
/* On the committer, after a feed: it added nothing to what was used before it, or the sender is
 * within its quota. */
bool quota_allows(const struct registry_desk *d, uint64_t before, struct problem *p);
/* On the committer, after all was put: what the sender has now is within its quota. */
bool quota_holds(const struct registry_desk *d, struct findings *f);

#endif
