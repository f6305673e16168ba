/* gateway/config_running.h: what `minatod -t` asks the daemon that runs, if one does. */
#ifndef GATEWAY_CONFIG_RUNNING_H
#define GATEWAY_CONFIG_RUNNING_H

#include <stdbool.h>
#include <stdio.h>

struct arena;
struct configuration;

/* How many of the region's OIDs are others than those of the daemon at the configuration's socket,
 * each told on stream: it would refuse to reload, and with a store in use to start. 0 where none
 * runs, or none that answers this user within five seconds. */
unsigned config_running_differs(const struct configuration *c, struct arena *a, FILE *stream);

#endif
