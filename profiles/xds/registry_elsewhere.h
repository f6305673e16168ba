/* profiles/xds/registry_elsewhere.h: our Document Repository's documents, registered with another's
 * Document Registry: Register Document Set-b [ITI-42], ITI TF-2: 3.42. We are the Content
 * Sender. */
#ifndef PROFILES_XDS_REGISTRY_ELSEWHERE_H
#define PROFILES_XDS_REGISTRY_ELSEWHERE_H

#include <stdbool.h>

struct exchange;
struct submission;

/* Within call(): asks it to register the submission, which stays as it is. */
void registry_elsewhere_ask(struct exchange *x, const struct submission *s);
/* Within the next call(): what it said is in x->findings, each error and warning in its own words
 * (ITI TF-2: 3.42.4.2.3.1). False: it has not registered it, or cannot be believed to have. */
bool registry_elsewhere_answered(struct exchange *x);

#endif
