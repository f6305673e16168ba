/* gateway/config_vouching.h: what other regions are told of who asks: as whom we sign, for whom,
 * and what purposes of use are called there. Known to gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_VOUCHING_H
#define GATEWAY_CONFIG_VOUCHING_H

#include "gateway/config_set.h"

/* Fills r->assertions.ours. The key is freed with the configuration's arena. */
void config_vouching_set(struct config_making *m, const struct config_section *sections,
			 const struct region_keys *k, struct region *r);
/* Fills of p what its section says of assertions; what else it says is known. */
void config_vouching_partner(struct config_making *m, const struct config_section *s,
			     const struct partner_keys *k, const struct region *r,
			     struct partner *p);

#endif
