/* store/audit_expiring.h: the beginning of a chain of audit records goes away, by policy, and what
 * is left still proves itself.
 *
 * Of a chain whole segments go (AUDIT_SEGMENT entries), from its beginning and in their order,
 * never the last ones. One job puts the chain's *checkpoint*: which entry was the last that went,
 * its hash, of when these entries were, and the line that somebody signed for all that
 * (gateway/audit/checkpoint.h). From that job on the chain begins behind it, for everybody who
 * reads it: so all of it has gone, or nothing, whatever comes between. The rows themselves are
 * taken away by short jobs afterwards (audit_expired_sweep()), which go on whenever they are
 * called again.
 *
 * What a chain begins with follows on the checkpoint's hash as it did on the entry's. So who takes
 * entries away by himself has a hole, or must put a checkpoint, which he cannot sign.
 *
 * The same of the records received from others (store/audit_received.h), which have chains of
 * their own.
 *
 * Promises, each with a test of the same name in tests/store/:
 *   X1 nothing goes but whole segments from the beginning, none of which is younger than was said,
 *      nor past the entry that was named
 *   X2 whatever the sweep ends after, every answer is the same, and the next one goes on
 *   X3 what was not as it was written does not go, nor anything behind it
 *   X4 what is left verifies, and a hole without a checkpoint does not
 */
#ifndef STORE_AUDIT_EXPIRING_H
#define STORE_AUDIT_EXPIRING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"
#include "store/audit_log.h"

struct arena;
struct store;
struct store_txn;

/* Of a chain. False: nothing has gone of it (out says what it begins with), or the store failed. */
bool audit_checkpoint_look(struct store_txn *t, enum audit_kind kind, uint64_t chain,
			   struct arena *a, struct audit_checkpoint *out);
/* The latest moment of anything that has gone, of all chains: of what happened since everything is
 * there. False: nothing has gone, or the store failed. */
bool audit_known_since(struct store_txn *t, enum audit_kind kind, instant *out);

/* What may go. */
struct audit_expiry {
	instant before; /* only what happened (of others': what came) before it */
	uint64_t up_to; /* not past this entry: what is behind it is needed yet */
	uint64_t most;  /* entries in one go */
};
/* Why no more went. */
enum audit_kept_for {
	KEPT_FOR_AGE,   /* it is not old enough */
	KEPT_AS_NEEDED, /* the entry that was named */
	KEPT_AS_LATEST, /* the end of a chain stays, some hundred entries */
	KEPT_AS_BROKEN, /* an entry is missing, or not as it was written: evidence */
	KEPT_FOR_NEXT   /* as many as were to go in one go: there may be more */
};
/* In a snapshot: the checkpoint behind what may go; no line yet. False: nothing may, or the store
 * failed. *why is set in each case; *past: entries it would take away. */
bool audit_expiring_find(struct store_txn *t, enum audit_kind kind, uint64_t chain,
			 const struct audit_expiry *e, struct audit_checkpoint *out, uint64_t *past,
			 enum audit_kept_for *why);
/* Within a job: from now on the chain begins behind it. since: the sequence of the checkpoint it
 * was found on. False: another was put meanwhile, the chain is not the one that was looked at
 * (both as PROBLEM_CONFLICT), or the store failed. */
bool audit_checkpoint_put(struct store_txn *t, enum audit_kind kind,
			  const struct audit_checkpoint *c, uint64_t since, struct problem *p);

/* Takes away what is behind checkpoints: on any thread but the committer's. stop (may be NULL): it
 * ends soon, with PROBLEM_BUSY. Stopped, failed or killed anywhere, the next call goes on. */
bool audit_expired_sweep(struct store *s, const atomic_bool *stop, struct problem *p);

#endif
