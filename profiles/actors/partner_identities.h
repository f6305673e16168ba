/* profiles/actors/partner_identities.h: what a partner may be told of who a person is: codes, and
 * its own ids. The tables are store/partner_codes.h and store/partner_ids.h; here is what consent
 * means to whoever asks, the operator now. Thread-safety: as the transaction. */
#ifndef PROFILES_ACTORS_PARTNER_IDENTITIES_H
#define PROFILES_ACTORS_PARTNER_IDENTITIES_H

#include <stdbool.h>

#include "schemas/model/region.h"
#include "schemas/tables/problem.h"
#include "store/identity.h"
#include "store/partner_codes.h"

struct arena;
struct store_txn;

/* On the committer: the code of that patient's person; *made: it is a new one. NOT_PERMITTED: he
 * does not take part, so nothing is given of him that others could know him by. False: p says
 * why. */
bool partner_identities_code(struct store_txn *t, struct arena *a, const struct region *r,
			     const struct partner *to, enum code_purpose purpose,
			     const struct patient_record *patient, int64_t now,
			     struct partner_code *out, bool *made, struct problem *p);

/* The same of a person whom the partner's system asked for and who was shown to it by policy
 * (profiles/actors/admission.h), for care: ITI-55. */
bool partner_identities_shown_code(struct store_txn *t, const struct partner *to, uint64_t person,
				   int64_t now, struct partner_code *out, bool *made,
				   struct problem *p);

#endif
