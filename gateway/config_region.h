/* gateway/config_region.h: sections become the region. Known to gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_REGION_H
#define GATEWAY_CONFIG_REGION_H

#include "gateway/config_set.h"

/* Fills c->region from all sections and checks what must hold between them. */
void config_region_set(struct config_making *m, const struct config_section *sections,
		       struct config_place file, struct configuration *c);

/* Names become file names, certificate names and words of a command line. */
bool config_plain_name(const char *name);

/* Whether the systems' certificates are such that the doors will take them. */
void config_region_check_certificates(struct config_making *m,
				      const struct config_section *sections,
				      const struct configuration *c);

/* Whether the directories of repositories are nobody else's. The store's is known already. */
void config_region_check_directories(struct config_making *m, const struct config_section *sections,
				     const struct configuration *c);

#endif
