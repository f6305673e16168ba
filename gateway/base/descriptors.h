/* gateway/base/descriptors.h: the last descriptors of the process, for what must go on. */
#ifndef GATEWAY_BASE_DESCRIPTORS_H
#define GATEWAY_BASE_DESCRIPTORS_H

#include <stdbool.h>

/* Just opened, it is one of the last so many; of a process that may have few, one of its upper half
 * at most. The kernel gives the lowest number that is free, so nobody has to count what store and
 * libraries open. */
bool descriptor_is_kept(int fd, unsigned kept);
/* How many of the process's descriptors one purpose may have: one in so many (parts, not 0), and at
 * most that many. */
unsigned descriptors_share(unsigned parts, unsigned most);

#endif
