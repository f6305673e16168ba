/* gateway/operator/facility.h: what the commands on registered systems share
 * (command_facility.c, facility_letter.c, facility_trial.c). Everything lives in the invocation's
 * arena. */
#ifndef GATEWAY_OPERATOR_FACILITY_H
#define GATEWAY_OPERATOR_FACILITY_H

#include <jansson.h>

#include "gateway/operator/command.h"

struct registered_system;

/* The system that the first argument names; NULL after telling that there is none. */
const struct registered_system *facility_named(const struct invocation *i,
					       const struct configuration *c);
/* The file that a key of its section names (certificate, next-certificate); NULL: none. */
const char *facility_certificate(const struct configuration *c, const char *name, const char *key);
/* There is a private key in that file, and this user may read it. */
bool facility_has_key(const char *path);
/* What a facility needs to know to connect: an object of texts, in an order to be read; a new
 * reference. */
json_t *facility_letter(const struct invocation *i, const struct configuration *c,
			const struct registered_system *s);
/* The name by which our certificate's file is to be asked for at that address: NULL, when it bears
 * the address itself; else its first name of a host. */
const char *facility_our_name(struct arena *a, const char *certificate, const char *address);

#endif
