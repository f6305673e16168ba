/* profiles/admin/admin_retention.h: rules of retention, as the operator names and sees them. */
#ifndef PROFILES_ADMIN_ADMIN_RETENTION_H
#define PROFILES_ADMIN_ADMIN_RETENTION_H

#include <jansson.h>

#include "profiles/actors/retention_run.h"
#include "profiles/transaction.h"

/* The member `rule`: a rule's name; NULL: all of them. False: there is no such rule. */
bool admin_retention_read(struct exchange *x, const char **rule);
struct retention_asked admin_retention_asked(struct exchange *x, const char *rule);

#endif
