/* gateway/policy/beyond.c: what another region's gateway may not have. */
#include "gateway/policy/beyond.h"

/* A community that is no partner (any more) needs the patient's word like every other. */
bool beyond_border(const struct requester *who, const struct participation *now)
{
	const struct partner *of = region_community_of(who->region, who->system);
	if (who->system->community == NULL || (of != NULL && of->consent_assumed))
		return false;
	return !consent_included(now, who->system->name);
}
