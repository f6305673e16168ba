/* gateway/policy/beyond.h: who asks on behalf of another region (ITI TF-1: 18), and whether what
 * there is of a person stays within ours.
 *
 * Pure. The patient's word is asked of him here, not there: until he has included that region's
 * gateway it has nothing, unless the configuration says of the partner that no word is needed
 * (minato.conf(5): consent). */
#ifndef GATEWAY_POLICY_BEYOND_H
#define GATEWAY_POLICY_BEYOND_H

#include <stdbool.h>

#include "schemas/model/requester.h"
#include "store/consent.h"

/* False of every facility. Who asks is a registered system. */
bool beyond_border(const struct requester *who, const struct participation *now);

#endif
