/* gateway/base/turns.h: jobs that wait, and which of them is next.
 *
 * The jobs of one peer are done in order. Peers take turns: whoever has one job alone waiting comes
 * before those who have a heap of them, so that a flood delays nobody but who sent it. Whoever puts
 * a job may say that it stands behind, too: that of a peer with much under way elsewhere, a piece
 * of something long. Of those who had their turn and have more, or stand behind, one is let in
 * after every TURNS_FRESH others: nobody waits for ever.
 *
 * It needs no memory of its own: the first job of a peer leads the others. Not thread-safe. */
#ifndef GATEWAY_BASE_TURNS_H
#define GATEWAY_BASE_TURNS_H

#include <stdbool.h>
#include <stdint.h>

enum { TURNS_FRESH = 4 };
enum { TURNS_BUCKETS = 64 }; /* by peer: a region has tens of them */

struct job {
	void (*run)(struct job *j);
	uint64_t peer;             /* for whom it is done; 0: for nobody in particular */
	bool behind;               /* with those who had their turn, although none of it was */
	struct job *next;          /* of the same peer; from here on the queue's own */
	struct job *last;          /* of that peer; of a first one */
	struct job *after, *chain; /* another peer's first: in the row, in the bucket */
	bool had_turn;             /* it stands, or stood, among those who have more */
	bool apart;                /* who does it: gateway/base/workers.c */
};

struct turns_row { /* first jobs of peers, in the order of their turns */
	struct job *first, *last;
};

struct turns {                         /* zeroed: empty */
	struct turns_row fresh, again; /* again: those who had a turn, or stand behind */
	unsigned in_row;               /* of the fresh, since one of the others */
	struct job *buckets[TURNS_BUCKETS];
};

void turns_put(struct turns *t, struct job *j);
struct job *turns_take(struct turns *t);       /* NULL: none waits */
struct job *turns_take_fresh(struct turns *t); /* NULL: none but of those who had a turn */
struct job *turns_take_again(struct turns *t); /* of those; NULL: none */
/* What was taken and not done, the last one first: each is the first of its peer again, and that
 * peer the next in its row. */
void turns_give_back(struct turns *t, struct job *j);
/* Whether it waited. */
bool turns_remove(struct turns *t, struct job *j);

#endif
