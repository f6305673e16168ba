/* gateway/base/giving_way.h: which threads go before others when both have work.
 *
 * Priorities say who gets how much, and not how soon: whoever wakes up waits, by default, until who
 * runs has used his slice of some milliseconds, and a question wakes four threads until it is
 * answered. */
#ifndef GATEWAY_BASE_GIVING_WAY_H
#define GATEWAY_BASE_GIVING_WAY_H

/* The calling thread gives way to all that do not: it gets a tenth of what another gets where both
 * have work, and whoever wakes up meanwhile goes before it. Where the system allows neither, it is
 * a thread like others. */
void thread_give_way(void);

/* The calling thread does a little at a time that somebody waits for: where it wakes up it goes
 * before threads that ask for no short slice, as long as it has had no more than its part. Whoever
 * holds a lock meanwhile still gets his. */
void thread_go_first(void);

#endif
