/* gateway/policy/disaster_area.h: whose documents disaster mode opens: of whom any record has an
 * address in one of its municipalities. */
#ifndef GATEWAY_POLICY_DISASTER_AREA_H
#define GATEWAY_POLICY_DISASTER_AREA_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/model/region_policy.h"

struct arena;
struct postal_address;
struct region;
struct store_txn;

/* The disaster that is on now and covers the person of that record; 0: none does (or the store
 * failed). The region has rules. */
uint64_t disaster_of(struct store_txn *t, struct arena *a, const struct region *r, int64_t now,
		     uint64_t subject);
/* The address begins as one of the municipality's, in any width, blanks aside; or its postcode as
 * one that is digits alone. */
bool disaster_area_has(struct arena *a, const struct policy_municipality *m,
		       const struct postal_address *address);

#endif
