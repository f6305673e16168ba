/* gateway/config_ssmix2.h: sections ssmix2-storage become storages that are watched. Known to
 * gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_SSMIX2_H
#define GATEWAY_CONFIG_SSMIX2_H

#include "gateway/config_set.h"

struct configuration;

/* The systems and actors are known. */
void config_ssmix2_set(struct config_making *m, const struct config_section *sections,
		       struct configuration *c);

#endif
