/* gateway/base/progress.h: how far something long has come, and whether it is to end where it is.
 *
 * Whoever works writes it, whoever is asked reads it, on any thread. What is counted may change on
 * the way (first the files are found, then they are taken in): each count begins anew, with its own
 * unit. For whoever works NULL is fine: nobody asks, and it is never to end. */
#ifndef GATEWAY_BASE_PROGRESS_H
#define GATEWAY_BASE_PROGRESS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct clock;

struct progress {
	const atomic_bool *stop; /* set by others; NULL: never */
	const struct clock *clock;
	atomic_uint_fast64_t done;
	pthread_mutex_t lock; /* over what follows, and the beginning of a count */
	const char *unit;     /* "files": static; NULL: nothing has been counted yet */
	uint64_t of;          /* 0: not known */
	int64_t since;        /* clock->elapsed() when this count began */
};

/* At one moment. */
struct progress_seen {
	const char *unit;     /* NULL: nothing is counted yet, and the rest is 0 */
	uint64_t done, of;    /* of 0: not known; else never less than done */
	double rate;          /* a second, since this count began */
	int64_t seconds_left; /* -1: not known */
};

void progress_create(struct progress *p, const struct clock *clock, const atomic_bool *stop);
void progress_destroy(struct progress *p);
void progress_begin(struct progress *p, const char *unit, uint64_t of);
void progress_add(struct progress *p, uint64_t more);
bool progress_is_stopped(const struct progress *p);
void progress_look(struct progress *p, struct progress_seen *out);

#endif
