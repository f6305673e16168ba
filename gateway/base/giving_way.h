/* gateway/base/giving_way.h: threads for what nobody at a clinic waits for in the next moment. */
#ifndef GATEWAY_BASE_GIVING_WAY_H
#define GATEWAY_BASE_GIVING_WAY_H

/* The calling thread gives way to all that do not: it gets a tenth of what another gets where both
 * have work, and whoever wakes up meanwhile goes before it. Where the system allows neither, it is
 * a thread like others. */
void thread_give_way(void);

#endif
