/* gateway/audit/subjects.h: whose records an audit event is about, as records.
 *
 * A trail is a person's. Ids are no good to keep it by: the regional id of today stands for other
 * records tomorrow, when a link is made or parts. So each event is kept with the numbers of all
 * records of the persons it is about, as they were linked when it happened, and a search asks with
 * the numbers of the person's records now: what was read of him under any id is found by each of
 * his ids, also after a link has parted; what was read of somebody he was never linked with is
 * not. */
#ifndef GATEWAY_AUDIT_SUBJECTS_H
#define GATEWAY_AUDIT_SUBJECTS_H

#include <stdbool.h>

#include "schemas/model/audit_event.h"
#include "store/audit_log.h"

struct arena;
struct store_txn;

/* Fills in the subjects of e and those chained to it, from the patients they name and the records
 * they are about. In the snapshot of what was done, or in the job that does it. False: the store
 * failed, and says why. */
bool audit_subjects_fill(struct store_txn *t, struct arena *a, struct audit_event *e);

/* How one person is searched for, whatever the id: his records now, and all their ids. patient: as
 * CX. Nobody's id leaves the filter as it is, for it may have been asked for nevertheless. */
bool audit_subjects_search(struct store_txn *t, struct arena *a, const char *patient,
			   struct audit_filter *f);

#endif
