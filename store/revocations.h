/* store/revocations.h: how new the revocation list of each authority was that was used last.
 *
 * A row by the SHA-256 of the issuer's name (DER): thisUpdate. So nobody who can exchange a file
 * makes a revoked certificate good by putting an older list in its place, over restarts and on
 * every node. */
#ifndef STORE_REVOCATIONS_H
#define STORE_REVOCATIONS_H

#include <stdbool.h>

#include "gateway/base/clock.h"

struct check_module;
struct store_txn;

enum { REVOCATION_ISSUER = 32 };

/* In a job: notes that list, unless one was noted that is newer: *older. False: the store
 * failed. */
bool revocation_note(struct store_txn *t, const unsigned char issuer[REVOCATION_ISSUER],
		     instant this_update, bool *older);

extern const struct check_module revocations_check;

#endif
