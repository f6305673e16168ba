/* profiles/admin/admin_subscription.h: how the operator names a subscription, and how one is shown
 * (store/subscriptions.h). Its id is all it takes to end one as who subscribed, and the operator
 * may do that anyway. */
#ifndef PROFILES_ADMIN_ADMIN_SUBSCRIPTION_H
#define PROFILES_ADMIN_ADMIN_SUBSCRIPTION_H

#include "profiles/admin/admin_person.h"
#include "store/subscriptions.h"

/* PROBLEM_NOT_FOUND: there is none of that id, or no longer. */
bool admin_find_subscription(struct exchange *x, const char *id, struct subscription *out);
/* {"id", "system", "consumer", "is", "topic", "of", "created", "ends", "state", "lost"}, nobody's
 * data; a new reference. */
json_t *admin_show_subscription(struct exchange *x, const struct subscription *s);
/* The subscription among the participants of the record, in the trail of whose it is. */
struct audit_object *admin_audit_subscription(struct exchange *x, struct audit_event *e,
					      const char *id, const struct subscription *s);

#endif
