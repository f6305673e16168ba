/* profiles/actors/community_patients.h: the persons another community knows (ITI TF-1: 18), for one
 * exchange that is asked on its behalf.
 *
 * It knows a person by a code of its own (store/partner_codes.h, for care), which it was given by
 * ITI-55 or by the operator, and by nothing else: of whom it has no code that holds there is nobody
 * for it, and of whom it has, the code is the only id that leaves. What the person permits is
 * policy's (gateway/policy), asked besides: a code that is known says nothing of what there is.
 *
 * What was found is remembered for the exchange, and lives in its arena. Thread-safety: one at a
 * time. */
#ifndef PROFILES_ACTORS_COMMUNITY_PATIENTS_H
#define PROFILES_ACTORS_COMMUNITY_PATIENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/model/region.h"

struct arena;
struct community_patients;
struct store_txn;

/* NULL: the sender is a facility's. */
struct community_patients *community_patients_begin(struct arena *a, const struct region *r,
						    const struct registered_system *sender);
/* Whom a code leads to, and the record it hangs on. False: nobody, or it was revoked. */
bool community_patients_find(const struct community_patients *c, struct store_txn *t,
			     const char *code, uint64_t *record, uint64_t *person);
/* The code that person is told of by, as CX. NULL: there is none (or the store failed). */
const char *community_patients_code(struct community_patients *c, struct store_txn *t,
				    uint64_t person);

#endif
