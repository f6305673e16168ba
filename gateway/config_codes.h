/* gateway/config_codes.h: the affinity domain's code sets, once for each configuration. Known to
 * gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_CODES_H
#define GATEWAY_CONFIG_CODES_H

#include "gateway/config_set.h"
#include "schemas/model/code_sets.h"

/* Of the sections codes, and of that file (gateway/envelope/code_file.h) where it is not NULL;
 * where: of the key that names it. Faults of the file are told with its own lines. They live as
 * long as the configuration, and a reload exchanges them with it. */
struct code_sets config_codes(struct config_making *m, const struct config_section *sections,
			      struct config_place where, const char *path);

#endif
