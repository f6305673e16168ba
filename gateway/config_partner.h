/* gateway/config_partner.h: sections become partners. Known to gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_PARTNER_H
#define GATEWAY_CONFIG_PARTNER_H

#include "gateway/config_set.h"

/* Fills c->region.partners, and checks whom the systems name. The doors and the systems are known
 * already. */
void config_partners_set(struct config_making *m, const struct config_section *sections,
			 struct configuration *c);

/* A whole URL of https that is written one way only. */
bool config_is_https(const char *url);

#endif
