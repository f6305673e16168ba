/* gateway/operator/region_inside.h: how a region's files are read and exchanged; for the files that
 * change a region (region_*.c), and for nobody else. */
#ifndef GATEWAY_OPERATOR_REGION_INSIDE_H
#define GATEWAY_OPERATOR_REGION_INSIDE_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/config_certificate.h"
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
/* That file's first certificate can become the system's: for a client, issued by who a door trusts,
 * strong, not run out, nobody's yet. Otherwise PROBLEM_REQUEST_INVALID or PROBLEM_CONFLICT. */
bool region_certificate_fits(const struct configuration *c, const char *name, const char *file,
			     char sha256[CERTIFICATE_SHA256_TEXT], struct arena *a,
			     struct problem *p);
/* Its certificates, and nothing else that is in it, into a new file that all may read. */
bool region_certificate_copy(const char *from, const char *to, struct problem *p);

#endif
