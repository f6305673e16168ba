/* profiles/xds/outcome.h: what is told of what an exchange found wrong, as RegistryErrors.
 *
 * To another community each of them says of which community it is: its location is our home, or
 * begins with it (ITI TF-2: 3.38.4.1.3, 3.39.4.1.3). To everybody else it is what was found. */
#ifndef PROFILES_XDS_OUTCOME_H
#define PROFILES_XDS_OUTCOME_H

#include "profiles/transaction.h"

struct outcome {
	const struct problem *problem;
	const struct finding *findings;
};
/* In the exchange's arena, or the exchange's own. */
struct outcome outcome_of(struct exchange *x);

#endif
