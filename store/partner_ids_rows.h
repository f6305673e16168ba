/* store/partner_ids_rows.h: how the ids of partners are laid out in keys. Only store/partner_ids*.c
 * and partner_conflicts.c include this.
 *
 *	0x32  partner, domain, id -> record
 *	0x33  record, partner -> domain, id, since, by
 *	0x34  partner, number -> domain, id, record, since, by, whether it was joined
 *	0x35  partner, record, domain, id -> that number; 0: the operator said `keep` of it
 *
 * A partner is the number of its name (store/names.h). */
#ifndef STORE_PARTNER_IDS_ROWS_H
#define STORE_PARTNER_IDS_ROWS_H

#include "gateway/base/bytes.h"
#include "store/keys.h"
#include "store/partner_ids.h"
#include "store/store.h"
#include "store/store_keys.h"

struct key partner_id_key(uint64_t partner, const struct partner_id *id);
struct key partner_id_of_key(uint64_t record, uint64_t partner);
struct key partner_record_key(uint64_t record); /* of all partners */
struct key partner_conflict_key(uint64_t partner, uint64_t number);
struct key partner_conflicts_key(uint64_t partner); /* all of it */
struct key partner_claimed_key(uint64_t partner, const struct partner_id *id);

bool partner_id_row_read(struct arena *a, struct bytes row, struct partner_id *out);
bool partner_conflict_row_read(struct arena *a, struct bytes row, struct partner_conflict *out);
bool partner_conflict_row_put(struct store_txn *t, uint64_t partner,
			      const struct partner_conflict *c);
/* Of 0x32 and 0x35. */
bool partner_number_read(struct bytes row, uint64_t *out);
bool partner_number_put(struct store_txn *t, const struct key *k, uint64_t number);
bool partner_number_get(struct store_txn *t, struct arena *a, const struct key *k, uint64_t *out);
/* The same id of the same domain. */
bool partner_id_same(const struct partner_id *x, const struct partner_id *y);

/* Both sides of a mapping. */
bool partner_id_put(struct store_txn *t, uint64_t partner, const struct partner_id *id);
void partner_id_delete(struct store_txn *t, uint64_t partner, const struct partner_id *id);
/* What hangs on that record for that partner, and whose it is. False: nothing, or the store
 * failed. */
bool partner_id_get(struct store_txn *t, struct arena *a, uint64_t record, uint64_t partner,
		    struct partner_id *out);
/* The same where an id leads to it: then it is there, or the store cannot be read. */
bool partner_id_led_to(struct store_txn *t, struct arena *a, uint64_t record, uint64_t partner,
		       struct partner_id *out);
/* That person's at that partner, the oldest first. NULL: none, or the store failed. */
struct partner_id *partner_ids_at(struct store_txn *t, struct arena *a, uint64_t person,
				  uint64_t partner);
/* What stands against that claim: who else has the id, and what other id the person has. */
struct partner_id *partner_ids_against(struct store_txn *t, struct arena *a, uint64_t partner,
				       const struct partner_id *claimed);

/* store/partner_conflicts.c. What was said of that very claim. False: nothing, or the store failed.
 * number 0: the operator said `keep`. */
bool partner_claim_get(struct store_txn *t, struct arena *a, uint64_t partner,
		       const struct partner_id *claimed, uint64_t *number);
/* Raises a claim of which nothing was said, and tells its number; 0: there is no room (or the store
 * failed). */
uint64_t partner_claim_raise(struct store_txn *t, uint64_t partner,
			     const struct partner_id *claimed);
/* Whatever was said of it. */
void partner_claim_forget(struct store_txn *t, uint64_t partner, const struct partner_id *claimed);
/* Of the person's mappings there all but the oldest are raised as joined, and no others. */
void partner_joined_follow(struct store_txn *t, uint64_t partner, uint64_t person);

#endif
