/* gateway/config_actors.h: whether the actors that are on can work. Known to gateway/config*.c
 * only. */
#ifndef GATEWAY_CONFIG_ACTORS_H
#define GATEWAY_CONFIG_ACTORS_H

#include "gateway/config.h"
#include "gateway/config_set.h"

/* s: the section actors, or NULL. The region's systems are known already. */
void config_actors_check(struct config_making *m, const struct config_section *s,
			 struct config_place file, const struct configuration *c);

/* That what each system may use is there to be used. */
void config_transactions_check(struct config_making *m, const struct config_section *sections,
			       const struct region *r);

#endif
