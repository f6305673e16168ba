/* store/numbers.h: numbers that are given once, whichever node gives them.
 *
 * A row of each kind says which number is the next that no node has. A node takes a block of them
 * in the job that needs one, and gives from memory until it is used up: so the row is written by
 * one job of many, and those who write different things do not meet there. The first block after a
 * start has NUMBERS_FIRST, each next one twice as many, up to NUMBERS_MOST: who stops leaves a gap
 * no longer than what he gave, or NUMBERS_FIRST; who gives hundreds a commit asks the row in one
 * commit of tens.
 *
 * What a job took that was not kept (it was refused, or is to be run again) is taken back, so that
 * no number is lost to it and a job run again is given the same. Where nobody knows what was kept
 * the blocks are forgotten, and so they are when the engine had to recover.
 *
 * A number is an identity, and of one node an order. Of several nodes it is no order in time: what
 * came first is told by the time that is kept beside it, and by the number only where the times are
 * the same. */
#ifndef STORE_NUMBERS_H
#define STORE_NUMBERS_H

#include <stdint.h>

struct check_module;
struct store_txn;

/* What stands in keys: never another meaning. */
enum number_kind {
	NUMBER_RECORD = 1, /* of patients */
	NUMBER_PERSON,
	NUMBER_LINK_DECISION,
	NUMBER_CONSENT_EVENT,
	NUMBER_REGISTRY_OBJECT,
	NUMBER_ERRAND,
	NUMBER_NAME,             /* store/names.h */
	NUMBER_PARTNER_CONFLICT, /* store/partner_ids.h */
	NUMBER_KINDS
};

enum { NUMBERS_FIRST = 64, NUMBERS_MOST = 1 << 14 };

/* The store's: what its node has of each kind. Begins with zeros. */
struct number_block {
	uint64_t next, end; /* the next to be given; past the last */
	uint64_t size;      /* of the last block taken; 0: none was */
};
struct numbers {
	uint64_t generation; /* of the engine's environment that they were taken in */
	struct number_block of[NUMBER_KINDS];
};

/* Within a job. 0: the store failed, as its problem says. */
uint64_t number_next(struct store_txn *t, enum number_kind kind);
/* One that is more than `least`: it comes after what another node gave that number to. */
uint64_t number_next_after(struct store_txn *t, enum number_kind kind, uint64_t least);

extern const struct check_module numbers_check;

#endif
