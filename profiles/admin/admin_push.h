/* profiles/admin/admin_push.h: how the operator names what was pushed to an inbox, and how it is
 * shown (store/inboxes.h). */
#ifndef PROFILES_ADMIN_ADMIN_PUSH_H
#define PROFILES_ADMIN_ADMIN_PUSH_H

#include "profiles/admin/admin_person.h"
#include "store/inboxes.h"

/* PROBLEM_NOT_FOUND: there is none of that id, or no longer. */
bool admin_find_push(struct exchange *x, const char *id, struct push *out);
/* {"id", "inbox", "received", "from", "documents", "octets", "state"}: nobody's data; a new
 * reference. */
json_t *admin_show_push(struct exchange *x, const struct push *p);
/* Patient and submission set, and the push; p NULL: what was asked for is not there. Returns the
 * object that says the push. */
struct audit_object *admin_audit_push(struct exchange *x, struct audit_event *e, const char *id,
				      const struct push *p);

#endif
