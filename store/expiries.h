/* store/expiries.h: what was told of certificates and revocation lists that run out.
 *
 * A row by the SHA-256 of the DER: how near its end was when it was told last, as a step (the
 * caller's, from 1; a higher one is nearer). So each step is told once, by whichever node, and not
 * again after a restart.
 *
 * Promises, each with a test of the same name in tests/store/expiries_test.c:
 *   E1  what was told stays told, over restarts
 *   E2  what has long run out is forgotten */
#ifndef STORE_EXPIRIES_H
#define STORE_EXPIRIES_H

#include <stdbool.h>

#include "gateway/base/clock.h"

struct check_module;
struct store_txn;

enum { EXPIRY_SHA256 = 32 };

/* In a snapshot or a job. 0: nothing was told of it (or the store failed: store_failed()). */
unsigned expiry_told(struct store_txn *t, const unsigned char sha256[EXPIRY_SHA256]);
/* In a job; step 0: nothing is told of it any more. False: the store failed. */
bool expiry_tell(struct store_txn *t, const unsigned char sha256[EXPIRY_SHA256], unsigned step,
		 instant until);
/* In a job: of some whose end was before that. *more: there are others. */
bool expiries_forget(struct store_txn *t, instant before, bool *more);

extern const struct check_module expiries_check;

#endif
