/* store/acceptances.h: who had a document that was addressed to him, and since when.
 *
 * Rules of retention may count from it (profiles/actors/retention.h). A row is kept once for a
 * DocumentEntry and a system, in the job of the record of what was given, and goes with the entry
 * (store/registry.h: registry_remove()). Only for entries of which somebody may ask. */
#ifndef STORE_ACCEPTANCES_H
#define STORE_ACCEPTANCES_H

#include <stdbool.h>

#include "gateway/base/clock.h"

struct check_module;
struct region;
struct store_txn;
struct text_value;

/* In a job. entry: an entryUUID; one that is gone is no error, and nothing is kept. The first time
 * stays. False: the store failed. */
bool acceptance_put(struct store_txn *t, const char *entry, const char *system, instant now);
/* In a snapshot or a job. 0: it has not had it (or the store failed). */
instant acceptance_of(struct store_txn *t, const char *entry, const char *system);
/* As that one. The moment since when each institution that these recipients (XON|XCN|XTN) name has
 * it, by one of its systems; 0: one has it not, or none is named. */
instant acceptance_by_all(struct store_txn *t, const struct region *r, const char *entry,
			  const struct text_value *recipients);
/* In a job: of that entry all. */
void acceptances_forget(struct store_txn *t, const char *entry);

extern const struct check_module acceptances_check;

#endif
