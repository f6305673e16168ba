/* schemas/model/requester.c: by what name. */
#include "schemas/model/requester.h"

#include "schemas/model/region_policy.h"

#include <stddef.h>

bool demand_is_operators(enum demand demand)
{
	return demand == DEMAND_OPERATOR || demand == DEMAND_PATIENTS_OPERATOR;
}

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

/* What nobody told is no emergency's, whatever the rules call so. */
static bool is_emergency(const struct requester *who)
{
	const struct policy_emergency *e = &who->region->policy->emergency;
	return who->emergency
	       || (requester_purposes(who) & e->purposes & ~(UINT64_C(1) << POLICY_UNSAID)) != 0;
}

bool requester_breaks_glass(const struct requester *who)
{
	return who->system != NULL && who->system->emergency
	       && who->person.vouched == VOUCHED_BY_ASSERTION && who->person.reason != NULL
	       && who->region->policy != NULL
	       && (requester_roles(who) & who->region->policy->emergency.roles) != 0
	       && is_emergency(who);
}
