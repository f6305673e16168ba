/* store/errands.h: the durable outbox: what is to be sent to others, written by the job that causes
 * it.
 *
 * An errand names its kind, its partner and the address there, when it was made, and what is sent:
 * short octets as they are, everything else by its hash (store/blobs.h), counted as one use each.
 * It waits in the queue of its partner and address; queues know nothing of one another.
 *
 *	the job that causes it	errand_put()
 *	a round (a node that has the queue's lease, store/lease.h) takes the first errand of a queue
 *	that is due and tells in a job what became of it: errand_done(), errand_later(),
 *	errand_aside()
 *	the operator		errand_again(), errand_drop()
 *
 * Promises, each with a test of the same name in tests/store/errands_test.c:
 *   E1  an errand is there after its job was kept, and only then
 *   E2  of one queue the first is given before the next; what is put off stays first
 *   E3  what one queue does changes nothing of another's due time
 *   E4  beyond a bound of the partner or of all nothing is taken; the refusal names number and key
 *   E5  what an errand refers to is kept as long as it, and no longer
 *   E6  what was set aside is in nobody's way, and comes back to its place when it is asked for
 *
 * Only within a job, unless said. Texts are borrowed from the arena. */
#ifndef STORE_ERRANDS_H
#define STORE_ERRANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"
#include "store/blobs.h"

struct arena;
struct check_module;
struct store_txn;

enum {
	/* Octets of a part that stand in the errand's own row: what frames a MIME part fits. */
	ERRAND_LITERAL_MOST = 1024,
	/* A retrieval of 256 documents (our own bound) with a frame before each, and its end. */
	ERRAND_PARTS_MOST = 600,
	/* Partner and address are parts of keys (store/keys.h: 512 octets in all). */
	ERRAND_PARTNER_MOST = 100,
	ERRAND_ADDRESS_MOST = 360,
};

struct errand_part {
	struct bytes octets; /* as they are; data NULL: */
	struct blob blob;    /* what the store keeps; of one read only sha256 and size */
	bool own;            /* kept for this errand: counted among its octets */
	struct errand_part *next;
};

struct errand {
	uint64_t number;      /* given by errand_put(), never twice; no order: store/numbers.h */
	uint64_t place;       /* given by errand_put(): the order in its queue */
	const char *kind;     /* a name of gateway/errands/kinds.c */
	const char *partner;  /* a system's name in the configuration */
	const char *address;  /* URL */
	const char *what;     /* of which transaction: "ITI-18" */
	const char *exchange; /* the id of the one that caused it */
	const char *content_type;
	const struct errand_part *parts;
	instant made, tried; /* tried 0: never */
	instant again;       /* the operator had it tried anew then; 0: no */
	unsigned attempts;
	unsigned refusals; /* attempts the partner answered, but not well */
	bool aside;        /* not tried again unless the operator says so */
	const char *why;   /* the last attempt failed; or NULL */
	uint64_t octets;   /* the outbox's own, references not counted */
};

struct errand_bounds {
	uint64_t count, octets;                 /* in all: outbox errands, octets */
	uint64_t partner_count, partner_octets; /* of one partner, all its addresses */
};

/* Of one partner and address. */
struct errand_queue {
	const char *partner, *address;
	uint64_t waiting, aside, octets;
	instant due;           /* of the first; waiting 0: means nothing */
	unsigned failures;     /* tries in a row that were not taken */
	instant failing_since; /* 0: it is well */
	const char *why;
	uint64_t last; /* the last place given; from 1 again after nothing was in it */
};

struct errand_totals {
	uint64_t count, octets; /* aside included */
};

/* Takes it: number, place, octets of e are set; its queue is due at once unless it rests after a
 * failure. False with PROBLEM_OUTBOX_FULL beyond a bound; nothing is then written. */
bool errand_put(struct store_txn *t, struct errand *e, const struct errand_bounds *b,
		struct problem *p);

/* Reading, in a snapshot or a job. */
bool errand_get(struct store_txn *t, struct arena *a, uint64_t number, struct errand *out);
bool errand_first(struct store_txn *t, struct arena *a, const char *partner, const char *address,
		  struct errand *out);
/* By number, from the first after `after`; partner NULL: of all. */
struct errand *errand_list(struct store_txn *t, struct arena *a, uint64_t after,
			   const char *partner, size_t most, size_t *count);
bool errand_queue_get(struct store_txn *t, struct arena *a, const char *partner,
		      const char *address, struct errand_queue *out);
struct errand_queue *errand_queues(struct store_txn *t, struct arena *a, size_t *count);
/* Those with something waiting, the earliest due first. */
struct errand_queue *errand_queues_by_due(struct store_txn *t, struct arena *a, size_t most,
					  size_t *count);
void errand_count(struct store_txn *t, struct errand_totals *out);

/* What became of it. False: there is no such errand any more, or it does not wait (or the store
 * failed). */
struct errand_try {
	instant now, due; /* due: when its queue is looked at again */
	bool answered;    /* the partner did, but did not take it */
	const char *why;
};
/* Delivered: its queue is well, and the next is due. */
bool errand_done(struct store_txn *t, uint64_t number, instant now);
/* It stays first of its queue, which rests. */
bool errand_later(struct store_txn *t, uint64_t number, const struct errand_try *what);
/* Not tried again by itself. Where the partner answered the next is due at once, else its queue
 * rests. */
bool errand_aside(struct store_txn *t, uint64_t number, const struct errand_try *what);
/* The operator's: its queue is due now, and an errand set aside waits again, at its place; it has
 * as many attempts and as long as a new one. */
bool errand_again(struct store_txn *t, uint64_t number, instant now);
/* The operator's: it is not sent. */
bool errand_drop(struct store_txn *t, uint64_t number);

extern const struct check_module errands_check;

#endif
