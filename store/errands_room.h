/* store/errands_room.h: how much waits, and whether there is room for more. Only store/errands*.c
 * includes this; errand_count() is in store/errands.h. Within a job. */
#ifndef STORE_ERRANDS_ROOM_H
#define STORE_ERRANDS_ROOM_H

#include "store/errands.h"

/* Counts one more, of e->octets. False: it does not fit, as p says with number and key, and nothing
 * was counted; or the store failed. */
bool errand_room_take(struct store_txn *t, const struct errand *e, const struct errand_bounds *b,
		      struct problem *p);
/* One that was taken is gone. */
bool errand_room_give(struct store_txn *t, const struct errand *e);

#endif
