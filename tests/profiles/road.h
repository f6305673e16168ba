/* tests/profiles/road.h: the road itself (gateway/exchange.c) for a message that was opened, for
 * the suites of every dialect: it is identified, admitted, read, handled, in a job of the store or
 * on a snapshot, and recorded, by a gateway that has a store and no doors. How a message is opened,
 * and what is made of its answer, is each dialect's; what policy says is the suite's. */
#ifndef TESTS_PROFILES_ROAD_H
#define TESTS_PROFILES_ROAD_H

#include <stdbool.h>
#include <stddef.h>

struct audit_event;
struct exchange;
struct road;
struct store;

struct road *road_open(struct store *s);
void road_close(struct road *r); /* before the store */

/* From now on the store may refuse what a handler has done. */
void road_may_fail(struct road *r);

/* Returns when the answer would leave. x: opened, with its transaction and the admission that the
 * handler meets instead of policy's; afterwards as the road leaves it. refuse: which request for
 * memory of the handler is refused; 0: none. e: what is recorded of it. Whatever is not done has
 * its problem, and nothing else has one. */
void road_run(struct road *r, struct exchange *x, size_t refuse, struct audit_event *e);

#endif
