/* store/daily.h: up to which moment what is to be done once a day was done, by whichever node.
 *
 * A row by name, with the minute of the day (of the host's zone) that counted then: by it what was
 * missed is known, even if another minute counts since. */
#ifndef STORE_DAILY_H
#define STORE_DAILY_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"

struct store_check;
struct store_txn;

struct daily {
	instant done;
	unsigned minute; /* from 0 to 1439 */
};

/* False: there is no such row, or the store failed. */
bool daily_look(struct store_txn *t, const char *name, struct daily *out);
/* In a job. */
bool daily_put(struct store_txn *t, const char *name, const struct daily *d);
void daily_forget(struct store_txn *t, const char *name); /* none is fine */

/* store/check.c: of a row of SPACE_STORE; another's is none of ours. */
void daily_check(struct store_check *c, struct bytes key, struct bytes value);

#endif
