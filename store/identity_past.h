/* store/identity_past.h: whose a patient record was at an instant that is over, and what it was.
 *
 * What a former release did not keep (that a record went before there was that history) is as it
 * is now. What is read lives in the arena given. Thread-safety: as the transaction. */
#ifndef STORE_IDENTITY_PAST_H
#define STORE_IDENTITY_PAST_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "store/identity.h"

struct identity_past;
/* Reads which records went elsewhere since. NULL: the store failed. */
struct identity_past *identity_past(struct store_txn *t, struct arena *a, instant at);
instant identity_past_instant(const struct identity_past *p);
/* The number of the person that the record was of, which is of `person` now. */
uint64_t identity_past_person(const struct identity_past *p, uint64_t record, uint64_t person);
/* It is another's now than then. */
bool identity_past_moved(const struct identity_past *p, uint64_t record);
/* Some record that was that person's then is no more. */
bool identity_past_parted(const struct identity_past *p, uint64_t person);

/* It had been fed, and was not merged into another one. */
bool identity_past_lived(const struct identity_past *p, const struct patient_record *r);
/* It had become somebody else's, and rested (I7). */
bool identity_past_rested(const struct identity_past *p, struct store_txn *t, struct arena *a,
			  uint64_t record);

#endif
