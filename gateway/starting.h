/* gateway/starting.h: the parts of a start, for process.c only, which says in which order.
 *
 * Each puts what it makes into the gateway, where gateway_stop() finds it, whole or not. What takes
 * a void * is run by walls_within(), on a thread behind the wall of those it makes. */
#ifndef GATEWAY_STARTING_H
#define GATEWAY_STARTING_H

#include <stdbool.h>

struct gateway;

/* False after telling the log: it is root who starts, and may not. */
bool starting_as_root(struct gateway *g);
/* False after telling the log: walls are required, and cannot stand. */
bool starting_walls(struct gateway *g);
/* What has no threads. False: no memory. */
bool starting_shared(struct gateway *g);

/* False: no thread, or no memory. */
bool starting_pools(void *gateway);
bool starting_client(void *gateway);
bool starting_readiness(void *gateway);
bool starting_front(void *gateway);
/* Without these it serves as well. */
bool starting_retaining(void *gateway);
bool starting_upkeep(void *gateway);

#endif
