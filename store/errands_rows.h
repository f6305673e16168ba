/* store/errands_rows.h: how errands are laid out in keys. Only store/errands*.c includes this. */
#ifndef STORE_ERRANDS_ROWS_H
#define STORE_ERRANDS_ROWS_H

#include "store/errands.h"
#include "store/keys.h"
#include "store/store_keys.h"

enum {
	SPACE_ERRAND = SPACE_OUTBOX_FIRST, /* number -> struct errand */
	SPACE_ERRAND_WAITING,              /* partner, address, place -> number of the errand */
	SPACE_ERRAND_QUEUE,                /* partner, address -> struct errand_queue */
	SPACE_ERRAND_DUE,  /* due, partner, address -> nothing: those with some waiting */
	SPACE_ERRAND_SUM,  /* partner -> struct errand_sum */
	SPACE_ERRAND_SENT, /* partner, address -> a try: store/errands_sent.c */
};

bool errand_row_read(struct arena *a, struct bytes row, struct errand *out);
bool errand_row_put(struct store_txn *t, const struct errand *e);
struct key errand_key(uint64_t number);
struct key errand_waiting_key(const char *partner, const char *address); /* a prefix */

/* q->partner and q->address say which; a queue of nothing is one that was never there. */
bool errand_queue_read(struct bytes row, struct errand_queue *q);
/* Writes the row and its place among the due, or takes both away when nothing is in it. was: what
 * is there now. */
bool errand_queue_put(struct store_txn *t, const struct errand_queue *was,
		      const struct errand_queue *q);
struct key errand_queue_key(const char *partner, const char *address);
struct key errand_due_key(const struct errand_queue *q);
/* Of a key of that space; texts copied into the arena. False: it is none. */
bool errand_queue_of_key(struct arena *a, struct bytes key, struct errand_queue *q);

/* The rows that a space of queues holds, up to so many: only what their keys say. */
struct errand_queue *errand_queues_of_space(struct store_txn *t, struct arena *a,
					    unsigned char space, size_t most, size_t *count);

/* Whether it is a row of SPACE_ERRAND_SENT. */
bool errand_sent_row_read(struct arena *a, struct bytes row);

/* The value of a place. 0: it is none. */
enum { ERRAND_PLACE = 8 };
struct bytes errand_place_octets(unsigned char octets[ERRAND_PLACE], uint64_t number);
uint64_t errand_of_place(struct bytes value);

/* Of one partner, all his addresses. */
struct errand_sum {
	uint64_t count, octets;           /* aside included */
	uint64_t room_count, room_octets; /* set aside for it: store/errands_room.c */
	uint64_t of_count, of_octets;     /* of so much that was allowed in all then */
};
bool errand_sum_read(struct bytes row, struct errand_sum *out);
bool errand_sum_put(struct store_txn *t, const struct key *k, const struct errand_sum *sum);
struct key errand_sum_key(const char *partner);

#endif
