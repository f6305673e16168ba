/* gateway/process_inside.h: what the start and a reload share; for process.c and reloading.c, and
 * for nobody else. */
#ifndef GATEWAY_PROCESS_INSIDE_H
#define GATEWAY_PROCESS_INSIDE_H

#include "gateway/transport/door.h"

struct config_door;
struct configuration;
struct courier_destination;
struct gateway;

enum { PROCESS_FAULTS_MEMORY = 64 << 20 };

/* Borrows from both. */
struct door_settings process_door_of(const struct gateway *g, const struct config_door *d);
/* To be freed; NULL: no memory. Borrows from the configuration. */
struct courier_destination *process_destinations(const struct configuration *c);
void process_set_log(struct gateway *g, const struct configuration *c);

#endif
