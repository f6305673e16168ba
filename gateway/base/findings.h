/* gateway/base/findings.h: several problems of one message, in the order they were found.
 *
 * The standard answers a submission with a list (rs:RegistryErrorList), so its readers and checks
 * go on after the first fault. The list is bounded: a hostile message cannot make it long. */
#ifndef GATEWAY_BASE_FINDINGS_H
#define GATEWAY_BASE_FINDINGS_H

#include <stdbool.h>

#include "schemas/tables/problem.h"

struct arena;

enum { FINDINGS_MOST = 32 }; /* kept; those after are only counted */

struct findings {
	struct arena *arena;
	struct finding *first, *last;
	unsigned errors, warnings;
};

struct findings findings_in(struct arena *a);
/* where: the attribute, slot or path (goes to codeContext); location: rs:RegistryError/@location or
 * NULL, copied. Both return false, so that a check can end with them. */
bool findings_error(struct findings *f, enum problem_code code, const char *location,
		    const char *where, const char *what, ...) __attribute__((format(printf, 5, 6)));
bool findings_warn(struct findings *f, enum problem_code code, const char *location,
		   const char *where, const char *what, ...) __attribute__((format(printf, 5, 6)));
/* What another registry found, in its words: PROBLEM_REGISTRY_REFUSED. Copied. */
void findings_relay(struct findings *f, bool warning, const char *error_code, const char *context,
		    const char *location);

#endif
