/* profiles/admin/admin_notice.h: what a patient is told of an override. */
#ifndef PROFILES_ADMIN_ADMIN_NOTICE_H
#define PROFILES_ADMIN_ADMIN_NOTICE_H

#include "profiles/admin/admin_override.h"

/* {"id", "patient", "facility", "since", "state", "told", "told_by", "told_how",
 * "notice", "errand"}; a new reference. */
json_t *admin_show_notice(struct exchange *x, const struct override *o);

#endif
