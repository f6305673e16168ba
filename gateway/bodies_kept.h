/* gateway/bodies_kept.h: what was sent and answered in an exchange is kept, where the configuration
 * says so (store exchange-bodies): of registered systems at doors that serve transactions, never
 * the operator's own nor audit records. It is patients' data: store/exchange_bodies.h encrypts it,
 * and who looks at it leaves a record in the trails of those it is about. */
#ifndef GATEWAY_BODIES_KEPT_H
#define GATEWAY_BODIES_KEPT_H

#include <stdbool.h>

#include "gateway/base/bytes.h"

struct gateway;
struct journey;
struct problem;

/* Once the store is open; where none are kept, what is left of former ones goes. False: p says why
 * the key, or the folder, does not serve. */
bool bodies_open(struct gateway *g, struct problem *p);
/* Octets of its body have come; on a worker, within house.body(). */
void bodies_take(struct journey *j, struct bytes octets);
/* It is over: its arena is about to end. On a worker. */
void bodies_keep(struct journey *j);
/* What came since goes to the disk, as far as there is room. Upkeep's, and at the end. */
void bodies_write(struct gateway *g);

/* All octets of an answer, in the arena. False: they are more than most, or cannot be read. */
struct answer;
struct arena;
bool bodies_of_answer(struct arena *a, const struct answer *answer, size_t most, struct bytes *out);

#endif
