/* gateway/config_community.h: partners that are another community (ITI TF-1: 18), and the systems
 * that ask on their behalf. Known to gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_COMMUNITY_H
#define GATEWAY_CONFIG_COMMUNITY_H

#include "gateway/config_set.h"

/* The last of `all`, which section s became: whether what it says fits what it is for. */
void config_community_check(struct config_making *m, const struct config_section *s,
			    const struct region *r, const struct partner *all, size_t count);
/* A system whose community is said: it is a gateway's, and no facility's. The partner is there. */
void config_community_check_system(struct config_making *m, const struct config_section *s,
				   const struct registered_system *system);

#endif
