/* gateway/walls_calls.h: system calls, by seccomp. Known to walls.c only. */
#ifndef GATEWAY_WALLS_CALLS_H
#define GATEWAY_WALLS_CALLS_H

#include <stdbool.h>

#include "gateway/walls.h"

/* The kernel filters system calls, and this build lets it. */
bool walls_calls_known(void);
/* For the calling thread and those it will make: an allow-list; what we never do ends the process,
 * all else is refused with EPERM. */
bool walls_calls_of_all(void);
/* The same, on top of it: what that kind of thread has no business with is refused with EACCES. */
bool walls_calls_of(enum wall wall);

#endif
