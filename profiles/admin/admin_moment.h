/* profiles/admin/admin_moment.h: a moment, as the operator writes it: a date (its beginning), or a
 * date and a time, of UTC unless a zone is named. */
#ifndef PROFILES_ADMIN_ADMIN_MOMENT_H
#define PROFILES_ADMIN_ADMIN_MOMENT_H

#include <stdbool.h>

#include "gateway/base/clock.h"

struct exchange;

/* The member of the body; without it out stays as it is. False: it is none, and the problem says
 * so. */
bool admin_moment(struct exchange *x, const char *member, instant *out);

#endif
