/* profiles/admin/admin_errand.h: how the operator names an errand, and how one is shown: what waits
 * to be sent (store/errands.h), without what it says. */
#ifndef PROFILES_ADMIN_ADMIN_ERRAND_H
#define PROFILES_ADMIN_ADMIN_ERRAND_H

#include "profiles/admin/admin_person.h"
#include "store/errands.h"

/* The member `number`; PROBLEM_REQUEST_INVALID when it is none. */
bool admin_read_errand(struct exchange *x, uint64_t *number);
/* PROBLEM_NOT_FOUND: there is none of that number, or no longer. */
bool admin_find_errand(struct exchange *x, uint64_t number, struct errand *out);
/* {"number", "kind", "what", "partner", "address", "state", "made", "tried", "attempts", "problem",
 * "octets", "exchange"}; a new reference. */
json_t *admin_show_errand(struct exchange *x, const struct errand *e);
/* The errand among the participants of the record. */
struct audit_object *admin_audit_errand(struct exchange *x, struct audit_event *a, uint64_t number,
					const struct errand *e);

#endif
