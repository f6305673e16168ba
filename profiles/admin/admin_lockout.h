/* profiles/admin/admin_lockout.h: how the operator locks a facility's systems out, and how a
 * lock-out is shown (store/lockouts.h). */
#ifndef PROFILES_ADMIN_ADMIN_LOCKOUT_H
#define PROFILES_ADMIN_ADMIN_LOCKOUT_H

#include "profiles/admin/admin_person.h"
#include "store/lockouts.h"

struct lockout_request {
	const char *system, *reason;
	/* Of the system: all that is its institution's; NULL: it alone, because it has none, or
	 * because only it is meant (member `only`: "yes"). */
	const char *institution;
	bool only, withdrawn;
};

/* {facility, only, reason}. False: the problem is set. */
bool admin_read_lockout(struct exchange *x);
/* The same of a facility that withdraws, or returns. */
bool admin_read_withdrawal(struct exchange *x);
/* What the request says, on the committer: the word is kept, or taken back. */
bool admin_lock_out(struct exchange *x);
bool admin_let_in(struct exchange *x);
/* What is told of either; a new reference. */
json_t *admin_show_locked(struct exchange *x);
json_t *admin_show_let_in(struct exchange *x);
/* {"system", "institution", "systems": [..], "withdrawn", "reason", "by", "since"}; a new
 * reference. */
json_t *admin_show_lockout(struct exchange *x, const struct lockout *l);
/* The alert (DCM 110113) is one of security roles (110136); the object is who is meant. */
void admin_audit_lockout(struct exchange *x, struct audit_event *e, const char *what);

#endif
