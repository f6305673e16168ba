/* profiles/admin/region_checks.h: what a check of a region's store walks, for store_check(): the
 * daemon's, and that of a copy nobody serves from. Constant; NULL behind the last. */
#ifndef PROFILES_ADMIN_REGION_CHECKS_H
#define PROFILES_ADMIN_REGION_CHECKS_H

struct check_module;

extern const struct check_module *const region_checks[];

#endif
