/* profiles/admin/admin_said.h: what was said in an exchange, for the operator who asks by its id:
 * patients' data, so each look stands in the trails of those it is about. */
#ifndef PROFILES_ADMIN_ADMIN_SAID_H
#define PROFILES_ADMIN_ADMIN_SAID_H

#include "profiles/transaction.h"
#include "store/exchange_said.h"

/* The member id of the request. NULL with the problem: it is no exchange's. */
const char *admin_exchange_id(struct exchange *x);
/* What is kept of that one; lives in the arena. NULL with the problem: nothing, or it cannot be
 * read. */
const struct exchange_said *admin_said_of(struct exchange *x, const char *id);
/* The exchange, and each person whose records it touched. said NULL: nothing was shown of it. */
void admin_audit_exchange(struct exchange *x, struct audit_event *e, const char *id);
void admin_audit_said(struct exchange *x, struct audit_event *e, const struct exchange_said *said);

#endif
