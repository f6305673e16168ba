/* gateway/operator/region_inside.h: how a region's files are read and exchanged; for the files that
 * change a region (region_files.c, region_renew.c), and for nobody else. */
#ifndef GATEWAY_OPERATOR_REGION_INSIDE_H
#define GATEWAY_OPERATOR_REGION_INSIDE_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "schemas/tables/problem.h"

struct arena;
struct configuration;

bool region_read_text(const char *path, struct buffer *out, struct problem *p);
/* A name taken from the configuration's place in the file system. */
const char *region_beside(struct arena *a, const char *configuration, const char *name);
/* Held; NULL: its first fault is the problem. */
const struct configuration *region_load(const char *path, struct arena *a, struct problem *p);
/* The new configuration stands beside the old one until it has proved valid. False: the old one
 * stays. */
bool region_replace(const char *configuration, struct bytes text, struct arena *a,
		    struct problem *p);

#endif
