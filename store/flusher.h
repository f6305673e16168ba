/* store/flusher.h: makes durable what the committer has committed, and tells whom it concerns.
 *
 * A quick disk is waited for where one stands: changing threads would cost more. One that takes its
 * time is waited for on a thread of its own: it holds up the answers, not the work, and all that is
 * committed during one flush shares the next. Order is kept: who was committed first is told first.
 * Jobs lie in what they serve: what waits here takes no memory of ours, and is bounded by how many
 * exchanges there may be. Only store.c uses it. */
#ifndef STORE_FLUSHER_H
#define STORE_FLUSHER_H

#include <stdbool.h>
#include <stdint.h>

struct engine;
struct flusher;
struct store_job;

/* NULL: no memory or thread. */
struct flusher *flusher_start(struct engine *e, unsigned delay_us);
void flusher_stop(struct flusher *f); /* idle by now; NULL is fine */
/* Jobs that are committed, in that order, each with its generation. Committer only. */
void flusher_take(struct flusher *f, struct store_job *first);
void flusher_wait(struct flusher *f);        /* until all it was given are told. Committer only */
bool flusher_is_me(const struct flusher *f); /* the calling thread is its own */
/* As long as every flush takes longer: for what is flushed elsewhere. */
void flusher_pause(struct flusher *f);
void flusher_slow(struct flusher *f, unsigned us); /* every flush takes that much longer */
uint64_t flusher_kept(struct flusher *f);          /* jobs made durable */
uint64_t flusher_flushes(struct flusher *f);

#endif
