/* gateway/config_weights.h: the weights of matching, once for each configuration. Known to
 * gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_WEIGHTS_H
#define GATEWAY_CONFIG_WEIGHTS_H

#include "gateway/config_set.h"

/* Those of that file (matching/weights.h), or where it is NULL those that are shipped; where: of
 * the key that names it. NULL: a fault was told. They live as long as the configuration, and a
 * reload exchanges them with it. */
const struct match_weights *config_weights(struct config_making *m, struct config_place where,
					   const char *path);

#endif
