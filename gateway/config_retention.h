/* gateway/config_retention.h: sections retention become rules. Known to gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_RETENTION_H
#define GATEWAY_CONFIG_RETENTION_H

#include "gateway/config_set.h"

/* "7d", "6mon", "5y", up to a hundred years. False: it is none. */
bool config_read_span(const char *text, struct calendar_span *out);
/* The systems are known. at: "HH:MM", which stands there. */
void config_retention_set(struct config_making *m, const struct config_section *sections,
			  struct config_place there, const char *at, struct region *r);

#endif
