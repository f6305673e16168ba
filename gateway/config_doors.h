/* gateway/config_doors.h: sections become doors. Known to gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_DOORS_H
#define GATEWAY_CONFIG_DOORS_H

#include "gateway/config_set.h"

/* Fills c->https, mllp, admin and local, and c->doors with these and all others; the path of
 * the local one is the service's. */
void config_doors_set(struct config_making *m, const struct config_section *sections,
		      struct config_place file, struct configuration *c);
/* Whether they can open, each for itself and beside the others, and whether anybody could use
 * them. */
void config_doors_check(struct config_making *m, const struct config_section *sections,
			struct config_place file, const struct configuration *c);

/* The files of the authorities whose clients' certificates some door takes. */
const char *const *config_authorities(struct arena *a, const struct configuration *c,
				      size_t *count);

#endif
