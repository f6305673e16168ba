/* gateway/policy/addressed.h: documents that were sent to somebody (紹介状). */
#ifndef GATEWAY_POLICY_ADDRESSED_H
#define GATEWAY_POLICY_ADDRESSED_H

#include <stdbool.h>

#include "schemas/model/region.h"

struct arena;
struct document_entry;
struct store_txn;

/* The entry is of a kind that the region's rules call addressed; the set it came with first names
 * institutions (SubmissionSet.intendedRecipient, ITI TF-3: 4.2.3.3.7); some of these have not had
 * it yet (ITI-43, store/acceptances.h), and the system is of none of them. Persons are of no
 * institution. each: for what is looked at; emptied before. */
bool addressed_to_others(struct store_txn *t, struct arena *each, const struct region *r,
			 const struct registered_system *s, const struct document_entry *e);

#endif
