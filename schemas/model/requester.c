/* schemas/model/requester.c: by what name. */
#include "schemas/model/requester.h"

#include "schemas/model/region_policy.h"

#include <stddef.h>

const char *requester_name(const struct requester *who)
{
	return who->system != NULL ? who->system->name : who->person.name;
}

uint64_t requester_roles(const struct requester *who)
{
	const struct region_policy *p = who->region->policy;
	const uint64_t unsaid = UINT64_C(1) << POLICY_UNSAID;
	const char *role = who->system == NULL ? NULL : who->system->role;
	if (who->person.vouched == VOUCHED_BY_ASSERTION)
		return who->person.roles == NULL
			       ? unsaid
			       : region_policy_names_of(p, POLICY_ROLE, who->person.roles);
	return role == NULL ? unsaid : region_policy_named(p, POLICY_ROLES, role);
}

uint64_t requester_purposes(const struct requester *who)
{
	return who->purposes == NULL
		       ? UINT64_C(1) << POLICY_UNSAID
		       : region_policy_names_of(who->region->policy, POLICY_PURPOSE, who->purposes);
}
