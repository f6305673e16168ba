/* gateway/config_policy.h: the region's rules about documents, once for each configuration. Known
 * to gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_POLICY_H
#define GATEWAY_CONFIG_POLICY_H

#include "gateway/config_set.h"

/* Those of that file (gateway/policy/policy_file.h); where: of the key that names it. NULL: none is
 * named, or a fault was told. They live as long as the configuration, and a reload exchanges them
 * with it. */
const struct region_policy *config_policy(struct config_making *m, struct config_place where,
					  const char *path);

/* The role of a system: what its section says, which the rules must know; else what they call who
 * works at an institution of its code's kind. NULL: none. */
const char *config_policy_role(struct config_making *m, const struct config_section *s,
			       const struct region_policy *p, const struct registered_system *it);

/* Whoever the rules name as a facility is a system of the region. */
void config_policy_systems(struct config_making *m, const struct region *r);

#endif
