/* tests/store/row_scene.h: a patient's record with every field it can have, and what it is to be
 * compared with. */
#ifndef TESTS_STORE_ROW_SCENE_H
#define TESTS_STORE_ROW_SCENE_H

#include "store/identity_rows.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

extern const struct identity_row row_full;

/* Field by field, as CUnit's assertions. */
void same_texts(const char *const *x, const char *const *y, size_t count);
void same_demographics(const struct patient_demographics *x, const struct patient_demographics *y);
/* y was read: it knows what it was before, and nothing has been done to it. */
void same_row(const struct identity_row *x, const struct identity_row *y);

/* Writes octets as the row of that number; false: the store failed. */
bool put_octets(struct store_txn *t, unsigned char space, uint64_t number, struct bytes octets);
bool put_row(struct store_txn *t, const struct identity_row *row, struct bytes octets);

#endif
