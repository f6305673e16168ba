/* gateway/base/workers.h: a bounded pool of threads that run what they are given, peers by turns
 * (gateway/base/turns.h). One thread of several is kept for whoever has not had his turn, or a
 * flood of what takes a while would have them all; those that give way know no such difference.
 * Or what stands behind has threads of its own, before which all others go when they wake up
 * (gateway/base/giving_way.h).
 *
 * A job is embedded in what it works on, so queueing needs no memory and cannot fail. A job that is
 * queued must not be queued again before it has begun to run. Thread-safe. */
#ifndef GATEWAY_BASE_WORKERS_H
#define GATEWAY_BASE_WORKERS_H

#include <stdbool.h>

#include "gateway/base/turns.h"

struct workers;

struct workers *workers_create(unsigned threads); /* NULL: the system has no more threads */
/* What stands behind is done by so many more (1 at least), and by none of the others, as long as
 * others come: whoever is alone may have all of them. As many as leave a processor to these are
 * enough: one that waits for a processor may hold a lock of the store meanwhile. For the same
 * reason they are no less than others, but for who goes first. */
struct workers *workers_create_apart(unsigned threads, unsigned behind);
/* For what nobody at a clinic waits for: they give way to all other threads. */
struct workers *workers_create_behind(unsigned threads);
void workers_queue(struct workers *w, struct job *j);
/* Queued as well, but nobody who is idle is woken for it: whoever puts several does so once, by
 * workers_call(), which he must. */
void workers_put(struct workers *w, struct job *j);
void workers_call(struct workers *w);
/* Out of the queue again. False: it has begun, or was never in it. */
bool workers_take_back(struct workers *w, struct job *j);
/* Runs what is queued, then ends the threads and frees the pool. Not from a worker. */
void workers_destroy(struct workers *w);

#endif
