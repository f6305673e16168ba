/* profiles/admin/admin_disaster.h: how a disaster is shown to the operator. */
#ifndef PROFILES_ADMIN_ADMIN_DISASTER_H
#define PROFILES_ADMIN_ADMIN_DISASTER_H

#include "profiles/admin/admin_person.h"
#include "store/disasters.h"

/* A new reference. */
json_t *admin_show_disaster(struct exchange *x, const struct disaster *d);

#endif
