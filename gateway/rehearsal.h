/* gateway/rehearsal.h: whether a start would be refused for what is kept: damage that is met when
 * the store is opened, recovered and read. The start is done, as far as that, by a process of its
 * own, over keys that stay as they are. */
#ifndef GATEWAY_REHEARSAL_H
#define GATEWAY_REHEARSAL_H

#include <stdbool.h>

struct configuration;
struct problem;

/* Of a store that no process has, and that this user may read. True as well of one that cannot be
 * looked at so, for what is in it is encrypted. */
bool rehearsal_passes(const struct configuration *c, struct problem *p);

#endif
