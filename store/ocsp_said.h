/* store/ocsp_said.h: what responders said last of certificates (RFC 6960), for every node.
 *
 * A row by the SHA-256 of the certificate's DER: the word, its times, when it was learned. So a
 * node that starts knows who is revoked before anybody can connect, whether or not a responder
 * answers, and what one node learned the others need not ask.
 *
 * Promises, each with a test of the same name in tests/store/ocsp_said_test.c:
 *   O1  what was said stays said, over restarts
 *   O2  an older word never takes the place of a newer one; of two of one moment the worse holds
 *   O3  a certificate whose own time is over is forgotten */
#ifndef STORE_OCSP_SAID_H
#define STORE_OCSP_SAID_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/clock.h"

struct arena;
struct check_module;
struct store_txn;

enum { OCSP_SAID_SHA256 = 32 };

/* word: 1 good, 2 revoked, 3 unknown, as gateway/transport/ocsp.h has them. */
struct ocsp_kept {
	unsigned char sha256[OCSP_SAID_SHA256];
	unsigned word;
	instant this_update, next_update, revoked_at; /* the last two: 0 where there is none */
	instant learned;
	instant until; /* notAfter of the certificate */
};

/* In a job. *before: the word that was kept until now; 0: none. *older: something newer was kept,
 * and stays. False: the store failed. */
bool ocsp_said_keep(struct store_txn *t, const struct ocsp_kept *k, unsigned *before, bool *older);
/* In a snapshot or a job: all, in the arena. NULL or a part of it where the store failed. */
struct ocsp_kept *ocsp_said_all(struct store_txn *t, struct arena *a, size_t *count);
/* In a job: of some whose certificate ended before that. *more: there are others. */
bool ocsp_said_forget(struct store_txn *t, instant before, bool *more);

extern const struct check_module ocsp_said_check;

#endif
