/* gateway/ticks.h: an answer that lacks something leaves at a tick.
 *
 * What is hidden must look like what is not there, to a watch as well. To know that a record is
 * hidden takes a look at its consent that a record that is not there does not need, and a note in
 * the audit log: microseconds that many questions make visible. So an answer that does not give all
 * that was asked for, for whatever reason, does not leave when it is made but at the next tick
 * after its request, counted from there: both leave at the same time, as long as both are made
 * within it.
 *
 * The answer is whole and its record durable when it comes here; the thread only waits and
 * sends. */
#ifndef GATEWAY_TICKS_H
#define GATEWAY_TICKS_H

#include <stdint.h>

struct clock;
struct journey;
struct ticks;

/* Longer than most questions take, shorter than anybody notices. Microseconds. */
enum { TICK = 5000 };

struct ticks *ticks_start(const struct clock *c); /* NULL: no memory or thread */
/* Thread-safe; never blocks. The journey is answered and let go of from here. began: of the
 * request, on the clock's elapsed(). */
void ticks_take(struct ticks *t, struct journey *j, int64_t began);
/* Everything has been answered: the doors are closed. NULL is fine. */
void ticks_stop(struct ticks *t);

#endif
