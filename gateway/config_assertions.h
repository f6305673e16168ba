/* gateway/config_assertions.h: who may vouch for persons, of their sections and files. Known to
 * gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_ASSERTIONS_H
#define GATEWAY_CONFIG_ASSERTIONS_H

#include "gateway/config_set.h"

/* The systems are known. Certificates are freed with the configuration's arena. */
void config_assertions_set(struct config_making *m, const struct config_section *sections,
			   const struct region_keys *k, struct region *r);

#endif
