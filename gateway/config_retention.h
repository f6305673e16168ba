/* gateway/config_retention.h: sections retention become rules. Known to gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_RETENTION_H
#define GATEWAY_CONFIG_RETENTION_H

#include "gateway/config_set.h"

/* The systems are known. at: "HH:MM", which stands there. */
void config_retention_set(struct config_making *m, const struct config_section *sections,
			  struct config_place there, const char *at, struct region *r);

#endif
