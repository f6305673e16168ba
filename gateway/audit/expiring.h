/* gateway/audit/expiring.h: audit records that are older than the rule says go away, and what is
 * left proves itself (store/audit_expiring.h, gateway/audit/checkpoint.h).
 *
 * Of a chain of ours go, from its beginning, whole segments that are older than the rule says, that
 * every configured audit repository has acknowledged (none of them set aside), and that anchors
 * have signed. Nothing since the beginning of the oldest emergency that waits for review or for its
 * patient to be told, nor since that of a disaster that has not ended. Of records received from
 * others whole segments that came longer ago than their rule says.
 *
 * A checkpoint is signed, and a job keeps it with an event in our log (110113), and with the end of
 * what was received noted anew, for the records that noted it before may be among those that go.
 *
 * Each node does this with its own chains. Those of a node that is gone are left until the operator
 * names it: nobody else can know that it will not come back. Blocking; any thread but the
 * committer's. */
#ifndef GATEWAY_AUDIT_EXPIRING_H
#define GATEWAY_AUDIT_EXPIRING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"
#include "store/audit_expiring.h"

struct anchors;
struct arena;
struct audit_keeping;
struct store;

struct expiring {
	struct store *store;
	const struct anchors *anchors; /* its key signs, in its source's name */
	const struct audit_keeping *keeping;
	instant now;
	bool named;              /* of another node's chain, not of this one's: */
	uint64_t chain;          /* that one */
	bool dry;                /* only says what would go */
	const atomic_bool *stop; /* may be NULL */
	/* May be NULL: after each job, for a courier to be woken. */
	void (*woken)(void *self);
	void *self;
};

/* Of one chain. */
struct expired {
	uint64_t records;        /* that went, or would go */
	uint64_t left_from;      /* the first that is there now, or would be */
	instant first, last;     /* of those that went; 0: none did */
	enum audit_kept_for why; /* no more went */
	const char *needed;      /* KEPT_AS_NEEDED, KEPT_FOR_AGE: by whom, for people; or NULL */
};
struct expired_all {
	struct expired of[2]; /* by enum audit_kind */
	bool ruled[2];        /* there is a rule for it */
};

/* False: the problem says why it ended; what went before has gone, and *out says so. needed: in
 * the arena. */
bool expiring_run(const struct expiring *e, struct arena *a, struct expired_all *out,
		  struct problem *p);

#endif
